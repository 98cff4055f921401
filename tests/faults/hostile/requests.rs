//! The controls of service requests: from the posting to the word that earns, and where a request goes before that.

use serde_json::{Value, json};

use super::controls::{Control, DAY, post};
use super::kinds::Kind;
use super::reads::{SINCE, TRACE, get};

const REQUEST: &str = r#"{"key": "NAME-{n}-q", "command": "request", "activity": "WX01", "on": "2025-06-02"}"#;
const CLAIM: &str = r#"{"key": "NAME-{n}-k", "command": "claim_request", "request": "XQ-1", "claimer": "W0002",
    "on": "2025-06-02"}"#;
const WORK: &str = r#"{"key": "NAME-{n}-h", "command": "handling", "request": "XQ-1", "claimer": "W0002",
    "claimed": "2025-06-02", "done": "2025-06-02", "quantity": 1}"#;

/// A line whose points ripen when work is rated, and that as many may claim as there are shots.
pub(super) fn line() -> Value {
    json!({"code": "WX01", "name": "微心愿", "category": "志愿服务", "unit": "件", "points_per_unit": 4,
        "counts_for_card": true, "valid_months": 24, "scoring": "rating", "claimers_max": 1_000_000})
}

/// One request that everybody works on, and one that is only read.
pub(super) fn stage() -> Vec<Value> {
    ["XQ-1", "XQ-2"]
        .map(|key| json!({"key": key, "command": "request", "activity": "WX01", "on": DAY, "reporter": "W0003"}))
        .into()
}

pub(super) fn controls() -> Vec<Control> {
    reads().into_iter().chain(work()).chain(routing()).collect()
}

fn reads() -> Vec<Control> {
    const READ: &[(&str, Kind)] = &[("XQ-2", Kind::Known("unknown_request"))];
    const SLIP: &[(&str, Kind)] =
        &[("XQ-1", Kind::Made("unknown_request")), ("NAME-{n}-h", Kind::Made("unknown_request"))];
    vec![
        get("/v1/requests/{id}", READ, SINCE),
        get("/v1/requests/{id}/trace", READ, TRACE),
        Control { before: &[WORK], ..get("/v1/requests/{id}/handlings/{handling}/code", SLIP, SINCE) },
    ]
}

fn work() -> Vec<Control> {
    const SHARED: &[(&str, Kind)] = &[("XQ-1", Kind::Made("unknown_request"))];
    const CLAIMED: &[(&str, Kind)] = &[SHARED[0], ("NAME-{n}-k", Kind::Made("unknown_request"))];
    const DONE: &[(&str, Kind)] = &[SHARED[0], ("NAME-{n}-h", Kind::Made("unknown_request"))];
    vec![
        post(
            "/v1/requests",
            &[],
            json!({"activity": "WX01", "on": DAY, "reporter": "W0003"}),
            &[
                ("/activity", Kind::Known("unknown_activity")),
                ("/on", Kind::Date),
                ("/reporter", Kind::OptionalKnown("unknown_worker")),
            ],
            201,
        ),
        post(
            "/v1/requests/{id}/handlings",
            SHARED,
            json!({"claimer": "W0002", "claimed": DAY, "done": DAY, "quantity": 1}),
            &[("/quantity", Kind::Work)],
            201,
        ),
        Control {
            before: &[WORK],
            ..post(
                "/v1/requests/{id}/handlings/{handling}/rate",
                DONE,
                json!({"rating": "满意", "on": DAY}),
                &[("/rating", Kind::Role), ("/on", Kind::Date)],
                200,
            )
        },
        post(
            "/v1/requests/{id}/claims",
            SHARED,
            json!({"claimer": "W0002", "on": DAY}),
            &[("/claimer", Kind::Known("unknown_worker")), ("/on", Kind::Date)],
            201,
        ),
        Control {
            before: &[CLAIM],
            ..post(
                "/v1/requests/{id}/claims/{claim}/report",
                CLAIMED,
                json!({"done": DAY, "quantity": 1}),
                &[("/done", Kind::Date), ("/quantity", Kind::Work)],
                200,
            )
        },
        Control {
            before: &[CLAIM],
            ..post("/v1/requests/{id}/claims/{claim}/return", CLAIMED, json!({"on": DAY}), &[("/on", Kind::Date)], 200)
        },
    ]
}

fn routing() -> Vec<Control> {
    const OWN: &[(&str, Kind)] = &[("NAME-{n}-q", Kind::Made("unknown_request"))];
    vec![
        post(
            "/v1/requests/{id}/route",
            &[("XQ-1", Kind::Made("unknown_request"))],
            json!({"body": "街道", "on": DAY}),
            &[("/on", Kind::Date)],
            200,
        ),
        Control {
            before: &[REQUEST],
            ..post("/v1/requests/{id}/withdraw", OWN, json!({"on": DAY}), &[("/on", Kind::Date)], 200)
        },
        Control {
            before: &[REQUEST],
            ..post(
                "/v1/requests/{id}/merge",
                OWN,
                json!({"into": "XQ-1", "reason": "同一件事"}),
                &[("/into", Kind::Earlier("unknown_request")), ("/reason", Kind::OptionalText)],
                200,
            )
        },
    ]
}
