//! Commands that come in together are decided as if each had come alone: what one of them begins, changes or turns on is
//! there for those behind it, whatever had to be read for them before the first was decided.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use ledger_core::domain::event::Event;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind};
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::journal::RecordedTime;
use ledger_core::ledger::{Command, Outcome, Submission, commands};
use proptest::prelude::*;

use super::{Given, begin, history, id, open, ordinary, run, submission};
use crate::backends::Backend;

/// What became of a command, beside when that was.
type Became = Result<(u64, Vec<Event>), Refusal>;

fn became(outcome: Outcome) -> Became {
    match outcome {
        Outcome::Committed(receipt) => Ok((receipt.position, receipt.events.to_vec())),
        Outcome::Refused(refusal) => Err(refusal),
        Outcome::Unknown => panic!("nobody knows what became of it"),
    }
}

/// What becomes of commands that come in together, or each alone, where a server has just been started.
async fn outcomes(submissions: Vec<Submission>, together: bool) -> Vec<Became> {
    let journal = Backend::memory().open().await;
    let clock = Arc::new(AtomicI64::new(0));
    let (ledger, task) = open(&journal, &clock, ordinary()).await;
    begin(&ledger, &clock).await;
    drop(ledger);
    task.finished().await;
    let (ledger, task) = open(&journal, &clock, ordinary()).await;
    let mut all = Vec::new();
    if together {
        all.extend(ledger.submit_all(submissions, false).await);
    } else {
        for submission in submissions {
            all.push(ledger.submit(submission).await);
        }
    }
    drop(ledger);
    task.finished().await;
    all.into_iter().map(became).collect()
}

fn submissions(given: &[Given]) -> Vec<Submission> {
    given.iter().map(|one| submission(&one.key, one.at, one.command.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn commands_that_come_in_together_are_decided_as_if_each_had_come_alone(given in history()) {
        let (alone, together) = run(async {
            (outcomes(submissions(&given), false).await, outcomes(submissions(&given), true).await)
        });
        for (one, (alone, together)) in given.iter().zip(alone.iter().zip(&together)) {
            prop_assert_eq!(alone, together, "{:?}", one);
        }
    }
}

#[test]
fn a_guard_turned_on_in_the_same_round_sees_the_record_behind_it() {
    let guards = [(GuardKind::EvidenceReused, Guard { action: GuardAction::Refuse, over: None })];
    let guarded = Command::Configure(Settings { guards: guards.into(), ..Settings::default() });
    let record = || {
        Command::RecordCredit(commands::RecordCredit {
            worker: id("W1"),
            activity: id("A1"),
            on: Some(id("2024-04-02")),
            quantity: Some(Quantity::from_millionths(1_000_000)),
            witness: None,
            own_witness: false,
            evidence: Some("照片一".into()),
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
        })
    };
    let at = RecordedTime::from_micros(ordinary()).to_business();
    let given = [("k0", guarded), ("k3", record()), ("k6", record())];
    let given = given.map(|(key, command)| submission(key, at, command));
    let codes: Vec<_> =
        run(outcomes(given.into(), true)).into_iter().map(|became| became.err().map(|no| no.code)).collect();
    assert_eq!(codes, [None, None, Some(Code::EvidenceReused)]);
}
