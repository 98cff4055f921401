//! The reference for a fund's months: what was set aside and given back in each, and how far three people have come with
//! its statement. Written from the contract's "prepare, confirm, pay by three different people" and docs/decisions/054.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Refused;
use super::steps::Settling;

/// Year and month.
pub(crate) type YearMonth = (i32, u32);

/// The month after one.
pub(crate) fn after((year, month): YearMonth) -> YearMonth {
    if month == 12 { (year + 1, 1) } else { (year, month + 1) }
}

/// A month of a fund.
#[derive(Debug, Clone, Default)]
struct Month {
    /// Set aside, or given back where less than nothing; fen.
    lines: Vec<i64>,
    /// How many lines there were when it was prepared last.
    prepared: Option<usize>,
    /// Everybody who prepared it.
    preparers: BTreeSet<u8>,
    confirmed_by: Option<u8>,
    paid: i64,
}

impl Month {
    fn owed(&self) -> i64 {
        self.lines.iter().sum::<i64>() - self.paid
    }
}

/// What a step comes to for one fund.
pub(crate) enum Settled {
    /// The month has nothing of this fund.
    Nothing,
    /// It was done before.
    Before,
    /// It is done, with so much money paid.
    Now(i64),
}

/// The months of a fund.
#[derive(Debug, Clone, Default)]
pub(crate) struct Months(BTreeMap<YearMonth, Month>);

impl Months {
    /// A line of a month is borne by the first one from it on that was not confirmed. Whether that is another one.
    pub(crate) fn bear(&mut self, month: YearMonth, fen: i64) -> bool {
        let mut bearing = month;
        while self.0.get(&bearing).is_some_and(|month| month.confirmed_by.is_some()) {
            bearing = after(bearing);
        }
        self.0.entry(bearing).or_default().lines.push(fen);
        bearing != month
    }

    /// What was paid of all months.
    pub(crate) fn paid(&self) -> i64 {
        self.0.values().map(|month| month.paid).sum()
    }

    /// Whether a month was paid.
    pub(crate) fn is_paid(&self, month: YearMonth) -> bool {
        self.0.get(&month).is_some_and(|month| month.paid > 0)
    }

    /// What comes next of a month as people go along with one; nothing where it has nothing of this fund.
    pub(crate) fn next(&self, month: YearMonth) -> Option<Settling> {
        let month = self.0.get(&month)?;
        Some(match month.confirmed_by {
            Some(_) => Settling::Pay,
            None if month.prepared == Some(month.lines.len()) => Settling::Confirm,
            None => Settling::Prepare,
        })
    }

    /// Somebody takes a step with a month, of a fund that has set aside so much and not given it back.
    pub(crate) fn settle(&mut self, stage: Settling, month: YearMonth, by: u8, set_aside: i64) -> Refused<Settled> {
        let unpaid = set_aside - self.paid();
        let Some(month) = self.0.get_mut(&month) else { return Ok(Settled::Nothing) };
        match stage {
            Settling::Next => panic!("{stage:?} is nothing that anybody does"),
            Settling::Prepare | Settling::Confirm if month.confirmed_by.is_some() => Ok(Settled::Before),
            Settling::Prepare => {
                month.prepared = Some(month.lines.len());
                month.preparers.insert(by);
                Ok(Settled::Now(0))
            }
            Settling::Confirm => {
                let prepared = month.prepared.ok_or("not_found")?;
                if month.preparers.contains(&by) {
                    return Err("same_person");
                }
                // It is not what was prepared any more.
                if prepared != month.lines.len() {
                    return Err("outside_window");
                }
                month.confirmed_by = Some(by);
                Ok(Settled::Now(0))
            }
            Settling::Pay => {
                // No more than the month owes, and than is still owed after what later months took back.
                let payable = month.owed().min(unpaid);
                match month.confirmed_by {
                    Some(_) if payable <= 0 => Ok(Settled::Before),
                    None if month.prepared.is_none() => Err("not_found"),
                    None => Err("outside_window"),
                    Some(confirmer) if confirmer == by || month.preparers.contains(&by) => Err("same_person"),
                    Some(_) => {
                        month.paid += payable;
                        Ok(Settled::Now(payable))
                    }
                }
            }
        }
    }

    /// A statement is prepared, confirmed and paid by three, and pays no more than it says.
    pub(crate) fn check(&self, set_aside: i64) {
        let lines: i64 = self.0.values().flat_map(|month| &month.lines).sum();
        assert_eq!(lines, set_aside, "what months bear is what is set aside: {self:?}");
        for month in self.0.values() {
            assert!(month.confirmed_by.is_none_or(|by| !month.preparers.contains(&by)), "{month:?}");
            assert!(month.paid == 0 || (month.confirmed_by.is_some() && month.owed() >= 0), "{month:?}");
        }
    }
}
