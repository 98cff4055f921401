//! A worker's account in the reference: credits with what is left of them, redemptions, holds, debt. Every sum is
//! counted from scratch.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use crate::ask::Asked;

/// Where a credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Proposed,
    Confirmed,
    Rejected,
    Reversed,
}

/// A credit and its lot.
#[derive(Debug, Clone)]
pub(crate) struct Credit {
    pub(crate) name: String,
    pub(crate) activity: String,
    pub(crate) category: &'static str,
    pub(crate) counts: bool,
    pub(crate) on: NaiveDate,
    pub(crate) last: Option<NaiveDate>,
    pub(crate) points: i64,
    /// What can still be spent.
    pub(crate) left: i64,
    /// What was booked as expired.
    pub(crate) lapsed: i64,
    pub(crate) status: Status,
    /// Whose objection is open though it counts.
    pub(crate) objector: Option<&'static str>,
    /// Who objected so before, and who decided that.
    pub(crate) objected_before: Vec<&'static str>,
    pub(crate) resolved_before: Vec<&'static str>,
    pub(crate) proposer: &'static str,
    /// How many people must check it before it counts, and who did; nothing where it counted at once.
    pub(crate) checks: u32,
    pub(crate) checkers: Vec<&'static str>,
    /// The last day of its publicity.
    pub(crate) public_until: Option<NaiveDate>,
    /// What was objected before it counted.
    pub(crate) disputes: Vec<Dispute>,
}

/// An objection to a credit that does not count yet.
#[derive(Debug, Clone)]
pub(crate) struct Dispute {
    pub(crate) objector: &'static str,
    pub(crate) left: u32,
    pub(crate) open: bool,
    pub(crate) upheld: bool,
    pub(crate) resolvers: Vec<&'static str>,
    pub(crate) appeal_until: Option<NaiveDate>,
    pub(crate) appellant: Option<&'static str>,
}

/// A line with the price asked.
#[derive(Debug, Clone)]
pub(crate) struct Priced {
    pub(crate) sku: String,
    pub(crate) quantity: u32,
    pub(crate) price: i64,
    pub(crate) merchant: Option<String>,
}

/// Points spent, or set aside.
#[derive(Debug, Clone)]
pub(crate) struct Spent {
    pub(crate) at: NaiveDateTime,
    /// The year whose limits it counts against.
    pub(crate) year: i32,
    pub(crate) lines: Vec<Priced>,
    pub(crate) parts: Vec<(usize, i64)>,
    pub(crate) points: i64,
    pub(crate) store: String,
    /// When a hold is void.
    pub(crate) until: NaiveDateTime,
    /// Whether a redemption was reversed.
    pub(crate) reversed: bool,
}

/// A worker's account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    pub(crate) occupation: String,
    pub(crate) party_member: Option<bool>,
    pub(crate) departed: Option<NaiveDateTime>,
    /// The open card and its branch.
    pub(crate) card: Option<(String, String)>,
    /// The number under which credits count, also after the card was closed.
    pub(crate) last_card: Option<String>,
    /// In which branch which card was: from a day, and until before another.
    pub(crate) stays: Vec<(String, String, NaiveDate, Option<NaiveDate>)>,
    pub(crate) credits: Vec<Credit>,
    pub(crate) redemptions: BTreeMap<String, Spent>,
    pub(crate) holds: BTreeMap<String, Spent>,
    /// Ended holds with the code that asking again gives.
    pub(crate) ended: BTreeMap<String, &'static str>,
    /// What credits taken back still owe.
    pub(crate) debt: i64,
}

/// Parts of lots as text: `[1:500 3:250]`.
pub(crate) fn text(parts: &[(usize, i64)]) -> String {
    let parts: Vec<String> = parts.iter().map(|(lot, points)| format!("{lot}:{points}")).collect();
    format!("[{}]", parts.join(" "))
}

impl Credit {
    /// Whether an objection is open, before it counts or afterwards.
    pub(crate) fn is_objected(&self) -> bool {
        self.objector.is_some() || self.status == Status::Proposed && self.disputes.iter().any(|dispute| dispute.open)
    }

