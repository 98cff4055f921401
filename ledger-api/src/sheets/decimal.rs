//! Exact decimals of at most six places. Owns reading them from text, without floats; how number cells of a
//! workbook become decimals is in [`number`](super::number).

use std::fmt;

use ledger_core::domain::decimal::{Decimal as Written, Spelling};

use super::error::Fault;

/// The most decimal places a value may have.
pub(super) const PLACES_MAX: u8 = 6;

/// An exact decimal: `units` of ten to the minus `scale`. Always in lowest terms, so that 2, 2.0 and 2.00 are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    scale: u8,
}

impl Decimal {
    /// Reads `[+-]digits[.digits]`. Thousands separators, exponents and more than six places are refused.
    pub fn parse(text: &str) -> Result<Decimal, Fault> {
        match Written::read(text, Spelling::TYPED) {
            Some(written) => Decimal::of(written),
            None => Err(fault_of(text.strip_prefix(['-', '+']).unwrap_or(text))),
        }
    }

    /// The number in lowest terms.
    pub(super) fn of(written: Written) -> Result<Decimal, Fault> {
        let written = written.without_idle_zeros();
        let scale = u8::try_from(written.places()).ok().filter(|scale| *scale <= PLACES_MAX);
        let scale = scale.ok_or(Fault::TooManyPlaces)?;
        let units = written.scaled_to(scale.into()).and_then(|units| i64::try_from(units).ok());
        Ok(Decimal { units: units.filter(|units| *units > i64::MIN).ok_or(Fault::OutOfRange)?, scale })
    }

    #[cfg(test)]
    pub(super) fn new(negative: bool, magnitude: u64, scale: u8) -> Result<Decimal, Fault> {
        Decimal::of(Written::new(negative, magnitude.into(), -i32::from(scale)))
    }

    /// The value in units of ten to the minus [`Decimal::scale`].
    pub fn units(self) -> i64 {
        self.units
    }

    /// How many decimal places the value has, at most six.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// The value in units of ten to the minus `places`; `None` where it has more places than that or does not fit.
    pub fn scaled_to(self, places: u8) -> Option<i64> {
        let missing = u32::from(places.checked_sub(self.scale)?);
        self.units.checked_mul(10_i64.checked_pow(missing)?)
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why this is not a decimal, told as closely as a person would.
fn fault_of(digits: &str) -> Fault {
    let number_like = digits.bytes().any(|byte| byte.is_ascii_digit());
    if number_like && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.') {
        return if digits.contains(',') { Fault::ThousandsSeparator } else { Fault::NotANumber };
    }
    let exponent = digits.split_once(['e', 'E']).is_some_and(|(mantissa, exponent)| {
        let exponent = exponent.trim_start_matches(['+', '-']);
        let mantissa_digits = mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        !mantissa.is_empty() && mantissa_digits && !exponent.is_empty() && all_digits(exponent)
    });
    if exponent { Fault::Exponent } else { Fault::NotANumber }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = self.units.unsigned_abs().to_string();
        let scale = usize::from(self.scale);
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale.saturating_add(1));
        let (whole, places) = padded.split_at(padded.len().saturating_sub(scale));
        write!(f, "{sign}{whole}.{places}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{Decimal, Fault};

    #[test]
    fn decimals_are_read_exactly_and_in_lowest_terms() {
        let read = |text: &str| Decimal::parse(text).map(|value| (value.units(), value.scale()));
        assert_eq!(read("2"), Ok((2, 0)));
        assert_eq!(read("2.50"), Ok((25, 1)));
        assert_eq!(read("-0.25"), Ok((-25, 2)));
        assert_eq!(read("+3"), Ok((3, 0)));
        assert_eq!(read("007"), Ok((7, 0)));
        assert_eq!(read(".5"), Ok((5, 1)));
        assert_eq!(read("5."), Ok((5, 0)));
        assert_eq!(read("100"), Ok((100, 0)));
        assert_eq!(read("0.000001"), Ok((1, 6)));
        assert_eq!(read("1.0000000000"), Ok((1, 0)));
    }

    #[test]
    fn what_is_not_a_decimal_says_why() {
        assert_eq!(Decimal::parse("1,000"), Err(Fault::ThousandsSeparator));
        assert_eq!(Decimal::parse("1e3"), Err(Fault::Exponent));
        assert_eq!(Decimal::parse("1.5E+03"), Err(Fault::Exponent));
        assert_eq!(Decimal::parse("0.0000001"), Err(Fault::TooManyPlaces));
        assert_eq!(Decimal::parse("9223372036854775808"), Err(Fault::OutOfRange));
        assert_eq!(Decimal::parse("99999999999999999999999"), Err(Fault::OutOfRange));
        for text in ["", ".", "-", "--1", "1-", "1.2.3", "若干", "2小时", "NaN", "inf", "0x10", "1 000", "½", "e5", "²"]
        {
            assert_eq!(Decimal::parse(text), Err(Fault::NotANumber), "{text}");
        }
    }

    #[test]
    fn scaling_never_rounds() {
        let value = Decimal::parse("2.5").expect("decimal");
        assert_eq!(value.scaled_to(2), Some(250));
        assert_eq!(value.scaled_to(0), None);
        assert_eq!(Decimal::parse("9223372036854775807").expect("decimal").scaled_to(2), None);
    }

    proptest! {
        #[test]
        fn the_text_form_reads_back(units in -i64::MAX..=i64::MAX, scale in 0_u8..=6) {
            let value = Decimal::new(units < 0, units.unsigned_abs(), scale).expect("decimal");
            prop_assert_eq!(Decimal::parse(&value.to_string()), Ok(value));
            prop_assert_eq!(value.scaled_to(6).is_some() || units.unsigned_abs() > 9_000_000_000_000, true);
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = Decimal::parse(&text);
        }
    }
}
