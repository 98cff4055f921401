//! The controls of the documents' programmes, and of counters that tell afterwards what they handed out.

use serde_json::{Value, json};

use super::controls::{Control, DAY, HOLD, REASON, RICH, post};
use super::kinds::Kind;
use super::provisions::TODAY;

const AT: &str = "2025-06-02T09:00:00+08:00";

const CLAIM: &str = r#"{"key": "NAME-{n}", "command": "claim", "benefit": "QY-1", "worker": "W0002",
    "at": "2025-06-02T09:00:00+08:00"}"#;

const VISIT: &str = r#"{"key": "NAME-{n}-v", "command": "visit", "pair": "BD-1", "activity": "SB01", "on": "2025-06-02",
    "reporter": "W0002"}"#;
/// One of a pair reports a visit, and the other leaves before it is confirmed: the branch of the pair says it then.
const LEAVER: &str = r#"{"key": "NAME-{n}-w", "command": "worker", "id": "NAME-{n}", "occupation": "快递员"}"#;
const PAIR_OF_BRANCH: &str = r#"{"key": "NAME-{n}-p", "command": "pair", "id": "NAME-{n}", "helper": "W0002",
    "helped": "NAME-{n}", "branch": "B1", "since": "2025-01-01"}"#;
const VISIT_OF_IT: &str = r#"{"key": "NAME-{n}-v", "command": "visit", "pair": "NAME-{n}", "activity": "SB01",
    "on": "2025-06-02", "reporter": "W0002"}"#;
const LEFT: &str = r#"{"key": "NAME-{n}-l", "command": "depart_worker", "worker": "NAME-{n}", "reason": "离开本区"}"#;
const PROPOSAL: &str = r#"{"key": "NAME-{n}", "command": "claim", "benefit": "QY-2", "worker": "W0002",
    "at": "2025-06-02T09:00:00+08:00"}"#;

const USE: &str = r#"{"key": "NAME-{n}-u", "command": "use_benefit", "benefit": "QY-1", "claim": "NAME-{n}",
    "at": "2025-06-02T09:00:00+08:00"}"#;

const SLIP: &str = r#"{"key": "NAME-{n}-s", "command": "honour", "pass": "NXK-1", "offer": "YH-1",
    "at": "2025-06-02T09:00:00+08:00", "price": 20, "paid": 17}"#;

const APPOINTMENT: &str = r#"{"key": "NAME-{n}", "command": "appointment", "id": "NAME-{n}", "worker": "W0002",
    "role": "特聘网格员", "from": "2025-06-02"}"#;

