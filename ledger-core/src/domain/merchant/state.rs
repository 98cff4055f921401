//! A merchant's state, folded from its events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::MerchantDetails;
use super::event::{MerchantEvent, MerchantRecorded};
use crate::domain::points::Points;
use crate::domain::time::Month;

/// What a month's claims came to and what of them was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MonthAccount {
    /// Claims less those taken back.
    pub honoured: Points,
    /// Paid.
    pub paid: Points,
}

/// A merchant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Merchant {
    details: Option<(String, String, Option<String>)>,
    months: BTreeMap<Month, MonthAccount>,
}

impl Merchant {
    /// Whether it was registered.
    pub const fn exists(&self) -> bool {
        self.details.is_some()
    }

    /// Whether its particulars are already these.
    pub fn has_details(&self, wanted: &MerchantDetails) -> bool {
        self.details.as_ref().is_some_and(|(name, uscc, category)| {
            (name, uscc, category) == (&wanted.name, &wanted.uscc, &wanted.category)
        })
    }

    /// What is owed for a month: its claims less what was paid, and less what earlier months were paid beyond their
    /// claims. Never less than nothing: what a month cannot bear goes on to the next.
    pub fn owed_for(&self, month: Month) -> Points {
        let mut carried = Points::ZERO;
        for (_, account) in self.months.range(..month) {
            carried = (carried + account.honoured - account.paid).min(Points::ZERO);
        }
        let account = self.month(month);
        (carried + account.honoured - account.paid).max(Points::ZERO)
    }

    /// What is owed in all: honoured less paid. Less than nothing where more was paid than is claimed by now.
    pub fn owed(&self) -> Points {
        self.months.values().map(|account| account.honoured - account.paid).sum()
    }

    /// A month's account.
    pub fn month(&self, month: Month) -> MonthAccount {
        self.months.get(&month).copied().unwrap_or_default()
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &MerchantEvent) {
        match event {
            MerchantEvent::MerchantRegistered(event) | MerchantEvent::MerchantUpdated(event) => {
                let MerchantRecorded { name, uscc, category, .. } = event;
                self.details = Some((name.clone(), uscc.clone(), category.clone()));
            }
            MerchantEvent::VoucherHonoured(event) => self.account(event.at.month()).honoured += event.points,
            MerchantEvent::HonourReversed(event) => self.account(event.month).honoured -= event.points,
            // Money is another book, of which no rule of a merchant asks.
            MerchantEvent::MoneyClaimed(_) => {}
            MerchantEvent::SettlementPaid(event) => self.account(event.month).paid += event.points,
        }
    }

    fn account(&mut self, month: Month) -> &mut MonthAccount {
        self.months.entry(month).or_default()
    }
}
