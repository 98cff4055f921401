//! A what-if (试算) of the points schedule: what the credits of a period would have come to under a schedule that is only
//! proposed. Every credit that counts is rated again by [`rating`], which decides real ones; nothing is written.
//!
//! The journal is walked in its own order, and beside what each worker was credited it is kept what they would have been
//! credited: a cap takes from the credits of before and is given back by what is rejected and taken back later, as it was.
//! So a credit rated again by the line it was rated by comes to what it came to, exactly ([`Lines::AsTheyStood`]).
//! Credits of service dates outside the period stay as they are, and count against caps of month and year with that.
//!
//! What is not in the journal cannot be rated: what was refused for a cap that was full stays away, also under a larger one.

mod figures;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ActivityCode, AppointmentId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::state::Programme;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::domain::worker::event::{
    AppointmentRecorded, Judgement, ServiceRecorded, Verdict, WorkerAbsorbed, WorkerEvent, WorkerMerged,
};
use ledger_core::domain::worker::rating::{self, CreditedByDay, Rated, Service, Unrated};
use ledger_core::journal::{Journal, JournalError};

pub use figures::{Causes, Compared, NotJudged, OfActivity, OfWorker, WhatIf, Workers};

use crate::walk::walk;

/// Most workers that are named among the greatest gains, and among the greatest losses.
pub const LIST_MAX: usize = 1_000;

/// By which lines credits are rated again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// By these.
    Proposed {
        /// The lines.
        activities: Vec<Activity>,
        /// The district's rounding step, where it changes as well; else as it was when each credit was recorded.
        points_step: Option<Points>,
    },
    /// Each by the line it was rated by: the differences are zero, or the ledger rated otherwise than it says.
    AsTheyStood,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfAsk {
    /// By which lines.
    pub lines: Lines,
    /// The first service date.
    pub from: NaiveDate,
    /// The last service date.
    pub to: NaiveDate,
    /// Most workers named on each side.
    pub list: usize,
    /// The journal up to this position.
    pub until: u64,
}

/// Rates the credits of a period again.
///
/// # Errors
/// [`JournalError`].
pub async fn what_if(
    journal: &dyn Journal,
    ask: WhatIfAsk,
    reached: &mut (dyn FnMut(u64) + Send),
) -> Result<WhatIf, JournalError> {
    let until = ask.until;
    let mut fold = WhatIfFold::new(ask);
    walk(journal, until, reached, &mut |entry, event| fold.fold(entry.position, event)).await?;
    Ok(fold.finish())
}

/// The last full calendar year of business, as a journal's last entries tell it; none for one in which nothing happened.
///
/// # Errors
/// [`JournalError`].
pub async fn last_full_year(journal: &dyn Journal, until: u64) -> Result<Option<(NaiveDate, NaiveDate)>, JournalError> {
    const PAGE: u64 = 1_000;
    let mut end = until;
    while end > 0 {
        let begin = end.saturating_sub(PAGE);
        let entries = journal.read(begin, usize::try_from(end - begin).unwrap_or(usize::MAX)).await?;
        let mut last: Option<NaiveDate> = None;
        for entry in &entries {
            // A year mistyped before such days were refused lies after the day on which it was recorded.
            let recorded = entry.command.recorded_at.to_business().date();
            last = last.max(entry.event()?.at().map(|at| at.date().min(recorded)));
        }
        if let Some(last) = last {
            // A year that ends on the last day is over.
            let year = last.succ_opt().unwrap_or(last).year().saturating_sub(1);
            let day = |month, day| NaiveDate::from_ymd_opt(year, month, day);
            return Ok(day(1, 1).zip(day(12, 31)));
        }
        end = begin;
    }
    Ok(None)
}

/// A worker, as far as rating asks.
#[derive(Debug)]
struct Person {
    id: WorkerId,
    /// What they would have been credited: what counts against caps.
    credited: CreditedByDay,
    /// How much of it went on to another id of the same person.
    handed_on: CreditedByDay,
    appointments: BTreeMap<AppointmentId, AppointmentTerms>,
    /// The other id under which the account goes on.
    kept: Option<usize>,
}

/// Whether a credit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Waits,
    Counts,
    /// It was rejected or taken back.
    Gone,
}

