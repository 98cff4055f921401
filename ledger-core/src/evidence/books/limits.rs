//! Yearly limits (每人每年限兑): how many units of an item a worker had in a calendar year, over all stores, held to the
//! limit that the store's listing set when they were redeemed or set aside.
//!
//! A voucher captured counts in the year in which it was held; what is given back leaves the year in which it counted.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::names::Names;
use super::reading::LimitEntry;
use crate::domain::ids::{RedemptionId, Sku, StoreId};
use crate::domain::time::BusinessTime;
use crate::domain::worker::event::{HadIn, RedeemedLine};

/// What is known beside the workers.
#[derive(Debug, Default)]
pub(super) struct Limits {
    items: Names<Sku>,
    /// The year in which a redemption counts, where it is not that in which it was made: vouchers held over New Year.
    held_before: HashMap<RedemptionId, i32>,
}

/// What one worker had, by item and year, kept from the events alone. Items are numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Units(BTreeMap<(u32, i32), i64>);

impl Limits {
    /// Follows an event of a worker; `limit_of` says what a store's listing allows of an item now.
    ///
    /// # Errors
    /// What passes which limit.
    pub(super) fn follow(
        &mut self,
        units: &mut Units,
        entry: LimitEntry<'_>,
        limit_of: impl Fn(&StoreId, &Sku) -> Option<u32>,
    ) -> Result<(), String> {
        match entry {
            LimitEntry::None => {}
            LimitEntry::Had(store, lines, at) => self.take(units, lines, at, |sku| limit_of(store, sku))?,
            LimitEntry::Captured { redemption, held_at, at } => {
                if held_at.year() != at.year() {
                    self.held_before.insert(redemption.clone(), held_at.year());
                }
            }
            LimitEntry::Released(lines, held_at) => self.give_back(units, lines, held_at.year()),
            LimitEntry::Reversed(redemption, lines, redeemed_at) => {
                let year = self.held_before.remove(redemption);
                self.give_back(units, lines, year.unwrap_or_else(|| redeemed_at.year()));
            }
            LimitEntry::TakenOver(event) => {
                for (of, more) in self.told(&event.had) {
                    *units.0.entry(of).or_default() += more;
                }
            }
        }
        Ok(())
    }

    /// What an event says that another id had, as [`Units::hand_over`] gives it.
    pub(super) fn told(&mut self, had: &[HadIn]) -> BTreeMap<(u32, i32), i64> {
        had.iter().map(|told| ((self.items.number(&told.sku), told.year), told.units)).collect()
    }

    fn take(
        &mut self,
        units: &mut Units,
        lines: &[RedeemedLine],
        at: BusinessTime,
        limit_of: impl Fn(&Sku) -> Option<u32>,
    ) -> Result<(), String> {
        let year = at.year();
        for line in lines {
            let had = units.0.entry((self.items.number(&line.sku), year)).or_default();
            *had = had.saturating_add(i64::from(line.quantity));
        }
        // An item may stand in several lines: what they come to together is held to its limit.
        for line in lines {
            let Some(limit) = limit_of(&line.sku) else { continue };
            let had = units.0.get(&(self.items.number(&line.sku), year)).copied().unwrap_or(0);
            if had > i64::from(limit) {
                return Err(format!("{had} of {} in {year}, the limit is {limit} a year", line.sku));
            }
        }
        Ok(())
    }

    fn give_back(&mut self, units: &mut Units, lines: &[RedeemedLine], year: i32) {
        for line in lines {
            let had = units.0.entry((self.items.number(&line.sku), year)).or_default();
            *had = had.saturating_sub(i64::from(line.quantity));
        }
    }
}

