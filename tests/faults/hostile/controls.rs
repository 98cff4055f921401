//! For every operation of the server's document a request that it accepts, with ids of things that are there: what is
//! fired at an operation is this request with one thing changed. Where a thing can be had only once, each shot gets one of
//! its own, numbered `{n}`.

use serde_json::{Value, json};

use super::kinds::Kind;
use super::{people, programmes, reads, requests, settling};

/// A request that is accepted, and what its parts are.
pub(super) struct Control {
    pub(super) method: &'static str,
    /// As the document has it.
    pub(super) path: &'static str,
    /// What stands for each parameter of the path, in order.
    pub(super) ids: &'static [(&'static str, Kind)],
    /// Queries, each with a value that is accepted.
    pub(super) queries: &'static [(&'static str, &'static str, Kind)],
    /// Headers beside those of every request; `SECRET` and `SHOWN` stand for a session.
    pub(super) headers: &'static [&'static str],
    pub(super) body: Option<Value>,
    /// What each value of the body is, by its pointer.
    pub(super) fields: &'static [(&'static str, Kind)],
    /// The commands of a batch that must have been carried out before, by somebody else; by whom, where it matters, says
    /// `hand`.
    pub(super) before: &'static [&'static str],
    /// Whether credits wait for somebody's word when that is done.
    pub(super) asks_for_approval: bool,
    /// Whether what it changes decides what is accepted elsewhere.
    pub(super) sets_the_rules: bool,
    pub(super) status: u16,
}

impl Control {
    pub(super) const NONE: Control = Control {
        method: "GET",
        path: "",
        ids: &[],
        queries: &[],
        headers: &[],
        body: None,
        fields: &[],
        before: &[],
        asks_for_approval: false,
        sets_the_rules: false,
        status: 200,
    };

    /// The path with its ids.
    pub(super) fn target(&self) -> String {
        let mut ids = self.ids.iter();
        let part =
            |part: &'static str| if part.starts_with('{') { ids.next().expect("an id for each").0 } else { part };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

/// The worker who has all the points anybody could ask for, and the store and item that never run out.
pub(super) const RICH: &str = "W0001";
pub(super) const DAY: &str = "2025-06-02";
const AT: &str = "2025-06-02T09:00:00+08:00";

/// Commands that set the stage once: for what many shots share.
pub(super) fn stage() -> Vec<Value> {
    let fund = json!({"key": "stage-points", "command": "credit", "worker": RICH, "activity": "SB01", "on": "2025-06-01",
        "quantity": 500_000, "witness": "证明人"});
    let store = |id: &str| {
        [
            json!({"key": format!("stage-{id}"), "command": "store", "id": id, "name": "靶场", "tier": "街道"}),
            json!({"key": format!("stage-{id}-item"), "command": "item", "store": id, "sku": "SW01", "name": "矿泉水",
                "kind": "实物", "price": 2.5, "merchant": "M0001"}),
            json!({"key": format!("stage-{id}-stock"), "command": "restock", "store": id, "sku": "SW01",
                "quantity": 5_000_000}),
        ]
    };
    let owed = json!({"key": "stage-owed", "command": "redeem", "worker": RICH, "store": "S-sell", "at": AT,
        "lines": [{"sku": "SW01", "quantity": 4_000}]});
    let stores = ["S-sell", "S-count", "S-lose", "S-list"].into_iter().flat_map(store);
    let oneself =
        json!({"key": "stage-oneself", "command": "grant", "account": "desk-a", "role": "worker", "scope": "W0006"});
    let programmes = programmes::stage().into_iter().chain(requests::stage()).chain(settling::stage());
    [oneself, fund].into_iter().chain(stores).chain([owed]).chain(programmes).collect()
}

pub(super) const CREDIT: &str = r#"{"key": "NAME-{n}", "command": "credit", "worker": "W0002", "activity": "SB01", "on": "2025-06-02",
    "quantity": 1, "witness": "证明人"}"#;
const WORKER: &str =
    r#"{"key": "NAME-{n}-w", "command": "worker", "id": "NAME-{n}", "occupation": "快递员", "party_member": true}"#;
const CARD: &str =
    r#"{"key": "NAME-{n}-c", "command": "card", "worker": "NAME-{n}", "card_no": "NAME-{n}", "branch": "B1"}"#;
const CARD_OF_ITS_OWN_BRANCH: &str =
    r#"{"key": "NAME-{n}-c", "command": "card", "worker": "NAME-{n}", "card_no": "NAME-{n}", "branch": "NAME-{n}"}"#;
const BRANCH_OF_ONE_DESK: &str =
    r#"{"key": "NAME-{n}-da", "command": "grant", "account": "desk-a", "role": "branch", "scope": "NAME-{n}"}"#;
const BRANCH_OF_THE_OTHER: &str =
    r#"{"key": "NAME-{n}-db", "command": "grant", "account": "desk-b", "role": "branch", "scope": "NAME-{n}"}"#;
const STORE: &str = r#"{"key": "NAME-{n}-s", "command": "store", "id": "NAME-{n}", "name": "靶场", "tier": "街道"}"#;
pub(super) const REDEEM: &str = r#"{"key": "NAME-{n}", "command": "redeem", "worker": "W0001", "store": "S-sell",
    "at": "2025-06-02T09:00:00+08:00", "lines": [{"sku": "SW01", "quantity": 1}]}"#;
pub(super) const HOLD: &str = r#"{"key": "NAME-{n}", "command": "hold", "worker": "W0001", "store": "S-sell",
    "lasts_minutes": 40000, "lines": [{"sku": "SW01", "quantity": 1}]}"#;
