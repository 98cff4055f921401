//! From a body to `service` and back: what a command of the API is, for its own route and for a batch alike.
//!
//! A resource implements [`Ask`] for each of its bodies, and [`Body`] for how it is asked and answered over HTTP.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ledger_core::domain::ids::Key;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::Receipt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::error::ApiError;
use super::extract::Asking;
use crate::access::policy::Who;
use crate::app::App;
use crate::service::command::{Ask, prepare, submit};

/// The header of an answer that was given before.
pub const REPLAYED: &str = "Idempotency-Replayed";

/// A body that asks for one command.
pub trait Body: Ask<Path: DeserializeOwned, Answer: Serialize + ToSchema> + DeserializeOwned {
    /// The status of an answer.
    const STATUS: StatusCode;
    /// The fields of [`Ask::Path`] but `key`, which is the command's own; each with the code that says that what it names
    /// is not there. In a batch these fields
    /// stand in the item.
    const PATH: &'static [(&'static str, Code)];
}

/// Nothing is named by the address.
#[derive(Debug, serde::Deserialize)]
pub struct NoPath {}

/// Nothing is named by the address, and what is made is named by the command's key.
#[derive(Debug, serde::Deserialize)]
pub struct ByKey {
    /// Of the header `Idempotency-Key`, or of the item of a batch.
    pub key: Key,
}

/// An answer to a command.
#[derive(Debug)]
pub struct Answer<A> {
    status: StatusCode,
    replayed: bool,
    body: A,
}

impl<A: Serialize> IntoResponse for Answer<A> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if self.replayed {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// Gives one command and tells its answer.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn ask<B: Body>(app: App, asking: Asking, path: B::Path, body: B) -> Result<Answer<B::Answer>, ApiError> {
    let Asking { caller, context } = asking;
    let prepared = prepare(&app, Who::Bearer(&caller), context, body.command(path)?).await?;
    let command = prepared.command().clone();
    let in_path: Vec<Code> = B::PATH.iter().map(|(_, code)| *code).collect();
    let receipt = submit(app, prepared).await.map_err(|no| ApiError::of(no, &in_path))?;
    told(B::STATUS, &receipt, B::answer(&command, &receipt))
}

/// An answer with the mark of its receipt.
///
/// # Errors
/// 500 when there is none.
pub fn told<A>(status: StatusCode, receipt: &Receipt, body: Option<A>) -> Result<Answer<A>, ApiError> {
    let body = body.ok_or_else(|| ApiError::fault(&"a receipt holds other events than its command makes"))?;
    Ok(Answer { status, replayed: receipt.repeated, body })
}
