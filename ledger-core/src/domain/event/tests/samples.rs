//! A sample of every event type: one with all optional fields and, where there are any, one with none.

pub(super) mod accounts;
pub(super) mod acknowledged;
pub(super) mod appointments;
pub(super) mod approvals;
pub(super) mod away;
pub(super) mod dated;
pub(super) mod programmes;
pub(super) mod proof;
pub(super) mod reversed_uses;
pub(super) mod seals;
pub(super) mod selections;
pub(super) mod sites;
pub(super) mod stand_ins;
pub(super) mod statements;
pub(super) mod way;
pub(super) mod withdrawals;
mod worker;

use chrono::NaiveDate;

use super::super::{CardEvent, Event, MerchantEvent, ProgrammeEvent, StoreEvent, V1};
use crate::domain::calendar::Calendar;
use crate::domain::card::CardNumberAssigned;
use crate::domain::ids::{
    ActivityCode, Actor, BranchId, CardNo, CreditId, HoldId, MerchantId, RedemptionId, Sku, StoreId, WorkerId,
};
use crate::domain::merchant::event::{HonourReversed, MerchantRecorded, SettlementPaid, VoucherHonoured};
use crate::domain::points::Points;
use crate::domain::programme::event::{JournalOpened, ProgrammeConfigured, ScheduleAdopted};
use crate::domain::programme::guards::Guards;
use crate::domain::schedule::Activity;
use crate::domain::store::event::{
    ItemDelisted, ItemListed, StockCounted, StockIssued, StockLine, StockReceived, StockReturned, StockSetAside,
    StockWrittenOff, StoreDoor, StoreRecorded,
};
use crate::domain::time::{BusinessTime, Month, Validity};
use crate::domain::worker::event::{LotPart, RedeemedLine};

/// A reason that needs every kind of escape, and characters that must not be escaped.
const AWKWARD: &str = "复核\"甲\\乙\"\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}\u{2028}/é😀";

pub(super) fn at() -> BusinessTime {
    BusinessTime::parse("2024-03-05T08:30:00+08:00").expect("time")
}

fn earlier() -> BusinessTime {
    BusinessTime::parse("2023-12-31T23:59:59+08:00").expect("time")
}

fn date(text: &str) -> NaiveDate {
    BusinessTime::parse(text).expect("date").date()
}

fn month() -> Month {
    Month::parse("2024-03").expect("month")
}

pub(super) fn worker() -> WorkerId {
    WorkerId::new("YZ-骑手-001").expect("worker")
}

pub(super) fn merchant() -> MerchantId {
    MerchantId::new("YZ-SH001").expect("merchant")
}

pub(super) fn store() -> StoreId {
    StoreId::new("YZ-WD001").expect("store")
}

fn sku() -> Sku {
    Sku::new("SP001").expect("sku")
}

pub(super) fn card_no() -> CardNo {
    CardNo::new("HZ-2024-0001").expect("card number")
}

fn branch() -> BranchId {
    BranchId::new("外卖骑手第一党支部").expect("branch")
}

pub(super) fn credit() -> CreditId {
    CreditId::new("HD-2024/0001").expect("credit")
}

fn redemption() -> RedemptionId {
    RedemptionId::new("DH-0001").expect("redemption")
}

fn hold() -> HoldId {
    HoldId::new("YL-0001").expect("hold")
}

pub(super) fn actor() -> Actor {
    Actor::new("token/07").expect("actor")
}

pub(super) const fn points(hundredths: i64) -> Points {
    Points::from_hundredths(hundredths)
}

fn lots(parts: &[(u32, i64)]) -> Vec<LotPart> {
    parts.iter().map(|(lot, hundredths)| LotPart(*lot, points(*hundredths))).collect()
}

fn redeemed_lines() -> Vec<RedeemedLine> {
    let quoted =
        RedeemedLine { kind: "实物".into(), merchant: Some(merchant()), price: points(250), quantity: 2, sku: sku() };
    let plain = RedeemedLine { kind: "服务券".into(), merchant: None, price: points(500), quantity: 1, sku: sku() };
    vec![quoted, plain]
}

