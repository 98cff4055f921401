//! `/password`: an account's password against another one, for whoever is logged in and for whoever was given a first one.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::refusal::Code;

use super::form::{Sent, field};
use super::login::let_in;
use super::page::{Frame, Trouble, Visitor, answer, show_as};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::login::{LoginError, change_password};
use crate::visit::{Transport, is_from_here};

#[derive(Template)]
#[template(path = "login/password.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    account: String,
    bad: String,
    /// The password was given by an administrator.
    given: bool,
    /// The transport keeps no password.
    plain: bool,
}

/// The page's routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/password", get(ask).post(change))
}

async fn ask(visitor: Visitor) -> Response {
    let account = visitor.logged_in.as_ref().map(|found| found.identity.id.to_string()).unwrap_or_default();
    answer(&visitor, page(&visitor, StatusCode::OK, &account, "", false))
}

/// Where a login by a given password leads: the account stands there already.
pub(super) fn must_change(visitor: &Visitor, account: &str) -> Result<Response, Trouble> {
    page(visitor, StatusCode::UNAUTHORIZED, account, "", true)
}

fn page(visitor: &Visitor, status: StatusCode, account: &str, bad: &str, given: bool) -> Result<Response, Trouble> {
    let page = Page {
        f: visitor.frame(visitor.words().accounts.change),
        account: account.to_owned(),
        bad: bad.to_owned(),
        given,
        plain: visitor.transport == Transport::Plain,
    };
    show_as(status, &page)
}

async fn change(State(app): State<App>, visitor: Visitor, Sent { 0: sent }: Sent) -> Response {
    let field = |name: &str| field(&sent, name);
    let account = field("account").trim();
    let again = |status, said: &str| answer(&visitor, page(&visitor, status, account, said, field("given") == "1"));
    let w = visitor.words();
    if visitor.transport == Transport::Plain {
        return again(StatusCode::FORBIDDEN, "");
    }
    // The present password is what lets somebody change it; the form must be one of ours all the same.
    if !is_from_here(&visitor.headers) {
        return visitor.trouble(&Trouble::Forged);
    }
    if field("new") != field("again") {
        return again(StatusCode::UNPROCESSABLE_ENTITY, w.accounts.differ);
    }
    match change_password(&app, account, field("password"), field("new"), visitor.secret.as_deref()).await {
        Ok(entered) => answer(&visitor, let_in(visitor.transport, &entered, "/")),
        Err(LoginError::Wrong | LoginError::Given) => {
            visitor.refused(&app, account, Code::Unauthenticated).await;
            again(StatusCode::UNAUTHORIZED, w.login_wrong)
        }
        Err(LoginError::TooSoon(wait)) => {
            visitor.refused(&app, account, Code::TooManyRequests).await;
            again(StatusCode::TOO_MANY_REQUESTS, &w.login_wait(wait.seconds))
        }
        Err(LoginError::Service(ServiceError::Refused(_))) => {
            again(StatusCode::UNPROCESSABLE_ENTITY, w.accounts.too_easy)
        }
        Err(LoginError::Service(error)) => visitor.trouble(&error.into()),
    }
}
