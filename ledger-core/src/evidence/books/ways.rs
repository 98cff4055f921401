//! The way of credits from proposal to points, kept from the events alone: nothing counts before its publicity and the days
//! for an appeal are over, nobody has two parts in one credit, and nobody decides about the own one.
//!
//! Asks nothing of the rules that decided: a verifier that shared them would find every mistake right.

use std::collections::BTreeMap;

use super::reading::WayEntry;
use chrono::NaiveDate;
use foldhash::HashMap;

use crate::domain::account::{AccountEvent, Role};
use crate::domain::ids::{Actor, WorkerId};
use crate::domain::time::BusinessTime;
use crate::domain::worker::event::{CreditJudged, ObjectionResolved, ServiceRecorded};

/// Which worker an actor is, where an account says so.
#[derive(Debug, Default)]
pub(super) struct Persons {
    workers: HashMap<Actor, WorkerId>,
    /// Ids that were given up, and which one is kept.
    kept: HashMap<WorkerId, WorkerId>,
    /// The same the other way: ids that are kept, and which were given up for them.
    given_up: HashMap<WorkerId, Vec<WorkerId>>,
}

/// The ways of one worker's credits, by lot. Credits that counted at once are on none.
#[derive(Debug, Clone, Default)]
pub(super) struct Ways {
    ways: BTreeMap<u32, Way>,
    /// Who recorded the credits, each from its first lot of several on: mostly it is one for very many.
    proposers: Vec<(u32, Actor)>,
    /// Who objected to a credit beside its way, and who decided that: it counted already, or never was on one.
    beside: BTreeMap<u32, Vec<Actor>>,
}

#[derive(Debug, Clone)]
struct Way {
    checks: u32,
    checked: u32,
    /// Everybody who had a part in it.
    parts: Vec<Actor>,
    public_until: Option<NaiveDate>,
    /// Through which day a decision can be appealed, by the objection's number.
    appeals: BTreeMap<u32, NaiveDate>,
    objections: u32,
    open: Option<u32>,
    /// Who decided the last objection for good, against the credit: the rejection beside it is theirs.
    rejects: Option<Actor>,
    /// Whether an objection was right, and may still be appealed.
    upheld: bool,
    counts: bool,
}

impl Persons {
    /// Follows what an account says of its person.
    pub(super) fn follow(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::AccountOpened(event) => {
                if let Some(worker) = &event.worker {
                    self.workers.insert((&event.account).into(), worker.clone());
                }
            }
            AccountEvent::RoleGranted(event) if event.role == Role::Worker => {
                let worker = event.scope.as_deref().and_then(|scope| WorkerId::new(scope).ok());
                if let Some(worker) = worker {
                    self.workers.entry((&event.account).into()).or_insert(worker);
                }
            }
            AccountEvent::RoleGranted(_) | AccountEvent::GrantConfirmed(_) | AccountEvent::GrantEnded(_) => {}
        }
    }

    /// Two ids are one person.
    pub(super) fn merge(&mut self, absorbed: &WorkerId, into: &WorkerId) {
        if !self.kept.contains_key(absorbed) {
            self.kept.insert(absorbed.clone(), into.clone());
            self.given_up.entry(into.clone()).or_default().push(absorbed.clone());
        }
    }

    /// An id with those that were given up for it.
    pub(super) fn ids_of<'a>(&'a self, worker: &'a WorkerId) -> impl Iterator<Item = &'a WorkerId> {
        std::iter::once(worker).chain(self.given_up.get(worker).into_iter().flatten())
    }

    /// Under which id a worker goes on.
    pub(super) fn kept<'a>(&'a self, worker: &'a WorkerId) -> &'a WorkerId {
        self.kept.get(worker).unwrap_or(worker)
    }

    fn worker(&self, actor: &Actor) -> Option<&WorkerId> {
        self.workers.get(actor).map(|worker| self.kept(worker))
    }

    pub(super) fn same(&self, one: &Actor, other: &Actor) -> bool {
        one == other || self.worker(one).is_some_and(|worker| self.worker(other) == Some(worker))
    }

    pub(super) fn is(&self, actor: &Actor, worker: &WorkerId) -> bool {
        self.worker(actor) == Some(self.kept(worker))
    }
}

