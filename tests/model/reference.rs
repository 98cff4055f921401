//! The reference: a whole district in plain structs, written from contract section 4 and the design's domain alone.
//! Slow and simple on purpose: it scans where the ledger keeps an index, and copies itself where the ledger decides
//! before it changes anything. Owns keys, settings, the schedule, cards and merchants; accounts and shops are beside.
//!
//! Points are hundredths, quantities millionths.

// The paths are written out because the simulation takes this file in as well, from a directory of its own.
#[path = "reference/account.rs"]
pub(crate) mod account;
#[path = "reference/counter.rs"]
mod counter;
#[path = "reference/credits.rs"]
mod credits;
#[path = "reference/shop.rs"]
pub(crate) mod shop;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::ask::{Ask, Asked, Line};
use account::Account;
use shop::Shop;

/// The stable code of a refusal.
pub(crate) type No = &'static str;

/// What the ledger must answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Not done, for a reason; nothing is left of it.
    Refused(No),
    /// Nothing had to change; the key stays free. The position is where the journal ends.
    Unchanged { position: u64 },
    /// Done: the position of the last fact, and the facts.
    Done { position: u64, facts: Vec<String> },
    /// Done before under the same key: the first answer again.
    Repeated { position: u64, facts: Vec<String> },
}

/// What a merchant's month came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MonthBook {
    pub(crate) honoured: i64,
    /// Claims of months already paid that this month bears.
    pub(crate) corrected: i64,
    pub(crate) paid: i64,
    pub(crate) redemptions: i64,
    pub(crate) payments: usize,
}

/// A caring merchant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Merchant {
    pub(crate) name: String,
    pub(crate) months: BTreeMap<String, MonthBook>,
}

impl MonthBook {
    fn left(&self) -> i64 {
        self.honoured - self.corrected - self.paid
    }
}

impl Merchant {
    /// What a month owes, after what earlier months were paid too much.
    pub(crate) fn due(&self, month: &str) -> i64 {
        let before = self.months.iter().filter(|(other, _)| other.as_str() < month);
        let carried = before.fold(0, |carried, (_, book)| (carried + book.left()).min(0));
        (carried + self.months.get(month).map_or(0, MonthBook::left)).max(0)
    }

    /// What is owed over all months.
    pub(crate) fn due_in_all(&self) -> i64 {
        self.months.values().map(MonthBook::left).sum()
    }
}

#[derive(Debug, Clone)]
struct Taken {
    ask: Ask,
    position: u64,
    facts: Vec<String>,
}

/// A district.
#[derive(Debug, Clone, Default)]
pub(crate) struct District {
    /// The last fact's position.
    pub(crate) position: u64,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) shops: BTreeMap<String, Shop>,
    pub(crate) merchants: BTreeMap<String, Merchant>,
    /// What the clock says.
    pub(crate) now: NaiveDateTime,
    configured: bool,
    checks: u32,
    publicity_days: u32,
    working: bool,
    step: i64,
    schedules: Vec<(NaiveDate, Vec<Line>)>,
    numbers: BTreeMap<String, String>,
    taken: BTreeMap<String, Taken>,
    /// What the command at hand has done so far.
    facts: Vec<String>,
}

impl District {
    /// A district whose journal was just made: one fact, under the ledger's own key.
    pub(crate) fn new() -> District {
        let mut district = District { step: 100, now: super::steps::now(), ..District::default() };
        let ask = Ask::Open;
        let at = NaiveDate::from_ymd_opt(1970, 1, 1).and_then(|day| day.and_hms_opt(8, 0, 0)).expect("a time");
        district.submit(&Asked { key: "journal/open".to_owned(), actor: "ledger", at, ask });
        district
    }

    /// Commands in order; with `atomic`, all or none.
    pub(crate) fn submit_all(&mut self, asked: &[Asked], atomic: bool) -> Vec<Answer> {
        let before = atomic.then(|| self.clone());
        let answers: Vec<Answer> = asked.iter().map(|one| self.submit(one)).collect();
        let refused = answers.iter().position(|answer| matches!(answer, Answer::Refused(_)));
        let Some((before, refused)) = before.zip(refused) else { return answers };
        *self = before;
        let code = |index| if index == refused { answers.get(refused).cloned() } else { None };
        (0..asked.len()).map(|index| code(index).unwrap_or(Answer::Refused("invalid_input"))).collect()
    }

