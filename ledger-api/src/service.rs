//! What every edge asks of the house: who may, fields → command, keys, names, what may be read, who read it.
//!
//! HTTP, pages, command line, sheets and the local socket are thin over this and strangers to each other. No command
//! reaches the ledger and no view is asked without `access::policy` having been asked here, where the target is known.
//! Nothing here knows a status, a page or a sheet.
//!
//! Reading order: [`error`] (what can be said besides yes), [`command`] (a command from its fields to its receipt),
//! [`who`], [`keys`], [`names`], [`reading`] with [`readers`], [`accounts`], then [`destination`] (commands of this machine),
//! [`due`] and [`appraisals`].

pub mod accounts;
pub mod appraisals;
pub mod command;
pub mod destination;
pub mod due;
pub mod erasure;
pub mod error;
pub mod keys;
pub mod names;
pub mod own_data;
pub mod reach;
pub mod readers;
pub mod reading;
#[cfg(test)]
mod tests;
pub mod texts;
pub mod who;

pub use error::ServiceError;
