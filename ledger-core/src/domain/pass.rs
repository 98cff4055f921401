//! A pass (暖心卡, 优享卡) with which merchants give a discount, and the offers (优惠协议) that say how much and who bears it.

pub mod command;
pub mod decide;
pub mod event;
pub mod state;

#[cfg(test)]
mod tests;

pub use command::{OfferCommand, PassCommand};
pub use event::{OfferEvent, PassEvent};
pub use state::{HonouredSlip, Offer, Pass};
