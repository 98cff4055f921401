//! The vocabulary and the rules: pure, synchronous, without clock, randomness or floats.
//!
//! Aggregates never import each other; what a command needs from two of them is put together by
//! [`crate::ledger`]. Each aggregate is a folder: `state` (evolve), `command`, `event`, `decide`, `tests`.
// Whoever reads events names what is left out: a new one is then read, or left out on purpose.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

pub mod calendar;
pub mod decimal;
pub mod history;
pub mod ids;
pub mod layout;
pub mod numbers;
pub mod points;
pub mod proof;
pub mod quantity;
pub mod refusal;
pub mod schedule;
pub mod term;
mod text;
pub mod time;

#[macro_use]
mod events_macro;

pub mod account;
pub mod benefit;
pub mod card;
pub mod directory;
pub mod fund;
pub mod mark;
pub mod means;
pub mod merchant;
pub mod money;
pub mod pair;
pub mod pass;
pub mod period;
pub mod programme;
pub mod request;
pub mod selection;
pub mod site;
pub mod statement;
pub mod store;
pub mod worker;

pub mod event;
pub mod posting;
