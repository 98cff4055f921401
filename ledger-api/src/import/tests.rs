//! Small packs, each crafted for one sentence: what is taken, what is refused, what a second import changes.

mod flaky;
mod locations;
mod pack_files;
mod same_rules;

use std::sync::Arc;

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::worker::Worker;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Entry, Journal};
use ledger_core::ledger::{Ledger, LedgerSettings};
use zeroize::Zeroizing;

use super::{ImportError, Pack, Report, Retry, Stopped, dry_run, load};
use crate::vault::{KeySource, Vault, WITNESS, WORKER};
use flaky::FlakyJournal;
use pack_files::PackFolder;

const NO_PAUSE: Retry =
    Retry { attempts_max: 3, pause: std::time::Duration::ZERO, pause_max: std::time::Duration::ZERO };

/// A district with its ledger.
struct District {
    ledger: Ledger,
    journal: Arc<dyn Journal>,
}

impl District {
    async fn on(journal: Arc<dyn Journal>) -> District {
        let settings = LedgerSettings { resolve_for: std::time::Duration::ZERO, ..LedgerSettings::default() };
        let (ledger, _) = Ledger::open(Arc::clone(&journal), settings, "test", HashSuite::Sha256).await.unwrap();
        District { ledger, journal }
    }

    async fn new() -> District {
        District::on(Arc::new(MemoryJournal::default())).await
    }

    async fn import(&self, folder: &PackFolder) -> Report {
        self.try_import(folder).await.unwrap()
    }

    async fn try_import(&self, folder: &PackFolder) -> Result<Report, Stopped> {
        load(&self.ledger, None, &folder.check(), &NO_PAUSE, &|_| {}).await
    }

    async fn head(&self) -> u64 {
        self.journal.head().await.unwrap().position
    }

    async fn worker(&self, id: &str) -> Worker {
        let stored = self.journal.load(&[StreamId::Worker(id.parse().unwrap())], false).await.unwrap();
        let mut worker = Worker::default();
        for event in stored.into_iter().flat_map(|stored| stored.events) {
            if let Event::Worker(event) = event.event {
                worker.evolve(&event);
            }
        }
        worker
    }
}

/// The counts of a report, and its refused rows as `file:row:code`.
#[track_caller]
fn assert_report(report: &Report, counts: [u64; 4], refused: &[&str]) {
    let found = [report.credits, report.redemptions, report.repeats, report.capped];
    let rows: Vec<String> =
        report.errors.iter().map(|error| format!("{}:{}:{}", error.file, error.row, error.code)).collect();
    assert_eq!((found, rows.iter().map(String::as_str).collect::<Vec<_>>()), (counts, refused.to_vec()));
}

#[tokio::test]
async fn a_pack_is_taken_once_and_repeated_without_a_new_position() {
    let district = District::new().await;
    let folder = PackFolder::new()
        .activities("2024-03", &["J1,W1,ZY01,2024-03-05,2,甲", "J2,W2,ZY01,2024-03-06,1,甲"])
        .redemptions("2024-03", &["L1,W1,WD1,SP1,1,2024-03-07 09:00:00"]);
    assert_report(&district.import(&folder).await, [2, 1, 0, 0], &[]);
    let head = district.head().await;
    assert_report(&district.import(&folder).await, [0, 0, 3, 0], &[]);
    assert_eq!(district.head().await, head);
    let spendable = district.worker("W1").await.available_on("2024-03-07".parse().unwrap());
    assert_eq!(spendable.to_string(), "10");
}

#[tokio::test]
async fn full_width_blanks_and_other_dates_read_alike() {
    let district = District::new().await;
    let folder = PackFolder::new().activities("2024-03", &["J1,W1,ZY01,2024-03-05,2,甲"]);
    district.import(&folder).await;
    let spelled = folder
        .activities("2024-03", &["Ｊ１, W1 ,ZY01,2024年3月5日,２.0,乙", "J1,W1,ZY01,2024/3/5,2,丙"])
        .activities("2024-04", &["J1,W1,ZY01,2024-03-06,2,甲"]);
    let refused = ["活动记录-2024-04.csv:3:duplicate_conflict"];
    assert_report(&district.import(&spelled).await, [0, 0, 2, 0], &refused);
}

