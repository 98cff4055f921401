//! `/appointments`: what the desk keeps of the programmes: visits that wait for the other one of a pair, who is appointed as
//! what and until when, and who waits for which benefit.

mod appointing;
mod approvals;
mod pairs;
mod passes;
mod rows;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::ids::{CertificateNo, IdError, SiteId, WorkerId};
use ledger_core::domain::period::Period;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::{Command, commands};
use rows::{Benefit, Letter, Visit, benefit, letter, visit};
use serde::Deserialize;

use super::form::{Fields, Sent, asked_yuan, ends_before, is_new_word, read_id};
use super::me::withdrawal;
use super::page::{Frame, Trouble, Visitor, answer, give, new_key, new_number, show};
use super::trouble;
use crate::access::policy::{CommandKind, Denied, Who, may_ever};
use crate::access::{Identity, Role};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::applied::{Became, became};
use crate::service::desk::today;
use crate::service::keys::read_key;
use crate::service::reading::date;
use crate::service::rosters::{SHOWN_MAX, appointments, known_roles, queues, visits_waiting};

#[derive(Template)]
#[template(path = "appointments/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    visits: Vec<Visit>,
    confirms: bool,
    appointing: appointing::Part,
    approvals: approvals::Part,
    letters: Vec<Letter>,
    /// Whose appointments were asked for; blank for all.
    whose: String,
    /// Whether there may be more than is shown.
    cut: bool,
    appoints: bool,
    /// What is said of the appointment that was sent back with which the form is filled in, and its number.
    mends: Option<(&'static str, String)>,
    /// The roles to choose of.
    known: Vec<String>,
    benefits: Vec<Benefit>,
    /// Whether whoever looks may withdraw in somebody's name.
    withdraws: bool,
    given_back: GivenBack,
    withdrawal_key: String,
    /// Benefits that the desk can apply for in somebody's name today; none for whoever does not.
    offered: Vec<(String, String)>,
    applied: Applied,
    number: String,
    now: String,
    typed: Typed,
    today: String,
    key: String,
}

/// What was typed of a new appointment, to be shown again where it was refused.
#[derive(Debug, Default)]
struct Typed {
    id: String,
    worker: String,
    role: String,
    body: String,
    site: String,
    from: String,
    until: String,
    /// The role that was asked about.
    sure: String,
}

/// What was typed of an application.
#[derive(Debug, Default)]
struct Applied {
    worker: String,
    benefit: String,
    amount: String,
    certificate: String,
    /// The number, where the answer was lost.
    number: String,
}

/// What was typed of a withdrawal.
#[derive(Debug, Default)]
struct GivenBack {
    benefit: String,
    application: String,
    reason: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/appointments", get(read).post(act)).merge(pairs::routes()).merge(passes::routes())
}

/// Whose rows are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    worker: String,
    /// An appointment that was sent back and is to be mended, with its worker.
    mend: String,
}

/// Whose rows are asked for, as it was typed: of one worker, or of all where nothing was. What can be no id of a worker is
/// nobody's.
fn whose(typed: &str) -> Result<Option<WorkerId>, IdError> {
    if typed.is_empty() { Ok(None) } else { WorkerId::new(typed).map(Some) }
}

/// What a page says of what was just asked.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    typed: Typed,
    applied: Applied,
    given_back: GivenBack,
    /// What was sent back and is to be mended.
    mend: String,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked.worker, Told { mend: asked.mend, ..Told::default() }).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        if fields.get("do") == "appoint"
            && let Some(bad) = new_role(&app, &visitor, fields.get("role"), fields.get("sure")).await?
        {
            let typed = Typed { sure: fields.get("role").to_owned(), ..typed(&fields) };
            return page(&app, &visitor, fields.get("of"), Told { bad, typed, ..Told::default() }).await;
        }
        let told = match carry_out(&app, &visitor, &fields).await {
            Ok(said) => Told { said, ..Told::default() },
            Err(Trouble::Service(error)) => {
                let mut told = Told { bad: no(&app, &visitor, &fields, &error).await?, ..Told::default() };
                match fields.get("do") {
                    "appoint" => told.typed = typed(&fields),
                    "apply" => told.applied = applied(&fields, &error),
                    "withdraw" => told.given_back = given_back(&fields),
                    _ => {}
                }
                told
            }
            Err(other) => return Err(other),
        };
        page(&app, &visitor, fields.get("of"), told).await
    };
    answer(&visitor, made.await)
}

/// What is asked about a role that nobody had before.
async fn new_role(app: &App, visitor: &Visitor, role: &str, sure: &str) -> Result<Option<String>, Trouble> {
    let known: Vec<String> = known(app, visitor, today(app)).await?;
    Ok(is_new_word(role, &known, sure).then(|| visitor.words().refusals.new_word(role, &known)))
}

