//! `/admin/registers`: registers of the district brought in from files (登记册导入). Every row is judged before anything is
//! written, by the importer that the command line has, and brought in by it once somebody has looked.
//!
//! What was judged travels in the page, as everywhere: the files themselves, so that what is brought in is read from the very
//! bytes that were judged. Changed on the way, they are judged as any other file that somebody sends.

mod refused;
mod why;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::response::Response;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::access::Role;
use crate::access::policy::{Denied, Who};
use crate::app::App;
use crate::import::files::{self, BYTES_MAX, Brought, Change, ColumnChange, File, Judged, Left, Registers, RowChange};
use crate::import::{RowError, RowWarning, SheetCounts};
use crate::service::ServiceError;
use crate::sheets::Column;
use crate::sheets::pack::SheetKind;
use crate::web::back_to;
use crate::web::form::{Fields, Sent};
use crate::web::page::{Frame, Trouble, Visitor, answer, show};
use crate::web::trouble;
use crate::web::uploaded::{Unusable, all_parts, was_cut};
use crate::web::words::Words;
use refused::refused_rows;
use why::{cell, why};

/// The same files as the page carries them: four letters for three bytes, and their names.
const CARRIED_MAX: usize = BYTES_MAX / 3 * 4 + (256 << 10);
/// Most rows that are listed one by one; the download has all of them.
const ROWS_SHOWN: usize = 100;
/// What a form says that asks for the refused rows of a register, before its name.
const REFUSED_OF: &str = "refused/";

#[derive(Template)]
#[template(path = "admin/registers.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    told: Option<Told>,
    kinds: Vec<KindRow>,
}

/// A register that is taken, with the columns that are read of it.
struct KindRow {
    name: &'static str,
    note: &'static str,
    needs: String,
    may_have: String,
}

/// What became of files, or would.
struct Told {
    written: bool,
    hint: &'static str,
    taken: u64,
    unchanged: u64,
    refused: u64,
    sheets: Vec<SheetRow>,
    unread: Vec<String>,
    changes: Vec<ChangeTold>,
    more_changes: String,
    rows: Vec<RowTold>,
    more: String,
    looks: Vec<RowTold>,
    more_looks: String,
    /// Files that are not read, and why.
    left: Vec<(String, String)>,
    /// There is something to write.
    brings: bool,
    run: Uuid,
    /// The files, each with its bytes as text.
    carried: Vec<(String, String)>,
}

struct SheetRow {
    kind: &'static str,
    file: String,
    note: &'static str,
    /// It has a header and nothing below it.
    is_empty: bool,
    taken: u64,
    /// Of those that would be written, the ones of which the ledger has nothing, and the others.
    new: u64,
    changed: u64,
    unchanged: u64,
    refused: u64,
    /// Some of its rows are to be mended.
    mends: bool,
}

/// A row that would change what the ledger has.
struct ChangeTold {
    file: String,
    row: u64,
    what: Vec<String>,
}

struct RowTold {
    file: String,
    row: u64,
    code: &'static str,
    why: String,
}

pub(super) fn routes() -> Router<App> {
    const HERE: &str = "/admin/registers";
    Router::new()
        .route(HERE, get(read).post(act).layer(DefaultBodyLimit::max(CARRIED_MAX)))
        .route("/admin/registers/judge", back_to(HERE).post(upload).layer(DefaultBodyLimit::max(BYTES_MAX)))
}

/// The registers that whoever looks may bring in here.
///
/// # Errors
/// [`Trouble`] for whoever administers nothing.
pub(super) fn kinds(visitor: &Visitor) -> Result<Vec<SheetKind>, Trouble> {
    let identity = &visitor.must()?.identity;
    let kinds = files::kinds_of(Who::Bearer(identity));
    if identity.acts_as(Role::Admin) && !kinds.is_empty() { Ok(kinds) } else { Err(Denied.into()) }
}

async fn read(visitor: Visitor) -> Response {
    let made = kinds(&visitor).and_then(|kinds| page(&visitor, &kinds, String::new(), String::new(), None));
    answer(&visitor, made)
}

/// Files that were chosen are judged.
async fn upload(State(app): State<App>, visitor: Visitor, multipart: Multipart) -> Response {
    let made = async {
        let (fields, files) = all_parts(multipart).await?;
        Fields::of_parts(&visitor, fields, was_cut(&files))?;
        let kinds = kinds(&visitor)?;
        let registers = match files {
            Ok(files) => looked_through(&app, files, &kinds, None).await?,
            Err(unusable) => Err(unusable),
        };
        match registers {
            Ok(registers) => judged(&app, &visitor, &kinds, &registers).await,
            Err(unusable) => page(&visitor, &kinds, String::new(), unusable_told(visitor.words(), unusable)?, None),
        }
    };
    answer(&visitor, made.await)
}

