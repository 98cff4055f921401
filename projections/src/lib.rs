//! The read models: what people look at, folded from the journal and thrown away at will.
//!
//! One file of [`views`] = one view = one pure fold, row by row. [`runner`] carries them along the journal, [`store`]
//! keeps rows and the checkpoint in one transaction, [`queries`] answers questions, [`rebuild`] makes them anew and
//! compares. [`state`] is the fold behind `nuanxin state`, [`statement`] the fold behind a worker's statement, [`card_line`]
//! the one behind a card's evidence, [`what_if`] rates a period again by another schedule, and [`audit`] answers auditors:
//! none of them uses a stored view.
#![deny(clippy::float_arithmetic, clippy::unwrap_used, clippy::print_stdout)]
// Whoever reads events names what is left out: a new one is then read, or left out on purpose.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect"))]

pub mod account;
pub mod as_of;
pub mod audit;
pub mod card_line;
mod card_points;
mod card_stays;
pub mod error;
pub mod fold;
pub mod handle;
mod look;
mod memory;
mod newest;
pub mod programmes;
pub mod queries;
pub mod rebuild;
mod resume;
pub mod runner;
mod shelf;
pub mod state;
pub mod statement;
pub mod store;
pub mod views;
pub mod waiting;
pub mod walk;
pub mod what_if;

pub use error::ViewError;
pub use handle::{Views, ViewsRunner, open};
