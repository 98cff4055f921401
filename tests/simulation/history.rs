//! What must be true of a run when it is over: of the journal, and of everything that anybody was told.

use std::collections::{BTreeMap, HashMap, HashSet};

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::Key;
use ledger_core::domain::refusal::Code;
use ledger_core::journal::Entry;
use ledger_core::ledger::fingerprint::Fingerprint;
use ledger_core::ledger::{Outcome, Submission};

use crate::ask::{Ask, Asked};
use crate::clients::Attempt;
use crate::sequential::{Sequential, Told};

/// A command as recorded.
struct Recorded {
    first: u64,
    last: u64,
    fingerprint: Fingerprint,
    actor: String,
    events: Vec<Event>,
}

/// A run that is over.
pub(crate) struct History<'a> {
    attempts: &'a [Attempt],
    commands: BTreeMap<u64, Key>,
    recorded: HashMap<Key, Recorded>,
}

/// A command of an attempt, with its answer if there was one.
struct Answered<'a> {
    attempt: &'a Attempt,
    index: usize,
    submission: &'a Submission,
    outcome: Option<&'a Outcome>,
}

impl Answered<'_> {
    fn key(&self) -> &Key {
        &self.submission.context.key
    }

    fn code(&self) -> Option<Code> {
        self.outcome.and_then(Outcome::code)
    }

    /// Whether the answer says something about the state that the journal does not: a refusal, or that nothing had to
    /// change.
    fn needs_explanation(&self) -> bool {
        match self.outcome {
            Some(Outcome::Refused(refusal)) => refusal.code != Code::JournalUnavailable,
            Some(Outcome::Committed(receipt)) => receipt.events.is_empty(),
            Some(Outcome::Unknown) | None => false,
        }
    }
}

impl<'a> History<'a> {
    /// Reads the journal's entries as commands: whole, one after the other, each key once.
    pub(crate) fn new(entries: &[Entry], attempts: &'a [Attempt]) -> History<'a> {
        let mut history = History { attempts, commands: BTreeMap::new(), recorded: HashMap::new() };
        for (entry, position) in entries.iter().zip(1..) {
            assert_eq!(entry.position, position, "positions without a gap");
            let key: Key = entry.command.key.parse().expect("a recorded key");
            let event = entry.event().expect("events can be read");
            if entry.nth == 0 {
                let command = Recorded {
                    first: position,
                    last: position,
                    fingerprint: entry.command.fingerprint,
                    actor: entry.command.actor.to_string(),
                    events: vec![event],
                };
                history.commands.insert(position, key.clone());
                assert!(history.recorded.insert(key, command).is_none(), "{} twice", entry.command.key);
            } else {
                let command = history.recorded.get_mut(&key).expect("a command begins with its first event");
                assert_eq!((command.last + 1, u64::from(entry.nth)), (position, position - command.first));
                command.last = position;
                command.events.push(event);
            }
        }
        assert!(entries.is_sorted_by_key(|entry| entry.command.recorded_at), "recorded times never go back");
        history
    }

    fn answered(&self) -> impl Iterator<Item = Answered<'a>> {
        self.attempts.iter().flat_map(|attempt| {
            attempt.submissions.iter().enumerate().map(move |(index, submission)| {
                let outcome = attempt.outcomes.as_ref().and_then(|outcomes| outcomes.get(index));
                Answered { attempt, index, submission, outcome }
            })
        })
    }

    /// Everything.
    pub(crate) fn check(&self) {
        for answered in self.answered() {
            self.check_receipt(&answered);
            self.check_unavailable(&answered);
        }
        self.check_traces();
        self.check_real_time();
        self.replay();
    }

    /// Who was told that it is done finds it in the journal, there, and as told.
    fn check_receipt(&self, answered: &Answered<'_>) {
        let Some(receipt) = answered.outcome.and_then(Outcome::receipt) else { return };
        let (key, attempt) = (answered.key(), answered.attempt);
        if receipt.events.is_empty() {
            let around = attempt.head_sent..=attempt.head_answered;
            assert!(around.contains(&receipt.position), "{key}: no change at {}, not in {around:?}", receipt.position);
            return;
        }
        let recorded = self.recorded.get(key).unwrap_or_else(|| panic!("{key} was told done and is not recorded"));
        assert_eq!(recorded.last, receipt.position, "{key}");
        assert_eq!(recorded.events, receipt.events.to_vec(), "{key}");
        assert_eq!(recorded.fingerprint, Fingerprint::of(&answered.submission.command), "{key}");
        assert!(recorded.last <= attempt.head_answered, "{key} was told before it was there");
        assert!(
            receipt.repeated
                || recorded.first > attempt.head_sent
                || self.asked_in_vain_before(answered)
                || self.made_alike_before(answered),
            "{key} was there at {} before it was asked; asked under it: {:#?}",
            recorded.first,
            self.attempts_under(key)
        );
    }