fn stock_lines() -> Vec<StockLine> {
    vec![StockLine { quantity: 2, sku: sku() }, StockLine { quantity: 4_294_967_295, sku: sku() }]
}

/// A sample of every event type: one with all optional fields and, where there are any, one with none.
pub(crate) fn samples() -> Vec<Event> {
    let later = [dated::samples(), accounts::samples(), sites::samples(), way::samples()];
    first_samples()
        .into_iter()
        .chain(later.into_iter().flatten())
        .chain(programmes::samples())
        .chain(programmes::routed_samples())
        .chain(programmes::claim_samples())
        .chain(programmes::merged_samples())
        .chain(seals::samples())
        .chain(away::samples())
        .chain(selections::samples())
        .chain(statements::samples())
        .chain(proof::samples())
        .chain(withdrawals::samples())
        .chain(erasure_samples())
        .chain(probation_samples())
        .chain(merge_samples())
        .chain(seals::numbered_samples())
        .chain(acknowledged::samples())
        .chain(stand_ins::samples())
        .chain(approvals::samples())
        .chain(reversed_uses::samples())
        .chain(appointments::samples())
        .chain(sites::located_samples())
        .collect()
}

/// Those of members on probation.
pub(super) fn probation_samples() -> Vec<Event> {
    worker::probation_samples().into_iter().map(Event::from).collect()
}

/// Those of two ids of one person.
pub(super) fn merge_samples() -> Vec<Event> {
    worker::merge_samples().into_iter().map(Event::from).collect()
}

/// Those of an erasure.
pub(super) fn erasure_samples() -> Vec<Event> {
    worker::erasure_samples().into_iter().map(Event::from).collect()
}

/// Those of the first golden file.
pub(super) fn first_samples() -> Vec<Event> {
    let mut samples: Vec<Event> = Vec::new();
    samples.extend(programme_samples().into_iter().map(Event::from));
    samples.extend(worker::worker_samples().into_iter().map(Event::from));
    samples.extend(worker::credit_samples().into_iter().map(Event::from));
    samples.extend(worker::spending_samples().into_iter().map(Event::from));
    samples.extend(merchant_samples().into_iter().map(Event::from));
    samples.extend(store_samples().into_iter().map(Event::from));
    samples.extend(stock_samples().into_iter().map(Event::from));
    let assigned = CardNumberAssigned { card_no: card_no(), v: V1, worker: worker() };
    samples.push(CardEvent::CardNumberAssigned(assigned).into());
    samples
}

fn programme_samples() -> Vec<ProgrammeEvent> {
    let activity = |code: &str, daily_cap, validity| Activity {
        category: "志愿服务".into(),
        checks: None,
        code: ActivityCode::new(code).expect("activity"),
        counts_for_card: daily_cap == Some(points(4000)),
        daily_cap,
        name: "社区志愿服务".into(),
        points_per_unit: points(1050),
        publicity_days: None,
        unit: "小时".into(),
        validity,
        terms: Default::default(),
    };
    vec![
        ProgrammeEvent::JournalOpened(JournalOpened {
            demonstration: false,
            origin: "nuanxin.example/yanzhou".into(),
            suite: "sha-256".into(),
            v: V1,
        }),
        ProgrammeEvent::ProgrammeConfigured(ProgrammeConfigured {
            approval_required: true,
            calendar: Calendar::default(),
            checks: None,
            code: "370812".into(),
            counter: Default::default(),
            guards: Guards::default(),
            name: "兖州区".into(),
            points_step: points(50),
            publicity_days: 7,
            tiers: Vec::new(),
            v: V1,
            working_days: false,
        }),
        ProgrammeEvent::ScheduleAdopted(ScheduleAdopted {
            activities: vec![
                activity("ZY01", Some(points(4000)), Validity::Months(24)),
                activity("ZY02", None, Validity::YearEnd),
                activity("ZY03", None, Validity::Forever),
            ],
            effective_from: date("2024-01-01"),
            v: V1,
            version: 2,
        }),
    ]
}