const OBJECT: &str = r#"{"key": "NAME-{n}-o", "command": "object_to_credit", "credit": "NAME-{n}", "reason": "核对"}"#;
/// Of whoever is shot by, who alone appeals once a third person found that it is not so.
const OWN_OBJECTION: &str =
    r#"{"key": "NAME-{n}-o", "command": "object_to_credit", "credit": "NAME-{n}", "reason": "核对", "hand": "own"}"#;
const DISMISSED: &str = r#"{"key": "NAME-{n}-r", "command": "resolve_objection", "credit": "NAME-{n}", "reason": "查无此事",
    "upheld": false, "hand": "third"}"#;
const CLOSE: &str = r#"{"key": "NAME-{n}-x", "command": "close_store", "store": "NAME-{n}", "reason": "搬迁"}"#;
const ACCOUNT: &str = r#"{"key": "NAME-{n}-a", "command": "account", "id": "NAME-{n}"}"#;
/// It waits for a second administrator.
const GRANT: &str = r#"{"key": "NAME-{n}-g", "command": "grant", "account": "NAME-{n}", "role": "approver"}"#;
const SITE: &str = r#"{"key": "NAME-{n}-y", "command": "site", "id": "NAME-{n}", "name": "靶场", "kind": "微驿站"}"#;
const ITEM: &str = r#"{"key": "NAME-{n}", "command": "item", "store": "S-list", "sku": "NAME-{n}", "name": "雨衣", "kind": "实物",
    "price": 1, "merchant": "M0001"}"#;

pub(super) const REASON: &[(&str, Kind)] = &[("/reason", Kind::Text)];
pub(super) fn post(
    path: &'static str,
    ids: &'static [(&'static str, Kind)],
    body: Value,
    fields: &'static [(&'static str, Kind)],
    status: u16,
) -> Control {
    Control { method: "POST", path, ids, body: Some(body), fields, status, ..Control::NONE }
}

/// One for every operation that has a contract of its own; see [`super::routes`] for those that have not.
pub(super) fn controls() -> Vec<Control> {
    reads::reads()
        .into_iter()
        .chain(judgements())
        .chain(workers())
        .chain(shops())
        .chain(counter())
        .chain(office())
        .chain(sites())
        .chain(accounts())
        .chain(names())
        .chain(programmes::controls())
        .chain(requests::controls())
        .chain(settling::controls())
        .chain(people::controls())
        .collect()
}

