//! Passwords of accounts: argon2id, as PHC strings in a store of their own beside the journal, never in it. A password is
//! no argument of a command and stands in no log.
//!
//! Whoever guesses is slowed down: after a few wrong passwords each further one for that account must wait, longer every
//! time, whoever sends it. An account that is not there takes as long and waits as long as one that is.

pub(in crate::access) mod postgres;
pub(in crate::access) mod sqlite;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ledger_core::domain::ids::AccountId;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use self::postgres::PostgresPasswords;
use self::sqlite::SqlitePasswords;
use super::AccessError;
use super::attempts::Attempts;
use crate::side_store::rows::Store;
use crate::side_store::{Beside, SideStoreError};

pub use super::attempts::MustWait;

/// Shorter ones are guessed; longer is better than stranger (NIST SP 800-63B).
pub const CHARS_MIN: usize = 8;
/// Nobody types more, and hashing must not become a way to keep the server busy.
pub const CHARS_MAX: usize = 128;
/// Random bytes of a salt.
const SALT_BYTES: usize = 16;
/// Passwords hashed at once: each takes the memory of one hash and a core.
const HASHES_MAX: usize = 2;
/// Characters of a password that somebody is given: none that is easily taken for another, and too many to try.
const GIVEN_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GIVEN_GROUPS: usize = 3;
const GIVEN_GROUP: usize = 4;
/// How long it may be exchanged for one of the owner's own.
const GIVEN_MS: i64 = 7 * 24 * 3_600 * 1_000;
/// The longest wait after wrong ones. Longer would let a stranger keep somebody out for the price of a request a day.
const WAIT_MAX: Duration = Duration::from_secs(300);
/// What argon2id costs: 19 MiB, two passes, one lane (OWASP's first choice).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Where passwords are kept.
pub(crate) const STORE: Store =
    Store { name: "passwords", file: "passwords.db", sqlite: sqlite::STEPS, postgres: postgres::STEPS };

/// The passwords of a journal's accounts.
pub struct Passwords {
    store: Box<dyn PasswordStore>,
    attempts: Attempts,
    hashing: Hashing,
}

/// What became of a password that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It is the account's.
    Right,
    /// It is the account's, and somebody else gave it: it lets nobody in, and is exchanged for one of the owner's own.
    Given,
    /// It is not, or there is no such account, or it has none.
    Wrong,
    /// It was not looked at: too many were wrong before.
    TooSoon(MustWait),
}

/// A password as it is kept.
#[derive(Debug, Clone)]
struct Kept {
    /// Its hash, as a PHC string.
    hash: String,
    /// When it was set, in milliseconds since 1970.
    set_at_ms: i64,
    /// Who gave it, where that was not the owner.
    given_by: Option<String>,
}

/// When a password was set, and by whom where that was not the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetBy {
    /// When, by the clock of this server.
    pub at: DateTime<Utc>,
    /// Who gave it; none for one of the owner's own.
    pub given_by: Option<String>,
}

#[async_trait]
trait PasswordStore: Send + Sync {
    /// Keeps an account's password, instead of an earlier one.
    async fn put(&self, account: &str, kept: Kept) -> Result<(), SideStoreError>;

    /// An account's password.
    async fn get(&self, account: &str) -> Result<Option<Kept>, SideStoreError>;
}

