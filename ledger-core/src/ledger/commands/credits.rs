//! Credits: recording what somebody did, and what is decided about it afterwards.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{ActivityCode, CreditId, Key, WorkerId};
use crate::domain::programme::command::GuardAction;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::{BusinessTime, is_plausible};
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::{CreditTerms, CreditVerdict, OfWorker};
use crate::ledger::book::Book;
use crate::ledger::command::CreditAction;
use crate::ledger::process::{Process, States};

/// Record a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCredit {
    /// Whose.
    pub worker: WorkerId,
    /// For what.
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
}

impl RecordCredit {
    /// Nobody vouches for the own service, where the district says so.
    fn guard_witness<S: States>(&self, states: &S) -> Decision<()> {
        if self.own_witness && states.programme()?.guards.self_witness == GuardAction::Refuse {
            let message = "the witness (证明人) is the worker who served; another person must witness the service";
            return Err(Refusal::new(Code::SelfWitness, message));
        }
        Ok(())
    }
}

impl Definition for RecordCredit {
    fn write_content(&self, content: &mut Content) {
        // Named one by one, so that a new field is either content or said here to be none.
        let RecordCredit { worker, activity, on, quantity, witness: _, own_witness: _, evidence: _ } = self;
        content
            .text("record_credit")
            .text(worker.as_str())
            .text(activity.as_str())
            .maybe(*on)
            .maybe(quantity.map(|quantity| quantity.millionths()));
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.witness.iter().chain(&self.evidence)
    }

    fn says_when(&self) -> bool {
        true
    }

    fn named_key(&self) -> Option<Key> {
        None
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Worker(self.worker.clone())]);
    }

    /// Checks in the order of contract section 4.2: worker, activity, date, quantity, cap.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let code = &self.activity;
        let of = OfWorker { worker: self.worker.clone(), at: process.context.at };
        let state = process.states.worker(&of.worker)?;
        state.require_known(&of)?;
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
        let terms = CreditTerms {
            activity: activity.clone(),
            credit: (&process.context.key).into(),
            entered_on: process.clock.entry_day(),
            evidence: self.evidence.clone(),
            on,
            proposed: programme.needs_confirmation(),
            proposer: process.context.actor.clone(),
            publicity_days: programme.publicity_days,
            quantity,
            schedule,
            step: programme.points_step,
            witness: self.witness.clone(),
            eligible_on: Some(on),
            done_on: None,
            source: None,
        };
        let events = state.decide(&of, WorkerCommand::Credit(Box::new(terms)))?;
        self.guard_witness(process.states)?;
        Ok(events.into_iter().map(Event::Worker).collect())
    }
}

/// Decide about a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeCredit {
    /// Which.
    pub credit: CreditId,
    /// What.
    pub action: CreditAction,
    /// Why.
    pub reason: String,
}

impl Definition for JudgeCredit {
    fn write_content(&self, content: &mut Content) {
        let action = match self.action {
            CreditAction::Confirm => "confirm",
            CreditAction::Reject => "reject",
            CreditAction::Reverse => "reverse",
            CreditAction::Object => "object",
            CreditAction::Resolve { upheld: true } => "uphold",
            CreditAction::Resolve { upheld: false } => "dismiss",
        };
        content.text("judge_credit").text(self.credit.as_str()).text(action).text(&self.reason);
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
        streams.extend(book.owner(&(&self.credit).into()).cloned().map(StreamId::Worker));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let JudgeCredit { credit, action, reason } = self.clone();
        let worker = process.owner(&Key::from(&credit), Code::UnknownCredit, || format!("no credit {credit}"))?;
        let verdict = match action {
            CreditAction::Confirm => {
                CreditVerdict::Confirm { publicity_days: process.states.programme()?.publicity_days }
            }
            CreditAction::Reject => CreditVerdict::Reject,
            CreditAction::Reverse => CreditVerdict::Reverse,
            CreditAction::Object => CreditVerdict::Object,
            CreditAction::Resolve { upheld } => CreditVerdict::Resolve { upheld },
        };
        let by = process.context.actor.clone();
        process.worker(worker, WorkerCommand::JudgeCredit { credit, verdict, by, reason })
    }
}
