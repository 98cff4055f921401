//! What spending decides across a worker, a store and its merchants: redemptions, holds, and their undoing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::Days;

use super::super::command::{AskedSpending, AskedTime};
use super::{LINES_MAX, Process, States, fold_store};
use crate::domain::event::Event;
use crate::domain::ids::{HoldId, MerchantId, RedemptionId, StoreId, WorkerId};
use crate::domain::merchant::MerchantCommand;
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::store::command::AtStore;
use crate::domain::store::event::StockLine;
use crate::domain::store::{RedemptionStore, StoreCommand};
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::{OfWorker, Spending};
use crate::domain::worker::event::RedeemedLine;
use crate::domain::worker::{Worker, WorkerCommand};

impl<S: States> Process<'_, S> {
    /// Checks in the order of contract section 4.4: worker, store, item, then date and quantity, then the worker's limit
    /// and points, then the shelf. Store and list are looked up as they were when it happened.
    pub(in crate::ledger) fn quote(&self, asked: &AskedSpending) -> Decision<(OfWorker, Spending)> {
        // An unreadable time is refused only after the checks that come before it.
        let readable = match asked.time {
            AskedTime::Now => Some(self.context.at),
            AskedTime::At(time) | AskedTime::Stated(time) => Some(time),
            AskedTime::Unreadable => None,
        };
        let at = readable.unwrap_or(self.context.at);
        let of = OfWorker { worker: asked.worker.clone(), at };
        let worker = self.states.worker(&asked.worker)?;
        worker.require_known(&of)?;
        let store = self.states.store(&asked.store)?;
        if !store.exists() {
            return Err(Refusal::new(Code::UnknownStore, format!("no store {} (兑换网点)", asked.store)));
        }
        // A time that cannot be read is refused below: nothing is said of a day that is not known.
        if let (Some(site), Some(at)) = (store.site(), readable) {
            self.states.sites()?.require_open(site, at.date())?;
        }
        let frame = AtStore { store: asked.store.clone(), at };
        let terms = asked.lines.iter().map(|line| store.require_listing(&frame, &line.sku));
        let terms = terms.collect::<Decision<Vec<_>>>()?;
        if readable.is_none() {
            return Err(Refusal::new(Code::InvalidDate, "the time of redemption is not a time"));
        }
        self.clock.require_past(at, "the time of redemption")?;
        if let AskedTime::Stated(at) = asked.time {
            self.require_recent(at)?;
        }
        worker.require_present_at(&of, at)?;
        if asked.lines.is_empty() || asked.lines.len() > LINES_MAX {
            let message = format!("a redemption has 1 to {LINES_MAX} lines, not {}", asked.lines.len());
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        store.require_open(&frame)?;
        let mut lines = Vec::with_capacity(asked.lines.len());
        let mut limits = Vec::with_capacity(asked.lines.len());
        for (line, terms) in asked.lines.iter().zip(terms) {
            let Some(quantity) = line.quantity.filter(|quantity| *quantity > 0) else {
                let message = format!("the quantity of {} is not a whole number above 0", line.sku);
                return Err(Refusal::new(Code::InvalidQuantity, message));
            };
            lines.push(RedeemedLine {
                kind: terms.kind.clone(),
                merchant: terms.merchant.clone(),
                price: terms.price,
                quantity,
                sku: line.sku.clone(),
            });
            limits.push(terms.limit_per_worker_year);
        }
        Ok((of, Spending { lines, limits, proven: asked.proven, store: asked.store.clone() }))
    }

    /// A district may limit how far back a redemption is told.
    fn require_recent(&self, at: BusinessTime) -> Decision<()> {
        let Some(days) = self.states.programme()?.counter.redeem_back_days else { return Ok(()) };
        let today = self.clock.today();
        let earliest = today.checked_sub_days(Days::new(u64::from(days)));
        if earliest.is_none_or(|earliest| at.date() >= earliest) {
            return Ok(());
        }
        let message =
            format!("{at} lies more than {days} days back; the district takes none so late (redeem_back_days)");
        Err(Refusal::new(Code::InvalidDate, message))
    }

    /// The worker after holds that ran out were given back, with the events that do so.
    pub(in crate::ledger) fn after_due_holds(&self, of: &OfWorker) -> Decision<(Cow<'_, Worker>, Vec<Event>)> {
        let worker = self.states.worker(&of.worker)?;
        let due: Vec<HoldId> =
            worker.holds().filter(|(_, hold)| hold.expires_at <= of.at).map(|(id, _)| id.clone()).collect();
        let mut worker = Cow::Borrowed(worker);
        let mut events = Vec::new();
        for hold in due {
            let ended = self.end_hold(&worker, &of.worker, hold, true, None, of.at)?;
            fold_worker(worker.to_mut(), &ended);
            events.extend(ended);
        }
        Ok((worker, events))
    }

    pub(in crate::ledger) fn store_after(
        &self,
        store: &StoreId,
        events: &[Event],
    ) -> Decision<Cow<'_, RedemptionStore>> {
        let state = self.states.store(store)?;
        if events.is_empty() {
            return Ok(Cow::Borrowed(state));
        }
        let mut after = state.clone();
        let own: Vec<Event> = events.iter().filter(|event| event.stream_is_store(store)).cloned().collect();
        fold_store(&mut after, &own);
        Ok(Cow::Owned(after))
    }

    pub(in crate::ledger) fn end_hold(
        &self,
        state: &Worker,
        worker: &WorkerId,
        hold: HoldId,
        expired: bool,
        reason: Option<String>,
        at: BusinessTime,
    ) -> Decision<Vec<Event>> {
        let of = OfWorker { worker: worker.clone(), at };
        let ended = state.decide(&of, WorkerCommand::Release { hold: hold.clone(), expired, reason })?;
        let Some(open) = state.hold(&hold) else { return Err(Refusal::new(Code::UnknownRedemption, "no such hold")) };
        let (store, lines) = (open.store.clone(), stock_lines(&open.lines));
        let mut events: Vec<Event> = ended.into_iter().map(Event::Worker).collect();
        events.extend(self.store_at(store, at, StoreCommand::Unreserve { lines, hold })?);
        Ok(events)
    }

    pub(in crate::ledger) fn honour(
        &self,
        lines: &[RedeemedLine],
        at: BusinessTime,
        redemption: &RedemptionId,
        store: &StoreId,
    ) -> Decision<Vec<Event>> {
        let mut events = Vec::new();
        for (merchant, points) in claims(lines) {
            let (redemption, store) = (redemption.clone(), store.clone());
            events.extend(self.merchant(&merchant, MerchantCommand::Honour { at, points, redemption, store })?);
        }
        Ok(events)
    }
}

/// Each merchant's claim from the lines of one redemption.
pub(in crate::ledger) fn claims(lines: &[RedeemedLine]) -> BTreeMap<MerchantId, Points> {
    let mut claims = BTreeMap::new();
    for line in lines {
        if let (Some(merchant), Some(points)) = (&line.merchant, line.price.times(line.quantity)) {
            *claims.entry(merchant.clone()).or_insert(Points::ZERO) += points;
        }
    }
    claims
}

/// What the lines of a redemption take from the shelf.
pub(in crate::ledger) fn stock_lines(lines: &[RedeemedLine]) -> Vec<StockLine> {
    lines.iter().map(|line| StockLine { quantity: line.quantity, sku: line.sku.clone() }).collect()
}

fn fold_worker(worker: &mut Worker, events: &[Event]) {
    for event in events {
        if let Event::Worker(event) = event {
            worker.evolve(event);
        }
    }
}

impl Event {
    fn stream_is_store(&self, store: &StoreId) -> bool {
        matches!(self, Event::Store(event) if event.store() == store)
    }
}
