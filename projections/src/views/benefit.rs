//! One row a benefit: its particulars, how many were given and used, and who waits.

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::benefit::command::BenefitTerms;
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
    /// Used.
    pub used: u64,
    /// Withdrawn: given back, or waited for no more.
    pub withdrawn: u64,
    /// Who waits, in the order in which they came.
    pub queue: Vec<Queued>,
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
            }
            BenefitEvent::BenefitQueued(event) => {
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
                } else {
                    row.granted = row.granted.saturating_sub(1);
                }
            }
        }
    }
}
