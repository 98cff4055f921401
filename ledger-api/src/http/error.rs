//! How a no is told over HTTP: the one table from codes to statuses, and RFC 9457 problem documents.
//!
//! A refusal of the ledger and a fault of the edge look the same to a caller: a status, a stable code and a sentence.
//! What is behind a fault of ours goes to the log, once, and never into an answer.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::journal::JournalError;
use projections::ViewError;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::access::AccessError;
use crate::access::policy::Denied;
use crate::service::ServiceError;
use crate::title;

/// Seconds after which a caller may try again when something of ours cannot be reached.
const RETRY_AFTER_SECONDS: u32 = 1;

/// The status of a code and what it means in English; in Chinese it is called as everywhere, [`title::chinese`]. Ids that a
/// path names are told apart by [`ApiError::refused`]. docs/codes.md holds both tables for people.
pub const fn status_of(code: Code) -> (StatusCode, &'static str) {
    match code {
        Code::InvalidInput => (StatusCode::UNPROCESSABLE_ENTITY, "The request cannot hold"),
        Code::InvalidDate => (StatusCode::UNPROCESSABLE_ENTITY, "Not a date that can hold here"),
        Code::InvalidQuantity => (StatusCode::UNPROCESSABLE_ENTITY, "Not a quantity that can hold here"),
        Code::NotAPartyMember => (StatusCode::UNPROCESSABLE_ENTITY, "Only Party members hold this card"),
        Code::UnknownWorker => (StatusCode::UNPROCESSABLE_ENTITY, "No such worker"),
        Code::UnknownActivity => (StatusCode::UNPROCESSABLE_ENTITY, "No such activity"),
        Code::UnknownStore => (StatusCode::UNPROCESSABLE_ENTITY, "No such store"),
        Code::UnknownItem => (StatusCode::UNPROCESSABLE_ENTITY, "No such item at this store"),
        Code::UnknownAccount => (StatusCode::UNPROCESSABLE_ENTITY, "No such account"),
        Code::UnknownMerchant => (StatusCode::UNPROCESSABLE_ENTITY, "No such merchant"),
        Code::UnknownCredit => (StatusCode::NOT_FOUND, "No such credit"),
        Code::UnknownRedemption => (StatusCode::NOT_FOUND, "No such redemption or hold"),
        Code::NotFound => (StatusCode::NOT_FOUND, "Nothing is here"),
        Code::DuplicateConflict => (StatusCode::CONFLICT, "The key or id was used with other content"),
        Code::DailyCapReached => (StatusCode::CONFLICT, "The daily cap is reached"),
        Code::LimitPerWorker => (StatusCode::CONFLICT, "The yearly limit is reached"),
        Code::InsufficientPoints => (StatusCode::CONFLICT, "Not enough points"),
        Code::OutOfStock => (StatusCode::CONFLICT, "Not enough on the shelf"),
        Code::AlreadyDecided => (StatusCode::CONFLICT, "Decided before"),
        Code::AlreadyReversed => (StatusCode::CONFLICT, "Reversed before"),
        Code::HoldExpired => (StatusCode::CONFLICT, "The hold ran out"),
        Code::CardExists => (StatusCode::CONFLICT, "There is a card already"),
        Code::StoreClosed => (StatusCode::CONFLICT, "The store is closed"),
        Code::WorkerDeparted => (StatusCode::CONFLICT, "The worker has left"),
        Code::Unauthenticated => (StatusCode::UNAUTHORIZED, "No valid access token"),
        Code::Forbidden => (StatusCode::FORBIDDEN, "This role may not do this"),
        Code::SamePerson => (StatusCode::FORBIDDEN, "Another person must decide"),
        Code::HoursOverlap => (StatusCode::UNPROCESSABLE_ENTITY, "Another service lies in the same hours"),
        Code::HoursOverDay => (StatusCode::UNPROCESSABLE_ENTITY, "Too many hours on one day"),
        Code::WitnessOverload => (StatusCode::UNPROCESSABLE_ENTITY, "One witness vouches for too much on one day"),
        Code::EvidenceReused => (StatusCode::UNPROCESSABLE_ENTITY, "The evidence stands in another credit"),
        Code::RecordedLate => (StatusCode::UNPROCESSABLE_ENTITY, "Recorded too long after the service"),
        Code::NewAccount => (StatusCode::UNPROCESSABLE_ENTITY, "The worker was registered just now"),
        Code::WitnessCircle => (StatusCode::UNPROCESSABLE_ENTITY, "Two workers vouch for each other"),
        Code::MonthlyCapReached => (StatusCode::CONFLICT, "The monthly cap is reached"),
        Code::YearlyCapReached => (StatusCode::CONFLICT, "The yearly cap is reached"),
        Code::NotEligible => (StatusCode::CONFLICT, "It does not go with what is held"),
        Code::UnknownSite => (StatusCode::UNPROCESSABLE_ENTITY, "No such site"),
        Code::SiteClosed => (StatusCode::CONFLICT, "The site is closed"),
        Code::UnknownRequest => (StatusCode::NOT_FOUND, "No such service request"),
        Code::MergedRequest => (StatusCode::CONFLICT, "The request was merged into another one"),
        Code::RequestTaken => (StatusCode::CONFLICT, "The request is taken"),
        Code::UnknownPair => (StatusCode::NOT_FOUND, "No such pair"),
        Code::PairEnded => (StatusCode::CONFLICT, "The pair does not hold on that day"),
        Code::NotAPartner => (StatusCode::UNPROCESSABLE_ENTITY, "Not one of the pair"),
        Code::UnknownBenefit => (StatusCode::NOT_FOUND, "No such benefit"),
        Code::OutsideWindow => (StatusCode::CONFLICT, "Outside the days of application"),
        Code::AlreadyClaimed => (StatusCode::CONFLICT, "The certificate was used before"),
        Code::InvalidAmount => (StatusCode::UNPROCESSABLE_ENTITY, "Not an amount that can hold here"),
        Code::VoucherExpired => (StatusCode::CONFLICT, "The voucher has expired"),
        Code::QuotaFull => (StatusCode::CONFLICT, "The places are gone"),
        Code::FundExhausted => (StatusCode::CONFLICT, "The fund has too little left"),
        Code::UnknownPass => (StatusCode::NOT_FOUND, "No such pass"),
        Code::PassLost => (StatusCode::CONFLICT, "The pass was reported lost"),
        Code::PassExpired => (StatusCode::CONFLICT, "The pass does not hold on that day"),
        Code::UnknownOffer => (StatusCode::NOT_FOUND, "No such offer"),
        Code::OfferEnded => (StatusCode::CONFLICT, "The offer does not hold on that day"),
        Code::SelfWitness => (StatusCode::UNPROCESSABLE_ENTITY, "Another person must witness the service"),
        Code::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Too large"),
        Code::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
        Code::JournalUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "The journal cannot be reached"),
    }
}

