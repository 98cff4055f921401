//! One event as one line of JSON: the seven fields that are hashed, and the leaf hash.
//!
//! The payload is a JSON string and not an object: after undoing the string's escapes it is the very text that was
//! hashed, whatever a JSON library thinks of numbers and of the order of keys.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::evidence::hash::Hash;
use crate::evidence::leaf::LeafFields;

/// One line, without its line end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine<'a> {
    /// Place in the journal, from 1.
    pub position: u64,
    /// When it was recorded, the RFC 3339 text as stored.
    #[serde(borrow)]
    pub recorded_at: Cow<'a, str>,
    /// Key of its command.
    #[serde(borrow)]
    pub key: Cow<'a, str>,
    /// Fingerprint of its command's content, lower-case hexadecimal digits.
    #[serde(borrow)]
    pub fingerprint: Cow<'a, str>,
    /// Who gave the command.
    #[serde(borrow)]
    pub actor: Cow<'a, str>,
    /// Name of its type.
    #[serde(borrow, rename = "type")]
    pub event_type: Cow<'a, str>,
    /// The payload's text.
    #[serde(borrow)]
    pub payload: Cow<'a, str>,
    /// The leaf hash, lower-case hexadecimal digits.
    #[serde(borrow)]
    pub leaf: Cow<'a, str>,
}

impl<'a> EventLine<'a> {
    /// A line from the fields of a leaf and its hash; none when the payload is not text.
    pub fn new(fields: &LeafFields<'a>, leaf: Hash) -> Option<EventLine<'a>> {
        Some(EventLine {
            position: fields.position,
            recorded_at: fields.recorded_at.into(),
            key: fields.key.into(),
            fingerprint: fields.fingerprint.into(),
            actor: fields.actor.into(),
            event_type: fields.event_type.into(),
            payload: str::from_utf8(fields.payload).ok()?.into(),
            leaf: leaf.to_string().into(),
        })
    }

    /// Reads a line; the payload may come to stand in `room`.
    ///
    /// # Errors
    /// What the JSON reader says: fields missing, unknown or named twice, and anything after the object.
    pub fn parse(line: &'a str, room: &'a mut Vec<u8>) -> Result<EventLine<'a>, serde_json::Error> {
        match fast(line, room) {
            Some(parsed) => Ok(parsed),
            None => serde_json::from_str(line),
        }
    }

    /// Appends the line with its line end.
    ///
    /// # Errors
    /// When the JSON writer fails, which it does for no such value.
    pub fn write_into(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.push(b'\n');
        Ok(())
    }

    /// The fields that are hashed.
    pub fn fields(&self) -> LeafFields<'_> {
        LeafFields {
            position: self.position,
            recorded_at: &self.recorded_at,
            key: &self.key,
            fingerprint: &self.fingerprint,
            actor: &self.actor,
            event_type: &self.event_type,
            payload: self.payload.as_bytes(),
        }
    }
}

/// What follows the payload: the leaf, 64 digits.
const LEAF_OPENS: &str = "\",\"leaf\":\"";
const LEAF_CLOSES: &str = "\"}";
const TAIL_BYTES: usize = LEAF_OPENS.len() + Hash::HEX_CHARS + LEAF_CLOSES.len();

