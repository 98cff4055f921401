//! A real ledger in which two ids turn out to be one person: who may not decide any more, what corrections do, and random
//! histories held to the books of the verifier, which share no rule with those that decided.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::command::{AskedLine, AskedSpending, AskedTime, CreditAction};
use super::commands::benefits::AskedAmount;
use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use crate::domain::benefit::command::{BenefitKind, BenefitTerms};
use crate::domain::event::Event;
use crate::domain::fund::command::FundTerms;
use crate::domain::money::Fen;
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::schedule::Activity;
use crate::domain::store::command::{ItemTerms, StoreDetails};
use crate::domain::time::{BusinessTime, Validity};
use crate::domain::worker::command::WorkerDetails;
use crate::domain::worker::event::{WorkerAbsorbed, WorkerEvent};
use crate::evidence::books::{Books, WorkerBook};
use crate::evidence::hash::HashSuite;
use crate::journal::memory::MemoryJournal;
use crate::journal::{Journal, RecordedTime};

const NOW: &str = "2024-06-03T10:00:00+08:00";
const DAILY_CAP: i32 = 15;
const LIMIT: u32 = 4;

struct District {
    ledger: Ledger,
    journal: Arc<dyn Journal>,
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

impl District {
    /// Three workers, an activity with a daily cap, and an item with a yearly limit.
    async fn open() -> District {
        let now = chrono::DateTime::parse_from_rfc3339(NOW).expect("an instant").timestamp_micros();
        let settings =
            LedgerSettings { clock: Arc::new(move || RecordedTime::from_micros(now)), ..LedgerSettings::default() };
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let opened = Ledger::open(Arc::clone(&journal), settings, "test", HashSuite::Sha256).await;
        let district = District { ledger: opened.expect("a ledger").0, journal };
        let activity = Activity {
            category: "志愿服务".into(),
            checks: None,
            code: id("ZY01"),
            counts_for_card: true,
            daily_cap: Some(Points::from_whole(DAILY_CAP)),
            name: "巡查".into(),
            points_per_unit: Points::from_whole(5),
            publicity_days: None,
            unit: "次".into(),
            validity: Validity::Months(4),
            terms: Default::default(),
        };
        let details = StoreDetails { community: None, name: "网点".into(), tier: "微驿站".into(), site: None };
        let terms = ItemTerms {
            kind: "实物".into(),
            limit_per_worker_year: Some(LIMIT),
            merchant: None,
            name: "毛巾".into(),
            price: Points::from_whole(4),
        };
        let mut commands: Vec<Command> = vec![
            commands::AdoptSchedule {
                activities: vec![activity],
                effective_from: "2020-01-01".parse().expect("a day"),
                settings: Settings::default(),
                first: false,
            }
            .into(),
            commands::OpenStore { store: id("S1"), details, update: false }.into(),
            commands::ListItem { store: id("S1"), sku: id("SP1"), terms, opening_stock: 10_000 }.into(),
        ];
        commands.extend(["W1", "W2", "W3"].map(|worker| {
            let details = WorkerDetails {
                occupation: "骑手".into(),
                party_member: None,
                platform: None,
                probationary: false,
                site: None,
            };
            commands::RegisterWorker { worker: id(worker), details, update: false }.into()
        }));
        for (number, command) in commands.into_iter().enumerate() {
            assert_eq!(district.give(&format!("open-{number}"), "甲", command).await.code(), None);
        }
        district
    }

    async fn give(&self, key: &str, actor: &str, command: impl Into<Command>) -> Outcome {
        let context = Context { key: id(key), actor: id(actor), at: self.ledger.now() };
        self.ledger.submit(Submission { context, command: command.into() }).await
    }

    async fn told(&self, key: &str, actor: &str, command: impl Into<Command>) -> Option<Code> {
        self.give(key, actor, command).await.code()
    }

    async fn events(&self) -> Vec<Event> {
        let entries = self.journal.read(0, 10_000).await.expect("entries");
        entries.iter().map(|entry| entry.event().expect("an event")).collect()
    }

