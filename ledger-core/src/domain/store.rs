//! The redemption store (积分兑换超市): what it lists, what stands on its shelf, what is reserved.

pub mod command;
pub mod decide;
pub mod event;
pub mod state;

#[cfg(test)]
mod tests;

pub use decide::StoreCommand;
pub use event::StoreEvent;
pub use state::RedemptionStore;
