//! The reference for what a merchant is owed in money by the month: its lines, what was said for and against them, who
//! prepared, confirmed and paid, and what a month cannot bear. Written from the contract's "prepare, confirm, pay by three
//! different people" and docs/decisions/022 and 054.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Refused;
use super::months::{YearMonth, after};
use super::steps::{Deed, Pays};

/// What was said against a line.
#[derive(Debug, Clone)]
struct Dispute {
    line: u8,
    by: u8,
    answered: bool,
}

/// How far a month's statement has come.
#[derive(Debug, Clone, Default)]
struct Statement {
    /// How many lines there were when it was prepared last.
    lines: usize,
    /// Everybody who prepared it.
    preparers: BTreeSet<u8>,
    disputes: BTreeMap<u8, Dispute>,
    /// Whether a dispute was right since it was prepared last.
    due_again: bool,
    /// How many lines the merchant found right last, and disputed none of since.
    right: Option<usize>,
    confirmed_by: Option<u8>,
    payers: BTreeSet<u8>,
}

impl Statement {
    fn is_disputed(&self) -> bool {
        self.disputes.values().any(|dispute| !dispute.answered)
    }

    fn unconfirmed(&self) -> Refused {
        if self.confirmed_by.is_some() { Err("already_decided") } else { Ok(()) }
    }

    /// What is said of it is said of these lines, with every dispute answered.
    fn up_to_date(&self, lines: usize) -> Refused {
        if self.is_disputed() || self.due_again || self.lines != lines { Err("outside_window") } else { Ok(()) }
    }
}

/// A month.
#[derive(Debug, Clone, Default)]
struct Bill {
    /// Claims, and less than nothing what was taken back; fen.
    lines: Vec<i64>,
    paid: i64,
    statement: Option<Statement>,
}

impl Bill {
    fn left(&self) -> i64 {
        self.lines.iter().sum::<i64>() - self.paid
    }

    fn is_confirmed(&self) -> bool {
        self.statement.as_ref().is_some_and(|statement| statement.confirmed_by.is_some())
    }
}

/// The months of a merchant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bills(BTreeMap<YearMonth, Bill>);

impl Bills {
    /// What was confirmed bears nothing more.
    fn bearing(&self, mut month: YearMonth) -> YearMonth {
        while self.0.get(&month).is_some_and(Bill::is_confirmed) {
            month = after(month);
        }
        month
    }

    /// The merchant is owed something of a month. Whether a later one bears it.
    pub(crate) fn claim(&mut self, month: YearMonth, fen: i64) -> bool {
        let bearing = self.bearing(month);
        self.0.entry(bearing).or_default().lines.push(fen);
        bearing != month
    }

    /// What was owed for a month is taken back in another one, which bears it where the first cannot. Whether it does.
    pub(crate) fn take_back(&mut self, month: YearMonth, now: YearMonth, fen: i64) -> bool {
        let of = self.0.get(&month);
        let bears = !of.is_some_and(Bill::is_confirmed) && fen <= of.map_or(0, Bill::left);
        let bearing = if bears { month } else { self.bearing(now.max(month)) };
        self.0.entry(bearing).or_default().lines.push(-fen);
        bearing != month
    }

    /// The lines of each month that has any.
    pub(crate) fn owed(&self) -> impl Iterator<Item = (YearMonth, i64)> {
        self.0.iter().map(|(month, bill)| (*month, bill.lines.iter().sum()))
    }

    /// What a month still owes after what earlier ones could not bear, and no more than is owed in all.
    pub(crate) fn payable(&self, month: YearMonth) -> i64 {
        let carried = self.0.range(..month).fold(0_i64, |carried, (_, bill)| (carried + bill.left()).min(0));
        let of_month = carried + self.0.get(&month).map_or(0, Bill::left);
        of_month.max(0).min(self.0.values().map(Bill::left).sum())
    }

