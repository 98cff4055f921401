//! What a counter handed out before the ledger could be asked: told afterwards, exactly once. What the rules then refuse
//! is recorded as a case in the very same commit, so that nothing is lost and nothing is asked twice.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, AtCounter, nothing};
use super::content::Content;
use super::holds::{capture_at, name_streams_of};
use crate::domain::event::V1;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{DeviceId, HoldId, Key, RedemptionId, StoreId, WorkerId};
use crate::domain::means::Means;
use crate::domain::proof::ProvenBy;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::store::StoreCommand;
use crate::domain::store::event::{DeliveryRefused, StockLine, StoreEvent};
use crate::domain::time::BusinessTime;
use crate::domain::worker::WorkerEvent;
use crate::ledger::book::Book;
use crate::ledger::command::{AskedLine, AskedSpending, AskedTime};
use crate::ledger::process::{LINES_MAX, Process, States};

/// Tell what was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverRedemption {
    /// On what word.
    pub means: Means,
    /// By which device, for a hold.
    pub device: Option<DeviceId>,
    /// For which hold.
    pub hold: Option<HoldId>,
    /// To whom; none where what was typed names nobody.
    pub worker: Option<WorkerId>,
    /// What was typed then.
    pub note: Option<String>,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The items and their units.
    pub lines: Vec<AskedLine>,
    /// Business time at which the goods were handed out.
    pub given_at: BusinessTime,
    /// By what the worker was proven, and whether that is missing where the district asks for it. Not part of the content.
    #[serde(default)]
    pub proof: ProofTold,
}

/// What a counter shows afterwards of who stood before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ProofTold {
    /// None is asked for.
    #[default]
    NotAsked,
    /// This one.
    By(ProvenBy),
    /// What was shown proves nothing, or nothing was: people decide.
    Missing,
}

impl DeliverRedemption {
    fn spending(&self) -> Option<AskedSpending> {
        let worker = self.worker.clone()?;
        Some(AskedSpending {
            worker,
            store: self.store.clone(),
            lines: self.lines.clone(),
            time: AskedTime::Stated(self.given_at),
            proven: match self.proof {
                ProofTold::By(proven) => Some(proven),
                ProofTold::NotAsked | ProofTold::Missing => None,
            },
        })
    }

    /// What the rules say of it, as if it had been asked for in time.
    fn judge<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let Some(hold) = &self.hold else { return self.redeem(process) };
        process.states.store(&self.store)?.require_device(self.device.as_ref())?;
        match capture_at(process, hold, self.given_at, Some(&self.store)) {
            // It ran out between the counter and the telling, and its points went back: they are spent as of then.
            Err(refusal) if refusal.code == Code::HoldExpired => self.redeem(process),
            told => told,
        }
    }

    fn redeem<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        match self.spending() {
            Some(_) if self.proof == ProofTold::Missing && self.hold.is_none() => {
                let message = "proof: what was shown does not prove who took the goods (counter_proof)";
                Err(Refusal::new(Code::InvalidInput, message))
            }
            Some(spending) => spending.decide(process),
            None => Err(Refusal::new(Code::UnknownWorker, "what was typed at the counter names nobody")),
        }
    }

    fn stock_lines(&self) -> Decision<Vec<StockLine>> {
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            let message = format!("lines: 1 to {LINES_MAX}, not {}", self.lines.len());
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        let line = |line: &AskedLine| match line.quantity.filter(|quantity| *quantity > 0) {
            Some(quantity) => Ok(StockLine { quantity, sku: line.sku.clone() }),
            None => {
                let message = format!("the quantity of {} is not a whole number above 0", line.sku);
                Err(Refusal::new(Code::InvalidQuantity, message))
            }
        };
        self.lines.iter().map(line).collect()
    }
}

impl Definition for DeliverRedemption {
    fn write_content(&self, content: &mut Content) {
        content.text("deliver_redemption").text(self.means.as_str()).text(self.store.as_str());
        content.text(&self.given_at.to_string());
        for (name, value) in [
            ("device", self.device.as_ref().map(DeviceId::as_str)),
            ("hold", self.hold.as_ref().map(HoldId::as_str)),
            ("worker", self.worker.as_ref().map(WorkerId::as_str)),
            ("note", self.note.as_deref()),
        ] {
            if let Some(value) = value {
                content.text(name).text(value);
            }
        }
        for line in &self.lines {
            content.text(line.sku.as_str()).maybe(line.quantity);
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.note.iter()
    }

    fn says_when(&self) -> bool {
        true
    }

    fn named_key(&self) -> Option<Key> {
        self.hold.as_ref().map(Into::into)
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Sites, StreamId::Store(self.store.clone())]);
        if let Some(hold) = &self.hold {
            name_streams_of(hold, book, streams);
        }
        if let Some(spending) = self.spending() {
            spending.name_streams(book, streams);
        }
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let lines = self.stock_lines()?;
        if !process.states.store(&self.store)?.exists() {
            return Err(Refusal::new(Code::UnknownStore, format!("no store {} (兑换网点)", self.store)));
        }
        if (self.means == Means::Hold) != self.hold.is_some() {
            return Err(Refusal::new(Code::InvalidInput, "hold: named where, and only where, means is hold"));
        }
        let refusal = match self.judge(process) {
            Ok(mut events) => {
                events.iter_mut().for_each(|event| mark(event, self.means));
                return Ok(events);
            }
            // Nothing was decided: that is no case, and the same may be asked again.
            Err(refusal) if refusal.code == Code::JournalUnavailable => return Err(refusal),
            Err(refusal) => refusal,
        };
        process.clock.require_past(process.context.at, "the business time")?;
        Ok(vec![Event::Store(StoreEvent::DeliveryRefused(DeliveryRefused {
            at: process.context.at,
            code: refusal.code,
            given_at: self.given_at,
            hold: self.hold.clone(),
            lines,
            means: self.means,
            note: self.note.clone(),
            redemption: RedemptionId::from(&process.context.key),
            store: self.store.clone(),
            v: V1,
            worker: self.worker.clone(),
        }))])
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        self.note.as_mut().map(|note| (About::Store(self.store.clone()), note))
    }

    fn at_counter(&mut self) -> Option<AtCounter<'_>> {
        Some(AtCounter::Tells(self))
    }

    nothing!(new_ids, begins, settings);
}

/// Writes on a redemption on what word its goods were handed out.
fn mark(event: &mut Event, means: Means) {
    let Event::Worker(event) = event else { return };
    if let WorkerEvent::Redeemed(redeemed) = event {
        redeemed.means = Some(means);
    } else if let WorkerEvent::HoldCaptured(captured) = event {
        captured.means = Some(means);
    }
}

/// Settle what was handed out unheard and refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleCase {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Which: the redemption that it would have become.
    pub case: RedemptionId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for SettleCase {
    fn write_content(&self, content: &mut Content) {
        content.text("settle_case").text(self.store.as_str()).text(self.case.as_str()).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Store(self.store.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let settle = StoreCommand::Settle { redemption: self.case.clone(), reason: self.reason.clone() };
        process.store_at(self.store.clone(), process.context.at, settle)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Store(self.store.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Make a device the one that captures without the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolDevice {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The counter's device, as it named itself.
    pub device: DeviceId,
}

impl Definition for EnrolDevice {
    fn write_content(&self, content: &mut Content) {
        content.text("enrol_device").text(self.store.as_str()).text(self.device.as_str());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Store(self.store.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        process.store_at(self.store.clone(), process.context.at, StoreCommand::Enrol { device: self.device.clone() })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}
