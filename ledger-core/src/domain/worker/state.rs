//! A worker's state, folded from its events. One state, by concern: [`purse`] (lots, redemptions, holds, debt), [`way`]
//! (checks, publicity, objections), [`caps`] (what daily caps and yearly limits count), [`hours`] (when somebody served),
//! [`card`] (the particulars and the card), [`appointments`] (who was appointed, and what waits) and [`merging`] (other ids of
//! the same person).

mod appointments;
mod caps;
mod card;
mod hours;
mod merging;
mod purse;
mod way;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::command::AppointmentTerms;
use super::event::{HoldEnded, LotPart, WorkerEvent};
use super::open_lots::OpenLots;
use super::rating::CreditedByDay;
use crate::domain::ids::{Actor, ApplicationId, AppointmentId, HoldId, RedemptionId, SiteId, Sku};
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;
pub use appointments::ProposedAppointment;
pub use card::HeldCard;
pub use hours::Served;
use merging::Merged;
pub use purse::{CreditStatus, Hold, HoldEnd, Lot, Redemption};
pub use way::{BesideWay, Dispute, Due, Stage, Way};

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Worker {
    pub(super) details: Option<(String, Option<bool>, Option<String>)>,
    pub(super) registered_on: Option<NaiveDate>,
    pub(super) probationary: bool,
    pub(super) site: Option<SiteId>,
    pub(super) appointments: BTreeMap<AppointmentId, AppointmentTerms>,
    /// What waits for a second person's word, and what was sent back.
    pub(super) appointments_proposed: BTreeMap<AppointmentId, ProposedAppointment>,
    pub(super) departed: Option<BusinessTime>,
    pub(super) erasure: Option<Erasure>,
    pub(super) card: Option<HeldCard>,
    pub(super) lots: Vec<Lot>,
    pub(super) open: OpenLots,
    pub(super) by_day: CreditedByDay,
    pub(super) served: BTreeMap<NaiveDate, Vec<Served>>,
    pub(super) redemptions: HashMap<RedemptionId, Redemption>,
    pub(super) units: BTreeMap<(Sku, i32), u32>,
    pub(super) holds: BTreeMap<HoldId, Hold>,
    pub(super) ended_holds: BTreeMap<HoldId, HoldEnd>,
    pub(super) debt: Points,
    /// From which lots each application for a benefit was paid, for when it is withdrawn.
    pub(super) benefits: BTreeMap<ApplicationId, Vec<LotPart>>,
    /// Apart, for most workers have one id.
    #[serde(default)]
    pub(super) merged: Option<Box<Merged>>,
}

/// How far forgetting the person has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Erasure {
    /// It was asked for.
    Asked {
        /// The account that acts.
        by: Actor,
        /// Whether by the worker.
        oneself: bool,
    },
    /// It was confirmed.
    Done,
}

impl Worker {
    /// How many lots, redemptions, holds and benefits the state remembers: what its size in memory grows with.
    pub fn parts(&self) -> usize {
        self.lots.len() + self.redemptions.len() + self.holds.len() + self.ended_holds.len() + self.benefits.len()
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &WorkerEvent) {
        match event {
            WorkerEvent::WorkerRegistered(event) => {
                self.registered_on = Some(event.at.date());
                self.describe(event);
            }
            WorkerEvent::WorkerUpdated(event) => self.describe(event),
            WorkerEvent::WorkerDeparted(event) => self.departed = Some(event.at),
            WorkerEvent::WorkerErasureAsked(event) => {
                self.erasure = Some(Erasure::Asked { by: event.by.clone(), oneself: event.oneself });
            }
            WorkerEvent::WorkerErased(_) => self.erasure = Some(Erasure::Done),
            WorkerEvent::CardIssued(event) => self.hold_card(event),
            WorkerEvent::CardMoved(event) => self.change_branch(event),
            WorkerEvent::CardClosed(_) => self.card = None,
            WorkerEvent::VolunteerServiceRecorded(record)
            | WorkerEvent::CivicCreationRecorded(record)
            | WorkerEvent::CommunityServiceRecorded(record) => {
                self.open_lot(record);
                self.use_cap(record);
                self.serve(record);
            }
            WorkerEvent::CreditChecked(event) => self.check(event),
            WorkerEvent::CreditPublicised(event) => self.publicise(event),
            WorkerEvent::CreditConfirmed(event) => self.confirm(event),
            WorkerEvent::CreditRejected(event) => {
                self.change(event.lot, |lot| lot.status = CreditStatus::Rejected);
                self.free_cap(event.lot);
            }
            WorkerEvent::CreditObjected(event) => self.object(event),
            WorkerEvent::CreditAppealed(event) => self.appeal(event),
            WorkerEvent::ObjectionResolved(event) => self.resolve(event),
            WorkerEvent::CreditReversed(event) => {
                self.take_back(event);
                self.free_cap(event.lot);
            }
            WorkerEvent::Redeemed(event) => {
                self.take(&event.lots);
                self.count_units(&event.lines, event.at, true);
                self.keep_redemption(event);
            }
            WorkerEvent::AppointmentRecorded(event) => self.record_appointment(event),
            WorkerEvent::AppointmentProposed(event) => self.note_proposal(event),
            WorkerEvent::AppointmentConfirmed(event) => self.note_confirmation(&event.appointment),
            WorkerEvent::AppointmentRejected(event) => self.note_rejection(&event.appointment),
            WorkerEvent::BenefitPointsSpent(event) => {
                self.take(&event.lots);
                self.benefits.insert(event.application.clone(), event.lots.clone());
            }
            WorkerEvent::BenefitPointsReturned(event) => {
                self.give_back(&event.lots, event.debt_paid);
                self.benefits.remove(&event.application);
            }
            WorkerEvent::RedemptionReversed(event) => {
                self.give_back(&event.lots, event.debt_paid);
                if let Some(limit_at) = self.undo_redemption(&event.redemption) {
                    self.count_units(&event.lines, limit_at, false);
                }
            }
            WorkerEvent::PointsHeld(event) => {
                self.take(&event.lots);
                self.count_units(&event.lines, event.at, true);
                self.hold_points(event);
            }
            WorkerEvent::HoldCaptured(event) => {
                self.end_hold(&event.hold, HoldEnd::Captured);
                self.keep_capture(event);
            }
            WorkerEvent::HoldReleased(event) => self.give_up_hold(event, HoldEnd::Released),
            WorkerEvent::HoldExpired(event) => self.give_up_hold(event, HoldEnd::Expired),
            WorkerEvent::PointsExpired(event) => self.each(&event.lots, |lot, points| {
                lot.remaining -= points;
                lot.expired += points;
            }),
            WorkerEvent::ExpiryReversed(event) => self.each(&event.lots, |lot, points| {
                lot.expired -= points;
                lot.remaining += points;
            }),
            WorkerEvent::WorkerMerged(event) => self.hand_over(event),
            WorkerEvent::WorkerAbsorbed(event) => self.take_over(event),
        }
    }

    fn give_up_hold(&mut self, event: &HoldEnded, end: HoldEnd) {
        self.end_hold(&event.hold, end);
        self.give_back(&event.lots, event.debt_paid);
        self.count_units(&event.lines, event.held_at, false);
    }
}