impl Ways {
    /// Follows what an event of the worker says of a credit's way.
    ///
    /// # Errors
    /// What of it cannot be.
    pub(super) fn follow(&mut self, persons: &Persons, entry: WayEntry<'_>) -> Result<(), String> {
        match entry {
            WayEntry::None => Ok(()),
            WayEntry::Begun(record) => self.begin(persons, record),
            WayEntry::Checked(event) => self.with(event.lot, |way| way.check(persons, &event.by, &event.worker, false)),
            WayEntry::Publicised(event) => self.with(event.lot, |way| {
                way.public_until = Some(event.public_until);
                way.check(persons, &event.by, &event.worker, true)
            }),
            WayEntry::Confirmed(event) => self.with(event.lot, |way| way.confirm(persons, event)),
            WayEntry::Rejected(event) => self.with(event.lot, |way| way.reject(persons, event)),
            WayEntry::Objected(event) => match self.on_the_way(event.lot) {
                Some(way) => {
                    way.objections += 1;
                    way.open = Some(way.objections);
                    way.parts.push(event.by.clone());
                    Ok(())
                }
                None => {
                    self.beside.entry(event.lot).or_default().push(event.by.clone());
                    Ok(())
                }
            },
            WayEntry::Appealed(event) => self.with(event.lot, |way| {
                let number = event.objection.unwrap_or(way.objections);
                let until = way.appeals.remove(&number).ok_or("appeals a decision that cannot be appealed")?;
                (way.open, way.upheld) = (Some(number), false);
                way.parts.push(event.by.clone());
                if until < event.at.date() { Err(format!("appeals after {until}")) } else { Ok(()) }
            }),
            WayEntry::Resolved(event) => match self.on_the_way(event.lot) {
                Some(way) => way.resolve(persons, event),
                None => self.resolve_beside(persons, event),
            },
            WayEntry::Reversed { by, worker } if persons.is(by, worker) => {
                Err(format!("{by} takes the own credit back"))
            }
            WayEntry::Reversed { .. } => Ok(()),
        }
    }

    fn begin(&mut self, persons: &Persons, record: &ServiceRecorded) -> Result<(), String> {
        if persons.is(&record.proposer, &record.worker) {
            return Err(format!("{} records a credit for oneself", record.proposer));
        }
        if self.proposers.last().is_none_or(|(_, proposer)| *proposer != record.proposer) {
            self.proposers.push((record.lot, record.proposer.clone()));
        }
        let Some(checks) = record.checks else { return Ok(()) };
        if checks == 0 && record.public_until.is_none() {
            return Err("waits for nothing".to_owned());
        }
        let way = Way {
            checks,
            checked: 0,
            parts: vec![record.proposer.clone()],
            public_until: record.public_until,
            appeals: BTreeMap::new(),
            objections: 0,
            open: None,
            rejects: None,
            upheld: false,
            counts: false,
        };
        self.ways.insert(record.lot, way);
        Ok(())
    }

    /// The way that a credit is on, as long as it does not count.
    fn on_the_way(&mut self, lot: u32) -> Option<&mut Way> {
        self.ways.get_mut(&lot).filter(|way| !way.counts)
    }

    fn with(&mut self, lot: u32, follow: impl FnOnce(&mut Way) -> Result<(), String>) -> Result<(), String> {
        // What counts already is decided as it always was.
        self.on_the_way(lot).map_or(Ok(()), follow)
    }

    /// An objection to what counts already, or never was on a way, is decided for good by somebody who had no part in the
    /// credit: neither recorded nor checked it, nor objected, nor decided before.
    fn resolve_beside(&mut self, persons: &Persons, event: &ObjectionResolved) -> Result<(), String> {
        let (by, lot) = (&event.by, event.lot);
        let proposer = self.proposers.iter().rev().find(|(from, _)| *from <= lot).map(|(_, proposer)| proposer);
        let on_the_way = self.ways.get(&lot).into_iter().flat_map(|way| &way.parts);
        let beside = self.beside.get(&lot).into_iter().flatten();
        check_no_part(persons, proposer.into_iter().chain(on_the_way).chain(beside), by, &event.worker)?;
        self.beside.entry(lot).or_default().push(by.clone());
        Ok(())
    }
}

