//! Redemption stores: opening and closing them, what they list, and what comes onto and off their shelves.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{MerchantId, SiteId, Sku, StoreId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{Id, Price, Reason};
use super::wire::{PointsJson, Text, maybe_text, maybe_whole};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::OpenStore, routes!(open))
        .route(CommandKind::CloseStore, routes!(close))
        .route(CommandKind::ReopenStore, routes!(reopen))
        .route(CommandKind::ListItem, routes!(list_item))
        .route(CommandKind::DelistItem, routes!(delist_item))
}

/// The store that an address names.
#[derive(Debug, Deserialize)]
pub struct OfStore {
    /// The store's id (网点编号).
    pub(super) store: StoreId,
}

/// The field of [`OfStore`] with its code.
pub(super) const OF_STORE: &[(&str, Code)] = &[("store", Code::UnknownStore)];

/// A store to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenStore {
    /// Up to 64 characters without blanks and slashes.
    #[schema(value_type = Id)]
    id: StoreId,
    /// 网点名称.
    #[schema(value_type = Reason)]
    name: Text,
    /// 层级, a word of the district.
    #[schema(value_type = Reason)]
    tier: Text,
    /// 所在社区.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    community: Option<String>,
    /// The site it belongs to (驿站编号).
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    site: Option<SiteId>,
}

/// What became of a store.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreAnswer {
    /// The store's id (网点编号).
    #[schema(value_type = String)]
    store: StoreId,
    /// Durable up to here.
    position: u64,
}

impl StoreAnswer {
    fn new(store: &StoreId, receipt: &Receipt) -> Option<StoreAnswer> {
        Some(StoreAnswer { store: store.clone(), position: receipt.position })
    }
}

impl Ask for OpenStore {
    type Path = NoPath;
    type Answer = StoreAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let details = StoreDetails { community: self.community, name: self.name.0, tier: self.tier.0, site: self.site };
        Ok(Command::OpenStore(commands::OpenStore { store: self.id, details, update: false }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<StoreAnswer> {
        let Command::OpenStore(commands::OpenStore { store, .. }) = command else { return None };
        StoreAnswer::new(store, receipt)
    }
}

impl Body for OpenStore {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Open a store.
#[utoipa::path(post, path = "/v1/stores", tag = "stores", request_body = OpenStore,
    responses((status = 201, description = "Opened.", body = StoreAnswer)))]
async fn open(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<OpenStore>,
) -> Result<Answer<StoreAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// A store that closes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseStore {
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for CloseStore {
    type Path = OfStore;
    type Answer = StoreAnswer;

    fn command(self, path: OfStore) -> Result<Asked, ServiceError> {
        Ok(Command::CloseStore(commands::CloseStore { store: path.store, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<StoreAnswer> {
        let Command::CloseStore(commands::CloseStore { store, .. }) = command else { return None };
        StoreAnswer::new(store, receipt)
    }
}

impl Body for CloseStore {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_STORE;
}

/// Close a store: nothing is redeemed there until it opens again.
#[utoipa::path(post, path = "/v1/stores/{id}/close", tag = "stores", request_body = CloseStore,
    params(("id" = String, Path, description = "The store.")),
    responses((status = 200, description = "Closed.", body = StoreAnswer)))]
async fn close(
    State(app): State<App>,
    ApiPath(store): ApiPath<StoreId>,
    asking: Asking,
    ApiJson(body): ApiJson<CloseStore>,
) -> Result<Answer<StoreAnswer>, ApiError> {
    ask(app, asking, OfStore { store }, body).await
}

/// A store that opens again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenStore {
    /// Taken as a courtesy and not recorded: opening again needs no reason.
    #[serde(default, rename = "reason", deserialize_with = "maybe_text")]
    _reason: Option<String>,
}

impl Ask for ReopenStore {
    type Path = OfStore;
    type Answer = StoreAnswer;

    fn command(self, path: OfStore) -> Result<Asked, ServiceError> {
        Ok(Command::ReopenStore(commands::ReopenStore { store: path.store }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<StoreAnswer> {
        let Command::ReopenStore(commands::ReopenStore { store }) = command else { return None };
        StoreAnswer::new(store, receipt)
    }
}

impl Body for ReopenStore {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_STORE;
}

/// Open a closed store again.
#[utoipa::path(post, path = "/v1/stores/{id}/reopen", tag = "stores", request_body = ReopenStore,
    params(("id" = String, Path, description = "The store.")),
    responses((status = 200, description = "Open again.", body = StoreAnswer)))]
async fn reopen(
    State(app): State<App>,
    ApiPath(store): ApiPath<StoreId>,
    asking: Asking,
    ApiJson(body): ApiJson<ReopenStore>,
) -> Result<Answer<StoreAnswer>, ApiError> {
    ask(app, asking, OfStore { store }, body).await
}

/// An item on the list of a store, or new terms for one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListItem {
    /// 商品编码.
    #[schema(value_type = Id)]
    sku: Sku,
    /// 商品名称.
    #[schema(value_type = Reason)]
    name: Text,
    /// 类型: 实物, 券, 服务 or another word of the district.
    #[schema(value_type = Reason)]
    kind: Text,
    /// 所需积分, for one unit.
    #[schema(value_type = Price)]
    price: PointsJson,
    /// 每人每年限兑: most units for one worker in a calendar year, over all stores; none without.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(maximum = 4294967295i64)]
    limit_per_worker_year: Option<u32>,
    /// Who supplies or honours it.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    merchant: Option<MerchantId>,
}

/// What became of an item.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemAnswer {
    /// The store's id (网点编号).
    #[schema(value_type = String)]
    store: StoreId,
    /// The item's number at its store (商品编号).
    #[schema(value_type = String)]
    sku: Sku,
    /// Durable up to here.
    position: u64,
}

impl ItemAnswer {
    /// An answer about an item.
    pub(super) fn new(store: &StoreId, sku: &Sku, receipt: &Receipt) -> Option<ItemAnswer> {
        Some(ItemAnswer { store: store.clone(), sku: sku.clone(), position: receipt.position })
    }
}

impl Ask for ListItem {
    type Path = OfStore;
    type Answer = ItemAnswer;

