//! The kinds of aggregates that are kept in memory, listed once: a slot for each, and all that is done to an aggregate of
//! whatever kind. A new kind is a line of the list, and without it nothing that names a stream or an event compiles.

use super::cache::{Cache, Fold, Loaded};
use super::process::NotLoaded;
use crate::domain::account::Account;
use crate::domain::benefit::{Benefit, Certificate};
use crate::domain::card::Card;
use crate::domain::directory::Directory;
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::Fund;
use crate::domain::ids::{
    AccountId, BenefitId, CardNo, CertificateNo, FundId, MarkId, MerchantId, OfferId, PairId, PassNo, RequestId,
    SelectionId, StoreId, WorkerId,
};
use crate::domain::layout;
use crate::domain::mark::Mark;
use crate::domain::merchant::Merchant;
use crate::domain::pair::Pair;
use crate::domain::pass::{Offer, Pass};
use crate::domain::programme::Programme;
use crate::domain::request::ServiceRequest;
use crate::domain::selection::Selection;
use crate::domain::site::Sites;
use crate::domain::store::RedemptionStore;
use crate::domain::worker::Worker;
use crate::journal::{JournalError, Snapshot, StoredStream};

/// An event's stream's number, whether the stream begins with it, and its sequence.
pub type InStream = (u64, bool, u64);

macro_rules! slots {
    ($(
        $slot:ident: $aggregate:ty, by $id:ty, with $layout:path $(, weighing $parts:path)? {
            $variant:ident, $stream:pat => $of_stream:expr, $event:pat => $of_event:expr
        }
    )*) => {
        /// The aggregates in memory, by kind.
        #[derive(Default)]
        pub struct Slots {
            $(pub(super) $slot: Cache<$id, $aggregate>,)*
        }

        /// States set aside before a group of commands that stands or falls together.
        #[derive(Default)]
        pub struct SavedSlots {
            $($slot: Vec<($id, Loaded<$aggregate>)>,)*
        }

        $(impl Fold for $aggregate {
            const LAYOUT: u32 = $layout;

            fn fold(&mut self, event: &Event) {
                if let Event::$variant(event) = event {
                    self.evolve(event);
                }
            }

            $(fn parts(&self) -> usize {
                $parts(self)
            })?
        })*

        impl Slots {
            /// Whether a stream is in memory; keeps it from falling out soon.
            pub fn touch(&mut self, stream: &StreamId) -> bool {
                match stream { $($stream => self.$slot.touch($of_stream),)* }
            }

            /// Whether the aggregate that an event belongs to is in memory.
            pub fn has_stream_of(&self, event: &Event) -> bool {
                match event { $($event => self.$slot.peek($of_event).is_some(),)* }
            }

            /// Takes a loaded stream in; false when its snapshot cannot be read and the whole stream is needed instead.
            ///
            /// # Errors
            /// [`JournalError::Damaged`].
            pub fn insert(&mut self, stored: &StoredStream) -> Result<bool, JournalError> {
                match &stored.stream {
                    $($stream => {
                        let Some(loaded) = Loaded::from_stored(stored)? else { return Ok(false) };
                        self.$slot.put($of_stream.clone(), loaded);
                    })*
                }
                Ok(true)
            }

            /// Folds an event that somebody else appended, if its aggregate is here.
            pub fn follow(&mut self, event: &Event, sequence: u64) {
                match event { $($event => self.$slot.follow($of_event, event, sequence),)* }
            }

            /// Folds an event just decided, numbering its stream when it begins; also tells whether a snapshot is due.
            pub fn apply(&mut self, event: &Event, streams: &mut u64, every: u64) -> (InStream, bool) {
                match event {
                    $($event => self.$slot.change($of_event, |loaded| fold_own(loaded, event, streams, every)),)*
                }
            }

            /// A snapshot of an aggregate, when it is due.
            pub fn due_snapshot(&mut self, stream: &StreamId, every: u64) -> Option<Snapshot> {
                match stream { $($stream => self.$slot.due_snapshot($of_stream, every),)* }
            }

            /// Lets of each kind fall out what was used longest ago, down to a weight in bytes, but never the `kept` used
            /// last.
            pub fn trim(&mut self, max: usize, kept: usize) {
                $(self.$slot.trim(max, kept);)*
            }

            /// About how many bytes of memory all of them take.
            pub const fn weight(&self) -> usize {
                0 $(+ self.$slot.weight())*
            }

            /// Sets aside the states of streams, as far as they are here.
            pub fn save(&self, streams: &[StreamId]) -> SavedSlots {
                let mut saved = SavedSlots::default();
                for stream in streams {
                    match stream {
                        $($stream => {
                            let id = $of_stream;
                            saved.$slot.extend(self.$slot.peek(id).map(|loaded| (id.clone(), loaded.clone())));
                        })*
                    }
                }
                saved
            }

            /// Brings saved states back.
            pub fn roll_back(&mut self, saved: SavedSlots) {
                $(saved.$slot.into_iter().for_each(|(id, loaded)| self.$slot.put(id, loaded));)*
            }
        }
    };
}

