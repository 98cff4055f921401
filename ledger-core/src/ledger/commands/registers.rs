//! Registers that an office keeps and sends again when they change: appointments, pairs, funds, benefits, passes, offers.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::nothing;
use super::content::Content;
use crate::domain::benefit::BenefitCommand;
use crate::domain::benefit::command::{BenefitKind, BenefitTerms};
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::FundCommand;
use crate::domain::fund::command::FundTerms;
use crate::domain::ids::{AppointmentId, BenefitId, FundId, Key, OfferId, PairId, PassNo, WorkerId};
use crate::domain::pair::PairCommand;
use crate::domain::pair::command::PairTerms;
use crate::domain::pass::command::{OfferTerms, PassTerms};
use crate::domain::pass::{OfferCommand, PassCommand};
use crate::domain::period::Period;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::{AppointmentTerms, OfWorker};
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

fn write_period(content: &mut Content, period: Period) {
    content.maybe(period.from).maybe(period.through);
}

/// What all of these have in common: they say what is so, and not when it happened.
macro_rules! register {
    ($texts:expr) => {
        fn texts(&self) -> impl Iterator<Item = &String> {
            let texts: fn(&Self) -> Vec<&String> = $texts;
            texts(self).into_iter()
        }

        fn says_when(&self) -> bool {
            false
        }

        fn named_key(&self) -> Option<Key> {
            None
        }
    };
}

/// Appoint a worker (聘任名册), or bring an appointment up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterAppointment {
    /// The letter's number (聘书号).
    pub appointment: AppointmentId,
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// As what, through which days.
    pub terms: AppointmentTerms,
}

impl Definition for RegisterAppointment {
    fn write_content(&self, content: &mut Content) {
        let AppointmentTerms { body, days, ended, role, site } = &self.terms;
        content.text("register_appointment").text(self.appointment.as_str()).text(self.worker.as_str());
        content.text(body).text(role).maybe(*ended).maybe(site.as_ref());
        write_period(content, *days);
    }

    register!(|command| vec![&command.terms.body, &command.terms.role]);

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Worker(self.worker.clone()));
        streams.extend(self.terms.site.as_ref().map(|_| StreamId::Sites));
    }

    /// Worker, site, that nobody appoints oneself, days.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        self.require(process)?;
        let (appointment, terms) = (self.appointment.clone(), self.terms.clone());
        process.worker(self.worker.clone(), WorkerCommand::Appoint { appointment, terms })
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.appointment.as_str(), "the appointment's number"))
    }

    nothing!(free_text, begins, at_counter, settings);
}

impl RegisterAppointment {
    /// Worker, site, that nobody appoints oneself.
    pub(super) fn require<S: States>(&self, process: &Process<'_, S>) -> Decision<()> {
        let of = OfWorker { worker: self.worker.clone(), at: process.context.at };
        process.states.worker(&self.worker)?.require_known(&of)?;
        process.require_site(self.terms.site.as_ref(), true)?;
        process.require_other_than(&self.worker, "appoint oneself")
    }
}

/// Pair two workers (帮带结对), or bring the pair up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPair {
    /// The pair's number (结对号).
    pub pair: PairId,
    /// Who with whom.
    pub terms: PairTerms,
}

impl Definition for OpenPair {
    fn write_content(&self, content: &mut Content) {
        let PairTerms { branch, ended, helped, helper, since } = &self.terms;
        content.text("open_pair").text(self.pair.as_str()).maybe(branch.as_ref()).maybe(*ended);
        content.text(helped.as_str()).text(helper.as_str()).text(&since.to_string());
    }

