//! Approval of an application by bodies (审核): each says so once, by a person who had no part in it, or one of these sends it
//! back. By whom and when it is granted in the end is the word of the last of them.

use super::command::{APPROVALS_MAX, Approver, BenefitTerms};
use super::event::{BenefitChecked, BenefitEvent, BenefitRejected};
use super::state::{Application, Benefit, Proposal};
use crate::domain::event::V1;
use crate::domain::ids::{Actor, ApplicationId, BenefitId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;

impl Benefit {
    /// An application that waits for the word of bodies.
    ///
    /// # Errors
    /// `unknown_benefit`, `already_decided`.
    pub fn require_proposed(
        &self,
        benefit: &BenefitId,
        application: &ApplicationId,
    ) -> Decision<(&Application, &Proposal)> {
        let known = self.require_open(benefit, application)?;
        let Some(proposal) = &known.proposal else {
            let message = format!("{application} waits for no approval: it was granted, or waits for a place");
            return Err(Refusal::new(Code::AlreadyDecided, message));
        };
        Ok((known, proposal))
    }

    /// Time, body, person, that the body did not say so before.
    pub(super) fn check(
        &self,
        at: BusinessTime,
        benefit: BenefitId,
        application: ApplicationId,
        body: String,
        approver: Approver,
    ) -> Decision<Vec<BenefitEvent>> {
        self.require(&benefit)?;
        let (known, proposal) = self.require_proposed(&benefit, &application)?;
        require_later(at, known, &application)?;
        if !proposal.approvals.contains(&body) {
            let bodies = proposal.approvals.join("、");
            let message = format!("{application} is not approved by {body}; name one of {bodies}");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        approver.require_no_part(&application, proposal)?;
        if proposal.has(&body) {
            return Err(Refusal::new(Code::AlreadyDecided, format!("{body} approved {application} before")));
        }
        let (by, worker) = (approver.by, known.terms.worker.clone());
        Ok(vec![BenefitEvent::BenefitChecked(BenefitChecked { application, at, benefit, body, by, v: V1, worker })])
    }

    /// Time, person.
    pub(super) fn reject(
        &self,
        at: BusinessTime,
        benefit: BenefitId,
        application: ApplicationId,
        approver: Approver,
        reason: String,
    ) -> Decision<Vec<BenefitEvent>> {
        self.require(&benefit)?;
        let (known, proposal) = self.require_proposed(&benefit, &application)?;
        require_later(at, known, &application)?;
        approver.require_no_part(&application, proposal)?;
        let (by, worker) = (approver.by, known.terms.worker.clone());
        let rejected = BenefitRejected { application, at, benefit, by, reason, v: V1, worker };
        Ok(vec![BenefitEvent::BenefitRejected(rejected)])
    }
}

fn require_later(at: BusinessTime, known: &Application, application: &ApplicationId) -> Decision<()> {
    let applied = known.terms.at;
    if applied <= at {
        return Ok(());
    }
    let message = format!("{application} of {applied} cannot be decided before, at {at}");
    Err(Refusal::new(Code::InvalidDate, message))
}

impl Approver {
    /// Whoever proposed or checked it, and whoever is to be given it, leave the word to others.
    fn require_no_part(&self, application: &ApplicationId, proposal: &Proposal) -> Decision<()> {
        let is = |actor: &Actor| self.by == *actor || self.alike.contains(actor);
        let why = if self.is_worker {
            "is the worker whose it is"
        } else if is(&proposal.by) {
            "proposed it"
        } else if proposal.parts().any(is) {
            "approved it before"
        } else {
            return Ok(());
        };
        let message = format!("application {application}: {} {why}; another person must decide", self.by);
        Err(Refusal::new(Code::SamePerson, message))
    }
}

impl BenefitTerms {
    /// The bodies have names, each another one, and are not too many.
    ///
    /// # Errors
    /// `invalid_input`.
    pub(super) fn require_bodies(&self, benefit: &BenefitId) -> Decision<()> {
        let bodies = self.approving();
        let refused = |what: &str| {
            let message = format!("benefit {benefit}: {what} (approvals)");
            Err(Refusal::new(Code::InvalidInput, message))
        };
        if bodies.len() > APPROVALS_MAX {
            return refused("at most two bodies approve");
        }
        if bodies.iter().any(|body| body.trim().is_empty()) {
            return refused("a body that approves has a name");
        }
        match bodies {
            [one, other] if one == other => refused("the bodies that approve are two different ones"),
            _ => Ok(()),
        }
    }
}
