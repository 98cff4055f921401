//! One row an event of a worker's account: what the worker reads, in order.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::posting::{Account, postings};
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{LotPart, RedeemedLine, WorkerEvent};
use ledger_core::journal::Entry;
use serde::{Deserialize, Serialize};

use super::under;
use crate::fold::View;

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Line {
    /// Its position in the journal.
    pub position: u64,
    /// The event's type.
    pub event: String,
    /// When it happened.
    pub at: Option<BusinessTime>,
    /// When it was recorded, RFC 3339.
    pub recorded_at: String,
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

/// The key of a line.
pub fn key(worker: &str, position: u64) -> String {
    under(worker, format_args!("{position:020}"))
}

/// The view.
pub struct StatementView;

impl View for StatementView {
    type Row = Line;
    const NAME: &'static str = "statement";
    const ALWAYS_NEW: bool = true;

    fn keys(entry: &Entry, event: &Event) -> Vec<String> {
        match event {
            Event::Worker(event) => vec![key(event.worker().as_str(), entry.position)],
            _ => Vec::new(),
        }
    }

    fn fold(row: &mut Line, _: &str, entry: &Entry, event: &Event) {
        let moved = postings(event)
            .into_iter()
            .filter(|posting| matches!(posting.account, Account::Available(_)))
            .map(|posting| posting.points)
            .sum();
        let Event::Worker(event) = event else { return };
        row.position = entry.position;
        row.event = event.event_type().to_owned();
        row.at = Some(event.at());
        row.recorded_at = entry.command.recorded_at.to_string();
        row.points = moved;
        if let Some(record) = event.as_service() {
            row.subject = record.credit.to_string();
            row.activity = Some(record.activity.to_string());
            row.category = Some(record.category.clone());
            row.on = Some(record.on);
            if !record.proposed {
                row.lots = vec![LotPart(record.lot, record.points - record.debt_paid)];
            }
            return;
        }
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
                spent(row, &event.hold, &event.store, &event.lines, &event.lots);
            }
            _ => {}
        }
    }
}

fn spent(row: &mut Line, subject: &impl ToString, store: &impl ToString, lines: &[RedeemedLine], lots: &[LotPart]) {
    row.subject = subject.to_string();
    row.store = Some(store.to_string());
    row.lines = lines.to_vec();
    row.lots = lots.to_vec();
}
