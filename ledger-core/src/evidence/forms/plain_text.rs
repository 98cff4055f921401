//! journal.hledger: the postings as a plain-text journal that hledger and ledger read, refuse when it does not balance,
//! and add up without us.
//!
//! Points stand in it, and where the journal has any, yuan beside them ([`yuan`]).
//!
//! One transaction an event, dated by business time, numbered by position. At the end stand the lots that lapsed by the
//! closing date without having been booked, and an assertion of every account's balance: hledger sorts by date, so an
//! assertion at each posting would be held in another order than the journal's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use chrono::{Days, NaiveDate};
use foldhash::HashMap;

use super::accounts::Legs;
use super::figures::{push_day, push_number, push_points};
use super::yuan::{self, Yuan, YuanBook};
use crate::domain::event::Event;
use crate::domain::points::Points;
use crate::domain::posting::Side;
use crate::evidence::books::Books;

/// A plain-text journal in the making.
#[derive(Debug, Default)]
pub struct PlainText {
    /// Balances by account; an account is declared where it first occurs.
    balances: HashMap<String, Points>,
    latest: Option<NaiveDate>,
    decimals: usize,
    /// The accounts in yuan; none where only points are told.
    yuan: Option<YuanBook>,
    /// Room for one event's transaction.
    one: Transactions,
}

/// Events as transactions, before it is known which of their accounts are new. One text holds them all.
#[derive(Debug, Default)]
pub struct Transactions {
    text: String,
    /// Where in the text each account stands, and what it gets.
    legs: Vec<(Range<usize>, Points)>,
    /// What moves yuan, which only those before it make a transaction.
    yuan: Vec<Yuan>,
    each: Vec<Ends>,
}

/// Where one ends, and its event's day.
#[derive(Debug)]
struct Ends {
    day: Option<NaiveDate>,
    text: usize,
    legs: usize,
    yuan: usize,
}

/// One event as a transaction; without a text where no points move, and with nothing at all where no yuan move either.
#[derive(Debug)]
pub struct Transaction<'a> {
    day: Option<NaiveDate>,
    /// All that the legs' places are in.
    all: &'a str,
    text: &'a str,
    legs: &'a [(Range<usize>, Points)],
    yuan: &'a [Yuan],
}

impl Transactions {
    /// Forgets them all.
    pub fn clear(&mut self) {
        self.text.clear();
        self.legs.clear();
        self.yuan.clear();
        self.each.clear();
    }

    /// Adds an event's transaction.
    pub fn push(&mut self, position: u64, key: &str, event: &Event, legs: &Legs) {
        let day = event.day();
        if let (Event::Worker(own), Some(day), false) = (event, day, legs.is_empty()) {
            self.write(day, Some(position), own.movements().word(), key, legs);
        }
        self.yuan.extend(yuan::of(position, key, event));
        self.end(day);
    }

    fn end(&mut self, day: Option<NaiveDate>) {
        self.each.push(Ends { day, text: self.text.len(), legs: self.legs.len(), yuan: self.yuan.len() });
    }

    fn write(&mut self, day: NaiveDate, position: Option<u64>, what: &str, key: &str, legs: &Legs) {
        let text = &mut self.text;
        push_day(text, day);
        if let Some(position) = position {
            text.push_str(" (");
            push_number(text, position);
            text.push(')');
        }
        for part in [" ", what, " "] {
            text.push_str(part);
        }
        push_plain(text, key);
        text.push('\n');
        for (account, points) in legs.iter() {
            text.push_str("    ");
            let begin = text.len();
            text.push_str(account);
            self.legs.push((begin..text.len(), points));
            text.push_str("  ");
            push_points(text, points);
            text.push_str(" PTS\n");
        }
        text.push('\n');
    }

    /// One by one, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Transaction<'_>> {
        let (mut text, mut legs, mut yuan) = (0, 0, 0);
        self.each.iter().map(move |ends| {
            let one = Transaction {
                day: ends.day,
                all: &self.text,
                text: self.text.get(text..ends.text).unwrap_or_default(),
                legs: self.legs.get(legs..ends.legs).unwrap_or_default(),
                yuan: self.yuan.get(yuan..ends.yuan).unwrap_or_default(),
            };
            (text, legs, yuan) = (ends.text, ends.legs, ends.yuan);
            one
        })
    }
}

