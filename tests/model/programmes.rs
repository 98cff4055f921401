//! Histories of the documents' programmes against a reference: requests with claims and words, benefits with places, queues
//! and funds, pairs with visits, passes with slips. Whatever is asked, in whatever order and on whatever journal, is
//! answered as [`desk`] says, which is written from the sheets' rules and shares nothing with the ledger; after every step
//! the figures of `state`, the auditor's books and every worker's points are those of the reference.
//!
//! | what must hold | where |
//! | --- | --- |
//! | granted ≤ places, one worker's ≤ the limit, nobody overtakes | every answer, and [`desk::Desk::check`] |
//! | what is withdrawn gives back lots, money, certificate and limit, and its place to the next, after the last day to nobody | every answer, the figures |
//! | appropriated = free + committed + paid, and never more of it set aside than there is | [`desk::Desk::check`], the figures of `state` |
//! | a body's month is prepared, confirmed and paid by three, as it was prepared; what comes later is a later month's | every answer, [`months::Months::check`], the figures of `state` |
//! | the same of a merchant's month, with what is said against its lines; no claim and no correction is in it once it was confirmed | every answer, [`bills::Bills::check`], [`events`], the settlement of `state` |
//! | what bodies approve is given with the last of their words, each by a person with no other part in it | every answer, [`events`] |
//! | a row that comes again with its last columns says them once, and is judged by what is added alone | every answer, the figures |
//! | who is appointed earns by the letters of the day of the service, ended or not by now | every answer, every worker's points |
//! | claims, under way or done, ≤ the number allowed, and none of what was withdrawn; nothing earned before the word; one award for what is fed back | every answer, the figures |
//! | a voucher's claim exactly at its use, a slip's money to the fen, by the slip's own time; taken back with it, once | the settlement of `state` |
//! | points of a visit for two of a pair alone, within its days; a branch's word only for who left its pair, once that one left | every answer, every worker's points |
//! | sites are one tree on every day, whatever is moved when; closing one closes nothing below it, and names that | every answer, [`tree::Tree`], each closing's event |
//! | a trace ends with the figures of `state`, for every request, benefit and fund | `traces::check_programmes`, at the end |
//! | the same again is a repeat and no new position | [`Step::Again`] |

mod bills;
mod commands;
mod desk;
mod events;
mod months;
mod steps;
mod tree;

use std::collections::BTreeSet;
use std::fmt::{self, Debug};
use std::marker::PhantomData;

use ledger_core::domain::event::Event;
use ledger_core::domain::site::event::SiteEvent;
use ledger_core::ledger::Outcome;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use super::machine::{Memory, Place, Postgres, Sqlite};
use super::play::state_of;
use super::system::{System, assert_reached, types_of};
use super::{cases, cases_on_databases, config, traces};
use desk::{Answer, Desk};
use steps::{Step, Theme};

const STEPS_MAX: usize = 80;

/// The reference after some steps, with what was asked so far, and what must have been answered last.
#[derive(Clone)]
struct State {
    desk: Desk,
    theme: Theme,
    steps: usize,
    /// What was asked, with the key of rows that name none.
    asked: Vec<(String, Step)>,
    /// The last step was a restart, which is answered by nobody.
    restarts: bool,
    answer: Answer,
}

/// Every history begins alike, but for what it is about.
impl Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("asked", &self.asked).finish()
    }
}

impl State {
    /// What is asked with a step, picked from what there is, and the key of rows that name none. None with a restart, and
    /// where nothing was asked yet that could come again.
    fn asks(&self, step: &Step) -> Option<(String, Step)> {
        let named = |step| (format!("s{}", self.steps), step);
        match step {
            Step::Restart => None,
            Step::Again(which) => self.asked.get(usize::from(*which) % self.asked.len().max(1)).cloned(),
            Step::Complete { which, last } => {
                let mut rows: Vec<Step> = self.asked.iter().filter_map(|(_, row)| row.completed(last)).collect();
                if rows.is_empty() { None } else { Some(named(rows.swap_remove(usize::from(*which) % rows.len()))) }
            }
            Step::Settle { stage, month, by } => {
                let stage = self.desk.due(*stage, (2024, u32::from(*month)));
                Some(named(Step::Settle { stage, month: *month, by: *by }))
            }
            Step::Bill { merchant, month, deed, by } => {
                let deed = self.desk.means(*merchant, (2024, u32::from(*month)), *deed);
                Some(named(Step::Bill { merchant: *merchant, month: *month, deed, by: *by }))
            }
            step => Some(named(step.clone())),
        }
    }
}

struct Model;

impl ReferenceStateMachine for Model {
    type State = State;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<State> {
        let (desk, answer) = (Desk::open(), Answer::Done);
        let begun =
            move |theme| State { desk: desk.clone(), theme, steps: 0, asked: Vec::new(), restarts: false, answer };
        steps::theme().prop_map(begun).boxed()
    }

    fn transitions(state: &State) -> BoxedStrategy<Step> {
        steps::next(state.theme)
    }

