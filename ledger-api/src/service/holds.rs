//! Holds as people meet them: what is set aside for a worker, where, until when and by which code it is taken; and which
//! are due at a counter.

use std::collections::BTreeMap;

use ledger_core::domain::ids::HoldId;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use projections::queries::hold::{HoldOver, HoldRecord};
use projections::views::hold::Hold;

use super::away::{hold_code, read_hold_code};
use super::counter::narrow;
use super::reading::may_read;
use super::{ServiceError, names};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// A day: how long a hold lasts when nothing is said.
const LASTS_MINUTES_DEFAULT: u32 = 24 * 60;
/// Thirty days: goods set aside for longer are missing for the others.
pub const LASTS_MINUTES_MAX: u32 = 30 * 24 * 60;
const SECONDS_PER_MINUTE: u32 = 60;
/// Most holds that are listed.
const HOLDS_MAX: usize = 500;
/// Most items of a store whose names are looked up.
const ITEMS_MAX: usize = 500;

/// How long a hold lasts, in seconds, of so many minutes; of the usual time where nothing is said.
///
/// # Errors
/// `invalid_input` for none and for too many.
pub fn lasting(minutes: Option<u32>) -> Result<u32, ServiceError> {
    let minutes = minutes.unwrap_or(LASTS_MINUTES_DEFAULT);
    if (1..=LASTS_MINUTES_MAX).contains(&minutes) {
        return Ok(minutes * SECONDS_PER_MINUTE);
    }
    let detail = format!("lasts_minutes: a hold lasts 1 to {LASTS_MINUTES_MAX} minutes");
    Err(ServiceError::refused(Code::InvalidInput, detail))
}

/// An open hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenHold {
    /// Its name: the key of the command that placed it.
    pub hold: String,
    /// Whose it is.
    pub worker: String,
    /// At which store.
    pub store: String,
    /// What that is called.
    pub store_name: String,
    /// The points set aside.
    pub points: Points,
    /// What it is on: what the item is called, and how many.
    pub items: Vec<(String, u32)>,
    /// It is void from here on.
    pub expires_at: Option<BusinessTime>,
    /// Whether it ran out, and is about to be given back.
    pub void: bool,
}

/// The open holds of a worker, first those that end first.
///
/// # Errors
/// [`ServiceError`].
pub async fn of_worker(app: &App, who: Who<'_>, worker: &str) -> Result<Vec<OpenHold>, ServiceError> {
    let reading = may_read(who, Read::Holds, Target::Worker(worker))?;
    reading.at_least(app, None).await?;
    let rows = app.views.holds("", HOLDS_MAX, |hold| hold.worker == worker).await?.rows;
    reading.note_holds(app, rows.iter().map(|(_, hold)| hold.worker.as_str()));
    told(app, rows).await
}

/// The holds that can be taken now at a store, of one worker or of all, first those that end first; with each the masked
/// name of whoever it is for, where one is kept.
///
/// # Errors
/// [`ServiceError`].
pub async fn at_store(
    app: &App,
    who: Who<'_>,
    store: &str,
    worker: Option<&str>,
) -> Result<Vec<(OpenHold, Option<String>)>, ServiceError> {
    let reading = may_read(who, Read::Holds, Target::Store(store))?;
    reading.at_least(app, None).await?;
    let now = app.ledger.now();
    let wanted =
        |hold: &Hold| hold.store == store && !hold.is_void(now) && worker.is_none_or(|worker| hold.worker == worker);
    let rows = app.views.holds("", HOLDS_MAX, wanted).await?.rows;
    reading.note_holds(app, rows.iter().map(|(_, hold)| hold.worker.as_str()));
    let holds = told(app, rows).await?;
    let workers: Vec<&str> = holds.iter().map(|hold| hold.worker.as_str()).collect();
    let names = names::masked_of(app, who, &workers).await;
    Ok(holds.into_iter().zip(names).collect())
}

