//! A ledger under trial on whatever journal, beside all that is recorded: asked one command after another, ended and opened
//! again, and verified when its history is over.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ledger_core::domain::event::Event;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::{Entry, Journal, RecordedTime};
use ledger_core::ledger::handle::LedgerTask;
use ledger_core::ledger::{Ledger, LedgerSettings, Outcome, Submission};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use tokio::runtime::Runtime;

use super::ask::ORIGIN;
use super::backends::Backend;

/// A ledger that is open.
pub(crate) struct Open {
    /// Its journal.
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) ledger: Ledger,
    task: LedgerTask,
}

async fn open(backend: &Backend, clock: &Arc<AtomicI64>) -> Open {
    let (journal, shown) = (backend.open().await, Arc::clone(clock));
    let settings = LedgerSettings {
        clock: Arc::new(move || RecordedTime::from_micros(shown.load(Ordering::SeqCst))),
        ..LedgerSettings::default()
    };
    let opened = Ledger::open(Arc::clone(&journal), settings, ORIGIN, HashSuite::Sha256).await;
    let (ledger, task) = opened.expect("the ledger opens");
    Open { journal, ledger, task }
}

/// A ledger under trial.
pub(crate) struct System {
    pub(crate) runtime: Runtime,
    backend: Backend,
    clock: Arc<AtomicI64>,
    open: Option<Open>,
    /// All that is recorded.
    pub(crate) entries: Vec<Entry>,
    /// The same, decoded.
    pub(crate) events: Vec<Event>,
}

impl System {
    /// A ledger on a fresh journal whose clock stands at a time (microseconds since 1970), after commands that are all taken.
    pub(crate) fn after(backend: Backend, clock: i64, prelude: impl IntoIterator<Item = Submission>) -> System {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let clock = Arc::new(AtomicI64::new(clock));
        let opened = runtime.block_on(open(&backend, &clock));
        let (entries, events) = (Vec::new(), Vec::new());
        let mut system = System { runtime, backend, clock, open: Some(opened), entries, events };
        for submission in prelude {
            let outcome = system.submit(submission);
            assert!(outcome.code().is_none() && outcome.receipt().is_some(), "{outcome:?}");
        }
        system
    }

    /// The ledger, which is open until the history is over.
    pub(crate) fn open(&self) -> &Open {
        self.open.as_ref().expect("it is open")
    }

    pub(crate) fn set_clock(&self, micros: i64) {
        self.clock.store(micros, Ordering::SeqCst);
    }

    pub(crate) fn submit(&mut self, submission: Submission) -> Outcome {
        let after = self.entries.len() as u64;
        let (outcome, entries) = self.runtime.block_on(async {
            let open = self.open();
            let outcome = open.ledger.submit(submission).await;
            (outcome, open.journal.read(after, usize::MAX >> 1).await.expect("the journal can be read"))
        });
        self.events.extend(entries.iter().map(|entry| entry.event().expect("events can be read")));
        self.entries.extend(entries);
        outcome
    }

    pub(crate) fn restart(&mut self) {
        let Open { journal, ledger, task } = self.open.take().expect("it is open");
        drop(ledger);
        self.open = Some(self.runtime.block_on(async {
            task.finished().await;
            drop(journal);
            open(&self.backend, &self.clock).await
        }));
    }

    /// The auditor finds nothing in all that is recorded.
    pub(crate) fn assert_valid(&self) {
        let mut verifier = Verifier::default();
        for entry in &self.entries {
            verifier.entry(entry).expect("the auditor finds nothing");
        }
        let head = self.runtime.block_on(self.open().journal.head()).expect("the journal can be read");
        let verdict = verifier.finish(&head);
        assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
    }
}

impl Drop for System {
    fn drop(&mut self) {
        // Connections are closed by the runtime that opened them.
        let _inside = self.runtime.enter();
        drop(self.open.take());
    }
}

/// The types of the events of one history by chance, of so many steps at most, answered as the reference says.
pub(crate) fn types_of<T: StateMachineTest<SystemUnderTest = System>>(
    runner: &mut TestRunner,
    steps_max: usize,
) -> BTreeSet<String> {
    let history = T::Reference::sequential_strategy(1..=steps_max).new_tree(runner).expect("a history");
    let (mut state, steps, _) = history.current();
    let mut system = T::init_test(&state);
    for step in steps {
        state = T::Reference::apply(state, &step);
        system = T::apply(system, &state, step);
    }
    system.entries.iter().map(|entry| entry.event_type.clone()).collect()
}

/// Plays histories by chance, of so many steps at most, until all that is wanted was met: what they are made of is not left to
/// chance. `meet` adds what a step came to.
pub(crate) fn assert_reached<R: ReferenceStateMachine>(
    wanted: &[&'static str],
    (histories_max, steps_max): (usize, usize),
    meet: impl Fn(&R::State, &mut BTreeSet<&'static str>),
) {
    let mut runner = TestRunner::deterministic();
    let mut met = BTreeSet::new();
    let missing = |met: &BTreeSet<&'static str>| -> Vec<&str> {
        wanted.iter().copied().filter(|wanted| !met.contains(wanted)).collect()
    };
    for _ in 0..histories_max {
        if missing(&met).is_empty() {
            return;
        }
        let (mut state, steps, _) =
            R::sequential_strategy(1..=steps_max).new_tree(&mut runner).expect("a history").current();
        for step in &steps {
            state = R::apply(state, step);
            meet(&state, &mut met);
        }
    }
    assert!(missing(&met).is_empty(), "no history has {:?}; they have {met:?}", missing(&met));
}
