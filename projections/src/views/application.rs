//! One row an application of a worker for a benefit: whether it was granted or waits, for a place or for the word of bodies,
//! how it was used, and whether it was withdrawn or sent back.

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::benefit::command::{ApplicationTerms, Use};
use ledger_core::domain::benefit::state::Proposal;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{Actor, BenefitId};
use ledger_core::domain::time::BusinessTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// An application's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Application {
    /// For which benefit.
    pub benefit: Option<BenefitId>,
    /// What was asked.
    pub terms: Option<ApplicationTerms>,
    /// Whether it waits in the queue.
    pub waits: bool,
    /// How it is used, once it is.
    pub used: Option<Use>,
    /// How it was used last, be that taken back since.
    #[serde(default)]
    pub last_use: Option<Use>,
    /// When and why a use was taken back last, be it used again since.
    #[serde(default)]
    pub reversed: Option<Reversal>,
    /// When and why it was withdrawn, once it was.
    pub withdrawn: Option<Withdrawal>,
    /// Whether it waits for the word of bodies.
    pub proposed: bool,
    /// What these said of it, where it was proposed to them.
    pub proposal: Option<Proposal>,
    /// When and why it was sent back, once it was.
    pub rejected: Option<Rejection>,
}

/// That an application was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// When it was sent back, by the clock of the ledger.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// Why: the reference that the vault gave for it.
    pub reason: String,
}

/// That an application was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// By the ledger's clock.
    pub at: BusinessTime,
    /// Why, where somebody said: the reference that the vault gave for it.
    pub reason: Option<String>,
}

/// That a use was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    /// By the ledger's clock.
    pub at: BusinessTime,
    /// Why: the reference that the vault gave for it.
    pub reason: String,
}

/// The view, keyed by worker and application.
pub struct ApplicationView;

impl View for ApplicationView {
    type Row = Application;
    const NAME: &'static str = "application";

    fn keys(event: &Event) -> Vec<SmolStr> {
        match event.as_benefit() {
            Some(BenefitEvent::BenefitGranted(event) | BenefitEvent::BenefitQueued(event)) => {
                vec![under(event.terms.worker.as_str(), &event.application)]
            }
            Some(BenefitEvent::BenefitUsed(event)) => vec![under(event.worker.as_str(), &event.application)],
            Some(BenefitEvent::BenefitWithdrawn(event)) => vec![under(event.worker.as_str(), &event.application)],
            Some(BenefitEvent::BenefitProposed(event)) => vec![under(event.terms.worker.as_str(), &event.application)],
            Some(BenefitEvent::BenefitChecked(event)) => vec![under(event.worker.as_str(), &event.application)],
            Some(BenefitEvent::BenefitRejected(event)) => vec![under(event.worker.as_str(), &event.application)],
            Some(BenefitEvent::BenefitUseReversed(event)) => vec![under(event.worker.as_str(), &event.application)],
            Some(BenefitEvent::BenefitRegistered(_) | BenefitEvent::BenefitUpdated(_)) | None => Vec::new(),
        }
    }

    fn fold(row: &mut Application, _: &str, _: u64, event: &Event) {
        match event.as_benefit() {
            Some(BenefitEvent::BenefitGranted(event)) => {
                row.benefit = Some(event.benefit.clone());
                row.terms = Some(event.terms.clone());
                row.waits = false;
                row.proposed = false;
            }
            Some(BenefitEvent::BenefitQueued(event)) => {
                row.benefit = Some(event.benefit.clone());
                row.terms = Some(event.terms.clone());
                row.waits = true;
                row.proposed = false;
            }
            Some(BenefitEvent::BenefitUsed(event)) => {
                row.used = Some(event.used.clone());
                row.last_use = Some(event.used.clone());
            }
            Some(BenefitEvent::BenefitUseReversed(event)) => {
                row.used = None;
                row.reversed = Some(Reversal { at: event.at, reason: event.reason.clone() });
            }
            Some(BenefitEvent::BenefitWithdrawn(event)) => {
                row.waits = false;
                row.proposed = false;
                row.withdrawn = Some(Withdrawal { at: event.at, reason: event.reason.clone() });
            }
            Some(BenefitEvent::BenefitProposed(event)) => {
                row.benefit = Some(event.benefit.clone());
                row.terms = Some(event.terms.clone());
                row.proposed = true;
                let (approvals, by) = (event.approvals.clone(), event.by.clone());
                row.proposal = Some(Proposal { approvals, by, checks: Vec::new() });
            }
            Some(BenefitEvent::BenefitChecked(event)) => {
                if let Some(proposal) = &mut row.proposal {
                    proposal.checks.push((event.body.clone(), event.by.clone()));
                }
            }
            Some(BenefitEvent::BenefitRejected(event)) => {
                row.proposed = false;
                let (at, by, reason) = (event.at, event.by.clone(), event.reason.clone());
                row.rejected = Some(Rejection { at, by, reason });
            }
            Some(BenefitEvent::BenefitRegistered(_) | BenefitEvent::BenefitUpdated(_)) | None => {}
        }
    }
}