/// The roles to choose of, for whoever appoints.
async fn known(app: &App, visitor: &Visitor, today: NaiveDate) -> Result<Vec<String>, Trouble> {
    let identity = &visitor.must()?.identity;
    let who = Who::Bearer(identity);
    if !identity.acts_as(Role::Approver) || !may_ever(who, CommandKind::RegisterAppointment) {
        return Ok(Vec::new());
    }
    Ok(known_roles(app, who, today).await?.into_iter().collect())
}

/// Why it was refused, in the words of the form.
async fn no(app: &App, visitor: &Visitor, fields: &Fields, error: &ServiceError) -> Result<String, Trouble> {
    let (w, r) = (visitor.words(), visitor.words().refusals);
    let told = |own: &[(Code, &str)]| trouble::said_by(w, visitor.english, error, own);
    Ok(match fields.get("do") {
        "appoint" => {
            let taken = r.taken(fields.get("id"));
            let mut own = vec![(Code::DuplicateConflict, taken.as_str())];
            if ends_before(fields, "from", "until") {
                own.push((Code::InvalidDate, r.ends_before));
            }
            told(&own)
        }
        "apply" => {
            let row = app.views.benefit(fields.get("benefit")).await?.value;
            let yearly = row.and_then(|row| row.terms.map(|terms| terms.limit_yearly));
            let had = if yearly == Some(true) { r.had_this_year } else { r.had_before };
            told(&[(Code::LimitPerWorker, had)])
        }
        "withdraw" => told(&[(Code::UnknownBenefit, r.other_benefit)]),
        "check_benefit" | "reject_benefit" => told(&approvals::no(w)),
        "confirm_appointment" | "reject_appointment" => told(&appointing::no(w)),
        "dismiss" => told(&[(Code::DuplicateConflict, w.appointing.waits_already)]),
        _ => told(&[]),
    })
}

fn typed(fields: &Fields) -> Typed {
    let get = |name| fields.get(name).to_owned();
    Typed {
        id: get("id"),
        worker: get("worker"),
        role: get("role"),
        body: get("body"),
        site: get("site"),
        from: get("from"),
        until: get("until"),
        sure: get("sure"),
    }
}

fn given_back(fields: &Fields) -> GivenBack {
    let get = |name| fields.get(name).to_owned();
    GivenBack { benefit: get("benefit"), application: get("application"), reason: get("reason") }
}

fn applied(fields: &Fields, error: &ServiceError) -> Applied {
    let get = |name| fields.get(name).to_owned();
    // Where the answer was lost, pressing again is the same command.
    let number = if matches!(error, ServiceError::Unknown) { get("key") } else { String::new() };
    Applied {
        worker: get("worker"),
        benefit: get("benefit"),
        amount: get("amount"),
        certificate: get("certificate"),
        number,
    }
}

async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    let w = visitor.words();
    let (command, said) = match fields.get("do") {
        "confirm" => {
            let by: WorkerId = read_id(fields.get("by"))?;
            let on = date("on", fields.get("on"))?;
            let (pair, visit) = (read_id(fields.get("pair"))?, read_id(fields.get("visit"))?);
            let command = commands::ConfirmVisit { pair, visit, by, on };
            (Command::from(command), w.programmes.visit_confirmed)
        }
        "apply" => {
            let key = fields.get("key");
            let command = commands::ProposeBenefit {
                application: (&read_key(key)?).into(),
                benefit: read_id(fields.get("benefit"))?,
                worker: read_id(&fields.get("worker").to_uppercase())?,
                at: BusinessTime::parse(fields.get("at")),
                certificate: fields.some("certificate").map(read_id::<CertificateNo>).transpose()?,
                amount: asked_yuan(fields.get("amount")),
            };
            let receipt = give(app, visitor, key, Command::from(command)).await?;
            let said = match became(&receipt) {
                Some(Became::Granted) | None => w.appointments.granted_for,
                Some(Became::Queued) => w.appointments.queued_for,
                Some(Became::Proposed) => w.approvals.proposed_for,
            };
            return Ok(format!("{said} {key}"));
        }
        "withdraw" => {
            // Somebody else's place is given up: the worker reads why.
            fields.reason("reason")?;
            (withdrawal(fields)?, w.programmes.withdrawal_done)
        }
        "check_benefit" => return approvals::check(app, visitor, fields).await,
        "reject_benefit" => (approvals::reject(fields)?, w.approvals.sent_back),
        "confirm_appointment" => (appointing::confirm(fields)?, w.appointing.confirmed),
        "reject_appointment" => {
            give(app, visitor, fields.get("key"), appointing::reject(fields)?).await?;
            return Ok(appointing::sent_back(app, w, fields).await?.to_owned());
        }
        what => {
            let ended = if what == "dismiss" { Some(required(fields, "ended")?) } else { None };
            let receipt = give(app, visitor, fields.get("key"), appointment(fields, ended)?).await?;
            let said = match (appointing::waits(&receipt), ended.is_some()) {
                (true, true) => w.appointing.end_proposed,
                (true, false) => w.appointing.proposed,
                (false, true) => w.appointments.dismissed,
                (false, false) => w.appointments.appointed,
            };
            return Ok(said.to_owned());
        }
    };
    give(app, visitor, fields.get("key"), command).await?;
    Ok(said.to_owned())
}

