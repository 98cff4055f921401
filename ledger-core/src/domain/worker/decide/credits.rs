//! Credits: recording, and what is decided about them afterwards. What a service is worth is told by `rating`; what is
//! decided on the way from proposal to points stands in `way`.

use chrono::{Days, NaiveDate};

use super::super::command::{CreditTerms, CreditVerdict, Judge, OfWorker};
use super::super::event::{CreditJudged, CreditReversed, ObjectionResolved, ServiceRecorded, WorkerEvent};
use super::super::rating::{Cap, Rated, Service, Unrated, rate};
use super::super::state::{CreditStatus, Lot, Worker};
use super::not_eligible;
use crate::domain::event::V1;
use crate::domain::ids::CreditId;
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::schedule::Activity;
use crate::domain::time::BusinessTime;

impl Worker {
    pub(super) fn record_credit(&self, of: &OfWorker, terms: CreditTerms) -> Decision<Vec<WorkerEvent>> {
        self.require_present_at(of, BusinessTime::start_of(terms.done_on.unwrap_or(terms.on)))?;
        let activity = terms.activity;
        let service = Service {
            eligible: terms.eligible_on.is_none_or(|day| self.holds_role(&activity.terms.roles, day)),
            on: terms.on,
            quantity: terms.quantity,
            step: terms.step,
        };
        let role_on = terms.eligible_on.unwrap_or(terms.on);
        let Rated { exact, points, last_day } =
            rate(&activity, &service, &self.by_day).map_err(|why| refused(of, &activity, &service, role_on, why))?;
        let proposed = terms.way.is_some();
        let debt_paid = if proposed { Points::ZERO } else { points.min(self.debt) };
        let (from, to) = terms.span.unzip();
        let lot = u32::try_from(self.lots.len()).unwrap_or(u32::MAX).saturating_add(1);
        Ok(vec![WorkerEvent::service(ServiceRecorded {
            activity: activity.code,
            at: of.at,
            card: activity.counts_for_card,
            category: activity.category,
            checks: terms.way.map(|way| way.checks),
            credit: terms.credit,
            debt_paid,
            entered_on: Some(terms.entered_on).filter(|day| proposed && *day != of.at.date()),
            evidence: terms.evidence,
            flags: terms.flags,
            from,
            hours: terms.hours,
            last_day,
            lot,
            on: terms.on,
            points,
            proposed,
            proposer: terms.proposer,
            public_until: terms.way.and_then(|way| way.public_until),
            publicity_days: None,
            quantity: terms.quantity,
            schedule: terms.schedule,
            to,
            source: terms.source,
            uncapped: (points < exact).then_some(exact),
            v: V1,
            witness: terms.witness,
            worker: of.worker.clone(),
        })])
    }

    pub(super) fn judge_credit(
        &self,
        of: &OfWorker,
        credit: &CreditId,
        verdict: &CreditVerdict,
        judge: &Judge,
        reason: String,
    ) -> Decision<Vec<WorkerEvent>> {
        let Some((number, lot)) = self.credit(credit) else {
            return Err(Refusal::new(Code::UnknownCredit, format!("no credit {credit}")));
        };
        if lot.status == CreditStatus::Reversed {
            return Err(Refusal::new(Code::AlreadyReversed, format!("credit {credit} was reversed before")));
        }
        let case = Case { of, number, lot, judge, reason, debt: self.debt };
        match lot.on_the_way() {
            Some(way) => case.on_the_way(way, verdict),
            None => case.beside_the_way(verdict),
        }
    }
}

