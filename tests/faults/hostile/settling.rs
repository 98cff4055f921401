//! The controls of what is settled by several people one after the other: a merchant's month and a body's, a selection, a
//! case of a counter. What came before a shot was done by somebody else.

use serde_json::{Value, json};

use super::controls::{Control, post};
use super::kinds::Kind;
use super::reads::{PAGE, get};

const AT: &str = "2025-06-02T09:00:00+08:00";
const MONTH: &str = "2025-06";
/// SHA-256 of a paper that somebody signed.
const PAPER: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const MERCHANT: &str = r#"{"key": "NAME-{n}-m", "command": "merchant", "id": "NAME-{n}", "name": "粮油店",
    "uscc": "92000000MA000001H9", "category": "粮油"}"#;
const ITEM: &str = r#"{"key": "NAME-{n}-i", "command": "item", "store": "S-list", "sku": "NAME-{n}", "name": "雨衣",
    "kind": "实物", "price": 1, "merchant": "NAME-{n}"}"#;
const STOCK: &str =
    r#"{"key": "NAME-{n}-r", "command": "restock", "store": "S-list", "sku": "NAME-{n}", "quantity": 1}"#;
const OWED: &str = r#"{"key": "NAME-{n}", "command": "redeem", "worker": "W0001", "store": "S-list",
    "at": "2025-06-02T09:00:00+08:00", "lines": [{"sku": "NAME-{n}", "quantity": 1}]}"#;
const PREPARED: &str =
    r#"{"key": "NAME-{n}-p", "command": "prepare_statement", "merchant": "NAME-{n}", "month": "2025-06"}"#;

/// Whoever is shot by is the merchant, and disputes or finds right what the office prepared.
const OWN_SHOP: &str =
    r#"{"key": "NAME-{n}-o", "command": "grant", "account": "desk-a", "role": "merchant", "scope": "NAME-{n}"}"#;
/// A third person is, and whoever is shot by answers.
const SHOP_OF_THIRD: &str =
    r#"{"key": "NAME-{n}-o", "command": "grant", "account": "third", "role": "merchant", "scope": "NAME-{n}"}"#;
const DISPUTED: &str = r#"{"key": "NAME-{n}-u", "command": "dispute_statement", "merchant": "NAME-{n}", "month": "2025-06",
    "line": "NAME-{n}", "reason": "金额不符", "hand": "third"}"#;

const FUND: &str = r#"{"key": "NAME-{n}-f", "command": "fund", "id": "NAME-{n}", "body": "NAME-{n}", "amount": 1000}"#;
const BENEFIT: &str = r#"{"key": "NAME-{n}-b", "command": "benefit", "id": "NAME-{n}", "kind": "place", "fund": "NAME-{n}", "value": 10}"#;
const SET_ASIDE: &str = r#"{"key": "NAME-{n}-c", "command": "claim", "benefit": "NAME-{n}", "worker": "W0002",
    "at": "2025-06-02T09:00:00+08:00"}"#;
const PREPARED_OF_BODY: &str =
    r#"{"key": "NAME-{n}-p", "command": "prepare_body_statement", "body": "NAME-{n}", "month": "2025-06"}"#;
const CONFIRMED_OF_BODY: &str = r#"{"key": "NAME-{n}-x", "command": "confirm_body_statement", "body": "NAME-{n}",
    "month": "2025-06", "hand": "third"}"#;

const WORKER: &str = r#"{"key": "NAME-{n}-w", "command": "worker", "id": "NAME-{n}", "occupation": "快递员"}"#;
const AGREED: &str = r#"{"key": "NAME-{n}-t", "command": "consent_to_selection", "selection": "PX-3",
    "worker": "NAME-{n}", "paper": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#;
const SELECTION: &str = r#"{"key": "NAME-{n}-s", "command": "selection", "id": "NAME-{n}", "name": "最美骑手",
    "cut_off": "2025-06-30", "places": 3, "publicity_days": 3,
    "indicators": [{"code": "次数", "measure": "services", "weight": 1}]}"#;
/// Its list hangs out on no day, so that its result may be recorded at once.
const SELECTION_AT_ONCE: &str = r#"{"key": "NAME-{n}-s", "command": "selection", "id": "NAME-{n}", "name": "最美骑手",
    "cut_off": "2025-06-30", "places": 3, "publicity_days": 0,
    "indicators": [{"code": "次数", "measure": "services", "weight": 1}]}"#;
const CANDIDATE: &str = r#"{"key": "NAME-{n}-t", "command": "consent_to_selection", "selection": "NAME-{n}",
    "worker": "W0002", "paper": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#;
const CANDIDATE_OF_ITS_OWN: &str = r#"{"key": "NAME-{n}-t", "command": "consent_to_selection", "selection": "NAME-{n}",
    "worker": "NAME-{n}", "paper": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#;
const SEALED: &str = r#"{"key": "NAME-{n}-l", "command": "seal_selection", "selection": "NAME-{n}"}"#;
const DRAWN: &str = r#"{"key": "NAME-{n}-d", "command": "draw_selection", "selection": "NAME-{n}"}"#;
/// The list says less of the candidate then than the ledger does.
const FOUND_LATER: &str = r#"{"key": "NAME-{n}-k", "command": "credit", "worker": "NAME-{n}", "activity": "SB01",
    "on": "2025-06-02", "quantity": 1, "witness": "证明人"}"#;
