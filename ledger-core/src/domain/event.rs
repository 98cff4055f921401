//! The union of all events, the stream each belongs to, and the version mark of their payloads.

mod subject;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::account::AccountEvent;
use super::benefit::{BenefitEvent, CertificateEvent};
use super::card::CardEvent;
use super::directory::DirectoryEvent;
use super::fund::FundEvent;
use super::ids::{
    AccountId, BenefitId, CardNo, CertificateNo, FundId, MarkId, MerchantId, OfferId, PairId, PassNo, RequestId,
    SelectionId, StoreId, WorkerId,
};
use super::mark::MarkEvent;
use super::merchant::event::MerchantEvent;
use super::pair::PairEvent;
use super::pass::{OfferEvent, PassEvent};
use super::programme::event::{JournalOpened, ProgrammeEvent};
use super::request::RequestEvent;
use super::selection::SelectionEvent;
use super::site::event::SiteEvent;
use super::store::event::StoreEvent;
use super::time::BusinessTime;
use super::worker::event::WorkerEvent;
pub use subject::{Party, Subject};

/// The payload's version 1, written as the field `v`. A payload of another version is not read by the current
/// type but goes through [`crate::journal::upcast`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct V1;

impl Serialize for V1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(1)
    }
}

impl<'de> Deserialize<'de> for V1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<V1, D::Error> {
        match u8::deserialize(deserializer)? {
            1 => Ok(V1),
            other => Err(serde::de::Error::custom(format_args!("payload version {other}, not 1"))),
        }
    }
}

/// The stream (aggregate instance) an event belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// The district's programme; one a journal.
    Programme,
    /// A worker.
    Worker(WorkerId),
    /// A merchant.
    Merchant(MerchantId),
    /// A redemption store.
    Store(StoreId),
    /// A card number.
    Card(CardNo),
    /// A mark that guards follow.
    Mark(MarkId),
    /// An account.
    Account(AccountId),
    /// The directory of administrators; one a journal.
    Directory,
    /// The tree of sites; one a journal.
    Sites,
    /// A service request.
    Request(RequestId),
    /// A pair.
    Pair(PairId),
    /// A fund.
    Fund(FundId),
    /// A benefit.
    Benefit(BenefitId),
    /// A certificate.
    Certificate(CertificateNo),
    /// A pass.
    Pass(PassNo),
    /// A offer.
    Offer(OfferId),
    /// A selection.
    Selection(SelectionId),
}

impl StreamId {
    /// The aggregate's type name, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            StreamId::Programme => "Programme",
            StreamId::Worker(_) => "Worker",
            StreamId::Merchant(_) => "Merchant",
            StreamId::Store(_) => "RedemptionStore",
            StreamId::Card(_) => "Card",
            StreamId::Mark(_) => "Mark",
            StreamId::Account(_) => "Account",
            StreamId::Directory => "Directory",
            StreamId::Sites => "Sites",
            StreamId::Request(_) => "ServiceRequest",
            StreamId::Pair(_) => "Pair",
            StreamId::Fund(_) => "Fund",
            StreamId::Benefit(_) => "Benefit",
            StreamId::Certificate(_) => "Certificate",
            StreamId::Pass(_) => "Pass",
            StreamId::Offer(_) => "Offer",
            StreamId::Selection(_) => "Selection",
        }
    }

    /// The instance's id, as stored.
    pub fn id(&self) -> &str {
        match self {
            StreamId::Programme => "programme",
            StreamId::Worker(id) => id.as_str(),
            StreamId::Merchant(id) => id.as_str(),
            StreamId::Store(id) => id.as_str(),
            StreamId::Card(id) => id.as_str(),
            StreamId::Mark(id) => id.as_str(),
            StreamId::Account(id) => id.as_str(),
            StreamId::Directory => "directory",
            StreamId::Sites => "sites",
            StreamId::Request(id) => id.as_str(),
            StreamId::Pair(id) => id.as_str(),
            StreamId::Fund(id) => id.as_str(),
            StreamId::Benefit(id) => id.as_str(),
            StreamId::Certificate(id) => id.as_str(),
            StreamId::Pass(id) => id.as_str(),
            StreamId::Offer(id) => id.as_str(),
            StreamId::Selection(id) => id.as_str(),
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind(), self.id())
    }
}

