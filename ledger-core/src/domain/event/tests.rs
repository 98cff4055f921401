//! The bytes of every event, fixed: canonical by RFC 8785, read back as written, and equal to a golden file that is a
//! published contract. A new event type or field gets new samples and a golden file of its own; `events-v1.jsonl` is
//! never edited. `NUANXIN_BLESS=1` writes a golden file that does not exist yet.

mod json;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{DecodeError, Event, StreamId, V1, WorkerEvent};
use crate::domain::points::Points;
use crate::domain::worker::event::CreditReversed;
use json::canonical;
use samples::accounts::account;
pub(crate) use samples::samples;
use samples::{
    accounts, acknowledged, actor, appointments, approvals, at, away, card_no, credit, dated, erasure_samples,
    first_samples, merchant, merge_samples, points, probation_samples, programmes, proof, reversed_uses, seals,
    selections, sites, stand_ins, statements, store, way, withdrawals, worker,
};

fn encoded(event: &Event) -> String {
    let mut payload = Vec::new();
    event.encode_into(&mut payload).expect("encoded");
    String::from_utf8(payload).expect("UTF-8")
}

fn parsed(payload: &str) -> Value {
    serde_json::from_str(payload).expect("JSON")
}

#[derive(Deserialize)]
struct GoldenLine<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    #[serde(borrow)]
    payload: &'a RawValue,
}

/// The golden files, each with what it holds.
fn golden_files() -> Vec<(&'static str, Vec<Event>)> {
    vec![
        ("events-v1.jsonl", first_samples()),
        ("events-v1-dated.jsonl", dated::samples()),
        ("events-v1-accounts.jsonl", accounts::samples()),
        ("events-v1-sites.jsonl", sites::samples()),
        ("events-v1-erasure.jsonl", erasure_samples()),
        ("events-v1-programmes.jsonl", programmes::samples()),
        ("events-v1-seals.jsonl", seals::samples()),
        ("events-v1-routed.jsonl", programmes::routed_samples()),
        ("events-v1-away.jsonl", away::samples()),
        ("events-v1-way.jsonl", way::samples()),
        ("events-v1-selections.jsonl", selections::samples()),
        ("events-v1-probation.jsonl", probation_samples()),
        ("events-v1-statements.jsonl", statements::samples()),
        ("events-v1-proof.jsonl", proof::samples()),
        ("events-v1-claims.jsonl", programmes::claim_samples()),
        ("events-v1-withdrawals.jsonl", withdrawals::samples()),
        ("events-v1-merge.jsonl", merge_samples()),
        ("events-v1-merged-requests.jsonl", programmes::merged_samples()),
        ("events-v1-numbered.jsonl", seals::numbered_samples()),
        ("events-v1-acknowledged.jsonl", acknowledged::samples()),
        ("events-v1-stand-ins.jsonl", stand_ins::samples()),
        ("events-v1-approvals.jsonl", approvals::samples()),
        ("events-v1-reversed-uses.jsonl", reversed_uses::samples()),
        ("events-v1-appointments.jsonl", appointments::samples()),
        ("events-v1-located.jsonl", sites::located_samples()),
    ]
}

fn golden_path(file: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/golden")).join(file)
}

fn golden(file: &str) -> String {
    fs::read_to_string(golden_path(file)).expect("a golden file; NUANXIN_BLESS=1 writes it once")
}

#[test]
fn every_event_type_has_a_sample() {
    let all: Vec<&str> = Event::all_types().collect();
    let sampled: BTreeSet<&str> = samples().iter().map(Event::event_type).collect();
    assert_eq!(sampled, all.iter().copied().collect());
    assert_eq!(sampled.len(), all.len(), "no two aggregates share a type name");
}

#[test]
fn every_event_type_has_a_word_of_its_own() {
    let words: Vec<&str> = Event::all_types().map(Event::word_of).collect();
    assert!(words.iter().all(|word| !word.is_empty()), "{words:?}");
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
    assert_eq!(Event::word_of("Unheard"), "");
}

/// What begins something is followed by name, and what follows something begins no other of that name.
#[test]
fn every_event_says_what_it_is_about() {
    for event in samples() {
        let (begins, follows) = (event.begins(), event.follows());
        assert!(begins.is_none() || begins != follows, "{}", event.event_type());
        for named in begins.iter().chain(&follows) {
            assert!(named.key().is_some(), "{} names what no command began", event.event_type());
            assert!(event.subject().is_some(), "{}", event.event_type());
        }
    }
}

/// A field is optional when the payload can be read without it.
#[test]
fn every_optional_field_is_sampled_present_and_absent() {
    let mut by_type: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for event in samples() {
        by_type.entry(event.event_type()).or_default().push(parsed(&encoded(&event)));
    }
    for (event_type, payloads) in by_type {
        let fields: Vec<_> = payloads.iter().map(|payload| payload.as_object().expect("object")).collect();
        for (full, field) in fields.iter().flat_map(|full| full.keys().map(move |field| (full, field))) {
            let mut without = (*full).clone();
            without.remove(field);
            let optional = Event::decode(event_type, canonical(&Value::Object(without)).as_bytes()).is_ok();
            let absent = fields.iter().any(|fields| !fields.contains_key(field));
            assert_eq!(optional, absent, "{event_type}.{field}");
        }
    }
}

#[test]
fn payloads_are_canonical_json() {
    for event in samples() {
        let payload = encoded(&event);
        assert_eq!(payload, canonical(&parsed(&payload)), "{}", event.event_type());
    }
}

