//! Why the record can be believed: leaf bytes, the Merkle log, proofs and signed checkpoints.
// Whoever reads events names what is left out: a new one is then read, or left out on purpose.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

pub mod books;
pub mod bundle;
pub mod checkpoint;
pub mod forms;
pub mod hash;
pub mod leaf;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod receipt;
pub mod tile;
#[cfg(feature = "ledger")]
pub mod verifier;
pub mod witness;
#[cfg(test)]
mod worked_example;
