//! A credit that ripened by a word given apart is still the worker's after a restart, when nobody remembers whose it was.

use std::sync::Arc;

use super::command::CreditAction;
use super::commands::requests::AskedRating;
use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use crate::domain::pair::command::PairTerms;
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::request::command::Work;
use crate::domain::schedule::{Activity, ActivityTerms, Scoring};
use crate::domain::time::Validity;
use crate::domain::worker::command::WorkerDetails;
use crate::evidence::hash::HashSuite;
use crate::journal::memory::MemoryJournal;
use crate::journal::{Journal, RecordedTime};

const NOW: &str = "2024-06-03T10:00:00+08:00";

pub(super) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

pub(super) fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

pub(super) async fn open(journal: &Arc<dyn Journal>) -> Ledger {
    let now = chrono::DateTime::parse_from_rfc3339(NOW).expect("an instant").timestamp_micros();
    // Nothing is read ahead: what a restarted ledger knows it looked up.
    let settings = LedgerSettings {
        clock: Arc::new(move || RecordedTime::from_micros(now)),
        read_ahead_events_max: 0,
        ..LedgerSettings::default()
    };
    Ledger::open(Arc::clone(journal), settings, "test", HashSuite::Sha256).await.expect("a ledger").0
}

pub(super) async fn give(ledger: &Ledger, key: &str, actor: &str, command: impl Into<Command>) -> Outcome {
    let context = Context { key: id(key), actor: id(actor), at: ledger.now() };
    ledger.submit(Submission { context, command: command.into() }).await
}

pub(super) fn activity(code: &str, scoring: Option<Scoring>) -> Activity {
    Activity {
        category: "志愿服务".into(),
        checks: None,
        code: id(code),
        counts_for_card: true,
        daily_cap: None,
        name: "巡查".into(),
        points_per_unit: Points::from_whole(5),
        publicity_days: None,
        unit: "次".into(),
        validity: Validity::Months(4),
        terms: ActivityTerms { scoring, ..ActivityTerms::default() },
    }
}

pub(super) fn post(request: &str, activity: &str, reporter: Option<&str>) -> Command {
    Command::PostRequest(commands::PostRequest {
        request: id(request),
        activity: id(activity),
        on: Some(day("2024-06-01")),
        reporter: reporter.map(id),
        merged_into: None,
        site: None,
        due: None,
    })
}

pub(super) fn work(handling: &str, request: &str, claimer: Option<&str>) -> Command {
    let on = claimer.map(|_| day("2024-06-02"));
    let text = on.map(|on| on.to_string()).unwrap_or_default();
    Command::RecordHandling(commands::RecordHandling {
        handling: id(handling),
        request: id(request),
        claimer: claimer.map(id),
        claimed: on,
        done: on,
        quantity: Some(Quantity::from_millionths(1_000_000)),
        work: Work {
            claimed: text.clone(),
            claimer: claimer.unwrap_or_default().into(),
            done: text,
            quantity: "1000000".into(),
        },
        rating: None,
        completes: false,
    })
}

pub(super) fn rate(request: &str, handling: &str, word: &str) -> Command {
    let rating = AskedRating { on: Some(day("2024-06-03")), pairs: Vec::new(), word: word.into() };
    Command::RateHandling(commands::RateHandling { request: id(request), handling: id(handling), rating })
}

fn take_back(credit: &str) -> Command {
    let action = CreditAction::Reverse;
    Command::JudgeCredit(commands::JudgeCredit { credit: id(credit), action, reason: "核对".into() })
}

