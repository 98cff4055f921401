//! Answers for whoever must not take a figure on trust: why a balance is what it is ([`trace`]), a sample that anybody
//! can draw again ([`sample`]), what is worth asking about ([`report`]), and how much of it there is ([`findings`]).
//!
//! All of it is folded from the journal's entries in one or two walks, page by page, with no stored view. What must be
//! kept grows with workers, witnesses and days, never with the number of entries, and with what the programmes keep anyway:
//! requests, pairs, funds, and credits that asked for a role; lists have a length that is asked for.

pub mod findings;
pub mod listed;
pub mod report;
pub mod sample;
pub mod trace;
