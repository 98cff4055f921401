//! The bytes of every event, fixed: canonical by RFC 8785, read back as written, and equal to a golden file that is a
//! published contract. A new event type or field gets new samples and a golden file of its own; `events-v1.jsonl` is
//! never edited. `NUANXIN_BLESS=1` writes a golden file that does not exist yet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{CardEvent, DecodeError, Event, MerchantEvent, ProgrammeEvent, StoreEvent, StreamId, V1, WorkerEvent};
use crate::domain::card::CardNumberAssigned;
use crate::domain::ids::{
    ActivityCode, Actor, BranchId, CardNo, CreditId, HoldId, MerchantId, RedemptionId, Sku, StoreId, WorkerId,
};
use crate::domain::merchant::event::{HonourReversed, MerchantRecorded, SettlementPaid, VoucherHonoured};
use crate::domain::points::Points;
use crate::domain::programme::event::{JournalOpened, ProgrammeConfigured, ScheduleAdopted};
use crate::domain::quantity::Quantity;
use crate::domain::schedule::Activity;
use crate::domain::store::event::{
    ItemDelisted, ItemListed, StockCounted, StockIssued, StockLine, StockReceived, StockReturned, StockSetAside,
    StockWrittenOff, StoreDoor, StoreRecorded,
};
use crate::domain::time::{BusinessTime, Month, Validity};
use crate::domain::worker::event::{
    CardClosed, CardIssued, CardMoved, CreditJudged, CreditReversed, ExpiryBooked, HoldCaptured, HoldEnded, LotPart,
    ObjectionResolved, PointsHeld, Redeemed, RedeemedLine, RedemptionReversed, ServiceRecorded, WorkerDeparted,
    WorkerRecorded,
};

/// A reason that needs every kind of escape, and characters that must not be escaped.
const AWKWARD: &str = "复核\"甲\\乙\"\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}\u{2028}/é😀";

