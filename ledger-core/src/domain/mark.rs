//! A mark that guards follow across workers: a witness, by the pseudonym, or a piece of evidence, by its digest. It
//! remembers which credits bear it, as far as a guard that was on asked for that.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::V1;
use super::ids::{CreditId, MarkId, WorkerId};
use super::refusal::Decision;
use super::time::BusinessTime;

/// What bears a mark.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mark {
    /// The credits whose evidence it is, with their workers.
    evidence_of: Vec<(CreditId, WorkerId)>,
    /// How many services of a day the witness vouched for.
    witnessed: BTreeMap<NaiveDate, u32>,
    /// On which service dates the witness vouched for a worker, by the marks that the worker has as a witness.
    witnessed_for: BTreeMap<MarkId, BTreeSet<NaiveDate>>,
}

/// A credit bears a mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreditMarked {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// 记录号, or the key of the command that recorded it.
    pub credit: CreditId,
    /// The witness or the piece of evidence that guards follow.
    pub mark: MarkId,
    /// The service date.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// Payload version.
    pub v: V1,
    /// Whose credit.
    pub worker: WorkerId,
    /// The marks that this worker has as a witness, where the district watches over circles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worker_marks: Vec<MarkId>,
}

events! {
    /// Events of a mark.
    MarkEvent {
        /// A witness vouched for a service.
        ServiceWitnessed(CreditMarked) = "证明登记",
        /// A piece of evidence was given for a service.
        EvidenceLodged(CreditMarked) = "佐证登记",
    }
}

impl MarkEvent {
    /// What it says.
    pub const fn marked(&self) -> &CreditMarked {
        match self {
            MarkEvent::ServiceWitnessed(event) | MarkEvent::EvidenceLodged(event) => event,
        }
    }
}

impl Mark {
    /// The credits whose evidence it is, with their workers.
    pub fn evidence_of(&self) -> impl Iterator<Item = (&CreditId, &WorkerId)> {
        self.evidence_of.iter().map(|(credit, worker)| (credit, worker))
    }

    /// How many services of a day the witness vouched for.
    pub fn witnessed_on(&self, day: NaiveDate) -> u32 {
        self.witnessed.get(&day).copied().unwrap_or_default()
    }

    /// Whether the witness vouched, within so many days of a day, for a worker who is that witness.
    pub fn witnessed_for(&self, witness: &MarkId, day: NaiveDate, within: u32) -> bool {
        let days = self.witnessed_for.get(witness).into_iter().flatten();
        days.into_iter().any(|other| (*other - day).num_days().unsigned_abs() <= u64::from(within))
    }

    /// What is asked to be remembered of it is remembered: whether a guard is met by it is not decided here.
    ///
    /// # Errors
    /// None.
    pub fn decide(&self, remember: MarkEvent) -> Decision<Vec<MarkEvent>> {
        Ok(vec![remember])
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &MarkEvent) {
        match event {
            MarkEvent::ServiceWitnessed(event) => {
                *self.witnessed.entry(event.on).or_default() += 1;
                for mark in &event.worker_marks {
                    self.witnessed_for.entry(mark.clone()).or_default().insert(event.on);
                }
            }
            MarkEvent::EvidenceLodged(event) => self.evidence_of.push((event.credit.clone(), event.worker.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CreditMarked, Mark, MarkEvent};
    use crate::domain::event::V1;
    use crate::domain::time::BusinessTime;

    fn marked(on: &str, worker_marks: &[&str]) -> CreditMarked {
        let at = BusinessTime::parse(on).expect("a day");
        CreditMarked {
            at,
            credit: "C1".parse().expect("a credit"),
            mark: "witness/b".parse().expect("a mark"),
            on: at.date(),
            v: V1,
            worker: "W1".parse().expect("a worker"),
            worker_marks: worker_marks.iter().map(|mark| mark.parse().expect("a mark")).collect(),
        }
    }

    #[test]
    fn a_witness_is_counted_by_day_and_followed_to_whom_it_was_for() {
        let mut mark = Mark::default();
        for on in ["2024-03-05", "2024-03-05", "2024-03-06"] {
            mark.evolve(&MarkEvent::ServiceWitnessed(marked(on, &["witness/a"])));
        }
        let day = |text: &str| BusinessTime::parse(text).expect("a day").date();
        assert_eq!((mark.witnessed_on(day("2024-03-05")), mark.witnessed_on(day("2024-03-07"))), (2, 0));
        let a = "witness/a".parse().expect("a mark");
        assert!(mark.witnessed_for(&a, day("2024-04-05"), 30), "thirty days after the last");
        assert!(!mark.witnessed_for(&a, day("2024-04-06"), 30));
        assert!(mark.witnessed_for(&a, day("2024-02-04"), 30), "thirty days before the first");
        assert!(!mark.witnessed_for(&"witness/c".parse().expect("a mark"), day("2024-03-05"), 30));
    }
}