/// Why a service comes to no credit.
fn refused(of: &OfWorker, activity: &Activity, service: &Service, role_on: NaiveDate, why: Unrated) -> Refusal {
    let (code, on) = (&activity.code, service.on);
    match why {
        Unrated::NoPoints => {
            let message = format!("quantity {} of {code} comes to no points that can be credited", service.quantity);
            Refusal::new(Code::InvalidQuantity, message)
        }
        Unrated::NotEligible => not_eligible(of, &activity.terms.roles, role_on),
        Unrated::CapReached { cap, limit } => {
            let (refused, word) = match cap {
                Cap::Daily => (Code::DailyCapReached, "daily"),
                Cap::Monthly => (Code::MonthlyCapReached, "monthly"),
                Cap::Yearly => (Code::YearlyCapReached, "yearly"),
            };
            let message = format!("worker {} has the {word} cap of {limit} points for {code} on {on}", of.worker);
            Refusal::new(refused, message)
        }
        Unrated::LastsTooLong => {
            let message = format!("what {code} earns on {on} would last beyond the year 9998");
            Refusal::new(Code::InvalidDate, message)
        }
    }
}

/// A credit that somebody decides about.
pub(super) struct Case<'a> {
    pub(super) of: &'a OfWorker,
    pub(super) number: u32,
    pub(super) lot: &'a Lot,
    pub(super) judge: &'a Judge,
    pub(super) reason: String,
    /// What the worker owes.
    pub(super) debt: Points,
}

