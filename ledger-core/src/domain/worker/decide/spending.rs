//! Spending: redemptions, holds, their reversal and release, and the booking of expiry.

use chrono::{Datelike, NaiveDate};

use super::super::command::{OfWorker, Spending};
use super::super::event::{
    BenefitPointsReturned, BenefitPointsSpent, ExpiryBooked, HoldCaptured, HoldEnded, LotPart, PointsHeld, Redeemed,
    RedemptionReversed, WorkerEvent,
};
use super::super::spend::{Returned, Taken};
use super::super::state::{Hold, HoldEnd, Lot, Worker};
use crate::domain::event::V1;
use crate::domain::ids::{ApplicationId, BenefitId, HoldId, RedemptionId};
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;

impl Worker {
    /// Checks in the contract's order: the yearly limit, then the points.
    fn plan(&self, of: &OfWorker, spending: &Spending) -> Decision<(Points, Taken, Points)> {
        let year = of.at.date().year();
        let mut points = Points::ZERO;
        for (index, line) in spending.lines.iter().enumerate() {
            let limit = spending.limits.get(index).copied().flatten();
            let asked: u64 = spending
                .lines
                .iter()
                .filter(|other| other.sku == line.sku)
                .map(|other| u64::from(other.quantity))
                .sum();
            let had = self.units(&line.sku, year);
            if limit.is_some_and(|limit| asked + u64::from(had) > u64::from(limit)) {
                let message = format!(
                    "worker {} had {had} of {} in {year} and asks for {asked}; the limit is {} a year",
                    of.worker,
                    line.sku,
                    limit.unwrap_or(0)
                );
                return Err(Refusal::new(Code::LimitPerWorker, message));
            }
            // A year's count that no number holds would be wrong ever after.
            if asked + u64::from(had) > u64::from(u32::MAX) {
                let message = format!("{asked} of {} pass what one worker can have in a year", line.sku);
                return Err(Refusal::new(Code::InvalidQuantity, message));
            }
            let Some(price) = line.price.times(line.quantity) else {
                return Err(Refusal::new(Code::InvalidQuantity, "the points of one redemption pass what may be moved"));
            };
            points += price;
        }
        if points > Points::COMMAND_MAX {
            return Err(Refusal::new(Code::InvalidQuantity, "the points of one redemption pass what may be moved"));
        }
        let available = self.available_on(of.at.date());
        let Some(taken) = self.take_on(of.at.date(), points) else {
            let message =
                format!("{points} points needed, worker {} can spend {available} on {}", of.worker, of.at.date());
            return Err(Refusal::new(Code::InsufficientPoints, message));
        };
        Ok((points, taken, available - points))
    }

    fn expiry_reversed(of: &OfWorker, lots: Vec<LotPart>) -> Option<WorkerEvent> {
        let points: Points = lots.iter().map(|part| part.1).sum();
        let booked = ExpiryBooked { at: of.at, lots, points, v: V1, worker: of.worker.clone() };
        points.is_positive().then_some(WorkerEvent::ExpiryReversed(booked))
    }

    pub(super) fn redeem(
        &self,
        of: &OfWorker,
        redemption: RedemptionId,
        spending: Spending,
    ) -> Decision<Vec<WorkerEvent>> {
        self.require_present_at(of, of.at)?;
        let (points, taken, balance) = self.plan(of, &spending)?;
        let redeemed = WorkerEvent::Redeemed(Redeemed {
            at: of.at,
            balance,
            lines: spending.lines,
            lots: taken.parts,
            means: None,
            points,
            proven_by: spending.proven,
            redemption,
            store: spending.store,
            v: V1,
            worker: of.worker.clone(),
        });
        Ok(Self::expiry_reversed(of, taken.from_expired).into_iter().chain([redeemed]).collect())
    }

    pub(super) fn pay_benefit(
        &self,
        of: &OfWorker,
        application: ApplicationId,
        benefit: BenefitId,
        points: Points,
    ) -> Decision<Vec<WorkerEvent>> {
        self.require_present_at(of, of.at)?;
        if points.is_zero() {
            return Ok(Vec::new());
        }
        let (at, day) = (of.at, of.at.date());
        let available = self.available_on(day);
        let Some(taken) = self.take_on(day, points) else {
            let message = format!("{points} points needed, worker {} can spend {available} on {day}", of.worker);
            return Err(Refusal::new(Code::InsufficientPoints, message));
        };
        let (balance, lots, worker) = (available - points, taken.parts, of.worker.clone());
        let spent = BenefitPointsSpent { application, at, balance, benefit, lots, points, v: V1, worker };
        let spent = WorkerEvent::BenefitPointsSpent(spent);
        Ok(Self::expiry_reversed(of, taken.from_expired).into_iter().chain([spent]).collect())
    }

    /// What was paid for an application goes back; nothing for one that cost nothing, or was paid back before.
    pub(super) fn return_benefit(
        &self,
        of: &OfWorker,
        application: ApplicationId,
        benefit: BenefitId,
    ) -> Option<WorkerEvent> {
        let paid = self.benefits.get(&application)?;
        let returned = self.return_of(paid);
        Some(WorkerEvent::BenefitPointsReturned(BenefitPointsReturned {
            application,
            at: of.at,
            balance: self.balance_after(of, &returned),
            benefit,
            debt_paid: returned.debt_paid,
            points: paid.iter().map(|part| part.1).sum(),
            lots: returned.parts,
            v: V1,
            worker: of.worker.clone(),
        }))
    }

