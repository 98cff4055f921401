//! What pages show of an application for a benefit, whoever looks: what became of it, and which bodies approved it.

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::benefit::state::Proposal;
use ledger_core::domain::event::Event;
use ledger_core::ledger::Receipt;

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

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// One was given.
    Granted,
    /// It waits for a place.
    Queued,
    /// It waits for the word of bodies.
    Proposed,
}

/// What became of an application by a command.
pub(super) fn became(receipt: &Receipt) -> Became {
    let mut events = receipt.events.iter().rev().filter_map(Event::as_benefit);
    let found = events.find_map(|event| match event {
        BenefitEvent::BenefitGranted(_) => Some(Became::Granted),
        BenefitEvent::BenefitQueued(_) => Some(Became::Queued),
        BenefitEvent::BenefitProposed(_) | BenefitEvent::BenefitChecked(_) => Some(Became::Proposed),
        BenefitEvent::BenefitRegistered(_)
        | BenefitEvent::BenefitUpdated(_)
        | BenefitEvent::BenefitUsed(_)
        | BenefitEvent::BenefitUseReversed(_)
        | BenefitEvent::BenefitWithdrawn(_)
        | BenefitEvent::BenefitRejected(_) => None,
    });
    found.unwrap_or(Became::Granted)
}
