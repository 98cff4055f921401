//! Random histories. A step leaves open which earlier credit, redemption or hold it means: that is picked from what
//! the history has by then, so that a history stays one when steps are taken out of it to find a smaller failing one.

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use proptest::sample::Index;

use super::ask::{Ask, Asked, Basket, Lasting, Line, Verdict, When};

pub(crate) const WORKERS: [&str; 3] = ["W1", "W2", "W3"];
pub(crate) const STORES: [&str; 2] = ["S1", "S2"];
pub(crate) const MERCHANTS: [&str; 2] = ["M1", "M2"];
pub(crate) const SKUS: [&str; 3] = ["P", "Q", "R"];
const ACTORS: [&str; 5] = ["甲", "乙", "丙", "丁", "戊"];
const DAY_SECONDS: i64 = 86_400;
/// The span of business times.
const DAYS: i64 = 800;

/// The first day of every history.
pub(crate) fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 12, 20).expect("a date")
}

/// What the clock says when a history begins: after most of its business times, and before some.
pub(crate) fn now() -> NaiveDateTime {
    time(700 * DAY_SECONDS + DAY_SECONDS / 2)
}

fn time(seconds: i64) -> NaiveDateTime {
    first_day().and_time(chrono::NaiveTime::MIN) + TimeDelta::seconds(seconds)
}

fn day(offset: u64) -> NaiveDate {
    first_day() + Days::new(offset)
}

/// Which key a step has.
#[derive(Debug, Clone)]
pub(crate) enum KeyChoice {
    /// One of its own.
    Fresh,
    /// Not this step, but an earlier one again, refused or not.
    Again(Index),
    /// The key of an earlier one, with this step's content.
    Conflict(Index),
}

/// What a step asks for.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// Settled by now: names nothing of the history.
    Plain(Ask),
    Judge {
        credit: Index,
        verdict: Verdict,
    },
    Settle {
        credit: Index,
    },
    Reverse {
        redemption: Index,
    },
    Capture {
        hold: Index,
    },
    Release {
        hold: Index,
        expired: bool,
    },
}

/// One command to be.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) key: KeyChoice,
    pub(crate) actor: &'static str,
    pub(crate) seconds: i64,
    pub(crate) what: What,
}

/// The limits of a ledger, small enough that everything falls out of memory and every batch is cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) cached_bytes: usize,
    pub(crate) snapshot_every: u64,
    pub(crate) batch: usize,
}

/// One move of a history.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    /// Commands submitted together.
    Submit { steps: Vec<Step>, atomic: bool },
    /// The ledger ends and opens again, with other limits.
    Restart(Limits),
    /// Everything is folded from the beginning, in pages of a size, beside what was carried along.
    Rebuild { page: u64 },
}

/// What a history has so far, to pick from.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) credits: Vec<String>,
    pub(crate) redemptions: Vec<String>,
    pub(crate) holds: Vec<String>,
    /// What the clock says now.
    pub(crate) now: NaiveDateTime,
    asked: Vec<Asked>,
    count: usize,
}

/// Mostly among the last few, so that several decisions meet in one thing.
fn pick<T: Clone>(from: &[T], index: Index) -> Option<T> {
    const FEW: usize = 4;
    let count = from.len().min(FEW);
    if count == 0 { None } else { from.iter().rev().nth(index.index(count)).cloned() }
}

impl Scope {
    /// After the prelude.
    pub(crate) fn new() -> Scope {
        let mut scope = Scope {
            credits: Vec::new(),
            redemptions: Vec::new(),
            holds: Vec::new(),
            now: now(),
            asked: Vec::new(),
            count: 0,
        };
        prelude().into_iter().for_each(|asked| scope.note(asked));
        scope
    }

