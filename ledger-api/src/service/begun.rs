//! What earlier commands of one batch begin, for those after it: the journal does not know it yet.

use std::collections::HashMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::{HandlingId, Key, RequestId, SiteId, StoreId, WorkerId};
use ledger_core::ledger::command::AskedTime;
use ledger_core::ledger::commands::beforehand::Begins;
use ledger_core::ledger::{Command, Context};

use crate::access::policy::Target;

/// What earlier commands of one batch begin.
#[derive(Debug, Default)]
pub struct Begun {
    acts: HashMap<Key, Act>,
    workers: HashMap<WorkerId, Option<SiteId>>,
    requests: HashMap<RequestId, Posted>,
    claims: HashMap<HandlingId, WorkerId>,
}

/// A service request that was begun.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    /// Who reported it, where a worker did.
    pub(super) reporter: Option<WorkerId>,
    /// The site that routes it, where one does.
    pub(super) site: Option<SiteId>,
}

/// A credit, redemption, hold or application that was begun.
#[derive(Debug, Clone)]
pub(super) struct Act {
    /// The worker's id (编号).
    pub(super) worker: WorkerId,
    /// Where, unless it is a credit or an application.
    pub(super) store: Option<StoreId>,
    /// The day on which it is made.
    pub(super) made_on: NaiveDate,
}

impl Begun {
    /// Notes what a command begins.
    pub(super) fn note(&mut self, context: &Context, command: &Command) {
        let (worker, store, time) = match command.begins() {
            Some(Begins::Act { worker, store, time }) => (worker, store, time),
            Some(Begins::Request { request, reporter, site }) => {
                let posted = Posted { reporter: reporter.cloned(), site: site.cloned() };
                self.requests.insert(request.clone(), posted);
                return;
            }
            Some(Begins::Claim { claim, claimer }) => {
                self.claims.insert(claim.clone(), claimer.clone());
                return;
            }
            Some(Begins::Worker { worker, site }) => {
                self.workers.insert(worker.clone(), site.cloned());
                return;
            }
            // What it makes is asked about by nobody's site, store or account.
            None => return,
        };
        let made_on = if let AskedTime::At(at) | AskedTime::Stated(at) = time { at.date() } else { context.at.date() };
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

    /// A service request that was begun.
    pub(super) fn request(&self, request: &RequestId) -> Option<&Posted> {
        self.requests.get(request)
    }

    /// Who made a claim that was begun.
    pub(super) fn claimer(&self, claim: &str) -> Option<&WorkerId> {
        self.claims.get(&HandlingId::new(claim).ok()?)
    }

    /// What was begun that a target names, with its name.
    pub(super) fn act_of(&self, target: Target<'_>) -> Option<(&Key, &Act)> {
        let (Target::Credit(name)
        | Target::Redemption(name)
        | Target::Hold(name)
        | Target::Application { application: name, .. }) = target
        else {
            return None;
        };
        self.acts.get_key_value(&Key::new(name).ok()?)
    }
}
