//! The state machine: what a history may do next, what it comes to by the reference, and the real ledger driven through
//! the same on a journal of one's choice. After every transition all eight invariants of docs/architecture.md are checked:
//!
//! | invariant | where |
//! | --- | --- |
//! | 1 nothing below zero, held points spent once | [`crate::books`] after every event, [`crate::compare`] |
//! | 2 earned + debt = redeemed + expired + reversed + held + available, all accounts sum to zero | [`crate::books`], [`crate::compare`] against views and reference |
//! | 3 received = shelf + reserved + handed over + written off, owed = honoured − paid | [`crate::books`], [`crate::compare`] |
//! | 4 a history with repeats equals the one without | half of the histories send everything twice; [`System::beside`] never does |
//! | 5 any prefix, batch size, restart and journal give the same bytes | [`System::beside`], [`Move::Restart`], [`Move::Rebuild`], [`crate::replay`] |
//! | 6 cards count confirmed credits alone, a reversal takes out exactly its credit | [`crate::compare`], [`crate::books`] |
//! | 7 what expires first is spent first | [`crate::books`], and every answer's lots |
//! | 8 caps hold | [`crate::books`], [`crate::compare::limits`] |

use std::fmt::{self, Debug};
use std::marker::PhantomData;

use chrono::{NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use tokio::runtime::Runtime;

use super::ask::Asked;
use super::backends::Backend;
use super::play::{Play, Played};
use super::reference::{Answer, District};
use super::steps::{Limits, Move, Scope, limits, next_move, now, prelude, strict_start};
use super::{MOVES_MAX, evidence, replay, traces, what_ifs};

/// How far the clock moves on between two moves of a history.
const BETWEEN_MOVES: TimeDelta = TimeDelta::days(1);

/// How a history is played.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) limits: Limits,
    /// Whether every command is sent twice.
    pub(crate) echoed: bool,
}

/// The reference after some transitions, with what was asked last and what must have been answered.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) manner: Manner,
    pub(crate) district: District,
    pub(crate) asked: Vec<Asked>,
    pub(crate) atomic: bool,
    pub(crate) answers: Vec<Answer>,
    /// What the clock says.
    pub(crate) now: NaiveDateTime,
    scope: Scope,
}

/// Where a failing history begins is told by this alone: the prelude is always the same.
impl Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strict = self.asked.get(prelude().len()).map(|asked| &asked.ask);
        f.debug_struct("State").field("manner", &self.manner).field("strict", &strict).finish()
    }
}

impl State {
    /// After the prelude, and where a step is given, after that.
    fn after_prelude(manner: Manner, step: Option<super::steps::Step>) -> State {
        let mut scope = Scope::new();
        let mut asked = prelude();
        asked.extend(step.and_then(|step| scope.settle(&step)));
        let mut district = District::new();
        let answers = district.submit_all(&asked, true);
        State { manner, district, asked, atomic: true, answers, now: now(), scope }
    }

    fn submit(&mut self, asked: Vec<Asked>, atomic: bool) {
        self.answers = self.district.submit_all(&sent(&asked, self.manner), atomic);
        let told = sent(&asked, self.manner);
        for (one, answer) in told.iter().zip(&self.answers) {
            // What holds the key already stays.
            if matches!(answer, Answer::Refused(_)) && !self.district.has(&one.key) {
                self.scope.refused(&one.key);
            }
        }
        (self.asked, self.atomic) = (asked, atomic);
    }
}

/// What is sent for what is asked.
fn sent(asked: &[Asked], manner: Manner) -> Vec<Asked> {
    let times = if manner.echoed { 2 } else { 1 };
    asked.iter().flat_map(|one| std::iter::repeat_n(one.clone(), times)).collect()
}

/// The reference as a state machine.
pub(crate) struct Model;

impl ReferenceStateMachine for Model {
    type State = State;
    type Transition = Move;

    fn init_state() -> BoxedStrategy<State> {
        (limits(), any::<bool>(), strict_start())
            .prop_map(|(limits, echoed, strict)| State::after_prelude(Manner { limits, echoed }, strict))
            .boxed()
    }

    fn transitions(_: &State) -> BoxedStrategy<Move> {
        next_move()
    }

    /// Nothing is decided about what is not there, also after earlier steps were taken out to find a smaller history.
    fn preconditions(state: &State, transition: &Move) -> bool {
        state.scope.has_all_of(transition)
    }

    fn apply(mut state: State, transition: &Move) -> State {
        match transition {
            Move::Submit { steps, atomic } => {
                state.now += BETWEEN_MOVES;
                (state.district.now, state.scope.now) = (state.now, state.now);
                let asked = steps.iter().filter_map(|step| state.scope.settle(step)).collect();
                state.submit(asked, *atomic);
            }
            Move::Restart(_) | Move::Rebuild { .. } => state.submit(Vec::new(), false),
        }
        state
    }
}

/// Where a trial's journal is kept.
pub(crate) trait Place: 'static {
    fn backend() -> Backend;
}

pub(crate) struct Memory;
pub(crate) struct Sqlite;
pub(crate) struct Postgres;