/// Somebody decides about a credit who had no part in it, and not about the own one.
fn check_no_part<'a>(
    persons: &Persons,
    mut parts: impl Iterator<Item = &'a Actor>,
    by: &Actor,
    worker: &WorkerId,
) -> Result<(), String> {
    if persons.is(by, worker) {
        return Err(format!("{by} decides about the own credit"));
    }
    if parts.any(|part| persons.same(part, by)) {
        return Err(format!("{by} has two parts in one credit"));
    }
    Ok(())
}

impl Way {
    /// A part is had by somebody who had none before.
    fn take_part(&mut self, persons: &Persons, by: &Actor, worker: &WorkerId) -> Result<(), String> {
        check_no_part(persons, self.parts.iter(), by, worker)?;
        self.parts.push(by.clone());
        Ok(())
    }

    fn check(&mut self, persons: &Persons, by: &Actor, worker: &WorkerId, last: bool) -> Result<(), String> {
        self.checked += 1;
        if last != (self.checked >= self.checks) {
            return Err(format!("is checked {} times of {}", self.checked, self.checks));
        }
        self.take_part(persons, by, worker)
    }

    fn confirm(&mut self, persons: &Persons, event: &CreditJudged) -> Result<(), String> {
        self.counts = true;
        if self.open.is_some() || self.upheld {
            return Err("counts while an objection is not decided for good".to_owned());
        }
        match self.waits_until() {
            Some(until) => over(until, event.at, "counts"),
            None => self.check(persons, &event.by, &event.worker, true),
        }
    }

    fn reject(&mut self, persons: &Persons, event: &CreditJudged) -> Result<(), String> {
        if self.upheld {
            return self.waits_until().map_or(Ok(()), |until| over(until, event.at, "is rejected for good"));
        }
        match self.rejects.take() {
            Some(by) if by == event.by => Ok(()),
            _ if self.public_until.is_some() => Err("is rejected though it is public".to_owned()),
            _ => self.take_part(persons, &event.by, &event.worker),
        }
    }

    fn resolve(&mut self, persons: &Persons, event: &ObjectionResolved) -> Result<(), String> {
        let number = self.open.take().ok_or("decides an objection that nobody made")?;
        self.public_until = event.public_until.or(self.public_until);
        if let Some(until) = event.appeal_until {
            self.appeals.insert(number, until);
        }
        self.upheld = event.upheld && event.appeal_until.is_some();
        self.rejects = Some(event.by.clone()).filter(|_| event.upheld && event.appeal_until.is_none());
        self.take_part(persons, &event.by, &event.worker)
    }

    /// The last day that must be over before it counts, or is rejected for good.
    fn waits_until(&self) -> Option<NaiveDate> {
        let public_until = self.public_until.filter(|_| !self.upheld);
        public_until.max(self.appeals.values().max().copied())
    }
}

fn over(until: NaiveDate, at: BusinessTime, what: &str) -> Result<(), String> {
    if at.date() > until { Ok(()) } else { Err(format!("{what} on {}, before {until} is over", at.date())) }
}

#[cfg(test)]
mod tests {
    use super::super::reading::Reading;
    use super::{Persons, Ways};
    use crate::domain::event::Event;
    use crate::domain::worker::event::WorkerEvent;

