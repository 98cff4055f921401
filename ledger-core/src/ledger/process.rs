//! What one command decides across the aggregates it names, all or nothing. Pure: it reads a [`States`] and gives events.

mod spending;

use chrono::NaiveDate;

use super::command::{Command, Context, CreditAction};
use crate::domain::card::{AssignNumber, Card};
use crate::domain::event::{Event, StreamId, Subject};
use crate::domain::ids::{ActivityCode, CardNo, HoldId, Key, MerchantId, StoreId, WorkerId};
use crate::domain::merchant::{Merchant, MerchantCommand};
use crate::domain::programme::command::{GuardAction, Settings};
use crate::domain::programme::{Programme, ProgrammeCommand};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::store::command::{AtStore, StoreDetails};
use crate::domain::store::{RedemptionStore, StoreCommand};
use crate::domain::time::{BusinessTime, is_plausible};
use crate::domain::worker::command::{CreditTerms, CreditVerdict, OfWorker};
use crate::domain::worker::event::WorkerEvent;
use crate::domain::worker::{Worker, WorkerCommand};
use crate::journal::RecordedTime;

/// The most lines one redemption may have.
pub const LINES_MAX: usize = 100;
/// The longest reason or reference, in characters.
pub const REASON_MAX: usize = 500;

/// A decision asked for an aggregate that is not in memory. What it would have been told is not known, so nothing may be
/// decided: a default would switch off every rule that rests on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} was not loaded before the decision")]
pub struct NotLoaded(pub StreamId);

impl From<NotLoaded> for Refusal {
    fn from(not_loaded: NotLoaded) -> Refusal {
        let message = format!("nothing was decided or recorded: {not_loaded}; this is a fault of the program");
        Refusal::new(Code::JournalUnavailable, message)
    }
}

/// The aggregates a decision reads. What was loaded and never recorded is its default: absent. What was not loaded is
/// none of these.
pub trait States {
    /// The programme.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn programme(&self) -> Result<&Programme, NotLoaded>;
    /// A worker.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn worker(&self, id: &WorkerId) -> Result<&Worker, NotLoaded>;
    /// A merchant.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn merchant(&self, id: &MerchantId) -> Result<&Merchant, NotLoaded>;
    /// A store.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn store(&self, id: &StoreId) -> Result<&RedemptionStore, NotLoaded>;
    /// A card number.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn card(&self, id: &CardNo) -> Result<&Card, NotLoaded>;
    /// Whose credit, redemption or hold a command of this key made.
    fn owner(&self, key: &Key) -> Option<&WorkerId>;
}

/// How far business time may lie ahead of the server's clock, in seconds: clocks of two machines never agree.
const AHEAD_MAX: i64 = 5 * 60;

/// The server's clock, as decisions see it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// What it says.
    now: BusinessTime,
    /// The day on which what is decided enters the journal. Recorded time never goes back, though a clock may.
    entry_day: NaiveDate,
}

impl Clock {
    /// From what the clock says and the time that the journal will record.
    pub fn new(now: RecordedTime, recorded_at: RecordedTime) -> Clock {
        Clock { now: now.to_business(), entry_day: recorded_at.to_business().date() }
    }

    /// What has happened by a time must not lie further ahead than clocks differ.
    ///
    /// # Errors
    /// `invalid_date`.
    fn require_past(self, time: BusinessTime, what: &str) -> Decision<()> {
        if time <= self.now.plus_seconds(AHEAD_MAX).unwrap_or(self.now) {
            return Ok(());
        }
        let message = format!("{what} {time} lies ahead of now, {}; enter it once it has happened", self.now);
        Err(Refusal::new(Code::InvalidDate, message))
    }
}

/// Decides one command.
///
/// # Errors
/// The refusal, with the first code in the contract's order of checks.
pub fn decide(states: &impl States, clock: Clock, context: &Context, command: &Command) -> Decision<Vec<Event>> {
    Process { states, clock, context }.decide(command)
}

struct Process<'a, S> {
    states: &'a S,
    clock: Clock,
    context: &'a Context,
}