#[tokio::test]
async fn a_row_refused_for_a_missing_worker_is_taken_once_the_worker_is_there() {
    let district = District::new().await;
    let folder = PackFolder::new().activities("2024-03", &["J1,W9,ZY01,2024-03-05,2,甲"]);
    let refused = ["活动记录-2024-03.csv:3:unknown_worker"];
    assert_report(&district.import(&folder).await, [0; 4], &refused);
    let head = district.head().await;
    assert_report(&district.import(&folder).await, [0; 4], &refused);
    assert_eq!(district.head().await, head, "refused again, and nothing recorded");
    let folder = folder.worker("W9,新人,快递员,甲平台,群众,,");
    assert_report(&district.import(&folder).await, [1, 0, 0, 0], &[]);
}

#[tokio::test]
async fn the_row_that_crosses_a_cap_gets_what_is_left_and_the_next_is_refused() {
    let district = District::new().await;
    let folder = PackFolder::new().activities(
        "2024-03",
        &["J1,W1,ZY01,2024-03-05,5,甲", "J2,W1,ZY01,2024-03-05,2,甲", "J3,W1,ZY01,2024-03-05,1,甲"],
    );
    let refused = ["活动记录-2024-03.csv:5:daily_cap_reached"];
    assert_report(&district.import(&folder).await, [2, 0, 0, 1], &refused);
    assert_report(&district.import(&folder).await, [0, 0, 2, 0], &refused);
}

#[tokio::test]
async fn a_credit_row_is_judged_in_the_order_of_the_contract() {
    let district = District::new().await;
    let folder = PackFolder::new().activities(
        "2024-03",
        &[
            "J1,W1,ZY01,2024-03-05,1,甲",
            // Each row is wrong in all that its predecessor is right in, from the left on.
            "J1,,ZZ,x,y,甲",
            "J2,,ZZ,x,y,甲",
            "J2,W1,,x,y,甲",
            "J2,W1,ZZ,x,y,甲",
            "J2,W1,ZY01,2024-02-30,y,甲",
            "J2,W1,ZY01,2024-02-29,y,甲",
            "J2,W1,ZY01,2024-02-29,0.05,甲",
            "J2,W1,ZY01,2024-02-29,-1,甲",
            ",W1,ZY01,2024-02-29,1,甲",
            "J2,W1,ZY01,2024-02-29,1,甲",
        ],
    );
    let report = district.import(&folder).await;
    let codes: Vec<&str> = report.errors.iter().map(|error| error.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "duplicate_conflict",
            "unknown_worker",
            "unknown_activity",
            "unknown_activity",
            "invalid_date",
            "invalid_quantity",
            "invalid_quantity",
            "invalid_quantity",
            "invalid_input",
        ]
    );
    assert_eq!(report.credits, 2);
    let messages: Vec<&str> = report.errors.iter().map(|error| error.message.as_str()).collect();
    assert!(messages[1].contains("「编号」 is blank"), "{messages:?}");
    assert!(messages[4].contains("2024-02-30"), "{messages:?}");
    assert!(messages[8].contains("「记录号」"), "{messages:?}");
    assert!(messages.iter().all(|message| !message.contains("nothing-")), "{messages:?}");
}