/// Reads a line that stands byte for byte as [`EventLine::write_into`] writes it, where only the payload has escapes
/// and these are `\"` and `\\`; gives up on any other. Reading JSON in general costs three times as much.
fn fast<'a>(line: &'a str, room: &'a mut Vec<u8>) -> Option<EventLine<'a>> {
    let (position, rest) = line.strip_prefix("{\"position\":")?.split_once(',')?;
    let canonical = position.bytes().all(|digit| digit.is_ascii_digit()) && !position.starts_with('0');
    let position = if canonical { position.parse().ok()? } else { return None };
    let (recorded_at, rest) = plain(rest.strip_prefix("\"recorded_at\":\"")?)?;
    let (key, rest) = plain(rest.strip_prefix(",\"key\":\"")?)?;
    let (fingerprint, rest) = plain(rest.strip_prefix(",\"fingerprint\":\"")?)?;
    let (actor, rest) = plain(rest.strip_prefix(",\"actor\":\"")?)?;
    let (event_type, rest) = plain(rest.strip_prefix(",\"type\":\"")?)?;
    let rest = rest.strip_prefix(",\"payload\":\"")?;
    let (payload, tail) = rest.split_at_checked(rest.len().checked_sub(TAIL_BYTES)?)?;
    let leaf = tail.strip_prefix(LEAF_OPENS)?.strip_suffix(LEAF_CLOSES)?;
    if place_of_odd(leaf.as_bytes()).is_some() {
        return None;
    }
    unescape(payload, room)?;
    Some(EventLine {
        position,
        recorded_at: recorded_at.into(),
        key: key.into(),
        fingerprint: fingerprint.into(),
        actor: actor.into(),
        event_type: event_type.into(),
        payload: str::from_utf8(room).ok()?.into(),
        leaf: leaf.into(),
    })
}

/// A string without escapes, and what follows its closing quote.
fn plain(text: &str) -> Option<(&str, &str)> {
    let (content, rest) = text.split_at_checked(place_of_odd(text.as_bytes())?)?;
    Some((content, rest.strip_prefix('"')?))
}

/// Where the first byte stands that is a quote, a backslash or below a blank.
fn place_of_odd(bytes: &[u8]) -> Option<usize> {
    let (eights, rest) = bytes.as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        if let Some(place) = first_odd(*eight) {
            return Some(index * 8 + place);
        }
    }
    let place = rest.iter().position(|byte| is_odd(*byte))?;
    Some(eights.len() * 8 + place)
}

const fn is_odd(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | ..b' ')
}

/// Takes the escapes `\"` and `\\` out of a text; gives up on any other, on a quote without one, and below a blank. An
/// escape stands in a payload every few bytes, so eight bytes are looked at together.
fn unescape(text: &str, out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    out.reserve(text.len());
    let mut rest = text.as_bytes();
    loop {
        while let Some((eight, after)) = rest.split_first_chunk::<8>() {
            let place = first_odd(*eight);
            out.extend_from_slice(eight);
            if let Some(place) = place {
                out.truncate(out.len().saturating_sub(8_usize.saturating_sub(place)));
                rest = rest.get(place..)?;
                break;
            }
            rest = after;
        }
        let Some((byte, after)) = rest.split_first() else { return Some(()) };
        rest = after;
        match byte {
            b'\\' => {
                let (escaped, after) = rest.split_first()?;
                if !matches!(escaped, b'"' | b'\\') {
                    return None;
                }
                out.push(*escaped);
                rest = after;
            }
            b'"' | ..b' ' => return None,
            _ => out.push(*byte),
        }
    }
}

