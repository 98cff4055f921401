//! The statement on the own page: what happened to the account, month by month.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use projections::statement::Line;

use crate::service::own::Account;
use crate::web::figures::{change, minute, points};
use crate::web::words::Words;

/// Months that are shown at once; earlier ones unfold.
const MONTHS_OPEN: usize = 1;

/// A month of the statement.
pub(super) struct MonthOf {
    pub(super) name: String,
    pub(super) open: bool,
    pub(super) came: String,
    pub(super) went: String,
    pub(super) rows: Vec<Row>,
}

/// A line of it.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) change: String,
    pub(super) came: bool,
    pub(super) when: String,
    pub(super) more: String,
    /// Its position in the journal, where it was recorded.
    pub(super) position: Option<u64>,
    pub(super) reason: String,
}

/// A row of the statement with what it is put in order and added up by.
struct Moved {
    day: String,
    position: u64,
    points: Points,
    row: Row,
}

/// What each credit was recorded for, and when that was done.
type Credits<'a> = BTreeMap<&'a str, (&'a str, NaiveDate)>;

/// The statement by the month in which it happened, newest first: it adds up to what can be spent.
pub(super) fn months(w: &Words, account: &Account, called: &dyn Fn(&str) -> String) -> Vec<MonthOf> {
    // What was set aside and is picked up is told as that: it waits for nobody any more.
    let picked_up = account.lines.iter().filter_map(|line| Some((line.picked_up.as_deref()?, line.event)));
    let picked_up: BTreeMap<&str, &str> = picked_up.collect();
    let word = |line: &Line| match picked_up.get(line.subject.as_str()) {
        Some(event) if line.points < Points::ZERO => w.event(event),
        _ => w.event(line.event),
    };
    // What is decided about a credit names it alone; what that was stands in the line that recorded it.
    let credits = account.lines.iter().filter(|line| line.of_credit);
    let credits: Credits<'_> =
        credits.filter_map(|line| Some((line.subject.as_str(), (line.activity.as_deref()?, line.on?)))).collect();
    // Lines that move nothing that can be spent are told where they say why.
    let lines = account.lines.iter().filter(|line| !line.points.is_zero() || line.reason.is_some()).map(|line| Moved {
        day: day_of(line),
        position: line.position,
        points: line.points,
        row: row((w, account), &credits, line, word(line), called),
    });
    let mut months: BTreeMap<String, Vec<Moved>> = BTreeMap::new();
    for moved in lines.chain(account.balance.ended.iter().map(|(last_day, left)| lapsed(w, *last_day, *left))) {
        months.entry(moved.day.get(..7).unwrap_or_default().to_owned()).or_default().push(moved);
    }
    let made = months.into_iter().rev().enumerate().map(|(at, (name, mut moved))| {
        moved.sort_by(|one, other| (&other.day, other.position).cmp(&(&one.day, one.position)));
        let (mut came, mut went) = (Points::ZERO, Points::ZERO);
        for Moved { points, .. } in &moved {
            if points.is_positive() { came += *points } else { went += *points }
        }
        MonthOf {
            name,
            open: at < MONTHS_OPEN,
            came: points(came),
            went: points(went),
            rows: moved.into_iter().map(|moved| moved.row).collect(),
        }
    });
    made.collect()
}

/// What ended and cannot be spent, before that is recorded: on the day after its last one.
fn lapsed(w: &Words, last_day: NaiveDate, left: Points) -> Moved {
    let day = last_day.succ_opt().unwrap_or(last_day).to_string();
    let taken = Points::ZERO - left;
    Moved {
        position: 0,
        points: taken,
        row: Row {
            what: w.expired.to_owned(),
            change: change(taken),
            came: false,
            when: day.clone(),
            more: format!("{} {last_day}", w.usable_through),
            position: None,
            reason: String::new(),
        },
        day,
    }
}

/// The day of a line: the service's, else the act's own.
fn day_of(line: &Line) -> String {
    line.on.unwrap_or_else(|| line.at.date()).to_string()
}

/// A line under the word for what happened.
fn row(
    (w, account): (&Words, &Account),
    credits: &Credits<'_>,
    line: &Line,
    word: &str,
    called: &dyn Fn(&str) -> String,
) -> Row {
    let decided = credits.get(line.subject.as_str()).filter(|_| line.of_credit && line.activity.is_none());
    let what = match (&line.activity, line.lines.is_empty()) {
        (Some(activity), _) => called(activity),
        (None, false) => {
            let store = line.store.clone().unwrap_or_default();
            let items = line.lines.iter().map(|item| {
                let name = account.items.get(&(store.clone(), item.sku.to_string()));
                format!("{} ×{}", name.map_or(item.sku.as_str(), String::as_str), item.quantity)
            });
            format!("{word} {}", items.collect::<Vec<_>>().join("、"))
        }
        (None, true) => match decided {
            Some((activity, _)) => format!("{word} {}", called(activity)),
            None => word.to_owned(),
        },
    };
    let more = match (&line.store, &line.category) {
        (Some(store), _) => store.clone(),
        (None, Some(category)) => category.clone(),
        (None, None) => decided.map(|(_, on)| format!("{} {on}", w.served_on)).unwrap_or_default(),
    };
    let when = line.on.map_or_else(|| minute(&line.at.to_string()), |on| on.to_string());
    Row {
        what,
        change: change(line.points),
        came: line.points.is_positive(),
        when,
        more,
        position: Some(line.position),
        reason: line.reason.clone().unwrap_or_default(),
    }
}