    register!(|_| Vec::new());

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Pair(self.pair.clone()));
        streams.extend([&self.terms.helper, &self.terms.helped].map(|worker| StreamId::Worker(worker.clone())));
    }

    /// Both workers, then that they are two, then the days.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        // What stands of an id that was given up can still be ended.
        let stands = process.states.pair(&self.pair)?.terms().is_some();
        for worker in [&self.terms.helper, &self.terms.helped] {
            let of = OfWorker { worker: worker.clone(), at: process.context.at };
            let state = process.states.worker(worker)?;
            state.require_known(&of)?;
            if !stands {
                state.require_own_id(&of)?;
            }
        }
        let (at, pair, terms) = (process.context.at, self.pair.clone(), self.terms.clone());
        let events = process.states.pair(&self.pair)?.decide(PairCommand::Open { at, pair, terms })?;
        Ok(events.into_iter().map(Event::Pair).collect())
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.pair.as_str(), "the pair's number"))
    }

    nothing!(free_text, begins, at_counter, settings);
}

/// Register a fund (资金来源), or bring it up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterFund {
    /// The fund's number (资金编号).
    pub fund: FundId,
    /// The particulars.
    pub terms: FundTerms,
}

impl Definition for RegisterFund {
    fn write_content(&self, content: &mut Content) {
        let FundTerms { appropriated, body, source, year } = &self.terms;
        content.text("register_fund").text(self.fund.as_str()).number(appropriated.fen());
        content.text(body).text(source).maybe(*year);
    }

    register!(|command| vec![&command.terms.body, &command.terms.source]);

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Fund(self.fund.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let (at, fund, terms) = (process.context.at, self.fund.clone(), self.terms.clone());
        let events = process.states.fund(&self.fund)?.decide(FundCommand::Register { at, fund, terms })?;
        Ok(events.into_iter().map(Event::Fund).collect())
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.fund.as_str(), "the fund's number"))
    }

    nothing!(free_text, begins, at_counter, settings);
}

/// Register a benefit (权益项目), or bring it up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterBenefit {
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// The particulars.
    pub terms: BenefitTerms,
}

impl Definition for RegisterBenefit {
    fn write_content(&self, content: &mut Content) {
        let BenefitTerms { approvals, fund, kind, limit_per_worker, limit_yearly, name, places, price, value, window } =
            &self.terms;
        let kind = match kind {
            BenefitKind::Place => "place",
            BenefitKind::Voucher => "voucher",
            BenefitKind::Grant => "grant",
        };
        content.text("register_benefit").text(self.benefit.as_str()).maybe(fund.as_ref()).text(kind).text(name);
        content.maybe(*limit_per_worker).number(i64::from(*limit_yearly)).maybe(*places);
        content.number(price.hundredths()).number(value.fen());
        write_period(content, *window);
        if let Some(bodies) = approvals {
            content.text("approvals");
            for body in bodies {
                content.text(body);
            }
        }
    }

    register!(|command| std::iter::once(&command.terms.name).chain(command.terms.approving()).collect());

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Benefit(self.benefit.clone()));
        streams.extend(self.terms.fund.clone().map(StreamId::Fund));
        // Who waits is given a place where there are more of them now.
        if let Ok(benefit) = book.benefit(&self.benefit)
            && self.terms.places.is_none_or(|places| benefit.granted() < places)
        {
            streams.extend(benefit.waiting().map(|(_, terms)| StreamId::Worker(terms.worker.clone())));
        }
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        process.require_fund(self.terms.fund.as_ref())?;
        let (at, benefit, terms) = (process.context.at, self.benefit.clone(), self.terms.clone());
        let mut state = process.states.benefit(&self.benefit)?.clone();
        let registered = state.decide(BenefitCommand::Register { at, benefit, terms })?;
        registered.iter().for_each(|event| state.evolve(event));
        let mut events: Vec<Event> = registered.into_iter().map(Event::Benefit).collect();
        events.extend(process.promote(&self.benefit, state, &events)?);
        Ok(events)
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.benefit.as_str(), "the benefit's number"))
    }

    nothing!(free_text, begins, at_counter, settings);
}

/// Issue a pass (暖心卡), or bring it up to date; where it was lost, with the one that replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuePass {
    /// The pass's number (卡号).
    pub pass: PassNo,
    /// The particulars.
    pub terms: PassTerms,
    /// The number of the pass that replaces it from when it was lost on (补发卡号).
    pub replacement: Option<PassNo>,
}

