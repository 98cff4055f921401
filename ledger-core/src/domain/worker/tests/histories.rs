//! Random histories against books kept from the events alone: after every event nothing is below its floor, nothing is
//! lost, and every index of the state says what a count from scratch says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{
    OBJECT, actor, at, checked_once, credit_as, credit_id, date, depart, given, hold_id, points, redemption_id, sku,
    spending, store, take_back, worker,
};
use crate::domain::event::Event;
use crate::domain::ids::{ActivityCode, ApplicationId, Sku};
use crate::domain::points::Points;
use crate::domain::posting::{Account, postings};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::time::{BusinessTime, Validity};
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::{CreditVerdict, Judge, OfWorker, Spending, WayTerms};
use crate::domain::worker::event::{LotPart, RedeemedLine, WorkerEvent};
use crate::domain::worker::state::{CreditStatus, Lot, Worker};

const DAYS: u64 = 800;
const ITEM_LIMITS: [Option<u32>; 2] = [Some(8), None];

/// A command with choices still open: `usize` picks among what the history has so far.
#[derive(Debug, Clone)]
enum Step {
    Credit { activity: usize, day: u64, tenths: i64, proposed: bool },
    Judge { credit: usize, verdict: CreditVerdict, by_proposer: bool },
    Redeem { lines: Vec<(usize, u32)> },
    Benefit { points: i64 },
    Withdraw { benefit: usize },
    TakeBack { redemption: usize },
    Hold { lines: Vec<(usize, u32)>, seconds: i64 },
    Capture { hold: usize },
    Release { hold: usize, expired: bool },
    Expire { through: u64 },
    Depart,
}

