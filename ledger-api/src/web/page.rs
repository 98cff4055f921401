//! What all pages have in common: who sees them in which language, the frame around them, and how a no is shown.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use ledger_core::domain::ids::Actor;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::ledger::{Context, Receipt};
use projections::ViewError;

use super::assets::{HTMX, PAGES, STYLE};
use super::unsent::Unsent;
use super::words::{CHINESE, ENGLISH, Words};
use super::{Entrance, trouble};
use crate::access::policy::{Action, Denied, Read, Who, may_ever};
use crate::access::{AccessError, Identity, Role};
use crate::app::App;
use crate::security_log::Refusals;
use crate::service::ServiceError;
use crate::service::command::{Asked, prepare, submit};
use crate::service::keys::read_key;
use crate::visit::{self, CameIn, LoggedIn, Transport, cookie};

/// The language, remembered on the device.
const LANGUAGE: &str = "nuanxin-language";
/// Large letters and targets (适老化), remembered on the device.
const LARGE: &str = "nuanxin-large";
/// How long a device remembers, in seconds.
const REMEMBERED: u64 = 365 * 24 * 3_600;
/// Everything a page may load or run is ours and a file of its own; nothing is inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whether whoever asks has chosen English on this device.
pub(super) fn in_english(headers: &HeaderMap) -> bool {
    cookie(headers, LANGUAGE) == Some("en")
}

/// A page that people go to, with what lets them.
struct Place {
    path: &'static str,
    title: fn(&Words) -> &'static str,
    /// A sign for it; the words beside it say the same.
    sign: &'static str,
    /// Whether somebody has anything to do there.
    is_for: fn(&Identity) -> bool,
}

fn may(identity: &Identity, action: impl Into<Action>) -> bool {
    may_ever(Who::Bearer(identity), action)
}

/// The pages, in the order in which somebody's own is looked for.
const PLACES: &[Place] = &[
    Place {
        path: "/counter",
        title: |w| w.counter,
        sign: "兑",
        is_for: |who| !who.scopes_of(Role::Clerk).is_empty() && may(who, Read::Counter),
    },
    Place {
        path: "/credits",
        title: |w| w.credits,
        sign: "录",
        is_for: |who| who.acts_as(Role::Operator) || who.acts_as(Role::Approver),
    },
    Place {
        path: "/branch",
        title: |w| w.branch,
        sign: "党",
        is_for: |who| !who.scopes_of(Role::Branch).is_empty() && may(who, Read::Appraisal),
    },
    Place {
        path: "/me",
        title: |w| w.me,
        sign: "我",
        is_for: |who| who.own_account().is_some() && may(who, Read::Balance),
    },
    Place {
        path: "/requests",
        title: |w| w.requests_page,
        sign: "需",
        is_for: |who| {
            let acts = who.acts_as(Role::Operator) || who.acts_as(Role::Approver) || who.own_account().is_some();
            acts && may(who, Read::Request)
        },
    },
    Place {
        path: "/appointments",
        title: |w| w.appointments_page,
        sign: "聘",
        is_for: |who| {
            let acts = who.acts_as(Role::Operator) || who.acts_as(Role::Approver);
            acts && may(who, Read::Appointments)
        },
    },
    Place { path: "/statements", title: |w| w.statements_page, sign: "账", is_for: super::statements::is_for },
    Place {
        path: "/merchant",
        title: |w| w.merchant,
        sign: "商",
        is_for: |who| !who.scopes_of(Role::Merchant).is_empty() && may(who, Read::Settlement),
    },
    Place {
        path: "/admin",
        title: |w| w.admin,
        sign: "区",
        is_for: |who| who.acts_as(Role::Admin) && may(who, Read::Overview),
    },
    Place { path: "/audit", title: |w| w.audit, sign: "审", is_for: |who| may(who, Read::Events) },
    Place {
        path: "/selections",
        title: |w| w.selections.title,
        sign: "评",
        is_for: |who| {
            let acts = who.acts_as(Role::Operator) || who.acts_as(Role::Approver) || who.acts_as(Role::Auditor);
            (acts || who.own_account().is_some()) && may(who, Read::Selection)
        },
    },
];

