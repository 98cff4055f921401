//! A real ledger whose clock is set by hand: what its answers say of the clock, and what they leave behind.

mod places;
mod programmes;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::command::{AskedLine, AskedSpending, AskedTime};
use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission};
use crate::domain::event::Event;
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::schedule::Activity;
use crate::domain::store::command::{ItemTerms, StoreDetails};
use crate::domain::time::{BusinessTime, Validity};
use crate::domain::worker::command::WorkerDetails;
use crate::evidence::hash::HashSuite;
use crate::journal::memory::MemoryJournal;
use crate::journal::{Journal, RecordedTime};
use crate::ledger::commands;

struct Desk {
    ledger: Ledger,
    journal: Arc<dyn Journal>,
    clock: Arc<AtomicI64>,
}

fn time(text: &str) -> BusinessTime {
    BusinessTime::parse(text).expect("a time")
}

fn micros(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).expect("an instant").timestamp_micros()
}

impl Desk {
    /// At ten in the morning of 5 March 2024, with a worker, a store and an item.
    async fn open() -> Desk {
        let clock = Arc::new(AtomicI64::new(micros("2024-03-05T10:00:00+08:00")));
        let shown = Arc::clone(&clock);
        let settings = LedgerSettings {
            clock: Arc::new(move || RecordedTime::from_micros(shown.load(Ordering::SeqCst))),
            ..LedgerSettings::default()
        };
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let opened = Ledger::open(Arc::clone(&journal), settings, "test", HashSuite::Sha256).await;
        let desk = Desk { ledger: opened.expect("a ledger").0, journal, clock };
        let activity = Activity {
            category: "志愿服务".into(),
            checks: None,
            code: "ZY01".parse().expect("a code"),
            counts_for_card: true,
            daily_cap: None,
            name: "巡查".into(),
            points_per_unit: Points::from_whole(10),
            publicity_days: None,
            unit: "次".into(),
            validity: Validity::Months(12),
            terms: Default::default(),
        };
        let details = StoreDetails { community: None, name: "网点".into(), tier: "微驿站".into(), site: None };
        let terms = ItemTerms {
            kind: "实物".into(),
            limit_per_worker_year: None,
            merchant: None,
            name: "毛巾".into(),
            price: Points::from_whole(1),
        };
        let (store, sku) = (|| "S1".parse().expect("a store"), "SP1".parse().expect("an item"));
        let effective_from = time("2020-01-01").date();
        for command in [
            Command::AdoptSchedule(commands::AdoptSchedule {
                activities: vec![activity],
                effective_from,
                settings: Settings::default(),
                first: false,
            }),
            register("W1"),
            Command::OpenStore(commands::OpenStore { store: store(), details, update: false }),
            Command::ListItem(commands::ListItem { store: store(), sku, terms, opening_stock: 100 }),
            credit("2024-03-01"),
        ] {
            assert_eq!(desk.now(command).await, None);
        }
        desk
    }

    fn set_clock(&self, text: &str) {
        self.clock.store(micros(text), Ordering::SeqCst);
    }

    /// Gives a command dated now; tells the code of a refusal.
    async fn now(&self, command: Command) -> Option<Code> {
        self.at(self.ledger.now(), command).await
    }

    async fn at(&self, at: BusinessTime, command: Command) -> Option<Code> {
        self.answer(at, command).await.code()
    }

    async fn answer(&self, at: BusinessTime, command: Command) -> Outcome {
        static NEXT: AtomicI64 = AtomicI64::new(0);
        let key = format!("k{}", NEXT.fetch_add(1, Ordering::SeqCst)).parse().expect("a key");
        let context = Context { key, actor: "甲".parse().expect("an actor"), at };
        self.ledger.submit(Submission { context, command }).await
    }

    async fn head(&self) -> u64 {
        self.journal.head().await.expect("a head").position
    }
}

fn register(worker: &str) -> Command {
    let details = WorkerDetails {
        occupation: "骑手".into(),
        party_member: None,
        platform: None,
        probationary: false,
        site: None,
    };
    Command::RegisterWorker(commands::RegisterWorker {
        worker: worker.parse().expect("a worker"),
        details,
        update: false,
    })
}

