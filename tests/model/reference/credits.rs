//! Credits in the reference: what a service earns, and what is decided about it afterwards. Contract sections 4.2
//! and 4.3, and the design's rules of approval.

use chrono::{Datelike, Days, NaiveDate};

use super::account::{Credit, Dispute, Status};
use super::{District, No};
use crate::ask::{Asked, Lasting, Verdict};

impl District {
    /// Contract section 4.2 and 4.3.
    pub(super) fn credit(
        &mut self,
        asked: &Asked,
        worker: &str,
        activity: &str,
        on: Option<NaiveDate>,
        quantity: Option<i64>,
    ) -> Result<(), No> {
        self.account(worker)?;
        if !self.schedules.iter().any(|(_, lines)| lines.iter().any(|line| line.code == activity)) {
            return Err("unknown_activity");
        }
        let on = on.ok_or("invalid_date")?;
        let begins = on.and_time(chrono::NaiveTime::MIN);
        self.past(begins)?;
        let (version, _, lines) = self.in_force(on).ok_or("unknown_activity")?;
        let line = lines.iter().find(|line| line.code == activity).cloned().ok_or("unknown_activity")?;
        self.present_at(worker, begins)?;
        let quantity = quantity.filter(|quantity| *quantity > 0).ok_or("invalid_quantity")?;
        let exact = i128::from(quantity) * i128::from(line.rate) / 1_000_000;
        let exact = i64::try_from(exact).map_err(|_| "invalid_quantity")? / self.step * self.step;
        if exact == 0 {
            return Err("invalid_quantity");
        }
        let (checks, today) = (self.checks, self.now.date());
        let public_until = Some(self.publicity_days).filter(|days| checks == 0 && *days > 0);
        let public_until = public_until.map(|days| self.period(today, days));
        let proposed = checks > 0 || public_until.is_some();
        let account = self.account(worker)?;
        let points = match line.cap {
            None => exact,
            Some(cap) => exact.min(cap - account.credited_on(activity, on)),
        };
        if points <= 0 {
            return Err("daily_cap_reached");
        }
        let debt = if proposed { 0 } else { account.pay_debt(points) };
        let last = last_day(line.lasting, on);
        account.credits.push(Credit {
            name: asked.key.clone(),
            activity: activity.to_owned(),
            category: line.category,
            counts: line.card,
            on,
            last,
            points,
            left: if proposed { 0 } else { points - debt },
            lapsed: 0,
            status: if proposed { Status::Proposed } else { Status::Confirmed },
            objector: None,
            objected_before: Vec::new(),
            resolved_before: Vec::new(),
            proposer: asked.actor,
            checks,
            checkers: Vec::new(),
            public_until,
            disputes: Vec::new(),
        });
        let lot = account.credits.len();
        let uncapped = (points < exact).then_some(exact);
        let word = match line.category {
            "志愿服务" => "volunteer",
            "文明创建" => "civic",
            _ => "community",
        };
        let Asked { key, actor, at, .. } = asked;
        let entered = Some(today).filter(|today| proposed && *today != at.date());
        let checks = proposed.then_some(checks);
        self.done(format!(
            "{at} {word} credit {key} of {worker}: {points} for {activity} × {quantity} on {on} to {last:?}, lot {lot}, uncapped {uncapped:?}, debt {debt}, schedule {version}, {}, card {}, proposed {proposed} by {actor}, entered {entered:?}, checks {checks:?}, public until {public_until:?}, flags []",
            line.category, line.card,
        ));
        Ok(())
    }

    /// The last day of a period that begins on a day, counted day by day.
    fn period(&self, begins: NaiveDate, days: u32) -> NaiveDate {
        let (mut day, mut left) = (begins, days);
        while left > 0 {
            day = day + Days::new(1);
            left -= u32::from(self.counts(day));
        }
        day
    }

    fn counts(&self, day: NaiveDate) -> bool {
        !self.working || day.weekday().num_days_from_monday() < 5
    }

    /// Days that are left after a day, through a last one.
    fn left(&self, after: NaiveDate, last: NaiveDate) -> u32 {
        let (mut day, mut left) = (after, 0);
        while day < last {
            day = day + Days::new(1);
            left += u32::from(self.counts(day));
        }
        left
    }