/// What the page is called that an address belongs to.
pub(super) fn title_of(w: &Words, path: &str) -> &'static str {
    let holds = |place: &&Place| path == place.path || path.starts_with(&format!("{}/", place.path));
    PLACES.iter().find(holds).map_or(w.product, |place| (place.title)(w))
}

/// Whoever asks for a page, and how they like it.
pub(super) struct Visitor {
    pub(super) logged_in: Option<LoggedIn>,
    pub(super) transport: Transport,
    /// The secret of the session that the browser came with, whether it lasts or not.
    pub(super) secret: Option<String>,
    pub(super) english: bool,
    pub(super) large: bool,
    path: String,
    pub(super) entrance: Entrance,
    pub(super) headers: HeaderMap,
    /// What is refused on the way, for the security log.
    pub(super) refusals: Refusals,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Response> {
        let (headers, extensions) = (&parts.headers, &parts.extensions);
        let transport = Transport::of(headers, extensions);
        let mut visitor = Visitor {
            logged_in: None,
            transport,
            secret: transport.secret(headers).map(str::to_owned),
            english: in_english(headers),
            large: cookie(headers, LARGE) == Some("1"),
            path: parts.uri.path().to_owned(),
            entrance: extensions.get::<Entrance>().cloned().unwrap_or_default(),
            headers: headers.clone(),
            refusals: extensions.get::<Refusals>().cloned().unwrap_or_default(),
        };
        // Told at the door, where there is one.
        if let Some(CameIn(found)) = extensions.get::<CameIn>() {
            visitor.logged_in = found.clone();
            return Ok(visitor);
        }
        match visit::logged_in(app, headers, extensions).await {
            Ok(found) => visitor.logged_in = found,
            Err(error) => return Err(visitor.trouble(&Trouble::from(error))),
        }
        Ok(visitor)
    }
}

impl Visitor {
    pub(super) fn words(&self) -> &'static Words {
        if self.english { &ENGLISH } else { &CHINESE }
    }

    /// Whoever is logged in.
    ///
    /// # Errors
    /// The way to the login, and back here after it.
    pub(super) fn must(&self) -> Result<&LoggedIn, Trouble> {
        self.logged_in.as_ref().ok_or_else(|| Trouble::LogIn(self.path.clone()))
    }

    /// The pages that are there for whoever is logged in.
    fn places(&self) -> Vec<&'static Place> {
        let Some(LoggedIn { identity, .. }) = &self.logged_in else { return Vec::new() };
        PLACES.iter().filter(|place| (place.is_for)(identity)).collect()
    }

    /// Where whoever is logged in begins.
    pub(super) fn home(&self) -> &'static str {
        self.places().first().map_or("/login", |place| place.path)
    }

    /// The frame around a page.
    pub(super) fn frame(&self, title: &'static str) -> Frame {
        let w = self.words();
        let places = self.places();
        let tab = |place: &&'static Place| Tab {
            path: place.path,
            title: (place.title)(w),
            sign: place.sign,
            here: self.path == place.path || self.path.starts_with(&format!("{}/", place.path)),
        };
        Frame {
            w,
            title,
            english: self.english,
            large: self.large,
            back: self.path.clone(),
            account: self.logged_in.as_ref().map(|found| found.identity.id.to_string()),
            role: self.logged_in.as_ref().map(|found| role_name(w, &found.identity)).unwrap_or_default(),
            csrf: self.logged_in.as_ref().map(|found| found.session.csrf.clone()).unwrap_or_default(),
            tabs: places.iter().map(tab).collect(),
            demonstration: self.entrance.demonstration,
            style: &STYLE.path,
            htmx: &HTMX.path,
            script: &PAGES.path,
        }
    }

    /// Notes a no for the security log.
    fn put_down(&self, trouble: &Trouble) {
        match trouble {
            Trouble::Forged | Trouble::Service(ServiceError::Denied(_)) => self.refusals.add_once(Code::Forbidden),
            Trouble::Service(ServiceError::Refused(refusal)) => self.refusals.add_once(refusal.code),
            Trouble::LogIn(_)
            | Trouble::SessionOver(_)
            | Trouble::Service(_)
            | Trouble::NotFound
            | Trouble::Fault(_) => {}
        }
    }

    /// A page that says what went wrong and what helps.
    pub(super) fn trouble(&self, trouble: &Trouble) -> Response {
        self.put_down(trouble);
        trouble::show(self, trouble)
    }

    /// What surrounds a command of a form.
    ///
    /// # Errors
    /// [`Trouble`] for a key that is none.
    pub(super) fn context(&self, app: &App, key: &str) -> Result<Context, Trouble> {
        let LoggedIn { identity, .. } = self.must()?;
        let actor: Actor = identity.id.clone();
        Ok(Context { key: read_key(key)?, actor, at: app.ledger.now() })
    }
}

