//! The rules of a merchant: what is owed is what was honoured less what was paid, month by month; what a month was paid
//! beyond its claims is carried to the months after it. A month whose statement was confirmed stays as it is.

use super::command::MerchantDetails;
use super::event::{
    HonourReversed, MerchantEvent, MerchantRecorded, MoneyClaimed, MoneyTakenBack, SettlementPaid,
    StatementAcknowledged, StatementConfirmed, StatementDisputeAnswered, StatementDisputed, StatementPrepared,
    VoucherHonoured,
};
use super::state::Merchant;
use super::uscc::is_uscc;
use crate::domain::event::V1;
use crate::domain::ids::{DisputeId, Key, MerchantId, RedemptionId, StoreId};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::statement::{Hand, LinesDigest, not_yet, require_preparable, require_prepared};
use crate::domain::time::{BusinessTime, Month};

/// Commands of a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MerchantCommand {
    /// Register, or bring the particulars up to date.
    Register {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The merchant's id (商户编号).
        merchant: MerchantId,
        /// Its particulars.
        details: MerchantDetails,
        /// Whether an existing merchant is updated (a sheet) or refused (the API).
        update: bool,
    },
    /// Count a claim for goods handed over or a voucher honoured.
    Honour {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The claim in points.
        points: Points,
        /// For which redemption.
        redemption: RedemptionId,
        /// The store's id (网点编号).
        store: StoreId,
    },
    /// Take a claim back.
    ReverseHonour {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The month the claim was counted in.
        month: Month,
        /// The claim in points.
        points: Points,
        /// For which redemption.
        redemption: RedemptionId,
        /// The store's id (网点编号).
        store: StoreId,
    },
    /// Count a claim to money.
    ClaimMoney {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// Money, in fen.
        amount: Fen,
        /// For which row.
        source: Key,
    },
    /// Take a claim to money back.
    TakeBackMoney {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// Money, in fen.
        amount: Fen,
        /// The month of the use.
        month: Month,
        /// For which row.
        source: Key,
    },
    /// Record a payment.
    Pay {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The month it settles.
        month: Month,
        /// How much of what is owed, in points.
        points: Points,
        /// How much money, where a statement that names some was confirmed.
        amount: Option<Fen>,
        /// The payment's reference, such as a voucher number.
        reference: String,
        /// Who pays.
        hand: Hand,
    },
    /// Prepare a month's statement.
    Prepare {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The calendar month, in the zone of the district.
        month: Month,
    },
    /// Say that a line is wrong.
    Dispute {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The calendar month, in the zone of the district.
        month: Month,
        /// The dispute's name.
        dispute: DisputeId,
        /// The redemption's, voucher's or slip's number.
        line: Key,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Say that a prepared statement is right.
    Acknowledge {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The calendar month, in the zone of the district.
        month: Month,
        /// The digest of the lines that were looked over, where whoever asks tells it.
        digest: Option<LinesDigest>,
    },
    /// Answer what was disputed.
    Answer {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The calendar month, in the zone of the district.
        month: Month,
        /// The key of the command that disputed.
        dispute: DisputeId,
        /// Whether the merchant was right.
        upheld: bool,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Confirm a month's statement.
    Confirm {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The calendar month, in the zone of the district.
        month: Month,
    },
}

/// How a refusal names a statement.
fn named(merchant: &MerchantId, month: Month) -> String {
    format!("the statement of {merchant} for {month}")
}

impl Merchant {
    /// Decides a command of the merchant `id`.
    ///
    /// # Errors
    /// `unknown_merchant`; `invalid_input` for an existing merchant; `invalid_quantity` for a payment of nothing or
    /// of more than is still owed, for the month and in all; `invalid_amount` for money beyond what is owed by a statement;
    /// of a statement `outside_window`, `not_found`, `already_decided`, `same_person`.
    pub fn decide(&self, id: &MerchantId, command: MerchantCommand) -> Decision<Vec<MerchantEvent>> {
        if !self.exists() && !matches!(command, MerchantCommand::Register { .. }) {
            return Err(Refusal::new(Code::UnknownMerchant, format!("no merchant {id}; register it first")));
        }
        let merchant = id.clone();
        match command {
            MerchantCommand::Register { at, details, update, .. } => self.register(merchant, at, details, update),
            MerchantCommand::Honour { at, points, redemption, store } => {
                Ok(vec![MerchantEvent::VoucherHonoured(VoucherHonoured {
                    at,
                    merchant,
                    month: self.borne_later(at),
                    points,
                    redemption,
                    store,
                    v: V1,
                })])
            }
            MerchantCommand::ReverseHonour { at, month: claimed_in, points, redemption, store } => {
                let left = self.month(claimed_in).map_or(Points::ZERO, |account| account.honoured - account.paid);
                // A month that was paid or confirmed is closed: the correction lowers what is paid next.
                let bears = points <= left && self.bearing(claimed_in) == claimed_in;
                let month = if bears { claimed_in } else { self.bearing(at.month().max(claimed_in)) };
                Ok(vec![MerchantEvent::HonourReversed(HonourReversed {
                    at,
                    claimed_in: Some(claimed_in).filter(|claimed_in| *claimed_in != month),
                    merchant,
                    month,
                    points,
                    redemption,
                    store,
                    v: V1,
                })])
            }
            MerchantCommand::ClaimMoney { at, amount, source } => {
                let month = self.borne_later(at);
                Ok(vec![MerchantEvent::MoneyClaimed(MoneyClaimed { amount, at, merchant, month, source, v: V1 })])
            }
            MerchantCommand::TakeBackMoney { at, amount, month: claimed_in, source } => {
                // As for points: what was confirmed or cannot bear it stays, and the next payment is smaller.
                let bears = amount <= self.money_left(claimed_in) && self.bearing(claimed_in) == claimed_in;
                let month = if bears { claimed_in } else { self.bearing(at.month().max(claimed_in)) };
                Ok(vec![MerchantEvent::MoneyTakenBack(MoneyTakenBack {
                    amount,
                    at,
                    claimed_in: Some(claimed_in).filter(|claimed_in| *claimed_in != month),
                    merchant,
                    month,
                    source,
                    v: V1,
                })])
            }
            MerchantCommand::Pay { at, month, points, amount, reference, hand } => {
                let statement = self.statement(month);
                if let Some(statement) = statement {
                    statement.require_payable(&named(id, month), &hand)?;
                }
                self.require_money_owed(id, month, amount)?;
                let by = statement.map(|_| hand.by);
                let (owed, in_all) = (self.owed_for(month), self.owed());
                let nothing_of_both = points.is_zero() && amount.is_some();
                if (!points.is_positive() && !nothing_of_both) || points > owed.min(in_all).max(Points::ZERO) {
                    let message = format!(
                        "{points} points cannot be paid: {merchant} is owed {owed} for {month}, {in_all} in all"
                    );
                    return Err(Refusal::new(Code::InvalidQuantity, message));
                }
                Ok(vec![MerchantEvent::SettlementPaid(SettlementPaid {
                    amount,
                    at,
                    by,
                    merchant,
                    month,
                    points,
                    reference,
                    v: V1,
                })])
            }
            MerchantCommand::Prepare { at, hand, month } => {
                let sums = self.month(month).map(|account| account.sums).unwrap_or_default();
                require_preparable(self.statement(month), &named(id, month), at, month, &sums)?;
                Ok(vec![MerchantEvent::StatementPrepared(StatementPrepared {
                    amount: sums.amount,
                    at,
                    by: hand.by,
                    digest: sums.digest,
                    lines: sums.lines,
                    merchant,
                    month,
                    points: sums.points,
                    v: V1,
                })])
            }
            MerchantCommand::Dispute { at, hand, month, dispute, line, reason } => {
                let statement = require_prepared(self.statement(month), &named(id, month))?;
                statement.require_unconfirmed(&named(id, month))?;
                let mut open = statement.disputes.values().filter(|open| open.answer.is_none());
                if open.any(|open| open.line == line) {
                    let message = format!("line {line} is disputed already and waits for an answer");
                    return Err(Refusal::new(Code::AlreadyDecided, message));
                }
                let by = hand.by;
                let disputed = StatementDisputed { at, by, dispute, line, merchant, month, reason, v: V1 };
                Ok(vec![MerchantEvent::StatementDisputed(disputed)])
            }
            MerchantCommand::Acknowledge { at, hand, month, digest } => {
                let sums = self.month(month).map(|account| account.sums).unwrap_or_default();
                let statement = require_prepared(self.statement(month), &named(id, month))?;
                statement.require_acknowledgeable(&named(id, month), &sums, digest)?;
                let (by, digest) = (hand.by, sums.digest);
                let acknowledged = StatementAcknowledged { at, by, digest, merchant, month, v: V1 };
                Ok(vec![MerchantEvent::StatementAcknowledged(acknowledged)])
            }
            MerchantCommand::Answer { at, hand, month, dispute, upheld, reason } => {
                let statement = require_prepared(self.statement(month), &named(id, month))?;
                statement.require_answerable(&named(id, month), &dispute, &hand)?;
                let by = hand.by;
                let answered = StatementDisputeAnswered { at, by, dispute, merchant, month, reason, upheld, v: V1 };
                Ok(vec![MerchantEvent::StatementDisputeAnswered(answered)])
            }
            MerchantCommand::Confirm { at, hand, month } => {
                let sums = self.month(month).map(|account| account.sums).unwrap_or_default();
                require_prepared(self.statement(month), &named(id, month))?.require_confirmable(
                    &named(id, month),
                    &hand,
                    &sums,
                )?;
                let (by, digest) = (hand.by, sums.digest);
                Ok(vec![MerchantEvent::StatementConfirmed(StatementConfirmed {
                    at,
                    by,
                    digest,
                    merchant,
                    month,
                    v: V1,
                })])
            }
        }
    }

    /// The month that bears what happened at a time, where that month was confirmed already.
    fn borne_later(&self, at: BusinessTime) -> Option<Month> {
        Some(self.bearing(at.month())).filter(|month| *month != at.month())
    }

    /// Money is paid by a statement alone, and at most what is still owed, for the month and in all.
    fn require_money_owed(&self, id: &MerchantId, month: Month, amount: Option<Fen>) -> Decision<()> {
        let Some(amount) = amount else { return Ok(()) };
        let named = named(id, month);
        if self.statement(month).is_none() {
            return Err(not_yet(&format!("money is paid by a statement; {named} was not prepared")));
        }
        let (owed, in_all) = (self.money_owed_for(month), self.money_owed());
        if amount.is_positive() && amount <= owed.min(in_all) {
            return Ok(());
        }
        let message = format!("{amount} yuan cannot be paid: {owed} are owed by {named}, {in_all} in all");
        Err(Refusal::new(Code::InvalidAmount, message))
    }

    fn register(
        &self,
        merchant: MerchantId,
        at: crate::domain::time::BusinessTime,
        details: MerchantDetails,
        update: bool,
    ) -> Decision<Vec<MerchantEvent>> {
        if self.exists() && !update {
            let message = format!("merchant {merchant} is registered already; give this one another id");
            return Err(Refusal::new(Code::DuplicateConflict, message));
        }
        // A sheet's row is taken as the office keeps it, and its report says so: whole packs hang on the merchant.
        if !update && !is_uscc(&details.uscc) {
            let message = format!(
                "{:?} is no unified social credit code (统一社会信用代码, GB 32100-2015): 18 digits and capitals without \
                 I, O, S, V and Z, the last of them the check character of the others",
                details.uscc
            );
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if self.has_details(&details) {
            return Ok(Vec::new());
        }
        let MerchantDetails { category, name, uscc } = details;
        let recorded = MerchantRecorded { at, category, merchant, name, uscc, v: V1 };
        Ok(vec![if self.exists() {
            MerchantEvent::MerchantUpdated(recorded)
        } else {
            MerchantEvent::MerchantRegistered(recorded)
        }])
    }
}