    /// Whether a key is taken.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.taken.contains_key(key)
    }

    /// What a command would be answered here; nothing is done.
    #[allow(dead_code, reason = "the simulation asks this, the state machine does what it asks")]
    pub(crate) fn told(&self, asked: &Asked) -> Answer {
        self.decided(asked).1
    }

    fn submit(&mut self, asked: &Asked) -> Answer {
        let (after, answer) = self.decided(asked);
        if let Some(after) = after {
            *self = after;
        }
        answer
    }

    /// The answer to a command, and the district after it where anything changes.
    fn decided(&self, asked: &Asked) -> (Option<District>, Answer) {
        if let Some(taken) = self.taken.get(&asked.key) {
            let answer = if taken.ask == asked.ask {
                Answer::Repeated { position: taken.position, facts: taken.facts.clone() }
            } else {
                Answer::Refused("duplicate_conflict")
            };
            return (None, answer);
        }
        let mut after = self.clone();
        if let Err(code) = after.carry_out(asked) {
            return (None, Answer::Refused(code));
        }
        let facts = std::mem::take(&mut after.facts);
        if facts.is_empty() {
            return (None, Answer::Unchanged { position: self.position });
        }
        after.position += facts.len() as u64;
        let position = after.position;
        after.taken.insert(asked.key.clone(), Taken { ask: asked.ask.clone(), position, facts: facts.clone() });
        (Some(after), Answer::Done { position, facts })
    }

    fn carry_out(&mut self, asked: &Asked) -> Result<(), No> {
        let at = asked.at;
        if !matches!(asked.ask, Ask::Credit { .. } | Ask::Redeem(_) | Ask::Hold { .. }) {
            self.past(at)?;
        }
        match asked.ask.clone() {
            Ask::Open => self.done("journal opened".to_owned()),
            Ask::Configure { checks, publicity_days, step, working } => {
                self.configure(checks, publicity_days, step, working)?;
            }
            Ask::Adopt { lines, from } => {
                self.configure(None, None, None, None)?;
                self.adopt(lines, from)?;
            }
            Ask::Register { worker, occupation, party_member, update } => {
                self.register(at, worker, occupation, party_member, update)?;
            }
            Ask::Depart { worker } => {
                self.present(&worker)?.departed = Some(at);
                self.done(format!("{at} worker {worker} departed"));
            }
            Ask::IssueCard { worker, card, branch, update } => self.issue_card(at, worker, card, branch, update)?,
            Ask::MoveCard { worker, branch } => self.move_card(at, &worker, branch)?,
            Ask::CloseCard { worker } => {
                let account = self.account(&worker)?;
                let (card, _) = account.card.take().ok_or("not_found")?;
                account.leave_branch(at.date());
                self.done(format!("{at} card {card} of {worker} closed"));
            }
            Ask::RegisterMerchant { merchant, name, update } => self.register_merchant(at, merchant, name, update)?,
            Ask::Pay { merchant, month, points } => {
                let month = month.format("%Y-%m").to_string();
                let known = self.merchants.get_mut(&merchant).ok_or("unknown_merchant")?;
                if points <= 0 || points > known.due(&month) || points > known.due_in_all() {
                    return Err("invalid_quantity");
                }
                let book = known.months.entry(month.clone()).or_default();
                book.paid += points;
                book.payments += 1;
                self.done(format!("{at} {merchant} was paid {points} for {month}"));
            }
            Ask::Credit { worker, activity, on, quantity } => {
                self.credit(asked, &worker, &activity, on, quantity)?;
            }
            Ask::Judge { credit, verdict } => self.judge(asked, &credit, verdict)?,
            Ask::Settle { credit } => self.settle(asked, &credit)?,
            Ask::Expire { through, .. } if through > self.now.date() => return Err("invalid_date"),
            Ask::Expire { worker, through } => {
                let parts = self.account(&worker)?.lapse(through);
                let points: i64 = parts.iter().map(|part| part.1).sum();
                if points > 0 {
                    self.done(format!("{at} {worker} expired {points}: {}", account::text(&parts)));
                }
            }
            Ask::Redeem(basket) => self.redeem(asked, &basket)?,
            Ask::Reverse { redemption } => self.reverse_redemption(at, &redemption)?,
            Ask::Hold { basket, seconds } => self.hold(asked, &basket, seconds)?,
            Ask::Capture { hold } => self.capture(asked, &hold)?,
            Ask::Release { hold, expired } => self.release(at, &hold, expired)?,
            shop => self.keep_shop(at, shop)?,
        }
        Ok(())
    }

    fn done(&mut self, fact: String) {
        self.facts.push(fact);
    }

    fn account(&mut self, worker: &str) -> Result<&mut Account, No> {
        self.accounts.get_mut(worker).ok_or("unknown_worker")
    }

    fn present(&mut self, worker: &str) -> Result<&mut Account, No> {
        let account = self.account(worker)?;
        if account.departed.is_some() { Err("worker_departed") } else { Ok(account) }
    }

    /// Who left was there until then.
    fn present_at(&mut self, worker: &str, time: NaiveDateTime) -> Result<&mut Account, No> {
        let account = self.account(worker)?;
        if account.departed.is_some_and(|left| left <= time) { Err("worker_departed") } else { Ok(account) }
    }

    /// Nothing happened more than five minutes from now.
    fn past(&self, time: NaiveDateTime) -> Result<(), No> {
        if time > self.now + TimeDelta::minutes(5) { Err("invalid_date") } else { Ok(()) }
    }

    fn configure(
        &mut self,
        checks: Option<u32>,
        days: Option<u32>,
        step: Option<i64>,
        working: Option<bool>,
    ) -> Result<(), No> {
        let before = (self.configured, self.checks, self.publicity_days, self.step, self.working);
        let (checks, days) = (checks.unwrap_or(self.checks), days.unwrap_or(self.publicity_days));
        let (step, working) = (step.unwrap_or(self.step), working.unwrap_or(self.working));
        if step <= 0 {
            return Err("invalid_input");
        }
        (self.configured, self.checks, self.publicity_days, self.step, self.working) =
            (true, checks, days, step, working);
        if before != (true, checks, days, step, working) {
            self.done(format!("settings: checks {checks}, publicity {days}, working days {working}, step {step}"));
        }
        Ok(())
    }

    fn adopt(&mut self, lines: Vec<Line>, from: NaiveDate) -> Result<(), No> {
        if lines.is_empty() {
            return Err("invalid_input");
        }
        if self.in_force(from).is_some_and(|(_, start, now)| *start == from && *now == lines) {
            return Ok(());
        }
        let text: Vec<String> = lines
            .iter()
            .map(|line| {
                let (cap, lasting) = (line.cap, line.lasting);
                format!("{}/{}/{}/{cap:?}/{lasting:?}/{}", line.code, line.category, line.rate, line.card)
            })
            .collect();
        self.schedules.push((from, lines));
        self.done(format!("schedule {} from {from}: {}", self.schedules.len(), text.join(" ")));
        Ok(())
    }

    /// The version in force on a day: number, start, lines. The latest start counts, then the later adoption.
    fn in_force(&self, day: NaiveDate) -> Option<(usize, &NaiveDate, &Vec<Line>)> {
        let numbered = self.schedules.iter().enumerate().map(|(index, (start, lines))| (index + 1, start, lines));
        numbered.filter(|(_, start, _)| **start <= day).max_by_key(|(number, start, _)| (**start, *number))
    }

    fn register(
        &mut self,
        at: NaiveDateTime,
        worker: String,
        occupation: String,
        member: Option<bool>,
        update: bool,
    ) -> Result<(), No> {
        let known = self.accounts.get(&worker);
        if known.is_some() && !update {
            return Err("duplicate_conflict");
        }
        if known.is_some_and(|account| account.occupation == occupation && account.party_member == member) {
            return Ok(());
        }
        let word = if known.is_some() { "updated" } else { "registered" };
        self.done(format!("{at} worker {worker} {word}: {occupation}, member {member:?}"));
        let account = self.accounts.entry(worker).or_default();
        (account.occupation, account.party_member) = (occupation, member);
        Ok(())
    }

    fn issue_card(
        &mut self,
        at: NaiveDateTime,
        worker: String,
        card: String,
        branch: String,
        update: bool,
    ) -> Result<(), No> {
        let account = self.account(&worker)?;
        if account.party_member == Some(false) {
            return Err("not_a_party_member");
        }
        if update && account.card.as_ref().is_some_and(|(held, _)| *held == card) {
            return self.move_card(at, &worker, branch);
        }
        let account = self.present(&worker)?;
        if account.card.is_some() {
            return Err("card_exists");
        }
        account.card = Some((card.clone(), branch.clone()));
        account.last_card = Some(card.clone());
        account.stays.push((card.clone(), branch.clone(), at.date(), None));
        self.done(format!("{at} card {card} of {worker} issued in {branch}"));
        match self.numbers.get(&card) {
            Some(holder) if *holder == worker => {}
            Some(_) => return Err("card_exists"),
            None => {
                self.done(format!("card number {card} to {worker}"));
                self.numbers.insert(card, worker);
            }
        }
        Ok(())
    }

    fn move_card(&mut self, at: NaiveDateTime, worker: &str, branch: String) -> Result<(), No> {
        let account = self.account(worker)?;
        let (card, from) = account.card.clone().ok_or("not_found")?;
        if from == branch {
            return Ok(());
        }
        let fact = format!("{at} card {card} of {worker} moved from {from} to {branch}");
        account.card = Some((card.clone(), branch.clone()));
        account.leave_branch(at.date());
        account.stays.push((card, branch, at.date(), None));
        self.done(fact);
        Ok(())
    }

    fn register_merchant(&mut self, at: NaiveDateTime, merchant: String, name: String, update: bool) -> Result<(), No> {
        let known = self.merchants.get(&merchant);
        if known.is_some() && !update {
            return Err("duplicate_conflict");
        }
        if known.is_some_and(|merchant| merchant.name == name) {
            return Ok(());
        }
        let word = if known.is_some() { "updated" } else { "registered" };
        self.done(format!("{at} merchant {merchant} {word}: {name}"));
        self.merchants.entry(merchant).or_default().name = name;
        Ok(())
    }
}
