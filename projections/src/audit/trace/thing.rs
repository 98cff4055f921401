//! What follows one thing of the programmes along the journal. Each kind has a file of its own.

use ledger_core::domain::event::Event;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::Entry;

use super::worker::describe;
use super::{Standing, TraceLine, begun};

/// Follows one thing.
pub(super) trait Follow: Send {
    /// Whether an event is one of its own.
    fn owns(&self, event: &Event) -> bool;

    /// Takes the next event; gives a line where it is its own.
    fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine>;

    /// The figures so far.
    fn standing(&self) -> Standing;
}

/// A line of a credit that came of the thing, as its worker's trace has it but for the lots, which are no part of it.
pub(super) fn of_credit(entry: &Entry, event: &Event, own: &WorkerEvent, after: Standing) -> TraceLine {
    let mut line = begun(entry, event, after);
    describe(&mut line, own);
    line.lots.clear();
    line.party = Some(own.worker().to_string());
    line
}
