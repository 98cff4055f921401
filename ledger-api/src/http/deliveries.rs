//! What a counter handed out before the ledger could be asked: telling it, and what a device takes along for it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use ledger_core::domain::ids::{DeviceId, HoldId, StoreId, WorkerId};
use ledger_core::domain::means::Means;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::command::AskedLine;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::body::ApiJson;
use super::command::{Answer, Body, ask, told};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Asking, Caller, only};
use super::redemptions::Line;
use super::shapes::{Id, KeyName};
use super::stores::{OF_STORE, OfStore};
use super::wire::{PointsJson, TimeJson, maybe_text};
use crate::access::policy::{CommandKind, Read, Target};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::away::{deliver, hold_code, ticket};
use crate::service::command::{Ask, Asked, worker_event};
use crate::service::reading::no_time;

/// The header that a ticket comes in.
const TICKET: &str = "Counter-Ticket";

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::DeliverRedemption, routes!(deliver_redemption))
        .route(CommandKind::EnrolDevice, routes!(enrol))
        .route(CommandKind::DeliverRedemption, routes!(issue_ticket))
        .route(Read::HoldCode, routes!(read_code))
}

/// On what word goods were handed out.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MeansJson {
    /// Below the floor that the district bears.
    Floor,
    /// For a hold whose signed code was shown.
    Hold,
    /// By a slip written by hand.
    Slip,
}

/// What was handed out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliverRedemption {
    /// `floor`, `hold` or `slip`.
    means: MeansJson,
    /// To whom; or `named`.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    worker: Option<WorkerId>,
    /// What was typed or scanned: an id, or a card's number.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    named: Option<String>,
    /// What: 1 to 100 lines.
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<Line>,
    /// When it was handed out.
    given_at: TimeJson,
    /// For which hold, where `means` is `hold`.
    #[serde(default)]
    #[schema(value_type = Option<KeyName>)]
    hold: Option<HoldId>,
    /// By which device, for a hold.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    device: Option<DeviceId>,
    /// The code that the worker showed then, where `means` is `floor` and the district asks for one; it is judged by
    /// `given_at`. Without it, or with a wrong one, people decide: it becomes a case. Not part of the content.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    proof: Option<String>,
}

/// What became of it: a redemption, or a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryAnswer {
    /// `redeemed`, or `case` where the ledger refused it: people settle that.
    #[schema(value_type = String, examples("redeemed", "case"))]
    status: &'static str,
    /// The redemption's or the case's name: the key of this command.
    redemption: String,
    /// Its points; null for a case.
    points: Option<PointsJson>,
    /// What the worker can spend afterwards, on that day; null for a case.
    balance: Option<PointsJson>,
    /// Why it was refused; null for a redemption.
    code: Option<&'static str>,
    /// Durable up to here.
    position: u64,
}

impl Ask for DeliverRedemption {
    type Path = OfStore;
    type Answer = DeliveryAnswer;

    fn command(self, path: OfStore) -> Result<Asked, ServiceError> {
        let DeliverRedemption { means, worker, named, lines, given_at, hold, device, proof } = self;
        let given_at =
            given_at.0.map_err(|sent| ServiceError::refused(Code::InvalidDate, no_time("given_at", &sent)))?;
        let note = if worker.is_none() { named } else { None };
        let command = Command::DeliverRedemption(commands::DeliverRedemption {
            means: match means {
                MeansJson::Floor => Means::Floor,
                MeansJson::Hold => Means::Hold,
                MeansJson::Slip => Means::Slip,
            },
            device,
            hold,
            worker,
            note,
            store: path.store,
            lines: lines.into_iter().map(AskedLine::from).collect(),
            given_at,
            proof: commands::ProofTold::NotAsked,
        });
        Ok(Asked { proof, ..command.into() })
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<DeliveryAnswer> {
        let position = receipt.position;
        let redeemed = worker_event(receipt, |event| {
            let made = event.as_redemption()?;
            Some(DeliveryAnswer {
                status: "redeemed",
                redemption: made.redemption.to_string(),
                points: Some(PointsJson(made.points)),
                balance: Some(PointsJson(made.balance)),
                code: None,
                position,
            })
        });
        redeemed.or_else(|| {
            let mut at_stores = receipt.events.iter().filter_map(|event| event.as_store());
            let case = at_stores.find_map(|event| event.as_case())?;
            Some(DeliveryAnswer {
                status: "case",
                redemption: case.redemption.to_string(),
                points: None,
                balance: None,
                code: Some(case.code.as_str()),
                position,
            })
        })
    }
}

impl Body for DeliverRedemption {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_STORE;
}

/// Tell what a counter handed out while the network was away, or by a slip: exactly once, and what is refused becomes a case.
///
/// With a `Counter-Ticket` its clerk is who acts, whoever brings it.
#[utoipa::path(post, path = "/v1/stores/{id}/deliveries", tag = "stores", request_body = DeliverRedemption,
    params(("id" = String, Path, description = "The store."),
        ("Counter-Ticket" = Option<String>, Header, description = "The ticket of the clerk who handed it out.")),
    responses((status = 201, description = "Recorded: redeemed, or a case.", body = DeliveryAnswer)))]