    async fn books(&self) -> Books {
        let mut books = Books::default();
        for event in self.events().await {
            books.book(&event).unwrap_or_else(|wrong| panic!("{event:?}: {wrong}"));
        }
        books.settled().expect("nothing is due any more");
        books
    }
}

fn credit(worker: &str, on: &str, units: i64) -> Command {
    Command::RecordCredit(commands::RecordCredit {
        worker: id(worker),
        activity: id("ZY01"),
        on: Some(on.parse().expect("a day")),
        quantity: Some(Quantity::from_millionths(units * 1_000_000)),
        witness: None,
        own_witness: false,
        evidence: None,
        from: None,
        to: None,
        history: false,
        worker_as_witness: Vec::new(),
    })
}

fn redeem(worker: &str, units: u32, day: &str) -> Command {
    let at = BusinessTime::parse(day).expect("a time");
    Command::Redeem(AskedSpending {
        worker: id(worker),
        store: id("S1"),
        lines: vec![AskedLine { sku: id("SP1"), quantity: Some(units) }],
        time: AskedTime::At(at),
        proven: None,
    })
}

fn merge(absorbed: &str, kept: &str) -> Command {
    Command::MergeWorkers(commands::MergeWorkers { kept: id(kept), absorbed: id(absorbed), reason: "同一人".into() })
}

fn judge(credit: &str, action: CreditAction) -> Command {
    Command::JudgeCredit(commands::JudgeCredit { credit: id(credit), action, reason: "核对".into() })
}

fn take_back(redemption: &str) -> Command {
    Command::ReverseRedemption(commands::ReverseRedemption { redemption: id(redemption), reason: "核对".into() })
}

fn account(account: &str, worker: &str) -> Command {
    Command::OpenAccount(commands::OpenAccount { account: id(account), worker: Some(id(worker)) })
}

fn grant(account: &str) -> Command {
    Command::GrantRole(commands::GrantRole {
        account: id(account),
        role: crate::domain::account::Role::Operator,
        scope: None,
        from: None,
        until: None,
    })
}

#[tokio::test]
async fn two_ids_become_one_and_only_once() {
    let district = District::open().await;
    assert_eq!(district.told("c1", "甲", credit("W1", "2024-06-01", 2)).await, None);
    assert_eq!(district.told("m0", "甲", merge("W9", "W2")).await, Some(Code::UnknownWorker));
    assert_eq!(district.told("m0", "甲", merge("W1", "W9")).await, Some(Code::UnknownWorker));
    assert_eq!(district.told("m0", "甲", merge("W1", "W1")).await, Some(Code::SamePerson));
    assert_eq!(district.told("m1", "甲", merge("W1", "W2")).await, None);
    let head = district.journal.head().await.expect("a head").position;
    assert_eq!(district.told("m1", "甲", merge("W1", "W2")).await, None, "the same key again is a repeat");
    assert_eq!(district.journal.head().await.expect("a head").position, head);
    assert_eq!(district.told("m1", "甲", merge("W1", "W3")).await, Some(Code::DuplicateConflict));
    assert_eq!(district.told("m2", "甲", merge("W1", "W2")).await, Some(Code::AlreadyDecided));
    assert_eq!(district.told("m3", "甲", merge("W1", "W3")).await, Some(Code::AlreadyDecided));
    assert_eq!(district.told("m4", "甲", merge("W2", "W1")).await, Some(Code::AlreadyDecided), "in a circle");
    assert_eq!(district.told("m5", "甲", merge("W3", "W1")).await, Some(Code::WorkerDeparted));
    assert_eq!(district.told("m6", "甲", merge("W2", "W3")).await, Some(Code::AlreadyDecided), "keep W2");
    assert_eq!(district.told("m7", "甲", merge("W3", "W2")).await, None);
    assert_eq!(district.told("c2", "甲", credit("W1", "2024-06-01", 1)).await, Some(Code::WorkerDeparted));
    assert_eq!(district.told("r1", "甲", redeem("W1", 1, "2024-06-02")).await, Some(Code::WorkerDeparted));
    assert_eq!(
        district.told("r2", "甲", redeem("W2", 1, "2024-06-02")).await,
        Some(Code::InsufficientPoints),
        "it was W1's that day"
    );
    assert_eq!(district.told("r3", "甲", redeem("W2", 1, "2024-06-03")).await, None);
    district.books().await;
}

#[tokio::test]
async fn nobody_decides_about_what_was_earned_under_the_other_id() {
    let district = District::open().await;
    for (key, command) in [
        ("a1", account("一号", "W1")),
        ("g1", grant("一号")),
        ("a2", account("二号", "W2")),
        ("g2", grant("二号")),
        ("c1", credit("W1", "2024-06-01", 2)),
    ] {
        assert_eq!(district.told(key, "甲", command).await, None, "{key}");
    }
    assert_eq!(district.told("own", "一号", merge("W1", "W2")).await, Some(Code::SamePerson));
    assert_eq!(district.told("own", "二号", merge("W1", "W2")).await, Some(Code::SamePerson));
    assert_eq!(
        district.told("c2", "一号", credit("W2", "2024-05-01", 1)).await,
        None,
        "two persons, for all that is known"
    );
    assert_eq!(district.told("m", "甲", merge("W1", "W2")).await, None);
    assert_eq!(district.told("c3", "一号", credit("W2", "2024-05-02", 1)).await, Some(Code::SamePerson));
    assert_eq!(district.told("c4", "二号", credit("W2", "2024-05-02", 1)).await, Some(Code::SamePerson));
    for actor in ["一号", "二号"] {
        for credit in ["c1", "c2"] {
            let back = judge(credit, CreditAction::Reverse);
            assert_eq!(district.told("x", actor, back).await, Some(Code::SamePerson), "{actor} {credit}");
        }
    }
    assert_eq!(district.told("x", "甲", judge("c1", CreditAction::Reverse)).await, None);
    district.books().await;
}

/// The id's book, of those that have one.
fn book<'a>(books: &'a Books, worker: &str) -> &'a WorkerBook {
    books.workers().into_iter().find(|(id, _)| id.as_str() == worker).expect("a book").1
}