#[tokio::test]
async fn a_redemption_row_is_judged_in_the_order_of_the_contract() {
    let district = District::new().await;
    let folder = PackFolder::new()
        .activities("2024-03", &["J1,W1,ZY01,2024-03-05,6,甲", "J2,W2,ZY01,2024-03-05,6,甲"])
        .redemptions(
            "2024-03",
            &[
                "L1,W1,WD1,SP1,2,2024-03-06 09:00:00",
                "L1,W1,WD1,SP1,1,2024-03-06 09:00:00",
                "L2,,,,x,y",
                "L2,W1,,,x,y",
                "L2,W1,WD1,,x,y",
                "L2,W1,WD1,SP1,x,y",
                "L2,W1,WD1,SP1,0,2024-03-06 09:00:00",
                "L2,W1,WD1,SP1,1,2024-03-06 09:00:00",
                "L2,W2,WD1,SP2,1,2024-03-04 09:00:00",
                "L2,W2,WD1,SP2,2,2024-03-05",
                "L2,W2,WD1,SP2,1,2024-03-05",
            ],
        );
    let report = district.import(&folder).await;
    let codes: Vec<&str> = report.errors.iter().map(|error| error.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "duplicate_conflict",
            "unknown_worker",
            "unknown_store",
            "unknown_item",
            "invalid_date",
            "invalid_quantity",
            "limit_per_worker",
            "insufficient_points",
            "out_of_stock",
        ]
    );
    assert_eq!((report.credits, report.redemptions), (2, 2));
}

#[tokio::test]
async fn setup_rows_follow_their_sheet_and_bad_ones_cost_only_themselves() {
    let district = District::new().await;
    let folder = PackFolder::new()
        .worker("W7,某,快递员,甲平台,群众,B1,K7")
        .worker("W8,某,快递员,甲平台,中共预备党员,,K8")
        .worker(",某,快递员,甲平台,群众,,")
        .rule("ZZ01,坏,志愿服务,次,0,,是,24")
        .rule("ZZ02,坏,志愿服务,次,1,,也许,24")
        .item("WD1,SP8,杯,实物,10,5,SH9,")
        .item("WD1,SP9,杯,实物,1.234,5,SH1,")
        .activities("2024-03", &["J1,W7,ZY01,2024-03-05,1,甲", "J2,W8,ZY01,2024-03-05,1,甲"]);
    let refused = [
        "人员名册.csv:4:not_a_party_member",
        "人员名册.csv:5:invalid_input",
        "人员名册.csv:6:invalid_input",
        "积分标准.csv:3:invalid_input",
        "积分标准.csv:4:invalid_input",
        "兑换目录.csv:4:unknown_merchant",
        "兑换目录.csv:5:invalid_input",
    ];
    assert_report(&district.import(&folder).await, [2, 0, 0, 0], &refused);
    let head = district.head().await;
    assert_report(&district.import(&folder).await, [0, 0, 2, 0], &refused);
    assert_eq!(district.head().await, head);
}

#[tokio::test]
async fn a_roster_sent_again_moves_a_card_and_brings_particulars_up_to_date() {
    let district = District::new().await;
    let folder = PackFolder::new().worker("W5,某,快递员,甲平台,中共党员,B1,K5");
    assert_report(&district.import(&folder).await, [0; 4], &[]);
    let head = district.head().await;
    let folder = PackFolder::new().worker("W5,某,快递员,乙平台,中共党员,B2,K5");
    assert_report(&district.import(&folder).await, [0; 4], &[]);
    assert_eq!(district.head().await, head + 2, "one event for the worker, one for the card");
    let card = district.worker("W5").await.card().map(|card| (card.card_no.to_string(), card.branch.to_string()));
    assert_eq!(card, Some(("K5".to_owned(), "B2".to_owned())));
}

