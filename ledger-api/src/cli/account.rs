//! `nuanxin account`: opens accounts and says what they may do, from the machine that holds the journal. The first
//! administrator is made here.

mod link;
mod password;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;
use ledger_core::domain::account::{Account, AccountEvent, Role, Standing};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{AccountId, GrantId, Key, WorkerId};
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::Journal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::commands;
use serde_json::json;

use super::writer::Writer;
use super::{CliError, CliResult};
use crate::access::links::{Link, Links};
use crate::app::open_journal_to_read;

/// Entries read at once.
const PAGE: usize = 5_000;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Open an account: one person, or one machine, who acts
    Open {
        /// What it is known by for ever; no name and no number of a person
        id: AccountId,
        /// Whose it is; kept in the vault and never in the journal
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Which worker this person is
        #[arg(long, value_name = "WORKER")]
        worker: Option<WorkerId>,
    },
    /// Grant an account a role, at one place or several; prints each grant. Approvers and administrators wait for a second
    /// administrator's word, where there is one
    Grant {
        /// Which account
        id: AccountId,
        /// clerk, operator, approver, branch, merchant, worker, auditor, admin or machine
        #[arg(long, value_name = "ROLE")]
        role: Role,
        /// Where it holds: a clerk's store, an operator's or approver's site, a Party branch, a merchant, a worker; once
        /// for each
        #[arg(long, value_name = "SCOPE")]
        scope: Vec<String>,
        /// The first day, YYYY-MM-DD; today without
        #[arg(long, value_name = "DAY")]
        from: Option<NaiveDate>,
        /// The last day, YYYY-MM-DD; no end without
        #[arg(long, value_name = "DAY")]
        until: Option<NaiveDate>,
    },
    /// End a grant
    End {
        /// Which grant, as `account grant` printed it
        grant: GrantId,
        /// The first day on which it holds no longer, YYYY-MM-DD; at once without
        #[arg(long, value_name = "DAY")]
        on: Option<NaiveDate>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Set an account's password, which is read from standard input; whoever is logged in under it is logged out
    Password {
        /// The account's id
        id: AccountId,
    },
    /// Let somebody in as an account by the login of the district's identity provider (OpenID Connect)
    Link(link::LinkArgs),
    /// Take such a link away; whoever is logged in under the account is logged out
    Unlink(link::LinkArgs),
    /// List the accounts, what each was granted and whom an identity provider vouches for
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Carries out `nuanxin account …`.
///
/// # Errors
/// [`CliError`] with exit code 1 for what the rules refuse, 2 for arguments or a journal that cannot be used.
pub async fn run(command: AccountCommand, url: &JournalUrl) -> CliResult {
    let told = match command {
        AccountCommand::Open { id, name, worker } => open(url, id, name.as_deref(), worker).await?,
        AccountCommand::Grant { id, role, scope, from, until } => {
            let scopes: Vec<Option<String>> = match scope.as_slice() {
                [] => vec![None],
                several => several.iter().map(|scope| Some(scope.trim().to_owned())).collect(),
            };
            let of = |scope| commands::GrantRole { account: id.clone(), role, scope, from, until };
            grant(url, scopes.into_iter().map(of).collect()).await?
        }
        AccountCommand::End { grant, on, reason } => {
            end(url, commands::EndGrant { grant, on, reason, over: false }).await?
        }
        AccountCommand::Password { id } => (String::new(), password::set(&id, url, password::read).await?),
        AccountCommand::Link(args) => (String::new(), link::link(&args, url).await?),
        AccountCommand::Unlink(args) => (String::new(), link::unlink(&args, url).await?),
        AccountCommand::List { json } => (list(url, json).await?, String::new()),
    };
    let printed = |error: std::io::Error| CliError::failed(format!("standard output: {error}"));
    let mut output = std::io::stdout().lock();
    output.write_all(told.0.as_bytes()).and_then(|()| output.flush()).map_err(printed)?;
    let _ = std::io::stderr().lock().write_all(told.1.as_bytes());
    Ok(ExitCode::SUCCESS)
}

/// A key that nobody else takes; what is asked a second time by hand is a second command.
fn key(what: &str) -> Result<Key, CliError> {
    Key::new(&format!("{what}-{}", uuid::Uuid::new_v4().simple())).map_err(|error| CliError::input(error.to_string()))
}

async fn open(
    url: &JournalUrl,
    account: AccountId,
    name: Option<&str>,
    worker: Option<WorkerId>,
) -> Result<(String, String), CliError> {
    let writer = Writer::of(url).await?;
    let command = commands::OpenAccount { account: account.clone(), worker };
    let given = writer.give(url, key("account")?, command.into(), name).await;
    writer.finished().await;
    given?;
    Ok((String::new(), format!("opened {account}; grant it a role: nuanxin account grant {account} --role ROLE\n")))
}

async fn grant(url: &JournalUrl, asked: Vec<commands::GrantRole>) -> Result<(String, String), CliError> {
    let writer = Writer::of(url).await?;
    let given = grant_each(&writer, url, asked).await;
    writer.finished().await;
    given
}

async fn grant_each(
    writer: &Writer,
    url: &JournalUrl,
    asked: Vec<commands::GrantRole>,
) -> Result<(String, String), CliError> {
    let (mut grants, mut hints) = (String::new(), String::new());
    for command in asked {
        let (grant, account, role) = (key("grant")?, command.account.clone(), command.role);
        let at = command.scope.as_ref().map(|scope| format!(" of {scope}")).unwrap_or_default();
        let waits = writer.give(url, grant.clone(), command.into(), None).await?;
        grants.push_str(&format!("{grant}\n"));
        hints.push_str(&if waits {
            format!(
                "{account} is proposed as {role}{at}: a second administrator must confirm {grant} before it holds\n"
            )
        } else {
            format!("{account} is {role}{at}; to end it: nuanxin account end {grant} --reason TEXT\n")
        });
    }
    Ok((grants, hints))
}

async fn end(url: &JournalUrl, command: commands::EndGrant) -> Result<(String, String), CliError> {
    let writer = Writer::of(url).await?;
    let grant = command.grant.clone();
    let given = writer.give(url, key("end")?, command.into(), None).await;
    writer.finished().await;
    given?;
    Ok((String::new(), format!("ended {grant}\n")))
}

/// Every account, by id.
pub(super) async fn accounts(journal: &dyn Journal) -> Result<BTreeMap<AccountId, Account>, CliError> {
    let mut accounts: BTreeMap<AccountId, Account> = BTreeMap::new();
    let mut position = 0;
    loop {
        let entries = journal.read(position, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(accounts) };
        position = last.position;
        for entry in &entries {
            // Told by the type first: few entries are about accounts, and each need not be decoded.
            if AccountEvent::TYPES.contains(&entry.event_type.as_ref())
                && let Event::Account(event) = entry.event()?
            {
                accounts.entry(event.account().clone()).or_default().evolve(&event);
            }
        }
    }
}

async fn list(url: &JournalUrl, as_json: bool) -> Result<String, CliError> {
    let new = matches!(url, JournalUrl::Sqlite(path) if !path.exists());
    let accounts = if new { BTreeMap::new() } else { accounts(open_journal_to_read(url).await?.as_ref()).await? };
    let links = match Links::open_if_there(url).await.map_err(password::refused)? {
        Some(links) => links.all().await.map_err(password::refused)?,
        None => Vec::new(),
    };
    let links_of = |id: &AccountId| links.iter().filter(|link| link.account == *id).collect::<Vec<_>>();
    let today = BusinessTime::from_instant(&chrono::Utc::now()).date();
    if as_json {
        let rows: Vec<_> = accounts.iter().map(|(id, account)| row_json(id, account, &links_of(id), today)).collect();
        let text = serde_json::to_string_pretty(&rows);
        return text
            .map(|text| format!("{text}\n"))
            .map_err(|error| CliError::failed(format!("the list as JSON: {error}")));
    }
    let mut text = String::new();
    for (id, account) in &accounts {
        let worker = account.worker().map(|worker| format!("  worker {worker}")).unwrap_or_default();
        text.push_str(&format!("{id}{worker}\n"));
        for (grant, held) in account.grants() {
            let scope = held.scope.as_deref().map(|scope| format!(" {scope}")).unwrap_or_default();
            let until = held.term.last_day().map_or_else(|| "…".to_owned(), |until| until.to_string());
            let status = standing(held, today);
            text.push_str(&format!("  {grant}  {}{scope}  {}–{until}  {status}\n", held.role, held.term.from));
        }
        for link in links_of(id) {
            text.push_str(&format!("  linked  {}  {}\n", link.who.issuer(), link.who.subject()));
        }
    }
    Ok(text)
}

fn standing(held: &ledger_core::domain::account::Grant, today: NaiveDate) -> &'static str {
    match held.standing(today) {
        Standing::Ended => "ended",
        Standing::Waits => "proposed",
        Standing::Later => "later",
        Standing::Holds => "active",
    }
}

fn row_json(id: &AccountId, account: &Account, links: &[&Link], today: NaiveDate) -> serde_json::Value {
    let roles = account.grants().map(|(grant, held)| {
        json!({
            "grant": grant, "role": held.role, "scope": held.scope, "from": held.term.from,
            "until": held.term.last_day(), "status": standing(held, today),
        })
    });
    let links = links.iter().map(|link| json!({ "issuer": link.who.issuer(), "subject": link.who.subject() }));
    json!({
        "account": id, "worker": account.worker(), "roles": roles.collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
    })
}
