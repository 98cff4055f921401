//! The rules of a worker: who may do anything at all, particulars and the card here; credits, spending and
//! appointments beside.

mod appointments;
mod credits;
mod merging;
mod spending;
mod way;

use chrono::NaiveDate;

use super::command::{AppointmentTerms, CreditTerms, CreditVerdict, Estate, Judge, OfWorker, Spending, WorkerDetails};
use super::event::{CardClosed, CardIssued, CardMoved, ErasureStep, WorkerDeparted, WorkerEvent, WorkerRecorded};
use super::rating::holds_one_of;
use super::state::{Erasure, Worker};
use crate::domain::event::V1;
use crate::domain::ids::{
    Actor, ApplicationId, AppointmentId, BenefitId, BranchId, CardNo, CreditId, HoldId, RedemptionId, WorkerId,
};
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;

/// Commands of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkerCommand {
    /// Register, or bring the particulars up to date.
    Register {
        /// The particulars.
        details: WorkerDetails,
        /// Whether an existing worker is updated (a sheet) or refused (the API).
        update: bool,
    },
    /// The worker leaves the programme.
    Depart {
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Forget the person: the first who says so asks, a second one confirms.
    Erase {
        /// The account that acts.
        by: Actor,
        /// Whether it is the worker.
        oneself: bool,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Issue a mutual-aid points card.
    IssueCard {
        /// Its number.
        card_no: CardNo,
        /// The Party branch.
        branch: BranchId,
        /// Whether a card held under this number is updated (a sheet) or refused (the API).
        update: bool,
    },
    /// Move the card to another branch.
    MoveCard {
        /// The new branch.
        branch: BranchId,
    },
    /// Close the card.
    CloseCard {
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Record a credit.
    Credit(Box<CreditTerms>),
    /// Decide about a credit.
    JudgeCredit {
        /// The credit's name: the key of the command that recorded it.
        credit: CreditId,
        /// What was decided.
        verdict: CreditVerdict,
        /// The account that decides, and which worker it is.
        judge: Judge,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Spend points.
    Redeem {
        /// The redemption's name.
        redemption: RedemptionId,
        /// On what.
        spending: Spending,
    },
    /// Give the points of a redemption back to their lots.
    ReverseRedemption {
        /// The redemption's name: the key of the command that made it.
        redemption: RedemptionId,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Set points aside.
    Hold {
        /// The hold's name.
        hold: HoldId,
        /// On what.
        spending: Spending,
        /// From when on it is void.
        expires_at: BusinessTime,
    },
    /// Spend points set aside.
    Capture {
        /// The key of the command that placed it.
        hold: HoldId,
        /// The redemption's name.
        redemption: RedemptionId,
    },
    /// Give points set aside back.
    Release {
        /// The key of the command that placed it.
        hold: HoldId,
        /// Whether because it ran out rather than on request.
        expired: bool,
        /// Why, where somebody said.
        reason: Option<String>,
    },
    /// Appoint the worker, or bring the appointment up to date.
    Appoint {
        /// The letter's number (聘书号).
        appointment: AppointmentId,
        /// As what.
        terms: AppointmentTerms,
    },
    /// Propose to appoint the worker, or to bring the appointment up to date, to a second person.
    ProposeAppointment {
        /// The letter's number (聘书号).
        appointment: AppointmentId,
        /// The account that proposes.
        by: Actor,
        /// As what.
        terms: AppointmentTerms,
    },
    /// Confirm what was proposed.
    ConfirmAppointment {
        /// The letter's number (聘书号).
        appointment: AppointmentId,
        /// Who says it.
        judge: Judge,
        /// When what they looked at had been proposed, where they say so.
        proposed_at: Option<BusinessTime>,
    },
    /// Send it back.
    RejectAppointment {
        /// The letter's number (聘书号).
        appointment: AppointmentId,
        /// Who says it.
        judge: Judge,
        /// When what they looked at had been proposed, where they say so.
        proposed_at: Option<BusinessTime>,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Spend points on a benefit.
    PayBenefit {
        /// For which row.
        application: ApplicationId,
        /// On which benefit.
        benefit: BenefitId,
        /// Points, exact hundredths.
        points: Points,
    },
    /// Give the points that were spent on a benefit back to their lots.
    ReturnBenefit {
        /// Of which row.
        application: ApplicationId,
        /// 项目编号.
        benefit: BenefitId,
    },
    /// Book the lots that can no longer be spent after a day as expired.
    Expire {
        /// The last day looked at: lots whose last day is not after it.
        through: NaiveDate,
    },
    /// Give this id up for another one of the same person.
    GiveUp {
        /// The id that is kept.
        into: WorkerId,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Hand on what a correction left under an id that was given up.
    HandOn {
        /// What it left.
        estate: Estate,
    },
    /// Go on with the account of another id of the same person.
    TakeOver {
        /// The id that is given up.
        absorbed: WorkerId,
        /// What it hands over.
        estate: Estate,
    },
}

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
            WorkerCommand::Erase { by, oneself, reason } => self.erase(of, by, oneself, reason),
            WorkerCommand::IssueCard { card_no, branch, update } => self.issue_card(of, card_no, branch, update),
            WorkerCommand::MoveCard { branch } => self.move_card(of, branch),
            WorkerCommand::CloseCard { reason } => {
                let card_no = self.require_card(of)?.0;
                let event = CardClosed { at: of.at, card_no, reason, v: V1, worker: of.worker.clone() };
                Ok(vec![WorkerEvent::CardClosed(event)])
            }
            WorkerCommand::Credit(terms) => self.record_credit(of, *terms),
            WorkerCommand::JudgeCredit { credit, verdict, judge, reason } => {
                self.judge_credit(of, &credit, &verdict, &judge, reason)
            }
            WorkerCommand::Redeem { redemption, spending } => self.redeem(of, redemption, spending),
            WorkerCommand::ReverseRedemption { redemption, reason } => self.reverse_redemption(of, redemption, reason),
            WorkerCommand::Hold { hold, spending, expires_at } => self.place_hold(of, hold, spending, expires_at),
            WorkerCommand::Capture { hold, redemption } => self.capture(of, hold, redemption),
            WorkerCommand::Release { hold, expired, reason } => self.release(of, hold, expired, reason),
            WorkerCommand::Appoint { appointment, terms } => self.appoint(of, appointment, terms),
            WorkerCommand::ProposeAppointment { appointment, by, terms } => {
                self.propose_appointment(of, appointment, by, terms)
            }
            WorkerCommand::ConfirmAppointment { appointment, judge, proposed_at } => {
                self.confirm_appointment(of, appointment, &judge, proposed_at)
            }
            WorkerCommand::RejectAppointment { appointment, judge, proposed_at, reason } => {
                self.reject_appointment(of, appointment, (&judge, proposed_at), reason)
            }
            WorkerCommand::PayBenefit { application, benefit, points } => {
                self.pay_benefit(of, application, benefit, points)
            }
            WorkerCommand::ReturnBenefit { application, benefit } => {
                Ok(self.return_benefit(of, application, benefit).into_iter().collect())
            }
            WorkerCommand::Expire { through } => Ok(self.expire(of, through)),
            WorkerCommand::GiveUp { into, reason } => self.give_up(of, into, reason),
            WorkerCommand::HandOn { estate } => Ok(self.hand_on(of, &estate)),
            WorkerCommand::TakeOver { absorbed, estate } => Ok(vec![self.take_over_from(of, absorbed, estate)]),
        }
    }

    /// The first who says so asks; a second person confirms, whatever the worker's standing: who left may be forgotten too.
    fn erase(&self, of: &OfWorker, by: Actor, oneself: bool, reason: String) -> Decision<Vec<WorkerEvent>> {
        let step = ErasureStep { at: of.at, by, oneself, reason, v: V1, worker: of.worker.clone() };
        match &self.erasure {
            None => Ok(vec![WorkerEvent::WorkerErasureAsked(step)]),
            Some(Erasure::Asked { by, oneself }) if *by == step.by || (*oneself && step.oneself) => {
                let message =
                    format!("whoever asked to forget worker {} cannot confirm it; a second person does", of.worker);
                Err(Refusal::new(Code::SamePerson, message))
            }
            Some(Erasure::Asked { .. }) => Ok(vec![WorkerEvent::WorkerErased(step)]),
            Some(Erasure::Done) => {
                let message = format!("the person behind worker {} was forgotten already", of.worker);
                Err(Refusal::new(Code::AlreadyDecided, message))
            }
        }
    }

    /// The worker must be registered and not have left.
    fn require_present(&self, of: &OfWorker) -> Decision<()> {
        self.require_own_id(of)?;
        match self.departed {
            None => Ok(()),
            Some(departed) => {
                let message = format!("worker {} has left the programme on {}", of.worker, departed.date());
                Err(Refusal::new(Code::WorkerDeparted, message))
            }
        }
    }

    /// The worker must not have left before a time: what happened earlier is taken, however late it is entered.
    ///
    /// # Errors
    /// `worker_departed`.
    pub fn require_present_at(&self, of: &OfWorker, time: BusinessTime) -> Decision<()> {
        if self.departed.is_some_and(|departed| time < departed) {
            return self.require_own_id(of);
        }
        self.require_present(of)
    }

    /// The worker must be registered.
    ///
    /// # Errors
    /// `unknown_worker`.
    pub fn require_known(&self, of: &OfWorker) -> Decision<()> {
        if !self.exists() {
            let message = format!("no worker {}; register the worker first (人员名册)", of.worker);
            return Err(Refusal::new(Code::UnknownWorker, message));
        }
        Ok(())
    }

    fn register(&self, of: &OfWorker, details: WorkerDetails, update: bool) -> Decision<Vec<WorkerEvent>> {
        if self.exists() && !update {
            let message = format!("worker {} is registered already; give this one another id", of.worker);
            return Err(Refusal::new(Code::DuplicateConflict, message));
        }
        let details = WorkerDetails { site: details.site.or_else(|| self.site.clone()), ..details };
        if self.has_details(&details) {
            return Ok(Vec::new());
        }
        self.require_own_id(of)?;
        let WorkerDetails { occupation, party_member, platform, probationary, site } = details;
        if probationary && party_member != Some(true) {
            let message = "probationary: only a Party member is on probation (中共预备党员); say party_member as well";
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        let (at, worker) = (of.at, of.worker.clone());
        let recorded = WorkerRecorded { at, occupation, party_member, platform, probationary, site, v: V1, worker };
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

    /// The worker must hold one of some roles on a day; where none is asked for, nobody is asked.
    ///
    /// # Errors
    /// `not_eligible`.
    pub fn require_role(&self, of: &OfWorker, roles: &[String], day: NaiveDate) -> Decision<()> {
        if self.holds_role(roles, day) { Ok(()) } else { Err(not_eligible(of, roles, day)) }
    }

    /// Whether the worker holds one of some roles on a day, where one is asked for.
    fn holds_role(&self, roles: &[String], day: NaiveDate) -> bool {
        holds_one_of(self.appointments.values(), roles, day)
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
}

/// A role is missing.
fn not_eligible(of: &OfWorker, roles: &[String], day: NaiveDate) -> Refusal {
    let message = format!("worker {} is none of {} on {day} (聘任名册)", of.worker, roles.join("、"));
    Refusal::new(Code::NotEligible, message)
}
