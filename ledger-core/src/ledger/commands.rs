//! Every command that may be given, each defined once: its content, its texts, what it needs in memory, and how it is
//! decided all stand in its own file below. The list here is what the compiler holds all of them to.

pub mod accounts;
pub mod appointments;
pub mod approvals;
pub mod beforehand;
pub mod benefits;
pub mod cards;
pub mod claims;
pub(crate) mod content;
pub mod credits;
pub mod deliveries;
pub mod holds;
pub mod merchants;
pub mod programme;
pub mod redemptions;
pub mod registers;
pub mod requests;
pub mod reversals;
pub mod routing;
#[cfg(test)]
pub(crate) mod samples;
pub mod selections;
pub mod sites;
pub mod stand_ins;
pub mod statements;
pub mod stock;
pub mod stores;
pub mod visits;
pub mod withdrawals;
pub mod workers;

use serde::{Deserialize, Serialize};

pub use accounts::{ConfirmGrant, EndGrant, GrantRole, OpenAccount};
pub use appointments::{ConfirmAppointment, ProposeAppointment, RejectAppointment};
pub use approvals::{CheckBenefit, ProposeBenefit, RejectBenefit};
pub use benefits::{ApplyBenefit, UseBenefit, UsePass};
pub use cards::{CloseCard, IssueCard, MoveCard};
pub use claims::{ClaimRequest, ReportHandling, ReturnClaim};
pub use credits::{JudgeCredit, RecordCredit, SettleCredit};
pub use deliveries::{DeliverRedemption, EnrolDevice, ProofTold, SettleCase};
pub use holds::{CaptureHold, PlaceHold, ReleaseHold};
pub use merchants::{PaySettlement, RegisterMerchant};
pub use programme::{AdoptSchedule, OpenJournal, SealAppraisal};
pub use redemptions::ReverseRedemption;
pub use registers::{IssuePass, OpenPair, RegisterAppointment, RegisterBenefit, RegisterFund, RegisterOffer};
pub use requests::{PostRequest, RateHandling, RecordHandling};
pub use reversals::{ReverseBenefitUse, ReversePassUse};
pub use routing::{MergeRequest, RouteRequest, WithdrawRequest};
pub use selections::{
    AnnounceSelection, AnswerObjection, DrawSelection, GiveWord, ObjectToSelection, RecordResult, ReviseSelection,
    SealSelection,
};
pub use sites::{CloseSite, MoveSite, OpenSite, SetServices};
pub use stand_ins::StandInForVisit;
pub use statements::{
    AcknowledgeStatement, AnswerDispute, ConfirmStatement, DisputeStatement, PayBody, PrepareStatement,
};
pub use stock::{CountStock, Restock, WriteOffStock};
pub use stores::{CloseStore, DelistItem, ListItem, OpenStore, ReopenStore};
pub use visits::{ConfirmVisit, RecordVisit};
pub use withdrawals::WithdrawBenefit;
pub use workers::{DepartWorker, EraseWorker, ExpireLots, MergeWorkers, RegisterWorker};

use super::book::Book;
use super::command::AskedSpending;
use super::process::{Process, States};
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::Key;
use crate::domain::programme::command::Settings;
use crate::domain::refusal::{Code, Decision, Refusal};
use beforehand::{About, AtCounter, Begins, check_no_number};
use content::Content;

/// All that the ledger must know of a command. Nothing has a default: what is forgotten does not compile.
pub(in crate::ledger) trait Definition {
    /// Writes the command's name and the fields that decide its effect, for its [`crate::journal::fingerprint::Fingerprint`].
    /// Journals hold digests of it for ever: what is written is never changed, and a field that comes later is written
    /// behind the others and only where it is set. Annotations are left out (docs/decisions/004).
    fn write_content(&self, content: &mut Content);

    /// Its free texts, which all have the same limits.
    fn texts(&self) -> impl Iterator<Item = &String>;

    /// Whether it says itself when it happened. Its day is then judged in the contract's order of checks, by its own
    /// decision; of all others the context's time is judged first.
    fn says_when(&self) -> bool;

    /// The key of the earlier command that it names, where that alone tells whose worker it touches.
    fn named_key(&self) -> Option<Key>;

    /// The ids that come into the journal by it, and what each of them is: none may hold a person's number. Credits,
    /// redemptions and holds are named after their command's key.
    fn new_ids<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)>;

    /// Its free text that belongs into the vault, and whom it is about. A payment's reference names a payment and nobody.
    fn free_text(&mut self) -> Option<(About, &mut String)>;

    /// What it begins that a later command may name.
    fn begins(&self) -> Option<Begins<'_>>;

    /// What it does at a counter, where a customer may have to prove who they are.
    fn at_counter(&mut self) -> Option<AtCounter<'_>>;

    /// The settings that it changes: what is decided behind it in the same round is decided by them.
    fn settings(&self) -> Option<&Settings>;

    /// Adds the streams that deciding it reads or writes, as far as what is in memory tells. Asked again after loading,
    /// it may name more: a store's listing names its merchants.
    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>);

    /// What it decides, all or nothing.
    ///
    /// # Errors
    /// The refusal, with the first code in the contract's order of checks.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>>;
}

