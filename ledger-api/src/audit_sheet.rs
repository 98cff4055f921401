//! What the audits of the read models look like: samples and reports as documents, traces line by line. One rendering for
//! HTTP and the command line.
//!
//! Numbers of workers, tokens and witnesses stand here, never a name: names are in the vault, and nothing here opens it.

pub mod report;
pub mod sample;
pub mod trace;
