//! Numbers written in decimal digits. Owns reading them exactly, whatever they count: no number passes through a float.

use std::fmt;

/// Significant digits that are kept: as many as fit, and far more than anything here has.
const DIGITS_MAX: u32 = 38;

/// How a number may be written. Digits and one point within them everybody takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    /// A sign before a number that is not negative.
    plus: bool,
    /// A point before the first digit or behind the last.
    open_point: bool,
    /// A power of ten behind it, such as `e-6`, and how large it may be.
    power: Option<u32>,
}

impl Spelling {
    /// `[-]digits[.digits]`, as events, files and answers have it.
    pub const PLAIN: Spelling = Spelling { plus: false, open_point: false, power: None };
    /// As programs write numbers in JSON: some make 1e-6 of 0.000001.
    pub const JSON: Spelling = Spelling { power: Some(40), ..Spelling::PLAIN };
    /// As people type it: `+3`, `.5`, `5.`.
    pub const TYPED: Spelling = Spelling { plus: true, open_point: true, power: None };
    /// As spreadsheet programs keep it in a file.
    pub const STORED: Spelling = Spelling { power: Some(1_000), ..Spelling::TYPED };
}

/// `±mantissa × 10^exponent`, with the zeros that were written: 2.50 is 250 hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    mantissa: u128,
    exponent: i32,
    /// Digits other than zero stood behind those that are kept.
    cut: bool,
}

impl Decimal {
    /// The number of these digits and this power of ten.
    pub const fn new(negative: bool, mantissa: u128, exponent: i32) -> Decimal {
        Decimal { negative, mantissa, exponent, cut: false }
    }

    /// Reads a number; `None` for anything else.
    pub fn read(text: &str, spelling: Spelling) -> Option<Decimal> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').filter(|_| spelling.plus).unwrap_or(text)),
        };
        let (digits, power) = match (unsigned.split_once(['e', 'E']), spelling.power) {
            (Some((digits, power)), Some(max)) => {
                (digits, power.parse::<i32>().ok().filter(|power| power.unsigned_abs() <= max)?)
            }
            _ => (unsigned, 0),
        };
        let (whole, part) = match digits.split_once('.') {
            Some((whole, part)) if spelling.open_point || !part.is_empty() => (whole, part),
            Some(_) => return None,
            None => (digits, ""),
        };
        if whole.is_empty() && (part.is_empty() || !spelling.open_point) {
            return None;
        }
        let mut read = Decimal::new(negative, 0, power);
        for byte in whole.bytes() {
            read.push(byte, false)?;
        }
        for byte in part.bytes() {
            read.push(byte, true)?;
        }
        Some(read)
    }

    /// One more digit, before or behind the point.
    fn push(&mut self, byte: u8, behind: bool) -> Option<()> {
        if !byte.is_ascii_digit() {
            return None;
        }
        let digit = byte - b'0';
        if digits_of(self.mantissa) < DIGITS_MAX {
            self.mantissa = self.mantissa.checked_mul(10)?.checked_add(u128::from(digit))?;
            self.exponent = self.exponent.checked_sub(i32::from(behind))?;
        } else {
            self.cut |= digit > 0;
            self.exponent = self.exponent.checked_add(i32::from(!behind))?;
        }
        Some(())
    }

    /// Whether a minus stands before it, be it before a zero.
    pub const fn is_negative(self) -> bool {
        self.negative
    }

    /// The digits, without point and sign.
    pub const fn mantissa(self) -> u128 {
        self.mantissa
    }

    /// The power of ten by which the digits count.
    pub const fn exponent(self) -> i32 {
        self.exponent
    }

    /// The same number without zeros at the end of its places.
    #[must_use]
    pub const fn without_idle_zeros(self) -> Decimal {
        let Decimal { mut mantissa, mut exponent, .. } = self;
        while exponent < 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
            exponent = if mantissa == 0 { 0 } else { exponent + 1 };
        }
        Decimal { mantissa, exponent, ..self }
    }

    /// Places behind the point.
    pub const fn places(self) -> u32 {
        if self.exponent < 0 { self.exponent.unsigned_abs() } else { 0 }
    }

    /// The number in units of ten to the minus `places`; `None` where it has more places than that, or is too large.
    pub fn scaled_to(self, places: u32) -> Option<i128> {
        let Decimal { negative, mantissa, exponent, cut } = self.without_idle_zeros();
        let missing = i32::try_from(places).ok()?.checked_add(exponent)?;
        if cut {
            return None;
        }
        if mantissa == 0 {
            return Some(0);
        }
        let factor = 10_i128.checked_pow(u32::try_from(missing).ok()?)?;
        let scaled = i128::try_from(mantissa).ok()?.checked_mul(factor)?;
        Some(if negative { -scaled } else { scaled })
    }
}

/// Every digit written out, without a power of ten.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let places = usize::try_from(self.places()).unwrap_or(usize::MAX);
        let digits = format!("{:0>1$}", self.mantissa, places.saturating_add(1));
        let (whole, part) = digits.split_at(digits.len().saturating_sub(places));
        match (places, self.exponent.unsigned_abs()) {
            (0, _) if self.mantissa == 0 => write!(f, "{sign}0"),
            (0, zeros) => write!(f, "{sign}{whole}{:0<1$}", "", usize::try_from(zeros).unwrap_or(0)),
            _ => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

/// Digits that a number has; none for zero.
pub fn digits_of(number: u128) -> u32 {
    number.checked_ilog10().map_or(0, |log| log + 1)
}

/// Longest text of an amount, its sign apart.
const TEXT_MAX: usize = 30;

/// Reads an amount as it stands in texts, in units of ten to the minus `places`; zeros beyond the places are allowed.
pub(crate) fn parse_scaled(text: &str, places: u32) -> Option<i128> {
    if text.strip_prefix('-').unwrap_or(text).len() > TEXT_MAX {
        return None;
    }
    Decimal::read(text, Spelling::PLAIN)?.scaled_to(places)
}

#[cfg(test)]
mod tests;
