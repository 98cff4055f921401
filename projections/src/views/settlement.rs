//! One row a merchant's month: what was honoured, taken back later, and paid. What a month cannot bear is carried to the
//! next one: [`carry`].

use ledger_core::domain::event::Event;
use ledger_core::domain::merchant::event::MerchantEvent;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::statement::{Answer, Dispute, Line, Stage, Statement, Sums, stage_of};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// A month of a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settlement {
    /// Claims of the month, less those taken back before they were paid.
    pub honoured: Points,
    /// Claims of months already paid that were taken back in this month.
    pub corrected: Points,
    /// What payments came to, in exact hundredths.
    pub paid: Points,
    /// Redemptions behind the claims, less those reversed.
    pub redemptions: i64,
    /// References of the payments.
    pub references: Vec<String>,
    /// Claimed in money, less what was taken back in it: benefits used and discounts given there, fen. Less than nothing
    /// where it takes back more than it claims.
    #[serde(default)]
    pub money: Fen,
    /// Paid in money, fen.
    #[serde(default)]
    pub money_paid: Fen,
    /// The lines: what they come to, and between which positions they stand.
    #[serde(default)]
    pub lines: Lines,
    /// The statement, once somebody prepared one.
    #[serde(default)]
    pub stated: Option<Stated>,
}

/// A month's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lines {
    /// What they come to.
    pub sums: Sums,
    /// The position of the first.
    pub first: u64,
    /// The position of the last.
    pub last: u64,
}

impl Lines {
    /// Takes one more.
    pub fn add(&mut self, position: u64, line: &Line) {
        if self.sums.lines == 0 {
            self.first = position;
        }
        self.last = position;
        self.sums.add(line);
    }
}

/// A month's statement.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stated {
    /// As far as it has come.
    pub statement: Statement,
    /// The position of the entry by which it was prepared last: the statement is of what stands before it.
    pub prepared_at: u64,
    /// The position of the entry that confirmed it.
    #[serde(default)]
    pub confirmed_at: Option<u64>,
}

impl Settlement {
    /// Its own claims less what was taken back and paid in it: less than nothing where it cannot bear that.
    fn points_left(&self) -> Points {
        self.honoured - self.corrected - self.paid
    }

    /// The same of money.
    fn money_left(&self) -> Fen {
        self.money - self.money_paid
    }

    /// How far the statement has come.
    pub fn stage(&self) -> Stage {
        stage_of(self.stated.as_ref().map(|stated| &stated.statement), &self.lines.sums)
    }
}

/// A month with what goes over from month to month.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// What was booked in it.
    pub booked: Settlement,
    /// What earlier months were paid beyond their claims: zero or less.
    pub carried: Points,
    /// What is still to be paid of it: never less than zero.
    pub owed: Points,
    /// What a payment of it may come to: no more than is owed over all months.
    pub payable: Points,
    /// What goes on to the next month: zero or less.
    pub carried_on: Points,
    /// What earlier months were paid in money beyond their claims, fen: zero or less.
    pub money_carried: Fen,
    /// What is still to be paid of it in money, fen: never less than zero.
    pub money_owed: Fen,
    /// What a payment of it may come to in money, fen: no more than is owed over all months.
    pub money_payable: Fen,
    /// What of it goes on to the next month, fen: zero or less.
    pub money_carried_on: Fen,
}

/// What each month owes once the months before it are settled: all months of a merchant, in their order. An older one that is
/// still open is not paid what a later one takes back (docs/decisions/022).
pub fn carry(months: impl IntoIterator<Item = (String, Settlement)>) -> Vec<(String, Due)> {
    let mut carried = (Points::ZERO, Fen::ZERO);
    let mut in_all = (Points::ZERO, Fen::ZERO);
    let mut dues: Vec<_> = months
        .into_iter()
        .map(|(month, booked)| {
            in_all.0 += booked.points_left();
            in_all.1 += booked.money_left();
            let due = Due::after(carried, booked);
            carried = due.goes_on();
            (month, due)
        })
        .collect();
    for (_, due) in &mut dues {
        due.payable = due.owed.min(in_all.0.max(Points::ZERO));
        due.money_payable = due.money_owed.min(in_all.1.max(Fen::ZERO));
    }
    dues
}

impl Due {
    /// A month after what the earlier ones carried on, in points and in money.
    pub fn after((carried, money_carried): (Points, Fen), booked: Settlement) -> Due {
        let left = carried + booked.points_left();
        let money_left = money_carried + booked.money_left();
        Due {
            booked,
            carried,
            owed: left.max(Points::ZERO),
            payable: left.max(Points::ZERO),
            carried_on: left.min(Points::ZERO),
            money_carried,
            money_owed: money_left.max(Fen::ZERO),
            money_payable: money_left.max(Fen::ZERO),
            money_carried_on: money_left.min(Fen::ZERO),
        }
    }

    /// What goes on to the next month, in points and in money: zero or less.
    pub const fn goes_on(&self) -> (Points, Fen) {
        (self.carried_on, self.money_carried_on)
    }
}

/// The view, keyed by merchant and month.
pub struct SettlementView;

