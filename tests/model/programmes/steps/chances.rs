//! What steps are made of: days, numbers that are mostly there, words.

use proptest::prelude::*;

use super::{Day, Said};

pub(super) fn day() -> BoxedStrategy<Day> {
    // Every tenth day of the first half of 2024, those of March more often, and some of the second half.
    prop_oneof![6 => (6_u16..9).prop_map(|tens| 10 * tens + 5), 8 => (0_u16..18).prop_map(|tens| 10 * tens + 5), 1 => (19_u16..36).prop_map(|tens| 10 * tens)].boxed()
}

/// A day and one on or after it, for the most part.
pub(super) fn days() -> BoxedStrategy<(Day, Day)> {
    prop_oneof![
        8 => (day(), 0_u16..3).prop_map(|(day, more)| (day, day + 10 * more)),
        1 => (day(), day()),
    ]
    .boxed()
}

/// One of so many, rarely one that is not there.
pub(super) fn of(count: u8) -> BoxedStrategy<u8> {
    prop_oneof![20 => 0..count, 1 => Just(count)].boxed()
}

pub(super) fn said() -> BoxedStrategy<Said> {
    prop_oneof![
        6 => Just(Said::Satisfied),
        2 => Just(Said::MostlySatisfied),
        2 => Just(Said::Dissatisfied),
        3 => Just(Said::True),
        1 => Just(Said::Untrue),
        1 => Just(Said::Nonsense),
    ]
    .boxed()
}

/// A worker: mostly the same ones, whose caps are reached.
pub(super) fn worker() -> BoxedStrategy<u8> {
    prop_oneof![3 => Just(0), 3 => Just(1), 1 => of(4)].boxed()
}

pub(super) fn maybe<T: std::fmt::Debug + Clone + 'static>(
    some: u32,
    none: u32,
    of: BoxedStrategy<T>,
) -> BoxedStrategy<Option<T>> {
    prop_oneof![some => of.prop_map(Some), none => Just(None)].boxed()
}