/// An answer that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: Code,
    detail: String,
    outcome: Option<CommandOutcome>,
}

/// What a problem says of a command that was not simply refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommandOutcome {
    /// It may have taken effect.
    Unknown,
    /// It took effect, and only something beside it is missing.
    Committed,
}

/// A problem document (RFC 9457), media type `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem: `urn:nuanxin:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(examples("urn:nuanxin:problem:insufficient_points"))]
    kind: String,
    /// The kind of problem for a person, in Chinese; `detail` is in English and names what was sent.
    title: &'static str,
    /// The HTTP status.
    #[schema(examples(409))]
    status: u16,
    /// What is wrong here, where, and what helps.
    detail: String,
    /// The stable code: programs decide by this alone.
    code: CodeJson,
    /// `unknown` when the command may have taken effect all the same, `committed` when it did and only something beside
    /// it is missing: in both cases ask again with the same key. Left out where nothing took effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<CommandOutcome>,
    /// A batch of all or nothing alone: what was said of each command.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<BatchResult>>)]
    results: Option<Box<RawValue>>,
}

/// What was said of one command.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResult {
    /// Its key, as sent.
    pub(super) key: Option<String>,
    /// The HTTP status its own route would have answered with.
    #[schema(examples(201))]
    pub(super) status: u16,
    /// The code, for a command that did not take effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) code: Option<Code>,
    /// Present when this is the first answer given again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(super) replayed: bool,
    /// What its own route would have answered: the answer, or the problem document.
    #[schema(value_type = Object)]
    pub(super) body: Box<RawValue>,
}

