//! At the counter, in the reference: redemptions, holds and what becomes of them. Contract section 4.4.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDateTime, TimeDelta};

use super::account::{Priced, Spent, text};
use super::{District, No};
use crate::ask::{Asked, Basket, When};

/// The most lines of one redemption.
const LINES_MAX: usize = 100;
/// The most points that one command may move: a billion.
const POINTS_MAX: i64 = 100_000_000_000;

fn basket_text(lines: &[Priced]) -> String {
    let line = |line: &Priced| format!("{}×{}@{}/{:?}", line.sku, line.quantity, line.price, line.merchant);
    format!("[{}]", lines.iter().map(line).collect::<Vec<_>>().join(" "))
}

fn units_text(lines: &[Priced]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("{}×{}", line.sku, line.quantity)).collect();
    format!("[{}]", lines.join(" "))
}

/// What each merchant gets for a basket.
fn shares(lines: &[Priced]) -> BTreeMap<String, i64> {
    let mut shares = BTreeMap::new();
    for line in lines {
        if let Some(merchant) = &line.merchant {
            *shares.entry(merchant.clone()).or_insert(0) += line.price * i64::from(line.quantity);
        }
    }
    shares
}

/// When, and each priced line with its yearly limit.
type Quote = (NaiveDateTime, Vec<(Priced, Option<u32>)>);

impl District {
    /// Worker, store and item; then whether time and quantities can be read; then the year's limit, points, shelf.
    fn quote(&mut self, asked: &Asked, basket: &Basket) -> Result<Quote, No> {
        self.account(&basket.worker)?;
        let at = if let When::At(time) = basket.when { time } else { asked.at };
        let shop = self.shop(&basket.store)?.clone();
        for (sku, _) in &basket.lines {
            shop.listed(sku, at)?;
        }
        if matches!(basket.when, When::Unreadable) {
            return Err("invalid_date");
        }
        self.past(at)?;
        self.present_at(&basket.worker, at)?;
        if !(1..=LINES_MAX).contains(&basket.lines.len()) {
            return Err("invalid_input");
        }
        if shop.closed_at(at) {
            return Err("store_closed");
        }
        let mut lines = Vec::new();
        for (sku, quantity) in &basket.lines {
            let item = shop.listed(sku, at)?;
            let quantity = quantity.filter(|quantity| *quantity > 0).ok_or("invalid_quantity")?;
            let (price, merchant) = (item.price, item.merchant.clone());
            lines.push((Priced { sku: sku.clone(), quantity, price, merchant }, item.limit));
        }
        Ok((at, lines))
    }

    fn end_due_holds(&mut self, worker: &str, at: NaiveDateTime) -> Result<(), No> {
        let due = |(name, hold): (&String, &Spent)| (hold.until <= at).then(|| name.clone());
        let due: Vec<String> = self.account(worker)?.holds.iter().filter_map(due).collect();
        due.iter().try_for_each(|hold| self.end_hold(worker, hold, at, true))
    }

    /// Takes a quoted basket's points; gives what was spent, the parts and what is left, for the fact.
    fn pay(&mut self, basket: &Basket, at: NaiveDateTime, quoted: Vec<(Priced, Option<u32>)>) -> Result<Spent, No> {
        let year = at.year();
        let account = self.account(&basket.worker)?;
        let mut points: i64 = 0;
        for (line, limit) in &quoted {
            let same = quoted.iter().filter(|(other, _)| other.sku == line.sku);
            let wanted: u64 = same.map(|(other, _)| u64::from(other.quantity)).sum();
            if limit.is_some_and(|limit| account.had(&line.sku, year) + wanted > u64::from(limit)) {
                return Err("limit_per_worker");
            }
            let price = line.price.checked_mul(line.quantity.into()).filter(|price| *price <= POINTS_MAX);
            points += price.ok_or("invalid_quantity")?;
        }
        if points > POINTS_MAX {
            return Err("invalid_quantity");
        }
        let (parts, lapsed) = account.spend(at.date(), points).ok_or("insufficient_points")?;
        let unlapsed: i64 = lapsed.iter().map(|part| part.1).sum();
        if unlapsed > 0 {
            self.done(format!("{at} {} unexpired {unlapsed}: {}", basket.worker, text(&lapsed)));
        }
        let lines = quoted.into_iter().map(|(line, _)| line).collect();
        Ok(Spent { at, year, lines, parts, points, store: basket.store.clone(), until: at, reversed: false })
    }

