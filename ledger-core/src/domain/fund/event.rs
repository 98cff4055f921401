//! What is recorded of a fund. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use super::command::FundTerms;
use crate::domain::event::V1;
use crate::domain::ids::{Actor, FundId, Key};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::statement::{Line, LineKind, LinesDigest};
use crate::domain::time::{BusinessTime, Month};

/// A fund was registered, or what is known of it changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundRecorded {
    /// When it was entered.
    pub at: BusinessTime,
    /// The fund's number (资金编号).
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
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The fund's number (资金编号).
    pub fund: FundId,
    /// The month that bears it, where the month in which it happened was confirmed already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// For which row.
    pub source: Key,
    /// Payload version.
    pub v: V1,
}

/// What had been set aside for a row is free again: the row was withdrawn, or the slip taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundReleased {
    /// How much, fen.
    pub amount: Fen,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// When it had been set aside: that month bears it.
    pub committed_at: BusinessTime,
    /// The fund's number (资金编号).
    pub fund: FundId,
    /// The month that bears it, where that one was confirmed already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// For which row.
    pub source: Key,
    /// Payload version.
    pub v: V1,
}

/// The statement of a fund's month was prepared, of the lines before this entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundStatementPrepared {
    /// What the lines come to, fen.
    pub amount: Fen,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The digest of its lines.
    pub digest: LinesDigest,
    /// 资金编号.
    pub fund: FundId,
    /// How many lines there are.
    pub lines: u32,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// Payload version.
    pub v: V1,
}

/// A second person confirmed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundStatementConfirmed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The digest of its lines.
    pub digest: LinesDigest,
    /// 资金编号.
    pub fund: FundId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// Payload version.
    pub v: V1,
}

/// The body paid what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundPaid {
    /// How much, fen.
    pub amount: Fen,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Recorded by whom: a third person.
    pub by: Actor,
    /// 资金编号.
    pub fund: FundId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// The payment's reference.
    pub reference: String,
    /// Payload version.
    pub v: V1,
}

impl FundCommitted {
    /// The month that bears it.
    pub fn borne_in(&self) -> Month {
        self.month.unwrap_or_else(|| self.at.month())
    }
}

impl FundReleased {
    /// The month that bears it.
    pub fn borne_in(&self) -> Month {
        self.month.unwrap_or_else(|| self.committed_at.month())
    }
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
        /// Money was freed.
        FundReleased(FundReleased) = "资金释放",
        /// The statement of a month was prepared.
        FundStatementPrepared(FundStatementPrepared) = "资金对账编制",
        /// It was confirmed.
        FundStatementConfirmed(FundStatementConfirmed) = "资金对账确认",
        /// The body paid it.
        FundPaid(FundPaid) = "资金支付",
    }
}

impl FundEvent {
    /// The statement, where one was prepared.
    pub const fn as_prepared(&self) -> Option<&FundStatementPrepared> {
        if let FundEvent::FundStatementPrepared(event) = self { Some(event) } else { None }
    }

    /// The payment, where one was recorded.
    pub const fn as_paid(&self) -> Option<&FundPaid> {
        if let FundEvent::FundPaid(event) = self { Some(event) } else { None }
    }

    /// The line that it is of a month's statement, with that month.
    pub fn line(&self) -> Option<(Month, Line)> {
        match self {
            FundEvent::FundCommitted(event) => {
                let FundCommitted { amount, at, source, .. } = event;
                let (kind, source) = (LineKind::Committed, source.clone());
                Some((event.borne_in(), Line { kind, source, at: *at, points: Points::ZERO, amount: *amount }))
            }
            FundEvent::FundReleased(event) => {
                let (kind, source, amount) = (LineKind::Released, event.source.clone(), -event.amount);
                Some((event.borne_in(), Line { kind, source, at: event.at, points: Points::ZERO, amount }))
            }
            FundEvent::FundRegistered(_)
            | FundEvent::FundUpdated(_)
            | FundEvent::FundStatementPrepared(_)
            | FundEvent::FundStatementConfirmed(_)
            | FundEvent::FundPaid(_) => None,
        }
    }

    /// The month that a statement or a payment is of.
    pub const fn month(&self) -> Option<Month> {
        match self {
            FundEvent::FundStatementPrepared(event) => Some(event.month),
            FundEvent::FundStatementConfirmed(event) => Some(event.month),
            FundEvent::FundPaid(event) => Some(event.month),
            FundEvent::FundRegistered(_)
            | FundEvent::FundUpdated(_)
            | FundEvent::FundCommitted(_)
            | FundEvent::FundReleased(_) => None,
        }
    }

    /// A payment's reference.
    pub fn reason(&self) -> Option<&str> {
        match self {
            FundEvent::FundPaid(event) => Some(&event.reference),
            FundEvent::FundRegistered(_)
            | FundEvent::FundUpdated(_)
            | FundEvent::FundCommitted(_)
            | FundEvent::FundReleased(_)
            | FundEvent::FundStatementPrepared(_)
            | FundEvent::FundStatementConfirmed(_) => None,
        }
    }
}
