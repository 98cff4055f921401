//! The client's side: a command of this machine that found the journal with a server.

use std::io;
use std::path::Path;

use async_trait::async_trait;
use chrono::NaiveDate;
use ledger_core::domain::ids::{Key, WorkerId};
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::{Command, Submission};
use tokio::net::UnixStream;
use tokio::sync::Mutex;

use super::message::{Answer, Asked, Hello, Question, receive, send};
use super::place::{connect, socket_path};
use crate::service::accounts::{AskedToken, IssuedToken};
use crate::service::destination::{Destination, DestinationError, Told};
use crate::service::due::Done;

/// A connection to the server that has the journal.
#[derive(Debug)]
pub struct Client(Mutex<UnixStream>);

/// Why a server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Its socket is there and cannot be used.
    #[error("the server's socket {path} cannot be used: {error}; run this command as the user that runs the server")]
    Unreachable {
        /// Where it is.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// It is of another version: the two might not understand each other.
    #[error(
        "the server that has the journal is nuanxin {server}, and this is {}; start the server again with this program",
        env!("CARGO_PKG_VERSION")
    )]
    OtherVersion {
        /// The server's version.
        server: String,
    },
    /// It went away before it answered.
    #[error("the server that has the journal stopped before it answered")]
    Gone,
    /// What it said cannot be used.
    #[error("the server that has the journal cannot be understood: {0}")]
    Unreadable(io::Error),
    /// It could not do it.
    #[error("{message}")]
    Failed {
        /// Whether what was asked is to blame, and not this moment.
        unusable: bool,
        /// For a person.
        message: String,
    },
}

impl Client {
    /// Connects to the server that has a journal; none where no server is there to be asked.
    ///
    /// # Errors
    /// [`AskError`] for a server that is there and cannot be asked.
    pub async fn connect(url: &JournalUrl) -> Result<Option<Client>, AskError> {
        let JournalUrl::Sqlite(journal) = url else { return Ok(None) };
        let Some(mut stream) = open(journal).await? else { return Ok(None) };
        let hello: Hello = receive(&mut stream).await.map_err(broken)?.ok_or(AskError::Gone)?;
        if hello.version != Hello::own().version {
            return Err(AskError::OtherVersion { server: hello.version });
        }
        Ok(Some(Client(Mutex::new(stream))))
    }

    async fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        let mut stream = self.0.lock().await;
        send(&mut *stream, question).await.map_err(broken)?;
        match receive(&mut *stream).await.map_err(broken)? {
            Some(Answer::Failed { unusable, message }) => Err(AskError::Failed { unusable, message }),
            Some(answer) => Ok(answer),
            None => Err(AskError::Gone),
        }
    }

    /// Has done what is due through a day.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn carry_out(&self, through: Option<NaiveDate>) -> Result<Done, AskError> {
        match self.ask(&Question::CarryOut(through)).await? {
            Answer::Done(done) => Ok(done),
            other => Err(unexpected(&other)),
        }
    }

    /// Has a token issued.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn issue_token(&self, asked: &AskedToken) -> Result<IssuedToken, AskError> {
        match self.ask(&Question::IssueToken(asked.clone())).await? {
            Answer::Issued(issued) => Ok(issued),
            other => Err(unexpected(&other)),
        }
    }

    /// Has a command about an account carried out, and a name kept for the account that it opens; also tells whether a
    /// grant waits for a second administrator.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn give_account(&self, key: Key, command: Command, name: Option<&str>) -> Result<(Told, bool), AskError> {
        let name = name.map(str::to_owned);
        match self.ask(&Question::GiveAccount { key, command: Box::new(command), name }).await? {
            Answer::Account { told, waits } => Ok((told, waits)),
            other => Err(unexpected(&other)),
        }
    }

    /// Has a token revoked; `false` when there is none.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn revoke_token(&self, id: &str) -> Result<bool, AskError> {
        match self.ask(&Question::RevokeToken { id: id.to_owned() }).await? {
            Answer::Revoked { found } => Ok(found),
            other => Err(unexpected(&other)),
        }
    }
}

impl From<AskError> for DestinationError {
    fn from(error: AskError) -> DestinationError {
        DestinationError::Server(Box::new(error))
    }
}

#[async_trait]
impl Destination for Client {
    /// Client and server are on one machine and read one clock.
    fn today(&self) -> NaiveDate {
        BusinessTime::from_instant(&chrono::Utc::now()).date()
    }

    async fn submit(&self, submissions: &[Submission]) -> Result<Vec<Told>, DestinationError> {
        let asked = submissions.iter().map(Asked::of).collect();
        match self.ask(&Question::Submit(asked)).await? {
            Answer::Told(told) if told.len() == submissions.len() => Ok(told),
            other => Err(unexpected(&other).into()),
        }
    }

    async fn remember_witnesses(&self, names: &[&str]) -> Result<Option<Vec<String>>, DestinationError> {
        let asked = names.iter().map(|name| (*name).to_owned()).collect();
        match self.ask(&Question::RememberWitnesses(asked)).await? {
            Answer::Pseudonyms(pseudonyms) if pseudonyms.len() == names.len() => Ok(Some(pseudonyms)),
            other => Err(unexpected(&other).into()),
        }
    }

    async fn are_own_witnesses(&self, asked: Vec<(WorkerId, String)>) -> Result<Vec<bool>, DestinationError> {
        let count = asked.len();
        match self.ask(&Question::AreOwnWitnesses(asked)).await? {
            Answer::OwnWitnesses(own) if own.len() == count => Ok(own),
            other => Err(unexpected(&other).into()),
        }
    }

    async fn as_witnesses(
        &self,
        workers: Vec<(WorkerId, Option<String>)>,
    ) -> Result<Vec<Vec<String>>, DestinationError> {
        let count = workers.len();
        match self.ask(&Question::AsWitnesses(workers)).await? {
            Answer::AsWitnesses(own) if own.len() == count => Ok(own),
            other => Err(unexpected(&other).into()),
        }
    }

    async fn keep_names(&self, names: Vec<(String, String)>) -> Result<(), DestinationError> {
        match self.ask(&Question::KeepNames(names)).await? {
            Answer::Kept => Ok(()),
            other => Err(unexpected(&other).into()),
        }
    }
}

async fn open(journal: &Path) -> Result<Option<UnixStream>, AskError> {
    let unreachable = |error| AskError::Unreachable { path: socket_path(journal).display().to_string(), error };
    connect(journal).await.map_err(unreachable)
}

/// A server that ends closes the socket, in whatever moment.
fn broken(error: io::Error) -> AskError {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::NotConnected => AskError::Gone,
        _ => AskError::Unreadable(error),
    }
}

/// The answer to another question. Not repeated: it may hold a token.
fn unexpected(answer: &Answer) -> AskError {
    let kind = match answer {
        Answer::Told(_) => "answers to commands",
        Answer::Pseudonyms(_) => "pseudonyms",
        Answer::OwnWitnesses(_) => "whose witness is the worker",
        Answer::AsWitnesses(_) => "whose pseudonyms are whose",
        Answer::Kept => "that names are kept",
        Answer::Done(_) => "what was done of what was due",
        Answer::Issued(_) => "a token",
        Answer::Account { .. } => "what became of an account",
        Answer::Revoked { .. } => "what became of a token",
        Answer::Failed { .. } => "a failure",
    };
    AskError::Unreadable(io::Error::new(io::ErrorKind::InvalidData, format!("it tells {kind}, which was not asked")))
}
