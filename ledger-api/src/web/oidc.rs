//! `/login/oidc`: to the district's identity provider and back from it.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use ledger_core::domain::refusal::Code;
use serde::Deserialize;

use super::login::{let_in, with_cookie};
use super::page::{Frame, Visitor, answer, go, own_path, show_as};
use crate::access::links::ExternalSubject;
use crate::app::App;
use crate::oidc::{ATTEMPT_SECONDS, CALLBACK, Provider};
use crate::service::oidc_login::{Answer, Begun, OidcLoginError, begin, finish};
use crate::visit::{SecretCookie, Transport};

/// The cookie of a login under way. Sent along on the way back from the provider, which begins on its site.
const ATTEMPT: SecretCookie = SecretCookie { secure: "__Host-nuanxin-oidc", loopback: "nuanxin-oidc" };

#[derive(Template)]
#[template(path = "oidc/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: &'static str,
    /// Who is not linked yet, to be told to the administrator.
    who: Option<ExternalSubject>,
}

/// The pages' routes, where a provider is set.
pub(super) fn routes(provider: Arc<Provider>) -> Router<App> {
    Router::new().route("/login/oidc", get(leave)).route(CALLBACK, get(come_back)).layer(Extension(provider))
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    next: String,
}

/// What the provider's answer may hold besides is its own business.
#[derive(Debug, Default, Deserialize)]
struct Sent {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

async fn leave(
    visitor: Visitor,
    Extension(provider): Extension<Arc<Provider>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Wanted { next } = wanted.map(|Query(wanted)| wanted).unwrap_or_default();
    // A session that is begun over this wire would be read by others; the page says what to do.
    if visitor.transport == Transport::Plain {
        return go("/login");
    }
    match begin(&provider, own_path(&next)).await {
        Ok(Begun { address, cookie }) => {
            answer(&visitor, with_cookie(go(&address), ATTEMPT.set(visitor.transport, &cookie, ATTEMPT_SECONDS)))
        }
        Err(error) => refuse(&visitor, error),
    }
}

async fn come_back(
    State(app): State<App>,
    visitor: Visitor,
    Extension(provider): Extension<Arc<Provider>>,
    sent: Result<Query<Sent>, QueryRejection>,
) -> Response {
    // What cannot be read answers no login.
    let Sent { code, state, error, iss } = sent.map(|Query(sent)| sent).unwrap_or_default();
    let sent = Answer { code, state, error, issuer: iss };
    let began = ATTEMPT.read(visitor.transport, &visitor.headers).map(str::to_owned);
    let response = match finish(&app, &provider, began.as_deref(), &sent, visitor.secret.as_deref()).await {
        // The path was in the browser meanwhile.
        Ok((entered, next)) => answer(&visitor, let_in(visitor.transport, &entered, own_path(&next))),
        // Whoever came back to a page of before is in already.
        Err(OidcLoginError::NotBegun) if visitor.logged_in.is_some() => go(visitor.home()),
        Err(error) => refuse(&visitor, error),
    };
    // One attempt is one answer, whatever it was.
    answer(&visitor, with_cookie(response, ATTEMPT.set(visitor.transport, "", 0)))
}

fn refuse(visitor: &Visitor, error: OidcLoginError) -> Response {
    let w = visitor.words().oidc;
    let (status, code, said, who) = match error {
        OidcLoginError::NotBegun => (StatusCode::BAD_REQUEST, Some(Code::Unauthenticated), w.not_begun, None),
        OidcLoginError::Declined => (StatusCode::UNAUTHORIZED, Some(Code::Unauthenticated), w.declined, None),
        OidcLoginError::Invalid => (StatusCode::UNAUTHORIZED, Some(Code::Unauthenticated), w.invalid, None),
        OidcLoginError::Unlinked(who) => (StatusCode::FORBIDDEN, Some(Code::Forbidden), w.unlinked, Some(who)),
        OidcLoginError::Away => (StatusCode::SERVICE_UNAVAILABLE, None, w.away, None),
        OidcLoginError::Service(error) => return visitor.trouble(&error.into()),
    };
    let page = Page { f: visitor.frame(visitor.words().log_in), said, who };
    if let Some(code) = code {
        visitor.refusals.add_once(code);
    }
    answer(visitor, show_as(status, &page))
}
