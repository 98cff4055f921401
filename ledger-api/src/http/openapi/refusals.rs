//! Which no an operation may answer with: every status with its codes, told from what the operation takes and, for what
//! the ledger refuses, from one table.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use ledger_core::domain::refusal::Code;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{BATCH, Place};
use crate::http::command::REPLAYED;
use crate::http::error::{Problem, status_of};
use crate::title;

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What spending asks for, ahead or at once.
const SPENDING: &[Code] = &[
    Code::UnknownWorker,
    Code::UnknownStore,
    Code::UnknownItem,
    Code::InvalidDate,
    Code::InvalidQuantity,
    Code::LimitPerWorker,
    Code::InsufficientPoints,
    Code::OutOfStock,
    Code::SiteClosed,
    Code::StoreClosed,
    Code::WorkerDeparted,
];
const JUDGING: &[Code] = &[Code::AlreadyDecided, Code::AlreadyReversed, Code::SamePerson, Code::InvalidDate];
/// What is earned once somebody says so.
const RIPENING: &[Code] = &[
    Code::UnknownActivity,
    Code::UnknownWorker,
    Code::InvalidDate,
    Code::InvalidQuantity,
    Code::AlreadyDecided,
    Code::SamePerson,
    Code::NotAPartner,
    Code::DailyCapReached,
    Code::MonthlyCapReached,
    Code::YearlyCapReached,
    Code::WorkerDeparted,
];
const CARD: &[Code] = &[Code::NotFound, Code::WorkerDeparted, Code::CardExists];

