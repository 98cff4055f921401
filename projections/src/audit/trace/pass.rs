//! A pass, line by line: issued, lost, replaced, and every slip with what it cost and what was taken off.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::PassNo;
use ledger_core::domain::pass::PassEvent;
use ledger_core::journal::Entry;

use super::facts::{FactName, Facts};
use super::thing::Follow;
use super::{PassStanding, Standing, TraceLine, begun};

pub(super) struct PassTrace {
    pass: PassNo,
    /// Whose it is, as its register has it so far.
    holder: Option<String>,
    standing: PassStanding,
}

impl PassTrace {
    pub(super) fn new(pass: PassNo) -> PassTrace {
        PassTrace { pass, holder: None, standing: PassStanding::default() }
    }

    /// Whether another pass was issued in the place of this one.
    fn replaced(&self, event: &PassEvent) -> bool {
        matches!(event, PassEvent::PassIssued(event) | PassEvent::PassUpdated(event)
            if event.replaces.as_ref() == Some(&self.pass))
    }
}

impl Follow for PassTrace {
    fn owns(&self, event: &Event) -> bool {
        event.as_pass().is_some_and(|own| own.pass() == &self.pass || self.replaced(own))
    }

    fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let own = event.as_pass()?;
        if self.replaced(own) {
            self.standing.replaced_by = Some(own.pass().clone());
            let facts = Facts::new().with(FactName::ReplacedBy, own.pass());
            let line = begun(entry, event, self.standing());
            return Some(TraceLine { subject: own.pass().to_string(), facts: facts.told(), ..line });
        }
        if own.pass() != &self.pass {
            return None;
        }
        let mut subject = String::new();
        let mut party = None;
        let facts = match own {
            PassEvent::PassIssued(event) | PassEvent::PassUpdated(event) => {
                let terms = &event.terms;
                self.standing.lost = terms.lost;
                self.holder = Some(terms.worker.to_string());
                party.clone_from(&self.holder);
                Facts::new()
                    .with(FactName::Kind, &terms.kind)
                    .maybe(FactName::From, terms.days.from)
                    .maybe(FactName::Until, terms.days.through)
                    .maybe(FactName::Since, terms.since)
                    .maybe(FactName::Lost, terms.lost)
                    .maybe(FactName::Replaces, event.replaces.as_ref())
            }
            PassEvent::PassUsed(event) => {
                let slip = &event.slip;
                let discount = slip.price - slip.paid;
                self.standing.slips += 1;
                self.standing.price += slip.price;
                self.standing.discount += discount;
                subject = event.slip_no.to_string();
                Facts::new()
                    .with(FactName::Merchant, &event.merchant)
                    .with(FactName::Offer, &slip.offer)
                    .with(FactName::FullPrice, slip.price)
                    .with(FactName::Paid, slip.paid)
                    .with(FactName::Discount, discount)
            }
            PassEvent::PassUseReversed(event) => {
                let slip = &event.slip;
                let discount = slip.price - slip.paid;
                self.standing.slips = self.standing.slips.saturating_sub(1);
                self.standing.price -= slip.price;
                self.standing.discount -= discount;
                subject = event.slip_no.to_string();
                // Why is about the holder.
                party.clone_from(&self.holder);
                Facts::new()
                    .with(FactName::Merchant, &event.merchant)
                    .with(FactName::Offer, &slip.offer)
                    .with(FactName::FullPrice, slip.price)
                    .with(FactName::Paid, slip.paid)
                    .with(FactName::Discount, discount)
            }
        };
        let line = begun(entry, event, self.standing());
        Some(TraceLine { subject, party, facts: facts.told(), ..line })
    }

    fn standing(&self) -> Standing {
        Standing::Pass(self.standing.clone())
    }
}
