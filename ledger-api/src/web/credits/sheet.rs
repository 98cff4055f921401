//! `/credits/sheet`: a sheet of 活动记录: every row judged before anything is written, mended in place, judged again, sent.
//! What was not taken stays to be mended and sent alone.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::response::Response;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::{Code, Refusal};

use super::{Asked, Told};
use crate::access::Role;
use crate::access::policy::{Denied, Who};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::{Judged, ROWS_MAX, Row, judge, record};
use crate::service::keys::read_key;
use crate::sheets::{Column, Sheet};
use crate::web::back_to;
use crate::web::figures::points;
use crate::web::form::{Fields, Sent};
use crate::web::page::{Frame, Trouble, Visitor, answer, show};
use crate::web::trouble;
use crate::web::uploaded::{BYTES_MAX, Unusable, parts, was_cut, with_sheet};
use crate::web::words::Words;

/// 活动记录, as packs have it.
const COLUMNS: &[Column] = &[
    Column::required("记录号"),
    Column::required("编号"),
    Column::required("活动代码"),
    Column::required("服务日期"),
    Column::required("数量"),
    Column::optional("证明人"),
];

#[derive(Template)]
#[template(path = "credits/sheet.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    name: String,
    /// Rows that are not written: all of them before anything is, afterwards those that were not taken.
    open: Vec<Shown>,
    /// Rows that are written, now or before: nothing is mended of them any more.
    closed: Vec<Shown>,
    good: usize,
    refused: usize,
    sum: String,
    /// What was good is written.
    written: bool,
}

struct Shown {
    key: String,
    worker: String,
    activity: String,
    on: String,
    quantity: String,
    witness: String,
    verdict: &'static str,
    colour: &'static str,
    why: String,
    /// Whether it stands in the ledger.
    stands: bool,
    /// It may stand in the ledger already, and goes again as it was: changed, it could be written twice.
    locked: bool,
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/credits/sheet", back_to("/credits").post(upload).layer(DefaultBodyLimit::max(BYTES_MAX)))
        .route("/credits/sheet/send", back_to("/credits").post(send))
}

async fn upload(State(app): State<App>, visitor: Visitor, multipart: Multipart) -> Response {
    let made = async {
        let (fields, file) = parts(multipart).await?;
        Fields::of_parts(&visitor, fields, was_cut(&file))?;
        let identity = &visitor.must()?.identity;
        if !identity.acts_as(Role::Operator) {
            return Err(Denied.into());
        }
        let name = file.as_ref().map(|(name, _)| name.clone()).unwrap_or_default();
        let read = tokio::task::spawn_blocking(move || with_sheet(&file?, COLUMNS, rows_of));
        let rows = match read.await.map_err(|error| Trouble::Fault(error.to_string()))? {
            Ok(rows) => rows,
            // Another file is chosen where this one was.
            Err(unusable) => {
                let bad = unusable.told(visitor.words(), &name)?;
                return super::page(&app, &visitor, Told { bad, ..Told::default() }, &Asked::default()).await;
            }
        };
        let judged = judge(&app, Who::Bearer(identity), &identity.id, &rows).await?;
        page(&visitor, &name, rows, judged, false)
    };
    answer(&visitor, made.await)
}

/// The rows of a sheet, as text.
fn rows_of(sheet: &mut Sheet) -> Result<Vec<Row>, Unusable> {
    let mut rows = Vec::new();
    for row in sheet.rows()? {
        let row = row?;
        if rows.len() >= ROWS_MAX {
            return Err(Unusable::TooManyRows);
        }
        let text = |column: &str| row.field(column).text().ok().flatten().unwrap_or_default().into_owned();
        // A date that cannot be read stays as it was written, to be mended.
        let on = row.field("服务日期").date().ok().flatten();
        rows.push(Row {
            key: text("记录号"),
            worker: text("编号"),
            activity: text("活动代码"),
            on: on.map_or_else(|| text("服务日期"), |on| on.to_string()),
            quantity: text("数量"),
            witness: text("证明人"),
            evidence: String::new(),
        });
    }
    Ok(rows)
}

