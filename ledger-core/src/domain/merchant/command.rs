//! The values that a merchant's commands are asked with.

use serde::{Deserialize, Serialize};

/// A merchant's particulars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantDetails {
    /// Line of business (类型), free text of the district.
    pub category: Option<String>,
    /// Its name: an organisation's, not a person's.
    pub name: String,
    /// Unified social credit code (统一社会信用代码).
    pub uscc: String,
}
