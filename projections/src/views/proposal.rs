//! One row a credit that waits: for a second person, for the end of its publicity, or for an objection's decision.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::CreditId;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::Verdict;
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
        let proposed = event.as_service().filter(|record| record.proposed).map(|record| &record.credit);
        // What was confirmed and is taken back waits no more; an objection to it was answered before.
        let judged = event.as_judgement().filter(|judged| !matches!(judged.verdict, Verdict::Reversed { .. }));
        proposed.or(judged.map(|judged| judged.credit)).map(CreditId::to_smol).into_iter().collect()
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
        let Some(judged) = event.as_judgement() else { return };
        match judged.verdict {
            Verdict::Confirmed { .. } | Verdict::Rejected => row.proposed = false,
            Verdict::Objected => {
                row.objected = true;
                row.worker = event.worker().to_string();
                row.points = judged.points;
            }
            Verdict::Resolved { .. } => row.objected = false,
            Verdict::Reversed { .. } => {}
        }
        if !row.proposed && !row.objected {
            *row = Proposal::default();
        }
    }
}
