//! `/admin/accounts`: who may do what, for whoever administers: accounts, their grants, a second administrator's word, and a
//! first password for whoever shall log in.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::account::{Account, AccountEvent, Grant, GrantStatus, Standing};
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::{AccountId, GrantId, IdError, MerchantId, StoreId, WorkerId};
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::ledger::{Command, Receipt, commands};
use serde::Deserialize;

use super::figures::minute;
use super::form::{Fields, Sent, ends_before, read_id};
use super::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use super::roles;
use super::trouble::{said_by, sentence};
use super::words::Words;
use crate::access::Role;
use crate::access::policy::{CommandKind, Read, Target, Who, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::Asked;
use crate::service::known;
use crate::service::login::give_password;
use crate::service::names::Personal;
use crate::service::reading::{date, may_read};

/// Accounts on one page.
const PAGE: usize = 50;
/// Accounts read at once where one is looked for.
const READ_AT_ONCE: usize = 1_000;

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
    typed: Typed,
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
    /// What was typed of a new account, where it was refused.
    typed: Option<Typed>,
}

/// What was typed of a new account, to be shown again.
#[derive(Default)]
struct Typed {
    account: String,
    name: String,
    worker: String,
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
            Err(trouble) => {
                let get = |name| fields.get(name).to_owned();
                let typed = || Typed { account: get("account"), name: get("name"), worker: get("worker") };
                let typed = (fields.get("do") == "open").then(typed);
                Told { bad: no(&visitor, &fields, &trouble), typed, ..Told::default() }
            }
        };
        let asked = Asking { id: fields.get("account").to_owned(), after: String::new() };
        page(&app, &visitor, &asked, told).await
    };
    answer(&visitor, done.await)
}

/// What is wrong, and how the form is filled in where it is what was filled in.
fn no(visitor: &Visitor, fields: &Fields, trouble: &Trouble) -> String {
    let (w, r) = (visitor.words(), visitor.words().refusals);
    let what = fields.get("do");
    if what == "open" && fields.get("account").contains(char::is_whitespace) {
        return r.account_blank.to_owned();
    }
    if let Trouble::Service(error @ ServiceError::Refused(Refusal { code, .. })) = trouble {
        let taken = r.taken(fields.get("account"));
        let own: &[(Code, &str)] = match what {
            "open" => &[(Code::DuplicateConflict, taken.as_str())],
            "grant" if ends_before(fields, "from", "until") => &[(Code::InvalidDate, r.ends_before)],
            _ => &[],
        };
        if own.iter().any(|(of, _)| of == code) {
            return said_by(w, visitor.english, error, own);
        }
    }
    let said = sentence(w, visitor.english, trouble);
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
    let hint = match what {
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
            let worker: Option<WorkerId> = fields.some("worker").map(read_id).transpose()?;
            if let Some(worker) = &worker
                && !is_known(app, Ok(StreamId::Worker(worker.clone()))).await?
            {
                return Ok(Told { bad: w.none_such(w.worker_kind, worker.as_str()), ..Told::default() });
            }
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
            if let Some((kind, scope)) = unknown_scope(app, visitor.words(), role, scope.as_deref()).await? {
                return Ok(Told { bad: w.none_such(kind, scope), ..Told::default() });
            }
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
            let reason = fields.reason("reason")?.to_owned();
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

/// What a scope should name and does not: nobody could work with such a grant, or knows why. A Party branch is opened by its
/// first card, so that any name is one.
async fn unknown_scope<'a>(
    app: &App,
    w: &Words,
    role: Role,
    scope: Option<&'a str>,
) -> Result<Option<(&'static str, &'a str)>, Trouble> {
    let (Some(scope), w) = (scope, w.accounts) else { return Ok(None) };
    let (stream, kind) = match role {
        Role::Clerk => (StoreId::new(scope).map(StreamId::Store), w.store_kind),
        Role::Operator | Role::Approver => {
            // All sites are one stream, so that their view tells which there are.
            app.views.fresh(None).await?;
            let known = app.views.site(scope).await?.value.is_some();
            return Ok((!known).then_some((w.site_kind, scope)));
        }
        Role::Merchant => (MerchantId::new(scope).map(StreamId::Merchant), w.merchant_kind),
        Role::Worker => (WorkerId::new(scope).map(StreamId::Worker), w.worker_kind),
        Role::Branch | Role::Auditor | Role::Admin | Role::Machine => return Ok(None),
    };
    Ok((!is_known(app, stream).await?).then_some((kind, scope)))
}

/// Whether what is named is there; what cannot be an id is not.
async fn is_known(app: &App, stream: Result<StreamId, IdError>) -> Result<bool, ServiceError> {
    match stream {
        Ok(stream) => Ok(known::is_known(app.ledger.journal().as_ref(), &stream).await?),
        Err(_) => Ok(false),
    }
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
    let refused = told.typed.is_some();
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
    // What names no account is looked for in the ids of all; what could not be opened was not looked for.
    let (listed, next) = match (&one, id) {
        (Some(_), _) => (Vec::new(), None),
        (None, id) if !refused && !id.is_empty() => (alike(app, id).await?, None),
        (None, _) => {
            let page = app.views.account_rows(&asked.after, PAGE).await?;
            (page.rows, page.next)
        }
    };
    let rows = listed.iter().map(|(account, row)| listed_row(w, account, row, today)).collect();
    let page = Page {
        f: visitor.frame(w.accounts.title),
        said: told.said,
        bad: told.bad,
        given: told.given,
        changes: may_ever(who, CommandKind::OpenAccount),
        one,
        rows,
        next,
        id: if refused { String::new() } else { asked.id.clone() },
        typed: told.typed.unwrap_or_default(),
        key: new_key("account"),
        grant_key: new_key("grant"),
        choices: Role::ALL.iter().map(|role| (role.as_str(), roles::name(w, *role))).collect(),
        today: today.to_string(),
    };
    show(&page)
}

/// The accounts that have a text in their id, or are of the worker of that id.
async fn alike(app: &App, text: &str) -> Result<Vec<(String, Account)>, Trouble> {
    let wanted = text.to_lowercase();
    let (mut found, mut after): (Vec<(String, Account)>, _) = (Vec::new(), String::new());
    loop {
        let page = app.views.account_rows(&after, READ_AT_ONCE).await?;
        let fits = |account: &str, row: &Account| {
            let own = row.worker().is_some_and(|worker| worker.as_str().to_lowercase() == wanted);
            own || account.to_lowercase().contains(&wanted)
        };
        found.extend(page.rows.into_iter().filter(|(account, row)| fits(account, row)));
        match page.next {
            Some(next) if found.len() < PAGE => after = next,
            Some(_) | None => break,
        }
    }
    found.truncate(PAGE);
    Ok(found)
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
