//! A fund (资金来源): what a body pays for benefits and offers. appropriated = free + committed +
//! paid, at every position.

pub mod command;
pub mod decide;
pub mod event;
pub mod state;

#[cfg(test)]
mod tests;

pub use command::FundCommand;
pub use event::FundEvent;
pub use state::Fund;