#[test]
fn encoding_appends_to_what_is_there() {
    let mut bytes = b"before".to_vec();
    let event = samples().remove(0);
    event.encode_into(&mut bytes).expect("encoded");
    assert_eq!(bytes, format!("before{}", encoded(&event)).into_bytes());
}

#[test]
fn payloads_are_read_back_as_they_were_written() {
    for event in samples() {
        let read = Event::decode(event.event_type(), encoded(&event).as_bytes()).expect("decoded");
        assert_eq!(read, event);
    }
}

#[test]
fn payloads_match_the_golden_file_byte_for_byte() {
    for (file, samples) in golden_files() {
        let lines = samples
            .into_iter()
            .map(|event| format!("{{\"type\":\"{}\",\"payload\":{}}}\n", event.event_type(), encoded(&event)));
        let written: String = lines.collect();
        if std::env::var_os("NUANXIN_BLESS").is_some_and(|bless| bless == "1") && !golden_path(file).exists() {
            let mut file = fs::File::create_new(golden_path(file)).expect("a golden file is written once");
            file.write_all(written.as_bytes()).expect("written");
        }
        let golden = golden(file);
        for (number, (written, golden)) in (1..).zip(written.lines().zip(golden.lines())) {
            assert_eq!(written, golden, "{file}, line {number}");
        }
        assert_eq!(written.len(), golden.len(), "{file}");
    }
}

#[test]
fn the_golden_files_are_still_read_and_written_as_they_are() {
    let files: Vec<String> = golden_files().into_iter().map(|(file, _)| golden(file)).collect();
    for line in files.iter().flat_map(|golden| golden.lines()) {
        let GoldenLine { event_type, payload } = serde_json::from_str(line).expect("a golden line");
        let event = Event::decode(event_type, payload.get().as_bytes()).expect("decoded");
        assert_eq!((event.event_type(), encoded(&event).as_str()), (event_type, payload.get()));
    }
}

#[test]
fn a_payload_of_another_version_is_refused() {
    for event in samples() {
        let mut payload = parsed(&encoded(&event));
        for version in [Value::from(2), Value::from(0), Value::from(257), Value::from("1"), Value::Null] {
            payload["v"] = version.clone();
            let refused = Event::decode(event.event_type(), canonical(&payload).as_bytes());
            let is_payload_error = |event_type: &String| event_type == event.event_type();
            assert!(
                matches!(&refused, Err(DecodeError::Payload { event_type, .. }) if is_payload_error(event_type)),
                "v {version}: {refused:?}"
            );
        }
    }
}

#[test]
fn an_unknown_type_is_told_apart_from_an_unreadable_payload() {
    for unknown in ["", "redeemed", "Redeemed2", "PointsMinted", "WorkerEvent"] {
        let refused = Event::decode(unknown, encoded(&samples()[0]).as_bytes());
        assert!(matches!(&refused, Err(DecodeError::UnknownType(named)) if named == unknown), "{refused:?}");
    }
    for unreadable in ["", "null", "{}", "[]", "{\"v\":1}", "{\"v\":1"] {
        let refused = Event::decode("Redeemed", unreadable.as_bytes());
        assert!(matches!(refused, Err(DecodeError::Payload { .. })), "{refused:?}");
    }
}

#[test]
fn every_event_tells_its_stream() {
    for event in samples() {
        let stream = match &event {
            Event::Programme(_) => StreamId::Programme,
            Event::Worker(_) => StreamId::Worker(worker()),
            Event::Merchant(_) => StreamId::Merchant(merchant()),
            Event::Store(_) => StreamId::Store(store()),
            Event::Card(_) => StreamId::Card(card_no()),
            Event::Mark(event) => StreamId::Mark(event.marked().mark.clone()),
            Event::Account(_) => StreamId::Account(account()),
            Event::Directory(_) => StreamId::Directory,
            Event::Sites(_) => StreamId::Sites,
            Event::Request(event) => StreamId::Request(event.request().clone()),
            Event::Pair(event) => StreamId::Pair(event.pair().clone()),
            Event::Fund(event) => StreamId::Fund(event.fund().clone()),
            Event::Benefit(event) => StreamId::Benefit(event.benefit().clone()),
            Event::Certificate(event) => StreamId::Certificate(event.certificate().clone()),
            Event::Pass(event) => StreamId::Pass(event.pass().clone()),
            Event::Offer(event) => StreamId::Offer(event.offer().clone()),
            Event::Selection(event) => StreamId::Selection(event.selection().clone()),
        };
        assert_eq!(event.stream(), stream, "{}", event.event_type());
    }
}

/// The example of RFC 8785, section 3.2.3: code units, not code points, give the order.
#[test]
fn the_canonicaliser_sorts_keys_by_utf_16_code_units() {
    let unsorted = "{\"\u{20ac}\":1,\"\\r\":2,\"\u{fb33}\":3,\"1\":4,\"\u{1f600}\":5,\"\u{80}\":6,\"\u{f6}\":7}";
    let sorted = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}";
    assert_eq!(canonical(&parsed(unsorted)), sorted);
}

proptest! {
    #[test]
    fn any_text_and_amount_stays_canonical(reason in any::<String>(), hundredths in any::<i64>(), lot in any::<u32>()) {
        let event = Event::from(WorkerEvent::CreditReversed(CreditReversed {
            at: at(),
            by: actor(),
            credit: credit(),
            debt: points(hundredths),
            from_expired: Points::ZERO,
            lot,
            points: points(hundredths),
            reason,
            v: V1,
            worker: worker(),
        }));
        let payload = encoded(&event);
        prop_assert_eq!(&payload, &canonical(&parsed(&payload)));
        prop_assert_eq!(Event::decode(event.event_type(), payload.as_bytes()).expect("decoded"), event);
    }
}