fn names() -> Vec<Control> {
    const WORKER: &[(&str, Kind)] = &[("W0001", Kind::Known("unknown_worker"))];
    const NAME: &[(&str, Kind)] = &[("/name", Kind::Name)];
    const WANTED: &[(&str, Kind)] = &[("/name", Kind::Sought)];
    let person = json!({"name": "王小明"});
    vec![
        Control { method: "PUT", ..post("/v1/workers/{id}/person", WORKER, person.clone(), NAME, 200) },
        post("/v1/workers/search", &[], person, WANTED, 200),
    ]
}

fn judgements() -> Vec<Control> {
    const CREDIT_ID: &[(&str, Kind)] = &[("NAME-{n}", Kind::Made("unknown_credit"))];
    let reason = || json!({"reason": "核对"});
    vec![
        Control {
            before: &[CREDIT],
            asks_for_approval: true,
            ..post("/v1/credits/{id}/confirm", CREDIT_ID, reason(), REASON, 200)
        },
        Control {
            before: &[CREDIT],
            asks_for_approval: true,
            ..post("/v1/credits/{id}/object", CREDIT_ID, reason(), REASON, 200)
        },
        Control {
            before: &[CREDIT],
            asks_for_approval: true,
            ..post("/v1/credits/{id}/reject", CREDIT_ID, reason(), REASON, 200)
        },
        Control {
            before: &[CREDIT, OBJECT],
            asks_for_approval: true,
            ..post(
                "/v1/credits/{id}/resolve",
                CREDIT_ID,
                json!({"reason": "核对", "upheld": false}),
                &[("/reason", Kind::Text), ("/upheld", Kind::Switch)],
                200,
            )
        },
        Control {
            before: &[CREDIT, OWN_OBJECTION, DISMISSED],
            asks_for_approval: true,
            ..post("/v1/credits/{id}/appeal", CREDIT_ID, reason(), REASON, 200)
        },
        // Nothing proposed can be reversed: these are confirmed before the settings ask for approval.
        Control { before: &[CREDIT], ..post("/v1/credits/{id}/reverse", CREDIT_ID, reason(), REASON, 200) },
    ]
}

fn workers() -> Vec<Control> {
    const CARDED: &[(&str, Kind)] = &[("NAME-{n}", Kind::Scope)];
    const ID: &[(&str, Kind)] = &[("NAME-{n}", Kind::Known("unknown_worker"))];
    vec![
        post(
            "/v1/workers",
            &[],
            json!({"id": "NAME-{n}", "occupation": "快递员", "party_member": true, "platform": "平台甲", "name": "测试人员"}),
            &[
                ("/id", Kind::New),
                ("/occupation", Kind::Text),
                ("/party_member", Kind::OptionalFlag),
                ("/platform", Kind::OptionalText),
                ("/name", Kind::Name),
            ],
            201,
        ),
        Control {
            before: &[WORKER],
            ..post(
                "/v1/workers/{id}/card",
                ID,
                json!({"card_no": "NAME-{n}", "branch": "B1"}),
                &[("/card_no", Kind::New), ("/branch", Kind::Scope)],
                201,
            )
        },
        Control {
            before: &[WORKER, CARD],
            ..post("/v1/workers/{id}/card/close", CARDED, json!({"reason": "核对"}), REASON, 200)
        },
        Control {
            before: &[WORKER, CARD],
            ..post("/v1/workers/{id}/card/move", CARDED, json!({"branch": "B2"}), &[("/branch", Kind::New)], 200)
        },
        Control { before: &[WORKER], ..post("/v1/workers/{id}/erase", ID, json!({"reason": "核对"}), REASON, 200) },
        Control { before: &[WORKER], ..post("/v1/workers/{id}/depart", ID, json!({"reason": "核对"}), REASON, 200) },
        Control {
            before: &[WORKER],
            ..post(
                "/v1/workers/{id}/merge",
                ID,
                json!({"into": "W0001", "reason": "核对"}),
                &[("/into", Kind::Known("unknown_worker")), ("/reason", Kind::Text)],
                200,
            )
        },
    ]
}

