//! The two batches the writer works on: the flight on its way into the journal, and the open round decided on top of it.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::command::Submission;
use super::feed::EventChunk;
use super::outcome::Outcome;
use super::round::{Known, Round};
use crate::domain::ids::Key;
use crate::journal::{Batch, CommitError, JournalError, Snapshot};

/// Commands from one caller, answered together.
pub struct Job {
    /// In order.
    pub submissions: Vec<Submission>,
    /// Whether all take effect or none.
    pub atomic: bool,
    /// Where the answers go.
    pub reply: oneshot::Sender<Vec<Outcome>>,
}

/// A round that still takes commands in.
pub struct Open {
    /// What it answers once it has landed.
    pub jobs: Vec<Job>,
    /// What was decided so far.
    pub round: Round,
    /// Streams its commands name.
    pub named: usize,
}

/// A batch on its way into the journal.
pub struct Flight {
    /// What it answers once it has landed.
    pub jobs: Vec<Job>,
    /// What is appended.
    pub batch: Arc<Batch>,
    /// The answers, job by job.
    pub outcomes: Vec<Vec<Outcome>>,
    /// The events, for followers.
    pub chunks: Vec<EventChunk>,
    /// The keys it uses.
    pub known: HashMap<Key, Known>,
    /// To be stored once it has landed.
    pub snapshots: Vec<Snapshot>,
    /// Streams its commands name.
    pub named: usize,
    /// The append.
    pub landing: JoinHandle<Result<(), CommitError>>,
}

/// The commands of jobs, in order.
pub fn submissions(jobs: &[Job]) -> impl Iterator<Item = &Submission> + Clone {
    jobs.iter().flat_map(|job| &job.submissions)
}

/// How the flight landed; never, when there is none.
pub async fn landing(flight: &mut Option<Flight>) -> Result<(), CommitError> {
    match flight {
        Some(flight) => (&mut flight.landing)
            .await
            .unwrap_or_else(|error| Err(CommitError::Unknown(JournalError::Unavailable(error.to_string())))),
        None => std::future::pending().await,
    }
}
