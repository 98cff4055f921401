//! Access tokens: issuing, listing, revoking, and telling who shows one.
//!
//! Owns the tokens, their roles, and in [`policy`] the one table that says who may do what; `service` asks it.
//!
//! A token is a random secret of 256 bits which is shown once. Stored are its SHA-256, its role and scope, a label, and
//! an id: the actor in every command that its bearer gives. Tokens live beside the journal and may be issued and revoked
//! by one process while others serve.

mod cache;
pub mod lockout;
pub mod policy;
mod postgres;
mod secret;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use ledger_core::domain::ids::Actor;
use ledger_core::journal::url::JournalUrl;
use serde::Serialize;

pub use ledger_core::domain::account::{Role, RoleError, ScopeRule};

use crate::side_store::SideStoreError;
use crate::side_store::rows::Store;
use cache::Cache;
use postgres::PostgresTokens;
use secret::SecretHash;
use sqlite::SqliteTokens;
use store::{StoredToken, TokenStore};

/// Longest label of a token, in characters.
pub const NAME_CHARS_MAX: usize = 100;

/// Ids are drawn at random; this many in a row that are all taken means that something else is wrong.
const ID_TRIES_MAX: u32 = 8;

/// The tokens of a journal.
pub struct Access {
    store: Box<dyn TokenStore>,
    cache: Cache,
}

/// Who shows a token. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The token's id, which is the actor of commands.
    pub id: Actor,
    /// What the bearer is.
    pub role: Role,
    /// Where: the store, community, branch, merchant or worker.
    pub scope: Option<Arc<str>>,
    /// The token's label.
    pub name: Arc<str>,
}

/// A token as lists show it; the secret cannot be shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenRecord {
    /// The token's id.
    pub id: String,
    /// What the bearer is, as text: a newer program may have issued roles this one does not know.
    pub role: String,
    /// Where: the store, community, branch, merchant or worker.
    pub scope: Option<String>,
    /// The token's label.
    pub name: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// What can go wrong with tokens.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccessError {
    /// What was asked for cannot be done as asked.
    #[error("{0}")]
    Input(String),
    /// Role and scope do not fit.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// The tokens cannot be read or written.
    #[error("access tokens: {0}")]
    Store(#[from] SideStoreError),
}

/// Where tokens are kept.
pub(crate) const STORE: Store =
    Store { name: "access", file: "access.db", sqlite: sqlite::STEPS, postgres: postgres::STEPS };

