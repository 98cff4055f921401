//! One row an appointment of a worker, as the register last had it.

use ledger_core::domain::event::Event;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::domain::worker::event::WorkerEvent;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// An appointment's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Appointment {
    /// As what, by whom, through which days.
    pub terms: Option<AppointmentTerms>,
}

/// The view, keyed by worker and appointment.
pub struct AppointmentView;

impl View for AppointmentView {
    type Row = Appointment;
    const NAME: &'static str = "appointment";

    fn keys(event: &Event) -> Vec<SmolStr> {
        if let Event::Worker(WorkerEvent::AppointmentRecorded(event)) = event {
            return vec![under(event.worker.as_str(), &event.appointment)];
        }
        Vec::new()
    }

    fn fold(row: &mut Appointment, _: &str, _: u64, event: &Event) {
        if let Event::Worker(WorkerEvent::AppointmentRecorded(event)) = event {
            row.terms = Some(event.terms.clone());
        }
    }
}
