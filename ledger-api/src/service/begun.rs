//! What earlier commands of one batch begin, for those after it: the journal does not know it yet.

use std::collections::HashMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::{Key, SiteId, StoreId, WorkerId};
use ledger_core::ledger::command::AskedTime;
use ledger_core::ledger::{Command, Context};

use crate::access::policy::Target;

/// What earlier commands of one batch begin.
#[derive(Debug, Default)]
pub struct Begun {
    acts: HashMap<Key, Act>,
    workers: HashMap<WorkerId, Option<SiteId>>,
}

/// A credit, redemption or hold that was begun.
#[derive(Debug, Clone)]
pub(super) struct Act {
    /// Whose.
    pub(super) worker: WorkerId,
    /// Where, unless it is a credit.
    pub(super) store: Option<StoreId>,
    /// The day on which it is made.
    pub(super) made_on: NaiveDate,
}

impl Begun {
    /// Notes what a command begins.
    pub(super) fn note(&mut self, context: &Context, command: &Command) {
        let (worker, store, time) = match command {
            Command::RecordCredit(command) => (&command.worker, None, &AskedTime::Now),
            Command::Redeem(spending) => (&spending.worker, Some(&spending.store), &spending.time),
            Command::PlaceHold(command) => {
                (&command.spending.worker, Some(&command.spending.store), &command.spending.time)
            }
            Command::RegisterWorker(command) => {
                self.workers.insert(command.worker.clone(), command.details.site.clone());
                return;
            }
            _ => return,
        };
        let made_on = if let AskedTime::At(at) = time { at.date() } else { context.at.date() };
        let act = Act { worker: worker.clone(), store: store.cloned(), made_on };
        self.acts.insert(context.key.clone(), act);
    }

    /// Whose something is that was begun.
    pub(super) fn worker_of(&self, key: &Key) -> Option<&WorkerId> {
        self.acts.get(key).map(|act| &act.worker)
    }

    /// The site of a worker who was begun; `None` for one who was not.
    pub(super) fn site_of(&self, worker: &WorkerId) -> Option<Option<&SiteId>> {
        self.workers.get(worker).map(Option::as_ref)
    }

    /// What was begun that a target names.
    pub(super) fn act_of(&self, target: Target<'_>) -> Option<&Act> {
        let (Target::Credit(name) | Target::Redemption(name) | Target::Hold(name)) = target else { return None };
        self.acts.get(&Key::new(name).ok()?)
    }
}
