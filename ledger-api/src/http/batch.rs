//! Many commands in one request, in order: each answered on its own, or all of them or none.
//!
//! An item is the body of a command's own route with `key` and `command` beside its fields, and with what that route's
//! address names (`worker`, `store`, `sku`, `credit`, …).

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Context, Outcome, Receipt};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::batch_item::{self, BatchItem, Item, Told};
use super::body::{json_body, read_json};
use super::door::{Asks, Routes};
use super::error::{ApiError, BatchResult};
use super::extract::{ApiQuery, Caller};
use crate::access::policy::Who;
use crate::app::App;
use crate::security_log::Refusals;
use crate::service::begun::Begun;
use crate::service::command::{self, Prepared};
use crate::service::keys::read_key;

/// Most commands of one batch.
const ITEMS_MAX: usize = 1_000;
/// The longest body of a batch.
const BODY_MAX: usize = 4 << 20;
/// How the ledger begins what it tells the other commands when one of all or none is refused.
const NOTHING_RECORDED: &str = "nothing was recorded";

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Asks::AnyCommand, routes!(submit))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BatchQuery {
    /// All take effect or none; each on its own without.
    #[serde(default)]
    #[param(required = false)]
    atomic: bool,
}

/// What was said of a batch.
#[derive(Debug, Serialize, ToSchema)]
struct BatchAnswer {
    /// One a command, in the order sent.
    results: Vec<BatchResult>,
    /// Everything that took effect is durable up to here.
    position: u64,
}

/// The items of a batch, unread.
struct Items(Vec<Box<RawValue>>);

impl FromRequest<App> for Items {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Items, ApiError> {
        let items: Vec<Box<RawValue>> = read_json(&json_body(request, BODY_MAX).await?)?;
        if items.len() > ITEMS_MAX {
            let detail = format!("{} commands; one batch takes {ITEMS_MAX}; split it", items.len());
            return Err(ApiError::new(Code::TooLarge, detail));
        }
        Ok(Items(items))
    }
}

/// An item on its way.
struct Waiting {
    key: Option<String>,
    ready: Result<Ready, ApiError>,
}

/// An item that can be asked.
struct Ready {
    prepared: Prepared,
    tell: fn(&Command, &Receipt) -> Result<Told, ApiError>,
}

/// Give up to 1,000 commands. A command that cannot be read is refused on its own; with `atomic`, one refusal refuses
/// all, with its status and its problem document.
#[utoipa::path(post, path = "/v1/batch", tag = "batch", params(BatchQuery), request_body = Vec<BatchItem>,
    responses((status = 200, description = "Each command's own answer.", body = BatchAnswer)))]
async fn submit(
    State(app): State<App>,
    caller: Caller,
    Extension(noted): Extension<Refusals>,
    ApiQuery(query): ApiQuery<BatchQuery>,
    Items(items): Items,
) -> Result<Response, ApiError> {
    // In a task of its own: a caller that hangs up does not leave workers without their names.
    let task = tokio::spawn(async move {
        let mut waiting = Vec::with_capacity(items.len());
        let at = app.ledger.now();
        let mut begun = Begun::default();
        for item in &items {
            let (key, item) = batch_item::read(item);
            let ready = match item {
                Ok(item) => prepare(&app, &caller, key.as_deref(), item, at, &mut begun).await,
                Err(error) => Err(error),
            };
            waiting.push(Waiting { key, ready });
        }
        carry_out(&app, waiting, query.atomic, &noted).await
    });
    task.await.map_err(|error| ApiError::fault(&error))?
}

async fn prepare(
    app: &App,
    Caller(identity): &Caller,
    key: Option<&str>,
    item: Item,
    at: ledger_core::domain::time::BusinessTime,
    begun: &mut Begun,
) -> Result<Ready, ApiError> {
    let key = read_key(key.ok_or_else(|| ApiError::unreadable("key: every command of a batch needs one of its own"))?)?;
    let context = Context { key, actor: identity.id.clone(), at };
    let prepared = command::prepare_after(app, Who::Bearer(identity), context, item.asked, begun).await?;
    Ok(Ready { prepared, tell: item.tell })
}

