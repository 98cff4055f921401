//! One credit with what was decided about it, from the journal itself.

use chrono::NaiveDate;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::{CreditId, WorkerId};
use ledger_core::domain::pair::PairEvent;
use ledger_core::domain::request::RequestEvent;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{ServiceRecorded, Verdict, WorkerEvent};
use ledger_core::journal::{Entry, RecordedTime};

use crate::error::ViewError;
use crate::handle::Views;
use crate::waiting::Waiting;

/// Ids of one person: what ripened after they became one came to the kept one, and there are no chains of them.
const IDS_MAX: usize = 2;

/// What happened to a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditEvent {
    /// It was recorded.
    Recorded,
    /// A second person checked it, and another one must.
    Checked,
    /// It was checked as often as it must be, and is public.
    Publicised,
    /// It counts.
    Confirmed,
    /// A second person rejected it.
    Rejected,
    /// Somebody objected.
    Objected,
    /// Somebody objected whom auditors alone may know.
    ObjectedUnnamed,
    /// The decision about an objection was appealed.
    Appealed,
    /// The objection was right.
    ObjectionUpheld,
    /// The objection was not right.
    ObjectionDismissed,
    /// It was taken back.
    Reversed,
}

/// A step of a credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditStep {
    /// What happened.
    pub what: CreditEvent,
    /// Who did it.
    pub by: String,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// When, by business time.
    pub at: BusinessTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// Of the entry in the journal, from 1.
    pub position: u64,
}

/// A credit.
#[derive(Debug, Clone, PartialEq)]
pub struct CreditRecord {
    /// As it was recorded.
    pub record: ServiceRecorded,
    /// Where it stands.
    pub way: Waiting,
    /// Whether an objection to it is open.
    pub objected: bool,
    /// What happened to it, in order.
    pub steps: Vec<CreditStep>,
}

impl CreditRecord {
    /// The service date.
    pub fn on(&self) -> NaiveDate {
        self.record.on
    }

    fn begin(record: ServiceRecorded, entry: &Entry) -> CreditRecord {
        let way = Waiting::begin(&record);
        let step = step(CreditEvent::Recorded, record.proposer.to_string(), None, record.at, entry);
        CreditRecord { record, way, objected: false, steps: vec![step] }
    }

    /// Folds a later event of the worker's stream, of whichever credit it is.
    fn fold(&mut self, entry: &Entry, event: &WorkerEvent) {
        let Some(judged) = event.as_judgement().filter(|judged| *judged.credit == self.record.credit) else { return };
        self.way.fold(&judged);
        let what = match judged.verdict {
            Verdict::Checked => CreditEvent::Checked,
            Verdict::Publicised { .. } => CreditEvent::Publicised,
            Verdict::Confirmed { .. } => CreditEvent::Confirmed,
            Verdict::Rejected => CreditEvent::Rejected,
            Verdict::Objected { anonymous } => {
                self.objected = true;
                if anonymous { CreditEvent::ObjectedUnnamed } else { CreditEvent::Objected }
            }
            Verdict::Appealed { .. } => {
                self.objected = true;
                CreditEvent::Appealed
            }
            Verdict::Resolved { upheld, .. } => {
                self.objected = false;
                if upheld { CreditEvent::ObjectionUpheld } else { CreditEvent::ObjectionDismissed }
            }
            Verdict::Reversed { .. } => CreditEvent::Reversed,
        };
        self.steps.push(step(what, judged.by.to_string(), Some(judged.reason.to_owned()), event.at(), entry));
    }
}

fn step(what: CreditEvent, by: String, reason: Option<String>, at: BusinessTime, entry: &Entry) -> CreditStep {
    CreditStep { what, by, reason, at, recorded_at: entry.command.recorded_at, position: entry.position }
}

impl Views {
    /// A credit by its name, as it stood at a position; none where there was no such one.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn credit(&self, name: &CreditId, until: u64) -> Result<Option<CreditRecord>, ViewError> {
        let Some((worker, before)) = self.earner_of(name).await? else { return Ok(None) };
        let (mut credit, mut earner) = (None::<CreditRecord>, Some(worker));
        for _ in 0..IDS_MAX {
            let Some(worker) = earner.take() else { break };
            self.each_entry_of(&StreamId::Worker(worker), before, until, &mut |entry, event| {
                let Event::Worker(event) = event else { return };
                match &mut credit {
                    Some(credit) => credit.fold(entry, &event),
                    None => {
                        let record = event.as_service().filter(|record| record.credit == *name);
                        credit = record.map(|record| CreditRecord::begin(record.clone(), entry));
                        earner = event.as_handed_over().map(|merged| merged.into.clone()).or(earner.take());
                    }
                }
            })
            .await?;
            if credit.is_some() {
                break;
            }
        }
        Ok(credit)
    }

    /// Who earns by the row with a credit's name, and a position before which it is not credited. Points that ripen are
    /// credited by a later command, whose key is another one.
    async fn earner_of(&self, name: &CreditId) -> Result<Option<(WorkerId, u64)>, ViewError> {
        let mut posting = None;
        for entry in self.entries_of(&name.into()).await? {
            let before = entry.position.saturating_sub(1);
            match entry.event()? {
                Event::Worker(event) => {
                    if let Some(record) = event.as_service().filter(|record| record.credit == *name) {
                        return Ok(Some((record.worker.clone(), before)));
                    }
                }
                Event::Pair(PairEvent::VisitReported(visit)) => return Ok(Some((visit.terms.reporter, before))),
                Event::Request(RequestEvent::RequestClaimed(claim)) => return Ok(Some((claim.claimer, before))),
                Event::Request(RequestEvent::HandlingRecorded(work)) => match work.claimer {
                    Some(claimer) => return Ok(Some((claimer, before))),
                    // A report that is fed back: its reporter earns, whom the request names.
                    None => posting = Some((work.request, before)),
                },
                Event::Programme(_)
                | Event::Merchant(_)
                | Event::Store(_)
                | Event::Card(_)
                | Event::Mark(_)
                | Event::Account(_)
                | Event::Directory(_)
                | Event::Sites(_)
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
        let Some((request, before)) = posting else { return Ok(None) };
        let first = self.journal().read_stream(&StreamId::Request(request), 0, 1).await?;
        let Some(Event::Request(RequestEvent::RequestPosted(posted))) = first.first().map(Entry::event).transpose()?
        else {
            return Ok(None);
        };
        Ok(posted.reporter.map(|reporter| (reporter, before)))
    }
}
