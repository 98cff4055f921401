//! The door: each route says where it is registered what it asks for and how long it may take, and whoever has no such
//! right at all is sent away before anything of the request is read.
//!
//! This is the table of `access::policy` asked before there is a target. Whether a right reaches the very thing that is
//! asked for, `service` decides.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ledger_core::domain::refusal::Code;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::accept::only_what_is_accepted;
use super::crowd::Crowd;
use super::error::{ApiError, ToldCode};
use super::extract::only;
use super::rate::{self, Limiter, RateSettings};
use crate::access::policy::{Action, CommandKind, Reach, Read, Who, may_ever, reach};
use crate::access::{Identity, Role};
use crate::app::App;
use crate::security_log::{Refusals, is_logged};
use crate::service::{ServiceError, who};
use crate::visit::{self, CameIn, LoggedIn};

/// What a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// One thing.
    For(Action),
    /// Commands of any kind, each judged on its own.
    AnyCommand,
}

impl From<CommandKind> for Asks {
    fn from(kind: CommandKind) -> Asks {
        Asks::For(Action::Command(kind))
    }
}

impl From<Read> for Asks {
    fn from(read: Read) -> Asks {
        Asks::For(Action::Read(read))
    }
}

impl From<Action> for Asks {
    fn from(action: Action) -> Asks {
        Asks::For(action)
    }
}

/// What is known of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sign {
    method: &'static str,
    asks: Asks,
    /// Whether it walks the whole district, which takes its time.
    walks: bool,
}

/// Routes that ask for a token, each with its sign. There is no other way to register one.
#[derive(Default)]
pub struct Routes {
    router: OpenApiRouter<App>,
    signs: HashMap<String, Vec<Sign>>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Routes {
        Routes::default()
    }

    /// With one more route.
    #[must_use]
    pub fn route(self, asks: impl Into<Asks>, routes: UtoipaMethodRouter<App>) -> Routes {
        self.with(asks.into(), false, routes)
    }

    /// With one more route, which walks the whole district and may take its time.
    #[must_use]
    pub fn walk(self, asks: impl Into<Asks>, routes: UtoipaMethodRouter<App>) -> Routes {
        self.with(asks.into(), true, routes)
    }

    fn with(mut self, asks: Asks, walks: bool, mut routes: UtoipaMethodRouter<App>) -> Routes {
        for (path, item) in &mut routes.1.paths {
            for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete] {
                operation.iter_mut().for_each(|operation| tell_who_may(asks, operation));
            }
            let signs = methods(item).map(|method| Sign { method, asks, walks });
            self.signs.entry(path.clone()).or_default().extend(signs);
        }
        Routes { router: self.router.routes(routes), signs: self.signs }
    }

    /// With the routes of another resource.
    #[must_use]
    pub fn merge(mut self, other: Routes) -> Routes {
        for (path, signs) in other.signs {
            self.signs.entry(path).or_default().extend(signs);
        }
        Routes { router: self.router.merge(other.router), signs: self.signs }
    }

    /// The routes, and what stands at the door to them.
    pub fn into_parts(self) -> (OpenApiRouter<App>, Doors) {
        (self.router, Doors(Arc::new(self.signs)))
    }
}

/// Writes into an operation's description who may do it, as the table has it.
fn tell_who_may(asks: Asks, operation: &mut Operation) {
    let who = match asks {
        Asks::For(action) => {
            let reaches = Role::ALL.into_iter().map(|role| (role, reach(role, action)));
            let reaches = reaches.filter(|(_, reach)| *reach != Reach::Nowhere);
            let told: Vec<String> = reaches.map(|(role, reach)| format!("{role} ({})", reach.word())).collect();
            format!("Who may (谁可以): {}.", told.join(", "))
        }
        Asks::AnyCommand => "Who may (谁可以): whoever may give the command, each of them on its own.".to_owned(),
    };
    let before = operation.description.take().filter(|text| !text.is_empty());
    operation.description = Some(before.map_or_else(|| who.clone(), |before| format!("{before}\n\n{who}")));
}

/// The methods of a path, as they are described.
fn methods(item: &PathItem) -> impl Iterator<Item = &'static str> {
    let known = [
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    known.into_iter().filter_map(|(method, is_there)| is_there.then_some(method))
}

/// What stands at the door to each route.
#[derive(Debug, Clone, Default)]
pub struct Doors(Arc<HashMap<String, Vec<Sign>>>);

impl Doors {
    fn sign(&self, request: &Request) -> Option<&Sign> {
        let route = request.extensions().get::<MatchedPath>()?;
        // Whoever may read may also ask how long the answer would be.
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        self.0.get(route.as_str())?.iter().find(|sign| sign.method == method.as_str())
    }