    pub(super) fn judge(&mut self, asked: &Asked, name: &str, verdict: Verdict) -> Result<(), No> {
        let Asked { actor, at, .. } = asked;
        let today = self.now.date();
        let (account, credit) = self.find(name).ok_or("unknown_credit")?;
        if credit.status == Status::Reversed {
            return Err("already_reversed");
        }
        let (worker, credit) = (account.to_owned(), credit.clone());
        if credit.status != Status::Proposed {
            return self.judge_counted(asked, &worker, &credit, verdict);
        }
        let lot = self.account(&worker)?.credit(name).ok_or("unknown_credit")?;
        let fact = |word: &str, debt: i64| {
            format!("{at} credit {name} of {worker} {word} by {actor}: lot {lot}, {}, debt {debt}", credit.points)
        };
        let resolved = |word: &str, public: Option<NaiveDate>, appeal: Option<NaiveDate>| {
            format!(
                "{at} objection to {name} of {worker} {word} by {actor}: lot {lot}, public until {public:?}, appeal until {appeal:?}"
            )
        };
        let open = credit.disputes.iter().position(|dispute| dispute.open);
        let pending_rejection = open.is_none() && credit.disputes.last().is_some_and(|dispute| dispute.upheld);
        let left = credit.public_until.map_or(0, |until| self.left(today, until));
        let told_left = credit.public_until.map(|_| left);
        let mut after = credit.clone();
        let mut facts = Vec::new();
        match verdict {
            Verdict::Confirm if open.is_some() => return Err("invalid_input"),
            Verdict::Confirm if pending_rejection || credit.public_until.is_some() => return Err("already_decided"),
            Verdict::Reject if credit.public_until.is_some() || pending_rejection => return Err("already_decided"),
            Verdict::Reject if open.is_some_and(|open| credit.disputes[open].appellant.is_some()) => {
                return Err("already_decided");
            }
            Verdict::Confirm | Verdict::Reject if credit.knows(actor) => return Err("same_person"),
            Verdict::Confirm => {
                after.checkers.push(actor);
                let days = self.publicity_days;
                let until = Some(days).filter(|days| *days > 0).map(|days| self.period(today, days));
                let until = until.or(credit.appeal_until());
                if (after.checkers.len() as u32) < credit.checks {
                    facts.push(fact("checked", 0));
                } else if let Some(until) = until {
                    after.public_until = Some(until);
                    facts.push(format!(
                        "{at} credit {name} of {worker} public until {until} by {actor}: lot {lot}, {}",
                        credit.points
                    ));
                } else {
                    let paid = self.account(&worker)?.pay_debt(credit.points);
                    (after.status, after.left) = (Status::Confirmed, credit.points - paid);
                    facts.push(fact("confirmed", paid));
                }
            }
            Verdict::Reject => {
                facts.extend(open.map(|_| resolved("upheld", None, None)));
                after.status = Status::Rejected;
                facts.push(fact("rejected", 0));
            }
            Verdict::Reverse => return Err("already_decided"),
            Verdict::Object
                if open.is_some()
                    || pending_rejection
                    || credit.disputes.iter().any(|dispute| dispute.objector == *actor) =>
            {
                return Err("already_decided");
            }
            Verdict::Object => {
                after.disputes.push(Dispute {
                    objector: actor,
                    left,
                    open: true,
                    upheld: false,
                    resolvers: Vec::new(),
                    appeal_until: None,
                    appellant: None,
                });
                facts.push(format!("{}, left {told_left:?}, anonymous false", fact("objected to", 0)));
            }
            Verdict::Uphold | Verdict::Dismiss => {
                let open = open.ok_or("already_decided")?;
                if credit.knows(actor) {
                    return Err("same_person");
                }
                let upheld = verdict == Verdict::Uphold;
                let last = credit.disputes[open].appellant.is_some();
                let appeal = (!last).then(|| today + Days::new(3));
                let goes_on = !upheld && credit.public_until.is_some();
                let public = goes_on.then(|| self.period(today, credit.disputes[open].left));
                let dispute = &mut after.disputes[open];
                (dispute.open, dispute.upheld, dispute.appeal_until) = (false, upheld, appeal);
                dispute.resolvers.push(actor);
                after.public_until = public.or(credit.public_until);
                facts.push(resolved(if upheld { "upheld" } else { "dismissed" }, public, appeal));
                if upheld && last {
                    after.status = Status::Rejected;
                    facts.push(fact("rejected", 0));
                }
            }
            Verdict::Appeal => {
                if open.is_some() || credit.disputes.is_empty() {
                    return Err("already_decided");
                }
                // Nobody in these histories is the worker.
                let own = credit.disputes.iter().rposition(|dispute| dispute.objector == *actor);
                let own = own.filter(|_| !pending_rejection).ok_or("forbidden")?;
                if credit.disputes[own].appeal_until.is_none_or(|until| until < today) {
                    return Err("already_decided");
                }
                let dispute = &mut after.disputes[own];
                (dispute.open, dispute.appellant) = (true, Some(*actor));
                dispute.left = told_left.unwrap_or(dispute.left);
                let fact = fact("appealed", 0);
                facts.push(format!("{fact}, left {told_left:?}, objection {:?}", Some(own as u32 + 1)));
            }
        }
        if let Some(credit) = self.account(&worker)?.credits.get_mut(lot - 1) {
            *credit = after;
        }
        self.facts.extend(facts);
        Ok(())
    }

