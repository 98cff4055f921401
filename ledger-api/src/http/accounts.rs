//! Reading workers: particulars, balance on a day, statement. All figures come from the views.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::worker::event::{LotPart, RedeemedLine};
use projections::queries::{At, Page};
use projections::statement::Line;
use projections::views::balance::{Balance, Pending};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, Limit, position_from_text};
use super::wire::PointsJson;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::publicity::Within;
use crate::service::reading::{Reading, date, now};
use crate::service::{names, texts};

/// Workers read at once to find those of a site, and how often for one answer.
const PAGE_LOOKED_AT: usize = 1_000;
const PAGES_LOOKED_AT: usize = 20;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(Read::Workers, routes!(list_workers))
        .route(Read::Worker, routes!(read_worker))
        .route(Read::Balance, routes!(read_balance))
        .route(Read::Statement, routes!(read_statement))
}

/// How one thing is asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OneQuery {
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    pub(super) min_position: Option<u64>,
}

/// A page of rows that lie in the journal's order.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PositionQuery {
    /// Go on after this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    pub(super) after: Option<u64>,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    pub(super) limit: Limit,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    pub(super) min_position: Option<u64>,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BalanceQuery {
    /// The business date to tell it for, YYYY-MM-DD; today in +08:00 without.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    as_of: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CardJson {
    card_no: String,
    /// The Party branch.
    branch: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct WorkerJson {
    id: String,
    occupation: String,
    platform: Option<String>,
    /// Null where it is not known.
    party_member: Option<bool>,
    /// Whether still on probation (中共预备党员).
    probationary: bool,
    /// The site the worker belongs to.
    site: Option<String>,
    departed: bool,
    /// The id of the same person under which the account goes on, where this one was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<String>,
    /// The open mutual-aid points card.
    card: Option<CardJson>,
    /// Confirmed credits; spending, expiry and reversals never lower it.
    earned: PointsJson,
    /// Credits taken back.
    reversed: PointsJson,
    redeemed: PointsJson,
    /// What has been booked as expired.
    expired: PointsJson,
    held: PointsJson,
    /// Owed from credits taken back after they were spent; later credits pay it first.
    debt: PointsJson,
    /// Confirmed credits, counted.
    services: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct WorkerRecord {
    #[serde(flatten)]
    worker: WorkerJson,
    /// For whoever may read it, and only where a name is kept and the vault can be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct ListedWorker {
    #[serde(flatten)]
    worker: WorkerJson,
    /// Masked, as 张**: for whoever may read it, and only where a name is kept and the vault can be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct WorkerList {
    workers: Vec<ListedWorker>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct ExpiringJson {
    /// The last day on which they can be spent.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    points: PointsJson,
}

#[derive(Debug, Serialize, ToSchema)]
struct BalanceAnswer {
    worker: String,
    available: PointsJson,
    held: PointsJson,
    /// What of the available ends when, soonest first; what never ends is left out.
    expiring: Vec<ExpiringJson>,
    /// What ended before the day and is not booked as expired yet, soonest first: as of today, the statement's points add
    /// up to what is available and this.
    ended: Vec<ExpiringJson>,
    debt: PointsJson,
    /// Credits that do not count yet, and cannot be spent, as they are now.
    pending: Vec<PendingJson>,
    #[schema(value_type = String, format = Date)]
    as_of: NaiveDate,
    position: u64,
}

/// A credit that does not count yet.
#[derive(Debug, Serialize, ToSchema)]
struct PendingJson {
    credit: String,
    activity: String,
    /// The service date.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    points: PointsJson,
    /// `proposed`, `publicised`, `objected`, `appealed`, or `rejected` while the worker may still appeal.
    #[schema(value_type = String)]
    status: &'static str,
    /// The last day of its publicity, once that began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    public_until: Option<NaiveDate>,
    /// The day on which the points come free, if nobody objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    free_on: Option<NaiveDate>,
}

impl PendingJson {
    fn new(credit: &str, pending: &Pending) -> PendingJson {
        PendingJson {
            credit: credit.to_owned(),
            activity: pending.activity.clone(),
            on: pending.on,
            points: PointsJson(pending.way.points),
            status: pending.way.stage.as_str(),
            public_until: pending.way.public_until,
            free_on: pending.way.free_on(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ItemJson {
    sku: String,
    kind: String,
    merchant: Option<String>,
    quantity: u32,
    /// Of one unit.
    price: PointsJson,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LotJson {
    /// The lot's number within the worker's account.
    lot: u32,
    points: PointsJson,
}

/// One event of the account. Fields that say nothing about its kind are null or empty.
#[derive(Debug, Serialize, ToSchema)]
struct EntryJson {
    position: u64,
    /// The event's type.
    event: String,
    /// When it happened.
    at: Option<String>,
    /// When it was recorded.
    recorded_at: String,
    /// What it changed in what can be spent; signed.
    points: PointsJson,
    /// The credit, redemption, hold or card it is about.
    subject: String,
    activity: Option<String>,
    category: Option<String>,
    /// The service date.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<NaiveDate>,
    store: Option<String>,
    items: Vec<ItemJson>,
    /// The lots it touched.
    lots: Vec<LotJson>,
    reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct StatementAnswer {
    worker: String,
    entries: Vec<EntryJson>,
    /// The position to ask on after; null at the end.
    next: Option<u64>,
    position: u64,
}

/// What a list of workers is asked with.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WorkersQuery {
    /// Only workers who belong to this site, or to one below it; for whoever has one site alone, that one without.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    site: String,
    /// Go on after this row: the `next` of the page before.
    #[serde(default)]
    #[param(required = false)]
    after: String,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    limit: Limit,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// Workers of a site, or of the district, page by page as [`list_workers`] answers.
async fn workers_of(app: &App, site: &str, query: &WorkersQuery) -> Result<Page<Balance>, ApiError> {
    let mut within = Within::of(app, site).await?;
    if site.is_empty() {
        return Ok(app.views.workers(&query.after, query.limit.0).await?);
    }
    let (mut rows, mut after, mut position) = (Vec::new(), query.after.clone(), 0);
    for _ in 0..PAGES_LOOKED_AT {
        let page = app.views.workers(&after, PAGE_LOOKED_AT).await?;
        position = page.position;
        for (id, row) in page.rows {
            if !within.has_site(app, row.site.as_deref()).await? {
                continue;
            }
            rows.push((id, row));
            if rows.len() == query.limit.0 {
                let next = rows.last().map(|(id, _)| id.clone());
                return Ok(Page { rows, next, position });
            }
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(Page { rows, next: None, position }),
        }
    }
    // Enough was looked at for one answer; the next goes on from here.
    Ok(Page { rows, next: Some(after), position })
}

/// Workers in the order of their ids.
#[utoipa::path(get, path = "/v1/workers", tag = "workers", params(WorkersQuery),
    responses((status = 200, description = "The workers, by id.", body = WorkerList)))]
async fn list_workers(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<WorkersQuery>,
) -> Result<Json<WorkerList>, ApiError> {
    let site = caller.site_of_list(Read::Workers, &query.site);
    let target = if site.is_empty() { Target::District } else { Target::Site(&site) };
    let reading = caller.may_here(&app, Read::Workers, target).await?;
    reading.at_least(&app, query.min_position).await?;
    let page = workers_of(&app, &site, &query).await?;
    reading.note_list(&app, page.rows.iter().map(|(id, _)| id.as_str()));
    let ids: Vec<&str> = page.rows.iter().map(|(id, _)| id.as_str()).collect();
    let names = names::masked_of(&app, Who::Bearer(&caller.0), &ids).await;
    let workers = page.rows.into_iter().zip(names);
    let workers = workers.map(|((id, row), name)| ListedWorker { worker: worker_json(id, row), name }).collect();
    Ok(Json(WorkerList { workers, next: page.next, position: page.position }))
}

/// A worker's particulars and lifetime figures.
#[utoipa::path(get, path = "/v1/workers/{id}", tag = "workers", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The worker.", body = WorkerRecord)))]
async fn read_worker(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<WorkerRecord>, ApiError> {
    let reading = caller.may_here(&app, Read::Worker, Target::Worker(&id)).await?;
    reading.at_least(&app, query.min_position).await?;
    let At { position, value: row } = known(&app, &reading, &id).await?;
    let name = names::of_worker(&app, Who::Bearer(&caller.0), &id).await;
    Ok(Json(WorkerRecord { worker: worker_json(id, row), name, position }))
}

/// What a worker can spend on a day, what is set aside, and what ends when.
#[utoipa::path(get, path = "/v1/workers/{id}/balance", tag = "workers", params(("id" = String, Path), BalanceQuery),
    responses((status = 200, description = "The balance on that day.", body = BalanceAnswer)))]
async fn read_balance(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<BalanceQuery>,
) -> Result<Json<BalanceAnswer>, ApiError> {
    let reading = caller.may_here(&app, Read::Balance, Target::Worker(&id)).await?;
    let as_of = date("as_of", &query.as_of)?.unwrap_or_else(|| now().date());
    reading.at_least(&app, query.min_position).await?;
    let At { position, value: row } = known(&app, &reading, &id).await?;
    let balance = app.views.balance_of(&id, &row, as_of).await?;
    let by_day = |days: Vec<(NaiveDate, Points)>| {
        days.into_iter().map(|(on, points)| ExpiringJson { on, points: PointsJson(points) }).collect()
    };
    let pending = row.pending.iter().map(|(credit, pending)| PendingJson::new(credit, pending));
    Ok(Json(BalanceAnswer {
        worker: id,
        available: PointsJson(balance.available),
        held: PointsJson(balance.held),
        expiring: by_day(balance.expiring),
        ended: by_day(balance.ended),
        debt: PointsJson(balance.debt),
        pending: pending.collect(),
        as_of,
        position,
    }))
}

/// Everything that happened to a worker's account, oldest first.
#[utoipa::path(get, path = "/v1/workers/{id}/statement", tag = "workers", params(("id" = String, Path), PositionQuery),
    responses((status = 200, description = "The entries, oldest first.", body = StatementAnswer)))]
async fn read_statement(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<PositionQuery>,
) -> Result<Json<StatementAnswer>, ApiError> {
    let reading = caller.may_here(&app, Read::Statement, Target::Worker(&id)).await?;
    reading.at_least(&app, query.min_position).await?;
    let position = known(&app, &reading, &id).await?.position;
    let (mut lines, next) = app.views.statement(&id, query.after.unwrap_or(0), position, query.limit.0).await?;
    texts::tell(&app.vault, Who::Bearer(&caller.0), texts::of_lines(&id, &mut lines)).await;
    let entries = lines.into_iter().map(entry_json).collect();
    Ok(Json(StatementAnswer { worker: id, entries, next, position }))
}

/// The worker's row, with the reading of somebody else's record logged.
async fn known(app: &App, reading: &Reading<'_>, id: &str) -> Result<At<Balance>, ApiError> {
    // What cannot be an id is not looked for.
    WorkerId::new(id).map_err(|_| unknown_worker(id))?;
    let At { position, value: row } = app.views.worker(id).await?;
    let row = row.ok_or_else(|| unknown_worker(id))?;
    reading.note_worker(app, id);
    Ok(At { position, value: row })
}

pub(super) fn unknown_worker(id: &str) -> ApiError {
    let refusal = Refusal::new(Code::UnknownWorker, format!("there is no worker {id:?}"));
    ApiError::refused(refusal, &[Code::UnknownWorker])
}

fn worker_json(id: String, row: Balance) -> WorkerJson {
    WorkerJson {
        id,
        occupation: row.occupation,
        platform: row.platform,
        party_member: row.party_member,
        probationary: row.probationary,
        site: row.site,
        departed: row.departed,
        merged_into: row.merged_into,
        card: row.card.map(|(card_no, branch)| CardJson { card_no, branch }),
        earned: PointsJson(row.account.earned),
        reversed: PointsJson(row.account.reversed),
        redeemed: PointsJson(row.account.redeemed),
        expired: PointsJson(row.account.expired),
        held: PointsJson(row.account.held),
        debt: PointsJson(row.account.debt),
        services: row.services,
    }
}

fn entry_json(line: Line) -> EntryJson {
    EntryJson {
        position: line.position,
        event: line.event.to_owned(),
        at: Some(line.at.to_string()),
        recorded_at: line.recorded_at.to_string(),
        points: PointsJson(line.points),
        subject: line.subject,
        activity: line.activity,
        category: line.category,
        on: line.on,
        store: line.store,
        items: line.lines.into_iter().map(item_json).collect(),
        lots: line.lots.into_iter().map(lot_json).collect(),
        reason: line.reason,
    }
}

pub(super) fn item_json(line: RedeemedLine) -> ItemJson {
    ItemJson {
        sku: line.sku.to_string(),
        kind: line.kind,
        merchant: line.merchant.map(|merchant| merchant.to_string()),
        quantity: line.quantity,
        price: PointsJson(line.price),
    }
}

pub(super) fn lot_json(part: LotPart) -> LotJson {
    LotJson { lot: part.0, points: PointsJson(part.1) }
}