impl Place for Memory {
    fn backend() -> Backend {
        Backend::memory()
    }
}

impl Place for Sqlite {
    fn backend() -> Backend {
        Backend::sqlite()
    }
}

impl Place for Postgres {
    fn backend() -> Backend {
        Backend::postgres()
    }
}

/// The real ledger on a journal of a kind.
pub(crate) struct Trial<P>(PhantomData<P>);

/// A ledger under trial, and beside it one that never falls out of memory, restarts or hears anything twice.
pub(crate) struct System {
    runtime: Runtime,
    tried: Option<Play>,
    beside: Option<Play>,
}

impl System {
    fn with<T>(&mut self, work: impl AsyncFnOnce(&mut Play, &mut Play) -> T) -> T {
        let (tried, beside) = (self.tried.as_mut(), self.beside.as_mut());
        let (tried, beside) = tried.zip(beside).expect("both are played until the end");
        self.runtime.block_on(work(tried, beside))
    }

    /// Submits what the reference was asked last and compares the answers.
    fn submit(&mut self, state: &State, manner: Manner) {
        self.with(async |tried, beside| {
            tried.set_clock(state.now);
            beside.set_clock(state.now);
            let told = tried.submit(&sent(&state.asked, manner), state.atomic).await;
            assert_eq!(told.len(), state.answers.len());
            for ((asked, told), answer) in sent(&state.asked, manner).iter().zip(told).zip(&state.answers) {
                assert_eq!(&told, answer, "{asked:?}");
            }
            beside.submit(&state.asked, state.atomic).await;
        });
    }
}

impl Drop for System {
    fn drop(&mut self) {
        // Connections are closed by the runtime that opened them.
        let _inside = self.runtime.enter();
        drop((self.tried.take(), self.beside.take()));
    }
}

impl<P: Place> StateMachineTest for Trial<P> {
    type SystemUnderTest = System;
    type Reference = Model;

    fn init_test(state: &State) -> System {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (tried, beside) = runtime.block_on(async {
            let tried = Play::watched(P::backend(), state.manner.limits).await;
            (tried, Play::unwatched(Backend::memory(), Limits::GENEROUS).await)
        });
        let mut system = System { runtime, tried: Some(tried), beside: Some(beside) };
        // The prelude is sent once in any case: a history is compared with the one that hears nothing twice.
        system.submit(state, Manner { echoed: false, ..state.manner });
        system
    }

    fn apply(mut system: System, state: &State, transition: Move) -> System {
        match transition {
            Move::Submit { .. } => system.submit(state, state.manner),
            Move::Restart(limits) => {
                system.with(async |tried, _| {
                    tried.restart(limits).await;
                    replay::check(tried.journal().as_ref(), tried.entries()).await;
                });
            }
            Move::Rebuild { page } => system.with(async |tried, _| tried.rebuild(page).await),
        }
        system
    }

    fn check_invariants(system: &System, state: &State) {
        let (tried, beside) = system.tried.as_ref().zip(system.beside.as_ref()).expect("both are played until the end");
        let others = beside.entries().iter().map(Some).chain(std::iter::repeat(None));
        for (entry, other) in tried.entries().iter().zip(others) {
            assert_eq!(Some(entry), other, "the bytes of the same history in memory, without restarts and repeats");
        }
        assert_eq!(tried.entries().len(), beside.entries().len());
        system.runtime.block_on(tried.check(&state.district));
    }

    fn teardown(mut system: System, state: State) {
        let (tried, beside) = system.tried.take().zip(system.beside.take()).expect("both are played until the end");
        system.runtime.block_on(async {
            tried.check_past(&state.district).await;
            let (tried, beside): (Played, Played) = (tried.finish().await, beside.finish().await);
            replay::check(tried.journal.as_ref(), &tried.entries).await;
            replay::check(beside.journal.as_ref(), &beside.entries).await;
            evidence::check(tried.journal.as_ref(), &tried.entries).await;
            traces::check(&tried).await;
            what_ifs::check(&tried.events);
        });
    }
}

/// A history by chance.
pub(crate) fn any_history(runner: &mut TestRunner) -> (State, Vec<Move>) {
    let (start, moves, _) = Model::sequential_strategy(1..=MOVES_MAX).new_tree(runner).expect("a history").current();
    (start, moves)
}

/// Plays a history in memory with nothing but its answers compared; gives what is left, and the codes of its refusals.
pub(crate) async fn play_plainly(mut state: State, moves: &[Move]) -> (Played, Vec<&'static str>) {
    state.manner.echoed = false;
    let mut play = Play::unwatched(Backend::memory(), Limits::GENEROUS).await;
    let mut codes = Vec::new();
    assert_eq!(play.submit(&state.asked, state.atomic).await, state.answers, "the prelude");
    for one in moves {
        state = Model::apply(state, one);
        play.set_clock(state.now);
        assert_eq!(play.submit(&state.asked, state.atomic).await, state.answers, "{:?}", state.asked);
        codes.extend(state.answers.iter().filter_map(|answer| match answer {
            Answer::Refused(code) => Some(*code),
            _ => None,
        }));
    }
    (play.finish().await, codes)
}
