//! Samples of uses that were taken back, with the claim to money that each had made; and of slips that say what they came to.

use super::super::super::{Event, V1};
use super::{at, merchant, month, worker};
use crate::domain::benefit::command::Use;
use crate::domain::benefit::event::{BenefitEvent, BenefitUseReversed};
use crate::domain::merchant::event::{MerchantEvent, MoneyTakenBack};
use crate::domain::money::Fen;
use crate::domain::pass::command::Slip;
use crate::domain::pass::event::{PassEvent, PassUseReversed, PassUsed};
use crate::domain::time::Month;

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an id")
}

pub(crate) fn samples() -> Vec<Event> {
    let slip = || Slip { at: at(), offer: id("YH-0001"), paid: Fen::new(2_128), price: Fen::new(2_504) };
    let used = |fund: Option<&str>, owed: i64| {
        Event::Pass(PassEvent::PassUsed(PassUsed {
            at: at(),
            fund: fund.map(id),
            merchant: merchant(),
            owed: Some(Fen::new(owed)),
            pass: id("NXK-0001"),
            slip: slip(),
            slip_no: id("XP-0001"),
            v: V1,
        }))
    };
    let taken_back = |claimed_in: Option<Month>, month: Month| {
        Event::Merchant(MerchantEvent::MoneyTakenBack(MoneyTakenBack {
            amount: Fen::new(188),
            at: at(),
            claimed_in,
            merchant: merchant(),
            month,
            source: id("XP-0001"),
            v: V1,
        }))
    };
    vec![
        used(Some("ZJ01"), 188),
        used(None, 0),
        Event::Pass(PassEvent::PassUseReversed(PassUseReversed {
            at: at(),
            merchant: merchant(),
            pass: id("NXK-0001"),
            reason: "原价写错".into(),
            slip: slip(),
            slip_no: id("XP-0001"),
            v: V1,
        })),
        Event::Benefit(BenefitEvent::BenefitUseReversed(BenefitUseReversed {
            application: id("QD-0001"),
            at: at(),
            benefit: id("QY03"),
            reason: "核错了，当天并未到店".into(),
            used: Use { at: at(), merchant: Some(merchant()) },
            v: V1,
            worker: worker(),
        })),
        taken_back(None, month()),
        taken_back(Some(month()), month().next()),
    ]
}
