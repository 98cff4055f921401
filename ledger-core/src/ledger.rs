//! The one door through which anything is written: queue, decide, append, answer.
//!
//! Reading order: [`command`] (what may be asked), [`fingerprint`] (what makes two askings the same), [`book`] (the
//! state in memory), [`cache`] (its aggregates and what they weigh), [`reserve`] (workers read ahead), [`read_ahead`]
//! (the reading), [`process`] (what one command decides across aggregates), [`resolve`] (what a command needs in
//! memory first), [`used_keys`] (which keys need no look-up), [`prepare`] (getting it all there), [`outcome`] (the three
//! answers), [`flight`] (the batch on its way and the round on top of it), [`writer`] (the task that owns the writing),
//! [`lost`] (commits whose answer was lost), [`feed`] (what followers of this process are told).

pub mod book;
#[cfg(test)]
mod bounds;
pub mod cache;
pub mod command;
pub mod feed;
pub mod fingerprint;
pub mod flight;
pub mod handle;
pub mod lost;
pub mod outcome;
pub mod prepare;
pub mod process;
pub mod read_ahead;
pub mod reserve;
pub mod resolve;
pub mod round;
pub mod settings;
pub mod used_keys;
pub mod writer;

pub use command::{Command, Context, Submission};
pub use feed::Feed;
pub use handle::Ledger;
pub use outcome::{Outcome, Receipt};
pub use settings::LedgerSettings;

#[cfg(test)]
mod clock_tests;
