//! Credits: recording what somebody did, and what is decided about it afterwards.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, Begins, nothing};
use super::content::Content;
use crate::domain::calendar::Counting;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{ActivityCode, CreditId, Key, WorkerId};
use crate::domain::programme::guards::GuardKind;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::schedule::Activity;
use crate::domain::time::{BusinessTime, ClockTime, is_plausible};
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::{CreditTerms, CreditVerdict, Judge, OfWorker, WayTerms};
use crate::domain::worker::state::{Due, Lot, Way};
use crate::ledger::book::Book;
use crate::ledger::command::{AskedTime, CreditAction};
use crate::ledger::process::guards::{self, Guarded};
use crate::ledger::process::{Process, States};

/// Record a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCredit {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The activity's code (活动代码).
    pub activity: ActivityCode,
    /// The service date; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
    /// Units of service; `None` for a text that is no quantity.
    pub quantity: Option<Quantity>,
    /// Who witnessed it, as a pseudonym. An annotation, not content.
    pub witness: Option<String>,
    /// Whether the witness named is the worker: only the edge knows the text behind the pseudonym. An annotation, not
    /// content.
    pub own_witness: bool,
    /// Digest of its evidence. An annotation, not content.
    pub evidence: Option<String>,
    /// When it began on its day, where that is told.
    pub from: Option<ClockTime>,
    /// When it ended on its day.
    pub to: Option<ClockTime>,
    /// Whether it is history that an office brings along, which counts at once. An annotation, not content.
    pub history: bool,
    /// The pseudonyms that the worker has as a witness: only the edge knows them. An annotation, not content.
    pub worker_as_witness: Vec<String>,
}

impl RecordCredit {
    /// From when to when it was done, where that was told: both times or none.
    fn check_times(&self) -> Decision<()> {
        match (self.from, self.to) {
            (None, None) => Ok(()),
            (Some(from), Some(to)) if from < to => Ok(()),
            (Some(_), Some(_)) => {
                Err(Refusal::new(Code::InvalidInput, "from lies not before to; a service over midnight is two records"))
            }
            (Some(_), None) | (None, Some(_)) => {
                Err(Refusal::new(Code::InvalidInput, "from and to belong together; give both or neither"))
            }
        }
    }
}

impl Definition for RecordCredit {
    fn write_content(&self, content: &mut Content) {
        // Named one by one, so that a new field is either content or said here to be none.
        let RecordCredit {
            worker,
            activity,
            on,
            quantity,
            from,
            to,
            witness: _,
            own_witness: _,
            evidence: _,
            history: _,
            worker_as_witness: _,
        } = self;
        content
            .text("record_credit")
            .text(worker.as_str())
            .text(activity.as_str())
            .maybe(*on)
            .maybe(quantity.map(|quantity| quantity.millionths()));
        for (name, time) in [("from", from), ("to", to)] {
            if let Some(time) = time {
                content.text(name).number(i64::from(time.minutes()));
            }
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.witness.iter().chain(&self.evidence)
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Worker(self.worker.clone())]);
        guards::name_streams(self, book, streams);
    }

    /// Checks in the order of contract section 4.2: worker, activity, date, quantity, cap.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let code = &self.activity;
        let of = OfWorker { worker: self.worker.clone(), at: process.context.at };
        let state = process.states.worker(&of.worker)?;
        state.require_known(&of)?;
        if process.person(&process.context.actor)?.is(&process.kept_id(&of.worker)?) {
            let message =
                format!("{} is worker {}; another person must record the service", process.context.actor, of.worker);
            return Err(Refusal::new(Code::SamePerson, message));
        }
        let programme = process.states.programme()?;
        let unknown = |when: &str| {
            Refusal::new(Code::UnknownActivity, format!("no activity {code} in the points schedule (积分标准){when}"))
        };
        if !programme.knows(code) {
            return Err(unknown(""));
        }
        if programme.ripens_later(code) {
            let message = format!("activity {code} is credited when it is rated or fed back (计分时点): use 办理记录");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        let Some(on) = self.on.filter(|on| is_plausible(*on)) else {
            return Err(Refusal::new(Code::InvalidDate, "the service date is not a date"));
        };
        process.clock.require_past(BusinessTime::start_of(on), "the service date")?;
        let (activity, schedule) =
            programme.activity_on(code, on).ok_or_else(|| unknown(&format!(" in force on {on}")))?;
        state.require_present_at(&of, BusinessTime::start_of(on))?;
        let Some(quantity) = self.quantity.filter(|quantity| quantity.millionths() > 0) else {
            return Err(Refusal::new(Code::InvalidQuantity, "the quantity is not a number above 0"));
        };
        self.check_times()?;
        let credit = CreditId::from(&process.context.key);
        let guarded = Guarded { command: self, worker: state, line: activity, on, quantity, credit: &credit };
        let terms = CreditTerms {
            activity: activity.clone(),
            credit: credit.clone(),
            entered_on: process.clock.entry_day(),
            evidence: self.evidence.clone(),
            flags: Vec::new(),
            hours: guarded.hours().filter(|_| programme.guards.is_on(GuardKind::HoursOverDay)),
            on,
            proposer: process.context.actor.clone(),
            quantity,
            schedule,
            span: guarded.span(),
            step: programme.points_step,
            way: None,
            witness: self.witness.clone(),
            eligible_on: Some(on),
            done_on: None,
            source: None,
        };
        let record = |terms: CreditTerms| state.decide(&of, WorkerCommand::Credit(Box::new(terms)));
        let mut flags = Vec::new();
        if !programme.guards.are_off() {
            // The contract's own checks come first, whatever the guards say.
            record(terms.clone())?;
            flags = guarded.flags(process)?;
        }
        let way = if self.history { None } else { way(process, activity, !flags.is_empty())? };
        let events = record(CreditTerms { flags, way, ..terms })?;
        Ok(events.into_iter().map(Event::Worker).chain(guarded.remember(process)?).collect())
    }

    fn new_ids<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((key.as_str(), "the command's key"))
    }

    fn begins(&self) -> Option<Begins<'_>> {
        Some(Begins::Act { worker: &self.worker, store: None, time: &AskedTime::Now })
    }

    nothing!(named_key, free_text, at_counter, settings);
}

