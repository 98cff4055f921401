//! Appointments (聘任): what a register says, and what is proposed to a second person, who confirms it or sends it back.

use serde::{Deserialize, Serialize};

use crate::domain::event::V1;
use crate::domain::ids::{Actor, AppointmentId, WorkerId};
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::AppointmentTerms;

/// An appointment (聘任), as a register has it: the same number again brings it up to date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppointmentRecorded {
    /// The letter's number (聘书号).
    pub appointment: AppointmentId,
    /// When it was entered.
    pub at: BusinessTime,
    /// As what, by whom, through which days.
    pub terms: AppointmentTerms,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Somebody proposed an appointment, or what an appointment is to become: nothing holds before another person confirms it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppointmentProposed {
    /// The letter's number (聘书号).
    pub appointment: AppointmentId,
    /// When it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// As what, by whom, through which days.
    pub terms: AppointmentTerms,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A second person confirmed it. What it says is recorded beside, as a register's row is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppointmentConfirmed {
    /// The letter's number (聘书号).
    pub appointment: AppointmentId,
    /// When it was confirmed.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A second person sent it back: it comes to nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppointmentRejected {
    /// The letter's number (聘书号).
    pub appointment: AppointmentId,
    /// When it was sent back.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}
