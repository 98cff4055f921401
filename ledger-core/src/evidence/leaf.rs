//! The canonical bytes of one journal entry: what is hashed, and nothing else.
//!
//! An entry is the concatenation of seven netstrings (D. J. Bernstein, 1997), in this order:
//! position, recorded time, key, fingerprint, actor, event type, payload. A netstring is the length
//! of a text in bytes, in decimal without leading zeros, a colon, the text, a comma.
//!
//! Why netstrings: the length comes first, so no content can imitate a border between fields, and
//! two different entries never share their bytes; there is nothing to escape and no encoder whose
//! habits could change; and a stranger rebuilds them without our code, in one line of SQL for each
//! field:
//!
//! ```sql
//! octet_length(x) || ':' || x || ','   -- PostgreSQL, SQLite 3.43; in DuckDB strlen(x)
//! ```
//!
//! Owns the framing alone. What a field means, and whether a time or a payload is well formed, is
//! judged by whoever uses the entry; the payload is the very text that was stored, never a new
//! rendering.

#[cfg(test)]
mod tests;

/// Decimal digits of the largest `u64`.
const DECIMAL_DIGITS_MAX: usize = 20;
/// For each field the comma and, for nearly all entries, a length of at most four digits with its
/// colon.
const FRAMING_BYTES_USUAL: usize = 7 * 6;

/// The fields of a leaf in their canonical order.
///
/// `decode(encode(x)) == x` for every value, and `encode(decode(b)) == b` for every accepted `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafFields<'a> {
    /// Place in the journal, counted from 1; the leaf's index in the tree is `position - 1`.
    pub position: u64,
    /// When the journal recorded the entry, as RFC 3339 text.
    pub recorded_at: &'a str,
    /// Key of the command that caused the entry.
    pub key: &'a str,
    /// Fingerprint of the command's content, in lower-case hexadecimal digits.
    pub fingerprint: &'a str,
    /// Who gave the command.
    pub actor: &'a str,
    /// Name of the event's type.
    pub event_type: &'a str,
    /// The payload's JSON text, byte for byte as stored.
    pub payload: &'a [u8],
}

/// Why bytes are not a canonical leaf. Every variant names the field at which reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// The length is missing, has a leading zero, a character that is no digit, or does not fit.
    #[error("the length of {0} is not a decimal number without leading zeros")]
    Length(&'static str),
    /// The bytes end before the field does.
    #[error("the bytes end inside {0}")]
    Truncated(&'static str),
    /// The comma that closes the field is missing, so its length is wrong.
    #[error("no comma closes {0}")]
    Unclosed(&'static str),
    /// A text field is not UTF-8.
    #[error("{0} is not UTF-8")]
    NotUtf8(&'static str),
    /// The position has a leading zero, a character that is no digit, or exceeds 64 bits.
    #[error("the position is not a decimal number without leading zeros")]
    Position,
    /// Bytes follow the last field.
    #[error("bytes follow the payload")]
    Trailing,
}

impl<'a> LeafFields<'a> {
    /// Replaces what is in `out` by the canonical bytes. Reusing one buffer, nothing is allocated
    /// once it has grown to the longest entry.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        out.clear();
        let mut digits = [0_u8; DECIMAL_DIGITS_MAX];
        let position = decimal(self.position, &mut digits);
        let fields = [
            position,
            self.recorded_at.as_bytes(),
            self.key.as_bytes(),
            self.fingerprint.as_bytes(),
            self.actor.as_bytes(),
            self.event_type.as_bytes(),
            self.payload,
        ];
        let content: usize = fields.iter().fold(FRAMING_BYTES_USUAL, |sum, field| sum.saturating_add(field.len()));
        out.reserve(content);
        for field in fields {
            push_netstring(out, field);
        }
    }

    /// Reads canonical bytes, borrowing from them.
    ///
    /// # Errors
    /// Any [`LeafError`]: every deviation from the form is refused, so each entry has one spelling.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, LeafError> {
        let mut rest = bytes;
        let position = take_text(&mut rest, "position")?;
        let fields = Self {
            position: parse_decimal(position.as_bytes()).ok_or(LeafError::Position)?,
            recorded_at: take_text(&mut rest, "recorded_at")?,
            key: take_text(&mut rest, "key")?,
            fingerprint: take_text(&mut rest, "fingerprint")?,
            actor: take_text(&mut rest, "actor")?,
            event_type: take_text(&mut rest, "event_type")?,
            payload: take_netstring(&mut rest, "payload")?,
        };
        if rest.is_empty() { Ok(fields) } else { Err(LeafError::Trailing) }
    }
}

fn push_netstring(out: &mut Vec<u8>, content: &[u8]) {
    let mut digits = [0_u8; DECIMAL_DIGITS_MAX];
    // No slice is longer than isize::MAX, so the length always fits.
    let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
    out.extend_from_slice(decimal(length, &mut digits));
    out.push(b':');
    out.extend_from_slice(content);
    out.push(b',');
}

/// Writes `number` at the end of `digits` and gives the part written.
fn decimal(mut number: u64, digits: &mut [u8; DECIMAL_DIGITS_MAX]) -> &[u8] {
    let mut start = DECIMAL_DIGITS_MAX;
    for slot in digits.iter_mut().rev() {
        // A remainder by ten always fits one byte.
        *slot = b'0'.wrapping_add(u8::try_from(number % 10).unwrap_or(0));
        start = start.saturating_sub(1);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

/// Digits only, no sign, no leading zero except for zero itself, at most `u64::MAX`.
fn parse_decimal(digits: &[u8]) -> Option<u64> {
    match digits {
        [] | [b'0', _, ..] => None,
        _ => digits.iter().try_fold(0_u64, |number, digit| {
            let value = digit.checked_sub(b'0').filter(|value| *value < 10)?;
            number.checked_mul(10)?.checked_add(u64::from(value))
        }),
    }
}

fn take_text<'a>(rest: &mut &'a [u8], field: &'static str) -> Result<&'a str, LeafError> {
    str::from_utf8(take_netstring(rest, field)?).map_err(|_| LeafError::NotUtf8(field))
}

fn take_netstring<'a>(rest: &mut &'a [u8], field: &'static str) -> Result<&'a [u8], LeafError> {
    // A longer run without a colon cannot be a length; looking no further keeps hostile input
    // cheap.
    let head = rest.get(..=DECIMAL_DIGITS_MAX).unwrap_or(rest);
    let colon = head.iter().position(|byte| *byte == b':').ok_or(LeafError::Length(field))?;
    let (digits, after) = rest.split_at_checked(colon).ok_or(LeafError::Truncated(field))?;
    let after = after.strip_prefix(b":").ok_or(LeafError::Length(field))?;
    let length =
        parse_decimal(digits).and_then(|length| usize::try_from(length).ok()).ok_or(LeafError::Length(field))?;
    let (content, after) = after.split_at_checked(length).ok_or(LeafError::Truncated(field))?;
    let (comma, after) = after.split_first().ok_or(LeafError::Truncated(field))?;
    if *comma != b',' {
        return Err(LeafError::Unclosed(field));
    }
    *rest = after;
    Ok(content)
}