    /// A credit that counts, or was rejected.
    fn judge_counted(&mut self, asked: &Asked, worker: &str, found: &Credit, verdict: Verdict) -> Result<(), No> {
        let Asked { actor, at, .. } = asked;
        let name = &found.name;
        let account = self.account(worker)?;
        let lot = account.credit(name).ok_or("unknown_credit")?;
        let credit = account.credits.get_mut(lot - 1).ok_or("unknown_credit")?;
        let answered = |word: &str| {
            format!(
                "{at} objection to {name} of {worker} {word} by {actor}: lot {lot}, public until None, appeal until None"
            )
        };
        let mut facts = Vec::new();
        match verdict {
            Verdict::Confirm | Verdict::Reject | Verdict::Appeal => return Err("already_decided"),
            Verdict::Reverse if credit.status != Status::Confirmed => return Err("already_decided"),
            // What takes the credit away answers an open objection with it.
            Verdict::Reverse if credit.objector.is_some() && credit.knows(actor) => return Err("same_person"),
            Verdict::Reverse => {
                facts.extend(credit.objector.take().map(|_| answered("upheld")));
                facts.push(account.take_back(asked, worker, lot));
            }
            Verdict::Object if credit.objector.is_some() || credit.status == Status::Rejected => {
                return Err("already_decided");
            }
            Verdict::Object
                if credit.objected_before.contains(actor)
                    || credit.disputes.iter().any(|dispute| dispute.objector == *actor) =>
            {
                return Err("already_decided");
            }
            Verdict::Object => {
                credit.objector = Some(*actor);
                let points = credit.points;
                facts.push(format!(
                    "{at} credit {name} of {worker} objected to by {actor}: lot {lot}, {points}, debt 0, left None, anonymous false"
                ));
            }
            Verdict::Uphold | Verdict::Dismiss if credit.objector.is_none() => return Err("already_decided"),
            Verdict::Uphold | Verdict::Dismiss if credit.knows(actor) => return Err("same_person"),
            Verdict::Uphold | Verdict::Dismiss => {
                let upheld = verdict == Verdict::Uphold;
                credit.objected_before.extend(credit.objector.take());
                credit.resolved_before.push(*actor);
                facts.push(answered(if upheld { "upheld" } else { "dismissed" }));
                if upheld && credit.status == Status::Confirmed {
                    facts.push(account.take_back(asked, worker, lot));
                }
            }
        }
        self.facts.extend(facts);
        Ok(())
    }

    /// What comes of a credit by itself: at the first moment after the day that had to be over.
    pub(super) fn settle(&mut self, asked: &Asked, name: &str) -> Result<(), No> {
        let actor = asked.actor;
        let today = self.now.date();
        let (account, credit) = self.find(name).ok_or("unknown_credit")?;
        let (worker, credit) = (account.to_owned(), credit.clone());
        match credit.status {
            Status::Reversed => return Err("already_reversed"),
            Status::Confirmed | Status::Rejected => return Err("already_decided"),
            Status::Proposed => {}
        }
        if credit.disputes.iter().any(|dispute| dispute.open) {
            return Err("already_decided");
        }
        let upheld = credit.disputes.last().is_some_and(|dispute| dispute.upheld);
        let until = if upheld { credit.appeal_until() } else { credit.public_until.max(credit.appeal_until()) };
        let until = until.filter(|_| upheld || credit.public_until.is_some()).ok_or("already_decided")?;
        if until >= today {
            return Err("invalid_date");
        }
        let at = (until + Days::new(1)).and_time(chrono::NaiveTime::MIN);
        let account = self.account(&worker)?;
        let lot = account.credit(name).ok_or("unknown_credit")?;
        let paid = if upheld { 0 } else { account.pay_debt(credit.points) };
        let found = account.credits.get_mut(lot - 1).ok_or("unknown_credit")?;
        (found.status, found.left) =
            if upheld { (Status::Rejected, 0) } else { (Status::Confirmed, credit.points - paid) };
        // Whose name stands under the confirmation had a part, be it by a timer.
        if !upheld {
            found.checkers.push(actor);
        }
        let word = if upheld { "rejected" } else { "confirmed" };
        self.done(format!(
            "{at} credit {name} of {worker} {word} by {actor}: lot {lot}, {}, debt {paid}",
            credit.points
        ));
        Ok(())
    }

    fn find(&self, name: &str) -> Option<(&str, &Credit)> {
        self.accounts.iter().find_map(|(worker, account)| {
            let lot = account.credit(name)?;
            Some((worker.as_str(), account.credits.get(lot - 1)?))
        })
    }
}

/// Contract section 4.3, with the calendar walked by hand.
fn last_day(lasting: Lasting, on: NaiveDate) -> Option<NaiveDate> {
    match lasting {
        Lasting::Forever => None,
        Lasting::YearEnd => NaiveDate::from_ymd_opt(on.year(), 12, 31),
        Lasting::Months(months) => {
            let month0 = on.year() * 12 + on.month0() as i32 + months as i32;
            let (year, month) = (month0.div_euclid(12), month0.rem_euclid(12) as u32 + 1);
            (1..=on.day()).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
        }
    }
}