    /// Takes units off the shelf, to hand them out or to set them aside.
    fn unshelve(&mut self, spent: &Spent, reserve: bool) -> Result<(), No> {
        let shop = self.shop(&spent.store)?;
        for line in &spent.lines {
            let item = shop.items.get_mut(&line.sku).ok_or("unknown_item")?;
            let units = i64::from(line.quantity);
            if item.shelf < units {
                return Err("out_of_stock");
            }
            item.shelf -= units;
            *(if reserve { &mut item.reserved } else { &mut item.out }) += units;
        }
        Ok(())
    }

    fn owe(&mut self, spent: &Spent, at: NaiveDateTime, redemption: &str) -> Result<(), No> {
        let month = at.format("%Y-%m").to_string();
        for (merchant, points) in shares(&spent.lines) {
            let book = self.merchants.get_mut(&merchant).ok_or("unknown_merchant")?;
            let book = book.months.entry(month.clone()).or_default();
            book.honoured += points;
            book.redemptions += 1;
            self.done(format!("{at} {merchant} honoured {points} for {redemption} at {}", spent.store));
        }
        Ok(())
    }

    pub(super) fn redeem(&mut self, asked: &Asked, basket: &Basket) -> Result<(), No> {
        let (at, quoted) = self.quote(asked, basket)?;
        self.end_due_holds(&basket.worker, at)?;
        let spent = self.pay(basket, at, quoted)?;
        let account = self.account(&basket.worker)?;
        let balance = account.balance(at.date());
        account.redemptions.insert(asked.key.clone(), spent.clone());
        let Basket { worker, store, .. } = basket;
        let (key, lines, parts) = (&asked.key, basket_text(&spent.lines), text(&spent.parts));
        let points = spent.points;
        self.done(format!(
            "{at} {worker} redeemed {key} at {store}: {points} from {parts} for {lines}, balance {balance}"
        ));
        self.unshelve(&spent, false)?;
        self.done(format!("{at} {store} issued {} for {key}, hold None", units_text(&spent.lines)));
        self.owe(&spent, at, key)
    }

    pub(super) fn hold(&mut self, asked: &Asked, basket: &Basket, seconds: u32) -> Result<(), No> {
        let (at, quoted) = self.quote(asked, basket)?;
        self.end_due_holds(&basket.worker, at)?;
        if seconds == 0 {
            return Err("invalid_date");
        }
        let until = at + TimeDelta::seconds(seconds.into());
        let spent = Spent { until, ..self.pay(basket, at, quoted)? };
        let account = self.account(&basket.worker)?;
        let balance = account.balance(at.date());
        account.holds.insert(asked.key.clone(), spent.clone());
        let Basket { worker, store, .. } = basket;
        let (key, lines, parts) = (&asked.key, basket_text(&spent.lines), text(&spent.parts));
        let points = spent.points;
        self.done(format!(
            "{at} {worker} held {key} at {store} until {until}: {points} from {parts} for {lines}, balance {balance}"
        ));
        self.unshelve(&spent, true)?;
        self.done(format!("{at} {store} reserved {} for {key}", units_text(&spent.lines)));
        Ok(())
    }

    fn holder(&self, hold: &str) -> Result<(String, Spent), No> {
        for (worker, account) in &self.accounts {
            if let Some(open) = account.holds.get(hold) {
                return Ok((worker.clone(), open.clone()));
            }
            if let Some(code) = account.ended.get(hold) {
                return Err(code);
            }
        }
        Err("unknown_redemption")
    }

