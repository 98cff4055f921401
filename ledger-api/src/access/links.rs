//! Which account somebody is whom an identity provider vouches for: explicit links from the provider's subject to an
//! account, kept where passwords stand and never in the journal. Whoever holds the machine makes them; a login by a provider
//! only reads them, and neither opens an account nor grants anything.
//!
//! A program without the feature `oidc` keeps them as well: the store has one layout.

mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::Utc;
use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;

use self::postgres::PostgresLinks;
use self::sqlite::SqliteLinks;
use super::AccessError;
use super::password::STORE;
use crate::side_store::{Beside, SideStoreError};
use crate::sidecar::sidecar_path;

/// Longest subject, in characters (OpenID Connect Core, section 2).
const SUBJECT_CHARS_MAX: usize = 255;
/// Longest issuer, in characters.
const ISSUER_CHARS_MAX: usize = 1_024;

/// Somebody as a provider knows them. The issuer is compared byte by byte, as in the provider's own word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExternalSubject {
    issuer: String,
    subject: String,
}

impl ExternalSubject {
    /// Somebody whom `issuer` calls `subject`.
    ///
    /// # Errors
    /// [`AccessError::Input`].
    pub fn new(issuer: &str, subject: &str) -> Result<ExternalSubject, AccessError> {
        let wrong = |what: &str| AccessError::Input(what.to_owned());
        let is_url = issuer.starts_with("https://") || issuer.starts_with("http://");
        let plain = issuer.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_url || !plain || issuer.len() > ISSUER_CHARS_MAX {
            return Err(wrong("the issuer is no address; write it as the provider names itself: https://…"));
        }
        if subject.trim().is_empty() || subject.chars().count() > SUBJECT_CHARS_MAX {
            return Err(wrong("the subject is blank or longer than 255 characters; copy it from the login page"));
        }
        if subject.chars().any(char::is_control) {
            return Err(wrong("the subject holds a control character; copy it from the login page"));
        }
        Ok(ExternalSubject { issuer: issuer.to_owned(), subject: subject.to_owned() })
    }

    /// The provider, as it names itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// How it knows the person.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whom the provider means: issuer and subject.
    pub who: ExternalSubject,
    /// The id of the account that this person logs in to.
    pub account: AccountId,
}

/// What became of a link that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// It leads to the account now.
    Now,
    /// It did before.
    Already,
    /// It leads to another account, and still does.
    ToAnother(String),
}

/// The links of a journal's accounts.
pub struct Links {
    store: Box<dyn LinkStore>,
}

#[async_trait]
trait LinkStore: Send + Sync {
    /// Adds a link where there is none of that subject; whether it did.
    async fn add(&self, who: &ExternalSubject, account: &str, now_ms: i64) -> Result<bool, SideStoreError>;

    /// The account of a subject.
    async fn account(&self, who: &ExternalSubject) -> Result<Option<String>, SideStoreError>;

    /// Takes a link of this account away; whether there was one.
    async fn remove(&self, who: &ExternalSubject, account: &str) -> Result<bool, SideStoreError>;

    /// Issuer, subject and account of every link.
    async fn all(&self) -> Result<Vec<(String, String, String)>, SideStoreError>;
}

impl Links {
    /// Opens the links beside a journal, making their place on first use.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn open(beside: impl Into<Beside<'_>>) -> Result<Links, AccessError> {
        let store: Box<dyn LinkStore> = match beside.into() {
            Beside::Sqlite(path) => Box::new(SqliteLinks::open(path).await?),
            Beside::Postgres(place) => Box::new(PostgresLinks::open(place).await?),
        };
        Ok(Links { store })
    }

    /// As [`Links::open`], but makes no file for whoever only looks.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn open_if_there(url: &JournalUrl) -> Result<Option<Links>, AccessError> {
        let absent = matches!(url, JournalUrl::Sqlite(path) if !sidecar_path(path, STORE.file).exists());
        if absent { Ok(None) } else { Links::open(url).await.map(Some) }
    }

    /// Links a subject to an account. That the account is there is the caller's to see to.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn link(&self, who: &ExternalSubject, account: &AccountId) -> Result<Linked, AccessError> {
        if self.store.add(who, account.as_str(), Utc::now().timestamp_millis()).await? {
            return Ok(Linked::Now);
        }
        Ok(match self.store.account(who).await? {
            Some(found) if found == account.as_str() => Linked::Already,
            Some(found) => Linked::ToAnother(found),
            None => return Err(SideStoreError::Unavailable("the link was taken away meanwhile".to_owned()).into()),
        })
    }

    /// Takes a link of an account away; `false` where there was none.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn unlink(&self, who: &ExternalSubject, account: &AccountId) -> Result<bool, AccessError> {
        Ok(self.store.remove(who, account.as_str()).await?)
    }

    /// Which account somebody is; none where nobody linked them.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn account_of(&self, who: &ExternalSubject) -> Result<Option<AccountId>, AccessError> {
        self.store.account(who).await?.map(|account| read_account(&account)).transpose()
    }

    /// Every link, by account and subject.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn all(&self) -> Result<Vec<Link>, AccessError> {
        let read = |(issuer, subject, account): (String, String, String)| {
            Ok(Link { who: ExternalSubject { issuer, subject }, account: read_account(&account)? })
        };
        let mut all: Vec<Link> = self.store.all().await?.into_iter().map(read).collect::<Result<_, AccessError>>()?;
        all.sort_by(|one, other| (&one.account, &one.who).cmp(&(&other.account, &other.who)));
        Ok(all)
    }
}

fn read_account(account: &str) -> Result<AccountId, AccessError> {
    AccountId::new(account).map_err(|error| SideStoreError::Unusable(format!("a link to no account: {error}")).into())
}
