//! What is decided about appointments (聘任): a register records them; where the district asks for checks, others propose
//! them, and a second person confirms each or sends it back.

use crate::domain::event::V1;
use crate::domain::ids::{Actor, AppointmentId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;
use crate::domain::worker::Worker;
use crate::domain::worker::command::{AppointmentTerms, Judge, OfWorker};
use crate::domain::worker::event::{
    AppointmentConfirmed, AppointmentProposed, AppointmentRecorded, AppointmentRejected, WorkerEvent,
};
use crate::domain::worker::state::ProposedAppointment;

impl Worker {
    /// As a register says it. Days, then the id.
    pub(super) fn appoint(
        &self,
        of: &OfWorker,
        appointment: AppointmentId,
        terms: AppointmentTerms,
    ) -> Decision<Vec<WorkerEvent>> {
        terms.days.check(&format!("appointment {appointment}"))?;
        if let (Some(from), Some(ended)) = (terms.days.from, terms.ended)
            && ended < from
        {
            let message = format!("appointment {appointment} cannot end on {ended}, before it begins on {from}");
            return Err(Refusal::new(Code::InvalidDate, message));
        }
        if self.appointments.get(&appointment) == Some(&terms) {
            return Ok(Vec::new());
        }
        // What stands of an id that was given up can still be ended.
        if !self.appointments.contains_key(&appointment) {
            self.require_own_id(of)?;
        }
        let event = AppointmentRecorded { appointment, at: of.at, terms, v: V1, worker: of.worker.clone() };
        Ok(vec![WorkerEvent::AppointmentRecorded(event)])
    }

    /// As a register would have it, of which nothing is recorded but that it was proposed: days, the id, that the worker is
    /// there, that nothing else waits under the number.
    pub(super) fn propose_appointment(
        &self,
        of: &OfWorker,
        appointment: AppointmentId,
        by: Actor,
        terms: AppointmentTerms,
    ) -> Decision<Vec<WorkerEvent>> {
        if self.appoint(of, appointment.clone(), terms.clone())?.is_empty() {
            return Ok(Vec::new());
        }
        self.require_there_for(of, &appointment)?;
        if self.appointments_proposed.get(&appointment).is_some_and(|known| !known.rejected) {
            let message = format!("appointment {appointment} of {} waits for another person already", of.worker);
            return Err(Refusal::new(Code::DuplicateConflict, message));
        }
        let event = AppointmentProposed { appointment, at: of.at, by, terms, v: V1, worker: of.worker.clone() };
        Ok(vec![WorkerEvent::AppointmentProposed(event)])
    }

    /// That it waits as it was seen, time, person, that its number was not taken meanwhile and that the worker is there; then
    /// what a register is told.
    pub(super) fn confirm_appointment(
        &self,
        of: &OfWorker,
        appointment: AppointmentId,
        judge: &Judge,
        seen: Option<BusinessTime>,
    ) -> Decision<Vec<WorkerEvent>> {
        let proposed = self.require_open_to(of, &appointment, judge, seen)?;
        if proposed.taken {
            let message = format!(
                "appointment {appointment} of {} was recorded by a register meanwhile; send the proposal back",
                of.worker
            );
            return Err(Refusal::new(Code::DuplicateConflict, message));
        }
        self.require_there_for(of, &appointment)?;
        let recorded = self.appoint(of, appointment.clone(), proposed.terms.clone())?;
        let (at, by, worker) = (of.at, judge.by.clone(), of.worker.clone());
        let confirmed = AppointmentConfirmed { appointment, at, by, v: V1, worker };
        Ok(std::iter::once(WorkerEvent::AppointmentConfirmed(confirmed)).chain(recorded).collect())
    }

    /// That it waits as it was seen, time, person.
    pub(super) fn reject_appointment(
        &self,
        of: &OfWorker,
        appointment: AppointmentId,
        (judge, seen): (&Judge, Option<BusinessTime>),
        reason: String,
    ) -> Decision<Vec<WorkerEvent>> {
        self.require_open_to(of, &appointment, judge, seen)?;
        let (at, by, worker) = (of.at, judge.by.clone(), of.worker.clone());
        let rejected = AppointmentRejected { appointment, at, by, reason, v: V1, worker };
        Ok(vec![WorkerEvent::AppointmentRejected(rejected)])
    }

    /// An appointment that waits for a second person.
    ///
    /// # Errors
    /// `already_decided`, `not_found`.
    pub fn require_proposed_appointment(
        &self,
        of: &OfWorker,
        appointment: &AppointmentId,
    ) -> Decision<&ProposedAppointment> {
        let decided = |how: &str| {
            let message = format!("appointment {appointment} of {} {how}", of.worker);
            Err(Refusal::new(Code::AlreadyDecided, message))
        };
        match self.appointments_proposed.get(appointment) {
            Some(known) if known.rejected => decided("was sent back before (退回)"),
            Some(known) => Ok(known),
            None if self.appointments.contains_key(appointment) => decided("waits for nobody: it is recorded"),
            None => {
                let message = format!("no appointment {appointment} of {} waits for a second person", of.worker);
                Err(Refusal::new(Code::NotFound, message))
            }
        }
    }

    /// It waits, and neither whoever proposed it nor the worker decides it.
    fn require_open_to(
        &self,
        of: &OfWorker,
        appointment: &AppointmentId,
        judge: &Judge,
        seen: Option<BusinessTime>,
    ) -> Decision<&ProposedAppointment> {
        let proposed = self.require_proposed_appointment(of, appointment)?;
        if let Some(seen) = seen.filter(|seen| *seen != proposed.at) {
            let message = format!(
                "what was proposed of appointment {appointment} at {seen} was decided before; what waits was proposed at {}: \
                 look at it again",
                proposed.at
            );
            return Err(Refusal::new(Code::AlreadyDecided, message));
        }
        if of.at < proposed.at {
            let message = format!(
                "appointment {appointment}, proposed at {}, cannot be decided before, at {}",
                proposed.at, of.at
            );
            return Err(Refusal::new(Code::InvalidDate, message));
        }
        let why = if judge.is_worker {
            "is the worker whose it is"
        } else if judge.is(&proposed.by) {
            "proposed it"
        } else {
            return Ok(proposed);
        };
        let message = format!("appointment {appointment}: {} {why}; another person must decide", judge.by);
        Err(Refusal::new(Code::SamePerson, message))
    }

    /// Nobody is appointed anew who has left; what stands can still be ended.
    fn require_there_for(&self, of: &OfWorker, appointment: &AppointmentId) -> Decision<()> {
        if self.appointments.contains_key(appointment) { Ok(()) } else { self.require_present(of) }
    }
}