#[tokio::test]
async fn what_was_before_can_be_corrected_and_goes_where_the_account_went() {
    let district = District::open().await;
    for (key, command) in [
        ("c1", credit("W1", "2024-06-01", 2)),
        ("c2", credit("W1", "2024-06-02", 1)),
        ("r1", redeem("W1", 2, "2024-06-02")),
        ("m", merge("W1", "W2")),
        ("x1", judge("c2", CreditAction::Reverse)),
        ("x2", take_back("r1")),
    ] {
        assert_eq!(district.told(key, "甲", command).await, None, "{key}");
    }
    let books = district.books().await;
    let (gone, kept) = (book(&books, "W1"), book(&books, "W2"));
    assert_eq!((gone.available, gone.debt, gone.redeemed), (Points::ZERO, Points::ZERO, Points::ZERO));
    assert_eq!((kept.available, kept.debt), (Points::from_whole(15), Points::from_whole(5)));
    assert_eq!(district.told("x3", "甲", take_back("r1")).await, Some(Code::AlreadyReversed));
    assert_eq!(district.told("r2", "甲", redeem("W2", 3, "2024-06-03")).await, None, "the limit is free again");
}

/// What is done to the event of the kept side, or to the events with its place.
type OnKept = fn(&mut WorkerAbsorbed);
type OnEvents = fn(&mut Vec<Event>, usize);

#[tokio::test]
async fn a_merge_that_was_tampered_with_does_not_pass() {
    let district = District::open().await;
    for (key, command) in [
        ("c1", credit("W1", "2024-06-01", 2)),
        ("c2", credit("W1", "2024-06-02", 1)),
        ("r1", redeem("W1", 1, "2024-06-02")),
        ("m", merge("W1", "W2")),
    ] {
        assert_eq!(district.told(key, "甲", command).await, None, "{key}");
    }
    let events = district.events().await;
    let absorbed = |events: &mut [Event], at: usize, change: OnKept| {
        let Some(Event::Worker(WorkerEvent::WorkerAbsorbed(event))) = events.get_mut(at) else { panic!("{events:?}") };
        change(event);
    };
    let at = events.iter().position(|event| event.event_type() == "WorkerAbsorbed").expect("a merge");
    let one = Points::from_whole(1);
    let mut tampered: Vec<(&str, Vec<Event>)> = Vec::new();
    let changes: [(&str, OnKept); 7] = [
        ("more points", |event| {
            event.points += Points::from_whole(1);
            event.lots[0].points += Points::from_whole(1);
        }),
        ("a later last day", |event| event.lots[0].last_day = None),
        ("an earlier first day", |event| event.lots[0].on = event.lots[0].on.pred_opt().expect("a day")),
        ("less counted for the cap", |event| event.credited.clear()),
        ("fewer units had", |event| event.had.clear()),
        ("another id", |event| event.absorbed = "W3".parse().expect("an id")),
        ("another number", |event| event.lots[0].lot = 9),
    ];
    for (what, change) in changes {
        let mut events = events.clone();
        absorbed(&mut events, at, change);
        tampered.push((what, events));
    }
    let whole: [(&str, OnEvents); 4] = [
        ("nobody takes over", |events, at| drop(events.remove(at))),
        ("nobody hands over", |events, at| drop(events.remove(at - 1))),
        ("twice", |events, at| events.insert(at, events[at].clone())),
        ("something in between", |events, at| events.insert(at, events[0].clone())),
    ];
    for (what, change) in whole {
        let mut events = events.clone();
        change(&mut events, at);
        // Something comes after it.
        events.push(events[0].clone());
        tampered.push((what, events));
    }
    let mut kept_back = events.clone();
    let Event::Worker(WorkerEvent::WorkerMerged(event)) = &mut kept_back[at - 1] else { panic!("a merge") };
    event.points -= one;
    event.lots[0].1 -= one;
    tampered.push(("something is kept back", kept_back));
    let later = events.iter().find(|event| event.event_type() == "Redeemed").expect("a redemption").clone();
    let mut spent_again = events.clone();
    spent_again.push(later);
    tampered.push(("the id goes on", spent_again));
    for (what, events) in tampered {
        let mut books = Books::default();
        assert!(events.iter().try_for_each(|event| books.book(event)).is_err(), "{what}");
    }
}

