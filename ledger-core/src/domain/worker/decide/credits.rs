//! Credits: recording with rounding and daily cap, and what is decided about them afterwards.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::super::command::{CreditTerms, CreditVerdict, OfWorker};
use super::super::event::{CreditJudged, CreditReversed, ObjectionResolved, ServiceRecorded, WorkerEvent};
use super::super::state::{CreditStatus, Lot, Worker};
use crate::domain::event::V1;
use crate::domain::ids::{Actor, CreditId};
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::schedule::Activity;
use crate::domain::time::{BusinessTime, is_plausible};

impl Worker {
    pub(super) fn record_credit(&self, of: &OfWorker, terms: CreditTerms) -> Decision<Vec<WorkerEvent>> {
        self.require_present_at(of, BusinessTime::start_of(terms.done_on.unwrap_or(terms.on)))?;
        let activity = terms.activity;
        let exact = terms.quantity.earn(activity.points_per_unit, terms.step).filter(|points| points.is_positive());
        let Some(exact) = exact else {
            let message =
                format!("quantity {} of {} comes to no points that can be credited", terms.quantity, activity.code);
            return Err(Refusal::new(Code::InvalidQuantity, message));
        };
        if let Some(day) = terms.eligible_on {
            self.require_role(of, &activity.terms.roles, day)?;
        }
        let points = self.within_caps(of, &activity, terms.on, exact)?;
        let last_day = activity.validity.last_day(terms.on);
        if last_day.is_some_and(|last_day| !is_plausible(last_day)) {
            let message = format!("what {} earns on {} would last beyond the year 9998", activity.code, terms.on);
            return Err(Refusal::new(Code::InvalidDate, message));
        }
        let debt_paid = if terms.proposed { Points::ZERO } else { points.min(self.debt) };
        let lot = u32::try_from(self.lots.len()).unwrap_or(u32::MAX).saturating_add(1);
        Ok(vec![WorkerEvent::service(ServiceRecorded {
            activity: activity.code,
            at: of.at,
            card: activity.counts_for_card,
            category: activity.category,
            credit: terms.credit,
            debt_paid,
            entered_on: Some(terms.entered_on).filter(|day| terms.proposed && *day != of.at.date()),
            evidence: terms.evidence,
            last_day,
            lot,
            on: terms.on,
            points,
            proposed: terms.proposed,
            proposer: terms.proposer,
            publicity_days: terms.proposed.then_some(terms.publicity_days),
            quantity: terms.quantity,
            schedule: terms.schedule,
            source: terms.source,
            uncapped: (points < exact).then_some(exact),
            v: V1,
            witness: terms.witness,
            worker: of.worker.clone(),
        })])
    }

    /// The least of what the caps of day, month and year leave, asked in that order.
    fn within_caps(&self, of: &OfWorker, activity: &Activity, on: NaiveDate, exact: Points) -> Decision<Points> {
        let code = &activity.code;
        let caps = [
            (activity.daily_cap, Some((on, on)), Code::DailyCapReached, "daily"),
            (activity.terms.monthly_cap, month_of(on), Code::MonthlyCapReached, "monthly"),
            (activity.terms.yearly_cap, year_of(on), Code::YearlyCapReached, "yearly"),
        ];
        let mut points = exact;
        for (cap, days, refused, word) in caps {
            let (Some(cap), Some((first, last))) = (cap, days) else { continue };
            let used = self.credited(code, first, last);
            if used >= cap {
                let message = format!("worker {} has the {word} cap of {cap} points for {code} on {on}", of.worker);
                return Err(Refusal::new(refused, message));
            }
            points = points.min(cap - used);
        }
        Ok(points)
    }