    fn apply(mut state: State, step: &Step) -> State {
        let asked = state.asks(step);
        state.steps += 1;
        if let Some((key, step)) = asked {
            state.answer = state.desk.ask(&key, &step);
            state.asked.push((key, step));
            state.restarts = false;
        } else {
            state.restarts = true;
        }
        state
    }
}

struct Trial<P>(PhantomData<P>);

impl<P: Place> StateMachineTest for Trial<P> {
    type SystemUnderTest = System;
    type Reference = Model;

    fn init_test(_: &State) -> System {
        let prelude = commands::prelude().into_iter().enumerate();
        let prelude = prelude.map(|(number, command)| commands::submission(&format!("p{number}"), command));
        System::after(P::backend(), commands::NOW_MICROS, prelude)
    }

    fn apply(mut system: System, state: &State, step: Step) -> System {
        if state.restarts {
            system.restart();
            return system;
        }
        let before = system.entries.len();
        let (key, asked) = state.asked.last().expect("something was asked");
        let outcome = system.submit(commands::of(key, asked));
        let told = match &outcome {
            Outcome::Refused(refusal) => Answer::Refused(refusal.code.as_str()),
            Outcome::Unknown => panic!("the outcome is unknown though nothing failed"),
            Outcome::Committed(receipt) if receipt.repeated => Answer::Repeated,
            Outcome::Committed(_) => Answer::Done,
        };
        assert_eq!(told, state.answer, "{step:?} as {asked:?}: {outcome:?}");
        if told != Answer::Done {
            assert_eq!(system.entries.len(), before, "what is refused or repeated leaves nothing");
        }
        system
    }

    fn check_invariants(system: &System, state: &State) {
        state.desk.check();
        let told = state_of(&system.events, None);
        state.desk.compare(&told);
        if let Some(Event::Sites(SiteEvent::SiteClosed(closed))) = system.events.last() {
            let number = (0..4_u8).find(|number| commands::station(*number) == closed.site).expect("a site");
            let below: Vec<_> = state.desk.tree.open_below(number).into_iter().map(commands::station).collect();
            assert_eq!(closed.open_below, below, "what stays open below {}", closed.site);
        }
    }

    fn teardown(system: System, _: State) {
        events::check(&system.events);
        system.runtime.block_on(traces::check_programmes(&system.entries, &system.events, None));
        system.assert_valid();
    }
}

/// Events that this machine plays, whether or not the one of [`super::machine`] ever comes to them.
pub(crate) const PLAYED: &[&str] = &[
    "AccountOpened",
    "RoleGranted",
    "AppointmentRecorded",
    "SiteOpened",
    "SiteMoved",
    "SiteClosed",
    "RequestPosted",
    "RequestRouted",
    "RequestClaimed",
    "RequestWithdrawn",
    "RequestMerged",
    "ClaimReturned",
    "HandlingRecorded",
    "HandlingRated",
    "PairOpened",
    "VisitReported",
    "VisitConfirmed",
    "FundRegistered",
    "FundCommitted",
    "FundReleased",
    "FundStatementPrepared",
    "FundStatementConfirmed",
    "FundPaid",
    "BenefitRegistered",
    "BenefitUpdated",
    "BenefitProposed",
    "BenefitChecked",
    "BenefitRejected",
    "BenefitGranted",
    "BenefitQueued",
    "BenefitWithdrawn",
    "BenefitUsed",
    "BenefitUseReversed",
    "BenefitPointsSpent",
    "BenefitPointsReturned",
    "CertificateReserved",
    "CertificateClaimed",
    "CertificateReleased",
    "PassIssued",
    "PassUpdated",
    "PassUsed",
    "PassUseReversed",
    "OfferRegistered",
    "MoneyClaimed",
    "MoneyTakenBack",
    "StatementPrepared",
    "StatementDisputed",
    "StatementDisputeAnswered",
    "StatementAcknowledged",
    "StatementConfirmed",
];

/// The types of the events of one history by chance.
pub(crate) fn any_types(runner: &mut TestRunner) -> BTreeSet<String> {
    types_of::<Trial<Memory>>(runner, STEPS_MAX)
}

prop_state_machine! {
    #![proptest_config(config(4 * cases(), 4_000))]

    #[test]
    fn in_memory_the_programmes_are_answered_as_the_sheets_rules_say(sequential 1..=STEPS_MAX => Trial<Memory>);
}

prop_state_machine! {
    #![proptest_config(config(cases_on_databases(), 400))]

    #[test]
    fn on_sqlite_the_programmes_are_answered_as_the_sheets_rules_say(sequential 1..=STEPS_MAX => Trial<Sqlite>);

    #[test]
    fn on_postgres_the_programmes_are_answered_as_the_sheets_rules_say(sequential 1..=STEPS_MAX => Trial<Postgres>);
}

/// What the histories are made of is not left to chance: within some of them everything happens, and every no of the rules.
#[test]
fn histories_of_the_programmes_reach_every_answer() {
    assert_reached::<Model>(desk::REACHED, (20_000, STEPS_MAX), |state, met| {
        met.insert(match state.answer {
            Answer::Refused(code) => code,
            Answer::Done => "done",
            Answer::Repeated => "repeated",
        });
        met.extend(state.desk.met());
    });
}
