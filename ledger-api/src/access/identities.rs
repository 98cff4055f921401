//! Who acts with which account, as it was found last: what was granted is not put together anew for each request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use ledger_core::domain::ids::AccountId;

use super::Identity;

/// Accounts that are kept at most; then all are forgotten.
const KEPT_MAX: usize = 10_000;

/// Identities as they stood since accounts changed last, on a day.
#[derive(Default)]
pub struct Identities(Mutex<HashMap<AccountId, Known>>);

struct Known {
    /// The position since which no account changed.
    changed: u64,
    day: NaiveDate,
    identity: Identity,
}

impl Identities {
    fn all(&self) -> MutexGuard<'_, HashMap<AccountId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who acts with an account on a day, coming in by some way; nothing unless it was found since accounts changed last.
    pub fn find(&self, account: &AccountId, changed: u64, day: NaiveDate, way: &Arc<str>) -> Option<Identity> {
        let all = self.all();
        let known = all.get(account).filter(|known| known.changed == changed && known.day == day)?;
        Some(Identity { way: Arc::clone(way), ..known.identity.clone() })
    }

    /// Keeps what was found of an account.
    pub fn keep(&self, account: &AccountId, changed: u64, day: NaiveDate, identity: &Identity) {
        let mut all = self.all();
        if all.len() >= KEPT_MAX && !all.contains_key(account) {
            all.clear();
        }
        all.insert(account.clone(), Known { changed, day, identity: identity.clone() });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::NaiveDate;
    use ledger_core::domain::ids::AccountId;

    use super::Identities;
    use crate::access::{Role, acting};

    #[test]
    fn what_is_known_holds_until_an_account_changes_or_the_day_does() {
        let (known, account) = (Identities::default(), AccountId::new("a").unwrap());
        let day = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        let way: Arc<str> = Arc::from("token-2");
        assert!(known.find(&account, 5, day, &way).is_none());
        known.keep(&account, 5, day, &acting(Role::Clerk, Some("S1")));
        let found = known.find(&account, 5, day, &way).unwrap();
        assert_eq!((&found.way, found.scopes_of(Role::Clerk)), (&way, vec!["S1"]));
        assert!(known.find(&account, 6, day, &way).is_none(), "some account changed");
        assert!(known.find(&account, 5, day.succ_opt().unwrap(), &way).is_none(), "a grant may be over");
        assert!(known.find(&AccountId::new("b").unwrap(), 5, day, &way).is_none());
    }
}