/// What stands around a page.
pub(super) struct Frame {
    pub(super) w: &'static Words,
    pub(super) title: &'static str,
    pub(super) english: bool,
    pub(super) large: bool,
    /// The page's own address, to come back to.
    pub(super) back: String,
    pub(super) account: Option<String>,
    pub(super) role: String,
    pub(super) csrf: String,
    pub(super) tabs: Vec<Tab>,
    pub(super) demonstration: bool,
    pub(super) style: &'static str,
    pub(super) htmx: &'static str,
    pub(super) script: &'static str,
}

/// A way to another page.
pub(super) struct Tab {
    pub(super) path: &'static str,
    pub(super) title: &'static str,
    pub(super) sign: &'static str,
    pub(super) here: bool,
}

/// Why there is no page but one that says so.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nobody is logged in; this is where they wanted to go.
    LogIn(String),
    /// Nobody is logged in any more, and this was sent.
    SessionOver(Unsent),
    /// The form is not from one of our pages, or too old.
    Forged,
    /// What the house said.
    Service(ServiceError),
    /// Nothing is there.
    NotFound,
    /// A fault of ours.
    Fault(String),
}

impl From<ServiceError> for Trouble {
    fn from(error: ServiceError) -> Trouble {
        Trouble::Service(error)
    }
}

impl From<Denied> for Trouble {
    fn from(denied: Denied) -> Trouble {
        Trouble::Service(denied.into())
    }
}

impl From<ViewError> for Trouble {
    fn from(error: ViewError) -> Trouble {
        Trouble::Service(error.into())
    }
}

impl From<AccessError> for Trouble {
    fn from(error: AccessError) -> Trouble {
        Trouble::Service(error.into())
    }
}

impl From<askama::Error> for Trouble {
    fn from(error: askama::Error) -> Trouble {
        Trouble::Fault(error.to_string())
    }
}

impl Trouble {
    /// A coded no.
    pub(super) fn refused(code: Code, sentence: &str) -> Trouble {
        Trouble::Service(ServiceError::Refused(Refusal::new(code, sentence)))
    }
}

/// Answers with a page, or with one that says why there is none.
pub(super) fn answer(visitor: &Visitor, made: Result<Response, Trouble>) -> Response {
    made.unwrap_or_else(|trouble| visitor.trouble(&trouble))
}

/// A page as an answer.
///
/// # Errors
/// [`Trouble::Fault`].
pub(super) fn show(page: &impl Template) -> Result<Response, Trouble> {
    show_as(StatusCode::OK, page)
}

