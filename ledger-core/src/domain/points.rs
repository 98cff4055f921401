//! Points: exact decimals of at most two places, kept as whole hundredths. Owns their arithmetic and text form.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// An amount of points in whole hundredths; `Points(250)` is 2.5 points.
///
/// Serialised as the integer number of hundredths: that is how events keep it. Texts for people and API
/// answers use the decimal form of [`fmt::Display`].
/// Addition and subtraction saturate; no command may move more than [`Points::COMMAND_MAX`], so ten million
/// commands of the largest size are needed before saturation could be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Points = Points(0);
    /// The most that a single command may move: one billion points.
    pub const COMMAND_MAX: Points = Points(100_000_000_000);

    /// From whole hundredths.
    pub const fn from_hundredths(hundredths: i64) -> Points {
        Points(hundredths)
    }

    /// From whole points.
    pub const fn from_whole(points: i32) -> Points {
        Points(points as i64 * 100)
    }

    /// The amount in whole hundredths.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Whether this is exactly zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// [`Points::is_zero`] by reference, as serde's `skip_serializing_if` asks for it.
    pub(crate) const fn is_zero_ref(&self) -> bool {
        self.is_zero()
    }

    /// Whether this is more than zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// `self × count`, or `None` when it passes [`Points::COMMAND_MAX`].
    pub fn times(self, count: u32) -> Option<Points> {
        let product = i128::from(self.0) * i128::from(count);
        let product = i64::try_from(product).ok()?;
        (product.abs() <= Self::COMMAND_MAX.0).then_some(Points(product))
    }

    /// Reads an exact decimal such as `10`, `2.5` or `-0.25`; more than two places, signs other than a leading
    /// minus, exponents and anything else give `None`.
    pub fn parse(text: &str) -> Option<Points> {
        let scaled = super::decimal::parse_scaled(text, 2)?;
        i64::try_from(scaled).ok().map(Points)
    }
}

impl fmt::Display for Points {
    /// The shortest exact decimal: `10`, `2.5`, `0.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let (whole, part) = (magnitude / 100, magnitude % 100);
        match part {
            0 => write!(f, "{sign}{whole}"),
            part if part % 10 == 0 => write!(f, "{sign}{whole}.{}", part / 10),
            part => write!(f, "{sign}{whole}.{part:02}"),
        }
    }
}

impl Add for Points {
    type Output = Points;
    fn add(self, other: Points) -> Points {
        Points(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Points;
    fn sub(self, other: Points) -> Points {
        Points(self.0.saturating_sub(other.0))
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Points) {
        *self = *self + other;
    }
}

impl SubAssign for Points {
    fn sub_assign(&mut self, other: Points) {
        *self = *self - other;
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Points>>(amounts: I) -> Points {
        amounts.fold(Points::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Points;

    #[test]
    fn the_text_form_is_the_shortest_exact_decimal() {
        for (hundredths, text) in [(1000, "10"), (250, "2.5"), (25, "0.25"), (5, "0.05"), (-250, "-2.5"), (0, "0")] {
            assert_eq!(Points::from_hundredths(hundredths).to_string(), text);
            assert_eq!(Points::parse(text), Some(Points::from_hundredths(hundredths)));
        }
    }

    #[test]
    fn what_is_not_an_exact_decimal_of_two_places_is_not_read() {
        for text in ["", "-", ".", "1.", ".5", "1.234", "1e3", "+1", "1 ", "１", "99999999999999999999", "1,000"] {
            assert_eq!(Points::parse(text), None, "{text:?}");
        }
        assert_eq!(Points::parse("2.500"), Some(Points::from_hundredths(250)));
    }
}
