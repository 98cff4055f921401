//! A benefit, line by line: who was given one, waits, used one or gave it back.

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::benefit::command::BenefitKind;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::BenefitId;
use ledger_core::journal::Entry;

use super::facts::{FactName, Facts};
use super::thing::Follow;
use super::{BenefitStanding, Standing, TraceLine, begun};
use crate::programmes::Programmes;

pub(super) struct BenefitTrace {
    benefit: BenefitId,
    /// The state's own fold, of this benefit's events alone.
    told: Programmes,
    places: Option<u32>,
}

impl BenefitTrace {
    pub(super) fn new(benefit: BenefitId) -> BenefitTrace {
        BenefitTrace { benefit, told: Programmes::default(), places: None }
    }
}

impl Follow for BenefitTrace {
    fn owns(&self, event: &Event) -> bool {
        event.as_benefit().is_some_and(|own| own.benefit() == &self.benefit)
    }

    fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let own = event.as_benefit().filter(|own| own.benefit() == &self.benefit)?;
        self.told.fold(event);
        if let BenefitEvent::BenefitRegistered(recorded) | BenefitEvent::BenefitUpdated(recorded) = own {
            self.places = recorded.terms.places;
        }
        let (subject, party) = application(own).unzip();
        let line = begun(entry, event, self.standing());
        Some(TraceLine { subject: subject.unwrap_or_default(), party, facts: facts(own).told(), ..line })
    }

    fn standing(&self) -> Standing {
        let figures = self.told.benefits.get(self.benefit.as_str()).copied().unwrap_or_default();
        Standing::Benefit(BenefitStanding { figures, places: self.places })
    }
}

/// The application that an event is about, and whose it is.
fn application(event: &BenefitEvent) -> Option<(String, String)> {
    match event {
        BenefitEvent::BenefitGranted(event) | BenefitEvent::BenefitQueued(event) => {
            Some((event.application.to_string(), event.terms.worker.to_string()))
        }
        BenefitEvent::BenefitUsed(event) => Some((event.application.to_string(), event.worker.to_string())),
        BenefitEvent::BenefitWithdrawn(event) => Some((event.application.to_string(), event.worker.to_string())),
        BenefitEvent::BenefitProposed(event) => Some((event.application.to_string(), event.terms.worker.to_string())),
        BenefitEvent::BenefitChecked(event) => Some((event.application.to_string(), event.worker.to_string())),
        BenefitEvent::BenefitRejected(event) => Some((event.application.to_string(), event.worker.to_string())),
        BenefitEvent::BenefitUseReversed(event) => Some((event.application.to_string(), event.worker.to_string())),
        BenefitEvent::BenefitRegistered(_) | BenefitEvent::BenefitUpdated(_) => None,
    }
}

fn facts(event: &BenefitEvent) -> Facts {
    let facts = Facts::new();
    match event {
        BenefitEvent::BenefitRegistered(event) | BenefitEvent::BenefitUpdated(event) => {
            let terms = &event.terms;
            let kind = match terms.kind {
                BenefitKind::Place => "名额",
                BenefitKind::Voucher => "券",
                BenefitKind::Grant => "补助",
            };
            facts
                .with(FactName::Name, &terms.name)
                .with(FactName::Kind, kind)
                .maybe(FactName::Fund, terms.fund.as_ref())
                .maybe(FactName::Places, terms.places)
                .maybe(FactName::LimitPerWorker, terms.limit_per_worker)
                .maybe(FactName::Price, terms.price.is_positive().then_some(terms.price))
                .money(FactName::Amount, terms.value)
                .maybe(FactName::From, terms.window.from)
                .maybe(FactName::Until, terms.window.through)
                .maybe(FactName::Approvals, terms.approvals.as_ref().map(|bodies| bodies.join("、")))
        }
        BenefitEvent::BenefitGranted(event) | BenefitEvent::BenefitQueued(event) => facts
            .maybe(FactName::Amount, event.terms.amount)
            .maybe(FactName::Certificate, event.terms.certificate.as_ref()),
        BenefitEvent::BenefitProposed(event) => facts
            .maybe(FactName::Amount, event.terms.amount)
            .maybe(FactName::Certificate, event.terms.certificate.as_ref())
            .with(FactName::Approvals, event.approvals.join("、")),
        BenefitEvent::BenefitChecked(event) => facts.with(FactName::Body, &event.body),
        BenefitEvent::BenefitRejected(_) => facts,
        BenefitEvent::BenefitUsed(event) => facts.maybe(FactName::Merchant, event.used.merchant.as_ref()),
        BenefitEvent::BenefitUseReversed(event) => facts.maybe(FactName::Merchant, event.used.merchant.as_ref()),
        BenefitEvent::BenefitWithdrawn(event) => facts.so(FactName::Waited, event.waited),
    }
}
