//! The register of redemptions (兑换登记表) of a store's day, as offices keep it: who got what for how many points, what was
//! left, and who handed it out.

use std::collections::BTreeMap;

use ledger_core::domain::points::Points;
use projections::queries::redemption::StoreDay;

use super::ServiceError;
use super::names::masked;
use crate::app::App;
use crate::vault::WORKER;

/// A redemption in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// When it was made, as written.
    pub at: String,
    /// The worker's id (编号).
    pub worker: String,
    /// The masked name; none where none is kept.
    pub name: Option<String>,
    /// The number of the points card (卡号), where the worker holds one.
    pub card: Option<String>,
    /// Its lines, in the order asked.
    pub lines: Vec<EnteredLine>,
    /// What it came to in points.
    pub points: Points,
    /// What could still be spent then (结余).
    pub balance: Option<Points>,
    /// Who handed it out (经办人): the account that recorded it.
    pub by: String,
    /// Whether it was given back since.
    pub reversed: bool,
}

/// A line of a redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredLine {
    /// The item's code.
    pub sku: String,
    /// How many.
    pub units: u32,
    /// What one of them cost then.
    pub price: Points,
    /// What they cost together.
    pub points: Points,
}

/// The register of a day that was read: in the order of the redemptions' times.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn register(app: &App, day: &StoreDay) -> Result<Vec<Entered>, ServiceError> {
    let mut handed = app.views.handed_out(day.redemptions.iter().map(|listed| listed.row.position)).await?;
    let people = people(app, day).await?;
    let entered = day.redemptions.iter().map(|listed| {
        let row = &listed.row;
        let told = handed.remove(&row.position);
        let (name, card) = people.get(&row.worker).cloned().unwrap_or_default();
        Entered {
            at: listed.at.clone(),
            worker: row.worker.clone(),
            name,
            card,
            lines: row.items.iter().map(|(sku, units, points)| line(sku, *units, *points)).collect(),
            points: row.points,
            balance: told.as_ref().map(|told| told.balance),
            by: told.map(|told| told.actor).unwrap_or_default(),
            reversed: row.reversed.is_some(),
        }
    });
    Ok(entered.collect())
}

/// The price was given in points for each unit, and points are counted in hundredths: the division leaves nothing.
fn line(sku: &str, units: u32, points: Points) -> EnteredLine {
    let price = points.hundredths().checked_div(i64::from(units)).unwrap_or_default();
    EnteredLine { sku: sku.to_owned(), units, price: Points::from_hundredths(price), points }
}

/// Masked name and card of everybody on a day's list.
async fn people(app: &App, day: &StoreDay) -> Result<BTreeMap<String, (Option<String>, Option<String>)>, ServiceError> {
    let mut people = BTreeMap::new();
    for listed in &day.redemptions {
        people.entry(listed.row.worker.clone()).or_insert((None, None));
    }
    let asked: Vec<(&str, String)> = people.keys().map(|worker| (WORKER, worker.clone())).collect();
    let names = app.vault.get_names(&asked).await?;
    for ((worker, person), name) in people.iter_mut().zip(names) {
        person.0 = name.as_deref().map(masked).filter(|name| !name.is_empty());
        let row = app.views.worker(worker).await?.value;
        person.1 = row.and_then(|row| row.card).map(|(card, _)| card);
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::points::Points;

    use super::line;

    #[test]
    fn a_line_says_what_one_of_them_cost() {
        assert_eq!(line("P1", 3, Points::from_hundredths(750)).price, Points::from_hundredths(250));
        assert_eq!(line("P1", 0, Points::ZERO).price, Points::ZERO);
    }
}