/// Any event of the journal.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Of the programme.
    Programme(ProgrammeEvent),
    /// Of a worker.
    Worker(WorkerEvent),
    /// Of a merchant.
    Merchant(MerchantEvent),
    /// Of a redemption store.
    Store(StoreEvent),
    /// Of a card number.
    Card(CardEvent),
    /// Of a mark that guards follow.
    Mark(MarkEvent),
    /// Of an account.
    Account(AccountEvent),
    /// Of the directory of administrators.
    Directory(DirectoryEvent),
    /// Of the sites.
    Sites(SiteEvent),
    /// Of a service request.
    Request(RequestEvent),
    /// Of a pair.
    Pair(PairEvent),
    /// Of a fund.
    Fund(FundEvent),
    /// Of a benefit.
    Benefit(BenefitEvent),
    /// Of a certificate.
    Certificate(CertificateEvent),
    /// Of a pass.
    Pass(PassEvent),
    /// Of a offer.
    Offer(OfferEvent),
    /// Of a selection.
    Selection(SelectionEvent),
}

/// Why a recorded payload cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// No event has this type.
    #[error("unknown event type {0:?}: written by a newer version of this program?")]
    UnknownType(String),
    /// The payload is not what the type says.
    #[error("payload of {event_type} cannot be read: {cause}")]
    Payload {
        /// The recorded type.
        event_type: String,
        /// What the decoder said.
        cause: serde_json::Error,
    },
}

