//! What the parts of a request are, and what must be answered to a hostile value in their place: done, or one status with
//! one code. Written from the contract, not from the server's code.

use serde_json::Value;

use super::Verdict;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The id of something that is there, and the code for one that is not.
    Known(&'static str),
    /// The id of what the role's scope names, or of what belongs to it: of anything else nothing is told.
    Scope,
    /// The key of a command that made something at the role's own store.
    MadeAtScope,
    /// The same, or nothing.
    OptionalKnown(&'static str),
    /// The id of somebody who may be nobody: what is told of them is a case.
    OptionalMade,
    /// The key of a command that made something.
    Made(&'static str),
    /// The same in a body, of what the address names one of too: the code for one that is not there is told alike.
    Earlier(&'static str),
    /// The id of a thing of the programmes that has an address of its own: one that is not there is told as there.
    Thing(&'static str),
    /// The key of a line of a month: where the month has none of it, it cannot hold.
    StatementLine,
    /// Words that name whose money it is; any may be asked for, and most are nobody's.
    Body,
    /// A month in an address.
    MonthPart,
    /// The id of something that is made.
    New,
    /// The id of an account, which is made or is there; slashes may stand in it.
    Account,
    /// One of the roles, of which no hostile value is one.
    Role,
    /// Some words that must be there.
    Text,
    /// Somebody's name for the vault, that must be there.
    Witness,
    /// A name that is looked for; without one there is nothing to look for.
    Sought,
    /// Words that may be left out and may not be blank.
    Filled,
    /// A unified social credit code (统一社会信用代码), of which no hostile value is one.
    CreditCode,
    /// A SHA-256 in hexadecimal, of which no hostile value is one.
    Digest,
    /// The same, read before anything is judged; or nothing.
    OptionalDigest,
    /// What lets somebody in. No words are tried: wrong ones are counted, and whoever tried many must wait.
    Secret,
    OptionalText,
    /// Words that are read and kept nowhere.
    Remark,
    /// What the vault keeps.
    Name,
    Flag,
    /// A flag that is off when left out.
    Switch,
    OptionalFlag,
    Date,
    OptionalInstant,
    /// A month in a body.
    Month,
    Quantity,
    /// A quantity of work whose points are worked out once somebody says what it was worth: it may come to none yet.
    Work,
    /// Units that are moved: one or more.
    Units,
    /// Units that were counted: none or more.
    Count,
    /// Points that are owed, price, rate: more than nothing.
    Payment,
    Price,
    /// Points with no upper bound but that of all points; may be left out.
    OptionalPoints,
    /// Yearly limit: a whole number, or nothing.
    Limitation,
    /// Whole minutes up to thirty days.
    Minutes,
    Months,
    Days,
    /// A list that must not be empty.
    Lines,
    Line,
    Settings,
    /// In an address.
    Year,
    Entry,
    /// In a query.
    Whole,
    Required,
    /// A day in a query, whose refusal has its own code.
    Day,
    /// A day or an instant in a query.
    Moment,
    MonthAsked,
    /// One of some words; blanks are none of them.
    Choice,
    /// The same, where blanks stand for nothing.
    Word,
    Anything,
    Truth,
}

const FORBIDDEN: Verdict = Verdict::Refused(403, "forbidden");
const UNREADABLE: Verdict = Verdict::Refused(400, "invalid_input");
const CANNOT_HOLD: Verdict = Verdict::Refused(422, "invalid_input");
const NO_DATE: Verdict = Verdict::Refused(422, "invalid_date");
const NO_QUANTITY: Verdict = Verdict::Refused(422, "invalid_quantity");
const NOT_THERE: Verdict = Verdict::Refused(404, "not_found");
const TOO_LARGE: Verdict = Verdict::Refused(413, "too_large");
/// What the control itself is answered with.
const DONE: Verdict = Verdict::Done(0);

/// Characters of a text.
const TEXT_MAX: usize = 200;
/// Characters of a text that is no name.
const REASON_MAX: usize = 500;
/// Units that one command may move.
const UNITS_MAX: i128 = 10_000_000;
const ID_MAX: usize = 64;
const KEY_MAX: usize = 128;

fn is_id(text: &str, max: usize, slash: bool) -> bool {
    let bad = |one: char| one.is_control() || one.is_whitespace() || one == '\u{feff}' || (one == '/' && !slash);
    !text.is_empty() && text.chars().count() <= max && !text.contains(bad)
}

/// What is told of a value in the place of a field; none where the field is left out.
pub(super) fn field(kind: Kind, raw: Option<&str>) -> Verdict {
    let value: Option<Value> = raw.and_then(|raw| serde_json::from_str(raw).ok());
    let nothing = raw.is_none() || matches!(value, Some(Value::Null));
    let text = value.as_ref().and_then(Value::as_str);
    let text_inside = text.unwrap_or_default().trim();
    let blank = text.is_some() && text_inside.is_empty();
    // Breaks between lines may stand in a text that is no name.
    let broken =
        |name: bool| text_inside.contains(|one: char| one.is_control() && (name || !matches!(one, '\n' | '\t')));
    let whole: Option<i128> =
        raw.and_then(|raw| raw.parse().ok()).filter(|_| !raw.is_some_and(|raw| raw.starts_with("-0")));
    // A decimal as a number, or as a text of one.
    let decimal: Option<f64> = text
        .or(raw)
        .filter(|text| text.len() <= 20 && !text.contains(['e', 'E']))
        .and_then(|text| text.parse().ok())
        .filter(|number: &f64| number.is_finite());
    match kind {
        Kind::OptionalKnown(_) | Kind::OptionalText | Kind::Remark | Kind::Filled | Kind::Name | Kind::OptionalFlag
            if nothing =>
        {
            DONE
        }
        Kind::OptionalInstant
        | Kind::OptionalDigest
        | Kind::OptionalPoints
        | Kind::Limitation
        | Kind::Minutes
        | Kind::Months
        | Kind::Days
        | Kind::Settings
            if nothing =>
        {
            DONE
        }
        Kind::Switch if raw.is_none() => DONE,
        // In points or in yuan: nothing of both is what cannot hold.
        Kind::Payment if nothing => CANNOT_HOLD,
        Kind::Sought if raw.is_none_or(|raw| raw == "null") => CANNOT_HOLD,
        Kind::Sought if text.is_some_and(|text| text.trim().is_empty()) => CANNOT_HOLD,
        Kind::Sought => field(Kind::Witness, raw),
        Kind::OptionalMade if nothing => DONE,
        Kind::OptionalMade => {
            if text.is_some_and(|text| is_id(text, ID_MAX, false)) {
                DONE
            } else {
                UNREADABLE
            }
        }
        Kind::Known(code) | Kind::OptionalKnown(code) => match text {
            Some(text) if is_id(text, ID_MAX, false) => Verdict::Refused(422, code),
            _ => UNREADABLE,
        },
        Kind::Earlier(code) => match text {
            Some(text) if is_id(text, KEY_MAX, true) => Verdict::Refused(404, code),
            _ => UNREADABLE,
        },
        Kind::Thing(code) => match text {
            Some(text) if is_id(text, ID_MAX, false) => Verdict::Refused(404, code),
            _ => UNREADABLE,
        },
        Kind::Scope => {
            if text.is_some_and(|text| is_id(text, ID_MAX, false)) {
                FORBIDDEN
            } else {
                UNREADABLE
            }
        }
        Kind::New => {
            if text.is_some_and(|text| is_id(text, ID_MAX, false)) {
                DONE
            } else {
                UNREADABLE
            }
        }
        Kind::Account => {
            if text.is_some_and(|text| is_id(text, ID_MAX, true)) {
                DONE
            } else {
                UNREADABLE
            }
        }
        Kind::Role | Kind::OptionalDigest | Kind::Secret => UNREADABLE,
        Kind::StatementLine => match text {
            Some(text) if is_id(text, KEY_MAX, true) => CANNOT_HOLD,
            _ => UNREADABLE,
        },
        Kind::Digest => text.map_or(UNREADABLE, |_| CANNOT_HOLD),
        Kind::Text | Kind::Witness | Kind::CreditCode | Kind::Filled if nothing || blank => UNREADABLE,
        Kind::Text
        | Kind::Witness
        | Kind::OptionalText
        | Kind::Name
        | Kind::CreditCode
        | Kind::Filled
        | Kind::Remark => match text {
            None => UNREADABLE,
            Some(text) if text.chars().count() > TEXT_MAX && kind != Kind::Remark => TOO_LARGE,
            Some(_) if matches!(kind, Kind::Name | Kind::Witness) && broken(true) => UNREADABLE,
            Some(_) if kind == Kind::CreditCode => CANNOT_HOLD,
            Some(_) if matches!(kind, Kind::Text | Kind::OptionalText | Kind::Filled) && broken(false) => CANNOT_HOLD,
            Some(_) => DONE,
        },
        Kind::Flag | Kind::Switch | Kind::OptionalFlag => {
            if matches!(value, Some(Value::Bool(_))) {
                DONE
            } else {
                UNREADABLE
            }
        }
        // Whatever stands where a date or quantity should is judged as one, so that a sheet's row is told the same.
        Kind::Date | Kind::Quantity | Kind::Work | Kind::Units | Kind::Count if raw.is_none() => UNREADABLE,
        Kind::Date | Kind::OptionalInstant => NO_DATE,
        Kind::Month => UNREADABLE,
        Kind::Work if decimal == Some(0.001) => DONE,
        Kind::Quantity | Kind::Work => {
            if decimal == Some(1.5) {
                DONE
            } else {
                NO_QUANTITY
            }
        }
        Kind::Units | Kind::Count => match whole {
            Some(number) if number <= UNITS_MAX && (number > 0 || kind == Kind::Count && number == 0) => DONE,
            _ => NO_QUANTITY,
        },
        Kind::Payment | Kind::Price | Kind::OptionalPoints => {
            match decimal.filter(|number| (number * 100.0).fract() == 0.0 && number.abs() < 1e12) {
                None => UNREADABLE,
                Some(number) if number > 0.0 && (number < 1e9 || kind == Kind::OptionalPoints) => DONE,
                Some(_) if kind == Kind::Payment => NO_QUANTITY,
                Some(_) => CANNOT_HOLD,
            }
        }
        Kind::Limitation | Kind::Days => {
            if whole.is_some_and(|number| (0..1 << 32).contains(&number)) {
                DONE
            } else {
                UNREADABLE
            }
        }
        Kind::Minutes => {
            if whole == Some(0) {
                CANNOT_HOLD
            } else {
                UNREADABLE
            }
        }
        Kind::Months => {
            // However nothing is written, it is the number 0.
            if raw != Some("-0") && value.as_ref().and_then(Value::as_f64) == Some(0.0) {
                CANNOT_HOLD
            } else if blank {
                DONE
            } else {
                UNREADABLE
            }
        }
        Kind::Lines => {
            if raw == Some("[]") {
                CANNOT_HOLD
            } else {
                UNREADABLE
            }
        }
        // Of the fields all may be left out.
        Kind::Settings => {
            if matches!(raw, Some("{}")) {
                DONE
            } else {
                UNREADABLE
            }
        }
        Kind::Line => UNREADABLE,
        other => unreachable!("{other:?} stands in no body"),
    }
}

/// The bytes that an escaped part of an address stands for; what is no escape stands for itself.
fn unescaped(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16)).map(|digit| digit as u8);
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// What is told of a part of the address.
pub(super) fn part(kind: Kind, raw: &str, reads: bool) -> Verdict {
    let Ok(text) = String::from_utf8(unescaped(raw)) else { return UNREADABLE };
    match kind {
        // Whoever asks for what cannot be there is told that it is not.
        Kind::Known(code) if reads => Verdict::Refused(404, code),
        Kind::Known(code) => {
            if is_id(&text, ID_MAX, false) {
                Verdict::Refused(404, code)
            } else {
                UNREADABLE
            }
        }
        Kind::Scope if reads => FORBIDDEN,
        Kind::Scope => {
            if is_id(&text, ID_MAX, false) {
                FORBIDDEN
            } else {
                UNREADABLE
            }
        }
        Kind::MadeAtScope => {
            if is_id(&text, KEY_MAX, true) {
                FORBIDDEN
            } else {
                UNREADABLE
            }
        }
        Kind::Made(code) => {
            if is_id(&text, KEY_MAX, true) {
                Verdict::Refused(404, code)
            } else {
                UNREADABLE
            }
        }
        Kind::MonthPart if reads => NO_DATE,
        Kind::MonthPart => UNREADABLE,
        Kind::Body if reads => NOT_THERE,
        Kind::Body if text.chars().count() > REASON_MAX => TOO_LARGE,
        Kind::Body if text.contains(|one: char| one.is_control() && !matches!(one, '\n' | '\t')) => CANNOT_HOLD,
        Kind::Body => NOT_THERE,
        Kind::Account => {
            if is_id(&text, ID_MAX, true) {
                Verdict::Refused(404, "unknown_account")
            } else {
                UNREADABLE
            }
        }
        Kind::Year => {
            if matches!(text.as_str(), "0" | "-1") {
                NO_DATE
            } else {
                UNREADABLE
            }
        }
        Kind::Entry => {
            if text == "0" {
                Verdict::Refused(404, "not_found")
            } else {
                UNREADABLE
            }
        }
        other => unreachable!("{other:?} stands in no address"),
    }
}

/// What is told of `1`, where a second query that is none of the first stands behind it; the operation may have it or not.
pub(super) fn two_queries(name: &str, kind: Kind, has_limit: bool, named: Option<Kind>) -> Verdict {
    match name {
        "limit" => UNREADABLE,
        _ if !has_limit => UNREADABLE,
        "after" if kind == Kind::Choice => UNREADABLE,
        "after" | "min_position" => DONE,
        // Of then what the address names was not there.
        "at" => match named {
            Some(Kind::Known(code)) => Verdict::Refused(404, code),
            other => unreachable!("{other:?} was not there at any time"),
        },
        _ => query(kind, "1"),
    }
}

/// What is told of a query.
pub(super) fn query(kind: Kind, raw: &str) -> Verdict {
    let text = String::from_utf8_lossy(&unescaped(raw)).into_owned();
    let blank = text.trim().is_empty();
    if text.contains('\0') {
        return UNREADABLE;
    }
    match kind {
        Kind::Whole | Kind::Moment | Kind::Choice if text.is_empty() => DONE,
        Kind::Word | Kind::Day | Kind::MonthAsked if blank => DONE,
        Kind::Day => {
            if text == "9999-12-31" {
                DONE
            } else {
                NO_DATE
            }
        }
        Kind::MonthAsked => NO_DATE,
        Kind::Anything | Kind::Known(_) => DONE,
        Kind::OptionalKnown(_) if blank => DONE,
        // Whatever it is, there is none of that name.
        Kind::OptionalKnown(code) => Verdict::Refused(422, code),
        Kind::Truth => {
            if text == "true" {
                DONE
            } else {
                UNREADABLE
            }
        }
        Kind::Whole | Kind::Moment | Kind::Choice | Kind::Word | Kind::Required => UNREADABLE,
        other => unreachable!("{other:?} stands in no query"),
    }
}
