//! The rules and the record of the Nuanxin points ledger. Knows no HTTP, no page and no spreadsheet.
//!
//! Reading order: [`domain`] (what may happen), `journal` (where facts are kept), `ledger` (the one door through which
//! anything is written), [`evidence`] (why the record can be believed). Without default features only the first and the
//! last are there: a verifier needs no database.
#![deny(clippy::float_arithmetic, clippy::unwrap_used, clippy::print_stdout)]
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect"))]

#[cfg(feature = "cqrs")]
pub mod cqrs;
pub mod domain;
pub mod evidence;
#[cfg(feature = "ledger")]
pub mod journal;
#[cfg(feature = "ledger")]
pub mod ledger;
