//! A worker's account, line by line.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{LotPart, ServiceRecorded, WorkerEvent};
use ledger_core::journal::Entry;

use super::{EndedLot, Note, Standing, TraceLine, WorkerStanding, begun};
use crate::account::Account;

pub(super) struct WorkerTrace {
    worker: WorkerId,
    account: Account,
}

impl WorkerTrace {
    pub(super) fn new(worker: WorkerId) -> WorkerTrace {
        WorkerTrace { worker, account: Account::default() }
    }

    pub(super) fn owns(&self, event: &Event) -> bool {
        matches!(event, Event::Worker(event) if event.worker() == &self.worker)
    }

    pub(super) fn line(
        &mut self,
        entry: &Entry,
        event: &Event,
        as_of: Option<NaiveDate>,
        past: bool,
    ) -> Option<TraceLine> {
        let Event::Worker(own) = event else { return None };
        if own.worker() != &self.worker {
            return None;
        }
        let left_before = self.left();
        let debt_before = self.account.debt();
        self.account.fold(own, past);
        let mut line = begun(entry, event, Standing::Worker(standing(&self.account, as_of)));
        describe(&mut line, own);
        line.points = self.left() - left_before;
        line.note = note(own, self.account.debt() - debt_before).or(line.note);
        Some(line)
    }

    /// What is in the lots, ended or not, and what is set aside.
    fn left(&self) -> Points {
        let figures = self.account.figures(None);
        figures.balance
    }

    pub(super) fn finish(self, as_of: Option<NaiveDate>) -> (Standing, Vec<EndedLot>) {
        let ended = self.account.ended(as_of).map(|(lot, last_day, points)| EndedLot { lot, last_day, points });
        let ended = ended.collect();
        (Standing::Worker(standing(&self.account, as_of)), ended)
    }
}

fn standing(account: &Account, as_of: Option<NaiveDate>) -> WorkerStanding {
    WorkerStanding { figures: account.figures(as_of), held: account.held(), debt: account.debt() }
}

fn note(event: &WorkerEvent, debt: Points) -> Option<Note> {
    match event {
        WorkerEvent::PointsExpired(event) | WorkerEvent::ExpiryReversed(event) => Some(Note::Booked(event.points)),
        _ if debt.is_positive() => Some(Note::DebtLeft(debt)),
        _ if !debt.is_zero() => Some(Note::DebtPaid(Points::ZERO - debt)),
        _ => None,
    }
}

/// Puts the event's own words into a line.
pub(super) fn describe(line: &mut TraceLine, event: &WorkerEvent) {
    if let Some(record) = event.as_service() {
        return service(line, record);
    }
    let less = |parts: &[LotPart]| parts.iter().map(|part| LotPart(part.0, Points::ZERO - part.1)).collect();
    match event {
        WorkerEvent::WorkerDeparted(event) => line.reason = Some(event.reason.clone()),
        WorkerEvent::CardIssued(event) => line.subject = event.card_no.to_string(),
        WorkerEvent::CardMoved(event) => line.subject = event.card_no.to_string(),
        WorkerEvent::CardClosed(event) => {
            line.subject = event.card_no.to_string();
            line.reason = Some(event.reason.clone());
        }
        WorkerEvent::CreditConfirmed(event) => {
            line.subject = event.credit.to_string();
            line.reason = Some(event.reason.clone());
            line.lots = vec![LotPart(event.lot, event.points - event.debt_paid)];
        }
        WorkerEvent::CreditRejected(event) | WorkerEvent::CreditObjected(event) => {
            line.subject = event.credit.to_string();
            line.reason = Some(event.reason.clone());
            line.lots = vec![LotPart(event.lot, Points::ZERO)];
        }
        WorkerEvent::ObjectionResolved(event) => {
            line.subject = event.credit.to_string();
            line.reason = Some(event.reason.clone());
            line.lots = vec![LotPart(event.lot, Points::ZERO)];
        }
        WorkerEvent::CreditReversed(event) => {
            line.subject = event.credit.to_string();
            line.reason = Some(event.reason.clone());
            line.lots = vec![LotPart(event.lot, event.debt - event.points)];
        }
        WorkerEvent::Redeemed(event) => {
            line.subject = event.redemption.to_string();
            line.party = Some(event.store.to_string());
            line.lots = less(&event.lots);
        }
        WorkerEvent::RedemptionReversed(event) => {
            line.subject = event.redemption.to_string();
            line.party = Some(event.store.to_string());
            line.lots.clone_from(&event.lots);
            line.reason = Some(event.reason.clone());
        }
        WorkerEvent::PointsHeld(event) => {
            line.subject = event.hold.to_string();
            line.party = Some(event.store.to_string());
            line.lots = less(&event.lots);
        }
        WorkerEvent::HoldCaptured(event) => {
            line.subject = event.redemption.to_string();
            line.party = Some(event.store.to_string());
        }
        WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
            line.reason.clone_from(&event.reason);
            line.subject = event.hold.to_string();
            line.party = Some(event.store.to_string());
            line.lots.clone_from(&event.lots);
        }
        WorkerEvent::PointsExpired(event) => line.lots = less(&event.lots),
        WorkerEvent::ExpiryReversed(event) => line.lots.clone_from(&event.lots),
        _ => {}
    }
}

fn service(line: &mut TraceLine, record: &ServiceRecorded) {
    line.subject = record.credit.to_string();
    line.on = Some(record.on);
    line.activity = Some(record.activity.to_string());
    line.witness.clone_from(&record.witness);
    line.schedule = Some(record.schedule);
    line.last_day = record.last_day;
    let counted = if record.proposed { Points::ZERO } else { record.points - record.debt_paid };
    line.lots = vec![LotPart(record.lot, counted)];
    line.note = match (record.proposed, record.uncapped) {
        (true, _) => Some(Note::Proposed),
        (false, Some(uncapped)) => Some(Note::Capped(uncapped)),
        (false, None) => None,
    };
}
