//! The demonstration district fills whole, fills once, and leaves other districts alone.

use std::sync::Arc;

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::time::BusinessTime;
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

/// What stands in a journal, counted.
struct Counted(Vec<Event>);

impl Counted {
    fn count(&self, wanted: &str) -> usize {
        self.0.iter().filter(|event| event.event_type() == wanted).count()
    }

    #[track_caller]
    fn holds(&self, figures: &[(&str, usize)]) {
        let found: Vec<_> = figures.iter().map(|(wanted, _)| (*wanted, self.count(wanted))).collect();
        assert_eq!(found, figures);
    }

    /// Fields of the payloads of one type.
    fn fields(&self, wanted: &str, path: &[&str]) -> Vec<serde_json::Value> {
        let of_type = self.0.iter().filter(|event| event.event_type() == wanted);
        let field = |event: &Event| {
            let mut payload = Vec::new();
            event.encode_into(&mut payload).unwrap();
            let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
            path.iter().fold(payload, |value, name| value[*name].clone())
        };
        of_type.map(field).collect()
    }

    /// How many different texts a field has.
    fn different(&self, wanted: &str, path: &[&str]) -> usize {
        let texts = self.fields(wanted, path).into_iter().filter_map(|value| value.as_str().map(str::to_owned));
        texts.collect::<std::collections::BTreeSet<_>>().len()
    }
}

