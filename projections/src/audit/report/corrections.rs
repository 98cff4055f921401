//! What was taken back or turned down, with the reason given.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::Entry;

use super::Thresholds;
use crate::audit::listed::Listed;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionKind {
    /// A credit that counted was taken back.
    CreditReversed,
    /// A proposed credit was rejected.
    CreditRejected,
    /// An objection was found right.
    ObjectionUpheld,
    /// A redemption was taken back.
    RedemptionReversed,
}

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Its position.
    pub position: u64,
    /// What was done.
    pub kind: CorrectionKind,
    /// The credit or redemption.
    pub name: String,
    /// Whose.
    pub worker: String,
    /// Its points.
    pub points: Points,
    /// When.
    pub at: BusinessTime,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
}

pub(super) struct CorrectionFold {
    thresholds: Thresholds,
    corrections: Listed<Correction>,
}

impl CorrectionFold {
    pub(super) fn new(thresholds: Thresholds) -> CorrectionFold {
        CorrectionFold { thresholds, corrections: Listed::default() }
    }

    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        let Event::Worker(event) = event else { return };
        let actor = entry.command.actor.as_str();
        let (kind, name, points, actor, reason) = match event {
            WorkerEvent::CreditReversed(event) => {
                let by = event.by.as_str();
                (CorrectionKind::CreditReversed, event.credit.to_string(), event.points, by, &event.reason)
            }
            WorkerEvent::CreditRejected(event) => {
                let by = event.by.as_str();
                (CorrectionKind::CreditRejected, event.credit.to_string(), event.points, by, &event.reason)
            }
            WorkerEvent::ObjectionResolved(event) if event.upheld => {
                let by = event.by.as_str();
                (CorrectionKind::ObjectionUpheld, event.credit.to_string(), Points::ZERO, by, &event.reason)
            }
            WorkerEvent::RedemptionReversed(event) => {
                let name = event.redemption.to_string();
                (CorrectionKind::RedemptionReversed, name, event.points, actor, &event.reason)
            }
            _ => return,
        };
        let correction = Correction {
            position: entry.position,
            kind,
            name,
            worker: event.worker().to_string(),
            points,
            at: event.at(),
            actor: actor.to_owned(),
            reason: reason.clone(),
        };
        self.corrections.push(correction, self.thresholds.list);
    }

    pub(super) fn finish(self) -> Listed<Correction> {
        self.corrections
    }
}
