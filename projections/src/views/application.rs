//! One row an application of a worker for a benefit: whether it was granted or waits, how it was used, and whether it was
//! withdrawn.

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::benefit::command::{ApplicationTerms, Use};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::BenefitId;
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
    /// When and why it was withdrawn, once it was.
    pub withdrawn: Option<Withdrawal>,
}

/// That an application was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When.
    pub at: BusinessTime,
    /// Why, where somebody said: the reference that the vault gave for it.
    pub reason: Option<String>,
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
            }
            Some(BenefitEvent::BenefitQueued(event)) => {
                row.benefit = Some(event.benefit.clone());
                row.terms = Some(event.terms.clone());
                row.waits = true;
            }
            Some(BenefitEvent::BenefitUsed(event)) => {
                row.used = Some(event.used.clone());
                row.last_use = Some(event.used.clone());
            }
            Some(BenefitEvent::BenefitUseReversed(_)) => row.used = None,
            Some(BenefitEvent::BenefitWithdrawn(event)) => {
                row.waits = false;
                row.withdrawn = Some(Withdrawal { at: event.at, reason: event.reason.clone() });
            }
            Some(BenefitEvent::BenefitRegistered(_) | BenefitEvent::BenefitUpdated(_)) | None => {}
        }
    }
}
