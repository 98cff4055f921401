//! A proposed schedule, tried: from a sheet to what a period would have come to, and on to its adoption by whoever may.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::schedule::Activity;
use ledger_core::ledger::{Command, commands};
use projections::what_if::{Compared, OfWorker, WhatIf};

use super::{Asked, Difference, Told, Typed, differences_told, page};
use crate::access::policy::{CommandKind, Denied, Read, Target, Who, allow};
use crate::app::App;
use crate::schedule_sheet::{self, ReadSchedule, SCHEDULE_COLUMNS};
use crate::service::ServiceError;
use crate::service::command::programme_event;
use crate::service::desk::today;
use crate::service::reading::{date, read_date};
use crate::service::schedule::versions;
use crate::service::what_if::{AskedWhatIf, LIST, Tried, what_if};
use crate::web::figures::{change, points};
use crate::web::form::{Fields, Sent};
use crate::web::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use crate::web::trouble;
use crate::web::uploaded::{parts, was_cut, with_sheet};
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "schedule/tried.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    bad: String,
    holds_from: String,
    /// The lines, as the forms carry them on.
    proposal: String,
    lines: usize,
    from: String,
    to: String,
    told: Option<Figures>,
    /// What it changes of the schedule that is in force when it would begin.
    differences: Vec<Difference>,
    adopts: bool,
    key: String,
}

