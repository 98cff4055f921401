//! That every credit, rated again by the line it was rated by, comes to what it came to: merged ids, credits taken back,
//! caps of day, month and year, and whatever else a history holds.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use projections::what_if::{Causes, Lines, WhatIfAsk, WhatIfFold};

/// Panics where one would come to something else.
pub(crate) fn check(events: &[Event]) {
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
    let ask = WhatIfAsk { lines: Lines::AsTheyStood, from: day(1900), to: day(9998), list: 10, until: u64::MAX };
    let mut fold = WhatIfFold::new(ask);
    (1..).zip(events).for_each(|(position, event)| fold.fold(position, event));
    let told = fold.finish();
    assert_eq!(told.differing, 0, "{told:?}");
    assert_eq!(told.totals.before, told.totals.after, "{told:?}");
    assert_eq!((told.workers.gain, told.workers.lose, told.causes), (0, 0, Causes::default()), "{told:?}");
}
