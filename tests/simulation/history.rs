//! What must be true of a run when it is over: of the journal, and of everything that anybody was told.

use std::collections::{BTreeMap, HashMap, HashSet};

use ledger_core::domain::event::Event;
use ledger_core::domain::refusal::Code;
use ledger_core::journal::Entry;
use ledger_core::ledger::Outcome;

use crate::ask::{Ask, Asked};
use crate::clients::Attempt;
use crate::facts::fact;
use crate::reference::{Answer, District};
use crate::servers::START;

/// The key under which the ledger itself opens a journal.
const OPENING: &str = "journal/open";

/// A command as recorded.
struct Recorded {
    first: u64,
    last: u64,
    actor: String,
    events: Vec<Event>,
}

impl Recorded {
    /// Its events in the reference's words.
    fn facts(&self) -> Vec<String> {
        self.events.iter().map(fact).collect()
    }
}

/// A run that is over.
pub(crate) struct History<'a> {
    attempts: &'a [Attempt],
    /// What was recorded under each key, of all that was asked under it.
    contents: &'a HashMap<String, Ask>,
    commands: BTreeMap<u64, String>,
    recorded: HashMap<String, Recorded>,
}

/// A command of an attempt, with its answer if there was one.
struct Answered<'a> {
    attempt: &'a Attempt,
    index: usize,
    asked: &'a Asked,
    outcome: Option<&'a Outcome>,
}

