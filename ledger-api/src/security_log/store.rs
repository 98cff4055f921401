//! What a place for the security log must offer; SQLite and Postgres each answer in a file of their own.

use async_trait::async_trait;

use crate::side_store::SideStoreError;

/// Bytes of an id.
pub(super) const ID_BYTES: usize = 16;
/// Above every id there is.
pub(super) const NEWEST: [u8; ID_BYTES] = [0xff; ID_BYTES];

/// Refusals of one kind, as they are stored.
#[derive(Debug, Clone)]
pub(super) struct StoredRefusal {
    pub(super) id: [u8; ID_BYTES],
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) times: i64,
    pub(super) code: String,
    pub(super) who: String,
    pub(super) address: String,
    pub(super) route: String,
}

#[async_trait]
pub(super) trait RefusalStore: Send + Sync {
    /// Stores refusals, all or none, durably.
    async fn add(&self, refusals: Vec<StoredRefusal>) -> Result<(), SideStoreError>;

    /// Refusals, newest first, before an id; of one code where one is given.
    async fn newest(
        &self,
        before: [u8; ID_BYTES],
        code: &str,
        limit: usize,
    ) -> Result<Vec<StoredRefusal>, SideStoreError>;
}

/// A stored id in the length it must have.
pub(super) fn id(bytes: &[u8]) -> Result<[u8; ID_BYTES], SideStoreError> {
    let wrong = || SideStoreError::Unusable(format!("an id of {} bytes; the log was altered by hand", bytes.len()));
    bytes.try_into().map_err(|_| wrong())
}
