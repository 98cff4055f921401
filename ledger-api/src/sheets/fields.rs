//! Cells as the values that commands need. Every error is a sentence that names the column, quotes what stands there
//! and says the cure.

use std::str::FromStr;

use chrono::NaiveDate;
use ledger_core::domain::ids::IdError;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::time::is_plausible;

use super::Row;

/// A reading whose error is a sentence.
pub(crate) type Read<T> = Result<T, String>;

/// What a row of a setup sheet is told when a cell cannot be read.
pub(crate) fn invalid(sentence: String) -> Refusal {
    Refusal::new(Code::InvalidInput, sentence)
}

pub(crate) fn blank(column: &str) -> String {
    format!("「{column}」 is blank; fill it in")
}

/// A sentence about a readable cell whose value cannot hold.
pub(crate) fn wrong(row: &Row, column: &str, what: &str) -> String {
    // Cut here and not by the reader: what is readable may still be long.
    let original: String = row.field(column).original().chars().take(40).collect();
    format!("「{column}」: \"{original}\" {what}")
}

/// What a row is told whose sheet says something else of the same thing further up; names both rows.
pub(crate) fn said_otherwise(columns: &[&str], key: &[String], first: u64, row: u64) -> Refusal {
    let (columns, key) = (columns.join(", "), key.join(", "));
    let message = format!(
        "rows {first} and {row} say different things of one {columns} ({key}); row {first} counts: keep the right one and \
         take the other out"
    );
    Refusal::new(Code::DuplicateConflict, message)
}

/// An identifier that must be there.
pub(crate) fn id<T: FromStr<Err = IdError>>(row: &Row, column: &str) -> Read<T> {
    maybe_id(row, column)?.ok_or_else(|| blank(column))
}

/// An identifier that may be missing.
pub(crate) fn maybe_id<T: FromStr<Err = IdError>>(row: &Row, column: &str) -> Read<Option<T>> {
    let Some(text) = row.field(column).text().map_err(|error| error.to_string())? else { return Ok(None) };
    text.parse().map(Some).map_err(|error| wrong(row, column, &format!("cannot be used: {error}")))
}

/// A code or choice, in half width.
pub(crate) fn word(row: &Row, column: &str) -> Read<Option<String>> {
    let text = row.field(column).text().map_err(|error| error.to_string())?;
    Ok(text.map(|text| text.into_owned()))
}

/// A name, as written.
pub(crate) fn name(row: &Row, column: &str) -> Read<Option<String>> {
    let text = row.field(column).verbatim().map_err(|error| error.to_string())?;
    Ok(text.map(|text| text.into_owned()))
}

/// A name that must be there.
pub(crate) fn required_name(row: &Row, column: &str) -> Read<String> {
    name(row, column)?.ok_or_else(|| blank(column))
}

/// A day that may be missing.
pub(crate) fn day(row: &Row, column: &str) -> Read<Option<NaiveDate>> {
    match row.field(column).date() {
        Ok(Some(date)) if is_plausible(date) => Ok(Some(date)),
        Ok(Some(_)) => Err(wrong(row, column, "lies outside the years 1900 to 9998; correct the date")),
        Ok(None) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Words of a list, separated by 、 or a comma.
pub(crate) fn words(row: &Row, column: &str) -> Read<Vec<String>> {
    let all = name(row, column)?.unwrap_or_default();
    let words = all.split(['、', ',', '\u{ff0c}', ';', '\u{ff1b}']).map(str::trim).filter(|word| !word.is_empty());
    Ok(words.map(str::to_owned).collect())
}

/// Points, of at most two places.
pub(crate) fn points(row: &Row, column: &str) -> Read<Option<Points>> {
    let Some(decimal) = row.field(column).decimal().map_err(|error| error.to_string())? else { return Ok(None) };
    match decimal.scaled_to(2) {
        Some(hundredths) => Ok(Some(Points::from_hundredths(hundredths))),
        None => Err(wrong(row, column, "has more than two decimal places or is too large; points have at most two")),
    }
}

/// A whole number from 0 on.
pub(crate) fn count(row: &Row, column: &str) -> Read<Option<u32>> {
    let Some(number) = row.field(column).integer().map_err(|error| error.to_string())? else { return Ok(None) };
    match u32::try_from(number) {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(wrong(row, column, "is below 0 or too large; write a whole number from 0 on")),
    }
}