    fn command(self, path: OfStore) -> Result<Asked, ServiceError> {
        let terms = ItemTerms {
            kind: self.kind.0,
            limit_per_worker_year: self.limit_per_worker_year,
            merchant: self.merchant,
            name: self.name.0,
            price: self.price.0,
        };
        Ok(Command::ListItem(commands::ListItem { store: path.store, sku: self.sku, terms, opening_stock: 0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ItemAnswer> {
        let Command::ListItem(commands::ListItem { store, sku, .. }) = command else { return None };
        ItemAnswer::new(store, sku, receipt)
    }
}

impl Body for ListItem {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_STORE;
}

/// List an item at a store, or change its terms.
#[utoipa::path(post, path = "/v1/stores/{id}/items", tag = "stores", request_body = ListItem,
    params(("id" = String, Path, description = "The store.")),
    responses((status = 201, description = "Listed on these terms.", body = ItemAnswer)))]
async fn list_item(
    State(app): State<App>,
    ApiPath(store): ApiPath<StoreId>,
    asking: Asking,
    ApiJson(body): ApiJson<ListItem>,
) -> Result<Answer<ItemAnswer>, ApiError> {
    ask(app, asking, OfStore { store }, body).await
}

/// The item that an address names.
#[derive(Debug, Deserialize)]
pub struct OfItem {
    store: StoreId,
    sku: Sku,
}

/// An item that a store no longer lists; what stands on the shelf stays counted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DelistItem {
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for DelistItem {
    type Path = OfItem;
    type Answer = ItemAnswer;

    fn command(self, path: OfItem) -> Result<Asked, ServiceError> {
        Ok(Command::DelistItem(commands::DelistItem { store: path.store, sku: path.sku, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ItemAnswer> {
        let Command::DelistItem(commands::DelistItem { store, sku, .. }) = command else { return None };
        ItemAnswer::new(store, sku, receipt)
    }
}

impl Body for DelistItem {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("store", Code::UnknownStore), ("sku", Code::UnknownItem)];
}

/// Take an item off the list.
#[utoipa::path(post, path = "/v1/stores/{id}/items/{sku}/delist", tag = "stores", request_body = DelistItem,
    params(("id" = String, Path, description = "The store."), ("sku" = String, Path, description = "The item.")),
    responses((status = 200, description = "Off the list.", body = ItemAnswer)))]
async fn delist_item(
    State(app): State<App>,
    ApiPath((store, sku)): ApiPath<(StoreId, Sku)>,
    asking: Asking,
    ApiJson(body): ApiJson<DelistItem>,
) -> Result<Answer<ItemAnswer>, ApiError> {
    ask(app, asking, OfItem { store, sku }, body).await
}
