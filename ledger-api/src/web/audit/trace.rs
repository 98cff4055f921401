//! `/audit/trace`: where a balance comes from. The lots of an account, each with the events that made it and took from it,
//! and every line with the figures after it, back to the events themselves. Folded from the journal, not from a view. What
//! else has the number that was typed is told by [`super::thing`].

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use projections::audit::trace::{LotStep, Note, Subject, TraceEnd, TraceLine, TracedLot, WorkerStanding, lots_of};
use serde::Deserialize;

use super::state::position;
use super::thing::{Thing, chosen, number_of, thing_of};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::reading::{date, may_ever_read, may_read, must_be_there};
use crate::service::traces::{Asked, tell, trace};
use crate::vault::short;
use crate::web::address::in_address;
use crate::web::figures::{change, minute, points};
use crate::web::page::{Frame, Trouble, Visitor, answer, show};
use crate::web::trouble;
use crate::web::words::Words;

/// Lines on a page.
pub(super) const LINES: usize = 100;

#[derive(Template)]
#[template(path = "audit/trace.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    bad: String,
    worker: String,
    at: String,
    as_of: String,
    head: u64,
    traced: Option<Traced>,
    thing: Option<Thing>,
}

/// An account as far as it was traced.
struct Traced {
    told: String,
    balance: String,
    earned: String,
    redeemed: String,
    expired: String,
    /// What the balance is made of, in a sentence.
    sum: String,
    debt: String,
    left_out: String,
    /// Lots with something in them, or that wait.
    lots: Vec<Lot>,
    /// Lots with nothing left.
    spent: Vec<Lot>,
    lines: Vec<Line>,
    count: usize,
    /// The address of the lines after these.
    later: String,
}

struct Lot {
    number: u32,
    /// What made it.
    origin: String,
    days: String,
    left: String,
    state: String,
    colour: &'static str,
    steps: Vec<Step>,
}

struct Step {
    position: u64,
    word: String,
    about: String,
    at: String,
    actor: String,
    change: String,
    left: String,
}

struct Line {
    position: u64,
    word: String,
    subject: String,
    at: String,
    actor: String,
    change: String,
    balance: String,
    held: String,
    about: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/audit/trace", get(read))
}

/// Whose account, and at which moment.
#[derive(Debug, Default, Deserialize)]
struct AskedTrace {
    #[serde(default)]
    worker: String,
    /// What of that number, where several things have it: `fund`, `pair` and so on.
    #[serde(default)]
    of: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    as_of: String,
    /// Lines after this position.
    after: Option<u64>,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<AskedTrace>) -> Response {
    answer(&visitor, page(&app, &visitor, asked).await)
}

async fn page(app: &App, visitor: &Visitor, asked: AskedTrace) -> Result<Response, Trouble> {
    let w = visitor.words();
    may_ever_read(Who::Bearer(&visitor.must()?.identity), Read::Trace)?;
    let head = app.ledger.journal().head().await.map_err(ServiceError::from)?.position;
    let typed = asked.worker.trim().to_owned();
    let (at, as_of) = (asked.at.trim().to_owned(), asked.as_of.trim().to_owned());
    let when = When { at: &at, as_of: &as_of, after: asked.after.unwrap_or(0), head };
    let (mut bad, mut traced, mut thing) = (String::new(), None, None);
    let mut worker = typed.to_uppercase();
    if !typed.is_empty() {
        let (subject, others) = chosen(app, &typed, asked.of.trim()).await?;
        let told = match subject {
            Some(Subject::Worker(_)) => traced_of(app, visitor, &worker, &when).await.map(|it| traced = Some(it)),
            Some(subject) => {
                worker = number_of(&subject);
                thing_of(app, visitor, subject, &others, &when).await.map(|it| thing = Some(it))
            }
            None => {
                // Who may trace some alone is not told which numbers there are.
                may_read(Who::Bearer(&visitor.must()?.identity), Read::Trace, Target::Worker(&worker))?;
                worker.clone_from(&typed);
                w.trace.no_such.clone_into(&mut bad);
                Ok(())
            }
        };
        match told {
            Ok(()) => {}
            // What was typed stays beside what is wrong with it.
            Err(Trouble::Service(error @ (ServiceError::Refused(_) | ServiceError::Unreadable(_)))) => {
                bad = if position(&at, head).is_none() {
                    w.trace.only_to(head)
                } else {
                    trouble::said(w, visitor.english, &error)
                };
            }
            Err(other) => return Err(other),
        }
    }
    show(&Page { f: visitor.frame(w.trace.title), bad, worker, at, as_of, head, traced, thing })
}

