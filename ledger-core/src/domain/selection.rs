//! A selection (评选): a published formula, who agreed to be measured by it, the inputs as they were sealed, the short list
//! that comes of them, what was objected, and that a decision was made. It never holds the decision itself.

pub mod command;
pub mod decide;
pub mod event;
pub mod formula;
pub mod state;

#[cfg(test)]
mod tests;

pub use command::SelectionCommand;
pub use event::SelectionEvent;
pub use state::Selection;
