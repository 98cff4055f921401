//! Why the figures of what the programmes keep are what they are, of a site and of a merchant: event by event, folded from the
//! journal itself and not from a view.

use axum::extract::State;
use axum::{Extension, Json};
use ledger_core::domain::ids::{BenefitId, FundId, MerchantId, PairId, PassNo, RequestId, SelectionId, SiteId};
use ledger_core::domain::refusal::Code;
use projections::audit::trace::Subject;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::audits::until;
use super::crowd::Walkers;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller};
use super::traces::{Page, TraceQuery};
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::audit_sheet::trace::{TraceEndJson, TraceLineJson};
use crate::service::reading::{Reading, date};
use crate::service::traces::{tell_of, trace_of};

/// The routes of these resources.
pub fn routes() -> Routes {
    Routes::new()
        .walk(Read::Trace, routes!(trace_request))
        .walk(Read::Trace, routes!(trace_benefit))
        .walk(Read::Trace, routes!(trace_fund))
        .walk(Read::Trace, routes!(trace_pass))
        .walk(Read::Trace, routes!(trace_pair))
        .walk(Read::Trace, routes!(trace_selection))
        .walk(Read::Trace, routes!(trace_site))
        .walk(Read::Trace, routes!(trace_merchant))
}

#[derive(Debug, Serialize, ToSchema)]
struct ThingTrace {
    /// What was traced, as a kind and a number: `fund:ZJ01`.
    subject: String,
    /// The events in order, each with the figures after it.
    lines: Vec<TraceLineJson>,
    /// The position to ask on after; null at the end.
    next: Option<u64>,
    /// The figures at the end, whichever page this is: those of the state.
    end: TraceEndJson,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Where a thing is asked about, by whom, and what is said where it is not there.
struct Asking<'a> {
    app: &'a App,
    reading: Reading<'a>,
    walkers: &'a Walkers,
    query: &'a TraceQuery,
    unknown: Code,
    /// What it is called.
    what: &'static str,
    id: &'a str,
}

impl Asking<'_> {
    /// The page of lines that is asked for; what can be no id (`subject` is none) is not there.
    async fn answer(self, subject: Option<Subject>) -> Result<Json<ThingTrace>, ApiError> {
        let Asking { app, reading, walkers, query, unknown, what, id } = self;
        let as_of = date("as_of", &query.as_of)?;
        let not_there = || ApiError::unknown(unknown, what, id);
        let subject = subject.ok_or_else(not_there)?;
        reading.at_least(app, query.min_position).await?;
        let position = until(app, query.at, query.recorded_as_of).await?;
        let _place = walkers.place().await?;
        let mut page = Page::of(query);
        let name = subject.to_string();
        let end = trace_of(app, &reading, subject, as_of, position, &mut |line| page.take(line))
            .await?
            .ok_or_else(not_there)?;
        tell_of(app, &reading, &mut page.lines).await;
        Ok(Json(ThingTrace { subject: name, lines: page.told(), next: page.next, end: (&end).into(), position }))
    }
}

/// Why a request's claims and points are what they are: routes, claims, work, ratings, and what was credited for it.
#[utoipa::path(get, path = "/v1/requests/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = ThingTrace)))]
async fn trace_request(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<ThingTrace>, ApiError> {
    let (unknown, what) = (Code::UnknownRequest, "request");
    let reading = caller.may(Read::Trace, Target::District)?;
    let asking = Asking { app: &app, reading, walkers: &walkers, query: &query, unknown, what, id: &id };
    asking.answer(RequestId::new(&id).ok().map(Subject::Request)).await
}

/// Why a benefit's figures are what they are: who was given one, waits, used one or gave it back, with the places left.
#[utoipa::path(get, path = "/v1/benefits/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = ThingTrace)))]
async fn trace_benefit(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<ThingTrace>, ApiError> {
    let (unknown, what) = (Code::UnknownBenefit, "benefit");
    let reading = caller.may(Read::Trace, Target::District)?;
    let asking = Asking { app: &app, reading, walkers: &walkers, query: &query, unknown, what, id: &id };
    asking.answer(BenefitId::new(&id).ok().map(Subject::Benefit)).await
}

/// Why a fund's figures are what they are: every movement of its money, with what is committed, paid and free after it.
#[utoipa::path(get, path = "/v1/funds/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = ThingTrace)))]
async fn trace_fund(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<ThingTrace>, ApiError> {
    let (unknown, what) = (Code::NotFound, "fund");
    let reading = caller.may(Read::Trace, Target::District)?;
    let asking = Asking { app: &app, reading, walkers: &walkers, query: &query, unknown, what, id: &id };
    asking.answer(FundId::new(&id).ok().map(Subject::Fund)).await
}

/// What became of a pass: issued, lost, replaced, and each slip with its price and discount.
#[utoipa::path(get, path = "/v1/passes/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = ThingTrace)))]
async fn trace_pass(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<ThingTrace>, ApiError> {
    let (unknown, what) = (Code::UnknownPass, "pass");
    let reading = caller.may(Read::Trace, Target::District)?;
    let asking = Asking { app: &app, reading, walkers: &walkers, query: &query, unknown, what, id: &id };
    asking.answer(PassNo::new(&id).ok().map(Subject::Pass)).await
}

/// What became of a pair: its visits, waiting and confirmed, and what was credited for them.
#[utoipa::path(get, path = "/v1/pairs/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = ThingTrace)))]
async fn trace_pair(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<ThingTrace>, ApiError> {
    let (unknown, what) = (Code::UnknownPair, "pair");
    let reading = caller.may(Read::Trace, Target::District)?;
    let asking = Asking { app: &app, reading, walkers: &walkers, query: &query, unknown, what, id: &id };
    asking.answer(PairId::new(&id).ok().map(Subject::Pair)).await
}

/// What became of a selection, step by step.
#[utoipa::path(get, path = "/v1/selections/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = ThingTrace)))]
async fn trace_selection(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<ThingTrace>, ApiError> {
    let (unknown, what) = (Code::NotFound, "selection");
    let reading = caller.may(Read::Trace, Target::District)?;
    let asking = Asking { app: &app, reading, walkers: &walkers, query: &query, unknown, what, id: &id };
    asking.answer(SelectionId::new(&id).ok().map(Subject::Selection)).await
}

/// What became of a site: its place in the tree and what hangs right below it, its services by date, its closing, the letters of
/// appointment that name it, and what was credited to those who belonged to it.
#[utoipa::path(get, path = "/v1/sites/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = ThingTrace)))]
async fn trace_site(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<ThingTrace>, ApiError> {
    let (unknown, what) = (Code::UnknownSite, "site");
    let reading = caller.may(Read::Trace, Target::District)?;
    let asking = Asking { app: &app, reading, walkers: &walkers, query: &query, unknown, what, id: &id };
    asking.answer(SiteId::new(&id).ok().map(Subject::Site)).await
}

/// Why a merchant is owed what it is owed, in points and in yuan: claims, statements and payments.
#[utoipa::path(get, path = "/v1/merchants/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = ThingTrace)))]
async fn trace_merchant(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<ThingTrace>, ApiError> {
    let (unknown, what) = (Code::UnknownMerchant, "merchant");
    let reading = caller.may(Read::Trace, Target::Merchant(&id))?;
    let asking = Asking { app: &app, reading, walkers: &walkers, query: &query, unknown, what, id: &id };
    asking.answer(MerchantId::new(&id).ok().map(Subject::Merchant)).await
}
