//! The rows of `/appointments`: visits, appointments, benefits with their queues.

use chrono::NaiveDate;

use crate::service::rosters::{Appointed, InQueue, Queue, WaitingVisit};
use crate::web::me::{days_left, letter_state};
use crate::web::page::new_key;
use crate::web::words::Words;

/// A visit that waits to be confirmed.
pub(super) struct Visit {
    pub(super) id: String,
    pub(super) pair: String,
    pub(super) activity: String,
    pub(super) on: String,
    pub(super) reporter: String,
    pub(super) other: String,
    pub(super) age: String,
    pub(super) key: String,
}

/// An appointment.
pub(super) struct Letter {
    pub(super) at: usize,
    pub(super) id: String,
    pub(super) worker: String,
    pub(super) role: String,
    pub(super) body: String,
    pub(super) site: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) days: String,
    pub(super) state: &'static str,
    pub(super) colour: &'static str,
    /// It can still be ended.
    pub(super) ends: bool,
    pub(super) key: String,
}

/// A benefit and who waits for it.
pub(super) struct Benefit {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) given: String,
    pub(super) waiting: String,
    pub(super) queue: Vec<String>,
}

pub(super) fn visit(w: &Words, row: WaitingVisit, called: &dyn Fn(&str) -> String, today: NaiveDate) -> Visit {
    Visit {
        activity: called(row.terms.activity.as_str()),
        on: row.terms.on.to_string(),
        age: w.programmes.waits_since((today - row.terms.on).num_days()),
        reporter: row.terms.reporter.to_string(),
        other: row.other.to_string(),
        id: row.id,
        pair: row.pair,
        key: new_key("confirm"),
    }
}

pub(super) fn letter(w: &Words, at: usize, row: Appointed, today: NaiveDate) -> Letter {
    let Appointed { id, worker, terms } = row;
    let (state, colour) = letter_state(w, &terms, today);
    Letter {
        at,
        id,
        worker,
        days: days_left(w, terms.days.through, today),
        ends: terms.ended.is_none() && terms.days.through.is_none_or(|last| today <= last),
        from: terms.days.from.map(|day| day.to_string()).unwrap_or_default(),
        until: terms.days.through.map(|day| day.to_string()).unwrap_or_default(),
        site: terms.site.map(|site| site.to_string()).unwrap_or_default(),
        role: terms.role,
        body: terms.body,
        state,
        colour,
        key: new_key("dismissal"),
    }
}

pub(super) fn benefit(w: &Words, row: Queue) -> Benefit {
    let a = w.appointments;
    Benefit {
        given: a.given(row.granted, row.terms.places, row.used, row.withdrawn),
        waiting: if row.waiting > 0 { a.waiting(row.waiting) } else { String::new() },
        queue: row
            .queue
            .iter()
            .map(|InQueue { place, application, worker, at }| {
                a.queued(*place, worker.as_str(), &at.date().to_string(), application.as_str())
            })
            .collect(),
        id: row.id,
        name: row.terms.name,
    }
}