/// What a credit of a line goes through before it counts; a credit that a guard marked needs one check more.
fn way<S: States>(process: &Process<'_, S>, line: &Activity, flagged: bool) -> Decision<Option<WayTerms>> {
    let programme = process.states.programme()?;
    let checks = programme.checks_of(line).saturating_add(u32::from(flagged));
    if checks > 0 {
        return Ok(Some(WayTerms { checks, public_until: None }));
    }
    let public_until = publicity(process, programme.publicity_of(Some(line)))?;
    Ok(public_until.map(|day| WayTerms { checks, public_until: Some(day) }))
}

/// The last day of a publicity that begins now; none where it lasts no day.
fn publicity<S: States>(process: &Process<'_, S>, days: u32) -> Decision<Option<NaiveDate>> {
    if days == 0 {
        return Ok(None);
    }
    period(process, days, process.states.programme()?.counting).map(Some)
}

/// The last day of a period that begins now: on the day on which what is decided enters the ledger, whatever day the
/// command tells, or a publicity could be over before it began.
pub(super) fn period<S: States>(process: &Process<'_, S>, days: u32, counting: Counting) -> Decision<NaiveDate> {
    let last_day = process.states.programme()?.calendar.last_day(process.clock.entry_day(), days, counting);
    last_day.ok_or_else(|| Refusal::new(Code::InvalidDate, "a period of days would end beyond the year 9998"))
}

/// Days for an appeal against the decision about an objection.
const APPEAL_DAYS: u32 = 3;

