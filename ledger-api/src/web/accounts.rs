//! `/admin/accounts`: who may do what, for whoever administers: accounts, their grants, a second administrator's word, and a
//! first password for whoever shall log in.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::account::{Account, AccountEvent, Grant, GrantStatus, Standing};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{AccountId, GrantId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::Deserialize;

use super::figures::minute;
use super::form::{Fields, Sent, read_id};
use super::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use super::roles;
use super::trouble::sentence;
use super::words::Words;
use crate::access::Role;
use crate::access::policy::{CommandKind, Read, Target, Who, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::Asked;
use crate::service::login::give_password;
use crate::service::names::Personal;
use crate::service::reading::{date, may_read};

/// Accounts on one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "admin/accounts.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    /// A password that was just given.
    given: String,
    /// Whether whoever looks may change anything.
    changes: bool,
    /// The one account that is shown, if one is.
    one: Option<One>,
    rows: Vec<Row>,
    next: Option<String>,
    /// What was looked for.
    id: String,
    key: String,
    grant_key: String,
    choices: Vec<(&'static str, &'static str)>,
    today: String,
}

struct Row {
    account: String,
    worker: String,
    /// What it may do today.
    roles: String,
    /// A grant of it waits for a second administrator.
    waits: bool,
}

struct One {
    account: String,
    worker: String,
    grants: Vec<GrantRow>,
    /// When its password was set, and by whom.
    password: String,
    has_password: bool,
    /// Whoever holds the machine sets it.
    by_machine: bool,
}

struct GrantRow {
    grant: String,
    role: &'static str,
    scope: String,
    days: String,
    by: String,
    state: &'static str,
    colour: &'static str,
    /// It can be confirmed.
    waits: bool,
    /// It can be ended.
    open: bool,
    key: String,
}

/// What is asked for by an address.
#[derive(Debug, Default, Deserialize)]
struct Asking {
    #[serde(default)]
    id: String,
    #[serde(default)]
    after: String,
}

/// What became of a form.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    given: String,
}

/// The page's routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/accounts", get(read).post(act))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asking>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked, Told::default()).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let done = async {
        let fields = Fields::of(&visitor, sent)?;
        let told = match carry_out(&app, &visitor, &fields).await {
            Ok(told) => told,
            Err(trouble @ (Trouble::LogIn(_) | Trouble::SessionOver(_) | Trouble::Forged)) => return Err(trouble),
            Err(trouble) => Told { bad: no(&visitor, &fields, &trouble), ..Told::default() },
        };
        let asked = Asking { id: fields.get("account").to_owned(), after: String::new() };
        page(&app, &visitor, &asked, told).await
    };
    answer(&visitor, done.await)
}

/// What is wrong, and how the form is filled in where it is what was filled in.
fn no(visitor: &Visitor, fields: &Fields, trouble: &Trouble) -> String {
    let (w, said) = (visitor.words(), sentence(visitor.words(), visitor.english, trouble));
    let unfit = match trouble {
        Trouble::Service(ServiceError::Refused(refusal)) => refusal.code == Code::InvalidInput,
        Trouble::Service(ServiceError::Unreadable(_)) => true,
        Trouble::Service(
            ServiceError::Unauthenticated(_)
            | ServiceError::Denied(_)
            | ServiceError::Unknown
            | ServiceError::Committed(_)
            | ServiceError::Unavailable(_)
            | ServiceError::Fault(_),
        )
        | Trouble::LogIn(_)
        | Trouble::SessionOver(_)
        | Trouble::Forged
        | Trouble::NotFound
        | Trouble::Fault(_) => false,
    };
    let hint = match fields.get("do") {
        "open" if unfit => w.accounts.open_hint,
        "grant" if unfit => w.accounts.scope_hint,
        _ => "",
    };
    format!("{said}{hint}")
}

async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<Told, Trouble> {
    let w = visitor.words().accounts;
    let who = Who::Bearer(&visitor.must()?.identity);
    let account: AccountId = read_id(fields.get("account"))?;
    let grant = || -> Result<GrantId, Trouble> { Ok(read_id(fields.get("grant"))?) };
    let said = match fields.get("do") {
        "open" => {
            let worker = fields.some("worker").map(read_id).transpose()?;
            let name = fields.some("name").map(str::to_owned);
            let personal = name.map_or(Personal::Nothing, |name| Personal::OfAccount(account.clone(), name));
            let command = Command::OpenAccount(commands::OpenAccount { account, worker });
            give(app, visitor, fields.get("key"), Asked { personal, ..command.into() }).await?;
            w.opened
        }
        "grant" => {
            let role: Role =
                fields.get("role").parse().map_err(|_| ServiceError::unreadable("role: choose one of the list"))?;
            let scope = fields.some("scope").map(str::to_owned);
            let (from, until) = (date("from", fields.get("from"))?, date("until", fields.get("until"))?);
            let command = Command::GrantRole(commands::GrantRole { account, role, scope, from, until });
            let receipt = give(app, visitor, fields.get("key"), command).await?;
            if waits(&receipt) { w.proposed } else { w.granted }
        }
        "confirm" => {
            let command = Command::ConfirmGrant(commands::ConfirmGrant { grant: grant()? });
            give(app, visitor, fields.get("key"), command).await?;
            w.confirmed
        }
        "end" => {
            let reason = fields.get("reason").to_owned();
            let command = Command::EndGrant(commands::EndGrant { grant: grant()?, on: None, reason, over: false });
            give(app, visitor, fields.get("key"), command).await?;
            w.end_done
        }
        "password" => {
            let given = give_password(app, who, &account).await?;
            return Ok(Told { given: given.to_string(), ..Told::default() });
        }
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    };
    Ok(Told { said: said.to_owned(), ..Told::default() })
}

