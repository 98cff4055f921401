//! The rules of a merchant: what is owed is what was honoured less what was paid, month by month.

use super::command::{MerchantCommand, MerchantDetails};
use super::event::{HonourReversed, MerchantEvent, MerchantRecorded, SettlementPaid, VoucherHonoured};
use super::state::Merchant;
use crate::domain::event::V1;
use crate::domain::ids::MerchantId;
use crate::domain::refusal::{Code, Decision, Refusal};

impl Merchant {
    /// Decides a command of the merchant `id`.
    ///
    /// # Errors
    /// `unknown_merchant`; `invalid_input` for an existing merchant; `invalid_quantity` for a payment of nothing or
    /// of more than the month's claims still owed.
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
            MerchantCommand::ReverseHonour { at, month, points, redemption, store } => {
                Ok(vec![MerchantEvent::HonourReversed(HonourReversed {
                    at,
                    merchant,
                    month,
                    points,
                    redemption,
                    store,
                    v: V1,
                })])
            }
            MerchantCommand::Pay { at, month, points, reference } => {
                let account = self.month(month);
                let owed = account.honoured - account.paid;
                if !points.is_positive() || points > owed {
                    return Err(Refusal::new(
                        Code::InvalidQuantity,
                        format!("{points} points cannot be paid: {merchant} is owed {owed} for {month}"),
                    ));
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