impl Event {
    /// The type name, as recorded.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Event::Programme(event) => event.event_type(),
            Event::Worker(event) => event.event_type(),
            Event::Merchant(event) => event.event_type(),
            Event::Store(event) => event.event_type(),
            Event::Card(event) => event.event_type(),
            Event::Mark(event) => event.event_type(),
            Event::Account(event) => event.event_type(),
            Event::Directory(event) => event.event_type(),
            Event::Sites(event) => event.event_type(),
            Event::Request(event) => event.event_type(),
            Event::Pair(event) => event.event_type(),
            Event::Fund(event) => event.event_type(),
            Event::Benefit(event) => event.event_type(),
            Event::Certificate(event) => event.event_type(),
            Event::Pass(event) => event.event_type(),
            Event::Offer(event) => event.event_type(),
            Event::Selection(event) => event.event_type(),
        }
    }

    /// Every type name that this version writes.
    pub fn all_types() -> impl Iterator<Item = &'static str> {
        [
            ProgrammeEvent::TYPES,
            WorkerEvent::TYPES,
            MerchantEvent::TYPES,
            StoreEvent::TYPES,
            CardEvent::TYPES,
            MarkEvent::TYPES,
            AccountEvent::TYPES,
            DirectoryEvent::TYPES,
            SiteEvent::TYPES,
            RequestEvent::TYPES,
            PairEvent::TYPES,
            FundEvent::TYPES,
            BenefitEvent::TYPES,
            CertificateEvent::TYPES,
            PassEvent::TYPES,
            OfferEvent::TYPES,
            SelectionEvent::TYPES,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    /// The name for people of the events of a type; blank for a type that this version does not know.
    pub fn word_of(event_type: &str) -> &'static str {
        [
            ProgrammeEvent::WORDS,
            WorkerEvent::WORDS,
            MerchantEvent::WORDS,
            StoreEvent::WORDS,
            CardEvent::WORDS,
            MarkEvent::WORDS,
            AccountEvent::WORDS,
            DirectoryEvent::WORDS,
            SiteEvent::WORDS,
            RequestEvent::WORDS,
            PairEvent::WORDS,
            FundEvent::WORDS,
            BenefitEvent::WORDS,
            CertificateEvent::WORDS,
            PassEvent::WORDS,
            OfferEvent::WORDS,
            SelectionEvent::WORDS,
        ]
        .into_iter()
        .flatten()
        .find_map(|(named, word)| (*named == event_type).then_some(*word))
        .unwrap_or_default()
    }

    /// Appends the canonical JSON of the payload (RFC 8785: keys sorted, no blanks, integers only).
    ///
    /// # Errors
    /// When the serializer fails, which no payload type of ours does.
    pub fn encode_into(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self {
            Event::Programme(event) => event.encode_into(out),
            Event::Worker(event) => event.encode_into(out),
            Event::Merchant(event) => event.encode_into(out),
            Event::Store(event) => event.encode_into(out),
            Event::Card(event) => event.encode_into(out),
            Event::Mark(event) => event.encode_into(out),
            Event::Account(event) => event.encode_into(out),
            Event::Directory(event) => event.encode_into(out),
            Event::Sites(event) => event.encode_into(out),
            Event::Request(event) => event.encode_into(out),
            Event::Pair(event) => event.encode_into(out),
            Event::Fund(event) => event.encode_into(out),
            Event::Benefit(event) => event.encode_into(out),
            Event::Certificate(event) => event.encode_into(out),
            Event::Pass(event) => event.encode_into(out),
            Event::Offer(event) => event.encode_into(out),
            Event::Selection(event) => event.encode_into(out),
        }
    }

    /// Reads a payload of the current version.
    ///
    /// # Errors
    /// [`DecodeError`] for an unknown type or an unreadable payload.
    pub fn decode(event_type: &str, payload: &[u8]) -> Result<Event, DecodeError> {
        match text(payload) {
            Ok(payload) => Event::decode_text(event_type, payload),
            Err(cause) if Event::all_types().any(|known| known == event_type) => {
                Err(DecodeError::Payload { event_type: event_type.to_owned(), cause })
            }
            Err(_) => Err(DecodeError::UnknownType(event_type.to_owned())),
        }
    }

    /// Reads a payload of the current version that is known to be text.
    ///
    /// # Errors
    /// As [`Event::decode`].
    pub fn decode_text(event_type: &str, payload: &str) -> Result<Event, DecodeError> {
        let unreadable = |cause| DecodeError::Payload { event_type: event_type.to_owned(), cause };
        // The kinds in the order of how many events they have; each is given out at once, for an event is large.
        if let Some(event) = WorkerEvent::decode(event_type, payload) {
            return event.map(Event::Worker).map_err(unreadable);
        }
        if let Some(event) = StoreEvent::decode(event_type, payload) {
            return event.map(Event::Store).map_err(unreadable);
        }
        if let Some(event) = MerchantEvent::decode(event_type, payload) {
            return event.map(Event::Merchant).map_err(unreadable);
        }
        if let Some(event) = ProgrammeEvent::decode(event_type, payload) {
            return event.map(Event::Programme).map_err(unreadable);
        }
        if let Some(event) = CardEvent::decode(event_type, payload) {
            return event.map(Event::Card).map_err(unreadable);
        }
        if let Some(event) = MarkEvent::decode(event_type, payload) {
            return event.map(Event::Mark).map_err(unreadable);
        }
        if let Some(event) = AccountEvent::decode(event_type, payload) {
            return event.map(Event::Account).map_err(unreadable);
        }
        if let Some(event) = DirectoryEvent::decode(event_type, payload) {
            return event.map(Event::Directory).map_err(unreadable);
        }
        if let Some(event) = SiteEvent::decode(event_type, payload) {
            return event.map(Event::Sites).map_err(unreadable);
        }
        if let Some(event) = RequestEvent::decode(event_type, payload) {
            return event.map(Event::Request).map_err(unreadable);
        }
        if let Some(event) = PairEvent::decode(event_type, payload) {
            return event.map(Event::Pair).map_err(unreadable);
        }
        if let Some(event) = FundEvent::decode(event_type, payload) {
            return event.map(Event::Fund).map_err(unreadable);
        }
        if let Some(event) = BenefitEvent::decode(event_type, payload) {
            return event.map(Event::Benefit).map_err(unreadable);
        }
        if let Some(event) = CertificateEvent::decode(event_type, payload) {
            return event.map(Event::Certificate).map_err(unreadable);
        }
        if let Some(event) = PassEvent::decode(event_type, payload) {
            return event.map(Event::Pass).map_err(unreadable);
        }
        if let Some(event) = OfferEvent::decode(event_type, payload) {
            return event.map(Event::Offer).map_err(unreadable);
        }
        if let Some(event) = SelectionEvent::decode(event_type, payload) {
            return event.map(Event::Selection).map_err(unreadable);
        }
        Err(DecodeError::UnknownType(event_type.to_owned()))
    }

    /// The stream the event belongs to, told by its payload.
    pub fn stream(&self) -> StreamId {
        match self {
            Event::Programme(_) => StreamId::Programme,
            Event::Worker(event) => StreamId::Worker(event.worker().clone()),
            Event::Merchant(event) => StreamId::Merchant(event.merchant().clone()),
            Event::Store(event) => StreamId::Store(event.store().clone()),
            Event::Card(event) => StreamId::Card(event.card_no().clone()),
            Event::Mark(event) => StreamId::Mark(event.marked().mark.clone()),
            Event::Account(event) => StreamId::Account(event.account().clone()),
            Event::Directory(_) => StreamId::Directory,
            Event::Sites(_) => StreamId::Sites,
            Event::Request(event) => StreamId::Request(event.request().clone()),
            Event::Pair(event) => StreamId::Pair(event.pair().clone()),
            Event::Fund(event) => StreamId::Fund(event.fund().clone()),
            Event::Benefit(event) => StreamId::Benefit(event.benefit().clone()),
            Event::Certificate(event) => StreamId::Certificate(event.certificate().clone()),
            Event::Pass(event) => StreamId::Pass(event.pass().clone()),
            Event::Offer(event) => StreamId::Offer(event.offer().clone()),
            Event::Selection(event) => StreamId::Selection(event.selection().clone()),
        }
    }

    /// When it happened, where that means anything.
    pub fn at(&self) -> Option<BusinessTime> {
        match self {
            Event::Programme(_) | Event::Card(_) | Event::Certificate(_) => None,
            Event::Worker(event) => Some(event.at()),
            Event::Merchant(event) => Some(event.at()),
            Event::Store(event) => Some(event.at()),
            Event::Mark(event) => Some(event.marked().at),
            Event::Account(event) => Some(event.at()),
            Event::Directory(event) => Some(event.at()),
            Event::Sites(event) => Some(event.at()),
            Event::Request(event) => Some(event.at()),
            Event::Pair(event) => Some(event.at()),
            Event::Fund(event) => Some(event.at()),
            Event::Benefit(event) => Some(event.at()),
            Event::Pass(event) => Some(event.at()),
            Event::Offer(event) => Some(event.at()),
            Event::Selection(event) => Some(event.at()),
        }
    }

    /// The business day on which it happened: a credit's service date, however late it was entered.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Event::Worker(event) => Some(event.day()),
            Event::Mark(event) => Some(event.marked().on),
            Event::Programme(_)
            | Event::Merchant(_)
            | Event::Store(_)
            | Event::Card(_)
            | Event::Account(_)
            | Event::Directory(_)
            | Event::Sites(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => self.at().map(|at| at.date()),
        }
    }

    /// What it is about, within its stream.
    pub fn subject(&self) -> Option<Subject<'_>> {
        match self {
            Event::Programme(_)
            | Event::Sites(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => None,
            Event::Fund(event) => event.month().map(Subject::Month),
            Event::Worker(event) => event.subject(),
            Event::Merchant(event) => event.subject(),
            Event::Store(event) => event.subject(),
            Event::Card(event) => Some(Subject::Card(event.card_no())),
            Event::Mark(event) => Some(Subject::Credit(&event.marked().credit)),
            Event::Account(event) => event.subject(),
            Event::Directory(event) => Some(Subject::Grant(event.grant())),
        }
    }

    /// The credit, redemption, hold or grant that it begins, which later events name.
    pub fn begins(&self) -> Option<Subject<'_>> {
        match self {
            Event::Worker(event) => event.begins(),
            Event::Store(event) => event.begins(),
            Event::Account(event) => event.begins(),
            Event::Programme(_)
            | Event::Merchant(_)
            | Event::Card(_)
            | Event::Directory(_)
            | Event::Sites(_)
            | Event::Mark(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => None,
        }
    }

    /// The credit, redemption, hold or grant begun earlier that it corrects or finishes.
    pub fn follows(&self) -> Option<Subject<'_>> {
        match self {
            Event::Worker(event) => event.follows(),
            Event::Store(event) => event.follows(),
            Event::Account(event) => event.follows(),
            Event::Directory(event) => Some(Subject::Grant(event.grant())),
            Event::Programme(_)
            | Event::Merchant(_)
            | Event::Card(_)
            | Event::Sites(_)
            | Event::Mark(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => None,
        }
    }

    /// Who has a part in it beside the one whose event it is.
    pub fn party(&self) -> Option<Party<'_>> {
        match self {
            Event::Programme(_)
            | Event::Sites(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_) => None,
            Event::Worker(event) => event.party(),
            Event::Merchant(event) => event.party(),
            Event::Store(event) => event.party(),
            Event::Card(event) => Some(Party::Worker(event.worker())),
            Event::Account(event) => event.party(),
            Event::Selection(event) => event.candidate().map(Party::Worker),
            Event::Directory(_) | Event::Mark(_) => None,
        }
    }

    /// Why, where a reason was given; of a payment, its reference.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Event::Worker(event) => event.reason(),
            Event::Merchant(event) => event.reason(),
            Event::Store(event) => event.reason(),
            Event::Account(event) => event.reason(),
            Event::Sites(event) => event.reason(),
            Event::Selection(event) => event.reason(),
            Event::Programme(_)
            | Event::Card(_)
            | Event::Directory(_)
            | Event::Mark(_)
            | Event::Pair(_)
            | Event::Certificate(_)
            | Event::Offer(_) => None,
            Event::Fund(event) => event.reason(),
            Event::Benefit(event) => event.reason(),
            Event::Pass(event) => event.reason(),
            Event::Request(event) => event.reason(),
        }
    }

    /// What it says of the journal, for the event that opens it.
    pub const fn as_opening(&self) -> Option<&JournalOpened> {
        match self {
            Event::Programme(event) => event.as_opening(),
            Event::Worker(_)
            | Event::Merchant(_)
            | Event::Store(_)
            | Event::Card(_)
            | Event::Account(_)
            | Event::Directory(_)
            | Event::Sites(_)
            | Event::Mark(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => None,
        }
    }
}

