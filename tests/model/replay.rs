//! That what is loaded — a snapshot and the events after it — is what a replay of every event gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use ledger_core::domain::account::Account;
use ledger_core::domain::benefit::{Benefit, Certificate};
use ledger_core::domain::card::Card;
use ledger_core::domain::directory::Directory;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::fund::Fund;
use ledger_core::domain::mark::Mark;
use ledger_core::domain::merchant::Merchant;
use ledger_core::domain::pair::Pair;
use ledger_core::domain::pass::{Offer, Pass};
use ledger_core::domain::programme::Programme;
use ledger_core::domain::request::ServiceRequest;
use ledger_core::domain::selection::Selection;
use ledger_core::domain::site::Sites;
use ledger_core::domain::store::RedemptionStore;
use ledger_core::domain::worker::Worker;
use ledger_core::journal::{Entry, Journal, StoredStream};
use ledger_core::ledger::cache::{Fold, Loaded};

/// Loads every stream of a journal, together and alone, and compares with the replay of its entries.
pub(crate) async fn check(journal: &dyn Journal, entries: &[Entry]) {
    let mut events: BTreeMap<StreamId, Vec<Event>> = BTreeMap::new();
    for entry in entries {
        let event = entry.event().expect("events can be read");
        events.entry(event.stream()).or_default().push(event);
    }
    let streams: Vec<StreamId> = events.keys().cloned().collect();
    let together = journal.load(&streams, true).await.expect("streams load");
    let whole = journal.load(&streams, false).await.expect("streams load");
    let numbers: BTreeSet<u64> = together.iter().map(|stored| stored.stream_no).collect();
    assert_eq!(numbers, (1..=streams.len() as u64).collect(), "streams are numbered without a gap");
    for ((stored, whole), events) in together.iter().zip(&whole).zip(events.values()) {
        check_one(stored, events);
        assert!(whole.snapshot.is_none(), "{} was asked for without its snapshot", whole.stream);
        check_one(whole, events);
        let alone = journal.load(std::slice::from_ref(&stored.stream), true).await.expect("a stream loads");
        assert_eq!(alone.first(), Some(stored), "{} alone and among others", stored.stream);
    }
}

fn check_one(stored: &StoredStream, events: &[Event]) {
    match stored.stream {
        StreamId::Programme => same::<Programme>(stored, events),
        StreamId::Worker(_) => same::<Worker>(stored, events),
        StreamId::Merchant(_) => same::<Merchant>(stored, events),
        StreamId::Store(_) => same::<RedemptionStore>(stored, events),
        StreamId::Card(_) => same::<Card>(stored, events),
        StreamId::Mark(_) => same::<Mark>(stored, events),
        StreamId::Account(_) => same::<Account>(stored, events),
        StreamId::Directory => same::<Directory>(stored, events),
        StreamId::Sites => same::<Sites>(stored, events),
        StreamId::Request(_) => same::<ServiceRequest>(stored, events),
        StreamId::Pair(_) => same::<Pair>(stored, events),
        StreamId::Fund(_) => same::<Fund>(stored, events),
        StreamId::Benefit(_) => same::<Benefit>(stored, events),
        StreamId::Certificate(_) => same::<Certificate>(stored, events),
        StreamId::Pass(_) => same::<Pass>(stored, events),
        StreamId::Offer(_) => same::<Offer>(stored, events),
        StreamId::Selection(_) => same::<Selection>(stored, events),
    }
}

fn same<T: Fold + PartialEq + Debug>(stored: &StoredStream, events: &[Event]) {
    let loaded: Option<Loaded<T>> = Loaded::from_stored(stored).expect("a stored stream folds");
    let loaded = loaded.expect("its snapshot can be read");
    let mut replayed = T::default();
    events.iter().for_each(|event| replayed.fold(event));
    assert_eq!(loaded.state, replayed, "{}", stored.stream);
    assert_eq!(loaded.sequence, events.len() as u64, "{}", stored.stream);
}
