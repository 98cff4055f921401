//! What a line of the schedule makes of a service: the points of its quantity, the role that is asked for, what the caps of
//! day, month and year leave, and how long it lasts. Decides a credit that is recorded, and tells what one would be under a
//! schedule that is only proposed: there is no second copy of it.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};

use super::command::AppointmentTerms;
use crate::domain::ids::ActivityCode;
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::schedule::Activity;
use crate::domain::time::is_plausible;

/// What was credited to a worker, by activity and service date: what counts against caps.
pub type CreditedByDay = BTreeMap<(ActivityCode, NaiveDate), Points>;

/// A service, as its worth depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Whether the worker held one of the roles that the line asks for; true where it is not asked here.
    pub eligible: bool,
    /// The service date.
    pub on: NaiveDate,
    /// Units of service.
    pub quantity: Quantity,
    /// The district's rounding step.
    pub step: Points,
}

/// What a service is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rated {
    /// Before caps.
    pub exact: Points,
    /// After them.
    pub points: Points,
    /// The last day of its lot; none for ever.
    pub last_day: Option<NaiveDate>,
}

/// A cap, by the days it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    /// 每日上限.
    Daily,
    /// 每月上限.
    Monthly,
    /// 每年上限.
    Yearly,
}

/// Why a service is worth nothing, in the order in which it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unrated {
    /// The quantity comes to no points, or to more than one command may move.
    NoPoints,
    /// A role is asked for that the worker does not hold.
    NotEligible,
    /// Nothing is left of a cap.
    CapReached {
        /// Whether that of a day, of a month or of a year.
        cap: Cap,
        /// How much it is.
        limit: Points,
    },
    /// Its lot would last beyond the years that the ledger keeps.
    LastsTooLong,
}

/// Rates a service by a line, after what the worker was credited before.
///
/// # Errors
/// [`Unrated`].
pub fn rate(line: &Activity, service: &Service, credited: &CreditedByDay) -> Result<Rated, Unrated> {
    let exact = line_points(line, service).ok_or(Unrated::NoPoints)?;
    if !service.eligible {
        return Err(Unrated::NotEligible);
    }
    let points = within_caps(line, service.on, exact, credited)?;
    let last_day = line.validity.last_day(service.on);
    if last_day.is_some_and(|last_day| !is_plausible(last_day)) {
        return Err(Unrated::LastsTooLong);
    }
    Ok(Rated { exact, points, last_day })
}

/// What the quantity comes to before caps; none where that is nothing, or more than one command may move.
pub fn line_points(line: &Activity, service: &Service) -> Option<Points> {
    service.quantity.earn(line.points_per_unit, service.step).filter(|points| points.is_positive())
}

/// What was credited for an activity on service dates from a day through a day.
pub fn credited_between(credited: &CreditedByDay, code: &ActivityCode, first: NaiveDate, last: NaiveDate) -> Points {
    credited.range((code.clone(), first)..=(code.clone(), last)).map(|(_, points)| *points).sum()
}

/// Whether one of some appointments is to one of some roles on a day; where none is asked for, nobody is asked.
pub fn holds_one_of<'a>(
    appointments: impl IntoIterator<Item = &'a AppointmentTerms>,
    roles: &[String],
    day: NaiveDate,
) -> bool {
    roles.is_empty() || appointments.into_iter().any(|terms| roles.contains(&terms.role) && terms.holds(day))
}

/// The least of what the caps of day, month and year leave, asked in that order.
fn within_caps(line: &Activity, on: NaiveDate, exact: Points, credited: &CreditedByDay) -> Result<Points, Unrated> {
    let caps = [
        (Cap::Daily, line.daily_cap, Some((on, on))),
        (Cap::Monthly, line.terms.monthly_cap, month_of(on)),
        (Cap::Yearly, line.terms.yearly_cap, year_of(on)),
    ];
    let mut points = exact;
    for (cap, limit, days) in caps {
        let (Some(limit), Some((first, last))) = (limit, days) else { continue };
        let used = credited_between(credited, &line.code, first, last);
        if used >= limit {
            return Err(Unrated::CapReached { cap, limit });
        }
        points = points.min(limit - used);
    }
    Ok(points)
}

/// The first and the last day of the month.
fn month_of(on: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let first = on.with_day(1)?;
    Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
}

/// The first and the last day of the year.
fn year_of(on: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    Some((NaiveDate::from_ymd_opt(on.year(), 1, 1)?, NaiveDate::from_ymd_opt(on.year(), 12, 31)?))
}
