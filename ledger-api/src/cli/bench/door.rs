//! The ways to a ledger that are measured: in process or over HTTP.

use std::future::Future;

use ledger_core::ledger::Submission;

use super::district::District;
use crate::cli::CliError;

/// What was said of the commands of one call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answered {
    pub(super) committed: u64,
    pub(super) refused: u64,
    /// Everything that took effect is durable up to here.
    pub(super) position: u64,
}

/// One caller's way in, for one call at a time.
pub(super) trait Door: Send + 'static {
    /// Gives commands and waits for their answers. An unknown outcome is an error: nothing can be measured then.
    fn ask(&mut self, submissions: Vec<Submission>) -> impl Future<Output = Result<Answered, CliError>> + Send;
}

/// What opens doors, and tells what stands behind them.
pub(super) trait House {
    type Door: Door;

    /// A door of one caller's own.
    async fn door(&self) -> Result<Self::Door, CliError>;

    /// A journal with a district's own entries must not be filled with invented ones.
    async fn refuse_a_real_journal(&self) -> Result<(), CliError>;

    /// Whether the district is there, filled by an earlier measurement. False where that cannot be told.
    async fn is_filled(&self, district: District) -> Result<bool, CliError>;

    /// Waits until the ledger has read workers ahead, where that can be told.
    async fn warm(&self) {}

    /// Waits until the views include a position.
    async fn caught_up(&self, position: u64, district: District) -> Result<(), CliError>;
}
