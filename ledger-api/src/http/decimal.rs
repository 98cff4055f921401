//! Exact decimals out of JSON, digit by digit: no number passes through a float.

use serde_json::value::RawValue;

/// Numbers longer than this are no amounts of anything here.
const DECIMAL_CHARS_MAX: usize = 64;

/// The JSON string that stands there, if one does.
pub(super) fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// A JSON number, or a string that holds a decimal, as a plain decimal without exponent.
pub(super) fn decimal(raw: &RawValue) -> Option<String> {
    let json = raw.get().trim();
    if json.len() > DECIMAL_CHARS_MAX {
        return None;
    }
    if json.starts_with('"') {
        return text(raw);
    }
    if !json.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    match json.split_once(['e', 'E']) {
        None => Some(json.to_owned()),
        Some((mantissa, exponent)) => shift(mantissa, exponent.parse().ok()?),
    }
}

/// Moves the point of a decimal: some programs write 0.000001 as 1e-6.
fn shift(mantissa: &str, exponent: i32) -> Option<String> {
    const PLACES_MAX: usize = 40;
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let moved = usize::try_from(exponent.unsigned_abs()).ok().filter(|moved| *moved <= PLACES_MAX)?;
    let (whole, part) = if exponent >= 0 {
        let part = format!("{part}{}", "0".repeat(moved.saturating_sub(part.len())));
        let (more, rest) = part.split_at_checked(moved)?;
        (format!("{whole}{more}"), rest.to_owned())
    } else {
        let whole = format!("{}{whole}", "0".repeat((moved + 1).saturating_sub(whole.len())));
        let (rest, less) = whole.split_at_checked(whole.len().checked_sub(moved)?)?;
        (rest.to_owned(), format!("{less}{part}"))
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}
