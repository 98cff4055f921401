//! What a command needs in memory before it can be decided: keys it names, streams it touches.
//!
//! Nothing slow happens under the head's lock: all of this is loaded before it is taken.

use super::book::Book;
use super::command::{AskedSpending, Command};
use super::process::{States, named_by};
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{Key, WorkerId};
use crate::domain::store::state::Item;
use crate::domain::worker::Worker;

/// The key of an earlier command that this one names, if its worker is not known yet.
pub fn named_key(command: &Command) -> Option<Key> {
    match command {
        Command::JudgeCredit { credit, .. } => Some(credit.into()),
        Command::ReverseRedemption { redemption, .. } => Some(redemption.into()),
        Command::CaptureHold { hold } | Command::ReleaseHold { hold, .. } => Some(hold.into()),
        _ => None,
    }
}

/// The streams that deciding a command reads or writes, as far as what is in memory tells. Asked again after loading,
/// it may name more: a store's listing names its merchants.
pub fn streams(book: &Book, command: &Command) -> Vec<StreamId> {
    let mut needs = Vec::with_capacity(8);
    match command {
        Command::OpenJournal { .. } | Command::Configure(_) | Command::AdoptSchedule { .. } => {
            needs.push(StreamId::Programme);
        }
        Command::RegisterWorker { worker, .. }
        | Command::DepartWorker { worker, .. }
        | Command::MoveCard { worker, .. }
        | Command::CloseCard { worker, .. }
        | Command::ExpireLots { worker, .. } => needs.push(StreamId::Worker(worker.clone())),
        Command::IssueCard { worker, card_no, .. } => {
            needs.extend([StreamId::Worker(worker.clone()), StreamId::Card(card_no.clone())]);
        }
        Command::RegisterMerchant { merchant, .. } | Command::PaySettlement { merchant, .. } => {
            needs.push(StreamId::Merchant(merchant.clone()));
        }
        Command::ListItem { store, terms, .. } => {
            needs.push(StreamId::Store(store.clone()));
            needs.extend(terms.merchant.clone().map(StreamId::Merchant));
        }
        Command::Restock { store, merchant, .. } => {
            needs.push(StreamId::Store(store.clone()));
            needs.extend(merchant.clone().map(StreamId::Merchant));
        }
        Command::OpenStore { store, .. } => needs.extend([StreamId::Programme, StreamId::Store(store.clone())]),
        Command::CloseStore { store, .. }
        | Command::ReopenStore { store }
        | Command::DelistItem { store, .. }
        | Command::CountStock { store, .. }
        | Command::WriteOffStock { store, .. } => needs.push(StreamId::Store(store.clone())),
        Command::RecordCredit { worker, .. } => {
            needs.extend([StreamId::Programme, StreamId::Worker(worker.clone())]);
        }
        Command::JudgeCredit { credit, .. } => {
            needs.push(StreamId::Programme);
            needs.extend(book.owner(&credit.into()).cloned().map(StreamId::Worker));
        }
        Command::Redeem(spending) | Command::PlaceHold { spending, .. } => {
            needs_of_spending(book, spending, &mut needs)
        }
        Command::ReverseRedemption { redemption, .. } => {
            needs.push(StreamId::Programme);
            if let Some(worker) = book.owner(&redemption.into()) {
                needs.push(StreamId::Worker(worker.clone()));
                if let Some(made) = book.worker(worker).ok().and_then(|state| state.redemption(redemption)) {
                    needs.push(StreamId::Store(made.store.clone()));
                    needs.extend(made.lines.iter().filter_map(|line| line.merchant.clone()).map(StreamId::Merchant));
                }
            }
        }
        Command::CaptureHold { hold } | Command::ReleaseHold { hold, .. } => {
            needs.push(StreamId::Programme);
            if let Some(worker) = book.owner(&hold.into()) {
                needs.push(StreamId::Worker(worker.clone()));
                if let Some(open) = book.worker(worker).ok().and_then(|state| state.hold(hold)) {
                    needs.push(StreamId::Store(open.store.clone()));
                    needs.extend(open.lines.iter().filter_map(|line| line.merchant.clone()).map(StreamId::Merchant));
                }
            }
        }
    }
    needs
}

fn needs_of_spending(book: &Book, spending: &AskedSpending, needs: &mut Vec<StreamId>) {
    // The programme too: a rule for the whole district must never be off because nobody loaded it.
    needs.extend([
        StreamId::Programme,
        StreamId::Worker(spending.worker.clone()),
        StreamId::Store(spending.store.clone()),
    ]);
    let store = book.store(&spending.store).ok();
    for line in &spending.lines {
        // Which of its listings counts is told by the day of the redemption.
        let merchants = store.and_then(|store| store.item(&line.sku)).into_iter().flat_map(Item::merchants);
        needs.extend(merchants.cloned().map(StreamId::Merchant));
    }
    // Holds that ran out are given back before anything is spent, and their stores with them.
    let holds = book.worker(&spending.worker).into_iter().flat_map(Worker::holds);
    needs.extend(holds.map(|(_, hold)| StreamId::Store(hold.store.clone())));
}

/// The worker a keyed thing belongs to, told by the event that made it: other events of its command may be of others.
pub fn owner_of(key: &Key, events: &[Event]) -> Option<WorkerId> {
    events.iter().find_map(|event| match event {
        Event::Worker(event) if named_by(event).as_ref() == Some(key) => Some(event.worker().clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::owner_of;
    use crate::domain::event::Event;
    use crate::domain::ids::Key;

    fn event(event_type: &str, payload: &str) -> Event {
        Event::decode(event_type, payload.as_bytes()).expect("a payload")
    }

    #[test]
    fn a_keyed_thing_belongs_to_the_worker_of_the_event_that_made_it() {
        let events = [
            event(
                "HoldExpired",
                r#"{"at":"2024-03-05T08:00:00+08:00","held_at":"2024-03-04T08:00:00+08:00","hold":"H1","lines":[],"lots":[],
                    "points":100,"store":"S1","v":1,"worker":"W2"}"#,
            ),
            event(
                "Redeemed",
                r#"{"at":"2024-03-05T08:00:00+08:00","balance":0,"lines":[],"lots":[],"points":100,"redemption":"R1",
                    "store":"S1","v":1,"worker":"W1"}"#,
            ),
        ];
        let owner = |key: &str| owner_of(&Key::new(key).expect("a key"), &events).map(|worker| worker.to_string());
        assert_eq!(owner("R1").as_deref(), Some("W1"));
        assert_eq!(owner("H1"), None, "it ended here and was made by another command");
    }
}
