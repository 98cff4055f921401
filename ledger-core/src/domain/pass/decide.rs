//! The rules of passes and offers: a slip is judged by its own time.

use super::command::{OfferCommand, OfferTerms, PassCommand, PassTerms, Slip};
use super::event::{OfferEvent, OfferRecorded, PassEvent, PassRecorded, PassUsed};
use super::state::{Offer, Pass};
use crate::domain::event::V1;
use crate::domain::ids::{OfferId, PassNo};
use crate::domain::money::Fen;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;

impl Pass {
    /// Decides a command of this pass.
    ///
    /// # Errors
    /// `unknown_pass`, `invalid_date`.
    pub fn decide(&self, command: PassCommand) -> Decision<Vec<PassEvent>> {
        match command {
            PassCommand::Issue { at, pass, replaces, terms } => {
                terms.days.check(&format!("pass {pass}"))?;
                if let (Some(lost), Some(from)) = (terms.lost, terms.days.from)
                    && lost.date() < from
                {
                    let message = format!("pass {pass} cannot be lost on {}, before it begins on {from}", lost.date());
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                // A replacement goes on being one when its own row comes.
                let since = terms.since.or_else(|| self.terms().and_then(|known| known.since));
                // What was lost stays lost: a register's row that does not say so, or was written before, brings no pass back
                // beside the one that replaced it. Another time of the loss is a correction.
                let lost = terms.lost.or_else(|| self.terms().and_then(|known| known.lost));
                let terms = PassTerms { lost, since, ..terms };
                if self.terms() == Some(&terms) {
                    return Ok(Vec::new());
                }
                let recorded = PassRecorded { at, pass, replaces, terms, v: V1 };
                Ok(vec![if self.terms().is_some() {
                    PassEvent::PassUpdated(recorded)
                } else {
                    PassEvent::PassIssued(recorded)
                }])
            }
            PassCommand::Use { pass, slip_no, slip, merchant } => {
                self.require(&pass)?;
                Ok(vec![PassEvent::PassUsed(PassUsed { at: slip.at, merchant, pass, slip, slip_no, v: V1 })])
            }
        }
    }

    /// The pass must be known.
    ///
    /// # Errors
    /// `unknown_pass`.
    pub fn require(&self, pass: &PassNo) -> Decision<&PassTerms> {
        self.terms().ok_or_else(|| Refusal::new(Code::UnknownPass, format!("no pass {pass}; issue it first (暖心卡)")))
    }
}

impl PassTerms {
    /// The pass must be good at a time.
    ///
    /// # Errors
    /// `pass_lost`, `pass_expired`.
    pub fn require_good(&self, pass: &PassNo, at: BusinessTime) -> Decision<()> {
        if let Some(lost) = self.lost.filter(|lost| *lost <= at) {
            return Err(Refusal::new(Code::PassLost, format!("pass {pass} was lost at {lost}")));
        }
        if !self.days.holds(at.date()) || self.since.is_some_and(|since| at < since) {
            return Err(Refusal::new(Code::PassExpired, format!("pass {pass} does not hold at {at}")));
        }
        Ok(())
    }
}

impl Offer {
    /// Decides a command of this offer.
    ///
    /// # Errors
    /// `invalid_date`, `invalid_input`.
    pub fn decide(&self, command: OfferCommand) -> Decision<Vec<OfferEvent>> {
        let OfferCommand { at, offer, terms } = command;
        terms.days.check(&format!("offer {offer}"))?;
        if terms.paid_of_thousand == 0 || terms.paid_of_thousand > 1_000 || terms.subsidy_of_ten_thousand > 10_000 {
            let message =
                format!("offer {offer}: a discount (折扣) is above 0 and at most 10, a subsidy at most 100 %");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if terms.subsidy_of_ten_thousand > 0 && terms.fund.is_none() {
            let message = format!("offer {offer}: a subsidy (补贴比例) needs a fund (资金编号)");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if self.terms() == Some(&terms) {
            return Ok(Vec::new());
        }
        let recorded = OfferRecorded { at, offer, terms, v: V1 };
        Ok(vec![if self.terms().is_some() {
            OfferEvent::OfferUpdated(recorded)
        } else {
            OfferEvent::OfferRegistered(recorded)
        }])
    }

    /// The offer must be known.
    ///
    /// # Errors
    /// `unknown_offer`.
    pub fn require(&self, offer: &OfferId) -> Decision<&OfferTerms> {
        self.terms()
            .ok_or_else(|| Refusal::new(Code::UnknownOffer, format!("no offer {offer}; register it first (优惠协议)")))
    }
}

impl OfferTerms {
    /// What the merchant is owed for a slip, after it was found right.
    ///
    /// # Errors
    /// `not_eligible`, `offer_ended`, `invalid_amount`.
    pub fn owed(&self, pass: &PassTerms, slip: &Slip) -> Decision<Fen> {
        if self.kind != pass.kind {
            let message = format!("offer {} is for {}, not for {}", slip.offer, self.kind, pass.kind);
            return Err(Refusal::new(Code::NotEligible, message));
        }
        if !self.days.holds(slip.at.date()) {
            let message = format!("offer {} does not hold on {}", slip.offer, slip.at.date());
            return Err(Refusal::new(Code::OfferEnded, message));
        }
        let to_pay = slip.price.share_rounded(i64::from(self.paid_of_thousand), 1_000);
        if !slip.price.is_positive() || slip.paid != to_pay {
            let message = format!("{} yuan of {} are not what was to be paid, {to_pay}", slip.paid, slip.price);
            return Err(Refusal::new(Code::InvalidAmount, message));
        }
        Ok((slip.price - slip.paid).share_down(i64::from(self.subsidy_of_ten_thousand), 10_000))
    }
}
