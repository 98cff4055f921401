//! The guards (`[guards]` of district.toml): whether a record looks like one of the frauds of the field. Those that look
//! across workers read marks, which the same commit writes: no view is asked, for a view may lag behind.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::{Process, States};
use crate::domain::event::{Event, StreamId, V1};
use crate::domain::ids::{CreditId, MarkId};
use crate::domain::mark::{CreditMarked, MarkEvent};
use crate::domain::programme::guards::{GuardAction, GuardKind, Guards};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::schedule::Activity;
use crate::domain::time::ClockTime;
use crate::domain::worker::Worker;
use crate::domain::worker::state::CreditStatus;
use crate::ledger::book::Book;
use crate::ledger::commands::RecordCredit;

/// Millionths in one hour.
const HOUR: i64 = 1_000_000;
/// What a schedule's unit is called where it is an hour.
const HOURS: [&str; 4] = ["小时", "时", "hour", "h"];

/// The mark of a witness, by the pseudonym.
fn witness_mark(pseudonym: &str) -> Option<MarkId> {
    mark("witness", pseudonym)
}

/// The mark of a piece of evidence, by what is told of it.
fn evidence_mark(evidence: &str) -> Option<MarkId> {
    mark("evidence", evidence.trim())
}

/// Texts of any length and with any characters become an id of one form.
fn mark(kind: &str, text: &str) -> Option<MarkId> {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    MarkId::new(&format!("{kind}/{hex}")).ok()
}

/// The marks of a record, as far as guards that are on ask for them.
struct Marks {
    evidence: Option<MarkId>,
    witness: Option<MarkId>,
    /// Those that the worker has as a witness.
    own: Vec<MarkId>,
}

impl Marks {
    fn of(command: &RecordCredit, guards: &Guards) -> Marks {
        let circle = guards.is_on(GuardKind::WitnessCircle);
        let witnesses = circle || guards.is_on(GuardKind::WitnessOverload);
        let evidence = command.evidence.as_deref().filter(|_| guards.is_on(GuardKind::EvidenceReused));
        let own = command.worker_as_witness.iter().filter(|_| circle).filter_map(|own| witness_mark(own));
        Marks {
            evidence: evidence.and_then(evidence_mark),
            witness: command.witness.as_deref().filter(|_| witnesses).and_then(witness_mark),
            own: own.collect(),
        }
    }
}

/// Adds the streams that the guards of a record read, as far as what is in memory tells: those of the guards that are on,
/// and of those that a command before it may turn on.
pub(in crate::ledger) fn name_streams(command: &RecordCredit, book: &Book, streams: &mut Vec<StreamId>) {
    let on = book.programme().ok().map(|programme| &programme.guards);
    for guards in on.into_iter().chain([book.coming_guards()]).filter(|guards| !guards.are_off()) {
        name_marks(Marks::of(command, guards), book, streams);
    }
}

fn name_marks(marks: Marks, book: &Book, streams: &mut Vec<StreamId>) {
    let Marks { evidence, witness, own } = marks;
    if let Some(evidence) = &evidence {
        // Whether those credits still stand is told by their workers.
        if let Ok(mark) = book.mark(evidence) {
            streams.extend(mark.evidence_of().map(|(_, worker)| StreamId::Worker(worker.clone())));
        }
    }
    streams.extend(evidence.into_iter().chain(witness).chain(own).map(StreamId::Mark));
}

/// A record as the guards see it.
pub(in crate::ledger) struct Guarded<'a> {
    pub(in crate::ledger) command: &'a RecordCredit,
    pub(in crate::ledger) worker: &'a Worker,
    pub(in crate::ledger) line: &'a Activity,
    pub(in crate::ledger) on: NaiveDate,
    pub(in crate::ledger) quantity: Quantity,
    pub(in crate::ledger) credit: &'a CreditId,
}

