//! What a store's event answers: what it is about, who has a part in it, why, and which items it touches. Traces,
//! reports and views ask here. The verifier's books read the items by themselves ([`crate::evidence::books`]).

use super::{
    CaseSettled, DeliveryRefused, DeviceEnrolled, ItemDelisted, ItemListed, StockCounted, StockLine, StockWrittenOff,
    StoreDoor, StoreEvent, StoreRecorded,
};
use crate::domain::event::{Party, Subject};
use crate::domain::ids::Sku;

/// What an event comes to: of many events few acts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StoreAct<'a> {
    /// The particulars, at the beginning or later.
    Particulars(&'a StoreRecorded),
    /// The store closed or opened again.
    Door {
        /// When and why.
        event: &'a StoreDoor,
        /// Whether it closed.
        closed: bool,
    },
    /// An item is listed on new terms.
    Listing(&'a ItemListed),
    /// An item was taken off the list.
    Delisting(&'a ItemDelisted),
    /// Units came, went, were set aside or put back.
    Goods,
    /// The books of an item were put right by hand.
    Correction(StockCorrection<'a>),
    /// A device may capture without the network.
    Device(&'a DeviceEnrolled),
    /// What was handed out unheard was refused.
    Case(&'a DeliveryRefused),
    /// Such a case was settled.
    Settled(&'a CaseSettled),
}

/// The items an event touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Items<'a> {
    /// None.
    None,
    /// One.
    One(&'a Sku),
    /// Those of some lines, of which several may be of one item.
    Lines(&'a [StockLine]),
}

impl<'a> Items<'a> {
    /// The lines; none where the event has one item alone.
    pub const fn lines(self) -> &'a [StockLine] {
        match self {
            Items::Lines(lines) => lines,
            Items::None | Items::One(_) => &[],
        }
    }
}

/// The books of an item put right by hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StockCorrection<'a> {
    /// A stocktake, also one that found the books right.
    Counted(&'a StockCounted),
    /// Units were written off.
    WrittenOff(&'a StockWrittenOff),
}

impl StoreEvent {
    /// The items it touches.
    pub fn items(&self) -> Items<'_> {
        match self {
            StoreEvent::ItemListed(event) => Items::One(&event.sku),
            StoreEvent::ItemDelisted(event) => Items::One(&event.sku),
            StoreEvent::StockReceived(event) => Items::One(&event.sku),
            StoreEvent::StockIssued(event) => Items::Lines(&event.lines),
            StoreEvent::StockReturned(event) => Items::Lines(&event.lines),
            StoreEvent::StockReserved(event) | StoreEvent::StockUnreserved(event) => Items::Lines(&event.lines),
            StoreEvent::StockCounted(event) => Items::One(&event.sku),
            StoreEvent::StockWrittenOff(event) => Items::One(&event.sku),
            StoreEvent::StoreOpened(_)
            | StoreEvent::StoreUpdated(_)
            | StoreEvent::StoreClosed(_)
            | StoreEvent::StoreReopened(_)
            | StoreEvent::DeviceEnrolled(_)
            | StoreEvent::CaseSettled(_) => Items::None,
            // Nothing of it left the books.
            StoreEvent::DeliveryRefused(_) => Items::None,
        }
    }

    /// What it is about: the redemption or hold whose goods move, else the item.
    pub fn subject(&self) -> Option<Subject<'_>> {
        let item = match self.items() {
            Items::One(sku) => Some(Subject::Item(sku)),
            Items::None | Items::Lines(_) => None,
        };
        self.begins().or(self.follows()).or(item)
    }

    /// The redemption or hold whose goods it moves first.
    pub const fn begins(&self) -> Option<Subject<'_>> {
        match self {
            StoreEvent::StockIssued(event) => Some(Subject::Redemption(&event.redemption)),
            StoreEvent::StockReserved(event) => Some(Subject::Hold(&event.hold)),
            StoreEvent::DeliveryRefused(event) => Some(Subject::Redemption(&event.redemption)),
            StoreEvent::DeviceEnrolled(_)
            | StoreEvent::CaseSettled(_)
            | StoreEvent::StockReturned(_)
            | StoreEvent::StockUnreserved(_)
            | StoreEvent::StoreOpened(_)
            | StoreEvent::StoreUpdated(_)
            | StoreEvent::StoreClosed(_)
            | StoreEvent::StoreReopened(_)
            | StoreEvent::ItemListed(_)
            | StoreEvent::ItemDelisted(_)
            | StoreEvent::StockReceived(_)
            | StoreEvent::StockCounted(_)
            | StoreEvent::StockWrittenOff(_) => None,
        }
    }

    /// The redemption or hold whose goods it moves again.
    pub fn follows(&self) -> Option<Subject<'_>> {
        match self {
            StoreEvent::StockIssued(event) => event.hold.as_ref().map(Subject::Hold),
            StoreEvent::StockReturned(event) => Some(Subject::Redemption(&event.redemption)),
            StoreEvent::StockUnreserved(event) => Some(Subject::Hold(&event.hold)),
            StoreEvent::DeliveryRefused(event) => event.hold.as_ref().map(Subject::Hold),
            StoreEvent::CaseSettled(event) => Some(Subject::Redemption(&event.redemption)),
            StoreEvent::DeviceEnrolled(_)
            | StoreEvent::StockReserved(_)
            | StoreEvent::StoreOpened(_)
            | StoreEvent::StoreUpdated(_)
            | StoreEvent::StoreClosed(_)
            | StoreEvent::StoreReopened(_)
            | StoreEvent::ItemListed(_)
            | StoreEvent::ItemDelisted(_)
            | StoreEvent::StockReceived(_)
            | StoreEvent::StockCounted(_)
            | StoreEvent::StockWrittenOff(_) => None,
        }
    }

    /// Who supplies or honours the item.
    pub fn party(&self) -> Option<Party<'_>> {
        match self {
            StoreEvent::ItemListed(event) => event.merchant.as_ref().map(Party::Merchant),
            StoreEvent::StockReceived(event) => event.merchant.as_ref().map(Party::Merchant),
            StoreEvent::StoreOpened(_)
            | StoreEvent::StoreUpdated(_)
            | StoreEvent::StoreClosed(_)
            | StoreEvent::StoreReopened(_)
            | StoreEvent::ItemDelisted(_)
            | StoreEvent::StockIssued(_)
            | StoreEvent::StockReturned(_)
            | StoreEvent::StockReserved(_)
            | StoreEvent::StockUnreserved(_)
            | StoreEvent::StockCounted(_)
            | StoreEvent::StockWrittenOff(_)
            | StoreEvent::DeviceEnrolled(_)
            | StoreEvent::DeliveryRefused(_)
            | StoreEvent::CaseSettled(_) => None,
        }
    }

    /// Why, where a reason was asked for.
    pub fn reason(&self) -> Option<&str> {
        match self {
            StoreEvent::StoreClosed(event) | StoreEvent::StoreReopened(event) => Some(&event.reason),
            StoreEvent::ItemDelisted(event) => Some(&event.reason),
            StoreEvent::StockCounted(event) => Some(&event.reason),
            StoreEvent::StockWrittenOff(event) => Some(&event.reason),
            StoreEvent::CaseSettled(event) => Some(&event.reason),
            StoreEvent::DeliveryRefused(event) => event.note.as_deref(),
            StoreEvent::DeviceEnrolled(_)
            | StoreEvent::StoreOpened(_)
            | StoreEvent::StoreUpdated(_)
            | StoreEvent::ItemListed(_)
            | StoreEvent::StockReceived(_)
            | StoreEvent::StockIssued(_)
            | StoreEvent::StockReturned(_)
            | StoreEvent::StockReserved(_)
            | StoreEvent::StockUnreserved(_) => None,
        }
    }

    /// What it comes to.
    pub const fn act(&self) -> StoreAct<'_> {
        match self {
            StoreEvent::StoreOpened(event) | StoreEvent::StoreUpdated(event) => StoreAct::Particulars(event),
            StoreEvent::StoreClosed(event) => StoreAct::Door { event, closed: true },
            StoreEvent::StoreReopened(event) => StoreAct::Door { event, closed: false },
            StoreEvent::ItemListed(event) => StoreAct::Listing(event),
            StoreEvent::ItemDelisted(event) => StoreAct::Delisting(event),
            StoreEvent::StockReceived(_)
            | StoreEvent::StockIssued(_)
            | StoreEvent::StockReturned(_)
            | StoreEvent::StockReserved(_)
            | StoreEvent::StockUnreserved(_) => StoreAct::Goods,
            StoreEvent::StockCounted(event) => StoreAct::Correction(StockCorrection::Counted(event)),
            StoreEvent::StockWrittenOff(event) => StoreAct::Correction(StockCorrection::WrittenOff(event)),
            StoreEvent::DeviceEnrolled(event) => StoreAct::Device(event),
            StoreEvent::DeliveryRefused(event) => StoreAct::Case(event),
            StoreEvent::CaseSettled(event) => StoreAct::Settled(event),
        }
    }

    /// The books of an item put right by hand.
    pub const fn as_correction(&self) -> Option<StockCorrection<'_>> {
        if let StoreAct::Correction(correction) = self.act() { Some(correction) } else { None }
    }

    /// Goods that were handed out before the ledger was asked, and that it refused.
    pub const fn as_case(&self) -> Option<&DeliveryRefused> {
        if let StoreAct::Case(case) = self.act() { Some(case) } else { None }
    }

    /// That such a case was settled.
    pub const fn as_settled(&self) -> Option<&CaseSettled> {
        if let StoreAct::Settled(settled) = self.act() { Some(settled) } else { None }
    }
}
