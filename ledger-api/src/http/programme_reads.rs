//! Reading the documents' programmes: requests, appointments, pairs, benefits, funds and passes.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use ledger_core::domain::benefit::command::BenefitKind;
use ledger_core::domain::fund::Fund;
use ledger_core::domain::ids::{BenefitId, FundId, HandlingId, PairId, PassNo, RequestId, VisitId, WorkerId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::pair::state::Visit;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::request::ServiceRequest;
use ledger_core::domain::request::state::Handling;
use projections::queries::At;
use projections::views::appointment::Appointment;
use projections::views::benefit::Benefit;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, Limit, ListQuery, from_text, position_from_text};
use super::wire::PointsJson;
use crate::access::policy::{Read, Target, Who, may_ever};
use crate::app::App;
use crate::exact::Exact;
use crate::service::publicity::Within;

/// The routes of these resources.
pub fn routes() -> Routes {
    Routes::new()
        .route(Read::Request, routes!(list_requests))
        .route(Read::Request, routes!(read_request))
        .route(Read::Appointments, routes!(read_appointments))
        .route(Read::Pair, routes!(read_pair))
        .route(Read::Benefit, routes!(list_benefits))
        .route(Read::Benefit, routes!(read_benefit))
        .route(Read::Fund, routes!(list_funds))
        .route(Read::Fund, routes!(read_fund))
        .route(Read::Pass, routes!(read_pass))
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RequestStatus {
    /// Nothing was done about it yet.
    Open,
    /// Something was done, and of some of it nobody said yet what it was worth.
    Done,
    /// Of all that was done somebody said what it was worth.
    Rated,
    /// It repeats another one, and is worked on there.
    Merged,
}

impl RequestStatus {
    fn of(request: &ServiceRequest) -> RequestStatus {
        if request.posting().is_some_and(|posting| posting.merged_into.is_some()) {
            return RequestStatus::Merged;
        }
        match request.claims() {
            0 => RequestStatus::Open,
            _ if request.handlings().any(|(_, work)| work.rating.is_none()) => RequestStatus::Done,
            _ => RequestStatus::Rated,
        }
    }
}

impl FromStr for RequestStatus {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<RequestStatus, &'static str> {
        match text {
            "open" => Ok(RequestStatus::Open),
            "done" => Ok(RequestStatus::Done),
            "rated" => Ok(RequestStatus::Rated),
            "merged" => Ok(RequestStatus::Merged),
            _ => Err("a status is open, done, rated or merged"),
        }
    }
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RequestsQuery {
    /// open, done, rated or merged; all of them without.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<String>)]
    status: Option<RequestStatus>,
    /// A site: what it and all below it route, or their workers reported.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    site: String,
    /// Go on after this request.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    after: String,
    /// Most rows to look through: 1 to 1,000, 100 by default. Those of other sites are left out of them.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    limit: Limit,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// Work on a request.
#[derive(Debug, Serialize, ToSchema)]
struct HandlingJson {
    handling: String,
    /// Who claimed it; null where nobody did, and where the reader is a worker and it is somebody else.
    claimer: Option<String>,
    /// 认领日期, as it was entered; blank where a report is fed back.
    claimed: String,
    /// 办结日期, as it was entered; blank where a report is fed back.
    done: String,
    #[schema(value_type = f64)]
    quantity: Exact<String>,
    /// 评价; null while it waits.
    rating: Option<&'static str>,
    /// 评价日期.
    #[schema(value_type = Option<String>, format = Date)]
    rated_on: Option<NaiveDate>,
}

/// A service request.
#[derive(Debug, Serialize, ToSchema)]
struct RequestJson {
    request: String,
    activity: String,
    /// 提出日期.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// Who reported it; null where no worker did, and where the reader is a worker and it is somebody else.
    reporter: Option<String>,
    /// The site that routes it.
    site: Option<String>,
    /// The request that it repeats.
    merged_into: Option<String>,
    #[schema(inline)]
    status: RequestStatus,
    /// The work on it, by name.
    handlings: Vec<HandlingJson>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RequestRecord {
    #[serde(flatten)]
    request: RequestJson,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct RequestList {
    requests: Vec<RequestJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

/// An id as far as the reader may be told whose: a worker is told the own one alone.
fn told(caller: &Caller, worker: Option<&str>) -> Option<String> {
    let who = Who::Bearer(&caller.0);
    let shown =
        worker.filter(|worker| who.is_worker(worker) || may_ever(who, Read::Workers) || may_ever(who, Read::Events));
    shown.map(str::to_owned)
}

fn request_json(caller: &Caller, id: String, request: &ServiceRequest) -> Option<RequestJson> {
    let posting = request.posting()?;
    Some(RequestJson {
        request: id,
        activity: posting.activity.to_string(),
        on: posting.on,
        reporter: told(caller, posting.reporter.as_ref().map(|reporter| reporter.as_str())),
        site: posting.site.as_ref().map(ToString::to_string),
        merged_into: posting.merged_into.as_ref().map(ToString::to_string),
        status: RequestStatus::of(request),
        handlings: request.handlings().map(|(id, work)| handling_json(caller, id, work)).collect(),
    })
}

fn handling_json(caller: &Caller, id: &HandlingId, work: &Handling) -> HandlingJson {
    HandlingJson {
        handling: id.to_string(),
        claimer: told(caller, work.claimer.as_ref().map(|claimer| claimer.as_str())),
        claimed: work.work.claimed.clone(),
        done: work.work.done.clone(),
        quantity: Exact(work.quantity.to_string()),
        rating: work.rating.map(|rating| rating.word.chinese()),
        rated_on: work.rating.map(|rating| rating.on),
    }
}

/// Service requests, by name.
#[utoipa::path(get, path = "/v1/requests", tag = "requests", params(RequestsQuery),
    responses((status = 200, description = "The requests.", body = RequestList)))]
async fn list_requests(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<RequestsQuery>,
) -> Result<Json<RequestList>, ApiError> {
    let site = caller.site_of_list(Read::Request, &query.site);
    let target = if site.is_empty() { Target::District } else { Target::Site(&site) };
    let reading = caller.may_here(&app, Read::Request, target).await?;
    reading.at_least(&app, query.min_position).await?;
    let mut within = Within::of(&app, &site).await?;
    let wanted = |row: &ServiceRequest| query.status.is_none_or(|status| status == RequestStatus::of(row));
    let page = app.views.requests(&query.after, query.limit.0, wanted).await?;
    let mut requests = Vec::with_capacity(page.rows.len());
    for (id, row) in page.rows {
        let Some(posting) = row.posting() else { continue };
        let is_here = match (&posting.site, &posting.reporter) {
            (Some(own), _) => within.has_site(&app, Some(own.as_str())).await?,
            (None, Some(reporter)) => within.holds(&app, reporter.as_str()).await?,
            (None, None) => site.is_empty(),
        };
        if is_here {
            requests.extend(request_json(&caller, id, &row));
        }
    }
    let about: Vec<String> = requests.iter().filter_map(|request| request.reporter.clone()).collect();
    reading.note_list(&app, about.iter().map(String::as_str));
    Ok(Json(RequestList { requests, next: page.next, position: page.position }))
}

/// A service request, with the work on it.
#[utoipa::path(get, path = "/v1/requests/{id}", tag = "requests", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The request.", body = RequestRecord)))]
async fn read_request(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<RequestRecord>, ApiError> {
    let reading = caller.may_here(&app, Read::Request, Target::Request(&id)).await?;
    reading.at_least(&app, query.min_position).await?;
    RequestId::new(&id).map_err(|_| unknown(Code::UnknownRequest, "request", &id))?;
    let At { position, value: row } = app.views.request(&id).await?;
    let request = row.and_then(|row| request_json(&caller, id.clone(), &row));
    let request = request.ok_or_else(|| unknown(Code::UnknownRequest, "request", &id))?;
    if let Some(reporter) = &request.reporter {
        reading.note_worker(&app, reporter);
    }
    Ok(Json(RequestRecord { request, position }))
}

fn unknown(code: Code, what: &str, id: &str) -> ApiError {
    let shown: String = id.chars().take(128).collect();
    ApiError::refused(Refusal::new(code, format!("there is no {what} {shown:?}")), &[code])
}

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
struct AppointmentJson {
    appointment: String,
    role: String,
    /// 聘任单位.
    body: String,
    site: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<NaiveDate>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
    /// The first day no longer.
    #[schema(value_type = Option<String>, format = Date)]
    ended: Option<NaiveDate>,
    /// Whether it holds today.
    holds: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct AppointmentList {
    worker: String,
    /// By number.
    appointments: Vec<AppointmentJson>,
    position: u64,
}

fn appointment_json(appointment: String, row: Appointment, today: NaiveDate) -> Option<AppointmentJson> {
    let terms = row.terms?;
    let holds = terms.holds(today);
    Some(AppointmentJson {
        appointment,
        role: terms.role,
        body: terms.body,
        site: terms.site.map(|site| site.to_string()),
        from: terms.days.from,
        until: terms.days.through,
        ended: terms.ended,
        holds,
    })
}

/// A worker's appointments (聘任), also those that ended.
#[utoipa::path(get, path = "/v1/workers/{id}/appointments", tag = "appointments",
    params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The appointments.", body = AppointmentList)))]
async fn read_appointments(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<AppointmentList>, ApiError> {
    let reading = caller.may_here(&app, Read::Appointments, Target::Worker(&id)).await?;
    reading.at_least(&app, query.min_position).await?;
    // What cannot be an id is not looked for.
    WorkerId::new(&id).map_err(|_| unknown(Code::UnknownWorker, "worker", &id))?;
    app.views.worker(&id).await?.value.ok_or_else(|| unknown(Code::UnknownWorker, "worker", &id))?;
    let At { position, value: rows } = app.views.appointments(&id).await?;
    reading.note_worker(&app, &id);
    let today = app.ledger.now().date();
    let appointments = rows.into_iter().filter_map(|(name, row)| appointment_json(name, row, today)).collect();
    Ok(Json(AppointmentList { worker: id, appointments, position }))
}

/// A visit.
#[derive(Debug, Serialize, ToSchema)]
struct VisitJson {
    visit: String,
    activity: String,
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    reporter: String,
    /// Who confirmed it; null while it waits.
    confirmed_by: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    confirmed_on: Option<NaiveDate>,
}

/// A pair.
#[derive(Debug, Serialize, ToSchema)]
struct PairRecord {
    pair: String,
    helper: String,
    helped: String,
    branch: Option<String>,
    #[schema(value_type = String, format = Date)]
    since: NaiveDate,
    /// The first day no longer.
    #[schema(value_type = Option<String>, format = Date)]
    ended: Option<NaiveDate>,
    /// By name.
    visits: Vec<VisitJson>,
    /// The answer includes everything up to this position.
    position: u64,
}

fn visit_json(id: &VisitId, visit: &Visit) -> VisitJson {
    VisitJson {
        visit: id.to_string(),
        activity: visit.terms.activity.to_string(),
        on: visit.terms.on,
        reporter: visit.terms.reporter.to_string(),
        confirmed_by: visit.confirmation.as_ref().map(|confirmation| confirmation.by.to_string()),
        confirmed_on: visit.confirmation.as_ref().map(|confirmation| confirmation.on),
    }
}

/// Whether whoever asks may read something of one of these workers at least; of nobody, whether of the whole district.
async fn may_of_one(app: &App, caller: &Caller, read: Read, workers: &[&str]) -> Result<(), ApiError> {
    if caller.may(read, Target::District).is_ok() {
        return Ok(());
    }
    for worker in workers {
        if caller.may_here(app, read, Target::Worker(worker)).await.is_ok() {
            return Ok(());
        }
    }
    Err(ApiError::forbidden())
}

/// A pair (帮带结对), with its visits.
#[utoipa::path(get, path = "/v1/pairs/{id}", tag = "pairs", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The pair.", body = PairRecord)))]
async fn read_pair(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<PairRecord>, ApiError> {
    let reading = caller.may_ever(Read::Pair)?;
    let position = reading.at_least(&app, query.min_position).await?;
    // What can be no number of a pair is the number of none.
    let pair = match PairId::new(&id) {
        Ok(id) => app.views.pair(id, position).await?,
        Err(_) => None,
    };
    let terms = pair.as_ref().and_then(|pair| pair.terms());
    let both: Vec<&str> = terms.iter().flat_map(|terms| [terms.helper.as_str(), terms.helped.as_str()]).collect();
    may_of_one(&app, &caller, Read::Pair, &both).await?;
    let (Some(pair), Some(terms)) = (&pair, terms) else {
        return Err(unknown(Code::UnknownPair, "pair", id.as_str()));
    };
    reading.note_list(&app, both.iter().copied());
    Ok(Json(PairRecord {
        pair: id.to_string(),
        helper: terms.helper.to_string(),
        helped: terms.helped.to_string(),
        branch: terms.branch.as_ref().map(ToString::to_string),
        since: terms.since,
        ended: terms.ended,
        visits: pair.visits().map(|(id, visit)| visit_json(id, visit)).collect(),
        position,
    }))
}

/// A benefit.
#[derive(Debug, Serialize, ToSchema)]
struct BenefitJson {
    benefit: String,
    name: String,
    /// place (名额), voucher (券) or grant (补助).
    #[schema(value_type = String)]
    kind: &'static str,
    fund: Option<String>,
    /// How many there are; null for no end of them.
    places: Option<u32>,
    limit_per_worker: Option<u32>,
    limit_yearly: bool,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
    price: PointsJson,
    /// 单价, in yuan.
    #[schema(value_type = f64)]
    value: Exact<Fen>,
    granted: u64,
    waiting: usize,
    used: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct BenefitRecord {
    #[serde(flatten)]
    benefit: BenefitJson,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct BenefitList {
    benefits: Vec<BenefitJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

fn benefit_json(benefit: String, row: Benefit) -> Option<BenefitJson> {
    let (waiting, terms) = (row.waiting(), row.terms?);
    Some(BenefitJson {
        benefit,
        name: terms.name,
        kind: match terms.kind {
            BenefitKind::Place => "place",
            BenefitKind::Voucher => "voucher",
            BenefitKind::Grant => "grant",
        },
        fund: terms.fund.map(|fund| fund.to_string()),
        places: terms.places,
        limit_per_worker: terms.limit_per_worker,
        limit_yearly: terms.limit_yearly,
        from: terms.window.from,
        until: terms.window.through,
        price: PointsJson(terms.price),
        value: Exact(terms.value),
        granted: row.granted,
        waiting,
        used: row.used,
    })
}

/// Benefits (权益项目), by id.
#[utoipa::path(get, path = "/v1/benefits", tag = "benefits", params(ListQuery),
    responses((status = 200, description = "The benefits.", body = BenefitList)))]
async fn list_benefits(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<BenefitList>, ApiError> {
    let reading = caller.may(Read::Benefit, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let page = app.views.benefits(&query.after, query.limit.0).await?;
    let benefits = page.rows.into_iter().filter_map(|(id, row)| benefit_json(id, row)).collect();
    Ok(Json(BenefitList { benefits, next: page.next, position: page.position }))
}

/// A benefit: how many there are, were given, are waited for and were used.
#[utoipa::path(get, path = "/v1/benefits/{id}", tag = "benefits", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The benefit.", body = BenefitRecord)))]
async fn read_benefit(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<BenefitRecord>, ApiError> {
    let reading = caller.may(Read::Benefit, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    BenefitId::new(&id).map_err(|_| unknown(Code::UnknownBenefit, "benefit", &id))?;
    let At { position, value: row } = app.views.benefit(&id).await?;
    let benefit = row.and_then(|row| benefit_json(id.clone(), row));
    let benefit = benefit.ok_or_else(|| unknown(Code::UnknownBenefit, "benefit", &id))?;
    Ok(Json(BenefitRecord { benefit, position }))
}

/// A fund, in yuan.
#[derive(Debug, Serialize, ToSchema)]
struct FundJson {
    fund: String,
    /// 责任单位.
    body: String,
    /// 来源类型.
    source: String,
    year: Option<i32>,
    #[schema(value_type = f64)]
    appropriated: Exact<Fen>,
    /// Set aside.
    #[schema(value_type = f64)]
    committed: Exact<Fen>,
    /// What is left.
    #[schema(value_type = f64)]
    free: Exact<Fen>,
}

#[derive(Debug, Serialize, ToSchema)]
struct FundRecord {
    #[serde(flatten)]
    fund: FundJson,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct FundList {
    funds: Vec<FundJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

fn fund_json(fund: String, row: &Fund) -> Option<FundJson> {
    let terms = row.terms()?;
    Some(FundJson {
        fund,
        body: terms.body.clone(),
        source: terms.source.clone(),
        year: terms.year,
        appropriated: Exact(terms.appropriated),
        committed: Exact(row.committed()),
        free: Exact(row.free()),
    })
}

/// Funds (资金来源), by id.
#[utoipa::path(get, path = "/v1/funds", tag = "benefits", params(ListQuery),
    responses((status = 200, description = "The funds.", body = FundList)))]
async fn list_funds(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<FundList>, ApiError> {
    let reading = caller.may(Read::Fund, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let page = app.views.funds(&query.after, query.limit.0).await?;
    let funds = page.rows.iter().filter_map(|(id, row)| fund_json(id.clone(), row)).collect();
    Ok(Json(FundList { funds, next: page.next, position: page.position }))
}

/// A fund: what was appropriated, what of it is set aside, and what is left.
#[utoipa::path(get, path = "/v1/funds/{id}", tag = "benefits", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The fund.", body = FundRecord)))]
async fn read_fund(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<FundRecord>, ApiError> {
    let reading = caller.may(Read::Fund, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    FundId::new(&id).map_err(|_| ApiError::not_found(format!("there is no fund {id:?}")))?;
    let At { position, value: row } = app.views.fund(&id).await?;
    let fund = row.and_then(|row| fund_json(id.clone(), &row));
    let fund = fund.ok_or_else(|| ApiError::not_found(format!("there is no fund {id:?}")))?;
    Ok(Json(FundRecord { fund, position }))
}

/// A pass.
#[derive(Debug, Serialize, ToSchema)]
struct PassRecord {
    pass: String,
    /// The holder.
    worker: String,
    /// 卡种.
    kind: String,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<NaiveDate>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
    /// Void from then on; null where it was not lost.
    #[schema(value_type = Option<String>, format = DateTime)]
    lost: Option<String>,
    /// Good from then on, where it replaces another one.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// A pass (暖心卡).
#[utoipa::path(get, path = "/v1/passes/{id}", tag = "passes", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The pass.", body = PassRecord)))]
async fn read_pass(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<PassRecord>, ApiError> {
    let reading = caller.may_ever(Read::Pass)?;
    let position = reading.at_least(&app, query.min_position).await?;
    let pass = match PassNo::new(&id) {
        Ok(id) => app.views.pass(id, position).await?,
        Err(_) => None,
    };
    let terms = pass.as_ref().and_then(|pass| pass.terms());
    let holder: Vec<&str> = terms.iter().map(|terms| terms.worker.as_str()).collect();
    may_of_one(&app, &caller, Read::Pass, &holder).await?;
    let terms = terms.ok_or_else(|| unknown(Code::UnknownPass, "pass", id.as_str()))?;
    reading.note_worker(&app, terms.worker.as_str());
    Ok(Json(PassRecord {
        pass: id.to_string(),
        worker: terms.worker.to_string(),
        kind: terms.kind.clone(),
        from: terms.days.from,
        until: terms.days.through,
        lost: terms.lost.map(|lost| lost.to_string()),
        since: terms.since.map(|since| since.to_string()),
        position,
    }))
}
