//! The account: one person, or one machine, who acts; and the roles that it was granted, from a day through a day.
//!
//! Names, passwords and tokens are not here: they stand beside the journal. Which administrators a journal has is
//! [`crate::domain::directory`]'s to know.

pub mod decide;
pub mod event;
mod role;
pub mod state;

#[cfg(test)]
mod tests;

pub use decide::{AccountCommand, RATING_SLIP};
pub use event::AccountEvent;
pub use role::{Role, RoleError, ScopeRule};
pub use state::{Account, Grant, GrantStatus, Person, Standing};
