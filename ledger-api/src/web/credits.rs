//! `/credits`: the desk. Whoever proposes records one credit or a sheet of them; whoever checks passes or returns what
//! waits. Rows of a sheet are judged before anything is written, mended in place, and sent.

mod merge;
mod proof;
mod register;
mod returned;
mod sheet;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::CreditId;
use ledger_core::domain::numbers::personal_number;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Command, commands};
use projections::queries::credit::{CreditEvent, CreditStep};
use projections::waiting::Stage;

use super::figures::{minute, points};
use super::form::{Fields, Sent, read_id};
use super::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use super::trouble;
use super::words::Words;
use crate::access::Role;
use crate::access::policy::{Action, CommandKind, Denied, Read, Target, Who, allow, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::{Judged, Row, Waiting, queue, record, today};
use crate::service::objectors::{Objectors, objectors};
use crate::service::own::schedule_on;
use crate::title;
use register::NewWorker;
use returned::Back;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "credits/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    checks: bool,
    proposes: bool,
    /// Whether whoever looks keeps the particulars of workers.
    keeps: bool,
    /// Whether whoever looks merges two ids of one person.
    merges: bool,
    waiting_count: usize,
    queue: Vec<Queued>,
    own: Vec<Queued>,
    /// What was returned lately.
    back: Vec<Back>,
    /// The returned credit with which the form is filled in, to be mended.
    mends: Option<String>,
    back_reasons: Vec<&'static str>,
    key: String,
    typed: Row,
    activities: Vec<(String, String, String)>,
    today: String,
    /// Somebody who is new can be registered here, with this key.
    new_key: Option<String>,
    new: NewWorker,
}

/// A credit that waits, as the page shows it.
struct Queued {
    credit: String,
    worker: String,
    name: String,
    activity: String,
    points: String,
    on: String,
    quantity: String,
    proposer: String,
    at: String,
    evidence: String,
    status: &'static str,
    colour: &'static str,
    flags: Vec<String>,
    steps: Vec<String>,
    objected: bool,
    /// Whether something is to be decided now.
    open: bool,
    until: String,
    key: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/credits", get(read).post(act))
        .merge(sheet::routes())
        .merge(proof::routes())
        .merge(merge::routes())
}

/// What a page says of what was just asked.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    typed: Row,
    new: NewWorker,
}

/// What is asked of the page.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// A returned credit that is to be mended.
    #[serde(default)]
    mend: String,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, Told::default(), &asked).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let row = row(&fields);
        let told = match carry_out(&app, &visitor, &fields, &row).await {
            Ok(said) => Told { said, ..Told::default() },
            Err(Trouble::Service(error)) => {
                let mut told = Told { bad: no(&app, &visitor, &fields, &error).await?, ..Told::default() };
                match fields.get("do") {
                    "enter" => told.typed = row,
                    "register" => told.new = NewWorker::of(&fields),
                    _ => {}
                }
                told
            }
            Err(other) => return Err(other),
        };
        page(&app, &visitor, told, &Asked::default()).await
    };
    answer(&visitor, made.await)
}

/// Why it was refused, in the words of the form.
async fn no(app: &App, visitor: &Visitor, fields: &Fields, error: &ServiceError) -> Result<String, Trouble> {
    let (w, r) = (visitor.words(), visitor.words().refusals);
    let told = |own: &[(Code, &str)]| trouble::said_by(w, visitor.english, error, own);
    Ok(match fields.get("do") {
        "register" => {
            let id = fields.get("new").to_uppercase();
            let taken = r.taken(&id);
            let mut own = vec![(Code::DuplicateConflict, taken.as_str())];
            if personal_number(&id).is_some() {
                own.push((Code::InvalidInput, r.personal_id));
            }
            told(&own)
        }
        "confirm" => match read_id(fields.get("credit")) {
            Ok(credit) if answered(app, visitor, &credit).await? => told(&[(Code::SamePerson, r.answered_it)]),
            Ok(_) | Err(_) => told(&[]),
        },
        _ => told(&[]),
    })
}

/// Whether whoever is logged in decided about an objection to a credit.
async fn answered(app: &App, visitor: &Visitor, credit: &CreditId) -> Result<bool, Trouble> {
    let own = visitor.must()?.identity.id.as_str();
    let found = app.views.credit(credit, app.views.position()).await?;
    let decides = |what: CreditEvent| matches!(what, CreditEvent::ObjectionUpheld | CreditEvent::ObjectionDismissed);
    Ok(found.is_some_and(|found| found.steps.iter().any(|step| decides(step.what) && step.by == own)))
}

