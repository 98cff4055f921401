//! A merchant's state, folded from its events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::MerchantDetails;
use super::event::{MerchantEvent, MerchantRecorded};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::statement::{Answer, Dispute, Stage, Statement, Sums, bearing, stage_of};
use crate::domain::time::Month;

/// What a month's claims came to and what of them was paid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MonthAccount {
    /// Claims less those taken back.
    pub honoured: Points,
    /// What payments came to, in exact hundredths.
    pub paid: Points,
    /// Money that was paid.
    #[serde(default)]
    pub money_paid: Fen,
    /// What its lines come to. Their points are the claims less those taken back.
    #[serde(default)]
    pub sums: Sums,
    /// Its statement, once somebody prepared one.
    #[serde(default)]
    pub statement: Option<Statement>,
}

impl MonthAccount {
    /// How far its statement has come.
    pub fn stage(&self) -> Stage {
        stage_of(self.statement.as_ref(), &self.sums)
    }

    /// What of its own money is not paid yet; less than nothing where more was taken back than claimed.
    fn money_left(&self) -> Fen {
        self.sums.amount - self.money_paid
    }

    fn statement(&mut self) -> &mut Statement {
        self.statement.get_or_insert_default()
    }
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
        let left = self.month(month).map_or(Points::ZERO, |account| account.honoured - account.paid);
        (carried + left).max(Points::ZERO)
    }

    /// What is owed in money for a month, as [`Merchant::owed_for`] tells it of points: never less than nothing, and what
    /// a month cannot bear goes on to the next.
    pub fn money_owed_for(&self, month: Month) -> Fen {
        let mut carried = Fen::ZERO;
        for (_, account) in self.months.range(..month) {
            carried = (carried + account.money_left()).min(Fen::ZERO);
        }
        (carried + self.money_left(month)).max(Fen::ZERO)
    }

    /// What is owed in money in all; less than nothing where more was paid than is claimed by now.
    pub fn money_owed(&self) -> Fen {
        self.months.values().fold(Fen::ZERO, |sum, account| sum + account.money_left())
    }

    /// What of a month's own money is not paid yet.
    pub fn money_left(&self, month: Month) -> Fen {
        self.month(month).map_or(Fen::ZERO, MonthAccount::money_left)
    }

    /// What is owed in all: honoured less paid. Less than nothing where more was paid than is claimed by now.
    pub fn owed(&self) -> Points {
        self.months.values().map(|account| account.honoured - account.paid).sum()
    }

    /// A month's account, where something was booked in it.
    pub fn month(&self, month: Month) -> Option<&MonthAccount> {
        self.months.get(&month)
    }

    /// A month's statement, once somebody prepared one.
    pub fn statement(&self, month: Month) -> Option<&Statement> {
        self.month(month)?.statement.as_ref()
    }

    /// The first month from one on that can still bear something: what was confirmed stays as it is.
    pub fn bearing(&self, month: Month) -> Month {
        bearing(month, |month| self.statement(month))
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &MerchantEvent) {
        if let Some((month, line)) = event.line() {
            let account = self.account(month);
            account.honoured += line.points;
            account.sums.add(&line);
        }
        match event {
            MerchantEvent::MerchantRegistered(event) | MerchantEvent::MerchantUpdated(event) => {
                let MerchantRecorded { name, uscc, category, .. } = event;
                self.details = Some((name.clone(), uscc.clone(), category.clone()));
            }
            MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_) => {}
            MerchantEvent::SettlementPaid(event) => {
                let account = self.account(event.month);
                account.paid += event.points;
                account.money_paid += event.amount.unwrap_or_default();
            }
            MerchantEvent::StatementPrepared(event) => {
                let (amount, digest, lines, points) = (event.amount, event.digest, event.lines, event.points);
                let sums = Sums { amount, digest, lines, points };
                self.account(event.month).statement().prepare(&event.by, sums);
            }
            MerchantEvent::StatementDisputed(event) => {
                let (by, line, reason) = (event.by.clone(), event.line.clone(), event.reason.clone());
                let dispute = Dispute { by, line, reason, answer: None };
                self.account(event.month).statement().dispute(&event.dispute, dispute);
            }
            MerchantEvent::StatementDisputeAnswered(event) => {
                let answer = Answer { by: event.by.clone(), reason: event.reason.clone(), upheld: event.upheld };
                self.account(event.month).statement().answer(&event.dispute, answer);
            }
            MerchantEvent::StatementAcknowledged(event) => {
                self.account(event.month).statement().acknowledge(&event.by, event.digest);
            }
            MerchantEvent::StatementConfirmed(event) => {
                self.account(event.month).statement().confirmed_by = Some(event.by.clone());
            }
        }
    }

    fn account(&mut self, month: Month) -> &mut MonthAccount {
        self.months.entry(month).or_default()
    }
}
