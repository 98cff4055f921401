//! Accounts and what they may do: opening an account, granting it a role, a second administrator's word, ending a grant.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::account::{AccountEvent, Role};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{AccountId, GrantId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{AccountName, Id, LineText, Reason};
use super::wire::{DateJson, Text, maybe_day, maybe_text};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};
use crate::service::names::Personal;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::OpenAccount, routes!(open))
        .route(CommandKind::GrantRole, routes!(grant))
        .route(CommandKind::ConfirmGrant, routes!(confirm))
        .route(CommandKind::EndGrant, routes!(end))
}

/// An account to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAccount {
    /// What the account is known by for ever: up to 64 characters without blanks, and no name or number of a person.
    #[schema(value_type = AccountName)]
    id: AccountId,
    /// Whose it is; kept in the vault and never in the journal.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(value_type = Option<LineText>)]
    name: Option<String>,
    /// Which worker the person is.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    worker: Option<WorkerId>,
}

/// An account as opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountAnswer {
    /// The account's id.
    #[schema(value_type = String)]
    account: AccountId,
    /// Durable up to here.
    position: u64,
}

impl Ask for OpenAccount {
    type Path = NoPath;
    type Answer = AccountAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let OpenAccount { id, name, worker } = self;
        let personal = name.map_or(Personal::Nothing, |name| Personal::OfAccount(id.clone(), name));
        let command = Command::OpenAccount(commands::OpenAccount { account: id, worker });
        Ok(Asked { personal, ..command.into() })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<AccountAnswer> {
        let Command::OpenAccount(commands::OpenAccount { account, .. }) = command else { return None };
        Some(AccountAnswer { account: account.clone(), position: receipt.position })
    }
}

impl Body for OpenAccount {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Open an account: one person, or one machine, who acts.
#[utoipa::path(post, path = "/v1/accounts", tag = "accounts", request_body = OpenAccount,
    responses((status = 201, description = "Opened.", body = AccountAnswer)))]
async fn open(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<OpenAccount>,
) -> Result<Answer<AccountAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// The account that an address names.
#[derive(Debug, Deserialize)]
pub struct OfAccount {
    account: AccountId,
}

/// A role to grant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRole {
    /// What the account may do; docs/roles.md says what each role may.
    #[schema(
        value_type = String,
        pattern = "^(clerk|operator|approver|branch|merchant|worker|auditor|admin|machine)$",
        examples("clerk")
    )]
    role: Role,
    /// Where: a clerk's store, an operator's or approver's site, a branch, a merchant, a worker.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 64)]
    scope: Option<String>,
    /// The first day; today without it.
    #[serde(default)]
    from: Option<DateJson>,
    /// The last day; without end without it.
    #[serde(default)]
    until: Option<DateJson>,
}

/// What became of a grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantAnswer {
    /// The grant's name: the key of the command that granted the role.
    #[schema(value_type = String)]
    grant: GrantId,
    /// `active`; `proposed` until a second administrator confirms it; `ended`.
    #[schema(value_type = String, examples("active"))]
    status: &'static str,
    /// Durable up to here.
    position: u64,
}

impl GrantAnswer {
    fn new(receipt: &Receipt) -> Option<GrantAnswer> {
        let event = receipt.events.iter().find_map(Event::as_account)?;
        let status = match event {
            AccountEvent::RoleGranted(event) => event.status.as_str(),
            AccountEvent::GrantConfirmed(_) => "active",
            AccountEvent::GrantEnded(_) => "ended",
            AccountEvent::AccountOpened(_) => return None,
        };
        Some(GrantAnswer { grant: event.grant()?.clone(), status, position: receipt.position })
    }
}

impl Ask for GrantRole {
    type Path = OfAccount;
    type Answer = GrantAnswer;

    fn command(self, path: OfAccount) -> Result<Asked, ServiceError> {
        let GrantRole { role, scope, from, until } = self;
        let (from, until) = (maybe_day("from", from)?, maybe_day("until", until)?);
        Ok(Command::GrantRole(commands::GrantRole { account: path.account, role, scope, from, until }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<GrantAnswer> {
        GrantAnswer::new(receipt)
    }
}

impl Body for GrantRole {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("account", Code::UnknownAccount)];
}

/// Grant an account a role, from a day through a day. An approver's and an administrator's wait for a second
/// administrator, where there is one.
#[utoipa::path(post, path = "/v1/accounts/{id}/roles", tag = "accounts", request_body = GrantRole,
    params(("id" = String, Path, description = "The account.")),
    responses((status = 201, description = "Granted, or proposed.", body = GrantAnswer)))]
async fn grant(
    State(app): State<App>,
    ApiPath(account): ApiPath<AccountId>,
    asking: Asking,
    ApiJson(body): ApiJson<GrantRole>,
) -> Result<Answer<GrantAnswer>, ApiError> {
    ask(app, asking, OfAccount { account }, body).await
}

/// The grant that an address names.
#[derive(Debug, Deserialize)]
pub struct OfGrant {
    grant: GrantId,
}

/// Confirming needs nothing said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmGrant {}

impl Ask for ConfirmGrant {
    type Path = OfGrant;
    type Answer = GrantAnswer;

    fn command(self, path: OfGrant) -> Result<Asked, ServiceError> {
        Ok(Command::ConfirmGrant(commands::ConfirmGrant { grant: path.grant }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<GrantAnswer> {
        GrantAnswer::new(receipt)
    }
}

impl Body for ConfirmGrant {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("grant", Code::NotFound)];
}

/// Confirm a grant that another administrator proposed.
#[utoipa::path(post, path = "/v1/grants/{grant}/confirm", tag = "accounts", request_body = ConfirmGrant,
    params(("grant" = String, Path, description = "The grant.")),
    responses((status = 200, description = "It is in force on its days.", body = GrantAnswer)))]
async fn confirm(
    State(app): State<App>,
    ApiPath(grant): ApiPath<GrantId>,
    asking: Asking,
    ApiJson(body): ApiJson<ConfirmGrant>,
) -> Result<Answer<GrantAnswer>, ApiError> {
    ask(app, asking, OfGrant { grant }, body).await
}

/// A grant to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndGrant {
    /// The first day on which it holds no longer; today without it: then from the next request on.
    #[serde(default)]
    on: Option<DateJson>,
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for EndGrant {
    type Path = OfGrant;
    type Answer = GrantAnswer;

    fn command(self, path: OfGrant) -> Result<Asked, ServiceError> {
        let EndGrant { on, reason } = self;
        let on = maybe_day("on", on)?;
        Ok(Command::EndGrant(commands::EndGrant { grant: path.grant, on, reason: reason.0, over: false }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<GrantAnswer> {
        GrantAnswer::new(receipt)
    }
}

impl Body for EndGrant {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("grant", Code::NotFound)];
}

/// End a grant.
#[utoipa::path(post, path = "/v1/grants/{grant}/end", tag = "accounts", request_body = EndGrant,
    params(("grant" = String, Path, description = "The grant.")),
    responses((status = 200, description = "Ended.", body = GrantAnswer)))]
async fn end(
    State(app): State<App>,
    ApiPath(grant): ApiPath<GrantId>,
    asking: Asking,
    ApiJson(body): ApiJson<EndGrant>,
) -> Result<Answer<GrantAnswer>, ApiError> {
    ask(app, asking, OfGrant { grant }, body).await
}