    /// What can be spent on the day once points are back: of a lot that ended meanwhile nothing can.
    fn balance_after(&self, of: &OfWorker, returned: &Returned) -> Points {
        let day = of.at.date();
        let again = returned.parts.iter().filter(|part| self.lot(part.0).is_some_and(|lot| spendable_on(lot, day)));
        self.available_on(day) + again.map(|part| part.1).sum()
    }

    pub(super) fn place_hold(
        &self,
        of: &OfWorker,
        hold: HoldId,
        spending: Spending,
        expires_at: BusinessTime,
    ) -> Decision<Vec<WorkerEvent>> {
        self.require_present_at(of, of.at)?;
        if expires_at <= of.at {
            return Err(Refusal::new(
                Code::InvalidDate,
                format!("a hold cannot expire at {expires_at}, before it is placed"),
            ));
        }
        let (points, taken, balance) = self.plan(of, &spending)?;
        let held = WorkerEvent::PointsHeld(PointsHeld {
            at: of.at,
            balance,
            expires_at,
            hold,
            lines: spending.lines,
            lots: taken.parts,
            points,
            proven_by: spending.proven,
            store: spending.store,
            v: V1,
            worker: of.worker.clone(),
        });
        Ok(Self::expiry_reversed(of, taken.from_expired).into_iter().chain([held]).collect())
    }

    fn require_hold(&self, id: &HoldId) -> Decision<&Hold> {
        if let Some(hold) = self.holds.get(id) {
            return Ok(hold);
        }
        Err(match self.ended_holds.get(id) {
            Some(HoldEnd::Expired) => {
                Refusal::new(Code::HoldExpired, format!("hold {id} ran out; its points are back"))
            }
            Some(HoldEnd::Captured) => Refusal::new(Code::AlreadyDecided, format!("hold {id} was captured before")),
            Some(HoldEnd::Released) => Refusal::new(Code::AlreadyDecided, format!("hold {id} was released before")),
            None => Refusal::new(Code::UnknownRedemption, format!("no hold {id}")),
        })
    }

    pub(super) fn capture(&self, of: &OfWorker, id: HoldId, redemption: RedemptionId) -> Decision<Vec<WorkerEvent>> {
        let hold = self.require_hold(&id)?.clone();
        if of.at >= hold.expires_at {
            let message = format!("hold {id} ran out at {}; redeem anew", hold.expires_at);
            return Err(Refusal::new(Code::HoldExpired, message));
        }
        Ok(vec![WorkerEvent::HoldCaptured(HoldCaptured {
            at: of.at,
            balance: self.available_on(of.at.date()),
            held_at: hold.at,
            hold: id,
            lines: hold.lines,
            lots: hold.lots,
            means: None,
            points: hold.points,
            redemption,
            store: hold.store,
            v: V1,
            worker: of.worker.clone(),
        })])
    }

    pub(super) fn release(
        &self,
        of: &OfWorker,
        id: HoldId,
        expired: bool,
        reason: Option<String>,
    ) -> Decision<Vec<WorkerEvent>> {
        let hold = self.require_hold(&id)?.clone();
        if expired && of.at < hold.expires_at {
            return Err(Refusal::new(Code::InvalidDate, format!("hold {id} runs until {}", hold.expires_at)));
        }
        let returned = self.return_of(&hold.lots);
        let ended = HoldEnded {
            at: of.at,
            debt_paid: returned.debt_paid,
            held_at: hold.at,
            hold: id,
            lines: hold.lines,
            lots: returned.parts,
            points: hold.points,
            reason,
            store: hold.store,
            v: V1,
            worker: of.worker.clone(),
        };
        Ok(vec![if expired { WorkerEvent::HoldExpired(ended) } else { WorkerEvent::HoldReleased(ended) }])
    }

    pub(super) fn reverse_redemption(
        &self,
        of: &OfWorker,
        id: RedemptionId,
        reason: String,
    ) -> Decision<Vec<WorkerEvent>> {
        let Some(redemption) = self.redemptions.get(&id) else {
            return Err(Refusal::new(Code::UnknownRedemption, format!("no redemption {id}")));
        };
        if redemption.reversed {
            return Err(Refusal::new(Code::AlreadyReversed, format!("redemption {id} was reversed before")));
        }
        let returned = self.return_of(&redemption.lots);
        Ok(vec![WorkerEvent::RedemptionReversed(RedemptionReversed {
            at: of.at,
            balance: self.balance_after(of, &returned),
            debt_paid: returned.debt_paid,
            lines: redemption.lines.clone(),
            lots: returned.parts,
            points: redemption.points,
            reason,
            redemption: id,
            redeemed_at: redemption.at,
            store: redemption.store.clone(),
            v: V1,
            worker: of.worker.clone(),
        })])
    }

    pub(super) fn expire(&self, of: &OfWorker, through: NaiveDate) -> Vec<WorkerEvent> {
        let lots: Vec<LotPart> = self
            .open
            .ending_by(through)
            .filter_map(|number| Some(LotPart(number, self.lot(number)?.remaining)))
            .filter(|part| part.1.is_positive())
            .collect();
        let points: Points = lots.iter().map(|part| part.1).sum();
        if points.is_zero() {
            return Vec::new();
        }
        vec![WorkerEvent::PointsExpired(ExpiryBooked { at: of.at, lots, points, v: V1, worker: of.worker.clone() })]
    }
}

fn spendable_on(lot: &Lot, day: NaiveDate) -> bool {
    lot.on <= day && lot.last_day.is_none_or(|last_day| day <= last_day)
}