/// What the ledger refuses beyond what every command may be told, by the address of the command.
const LEDGER: &[(&str, &[Code])] = &[
    ("/v1/workers/{id}/depart", &[Code::WorkerDeparted]),
    (
        "/v1/workers/{id}/merge",
        &[
            // The other id, which the body names.
            Code::UnknownWorker,
            Code::SamePerson,
            Code::AlreadyDecided,
            Code::WorkerDeparted,
            Code::CardExists,
            Code::InvalidDate,
        ],
    ),
    ("/v1/workers/{id}/person", &[Code::AlreadyDecided]),
    ("/v1/workers/{id}/erase", &[Code::SamePerson, Code::AlreadyDecided]),
    ("/v1/workers/{id}/card", &[Code::WorkerDeparted, Code::NotAPartyMember, Code::CardExists]),
    ("/v1/workers/{id}/card/move", CARD),
    ("/v1/workers/{id}/card/close", CARD),
    (
        "/v1/merchants/{id}/settlements",
        &[Code::InvalidQuantity, Code::InvalidDate, Code::InvalidAmount, Code::OutsideWindow, Code::SamePerson],
    ),
    ("/v1/workers", &[Code::UnknownSite, Code::SiteClosed]),
    ("/v1/stores", &[Code::UnknownSite, Code::SiteClosed]),
    ("/v1/sites", &[Code::UnknownSite, Code::SiteClosed, Code::InvalidDate]),
    ("/v1/sites/{id}/move", &[Code::UnknownSite, Code::SiteClosed, Code::InvalidDate]),
    ("/v1/sites/{id}/close", &[Code::AlreadyDecided, Code::InvalidDate]),
    ("/v1/sites/{id}/services", &[Code::SiteClosed, Code::InvalidDate]),
    ("/v1/stores/{id}/close", &[Code::AlreadyDecided]),
    ("/v1/stores/{id}/reopen", &[Code::AlreadyDecided]),
    ("/v1/stores/{id}/items", &[Code::UnknownMerchant]),
    ("/v1/stores/{id}/restock", &[Code::UnknownItem, Code::UnknownMerchant, Code::InvalidQuantity, Code::StoreClosed]),
    ("/v1/stores/{id}/stocktake", &[Code::UnknownItem, Code::InvalidQuantity]),
    ("/v1/stores/{id}/write-off", &[Code::UnknownItem, Code::InvalidQuantity, Code::OutOfStock]),
    ("/v1/schedule", &[Code::InvalidDate]),
    // It changes nothing; a day of its query, or one from which on nothing can hold.
    ("/v1/schedule/what-if", &[Code::InvalidDate]),
    (
        "/v1/credits",
        &[
            Code::UnknownWorker,
            Code::UnknownActivity,
            Code::InvalidDate,
            Code::InvalidQuantity,
            Code::DailyCapReached,
            Code::WorkerDeparted,
            Code::SelfWitness,
            Code::SamePerson,
            Code::HoursOverlap,
            Code::HoursOverDay,
            Code::WitnessOverload,
            Code::EvidenceReused,
            Code::RecordedLate,
            Code::NewAccount,
            Code::WitnessCircle,
            Code::MonthlyCapReached,
            Code::YearlyCapReached,
            Code::NotEligible,
        ],
    ),
    ("/v1/merchants/{id}/statements", &[Code::OutsideWindow, Code::AlreadyDecided, Code::InvalidDate]),
    ("/v1/merchants/{id}/statements/{month}/disputes", &[Code::AlreadyDecided]),
    ("/v1/merchants/{id}/statements/{month}/acknowledge", &[Code::OutsideWindow, Code::AlreadyDecided]),
    ("/v1/merchants/{id}/statements/{month}/disputes/{dispute}/answer", &[Code::AlreadyDecided, Code::SamePerson]),
    ("/v1/merchants/{id}/statements/{month}/confirm", &[Code::OutsideWindow, Code::AlreadyDecided, Code::SamePerson]),
    ("/v1/bodies/{body}/statements", &[Code::OutsideWindow, Code::AlreadyDecided]),
    ("/v1/bodies/{body}/statements/{month}/confirm", &[Code::OutsideWindow, Code::AlreadyDecided, Code::SamePerson]),
    ("/v1/bodies/{body}/statements/{month}/pay", &[Code::OutsideWindow, Code::AlreadyDecided, Code::SamePerson]),
    ("/v1/credits/{id}/confirm", JUDGING),
    ("/v1/credits/{id}/reject", JUDGING),
    ("/v1/credits/{id}/reverse", JUDGING),
    ("/v1/credits/{id}/object", JUDGING),
    ("/v1/credits/{id}/resolve", JUDGING),
    ("/v1/credits/{id}/appeal", JUDGING),
    ("/v1/redemptions", SPENDING),
    ("/v1/redemptions/{id}/reverse", &[Code::AlreadyReversed, Code::InvalidDate]),
    // What spending refuses is a case here, and no refusal.
    ("/v1/stores/{id}/deliveries", &[Code::InvalidDate, Code::InvalidQuantity]),
    ("/v1/stores/{id}/cases/{case}/settle", &[Code::AlreadyDecided]),
    ("/v1/holds", SPENDING),
    ("/v1/holds/{id}/capture", &[Code::AlreadyDecided, Code::HoldExpired, Code::InvalidDate]),
    ("/v1/holds/{id}/release", &[Code::AlreadyDecided, Code::HoldExpired, Code::InvalidDate]),
    ("/v1/appraisals/{year}/seal", &[Code::NotFound, Code::AlreadyDecided, Code::InvalidDate]),
    ("/v1/expiries", &[Code::InvalidDate]),
    ("/v1/due", &[Code::InvalidDate]),
    // A name for whoever was forgotten.
    ("/v1/accounts", &[Code::AlreadyDecided]),
    ("/v1/accounts/{id}/roles", &[Code::InvalidDate, Code::NotEligible]),
    ("/v1/grants/{grant}/confirm", &[Code::AlreadyDecided, Code::SamePerson]),
    ("/v1/grants/{grant}/end", &[Code::AlreadyDecided, Code::InvalidDate]),
    (
        "/v1/requests",
        &[
            Code::UnknownActivity,
            Code::InvalidDate,
            Code::UnknownWorker,
            Code::UnknownRequest,
            Code::UnknownSite,
            Code::SiteClosed,
            Code::WorkerDeparted,
        ],
    ),
    (
        "/v1/requests/{id}/handlings",
        &[
            Code::UnknownActivity,
            Code::UnknownWorker,
            Code::InvalidDate,
            Code::MergedRequest,
            Code::AlreadyDecided,
            Code::SamePerson,
            Code::RequestTaken,
            Code::NotEligible,
            Code::InvalidQuantity,
            Code::WorkerDeparted,
        ],
    ),
    ("/v1/requests/{id}/handlings/{handling}/rate", RIPENING),
    (
        "/v1/requests/{id}/claims",
        &[
            Code::UnknownActivity,
            Code::UnknownWorker,
            Code::InvalidDate,
            Code::MergedRequest,
            Code::AlreadyDecided,
            Code::SamePerson,
            Code::RequestTaken,
            Code::NotEligible,
        ],
    ),
    ("/v1/requests/{id}/claims/{claim}/report", &[Code::AlreadyDecided, Code::InvalidDate, Code::InvalidQuantity]),
    ("/v1/requests/{id}/claims/{claim}/return", &[Code::AlreadyDecided, Code::InvalidDate]),
    (
        "/v1/requests/{id}/route",
        &[Code::InvalidDate, Code::MergedRequest, Code::AlreadyDecided, Code::UnknownSite, Code::SiteClosed],
    ),
    ("/v1/requests/{id}/withdraw", &[Code::InvalidDate, Code::MergedRequest, Code::AlreadyDecided, Code::RequestTaken]),
    ("/v1/requests/{id}/merge", &[Code::InvalidDate, Code::MergedRequest, Code::AlreadyDecided, Code::RequestTaken]),
    (
        "/v1/appointments",
        &[
            Code::UnknownWorker,
            Code::UnknownSite,
            Code::SamePerson,
            Code::InvalidDate,
            Code::WorkerDeparted,
            Code::SiteClosed,
        ],
    ),
    (
        "/v1/workers/{id}/appointments/{appointment}/confirm",
        &[Code::AlreadyDecided, Code::SamePerson, Code::InvalidDate, Code::WorkerDeparted, Code::SiteClosed],
    ),
    (
        "/v1/workers/{id}/appointments/{appointment}/reject",
        &[Code::AlreadyDecided, Code::SamePerson, Code::InvalidDate],
    ),
    ("/v1/pairs", &[Code::UnknownWorker, Code::SamePerson, Code::InvalidDate, Code::WorkerDeparted]),
    (
        "/v1/pairs/{id}/visits",
        &[
            Code::UnknownActivity,
            Code::InvalidDate,
            Code::PairEnded,
            Code::UnknownWorker,
            Code::NotAPartner,
            Code::WorkerDeparted,
        ],
    ),
    ("/v1/pairs/{id}/visits/{visit}/confirm", RIPENING),
    ("/v1/pairs/{id}/visits/{visit}/stand-in", RIPENING),
    ("/v1/funds", &[Code::InvalidAmount]),
    ("/v1/benefits", &[Code::InvalidDate, Code::InvalidAmount]),
    (
        "/v1/benefits/{id}/claims",
        &[
            Code::UnknownWorker,
            Code::InvalidDate,
            Code::OutsideWindow,
            Code::AlreadyClaimed,
            Code::LimitPerWorker,
            Code::InvalidAmount,
            Code::SamePerson,
            Code::InsufficientPoints,
            Code::FundExhausted,
            Code::WorkerDeparted,
        ],
    ),
    (
        "/v1/benefits/{id}/claims/{claim}/use",
        &[
            Code::InvalidDate,
            Code::AlreadyDecided,
            Code::VoucherExpired,
            Code::UnknownMerchant,
            Code::QuotaFull,
            Code::NotEligible,
            Code::InvalidAmount,
        ],
    ),
    ("/v1/benefits/{id}/claims/{claim}/withdraw", &[Code::InvalidDate, Code::AlreadyDecided]),
    (
        "/v1/benefits/{id}/claims/{claim}/check",
        &[
            Code::InvalidDate,
            Code::AlreadyDecided,
            Code::SamePerson,
            Code::OutsideWindow,
            Code::AlreadyClaimed,
            Code::InvalidAmount,
            Code::InsufficientPoints,
            Code::FundExhausted,
            Code::WorkerDeparted,
        ],
    ),
    ("/v1/benefits/{id}/claims/{claim}/reject", &[Code::InvalidDate, Code::AlreadyDecided, Code::SamePerson]),
    ("/v1/benefits/{id}/claims/{claim}/use/reverse", &[Code::InvalidDate, Code::AlreadyDecided, Code::SamePerson]),
    ("/v1/honours/{slip}/reverse", &[Code::InvalidDate, Code::AlreadyDecided, Code::InvalidAmount, Code::SamePerson]),
    ("/v1/passes", &[Code::UnknownWorker, Code::InvalidDate, Code::WorkerDeparted]),
    ("/v1/offers", &[Code::UnknownMerchant, Code::InvalidDate]),
    (
        "/v1/honours",
        &[
            Code::UnknownPass,
            Code::UnknownOffer,
            Code::InvalidDate,
            Code::PassLost,
            Code::PassExpired,
            Code::NotEligible,
            Code::OfferEnded,
            Code::InvalidAmount,
            Code::FundExhausted,
        ],
    ),
    ("/v1/selections", &[Code::UnknownActivity, Code::InvalidDate]),
    (
        "/v1/selections/{id}/consents",
        &[
            Code::UnknownWorker,
            Code::WorkerDeparted,
            Code::AlreadyDecided,
            Code::InvalidDate,
            Code::OutsideWindow,
            Code::NotEligible,
        ],
    ),
    (
        "/v1/selections/{id}/withdraw",
        &[Code::UnknownWorker, Code::WorkerDeparted, Code::AlreadyDecided, Code::InvalidDate],
    ),
    (
        "/v1/selections/{id}/seal",
        &[Code::AlreadyDecided, Code::SamePerson, Code::OutsideWindow, Code::NotEligible, Code::InvalidQuantity],
    ),
    (
        "/v1/selections/{id}/draw",
        &[Code::OutsideWindow, Code::AlreadyDecided, Code::SamePerson, Code::InvalidQuantity, Code::InvalidDate],
    ),
    ("/v1/selections/{id}/objections", &[Code::OutsideWindow, Code::UnknownWorker, Code::AlreadyDecided]),
    ("/v1/selections/{id}/objections/{objection}/answer", &[Code::AlreadyDecided, Code::SamePerson]),
    (
        "/v1/selections/{id}/revise",
        &[
            Code::OutsideWindow,
            Code::AlreadyDecided,
            Code::UnknownWorker,
            Code::SamePerson,
            Code::InvalidQuantity,
            Code::InvalidDate,
        ],
    ),
    ("/v1/selections/{id}/result", &[Code::OutsideWindow, Code::AlreadyDecided, Code::SamePerson]),
];

