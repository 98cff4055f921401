//! `/audit/state`: the books at a position, or on a day: a slider through the positions, and steps from month to month between
//! the first and the last business day. With script the page follows the slider once the hand lets go; without it a button
//! does the same.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::time::Month;
use ledger_core::journal::JournalError;
use projections::state::{self, Days};
use serde::Deserialize;

use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::reading::{may_read, read_date};
use crate::web::address::in_address;
use crate::web::figures::points;
use crate::web::page::{Frame, Trouble, Visitor, answer, show};

/// Accounts that a state lists.
const ACCOUNTS_MAX: usize = 50;

#[derive(Template)]
#[template(path = "audit/state.html", config = ".askama.toml")]
struct StatePage {
    f: Frame,
    bad: String,
    head: u64,
    position: u64,
    as_of: String,
    /// The first and the last business day, where there are any.
    first: String,
    last: String,
    /// The ends of the months before and after; nothing where there is no such one.
    before: String,
    after: String,
    told: String,
    earned: String,
    redeemed: String,
    expired: String,
    balance: String,
    workers: usize,
    rows: Vec<Account>,
}

/// An account at the moment, with the way to where its balance comes from.
struct Account {
    worker: String,
    trace: String,
    earned: String,
    redeemed: String,
    expired: String,
    balance: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/audit/state", get(read_state))
}

/// The position that was typed, or the head where none was; none where the journal has no such position.
pub(super) fn position(text: &str, head: u64) -> Option<u64> {
    if text.is_empty() {
        return Some(head);
    }
    text.parse().ok().filter(|at| (1..=head).contains(at))
}

/// Which state is asked for.
#[derive(Debug, Deserialize)]
struct AskedState {
    #[serde(default)]
    at: String,
    #[serde(default)]
    as_of: String,
}

async fn read_state(State(app): State<App>, visitor: Visitor, Query(asked): Query<AskedState>) -> Response {
    answer(&visitor, state_page(&app, &visitor, &asked).await)
}

async fn state_page(app: &App, visitor: &Visitor, asked: &AskedState) -> Result<Response, Trouble> {
    let w = visitor.words();
    may_read(Who::Bearer(&visitor.must()?.identity), Read::Events, Target::District)?;
    let journal = app.ledger.journal();
    let unavailable = |error: JournalError| Trouble::Service(ServiceError::Unavailable(error.to_string()));
    let head = journal.head().await.map_err(unavailable)?.position;
    let (at, day) = (asked.at.trim(), asked.as_of.trim());
    let mut bad = Vec::new();
    let until = position(at, head).unwrap_or_else(|| {
        bad.push(w.trace.only_to(head));
        head
    });
    let as_of = read_date(day);
    if as_of.is_none() && !day.is_empty() {
        bad.push(w.trace.no_day.to_owned());
    }
    if !bad.is_empty() {
        bad.push(w.trace.shown_now.to_owned());
    }
    let read = state::read_with_days(journal.as_ref(), until, as_of, &mut |_| {}).await;
    let (told, days) = read.map_err(unavailable)?;
    let (before, after) = days.zip(told.as_of).map(|(days, at)| steps(days, at)).unwrap_or_default();
    let written = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let figures =
        |of: &state::Figures| (points(of.earned), points(of.redeemed), points(of.expired), points(of.balance));
    let (earned, redeemed, expired, balance) = figures(&told.totals);
    let rows = told.workers.iter().take(ACCOUNTS_MAX).map(|(worker, of)| {
        let (earned, redeemed, expired, balance) = figures(of);
        let day = written(as_of);
        let trace = format!("/audit/trace?worker={}&at={until}&as_of={day}", in_address(worker));
        Account { worker: worker.clone(), trace, earned, redeemed, expired, balance }
    });
    let page = StatePage {
        f: visitor.frame(w.state_at),
        bad: bad.join(if w.english { " " } else { "" }),
        head,
        position: until,
        as_of: written(as_of),
        first: written(days.map(|days| days.first)),
        last: written(days.map(|days| days.last)),
        before: written(before),
        after: written(after),
        told: w.state_of(until, told.as_of.map(|day| day.to_string()).as_deref()),
        earned,
        redeemed,
        expired,
        balance,
        workers: told.workers.len(),
        rows: rows.collect(),
    };
    show(&page)
}

/// The last day of a month.
fn last_day(month: Month) -> Option<NaiveDate> {
    month.next().first_day().pred_opt()
}

/// Where the steps of a month from a day lead: to the ends of the month before and of the month after, and no further than the
/// first and the last day; none where that is no step.
fn steps(days: Days, at: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let before = Month::of(at).first_day().pred_opt().map(|day| day.clamp(days.first, days.last));
    let after = last_day(Month::of(at).next()).map(|day| day.clamp(days.first, days.last));
    (before.filter(|day| *day < at), after.filter(|day| *day > at))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use projections::state::Days;

    use super::steps;

    #[test]
    fn steps_go_from_month_to_month_and_stay_between_the_first_and_the_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let days = Days { first: day("2026-01-20"), last: day("2026-04-10") };
        for (at, before, after) in [
            ("2026-04-10", "2026-03-31", ""),
            ("2026-03-31", "2026-02-28", "2026-04-10"),
            ("2026-03-05", "2026-02-28", "2026-04-10"),
            ("2026-02-28", "2026-01-31", "2026-03-31"),
            ("2026-01-31", "2026-01-20", "2026-02-28"),
            ("2026-01-20", "", "2026-02-28"),
            // Whoever asked for a day of another year finds back.
            ("2020-06-01", "", "2026-01-20"),
            ("2030-06-01", "2026-04-10", ""),
        ] {
            let told = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let (left, right) = steps(days, day(at));
            assert_eq!((told(left).as_str(), told(right).as_str()), (before, after), "{at}");
        }
    }
}
