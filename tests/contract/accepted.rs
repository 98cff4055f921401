//! Whatever a ledger accepts can be read again, however extreme the times, durations, quantities, points and texts: every
//! entry is decoded, verified and copied, and the journal opens again and takes another command.

mod histories;
mod prelude;
mod rounds;
mod values;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::thread;

use ledger_core::domain::ids::Key;
use ledger_core::domain::time::BusinessTime;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::transfer::transfer;
use ledger_core::journal::{Journal, RecordedTime};
use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::ask::ORIGIN;
use crate::backends::Backend;
use histories::history;
use prelude::{TODAY, prelude, programmes};

const USCC: &str = "91350100M000100Y43";

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an identifier")
}

/// A command with its key and time, and what the clock says then.
#[derive(Debug, Clone)]
struct Given {
    key: String,
    at: BusinessTime,
    clock: i64,
    command: Command,
}

fn micros(time: BusinessTime) -> i64 {
    chrono::DateTime::parse_from_rfc3339(&time.to_string()).expect("an instant").timestamp_micros()
}

/// The command's name. A new command belongs into the histories above before it is named here.
const fn kind(command: &Command) -> &'static str {
    match command {
        Command::OpenJournal(_) => "open journal",
        Command::Configure(_) => "configure",
        Command::AdoptSchedule(_) => "adopt schedule",
        Command::SealAppraisal(_) => "seal appraisal",
        Command::RegisterWorker(_) => "register worker",
        Command::DepartWorker(_) => "depart worker",
        Command::EraseWorker(_) => "erase worker",
        Command::MergeWorkers(_) => "merge workers",
        Command::IssueCard(_) => "issue card",
        Command::MoveCard(_) => "move card",
        Command::CloseCard(_) => "close card",
        Command::RegisterMerchant(_) => "register merchant",
        Command::PaySettlement(_) => "pay settlement",
        Command::PrepareStatement(_) => "prepare statement",
        Command::DisputeStatement(_) => "dispute statement",
        Command::AcknowledgeStatement(_) => "acknowledge statement",
        Command::AnswerDispute(_) => "answer dispute",
        Command::ConfirmStatement(_) => "confirm statement",
        Command::PayBody(_) => "pay body",
        Command::OpenStore(_) => "open store",
        Command::CloseStore(_) => "close store",
        Command::ReopenStore(_) => "reopen store",
        Command::ListItem(_) => "list item",
        Command::DelistItem(_) => "delist item",
        Command::Restock(_) => "restock",
        Command::CountStock(_) => "count stock",
        Command::WriteOffStock(_) => "write off stock",
        Command::RecordCredit(_) => "record credit",
        Command::JudgeCredit(_) => "judge credit",
        Command::SettleCredit(_) => "settle credit",
        Command::Redeem(_) => "redeem",
        Command::ReverseRedemption(_) => "reverse redemption",
        Command::PlaceHold(_) => "place hold",
        Command::CaptureHold(_) => "capture hold",
        Command::ReleaseHold(_) => "release hold",
        Command::DeliverRedemption(_) => "deliver redemption",
        Command::SettleCase(_) => "settle case",
        Command::EnrolDevice(_) => "enrol device",
        Command::ExpireLots(_) => "expire lots",
        Command::OpenAccount(_) => "open account",
        Command::GrantRole(_) => "grant role",
        Command::ConfirmGrant(_) => "confirm grant",
        Command::EndGrant(_) => "end grant",
        Command::OpenSite(_) => "open site",
        Command::MoveSite(_) => "move site",
        Command::CloseSite(_) => "close site",
        Command::SetServices(_) => "set services",
        Command::RegisterAppointment(_) => "register appointment",
        Command::ProposeAppointment(_) => "propose appointment",
        Command::ConfirmAppointment(_) => "confirm appointment",
        Command::RejectAppointment(_) => "send an appointment back",
        Command::OpenPair(_) => "open pair",
        Command::RecordVisit(_) => "record visit",
        Command::ConfirmVisit(_) => "confirm visit",
        Command::StandInForVisit(_) => "stand in for visit",
        Command::PostRequest(_) => "post request",
        Command::RecordHandling(_) => "record handling",
        Command::RateHandling(_) => "rate handling",
        Command::ClaimRequest(_) => "claim request",
        Command::ReportHandling(_) => "report handling",
        Command::ReturnClaim(_) => "return claim",
        Command::RouteRequest(_) => "route request",
        Command::WithdrawRequest(_) => "withdraw request",
        Command::MergeRequest(_) => "merge request",
        Command::RegisterFund(_) => "register fund",
        Command::RegisterBenefit(_) => "register benefit",
        Command::ApplyBenefit(_) => "apply for a benefit",
        Command::UseBenefit(_) => "use a benefit",
        Command::WithdrawBenefit(_) => "withdraw a benefit",
        Command::ProposeBenefit(_) => "propose a benefit",
        Command::CheckBenefit(_) => "approve a benefit",
        Command::RejectBenefit(_) => "send a benefit back",
        Command::ReverseBenefitUse(_) => "reverse the use of a benefit",
        Command::IssuePass(_) => "issue pass",
        Command::RegisterOffer(_) => "register offer",
        Command::UsePass(_) => "use pass",
        Command::ReversePassUse(_) => "reverse a slip",
        Command::AnnounceSelection(_) => "announce selection",
        Command::GiveWord(_) => "agree to a selection",
        Command::SealSelection(_) => "seal selection",
        Command::DrawSelection(_) => "draw selection",
        Command::ObjectToSelection(_) => "object to selection",
        Command::AnswerObjection(_) => "answer objection",
        Command::ReviseSelection(_) => "revise selection",
        Command::RecordResult(_) => "record result",
    }
}

