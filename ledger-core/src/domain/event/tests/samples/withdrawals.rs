//! Samples of withdrawals: what was applied for is given back.

use super::super::super::{Event, V1, WorkerEvent};
use super::{at, points, worker};
use crate::domain::benefit::certificate::{CertificateEvent, CertificateReleased};
use crate::domain::benefit::event::{BenefitEvent, BenefitWithdrawn};
use crate::domain::fund::event::{FundEvent, FundReleased};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::time::Month;
use crate::domain::worker::event::{BenefitPointsReturned, LotPart};

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an id")
}

pub(crate) fn samples() -> Vec<Event> {
    let returned = |debt_paid: i64| {
        let debt_paid = Points::from_hundredths(debt_paid);
        Event::Worker(WorkerEvent::BenefitPointsReturned(BenefitPointsReturned {
            application: id("QD-0001"),
            at: at(),
            balance: points(2_100),
            benefit: id("QY03"),
            debt_paid,
            lots: vec![LotPart(3, points(2_000) - debt_paid)],
            points: points(2_000),
            v: V1,
            worker: worker(),
        }))
    };
    let released = |month: Option<&str>| {
        Event::Fund(FundEvent::FundReleased(FundReleased {
            amount: Fen::new(6_050),
            at: at(),
            committed_at: at(),
            fund: id("ZJ01"),
            month: month.and_then(Month::parse),
            source: id("QD-0001"),
            v: V1,
        }))
    };
    let withdrawn = |reason: Option<&str>, waited: bool| {
        Event::Benefit(BenefitEvent::BenefitWithdrawn(BenefitWithdrawn {
            application: id("QD-0001"),
            at: at(),
            benefit: id("QY03"),
            reason: reason.map(Into::into),
            v: V1,
            waited,
            worker: worker(),
        }))
    };
    vec![
        returned(400),
        returned(0),
        released(Some("2024-04")),
        released(None),
        Event::Certificate(CertificateEvent::CertificateReleased(CertificateReleased {
            application: id("QD-0001"),
            benefit: id("QY03"),
            certificate: id("ZS00003"),
            v: V1,
            worker: worker(),
        })),
        withdrawn(Some("本人不再需要"), false),
        withdrawn(None, true),
    ]
}
