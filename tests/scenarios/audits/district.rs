//! A few weeks of a made-up district in which everything happens that an auditor asks about, recorded by a clock that is
//! set by hand. Holds no real person or place.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, NaiveDate};
use ledger_core::domain::ids::{Actor, Key};
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::selection::command::{Indicator, Measure, SelectionTerms};
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Month, Validity};
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::RecordedTime;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime, CreditAction};
use ledger_core::ledger::handle::LedgerTask;
use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Submission, commands};

use crate::journals::{Database, fresh};

/// A ledger with a clock that is set by hand.
pub(crate) struct Desk {
    ledger: Ledger,
    task: LedgerTask,
    clock: Arc<AtomicI64>,
}

impl Desk {
    async fn open(journal: &str) -> Desk {
        let url: JournalUrl = journal.parse().expect("a journal");
        let clock = Arc::new(AtomicI64::new(micros("2024-03-01T09:00:00+08:00")));
        let shown = Arc::clone(&clock);
        let settings = LedgerSettings {
            clock: Arc::new(move || RecordedTime::from_micros(shown.load(Ordering::SeqCst))),
            ..LedgerSettings::default()
        };
        let journal = ledger_api::app::open_journal(&url).await.expect("the journal opens");
        let opened = Ledger::open(journal, settings, "nuanxin/audited", HashSuite::Sha256).await;
        let (ledger, task) = opened.expect("the ledger opens");
        Desk { ledger, task, clock }
    }

    /// Gives a command at a time that is the business time, and the recorded one.
    async fn at(&self, time: &str, actor: &str, key: &str, command: Command) {
        self.clock.store(micros(time), Ordering::SeqCst);
        let at = BusinessTime::parse(time).expect("a time");
        let context = Context { key: Key::new(key).expect("a key"), actor: Actor::new(actor).expect("an actor"), at };
        let outcome = self.ledger.submit(Submission { context, command }).await;
        assert!(outcome.receipt().is_some(), "{key}: {outcome:?}");
    }

    async fn close(self) {
        drop(self.ledger);
        self.task.finished().await;
    }
}

fn micros(time: &str) -> i64 {
    DateTime::parse_from_rfc3339(time).expect("a time").timestamp_micros()
}

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a day")
}

/// An identifier.
fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn activity(code: &str, name: &str, category: &str, points: &str, cap: Option<i32>, validity: Validity) -> Activity {
    Activity {
        category: category.into(),
        checks: None,
        code: id(code),
        counts_for_card: cap.is_some(),
        daily_cap: cap.map(Points::from_whole),
        name: name.into(),
        points_per_unit: Points::parse(points).expect("points"),
        publicity_days: None,
        unit: "小时".into(),
        validity,
        terms: Default::default(),
    }
}

fn credit(worker: &str, activity: &str, on: &str, quantity: &str, witness: Option<&str>) -> Command {
    Command::RecordCredit(commands::RecordCredit {
        worker: id(worker),
        activity: id(activity),
        on: Some(day(on)),
        quantity: Quantity::parse(quantity),
        witness: witness.map(str::to_owned),
        own_witness: false,
        from: None,
        to: None,
        history: false,
        worker_as_witness: Vec::new(),
        evidence: None,
    })
}

fn spending(worker: &str, store: &str, quantity: u32) -> AskedSpending {
    let lines = vec![AskedLine { sku: id("SW01"), quantity: Some(quantity) }];
    AskedSpending { worker: id(worker), store: id(store), lines, time: AskedTime::Now, proven: None }
}

fn judge(credit: &str, action: CreditAction, reason: &str) -> Command {
    Command::JudgeCredit(commands::JudgeCredit { credit: id(credit), action, reason: reason.into() })
}

/// A journal with nothing in it but its first event.
pub(crate) async fn opened(journal: &str) {
    Desk::open(journal).await.close().await;
}

