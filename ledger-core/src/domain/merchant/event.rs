//! What is recorded of a merchant. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use crate::domain::event::{Party, Subject, V1};
use crate::domain::ids::{Actor, DisputeId, Key, MerchantId, RedemptionId, StoreId};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::statement::{Line, LineKind, LinesDigest};
use crate::domain::time::{BusinessTime, Month};

/// A merchant joined, or its particulars changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MerchantRecorded {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Line of business (类型).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The merchant's id (商户编号).
    pub merchant: MerchantId,
    /// 商户名称.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Payload version.
    pub v: V1,
}

/// Goods of the merchant were handed over, or its voucher or service was honoured: the district owes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoucherHonoured {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The month that bears it, where the month in which it happened was confirmed already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// The claim, hundredths of points.
    pub points: Points,
    /// For which redemption.
    pub redemption: RedemptionId,
    /// At which store.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// A claim was taken back because its redemption was reversed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HonourReversed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The month the claim had been counted in, where that month was paid already and another one bears the correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_in: Option<Month>,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The month that bears it: the one the claim had been counted in, but for `claimed_in`.
    pub month: Month,
    /// The claim, hundredths of points.
    pub points: Points,
    /// For which redemption.
    pub redemption: RedemptionId,
    /// At which store.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// The district owes the merchant money: for a benefit that was used there, or a discount that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoneyClaimed {
    /// How much, fen; nothing where the merchant bears all of it.
    pub amount: Fen,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The month that bears it, where the month in which it happened was confirmed already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// For which row.
    pub source: Key,
    /// Payload version.
    pub v: V1,
}

/// A claim to money was taken back because its use was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoneyTakenBack {
    /// How much, fen; nothing where nothing was claimed.
    pub amount: Fen,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The month of the use, where that month was confirmed or paid already and another one bears the correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_in: Option<Month>,
    /// Which merchant.
    pub merchant: MerchantId,
    /// The month that bears it: the one of the use, but for `claimed_in`.
    pub month: Month,
    /// For which row.
    pub source: Key,
    /// Payload version.
    pub v: V1,
}

/// The district paid the merchant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettlementPaid {
    /// How much money, fen; where a statement was confirmed that names some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// By whom, where a statement was confirmed: by neither of those who prepared and confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The month settled.
    pub month: Month,
    /// How much, hundredths of points.
    pub points: Points,
    /// The payment's reference.
    pub reference: String,
    /// Payload version.
    pub v: V1,
}

/// A month's statement was prepared, of the lines before this entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatementPrepared {
    /// Its money, fen.
    pub amount: Fen,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The digest of its lines.
    pub digest: LinesDigest,
    /// How many they are.
    pub lines: u32,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// Its points, hundredths; less than nothing where more was taken back than claimed.
    pub points: Points,
    /// Payload version.
    pub v: V1,
}

/// The merchant said that a line is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatementDisputed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The dispute's name: the key of the command.
    pub dispute: DisputeId,
    /// Which line: its redemption, or its row.
    pub line: Key,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
}

/// Somebody with no part in it answered what was disputed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatementDisputeAnswered {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The key of the command that disputed.
    pub dispute: DisputeId,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Whether the merchant was right.
    pub upheld: bool,
    /// Payload version.
    pub v: V1,
}

/// A second person confirmed a month's statement. What happened in the month and comes later is borne by a month after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatementConfirmed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The digest of its lines.
    pub digest: LinesDigest,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// Payload version.
    pub v: V1,
}

/// The merchant looked a prepared statement over and found it right (确认无误). It takes nobody's place of the three who
/// settle a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatementAcknowledged {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The digest of the lines that were found right.
    pub digest: LinesDigest,
    /// 商户编号.
    pub merchant: MerchantId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// Payload version.
    pub v: V1,
}

impl VoucherHonoured {
    /// The month that bears it.
    pub fn borne_in(&self) -> Month {
        self.month.unwrap_or_else(|| self.at.month())
    }
}

impl MoneyClaimed {
    /// The month that bears it.
    pub fn borne_in(&self) -> Month {
        self.month.unwrap_or_else(|| self.at.month())
    }
}

events! {
    /// Events of a merchant.
    MerchantEvent of merchant: MerchantId {
        /// It joined.
        MerchantRegistered(MerchantRecorded) = "商户登记",
        /// Its particulars changed.
        MerchantUpdated(MerchantRecorded) = "商户变更",
        /// It has a claim.
        VoucherHonoured(VoucherHonoured) = "兑付",
        /// A claim was taken back.
        HonourReversed(HonourReversed) = "兑付冲正",
        /// It has a claim to money.
        MoneyClaimed(MoneyClaimed) = "补贴应付",
        /// A claim to money was taken back.
        MoneyTakenBack(MoneyTakenBack) = "补贴冲正",
        /// It was paid.
        SettlementPaid(SettlementPaid) = "商户结算",
        /// A month's statement was prepared.
        StatementPrepared(StatementPrepared) = "对账单编制",
        /// A line of it was disputed.
        StatementDisputed(StatementDisputed) = "对账异议",
        /// What was disputed was answered.
        StatementDisputeAnswered(StatementDisputeAnswered) = "对账异议答复",
        /// It was confirmed.
        StatementConfirmed(StatementConfirmed) = "对账单确认",
        /// The merchant found it right.
        StatementAcknowledged(StatementAcknowledged) = "商户确认无误",
    }
}

