//! Exact decimals out of JSON, digit by digit: no number passes through a float.

use ledger_core::domain::decimal::{Decimal, Spelling};
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
    Some(Decimal::read(json, Spelling::JSON)?.to_string())
}