/// What a credit would have been.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Again {
    /// It lies outside the period.
    Untouched,
    /// It is rated, before and after caps.
    Rated { exact: Points, points: Points, line: Line },
    /// It is worth nothing; what a full cap keeps away is told.
    Unrated { exact: Points, why: Unrated, line: Line },
    /// The schedule has no such activity.
    Absent,
}

/// What of a line is told of a credit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    category: String,
    card: bool,
    /// The role was asked on a day that the credit does not tell.
    role_unjudged: bool,
    /// It ripens at another time than by the line it was recorded by.
    ripens_otherwise: bool,
}

impl Again {
    /// What counts against caps.
    fn points(&self, before: Points) -> Points {
        match self {
            Again::Untouched => before,
            Again::Rated { points, .. } => *points,
            Again::Unrated { .. } | Again::Absent => Points::ZERO,
        }
    }
}

/// A credit, with what it would have been.
#[derive(Debug)]
struct Tried {
    worker: usize,
    activity: ActivityCode,
    category: String,
    card: bool,
    on: NaiveDate,
    standing: Standing,
    exact: Points,
    points: Points,
    again: Again,
}

/// What a full cap keeps away.
fn refused_by_cap(line: &Activity, service: &Service, why: Unrated) -> Points {
    match why {
        Unrated::CapReached { .. } => rating::line_points(line, service).unwrap_or(Points::ZERO),
        Unrated::NoPoints | Unrated::NotEligible | Unrated::LastsTooLong => Points::ZERO,
    }
}

/// The fold.
#[derive(Debug)]
pub struct WhatIfFold {
    ask: WhatIfAsk,
    proposed: BTreeMap<ActivityCode, Activity>,
    position: u64,
    programme: Programme,
    numbers: HashMap<WorkerId, usize>,
    people: Vec<Person>,
    /// The credits of the years that the period touches, by worker and lot.
    credits: HashMap<(usize, u32), usize>,
    tried: Vec<Tried>,
}

impl WhatIfFold {
    /// Nothing seen yet.
    pub fn new(ask: WhatIfAsk) -> WhatIfFold {
        let proposed = match &ask.lines {
            Lines::Proposed { activities, .. } => {
                activities.iter().map(|line| (line.code.clone(), line.clone())).collect()
            }
            Lines::AsTheyStood => BTreeMap::new(),
        };
        WhatIfFold {
            ask,
            proposed,
            position: 0,
            programme: Programme::default(),
            numbers: HashMap::new(),
            people: Vec::new(),
            credits: HashMap::new(),
            tried: Vec::new(),
        }
    }

