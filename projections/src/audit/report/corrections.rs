//! What was taken back or turned down, with the reason given.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::Verdict;
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
    /// Of the entry in the journal, from 1.
    pub position: u64,
    /// What was done.
    pub kind: CorrectionKind,
    /// The credit or redemption.
    pub name: String,
    /// The worker's id (编号).
    pub worker: String,
    /// In exact hundredths.
    pub points: Points,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub actor: String,
    /// The reason, or the reference that the vault gave for it.
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
        let (kind, points, actor) = if let Some(judged) = event.as_judgement() {
            let kind = match judged.verdict {
                Verdict::Reversed { .. } => CorrectionKind::CreditReversed,
                Verdict::Rejected => CorrectionKind::CreditRejected,
                Verdict::Resolved { upheld: true, .. } => CorrectionKind::ObjectionUpheld,
                Verdict::Resolved { upheld: false, .. }
                | Verdict::Checked
                | Verdict::Publicised { .. }
                | Verdict::Confirmed { .. }
                | Verdict::Objected { .. }
                | Verdict::Appealed { .. } => return,
            };
            (kind, judged.points, judged.by.as_str())
        } else if let Some(event) = event.as_return() {
            (CorrectionKind::RedemptionReversed, event.points, entry.command.actor.as_str())
        } else {
            return;
        };
        let correction = Correction {
            position: entry.position,
            kind,
            name: event.subject().map(|subject| subject.to_string()).unwrap_or_default(),
            worker: event.worker().to_string(),
            points,
            at: event.at(),
            actor: actor.to_owned(),
            reason: event.reason().unwrap_or_default().to_owned(),
        };
        self.corrections.push(correction, self.thresholds.list);
    }

    pub(super) fn finish(self) -> Listed<Correction> {
        self.corrections
    }
}
