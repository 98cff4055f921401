//! What the journal says of the documents' programmes: requests, benefits, funds, and what merchants are owed by the month.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Sum;

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::fund::FundEvent;
use ledger_core::domain::merchant::MerchantEvent;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::request::RequestEvent;
use ledger_core::domain::worker::event::WorkerEvent;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestFigures {
    /// Claims that are taken: rows of work, and claims under way.
    pub claims: u64,
    /// Points credited for it.
    pub credited: Points,
}

/// What became of a benefit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BenefitFigures {
    /// Given and not given back.
    pub granted: u64,
    /// Waiting in the queue.
    pub waiting: u64,
    /// Applications that were granted and used.
    pub used: u64,
}

/// What became of a fund, or of several: appropriated = committed + paid + free, at every position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FundFigures {
    /// 金额(元) of the register, in fen.
    pub appropriated: Fen,
    /// Set aside and not paid yet; less than nothing where what was paid was given back since.
    pub committed: Fen,
    /// What payments came to, in fen.
    pub paid: Fen,
}

impl FundFigures {
    /// What is left.
    pub fn free(&self) -> Fen {
        self.appropriated - self.committed - self.paid
    }
}

impl<'a> Sum<&'a FundFigures> for FundFigures {
    fn sum<I: Iterator<Item = &'a FundFigures>>(all: I) -> FundFigures {
        all.fold(FundFigures::default(), |sum, one| FundFigures {
            appropriated: sum.appropriated + one.appropriated,
            committed: sum.committed + one.committed,
            paid: sum.paid + one.paid,
        })
    }
}

/// What a merchant is owed for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Owed {
    /// For goods handed out.
    pub points: Points,
    /// For benefits used and discounts given there.
    pub money: Fen,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Programmes {
    /// By request.
    pub requests: BTreeMap<String, RequestFigures>,
    /// By benefit.
    pub benefits: BTreeMap<String, BenefitFigures>,
    /// By fund.
    pub funds: BTreeMap<String, FundFigures>,
    /// By month and merchant: those with an entry, be it of nothing.
    pub settlement: BTreeMap<String, BTreeMap<String, Owed>>,
    /// The request that a credit ripened on, to take out what is reversed.
    credits: BTreeMap<String, String>,
    /// The applications that wait.
    queued: BTreeSet<String>,
    /// The applications that wait for the word of bodies: neither granted nor waiting nor used.
    proposed: BTreeSet<String>,
    /// The claims that are under way.
    underway: BTreeSet<String>,
}

impl Programmes {
    /// Folds one event.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::Request(event) => self.request(event),
            Event::Benefit(event) => self.benefit(event),
            Event::Fund(event) => self.fund(event),
            Event::Merchant(event) => self.owed(event),
            Event::Worker(event) => self.credit(event),
            Event::Programme(_)
            | Event::Store(_)
            | Event::Card(_)
            | Event::Account(_)
            | Event::Directory(_)
            | Event::Sites(_)
            | Event::Mark(_)
            | Event::Pair(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => {}
        }
    }

    fn request(&mut self, event: &RequestEvent) {
        match event {
            RequestEvent::RequestPosted(event) => {
                self.requests.entry(event.request.to_string()).or_default();
            }
            RequestEvent::HandlingRecorded(event) => {
                // A claim that is reported was counted when it was made.
                if !self.underway.remove(event.handling.as_str()) {
                    self.requests.entry(event.request.to_string()).or_default().claims += 1;
                }
            }
            RequestEvent::RequestClaimed(event) => {
                self.underway.insert(event.handling.to_string());
                self.requests.entry(event.request.to_string()).or_default().claims += 1;
            }
            RequestEvent::ClaimReturned(event) => {
                if self.underway.remove(event.handling.as_str()) {
                    self.requests.entry(event.request.to_string()).or_default().claims -= 1;
                }
            }
            RequestEvent::HandlingRated(_)
            | RequestEvent::RequestRouted(_)
            | RequestEvent::RequestWithdrawn(_)
            | RequestEvent::RequestMerged(_) => {}
        }
    }

    fn benefit(&mut self, event: &BenefitEvent) {
        let figures = self.benefits.entry(event.benefit().to_string()).or_default();
        match event {
            BenefitEvent::BenefitRegistered(_) | BenefitEvent::BenefitUpdated(_) => {}
            BenefitEvent::BenefitGranted(event) => {
                figures.granted += 1;
                self.proposed.remove(event.application.as_str());
                if self.queued.remove(event.application.as_str()) {
                    figures.waiting -= 1;
                }
            }
            BenefitEvent::BenefitQueued(event) => {
                figures.waiting += 1;
                self.proposed.remove(event.application.as_str());
                self.queued.insert(event.application.to_string());
            }
            BenefitEvent::BenefitUsed(_) => figures.used += 1,
            BenefitEvent::BenefitUseReversed(_) => figures.used = figures.used.saturating_sub(1),
            BenefitEvent::BenefitWithdrawn(event) => {
                if self.queued.remove(event.application.as_str()) {
                    figures.waiting -= 1;
                } else if !self.proposed.remove(event.application.as_str()) {
                    figures.granted = figures.granted.saturating_sub(1);
                }
            }
            BenefitEvent::BenefitProposed(event) => {
                self.proposed.insert(event.application.to_string());
            }
            BenefitEvent::BenefitChecked(_) => {}
            BenefitEvent::BenefitRejected(event) => {
                self.proposed.remove(event.application.as_str());
            }
        }
    }

    fn fund(&mut self, event: &FundEvent) {
        let figures = self.funds.entry(event.fund().to_string()).or_default();
        match event {
            FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => {
                figures.appropriated = event.terms.appropriated;
            }
            FundEvent::FundCommitted(event) => figures.committed += event.amount,
            FundEvent::FundReleased(event) => figures.committed -= event.amount,
            FundEvent::FundPaid(event) => {
                figures.committed -= event.amount;
                figures.paid += event.amount;
            }
            FundEvent::FundStatementPrepared(_) | FundEvent::FundStatementConfirmed(_) => {}
        }
    }

    fn owed(&mut self, event: &MerchantEvent) {
        let (month, points, money) = match event {
            MerchantEvent::VoucherHonoured(event) => (event.borne_in(), event.points, Fen::ZERO),
            MerchantEvent::HonourReversed(event) => (event.month, Points::ZERO - event.points, Fen::ZERO),
            MerchantEvent::MoneyClaimed(event) => (event.borne_in(), Points::ZERO, event.amount),
            MerchantEvent::MoneyTakenBack(event) => (event.month, Points::ZERO, -event.amount),
            MerchantEvent::SettlementPaid(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => return,
        };
        let month = self.settlement.entry(month.to_string()).or_default();
        let owed = month.entry(event.merchant().to_string()).or_default();
        owed.points += points;
        owed.money += money;
    }

    fn credit(&mut self, event: &WorkerEvent) {
        if let Some(record) = event.as_service() {
            let Some(source) = &record.source else { return };
            if let Some(figures) = self.requests.get_mut(source) {
                figures.credited += record.points;
                self.credits.insert(record.credit.to_string(), source.clone());
            }
        } else if let WorkerEvent::CreditReversed(event) = event
            && let Some(figures) = self.credits.get(event.credit.as_str()).and_then(|of| self.requests.get_mut(of))
        {
            figures.credited -= event.points;
        }
    }
}