    pub(super) fn capture(&mut self, asked: &Asked, hold: &str) -> Result<(), No> {
        let (worker, mut spent) = self.holder(hold)?;
        let at = asked.at;
        if at >= spent.until {
            return Err("hold_expired");
        }
        let store = spent.store.clone();
        let shop = self.shop(&store)?;
        if shop.closed_at(at) {
            return Err("store_closed");
        }
        for line in &spent.lines {
            let item = shop.items.get_mut(&line.sku).ok_or("unknown_item")?;
            item.reserved -= i64::from(line.quantity);
            item.out += i64::from(line.quantity);
        }
        let held = spent.at;
        spent.at = at;
        let account = self.account(&worker)?;
        let balance = account.balance(at.date());
        account.holds.remove(hold);
        account.ended.insert(hold.to_owned(), "already_decided");
        account.redemptions.insert(asked.key.clone(), spent.clone());
        let (key, lines, parts) = (&asked.key, basket_text(&spent.lines), text(&spent.parts));
        let points = spent.points;
        self.done(format!(
            "{at} {worker} captured {hold} as {key} at {store}: {points} from {parts} for {lines}, held {held}, balance {balance}"
        ));
        self.done(format!("{at} {store} issued {} for {key}, hold {:?}", units_text(&spent.lines), Some(hold)));
        self.owe(&spent, at, key)
    }

    pub(super) fn release(&mut self, at: NaiveDateTime, hold: &str, expired: bool) -> Result<(), No> {
        let (worker, open) = self.holder(hold)?;
        if expired && at < open.until {
            return Err("invalid_date");
        }
        self.end_hold(&worker, hold, at, expired)
    }

    fn end_hold(&mut self, worker: &str, hold: &str, at: NaiveDateTime, expired: bool) -> Result<(), No> {
        let account = self.account(worker)?;
        let open = account.holds.remove(hold).ok_or("unknown_redemption")?;
        let (back, debt) = account.give_back(&open.parts);
        account.ended.insert(hold.to_owned(), if expired { "hold_expired" } else { "already_decided" });
        let shop = self.shop(&open.store)?;
        for line in &open.lines {
            let item = shop.items.get_mut(&line.sku).ok_or("unknown_item")?;
            item.reserved -= i64::from(line.quantity);
            item.shelf += i64::from(line.quantity);
        }
        let Spent { points, store, lines, at: held, .. } = &open;
        let word = if expired { "let run out" } else { "released" };
        let (parts, basket) = (text(&back), basket_text(lines));
        self.done(format!(
            "{at} {worker} {word} {hold} at {store}: {points} to {parts} for {basket}, debt {debt}, held {held}"
        ));
        self.done(format!("{at} {store} unreserved {} of {hold}", units_text(lines)));
        Ok(())
    }

    pub(super) fn reverse_redemption(&mut self, at: NaiveDateTime, redemption: &str) -> Result<(), No> {
        let found = self.accounts.iter_mut().find(|(_, account)| account.redemptions.contains_key(redemption));
        let (worker, account) = found.ok_or("unknown_redemption")?;
        let worker = worker.clone();
        let made = account.redemptions.get_mut(redemption).ok_or("unknown_redemption")?;
        if made.reversed {
            return Err("already_reversed");
        }
        made.reversed = true;
        let made = made.clone();
        let (back, debt) = account.give_back(&made.parts);
        let balance = account.balance(at.date());
        let Spent { points, store, lines, at: redeemed, .. } = &made;
        let (parts, basket) = (text(&back), basket_text(lines));
        self.done(format!(
            "{at} {worker} got back {redemption} at {store}: {points} to {parts} for {basket}, debt {debt}, made {redeemed}, balance {balance}"
        ));
        let shop = self.shop(store)?;
        for line in lines {
            let item = shop.items.get_mut(&line.sku).ok_or("unknown_item")?;
            item.out -= i64::from(line.quantity);
            item.shelf += i64::from(line.quantity);
        }
        self.done(format!("{at} {store} took back {} of {redemption}", units_text(lines)));
        let claimed = redeemed.format("%Y-%m").to_string();
        for (merchant, points) in shares(lines) {
            let known = self.merchants.get_mut(&merchant).ok_or("unknown_merchant")?;
            let book = known.months.entry(claimed.clone()).or_default();
            // A month that was paid bears no more: then the month of the reversal does.
            let mut month = claimed.clone();
            if book.honoured - book.corrected - book.paid < points {
                month = month.max(at.format("%Y-%m").to_string());
            }
            let claimed_in = Some(claimed.clone()).filter(|claimed| *claimed != month);
            let book = known.months.entry(month.clone()).or_default();
            if claimed_in.is_some() {
                book.corrected += points;
            } else {
                book.honoured -= points;
                book.redemptions -= 1;
            }
            self.done(format!(
                "{at} {merchant} gave up {points} of {month}, claimed in {claimed_in:?}, for {redemption} at {store}"
            ));
        }
        Ok(())
    }
}