    fn note(&mut self, asked: Asked) {
        let names = match &asked.ask {
            Ask::Credit { .. } => Some(&mut self.credits),
            Ask::Redeem(_) | Ask::Capture { .. } => Some(&mut self.redemptions),
            Ask::Hold { .. } => Some(&mut self.holds),
            _ => None,
        };
        if let Some(names) = names.filter(|names| !names.contains(&asked.key)) {
            names.push(asked.key.clone());
        }
        self.asked.push(asked);
    }

    /// The command that a step comes to; none when it means something that is not there yet.
    pub(crate) fn settle(&mut self, step: &Step) -> Option<Asked> {
        if let KeyChoice::Again(index) = step.key {
            return (!self.asked.is_empty()).then(|| index.get(&self.asked).clone());
        }
        let ask = match step.what.clone() {
            What::Plain(ask) => ask,
            What::Judge { credit, verdict } => Ask::Judge { credit: pick(&self.credits, credit)?, verdict },
            What::Settle { credit } => Ask::Settle { credit: pick(&self.credits, credit)? },
            What::Reverse { redemption } => Ask::Reverse { redemption: pick(&self.redemptions, redemption)? },
            What::Capture { hold } => Ask::Capture { hold: pick(&self.holds, hold)? },
            What::Release { hold, expired } => Ask::Release { hold: pick(&self.holds, hold)?, expired },
        };
        let key = match step.key {
            KeyChoice::Conflict(index) if !self.asked.is_empty() => index.get(&self.asked).key.clone(),
            _ => {
                self.count += 1;
                format!("k{}", self.count)
            }
        };
        // Decisions come later than most of what they are about, and some of them now.
        let judges = matches!(ask, Ask::Judge { .. });
        let at = match judges {
            true if step.seconds % 2 == 0 => self.now,
            true => time(step.seconds + 12 * DAY_SECONDS),
            false => time(step.seconds),
        };
        let asked = Asked { key, actor: step.actor, at, ask };
        self.note(asked.clone());
        Some(asked)
    }

    /// Whether every step of a move means something that is there by then.
    pub(crate) fn has_all_of(&self, one: &Move) -> bool {
        let Move::Submit { steps, .. } = one else { return true };
        let mut scope = self.clone();
        steps.iter().all(|step| scope.settle(step).is_some())
    }

    /// Forgets what a refused command would have made.
    pub(crate) fn refused(&mut self, key: &str) {
        for names in [&mut self.credits, &mut self.redemptions, &mut self.holds] {
            names.retain(|name| name != key);
        }
    }
}

/// The schedule's two versions: rates, caps, categories and periods all differ, and one activity ends.
pub(crate) fn schedule(second: bool) -> Vec<Line> {
    let line = |code, category, rate, cap, lasting, card| Line { code, category, rate, cap, lasting, card };
    if second {
        return vec![
            line("A", "志愿服务", 1_200, Some(1_800), Lasting::Months(2), true),
            line("B", "邻里互助", 300, Some(900), Lasting::YearEnd, true),
            line("C", "文明创建", 725, None, Lasting::Months(6), true),
        ];
    }
    vec![
        line("A", "志愿服务", 1_000, Some(2_500), Lasting::Months(1), true),
        line("B", "文明创建", 250, None, Lasting::YearEnd, true),
        line("C", "邻里互助", 725, Some(2_000), Lasting::Months(12), false),
        line("D", "志愿服务", 100, None, Lasting::Forever, true),
    ]
}

