//! What one command decides across the aggregates it names, all or nothing. Pure: it reads a [`States`] and gives events.

pub(super) mod guards;
pub(super) mod measures;
pub(super) mod places;
pub(super) mod rows;
pub(super) mod spending;

use chrono::NaiveDate;

use super::command::Context;
use super::commands::Command;
use crate::domain::account::{Account, Person};
use crate::domain::benefit::{Benefit, Certificate};
use crate::domain::card::Card;
use crate::domain::directory::Directory;
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::Fund;
use crate::domain::ids::{
    AccountId, Actor, BenefitId, CardNo, CertificateNo, FundId, GrantId, HoldId, Key, MarkId, MerchantId, OfferId,
    PairId, PassNo, RequestId, SelectionId, SiteId, StoreId, WorkerId,
};
use crate::domain::mark::Mark;
use crate::domain::merchant::{Merchant, MerchantCommand};
use crate::domain::pair::Pair;
use crate::domain::pass::{Offer, Pass};
use crate::domain::programme::{Programme, ProgrammeCommand};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::request::ServiceRequest;
use crate::domain::selection::Selection;
use crate::domain::site::{SiteCommand, Sites};
use crate::domain::store::command::AtStore;
use crate::domain::store::{RedemptionStore, StoreCommand};
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::OfWorker;
use crate::domain::worker::{Worker, WorkerCommand, WorkerEvent};
use crate::journal::RecordedTime;

/// The most lines one redemption may have.
pub const LINES_MAX: usize = 100;

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
    /// A mark that guards follow.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn mark(&self, id: &MarkId) -> Result<&Mark, NotLoaded>;
    /// An account.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn account(&self, id: &AccountId) -> Result<&Account, NotLoaded>;
    /// The directory of administrators.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn directory(&self) -> Result<&Directory, NotLoaded>;
    /// The sites.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn sites(&self) -> Result<&Sites, NotLoaded>;
    /// A service request.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn request(&self, id: &RequestId) -> Result<&ServiceRequest, NotLoaded>;
    /// A pair.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn pair(&self, id: &PairId) -> Result<&Pair, NotLoaded>;
    /// A fund.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn fund(&self, id: &FundId) -> Result<&Fund, NotLoaded>;
    /// A benefit.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn benefit(&self, id: &BenefitId) -> Result<&Benefit, NotLoaded>;
    /// A certificate.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn certificate(&self, id: &CertificateNo) -> Result<&Certificate, NotLoaded>;
    /// A pass.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn pass(&self, id: &PassNo) -> Result<&Pass, NotLoaded>;
    /// A offer.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn offer(&self, id: &OfferId) -> Result<&Offer, NotLoaded>;
    /// A selection.
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn selection(&self, id: &SelectionId) -> Result<&Selection, NotLoaded>;
    /// Whose credit, redemption or hold a command of this key made.
    fn owner(&self, key: &Key) -> Option<&WorkerId>;
    /// Whose a grant is.
    fn grantee(&self, grant: &GrantId) -> Option<&AccountId>;
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

    /// The business day that it says.
    pub(super) fn today(self) -> NaiveDate {
        self.now.date()
    }

    /// The day on which what is decided enters the journal.
    pub(super) const fn entry_day(self) -> NaiveDate {
        self.entry_day
    }

    /// The last day that is over by the clock and by the journal, whatever time a command tells.
    pub(super) fn day_that_is_over(self) -> NaiveDate {
        self.today().min(self.entry_day).pred_opt().unwrap_or(NaiveDate::MIN)
    }

    /// What has happened by a time must not lie further ahead than clocks differ.
    ///
    /// # Errors
    /// `invalid_date`.
    pub(super) fn require_past(self, time: BusinessTime, what: &str) -> Decision<()> {
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
    command.check_texts()?;
    command.check_new_ids(&context.key)?;
    if !command.says_when() {
        clock.require_past(context.at, "the business time")?;
    }
    let process = Process { states, clock, context };
    process.require_grant()?;
    command.decide(&process)
}

/// What a command's decision rests on, and what decisions of several commands have in common.
pub(super) struct Process<'a, S> {
    pub(super) states: &'a S,
    pub(super) clock: Clock,
    pub(super) context: &'a Context,
}