impl Guarded<'_> {
    /// Hours of the service: the longer of what the times say and what the quantity says, where its unit is an hour.
    pub(in crate::ledger) fn hours(&self) -> Option<Quantity> {
        let told = Some(self.quantity).filter(|_| HOURS.contains(&self.line.unit.trim()));
        let timed = self.span().map(|(from, to)| {
            let minutes = to.minutes().saturating_sub(from.minutes());
            Quantity::from_millionths(i64::from(minutes) * HOUR / 60)
        });
        told.max(timed)
    }

    pub(in crate::ledger) fn span(&self) -> Option<(ClockTime, ClockTime)> {
        self.command.from.zip(self.command.to)
    }

    /// The codes of the guards that mark the credit.
    ///
    /// # Errors
    /// The first guard that is met and refuses.
    pub(in crate::ledger) fn flags<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Code>> {
        let programme = process.states.programme()?;
        let marks = Marks::of(self.command, &programme.guards);
        let mut flags = Vec::new();
        for (kind, guard) in programme.guards.on() {
            let Some(what) = self.met(process, &marks, kind, guard.over.unwrap_or_default())? else { continue };
            match guard.action {
                GuardAction::Off => {}
                GuardAction::Flag => flags.push(kind.code()),
                GuardAction::Refuse => return Err(Refusal::new(kind.code(), what)),
            }
        }
        Ok(flags)
    }

    /// How a guard is met; none where it is not.
    fn met<S: States>(
        &self,
        process: &Process<'_, S>,
        marks: &Marks,
        kind: GuardKind,
        over: u32,
    ) -> Decision<Option<String>> {
        let (on, command) = (self.on, self.command);
        let met = |is_met: bool, what: String| Ok(is_met.then_some(what));
        match kind {
            GuardKind::EvidenceReused => {
                let Some(mark) = &marks.evidence else { return Ok(None) };
                for (credit, worker) in process.states.mark(mark)?.evidence_of() {
                    let of = process.states.worker(worker)?.credit(credit).map(|(_, lot)| lot.status);
                    if matches!(of, Some(CreditStatus::Proposed | CreditStatus::Confirmed)) {
                        let what =
                            format!("the evidence (佐证) stands in credit {credit} already; give this service's own");
                        return Ok(Some(what));
                    }
                }
                Ok(None)
            }
            GuardKind::HoursOverDay => {
                let before = self.worker.served_on(on).filter_map(|served| served.hours);
                let all = before.chain(self.hours()).map(Quantity::millionths).fold(0, i64::saturating_add);
                let hours = Quantity::from_millionths(all);
                let what = format!("{hours} hours on {on}, the district takes {over} a day; check the hours");
                met(self.hours().is_some() && all > i64::from(over) * HOUR, what)
            }
            GuardKind::HoursOverlap => {
                let Some((from, to)) = self.span() else { return Ok(None) };
                let mut spans = self.worker.served_on(on).filter_map(|served| served.span);
                let other = spans.find(|(other_from, other_to)| from < *other_to && *other_from < to);
                Ok(other.map(|(other_from, other_to)| {
                    format!(
                        "{from} to {to} on {on} overlaps a service from {other_from} to {other_to}; check the times"
                    )
                }))
            }
            GuardKind::NewAccount => {
                let Some(registered) = self.worker.registered_on().filter(|_| !command.history) else {
                    return Ok(None);
                };
                let days = (on - registered).num_days().unsigned_abs();
                met(days <= u64::from(over), format!("the worker was registered on {registered}, within {over} days"))
            }
            GuardKind::RecordedLate => {
                let days = (process.clock.entry_day() - on).num_days();
                let what = format!("recorded {days} days after the service; the district takes {over}");
                met(!command.history && days > i64::from(over), what)
            }
            GuardKind::SelfWitness => {
                let what = "the witness (证明人) is the worker who served; another person must witness the service";
                met(command.own_witness, what.to_owned())
            }
            GuardKind::WitnessCircle => {
                let Some(witness) = &marks.witness else { return Ok(None) };
                for own in &marks.own {
                    if process.states.mark(own)?.witnessed_for(witness, on, over) {
                        let what = format!("worker and witness (证明人) vouch for each other within {over} days");
                        return Ok(Some(what));
                    }
                }
                Ok(None)
            }
            GuardKind::WitnessOverload => {
                let Some(witness) = &marks.witness else { return Ok(None) };
                let before = process.states.mark(witness)?.witnessed_on(on);
                met(before >= over, format!("the witness (证明人) vouches for more than {over} records on {on}"))
            }
        }
    }

    /// What is remembered beside the credit, so that the guards see it next time.
    pub(in crate::ledger) fn remember<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let Marks { evidence, witness, own } = Marks::of(self.command, &process.states.programme()?.guards);
        let marked = |mark: MarkId, worker_marks: Vec<MarkId>| CreditMarked {
            at: process.context.at,
            credit: self.credit.clone(),
            mark,
            on: self.on,
            v: V1,
            worker: self.command.worker.clone(),
            worker_marks,
        };
        let evidence = evidence.map(|mark| MarkEvent::EvidenceLodged(marked(mark, Vec::new())));
        let witness = witness.map(|mark| MarkEvent::ServiceWitnessed(marked(mark, own)));
        Ok(evidence.into_iter().chain(witness).map(Event::Mark).collect())
    }
}