impl Units {
    /// What was had and not handed over before.
    pub(super) fn hand_over(&mut self) -> BTreeMap<(u32, i32), i64> {
        let mut had = std::mem::take(&mut self.0);
        had.retain(|_, units| *units != 0);
        had
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::Reading;
    use super::{Limits, Units};
    use crate::domain::event::Event;
    use crate::domain::ids::{Sku, StoreId};
    use crate::domain::worker::event::WorkerEvent;

    const OLD: &str = "2023-12-31T23:00:00+08:00";
    const NEW: &str = "2024-01-01T09:00:00+08:00";

    fn event(event_type: &str, quantities: &[u32], more: &str) -> WorkerEvent {
        let lines = quantities
            .iter()
            .map(|quantity| format!(r#"{{"kind":"实物","price":100,"quantity":{quantity},"sku":"SP1"}}"#));
        let lines = lines.collect::<Vec<_>>().join(",");
        let payload = format!(
            r#"{{"balance":0,"lines":[{lines}],"lots":[[1,100]],"points":100,"reason":"误","store":"WD1","v":1,"worker":"W1",{more}}}"#
        );
        match Event::decode(event_type, payload.as_bytes()) {
            Ok(Event::Worker(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    fn redeemed(name: &str, quantities: &[u32], at: &str) -> WorkerEvent {
        event("Redeemed", quantities, &format!(r#""at":"{at}","redemption":"{name}""#))
    }

    fn held(name: &str, quantity: u32, at: &str) -> WorkerEvent {
        let more = format!(r#""at":"{at}","expires_at":"2024-02-01T00:00:00+08:00","hold":"{name}""#);
        event("PointsHeld", &[quantity], &more)
    }

    fn captured(hold: &str, name: &str, quantity: u32, (held_at, at): (&str, &str)) -> WorkerEvent {
        let more = format!(r#""at":"{at}","held_at":"{held_at}","hold":"{hold}","redemption":"{name}""#);
        event("HoldCaptured", &[quantity], &more)
    }

    fn ended(event_type: &str, hold: &str, quantity: u32, (held_at, at): (&str, &str)) -> WorkerEvent {
        event(event_type, &[quantity], &format!(r#""at":"{at}","held_at":"{held_at}","hold":"{hold}""#))
    }

    fn reversed(name: &str, quantity: u32, (redeemed_at, at): (&str, &str)) -> WorkerEvent {
        let more = format!(r#""at":"{at}","redeemed_at":"{redeemed_at}","redemption":"{name}""#);
        event("RedemptionReversed", &[quantity], &more)
    }

    #[derive(Default)]
    struct Books(Limits, Units);

    impl Books {
        fn follow(
            &mut self,
            event: &WorkerEvent,
            limit_of: impl Fn(&StoreId, &Sku) -> Option<u32>,
        ) -> Result<(), String> {
            self.0.follow(&mut self.1, Reading::of(event).limit, limit_of)
        }
    }

    fn three(_: &StoreId, _: &Sku) -> Option<u32> {
        Some(3)
    }

    #[track_caller]
    fn held_to_three(books: &mut Books, events: &[WorkerEvent]) {
        for event in events {
            assert_eq!(books.follow(event, three), Ok(()), "{event:?}");
        }
    }

    #[track_caller]
    fn passes(books: &mut Books, event: &WorkerEvent, had: u32, year: i32) {
        let passed = books.follow(event, three).expect_err("beyond the limit");
        assert_eq!(passed, format!("{had} of SP1 in {year}, the limit is 3 a year"));
    }

    #[test]
    fn a_limit_is_passed_by_the_sum_of_a_year_and_of_all_lines() {
        let mut books = Books::default();
        held_to_three(&mut books, &[redeemed("a", &[1, 2], OLD), redeemed("b", &[3], NEW)]);
        passes(&mut books, &redeemed("c", &[1], NEW), 4, 2024);
        passes(&mut Books::default(), &redeemed("d", &[2, 2], NEW), 4, 2024);
    }

    #[test]
    fn what_is_given_back_is_free_again_in_the_year_in_which_it_counted() {
        let mut books = Books::default();
        held_to_three(&mut books, &[redeemed("a", &[3], OLD), reversed("a", 3, (OLD, NEW)), held("b", 3, OLD)]);
        held_to_three(&mut books, &[ended("HoldReleased", "b", 3, (OLD, NEW)), held("c", 3, OLD)]);
        held_to_three(&mut books, &[ended("HoldExpired", "c", 3, (OLD, NEW)), redeemed("d", &[3], OLD)]);
        held_to_three(&mut books, &[redeemed("e", &[3], NEW)]);
        passes(&mut books, &redeemed("f", &[1], OLD), 4, 2023);
    }

    #[test]
    fn a_voucher_captured_counts_once_and_in_the_year_in_which_it_was_held() {
        let mut books = Books::default();
        held_to_three(&mut books, &[held("a", 3, OLD), captured("a", "b", 3, (OLD, NEW)), redeemed("c", &[3], NEW)]);
        // Made in the new year, as its reversal says; counted in the old one.
        held_to_three(&mut books, &[reversed("b", 3, (NEW, NEW)), redeemed("d", &[3], OLD)]);
        passes(&mut books, &held("e", 1, NEW), 4, 2024);
    }

    #[test]
    fn the_limit_in_force_at_the_redemption_counts() {
        let mut books = Books::default();
        held_to_three(&mut books, &[redeemed("a", &[3], NEW)]);
        assert_eq!(books.follow(&redeemed("b", &[2], NEW), |_, _| None), Ok(()), "listed without a limit");
        assert_eq!(books.follow(&redeemed("c", &[1], NEW), |_, _| Some(6)), Ok(()), "listed anew with another");
        assert!(books.follow(&redeemed("d", &[1], NEW), |_, _| Some(2)).is_err(), "and with a lower one");
    }
}