impl Access {
    /// Opens the tokens beside a journal, making their place on first use.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn open(url: &JournalUrl) -> Result<Access, AccessError> {
        let store: Box<dyn TokenStore> = match url {
            JournalUrl::Sqlite(path) => Box::new(SqliteTokens::open(path).await?),
            JournalUrl::Postgres { url, schema } => Box::new(PostgresTokens::open(url, schema).await?),
        };
        Ok(Access { store, cache: Cache::default() })
    }

    /// Issues a token: its id, and the secret, which is nowhere else.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn issue(&self, role: Role, scope: Option<&str>, name: &str) -> Result<(Actor, String), AccessError> {
        let scope = scope.map(str::trim);
        role.check_scope(scope)?;
        let name = name.trim();
        check_name(name)?;
        for _ in 0..ID_TRIES_MAX {
            let id = secret::new_id()?;
            let (secret, hash) = secret::new_secret()?;
            let token = StoredToken {
                id: id.as_str().to_owned(),
                role: role.as_str().to_owned(),
                scope: scope.map(str::to_owned),
                name: name.to_owned(),
                issued_at_ms: Utc::now().timestamp_millis(),
                revoked_at_ms: None,
            };
            if self.store.insert(token, hash).await? {
                return Ok((id, secret));
            }
        }
        Err(SideStoreError::Unavailable(format!("{ID_TRIES_MAX} random ids were all taken; try again")).into())
    }

    /// Every token ever issued, in the order of issue.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn list(&self) -> Result<Vec<TokenRecord>, AccessError> {
        self.store.list().await?.into_iter().map(record).collect()
    }

    /// Revokes a token for ever: it stops working within a second in every process, and for new requests to this one at
    /// once. `false` when there is no such id; revoking again changes nothing and is `true`.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn revoke(&self, id: &str) -> Result<bool, AccessError> {
        let id = id.trim();
        if secret::looks_secret(id) {
            return Err(AccessError::Input("this is a token, not its id; `nuanxin token list` shows the ids".into()));
        }
        let found = self.store.revoke(id, Utc::now().timestamp_millis()).await?;
        self.cache.forget_id(id);
        Ok(found)
    }

    /// Who shows this token; nobody when it was never issued or is revoked.
    ///
    /// # Errors
    /// [`AccessError::Store`] when that cannot be told now. Nobody is let in on old knowledge then.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Identity>, AccessError> {
        let Some(hash) = SecretHash::of(token) else { return Ok(None) };
        if self.cache.is_unknown(&hash) {
            return Ok(None);
        }
        let Some(entry) = self.cache.get(&hash) else { return self.ask(hash).await };
        if let Some(identity) = entry.fresh() {
            return Ok(Some(identity));
        }
        let waits_since = Instant::now();
        let mut failed_at = entry.turn.lock().await;
        if let Some(identity) = entry.fresh() {
            return Ok(Some(identity));
        }
        // Whoever waited while another found the store away is told so too: one after the other, the last of a crowd
        // would hear of it many timeouts later.
        if failed_at.is_some_and(|failed_at| failed_at >= waits_since) {
            return Err(SideStoreError::Unavailable("the tokens could not be asked a moment ago".into()).into());
        }
        let answer = self.ask(hash).await;
        *failed_at = answer.is_err().then(Instant::now);
        answer
    }

    /// Whether this process has seen a token to be valid: whoever shows it is no stranger, and costs no question at the
    /// door.
    pub fn has_seen(&self, token: &str) -> bool {
        SecretHash::of(token).is_some_and(|hash| self.cache.get(&hash).is_some())
    }

    async fn ask(&self, hash: SecretHash) -> Result<Option<Identity>, AccessError> {
        let asked = Instant::now();
        let Some(token) = self.store.find(hash).await? else {
            self.cache.forget(&hash);
            self.cache.keep_unknown(hash);
            return Ok(None);
        };
        let identity = identity(token)?;
        self.cache.keep(hash, asked, identity.clone());
        Ok(Some(identity))
    }
}

fn check_name(name: &str) -> Result<(), AccessError> {
    if name.chars().count() > NAME_CHARS_MAX {
        let what = format!("the token's name is longer than {NAME_CHARS_MAX} characters; choose a shorter one");
        return Err(AccessError::Input(what));
    }
    if name.chars().any(char::is_control) {
        return Err(AccessError::Input("the token's name holds a control character; leave it out".into()));
    }
    Ok(())
}

fn identity(token: StoredToken) -> Result<Identity, AccessError> {
    let damaged = |what: String| SideStoreError::Unusable(format!("token {}: {what}; use a newer program", token.id));
    let role: Role = token.role.parse().map_err(|error: RoleError| damaged(error.to_string()))?;
    let id = Actor::new(&token.id).map_err(|error| damaged(error.to_string()))?;
    // Written by hand or by another program, a role with the wrong scope would reach further than was meant.
    role.check_scope(token.scope.as_deref()).map_err(|error| damaged(error.to_string()))?;
    Ok(Identity { id, role, scope: token.scope.map(Arc::from), name: Arc::from(token.name) })
}

fn record(token: StoredToken) -> Result<TokenRecord, AccessError> {
    let time = |milliseconds: i64| {
        DateTime::from_timestamp_millis(milliseconds)
            .ok_or_else(|| SideStoreError::Unusable(format!("token {}: the time is out of range", token.id)))
    };
    let issued_at = time(token.issued_at_ms)?;
    let revoked_at = token.revoked_at_ms.map(time).transpose()?;
    Ok(TokenRecord { id: token.id, role: token.role, scope: token.scope, name: token.name, issued_at, revoked_at })
}
