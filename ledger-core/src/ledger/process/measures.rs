//! What a selection's formula takes of a worker: counted from the credits as the worker's own state has them, and from
//! nothing else.

use std::collections::BTreeSet;

use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::selection::command::{Indicator, Measure, SelectionTerms};
use crate::domain::selection::formula::Figure;
use crate::domain::worker::Worker;
use crate::domain::worker::state::{CreditStatus, Lot};

/// Hundredths of one.
const ONE: i128 = 100;
/// Millionths in a hundredth: a quantity is cut to what figures have.
const MILLIONTHS: i128 = 10_000;

/// A worker's figures, one an indicator in the order of the formula. What counts was confirmed and not taken back, for
/// service dates from the first day through the cut-off.
///
/// # Errors
/// `invalid_quantity` where one is more than can be counted.
pub(crate) fn figures(terms: &SelectionTerms, worker: &Worker) -> Decision<Vec<Figure>> {
    let counts = |lot: &&Lot| {
        lot.status == CreditStatus::Confirmed && lot.on <= terms.cut_off && terms.from.is_none_or(|from| from <= lot.on)
    };
    let lots: Vec<&Lot> = worker.lots().iter().filter(counts).collect();
    terms.indicators.iter().map(|indicator| figure(indicator, &lots)).collect()
}

fn figure(indicator: &Indicator, lots: &[&Lot]) -> Decision<Figure> {
    let looks_at = |lot: &&&Lot| indicator.activities.is_empty() || indicator.activities.contains(&lot.activity);
    let lots = lots.iter().filter(looks_at);
    let hundredths = match indicator.measure {
        Measure::CreditedPoints => lots.map(|lot| i128::from(lot.points.hundredths())).sum(),
        Measure::Quantity => lots.map(|lot| i128::from(lot.quantity.millionths())).sum::<i128>() / MILLIONTHS,
        Measure::ServiceDays => whole(lots.map(|lot| lot.on).collect::<BTreeSet<_>>().len()),
        Measure::Services => whole(lots.count()),
    };
    let too_much = |_| Refusal::new(Code::InvalidQuantity, format!("{} passes what can be counted", indicator.code));
    i64::try_from(hundredths).map(Figure::from_hundredths).map_err(too_much)
}

fn whole(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(i128::MAX / ONE) * ONE
}
