//! The shelves of a store: restocking, stocktakes (盘点) and write-offs (报损).

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{MerchantId, Sku, StoreId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{Counted, Id, Reason};
use super::stores::{ItemAnswer, OF_STORE, OfStore};
use super::wire::{Text, UnitsJson};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::Restock, routes!(restock))
        .route(CommandKind::CountStock, routes!(stocktake))
        .route(CommandKind::WriteOffStock, routes!(write_off))
}

/// Units that come onto the shelf.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restock {
    /// The item's number at its store (商品编号).
    #[schema(value_type = Id)]
    sku: Sku,
    /// In units of the item.
    quantity: UnitsJson,
    /// From whom, when not the listing's merchant.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    merchant: Option<MerchantId>,
}

impl Ask for Restock {
    type Path = OfStore;
    type Answer = ItemAnswer;

    fn command(self, path: OfStore) -> Result<Asked, ServiceError> {
        let Restock { sku, quantity, merchant } = self;
        Ok(Command::Restock(commands::Restock { store: path.store, sku, quantity: quantity.or_nothing(), merchant })
            .into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ItemAnswer> {
        let Command::Restock(commands::Restock { store, sku, .. }) = command else { return None };
        ItemAnswer::new(store, sku, receipt)
    }
}

impl Body for Restock {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_STORE;
}

/// Put units on the shelf.
#[utoipa::path(post, path = "/v1/stores/{id}/restock", tag = "stores", request_body = Restock,
    params(("id" = String, Path, description = "The store.")),
    responses((status = 201, description = "On the shelf.", body = ItemAnswer)))]
async fn restock(
    State(app): State<App>,
    ApiPath(store): ApiPath<StoreId>,
    asking: Asking,
    ApiJson(body): ApiJson<Restock>,
) -> Result<Answer<ItemAnswer>, ApiError> {
    ask(app, asking, OfStore { store }, body).await
}

/// What a stocktake found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountStock {
    /// The item's number at its store (商品编号).
    #[schema(value_type = Id)]
    sku: Sku,
    /// Units found, those set aside for holds among them.
    #[schema(value_type = Counted)]
    counted: UnitsJson,
    /// Why it was counted, or what explains the difference.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for CountStock {
    type Path = OfStore;
    type Answer = ItemAnswer;

    fn command(self, path: OfStore) -> Result<Asked, ServiceError> {
        // Nothing counted is a count like any other, so what is no number cannot pass for 0 here.
        let Some(counted) = self.counted.0 else {
            return Err(ServiceError::refused(Code::InvalidQuantity, "counted: not a whole number from 0 on"));
        };
        Ok(Command::CountStock(commands::CountStock {
            store: path.store,
            sku: self.sku,
            counted,
            reason: self.reason.0,
        })
        .into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ItemAnswer> {
        let Command::CountStock(commands::CountStock { store, sku, .. }) = command else { return None };
        ItemAnswer::new(store, sku, receipt)
    }
}

impl Body for CountStock {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_STORE;
}

/// Record a stocktake.
#[utoipa::path(post, path = "/v1/stores/{id}/stocktake", tag = "stores", request_body = CountStock,
    params(("id" = String, Path, description = "The store.")),
    responses((status = 201, description = "The books say what was counted.", body = ItemAnswer)))]
async fn stocktake(
    State(app): State<App>,
    ApiPath(store): ApiPath<StoreId>,
    asking: Asking,
    ApiJson(body): ApiJson<CountStock>,
) -> Result<Answer<ItemAnswer>, ApiError> {
    ask(app, asking, OfStore { store }, body).await
}

/// Units that are written off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteOffStock {
    /// The item's number at its store (商品编号).
    #[schema(value_type = Id)]
    sku: Sku,
    /// In units of the item.
    quantity: UnitsJson,
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for WriteOffStock {
    type Path = OfStore;
    type Answer = ItemAnswer;

    fn command(self, path: OfStore) -> Result<Asked, ServiceError> {
        let WriteOffStock { sku, quantity, reason } = self;
        let quantity = quantity.or_nothing();
        Ok(Command::WriteOffStock(commands::WriteOffStock { store: path.store, sku, quantity, reason: reason.0 })
            .into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ItemAnswer> {
        let Command::WriteOffStock(commands::WriteOffStock { store, sku, .. }) = command else { return None };
        ItemAnswer::new(store, sku, receipt)
    }
}

impl Body for WriteOffStock {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_STORE;
}

/// Write units off.
#[utoipa::path(post, path = "/v1/stores/{id}/write-off", tag = "stores", request_body = WriteOffStock,
    params(("id" = String, Path, description = "The store.")),
    responses((status = 201, description = "Written off.", body = ItemAnswer)))]
async fn write_off(
    State(app): State<App>,
    ApiPath(store): ApiPath<StoreId>,
    asking: Asking,
    ApiJson(body): ApiJson<WriteOffStock>,
) -> Result<Answer<ItemAnswer>, ApiError> {
    ask(app, asking, OfStore { store }, body).await
}
