//! The built-in demonstration district: a made-up half year that `serve --demo` fills an empty journal with, so that a
//! newcomer sees every page with something on it.
//!
//! Owns what is in it. It is written as commands like everybody's, under keys that are the same every time: filling it
//! twice, or going on after a crash, adds nothing twice. No person stands behind any name.

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

mod dice;
mod district;
mod history;
mod open_work;
mod programmes;
mod selections;

#[cfg(test)]
mod tests;

use ledger_core::domain::ids::{AccountId, Actor, IdError, Key, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::{Journal, JournalError};
use ledger_core::ledger::{Command, Context, Ledger, Outcome, Receipt, Submission, commands};

use crate::access::Role;
use crate::access::policy::{Denied, Who};
use crate::service::{command, names};
use crate::vault::{Vault, VaultError};
use history::{FIRST_DAY, History, Planned, WEEKS};

/// A worker with a good balance and a card.
pub const EXAMPLE_WORKER: &str = "YS-0001";
/// A store that lists [`EXAMPLE_SKU`].
pub const EXAMPLE_STORE: &str = "YS-WD01";
/// An item without a yearly limit and with stock to spare.
pub const EXAMPLE_SKU: &str = "SP001";
/// A merchant with claims, some of them paid.
pub const EXAMPLE_MERCHANT: &str = "YS-SH02";
/// A Party branch with card holders.
pub const EXAMPLE_BRANCH: &str = "YS-DZB01";

/// The roles that can be tried by a tap, each with its account and where it acts.
pub const ENTRANCES: [(Role, &str, Option<&str>); 8] = [
    (Role::Clerk, "demo-clerk", Some(EXAMPLE_STORE)),
    (Role::Worker, "demo-rider", Some(EXAMPLE_WORKER)),
    (Role::Branch, "demo-branch", Some(EXAMPLE_BRANCH)),
    (Role::Auditor, "demo-auditor", None),
    (Role::Operator, OPERATOR, None),
    (Role::Approver, "demo-approver", None),
    (Role::Merchant, "demo-merchant", Some(EXAMPLE_MERCHANT)),
    (Role::Admin, "demo-admin", None),
];
/// Who proposed what waits.
const OPERATOR: &str = "demo-operator";
/// Entries read at once.
const PAGE: usize = 1_000;
const ACTOR: &str = "demo";
/// The first command: whether the journal is this demonstration's.
const FIRST_KEY: &str = "demo/district";
/// The last command: whether it is complete.
const LAST_KEY: &str = "demo/complete";

/// What became of filling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// The district is there now.
    Filled {
        /// Commands that took effect, now or in an earlier attempt.
        taken: u64,
        /// Commands that were refused: none, unless somebody worked with a district that was half filled.
        refused: u64,
    },
    /// It was there before.
    AlreadyThere,
    /// The journal belongs to another district and was left alone.
    NotEmpty,
}

