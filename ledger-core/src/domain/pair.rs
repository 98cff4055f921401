//! A pair (帮带结对): who helps whom, through which days, and the visits that one of them reports and the other confirms.

pub mod command;
pub mod decide;
pub mod event;
pub mod state;

#[cfg(test)]
mod tests;

pub use command::PairCommand;
pub use event::PairEvent;
pub use state::Pair;