/// A code, described as the closed list that it is.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
pub struct CodeJson(pub Code);

impl PartialSchema for CodeJson {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("A stable code; codes are never renamed."))
            .enum_values(Some(Code::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

impl ToSchema for CodeJson {
    fn name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }
}

impl ApiError {
    /// What an address names is not there; what was sent is shown in short.
    pub fn unknown(code: Code, what: &str, id: &str) -> ApiError {
        let shown: String = id.chars().take(128).collect();
        ApiError::refused(Refusal::new(code, format!("there is no {what} {shown:?}")), &[code])
    }

    /// A no with the code's own status.
    pub fn new(code: Code, detail: impl Into<String>) -> ApiError {
        ApiError { status: status_of(code).0, code, detail: detail.into(), outcome: None }
    }

    /// A request that cannot be read: 400.
    pub fn unreadable(detail: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::BAD_REQUEST, ..ApiError::new(Code::InvalidInput, detail) }
    }

    /// A body of a media type that is not read here: 415.
    pub fn media_type(detail: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, ..ApiError::new(Code::InvalidInput, detail) }
    }

    /// The client accepts nothing that this address answers with: 406.
    pub fn not_acceptable(detail: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::NOT_ACCEPTABLE, ..ApiError::new(Code::InvalidInput, detail) }
    }

    /// A no of a protocol that has its own statuses: the code that fits best.
    pub(super) fn with_status(status: StatusCode, detail: impl Into<String>) -> ApiError {
        let code = match status {
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::FORBIDDEN => Code::Forbidden,
            _ => Code::InvalidInput,
        };
        ApiError { status, ..ApiError::new(code, detail) }
    }

    /// Nothing is at this address: 404.
    pub fn not_found(detail: impl Into<String>) -> ApiError {
        ApiError::new(Code::NotFound, detail)
    }

    /// The address does not take this method: 405.
    pub fn wrong_method() -> ApiError {
        let detail = "this address does not take this method; /openapi.json lists what it takes";
        ApiError { status: StatusCode::METHOD_NOT_ALLOWED, ..ApiError::new(Code::NotFound, detail) }
    }

    /// No valid access token: 401.
    pub fn unauthenticated() -> ApiError {
        ApiError::new(Code::Unauthenticated, "send a valid access token: Authorization: Bearer TOKEN")
    }

    /// The role may not do this: 403, telling nothing of what exists.
    pub fn forbidden() -> ApiError {
        ApiError::new(Code::Forbidden, Denied.to_string())
    }

    /// Something of ours cannot be reached now: 503. The cause goes to the log.
    pub fn unavailable(cause: &dyn std::fmt::Display) -> ApiError {
        tracing::error!(%cause, "a request could not be answered");
        ApiError::new(Code::JournalUnavailable, "the ledger cannot be reached now; try again")
    }

    /// A fault of ours: 500. The cause goes to the log.
    pub fn fault(cause: &dyn std::fmt::Display) -> ApiError {
        tracing::error!(%cause, "a fault of this program");
        let detail = "a fault of this program, and no fault of the request; its log says more";
        ApiError {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            outcome: Some(CommandOutcome::Unknown),
            ..ApiError::new(Code::JournalUnavailable, detail)
        }
    }

    /// A command whose outcome is not known: 503 with `"outcome":"unknown"`.
    pub fn outcome_unknown() -> ApiError {
        let detail = "whether the command took effect is not known yet; ask again with the same key and content: \
                      it then happens once, or is answered as it was";
        ApiError { outcome: Some(CommandOutcome::Unknown), ..ApiError::new(Code::JournalUnavailable, detail) }
    }

    /// A command that took effect, but something beside it is missing: 503 with `"outcome":"committed"`.
    pub fn committed_but(detail: impl Into<String>) -> ApiError {
        ApiError { outcome: Some(CommandOutcome::Committed), ..ApiError::new(Code::JournalUnavailable, detail) }
    }

    /// A refusal of the ledger. What the path named (`in_path`) and is not there is a 404; what the body named, a 422.
    pub fn refused(refusal: Refusal, in_path: &[Code]) -> ApiError {
        let mut error = ApiError::new(refusal.code, refusal.message);
        if in_path.contains(&refusal.code) {
            error.status = StatusCode::NOT_FOUND;
        }
        error
    }

    /// The same no, of what the body named and not the path.
    pub fn of_the_body(self) -> ApiError {
        let told = ApiError::new(self.code, String::new());
        ApiError { status: told.status, ..self }
    }

    /// A no of the house. What the path named (`in_path`) and is not there is a 404.
    pub fn of(error: ServiceError, in_path: &[Code]) -> ApiError {
        match error {
            ServiceError::Unreadable(detail) => ApiError::unreadable(detail),
            ServiceError::Refused(refusal) => ApiError::refused(refusal, in_path),
            ServiceError::Unauthenticated(detail) => ApiError::new(Code::Unauthenticated, detail),
            ServiceError::Denied(_) => ApiError::forbidden(),
            ServiceError::Unknown => ApiError::outcome_unknown(),
            ServiceError::Committed(detail) => ApiError::committed_but(detail),
            ServiceError::Unavailable(cause) => ApiError::unavailable(&cause),
            ServiceError::Fault(cause) => ApiError::fault(&cause),
        }
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The same no with a longer sentence.
    pub(super) fn in_words(self, detail: String) -> ApiError {
        ApiError { detail, ..self }
    }

    /// The sentence.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The problem document.
    pub fn problem(&self) -> Problem {
        Problem {
            kind: format!("urn:nuanxin:problem:{}", self.code),
            title: title::chinese(self.code),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: CodeJson(self.code),
            outcome: self.outcome,
            results: None,
        }
    }

    /// The answer, with what was said of each command of a batch.
    pub(super) fn with_results(&self, results: Box<RawValue>) -> Response {
        self.respond(Problem { results: Some(results), ..self.problem() })
    }

    fn respond(&self, problem: Problem) -> Response {
        let mut response = (self.status, Json(problem)).into_response();
        response.extensions_mut().insert(ToldCode(self.code));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"nuanxin\""));
        }
        if matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}

