//! What a worker's event comes to: of many events few acts. A reader who wants only some asks for those by an accessor
//! here, so that a new event says once what it is and nobody has to know every event by name.

use chrono::NaiveDate;

use super::{
    AppointmentConfirmed, AppointmentProposed, AppointmentRecorded, AppointmentRejected, Basket, BenefitPointsReturned,
    BenefitPointsSpent, CardClosed, CardIssued, CardMoved, CreditJudged, CreditPublicised, ErasureStep, ExpiryBooked,
    HoldEnded, LotPart, ObjectionResolved, PointsHeld, RedemptionReversed, ServiceRecorded, WorkerAbsorbed,
    WorkerDeparted, WorkerEvent, WorkerMerged, WorkerRecorded,
};
use crate::domain::ids::{Actor, ApplicationId, BranchId, CardNo, CreditId, HoldId, RedemptionId};
use crate::domain::points::Points;
use crate::domain::proof::ProvenBy;
use crate::domain::time::BusinessTime;

/// What an event comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WorkerAct<'a> {
    /// The particulars, at the beginning or later.
    Particulars(&'a WorkerRecorded),
    /// The worker left.
    Departure(&'a WorkerDeparted),
    /// Somebody asked to forget the person, or a second one confirmed it.
    Erasure(&'a ErasureStep),
    /// The card was issued, moved or closed.
    Card(CardStep<'a>),
    /// A service was recorded and made a lot.
    Service(&'a ServiceRecorded),
    /// A credit was decided about.
    Judgement(Judgement<'a>),
    /// Points were set aside.
    Hold(&'a PointsHeld),
    /// Points set aside went back to their lots.
    HoldEnd(&'a HoldEnded),
    /// Somebody was appointed.
    Appointment(&'a AppointmentRecorded),
    /// An appointment was proposed, confirmed or sent back.
    AppointmentWord(AppointmentWord<'a>),
    /// Points were spent on a benefit.
    Benefit(&'a BenefitPointsSpent),
    /// Points spent on a benefit went back to their lots.
    BenefitReturn(&'a BenefitPointsReturned),
    /// Points were spent.
    Redemption(Redemption<'a>),
    /// Points of a redemption went back to their lots.
    Return(&'a RedemptionReversed),
    /// Lots were booked as expired, or taken out of expiry.
    Expiry(&'a ExpiryBooked, Booking),
    /// The account goes on under another id of the same person.
    HandedOver(&'a WorkerMerged),
    /// The account of another id of the same person goes on here.
    TakenOver(&'a WorkerAbsorbed),
}

/// What was said of an appointment that another person confirms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AppointmentWord<'a> {
    /// It was proposed.
    Proposed(&'a AppointmentProposed),
    /// It was confirmed.
    Confirmed(&'a AppointmentConfirmed),
    /// It was sent back.
    Rejected(&'a AppointmentRejected),
}

/// Which way an expiry was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booking {
    /// What was left expired.
    Expired,
    /// What had expired is left again.
    Undone,
}

/// What happened to a card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CardStep<'a> {
    /// It was issued.
    Issued(&'a CardIssued),
    /// It went to another branch.
    Moved(&'a CardMoved),
    /// It was closed.
    Closed(&'a CardClosed),
}

impl<'a> CardStep<'a> {
    /// The card's number.
    pub const fn card_no(self) -> &'a CardNo {
        match self {
            CardStep::Issued(event) => &event.card_no,
            CardStep::Moved(event) => &event.card_no,
            CardStep::Closed(event) => &event.card_no,
        }
    }

    /// The branch it belongs to from then on; none once it is closed.
    pub const fn branch(self) -> Option<&'a BranchId> {
        match self {
            CardStep::Issued(event) => Some(&event.branch),
            CardStep::Moved(event) => Some(&event.branch),
            CardStep::Closed(_) => None,
        }
    }
}

/// What was decided about a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// 记录号, or the key of the command that recorded it.
    pub credit: &'a CreditId,
    /// Its number among the worker's lots, from 1.
    pub lot: u32,
    /// Its points; a decided objection does not say them.
    pub points: Points,
    /// Who decided.
    pub by: &'a Actor,
    /// The reason, or the reference that the vault gave for it.
    pub reason: &'a str,
    /// What was decided.
    pub verdict: Verdict,
}

/// How a credit was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A second person checked it, and another one must.
    Checked,
    /// It was checked as often as it must be, and is public.
    Publicised {
        /// The last day of its publicity.
        until: NaiveDate,
    },
    /// It counts: a second person confirmed it, or its publicity is over.
    Confirmed {
        /// Of its points, what went to an old debt at once.
        debt_paid: Points,
    },
    /// A second person rejected it.
    Rejected,
    /// Somebody objected.
    Objected {
        /// Whether only auditors may be told who.
        anonymous: bool,
    },
    /// The decision about an objection was appealed.
    Appealed {
        /// Which of the objections to the credit, counted from 1.
        objection: Option<u32>,
    },
    /// The objection was decided.
    Resolved {
        /// Whether it was right.
        upheld: bool,
        /// The last day of the publicity that goes on.
        public_until: Option<NaiveDate>,
        /// The last day on which the decision can be appealed; none where it is final.
        appeal_until: Option<NaiveDate>,
    },
    /// It was taken back.
    Reversed {
        /// Of its points, what was spent or set aside.
        debt: Points,
        /// Of its points, what had been booked as expired.
        from_expired: Points,
    },
}

/// Points spent, at once or out of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redemption<'a> {
    /// The redemption's name.
    pub redemption: &'a RedemptionId,
    /// The hold that was captured, where one was.
    pub hold: Option<&'a HoldId>,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What can still be spent on that day, as the receipt says.
    pub balance: Points,
    /// At which store, on what.
    pub basket: Basket<'a>,
    /// From which lots.
    pub lots: &'a [LotPart],
    /// Points, exact hundredths.
    pub points: Points,
    /// By what the worker was proven to be the one who spends; none where none was asked for, and for a hold, which says so
    /// itself.
    pub proven_by: Option<ProvenBy>,
}

impl WorkerEvent {
    /// What it comes to.
    pub fn act(&self) -> WorkerAct<'_> {
        match self {
            WorkerEvent::WorkerRegistered(event) | WorkerEvent::WorkerUpdated(event) => WorkerAct::Particulars(event),
            WorkerEvent::WorkerDeparted(event) => WorkerAct::Departure(event),
            WorkerEvent::WorkerErasureAsked(event) | WorkerEvent::WorkerErased(event) => WorkerAct::Erasure(event),
            WorkerEvent::CardIssued(event) => WorkerAct::Card(CardStep::Issued(event)),
            WorkerEvent::CardMoved(event) => WorkerAct::Card(CardStep::Moved(event)),
            WorkerEvent::CardClosed(event) => WorkerAct::Card(CardStep::Closed(event)),
            WorkerEvent::VolunteerServiceRecorded(record)
            | WorkerEvent::CivicCreationRecorded(record)
            | WorkerEvent::CommunityServiceRecorded(record) => WorkerAct::Service(record),
            WorkerEvent::CreditChecked(event) => judged(event, Verdict::Checked),
            WorkerEvent::CreditPublicised(event) => {
                let CreditPublicised { credit, lot, points, by, reason, public_until, .. } = event;
                let verdict = Verdict::Publicised { until: *public_until };
                WorkerAct::Judgement(Judgement { credit, lot: *lot, points: *points, by, reason, verdict })
            }
            WorkerEvent::CreditConfirmed(event) => judged(event, Verdict::Confirmed { debt_paid: event.debt_paid }),
            WorkerEvent::CreditRejected(event) => judged(event, Verdict::Rejected),
            WorkerEvent::CreditObjected(event) => judged(event, Verdict::Objected { anonymous: event.anonymous }),
            WorkerEvent::CreditAppealed(event) => judged(event, Verdict::Appealed { objection: event.objection }),
            WorkerEvent::ObjectionResolved(event) => {
                let ObjectionResolved { credit, lot, by, reason, upheld, .. } = event;
                let (public_until, appeal_until) = (event.public_until, event.appeal_until);
                let verdict = Verdict::Resolved { upheld: *upheld, public_until, appeal_until };
                WorkerAct::Judgement(Judgement { credit, lot: *lot, points: Points::ZERO, by, reason, verdict })
            }
            WorkerEvent::CreditReversed(event) => WorkerAct::Judgement(Judgement {
                credit: &event.credit,
                lot: event.lot,
                points: event.points,
                by: &event.by,
                reason: &event.reason,
                verdict: Verdict::Reversed { debt: event.debt, from_expired: event.from_expired },
            }),
            WorkerEvent::Redeemed(event) => WorkerAct::Redemption(Redemption {
                redemption: &event.redemption,
                hold: None,
                at: event.at,
                balance: event.balance,
                basket: Basket { store: &event.store, lines: &event.lines },
                lots: &event.lots,
                points: event.points,
                proven_by: event.proven_by,
            }),
            WorkerEvent::AppointmentRecorded(event) => WorkerAct::Appointment(event),
            WorkerEvent::AppointmentProposed(event) => WorkerAct::AppointmentWord(AppointmentWord::Proposed(event)),
            WorkerEvent::AppointmentConfirmed(event) => WorkerAct::AppointmentWord(AppointmentWord::Confirmed(event)),
            WorkerEvent::AppointmentRejected(event) => WorkerAct::AppointmentWord(AppointmentWord::Rejected(event)),
            WorkerEvent::BenefitPointsSpent(event) => WorkerAct::Benefit(event),
            WorkerEvent::BenefitPointsReturned(event) => WorkerAct::BenefitReturn(event),
            WorkerEvent::RedemptionReversed(event) => WorkerAct::Return(event),
            WorkerEvent::PointsHeld(event) => WorkerAct::Hold(event),
            WorkerEvent::HoldCaptured(event) => WorkerAct::Redemption(Redemption {
                redemption: &event.redemption,
                hold: Some(&event.hold),
                at: event.at,
                balance: event.balance,
                basket: Basket { store: &event.store, lines: &event.lines },
                lots: &event.lots,
                points: event.points,
                proven_by: None,
            }),
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => WorkerAct::HoldEnd(event),
            WorkerEvent::PointsExpired(event) => WorkerAct::Expiry(event, Booking::Expired),
            WorkerEvent::ExpiryReversed(event) => WorkerAct::Expiry(event, Booking::Undone),
            WorkerEvent::WorkerMerged(event) => WorkerAct::HandedOver(event),
            WorkerEvent::WorkerAbsorbed(event) => WorkerAct::TakenOver(event),
        }
    }

    /// The service record, whichever category named the event.
    pub fn as_service(&self) -> Option<&ServiceRecorded> {
        if let WorkerAct::Service(record) = self.act() { Some(record) } else { None }
    }

    /// What was decided about a credit, for an event that decides about one.
    pub fn as_judgement(&self) -> Option<Judgement<'_>> {
        if let WorkerAct::Judgement(judged) = self.act() { Some(judged) } else { None }
    }

    /// The redemption that it makes.
    pub fn as_redemption(&self) -> Option<Redemption<'_>> {
        if let WorkerAct::Redemption(made) = self.act() { Some(made) } else { None }
    }

    /// The reversal of a redemption.
    pub fn as_return(&self) -> Option<&RedemptionReversed> {
        if let WorkerAct::Return(event) = self.act() { Some(event) } else { None }
    }

    /// What somebody is appointed as.
    pub fn as_appointment(&self) -> Option<&AppointmentRecorded> {
        if let WorkerAct::Appointment(event) = self.act() { Some(event) } else { None }
    }

    /// What is said of an appointment that another person confirms.
    pub fn as_appointment_word(&self) -> Option<AppointmentWord<'_>> {
        if let WorkerAct::AppointmentWord(word) = self.act() { Some(word) } else { None }
    }

    /// The points of a benefit that come back.
    pub fn as_benefit_return(&self) -> Option<&BenefitPointsReturned> {
        if let WorkerAct::BenefitReturn(event) = self.act() { Some(event) } else { None }
    }

    /// The application for a benefit that it pays for, or of which points come back.
    pub fn application(&self) -> Option<&ApplicationId> {
        match self.act() {
            WorkerAct::Benefit(event) => Some(&event.application),
            WorkerAct::BenefitReturn(event) => Some(&event.application),
            WorkerAct::Particulars(_)
            | WorkerAct::Departure(_)
            | WorkerAct::HandedOver(_)
            | WorkerAct::TakenOver(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Card(_)
            | WorkerAct::Service(_)
            | WorkerAct::Judgement(_)
            | WorkerAct::Hold(_)
            | WorkerAct::HoldEnd(_)
            | WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_)
            | WorkerAct::Redemption(_)
            | WorkerAct::Return(_)
            | WorkerAct::Expiry(..) => None,
        }
    }

    /// The hold that it places.
    pub fn as_hold(&self) -> Option<&PointsHeld> {
        if let WorkerAct::Hold(event) = self.act() { Some(event) } else { None }
    }

    /// The end of a hold without a redemption.
    pub fn as_hold_end(&self) -> Option<&HoldEnded> {
        if let WorkerAct::HoldEnd(event) = self.act() { Some(event) } else { None }
    }

    /// The particulars, as they are told.
    pub fn as_particulars(&self) -> Option<&WorkerRecorded> {
        if let WorkerAct::Particulars(recorded) = self.act() { Some(recorded) } else { None }
    }

    /// What happens to a card.
    pub fn as_card_step(&self) -> Option<CardStep<'_>> {
        if let WorkerAct::Card(step) = self.act() { Some(step) } else { None }
    }

    /// What it hands over to another id of the same person.
    pub fn as_handed_over(&self) -> Option<&WorkerMerged> {
        if let WorkerAct::HandedOver(event) = self.act() { Some(event) } else { None }
    }

    /// What it takes over from another id of the same person.
    pub fn as_taken_over(&self) -> Option<&WorkerAbsorbed> {
        if let WorkerAct::TakenOver(event) = self.act() { Some(event) } else { None }
    }

    /// The booking of an expiry.
    pub fn as_expiry(&self) -> Option<(&ExpiryBooked, Booking)> {
        if let WorkerAct::Expiry(event, booking) = self.act() { Some((event, booking)) } else { None }
    }
}

const fn judged(event: &CreditJudged, verdict: Verdict) -> WorkerAct<'_> {
    let CreditJudged { credit, lot, points, by, reason, .. } = event;
    WorkerAct::Judgement(Judgement { credit, lot: *lot, points: *points, by, reason: reason.as_str(), verdict })
}
