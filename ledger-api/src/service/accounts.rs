//! Accounts from the machine that holds the journal: commands about them with the name that goes to the vault, and tokens,
//! each of an account that is there.

use chrono::NaiveDate;
use ledger_core::domain::account::{GrantStatus, Role};
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::{AccountId, IdError, Key, WorkerId};
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::journal::{Journal, JournalError};
use ledger_core::ledger::{Command, Context, Ledger, Outcome, Receipt, Submission, commands};
use serde::{Deserialize, Serialize};

use super::command;
use super::destination::{Told, machine_owner};
use super::known::is_known;
use super::names::{forget_again, forgotten};
use crate::access::policy::{Denied, Who};
use crate::access::{Access, AccessError, NewToken};
use crate::vault::{ACCOUNT, Vault, VaultError};

/// Random bytes in the id of a machine's account.
const ID_BYTES: usize = 4;

/// Why something about an account could not be done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The rules say no.
    #[error("{}", .0.message)]
    Refused(Refusal),
    /// Tokens.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An id that cannot be used.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The name was not kept, and everything else was done.
    #[error("the account is open, but its name could not be kept: {0}")]
    Name(#[from] VaultError),
    /// Whether the name may be kept could not be told, and nothing was done.
    #[error("nothing was done: whether the name may be kept cannot be told now: {0}")]
    Unnamed(VaultError),
    /// Whoever asks may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Nobody knows what became of it.
    #[error("whether it took effect is not known yet; give the same command again")]
    Unknown,
}

/// What a token is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedToken {
    /// Of which account; none for a new machine's account with the one role.
    pub account: Option<AccountId>,
    /// The one role of a machine's account, with where it holds.
    pub role: Option<(Role, Option<String>)>,
    /// A label.
    pub name: String,
    /// The last day on which it works.
    pub until: Option<NaiveDate>,
}

/// A token as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedToken {
    /// The id of the account in whose name it speaks.
    pub account: AccountId,
    /// The token's id.
    pub id: String,
    /// The secret, which is nowhere else.
    pub token: String,
    /// The grant that waits for a second administrator, where it does.
    pub waits: Option<String>,
}

/// Gives a command about an account as the owner of the machine, and keeps a name for the account it opens; tells whether
/// a grant waits for a second administrator.
///
/// # Errors
/// [`AccountError`].
pub async fn give(
    ledger: &Ledger,
    vault: Option<&Vault>,
    key: Key,
    command: Command,
    name: Option<&str>,
) -> Result<(Told, bool), AccountError> {
    let opened = if let Command::OpenAccount(open) = &command { Some(open.account.clone()) } else { None };
    if let (Command::OpenAccount(commands::OpenAccount { worker: Some(worker), .. }), Some(_), Some(vault)) =
        (&command, name, vault)
        && vault.is_erased(worker.as_str()).await.map_err(AccountError::Unnamed)?
    {
        return Err(AccountError::Refused(forgotten(worker.as_str())));
    }
    let context = Context { key, actor: machine_owner()?, at: ledger.now() };
    let outcomes = command::give(ledger, Who::Owner, vec![Submission { context, command }]).await?;
    let outcome = outcomes.into_iter().next().unwrap_or(Outcome::Unknown);
    let waits = outcome.receipt().is_some_and(|receipt| waiting(receipt).is_some());
    if let (Some(account), Some(name), Some(vault), Outcome::Committed(receipt)) = (opened, name, vault, &outcome) {
        vault.put_name(ACCOUNT, account.as_str(), name).await?;
        forget_again(vault, ACCOUNT, account.as_str(), receipt).await?;
    }
    Ok((outcome.into(), waits))
}

/// The grant of a receipt that waits for a second administrator.
fn waiting(receipt: &Receipt) -> Option<String> {
    let mut granted = receipt.events.iter().filter_map(|event| event.as_account()?.as_granted());
    granted.find(|granted| granted.status == GrantStatus::Proposed).map(|granted| granted.grant.to_string())
}

/// Whether a journal knows an account.
///
/// # Errors
/// [`JournalError`].
pub async fn is_open(journal: &dyn Journal, account: &AccountId) -> Result<bool, JournalError> {
    is_known(journal, &StreamId::Account(account.clone())).await
}

/// Issues a token as the owner of the machine.
///
/// # Errors
/// [`AccountError`]; nothing was issued then.
pub async fn issue(ledger: &Ledger, access: &Access, asked: &AskedToken) -> Result<IssuedToken, AccountError> {
    let AskedToken { account, role, name, until } = asked;
    let (account, waits) = match (account, role) {
        (Some(account), None) if is_open(ledger.journal().as_ref(), account).await? => (account.clone(), None),
        (Some(account), None) => {
            let message = format!("no account {account}; open it first: nuanxin account open {account}");
            return Err(AccountError::Refused(Refusal::new(Code::UnknownAccount, message)));
        }
        (None, Some((role, scope))) => machine(ledger, *role, scope.as_deref(), *until).await?,
        (Some(_), Some(_)) | (None, None) => {
            let message =
                "a token is of an account (--account), or of a new one with a single role (--role): name one of them";
            return Err(AccessError::Input(message.to_owned()).into());
        }
    };
    let (role, scope) = role.as_ref().map_or((None, None), |(role, scope)| (Some(*role), scope.as_deref()));
    let new = NewToken { account: &account, role, scope, name, until: *until };
    let (id, token) = access.issue(&new).await?;
    Ok(IssuedToken { account, id, token, waits })
}