/// The first of eight bytes that is a quote, a backslash or below a blank.
fn first_odd(eight: [u8; 8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let word = u64::from_le_bytes(eight);
    // Of bytes below `limit` the first has its high bit set here; higher ones may have it without being so.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES.wrapping_mul(u64::from(limit))) & !word & HIGH;
    let is = |byte: u8| below(word ^ ONES.wrapping_mul(u64::from(byte)), 1);
    let odd = is(b'"') | is(b'\\') | below(word, b' ');
    (odd != 0).then(|| usize::try_from(odd.trailing_zeros() / 8).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EventLine, fast, first_odd, is_odd};
    use crate::evidence::hash::HashSuite;
    use crate::evidence::leaf::LeafFields;

    fn line<'a>(key: &'a str, payload: &'a str) -> EventLine<'a> {
        let fields = LeafFields {
            position: 12,
            recorded_at: "2024-01-01T08:01:36.000000+08:00",
            key,
            fingerprint: "00ff",
            actor: "cli",
            event_type: "Redeemed",
            payload: payload.as_bytes(),
        };
        let mut leaf = Vec::new();
        fields.encode_into(&mut leaf);
        EventLine::new(&fields, HashSuite::Sha256.leaf_hash(&leaf)).unwrap()
    }

    fn written(line: &EventLine<'_>) -> String {
        let mut out = Vec::new();
        line.write_into(&mut out).unwrap();
        String::from_utf8(out).unwrap().trim_end().to_owned()
    }

    #[test]
    fn the_line_is_this() {
        let expected = concat!(
            r#"{"position":12,"recorded_at":"2024-01-01T08:01:36.000000+08:00","key":"JL-1","fingerprint":"00ff","#,
            r#""actor":"cli","type":"Redeemed","payload":"{\"a\":\"\\n\",\"v\":1}","#,
            r#""leaf":"1f1cbd7ed6db4ee8a4b2a6f2b6cdd4c0f9b39a48a2c58c4b19b4f4a63a34b1a0"}"#
        );
        let found = written(&line("JL-1", r#"{"a":"\n","v":1}"#));
        let (head, _) = found.rsplit_once(":").unwrap();
        assert_eq!(head, expected.rsplit_once(":").unwrap().0);
    }

    #[test]
    fn what_stands_otherwise_is_refused_or_read_by_the_general_reader() {
        let good = written(&line("JL-1", r#"{"v":1}"#));
        assert!(fast(&good, &mut Vec::new()).is_some());
        for bad in [
            format!("{good}{good}"),
            format!("{good} x"),
            good.replacen("\"key\"", "\"key\":\"a\",\"key\"", 1),
            good.replacen("\"actor\"", "\"more\":1,\"actor\"", 1),
            good.replacen("12", "012", 1),
            good.replacen("\"leaf\"", "\"loaf\"", 1),
        ] {
            assert!(EventLine::parse(&bad, &mut Vec::new()).is_err(), "{bad}");
        }
        let spaced = good.replacen(":12", ": 12", 1);
        let (mut one, mut other) = (Vec::new(), Vec::new());
        assert_eq!(EventLine::parse(&spaced, &mut one).unwrap(), EventLine::parse(&good, &mut other).unwrap());
    }

    proptest! {
        #[test]
        fn both_readers_agree_on_any_text(key in any::<String>(), payload in any::<String>()) {
            let line = line(&key, &payload);
            let text = written(&line);
            let general: EventLine<'_> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&general, &line);
            let mut room = Vec::new();
            prop_assert_eq!(&EventLine::parse(&text, &mut room).unwrap(), &line);
        }

        #[test]
        fn the_first_odd_byte_of_eight_is_found(eight: [u8; 8], odd in prop::collection::vec((0_usize..8, prop::sample::select(vec![b'"', b'\\', b'\n', 0, 31, b' ', 0x80, 0xa2, 0xdc])), 0..4)) {
            let mut eight = eight;
            odd.into_iter().for_each(|(place, byte)| eight[place] = byte);
            let expected = eight.iter().position(|byte| is_odd(*byte));
            prop_assert_eq!(first_odd(eight), expected);
        }

        #[test]
        fn the_fast_reader_reads_nothing_that_the_general_one_reads_otherwise(tail in "[\\\\\"a,:}leaf\u{1}]{0,30}") {
            let leaf = "0".repeat(64);
            let text = format!(
                "{{\"position\":1,\"recorded_at\":\"\",\"key\":\"\",\"fingerprint\":\"\",\"actor\":\"\",\"type\":\"\",\"payload\":\"{tail}\",\"leaf\":\"{leaf}\"}}"
            );
            let mut room = Vec::new();
            if let Some(fast) = fast(&text, &mut room) {
                prop_assert_eq!(serde_json::from_str::<EventLine<'_>>(&text).unwrap(), fast);
            }
        }
    }
}
