//! The vault of names: the one place where a person's name stands, sealed under a key of that person's own.
//!
//! Owns names and pseudonyms. Events carry ids and pseudonyms alone, so deleting a person's key deletes the person while
//! every sum and proof stays. Who may read a name, and the record of who did, is decided where it is asked, in `service`.
//!
//! ```text
//! district key (environment or key file) ─ wraps → person key (one a person, random) ─ seals → name
//! ```
//!
//! Nothing here logs a name, a text or a key. An erased person can still be read from older backups by whoever also has
//! the district key: backups need an end of their own.

mod key;
mod postgres;
mod seal;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ledger_core::domain::ids::WorkerId;
use ledger_core::journal::url::JournalUrl;

pub use key::KeySource;

use crate::side_store::SideStoreError;
use crate::side_store::rows::Store;
use postgres::PostgresNames;
use seal::DistrictKeys;
use sqlite::SqliteNames;
use store::{Found, NameStore, SealedField, Subject};

/// The kind of a worker; the id is the worker's.
pub const WORKER: &str = "worker";
/// The kind of an account; the id is the account's.
pub const ACCOUNT: &str = "account";
/// The kind of a witness (证明人); the id is the pseudonym.
pub const WITNESS: &str = "witness";

/// Longest name or witness's text, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest kind or id, in characters; as long as the longest identifier of an event.
const SUBJECT_CHARS_MAX: usize = 128;

const NAME: &str = "name";

/// A person erased between reading the key and writing the name means doing both again; more often than this means that
/// something else is wrong.
const TRIES_MAX: u64 = 16;

/// Pseudonyms known to be stored, kept to spare a query; beyond this many they are asked for again.
const REMEMBERED_MAX: usize = 200_000;

/// Where names are kept.
pub(crate) const STORE: Store =
    Store { name: "vault", file: "vault.db", sqlite: sqlite::STEPS, postgres: postgres::STEPS };

/// The names of a journal.
pub struct Vault {
    store: Box<dyn NameStore>,
    keys: DistrictKeys,
    remembered: Mutex<HashSet<String>>,
}

/// What can go wrong with names. No message holds a name.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultError {
    /// What was given cannot be kept.
    #[error("{0}")]
    Input(String),
    /// The district key cannot be had.
    #[error("the vault of names: {0}")]
    Key(String),
    /// The names were sealed with another district key.
    #[error(
        "the vault of names was sealed with another district key; give the right one in NUANXIN_VAULT_KEY or \
         NUANXIN_VAULT_KEY_FILE, or put its key file back"
    )]
    WrongKey,
    /// What is stored for a person does not open: it was altered, or moved there from somebody else.
    #[error("what the vault holds for {kind} {id} was altered and cannot be read; erase it and enter the name again")]
    Damaged {
        /// Which kind of person.
        kind: String,
        /// Who.
        id: String,
    },
    /// The names cannot be read or written.
    #[error("the vault of names: {0}")]
    Store(#[from] SideStoreError),
}

impl Vault {
    /// Opens the vault beside a journal with the key the environment names, making both on first use.
    ///
    /// # Errors
    /// [`VaultError::WrongKey`] before anything is read or written with a key that is not the vault's.
    pub async fn open(url: &JournalUrl) -> Result<Vault, VaultError> {
        Vault::open_with(url, &KeySource::from_environment(url)).await
    }

