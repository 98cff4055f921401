//! What is recorded of a fund. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use super::command::FundTerms;
use crate::domain::event::V1;
use crate::domain::ids::{FundId, Key};
use crate::domain::money::Fen;
use crate::domain::time::BusinessTime;

/// A fund was registered, or what is known of it changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundRecorded {
    /// When it was entered.
    pub at: BusinessTime,
    /// Which.
    pub fund: FundId,
    /// The particulars.
    pub terms: FundTerms,
    /// Payload version.
    pub v: V1,
}

/// Money was set aside for what was granted or honoured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundCommitted {
    /// How much, fen.
    pub amount: Fen,
    /// When.
    pub at: BusinessTime,
    /// Which fund.
    pub fund: FundId,
    /// For which row.
    pub source: Key,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of a fund.
    FundEvent of fund: FundId {
        /// It was registered.
        FundRegistered(FundRecorded) = "资金登记",
        /// What is known of it changed.
        FundUpdated(FundRecorded) = "资金变更",
        /// Money was set aside.
        FundCommitted(FundCommitted) = "资金占用",
    }
}