/// A page as an answer with a status.
///
/// # Errors
/// [`Trouble::Fault`].
pub(super) fn show_as(status: StatusCode, page: &impl Template) -> Result<Response, Trouble> {
    let html = Html(page.render()?);
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        // No address leaves this origin, and a form's origin is told, which an answer to a forged one depends on.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    Ok((status, headers, html).into_response())
}

/// Sends on to another page, after a form.
pub(super) fn go(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Remembers on the device how somebody likes the pages.
///
/// # Errors
/// [`Trouble::Fault`].
pub(super) fn remember(
    response: &mut Response,
    transport: Transport,
    english: Option<bool>,
    large: Option<bool>,
) -> Result<(), Trouble> {
    let secure = if transport == Transport::Secure { "; Secure" } else { "" };
    let choices = [
        (LANGUAGE, english.map(|english| if english { "en" } else { "zh" })),
        (LARGE, large.map(|large| if large { "1" } else { "0" })),
    ];
    for (name, value) in choices {
        let Some(value) = value else { continue };
        let text = format!("{name}={value}; Path=/; Max-Age={REMEMBERED}; HttpOnly; SameSite=Lax{secure}");
        let value = HeaderValue::try_from(text).map_err(|error| Trouble::Fault(error.to_string()))?;
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(())
}

/// A place of this site that a form or an address names; the start for any other.
pub(super) fn own_path(path: &str) -> &str {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain { path } else { "/" }
}

/// A key for a command that a form will ask for, made with the page: a double click and a back button are one command.
pub(super) fn new_key(what: &str) -> String {
    format!("{what}/{}", uuid::Uuid::now_v7())
}

/// Gives a command of whoever is logged in.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn give(app: &App, visitor: &Visitor, key: &str, asked: impl Into<Asked>) -> Result<Receipt, Trouble> {
    let who = Who::Bearer(&visitor.must()?.identity);
    let given = async {
        let prepared = prepare(app, who, visitor.context(app, key)?, asked.into()).await?;
        Ok::<Receipt, Trouble>(submit(app.clone(), prepared).await?)
    };
    // Also where the page then says it beside its form.
    given.await.inspect_err(|trouble| visitor.put_down(trouble))
}

/// A number for people to read out, for what a form will add: nobody else has it, and the same form again is the same.
pub(super) fn new_number(what: &str) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const LENGTH: usize = 10;
    // Drawn anew for each: the last eight bytes tell neither the time nor the machine.
    let drawn = uuid::Uuid::now_v7().as_u64_pair().1;
    let letters = (0..LENGTH).map(|nth| {
        let at = usize::try_from((drawn >> (5 * nth)) & 31).unwrap_or(0);
        char::from(LETTERS.get(at).copied().unwrap_or(b'0'))
    });
    let letters: String = letters.collect();
    let (one, other) = letters.split_at(LENGTH / 2);
    format!("{what}-{one}-{other}")
}

/// What a role is called.
fn role_name(w: &Words, identity: &Identity) -> String {
    super::roles::names(w, identity)
}

#[cfg(test)]
mod tests {
    use super::{new_number, own_path};

    #[test]
    fn numbers_for_people_are_short_and_nobody_else_s() {
        let drawn: std::collections::BTreeSet<String> = (0..1_000).map(|_| new_number("QY")).collect();
        assert_eq!(drawn.len(), 1_000);
        let plain = |number: &String| {
            number.len() == 14
                && number.starts_with("QY-")
                && number.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
        };
        assert!(drawn.iter().all(plain), "{:?}", drawn.first());
    }

    #[test]
    fn nobody_is_sent_away_from_here() {
        for own in ["/", "/counter", "/audit?type=Redeemed&about=YS-0001"] {
            assert_eq!(own_path(own), own);
        }
        for foreign in
            ["", "counter", "//evil.example", "https://evil.example", "/\\evil.example", "/a b", "/x\n", "/中"]
        {
            assert_eq!(own_path(foreign), "/", "{foreign:?}");
        }
    }
}