    /// Everybody who ever asked under a key.
    fn attempts_under(&self, key: &Key) -> Vec<&Attempt> {
        let mut attempts: Vec<&Attempt> =
            self.answered().filter(|answered| answered.key() == key).map(|answered| answered.attempt).collect();
        attempts.sort_by_key(|attempt| attempt.sent);
        attempts
    }

    /// Whether the same key was sent before and got no answer of what became of it: what is recorded may be of then. An
    /// attempt whose own answer was lost is known by its bytes, and both attempts may have the same.
    fn asked_in_vain_before(&self, answered: &Answered<'_>) -> bool {
        self.answered().any(|earlier| {
            earlier.key() == answered.key()
                && earlier.attempt.sent < answered.attempt.sent
                && matches!(earlier.outcome, None | Some(Outcome::Unknown))
        })
    }

    /// Whether another server had made the very same batch for an earlier attempt, byte for byte, as can be where both
    /// clocks stand behind the last recorded time: a server that was behind and lost its own batch's answer finds that
    /// one, and cannot tell that it is not its own. What it says was done is done, there and once.
    fn made_alike_before(&self, answered: &Answered<'_>) -> bool {
        let told = answered.outcome.and_then(Outcome::receipt);
        answered.attempt.lost_between
            && self.answered().any(|earlier| {
                earlier.key() == answered.key()
                    && earlier.attempt.sent < answered.attempt.sent
                    && earlier.outcome.and_then(Outcome::receipt) == told
            })
    }

    /// "Nothing was recorded" is true unless somebody else asked under the same key.
    fn check_unavailable(&self, answered: &Answered<'_>) {
        let unavailable = answered.code() == Some(Code::JournalUnavailable);
        if !unavailable || answered.attempt.present.get(answered.index) != Some(&true) {
            return;
        }
        let excuse = self.answered().any(|other| {
            let same = std::ptr::eq(other.attempt, answered.attempt) && other.index == answered.index;
            let in_time = other.attempt.sent < answered.attempt.answered;
            let told_nothing_before =
                other.code() == Some(Code::JournalUnavailable) && other.attempt.answered <= answered.attempt.answered;
            other.key() == answered.key() && !same && in_time && !told_nothing_before
        });
        assert!(excuse, "{} was called not recorded, and was: {:?}", answered.key(), answered.attempt);
    }

    /// Only what was asked is recorded; what every asker was refused is not.
    fn check_traces(&self) {
        let not_refused = self.answered().filter(|answered| answered.code().is_none());
        let may_be: HashSet<&Key> = not_refused.map(|answered| &answered.submission.context.key).collect();
        for key in self.recorded.keys().filter(|key| key.as_str() != "journal/open") {
            assert!(may_be.contains(key), "{key} is recorded, but everybody who asked was refused");
        }
    }

    /// What was answered before something else was asked stands before it.
    fn check_real_time(&self) {
        let receipts = self.answered().filter_map(|answered| {
            answered.outcome.and_then(Outcome::receipt).map(|receipt| (answered.attempt.answered, receipt.position))
        });
        let mut reached: Vec<(u64, u64)> = receipts.collect();
        reached.sort_unstable();
        let mut highest = 0;
        for (_, position) in &mut reached {
            highest = highest.max(*position);
            *position = highest;
        }
        let mut first_sent: HashMap<&Key, u64> = HashMap::new();
        for answered in self.answered() {
            let sent = first_sent.entry(&answered.submission.context.key).or_insert(u64::MAX);
            *sent = (*sent).min(answered.attempt.sent);
        }
        for (key, recorded) in &self.recorded {
            let Some(sent) = first_sent.get(key) else { continue };
            let earlier = reached.partition_point(|(answered, _)| answered < sent);
            let before = earlier.checked_sub(1).map_or(0, |last| reached[last].1);
            assert!(recorded.first > before, "{key} stands at {}, but {before} was answered before", recorded.first);
        }
    }

