//! How much memory there is, and how much of it the ledger keeps workers in.

use ledger_core::ledger::LedgerSettings;

/// What this process may use in all, in bytes: the machine's memory, or its container's where that is less (control
/// groups, version 2). None where the system does not tell.
fn total() -> Option<usize> {
    #[cfg(target_os = "linux")]
    {
        let told = rustix::system::sysinfo();
        let unit = usize::try_from(told.mem_unit).ok()?.max(1);
        let machine = usize::try_from(told.totalram).ok()?.saturating_mul(unit);
        let container = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
        Some(container.and_then(|max| max.trim().parse().ok()).unwrap_or(usize::MAX).min(machine))
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// The settings of a ledger on this machine: a quarter of the memory for the states of workers, where it tells how much
/// it has, and what else the ledger would take by itself.
pub fn ledger_settings() -> LedgerSettings {
    let settings = LedgerSettings::default();
    let cached_bytes_max = total().map_or(settings.cached_bytes_max, |total| total / 4);
    LedgerSettings { cached_bytes_max, ..settings }
}

#[cfg(test)]
mod tests {
    use super::{ledger_settings, total};

    #[test]
    fn a_quarter_of_what_there_is_serves_the_ledger() {
        let settings = ledger_settings();
        assert!(settings.cached_bytes_max > 0);
        assert_eq!(total().map(|total| total / 4).unwrap_or(settings.cached_bytes_max), settings.cached_bytes_max);
        // No machine this runs on has less than 64 MiB, nor more than 64 TiB.
        assert!(total().is_none_or(|total| (1 << 26..1 << 46).contains(&total)));
    }
}
