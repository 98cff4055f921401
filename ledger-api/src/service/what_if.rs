//! A what-if (试算) of a points schedule that is only proposed: what a period's credits would have come to, before anybody
//! adopts it. It writes nothing and asks the ledger's writer nothing.

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::journal::Journal;
use ledger_core::ledger::commands::AdoptSchedule;
use projections::what_if::{self, LIST_MAX, Lines, WhatIf, WhatIfAsk};
use tokio::sync::Mutex;

use super::ServiceError;
use super::overview::outstanding_and_stock;
use super::reading::{may_read, must_be_there};
use crate::access::policy::{Read, Target, Who, allow};
use crate::app::App;

/// Workers that are named on each side where nobody says how many.
pub const LIST: usize = 20;

/// A journal is not walked by many at once: nobody at a counter waits for a what-if.
static TURN: Mutex<()> = Mutex::const_new(());

/// What is tried.
#[derive(Debug, Clone)]
pub struct AskedWhatIf {
    /// What would be adopted: its lines, and of its settings the rounding step. From which day on it would hold says nothing
    /// here: it is tried as if it had held.
    pub proposed: AdoptSchedule,
    /// The first service date; the first one of the last one's year without. Without both it is the last full year of
    /// business.
    pub from: Option<NaiveDate>,
    /// The last service date; the last one of the first one's year without.
    pub to: Option<NaiveDate>,
    /// The journal up to this position; its end without.
    pub at: Option<u64>,
    /// Most workers named on each side.
    pub list: usize,
}

/// What it came to.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The figures.
    pub told: WhatIf,
    /// Whether whoever asked may read which workers those are; else none are named.
    pub names_workers: bool,
    /// What the district owes its workers now, and what all that lies on the shelves costs in points, for whoever may know.
    pub bears: Option<(Points, Points)>,
}

/// Tries a schedule.
///
/// # Errors
/// [`ServiceError`]: a schedule that could not be adopted is refused as its adoption would be.
pub async fn what_if(app: &App, who: Who<'_>, asked: AskedWhatIf) -> Result<Tried, ServiceError> {
    let reading = may_read(who, Read::WhatIf, Target::District)?;
    let names_workers = allow(who, Read::Workers, Target::District).is_ok();
    reading.at_least(app, None).await?;
    must_be_there(app, asked.at).await?;
    let journal = app.ledger.journal();
    let bears = match allow(who, Read::Overview, Target::District) {
        Ok(()) => Some(outstanding_and_stock(app).await?),
        Err(_) => None,
    };
    let mut told = {
        let _turn = TURN.lock().await;
        of_journal(journal.as_ref(), asked, &mut |_| {}).await?
    };
    if names_workers {
        let named = told.gains.rows.iter().chain(&told.losses.rows).map(|row| row.worker.as_str());
        reading.note_list(app, named.collect::<Vec<_>>().into_iter());
    } else {
        told.gains.rows.clear();
        told.losses.rows.clear();
    }
    Ok(Tried { told, names_workers, bears })
}

/// The same for whoever holds the journal.
///
/// # Errors
/// [`ServiceError`].
pub async fn of_journal(
    journal: &dyn Journal,
    asked: AskedWhatIf,
    reached: &mut (dyn FnMut(u64) + Send),
) -> Result<WhatIf, ServiceError> {
    let AskedWhatIf { proposed, from, to, at, list } = asked;
    proposed.check_alone().map_err(ServiceError::Refused)?;
    if list > LIST_MAX {
        return Err(ServiceError::unreadable(format!("list is a whole number up to {LIST_MAX}")));
    }
    let until = match at {
        Some(position) => position,
        None => journal.head().await?.position,
    };
    let (from, to) = period(journal, until, from, to).await?;
    let lines = Lines::Proposed { activities: proposed.activities, points_step: proposed.settings.points_step };
    Ok(what_if::what_if(journal, WhatIfAsk { lines, from, to, list, until }, reached).await?)
}

/// The days that are asked about.
async fn period(
    journal: &dyn Journal,
    until: u64,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<(NaiveDate, NaiveDate), ServiceError> {
    let of_year = |day: NaiveDate, month, of_month| NaiveDate::from_ymd_opt(day.year(), month, of_month).unwrap_or(day);
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, of_year(from, 12, 31)),
        (None, Some(to)) => (of_year(to, 1, 1), to),
        (None, None) => what_if::last_full_year(journal, until).await?.ok_or_else(|| {
            let what = "nothing happened in this journal yet; say from when to when";
            ServiceError::refused(Code::NotFound, what)
        })?,
    };
    if to < from {
        let what = format!("the period would end on {to}, before it begins on {from}");
        return Err(ServiceError::refused(Code::InvalidDate, what));
    }
    Ok((from, to))
}