/// The code of a problem, beside its answer: for whoever counts refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldCode(pub Code);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.respond(self.problem())
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> ApiError {
        ApiError::of(error, &[])
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> ApiError {
        ServiceError::from(denied).into()
    }
}

impl From<ViewError> for ApiError {
    fn from(error: ViewError) -> ApiError {
        ServiceError::from(error).into()
    }
}

impl From<JournalError> for ApiError {
    fn from(error: JournalError) -> ApiError {
        ServiceError::from(error).into()
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> ApiError {
        ApiError::unavailable(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiError, status_of};
    use crate::title::chinese;
    use axum::http::StatusCode;
    use ledger_core::domain::refusal::{Code, Refusal};

    #[test]
    fn every_code_has_a_status_that_says_no() {
        for code in Code::ALL {
            let (status, english) = status_of(*code);
            assert!(status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE, "{code}");
            assert!(!english.is_empty() && english.is_ascii(), "{english}");
        }
    }

    #[test]
    fn the_codes_are_written_down_for_people() {
        let written = include_str!("../../../docs/codes.md");
        let rows: Vec<&str> = written.lines().filter(|line| line.starts_with("| `")).collect();
        let table: Vec<String> = Code::ALL
            .iter()
            .map(|code| {
                let (status, english) = status_of(*code);
                format!("| `{code}` | {} | {} | {english} |", status.as_u16(), chinese(*code))
            })
            .collect();
        assert_eq!(rows, table, "docs/codes.md holds a row for each code, in the order of the codes");
    }

    #[test]
    fn what_a_path_names_and_is_not_there_is_not_found() {
        let refused =
            |in_path: &[Code]| ApiError::refused(Refusal::new(Code::UnknownWorker, "no worker W1"), in_path).status();
        assert_eq!(refused(&[Code::UnknownWorker]), StatusCode::NOT_FOUND);
        assert_eq!(refused(&[]), StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn an_unknown_outcome_says_so_and_asks_to_come_back() {
        let problem = serde_json::to_value(ApiError::outcome_unknown().problem()).unwrap();
        assert_eq!(problem["outcome"], "unknown");
        assert_eq!(problem["status"], 503);
        assert_eq!(problem["code"], "journal_unavailable");
    }
}
