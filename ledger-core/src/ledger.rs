//! The one door through which anything is written: queue, decide, append, answer.
//!
//! Reading order: [`command`] (what surrounds a command), [`commands`] (each command, defined once: content, texts,
//! streams, decision), [`process`] (what their decisions have in common), [`fingerprint`] (what makes two askings the
//! same), [`book`] (the state in memory), [`slots`] (its aggregates, kind by kind), [`cache`] (those of
//! one kind and what they weigh), [`prefetch`] (workers read
//! ahead), [`read_ahead`] (the reading), [`owner`] (whose a keyed thing is), [`used_keys`] (which keys need no look-up),
//! [`prepare`] (getting into memory what a command names), [`outcome`] (the three answers), [`pipeline`] (the batch on its way and the round on top of it), [`writer`] (the task that owns the writing),
//! [`lost`] (commits whose answer was lost), [`feed`] (what followers of this process are told).

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

pub mod book;
#[cfg(test)]
mod bounds;
pub mod cache;
pub mod command;
pub mod commands;
pub mod feed;
pub mod fingerprint;
pub mod handle;
pub mod lost;
pub mod outcome;
pub mod owner;
pub mod pipeline;
pub mod prefetch;
pub mod prepare;
pub mod process;
pub mod read_ahead;
pub mod ripened;
pub mod round;
pub mod settings;
pub mod slots;
pub mod used_keys;
pub mod writer;

pub use command::{Context, Submission};
pub use commands::Command;
pub use feed::Feed;
pub use handle::Ledger;
pub use outcome::{Outcome, Receipt};
#[cfg(test)]
pub(crate) use process::measures::figures as measured;
pub use settings::LedgerSettings;

#[cfg(test)]
mod account_tests;
#[cfg(test)]
mod appointment_tests;
#[cfg(test)]
mod approval_tests;
#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod first_schedule_tests;
#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod request_tests;
#[cfg(test)]
mod reversal_tests;
#[cfg(test)]
mod ripened_tests;
#[cfg(test)]
mod stand_in_tests;