/// How every history begins, so that most commands have something to act on.
pub(crate) fn prelude() -> Vec<Asked> {
    let item = |store: &str, sku: &str, price, limit, merchant: Option<&str>, opening| Ask::List {
        store: store.into(),
        sku: sku.into(),
        price,
        limit,
        merchant: merchant.map(str::to_owned),
        opening,
    };
    let mut asks = vec![Ask::Adopt { lines: schedule(false), from: day(0) }];
    asks.extend(MERCHANTS.map(|id| Ask::RegisterMerchant {
        merchant: id.into(),
        name: "粮油店".into(),
        update: false,
    }));
    asks.extend(STORES.map(|id| Ask::OpenStore { store: id.into(), name: "积分超市".into(), update: false }));
    asks.extend([
        item("S1", "P", 200, Some(8), Some("M1"), 20),
        item("S1", "Q", 125, None, Some("M2"), 30),
        item("S1", "R", 500, Some(3), None, 6),
        item("S2", "P", 300, Some(4), Some("M2"), 15),
        item("S2", "Q", 50, Some(12), None, 0),
    ]);
    for (index, worker) in WORKERS.into_iter().take(2).enumerate() {
        let party_member = Some(true).filter(|_| index == 0);
        asks.push(Ask::Register { worker: worker.into(), occupation: "骑手".into(), party_member, update: false });
    }
    asks.push(Ask::IssueCard { worker: "W1".into(), card: "C1".into(), branch: "B1".into(), update: false });
    let credit = |(worker, activity, on, quantity): (&str, &str, u64, i64)| Ask::Credit {
        worker: worker.into(),
        activity: activity.into(),
        on: Some(day(on)),
        quantity: Some(quantity * 1_000_000),
    };
    let credits = [("W1", "B", 5, 12), ("W1", "A", 8, 2), ("W1", "C", 9, 2), ("W2", "D", 5, 25), ("W2", "A", 6, 1)];
    asks.extend(credits.map(credit));
    let frame = |(index, ask)| Asked { key: format!("p{index}"), actor: ACTORS[0], at: time(0), ask };
    asks.into_iter().enumerate().map(frame).collect()
}

fn one_of(texts: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(texts).prop_map(str::to_owned).boxed()
}

fn worker() -> BoxedStrategy<String> {
    prop_oneof![20 => one_of(&WORKERS[..2]), 3 => one_of(&WORKERS[2..]), 1 => one_of(&["W9"])].boxed()
}

fn store() -> BoxedStrategy<String> {
    prop_oneof![20 => one_of(&STORES[..1]), 8 => one_of(&STORES[1..]), 1 => one_of(&["S9"])].boxed()
}

fn sku() -> BoxedStrategy<String> {
    prop_oneof![20 => one_of(&SKUS), 1 => one_of(&["Z"])].boxed()
}

fn merchant() -> BoxedStrategy<String> {
    prop_oneof![10 => one_of(&MERCHANTS), 1 => one_of(&["M9"])].boxed()
}

/// Close together, so that caps and limits are met; seldom far apart, so that years and validity are.
fn date() -> BoxedStrategy<NaiveDate> {
    prop_oneof![5 => 8_u64..11, 2 => 0_u64..60, 1 => 0..DAYS.unsigned_abs()].prop_map(day).boxed()
}

fn quantity() -> BoxedStrategy<Option<i64>> {
    prop_oneof![
        12 => (1_i64..6).prop_map(|halves| Some(halves * 500_000)),
        3 => (1_i64..30_000_000).prop_map(Some),
        1 => prop::sample::select(&[None, Some(0), Some(-1_000_000), Some(1)][..]),
    ]
    .boxed()
}

fn basket() -> BoxedStrategy<Basket> {
    let units = prop_oneof![
        40 => (1_u32..4).prop_map(Some),
        1 => prop::sample::select(&[None, Some(0), Some(4_000_000_000)][..]),
    ];
    let when = prop_oneof![
        10 => Just(When::Now),
        3 => (0..DAYS * DAY_SECONDS).prop_map(|seconds| When::At(time(seconds))),
        10 => (8 * DAY_SECONDS..40 * DAY_SECONDS).prop_map(|seconds| When::At(time(seconds))),
        1 => Just(When::Unreadable),
    ];
    let lines = prop_oneof![
        20 => prop::collection::vec((sku(), units), 1..3),
        1 => Just(Vec::new()),
    ];
    (worker(), store(), lines, when)
        .prop_map(|(worker, store, lines, when)| Basket { worker, store, lines, when })
        .boxed()
}

