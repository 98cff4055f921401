//! The machine's clock is set while a ledger writes: back by hours, ahead by days. What has happened before is decided as
//! under a clock that stands, and the recorded time never goes back.

use std::sync::{Arc, Mutex, PoisonError};

use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::{Entry, RecordedTime};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::backends::Backend;
use crate::lived_in::{live_in, live_in_at};

/// After everything that the history says has happened.
const START_MICROS: i64 = 1_906_516_800_000_000;
const HOUR_MICROS: i64 = 3_600_000_000;
/// From five hours behind to ten days ahead.
const JUMPS_MICROS: std::ops::Range<i64> = -5 * HOUR_MICROS..240 * HOUR_MICROS;
/// More than a lived-in journal holds.
const ALL: usize = 100_000;

pub(crate) async fn a_clock_that_jumps_changes_no_decision_and_turns_no_recorded_time_back(backend: Backend) {
    let journal = backend.open().await;
    let chance = Mutex::new(ChaCha8Rng::seed_from_u64(20_250_101));
    let clock = move || {
        let ahead = chance.lock().unwrap_or_else(PoisonError::into_inner).gen_range(JUMPS_MICROS);
        RecordedTime::from_micros(START_MICROS + ahead)
    };
    let end = live_in_at(&journal, Arc::new(clock)).await;
    let entries = journal.read(0, ALL).await.expect("entries");
    assert_eq!(entries.last().map(|entry| entry.position), Some(end));
    let recorded: Vec<i64> = entries.iter().map(|entry| entry.command.recorded_at.micros()).collect();
    assert!(recorded.is_sorted(), "the recorded time goes back");
    assert!(recorded.first().zip(recorded.last()).is_some_and(|(first, last)| last - first > HOUR_MICROS), "it stood");

    let mut verifier = Verifier::default();
    for entry in &entries {
        verifier.entry(entry).expect("nothing is found");
    }
    let verdict = verifier.finish(&journal.head().await.expect("a head"));
    assert!(matches!(verdict, Verdict::Valid { size, .. } if size == end), "{verdict:?}");

    let steady = Backend::memory().open().await;
    live_in(&steady).await;
    let decided = |entries: &[Entry]| -> Vec<(String, serde_json::Value)> {
        entries.iter().map(|entry| (entry.command.key.to_string(), but_for_the_entry(&entry.payload))).collect()
    };
    let steady = steady.read(0, ALL).await.expect("entries");
    assert_eq!(decided(&entries), decided(&steady), "what is decided does not depend on the machine's clock");
}

/// A payload without what counts from the day of its entry, which is the clock's: publicity and the days for an appeal
/// begin there, whatever day a command tells.
fn but_for_the_entry(payload: &[u8]) -> serde_json::Value {
    let mut payload: serde_json::Value = serde_json::from_slice(payload).expect("canonical JSON");
    if let Some(fields) = payload.as_object_mut() {
        for counted in ["entered_on", "public_until", "days_left", "appeal_until"] {
            fields.remove(counted);
        }
    }
    payload
}