slots! {
    programme: Programme, by (), with layout::PROGRAMME {
        Programme, StreamId::Programme => &(), Event::Programme(_) => &()
    }
    workers: Worker, by WorkerId, with layout::WORKER, weighing Worker::parts {
        Worker, StreamId::Worker(id) => id, Event::Worker(own) => own.worker()
    }
    merchants: Merchant, by MerchantId, with layout::MERCHANT {
        Merchant, StreamId::Merchant(id) => id, Event::Merchant(own) => own.merchant()
    }
    stores: RedemptionStore, by StoreId, with layout::STORE {
        Store, StreamId::Store(id) => id, Event::Store(own) => own.store()
    }
    cards: Card, by CardNo, with layout::CARD {
        Card, StreamId::Card(id) => id, Event::Card(own) => own.card_no()
    }
    marks: Mark, by MarkId, with layout::MARK {
        Mark, StreamId::Mark(id) => id, Event::Mark(own) => &own.marked().mark
    }
    accounts: Account, by AccountId, with layout::ACCOUNT {
        Account, StreamId::Account(id) => id, Event::Account(own) => own.account()
    }
    directory: Directory, by (), with layout::DIRECTORY {
        Directory, StreamId::Directory => &(), Event::Directory(_) => &()
    }
    sites: Sites, by (), with layout::SITES {
        Sites, StreamId::Sites => &(), Event::Sites(_) => &()
    }
    requests: ServiceRequest, by RequestId, with layout::REQUEST {
        Request, StreamId::Request(id) => id, Event::Request(own) => own.request()
    }
    pairs: Pair, by PairId, with layout::PAIR {
        Pair, StreamId::Pair(id) => id, Event::Pair(own) => own.pair()
    }
    funds: Fund, by FundId, with layout::FUND {
        Fund, StreamId::Fund(id) => id, Event::Fund(own) => own.fund()
    }
    benefits: Benefit, by BenefitId, with layout::BENEFIT {
        Benefit, StreamId::Benefit(id) => id, Event::Benefit(own) => own.benefit()
    }
    certificates: Certificate, by CertificateNo, with layout::CERTIFICATE {
        Certificate, StreamId::Certificate(id) => id, Event::Certificate(own) => own.certificate()
    }
    passes: Pass, by PassNo, with layout::PASS {
        Pass, StreamId::Pass(id) => id, Event::Pass(own) => own.pass()
    }
    offers: Offer, by OfferId, with layout::OFFER {
        Offer, StreamId::Offer(id) => id, Event::Offer(own) => own.offer()
    }
    selections: Selection, by SelectionId, with layout::SELECTION, weighing Selection::size {
        Selection, StreamId::Selection(id) => id, Event::Selection(own) => own.selection()
    }
}

/// Folds an event of the ledger's own; also tells whether a snapshot is due.
fn fold_own<T: Fold>(loaded: &mut Loaded<T>, event: &Event, streams: &mut u64, every: u64) -> (InStream, bool) {
    let begins = loaded.stream_no == 0;
    if begins {
        *streams += 1;
        loaded.stream_no = *streams;
    }
    loaded.fold(event);
    ((loaded.stream_no, begins, loaded.sequence), loaded.is_snapshot_due(every))
}

/// What is in memory; what is not is an error, never a default.
///
/// # Errors
/// [`NotLoaded`].
pub fn found<'a, K: std::hash::Hash + Eq + Clone, T: Fold>(
    cache: &'a Cache<K, T>,
    id: &K,
    stream: impl FnOnce(K) -> StreamId,
) -> Result<&'a T, NotLoaded> {
    cache.peek(id).map(|loaded| &loaded.state).ok_or_else(|| NotLoaded(stream(id.clone())))
}
