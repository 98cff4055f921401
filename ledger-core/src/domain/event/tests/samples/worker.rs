//! Samples of a worker's events.

use super::{AWKWARD, actor, at, branch, card_no, credit, date, earlier, hold, points, redemption, store, worker};
use super::{lots, redeemed_lines};
use crate::domain::event::V1;
use crate::domain::ids::{ActivityCode, BranchId, Sku, WorkerId};
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::worker::event::{
    CardClosed, CardIssued, CardMoved, CreditJudged, CreditReversed, CreditedOn, ErasureStep, ExpiryBooked, HadIn,
    HoldCaptured, HoldEnded, MovedLot, ObjectionResolved, PointsHeld, Redeemed, RedemptionReversed, ServiceRecorded,
    WorkerAbsorbed, WorkerDeparted, WorkerEvent, WorkerMerged, WorkerRecorded,
};

fn full() -> WorkerRecorded {
    WorkerRecorded {
        at: at(),
        occupation: "外卖骑手".into(),
        party_member: Some(true),
        platform: Some("平台甲".into()),
        v: V1,
        worker: worker(),
        probationary: false,
        site: None,
    }
}

/// A Party member on probation, which came later than the others.
pub(super) fn probation_samples() -> Vec<WorkerEvent> {
    let on_probation = || WorkerRecorded { probationary: true, ..full() };
    vec![WorkerEvent::WorkerRegistered(on_probation()), WorkerEvent::WorkerUpdated(on_probation())]
}

pub(super) fn worker_samples() -> Vec<WorkerEvent> {
    let bare = || WorkerRecorded { party_member: None, platform: None, ..full() };
    vec![
        WorkerEvent::WorkerRegistered(full()),
        WorkerEvent::WorkerRegistered(bare()),
        WorkerEvent::WorkerUpdated(WorkerRecorded { party_member: Some(false), ..full() }),
        WorkerEvent::WorkerUpdated(bare()),
        WorkerEvent::WorkerDeparted(WorkerDeparted { at: at(), reason: AWKWARD.into(), v: V1, worker: worker() }),
        WorkerEvent::CardIssued(CardIssued { at: at(), branch: branch(), card_no: card_no(), v: V1, worker: worker() }),
        WorkerEvent::CardMoved(CardMoved {
            at: at(),
            branch: branch(),
            card_no: card_no(),
            from: BranchId::new("流动党员党支部").expect("branch"),
            v: V1,
            worker: worker(),
        }),
        WorkerEvent::CardClosed(CardClosed {
            at: at(),
            card_no: card_no(),
            reason: "组织关系转出".into(),
            v: V1,
            worker: worker(),
        }),
    ]
}

/// Steps of an erasure, which came later than the others.
pub(super) fn erasure_samples() -> Vec<WorkerEvent> {
    let step =
        |oneself| ErasureStep { at: at(), by: actor(), oneself, reason: AWKWARD.into(), v: V1, worker: worker() };
    let both = |oneself| [WorkerEvent::WorkerErasureAsked(step(oneself)), WorkerEvent::WorkerErased(step(oneself))];
    [both(true), both(false)].concat()
}

/// Two ids of one person, which came later than the others.
pub(super) fn merge_samples() -> Vec<WorkerEvent> {
    let other = || WorkerId::new("YZ-骑手-077").expect("worker");
    let merged = |debt, reason| {
        WorkerEvent::WorkerMerged(WorkerMerged {
            at: at(),
            debt,
            into: other(),
            lots: lots(&[(3, 600), (4, 600)]),
            points: points(1200),
            reason,
            v: V1,
            worker: worker(),
        })
    };
    let activity = || ActivityCode::new("ZY01").expect("activity");
    let lot = |last_day| MovedLot {
        activity: activity(),
        credit: credit(),
        from: 3,
        last_day,
        lot: 5,
        on: date("2024-03-04"),
        points: points(600),
        proposer: actor(),
    };
    let absorbed = WorkerAbsorbed {
        absorbed: other(),
        at: at(),
        credited: vec![CreditedOn { activity: activity(), on: date("2024-03-04"), points: points(1000) }],
        debt: points(400),
        had: vec![HadIn { sku: Sku::new("SP001").expect("sku"), units: -2, year: 2024 }],
        lots: vec![lot(Some(date("2026-03-04"))), MovedLot { from: 4, lot: 6, ..lot(None) }],
        points: points(1200),
        v: V1,
        worker: worker(),
    };
    let bare = WorkerAbsorbed { credited: Vec::new(), debt: Points::ZERO, had: Vec::new(), ..absorbed.clone() };
    vec![
        merged(points(400), Some(AWKWARD.into())),
        merged(Points::ZERO, None),
        WorkerEvent::WorkerAbsorbed(absorbed),
        WorkerEvent::WorkerAbsorbed(bare),
    ]
}