const KINDS: usize = 85;

/// Plays a history; gives the kinds of commands that left something behind.
async fn play(backend: &Backend, given: &[Given]) -> BTreeSet<&'static str> {
    let journal = backend.open().await;
    let clock = Arc::new(std::sync::atomic::AtomicI64::new(0));
    let mut accepted = BTreeSet::new();
    {
        let (ledger, task) = open(&journal, &clock, ordinary()).await;
        begin(&ledger, &clock).await;
        for Given { key, at, clock: says, command } in given {
            clock.store(*says, std::sync::atomic::Ordering::SeqCst);
            match submit(&ledger, key, *at, command.clone()).await {
                Outcome::Committed(receipt) if receipt.events.is_empty() => {}
                Outcome::Committed(_) => drop(accepted.insert(kind(command))),
                Outcome::Refused(refusal) => {
                    assert_ne!(refusal.code.as_str(), "journal_unavailable", "{command:?} at {at}: {refusal}");
                }
                Outcome::Unknown => panic!("nobody knows what became of {command:?}"),
            }
        }
        drop(ledger);
        task.finished().await;
    }
    check(journal.as_ref()).await;
    drop(journal);
    let journal = backend.open().await;
    let (ledger, task) = open(&journal, &clock, ordinary()).await;
    let depart = Command::DepartWorker(commands::DepartWorker { worker: id("W1"), reason: "核对".into() });
    let outcome = submit(&ledger, "last", ledger.now(), depart).await;
    assert!(outcome.receipt().is_some(), "the journal takes no more: {outcome:?}");
    drop(ledger);
    task.finished().await;
    accepted
}

/// An ordinary morning.
fn ordinary() -> i64 {
    micros(BusinessTime::parse(&format!("{TODAY}T09:00:00+08:00")).expect("a time"))
}

/// What every history goes on from.
async fn begin(ledger: &Ledger, clock: &std::sync::atomic::AtomicI64) {
    for (number, command) in prelude().into_iter().enumerate() {
        let outcome = submit(ledger, &format!("p{number}"), ledger.now(), command).await;
        assert!(outcome.receipt().is_some(), "{outcome:?}");
    }
    for step in programmes() {
        clock.store(micros(step.at), std::sync::atomic::Ordering::SeqCst);
        let context = Context { key: id(step.key), actor: id(step.actor), at: step.at };
        let outcome = ledger.submit(Submission { context, command: step.command }).await;
        assert!(outcome.receipt().is_some(), "{}: {outcome:?}", step.key);
    }
}

