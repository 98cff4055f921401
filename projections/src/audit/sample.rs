//! A sample of credits and redemptions that anybody can draw again: the same journal, position, seed and method give the
//! same items on any machine. docs/guides/audit-sample.md tells how to do it without this program; what is said there and
//! here must stay the same, for a drawn sample is a working paper.
//!
//! The journal is walked twice. The first walk ([`Survey`]) counts the population and hashes it, and finds the items with
//! the smallest tickets; the second ([`Picker`]) takes the items drawn out and follows what became of them.

mod draw;
mod population;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{Verdict, WorkerEvent};
use ledger_core::evidence::hash::Hash;
use ledger_core::journal::{Entry, Journal, JournalError, RecordedTime};

use crate::walk::walk;
use draw::{Plan, Tickets, allocate};
use population::Register;

/// Most items of a sample.
pub const SIZE_MAX: usize = 100_000;

/// How a sample is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By points: every point has the same chance, so that an item's chance grows with its points (monetary-unit
    /// sampling with a fixed interval).
    Points,
    /// Every item has the same chance.
    Uniform,
    /// Every station and every category of credits gets its share.
    Station,
}

/// What a population is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Of {
    /// Credits and redemptions.
    #[default]
    All,
    /// Credits alone.
    Credits,
    /// Redemptions alone.
    Redemptions,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleAsk {
    /// Drives the draw.
    pub seed: u64,
    /// How many items, at most [`SIZE_MAX`].
    pub size: usize,
    /// How they are drawn.
    pub by: By,
    /// What they are drawn from.
    pub of: Of,
    /// Only what happened on this day or later.
    pub from: Option<NaiveDate>,
    /// Only what happened on this day or earlier.
    pub to: Option<NaiveDate>,
    /// Up to this position.
    pub until: u64,
}

/// What became of an item by the position the sample was drawn at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// A credit that waits for a second person.
    Proposed,
    /// A credit that counts.
    Confirmed,
    /// A credit that never counted.
    Rejected,
    /// A redemption that stands.
    Redeemed,
    /// Taken back.
    Reversed,
}

/// An item of the population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Of the entry in the journal, from 1.
    pub position: u64,
    /// Its event's type.
    pub event: &'static str,
    /// The credit's or redemption's name.
    pub name: String,
    /// The worker's id (编号).
    pub worker: String,
    /// Its stratum: `store:ID` for a redemption, `category:NAME` for a credit.
    pub stratum: String,
    /// In exact hundredths.
    pub points: Points,
    /// The service date of a credit, the day of a redemption.
    pub day: NaiveDate,
    /// When it was entered, in business time.
    pub at: BusinessTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// Who entered it.
    pub actor: String,
    /// Who witnessed it, as a pseudonym.
    pub witness: Option<String>,
    /// SHA-256 of the bytes that were recorded.
    pub payload_sha256: [u8; 32],
}

/// An item that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// As it stands in the population.
    pub item: Item,
    /// Its turn: 1, 2, 3, … in the order of the draw; within its stratum by station.
    pub turn: u64,
    /// How often it was hit: above 1 for items of more points than the interval.
    pub hits: u64,
    /// What became of it.
    pub status: Status,
    /// The position that says so.
    pub status_position: u64,
}

/// A stratum of the population.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stratum {
    /// How many of the population are in it.
    pub items: u64,
    /// Sum of theirs, in exact hundredths.
    pub points: Points,
    /// Items drawn from it.
    pub drawn: u64,
}

/// A sample with all that is needed to draw it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// What was asked for.
    pub ask: SampleAsk,
    /// Items of the population.
    pub items: u64,
    /// Sum of theirs, in exact hundredths.
    pub points: Points,
    /// SHA-256 over the population's lines.
    pub population_hash: [u8; 32],
    /// The root of the journal's Merkle log at the position, recomputed from its entries; none for an empty journal.
    pub root: Option<Hash>,
    /// By points: the start, in hundredths, from which the hits are counted.
    pub start: Option<u64>,
    /// The strata, by name.
    pub strata: BTreeMap<String, Stratum>,
    /// The items drawn, by position.
    pub drawn: Vec<Drawn>,
}

/// Draws a sample. `reached` is told how far the two walks came, 0 to twice the position.
///
/// # Errors
/// [`JournalError`].
pub async fn sample(
    journal: &dyn Journal,
    ask: SampleAsk,
    reached: &mut (dyn FnMut(u64) + Send),
) -> Result<Sample, JournalError> {
    let until = ask.until;
    let mut survey = Survey::new(ask);
    walk(journal, until, reached, &mut |entry, event| survey.entry(entry, event)).await?;
    let mut picker = survey.finish();
    walk(journal, until, &mut |at| reached(until + at), &mut |entry, event| picker.entry(entry, event)).await?;
    Ok(picker.finish())
}