impl Case<'_> {
    /// Decides about a credit that counts, that was rejected, or that was proposed before ways were recorded: one other
    /// person confirms such a proposal, not before its publicity is over.
    fn beside_the_way(&self, verdict: &CreditVerdict) -> Decision<Vec<WorkerEvent>> {
        let (lot, credit) = (self.lot, &self.lot.credit);
        match verdict {
            CreditVerdict::Confirm { publicity_days, public_until: _ } => {
                self.require_proposed()?;
                self.require_second_person()?;
                if lot.objected {
                    let message = format!("an objection to credit {credit} is open; resolve it first");
                    return Err(Refusal::new(Code::InvalidInput, message));
                }
                // Fixed when it began: what the settings say by now shortens no publicity and lengthens none.
                let days = lot.publicity_days.unwrap_or(*publicity_days);
                let public_until = lot.public_from.checked_add_days(Days::new(u64::from(days)));
                if public_until.is_none_or(|day| self.of.at.date() < day) {
                    let from = lot.public_from;
                    let message = format!("credit {credit} is under publicity (公示) for {days} days from {from} on");
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                Ok(vec![self.confirmed()])
            }
            CreditVerdict::Reject => {
                self.require_proposed()?;
                self.require_second_person()?;
                self.require_may_answer()?;
                Ok(self.answered().chain([self.rejected()]).collect())
            }
            CreditVerdict::Reverse => match lot.status {
                CreditStatus::Confirmed => {
                    self.require_other_than_worker()?;
                    self.require_may_answer()?;
                    Ok(self.answered().chain([self.reversed()]).collect())
                }
                CreditStatus::Proposed | CreditStatus::Rejected | CreditStatus::Reversed | CreditStatus::Moved => {
                    Err(self.decided("was never confirmed; reject it instead, or nothing is left to do"))
                }
            },
            CreditVerdict::Object { anonymous, days_left: _ } => {
                if lot.objected || lot.status == CreditStatus::Rejected {
                    return Err(self.decided("was rejected, or an objection to it is open"));
                }
                self.require_first_objection("that was decided")?;
                Ok(vec![WorkerEvent::CreditObjected(CreditJudged { anonymous: *anonymous, ..self.judged() })])
            }
            CreditVerdict::Resolve { upheld, .. } => {
                if !lot.objected {
                    return Err(self.decided("has no open objection"));
                }
                self.require_no_part()?;
                let resolved = self.resolved(*upheld, None, None);
                Ok(match (*upheld, lot.status) {
                    (true, CreditStatus::Proposed) => vec![resolved, self.rejected()],
                    (true, CreditStatus::Confirmed) => vec![resolved, self.reversed()],
                    // A credit that was rejected meanwhile gave nothing that could be taken back.
                    (true, CreditStatus::Rejected | CreditStatus::Reversed | CreditStatus::Moved) | (false, _) => {
                        vec![resolved]
                    }
                })
            }
            CreditVerdict::Appeal { .. } => Err(self.decided("has no decision that can still be appealed")),
            CreditVerdict::Settle { .. } => Err(self.decided("waits for nothing that comes by itself")),
        }
    }

    pub(super) fn decided(&self, what: &str) -> Refusal {
        Refusal::new(Code::AlreadyDecided, format!("credit {} {what}", self.lot.credit))
    }

    fn require_proposed(&self) -> Decision<()> {
        match self.lot.status {
            CreditStatus::Proposed => Ok(()),
            CreditStatus::Confirmed | CreditStatus::Rejected | CreditStatus::Reversed | CreditStatus::Moved => {
                Err(self.decided("was decided before"))
            }
        }
    }

    /// Maker is never checker, for every role, admin included.
    fn require_second_person(&self) -> Decision<()> {
        if self.judge.is(&self.lot.proposer) {
            return Err(self.same_person("proposed it"));
        }
        self.require_other_than_worker()
    }

    /// Nobody has two parts in one credit.
    pub(super) fn require_no_part(&self) -> Decision<()> {
        self.require_second_person()?;
        if self.lot.parts().any(|actor| self.judge.is(actor)) {
            return Err(self.same_person("had a part in it before"));
        }
        Ok(())
    }

    /// Whoever takes the credit away decides an open objection with it: so nobody does who had a part.
    fn require_may_answer(&self) -> Decision<()> {
        if self.lot.objected { self.require_no_part() } else { Ok(()) }
    }

    /// A person is heard once about one credit; else whoever is never content would use up all who could decide.
    pub(super) fn require_first_objection(&self, instead: &str) -> Decision<()> {
        if self.lot.objectors().any(|objector| self.judge.is(objector)) {
            return Err(self.decided(&format!("was objected to by the same person before; {instead}")));
        }
        Ok(())
    }

    /// Nobody decides about the own credit.
    fn require_other_than_worker(&self) -> Decision<()> {
        if self.judge.is_worker { Err(self.same_person("is the worker whose it is")) } else { Ok(()) }
    }

    fn same_person(&self, why: &str) -> Refusal {
        let (credit, by) = (&self.lot.credit, &self.judge.by);
        Refusal::new(Code::SamePerson, format!("credit {credit}: {by} {why}; another person must decide"))
    }

    pub(super) fn judged(&self) -> CreditJudged {
        CreditJudged {
            anonymous: false,
            at: self.of.at,
            by: self.judge.by.clone(),
            credit: self.lot.credit.clone(),
            days_left: None,
            debt_paid: Points::ZERO,
            lot: self.number,
            objection: None,
            points: self.lot.points,
            reason: self.reason.clone(),
            v: V1,
            worker: self.of.worker.clone(),
        }
    }

    pub(super) fn confirmed(&self) -> WorkerEvent {
        let debt_paid = self.lot.points.min(self.debt);
        WorkerEvent::CreditConfirmed(CreditJudged { debt_paid, ..self.judged() })
    }

    pub(super) fn rejected(&self) -> WorkerEvent {
        WorkerEvent::CreditRejected(self.judged())
    }

    pub(super) fn resolved(
        &self,
        upheld: bool,
        public_until: Option<NaiveDate>,
        appeal_until: Option<NaiveDate>,
    ) -> WorkerEvent {
        WorkerEvent::ObjectionResolved(ObjectionResolved {
            appeal_until,
            at: self.of.at,
            by: self.judge.by.clone(),
            credit: self.lot.credit.clone(),
            lot: self.number,
            public_until,
            reason: self.reason.clone(),
            upheld,
            v: V1,
            worker: self.of.worker.clone(),
        })
    }

    /// What takes the credit away answers an open objection with it.
    fn answered(&self) -> impl Iterator<Item = WorkerEvent> {
        self.lot.objected.then(|| self.resolved(true, None, None)).into_iter()
    }

    fn reversed(&self) -> WorkerEvent {
        let lot = self.lot;
        WorkerEvent::CreditReversed(CreditReversed {
            at: self.of.at,
            by: self.judge.by.clone(),
            credit: lot.credit.clone(),
            debt: lot.points - lot.remaining - lot.expired,
            from_expired: lot.expired,
            lot: self.number,
            points: lot.points,
            reason: self.reason.clone(),
            v: V1,
            worker: self.of.worker.clone(),
        })
    }
}
