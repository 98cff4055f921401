//! Number cells of a workbook, kept as the decimal digits that the file holds. Owns the cut to the 15 significant
//! digits that spreadsheets themselves show, so that 0.1 + 0.2 is 0.3; no float is ever made of them.

use ledger_core::domain::decimal::{Decimal as Written, Spelling, digits_of};

use super::decimal::Decimal;
use super::error::Fault;

/// What a spreadsheet shows, and all that a person can have typed.
const SIGNIFICANT_DIGITS_MAX: u32 = 15;
/// A double needs 17 digits; two more are kept so that the cut below decides on what the file says.
const MANTISSA_DIGITS_MAX: u32 = 19;
const DAY_SECONDS: u128 = 86_400;

/// `mantissa × 10^exponent`, as written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    negative: bool,
    mantissa: u128,
    exponent: i32,
}

impl Number {
    /// Reads `[+-]digits[.digits][E[+-]digits]`; `None` for anything else.
    pub(super) fn scan(text: &str) -> Option<Number> {
        let written = Written::read(text, Spelling::STORED)?;
        let surplus = digits_of(written.mantissa()).saturating_sub(MANTISSA_DIGITS_MAX);
        Some(Number {
            negative: written.is_negative(),
            mantissa: written.mantissa() / 10_u128.checked_pow(surplus)?,
            exponent: written.exponent().checked_add_unsigned(surplus)?,
        })
    }

