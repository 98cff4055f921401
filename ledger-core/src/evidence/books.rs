//! The books of a journal, kept from its events alone, with every invariant held at every event.
//!
//! Owns: each worker's accounts and lots, rates, caps, yearly limits, each shelf, each merchant's claims, the work on requests,
//! visits, funds, benefits, passes, appointments, and what must be true of them.
//! Shares with the write path only postings and `evolve`. Knows nothing of hashes and of where events come from.

mod appointments;
mod benefits;
mod caps;
mod dues;
mod funds;
mod grants;
mod limits;
mod mergers;
mod names;
mod pairs;
mod passes;
#[cfg(test)]
mod programme_tests;
mod reading;
mod requests;
#[cfg(test)]
mod reversal_tests;
mod schedules;
mod selections;
mod statements;
mod ways;
mod worker;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use foldhash::HashMap;

use crate::domain::card::CardEvent;
use crate::domain::event::Event;
use crate::domain::ids::{MerchantId, Sku, StoreId, WorkerId};
use crate::domain::merchant::event::MerchantEvent;
use crate::domain::points::Points;
use crate::domain::posting::Movements;
use crate::domain::programme::event::ProgrammeEvent;
use crate::domain::selection::SelectionEvent;
use crate::domain::selection::command::SelectionTerms;
use crate::domain::selection::formula::InputLine;
use crate::domain::store::RedemptionStore;
use crate::domain::store::event::{StockLine, StoreEvent};
use crate::domain::time::Month;
use crate::domain::worker::event::WorkerEvent;
use appointments::Appointments;
use benefits::Benefits;
use caps::Caps;
use dues::Dues;
use funds::Funds;
use grants::Grants;
use limits::Limits;
use mergers::Mergers;
use pairs::Pairs;
use passes::{Honoured, Passes, Slipped};
use reading::{CapEntry, PaidEntry, Reading};
use requests::Requests;
use schedules::Schedules;
use selections::Selections;
use statements::Statements;
use ways::Persons;
pub use worker::WorkerBook;

/// A merchant's claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MerchantBook {
    /// Claims, less those taken back.
    pub honoured: Points,
    /// What payments came to, in exact hundredths.
    pub paid: Points,
    /// What each month has still to bear: its claims, less those taken back in it, less what it was paid.
    months: BTreeMap<Month, Points>,
    /// The months' statements.
    statements: Statements,
}

/// How much of a history books are kept of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// All of one worker, and nobody else's.
    Worker,
    /// A part, of which only movements are booked: what stood before them is not known.
    Movements,
}

/// The books of everybody.
#[derive(Debug, Default)]
pub struct Books {
    extent: Extent,
    workers: HashMap<WorkerId, WorkerBook>,
    stores: HashMap<StoreId, RedemptionStore>,
    merchants: HashMap<MerchantId, MerchantBook>,
    caps: Caps,
    limits: Limits,
    schedules: Schedules,
    funds: Funds,
    benefits: Benefits,
    passes: Passes,
    requests: Requests,
    pairs: Pairs,
    dues: Dues,
    selections: Selections,
    persons: Persons,
    mergers: Mergers,
    grants: Grants,
    appointments: Appointments,
}

impl Books {
    /// Books of a part of a history: movements alone, since nobody knows what stood before them; no lots, caps, limits.
    pub fn of_movements() -> Books {
        Books { extent: Extent::Movements, ..Books::default() }
    }

    /// Books of one worker's history: what others have to do with it is not told, such as what another id of the same person
    /// handed over, or what was said of the work that a credit is for.
    pub fn of_worker() -> Books {
        Books { extent: Extent::Worker, ..Books::default() }
    }

    /// A command begins, or the history ends: all that the command before it made due has come.
    ///
    /// # Errors
    /// What never came.
    pub fn settled(&self) -> Result<(), String> {
        match self.extent {
            Extent::Whole => {
                self.mergers.settled()?;
                self.appointments.settled()?;
                self.dues.settled()
            }
            Extent::Worker | Extent::Movements => Ok(()),
        }
    }

