//! How large each test is. The defaults are what must be shown; an environment variable makes a test longer or shorter.

use std::fmt::Display;
use std::str::FromStr;

/// Kills of the server, on each journal (`NUANXIN_FAULT_KILLS`).
pub(crate) fn kills() -> u32 {
    size("NUANXIN_FAULT_KILLS", 30)
}

/// Races of each kind, on each journal (`NUANXIN_FAULT_RACES`).
pub(crate) fn races() -> u32 {
    size("NUANXIN_FAULT_RACES", 5)
}

/// Seconds of load on two servers of one journal (`NUANXIN_FAULT_SHARED_SECONDS`).
pub(crate) fn shared_seconds() -> u64 {
    size("NUANXIN_FAULT_SHARED_SECONDS", 8)
}

/// Requests whose client hangs up, on SQLite (`NUANXIN_FAULT_HANG_UPS`).
pub(crate) fn hang_ups() -> usize {
    size("NUANXIN_FAULT_HANG_UPS", 10_000)
}

/// Requests whose client hangs up, on PostgreSQL (`NUANXIN_FAULT_HANG_UPS_POSTGRES`).
pub(crate) fn hang_ups_postgres() -> usize {
    size("NUANXIN_FAULT_HANG_UPS_POSTGRES", 10_000)
}

/// Unknown tokens a second beside clerks (`NUANXIN_FAULT_STRANGERS`). A program that is built to be debugged takes ten times as
/// long for each: there fewer are as many.
pub(crate) fn strangers() -> usize {
    size("NUANXIN_FAULT_STRANGERS", if cfg!(debug_assertions) { 2_000 } else { 10_000 })
}

/// Seconds of them (`NUANXIN_FAULT_STRANGERS_SECONDS`).
pub(crate) fn strangers_seconds() -> u64 {
    size("NUANXIN_FAULT_STRANGERS_SECONDS", 8).max(1)
}

/// Times the database goes away under load (`NUANXIN_FAULT_OUTAGES`).
pub(crate) fn outages() -> u32 {
    size("NUANXIN_FAULT_OUTAGES", 5)
}

/// Kills of one of two servers on one journal (`NUANXIN_FAULT_SURVIVALS`).
pub(crate) fn survivals() -> u32 {
    size("NUANXIN_FAULT_SURVIVALS", 12)
}

/// Times that syncs fail, on each journal (`NUANXIN_FAULT_SYNCS`).
pub(crate) fn syncs() -> u32 {
    size("NUANXIN_FAULT_SYNCS", 4)
}

/// Times that the disk is full, on each journal (`NUANXIN_FAULT_FULL_DISKS`).
pub(crate) fn full_disks() -> u32 {
    size("NUANXIN_FAULT_FULL_DISKS", 3)
}

/// Where chance begins (`NUANXIN_FAULT_SEED`): workloads and moments of failure follow from it, what the machine makes
/// of them does not.
pub(crate) fn seed() -> u64 {
    size("NUANXIN_FAULT_SEED", 1)
}

fn size<T: FromStr<Err: Display>>(name: &str, default: T) -> T {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{name}={text}: {error}")),
        Err(_) => default,
    }
}
