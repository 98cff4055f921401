//! The built-in demonstration district: eighteen made-up months that `serve --demo` fills an empty journal with, and open
//! work of today for every role, so that a newcomer sees every page with something on it.
//!
//! Owns what is in it. It is written as commands like everybody's, under keys that are the same every time: filling it
//! twice, or going on after a crash, adds nothing twice. No person stands behind any name.

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

mod benefits;
mod dice;
mod district;
mod history;
mod once;
mod open_work;
mod places;
mod plan;
mod programmes;
mod registers;
mod requests;
mod schedule;
mod selections;
mod settlement;
mod today;

#[cfg(test)]
pub(crate) mod kept;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::iter::Peekable;

use ledger_core::domain::ids::{AccountId, Actor, IdError, Key, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::journal::{Journal, JournalError};
use ledger_core::ledger::{Command, Context, Ledger, Outcome, Receipt, Submission, commands};

use crate::access::Role;
use crate::access::policy::{Denied, Who};
use crate::service::{command, names};
use crate::vault::{Vault, VaultError};
use history::History;
use plan::{Moved, Planned, WEEKS, day};

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
        /// Commands that were refused and should not have been: none, unless somebody worked with a district that was half
        /// filled.
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
    selections::begin(ledger, &operator).await?;
    today::begin(ledger, &operator).await
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
    let mut filler = Filler::new(ledger, vault);
    filler.set_up().await?;
    let mut history = History::new()?;
    let (past, moved) = past()?;
    let mut past = past.into_iter().peekable();
    for week in 0..WEEKS {
        let week_planned = of_week(week, &mut history, &mut past)?;
        for receipt in filler.send(week_planned).await? {
            history.earned(&receipt);
        }
        let redemptions = history.redemptions(week)?;
        filler.send(redemptions).await?;
    }
    filler.send(settlement::settlements(history.owed(), &moved)?).await?;
    filler.send(district::mergers()?).await?;
    filler.send(vec![history::last_restock(LAST_KEY)?]).await?;
    Ok(Filling::Filled { taken: filler.taken, refused: filler.refused })
}

/// What happened in the past beside services and redemptions, by its time; and what money that moved.
fn past() -> Result<(Vec<Planned>, Vec<Moved>), IdError> {
    let (passes, mut moved) = registers::passes()?;
    let granted = benefits::Past::new()?;
    moved.extend(granted.moved);
    let mut planned = registers::appointments()?;
    planned.extend(registers::pairs()?);
    planned.extend(passes);
    planned.extend(granted.planned);
    planned.extend(requests::past()?);
    planned.extend(district::cards()?);
    planned.extend(places::closings()?);
    planned.sort_by_key(|planned| planned.at);
    Ok((planned, moved))
}

/// All of a week but the redemptions, by its time.
fn of_week(
    week: u64,
    history: &mut History,
    past: &mut Peekable<impl Iterator<Item = Planned>>,
) -> Result<Vec<Planned>, IdError> {
    let mut planned = history.services(week)?;
    let until = day((week + 1) * 7);
    while let Some(next) = past.next_if(|planned| planned.at.date() < until) {
        planned.push(next);
    }
    planned.sort_by_key(|planned| planned.at);
    Ok(planned)
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
    /// The pseudonyms of witnesses, by their names.
    witnesses: HashMap<String, String>,
    taken: u64,
    refused: u64,
}

impl<'a> Filler<'a> {
    fn new(ledger: &'a Ledger, vault: &'a Vault) -> Filler<'a> {
        Filler { ledger, vault, witnesses: HashMap::new(), taken: 0, refused: 0 }
    }

    async fn set_up(&mut self) -> Result<(), DemoError> {
        let now = self.ledger.now();
        let planned = district::setup()?.into_iter().chain(benefits::setup()?);
        let planned = planned.map(|planned| Planned { at: planned.at.min(now), ..planned });
        self.send(planned.collect()).await?;
        let names = (1..=district::WORKERS)
            .map(|number| Ok((plan::worker_id(number)?.to_string(), district::worker_name(number))))
            .collect::<Result<Vec<_>, IdError>>()?;
        Ok(names::keep_all(self.vault, names).await?)
    }

    /// The pseudonym of a witness.
    async fn witness(&mut self, name: String) -> Result<Option<String>, DemoError> {
        if let Some(known) = self.witnesses.get(&name) {
            return Ok(Some(known.clone()));
        }
        let pseudonym = names::remember_witnesses(self.vault, &[&name]).await?.pop();
        self.witnesses.extend(pseudonym.clone().map(|pseudonym| (name, pseudonym)));
        Ok(pseudonym)
    }

    /// Sends commands in order; gives the receipts of those that took effect. What lies ahead of the clock is left for a
    /// later start: nothing is recorded before it happened, here as anywhere.
    async fn send(&mut self, mut planned: Vec<Planned>) -> Result<Vec<Receipt>, DemoError> {
        let now = self.ledger.now();
        planned.retain(|planned| planned.at <= now);
        let mut submissions = Vec::with_capacity(planned.len());
        let mut wanted = Vec::with_capacity(planned.len());
        for Planned { key, at, by, mut command, witness: name, refused } in planned {
            if let (Some(name), Command::RecordCredit(commands::RecordCredit { witness, .. })) = (name, &mut command) {
                *witness = self.witness(name).await?;
            }
            let context = Context { key: Key::new(&key)?, actor: Actor::new(by)?, at };
            submissions.push(Submission { context, command });
            wanted.push((key, refused));
        }
        let mut receipts = Vec::new();
        let outcomes = command::give(self.ledger, Who::Owner, submissions).await?;
        for (outcome, (key, wanted)) in outcomes.into_iter().zip(wanted) {
            match outcome {
                Outcome::Committed(receipt) => receipts.push(receipt),
                Outcome::Refused(refusal) if refusal.code == Code::JournalUnavailable => {
                    return Err(DemoError::Unanswered);
                }
                Outcome::Refused(refusal) if Some(refusal.code) == wanted => {}
                Outcome::Refused(refusal) => {
                    let code = refusal.code.as_str();
                    tracing::warn!(code, key, "a command of the demonstration district was refused");
                    self.refused += 1;
                }
                Outcome::Unknown => return Err(DemoError::Unanswered),
            }
        }
        self.taken += u64::try_from(receipts.len()).unwrap_or(0);
        Ok(receipts)
    }
}
