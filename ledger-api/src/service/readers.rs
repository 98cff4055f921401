//! The record of who read what of other people: one line of the log a read, and one row beside the journal for each
//! worker, who may read it; with reader and role, and never a name.

use ledger_core::domain::account::RATING_SLIP;

use super::destination::MACHINE_OWNER;
use super::due::LEDGER_ACTOR;
use super::reading::Reading;
use crate::access::Role;
use crate::access::policy::{Who, acting_role};
use crate::app::App;
use crate::read_record::ReadBy;

/// The role of whoever gives orders on the server itself.
pub(super) const OWNER_ROLE: &str = "owner";
/// The role of the ledger's own work.
pub(super) const LEDGER_ROLE: &str = "ledger";
/// The role of whoever reads in none.
pub(super) const NO_ROLE: &str = "none";

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
                role: acting_role(identity, self.read).map_or(NO_ROLE, Role::as_str),
                oneself: acting_role(identity, self.read) == Some(Role::Worker),
            },
            Who::Owner => Reader { id: MACHINE_OWNER, role: OWNER_ROLE, oneself: false },
            Who::Ledger => Reader { id: LEDGER_ACTOR, role: LEDGER_ROLE, oneself: false },
            Who::Slip(_) => Reader { id: RATING_SLIP, role: NO_ROLE, oneself: false },
        }
    }

    /// Puts a read of some workers' records down beside the journal, where they see it themselves.
    fn put_down<'a>(&self, app: &App, workers: impl IntoIterator<Item = &'a str>) {
        let Reader { id, role, .. } = self.reader();
        app.readers.note(ReadBy { reader: id, role, what: self.read.name() }, workers);
    }

    /// Puts a read of everybody's records down.
    fn put_down_everybody(&self, app: &App) {
        let Reader { id, role, .. } = self.reader();
        app.readers.note_everybody(ReadBy { reader: id, role, what: self.read.name() });
    }

    /// A worker's record was read, by somebody else.
    pub fn note_worker(&self, app: &App, worker: &str) {
        let Reader { id, role, oneself } = self.reader();
        if !oneself {
            tracing::info!(reader = %id, role = %role, worker, "a worker's record was read");
            self.put_down(app, [worker]);
        }
    }

    /// An entry of a worker's record was read, by somebody else.
    pub fn note_entry(&self, app: &App, worker: &str, position: u64) {
        let Reader { id, role, oneself } = self.reader();
        if !oneself {
            tracing::info!(reader = %id, role = %role, worker, position, "a worker's record was read");
            self.put_down(app, [worker]);
        }
    }

    /// Workers were listed.
    pub fn note_list<'a>(&self, app: &App, workers: impl ExactSizeIterator<Item = &'a str>) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, rows = workers.len(), "workers were listed");
        self.put_down(app, workers);
    }

    /// Open holds of workers were listed.
    pub fn note_holds<'a>(&self, app: &App, workers: impl ExactSizeIterator<Item = &'a str>) {
        let Reader { id, role, oneself } = self.reader();
        tracing::info!(reader = %id, role = %role, rows = workers.len(), "holds were listed");
        if !oneself {
            self.put_down(app, workers);
        }
    }

    /// A store's redemptions, by workers, were read.
    pub fn note_store<'a>(&self, app: &App, store: &str, workers: impl ExactSizeIterator<Item = &'a str>) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, store, rows = workers.len(), "a store's redemptions were read");
        self.put_down(app, workers);
    }

    /// Cards of a year were read, with their holders.
    pub fn note_cards<'a>(&self, app: &App, year: i32, holders: impl ExactSizeIterator<Item = &'a str>) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, year, cards = holders.len(), "cards were read");
        self.put_down(app, holders);
    }

    /// A sample was drawn from the journal up to a position.
    pub fn note_sample(&self, app: &App, seed: u64, until: u64) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, seed, until, "a sample was drawn");
        self.put_down_everybody(app);
    }

    /// A report was made of the journal up to a position.
    pub fn note_report(&self, app: &App, until: u64) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, until, "an audit report was made");
        self.put_down_everybody(app);
    }

    /// Events were read as they are recorded, which are everybody's.
    pub fn note_events(&self, app: &App, after: u64) {
        let Reader { id, role, .. } = self.reader();
        tracing::info!(reader = %id, role = %role, after, "events were read");
        self.put_down_everybody(app);
    }
}