async fn carry_out(app: &App, waiting: Vec<Waiting>, atomic: bool, noted: &Refusals) -> Result<Response, ApiError> {
    // All or none, and one cannot even be asked: nothing is asked of the ledger.
    let unasked = waiting.iter().position(|one| one.ready.is_err()).filter(|_| atomic);
    let ready = waiting.iter().filter_map(|one| one.ready.as_ref().ok()).map(|ready| &ready.prepared);
    let outcomes = command::submit_all(app, ready.filter(|_| unasked.is_none()), atomic).await;
    let fate = match unasked {
        Some(_) => Fate::Refused,
        None => Fate::of(&outcomes),
    };
    let mut outcomes = outcomes.into_iter();
    let mut position = 0;
    let mut results = Vec::with_capacity(waiting.len());
    let mut refusals = Vec::new();
    for (index, one) in waiting.into_iter().enumerate() {
        let told = match (one.ready, unasked) {
            (Err(error), _) => Err(error),
            (Ok(ready), Some(unasked)) => {
                command::withdraw(app, ready.prepared).await;
                Err(not_alone(unasked))
            }
            (Ok(ready), None) => match outcomes.next().unwrap_or(Outcome::Unknown) {
                Outcome::Refused(_) if atomic && fate == Fate::Recorded => Err(without_answer()),
                outcome @ (Outcome::Committed(_) | Outcome::Refused(_) | Outcome::Unknown) => {
                    tell(app, ready, outcome, &mut position).await
                }
            },
        };
        if let Err(error) = &told {
            refusals.push((index, error.clone()));
        }
        results.push(result(one.key, told)?);
    }
    if position == 0 {
        position = *app.ledger.committed().borrow();
    }
    let no = match fate {
        Fate::Refused if atomic => decisive(&refusals).map(|(index, error)| all_refused(*index, error)),
        Fate::Unknown if atomic => Some(all_unknown()),
        // What took effect is told as such, whatever is missing beside it.
        Fate::Recorded | Fate::Refused | Fate::Unknown => None,
    };
    match no {
        Some(no) => {
            let results = serde_json::value::to_raw_value(&results).map_err(|error| ApiError::fault(&error))?;
            Ok(no.with_results(results))
        }
        None => {
            refusals.iter().for_each(|(_, error)| noted.add(error.code()));
            Ok((StatusCode::OK, Json(BatchAnswer { results, position })).into_response())
        }
    }
}

/// What became of a batch of all or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// All of it took effect.
    Recorded,
    /// Nothing of it did.
    Refused,
    /// One of both.
    Unknown,
}

impl Fate {
    fn of(outcomes: &[Outcome]) -> Fate {
        if outcomes.contains(&Outcome::Unknown) {
            Fate::Unknown
        } else if outcomes.is_empty() || outcomes.iter().any(|outcome| outcome.receipt().is_some()) {
            // One refusal would have refused all.
            Fate::Recorded
        } else {
            Fate::Refused
        }
    }
}

async fn tell(app: &App, ready: Ready, outcome: Outcome, position: &mut u64) -> Result<Told, ApiError> {
    *position = (*position).max(outcome.receipt().map_or(0, |receipt| receipt.position));
    let (command, receipt) = command::receive(app, ready.prepared, outcome).await?;
    (ready.tell)(&command, &receipt)
}

/// What the others are told when one command of all or none cannot be asked.
fn not_alone(unasked: usize) -> ApiError {
    ApiError::new(Code::InvalidInput, format!("{NOTHING_RECORDED}: command {unasked} was not taken"))
}

/// What a command of a recorded batch is told that changed nothing and whose answer was lost with the commit's.
fn without_answer() -> ApiError {
    ApiError::committed_but("the batch took effect; what this command answered was lost; ask again with the same key")
}

/// The refusal that refused all: the others are only told that nothing was recorded.
fn decisive(refusals: &[(usize, ApiError)]) -> Option<&(usize, ApiError)> {
    refusals.iter().find(|(_, error)| !error.detail().starts_with(NOTHING_RECORDED)).or_else(|| refusals.first())
}

fn all_refused(index: usize, error: &ApiError) -> ApiError {
    error.clone().in_words(format!("{NOTHING_RECORDED}: command {index} was refused: {}", error.detail()))
}

fn all_unknown() -> ApiError {
    ApiError::outcome_unknown().in_words(
        "whether the batch took effect is not known yet: all of it did, or nothing; send it again with the same keys \
         and contents: it then happens once, or is answered as it was"
            .to_owned(),
    )
}

fn result(key: Option<String>, told: Result<Told, ApiError>) -> Result<BatchResult, ApiError> {
    let (status, code, replayed, body) = match told {
        Ok(told) => (told.status, None, told.replayed, Ok(told.body)),
        Err(error) => {
            let problem = serde_json::value::to_raw_value(&error.problem());
            (error.status(), Some(error.code()), false, problem)
        }
    };
    let body = body.map_err(|error| ApiError::fault(&error))?;
    Ok(BatchResult { key, status: status.as_u16(), code, replayed, body })
}