/// Decide about a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeCredit {
    /// The credit's name: the key of the command that recorded it.
    pub credit: CreditId,
    /// What is done with the credit.
    pub action: CreditAction,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for JudgeCredit {
    fn write_content(&self, content: &mut Content) {
        let action = match self.action {
            CreditAction::Confirm => "confirm",
            CreditAction::Reject => "reject",
            CreditAction::Reverse => "reverse",
            CreditAction::Object { .. } => "object",
            CreditAction::Appeal => "appeal",
            CreditAction::Resolve { upheld: true } => "uphold",
            CreditAction::Resolve { upheld: false } => "dismiss",
        };
        content.text("judge_credit").text(self.credit.as_str()).text(action).text(&self.reason);
        if self.action == (CreditAction::Object { anonymous: true }) {
            content.text("anonymous");
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn named_key(&self) -> Option<Key> {
        Some((&self.credit).into())
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Programme);
        let Some(worker) = book.owner(&(&self.credit).into()) else { return };
        streams.push(StreamId::Worker(worker.clone()));
        // Which persons had a part in it is told by their accounts.
        let lot = book.worker(worker).ok().and_then(|state| state.credit(&self.credit));
        let parts = lot.into_iter().flat_map(|(_, lot)| lot.parts());
        streams.extend(parts.map(|actor| StreamId::Account(actor.into())));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let JudgeCredit { credit, reason, .. } = self.clone();
        let worker = process.owner(&Key::from(&credit), Code::UnknownCredit, || format!("no credit {credit}"))?;
        let state = process.states.worker(&worker)?;
        let lot = state.credit(&credit).map(|(_, lot)| lot);
        let judge = judge(process, &worker, lot)?;
        let verdict = self.verdict(process, lot)?;
        process.worker(worker, WorkerCommand::JudgeCredit { credit, verdict, judge, reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Named((&self.credit).into()), &mut self.reason))
    }

    nothing!(new_ids, begins, at_counter, settings);
}

/// Who decides, and as whom they had a part in it before.
fn judge<S: States>(process: &Process<'_, S>, worker: &WorkerId, lot: Option<&Lot>) -> Decision<Judge> {
    let by = process.context.actor.clone();
    let person = process.person(&by)?;
    let mut alike = Vec::new();
    for actor in lot.into_iter().flat_map(Lot::parts) {
        if *actor != by && process.person(actor)? == person {
            alike.push(actor.clone());
        }
    }
    Ok(Judge { by, alike, is_worker: person.is(&process.kept_id(worker)?) })
}

impl JudgeCredit {
    fn verdict<S: States>(&self, process: &Process<'_, S>, lot: Option<&Lot>) -> Decision<CreditVerdict> {
        let programme = process.states.programme()?;
        let today = process.clock.entry_day();
        let way = lot.and_then(Lot::on_the_way);
        let days_left = || {
            let until = way.and_then(|way| way.public_until);
            until.map_or(0, |until| programme.calendar.days_left(today, until, programme.counting))
        };
        Ok(match self.action {
            CreditAction::Confirm => {
                let line = lot.and_then(|lot| programme.activity_on(&lot.activity, lot.on)).map(|(line, _)| line);
                let days = programme.publicity_of(line);
                let public_until = if way.is_some() { publicity(process, days)? } else { None };
                CreditVerdict::Confirm { publicity_days: programme.publicity_days, public_until }
            }
            CreditAction::Reject => CreditVerdict::Reject,
            CreditAction::Reverse => CreditVerdict::Reverse,
            CreditAction::Object { anonymous } => CreditVerdict::Object { anonymous, days_left: days_left() },
            CreditAction::Appeal => CreditVerdict::Appeal { today, days_left: days_left() },
            CreditAction::Resolve { upheld } => {
                let left = way.and_then(Way::open_dispute).map_or(0, |(_, dispute)| dispute.days_left);
                CreditVerdict::Resolve {
                    upheld,
                    public_until: Some(period(process, left, programme.counting)?),
                    appeal_until: period(process, APPEAL_DAYS, Counting::Natural)?,
                }
            }
        })
    }
}

/// Carry out what comes of a credit by itself, once the day that had to be over is over: it is confirmed after its
/// publicity, or rejected for good after the days for an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleCredit {
    /// The credit's name: the key of the command that recorded it.
    pub credit: CreditId,
}

impl Definition for SettleCredit {
    fn write_content(&self, content: &mut Content) {
        content.text("settle_credit").text(self.credit.as_str());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn named_key(&self) -> Option<Key> {
        Some((&self.credit).into())
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend(book.owner(&(&self.credit).into()).cloned().map(StreamId::Worker));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let credit = self.credit.clone();
        let worker = process.owner(&Key::from(&credit), Code::UnknownCredit, || format!("no credit {credit}"))?;
        let lot = process.states.worker(&worker)?.credit(&credit).map(|(_, lot)| lot);
        let reason = match lot.and_then(Lot::on_the_way).and_then(Way::due) {
            Some(Due::Rejected(_)) => "异议成立,申诉期满",
            Some(Due::Confirmed(_)) | None => "公示期满",
        };
        // By the clock and not by the time that the command tells: nobody shortens a publicity.
        let over = process.clock.day_that_is_over();
        let judge = Judge { by: process.context.actor.clone(), alike: Vec::new(), is_worker: false };
        let verdict = CreditVerdict::Settle { over };
        process.worker(worker, WorkerCommand::JudgeCredit { credit, verdict, judge, reason: reason.to_owned() })
    }

    nothing!(texts, new_ids, free_text, begins, at_counter, settings);
}
