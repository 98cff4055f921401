//! What one command decides across the aggregates it names, all or nothing. Pure: it reads a [`States`] and gives events.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::command::{AskedSpending, AskedTime, Command, Context, CreditAction};
use crate::domain::card::{AssignNumber, Card};
use crate::domain::event::Event;
use crate::domain::ids::{ActivityCode, CardNo, HoldId, Key, MerchantId, RedemptionId, StoreId, WorkerId};
use crate::domain::merchant::{Merchant, MerchantCommand};
use crate::domain::points::Points;
use crate::domain::programme::{Programme, ProgrammeCommand};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::store::command::AtStore;
use crate::domain::store::event::StockLine;
use crate::domain::store::{RedemptionStore, StoreCommand};
use crate::domain::time::{BusinessTime, is_plausible};
use crate::domain::worker::command::{CreditTerms, CreditVerdict, OfWorker, Spending};
use crate::domain::worker::event::{RedeemedLine, WorkerEvent};
use crate::domain::worker::{Worker, WorkerCommand};

/// The most lines one redemption may have.
pub const LINES_MAX: usize = 100;
/// The longest reason or reference, in characters.
pub const REASON_MAX: usize = 500;

/// The aggregates a decision reads. What was never recorded is its default: absent.
pub trait States {
    /// The programme.
    fn programme(&self) -> &Programme;
    /// A worker.
    fn worker(&self, id: &WorkerId) -> &Worker;
    /// A merchant.
    fn merchant(&self, id: &MerchantId) -> &Merchant;
    /// A store.
    fn store(&self, id: &StoreId) -> &RedemptionStore;
    /// A card number.
    fn card(&self, id: &CardNo) -> &Card;
    /// Whose credit, redemption or hold a command of this key made.
    fn owner(&self, key: &Key) -> Option<&WorkerId>;
}

/// Decides one command.
///
/// # Errors
/// The refusal, with the first code in the contract's order of checks.
pub fn decide(states: &impl States, context: &Context, command: &Command) -> Decision<Vec<Event>> {
    Process { states, context }.decide(command)
}

struct Process<'a, S> {
    states: &'a S,
    context: &'a Context,
}