pub(super) fn credit_samples() -> Vec<WorkerEvent> {
    let full = || ServiceRecorded {
        activity: ActivityCode::new("ZY01").expect("activity"),
        at: at(),
        card: true,
        category: "志愿服务".into(),
        checks: None,
        credit: credit(),
        debt_paid: points(400),
        entered_on: None,
        evidence: Some("sha256:9f86d081884c7d659a2feaa0c55ad015".into()),
        flags: Vec::new(),
        from: None,
        hours: None,
        last_day: Some(date("2026-03-04")),
        lot: 3,
        on: date("2024-03-04"),
        points: points(1000),
        proposed: true,
        proposer: actor(),
        public_until: None,
        publicity_days: None,
        quantity: Quantity::from_millionths(2_500_000),
        schedule: 2,
        to: None,
        uncapped: Some(points(1050)),
        v: V1,
        witness: Some("网格员-07".into()),
        worker: worker(),
        source: None,
    };
    let bare = || ServiceRecorded {
        card: false,
        debt_paid: Points::ZERO,
        evidence: None,
        last_day: None,
        proposed: false,
        uncapped: None,
        witness: None,
        ..full()
    };
    let judged = |debt_paid| CreditJudged {
        anonymous: false,
        at: at(),
        by: actor(),
        credit: credit(),
        days_left: None,
        debt_paid,
        lot: 3,
        objection: None,
        points: points(1000),
        reason: "公示无异议".into(),
        v: V1,
        worker: worker(),
    };
    let reversed = |debt, from_expired| CreditReversed {
        at: at(),
        by: actor(),
        credit: credit(),
        debt,
        from_expired,
        lot: 3,
        points: points(1000),
        reason: AWKWARD.into(),
        v: V1,
        worker: worker(),
    };
    vec![
        WorkerEvent::VolunteerServiceRecorded(full()),
        WorkerEvent::VolunteerServiceRecorded(bare()),
        WorkerEvent::CivicCreationRecorded(ServiceRecorded { category: "文明创建".into(), ..full() }),
        WorkerEvent::CivicCreationRecorded(ServiceRecorded { category: "文明创建".into(), ..bare() }),
        WorkerEvent::CommunityServiceRecorded(ServiceRecorded { category: "隐患上报".into(), ..full() }),
        WorkerEvent::CommunityServiceRecorded(ServiceRecorded { category: "隐患上报".into(), ..bare() }),
        WorkerEvent::CommunityServiceRecorded(ServiceRecorded { debt_paid: points(400), ..bare() }),
        WorkerEvent::CreditConfirmed(judged(points(400))),
        WorkerEvent::CreditConfirmed(judged(Points::ZERO)),
        WorkerEvent::CreditRejected(judged(points(400))),
        WorkerEvent::CreditRejected(judged(Points::ZERO)),
        WorkerEvent::CreditObjected(judged(points(400))),
        WorkerEvent::CreditObjected(judged(Points::ZERO)),
        WorkerEvent::ObjectionResolved(ObjectionResolved {
            appeal_until: None,
            at: at(),
            by: actor(),
            credit: credit(),
            lot: 3,
            public_until: None,
            reason: "情况属实".into(),
            upheld: true,
            v: V1,
            worker: worker(),
        }),
        WorkerEvent::CreditReversed(reversed(points(300), points(200))),
        WorkerEvent::CreditReversed(reversed(Points::ZERO, Points::ZERO)),
    ]
}

pub(super) fn spending_samples() -> Vec<WorkerEvent> {
    let returned = |parts: &[(u32, i64)], debt_paid| RedemptionReversed {
        at: at(),
        balance: points(1275),
        debt_paid,
        lines: redeemed_lines(),
        lots: lots(parts),
        points: points(1000),
        reason: "货品损坏".into(),
        redeemed_at: earlier(),
        redemption: redemption(),
        store: store(),
        v: V1,
        worker: worker(),
    };
    let ended = |parts: &[(u32, i64)], debt_paid| HoldEnded {
        at: at(),
        debt_paid,
        held_at: earlier(),
        hold: hold(),
        lines: redeemed_lines(),
        lots: lots(parts),
        points: points(1000),
        reason: None,
        store: store(),
        v: V1,
        worker: worker(),
    };
    let booked =
        || ExpiryBooked { at: at(), lots: lots(&[(3, 275), (1, 25)]), points: points(300), v: V1, worker: worker() };
    vec![
        WorkerEvent::Redeemed(Redeemed {
            at: at(),
            balance: points(275),
            lines: redeemed_lines(),
            lots: lots(&[(3, 725), (1, 275)]),
            means: None,
            points: points(1000),
            proven_by: None,
            redemption: redemption(),
            store: store(),
            v: V1,
            worker: worker(),
        }),
        WorkerEvent::RedemptionReversed(returned(&[(1, 600)], points(400))),
        WorkerEvent::RedemptionReversed(returned(&[(3, 725), (1, 275)], Points::ZERO)),
        WorkerEvent::PointsHeld(PointsHeld {
            at: earlier(),
            balance: Points::ZERO,
            expires_at: at(),
            hold: hold(),
            lines: redeemed_lines(),
            lots: lots(&[(3, 1000)]),
            points: points(1000),
            proven_by: None,
            store: store(),
            v: V1,
            worker: worker(),
        }),
        WorkerEvent::HoldCaptured(HoldCaptured {
            at: at(),
            balance: Points::ZERO,
            held_at: earlier(),
            hold: hold(),
            lines: redeemed_lines(),
            lots: lots(&[(3, 1000)]),
            means: None,
            points: points(1000),
            redemption: redemption(),
            store: store(),
            v: V1,
            worker: worker(),
        }),
        WorkerEvent::HoldReleased(ended(&[], points(1000))),
        WorkerEvent::HoldReleased(ended(&[(3, 1000)], Points::ZERO)),
        WorkerEvent::HoldExpired(ended(&[(3, 600)], points(400))),
        WorkerEvent::HoldExpired(ended(&[(3, 1000)], Points::ZERO)),
        WorkerEvent::PointsExpired(booked()),
        WorkerEvent::ExpiryReversed(booked()),
    ]
}
