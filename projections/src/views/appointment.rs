//! One row an appointment of a worker, as the register last had it, with what waits for a second person's word and what was
//! sent back.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{Actor, AppointmentId, WorkerId};
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::domain::worker::event::{AppointmentWord, WorkerEvent};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// An appointment's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Appointment {
    /// As what, by whom, through which days; none for what is only proposed.
    pub terms: Option<AppointmentTerms>,
    /// What waits for a second person.
    pub proposal: Option<Proposal>,
    /// What was sent back last, as long as nothing was proposed since.
    pub rejected: Option<Rejection>,
}

/// What waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// When it was proposed, by the clock of the ledger.
    pub at: BusinessTime,
    /// The account that proposed it.
    pub by: Actor,
    /// As what, by whom, through which days.
    pub terms: AppointmentTerms,
    /// Whether an appointment of the number stood when it was proposed, which it would change or end.
    pub stood: bool,
    /// Whether a register recorded the number since: it cannot be confirmed any more, only sent back.
    pub taken: bool,
}

/// That a proposal was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// When it was sent back, by the clock of the ledger.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// Why: the reference that the vault gave for it.
    pub reason: String,
    /// What was proposed.
    pub terms: AppointmentTerms,
    /// Whether an appointment of the number stood when it was proposed.
    pub stood: bool,
}

/// The view, keyed by worker and appointment.
pub struct AppointmentView;

impl View for AppointmentView {
    type Row = Appointment;
    const NAME: &'static str = "appointment";

    fn keys(event: &Event) -> Vec<SmolStr> {
        named(event).map(|(worker, appointment)| under(worker.as_str(), appointment)).into_iter().collect()
    }

    fn fold(row: &mut Appointment, _: &str, _: u64, event: &Event) {
        let Some(event) = event.as_worker() else { return };
        if let Some(recorded) = event.as_appointment() {
            row.terms = Some(recorded.terms.clone());
            // It holds, whatever was sent back before.
            row.rejected = None;
            // A word on what waits comes before what it records: this is a register's row.
            if let Some(proposal) = &mut row.proposal {
                proposal.taken = true;
            }
        }
        match event.as_appointment_word() {
            Some(AppointmentWord::Proposed(event)) => {
                let (at, by, terms) = (event.at, event.by.clone(), event.terms.clone());
                let stood = row.terms.is_some();
                row.proposal = Some(Proposal { at, by, terms, stood, taken: false });
                row.rejected = None;
            }
            Some(AppointmentWord::Confirmed(_)) => row.proposal = None,
            Some(AppointmentWord::Rejected(event)) => {
                let (at, by, reason) = (event.at, event.by.clone(), event.reason.clone());
                row.rejected =
                    row.proposal.take().map(|Proposal { terms, stood, .. }| Rejection { at, by, reason, terms, stood });
            }
            None => {}
        }
    }
}

/// Whose appointment it is about, and which.
fn named(event: &Event) -> Option<(&WorkerId, &AppointmentId)> {
    let event: &WorkerEvent = event.as_worker()?;
    let appointment = match (event.as_appointment(), event.as_appointment_word()) {
        (Some(recorded), _) => &recorded.appointment,
        (None, Some(AppointmentWord::Proposed(event))) => &event.appointment,
        (None, Some(AppointmentWord::Confirmed(event))) => &event.appointment,
        (None, Some(AppointmentWord::Rejected(event))) => &event.appointment,
        (None, None) => return None,
    };
    Some((event.worker(), appointment))
}

#[cfg(test)]
mod tests;
