//! What a place for the record of readers must offer; SQLite and Postgres each answer in a file of their own.

use async_trait::async_trait;

use crate::side_store::SideStoreError;

/// Bytes of an id.
pub(super) const ID_BYTES: usize = 16;

/// One read as it is stored.
#[derive(Debug, Clone)]
pub(super) struct StoredRead {
    /// Whose record; blank where everybody's was read.
    pub(super) worker: String,
    pub(super) id: [u8; ID_BYTES],
    pub(super) at_ms: i64,
    pub(super) reader: String,
    pub(super) role: String,
    pub(super) what: String,
}

#[async_trait]
pub(super) trait ReadStore: Send + Sync {
    /// Stores reads, all or none, durably.
    async fn add(&self, reads: Vec<StoredRead>) -> Result<(), SideStoreError>;

    /// Reads of a worker's record and of everybody's, newest first, before an id.
    async fn of(
        &self,
        worker: &str,
        before: Option<[u8; ID_BYTES]>,
        limit: usize,
    ) -> Result<Vec<StoredRead>, SideStoreError>;
}

/// A stored id in the length it must have.
pub(super) fn id(bytes: &[u8]) -> Result<[u8; ID_BYTES], SideStoreError> {
    let wrong = || SideStoreError::Unusable(format!("an id of {} bytes; the record was altered by hand", bytes.len()));
    bytes.try_into().map_err(|_| wrong())
}
