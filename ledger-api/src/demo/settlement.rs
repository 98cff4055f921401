//! What merchants and paying bodies of the demonstration district settled, month by month: where money is owed by a
//! statement of three persons, where points alone are owed by the payment. A few were not there yet when the past ended.

use std::collections::{BTreeMap, BTreeSet};

use ledger_core::domain::ids::{FundId, IdError, MerchantId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::{BusinessTime, Month};
use ledger_core::ledger::commands;
use ledger_core::ledger::commands::statements::StatementOf;

use super::benefits::{FUNDS, SUBSIDIES};
use super::plan::{CASHIER, CHECKER, DAYS, Moved, Planned, after, day, merchant_id};

/// Who was not paid for the last month yet.
const UNPAID: [u32; 3] = [2, 5, 9];
/// Days of the month after, on which a statement is prepared, confirmed and paid.
const PREPARED: u64 = 5;
const CONFIRMED: u64 = 7;
pub(super) const PAID: u64 = 10;

/// What a merchant is owed for a month.
#[derive(Default)]
struct Owed {
    points: Points,
    money: Fen,
}

/// The settlements of all months, from what merchants are owed for goods and what money was moved.
pub(super) fn settlements(
    points: &BTreeMap<(Month, MerchantId), Points>,
    moved: &[Moved],
) -> Result<Vec<Planned>, IdError> {
    let mut owed: BTreeMap<(Month, MerchantId), Owed> = BTreeMap::new();
    let mut set_aside: BTreeSet<(Month, FundId)> = BTreeSet::new();
    for (of, points) in points {
        owed.entry(of.clone()).or_default().points = *points;
    }
    for Moved { at, owed: claim, fund } in moved {
        if let Some((merchant, amount)) = claim {
            owed.entry((at.month(), merchant.clone())).or_default().money += *amount;
        }
        set_aside.extend(fund.iter().map(|fund| (at.month(), fund.clone())));
    }
    let last = Month::of(day(DAYS - 1));
    let unpaid = UNPAID.into_iter().map(merchant_id).collect::<Result<Vec<_>, _>>()?;
    let mut planned = Vec::new();
    for ((month, merchant), owed) in owed {
        if month < last || !unpaid.contains(&merchant) {
            planned.extend(of_merchant(month, merchant, &owed));
        }
    }
    for (month, fund) in set_aside {
        if month < last || fund.as_str() != SUBSIDIES {
            planned.extend(of_body(month, fund));
        }
    }
    planned.sort_by_key(|planned| planned.at);
    Ok(planned)
}

/// When a month is prepared, confirmed and paid.
fn on(month: Month, nth: u64) -> BusinessTime {
    BusinessTime::start_of(after(month, nth))
}

/// A statement that one prepares and another one confirms.
fn statement(month: Month, name: &str, of: &StatementOf) -> [Planned; 2] {
    let prepare = commands::PrepareStatement { of: of.clone(), month };
    let confirm = commands::ConfirmStatement { of: of.clone(), month };
    [
        Planned::new(format!("demo/statement/{month}/{name}"), on(month, PREPARED), prepare),
        Planned::new(format!("demo/statement-confirmed/{month}/{name}"), on(month, CONFIRMED), confirm).by(CHECKER),
    ]
}

fn of_merchant(month: Month, merchant: MerchantId, owed: &Owed) -> Vec<Planned> {
    let mut planned = Vec::new();
    if owed.money.is_positive() {
        let of = StatementOf::Merchant(merchant.clone());
        planned.extend(statement(month, merchant.as_str(), &of));
    }
    let pay = commands::PaySettlement {
        merchant: merchant.clone(),
        month,
        points: owed.points,
        amount: Some(owed.money).filter(|money| money.is_positive()),
        reference: format!("演示凭证-{month}-{merchant}"),
    };
    planned.push(Planned::new(format!("demo/settlement/{month}/{merchant}"), on(month, PAID), pay).by(CASHIER));
    planned
}

fn of_body(month: Month, fund: FundId) -> Vec<Planned> {
    let Some((_, body, ..)) = FUNDS.iter().find(|(known, ..)| *known == fund.as_str()) else { return Vec::new() };
    let (body, funds) = ((*body).to_owned(), vec![fund.clone()]);
    let of = StatementOf::Body { body: body.clone(), funds: funds.clone() };
    let reference = format!("演示凭证-{month}-{fund}");
    let pay = commands::PayBody { body, funds, month, reference };
    let mut planned = Vec::from(statement(month, fund.as_str(), &of));
    planned.push(Planned::new(format!("demo/settlement/{month}/{fund}"), on(month, PAID), pay).by(CASHIER));
    planned
}
