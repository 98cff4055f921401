//! What the books take from a worker's event, read in one place and by the event's own name.
//!
//! The events answer such questions themselves ([`WorkerEvent::lots`]), but those answers are what is checked here: a
//! verifier that asked them would find every mistake in them right.

use crate::domain::ids::{Actor, ApplicationId, RedemptionId, StoreId, WorkerId};
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;
use crate::domain::worker::event::{
    AppointmentConfirmed, AppointmentProposed, AppointmentRecorded, AppointmentRejected, CreditJudged,
    CreditPublicised, LotPart, ObjectionResolved, RedeemedLine, ServiceRecorded, WorkerAbsorbed, WorkerEvent,
    WorkerMerged,
};

/// An event as the books read it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// For the worker's lots.
    pub(super) lots: LotEntry<'a>,
    /// For the daily caps.
    pub(super) cap: CapEntry<'a>,
    /// For the yearly limits.
    pub(super) limit: LimitEntry<'a>,
    /// For what benefits cost.
    pub(super) paid: PaidEntry<'a>,
    /// For the ways of credits from proposal to points.
    pub(super) way: WayEntry<'a>,
    /// For two ids of one person.
    pub(super) merging: MergingEntry<'a>,
    /// For appointments that a second person confirms.
    pub(super) appointed: AppointedEntry<'a>,
}

