//! The invariants, kept by a bookkeeper who sees the events alone: double entry, lots, shelves, claims. After
//! every single event nothing is below its floor, everything adds up, and no rule about order or caps was broken.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::merchant::event::MerchantEvent;
use ledger_core::domain::points::Points;
use ledger_core::domain::posting::{Account, postings};
use ledger_core::domain::programme::event::ProgrammeEvent;
use ledger_core::domain::store::event::{StockLine, StoreEvent};
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{LotPart, RedeemedLine, ServiceRecorded, WorkerEvent};

/// A lot, as the events tell it.
#[derive(Debug, Clone)]
struct Lot {
    on: NaiveDate,
    last: Option<NaiveDate>,
    left: i64,
    lapsed: i64,
    points: i64,
    activity: String,
    live: bool,
}

/// Where the units of an item are.
#[derive(Debug, Clone, Copy, Default)]
struct Shelf {
    received: i64,
    shelf: i64,
    reserved: i64,
    out: i64,
    lost: i64,
}

/// What a worker's points came to.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    earned: i64,
    redeemed: i64,
    reversed: i64,
}

/// The books.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    accounts: BTreeMap<Account, i64>,
    sums: BTreeMap<String, Sums>,
    lots: BTreeMap<(String, u32), Lot>,
    caps: BTreeMap<(u32, String), Option<i64>>,
    shelves: BTreeMap<(String, String), Shelf>,
    /// Open holds: the parts they took.
    holds: BTreeMap<String, Vec<LotPart>>,
    /// What merchants may claim for live redemptions: the claims that redemptions give, less those entered.
    unclaimed: BTreeMap<(String, String), i64>,
    owed: BTreeMap<String, i64>,
}

impl Books {
    /// Enters one event and checks everything that it could break.
    pub(crate) fn enter(&mut self, event: &Event) {
        self.post(event);
        match event {
            Event::Programme(ProgrammeEvent::ScheduleAdopted(event)) => {
                for line in &event.activities {
                    let cap = line.daily_cap.map(Points::hundredths);
                    self.caps.insert((event.version, line.code.to_string()), cap);
                }
            }
            Event::Worker(event) => self.worker(event),
            Event::Store(event) => self.store(event),
            Event::Merchant(event) => self.merchant(event),
            Event::Programme(_)
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
            | Event::Selection(_) => {}
        }
    }

    /// To be true between commands: every claim of a merchant was entered, and what lots hold is what accounts say.
    pub(crate) fn close(&self) {
        let open: Vec<_> = self.unclaimed.iter().filter(|(_, points)| **points != 0).collect();
        assert!(open.is_empty(), "claims that were never entered: {open:?}");
        for worker in self.sums.keys() {
            let of = |count: fn(&Lot) -> i64| -> i64 {
                self.lots.iter().filter(|((owner, _), _)| owner == worker).map(|(_, lot)| count(lot)).sum()
            };
            assert_eq!(of(|lot| lot.left), self.balance("available", worker), "lots of {worker}");
            assert_eq!(of(|lot| lot.lapsed), self.balance("expired", worker), "lapsed lots of {worker}");
        }
    }

    /// The accounts' sums by group, `redeemed` by store; what is zero is left out.
    pub(crate) fn trial_balance(&self) -> BTreeMap<String, i64> {
        let mut groups: BTreeMap<String, i64> = BTreeMap::new();
        for (account, points) in &self.accounts {
            let group = match account {
                Account::Redeemed(_) => account.to_string(),
                other => other.group().to_owned(),
            };
            *groups.entry(group).or_default() += points;
        }
        groups.retain(|_, points| *points != 0);
        groups
    }

    fn balance(&self, group: &str, worker: &str) -> i64 {
        let wanted = format!("{group}:{worker}");
        self.accounts.iter().filter(|(account, _)| account.to_string() == wanted).map(|(_, points)| points).sum()
    }

    /// Double entry: what goes into one account comes out of others.
    fn post(&mut self, event: &Event) {
        let mut total = 0;
        for posting in postings(event) {
            total += posting.points.hundredths();
            *self.accounts.entry(posting.account).or_default() += posting.points.hundredths();
        }
        assert_eq!(total, 0, "the postings of {event:?}");
        assert_eq!(self.accounts.values().sum::<i64>(), 0, "all accounts");
        for (account, points) in &self.accounts {
            match account {
                Account::Issuance | Account::Debt(_) => assert!(*points <= 0, "{account} is {points} after {event:?}"),
                _ => assert!(*points >= 0, "{account} is {points} after {event:?}"),
            }
        }
    }

    fn worker(&mut self, event: &WorkerEvent) {
        let worker = event.worker().to_string();
        self.sums.entry(worker.clone()).or_default();
        if let Some(record) = event.as_service() {
            self.credit(&worker, record);
        } else {
            self.judge(&worker, event);
            self.spend(&worker, event);
        }
        let Sums { earned, redeemed, reversed } = self.sums[&worker];
        let [available, held, expired, debt] =
            ["available", "held", "expired", "debt"].map(|group| self.balance(group, &worker));
        assert_eq!(earned - debt, redeemed + expired + reversed + held + available, "{worker} after {event:?}");
    }

