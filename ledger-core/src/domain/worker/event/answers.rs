//! What a worker's event answers: what it is about, who has a part in it, why, and what it does to accounts and lots.
//! Statements, traces, reports, views and files ask here. The verifier's books read lots, caps and limits by themselves
//! ([`crate::evidence::books`]), for they check what is said here.

use chrono::NaiveDate;

use super::act::{AppointmentWord, Booking, CardStep, Judgement, Redemption, Verdict, WorkerAct};
use super::{
    BenefitPointsReturned, HoldEnded, LotPart, MovedLot, RedeemedLine, RedemptionReversed, ServiceRecorded, WorkerEvent,
};
use crate::domain::event::{Party, Subject};
use crate::domain::ids::StoreId;
use crate::domain::points::Points;
use crate::domain::posting::{Movements, Side};

/// Goods at a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basket<'a> {
    /// The store's id (网点编号).
    pub store: &'a StoreId,
    /// On what.
    pub lines: &'a [RedeemedLine],
}

/// What an event does to the worker's lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lots<'a> {
    /// It is about none.
    None,
    /// It is about one and leaves what is in it.
    About(u32),
    /// Points come into the lot of a credit.
    Credited(LotPart),
    /// A credit is taken back, and what its lot still had with it.
    TakenBack {
        /// Its number among the worker's lots, from 1.
        lot: u32,
        /// What was left in it.
        left: Points,
        /// What of it had been booked as expired.
        expired: Points,
    },
    /// Points are taken out.
    Taken(&'a [LotPart]),
    /// Points that had been taken out are spent for good; in the lots nothing changes.
    Spent(&'a [LotPart]),
    /// Points come back.
    Returned(&'a [LotPart]),
    /// What was left is booked as expired.
    Expired(&'a [LotPart]),
    /// What was booked as expired is left again.
    Unexpired(&'a [LotPart]),
    /// Lots of another id of the same person go on here.
    Moved(&'a [MovedLot]),
}

impl WorkerEvent {
    /// The day on which it happened: a credit's service date, however late it was entered; else its business date.
    pub fn day(&self) -> NaiveDate {
        self.as_service().map_or_else(|| self.at().date(), |record| record.on)
    }

    /// What it is about.
    pub fn subject(&self) -> Option<Subject<'_>> {
        match self.act() {
            WorkerAct::Card(step) => Some(Subject::Card(step.card_no())),
            WorkerAct::Service(_)
            | WorkerAct::Judgement(_)
            | WorkerAct::Hold(_)
            | WorkerAct::HoldEnd(_)
            | WorkerAct::Redemption(_)
            | WorkerAct::Return(_) => self.begins().or(self.follows()),
            WorkerAct::Particulars(_)
            | WorkerAct::Departure(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_)
            | WorkerAct::Benefit(_)
            | WorkerAct::BenefitReturn(_)
            | WorkerAct::HandedOver(_)
            | WorkerAct::TakenOver(_)
            | WorkerAct::Expiry(..) => None,
        }
    }

    /// The credit, redemption or hold that it begins, which later events name.
    pub fn begins(&self) -> Option<Subject<'_>> {
        match self.act() {
            WorkerAct::Service(record) => Some(Subject::Credit(&record.credit)),
            WorkerAct::Hold(event) => Some(Subject::Hold(&event.hold)),
            WorkerAct::Redemption(made) => Some(Subject::Redemption(made.redemption)),
            WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_)
            | WorkerAct::Benefit(_)
            | WorkerAct::BenefitReturn(_)
            | WorkerAct::Particulars(_)
            | WorkerAct::Departure(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Card(_)
            | WorkerAct::Judgement(_)
            | WorkerAct::HoldEnd(_)
            | WorkerAct::Return(_)
            | WorkerAct::HandedOver(_)
            | WorkerAct::TakenOver(_)
            | WorkerAct::Expiry(..) => None,
        }
    }

    /// The credit, redemption or hold begun earlier that it corrects or finishes.
    pub fn follows(&self) -> Option<Subject<'_>> {
        match self.act() {
            WorkerAct::Judgement(judged) => Some(Subject::Credit(judged.credit)),
            WorkerAct::HoldEnd(event) => Some(Subject::Hold(&event.hold)),
            WorkerAct::Redemption(made) => made.hold.map(Subject::Hold),
            WorkerAct::Return(event) => Some(Subject::Redemption(&event.redemption)),
            WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_)
            | WorkerAct::Benefit(_)
            | WorkerAct::BenefitReturn(_)
            | WorkerAct::Particulars(_)
            | WorkerAct::Departure(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Card(_)
            | WorkerAct::Service(_)
            | WorkerAct::Hold(_)
            | WorkerAct::HandedOver(_)
            | WorkerAct::TakenOver(_)
            | WorkerAct::Expiry(..) => None,
        }
    }

    /// Why, where a reason was given.
    pub fn reason(&self) -> Option<&str> {
        match self.act() {
            WorkerAct::Departure(event) => Some(&event.reason),
            WorkerAct::Erasure(event) => Some(&event.reason),
            WorkerAct::Card(CardStep::Closed(event)) => Some(&event.reason),
            WorkerAct::Judgement(judged) => Some(judged.reason),
            WorkerAct::HoldEnd(event) => event.reason.as_deref(),
            WorkerAct::Return(event) => Some(&event.reason),
            WorkerAct::HandedOver(event) => event.reason.as_deref(),
            WorkerAct::AppointmentWord(AppointmentWord::Rejected(event)) => Some(&event.reason),
            WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(AppointmentWord::Proposed(_) | AppointmentWord::Confirmed(_))
            | WorkerAct::Benefit(_)
            | WorkerAct::BenefitReturn(_)
            | WorkerAct::Particulars(_)
            | WorkerAct::Card(CardStep::Issued(_) | CardStep::Moved(_))
            | WorkerAct::Service(_)
            | WorkerAct::Hold(_)
            | WorkerAct::Redemption(_)
            | WorkerAct::TakenOver(_)
            | WorkerAct::Expiry(..) => None,
        }
    }

    /// The goods it is about, and their store.
    pub fn basket(&self) -> Option<Basket<'_>> {
        match self.act() {
            WorkerAct::Hold(event) => Some(Basket { store: &event.store, lines: &event.lines }),
            WorkerAct::HoldEnd(event) => Some(Basket { store: &event.store, lines: &event.lines }),
            WorkerAct::Redemption(made) => Some(made.basket),
            WorkerAct::Return(event) => Some(Basket { store: &event.store, lines: &event.lines }),
            WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_)
            | WorkerAct::Benefit(_)
            | WorkerAct::BenefitReturn(_)
            | WorkerAct::Particulars(_)
            | WorkerAct::Departure(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Card(_)
            | WorkerAct::Service(_)
            | WorkerAct::Judgement(_)
            | WorkerAct::HandedOver(_)
            | WorkerAct::TakenOver(_)
            | WorkerAct::Expiry(..) => None,
        }
    }

    /// Who has a part in it beside the worker.
    pub fn party(&self) -> Option<Party<'_>> {
        match self.act() {
            WorkerAct::HandedOver(event) => Some(Party::Worker(&event.into)),
            WorkerAct::TakenOver(event) => Some(Party::Worker(&event.absorbed)),
            WorkerAct::Particulars(_)
            | WorkerAct::Departure(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Card(_)
            | WorkerAct::Service(_)
            | WorkerAct::Judgement(_)
            | WorkerAct::Hold(_)
            | WorkerAct::HoldEnd(_)
            | WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_)
            | WorkerAct::Benefit(_)
            | WorkerAct::BenefitReturn(_)
            | WorkerAct::Redemption(_)
            | WorkerAct::Return(_)
            | WorkerAct::Expiry(..) => self.basket().map(|basket| Party::Store(basket.store)),
        }
    }

    /// What it does to the lots.
    pub fn lots(&self) -> Lots<'_> {
        match self.act() {
            WorkerAct::Service(record) if record.proposed => Lots::About(record.lot),
            WorkerAct::Service(record) => Lots::Credited(LotPart(record.lot, record.points - record.debt_paid)),
            WorkerAct::Judgement(Judgement { lot, points, verdict, .. }) => match verdict {
                Verdict::Confirmed { debt_paid } => Lots::Credited(LotPart(lot, points - debt_paid)),
                Verdict::Checked
                | Verdict::Publicised { .. }
                | Verdict::Rejected
                | Verdict::Objected { .. }
                | Verdict::Appealed { .. }
                | Verdict::Resolved { .. } => Lots::About(lot),
                Verdict::Reversed { debt, from_expired } => {
                    Lots::TakenBack { lot, left: points - debt - from_expired, expired: from_expired }
                }
            },
            WorkerAct::Hold(event) => Lots::Taken(&event.lots),
            WorkerAct::HoldEnd(event) => Lots::Returned(&event.lots),
            WorkerAct::Redemption(made) if made.hold.is_some() => Lots::Spent(made.lots),
            WorkerAct::Redemption(made) => Lots::Taken(made.lots),
            WorkerAct::Return(event) => Lots::Returned(&event.lots),
            WorkerAct::Expiry(event, Booking::Expired) => Lots::Expired(&event.lots),
            WorkerAct::Expiry(event, Booking::Undone) => Lots::Unexpired(&event.lots),
            WorkerAct::Benefit(event) => Lots::Taken(&event.lots),
            WorkerAct::BenefitReturn(event) => Lots::Returned(&event.lots),
            WorkerAct::HandedOver(event) => Lots::Taken(&event.lots),
            WorkerAct::TakenOver(event) => Lots::Moved(&event.lots),
            WorkerAct::Particulars(_)
            | WorkerAct::Departure(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Card(_)
            | WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_) => Lots::None,
        }
    }

    /// What it moves between accounts, with the word for it; nothing for events that move no points.
    pub fn movements(&self) -> Movements<'_> {
        use Side::{Available, Benefit, Debt, Expired, Held, Issuance, Redeemed, Reversed};
        match self.act() {
            WorkerAct::Service(record) if record.proposed => Movements::none(),
            WorkerAct::Service(ServiceRecorded { points, debt_paid, .. }) => {
                Movements::two("入账", (Issuance, Available, *points), (Available, Debt, *debt_paid))
            }
            WorkerAct::Judgement(Judgement { points, verdict, .. }) => match verdict {
                Verdict::Confirmed { debt_paid } => {
                    Movements::two("确认入账", (Issuance, Available, points), (Available, Debt, debt_paid))
                }
                Verdict::Checked
                | Verdict::Publicised { .. }
                | Verdict::Rejected
                | Verdict::Objected { .. }
                | Verdict::Appealed { .. }
                | Verdict::Resolved { .. } => Movements::none(),
                Verdict::Reversed { debt, from_expired } => Movements::three(
                    "冲正入账",
                    (Available, Reversed, points - debt - from_expired),
                    (Expired, Reversed, from_expired),
                    (Debt, Reversed, debt),
                ),
            },
            WorkerAct::Hold(event) => Movements::one("预占", (Available, Held, event.points)),
            WorkerAct::HoldEnd(HoldEnded { points, debt_paid, .. }) => {
                Movements::two("释放预占", (Held, Available, *points - *debt_paid), (Held, Debt, *debt_paid))
            }
            WorkerAct::Redemption(Redemption { hold: None, basket, points, .. }) => {
                Movements::one("兑换", (Available, Redeemed(basket.store), points))
            }
            WorkerAct::Redemption(Redemption { hold: Some(_), basket, points, .. }) => {
                Movements::one("预占转兑换", (Held, Redeemed(basket.store), points))
            }
            WorkerAct::Return(RedemptionReversed { points, debt_paid, store, .. }) => {
                let spent = Redeemed(store);
                Movements::two("冲正兑换", (spent, Available, *points - *debt_paid), (spent, Debt, *debt_paid))
            }
            WorkerAct::Expiry(event, Booking::Expired) => Movements::one("过期", (Available, Expired, event.points)),
            WorkerAct::Expiry(event, Booking::Undone) => Movements::one("冲正过期", (Expired, Available, event.points)),
            WorkerAct::Benefit(event) => Movements::one("权益", (Available, Benefit(&event.benefit), event.points)),
            WorkerAct::BenefitReturn(BenefitPointsReturned { points, debt_paid, benefit, .. }) => {
                let spent = Benefit(benefit);
                Movements::two("退回权益", (spent, Available, *points - *debt_paid), (spent, Debt, *debt_paid))
            }
            // What goes on elsewhere was never earned here; what is owed takes its taking back along.
            WorkerAct::HandedOver(event) => {
                Movements::two("合并转出", (Available, Issuance, event.points), (Reversed, Debt, event.debt))
            }
            WorkerAct::TakenOver(event) => {
                Movements::two("合并转入", (Issuance, Available, event.points), (Debt, Reversed, event.debt))
            }
            WorkerAct::Particulars(_)
            | WorkerAct::Departure(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Card(_)
            | WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_) => Movements::none(),
        }
    }
}