/// What waits at a store to be picked up.
#[derive(Debug, Clone, Default)]
pub struct Soonest {
    /// How many holds can be taken now.
    pub all: usize,
    /// Those that end first. Of nobody it is told whose: whoever comes for it says so.
    pub first: Vec<SetAside>,
}

/// What is set aside, of nobody in particular: until when, and how many of which item.
pub type SetAside = (Option<BusinessTime>, Vec<(String, u32)>);

/// What waits at a store to be picked up: how many holds, and so many of those that end first. Nothing is told of anybody.
///
/// # Errors
/// [`ServiceError`].
pub async fn soonest_at(app: &App, who: Who<'_>, store: &str, most: usize) -> Result<Soonest, ServiceError> {
    may_read(who, Read::Holds, Target::Store(store))?.at_least(app, None).await?;
    let now = app.ledger.now();
    let wanted = |hold: &Hold| hold.store == store && !hold.is_void(now);
    let mut rows = app.views.holds("", usize::MAX, wanted).await?.rows;
    let all = rows.len();
    rows.sort_by(|(one, held), (other, next)| (held.expires_at, one).cmp(&(next.expires_at, other)));
    rows.truncate(most);
    let first = told(app, rows).await?.into_iter().map(|hold| (hold.expires_at, hold.items)).collect();
    Ok(Soonest { all, first })
}

/// What a pick-up code names at a counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// An open hold here.
    Here {
        /// The key of the command that placed it.
        hold: String,
        /// Whose it is.
        worker: String,
    },
    /// A hold at another store, as the ledger's own code says.
    Elsewhere,
    /// A hold here that cannot be taken any more, and how that came; none where that is not known.
    Over(Option<HoldOver>),
}

/// What a typed or scanned text names at a store: a hold's number, or the code that the ledger signed for it. Of a number
/// alone nothing is told but of holds here.
///
/// # Errors
/// [`ServiceError`].
pub async fn named(app: &App, who: Who<'_>, store: &str, typed: &str) -> Result<Option<Named>, ServiceError> {
    may_read(who, Read::Holds, Target::Store(store))?.at_least(app, None).await?;
    let now = app.ledger.now();
    let here = |row: &Hold| row.store == store && !row.is_void(now);
    if let Some((hold, at)) = read_hold_code(app, typed.trim()).await? {
        if at != store {
            return Ok(Some(Named::Elsewhere));
        }
        return Ok(Some(match app.views.hold(&hold).await?.value.filter(here) {
            Some(row) => Named::Here { hold, worker: row.worker },
            None => Named::Over(over(app, &HoldId::new(&hold)?, Whose::Store(store)).await?),
        }));
    }
    let typed = narrow(typed);
    let mut ended = None;
    for text in [typed.clone(), typed.to_uppercase()] {
        // What cannot be a name is not looked for.
        let Ok(hold) = HoldId::new(&text) else { continue };
        if let Some(row) = app.views.hold(hold.as_str()).await?.value.filter(here) {
            return Ok(Some(Named::Here { hold: text, worker: row.worker }));
        }
        if ended.is_none() {
            ended = over(app, &hold, Whose::Store(store)).await?;
        }
    }
    Ok(ended.map(|ended| Named::Over(Some(ended))))
}