/// The journal, made once in this test program for either database. It is only read.
pub(crate) fn audited(database: Database) -> &'static str {
    static ALL: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];
    ALL[database as usize].get_or_init(|| {
        let journal = fresh(database);
        let filled = journal.clone();
        // In a thread of its own: a test may have a runtime already.
        let filling = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(fill(&filled));
        });
        filling.join().expect("the district is made");
        journal
    })
}

async fn fill(journal: &str) {
    let desk = Desk::open(journal).await;
    set_up(&desk).await;
    first_weeks(&desk).await;
    with_approval(&desk).await;
    corrections(&desk).await;
    at_once(&desk).await;
    desk.close().await;
}

async fn set_up(desk: &Desk) {
    let at = "2024-03-01T09:00:00+08:00";
    let schedule = Command::AdoptSchedule(commands::AdoptSchedule {
        activities: vec![
            activity("ZY01", "社区志愿服务", "志愿服务", "10", Some(60), Validity::Months(1)),
            activity("SB01", "隐患上报", "社会治理", "2.5", None, Validity::Forever),
        ],
        effective_from: day("2023-01-01"),
        settings: Settings {
            code: Some("320500".into()),
            name: Some("测试区".into()),
            points_step: Some(Points::from_hundredths(50)),
            ..Settings::default()
        },
        first: false,
    });
    desk.at(at, "T-0", "setup-schedule", schedule).await;
    let details = MerchantDetails { category: None, name: "测试商户一".into(), uscc: "92000000MA000001H9".into() };
    desk.at(
        at,
        "T-0",
        "setup-M01",
        Command::RegisterMerchant(commands::RegisterMerchant { merchant: id("M01"), details, update: false }),
    )
    .await;
    for store in ["S01", "S02"] {
        let details =
            StoreDetails {
                community: None, name: format!("测试网点{store}"), tier: "微驿站".into(), site: None
            };
        desk.at(
            at,
            "T-0",
            &format!("setup-{store}"),
            Command::OpenStore(commands::OpenStore { store: id(store), details, update: false }),
        )
        .await;
        let terms = ItemTerms {
            kind: "实物".into(),
            limit_per_worker_year: None,
            merchant: Some(id("M01")),
            name: "饮用水".into(),
            price: Points::from_whole(20),
        };
        let listed =
            Command::ListItem(commands::ListItem { store: id(store), sku: id("SW01"), terms, opening_stock: 100 });
        desk.at(at, "T-0", &format!("setup-{store}-SW01"), listed).await;
    }
    for number in 1..=6 {
        let worker = format!("W{number:03}");
        let details = WorkerDetails {
            occupation: "快递员".into(),
            party_member: Some(number == 1),
            platform: None,
            probationary: false,
            site: None,
        };
        let command = Command::RegisterWorker(commands::RegisterWorker { worker: id(&worker), details, update: false });
        desk.at(at, "T-0", &format!("setup-{worker}"), command).await;
    }
    let card = Command::IssueCard(commands::IssueCard {
        worker: id("W001"),
        card_no: id("HZ001"),
        branch: id("DZB01"),
        update: false,
    });
    desk.at(at, "T-0", "setup-HZ001", card).await;
}

