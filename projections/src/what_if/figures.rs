//! What a what-if comes to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::{ActivityCode, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::rating::Unrated;

use super::{Again, Line, Standing, WhatIfFold};
use crate::audit::listed::{Listed, Weightiest};

/// Points that were, and points that would have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compared {
    /// How many credits there are.
    pub credits: u64,
    /// As they were credited.
    pub before: Points,
    /// As they would have been.
    pub after: Points,
}

impl Compared {
    /// What would have been more; below zero what would have been less.
    pub fn change(self) -> Points {
        self.after - self.before
    }

    fn add(&mut self, before: Points, after: Points) {
        self.credits += 1;
        self.before += before;
        self.after += after;
    }
}

/// An activity's credits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfActivity {
    /// Its name, as the proposed schedule has it, else as the latest version does that knows it.
    pub name: String,
    /// Whether the schedule that is tried has it.
    pub is_there: bool,
    /// As they were and as they would be, in exact hundredths.
    pub points: Compared,
    /// What caps took away of them.
    pub cut: Compared,
}

/// What a change comes from. Together it is all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Causes {
    /// Points per unit, and rounding.
    pub rates: Points,
    /// What caps of day, month and year take away.
    pub caps: Points,
    /// Roles that are asked for and were not held.
    pub roles: Points,
    /// Activities that the schedule does not have.
    pub absent: Points,
}

/// What was not judged again, though it may matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NotJudged {
    /// Credits of requests and visits for which the line asks for a role: it is asked on the day of the work.
    pub roles: Compared,
    /// Credits of activities that ripen at another time than they did (计分时点).
    pub ripening: Compared,
    /// Credits that waited for a decision, which count neither before nor after.
    pub waiting: Compared,
}

/// How many workers would have more and how many less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Workers {
    /// More.
    pub gain: u64,
    /// Less.
    pub lose: u64,
    /// The same.
    pub equal: u64,
}

/// A worker's change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfWorker {
    /// 编号, as in 人员名册.
    pub worker: WorkerId,
    /// As it was.
    pub before: Points,
    /// As it would have been.
    pub after: Points,
}

/// A what-if.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// The journal up to here.
    pub position: u64,
    /// The first service date.
    pub from: NaiveDate,
    /// The last service date.
    pub to: NaiveDate,
    /// All credits that count.
    pub totals: Compared,
    /// How many of them would have come to other points.
    pub differing: u64,
    /// Of them, what counts for the mutual-aid points card.
    pub card: Compared,
    /// By activity.
    pub activities: BTreeMap<ActivityCode, OfActivity>,
    /// By category: before by the one it was recorded with, after by that of the line.
    pub categories: BTreeMap<String, Compared>,
    /// What the change comes from.
    pub causes: Causes,
    /// How many workers it is more for, and less.
    pub workers: Workers,
    /// Those who would have gained most.
    pub gains: Listed<OfWorker>,
    /// Those who would have lost most.
    pub losses: Listed<OfWorker>,
    /// What was not judged again.
    pub not_judged: NotJudged,
}