/// Of whom a hold is told.
#[derive(Debug, Clone, Copy)]
enum Whose<'a> {
    Store(&'a str),
    Worker(&'a str),
}

/// How a hold came to be over, be it given back yet or not; none for one that can be taken, and for one of others.
async fn over(app: &App, hold: &HoldId, whose: Whose<'_>) -> Result<Option<HoldOver>, ServiceError> {
    let open = app.views.hold(hold.as_str()).await?;
    let record = app.views.hold_record(hold, open.position).await?;
    let is_told = |record: &HoldRecord| match whose {
        Whose::Store(store) => record.store == store,
        Whose::Worker(worker) => record.worker == worker,
    };
    let Some(record) = record.filter(is_told) else { return Ok(None) };
    let void = open.value.is_some_and(|row| row.is_void(app.ledger.now()));
    Ok(record.over.or(void.then_some(HoldOver::RanOut)))
}

/// How a hold of a store came to be over; none for one that can be taken, and for one of others.
///
/// # Errors
/// [`ServiceError`].
pub async fn over_at(app: &App, who: Who<'_>, store: &str, hold: &HoldId) -> Result<Option<HoldOver>, ServiceError> {
    may_read(who, Read::Holds, Target::Store(store))?.at_least(app, None).await?;
    over(app, hold, Whose::Store(store)).await
}

/// How a worker's hold came to be over; none for one that can be taken, and for one of others.
///
/// # Errors
/// [`ServiceError`].
pub async fn over_of(app: &App, who: Who<'_>, worker: &str, hold: &HoldId) -> Result<Option<HoldOver>, ServiceError> {
    may_read(who, Read::Holds, Target::Worker(worker))?.at_least(app, None).await?;
    over(app, hold, Whose::Worker(worker)).await
}

/// What the code of a worker's own hold says: the ledger's word for it, which a counter without its network checks as well;
/// where no key signs here, the hold's number.
///
/// # Errors
/// [`ServiceError`].
pub async fn pick_up_code(app: &App, who: Who<'_>, own: &OpenHold) -> Result<String, ServiceError> {
    let reading = may_read(who, Read::HoldCode, Target::Worker(&own.worker))?;
    match hold_code(app, reading, &HoldId::new(&own.hold)?).await {
        Ok(code) => Ok(code.map_or_else(|| own.hold.clone(), |code| code.code)),
        Err(ServiceError::Unavailable(cause)) => {
            tracing::warn!(%cause, "a hold's code is shown unsigned");
            Ok(own.hold.clone())
        }
        Err(other) => Err(other),
    }
}

/// Rows with the names of stores and items.
async fn told(app: &App, rows: Vec<(String, Hold)>) -> Result<Vec<OpenHold>, ServiceError> {
    let now = app.ledger.now();
    let mut stores: BTreeMap<String, (String, BTreeMap<String, String>)> = BTreeMap::new();
    let mut holds = Vec::with_capacity(rows.len());
    for (hold, row) in rows {
        if !stores.contains_key(&row.store) {
            let found = app.views.store_row(&row.store).await?.value;
            let name = found.map(|store| store.name).filter(|name| !name.is_empty());
            let shelves = app.views.stock(&row.store, "", ITEMS_MAX).await?.rows.into_iter();
            let items = shelves.map(|(sku, item)| (sku, item.name)).collect();
            stores.insert(row.store.clone(), (name.unwrap_or_else(|| row.store.clone()), items));
        }
        let (store_name, items) = stores.get(&row.store).cloned().unwrap_or_default();
        let called = |sku: &str| items.get(sku).cloned().unwrap_or_else(|| sku.to_owned());
        holds.push(OpenHold {
            void: row.is_void(now),
            items: row.lines.iter().map(|line| (called(line.sku.as_str()), line.quantity)).collect(),
            hold,
            worker: row.worker,
            store: row.store,
            store_name,
            points: row.points,
            expires_at: row.expires_at,
        });
    }
    holds.sort_by(|one, other| (one.expires_at, &one.hold).cmp(&(other.expires_at, &other.hold)));
    Ok(holds)
}

#[cfg(test)]
mod tests {
    use super::{LASTS_MINUTES_MAX, lasting};

    #[test]
    fn a_hold_lasts_a_day_unless_somebody_says_otherwise() {
        assert_eq!(lasting(None), Ok(86_400));
        assert_eq!(lasting(Some(1)), Ok(60));
        assert_eq!(lasting(Some(LASTS_MINUTES_MAX)), Ok(2_592_000));
        assert!(lasting(Some(0)).is_err() && lasting(Some(LASTS_MINUTES_MAX + 1)).is_err());
    }
}
