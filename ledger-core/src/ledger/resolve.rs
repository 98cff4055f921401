//! What a command needs in memory before it can be decided: keys it names, streams it touches.
//!
//! Nothing slow happens under the head's lock: all of this is loaded before it is taken.

use super::book::Book;
use super::command::{AskedSpending, Command};
use super::process::States;
use crate::domain::event::StreamId;
use crate::domain::ids::{Key, WorkerId};
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
        Command::OpenStore { store, .. }
        | Command::CloseStore { store, .. }
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
        let listing = store.and_then(|store| store.listing(&line.sku));
        needs.extend(listing.and_then(|item| item.merchant.clone()).map(StreamId::Merchant));
    }
    // Holds that ran out are given back before anything is spent, and their stores with them.
    let holds = book.worker(&spending.worker).into_iter().flat_map(Worker::holds);
    needs.extend(holds.map(|(_, hold)| StreamId::Store(hold.store.clone())));
}

/// The worker a keyed thing belongs to, told by the event that made it.
pub fn owner_of(event: &crate::domain::event::Event) -> Option<WorkerId> {
    match event {
        crate::domain::event::Event::Worker(event) => Some(event.worker().clone()),
        _ => None,
    }
}