fn at() -> BusinessTime {
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

fn worker() -> WorkerId {
    WorkerId::new("YZ-骑手-001").expect("worker")
}

fn merchant() -> MerchantId {
    MerchantId::new("YZ-SH001").expect("merchant")
}

fn store() -> StoreId {
    StoreId::new("YZ-WD001").expect("store")
}

fn sku() -> Sku {
    Sku::new("SP001").expect("sku")
}

fn card_no() -> CardNo {
    CardNo::new("HZ-2024-0001").expect("card number")
}

fn branch() -> BranchId {
    BranchId::new("外卖骑手第一党支部").expect("branch")
}

fn credit() -> CreditId {
    CreditId::new("HD-2024/0001").expect("credit")
}

fn redemption() -> RedemptionId {
    RedemptionId::new("DH-0001").expect("redemption")
}

fn hold() -> HoldId {
    HoldId::new("YL-0001").expect("hold")
}

fn actor() -> Actor {
    Actor::new("token/07").expect("actor")
}

const fn points(hundredths: i64) -> Points {
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
    let mut samples: Vec<Event> = Vec::new();
    samples.extend(programme_samples().into_iter().map(Event::from));
    samples.extend(worker_samples().into_iter().map(Event::from));
    samples.extend(credit_samples().into_iter().map(Event::from));
    samples.extend(spending_samples().into_iter().map(Event::from));
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
        code: ActivityCode::new(code).expect("activity"),
        counts_for_card: daily_cap == Some(points(4000)),
        daily_cap,
        name: "社区志愿服务".into(),
        points_per_unit: points(1050),
        unit: "小时".into(),
        validity,
    };
    vec![
        ProgrammeEvent::JournalOpened(JournalOpened {
            origin: "nuanxin.example/yanzhou".into(),
            suite: "sha-256".into(),
            v: V1,
        }),
        ProgrammeEvent::ProgrammeConfigured(ProgrammeConfigured {
            approval_required: true,
            code: "370812".into(),
            name: "兖州区".into(),
            points_step: points(50),
            publicity_days: 7,
            v: V1,
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

fn worker_samples() -> Vec<WorkerEvent> {
    let full = || WorkerRecorded {
        at: at(),
        occupation: "外卖骑手".into(),
        party_member: Some(true),
        platform: Some("平台甲".into()),
        v: V1,
        worker: worker(),
    };
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

fn credit_samples() -> Vec<WorkerEvent> {
    let full = || ServiceRecorded {
        activity: ActivityCode::new("ZY01").expect("activity"),
        at: at(),
        card: true,
        category: "志愿服务".into(),
        credit: credit(),
        debt_paid: points(400),
        evidence: Some("sha256:9f86d081884c7d659a2feaa0c55ad015".into()),
        last_day: Some(date("2026-03-04")),
        lot: 3,
        on: date("2024-03-04"),
        points: points(1000),
        proposed: true,
        proposer: actor(),
        quantity: Quantity::from_millionths(2_500_000),
        schedule: 2,
        uncapped: Some(points(1050)),
        v: V1,
        witness: Some("网格员-07".into()),
        worker: worker(),
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
        at: at(),
        by: actor(),
        credit: credit(),
        debt_paid,
        lot: 3,
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
            at: at(),
            by: actor(),
            credit: credit(),
            lot: 3,
            reason: "情况属实".into(),
            upheld: true,
            v: V1,
            worker: worker(),
        }),
        WorkerEvent::CreditReversed(reversed(points(300), points(200))),
        WorkerEvent::CreditReversed(reversed(Points::ZERO, Points::ZERO)),
    ]
}

fn spending_samples() -> Vec<WorkerEvent> {
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
            points: points(1000),
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
            points: points(500),
            redemption: redemption(),
            store: store(),
            v: V1,
        }),
        MerchantEvent::HonourReversed(HonourReversed {
            at: at(),
            merchant: merchant(),
            month: month(),
            points: points(500),
            redemption: redemption(),
            store: store(),
            v: V1,
        }),
        MerchantEvent::SettlementPaid(SettlementPaid {
            at: at(),
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

/// RFC 8785 for what events hold: keys sorted by UTF-16 code units, no blanks, integers, the shortest escapes.
fn canonical(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => {
            assert!(number.is_i64() || number.is_u64(), "{number} is no integer");
            number.to_string()
        }
        Value::String(text) => quoted(text),
        Value::Array(values) => format!("[{}]", values.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| key.encode_utf16().collect::<Vec<u16>>());
            let fields = fields.iter().map(|(key, value)| format!("{}:{}", quoted(key), canonical(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|found| match found {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        control if control < ' ' => format!("\\u{:04x}", u32::from(control)),
        other => other.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

fn encoded(event: &Event) -> String {
    let mut payload = Vec::new();
    event.encode_into(&mut payload).expect("encoded");
    String::from_utf8(payload).expect("UTF-8")
}

fn parsed(payload: &str) -> Value {
    serde_json::from_str(payload).expect("JSON")
}

#[derive(Deserialize)]
struct GoldenLine<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    #[serde(borrow)]
    payload: &'a RawValue,
}

fn golden_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/golden/events-v1.jsonl"))
}

fn golden() -> String {
    fs::read_to_string(golden_path()).expect("golden/events-v1.jsonl; NUANXIN_BLESS=1 writes it once")
}

#[test]
fn every_event_type_has_a_sample() {
    let all: Vec<&str> = Event::all_types().collect();
    let sampled: BTreeSet<&str> = samples().iter().map(Event::event_type).collect();
    assert_eq!(sampled, all.iter().copied().collect());
    assert_eq!(sampled.len(), all.len(), "no two aggregates share a type name");
}

/// A field is optional when the payload can be read without it.
#[test]
fn every_optional_field_is_sampled_present_and_absent() {
    let mut by_type: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for event in samples() {
        by_type.entry(event.event_type()).or_default().push(parsed(&encoded(&event)));
    }
    for (event_type, payloads) in by_type {
        let fields: Vec<_> = payloads.iter().map(|payload| payload.as_object().expect("object")).collect();
        for (full, field) in fields.iter().flat_map(|full| full.keys().map(move |field| (full, field))) {
            let mut without = (*full).clone();
            without.remove(field);
            let optional = Event::decode(event_type, canonical(&Value::Object(without)).as_bytes()).is_ok();
            let absent = fields.iter().any(|fields| !fields.contains_key(field));
            assert_eq!(optional, absent, "{event_type}.{field}");
        }
    }
}

#[test]
fn payloads_are_canonical_json() {
    for event in samples() {
        let payload = encoded(&event);
        assert_eq!(payload, canonical(&parsed(&payload)), "{}", event.event_type());
    }
}

#[test]
fn encoding_appends_to_what_is_there() {
    let mut bytes = b"before".to_vec();
    let event = samples().remove(0);
    event.encode_into(&mut bytes).expect("encoded");
    assert_eq!(bytes, format!("before{}", encoded(&event)).into_bytes());
}

#[test]
fn payloads_are_read_back_as_they_were_written() {
    for event in samples() {
        let read = Event::decode(event.event_type(), encoded(&event).as_bytes()).expect("decoded");
        assert_eq!(read, event);
    }
}

#[test]
fn payloads_match_the_golden_file_byte_for_byte() {
    let lines = samples()
        .into_iter()
        .map(|event| format!("{{\"type\":\"{}\",\"payload\":{}}}\n", event.event_type(), encoded(&event)));
    let written: String = lines.collect();
    if std::env::var_os("NUANXIN_BLESS").is_some_and(|bless| bless == "1") && !golden_path().exists() {
        let mut file = fs::File::create_new(golden_path()).expect("a golden file is written once");
        file.write_all(written.as_bytes()).expect("written");
    }
    let golden = golden();
    for (number, (written, golden)) in (1..).zip(written.lines().zip(golden.lines())) {
        assert_eq!(written, golden, "line {number}");
    }
    assert_eq!(written.len(), golden.len());
}

#[test]
fn the_golden_file_is_still_read_and_written_as_it_is() {
    for line in golden().lines() {
        let GoldenLine { event_type, payload } = serde_json::from_str(line).expect("a golden line");
        let event = Event::decode(event_type, payload.get().as_bytes()).expect("decoded");
        assert_eq!((event.event_type(), encoded(&event).as_str()), (event_type, payload.get()));
    }
}

#[test]
fn a_payload_of_another_version_is_refused() {
    for event in samples() {
        let mut payload = parsed(&encoded(&event));
        for version in [Value::from(2), Value::from(0), Value::from(257), Value::from("1"), Value::Null] {
            payload["v"] = version.clone();
            let refused = Event::decode(event.event_type(), canonical(&payload).as_bytes());
            let is_payload_error = |event_type: &String| event_type == event.event_type();
            assert!(
                matches!(&refused, Err(DecodeError::Payload { event_type, .. }) if is_payload_error(event_type)),
                "v {version}: {refused:?}"
            );
        }
    }
}

#[test]
fn an_unknown_type_is_told_apart_from_an_unreadable_payload() {
    for unknown in ["", "redeemed", "Redeemed2", "PointsMinted", "WorkerEvent"] {
        let refused = Event::decode(unknown, encoded(&samples()[0]).as_bytes());
        assert!(matches!(&refused, Err(DecodeError::UnknownType(named)) if named == unknown), "{refused:?}");
    }
    for unreadable in ["", "null", "{}", "[]", "{\"v\":1}", "{\"v\":1"] {
        let refused = Event::decode("Redeemed", unreadable.as_bytes());
        assert!(matches!(refused, Err(DecodeError::Payload { .. })), "{refused:?}");
    }
}

#[test]
fn every_event_tells_its_stream() {
    for event in samples() {
        let stream = match &event {
            Event::Programme(_) => StreamId::Programme,
            Event::Worker(_) => StreamId::Worker(worker()),
            Event::Merchant(_) => StreamId::Merchant(merchant()),
            Event::Store(_) => StreamId::Store(store()),
            Event::Card(_) => StreamId::Card(card_no()),
        };
        assert_eq!(event.stream(), stream, "{}", event.event_type());
    }
}

/// The example of RFC 8785, section 3.2.3: code units, not code points, give the order.
#[test]
fn the_canonicaliser_sorts_keys_by_utf_16_code_units() {
    let unsorted = "{\"\u{20ac}\":1,\"\\r\":2,\"\u{fb33}\":3,\"1\":4,\"\u{1f600}\":5,\"\u{80}\":6,\"\u{f6}\":7}";
    let sorted = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}";
    assert_eq!(canonical(&parsed(unsorted)), sorted);
}

proptest! {
    #[test]
    fn any_text_and_amount_stays_canonical(reason in any::<String>(), hundredths in any::<i64>(), lot in any::<u32>()) {
        let event = Event::from(WorkerEvent::CreditReversed(CreditReversed {
            at: at(),
            by: actor(),
            credit: credit(),
            debt: points(hundredths),
            from_expired: Points::ZERO,
            lot,
            points: points(hundredths),
            reason,
            v: V1,
            worker: worker(),
        }));
        let payload = encoded(&event);
        prop_assert_eq!(&payload, &canonical(&parsed(&payload)));
        prop_assert_eq!(Event::decode(event.event_type(), payload.as_bytes()).expect("decoded"), event);
    }
}