/// The row that a form's fields are.
fn row(fields: &Fields) -> Row {
    Row {
        key: fields.get("key").to_owned(),
        worker: fields.get("worker").to_uppercase(),
        activity: fields.get("activity").to_owned(),
        on: fields.get("on").to_owned(),
        quantity: fields.get("quantity").to_owned(),
        witness: fields.get("witness").to_owned(),
        evidence: fields.get("evidence").to_owned(),
    }
}

async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields, row: &Row) -> Result<String, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let action = match fields.get("do") {
        "enter" => {
            return Ok(match record(app, Who::Bearer(identity), &identity.id, row).await? {
                Judged::Taken(taken) => {
                    let of = points(taken.points);
                    let said = if taken.waits { w.recorded_waits(&of) } else { w.recorded_counts(&of) };
                    let full_stop = if w.english { ". " } else { "。" };
                    match w.limit_met(&taken) {
                        limit if limit.is_empty() => said,
                        limit => said + full_stop + &limit,
                    }
                }
                Judged::Repeated => w.recorded_before.to_owned(),
                Judged::Refused(refusal) => return Err(ServiceError::Refused(refusal).into()),
                Judged::Unknown => return Err(ServiceError::Unknown.into()),
            });
        }
        "register" => {
            let worker = register::register(app, visitor, fields).await?;
            return Ok(format!("{} {worker}", w.worker_registered));
        }
        "confirm" => CreditAction::Confirm,
        "uphold" => CreditAction::Resolve { upheld: true },
        "dismiss" => CreditAction::Resolve { upheld: false },
        "reject" => CreditAction::Reject,
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    };
    let credit: CreditId = read_id(fields.get("credit"))?;
    let (reason, said) = match action {
        CreditAction::Confirm => (w.checked_reason.to_owned(), w.passed),
        CreditAction::Resolve { .. } => (fields.reason("note")?.to_owned(), w.resolved),
        CreditAction::Reject | CreditAction::Reverse | CreditAction::Appeal | CreditAction::Object { .. } => {
            (fields.reason("reason")?.to_owned(), w.returned)
        }
    };
    let command = Command::JudgeCredit(commands::JudgeCredit { credit, action, reason });
    give(app, visitor, fields.get("key"), command).await?;
    Ok(said.to_owned())
}

async fn page(app: &App, visitor: &Visitor, told: Told, asked: &Asked) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let who = Who::Bearer(identity);
    let checks = identity.acts_as(Role::Approver) && may_ever(who, CommandKind::ConfirmCredit);
    let proposes = identity.acts_as(Role::Operator) && may_ever(who, CommandKind::RecordCredit);
    if !checks && !proposes {
        return Err(Denied.into());
    }
    let today = today(app);
    let mut schedule = schedule_on(app, who, today).await?;
    let mended = match asked.mend.trim() {
        "" => None,
        credit if proposes => returned::again(app, visitor, credit, &mut schedule).await?,
        _ => None,
    };
    let mends = mended.is_some().then(|| asked.mend.trim().to_owned());
    let called = |code: &str| {
        let line = schedule.iter().find(|(found, _, _)| found == code);
        line.map_or_else(|| code.to_owned(), |(_, name, _)| name.clone())
    };
    let waiting = queue(app, who, if checks { Read::WaitingCredits } else { Read::Credit }).await?;
    let knows = objectors(identity);
    let all: Vec<Queued> = waiting.into_iter().map(|waiting| queued(w, waiting, &called, knows)).collect();
    let (queue, own) = if checks { (all, Vec::new()) } else { (Vec::new(), all) };
    let back = if proposes { returned::lately(app, visitor).await? } else { Vec::new() };
    let back = back.into_iter().map(|one| returned::back(one, &called)).collect();
    let mut typed = mended.unwrap_or(told.typed);
    if typed.on.is_empty() {
        typed.on = today.to_string();
    }
    let mut new = told.new;
    if new.site.is_empty()
        && let Some(own) = identity.scopes_of(Role::Operator).first()
    {
        // Whoever acts for a site registers its people.
        (*own).clone_into(&mut new.site);
    }
    let page = Page {
        f: visitor.frame(w.credits),
        said: told.said,
        bad: told.bad,
        checks,
        keeps: may_ever(Who::Bearer(&visitor.must()?.identity), Action::KeepPerson),
        merges: allow(who, Read::Merging, Target::District).is_ok(),
        proposes,
        waiting_count: queue.len(),
        queue,
        own,
        back,
        mends,
        back_reasons: w.back_reasons(),
        key: new_key("credit"),
        typed,
        activities: schedule,
        today: today.to_string(),
        new_key: (identity.acts_as(Role::Operator) && may_ever(who, CommandKind::RegisterWorker))
            .then(|| new_key("worker")),
        new,
    };
    show(&page)
}