    fn event(event_type: &str, payload: &str) -> WorkerEvent {
        match Event::decode(event_type, payload.as_bytes()) {
            Ok(Event::Worker(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    fn proposed(checks: u32, public_until: &str) -> WorkerEvent {
        event(
            "VolunteerServiceRecorded",
            &format!(
                r#"{{"activity":"ZY01","at":"2024-03-05T08:00:00+08:00","card":true,"category":"志愿服务","checks":{checks},"credit":"c1",
                    "lot":1,"on":"2024-03-05","points":1000,"proposed":true,"proposer":"甲"{public_until},"quantity":1000000,
                    "schedule":1,"v":1,"worker":"W1"}}"#
            ),
        )
    }

    fn judged(event_type: &str, by: &str, day: &str, more: &str) -> WorkerEvent {
        event(
            event_type,
            &format!(
                r#"{{"at":"{day}T00:00:00+08:00","by":"{by}","credit":"c1","lot":1,"points":1000{more},"reason":"核对","v":1,"worker":"W1"}}"#
            ),
        )
    }

    fn follow(events: &[WorkerEvent]) -> Result<(), String> {
        let (persons, mut ways) = (Persons::default(), Ways::default());
        events.iter().try_for_each(|event| ways.follow(&persons, Reading::of(event).way))
    }

    #[test]
    fn nothing_counts_before_its_publicity_is_over() {
        let public = judged("CreditPublicised", "乙", "2024-03-05", r#","public_until":"2024-03-08""#);
        let confirmed =
            |day: &str| follow(&[proposed(1, ""), public.clone(), judged("CreditConfirmed", "ledger", day, "")]);
        assert!(confirmed("2024-03-08").is_err());
        assert_eq!(confirmed("2024-03-09"), Ok(()));
        let at_once = proposed(0, r#","public_until":"2024-03-08""#);
        assert!(follow(&[at_once.clone(), judged("CreditConfirmed", "乙", "2024-03-06", "")]).is_err());
        assert_eq!(follow(&[at_once, judged("CreditConfirmed", "ledger", "2024-03-09", "")]), Ok(()));
    }

    #[test]
    fn nobody_has_two_parts_in_one_credit() {
        let check = |by: &str| judged("CreditChecked", by, "2024-03-05", "");
        let confirm = |by: &str| judged("CreditConfirmed", by, "2024-03-06", "");
        assert!(follow(&[proposed(1, ""), confirm("甲")]).is_err(), "the proposer");
        assert!(follow(&[proposed(2, ""), check("乙"), confirm("乙")]).is_err(), "the same twice");
        assert!(follow(&[proposed(2, ""), confirm("乙")]).is_err(), "a check is missing");
        assert_eq!(follow(&[proposed(2, ""), check("乙"), confirm("丙")]), Ok(()));
    }

    /// A credit that counted at once.
    fn at_once() -> WorkerEvent {
        event(
            "VolunteerServiceRecorded",
            r#"{"activity":"ZY01","at":"2024-03-05T08:00:00+08:00","card":true,"category":"志愿服务","credit":"c1","lot":1,
                "on":"2024-03-05","points":1000,"proposer":"甲","quantity":1000000,"schedule":1,"v":1,"worker":"W1"}"#,
        )
    }

    fn resolved(by: &str, day: &str) -> WorkerEvent {
        event(
            "ObjectionResolved",
            &format!(
                r#"{{"at":"{day}T00:00:00+08:00","by":"{by}","credit":"c1","lot":1,"reason":"核对","upheld":false,"v":1,"worker":"W1"}}"#
            ),
        )
    }

    #[test]
    fn nobody_has_two_parts_in_what_is_objected_to_after_it_counted() {
        let objected = |by: &str| judged("CreditObjected", by, "2024-03-10", "");
        let counted = vec![proposed(1, ""), judged("CreditConfirmed", "乙", "2024-03-06", "")];
        for (counts, parts) in [(counted, ["甲", "乙"].as_slice()), (vec![at_once()], &["甲"])] {
            let told = |by: &[WorkerEvent]| follow(&[counts.as_slice(), by].concat());
            assert_eq!(told(&[objected("丙"), resolved("丁", "2024-03-11")]), Ok(()));
            for part in parts.iter().copied().chain(["丙"]) {
                assert!(told(&[objected("丙"), resolved(part, "2024-03-11")]).is_err(), "{part}");
            }
            let once = [objected("丙"), resolved("丁", "2024-03-11"), objected("戊")];
            assert_eq!(told(&[once.as_slice(), &[resolved("己", "2024-03-12")]].concat()), Ok(()));
            for part in parts.iter().copied().chain(["丙", "丁", "戊"]) {
                assert!(told(&[once.as_slice(), &[resolved(part, "2024-03-12")]].concat()).is_err(), "{part}");
            }
        }
    }
}