/// What is refused of a read, beyond what every read may be told, by its address.
const READING: &[(&str, &[Code])] = &[
    // A slip that there is none of: of the own work, of what was rated before, of what is fed back.
    ("/v1/requests/{id}/handlings/{handling}/code", &[Code::SamePerson, Code::AlreadyDecided, Code::InvalidInput]),
];

/// The codes that say that what an address names is not there.
const NAMED: &[(&str, Code)] = &[
    ("/v1/workers/{id}", Code::UnknownWorker),
    ("/v1/workers/{id}/appointments/{appointment}", Code::NotFound),
    ("/v1/merchants/{id}", Code::UnknownMerchant),
    ("/v1/merchants/{id}/statements/{month}", Code::NotFound),
    ("/v1/bodies/{body}", Code::NotFound),
    ("/v1/stores/{id}/items/{sku}", Code::UnknownItem),
    ("/v1/stores/{id}/cases/{case}", Code::UnknownRedemption),
    ("/v1/stores/{id}", Code::UnknownStore),
    ("/v1/sites/{id}", Code::UnknownSite),
    ("/v1/credits/{id}", Code::UnknownCredit),
    ("/v1/redemptions/{id}", Code::UnknownRedemption),
    ("/v1/holds/{id}", Code::UnknownRedemption),
    ("/v1/audit/", Code::NotFound),
    ("/v1/accounts/{id}", Code::UnknownAccount),
    ("/v1/grants/{grant}", Code::NotFound),
    ("/v1/requests/{id}", Code::UnknownRequest),
    ("/v1/pairs/{id}", Code::UnknownPair),
    ("/v1/benefits/{id}", Code::UnknownBenefit),
    ("/v1/funds/{id}", Code::NotFound),
    ("/v1/passes/{id}", Code::UnknownPass),
    ("/v1/honours/{slip}", Code::UnknownPass),
    ("/v1/selections/{id}", Code::NotFound),
];

