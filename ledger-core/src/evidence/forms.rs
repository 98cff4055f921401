//! The forms in which a journal is given out for other people's tools: one event a line, postings, a plain-text
//! journal, a workbook of balances.
//!
//! The same forms stand in exports and in bundles, and a verifier makes them anew from events and compares. Their bytes
//! depend on events alone: no clock, host or random number goes in. What each byte is stands in docs/bundle.md.

pub mod accounts;
pub mod csv;
pub mod event_line;
pub mod figures;
pub mod plain_text;
pub mod postings;
pub mod workbook;
pub mod yuan;
