//! From a body to the ledger and back: what a command of the API is, for its own route and for a batch alike.
//!
//! A resource implements [`Ask`] for each of its bodies. What of a body is personal never reaches the journal as it is:
//! it is told apart in [`Personal`], and this file alone puts it where it belongs.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{IdError, Key, WorkerId};
use ledger_core::domain::programme::event::ProgrammeEvent;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::ledger::{Command, Context, Outcome, Receipt, Submission, commands};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::error::ApiError;
use super::extract::Asking;
use super::wire::TEXT_CHARS_MAX;
use crate::app::App;
use crate::vault::{VaultError, WITNESS, WORKER};

/// The header of an answer that was given before.
pub const REPLAYED: &str = "Idempotency-Replayed";

/// A body that asks for one command.
pub trait Ask: DeserializeOwned + Send + 'static {
    /// What the address names; in a batch these fields stand in the item.
    type Path: DeserializeOwned + Send;
    /// What is answered.
    type Answer: Serialize + ToSchema + Send;
    /// The status of an answer.
    const STATUS: StatusCode;
    /// The fields of [`Ask::Path`], each with the code that says that what it names is not there.
    const PATH: &'static [(&'static str, Code)];

    /// The command, with what is personal told apart.
    ///
    /// # Errors
    /// What can be refused without the ledger.
    fn command(self, path: Self::Path) -> Result<Asked, ApiError>;

    /// The answer; `None` only when the events are not those of the command.
    fn answer(command: &Command, receipt: &Receipt) -> Option<Self::Answer>;
}

/// What a body asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The command.
    pub command: Command,
    /// What of it is personal.
    pub personal: Personal,
    /// What is said of its date or time should the ledger find that it is none.
    pub no_date: Option<String>,
}

/// What of a body is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Personal {
    /// Nothing.
    Nothing,
    /// A worker's name, for the vault once the worker is registered.
    Name(WorkerId, String),
    /// Who witnessed a service: a pseudonym stands in the credit for it.
    Witness(String),
}

impl From<Command> for Asked {
    fn from(command: Command) -> Asked {
        Asked { command, personal: Personal::Nothing, no_date: None }
    }
}

/// Nothing is named by the address.
#[derive(Debug, serde::Deserialize)]
pub struct NoPath {}

/// A command ready for the ledger.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// For the ledger.
    pub submission: Submission,
    /// For the vault, once the command took effect.
    pub name: Option<(WorkerId, String)>,
    /// What is said of its date or time should the ledger find that it is none.
    pub no_date: Option<String>,
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

/// Asks the ledger for one command and tells its answer.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn ask<A: Ask>(app: App, asking: Asking, path: A::Path, body: A) -> Result<Answer<A::Answer>, ApiError> {
    let prepared = prepare(&app, asking.0, body.command(path)?).await?;
    let command = prepared.submission.command.clone();
    let in_path: Vec<Code> = A::PATH.iter().map(|(_, code)| *code).collect();
    let no_date = prepared.no_date.clone();
    let receipt = submit(app, prepared, &in_path).await.map_err(|no| no.of_no_date(no_date))?;
    told(A::STATUS, &receipt, A::answer(&command, &receipt))
}

/// An answer with the mark of its receipt.
///
/// # Errors
/// 500 when there is none.
pub fn told<A>(status: StatusCode, receipt: &Receipt, body: Option<A>) -> Result<Answer<A>, ApiError> {
    let body = body.ok_or_else(|| ApiError::fault(&"a receipt holds other events than its command makes"))?;
    Ok(Answer { status, replayed: receipt.repeated, body })
}

/// Puts what is personal where it belongs and the command in its frame. A witness is kept before the command is sent:
/// a pseudonym in the journal that nobody could ever resolve would be no witness.
///
/// # Errors
/// `too_large`, `invalid_input`; `journal_unavailable` when the vault cannot be reached.
pub async fn prepare(app: &App, context: Context, asked: Asked) -> Result<Prepared, ApiError> {
    let Asked { mut command, personal, no_date } = asked;
    let name = match personal {
        Personal::Nothing => None,
        Personal::Name(worker, name) => {
            check_name(&name, "name")?;
            Some((worker, name))
        }
        Personal::Witness(text) => {
            check_name(&text, "witness")?;
            if let Command::RecordCredit(commands::RecordCredit { worker, witness, own_witness, .. }) = &mut command {
                *own_witness = app.vault.is_worker(worker, &text).await?;
                *witness = Some(app.vault.remember(WITNESS, &text).await?);
            }
            None
        }
    };
    Ok(Prepared { submission: Submission { context, command }, name, no_date })
}