impl View for SettlementView {
    type Row = Settlement;
    const NAME: &'static str = "settlement";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Merchant(event) = event else { return Vec::new() };
        let month = match event {
            MerchantEvent::VoucherHonoured(event) => event.borne_in(),
            MerchantEvent::StatementPrepared(event) => event.month,
            MerchantEvent::StatementDisputed(event) => event.month,
            MerchantEvent::StatementAcknowledged(event) => event.month,
            MerchantEvent::StatementDisputeAnswered(event) => event.month,
            MerchantEvent::StatementConfirmed(event) => event.month,
            MerchantEvent::HonourReversed(event) => event.month,
            MerchantEvent::SettlementPaid(event) => event.month,
            MerchantEvent::MoneyClaimed(event) => event.borne_in(),
            MerchantEvent::MoneyTakenBack(event) => event.month,
            MerchantEvent::MerchantRegistered(_) | MerchantEvent::MerchantUpdated(_) => return Vec::new(),
        };
        vec![under(event.merchant().as_str(), month)]
    }

    fn fold(row: &mut Settlement, _: &str, position: u64, event: &Event) {
        let Event::Merchant(event) = event else { return };
        if let Some((_, line)) = event.line() {
            row.lines.add(position, &line);
        }
        match event {
            MerchantEvent::VoucherHonoured(event) => {
                row.honoured += event.points;
                row.redemptions += 1;
            }
            MerchantEvent::HonourReversed(event) if event.claimed_in.is_some() => row.corrected += event.points,
            MerchantEvent::HonourReversed(event) => {
                row.honoured -= event.points;
                row.redemptions -= 1;
            }
            MerchantEvent::SettlementPaid(event) => {
                row.paid += event.points;
                row.money_paid += event.amount.unwrap_or_default();
                row.references.push(event.reference.clone());
            }
            MerchantEvent::MoneyClaimed(event) => row.money += event.amount,
            MerchantEvent::MoneyTakenBack(event) => row.money -= event.amount,
            MerchantEvent::StatementPrepared(event) => {
                let (amount, digest, lines, points) = (event.amount, event.digest, event.lines, event.points);
                let stated = row.stated.get_or_insert_default();
                stated.statement.prepare(&event.by, Sums { amount, digest, lines, points });
                stated.prepared_at = position;
            }
            MerchantEvent::StatementDisputed(event) => {
                let (by, line, reason) = (event.by.clone(), event.line.clone(), event.reason.clone());
                let dispute = Dispute { by, line, reason, answer: None };
                row.stated.get_or_insert_default().statement.dispute(&event.dispute, dispute);
            }
            MerchantEvent::StatementDisputeAnswered(event) => {
                let answer = Answer { by: event.by.clone(), reason: event.reason.clone(), upheld: event.upheld };
                row.stated.get_or_insert_default().statement.answer(&event.dispute, answer);
            }
            MerchantEvent::StatementAcknowledged(event) => {
                row.stated.get_or_insert_default().statement.acknowledge(&event.by, event.digest);
            }
            MerchantEvent::StatementConfirmed(event) => {
                let stated = row.stated.get_or_insert_default();
                stated.statement.confirmed_by = Some(event.by.clone());
                stated.confirmed_at = Some(position);
            }
            MerchantEvent::MerchantRegistered(_) | MerchantEvent::MerchantUpdated(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::money::Fen;
    use ledger_core::domain::points::Points;

    use super::{Settlement, carry};

    #[test]
    fn what_a_month_takes_back_of_yuan_is_made_up_for_by_the_months_after_it() {
        let month = |name: &str, claimed: i64, paid: i64| {
            let booked = Settlement { money: Fen::new(claimed), money_paid: Fen::new(paid), ..Settlement::default() };
            (name.to_owned(), booked)
        };
        let months = [
            month("2024-03", 1_276, 1_276),
            month("2024-05", -1_276, 0),
            month("2024-06", 500, 0),
            month("2024-07", 1_000, 0),
        ];
        let dues = carry(months);
        let told: Vec<_> = dues.iter().map(|(_, due)| (due.money_carried.fen(), due.money_owed.fen())).collect();
        assert_eq!(told, [(0, 0), (0, 0), (-1_276, 0), (-776, 224)]);
        assert_eq!(dues.last().map(|(_, due)| due.goes_on().1), Some(Fen::ZERO));
    }

    #[test]
    fn an_open_month_is_not_paid_what_a_later_one_takes_back() {
        let month = |name: &str, claimed: i64, paid: i64| {
            let (money, money_paid) = (Fen::new(claimed), Fen::new(paid));
            let (honoured, paid) = (Points::from_hundredths(claimed), Points::from_hundredths(paid));
            (name.to_owned(), Settlement { honoured, paid, money, money_paid, ..Settlement::default() })
        };
        let payable = |months: [(String, Settlement); 2]| -> Vec<_> {
            let dues = carry(months);
            dues.iter().map(|(_, due)| (due.payable.hundredths(), due.money_payable.fen())).collect()
        };
        let later = || month("2024-04", -2_000, 0);
        assert_eq!(payable([month("2024-03", 10_000, 0), later()]), [(8_000, 8_000), (0, 0)]);
        assert_eq!(payable([month("2024-03", 10_000, 8_000), later()]), [(0, 0), (0, 0)]);
        assert_eq!(payable([month("2024-03", 1_000, 0), later()]), [(0, 0), (0, 0)]);
    }
}