/// The opening lines. `decimals` is how many places the journal's points need: with none 10 stays 10. Yuan, where they are
/// told, have two.
pub fn opening(decimals: usize, yuan: bool) -> String {
    let style = match decimals {
        0 => "1000.",
        1 => "1000.0",
        _ => "1000.00",
    };
    let yuan = if yuan { "commodity 1000.00 CNY\n" } else { "" };
    format!(
        "; 暖新积分账本 (Nuanxin points ledger)\n; hledger -f FILE check && hledger -f FILE balance 人员\n\ncommodity {style} PTS\n{yuan}\n"
    )
}

/// How many decimal places an amount needs.
pub fn decimals(points: Points) -> usize {
    match points.hundredths() % 100 {
        0 => 0,
        part if part % 10 == 0 => 1,
        _ => 2,
    }
}

impl PlainText {
    /// One that tells points, and yuan beside them where that is asked for.
    pub fn new(yuan: bool) -> PlainText {
        PlainText { yuan: yuan.then(YuanBook::default), ..PlainText::default() }
    }

    /// Whether anything came by that has to do with yuan, and was told.
    pub fn told_yuan(&self) -> bool {
        self.yuan.as_ref().is_some_and(YuanBook::moved)
    }

    /// Appends the transaction of an event that stands alone.
    pub fn push_event(&mut self, out: &mut String, position: u64, key: &str, event: &Event, legs: &Legs) {
        let mut one = std::mem::take(&mut self.one);
        one.clear();
        one.push(position, key, event, legs);
        one.iter().for_each(|transaction| self.push(out, &transaction));
        self.one = one;
    }

    /// Appends an event's transaction and remembers its day.
    pub fn push(&mut self, out: &mut String, transaction: &Transaction<'_>) {
        let Transaction { day, all, text, legs, yuan } = transaction;
        self.latest = self.latest.max(*day);
        for (place, points) in *legs {
            let account = all.get(place.clone()).unwrap_or_default();
            self.decimals = self.decimals.max(decimals(*points));
            if let Some(balance) = self.balances.get_mut(account) {
                *balance += *points;
            } else {
                // Writing to a string never fails, here and below.
                let _ = writeln!(out, "account {account}");
                self.balances.insert(account.to_owned(), *points);
            }
        }
        out.push_str(text);
        if let Some(book) = &mut self.yuan {
            yuan.iter().for_each(|yuan| book.push(out, yuan));
        }
    }

    /// The latest business day seen.
    pub const fn latest(&self) -> Option<NaiveDate> {
        self.latest
    }

    /// How many decimal places the amounts seen need.
    pub const fn decimals(&self) -> usize {
        self.decimals
    }

    /// Appends what lapsed before a date without having been booked, worker by worker, from the books of all events.
    pub fn push_lapsed(&mut self, out: &mut String, books: &Books, as_of: NaiveDate) {
        let mut lapsed = Transactions::default();
        for (worker, book) in books.workers() {
            for (last_day, points) in book.lapsed(as_of) {
                let day = last_day.checked_add_days(Days::new(1)).unwrap_or(last_day);
                let mut legs = Legs::default();
                legs.push(Side::Available, worker, Points::ZERO - points);
                legs.push(Side::Expired, worker, points);
                lapsed.write(day, None, "过期", "未入账", &legs);
                lapsed.end(Some(day));
            }
        }
        lapsed.iter().for_each(|transaction| self.push(out, &transaction));
    }

    /// Appends the assertion of every balance, dated on the closing date or, where a transaction is later, on its day.
    pub fn push_assertions(&self, out: &mut String, as_of: Option<NaiveDate>) {
        let Some(day) = self.latest.max(as_of) else { return };
        let yuan = self.yuan.as_ref().filter(|yuan| !yuan.is_empty());
        if self.balances.is_empty() && yuan.is_none() {
            return;
        }
        let _ = writeln!(out, "{day} 余额核对");
        let sorted: BTreeMap<&String, &Points> = self.balances.iter().collect();
        for (account, balance) in sorted {
            let _ = writeln!(out, "    {account}  0 PTS = {balance} PTS");
        }
        if let Some(yuan) = yuan {
            yuan.push_assertions(out);
        }
    }
}

/// A key within a description: `;` would begin a comment and `|` a note, a line break another line.
pub(super) fn push_plain(out: &mut String, key: &str) {
    let odd = |found: char| matches!(found, ';' | '|') || found.is_control();
    if key.contains(odd) {
        out.extend(key.chars().map(|found| if odd(found) { '_' } else { found }));
    } else {
        out.push_str(key);
    }
}