/// Why filling stopped.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The names.
    #[error(transparent)]
    Names(#[from] VaultError),
    /// Whoever fills it may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// An identifier that cannot be used.
    #[error("the demonstration district: {0}")]
    Id(#[from] IdError),
    /// The journal gave no answer.
    #[error("the demonstration district is not complete: the journal gave no answer; start again to go on")]
    Unanswered,
}

/// The account with which a role can be tried; opened and granted its role where that was not done.
///
/// # Errors
/// [`DemoError`].
pub async fn account_of(ledger: &Ledger, role: Role) -> Result<Option<AccountId>, DemoError> {
    let Some((_, id, scope)) = ENTRANCES.iter().find(|(of, _, _)| *of == role) else { return Ok(None) };
    let account = AccountId::new(id)?;
    let worker = if role == Role::Worker { scope.map(WorkerId::new).transpose()? } else { None };
    let open = commands::OpenAccount { account: account.clone(), worker };
    let scope = scope.map(str::to_owned);
    let grant = commands::GrantRole { account: account.clone(), role, scope, from: None, until: None };
    let asked: [(&str, Command); 2] = [("account", open.into()), ("grant", grant.into())];
    let mut submissions = Vec::with_capacity(asked.len());
    for (what, command) in asked {
        let key = Key::new(&format!("demo/{what}/{id}"))?;
        let context = Context { key, actor: Actor::new(ACTOR)?, at: ledger.now() };
        submissions.push(Submission { context, command });
    }
    for outcome in command::give(ledger, Who::Owner, submissions).await? {
        match outcome {
            Outcome::Committed(_) => {}
            Outcome::Refused(refusal) => {
                tracing::warn!(
                    code = refusal.code.as_str(),
                    account = id,
                    "an account of the demonstration was refused"
                );
                return Ok(None);
            }
            Outcome::Unknown => return Err(DemoError::Unanswered),
        }
    }
    Ok(Some(account))
}

/// Opens the demonstration's accounts, and lets something wait for each role. The administrator's is opened when somebody
/// tries it: until then whoever has the machine can be the district's first.
///
/// # Errors
/// [`DemoError`].
pub async fn open_doors(ledger: &Ledger, vault: &Vault) -> Result<(), DemoError> {
    for (role, _, _) in ENTRANCES.iter().filter(|(role, _, _)| *role != Role::Admin) {
        account_of(ledger, *role).await?;
    }
    let operator = Actor::new(OPERATOR)?;
    open_work::propose(ledger, vault, &operator).await?;
    programmes::begin(ledger, &operator).await?;
    selections::begin(ledger, &operator).await
}

/// Fills an empty journal with the demonstration district; goes on where an earlier attempt stopped.
///
/// # Errors
/// [`DemoError`]; what was filled until then stays, and filling again goes on.
pub async fn fill(ledger: &Ledger, vault: &Vault) -> Result<Filling, DemoError> {
    let found = ledger.journal().find(&[Key::new(FIRST_KEY)?, Key::new(LAST_KEY)?]).await?;
    match found.as_slice() {
        [_, Some(_)] => return Ok(Filling::AlreadyThere),
        [None, _] if is_lived_in(ledger.journal().as_ref()).await? => return Ok(Filling::NotEmpty),
        _ => {}
    }
    let mut filler = Filler { ledger, vault, actor: Actor::new(ACTOR)?, taken: 0, refused: 0 };
    filler.set_up().await?;
    let mut history = History::new()?;
    for week in 0..WEEKS {
        let services = history.services(week)?;
        for receipt in filler.send(services).await? {
            history.earned(&receipt);
        }
        let redemptions = history.redemptions(week)?;
        filler.send(redemptions).await?;
    }
    filler.send(history.settlements()).await?;
    filler.send(vec![history::last_restock(LAST_KEY)?]).await?;
    Ok(Filling::Filled { taken: filler.taken, refused: filler.refused })
}

/// Whether a journal holds more than what opens it and whoever may act in it: a token may be issued before anything else.
async fn is_lived_in(journal: &dyn Journal) -> Result<bool, JournalError> {
    let mut position = 0;
    loop {
        let entries = journal.read(position, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(false) };
        position = last.position;
        for entry in &entries {
            let event = entry.event()?;
            let opens = event.as_account().is_some() || event.as_directory().is_some() || event.as_opening().is_some();
            if !opens {
                return Ok(true);
            }
        }
    }
}

struct Filler<'a> {
    ledger: &'a Ledger,
    vault: &'a Vault,
    actor: Actor,
    taken: u64,
    refused: u64,
}

impl Filler<'_> {
    async fn set_up(&mut self) -> Result<(), DemoError> {
        let at = BusinessTime::start_of(FIRST_DAY).min(self.ledger.now());
        let planned = district::setup()?.into_iter().map(|(key, command)| Planned {
            key: format!("demo/{key}"),
            at,
            command,
            witness: None,
        });
        self.send(planned.collect()).await?;
        let names = (1..=district::WORKERS)
            .map(|number| Ok((district::worker_id(number)?.to_string(), district::worker_name(number))))
            .collect::<Result<Vec<_>, IdError>>()?;
        Ok(names::keep_all(self.vault, names).await?)
    }

    /// Sends commands in order; gives the receipts of those that took effect. What lies ahead of the clock is left for a
    /// later start: nothing is recorded before it happened, here as anywhere.
    async fn send(&mut self, mut planned: Vec<Planned>) -> Result<Vec<Receipt>, DemoError> {
        let now = self.ledger.now();
        planned.retain(|planned| planned.at <= now);
        let mut submissions = Vec::with_capacity(planned.len());
        for Planned { key, at, mut command, witness: name } in planned {
            if let (Some(name), Command::RecordCredit(commands::RecordCredit { witness, .. })) = (name, &mut command) {
                *witness = names::remember_witnesses(self.vault, &[&name]).await?.pop();
            }
            let context = Context { key: Key::new(&key)?, actor: self.actor.clone(), at };
            submissions.push(Submission { context, command });
        }
        let mut receipts = Vec::new();
        for outcome in command::give(self.ledger, Who::Owner, submissions).await? {
            match outcome {
                Outcome::Committed(receipt) => receipts.push(receipt),
                Outcome::Refused(refusal) if refusal.code == Code::JournalUnavailable => {
                    return Err(DemoError::Unanswered);
                }
                Outcome::Refused(refusal) => {
                    tracing::warn!(code = refusal.code.as_str(), "a command of the demonstration district was refused");
                    self.refused += 1;
                }
                Outcome::Unknown => return Err(DemoError::Unanswered),
            }
        }
        self.taken += u64::try_from(receipts.len()).unwrap_or(0);
        Ok(receipts)
    }
}
