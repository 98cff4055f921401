//! The rules of a store: nothing leaves the shelf that is not on it.

mod away;

use std::collections::BTreeMap;

use super::command::{AtStore, ItemTerms, StoreDetails};
use super::event::{
    ItemDelisted, ItemListed, StockCounted, StockIssued, StockLine, StockReceived, StockReturned, StockSetAside,
    StockWrittenOff, StoreDoor, StoreEvent, StoreRecorded,
};
use super::state::{Item, RedemptionStore};
use crate::domain::event::V1;
use crate::domain::ids::{DeviceId, HoldId, MerchantId, RedemptionId, Sku};
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};

/// The most units one command may move.
const UNITS_MAX: u32 = 10_000_000;

/// Commands of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreCommand {
    /// Open a store, or bring its particulars up to date.
    Open {
        /// Its particulars.
        details: StoreDetails,
        /// Whether an existing store is updated (a sheet) or refused (the API).
        update: bool,
    },
    /// Close the store: nothing is redeemed there until it opens again.
    Close {
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Open it again.
    Reopen,
    /// List an item, or change its terms.
    List {
        /// The item's number at its store (商品编号).
        sku: Sku,
        /// On what terms.
        terms: ItemTerms,
    },
    /// Take an item off the list.
    Delist {
        /// The item's number at its store (商品编号).
        sku: Sku,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Put units on the shelf.
    Restock {
        /// The item's number at its store (商品编号).
        sku: Sku,
        /// In units of the item.
        quantity: u32,
        /// From whom, when not the listing's merchant.
        merchant: Option<MerchantId>,
    },
    /// Hand out units.
    Issue {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// For which redemption.
        redemption: RedemptionId,
    },
    /// Take units back.
    TakeBack {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// 流水号, or the key of the command that redeemed.
        redemption: RedemptionId,
    },
    /// Set units aside.
    Reserve {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// For which hold.
        hold: HoldId,
    },
    /// Hand out units that were set aside.
    IssueReserved {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// The key of the command that placed it.
        hold: HoldId,
        /// For which redemption.
        redemption: RedemptionId,
    },
    /// Put units that were set aside back on the shelf.
    Unreserve {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// The key of the command that placed it.
        hold: HoldId,
    },
    /// Record a stocktake (盘点).
    Count {
        /// The item's number at its store (商品编号).
        sku: Sku,
        /// Units found, those set aside among them.
        counted: u32,
        /// Why it was counted or what explains the difference.
        reason: String,
    },
    /// Write units off (报损).
    WriteOff {
        /// The item's number at its store (商品编号).
        sku: Sku,
        /// In units of the item.
        quantity: u32,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Make a device the one that captures without the network.
    Enrol {
        /// The counter's device, as it named itself.
        device: DeviceId,
    },
    /// Settle what was handed out unheard and refused.
    Settle {
        /// Which case.
        redemption: RedemptionId,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
}

impl RedemptionStore {
    /// Decides a command of this store.
    ///
    /// # Errors
    /// `unknown_store`, `unknown_item`, `store_closed`, `out_of_stock`, `invalid_quantity`, `invalid_input`,
    /// `already_decided`.
    pub fn decide(&self, frame: &AtStore, command: StoreCommand) -> Decision<Vec<StoreEvent>> {
        if !self.exists() && !matches!(command, StoreCommand::Open { .. }) {
            return Err(Refusal::new(Code::UnknownStore, format!("no store {}; open it first", frame.store)));
        }
        let AtStore { store, at } = frame.clone();
        match command {
            StoreCommand::Enrol { device } => Ok(self.enrol(frame, device)),
            StoreCommand::Settle { redemption, reason } => self.settle(frame, redemption, reason),
            StoreCommand::Open { details, update } => self.open(frame, details, update),
            StoreCommand::Close { reason } => self.door(frame, true, reason),
            StoreCommand::Reopen => self.door(frame, false, String::new()),
            StoreCommand::List { sku, terms } => self.list(frame, sku, terms),
            StoreCommand::Delist { sku, reason } => {
                self.require_listing(frame, &sku)?;
                Ok(vec![StoreEvent::ItemDelisted(ItemDelisted { at, reason, sku, store, v: V1 })])
            }
            StoreCommand::Restock { sku, quantity, merchant } => {
                let terms = self.require_listing(frame, &sku)?;
                check_units(quantity)?;
                let merchant = merchant.or_else(|| terms.merchant.clone());
                Ok(vec![StoreEvent::StockReceived(StockReceived { at, merchant, quantity, sku, store, v: V1 })])
            }
            StoreCommand::Issue { lines, redemption } => {
                self.require_open(frame)?;
                self.require_on_shelf(frame, &lines)?;
                Ok(vec![StoreEvent::StockIssued(StockIssued { at, hold: None, lines, redemption, store, v: V1 })])
            }
            StoreCommand::TakeBack { lines, redemption } => {
                Ok(vec![StoreEvent::StockReturned(StockReturned { at, lines, redemption, store, v: V1 })])
            }
            StoreCommand::Reserve { lines, hold } => {
                self.require_open(frame)?;
                self.require_on_shelf(frame, &lines)?;
                Ok(vec![StoreEvent::StockReserved(StockSetAside { at, hold, lines, store, v: V1 })])
            }
            StoreCommand::IssueReserved { lines, hold, redemption } => {
                self.require_open(frame)?;
                let hold = Some(hold);
                Ok(vec![StoreEvent::StockIssued(StockIssued { at, hold, lines, redemption, store, v: V1 })])
            }
            StoreCommand::Unreserve { lines, hold } => {
                Ok(vec![StoreEvent::StockUnreserved(StockSetAside { at, hold, lines, store, v: V1 })])
            }
            StoreCommand::Count { sku, counted, reason } => self.count(frame, sku, counted, reason),
            StoreCommand::WriteOff { sku, quantity, reason } => {
                check_units(quantity)?;
                self.require_item(frame, &sku)?;
                self.require_on_shelf(frame, &[StockLine { quantity, sku: sku.clone() }])?;
                Ok(vec![StoreEvent::StockWrittenOff(StockWrittenOff { at, quantity, reason, sku, store, v: V1 })])
            }
        }
    }

    /// The terms on which an item is listed at the frame's time.
    ///
    /// # Errors
    /// `unknown_item`.
    pub fn require_listing(&self, frame: &AtStore, sku: &Sku) -> Decision<&ItemTerms> {
        self.terms_at(sku, frame.at).ok_or_else(|| unknown_item(frame, sku))
    }

    fn require_item(&self, frame: &AtStore, sku: &Sku) -> Decision<&Item> {
        self.item(sku).ok_or_else(|| unknown_item(frame, sku))
    }

    /// The store must be open at the frame's time.
    ///
    /// # Errors
    /// `store_closed`.
    pub fn require_open(&self, frame: &AtStore) -> Decision<()> {
        if self.is_closed_at(frame.at) {
            let message = format!("store {} is closed on {}", frame.store, frame.at.date());
            return Err(Refusal::new(Code::StoreClosed, message));
        }
        Ok(())
    }

    fn require_on_shelf(&self, frame: &AtStore, lines: &[StockLine]) -> Decision<()> {
        let mut wanted: BTreeMap<&Sku, u64> = BTreeMap::new();
        for line in lines {
            *wanted.entry(&line.sku).or_default() += u64::from(line.quantity);
        }
        for (sku, quantity) in wanted {
            let on_shelf = self.item(sku).map_or(0, |item| item.on_shelf);
            if on_shelf < quantity {
                return Err(Refusal::new(
                    Code::OutOfStock,
                    format!("{} of {sku} wanted at store {}, {on_shelf} on the shelf", quantity, frame.store),
                ));
            }
        }
        Ok(())
    }

    fn open(&self, frame: &AtStore, details: StoreDetails, update: bool) -> Decision<Vec<StoreEvent>> {
        if self.exists() && !update {
            let message = format!("store {} was opened before; give this one another id", frame.store);
            return Err(Refusal::new(Code::DuplicateConflict, message));
        }
        let details = StoreDetails { site: details.site.or_else(|| self.site().cloned()), ..details };
        if self.has_details(&details) {
            return Ok(Vec::new());
        }
        let StoreDetails { community, name, site, tier } = details;
        let recorded = StoreRecorded { at: frame.at, community, name, site, store: frame.store.clone(), tier, v: V1 };
        Ok(vec![if self.exists() { StoreEvent::StoreUpdated(recorded) } else { StoreEvent::StoreOpened(recorded) }])
    }

    fn door(&self, frame: &AtStore, close: bool, reason: String) -> Decision<Vec<StoreEvent>> {
        if self.is_closed_at(frame.at) == close {
            let state = if close { "closed" } else { "open" };
            return Err(Refusal::new(Code::AlreadyDecided, format!("store {} is {state} already", frame.store)));
        }
        let door = StoreDoor { at: frame.at, reason, store: frame.store.clone(), v: V1 };
        Ok(vec![if close { StoreEvent::StoreClosed(door) } else { StoreEvent::StoreReopened(door) }])
    }

    fn list(&self, frame: &AtStore, sku: Sku, terms: ItemTerms) -> Decision<Vec<StoreEvent>> {
        if !terms.price.is_positive() || terms.price > Points::COMMAND_MAX {
            return Err(Refusal::new(Code::InvalidInput, format!("the price of {sku} must be more than 0 points")));
        }
        if self.item(&sku).is_some_and(|item| item.is_listed_on(&terms, frame.at)) {
            return Ok(Vec::new());
        }
        let ItemTerms { kind, limit_per_worker_year, merchant, name, price } = terms;
        Ok(vec![StoreEvent::ItemListed(ItemListed {
            at: frame.at,
            kind,
            limit_per_worker_year,
            merchant,
            name,
            price,
            sku,
            store: frame.store.clone(),
            v: V1,
        })])
    }

    fn count(&self, frame: &AtStore, sku: Sku, counted: u32, reason: String) -> Decision<Vec<StoreEvent>> {
        let item = self.require_item(frame, &sku)?;
        if counted > UNITS_MAX {
            check_units(counted)?;
        }
        if u64::from(counted) < item.reserved {
            return Err(Refusal::new(
                Code::InvalidQuantity,
                format!("{counted} of {sku} counted, but {} are set aside; release those holds first", item.reserved),
            ));
        }
        let books = item.on_shelf + item.reserved;
        let difference = |more: u64, less: u64| {
            u32::try_from(more.saturating_sub(less)).map_err(|_| {
                let message =
                    format!("{counted} of {sku} counted where the books say {books}; write the rest off first");
                Refusal::new(Code::InvalidQuantity, message)
            })
        };
        Ok(vec![StoreEvent::StockCounted(StockCounted {
            at: frame.at,
            counted,
            found: difference(u64::from(counted), books)?,
            missing: difference(books, u64::from(counted))?,
            reason,
            sku,
            store: frame.store.clone(),
            v: V1,
        })])
    }
}

fn unknown_item(frame: &AtStore, sku: &Sku) -> Refusal {
    Refusal::new(Code::UnknownItem, format!("store {} does not list {sku}", frame.store))
}

fn check_units(quantity: u32) -> Decision<()> {
    if quantity == 0 || quantity > UNITS_MAX {
        return Err(Refusal::new(
            Code::InvalidQuantity,
            format!("{quantity} units; 1 to {UNITS_MAX} can be moved at once"),
        ));
    }
    Ok(())
}
