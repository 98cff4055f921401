//! Refusals: what a command is told when the rules say no. A refusal is a result, never a failure.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The stable codes of contract section 6. Codes are never renamed or reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code, in the contract's order.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as users see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The key, or the id of what is to be registered, was used before with other content.
    DuplicateConflict = "duplicate_conflict",
    /// No such worker.
    UnknownWorker = "unknown_worker",
    /// No such activity in the schedule of that day.
    UnknownActivity = "unknown_activity",
    /// No such store.
    UnknownStore = "unknown_store",
    /// The store does not list the item.
    UnknownItem = "unknown_item",
    /// No such merchant.
    UnknownMerchant = "unknown_merchant",
    /// No such credit.
    UnknownCredit = "unknown_credit",
    /// No such redemption or hold.
    UnknownRedemption = "unknown_redemption",
    /// Not a date, or not one that can hold here.
    InvalidDate = "invalid_date",
    /// Not a quantity, or one that comes to nothing.
    InvalidQuantity = "invalid_quantity",
    /// Anything else that cannot be read.
    InvalidInput = "invalid_input",
    /// The activity's cap of that day is used up.
    DailyCapReached = "daily_cap_reached",
    /// The item's yearly limit for one worker is used up.
    LimitPerWorker = "limit_per_worker",
    /// Too few points can be spent on that day.
    InsufficientPoints = "insufficient_points",
    /// Too few units on the shelf.
    OutOfStock = "out_of_stock",
    /// The proposer may not decide the own proposal.
    SamePerson = "same_person",
    /// The proposal, objection or hold was decided before.
    AlreadyDecided = "already_decided",
    /// The credit or redemption was reversed before.
    AlreadyReversed = "already_reversed",
    /// The hold ran out.
    HoldExpired = "hold_expired",
    /// Only Party members hold a mutual-aid points card.
    NotAPartyMember = "not_a_party_member",
    /// The worker holds a card, or the number belongs to another.
    CardExists = "card_exists",
    /// The store is closed.
    StoreClosed = "store_closed",
    /// The worker has left the programme.
    WorkerDeparted = "worker_departed",
    /// Another service of the worker lies in the same hours.
    HoursOverlap = "hours_overlap",
    /// More hours on one day than the district takes.
    HoursOverDay = "hours_over_day",
    /// One witness vouches for more records on a day than the district takes.
    WitnessOverload = "witness_overload",
    /// The evidence stands in another credit.
    EvidenceReused = "evidence_reused",
    /// Recorded longer after the service than the district takes.
    RecordedLate = "recorded_late",
    /// The service lies within days of the worker's registration.
    NewAccount = "new_account",
    /// The activity's cap of that month is used up.
    MonthlyCapReached = "monthly_cap_reached",
    /// The activity's cap of that year is used up.
    YearlyCapReached = "yearly_cap_reached",
    /// What is asked for does not go with what is held: a role, an appointment on that day, a kind of card.
    NotEligible = "not_eligible",
    /// No such site.
    UnknownSite = "unknown_site",
    /// The site is closed on that day.
    SiteClosed = "site_closed",
    /// No such account.
    UnknownAccount = "unknown_account",
    /// No such service request.
    UnknownRequest = "unknown_request",
    /// The request was merged into an earlier one.
    MergedRequest = "merged_request",
    /// As many have claimed the request as may.
    RequestTaken = "request_taken",
    /// No such pair.
    UnknownPair = "unknown_pair",
    /// The pair does not hold on that day.
    PairEnded = "pair_ended",
    /// Somebody who is not of the pair.
    NotAPartner = "not_a_partner",
    /// No such benefit.
    UnknownBenefit = "unknown_benefit",
    /// The benefit cannot be applied for on that day.
    OutsideWindow = "outside_window",
    /// The certificate was used for a benefit before.
    AlreadyClaimed = "already_claimed",
    /// Not an amount of money that can hold here.
    InvalidAmount = "invalid_amount",
    /// The voucher was used after its last day.
    VoucherExpired = "voucher_expired",
    /// The places are gone, and what waits in the queue cannot be used.
    QuotaFull = "quota_full",
    /// The fund has too little left.
    FundExhausted = "fund_exhausted",
    /// No such pass.
    UnknownPass = "unknown_pass",
    /// The pass was lost before that time.
    PassLost = "pass_lost",
    /// The pass does not hold on that day.
    PassExpired = "pass_expired",
    /// No such offer.
    UnknownOffer = "unknown_offer",
    /// The offer does not hold on that day.
    OfferEnded = "offer_ended",
    /// The worker who served is named as the witness.
    SelfWitness = "self_witness",
    /// Two workers witness for each other.
    WitnessCircle = "witness_circle",
    /// No valid access token.
    Unauthenticated = "unauthenticated",
    /// The role may not do this.
    Forbidden = "forbidden",
    /// Nothing is here.
    NotFound = "not_found",
    /// Over a limit of size.
    TooLarge = "too_large",
    /// Over a limit of rate.
    TooManyRequests = "too_many_requests",
    /// The journal cannot be reached, or the outcome is not known yet.
    JournalUnavailable = "journal_unavailable",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A coded no, with a sentence that names the place and the cure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// For a person.
    pub message: String,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into() }
    }
}

/// What deciding gives: events, or a coded no.
pub type Decision<T> = Result<T, Refusal>;