    /// Books one event.
    ///
    /// # Errors
    /// What is wrong with the event after those before it.
    pub fn book(&mut self, event: &Event) -> Result<(), String> {
        let whole = self.extent == Extent::Whole;
        if whole {
            self.mergers.admit(event.as_worker().and_then(WorkerEvent::as_taken_over))?;
        }
        match event {
            Event::Worker(event) => self.worker(event),
            Event::Merchant(event) => self.claim(event),
            Event::Programme(event) => {
                self.programme(event);
                Ok(())
            }
            Event::Account(event) => {
                self.persons.follow(event);
                let followed = self.grants.follow(event);
                if self.extent == Extent::Movements { Ok(()) } else { followed }
            }
            Event::Card(CardEvent::CardNumberAssigned(_)) | Event::Directory(_) | Event::Sites(_) | Event::Mark(_) => {
                Ok(())
            }
            // Of a part of a history nobody knows what stood before it.
            Event::Store(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_)
                if !whole =>
            {
                Ok(())
            }
            Event::Store(event) => self.shelf(event),
            Event::Request(event) => {
                let earned = self.requests.follow(&self.schedules, event)?;
                earned.into_iter().for_each(|award| self.dues.earns(award));
                Ok(())
            }
            Event::Pair(event) => {
                let earned = self.pairs.follow(&self.persons, event)?;
                earned.into_iter().for_each(|award| self.dues.earns(award));
                Ok(())
            }
            Event::Fund(event) => self.funds.follow(&self.persons, &mut self.dues, event),
            Event::Benefit(event) => self.benefits.follow(&self.persons, &mut self.dues, event),
            Event::Certificate(event) => self.benefits.certificate(event),
            Event::Pass(event) => match self.passes.pass(event)? {
                Slipped::Honoured(Honoured { cost, owed }) => {
                    self.dues.costs(&owed.source, cost)?;
                    self.dues.owes(owed);
                    Ok(())
                }
                Slipped::TakenBack { cost, not_owed } => {
                    self.dues.frees_of(&not_owed.owed.source, cost)?;
                    self.dues.owes_no_more(not_owed);
                    Ok(())
                }
                Slipped::Nothing => Ok(()),
            },
            Event::Offer(event) => {
                self.passes.offer(event);
                Ok(())
            }
            Event::Selection(event) => self.selections.follow(event),
        }
    }

