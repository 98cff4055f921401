//! Appointments, as registers and second persons have them, and what waits for a second person's word.

use serde::{Deserialize, Serialize};

use super::Worker;
use crate::domain::ids::{Actor, AppointmentId};
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::AppointmentTerms;
use crate::domain::worker::event::{AppointmentProposed, AppointmentRecorded};

/// An appointment that was proposed to a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedAppointment {
    /// When it was proposed.
    pub at: BusinessTime,
    /// Who proposed it.
    pub by: Actor,
    /// As what, by whom, through which days.
    pub terms: AppointmentTerms,
    /// Whether a register recorded its number meanwhile.
    pub taken: bool,
    /// Whether it was sent back. It stays, so that a word that comes later is told so.
    pub rejected: bool,
}

impl Worker {
    /// What was proposed last under a number, be it sent back since; none once it was confirmed.
    pub fn proposed_appointment(&self, appointment: &AppointmentId) -> Option<&ProposedAppointment> {
        self.appointments_proposed.get(appointment)
    }

    /// Whether a number is that of an appointment, be it over.
    pub fn has_appointment(&self, appointment: &AppointmentId) -> bool {
        self.appointments.contains_key(appointment)
    }

    /// What a register says; of what waits under the number it is no confirmation.
    pub(super) fn record_appointment(&mut self, event: &AppointmentRecorded) {
        self.appointments.insert(event.appointment.clone(), event.terms.clone());
        if let Some(proposed) = self.appointments_proposed.get_mut(&event.appointment) {
            proposed.taken = true;
        }
    }

    pub(super) fn note_proposal(&mut self, event: &AppointmentProposed) {
        let AppointmentProposed { appointment, at, by, terms, .. } = event;
        let (by, terms) = (by.clone(), terms.clone());
        let proposed = ProposedAppointment { at: *at, by, terms, taken: false, rejected: false };
        self.appointments_proposed.insert(appointment.clone(), proposed);
    }

    /// It waits no more; what it says is recorded beside.
    pub(super) fn note_confirmation(&mut self, appointment: &AppointmentId) {
        self.appointments_proposed.remove(appointment);
    }

    pub(super) fn note_rejection(&mut self, appointment: &AppointmentId) {
        if let Some(proposed) = self.appointments_proposed.get_mut(appointment) {
            proposed.rejected = true;
        }
    }
}