    /// Whether a request walks the whole district.
    pub fn walks(&self, request: &Request) -> bool {
        self.sign(request).is_some_and(|sign| sign.walks)
    }

    /// Each route that walks the whole district, as method and path.
    #[cfg(test)]
    pub(super) fn walking(&self) -> Vec<(&str, &str)> {
        let all = self.0.iter().flat_map(|(path, signs)| signs.iter().map(move |sign| (sign, path.as_str())));
        let mut walking: Vec<_> = all.filter(|(sign, _)| sign.walks).map(|(sign, path)| (sign.method, path)).collect();
        walking.sort_unstable();
        walking
    }

    /// Whether somebody may do at all what a request asks for, to whatever.
    fn lets_in(&self, who: Who<'_>, request: &Request) -> bool {
        match self.sign(request).map(|sign| sign.asks) {
            Some(Asks::For(action)) => may_ever(who, action),
            // What destroys a key is no item of a batch.
            Some(Asks::AnyCommand) => {
                let batched = CommandKind::ALL.iter().filter(|kind| **kind != CommandKind::EraseWorker);
                batched.into_iter().any(|kind| may_ever(who, *kind))
            }
            None => may_ever(who, Action::Nothing),
        }
    }
}

/// What strangers are held to, and those who are known.
pub struct Gate {
    settings: RateSettings,
    strangers: Limiter,
    tokens: Limiter,
    accounts: Limiter,
    /// How many tokens that this process has not seen are asked of their store at once.
    asking: Semaphore,
    /// How many requests of whoever was let in are worked on at once.
    crowd: Crowd,
}

impl Gate {
    /// A gate that holds to some settings.
    pub fn new(settings: RateSettings) -> Gate {
        Gate {
            strangers: Limiter::new(settings.stranger),
            tokens: Limiter::new(settings.token),
            accounts: Limiter::new(settings.account),
            asking: Semaphore::new(ASKING_MAX),
            crowd: Crowd::default(),
            settings,
        }
    }
}

/// Strangers whose tokens are asked of their store at once; honest callers, whose tokens have been seen, do not wait for
/// them.
const ASKING_MAX: usize = 32;
/// How long a stranger waits for that.
const ASKING_WAIT: Duration = Duration::from_secs(2);

/// What a request came in with, for what goes on after its answer began.
#[derive(Clone)]
pub enum Shown {
    /// A token.
    Token(Arc<str>),
    /// A session's cookie.
    Session {
        /// The request's headers.
        headers: HeaderMap,
        /// What is known of its connection.
        extensions: Extensions,
    },
}

impl Shown {
    /// Who that is now; nobody once the token was revoked or the session ended.
    ///
    /// # Errors
    /// When it cannot be told now.
    pub async fn now(&self, app: &App) -> Result<Option<Identity>, ServiceError> {
        match self {
            Shown::Token(token) => match who::of_token(app, token).await {
                Ok(identity) => Ok(Some(identity)),
                Err(ServiceError::Unauthenticated(_)) => Ok(None),
                Err(error) => Err(error),
            },
            Shown::Session { headers, extensions } => {
                Ok(visit::logged_in(app, headers, extensions).await?.map(|found| found.identity))
            }
        }
    }
}

/// Takes a drop out of a stranger's bucket; the answer where it is empty.
fn stranger(gate: &Gate, address: Option<IpAddr>) -> Option<Response> {
    let wait = gate.strangers.take(&rate::neighbourhood(address?)).err()?;
    Some(too_many("this address asks too often without a valid access token", wait))
}

async fn by_token(
    app: &App,
    gate: &Gate,
    address: Option<IpAddr>,
    token: Arc<str>,
    asks_for: Option<Asks>,
) -> Result<(Identity, Shown), Response> {
    let mut place = None;
    if app.access.has_seen(&token) {
        gate.tokens.take(&token).map_err(|wait| too_many("this access token asks too often", wait))?;
    } else {
        // Before the store is asked: strangers pay with their own address.
        if let Some(response) = stranger(gate, address) {
            return Err(response);
        }
        match timeout(ASKING_WAIT, gate.asking.acquire()).await {
            Ok(Ok(one)) => place = Some(one),
            Ok(Err(_)) | Err(_) => return Err(too_many("too many unknown access tokens at once", ASKING_WAIT)),
        }
    }
    let found = if asks_for == Some(Asks::from(Read::Metrics)) {
        // Whoever watches over this process is told its figures also when its views are away.
        who::of_token_by_journal(app, &token).await
    } else if asks_for == Some(Asks::from(CommandKind::Redeem)) {
        who::of_token_to_redeem(app, &token).await
    } else {
        who::of_token(app, &token).await
    };
    let identity = found.map_err(|error| ApiError::from(error).into_response())?;
    drop(place);
    Ok((identity, Shown::Token(token)))
}