/// The moment that is asked about, as it was typed, and after which line the page begins.
pub(super) struct When<'a> {
    pub(super) at: &'a str,
    pub(super) as_of: &'a str,
    pub(super) after: u64,
    pub(super) head: u64,
}

async fn traced_of(app: &App, visitor: &Visitor, worker: &str, when: &When<'_>) -> Result<Traced, Trouble> {
    let When { at, as_of, after, head } = *when;
    let w = visitor.words();
    let reading = may_read(Who::Bearer(&visitor.must()?.identity), Read::Trace, Target::Worker(worker))?;
    let unknown = || Trouble::refused(Code::UnknownWorker, &format!("there is no worker {worker:?}"));
    let id = WorkerId::new(worker).map_err(|_| unknown())?;
    let no_position =
        || Trouble::refused(Code::InvalidInput, &format!("at: a position is a whole number up to {head}"));
    let until = position(at, head).ok_or_else(no_position)?;
    must_be_there(app, Some(until)).await?;
    let asked = Asked { worker: id, as_of: date("as_of", as_of)?, until };
    let mut lines: Vec<TraceLine> = Vec::new();
    let end = trace(app, &reading, &asked, &mut |line| lines.push(line)).await?.ok_or_else(unknown)?;
    let lots = lots_of(&lines);
    let shown = lines.iter().take_while(|line| line.position <= after).count();
    let later = lines.get(shown + LINES).and_then(|_| lines.get(shown + LINES - 1));
    let later = later.map(|last| address(worker, at, as_of, last.position)).unwrap_or_default();
    let count = lines.len();
    tell(app, &reading, &asked.worker, &mut lines).await;
    let (rest, spent): (Vec<&TracedLot>, Vec<&TracedLot>) =
        lots.iter().partition(|lot| !lot.now.left().is_zero() || !lot.counted());
    let told = |lots: Vec<&TracedLot>| -> Vec<Lot> {
        lots.into_iter().map(|lot| lot_told(w, lot, &lines, end.as_of)).collect()
    };
    let figures = figures(&end);
    Ok(Traced {
        told: w.state_of(until, end.as_of.map(|day| day.to_string()).as_deref()),
        balance: points(figures.figures.balance),
        earned: points(figures.figures.earned),
        redeemed: points(figures.figures.redeemed),
        expired: points(figures.figures.expired),
        sum: w.trace.sum_of(
            &points(spendable(&lots, end.as_of)),
            &points(figures.held),
            &points(figures.figures.balance),
        ),
        debt: if figures.debt.is_zero() { String::new() } else { w.owes(&points(figures.debt)) },
        left_out: if end.left_out == 0 { String::new() } else { w.trace.left_out_of(end.left_out) },
        lots: told(rest),
        spent: told(spent),
        lines: lines.iter().skip(shown).take(LINES).map(|line| line_told(w, line)).collect(),
        count,
        later,
    })
}

/// The address of the lines after a position.
pub(super) fn address(worker: &str, at: &str, as_of: &str, after: u64) -> String {
    format!(
        "/audit/trace?worker={}&at={}&as_of={}&after={after}",
        in_address(worker),
        in_address(at),
        in_address(as_of)
    )
}

/// A trace of a worker has a worker's figures.
fn figures(end: &TraceEnd) -> WorkerStanding {
    end.figures.as_worker().copied().unwrap_or_default()
}

fn is_over(lot: &TracedLot, as_of: Option<NaiveDate>) -> bool {
    lot.now.last_day.is_some_and(|last_day| as_of.is_some_and(|as_of| last_day < as_of))
}

/// What lies in lots that have not ended.
fn spendable(lots: &[TracedLot], as_of: Option<NaiveDate>) -> Points {
    lots.iter().filter(|lot| !is_over(lot, as_of)).map(|lot| lot.now.left()).sum()
}

