//! The demonstration district fills whole, fills once, and leaves other districts alone.

use std::sync::Arc;

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::worker::Worker;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, RecordedTime};
use ledger_core::ledger::{LedgerSettings, commands};
use zeroize::Zeroizing;

use super::*;
use crate::vault::{KeySource, WORKER};

/// By a clock that stands after everything that the history holds.
async fn open(journal: Arc<dyn Journal>) -> (Ledger, Vault, tempfile::TempDir) {
    open_at(journal, "2027-02-01").await
}

async fn open_at(journal: Arc<dyn Journal>, day: &str) -> (Ledger, Vault, tempfile::TempDir) {
    let now = day.parse::<chrono::NaiveDate>().unwrap().and_time(chrono::NaiveTime::MIN).and_utc();
    let now = RecordedTime::from_micros(now.timestamp_micros());
    let folder = tempfile::tempdir().unwrap();
    let url = JournalUrl::Sqlite(folder.path().join("demo.db"));
    let vault = Vault::open_with(&url, &KeySource::Given(Zeroizing::new("5a".repeat(32)))).await.unwrap();
    let settings = LedgerSettings { clock: Arc::new(move || now), ..LedgerSettings::default() };
    let (ledger, _) = Ledger::open(journal, settings, "test", HashSuite::Sha256).await.unwrap();
    (ledger, vault, folder)
}

async fn events(ledger: &Ledger) -> Vec<Event> {
    let entries = ledger.journal().read(0, usize::MAX).await.unwrap();
    entries.iter().map(|entry| entry.event().unwrap()).collect()
}

