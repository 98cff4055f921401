//! Journeys through the command line, each told the way a district office lives it: a folder of sheets is imported,
//! interrupted, corrected, audited, appraised, copied and served. Everything goes through the built program alone; what
//! is right stands in the packs' expected.json or beside the test. Rules of single crates are tested in those crates.

mod changes;
mod exact;
mod imported;
mod journals;
mod program;
mod small_pack;
mod surgery;
mod tables;

mod appraisals;
mod arguments;
mod audits;
mod backups;
mod bundles;
mod card_numbers;
mod checkpoints;
mod configuration;
mod copies;
mod corrections;
mod counter_reads;
mod demonstration;
mod documents;
mod dry_runs;
mod duplicates;
mod erasure;
mod evidence;
mod exports;
mod file_modes;
mod fresh_reads;
mod golden_journals;
mod https;
mod interrupted_copies;
mod interruptions;
mod large_sheets;
mod late_entries;
mod listeners;
mod merging;
mod oidc;
mod openapi;
mod other_server;
mod packs;
mod pages;
mod receipt_page;
mod sealed_backups;
mod service_unit;
mod sheets;
mod signing_keys;
mod tampered_bundles;
mod tampering;
mod through_server;
mod tokens;
mod views;
mod what_if;
