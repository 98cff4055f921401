//! Golden bytes of the canonical leaf; they never change, or no journal verifies any more.

use proptest::prelude::*;

use super::{LeafError, LeafFields};
use crate::evidence::hash::HashSuite;

const FIRST: LeafFields<'static> = LeafFields {
    position: 1,
    recorded_at: "2024-03-05T08:30:00.000000Z",
    key: "创建-1",
    fingerprint: "00ff",
    actor: "system",
    event_type: "JournalOpened",
    payload: br#"{"hash":"sha-256"}"#,
};

const EMPTY: LeafFields<'static> = LeafFields {
    position: u64::MAX,
    recorded_at: "",
    key: "",
    fingerprint: "",
    actor: "",
    event_type: "",
    payload: b"",
};

/// The key and the payload look like netstrings themselves.
const AWKWARD: LeafFields<'static> = LeafFields {
    position: 10,
    recorded_at: "2024-03-05T08:30:00Z",
    key: "R,1:2,",
    fingerprint: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    actor: "操作员:王",
    event_type: "VolunteerServiceRecorded",
    payload: "{\"points\":250,\"备注\":\"3:abc,\"}\n".as_bytes(),
};

fn encoded(fields: &LeafFields<'_>) -> Vec<u8> {
    let mut bytes = b"left over from the entry before".to_vec();
    fields.encode_into(&mut bytes);
    bytes
}

/// Bytes and hashes computed with an independent program.
#[test]
fn canonical_bytes_are_golden() {
    for (fields, bytes, sha256, sm3) in [
        (
            FIRST,
            "1:1,27:2024-03-05T08:30:00.000000Z,8:创建-1,4:00ff,6:system,13:JournalOpened,\
             18:{\"hash\":\"sha-256\"},",
            "294a0864572fc943653242a67cd61ac90ea783a44c46bf440395a4877f8d9331",
            "b6cd226eeb96095a63078d4b6c5dcf3be2a65a9b502e27a5340fb7627bfb1e6a",
        ),
        (
            EMPTY,
            "20:18446744073709551615,0:,0:,0:,0:,0:,0:,",
            "89f5c2c94b9e046d03b760c3601c234145332cdf1285c6588552319072b49d9e",
            "efbdebbcb91534bac6b64eb34551ef3747d4e03b082d34fb024ecedf7b412d12",
        ),
        (
            AWKWARD,
            "2:10,20:2024-03-05T08:30:00Z,6:R,1:2,,64:0123456789abcdef0123456789abcdef\
             0123456789abcdef0123456789abcdef,13:操作员:王,24:VolunteerServiceRecorded,\
             33:{\"points\":250,\"备注\":\"3:abc,\"}\n,",
            "e7c59dbec623bfc01afa23dad79c06411a6c42f9595914b6eddc18a4ee03c7ad",
            "05baaeffa716f4f5bf9f12ea829e295689b45be587268e6465d53bde81d641ea",
        ),
    ] {
        let leaf = encoded(&fields);
        assert_eq!(String::from_utf8_lossy(&leaf), bytes);
        assert_eq!(HashSuite::Sha256.leaf_hash(&leaf).to_string(), sha256);
        assert_eq!(HashSuite::Sm3.leaf_hash(&leaf).to_string(), sm3);
        assert_eq!(LeafFields::decode(&leaf), Ok(fields));
    }
}

#[test]
fn every_deviation_from_the_form_is_refused() {
    let good = "1:7,1:t,1:k,2:0f,1:a,1:e,2:{},";
    assert!(LeafFields::decode(good.as_bytes()).is_ok());
    for (altered, reason) in [
        ("", LeafError::Length("position")),
        ("01:7,1:t,1:k,2:0f,1:a,1:e,2:{},", LeafError::Length("position")),
        ("+1:7,1:t,1:k,2:0f,1:a,1:e,2:{},", LeafError::Length("position")),
        (":7,1:t,1:k,2:0f,1:a,1:e,2:{},", LeafError::Length("position")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,18446744073709551616:{},", LeafError::Length("payload")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,000000000000000000002:{},", LeafError::Length("payload")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,18446744073709551615:{},", LeafError::Truncated("payload")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,3:{},", LeafError::Truncated("payload")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,2:{}", LeafError::Truncated("payload")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,", LeafError::Length("payload")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,1:{},", LeafError::Unclosed("payload")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,2:{};", LeafError::Unclosed("payload")),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,2:{},\n", LeafError::Trailing),
        ("1:7,1:t,1:k,2:0f,1:a,1:e,2:{},0:,", LeafError::Trailing),
        ("2:07,1:t,1:k,2:0f,1:a,1:e,2:{},", LeafError::Position),
        ("2:-7,1:t,1:k,2:0f,1:a,1:e,2:{},", LeafError::Position),
        ("0:,1:t,1:k,2:0f,1:a,1:e,2:{},", LeafError::Position),
        ("20:18446744073709551616,1:t,1:k,2:0f,1:a,1:e,2:{},", LeafError::Position),
    ] {
        assert_eq!(LeafFields::decode(altered.as_bytes()), Err(reason), "{altered}");
    }
    let not_utf8 = b"1:7,1:t,1:\xff,2:0f,1:a,1:e,2:{},";
    assert_eq!(LeafFields::decode(not_utf8), Err(LeafError::NotUtf8("key")));
}

#[test]
fn two_records_glued_together_are_no_leaf() {
    let glued = [encoded(&FIRST), encoded(&AWKWARD)].concat();
    assert_eq!(LeafFields::decode(&glued), Err(LeafError::Trailing));
}

fn texts() -> impl Strategy<Value = [String; 5]> {
    proptest::array::uniform5("[0-9:,a\u{4e2d}\\PC]{0,12}")
}

proptest! {
    #[test]
    fn any_entry_reads_back(position: u64, texts in texts(), payload: Vec<u8>) {
        let [recorded_at, key, fingerprint, actor, event_type] = &texts;
        let fields = LeafFields {
            position, recorded_at, key, fingerprint, actor, event_type, payload: &payload,
        };
        let bytes = encoded(&fields);
        prop_assert_eq!(LeafFields::decode(&bytes), Ok(fields));
    }

    /// Whatever is accepted is what the encoder would have written, so no entry has two spellings.
    #[test]
    fn altered_bytes_are_refused_or_canonical(at: prop::sample::Index, byte: u8, cut: bool) {
        let mut bytes = encoded(&AWKWARD);
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else if let Some(slot) = bytes.get_mut(at) {
            *slot = byte;
        }
        if let Ok(fields) = LeafFields::decode(&bytes) {
            prop_assert_eq!(encoded(&fields), bytes);
        }
    }
}