    /// Holds a command to the rights of whoever gave it, before its events are booked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn authorise(&self, actor: &str, day: impl FnOnce() -> NaiveDate) -> Result<(), String> {
        self.grants.hold(actor, day)
    }

    /// What an event of a selection says of candidates, and by which terms.
    pub fn measured_by(&self, event: &SelectionEvent) -> Option<(SelectionTerms, Vec<InputLine>)> {
        self.selections.measured_by(event)
    }

    /// Workers in the order of their ids.
    pub fn workers(&self) -> Vec<(&WorkerId, &WorkerBook)> {
        sorted(&self.workers)
    }

    /// Shelves in the order of their ids.
    pub fn stores(&self) -> Vec<(&StoreId, &RedemptionStore)> {
        sorted(&self.stores)
    }

    /// Merchants in the order of their ids.
    pub fn merchants(&self) -> Vec<(&MerchantId, &MerchantBook)> {
        sorted(&self.merchants)
    }

    fn programme(&mut self, event: &ProgrammeEvent) {
        match event {
            ProgrammeEvent::ScheduleAdopted(adopted) => {
                self.caps.adopt(adopted);
                self.schedules.adopt(adopted);
            }
            ProgrammeEvent::ProgrammeConfigured(configured) => self.schedules.configure(configured),
            ProgrammeEvent::JournalOpened(_) | ProgrammeEvent::AppraisalSealed(_) => {}
        }
    }

    fn worker(&mut self, event: &WorkerEvent) -> Result<(), String> {
        let moved = event.movements();
        zero_sum(&moved)?;
        if let WorkerEvent::WorkerMerged(event) = event {
            self.persons.merge(&event.worker, &event.into);
        }
        let own = Own {
            extent: self.extent,
            caps: &mut self.caps,
            limits: &mut self.limits,
            mergers: &mut self.mergers,
            appointments: &mut self.appointments,
            dues: &mut self.dues,
            schedules: &self.schedules,
            persons: &self.persons,
            stores: &self.stores,
        };
        // The name is copied for a worker's first event alone.
        if let Some(book) = self.workers.get_mut(event.worker()) {
            return own.follow(book, event, &moved);
        }
        let mut book = WorkerBook::default();
        let followed = own.follow(&mut book, event, &moved);
        self.workers.insert(event.worker().clone(), book);
        followed
    }

    fn shelf(&mut self, event: &StoreEvent) -> Result<(), String> {
        if !self.stores.contains_key(event.store()) {
            self.stores.insert(event.store().clone(), RedemptionStore::default());
        }
        let Some(store) = self.stores.get_mut(event.store()) else { return Ok(()) };
        store.evolve(event);
        touched(event, &mut |sku| match store.item(sku) {
            Some(item)
                if u128::from(item.received)
                    != u128::from(item.on_shelf)
                        + u128::from(item.reserved)
                        + u128::from(item.handed_over)
                        + u128::from(item.written_off) =>
            {
                Err(format!("the books of {sku} at {} do not add up", event.store()))
            }
            Some(_) => Ok(()),
            None => Err(format!("{sku} was never listed at {}", event.store())),
        })
    }

    fn claim(&mut self, event: &MerchantEvent) -> Result<(), String> {
        if !self.merchants.contains_key(event.merchant()) {
            self.merchants.insert(event.merchant().clone(), MerchantBook::default());
        }
        let Some(book) = self.merchants.get_mut(event.merchant()) else { return Ok(()) };
        let followed = book.follow(&self.persons, event);
        if self.extent != Extent::Whole {
            return Ok(());
        }
        followed?;
        if let MerchantEvent::MoneyClaimed(event) = event {
            self.dues.claimed(event)?;
        } else if let MerchantEvent::MoneyTakenBack(event) = event {
            self.dues.taken_back(event)?;
        }
        Ok(())
    }
}

impl MerchantBook {
    /// Books an event; says what of it cannot be.
    fn follow(&mut self, persons: &Persons, event: &MerchantEvent) -> Result<(), String> {
        let stated = self.statements.of_merchant(persons, event);
        match event {
            MerchantEvent::VoucherHonoured(event) => {
                self.honoured += event.points;
                *self.month(event.month.unwrap_or_else(|| event.at.month())) += event.points;
            }
            MerchantEvent::HonourReversed(event) => {
                self.honoured -= event.points;
                let carried = event.claimed_in.is_none_or(|claimed_in| {
                    let closed = self.statements.is_confirmed(claimed_in) || *self.month(claimed_in) < event.points;
                    claimed_in < event.month && closed
                });
                *self.month(event.month) -= event.points;
                if !carried {
                    let claimed_in = event.claimed_in.unwrap_or(event.month);
                    return Err(format!("takes back in {} a claim that {claimed_in} could bear itself", event.month));
                }
            }
            MerchantEvent::SettlementPaid(event) => {
                self.paid += event.points;
                let owed = *self.month(event.month);
                *self.month(event.month) -= event.points;
                if event.points > owed {
                    return Err(format!("pays {} for {}, for which {owed} are owed", event.points, event.month));
                }
            }
            MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => {}
        }
        stated
    }

    fn month(&mut self, month: Month) -> &mut Points {
        self.months.entry(month).or_default()
    }
}

