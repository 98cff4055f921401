//! `/rate`: what somebody says of work that was done for them, by the code on a slip (评价单): without an account, and once.
//!
//! The form carries the code and no session's token: whoever has the code may say the word, and nobody else learns it.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::refusal::Code;
use serde::Deserialize;

use super::form::{Sent, field};
use super::page::{Frame, Trouble, Visitor, answer, show_as};
use super::requests::{word_told, words_of_rating};
use crate::access::Identity;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::rating_slips::{OnSlip, Said, Shown, rate, shown};

#[derive(Template)]
#[template(path = "rate/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    code: String,
    work: Option<Work>,
    words: Vec<(&'static str, &'static str)>,
}

/// The work on a slip, of which nothing is told of anybody.
struct Work {
    activity: String,
    done: String,
    request: String,
    /// It waits for the word of whoever looks.
    asks: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    code: String,
}

/// The page's routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/rate", get(read).post(act))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let made = async {
        if asked.code.is_empty() {
            return page(&visitor, "", None, Told::said(visitor.words().rating_slip.no_code));
        }
        let found = shown(&app, &asked.code, seen(&visitor)).await?;
        told_of(&visitor, &asked.code, found.map(|shown| (shown, false)))
    };
    answer(&visitor, made.await)
}

async fn act(State(app): State<App>, visitor: Visitor, Sent { 0: sent }: Sent) -> Response {
    let (code, word) = (field(&sent, "code"), field(&sent, "word"));
    let w = visitor.words().rating_slip;
    let made = async {
        match rate(&app, code, word, seen(&visitor)).await {
            Ok(found) => told_of(&visitor, code, found.map(|Said { shown, taken }| (shown, taken))),
            // The work is shown again with what is wrong: the person at the telephone has nobody to ask.
            Err(ServiceError::Unreadable(_)) => again(&app, &visitor, code, w.choose).await,
            Err(ServiceError::Refused(refusal)) => {
                tracing::warn!(code = %refusal.code, "a word by a slip was refused: {}", refusal.message);
                again(&app, &visitor, code, w.not_taken).await
            }
            Err(ServiceError::Unknown) => again(&app, &visitor, code, visitor.words().unknown_outcome).await,
            Err(other) => Err(other.into()),
        }
    };
    answer(&visitor, made.await)
}

/// Whoever is logged in besides: nobody, mostly.
fn seen(visitor: &Visitor) -> Option<&Identity> {
    visitor.logged_in.as_ref().map(|found| &found.identity)
}

/// What a page says.
struct Told {
    status: StatusCode,
    said: String,
    bad: String,
}

impl Told {
    fn said(text: impl Into<String>) -> Told {
        Told { status: StatusCode::OK, said: text.into(), bad: String::new() }
    }

    fn bad(status: StatusCode, text: &str) -> Told {
        Told { status, said: String::new(), bad: text.to_owned() }
    }
}

/// The work on a slip with what came of it, or that the code is none; and whether this very word was taken.
fn told_of(visitor: &Visitor, code: &str, found: Option<(Shown, bool)>) -> Result<Response, Trouble> {
    let w = visitor.words();
    let Some((shown, taken)) = found else {
        // Whoever tries codes is seen by auditors.
        visitor.refusals.add_once(Code::Forbidden);
        return page(visitor, "", None, Told::bad(StatusCode::FORBIDDEN, w.rating_slip.unknown));
    };
    let told = match shown.standing {
        OnSlip::Waits => Told::said(""),
        OnSlip::Rated(rating) if taken => Told::said(w.rating_slip.thanks(word_told(w, rating.word))),
        OnSlip::Rated(rating) => Told::said(w.rating_slip.before(word_told(w, rating.word), rating.on)),
        OnSlip::Over => Told::said(w.rating_slip.over),
        OnSlip::Own => Told::bad(StatusCode::FORBIDDEN, w.rating_slip.own),
    };
    page(visitor, code, Some(shown), told)
}

/// The work once more, with what is wrong.
async fn again(app: &App, visitor: &Visitor, code: &str, bad: &str) -> Result<Response, Trouble> {
    let found = shown(app, code, seen(visitor)).await?;
    page(visitor, code, found, Told::bad(StatusCode::UNPROCESSABLE_ENTITY, bad))
}

fn page(visitor: &Visitor, code: &str, found: Option<Shown>, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let mut f = visitor.frame(w.rating_slip.title);
    if found.is_some() {
        // The switches of language and size lead back to the slip. A signed code holds nothing that an address would not.
        f.back = format!("/rate?code={}", code.trim());
    }
    let work = found.map(|shown| Work {
        asks: shown.standing == OnSlip::Waits,
        activity: shown.activity,
        done: shown.done,
        request: shown.slip.request.to_string(),
    });
    let page = Page { f, said: told.said, bad: told.bad, code: code.to_owned(), work, words: words_of_rating(w) };
    show_as(told.status, &page)
}
