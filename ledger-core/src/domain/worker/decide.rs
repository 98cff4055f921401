//! The rules of a worker's account.

use chrono::{Datelike, Days, NaiveDate};

use super::command::{CreditTerms, CreditVerdict, OfWorker, Spending, WorkerCommand, WorkerDetails};
use super::event::{
    CardClosed, CardIssued, CardMoved, CreditJudged, CreditReversed, ExpiryBooked, HoldCaptured, HoldEnded, LotPart,
    ObjectionResolved, PointsHeld, Redeemed, RedemptionReversed, ServiceRecorded, WorkerDeparted, WorkerEvent,
    WorkerRecorded,
};
use super::spend::Taken;
use super::state::{CreditStatus, Hold, HoldEnd, Lot, Worker};
use crate::domain::event::V1;
use crate::domain::ids::{Actor, BranchId, CardNo, CreditId, HoldId, RedemptionId};
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;

impl Worker {
    /// Decides a command of this worker.
    ///
    /// # Errors
    /// The codes of contract section 6 that a worker's rules can give; for credits and redemptions in the order of
    /// contract section 4.
    pub fn decide(&self, of: &OfWorker, command: WorkerCommand) -> Decision<Vec<WorkerEvent>> {
        if !matches!(command, WorkerCommand::Register { .. }) {
            self.require_known(of)?;
        }
        match command {
            WorkerCommand::Register { details, update } => self.register(of, details, update),
            WorkerCommand::Depart { reason } => {
                self.require_present(of)?;
                let event = WorkerDeparted { at: of.at, reason, v: V1, worker: of.worker.clone() };
                Ok(vec![WorkerEvent::WorkerDeparted(event)])
            }
            WorkerCommand::IssueCard { card_no, branch, update } => self.issue_card(of, card_no, branch, update),
            WorkerCommand::MoveCard { branch } => self.move_card(of, branch),
            WorkerCommand::CloseCard { reason } => {
                let card_no = self.require_card(of)?.0;
                let event = CardClosed { at: of.at, card_no, reason, v: V1, worker: of.worker.clone() };
                Ok(vec![WorkerEvent::CardClosed(event)])
            }
            WorkerCommand::Credit(terms) => self.record_credit(of, *terms),
            WorkerCommand::JudgeCredit { credit, verdict, by, reason } => {
                self.judge_credit(of, &credit, verdict, by, reason)
            }
            WorkerCommand::Redeem { redemption, spending } => self.redeem(of, redemption, spending),
            WorkerCommand::ReverseRedemption { redemption, reason } => self.reverse_redemption(of, redemption, reason),
            WorkerCommand::Hold { hold, spending, expires_at } => self.place_hold(of, hold, spending, expires_at),
            WorkerCommand::Capture { hold, redemption } => self.capture(of, hold, redemption),
            WorkerCommand::Release { hold, expired } => self.release(of, hold, expired),
            WorkerCommand::Expire { through } => Ok(self.expire(of, through)),
        }
    }

    /// The worker must be registered and not have left.
    ///
    /// # Errors
    /// `unknown_worker`, `worker_departed`.
    pub fn require_present(&self, of: &OfWorker) -> Decision<()> {
        self.require_known(of)?;
        if self.departed {
            return Err(Refusal::new(Code::WorkerDeparted, format!("worker {} has left the programme", of.worker)));
        }
        Ok(())
    }

    fn require_known(&self, of: &OfWorker) -> Decision<()> {
        if !self.exists() {
            let message = format!("no worker {}; register the worker first (人员名册)", of.worker);
            return Err(Refusal::new(Code::UnknownWorker, message));
        }
        Ok(())
    }

    fn register(&self, of: &OfWorker, details: WorkerDetails, update: bool) -> Decision<Vec<WorkerEvent>> {
        if self.exists() && !update {
            return Err(Refusal::new(Code::InvalidInput, format!("worker {} is registered already", of.worker)));
        }
        if self.has_details(&details) {
            return Ok(Vec::new());
        }
        let WorkerDetails { occupation, party_member, platform } = details;
        let worker = of.worker.clone();
        let recorded = WorkerRecorded { at: of.at, occupation, party_member, platform, v: V1, worker };
        Ok(vec![if self.exists() {
            WorkerEvent::WorkerUpdated(recorded)
        } else {
            WorkerEvent::WorkerRegistered(recorded)
        }])
    }

    fn issue_card(&self, of: &OfWorker, card_no: CardNo, branch: BranchId, update: bool) -> Decision<Vec<WorkerEvent>> {
        if self.party_member() == Some(false) {
            let message = format!("worker {} is not a Party member; only members hold a card", of.worker);
            return Err(Refusal::new(Code::NotAPartyMember, message));
        }
        // A roster sent again also names workers who have left: a card that stays as it is needs nobody present.
        if update && self.card.as_ref().is_some_and(|card| card.card_no == card_no) {
            return self.move_card(of, branch);
        }
        self.require_present(of)?;
        if let Some(card) = &self.card {
            let message = format!("worker {} holds card {} already; close it first", of.worker, card.card_no);
            return Err(Refusal::new(Code::CardExists, message));
        }
        let event = CardIssued { at: of.at, branch, card_no, v: V1, worker: of.worker.clone() };
        Ok(vec![WorkerEvent::CardIssued(event)])
    }

    fn move_card(&self, of: &OfWorker, branch: BranchId) -> Decision<Vec<WorkerEvent>> {
        let (card_no, from) = self.require_card(of)?;
        if from == branch {
            return Ok(Vec::new());
        }
        let event = CardMoved { at: of.at, branch, card_no, from, v: V1, worker: of.worker.clone() };
        Ok(vec![WorkerEvent::CardMoved(event)])
    }

