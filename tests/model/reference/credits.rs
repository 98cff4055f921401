//! Credits in the reference: what a service earns, and what is decided about it afterwards. Contract sections 4.2
//! and 4.3, and the design's rules of approval.

use chrono::{Datelike, Days, NaiveDate};

use super::account::{Credit, Status};
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
        let proposed = self.approval || self.publicity_days > 0;
        let (today, public_days) = (self.now.date(), self.publicity_days);
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
            proposer: asked.actor,
            entered: today,
            public_days,
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
        let public_days = proposed.then_some(public_days);
        self.done(format!(
            "{at} {word} credit {key} of {worker}: {points} for {activity} × {quantity} on {on} to {last:?}, lot {lot}, uncapped {uncapped:?}, debt {debt}, schedule {version}, {}, card {}, proposed {proposed} by {actor}, entered {entered:?}, public {public_days:?}",
            line.category, line.card,
        ));
        Ok(())
    }

    pub(super) fn judge(&mut self, asked: &Asked, name: &str, verdict: Verdict) -> Result<(), No> {
        let Asked { actor, at, .. } = asked;
        let found = self.accounts.iter_mut().find(|(_, account)| account.credit(name).is_some());
        let (worker, account) = found.ok_or("unknown_credit")?;
        let worker = worker.clone();
        let lot = account.credit(name).ok_or("unknown_credit")?;
        let debt = account.debt;
        let credit = account.credits.get_mut(lot - 1).ok_or("unknown_credit")?;
        let (points, own) = (credit.points, credit.proposer == *actor);
        let proposed = credit.status == Status::Proposed;
        let fact = |word: &str, debt: i64| {
            format!("{at} credit {name} of {worker} {word} by {actor}: lot {lot}, {points}, debt {debt}")
        };
        let answered = |word: &str| format!("{at} objection to {name} of {worker} {word} by {actor}: lot {lot}");
        if credit.status == Status::Reversed {
            return Err("already_reversed");
        }
        let mut facts = Vec::new();
        match verdict {
            Verdict::Confirm | Verdict::Reject if !proposed => return Err("already_decided"),
            Verdict::Confirm | Verdict::Reject if own => return Err("same_person"),
            Verdict::Confirm if credit.objector.is_some() => return Err("invalid_input"),
            Verdict::Confirm if at.date() < credit.entered + Days::new(credit.public_days.into()) => {
                return Err("invalid_date");
            }
            Verdict::Confirm => {
                let paid = debt.min(points);
                credit.status = Status::Confirmed;
                credit.left = points - paid;
                account.debt -= paid;
                facts.push(fact("confirmed", paid));
            }
            Verdict::Reject => {
                // What takes the credit away answers an open objection with it.
                facts.extend(credit.objector.take().map(|_| answered("upheld")));
                credit.status = Status::Rejected;
                facts.push(fact("rejected", 0));
            }
            Verdict::Reverse if credit.status != Status::Confirmed => return Err("already_decided"),
            Verdict::Reverse => {
                facts.extend(credit.objector.take().map(|_| answered("upheld")));
                facts.push(account.take_back(asked, &worker, lot));
            }
            Verdict::Object if credit.objector.is_some() || credit.status == Status::Rejected => {
                return Err("already_decided");
            }
            Verdict::Object => {
                credit.objector = Some(*actor);
                facts.push(fact("objected to", 0));
            }
            Verdict::Uphold | Verdict::Dismiss if credit.objector.is_none() => return Err("already_decided"),
            Verdict::Uphold | Verdict::Dismiss if own || credit.objector == Some(*actor) => return Err("same_person"),
            Verdict::Uphold | Verdict::Dismiss => {
                let upheld = verdict == Verdict::Uphold;
                credit.objector = None;
                facts.push(answered(if upheld { "upheld" } else { "dismissed" }));
                if upheld && proposed {
                    credit.status = Status::Rejected;
                    facts.push(fact("rejected", 0));
                } else if upheld && credit.status == Status::Confirmed {
                    facts.push(account.take_back(asked, &worker, lot));
                }
            }
        }
        self.facts.extend(facts);
        Ok(())
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
