//! One row a credit that waits: for a check, for the end of its publicity, or for an objection's decision; with who did what.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::CreditId;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{Judgement, ServiceRecorded, Verdict};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;
use crate::waiting::{Stage, Waiting};

/// A waiting credit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proposal {
    /// The worker's id (编号).
    pub worker: String,
    /// The activity; blank for a credit that counted already when somebody objected.
    pub activity: String,
    /// The service date.
    pub on: NaiveDate,
    /// In exact hundredths.
    pub points: Points,
    /// Units of service.
    pub quantity: String,
    /// From when to when, where that was told.
    pub span: Option<(String, String)>,
    /// Who witnessed it, as a pseudonym.
    pub witness: Option<String>,
    /// Digest of its evidence.
    pub evidence: Option<String>,
    /// The guards that were met, by their codes.
    pub flags: Vec<String>,
    /// Who recorded it.
    pub proposer: String,
    /// When it was recorded, in business time.
    pub at: Option<BusinessTime>,
    /// Whether it does not count yet.
    pub proposed: bool,
    /// Whether an objection is open.
    pub objected: bool,
    /// Where it stands on its way.
    pub way: Waiting,
    /// Who did what, in order.
    pub steps: Vec<ProposalStep>,
}

/// What somebody did about a waiting credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalStep {
    /// Which step of its way it is.
    pub what: StepKind,
    /// The account that acts.
    pub by: String,
    /// When, in business time.
    pub at: BusinessTime,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

/// What can be done about a waiting credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// It was checked.
    Checked,
    /// It was checked for the last time, and is public.
    Publicised,
    /// Somebody objected.
    Objected,
    /// Somebody objected whom auditors alone may know.
    ObjectedUnnamed,
    /// The objection was right.
    ObjectionUpheld,
    /// The objection was not right.
    ObjectionDismissed,
    /// That was appealed.
    Appealed,
}

impl StepKind {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            StepKind::Checked => "checked",
            StepKind::Publicised => "publicised",
            StepKind::Objected | StepKind::ObjectedUnnamed => "objected",
            StepKind::ObjectionUpheld => "objection_upheld",
            StepKind::ObjectionDismissed => "objection_dismissed",
            StepKind::Appealed => "appealed",
        }
    }

    const fn of(verdict: Verdict) -> Option<StepKind> {
        match verdict {
            Verdict::Checked => Some(StepKind::Checked),
            Verdict::Publicised { .. } => Some(StepKind::Publicised),
            Verdict::Objected { anonymous: false } => Some(StepKind::Objected),
            Verdict::Objected { anonymous: true } => Some(StepKind::ObjectedUnnamed),
            Verdict::Resolved { upheld: true, .. } => Some(StepKind::ObjectionUpheld),
            Verdict::Resolved { upheld: false, .. } => Some(StepKind::ObjectionDismissed),
            Verdict::Appealed { .. } => Some(StepKind::Appealed),
            Verdict::Confirmed { .. } | Verdict::Rejected | Verdict::Reversed { .. } => None,
        }
    }
}

impl Proposal {
    fn begin(record: &ServiceRecorded) -> Proposal {
        let span = record.from.zip(record.to).map(|(from, to)| (from.to_string(), to.to_string()));
        Proposal {
            worker: record.worker.to_string(),
            activity: record.activity.to_string(),
            on: record.on,
            points: record.points,
            quantity: record.quantity.to_string(),
            span,
            witness: record.witness.clone(),
            evidence: record.evidence.clone(),
            flags: record.flags.iter().map(|flag| flag.as_str().to_owned()).collect(),
            proposer: record.proposer.to_string(),
            at: Some(record.at),
            proposed: true,
            objected: false,
            way: Waiting::begin(record),
            steps: Vec::new(),
        }
    }

    fn fold(&mut self, worker: &str, at: BusinessTime, judged: &Judgement<'_>) {
        if self.worker.is_empty() {
            // It counted already when somebody objected: no more is told of it here.
            *self = Proposal { worker: worker.to_owned(), points: judged.points, ..Proposal::default() };
            self.way.stage = Stage::Confirmed;
        }
        self.way.fold(judged);
        match judged.verdict {
            Verdict::Confirmed { .. } | Verdict::Rejected => self.proposed = false,
            Verdict::Objected { .. } | Verdict::Appealed { .. } => self.objected = true,
            Verdict::Resolved { .. } => self.objected = false,
            Verdict::Checked | Verdict::Publicised { .. } | Verdict::Reversed { .. } => {}
        }
        if let Some(what) = StepKind::of(judged.verdict) {
            let (by, reason) = (judged.by.to_string(), judged.reason.to_owned());
            self.steps.push(ProposalStep { what, by, at, reason });
        }
    }

    /// The status in answers.
    pub const fn status(&self) -> &'static str {
        if self.objected && !self.proposed { "objected" } else { self.way.stage.as_str() }
    }
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
            *row = Proposal::begin(record);
            return;
        }
        let Some(judged) = event.as_judgement() else { return };
        row.fold(event.worker().as_str(), event.at(), &judged);
        if !row.proposed && !row.objected {
            *row = Proposal::default();
        }
    }
}
