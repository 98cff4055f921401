//! As of when something is told: by business time (when it happened) and by recorded time (when the journal took it).
//!
//! The two clocks are cut in different ways. Recorded times never go back, so everything recorded by a time is a prefix
//! of the journal: [`recorded_by`] finds its last position. Business times come in any order, so [`BusinessCut`] looks at
//! every event: what happened on later days is left out, and with it whatever corrects or finishes it, even under an
//! earlier date.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::HoldId;
use ledger_core::domain::store::event::StoreEvent;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::{Journal, JournalError, RecordedTime};

/// The last position that was recorded by a time (that very microsecond included), at most `head`; 0 for none.
///
/// # Errors
/// [`JournalError`].
pub async fn recorded_by(journal: &dyn Journal, time: RecordedTime, head: u64) -> Result<u64, JournalError> {
    // Everything up to `known` was recorded by then; nothing after `beyond` was.
    let (mut known, mut beyond) = (0, head);
    while known < beyond {
        let middle = known + (beyond - known).div_ceil(2);
        let Some(entry) = journal.read(middle - 1, 1).await?.pop() else {
            let what = format!("the journal ends before it, but its head says {head}");
            return Err(JournalError::Damaged { position: middle, what });
        };
        if entry.command.recorded_at <= time {
            known = middle;
        } else {
            beyond = middle - 1;
        }
    }
    Ok(known)
}

/// The day on which an event happened: a credit's service date, however late it was entered; else its business date.
pub fn day_of(event: &Event) -> Option<NaiveDate> {
    let service = match event {
        Event::Worker(event) => event.as_service().map(|record| record.on),
        _ => None,
    };
    service.or_else(|| event.at().map(|at| at.date()))
}

/// Leaves out what happened after a business day. Ask it about every event, in the journal's order.
#[derive(Debug, Clone, Default)]
pub struct BusinessCut {
    until: Option<NaiveDate>,
    /// Credits, redemptions and holds that happened after the day. They share one space of names: their keys.
    left_out: BTreeSet<String>,
}

impl BusinessCut {
    /// Leaves out what happened after a day; without one, nothing.
    pub const fn new(until: Option<NaiveDate>) -> BusinessCut {
        BusinessCut { until, left_out: BTreeSet::new() }
    }

    /// The day.
    pub const fn until(&self) -> Option<NaiveDate> {
        self.until
    }

    /// Whether an event counts as of the day.
    pub fn admits(&mut self, event: &Event) -> bool {
        let Some(until) = self.until else { return true };
        let (about, made) = names(event);
        // A credit counts from its service date on, however late it was confirmed: what it gave may be spent from then on.
        let confirms = matches!(event, Event::Worker(WorkerEvent::CreditConfirmed(_)));
        let later = day_of(event).is_some_and(|day| day > until) && !confirms;
        if later || about.is_some_and(|name| self.left_out.contains(name)) {
            self.left_out.extend(made.map(str::to_owned));
            return false;
        }
        true
    }
}

/// The credit, redemption or hold that an event is about, and the one that it makes.
fn names(event: &Event) -> (Option<&str>, Option<&str>) {
    match event {
        Event::Worker(event) => match event {
            WorkerEvent::CreditConfirmed(event)
            | WorkerEvent::CreditRejected(event)
            | WorkerEvent::CreditObjected(event) => (Some(event.credit.as_str()), None),
            WorkerEvent::ObjectionResolved(event) => (Some(event.credit.as_str()), None),
            WorkerEvent::CreditReversed(event) => (Some(event.credit.as_str()), None),
            WorkerEvent::Redeemed(event) => (None, Some(event.redemption.as_str())),
            WorkerEvent::RedemptionReversed(event) => (Some(event.redemption.as_str()), None),
            WorkerEvent::PointsHeld(event) => (None, Some(event.hold.as_str())),
            WorkerEvent::HoldCaptured(event) => (Some(event.hold.as_str()), Some(event.redemption.as_str())),
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => (Some(event.hold.as_str()), None),
            other => (None, other.as_service().map(|record| record.credit.as_str())),
        },
        Event::Store(event) => match event {
            StoreEvent::StockIssued(event) => {
                (event.hold.as_ref().map(HoldId::as_str), Some(event.redemption.as_str()))
            }
            StoreEvent::StockReturned(event) => (Some(event.redemption.as_str()), None),
            StoreEvent::StockReserved(event) => (None, Some(event.hold.as_str())),
            StoreEvent::StockUnreserved(event) => (Some(event.hold.as_str()), None),
            _ => (None, None),
        },
        Event::Programme(_) | Event::Merchant(_) | Event::Card(_) => (None, None),
    }
}