#[tokio::test]
async fn eighteen_months_are_filled_in_and_only_once() {
    let (ledger, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    let filling = fill(&ledger, &vault).await.unwrap();
    assert!(matches!(filling, Filling::Filled { taken: 8_000.., refused: 0 }), "{filling:?}");
    let all = Counted(events(&ledger).await);
    let head = ledger.journal().head().await.unwrap().position;
    assert_eq!(fill(&ledger, &vault).await.unwrap(), Filling::AlreadyThere);
    assert_eq!(ledger.journal().head().await.unwrap().position, head);

    assert!(all.count("Redeemed") > 400, "{} redemptions", all.count("Redeemed"));
    assert!(all.count("SettlementPaid") > 150, "{} settlements", all.count("SettlementPaid"));
    let service = |event: &Event| match event {
        Event::Worker(event) => event.as_service().cloned(),
        _ => None,
    };
    let services: Vec<_> = all.0.iter().filter_map(service).collect();
    assert!(services.iter().any(|record| record.uncapped.is_some()), "no daily cap was met");
    let (first, last) = (services.iter().map(|record| record.on).min(), services.iter().map(|record| record.on).max());
    let day = |text: &str| text.parse().ok();
    assert!(first <= day("2025-01-07") && last >= day("2026-06-24"), "{first:?} to {last:?}");
    assert!(first >= day("2025-01-01") && last <= day("2026-06-30"), "{first:?} to {last:?}");
    let witnessed = services.iter().filter(|record| record.source.is_none());
    assert!(witnessed.clone().count() > 5_000);
    assert!(witnessed.clone().all(|record| record.witness.as_deref().is_some_and(|name| name.starts_with("W-"))));
}

#[tokio::test]
async fn the_district_is_as_large_as_its_page_says() {
    let (ledger, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    fill(&ledger, &vault).await.unwrap();
    open_doors(&ledger, &vault).await.unwrap();
    let all = Counted(events(&ledger).await);
    all.holds(&[
        ("ScheduleAdopted", 2),
        ("WorkerRegistered", 600),
        ("WorkerMerged", 15),
        ("WorkerAbsorbed", 15),
        ("CardIssued", 80),
        ("CardMoved", 6),
        ("CardClosed", 3),
        ("SiteOpened", 1 + 8 + 40),
        ("SiteClosed", 2),
        ("StoreOpened", 24),
        ("ItemListed", 24 * 6),
        ("MerchantRegistered", 30),
        ("FundRegistered", 6),
        ("PassIssued", 80),
        ("PassUpdated", 4),
        ("PairOpened", 40),
        ("PairUpdated", 5),
        // Each wish, order and hazard, of both the past and today.
        ("RequestPosted", 61 + 150 + 80),
        ("BenefitQueued", 30),
    ]);
    assert_eq!(all.different("CardIssued", &["branch"]), 5);
    assert_eq!(all.different("FundRegistered", &["terms", "source"]), 5, "five kinds of money");
    // An appointment that was ended is recorded twice.
    assert_eq!(all.different("AppointmentRecorded", &["appointment"]), 36);
    let ended = all.fields("AppointmentRecorded", &["terms", "ended"]);
    assert_eq!(ended.iter().filter(|ended| !ended.is_null()).count(), 5);
    let lost = all.fields("PassUpdated", &["terms", "lost"]);
    assert!(lost.iter().all(|lost| !lost.is_null()), "{lost:?}");
    let posted = |activities: &[&str]| {
        let all = all.fields("RequestPosted", &["activity"]);
        all.iter().filter(|code| code.as_str().is_some_and(|code| activities.contains(&code))).count()
    };
    assert_eq!((posted(&["WX02"]), posted(&["PD02", "PD03"]), posted(&["YH01"])), (61, 150, 80));
    let merged = all.fields("RequestPosted", &["merged_into"]);
    let merged = merged.iter().filter_map(|earlier| earlier.as_str()).filter(|earlier| earlier.starts_with("YS-YH"));
    assert_eq!(merged.count(), 12, "hazards that were reported twice");
    let granted = |benefit: &str| {
        let all = all.fields("BenefitGranted", &["benefit"]);
        all.iter().filter(|granted| granted.as_str() == Some(benefit)).count()
    };
    assert_eq!((granted("YS-QY01"), granted("YS-QY05"), granted("YS-QY06")), (100, 300, 60));
    assert_eq!(granted("YS-QY07"), 7, "the eighth diploma was claimed before");
    let half = all.fields("BenefitGranted", &["terms", "amount"]);
    assert!(half.contains(&serde_json::json!(210_000)), "half of 4,200.01 yuan, rounded down");
    let configured = all.fields("ProgrammeConfigured", &["publicity_days"]);
    assert_eq!(configured.last(), Some(&serde_json::json!(3)));

    // What newcomers are told of it.
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guides/quickstart.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let (workers, merged) = (all.count("WorkerRegistered"), all.count("WorkerMerged"));
    let (branches, cards) = (all.different("CardIssued", &["branch"]), all.count("CardIssued"));
    let sites = |kinds: &[&str]| {
        let all = all.fields("SiteOpened", &["kind"]);
        all.iter().filter(|kind| kind.as_str().is_some_and(|kind| kinds.contains(&kind))).count()
    };
    let (streets, communities) = (sites(&["街道"]), sites(&["社区"]));
    let stations = all.count("SiteOpened") - streets - communities;
    for told in [
        format!("{workers} 个人员编号（其中 {merged} 个并入"),
        format!("{branches} 个党支部的 {cards} 张积分卡"),
        format!("{streets} 个街道 {communities} 个社区 {stations} 个站点"),
        format!("{} 个网点、{} 家商户", all.count("StoreOpened"), all.count("MerchantRegistered")),
        format!("{} 件微心愿、派单和隐患", all.count("RequestPosted")),
        format!(
            "{} 对结对，{} 份聘书",
            all.count("PairOpened"),
            all.different("AppointmentRecorded", &["appointment"])
        ),
        format!("{} 张暖心卡，{} 笔资金", all.count("PassIssued"), all.count("FundRegistered")),
    ] {
        assert!(guide.contains(&told), "the guide tells something else: {told}");
    }
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
    let mut filler = Filler::new(&ledger, &vault);
    filler.set_up().await.unwrap();
    let mut past = past().unwrap().0.into_iter().peekable();
    filler.send(of_week(0, &mut History::new().unwrap(), &mut past).unwrap()).await.unwrap();
    assert!(matches!(fill(&ledger, &vault).await.unwrap(), Filling::Filled { refused: 0, .. }));
    assert_eq!(events(&ledger).await[1..], events(&whole).await[1..], "all but the origin of the log");
}

#[tokio::test]
async fn what_lies_ahead_of_the_clock_is_filled_in_once_it_has_come() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let (early, vault, _folder) = open_at(Arc::clone(&journal), "2025-10-01").await;
    assert!(matches!(fill(&early, &vault).await.unwrap(), Filling::Filled { taken: 3_000.., refused: 0 }));
    drop(early);
    let (later, vault, _folder) = open(journal).await;
    assert!(matches!(fill(&later, &vault).await.unwrap(), Filling::Filled { taken: 8_000.., refused: 0 }));
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
    let at = BusinessTime::start_of(plan::FIRST_DAY);
    let context = Context { key: Key::new("k").unwrap(), actor: Actor::new("test").unwrap(), at };
    assert!(ledger.submit(Submission { context, command }).await.receipt().is_some());
    assert_eq!(fill(&ledger, &vault).await.unwrap(), Filling::NotEmpty);
    assert_eq!(ledger.journal().head().await.unwrap().position, 2);
}

#[tokio::test]
async fn every_role_has_open_work_which_is_begun_once() {
    let (ledger, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    fill(&ledger, &vault).await.unwrap();
    let before = Counted(events(&ledger).await).0.len();
    open_doors(&ledger, &vault).await.unwrap();
    let head = ledger.journal().head().await.unwrap().position;
    let now = ledger.now();
    let keys = [programmes::keys(now), today::keys(now), open_work::keys()].concat();
    for (key, found) in keys.iter().zip(ledger.journal().find(&keys).await.unwrap()) {
        assert!(found.is_some(), "{key} was refused");
    }
    let open = Counted(events(&ledger).await.split_off(before));
    open.holds(&[
        // The operator: requests to send on, some of them overdue.
        ("RequestPosted", 9),
        ("RequestRouted", 2),
        ("HandlingRecorded", 3),
        ("HandlingRated", 1),
        // The approver: what waits for a check, what hangs out, what somebody objected to, statements to confirm.
        ("CreditPublicised", 4),
        ("CreditObjected", 1),
        ("StatementPrepared", 2),
        ("FundStatementPrepared", 1),
        // The branch: visits that nobody confirmed, one of which waits for somebody who left.
        ("VisitReported", 3),
        ("WorkerDeparted", 1),
        ("VisitConfirmed", 0),
        // The worker: a voucher, and a place in a queue.
        ("BenefitQueued", 30),
        // What two bodies have to approve, and what another person entered.
        ("BenefitProposed", 2),
        ("AppointmentProposed", 1),
        // The clerk: what was given out, what is set aside, a shelf that runs low.
        ("Redeemed", 6),
        ("PointsHeld", 2),
        ("StockCounted", 1),
        // The merchant: slips of last month and of today.
        ("PassUsed", 6),
        ("SelectionAnnounced", 2),
        ("CandidateConsented", 11),
        ("SelectionDrawn", 1),
        ("SelectionObjected", 1),
    ]);
    let flags: Vec<_> = ["VolunteerServiceRecorded", "CivicCreationRecorded", "CommunityServiceRecorded"]
        .iter()
        .flat_map(|kind| open.fields(kind, &["flags"]))
        .filter_map(|flags| flags[0].as_str().map(str::to_owned))
        .collect();
    assert_eq!(flags.len(), 2, "{flags:?}");
    assert!(flags.contains(&"recorded_late".to_owned()) && flags.contains(&"evidence_reused".to_owned()), "{flags:?}");
    let branches = open.fields("PairOpened", &["terms", "branch"]);
    assert!(branches.contains(&serde_json::json!(EXAMPLE_BRANCH)), "{branches:?}");
    let stated = open.fields("StatementPrepared", &["merchant"]);
    assert!(stated.contains(&serde_json::json!(EXAMPLE_MERCHANT)), "{stated:?}");
    assert!(open.fields("StatementPrepared", &["month"]).iter().all(|month| month == "2027-01"));
    open_doors(&ledger, &vault).await.unwrap();
    assert_eq!(ledger.journal().head().await.unwrap().position, head);
}

#[tokio::test]
async fn equal_ones_stand_on_the_list_together_and_over_its_last_place() {
    let (ledger, vault, _folder) = open(Arc::new(MemoryJournal::default())).await;
    fill(&ledger, &vault).await.unwrap();
    open_doors(&ledger, &vault).await.unwrap();
    let all = Counted(events(&ledger).await);
    let drawn = all.fields("SelectionDrawn", &["list"]).pop().unwrap();
    let listed = drawn.as_array().unwrap().clone();
    assert!(listed.len() > 3, "{listed:?}");
    let last: Vec<_> = listed.iter().rev().take(2).map(|row| row["score"].clone()).collect();
    assert_eq!(last[0], last[1], "{listed:?}");
}
