//! Histories of selections (评选): announced, agreed to and withdrawn from, sealed, drawn, objected to, answered, revised and
//! recorded, by people of whom some have two accounts and some are candidates, while services are recorded and taken back.
//! Whatever is asked, in whatever order and on whatever journal, is answered as [`office`] says, which is written from the
//! decision and shares nothing with the ledger.
//!
//! | what must hold | where |
//! | --- | --- |
//! | a candidate is who agreed, oneself or on paper, in time | every answer, the sealed inputs |
//! | inputs are sealed once, and are what the ledger says of the published days | every answer, [`written`] |
//! | a list is the published formula of them: equal ones stand together, and later entries change none that was drawn | [`written`] after every step, what is read at the end |
//! | nobody has two parts, with however many accounts, and no candidate acts for the district | every answer |
//! | no result before the days are over and every objection is settled | every answer, [`office::Office::check`] |
//! | the same again is a repeat and no new position | [`Step::Again`] |

mod commands;
mod office;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::marker::PhantomData;
use std::sync::Arc;

use ledger_core::domain::event::Event;
use ledger_core::domain::selection::SelectionEvent;
use ledger_core::domain::selection::formula::{InputLine, ShortListed};
use ledger_core::ledger::Outcome;
use projections::handle::start;
use projections::store::ViewStore;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use super::days::{clock, date};
use super::machine::{Memory, Place, Postgres, Sqlite};
use super::memory_views::MemoryViews;
use super::system::{Open, System, assert_reached, types_of};
use super::{cases, config};
use office::{Answer, Ask, Figures, List, Office, SELECTIONS};
use steps::Step;

const STEPS_MAX: usize = 60;

/// The reference after some steps, with what was asked so far, and what must have been answered last.
#[derive(Clone)]
struct State {
    office: Office,
    steps: usize,
    asked: Vec<(String, Ask)>,
    last: Last,
}

/// What the last step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Last {
    Answered(String, Ask, Answer),
    /// Nothing there that it could be about, or days went by.
    Nothing,
    Restart,
}

/// Every history begins alike.
impl Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("asked", &self.asked).finish()
    }
}

struct Model;

impl ReferenceStateMachine for Model {
    type State = State;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<State> {
        Just(State { office: Office::open(), steps: 0, asked: Vec::new(), last: Last::Nothing }).boxed()
    }

    fn transitions(_: &State) -> BoxedStrategy<Step> {
        steps::next()
    }

    fn apply(mut state: State, step: &Step) -> State {
        state.steps += 1;
        let asked = match step {
            Step::Wait { days } => {
                state.office.today += u16::from(*days);
                None
            }
            Step::Again(which) if !state.asked.is_empty() => {
                Some(state.asked[usize::from(*which) % state.asked.len()].clone())
            }
            step => step.asks(&state.office).map(|ask| (format!("s{}", state.steps), ask)),
        };
        state.last = match asked {
            Some((key, ask)) => {
                let answer = state.office.ask(&key, &ask);
                state.asked.push((key.clone(), ask.clone()));
                Last::Answered(key, ask, answer)
            }
            None if *step == Step::Restart => Last::Restart,
            None => Last::Nothing,
        };
        state
    }
}

struct Trial<P>(PhantomData<P>);

impl<P: Place> StateMachineTest for Trial<P> {
    type SystemUnderTest = System;
    type Reference = Model;

    fn init_test(state: &State) -> System {
        System::after(P::backend(), clock(state.office.today), commands::prelude())
    }

    fn apply(mut system: System, state: &State, step: Step) -> System {
        let today = state.office.today;
        system.set_clock(clock(today));
        let (key, ask, answer) = match &state.last {
            Last::Answered(key, ask, answer) => (key, ask, answer),
            Last::Nothing => return system,
            Last::Restart => {
                system.restart();
                return system;
            }
        };
        let before = system.entries.len();
        let outcome = system.submit(commands::of(key, ask, today));
        let told = match &outcome {
            Outcome::Refused(refusal) => Answer::Refused(refusal.code.as_str()),
            Outcome::Unknown => panic!("the outcome is unknown though nothing failed"),
            Outcome::Committed(receipt) if receipt.repeated => Answer::Repeated,
            Outcome::Committed(_) => Answer::Done,
        };
        assert_eq!(told, *answer, "{step:?} as {ask:?} on day {today}: {outcome:?}");
        if told != Answer::Done {
            assert_eq!(system.entries.len(), before, "what is refused or repeated leaves nothing");
        }
        system
    }

    fn check_invariants(system: &System, state: &State) {
        state.office.check();
        written(&system.events, &state.office);
    }

    fn teardown(system: System, state: State) {
        system.assert_valid();
        let until = u64::try_from(system.entries.len()).expect("a short journal");
        system.runtime.block_on(read(system.open(), until, &state.office));
    }
}

fn inputs(sealed: &BTreeMap<u8, Figures>) -> Vec<(String, Vec<i64>)> {
    let line = |(worker, figures): (&u8, &Figures)| {
        (format!("W{worker}"), figures.iter().map(|figure| 100 * figure).collect())
    };
    sealed.iter().map(line).collect()
}