fn check_name(text: &str, field: &str) -> Result<(), ApiError> {
    if text.chars().count() > TEXT_CHARS_MAX {
        let detail = format!("{field}: longer than {TEXT_CHARS_MAX} characters; shorten it");
        return Err(ApiError::new(Code::TooLarge, detail));
    }
    if text.chars().any(char::is_control) {
        return Err(ApiError::unreadable(format!("{field}: holds control characters; leave them out")));
    }
    Ok(())
}

/// Submits one command and keeps its name.
async fn submit(app: App, prepared: Prepared, in_path: &[Code]) -> Result<Receipt, ApiError> {
    if prepared.name.is_none() {
        return receipt_of(app.ledger.submit(prepared.submission).await, in_path);
    }
    // In a task of its own: a caller that hangs up between the two would leave a worker without the name.
    let task = tokio::spawn(async move {
        let outcome = app.ledger.submit(prepared.submission).await;
        keep_name(&app, prepared.name, &outcome).await?;
        Ok::<Outcome, ApiError>(outcome)
    });
    receipt_of(task.await.map_err(|error| ApiError::fault(&error))??, in_path)
}

/// A key made from another name. Where both together are too long for a key, their digest stands for them.
///
/// # Errors
/// 500 when no key comes out, which no name of the ledger's own gives.
pub fn derived_key(prefix: &str, name: &str) -> Result<Key, ApiError> {
    Key::new(&format!("{prefix}{name}")).or_else(|_| digest_key(prefix, name)).map_err(|error| ApiError::fault(&error))
}

fn digest_key(prefix: &str, name: &str) -> Result<Key, IdError> {
    // The start stays readable, and stays within what is reserved for the ledger's own work.
    const SHOWN_CHARS: usize = 40;
    let digest = HashSuite::Sha256.leaf_hash(format!("{prefix}{name}").as_bytes());
    let hex: String = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let shown: String = prefix.chars().take(SHOWN_CHARS).collect();
    Key::new(&format!("{shown}/{hex}"))
}

/// The receipt of an outcome, or how its no is told.
///
/// # Errors
/// The refusal; 503 for an unknown outcome.
pub fn receipt_of(outcome: Outcome, in_path: &[Code]) -> Result<Receipt, ApiError> {
    match outcome {
        Outcome::Committed(receipt) => Ok(receipt),
        Outcome::Refused(refusal) => Err(ApiError::refused(refusal, in_path)),
        Outcome::Unknown => Err(ApiError::outcome_unknown()),
    }
}

/// Keeps the name of a worker that was registered. Asked again, the command keeps a name that is missing, for the first
/// try may have ended in between, and changes none.
///
/// # Errors
/// 503 with `"outcome":"committed"` when the vault cannot be reached: asking again keeps the name.
pub async fn keep_name(app: &App, name: Option<(WorkerId, String)>, outcome: &Outcome) -> Result<(), ApiError> {
    let (Some((worker, name)), Outcome::Committed(receipt)) = (name, outcome) else { return Ok(()) };
    let kept = async {
        if receipt.repeated && app.vault.get_name(WORKER, worker.as_str()).await?.is_some() {
            return Ok(());
        }
        app.vault.put_name(WORKER, worker.as_str(), &name).await
    };
    kept.await.map_err(|error: VaultError| {
        tracing::error!(%error, "a worker was registered, but the name could not be kept");
        ApiError::committed_but(format!(
            "the worker is registered at position {}, but the name could not be kept; ask again with the same key and \
             content: the name is then kept, and nothing is registered twice",
            receipt.position
        ))
    })
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> ApiError {
        match error {
            // Says what is wrong with a name, and never the name.
            VaultError::Input(what) => ApiError::unreadable(what),
            other => ApiError::unavailable(&other),
        }
    }
}

/// The first event of a worker that a look finds something in.
pub fn worker_event<T>(receipt: &Receipt, look: impl Fn(&WorkerEvent) -> Option<T>) -> Option<T> {
    receipt.events.iter().filter_map(Event::as_worker).find_map(look)
}

/// The first event of the programme that a look finds something in.
pub fn programme_event<T>(receipt: &Receipt, look: impl Fn(&ProgrammeEvent) -> Option<T>) -> Option<T> {
    receipt.events.iter().filter_map(Event::as_programme).find_map(look)
}
