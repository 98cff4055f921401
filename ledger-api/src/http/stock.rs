//! Reading redemption stores and what stands on their shelves.

use axum::Json;
use axum::extract::State;
use ledger_core::domain::ids::StoreId;
use ledger_core::domain::refusal::{Code, Refusal};
use projections::queries::At;
use projections::views::stock::Stock;
use projections::views::store::Store;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, ListQuery};
use super::wire::PointsJson;
use crate::access::policy::{Read, Target};
use crate::app::App;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(Read::Stores, routes!(list_stores))
        .route(Read::Store, routes!(read_store))
        .route(Read::Stock, routes!(read_stock))
}

#[derive(Debug, Serialize, ToSchema)]
struct StoreJson {
    id: String,
    name: String,
    tier: String,
    /// The community it stands in.
    community: Option<String>,
    /// The site it belongs to.
    site: Option<String>,
    closed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct StoreRecord {
    #[serde(flatten)]
    store: StoreJson,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct StoreList {
    stores: Vec<StoreJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

/// An item of a store. `received = on_shelf + reserved + handed_over + written_off`.
#[derive(Debug, Serialize, ToSchema)]
struct StockJson {
    sku: String,
    name: String,
    kind: String,
    price: PointsJson,
    limit_per_worker_year: Option<u32>,
    /// Who supplies or honours it.
    merchant: Option<String>,
    listed: bool,
    /// Units that can be handed out.
    on_shelf: i64,
    /// Units set aside for holds.
    reserved: i64,
    handed_over: i64,
    written_off: i64,
    received: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct StockAnswer {
    store: String,
    items: Vec<StockJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

/// Stores in the order of their ids.
#[utoipa::path(get, path = "/v1/stores", tag = "stores", params(ListQuery),
    responses((status = 200, description = "The stores, by id.", body = StoreList)))]
async fn list_stores(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<StoreList>, ApiError> {
    let reading = caller.may(Read::Stores, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let page = app.views.stores(&query.after, query.limit.0).await?;
    let stores = page.rows.into_iter().map(|(id, row)| store_json(id, row)).collect();
    Ok(Json(StoreList { stores, next: page.next, position: page.position }))
}

/// A store's particulars.
#[utoipa::path(get, path = "/v1/stores/{id}", tag = "stores", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The store.", body = StoreRecord)))]
async fn read_store(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<StoreRecord>, ApiError> {
    let reading = caller.may(Read::Store, Target::Store(&id))?;
    reading.at_least(&app, query.min_position).await?;
    let At { position, value: row } = known(&app, &id).await?;
    Ok(Json(StoreRecord { store: store_json(id, row), position }))
}

/// A store's items, their terms and their books, in the order of their codes.
#[utoipa::path(get, path = "/v1/stores/{id}/stock", tag = "stores", params(("id" = String, Path), ListQuery),
    responses((status = 200, description = "The items, by code.", body = StockAnswer)))]
async fn read_stock(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<StockAnswer>, ApiError> {
    let reading = caller.may(Read::Stock, Target::Store(&id))?;
    reading.at_least(&app, query.min_position).await?;
    known(&app, &id).await?;
    let page = app.views.stock(&id, &query.after, query.limit.0).await?;
    let items = page.rows.into_iter().map(|(sku, row)| stock_json(sku, row)).collect();
    Ok(Json(StockAnswer { store: id, items, next: page.next, position: page.position }))
}

pub(super) async fn known(app: &App, id: &str) -> Result<At<Store>, ApiError> {
    let unknown = || {
        let refusal = Refusal::new(Code::UnknownStore, format!("there is no store {id:?}"));
        ApiError::refused(refusal, &[Code::UnknownStore])
    };
    // What cannot be an id is not looked for.
    StoreId::new(id).map_err(|_| unknown())?;
    let At { position, value: row } = app.views.store_row(id).await?;
    Ok(At { position, value: row.ok_or_else(unknown)? })
}

fn store_json(id: String, row: Store) -> StoreJson {
    StoreJson { id, name: row.name, tier: row.tier, community: row.community, site: row.site, closed: row.closed }
}

fn stock_json(sku: String, row: Stock) -> StockJson {
    StockJson {
        sku,
        name: row.name,
        kind: row.kind,
        price: PointsJson(row.price),
        limit_per_worker_year: row.limit_per_worker_year,
        merchant: row.merchant,
        listed: row.listed,
        on_shelf: row.on_shelf,
        reserved: row.reserved,
        handed_over: row.handed_over,
        written_off: row.written_off,
        received: row.received,
    }
}
