//! Passes, offers and slips (暖心卡, 优惠协议, 优惠核销), kept from the events alone: a slip is honoured once, on a pass that
//! was good at its instant, by an offer of its day and kind, at the price that the discount gives.

use foldhash::HashMap;

use super::dues::{Cost, NotOwed, Owed};
use crate::domain::ids::{Key, OfferId, PassNo, SlipNo};
use crate::domain::money::Fen;
use crate::domain::pass::command::{OfferTerms, PassTerms, Slip};
use crate::domain::pass::event::{PassRecorded, PassUseReversed, PassUsed};
use crate::domain::pass::{OfferEvent, PassEvent};
use crate::domain::period::Period;

/// What is known of passes and offers by the registers' last word, and every slip that was honoured.
#[derive(Debug, Default)]
pub(super) struct Passes {
    passes: HashMap<PassNo, PassTerms>,
    offers: HashMap<OfferId, OfferTerms>,
    slips: HashMap<SlipNo, Known>,
}

/// A slip that was honoured.
#[derive(Debug)]
struct Known {
    pass: PassNo,
    slip: Slip,
    honoured: Honoured,
    reversed: bool,
}

/// What an event of a pass comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Slipped {
    /// Nothing that others answer.
    Nothing,
    /// A slip was honoured.
    Honoured(Honoured),
    /// One was taken back: what was set aside for it is freed, where anything was, and what was owed is not any more.
    TakenBack {
        /// Whether it had cost a fund anything.
        cost: bool,
        /// What is not owed any more.
        not_owed: NotOwed,
    },
}

/// What a slip comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Honoured {
    /// What it takes of a fund, where it takes anything.
    pub(super) cost: Option<Cost>,
    /// What the merchant is owed, be it nothing.
    pub(super) owed: Owed,
}

