//! Redemptions: points for goods, and back.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, AtCounter, Begins, nothing};
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{Key, RedemptionId};
use crate::domain::merchant::MerchantCommand;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::store::StoreCommand;
use crate::domain::store::command::AtStore;
use crate::domain::store::state::Item;
use crate::domain::worker::{Worker, WorkerCommand};
use crate::ledger::book::Book;
use crate::ledger::command::{AskedSpending, AskedTime};
use crate::ledger::process::spending::{claims, stock_lines};
use crate::ledger::process::{Process, States};

impl AskedSpending {
    /// Writes what is spent on what, by whom and when.
    pub(super) fn write_fields<'a>(&self, content: &'a mut Content) -> &'a mut Content {
        content.text(self.worker.as_str()).text(self.store.as_str());
        match self.time {
            AskedTime::Now => content.text("now"),
            AskedTime::At(time) | AskedTime::Stated(time) => content.text(&time.to_string()),
            AskedTime::Unreadable => content.text("unreadable"),
        };
        for line in &self.lines {
            content.text(line.sku.as_str()).maybe(line.quantity);
        }
        content
    }
}

impl Definition for AskedSpending {
    fn write_content(&self, content: &mut Content) {
        self.write_fields(content.text("redeem"));
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        // The programme too: a rule for the whole district must never be off because nobody loaded it.
        streams.extend([
            StreamId::Programme,
            StreamId::Worker(self.worker.clone()),
            StreamId::Store(self.store.clone()),
            StreamId::Sites,
        ]);
        let store = book.store(&self.store).ok();
        for line in &self.lines {
            // Which of its listings counts is told by the day of the redemption.
            let merchants = store.and_then(|store| store.item(&line.sku)).into_iter().flat_map(Item::merchants);
            streams.extend(merchants.cloned().map(StreamId::Merchant));
        }
        // Holds that ran out are given back before anything is spent, and their stores with them.
        let holds = book.worker(&self.worker).into_iter().flat_map(Worker::holds);
        streams.extend(holds.map(|(_, hold)| StreamId::Store(hold.store.clone())));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let (of, spending) = process.quote(self)?;
        let (worker, mut events) = process.after_due_holds(&of)?;
        let redemption: RedemptionId = (&process.context.key).into();
        let lines = spending.lines.clone();
        let spent = worker.decide(&of, WorkerCommand::Redeem { redemption: redemption.clone(), spending })?;
        let frame = AtStore { store: self.store.clone(), at: of.at };
        let issue = StoreCommand::Issue { lines: stock_lines(&lines), redemption: redemption.clone() };
        let issued = process.store_after(&self.store, &events)?.decide(&frame, issue)?;
        events.extend(spent.into_iter().map(Event::Worker));
        events.extend(issued.into_iter().map(Event::Store));
        events.extend(process.honour(&lines, of.at, &redemption, &self.store)?);
        Ok(events)
    }

    fn new_ids<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((key.as_str(), "the command's key"))
    }

    fn begins(&self) -> Option<Begins<'_>> {
        Some(Begins::Act { worker: &self.worker, store: Some(&self.store), time: &self.time })
    }

    fn at_counter(&mut self) -> Option<AtCounter<'_>> {
        Some(AtCounter::Redeems(self))
    }

    nothing!(texts, named_key, free_text, settings);
}

/// Reverse a redemption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReverseRedemption {
    /// The redemption's name: the key of the command that made it.
    pub redemption: RedemptionId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for ReverseRedemption {
    fn write_content(&self, content: &mut Content) {
        content.text("reverse_redemption").text(self.redemption.as_str()).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn named_key(&self) -> Option<Key> {
        Some((&self.redemption).into())
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Programme);
        let Some(worker) = book.owner(&(&self.redemption).into()) else { return };
        streams.push(StreamId::Worker(worker.clone()));
        if let Some(made) = book.worker(worker).ok().and_then(|state| state.redemption(&self.redemption)) {
            streams.push(StreamId::Store(made.store.clone()));
            streams.extend(made.lines.iter().filter_map(|line| line.merchant.clone()).map(StreamId::Merchant));
        }
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let ReverseRedemption { redemption, reason } = self.clone();
        let unknown = || format!("no redemption {redemption}");
        let worker = process.owner(&Key::from(&redemption), Code::UnknownRedemption, unknown)?;
        let at = process.context.at;
        let state = process.states.worker(&worker)?;
        let reverse = WorkerCommand::ReverseRedemption { redemption: redemption.clone(), reason };
        let mut events = process.worker(worker, reverse)?;
        let Some(made) = state.redemption(&redemption) else {
            return Err(Refusal::new(Code::UnknownRedemption, unknown()));
        };
        let lines = stock_lines(&made.lines);
        let take_back = StoreCommand::TakeBack { lines, redemption: redemption.clone() };
        events.extend(process.store_at(made.store.clone(), at, take_back)?);
        for (merchant, points) in claims(&made.lines) {
            let back = MerchantCommand::ReverseHonour {
                at,
                month: made.at.month(),
                points,
                redemption: redemption.clone(),
                store: made.store.clone(),
            };
            events.extend(process.merchant(&merchant, back)?);
        }
        Ok(events)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Named((&self.redemption).into()), &mut self.reason))
    }

    nothing!(new_ids, begins, at_counter, settings);
}
