//! Journals from before business time had an upper bound: what they hold stays readable, and a mistyped year is not
//! counted up to.

use std::sync::Arc;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::Journal;
use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Submission, commands};
use projections::state;

use crate::backends::Backend;
use crate::batches::{Author, opened};

fn event(event_type: &str, payload: &str) -> Event {
    Event::decode(event_type, payload.as_bytes()).expect("a payload of this version")
}

fn service(lot: u32, on: &str, last_day: &str) -> Event {
    let payload = format!(
        r#"{{"activity":"ZY01","at":"{on}T00:00:00+08:00","card":true,"category":"志愿服务","credit":"c{lot}","last_day":"{last_day}",
            "lot":{lot},"on":"{on}","points":1000,"proposer":"甲","quantity":1000000,"schedule":1,"v":1,"worker":"W1"}}"#
    );
    event("VolunteerServiceRecorded", &payload)
}

/// The schedule that the credits name.
fn schedule() -> Event {
    let payload = r#"{"activities":[{"category":"志愿服务","code":"ZY01","counts_for_card":true,"name":"巡查",
        "points_per_unit":1000,"unit":"次","validity":{"months":12}}],"effective_from":"2023-01-01","v":1,"version":1}"#;
    event("ScheduleAdopted", payload)
}

/// A credit of 2023 and, by a slip of the pen, one of 2099; recorded on the first day of 2024.
async fn mistyped(journal: &dyn Journal) {
    let worker = r#"{"at":"2023-12-01T00:00:00+08:00","occupation":"骑手","v":1,"worker":"W1"}"#;
    let mut author = Author::new();
    author.append(journal, &[("journal/open", vec![opened()])]).await;
    author.append(journal, &[("s", vec![schedule()])]).await;
    author.append(journal, &[("w", vec![event("WorkerRegistered", worker)])]).await;
    author.append(journal, &[("c1", vec![service(1, "2023-12-20", "2024-12-20")])]).await;
    author.append(journal, &[("c2", vec![service(2, "2099-01-01", "2100-01-01")])]).await;
}

pub(crate) async fn a_mistyped_year_is_not_counted_up_to(backend: Backend) {
    let journal = backend.open().await;
    mistyped(journal.as_ref()).await;
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let told = state::read(journal.as_ref(), 5, None, &mut |_| {}).await.expect("it is read");
    assert_eq!((told.as_of, told.position), (Some(day("2023-12-20")), 5));
    assert_eq!((told.totals.earned, told.totals.expired), (Points::from_whole(10), Points::ZERO));
    let asked = state::read(journal.as_ref(), 5, Some(day("2023-12-20")), &mut |_| {}).await.expect("it is read");
    assert_eq!(told, asked, "as if that day had been asked for");
    let whole = state::read(journal.as_ref(), 5, Some(day("2099-01-01")), &mut |_| {}).await.expect("it is read");
    assert_eq!(whole.totals.earned, Points::from_whole(20), "who asks for the year gets it");
    let before = state::read(journal.as_ref(), 4, None, &mut |_| {}).await.expect("it is read");
    assert_eq!(before.as_of, Some(day("2023-12-20")));
    let asked = Some(day("2023-12-10"));
    let (_, days) = state::read_with_days(journal.as_ref(), 4, asked, &mut |_| {}).await.expect("it is read");
    let days = days.expect("something happened");
    assert_eq!(days.last, day("2023-12-20"), "whichever day is asked for, and none that lies ahead");
    assert!(days.first <= day("2023-12-01"), "{days:?}");
}

pub(crate) async fn what_lies_ahead_in_an_old_journal_is_valid_and_takes_commands(backend: Backend) {
    let journal = backend.open().await;
    mistyped(journal.as_ref()).await;
    let mut verifier = Verifier::default();
    for entry in journal.read(0, 100).await.expect("entries") {
        verifier.entry(&entry).expect("the auditor finds nothing");
    }
    let verdict = verifier.finish(&journal.head().await.expect("a head"));
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
    let opened = Ledger::open(Arc::clone(&journal), LedgerSettings::default(), "x", HashSuite::Sha256).await;
    let (ledger, task) = opened.expect("the ledger opens");
    let context = Context { key: "d".parse().expect("a key"), actor: "甲".parse().expect("one"), at: ledger.now() };
    let command = Command::DepartWorker(commands::DepartWorker {
        worker: "W1".parse().expect("a worker"),
        reason: "离开".into(),
    });
    let outcome = ledger.submit(Submission { context, command }).await;
    assert!(outcome.receipt().is_some(), "{outcome:?}");
    drop(ledger);
    task.finished().await;
}