impl Passes {
    /// Follows an event of a pass; gives what a slip comes to.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn pass(&mut self, event: &PassEvent) -> Result<Slipped, String> {
        match event {
            PassEvent::PassIssued(event) => self.record(event, false).map(|()| Slipped::Nothing),
            PassEvent::PassUpdated(event) => self.record(event, true).map(|()| Slipped::Nothing),
            PassEvent::PassUsed(event) => self.honour(event).map(Slipped::Honoured),
            PassEvent::PassUseReversed(event) => self.take_back(event),
        }
    }

    /// Follows an event of an offer.
    pub(super) fn offer(&mut self, event: &OfferEvent) {
        match event {
            OfferEvent::OfferRegistered(event) | OfferEvent::OfferUpdated(event) => {
                self.offers.insert(event.offer.clone(), event.terms.clone());
            }
        }
    }

    /// A number is given out once, and to one holder for ever.
    fn record(&mut self, event: &PassRecorded, known: bool) -> Result<(), String> {
        let PassRecorded { pass, terms, .. } = event;
        let before = self.passes.insert(pass.clone(), terms.clone());
        match before {
            Some(_) if !known => Err(format!("pass {pass} is issued a second time")),
            None if known => Err(format!("pass {pass} was never issued")),
            Some(before) if before.worker != terms.worker => {
                Err(format!("pass {pass} of {} goes to {}; numbers are never given again", before.worker, terms.worker))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn honour(&mut self, event: &PassUsed) -> Result<Honoured, String> {
        let PassUsed { at, fund, merchant, owed: said, pass, slip, slip_no, .. } = event;
        if self.slips.contains_key(slip_no) {
            return Err(format!("slip {slip_no} is honoured a second time"));
        }
        let terms = self.passes.get(pass).ok_or_else(|| format!("pass {pass} was never issued"))?;
        let offer = self.offers.get(&slip.offer).ok_or_else(|| format!("offer {} was never made", slip.offer))?;
        if *at != slip.at {
            return Err(format!("slip {slip_no} of {} is entered as of {at}", slip.at));
        }
        good(pass, terms, slip)?;
        held(offer, terms, merchant.as_str(), slip)?;
        let amount = share(offer, slip)?;
        let source = Key::from(slip_no);
        let cost = offer.fund.clone().filter(|_| amount.is_positive()).map(|fund| Cost { amount, fund });
        // Slips of before say nothing of it.
        let bears = cost.as_ref().map(|cost| &cost.fund);
        if said.is_some_and(|said| said != amount) || (said.is_some() && fund.as_ref() != bears) {
            return Err(format!("slip {slip_no} says that it comes to something else than {amount} yuan"));
        }
        let owed = Owed { amount, at: *at, merchant: merchant.clone(), source };
        let honoured = Honoured { cost, owed };
        let known = Known { pass: pass.clone(), slip: slip.clone(), honoured: honoured.clone(), reversed: false };
        self.slips.insert(slip_no.clone(), known);
        Ok(honoured)
    }

    /// A slip is taken back once, as it was honoured and not before.
    fn take_back(&mut self, event: &PassUseReversed) -> Result<Slipped, String> {
        let PassUseReversed { at, merchant, pass, slip, slip_no, .. } = event;
        let Some(known) = self.slips.get_mut(slip_no) else {
            return Err(format!("takes slip {slip_no} back, which was never honoured"));
        };
        if std::mem::replace(&mut known.reversed, true) {
            return Err(format!("takes slip {slip_no} back a second time"));
        }
        let Honoured { cost, owed } = &known.honoured;
        if (pass, slip, merchant) != (&known.pass, &known.slip, &owed.merchant) {
            return Err(format!("takes slip {slip_no} back otherwise than it was honoured"));
        }
        if *at < slip.at {
            return Err(format!("takes slip {slip_no} of {} back before, at {at}", slip.at));
        }
        let not_owed = NotOwed { owed: owed.clone(), taken_back: *at };
        Ok(Slipped::TakenBack { cost: cost.is_some(), not_owed })
    }
}

/// A pass is good on its days; a replacement from its instant on, and what was lost until then.
fn good(pass: &PassNo, terms: &PassTerms, slip: &Slip) -> Result<(), String> {
    let PassTerms { days, lost, since, .. } = terms;
    if let Some(lost) = lost
        && *lost <= slip.at
    {
        return Err(format!("pass {pass} is used at {}, and was lost at {lost}", slip.at));
    }
    if let Some(since) = since
        && slip.at < *since
    {
        return Err(format!("pass {pass} is used at {}, before it was good at {since}", slip.at));
    }
    if lies_in(*days, slip) { Ok(()) } else { Err(format!("pass {pass} is used at {}, outside its days", slip.at)) }
}

/// An offer is one merchant's, for passes of one kind, on its days.
fn held(offer: &OfferTerms, pass: &PassTerms, merchant: &str, slip: &Slip) -> Result<(), String> {
    let name = &slip.offer;
    if offer.merchant.as_str() != merchant {
        return Err(format!("offer {name} is of {}, not of {merchant}", offer.merchant));
    }
    if offer.kind != pass.kind {
        return Err(format!("offer {name} is for {}, and the pass is {}", offer.kind, pass.kind));
    }
    if lies_in(offer.days, slip) {
        Ok(())
    } else {
        Err(format!("offer {name} is used at {}, outside its days", slip.at))
    }
}

fn lies_in(days: Period, slip: &Slip) -> bool {
    let day = slip.at.date();
    let ended = days.through.is_some_and(|through| through < day);
    !ended && days.from.is_none_or(|from| from <= day)
}

/// What of the discount the merchant is owed, after what was paid was found right.
fn share(offer: &OfferTerms, slip: &Slip) -> Result<Fen, String> {
    let (price, paid) = (i128::from(slip.price.fen()), i128::from(slip.paid.fen()));
    // Half a fen is rounded up: what was paid is not more than half a fen below the exact share, and less than half above.
    let twice = 2 * (price * i128::from(offer.paid_of_thousand) - paid * 1_000);
    if price <= 0 || !(-1_000..1_000).contains(&twice) {
        let discount = offer.paid_of_thousand;
        return Err(format!("{} yuan are paid of {}, by an offer of {discount} of a thousand", slip.paid, slip.price));
    }
    let owed = (price - paid) * i128::from(offer.subsidy_of_ten_thousand) / 10_000;
    i64::try_from(owed).map(Fen::new).map_err(|_| "owes more than can be counted".to_owned())
}