fn queued(w: &Words, waiting: Waiting, called: &dyn Fn(&str) -> String, told: Objectors) -> Queued {
    let Waiting { credit, row, record, name } = waiting;
    // What counts already can be objected to as well; of such a credit the record alone tells the particulars.
    let counts = row.objected && !row.proposed;
    let (status, colour) = standing(w, if counts { Stage::Objected } else { row.way.stage });
    let of = record.as_ref().map(|found| &found.record);
    let until = row.way.public_until.filter(|_| row.way.stage == Stage::Publicised);
    let steps = record.as_ref().map(|record| record.steps.as_slice()).unwrap_or_default();
    let unnamed = steps.iter().any(|step| step.what == CreditEvent::ObjectedUnnamed);
    Queued {
        worker: row.worker.clone(),
        name: name.unwrap_or_default(),
        activity: called(of.map_or(row.activity.as_str(), |of| of.activity.as_str())),
        points: points(row.points),
        on: of.map_or(row.on, |of| of.on).to_string(),
        quantity: of.map(|of| of.quantity.to_string()).unwrap_or_default(),
        proposer: of.map_or(row.proposer, |of| of.proposer.to_string()),
        at: of.map(|of| of.at).or(row.at).map(|at| minute(&at.to_string())).unwrap_or_default(),
        evidence: of.and_then(|of| of.evidence.clone()).unwrap_or_default(),
        status,
        colour,
        flags: row.flags.iter().map(|flag| flag_told(w, flag)).collect(),
        open: row.objected || row.way.stage == Stage::Proposed,
        until: until.map(|until| w.public_until(&until.to_string())).unwrap_or_default(),
        steps: steps.iter().skip(1).map(|step| step_told(w, step, told.may_know(step.what, unnamed))).collect(),
        objected: row.objected,
        key: new_key("judge"),
        credit,
    }
}

/// What a stage is called, and its colour.
pub(super) const fn standing(w: &Words, stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Proposed => (w.being_checked, "wait"),
        Stage::Publicised => (w.in_publicity, "info"),
        Stage::Objected => (w.under_objection, "bad"),
        Stage::Appealed => (w.appealed, "bad"),
        Stage::Confirmed => (w.counts, "ok"),
        Stage::Upheld | Stage::Rejected => (w.returned, "bad"),
        Stage::Reversed => (w.step_reversed, "bad"),
    }
}

/// A guard's flag in words.
fn flag_told(w: &Words, flag: &str) -> String {
    let code = Code::ALL.iter().find(|code| code.as_str() == flag);
    code.filter(|_| !w.english).map_or_else(|| flag.replace('_', " "), |code| title::chinese(*code).to_owned())
}

/// A step of a credit in a sentence.
fn step_told(w: &Words, step: &CreditStep, by_whom: bool) -> String {
    let what = match step.what {
        CreditEvent::Recorded => w.step_recorded,
        CreditEvent::Checked => w.step_checked,
        CreditEvent::Publicised => w.step_publicised,
        CreditEvent::Confirmed => w.step_confirmed,
        CreditEvent::Rejected => w.step_rejected,
        CreditEvent::Objected | CreditEvent::ObjectedUnnamed => w.step_objected,
        CreditEvent::Appealed => w.step_appealed,
        CreditEvent::ObjectionUpheld => w.step_upheld,
        CreditEvent::ObjectionDismissed => w.step_dismissed,
        CreditEvent::Reversed => w.step_reversed,
    };
    let reason = step.reason.as_deref().filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| format!("：{reason}")).unwrap_or_default();
    let by = if by_whom { step.by.as_str() } else { "" };
    format!("{} {by} {what}{reason}", minute(&step.at.to_string()))
}
