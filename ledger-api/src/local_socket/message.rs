//! What client and server say: JSON, each message behind its length in four bytes, big-endian. Both are the same program
//! in the same version, which the server's first message makes sure of, so the form may change with any version.

use std::io::{self, ErrorKind};

use chrono::NaiveDate;
use ledger_core::domain::ids::{Actor, Key, WorkerId};
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, Context, Submission};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::service::accounts::{AskedToken, IssuedToken};
use crate::service::destination::Told;
use crate::service::due::Done;

/// The longest message, in bytes. A thousand commands of a sheet take about three hundred thousand.
pub(super) const BYTES_MAX: u32 = 64 << 20;

/// The server's first message.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    /// The program's version.
    pub(super) version: String,
}

impl Hello {
    pub(super) fn own() -> Hello {
        Hello { version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// What a client asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Question {
    /// To carry out commands in order, each on its own.
    Submit(Vec<Asked>),
    /// To keep the names of witnesses.
    RememberWitnesses(Vec<String>),
    /// To tell which texts name the worker beside them.
    AreOwnWitnesses(Vec<(WorkerId, String)>),
    /// To tell which pseudonyms workers have as witnesses, each with the name that a pack has.
    AsWitnesses(Vec<(WorkerId, Option<String>)>),
    /// To keep the names of workers, each as (id, name).
    KeepNames(Vec<(String, String)>),
    /// To do what is due through a day.
    CarryOut(Option<NaiveDate>),
    /// To issue a token.
    IssueToken(AskedToken),
    /// To carry out a command about an account, and to keep a name for the account that it opens.
    GiveAccount { key: Key, command: Box<Command>, name: Option<String> },
    /// To revoke a token.
    RevokeToken { id: String },
}

/// What the server answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// One for each command.
    Told(Vec<Told>),
    /// One for each witness.
    Pseudonyms(Vec<String>),
    /// One for each text.
    OwnWitnesses(Vec<bool>),
    /// Those of each worker.
    AsWitnesses(Vec<Vec<String>>),
    /// The names are kept.
    Kept,
    /// What was done of what was due.
    Done(Done),
    /// The token, which is nowhere else.
    Issued(IssuedToken),
    /// What became of a command about an account, and whether a grant waits for a second administrator.
    Account { told: Told, waits: bool },
    /// Whether there was such a token.
    Revoked { found: bool },
    /// It could not be done.
    Failed {
        /// Whether what was asked is to blame, and not this moment.
        unusable: bool,
        /// For a person.
        message: String,
    },
}

/// A command as the client gives it. By whom is not for the client to say.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    key: Key,
    at: BusinessTime,
    command: Command,
}

impl Asked {
    pub(super) fn of(submission: &Submission) -> Asked {
        let Submission { context: Context { key, at, .. }, command } = submission;
        Asked { key: key.clone(), at: *at, command: command.clone() }
    }

    pub(super) fn by(self, actor: Actor) -> Submission {
        Submission { context: Context { key: self.key, actor, at: self.at }, command: self.command }
    }
}

/// Sends a message.
///
/// # Errors
/// What the system says, also for a message that is too long.
pub(super) async fn send<T: Serialize>(stream: &mut (impl AsyncWrite + Unpin), message: &T) -> io::Result<()> {
    let bytes = serde_json::to_vec(message)?;
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= BYTES_MAX).ok_or_else(too_long)?;
    stream.write_u32(length).await?;
    stream.write_all(&bytes).await?;
    stream.flush().await
}

/// Receives a message; none when the other side has closed.
///
/// # Errors
/// What the system says, also for bytes that are no such message.
pub(super) async fn receive<T: DeserializeOwned>(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<T>> {
    let length = match stream.read_u32().await {
        Ok(length) => length,
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    if length > BYTES_MAX {
        return Err(too_long());
    }
    // Room is taken as the bytes come, not as they are announced.
    let mut bytes = Vec::new();
    stream.take(u64::from(length)).read_to_end(&mut bytes).await?;
    if u32::try_from(bytes.len()) != Ok(length) {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&bytes)?))
}

fn too_long() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("a message is longer than {BYTES_MAX} bytes"))
}