    fn require_card(&self, of: &OfWorker) -> Decision<(CardNo, BranchId)> {
        match &self.card {
            Some(card) => Ok((card.card_no.clone(), card.branch.clone())),
            None => Err(Refusal::new(Code::NotFound, format!("worker {} holds no open card", of.worker))),
        }
    }

    fn record_credit(&self, of: &OfWorker, terms: CreditTerms) -> Decision<Vec<WorkerEvent>> {
        self.require_present(of)?;
        let activity = terms.activity;
        let exact = terms.quantity.earn(activity.points_per_unit, terms.step).filter(|points| points.is_positive());
        let Some(exact) = exact else {
            let message =
                format!("quantity {} of {} comes to no points that can be credited", terms.quantity, activity.code);
            return Err(Refusal::new(Code::InvalidQuantity, message));
        };
        let mut points = exact;
        if let Some(cap) = activity.daily_cap {
            let used = self.by_day.get(&(activity.code.clone(), terms.on)).copied().unwrap_or_default();
            if used >= cap {
                let message = format!(
                    "worker {} has the daily cap of {cap} points for {} on {}",
                    of.worker, activity.code, terms.on
                );
                return Err(Refusal::new(Code::DailyCapReached, message));
            }
            points = points.min(cap - used);
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
            evidence: terms.evidence,
            last_day: activity.validity.last_day(terms.on),
            lot,
            on: terms.on,
            points,
            proposed: terms.proposed,
            proposer: terms.proposer,
            quantity: terms.quantity,
            schedule: terms.schedule,
            uncapped: (points < exact).then_some(exact),
            v: V1,
            witness: terms.witness,
            worker: of.worker.clone(),
        })])
    }

    fn judge_credit(
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
                let public_until = lot.recorded_at.date().checked_add_days(Days::new(u64::from(publicity_days)));
                if public_until.is_none_or(|day| of.at.date() < day) {
                    let message = format!("credit {credit} is under publicity (公示) for {publicity_days} days");
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
                _ => Err(Refusal::new(
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
                if lot.objector.as_ref() == Some(&by) {
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
            let had = self.units.get(&(line.sku.clone(), year)).copied().unwrap_or(0);
            if limit.is_some_and(|limit| asked + u64::from(had) > u64::from(limit)) {
                let message = format!(
                    "worker {} had {had} of {} in {year} and asks for {asked}; the limit is {} a year",
                    of.worker,
                    line.sku,
                    limit.unwrap_or(0)
                );
                return Err(Refusal::new(Code::LimitPerWorker, message));
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

    fn redeem(&self, of: &OfWorker, redemption: RedemptionId, spending: Spending) -> Decision<Vec<WorkerEvent>> {
        self.require_present(of)?;
        let (points, taken, balance) = self.plan(of, &spending)?;
        let redeemed = WorkerEvent::Redeemed(Redeemed {
            at: of.at,
            balance,
            lines: spending.lines,
            lots: taken.parts,
            points,
            redemption,
            store: spending.store,
            v: V1,
            worker: of.worker.clone(),
        });
        Ok(Self::expiry_reversed(of, taken.from_expired).into_iter().chain([redeemed]).collect())
    }

    fn place_hold(
        &self,
        of: &OfWorker,
        hold: HoldId,
        spending: Spending,
        expires_at: BusinessTime,
    ) -> Decision<Vec<WorkerEvent>> {
        self.require_present(of)?;
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

    fn capture(&self, of: &OfWorker, id: HoldId, redemption: RedemptionId) -> Decision<Vec<WorkerEvent>> {
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
            points: hold.points,
            redemption,
            store: hold.store,
            v: V1,
            worker: of.worker.clone(),
        })])
    }

    fn release(&self, of: &OfWorker, id: HoldId, expired: bool) -> Decision<Vec<WorkerEvent>> {
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
            store: hold.store,
            v: V1,
            worker: of.worker.clone(),
        };
        Ok(vec![if expired { WorkerEvent::HoldExpired(ended) } else { WorkerEvent::HoldReleased(ended) }])
    }

    fn reverse_redemption(&self, of: &OfWorker, id: RedemptionId, reason: String) -> Decision<Vec<WorkerEvent>> {
        let Some(redemption) = self.redemptions.get(&id) else {
            return Err(Refusal::new(Code::UnknownRedemption, format!("no redemption {id}")));
        };
        if redemption.reversed {
            return Err(Refusal::new(Code::AlreadyReversed, format!("redemption {id} was reversed before")));
        }
        let returned = self.return_of(&redemption.lots);
        let spendable_again: Points = returned
            .parts
            .iter()
            .filter(|part| self.lot(part.0).is_some_and(|lot| spendable_on(lot, of.at.date())))
            .map(|part| part.1)
            .sum();
        Ok(vec![WorkerEvent::RedemptionReversed(RedemptionReversed {
            at: of.at,
            balance: self.available_on(of.at.date()) + spendable_again,
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

    fn expire(&self, of: &OfWorker, through: NaiveDate) -> Vec<WorkerEvent> {
        let lots: Vec<LotPart> = self
            .open
            .iter()
            .take_while(|(last_day, _)| *last_day <= through)
            .filter_map(|(_, number)| Some(LotPart(*number, self.lot(*number)?.remaining)))
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

fn require_proposed(credit: &CreditId, lot: &Lot) -> Decision<()> {
    match lot.status {
        CreditStatus::Proposed => Ok(()),
        _ => Err(Refusal::new(Code::AlreadyDecided, format!("credit {credit} was decided before"))),
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