    fn sum(&mut self, worker: &str) -> &mut Sums {
        self.sums.entry(worker.to_owned()).or_default()
    }

    fn credit(&mut self, worker: &str, record: &ServiceRecorded) {
        let points = record.points.hundredths();
        let day = |lot: &&Lot| lot.live && lot.on == record.on && lot.activity == record.activity.as_str();
        let used: i64 = self.of(worker).map(|(_, lot)| lot).filter(day).map(|lot| lot.points).sum();
        if let Some(Some(cap)) = self.caps.get(&(record.schedule, record.activity.to_string())) {
            assert!(used + points <= *cap, "{worker} passes the cap of {cap} with {record:?}");
        }
        let counted = if record.proposed { 0 } else { points - record.debt_paid.hundredths() };
        let lot = Lot {
            on: record.on,
            last: record.last_day,
            left: counted,
            lapsed: 0,
            points,
            activity: record.activity.to_string(),
            live: true,
        };
        let old = self.lots.insert((worker.to_owned(), record.lot), lot);
        assert!(old.is_none(), "lot {} of {worker} was given before", record.lot);
        if !record.proposed {
            self.sum(worker).earned += points;
        }
    }

    fn of<'a>(&'a self, worker: &'a str) -> impl Iterator<Item = (u32, &'a Lot)> {
        self.lots.iter().filter(move |((owner, _), _)| owner == worker).map(|((_, number), lot)| (*number, lot))
    }

    fn lot(&mut self, worker: &str, number: u32) -> &mut Lot {
        self.lots.get_mut(&(worker.to_owned(), number)).expect("an event names a lot that was recorded")
    }

    fn judge(&mut self, worker: &str, event: &WorkerEvent) {
        match event {
            WorkerEvent::CreditConfirmed(event) => {
                self.lot(worker, event.lot).left = (event.points - event.debt_paid).hundredths();
                self.sum(worker).earned += event.points.hundredths();
            }
            WorkerEvent::CreditRejected(event) => self.lot(worker, event.lot).live = false,
            WorkerEvent::CreditReversed(event) => {
                let (points, expired) = (event.points.hundredths(), event.from_expired.hundredths());
                let lot = self.lot(worker, event.lot);
                assert!(lot.live && lot.points == points, "a reversal takes out exactly its credit: {event:?}");
                assert_eq!((lot.left + expired + event.debt.hundredths(), lot.lapsed), (points, expired), "{event:?}");
                (lot.live, lot.left, lot.lapsed) = (false, 0, 0);
                self.sum(worker).reversed += points;
            }
            WorkerEvent::PointsExpired(event) => self.move_parts(worker, &event.lots, |lot, points| {
                lot.left -= points;
                lot.lapsed += points;
            }),
            WorkerEvent::ExpiryReversed(event) => self.move_parts(worker, &event.lots, |lot, points| {
                lot.lapsed -= points;
                lot.left += points;
            }),
            _ => {}
        }
    }

    fn move_parts(&mut self, worker: &str, parts: &[LotPart], change: impl Fn(&mut Lot, i64)) {
        for LotPart(number, points) in parts {
            let lot = self.lot(worker, *number);
            change(lot, points.hundredths());
            assert!(lot.left >= 0 && lot.lapsed >= 0, "lot {number} of {worker}: {lot:?}");
        }
    }

    /// A debit takes spendable lots, and no lot while one that ends earlier (or, of equals, came earlier) has anything.
    fn take(&mut self, worker: &str, at: BusinessTime, points: Points, parts: &[LotPart]) {
        let day = at.date();
        let order = |number: u32, lot: &Lot| (lot.last.unwrap_or(NaiveDate::MAX), number);
        for LotPart(number, part) in parts {
            let lot = self.lot(worker, *number).clone();
            assert!(lot.on <= day && lot.last.is_none_or(|last| day <= last), "lot {number} on {day}: {lot:?}");
            let passed_over = self.of(worker).find(|(other, earlier)| {
                let spendable = earlier.on <= day && earlier.last.is_none_or(|last| day <= last);
                spendable && earlier.left + earlier.lapsed > 0 && order(*other, earlier) < order(*number, &lot)
            });
            assert!(passed_over.is_none(), "lot {number} of {worker} was taken on {day} before {passed_over:?}");
            assert!(part.is_positive(), "a part of nothing: {parts:?}");
            self.move_parts(worker, &[LotPart(*number, *part)], |lot, part| lot.left -= part);
        }
        assert_eq!(parts.iter().map(|part| part.1).sum::<Points>(), points, "{parts:?}");
    }

    fn spend(&mut self, worker: &str, event: &WorkerEvent) {
        let points = match event {
            WorkerEvent::Redeemed(event) => {
                self.take(worker, event.at, event.points, &event.lots);
                self.claim(event.redemption.as_str(), &event.lines, 1);
                event.points
            }
            WorkerEvent::PointsHeld(event) => {
                self.take(worker, event.at, event.points, &event.lots);
                let old = self.holds.insert(event.hold.to_string(), event.lots.clone());
                assert!(old.is_none(), "hold {} was placed before", event.hold);
                Points::ZERO
            }
            WorkerEvent::HoldCaptured(event) => {
                let held = self.holds.remove(event.hold.as_str());
                assert_eq!(held.as_ref(), Some(&event.lots), "a hold is spent once, from the lots it took");
                self.claim(event.redemption.as_str(), &event.lines, 1);
                event.points
            }
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
                assert!(self.holds.remove(event.hold.as_str()).is_some(), "hold {} ends once", event.hold);
                self.give(worker, event.points - event.debt_paid, &event.lots);
                Points::ZERO
            }
            WorkerEvent::RedemptionReversed(event) => {
                self.give(worker, event.points - event.debt_paid, &event.lots);
                self.claim(event.redemption.as_str(), &event.lines, -1);
                Points::ZERO - event.points
            }
            _ => Points::ZERO,
        };
        self.sum(worker).redeemed += points.hundredths();
    }

    fn give(&mut self, worker: &str, points: Points, parts: &[LotPart]) {
        assert_eq!(parts.iter().map(|part| part.1).sum::<Points>(), points, "{parts:?}");
        self.move_parts(worker, parts, |lot, part| lot.left += part);
    }

    fn claim(&mut self, redemption: &str, lines: &[RedeemedLine], sign: i64) {
        for line in lines {
            if let Some(merchant) = &line.merchant {
                let claim = self.unclaimed.entry((redemption.to_owned(), merchant.to_string())).or_default();
                *claim += sign * line.price.hundredths() * i64::from(line.quantity);
            }
        }
    }

    fn merchant(&mut self, event: &MerchantEvent) {
        let merchant = event.merchant().to_string();
        let (redemption, points) = match event {
            MerchantEvent::VoucherHonoured(event) => (event.redemption.to_string(), event.points.hundredths()),
            MerchantEvent::HonourReversed(event) => (event.redemption.to_string(), -event.points.hundredths()),
            MerchantEvent::SettlementPaid(event) => {
                *self.owed.entry(merchant).or_default() -= event.points.hundredths();
                return;
            }
            // Money is another book.
            MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MoneyTakenBack(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => return,
        };
        *self.unclaimed.entry((redemption, merchant.clone())).or_default() -= points;
        *self.owed.entry(merchant).or_default() += points;
    }

    /// What a merchant is owed over all months.
    pub(crate) fn owed(&self, merchant: &str) -> i64 {
        self.owed.get(merchant).copied().unwrap_or_default()
    }

    fn store(&mut self, event: &StoreEvent) {
        let store = event.store().to_string();
        let one = |quantity: u32, sku: &ledger_core::domain::ids::Sku| vec![StockLine { quantity, sku: sku.clone() }];
        match event {
            StoreEvent::StockReceived(event) => self.units(&store, &one(event.quantity, &event.sku), |item, units| {
                item.received += units;
                item.shelf += units;
            }),
            StoreEvent::StockIssued(event) => {
                let held = event.hold.is_some();
                self.units(&store, &event.lines, |item, units| {
                    *(if held { &mut item.reserved } else { &mut item.shelf }) -= units;
                    item.out += units;
                });
            }
            StoreEvent::StockReturned(event) => self.units(&store, &event.lines, |item, units| {
                item.out -= units;
                item.shelf += units;
            }),
            StoreEvent::StockReserved(event) => self.units(&store, &event.lines, |item, units| {
                item.shelf -= units;
                item.reserved += units;
            }),
            StoreEvent::StockUnreserved(event) => self.units(&store, &event.lines, |item, units| {
                item.reserved -= units;
                item.shelf += units;
            }),
            StoreEvent::StockCounted(event) => {
                self.units(&store, &one(event.found, &event.sku), |item, units| {
                    item.received += units;
                    item.shelf += units;
                });
                self.units(&store, &one(event.missing, &event.sku), |item, units| {
                    item.shelf -= units;
                    item.lost += units;
                });
            }
            StoreEvent::StockWrittenOff(event) => {
                self.units(&store, &one(event.quantity, &event.sku), |item, units| {
                    item.shelf -= units;
                    item.lost += units;
                })
            }
            _ => {}
        }
    }

    fn units(&mut self, store: &str, lines: &[StockLine], change: impl Fn(&mut Shelf, i64)) {
        for line in lines {
            let item = self.shelves.entry((store.to_owned(), line.sku.to_string())).or_default();
            change(item, i64::from(line.quantity));
            let Shelf { received, shelf, reserved, out, lost } = *item;
            assert_eq!(received, shelf + reserved + out + lost, "{store}/{}: {item:?}", line.sku);
            assert!(shelf >= 0 && reserved >= 0 && out >= 0 && lost >= 0, "{store}/{}: {item:?}", line.sku);
        }
    }
}