async fn deliver_redemption(
    State(app): State<App>,
    ApiPath(store): ApiPath<StoreId>,
    headers: HeaderMap,
    asking: Asking,
    ApiJson(body): ApiJson<DeliverRedemption>,
) -> Result<Answer<DeliveryAnswer>, ApiError> {
    let ticket = if headers.contains_key(TICKET) {
        let sent = only(&headers, TICKET);
        Some(sent.map_err(|what| ApiError::unreadable(format!("the header {TICKET} {what}")))?)
    } else {
        None
    };
    let asked = body.command(OfStore { store })?;
    let in_path = [Code::UnknownStore];
    let (command, receipt) =
        deliver(&app, &asking.caller, asking.context, asked, ticket).await.map_err(|no| ApiError::of(no, &in_path))?;
    told(StatusCode::CREATED, &receipt, DeliverRedemption::answer(&command, &receipt))
}

/// The device that captures holds without the network; the one before captures online only.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolDevice {
    /// How the device names itself.
    #[schema(value_type = Id)]
    device: DeviceId,
}

/// A store's device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceAnswer {
    store: String,
    device: String,
    /// Durable up to here.
    position: u64,
}

impl Ask for EnrolDevice {
    type Path = OfStore;
    type Answer = DeviceAnswer;

    fn command(self, path: OfStore) -> Result<Asked, ServiceError> {
        Ok(Command::EnrolDevice(commands::EnrolDevice { store: path.store, device: self.device }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<DeviceAnswer> {
        let Command::EnrolDevice(commands::EnrolDevice { store, device }) = command else { return None };
        Some(DeviceAnswer { store: store.to_string(), device: device.to_string(), position: receipt.position })
    }
}

impl Body for EnrolDevice {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_STORE;
}

/// Make a device the one that captures holds of this store without the network.
#[utoipa::path(post, path = "/v1/stores/{id}/device", tag = "stores", request_body = EnrolDevice,
    params(("id" = String, Path, description = "The store.")),
    responses((status = 200, description = "Enrolled.", body = DeviceAnswer)))]
async fn enrol(
    State(app): State<App>,
    ApiPath(store): ApiPath<StoreId>,
    asking: Asking,
    ApiJson(body): ApiJson<EnrolDevice>,
) -> Result<Answer<DeviceAnswer>, ApiError> {
    ask(app, asking, OfStore { store }, body).await
}

/// What lets the caller's redemptions at a store be told later, by whomever.
#[derive(Debug, Serialize, ToSchema)]
struct TicketAnswer {
    /// To be sent as `Counter-Ticket`.
    ticket: String,
    /// Whose redemptions it covers.
    account: String,
    store: String,
    /// Until when they may be made, milliseconds since 1970.
    until_ms: i64,
}

/// A ticket for the caller at a store: it is kept by a device that may lose its network. It writes nothing, so it takes no key.
#[utoipa::path(post, path = "/v1/stores/{id}/tickets", tag = "stores",
    params(("id" = String, Path, description = "The store.")),
    responses((status = 200, description = "The ticket.", body = TicketAnswer)))]
async fn issue_ticket(
    State(app): State<App>,
    caller: Caller,
    ApiPath(store): ApiPath<StoreId>,
) -> Result<Json<TicketAnswer>, ApiError> {
    let issued = ticket(&app, &caller.0, store.as_str()).await?;
    let (ticket, account, until_ms) = (issued.ticket, issued.account, issued.until_ms);
    Ok(Json(TicketAnswer { ticket, account, store: store.to_string(), until_ms }))
}

/// The signed code of a hold.
#[derive(Debug, Serialize, ToSchema)]
struct HoldCodeJson {
    hold: String,
    worker: String,
    store: String,
    points: PointsJson,
    /// It is void from here on.
    #[schema(format = DateTime)]
    expires_at: String,
    /// To be shown at the counter, as a QR code: it is checked there without a network.
    code: String,
}

/// The code of an open hold, signed by the ledger's key: a counter without a network takes the hold by it.
#[utoipa::path(get, path = "/v1/holds/{id}/code", tag = "holds", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The code.", body = HoldCodeJson)))]
async fn read_code(
    State(app): State<App>,
    caller: Caller,
    ApiPath(hold): ApiPath<HoldId>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<HoldCodeJson>, ApiError> {
    let reading = caller.may_here(&app, Read::HoldCode, Target::Hold(hold.as_str())).await?;
    reading.at_least(&app, query.min_position).await?;
    let found = hold_code(&app, reading, &hold).await?;
    let found = found.ok_or_else(|| {
        let message = format!("there is no open hold {hold}");
        ApiError::of(ServiceError::refused(Code::UnknownRedemption, message), &[Code::UnknownRedemption])
    })?;
    Ok(Json(HoldCodeJson {
        hold: found.hold.to_string(),
        worker: found.worker,
        store: found.store,
        points: PointsJson(found.points),
        expires_at: found.expires_at,
        code: found.code,
    }))
}