/// The first walk: what the population is.
pub struct Survey {
    ask: SampleAsk,
    register: Register,
    strata: BTreeMap<String, (Stratum, Tickets)>,
    tickets: Tickets,
}

impl Survey {
    /// Nothing seen yet.
    pub fn new(ask: SampleAsk) -> Survey {
        let tickets = Tickets::new(ask.seed, if ask.by == By::Uniform { ask.size } else { 0 });
        Survey { ask, register: Register::default(), strata: BTreeMap::new(), tickets }
    }

    /// Takes the next entry.
    pub fn entry(&mut self, entry: &Entry, event: &Event) {
        self.register.root(entry, event);
        let Some(item) = population::item(&self.ask, entry, event) else { return };
        self.register.item(entry, &item);
        let kept = if self.ask.by == By::Station { self.ask.size } else { 0 };
        let seed = self.ask.seed;
        let (stratum, tickets) =
            self.strata.entry(item.stratum).or_insert_with(|| (Stratum::default(), Tickets::new(seed, kept)));
        stratum.items += 1;
        stratum.points += item.points;
        tickets.offer(item.position);
        self.tickets.offer(item.position);
    }

    /// Draws.
    pub fn finish(self) -> Picker {
        let Survey { ask, register, strata, tickets } = self;
        let (population, strata_with_tickets) = (register.finish(), strata);
        let mut strata = BTreeMap::new();
        let mut turns = HashMap::new();
        let mut start = None;
        let plan = match ask.by {
            By::Points => {
                let plan = Plan::new(ask.seed, ask.size, population.hundredths);
                start = plan.as_ref().map(Plan::start);
                plan
            }
            By::Uniform => {
                turns.extend((1..).zip(tickets.drawn(ask.size)).map(|(turn, position)| (position, turn)));
                None
            }
            By::Station => {
                let counts: Vec<u64> = strata_with_tickets.values().map(|(stratum, _)| stratum.items).collect();
                let shares = allocate(ask.size, &counts);
                for ((_, tickets), share) in strata_with_tickets.values().zip(shares) {
                    turns.extend((1..).zip(tickets.drawn(share)).map(|(turn, position)| (position, turn)));
                }
                None
            }
        };
        strata.extend(strata_with_tickets.into_iter().map(|(name, (stratum, _))| (name, stratum)));
        let sample = Sample {
            ask,
            items: population.items,
            points: population.points,
            population_hash: population.hash,
            root: population.root,
            start,
            strata,
            drawn: Vec::new(),
        };
        Picker { sample, plan, turns, by_name: HashMap::new() }
    }
}

/// The second walk: takes the items out that were drawn, and what became of them.
pub struct Picker {
    sample: Sample,
    plan: Option<Plan>,
    /// The turns of the positions drawn.
    turns: HashMap<u64, u64>,
    by_name: HashMap<String, usize>,
}

impl Picker {
    /// Takes the next entry.
    pub fn entry(&mut self, entry: &Entry, event: &Event) {
        self.follow(entry.position, event);
        let Some(item) = population::item(&self.sample.ask, entry, event) else { return };
        let (hits, turn) = match &mut self.plan {
            Some(plan) => (plan.hits(item.points), self.sample.drawn.len() as u64 + 1),
            None => match self.turns.get(&item.position) {
                Some(turn) => (1, *turn),
                None => return,
            },
        };
        if hits == 0 {
            return;
        }
        if let Some(stratum) = self.sample.strata.get_mut(&item.stratum) {
            stratum.drawn += 1;
        }
        let credit = event.as_worker().and_then(WorkerEvent::as_service);
        let status = match credit.map(|record| record.proposed) {
            Some(true) => Status::Proposed,
            Some(false) => Status::Confirmed,
            None => Status::Redeemed,
        };
        self.by_name.insert(item.name.clone(), self.sample.drawn.len());
        let status_position = item.position;
        self.sample.drawn.push(Drawn { item, turn, hits, status, status_position });
    }

    fn follow(&mut self, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        let (name, status) = if let Some(judged) = event.as_judgement() {
            let status = match judged.verdict {
                Verdict::Confirmed { .. } => Status::Confirmed,
                Verdict::Rejected => Status::Rejected,
                Verdict::Reversed { .. } => Status::Reversed,
                Verdict::Checked
                | Verdict::Publicised { .. }
                | Verdict::Objected { .. }
                | Verdict::Appealed { .. }
                | Verdict::Resolved { .. } => return,
            };
            (judged.credit.as_str(), status)
        } else if let Some(event) = event.as_return() {
            (event.redemption.as_str(), Status::Reversed)
        } else {
            return;
        };
        let drawn = self.by_name.get(name).and_then(|index| self.sample.drawn.get_mut(*index));
        if let Some(drawn) = drawn {
            (drawn.status, drawn.status_position) = (status, position);
        }
    }

    /// The sample.
    pub fn finish(self) -> Sample {
        self.sample
    }
}

#[cfg(test)]
mod tests;
