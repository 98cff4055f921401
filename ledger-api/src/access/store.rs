//! What a place for tokens must offer; SQLite and Postgres each answer in a file of their own.

use async_trait::async_trait;

use super::secret::SecretHash;
use crate::side_store::SideStoreError;

/// A token as it is stored. Role and scope are what it was asked for, and blank for a token of an account with whatever
/// that was granted.
pub(super) struct StoredToken {
    pub(super) id: String,
    pub(super) role: String,
    pub(super) scope: Option<String>,
    pub(super) name: String,
    pub(super) issued_at_ms: i64,
    pub(super) revoked_at_ms: Option<i64>,
    /// None for a token of an older program.
    pub(super) account: Option<String>,
    /// The last day on which it works.
    pub(super) until: Option<String>,
}

#[async_trait]
pub(super) trait TokenStore: Send + Sync {
    /// Adds a token; `false` when its id is taken already.
    async fn insert(&self, token: StoredToken, hash: SecretHash) -> Result<bool, SideStoreError>;

    /// The token of that digest, unless it was revoked.
    async fn find(&self, hash: SecretHash) -> Result<Option<StoredToken>, SideStoreError>;

    /// Every token, in the order of issue.
    async fn list(&self) -> Result<Vec<StoredToken>, SideStoreError>;

    /// Revokes for ever; `false` when there is no such id. Revoking again keeps the first time.
    async fn revoke(&self, id: &str, now_ms: i64) -> Result<bool, SideStoreError>;
}
