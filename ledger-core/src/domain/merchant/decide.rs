//! The rules of a merchant: what is owed is what was honoured less what was paid, month by month; what a month was paid
//! beyond its claims is carried to the months after it.

use super::command::MerchantDetails;
use super::event::{HonourReversed, MerchantEvent, MerchantRecorded, MoneyClaimed, SettlementPaid, VoucherHonoured};
use super::state::Merchant;
use super::uscc::is_uscc;
use crate::domain::event::V1;
use crate::domain::ids::{Key, MerchantId, RedemptionId, StoreId};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::{BusinessTime, Month};

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
    /// Count a claim to money.
    ClaimMoney {
        /// When.
        at: BusinessTime,
        /// How much.
        amount: Fen,
        /// For which row.
        source: Key,
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

impl Merchant {
    /// Decides a command of the merchant `id`.
    ///
    /// # Errors
    /// `unknown_merchant`; `invalid_input` for an existing merchant; `invalid_quantity` for a payment of nothing or
    /// of more than is still owed, for the month and in all.
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
                    points,
                    redemption,
                    store,
                    v: V1,
                })])
            }
            MerchantCommand::ReverseHonour { at, month: claimed_in, points, redemption, store } => {
                let account = self.month(claimed_in);
                // A month that was paid is closed: the correction lowers what is paid next.
                let month =
                    if points > account.honoured - account.paid { at.month().max(claimed_in) } else { claimed_in };
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
                Ok(vec![MerchantEvent::MoneyClaimed(MoneyClaimed { amount, at, merchant, source, v: V1 })])
            }
            MerchantCommand::Pay { at, month, points, reference } => {
                let (owed, in_all) = (self.owed_for(month), self.owed());
                if !points.is_positive() || points > owed.min(in_all) {
                    let message = format!(
                        "{points} points cannot be paid: {merchant} is owed {owed} for {month}, {in_all} in all"
                    );
                    return Err(Refusal::new(Code::InvalidQuantity, message));
                }
                Ok(vec![MerchantEvent::SettlementPaid(SettlementPaid {
                    at,
                    merchant,
                    month,
                    points,
                    reference,
                    v: V1,
                })])
            }
        }
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
