//! One row a benefit: its particulars, how many were given and used, who waits, and what bodies have to approve.

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::benefit::command::{ApplicationTerms, BenefitTerms};
use ledger_core::domain::benefit::state::Proposal;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ApplicationId, WorkerId};
use ledger_core::domain::time::BusinessTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A benefit's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Benefit {
    /// The particulars.
    pub terms: Option<BenefitTerms>,
    /// Given and not given back.
    pub granted: u64,
    /// Applications that were granted and used.
    pub used: u64,
    /// Withdrawn: given back, or waited for no more.
    pub withdrawn: u64,
    /// Who waits, in the order in which they came.
    pub queue: Vec<Queued>,
    /// What waits for the word of bodies, in the order in which it came.
    pub proposed: Vec<Proposed>,
    /// What was sent back last, the last one at the end; at most [`RETURNED_MAX`] of them.
    pub returned: Vec<Returned>,
}

/// How many that were sent back a benefit's row keeps.
pub const RETURNED_MAX: usize = 50;

/// An application that was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// When it was sent back, by the clock of the ledger.
    pub at: BusinessTime,
    /// Why: the reference that the vault gave for it.
    pub reason: String,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// An application that waits for the word of bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// What was asked.
    pub terms: ApplicationTerms,
    /// Who proposed it to whom, and what these said.
    pub proposal: Proposal,
}

/// An application that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// When it was made.
    pub at: BusinessTime,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

impl Benefit {
    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// At which place an application stands in the queue, from 1 on.
    pub fn place_of(&self, application: &str) -> Option<usize> {
        let at = self.queue.iter().position(|queued| queued.application.as_str() == application)?;
        Some(at + 1)
    }

    /// What was proposed waits for nobody's word any more.
    fn decided(&mut self, application: &ApplicationId) {
        self.proposed.retain(|proposed| proposed.application != *application);
    }

    /// How many are left; none where there is no end of them.
    pub fn places_left(&self) -> Option<u64> {
        let places = self.terms.as_ref()?.places?;
        Some(u64::from(places).saturating_sub(self.granted))
    }
}

/// The view, keyed by benefit.
pub struct BenefitView;

impl View for BenefitView {
    type Row = Benefit;
    const NAME: &'static str = "benefit";

    fn keys(event: &Event) -> Vec<SmolStr> {
        event.as_benefit().map(|event| event.benefit().to_smol()).into_iter().collect()
    }

    fn fold(row: &mut Benefit, _: &str, _: u64, event: &Event) {
        let Some(event) = event.as_benefit() else { return };
        match event {
            BenefitEvent::BenefitRegistered(event) | BenefitEvent::BenefitUpdated(event) => {
                row.terms = Some(event.terms.clone());
            }
            BenefitEvent::BenefitGranted(event) => {
                row.granted += 1;
                row.queue.retain(|queued| queued.application != event.application);
                row.decided(&event.application);
            }
            BenefitEvent::BenefitQueued(event) => {
                row.decided(&event.application);
                row.queue.push(Queued {
                    application: event.application.clone(),
                    at: event.terms.at,
                    worker: event.terms.worker.clone(),
                });
            }
            BenefitEvent::BenefitUsed(_) => row.used += 1,
            BenefitEvent::BenefitUseReversed(_) => row.used = row.used.saturating_sub(1),
            BenefitEvent::BenefitWithdrawn(event) => {
                row.withdrawn += 1;
                if event.waited {
                    row.queue.retain(|queued| queued.application != event.application);
                    row.decided(&event.application);
                } else {
                    row.granted = row.granted.saturating_sub(1);
                }
            }
            BenefitEvent::BenefitProposed(event) => {
                let (approvals, by) = (event.approvals.clone(), event.by.clone());
                row.proposed.push(Proposed {
                    application: event.application.clone(),
                    terms: event.terms.clone(),
                    proposal: Proposal { approvals, by, checks: Vec::new() },
                });
            }
            BenefitEvent::BenefitChecked(event) => {
                let waiting = row.proposed.iter_mut().find(|proposed| proposed.application == event.application);
                if let Some(Proposed { proposal, .. }) = waiting {
                    proposal.checks.push((event.body.clone(), event.by.clone()));
                }
            }
            BenefitEvent::BenefitRejected(event) => {
                row.decided(&event.application);
                if row.returned.len() >= RETURNED_MAX {
                    row.returned.remove(0);
                }
                row.returned.push(Returned {
                    application: event.application.clone(),
                    at: event.at,
                    reason: event.reason.clone(),
                    worker: event.worker.clone(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