fn shops() -> Vec<Control> {
    const ID: &[(&str, Kind)] = &[("NAME-{n}", Kind::Known("unknown_store"))];
    const LISTED: &[(&str, Kind)] =
        &[("S-list", Kind::Known("unknown_store")), ("NAME-{n}", Kind::Known("unknown_item"))];
    let reason = || json!({"reason": "核对"});
    vec![
        post(
            "/v1/merchants",
            &[],
            json!({"id": "NAME-{n}", "name": "粮油店", "uscc": "92000000MA000001H9", "category": "粮油"}),
            &[
                ("/id", Kind::New),
                ("/name", Kind::Text),
                ("/uscc", Kind::CreditCode),
                ("/category", Kind::OptionalText),
            ],
            201,
        ),
        post(
            "/v1/merchants/{id}/settlements",
            &[("M0001", Kind::Known("unknown_merchant"))],
            json!({"month": "2025-06", "points": 1, "reference": "凭证"}),
            &[("/month", Kind::Month), ("/points", Kind::Payment), ("/reference", Kind::Text)],
            201,
        ),
        post(
            "/v1/stores",
            &[],
            json!({"id": "NAME-{n}", "name": "靶场", "tier": "街道", "community": "社区"}),
            &[("/id", Kind::New), ("/name", Kind::Text), ("/tier", Kind::Text), ("/community", Kind::OptionalText)],
            201,
        ),
        Control { before: &[STORE], ..post("/v1/stores/{id}/close", ID, reason(), REASON, 200) },
        Control {
            before: &[STORE, CLOSE],
            ..post("/v1/stores/{id}/reopen", ID, reason(), &[("/reason", Kind::Remark)], 200)
        },
        post(
            "/v1/stores/{id}/items",
            &[("S-list", Kind::Known("unknown_store"))],
            json!({"sku": "NAME-{n}", "name": "雨衣", "kind": "实物", "price": 1, "limit_per_worker_year": 2, "merchant": "M0001"}),
            &[
                ("/sku", Kind::New),
                ("/name", Kind::Text),
                ("/kind", Kind::Text),
                ("/price", Kind::Price),
                ("/limit_per_worker_year", Kind::Limitation),
                ("/merchant", Kind::OptionalKnown("unknown_merchant")),
            ],
            201,
        ),
        Control { before: &[ITEM], ..post("/v1/stores/{id}/items/{sku}/delist", LISTED, reason(), REASON, 200) },
        post(
            "/v1/stores/{id}/restock",
            &[("S-sell", Kind::Scope)],
            json!({"sku": "SW01", "quantity": 1, "merchant": "M0001"}),
            &[
                ("/sku", Kind::Known("unknown_item")),
                ("/quantity", Kind::Units),
                ("/merchant", Kind::OptionalKnown("unknown_merchant")),
            ],
            201,
        ),
        post(
            "/v1/stores/{id}/stocktake",
            &[("S-count", Kind::Scope)],
            json!({"sku": "SW01", "counted": 4_000_000, "reason": "盘点"}),
            &[("/sku", Kind::Known("unknown_item")), ("/counted", Kind::Count), ("/reason", Kind::Text)],
            201,
        ),
        post(
            "/v1/stores/{id}/write-off",
            &[("S-lose", Kind::Scope)],
            json!({"sku": "SW01", "quantity": 1, "reason": "破损"}),
            &[("/sku", Kind::Known("unknown_item")), ("/quantity", Kind::Units), ("/reason", Kind::Text)],
            201,
        ),
    ]
}

const BASKET: &[(&str, Kind)] = &[
    ("/worker", Kind::Known("unknown_worker")),
    ("/store", Kind::Scope),
    ("/lines", Kind::Lines),
    ("/lines/0", Kind::Line),
    ("/lines/0/sku", Kind::Known("unknown_item")),
    ("/lines/0/quantity", Kind::Units),
    ("/at", Kind::OptionalInstant),
];
const HELD: &[(&str, Kind)] =
    &[BASKET[0], BASKET[1], BASKET[2], BASKET[3], BASKET[4], BASKET[5], BASKET[6], ("/lasts_minutes", Kind::Minutes)];