impl<S: States> Process<'_, S> {
    fn decide(&self, command: &Command) -> Decision<Vec<Event>> {
        check_texts(command)?;
        // Where the command itself says when it happened, its day is judged in the contract's order of checks.
        if !matches!(command, Command::RecordCredit { .. } | Command::Redeem(_) | Command::PlaceHold { .. }) {
            self.clock.require_past(self.context.at, "the business time")?;
        }
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
            Command::OpenStore { store, details, update } => {
                self.check_tier(&details)?;
                self.store(store, StoreCommand::Open { details, update })
            }
            Command::CloseStore { store, reason } => self.store(store, StoreCommand::Close { reason }),
            Command::ReopenStore { store } => self.store(store, StoreCommand::Reopen),
            Command::ListItem { store, sku, terms, opening_stock } => {
                if let Some(merchant) = &terms.merchant {
                    self.require_merchant(merchant)?;
                }
                let first = self.states.store(&store)?.item(&sku).is_none();
                let mut events =
                    self.store(store.clone(), StoreCommand::List { sku: sku.clone(), terms: terms.clone() })?;
                if first && opening_stock > 0 {
                    // The listing is not folded yet, so the shelf is filled beside the store's own check.
                    let mut listed = self.states.store(&store)?.clone();
                    spending::fold_store(&mut listed, &events);
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
            Command::RecordCredit { worker, activity, on, quantity, witness, own_witness, evidence } => {
                let events = self.record_credit(worker, &activity, on, quantity, witness, evidence)?;
                self.guard_witness(own_witness)?;
                Ok(events)
            }
            Command::JudgeCredit { credit, action, reason } => {
                let worker = self.owner(&Key::from(&credit), Code::UnknownCredit, || format!("no credit {credit}"))?;
                let verdict = match action {
                    CreditAction::Confirm => {
                        CreditVerdict::Confirm { publicity_days: self.states.programme()?.publicity_days }
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
            Command::ReleaseHold { hold, expired, reason } => {
                let worker = self.hold_owner(&hold)?;
                let held_by = self.states.worker(&worker)?;
                self.end_hold(held_by, &worker, hold, expired, reason, self.context.at)
            }
            Command::ExpireLots { worker, through } => {
                let today = self.clock.now.date();
                if through > today {
                    let message = format!("lots that end by {through} cannot be booked as expired before, on {today}");
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                self.worker(worker, WorkerCommand::Expire { through })
            }
        }
    }

    fn programme(&self, command: ProgrammeCommand) -> Decision<Vec<Event>> {
        Ok(self.states.programme()?.decide(command)?.into_iter().map(Event::Programme).collect())
    }

    fn worker(&self, worker: WorkerId, command: WorkerCommand) -> Decision<Vec<Event>> {
        let of = OfWorker { worker, at: self.context.at };
        Ok(self.states.worker(&of.worker)?.decide(&of, command)?.into_iter().map(Event::Worker).collect())
    }

    fn merchant(&self, merchant: &MerchantId, command: MerchantCommand) -> Decision<Vec<Event>> {
        Ok(self.states.merchant(merchant)?.decide(merchant, command)?.into_iter().map(Event::Merchant).collect())
    }

    fn store(&self, store: StoreId, command: StoreCommand) -> Decision<Vec<Event>> {
        self.store_at(store, self.context.at, command)
    }

    fn store_at(&self, store: StoreId, at: BusinessTime, command: StoreCommand) -> Decision<Vec<Event>> {
        let frame = AtStore { store, at };
        Ok(self.states.store(&frame.store)?.decide(&frame, command)?.into_iter().map(Event::Store).collect())
    }

    fn require_merchant(&self, merchant: &MerchantId) -> Decision<()> {
        if self.states.merchant(merchant)?.exists() {
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
        let number = self.states.card(&card_no)?;
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
        let state = self.states.worker(&of.worker)?;
        state.require_known(&of)?;
        let programme = self.states.programme()?;
        let unknown = |when: &str| {
            Refusal::new(Code::UnknownActivity, format!("no activity {code} in the points schedule (积分标准){when}"))
        };
        if !programme.knows(code) {
            return Err(unknown(""));
        }
        let Some(on) = on.filter(|on| is_plausible(*on)) else {
            return Err(Refusal::new(Code::InvalidDate, "the service date is not a date"));
        };
        self.clock.require_past(BusinessTime::start_of(on), "the service date")?;
        let (activity, schedule) =
            programme.activity_on(code, on).ok_or_else(|| unknown(&format!(" in force on {on}")))?;
        state.require_present_at(&of, BusinessTime::start_of(on))?;
        let Some(quantity) = quantity.filter(|quantity| quantity.millionths() > 0) else {
            return Err(Refusal::new(Code::InvalidQuantity, "the quantity is not a number above 0"));
        };
        let terms = CreditTerms {
            activity: activity.clone(),
            credit: (&self.context.key).into(),
            entered_on: self.clock.entry_day,
            evidence,
            on,
            proposed: programme.needs_confirmation(),
            proposer: self.context.actor.clone(),
            publicity_days: programme.publicity_days,
            quantity,
            schedule,
            step: programme.points_step,
            witness,
        };
        let events = state.decide(&of, WorkerCommand::Credit(Box::new(terms)))?;
        Ok(events.into_iter().map(Event::Worker).collect())
    }

    /// Nobody vouches for the own service, where the district says so.
    fn guard_witness(&self, own_witness: bool) -> Decision<()> {
        if own_witness && self.states.programme()?.guards.self_witness == GuardAction::Refuse {
            let message = "the witness (证明人) is the worker who served; another person must witness the service";
            return Err(Refusal::new(Code::SelfWitness, message));
        }
        Ok(())
    }

    /// A tier that the district's list does not know is a slip of the pen; without a list, every word is one.
    fn check_tier(&self, details: &StoreDetails) -> Decision<()> {
        let tiers = &self.states.programme()?.tiers;
        if tiers.is_empty() || tiers.contains(&details.tier) {
            return Ok(());
        }
        let message = format!("tier (层级) {:?} is none of the district's: {}", details.tier, tiers.join("、"));
        Err(Refusal::new(Code::InvalidInput, message))
    }
}

/// Free texts have a limit, and control characters have no business in them.
fn check_texts(command: &Command) -> Decision<()> {
    match command {
        Command::OpenJournal { origin, suite } => check_each([origin, suite]),
        Command::Configure(settings) => check_settings(settings),
        Command::AdoptSchedule { activities, settings, .. } => {
            check_settings(settings)?;
            check_each(activities.iter().flat_map(|line| [&line.name, &line.category, &line.unit]))
        }
        Command::DepartWorker { reason, .. }
        | Command::CloseCard { reason, .. }
        | Command::CloseStore { reason, .. }
        | Command::DelistItem { reason, .. }
        | Command::CountStock { reason, .. }
        | Command::WriteOffStock { reason, .. }
        | Command::JudgeCredit { reason, .. }
        | Command::ReverseRedemption { reason, .. } => check_text(reason),
        Command::ReleaseHold { reason, .. } => check_each(reason),
        Command::PaySettlement { reference, .. } => check_text(reference),
        Command::RecordCredit { witness, evidence, .. } => check_each(witness.iter().chain(evidence)),
        Command::RegisterWorker { details, .. } => {
            check_each([&details.occupation].into_iter().chain(&details.platform))
        }
        Command::RegisterMerchant { details, .. } => {
            check_each([&details.name, &details.uscc].into_iter().chain(&details.category))
        }
        Command::OpenStore { details, .. } => {
            check_each([&details.name, &details.tier].into_iter().chain(&details.community))
        }
        Command::ListItem { terms, .. } => check_each([&terms.name, &terms.kind]),
        // These hold nothing but ids, which have limits of their own, numbers and times.
        Command::IssueCard { .. }
        | Command::MoveCard { .. }
        | Command::ReopenStore { .. }
        | Command::Restock { .. }
        | Command::Redeem(_)
        | Command::PlaceHold { .. }
        | Command::CaptureHold { .. }
        | Command::ExpireLots { .. } => Ok(()),
    }
}

fn check_each<'a>(texts: impl IntoIterator<Item = &'a String>) -> Decision<()> {
    texts.into_iter().try_for_each(|text| check_text(text))
}

fn check_settings(settings: &Settings) -> Decision<()> {
    check_each(settings.code.iter().chain(&settings.name).chain(settings.tiers.iter().flatten()))
}

fn check_text(text: &str) -> Decision<()> {
    if text.chars().count() > REASON_MAX {
        return Err(Refusal::new(Code::TooLarge, format!("a text is longer than {REASON_MAX} characters")));
    }
    if text.chars().any(|found| found.is_control() && found != '\n' && found != '\t') {
        return Err(Refusal::new(Code::InvalidInput, "a text holds control characters"));
    }
    Ok(())
}

/// The keyed thing a worker's event made, if it made one: later commands name it by that key alone.
pub fn named_by(event: &WorkerEvent) -> Option<Key> {
    event.begins().and_then(Subject::key)
}
