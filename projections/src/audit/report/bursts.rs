//! Much at once: entries of one witness within an hour or for one day, and accounts credited close together.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime, Timelike};
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::RecordedTime;

use super::{Names, Recorded, Thresholds};
use crate::audit::listed::{Listed, Weightiest};

const MICROS_A_MINUTE: i64 = 60_000_000;

/// Entries of one witness within an hour of recording, or for one service date.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Burst {
    /// The witness, as a pseudonym.
    pub witness: String,
    /// The service date; of an hour, its day.
    pub day: NaiveDate,
    /// The hour of the day, 0 to 23, where it is one.
    pub hour: Option<u32>,
    /// How many entries.
    pub entries: u64,
    /// Different workers, where they were counted.
    pub workers: Option<u64>,
    /// Sum of theirs, in exact hundredths.
    pub points: Points,
    /// The first position.
    pub first: u64,
    /// The last position.
    pub last: u64,
}

/// Accounts credited close together by one person, or on one witness's word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Neighbours {
    /// The person: who entered, or the witness's pseudonym.
    pub person: String,
    /// Different workers.
    pub workers: u64,
    /// Credits.
    pub entries: u64,
    /// Sum of theirs, in exact hundredths.
    pub points: Points,
    /// When the first was recorded.
    pub from: BusinessTime,
    /// When the last was recorded.
    pub to: BusinessTime,
    /// The first position.
    pub first: u64,
    /// The last position.
    pub last: u64,
}

struct Hour {
    begins: NaiveDateTime,
    entries: u64,
    workers: HashSet<u32>,
    points: Points,
    first: u64,
    last: u64,
}

#[derive(Default)]
struct Day {
    entries: u64,
    points: Points,
    first: u64,
    last: u64,
}

/// Witnesses by hour and by service date.
pub(super) struct Witnesses {
    thresholds: Thresholds,
    names: Names,
    /// The hour each is in. Recorded times never go back, so an hour is over when another begins.
    hours: BTreeMap<String, Hour>,
    days: HashMap<(u32, NaiveDate), Day>,
    by_hour: Weightiest<Burst>,
}

impl Witnesses {
    pub(super) fn new(thresholds: Thresholds) -> Witnesses {
        Witnesses {
            thresholds,
            names: Names::default(),
            hours: BTreeMap::new(),
            days: HashMap::new(),
            by_hour: Weightiest::new(thresholds.list),
        }
    }

    pub(super) fn credit(&mut self, credit: &Recorded<'_>) {
        let Some(witness) = &credit.record.witness else { return };
        let (position, points) = (credit.entry.position, credit.record.points);
        let number = self.names.number(witness);
        let day = self.days.entry((number, credit.record.on)).or_insert(Day { first: position, ..Day::default() });
        day.entries += 1;
        day.points += points;
        day.last = position;

        let begins = hour_of(credit.clock);
        if self.hours.get(witness).is_some_and(|hour| hour.begins != begins)
            && let Some(over) = self.hours.remove(witness)
        {
            self.over(witness, over);
        }
        let hour = self.hours.entry(witness.clone()).or_insert_with(|| Hour {
            begins,
            entries: 0,
            workers: HashSet::new(),
            points: Points::ZERO,
            first: position,
            last: position,
        });
        hour.entries += 1;
        hour.workers.insert(credit.worker);
        hour.points += points;
        hour.last = position;
    }

    fn over(&mut self, witness: &str, hour: Hour) {
        if hour.entries < self.thresholds.burst_entries {
            return;
        }
        let burst = Burst {
            witness: witness.to_owned(),
            day: hour.begins.date(),
            hour: Some(hour.begins.hour()),
            entries: hour.entries,
            workers: Some(hour.workers.len() as u64),
            points: hour.points,
            first: hour.first,
            last: hour.last,
        };
        self.by_hour.push(weight(hour.entries), hour.first, burst);
    }

    pub(super) fn finish(mut self) -> (Listed<Burst>, Listed<Burst>) {
        for (witness, hour) in std::mem::take(&mut self.hours) {
            self.over(&witness, hour);
        }
        let names: HashMap<u32, &String> = self.names.numbers.iter().map(|(name, number)| (*number, name)).collect();
        let mut by_day = Weightiest::new(self.thresholds.list);
        for ((number, day), of_day) in &self.days {
            if of_day.entries < self.thresholds.burst_entries {
                continue;
            }
            let burst = Burst {
                witness: names.get(number).map(ToString::to_string).unwrap_or_default(),
                day: *day,
                hour: None,
                entries: of_day.entries,
                workers: None,
                points: of_day.points,
                first: of_day.first,
                last: of_day.last,
            };
            by_day.push(weight(of_day.entries), of_day.first, burst);
        }
        (self.by_hour.listed(), by_day.listed())
    }
}

struct Run {
    begun: RecordedTime,
    ended: RecordedTime,
    workers: HashSet<u32>,
    entries: u64,
    points: Points,
    first: u64,
    last: u64,
}

/// Runs of credits with short pauses, by person.
pub(super) struct Runs {
    thresholds: Thresholds,
    runs: BTreeMap<String, Run>,
    found: Weightiest<Neighbours>,
}

impl Runs {
    pub(super) fn new(thresholds: Thresholds) -> Runs {
        Runs { thresholds, runs: BTreeMap::new(), found: Weightiest::new(thresholds.list) }
    }

    pub(super) fn credit(&mut self, credit: &Recorded<'_>, person: &str) {
        let (position, now) = (credit.entry.position, credit.entry.command.recorded_at);
        let pause_max = self.thresholds.pause_minutes.saturating_mul(MICROS_A_MINUTE);
        let paused = |run: &Run| now.micros().saturating_sub(run.ended.micros()) > pause_max;
        if self.runs.get(person).is_some_and(paused)
            && let Some(over) = self.runs.remove(person)
        {
            self.over(person, over);
        }
        if !self.runs.contains_key(person) {
            let run = Run {
                begun: now,
                ended: now,
                workers: HashSet::new(),
                entries: 0,
                points: Points::ZERO,
                first: position,
                last: position,
            };
            self.runs.insert(person.to_owned(), run);
        }
        if let Some(run) = self.runs.get_mut(person) {
            run.ended = now;
            run.workers.insert(credit.worker);
            run.entries += 1;
            run.points += credit.record.points;
            run.last = position;
        }
    }

    fn over(&mut self, person: &str, run: Run) {
        let workers = run.workers.len() as u64;
        if workers < self.thresholds.neighbour_accounts {
            return;
        }
        let neighbours = Neighbours {
            person: person.to_owned(),
            workers,
            entries: run.entries,
            points: run.points,
            from: run.begun.to_business(),
            to: run.ended.to_business(),
            first: run.first,
            last: run.last,
        };
        self.found.push(weight(workers), run.first, neighbours);
    }

    pub(super) fn finish(mut self) -> Listed<Neighbours> {
        for (person, run) in std::mem::take(&mut self.runs) {
            self.over(&person, run);
        }
        self.found.listed()
    }
}

fn hour_of(time: BusinessTime) -> NaiveDateTime {
    // A business time is shown in the district's civil time: its text begins with that date and hour.
    let text = time.to_string();
    let hour = text.get(11..13).and_then(|hour| hour.parse().ok()).unwrap_or(0);
    time.date().and_hms_opt(hour, 0, 0).unwrap_or_default()
}

fn weight(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
