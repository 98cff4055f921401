//! Proposals, kept from the events alone: each body of the register says so once before anything is given, and whoever
//! proposed, checked or is to be given it never says another word.

use super::{Application, BenefitBook, Certificates, Standing, count_no_more, require_claim, unheard_of};
use crate::domain::benefit::event::{BenefitApplied, BenefitChecked, BenefitProposed, BenefitRejected};
use crate::domain::event::V1;
use crate::domain::ids::{Actor, ApplicationId};
use crate::evidence::books::ways::Persons;

/// What bodies said of an application.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    /// The bodies whose word it needs.
    approvals: Vec<String>,
    by: Actor,
    checks: Vec<(String, Actor)>,
}

impl BenefitBook {
    /// It counts for the limit and has its certificate kept; nothing is given.
    pub(super) fn propose(
        &mut self,
        persons: &Persons,
        certificates: &Certificates,
        event: &BenefitProposed,
    ) -> Result<(), String> {
        let BenefitProposed { application, approvals, at, benefit, by, terms, .. } = event;
        if let Some(known) = self.applications.get(application) {
            return Err(known.cannot_become(application, Standing::Proposed));
        }
        if approvals.is_empty() || self.terms.approving() != approvals.as_slice() {
            let (said, register) = (approvals.join("、"), self.terms.approving().join("、"));
            return Err(format!("{application} is proposed to {said}, and {register} approve {benefit}"));
        }
        if let Some(certificate) = terms.certificate.as_ref().filter(|of| !certificates.is_kept_for(of, application)) {
            return Err(format!("{application} rests on certificate {certificate}, which is not kept for it"));
        }
        let (application, benefit, terms) = (application.clone(), benefit.clone(), terms.clone());
        let applied = BenefitApplied { application, at: *at, benefit, terms, v: V1 };
        self.count(persons, &applied)?;
        self.amount(&applied.application, &applied.terms)?;
        let proposal = Proposal { approvals: approvals.clone(), by: by.clone(), checks: Vec::new() };
        let BenefitApplied { application, terms, .. } = applied;
        let known =
            Application { standing: Standing::Proposed, terms, cost: false, used: None, proposal: Some(proposal) };
        self.applications.insert(application, known);
        Ok(())
    }

    /// A body of the list says so, once, by another person.
    pub(super) fn check(&mut self, persons: &Persons, event: &BenefitChecked) -> Result<(), String> {
        let BenefitChecked { application, at, body, by, worker, .. } = event;
        let Some(known) = self.applications.get_mut(application) else { return Err(unheard_of(application)) };
        if known.standing != Standing::Proposed || known.terms.worker != *worker || *at < known.terms.at {
            return Err(format!("{application} is approved, and does not wait for that: it was {:?}", known.standing));
        }
        known.require_other(persons, application, by)?;
        let Some(proposal) = &mut known.proposal else { return Err(unheard_of(application)) };
        if !proposal.approvals.contains(body) || proposal.checks.iter().any(|(said, _)| said == body) {
            return Err(format!("{application} is approved by {body}, which has no word in it any more or never had"));
        }
        proposal.checks.push((body.clone(), by.clone()));
        Ok(())
    }

    /// It is sent back by another person, and its certificate is free.
    pub(super) fn reject(
        &mut self,
        persons: &Persons,
        certificates: &Certificates,
        event: &BenefitRejected,
    ) -> Result<(), String> {
        let BenefitRejected { application, at, by, worker, .. } = event;
        let Some(known) = self.applications.get_mut(application) else { return Err(unheard_of(application)) };
        if known.standing != Standing::Proposed || known.terms.worker != *worker || *at < known.terms.at {
            return Err(known.cannot_become(application, Standing::Rejected));
        }
        known.require_other(persons, application, by)?;
        known.require_no_certificate(certificates, application)?;
        known.standing = Standing::Rejected;
        count_no_more(&mut self.had, &known.terms);
        Ok(())
    }
}

impl Application {
    /// What was proposed is given, or waits, as it was proposed and after the word of each body.
    pub(super) fn require_approved(&self, certificates: &Certificates, event: &BenefitApplied) -> Result<(), String> {
        let BenefitApplied { application, at, benefit, terms, .. } = event;
        require_claim(certificates, event)?;
        if self.terms != *terms || *at != terms.at {
            return Err(format!("{application} is given a place of {benefit} otherwise than it was proposed"));
        }
        let checks = self.proposal.as_ref().map(|proposal| (proposal.checks.len(), proposal.approvals.len()));
        match checks {
            Some((said, all)) if said == all => Ok(()),
            Some((said, all)) => Err(format!("{application} is given after {said} of {all} approvals")),
            None => Err(unheard_of(application)),
        }
    }

    /// Nobody who had a part in it, and not the worker.
    fn require_other(&self, persons: &Persons, application: &ApplicationId, by: &Actor) -> Result<(), String> {
        if persons.is(by, &self.terms.worker) {
            return Err(format!("{application} is decided by {by}, whose own it is"));
        }
        let Some(proposal) = &self.proposal else { return Err(unheard_of(application)) };
        let mut parts = std::iter::once(&proposal.by).chain(proposal.checks.iter().map(|(_, by)| by));
        match parts.find(|part| persons.same(part, by)) {
            Some(part) => Err(format!("{application} is decided by {by}, who is {part}")),
            None => Ok(()),
        }
    }
}
