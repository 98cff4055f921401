//! Merchants: registering, and what they are paid.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::nothing;
use super::content::Content;
use super::statements::name_parts;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{Key, MerchantId};
use crate::domain::merchant::MerchantCommand;
use crate::domain::merchant::command::MerchantDetails;
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::refusal::Decision;
use crate::domain::time::Month;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Register a merchant; with `update`, bring an existing one up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterMerchant {
    /// The merchant's id (商户编号).
    pub merchant: MerchantId,
    /// The particulars.
    pub details: MerchantDetails,
    /// Whether an existing merchant is updated.
    pub update: bool,
}

impl Definition for RegisterMerchant {
    fn write_content(&self, content: &mut Content) {
        content
            .text("register_merchant")
            .text(self.merchant.as_str())
            .text(&self.details.name)
            .text(&self.details.uscc)
            .maybe(self.details.category.as_deref())
            .number(i64::from(self.update));
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.details.name, &self.details.uscc].into_iter().chain(&self.details.category)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Merchant(self.merchant.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let RegisterMerchant { merchant, details, update } = self.clone();
        let at = process.context.at;
        process.merchant(&self.merchant, MerchantCommand::Register { at, merchant, details, update })
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.merchant.as_str(), "the merchant's id"))
    }

    nothing!(named_key, free_text, begins, at_counter, settings);
}

/// Record a payment to a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaySettlement {
    /// To whom.
    pub merchant: MerchantId,
    /// Which month it settles.
    pub month: Month,
    /// How much in points.
    pub points: Points,
    /// How much money, where a statement that names some was confirmed.
    #[serde(default)]
    pub amount: Option<Fen>,
    /// The payment's reference.
    pub reference: String,
}

impl Definition for PaySettlement {
    fn write_content(&self, content: &mut Content) {
        content
            .text("pay_settlement")
            .text(self.merchant.as_str())
            .text(&self.month.to_string())
            .number(self.points.hundredths())
            .text(&self.reference);
        if let Some(amount) = self.amount {
            content.text("amount").number(amount.fen());
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reference)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.merchant, self.month, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let PaySettlement { merchant, month, points, amount, reference } = self.clone();
        let (at, hand) = (process.context.at, process.hand_of(&merchant, month)?);
        process.merchant(&merchant, MerchantCommand::Pay { at, month, points, amount, reference, hand })
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}
