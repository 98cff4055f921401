//! One hold as the journal has it: the views have a row of it only while it is open.

use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::HoldId;
use ledger_core::domain::worker::event::WorkerEvent;

use crate::error::ViewError;
use crate::handle::Views;

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldOver {
    /// It was picked up.
    PickedUp,
    /// It was given back on request.
    GivenBack,
    /// It was given back because it ran out.
    RanOut,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRecord {
    /// Whose it is (编号).
    pub worker: String,
    /// At which store (网点编号).
    pub store: String,
    /// How it ended; none while it is open.
    pub over: Option<HoldOver>,
}

impl Views {
    /// A hold by its name, as it stood at a position; none where nothing was set aside under it.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn hold_record(&self, name: &HoldId, until: u64) -> Result<Option<HoldRecord>, ViewError> {
        for entry in self.entries_of(&name.into()).await?.into_iter().filter(|entry| entry.position <= until) {
            let event = entry.event()?;
            let placed = event.as_worker().and_then(WorkerEvent::as_hold).filter(|placed| placed.hold == *name);
            let Some(placed) = placed else { continue };
            let mut over = None;
            let stream = StreamId::Worker(placed.worker.clone());
            self.each_entry_of(&stream, entry.position, until, &mut |_, event| {
                over = over.or_else(|| event.as_worker().and_then(|event| end_of(name, event)));
            })
            .await?;
            return Ok(Some(HoldRecord { worker: placed.worker.to_string(), store: placed.store.to_string(), over }));
        }
        Ok(None)
    }
}

/// How an event ends a hold; none where it does not.
fn end_of(name: &HoldId, event: &WorkerEvent) -> Option<HoldOver> {
    if event.as_redemption().is_some_and(|made| made.hold == Some(name)) {
        return Some(HoldOver::PickedUp);
    }
    event.as_hold_end().filter(|ended| ended.hold == *name)?;
    Some(if matches!(event, WorkerEvent::HoldExpired(_)) { HoldOver::RanOut } else { HoldOver::GivenBack })
}