/// Lets a request through whose token's role has such a right; its handler then finds the identity as `Caller`. What is
/// refused here or behind this goes to the security log, where it is one of those.
pub async fn guard(
    State((app, doors, gate)): State<(App, Doors, Arc<Gate>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = AskedFrom::of(&gate, &mut request);
    let mut asks = String::new();
    let response = pass(&app, &doors, &gate, asked.address, request, next, &mut asks).await;
    asked.put_down(&app, &asks, &response);
    let_others_go_first(response.status()).await;
    response
}

/// A connection over which strangers send many requests at once does one of them a turn: whoever is known and waits for a
/// store in between is not kept waiting for all of them.
async fn let_others_go_first(told: StatusCode) {
    if matches!(told, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) {
        tokio::task::yield_now().await;
    }
}

/// Where a request comes from, what it asks for, and what is refused on its way.
struct AskedFrom {
    address: Option<IpAddr>,
    method: Method,
    path: Option<MatchedPath>,
    refusals: Refusals,
}

impl AskedFrom {
    fn of(gate: &Gate, request: &mut Request) -> AskedFrom {
        let refusals = Refusals::default();
        request.extensions_mut().insert(refusals.clone());
        let path = request.extensions().get().cloned();
        let address = rate::address(request, &gate.settings.trusted_proxies);
        AskedFrom { address, method: request.method().clone(), path, refusals }
    }

    /// Puts what was refused into the security log, as far as it belongs there.
    fn put_down(&self, app: &App, asks: &str, response: &Response) {
        let (mut codes, whose) = self.refusals.take();
        codes.extend(response.extensions().get().map(|ToldCode(code)| *code));
        if codes.is_empty() {
            return;
        }
        let route = format!("{} {}", self.method, self.path.as_ref().map_or("", MatchedPath::as_str));
        let address = self.address.map(|address| address.to_string()).unwrap_or_default();
        let whose = whose.as_deref().filter(|_| asks.is_empty()).unwrap_or(asks);
        for code in codes.iter().map(ToString::to_string).filter(|code| is_logged(code)) {
            app.security.note(&code, whose, &address, &route);
        }
    }
}

/// Routes that nobody is held back from: whether the server lives, and files that a browser keeps.
fn is_free(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz") || path.starts_with("/assets/")
}

/// Holds whoever asks for a page, or wants to be let in, to the same as whoever asks the API; and puts down what is refused
/// there. Who came in is found once, here, and told to the page as [`CameIn`].
pub async fn visitors(State((app, gate)): State<(App, Arc<Gate>)>, mut request: Request, next: Next) -> Response {
    if is_free(request.uri().path()) {
        return next.run(request).await;
    }
    let asked = AskedFrom::of(&gate, &mut request);
    let mut asks = String::new();
    let response = match visit(&app, &gate, asked.address, &mut request, &mut asks).await {
        Ok(()) => next.run(request).await,
        Err((what, wait)) if request.uri().path().starts_with("/v1/") => too_many(what, wait),
        Err((what, wait)) => too_many_for_people(what, wait),
    };
    asked.put_down(&app, &asks, &response);
    let_others_go_first(response.status()).await;
    response
}

/// Takes a drop out of the bucket of whoever asks for a page.
async fn visit(
    app: &App,
    gate: &Gate,
    address: Option<IpAddr>,
    request: &mut Request,
    asks: &mut String,
) -> Result<(), (&'static str, Duration)> {
    let stranger = || match address.map(|address| gate.strangers.take(&rate::neighbourhood(address))) {
        Some(Err(wait)) => Err(("this address asks too often", wait)),
        Some(Ok(())) | None => Ok(()),
    };
    // A page reads no token; who shows one that was seen is no stranger all the same. The session beside it, which a page
    // does read, is held to its account's own.
    let token = bearer(request.headers()).filter(|token| app.access.has_seen(token));
    if let Some(token) = token {
        gate.tokens.take(&Arc::<str>::from(token)).map_err(|wait| ("this access token asks too often", wait))?;
    }
    let known = token.is_some();
    // Before the sessions' store is asked.
    let unknown = visit::shows_unknown(app, request.headers(), request.extensions());
    if unknown && !known {
        stranger()?;
    }
    let (headers, extensions) = (request.headers().clone(), request.extensions().clone());
    match visit::logged_in(app, &headers, &extensions).await {
        Ok(Some(found)) => {
            found.identity.id.as_str().clone_into(asks);
            gate.accounts.take(&found.identity.id.as_str()).map_err(|wait| ("this account asks too often", wait))?;
            request.extensions_mut().insert(CameIn(Some(found)));
        }
        Ok(None) => {
            if !unknown && !known {
                stranger()?;
            }
            request.extensions_mut().insert(CameIn(None));
        }
        // The page asks once more, and says why it cannot be told.
        Err(_) => {}
    }
    Ok(())
}

async fn pass(
    app: &App,
    doors: &Doors,
    gate: &Gate,
    address: Option<IpAddr>,
    mut request: Request,
    next: Next,
    asks: &mut String,
) -> Response {
    let asks_for = doors.sign(&request).map(|sign| sign.asks);
    let admitted = match bearer(request.headers()).map(Arc::from) {
        Some(token) => by_token(app, gate, address, token, asks_for).await,
        None => {
            let unknown = visit::shows_unknown(app, request.headers(), request.extensions());
            // Before the sessions' store is asked: strangers pay with their own address.
            if let Some(response) = unknown.then(|| stranger(gate, address)).flatten() {
                return response;
            }
            let (parts, body) = request.into_parts();
            let found = by_session(app, &parts).await;
            request = Request::from_parts(parts, body);
            match found {
                Ok(Some(identity)) => {
                    let (headers, extensions) = (request.headers().clone(), request.extensions().clone());
                    Ok((identity, Shown::Session { headers, extensions }))
                }
                Ok(None) => {
                    let held_back = if unknown { None } else { stranger(gate, address) };
                    Err(held_back.unwrap_or_else(|| ApiError::unauthenticated().into_response()))
                }
                Err(error) => Err(error.into_response()),
            }
        }
    };
    let (identity, shown) = match admitted {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    identity.id.as_str().clone_into(asks);
    if let Err(wait) = gate.accounts.take(&identity.id.as_str()) {
        return too_many("this account asks too often", wait);
    }
    if !doors.lets_in(Who::Bearer(&identity), &request) {
        return ApiError::forbidden().into_response();
    }
    request.extensions_mut().insert(identity);
    request.extensions_mut().insert(shown);
    // The crowd is counted behind the guard: strangers push nobody out.
    match gate.crowd.place().await {
        Ok(_place) => only_what_is_accepted(request, next).await,
        Err(error) => error.into_response(),
    }
}

/// Sends somebody away for a while.
fn too_many(what: &str, wait: Duration) -> Response {
    let seconds = wait.as_secs().saturating_add(1);
    let detail = format!("{what}; come back in {seconds} seconds");
    let mut response = ApiError::new(Code::TooManyRequests, detail).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The same for people, who read it in a browser.
fn too_many_for_people(what: &str, wait: Duration) -> Response {
    let seconds = wait.as_secs().saturating_add(1);
    let text = format!("操作过于频繁，请 {seconds} 秒后再试。 {what}; come back in {seconds} seconds.");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::RETRY_AFTER, HeaderValue::from(seconds)),
    ];
    let mut response = (StatusCode::TOO_MANY_REQUESTS, headers, text).into_response();
    response.extensions_mut().insert(ToldCode(Code::TooManyRequests));
    response
}

/// Who comes with a session's cookie. A write must show that it comes from whoever has the session: a browser sends a
/// cookie along also where another site's page makes the request.
async fn by_session(app: &App, request: &Parts) -> Result<Option<Identity>, ApiError> {
    let headers = &request.headers;
    // Whoever shows an unreadable token is not let in by a cookie instead.
    if headers.contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    let found = visit::logged_in(app, headers, &request.extensions).await?;
    let Some(LoggedIn { identity, session }) = found else { return Ok(None) };
    let token = headers.get(visit::CSRF_HEADER).and_then(|token| token.to_str().ok());
    if !visit::may_change(&request.method, headers, &session, token) {
        let detail = "a write that comes with a session's cookie shows the session's token, from this origin: \
                      X-CSRF-Token, as POST /v1/login answered it";
        return Err(ApiError::new(Code::Forbidden, detail));
    }
    Ok(Some(identity))
}

/// The token that a request shows.
pub(super) fn bearer(headers: &axum::http::HeaderMap) -> Option<&str> {
    let (scheme, token) = only(headers, header::AUTHORIZATION.as_str()).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::bearer;
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn a_token_is_read_from_one_bearer_header() {
        let with = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(with(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(with(&["bearer abc"]).as_deref(), Some("abc"));
        for values in [&[][..], &["Basic abc"], &["Bearer"], &["Bearer "], &["Bearer a", "Bearer b"]] {
            assert_eq!(with(values), None, "{values:?}");
        }
    }
}