fn counter() -> Vec<Control> {
    const REDEMPTION: &[(&str, Kind)] = &[("NAME-{n}", Kind::Made("unknown_redemption"))];
    const HELD_HERE: &[(&str, Kind)] = &[("NAME-{n}", Kind::MadeAtScope)];
    let basket = || json!({"worker": RICH, "store": "S-sell", "lines": [{"sku": "SW01", "quantity": 1}], "at": AT});
    let mut held = basket();
    held["lasts_minutes"] = json!(30);
    vec![
        post("/v1/redemptions", &[], basket(), BASKET, 201),
        Control {
            before: &[REDEEM],
            ..post("/v1/redemptions/{id}/reverse", REDEMPTION, json!({"reason": "核对"}), REASON, 200)
        },
        post("/v1/holds", &[], held, HELD, 201),
        Control { before: &[HOLD], ..post("/v1/holds/{id}/capture", HELD_HERE, json!({}), &[], 201) },
        Control { before: &[HOLD], ..post("/v1/holds/{id}/release", HELD_HERE, json!({}), &[], 200) },
    ]
}

fn accounts() -> Vec<Control> {
    const OF: &[(&str, Kind)] = &[("NAME-{n}", Kind::Account)];
    const GRANT_ID: &[(&str, Kind)] = &[("NAME-{n}-g", Kind::Made("not_found"))];
    vec![
        post(
            "/v1/accounts",
            &[],
            json!({"id": "NAME-{n}", "name": "陈静"}),
            &[("/id", Kind::Account), ("/name", Kind::Name)],
            201,
        ),
        Control {
            before: &[ACCOUNT],
            ..post(
                "/v1/accounts/{id}/roles",
                OF,
                json!({"role": "auditor", "from": DAY, "until": "2999-01-01"}),
                &[("/role", Kind::Role), ("/from", Kind::OptionalInstant), ("/until", Kind::OptionalInstant)],
                201,
            )
        },
        Control { before: &[ACCOUNT, GRANT], ..post("/v1/grants/{grant}/confirm", GRANT_ID, json!({}), &[], 200) },
        Control {
            before: &[ACCOUNT, GRANT],
            ..post(
                "/v1/grants/{grant}/end",
                GRANT_ID,
                json!({"on": "2999-01-01", "reason": "调离"}),
                &[("/on", Kind::OptionalInstant), ("/reason", Kind::Text)],
                200,
            )
        },
    ]
}

fn sites() -> Vec<Control> {
    const ID: &[(&str, Kind)] = &[("NAME-{n}", Kind::Known("unknown_site"))];
    vec![
        post(
            "/v1/sites",
            &[],
            json!({"id": "NAME-{n}", "name": "靶场", "kind": "微驿站"}),
            &[("/id", Kind::New), ("/name", Kind::Text), ("/kind", Kind::Text)],
            201,
        ),
        Control { before: &[SITE], ..post("/v1/sites/{id}/move", ID, json!({}), &[], 200) },
        Control {
            before: &[SITE],
            ..post("/v1/sites/{id}/close", ID, json!({"reason": "搬迁"}), &[("/reason", Kind::OptionalText)], 200)
        },
        Control {
            before: &[SITE], ..post("/v1/sites/{id}/services", ID, json!({"services": ["饮水机"]}), &[], 200)
        },
    ]
}

