//! The two batches the writer works on: the one in flight on its way into the journal, and the next one, which is being decided on top of it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use foldhash::HashMap;
use tokio::sync::oneshot;

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
pub struct NextBatch {
    /// What it answers once it has landed.
    pub jobs: Vec<Job>,
    /// What was decided so far.
    pub round: Round,
    /// Streams its commands name.
    pub named: usize,
}

/// A batch on its way into the journal.
pub struct InFlight {
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
    pub landing: Landing,
}

type Landed = Result<(), CommitError>;

/// An append on its way. The writer carries it along itself: a task of its own would have to be woken before the journal
/// hears of the batch, and again before the writer hears of the journal.
pub struct Landing {
    append: Pin<Box<dyn Future<Output = Landed> + Send>>,
    landed: Option<Landed>,
}

impl Landing {
    /// Sends an append off: when this returns, all was done that does not wait for the journal.
    pub async fn start(append: impl Future<Output = Landed> + Send + 'static) -> Landing {
        let mut landing = Landing { append: Box::pin(append), landed: None };
        poll_fn(|context| {
            landing.advance(context);
            Poll::Ready(())
        })
        .await;
        landing
    }

    fn advance(&mut self, context: &mut Context<'_>) {
        if self.landed.is_some() {
            return;
        }
        // A fault in there must not take the writer with it: whether the batch was appended can be found out.
        let polled = catch_unwind(AssertUnwindSafe(|| self.append.as_mut().poll(context)));
        self.landed = match polled {
            Ok(Poll::Pending) => None,
            Ok(Poll::Ready(landed)) => Some(landed),
            Err(_) => Some(Err(CommitError::Unknown(JournalError::Unavailable("the append ended badly".into())))),
        };
    }
}

/// The commands of jobs, in order.
pub fn submissions(jobs: &[Job]) -> impl Iterator<Item = &Submission> + Clone {
    jobs.iter().flat_map(|job| &job.submissions)
}

/// How the batch in flight landed; never, when there is none.
pub async fn landing(flight: &mut Option<InFlight>) -> Landed {
    poll_fn(|context| {
        let Some(flight) = flight else { return Poll::Pending };
        flight.landing.advance(context);
        flight.landing.landed.take().map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

/// Does something else while the batch in flight goes on.
pub async fn while_in_flight<T>(flight: &mut Option<InFlight>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        if let Some(flight) = flight {
            flight.landing.advance(context);
        }
        work.as_mut().poll(context)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::oneshot;

    use super::{InFlight, Landing, landing, while_in_flight};
    use crate::journal::{Batch, CommitError, RecordedTime};

    fn flight(landing: Landing) -> Option<InFlight> {
        let batch = Batch::following(0, 0, RecordedTime::from_micros(0));
        Some(InFlight {
            jobs: Vec::new(),
            batch: Arc::new(batch),
            outcomes: Vec::new(),
            chunks: Vec::new(),
            known: foldhash::HashMap::default(),
            snapshots: Vec::new(),
            named: 0,
            landing,
        })
    }

    #[tokio::test]
    async fn an_append_is_under_way_once_it_was_started() {
        let (told, hears) = oneshot::channel();
        let started = Landing::start(async move {
            told.send(()).expect("somebody listens");
            std::future::pending().await
        })
        .await;
        hears.await.expect("it began");
        drop(started);
    }

    #[tokio::test]
    async fn it_goes_on_beside_other_work_and_lands_afterwards() {
        let (step, stepped) = oneshot::channel();
        let (done, hears) = oneshot::channel();
        let append = async move {
            stepped.await.expect("told to go on");
            done.send(()).expect("somebody listens");
            Ok(())
        };
        let mut flown = flight(Landing::start(append).await);
        let work = async {
            step.send(()).expect("it waits");
            // Only the append can end this.
            hears.await.expect("the append went on");
            7
        };
        assert_eq!(while_in_flight(&mut flown, work).await, 7);
        assert!(matches!(landing(&mut flown).await, Ok(())));
    }

    #[tokio::test]
    #[expect(clippy::panic, reason = "what becomes of a panic is what is tested")]
    async fn an_append_that_panics_leaves_its_outcome_unknown() {
        let append = async { panic!("a fault") };
        let mut flown = flight(Landing::start(append).await);
        assert!(matches!(landing(&mut flown).await, Err(CommitError::Unknown(_))));
    }
}
