//! The ledger called in this very process.

use ledger_core::journal::JournalError;
use ledger_core::ledger::{Ledger, Outcome, Submission};
use projections::{ViewError, Views};

use super::district::{District, KEYS};
use super::door::{Answered, Door, House};
use super::failed;
use crate::cli::CliError;

/// A ledger and its views.
pub(super) struct InProcess {
    pub(super) ledger: Ledger,
    pub(super) views: Views,
}

impl Door for Ledger {
    async fn ask(&mut self, submissions: Vec<Submission>) -> Result<Answered, CliError> {
        let mut answered = Answered::default();
        for outcome in self.submit_all(submissions, false).await {
            match outcome {
                Outcome::Committed(receipt) => {
                    answered.committed += 1;
                    answered.position = answered.position.max(receipt.position);
                }
                Outcome::Refused(refusal) => {
                    tracing::debug!(%refusal, "refused");
                    answered.refused += 1;
                }
                Outcome::Unknown => return Err(failed("the journal went away; its outcome is unknown")),
            }
        }
        Ok(answered)
    }
}

impl House for InProcess {
    type Door = Ledger;

    async fn door(&self) -> Result<Ledger, CliError> {
        Ok(self.ledger.clone())
    }

    async fn refuse_a_real_journal(&self) -> Result<(), CliError> {
        // The first event is the journal's own.
        let entries = self.ledger.journal().read(1, 1).await?;
        if entries.iter().all(|entry| entry.command.key.starts_with(KEYS)) {
            return Ok(());
        }
        Err(JournalError::Unusable(super::A_REAL_JOURNAL.to_owned()).into())
    }

    async fn is_filled(&self, district: District) -> Result<bool, CliError> {
        Ok(self.ledger.journal().find(&district.last_keys()?).await?.iter().all(Option::is_some))
    }

    async fn warm(&self) {
        self.ledger.read_ahead().await;
    }

    async fn caught_up(&self, position: u64, _: District) -> Result<(), CliError> {
        loop {
            match self.views.wait_for(position).await {
                Ok(_) => return Ok(()),
                // Behind by a long history: it goes on.
                Err(ViewError::Behind { at, .. }) => tracing::debug!(at, position, "the views are catching up"),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