fn credit_of(worker: &str, activity: &str, on: &str) -> Command {
    Command::RecordCredit(commands::RecordCredit {
        worker: worker.parse().expect("a worker"),
        activity: activity.parse().expect("a code"),
        on: Some(time(on).date()),
        quantity: Some(Quantity::from_millionths(1_000_000)),
        witness: None,
        own_witness: false,
        evidence: None,
        from: None,
        to: None,
        history: false,
        worker_as_witness: Vec::new(),
    })
}

fn credit(on: &str) -> Command {
    credit_of("W1", "ZY01", on)
}

fn spending(worker: &str, store: &str, sku: &str, at: &str) -> AskedSpending {
    AskedSpending {
        worker: worker.parse().expect("a worker"),
        store: store.parse().expect("a store"),
        lines: vec![AskedLine { sku: sku.parse().expect("an item"), quantity: Some(1) }],
        time: AskedTime::At(time(at)),
        proven: None,
    }
}

#[tokio::test]
async fn nothing_happened_more_than_five_minutes_from_now() {
    let desk = Desk::open().await;
    let at = |text| spending("W1", "S1", "SP1", text);
    for (ahead, code) in [("2024-03-05T10:05:00+08:00", None), ("2024-03-05T10:05:01+08:00", Some(Code::InvalidDate))] {
        assert_eq!(desk.now(Command::Redeem(at(ahead))).await, code, "redeemed at {ahead}");
        assert_eq!(
            desk.now(Command::PlaceHold(commands::PlaceHold { spending: at(ahead), lasts_seconds: 60 })).await,
            code,
            "held at {ahead}"
        );
        let departs = Command::DepartWorker(commands::DepartWorker {
            worker: "W9".parse().expect("a worker"),
            reason: "离开".into(),
        });
        let judged = desk.at(time(ahead), departs).await;
        assert_eq!(judged, code.or(Some(Code::UnknownWorker)), "departed at {ahead}");
    }
    let ahead = Command::Redeem(AskedSpending { time: AskedTime::Now, ..at("2024-03-05") });
    assert_eq!(desk.at(time("2099-01-01"), ahead).await, Some(Code::InvalidDate));
}

#[tokio::test]
async fn a_service_day_begins_no_later_than_clocks_differ() {
    let desk = Desk::open().await;
    assert_eq!(desk.now(credit("2024-03-05")).await, None);
    assert_eq!(desk.now(credit("2024-03-06")).await, Some(Code::InvalidDate));
    assert_eq!(desk.now(credit("2099-01-01")).await, Some(Code::InvalidDate));
    desk.set_clock("2024-03-05T23:55:00+08:00");
    assert_eq!(desk.now(credit("2024-03-06")).await, None);
}

#[tokio::test]
async fn a_day_ahead_is_refused_in_the_order_of_the_contract() {
    let desk = Desk::open().await;
    let ahead = "2099-01-01";
    for (command, code) in [
        (credit_of("W9", "X", ahead), Code::UnknownWorker),
        (credit_of("W1", "X", ahead), Code::UnknownActivity),
        (credit_of("W1", "ZY01", ahead), Code::InvalidDate),
        (Command::Redeem(spending("W9", "S9", "X", ahead)), Code::UnknownWorker),
        (Command::Redeem(spending("W1", "S9", "X", ahead)), Code::UnknownStore),
        (Command::Redeem(spending("W1", "S1", "X", ahead)), Code::UnknownItem),
        (Command::Redeem(spending("W1", "S1", "SP1", ahead)), Code::InvalidDate),
    ] {
        assert_eq!(desk.now(command.clone()).await, Some(code), "{command:?}");
    }
}

#[tokio::test]
async fn lots_are_not_booked_as_expired_before_their_day_has_come() {
    let desk = Desk::open().await;
    let expire = |day| {
        Command::ExpireLots(commands::ExpireLots { worker: "W1".parse().expect("a worker"), through: time(day).date() })
    };
    assert_eq!(desk.now(expire("2025-03-01")).await, Some(Code::InvalidDate));
    assert_eq!(desk.now(expire("2024-03-05")).await, None);
    desk.set_clock("2025-03-01T00:00:00+08:00");
    let booked = desk.answer(desk.ledger.now(), expire("2025-03-01")).await;
    assert_eq!(booked.receipt().map(|receipt| receipt.events.len()), Some(1));
}

