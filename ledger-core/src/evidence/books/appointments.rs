//! Appointments that a second person confirms, kept from the events alone: nobody proposes or decides the own one, whoever
//! proposed it decides nothing, and what is confirmed is recorded next, as it was proposed.
//!
//! What a register records needs no proposal: it is what an office decided on paper.

use std::collections::BTreeMap;

use super::reading::AppointedEntry;
use super::ways::Persons;
use crate::domain::ids::{Actor, AppointmentId, WorkerId};
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::AppointmentTerms;
use crate::domain::worker::event::{AppointmentConfirmed, AppointmentProposed, AppointmentRecorded};

/// What was proposed and not decided yet.
#[derive(Debug)]
struct Proposal {
    at: BusinessTime,
    by: Actor,
    terms: AppointmentTerms,
    /// Whether a register recorded its number meanwhile.
    taken: bool,
}

/// What was confirmed, and has to be recorded next.
#[derive(Debug)]
struct Due {
    worker: WorkerId,
    appointment: AppointmentId,
    terms: AppointmentTerms,
}

/// The appointments of a journal that wait for a second person.
#[derive(Debug, Default)]
pub(super) struct Appointments {
    open: BTreeMap<(WorkerId, AppointmentId), Proposal>,
    due: Option<Due>,
}

impl Appointments {
    /// Follows what an event of a worker says of appointments.
    ///
    /// # Errors
    /// What of it cannot be.
    pub(super) fn follow(&mut self, persons: &Persons, entry: AppointedEntry<'_>) -> Result<(), String> {
        if let AppointedEntry::Recorded(event) = entry {
            return self.record(event);
        }
        self.settled()?;
        match entry {
            AppointedEntry::None | AppointedEntry::Recorded(_) => Ok(()),
            AppointedEntry::Proposed(event) => self.propose(persons, event),
            AppointedEntry::Confirmed(event) => self.confirm(persons, event),
            AppointedEntry::Rejected(event) => {
                self.decide(persons, (&event.worker, &event.appointment), &event.by, event.at).map(|_| ())
            }
        }
    }

    /// What was confirmed is recorded.
    ///
    /// # Errors
    /// What was not.
    pub(super) fn settled(&self) -> Result<(), String> {
        match &self.due {
            None => Ok(()),
            Some(Due { worker, appointment, .. }) => {
                Err(format!("comes before appointment {appointment} of {worker} is recorded, which was confirmed"))
            }
        }
    }

    fn propose(&mut self, persons: &Persons, event: &AppointmentProposed) -> Result<(), String> {
        let AppointmentProposed { appointment, at, by, terms, worker, .. } = event;
        if persons.is(by, worker) {
            return Err(format!("appointment {appointment} is proposed by {by}, whose own it is"));
        }
        let proposal = Proposal { at: *at, by: by.clone(), terms: terms.clone(), taken: false };
        match self.open.insert((worker.clone(), appointment.clone()), proposal) {
            Some(_) => Err(format!("appointment {appointment} of {worker} is proposed while it waits already")),
            None => Ok(()),
        }
    }

    fn confirm(&mut self, persons: &Persons, event: &AppointmentConfirmed) -> Result<(), String> {
        let AppointmentConfirmed { appointment, at, by, worker, .. } = event;
        let proposal = self.decide(persons, (worker, appointment), by, *at)?;
        if proposal.taken {
            return Err(format!("appointment {appointment} of {worker} is confirmed after a register recorded it"));
        }
        let (worker, appointment) = (worker.clone(), appointment.clone());
        self.due = Some(Due { worker, appointment, terms: proposal.terms });
        Ok(())
    }

    /// It waits no more, by the word of another person.
    fn decide(
        &mut self,
        persons: &Persons,
        (worker, appointment): (&WorkerId, &AppointmentId),
        by: &Actor,
        at: BusinessTime,
    ) -> Result<Proposal, String> {
        let Some(proposal) = self.open.remove(&(worker.clone(), appointment.clone())) else {
            return Err(format!("appointment {appointment} of {worker} is decided, and nobody proposed it"));
        };
        if persons.is(by, worker) {
            return Err(format!("appointment {appointment} is decided by {by}, whose own it is"));
        }
        if persons.same(&proposal.by, by) {
            return Err(format!("appointment {appointment} is decided by {by}, who is {}", proposal.by));
        }
        if at < proposal.at {
            return Err(format!("appointment {appointment} is decided at {at}, before it was proposed"));
        }
        Ok(proposal)
    }

    fn record(&mut self, event: &AppointmentRecorded) -> Result<(), String> {
        let AppointmentRecorded { appointment, terms, worker, .. } = event;
        match self.due.take() {
            Some(due) if due.worker == *worker && due.appointment == *appointment && due.terms == *terms => Ok(()),
            Some(due) => Err(format!(
                "appointment {} of {} is recorded otherwise than it was confirmed",
                due.appointment, due.worker
            )),
            None => {
                if let Some(proposal) = self.open.get_mut(&(worker.clone(), appointment.clone())) {
                    proposal.taken = true;
                }
                Ok(())
            }
        }
    }
}
