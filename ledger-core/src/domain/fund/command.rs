//! What is asked of a fund, and the values it is asked with.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{FundId, Key};
use crate::domain::money::Fen;
use crate::domain::statement::Hand;
use crate::domain::time::{BusinessTime, Month};

/// A fund as a register has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundTerms {
    /// What was appropriated (金额), fen.
    pub appropriated: Fen,
    /// Who pays (责任单位).
    pub body: String,
    /// Where it comes from (来源类型).
    pub source: String,
    /// For which year (年度).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
}

/// Commands of a fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FundCommand {
    /// Register it, or bring it up to date.
    Register {
        /// When it is entered.
        at: BusinessTime,
        /// The fund's number (资金编号).
        fund: FundId,
        /// The particulars.
        terms: FundTerms,
    },
    /// Set money aside for a row.
    Commit {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// Money, in fen.
        amount: Fen,
        /// The fund's number (资金编号).
        fund: FundId,
        /// For which row.
        source: Key,
    },
    /// Free what was set aside for a row that does not stand any more.
    Release {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// Money, in fen.
        amount: Fen,
        /// When it had been set aside.
        committed_at: BusinessTime,
        /// The fund's number (资金编号).
        fund: FundId,
        /// For which row.
        source: Key,
    },
    /// Prepare the statement of a month.
    Prepare {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The fund's number (资金编号).
        fund: FundId,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The calendar month, in the zone of the district.
        month: Month,
    },
    /// Confirm the statement of a month.
    Confirm {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The fund's number (资金编号).
        fund: FundId,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The calendar month, in the zone of the district.
        month: Month,
    },
    /// Record that what a statement says was paid.
    Pay {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The fund's number (资金编号).
        fund: FundId,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The calendar month, in the zone of the district.
        month: Month,
        /// The payment's reference.
        reference: String,
    },
}