async fn first_weeks(desk: &Desk) {
    let water = |worker: &str, store: &str, quantity| Command::Redeem(spending(worker, store, quantity));
    desk.at("2024-03-01T18:00:00+08:00", "T-A", "JL01", credit("W001", "ZY01", "2024-03-01", "5", Some("w-1"))).await;
    // Meets the daily cap of 60.
    desk.at("2024-03-01T18:05:00+08:00", "T-A", "JL03", credit("W001", "ZY01", "2024-03-01", "5", Some("w-1"))).await;
    // Entered eight weeks after the service.
    desk.at("2024-03-05T10:00:00+08:00", "T-A", "JL02", credit("W002", "SB01", "2024-01-10", "8", Some("w-1"))).await;
    desk.at("2024-03-06T11:00:00+08:00", "T-C", "LS01", water("W001", "S01", 2)).await;
    let spending = spending("W001", "S02", 1);
    desk.at(
        "2024-03-07T08:00:00+08:00",
        "T-C",
        "YZ01",
        Command::PlaceHold(commands::PlaceHold { spending, lasts_seconds: 86_400 }),
    )
    .await;
    desk.at(
        "2024-03-07T17:00:00+08:00",
        "T-C",
        "LS02",
        Command::CaptureHold(commands::CaptureHold { hold: id("YZ01") }),
    )
    .await;
    let again = AskedSpending { ..self::spending("W002", "S02", 1) };
    desk.at(
        "2024-03-08T08:00:00+08:00",
        "T-C",
        "YZ02",
        Command::PlaceHold(commands::PlaceHold { spending: again, lasts_seconds: 3_600 }),
    )
    .await;
    let released = Command::ReleaseHold(commands::ReleaseHold { hold: id("YZ02"), expired: true, reason: None });
    desk.at("2024-03-08T09:30:00+08:00", "T-0", "YZ02/released", released).await;
}

async fn with_approval(desk: &Desk) {
    let settings = Settings { approval_required: Some(true), ..Settings::default() };
    desk.at("2024-03-11T09:00:00+08:00", "T-0", "setup-approval", Command::Configure(settings)).await;
    for (key, worker) in [("JL04", "W001"), ("JL05", "W002"), ("JL06", "W003")] {
        desk.at("2024-03-11T10:00:00+08:00", "T-A", key, credit(worker, "ZY01", "2024-03-10", "3", Some("w-1"))).await;
    }
    let confirmed = judge("JL04", CreditAction::Confirm, "属实");
    desk.at("2024-03-12T10:00:00+08:00", "T-B", "JL04/confirmed", confirmed).await;
    let rejected = judge("JL06", CreditAction::Reject, "名单重复");
    desk.at("2024-03-12T10:05:00+08:00", "T-B", "JL06/rejected", rejected).await;
    let settings = Settings { approval_required: Some(false), ..Settings::default() };
    desk.at("2024-03-13T09:00:00+08:00", "T-0", "setup-no-approval", Command::Configure(settings)).await;
}

async fn corrections(desk: &Desk) {
    // Its points are spent: a debt stays, and the next credit pays it.
    let reversed = judge("JL01", CreditAction::Reverse, "服务未发生");
    desk.at("2024-03-14T10:00:00+08:00", "T-B", "JL01/reversed", reversed).await;
    desk.at("2024-03-18T10:00:00+08:00", "T-A", "JL07", credit("W001", "ZY01", "2024-03-18", "6", Some("w-1"))).await;
    let back = Command::ReverseRedemption(commands::ReverseRedemption {
        redemption: id("LS02"),
        reason: "商品破损".into(),
    });
    desk.at("2024-03-19T10:00:00+08:00", "T-C", "LS02/reversed", back).await;
    let counted = Command::CountStock(commands::CountStock {
        store: id("S01"),
        sku: id("SW01"),
        counted: 96,
        reason: "月末盘点".into(),
    });
    desk.at("2024-03-31T18:00:00+08:00", "T-C", "PD01", counted).await;
    let lost = Command::WriteOffStock(commands::WriteOffStock {
        store: id("S01"),
        sku: id("SW01"),
        quantity: 1,
        reason: "破损".into(),
    });
    desk.at("2024-03-31T18:10:00+08:00", "T-C", "BS01", lost).await;
    let month = Month::parse("2024-03").expect("a month");
    let paid = Command::PaySettlement(commands::PaySettlement {
        merchant: id("M01"),
        month,
        points: Points::from_whole(40),
        amount: None,
        reference: "FK-0001".into(),
    });
    desk.at("2024-04-02T10:00:00+08:00", "T-0", "JS01", paid).await;
    let ended = Command::ExpireLots(commands::ExpireLots { worker: id("W001"), through: day("2024-04-01") });
    desk.at("2024-04-03T02:00:00+08:00", "T-0", "GQ01", ended).await;
}

