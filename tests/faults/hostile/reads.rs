//! The controls of what only reads: each with every query that it takes.

use super::controls::{CREDIT, Control, DAY, REDEEM};
use super::kinds::Kind;

pub(super) const PAGE: [(&str, &str, Kind); 2] = [("limit", "5", Kind::Whole), ("min_position", "1", Kind::Whole)];
pub(super) const SINCE: &[(&str, &str, Kind)] = &[("min_position", "1", Kind::Whole)];
const AFTER: (&str, &str, Kind) = ("after", "A", Kind::Anything);
pub(super) const TRACE: &[(&str, &str, Kind)] = &[
    ("after", "1", Kind::Whole),
    PAGE[0],
    ("as_of", DAY, Kind::Day),
    ("recorded_as_of", "2099-01-01", Kind::Moment),
    ("at", "SIZE", Kind::Whole),
    PAGE[1],
];
const LIST: &[(&str, &str, Kind)] = &[AFTER, PAGE[0], PAGE[1]];

pub(super) fn get(
    path: &'static str,
    ids: &'static [(&'static str, Kind)],
    queries: &'static [(&'static str, &'static str, Kind)],
) -> Control {
    Control { path, ids, queries, ..Control::NONE }
}

/// One for every operation that changes nothing.
pub(super) fn reads() -> Vec<Control> {
    const WORKER: &[(&str, Kind)] = &[("W0001", Kind::Known("unknown_worker"))];
    const STORE: &[(&str, Kind)] = &[("S0001", Kind::Known("unknown_store"))];
    const MERCHANT: &[(&str, Kind)] = &[("M0001", Kind::Known("unknown_merchant"))];
    vec![
        get("/healthz", &[], &[]),
        get(
            "/v1/workers/{id}/readers",
            WORKER,
            &[("after", "01890a5d-ac96-774b-bcce-b302099a8057", Kind::Choice), PAGE[0]],
        ),
        get("/metrics", &[], &[]),
        get("/openapi.json", &[], &[]),
        get("/readyz", &[], &[]),
        get(
            "/v1/appraisals/{year}",
            &[("2025", Kind::Year)],
            &[("branch", "B1", Kind::Known("")), ("at", "9", Kind::Whole), ("format", "csv", Kind::Word), PAGE[1]],
        ),
        get("/v1/audit/checkpoint", &[], &[("size", "SIZE", Kind::Whole), PAGE[1], ("format", "text", Kind::Choice)]),
        get("/v1/audit/checkpoints", &[], &[("after", "1", Kind::Whole), PAGE[0]]),
        get("/v1/audit/consistency", &[], &[("from", "1", Kind::Required), ("to", "2", Kind::Whole), PAGE[1]]),
        get("/v1/audit/inclusion/{position}", &[("1", Kind::Entry)], &[("size", "2", Kind::Whole), PAGE[1]]),
        get("/v1/audit/keys", &[], &[]),
        get("/v1/audit/notice", &[], &[("size", "SIZE", Kind::Whole), ("format", "text", Kind::Choice)]),
        get(
            "/v1/audit/receipt/{position}",
            &[("1", Kind::Entry)],
            &[("size", "SIZE", Kind::Whole), ("format", "svg", Kind::Choice)],
        ),
        get(
            "/v1/audit/report",
            &[],
            &[
                ("at", "9", Kind::Whole),
                ("recorded_as_of", "2099-01-01", Kind::Moment),
                ("late_days", "3", Kind::Whole),
                ("burst", "3", Kind::Whole),
                ("accounts", "3", Kind::Whole),
                ("minutes", "3", Kind::Whole),
                ("list", "3", Kind::Whole),
                ("format", "json", Kind::Word),
                PAGE[1],
            ],
        ),
        get(
            "/v1/audit/sample",
            &[],
            &[
                ("seed", "1", Kind::Required),
                ("size", "3", Kind::Required),
                ("by", "uniform", Kind::Word),
                ("of", "redemptions", Kind::Word),
                ("from", DAY, Kind::Day),
                ("to", DAY, Kind::Day),
                ("at", "9", Kind::Whole),
                ("recorded_as_of", "2099-01-01", Kind::Moment),
                ("format", "json", Kind::Word),
                PAGE[1],
            ],
        ),
        get(
            "/v1/credits",
            &[],
            &[
                ("status", "proposed", Kind::Required),
                ("flag", "recorded_late", Kind::Anything),
                ("site", "", Kind::OptionalKnown("unknown_site")),
                AFTER,
                PAGE[0],
                PAGE[1],
            ],
        ),
        get("/v1/events", &[], &[("after", "1", Kind::Whole), PAGE[0], PAGE[1]]),
        get(
            "/v1/requests",
            &[],
            &[
                ("status", "open", Kind::Choice),
                ("overdue", "true", Kind::Truth),
                ("site", "", Kind::OptionalKnown("unknown_site")),
                AFTER,
                PAGE[0],
                PAGE[1],
            ],
        ),
        get("/v1/workers/{id}/appointments", WORKER, SINCE),
        get("/v1/appointments", &[], &[("status", "proposed", Kind::Choice), AFTER, PAGE[0], PAGE[1]]),
        get("/v1/pairs/{id}", &[("BD-1", Kind::Known("unknown_pair"))], SINCE),
        get("/v1/benefits", &[], LIST),
        get("/v1/benefits/{id}", &[("QY-1", Kind::Known("unknown_benefit"))], SINCE),
        get(
            "/v1/benefits/{id}/claims",
            &[("QY-1", Kind::Known("unknown_benefit"))],
            &[("status", "proposed", Kind::Choice), AFTER, PAGE[0], PAGE[1]],
        ),
        get("/v1/funds", &[], LIST),
        get("/v1/funds/{id}", &[("ZJ-1", Kind::Known("not_found"))], SINCE),
        get("/v1/passes/{id}", &[("NXK-1", Kind::Known("unknown_pass"))], SINCE),
        get("/v1/selections", &[], LIST),
        get("/v1/selections/{id}", &[("PX-1", Kind::Known("not_found"))], SINCE),
        get(
            "/v1/selections/{id}/candidates",
            &[("PX-1", Kind::Known("not_found"))],
            &[("worker", "", Kind::OptionalKnown("unknown_worker")), PAGE[1]],
        ),
        get("/v1/stores/{id}/cases", STORE, &[("status", "open", Kind::Choice), AFTER, PAGE[0], PAGE[1]]),
        get("/v1/merchants", &[], LIST),
        get("/v1/merchants/{id}", MERCHANT, SINCE),
        get(
            "/v1/merchants/{id}/settlement",
            MERCHANT,
            &[("month", "2025-06", Kind::MonthAsked), ("format", "csv", Kind::Word), PAGE[1]],
        ),
        get("/v1/schedule", &[], &[("on", DAY, Kind::Day), PAGE[1]]),
        get("/v1/schedule/versions", &[], &[("after", "1", Kind::Whole), PAGE[0], PAGE[1]]),
        get("/v1/accounts", &[], LIST),
        get("/v1/me", &[], &[]),
        get(
            "/v1/publicity",
            &[],
            &[
                ("site", "", Kind::OptionalKnown("unknown_site")),
                ("on", DAY, Kind::Day),
                ("format", "csv", Kind::Word),
                PAGE[1],
            ],
        ),
        get("/v1/sites", &[], &[("on", DAY, Kind::Day), AFTER, PAGE[0], PAGE[1]]),
        get("/v1/stores", &[], LIST),
        get("/v1/stores/{id}", STORE, SINCE),
        get("/v1/stores/{id}/stock", STORE, LIST),
        get("/v1/branches", &[], &[("on", DAY, Kind::Day), AFTER, PAGE[0], PAGE[1]]),
        Control { before: &[CREDIT], ..get("/v1/credits/{id}", &[("NAME-{n}", Kind::Made("unknown_credit"))], SINCE) },
        Control {
            before: &[REDEEM],
            ..get("/v1/redemptions/{id}", &[("NAME-{n}", Kind::Made("unknown_redemption"))], SINCE)
        },
        get(
            "/v1/holds",
            &[],
            &[
                ("store", "S-sell", Kind::Anything),
                ("worker", "W0001", Kind::Anything),
                ("status", "open", Kind::Choice),
                AFTER,
                PAGE[0],
                PAGE[1],
            ],
        ),
        get("/v1/stores/{id}/redemptions", STORE, &[("on", DAY, Kind::Day), AFTER, PAGE[0], PAGE[1]]),
        get(
            "/v1/audit/security",
            &[],
            &[
                ("code", "forbidden", Kind::Anything),
                ("after", "01890a5d-ac96-774b-bcce-b302099a8057", Kind::Choice),
                PAGE[0],
            ],
        ),
        // The own data, of whoever is that worker.
        get("/v1/workers/{id}/export", &[("W0006", Kind::Scope)], &[("format", "json", Kind::Word)]),
        Control {
            before: &[CREDIT],
            ..get("/v1/credits/{id}/witness", &[("NAME-{n}", Kind::Made("unknown_credit"))], SINCE)
        },
        get("/v1/trial-balance", &[], SINCE),
        get("/v1/workers", &[], &[("site", "", Kind::OptionalKnown("unknown_site")), AFTER, PAGE[0], PAGE[1]]),
        get("/v1/workers/{id}", WORKER, SINCE),
        get("/v1/workers/{id}/balance", WORKER, &[("as_of", DAY, Kind::Day), PAGE[1]]),
        get("/v1/workers/{id}/statement", WORKER, &[("after", "1", Kind::Whole), PAGE[0], PAGE[1]]),
        get("/v1/workers/{id}/trace", WORKER, TRACE),
        get("/v1/merchants/{id}/trace", MERCHANT, TRACE),
        get("/v1/pairs/{id}/trace", &[("BD-1", Kind::Known("unknown_pair"))], TRACE),
        get("/v1/benefits/{id}/trace", &[("QY-1", Kind::Known("unknown_benefit"))], TRACE),
        get("/v1/funds/{id}/trace", &[("ZJ-1", Kind::Known("not_found"))], TRACE),
        get("/v1/passes/{id}/trace", &[("NXK-1", Kind::Known("unknown_pass"))], TRACE),
        get("/v1/selections/{id}/trace", &[("PX-1", Kind::Known("not_found"))], TRACE),
        get("/v1/sites/{id}/trace", &[("YZ-1", Kind::Known("unknown_site"))], TRACE),
    ]
}
