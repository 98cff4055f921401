//! A clock that can be set while a process runs, through libfaketime: the calendar's time only. What measures durations
//! goes on undisturbed, as it does when a machine's clock is set.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use crate::guard::scratch_dir;
use crate::means::library;

const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A clock for processes that are started with its environment.
pub struct SetClock {
    library: PathBuf,
    setting: PathBuf,
}

impl SetClock {
    /// One that shows the machine's time. Panics with advice where libfaketime is not installed.
    pub fn new() -> SetClock {
        let found = library(LIBRARY);
        let advice = "libfaketime is not installed: install the Debian package `faketime`, as `tests/run` does";
        let clock = SetClock { library: found.expect(advice), setting: scratch_dir("clock").join("setting") };
        clock.set(0);
        clock
    }

    /// Sets it to so many seconds ahead of the machine's, or behind it where negative, at once for all who use it.
    pub fn set(&self, seconds: i64) {
        // In one step: a process that looks meanwhile must not find half a setting.
        let next = self.setting.with_extension("next");
        fs::write(&next, format!("{seconds:+}\n")).expect("a file can be written");
        fs::rename(&next, &self.setting).expect("a file can be renamed");
    }

    /// What a process needs in its environment.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("LD_PRELOAD", self.library.clone().into()),
            ("FAKETIME_TIMESTAMP_FILE", self.setting.clone().into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            ("NO_FAKE_STAT", "1".into()),
        ]
    }
}

impl Default for SetClock {
    fn default() -> SetClock {
        SetClock::new()
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::SetClock;

    fn machine() -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the machine's clock is not before 1970");
        i64::try_from(since.as_secs()).expect("a time of our days")
    }

    #[test]
    fn a_process_sees_the_clock_as_it_is_set_ahead_and_back() {
        let clock = SetClock::new();
        for ahead in [0, 259_200, -18_000] {
            clock.set(ahead);
            let began = machine();
            let output = Command::new("date").arg("+%s").envs(clock.environment()).output().expect("`date` starts");
            let told: i64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("seconds");
            assert!(
                (began + ahead - 1..=machine() + ahead + 1).contains(&told),
                "{told} where {ahead} ahead of {began}"
            );
        }
    }
}
