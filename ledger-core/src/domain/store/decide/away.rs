//! The rules of what a counter did while the network was away: one device captures then, and what is refused later stays
//! a case until people settle it, once.

use super::RedemptionStore;
use crate::domain::event::V1;
use crate::domain::ids::{DeviceId, RedemptionId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::store::command::AtStore;
use crate::domain::store::event::{CaseSettled, DeviceEnrolled, StoreEvent};

impl RedemptionStore {
    pub(super) fn enrol(&self, frame: &AtStore, device: DeviceId) -> Vec<StoreEvent> {
        if self.device() == Some(&device) {
            return Vec::new();
        }
        let AtStore { store, at } = frame.clone();
        vec![StoreEvent::DeviceEnrolled(DeviceEnrolled { at, device, store, v: V1 })]
    }

    pub(super) fn settle(
        &self,
        frame: &AtStore,
        redemption: RedemptionId,
        reason: String,
    ) -> Decision<Vec<StoreEvent>> {
        let AtStore { store, at } = frame.clone();
        match self.case_is_settled(&redemption) {
            Some(false) => {}
            Some(true) => {
                return Err(Refusal::new(Code::AlreadyDecided, format!("case {redemption} was settled before")));
            }
            None => {
                return Err(Refusal::new(Code::UnknownRedemption, format!("store {store} has no case {redemption}")));
            }
        }
        if reason.trim().is_empty() {
            return Err(Refusal::new(Code::InvalidInput, "reason: say how the case was settled"));
        }
        Ok(vec![StoreEvent::CaseSettled(CaseSettled { at, reason, redemption, store, v: V1 })])
    }

    /// Only the store's own device hands out for a hold unheard: two that did could each give the goods away.
    ///
    /// # Errors
    /// `not_eligible`.
    pub fn require_device(&self, device: Option<&DeviceId>) -> Decision<()> {
        if device.is_some() && self.device() == device {
            return Ok(());
        }
        let message = "this device is not the store's for captures without the network; capture the hold online";
        Err(Refusal::new(Code::NotEligible, message))
    }
}
