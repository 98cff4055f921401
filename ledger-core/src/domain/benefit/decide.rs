//! The rules of a benefit: never more than there are, never more for one than the limit, and one queue in the order in
//! which the rows were recorded.

use super::command::{ApplicationTerms, BenefitCommand, BenefitKind, BenefitTerms, Use};
use super::event::{
    BenefitApplied, BenefitEvent, BenefitProposed, BenefitRecorded, BenefitUseReversed, BenefitUsed, BenefitWithdrawn,
};
use super::state::{Application, Benefit, SetAside};
use crate::domain::event::V1;
use crate::domain::ids::{ApplicationId, BenefitId, WorkerId};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};

impl Benefit {
    /// Decides a command of this benefit.
    ///
    /// # Errors
    /// `unknown_benefit`, `invalid_date`, `invalid_amount`, `invalid_input`, `invalid_quantity` (fewer places than were given),
    /// `already_decided`, `quota_full`; of an application that nobody made `unknown_benefit`; of a proposal `same_person`.
    pub fn decide(&self, command: BenefitCommand) -> Decision<Vec<BenefitEvent>> {
        match command {
            BenefitCommand::Register { at, benefit, terms } => self.register(at, benefit, terms),
            BenefitCommand::Apply { benefit, application, terms } => {
                self.require(&benefit)?;
                // Who waits and is given one keeps the row and the time of the application.
                let applied = BenefitApplied { application, at: terms.at, benefit, terms, v: V1 };
                Ok(vec![if self.has_place() {
                    BenefitEvent::BenefitGranted(applied)
                } else {
                    BenefitEvent::BenefitQueued(applied)
                }])
            }
            BenefitCommand::Propose { benefit, application, by, terms } => {
                let approvals = self.require(&benefit)?.approving().to_vec();
                let at = terms.at;
                let proposed = BenefitProposed { application, approvals, at, benefit, by, terms, v: V1 };
                Ok(vec![BenefitEvent::BenefitProposed(proposed)])
            }
            BenefitCommand::Check { at, benefit, application, body, approver } => {
                self.check(at, benefit, application, body, approver)
            }
            BenefitCommand::Reject { at, benefit, application, approver, reason } => {
                self.reject(at, benefit, application, approver, reason)
            }
            BenefitCommand::Use { benefit, application, used } => {
                self.require(&benefit)?;
                let known = self.require_open(&benefit, &application)?;
                if known.proposal.is_some() {
                    return Err(not_approved(&application));
                }
                if known.waits {
                    return Err(quota_full(&application));
                }
                let (at, worker) = (used.at, known.terms.worker.clone());
                Ok(vec![BenefitEvent::BenefitUsed(BenefitUsed { application, at, benefit, used, v: V1, worker })])
            }
            BenefitCommand::Withdraw { at, benefit, application, reason } => {
                self.require(&benefit)?;
                let known = self.require_open(&benefit, &application)?;
                let applied = known.terms.at;
                if at < applied {
                    let message = format!("what was applied for at {applied} cannot be withdrawn before, at {at}");
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                let (waited, worker) = (known.waits || known.proposal.is_some(), known.terms.worker.clone());
                let withdrawn = BenefitWithdrawn { application, at, benefit, reason, v: V1, waited, worker };
                Ok(vec![BenefitEvent::BenefitWithdrawn(withdrawn)])
            }
            BenefitCommand::ReverseUse { at, benefit, application, reason } => {
                self.require(&benefit)?;
                let (known, used) = self.require_used(&benefit, &application)?;
                if at < used.at {
                    let message = format!("what was used at {} cannot be taken back before, at {at}", used.at);
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                let (used, worker) = (used.clone(), known.terms.worker.clone());
                let reversed = BenefitUseReversed { application, at, benefit, reason, used, v: V1, worker };
                Ok(vec![BenefitEvent::BenefitUseReversed(reversed)])
            }
        }
    }

    /// An application that was neither used nor withdrawn nor sent back: granted, waiting, or proposed.
    ///
    /// # Errors
    /// `unknown_benefit`, `already_decided`.
    pub fn require_open(&self, benefit: &BenefitId, application: &ApplicationId) -> Decision<&Application> {
        let Some(known) = self.application(application) else {
            let message = format!("nobody applied for {benefit} as {application}; enter that first (权益登记)");
            return Err(Refusal::new(Code::UnknownBenefit, message));
        };
        if known.used.is_some() {
            return Err(Refusal::new(Code::AlreadyDecided, format!("{application} was used before")));
        }
        if known.withdrawn {
            return Err(Refusal::new(Code::AlreadyDecided, format!("{application} was withdrawn before")));
        }
        if known.rejected {
            return Err(Refusal::new(Code::AlreadyDecided, format!("{application} was sent back before (退回)")));
        }
        Ok(known)
    }

    /// An application that is used, with the use.
    ///
    /// # Errors
    /// `unknown_benefit`; `already_decided` for what was not used, or whose use was taken back.
    pub fn require_used(&self, benefit: &BenefitId, application: &ApplicationId) -> Decision<(&Application, &Use)> {
        let Some(known) = self.application(application) else {
            let message = format!("nobody applied for {benefit} as {application}; look at the number again");
            return Err(Refusal::new(Code::UnknownBenefit, message));
        };
        let Some(used) = &known.used else {
            let message = format!("{application} is not used; there is no use to take back");
            return Err(Refusal::new(Code::AlreadyDecided, message));
        };
        Ok((known, used))
    }

    fn register(
        &self,
        at: crate::domain::time::BusinessTime,
        benefit: BenefitId,
        mut terms: BenefitTerms,
    ) -> Decision<Vec<BenefitEvent>> {
        terms.window.check(&format!("benefit {benefit}"))?;
        terms.require_bodies(&benefit)?;
        // A sheet has no column for the bodies, and says nothing of them.
        terms.approvals = match terms.approvals.take() {
            Some(bodies) => (!bodies.is_empty()).then_some(bodies),
            None => self.terms().and_then(|known| known.approvals.clone()),
        };
        if terms.value < Fen::ZERO || terms.value > Fen::COMMAND_MAX {
            return Err(Refusal::new(Code::InvalidAmount, format!("benefit {benefit}: the price (单价) cannot hold")));
        }
        if terms.price < Points::ZERO || terms.price > Points::COMMAND_MAX {
            let message = format!("benefit {benefit}: the points (所需积分) cannot hold");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if let Some(places) = terms.places.filter(|places| *places < self.granted()) {
            let given = self.granted();
            let message = format!("benefit {benefit}: {given} are given already; the places (名额) cannot be {places}");
            return Err(Refusal::new(Code::InvalidQuantity, message));
        }
        if self.terms() == Some(&terms) {
            return Ok(Vec::new());
        }
        let recorded = BenefitRecorded { at, benefit, terms, v: V1 };
        Ok(vec![if self.terms().is_some() {
            BenefitEvent::BenefitUpdated(recorded)
        } else {
            BenefitEvent::BenefitRegistered(recorded)
        }])
    }

    /// The benefit must be known.
    ///
    /// # Errors
    /// `unknown_benefit`.
    pub fn require(&self, benefit: &BenefitId) -> Decision<&BenefitTerms> {
        self.terms().ok_or_else(|| {
            Refusal::new(Code::UnknownBenefit, format!("no benefit {benefit}; register it first (权益项目)"))
        })
    }

    /// One worker gets no more than the limit, what waits counted, and what other ids of the same person had.
    ///
    /// # Errors
    /// `limit_per_worker`.
    pub fn require_below_limit<'a>(
        &self,
        benefit: &BenefitId,
        asked: &ApplicationTerms,
        alike: impl Iterator<Item = &'a WorkerId>,
    ) -> Decision<()> {
        let Some(terms) = self.terms() else { return Ok(()) };
        let year = terms.limit_yearly.then(|| asked.at.year());
        let had = alike.map(|other| self.had(other, year)).fold(self.had(&asked.worker, year), u32::saturating_add);
        match terms.limit_per_worker {
            Some(limit) if had >= limit => {
                let message =
                    format!("worker {} has or waits for {had} of {benefit}; the limit is {limit}", asked.worker);
                Err(Refusal::new(Code::LimitPerWorker, message))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// What bodies have not approved yet cannot be used.
fn not_approved(application: &ApplicationId) -> Refusal {
    let message = format!("{application} waits for approval (待审核) and cannot be used");
    Refusal::new(Code::NotEligible, message)
}

/// What waits in the queue cannot be used.
pub fn quota_full(application: &ApplicationId) -> Refusal {
    Refusal::new(Code::QuotaFull, format!("the places are gone: {application} waits and cannot be used"))
}

impl BenefitTerms {
    /// It can be applied for on a day.
    ///
    /// # Errors
    /// `outside_window`.
    pub fn require_window(&self, asked: &ApplicationTerms) -> Decision<()> {
        if self.window.holds(asked.at.date()) {
            return Ok(());
        }
        let message = format!("{} cannot be applied for on {}", self.name, asked.at.date());
        Err(Refusal::new(Code::OutsideWindow, message))
    }

    /// It cannot be used after its last day.
    ///
    /// # Errors
    /// `voucher_expired`.
    pub fn require_usable(&self, used: &Use) -> Decision<()> {
        match self.window.through {
            Some(through) if through < used.at.date() => {
                let message = format!("{} could be used until {through}, not on {}", self.name, used.at.date());
                Err(Refusal::new(Code::VoucherExpired, message))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What granting one costs the fund.
    ///
    /// # Errors
    /// `invalid_amount`.
    pub fn cost(&self, asked: &ApplicationTerms) -> Decision<Fen> {
        match (self.kind, asked.amount) {
            (BenefitKind::Grant, Some(amount)) if amount.is_positive() => Ok(amount),
            (BenefitKind::Grant, _) => {
                Err(Refusal::new(Code::InvalidAmount, format!("{}: the row must name an amount above 0", self.name)))
            }
            (BenefitKind::Place | BenefitKind::Voucher, _) => Ok(self.value),
        }
    }

    /// What granting one sets aside, and of which fund.
    pub fn sets_aside(&self, asked: &ApplicationTerms) -> Option<SetAside> {
        let amount = self.cost(asked).ok().filter(|amount| amount.is_positive())?;
        Some(SetAside { amount, fund: self.fund.clone()? })
    }

    /// What a merchant is owed when one is used at its counter; grants are paid to the worker.
    pub const fn owed(&self) -> Option<Fen> {
        match self.kind {
            BenefitKind::Grant => None,
            BenefitKind::Place | BenefitKind::Voucher => Some(self.value),
        }
    }
}