impl WhatIfFold {
    /// What it comes to.
    pub fn finish(self) -> WhatIf {
        let mut all = WhatIf {
            position: self.position,
            from: self.ask.from,
            to: self.ask.to,
            totals: Compared::default(),
            differing: 0,
            card: Compared::default(),
            activities: BTreeMap::new(),
            categories: BTreeMap::new(),
            causes: Causes::default(),
            workers: Workers::default(),
            gains: Listed::default(),
            losses: Listed::default(),
            not_judged: NotJudged::default(),
        };
        let mut by_worker: BTreeMap<usize, (Points, Points)> = BTreeMap::new();
        for tried in &self.tried {
            let (before, after) = (tried.points, tried.again.points(tried.points));
            let line = match &tried.again {
                Again::Untouched => continue,
                Again::Rated { line, .. } | Again::Unrated { line, .. } => Some(line),
                Again::Absent => None,
            };
            match tried.standing {
                Standing::Gone => continue,
                Standing::Waits => {
                    all.not_judged.waiting.add(before, after);
                    continue;
                }
                Standing::Counts => {}
            }
            all.totals.add(before, after);
            all.differing += u64::from(before != after);
            all.count_card(tried.card.then_some(before), line.filter(|line| line.card).map(|_| after));
            let activity = all.activities.entry(tried.activity.clone()).or_insert_with(|| OfActivity {
                name: self.name(&tried.activity),
                is_there: line.is_some(),
                ..OfActivity::default()
            });
            activity.points.add(before, after);
            activity.cut.add(tried.exact - before, cut(&tried.again));
            all.count_category(&tried.category, line, before, after);
            all.causes.add(&tried.again, tried.exact, before);
            if line.is_some_and(|line| line.role_unjudged) {
                all.not_judged.roles.add(before, after);
            }
            if line.is_some_and(|line| line.ripens_otherwise) {
                all.not_judged.ripening.add(before, after);
            }
            let sums = by_worker.entry(self.kept(tried.worker)).or_default();
            sums.0 += before;
            sums.1 += after;
        }
        self.tell_workers(&mut all, by_worker);
        all
    }

    fn tell_workers(&self, all: &mut WhatIf, by_worker: BTreeMap<usize, (Points, Points)>) {
        let (mut gains, mut losses) = (Weightiest::new(self.ask.list), Weightiest::new(self.ask.list));
        for (number, (before, after)) in by_worker {
            let Some(person) = self.people.get(number) else { continue };
            let change = (after - before).hundredths();
            let row = OfWorker { worker: person.id.clone(), before, after };
            let nth = u64::try_from(number).unwrap_or(u64::MAX);
            match change.signum() {
                1 => {
                    all.workers.gain += 1;
                    gains.push(change, nth, row);
                }
                -1 => {
                    all.workers.lose += 1;
                    losses.push(change.saturating_neg(), nth, row);
                }
                _ => all.workers.equal += 1,
            }
        }
        (all.gains, all.losses) = (gains.listed(), losses.listed());
    }

    /// What an activity is called.
    fn name(&self, code: &ActivityCode) -> String {
        let recorded = || self.programme.schedules().iter().rev().find_map(|schedule| schedule.activity(code));
        self.proposed.get(code).or_else(recorded).map(|line| line.name.clone()).unwrap_or_default()
    }
}

impl WhatIf {
    fn count_card(&mut self, before: Option<Points>, after: Option<Points>) {
        if before.is_some() || after.is_some() {
            self.card.add(before.unwrap_or(Points::ZERO), after.unwrap_or(Points::ZERO));
        }
    }

    /// A credit is of one category before, and may be of another one after.
    fn count_category(&mut self, category: &str, line: Option<&Line>, before: Points, after: Points) {
        let sums = self.categories.entry(category.to_owned()).or_default();
        sums.credits += 1;
        sums.before += before;
        match line.filter(|line| line.category != category) {
            Some(line) => self.categories.entry(line.category.clone()).or_default().after += after,
            None => sums.after += after,
        }
    }
}

impl Causes {
    fn add(&mut self, again: &Again, exact_before: Points, before: Points) {
        match again {
            Again::Untouched => {}
            Again::Absent => self.absent += Points::ZERO - before,
            Again::Unrated { why: Unrated::NotEligible, .. } => self.roles += Points::ZERO - before,
            Again::Unrated { exact, .. } | Again::Rated { exact, .. } => {
                self.rates += *exact - exact_before;
                self.caps += (exact_before - before) - cut(again);
            }
        }
    }
}

/// What caps would have taken away of a credit.
fn cut(again: &Again) -> Points {
    match again {
        Again::Rated { exact, points, .. } => *exact - *points,
        Again::Unrated { exact, .. } => *exact,
        Again::Untouched | Again::Absent => Points::ZERO,
    }
}
