//! Where the commands of an import go: into the ledger of this process, or to the server that has the journal.
//!
//! Whoever gives them on the command line has the machine, and their account in the journal is [`machine_owner`], whether a
//! server carries them out or not. Whoever brings registers in by a page gives them as the account that they act with.

use async_trait::async_trait;
use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{Actor, IdError, WorkerId};
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::worker::event::{ServiceRecorded, WorkerEvent};
use ledger_core::ledger::{Ledger, Outcome, Receipt, Submission};
use serde::{Deserialize, Serialize};

use super::{command, names};
use crate::access::policy::{Denied, Who};
use crate::vault::{Vault, VaultError, is_same_text};

/// Who gives the commands of this machine.
pub(super) const MACHINE_OWNER: &str = "machine-owner";

/// The account under which commands from the machine that holds the journal stand in it.
///
/// # Errors
/// Never, as the name is an identifier.
pub fn machine_owner() -> Result<Actor, IdError> {
    Actor::new(MACHINE_OWNER)
}

/// Why nobody is there to answer.
#[derive(Debug, thiserror::Error)]
pub enum DestinationError {
    /// Names could not be kept.
    #[error(transparent)]
    Names(#[from] VaultError),
    /// The server that has the journal did not take what it was given.
    #[error("{0}")]
    Server(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Whoever gives the commands may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The account of this machine cannot be named.
    #[error(transparent)]
    Account(#[from] IdError),
}

/// What an import needs of whoever has the journal.
#[async_trait]
pub trait Destination: Send + Sync {
    /// The district's day by the clock that judges the commands.
    fn today(&self) -> NaiveDate;

    /// Gives commands, decided in order, each on its own; one answer each.
    ///
    /// # Errors
    /// [`DestinationError`] when nobody is there to answer.
    async fn submit(&self, submissions: &[Submission]) -> Result<Vec<Told>, DestinationError>;

    /// Keeps the names of witnesses; gives the pseudonyms that stand for them in events, in order. None where names are
    /// left out.
    ///
    /// # Errors
    /// [`DestinationError`].
    async fn remember_witnesses(&self, names: &[&str]) -> Result<Option<Vec<String>>, DestinationError>;

    /// Whether each text names the worker beside it: by the id, or by the name that is kept.
    ///
    /// # Errors
    /// [`DestinationError`].
    async fn are_own_witnesses(&self, asked: Vec<(WorkerId, String)>) -> Result<Vec<bool>, DestinationError>;

    /// The pseudonyms that each worker has as a witness, in order: under the id, and under the name beside it or else the one
    /// that is kept. Without them the guards could not tell that two vouch for each other.
    ///
    /// # Errors
    /// [`DestinationError`].
    async fn as_witnesses(
        &self,
        workers: Vec<(WorkerId, Option<String>)>,
    ) -> Result<Vec<Vec<String>>, DestinationError>;

    /// Keeps the names of workers, each as (id, name).
    ///
    /// # Errors
    /// [`DestinationError`].
    async fn keep_names(&self, names: Vec<(String, String)>) -> Result<(), DestinationError>;
}

/// What became of one command, as far as an import counts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It took effect and is durable.
    Taken {
        /// Whether it had taken effect before.
        repeated: bool,
        /// Whether a credit came of it.
        credited: bool,
        /// Whether anything came of it: what is so already changes nothing.
        changed: bool,
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
            Outcome::Committed(receipt) => {
                let credited = services(&receipt).next().is_some();
                let (repeated, changed) = (receipt.repeated, !receipt.events.is_empty());
                Told::Taken { repeated, capped: was_capped(&receipt), changed, credited }
            }
            Outcome::Refused(Refusal { code, message }) => Told::Refused { code, message },
            Outcome::Unknown => Told::Unknown,
        }
    }
}

/// Whether a cap left a credit less than its quantity came to.
fn was_capped(receipt: &Receipt) -> bool {
    services(receipt).any(|record| record.uncapped.is_some())
}

fn services(receipt: &Receipt) -> impl Iterator<Item = &ServiceRecorded> {
    receipt.events.iter().filter_map(Event::as_worker).filter_map(WorkerEvent::as_service)
}

/// The ledger of this process, and the vault for names; without one they are left out.
pub struct OwnLedger<'a> {
    /// Which no other process writes to at the same time.
    pub ledger: &'a Ledger,
    /// Where names are kept.
    pub vault: Option<&'a Vault>,
    /// Who gives the commands, and is asked for each whether they may.
    pub who: Who<'a>,
}

#[async_trait]
impl Destination for OwnLedger<'_> {
    fn today(&self) -> NaiveDate {
        self.ledger.now().date()
    }

    async fn submit(&self, submissions: &[Submission]) -> Result<Vec<Told>, DestinationError> {
        let outcomes = command::give_at_once(self.ledger, self.who, submissions.to_vec()).await?;
        Ok(outcomes.into_iter().map(Told::from).collect())
    }

    async fn remember_witnesses(&self, witnesses: &[&str]) -> Result<Option<Vec<String>>, DestinationError> {
        let Some(vault) = self.vault else { return Ok(None) };
        Ok(Some(names::remember_witnesses(vault, witnesses).await?))
    }

    async fn are_own_witnesses(&self, asked: Vec<(WorkerId, String)>) -> Result<Vec<bool>, DestinationError> {
        let mut own = Vec::with_capacity(asked.len());
        for (worker, text) in asked {
            own.push(match self.vault {
                Some(vault) => vault.is_worker(&worker, &text).await?,
                None => is_same_text(&text, worker.as_str()),
            });
        }
        Ok(own)
    }

    async fn as_witnesses(
        &self,
        workers: Vec<(WorkerId, Option<String>)>,
    ) -> Result<Vec<Vec<String>>, DestinationError> {
        match self.vault {
            Some(vault) => Ok(names::all_as_witnesses(vault, workers).await?),
            None => Ok(vec![Vec::new(); workers.len()]),
        }
    }

    async fn keep_names(&self, workers: Vec<(String, String)>) -> Result<(), DestinationError> {
        let Some(vault) = self.vault else { return Ok(()) };
        Ok(names::keep_all(vault, workers).await?)
    }
}