#[tokio::test]
async fn each_file_has_its_rows_counted() {
    let district = District::new().await;
    let folder = PackFolder::new()
        .worker("W3,丙,快递员,乙平台,群众,,")
        .worker(",某,快递员,甲平台,群众,,")
        .rule("ZZ01,坏,志愿服务,次,0,,是,24");
    let counted = |report: &Report, file: &str| {
        let sheet = report.sheets.iter().find(|sheet| *sheet.file == *file).unwrap();
        [sheet.taken, sheet.unchanged, sheet.refused]
    };
    let first = district.import(&folder).await;
    assert_eq!(counted(&first, "人员名册.csv"), [3, 0, 1]);
    assert_eq!(counted(&first, "积分标准.csv"), [1, 0, 1]);
    let again = district.import(&folder.worker("W4,丁,快递员,乙平台,群众,,")).await;
    assert_eq!(counted(&again, "人员名册.csv"), [1, 3, 1]);
    assert_eq!(counted(&again, "积分标准.csv"), [0, 1, 1]);
    assert_eq!(counted(&again, "兑换目录.csv"), [0, 2, 0]);
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_writes_nothing() {
    let district = District::new().await;
    let first = PackFolder::new().activities("2024-03", &["J1,W1,ZY01,2024-03-05,2,甲"]);
    let folder = first
        .activities(
            "2024-04",
            &["J1,W1,ZY01,2024-03-05,2,甲", "J2,W1,ZY01,2024-04-05,2,甲", "J3,W9,ZY01,2024-04-05,2,甲"],
        )
        .redemptions("2024-04", &["L1,W1,WD1,SP1,1,2024-04-07 09:00:00"]);
    let early = dry_run(Arc::clone(&district.journal), &folder.check(), &|_| {}).await.unwrap();
    assert_report(&early, [2, 1, 1, 0], &["活动记录-2024-04.csv:5:unknown_worker"]);
    assert_eq!(district.head().await, 1, "the event that opened it");
    district.import(&PackFolder::new().activities("2024-03", &["J1,W1,ZY01,2024-03-05,2,甲"])).await;
    let head = district.head().await;
    let judged = dry_run(Arc::clone(&district.journal), &folder.check(), &|_| {}).await.unwrap();
    assert_report(&judged, [1, 1, 2, 0], &["活动记录-2024-04.csv:5:unknown_worker"]);
    assert_eq!(district.head().await, head);
    assert_eq!(district.import(&folder).await, judged);
}

#[test]
fn an_unusable_pack_is_told_before_anything_is_written() {
    let reason = |folder: &PackFolder| match Pack::check(folder.path()) {
        Err(error) if error.is_unusable_input() => error.to_string(),
        other => panic!("{other:?}"),
    };
    let folder = PackFolder::new().write("兑换流水-2024-03.csv", "流水号,编号,网点编号,商品编码,件数,兑换时间\n");
    assert!(reason(&folder).contains("「数量」"), "{}", reason(&folder));
    let folder = PackFolder::new().remove("积分标准.csv");
    assert!(reason(&folder).contains("积分标准"), "{}", reason(&folder));
    let folder = PackFolder::new().remove("district.toml");
    assert!(reason(&folder).contains("district.toml"), "{}", reason(&folder));
    let folder = PackFolder::new().write("活动记录-三月.csv", "记录号\n");
    assert!(reason(&folder).contains("活动记录-2024-03.xlsx"), "{}", reason(&folder));
    assert!(Pack::check(std::path::Path::new("/no/such/folder")).is_err());
}

#[tokio::test]
async fn names_go_to_the_vault_and_never_to_the_journal() {
    let place = tempfile::tempdir().unwrap();
    let url = JournalUrl::Sqlite(place.path().join("names.db"));
    let vault = Vault::open_with(&url, &KeySource::Given(Zeroizing::new("5a".repeat(32)))).await.unwrap();
    let district = District::new().await;
    let folder = PackFolder::new()
        .worker("W5,五号骑手,外卖配送员,甲平台,群众,,")
        .activities("2024-03", &["J1,W5,ZY01,2024-03-05,1,网格员甲"]);
    load(&district.ledger, Some(&vault), &folder.check(), &NO_PAUSE, &|_| {}).await.unwrap();
    assert_eq!(vault.get_name(WORKER, "W5").await.unwrap().as_deref(), Some("五号骑手"));
    let entries = district.journal.read(0, usize::MAX).await.unwrap();
    let text = |entry: &Entry| String::from_utf8(entry.payload.clone()).unwrap();
    assert!(entries.iter().all(|entry| !text(entry).contains("五号骑手") && !text(entry).contains("网格员甲")));
    let pseudonym = vault.pseudonym(WITNESS, "网格员甲");
    assert!(entries.iter().any(|entry| text(entry).contains(&pseudonym)));
    assert_eq!(vault.get_name(WITNESS, &pseudonym).await.unwrap().as_deref(), Some("网格员甲"));
}

/// The guards work on imported rows as they do at a desk: marked rows are proposals with one check more, refused ones are
/// reported with the guard's code.
#[tokio::test]
async fn guards_meet_imported_rows_that_are_proposals() {
    const GUARDED: &str = "code = \"000000\"\nname = \"测试区\"\nimport = \"proposed\"\nchecks = 1\n[guards]\n\
        witness_circle = \"flag\"\nself_witness = \"flag\"\nwitness_overload = { do = \"refuse\", over = 2 }\n\
        hours_over_day = { do = \"flag\", over = 4 }\n";
    let place = tempfile::tempdir().unwrap();
    let url = JournalUrl::Sqlite(place.path().join("names.db"));
    let vault = Vault::open_with(&url, &KeySource::Given(Zeroizing::new("5a".repeat(32)))).await.unwrap();
    let district = District::new().await;
    let folder = PackFolder::new().write("district.toml", GUARDED).activities(
        "2024-03",
        &[
            "J1,W1,ZY01,2024-03-05,1,乙",
            "J2,W2,ZY01,2024-03-06,1,甲",
            "J3,W2,ZY01,2024-03-07,1,W1",
            "J4,W1,ZY01,2024-03-08,1,甲",
            "J5,W1,ZY01,2024-03-09,5,丙",
            "J6,W1,ZY01,2024-03-10,1,丁",
            "J7,W2,ZY01,2024-03-10,1,丁",
            "J8,W2,ZY01,2024-03-10,1,丁",
        ],
    );
    let report = load(&district.ledger, Some(&vault), &folder.check(), &NO_PAUSE, &|_| {}).await.unwrap();
    assert_report(&report, [7, 0, 0, 0], &["活动记录-2024-03.csv:10:witness_overload"]);
    let entries = district.journal.read(0, usize::MAX).await.unwrap();
    let mut met = Vec::new();
    for entry in &entries {
        let event = entry.event().unwrap();
        let Some(record) = event.as_worker().and_then(|event| event.as_service()) else { continue };
        assert!(record.proposed, "{record:?}");
        let flags: Vec<&str> = record.flags.iter().map(|flag| flag.as_str()).collect();
        met.push((record.credit.to_string(), record.checks, flags.join(" ")));
    }
    let told: Vec<(&str, u32, &str)> =
        met.iter().map(|(credit, checks, flags)| (credit.as_str(), checks.unwrap_or(0), flags.as_str())).collect();
    let expected = [
        ("J1", 1, ""),
        ("J2", 2, "witness_circle"),
        ("J3", 2, "witness_circle"),
        ("J4", 2, "self_witness"),
        ("J5", 2, "hours_over_day"),
        ("J6", 1, ""),
        ("J7", 1, ""),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_journal_away_for_a_moment_is_waited_for_and_one_that_stays_away_stops_the_import() {
    let journal = FlakyJournal::default();
    let district = District::on(Arc::new(journal.clone())).await;
    let folder = PackFolder::new().activities("2024-03", &["J1,W1,ZY01,2024-03-05,2,甲"]);
    journal.stay_away(u32::MAX);
    let stopped = district.try_import(&folder).await.unwrap_err();
    assert!(matches!(stopped.cause, ImportError::Journal { attempts: 3, .. }), "{stopped:?}");
    assert!(!stopped.cause.is_unusable_input());
    assert_eq!((stopped.report, district.head().await), (Report::default(), 1));
    journal.stay_away(2);
    assert_report(&district.import(&folder).await, [1, 0, 0, 0], &[]);
}

#[tokio::test]
async fn rows_whose_answer_was_lost_count_as_taken_and_not_as_repeats() {
    let journal = FlakyJournal::default();
    let district = District::on(Arc::new(journal.clone())).await;
    let folder = PackFolder::new().activities("2024-03", &["J1,W1,ZY01,2024-03-05,7,甲", "J1,W1,ZY01,2024-03-05,7,甲"]);
    journal.lose_an_answer();
    assert_report(&district.import(&folder).await, [1, 0, 1, 1], &[]);
    assert_report(&district.import(&folder).await, [0, 0, 2, 0], &[]);
}
