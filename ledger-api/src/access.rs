//! Access tokens: issuing, listing, revoking, and telling who shows one.
//!
//! Owns the tokens, and in [`policy`] the one table that says who may do what; `service` asks it.
//!
//! A token is a way into an account: a random secret of 256 bits which is shown once. Stored are its SHA-256, its
//! account, a label, and an id by which it is spoken of. What the account may do stands in the journal and is asked anew
//! for each request. Tokens live beside the journal and may be issued and revoked by one process while others serve.

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

mod attempts;
mod cache;
pub mod identities;
pub mod links;
pub mod password;
pub mod policy;
mod postgres;
pub mod proofs;
mod secret;
pub mod session;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};
use ledger_core::domain::account::Account;
use ledger_core::domain::ids::{AccountId, Actor, GrantId, WorkerId};
use serde::Serialize;

pub use ledger_core::domain::account::{Role, RoleError, ScopeRule};

use crate::side_store::rows::Store;
use crate::side_store::{Beside, SideStoreError};
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
    /// Whether other servers revoke tokens, too.
    shared: bool,
    cache: Cache,
}

/// Who asks: an account, and what it may do today. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account, which is the actor of commands.
    pub id: Actor,
    /// By which token or session they came in.
    pub way: Arc<str>,
    /// Which worker the person is.
    pub worker: Option<WorkerId>,
    /// The roles that hold today.
    pub roles: Arc<[Held]>,
}

/// A role that holds today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// By which grant.
    pub grant: GrantId,
    /// What may be done.
    pub role: Role,
    /// Where: the store, site, branch, merchant or worker; none for the district.
    pub scope: Option<Arc<str>>,
    /// From which day on.
    pub from: NaiveDate,
    /// Through which day.
    pub until: Option<NaiveDate>,
}

impl Identity {
    /// An account as it stands on a day.
    pub fn of(id: &AccountId, way: Arc<str>, account: &Account, day: NaiveDate) -> Identity {
        let held = account.grants().filter(|(_, held)| held.holds_on(day)).map(|(grant, held)| Held {
            grant: grant.clone(),
            role: held.role,
            scope: held.scope.as_deref().map(Arc::from),
            from: held.term.from,
            // What is known today of its end, be it the grant's own or one that was set since.
            until: held.term.last_day(),
        });
        Identity { id: id.into(), way, worker: account.worker().cloned(), roles: held.collect() }
    }

    /// Whether they act in a role, wherever that is.
    pub fn acts_as(&self, role: Role) -> bool {
        self.roles.iter().any(|held| held.role == role)
    }

    /// Where they act in a role: the stores of a clerk, the branches of a branch's secretary, and so on.
    pub fn scopes_of(&self, role: Role) -> Vec<&str> {
        self.roles.iter().filter(|held| held.role == role).filter_map(|held| held.scope.as_deref()).collect()
    }

    /// The worker whose account they see as their own.
    pub fn own_account(&self) -> Option<&str> {
        let own = self.roles.iter().find(|held| held.role == Role::Worker)?;
        own.scope.as_deref().or(self.worker.as_ref().map(WorkerId::as_str))
    }
}

/// Somebody with one role, for tests.
#[cfg(test)]
pub(crate) fn acting(role: Role, scope: Option<&str>) -> Identity {
    let held = Held {
        grant: GrantId::new("g").expect("an id"),
        role,
        scope: scope.map(Arc::from),
        from: NaiveDate::MIN,
        until: None,
    };
    let id = Actor::new("t").expect("an id");
    Identity { id, way: Arc::from("test"), worker: None, roles: Arc::from([held]) }
}

/// What a token says by itself: into which account it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The token's id.
    pub id: Arc<str>,
    /// None for a token that an older program issued.
    pub account: Option<AccountId>,
    /// The last day on which it works.
    pub until: Option<NaiveDate>,
}

/// What a token is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken<'a> {
    /// Into which account it leads.
    pub account: &'a AccountId,
    /// The one role that a machine's account has, for lists.
    pub role: Option<Role>,
    /// Where that is, for lists.
    pub scope: Option<&'a str>,
    /// A label.
    pub name: &'a str,
    /// The last day on which it works.
    pub until: Option<NaiveDate>,
}