#[tokio::test]
async fn days_from_which_something_holds_may_lie_ahead() {
    let desk = Desk::open().await;
    let adopt = |day: &str, rate| {
        Command::AdoptSchedule(commands::AdoptSchedule {
            activities: vec![Activity {
                category: "志愿服务".into(),
                checks: None,
                code: "ZY02".parse().expect("a code"),
                counts_for_card: false,
                daily_cap: None,
                name: "宣传".into(),
                points_per_unit: Points::from_whole(rate),
                publicity_days: None,
                unit: "次".into(),
                validity: Validity::YearEnd,
                terms: Default::default(),
            }],
            effective_from: time(day).date(),
            settings: Settings::default(),
            first: false,
        })
    };
    assert_eq!(desk.now(adopt("2025-01-01", 2)).await, None);
    let hold = Command::PlaceHold(commands::PlaceHold {
        spending: spending("W1", "S1", "SP1", "2024-03-05"),
        lasts_seconds: u32::MAX,
    });
    assert_eq!(desk.now(hold).await, None);
}

/// Publicity counts from the entry, which only the ledger's clock tells, is as long as the settings said when it began, and
/// is over by the ledger's clock alone.
#[tokio::test]
async fn a_publicity_begins_with_the_entry_keeps_its_length_and_ends_by_the_clock() {
    let desk = Desk::open().await;
    let public = |days| Command::Configure(Settings { publicity_days: Some(days), ..Settings::default() });
    assert_eq!(desk.now(public(3)).await, None);
    let proposed = desk.answer(time("2024-02-01"), credit("2024-02-01")).await;
    let receipt = proposed.receipt().expect("recorded");
    let Some(Event::Worker(event)) = receipt.events.first() else { panic!("{receipt:?}") };
    let record = event.as_service().expect("a service record").clone();
    assert_eq!((record.checks, record.public_until), (Some(0), Some(time("2024-03-08").date())));
    assert_eq!(desk.now(public(0)).await, None);
    let settle = || Command::SettleCredit(commands::SettleCredit { credit: record.credit.clone() });
    desk.set_clock("2024-03-08T23:59:59+08:00");
    assert_eq!(desk.answer(time("2024-03-09"), settle()).await.code(), Some(Code::InvalidDate));
    desk.set_clock("2024-03-09T00:00:00+08:00");
    let settled = desk.answer(time("2024-03-09"), settle()).await;
    let events = settled.receipt().expect("confirmed").events.clone();
    assert_eq!(events.iter().map(|event| event.at()).collect::<Vec<_>>(), [Some(time("2024-03-09"))]);
}

/// The last guard, where a cause was overlooked: a machine whose clock stands beyond the calendar.
#[tokio::test]
async fn what_would_not_be_read_again_is_refused_alone_and_leaves_nothing() {
    let desk = Desk::open().await;
    let before = desk.head().await;
    desk.set_clock("9999-12-31T12:00:00+08:00");
    assert_eq!(desk.now(register("W2")).await, Some(Code::InvalidInput));
    assert_eq!(desk.head().await, before);
    desk.set_clock("2024-03-05T12:00:00+08:00");
    assert_eq!(desk.now(register("W2")).await, None, "the book knows nothing of the one that was refused");
    for entry in desk.journal.read(0, usize::MAX).await.expect("entries") {
        entry.event().expect("it is read again");
    }
}

#[tokio::test]
async fn a_hold_at_the_end_of_the_calendar_is_refused() {
    let desk = Desk::open().await;
    desk.set_clock("9998-12-31T23:30:00+08:00");
    assert_eq!(desk.now(credit("9998-12-31")).await, Some(Code::InvalidDate), "it would last into the year 9999");
    let spending = spending("W1", "S1", "SP1", "9998-12-31T23:00:00+08:00");
    let hold = Command::PlaceHold(commands::PlaceHold { spending, lasts_seconds: 3_600 });
    assert_eq!(desk.now(hold).await, Some(Code::InvalidDate));
}