/// The codes of an operation, by status.
#[derive(Default)]
struct Refusals(BTreeMap<u16, BTreeSet<Code>>);

impl Refusals {
    fn add(&mut self, status: StatusCode, code: Code) {
        self.0.entry(status.as_u16()).or_default().insert(code);
    }

    /// With the code's own status.
    fn own(&mut self, code: Code) {
        self.add(status_of(code).0, code);
    }
}

pub(super) fn finish(place: &Place<'_>, operation: &mut Map<String, Value>) {
    if place.guarded {
        let refusals = refusals(place, operation);
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
        for (status, codes) in refusals.0 {
            responses.entry(status.to_string()).or_insert_with(|| response(status, &codes));
        }
        if place.keyed() {
            for response in responses.iter_mut().filter(|(status, _)| status.starts_with('2')).map(|(_, it)| it) {
                response["headers"][REPLAYED] = json!({
                    "description": "Present and `true` where this is the first answer to the command, given again.",
                    "schema": { "type": "string", "enum": ["true"] },
                });
            }
        }
    }
}

fn refusals(place: &Place<'_>, operation: &Map<String, Value>) -> Refusals {
    let mut refusals = Refusals::default();
    for code in [Code::Unauthenticated, Code::Forbidden, Code::TooManyRequests, Code::JournalUnavailable] {
        refusals.own(code);
    }
    refusals.add(StatusCode::INTERNAL_SERVER_ERROR, Code::JournalUnavailable);
    // Where `Accept` likes nothing that is answered here.
    refusals.add(StatusCode::NOT_ACCEPTABLE, Code::InvalidInput);
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let asks = |name: &str| parameters.into_iter().flatten().any(|parameter| parameter["name"] == name);
    if parameters.is_some_and(|parameters| !parameters.is_empty()) || place.writes() {
        refusals.add(StatusCode::BAD_REQUEST, Code::InvalidInput);
    }
    if place.writes() {
        refusals.own(Code::TooLarge);
        refusals.add(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::InvalidInput);
        refusals.own(Code::InvalidInput);
    }
    if place.keyed() {
        refusals.own(Code::DuplicateConflict);
    }
    if place.path == BATCH {
        // All or nothing, a batch is refused with what its decisive command is refused with.
        Code::ALL.iter().for_each(|code| refusals.own(*code));
    }
    let named: Vec<Code> =
        NAMED.iter().filter(|(prefix, _)| place.path.starts_with(prefix)).map(|(_, it)| *it).collect();
    for code in &named {
        refusals.add(StatusCode::NOT_FOUND, *code);
    }
    if ["min_position", "at", "size"].into_iter().any(asks) || (place.path == "/v1/schedule" && !place.writes()) {
        refusals.add(StatusCode::NOT_FOUND, Code::NotFound);
    }
    if !place.writes() {
        if ["on", "as_of", "from", "to", "month", "year"].into_iter().any(asks) {
            refusals.own(Code::InvalidDate);
        }
        if asks("site") {
            refusals.own(Code::UnknownSite);
        }
        if ["at", "recorded_as_of"].into_iter().any(asks) || place.path.starts_with("/v1/audit/") {
            refusals.own(Code::InvalidInput);
        }
        let workbook = operation.get("responses").and_then(|it| it.get("200")).and_then(|it| it.get("content"));
        if workbook.is_some_and(|content| content.get(WORKBOOK).is_some()) {
            refusals.own(Code::TooLarge);
        }
    }
    let table = if place.writes() { LEDGER } else { READING };
    let ledger = table.iter().find(|(path, _)| *path == place.path);
    for code in ledger.into_iter().flat_map(|(_, codes)| codes.iter()) {
        refusals.own(*code);
    }
    refusals
}

fn response(status: u16, codes: &BTreeSet<Code>) -> Value {
    let told = codes.iter().map(|code| format!("`{code}`: {} ({})", title::chinese(*code), status_of(*code).1));
    let told: Vec<String> = told.collect();
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let problem = format!("#/components/schemas/{}", Problem::name());
    let mut response = json!({
        "description": format!("{}.", told.join("; ")),
        "content": { "application/problem+json": { "schema": {
            "allOf": [
                { "$ref": problem },
                { "type": "object", "properties": { "code": { "type": "string", "enum": words } } },
            ],
        } } },
    });
    let header = match status {
        401 => Some(("WWW-Authenticate", json!({ "type": "string" }))),
        429 | 503 => Some(("Retry-After", json!({ "type": "integer", "minimum": 1 }))),
        _ => None,
    };
    if let Some((name, schema)) = header {
        response["headers"] = json!({ name: { "schema": schema } });
    }
    response
}