    pub(super) fn judge_credit(
        &self,
        of: &OfWorker,
        credit: &CreditId,
        verdict: CreditVerdict,
        by: Actor,
        reason: String,
    ) -> Decision<Vec<WorkerEvent>> {
        let Some((number, lot)) = self.credit(credit) else {
            return Err(Refusal::new(Code::UnknownCredit, format!("no credit {credit}")));
        };
        if lot.status == CreditStatus::Reversed {
            return Err(Refusal::new(Code::AlreadyReversed, format!("credit {credit} was reversed before")));
        }
        let judged = |debt_paid: Points| CreditJudged {
            at: of.at,
            by: by.clone(),
            credit: credit.clone(),
            debt_paid,
            lot: number,
            points: lot.points,
            reason: reason.clone(),
            v: V1,
            worker: of.worker.clone(),
        };
        let reversed = || WorkerEvent::CreditReversed(self.reversal(of, number, lot, &by, &reason));
        let resolved = |upheld: bool| {
            WorkerEvent::ObjectionResolved(ObjectionResolved {
                at: of.at,
                by: by.clone(),
                credit: credit.clone(),
                lot: number,
                reason: reason.clone(),
                upheld,
                v: V1,
                worker: of.worker.clone(),
            })
        };
        // What takes the credit away answers an open objection with it.
        let answered = || lot.objected.then(|| resolved(true)).into_iter();
        match verdict {
            CreditVerdict::Confirm { publicity_days } => {
                require_proposed(credit, lot)?;
                require_second_person(credit, lot, &by)?;
                if lot.objected {
                    let message = format!("an objection to credit {credit} is open; resolve it first");
                    return Err(Refusal::new(Code::InvalidInput, message));
                }
                // Fixed when it began: what the settings say by now shortens no publicity and lengthens none.
                let days = lot.publicity_days.unwrap_or(publicity_days);
                let public_until = lot.public_from.checked_add_days(Days::new(u64::from(days)));
                if public_until.is_none_or(|day| of.at.date() < day) {
                    let from = lot.public_from;
                    let message = format!("credit {credit} is under publicity (公示) for {days} days from {from} on");
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                Ok(vec![WorkerEvent::CreditConfirmed(judged(lot.points.min(self.debt)))])
            }
            CreditVerdict::Reject => {
                require_proposed(credit, lot)?;
                require_second_person(credit, lot, &by)?;
                Ok(answered().chain([WorkerEvent::CreditRejected(judged(Points::ZERO))]).collect())
            }
            CreditVerdict::Reverse => match lot.status {
                CreditStatus::Confirmed => Ok(answered().chain([reversed()]).collect()),
                CreditStatus::Proposed | CreditStatus::Rejected | CreditStatus::Reversed => Err(Refusal::new(
                    Code::AlreadyDecided,
                    format!("credit {credit} was never confirmed; reject it instead, or nothing is left to do"),
                )),
            },
            CreditVerdict::Object => {
                if lot.objected || lot.status == CreditStatus::Rejected {
                    let message = format!("credit {credit} was rejected, or an objection to it is open");
                    return Err(Refusal::new(Code::AlreadyDecided, message));
                }
                Ok(vec![WorkerEvent::CreditObjected(judged(Points::ZERO))])
            }
            CreditVerdict::Resolve { upheld } => {
                if !lot.objected {
                    let message = format!("no objection to credit {credit} is open");
                    return Err(Refusal::new(Code::AlreadyDecided, message));
                }
                require_second_person(credit, lot, &by)?;
                if lot.objector.as_deref() == Some(&by) {
                    let message = format!("{by} objected to credit {credit}; another person must decide");
                    return Err(Refusal::new(Code::SamePerson, message));
                }
                let resolved = resolved(upheld);
                Ok(match (upheld, lot.status) {
                    (true, CreditStatus::Proposed) => {
                        vec![resolved, WorkerEvent::CreditRejected(judged(Points::ZERO))]
                    }
                    (true, CreditStatus::Confirmed) => vec![resolved, reversed()],
                    // A credit that was rejected meanwhile gave nothing that could be taken back.
                    (true, CreditStatus::Rejected | CreditStatus::Reversed) | (false, _) => vec![resolved],
                })
            }
        }
    }

    fn reversal(&self, of: &OfWorker, number: u32, lot: &Lot, by: &Actor, reason: &str) -> CreditReversed {
        CreditReversed {
            at: of.at,
            by: by.clone(),
            credit: lot.credit.clone(),
            debt: lot.points - lot.remaining - lot.expired,
            from_expired: lot.expired,
            lot: number,
            points: lot.points,
            reason: reason.to_owned(),
            v: V1,
            worker: of.worker.clone(),
        }
    }
}

fn require_proposed(credit: &CreditId, lot: &Lot) -> Decision<()> {
    match lot.status {
        CreditStatus::Proposed => Ok(()),
        CreditStatus::Confirmed | CreditStatus::Rejected | CreditStatus::Reversed => {
            Err(Refusal::new(Code::AlreadyDecided, format!("credit {credit} was decided before")))
        }
    }
}

/// Maker is never checker, for every role, admin included.
fn require_second_person(credit: &CreditId, lot: &Lot, by: &Actor) -> Decision<()> {
    if &lot.proposer == by {
        let message = format!("credit {credit} was proposed by {by}; another person must decide");
        return Err(Refusal::new(Code::SamePerson, message));
    }
    Ok(())
}

/// The first and the last day of the month.
fn month_of(on: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let first = on.with_day(1)?;
    Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
}

/// The first and the last day of the year.
fn year_of(on: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    Some((NaiveDate::from_ymd_opt(on.year(), 1, 1)?, NaiveDate::from_ymd_opt(on.year(), 12, 31)?))
}
