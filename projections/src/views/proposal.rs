//! One row a credit that waits: for a second person, for the end of its publicity, or for an objection's decision.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::WorkerEvent;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A waiting credit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proposal {
    /// Whose.
    pub worker: String,
    /// The activity.
    pub activity: String,
    /// The service date.
    pub on: NaiveDate,
    /// The points.
    pub points: Points,
    /// Who recorded it.
    pub proposer: String,
    /// When it was recorded, in business time.
    pub at: Option<BusinessTime>,
    /// Whether it waits for a second person.
    pub proposed: bool,
    /// Whether an objection is open.
    pub objected: bool,
}

/// The view, keyed by the credit.
pub struct ProposalView;

impl View for ProposalView {
    type Row = Proposal;
    const NAME: &'static str = "proposal";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        match event {
            WorkerEvent::CreditConfirmed(event)
            | WorkerEvent::CreditRejected(event)
            | WorkerEvent::CreditObjected(event) => vec![event.credit.to_smol()],
            WorkerEvent::ObjectionResolved(event) => vec![event.credit.to_smol()],
            other => other
                .as_service()
                .filter(|record| record.proposed)
                .map(|record| record.credit.to_smol())
                .into_iter()
                .collect(),
        }
    }

    fn fold(row: &mut Proposal, _: &str, _: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        if let Some(record) = event.as_service() {
            *row = Proposal {
                worker: record.worker.to_string(),
                activity: record.activity.to_string(),
                on: record.on,
                points: record.points,
                proposer: record.proposer.to_string(),
                at: Some(record.at),
                proposed: true,
                objected: false,
            };
            return;
        }
        match event {
            WorkerEvent::CreditConfirmed(_) | WorkerEvent::CreditRejected(_) => row.proposed = false,
            WorkerEvent::CreditObjected(event) => {
                row.objected = true;
                row.worker = event.worker.to_string();
                row.points = event.points;
            }
            WorkerEvent::ObjectionResolved(_) => row.objected = false,
            _ => {}
        }
        if !row.proposed && !row.objected {
            *row = Proposal::default();
        }
    }
}