    /// What comes next of a month as people go along with one; of four, one is told too early.
    pub(crate) fn next(&self, month: YearMonth, pick: u8) -> Deed {
        let Some(bill) = self.0.get(&month) else { return Deed::Prepare };
        let Some(statement) = &bill.statement else { return Deed::Prepare };
        if statement.confirmed_by.is_some() {
            return Deed::Pay(Pays::All);
        }
        let early = pick.is_multiple_of(4);
        let open = statement.disputes.iter().find(|(_, dispute)| !dispute.answered);
        match open {
            Some((dispute, _)) if !early => Deed::Answer { dispute: *dispute, upheld: pick.is_multiple_of(2) },
            None if !early && statement.up_to_date(bill.lines.len()).is_err() => Deed::Prepare,
            Some(_) | None => Deed::Confirm,
        }
    }

    /// Somebody takes a step with a month.
    pub(crate) fn settle(&mut self, month: YearMonth, deed: Deed, by: u8) -> Refused {
        let payable = self.payable(month);
        let mut nothing = Bill::default();
        let bill = self.0.get_mut(&month).unwrap_or(&mut nothing);
        let lines = bill.lines.len();
        match deed {
            Deed::Prepare => {
                if bill.is_confirmed() {
                    return Err("already_decided");
                }
                if lines == 0 {
                    return Err("outside_window");
                }
                let statement = bill.statement.get_or_insert_default();
                statement.lines = lines;
                statement.due_again = false;
                statement.preparers.insert(by);
            }
            Deed::Dispute { dispute, line } => {
                let statement = bill.statement.as_mut().ok_or("not_found")?;
                statement.unconfirmed()?;
                if statement.disputes.values().any(|open| !open.answered && open.line == line) {
                    return Err("already_decided");
                }
                statement.disputes.insert(dispute, Dispute { line, by, answered: false });
                statement.right = None;
            }
            Deed::Answer { dispute, upheld } => {
                let statement = bill.statement.as_mut().ok_or("not_found")?;
                let known = statement.disputes.get_mut(&dispute).ok_or("not_found")?;
                if known.answered {
                    return Err("already_decided");
                }
                if known.by == by || statement.preparers.contains(&by) {
                    return Err("same_person");
                }
                known.answered = true;
                statement.due_again |= upheld;
            }
            Deed::FindRight { others } => {
                let statement = bill.statement.as_mut().ok_or("not_found")?;
                statement.unconfirmed()?;
                statement.up_to_date(lines)?;
                if others {
                    return Err("outside_window");
                }
                if statement.right.replace(lines) == Some(lines) {
                    return Err("already_decided");
                }
            }
            Deed::Confirm => {
                let statement = bill.statement.as_mut().ok_or("not_found")?;
                statement.unconfirmed()?;
                if statement.preparers.contains(&by) {
                    return Err("same_person");
                }
                statement.up_to_date(lines)?;
                statement.confirmed_by = Some(by);
            }
            Deed::Pay(pays) => {
                if let Some(statement) = &mut bill.statement {
                    let confirmed_by = statement.confirmed_by.ok_or("outside_window")?;
                    if confirmed_by == by || statement.preparers.contains(&by) {
                        return Err("same_person");
                    }
                    statement.payers.insert(by);
                }
                let Pays::Fen(fen) = pays else { return Err("invalid_quantity") };
                if bill.statement.is_none() {
                    return Err("outside_window");
                }
                if fen <= 0 || payable < fen {
                    return Err("invalid_amount");
                }
                bill.paid += fen;
            }
            Deed::Next(_) => panic!("{deed:?} is nothing that anybody does"),
        }
        Ok(())
    }

    /// A statement is prepared, confirmed and paid by three, is paid by it alone, and stays as it was confirmed.
    pub(crate) fn check(&self) {
        for bill in self.0.values() {
            let Some(statement) = &bill.statement else {
                assert_eq!(bill.paid, 0, "{bill:?}");
                continue;
            };
            assert!(statement.confirmed_by.is_none_or(|by| !statement.preparers.contains(&by)), "{bill:?}");
            let had = |by: &u8| statement.preparers.contains(by) || statement.confirmed_by == Some(*by);
            assert!(!statement.payers.iter().any(had), "{bill:?}");
            assert!(bill.paid == 0 || statement.confirmed_by.is_some(), "{bill:?}");
            if statement.confirmed_by.is_some() {
                assert_eq!(statement.lines, bill.lines.len(), "{bill:?}");
                assert!(bill.left() >= 0 && !statement.is_disputed(), "{bill:?}");
            }
        }
    }
}
