//! Whether there are people enough for what the rules ask of different people: checks, a decision about an objection by
//! somebody who had no part in them, and one about an appeal by somebody who had none in either.

use chrono::NaiveDate;
use ledger_core::domain::account::{Account, GrantStatus, Person, Role};
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::{AccountId, SiteId};
use ledger_core::domain::programme::Programme;
use ledger_core::domain::programme::guards::GuardAction;
use ledger_core::domain::site::Sites;
use ledger_core::journal::{Journal, JournalError};

use super::stream::each_entry;

/// Whoever decides about an objection, and whoever decides about an appeal.
const OBJECTION_AND_APPEAL: usize = 2;

/// Where people are missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Staffing {
    /// How many different people must be able to approve.
    pub need: usize,
    /// How many can for the whole district.
    pub district: usize,
    /// Sites that are open.
    pub sites: usize,
    /// Those of them with fewer, who approve above them included: id, name, how many.
    pub short: Vec<(String, String, usize)>,
}

impl Staffing {
    /// Whether nobody is missing anywhere.
    pub fn suffices(&self) -> bool {
        self.short.is_empty() && (self.sites > 0 || self.need <= self.district)
    }
}

/// Looks at a day, with the accounts that there are.
///
/// # Errors
/// [`JournalError`].
pub async fn staffing<'a>(
    journal: &dyn Journal,
    accounts: impl Iterator<Item = (&'a AccountId, &'a Account)>,
    day: NaiveDate,
) -> Result<Staffing, JournalError> {
    let (mut programme, mut sites) = (Programme::default(), Sites::default());
    each_entry(journal, &StreamId::Programme, |entry| {
        if let Event::Programme(event) = entry.event()? {
            programme.evolve(&event);
        }
        Ok(())
    })
    .await?;
    each_entry(journal, &StreamId::Sites, |entry| {
        if let Event::Sites(event) = entry.event()? {
            sites.evolve(&event);
        }
        Ok(())
    })
    .await?;
    let mut approvers: Vec<(Person, Option<String>)> = Vec::new();
    for (id, account) in accounts {
        let held = account.grants().filter(|(_, held)| {
            held.role == Role::Approver && held.status == GrantStatus::Active && held.holds_on(day)
        });
        approvers.extend(held.map(|(_, held)| (account.person(id), held.scope.clone())));
    }
    Ok(of(&programme, &sites, &approvers, day))
}

/// How many different people the rules may ask for about one credit.
fn needed(programme: &Programme, day: NaiveDate) -> usize {
    let lines = programme.schedule_on(day).map(|schedule| schedule.activities.as_slice()).unwrap_or_default();
    let checks = lines.iter().map(|line| programme.checks_of(line)).chain([programme.checks]).max().unwrap_or(0);
    let public = lines.iter().any(|line| programme.publicity_of(Some(line)) > 0) || programme.publicity_days > 0;
    let checks = usize::try_from(checks).unwrap_or(usize::MAX);
    // What a guard marks needs one check more, also where nothing else is checked.
    let flagged = usize::from(programme.guards.on().any(|(_, guard)| guard.action == GuardAction::Flag));
    let checks = checks.saturating_add(flagged);
    // Whatever does not count at once, because it waits for a check or because it is public, can be objected to, and that
    // decision be appealed.
    checks.saturating_add(if checks > 0 || public { OBJECTION_AND_APPEAL } else { 0 })
}

fn of(programme: &Programme, sites: &Sites, approvers: &[(Person, Option<String>)], day: NaiveDate) -> Staffing {
    let need = needed(programme, day);
    let at = |reaches: &dyn Fn(&str) -> bool| {
        let mut people: Vec<&Person> = Vec::new();
        for (person, _) in approvers.iter().filter(|(_, scope)| scope.as_deref().is_none_or(reaches)) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
        people.len()
    };
    let district = at(&|_| false);
    let (mut open, mut short) = (0, Vec::new());
    for (id, site) in sites.sites().filter(|(_, site)| !site.is_closed(day)) {
        open += 1;
        let above: Vec<&SiteId> = sites.ancestors(id, day);
        let have = at(&|scope| id.as_str() == scope || above.iter().any(|site| site.as_str() == scope));
        if have < need {
            short.push((id.to_string(), site.name.clone(), have));
        }
    }
    Staffing { need, district, sites: open, short }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::NaiveDate;
    use ledger_core::domain::account::Person;
    use ledger_core::domain::programme::Programme;
    use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind};
    use ledger_core::domain::site::Sites;

    use super::of;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 3, 1).unwrap()
    }

    fn person(id: &str) -> Person {
        Person::Account(id.parse().unwrap())
    }

    #[test]
    fn checks_an_objection_and_an_appeal_take_different_people() {
        let programme = |checks, publicity_days| {
            let mut programme = Programme::default();
            (programme.checks, programme.publicity_days) = (checks, publicity_days);
            programme
        };
        let none = Sites::default();
        assert_eq!(of(&programme(0, 0), &none, &[], day()).need, 0);
        assert!(of(&programme(0, 0), &none, &[], day()).suffices());
        assert_eq!(of(&programme(0, 3), &none, &[], day()).need, 2, "what is public is objected to");
        assert_eq!(of(&programme(2, 0), &none, &[], day()).need, 4, "and what waits for its checks");
        let mut marking = programme(0, 0);
        let flag = Guard { action: GuardAction::Flag, over: None };
        marking.guards = marking.guards.with(&BTreeMap::from([(GuardKind::SelfWitness, flag)]));
        assert_eq!(of(&marking, &none, &[], day()).need, 3, "what a guard marks is checked, and waits meanwhile");
        let district =
            [("A", None), ("B", None), ("A", None)].map(|(id, scope): (&str, Option<String>)| (person(id), scope));
        let told = of(&programme(1, 3), &none, &district, day());
        assert_eq!((told.need, told.district, told.suffices()), (3, 2, false));
        let enough = [district.as_slice(), &[(person("C"), None)]].concat();
        assert!(of(&programme(1, 3), &none, &enough, day()).suffices());
    }
}
