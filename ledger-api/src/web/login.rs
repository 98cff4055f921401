//! `/`, `/login`, `/logout` and how somebody likes the pages. The start is for people: it leads to the login, or to
//! whoever's own page.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::refusal::Code;
use serde::Deserialize;

use super::back_to;
use super::form::{Fields, Sent, field};
use super::page::{Frame, Trouble, Visitor, answer, go, own_path, remember, show_as};
use super::password::must_change;
use super::roles;
use super::unsent::{self, Unsent};
use crate::access::Role;
use crate::app::App;
use crate::demo;
use crate::service::administrators::is_one_alone;
use crate::service::login::{Entered, LoginError, concern, enter, login, logout};
use crate::visit::{LoggedIn, Transport, is_from_here};

#[derive(Template)]
#[template(path = "login/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    /// Where the browser wanted to go.
    next: String,
    /// What was sent when the session was over.
    unsent: String,
    account: String,
    said: String,
    /// The transport keeps no password.
    plain: bool,
    /// The roles that a demonstration lets somebody try, with what their buttons say.
    roles: Vec<(&'static str, String)>,
    /// One person alone administers.
    alone: bool,
    /// The district's identity provider lets people in.
    provider: bool,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(start))
        .route("/login", get(ask).post(enter_with_password))
        .route("/login/as", back_to("/login").post(enter_as))
        .route("/logout", back_to("/").post(leave))
        .route("/likes", back_to("/").post(like))
}

async fn start(visitor: Visitor) -> Response {
    go(visitor.home())
}

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    next: String,
}

async fn ask(State(app): State<App>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    if visitor.logged_in.is_some() {
        let home = visitor.home();
        if home != "/login" {
            return go(home);
        }
    }
    // Whoever cannot be told now is told the next time.
    let alone = is_one_alone(app.ledger.journal().as_ref(), app.ledger.now().date()).await.unwrap_or(false);
    let asking = Asking { next: own_path(&wanted.next), ..Asking::default() };
    answer(&visitor, page(&visitor, alone, StatusCode::OK, asking))
}

/// What the login's form begins with.
#[derive(Default)]
struct Asking<'a> {
    /// Where the browser wanted to go.
    next: &'a str,
    /// What was sent when the session was over.
    unsent: &'a str,
    account: &'a str,
    said: String,
}

/// The login for whoever sent a form when the session was over.
///
/// # Errors
/// [`Trouble::Fault`].
pub(super) fn ask_again(visitor: &Visitor, unsent: &Unsent) -> Result<Response, Trouble> {
    let carried = unsent.carried()?;
    let said = visitor.words().session_over.to_owned();
    let asking = Asking { next: unsent.path(), unsent: &carried, account: "", said };
    page(visitor, false, StatusCode::UNAUTHORIZED, asking)
}

fn page(visitor: &Visitor, alone: bool, status: StatusCode, asking: Asking<'_>) -> Result<Response, Trouble> {
    let Asking { next, unsent, account, said } = asking;
    let w = visitor.words();
    let plain = visitor.transport == Transport::Plain;
    let roles = if visitor.may_try() {
        demo::ENTRANCES.iter().map(|(role, _, _)| (role.as_str(), w.as_role(roles::name(w, *role)))).collect()
    } else {
        Vec::new()
    };
    let page = Page {
        f: visitor.frame(w.log_in),
        next: next.to_owned(),
        unsent: unsent.to_owned(),
        account: account.to_owned(),
        said,
        plain,
        roles,
        alone,
        provider: visitor.entrance.has_provider(),
    };
    show_as(status, &page)
}

impl Visitor {
    /// Puts down that a password was not taken, and for which account.
    pub(super) async fn refused(&self, app: &App, account: &str, code: Code) {
        self.refusals.add_once(code);
        concern(app, &self.refusals, account).await;
    }

    /// Whether a role can be tried by a tap: on a demonstration, on this machine alone unless it was opened to others.
    fn may_try(&self) -> bool {
        let near = self.transport == Transport::Loopback;
        self.entrance.demonstration && (near || (self.entrance.open && self.transport != Transport::Plain))
    }
}