/// The longest reason or reference, in characters.
pub const REASON_MAX: usize = 500;

/// What a free text is held to.
///
/// # Errors
/// `too_large`, `invalid_input`.
pub fn check_text(text: &str) -> Decision<()> {
    if text.chars().count() > REASON_MAX {
        return Err(Refusal::new(Code::TooLarge, format!("a text is longer than {REASON_MAX} characters")));
    }
    if text.chars().any(|found| found.is_control() && found != '\n' && found != '\t') {
        return Err(Refusal::new(Code::InvalidInput, "a text holds control characters"));
    }
    check_no_number(text, "a text")
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($definition:ty),)*) => {
        /// A command. Its serialised form is no record: it lives as long as one message between two processes of one
        /// program.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Command {
            $($(#[$doc])* $name($definition),)*
        }

        /// What tests hold the list of samples to.
        #[cfg(test)]
        impl Command {
            /// The names of all commands.
            pub(crate) const NAMES: &'static [&'static str] = &[$(stringify!($name),)*];

            /// The command's name.
            pub(crate) const fn name(&self) -> &'static str {
                match self { $(Command::$name(_) => stringify!($name),)* }
            }
        }

        impl Command {
            /// See [`Definition::write_content`].
            pub(in crate::ledger) fn write_content(&self, content: &mut Content) {
                match self { $(Command::$name(command) => command.write_content(content),)* }
            }

            /// Free texts have a limit, and control characters have no business in them.
            pub(in crate::ledger) fn check_texts(&self) -> Decision<()> {
                match self { $(Command::$name(command) => command.texts().try_for_each(|text| check_text(text)),)* }
            }

            /// See [`Definition::says_when`].
            pub(in crate::ledger) fn says_when(&self) -> bool {
                match self { $(Command::$name(command) => command.says_when(),)* }
            }

            /// See [`Definition::named_key`].
            pub(in crate::ledger) fn named_key(&self) -> Option<Key> {
                match self { $(Command::$name(command) => command.named_key(),)* }
            }

            /// No id that comes in by this command, which has a key, holds a phone or identity number.
            ///
            /// # Errors
            /// `invalid_input`.
            pub(in crate::ledger) fn check_new_ids(&self, key: &Key) -> Decision<()> {
                match self {
                    $(Command::$name(command) => {
                        command.new_ids(key).try_for_each(|(id, what)| check_no_number(id, what))
                    })*
                }
            }

            /// Its free text that belongs into the vault, and whom it is about.
            pub fn free_text(&mut self) -> Option<(About, &mut String)> {
                match self { $(Command::$name(command) => command.free_text(),)* }
            }

            /// What it begins that a later command may name.
            pub fn begins(&self) -> Option<Begins<'_>> {
                match self { $(Command::$name(command) => command.begins(),)* }
            }

            /// What it does at a counter, where a customer may have to prove who they are.
            pub fn at_counter(&mut self) -> Option<AtCounter<'_>> {
                match self { $(Command::$name(command) => command.at_counter(),)* }
            }

            /// See [`Definition::settings`].
            pub fn settings(&self) -> Option<&Settings> {
                match self { $(Command::$name(command) => command.settings(),)* }
            }

            /// See [`Definition::name_streams`].
            pub(in crate::ledger) fn streams(&self, book: &Book) -> Vec<StreamId> {
                let mut streams = Vec::with_capacity(8);
                match self { $(Command::$name(command) => command.name_streams(book, &mut streams),)* }
                streams
            }

            /// See [`Definition::decide`].
            pub(in crate::ledger) fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
                match self { $(Command::$name(command) => command.decide(process),)* }
            }
        }

        $(impl From<$definition> for Command {
            fn from(command: $definition) -> Command {
                Command::$name(command)
            }
        })*
    };
}

