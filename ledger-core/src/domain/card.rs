//! A card number: once assigned to a worker it is never assigned to another. The card itself lives in the worker.

use serde::{Deserialize, Serialize};

use super::event::V1;
use super::ids::{CardNo, WorkerId};
use super::refusal::{Code, Decision, Refusal};

/// Who a card number was assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Card {
    /// The holder, once assigned.
    pub worker: Option<WorkerId>,
}

/// A number went to a worker for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardNumberAssigned {
    /// 积分卡号.
    pub card_no: CardNo,
    /// Payload version.
    pub v: V1,
    /// The holder.
    pub worker: WorkerId,
}

events! {
    /// Events of a card number.
    CardEvent {
        /// The number went to a worker.
        CardNumberAssigned(CardNumberAssigned) = "积分卡号分配",
    }
}

impl CardEvent {
    /// The number.
    pub const fn card_no(&self) -> &CardNo {
        let CardEvent::CardNumberAssigned(event) = self;
        &event.card_no
    }

    /// The holder.
    pub const fn worker(&self) -> &WorkerId {
        let CardEvent::CardNumberAssigned(event) = self;
        &event.worker
    }
}

/// Asks that a number be assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignNumber {
    /// 积分卡号.
    pub card_no: CardNo,
    /// The holder to be.
    pub worker: WorkerId,
}

impl Card {
    /// A number of another worker is refused; the worker's own old number may come back.
    ///
    /// # Errors
    /// `card_exists`.
    pub fn decide(&self, command: AssignNumber) -> Decision<Vec<CardEvent>> {
        match &self.worker {
            Some(holder) if holder == &command.worker => Ok(Vec::new()),
            Some(_) => Err(Refusal::new(
                Code::CardExists,
                format!("card number {} belongs to another worker; numbers are never reused", command.card_no),
            )),
            None => {
                let AssignNumber { card_no, worker } = command;
                Ok(vec![CardEvent::CardNumberAssigned(CardNumberAssigned { card_no, v: V1, worker })])
            }
        }
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &CardEvent) {
        let CardEvent::CardNumberAssigned(event) = event;
        self.worker = Some(event.worker.clone());
    }
}
