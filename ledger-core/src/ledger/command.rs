//! What may be asked of the ledger, as one vocabulary for HTTP, sheets and the command line.

#[cfg(test)]
pub(crate) mod samples;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{
    ActivityCode, Actor, BranchId, CardNo, CreditId, HoldId, Key, MerchantId, RedemptionId, Sku, StoreId, WorkerId,
};
use crate::domain::merchant::command::MerchantDetails;
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::quantity::Quantity;
use crate::domain::schedule::Activity;
use crate::domain::store::command::{ItemTerms, StoreDetails};
use crate::domain::time::{BusinessTime, Month};
use crate::domain::worker::command::WorkerDetails;

/// Around every command: its key, who gave it and when it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Unique in the journal.
    pub key: Key,
    /// Who.
    pub actor: Actor,
    /// Business time where the command itself names none. Not part of the content: a retry a second later is the same
    /// command.
    pub at: BusinessTime,
}

/// A command on its way to the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Around it.
    pub context: Context,
    /// What is asked.
    pub command: Command,
}

/// When a redemption or hold was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskedTime {
    /// At the context's time.
    Now,
    /// At a time that is part of the content (兑换时间).
    At(BusinessTime),
    /// A text that could not be read: refused with `invalid_date`, but only after the checks that come before.
    Unreadable,
}

/// One line of a redemption as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedLine {
    /// Which item.
    pub sku: Sku,
    /// How many; `None` for a text that is no whole number.
    pub quantity: Option<u32>,
}

/// A redemption or hold as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedSpending {
    /// Who spends.
    pub worker: WorkerId,
    /// Where.
    pub store: StoreId,
    /// On what.
    pub lines: Vec<AskedLine>,
    /// When.
    pub time: AskedTime,
}

/// What is asked to be decided about a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditAction {
    /// A second person confirms.
    Confirm,
    /// A second person rejects.
    Reject,
    /// Take back.
    Reverse,
    /// Object.
    Object,
    /// Decide an objection.
    Resolve {
        /// Whether it was right.
        upheld: bool,
    },
}

/// A command. Its serialised form is no record: it lives as long as one message between two processes of one program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Make the journal's first event.
    OpenJournal {
        /// The log's origin.
        origin: String,
        /// The hash suite's name.
        suite: String,
    },
    /// Change the district's settings.
    Configure(Settings),
    /// Adopt a schedule, with settings in the same transaction.
    AdoptSchedule {
        /// The lines.
        activities: Vec<Activity>,
        /// First service date it holds for.
        effective_from: NaiveDate,
        /// Settings to change along with it.
        settings: Settings,
    },
    /// Register a worker; with `update`, bring an existing one up to date.
    RegisterWorker {
        /// Which.
        worker: WorkerId,
        /// The particulars.
        details: WorkerDetails,
        /// Whether an existing worker is updated.
        update: bool,
    },
    /// The worker leaves.
    DepartWorker {
        /// Which.
        worker: WorkerId,
        /// Why.
        reason: String,
    },
    /// Issue a mutual-aid points card; with `update`, bring the card that the worker holds under this number up to
    /// date.
    IssueCard {
        /// To whom.
        worker: WorkerId,
        /// Its number.
        card_no: CardNo,
        /// The branch.
        branch: BranchId,
        /// Whether a card held under this number is updated.
        update: bool,
    },
    /// Move the card to another branch.
    MoveCard {
        /// Whose.
        worker: WorkerId,
        /// The new branch.
        branch: BranchId,
    },
    /// Close the card.
    CloseCard {
        /// Whose.
        worker: WorkerId,
        /// Why.
        reason: String,
    },
    /// Register a merchant; with `update`, bring an existing one up to date.
    RegisterMerchant {
        /// Which.
        merchant: MerchantId,
        /// The particulars.
        details: MerchantDetails,
        /// Whether an existing merchant is updated.
        update: bool,
    },
    /// Record a payment to a merchant.
    PaySettlement {
        /// To whom.
        merchant: MerchantId,
        /// Which month it settles.
        month: Month,
        /// How much.
        points: Points,
        /// The payment's reference.
        reference: String,
    },
    /// Open a store; with `update`, bring an existing one up to date.
    OpenStore {
        /// Which.
        store: StoreId,
        /// The particulars.
        details: StoreDetails,
        /// Whether an existing store is updated.
        update: bool,
    },
    /// Close a store.
    CloseStore {
        /// Which.
        store: StoreId,
        /// Why.
        reason: String,
    },
    /// Open a closed store again.
    ReopenStore {
        /// Which.
        store: StoreId,
    },
    /// List an item or change its terms.
    ListItem {
        /// Where.
        store: StoreId,
        /// Which.
        sku: Sku,
        /// On what terms.
        terms: ItemTerms,
        /// Units put on the shelf when the item is listed there for the first time.
        opening_stock: u32,
    },
    /// Take an item off the list.
    DelistItem {
        /// Where.
        store: StoreId,
        /// Which.
        sku: Sku,
        /// Why.
        reason: String,
    },
    /// Put units on the shelf.
    Restock {
        /// Where.
        store: StoreId,
        /// Which.
        sku: Sku,
        /// How many.
        quantity: u32,
        /// From whom, when not the listing's merchant.
        merchant: Option<MerchantId>,
    },
    /// Record a stocktake.
    CountStock {
        /// Where.
        store: StoreId,
        /// Which.
        sku: Sku,
        /// Units counted.
        counted: u32,
        /// Explanation.
        reason: String,
    },
    /// Write units off.
    WriteOffStock {
        /// Where.
        store: StoreId,
        /// Which.
        sku: Sku,
        /// How many.
        quantity: u32,
        /// Why.
        reason: String,
    },
    /// Record a credit.
    RecordCredit {
        /// Whose.
        worker: WorkerId,
        /// For what.
        activity: ActivityCode,
        /// The service date; `None` for a text that is no date.
        on: Option<NaiveDate>,
        /// Units of service; `None` for a text that is no quantity.
        quantity: Option<Quantity>,
        /// Who witnessed it, as a pseudonym. An annotation, not content.
        witness: Option<String>,
        /// Whether the witness named is the worker: only the edge knows the text behind the pseudonym. An annotation, not
        /// content.
        own_witness: bool,
        /// Digest of its evidence. An annotation, not content.
        evidence: Option<String>,
    },
    /// Decide about a credit.
    JudgeCredit {
        /// Which.
        credit: CreditId,
        /// What.
        action: CreditAction,
        /// Why.
        reason: String,
    },
    /// Spend points.
    Redeem(AskedSpending),
    /// Reverse a redemption.
    ReverseRedemption {
        /// Which.
        redemption: RedemptionId,
        /// Why.
        reason: String,
    },
    /// Set points and goods aside.
    PlaceHold {
        /// For what.
        spending: AskedSpending,
        /// How long it lasts, in seconds from when it is placed.
        lasts_seconds: u32,
    },
    /// Take at the counter what was set aside.
    CaptureHold {
        /// Which.
        hold: HoldId,
    },
    /// Put back what was set aside.
    ReleaseHold {
        /// Which.
        hold: HoldId,
        /// Whether because it ran out.
        expired: bool,
        /// Why, where somebody said.
        reason: Option<String>,
    },
    /// Book a worker's lots that ended by a day as expired.
    ExpireLots {
        /// Whose.
        worker: WorkerId,
        /// The last day looked at.
        through: NaiveDate,
    },
}