    /// Opens the vault beside a journal for whoever only reads it; none where none was ever made.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn open_if_there(url: &JournalUrl) -> Result<Option<Vault>, VaultError> {
        match url {
            JournalUrl::Sqlite(path) if !SqliteNames::is_there(path) => Ok(None),
            _ => Vault::open(url).await.map(Some),
        }
    }

    /// Opens the vault with a key from a given place.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn open_with(url: &JournalUrl, source: &KeySource) -> Result<Vault, VaultError> {
        let store: Box<dyn NameStore> = match url {
            JournalUrl::Sqlite(path) => Box::new(SqliteNames::open(path).await?),
            JournalUrl::Postgres { url, schema } => Box::new(PostgresNames::open(url, schema).await?),
        };
        let check = store.check().await?;
        let keys = DistrictKeys::derive(&source.key(check.is_none())?)?;
        let check = match check {
            Some(check) => check,
            None => store.check_or_set(keys.check()).await?,
        };
        // Refused here and not only when a name fails to open: pseudonyms made with another key would enter the journal
        // for ever.
        if check != keys.check() {
            return Err(VaultError::WrongKey);
        }
        Ok(Vault { store, keys, remembered: Mutex::default() })
    }

    /// Keeps a person's name, replacing an earlier one.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn put_name(&self, kind: &str, id: &str, name: &str) -> Result<(), VaultError> {
        self.put_names(&[(kind, id, name)]).await
    }

    /// Keeps many names, each as (kind, id, name), all or none. A name that stands already is not written again; of two
    /// names for one person the last counts.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn put_names<K, I, N>(&self, batch: &[(K, I, N)]) -> Result<(), VaultError>
    where
        K: AsRef<str> + Sync,
        I: AsRef<str> + Sync,
        N: AsRef<str> + Sync,
    {
        let mut names = BTreeMap::new();
        for (kind, id, name) in batch {
            let subject = subject(kind.as_ref(), id.as_ref())?;
            let name = checked(name.as_ref(), &subject)?;
            names.insert(subject, name);
        }
        self.put(names).await
    }

    /// A person's name; nothing when none was ever kept or the person was erased.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn get_name(&self, kind: &str, id: &str) -> Result<Option<String>, VaultError> {
        Ok(self.get_names(&[(kind, id)]).await?.into_iter().next().flatten())
    }

    /// The names of many, each asked for as (kind, id); one answer each, in the order asked.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn get_names<K, I>(&self, batch: &[(K, I)]) -> Result<Vec<Option<String>>, VaultError>
    where
        K: AsRef<str> + Sync,
        I: AsRef<str> + Sync,
    {
        let subjects: Vec<Subject> =
            batch.iter().map(|(kind, id)| subject(kind.as_ref(), id.as_ref())).collect::<Result<_, _>>()?;
        let found = self.store.find(subjects.clone(), NAME).await?;
        subjects.iter().zip(&found).map(|(subject, found)| self.name(subject, found)).collect()
    }

    /// Whether a free text names a worker: by id, or by the name that stands here.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn is_worker(&self, worker: &WorkerId, text: &str) -> Result<bool, VaultError> {
        if is_same_text(text, worker.as_str()) {
            return Ok(true);
        }
        let name = self.get_name(WORKER, worker.as_str()).await?;
        Ok(name.is_some_and(|name| is_same_text(text, &name)))
    }

    /// Deletes a person: the key, and with it everything sealed under it. `false` when there was nothing.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn erase(&self, kind: &str, id: &str) -> Result<bool, VaultError> {
        let subject = subject(kind, id)?;
        let erased = self.store.erase(subject).await?;
        self.remembered().remove(id);
        Ok(erased)
    }

    /// What stands in events for a free text that names a person, such as a witness's: always the same for the same text
    /// and kind, with no way back but the vault. Blanks around the text do not count.
    pub fn pseudonym(&self, kind: &str, text: &str) -> String {
        self.keys.pseudonym(kind, text.trim())
    }

    /// The pseudonym of a text, with the text kept under it: `get_name(kind, pseudonym)` gives it back to whoever may
    /// know.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn remember(&self, kind: &str, text: &str) -> Result<String, VaultError> {
        let pseudonym = self.pseudonym(kind, text);
        self.remember_all(&[(kind, text)]).await?;
        Ok(pseudonym)
    }

    /// As [`Vault::remember`] for many, each as (kind, text); the pseudonyms in the order given.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn remember_all<K, T>(&self, batch: &[(K, T)]) -> Result<Vec<String>, VaultError>
    where
        K: AsRef<str> + Sync,
        T: AsRef<str> + Sync,
    {
        let mut pseudonyms = Vec::with_capacity(batch.len());
        let mut new = BTreeMap::new();
        for (kind, text) in batch {
            let pseudonym = self.pseudonym(kind.as_ref(), text.as_ref());
            if !self.remembered().contains(&pseudonym) {
                let subject = subject(kind.as_ref(), &pseudonym)?;
                let text = checked(text.as_ref(), &subject)?;
                new.insert(subject, text);
            }
            pseudonyms.push(pseudonym);
        }
        if new.is_empty() {
            return Ok(pseudonyms);
        }
        let stored: Vec<String> = new.keys().map(|subject| subject.id.clone()).collect();
        self.put(new).await?;
        let mut remembered = self.remembered();
        if remembered.len() + stored.len() > REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.extend(stored);
        Ok(pseudonyms)
    }

    async fn put(&self, names: BTreeMap<Subject, String>) -> Result<(), VaultError> {
        if names.is_empty() {
            return Ok(());
        }
        for tried in 0..TRIES_MAX {
            tokio::time::sleep(Duration::from_millis(tried)).await;
            let found = self.find_or_add_keys(&names).await?;
            let Some(fields) = self.seal_changed(&names, &found)? else { continue };
            if fields.is_empty() || self.store.put(fields, NAME).await? {
                return Ok(());
            }
        }
        Err(SideStoreError::Unavailable("persons are being erased while their names are written; try again".into())
            .into())
    }

    async fn find_or_add_keys(&self, names: &BTreeMap<Subject, String>) -> Result<Vec<Found>, VaultError> {
        let subjects: Vec<Subject> = names.keys().cloned().collect();
        let found = self.store.find(subjects.clone(), NAME).await?;
        let mut new = Vec::new();
        for (subject, found) in subjects.iter().zip(&found) {
            if found.key.is_none() {
                new.push((subject.clone(), self.keys.new_person(subject)?));
            }
        }
        if new.is_empty() {
            return Ok(found);
        }
        self.store.add_keys(new).await?;
        // Read again instead of trusting the new ones: another process may have given the person a key first.
        Ok(self.store.find(subjects, NAME).await?)
    }

    /// The names that differ from what stands, sealed; nothing when a key is missing because its person was just erased.
    fn seal_changed(
        &self,
        names: &BTreeMap<Subject, String>,
        found: &[Found],
    ) -> Result<Option<Vec<SealedField>>, VaultError> {
        let mut fields = Vec::new();
        for ((subject, name), found) in names.iter().zip(found) {
            let Some(wrapped) = &found.key else { return Ok(None) };
            let key = self.keys.unwrap(subject, wrapped)?;
            let standing = found.sealed.as_ref().and_then(|sealed| key.open(subject, NAME, sealed).ok());
            if standing.as_ref() != Some(name) {
                fields.push(SealedField { key_id: wrapped.key_id, sealed: key.seal(subject, NAME, name)? });
            }
        }
        // One order for everybody, so that two servers writing the same people never wait for each other.
        fields.sort_by_key(|field| field.key_id);
        Ok(Some(fields))
    }

    fn name(&self, subject: &Subject, found: &Found) -> Result<Option<String>, VaultError> {
        let (Some(wrapped), Some(sealed)) = (&found.key, &found.sealed) else { return Ok(None) };
        self.keys.unwrap(subject, wrapped)?.open(subject, NAME, sealed).map(Some)
    }

    fn remembered(&self) -> MutexGuard<'_, HashSet<String>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether two texts name the same person. Blanks do not count: names are written with and without.
pub fn is_same_text(one: &str, other: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    letters(one) == letters(other)
}

fn subject(kind: &str, id: &str) -> Result<Subject, VaultError> {
    for text in [kind, id] {
        let characters = text.chars().count();
        if characters == 0 || characters > SUBJECT_CHARS_MAX || text.chars().any(char::is_control) {
            let what = "a person's kind and id have 1 to 128 characters and no control characters";
            return Err(VaultError::Input(what.into()));
        }
    }
    Ok(Subject { kind: kind.to_owned(), id: id.to_owned() })
}

fn checked(name: &str, subject: &Subject) -> Result<String, VaultError> {
    let name = name.trim();
    let why = match name.chars().count() {
        0 => "is blank".to_owned(),
        1..=NAME_CHARS_MAX => return Ok(name.to_owned()),
        _ => format!("is longer than {NAME_CHARS_MAX} characters"),
    };
    Err(VaultError::Input(format!("the name of {} {} {why}", subject.kind, subject.id)))
}