impl<S: States> Process<'_, S> {
    pub(super) fn programme(&self, command: ProgrammeCommand) -> Decision<Vec<Event>> {
        Ok(self.states.programme()?.decide(command)?.into_iter().map(Event::Programme).collect())
    }

    pub(super) fn worker(&self, worker: WorkerId, command: WorkerCommand) -> Decision<Vec<Event>> {
        let of = OfWorker { worker, at: self.context.at };
        let state = self.states.worker(&of.worker)?;
        let events = state.decide(&of, command)?;
        let handed_on = self.hand_on(&of, state, &events)?;
        Ok(events.into_iter().chain(handed_on).map(Event::Worker).collect())
    }

    /// A correction of what was under an id that was given up leaves something there: it goes on to the one that is kept.
    fn hand_on(&self, of: &OfWorker, state: &Worker, events: &[WorkerEvent]) -> Decision<Vec<WorkerEvent>> {
        let Some((kept, _)) = state.merged_into() else { return Ok(Vec::new()) };
        let mut after = state.clone();
        events.iter().for_each(|event| after.evolve(event));
        let estate = after.estate_since(state);
        if estate.is_empty() {
            return Ok(Vec::new());
        }
        let mut handed = after.decide(of, WorkerCommand::HandOn { estate: estate.clone() })?;
        let take_over = WorkerCommand::TakeOver { absorbed: of.worker.clone(), estate };
        let of_kept = OfWorker { worker: kept.clone(), at: of.at };
        handed.extend(self.states.worker(kept)?.decide(&of_kept, take_over)?);
        Ok(handed)
    }

    /// Under which id a worker goes on: the own one, unless it was given up.
    pub(super) fn kept_id(&self, worker: &WorkerId) -> Decision<WorkerId> {
        let merged = self.states.worker(worker)?.merged_into();
        Ok(merged.map_or_else(|| worker.clone(), |(kept, _)| kept.clone()))
    }

    pub(super) fn merchant(&self, merchant: &MerchantId, command: MerchantCommand) -> Decision<Vec<Event>> {
        Ok(self.states.merchant(merchant)?.decide(merchant, command)?.into_iter().map(Event::Merchant).collect())
    }

    pub(super) fn store(&self, store: StoreId, command: StoreCommand) -> Decision<Vec<Event>> {
        self.store_at(store, self.context.at, command)
    }

    pub(super) fn store_at(&self, store: StoreId, at: BusinessTime, command: StoreCommand) -> Decision<Vec<Event>> {
        let frame = AtStore { store, at };
        Ok(self.states.store(&frame.store)?.decide(&frame, command)?.into_iter().map(Event::Store).collect())
    }

    /// Whoever acts with an account acts by a grant that holds on the day of the entry. Edges ask before a command comes
    /// here which right it takes; what may have ended since is asked again where nothing comes in between.
    fn require_grant(&self) -> Decision<()> {
        let actor = &self.context.actor;
        if self.states.account(&AccountId::from(actor))?.may_act_on(self.clock.entry_day()) {
            return Ok(());
        }
        let message = format!("no role of {actor} holds today; an administrator can grant one");
        Err(Refusal::new(Code::Forbidden, message))
    }

    /// The person who acts as an actor, under the id that is kept where the worker had several. The account of whoever gives
    /// the command is always loaded; others are streams that a command names.
    pub(super) fn person(&self, actor: &Actor) -> Decision<Person> {
        let account = AccountId::from(actor);
        Ok(match self.states.account(&account)?.person(&account) {
            Person::Worker(worker) => Person::Worker(self.kept_id(&worker)?),
            person @ Person::Account(_) => person,
        })
    }

    pub(super) fn sites(&self, command: SiteCommand) -> Decision<Vec<Event>> {
        Ok(self.states.sites()?.decide(command)?.into_iter().map(Event::Sites).collect())
    }

    /// The site that a worker or store is to belong to: known, and open on the day, but for a register's sheet, whose
    /// rows also tell of what is past.
    pub(super) fn require_site(&self, site: Option<&SiteId>, register: bool) -> Decision<()> {
        let Some(site) = site else { return Ok(()) };
        let sites = self.states.sites()?;
        if register { sites.require(site).map(|_| ()) } else { sites.require_open(site, self.context.at.date()) }
    }

    pub(super) fn require_merchant(&self, merchant: &MerchantId) -> Decision<()> {
        if self.states.merchant(merchant)?.exists() {
            return Ok(());
        }
        Err(Refusal::new(Code::UnknownMerchant, format!("no merchant {merchant}; register it first (商户名录)")))
    }

    pub(super) fn owner(&self, key: &Key, code: Code, message: impl FnOnce() -> String) -> Decision<WorkerId> {
        self.states.owner(key).cloned().ok_or_else(|| Refusal::new(code, message()))
    }

    pub(super) fn hold_owner(&self, hold: &HoldId) -> Decision<WorkerId> {
        self.owner(&Key::from(hold), Code::UnknownRedemption, || format!("no hold {hold}"))
    }
}

/// Folds what was decided of a store into its state.
pub(super) fn fold_store(store: &mut RedemptionStore, events: &[Event]) {
    for event in events {
        if let Event::Store(event) = event {
            store.evolve(event);
        }
    }
}