/// What the programmes' controls stand on.
pub(super) fn stage() -> Vec<Value> {
    vec![
        json!({"key": "stage-site", "command": "site", "id": "YZ-1", "name": "一号驿站", "kind": "微驿站"}),
        json!({"key": "stage-fund", "command": "fund", "id": "ZJ-1", "amount": 1_000_000}),
        json!({"key": "stage-benefit", "command": "benefit", "id": "QY-1", "kind": "place", "fund": "ZJ-1"}),
        json!({"key": "stage-approved", "command": "benefit", "id": "QY-2", "kind": "place", "approvals": ["市总工会"]}),
        json!({"key": "stage-pair", "command": "pair", "id": "BD-1", "helper": "W0002", "helped": "W0003", "since": "2025-01-01"}),
        json!({"key": "stage-selection", "command": "selection", "id": "PX-1", "name": "最美骑手", "cut_off": "2025-01-01",
            "places": 3, "publicity_days": 3, "indicators": [{"code": "次数", "measure": "services", "weight": 1}]}),
        json!({"key": "stage-pass", "command": "pass", "id": "NXK-1", "worker": "W0002", "kind": "优享卡", "from": "2025-01-01"}),
        json!({"key": "stage-offerer", "command": "merchant", "id": "M-offer", "name": "理发店",
            "uscc": "92000000MA000001H9", "category": "理发"}),
        json!({"key": "stage-offer", "command": "offer", "id": "YH-1", "merchant": "M-offer", "kind": "优享卡",
            "discount": 8.5, "subsidy": 0.5, "fund": "ZJ-1"}),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    registers().into_iter().chain(rows()).chain(away()).collect()
}

/// Registers: what is sent again brings up to date, so that each hostile id that can be one makes one.
fn registers() -> Vec<Control> {
    const ID: &[(&str, Kind)] = &[("/id", Kind::New)];
    vec![
        post(
            "/v1/appointments",
            &[],
            json!({"id": "NAME-{n}", "worker": "W0002", "role": "特聘网格员", "from": DAY}),
            &[("/id", Kind::New), ("/worker", Kind::Known("unknown_worker")), ("/from", Kind::Date)],
            201,
        ),
        post(
            "/v1/pairs",
            &[],
            json!({"id": "NAME-{n}", "helper": "W0002", "helped": "W0003", "since": DAY}),
            &[("/id", Kind::New), ("/since", Kind::Date)],
            201,
        ),
        post("/v1/funds", &[], json!({"id": "NAME-{n}", "body": "区总工会", "amount": 100}), ID, 201),
        post("/v1/benefits", &[], json!({"id": "NAME-{n}", "name": "体检", "kind": "place"}), ID, 201),
        post(
            "/v1/passes",
            &[],
            json!({"id": "NAME-{n}", "worker": "W0002", "kind": "优享卡", "from": DAY}),
            &[("/id", Kind::New), ("/worker", Kind::Known("unknown_worker")), ("/from", Kind::Date)],
            201,
        ),
        post(
            "/v1/selections",
            &[],
            json!({"id": "NAME-{n}", "name": "最美骑手", "cut_off": DAY, "places": 3, "publicity_days": 3,
                "indicators": [{"code": "次数", "measure": "services", "weight": 1}]}),
            &[("/id", Kind::New), ("/cut_off", Kind::Date)],
            201,
        ),
        post(
            "/v1/offers",
            &[],
            json!({"id": "NAME-{n}", "merchant": "M0001", "kind": "优享卡", "discount": 8.5}),
            &[("/id", Kind::New), ("/merchant", Kind::Known("unknown_merchant"))],
            201,
        ),
    ]
}

fn rows() -> Vec<Control> {
    const APPOINTED: &[(&str, Kind)] =
        &[("W0002", Kind::Known("unknown_worker")), ("NAME-{n}", Kind::Known("not_found"))];
    vec![
        post(
            "/v1/pairs/{id}/visits",
            &[("BD-1", Kind::Known("unknown_pair"))],
            json!({"activity": "SB01", "on": DAY, "reporter": "W0002"}),
            &[
                ("/activity", Kind::Known("unknown_activity")),
                ("/on", Kind::Date),
                ("/reporter", Kind::Known("unknown_worker")),
            ],
            201,
        ),
        Control {
            before: &[VISIT],
            ..post(
                "/v1/pairs/{id}/visits/{visit}/confirm",
                &[("BD-1", Kind::Known("unknown_pair")), ("NAME-{n}-v", Kind::Made("unknown_pair"))],
                json!({"by": "W0003", "on": DAY}),
                &[("/by", Kind::Known("unknown_worker")), ("/on", Kind::Date)],
                200,
            )
        },
        Control {
            before: &[LEAVER, PAIR_OF_BRANCH, VISIT_OF_IT, LEFT],
            ..post(
                "/v1/pairs/{id}/visits/{visit}/stand-in",
                &[("NAME-{n}", Kind::Known("unknown_pair")), ("NAME-{n}-v", Kind::Made("unknown_pair"))],
                json!({"branch": "B1", "on": TODAY}),
                &[("/branch", Kind::Scope), ("/on", Kind::Date)],
                200,
            )
        },
        post(
            "/v1/honours",
            &[],
            json!({"pass": "NXK-1", "offer": "YH-1", "at": AT, "price": 20, "paid": 17}),
            &[("/pass", Kind::Thing("unknown_pass")), ("/offer", Kind::Thing("unknown_offer")), ("/at", Kind::Date)],
            201,
        ),
        Control {
            before: &[CLAIM],
            ..post(
                "/v1/benefits/{id}/claims/{claim}/use",
                &[("QY-1", Kind::Known("unknown_benefit")), ("NAME-{n}", Kind::Made("unknown_benefit"))],
                json!({"at": AT, "merchant": "M0001"}),
                &[("/at", Kind::Date), ("/merchant", Kind::OptionalKnown("unknown_merchant"))],
                200,
            )
        },
        post(
            "/v1/benefits/{id}/claims",
            &[("QY-1", Kind::Known("unknown_benefit"))],
            json!({"worker": "W0002", "at": AT}),
            &[("/worker", Kind::Known("unknown_worker"))],
            201,
        ),
        Control {
            before: &[CLAIM],
            ..post(
                "/v1/benefits/{id}/claims/{claim}/withdraw",
                &[("QY-1", Kind::Known("unknown_benefit")), ("NAME-{n}", Kind::Made("unknown_benefit"))],
                json!({}),
                &[],
                200,
            )
        },
        // Where the district asks for checks it waits for the desk's word.
        Control {
            before: &[APPOINTMENT],
            asks_for_approval: true,
            ..post("/v1/workers/{id}/appointments/{appointment}/confirm", APPOINTED, json!({}), &[], 200)
        },
        Control {
            before: &[APPOINTMENT],
            asks_for_approval: true,
            ..post(
                "/v1/workers/{id}/appointments/{appointment}/reject",
                APPOINTED,
                json!({"reason": "核对"}),
                REASON,
                200,
            )
        },
        // A body that does not approve is refused as what cannot hold, like a code that is none.
        Control {
            before: &[PROPOSAL],
            ..post(
                "/v1/benefits/{id}/claims/{claim}/check",
                &[("QY-2", Kind::Known("unknown_benefit")), ("NAME-{n}", Kind::Made("unknown_benefit"))],
                json!({"body": "市总工会"}),
                &[("/body", Kind::CreditCode)],
                200,
            )
        },
        Control {
            before: &[PROPOSAL],
            ..post(
                "/v1/benefits/{id}/claims/{claim}/reject",
                &[("QY-2", Kind::Known("unknown_benefit")), ("NAME-{n}", Kind::Made("unknown_benefit"))],
                json!({"reason": "核对"}),
                &[("/reason", Kind::Text)],
                200,
            )
        },
        Control {
            before: &[CLAIM, USE],
            ..post(
                "/v1/benefits/{id}/claims/{claim}/use/reverse",
                &[("QY-1", Kind::Known("unknown_benefit")), ("NAME-{n}", Kind::Made("unknown_benefit"))],
                json!({"reason": "核错了"}),
                REASON,
                200,
            )
        },
        Control {
            before: &[SLIP],
            ..post(
                "/v1/honours/{slip}/reverse",
                &[("NAME-{n}-s", Kind::Made("unknown_pass"))],
                json!({"reason": "核错了"}),
                REASON,
                200,
            )
        },
    ]
}

/// At a counter: what the ledger would refuse of a redemption is a case here.
fn away() -> Vec<Control> {
    const STORE: &[(&str, Kind)] = &[("S-sell", Kind::Scope)];
    const HELD: &[(&str, Kind)] = &[("NAME-{n}", Kind::MadeAtScope)];
    let handed_out =
        json!({"means": "slip", "worker": RICH, "lines": [{"sku": "SW01", "quantity": 1}], "given_at": AT});
    vec![
        post(
            "/v1/stores/{id}/deliveries",
            STORE,
            handed_out,
            &[
                ("/worker", Kind::OptionalMade),
                ("/lines", Kind::Lines),
                ("/lines/0", Kind::Line),
                ("/lines/0/quantity", Kind::Units),
                ("/given_at", Kind::Date),
            ],
            201,
        ),
        Control { method: "POST", path: "/v1/stores/{id}/tickets", ids: STORE, ..Control::NONE },
        post("/v1/stores/{id}/device", STORE, json!({"device": "till-1"}), &[("/device", Kind::New)], 200),
        Control {
            before: &[HOLD],
            path: "/v1/holds/{id}/code",
            ids: HELD,
            queries: &[("min_position", "1", Kind::Whole)],
            ..Control::NONE
        },
    ]
}