impl<'a> Answered<'a> {
    fn key(&self) -> &'a str {
        &self.asked.key
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
    pub(crate) fn new(entries: &[Entry], attempts: &'a [Attempt], contents: &'a HashMap<String, Ask>) -> History<'a> {
        let mut history = History { attempts, contents, commands: BTreeMap::new(), recorded: HashMap::new() };
        for (entry, position) in entries.iter().zip(1..) {
            assert_eq!(entry.position, position, "positions without a gap");
            let key = entry.command.key.to_string();
            let event = entry.event().expect("events can be read");
            if entry.nth == 0 {
                let command = Recorded {
                    first: position,
                    last: position,
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
            attempt.asked.iter().enumerate().map(move |(index, asked)| {
                let outcome = attempt.outcomes.as_ref().and_then(|outcomes| outcomes.get(index));
                Answered { attempt, index, asked, outcome }
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
        assert_eq!(self.contents.get(key), Some(&answered.asked.ask), "{key} was told done, and another is recorded");
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
    fn attempts_under(&self, key: &str) -> Vec<&Attempt> {
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
        let may_be: HashSet<&str> = not_refused.map(|answered| answered.key()).collect();
        for key in self.recorded.keys().filter(|key| *key != OPENING) {
            assert!(may_be.contains(key.as_str()), "{key} is recorded, but everybody who asked was refused");
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
        let mut first_sent: HashMap<&str, u64> = HashMap::new();
        for answered in self.answered() {
            let sent = first_sent.entry(answered.key()).or_insert(u64::MAX);
            *sent = (*sent).min(answered.attempt.sent);
        }
        for (key, recorded) in &self.recorded {
            let Some(sent) = first_sent.get(key.as_str()) else { continue };
            let earlier = reached.partition_point(|(answered, _)| answered < sent);
            let before = earlier.checked_sub(1).map_or(0, |last| reached[last].1);
            assert!(recorded.first > before, "{key} stands at {}, but {before} was answered before", recorded.first);
        }
    }

    /// One command after the other gives the same facts by the reference; and every refusal, and every word that nothing
    /// had to change, was right somewhere between asking and answering.
    fn replay(&self) {
        let mut district = District::new();
        // All business times lie behind every server's clock, and no run passes midnight.
        let start = chrono::DateTime::from_timestamp_micros(START.micros()).expect("a time");
        district.now = start.naive_utc() + chrono::TimeDelta::hours(8);
        let opening = self.recorded.get(OPENING).expect("a journal is opened before anything else");
        assert_eq!((opening.last, opening.facts().len()), (district.position, 1), "{:?}", opening.events);
        let mut open: Vec<&Attempt> = self.attempts.iter().filter(|attempt| attempt.outcomes.is_some()).collect();
        let mut unexplained: HashSet<(u64, usize)> = self
            .answered()
            .filter(Answered::needs_explanation)
            .map(|answered| (answered.attempt.sent, answered.index))
            .collect();
        loop {
            let at = district.position;
            open.retain(|attempt| attempt.head_answered >= at);
            for attempt in open.iter().filter(|attempt| attempt.head_sent <= at) {
                explain(&district, attempt, at, &mut unexplained);
            }
            let Some(key) = self.commands.get(&(at + 1)) else { break };
            let recorded = &self.recorded[key];
            self.check_group(&district, key, recorded);
            let asked = self.asked(&district, key, recorded);
            let answer = district.submit_all(std::slice::from_ref(asked), false);
            assert_eq!(answer, [Answer::Done { position: recorded.last, facts: recorded.facts() }], "{asked:?}");
        }
        assert_eq!(self.commands.range(district.position + 1..).next(), None, "commands stand one behind the other");
        let left = self.answered().filter(|answered| unexplained.contains(&(answered.attempt.sent, answered.index)));
        let left: Vec<_> = left.map(|answered| (answered.index, answered.attempt)).collect();
        assert!(left.is_empty(), "answers that were right at no position between asking and answering: {left:#?}");
    }

    /// Which of those who asked under a key was recorded: what it comes to by the reference is what stands here.
    fn asked(&self, district: &District, key: &str, recorded: &Recorded) -> &'a Asked {
        let content = self.contents.get(key);
        let candidates = self
            .answered()
            .map(|answered| answered.asked)
            .filter(|asked| asked.key == key && asked.actor == recorded.actor && Some(&asked.ask) == content);
        let (facts, mut told) = (recorded.facts(), Vec::new());
        for candidate in candidates {
            match district.told(candidate) {
                Answer::Done { facts: own, .. } if own == facts => return candidate,
                other => told.push(other),
            }
        }
        panic!("{key} is recorded as {facts:?}; one after the other it would be {told:?}");
    }

    /// Of a group that stands or falls together, either all is recorded, one after the other, or nothing.
    fn check_group(&self, district: &District, key: &str, recorded: &Recorded) {
        let names = |attempt: &&Attempt| attempt.asked.iter().any(|asked| asked.key == *key);
        let Some(attempt) = self.attempts.iter().find(names).filter(|attempt| attempt.atomic) else { return };
        // Asked for in another way as well, by somebody else: then that may be what was recorded.
        let elsewhere = |asked: &Asked| {
            self.attempts.iter().any(|other| {
                let same = other.atomic && other.asked == attempt.asked;
                !same && other.asked.iter().any(|one| one.key == asked.key)
            })
        };
        if attempt.asked.iter().any(elsewhere) {
            return;
        }
        let first = attempt.asked.iter().find(|asked| self.recorded.contains_key(&asked.key));
        if first.is_none_or(|first| first.key != *key) {
            return;
        }
        let mut next = recorded.first;
        for (asked, answer) in attempt.asked.iter().zip(district.clone().submit_all(&attempt.asked, true)) {
            match answer {
                Answer::Done { facts, .. } => {
                    let own = self.recorded.get(&asked.key).map(|own| own.first);
                    assert_eq!(own, Some(next), "{} of {attempt:?}", asked.key);
                    next += facts.len() as u64;
                }
                Answer::Unchanged { .. } | Answer::Repeated { .. } => {}
                Answer::Refused(_) => panic!("half a group was recorded: {attempt:?}"),
            }
        }
    }
}

/// Strikes out the answers of an attempt that are right at a position.
fn explain(district: &District, attempt: &Attempt, at: u64, unexplained: &mut HashSet<(u64, usize)>) {
    let Some(outcomes) = &attempt.outcomes else { return };
    let open = |index: &usize| unexplained.contains(&(attempt.sent, *index));
    let open: Vec<usize> = (0..outcomes.len()).filter(open).collect();
    if open.is_empty() {
        return;
    }
    let together = attempt.atomic.then(|| district.clone().submit_all(&attempt.asked, true));
    for index in open {
        let answer = match &together {
            Some(answers) => answers[index].clone(),
            None => district.told(&attempt.asked[index]),
        };
        let right = match (&outcomes[index], answer) {
            (Outcome::Refused(refusal), Answer::Refused(code)) => refusal.code.as_str() == code,
            // Within a group the position may lie beyond what the others of the group recorded.
            (Outcome::Committed(receipt), Answer::Unchanged { .. }) => {
                receipt.events.is_empty() && (receipt.position == at || attempt.atomic)
            }
            _ => false,
        };
        if right {
            unexplained.remove(&(attempt.sent, index));
        }
    }
}
