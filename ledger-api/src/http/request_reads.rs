//! Reading service requests: those of a site, and one with the work on it.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use ledger_core::domain::ids::{HandlingId, RequestId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::request::ServiceRequest;
use ledger_core::domain::request::state::{Claim, Handling};
use projections::queries::At;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, Limit, from_text, position_from_text};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::exact::Exact;
use crate::service::desk::today;
use crate::service::publicity::Within;
use crate::service::requests::{Standing, is_overdue, list, told};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Request, routes!(list_requests)).route(Read::Request, routes!(read_request))
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RequestStatus {
    /// Nothing was done about it yet, and nobody has it to do.
    Open,
    /// Somebody claimed it and has not done it yet.
    Underway,
    /// Something was done, and of some of it nobody said yet what it was worth.
    Done,
    /// Of all that was done somebody said what it was worth.
    Rated,
    /// It repeats another one, and is worked on there.
    Merged,
    /// It was taken back.
    Withdrawn,
}

impl From<Standing> for RequestStatus {
    fn from(standing: Standing) -> RequestStatus {
        match standing {
            Standing::Open => RequestStatus::Open,
            Standing::Underway => RequestStatus::Underway,
            Standing::Done => RequestStatus::Done,
            Standing::Rated => RequestStatus::Rated,
            Standing::Merged => RequestStatus::Merged,
            Standing::Withdrawn => RequestStatus::Withdrawn,
        }
    }
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RequestsQuery {
    /// open, underway, done, rated, merged or withdrawn; all of them without.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<String>)]
    status: Option<Standing>,
    /// true: those alone that nothing was done about by their day (办理时限).
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    overdue: bool,
    /// A site: what it and all below it took in, what their workers reported, and what is passed on to them.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    site: String,
    /// Go on after this request.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    after: String,
    /// Most requests: 1 to 1,000, 100 by default.
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

/// A claim of which the work is not reported.
#[derive(Debug, Serialize, ToSchema)]
struct ClaimJson {
    claim: String,
    /// Who claimed it; null where the reader is a worker and it is somebody else.
    claimer: Option<String>,
    /// 认领日期.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// 退回日期: given up on that day; null while it is under way.
    #[schema(value_type = Option<String>, format = Date)]
    returned: Option<NaiveDate>,
}

/// Who sees to a request (转办).
#[derive(Debug, Serialize, ToSchema)]
struct RoutingJson {
    /// 承办单位, where one was named.
    body: Option<String>,
    /// The site, where one was named.
    site: Option<String>,
    /// From which day on.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
}

/// A service request.
#[derive(Debug, Serialize, ToSchema)]
struct RequestJson {
    request: String,
    activity: String,
    /// 提出日期.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// 办理时限: by which day it is to be done, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    due: Option<NaiveDate>,
    /// Whether nothing was done about it by that day.
    overdue: bool,
    /// Who reported it; null where no worker did, and where the reader is a worker and it is somebody else.
    reporter: Option<String>,
    /// The site that took it in.
    site: Option<String>,
    /// To whom it was passed on; null where it was not.
    routed: Option<RoutingJson>,
    /// The request that it repeats.
    merged_into: Option<String>,
    #[schema(inline)]
    status: RequestStatus,
    /// 撤回日期; null where it was not taken back.
    #[schema(value_type = Option<String>, format = Date)]
    withdrawn: Option<NaiveDate>,
    /// Claims of which the work is not reported, by name: those under way, and those that were given up.
    claims: Vec<ClaimJson>,
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

fn request_json(caller: &Caller, today: NaiveDate, id: String, request: &ServiceRequest) -> Option<RequestJson> {
    let posting = request.posting()?;
    Some(RequestJson {
        request: id,
        activity: posting.activity.to_string(),
        on: posting.on,
        due: posting.due,
        overdue: is_overdue(request, today),
        reporter: shown(caller, posting.reporter.as_ref()),
        site: posting.site.as_ref().map(ToString::to_string),
        routed: request.routing().map(|routing| RoutingJson {
            body: routing.body.clone(),
            site: routing.site.as_ref().map(ToString::to_string),
            on: routing.on,
        }),
        withdrawn: request.withdrawn(),
        claims: request.unreported().map(|(id, claim)| claim_json(caller, id, claim)).collect(),
        merged_into: posting.merged_into.as_ref().map(ToString::to_string),
        status: Standing::of(request).into(),
        handlings: request.handlings().map(|(id, work)| handling_json(caller, id, work)).collect(),
    })
}

/// An id, where the reader may be told it.
fn shown(caller: &Caller, worker: Option<&WorkerId>) -> Option<String> {
    told(Who::Bearer(&caller.0), worker.map(WorkerId::as_str)).map(str::to_owned)
}

fn claim_json(caller: &Caller, id: &HandlingId, claim: &Claim) -> ClaimJson {
    ClaimJson {
        claim: id.to_string(),
        claimer: shown(caller, Some(&claim.claimer)),
        on: claim.on,
        returned: claim.returned,
    }
}

fn handling_json(caller: &Caller, id: &HandlingId, work: &Handling) -> HandlingJson {
    HandlingJson {
        handling: id.to_string(),
        claimer: shown(caller, work.claimer.as_ref()),
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
    let today = today(&app);
    let wanted = |row: &ServiceRequest| {
        query.status.is_none_or(|status| status == Standing::of(row)) && (!query.overdue || is_overdue(row, today))
    };
    let page = list(&app, &mut within, &query.after, query.limit.0, wanted).await?;
    let rows = page.rows.into_iter();
    let requests: Vec<RequestJson> = rows.filter_map(|(id, row)| request_json(&caller, today, id, &row)).collect();
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
    RequestId::new(&id).map_err(|_| ApiError::unknown(Code::UnknownRequest, "request", &id))?;
    let At { position, value: row } = app.views.request(&id).await?;
    let request = row.and_then(|row| request_json(&caller, today(&app), id.clone(), &row));
    let request = request.ok_or_else(|| ApiError::unknown(Code::UnknownRequest, "request", &id))?;
    if let Some(reporter) = &request.reporter {
        reading.note_worker(&app, reporter);
    }
    Ok(Json(RequestRecord { request, position }))
}
