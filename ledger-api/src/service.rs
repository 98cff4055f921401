//! What every edge asks of the house: who may, fields → command, keys, names, what may be read, who read it.
//!
//! HTTP, pages, command line, sheets and the local socket are thin over this and strangers to each other. No command
//! reaches the ledger and no view is asked without `access::policy` having been asked here, where the target is known.
//! Nothing here knows a status, a page or a sheet.
//!
//! Reading order: [`error`] (what can be said besides yes), [`command`] (a command from its fields to its receipt),
//! [`who`], [`keys`], [`names`], [`reading`] with [`readers`], [`accounts`], then [`destination`] (commands of this
//! machine), [`due`], [`appraisals`], for credits [`objectors`] and [`publicity`], and for what they are rated by [`schedule`] and
//! [`what_if`].

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

pub mod accounts;
pub mod administrators;
pub mod applied;
pub mod appointing;
pub mod appraisals;
pub mod approvals;
pub mod audit;
pub mod away;
pub mod begun;
pub mod capped;
pub mod command;
pub mod counter;
pub mod counter_proof;
pub mod desk;
pub mod destination;
pub mod due;
pub mod erasure;
pub mod error;
pub mod foresight;
pub mod funds;
pub mod health;
pub mod holds;
mod kept;
pub mod keys;
pub mod known;
pub mod login;
pub mod merchant;
pub mod merging;
pub mod names;
pub mod objectors;
#[cfg(feature = "oidc")]
pub mod oidc_login;
pub mod overview;
pub mod own;
pub mod own_data;
pub mod own_proof;
pub mod pairs;
mod partners;
pub mod programmes;
pub mod publicity;
pub mod rating_slips;
pub mod reach;
pub mod readers;
pub mod reading;
pub mod register;
pub mod requests;
pub mod returned;
pub mod rosters;
pub mod schedule;
pub mod selections;
mod signed;
pub mod sites;
pub mod staffing;
pub mod statements;
pub mod stores;
mod stream;
#[cfg(test)]
mod tests;
pub mod texts;
pub mod traces;
pub mod uses;
pub mod wall;
pub mod what_if;
pub mod who;

pub use error::ServiceError;
