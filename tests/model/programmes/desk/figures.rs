//! The figures of `state`, held against those of the desk.

use std::collections::BTreeMap;

use projections::state::State;

use super::Desk;
use super::terms::FUNDS;

impl Desk {
    /// The figures of `state` are these.
    pub(crate) fn compare(&self, told: &State) {
        let programmes = &told.programmes;
        for (number, of) in self.benefits.iter().enumerate() {
            let figures = programmes.benefits.get(&format!("B{number}")).copied().unwrap_or_default();
            let used = of.rows.values().filter(|row| row.used.is_some()).count() as u64;
            let expected = (u64::from(of.granted), of.queue.len() as u64, used);
            assert_eq!((figures.granted, figures.waiting, figures.used), expected, "benefit {number}");
        }
        for (number, committed) in self.committed.iter().enumerate() {
            let figures = programmes.funds[&format!("F{number}")];
            let paid = self.months[number].paid();
            let told = (figures.appropriated.fen(), figures.committed.fen(), figures.paid.fen(), figures.free().fen());
            let expected = (FUNDS[number], committed - paid, paid, FUNDS[number] - committed);
            assert_eq!(told, expected, "fund {number}");
        }
        for (number, request) in &self.requests {
            let figures = programmes.requests[&format!("R{number}")];
            let told = (figures.claims, figures.credited.hundredths());
            assert_eq!(told, (u64::from(request.claims), request.credited * 100), "request {number}");
        }
        let owed: BTreeMap<_, _> = programmes
            .settlement
            .iter()
            .flat_map(|(month, of)| of.iter().map(move |(merchant, owed)| ((month.clone(), merchant.clone()), owed)))
            .map(|(key, owed)| (key, owed.money.fen()))
            .collect();
        let expected: BTreeMap<_, _> = (0..)
            .zip(&self.bills)
            .flat_map(|(merchant, bills): (u8, _)| bills.owed().map(move |(month, fen)| (month, merchant, fen)))
            .map(|((year, month), merchant, fen)| ((format!("{year}-{month:02}"), format!("M{merchant}")), fen))
            .collect();
        assert_eq!(owed, expected, "what merchants are owed");
        for worker in 0..4_u8 {
            let figures = told.workers.get(&format!("W{worker}")).copied().unwrap_or_default();
            let earned: i64 =
                self.earned.iter().filter(|(who, ..)| *who == worker).map(|(_, _, _, points)| points).sum();
            let told = (figures.earned.hundredths(), figures.redeemed.hundredths());
            assert_eq!(told, (earned * 100, self.spent[usize::from(worker)] * 100), "worker {worker}");
        }
    }
}
