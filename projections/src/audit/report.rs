//! What is worth asking about: who entered and who confirmed, how late things were entered, who vouched for how much at
//! once, which accounts were credited close together, where shelves and books differed, what was taken back, and what of
//! the documents' programmes is open or does not fit.
//!
//! Nothing here is a finding against anybody. A list names positions, so that each can be looked up; what they mean is
//! for people to find out. Entry times are the journal's recorded ones, which nobody can set; sheets that are imported
//! are recorded all at once, so they show as late and as bursts, which is what they are.

mod bursts;
mod cases;
mod corrections;
mod gaps;
mod people;
mod programmes;
mod proofs;
mod stock;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use ledger_core::domain::directory::Directory;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{ServiceRecorded, WorkerEvent};
use ledger_core::journal::{Entry, Journal, JournalError, RecordedTime};

pub use bursts::{Burst, Neighbours};
pub use cases::CounterCase;
pub use corrections::{Correction, CorrectionKind};
pub use gaps::{Gap, Gaps};
pub use people::{Pair, Pending, Person, SelfConfirmed};
pub use programmes::{
    BodyYear, FlaggedCredit, FundRow, OfProgrammes, Overdue, Reciprocal, RoleEnd, UNRATED_DAYS, Unrated, UseReversal,
    Withdrawal,
};
pub use proofs::{Proofs, Proven};
pub use stock::{StockDifference, StoreDifferences};

use super::listed::Listed;
use crate::walk::walk;

/// Most rows of a list.
pub const LIST_MAX: usize = 100_000;

/// What a report looks for. Figures from here on are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Days from the service to its entry from which an entry counts as late.
    pub late_days: i64,
    /// Entries of one witness within one hour, or for one service date.
    pub burst_entries: u64,
    /// Accounts that one person credited with no longer pause than `pause_minutes`.
    pub neighbour_accounts: u64,
    /// The longest pause within such a run, in minutes.
    pub pause_minutes: i64,
    /// Most rows of a list.
    pub list: usize,
    /// Whether it is told who objected: auditors alone may know.
    pub objectors: bool,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds {
            late_days: 31,
            burst_entries: 20,
            neighbour_accounts: 10,
            pause_minutes: 5,
            list: 100,
            objectors: true,
        }
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Up to this position.
    pub position: u64,
    /// When that was recorded.
    pub recorded_at: Option<RecordedTime>,
    /// What was looked for.
    pub thresholds: Thresholds,
    /// How many people administer the district at the end; with one alone nobody gives a second word.
    pub administrators: usize,
    /// What everybody entered and decided, by person.
    pub people: BTreeMap<String, Person>,
    /// Who confirmed whose credits, by maker and checker.
    pub pairs: BTreeMap<(String, String), Pair>,
    /// Confirmations by the very person who proposed: there must be none.
    pub self_confirmed: Listed<SelfConfirmed>,
    /// Credits that wait for a second person, those waiting longest first.
    pub pending: Listed<Pending>,
    /// From service to entry.
    pub credit_gaps: Gaps,
    /// From handing over to entry.
    pub redemption_gaps: Gaps,
    /// Witnesses by the hour in which their services were recorded.
    pub witness_hours: Listed<Burst>,
    /// Witnesses by service date.
    pub witness_days: Listed<Burst>,
    /// Accounts credited close together by one person.
    pub actor_runs: Listed<Neighbours>,
    /// Accounts credited close together on one witness's word.
    pub witness_runs: Listed<Neighbours>,
    /// Stocktakes that found a difference, and write-offs.
    pub stock: Listed<StockDifference>,
    /// The same summed up by store.
    pub stores: BTreeMap<String, StoreDifferences>,
    /// Credits and redemptions taken back or turned down.
    pub corrections: Listed<Correction>,
    /// What counters handed out before the ledger was asked, and was refused.
    pub cases: Listed<CounterCase>,
    /// By what workers were proven to be the ones who spent.
    pub proofs: Proofs,
    /// What was found of the documents' programmes.
    pub programmes: OfProgrammes,
}

/// Walks the journal up to a position.
///
/// # Errors
/// [`JournalError`].
pub async fn report(
    journal: &dyn Journal,
    until: u64,
    thresholds: Thresholds,
    reached: &mut (dyn FnMut(u64) + Send),
) -> Result<Report, JournalError> {
    let mut fold = ReportFold::new(thresholds);
    walk(journal, until, reached, &mut |entry, event| fold.entry(entry, event)).await?;
    Ok(fold.finish())
}

/// Names that occur often, kept once.
#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

/// A credit being recorded, as the parts of a report need it.
struct Recorded<'a> {
    entry: &'a Entry,
    record: &'a ServiceRecorded,
    worker: u32,
    /// When it was recorded, in the district's civil time.
    clock: BusinessTime,
}

