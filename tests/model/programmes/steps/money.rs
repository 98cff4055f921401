//! Steps with money: benefits with the bodies that approve them, passes, and the months of bodies and merchants.

use std::ops::Range;

use proptest::prelude::*;

use super::chances::{day, maybe, of};
use super::{Day, Deed, Pays, Settling, Step};
use crate::programmes::desk::HANDS;

/// Numbers of applications that are proposed, for the most part of one benefit.
const PROPOSALS: Range<u8> = 14..20;

/// The number of an application and its benefit: mostly the one that the number stands for, so that what comes later of it finds it.
fn numbered() -> BoxedStrategy<(u8, u8)> {
    prop_oneof![5 => (0_u8..14).prop_map(|number| (number, number % 4)), 1 => (0_u8..14, of(4))].boxed()
}

fn application() -> BoxedStrategy<Step> {
    let used = maybe(1, 5, (0_u16..30, maybe(4, 1, of(2))).boxed());
    let fen = maybe(5, 1, prop_oneof![6 => 1_u16..4_000, 1 => Just(0)].boxed());
    (numbered(), of(4), day(), maybe(1, 4, (0_u8..3).boxed()), fen, used)
        .prop_map(|((application, benefit), worker, day, certificate, fen, used)| Step::Apply {
            application,
            benefit,
            worker,
            day,
            certificate,
            fen,
            used: used.map(|(later, merchant)| ((day + later).saturating_sub(1).max(1), merchant)),
        })
        .boxed()
}

/// Bodies are asked, and say their words: mostly one that there is, of what was proposed, by whoever it may be. Workers
/// earn what it costs before.
pub(super) fn of_proposals() -> BoxedStrategy<Step> {
    let named = || (PROPOSALS, prop_oneof![12 => Just(3_u8), 1 => of(4)]);
    let certificate = maybe(1, 2, (0_u8..3).boxed());
    let earned = (0_u8..4, 1_u16..20, 1_u8..3).prop_map(|(worker, day, units)| Step::Credit { worker, day, units });
    let propose = (named(), of(4), day(), certificate, maybe(2, 1, (0_u16..3_000).boxed()), 0..HANDS).prop_map(
        |((application, benefit), worker, day, certificate, fen, by)| Step::Propose {
            application,
            benefit,
            worker,
            day,
            certificate,
            fen,
            by,
        },
    );
    let body = prop_oneof![9 => 0_u8..2, 1 => Just(2_u8)];
    let approve = (named(), body, 0..HANDS).prop_map(|((application, benefit), body, by)| Step::Approve {
        application,
        benefit,
        body,
        by,
    });
    let send_back =
        (named(), 0..HANDS).prop_map(|((application, benefit), by)| Step::SendBack { application, benefit, by });
    prop_oneof![3 => earned, 5 => propose, 11 => approve, 2 => send_back].boxed()
}

/// Mostly of the month of which there is most.
pub(super) fn settlement() -> BoxedStrategy<Step> {
    let stage = prop_oneof![
        4 => Just(Settling::Next),
        2 => Just(Settling::Prepare),
        3 => Just(Settling::Confirm),
        3 => Just(Settling::Pay),
    ];
    (stage, prop_oneof![6 => Just(3_u8), 1 => 1_u8..7], 0..HANDS)
        .prop_map(|(stage, month, by)| Step::Settle { stage, month, by })
        .boxed()
}

/// Mostly of one merchant's month, and mostly what comes next of it.
fn bill() -> BoxedStrategy<Step> {
    let pays = prop_oneof![
        3 => Just(Pays::All),
        2 => Just(Pays::Half),
        3 => Just(Pays::TooMuch),
        1 => Just(Pays::Nothing),
    ];
    let dispute = || 0_u8..6;
    let deed = prop_oneof![
        12 => any::<u8>().prop_map(Deed::Next),
        2 => Just(Deed::Prepare),
        3 => (dispute(), 0_u8..3).prop_map(|(dispute, line)| Deed::Dispute { dispute, line }),
        2 => (dispute(), any::<bool>()).prop_map(|(dispute, upheld)| Deed::Answer { dispute, upheld }),
        2 => prop::bool::weighted(0.2).prop_map(|others| Deed::FindRight { others }),
        2 => Just(Deed::Confirm),
        6 => pays.prop_map(Deed::Pay),
    ];
    let merchant = prop_oneof![12 => Just(0_u8), 3 => Just(1_u8), 1 => Just(2_u8)];
    (merchant, prop_oneof![12 => Just(3_u8), 1 => 1_u8..7], deed, 0..HANDS)
        .prop_map(|(merchant, month, deed, by)| Step::Bill { merchant, month, deed, by })
        .boxed()
}

/// What a merchant's month is made of, and what becomes of it.
pub(super) fn of_bills() -> BoxedStrategy<Step> {
    let slip = || 0_u8..8;
    let honoured = (slip(), prop_oneof![3 => 6_u16..9, 1 => 1_u16..18], 1_u8..40)
        .prop_map(|(slip, tens, yuan)| Step::Slip { slip, pass: 0, offer: 0, day: 10 * tens + 5, yuan, wrong: false });
    prop_oneof![
        8 => bill(),
        3 => honoured,
        2 => slip().prop_map(|slip| Step::TakeBackSlip { slip, pass: 0 }),
    ]
    .boxed()
}

/// When a place comes free: mostly on the last day of the voucher, which is one of the other benefits too, else on the day after
/// it, on any day, or when all is over.
fn freed() -> BoxedStrategy<Day> {
    prop_oneof![6 => Just(120_u16), 1 => Just(121), 1 => day(), 1 => Just(398)].boxed()
}

pub(super) fn of_benefits() -> BoxedStrategy<Step> {
    let application = || prop_oneof![6 => numbered(), 2 => (PROPOSALS, Just(3_u8))];
    prop_oneof![
        8 => self::application(),
        4 => (application(), day(), maybe(4, 1, of(2)))
            .prop_map(|((application, benefit), day, merchant)| Step::Use { application, benefit, day, merchant }),
        4 => (application(), freed())
            .prop_map(|((application, benefit), day)| Step::GiveBack { application, benefit, day }),
        2 => application().prop_map(|(application, benefit)| Step::TakeBackUse { application, benefit }),
        2 => (0_u8..4, 1_u32..6, maybe(1, 3, (0_u8..3).boxed()), freed())
            .prop_map(|(benefit, places, bodies, day)| Step::Places { benefit, places, bodies, day }),
    ]
    .boxed()
}

pub(super) fn of_passes() -> BoxedStrategy<Step> {
    let slip = (0_u8..20, of(4), of(2), day(), 0_u8..60, prop::bool::weighted(0.1));
    prop_oneof![
        5 => slip.prop_map(|(slip, pass, offer, day, yuan, wrong)| Step::Slip { slip, pass, offer, day, yuan, wrong }),
        2 => (0_u8..20, of(4)).prop_map(|(slip, pass)| Step::TakeBackSlip { slip, pass }),
        1 => day().prop_map(|day| Step::Lose { day }),
    ]
    .boxed()
}