#[tokio::test]
async fn half_a_year_is_filled_in_and_only_once() {
    let (ledger, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    let filling = fill(&ledger, &vault).await.unwrap();
    assert!(matches!(filling, Filling::Filled { taken: 1_500.., refused: 0 }), "{filling:?}");
    let events = events(&ledger).await;
    let head = ledger.journal().head().await.unwrap().position;
    assert_eq!(fill(&ledger, &vault).await.unwrap(), Filling::AlreadyThere);
    assert_eq!(ledger.journal().head().await.unwrap().position, head);

    let count = |wanted: &str| events.iter().filter(|event| event.event_type() == wanted).count();
    assert_eq!(count("WorkerRegistered"), 60);
    assert_eq!(count("CardIssued"), 12);
    assert_eq!(count("MerchantRegistered"), 8);
    assert_eq!(count("StoreOpened"), 5);
    assert_eq!(count("ItemListed"), 30);
    assert!(count("Redeemed") > 150, "{} redemptions", count("Redeemed"));
    assert!(count("SettlementPaid") > 20, "{} settlements", count("SettlementPaid"));
    let service = |event: &Event| match event {
        Event::Worker(event) => event.as_service().cloned(),
        _ => None,
    };
    let services: Vec<_> = events.iter().filter_map(service).collect();
    assert!(services.iter().any(|record| record.uncapped.is_some()), "no daily cap was met");
    let (first, last) = (services.iter().map(|record| record.on).min(), services.iter().map(|record| record.on).max());
    let day = |text: &str| text.parse().ok();
    assert!(first >= day("2026-01-01") && last <= day("2026-06-30"));
    assert!(services.iter().all(|record| record.witness.as_deref().is_some_and(|witness| witness.starts_with("W-"))));
}

#[tokio::test]
async fn a_newcomer_can_redeem_the_example_at_once() {
    let (ledger, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    fill(&ledger, &vault).await.unwrap();
    let stored = ledger.journal().load(&[StreamId::Worker(EXAMPLE_WORKER.parse().unwrap())], false).await.unwrap();
    let mut worker = Worker::default();
    for event in stored.into_iter().flat_map(|stored| stored.events) {
        if let Event::Worker(event) = event.event {
            worker.evolve(&event);
        }
    }
    let years_later = "2027-06-30".parse().unwrap();
    assert!(worker.available_on(years_later) >= ledger_core::domain::points::Points::from_whole(300));
    assert!(worker.card().is_some_and(|card| card.branch.as_str() == EXAMPLE_BRANCH));
    assert_eq!(vault.get_name(WORKER, EXAMPLE_WORKER).await.unwrap().as_deref(), Some("演示骑手01"));
    let command = Command::Redeem(ledger_core::ledger::command::AskedSpending {
        worker: EXAMPLE_WORKER.parse().unwrap(),
        store: EXAMPLE_STORE.parse().unwrap(),
        lines: vec![ledger_core::ledger::command::AskedLine { sku: EXAMPLE_SKU.parse().unwrap(), quantity: Some(1) }],
        time: ledger_core::ledger::command::AskedTime::Now,
        proven: None,
    });
    let at = BusinessTime::parse("2027-01-15T10:00:00+08:00").unwrap();
    let context = Context { key: Key::new("newcomer").unwrap(), actor: Actor::new("test").unwrap(), at };
    let outcome = ledger.submit(Submission { context, command }).await;
    let merchant = outcome.receipt().unwrap().events.iter().find_map(|event| match event {
        Event::Merchant(event) => Some(event.merchant().to_string()),
        _ => None,
    });
    assert_eq!(merchant.as_deref(), Some(EXAMPLE_MERCHANT));
}

#[tokio::test]
async fn an_attempt_that_stopped_is_completed() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let (whole, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    fill(&whole, &vault).await.unwrap();
    let (ledger, vault, _folder) = open(journal).await;
    let mut filler = Filler { ledger: &ledger, vault: &vault, actor: Actor::new(ACTOR).unwrap(), taken: 0, refused: 0 };
    filler.set_up().await.unwrap();
    filler.send(History::new().unwrap().services(0).unwrap()).await.unwrap();
    assert!(matches!(fill(&ledger, &vault).await.unwrap(), Filling::Filled { refused: 0, .. }));
    assert_eq!(events(&ledger).await[1..], events(&whole).await[1..], "all but the origin of the log");
}

#[tokio::test]
async fn what_lies_ahead_of_the_clock_is_filled_in_once_it_has_come() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let (early, vault, _folder) = open_at(Arc::clone(&journal), "2026-03-01").await;
    assert!(matches!(fill(&early, &vault).await.unwrap(), Filling::Filled { taken: 500.., refused: 0 }));
    drop(early);
    let (later, vault, _folder) = open(journal).await;
    assert!(matches!(fill(&later, &vault).await.unwrap(), Filling::Filled { taken: 1_500.., .. }));
    assert_eq!(fill(&later, &vault).await.unwrap(), Filling::AlreadyThere);
}

#[tokio::test]
async fn another_district_is_left_alone() {
    let (ledger, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    let command = Command::OpenStore(commands::OpenStore {
        store: "WD001".parse().unwrap(),
        details: ledger_core::domain::store::command::StoreDetails {
            community: None,
            name: "一号网点".into(),
            tier: "总站".into(),
            site: None,
        },
        update: false,
    });
    let at = BusinessTime::start_of(FIRST_DAY);
    let context = Context { key: Key::new("k").unwrap(), actor: Actor::new("test").unwrap(), at };
    assert!(ledger.submit(Submission { context, command }).await.receipt().is_some());
    assert_eq!(fill(&ledger, &vault).await.unwrap(), Filling::NotEmpty);
    assert_eq!(ledger.journal().head().await.unwrap().position, 2);
}

#[tokio::test]
async fn every_programme_has_something_to_do_and_is_begun_once() {
    let (ledger, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    fill(&ledger, &vault).await.unwrap();
    open_doors(&ledger, &vault).await.unwrap();
    let head = ledger.journal().head().await.unwrap().position;
    let keys = programmes::keys(ledger.now());
    for (key, found) in keys.iter().zip(ledger.journal().find(&keys).await.unwrap()) {
        assert!(found.is_some(), "{key} was refused");
    }
    let events = events(&ledger).await;
    let count = |wanted: &str| events.iter().filter(|event| event.event_type() == wanted).count();
    for (wanted, times) in [
        ("RequestPosted", 9),
        ("HandlingRecorded", 3),
        ("HandlingRated", 1),
        ("VisitReported", 2),
        ("BenefitGranted", 3),
        ("BenefitQueued", 2),
        ("PassUsed", 1),
        ("SelectionAnnounced", 2),
        ("CandidateConsented", 11),
        ("SelectionDrawn", 1),
        ("SelectionObjected", 1),
    ] {
        assert_eq!(count(wanted), times, "{wanted}");
    }
    open_doors(&ledger, &vault).await.unwrap();
    assert_eq!(ledger.journal().head().await.unwrap().position, head);
}
