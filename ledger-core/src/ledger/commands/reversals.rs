//! Reversals of what yuan are owed for: a benefit that was used (权益核销) and a pass's slip (优惠核销). The merchant's claim is
//! taken back with the use, as a redemption's is (docs/decisions/022, 054).

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::content::Content;
use crate::domain::benefit::BenefitCommand;
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::FundCommand;
use crate::domain::ids::{ApplicationId, BenefitId, Key, MerchantId, PassNo, SlipNo};
use crate::domain::merchant::MerchantCommand;
use crate::domain::money::Fen;
use crate::domain::pass::command::SlipClaim;
use crate::domain::pass::decide::no_slip;
use crate::domain::pass::{HonouredSlip, PassCommand};
use crate::domain::refusal::Decision;
use crate::domain::time::BusinessTime;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// What nobody may do: the merchant would bear what the worker had.
const TAKE_BACK_OWN: &str = "take the own use back";

/// Take the use of a benefit back: what was given is there to be used again, or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReverseBenefitUse {
    /// Which benefit.
    pub benefit: BenefitId,
    /// Which application.
    pub application: ApplicationId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for ReverseBenefitUse {
    fn write_content(&self, content: &mut Content) {
        content.text("reverse_benefit_use").text(self.benefit.as_str()).text(self.application.as_str());
        content.text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Benefit(self.benefit.clone()));
        let known = book.benefit(&self.benefit).ok().and_then(|benefit| benefit.application(&self.application));
        let Some(known) = known else { return };
        streams.push(StreamId::Worker(known.terms.worker.clone()));
        let merchant = known.used.as_ref().and_then(|used| used.merchant.clone());
        streams.extend(merchant.map(StreamId::Merchant));
    }

    /// The benefit, the application, that it is used, that whoever asks is not its worker, the time; then the merchant's claim,
    /// if the use made one, goes back.
    /// The money that the fund set aside stays so: it was set aside at the grant, which stands.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let ReverseBenefitUse { benefit, application, reason } = self.clone();
        let at = process.context.at;
        let state = process.states.benefit(&benefit)?;
        state.require(&benefit)?;
        let (known, used) = state.require_used(&benefit, &application)?;
        process.require_other_than(&known.terms.worker, TAKE_BACK_OWN)?;
        let (owed, used, source) = (known.owed, used.clone(), Key::from(&application));
        let reverse = BenefitCommand::ReverseUse { at, benefit, application, reason };
        let mut events: Vec<Event> = state.decide(reverse)?.into_iter().map(Event::Benefit).collect();
        if let (Some(amount), Some(merchant)) = (owed, &used.merchant) {
            events.extend(process.take_money_back(merchant, amount, used.at, source)?);
        }
        Ok(events)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Named((&self.application).into()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Take a pass's slip back: the merchant is owed nothing for it, and the fund has its money again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReversePassUse {
    /// Which slip.
    pub slip_no: SlipNo,
    /// The pass that it was honoured on, as it is known: the number of a slip alone tells it, and the command is told apart
    /// by nothing else.
    pub pass: Option<PassNo>,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl ReversePassUse {
    /// What the slip came to: what it says itself or, of slips of before, what its offer tells.
    fn claim<S: States>(process: &Process<'_, S>, honoured: &HonouredSlip) -> Decision<SlipClaim> {
        match &honoured.claim {
            Some(claim) => Ok(claim.clone()),
            None => process.states.offer(&honoured.slip.offer)?.claim_of(&honoured.slip),
        }
    }
}

impl Definition for ReversePassUse {
    fn write_content(&self, content: &mut Content) {
        content.text("reverse_pass_use").text(self.slip_no.as_str()).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        let Some(pass) = &self.pass else { return };
        streams.push(StreamId::Pass(pass.clone()));
        let Ok(known) = book.pass(pass) else { return };
        streams.extend(known.terms().map(|terms| StreamId::Worker(terms.worker.clone())));
        let Some(honoured) = known.slip(&self.slip_no) else { return };
        streams.extend([StreamId::Merchant(honoured.merchant.clone()), StreamId::Offer(honoured.slip.offer.clone())]);
        let claimed = honoured.claim.as_ref().and_then(|claim| claim.fund.clone());
        let offer = book.offer(&honoured.slip.offer).into_iter();
        let offered = offer.flat_map(|offer| offer.all_terms()).filter_map(|terms| terms.fund.clone());
        streams.extend(claimed.into_iter().chain(offered).map(StreamId::Fund));
    }

    /// The slip, that whoever asks is not its holder, that it was not taken back yet, the time; then the money goes back to the fund, and the merchant's claim
    /// with it.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let ReversePassUse { slip_no, pass, reason } = self.clone();
        let Some(pass) = pass else { return Err(no_slip(&slip_no)) };
        let at = process.context.at;
        let state = process.states.pass(&pass)?;
        let honoured = state.require_honoured(&slip_no)?;
        if let Some(terms) = state.terms() {
            process.require_other_than(&terms.worker, TAKE_BACK_OWN)?;
        }
        let (used_at, merchant, source) = (honoured.slip.at, honoured.merchant.clone(), Key::from(&slip_no));
        let reversed = state.decide(PassCommand::ReverseUse { at, pass, slip_no, reason })?;
        let SlipClaim { amount, fund } = ReversePassUse::claim(process, honoured)?;
        let mut events = Vec::new();
        if let Some(fund) = fund {
            let release =
                FundCommand::Release { at, amount, committed_at: used_at, fund: fund.clone(), source: source.clone() };
            events.extend(process.states.fund(&fund)?.decide(release)?.into_iter().map(Event::Fund));
        }
        events.extend(reversed.into_iter().map(Event::Pass));
        events.extend(process.take_money_back(&merchant, amount, used_at, source)?);
        Ok(events)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Named((&self.slip_no).into()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

impl<S: States> Process<'_, S> {
    /// Takes back what a merchant was owed in money for a use.
    fn take_money_back(
        &self,
        merchant: &MerchantId,
        amount: Fen,
        used_at: BusinessTime,
        source: Key,
    ) -> Decision<Vec<Event>> {
        let (at, month) = (self.context.at, used_at.month());
        self.merchant(merchant, MerchantCommand::TakeBackMoney { at, amount, month, source })
    }
}