fn lot_told(w: &Words, lot: &TracedLot, lines: &[TraceLine], as_of: Option<NaiveDate>) -> Lot {
    let left = lot.now.left();
    let line_of = |step: &LotStep| lines.get(step.line);
    let first = lot.steps.first().and_then(line_of);
    let last = lot.steps.last().and_then(line_of);
    let (state, colour) = match (left.is_zero(), is_over(lot, as_of), lot.counted()) {
        (_, _, false) => (last.map_or("", |line| w.event(line.event)).to_owned(), "wait"),
        (true, _, true) => (w.trace.used_up.to_owned(), ""),
        (false, true, true) => (w.trace.lapsed.to_owned(), "bad"),
        (false, false, true) => (w.trace.to_spend.to_owned(), "ok"),
    };
    let steps = lot.steps.iter().filter_map(|step| Some((step, line_of(step)?)));
    let steps = steps.map(|(step, line)| Step {
        position: line.position,
        word: w.event(line.event).to_owned(),
        about: line.subject.clone(),
        at: happened(line),
        actor: line.actor.clone(),
        change: if step.change.is_zero() { "–".to_owned() } else { change(step.change) },
        left: points(step.left),
    });
    Lot {
        number: lot.lot,
        origin: first.map(origin).unwrap_or_default(),
        days: w.trace.days_of(lot.now.on, lot.now.last_day),
        left: points(left),
        state,
        colour,
        steps: steps.collect(),
    }
}

/// What made a lot: the activity and the credit, or the id that was given up.
fn origin(line: &TraceLine) -> String {
    let parts = [line.activity.as_deref(), line.party.as_deref(), Some(line.subject.as_str())];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

pub(super) fn happened(line: &TraceLine) -> String {
    line.at.map(|at| minute(&at.to_string())).unwrap_or_default()
}

fn line_told(w: &Words, line: &TraceLine) -> Line {
    let figures = line.after.as_worker().map(|worker| (points(worker.figures.balance), points(worker.held)));
    let (balance, held) = figures.unwrap_or_default();
    Line {
        position: line.position,
        word: w.event(line.event).to_owned(),
        subject: line.subject.clone(),
        at: happened(line),
        actor: line.actor.clone(),
        change: if line.points.is_zero() { "–".to_owned() } else { change(line.points) },
        balance,
        held,
        about: about(w, line),
    }
}

/// What stands in no column.
pub(super) fn about(w: &Words, line: &TraceLine) -> String {
    let t = w.trace;
    let mut parts = Vec::new();
    parts.extend(line.activity.as_ref().map(|activity| format!("{} {activity}", w.activity)));
    parts.extend(line.on.map(|on| format!("{} {on}", w.served_on)));
    let mut lots: BTreeMap<u32, Points> = BTreeMap::new();
    for part in &line.lots {
        *lots.entry(part.0).or_default() += part.1;
    }
    let lots: Vec<String> = lots
        .into_iter()
        .map(|(lot, of)| if of.is_zero() { lot.to_string() } else { format!("{lot}（{}）", change(of)) })
        .collect();
    if !lots.is_empty() {
        parts.push(format!("{} {}", t.lot, lots.join("、")));
    }
    parts.extend(line.last_day.map(|day| format!("{} {day}", w.usable_through)));
    parts.extend(line.schedule.map(|version| t.schedule_of(version)));
    parts.extend(line.party.as_ref().map(|party| format!("{} {party}", t.party)));
    parts.extend(line.witness.as_ref().map(|witness| format!("{} {}", w.witness, short(witness))));
    parts.extend(line.facts.iter().map(|fact| t.fact(fact)));
    parts.extend(line.note.as_ref().map(|note| match note {
        Note::Proposed => t.waits.to_owned(),
        Note::Capped(of) => t.capped_from(&points(*of)),
        Note::DebtPaid(of) => t.debt_paid_of(&points(*of)),
        Note::DebtLeft(of) => t.debt_left_of(&points(*of)),
        Note::Booked(of) => t.booked_of(&points(*of)),
        Note::Proven(by) => t.proven(*by),
    }));
    let reason = line.reason.as_deref().filter(|reason| !reason.is_empty());
    parts.extend(reason.map(|reason| format!("{} {}", w.reason, short(reason))));
    parts.join(if w.english { "; " } else { "；" })
}
