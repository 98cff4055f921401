//! Points: what is earned within the caps, by letters of appointment too, and from which lots it is spent.

use super::known::Lot;
use super::terms::{FED_BACK_MONTHLY_CAP, RATED_YEARLY_CAP, rate};
use super::{Desk, Refused, month};
use crate::programmes::commands::date;
use crate::programmes::steps::{Activity, Day};

impl Desk {
    pub(super) fn credit(&mut self, worker: u8, day: Day, units: u8) -> Refused {
        Desk::known(worker)?;
        if units == 0 {
            return Err("invalid_quantity");
        }
        self.earn(worker, Activity::Plain, day, units).map(|_| ())
    }

    /// Whether anything is new.
    pub(super) fn appoint(&mut self, worker: u8, letter: u8, days: (Day, Option<Day>, Option<Day>)) -> Refused<bool> {
        Desk::known(worker)?;
        let (from, through, ended) = days;
        if through.is_some_and(|through| through < from) || ended.is_some_and(|ended| ended < from) {
            return Err("invalid_date");
        }
        Ok(self.letters.insert((worker, letter), days) != Some(days))
    }

    /// By the letters that hold on its day, whatever day it is entered on.
    pub(super) fn serve(&mut self, worker: u8, day: Day, units: u8) -> Refused {
        Desk::known(worker)?;
        if units == 0 {
            return Err("invalid_quantity");
        }
        let own = self.letters.iter().filter(|((who, _), _)| *who == worker).map(|(_, days)| *days);
        let mut held = own.filter(|(from, through, ended)| {
            *from <= day && through.is_none_or(|through| day <= through) && ended.is_none_or(|ended| day < ended)
        });
        let (.., ended) = held.next().ok_or("not_eligible")?;
        self.earn(worker, Activity::Appointed, day, units)?;
        if ended.is_some() {
            self.met.insert("a service counts by a letter that has ended since");
        }
        Ok(())
    }

    /// Points for so many units on a day: what is left of the caps at most.
    pub(super) fn earn(&mut self, worker: u8, activity: Activity, day: Day, units: u8) -> Refused<i64> {
        let (rate, daily) = rate(activity);
        let sum = |of: &dyn Fn(Day) -> bool| -> i64 {
            let own = self.earned.iter().filter(|(who, what, on, _)| *who == worker && *what == activity && of(*on));
            own.map(|(_, _, _, points)| points).sum()
        };
        let monthly = (activity == Activity::FedBack).then_some(FED_BACK_MONTHLY_CAP);
        let yearly = (activity == Activity::Rated).then_some(RATED_YEARLY_CAP);
        let left = [
            (daily.map(|cap| cap - sum(&|on| on == day)), "daily_cap_reached"),
            (monthly.map(|cap| cap - sum(&|on| month(on) == month(day))), "monthly_cap_reached"),
            (yearly.map(|cap| cap - sum(&|on| month(on).0 == month(day).0)), "yearly_cap_reached"),
        ];
        let mut points = rate * i64::from(units);
        for (left, code) in left {
            let Some(left) = left else { continue };
            if left <= 0 {
                return Err(code);
            }
            if left < points {
                self.met.insert("a row is capped");
            }
            points = points.min(left);
        }
        // 有效月数: the same day so many months later is the last one.
        let ends = (activity == Activity::Plain).then(|| date(day) + chrono::Months::new(24) + chrono::Days::new(1));
        self.lots[usize::from(worker)].push(Lot { day, ends, left: points });
        self.earned.push((worker, activity, day, points));
        Ok(points)
    }

    /// What ends first is spent first, then what was recorded first; only what can be spent on the day.
    /// Tells from which.
    pub(super) fn spend(&mut self, worker: u8, day: Day, price: i64) -> Refused<Vec<(usize, i64)>> {
        let on = date(day);
        let lots = &mut self.lots[usize::from(worker)];
        let mut open: Vec<usize> = (0..lots.len())
            .filter(|lot| lots[*lot].day <= day && lots[*lot].ends.is_none_or(|ends| on < ends))
            .collect();
        open.sort_by_key(|lot| (lots[*lot].ends.is_none(), lots[*lot].ends, *lot));
        let (mut missing, mut parts) = (price, Vec::new());
        for lot in open {
            let part = missing.min(lots[lot].left);
            lots[lot].left -= part;
            missing -= part;
            parts.push((lot, part));
        }
        self.spent[usize::from(worker)] += price;
        if missing > 0 { Err("insufficient_points") } else { Ok(parts) }
    }
}
