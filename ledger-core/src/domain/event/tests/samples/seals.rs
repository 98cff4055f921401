//! Samples of a year that a branch closed.

use super::super::super::{Event, V1};
use super::at;
use crate::domain::ids::BranchId;
use crate::domain::programme::event::{AppraisalSealed, ProgrammeEvent};

fn sealed(numbered: bool) -> Vec<Event> {
    vec![Event::Programme(ProgrammeEvent::AppraisalSealed(AppraisalSealed {
        at: at(),
        branch: BranchId::new("外卖骑手第一党支部").expect("branch"),
        digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        numbered,
        position: 4_517,
        v: V1,
        year: 2024,
    }))]
}

/// The sample, as programs wrote it whose lines named no request and no pair.
pub(crate) fn samples() -> Vec<Event> {
    sealed(false)
}

/// A sample whose lines name the requests and pairs that they come from.
pub(crate) fn numbered_samples() -> Vec<Event> {
    sealed(true)
}