fn verdict() -> impl Strategy<Value = CreditVerdict> {
    prop_oneof![
        4 => (0..3_u32).prop_map(|days| CreditVerdict::Confirm {
            publicity_days: 0,
            public_until: (days > 0).then(|| day(u64::from(days) * 10)),
        }),
        2 => Just(CreditVerdict::Reject),
        4 => Just(CreditVerdict::Reverse),
        3 => Just(OBJECT),
        3 => (0_u64..60).prop_map(|over| CreditVerdict::Settle { over: day(over) }),
        1 => (0_u64..60, 0_u32..3).prop_map(|(today, days_left)| CreditVerdict::Appeal { today: day(today), days_left }),
        3 => (any::<bool>(), 0_u64..60).prop_map(|(upheld, until)| CreditVerdict::Resolve {
            upheld,
            public_until: Some(day(until)),
            appeal_until: day(until),
        }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let lines = || prop::collection::vec((0..2_usize, 1..6_u32), 1..3);
    prop_oneof![
        50 => (0..4_usize, 0..DAYS, 1..200_i64, prop::bool::weighted(0.3))
            .prop_map(|(activity, day, tenths, proposed)| Step::Credit { activity, day, tenths, proposed }),
        80 => (any::<usize>(), verdict(), prop::bool::weighted(0.1))
            .prop_map(|(credit, verdict, by_proposer)| Step::Judge { credit, verdict, by_proposer }),
        50 => lines().prop_map(|lines| Step::Redeem { lines }),
        10 => (1..400_i64).prop_map(|points| Step::Benefit { points }),
        8 => any::<usize>().prop_map(|benefit| Step::Withdraw { benefit }),
        20 => any::<usize>().prop_map(|redemption| Step::TakeBack { redemption }),
        30 => (lines(), -10..5_000_000_i64).prop_map(|(lines, seconds)| Step::Hold { lines, seconds }),
        15 => any::<usize>().prop_map(|hold| Step::Capture { hold }),
        20 => (any::<usize>(), any::<bool>()).prop_map(|(hold, expired)| Step::Release { hold, expired }),
        20 => (0..DAYS).prop_map(|through| Step::Expire { through }),
        1 => Just(Step::Depart),
    ]
}

/// Steps with the seconds from the first day at which they happen, back and forth.
fn history() -> impl Strategy<Value = Vec<(i64, Step)>> {
    prop::collection::vec((0..800 * 86_400_i64, step()), 1..200)
}

fn day(offset: u64) -> NaiveDate {
    date("2024-01-01") + chrono::Days::new(offset)
}

/// Code, daily cap and validity.
fn activity(index: usize) -> (ActivityCode, Option<Points>, Validity) {
    let (code, cap, validity) = [
        ("A", Some(points(15)), Validity::Months(1)),
        ("B", None, Validity::YearEnd),
        ("C", Some(Points::from_hundredths(750)), Validity::Months(12)),
        ("D", None, Validity::Forever),
    ][index];
    (ActivityCode::new(code).expect("activity"), cap, validity)
}

fn item(index: usize) -> (Sku, Points) {
    [(sku("SP001"), points(2)), (sku("SP002"), Points::from_hundredths(125))][index].clone()
}

fn basket(lines: &[(usize, u32)]) -> Spending {
    let line = |(index, quantity): &(usize, u32)| {
        let (sku, price) = item(*index);
        RedeemedLine { kind: "实物".into(), merchant: None, price, quantity: *quantity, sku }
    };
    let mut spending = spending(lines.iter().map(line).collect(), None);
    spending.limits = lines.iter().map(|(index, _)| ITEM_LIMITS[*index]).collect();
    spending
}

/// What the events alone say, kept without the worker's state.
#[derive(Default)]
struct Books {
    /// What went to benefits that were not given back, by application.
    given: BTreeMap<ApplicationId, Vec<LotPart>>,
    accounts: BTreeMap<Account, Points>,
    confirmed: Points,
    debt_paid: BTreeMap<u32, Points>,
}

impl Books {
    fn enter(&mut self, event: &WorkerEvent) {
        if let WorkerEvent::BenefitPointsSpent(event) = event {
            self.given.insert(event.application.clone(), event.lots.clone());
        }
        if let WorkerEvent::BenefitPointsReturned(event) = event {
            let given = self.given.remove(&event.application).expect("it was paid, and not given back before");
            assert_eq!(given.iter().map(|part| part.1).sum::<Points>(), event.points);
        }
        let postings = postings(&Event::Worker(event.clone()));
        let total: Points = postings.iter().map(|posting| posting.points).sum();
        assert_eq!(total, Points::ZERO, "the postings of {event:?}");
        for posting in postings {
            *self.accounts.entry(posting.account).or_default() += posting.points;
        }
        let (counted, lot, debt_paid) = match event {
            WorkerEvent::CreditConfirmed(event) => (event.points, event.lot, event.debt_paid),
            other => match other.as_service() {
                Some(record) if !record.proposed => (record.points, record.lot, record.debt_paid),
                _ => return,
            },
        };
        self.confirmed += counted;
        self.debt_paid.insert(lot, debt_paid);
    }

    fn balance(&self, account: &Account) -> Points {
        self.accounts.get(account).copied().unwrap_or_default()
    }

    fn check_floors(&self) {
        for (account, balance) in &self.accounts {
            match account {
                Account::Issuance | Account::Debt(_) => assert!(!balance.is_positive(), "{account}: {balance}"),
                _ => assert!(*balance >= Points::ZERO, "{account}: {balance}"),
            }
        }
    }

    fn check_identity(&self) {
        let [available, held, debt, expired] =
            [Account::Available, Account::Held, Account::Debt, Account::Expired].map(|of| self.balance(&of(worker())));
        let spent = self.balance(&Account::Benefit("QY1".parse().expect("a benefit")));
        let (redeemed, reversed) =
            (self.balance(&Account::Redeemed(store())) + spent, self.balance(&Account::Reversed));
        assert_eq!(self.confirmed, Points::ZERO - self.balance(&Account::Issuance));
        assert_eq!(self.confirmed + (Points::ZERO - debt), redeemed + expired + reversed + held + available);
    }
}

fn lot_sum(worker: &Worker, of: impl Fn(&Lot) -> Points) -> Points {
    worker.lots.iter().map(of).sum()
}

fn numbered(worker: &Worker) -> impl Iterator<Item = (u32, &Lot)> {
    (1..).zip(&worker.lots)
}

fn non_zero<K: Ord, V: PartialEq + Default>(map: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    map.into_iter().filter(|(_, value)| *value != V::default()).collect()
}

/// The parts of redemptions and holds that have not come back.
fn away(state: &Worker) -> impl Iterator<Item = &LotPart> {
    let redeemed = state.redemptions.values().filter(|redemption| !redemption.reversed).flat_map(|spent| &spent.lots);
    redeemed.chain(state.holds.values().flat_map(|hold| &hold.lots))
}

fn check_state(state: &Worker, books: &Books) {
    let available = books.balance(&Account::Available(worker()));
    assert_eq!(lot_sum(state, |lot| lot.remaining), available);
    assert_eq!(lot_sum(state, |lot| lot.expired), books.balance(&Account::Expired(worker())));
    assert_eq!(state.held(), books.balance(&Account::Held(worker())));
    assert_eq!(Points::ZERO - state.debt(), books.balance(&Account::Debt(worker())));
    let live: Points =
        state.redemptions.values().filter(|redemption| !redemption.reversed).map(|redemption| redemption.points).sum();
    assert_eq!(live, books.balance(&Account::Redeemed(store())));

    let of_status = |wanted: &[CreditStatus]| {
        lot_sum(state, |lot| if wanted.contains(&lot.status) { lot.points } else { Points::ZERO })
    };
    assert_eq!(of_status(&[CreditStatus::Confirmed, CreditStatus::Reversed]), books.confirmed);
    assert_eq!(of_status(&[CreditStatus::Reversed]), books.balance(&Account::Reversed));
    for (number, lot) in numbered(state) {
        check_lot(state, books, number, lot);
    }
    check_indexes(state);
}

fn check_lot(state: &Worker, books: &Books, number: u32, lot: &Lot) {
    assert!(lot.remaining >= Points::ZERO && lot.expired >= Points::ZERO, "{lot:?}");
    assert!(lot.remaining + lot.expired <= lot.points, "{lot:?}");
    let away: Points =
        away(state).chain(books.given.values().flatten()).filter(|part| part.0 == number).map(|part| part.1).sum();
    let here = lot.remaining + lot.expired;
    match lot.status {
        CreditStatus::Proposed | CreditStatus::Rejected => assert_eq!((here, away), (Points::ZERO, Points::ZERO)),
        CreditStatus::Confirmed => {
            let debt_paid = books.debt_paid.get(&number).copied().unwrap_or_default();
            assert_eq!(here + away + debt_paid, lot.points, "{lot:?}");
        }
        CreditStatus::Reversed | CreditStatus::Moved => assert!(here + away <= lot.points, "{lot:?}"),
    }
}

fn check_indexes(state: &Worker) {
    let open: BTreeMap<(NaiveDate, u32), (NaiveDate, Points)> = numbered(state)
        .filter(|(_, lot)| !(lot.remaining + lot.expired).is_zero())
        .map(|(number, lot)| ((lot.last_day.unwrap_or(NaiveDate::MAX), number), (lot.on, lot.remaining + lot.expired)))
        .collect();
    assert_eq!(*state.open.places(), open);

    let mut by_day: BTreeMap<(ActivityCode, NaiveDate), Points> = BTreeMap::new();
    for lot in state.lots.iter().filter(|lot| matches!(lot.status, CreditStatus::Proposed | CreditStatus::Confirmed)) {
        *by_day.entry((lot.activity.clone(), lot.on)).or_default() += lot.points;
    }
    assert_eq!(non_zero(state.by_day.clone()), by_day);
    for (code, cap) in (0..4).map(activity).filter_map(|(code, cap, _)| Some((code, cap?))) {
        let over = by_day.iter().find(|((activity, _), total)| *activity == code && **total > cap);
        assert_eq!(over, None, "the cap of {code} is {cap}");
    }

    let mut units: BTreeMap<(Sku, i32), u32> = BTreeMap::new();
    let redeemed = state.redemptions.values().filter(|redemption| !redemption.reversed);
    let redeemed = redeemed.map(|redemption| (&redemption.lines, redemption.limit_at));
    for (lines, when) in redeemed.chain(state.holds.values().map(|hold| (&hold.lines, hold.at))) {
        for line in lines {
            *units.entry((line.sku.clone(), when.date().year())).or_default() += line.quantity;
        }
    }
    assert_eq!(non_zero(state.units.clone()), units);
    let limited = item(0).0;
    assert!(units.iter().all(|((sku, _), had)| *sku != limited || Some(*had) <= ITEM_LIMITS[0]), "{units:?}");
}

/// The lots of a debit, told by sorting: first to expire, then first recorded; `None` when they do not suffice.
fn parts_by_sorting(state: &Worker, day: NaiveDate, wanted: Points) -> Option<Vec<LotPart>> {
    let mut lots: Vec<(u32, &Lot)> = numbered(state)
        .filter(|(_, lot)| lot.on <= day && lot.last_day.is_none_or(|last_day| last_day >= day))
        .filter(|(_, lot)| (lot.remaining + lot.expired).is_positive())
        .collect();
    lots.sort_by_key(|(number, lot)| (lot.last_day.unwrap_or(NaiveDate::MAX), *number));
    let mut missing = wanted;
    let mut parts = Vec::new();
    for (number, lot) in lots {
        let part = missing.min(lot.remaining + lot.expired);
        if part.is_positive() {
            parts.push(LotPart(number, part));
        }
        missing -= part;
    }
    missing.is_zero().then_some(parts)
}

/// A history being played: the state, the books and the names given so far.
struct Play {
    state: Worker,
    books: Books,
    events: Vec<WorkerEvent>,
    credits: Vec<String>,
    redemptions: Vec<String>,
    holds: Vec<String>,
    benefits: Vec<String>,
}

impl Play {
    fn new() -> Play {
        let mut events = Vec::new();
        let registered = given().0;
        for event in Worker::default().decide(&frame(at("2024-01-01")), super::register(None)).expect("registered") {
            events.push(event);
        }
        let [credits, redemptions, holds, benefits] = Default::default();
        Play { state: registered, books: Books::default(), events, credits, redemptions, holds, benefits }
    }

    fn command(&self, number: usize, when: BusinessTime, step: &Step) -> Option<WorkerCommand> {
        // Among the last few, so that several decisions meet in one credit, redemption or hold.
        let pick =
            |names: &[String], index: usize| names.iter().rev().nth(index.checked_rem(names.len().min(4))?).cloned();
        Some(match step {
            Step::Credit { activity: index, day: offset, tenths, proposed } => {
                let (code, daily_cap, validity) = activity(*index);
                credit_as(&format!("C{number}"), &day(*offset).to_string(), "1", |terms| {
                    terms.activity.code = code;
                    terms.activity.daily_cap = daily_cap;
                    terms.activity.validity = validity;
                    terms.quantity = Quantity::from_millionths(tenths * 100_000);
                    terms.step = Points::from_hundredths(25);
                    let checks = if number.is_multiple_of(2) { 1 } else { 2 };
                    terms.way = checked_once().filter(|_| *proposed).map(|way| WayTerms { checks, ..way });
                })
            }
            Step::Judge { credit, verdict, by_proposer } => WorkerCommand::JudgeCredit {
                credit: credit_id(&pick(&self.credits, *credit)?),
                verdict: verdict.clone(),
                judge: Judge {
                    by: actor(if *by_proposer { "maker" } else { ["checker", "second", "third"][number % 3] }),
                    alike: Vec::new(),
                    is_worker: false,
                },
                reason: "核对台账".into(),
            },
            Step::Redeem { lines } => {
                WorkerCommand::Redeem { redemption: redemption_id(&format!("R{number}")), spending: basket(lines) }
            }
            Step::Benefit { points } => WorkerCommand::PayBenefit {
                application: format!("Q{number}").parse().expect("a row"),
                benefit: "QY1".parse().expect("a benefit"),
                points: Points::from_hundredths(*points),
            },
            Step::Withdraw { benefit } => WorkerCommand::ReturnBenefit {
                application: pick(&self.benefits, *benefit)?.parse().expect("a row"),
                benefit: "QY1".parse().expect("a benefit"),
            },
            Step::TakeBack { redemption } => take_back(&pick(&self.redemptions, *redemption)?),
            Step::Hold { lines, seconds } => WorkerCommand::Hold {
                hold: hold_id(&format!("H{number}")),
                spending: basket(lines),
                expires_at: when.plus_seconds(*seconds)?,
            },
            Step::Capture { hold } => WorkerCommand::Capture {
                hold: hold_id(&pick(&self.holds, *hold)?),
                redemption: redemption_id(&format!("R{number}")),
            },
            Step::Release { hold, expired } => {
                WorkerCommand::Release { hold: hold_id(&pick(&self.holds, *hold)?), expired: *expired, reason: None }
            }
            Step::Expire { through } => WorkerCommand::Expire { through: day(*through) },
            Step::Depart => depart(),
        })
    }

    fn play(&mut self, number: usize, seconds: i64, step: &Step) {
        let when = at("2024-01-01").plus_seconds(seconds).expect("a time");
        let Some(command) = self.command(number, when, step) else { return };
        let wanted = match &command {
            WorkerCommand::Redeem { spending, .. } | WorkerCommand::Hold { spending, .. } => {
                let prices = spending.lines.iter().map(|line| line.price.times(line.quantity).expect("small"));
                Some(parts_by_sorting(&self.state, when.date(), prices.sum()))
            }
            WorkerCommand::PayBenefit { points, .. } => Some(parts_by_sorting(&self.state, when.date(), *points)),
            _ => None,
        };
        let events = match self.state.decide(&frame(when), command) {
            Ok(events) => events,
            Err(refusal) if refusal.code == Code::InsufficientPoints => {
                assert_eq!(wanted, Some(None), "{refusal}");
                return;
            }
            Err(_) => return,
        };
        for event in events {
            self.state.evolve(&event);
            self.books.enter(&event);
            self.books.check_floors();
            self.books.check_identity();
            check_state(&self.state, &self.books);
            self.check_answer(&event, wanted.as_ref());
            self.note(&event);
            self.events.push(event);
        }
    }

    fn check_answer(&self, event: &WorkerEvent, wanted: Option<&Option<Vec<LotPart>>>) {
        let balance = match event {
            WorkerEvent::Redeemed(event) => {
                assert_eq!(Some(&Some(event.lots.clone())), wanted);
                event.balance
            }
            WorkerEvent::PointsHeld(event) => {
                assert_eq!(Some(&Some(event.lots.clone())), wanted);
                event.balance
            }
            WorkerEvent::HoldCaptured(event) => event.balance,
            WorkerEvent::RedemptionReversed(event) => event.balance,
            WorkerEvent::BenefitPointsReturned(event) => event.balance,
            _ => return,
        };
        assert_eq!(balance, self.state.available_on(event.at().date()), "the receipt of {event:?}");
    }

    fn note(&mut self, event: &WorkerEvent) {
        if let Some(record) = event.as_service() {
            self.credits.push(record.credit.to_string());
        }
        match event {
            WorkerEvent::Redeemed(event) => self.redemptions.push(event.redemption.to_string()),
            WorkerEvent::HoldCaptured(event) => self.redemptions.push(event.redemption.to_string()),
            WorkerEvent::PointsHeld(event) => self.holds.push(event.hold.to_string()),
            WorkerEvent::BenefitPointsSpent(event) => self.benefits.push(event.application.to_string()),
            _ => {}
        }
    }

    /// The state folded in one go from what the journal would hold.
    fn folded_from_bytes(&self) -> Worker {
        let mut worker = Worker::default();
        for event in &self.events {
            let mut payload = Vec::new();
            event.encode_into(&mut payload).expect("encoded");
            let payload = str::from_utf8(&payload).expect("a text");
            let read = WorkerEvent::decode(event.event_type(), payload).expect("known type").expect("decoded");
            worker.evolve(&read);
        }
        worker
    }
}

fn frame(at: BusinessTime) -> OfWorker {
    OfWorker { worker: worker(), at }
}

fn played(history: &[(i64, Step)]) -> Play {
    let mut play = Play::new();
    for (number, (seconds, step)) in history.iter().enumerate() {
        play.play(number, *seconds, step);
    }
    play
}

proptest! {
    #[test]
    fn after_every_event_of_any_history_the_books_balance(history in history()) {
        let play = played(&history);
        prop_assert_eq!(play.folded_from_bytes(), play.state);
    }
}

/// Guards the property above against histories in which nothing happens.
#[test]
fn the_random_histories_reach_every_event_that_moves_points() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::from(["WorkerUpdated", "AppointmentRecorded", "CardIssued", "CardMoved", "CardClosed"]);
    reached.extend(["CivicCreationRecorded", "CommunityServiceRecorded"]);
    // These have tests of their own: they move no points of a lot here, or come from other aggregates' commands.
    reached.extend([
        "AppointmentRecorded",
        "AppointmentProposed",
        "AppointmentConfirmed",
        "AppointmentRejected",
        "BenefitPointsSpent",
        "CreditAppealed",
        "WorkerErasureAsked",
        "WorkerErased",
        // Two ids of one person are two states: whole ledgers play those (ledger/merge_tests.rs).
        "WorkerMerged",
        "WorkerAbsorbed",
    ]);
    for _ in 0..100 {
        let history = history().new_tree(&mut runner).expect("a history").current();
        reached.extend(played(&history).events.iter().map(WorkerEvent::event_type));
    }
    assert_eq!(reached, WorkerEvent::TYPES.iter().copied().collect());
}
