//! The record of who read what of other people: one line of the log a read, with reader and role, and never a name.

use super::destination::MACHINE_OWNER;
use super::due::LEDGER_ACTOR;
use super::reading::Reading;
use crate::access::Role;
use crate::access::policy::{Who, acting_role};

/// Who reads, as the record says it.
struct Reader<'a> {
    id: &'a str,
    role: &'static str,
    /// Whether nothing but the own is read.
    oneself: bool,
}

impl Reading<'_> {
    fn reader(&self) -> Reader<'_> {
        match self.who {
            Who::Bearer(identity) => Reader {
                id: identity.id.as_str(),
                role: acting_role(identity, self.read).map_or("none", Role::as_str),
                oneself: acting_role(identity, self.read) == Some(Role::Worker),
            },
            Who::Owner => Reader { id: MACHINE_OWNER, role: "owner", oneself: false },
            Who::Ledger => Reader { id: LEDGER_ACTOR, role: "ledger", oneself: false },
        }
    }

    /// A worker's record was read, by somebody else.
    pub fn note_worker(&self, worker: &str) {
        let Reader { id, role, oneself } = self.reader();
        if !oneself {
            tracing::info!(reader = %id, role = %role, worker, "a worker's record was read");
        }
    }

    /// An entry of a worker's record was read, by somebody else.
    pub fn note_entry(&self, worker: &str, position: u64) {
        let Reader { id, role, oneself } = self.reader();
        if !oneself {
            tracing::info!(reader = %id, role = %role, worker, position, "a worker's record was read");
        }
    }

    /// So many workers were listed.
    pub fn note_list(&self, rows: usize) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, rows, "workers were listed");
    }

    /// So many open holds were listed.
    pub fn note_holds(&self, rows: usize) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, rows, "holds were listed");
    }

    /// So many of a store's redemptions were read.
    pub fn note_store(&self, store: &str, rows: usize) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, store, rows, "a store's redemptions were read");
    }

    /// So many cards of a year were read.
    pub fn note_cards(&self, year: i32, cards: usize) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, year, cards, "cards were read");
    }

    /// A sample was drawn from the journal up to a position.
    pub fn note_sample(&self, seed: u64, until: u64) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, seed, until, "a sample was drawn");
    }

    /// A report was made of the journal up to a position.
    pub fn note_report(&self, until: u64) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, until, "an audit report was made");
    }
}
