//! journal.hledger: the postings as a plain-text journal that hledger and ledger read, refuse when it does not balance,
//! and add up without us.
//!
//! One transaction an event, dated by business time, numbered by position. At the end stand the lots that lapsed by the
//! closing date without having been booked, and an assertion of every account's balance: hledger sorts by date, so an
//! assertion at each posting would be held in another order than the journal's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use foldhash::HashMap;

use super::accounts::account_name;
use super::business_day;
use crate::domain::event::Event;
use crate::domain::ids::WorkerId;
use crate::domain::points::Points;
use crate::domain::posting::Account;
use crate::domain::worker::event::WorkerEvent;
use crate::evidence::books::Books;

/// A plain-text journal in the making.
#[derive(Debug, Default)]
pub struct PlainText {
    /// Balances by account; an account is declared where it first occurs.
    balances: HashMap<String, Points>,
    latest: Option<NaiveDate>,
    decimals: usize,
}

/// One event as a transaction, before it is known which of its accounts are new.
#[derive(Debug)]
pub struct Transaction {
    legs: Vec<(String, Points)>,
    text: String,
}

impl Transaction {
    /// The transaction of an event, whose postings were named by [`super::accounts::named`]; none where no points move.
    pub fn new(position: u64, key: &str, event: &Event, legs: Vec<(String, Points)>) -> Option<Transaction> {
        let (Event::Worker(own), Some(day), false) = (event, business_day(event), legs.is_empty()) else { return None };
        Some(Transaction::on(&day, Some(position), what(own), key, legs))
    }

    fn on(day: &NaiveDate, position: Option<u64>, what: &str, key: &str, legs: Vec<(String, Points)>) -> Transaction {
        let mut text = String::with_capacity(64 + 64 * legs.len());
        // Writing to a string never fails, here and below.
        let _ = match position {
            Some(position) => write!(text, "{day} ({position}) {what} "),
            None => write!(text, "{day} {what} "),
        };
        push_plain(&mut text, key);
        text.push('\n');
        for (account, points) in &legs {
            let _ = writeln!(text, "    {account}  {points} PTS");
        }
        text.push('\n');
        Transaction { legs, text }
    }
}

/// The opening lines. `decimals` is how many places the journal's amounts need: with none 10 stays 10.
pub fn opening(decimals: usize) -> String {
    let style = match decimals {
        0 => "1000.",
        1 => "1000.0",
        _ => "1000.00",
    };
    format!(
        "; 暖新积分账本 (Nuanxin points ledger)\n; hledger -f FILE check && hledger -f FILE balance 人员\n\ncommodity {style} PTS\n\n"
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
    /// Appends an event's transaction, if it has one, and remembers its day.
    pub fn push(&mut self, out: &mut String, day: Option<NaiveDate>, transaction: Option<&Transaction>) {
        self.latest = self.latest.max(day);
        let Some(Transaction { legs, text }) = transaction else { return };
        for (account, points) in legs {
            self.decimals = self.decimals.max(decimals(*points));
            if let Some(balance) = self.balances.get_mut(account) {
                *balance += *points;
            } else {
                let _ = writeln!(out, "account {account}");
                self.balances.insert(account.clone(), *points);
            }
        }
        out.push_str(text);
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
        for (worker, book) in books.workers() {
            for (last_day, points) in book.lapsed(as_of) {
                let day = last_day.checked_add_days(Days::new(1)).unwrap_or(last_day);
                let name = |account: fn(WorkerId) -> Account| account_name(&account(worker.clone()), worker);
                let legs = vec![(name(Account::Available), Points::ZERO - points), (name(Account::Expired), points)];
                let transaction = Transaction::on(&day, None, "过期", "未入账", legs);
                self.push(out, Some(day), Some(&transaction));
            }
        }
    }

    /// Appends the assertion of every balance, dated on the closing date or, where a transaction is later, on its day.
    pub fn push_assertions(&self, out: &mut String, as_of: Option<NaiveDate>) {
        let Some(day) = self.latest.max(as_of) else { return };
        if self.balances.is_empty() {
            return;
        }
        let _ = writeln!(out, "{day} 余额核对");
        let sorted: BTreeMap<&String, &Points> = self.balances.iter().collect();
        for (account, balance) in sorted {
            let _ = writeln!(out, "    {account}  0 PTS = {balance} PTS");
        }
    }
}

/// A key within a description: `;` would begin a comment and `|` a note, a line break another line.
fn push_plain(out: &mut String, key: &str) {
    out.extend(key.chars().map(|found| if matches!(found, ';' | '|') || found.is_control() { '_' } else { found }));
}

/// What an event is called in a description.
fn what(event: &WorkerEvent) -> &str {
    match event {
        WorkerEvent::VolunteerServiceRecorded(_)
        | WorkerEvent::CivicCreationRecorded(_)
        | WorkerEvent::CommunityServiceRecorded(_) => "入账",
        WorkerEvent::CreditConfirmed(_) => "确认入账",
        WorkerEvent::CreditReversed(_) => "冲正入账",
        WorkerEvent::Redeemed(_) => "兑换",
        WorkerEvent::RedemptionReversed(_) => "冲正兑换",
        WorkerEvent::PointsHeld(_) => "预占",
        WorkerEvent::HoldCaptured(_) => "预占转兑换",
        WorkerEvent::HoldReleased(_) | WorkerEvent::HoldExpired(_) => "释放预占",
        WorkerEvent::PointsExpired(_) => "过期",
        WorkerEvent::ExpiryReversed(_) => "冲正过期",
        other => other.event_type(),
    }
}