/// What a worker's events are held to beside the worker's own accounts.
struct Own<'a> {
    extent: Extent,
    caps: &'a mut Caps,
    limits: &'a mut Limits,
    mergers: &'a mut Mergers,
    appointments: &'a mut Appointments,
    dues: &'a mut Dues,
    schedules: &'a Schedules,
    persons: &'a Persons,
    stores: &'a HashMap<StoreId, RedemptionStore>,
}

impl Own<'_> {
    fn follow(self, book: &mut WorkerBook, event: &WorkerEvent, moved: &Movements<'_>) -> Result<(), String> {
        let posted = book.post(event, moved);
        if self.extent == Extent::Movements {
            return Ok(());
        }
        posted?;
        let reading = Reading::of(event);
        book.lots(reading.lots)?;
        book.paid(reading.paid)?;
        let whole = self.extent == Extent::Whole;
        if whole {
            self.mergers.follow(self.persons, self.caps, self.limits, book, event.worker(), reading.merging)?;
            if let PaidEntry::Paid(application, points) = reading.paid {
                self.dues.pays(event.worker(), application, points);
            }
        }
        if let CapEntry::Used(record) = reading.cap {
            if whole {
                self.dues.credited(self.persons, record)?;
            }
            self.schedules.hold(record, !whole)?;
        }
        book.ways.follow(self.persons, reading.way)?;
        self.appointments.follow(self.persons, reading.appointed)?;
        self.caps.follow(&mut book.used, reading.cap)?;
        // The listing of the day sets the limit. Entries of older versions were held to the listing recorded last, and
        // nothing tells them apart: the more generous of the two is the limit nobody may pass.
        let limit_of = |store: &StoreId, sku: &Sku| {
            let item = self.stores.get(store)?.item(sku)?;
            match item.terms_at(event.at()) {
                Some(of_the_day) => Some(of_the_day.limit_per_worker_year?.max(item.recorded_limit()?)),
                None => item.recorded_limit(),
            }
        };
        self.limits.follow(&mut book.units, reading.limit, limit_of)
    }
}

fn sorted<K: Ord, V>(map: &HashMap<K, V>) -> Vec<(&K, &V)> {
    let mut sorted: Vec<_> = map.iter().collect();
    sorted.sort_unstable_by_key(|(id, _)| *id);
    sorted
}

/// Holds the movements of one event to zero: what accounts get and what they lose.
///
/// # Errors
/// What they sum to.
pub fn zero_sum(moved: &Movements<'_>) -> Result<(), String> {
    let sum: Points = moved.sides().map(|(_, points)| points).sum();
    if sum.is_zero() { Ok(()) } else { Err(format!("its postings sum to {sum}, not to zero")) }
}

/// The items whose books an event changes.
fn touched(event: &StoreEvent, check: &mut dyn FnMut(&Sku) -> Result<(), String>) -> Result<(), String> {
    let mut each = |lines: &[StockLine]| lines.iter().try_for_each(|line| check(&line.sku));
    match event {
        StoreEvent::StockReceived(event) => check(&event.sku),
        StoreEvent::StockCounted(event) => check(&event.sku),
        StoreEvent::StockWrittenOff(event) => check(&event.sku),
        StoreEvent::StockIssued(event) => each(&event.lines),
        StoreEvent::StockReturned(event) => each(&event.lines),
        StoreEvent::StockReserved(event) | StoreEvent::StockUnreserved(event) => each(&event.lines),
        StoreEvent::DeviceEnrolled(_)
        | StoreEvent::DeliveryRefused(_)
        | StoreEvent::CaseSettled(_)
        | StoreEvent::StoreOpened(_)
        | StoreEvent::StoreUpdated(_)
        | StoreEvent::StoreClosed(_)
        | StoreEvent::StoreReopened(_)
        | StoreEvent::ItemListed(_)
        | StoreEvent::ItemDelisted(_) => Ok(()),
    }
}
