//! Requests whose time is over and on which nothing was done, work that nobody rated, and how many came to which body.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::RequestId;
use ledger_core::domain::request::{RequestEvent, ServiceRequest};
use ledger_core::journal::Entry;

use crate::audit::listed::Listed;
use crate::audit::report::days;

/// Days from the work on, after which nobody said what it was worth, from which on somebody should ask.
pub const UNRATED_DAYS: i64 = 30;

/// A request whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    /// The position at which it was posted.
    pub position: u64,
    /// Its number (单号).
    pub request: String,
    /// What it is scored as.
    pub activity: String,
    /// On which day it was posted.
    pub on: NaiveDate,
    /// By when it was to be done (办理时限).
    pub due: NaiveDate,
    /// Days since then until the last entry of the report.
    pub days: i64,
    /// Who claimed it and has not done it.
    pub underway: u64,
    /// The body it was passed on to, where one was named.
    pub body: Option<String>,
}

/// Work that nobody rated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrated {
    /// The position at which the work was recorded.
    pub position: u64,
    /// The work (办理号).
    pub handling: String,
    /// The request (单号).
    pub request: String,
    /// Who did it, where somebody claimed it.
    pub claimer: Option<String>,
    /// On which day it was done.
    pub done: NaiveDate,
    /// Days since then until the last entry of the report.
    pub days: i64,
}

/// The requests of a year that came to one body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BodyYear {
    /// The calendar year in which they were posted.
    pub year: i32,
    /// The body that they were passed on to last; none where none was named.
    pub body: Option<String>,
    /// How many.
    pub posted: u64,
    /// Of those, how many were done.
    pub done: u64,
    /// Of those, how many were rated or fed back.
    pub rated: u64,
    /// Whose time is over, with nothing done.
    pub overdue: u64,
    /// How many were taken back (撤回).
    pub withdrawn: u64,
    /// Merged into another one.
    pub merged: u64,
}

/// What was found.
pub(super) struct Found {
    pub(super) overdue: Listed<Overdue>,
    pub(super) unrated: Listed<Unrated>,
    pub(super) bodies: Listed<BodyYear>,
}

/// A request, as the ledger's own fold has it, and where its work was recorded.
#[derive(Default)]
struct Known {
    position: u64,
    request: ServiceRequest,
    /// By handling: where the work was recorded, and the day of the event.
    worked: BTreeMap<String, (u64, NaiveDate)>,
}

/// Follows every request.
#[derive(Default)]
pub(super) struct RequestsFold {
    today: NaiveDate,
    requests: BTreeMap<RequestId, Known>,
}

impl RequestsFold {
    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        self.today = entry.command.recorded_at.to_business().date();
        let Some(event) = event.as_request() else { return };
        let known = self.requests.entry(event.request().clone()).or_default();
        known.request.evolve(event);
        match event {
            RequestEvent::RequestPosted(_) => known.position = entry.position,
            RequestEvent::HandlingRecorded(event) => {
                let done = NaiveDate::parse_from_str(&event.work.done, "%Y-%m-%d").unwrap_or(event.at.date());
                known.worked.insert(event.handling.to_string(), (entry.position, done));
            }
            RequestEvent::HandlingRated(event) => {
                known.worked.remove(event.handling.as_str());
            }
            RequestEvent::RequestMerged(_)
            | RequestEvent::RequestRouted(_)
            | RequestEvent::RequestClaimed(_)
            | RequestEvent::ClaimReturned(_)
            | RequestEvent::RequestWithdrawn(_) => {}
        }
    }

    pub(super) fn finish(self, rows_max: usize) -> Found {
        let RequestsFold { today, requests } = self;
        let (mut overdue, mut unrated) = (Vec::new(), Vec::new());
        let mut bodies: BTreeMap<(i32, Option<String>), BodyYear> = BTreeMap::new();
        for (id, known) in &requests {
            let Some(posting) = known.request.posting() else { continue };
            let body = known.request.routing().and_then(|routing| routing.body.clone());
            let (merged, withdrawn) = (posting.merged_into.is_some(), known.request.withdrawn().is_some());
            let done = known.request.handlings().next().is_some();
            let late = posting.due.filter(|due| *due < today && !merged && !withdrawn && !done);
            let year = posting.on.year();
            let row = bodies.entry((year, body.clone())).or_insert_with(|| BodyYear {
                year,
                body: body.clone(),
                ..BodyYear::default()
            });
            row.posted += 1;
            row.done += u64::from(done);
            row.rated += u64::from(known.request.handlings().any(|(_, work)| work.rating.is_some()));
            row.overdue += u64::from(late.is_some());
            row.withdrawn += u64::from(withdrawn);
            row.merged += u64::from(merged);
            if let Some(due) = late {
                overdue.push(Overdue {
                    position: known.position,
                    request: id.to_string(),
                    activity: posting.activity.to_string(),
                    on: posting.on,
                    due,
                    days: days(due, today),
                    underway: u64::try_from(known.request.underway().count()).unwrap_or(u64::MAX),
                    body,
                });
            }
            for (handling, (position, done)) in &known.worked {
                if days(*done, today) <= UNRATED_DAYS {
                    continue;
                }
                let work = known.request.handlings().find(|(found, _)| found.as_str() == handling.as_str());
                unrated.push(Unrated {
                    position: *position,
                    handling: handling.clone(),
                    request: id.to_string(),
                    claimer: work.and_then(|(_, work)| work.claimer.as_ref()).map(ToString::to_string),
                    done: *done,
                    days: days(*done, today),
                });
            }
        }
        overdue.sort_by_key(|row| (row.due, row.position));
        unrated.sort_by_key(|row| (row.done, row.position));
        let mut found = Found { overdue: Listed::default(), unrated: Listed::default(), bodies: Listed::default() };
        overdue.into_iter().for_each(|row| found.overdue.push(row, rows_max));
        unrated.into_iter().for_each(|row| found.unrated.push(row, rows_max));
        // Where no body was ever named there is nothing to tell apart.
        if bodies.values().any(|row| row.body.is_some()) {
            bodies.into_values().for_each(|row| found.bodies.push(row, rows_max));
        }
        found
    }
}