fn verdict() -> BoxedStrategy<Verdict> {
    prop_oneof![
        8 => Just(Verdict::Confirm),
        2 => Just(Verdict::Reject),
        5 => Just(Verdict::Reverse),
        3 => Just(Verdict::Object),
        2 => Just(Verdict::Uphold),
        3 => Just(Verdict::Dismiss),
        2 => Just(Verdict::Appeal),
    ]
    .boxed()
}

fn at_the_counter() -> BoxedStrategy<What> {
    let seconds = prop_oneof![1 => Just(0_u32), 10 => 1_u32..100_000, 10 => 1_u32..5_000_000];
    prop_oneof![
        60 => (worker(), one_of(&["A", "A", "A", "A", "B", "C", "C", "D", "X"]), prop::option::weighted(0.97, date()), quantity())
            .prop_map(|(worker, activity, on, quantity)| What::Plain(Ask::Credit { worker, activity, on, quantity })),
        60 => (any::<Index>(), verdict()).prop_map(|(credit, verdict)| What::Judge { credit, verdict }),
        25 => any::<Index>().prop_map(|credit| What::Settle { credit }),
        60 => basket().prop_map(|basket| What::Plain(Ask::Redeem(basket))),
        25 => any::<Index>().prop_map(|redemption| What::Reverse { redemption }),
        30 => (basket(), seconds).prop_map(|(basket, seconds)| What::Plain(Ask::Hold { basket, seconds })),
        20 => any::<Index>().prop_map(|hold| What::Capture { hold }),
        20 => (any::<Index>(), any::<bool>()).prop_map(|(hold, expired)| What::Release { hold, expired }),
        20 => (worker(), date()).prop_map(|(worker, through)| What::Plain(Ask::Expire { worker, through })),
        12 => (store(), sku(), prop_oneof![6 => 1_u32..30, 1 => Just(0_u32)], prop::option::of(merchant())).prop_map(
            |(store, sku, quantity, merchant)| What::Plain(Ask::Restock { store, sku, quantity, merchant })),
    ]
    .boxed()
}

fn in_the_office() -> BoxedStrategy<What> {
    let member = prop::sample::select(&[None, Some(true), Some(false), Some(false)][..]);
    let step = prop::sample::select(&[None, Some(100_i64), Some(50), Some(1), Some(0)][..]);
    let days = prop::sample::select(&[None, Some(0_u32), Some(0), Some(3)][..]);
    let plain = prop_oneof![
        6 => (prop::option::of(0_u32..3), days, step, prop::option::weighted(0.3, any::<bool>())).prop_map(
            |(checks, publicity_days, step, working)| Ask::Configure { checks, publicity_days, step, working }),
        4 => (any::<bool>(), date()).prop_map(|(second, from)| Ask::Adopt { lines: schedule(second), from }),
        1 => date().prop_map(|from| Ask::Adopt { lines: Vec::new(), from }),
        6 => (worker(), one_of(&["骑手", "快递员"]), member, any::<bool>()).prop_map(
            |(worker, occupation, party_member, update)| Ask::Register { worker, occupation, party_member, update }),
        2 => worker().prop_map(|worker| Ask::Depart { worker }),
        9 => (worker(), one_of(&["C1", "C2", "C3"]), one_of(&["B1", "B2"]), any::<bool>())
            .prop_map(|(worker, card, branch, update)| Ask::IssueCard { worker, card, branch, update }),
        4 => (worker(), one_of(&["B1", "B2"])).prop_map(|(worker, branch)| Ask::MoveCard { worker, branch }),
        3 => worker().prop_map(|worker| Ask::CloseCard { worker }),
        2 => (merchant(), one_of(&["粮油店", "理发店"]), any::<bool>())
            .prop_map(|(merchant, name, update)| Ask::RegisterMerchant { merchant, name, update }),
        14 => (merchant(), prop::sample::select(&[0_u32, 0, 0, 1][..]), 0_i64..400).prop_map(|(merchant, month, points)| {
            Ask::Pay { merchant, month: NaiveDate::from_ymd_opt(2024, month + 1, 1).expect("a date"), points }
        }),
        2 => (store(), one_of(&["积分超市", "暖新驿站"]), any::<bool>())
            .prop_map(|(store, name, update)| Ask::OpenStore { store, name, update }),
        3 => store().prop_map(|store| Ask::CloseStore { store }),
        8 => store().prop_map(|store| Ask::ReopenStore { store }),
        5 => (store(), sku(), -100_i64..600, prop::option::of(1_u32..9), prop::option::of(merchant()), 0_u32..9)
            .prop_map(|(store, sku, price, limit, merchant, opening)|
                Ask::List { store, sku, price, limit, merchant, opening }),
        2 => (store(), sku()).prop_map(|(store, sku)| Ask::Delist { store, sku }),
        4 => (store(), sku(), 0_u32..40).prop_map(|(store, sku, counted)| Ask::Count { store, sku, counted }),
        4 => (store(), sku(), 0_u32..12).prop_map(|(store, sku, quantity)| Ask::WriteOff { store, sku, quantity }),
    ];
    plain.prop_map(What::Plain).boxed()
}

