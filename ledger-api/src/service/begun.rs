//! What earlier commands of one batch begin, for those after it: the journal does not know it yet.

use std::collections::HashMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::{Key, RequestId, SiteId, StoreId, WorkerId};
use ledger_core::ledger::command::AskedTime;
use ledger_core::ledger::{Command, Context};

use crate::access::policy::Target;

/// What earlier commands of one batch begin.
#[derive(Debug, Default)]
pub struct Begun {
    acts: HashMap<Key, Act>,
    workers: HashMap<WorkerId, Option<SiteId>>,
    requests: HashMap<RequestId, Posted>,
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
    /// Whose.
    pub(super) worker: WorkerId,
    /// Where, unless it is a credit or an application.
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
            Command::ApplyBenefit(command) => (&command.worker, None, &AskedTime::Now),
            Command::PostRequest(command) => {
                let posted = Posted { reporter: command.reporter.clone(), site: command.site.clone() };
                self.requests.insert(command.request.clone(), posted);
                return;
            }
            Command::RegisterWorker(command) => {
                self.workers.insert(command.worker.clone(), command.details.site.clone());
                return;
            }
            // What these make is asked about by nobody's site, store or account.
            Command::OpenJournal(_)
            | Command::Configure(_)
            | Command::AdoptSchedule(_)
            | Command::SealAppraisal(_)
            | Command::DepartWorker(_)
            | Command::EraseWorker(_)
            | Command::IssueCard(_)
            | Command::MoveCard(_)
            | Command::CloseCard(_)
            | Command::RegisterMerchant(_)
            | Command::PaySettlement(_)
            | Command::PrepareStatement(_)
            | Command::DisputeStatement(_)
            | Command::AnswerDispute(_)
            | Command::ConfirmStatement(_)
            | Command::PayBody(_)
            | Command::OpenStore(_)
            | Command::CloseStore(_)
            | Command::ReopenStore(_)
            | Command::ListItem(_)
            | Command::DelistItem(_)
            | Command::Restock(_)
            | Command::CountStock(_)
            | Command::WriteOffStock(_)
            | Command::JudgeCredit(_)
            | Command::SettleCredit(_)
            | Command::ReverseRedemption(_)
            | Command::CaptureHold(_)
            | Command::ReleaseHold(_)
            | Command::DeliverRedemption(_)
            | Command::SettleCase(_)
            | Command::EnrolDevice(_)
            | Command::ExpireLots(_)
            | Command::OpenAccount(_)
            | Command::GrantRole(_)
            | Command::ConfirmGrant(_)
            | Command::EndGrant(_)
            | Command::OpenSite(_)
            | Command::MoveSite(_)
            | Command::CloseSite(_)
            | Command::SetServices(_)
            | Command::RegisterAppointment(_)
            | Command::OpenPair(_)
            | Command::RecordVisit(_)
            | Command::ConfirmVisit(_)
            | Command::RecordHandling(_)
            | Command::RateHandling(_)
            | Command::RegisterFund(_)
            | Command::RegisterBenefit(_)
            | Command::UseBenefit(_)
            | Command::IssuePass(_)
            | Command::RegisterOffer(_)
            | Command::UsePass(_)
            | Command::AnnounceSelection(_)
            | Command::GiveWord(_)
            | Command::SealSelection(_)
            | Command::DrawSelection(_)
            | Command::ObjectToSelection(_)
            | Command::AnswerObjection(_)
            | Command::ReviseSelection(_)
            | Command::RecordResult(_) => return,
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
