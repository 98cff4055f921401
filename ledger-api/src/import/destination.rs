//! Where an import's commands go: into the ledger of this process, or to the server that has the journal.

use async_trait::async_trait;
use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::ledger::{Ledger, Outcome, Receipt, Submission};
use serde::{Deserialize, Serialize};

use super::error::ImportError;
use crate::vault::{Vault, WITNESS, WORKER, is_same_text};

/// What an import needs of whoever has the journal.
#[async_trait]
pub trait Destination: Send + Sync {
    /// The district's day by the clock that judges the commands.
    fn today(&self) -> NaiveDate;

    /// Gives commands, decided in order, each on its own; one answer each.
    ///
    /// # Errors
    /// [`ImportError`] when nobody is there to answer.
    async fn submit(&self, submissions: &[Submission]) -> Result<Vec<Told>, ImportError>;

    /// Keeps the names of witnesses; gives the pseudonyms that stand for them in events, in order. None where names are
    /// left out.
    ///
    /// # Errors
    /// [`ImportError`].
    async fn remember_witnesses(&self, names: &[&str]) -> Result<Option<Vec<String>>, ImportError>;

    /// Whether each text names the worker beside it: by the id, or by the name that is kept.
    ///
    /// # Errors
    /// [`ImportError`].
    async fn are_own_witnesses(&self, asked: Vec<(WorkerId, String)>) -> Result<Vec<bool>, ImportError>;

    /// Keeps the names of workers, each as (id, name).
    ///
    /// # Errors
    /// [`ImportError`].
    async fn keep_names(&self, names: Vec<(String, String)>) -> Result<(), ImportError>;
}

/// What became of one command, as far as an import counts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It took effect and is durable.
    Taken {
        /// Whether it had taken effect before.
        repeated: bool,
        /// Whether a cap left a credit less than its quantity came to.
        capped: bool,
    },
    /// It did not take effect.
    Refused {
        /// The stable code.
        code: Code,
        /// For a person.
        message: String,
    },
    /// Whether it took effect is not known yet.
    Unknown,
}

impl From<Outcome> for Told {
    fn from(outcome: Outcome) -> Told {
        match outcome {
            Outcome::Committed(receipt) => Told::Taken { repeated: receipt.repeated, capped: was_capped(&receipt) },
            Outcome::Refused(Refusal { code, message }) => Told::Refused { code, message },
            Outcome::Unknown => Told::Unknown,
        }
    }
}

/// Whether the daily cap left a credit less than its quantity came to.
fn was_capped(receipt: &Receipt) -> bool {
    receipt
        .events
        .iter()
        .filter_map(Event::as_worker)
        .filter_map(WorkerEvent::as_service)
        .any(|record| record.uncapped.is_some())
}

/// The ledger of this process, and the vault for names; without one they are left out.
pub(crate) struct OwnLedger<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) vault: Option<&'a Vault>,
}

#[async_trait]
impl Destination for OwnLedger<'_> {
    fn today(&self) -> NaiveDate {
        self.ledger.now().date()
    }

    async fn submit(&self, submissions: &[Submission]) -> Result<Vec<Told>, ImportError> {
        let outcomes = self.ledger.queue(submissions.to_vec(), false).await.wait().await;
        Ok(outcomes.into_iter().map(Told::from).collect())
    }

    async fn remember_witnesses(&self, names: &[&str]) -> Result<Option<Vec<String>>, ImportError> {
        let Some(vault) = self.vault else { return Ok(None) };
        let texts: Vec<_> = names.iter().map(|name| (WITNESS, *name)).collect();
        Ok(Some(vault.remember_all(&texts).await?))
    }

    async fn are_own_witnesses(&self, asked: Vec<(WorkerId, String)>) -> Result<Vec<bool>, ImportError> {
        let mut own = Vec::with_capacity(asked.len());
        for (worker, text) in asked {
            own.push(match self.vault {
                Some(vault) => vault.is_worker(&worker, &text).await?,
                None => is_same_text(&text, worker.as_str()),
            });
        }
        Ok(own)
    }

    async fn keep_names(&self, names: Vec<(String, String)>) -> Result<(), ImportError> {
        let Some(vault) = self.vault else { return Ok(()) };
        let names: Vec<_> = names.into_iter().map(|(worker, name)| (WORKER, worker, name)).collect();
        Ok(vault.put_names(&names).await?)
    }
}