/// A payload as text: looked over once, its strings need no look of their own.
fn text(payload: &[u8]) -> serde_json::Result<&str> {
    str::from_utf8(payload).map_err(|error| {
        // The reader of bytes says where in the JSON it stands.
        let refused = serde_json::from_slice::<serde_json::Value>(payload).err();
        refused.unwrap_or_else(|| serde::de::Error::custom(error))
    })
}

macro_rules! union_of {
    ($($payload:ty => $variant:ident $as_payload:ident),*) => {
        impl Event {$(
            /// The event, where it is one of that aggregate.
            pub const fn $as_payload(&self) -> Option<&$payload> {
                if let Event::$variant(event) = self { Some(event) } else { None }
            }
        )*}

        $(impl From<$payload> for Event {
            fn from(event: $payload) -> Event {
                Event::$variant(event)
            }
        })*
    };
}

union_of!(ProgrammeEvent => Programme as_programme, WorkerEvent => Worker as_worker,
 MerchantEvent => Merchant as_merchant , StoreEvent => Store as_store , CardEvent => Card as_card , AccountEvent => Account as_account , DirectoryEvent => Directory as_directory , SiteEvent => Sites as_site , MarkEvent => Mark as_mark, RequestEvent => Request as_request , PairEvent => Pair as_pair , FundEvent => Fund as_fund , BenefitEvent => Benefit as_benefit , CertificateEvent => Certificate as_certificate , PassEvent => Pass as_pass , OfferEvent => Offer as_offer , SelectionEvent => Selection as_selection );

#[cfg(test)]
pub(crate) mod tests;