    /// The value as a person sees it: at most 15 significant digits, without zeros at the end.
    fn shown(self) -> Number {
        let mut mantissa = self.mantissa;
        let mut exponent = self.exponent;
        let surplus = digits_of(mantissa).saturating_sub(SIGNIFICANT_DIGITS_MAX);
        if let Some(divisor) = 10_u128.checked_pow(surplus).filter(|divisor| *divisor > 1) {
            mantissa = mantissa.saturating_add(divisor / 2) / divisor;
            exponent = exponent.saturating_add_unsigned(surplus);
        }
        while mantissa > 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
            exponent = exponent.saturating_add(1);
        }
        if mantissa == 0 {
            return Number { negative: false, mantissa: 0, exponent: 0 };
        }
        Number { negative: self.negative, mantissa, exponent }
    }

    /// The value as an exact decimal.
    pub(super) fn decimal(self) -> Result<Decimal, Fault> {
        let shown = self.shown();
        Decimal::of(Written::new(shown.negative, shown.mantissa, shown.exponent))
    }

    /// The value as text, all digits written out. A number with more whole digits than a cell can keep is refused:
    /// its last digits are zeros that no one typed, and as an identifier it would name someone else.
    pub(super) fn text(self) -> Result<String, Fault> {
        const PLACES_SHOWN_MAX: usize = 30;
        let shown = self.shown();
        let digits = shown.mantissa.to_string();
        let sign = if shown.negative { "-" } else { "" };
        if shown.exponent >= 0 {
            let zeros = usize::try_from(shown.exponent).unwrap_or(usize::MAX);
            let length = digits.len().saturating_add(zeros);
            if length > usize::try_from(SIGNIFICANT_DIGITS_MAX).unwrap_or(usize::MAX) {
                return Err(Fault::DigitsLost);
            }
            return Ok(format!("{sign}{digits:0<length$}"));
        }
        let places = usize::try_from(shown.exponent.unsigned_abs()).unwrap_or(usize::MAX);
        if places > PLACES_SHOWN_MAX {
            return Err(Fault::TooManyPlaces);
        }
        let padded = format!("{digits:0>width$}", width = places.saturating_add(1));
        let (whole, fraction) = padded.split_at(padded.len().saturating_sub(places));
        Ok(format!("{sign}{whole}.{fraction}"))
    }

    /// The value as spreadsheets show one that is too long: `3.70812199001011E17`.
    pub(super) fn scientific(self) -> String {
        let shown = self.shown();
        let sign = if shown.negative { "-" } else { "" };
        let digits = shown.mantissa.to_string();
        let (first, rest) = digits.split_at(digits.len().min(1));
        let power = i64::from(shown.exponent).saturating_add(i64::try_from(rest.len()).unwrap_or(i64::MAX));
        let point = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{point}{rest}E{power}")
    }

    /// The value as a count of days, in seconds, rounded to the nearest; `None` when negative or absurdly large.
    pub(super) fn day_seconds(self) -> Option<u64> {
        if self.negative && self.mantissa > 0 {
            return None;
        }
        let scaled = self.mantissa.checked_mul(DAY_SECONDS)?;
        let seconds = if self.exponent < 0 {
            match 10_u128.checked_pow(self.exponent.unsigned_abs()) {
                Some(divisor) => scaled.checked_add(divisor / 2)? / divisor,
                None => 0,
            }
        } else {
            scaled.checked_mul(10_u128.checked_pow(self.exponent.unsigned_abs())?)?
        };
        u64::try_from(seconds).ok()
    }

    /// The value where it is a whole number that is not negative.
    pub(super) fn whole(self) -> Option<u64> {
        let decimal = self.decimal().ok().filter(|decimal| decimal.scale() == 0)?;
        u64::try_from(decimal.units()).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{Fault, Number};

    fn decimal(text: &str) -> Result<String, Fault> {
        Number::scan(text).expect("number").decimal().map(|value| value.to_string())
    }

    #[test]
    fn stored_doubles_become_what_the_user_typed() {
        assert_eq!(decimal("0.30000000000000004").as_deref(), Ok("0.3"));
        assert_eq!(decimal("267.49999999999994").as_deref(), Ok("267.5"));
        assert_eq!(decimal("2.5000000000000001E-3").as_deref(), Ok("0.0025"));
        assert_eq!(decimal("1E3").as_deref(), Ok("1000"));
        assert_eq!(decimal("-1.5e+1").as_deref(), Ok("-15"));
        assert_eq!(decimal("0").as_deref(), Ok("0"));
        assert_eq!(decimal("-0.0").as_deref(), Ok("0"));
        assert_eq!(decimal("9.9999999999999998").as_deref(), Ok("10"));
        assert_eq!(decimal("0.0000001"), Err(Fault::TooManyPlaces));
        assert_eq!(decimal("0.33333333333333331"), Err(Fault::TooManyPlaces));
        assert_eq!(decimal("1e300"), Err(Fault::OutOfRange));
        assert_eq!(decimal("1e-300"), Err(Fault::TooManyPlaces));
    }

    #[test]
    fn identifiers_kept_as_numbers_are_written_out_or_refused() {
        let text = |text: &str| Number::scan(text).expect("number").text();
        assert_eq!(text("198").as_deref(), Ok("198"));
        assert_eq!(text("1.23456789012345E14").as_deref(), Ok("123456789012345"));
        assert_eq!(text("-2.50").as_deref(), Ok("-2.5"));
        assert_eq!(text("3.70812199001011E17"), Err(Fault::DigitsLost));
        let scientific = |text: &str| Number::scan(text).expect("number").scientific();
        assert_eq!(scientific("370812199001011000"), "3.70812199001011E17");
        assert_eq!(scientific("-1e300"), "-1E300");
    }

    #[test]
    fn what_is_not_a_number_is_not_scanned() {
        for text in ["", "-", ".", "1e", "1e+-2", "e5", "1,5", "0x1", "NaN", "inf", "1e99999999999", " 1"] {
            assert_eq!(Number::scan(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn doubles_with_few_places_read_as_written(millionths in -1_000_000_000_000_i64..1_000_000_000_000) {
            let written = super::Decimal::new(millionths < 0, millionths.unsigned_abs(), 6).expect("decimal");
            let stored: f64 = written.to_string().parse().expect("float");
            prop_assert_eq!(decimal(&format!("{stored}")), Ok(written.to_string()));
            prop_assert_eq!(decimal(&format!("{stored:.17e}")), Ok(written.to_string()));
        }

        #[test]
        fn any_double_is_answered(stored in any::<f64>()) {
            if let Some(number) = Number::scan(&format!("{stored:e}")) {
                let _ = (number.decimal(), number.text(), number.scientific(), number.day_seconds(), number.whole());
            }
        }
    }
}
