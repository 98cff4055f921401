//! What the events alone must say, whatever was answered: bodies approve and months are settled by persons with no other part
//! in them, nothing is given before the last word, and nothing comes into a merchant's month once it was confirmed.

use std::collections::{BTreeMap, BTreeSet};

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::merchant::MerchantEvent;

use crate::persons::Persons;

/// All of it.
pub(crate) fn check(events: &[Event]) {
    let persons = Persons::of(events);
    approvals(events, &persons);
    statements(events, &persons);
}

/// An application that bodies approve.
struct Proposed {
    worker: String,
    /// The bodies that have not said their word.
    bodies: BTreeSet<String>,
    /// Whoever had a part in it.
    parts: BTreeSet<String>,
}

impl Proposed {
    fn takes_part(&mut self, by: String) {
        assert_ne!(by, self.worker, "decides about the own application");
        assert!(self.parts.insert(by), "one person has two parts");
    }
}

fn approvals(events: &[Event], persons: &Persons<'_>) {
    let mut proposals: BTreeMap<&str, Proposed> = BTreeMap::new();
    let of = |application: &str| format!("{application} was proposed");
    for event in events.iter().filter_map(Event::as_benefit) {
        match event {
            BenefitEvent::BenefitProposed(event) => {
                let bodies = event.approvals.iter().cloned().collect();
                let parts = BTreeSet::from([persons.who(event.by.as_str())]);
                let proposed = Proposed { worker: event.terms.worker.to_string(), bodies, parts };
                assert!(proposals.insert(event.application.as_str(), proposed).is_none(), "proposed twice: {event:?}");
            }
            BenefitEvent::BenefitChecked(event) => {
                let application = event.application.as_str();
                let proposed = proposals.get_mut(application).unwrap_or_else(|| panic!("{}", of(application)));
                proposed.takes_part(persons.who(event.by.as_str()));
                assert!(proposed.bodies.remove(&event.body), "no word of this body is due: {event:?}");
            }
            BenefitEvent::BenefitRejected(event) => {
                let application = event.application.as_str();
                let mut proposed = proposals.remove(application).unwrap_or_else(|| panic!("{}", of(application)));
                proposed.takes_part(persons.who(event.by.as_str()));
                assert!(!proposed.bodies.is_empty(), "sent back after the last word: {event:?}");
            }
            BenefitEvent::BenefitGranted(event) | BenefitEvent::BenefitQueued(event) => {
                let proposed = proposals.get(event.application.as_str());
                let due = proposed.map_or(0, |proposed| proposed.bodies.len());
                assert_eq!(due, 0, "words that are due before anything is given: {event:?}");
            }
            BenefitEvent::BenefitWithdrawn(event) => {
                proposals.remove(event.application.as_str());
            }
            BenefitEvent::BenefitRegistered(_)
            | BenefitEvent::BenefitUpdated(_)
            | BenefitEvent::BenefitUsed(_)
            | BenefitEvent::BenefitUseReversed(_) => {}
        }
    }
}

/// Who prepared a merchant's month, and who confirmed it.
#[derive(Default)]
struct Settled {
    preparers: BTreeSet<String>,
    confirmed_by: Option<String>,
}

fn statements(events: &[Event], persons: &Persons<'_>) {
    let mut months: BTreeMap<(String, String), Settled> = BTreeMap::new();
    for event in events.iter().filter_map(Event::as_merchant) {
        let merchant = event.merchant().to_string();
        if let Some((month, line)) = event.line() {
            let settled = months.entry((merchant.clone(), month.to_string())).or_default();
            assert_eq!(settled.confirmed_by, None, "a line after the confirmation: {line:?}");
        }
        match event {
            MerchantEvent::StatementPrepared(event) => {
                let settled = months.entry((merchant, event.month.to_string())).or_default();
                assert_eq!(settled.confirmed_by, None, "prepared after the confirmation: {event:?}");
                settled.preparers.insert(persons.who(event.by.as_str()));
            }
            MerchantEvent::StatementDisputeAnswered(event) => {
                let settled = months.entry((merchant, event.month.to_string())).or_default();
                assert!(!settled.preparers.contains(&persons.who(event.by.as_str())), "answers the own: {event:?}");
            }
            MerchantEvent::StatementConfirmed(event) => {
                let settled = months.entry((merchant, event.month.to_string())).or_default();
                let by = persons.who(event.by.as_str());
                assert!(!settled.preparers.contains(&by), "confirms the own: {event:?}");
                assert_eq!(settled.confirmed_by.replace(by), None, "confirmed twice: {event:?}");
            }
            MerchantEvent::SettlementPaid(event) => {
                let settled = months.entry((merchant, event.month.to_string())).or_default();
                let by = persons.who(event.by.as_ref().expect("money is paid by a statement").as_str());
                let had = settled.preparers.contains(&by) || settled.confirmed_by.as_ref() == Some(&by);
                assert!(!had && settled.confirmed_by.is_some(), "pays the own, or what was not confirmed: {event:?}");
            }
            MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_)
            | MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementAcknowledged(_) => {}
        }
    }
}