async fn at_once(desk: &Desk) {
    for number in 2..=6 {
        let (time, worker) = (format!("2024-04-20T15:0{number}:00+08:00"), format!("W{number:03}"));
        desk.at(&time, "T-A", &format!("JL1{number}"), credit(&worker, "SB01", "2024-04-20", "2", Some("w-2"))).await;
    }
    desk.at("2024-04-20T16:00:00+08:00", "T-A", "JL20", credit("W003", "ZY01", "2024-04-01", "1", None)).await;
}

/// A journal with a selection in it, made once in this test program. It is only read.
pub(crate) fn selected() -> &'static str {
    static MADE: OnceLock<String> = OnceLock::new();
    MADE.get_or_init(|| {
        let journal = fresh(Database::Sqlite);
        let filled = journal.clone();
        let filling = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(select(&filled));
        });
        filling.join().expect("the selection is made");
        journal
    })
}

/// Three candidates, of whom one withdraws; a list; an objection that is dismissed.
async fn select(journal: &str) {
    const PAPER: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let desk = Desk::open(journal).await;
    set_up(&desk).await;
    for (nth, worker) in ["W001", "W002", "W002", "W003"].into_iter().enumerate() {
        let on = format!("2024-03-0{}", nth + 1);
        let at = format!("{on}T18:00:00+08:00");
        desk.at(&at, "T-A", &format!("JL{nth}"), credit(worker, "ZY01", &on, "2", Some("w-1"))).await;
    }
    let selection = || id("PX01");
    let terms = SelectionTerms {
        consent_until: None,
        cut_off: day("2024-03-31"),
        from: None,
        indicators: vec![Indicator {
            activities: Vec::new(), code: id("次数"), measure: Measure::Services, weight: 1
        }],
        name: "最美骑手".into(),
        occupations: Vec::new(),
        places: 1,
        publicity_days: 5,
        tie_by: None,
    };
    let announced = Command::from(commands::AnnounceSelection { selection: selection(), terms });
    desk.at("2024-03-20T09:00:00+08:00", "T-B", "PX01", announced).await;
    for worker in ["W001", "W002", "W003"] {
        let word = |withdraws| {
            let (selection, paper) = (selection(), Some(PAPER.to_owned()));
            Command::from(commands::GiveWord { selection, worker: id(worker), withdraws, on: None, paper })
        };
        let key = format!("PX01/{worker}");
        desk.at("2024-03-21T09:00:00+08:00", "T-A", &key, word(false)).await;
        if worker == "W003" {
            desk.at("2024-03-22T09:00:00+08:00", "T-A", "PX01/W003/withdrawn", word(true)).await;
        }
    }
    let sealed = Command::from(commands::SealSelection { selection: selection() });
    desk.at("2024-04-01T09:00:00+08:00", "T-D", "PX01/sealed", sealed).await;
    let drawn = Command::from(commands::DrawSelection { selection: selection() });
    desk.at("2024-04-01T09:10:00+08:00", "T-D", "PX01/drawn", drawn).await;
    let objected = Command::from(commands::ObjectToSelection {
        selection: selection(),
        objection: id("YY01"),
        candidate: id("W002"),
        reason: "次数不对".into(),
    });
    desk.at("2024-04-02T09:00:00+08:00", "T-E", "YY01", objected).await;
    let answered = Command::from(commands::AnswerObjection {
        selection: selection(),
        objection: id("YY01"),
        upheld: false,
        reason: "与记录一致".into(),
    });
    desk.at("2024-04-03T09:00:00+08:00", "T-F", "YY01/answered", answered).await;
    desk.close().await;
}