commands! {
    /// Make the journal's first event.
    OpenJournal(OpenJournal),
    /// Change the district's settings.
    Configure(Settings),
    /// Adopt a schedule, with settings in the same transaction.
    AdoptSchedule(AdoptSchedule),
    /// Close a branch's appraisal of a year.
    SealAppraisal(SealAppraisal),
    /// Register a worker.
    RegisterWorker(RegisterWorker),
    /// The worker leaves.
    DepartWorker(DepartWorker),
    /// Forget the person behind a worker, or confirm that.
    EraseWorker(EraseWorker),
    /// Go on with the account of one id under another one of the same person.
    MergeWorkers(MergeWorkers),
    /// Issue a mutual-aid points card.
    IssueCard(IssueCard),
    /// Move the card to another branch.
    MoveCard(MoveCard),
    /// Close the card.
    CloseCard(CloseCard),
    /// Register a merchant.
    RegisterMerchant(RegisterMerchant),
    /// Record a payment to a merchant.
    PaySettlement(PaySettlement),
    /// Prepare the statement of a month.
    PrepareStatement(PrepareStatement),
    /// Dispute a line of a merchant's.
    DisputeStatement(DisputeStatement),
    /// Say, as the merchant, that its own is right.
    AcknowledgeStatement(AcknowledgeStatement),
    /// Answer such a dispute.
    AnswerDispute(AnswerDispute),
    /// Confirm the statement of a month.
    ConfirmStatement(ConfirmStatement),
    /// Record that a body paid its own.
    PayBody(PayBody),
    /// Open a store.
    OpenStore(OpenStore),
    /// Close a store.
    CloseStore(CloseStore),
    /// Open a closed store again.
    ReopenStore(ReopenStore),
    /// List an item or change its terms.
    ListItem(ListItem),
    /// Take an item off the list.
    DelistItem(DelistItem),
    /// Put units on the shelf.
    Restock(Restock),
    /// Record a stocktake.
    CountStock(CountStock),
    /// Write units off.
    WriteOffStock(WriteOffStock),
    /// Record a credit.
    RecordCredit(RecordCredit),
    /// Decide about a credit.
    JudgeCredit(JudgeCredit),
    /// Carry out what comes of a credit by itself.
    SettleCredit(SettleCredit),
    /// Spend points.
    Redeem(AskedSpending),
    /// Reverse a redemption.
    ReverseRedemption(ReverseRedemption),
    /// Set points and goods aside.
    PlaceHold(PlaceHold),
    /// Take at the counter what was set aside.
    CaptureHold(CaptureHold),
    /// Put back what was set aside.
    ReleaseHold(ReleaseHold),
    /// Tell what a counter handed out before the ledger was asked.
    DeliverRedemption(DeliverRedemption),
    /// Settle what was refused of it.
    SettleCase(SettleCase),
    /// Make a device the one that captures without the network.
    EnrolDevice(EnrolDevice),
    /// Book a worker's lots that ended by a day as expired.
    ExpireLots(ExpireLots),
    /// Open an account.
    OpenAccount(OpenAccount),
    /// Grant an account a role.
    GrantRole(GrantRole),
    /// Confirm a grant that waits for a second administrator.
    ConfirmGrant(ConfirmGrant),
    /// End a grant.
    EndGrant(EndGrant),
    /// Open a site.
    OpenSite(OpenSite),
    /// Hang a site elsewhere.
    MoveSite(MoveSite),
    /// Close a site.
    CloseSite(CloseSite),
    /// Change what a site offers.
    SetServices(SetServices),
    /// Appoint a worker.
    RegisterAppointment(RegisterAppointment),
    /// Propose to appoint a worker.
    ProposeAppointment(ProposeAppointment),
    /// Confirm that.
    ConfirmAppointment(ConfirmAppointment),
    /// Send it back.
    RejectAppointment(RejectAppointment),
    /// Pair two workers.
    OpenPair(OpenPair),
    /// Record a visit.
    RecordVisit(RecordVisit),
    /// Confirm a visit that waits.
    ConfirmVisit(ConfirmVisit),
    /// Confirm a visit in place of the partner who left, as the branch of the pair.
    StandInForVisit(StandInForVisit),
    /// Post a service request.
    PostRequest(PostRequest),
    /// Record work on a request.
    RecordHandling(RecordHandling),
    /// Say what work that waits was worth.
    RateHandling(RateHandling),
    /// Claim a request.
    ClaimRequest(ClaimRequest),
    /// Report the work of a claim.
    ReportHandling(ReportHandling),
    /// Give a claim up.
    ReturnClaim(ReturnClaim),
    /// Pass a request on.
    RouteRequest(RouteRequest),
    /// Take a request back.
    WithdrawRequest(WithdrawRequest),
    /// Link a request to an earlier one.
    MergeRequest(MergeRequest),
    /// Register a fund.
    RegisterFund(RegisterFund),
    /// Register a benefit.
    RegisterBenefit(RegisterBenefit),
    /// Apply for a benefit, or use one.
    ApplyBenefit(ApplyBenefit),
    /// Use what was given.
    UseBenefit(UseBenefit),
    /// Give a benefit back, or wait for it no more.
    WithdrawBenefit(WithdrawBenefit),
    /// Propose a benefit to the bodies that approve it.
    ProposeBenefit(ProposeBenefit),
    /// Approve it for one of them.
    CheckBenefit(CheckBenefit),
    /// Send it back.
    RejectBenefit(RejectBenefit),
    /// Take the use of a benefit back.
    ReverseBenefitUse(ReverseBenefitUse),
    /// Issue a pass.
    IssuePass(IssuePass),
    /// Register an offer.
    RegisterOffer(RegisterOffer),
    /// Honour a pass.
    UsePass(UsePass),
    /// Take a slip back.
    ReversePassUse(ReversePassUse),
    /// Announce a selection.
    AnnounceSelection(AnnounceSelection),
    /// Agree to be a candidate, or withdraw.
    GiveWord(GiveWord),
    /// Fix a selection's inputs.
    SealSelection(SealSelection),
    /// Draw a short list.
    DrawSelection(DrawSelection),
    /// Object to a selection's list.
    ObjectToSelection(ObjectToSelection),
    /// Answer such an objection.
    AnswerObjection(AnswerObjection),
    /// Put a list right.
    ReviseSelection(ReviseSelection),
    /// Record that a meeting decided.
    RecordResult(RecordResult),
}