    /// Whether somebody had a part in it.
    pub(crate) fn knows(&self, actor: &str) -> bool {
        let of_dispute = |dispute: &Dispute| {
            dispute.objector == actor || dispute.appellant == Some(actor) || dispute.resolvers.contains(&actor)
        };
        self.proposer == actor
            || self.objector == Some(actor)
            || self.objected_before.contains(&actor)
            || self.resolved_before.contains(&actor)
            || self.checkers.contains(&actor)
            || self.disputes.iter().any(of_dispute)
    }

    /// Through which day a decision about an objection can be appealed.
    pub(crate) fn appeal_until(&self) -> Option<NaiveDate> {
        self.disputes.iter().filter(|dispute| !dispute.open).filter_map(|dispute| dispute.appeal_until).max()
    }

    fn spendable_on(&self, day: NaiveDate) -> i64 {
        if self.on <= day && self.last.is_none_or(|last| day <= last) { self.left + self.lapsed } else { 0 }
    }
}

impl Account {
    /// The lot number of a credit.
    pub(crate) fn credit(&self, name: &str) -> Option<usize> {
        self.credits.iter().position(|credit| credit.name == name).map(|index| index + 1)
    }

    /// What was credited for an activity on a day and not refused or taken back.
    pub(crate) fn credited_on(&self, activity: &str, on: NaiveDate) -> i64 {
        let live = |credit: &&Credit| matches!(credit.status, Status::Proposed | Status::Confirmed);
        let same = |credit: &&Credit| credit.activity == activity && credit.on == on;
        self.credits.iter().filter(live).filter(same).map(|credit| credit.points).sum()
    }

    /// Old debts are paid first; gives what of the points they take.
    pub(crate) fn pay_debt(&mut self, points: i64) -> i64 {
        let paid = self.debt.min(points);
        self.debt -= paid;
        paid
    }

    /// Takes a confirmed credit back; what is no longer there becomes a debt.
    pub(crate) fn take_back(&mut self, asked: &Asked, worker: &str, lot: usize) -> String {
        let credit = &mut self.credits[lot - 1];
        let (points, expired) = (credit.points, credit.lapsed);
        let debt = points - credit.left - expired;
        (credit.left, credit.lapsed, credit.status) = (0, 0, Status::Reversed);
        self.debt += debt;
        let name = &credit.name;
        let Asked { at, actor, .. } = asked;
        format!(
            "{at} credit {name} of {worker} reversed by {actor}: lot {lot}, {points}, debt {debt}, expired {expired}"
        )
    }