impl Definition for IssuePass {
    fn write_content(&self, content: &mut Content) {
        let PassTerms { days, kind, lost, since, worker } = &self.terms;
        content.text("issue_pass").text(self.pass.as_str()).text(kind).maybe(*lost).maybe(*since);
        content.text(worker.as_str()).maybe(self.replacement.as_ref());
        write_period(content, *days);
    }

    register!(|command| vec![&command.terms.kind]);

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Pass(self.pass.clone()), StreamId::Worker(self.terms.worker.clone())]);
        streams.extend(self.replacement.clone().map(StreamId::Pass));
    }

    /// Holder, days, then the replacement: a number given to somebody else is never given again.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let at = process.context.at;
        let of = OfWorker { worker: self.terms.worker.clone(), at };
        let state = process.states.worker(&of.worker)?;
        state.require_known(&of)?;
        let known = process.states.pass(&self.pass)?;
        // The loss of a pass that stands can still be told.
        if known.terms().is_none() {
            state.require_own_id(&of)?;
        }
        self.require_holder(&self.pass, known.terms())?;
        let issue = |pass: &PassNo, replaces, terms| PassCommand::Issue { at, pass: pass.clone(), replaces, terms };
        let mut events = known.decide(issue(&self.pass, None, self.terms.clone()))?;
        if let (Some(lost), Some(number)) = (self.terms.lost, &self.replacement) {
            if number == &self.pass {
                let message = format!("pass {number} cannot replace itself; give the new one another number");
                return Err(Refusal::new(Code::InvalidInput, message));
            }
            let replacing = process.states.pass(number)?;
            self.require_holder(number, replacing.terms())?;
            // Its own row, where it has one, says when it was lost in its turn.
            let lost_too = replacing.terms().and_then(|terms| terms.lost);
            // Good from the instant of the loss on, which may lie after its last day: then it never is.
            let days = Period { from: None, through: self.terms.days.through };
            let terms = PassTerms { days, lost: lost_too, since: Some(lost), ..self.terms.clone() };
            events.extend(replacing.decide(issue(number, Some(self.pass.clone()), terms))?);
        }
        Ok(events.into_iter().map(Event::Pass).collect())
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        let replacement =
            self.replacement.iter().map(|pass| (pass.as_str(), "the number of the pass that replaces it"));
        replacement.chain([(self.pass.as_str(), "the pass's number")])
    }

    nothing!(free_text, begins, at_counter, settings);
}

impl IssuePass {
    fn require_holder(&self, pass: &PassNo, known: Option<&PassTerms>) -> Decision<()> {
        match known {
            Some(known) if known.worker != self.terms.worker => {
                let message = format!("pass {pass} belongs to another worker; numbers are never reused");
                Err(Refusal::new(Code::DuplicateConflict, message))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Register an offer (优惠协议), or bring it up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterOffer {
    /// The offer's number (优惠编号).
    pub offer: OfferId,
    /// The particulars.
    pub terms: OfferTerms,
}

impl Definition for RegisterOffer {
    fn write_content(&self, content: &mut Content) {
        let OfferTerms { days, fund, kind, merchant, paid_of_thousand, subsidy_of_ten_thousand } = &self.terms;
        content.text("register_offer").text(self.offer.as_str()).maybe(fund.as_ref()).text(kind);
        content.text(merchant.as_str()).number(i64::from(*paid_of_thousand));
        content.number(i64::from(*subsidy_of_ten_thousand));
        write_period(content, *days);
    }

    register!(|command| vec![&command.terms.kind]);

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Offer(self.offer.clone()), StreamId::Merchant(self.terms.merchant.clone())]);
        streams.extend(self.terms.fund.clone().map(StreamId::Fund));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        process.require_merchant(&self.terms.merchant)?;
        process.require_fund(self.terms.fund.as_ref())?;
        let (at, offer, terms) = (process.context.at, self.offer.clone(), self.terms.clone());
        let events = process.states.offer(&self.offer)?.decide(OfferCommand { at, offer, terms })?;
        Ok(events.into_iter().map(Event::Offer).collect())
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.offer.as_str(), "the offer's number"))
    }

    nothing!(free_text, begins, at_counter, settings);
}
