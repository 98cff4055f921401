//! What a place for sealed names must offer; SQLite and Postgres each answer in a file of their own. Nothing that
//! passes here is readable: keys are wrapped, fields are sealed.

use async_trait::async_trait;

use super::seal::KEY_ID_BYTES;
use crate::side_store::SideStoreError;

/// Whom a key belongs to: a kind, such as `worker`, and an id of that kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) kind: String,
    pub(super) id: String,
}

/// A person's key as it is stored.
#[derive(Clone)]
pub(super) struct WrappedKey {
    pub(super) key_id: [u8; KEY_ID_BYTES],
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
    pub(super) key_id: [u8; KEY_ID_BYTES],
    pub(super) sealed: Vec<u8>,
}

#[async_trait]
pub(super) trait NameStore: Send + Sync {
    /// The check value of the district key, if one was ever used.
    async fn check(&self) -> Result<Option<String>, SideStoreError>;

    /// Stores the check value unless there is one, and answers the one that stands.
    async fn check_or_set(&self, value: &str) -> Result<String, SideStoreError>;

    /// The keys of those subjects and what is sealed as `field`, one answer a subject, in their order.
    async fn find(&self, subjects: Vec<Subject>, field: &'static str) -> Result<Vec<Found>, SideStoreError>;

    /// Gives each subject this key unless it has one already.
    async fn add_keys(&self, keys: Vec<(Subject, WrappedKey)>) -> Result<(), SideStoreError>;

    /// Stores all fields in one transaction, replacing what stands. `false`, and nothing stored, when one of the keys is
    /// no longer there because its person was erased in between. The keys are distinct.
    async fn put(&self, fields: Vec<SealedField>, field: &'static str) -> Result<bool, SideStoreError>;

    /// Deletes the key and everything sealed under it; `false` when there was none.
    async fn erase(&self, subject: Subject) -> Result<bool, SideStoreError>;
}

/// A stored key id in the length it must have.
pub(super) fn key_id(bytes: &[u8]) -> Result<[u8; KEY_ID_BYTES], String> {
    bytes.try_into().map_err(|_| format!("a key id of {} bytes; the vault was altered by hand", bytes.len()))
}
