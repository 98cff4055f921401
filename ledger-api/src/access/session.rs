//! Sessions of people who logged in with a browser: kept here, known by the digest of a random secret, which alone the
//! browser has. A session belongs to an account and gives no right by itself: what the account may do is asked anew with
//! every request.

mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use ledger_core::domain::ids::AccountId;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use self::postgres::PostgresSessions;
use self::sqlite::SqliteSessions;
use super::AccessError;
use crate::side_store::{Beside, SideStoreError};

/// A session that nobody used for so long is over.
pub const IDLE: Duration = Duration::from_secs(2 * 3_600);
/// However much it is used, a session is over after so long: a working day.
pub const ABSOLUTE: Duration = Duration::from_secs(12 * 3_600);
/// That a session is used is written down no more often than this.
const NOTED_EVERY: Duration = Duration::from_secs(60);
/// Sessions remembered as seen.
const SEEN_MAX: usize = 65_536;
/// 256 random bits: nobody guesses one, so a plain digest keeps it.
const SECRET_BYTES: usize = 32;
/// What a token against forged writes is made for.
const CSRF_PURPOSE: &[u8] = b"nuanxin csrf 1";

/// The sessions beside a journal.
pub struct Sessions {
    store: Box<dyn SessionStore>,
    /// The digests of those that this process has seen to be valid.
    seen: Mutex<HashSet<[u8; 32]>>,
}

/// A session that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The account's id.
    pub account: AccountId,
    /// What a write that comes with the session's cookie must also show: another site's page cannot read it.
    pub csrf: String,
}

/// A session as it is stored.
struct StoredSession {
    account: String,
    begun_at_ms: i64,
    seen_at_ms: i64,
}

#[async_trait]
trait SessionStore: Send + Sync {
    /// Adds a session, and drops those that are over: begun or last seen before these times.
    async fn begin(&self, hash: [u8; 32], session: StoredSession, over: (i64, i64)) -> Result<(), SideStoreError>;

    /// The session of that digest.
    async fn find(&self, hash: [u8; 32]) -> Result<Option<StoredSession>, SideStoreError>;

    /// It was used.
    async fn note(&self, hash: [u8; 32], now_ms: i64) -> Result<(), SideStoreError>;

    /// Ends it.
    async fn end(&self, hash: [u8; 32]) -> Result<(), SideStoreError>;

    /// Ends all of an account.
    async fn end_all(&self, account: &str) -> Result<(), SideStoreError>;
}

impl Sessions {
    /// Opens the sessions beside a journal, making their place on first use.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn open(beside: impl Into<Beside<'_>>) -> Result<Sessions, AccessError> {
        let store: Box<dyn SessionStore> = match beside.into() {
            Beside::Sqlite(path) => Box::new(SqliteSessions::open(path).await?),
            Beside::Postgres(place) => Box::new(PostgresSessions::open(place).await?),
        };
        Ok(Sessions { store, seen: Mutex::default() })
    }

    /// Begins a session of an account: the secret for its browser, and what its writes must show.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn begin(&self, account: &AccountId) -> Result<(String, Session), AccessError> {
        let mut bytes = Zeroizing::new([0_u8; SECRET_BYTES]);
        getrandom::getrandom(bytes.as_mut_slice())
            .map_err(|error| SideStoreError::Unavailable(format!("the system gives no random numbers: {error}")))?;
        let secret = URL_SAFE_NO_PAD.encode(bytes.as_slice());
        let now = now_ms();
        let session = StoredSession { account: account.as_str().to_owned(), begun_at_ms: now, seen_at_ms: now };
        let over = (now.saturating_sub(millis(ABSOLUTE)), now.saturating_sub(millis(IDLE)));
        self.store.begin(digest(&secret), session, over).await?;
        self.see(digest(&secret));
        let csrf = csrf(&secret)?;
        Ok((secret, Session { account: account.clone(), csrf }))
    }

    /// The session of a secret, unless it is over.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn find(&self, secret: &str) -> Result<Option<Session>, AccessError> {
        // Checked before hashing: a header may be long.
        if secret.len() != 43 {
            return Ok(None);
        }
        let hash = digest(secret);
        let Some(found) = self.store.find(hash).await? else {
            self.seen().remove(&hash);
            return Ok(None);
        };
        let now = now_ms();
        if now.saturating_sub(found.begun_at_ms) > millis(ABSOLUTE)
            || now.saturating_sub(found.seen_at_ms) > millis(IDLE)
        {
            self.store.end(hash).await?;
            self.seen().remove(&hash);
            return Ok(None);
        }
        if now.saturating_sub(found.seen_at_ms) > millis(NOTED_EVERY) {
            self.store.note(hash, now).await?;
        }
        self.see(hash);
        let account = AccountId::new(&found.account)
            .map_err(|error| SideStoreError::Unusable(format!("a session of no account: {error}")))?;
        Ok(Some(Session { account, csrf: csrf(secret)? }))
    }

    /// Whether this process has seen a session to be valid: whoever shows its secret is no stranger at the door.
    pub fn has_seen(&self, secret: &str) -> bool {
        secret.len() == 43 && self.seen().contains(&digest(secret))
    }

    fn seen(&self) -> MutexGuard<'_, HashSet<[u8; 32]>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn see(&self, hash: [u8; 32]) {
        let mut seen = self.seen();
        // Whoever is forgotten with all others is a stranger once more, for one request.
        if seen.len() >= SEEN_MAX && !seen.contains(&hash) {
            seen.clear();
        }
        seen.insert(hash);
    }

    /// Ends the session of a secret, if there is one.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn end(&self, secret: &str) -> Result<(), AccessError> {
        Ok(self.store.end(digest(secret)).await?)
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn end_all(&self, account: &str) -> Result<(), AccessError> {
        Ok(self.store.end_all(account).await?)
    }
}

impl Session {
    /// Whether a write shows what it must. Every byte is compared, whichever differs.
    pub fn is_shown(&self, token: &str) -> bool {
        let (one, other) = (self.csrf.as_bytes(), token.as_bytes());
        one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
    }
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Made from the secret, so that it is stored nowhere, and tells nothing of it.
fn csrf(secret: &str) -> Result<String, AccessError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map_err(|error| SideStoreError::Unusable(format!("a session's secret: {error}")))?;
    mac.update(CSRF_PURPOSE);
    Ok(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