fn merchant_samples() -> Vec<MerchantEvent> {
    let full = || MerchantRecorded {
        at: at(),
        category: Some("餐饮".into()),
        merchant: merchant(),
        name: "暖心面馆".into(),
        uscc: "91370812MA3C4D5E6F".into(),
        v: V1,
    };
    let bare = || MerchantRecorded { category: None, ..full() };
    vec![
        MerchantEvent::MerchantRegistered(full()),
        MerchantEvent::MerchantRegistered(bare()),
        MerchantEvent::MerchantUpdated(full()),
        MerchantEvent::MerchantUpdated(bare()),
        MerchantEvent::VoucherHonoured(VoucherHonoured {
            at: at(),
            merchant: merchant(),
            month: None,
            points: points(500),
            redemption: redemption(),
            store: store(),
            v: V1,
        }),
        MerchantEvent::HonourReversed(HonourReversed {
            at: at(),
            claimed_in: None,
            merchant: merchant(),
            month: month(),
            points: points(500),
            redemption: redemption(),
            store: store(),
            v: V1,
        }),
        MerchantEvent::SettlementPaid(SettlementPaid {
            amount: None,
            at: at(),
            by: None,
            merchant: merchant(),
            month: month(),
            points: points(100_000_000_000),
            reference: "财付〔2024〕12号".into(),
            v: V1,
        }),
    ]
}

fn store_samples() -> Vec<StoreEvent> {
    let full = || StoreRecorded {
        at: at(),
        community: Some("鼓楼街道".into()),
        name: "鼓楼积分兑换超市".into(),
        store: store(),
        tier: "街道".into(),
        v: V1,
        site: None,
    };
    let bare = || StoreRecorded { community: None, ..full() };
    let door = |reason: &str| StoreDoor { at: at(), reason: reason.into(), store: store(), v: V1 };
    let listed = |limit_per_worker_year, merchant| ItemListed {
        at: at(),
        kind: "实物".into(),
        limit_per_worker_year,
        merchant,
        name: "保温杯".into(),
        price: points(3550),
        sku: sku(),
        store: store(),
        v: V1,
    };
    vec![
        StoreEvent::StoreOpened(full()),
        StoreEvent::StoreOpened(bare()),
        StoreEvent::StoreUpdated(full()),
        StoreEvent::StoreUpdated(bare()),
        StoreEvent::StoreClosed(door("装修")),
        StoreEvent::StoreReopened(door("")),
        StoreEvent::ItemListed(listed(Some(3), Some(merchant()))),
        StoreEvent::ItemListed(listed(None, None)),
        StoreEvent::ItemDelisted(ItemDelisted { at: at(), reason: "停产".into(), sku: sku(), store: store(), v: V1 }),
    ]
}

fn stock_samples() -> Vec<StoreEvent> {
    let received = |merchant| StockReceived { at: at(), merchant, quantity: 120, sku: sku(), store: store(), v: V1 };
    let issued =
        |hold| StockIssued { at: at(), hold, lines: stock_lines(), redemption: redemption(), store: store(), v: V1 };
    let aside = || StockSetAside { at: at(), hold: hold(), lines: stock_lines(), store: store(), v: V1 };
    vec![
        StoreEvent::StockReceived(received(Some(merchant()))),
        StoreEvent::StockReceived(received(None)),
        StoreEvent::StockIssued(issued(Some(hold()))),
        StoreEvent::StockIssued(issued(None)),
        StoreEvent::StockReturned(StockReturned {
            at: at(),
            lines: stock_lines(),
            redemption: redemption(),
            store: store(),
            v: V1,
        }),
        StoreEvent::StockReserved(aside()),
        StoreEvent::StockUnreserved(aside()),
        StoreEvent::StockCounted(StockCounted {
            at: at(),
            counted: 118,
            found: 0,
            missing: 2,
            reason: "月末盘点".into(),
            sku: sku(),
            store: store(),
            v: V1,
        }),
        StoreEvent::StockWrittenOff(StockWrittenOff {
            at: at(),
            quantity: 2,
            reason: "过期".into(),
            sku: sku(),
            store: store(),
            v: V1,
        }),
    ]
}
