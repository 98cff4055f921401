//! A worker's statement: a line for each event of the account, in order, folded from the worker's own stream when it is
//! asked for. Nothing of it is stored a second time: the journal holds every line already, in this order.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::posting::{Account, postings};
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{LotPart, RedeemedLine, ServiceRecorded, WorkerEvent};
use ledger_core::journal::{Entry, RecordedTime};

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its position in the journal.
    pub position: u64,
    /// The event's type.
    pub event: &'static str,
    /// When it happened.
    pub at: BusinessTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// What it changed in what can be spent, hundredths; signed.
    pub points: Points,
    /// The credit, redemption or hold it is about.
    pub subject: String,
    /// Where, for redemptions and holds.
    pub store: Option<String>,
    /// The activity, for credits.
    pub activity: Option<String>,
    /// Category, for credits.
    pub category: Option<String>,
    /// The service date, for credits.
    pub on: Option<chrono::NaiveDate>,
    /// On what, for redemptions and holds.
    pub lines: Vec<RedeemedLine>,
    /// The lots it touched, with how much.
    pub lots: Vec<LotPart>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// The line of an entry on its worker's statement; none for entries of other aggregates.
pub fn line(entry: &Entry, event: &Event) -> Option<Line> {
    let points = postings(event)
        .into_iter()
        .filter(|posting| matches!(posting.account, Account::Available(_)))
        .map(|posting| posting.points)
        .sum();
    let Event::Worker(event) = event else { return None };
    let mut line = Line {
        position: entry.position,
        event: event.event_type(),
        at: event.at(),
        recorded_at: entry.command.recorded_at,
        points,
        subject: String::new(),
        store: None,
        activity: None,
        category: None,
        on: None,
        lines: Vec::new(),
        lots: Vec::new(),
        reason: None,
    };
    match event.as_service() {
        Some(record) => credited(&mut line, record),
        None => told(&mut line, event),
    }
    Some(line)
}

fn credited(line: &mut Line, record: &ServiceRecorded) {
    line.subject = record.credit.to_string();
    line.activity = Some(record.activity.to_string());
    line.category = Some(record.category.clone());
    line.on = Some(record.on);
    if !record.proposed {
        line.lots = vec![LotPart(record.lot, record.points - record.debt_paid)];
    }
}

fn told(row: &mut Line, event: &WorkerEvent) {
    match event {
        WorkerEvent::WorkerDeparted(event) => row.reason = Some(event.reason.clone()),
        WorkerEvent::CardIssued(event) => row.subject = event.card_no.to_string(),
        WorkerEvent::CardMoved(event) => row.subject = event.card_no.to_string(),
        WorkerEvent::CardClosed(event) => {
            row.subject = event.card_no.to_string();
            row.reason = Some(event.reason.clone());
        }
        WorkerEvent::CreditConfirmed(event) => {
            row.subject = event.credit.to_string();
            row.reason = Some(event.reason.clone());
            row.lots = vec![LotPart(event.lot, event.points - event.debt_paid)];
        }
        WorkerEvent::CreditRejected(event) | WorkerEvent::CreditObjected(event) => {
            row.subject = event.credit.to_string();
            row.reason = Some(event.reason.clone());
        }
        WorkerEvent::ObjectionResolved(event) => {
            row.subject = event.credit.to_string();
            row.reason = Some(event.reason.clone());
        }
        WorkerEvent::CreditReversed(event) => {
            row.subject = event.credit.to_string();
            row.reason = Some(event.reason.clone());
            row.lots = vec![LotPart(event.lot, event.points - event.debt)];
        }
        WorkerEvent::Redeemed(event) => spent(row, &event.redemption, &event.store, &event.lines, &event.lots),
        WorkerEvent::RedemptionReversed(event) => {
            spent(row, &event.redemption, &event.store, &event.lines, &event.lots);
            row.reason = Some(event.reason.clone());
        }
        WorkerEvent::PointsHeld(event) => spent(row, &event.hold, &event.store, &event.lines, &event.lots),
        WorkerEvent::HoldCaptured(event) => spent(row, &event.redemption, &event.store, &event.lines, &event.lots),
        WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
            row.reason.clone_from(&event.reason);
            spent(row, &event.hold, &event.store, &event.lines, &event.lots);
        }
        _ => {}
    }
}

fn spent(row: &mut Line, subject: &impl ToString, store: &impl ToString, lines: &[RedeemedLine], lots: &[LotPart]) {
    row.subject = subject.to_string();
    row.store = Some(store.to_string());
    row.lines = lines.to_vec();
    row.lots = lots.to_vec();
}
