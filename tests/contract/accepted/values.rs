//! Values for the histories: ordinary ones mostly, and those at the ends of what can be said.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use ledger_core::domain::money::Fen;
use ledger_core::domain::period::Period;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::counter::CounterChange;
use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind};
use ledger_core::domain::proof::CounterProof;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::time::{BusinessTime, Validity};
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use proptest::prelude::*;

use super::histories::COMMANDS_MAX;
use super::prelude::TODAY;
use super::{id, micros};

pub(super) fn select<T: Clone + std::fmt::Debug + 'static>(from: &'static [T]) -> BoxedStrategy<T> {
    prop::sample::select(from).boxed()
}

/// Ordinary days, the ends of the years that are kept, and the ends of everything.
pub(super) fn civil() -> BoxedStrategy<NaiveDateTime> {
    let days = select(&[
        (2024, 4, 2),
        (2024, 3, 5),
        (2024, 2, 29),
        (1900, 1, 1),
        (1899, 12, 31),
        (9898, 12, 31),
        (9997, 12, 31),
        (9998, 12, 31),
        (9999, 12, 31),
        (10_000, 1, 1),
        (0, 1, 1),
        (262_142, 12, 31),
        (-262_143, 1, 1),
    ]);
    let times = select(&[(0, 0, 0), (9, 0, 0), (23, 0, 0), (23, 59, 59)]);
    (days, times)
        .prop_map(|((year, month, day), (hour, minute, second))| {
            let day = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
            day.and_hms_opt(hour, minute, second).expect("a time")
        })
        .boxed()
}

pub(super) fn time() -> BoxedStrategy<BusinessTime> {
    civil().prop_map(BusinessTime::from_civil).boxed()
}

pub(super) fn day() -> BoxedStrategy<NaiveDate> {
    civil().prop_map(|civil| civil.date()).boxed()
}

pub(super) fn clock() -> BoxedStrategy<i64> {
    let ordinary = BusinessTime::parse(&format!("{TODAY}T09:00:00+08:00")).expect("a time");
    let late = BusinessTime::parse("9998-12-31T23:30:00+08:00").expect("a time");
    let beyond = BusinessTime::from_civil(
        NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day").and_hms_opt(9, 0, 0).expect("a time"),
    );
    let [ordinary, late, beyond] = [ordinary, late, beyond].map(micros);
    prop_oneof![6 => Just(ordinary), 6 => Just(late), 2 => Just(beyond), 1 => select(&[0, -1, i64::MAX, i64::MIN])]
        .boxed()
}

pub(super) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        6 => Just("骑手".to_owned()),
        1 => select(&["", " ", "\u{0}", "\n\t", "\u{7f}", "\u{2028}\u{feff}😀\"\\", "\u{10ffff}"]).prop_map(str::to_owned),
        1 => (499_usize..502).prop_map(|length| "界".repeat(length)),
    ]
    .boxed()
}

pub(super) fn points() -> BoxedStrategy<Points> {
    let extreme = select(&[i64::MIN, -1, 0, 1, 50, 100_000_000_000, 100_000_000_001, i64::MAX]);
    prop_oneof![2 => Just(100_i64), 1 => extreme].prop_map(Points::from_hundredths).boxed()
}

pub(super) fn units() -> BoxedStrategy<u32> {
    prop_oneof![2 => Just(1_u32), 1 => select(&[0, 10_000_000, 10_000_001, u32::MAX])].boxed()
}

pub(super) fn quantity() -> BoxedStrategy<Option<Quantity>> {
    let extreme = select(&[i64::MIN, -1, 0, 1, 1_000_000_000_000, i64::MAX]);
    let quantity = prop_oneof![3 => Just(1_000_000_i64), 1 => extreme].prop_map(Quantity::from_millionths);
    prop::option::weighted(0.95, quantity).boxed()
}

pub(super) fn name(prefix: &'static str) -> BoxedStrategy<String> {
    prop_oneof![12 => Just(format!("{prefix}1")), 2 => Just(format!("{prefix}2")), 1 => Just("界".repeat(64))].boxed()
}

