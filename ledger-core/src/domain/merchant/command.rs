//! What may be asked of a merchant.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{MerchantId, RedemptionId, StoreId};
use crate::domain::points::Points;
use crate::domain::time::{BusinessTime, Month};

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

/// Commands of a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MerchantCommand {
    /// Register, or bring the particulars up to date.
    Register {
        /// When.
        at: BusinessTime,
        /// Which.
        merchant: MerchantId,
        /// Its particulars.
        details: MerchantDetails,
        /// Whether an existing merchant is updated (a sheet) or refused (the API).
        update: bool,
    },
    /// Count a claim for goods handed over or a voucher honoured.
    Honour {
        /// When.
        at: BusinessTime,
        /// The claim in points.
        points: Points,
        /// For which redemption.
        redemption: RedemptionId,
        /// Where.
        store: StoreId,
    },
    /// Take a claim back.
    ReverseHonour {
        /// When.
        at: BusinessTime,
        /// The month the claim was counted in.
        month: Month,
        /// The claim in points.
        points: Points,
        /// For which redemption.
        redemption: RedemptionId,
        /// Where.
        store: StoreId,
    },
    /// Record a payment.
    Pay {
        /// When.
        at: BusinessTime,
        /// The month it settles.
        month: Month,
        /// How much of what is owed, in points.
        points: Points,
        /// The payment's reference, such as a voucher number.
        reference: String,
    },
}
