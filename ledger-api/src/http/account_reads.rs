//! Reading accounts: all of them for whoever administers or audits, and the own one for everybody.

use axum::Json;
use axum::extract::State;
use ledger_core::domain::account::{Account, Grant, Standing};
use ledger_core::domain::ids::GrantId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Caller, ListQuery};
use crate::access::Held;
use crate::access::policy::{Read, Target};
use crate::app::App;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Accounts, routes!(list_accounts)).route(Read::Me, routes!(read_me))
}

/// A role that was granted.
#[derive(Debug, Serialize, ToSchema)]
struct GrantJson {
    /// The grant: the key of the command that granted it.
    grant: String,
    /// What may be done by it.
    #[schema(value_type = String, examples("clerk"))]
    role: &'static str,
    /// Where: the store, site, branch, merchant or worker; null for the district.
    scope: Option<String>,
    /// The first day.
    #[schema(format = Date)]
    from: String,
    /// The last day; null for no end.
    #[schema(format = Date)]
    until: Option<String>,
    /// `proposed` until a second administrator confirms it, `active`, or `ended`.
    #[schema(value_type = String, examples("active"))]
    status: &'static str,
    /// Who granted it.
    by: String,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
struct HolderJson {
    /// The account's id.
    account: String,
    /// Which worker the person is.
    worker: Option<String>,
    /// Every role it was ever granted.
    roles: Vec<GrantJson>,
}

/// Accounts.
#[derive(Debug, Serialize, ToSchema)]
struct AccountList {
    accounts: Vec<HolderJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Accounts in the order of their ids, with what each was granted.
#[utoipa::path(get, path = "/v1/accounts", tag = "accounts", params(ListQuery),
    responses((status = 200, description = "The accounts.", body = AccountList)))]
async fn list_accounts(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<AccountList>, ApiError> {
    let reading = caller.may(Read::Accounts, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let today = app.ledger.now().date();
    let page = app.views.account_rows(&query.after, query.limit.0).await?;
    let accounts = page.rows.into_iter().map(|(id, account)| account_json(id, &account, today)).collect();
    Ok(Json(AccountList { accounts, next: page.next, position: page.position }))
}

fn account_json(account: String, row: &Account, today: chrono::NaiveDate) -> HolderJson {
    let roles = row.grants().map(|(grant, held)| grant_json(grant, held, today)).collect();
    HolderJson { account, worker: row.worker().map(ToString::to_string), roles }
}

fn grant_json(grant: &GrantId, held: &Grant, today: chrono::NaiveDate) -> GrantJson {
    let status = match held.standing(today) {
        Standing::Ended => "ended",
        Standing::Waits | Standing::Later | Standing::Holds => held.status.as_str(),
    };
    GrantJson {
        grant: grant.to_string(),
        role: held.role.as_str(),
        scope: held.scope.clone(),
        from: held.term.from.to_string(),
        until: held.term.last_day().map(|until| until.to_string()),
        status,
        by: held.by.to_string(),
    }
}

/// A role that can be acted in today.
#[derive(Debug, Serialize, ToSchema)]
struct RoleJson {
    /// By which grant.
    grant: String,
    /// What may be done by it.
    #[schema(value_type = String, examples("clerk"))]
    role: &'static str,
    /// Where: the store, site, branch, merchant or worker; null for the district.
    scope: Option<String>,
    /// The first day.
    #[schema(format = Date)]
    from: String,
    /// The last day; null for no end.
    #[schema(format = Date)]
    until: Option<String>,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The account, which is the actor of every command given.
    account: String,
    /// Which worker the person is.
    worker: Option<String>,
    /// The roles that hold today.
    roles: Vec<RoleJson>,
}

/// Who asks, and what they may do today.
#[utoipa::path(get, path = "/v1/me", tag = "accounts",
    responses((status = 200, description = "The own account.", body = Me)))]
async fn read_me(caller: Caller) -> Result<Json<Me>, ApiError> {
    caller.may(Read::Me, Target::District)?;
    let Caller(me) = caller;
    let roles = me.roles.iter().map(role_json).collect();
    Ok(Json(Me { account: me.id.to_string(), worker: me.worker.map(|worker| worker.to_string()), roles }))
}

fn role_json(held: &Held) -> RoleJson {
    RoleJson {
        grant: held.grant.to_string(),
        role: held.role.as_str(),
        scope: held.scope.as_deref().map(str::to_owned),
        from: held.from.to_string(),
        until: held.until.map(|until| until.to_string()),
    }
}
