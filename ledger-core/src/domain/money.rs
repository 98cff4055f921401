//! Money, in fen (分). It is counted apart from points and never turned into them.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use super::decimal::Decimal;

/// An amount of money in whole fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);
    /// The most that one command may name: ten billion yuan. Sums of it stay far from what a number can hold.
    pub const COMMAND_MAX: Fen = Fen(1_000_000_000_000);

    /// So many fen.
    pub const fn new(fen: i64) -> Fen {
        Fen(fen)
    }

    /// From a decimal number of yuan, exactly.
    pub fn from_yuan(yuan: Decimal) -> Option<Fen> {
        yuan.scaled_to(2)
            .and_then(|fen| i64::try_from(fen).ok())
            .map(Fen)
            .filter(|fen| fen.0.abs() <= Fen::COMMAND_MAX.0)
    }

    /// As a number of fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// A share of it in parts of `of`, half a fen rounded up.
    pub fn share_rounded(self, part: i64, of: i64) -> Fen {
        let whole = i128::from(self.0) * i128::from(part) * 2 + i128::from(of);
        Fen(i64::try_from(whole.div_euclid(i128::from(of) * 2)).unwrap_or(i64::MAX))
    }

    /// A share of it in parts of `of`, rounded down.
    pub fn share_down(self, part: i64, of: i64) -> Fen {
        let whole = i128::from(self.0) * i128::from(part);
        Fen(i64::try_from(whole.div_euclid(i128::from(of))).unwrap_or(i64::MAX))
    }
}

impl Add for Fen {
    type Output = Fen;
    fn add(self, other: Fen) -> Fen {
        Fen(self.0.saturating_add(other.0))
    }
}

impl Sub for Fen {
    type Output = Fen;
    fn sub(self, other: Fen) -> Fen {
        Fen(self.0.saturating_sub(other.0))
    }
}

impl Neg for Fen {
    type Output = Fen;
    fn neg(self) -> Fen {
        Fen(self.0.saturating_neg())
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Fen) {
        *self = *self + other;
    }
}

impl SubAssign for Fen {
    fn sub_assign(&mut self, other: Fen) {
        *self = *self - other;
    }
}

impl fmt::Display for Fen {
    /// In yuan, without needless zeros: 12.5.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, fen) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        match (fen / 100, fen % 100) {
            (yuan, 0) => write!(f, "{sign}{yuan}"),
            (yuan, rest) if rest % 10 == 0 => write!(f, "{sign}{yuan}.{}", rest / 10),
            (yuan, rest) => write!(f, "{sign}{yuan}.{rest:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fen;

    #[test]
    fn a_share_is_rounded_half_up_or_down_to_the_fen() {
        // 48.49 at 7.5 of 10 is 36.3675.
        assert_eq!(Fen::new(4849).share_rounded(750, 1000), Fen::new(3637));
        assert_eq!(Fen::new(50).share_rounded(850, 1000), Fen::new(43));
        assert_eq!(Fen::new(1009).share_down(5_000, 10_000), Fen::new(504));
    }

    #[test]
    fn yuan_are_written_without_needless_zeros() {
        let written = [1200, 1250, 1205, -5, 0].map(|fen| Fen::new(fen).to_string());
        assert_eq!(written, ["12", "12.5", "12.05", "-0.05", "0"]);
    }
}