/// Files that were judged are brought in, or their refused rows are taken away.
async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let kinds = kinds(&visitor)?;
        let (run, files) = carried(&fields)?;
        let registers = match looked_through(&app, files, &kinds, Some(run)).await? {
            Ok(registers) => registers,
            Err(unusable) => {
                return page(&visitor, &kinds, String::new(), unusable_told(visitor.words(), unusable)?, None);
            }
        };
        let refused_of = fields.get("do").strip_prefix(REFUSED_OF);
        let refused_of = refused_of.and_then(|name| kinds.iter().copied().find(|kind| kind.name() == name));
        match (fields.get("do"), refused_of) {
            ("bring", _) => brought(&app, &visitor, &kinds, &registers, run).await,
            (_, Some(kind)) => match refused_rows(&app, &visitor, &registers, kind).await? {
                Some(workbook) => Ok(workbook),
                None => judged(&app, &visitor, &kinds, &registers).await,
            },
            _ => judged(&app, &visitor, &kinds, &registers).await,
        }
    };
    answer(&visitor, made.await)
}

/// The files as the page carried them, and the name of their run.
fn carried(fields: &Fields) -> Result<(Uuid, Vec<File>), ServiceError> {
    let unreadable = || ServiceError::unreadable("the files came back otherwise than they were sent");
    let run = Uuid::parse_str(fields.get("run")).map_err(|_| unreadable())?;
    let bytes = fields.all("bytes").map(|text| URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable()));
    let named = fields.all("name").zip(bytes);
    let files = named.map(|(name, bytes)| bytes.map(|bytes| (name.to_owned(), bytes)));
    Ok((run, files.collect::<Result<Vec<File>, ServiceError>>()?))
}

/// Finds the registers among files, as of now; those that a form carries under the name of their run.
async fn looked_through(
    app: &App,
    files: Vec<File>,
    kinds: &[SheetKind],
    run: Option<Uuid>,
) -> Result<Result<Registers, Unusable>, Trouble> {
    let kinds = kinds.to_vec();
    let has_schedule = files::has_schedule(app, run).await?;
    let read = tokio::task::spawn_blocking(move || files::read(files, &kinds, has_schedule)).await;
    let read = read.map_err(|error| Trouble::Fault(error.to_string()))?;
    Ok(read.map_err(|unusable| match unusable {
        files::Unusable::TooManyRows => Unusable::TooManyRows,
        files::Unusable::Fault(cause) => Unusable::Fault(cause),
    }))
}

/// What is wrong with files and what helps, for above the form that takes others.
fn unusable_told(w: &Words, unusable: Unusable) -> Result<String, Trouble> {
    match unusable {
        Unusable::TooLarge => Ok(w.registers_page.too_large.to_owned()),
        Unusable::TooManyRows => Ok(w.registers_page.too_many_rows.to_owned()),
        // A file that cannot be used stands among those that are not read.
        other @ (Unusable::Sheet(_) | Unusable::NotChosen | Unusable::Fault(_)) => other.told(w, ""),
    }
}

async fn judged(app: &App, visitor: &Visitor, kinds: &[SheetKind], registers: &Registers) -> Result<Response, Trouble> {
    let said = visitor.words().registers_page;
    let judged = files::judge(app, &visitor.must()?.identity, registers).await?;
    let mut told = told(visitor, registers, judged, Uuid::now_v7());
    told.brings = told.taken > 0;
    told.hint = if told.sheets.is_empty() {
        said.none
    } else if told.brings {
        said.not_written
    } else if told.refused == 0 {
        said.all_there
    } else {
        ""
    };
    page(visitor, kinds, String::new(), String::new(), Some(told))
}

async fn brought(
    app: &App,
    visitor: &Visitor,
    kinds: &[SheetKind],
    registers: &Registers,
    run: Uuid,
) -> Result<Response, Trouble> {
    let w = visitor.words();
    let Brought { report, stopped } = files::bring(app, &visitor.must()?.identity, registers, run).await?;
    let judged = Judged { report, changes: Vec::new() };
    let mut told = told(visitor, registers, judged, run);
    told.written = true;
    // The same name of the run: what was recorded before it stopped is not recorded again.
    told.brings = stopped.is_some();
    let said = w.registers_page.done(told.taken, told.refused);
    let bad = stopped.map_or_else(String::new, |error| {
        format!("{} {}", trouble::said(w, visitor.english, &error), w.registers_page.stopped)
    });
    page(visitor, kinds, said, bad, Some(told))
}