/// Whoever waits for a place and gives the id up meanwhile pays under the kept one, and there the points come back.
#[tokio::test]
async fn a_place_that_came_after_a_merge_is_paid_and_given_back_under_the_kept_id() {
    let district = District::open().await;
    let always = Period { from: None, through: None };
    let (body, source) = ("区总工会".into(), "工会经费".into());
    let fund = FundTerms { appropriated: Fen::new(10_000), body, source, year: None };
    let benefit = BenefitTerms {
        approvals: None,
        fund: Some(id("ZJ1")),
        kind: BenefitKind::Place,
        limit_per_worker: None,
        limit_yearly: false,
        name: "体检".into(),
        places: Some(1),
        price: Points::from_whole(4),
        value: Fen::new(1_500),
        window: always,
    };
    let apply = |application: &str, worker: &str| -> Command {
        let at = Some(BusinessTime::parse("2024-06-02T09:00:00+08:00").expect("a time"));
        let (application, benefit, worker) = (id(application), id("QY1"), id(worker));
        let (certificate, amount, used, completes) = (None, AskedAmount::Blank, None, false);
        commands::ApplyBenefit { application, benefit, worker, at, certificate, amount, used, completes }.into()
    };
    let withdraw = |application: &str| -> Command {
        commands::WithdrawBenefit { benefit: id("QY1"), application: id(application), reason: None }.into()
    };
    let available = |books: &Books| book(books, "W2").available;
    for (key, command) in [
        ("fund", commands::RegisterFund { fund: id("ZJ1"), terms: fund }.into()),
        ("benefit", commands::RegisterBenefit { benefit: id("QY1"), terms: benefit }.into()),
        ("c1", credit("W1", "2024-06-01", 2)),
        ("c2", credit("W2", "2024-06-02", 2)),
        ("c3", credit("W3", "2024-06-01", 2)),
        ("QD1", apply("QD1", "W3")),
        ("QD2", apply("QD2", "W1")),
        ("m", merge("W1", "W2")),
        ("w1", withdraw("QD1")),
    ] {
        assert_eq!(district.told(key, "甲", command).await, None, "{key}");
    }
    assert_eq!(available(&district.books().await), Points::from_whole(16), "the place came, and was paid");
    assert_eq!(district.told("w2", "甲", withdraw("QD2")).await, None);
    assert_eq!(available(&district.books().await), Points::from_whole(20), "it was given back");
}

/// A step of a history; numbers pick among what there is.
#[derive(Debug, Clone)]
enum Step {
    Credit { worker: usize, day: u32, units: i64 },
    Redeem { worker: usize, units: u32, day: u32 },
    Reverse { credit: usize },
    TakeBack { redemption: usize },
    Expire { worker: usize },
    Merge { absorbed: usize, kept: usize },
}

const WORKERS: [&str; 3] = ["W1", "W2", "W3"];

