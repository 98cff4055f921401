//! Rows of a sheet are held to the rules that the API holds to: the clock, the publicity, and who may vouch for whom.

use std::sync::atomic::{AtomicI64, Ordering};

use ledger_core::domain::ids::{Actor, CreditId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::state::{CreditStatus, Due};
use ledger_core::journal::RecordedTime;
use ledger_core::ledger::{Command, Context, Outcome, Submission, commands};

use super::*;

fn micros(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
}

/// A district whose clock is set by hand.
async fn at(time: &str) -> (District, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(micros(time)));
    let shown = Arc::clone(&clock);
    let settings = LedgerSettings {
        clock: Arc::new(move || RecordedTime::from_micros(shown.load(Ordering::SeqCst))),
        ..LedgerSettings::default()
    };
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let (ledger, _) = Ledger::open(Arc::clone(&journal), settings, "test", HashSuite::Sha256).await.unwrap();
    (District { ledger, journal }, clock)
}

#[tokio::test]
async fn a_row_dated_ahead_of_the_clock_is_an_invalid_date_and_costs_only_itself() {
    let (district, clock) = at("2024-03-05T10:00:00+08:00").await;
    let folder = PackFolder::new()
        .activities("2024-03", &["J1,W1,ZY01,2024-03-05,2,甲", "J2,W1,ZY01,2024-03-06,2,甲"])
        .redemptions(
            "2024-03",
            &[
                "L1,W1,WD1,SP1,1,2024-03-05 10:05:00",
                "L2,W1,WD1,SP1,1,2024-03-05 10:05:01",
                "L3,W1,WD1,SP2,1,2025-03-05",
            ],
        );
    let ahead = ["活动记录-2024-03.csv:4:invalid_date", "兑换流水-2024-03.csv:3:invalid_date"];
    let years_ahead = "兑换流水-2024-03.csv:4:invalid_date";
    assert_report(&district.import(&folder).await, [1, 1, 0, 0], &[ahead[0], ahead[1], years_ahead]);

    // Refused, they took no key: on their day they are taken.
    clock.store(micros("2024-03-06T10:00:00+08:00"), Ordering::SeqCst);
    assert_report(&district.import(&folder).await, [1, 1, 2, 0], &[years_ahead]);
}

#[tokio::test]
async fn the_publicity_of_a_proposed_row_begins_when_it_enters_and_not_on_its_service_date() {
    const CREDIT: &str = "J1";
    let (district, clock) = at("2024-03-20T10:00:00+08:00").await;
    let settings = "code = \"000000\"\nname = \"测试区\"\nimport = \"proposed\"\npublicity_days = 3\n";
    let folder = PackFolder::new()
        .write("district.toml", settings)
        .activities("2024-02", &["J1,W1,ZY01,2024-02-10,2,乙"])
        .redemptions("2024-03", &["L1,W1,WD1,SP1,1,2024-03-20 09:00:00"]);
    // Weeks after the service, and still nothing to spend.
    let refused = ["兑换流水-2024-03.csv:2:insufficient_points"];
    assert_report(&district.import(&folder).await, [1, 0, 0, 0], &refused);
    let credit = CreditId::new(CREDIT).unwrap();
    let worker = district.worker("W1").await;
    let (_, lot) = worker.credit(&credit).unwrap();
    let until = "2024-03-23".parse().unwrap();
    assert_eq!(lot.status, CreditStatus::Proposed);
    assert_eq!(lot.on_the_way().and_then(|way| way.due()), Some(Due::Confirmed(until)));
    assert_eq!(worker.available_on(until).to_string(), "0");

    let over = || Submission {
        context: Context {
            key: format!("publicity-over/{CREDIT}").parse().unwrap(),
            actor: Actor::new("ledger").unwrap(),
            at: BusinessTime::parse("2024-03-24").unwrap(),
        },
        command: Command::SettleCredit(commands::SettleCredit { credit: CreditId::new(CREDIT).unwrap() }),
    };
    clock.store(micros("2024-03-23T23:50:00+08:00"), Ordering::SeqCst);
    let early = district.ledger.submit(over()).await;
    assert!(matches!(&early, Outcome::Refused(refusal) if refusal.code == Code::InvalidDate), "{early:?}");
    clock.store(micros("2024-03-24T00:00:00+08:00"), Ordering::SeqCst);
    let settled = district.ledger.submit(over()).await;
    assert!(matches!(settled, Outcome::Committed(_)), "{settled:?}");
    assert_eq!(district.worker("W1").await.available_on("2024-03-24".parse().unwrap()).to_string(), "20");
}

#[tokio::test]
async fn nobody_vouches_for_the_own_row_by_name_by_id_or_by_a_name_that_the_vault_alone_knows() {
    let place = tempfile::tempdir().unwrap();
    let url = JournalUrl::Sqlite(place.path().join("names.db"));
    let vault = Vault::open_with(&url, &KeySource::Given(Zeroizing::new("5a".repeat(32)))).await.unwrap();
    let district = District::new().await;
    let guarded = || {
        let settings = "code = \"000000\"\nname = \"测试区\"\n[guards]\nself_witness = \"refuse\"\n";
        PackFolder::new().write("district.toml", settings)
    };
    let import = async |folder: &PackFolder| {
        load(&district.ledger, Some(&vault), &folder.check(), &NO_PAUSE, &|_| {}).await.unwrap()
    };
    let roster = guarded().worker("W5,五号骑手,外卖配送员,甲平台,群众,,");
    assert_report(&import(&roster).await, [0; 4], &[]);

    // W5 stands in no roster of this pack: the vault remembers who that is.
    let folder = guarded().activities(
        "2024-03",
        &[
            "J1,W1,ZY01,2024-03-05,1,乙",
            "J2,W1,ZY01,2024-03-05,1,甲",
            "J3,W1,ZY01,2024-03-05,1,W1",
            "J4,W5,ZY01,2024-03-05,1,五号骑手",
            "J5,W5,ZY01,2024-03-05,1,W5",
            "J6,W5,ZY01,2024-03-05,1,六号骑手",
            "J7,W1,ZY01,2024-03-05,1,",
        ],
    );
    let refused = [4, 5, 6, 7].map(|row| format!("活动记录-2024-03.csv:{row}:self_witness"));
    assert_report(&import(&folder).await, [3, 0, 0, 0], &refused.each_ref().map(String::as_str));
}