/// The fold.
pub struct ReportFold {
    thresholds: Thresholds,
    position: u64,
    recorded_at: Option<RecordedTime>,
    directory: Directory,
    /// Ids of workers that were given up, and which one is kept.
    kept: BTreeMap<WorkerId, WorkerId>,
    workers: Names,
    people: people::People,
    credit_gaps: gaps::GapFold,
    redemption_gaps: gaps::GapFold,
    witnesses: bursts::Witnesses,
    actor_runs: bursts::Runs,
    witness_runs: bursts::Runs,
    stock: stock::StockFold,
    corrections: corrections::CorrectionFold,
    cases: cases::CaseFold,
    proofs: proofs::ProofFold,
    programmes: programmes::ProgrammesFold,
}

impl ReportFold {
    /// Nothing seen yet.
    pub fn new(thresholds: Thresholds) -> ReportFold {
        ReportFold {
            thresholds,
            position: 0,
            recorded_at: None,
            directory: Directory::default(),
            kept: BTreeMap::new(),
            workers: Names::default(),
            people: people::People::new(thresholds),
            credit_gaps: gaps::GapFold::new(thresholds),
            redemption_gaps: gaps::GapFold::new(thresholds),
            witnesses: bursts::Witnesses::new(thresholds),
            actor_runs: bursts::Runs::new(thresholds),
            witness_runs: bursts::Runs::new(thresholds),
            stock: stock::StockFold::new(thresholds),
            corrections: corrections::CorrectionFold::new(thresholds),
            cases: cases::CaseFold::new(thresholds),
            proofs: proofs::ProofFold::default(),
            programmes: programmes::ProgrammesFold::new(thresholds),
        }
    }

    /// Under which id a worker goes on, as far as was seen.
    pub(super) fn kept_id<'a>(&'a self, worker: &'a WorkerId) -> &'a WorkerId {
        kept_id(&self.kept, worker)
    }

    /// Takes the next entry.
    pub fn entry(&mut self, entry: &Entry, event: &Event) {
        self.position = entry.position;
        self.recorded_at = Some(entry.command.recorded_at);
        self.people.entry(entry, event);
        self.stock.entry(entry, event);
        self.corrections.entry(entry, event);
        self.cases.entry(entry, event);
        self.proofs.entry(entry, event);
        self.programmes.entry(entry, event);
        if let Some(event) = event.as_directory() {
            self.directory.evolve(event);
        }
        if let Some(merged) = event.as_worker().and_then(WorkerEvent::as_handed_over) {
            self.kept.insert(merged.worker.clone(), merged.into.clone());
        }
        let Event::Worker(event) = event else { return };
        let clock = entry.command.recorded_at.to_business();
        if let Some(record) = event.as_service() {
            let worker = self.workers.number(record.worker.as_str());
            let recorded = Recorded { entry, record, worker, clock };
            self.witnesses.credit(&recorded);
            self.actor_runs.credit(&recorded, record.proposer.as_str());
            if let Some(witness) = &record.witness {
                self.witness_runs.credit(&recorded, witness);
            }
            self.credit_gaps.push(entry, event, record.credit.as_str(), record.on, clock.date(), record.points);
        }
        if let Some(made) = event.as_redemption() {
            let (name, day) = (made.redemption.as_str(), made.at.date());
            self.redemption_gaps.push(entry, event, name, day, clock.date(), made.points);
        }
    }

    /// The report.
    pub fn finish(self) -> Report {
        let (people, pairs, self_confirmed, pending) = self.people.finish();
        let (witness_hours, witness_days) = self.witnesses.finish();
        let (stock, stores) = self.stock.finish();
        let day = self.recorded_at.map(|recorded_at| recorded_at.to_business().date());
        Report {
            position: self.position,
            recorded_at: self.recorded_at,
            administrators: day.map_or(0, |day| self.directory.people_on(day, &self.kept)),
            thresholds: self.thresholds,
            people,
            pairs,
            self_confirmed,
            pending,
            credit_gaps: self.credit_gaps.finish(),
            redemption_gaps: self.redemption_gaps.finish(),
            witness_hours,
            witness_days,
            actor_runs: self.actor_runs.finish(),
            witness_runs: self.witness_runs.finish(),
            stock,
            stores,
            corrections: self.corrections.finish(),
            cases: self.cases.finish(),
            proofs: self.proofs.finish(),
            programmes: self.programmes.finish(&self.kept),
        }
    }
}

/// Under which id a worker goes on: the own one, unless it was given up. An id that keeps another is never given up itself.
fn kept_id<'a>(kept: &'a BTreeMap<WorkerId, WorkerId>, worker: &'a WorkerId) -> &'a WorkerId {
    kept.get(worker).unwrap_or(worker)
}

/// Days from one day to another.
fn days(from: NaiveDate, to: NaiveDate) -> i64 {
    to.signed_duration_since(from).num_days()
}

/// A count with the points that go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many of them there are.
    pub count: u64,
    /// Sum of theirs, in exact hundredths.
    pub points: Points,
}

impl Tally {
    fn add(&mut self, points: Points) {
        self.count += 1;
        self.points += points;
    }
}

#[cfg(test)]
mod tests;
