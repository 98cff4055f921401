//! What the journal says, folded from events alone: no stored view, no cache, no clock.
//!
//! The shape is contract section 5. With an as-of date, what happened on later business days is left out, and with it
//! whatever corrects or finishes it, even under an earlier date; lots whose last day lies before the date count as
//! expired, whether or not their expiry was booked. [`crate::as_of`] says what is left out, [`crate::account`] what the
//! rest comes to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::store::event::StoreEvent;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::{Entry, Journal, JournalError};

use crate::account::AsOf;
use crate::as_of::BusinessCut;
use crate::card_points::CardPoints;
use crate::programmes::Programmes;
use crate::shelf::shelf_changes;
use crate::walk::walk;

/// One worker's four figures. `earned = redeemed + expired + balance`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Confirmed credits; credits taken back are out as far as their points could be taken back.
    pub earned: Points,
    /// Spent, less what came back.
    pub redeemed: Points,
    /// In lots that ended before the date.
    pub expired: Points,
    /// The rest: what can be spent or is set aside.
    pub balance: Points,
}

/// Points by category, and their sum under `total`.
pub type Categories = BTreeMap<String, Points>;

/// What the journal says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// The date it is told for.
    pub as_of: Option<NaiveDate>,
    /// The last position folded in.
    pub position: u64,
    /// Sums over all workers.
    pub totals: Figures,
    /// Workers that earned anything.
    pub workers: BTreeMap<String, Figures>,
    /// Units on the shelf, keyed `STORE/SKU`.
    pub stock: BTreeMap<String, i64>,
    /// Points by year, card and category.
    pub appraisal: BTreeMap<i32, BTreeMap<String, Categories>>,
    /// The documents' programmes.
    pub programmes: Programmes,
}

/// The fold.
#[derive(Debug, Clone, Default)]
pub struct StateFold {
    cut: BusinessCut,
    position: u64,
    days: BTreeSet<NaiveDate>,
    workers: BTreeMap<String, Folded>,
    stock: BTreeMap<String, i64>,
    programmes: Programmes,
}

/// A worker.
#[derive(Debug, Clone)]
struct Folded {
    told: AsOf,
    card: CardPoints,
}

impl Folded {
    fn new(past: bool) -> Folded {
        Folded { told: AsOf::new(past), card: CardPoints::default() }
    }
}

impl StateFold {
    /// A fold that leaves out what happened after a date, if one is given.
    pub fn new(as_of: Option<NaiveDate>) -> StateFold {
        StateFold { cut: BusinessCut::new(as_of), ..StateFold::default() }
    }

    /// Folds one event.
    pub fn fold(&mut self, position: u64, event: &Event) {
        self.position = position;
        let admitted = self.cut.admits(event);
        if admitted {
            self.days.extend(event.day());
        }
        if admitted {
            self.programmes.fold(event);
        }
        match event {
            Event::Worker(event) => self.worker(event, admitted),
            Event::Store(event) if admitted => self.store(event),
            Event::Store(_)
            | Event::Programme(_)
            | Event::Merchant(_)
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

    fn worker(&mut self, event: &WorkerEvent, admitted: bool) {
        let past = self.cut.until().is_some();
        let worker = self.workers.entry(event.worker().to_string()).or_insert_with(|| Folded::new(past));
        if admitted {
            worker.told.fold(event);
            worker.card.fold(event);
        } else {
            worker.told.leave_out(event);
        }
    }

    /// The last business day up to a day, where something happened after it.
    fn day_before_later_ones(&self, day: NaiveDate) -> Option<NaiveDate> {
        let later = self.days.last().is_some_and(|last| *last > day);
        later.then(|| self.days.range(..=day).next_back().copied().unwrap_or(day))
    }

    fn store(&mut self, event: &StoreEvent) {
        let store = event.store();
        for (sku, units) in shelf_changes(event) {
            *self.stock.entry(format!("{store}/{sku}")).or_default() += units;
        }
    }

    /// What was folded, as of the date given or else of the last business day seen.
    pub fn finish(self) -> State {
        let as_of = self.cut.until().or(self.days.last().copied());
        let mut state = State {
            as_of,
            position: self.position,
            stock: self.stock,
            programmes: self.programmes,
            ..State::default()
        };
        for Folded { card, .. } in self.workers.values() {
            if let Some(card_no) = card.card_no() {
                for (year, points) in card.years_with(|other| self.workers.get(other).map(|other| &other.card)) {
                    state.appraisal.entry(year).or_default().insert(card_no.to_owned(), points);
                }
            }
        }
        for (worker, Folded { told, .. }) in self.workers {
            let figures = told.account().figures(as_of);
            if figures == Figures::default() {
                continue;
            }
            state.totals.earned += figures.earned;
            state.totals.redeemed += figures.redeemed;
            state.totals.expired += figures.expired;
            state.totals.balance += figures.balance;
            state.workers.insert(worker, figures);
        }
        state
    }
}

/// What a journal says up to a position: as of a day, or else of the last business day by the day on which its last entry
/// was recorded. A year mistyped before such days were refused lies after that, and is no reason to count up to it.
///
/// # Errors
/// [`JournalError`].
pub async fn read(
    journal: &dyn Journal,
    until: u64,
    as_of: Option<NaiveDate>,
    reached: &mut (dyn FnMut(u64) + Send),
) -> Result<State, JournalError> {
    Ok(read_with_days(journal, until, as_of, reached).await?.0)
}

/// The first and the last business day on which anything happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// By business time, in the zone of the district.
    pub first: NaiveDate,
    /// By business time too, however late it was entered.
    pub last: NaiveDate,
}

/// As [`read`], with the days between which there is something to be told of up to the position, whichever day is asked
/// for; none where nothing has a day. What lies after the day on which the last entry was recorded is left out of them.
///
/// # Errors
/// [`JournalError`].
pub async fn read_with_days(
    journal: &dyn Journal,
    until: u64,
    as_of: Option<NaiveDate>,
    reached: &mut (dyn FnMut(u64) + Send),
) -> Result<(State, Option<Days>), JournalError> {
    let mut fold = StateFold::new(as_of);
    let mut recorded = None;
    let mut seen = BTreeSet::new();
    let mut each = |entry: &Entry, event: &Event| {
        recorded = Some(entry.command.recorded_at);
        seen.extend(event.day());
        fold.fold(entry.position, event);
    };
    walk(journal, until, reached, &mut each).await?;
    let recorded_on = recorded.map(|recorded| recorded.to_business().date());
    let between = recorded_on.and_then(|day| {
        let (first, last) = (seen.first()?, seen.range(..=day).next_back()?);
        Some(Days { first: *first, last: *last })
    });
    let recorded_on = recorded_on.filter(|_| as_of.is_none());
    let Some(day) = recorded_on.and_then(|day| fold.day_before_later_ones(day)) else {
        return Ok((fold.finish(), between));
    };
    let mut fold = StateFold::new(Some(day));
    walk(journal, until, reached, &mut |entry, event| fold.fold(entry.position, event)).await?;
    Ok((fold.finish(), between))
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
