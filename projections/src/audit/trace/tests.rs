//! Traces of what the programmes keep, of entries made by hand: every line, its figures, and that each ends as the state does.

mod places;

use std::sync::Arc;

use ledger_core::domain::event::Event;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::selection::state::Stage;
use ledger_core::journal::entry::CommandFrame;
use ledger_core::journal::fingerprint::Fingerprint;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::{Entry, RecordedTime};
use serde_json::{Value, json};

use super::{FactName, PassStatus, Standing, Subject, SubjectError, TraceEnd, TraceLine, Tracer};
use crate::state::{State, StateFold};

const AT: &str = "2024-03-10T09:00:00+08:00";

/// Some entries.
#[derive(Default)]
struct Entries(Vec<(Entry, Event)>);

impl Entries {
    fn record(&mut self, event_type: &str, mut payload: Value) -> u64 {
        let position = u64::try_from(self.0.len()).unwrap() + 1;
        payload["v"] = 1.into();
        if payload.get("at").is_none() && !event_type.starts_with("Certificate") {
            payload["at"] = AT.into();
        }
        let payload = payload.to_string().into_bytes();
        let event = Event::decode(event_type, &payload).unwrap();
        let command = CommandFrame {
            key: format!("k{position}").into(),
            fingerprint: Fingerprint::from_bytes([0; 16]),
            actor: "T1".into(),
            recorded_at: RecordedTime::from_micros(1_710_000_000_000_000),
        };
        let (event_type, command) = (event_type.into(), Arc::new(command));
        let entry = Entry { position, nth: 0, stream_no: 1, sequence: 1, command, event_type, payload, leaf: [0; 32] };
        self.0.push((entry, event));
        position
    }

    async fn trace(&self, subject: &str) -> (Vec<TraceLine>, TraceEnd) {
        let subject: Subject = subject.parse().unwrap();
        let mut tracer = Tracer::new(&MemoryJournal::default(), subject, None).await.unwrap();
        let lines = self.0.iter().filter_map(|(entry, event)| tracer.entry(entry, event)).collect();
        (lines, tracer.finish())
    }

    fn state(&self) -> State {
        let mut fold = StateFold::new(None);
        self.0.iter().for_each(|(entry, event)| fold.fold(entry.position, event));
        fold.finish()
    }
}

fn fact(line: &TraceLine, name: FactName) -> Option<&str> {
    line.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
}

fn positions(lines: &[TraceLine]) -> Vec<u64> {
    lines.iter().map(|line| line.position).collect()
}

fn credit(credit: &str, source: &str, points: i64) -> Value {
    json!({
        "activity": "WX01", "card": true, "category": "志愿服务", "credit": credit, "lot": 1, "on": "2024-03-09",
        "points": points, "proposer": "T1", "quantity": 1_000_000, "schedule": 1, "source": source, "worker": "W1",
    })
}

