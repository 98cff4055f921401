//! The rules of passes and offers: a slip is judged by its own time.

use super::command::{OfferCommand, OfferTerms, PassCommand, PassTerms, Slip, SlipClaim};
use super::event::{OfferEvent, OfferRecorded, PassEvent, PassRecorded, PassUseReversed, PassUsed};
use super::state::{HonouredSlip, Offer, Pass};
use crate::domain::event::V1;
use crate::domain::ids::{OfferId, PassNo, SlipNo};
use crate::domain::money::Fen;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;

impl Pass {
    /// Decides a command of this pass.
    ///
    /// # Errors
    /// `unknown_pass`, `invalid_date`, `already_decided`.
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
            PassCommand::Use { pass, slip_no, slip, merchant, claim } => {
                self.require(&pass)?;
                let SlipClaim { amount, fund } = claim;
                let (at, owed) = (slip.at, Some(amount));
                let used = PassUsed { at, fund, merchant, owed, pass, slip, slip_no, v: V1 };
                Ok(vec![PassEvent::PassUsed(used)])
            }
            PassCommand::ReverseUse { at, pass, slip_no, reason } => {
                let HonouredSlip { merchant, slip, .. } = self.require_honoured(&slip_no)?.clone();
                if at < slip.at {
                    let message = format!("slip {slip_no} of {} cannot be taken back before, at {at}", slip.at);
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                let reversed = PassUseReversed { at, merchant, pass, reason, slip, slip_no, v: V1 };
                Ok(vec![PassEvent::PassUseReversed(reversed)])
            }
        }
    }

    /// A slip that was honoured on this pass and not taken back.
    ///
    /// # Errors
    /// `unknown_pass`, `already_decided`.
    pub fn require_honoured(&self, slip_no: &SlipNo) -> Decision<&HonouredSlip> {
        let Some(slip) = self.slip(slip_no) else { return Err(no_slip(slip_no)) };
        if slip.reversed {
            return Err(Refusal::new(Code::AlreadyDecided, format!("slip {slip_no} was taken back before")));
        }
        Ok(slip)
    }

    /// The pass must be known.
    ///
    /// # Errors
    /// `unknown_pass`.
    pub fn require(&self, pass: &PassNo) -> Decision<&PassTerms> {
        self.terms().ok_or_else(|| Refusal::new(Code::UnknownPass, format!("no pass {pass}; issue it first (暖心卡)")))
    }
}

/// No pass was honoured by a slip of this number.
pub fn no_slip(slip_no: &SlipNo) -> Refusal {
    let message = format!("no pass was honoured by a slip {slip_no}; look at the number again (小票号)");
    Refusal::new(Code::UnknownPass, message)
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

    /// What a merchant came to be owed for a slip that does not say it itself, as slips of before: what all terms by which
    /// it can have been honoured agree on.
    ///
    /// # Errors
    /// `invalid_amount` where they do not agree.
    pub fn claim_of(&self, slip: &Slip) -> Decision<SlipClaim> {
        let mut claims = self.all_terms().filter(|terms| terms.fits(slip)).map(|terms| terms.claim(slip));
        let claim = claims.next().filter(|claim| claims.all(|other| other == *claim));
        claim.ok_or_else(|| {
            let message = format!(
                "offer {} was changed, and the slip of {} does not say by which of its terms it was honoured",
                slip.offer, slip.at
            );
            Refusal::new(Code::InvalidAmount, message)
        })
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
        let to_pay = self.to_pay(slip);
        if !slip.price.is_positive() || slip.paid != to_pay {
            let message = format!("{} yuan of {} are not what was to be paid, {to_pay}", slip.paid, slip.price);
            return Err(Refusal::new(Code::InvalidAmount, message));
        }
        Ok(self.subsidy(slip))
    }

    /// What a slip that was found right comes to, and which fund bears it.
    pub fn claim(&self, slip: &Slip) -> SlipClaim {
        let amount = self.subsidy(slip);
        SlipClaim { amount, fund: self.fund.clone().filter(|_| amount.is_positive()) }
    }

    fn to_pay(&self, slip: &Slip) -> Fen {
        slip.price.share_rounded(i64::from(self.paid_of_thousand), 1_000)
    }

    fn subsidy(&self, slip: &Slip) -> Fen {
        (slip.price - slip.paid).share_down(i64::from(self.subsidy_of_ten_thousand), 10_000)
    }

    /// Whether a slip can have been honoured by these terms.
    fn fits(&self, slip: &Slip) -> bool {
        self.days.holds(slip.at.date()) && slip.paid == self.to_pay(slip)
    }
}
