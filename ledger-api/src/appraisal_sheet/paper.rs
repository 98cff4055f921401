//! What a branch's paper says besides the cards: whose district it is, when it was taken and from which state of the
//! journal, what the activities are called, and who the people are.
//!
//! All but the names follows from the journal and the position. Names are looked up when the paper is written, so they are
//! the current ones: a name that was corrected, or erased, is so on a paper that is asked for again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use ledger_core::domain::time::BusinessTime;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::merkle::Frontier;
use ledger_core::journal::{Journal, JournalError};
use projections::queries::appraisal::{Appraisal, ProgrammeAt};

use crate::audit::identity;
use crate::vault::{Vault, VaultError, WITNESS, WORKER};

/// Leaf hashes read at once.
const PAGE: usize = 100_000;
/// Hexadecimal digits of a group, as the printed notice shows them.
const GROUP: usize = 8;
const HEX_DIGITS: usize = 64;

/// What a paper says besides the cards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paper {
    /// District and activities as of the position.
    pub programme: ProgrammeAt,
    /// The day on which the last entry was recorded, +08:00.
    pub day: Option<NaiveDate>,
    /// The Merkle root over the journal up to the position: what every checkpoint of that size says.
    pub root: Option<String>,
    /// Who the people are.
    pub names: Names,
}

/// Who the people on a paper are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Names {
    /// The reader may not know.
    #[default]
    Hidden,
    /// The vault of names cannot be reached.
    Away,
    /// As the vault says now.
    Known {
        /// By worker; one without a name is missing.
        workers: BTreeMap<String, String>,
        /// By pseudonym; one that was erased is missing.
        witnesses: BTreeMap<String, String>,
    },
}

impl Names {
    /// The names on an appraisal. A vault that cannot be read takes nobody's paper away: it is written without names.
    pub async fn of(vault: &Vault, appraisal: &Appraisal) -> Names {
        match known(vault, appraisal).await {
            Ok(names) => names,
            Err(error) => {
                tracing::warn!(%error, "the names on an appraisal cannot be had now");
                Names::Away
            }
        }
    }

    /// Of a journal beside which no name was ever kept.
    pub fn none_kept() -> Names {
        Names::Known { workers: BTreeMap::new(), witnesses: BTreeMap::new() }
    }

    /// What stands in the column of a card holder's name.
    pub fn worker(&self, worker: &str) -> &str {
        match self {
            Names::Hidden => "不显示",
            Names::Away => "姓名暂不可取",
            Names::Known { workers, .. } => workers.get(worker).map_or("", String::as_str),
        }
    }

    /// What stands in the column of a witness. A pseudonym says nothing to people, so whoever may not know the name reads
    /// that somebody witnessed.
    pub fn witness(&self, pseudonym: Option<&str>) -> &str {
        let Some(pseudonym) = pseudonym else { return "" };
        match self {
            Names::Known { witnesses, .. } => witnesses.get(pseudonym).map_or("已登记证明人", String::as_str),
            Names::Hidden | Names::Away => "已登记证明人",
        }
    }
}

async fn known(vault: &Vault, appraisal: &Appraisal) -> Result<Names, VaultError> {
    let workers: BTreeSet<&str> = appraisal.cards.iter().map(|card| card.worker.as_str()).collect();
    let lines = appraisal.cards.iter().flat_map(|card| &card.lines).map(|(line, _)| line);
    let witnesses: BTreeSet<&str> = lines.filter_map(|line| line.witness.as_deref()).collect();
    Ok(Names::Known {
        workers: look_up(vault, WORKER, &workers).await?,
        witnesses: look_up(vault, WITNESS, &witnesses).await?,
    })
}

async fn look_up(vault: &Vault, kind: &str, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, String>, VaultError> {
    let asked: Vec<(&str, &str)> = ids.iter().map(|id| (kind, *id)).collect();
    let names = vault.get_names(&asked).await?;
    Ok(ids.iter().zip(names).filter_map(|(id, name)| Some(((*id).to_owned(), name?))).collect())
}

/// The day on which the entry at a position was recorded.
///
/// # Errors
/// [`JournalError`].
pub async fn recorded_on(journal: &dyn Journal, position: u64) -> Result<Option<NaiveDate>, JournalError> {
    let Some(before) = position.checked_sub(1) else { return Ok(None) };
    let entry = journal.read(before, 1).await?.pop();
    let instant = entry.and_then(|entry| DateTime::<Utc>::from_timestamp_micros(entry.command.recorded_at.micros()));
    Ok(instant.map(|instant| BusinessTime::from_instant(&instant).date()))
}

/// The root over the entries up to a position, from their leaf hashes: for whoever keeps no tiles.
///
/// # Errors
/// [`JournalError`].
pub async fn root_of(journal: &dyn Journal, position: u64) -> Result<Option<Hash>, JournalError> {
    let Some(identity) = identity(journal).await? else { return Ok(None) };
    let mut frontier = Frontier::new(identity.suite);
    while frontier.size() < position {
        let after = frontier.size();
        let limit = usize::try_from(position - after).unwrap_or(PAGE).min(PAGE);
        let leaves = journal.leaves(after, limit).await?;
        let damaged = |what: &str| JournalError::Damaged { position: after, what: what.to_owned() };
        if leaves.is_empty() {
            return Err(damaged("leaf hashes are missing"));
        }
        frontier.extend(leaves.into_iter().map(Hash::from_bytes)).map_err(|error| damaged(&error.to_string()))?;
    }
    Ok(Some(frontier.root()))
}

/// A root as people compare it: groups of eight hexadecimal digits.
pub fn readable(root: &Hash) -> String {
    let digits: Vec<char> = hex::encode(root.as_bytes()).chars().take(HEX_DIGITS).collect();
    digits.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