async fn enter_with_password(State(app): State<App>, visitor: Visitor, Sent { 0: sent }: Sent) -> Response {
    let field = |name: &str| field(&sent, name);
    let (account, next, unsent) = (field("account").trim(), own_path(field("next")), field(unsent::FIELD));
    let again = |status, said: &str| {
        let asking = Asking { next, unsent, account, said: said.to_owned() };
        answer(&visitor, page(&visitor, false, status, asking))
    };
    let w = visitor.words();
    if visitor.transport == Transport::Plain {
        return again(StatusCode::FORBIDDEN, "");
    }
    if !is_from_here(&visitor.headers) {
        return visitor.trouble(&Trouble::Forged);
    }
    match login(&app, account, field("password"), visitor.secret.as_deref()).await {
        Ok(entered) => come_in(visitor, entered, next, unsent),
        Err(LoginError::Given) => answer(&visitor, must_change(&visitor, account)),
        Err(LoginError::Wrong) => {
            visitor.refused(&app, account, Code::Unauthenticated).await;
            again(StatusCode::UNAUTHORIZED, w.login_wrong)
        }
        Err(LoginError::TooSoon(wait)) => {
            visitor.refused(&app, account, Code::TooManyRequests).await;
            again(StatusCode::TOO_MANY_REQUESTS, &w.login_wait(wait.seconds))
        }
        Err(LoginError::Service(error)) => visitor.trouble(&error.into()),
    }
}

async fn enter_as(State(app): State<App>, visitor: Visitor, Sent { 0: sent }: Sent) -> Response {
    let wanted = field(&sent, "role");
    if !visitor.may_try() {
        return visitor.trouble(&Trouble::NotFound);
    }
    if !is_from_here(&visitor.headers) {
        return visitor.trouble(&Trouble::Forged);
    }
    let entered = async {
        let Ok(role) = wanted.parse::<Role>() else { return Err(Trouble::NotFound) };
        let account = demo::account_of(&app.ledger, role)
            .await
            .map_err(|error| Trouble::Fault(error.to_string()))?
            .ok_or(Trouble::NotFound)?;
        match enter(&app, &account, visitor.secret.as_deref()).await {
            Ok(entered) => Ok(entered),
            Err(LoginError::Service(error)) => Err(error.into()),
            Err(LoginError::Wrong | LoginError::Given | LoginError::TooSoon(_)) => Err(Trouble::NotFound),
        }
    };
    match entered.await {
        Ok(entered) => {
            let (next, unsent) = (own_path(field(&sent, "next")), field(&sent, unsent::FIELD));
            come_in(visitor, entered, next, unsent)
        }
        Err(trouble) => visitor.trouble(&trouble),
    }
}

/// Lets somebody in: on to where they wanted to go, or to what they had sent.
fn come_in(mut visitor: Visitor, entered: Entered, next: &str, unsent: &str) -> Response {
    let Some(unsent) = Unsent::read(next, unsent) else {
        return answer(&visitor, let_in(visitor.transport, &entered, next));
    };
    let Entered { secret, session, identity } = entered;
    visitor.logged_in = Some(LoggedIn { identity, session });
    let offered = unsent.offer(&visitor).and_then(|page| with_cookie(page, visitor.transport.give(&secret)));
    answer(&visitor, offered)
}

pub(super) fn let_in(transport: Transport, entered: &Entered, next: &str) -> Result<Response, Trouble> {
    with_cookie(go(next), transport.give(&entered.secret))
}

async fn leave(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let left = async {
        if visitor.logged_in.is_some() {
            Fields::of(&visitor, sent)?;
        }
        if let Some(secret) = &visitor.secret {
            logout(&app, secret).await?;
        }
        with_cookie(go("/login"), visitor.transport.take())
    };
    answer(&visitor, left.await)
}

pub(super) fn with_cookie(
    mut response: Response,
    cookie: Result<Option<HeaderValue>, header::InvalidHeaderValue>,
) -> Result<Response, Trouble> {
    if let Some(cookie) = cookie.map_err(|error| Trouble::Fault(error.to_string()))? {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Language and size of letters: nobody's secret, and remembered on the device.
async fn like(visitor: Visitor, Sent { 0: sent }: Sent) -> Response {
    let some = |name: &str| Some(field(&sent, name)).filter(|value| !value.is_empty());
    let mut response = go(own_path(field(&sent, "back")));
    let english = some("language").map(|value| value == "en");
    let large = some("large").map(|value| value == "1");
    match remember(&mut response, visitor.transport, english, large) {
        Ok(()) => response,
        Err(trouble) => visitor.trouble(&trouble),
    }
}
