//! Clients that ask, wait, lose patience, and ask again with the same key; and the notes they take.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ledger_core::domain::refusal::Code;
use ledger_core::journal::Journal;
use ledger_core::ledger::Outcome;

use crate::ask::Asked;
use crate::servers::{self, Place};
use crate::steps::{Scope, Step};
use crate::world::World;

const ATTEMPTS_MAX: usize = 12;

/// One sending of one group of commands, and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) asked: Vec<Asked>,
    pub(crate) atomic: bool,
    /// When it was sent and answered, counted in notes taken; later is later for everybody.
    pub(crate) sent: u64,
    pub(crate) answered: u64,
    /// Where the journal ended when it was sent and when it was answered.
    pub(crate) head_sent: u64,
    pub(crate) head_answered: u64,
    /// Whether any server lost the answer of a commit in between.
    pub(crate) lost_between: bool,
    /// Whether each key was in the journal when the answer came.
    pub(crate) present: Vec<bool>,
    /// One a command; none when the client never got an answer.
    pub(crate) outcomes: Option<Vec<Outcome>>,
}

/// A client's groups of commands to be, each with whether it stands or falls together.
pub(crate) type Errands = Vec<(Vec<Step>, bool)>;

/// Everything clients noted.
#[derive(Default)]
pub(crate) struct Notes {
    taken: Mutex<(u64, Vec<Attempt>)>,
}

impl Notes {
    fn lock(&self) -> MutexGuard<'_, (u64, Vec<Attempt>)> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) -> u64 {
        let mut notes = self.lock();
        notes.0 += 1;
        notes.0
    }

    /// The attempts, in the order of their answers.
    pub(crate) fn into_attempts(self) -> Vec<Attempt> {
        self.taken.into_inner().unwrap_or_else(PoisonError::into_inner).1
    }
}

/// What all clients share.
pub(crate) struct Street {
    pub(crate) world: Arc<World>,
    pub(crate) places: Vec<Place>,
    pub(crate) notes: Notes,
    pub(crate) scope: Mutex<Scope>,
}

impl Street {
    fn scope(&self) -> MutexGuard<'_, Scope> {
        self.scope.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn head(&self) -> u64 {
        self.world.journal.head().await.expect("memory can be read").position
    }

    /// Some server that is up.
    async fn server(&self) -> servers::Server {
        loop {
            let index = usize::try_from(self.world.below(self.places.len() as u64)).unwrap_or(0);
            if let Some(server) = self.places.get(index).and_then(servers::at) {
                return server;
            }
            self.world.pause(50).await;
        }
    }

    /// Sends commands once and notes what came of it.
    async fn send(&self, asked: &[Asked], atomic: bool) -> Option<Vec<Outcome>> {
        let server = self.server().await;
        let (sent, head_sent, lost) = (self.notes.tick(), self.head().await, self.world.lost());
        let patience = if self.world.below(10) == 0 { 300 } else { 600_000 };
        let outcomes = tokio::select! {
            biased;
            outcomes = server.ledger.submit_all(asked.iter().map(Asked::submission).collect(), atomic) => Some(outcomes),
            () = server.process.death() => None,
            () = tokio::time::sleep(Duration::from_millis(patience)) => None,
        };
        let keys: Vec<_> = asked.iter().map(|one| one.key.parse().expect("a key")).collect();
        let found = self.world.journal.find(&keys).await.expect("memory can be read");
        let attempt = Attempt {
            asked: asked.to_vec(),
            atomic,
            sent,
            answered: self.notes.tick(),
            head_sent,
            head_answered: self.head().await,
            lost_between: self.world.lost() > lost,
            present: found.iter().map(Option::is_some).collect(),
            outcomes: outcomes.clone(),
        };
        self.notes.lock().1.push(attempt);
        outcomes
    }

    /// Asks until there is an answer that is one, or patience ends.
    async fn ask(&self, asked: &[Asked], atomic: bool) {
        let mut open = asked.to_vec();
        for _ in 0..ATTEMPTS_MAX {
            if let Some(outcomes) = self.send(&open, atomic).await {
                let mut outcomes = outcomes.into_iter();
                let undecided = |outcome: &Outcome| {
                    matches!(outcome, Outcome::Unknown) || outcome.code() == Some(Code::JournalUnavailable)
                };
                if atomic {
                    // Of a group that stands or falls together, all or nothing is asked again.
                    if !outcomes.any(|outcome| undecided(&outcome)) {
                        return;
                    }
                } else {
                    open.retain(|_| outcomes.next().is_none_or(|outcome| undecided(&outcome)));
                }
            }
            if open.is_empty() {
                return;
            }
            self.world.pause(2_000).await;
        }
    }

    /// Asks for everything in order, each until it is recorded.
    pub(crate) async fn ask_until_done(&self, asked: &[Asked]) {
        for one in asked {
            let key = [one.key.parse().expect("a key")];
            while self.world.journal.find(&key).await.expect("memory can be read") == [None] {
                self.ask(std::slice::from_ref(one), false).await;
            }
        }
    }
}

/// One client: its groups of commands, one after the other.
pub(crate) async fn visit(street: Arc<Street>, errands: Errands) {
    for (steps, atomic) in errands {
        let asked: Vec<Asked> = {
            let mut scope = street.scope();
            steps.iter().filter_map(|step| scope.settle(step)).collect()
        };
        if !asked.is_empty() {
            street.ask(&asked, atomic).await;
        }
        street.world.pause(200).await;
    }
}
