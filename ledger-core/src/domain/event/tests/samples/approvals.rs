//! Samples of what bodies approve: the register, the proposal, their words, and the certificate that is kept meanwhile.

use super::super::super::{Event, V1};
use super::{actor, at, points, worker};
use crate::domain::benefit::certificate::{CertificateClaimed, CertificateEvent};
use crate::domain::benefit::command::{ApplicationTerms, BenefitKind, BenefitTerms};
use crate::domain::benefit::event::{BenefitChecked, BenefitEvent, BenefitProposed, BenefitRecorded, BenefitRejected};
use crate::domain::money::Fen;
use crate::domain::period::Period;

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an id")
}

pub(crate) fn samples() -> Vec<Event> {
    let bodies = || vec!["区总工会".to_owned(), "市总工会".to_owned()];
    let recorded = || BenefitRecorded {
        at: at(),
        benefit: id("QY03"),
        terms: BenefitTerms {
            approvals: Some(bodies()),
            fund: None,
            kind: BenefitKind::Place,
            limit_per_worker: None,
            limit_yearly: false,
            name: "疗休养".into(),
            places: None,
            price: points(2_000),
            value: Fen::ZERO,
            window: Period { from: None, through: None },
        },
        v: V1,
    };
    let terms = ApplicationTerms {
        amount: Some(Fen::new(361_700)),
        at: at(),
        certificate: Some(id("ZS00003")),
        worker: worker(),
    };
    let proposed = BenefitProposed {
        application: id("QD-0001"),
        approvals: bodies(),
        at: at(),
        benefit: id("QY03"),
        by: actor(),
        terms,
        v: V1,
    };
    let checked = BenefitChecked {
        application: id("QD-0001"),
        at: at(),
        benefit: id("QY03"),
        body: "市总工会".into(),
        by: actor(),
        v: V1,
        worker: worker(),
    };
    let rejected = BenefitRejected {
        application: id("QD-0001"),
        at: at(),
        benefit: id("QY03"),
        by: actor(),
        reason: "材料不全".into(),
        v: V1,
        worker: worker(),
    };
    let reserved = CertificateClaimed {
        application: id("QD-0001"),
        benefit: id("QY03"),
        certificate: id("ZS00003"),
        v: V1,
        worker: worker(),
    };
    vec![
        Event::Benefit(BenefitEvent::BenefitRegistered(recorded())),
        Event::Benefit(BenefitEvent::BenefitUpdated(recorded())),
        Event::Benefit(BenefitEvent::BenefitProposed(proposed)),
        Event::Benefit(BenefitEvent::BenefitChecked(checked)),
        Event::Benefit(BenefitEvent::BenefitRejected(rejected)),
        Event::Certificate(CertificateEvent::CertificateReserved(reserved)),
    ]
}
