//! How long after the service, or the handing over, it was entered: whole days by the journal's clock.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::Entry;

use super::{Tally, Thresholds, days};
use crate::audit::listed::{Listed, Weightiest};

/// Upper ends of the ranges that a distribution is told in, days; below lies "before the service", above the rest.
const RANGES: [i64; 8] = [-1, 0, 1, 3, 7, 31, 92, 365];

/// One entry and how late it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// Of the entry in the journal, from 1.
    pub position: u64,
    /// The credit or redemption.
    pub name: String,
    /// The worker's id (编号).
    pub worker: String,
    /// In exact hundredths.
    pub points: Points,
    /// The day it was for.
    pub day: NaiveDate,
    /// The day it was recorded.
    pub recorded_on: NaiveDate,
    /// Days between; below zero for a day that was still to come.
    pub days: i64,
    /// Who entered it.
    pub actor: String,
}

/// How late entries were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gaps {
    /// All entries.
    pub entries: Tally,
    /// Entries by range of days: the range's last day, none for the open end.
    pub ranges: Vec<(Option<i64>, u64)>,
    /// Half of the entries were entered within so many days.
    pub median: Option<i64>,
    /// Of a hundred, ninety-five.
    pub p95: Option<i64>,
    /// In days, of all entries.
    pub longest: Option<i64>,
    /// Entries from the threshold on, counted with their points.
    pub late: Tally,
    /// Those, the latest first.
    pub latest: Listed<Gap>,
    /// Entries for a day that was still to come, the farthest first.
    pub early: Listed<Gap>,
}

pub(super) struct GapFold {
    thresholds: Thresholds,
    entries: Tally,
    by_days: BTreeMap<i64, u64>,
    late: Tally,
    latest: Weightiest<Gap>,
    early: Weightiest<Gap>,
}

impl GapFold {
    pub(super) fn new(thresholds: Thresholds) -> GapFold {
        GapFold {
            thresholds,
            entries: Tally::default(),
            by_days: BTreeMap::new(),
            late: Tally::default(),
            latest: Weightiest::new(thresholds.list),
            early: Weightiest::new(thresholds.list),
        }
    }

    pub(super) fn push(
        &mut self,
        entry: &Entry,
        event: &WorkerEvent,
        name: &str,
        day: NaiveDate,
        recorded_on: NaiveDate,
        points: Points,
    ) {
        let days = days(day, recorded_on);
        self.entries.add(points);
        *self.by_days.entry(days).or_default() += 1;
        let late = days >= self.thresholds.late_days;
        if late {
            self.late.add(points);
        }
        if !late && days >= 0 {
            return;
        }
        let position = entry.position;
        let worker = event.worker().to_string();
        let actor = entry.command.actor.to_string();
        let gap = Gap { position, name: name.to_owned(), worker, points, day, recorded_on, days, actor };
        if late {
            self.latest.push(days, position, gap);
        } else {
            self.early.push(-days, position, gap);
        }
    }

    pub(super) fn finish(self) -> Gaps {
        let mut ranges: Vec<(Option<i64>, u64)> = RANGES.iter().map(|end| (Some(*end), 0)).collect();
        ranges.push((None, 0));
        for (days, count) in &self.by_days {
            let range = ranges.iter_mut().find(|(end, _)| end.is_none_or(|end| *days <= end));
            if let Some((_, entries)) = range {
                *entries += count;
            }
        }
        Gaps {
            entries: self.entries,
            ranges,
            median: self.nearest_rank(50),
            p95: self.nearest_rank(95),
            longest: self.by_days.last_key_value().map(|(days, _)| *days),
            late: self.late,
            latest: self.latest.listed(),
            early: self.early.listed(),
        }
    }

    /// The smallest number of days within which at least so many of a hundred lie.
    fn nearest_rank(&self, percent: u64) -> Option<i64> {
        let wanted = (u128::from(self.entries.count) * u128::from(percent)).div_ceil(100);
        let mut seen = 0;
        self.by_days.iter().find_map(|(days, count)| {
            seen += u128::from(*count);
            (seen >= wanted).then_some(*days)
        })
    }
}
