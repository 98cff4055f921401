//! Where a credit stands on its way from proposal to points, folded from its events: what the queue, the publicity list and a
//! worker's pending points tell. Whether anything is due is decided by the ledger alone.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{Judgement, ServiceRecorded, Verdict};
use serde::{Deserialize, Serialize};

/// Where a credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A check is due.
    #[default]
    Proposed,
    /// It is public.
    Publicised,
    /// An objection waits for a decision.
    Objected,
    /// The decision about an objection was appealed.
    Appealed,
    /// An objection was right; the worker may still appeal.
    Upheld,
    /// It counts.
    Confirmed,
    /// It will never count.
    Rejected,
    /// It counted once and was taken back.
    Reversed,
}

impl Stage {
    /// The status in answers. An objection that was right rejects a credit, though the worker may still appeal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Proposed => "proposed",
            Stage::Publicised => "publicised",
            Stage::Objected => "objected",
            Stage::Appealed => "appealed",
            Stage::Confirmed => "confirmed",
            Stage::Upheld | Stage::Rejected => "rejected",
            Stage::Reversed => "reversed",
        }
    }
}

/// A credit on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// Where it stands.
    pub stage: Stage,
    /// In exact hundredths.
    pub points: Points,
    /// How many people must check it; none where it was proposed before that was recorded.
    pub checks: Option<u32>,
    /// How many did.
    pub checked: u32,
    /// The last day of its publicity, once that began.
    pub public_until: Option<NaiveDate>,
    /// Through which day the decision about an objection can be appealed, by the objection's number.
    appeals: BTreeMap<u32, NaiveDate>,
    objections: u32,
    open: Option<u32>,
}

impl Waiting {
    /// A credit as it was recorded.
    pub fn begin(record: &ServiceRecorded) -> Waiting {
        let stage = match (record.proposed, record.public_until) {
            (false, _) => Stage::Confirmed,
            (true, Some(_)) => Stage::Publicised,
            (true, None) => Stage::Proposed,
        };
        Waiting {
            stage,
            points: record.points,
            checks: record.checks,
            public_until: record.public_until,
            ..Waiting::default()
        }
    }

    /// Whether it does not count yet.
    pub const fn is_pending(&self) -> bool {
        match self.stage {
            Stage::Proposed | Stage::Publicised | Stage::Objected | Stage::Appealed | Stage::Upheld => true,
            Stage::Confirmed | Stage::Rejected | Stage::Reversed => false,
        }
    }

    /// The last day on which a decision about an objection can be appealed.
    pub fn appeal_until(&self) -> Option<NaiveDate> {
        self.appeals.values().max().copied()
    }

    /// The last day that must be over before something comes of it by itself.
    pub fn due_after(&self) -> Option<NaiveDate> {
        match self.stage {
            Stage::Publicised => self.public_until.max(self.appeal_until()),
            Stage::Upheld => self.appeal_until(),
            Stage::Proposed
            | Stage::Objected
            | Stage::Appealed
            | Stage::Confirmed
            | Stage::Rejected
            | Stage::Reversed => None,
        }
    }

    /// The day on which its points come free, if nobody objects; none where that is not known yet.
    pub fn free_on(&self) -> Option<NaiveDate> {
        self.due_after().filter(|_| self.stage == Stage::Publicised)?.succ_opt()
    }

    /// Folds what was decided about it.
    pub fn fold(&mut self, judged: &Judgement<'_>) {
        match judged.verdict {
            Verdict::Checked => self.checked += 1,
            Verdict::Publicised { until } => {
                self.checked += 1;
                self.public_until = Some(until);
                self.stage = Stage::Publicised;
            }
            Verdict::Confirmed { .. } => self.stage = Stage::Confirmed,
            Verdict::Rejected => self.stage = Stage::Rejected,
            Verdict::Reversed { .. } => self.stage = Stage::Reversed,
            // An objection to what counts leaves it counting.
            Verdict::Objected { .. } if self.is_pending() => {
                self.objections += 1;
                self.open = Some(self.objections);
                self.stage = Stage::Objected;
            }
            Verdict::Appealed { objection } => {
                self.open = objection;
                if let Some(number) = objection {
                    self.appeals.remove(&number);
                }
                self.stage = Stage::Appealed;
            }
            Verdict::Resolved { upheld, public_until, appeal_until } if self.is_pending() => {
                self.public_until = public_until.or(self.public_until);
                if let (Some(number), Some(until)) = (self.open.take(), appeal_until) {
                    self.appeals.insert(number, until);
                }
                self.stage = match (upheld, self.public_until) {
                    (true, _) => Stage::Upheld,
                    (false, Some(_)) => Stage::Publicised,
                    (false, None) => Stage::Proposed,
                };
            }
            Verdict::Objected { .. } | Verdict::Resolved { .. } => {}
        }
    }
}
