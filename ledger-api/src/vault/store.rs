//! What a place for sealed names must offer; SQLite and Postgres each answer in a file of their own. Nothing that
//! passes here is readable: keys are wrapped, fields are sealed.

use async_trait::async_trait;

use super::seal::KEY_ID_BYTES;
use crate::side_store::SideStoreError;

/// The id of a person's key.
pub(super) type KeyId = [u8; KEY_ID_BYTES];

/// Whom a key belongs to: a kind, such as `worker`, and an id of that kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) kind: String,
    pub(super) id: String,
}

/// A field of somebody: a name, a phone, a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) subject: Subject,
    pub(super) field: String,
}

/// A person's key as it is stored.
#[derive(Clone)]
pub(super) struct WrappedKey {
    pub(super) key_id: KeyId,
    pub(super) wrapped: Vec<u8>,
}

/// What is stored for a person.
#[derive(Clone, Default)]
pub(super) struct Found {
    pub(super) key: Option<WrappedKey>,
    pub(super) sealed: Option<Vec<u8>>,
}

/// A field to be stored.
#[derive(Clone)]
pub(super) struct SealedField {
    pub(super) key_id: KeyId,
    pub(super) field: String,
    pub(super) sealed: Vec<u8>,
    /// What it is found by; none for what nobody looks for.
    pub(super) token: Option<Vec<u8>>,
}

/// A field with whom it belongs to, as it is stored.
pub(super) struct Held {
    pub(super) subject: Subject,
    pub(super) key: WrappedKey,
    pub(super) field: String,
    pub(super) sealed: Vec<u8>,
}

#[async_trait]
pub(super) trait NameStore: Send + Sync {
    /// The check value of the district key, if one was ever used.
    async fn check(&self) -> Result<Option<String>, SideStoreError>;

    /// Stores the check value unless there is one, and answers the one that stands.
    async fn check_or_set(&self, value: &str) -> Result<String, SideStoreError>;

    /// The keys of those subjects and what is sealed in their places, one answer a place, in their order.
    async fn find(&self, places: Vec<Place>) -> Result<Vec<Found>, SideStoreError>;

    /// Gives each subject this key unless it has one already.
    async fn add_keys(&self, keys: Vec<(Subject, WrappedKey)>) -> Result<(), SideStoreError>;

    /// Stores all fields in one transaction, replacing what stands. `false`, and nothing stored, when one of the keys is
    /// no longer there because its person was erased in between. Key and field together are distinct.
    async fn put(&self, fields: Vec<SealedField>) -> Result<bool, SideStoreError>;

    /// Takes one field away; nothing happens where there is none.
    async fn remove(&self, place: Place) -> Result<(), SideStoreError>;

    /// Whose field of that name has this token.
    async fn with_token(&self, field: &str, token: Vec<u8>) -> Result<Vec<Subject>, SideStoreError>;

    /// Fields of a kind and name that have no token yet, as many as that.
    async fn without_token(&self, kind: &str, field: &str, limit: usize) -> Result<Vec<Held>, SideStoreError>;

    /// All that is held of a subject.
    async fn held_of(&self, subject: Subject) -> Result<Vec<Held>, SideStoreError>;

    /// All fields of a name that are held of a kind, those of subjects after one in the order of their ids.
    async fn held_of_kind(
        &self,
        kind: &str,
        field: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Held>, SideStoreError>;

    /// Deletes keys and everything sealed under them; how many there were.
    async fn erase(&self, keys: Vec<KeyId>) -> Result<u64, SideStoreError>;

    /// Remembers who was erased.
    async fn mark_erased(&self, token: Vec<u8>) -> Result<(), SideStoreError>;

    /// Which of these were erased.
    async fn erased_of(&self, tokens: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, SideStoreError>;

    /// Notes that an erasure is asked of the ledger, by the key of its command.
    async fn begin_erasure(&self, worker: &str, key: &str) -> Result<(), SideStoreError>;

    /// Erasures of which it is not known that they ended, as worker and key.
    async fn begun_erasures(&self) -> Result<Vec<(String, String)>, SideStoreError>;

    /// Notes that an erasure ended, one way or the other.
    async fn end_erasure(&self, worker: &str, key: &str) -> Result<(), SideStoreError>;
}

/// A stored key id in the length it must have.
pub(super) fn key_id(bytes: &[u8]) -> Result<KeyId, String> {
    bytes.try_into().map_err(|_| format!("a key id of {} bytes; the vault was altered by hand", bytes.len()))
}