fn office() -> Vec<Control> {
    let line = json!({"code": "A1", "name": "志愿", "category": "志愿服务", "unit": "次", "points_per_unit": 1,
        "daily_cap": 10, "counts_for_card": true, "valid_months": 12});
    let schedule = json!({"effective_from": "2999-01-01", "activities": [line],
        "district": {"code": "QX", "name": "区", "points_step": 1, "approval_required": true, "publicity_days": 0}});
    let service = json!({"worker": "W0003", "activity": "SB01", "on": DAY, "quantity": 1, "witness": "证明人", "evidence": "照片"});
    let mut item = service.clone();
    item["key"] = json!("NAME-{n}");
    item["command"] = json!("credit");
    vec![
        post(
            "/v1/credits",
            &[],
            service,
            &[
                ("/worker", Kind::Known("unknown_worker")),
                ("/activity", Kind::Known("unknown_activity")),
                ("/on", Kind::Date),
                ("/quantity", Kind::Quantity),
                ("/witness", Kind::Witness),
                ("/evidence", Kind::OptionalText),
            ],
            201,
        ),
        Control {
            before: &[WORKER, BRANCH_OF_ONE_DESK, BRANCH_OF_THE_OTHER, CARD_OF_ITS_OWN_BRANCH],
            ..post(
                "/v1/appraisals/{year}/seal",
                &[("2025", Kind::Year)],
                json!({"branch": "NAME-{n}"}),
                &[("/branch", Kind::Scope)],
                200,
            )
        },
        post("/v1/expiries", &[], json!({"through": DAY}), &[("/through", Kind::Date)], 200),
        // Through today, where nothing is named: points would end elsewhere.
        Control {
            sets_the_rules: true,
            ..post("/v1/due", &[], json!({"through": DAY}), &[("/through", Kind::OptionalInstant)], 200)
        },
        Control { queries: &[("atomic", "true", Kind::Truth)], ..post("/v1/batch", &[], json!([item]), &[], 200) },
        // It is tried and not adopted: no id is taken by it.
        Control {
            queries: &[
                ("from", DAY, Kind::Day),
                ("to", "2099-12-31", Kind::Day),
                ("at", "9", Kind::Whole),
                ("list", "3", Kind::Whole),
                ("format", "json", Kind::Word),
                ("min_position", "1", Kind::Whole),
            ],
            ..post(
                "/v1/schedule/what-if",
                &[],
                schedule.clone(),
                &[
                    ("/effective_from", Kind::Date),
                    ("/activities", Kind::Lines),
                    ("/activities/0", Kind::Line),
                    ("/activities/0/code", Kind::New),
                    ("/activities/0/name", Kind::Text),
                    ("/activities/0/category", Kind::Text),
                    ("/activities/0/unit", Kind::OptionalText),
                    ("/activities/0/points_per_unit", Kind::Price),
                    ("/activities/0/daily_cap", Kind::OptionalPoints),
                    ("/activities/0/counts_for_card", Kind::Flag),
                    ("/activities/0/valid_months", Kind::Months),
                    ("/district", Kind::Settings),
                    ("/district/code", Kind::Filled),
                    ("/district/name", Kind::Filled),
                    ("/district/points_step", Kind::OptionalPoints),
                    ("/district/approval_required", Kind::OptionalFlag),
                    ("/district/publicity_days", Kind::Days),
                ],
                200,
            )
        },
        Control {
            method: "PUT",
            sets_the_rules: true,
            ..post(
                "/v1/schedule",
                &[],
                schedule,
                &[
                    ("/effective_from", Kind::Date),
                    ("/activities", Kind::Lines),
                    ("/activities/0", Kind::Line),
                    ("/activities/0/code", Kind::New),
                    ("/activities/0/name", Kind::Text),
                    ("/activities/0/category", Kind::Text),
                    ("/activities/0/unit", Kind::OptionalText),
                    ("/activities/0/points_per_unit", Kind::Price),
                    ("/activities/0/daily_cap", Kind::OptionalPoints),
                    ("/activities/0/counts_for_card", Kind::Flag),
                    ("/activities/0/valid_months", Kind::Months),
                    ("/district", Kind::Settings),
                    ("/district/code", Kind::Filled),
                    ("/district/name", Kind::Filled),
                    ("/district/points_step", Kind::OptionalPoints),
                    ("/district/approval_required", Kind::OptionalFlag),
                    ("/district/publicity_days", Kind::Days),
                ],
                200,
            )
        },
    ]
}
