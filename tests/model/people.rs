//! Histories of people: who proposes, checks, objects, decides and appeals, two accounts of one worker among them; days that
//! go by, what comes by itself, reversals, and grants that are given, ended and run out. Whatever is asked, in whatever order
//! and on whatever journal, is answered as [`house`] says, which is written from the contract and shares nothing with the
//! ledger.
//!
//! | what must hold | where |
//! | --- | --- |
//! | nothing is spent before it counts, and nothing counts before its days are over | every answer, every worker's balance |
//! | nobody has two parts in one credit, with however many accounts | every answer, [`parts`] over the events alone |
//! | nobody acts by a grant that does not hold | every answer, the auditor's books |
//! | a sealed year stays as it was sealed; what changes since stands beside it | the appraisal at the end |
//! | the same again is a repeat and no new position | [`Step::Again`] |

mod commands;
mod house;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::marker::PhantomData;
use std::sync::Arc;

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::Verdict;
use ledger_core::ledger::Outcome;
use projections::handle::start;
use projections::store::ViewStore;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use super::days::{YEAR, clock};
use super::machine::{Memory, Place, Postgres, Sqlite};
use super::memory_views::MemoryViews;
use super::persons::Persons;
use super::play::state_of;
use super::system::{Open, System, assert_reached, types_of};
use super::{cases, config};
use commands::BRANCH;
use house::{Answer, Ask, CARDS, House, WORKERS};
use steps::Step;

const STEPS_MAX: usize = 80;

/// The reference after some steps, with what was asked so far, and what must have been answered last.
#[derive(Clone)]
struct State {
    house: House,
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
        Just(State { house: House::open(), steps: 0, asked: Vec::new(), last: Last::Nothing }).boxed()
    }

    fn transitions(_: &State) -> BoxedStrategy<Step> {
        steps::next()
    }

    fn apply(mut state: State, step: &Step) -> State {
        state.steps += 1;
        let asked = match step {
            Step::Wait { days } => {
                state.house.today += u16::from(*days);
                None
            }
            Step::Again(which) if !state.asked.is_empty() => {
                Some(state.asked[usize::from(*which) % state.asked.len()].clone())
            }
            step => step.asks(&state.house).map(|ask| (format!("s{}", state.steps), ask)),
        };
        state.last = match asked {
            Some((key, ask)) => {
                let answer = state.house.ask(&key, &ask);
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

    fn init_test(_: &State) -> System {
        System::after(P::backend(), clock(0), commands::prelude())
    }

    fn apply(mut system: System, state: &State, step: Step) -> System {
        let today = state.house.today;
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
        let outcome = system.submit(commands::of(key, ask, today, before as u64));
        let told = match &outcome {
            Outcome::Refused(_) => Answer::Refused,
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
        let told = state_of(&system.events, None);
        for worker in 0..WORKERS {
            let balance = told.workers.get(&format!("W{worker}")).map(|figures| figures.balance).unwrap_or_default();
            let expected = Points::from_hundredths(100 * state.house.available(worker));
            assert_eq!(balance, expected, "what worker {worker} can spend");
        }
    }

    fn teardown(system: System, state: State) {
        parts(&system.events);
        system.assert_valid();
        system.runtime.block_on(appraisal(system.open(), &state.house));
    }
}

/// Nobody has two parts in one credit, on its way or once it counts, whichever account they use: told by the events alone.
fn parts(events: &[Event]) {
    let persons = Persons::of(events);
    let person = |actor: &str| persons.who(actor);
    let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in events.iter().filter_map(Event::as_worker) {
        if let Some(record) = event.as_service() {
            parts.insert(record.credit.to_string(), vec![person(record.proposer.as_str())]);
        }
        let Some(judged) = event.as_judgement() else { continue };
        let Some(had) = parts.get_mut(judged.credit.as_str()) else { continue };
        let by = person(judged.by.as_str());
        match judged.verdict {
            // An objection is anybody's to make; who made it decides nothing.
            Verdict::Objected { .. } | Verdict::Appealed { .. } => had.push(by),
            // The rejection beside a decision is the same act.
            Verdict::Rejected if had.last() == Some(&by) => {}
            Verdict::Checked | Verdict::Publicised { .. } | Verdict::Resolved { .. } | Verdict::Rejected => {
                assert!(!had.contains(&by), "{by} has two parts in {}: {had:?}", judged.credit);
                assert_ne!(by, event.worker().as_str(), "decides about the own credit {}", judged.credit);
                had.push(by);
            }
            Verdict::Confirmed { .. } => {
                assert!(by == "ledger" || !had.contains(&by), "{by} has two parts in {}: {had:?}", judged.credit);
                had.push(by);
            }
            Verdict::Reversed { .. } => {}
        }
    }
}

/// A sealed year is what it was when it was sealed, and what changed since stands beside it.
async fn appraisal(open: &Open, house: &House) {
    let store = Arc::new(MemoryViews::default()) as Arc<dyn ViewStore>;
    let (views, runner) = start(store, Arc::clone(&open.journal), open.ledger.feed()).await.expect("the views start");
    views.fresh(None).await.expect("the views follow");
    let told = views.appraisal(YEAR, Some(BRANCH), None).await.expect("an appraisal");
    let total = |worker: u8| {
        let card = told.cards.iter().find(|card| card.worker == format!("W{worker}"));
        card.map_or(0, |card| card.total.hundredths() / 100)
    };
    for worker in CARDS {
        let now = house.on_card(worker);
        let Some(sealed) = &house.sealed else {
            assert_eq!(total(worker), now, "worker {worker}");
            continue;
        };
        assert_eq!(total(worker), sealed[&worker], "worker {worker}, as it was sealed");
        let seal = told.seal.as_ref().expect("the seal");
        let since = seal.addendum.iter().filter(|addition| addition.worker == format!("W{worker}"));
        let since: i64 = since.map(|addition| if addition.counts { house::POINTS } else { -house::POINTS }).sum();
        assert_eq!(sealed[&worker] + since, now, "worker {worker}, with what changed since");
    }
    drop(views);
    runner.stop().await;
}

/// Events that this machine plays, whether or not the one of [`super::machine`] ever comes to them.
pub(crate) const PLAYED: &[&str] =
    &["AccountOpened", "RoleGranted", "GrantEnded", "AdministratorListed", "CreditAppealed", "AppraisalSealed"];

/// The types of the events of one history by chance.
pub(crate) fn any_types(runner: &mut TestRunner) -> BTreeSet<String> {
    types_of::<Trial<Memory>>(runner, STEPS_MAX)
}

prop_state_machine! {
    #![proptest_config(config(cases(), 4_000))]

    #[test]
    fn in_memory_people_are_answered_as_the_contract_says(sequential 1..=STEPS_MAX => Trial<Memory>);
}

prop_state_machine! {
    #![proptest_config(config(cases() / 4, 400))]

    #[test]
    fn on_sqlite_people_are_answered_as_the_contract_says(sequential 1..=STEPS_MAX => Trial<Sqlite>);

    #[test]
    fn on_postgres_people_are_answered_as_the_contract_says(sequential 1..=STEPS_MAX => Trial<Postgres>);
}

/// What the histories are made of is not left to chance: within some of them everything happens, and every no of the rules.
#[test]
fn histories_of_people_reach_every_answer() {
    assert_reached::<Model>(house::REACHED, (500, STEPS_MAX), |state, met| {
        if let Last::Answered(_, _, Answer::Repeated) = state.last {
            met.insert("repeated");
        }
        met.extend(state.house.met());
    });
}