fn step() -> impl Strategy<Value = Step> {
    let worker = || 0..WORKERS.len();
    prop_oneof![
        10 => (worker(), 0_u32..150, 1_i64..5).prop_map(|(worker, day, units)| Step::Credit { worker, day, units }),
        6 => (worker(), 1_u32..3, 0_u32..150).prop_map(|(worker, units, day)| Step::Redeem { worker, units, day }),
        4 => any::<usize>().prop_map(|credit| Step::Reverse { credit }),
        3 => any::<usize>().prop_map(|redemption| Step::TakeBack { redemption }),
        1 => worker().prop_map(|worker| Step::Expire { worker }),
        2 => (worker(), worker()).prop_map(|(absorbed, kept)| Step::Merge { absorbed, kept }),
    ]
}

fn day(offset: u32) -> String {
    let first: chrono::NaiveDate = "2024-01-01".parse().expect("a day");
    (first + chrono::Days::new(u64::from(offset))).to_string()
}

/// Plays a history; gives how many merges there were.
async fn play(steps: &[Step]) -> usize {
    let district = District::open().await;
    let (mut credits, mut redemptions, mut merges) = (Vec::new(), Vec::new(), 0);
    let mut kept: BTreeMap<&str, &str> = BTreeMap::new();
    for (number, step) in steps.iter().enumerate() {
        let key = format!("k{number}");
        let pick = |names: &[String], at: usize| names.get(at.checked_rem(names.len())?).cloned();
        let command = match step {
            Step::Credit { worker, day: on, units } => credit(WORKERS[*worker], &day(*on), *units),
            Step::Redeem { worker, units, day: on } => redeem(WORKERS[*worker], *units, &day(*on)),
            Step::Reverse { credit } => match pick(&credits, *credit) {
                Some(credit) => judge(&credit, CreditAction::Reverse),
                None => continue,
            },
            Step::TakeBack { redemption } => match pick(&redemptions, *redemption) {
                Some(redemption) => take_back(&redemption),
                None => continue,
            },
            Step::Expire { worker } => Command::ExpireLots(commands::ExpireLots {
                worker: id(WORKERS[*worker]),
                through: "2024-06-02".parse().expect("a day"),
            }),
            Step::Merge { absorbed, kept } => merge(WORKERS[*absorbed], WORKERS[*kept]),
        };
        let before = balance(&district.books().await);
        let outcome = district.give(&key, "甲", command).await;
        if outcome.code().is_some() {
            continue;
        }
        match step {
            Step::Credit { .. } => credits.push(key),
            Step::Redeem { .. } => redemptions.push(key),
            Step::Merge { absorbed, kept: into } => {
                merges += 1;
                kept.insert(WORKERS[*absorbed], WORKERS[*into]);
                assert_eq!(balance(&district.books().await), before, "a merge makes nothing and loses nothing");
            }
            Step::Reverse { .. } | Step::TakeBack { .. } | Step::Expire { .. } => {}
        }
    }
    let books = district.books().await;
    for (worker, book) in books.workers() {
        let all = book.redeemed + book.expired + book.reversed + book.held + book.available;
        assert_eq!(book.issued + book.debt, all, "{worker}");
        if kept.contains_key(worker.as_str()) {
            assert_eq!((book.available, book.debt), (Points::ZERO, Points::ZERO), "{worker} was given up");
        }
    }
    merges
}

/// What all workers together were credited, can spend, owe and spent.
fn balance(books: &Books) -> [Points; 5] {
    let sum = |of: fn(&WorkerBook) -> Points| books.workers().into_iter().map(|(_, book)| of(book)).sum();
    [
        sum(|book| book.issued),
        sum(|book| book.available),
        sum(|book| book.debt),
        sum(|book| book.redeemed),
        sum(|book| book.reversed),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// The books hold every later credit to the caps and every later redemption to the limits of both histories.
    #[test]
    fn whatever_ids_are_merged_every_sum_stays_and_no_limit_rises(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(play(&steps));
    }
}

/// Guards the property above against histories in which nothing is merged.
#[tokio::test]
async fn histories_with_merges_reach_their_end() {
    let earned = |worker, day| Step::Credit { worker, day, units: 3 };
    let steps = [
        earned(0, 100),
        earned(1, 100),
        Step::Redeem { worker: 0, units: 2, day: 120 },
        Step::Merge { absorbed: 0, kept: 1 },
        earned(1, 100),
        Step::Reverse { credit: 0 },
        Step::TakeBack { redemption: 0 },
        Step::Merge { absorbed: 2, kept: 1 },
        Step::Redeem { worker: 1, units: 2, day: 121 },
    ];
    assert_eq!(play(&steps).await, 2);
}
