//! What rows of the documents' programmes have in common: two parts under one key, and credits that ripen later.

use std::fmt::Display;

use chrono::NaiveDate;

use super::{Process, States};
use crate::domain::event::Event;
use crate::domain::fund::FundCommand;
use crate::domain::ids::{ActivityCode, CreditId, FundId, Key, MerchantId, WorkerId};
use crate::domain::merchant::MerchantCommand;
use crate::domain::money::Fen;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::{CreditTerms, OfWorker};

/// A row of this key was taken with other content.
pub(in crate::ledger) fn conflict(key: &impl Display) -> Refusal {
    Refusal::new(Code::DuplicateConflict, format!("{key} was taken with other content; give this row another number"))
}

/// What ripened.
pub(in crate::ledger) struct Earned<'a> {
    pub(in crate::ledger) activity: &'a ActivityCode,
    /// The credit's name: the row's key.
    pub(in crate::ledger) credit: CreditId,
    /// By when the work was done: who left the programme since still earns.
    pub(in crate::ledger) done_on: NaiveDate,
    pub(in crate::ledger) of: OfWorker,
    /// The credit's date.
    pub(in crate::ledger) on: NaiveDate,
    pub(in crate::ledger) quantity: Quantity,
    /// The request or pair it comes from.
    pub(in crate::ledger) source: String,
}

impl<S: States> Process<'_, S> {
    /// An activity must be known to some version of the schedule.
    pub(in crate::ledger) fn require_activity(&self, code: &ActivityCode) -> Decision<()> {
        if self.states.programme()?.knows(code) { Ok(()) } else { Err(unknown_activity(code, "")) }
    }

    /// A worker must be known, by the id that is kept where there were several.
    pub(in crate::ledger) fn require_worker(&self, worker: &WorkerId) -> Decision<()> {
        let of = OfWorker { worker: worker.clone(), at: self.context.at };
        let state = self.states.worker(worker)?;
        state.require_known(&of)?;
        state.require_own_id(&of)
    }

    /// Two workers of whom one has a part that the other must not have are two persons.
    pub(in crate::ledger) fn require_two_persons(&self, one: &WorkerId, other: &WorkerId, what: &str) -> Decision<()> {
        if self.kept_id(one)? != self.kept_id(other)? {
            return Ok(());
        }
        let message = format!("{one} and {other} are one person and cannot {what}; another person must do it");
        Err(Refusal::new(Code::SamePerson, message))
    }

    /// Nobody says of oneself what another person must say.
    pub(in crate::ledger) fn require_other_than(&self, worker: &WorkerId, what: &str) -> Decision<()> {
        let actor = &self.context.actor;
        if !self.person(actor)?.is(&self.kept_id(worker)?) {
            return Ok(());
        }
        let message = format!("{actor} is worker {worker}; nobody may {what}; another person must do it");
        Err(Refusal::new(Code::SamePerson, message))
    }

    /// A fund, where one is named, must be known.
    pub(in crate::ledger) fn require_fund(&self, fund: Option<&FundId>) -> Decision<()> {
        let Some(fund) = fund else { return Ok(()) };
        if self.states.fund(fund)?.terms().is_some() {
            return Ok(());
        }
        Err(Refusal::new(Code::InvalidInput, format!("no fund {fund}; register it first (资金来源)")))
    }

    /// The credit that ripened: quantity, points, caps. That somebody said what the work was worth is the second
    /// person's word, so nothing waits for another one.
    pub(in crate::ledger) fn earn(&self, earned: Earned<'_>) -> Decision<Vec<Event>> {
        let programme = self.states.programme()?;
        let Earned { activity: code, credit, done_on, of, on, quantity, source } = earned;
        let (activity, schedule) =
            programme.activity_on(code, on).ok_or_else(|| unknown_activity(code, &format!(" in force on {on}")))?;
        let terms = CreditTerms {
            activity: activity.clone(),
            credit,
            done_on: Some(done_on),
            eligible_on: None,
            entered_on: self.clock.entry_day(),
            evidence: None,
            on,
            flags: Vec::new(),
            hours: None,
            proposer: self.context.actor.clone(),
            quantity,
            schedule,
            source: Some(source),
            span: None,
            step: programme.points_step,
            way: None,
            witness: None,
        };
        // Who gave an id up since the work was done earns under the one that is kept.
        let of = OfWorker { worker: self.kept_id(&of.worker)?, ..of };
        let credited = self.states.worker(&of.worker)?.decide(&of, WorkerCommand::Credit(Box::new(terms)))?;
        Ok(credited.into_iter().map(Event::Worker).collect())
    }

    /// Sets money aside, where a fund pays.
    pub(in crate::ledger) fn commit(
        &self,
        fund: Option<&FundId>,
        amount: Fen,
        at: BusinessTime,
        source: &Key,
    ) -> Decision<Vec<Event>> {
        let Some(fund) = fund else { return Ok(Vec::new()) };
        let commit = FundCommand::Commit { at, amount, fund: fund.clone(), source: source.clone() };
        Ok(self.states.fund(fund)?.decide(commit)?.into_iter().map(Event::Fund).collect())
    }

    /// Counts what a merchant is owed in money.
    pub(in crate::ledger) fn owe(
        &self,
        merchant: &MerchantId,
        amount: Fen,
        at: BusinessTime,
        source: &Key,
    ) -> Decision<Vec<Event>> {
        self.merchant(merchant, MerchantCommand::ClaimMoney { at, amount, source: source.clone() })
    }
}

pub(in crate::ledger) fn unknown_activity(code: &ActivityCode, when: &str) -> Refusal {
    Refusal::new(Code::UnknownActivity, format!("no activity {code} in the points schedule (积分标准){when}"))
}
