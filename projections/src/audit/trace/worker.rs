//! A worker's account, line by line.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{AppointmentWord, LotPart, Lots, ServiceRecorded, WorkerEvent};
use ledger_core::journal::Entry;

use super::letter::letter;
use super::{EndedLot, Note, Standing, TraceLine, WorkerStanding, begun};
use crate::account::{Account, AsOf, Lot};

pub(super) struct WorkerTrace {
    worker: WorkerId,
    told: AsOf,
}

impl WorkerTrace {
    /// Nothing seen yet; `past` when events may be left out.
    pub(super) fn new(worker: WorkerId, past: bool) -> WorkerTrace {
        WorkerTrace { worker, told: AsOf::new(past) }
    }

    /// Leaves out an event of the worker.
    pub(super) fn leave_out(&mut self, event: &Event) {
        if let Event::Worker(event) = event {
            self.told.leave_out(event);
        }
    }

    pub(super) fn owns(&self, event: &Event) -> bool {
        matches!(event, Event::Worker(event) if event.worker() == &self.worker)
    }

    pub(super) fn line(&mut self, entry: &Entry, event: &Event, as_of: Option<NaiveDate>) -> Option<TraceLine> {
        let Event::Worker(own) = event else { return None };
        if own.worker() != &self.worker {
            return None;
        }
        let left_before = self.left();
        let debt_before = self.told.account().debt;
        let lots_before = self.told.account().lots.clone();
        self.told.fold(own);
        let mut line = begun(entry, event, Standing::Worker(standing(self.told.account(), as_of)));
        describe(&mut line, own);
        line.touched = touched(&line.lots, &lots_before, &self.told.account().lots);
        line.points = self.left() - left_before;
        line.note = note(own, self.told.account().debt - debt_before).or(line.note);
        Some(line)
    }

    /// What is in the lots, ended or not, and what is set aside.
    fn left(&self) -> Points {
        let figures = self.told.account().figures(None);
        figures.balance
    }

    pub(super) fn finish(self, as_of: Option<NaiveDate>) -> (Standing, Vec<EndedLot>) {
        let ended = self.told.account().ended(as_of).map(|(lot, last_day, points)| EndedLot { lot, last_day, points });
        let ended = ended.collect();
        (Standing::Worker(standing(self.told.account(), as_of)), ended)
    }
}

/// The lots that an event names, and those that it changed: as of a past day a lot that it does not name may change as well.
fn touched(named: &[LotPart], before: &[Lot], after: &[Lot]) -> Vec<(u32, Lot)> {
    let before = before.iter().map(Some).chain(std::iter::repeat(None));
    let lots = (1..).zip(before.zip(after));
    lots.filter(|(number, (before, after))| *before != Some(*after) || named.iter().any(|part| part.0 == *number))
        .map(|(number, (_, after))| (number, *after))
        .collect()
}

fn standing(account: &Account, as_of: Option<NaiveDate>) -> WorkerStanding {
    WorkerStanding { figures: account.figures(as_of), held: account.held, debt: account.debt }
}

fn note(event: &WorkerEvent, debt: Points) -> Option<Note> {
    if let Some((booked, _)) = event.as_expiry() {
        return Some(Note::Booked(booked.points));
    }
    if debt.is_positive() {
        return Some(Note::DebtLeft(debt));
    }
    let proven = event.as_redemption().and_then(|made| made.proven_by);
    if let Some(proven) = proven.or_else(|| event.as_hold().and_then(|held| held.proven_by)) {
        return Some(Note::Proven(proven));
    }
    (!debt.is_zero()).then(|| Note::DebtPaid(Points::ZERO - debt))
}

/// Puts what the event says of credits, lots and letters of appointment into a line.
pub(super) fn describe(line: &mut TraceLine, event: &WorkerEvent) {
    let less = |parts: &[LotPart]| parts.iter().map(|part| LotPart(part.0, Points::ZERO - part.1)).collect();
    line.lots = match event.lots() {
        Lots::About(lot) => vec![LotPart(lot, Points::ZERO)],
        Lots::Credited(part) => vec![part],
        Lots::TakenBack { lot, left, expired } => vec![LotPart(lot, Points::ZERO - left - expired)],
        Lots::Taken(parts) | Lots::Expired(parts) => less(parts),
        Lots::Returned(parts) | Lots::Unexpired(parts) => parts.to_vec(),
        Lots::Moved(moved) => moved.iter().map(|moved| LotPart(moved.lot, moved.points)).collect(),
        Lots::Spent(_) | Lots::None => Vec::new(),
    };
    if let Some(record) = event.as_service() {
        service(line, record);
    }
    if let Some(recorded) = event.as_appointment() {
        line.subject = recorded.appointment.to_string();
        line.facts = letter(&recorded.terms).told();
    }
    if let Some(word) = event.as_appointment_word() {
        appointing(line, word);
    }
}

/// What is proposed says the letter's facts; a word on it says of which letter it is.
fn appointing(line: &mut TraceLine, word: AppointmentWord<'_>) {
    let number = match word {
        AppointmentWord::Proposed(event) => {
            line.facts = letter(&event.terms).told();
            &event.appointment
        }
        AppointmentWord::Confirmed(event) => &event.appointment,
        AppointmentWord::Rejected(event) => &event.appointment,
    };
    line.subject = number.to_string();
}

fn service(line: &mut TraceLine, record: &ServiceRecorded) {
    line.on = Some(record.on);
    line.activity = Some(record.activity.to_string());
    line.witness.clone_from(&record.witness);
    line.schedule = Some(record.schedule);
    line.last_day = record.last_day;
    line.note = match (record.proposed, record.uncapped) {
        (true, _) => Some(Note::Proposed),
        (false, Some(uncapped)) => Some(Note::Capped(uncapped)),
        (false, None) => None,
    };
}