/// A token as lists show it; the secret cannot be shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenRecord {
    /// The token's id.
    pub id: String,
    /// Into which account it leads; none for one of an older program, which lets nobody in.
    pub account: Option<String>,
    /// The one role of a machine's account; blank for a token of an account with all its roles.
    pub role: String,
    /// Where: the store, site, branch, merchant or worker.
    pub scope: Option<String>,
    /// The token's label.
    pub name: String,
    /// The last day on which it works.
    pub until: Option<String>,
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
    pub async fn open(beside: impl Into<Beside<'_>>) -> Result<Access, AccessError> {
        let beside = beside.into();
        let store: Box<dyn TokenStore> = match beside {
            Beside::Sqlite(path) => Box::new(SqliteTokens::open(path).await?),
            Beside::Postgres(place) => Box::new(PostgresTokens::open(place).await?),
        };
        let shared = matches!(beside, Beside::Postgres(_));
        Ok(Access { store, shared, cache: Cache::default() })
    }

    /// Issues a token: its id, and the secret, which is nowhere else. That the account is there is the caller's to see to.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn issue(&self, new: &NewToken<'_>) -> Result<(String, String), AccessError> {
        let name = new.name.trim();
        check_name(name)?;
        for _ in 0..ID_TRIES_MAX {
            let id = secret::new_id()?;
            let (secret, hash) = secret::new_secret()?;
            let token = StoredToken {
                id: id.clone(),
                role: new.role.map(Role::as_str).unwrap_or_default().to_owned(),
                scope: new.scope.map(str::to_owned),
                name: name.to_owned(),
                issued_at_ms: Utc::now().timestamp_millis(),
                revoked_at_ms: None,
                account: Some(new.account.to_string()),
                until: new.until.map(|until| until.to_string()),
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

    /// Revokes a token for ever: it stops working with the next request, on Postgres to whichever server; on SQLite to the
    /// one that serves, and to any other process within a second. `false` when there is no such id; revoking again changes nothing and is `true`.
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

    /// Into which account this token leads; into none when it was never issued or is revoked.
    ///
    /// # Errors
    /// [`AccessError::Store`] when that cannot be told now. Nobody is let in on old knowledge then.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Shown>, AccessError> {
        let Some(hash) = SecretHash::of(token) else { return Ok(None) };
        if self.cache.is_unknown(&hash) {
            return Ok(None);
        }
        let Some(entry) = self.cache.get(&hash) else { return self.ask(hash).await };
        let waits_since = Instant::now();
        let oldest = self.oldest_believed(waits_since);
        if let Some(shown) = entry.asked_since(oldest) {
            return Ok(Some(shown));
        }
        let mut failed_at = entry.turn.lock().await;
        if let Some(shown) = entry.asked_since(oldest) {
            return Ok(Some(shown));
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

    /// When the store must have been asked for its answer to be believed. Where other servers revoke as well, that is not
    /// before the request came in: one answer serves all who waited for it, and none who came later.
    fn oldest_believed(&self, now: Instant) -> Option<Instant> {
        if self.shared { Some(now) } else { now.checked_sub(cache::BELIEVED) }
    }

    async fn ask(&self, hash: SecretHash) -> Result<Option<Shown>, AccessError> {
        let asked = Instant::now();
        let Some(token) = self.store.find(hash).await? else {
            self.cache.forget(&hash);
            self.cache.keep_unknown(hash);
            return Ok(None);
        };
        let shown = shown(token)?;
        self.cache.keep(hash, asked, shown.clone());
        Ok(Some(shown))
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

fn shown(token: StoredToken) -> Result<Shown, AccessError> {
    let damaged = |what: String| SideStoreError::Unusable(format!("token {}: {what}; use a newer program", token.id));
    let account =
        token.account.as_deref().map(AccountId::new).transpose().map_err(|error| damaged(error.to_string()))?;
    // An end that cannot be read is not taken for none.
    let until = token.until.as_deref().map(str::parse).transpose();
    let until = until.map_err(|error: chrono::ParseError| damaged(error.to_string()))?;
    Ok(Shown { account, until, id: Arc::from(token.id) })
}

fn record(token: StoredToken) -> Result<TokenRecord, AccessError> {
    let time = |milliseconds: i64| {
        DateTime::from_timestamp_millis(milliseconds)
            .ok_or_else(|| SideStoreError::Unusable(format!("token {}: the time is out of range", token.id)))
    };
    let issued_at = time(token.issued_at_ms)?;
    let revoked_at = token.revoked_at_ms.map(time).transpose()?;
    Ok(TokenRecord {
        id: token.id,
        account: token.account,
        role: token.role,
        scope: token.scope,
        name: token.name,
        until: token.until,
        issued_at,
        revoked_at,
    })
}
