//! A command of the demonstration with what surrounds it, and the days and numbers that all parts of the district's past
//! have in common.

use chrono::{Days, NaiveDate, TimeDelta};
use ledger_core::domain::ids::{FundId, IdError, MerchantId, SiteId, WorkerId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::{BusinessTime, Month};
use ledger_core::ledger::Command;

use super::ACTOR;

/// The first day of the past.
pub(super) const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2025, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// January 2025 to June 2026.
pub(super) const DAYS: u64 = 546;
/// Weeks of it.
pub(super) const WEEKS: u64 = DAYS.div_ceil(7);
/// Whoever looks over what another one prepared.
pub(super) const CHECKER: &str = "demo-checker";
/// Whoever pays what both of them found right.
pub(super) const CASHIER: &str = "demo-cashier";

/// A command with its key, its time and whoever gives it.
pub(super) struct Planned {
    pub(super) key: String,
    pub(super) at: BusinessTime,
    pub(super) by: &'static str,
    pub(super) command: Command,
    /// Who witnessed it, by name.
    pub(super) witness: Option<String>,
    /// The code with which it is to be refused, where the district's past holds a try that failed.
    pub(super) refused: Option<Code>,
}

impl Planned {
    pub(super) fn new(key: impl Into<String>, at: BusinessTime, command: impl Into<Command>) -> Planned {
        Planned { key: key.into(), at, by: ACTOR, command: command.into(), witness: None, refused: None }
    }

    /// Given at the beginning of a day.
    pub(super) fn on(day: NaiveDate, key: impl Into<String>, command: impl Into<Command>) -> Planned {
        Planned::new(key, BusinessTime::start_of(day), command)
    }

    pub(super) fn by(self, by: &'static str) -> Planned {
        Planned { by, ..self }
    }
}

/// A day of the past: 0 is the first one.
pub(super) fn day(nth: u64) -> NaiveDate {
    FIRST_DAY.checked_add_days(Days::new(nth)).unwrap_or(FIRST_DAY)
}

/// So many minutes after the beginning of a day.
pub(super) fn at(day: NaiveDate, minute: i64) -> BusinessTime {
    BusinessTime::from_civil(day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minute))
}

/// A day of the month after one.
pub(super) fn after(month: Month, day: u64) -> NaiveDate {
    month.next().first_day().checked_add_days(Days::new(day.saturating_sub(1))).unwrap_or(FIRST_DAY)
}

pub(super) fn worker_id(number: u32) -> Result<WorkerId, IdError> {
    WorkerId::new(&format!("YS-{number:04}"))
}

pub(super) fn merchant_id(number: u32) -> Result<MerchantId, IdError> {
    MerchantId::new(&format!("YS-SH{number:02}"))
}

/// A community: there are [`COMMUNITIES`](super::places::COMMUNITIES), and numbers beyond go round.
pub(super) fn community_id(number: u32) -> Result<SiteId, IdError> {
    let number = number.wrapping_sub(1).checked_rem(super::places::COMMUNITIES).unwrap_or(0);
    SiteId::new(&format!("YS-SQ{:02}", number + 1))
}

/// Money that a command of the past moves: what a merchant is owed for it, and from which fund it was set aside.
pub(super) struct Moved {
    pub(super) at: BusinessTime,
    pub(super) owed: Option<(MerchantId, Fen)>,
    pub(super) fund: Option<FundId>,
}
