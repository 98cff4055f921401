//! The caring merchant (爱心商户): what it supplied or honoured, what it was paid, what it is owed.
//!
//! Settlements are counted in points; a district's rate to yuan is a separate book.

pub mod command;
pub mod decide;
pub mod event;
pub mod state;
pub mod uscc;

#[cfg(test)]
mod tests;

pub use decide::MerchantCommand;
pub use event::MerchantEvent;
pub use state::Merchant;