/// Opens a machine's account with one role; gives the grant where it waits.
async fn machine(
    ledger: &Ledger,
    role: Role,
    scope: Option<&str>,
    until: Option<NaiveDate>,
) -> Result<(AccountId, Option<String>), AccountError> {
    let mut bytes = [0_u8; ID_BYTES];
    getrandom::getrandom(&mut bytes).map_err(|error| AccessError::Input(format!("no random id: {error}")))?;
    let name = format!("{role}-{}", hex::encode(bytes));
    let account = AccountId::new(&name)?;
    let scope = scope.map(str::trim).map(str::to_owned);
    let worker = scope.as_deref().filter(|_| role == Role::Worker).map(WorkerId::new).transpose()?;
    let open = commands::OpenAccount { account: account.clone(), worker };
    let grant = commands::GrantRole { account: account.clone(), role, scope, from: None, until };
    let (actor, at) = (machine_owner()?, ledger.now());
    let submission = |key: String, command: Command| {
        let context = Context { key: Key::new(&key)?, actor: actor.clone(), at };
        Ok::<Submission, IdError>(Submission { context, command })
    };
    let both =
        vec![submission(format!("open-{name}"), open.into())?, submission(format!("grant-{name}"), grant.into())?];
    let mut waits = None;
    for outcome in command::give_all_or_none(ledger, Who::Owner, both).await? {
        match outcome {
            Outcome::Committed(receipt) => waits = waits.or_else(|| waiting(&receipt)),
            Outcome::Refused(refusal) => return Err(AccountError::Refused(refusal)),
            Outcome::Unknown => return Err(AccountError::Unknown),
        }
    }
    Ok((account, waits))
}

/// A token of a new account with one role, for tests that ask as somebody.
#[cfg(test)]
pub(crate) async fn token_for(app: &crate::app::App, role: Role, scope: Option<&str>) -> String {
    issued_for(app, role, scope).await.token
}

/// The same with its account. A role that waits for a second administrator's word gets it.
#[cfg(test)]
pub(crate) async fn issued_for(app: &crate::app::App, role: Role, scope: Option<&str>) -> IssuedToken {
    let role = Some((role, scope.map(str::to_owned)));
    let asked = AskedToken { account: None, role, name: String::new(), until: None };
    let issued = issue(&app.ledger, &app.access, &asked).await.expect("a token");
    if let Some(grant) = &issued.waits {
        confirm_for(app, grant).await;
    }
    issued
}

/// Gives a grant the word of whoever is an administrator, for tests.
#[cfg(test)]
async fn confirm_for(app: &crate::app::App, grant: &str) {
    app.views.fresh(None).await.expect("views");
    let rows = app.views.account_rows("", 1_000).await.expect("accounts").rows;
    let today = app.ledger.now().date();
    let is_admin = |held: &ledger_core::domain::account::Grant| held.role == Role::Admin && held.holds_on(today);
    let admin = rows.iter().find(|(_, row)| row.grants().any(|(_, held)| is_admin(held))).expect("an administrator");
    let (key, actor) = (format!("confirm-{grant}"), admin.0.parse().expect("an actor"));
    let context = Context { key: key.parse().expect("a key"), actor, at: app.ledger.now() };
    let command = Command::ConfirmGrant(commands::ConfirmGrant { grant: grant.parse().expect("a grant") });
    let outcome = app.ledger.submit(Submission { context, command }).await;
    assert!(outcome.receipt().is_some(), "{outcome:?}");
}

/// A token of a new account that may do whatever is done at desks and counters: operator and approver of the district,
/// clerk and secretary wherever tests go. For tests that ask as somebody.
#[cfg(test)]
pub(crate) async fn desk_for(app: &crate::app::App) -> String {
    const STORES: [&str; 4] = ["S1", "S2", "S3", "S9"];
    const BRANCHES: [&str; 6] = ["B1", "B2", "甲", "乙", "第一支部", "第二支部"];
    let issued = issued_for(app, Role::Operator, None).await;
    let stores = STORES.map(|store| (Role::Clerk, Some(store)));
    let branches = BRANCHES.map(|branch| (Role::Branch, Some(branch)));
    for (role, scope) in stores.into_iter().chain(branches).chain([(Role::Approver, None)]) {
        let scope = scope.map(str::to_owned);
        let command = commands::GrantRole { account: issued.account.clone(), role, scope, from: None, until: None };
        let key = format!("desk-{}-{role}-{}", issued.id, command.scope.as_deref().unwrap_or_default());
        let (told, waits) =
            give(&app.ledger, None, key.parse().expect("a key"), command.into(), None).await.expect("a grant");
        assert!(matches!(told, Told::Taken { .. }), "{told:?}");
        if waits {
            confirm_for(app, &key).await;
        }
    }
    issued.token
}