struct Figures {
    days: String,
    credits: u64,
    differing: u64,
    total: Row,
    workers: [u64; 3],
    bears: Option<(String, bool)>,
    categories: Vec<(String, Row)>,
    activities: Vec<ActivityRow>,
    causes: Vec<(&'static str, String)>,
    /// Those who would gain and lose most, for whoever may know.
    lists: Vec<(&'static str, Vec<(String, Row)>)>,
    not_judged: Vec<(&'static str, Row)>,
}

/// Points before and after.
struct Row {
    credits: u64,
    before: String,
    after: String,
    change: String,
}

struct ActivityRow {
    code: String,
    name: String,
    is_there: bool,
    row: Row,
    cut: String,
}

#[derive(Template)]
#[template(path = "schedule/bad.html", config = ".askama.toml")]
struct BadRows {
    f: Frame,
    name: String,
    /// Each by its number, and why.
    rows: Vec<(u64, String)>,
}

/// What is tried, and from which day on it would hold.
struct Proposal {
    activities: Vec<Activity>,
    holds_from: NaiveDate,
}

/// A sheet is tried.
pub(super) async fn upload(State(app): State<App>, visitor: Visitor, multipart: Multipart) -> Response {
    let made = async {
        let (fields, file) = parts(multipart).await?;
        let fields = Fields::of_parts(&visitor, fields, was_cut(&file))?;
        may_try(&visitor)?;
        let typed = || Typed {
            holds_from: fields.get("holds_from").to_owned(),
            from: fields.get("from").to_owned(),
            to: fields.get("to").to_owned(),
        };
        let again = |bad: String| Told { bad, typed: typed(), ..Told::default() };
        let file = match file {
            Ok(file) => file,
            Err(unusable) => {
                let bad = again(unusable.told(visitor.words(), "")?);
                return page(&app, &visitor, Asked::default(), bad).await;
            }
        };
        let Some(holds_from) = read_date(fields.get("holds_from")) else {
            let bad = again(visitor.words().schedule_page.unreadable_day.to_owned());
            return page(&app, &visitor, Asked::default(), bad).await;
        };
        let name = file.0.clone();
        let read = tokio::task::spawn_blocking(move || {
            with_sheet(&file, SCHEDULE_COLUMNS, |sheet| Ok(schedule_sheet::read(sheet, holds_from)?))
        });
        let read = match read.await.map_err(|error| Trouble::Fault(error.to_string()))? {
            Ok(read) => read,
            Err(unusable) => {
                let bad = again(unusable.told(visitor.words(), &name)?);
                return page(&app, &visitor, Asked::default(), bad).await;
            }
        };
        if !read.refused.is_empty() {
            return show(&bad_rows(&visitor, name, read));
        }
        let proposal = Proposal { activities: read.activities, holds_from };
        tried(&app, &visitor, proposal, fields.get("from"), fields.get("to"), String::new()).await
    };
    answer(&visitor, made.await)
}

/// What was tried is tried on other days, or adopted.
pub(super) async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        may_try(&visitor)?;
        let unreadable = || ServiceError::unreadable("the proposed schedule came back otherwise than it was sent");
        let activities: Vec<Activity> = serde_json::from_str(fields.get("proposal")).map_err(|_| unreadable())?;
        let holds_from = read_date(fields.get("holds_from")).ok_or_else(unreadable)?;
        let proposal = Proposal { activities, holds_from };
        if fields.get("do") != "adopt" {
            return tried(&app, &visitor, proposal, fields.get("from"), fields.get("to"), String::new()).await;
        }
        let w = visitor.words();
        let adopt = commands::AdoptSchedule {
            activities: proposal.activities.clone(),
            effective_from: holds_from,
            settings: Settings::default(),
            first: false,
        };
        match give(&app, &visitor, fields.get("key"), Command::AdoptSchedule(adopt)).await {
            Ok(receipt) => {
                let adopted = programme_event(&receipt, |event| event.as_schedule().map(|adopted| adopted.version));
                let said = w.schedule_page;
                let from = holds_from.to_string();
                let said = adopted.map_or_else(|| said.adopted_before(&from), |version| said.adopted(version, &from));
                page(&app, &visitor, Asked { version: adopted, ..Asked::default() }, Told { said, ..Told::default() })
                    .await
            }
            Err(Trouble::Service(error)) => {
                let bad = trouble::said(w, visitor.english, &error);
                tried(&app, &visitor, proposal, fields.get("from"), fields.get("to"), bad).await
            }
            Err(other) => Err(other),
        }
    };
    answer(&visitor, made.await)
}

fn may_try(visitor: &Visitor) -> Result<(), Trouble> {
    let who = Who::Bearer(&visitor.must()?.identity);
    Ok(allow(who, Read::WhatIf, Target::District)?)
}

fn bad_rows(visitor: &Visitor, name: String, read: ReadSchedule) -> BadRows {
    let w = visitor.words();
    let rows = read.refused.into_iter().map(|row| {
        let told = w.uploads.cell(&row.columns, &row.written).unwrap_or_else(|| {
            let error = ServiceError::Refused(row.refusal);
            trouble::said(w, visitor.english, &error)
        });
        (row.number, told)
    });
    BadRows { f: visitor.frame(w.schedule_page.tried_title), name, rows: rows.collect() }
}

/// What a proposal would have come to on some days. Where none are named and the last full year has no credits, as in a
/// ledger's first year, it is this year: a page of zeros would tell nothing.
async fn of_days(
    app: &App,
    who: Who<'_>,
    proposed: commands::AdoptSchedule,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Tried, ServiceError> {
    let asked = AskedWhatIf { proposed: proposed.clone(), from, to, at: None, list: LIST };
    let tried = what_if(app, who, asked).await?;
    if from.is_some() || to.is_some() || tried.told.totals.credits > 0 {
        return Ok(tried);
    }
    let from = NaiveDate::from_ymd_opt(today(app).year(), 1, 1);
    what_if(app, who, AskedWhatIf { proposed, from, to, at: None, list: LIST }).await
}

async fn tried(
    app: &App,
    visitor: &Visitor,
    proposal: Proposal,
    from: &str,
    to: &str,
    bad: String,
) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let Proposal { activities, holds_from } = proposal;
    let asked = async {
        let days = (date("from", from)?, date("to", to)?);
        let proposed = commands::AdoptSchedule {
            activities: activities.clone(),
            effective_from: holds_from,
            settings: Settings::default(),
            first: false,
        };
        of_days(app, who, proposed, days).await
    };
    let (told, bad) = match asked.await {
        Ok(told) => (Some(told), bad),
        Err(ServiceError::Denied(_)) => return Err(Denied.into()),
        Err(error) => {
            let reversed = read_date(from).zip(read_date(to)).is_some_and(|(from, to)| to < from);
            let own: &[(Code, &str)] = if reversed { &[(Code::InvalidDate, w.refusals.ends_before)] } else { &[] };
            let why = trouble::said_by(w, visitor.english, &error, own);
            (None, if bad.is_empty() { why } else { bad })
        }
    };
    let all = versions(app, who).await?;
    let begun = all.iter().filter(|one| one.version.effective_from <= holds_from);
    let in_force = begun.max_by_key(|one| (one.version.effective_from, one.version.version));
    let before = in_force.map(|one| one.version.activities.as_slice()).unwrap_or_default();
    let days = told.as_ref().map(|tried| (tried.told.from.to_string(), tried.told.to.to_string()));
    let (from, to) = days.unwrap_or_else(|| (from.to_owned(), to.to_owned()));
    show(&Page {
        f: visitor.frame(w.schedule_page.tried_title),
        bad,
        holds_from: holds_from.to_string(),
        proposal: serde_json::to_string(&activities).map_err(|error| Trouble::Fault(error.to_string()))?,
        lines: activities.len(),
        from,
        to,
        told: told.map(|tried| figures(w, tried)),
        differences: differences_told(w, before, &activities),
        adopts: allow(who, CommandKind::AdoptSchedule, Target::District).is_ok(),
        key: new_key("schedule"),
    })
}

fn row(told: Compared) -> Row {
    Row { credits: told.credits, before: points(told.before), after: points(told.after), change: change(told.change()) }
}

fn figures(w: &Words, tried: Tried) -> Figures {
    let said = w.schedule_page;
    let Tried { told, names_workers, bears } = tried;
    let bears = bears.map(|(outstanding, stock): (Points, Points)| {
        let after = outstanding + told.totals.change();
        (said.bear(&points(outstanding), &points(after), &points(stock)), after > stock)
    });
    let WhatIf { position, from, to, totals, differing, causes, workers, not_judged, .. } = told;
    let of_worker = |one: OfWorker| {
        let compared = Compared { credits: 0, before: one.before, after: one.after };
        (one.worker.to_string(), row(compared))
    };
    let not_judged = [
        (said.not_roles, not_judged.roles),
        (said.not_ripening, not_judged.ripening),
        (said.not_waiting, not_judged.waiting),
    ];
    Figures {
        days: said.days(&from.to_string(), &to.to_string(), position),
        credits: totals.credits,
        differing,
        total: row(totals),
        workers: [workers.gain, workers.lose, workers.equal],
        bears,
        categories: told.categories.into_iter().map(|(name, points)| (name, row(points))).collect(),
        activities: told
            .activities
            .into_iter()
            .map(|(code, of)| ActivityRow {
                code: code.to_string(),
                name: of.name,
                is_there: of.is_there,
                row: row(of.points),
                cut: if of.cut.before.is_zero() && of.cut.after.is_zero() {
                    String::new()
                } else {
                    format!("{} → {}", points(of.cut.before), points(of.cut.after))
                },
            })
            .collect(),
        causes: vec![
            (said.cause_rates, change(causes.rates)),
            (said.cause_caps, change(causes.caps)),
            (said.cause_roles, change(causes.roles)),
            (said.cause_absent, change(causes.absent)),
        ],
        lists: [(said.most_gain, told.gains), (said.most_lose, told.losses)]
            .into_iter()
            .filter(|_| names_workers)
            .map(|(title, list)| (title, list.rows.into_iter().map(of_worker).collect()))
            .collect(),
        not_judged: not_judged
            .into_iter()
            .filter(|(_, points)| points.credits > 0)
            .map(|(title, points)| (title, row(points)))
            .collect(),
    }
}