/// What it says of appointments.
#[derive(Debug, Clone, Copy)]
pub(super) enum AppointedEntry<'a> {
    /// Nothing.
    None,
    /// Somebody proposed one.
    Proposed(&'a AppointmentProposed),
    /// Another person confirmed it.
    Confirmed(&'a AppointmentConfirmed),
    /// Another person sent it back.
    Rejected(&'a AppointmentRejected),
    /// One is recorded, by a register or because it was confirmed.
    Recorded(&'a AppointmentRecorded),
}

/// What it says of two ids of one person.
#[derive(Debug, Clone, Copy)]
pub(super) enum MergingEntry<'a> {
    /// It is of an id that goes on: none that was given up has such an event.
    GoesOn,
    /// It corrects or finishes what was before, be it of an id that was given up.
    Corrects,
    /// The id is given up.
    HandedOver(&'a WorkerMerged),
    /// The account of an id that was given up goes on here.
    TakenOver(&'a WorkerAbsorbed),
}

/// What it says of a credit's way.
#[derive(Debug, Clone, Copy)]
pub(super) enum WayEntry<'a> {
    /// Nothing.
    None,
    /// A credit is recorded.
    Begun(&'a ServiceRecorded),
    /// One of several people checked it.
    Checked(&'a CreditJudged),
    /// The last one did, and it is public.
    Publicised(&'a CreditPublicised),
    /// It counts.
    Confirmed(&'a CreditJudged),
    /// It does not.
    Rejected(&'a CreditJudged),
    /// Somebody objects.
    Objected(&'a CreditJudged),
    /// A decision about an objection is appealed.
    Appealed(&'a CreditJudged),
    /// An objection is decided.
    Resolved(&'a ObjectionResolved),
    /// It is taken back by somebody.
    Reversed { by: &'a Actor, worker: &'a WorkerId },
}

/// What it says of lots.
#[derive(Debug, Clone, Copy)]
pub(super) enum LotEntry<'a> {
    /// Nothing.
    None,
    /// A service makes the next one.
    Made(&'a ServiceRecorded),
    /// Points come into one, or go out of it.
    Added(u32, Points),
    /// Points are taken on the day of a time.
    Spent(&'a [LotPart], Points, BusinessTime),
    /// Those that points had been taken from are named again.
    Named(&'a [LotPart], Points),
    /// Points come back.
    Returned(&'a [LotPart]),
    /// What is left is booked as expired.
    Lapsed(&'a [LotPart], Points),
    /// What was booked as expired is left again.
    Revived(&'a [LotPart], Points),
    /// All that is left goes on under another id.
    HandedOver(&'a WorkerMerged),
    /// Lots of another id go on here.
    TakenOver(&'a WorkerAbsorbed),
}

/// What it says of daily caps.
#[derive(Debug, Clone, Copy)]
pub(super) enum CapEntry<'a> {
    /// Nothing.
    None,
    /// A service uses one up.
    Used(&'a ServiceRecorded),
    /// The credit of a lot does not stand.
    Freed(u32),
    /// What another id used counts here.
    TakenOver(&'a WorkerAbsorbed),
}

/// What it says of yearly limits.
#[derive(Debug, Clone, Copy)]
pub(super) enum LimitEntry<'a> {
    /// Nothing.
    None,
    /// Units are had from a store.
    Had(&'a StoreId, &'a [RedeemedLine], BusinessTime),
    /// Units had before became a redemption.
    Captured { redemption: &'a RedemptionId, held_at: BusinessTime, at: BusinessTime },
    /// Units set aside at a time are given back.
    Released(&'a [RedeemedLine], BusinessTime),
    /// Units of a redemption made at a time are given back.
    Reversed(&'a RedemptionId, &'a [RedeemedLine], BusinessTime),
    /// What another id had counts here.
    TakenOver(&'a WorkerAbsorbed),
}

/// What it says of what a benefit costs.
#[derive(Debug, Clone, Copy)]
pub(super) enum PaidEntry<'a> {
    /// Nothing.
    None,
    /// Points are spent on an application.
    Paid(&'a ApplicationId, Points),
    /// They come back: so many, and what of them its lots and debts name.
    Returned { application: &'a ApplicationId, points: Points, back: Points },
}

impl<'a> Reading<'a> {
    /// Reads an event.
    pub(super) fn of(event: &'a WorkerEvent) -> Reading<'a> {
        let (mut lots, mut cap, mut limit, mut paid, mut way) =
            (LotEntry::None, CapEntry::None, LimitEntry::None, PaidEntry::None, WayEntry::None);
        let (mut merging, mut appointed) = (MergingEntry::GoesOn, AppointedEntry::None);
        match event {
            WorkerEvent::VolunteerServiceRecorded(record)
            | WorkerEvent::CivicCreationRecorded(record)
            | WorkerEvent::CommunityServiceRecorded(record) => {
                lots = LotEntry::Made(record);
                cap = CapEntry::Used(record);
                way = WayEntry::Begun(record);
            }
            WorkerEvent::CreditConfirmed(event) => {
                lots = LotEntry::Added(event.lot, event.points - event.debt_paid);
                way = WayEntry::Confirmed(event);
            }
            WorkerEvent::CreditRejected(event) => {
                cap = CapEntry::Freed(event.lot);
                way = WayEntry::Rejected(event);
            }
            WorkerEvent::CreditChecked(event) => way = WayEntry::Checked(event),
            WorkerEvent::CreditPublicised(event) => way = WayEntry::Publicised(event),
            WorkerEvent::CreditObjected(event) => {
                way = WayEntry::Objected(event);
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::CreditAppealed(event) => {
                way = WayEntry::Appealed(event);
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::ObjectionResolved(event) => {
                way = WayEntry::Resolved(event);
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::CreditReversed(event) => {
                let left = event.points - event.debt - event.from_expired;
                lots = LotEntry::Added(event.lot, Points::ZERO - left);
                cap = CapEntry::Freed(event.lot);
                way = WayEntry::Reversed { by: &event.by, worker: &event.worker };
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::Redeemed(event) => {
                lots = LotEntry::Spent(&event.lots, event.points, event.at);
                limit = LimitEntry::Had(&event.store, &event.lines, event.at);
            }
            WorkerEvent::RedemptionReversed(event) => {
                lots = LotEntry::Returned(&event.lots);
                limit = LimitEntry::Reversed(&event.redemption, &event.lines, event.redeemed_at);
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::PointsHeld(event) => {
                lots = LotEntry::Spent(&event.lots, event.points, event.at);
                limit = LimitEntry::Had(&event.store, &event.lines, event.at);
            }
            WorkerEvent::HoldCaptured(event) => {
                lots = LotEntry::Named(&event.lots, event.points);
                let (redemption, held_at, at) = (&event.redemption, event.held_at, event.at);
                limit = LimitEntry::Captured { redemption, held_at, at };
            }
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
                lots = LotEntry::Returned(&event.lots);
                limit = LimitEntry::Released(&event.lines, event.held_at);
            }
            WorkerEvent::PointsExpired(event) => lots = LotEntry::Lapsed(&event.lots, event.points),
            WorkerEvent::ExpiryReversed(event) => lots = LotEntry::Revived(&event.lots, event.points),
            WorkerEvent::BenefitPointsSpent(event) => {
                lots = LotEntry::Spent(&event.lots, event.points, event.at);
                paid = PaidEntry::Paid(&event.application, event.points);
            }
            WorkerEvent::BenefitPointsReturned(event) => {
                lots = LotEntry::Returned(&event.lots);
                let back: Points = event.lots.iter().map(|part| part.1).sum();
                let (application, points) = (&event.application, event.points);
                paid = PaidEntry::Returned { application, points, back: back + event.debt_paid };
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::WorkerMerged(event) => {
                lots = LotEntry::HandedOver(event);
                merging = MergingEntry::HandedOver(event);
            }
            WorkerEvent::WorkerAbsorbed(event) => {
                lots = LotEntry::TakenOver(event);
                cap = CapEntry::TakenOver(event);
                limit = LimitEntry::TakenOver(event);
                merging = MergingEntry::TakenOver(event);
            }
            WorkerEvent::AppointmentRecorded(event) => {
                appointed = AppointedEntry::Recorded(event);
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::AppointmentProposed(event) => {
                appointed = AppointedEntry::Proposed(event);
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::AppointmentConfirmed(event) => {
                appointed = AppointedEntry::Confirmed(event);
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::AppointmentRejected(event) => {
                appointed = AppointedEntry::Rejected(event);
                merging = MergingEntry::Corrects;
            }
            WorkerEvent::WorkerErasureAsked(_) | WorkerEvent::WorkerErased(_) => merging = MergingEntry::Corrects,
            WorkerEvent::WorkerRegistered(_)
            | WorkerEvent::WorkerUpdated(_)
            | WorkerEvent::WorkerDeparted(_)
            | WorkerEvent::CardIssued(_)
            | WorkerEvent::CardMoved(_)
            | WorkerEvent::CardClosed(_) => {}
        }
        Reading { lots, cap, limit, paid, way, merging, appointed }
    }
}
