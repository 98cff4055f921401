//! The particulars, and the mutual-aid points card.

use serde::{Deserialize, Serialize};

use super::Worker;
use crate::domain::ids::{BranchId, CardNo, SiteId};
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::WorkerDetails;
use crate::domain::worker::event::{CardIssued, CardMoved, WorkerRecorded};

/// An open mutual-aid points card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCard {
    /// Its number.
    pub card_no: CardNo,
    /// The Party branch.
    pub branch: BranchId,
}

impl Worker {
    /// Whether the worker was registered.
    pub const fn exists(&self) -> bool {
        self.details.is_some()
    }

    /// When the worker left the programme.
    pub const fn departed(&self) -> Option<BusinessTime> {
        self.departed
    }

    /// Whether the particulars are already these.
    pub fn has_details(&self, wanted: &WorkerDetails) -> bool {
        self.details.as_ref().is_some_and(|(occupation, party_member, platform)| {
            (occupation, party_member, platform) == (&wanted.occupation, &wanted.party_member, &wanted.platform)
        }) && self.probationary == wanted.probationary
            && self.site == wanted.site
    }

    /// The site the worker belongs to.
    pub const fn site(&self) -> Option<&SiteId> {
        self.site.as_ref()
    }

    /// The occupation, once it was registered.
    pub fn occupation(&self) -> Option<&str> {
        self.details.as_ref().map(|details| details.0.as_str())
    }

    /// Whether known to be a Party member.
    pub fn party_member(&self) -> Option<bool> {
        self.details.as_ref().and_then(|details| details.1)
    }

    /// The open card.
    pub const fn card(&self) -> Option<&HeldCard> {
        self.card.as_ref()
    }
    /// The particulars are these from now on.
    pub(super) fn describe(&mut self, event: &WorkerRecorded) {
        self.details = Some((event.occupation.clone(), event.party_member, event.platform.clone()));
        self.probationary = event.probationary;
        self.site.clone_from(&event.site);
    }

    /// A card is issued.
    pub(super) fn hold_card(&mut self, event: &CardIssued) {
        self.card = Some(HeldCard { card_no: event.card_no.clone(), branch: event.branch.clone() });
    }

    /// The card goes to another branch.
    pub(super) fn change_branch(&mut self, event: &CardMoved) {
        if let Some(card) = &mut self.card {
            card.branch.clone_from(&event.branch);
        }
    }
}
