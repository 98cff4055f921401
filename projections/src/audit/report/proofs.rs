//! By what workers were proven to be the ones who spent, by store and by whoever handed out.

use std::collections::{BTreeMap, HashMap};

use ledger_core::domain::event::Event;
use ledger_core::domain::proof::ProvenBy;
use ledger_core::journal::Entry;

use super::Tally;

/// Redemptions of one kind of proof at one store by one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proven {
    /// How many, and their points.
    pub redemptions: Tally,
    /// The first position of them.
    pub first: u64,
    /// The last position of them.
    pub last: u64,
}

/// Redemptions by store, by whoever handed out, and by what the worker was proven; none where nothing was asked for.
pub type Proofs = BTreeMap<(String, String, Option<ProvenBy>), Proven>;

/// Counts them.
#[derive(Debug, Default)]
pub(super) struct ProofFold {
    counted: Proofs,
    /// By what the workers of open holds were proven: a captured hold was proven when it was placed.
    held: HashMap<String, ProvenBy>,
}

impl ProofFold {
    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        let Event::Worker(event) = event else { return };
        if let Some(hold) = event.as_hold() {
            if let Some(by) = hold.proven_by {
                self.held.insert(hold.hold.to_string(), by);
            }
            return;
        }
        if let Some(end) = event.as_hold_end() {
            self.held.remove(end.hold.as_str());
            return;
        }
        let Some(made) = event.as_redemption() else { return };
        let of_hold = made.hold.and_then(|hold| self.held.remove(hold.as_str()));
        let how = made.proven_by.or(of_hold);
        let key = (made.basket.store.to_string(), entry.command.actor.to_string(), how);
        let row = self.counted.entry(key).or_insert_with(|| Proven { first: entry.position, ..Proven::default() });
        row.redemptions.add(made.points);
        row.last = entry.position;
    }

    /// Nothing where no worker was ever proven: then there is nothing to compare.
    pub(super) fn finish(self) -> Proofs {
        let any = self.counted.keys().any(|(_, _, how)| how.is_some());
        if any { self.counted } else { Proofs::new() }
    }
}