async fn send(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let identity = &visitor.must()?.identity;
        if !identity.acts_as(Role::Operator) {
            return Err(Denied.into());
        }
        let who = Who::Bearer(identity);
        let rows = rows(&fields);
        if fields.get("do") != "send" {
            let judged = judge(&app, who, &identity.id, &rows).await?;
            return page(&visitor, visitor.words().upload_sheet, rows, judged, false);
        }
        let mut judged = Vec::with_capacity(rows.len());
        for row in &rows {
            judged.push(match record(&app, who, &identity.id, row).await {
                Ok(judged) => judged,
                Err(ServiceError::Refused(refusal)) => Judged::Refused(refusal),
                Err(ServiceError::Unreadable(sentence)) => Judged::Refused(Refusal::new(Code::InvalidInput, sentence)),
                Err(ServiceError::Denied(denied)) => Judged::Refused(Refusal::new(Code::Forbidden, denied.to_string())),
                Err(ServiceError::Unknown) => Judged::Unknown,
                // Rows before this one are written: the page that says so is not given up for the others.
                Err(ServiceError::Unavailable(cause)) => {
                    tracing::error!(%cause, "a row of a sheet was not recorded");
                    let sentence = "the ledger cannot be reached now; send this row again later";
                    Judged::Refused(Refusal::new(Code::JournalUnavailable, sentence))
                }
                Err(other) => return Err(other.into()),
            });
        }
        page(&visitor, visitor.words().upload_sheet, rows, judged, true)
    };
    answer(&visitor, made.await)
}

/// The rows that came back from the page, column by column.
fn rows(fields: &Fields) -> Vec<Row> {
    let column = |name: &str| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
    let columns = ["record", "worker", "activity", "on", "quantity", "witness"].map(column);
    let [keys, workers, activities, days, quantities, witnesses] = columns;
    let of = |column: &[String], at: usize| column.get(at).cloned().unwrap_or_default();
    let count = keys.len().min(ROWS_MAX);
    let made = (0..count).map(|at| Row {
        key: of(&keys, at),
        worker: of(&workers, at),
        activity: of(&activities, at),
        on: of(&days, at),
        quantity: of(&quantities, at),
        witness: of(&witnesses, at),
        evidence: String::new(),
    });
    made.collect()
}

fn page(
    visitor: &Visitor,
    name: &str,
    rows: Vec<Row>,
    judged: Vec<Judged>,
    written: bool,
) -> Result<Response, Trouble> {
    let w = visitor.words();
    let (mut good, mut refusals, mut sum) = (0, 0, Points::ZERO);
    for judged in &judged {
        match judged {
            Judged::Taken(taken) => {
                good += 1;
                sum += taken.points;
            }
            Judged::Refused(_) => refusals += 1,
            Judged::Repeated | Judged::Unknown => {}
        }
    }
    let shown = rows.into_iter().zip(judged).map(|(row, judged)| shown(w, visitor.english, row, judged, written));
    let (closed, open): (Vec<Shown>, Vec<Shown>) = shown.partition(|row| written && row.stands);
    let page = Page {
        f: visitor.frame(w.upload_sheet),
        said: if written { w.rows_written(good, open.len()) } else { String::new() },
        name: name.to_owned(),
        open,
        closed,
        good,
        refused: refusals,
        sum: points(sum),
        written,
    };
    show(&page)
}

fn shown(w: &Words, english: bool, row: Row, judged: Judged, written: bool) -> Shown {
    let (stands, locked) = match &judged {
        Judged::Taken(_) | Judged::Repeated => (true, false),
        Judged::Refused(_) => (false, false),
        Judged::Unknown => (false, written),
    };
    let (verdict, colour, why) = match judged {
        Judged::Taken(taken) => {
            let waits = if taken.waits { w.then_checked } else { "" };
            let why = format!("{} {waits} {}", w.with_points(&points(taken.points)), w.limit_met(&taken));
            (if written { w.row_taken } else { w.row_good }, "ok", why)
        }
        Judged::Repeated => (w.row_repeated, "info", String::new()),
        Judged::Refused(refusal) => (w.row_refused, "bad", refused(w, english, &row, refusal)),
        Judged::Unknown => (w.row_unknown, "wait", w.unknown_outcome.to_owned()),
    };
    let Row { key, worker, activity, on, quantity, witness, .. } = row;
    Shown { key, worker, activity, on, quantity, witness, verdict, colour, why: why.trim().to_owned(), stands, locked }
}

/// Why a row is refused, by the column to mend where its code alone names none.
fn refused(w: &Words, english: bool, row: &Row, refusal: Refusal) -> String {
    let taken = w.refusals.taken(&row.key);
    let mut own = vec![(Code::DuplicateConflict, taken.as_str())];
    if row.witness.is_empty() {
        own.push((Code::InvalidInput, w.uploads.no_witness));
    } else if read_key(&row.key).is_err() {
        own.push((Code::InvalidInput, w.uploads.record_no));
    } else if !english {
        // There is no form whose hints would say more; in English the message does.
        own.push((Code::InvalidInput, w.uploads.row_unreadable));
    }
    trouble::said_by(w, english, &ServiceError::Refused(refusal), &own)
}
