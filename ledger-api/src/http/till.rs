//! Reading redemptions: one with everything that is recorded of it, and what a store gave out on a day.

use axum::Json;
use axum::extract::State;
use ledger_core::domain::ids::RedemptionId;
use ledger_core::domain::points::Points;
use ledger_core::domain::proof::ProvenBy;
use ledger_core::domain::refusal::{Code, Refusal};
use projections::queries::At;
use projections::queries::redemption::{Listed, RedemptionRecord, ReversalRecord};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accounts::{ItemJson, LotJson, OneQuery, item_json, lot_json};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, Limit, position_from_text};
use super::stock::known;
use super::wire::PointsJson;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::reading::{date, now};
use crate::service::texts;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Redemption, routes!(read_redemption)).route(Read::StoreDay, routes!(read_day_of_store))
}

/// How a redemption was given back.
#[derive(Debug, Serialize, ToSchema)]
struct ReversalJson {
    /// When, by business time.
    #[schema(format = DateTime)]
    at: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// Who gave it back: a token's id.
    by: String,
    /// The reason, or the reference that the vault gave for it.
    reason: String,
    /// The position that gave it back.
    position: u64,
}

/// A redemption with everything that is recorded of it.
#[derive(Debug, Serialize, ToSchema)]
struct RedemptionRecordJson {
    redemption: String,
    worker: String,
    store: String,
    points: PointsJson,
    items: Vec<ItemJson>,
    /// The lots it took, with how much of each.
    lots: Vec<LotJson>,
    /// The hold that was captured; null where none was.
    hold: Option<String>,
    /// By what the worker was proven to be the one who spends: `code`, `printed_code`, `pin` or `paper`; null where the
    /// district asked for nothing, and for a hold, which the worker placed before.
    #[schema(value_type = Option<String>, examples("code"))]
    proven_by: Option<&'static str>,
    /// When it was made, by business time.
    #[schema(format = DateTime)]
    at: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// Whether it was recorded more than a day after it was made.
    late: bool,
    /// Who recorded it: a token's id.
    by: String,
    /// The position that made it.
    made_at: u64,
    /// How it was given back; null while it stands.
    reversed: Option<ReversalJson>,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DayQuery {
    /// The business day, YYYY-MM-DD; today in +08:00 without.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    on: String,
    /// Go on after this place in the day: the `next` of the page before.
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

/// Units and points of an item.
#[derive(Debug, Serialize, ToSchema)]
struct ItemTotalJson {
    sku: String,
    quantity: u64,
    points: PointsJson,
}

/// A redemption on a day's list.
#[derive(Debug, Serialize, ToSchema)]
struct ListedJson {
    redemption: String,
    #[schema(format = DateTime)]
    at: String,
    worker: String,
    points: PointsJson,
    items: Vec<ItemTotalJson>,
    /// Whether it was given back.
    reversed: bool,
    /// The position that made it.
    made_at: u64,
}

/// The totals of the whole day, whichever page this is. What was given back does not count in them.
#[derive(Debug, Serialize, ToSchema)]
struct DayTotalsJson {
    /// Redemptions that stand.
    redemptions: u64,
    points: PointsJson,
    /// Redemptions that were given back, on that day or later.
    reversed: u64,
    /// By item, in the order of their codes.
    items: Vec<ItemTotalJson>,
}

/// What a store gave out on a day.
#[derive(Debug, Serialize, ToSchema)]
struct StoreDayAnswer {
    store: String,
    #[schema(format = Date)]
    on: String,
    /// In the order of their times.
    redemptions: Vec<ListedJson>,
    totals: DayTotalsJson,
    /// What to ask on after; null at the end.
    next: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// A redemption: what was given out, from which lots, by whom, and whether it was given back.
#[utoipa::path(get, path = "/v1/redemptions/{id}", tag = "redemptions", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The redemption.", body = RedemptionRecordJson)))]
async fn read_redemption(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<RedemptionId>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<RedemptionRecordJson>, ApiError> {
    let reading = caller.may_here(&app, Read::Redemption, Target::Redemption(id.as_str())).await?;
    let position = reading.at_least(&app, query.min_position).await?;
    let record = app.views.redemption(&id, position).await?;
    let mut record = record.ok_or_else(|| {
        let refusal = Refusal::new(Code::UnknownRedemption, format!("there is no redemption {id}"));
        ApiError::refused(refusal, &[Code::UnknownRedemption])
    })?;
    reading.note_worker(&app, record.worker.as_str());
    texts::tell(&app.vault, Who::Bearer(&caller.0), texts::of_redemption(id.as_str(), &mut record)).await;
    Ok(Json(record_json(id.to_string(), record, position)))
}

/// What a store gave out on a business day, with the day's totals.
#[utoipa::path(get, path = "/v1/stores/{id}/redemptions", tag = "redemptions", params(("id" = String, Path), DayQuery),
    responses((status = 200, description = "The redemptions, by time, and the day's totals.", body = StoreDayAnswer)))]
async fn read_day_of_store(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<DayQuery>,
) -> Result<Json<StoreDayAnswer>, ApiError> {
    let reading = caller.may(Read::StoreDay, Target::Store(&id))?;
    let on = date("on", &query.on)?.unwrap_or_else(|| now().date());
    reading.at_least(&app, query.min_position).await?;
    known(&app, &id).await?;
    let At { position, value: day } = app.views.store_day(&id, on, &query.after, query.limit.0).await?;
    reading.note_store(&app, &id, day.redemptions.iter().map(|listed| listed.row.worker.as_str()));
    let items = day.items.into_iter().map(|(sku, (quantity, points))| ItemTotalJson {
        sku,
        quantity,
        points: PointsJson(points),
    });
    let totals = DayTotalsJson {
        redemptions: day.standing,
        points: PointsJson(day.points),
        reversed: day.reversed,
        items: items.collect(),
    };
    let redemptions = day.redemptions.into_iter().map(listed_json).collect();
    Ok(Json(StoreDayAnswer { store: id, on: on.to_string(), redemptions, totals, next: day.next, position }))
}

fn record_json(id: String, record: RedemptionRecord, position: u64) -> RedemptionRecordJson {
    let late = record.is_late();
    RedemptionRecordJson {
        redemption: id,
        worker: record.worker.to_string(),
        store: record.store,
        points: PointsJson(record.points),
        items: record.lines.into_iter().map(item_json).collect(),
        lots: record.lots.into_iter().map(lot_json).collect(),
        hold: record.hold,
        proven_by: record.proven_by.map(ProvenBy::as_str),
        at: record.at.to_string(),
        recorded_at: record.recorded_at.to_string(),
        late,
        by: record.actor,
        made_at: record.position,
        reversed: record.reversed.map(reversal_json),
        position,
    }
}

fn reversal_json(reversal: ReversalRecord) -> ReversalJson {
    ReversalJson {
        at: reversal.at.to_string(),
        recorded_at: reversal.recorded_at.to_string(),
        by: reversal.actor,
        reason: reversal.reason,
        position: reversal.position,
    }
}

fn listed_json(listed: Listed) -> ListedJson {
    let Listed { redemption, at, row } = listed;
    let item = |(sku, units, points): (String, u32, Points)| ItemTotalJson {
        sku,
        quantity: u64::from(units),
        points: PointsJson(points),
    };
    ListedJson {
        redemption,
        at,
        worker: row.worker,
        points: PointsJson(row.points),
        items: row.items.into_iter().map(item).collect(),
        reversed: row.reversed.is_some(),
        made_at: row.position,
    }
}