const OBJECTED: &str = r#"{"key": "NAME-{n}-o", "command": "object_to_selection", "selection": "NAME-{n}",
    "candidate": "W0002", "reason": "有疑问", "hand": "third"}"#;

/// Handed out to somebody whom nobody knows, which is a case.
const CASE: &str = r#"{"key": "NAME-{n}-d", "command": "delivery", "store": "S-sell", "means": "slip", "worker": "nobody",
    "lines": [{"sku": "SW01", "quantity": 1}], "given_at": "2025-06-02T09:00:00+08:00"}"#;

/// A merchant who is owed points for a month that is over, a body that set money aside in it, and selections: one whose list
/// is drawn, and one for which candidates agree.
pub(super) fn stage() -> Vec<Value> {
    let selection = |key: &str, id: &str| {
        json!({"key": key, "command": "selection", "id": id, "name": "最美骑手", "cut_off": "2025-06-30", "places": 3,
            "publicity_days": 3, "indicators": [{"code": "次数", "measure": "services", "weight": 1}]})
    };
    vec![
        json!({"key": "stage-merchant", "command": "merchant", "id": "M-owed", "name": "粮油店",
            "uscc": "92000000MA000001H9", "category": "粮油"}),
        json!({"key": "stage-owed-item", "command": "item", "store": "S-list", "sku": "SW02", "name": "雨衣", "kind": "实物",
            "price": 1, "merchant": "M-owed"}),
        json!({"key": "stage-body-fund", "command": "fund", "id": "ZJ-2", "body": "union", "amount": 1_000}),
        json!({"key": "stage-body-benefit", "command": "benefit", "id": "QY-2", "kind": "place", "fund": "ZJ-2",
            "value": 10}),
        json!({"key": "stage-owed-stock", "command": "restock", "store": "S-list", "sku": "SW02", "quantity": 10}),
        json!({"key": "stage-owed-points", "command": "redeem", "worker": "W0001", "store": "S-list", "at": AT,
            "lines": [{"sku": "SW02", "quantity": 2}]}),
        json!({"key": "stage-body-claim", "command": "claim", "benefit": "QY-2", "worker": "W0002", "at": AT}),
        selection("stage-list", "PX-2"),
        json!({"key": "stage-list-candidate", "command": "consent_to_selection", "selection": "PX-2", "worker": "W0002",
            "paper": PAPER}),
        json!({"key": "stage-list-seal", "command": "seal_selection", "selection": "PX-2"}),
        json!({"key": "stage-list-draw", "command": "draw_selection", "selection": "PX-2"}),
        selection("stage-candidates", "PX-3"),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    let settled = statements().into_iter().chain(disputes());
    settled.chain(selections()).chain(lists()).chain(cases()).collect()
}

fn statements() -> Vec<Control> {
    const FORM: &[(&str, &str, Kind)] = &[("format", "csv", Kind::Word), PAGE[1]];
    const MONTH_FIELD: &[(&str, Kind)] = &[("/month", Kind::Month)];
    let month = || json!({"month": MONTH});
    vec![
        // While nobody confirmed it, it is prepared anew each time.
        post(
            "/v1/merchants/{id}/statements",
            &[("M-owed", Kind::Known("unknown_merchant"))],
            month(),
            MONTH_FIELD,
            201,
        ),
        get(
            "/v1/merchants/{id}/statements/{month}",
            &[("M-owed", Kind::Known("unknown_merchant")), (MONTH, Kind::MonthPart)],
            FORM,
        ),
        Control {
            before: &[MERCHANT, ITEM, STOCK, OWED, PREPARED],
            ..post(
                "/v1/merchants/{id}/statements/{month}/confirm",
                &[("NAME-{n}", Kind::Known("unknown_merchant")), (MONTH, Kind::MonthPart)],
                json!({}),
                &[],
                200,
            )
        },
        post("/v1/bodies/{body}/statements", &[("union", Kind::Body)], month(), MONTH_FIELD, 201),
        Control {
            before: &[FUND, BENEFIT, SET_ASIDE, PREPARED_OF_BODY],
            ..post(
                "/v1/bodies/{body}/statements/{month}/confirm",
                &[("NAME-{n}", Kind::Body), (MONTH, Kind::MonthPart)],
                json!({}),
                &[],
                200,
            )
        },
        Control {
            before: &[FUND, BENEFIT, SET_ASIDE, PREPARED_OF_BODY, CONFIRMED_OF_BODY],
            ..post(
                "/v1/bodies/{body}/statements/{month}/pay",
                &[("NAME-{n}", Kind::Body), (MONTH, Kind::MonthPart)],
                json!({"reference": "凭证"}),
                &[("/reference", Kind::Text)],
                201,
            )
        },
        get("/v1/bodies/{body}/statements/{month}", &[("union", Kind::Body), (MONTH, Kind::MonthPart)], FORM),
    ]
}

/// What a merchant says of a month, and what is answered.
fn disputes() -> Vec<Control> {
    const OWN: &[(&str, Kind)] = &[("NAME-{n}", Kind::Scope), (MONTH, Kind::MonthPart)];
    vec![
        Control {
            before: &[MERCHANT, ITEM, STOCK, OWED, PREPARED, OWN_SHOP],
            ..post(
                "/v1/merchants/{id}/statements/{month}/acknowledge",
                OWN,
                json!({"digest": null}),
                &[("/digest", Kind::OptionalDigest)],
                201,
            )
        },
        Control {
            before: &[MERCHANT, ITEM, STOCK, OWED, PREPARED, OWN_SHOP],
            ..post(
                "/v1/merchants/{id}/statements/{month}/disputes",
                OWN,
                json!({"line": "NAME-{n}", "reason": "金额不符"}),
                &[("/line", Kind::StatementLine), ("/reason", Kind::Text)],
                201,
            )
        },
        Control {
            before: &[MERCHANT, ITEM, STOCK, OWED, PREPARED, SHOP_OF_THIRD, DISPUTED],
            ..post(
                "/v1/merchants/{id}/statements/{month}/disputes/{dispute}/answer",
                &[
                    ("NAME-{n}", Kind::Known("unknown_merchant")),
                    (MONTH, Kind::MonthPart),
                    ("NAME-{n}-u", Kind::Made("not_found")),
                ],
                json!({"upheld": false, "reason": "与小票一致"}),
                &[("/upheld", Kind::Flag), ("/reason", Kind::Text)],
                200,
            )
        },
    ]
}

fn selections() -> Vec<Control> {
    const CANDIDATES: &[(&str, Kind)] = &[("PX-3", Kind::Known("not_found"))];
    const OWN: &[(&str, Kind)] = &[("NAME-{n}", Kind::Known("not_found"))];
    const WORD: &[(&str, Kind)] = &[("/worker", Kind::Known("unknown_worker"))];
    let word = || json!({"worker": "NAME-{n}", "paper": PAPER});
    vec![
        Control { before: &[WORKER], ..post("/v1/selections/{id}/consents", CANDIDATES, word(), WORD, 201) },
        Control { before: &[WORKER, AGREED], ..post("/v1/selections/{id}/withdraw", CANDIDATES, word(), WORD, 200) },
        Control { before: &[SELECTION, CANDIDATE], ..post("/v1/selections/{id}/seal", OWN, json!({}), &[], 200) },
        Control {
            before: &[SELECTION, CANDIDATE, SEALED],
            ..post("/v1/selections/{id}/draw", OWN, json!({}), &[], 200)
        },
        get(
            "/v1/selections/{id}/list",
            &[("PX-2", Kind::Known("not_found"))],
            &[("format", "json", Kind::Word), PAGE[1]],
        ),
    ]
}

/// What follows once a list is drawn.
fn lists() -> Vec<Control> {
    const OWN: &[(&str, Kind)] = &[("NAME-{n}", Kind::Known("not_found"))];
    const OBJECTION: &[(&str, Kind)] = &[OWN[0], ("NAME-{n}-o", Kind::Made("not_found"))];
    vec![
        Control {
            before: &[SELECTION, CANDIDATE, SEALED, DRAWN],
            ..post(
                "/v1/selections/{id}/objections",
                OWN,
                json!({"candidate": "W0002", "reason": "有疑问"}),
                &[("/candidate", Kind::Known("unknown_worker")), ("/reason", Kind::Text)],
                201,
            )
        },
        Control {
            before: &[SELECTION, CANDIDATE, SEALED, DRAWN, OBJECTED],
            ..post(
                "/v1/selections/{id}/objections/{objection}/answer",
                OBJECTION,
                json!({"upheld": false, "reason": "没有漏记"}),
                &[("/upheld", Kind::Flag), ("/reason", Kind::Text)],
                200,
            )
        },
        Control {
            before: &[WORKER, SELECTION, CANDIDATE_OF_ITS_OWN, SEALED, DRAWN, FOUND_LATER],
            ..post(
                "/v1/selections/{id}/revise",
                OWN,
                json!({"candidate": "NAME-{n}", "remove": true, "reason": "补计"}),
                &[("/candidate", Kind::Known("unknown_worker")), ("/remove", Kind::Switch), ("/reason", Kind::Text)],
                200,
            )
        },
        Control {
            before: &[SELECTION_AT_ONCE, CANDIDATE, SEALED, DRAWN],
            ..post("/v1/selections/{id}/result", OWN, json!({"minutes": PAPER}), &[("/minutes", Kind::Digest)], 200)
        },
    ]
}

fn cases() -> Vec<Control> {
    vec![Control {
        before: &[CASE],
        ..post(
            "/v1/stores/{id}/cases/{case}/settle",
            &[("S-sell", Kind::Known("unknown_store")), ("NAME-{n}-d", Kind::Made("unknown_redemption"))],
            json!({"reason": "由区里承担"}),
            &[("/reason", Kind::Text)],
            200,
        )
    }]
}