#[tokio::test]
async fn a_request_is_traced_from_its_posting_to_what_was_credited_for_it() {
    let mut entries = Entries::default();
    let posted = |id: &str, into: Option<&str>| {
        let mut posted = json!({"activity": "WX01", "due": "2024-03-20", "on": "2024-03-01", "request": id});
        if let Some(into) = into {
            posted["merged_into"] = into.into();
        }
        posted
    };
    let first = entries.record("RequestPosted", posted("XQ1", None));
    entries.record("RequestPosted", posted("XQ2", None));
    let repeated = entries.record("RequestPosted", posted("XQ3", Some("XQ1")));
    let routed = entries.record("RequestRouted", json!({"body": "区住建局", "on": "2024-03-10", "request": "XQ1"}));
    let claim = json!({"claimer": "W1", "handling": "BL1", "on": "2024-03-02", "request": "XQ1"});
    let claimed = entries.record("RequestClaimed", claim);
    let work = json!({"claimed": "2024-03-02", "claimer": "W1", "done": "2024-03-03", "quantity": "2500000"});
    let worked = entries.record(
        "HandlingRecorded",
        json!({"claimer": "W1", "handling": "BL1", "quantity": 2_500_000, "request": "XQ1", "work": work}),
    );
    let rating = json!({"on": "2024-03-09", "word": "mostly_satisfied"});
    let rated = entries.record("HandlingRated", json!({"handling": "BL1", "rating": rating, "request": "XQ1"}));
    let credited = entries.record("VolunteerServiceRecorded", credit("BL1", "XQ1", 1_000));
    entries.record("VolunteerServiceRecorded", credit("BL2", "XQ2", 500));
    let reversed = json!({"by": "T2", "credit": "BL1", "lot": 1, "points": 1_000, "reason": "x", "worker": "W1"});
    let reversed = entries.record("CreditReversed", reversed);

    let (lines, end) = entries.trace("request:XQ1").await;
    let expected = [first, repeated, routed, claimed, worked, rated, credited, reversed];
    assert_eq!(positions(&lines), expected);
    assert_eq!(fact(&lines[0], FactName::Due), Some("2024-03-20"));
    assert_eq!((lines[1].subject.as_str(), fact(&lines[1], FactName::MergedInto)), ("XQ3", Some("XQ1")));
    assert_eq!(fact(&lines[2], FactName::Body), Some("区住建局"));
    assert_eq!(fact(&lines[2], FactName::On), None, "the day is the event's own");
    assert_eq!((lines[3].subject.as_str(), lines[3].party.as_deref()), ("BL1", Some("W1")));
    assert_eq!(
        (fact(&lines[4], FactName::Done), fact(&lines[4], FactName::Quantity)),
        (Some("2024-03-03"), Some("2.5"))
    );
    assert_eq!(fact(&lines[5], FactName::Rating), Some("基本满意"));
    assert_eq!((lines[6].points, lines[6].lots.len()), (Points::from_whole(10), 0));
    assert_eq!(lines[7].points, Points::from_whole(-10));
    let claims: Vec<u64> = lines
        .iter()
        .map(|line| match &line.after {
            Standing::Request(request) => request.claims,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(claims, [0, 0, 0, 1, 1, 1, 1, 1], "a claim that is reported is the same claim");
    for request in ["XQ1", "XQ2", "XQ3"] {
        let (_, end) = entries.trace(&format!("request:{request}")).await;
        assert_eq!(end.figures, Standing::Request(entries.state().programmes.requests[request]));
    }
    assert!(end.known && !entries.trace("request:XQ9").await.1.known);
}

#[tokio::test]
async fn a_benefit_and_its_fund_are_traced_with_places_and_yuan() {
    let mut entries = Entries::default();
    let fund = |appropriated: i64| json!({"fund": "ZJ1", "terms": {"appropriated": appropriated, "body": "区总工会", "source": "经费"}});
    entries.record("FundRegistered", fund(10_000));
    let terms = json!({"fund": "ZJ1", "kind": "place", "name": "体检", "places": 1, "value": 6_050, "window": {}});
    entries.record("BenefitRegistered", json!({"benefit": "QY1", "terms": terms}));
    let applied = |application: &str, worker: &str| json!({"application": application, "benefit": "QY1", "terms": {"at": AT, "worker": worker}});
    entries.record("BenefitGranted", applied("QD1", "W1"));
    entries.record("FundCommitted", json!({"amount": 6_050, "fund": "ZJ1", "source": "QD1"}));
    entries.record("BenefitQueued", applied("QD2", "W2"));
    entries.record("FundReleased", json!({"amount": 6_050, "committed_at": AT, "fund": "ZJ1", "source": "QD1"}));
    let withdrawn = json!({"application": "QD1", "benefit": "QY1", "reason": "不去了", "worker": "W1"});
    entries.record("BenefitWithdrawn", withdrawn);
    entries.record("BenefitGranted", applied("QD2", "W2"));
    entries.record("FundCommitted", json!({"amount": 6_050, "fund": "ZJ1", "source": "QD2"}));
    let used = json!({"application": "QD2", "benefit": "QY1", "used": {"at": AT, "merchant": "M1"}, "worker": "W2"});
    entries.record("BenefitUsed", used);
    entries.record(
        "FundPaid",
        json!({"amount": 6_050, "by": "T3", "fund": "ZJ1", "month": "2024-03", "reference": "财付1号"}),
    );

    let (lines, end) = entries.trace("benefit:QY1").await;
    let told: Vec<_> = lines
        .iter()
        .map(|line| match &line.after {
            Standing::Benefit(it) => {
                (line.event, it.figures.granted, it.figures.waiting, it.figures.used, it.places_left())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            ("BenefitRegistered", 0, 0, 0, Some(1)),
            ("BenefitGranted", 1, 0, 0, Some(0)),
            ("BenefitQueued", 1, 1, 0, Some(0)),
            ("BenefitWithdrawn", 0, 1, 0, Some(1)),
            ("BenefitGranted", 1, 0, 0, Some(0)),
            ("BenefitUsed", 1, 0, 1, Some(0)),
        ]
    );
    assert_eq!((lines[3].subject.as_str(), lines[3].party.as_deref()), ("QD1", Some("W1")));
    assert_eq!(lines[3].reason.as_deref(), Some("不去了"));
    assert_eq!(fact(&lines[5], FactName::Merchant), Some("M1"));
    let Standing::Benefit(standing) = &end.figures else { panic!("{end:?}") };
    assert_eq!(standing.figures, entries.state().programmes.benefits["QY1"]);

    let reversed = json!({
        "application": "QD2", "benefit": "QY1", "reason": "核错了", "used": {"at": AT, "merchant": "M1"}, "worker": "W2",
    });
    entries.record("BenefitUseReversed", reversed);
    let (lines, end) = entries.trace("benefit:QY1").await;
    assert_eq!((lines[6].subject.as_str(), lines[6].party.as_deref()), ("QD2", Some("W2")));
    assert_eq!(lines[6].reason.as_deref(), Some("核错了"));
    let Standing::Benefit(standing) = &end.figures else { panic!("{end:?}") };
    assert_eq!((standing.figures.granted, standing.figures.used), (1, 0));
    assert_eq!(standing.figures, entries.state().programmes.benefits["QY1"]);

    let (lines, end) = entries.trace("fund:ZJ1").await;
    let moved: Vec<_> = lines.iter().map(|line| (line.subject.as_str(), line.money.fen())).collect();
    assert_eq!(moved, [("", 10_000), ("QD1", -6_050), ("QD1", 6_050), ("QD2", -6_050), ("2024-03", 0)]);
    assert_eq!(lines[4].reason.as_deref(), Some("财付1号"));
    assert_eq!(end.figures, Standing::Fund(entries.state().programmes.funds["ZJ1"]));
    let free: Fen = lines.iter().fold(Fen::ZERO, |sum, line| sum + line.money);
    assert_eq!(free, entries.state().programmes.funds["ZJ1"].free(), "what lines change adds up to what is free");
}

/// What bodies have to approve is neither granted nor waiting nor used, here and in the state.
#[tokio::test]
async fn what_bodies_approve_is_traced_word_by_word_and_counted_once_it_is_given() {
    let mut entries = Entries::default();
    let bodies = json!(["区总工会", "市总工会"]);
    let terms = json!({"approvals": bodies, "kind": "place", "name": "疗休养", "places": 1, "window": {}});
    entries.record("BenefitRegistered", json!({"benefit": "QY1", "terms": terms}));
    let of = |application: &str, more: Value| {
        let mut payload = json!({"application": application, "benefit": "QY1"});
        payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        payload
    };
    let asked = || json!({"at": AT, "worker": "W1"});
    let proposed = || json!({"approvals": ["区总工会", "市总工会"], "by": "T1", "terms": asked()});
    entries.record("BenefitProposed", of("QD1", proposed()));
    entries.record("BenefitChecked", of("QD1", json!({"body": "区总工会", "by": "T2", "worker": "W1"})));
    entries.record("BenefitChecked", of("QD1", json!({"body": "市总工会", "by": "T3", "worker": "W1"})));
    entries.record("BenefitGranted", of("QD1", json!({"terms": asked()})));
    entries.record("BenefitProposed", of("QD2", proposed()));
    let back = json!({"by": "T2", "reason": "材料不全", "worker": "W1"});
    entries.record("BenefitRejected", of("QD2", back));
    entries.record("BenefitProposed", of("QD3", proposed()));
    entries.record("BenefitWithdrawn", of("QD3", json!({"waited": true, "worker": "W1"})));
    let (lines, end) = entries.trace("benefit:QY1").await;
    let told: Vec<_> = lines
        .iter()
        .map(|line| match &line.after {
            Standing::Benefit(it) => (it.figures.granted, it.figures.waiting, it.figures.used),
            other => panic!("{other:?}"),
        })
        .collect();
    let (nothing, one) = ((0, 0, 0), (1, 0, 0));
    assert_eq!(told, [nothing, nothing, nothing, nothing, one, one, one, one, one]);
    assert_eq!(fact(&lines[1], FactName::Approvals), Some("区总工会、市总工会"));
    assert_eq!(fact(&lines[2], FactName::Body), Some("区总工会"));
    assert_eq!((lines[6].subject.as_str(), lines[6].party.as_deref()), ("QD2", Some("W1")));
    assert_eq!(lines[6].reason.as_deref(), Some("材料不全"));
    // What was proposed stood in no queue.
    let withdrawn = lines[8].facts.iter().find(|fact| fact.name == FactName::Waited).unwrap();
    assert_eq!((withdrawn.name.chinese(), withdrawn.in_chinese()), ("尚未发放", "是"));
    assert_eq!((&*withdrawn.name.english(), withdrawn.in_english()), ("not yet granted", "yes"));
    assert_eq!(withdrawn.name.as_str(), "waited", "programs read what they read before");
    let Standing::Benefit(standing) = &end.figures else { panic!("{end:?}") };
    assert_eq!(standing.figures, entries.state().programmes.benefits["QY1"]);
}

#[tokio::test]
async fn a_pass_is_valid_then_lost_then_replaced_and_its_slips_are_summed() {
    let mut entries = Entries::default();
    let lost = "2024-03-05T08:30:00+08:00";
    let terms = |lost: Option<&str>| {
        let mut terms = json!({"days": {"through": "2024-12-31"}, "kind": "优享卡", "worker": "W1"});
        if let Some(lost) = lost {
            terms["lost"] = lost.into();
        }
        terms
    };
    entries.record("PassIssued", json!({"pass": "NXK1", "terms": terms(None)}));
    let slip = json!({"at": AT, "offer": "YH1", "paid": 2_128, "price": 2_504});
    let used = json!({"merchant": "M1", "pass": "NXK1", "slip": slip, "slip_no": "XP1"});
    entries.record("PassUsed", used);
    entries.record("PassUpdated", json!({"pass": "NXK1", "terms": terms(Some(lost))}));
    entries.record("PassIssued", json!({"pass": "NXK2", "replaces": "NXK1", "terms": terms(None)}));
    let (lines, _) = entries.trace("pass:NXK1").await;
    let told: Vec<_> = lines
        .iter()
        .map(|line| match &line.after {
            Standing::Pass(pass) => (pass.status(), pass.slips, pass.price.fen(), pass.discount.fen()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            (PassStatus::Valid, 0, 0, 0),
            (PassStatus::Valid, 1, 2_504, 376),
            (PassStatus::Lost, 1, 2_504, 376),
            (PassStatus::Replaced, 1, 2_504, 376),
        ]
    );
    assert_eq!((lines[1].subject.as_str(), fact(&lines[1], FactName::Discount)), ("XP1", Some("3.76")));
    assert_eq!(fact(&lines[3], FactName::ReplacedBy), Some("NXK2"));
    let reversed = json!({"merchant": "M1", "pass": "NXK1", "reason": "原价写错", "slip": slip, "slip_no": "XP1"});
    entries.record("PassUseReversed", reversed);
    let (lines, _) = entries.trace("pass:NXK1").await;
    let Standing::Pass(pass) = &lines[4].after else { panic!("{lines:?}") };
    assert_eq!((pass.slips, pass.price, pass.discount), (0, Fen::ZERO, Fen::ZERO));
    assert_eq!((lines[4].subject.as_str(), lines[4].reason.as_deref()), ("XP1", Some("原价写错")));
    assert_eq!(lines[4].party.as_deref(), Some("W1"), "why is about the holder");
    let (lines, _) = entries.trace("pass:NXK2").await;
    assert_eq!((lines.len(), fact(&lines[0], FactName::Replaces)), (1, Some("NXK1")));
}

#[tokio::test]
async fn a_pair_is_traced_with_its_visits_and_a_request_of_the_same_number_is_not() {
    let mut entries = Entries::default();
    let terms = json!({"helped": "W2", "helper": "W1", "since": "2024-01-01"});
    entries.record("PairOpened", json!({"pair": "NO1", "terms": terms}));
    let visit = |visit: &str| json!({"pair": "NO1", "terms": {"activity": "LB01", "on": "2024-03-08", "reporter": "W1"}, "visit": visit});
    entries.record("VisitReported", visit("ZF1"));
    entries.record("VisitReported", visit("ZF2"));
    let confirmed = json!({"confirmation": {"by": "W2", "on": "2024-03-09"}, "pair": "NO1", "visit": "ZF1"});
    entries.record("VisitConfirmed", confirmed);
    entries.record("VolunteerServiceRecorded", credit("ZF1", "NO1", 200));
    entries.record("VolunteerServiceRecorded", credit("BL1", "NO1", 1_000));
    let (lines, end) = entries.trace("pair:NO1").await;
    assert_eq!(positions(&lines), [1, 2, 3, 4, 5]);
    assert_eq!((lines[3].party.as_deref(), fact(&lines[3], FactName::On)), (Some("W2"), Some("2024-03-09")));
    let Standing::Pair(pair) = end.figures else { panic!("{end:?}") };
    assert_eq!((pair.waiting, pair.confirmed, pair.credited), (1, 1, Points::from_whole(2)));
}

#[tokio::test]
async fn a_selection_is_traced_step_by_step() {
    let mut entries = Entries::default();
    let terms = json!({
        "cut_off": "2024-02-29", "indicators": [{"code": "次数", "measure": "services", "weight": 1}], "name": "最美骑手",
        "places": 1, "publicity_days": 5,
    });
    entries.record("SelectionAnnounced", json!({"by": "T1", "selection": "PX1", "terms": terms}));
    let word = |worker: &str| json!({"by": "T1", "on": "2024-03-10", "selection": "PX1", "worker": worker});
    entries.record("CandidateConsented", word("W1"));
    entries.record("CandidateConsented", word("W2"));
    entries.record("CandidateWithdrawn", word("W2"));
    let inputs = json!([{"figures": [100], "worker": "W1"}]);
    entries.record("SelectionSealed", json!({"by": "T1", "inputs": inputs, "selection": "PX1"}));
    let list = json!([{"rank": 1, "score": 100, "worker": "W1"}]);
    let drawn = json!({"by": "T1", "list": list, "public_until": "2024-03-15", "selection": "PX1"});
    entries.record("SelectionDrawn", drawn);
    let objection = json!({"by": "T4", "candidate": "W1", "objection": "YY1", "reason": "x", "selection": "PX1"});
    entries.record("SelectionObjected", objection);
    let (lines, end) = entries.trace("selection:PX1").await;
    assert_eq!(lines.len(), 7);
    assert_eq!((lines[6].subject.as_str(), lines[6].party.as_deref()), ("YY1", Some("W1")));
    let Standing::Selection(selection) = end.figures else { panic!("{end:?}") };
    assert_eq!((selection.stage, selection.candidates, selection.listed), (Stage::Drawn, 1, 1));
    assert_eq!(selection.objections, 1);
}

#[tokio::test]
async fn a_merchants_claims_in_money_are_told_beside_its_points() {
    let mut entries = Entries::default();
    let honoured = json!({"merchant": "M1", "points": 500, "redemption": "DH1", "store": "S1"});
    entries.record("VoucherHonoured", honoured);
    entries.record("MoneyClaimed", json!({"amount": 1_276, "merchant": "M1", "source": "XP1"}));
    entries.record("MoneyClaimed", json!({"amount": 500, "merchant": "M2", "source": "XP2"}));
    let paid =
        json!({"amount": 1_000, "by": "T3", "merchant": "M1", "month": "2024-03", "points": 200, "reference": "1号"});
    entries.record("SettlementPaid", paid);
    let taken_back =
        json!({"amount": 200, "claimed_in": "2024-02", "merchant": "M1", "month": "2024-03", "source": "XP0"});
    entries.record("MoneyTakenBack", taken_back);
    let (lines, end) = entries.trace("merchant:M1").await;
    let told: Vec<_> = lines.iter().map(|line| (line.subject.as_str(), line.points, line.money.fen())).collect();
    let points = Points::from_whole;
    let claimed = [("DH1", points(5), 0), ("XP1", points(0), 1_276)];
    let settled = [("2024-03", points(-2), -1_000), ("XP0", points(0), -200)];
    assert_eq!(told, [claimed, settled].concat());
    assert_eq!(fact(&lines[3], FactName::Month), Some("2024-03"));
    let Standing::Merchant(merchant) = end.figures else { panic!("{end:?}") };
    assert_eq!((merchant.owed(), merchant.owed_money()), (points(3), Fen::new(76)));
    let owed = entries.state().programmes.settlement["2024-03"]["M1"];
    assert_eq!((merchant.honoured, merchant.claimed_money), (owed.points, owed.money));
}

#[tokio::test]
async fn a_merchants_trace_tells_what_was_registered_and_what_it_was_before() {
    let mut entries = Entries::default();
    let said = |name: &str, more: Value| {
        let mut said = json!({"merchant": "M1", "name": name, "uscc": "91350100M000100Y43"});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said
    };
    entries.record("MerchantRegistered", said("一号商户", json!({"category": "超市"})));
    entries.record("MerchantUpdated", json!({"merchant": "M2", "name": "二号商户", "uscc": "91350100M000100Y43"}));
    entries.record("MerchantUpdated", said("一号超市", json!({"category": "超市"})));
    entries.record("MerchantUpdated", said("一号超市", json!({"uscc": "92000000MA000001H9"})));
    let (lines, _) = entries.trace("merchant:M1").await;
    let told = |at: usize| -> Vec<(&str, &str)> {
        lines[at].facts.iter().map(|fact| (fact.name.chinese(), fact.value.as_str())).collect()
    };
    let code = ("统一社会信用代码", "91350100M000100Y43");
    assert_eq!(lines.len(), 3);
    assert_eq!(told(0), [("名称", "一号商户"), ("类型", "超市"), code]);
    assert_eq!(told(1), [("名称", "一号超市"), ("原名称", "一号商户"), ("类型", "超市"), code]);
    let mended = [("统一社会信用代码", "92000000MA000001H9"), ("原统一社会信用代码", code.1)];
    assert_eq!(told(2), [[("名称", "一号超市"), ("原类型", "超市")], mended].concat());
}

#[test]
fn a_subject_is_written_as_it_is_read() {
    for subject in [
        "worker:W1",
        "card:C1",
        "store:S1",
        "merchant:M1",
        "request:XQ/1",
        "benefit:QY1",
        "fund:ZJ1",
        "pass:NXK1",
        "pair:BD1",
        "selection:PX1",
        "site:演示社区",
    ] {
        assert_eq!(subject.parse::<Subject>().unwrap().to_string(), subject);
    }
    assert!(matches!("offer:YH1".parse::<Subject>(), Err(SubjectError::Unknown(_))));
    assert!(matches!("fund:".parse::<Subject>(), Err(SubjectError::Id(_))));
}