fn recorded_inputs(lines: &[InputLine]) -> Vec<(String, Vec<i64>)> {
    let line =
        |line: &InputLine| (line.worker.to_string(), line.figures.iter().map(|figure| figure.hundredths()).collect());
    lines.iter().map(line).collect()
}

fn list(list: &List) -> Vec<(usize, i64, String)> {
    list.lines.iter().map(|(rank, score, worker)| (*rank, *score, format!("W{worker}"))).collect()
}

fn recorded_list(lines: &[ShortListed]) -> Vec<(usize, i64, String)> {
    let line = |line: &ShortListed| {
        (usize::try_from(line.rank).expect("a rank"), line.score.hundredths(), line.worker.to_string())
    };
    lines.iter().map(line).collect()
}

/// What was sealed, and each list that was hung out, are the office's: neither more of them nor others.
fn written(events: &[Event], office: &Office) {
    for number in (0..).take(SELECTIONS.len()) {
        let own = commands::selection(number);
        let (mut sealed, mut lists) = (Vec::new(), Vec::new());
        for event in events.iter().filter_map(Event::as_selection).filter(|event| *event.selection() == own) {
            if let SelectionEvent::SelectionSealed(event) = event {
                sealed.push(recorded_inputs(&event.inputs));
            }
            lists.extend(event.as_list().map(|(lines, until)| (recorded_list(lines), until)));
        }
        let Some((known, hung_out, _)) = office.told(number) else {
            assert_eq!((sealed.len(), lists.len()), (0, 0), "{own} was not announced");
            continue;
        };
        assert_eq!(sealed, known.map(inputs).into_iter().collect::<Vec<_>>(), "the inputs of {own}");
        let expected: Vec<_> = hung_out.iter().map(|of| (list(of), date(of.until))).collect();
        assert_eq!(lists, expected, "the lists of {own}");
    }
}

/// What anybody reads of a selection at the end is what was sealed and drawn, the old lists beside the new one.
async fn read(open: &Open, until: u64, office: &Office) {
    let store = Arc::new(MemoryViews::default()) as Arc<dyn ViewStore>;
    let (views, runner) = start(store, Arc::clone(&open.journal), open.ledger.feed()).await.expect("the views start");
    views.fresh(None).await.expect("the views follow");
    for number in (0..).take(SELECTIONS.len()) {
        let told = views.selection(commands::selection(number), until).await.expect("a selection");
        let Some((known, hung_out, recorded)) = office.told(number) else {
            assert!(told.is_none(), "{number} was not announced: {told:?}");
            continue;
        };
        let told = told.expect("it was announced");
        assert_eq!(told.sealed.map(|sealed| recorded_inputs(&sealed.inputs)), known.map(inputs));
        let lists: Vec<_> = told.lists.iter().map(|list| (recorded_list(&list.lines), list.public_until)).collect();
        let expected: Vec<_> = hung_out.iter().map(|of| (list(of), date(of.until))).collect();
        assert_eq!(lists, expected, "the lists of selection {number}");
        assert_eq!(told.recorded.is_some(), recorded, "the result of selection {number}");
    }
    drop(views);
    runner.stop().await;
}

/// Events that this machine plays, whether or not the one of [`super::machine`] ever comes to them.
pub(crate) const PLAYED: &[&str] = &[
    "AccountOpened",
    "RoleGranted",
    "SelectionAnnounced",
    "CandidateConsented",
    "CandidateWithdrawn",
    "SelectionSealed",
    "SelectionDrawn",
    "SelectionObjected",
    "SelectionObjectionAnswered",
    "SelectionRevised",
    "SelectionResultRecorded",
];

/// The types of the events of one history by chance.
pub(crate) fn any_types(runner: &mut TestRunner) -> BTreeSet<String> {
    types_of::<Trial<Memory>>(runner, STEPS_MAX)
}

prop_state_machine! {
    #![proptest_config(config(2 * cases(), 4_000))]

    #[test]
    fn in_memory_selections_are_answered_as_the_decision_says(sequential 1..=STEPS_MAX => Trial<Memory>);
}

prop_state_machine! {
    #![proptest_config(config(cases() / 8, 400))]

    #[test]
    fn on_sqlite_selections_are_answered_as_the_decision_says(sequential 1..=STEPS_MAX => Trial<Sqlite>);

    #[test]
    fn on_postgres_selections_are_answered_as_the_decision_says(sequential 1..=STEPS_MAX => Trial<Postgres>);
}

/// What the histories are made of is not left to chance: within some of them everything happens, and every no of the rules.
#[test]
fn histories_of_selections_reach_every_answer() {
    assert_reached::<Model>(office::REACHED, (20_000, STEPS_MAX), |state, met| {
        match state.last {
            Last::Answered(_, _, Answer::Refused(code)) => met.insert(code),
            Last::Answered(_, _, Answer::Repeated) => met.insert("repeated"),
            Last::Answered(_, _, Answer::Done) => met.insert("done"),
            Last::Nothing | Last::Restart => false,
        };
        met.extend(state.office.met());
    });
}
