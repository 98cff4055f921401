//! What pages show of an application for a benefit, whoever looks: which bodies approved it.

use ledger_core::domain::benefit::state::Proposal;

/// The bodies of a proposal.
#[derive(Default)]
pub(super) struct Bodies<'a> {
    /// Those that approved.
    pub(super) passed: Vec<&'a str>,
    /// Those that have not yet.
    pub(super) still: Vec<&'a str>,
}

impl Bodies<'_> {
    /// How many there are.
    pub(super) fn all(&self) -> usize {
        self.passed.len() + self.still.len()
    }
}

/// The bodies of a proposal, where there is one.
pub(super) fn bodies(proposal: Option<&Proposal>) -> Bodies<'_> {
    let Some(proposal) = proposal else { return Bodies::default() };
    let (passed, still) = proposal.approvals.iter().map(String::as_str).partition(|body| proposal.has(body));
    Bodies { passed, still }
}