impl MerchantEvent {
    /// The redemption that the claim is for, or the month that is paid.
    pub const fn subject(&self) -> Option<Subject<'_>> {
        match self {
            MerchantEvent::VoucherHonoured(event) => Some(Subject::Redemption(&event.redemption)),
            MerchantEvent::HonourReversed(event) => Some(Subject::Redemption(&event.redemption)),
            MerchantEvent::SettlementPaid(event) => Some(Subject::Month(event.month)),
            MerchantEvent::StatementPrepared(event) => Some(Subject::Month(event.month)),
            MerchantEvent::StatementDisputed(event) => Some(Subject::Month(event.month)),
            MerchantEvent::StatementAcknowledged(event) => Some(Subject::Month(event.month)),
            MerchantEvent::StatementDisputeAnswered(event) => Some(Subject::Month(event.month)),
            MerchantEvent::StatementConfirmed(event) => Some(Subject::Month(event.month)),
            MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => None,
        }
    }

    /// The store at which the claim arose.
    pub const fn party(&self) -> Option<Party<'_>> {
        match self {
            MerchantEvent::VoucherHonoured(event) => Some(Party::Store(&event.store)),
            MerchantEvent::HonourReversed(event) => Some(Party::Store(&event.store)),
            MerchantEvent::SettlementPaid(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => None,
        }
    }

    /// A payment's reference, or what was said for and against a line.
    pub fn reason(&self) -> Option<&str> {
        match self {
            MerchantEvent::SettlementPaid(event) => Some(&event.reference),
            MerchantEvent::StatementDisputed(event) => Some(&event.reason),
            MerchantEvent::StatementDisputeAnswered(event) => Some(&event.reason),
            MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => None,
        }
    }

    /// What it adds to the merchant's claims (less than nothing for what is taken back), and what it pays.
    pub fn claimed_and_paid(&self) -> (Points, Points) {
        match self {
            MerchantEvent::VoucherHonoured(event) => (event.points, Points::ZERO),
            MerchantEvent::HonourReversed(event) => (Points::ZERO - event.points, Points::ZERO),
            MerchantEvent::SettlementPaid(event) => (Points::ZERO, event.points),
            MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => (Points::ZERO, Points::ZERO),
        }
    }

    /// The particulars, at the beginning or later.
    pub const fn as_particulars(&self) -> Option<&MerchantRecorded> {
        match self {
            MerchantEvent::MerchantRegistered(event) | MerchantEvent::MerchantUpdated(event) => Some(event),
            MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::SettlementPaid(_) => None,
        }
    }

    /// The statement, where one was prepared.
    pub const fn as_prepared(&self) -> Option<&StatementPrepared> {
        if let MerchantEvent::StatementPrepared(event) = self { Some(event) } else { None }
    }

    /// The dispute, where a line was disputed.
    pub const fn as_disputed(&self) -> Option<&StatementDisputed> {
        if let MerchantEvent::StatementDisputed(event) = self { Some(event) } else { None }
    }

    /// The claim to money that was taken back, where one was.
    pub const fn as_money_taken_back(&self) -> Option<&MoneyTakenBack> {
        if let MerchantEvent::MoneyTakenBack(event) = self { Some(event) } else { None }
    }

    /// The merchant's word, where a statement was found right.
    pub const fn as_acknowledged(&self) -> Option<&StatementAcknowledged> {
        if let MerchantEvent::StatementAcknowledged(event) = self { Some(event) } else { None }
    }

    /// The line that it is of a month's statement, with that month.
    pub fn line(&self) -> Option<(Month, Line)> {
        match self {
            MerchantEvent::VoucherHonoured(event) => {
                let VoucherHonoured { at, points, redemption, .. } = event;
                let (kind, source) = (LineKind::Honoured, redemption.into());
                Some((event.borne_in(), Line { kind, source, at: *at, points: *points, amount: Fen::ZERO }))
            }
            MerchantEvent::HonourReversed(event) => {
                let HonourReversed { at, month, points, redemption, .. } = event;
                let (kind, points) = (LineKind::TakenBack, Points::ZERO - *points);
                Some((*month, Line { kind, source: redemption.into(), at: *at, points, amount: Fen::ZERO }))
            }
            MerchantEvent::MoneyClaimed(event) => {
                let MoneyClaimed { amount, at, source, .. } = event;
                let (kind, source) = (LineKind::Money, source.clone());
                Some((event.borne_in(), Line { kind, source, at: *at, points: Points::ZERO, amount: *amount }))
            }
            MerchantEvent::MoneyTakenBack(event) => {
                let MoneyTakenBack { amount, at, month, source, .. } = event;
                let (kind, source) = (LineKind::MoneyTakenBack, source.clone());
                Some((*month, Line { kind, source, at: *at, points: Points::ZERO, amount: -*amount }))
            }
            MerchantEvent::SettlementPaid(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => None,
        }
    }
}