impl<S: States> Process<'_, S> {
    fn decide(&self, command: &Command) -> Decision<Vec<Event>> {
        check_texts(command)?;
        match command.clone() {
            Command::OpenJournal { origin, suite } => self.programme(ProgrammeCommand::Open { origin, suite }),
            Command::Configure(settings) => self.programme(ProgrammeCommand::Configure(settings)),
            Command::AdoptSchedule { activities, effective_from, settings } => {
                let mut events = self.programme(ProgrammeCommand::Configure(settings))?;
                events.extend(self.programme(ProgrammeCommand::AdoptSchedule { activities, effective_from })?);
                Ok(events)
            }
            Command::RegisterWorker { worker, details, update } => {
                self.worker(worker, WorkerCommand::Register { details, update })
            }
            Command::DepartWorker { worker, reason } => self.worker(worker, WorkerCommand::Depart { reason }),
            Command::IssueCard { worker, card_no, branch, update } => self.issue_card(worker, card_no, branch, update),
            Command::MoveCard { worker, branch } => self.worker(worker, WorkerCommand::MoveCard { branch }),
            Command::CloseCard { worker, reason } => self.worker(worker, WorkerCommand::CloseCard { reason }),
            Command::RegisterMerchant { merchant, details, update } => {
                let at = self.context.at;
                let register = MerchantCommand::Register { at, merchant: merchant.clone(), details, update };
                self.merchant(&merchant, register)
            }
            Command::PaySettlement { merchant, month, points, reference } => {
                self.merchant(&merchant, MerchantCommand::Pay { at: self.context.at, month, points, reference })
            }
            Command::OpenStore { store, details, update } => self.store(store, StoreCommand::Open { details, update }),
            Command::CloseStore { store, reason } => self.store(store, StoreCommand::Close { reason }),
            Command::ReopenStore { store } => self.store(store, StoreCommand::Reopen),
            Command::ListItem { store, sku, terms, opening_stock } => {
                if let Some(merchant) = &terms.merchant {
                    self.require_merchant(merchant)?;
                }
                let first = self.states.store(&store).item(&sku).is_none();
                let mut events =
                    self.store(store.clone(), StoreCommand::List { sku: sku.clone(), terms: terms.clone() })?;
                if first && opening_stock > 0 {
                    // The listing is not folded yet, so the shelf is filled beside the store's own check.
                    let mut listed = self.states.store(&store).clone();
                    fold_store(&mut listed, &events);
                    let restock = StoreCommand::Restock { sku, quantity: opening_stock, merchant: terms.merchant };
                    let frame = AtStore { store, at: self.context.at };
                    events.extend(listed.decide(&frame, restock)?.into_iter().map(Event::Store));
                }
                Ok(events)
            }
            Command::DelistItem { store, sku, reason } => self.store(store, StoreCommand::Delist { sku, reason }),
            Command::Restock { store, sku, quantity, merchant } => {
                if let Some(merchant) = &merchant {
                    self.require_merchant(merchant)?;
                }
                self.store(store, StoreCommand::Restock { sku, quantity, merchant })
            }
            Command::CountStock { store, sku, counted, reason } => {
                self.store(store, StoreCommand::Count { sku, counted, reason })
            }
            Command::WriteOffStock { store, sku, quantity, reason } => {
                self.store(store, StoreCommand::WriteOff { sku, quantity, reason })
            }
            Command::RecordCredit { worker, activity, on, quantity, witness, evidence } => {
                self.record_credit(worker, &activity, on, quantity, witness, evidence)
            }
            Command::JudgeCredit { credit, action, reason } => {
                let worker = self.owner(&Key::from(&credit), Code::UnknownCredit, || format!("no credit {credit}"))?;
                let verdict = match action {
                    CreditAction::Confirm => {
                        CreditVerdict::Confirm { publicity_days: self.states.programme().publicity_days }
                    }
                    CreditAction::Reject => CreditVerdict::Reject,
                    CreditAction::Reverse => CreditVerdict::Reverse,
                    CreditAction::Object => CreditVerdict::Object,
                    CreditAction::Resolve { upheld } => CreditVerdict::Resolve { upheld },
                };
                let by = self.context.actor.clone();
                self.worker(worker, WorkerCommand::JudgeCredit { credit, verdict, by, reason })
            }
            Command::Redeem(asked) => self.redeem(&asked),
            Command::ReverseRedemption { redemption, reason } => self.reverse_redemption(redemption, reason),
            Command::PlaceHold { spending, lasts_seconds } => self.place_hold(&spending, lasts_seconds),
            Command::CaptureHold { hold } => self.capture_hold(hold),
            Command::ReleaseHold { hold, expired } => {
                let worker = self.hold_owner(&hold)?;
                self.end_hold(self.states.worker(&worker), &worker, hold, expired, self.context.at)
            }
            Command::ExpireLots { worker, through } => self.worker(worker, WorkerCommand::Expire { through }),
        }
    }

    fn programme(&self, command: ProgrammeCommand) -> Decision<Vec<Event>> {
        Ok(self.states.programme().decide(command)?.into_iter().map(Event::Programme).collect())
    }

    fn worker(&self, worker: WorkerId, command: WorkerCommand) -> Decision<Vec<Event>> {
        let of = OfWorker { worker, at: self.context.at };
        Ok(self.states.worker(&of.worker).decide(&of, command)?.into_iter().map(Event::Worker).collect())
    }

    fn merchant(&self, merchant: &MerchantId, command: MerchantCommand) -> Decision<Vec<Event>> {
        Ok(self.states.merchant(merchant).decide(merchant, command)?.into_iter().map(Event::Merchant).collect())
    }

    fn store(&self, store: StoreId, command: StoreCommand) -> Decision<Vec<Event>> {
        self.store_at(store, self.context.at, command)
    }

    fn store_at(&self, store: StoreId, at: BusinessTime, command: StoreCommand) -> Decision<Vec<Event>> {
        let frame = AtStore { store, at };
        Ok(self.states.store(&frame.store).decide(&frame, command)?.into_iter().map(Event::Store).collect())
    }

    fn require_merchant(&self, merchant: &MerchantId) -> Decision<()> {
        if self.states.merchant(merchant).exists() {
            return Ok(());
        }
        Err(Refusal::new(Code::UnknownMerchant, format!("no merchant {merchant}; register it first (商户名录)")))
    }

    fn owner(&self, key: &Key, code: Code, message: impl FnOnce() -> String) -> Decision<WorkerId> {
        self.states.owner(key).cloned().ok_or_else(|| Refusal::new(code, message()))
    }

    fn hold_owner(&self, hold: &HoldId) -> Decision<WorkerId> {
        self.owner(&Key::from(hold), Code::UnknownRedemption, || format!("no hold {hold}"))
    }

    fn issue_card(
        &self,
        worker: WorkerId,
        card_no: CardNo,
        branch: crate::domain::ids::BranchId,
        update: bool,
    ) -> Decision<Vec<Event>> {
        let issue = WorkerCommand::IssueCard { card_no: card_no.clone(), branch, update };
        let mut events = self.worker(worker.clone(), issue)?;
        let number = self.states.card(&card_no);
        events.extend(number.decide(AssignNumber { card_no: card_no.clone(), worker })?.into_iter().map(Event::Card));
        Ok(events)
    }

    /// Checks in the order of contract section 4.2: worker, activity, date, quantity, cap.
    fn record_credit(
        &self,
        worker: WorkerId,
        code: &ActivityCode,
        on: Option<NaiveDate>,
        quantity: Option<Quantity>,
        witness: Option<String>,
        evidence: Option<String>,
    ) -> Decision<Vec<Event>> {
        let of = OfWorker { worker, at: self.context.at };
        let state = self.states.worker(&of.worker);
        state.require_present(&of)?;
        let programme = self.states.programme();
        let unknown = |when: &str| {
            Refusal::new(Code::UnknownActivity, format!("no activity {code} in the points schedule (积分标准){when}"))
        };
        if !programme.knows(code) {
            return Err(unknown(""));
        }
        let Some(on) = on.filter(|on| is_plausible(*on)) else {
            return Err(Refusal::new(Code::InvalidDate, "the service date is not a date"));
        };
        let (activity, schedule) =
            programme.activity_on(code, on).ok_or_else(|| unknown(&format!(" in force on {on}")))?;
        let Some(quantity) = quantity.filter(|quantity| quantity.millionths() > 0) else {
            return Err(Refusal::new(Code::InvalidQuantity, "the quantity is not a number above 0"));
        };
        let terms = CreditTerms {
            activity: activity.clone(),
            credit: (&self.context.key).into(),
            evidence,
            on,
            proposed: programme.needs_confirmation(),
            proposer: self.context.actor.clone(),
            quantity,
            schedule,
            step: programme.points_step,
            witness,
        };
        let events = state.decide(&of, WorkerCommand::Credit(Box::new(terms)))?;
        Ok(events.into_iter().map(Event::Worker).collect())
    }

    /// Checks in the order of contract section 4.4: worker, store, item, then date and quantity, then the worker's limit
    /// and points, then the shelf.
    fn quote(&self, asked: &AskedSpending) -> Decision<(OfWorker, Spending)> {
        let of = OfWorker { worker: asked.worker.clone(), at: self.context.at };
        self.states.worker(&asked.worker).require_present(&of)?;
        let store = self.states.store(&asked.store);
        if !store.exists() {
            return Err(Refusal::new(Code::UnknownStore, format!("no store {} (兑换网点)", asked.store)));
        }
        let frame = AtStore { store: asked.store.clone(), at: self.context.at };
        for line in &asked.lines {
            store.require_listing(&frame, &line.sku)?;
        }
        let at = match asked.time {
            AskedTime::Now => self.context.at,
            AskedTime::At(time) => time,
            AskedTime::Unreadable => {
                return Err(Refusal::new(Code::InvalidDate, "the time of redemption is not a time"));
            }
        };
        if asked.lines.is_empty() || asked.lines.len() > LINES_MAX {
            let message = format!("a redemption has 1 to {LINES_MAX} lines, not {}", asked.lines.len());
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if store.is_closed() {
            return Err(Refusal::new(Code::StoreClosed, format!("store {} is closed", asked.store)));
        }
        let mut lines = Vec::with_capacity(asked.lines.len());
        let mut limits = Vec::with_capacity(asked.lines.len());
        for line in &asked.lines {
            let item = store.require_listing(&frame, &line.sku)?;
            let Some(quantity) = line.quantity.filter(|quantity| *quantity > 0) else {
                let message = format!("the quantity of {} is not a whole number above 0", line.sku);
                return Err(Refusal::new(Code::InvalidQuantity, message));
            };
            lines.push(RedeemedLine {
                kind: item.kind.clone(),
                merchant: item.merchant.clone(),
                price: item.price,
                quantity,
                sku: line.sku.clone(),
            });
            limits.push(item.limit_per_worker_year);
        }
        let of = OfWorker { worker: of.worker, at };
        Ok((of, Spending { lines, limits, store: asked.store.clone() }))
    }

    /// The worker after holds that ran out were given back, with the events that do so.
    fn after_due_holds(&self, of: &OfWorker) -> Decision<(Cow<'_, Worker>, Vec<Event>)> {
        let worker = self.states.worker(&of.worker);
        let due: Vec<HoldId> =
            worker.holds().filter(|(_, hold)| hold.expires_at <= of.at).map(|(id, _)| id.clone()).collect();
        let mut worker = Cow::Borrowed(worker);
        let mut events = Vec::new();
        for hold in due {
            let ended = self.end_hold(&worker, &of.worker, hold, true, of.at)?;
            fold_worker(worker.to_mut(), &ended);
            events.extend(ended);
        }
        Ok((worker, events))
    }

    fn store_after(&self, store: &StoreId, events: &[Event]) -> Cow<'_, RedemptionStore> {
        let state = self.states.store(store);
        if events.is_empty() {
            return Cow::Borrowed(state);
        }
        let mut after = state.clone();
        let own: Vec<Event> = events.iter().filter(|event| event.stream_is_store(store)).cloned().collect();
        fold_store(&mut after, &own);
        Cow::Owned(after)
    }

    fn redeem(&self, asked: &AskedSpending) -> Decision<Vec<Event>> {
        let (of, spending) = self.quote(asked)?;
        let (worker, mut events) = self.after_due_holds(&of)?;
        let redemption: RedemptionId = (&self.context.key).into();
        let lines = spending.lines.clone();
        let spent = worker.decide(&of, WorkerCommand::Redeem { redemption: redemption.clone(), spending })?;
        let frame = AtStore { store: asked.store.clone(), at: of.at };
        let issue = StoreCommand::Issue { lines: stock_lines(&lines), redemption: redemption.clone() };
        let issued = self.store_after(&asked.store, &events).decide(&frame, issue)?;
        events.extend(spent.into_iter().map(Event::Worker));
        events.extend(issued.into_iter().map(Event::Store));
        events.extend(self.honour(&lines, of.at, &redemption, &asked.store)?);
        Ok(events)
    }

    fn place_hold(&self, asked: &AskedSpending, lasts_seconds: u32) -> Decision<Vec<Event>> {
        let (of, spending) = self.quote(asked)?;
        let (worker, mut events) = self.after_due_holds(&of)?;
        let hold: HoldId = (&self.context.key).into();
        let lines = stock_lines(&spending.lines);
        let expires_at = of.at.plus_seconds(i64::from(lasts_seconds));
        let held = worker.decide(&of, WorkerCommand::Hold { hold: hold.clone(), spending, expires_at })?;
        let frame = AtStore { store: asked.store.clone(), at: of.at };
        let reserved = self.store_after(&asked.store, &events).decide(&frame, StoreCommand::Reserve { lines, hold })?;
        events.extend(held.into_iter().map(Event::Worker));
        events.extend(reserved.into_iter().map(Event::Store));
        Ok(events)
    }

    fn capture_hold(&self, hold: HoldId) -> Decision<Vec<Event>> {
        let worker = self.hold_owner(&hold)?;
        let of = OfWorker { worker, at: self.context.at };
        let redemption: RedemptionId = (&self.context.key).into();
        let state = self.states.worker(&of.worker);
        let captured =
            state.decide(&of, WorkerCommand::Capture { hold: hold.clone(), redemption: redemption.clone() })?;
        let Some(open) = state.hold(&hold) else { return Err(Refusal::new(Code::UnknownRedemption, "no such hold")) };
        let issue = StoreCommand::IssueReserved {
            lines: stock_lines(&open.lines),
            hold: hold.clone(),
            redemption: redemption.clone(),
        };
        let mut events: Vec<Event> = captured.into_iter().map(Event::Worker).collect();
        events.extend(self.store_at(open.store.clone(), of.at, issue)?);
        events.extend(self.honour(&open.lines, of.at, &redemption, &open.store)?);
        Ok(events)
    }

    fn end_hold(
        &self,
        state: &Worker,
        worker: &WorkerId,
        hold: HoldId,
        expired: bool,
        at: BusinessTime,
    ) -> Decision<Vec<Event>> {
        let of = OfWorker { worker: worker.clone(), at };
        let ended = state.decide(&of, WorkerCommand::Release { hold: hold.clone(), expired })?;
        let Some(open) = state.hold(&hold) else { return Err(Refusal::new(Code::UnknownRedemption, "no such hold")) };
        let (store, lines) = (open.store.clone(), stock_lines(&open.lines));
        let mut events: Vec<Event> = ended.into_iter().map(Event::Worker).collect();
        events.extend(self.store_at(store, at, StoreCommand::Unreserve { lines, hold })?);
        Ok(events)
    }

    fn reverse_redemption(&self, redemption: RedemptionId, reason: String) -> Decision<Vec<Event>> {
        let unknown = || format!("no redemption {redemption}");
        let worker = self.owner(&Key::from(&redemption), Code::UnknownRedemption, unknown)?;
        let at = self.context.at;
        let state = self.states.worker(&worker);
        let reverse = WorkerCommand::ReverseRedemption { redemption: redemption.clone(), reason };
        let mut events = self.worker(worker, reverse)?;
        let Some(made) = state.redemption(&redemption) else {
            return Err(Refusal::new(Code::UnknownRedemption, unknown()));
        };
        let lines = stock_lines(&made.lines);
        let take_back = StoreCommand::TakeBack { lines, redemption: redemption.clone() };
        events.extend(self.store_at(made.store.clone(), at, take_back)?);
        for (merchant, points) in claims(&made.lines) {
            let back = MerchantCommand::ReverseHonour {
                at,
                month: made.at.month(),
                points,
                redemption: redemption.clone(),
                store: made.store.clone(),
            };
            events.extend(self.merchant(&merchant, back)?);
        }
        Ok(events)
    }

    fn honour(
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
fn claims(lines: &[RedeemedLine]) -> BTreeMap<MerchantId, Points> {
    let mut claims = BTreeMap::new();
    for line in lines {
        if let (Some(merchant), Some(points)) = (&line.merchant, line.price.times(line.quantity)) {
            *claims.entry(merchant.clone()).or_insert(Points::ZERO) += points;
        }
    }
    claims
}

fn stock_lines(lines: &[RedeemedLine]) -> Vec<StockLine> {
    lines.iter().map(|line| StockLine { quantity: line.quantity, sku: line.sku.clone() }).collect()
}

fn fold_store(store: &mut RedemptionStore, events: &[Event]) {
    for event in events {
        if let Event::Store(event) = event {
            store.evolve(event);
        }
    }
}

fn fold_worker(worker: &mut Worker, events: &[Event]) {
    for event in events {
        if let Event::Worker(event) = event {
            worker.evolve(event);
        }
    }
}

/// Free texts have a limit, and control characters have no business in them.
fn check_texts(command: &Command) -> Decision<()> {
    let texts: [Option<&str>; 4] = match command {
        Command::DepartWorker { reason, .. }
        | Command::CloseCard { reason, .. }
        | Command::CloseStore { reason, .. }
        | Command::DelistItem { reason, .. }
        | Command::CountStock { reason, .. }
        | Command::WriteOffStock { reason, .. }
        | Command::JudgeCredit { reason, .. }
        | Command::ReverseRedemption { reason, .. } => [Some(reason), None, None, None],
        Command::PaySettlement { reference, .. } => [Some(reference), None, None, None],
        Command::RecordCredit { witness, evidence, .. } => [witness.as_deref(), evidence.as_deref(), None, None],
        Command::RegisterWorker { details, .. } => [Some(&details.occupation), details.platform.as_deref(), None, None],
        Command::RegisterMerchant { details, .. } => {
            [Some(&details.name), Some(&details.uscc), details.category.as_deref(), None]
        }
        Command::OpenStore { details, .. } => {
            [Some(&details.name), Some(&details.tier), details.community.as_deref(), None]
        }
        Command::ListItem { terms, .. } => [Some(&terms.name), Some(&terms.kind), None, None],
        _ => [None; 4],
    };
    for text in texts.into_iter().flatten() {
        if text.chars().count() > REASON_MAX {
            return Err(Refusal::new(Code::TooLarge, format!("a text is longer than {REASON_MAX} characters")));
        }
        if text.chars().any(|found| found.is_control() && found != '\n' && found != '\t') {
            return Err(Refusal::new(Code::InvalidInput, "a text holds control characters"));
        }
    }
    Ok(())
}

impl Event {
    fn stream_is_store(&self, store: &StoreId) -> bool {
        matches!(self, Event::Store(event) if event.store() == store)
    }
}

/// The keyed thing a worker's event made, if it made one: later commands name it by that key alone.
pub fn named_by(event: &WorkerEvent) -> Option<Key> {
    match event {
        WorkerEvent::Redeemed(event) => Some((&event.redemption).into()),
        WorkerEvent::PointsHeld(event) => Some((&event.hold).into()),
        WorkerEvent::HoldCaptured(event) => Some((&event.redemption).into()),
        other => other.as_service().map(|record| (&record.credit).into()),
    }
}
