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

    /// Reads a line.
    ///
    /// # Errors
    /// What the JSON reader says: fields missing, unknown or named twice, and anything after the object.
    pub fn parse(line: &'a str) -> Result<EventLine<'a>, serde_json::Error> {
        match fast(line) {
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

/// Reads a line that stands byte for byte as [`EventLine::write_into`] writes it, where only the payload has escapes
/// and these are `\"` and `\\`; gives up on any other. Reading JSON in general costs three times as much.
fn fast(line: &str) -> Option<EventLine<'_>> {
    let (position, rest) = line.strip_prefix("{\"position\":")?.split_once(',')?;
    let canonical = position.bytes().all(|digit| digit.is_ascii_digit()) && !position.starts_with('0');
    let position = if canonical { position.parse().ok()? } else { return None };
    let (recorded_at, rest) = plain(rest.strip_prefix("\"recorded_at\":\"")?)?;
    let (key, rest) = plain(rest.strip_prefix(",\"key\":\"")?)?;
    let (fingerprint, rest) = plain(rest.strip_prefix(",\"fingerprint\":\"")?)?;
    let (actor, rest) = plain(rest.strip_prefix(",\"actor\":\"")?)?;
    let (event_type, rest) = plain(rest.strip_prefix(",\"type\":\"")?)?;
    let rest = rest.strip_prefix(",\"payload\":\"")?;
    let (payload, leaf) = rest.rsplit_once("\",\"leaf\":\"")?;
    let (leaf, end) = plain(leaf)?;
    let payload = unescaped(payload)?;
    (end == "}").then_some(EventLine {
        position,
        recorded_at: recorded_at.into(),
        key: key.into(),
        fingerprint: fingerprint.into(),
        actor: actor.into(),
        event_type: event_type.into(),
        payload: payload.into(),
        leaf: leaf.into(),
    })
}

/// A string without escapes, and what follows its closing quote.
fn plain(text: &str) -> Option<(&str, &str)> {
    let (content, rest) = text.split_at_checked(memchr::memchr(b'"', text.as_bytes())?)?;
    let rest = rest.get(1..)?;
    let odd = content.bytes().any(|byte| byte == b'\\' || byte < b' ');
    (!odd).then_some((content, rest))
}

fn unescaped(text: &str) -> Option<String> {
    // No quote may stand but behind a backslash, and nothing below a blank.
    if text.bytes().any(|byte| byte < b' ') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = memchr::memchr2(b'\\', b'"', rest.as_bytes()) {
        let (before, escape) = rest.split_at_checked(place)?;
        out.push_str(before);
        // A backslash and what it stands before; any other escape is left to the general reader.
        let escaped = escape.strip_prefix('\\')?;
        let character = if escaped.starts_with('"') { '"' } else { '\\' };
        rest = escaped.strip_prefix(character)?;
        out.push(character);
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EventLine, fast};
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
        assert!(fast(&good).is_some());
        for bad in [
            format!("{good}{good}"),
            format!("{good} x"),
            good.replacen("\"key\"", "\"key\":\"a\",\"key\"", 1),
            good.replacen("\"actor\"", "\"more\":1,\"actor\"", 1),
            good.replacen("12", "012", 1),
            good.replacen("\"leaf\"", "\"loaf\"", 1),
        ] {
            assert!(EventLine::parse(&bad).is_err(), "{bad}");
        }
        let spaced = good.replacen(":12", ": 12", 1);
        assert_eq!(EventLine::parse(&spaced).unwrap(), EventLine::parse(&good).unwrap());
    }

    proptest! {
        #[test]
        fn both_readers_agree_on_any_text(key in any::<String>(), payload in any::<String>()) {
            let line = line(&key, &payload);
            let text = written(&line);
            let general: EventLine<'_> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&general, &line);
            prop_assert_eq!(&EventLine::parse(&text).unwrap(), &line);
        }

        #[test]
        fn the_fast_reader_reads_nothing_that_the_general_one_reads_otherwise(tail in "[\\\\\"a,:}leaf\u{1}]{0,30}") {
            let text = format!(
                "{{\"position\":1,\"recorded_at\":\"\",\"key\":\"\",\"fingerprint\":\"\",\"actor\":\"\",\"type\":\"\",\"payload\":\"{tail}\",\"leaf\":\"\"}}"
            );
            if let Some(fast) = fast(&text) {
                prop_assert_eq!(serde_json::from_str::<EventLine<'_>>(&text).unwrap(), fast);
            }
        }
    }
}
