//! The worker (新就业群体): the account, its lots and holds, daily totals and the mutual-aid points card.
//!
//! Two measures that never net: what was earned (for ever, for the card) and what can be spent (lots). A credit
//! makes one lot. Spending takes the lot that expires first; of equals the one recorded first.

pub mod command;
pub mod decide;
pub mod event;
mod open_lots;
pub mod rating;
pub mod spend;
pub mod state;

#[cfg(test)]
mod tests;

pub use decide::WorkerCommand;
pub use event::WorkerEvent;
pub use state::Worker;