fn page(
    visitor: &Visitor,
    kinds: &[SheetKind],
    said: String,
    bad: String,
    told: Option<Told>,
) -> Result<Response, Trouble> {
    let w = visitor.words().registers_page;
    let columns = |kind: SheetKind, required: bool| {
        let columns = files::columns_of(kind).iter().filter(|column| column.is_required() == required);
        columns.map(Column::name).collect::<Vec<_>>().join("、")
    };
    let row = |kind: &SheetKind| KindRow {
        name: kind.name(),
        note: w.note(*kind),
        needs: columns(*kind, true),
        may_have: columns(*kind, false),
    };
    show(&Page { f: visitor.frame(w.title), said, bad, told, kinds: kinds.iter().map(row).collect() })
}

fn told(visitor: &Visitor, registers: &Registers, judged: Judged, run: Uuid) -> Told {
    let Judged { report, changes } = judged;
    let w = visitor.words();
    let said = w.registers_page;
    let sheet = |(kind, file): (SheetKind, String)| {
        let counts = report.sheets.iter().find(|counts| *counts.file == *file);
        let count = |of: fn(&SheetCounts) -> u64| counts.map_or(0, of);
        let of_kind = changes.iter().filter(|change| change.kind == kind);
        let new = of_kind.filter(|change| change.change == Change::New).count();
        let taken = count(|counts| counts.taken);
        // The rows of a schedule make the district's first one together.
        let new = if kind == SheetKind::Schedule { taken } else { u64::try_from(new).unwrap_or(taken).min(taken) };
        SheetRow {
            kind: kind.name(),
            note: said.note(kind),
            is_empty: counts.is_none(),
            taken,
            new,
            changed: taken - new,
            unchanged: count(|counts| counts.unchanged),
            refused: count(|counts| counts.refused),
            mends: report.errors.iter().any(|error| *error.file == *file),
            file,
        }
    };
    let sheets: Vec<SheetRow> = registers.sheets().map(sheet).collect();
    let sum = |of: fn(&SheetRow) -> u64| -> u64 { sheets.iter().map(of).sum() };
    let row = |error: &RowError| RowTold {
        file: error.file.to_string(),
        row: error.row,
        code: error.code.as_str(),
        why: why(w, visitor.english, error.code, &error.message),
    };
    let file_of =
        |kind: SheetKind| registers.sheets().find(|(of, _)| *of == kind).map_or_else(String::new, |(_, file)| file);
    let change = |change: &RowChange| {
        let Change::Changed(columns) = &change.change else { return None };
        let what: Vec<String> =
            columns.iter().map(|ColumnChange { column, from, to }| said.column_change(column, from, to)).collect();
        (!what.is_empty()).then(|| ChangeTold { file: file_of(change.kind), row: change.row, what })
    };
    let mut changed: Vec<ChangeTold> = changes.iter().filter_map(change).collect();
    let more_changes = changed.len().checked_sub(ROWS_SHOWN).filter(|more| *more > 0);
    changed.truncate(ROWS_SHOWN);
    let look = |look: &RowWarning| RowTold {
        file: look.file.to_string(),
        row: look.row,
        code: "",
        why: cell(w, &look.message).unwrap_or_else(|| look.message.clone()),
    };
    let more = |all: usize| all.checked_sub(ROWS_SHOWN).filter(|more| *more > 0);
    let carry = |(name, bytes): &File| (name.clone(), URL_SAFE_NO_PAD.encode(bytes));
    Told {
        written: false,
        hint: "",
        taken: sum(|row| row.taken),
        unchanged: sum(|row| row.unchanged),
        refused: sum(|row| row.refused),
        unread: registers.unread().iter().map(|(file, sheet)| said.unread(file, sheet)).collect(),
        changes: changed,
        more_changes: more_changes.map_or_else(String::new, |more| said.more_looks(more)),
        rows: report.errors.iter().take(ROWS_SHOWN).map(row).collect(),
        more: more(report.errors.len()).map_or_else(String::new, |more| said.more(more)),
        looks: report.warnings.iter().take(ROWS_SHOWN).map(look).collect(),
        more_looks: more(report.warnings.len()).map_or_else(String::new, |more| said.more_looks(more)),
        left: left(w, registers),
        brings: false,
        run,
        carried: registers.files().iter().map(carry).collect(),
        sheets,
    }
}

/// The files that are not read, each with why: others keep what is in it, or it cannot be used.
fn left(w: &Words, registers: &Registers) -> Vec<(String, String)> {
    let why = |(name, why): &(String, Left)| (name.clone(), w.registers_page.left_why(*why).to_owned());
    let mut left: Vec<(String, String)> = registers.left().iter().map(why).collect();
    for error in registers.unusable() {
        for name in error.files() {
            if !left.iter().any(|(known, _)| known == name) {
                left.push((name.to_owned(), w.uploads.unusable(name, error)));
            }
        }
    }
    left
}