async fn open(
    journal: &Arc<dyn Journal>,
    clock: &Arc<std::sync::atomic::AtomicI64>,
    now: i64,
) -> (Ledger, ledger_core::ledger::handle::LedgerTask) {
    clock.store(now, std::sync::atomic::Ordering::SeqCst);
    let shown = Arc::clone(clock);
    let settings = LedgerSettings {
        clock: Arc::new(move || RecordedTime::from_micros(shown.load(std::sync::atomic::Ordering::SeqCst))),
        snapshot_every: 3,
        ..LedgerSettings::default()
    };
    Ledger::open(Arc::clone(journal), settings, ORIGIN, HashSuite::Sha256).await.expect("the ledger opens")
}

async fn submit(ledger: &Ledger, key: &str, at: BusinessTime, command: Command) -> Outcome {
    ledger.submit(submission(key, at, command)).await
}

fn submission(key: &str, at: BusinessTime, command: Command) -> Submission {
    // Whoever decides is mostly not who proposed. Nobody may do anything before the first accounts are granted something.
    let first = key.starts_with('p') && matches!(command, Command::OpenAccount(_) | Command::GrantRole(_));
    let actor = if first {
        "machine-owner"
    } else if key.ends_with(['1', '4', '7']) {
        "甲"
    } else if key.starts_with('k') && key.ends_with(['2', '5', '8']) {
        "丙"
    } else {
        "乙"
    };
    Submission { context: Context { key: Key::new(key).expect("a key"), actor: id(actor), at }, command }
}

/// Everything is decoded, the auditor finds nothing, and a copy is made.
async fn check(journal: &dyn Journal) {
    let entries = journal.read(0, usize::MAX >> 1).await.expect("entries");
    let mut verifier = Verifier::default();
    for entry in &entries {
        entry.event().expect("what was accepted is read again");
        verifier.entry(entry).expect("the auditor finds nothing");
    }
    let verdict = verifier.finish(&journal.head().await.expect("a head"));
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
    let copy = MemoryJournal::default();
    let copied = transfer(journal, &copy, &mut |_| {}).await.expect("a copy");
    assert_eq!(copied, entries.len() as u64);
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_accepted_can_be_read_again(given in history()) {
        run(play(&Backend::memory(), &given));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_database_accepts_can_be_read_again(given in history()) {
        run(async {
            play(&Backend::sqlite(), &given).await;
            play(&Backend::postgres(), &given).await;
        });
    }
}

/// How many play histories at the same time until every command was accepted, each with a seed of its own.
const PLAYERS: u8 = 2;

/// What the histories above are made of is not left to chance: each command is accepted in some of them.
#[test]
fn every_command_is_accepted_in_some_history() {
    // A journal is opened by its ledger, before anybody can ask.
    let accepted = Mutex::new(BTreeSet::from(["open journal"]));
    thread::scope(|scope| {
        for seed in 1..=PLAYERS {
            let accepted = &accepted;
            scope.spawn(move || play_until_all_are(accepted, seed));
        }
    });
    let accepted = accepted.into_inner().expect("nobody panicked with it");
    assert_eq!(accepted.len(), KINDS, "{accepted:?}");
}

/// Plays its share of the histories, until the players together had every command accepted.
fn play_until_all_are(accepted: &Mutex<BTreeSet<&'static str>>, seed: u8) {
    let so_far = || accepted.lock().expect("nobody panicked with it");
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = history();
    for _ in 0..4_000 / usize::from(PLAYERS) {
        if so_far().len() == KINDS {
            return;
        }
        let given = strategy.new_tree(&mut runner).expect("a history").current();
        let told = run(play(&Backend::memory(), &given));
        so_far().extend(told);
    }
}
