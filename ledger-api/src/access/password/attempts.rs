//! How long the next password for an account must wait after wrong ones. Kept in memory: whoever restarts the server to
//! guess on has the machine already.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many wrong ones cost nothing: people mistype.
const FREE: u32 = 4;
/// The wait after the first one that costs; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait. Longer would let a stranger keep somebody out for the price of a request a day.
const WAIT_MAX: Duration = Duration::from_secs(300);
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

#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<String, Wrong>>);

struct Wrong {
    count: u32,
    last: Instant,
}

impl Wrong {
    fn wait(&self) -> Duration {
        let Some(doublings) = self.count.checked_sub(FREE) else { return Duration::ZERO };
        FIRST_WAIT.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX)).min(WAIT_MAX)
    }
}

impl Attempts {
    /// Counts a password as wrong before it is looked at, so that many at once are as slow as one after the other; it is
    /// forgotten where it turns out to be right.
    pub(super) fn begin(&self, account: &str) -> Result<(), MustWait> {
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ACCOUNTS_MAX {
            all.retain(|_, wrong| now.duration_since(wrong.last) < wrong.wait());
        }
        let wrong = all.entry(account.to_owned()).or_insert(Wrong { count: 0, last: now });
        let since = now.duration_since(wrong.last);
        if since >= FORGOTTEN_AFTER {
            wrong.count = 0;
        }
        let left = wrong.wait().saturating_sub(since);
        if !left.is_zero() {
            return Err(MustWait { seconds: left.as_secs().saturating_add(1) });
        }
        *wrong = Wrong { count: wrong.count.saturating_add(1), last: now };
        Ok(())
    }

    pub(super) fn forget(&self, account: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }
}