    /// Takes the next event.
    pub fn fold(&mut self, position: u64, event: &Event) {
        self.position = position;
        match event {
            Event::Programme(event) => self.programme.evolve(event),
            Event::Worker(event) => self.worker(event),
            Event::Merchant(_)
            | Event::Store(_)
            | Event::Card(_)
            | Event::Account(_)
            | Event::Directory(_)
            | Event::Sites(_)
            | Event::Mark(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => {}
        }
    }

    fn worker(&mut self, event: &WorkerEvent) {
        // Whatever else an event comes to, no credit depends on it.
        if let Some(record) = event.as_service() {
            self.service(record);
        }
        if let Some(judged) = event.as_judgement() {
            self.judge(event.worker(), &judged);
        }
        if let Some(event) = event.as_appointment() {
            self.appoint(event);
        }
        if let Some(event) = event.as_handed_over() {
            self.give_up(event);
        }
        if let Some(event) = event.as_taken_over() {
            self.take_over(event);
        }
    }

    fn number(&mut self, worker: &WorkerId) -> usize {
        if let Some(number) = self.numbers.get(worker) {
            return *number;
        }
        let number = self.people.len();
        self.numbers.insert(worker.clone(), number);
        self.people.push(Person {
            id: worker.clone(),
            credited: CreditedByDay::new(),
            handed_on: CreditedByDay::new(),
            appointments: BTreeMap::new(),
            kept: None,
        });
        number
    }

    fn service(&mut self, record: &ServiceRecorded) {
        let years = self.ask.from.year()..=self.ask.to.year();
        if !years.contains(&record.on.year()) {
            return;
        }
        let worker = self.number(&record.worker);
        let again = if (self.ask.from..=self.ask.to).contains(&record.on) {
            self.again(worker, record)
        } else {
            Again::Untouched
        };
        if let Some(person) = self.people.get_mut(worker) {
            let key = (record.activity.clone(), record.on);
            *person.credited.entry(key).or_default() += again.points(record.points);
        }
        self.credits.insert((worker, record.lot), self.tried.len());
        self.tried.push(Tried {
            worker,
            activity: record.activity.clone(),
            category: record.category.clone(),
            card: record.card,
            on: record.on,
            standing: if record.proposed { Standing::Waits } else { Standing::Counts },
            exact: record.uncapped.unwrap_or(record.points),
            points: record.points,
            again,
        });
    }

    /// Rates a credit again, after what its worker would have been credited so far.
    fn again(&self, worker: usize, record: &ServiceRecorded) -> Again {
        let recorded_by = self.programme.line(record.schedule, &record.activity);
        let (line, step) = match &self.ask.lines {
            Lines::Proposed { points_step, .. } => (self.proposed.get(&record.activity), *points_step),
            Lines::AsTheyStood => (recorded_by, None),
        };
        let (Some(line), Some(person)) = (line, self.people.get(worker)) else { return Again::Absent };
        // What comes from a request or a visit was asked for its role on the day of the work, which the credit does not tell.
        let elsewhere = record.source.is_some();
        let roles = &line.terms.roles;
        let service = Service {
            eligible: elsewhere || rating::holds_one_of(person.appointments.values(), roles, record.on),
            on: record.on,
            quantity: record.quantity,
            step: step.unwrap_or(self.programme.points_step),
        };
        let told = Line {
            category: line.category.clone(),
            card: line.counts_for_card,
            role_unjudged: elsewhere && !roles.is_empty(),
            ripens_otherwise: recorded_by.is_some_and(|by| by.terms.scoring != line.terms.scoring),
        };
        match rating::rate(line, &service, &person.credited) {
            Ok(Rated { exact, points, .. }) => Again::Rated { exact, points, line: told },
            Err(why) => Again::Unrated { why, line: told, exact: refused_by_cap(line, &service, why) },
        }
    }

    fn judge(&mut self, worker: &WorkerId, judged: &Judgement<'_>) {
        let standing = match judged.verdict {
            Verdict::Confirmed { .. } => Standing::Counts,
            Verdict::Rejected | Verdict::Reversed { .. } => Standing::Gone,
            Verdict::Checked
            | Verdict::Publicised { .. }
            | Verdict::Objected { .. }
            | Verdict::Appealed { .. }
            | Verdict::Resolved { .. } => return,
        };
        let number = self.number(worker);
        let tried = self.credits.get(&(number, judged.lot)).and_then(|at| self.tried.get_mut(*at));
        let Some(tried) = tried else { return };
        tried.standing = standing;
        if standing == Standing::Gone
            && let Some(person) = self.people.get_mut(number)
        {
            let key = (tried.activity.clone(), tried.on);
            *person.credited.entry(key).or_default() -= tried.again.points(tried.points);
        }
    }

    fn appoint(&mut self, event: &AppointmentRecorded) {
        let number = self.number(&event.worker);
        if let Some(person) = self.people.get_mut(number) {
            person.appointments.insert(event.appointment.clone(), event.terms.clone());
        }
    }

    fn give_up(&mut self, event: &WorkerMerged) {
        let (number, kept) = (self.number(&event.worker), self.number(&event.into));
        if let Some(person) = self.people.get_mut(number) {
            person.kept.get_or_insert(kept);
        }
    }

    /// What counted against caps under the id that is given up counts under this one, as far as it was not told before.
    fn take_over(&mut self, event: &WorkerAbsorbed) {
        let (given_up, kept) = (self.number(&event.absorbed), self.number(&event.worker));
        let Some(other) = self.people.get_mut(given_up) else { return };
        let now = other.credited.clone();
        let before = std::mem::replace(&mut other.handed_on, now.clone());
        let Some(person) = self.people.get_mut(kept) else { return };
        for (key, points) in now {
            let told = before.get(&key).copied().unwrap_or(Points::ZERO);
            *person.credited.entry(key).or_default() += points - told;
        }
    }

    /// The person's id that is kept at the end.
    fn kept(&self, number: usize) -> usize {
        let mut at = number;
        // An id that was given up goes on under another one at most as often as there are ids.
        for _ in 0..self.people.len() {
            match self.people.get(at).and_then(|person| person.kept) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }
}