/// The key of an earlier command of the history, by chance of the right kind.
pub(super) fn earlier() -> BoxedStrategy<String> {
    let own = (0..COMMANDS_MAX).prop_map(|number| format!("k{number}"));
    prop_oneof![3 => own, 2 => (8_usize..12).prop_map(|number| format!("p{number}"))].boxed()
}

pub(super) fn activity() -> BoxedStrategy<Activity> {
    let validity = prop_oneof![
        select(&[0_u32, 1, 12, 1_200, 1_201, u32::MAX]).prop_map(Validity::Months),
        Just(Validity::YearEnd),
        Just(Validity::Forever),
    ];
    (text(), points(), prop::option::of(points()), validity, text())
        .prop_map(|(name, points_per_unit, daily_cap, validity, unit)| Activity {
            category: "志愿服务".into(),
            checks: None,
            code: id("A1"),
            counts_for_card: true,
            daily_cap,
            name,
            points_per_unit,
            publicity_days: None,
            unit,
            validity,
            terms: Default::default(),
        })
        .boxed()
}

pub(super) fn settings() -> BoxedStrategy<Settings> {
    (
        prop::option::of(any::<bool>()),
        prop::option::of(text()),
        prop::option::weighted(0.3, points()),
        prop::option::of(select(&[0_u32, 3, 366, 367, u32::MAX])),
        guards(),
        prop::option::of(0_u32..4),
        prop::option::of(any::<bool>()),
        prop::option::weighted(0.2, prop::collection::vec(day(), 0..3)),
        prop::option::weighted(0.2, prop::collection::vec(text(), 0..3)),
    )
        .prop_map(
            |(approval_required, name, points_step, publicity_days, guards, checks, working_days, holidays, tiers)| {
                Settings {
                    approval_required,
                    checks,
                    code: name.clone(),
                    counter: CounterChange {
                        counter_proof: working_days.map(|on| if on { CounterProof::Pin } else { CounterProof::Code }),
                        offline_floor: points_step,
                        offline_total: points_step,
                        redeem_back_days: publicity_days,
                    },
                    guards,
                    makeup_workdays: holidays.clone(),
                    holidays,
                    name,
                    points_step,
                    publicity_days,
                    tiers,
                    working_days,
                }
            },
        )
        .boxed()
}

pub(super) fn guards() -> BoxedStrategy<BTreeMap<GuardKind, Guard>> {
    let guard = (
        select(&[GuardAction::Off, GuardAction::Flag, GuardAction::Refuse]),
        prop::option::of(select(&[0_u32, 8, 10_000, 10_001, u32::MAX])),
    );
    let guard = guard.prop_map(|(action, over)| Guard { action, over });
    prop::collection::btree_map(select(&GuardKind::ALL), guard, 0..3).boxed()
}

pub(super) fn spending() -> BoxedStrategy<AskedSpending> {
    let line = (name("P"), prop::option::weighted(0.95, units()))
        .prop_map(|(sku, quantity)| AskedLine { sku: id(&sku), quantity });
    let when =
        prop_oneof![3 => Just(AskedTime::Now), 6 => time().prop_map(AskedTime::At), 1 => Just(AskedTime::Unreadable)];
    (name("W"), name("S"), prop::collection::vec(line, 0..3), when)
        .prop_map(|(worker, store, lines, time)| AskedSpending {
            worker: id(&worker),
            store: id(&store),
            lines,
            time,
            proven: None,
        })
        .boxed()
}

pub(super) fn fen() -> BoxedStrategy<Fen> {
    let extreme = select(&[i64::MIN, -1, 0, 1, 850, 1_000_000_000_000, 1_000_000_000_001, i64::MAX]);
    prop_oneof![2 => Just(1_000_i64), 1 => extreme].prop_map(Fen::new).boxed()
}

pub(super) fn period() -> BoxedStrategy<Period> {
    (prop::option::weighted(0.3, day()), prop::option::weighted(0.3, day()))
        .prop_map(|(from, through)| Period { from, through })
        .boxed()
}
