//! The vault of names: the one place where a person's name stands, sealed under a key of that person's own.
//!
//! Owns names and pseudonyms. Events carry ids and pseudonyms alone, so deleting a person's key deletes the person while
//! every sum and proof stays. Who may read a name, and the record of who did, is decided where it is asked, in `service`.
//!
//! ```text
//! district key (environment or key file) ─ wraps → person key (one a person, random) ─ seals → name, phone, texts
//! ```
//!
//! Nothing here logs a name, a text or a key. Older backups still hold the keys of whoever was erased since: they are
//! deleted again whenever a vault is opened ([`erased`]).

mod erased;
mod key;
mod postgres;
mod seal;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ledger_core::domain::ids::WorkerId;
use ledger_core::journal::url::JournalUrl;

pub use key::KeySource;
pub use texts::{is_reference, short};

use crate::side_store::SideStoreError;
use crate::side_store::rows::Store;
use erased::ErasedKeys;
use postgres::PostgresNames;
use seal::DistrictKeys;
use sqlite::SqliteNames;
use store::{Found, Held, NameStore, Place, SealedField, Subject};

/// The kind of a worker; the id is the worker's.
pub const WORKER: &str = "worker";
/// The kind of an account; the id is the account's.
pub const ACCOUNT: &str = "account";
/// The kind of a witness (证明人); the id is the pseudonym.
pub const WITNESS: &str = "witness";
/// The kind of a store, for texts about it; the id is the store's.
pub const STORE_TEXTS: &str = "store";
/// The kind of a credit, redemption or hold of which nobody knew yet whose it is when a text about it came; the id is its
/// name.
pub const CASE: &str = "case";

/// Longest name or witness's text, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest kind or id, in characters; as long as the longest identifier of an event.
const SUBJECT_CHARS_MAX: usize = 128;

const NAME: &str = "name";
const PHONE: &str = "phone";
/// Whom the hashes of erased persons are made for.
const ERASED: &str = "erased";

/// Longest phone number, in digits.
const PHONE_DIGITS_MAX: usize = 15;
/// Shortest one.
const PHONE_DIGITS_MIN: usize = 5;

/// Fields that are read and written at once where a whole kind is gone through.
const AT_ONCE_MAX: usize = 2_000;

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
    erased: ErasedKeys,
    /// Whether everything that is looked for has a token: names kept by an older program get theirs at the first search.
    searchable: tokio::sync::OnceCell<()>,
}

/// What is kept of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// None where none is kept, or it was erased.
    pub name: Option<String>,
    /// The phone, in digits.
    pub phone: Option<String>,
}

