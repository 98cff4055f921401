//! The district's programme: versions of the points schedule, the points step, approval and publicity rules.

pub mod command;
pub mod counter;
pub mod decide;
pub mod event;
pub mod guards;
pub mod state;

#[cfg(test)]
mod tests;

pub use decide::ProgrammeCommand;
pub use event::ProgrammeEvent;
pub use state::Programme;
