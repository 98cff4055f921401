//! Two ids of one person (一人多号): the one that is given up hands its account over, the other one goes on with it.

use super::super::command::{Estate, OfWorker};
use super::super::event::{LotPart, MovedLot, WorkerAbsorbed, WorkerEvent, WorkerMerged};
use super::super::state::{CreditStatus, Worker};
use crate::domain::event::V1;
use crate::domain::ids::WorkerId;
use crate::domain::refusal::{Code, Decision, Refusal};

impl Worker {
    /// The id must not have been given up: what comes later belongs under the one that is kept.
    ///
    /// # Errors
    /// `worker_departed`, naming that one.
    pub fn require_own_id(&self, of: &OfWorker) -> Decision<()> {
        let Some((kept, at)) = self.merged_into() else { return Ok(()) };
        let message = format!("worker {} was merged into {kept} on {}; use {kept}", of.worker, at.date());
        Err(Refusal::new(Code::WorkerDeparted, message))
    }

    /// Whether another id's account may go on here.
    ///
    /// # Errors
    /// `worker_departed`.
    pub fn require_keeps(&self, of: &OfWorker) -> Decision<()> {
        self.require_present(of)
    }

    /// Nothing that is under way may be torn from the id under which it began: holds name its lots, and whoever checks a
    /// credit decides about this worker's.
    pub(super) fn give_up(&self, of: &OfWorker, into: WorkerId, reason: String) -> Decision<Vec<WorkerEvent>> {
        let worker = &of.worker;
        if *worker == into {
            let message = format!("worker {worker} cannot be merged into itself; name the other id of the person");
            return Err(Refusal::new(Code::SamePerson, message));
        }
        if let Some((kept, at)) = self.merged_into() {
            let message = format!("worker {worker} was merged into {kept} on {} already", at.date());
            return Err(Refusal::new(Code::AlreadyDecided, message));
        }
        if let Some(other) = self.absorbed().next() {
            let message = format!("{other} was merged into worker {worker}; keep {worker} and merge {into} into it");
            return Err(Refusal::new(Code::AlreadyDecided, message));
        }
        if let Some(card) = self.card() {
            let message = format!(
                "worker {worker} holds card {}; keep {worker} and merge {into} into it, or close the card first",
                card.card_no
            );
            return Err(Refusal::new(Code::CardExists, message));
        }
        if let Some((hold, _)) = self.holds().next() {
            let message = format!("hold {hold} of worker {worker} is open; capture or release it first");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if let Some(lot) = self.lots().iter().find(|lot| lot.status == CreditStatus::Proposed) {
            let message = format!("credit {} of worker {worker} is not decided yet; decide it first", lot.credit);
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        let redeemed = self.redemptions.values().map(|redemption| redemption.at.date());
        let latest = self.lots().iter().map(|lot| lot.on).chain(redeemed).max();
        if let Some(latest) = latest.filter(|latest| *latest > of.at.date()) {
            let message = format!("worker {worker} has an entry of {latest}; the merge cannot be of {}", of.at.date());
            return Err(Refusal::new(Code::InvalidDate, message));
        }
        Ok(vec![handed_over(of, into, &self.estate_since(&Worker::default()), Some(reason))])
    }

    /// What a correction left goes where the account went.
    pub(super) fn hand_on(&self, of: &OfWorker, estate: &Estate) -> Vec<WorkerEvent> {
        let Some((kept, _)) = self.merged_into().filter(|_| !estate.is_empty()) else { return Vec::new() };
        vec![handed_over(of, kept.clone(), estate, None)]
    }

    /// The lots get the numbers that come next here.
    pub(super) fn take_over_from(&self, of: &OfWorker, absorbed: WorkerId, estate: Estate) -> WorkerEvent {
        let points = estate.points();
        let Estate { lots, debt, credited, had } = estate;
        let first = u32::try_from(self.lots().len()).unwrap_or(u32::MAX).saturating_add(1);
        let lots = (first..).zip(lots).map(|(lot, moved)| MovedLot { lot, ..moved }).collect();
        let (at, worker) = (of.at, of.worker.clone());
        WorkerEvent::WorkerAbsorbed(WorkerAbsorbed { absorbed, at, credited, debt, had, lots, points, v: V1, worker })
    }
}

fn handed_over(of: &OfWorker, into: WorkerId, estate: &Estate, reason: Option<String>) -> WorkerEvent {
    let lots = estate.lots.iter().map(|lot| LotPart(lot.from, lot.points)).collect();
    let (at, debt, points, worker) = (of.at, estate.debt, estate.points(), of.worker.clone());
    WorkerEvent::WorkerMerged(WorkerMerged { at, debt, into, lots, points, reason, v: V1, worker })
}
