//! How long the next password for an account, or the next proof of a worker, must wait after wrong ones. Kept in memory:
//! whoever restarts the server to guess on has the machine already.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many wrong ones cost nothing: people mistype.
const FREE: u32 = 4;
/// The wait after the first one that costs; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// After so long without another wrong one everything is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3_600);
/// Accounts remembered, among them those that somebody made up.
const ACCOUNTS_MAX: usize = 16_384;

/// That the next password is not looked at before this is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MustWait {
    /// How long, in whole seconds, at least one.
    pub seconds: u64,
}

/// Wrong ones, by whose they should have been.
pub(super) struct Attempts {
    wait_max: Duration,
    wrong: Mutex<HashMap<String, Wrong>>,
}

struct Wrong {
    count: u32,
    last: Instant,
}

impl Wrong {
    fn wait(&self, wait_max: Duration) -> Duration {
        let Some(doublings) = self.count.checked_sub(FREE) else { return Duration::ZERO };
        FIRST_WAIT.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX)).min(wait_max)
    }
}

impl Attempts {
    /// None yet; no wait is longer than `wait_max`.
    pub(super) fn new(wait_max: Duration) -> Attempts {
        Attempts { wait_max, wrong: Mutex::default() }
    }

    /// Counts a password as wrong before it is looked at, so that many at once are as slow as one after the other; it is
    /// forgotten where it turns out to be right.
    pub(super) fn begin(&self, account: &str) -> Result<(), MustWait> {
        let now = Instant::now();
        let mut all = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ACCOUNTS_MAX {
            all.retain(|_, wrong| now.duration_since(wrong.last) < wrong.wait(self.wait_max));
        }
        let wrong = all.entry(account.to_owned()).or_insert(Wrong { count: 0, last: now });
        let since = now.duration_since(wrong.last);
        if since >= FORGOTTEN_AFTER {
            wrong.count = 0;
        }
        let left = wrong.wait(self.wait_max).saturating_sub(since);
        if !left.is_zero() {
            return Err(MustWait { seconds: left.as_secs().saturating_add(1) });
        }
        *wrong = Wrong { count: wrong.count.saturating_add(1), last: now };
        Ok(())
    }

    pub(super) fn forget(&self, account: &str) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }
}

/// How much somebody who asks for others may get wrong: so many at once, and then one each time as much time has gone by.
/// What is right costs nothing and forgives nothing, so that nobody buys guesses with the own right ones.
pub(super) struct Allowance {
    most: u32,
    each: Duration,
    spent: Mutex<HashMap<String, Spent>>,
}

struct Spent {
    count: u32,
    /// From when on the next one comes back.
    since: Instant,
}

impl Allowance {
    /// Nothing spent yet.
    pub(super) fn new(most: u32, each: Duration) -> Allowance {
        Allowance { most, each, spent: Mutex::default() }
    }

    /// Spends one before it is known whether it is right.
    pub(super) fn begin(&self, asker: &str) -> Result<(), MustWait> {
        let now = Instant::now();
        let mut all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ACCOUNTS_MAX {
            all.retain(|_, spent| now.duration_since(spent.since) < self.each.saturating_mul(spent.count));
        }
        let spent = all.entry(asker.to_owned()).or_insert(Spent { count: 0, since: now });
        while spent.count > 0 && now.duration_since(spent.since) >= self.each {
            spent.count -= 1;
            spent.since += self.each;
        }
        if spent.count == 0 {
            spent.since = now;
        }
        if spent.count >= self.most {
            let left = self.each.saturating_sub(now.duration_since(spent.since));
            return Err(MustWait { seconds: left.as_secs().saturating_add(1) });
        }
        spent.count += 1;
        Ok(())
    }

    /// Gives one back that was right.
    pub(super) fn give_back(&self, asker: &str) {
        let mut all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(spent) = all.get_mut(asker) {
            spent.count = spent.count.saturating_sub(1);
        }
    }
}
