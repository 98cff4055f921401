//! The sample of a statement that its merchant found right.

use super::super::super::{Event, V1};
use super::{at, merchant, month};
use crate::domain::ids::Actor;
use crate::domain::merchant::event::{MerchantEvent, StatementAcknowledged};
use crate::domain::statement::LinesDigest;

/// The sample.
pub(crate) fn samples() -> Vec<Event> {
    vec![Event::Merchant(MerchantEvent::StatementAcknowledged(StatementAcknowledged {
        at: at(),
        by: Actor::new("shop-1").expect("an actor"),
        digest: LinesDigest::parse("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
            .expect("a digest"),
        merchant: merchant(),
        month: month(),
        v: V1,
    }))]
}