impl Passwords {
    /// Opens the passwords beside a journal, making their place on first use.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn open(beside: impl Into<Beside<'_>>) -> Result<Passwords, AccessError> {
        let store: Box<dyn PasswordStore> = match beside.into() {
            Beside::Sqlite(path) => Box::new(SqlitePasswords::open(path).await?),
            Beside::Postgres(place) => Box::new(PostgresPasswords::open(place).await?),
        };
        Ok(Passwords { store, attempts: Attempts::new(WAIT_MAX), hashing: Hashing::default() })
    }

    /// Sets an account's password.
    ///
    /// # Errors
    /// [`AccessError`], also for a password that is too easily guessed.
    pub async fn set(&self, account: &AccountId, password: &str) -> Result<(), AccessError> {
        check_rule(account.as_str(), password)?;
        self.put(account, Zeroizing::new(password.to_owned()), None).await
    }

    /// Gives an account a random password instead of the one it has, which its owner exchanges within a week. It is told
    /// once, here.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn give(&self, account: &AccountId, by: &str) -> Result<Zeroizing<String>, AccessError> {
        let password = Zeroizing::new(given()?);
        self.put(account, password.clone(), Some(by.to_owned())).await?;
        Ok(password)
    }

    /// When an account's password was set; none where it has none.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn set_by(&self, account: &AccountId) -> Result<Option<SetBy>, AccessError> {
        let Some(kept) = self.store.get(account.as_str()).await? else { return Ok(None) };
        let at = DateTime::from_timestamp_millis(kept.set_at_ms)
            .ok_or_else(|| SideStoreError::Unusable("a password was set at no time".to_owned()))?;
        Ok(Some(SetBy { at, given_by: kept.given_by }))
    }

    async fn put(
        &self,
        account: &AccountId,
        password: Zeroizing<String>,
        given_by: Option<String>,
    ) -> Result<(), AccessError> {
        let hash = self.hashing.run(move || hash(&password)).await??;
        let kept = Kept { hash, set_at_ms: Utc::now().timestamp_millis(), given_by };
        self.store.put(account.as_str(), kept).await?;
        self.attempts.forget(account.as_str());
        Ok(())
    }

    /// Whether a password is an account's. `account` is what somebody typed.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn check(&self, account: &str, password: &str) -> Result<Shown, AccessError> {
        if let Err(wait) = self.attempts.begin(account) {
            return Ok(Shown::TooSoon(wait));
        }
        let kept = self.store.get(account).await?;
        let password = Zeroizing::new(password.chars().take(CHARS_MAX + 1).collect::<String>());
        // Whoever asks must not learn from the time it takes whether there is such an account.
        let given = kept.as_ref().filter(|kept| kept.given_by.is_some()).map(|kept| kept.set_at_ms);
        let right = self.hashing.run(move || verify(kept.as_ref().map(|kept| kept.hash.as_str()), &password)).await??;
        // A given one that nobody exchanged in time is none any more.
        let late = given.is_some_and(|set_at_ms| Utc::now().timestamp_millis() - set_at_ms > GIVEN_MS);
        if !right || late {
            return Ok(Shown::Wrong);
        }
        self.attempts.forget(account);
        Ok(if given.is_some() { Shown::Given } else { Shown::Right })
    }
}

/// Runs what takes a core for a while on threads of their own, few at once.
pub(super) struct Hashing(Arc<Semaphore>);

impl Default for Hashing {
    fn default() -> Hashing {
        Hashing(Arc::new(Semaphore::new(HASHES_MAX)))
    }
}

impl Hashing {
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccessError> {
        let stopped = |what: &dyn std::fmt::Display| SideStoreError::Unavailable(format!("hashing stopped: {what}"));
        let place = Arc::clone(&self.0).acquire_owned().await.map_err(|error| stopped(&error))?;
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        Ok(task.await.map_err(|error| stopped(&error))?)
    }
}

/// What a password must be.
fn check_rule(account: &str, password: &str) -> Result<(), AccessError> {
    let chars = password.chars().count();
    if chars < CHARS_MIN {
        return Err(AccessError::Input(format!(
            "the password is shorter than {CHARS_MIN} characters; choose a longer one"
        )));
    }
    if chars > CHARS_MAX {
        return Err(AccessError::Input(format!(
            "the password is longer than {CHARS_MAX} characters; choose a shorter one"
        )));
    }
    if password.eq_ignore_ascii_case(account) {
        return Err(AccessError::Input("the password is the account's own name; choose another one".into()));
    }
    let mut all = password.chars();
    let first = all.next();
    if all.all(|char| Some(char) == first) {
        return Err(AccessError::Input("the password is one character over and over; choose another one".into()));
    }
    Ok(())
}

/// A random password that can be read out and typed on a phone.
fn given() -> Result<String, AccessError> {
    let mut bytes = [0_u8; GIVEN_GROUPS * GIVEN_GROUP];
    getrandom::getrandom(&mut bytes)
        .map_err(|error| SideStoreError::Unavailable(format!("the system gives no random numbers: {error}")))?;
    let letter = |byte: &u8| char::from(GIVEN_LETTERS[usize::from(byte % 32)]);
    let groups = bytes.chunks(GIVEN_GROUP).map(|group| group.iter().map(letter).collect::<String>());
    Ok(groups.collect::<Vec<_>>().join("-"))
}

fn argon2() -> Result<Argon2<'static>, AccessError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(unusable)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

pub(super) fn hash(password: &str) -> Result<String, AccessError> {
    let mut salt = [0_u8; SALT_BYTES];
    getrandom::getrandom(&mut salt)
        .map_err(|error| SideStoreError::Unavailable(format!("the system gives no random numbers: {error}")))?;
    let salt = SaltString::encode_b64(&salt).map_err(unusable)?;
    Ok(argon2()?.hash_password(password.as_bytes(), &salt).map_err(unusable)?.to_string())
}

/// Whether a password is the one that is kept; takes as long where none is.
pub(super) fn verify(kept: Option<&str>, password: &str) -> Result<bool, AccessError> {
    let Some(kept) = kept else {
        // The same work for nobody.
        hash(password)?;
        return Ok(false);
    };
    let kept = PasswordHash::new(kept).map_err(unusable)?;
    match argon2()?.verify_password(password.as_bytes(), &kept) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(unusable(error)),
    }
}

fn unusable(error: impl std::fmt::Display) -> AccessError {
    SideStoreError::Unusable(format!("a password's hash: {error}")).into()
}
