//! How long a login must wait after wrong passwords: longer with each one, by account and by address.
//!
//! An account is never locked for good: anybody could lock anybody out. The wait ends, and the right password clears it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Wrong passwords that cost nothing: people mistype.
const FREE: u32 = 5;
/// The wait after the first one that costs something; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest wait.
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);
/// A key that was quiet for so long has a clean slate.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// Keys remembered. Beyond them, those that wait for nothing are dropped, and then the quietest.
const KEYS_MAX: usize = 65_536;
/// Wrong passwords in a row from which on somebody should look.
const ALARM: u32 = 10;

/// Failures of logins, by whatever they are counted by. Kept in memory: a restart forgives.
#[derive(Debug, Default)]
pub struct Lockout {
    failures: Mutex<HashMap<String, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
    wait_until: Instant,
}

impl Lockout {
    /// Whether a login for that key may be tried now.
    ///
    /// # Errors
    /// How long to wait.
    pub fn check(&self, key: &str) -> Result<(), Duration> {
        self.check_at(key, Instant::now())
    }

    /// Counts a wrong password; `true` where so many came in a row that somebody should look.
    pub fn fail(&self, key: &str) -> bool {
        self.fail_at(key, Instant::now())
    }

    /// The right password clears what was counted.
    pub fn succeed(&self, key: &str) {
        self.failures().remove(key);
    }

    fn check_at(&self, key: &str, now: Instant) -> Result<(), Duration> {
        match self.failures().get(key) {
            Some(failures) if failures.wait_until > now => Err(failures.wait_until - now),
            _ => Ok(()),
        }
    }

    fn fail_at(&self, key: &str, now: Instant) -> bool {
        let mut failures = self.failures();
        if failures.len() >= KEYS_MAX && !failures.contains_key(key) {
            failures.retain(|_, failures| failures.wait_until > now);
            let quietest = failures.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
            if let Some(quietest) = quietest.filter(|_| failures.len() >= KEYS_MAX) {
                failures.remove(&quietest);
            }
        }
        let clean = Failures { count: 0, last: now, wait_until: now };
        let counted = failures.entry(key.to_owned()).or_insert(clean);
        if now.saturating_duration_since(counted.last) > FORGOTTEN_AFTER {
            *counted = clean;
        }
        counted.count = counted.count.saturating_add(1);
        counted.last = now;
        if let Some(costly) = counted.count.checked_sub(FREE).filter(|costly| *costly > 0) {
            let doubled = FIRST_WAIT.saturating_mul(1_u32.checked_shl(costly - 1).unwrap_or(u32::MAX));
            counted.wait_until = now + doubled.min(WAIT_MAX);
        }
        counted.count >= ALARM
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{FORGOTTEN_AFTER, KEYS_MAX, Lockout, WAIT_MAX};

    #[test]
    fn the_wait_grows_ends_and_is_cleared_by_the_right_password() {
        let lockout = Lockout::default();
        let start = Instant::now();
        for _ in 0..5 {
            assert!(!lockout.fail_at("A", start));
            assert_eq!(lockout.check_at("A", start), Ok(()));
        }
        let mut waits = Vec::new();
        for number in 6..20 {
            assert_eq!(lockout.fail_at("A", start), number >= 10, "the alarm");
            waits.push(lockout.check_at("A", start).unwrap_err());
        }
        assert_eq!(waits.first(), Some(&Duration::from_secs(2)));
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1] || pair[1] == WAIT_MAX), "{waits:?}");
        assert_eq!(waits.last(), Some(&WAIT_MAX));
        assert_eq!(lockout.check_at("A", start + WAIT_MAX), Ok(()), "nobody is locked out for good");
        assert_eq!(lockout.check_at("B", start), Ok(()), "others are not touched");
        lockout.succeed("A");
        assert!(!lockout.fail_at("A", start));
        assert_eq!(lockout.check_at("A", start), Ok(()));
    }

    #[test]
    fn a_quiet_day_is_a_clean_slate_and_a_flood_of_names_fills_no_memory() {
        let lockout = Lockout::default();
        let start = Instant::now();
        for _ in 0..8 {
            lockout.fail_at("A", start);
        }
        lockout.fail_at("A", start + FORGOTTEN_AFTER + Duration::from_secs(1));
        assert_eq!(lockout.check_at("A", start + FORGOTTEN_AFTER + Duration::from_secs(1)), Ok(()));
        for number in 0..KEYS_MAX + 10 {
            lockout.fail_at(&number.to_string(), start);
        }
        assert!(lockout.failures().len() <= KEYS_MAX);
    }
}