fn step() -> BoxedStrategy<Step> {
    let key = prop_oneof![
        20 => Just(KeyChoice::Fresh),
        2 => any::<Index>().prop_map(KeyChoice::Again),
        1 => any::<Index>().prop_map(KeyChoice::Conflict),
    ];
    let seconds = prop_oneof![5 => 8 * DAY_SECONDS..50 * DAY_SECONDS, 1 => 0..DAYS * DAY_SECONDS];
    let what = prop_oneof![4 => at_the_counter(), 1 => in_the_office()];
    (key, prop::sample::select(&ACTORS[..]), seconds, what)
        .prop_map(|(key, actor, seconds, what)| Step { key, actor, seconds, what })
        .boxed()
}

/// Tiny limits.
pub(crate) fn limits() -> BoxedStrategy<Limits> {
    (1_usize..4_000, 1_u64..4, 1_usize..8)
        .prop_map(|(cached_bytes, snapshot_every, batch)| Limits { cached_bytes, snapshot_every, batch })
        .boxed()
}

fn one_move() -> BoxedStrategy<Move> {
    prop_oneof![
        20 => step().prop_map(|step| Move::Submit { steps: vec![step], atomic: false }),
        4 => (prop::collection::vec(step(), 2..6), any::<bool>())
            .prop_map(|(steps, atomic)| Move::Submit { steps, atomic }),
        1 => limits().prop_map(Move::Restart),
    ]
    .boxed()
}

/// The next move of a history that is also looked at from its beginning now and then.
pub(crate) fn next_move() -> BoxedStrategy<Move> {
    prop_oneof![25 => one_move(), 1 => (1_u64..40).prop_map(|page| Move::Rebuild { page })].boxed()
}

/// Every other history asks for checks or publicity from its start on.
pub(crate) fn strict_start() -> BoxedStrategy<Option<Step>> {
    let settings = (0_u32..3, 0_u32..3, any::<bool>()).prop_map(|(checks, days, working)| {
        let (checks, publicity_days) = (Some(checks), Some(days));
        let ask = Ask::Configure { checks, publicity_days, step: Some(50), working: Some(working) };
        Step { key: KeyChoice::Fresh, actor: ACTORS[0], seconds: 0, what: What::Plain(ask) }
    });
    prop::option::weighted(0.5, settings).boxed()
}

/// A history of up to so many moves.
#[allow(dead_code, reason = "for those who play without the state machine")]
pub(crate) fn history(moves_max: usize) -> BoxedStrategy<Vec<Move>> {
    let alone = |step| Move::Submit { steps: vec![step], atomic: false };
    (strict_start(), prop::collection::vec(one_move(), 1..=moves_max))
        .prop_map(move |(start, moves)| start.into_iter().map(alone).chain(moves).collect())
        .boxed()
}