    /// Lots in the order of spending: the one that ends first, then the one recorded first.
    fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.credits.len()).collect();
        order.sort_by_key(|index| (self.credits[*index].last.unwrap_or(NaiveDate::MAX), *index));
        order
    }

    /// What can be spent on a day.
    pub(crate) fn balance(&self, day: NaiveDate) -> i64 {
        self.credits.iter().map(|credit| credit.spendable_on(day)).sum()
    }

    /// What of it ends on which day.
    pub(crate) fn ending(&self, day: NaiveDate) -> BTreeMap<NaiveDate, i64> {
        let mut ends = BTreeMap::new();
        for credit in &self.credits {
            if let (Some(last), points @ 1..) = (credit.last, credit.spendable_on(day)) {
                *ends.entry(last).or_insert(0) += points;
            }
        }
        ends
    }

    /// Takes points on a day: the parts, and of them what had been booked as expired.
    #[expect(clippy::type_complexity, reason = "two lists of lot and points")]
    pub(crate) fn spend(&mut self, day: NaiveDate, points: i64) -> Option<(Vec<(usize, i64)>, Vec<(usize, i64)>)> {
        let (mut parts, mut lapsed, mut missing) = (Vec::new(), Vec::new(), points);
        for index in self.in_order() {
            let credit = &mut self.credits[index];
            let part = credit.spendable_on(day).min(missing);
            if part <= 0 {
                continue;
            }
            missing -= part;
            parts.push((index + 1, part));
            let unlapsed = (part - credit.left).max(0);
            if unlapsed > 0 {
                lapsed.push((index + 1, unlapsed));
                credit.lapsed -= unlapsed;
                credit.left += unlapsed;
            }
            credit.left -= part;
        }
        (missing == 0).then_some((parts, lapsed))
    }

    /// Points come back to their lots, but first to the debt where their credit was taken back meanwhile.
    pub(crate) fn give_back(&mut self, parts: &[(usize, i64)]) -> (Vec<(usize, i64)>, i64) {
        let (mut back, mut debt_paid) = (Vec::new(), 0);
        for (lot, points) in parts {
            let gone = self.credits[lot - 1].status == Status::Reversed;
            let pays = if gone { self.pay_debt(*points) } else { 0 };
            debt_paid += pays;
            if *points > pays {
                self.credits[lot - 1].left += points - pays;
                back.push((*lot, points - pays));
            }
        }
        (back, debt_paid)
    }

    /// Books lots as expired whose last day is not after a day.
    pub(crate) fn lapse(&mut self, through: NaiveDate) -> Vec<(usize, i64)> {
        let mut parts = Vec::new();
        for index in self.in_order() {
            let credit = &mut self.credits[index];
            if credit.last.is_some_and(|last| last <= through) && credit.left > 0 {
                parts.push((index + 1, credit.left));
                credit.lapsed += credit.left;
                credit.left = 0;
            }
        }
        parts
    }

    /// Units of an item that count against the limit of a year.
    pub(crate) fn had(&self, sku: &str, year: i32) -> u64 {
        let live = self.redemptions.values().filter(|spent| !spent.reversed).chain(self.holds.values());
        live.filter(|spent| spent.year == year)
            .flat_map(|spent| &spent.lines)
            .filter(|line| line.sku == sku)
            .map(|line| u64::from(line.quantity))
            .sum()
    }

    pub(crate) fn held(&self) -> i64 {
        self.holds.values().map(|hold| hold.points).sum()
    }

    pub(crate) fn redeemed(&self) -> i64 {
        self.redemptions.values().filter(|spent| !spent.reversed).map(|spent| spent.points).sum()
    }

    /// Credits that stand.
    pub(crate) fn standing(&self) -> impl Iterator<Item = &Credit> {
        self.credits.iter().filter(|credit| credit.status == Status::Confirmed)
    }

    /// Earned, redeemed, expired and balance, as contract section 5 tells them.
    pub(crate) fn figures(&self, as_of: NaiveDate) -> (i64, i64, i64, i64) {
        let earned = self.standing().map(|credit| credit.points).sum::<i64>() + self.debt;
        let whole = |credit: &Credit| credit.left + credit.lapsed;
        let ended = |credit: &&Credit| credit.last.is_some_and(|last| last < as_of);
        let expired: i64 = self.credits.iter().filter(ended).map(whole).sum();
        let all: i64 = self.credits.iter().map(whole).sum();
        (earned, self.redeemed(), expired, all - expired + self.held())
    }

    /// The card ends, or goes elsewhere.
    pub(crate) fn leave_branch(&mut self, day: NaiveDate) {
        if let Some((.., until @ None)) = self.stays.last_mut() {
            *until = Some(day);
        }
    }

    /// The last card of a year and its branch. A stay that began and ended on one day is none, and what comes before the
    /// first belongs to it.
    pub(crate) fn card_in(&self, year: i32) -> Option<(String, String)> {
        let stays = self.stays.iter().filter(|(.., from, until)| until.is_none_or(|until| *from < until));
        let in_year = stays.enumerate().filter(|(at, (.., from, until))| {
            (*at == 0 || from.year() <= year)
                && until.is_none_or(|until| until > NaiveDate::from_ymd_opt(year, 1, 1).expect("a day"))
        });
        in_year.last().map(|(_, (card, branch, ..))| (card.clone(), branch.clone()))
    }

    /// Points of standing credits that count for the card, by year and category.
    pub(crate) fn card_points(&self) -> BTreeMap<i32, BTreeMap<&'static str, i64>> {
        let mut years: BTreeMap<i32, BTreeMap<&'static str, i64>> = BTreeMap::new();
        for credit in self.standing().filter(|credit| credit.counts) {
            *years.entry(credit.on.year()).or_default().entry(credit.category).or_default() += credit.points;
        }
        years
    }
}