/// Gives all of it, then takes a credit back on a ledger that was opened anew; tells whose it was.
async fn taken_back(credit: &str, story: Vec<Command>) -> Result<String, Option<Code>> {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let ledger = open(&journal).await;
    let activities = vec![
        activity("WX01", Some(Scoring::Rating)),
        activity("YH01", Some(Scoring::Feedback)),
        activity("ZF01", None),
    ];
    let (effective_from, settings) = (day("2020-01-01"), Settings::default());
    let mut all: Vec<Command> =
        vec![commands::AdoptSchedule { activities, effective_from, settings, first: false }.into()];
    all.extend(["W1", "W2", "W3"].map(|worker| {
        let occupation = "骑手".into();
        let details = WorkerDetails { occupation, party_member: None, platform: None, probationary: false, site: None };
        commands::RegisterWorker { worker: id(worker), details, update: false }.into()
    }));
    all.extend(story);
    for (number, command) in all.into_iter().enumerate() {
        // Rows have their own key, as over HTTP; what completes them has another one.
        let key = match &command {
            Command::RecordHandling(row) => row.handling.to_string(),
            Command::ClaimRequest(claim) => claim.claim.to_string(),
            Command::RecordVisit(visit) => visit.visit.to_string(),
            _ => format!("step-{number}"),
        };
        let told = give(&ledger, &key, "甲", command).await;
        assert_eq!(told.code(), None, "{key}: {told:?}");
    }
    drop(ledger);
    let ledger = open(&journal).await;
    match give(&ledger, "back", "乙", take_back(credit)).await {
        Outcome::Committed(receipt) => {
            let worker = receipt.events.iter().find_map(|event| Some(event.as_worker()?.worker().to_string()));
            Ok(worker.expect("an event of a worker"))
        }
        told => Err(told.code()),
    }
}

#[tokio::test]
async fn work_that_was_rated_apart_is_the_claimer_s() {
    let story = vec![post("R1", "WX01", Some("W2")), work("H1", "R1", Some("W1")), rate("R1", "H1", "满意")];
    assert_eq!(taken_back("H1", story).await.as_deref(), Ok("W1"));
    let waits = vec![post("R1", "WX01", Some("W2")), work("H1", "R1", Some("W1"))];
    assert_eq!(taken_back("H1", waits).await, Err(Some(Code::UnknownCredit)), "nothing ripened");
}

#[tokio::test]
async fn work_on_a_claim_made_apart_is_the_claimer_s() {
    let claim =
        commands::ClaimRequest { claim: id("C1"), request: id("R1"), claimer: id("W1"), on: Some(day("2024-06-01")) };
    let report = commands::ReportHandling {
        request: id("R1"),
        claim: id("C1"),
        done: Some(day("2024-06-02")),
        quantity: Some(Quantity::from_millionths(1_000_000)),
    };
    let story = vec![post("R1", "WX01", None), claim.into(), report.into(), rate("R1", "C1", "基本满意")];
    assert_eq!(taken_back("C1", story).await.as_deref(), Ok("W1"));
}

#[tokio::test]
async fn what_was_fed_back_is_the_reporter_s() {
    let story = vec![post("R1", "YH01", Some("W2")), work("H1", "R1", None), rate("R1", "H1", "属实")];
    assert_eq!(taken_back("H1", story).await.as_deref(), Ok("W2"));
}

#[tokio::test]
async fn a_visit_that_was_confirmed_apart_is_the_reporter_s() {
    let terms = PairTerms { branch: None, ended: None, helped: id("W2"), helper: id("W1"), since: day("2024-01-01") };
    let visit = commands::RecordVisit {
        visit: id("V1"),
        pair: id("P1"),
        activity: id("ZF01"),
        on: Some(day("2024-06-01")),
        reporter: id("W1"),
        confirmation: None,
        completes: false,
    };
    let confirm = commands::ConfirmVisit { pair: id("P1"), visit: id("V1"), by: id("W2"), on: Some(day("2024-06-02")) };
    let story = vec![commands::OpenPair { pair: id("P1"), terms }.into(), visit.into(), confirm.into()];
    assert_eq!(taken_back("V1", story).await.as_deref(), Ok("W1"));
}

#[tokio::test]
async fn what_ripened_after_two_ids_became_one_is_the_kept_one_s() {
    let merge = commands::MergeWorkers { kept: id("W1"), absorbed: id("W3"), reason: "同一人".into() };
    let story =
        vec![post("R1", "WX01", Some("W2")), work("H1", "R1", Some("W3")), merge.into(), rate("R1", "H1", "满意")];
    assert_eq!(taken_back("H1", story).await.as_deref(), Ok("W1"));
    let merge = commands::MergeWorkers { kept: id("W1"), absorbed: id("W3"), reason: "同一人".into() };
    let before =
        vec![post("R1", "WX01", Some("W2")), work("H1", "R1", Some("W3")), rate("R1", "H1", "满意"), merge.into()];
    assert_eq!(taken_back("H1", before).await.as_deref(), Ok("W3"), "what was before is corrected under its own name");
}
