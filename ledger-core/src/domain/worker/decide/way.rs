//! What is decided about a credit on its way from proposal to points: checks, publicity, objections, appeals, and what comes
//! of it by itself.
//!
//! ```text
//! proposed ─check×N→ publicised ─days over→ confirmed
//!     └ reject → rejected  └ object → objected ─resolve→ publicised again, or rejected; one appeal each way
//! ```

use super::credits::Case;
use crate::domain::event::V1;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::CreditVerdict;
use crate::domain::worker::event::{CreditJudged, CreditPublicised, WorkerEvent};
use crate::domain::worker::state::{Due, Stage, Way};

impl Case<'_> {
    pub(super) fn on_the_way(&self, way: &Way, verdict: &CreditVerdict) -> Decision<Vec<WorkerEvent>> {
        match verdict {
            CreditVerdict::Confirm { public_until, .. } => self.check(way, *public_until),
            CreditVerdict::Reject => self.reject(way),
            CreditVerdict::Reverse => Err(self.decided("does not count yet; reject it, or object to it, instead")),
            CreditVerdict::Object { anonymous, days_left } => {
                self.may_object(way)?;
                let days_left = way.public_until.map(|_| *days_left);
                let judged = CreditJudged { anonymous: *anonymous, days_left, ..self.judged() };
                Ok(vec![WorkerEvent::CreditObjected(judged)])
            }
            CreditVerdict::Resolve { upheld, public_until, appeal_until } => {
                let Some((_, dispute)) = way.open_dispute() else {
                    return Err(self.decided("has no open objection"));
                };
                self.require_no_part()?;
                // An appeal is decided for good.
                let appeal_until = Some(*appeal_until).filter(|_| dispute.appellant.is_none());
                let public_until = public_until.filter(|_| !upheld && way.public_until.is_some());
                let resolved = self.resolved(*upheld, public_until, appeal_until);
                let last = *upheld && appeal_until.is_none();
                Ok(std::iter::once(resolved).chain(last.then(|| self.rejected())).collect())
            }
            CreditVerdict::Appeal { today, days_left } => self.appeal(way, *today, *days_left),
            CreditVerdict::Settle { over } => self.settle(way, *over),
        }
    }

    /// One check; the last one begins the publicity, or confirms where there is none.
    fn check(&self, way: &Way, public_until: Option<chrono::NaiveDate>) -> Decision<Vec<WorkerEvent>> {
        let credit = &self.lot.credit;
        match way.stage() {
            Stage::Proposed => {}
            Stage::Objected | Stage::Appealed => {
                let message = format!("an objection to credit {credit} is open; resolve it first");
                return Err(Refusal::new(Code::InvalidInput, message));
            }
            Stage::Publicised => return Err(self.decided("was checked, and counts once its publicity (公示) is over")),
            Stage::Upheld => return Err(self.decided("was rejected, and the worker may still appeal")),
        }
        self.require_no_part()?;
        let done = u32::try_from(way.checkers.len()).unwrap_or(u32::MAX).saturating_add(1);
        if done < way.checks {
            return Ok(vec![WorkerEvent::CreditChecked(self.judged())]);
        }
        // Nothing is confirmed before the days for an appeal are over.
        let Some(public_until) = public_until.or(way.appeal_until()) else { return Ok(vec![self.confirmed()]) };
        Ok(vec![WorkerEvent::CreditPublicised(CreditPublicised {
            at: self.of.at,
            by: self.judge.by.clone(),
            credit: credit.clone(),
            lot: self.number,
            points: self.lot.points,
            public_until,
            reason: self.reason.clone(),
            v: V1,
            worker: self.of.worker.clone(),
        })])
    }

    /// Before it is public, a second person may reject it; afterwards it takes an objection, which can be appealed.
    fn reject(&self, way: &Way) -> Decision<Vec<WorkerEvent>> {
        if way.public_until.is_some() {
            return Err(self.decided("was checked and is public; object to it instead"));
        }
        match way.stage() {
            Stage::Proposed | Stage::Publicised | Stage::Objected => {}
            Stage::Appealed => return Err(self.decided("has an appeal that is open; resolve it")),
            Stage::Upheld => return Err(self.decided("was rejected, and the worker may still appeal")),
        }
        self.require_no_part()?;
        let answered = way.open_dispute().map(|_| self.resolved(true, None, None));
        Ok(answered.into_iter().chain([self.rejected()]).collect())
    }

    fn may_object(&self, way: &Way) -> Decision<()> {
        match way.stage() {
            Stage::Proposed | Stage::Publicised => {}
            Stage::Objected | Stage::Appealed => return Err(self.decided("has an open objection")),
            Stage::Upheld => return Err(self.decided("was rejected")),
        }
        self.require_first_objection("appeal instead")
    }

    /// By the objector where the objection was dismissed, by the worker where it was upheld; once, and in time.
    fn appeal(&self, way: &Way, today: chrono::NaiveDate, days_left: u32) -> Decision<Vec<WorkerEvent>> {
        let numbered = (1..).zip(&way.disputes);
        let (number, dispute) = match way.stage() {
            Stage::Objected | Stage::Appealed => {
                return Err(self.decided("has an open objection; wait for its decision"));
            }
            Stage::Upheld => {
                let upheld = numbered.last();
                upheld.filter(|_| self.judge.is_worker).ok_or_else(|| self.no_appellant("the worker"))?
            }
            Stage::Proposed | Stage::Publicised => {
                if way.disputes.is_empty() {
                    return Err(self.decided("has no decision that could be appealed"));
                }
                let own = numbered.filter(|(_, dispute)| self.judge.is(&dispute.objector)).last();
                own.ok_or_else(|| self.no_appellant("who objected"))?
            }
        };
        match dispute.appeal_until {
            Some(until) if today <= until => {}
            Some(until) => return Err(self.decided(&format!("could be appealed until {until}"))),
            None => return Err(self.decided("was appealed before; the last decision is final")),
        }
        let days_left = way.public_until.filter(|_| !dispute.upheld).map(|_| days_left);
        let judged = CreditJudged { days_left, objection: Some(number), ..self.judged() };
        Ok(vec![WorkerEvent::CreditAppealed(judged)])
    }

    fn no_appellant(&self, who: &str) -> Refusal {
        let message = format!("the decision about credit {} can be appealed by {who} alone", self.lot.credit);
        Refusal::new(Code::Forbidden, message)
    }

    /// At the first moment after the day that had to be over first.
    fn settle(&self, way: &Way, over: chrono::NaiveDate) -> Decision<Vec<WorkerEvent>> {
        let (until, confirmed) = match way.due() {
            Some(Due::Confirmed(until)) => (until, true),
            Some(Due::Rejected(until)) => (until, false),
            None => return Err(self.decided("waits for a person")),
        };
        let at = until.succ_opt().map(BusinessTime::start_of).filter(|_| until <= over);
        let Some(at) = at else {
            let message = format!("credit {} waits until {until} is over", self.lot.credit);
            return Err(Refusal::new(Code::InvalidDate, message));
        };
        let of = crate::domain::worker::command::OfWorker { worker: self.of.worker.clone(), at };
        let case = Case { of: &of, reason: self.reason.clone(), ..*self };
        Ok(vec![if confirmed { case.confirmed() } else { case.rejected() }])
    }
}
