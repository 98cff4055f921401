//! Quantities of service: exact decimals of at most six places (hours, times, pieces).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::decimal::parse_scaled;
use super::points::Points;

/// How much was done, in millionths of the activity's unit; `Quantity(2_500_000)` is 2.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(i64);

impl Quantity {
    /// The largest quantity one record may carry: one million units.
    pub const MAX: Quantity = Quantity(1_000_000_000_000);

    /// From millionths of a unit.
    pub const fn from_millionths(millionths: i64) -> Quantity {
        Quantity(millionths)
    }

    /// The amount in millionths of a unit.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Reads an exact decimal of at most six places; `None` when it is not one or passes [`Quantity::MAX`].
    pub fn parse(text: &str) -> Option<Quantity> {
        let scaled = i64::try_from(parse_scaled(text, 6)?).ok()?;
        (scaled.unsigned_abs() <= Self::MAX.0.unsigned_abs()).then_some(Quantity(scaled))
    }

    /// `self × rate`, rounded down to a multiple of `step`; `None` when it passes what a command may move.
    ///
    /// Source: contract section 4.2 (数量 × 每单位积分, rounded down to a multiple of `points_step`).
    pub fn earn(self, rate: Points, step: Points) -> Option<Points> {
        if !step.is_positive() || self.0 <= 0 || !rate.is_positive() {
            return Some(Points::ZERO);
        }
        let exact = i128::from(self.0) * i128::from(rate.hundredths());
        let step = i128::from(step.hundredths()) * 1_000_000;
        let rounded = (exact / step) * step / 1_000_000;
        let points = Points::from_hundredths(i64::try_from(rounded).ok()?);
        (points <= Points::COMMAND_MAX).then_some(points)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let (whole, part) = (magnitude / 1_000_000, magnitude % 1_000_000);
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:06}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::{Points, Quantity};

    #[test]
    fn points_are_rounded_down_to_the_step() {
        let earn = |quantity: &str, rate: &str, step: &str| {
            let read = |text| Points::parse(text).expect("decimal");
            Quantity::parse(quantity).expect("decimal").earn(read(rate), read(step)).map(|points| points.to_string())
        };
        assert_eq!(earn("2.5", "8", "1").as_deref(), Some("20"));
        assert_eq!(earn("1.5", "2.5", "0.5").as_deref(), Some("3.5"));
        assert_eq!(earn("0.333333", "3", "1").as_deref(), Some("0"));
        assert_eq!(earn("1000000", "1000000", "1"), None);
    }

    #[test]
    fn the_text_form_drops_trailing_zeros() {
        assert_eq!(Quantity::parse("2.50").map(|quantity| quantity.to_string()).as_deref(), Some("2.5"));
        assert_eq!(Quantity::parse("0.0000001"), None);
    }
}