    /// One command after the other gives the same events; and every refusal, and every word that nothing had to change,
    /// was right somewhere between asking and answering.
    fn replay(&self) {
        let mut state = Sequential::default();
        let mut open: Vec<&Attempt> = self.attempts.iter().filter(|attempt| attempt.outcomes.is_some()).collect();
        let mut unexplained: HashSet<(u64, usize)> = self
            .answered()
            .filter(Answered::needs_explanation)
            .map(|answered| (answered.attempt.sent, answered.index))
            .collect();
        let mut at = 0;
        loop {
            open.retain(|attempt| attempt.head_answered >= at);
            for attempt in open.iter().filter(|attempt| attempt.head_sent <= at) {
                explain(&state, attempt, at, &mut unexplained);
            }
            let Some(key) = self.commands.get(&(at + 1)) else { break };
            let recorded = &self.recorded[key];
            self.check_group(&state, key, recorded);
            let submission = self.submitted(&state, key, recorded);
            state.fold(&submission, &recorded.events);
            at = recorded.last;
        }
        let left = self.answered().filter(|answered| unexplained.contains(&(answered.attempt.sent, answered.index)));
        let left: Vec<_> = left.map(|answered| (answered.index, answered.attempt)).collect();
        assert!(left.is_empty(), "answers that were right at no position between asking and answering: {left:#?}");
    }

    /// Which of those who asked under a key was recorded: its events are what the rules say here.
    fn submitted(&self, state: &Sequential, key: &Key, recorded: &Recorded) -> Submission {
        if key.as_str() == "journal/open" {
            let at = chrono::DateTime::UNIX_EPOCH.naive_utc();
            return Asked { key: key.to_string(), actor: "ledger", at, ask: Ask::Open }.submission();
        }
        let candidates = self.answered().map(|answered| answered.submission).filter(|submission| {
            submission.context.key == *key
                && submission.context.actor.as_str() == recorded.actor
                && Fingerprint::of(&submission.command) == recorded.fingerprint
        });
        let mut told = Vec::new();
        for candidate in candidates {
            let one = state.told(candidate);
            if one == Told::Done(recorded.events.clone()) {
                return candidate.clone();
            }
            told.push(one);
        }
        panic!("{key} is recorded as {:?}; one after the other it would be {told:?}", recorded.events);
    }

    /// Of a group that stands or falls together, either all is recorded, one after the other, or nothing.
    fn check_group(&self, state: &Sequential, key: &Key, recorded: &Recorded) {
        let names = |attempt: &&Attempt| attempt.submissions.iter().any(|submission| submission.context.key == *key);
        let Some(attempt) = self.attempts.iter().find(names).filter(|attempt| attempt.atomic) else { return };
        // Asked for in another way as well, by somebody else: then that may be what was recorded.
        let elsewhere = |submission: &Submission| {
            self.attempts.iter().any(|other| {
                let same = other.atomic && other.submissions == attempt.submissions;
                !same && other.submissions.iter().any(|one| one.context.key == submission.context.key)
            })
        };
        if attempt.submissions.iter().any(elsewhere) {
            return;
        }
        let first = attempt.submissions.iter().find(|submission| self.recorded.contains_key(&submission.context.key));
        if first.is_none_or(|first| first.context.key != *key) {
            return;
        }
        let mut next = recorded.first;
        for (submission, told) in attempt.submissions.iter().zip(state.told_together(&attempt.submissions)) {
            let events = match told {
                Told::Done(events) => events,
                Told::Repeated => continue,
                Told::Refused(_) => panic!("half a group was recorded: {attempt:?}"),
            };
            if !events.is_empty() {
                let own = self.recorded.get(&submission.context.key).map(|own| own.first);
                assert_eq!(own, Some(next), "{} of {attempt:?}", submission.context.key);
                next += events.len() as u64;
            }
        }
    }
}

/// Strikes out the answers of an attempt that are right at a position.
fn explain(state: &Sequential, attempt: &Attempt, at: u64, unexplained: &mut HashSet<(u64, usize)>) {
    let Some(outcomes) = &attempt.outcomes else { return };
    if !(0..outcomes.len()).any(|index| unexplained.contains(&(attempt.sent, index))) {
        return;
    }
    let together = attempt.atomic.then(|| state.told_together(&attempt.submissions));
    for (index, (submission, outcome)) in attempt.submissions.iter().zip(outcomes).enumerate() {
        let told = match &together {
            Some(told) => told.get(index).cloned(),
            None => Some(state.told(submission)),
        };
        let right = match (outcome, told) {
            (Outcome::Refused(refusal), Some(Told::Refused(code))) => refusal.code == code,
            (Outcome::Committed(receipt), Some(Told::Done(events))) => {
                // Within a group the position may lie beyond what the others of the group recorded.
                events.is_empty() && (receipt.position == at || attempt.atomic)
            }
            _ => false,
        };
        if right {
            unexplained.remove(&(attempt.sent, index));
        }
    }
}
