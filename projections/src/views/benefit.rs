//! One row a benefit: its particulars, how many were given and used, and who waits.

use std::collections::BTreeSet;

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::benefit::command::BenefitTerms;
use ledger_core::domain::event::Event;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A benefit's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Benefit {
    /// The particulars.
    pub terms: Option<BenefitTerms>,
    /// Given.
    pub granted: u64,
    /// Used.
    pub used: u64,
    /// The applications that wait.
    queue: BTreeSet<String>,
}

impl Benefit {
    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
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
                row.queue.remove(event.application.as_str());
            }
            BenefitEvent::BenefitQueued(event) => {
                row.queue.insert(event.application.to_string());
            }
            BenefitEvent::BenefitUsed(_) => row.used += 1,
        }
    }
}
