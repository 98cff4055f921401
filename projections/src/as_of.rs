//! As of when something is told: by business time (when it happened) and by recorded time (when the journal took it).
//!
//! The two clocks are cut in different ways. Recorded times never go back, so everything recorded by a time is a prefix
//! of the journal: [`recorded_by`] finds its last position. Business times come in any order, so [`BusinessCut`] looks at
//! every event: what happened on later days is left out, and with it whatever corrects or finishes it, even under an
//! earlier date.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ledger_core::domain::event::{Event, Subject};
use ledger_core::domain::ids::Key;
use ledger_core::domain::worker::event::{Verdict, WorkerEvent};
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

/// Leaves out what happened after a business day. Ask it about every event, in the journal's order.
#[derive(Debug, Clone, Default)]
pub struct BusinessCut {
    until: Option<NaiveDate>,
    /// Credits, redemptions and holds that happened after the day. They share one space of names: their keys.
    left_out: BTreeSet<Key>,
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
        // A credit counts from its service date on, however late it was confirmed: what it gave may be spent from then on.
        let judged = event.as_worker().and_then(WorkerEvent::as_judgement);
        let confirms = judged.is_some_and(|judged| matches!(judged.verdict, Verdict::Confirmed { .. }));
        let later = event.day().is_some_and(|day| day > until) && !confirms;
        let follows = event.follows().and_then(Subject::key);
        if later || follows.is_some_and(|key| self.left_out.contains(&key)) {
            self.left_out.extend(event.begins().and_then(Subject::key));
            return false;
        }
        true
    }
}