fn waits(receipt: &Receipt) -> bool {
    receipt.events.iter().any(|event| {
        matches!(event, Event::Account(AccountEvent::RoleGranted(granted)) if granted.status == GrantStatus::Proposed)
    })
}

async fn page(app: &App, visitor: &Visitor, asked: &Asking, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let reading = may_read(who, Read::Accounts, Target::District)?;
    reading.at_least(app, None).await?;
    let today = app.ledger.now().date();
    let id = asked.id.trim();
    let one = match AccountId::new(id) {
        Ok(account) => {
            let row = app.views.account_row(account.as_str()).await?.value.filter(Account::exists);
            match row {
                Some(row) => Some(one(app, w, &account, &row, today).await?),
                None => None,
            }
        }
        Err(_) => None,
    };
    // What names no account is where the list begins.
    let after = if one.is_none() && !id.is_empty() { id } else { asked.after.as_str() };
    let listed = if one.is_some() { None } else { Some(app.views.account_rows(after, PAGE).await?) };
    let (rows, next) = listed.map_or_else(Default::default, |listed| {
        let rows = listed.rows.iter().map(|(account, row)| listed_row(w, account, row, today)).collect();
        (rows, listed.next)
    });
    let page = Page {
        f: visitor.frame(w.accounts.title),
        said: told.said,
        bad: told.bad,
        given: told.given,
        changes: may_ever(who, CommandKind::OpenAccount),
        one,
        rows,
        next,
        id: asked.id.clone(),
        key: new_key("account"),
        grant_key: new_key("grant"),
        choices: Role::ALL.iter().map(|role| (role.as_str(), roles::name(w, *role))).collect(),
        today: today.to_string(),
    };
    show(&page)
}

fn listed_row(w: &Words, account: &str, row: &Account, today: NaiveDate) -> Row {
    let held = row.grants().filter(|(_, held)| held.holds_on(today));
    Row {
        account: account.to_owned(),
        worker: row.worker().map(ToString::to_string).unwrap_or_default(),
        roles: held.map(|(_, held)| told_role(w, held)).collect::<Vec<_>>().join(" · "),
        waits: row.grants().any(|(_, held)| held.standing(today) == Standing::Waits),
    }
}

fn told_role(w: &Words, held: &Grant) -> String {
    let role = roles::name(w, held.role);
    held.scope.as_deref().map_or_else(|| role.to_owned(), |scope| format!("{role} {scope}"))
}

async fn one(app: &App, w: &Words, account: &AccountId, row: &Account, today: NaiveDate) -> Result<One, Trouble> {
    let set_by = app.passwords.set_by(account).await?;
    let password = set_by.as_ref().map_or_else(
        || w.accounts.no_password.to_owned(),
        |set| {
            let at = ledger_core::domain::time::BusinessTime::from_instant(&set.at).to_string();
            let by = set.given_by.as_deref().unwrap_or(w.accounts.own_password);
            format!("{} {} · {by}", w.accounts.last_set, minute(&at))
        },
    );
    let mut grants: Vec<GrantRow> = row.grants().map(|(grant, held)| grant_row(w, grant, held, today)).collect();
    grants.sort_by_key(|grant| !grant.open);
    Ok(One {
        account: account.to_string(),
        worker: row.worker().map(ToString::to_string).unwrap_or_default(),
        grants,
        password,
        has_password: set_by.is_some(),
        by_machine: row.grants().any(|(_, held)| held.role.needs_second_word() && held.term.reaches(today)),
    })
}

fn grant_row(w: &Words, grant: &GrantId, held: &Grant, today: NaiveDate) -> GrantRow {
    let standing = held.standing(today);
    let (state, colour) = match standing {
        Standing::Ended => (w.accounts.ended, ""),
        Standing::Waits => (w.accounts.waits, "wait"),
        Standing::Holds => (w.accounts.holds, "ok"),
        Standing::Later => (w.accounts.later, "info"),
    };
    let until = held.term.last_day().map(|until| until.to_string()).unwrap_or_default();
    GrantRow {
        grant: grant.to_string(),
        role: roles::name(w, held.role),
        scope: held.scope.clone().unwrap_or_else(|| w.accounts.district.to_owned()),
        days: format!("{} — {until}", held.term.from),
        by: held.by.to_string(),
        state,
        colour,
        waits: standing == Standing::Waits,
        open: standing != Standing::Ended,
        key: new_key("grant"),
    }
}