/// A change of what is kept of somebody; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonChange {
    /// The name; `Some(None)` takes it away.
    pub name: Option<Option<String>>,
    /// The phone; `Some(None)` takes it away.
    pub phone: Option<Option<String>>,
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
        /// The id, as it stands in the journal.
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
        let erased = ErasedKeys::of(url);
        // Before anything is told: what was brought back from a backup may hold whom somebody asked to forget.
        let again = store.erase(erased.keys()?).await?;
        if again > 0 {
            tracing::warn!(
                persons = again,
                "persons that had been erased came back with a backup; they are erased again"
            );
        }
        Ok(Vault { store, keys, remembered: Mutex::default(), erased, searchable: tokio::sync::OnceCell::new() })
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
            names.insert(Place { subject, field: NAME.to_owned() }, name);
        }
        let erased = self.erased_among(names.keys().map(|place| &place.subject)).await?;
        // A sheet that still lists somebody who was forgotten brings nobody's name back.
        names.retain(|place, _| !erased.contains(&self.erasure_token(&place.subject)));
        self.put(names).await
    }

    fn erasure_token(&self, subject: &Subject) -> Vec<u8> {
        self.keys.token(&subject.kind, ERASED, &subject.id)
    }

    async fn erased_among(&self, subjects: impl Iterator<Item = &Subject>) -> Result<HashSet<Vec<u8>>, VaultError> {
        let tokens: Vec<Vec<u8>> = subjects.map(|subject| self.erasure_token(subject)).collect();
        if tokens.is_empty() {
            return Ok(HashSet::new());
        }
        Ok(self.store.erased_of(tokens).await?.into_iter().collect())
    }

    /// Whether a worker was forgotten.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn is_erased(&self, worker: &str) -> Result<bool, VaultError> {
        Ok(!self.erased_among(std::iter::once(&subject(WORKER, worker)?)).await?.is_empty())
    }

    /// Notes that forgetting a worker is asked of the ledger, by its command's key: whatever happens in between, it is
    /// finished later.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn begin_erasure(&self, worker: &str, key: &str) -> Result<(), VaultError> {
        Ok(self.store.begin_erasure(worker, key).await?)
    }

    /// What [`Vault::begin_erasure`] noted and nobody ended, as worker and key.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn begun_erasures(&self) -> Result<Vec<(String, String)>, VaultError> {
        Ok(self.store.begun_erasures().await?)
    }

    /// Ends what [`Vault::begin_erasure`] noted.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn end_erasure(&self, worker: &str, key: &str) -> Result<(), VaultError> {
        Ok(self.store.end_erasure(worker, key).await?)
    }

    /// Remembers that a worker was forgotten: no name and no phone is kept for that id again.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn mark_erased(&self, worker: &str) -> Result<(), VaultError> {
        Ok(self.store.mark_erased(self.erasure_token(&subject(WORKER, worker)?)).await?)
    }

    /// Changes what is kept of a worker.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn change_person(&self, worker: &str, change: &PersonChange) -> Result<(), VaultError> {
        let subject = subject(WORKER, worker)?;
        let place = |field: &str| Place { subject: subject.clone(), field: field.to_owned() };
        let mut kept = BTreeMap::new();
        if let Some(Some(name)) = &change.name {
            kept.insert(place(NAME), checked(name, &subject)?);
        }
        if let Some(Some(phone)) = &change.phone {
            let digits = phone_digits(phone).ok_or_else(|| VaultError::Input("the phone is no phone number".into()))?;
            kept.insert(place(PHONE), digits);
        }
        // Both are checked before either is taken away.
        for (taken, field) in [(&change.name, NAME), (&change.phone, PHONE)] {
            if *taken == Some(None) {
                self.store.remove(place(field)).await?;
            }
        }
        self.put(kept).await
    }

    /// What is kept of a worker.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn person(&self, worker: &str) -> Result<Person, VaultError> {
        let subject = subject(WORKER, worker)?;
        let places = [NAME, PHONE].map(|field| Place { subject: subject.clone(), field: field.to_owned() });
        let mut kept = self.read(&places).await?.into_iter();
        Ok(Person { name: kept.next().flatten(), phone: kept.next().flatten() })
    }

    /// The workers of that whole name and phone, whichever of the two is given; none where none is.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn search(&self, name: Option<&str>, phone: Option<&str>) -> Result<Vec<String>, VaultError> {
        self.searchable.get_or_try_init(|| self.make_searchable()).await?;
        let phone = match phone {
            // What is no phone number is nobody's.
            Some(phone) => match phone_digits(phone) {
                Some(digits) => Some(digits),
                None => return Ok(Vec::new()),
            },
            None => None,
        };
        let mut found: Option<Vec<String>> = None;
        for (field, text) in [(NAME, name.map(str::to_owned)), (PHONE, phone)] {
            let Some(token) = text.and_then(|text| self.token(WORKER, field, &text)) else { continue };
            let subjects = self.store.with_token(field, token).await?;
            let ids: Vec<String> =
                subjects.into_iter().filter(|subject| subject.kind == WORKER).map(|subject| subject.id).collect();
            found = Some(match found {
                Some(before) => before.into_iter().filter(|id| ids.contains(id)).collect(),
                None => ids,
            });
        }
        Ok(found.unwrap_or_default())
    }

    /// What a field is found by; none for what nobody looks for. Blanks in a name do not count.
    fn token(&self, kind: &str, field: &str, text: &str) -> Option<Vec<u8>> {
        let looked_for = kind == WORKER && (field == NAME || field == PHONE);
        looked_for.then(|| self.keys.token(kind, field, &letters(text)))
    }

    async fn make_searchable(&self) -> Result<(), VaultError> {
        for field in [NAME, PHONE] {
            loop {
                let held = self.store.without_token(WORKER, field, AT_ONCE_MAX).await?;
                if held.is_empty() {
                    break;
                }
                let mut fields = Vec::with_capacity(held.len());
                for held in held {
                    // What was altered is found by nobody; it must not be met again and again.
                    let text = self.open_held(&held).unwrap_or_default();
                    let token = self.token(WORKER, field, &text);
                    let Held { key, field, sealed, .. } = held;
                    fields.push(SealedField { key_id: key.key_id, field, sealed, token });
                }
                fields.sort_by_key(|field| field.key_id);
                // Where somebody was erased in between, what is left is asked for again.
                self.store.put(fields).await?;
            }
        }
        Ok(())
    }

    fn open_held(&self, held: &Held) -> Result<String, VaultError> {
        self.keys.unwrap(&held.subject, &held.key)?.open(&held.subject, &held.field, &held.sealed)
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
        let place = |(kind, id): &(K, I)| {
            subject(kind.as_ref(), id.as_ref()).map(|subject| Place { subject, field: NAME.to_owned() })
        };
        let places: Vec<Place> = batch.iter().map(place).collect::<Result<_, _>>()?;
        self.read(&places).await
    }

    async fn read(&self, places: &[Place]) -> Result<Vec<Option<String>>, VaultError> {
        let found = self.store.find(places.to_vec()).await?;
        places.iter().zip(&found).map(|(place, found)| self.opened(place, found)).collect()
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
        Ok(self.erase_all(&[(kind, id)]).await? > 0)
    }

    /// Deletes keys of many, each as (kind, id), with everything sealed under them; how many there were. Their random ids
    /// are put down first, in the list that no backup takes along: a key that comes back is deleted again.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn erase_all<K, I>(&self, batch: &[(K, I)]) -> Result<u64, VaultError>
    where
        K: AsRef<str> + Sync,
        I: AsRef<str> + Sync,
    {
        let place = |(kind, id): &(K, I)| {
            subject(kind.as_ref(), id.as_ref()).map(|subject| Place { subject, field: NAME.to_owned() })
        };
        let places: Vec<Place> = batch.iter().map(place).collect::<Result<_, _>>()?;
        let found = self.store.find(places).await?;
        let keys: Vec<_> = found.into_iter().filter_map(|found| found.key).map(|key| key.key_id).collect();
        self.erased.put_down(&keys)?;
        let erased = self.store.erase(keys).await?;
        let mut remembered = self.remembered();
        for (_, id) in batch {
            remembered.remove(id.as_ref());
        }
        drop(remembered);
        Ok(erased)
    }

    /// The witnesses (证明人) whose text names a person: by id, or by name with blanks or without.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn witnesses_named(&self, names: &[&str]) -> Result<Vec<String>, VaultError> {
        let (mut after, mut named) = (String::new(), Vec::new());
        loop {
            let held = self.store.held_of_kind(WITNESS, NAME, &after, AT_ONCE_MAX).await?;
            let Some(last) = held.last() else { return Ok(named) };
            after.clone_from(&last.subject.id);
            for held in held {
                // One that was altered names nobody any more.
                let Ok(text) = self.open_held(&held) else { continue };
                if names.iter().any(|name| is_same_text(&text, name)) {
                    named.push(held.subject.id);
                }
            }
        }
    }

    /// What stands in events for a free text that names a person, such as a witness's: always the same for the same text
    /// and kind, with no way back but the vault. Blanks around the text do not count.
    pub fn pseudonym(&self, kind: &str, text: &str) -> String {
        self.keys.pseudonym(kind, text.trim())
    }

    /// A code of parts that only servers of this journal can make, for proofs at the counter: of a key of its own, derived
    /// from the district key, so that all servers of a journal make the same and no database holds it.
    pub fn counter_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.keys.counter_mac(parts)
    }

    /// Whether a code is the beginning of what [`Vault::counter_mac`] makes of these parts.
    pub fn begins_counter_mac(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        self.keys.begins_counter_mac(parts, code)
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
                new.insert(Place { subject, field: NAME.to_owned() }, text);
            }
            pseudonyms.push(pseudonym);
        }
        if new.is_empty() {
            return Ok(pseudonyms);
        }
        let stored: Vec<String> = new.keys().map(|place| place.subject.id.clone()).collect();
        self.put(new).await?;
        let mut remembered = self.remembered();
        if remembered.len() + stored.len() > REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.extend(stored);
        Ok(pseudonyms)
    }

    async fn put(&self, kept: BTreeMap<Place, String>) -> Result<(), VaultError> {
        if kept.is_empty() {
            return Ok(());
        }
        for tried in 0..TRIES_MAX {
            tokio::time::sleep(Duration::from_millis(tried)).await;
            let found = self.find_or_add_keys(kept.keys().cloned().collect()).await?;
            let Some(fields) = self.seal_changed(&kept, &found)? else { continue };
            if fields.is_empty() || self.store.put(fields).await? {
                return Ok(());
            }
        }
        Err(being_erased())
    }

    async fn find_or_add_keys(&self, places: Vec<Place>) -> Result<Vec<Found>, VaultError> {
        let found = self.store.find(places.clone()).await?;
        let mut new = BTreeMap::new();
        for (place, found) in places.iter().zip(&found) {
            if found.key.is_none() && !new.contains_key(&place.subject) {
                new.insert(place.subject.clone(), self.keys.new_person(&place.subject)?);
            }
        }
        if new.is_empty() {
            return Ok(found);
        }
        self.store.add_keys(new.into_iter().collect()).await?;
        // Read again instead of trusting the new ones: another process may have given the person a key first.
        Ok(self.store.find(places).await?)
    }

    /// What differs from what stands, sealed; nothing when a key is missing because its person was just erased.
    fn seal_changed(
        &self,
        kept: &BTreeMap<Place, String>,
        found: &[Found],
    ) -> Result<Option<Vec<SealedField>>, VaultError> {
        let mut fields = Vec::new();
        for ((Place { subject, field }, text), found) in kept.iter().zip(found) {
            let Some(wrapped) = &found.key else { return Ok(None) };
            let key = self.keys.unwrap(subject, wrapped)?;
            let standing = found.sealed.as_ref().and_then(|sealed| key.open(subject, field, sealed).ok());
            if standing.as_ref() != Some(text) {
                let sealed = key.seal(subject, field, text)?;
                let token = self.token(&subject.kind, field, text);
                fields.push(SealedField { key_id: wrapped.key_id, field: field.clone(), sealed, token });
            }
        }
        // One order for everybody, so that two servers writing the same people never wait for each other.
        fields.sort_by(|one, other| (one.key_id, &one.field).cmp(&(other.key_id, &other.field)));
        Ok(Some(fields))
    }

    fn opened(&self, place: &Place, found: &Found) -> Result<Option<String>, VaultError> {
        let Place { subject, field } = place;
        let (Some(wrapped), Some(sealed)) = (&found.key, &found.sealed) else { return Ok(None) };
        self.keys.unwrap(subject, wrapped)?.open(subject, field, sealed).map(Some)
    }

    fn remembered(&self) -> MutexGuard<'_, HashSet<String>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether two texts name the same person. Blanks do not count: names are written with and without.
pub fn is_same_text(one: &str, other: &str) -> bool {
    letters(one) == letters(other)
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// A phone number in digits: blanks, dashes, brackets, full-width digits and the country's 86 do not count.
fn phone_digits(text: &str) -> Option<String> {
    let mut digits = String::new();
    for letter in text.trim().chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            '０'..='９' => digits.extend(char::from_digit(u32::from(letter) - u32::from('０'), 10)),
            '+' | '-' | '(' | ')' | '（' | '）' | '－' => {}
            letter if letter.is_whitespace() => {}
            _ => return None,
        }
    }
    let mobile = digits.strip_prefix("86").filter(|rest| rest.len() == 11 && rest.starts_with('1'));
    let digits = mobile.map(str::to_owned).unwrap_or(digits);
    (PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&digits.len()).then_some(digits)
}

fn being_erased() -> VaultError {
    SideStoreError::Unavailable("persons are being erased while their names are written; try again".into()).into()
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
