//! What a counter and a merchant find in the demonstration when they come in: goods that were set aside and given out
//! today, a shelf that runs low, and the month that is over, prepared for the merchants to look over and for the approver
//! to confirm.

use chrono::{Days, Months};
use ledger_core::domain::ids::{Actor, IdError, PassNo};
use ledger_core::domain::money::Fen;
use ledger_core::domain::time::{BusinessTime, Month};
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::commands::benefits::AskedAmount;
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::{Command, Ledger, commands};

use super::once::{self, Plan};
use super::plan::{at, merchant_id, worker_id};
use super::programmes::{FUND, UNION};
use super::{DemoError, EXAMPLE_MERCHANT, EXAMPLE_SKU, EXAMPLE_STORE};

/// The first of these commands: whether they were given.
const FIRST_KEY: &str = "demo/today";
/// What runs low at the example store, and what the stocktake found of it.
const LOW: (&str, u32) = ("SP006", 3);
/// Worker and hours until what was set aside goes back: one is due before the day is over.
const HELD: [(u32, u32); 2] = [(9, 5), (20, 48)];
/// Whose boxes of water were given out today.
const TODAY: [u32; 3] = [3, 12, 16];
/// Worker and day of last month on which a box of the example merchant's was given out.
const LAST_MONTH: [(u32, u64); 3] = [(2, 4), (13, 11), (18, 19)];
/// Number of the slip, pass, offer, day of last month, price in fen, and what is paid of a thousand.
const SLIPS: [(u32, u32, u32, u64, i64, i64); 5] = [
    (2, 7, 1, 6, 5_600, 850),
    (3, 1, 1, 14, 3_200, 850),
    (4, 7, 1, 22, 4_800, 850),
    (5, 50, 2, 8, 6_000, 900),
    (6, 52, 2, 17, 2_500, 900),
];
/// Another merchant whose month is prepared.
const OTHER_MERCHANT: u32 = 5;

/// Gives them; nothing where that was done.
///
/// # Errors
/// [`DemoError`].
pub(super) async fn begin(ledger: &Ledger, operator: &Actor) -> Result<(), DemoError> {
    once::begin(ledger, operator, FIRST_KEY, plan).await
}

/// All of them with their keys and whether the district itself gives them, in order.
fn plan(now: BusinessTime) -> Result<Plan, IdError> {
    let (sku, counted) = LOW;
    let count = commands::CountStock {
        store: EXAMPLE_STORE.parse()?,
        sku: sku.parse()?,
        counted,
        reason: "月初盘点".to_owned(),
    };
    let mut plan = vec![(FIRST_KEY.to_owned(), true, count.into())];
    for worker in TODAY {
        plan.push((format!("demo/today/{worker:02}"), true, Command::Redeem(water(worker, AskedTime::Now)?)));
    }
    for (worker, hours) in HELD {
        let hold = commands::PlaceHold { spending: water(worker, AskedTime::Now)?, lasts_seconds: hours * 3_600 };
        plan.push((format!("demo/held/{worker:02}"), true, hold.into()));
    }
    let last = now.date().checked_sub_months(Months::new(1)).map(Month::of).unwrap_or_else(|| now.month());
    let on = |nth: u64| last.first_day().checked_add_days(Days::new(nth)).unwrap_or_default();
    for (worker, nth) in LAST_MONTH {
        let time = AskedTime::At(at(on(nth), 660));
        plan.push((format!("demo/last-month/{worker:02}"), true, Command::Redeem(water(worker, time)?)));
    }
    for (number, pass, offer, nth, price, paid) in SLIPS {
        let (slip, price) = (format!("YS-XP{number:04}"), Fen::new(price));
        let command = commands::UsePass {
            slip_no: slip.parse()?,
            pass: PassNo::new(&format!("YS-NK{pass:04}"))?,
            offer: format!("YS-YH{offer:02}").parse()?,
            at: Some(at(on(nth), 740)),
            price: AskedAmount::Amount(price),
            paid: AskedAmount::Amount(price.share_rounded(paid, 1_000)),
        };
        plan.push((slip, true, command.into()));
    }
    let body = StatementOf::Body { body: UNION.to_owned(), funds: vec![FUND.parse()?] };
    let merchants = [EXAMPLE_MERCHANT.parse()?, merchant_id(OTHER_MERCHANT)?].map(StatementOf::Merchant);
    for (number, of) in (1..).zip(merchants.into_iter().chain([body])) {
        let command = commands::PrepareStatement { of, month: last };
        plan.push((format!("demo/prepared/{number}"), false, command.into()));
    }
    Ok(plan)
}

/// A box of water at the example store.
fn water(worker: u32, time: AskedTime) -> Result<AskedSpending, IdError> {
    let lines = vec![AskedLine { sku: EXAMPLE_SKU.parse()?, quantity: Some(1) }];
    Ok(AskedSpending { worker: worker_id(worker)?, store: EXAMPLE_STORE.parse()?, lines, time, proven: None })
}

#[cfg(test)]
pub(super) use tests::keys;

#[cfg(test)]
mod tests {
    use ledger_core::domain::ids::Key;

    use super::*;

    /// The keys of all that is given.
    pub(in crate::demo) fn keys(now: BusinessTime) -> Vec<Key> {
        plan(now).unwrap().into_iter().map(|(key, ..)| Key::new(&key).unwrap()).collect()
    }
}
