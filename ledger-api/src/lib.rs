//! The edges of the ledger: command line, HTTP, pages, sheets, access tokens and the vault of names.
#![deny(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect"))]

pub mod access;
pub mod app;
pub mod appraisal_sheet;
pub mod asked_recorded;
pub mod audit;
pub mod audit_sheet;
pub mod backup;
pub mod bundle;
pub mod certificates;
pub mod cli;
pub mod configuration;
pub mod demo;
mod disk;
pub mod document;
pub mod exact;
pub mod export;
pub mod http;
pub mod import;
pub mod local_socket;
pub mod memory;
mod minute;
pub mod oidc;
mod overlay;
pub mod peer;
pub mod preference;
mod private_file;
pub mod qr;
pub mod read_record;
pub mod schedule_sheet;
pub mod security_log;
pub mod server;
pub mod service;
pub mod sheets;
pub mod side_store;
pub mod sidecar;
pub mod stopping;
pub mod telemetry;
pub mod title;
pub mod vault;
pub mod visit;
pub mod web;
pub mod what_if_sheet;
#[cfg(test)]
mod who_imports_whom;