/// A row of the register: entered anew, or again with its end.
fn appointment(fields: &Fields, ended: Option<NaiveDate>) -> Result<Command, ServiceError> {
    let site = fields.some("site").map(read_id::<SiteId>).transpose()?;
    let days = Period { from: Some(required(fields, "from")?), through: date("until", fields.get("until"))? };
    let (body, role) = (fields.get("body").to_owned(), fields.get("role").to_owned());
    let terms = AppointmentTerms { body, days, ended, role, site };
    let (appointment, worker) = (read_id(fields.get("id"))?, read_id(&fields.get("worker").to_uppercase())?);
    Ok(commands::ProposeAppointment { appointment, worker, terms }.into())
}

fn required(fields: &Fields, name: &str) -> Result<NaiveDate, ServiceError> {
    date(name, fields.get(name))?
        .ok_or_else(|| ServiceError::refused(Code::InvalidDate, format!("{name}: no date is given; write YYYY-MM-DD")))
}

/// The desk's roles: who may come here.
fn is_desk(identity: &Identity) -> bool {
    identity.acts_as(Role::Operator) || identity.acts_as(Role::Approver)
}

async fn page(app: &App, visitor: &Visitor, of: &str, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let (who, today) = (Who::Bearer(identity), today(app));
    let (operator, approver) = (identity.acts_as(Role::Operator), identity.acts_as(Role::Approver));
    if !is_desk(identity) {
        return Err(Denied.into());
    }
    let Told { said, bad, mut typed, applied, given_back, mend } = told;
    let appoints = approver && may_ever(who, CommandKind::RegisterAppointment);
    let appointing = appointing::part(app, visitor).await?;
    let mended = if appoints { appointing.mended(w, mend.trim()) } else { None };
    let mends = mended.map(|mended| {
        typed = mended.typed;
        (mended.said, mended.id)
    });
    if typed.from.is_empty() {
        typed.from = today.to_string();
    }
    if typed.id.is_empty() {
        typed.id = new_number("PS");
    }
    let called = crate::service::own::schedule_on(app, who, today).await?;
    let called = |code: &str| {
        let line = called.iter().find(|(found, _, _)| found == code);
        line.map_or_else(|| code.to_owned(), |(_, name, _)| name.clone())
    };
    let queues = queues(app, who).await?;
    let of = of.trim().to_uppercase();
    let letters = match whose(&of) {
        Ok(worker) => appointments(app, who, today, worker.as_ref()).await?,
        Err(_) => Vec::new(),
    };
    let page = Page {
        f: visitor.frame(w.appointments_page),
        said,
        bad,
        visits: visits_waiting(app, who).await?.into_iter().map(|row| visit(w, row, &called, today)).collect(),
        confirms: operator && may_ever(who, CommandKind::ConfirmVisit),
        appointing,
        approvals: approvals::part(app, visitor).await?,
        cut: letters.len() >= SHOWN_MAX,
        letters: (0_usize..).zip(letters).map(|(at, row)| letter(w, at, row, today)).collect(),
        whose: of,
        known: known(app, visitor, today).await?,
        appoints,
        mends,
        offered: if operator && may_ever(who, CommandKind::ApplyBenefit) {
            let open = queues.iter().filter(|row| row.terms.window.holds(today));
            open.map(|row| (row.id.clone(), row.terms.name.clone())).collect()
        } else {
            Vec::new()
        },
        withdraws: operator && may_ever(who, CommandKind::WithdrawBenefit),
        given_back,
        withdrawal_key: new_key("withdrawal"),
        benefits: queues.into_iter().map(|row| benefit(w, row)).collect(),
        number: if applied.number.is_empty() { new_number("QY") } else { applied.number.clone() },
        applied,
        now: app.ledger.now().to_string(),
        typed,
        today: today.to_string(),
        key: new_key("appointment"),
    };
    show(&page)
}
