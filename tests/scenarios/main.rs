//! Journeys through the command line, each told the way a district office lives it: a folder of sheets is imported,
//! interrupted, corrected, audited, appraised, copied and served. Everything goes through the built program alone; what
//! is right stands in the packs' expected.json or beside the test. Rules of single crates are tested in those crates.

mod exact;
mod imported;
mod journals;
mod program;
mod small_pack;
mod surgery;

mod appraisals;
mod arguments;
mod audits;
mod backups;
mod bundles;
mod checkpoints;
mod corrections;
mod counter_reads;
mod demonstration;
mod dry_runs;
mod evidence;
mod exports;
mod fresh_reads;
mod interruptions;
mod large_sheets;
mod listeners;
mod openapi;
mod packs;
mod receipt_page;
mod sheets;
mod tampered_bundles;
mod tampering;
mod tokens;
mod views;
