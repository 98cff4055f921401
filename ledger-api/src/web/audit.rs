//! `/audit`: for whoever believes nothing: a verification now and its verdict, every event with filters in the address so
//! that a view can be sent to somebody, the state at a position or on a day, where a balance comes from, a sample, the
//! report, and the bundle to take away. First stands what is worth asking about. No name stands anywhere here.

mod first;
mod state;
mod take;
mod thing;
mod trace;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use ledger_core::domain::event::Event;
use ledger_core::evidence::verifier::Verdict;
use ledger_core::journal::Entry;
use serde::Deserialize;

use super::address::in_address;
use super::back_to;
use super::figures::minute;
use super::form::{Fields, Sent};
use super::funds::FundTable;
use super::page::{Frame, Trouble, Visitor, answer, go, show};
use super::words::Words;
use crate::access::policy::Who;
use crate::app::App;
use crate::service::audit::{Filter, Found, Only, Verifications, Verified, events, verify};
use crate::service::funds::funds;
use crate::service::health::last_checkpoint;
use first::{First, only_word};

/// Events on a page.
const ROWS: usize = 30;
/// Items of a sample, where nobody says how many.
const SAMPLE_USUAL: usize = 20;

#[derive(Template)]
#[template(path = "audit/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    bad: String,
    verdict: VerdictTold,
    /// What was signed last, and what came after it.
    checkpoint: String,
    first: First,
    funds: FundTable,
    /// What of the funds is to be paid now.
    due: String,
    filter: Filter,
    types: Vec<(&'static str, &'static str)>,
    /// What can be looked for alone: its name, what it is called, and whether it is.
    only: Vec<(&'static str, String, bool)>,
    rows: Vec<Row>,
    /// The address of the page before; none at the journal's beginning.
    next: String,
    head: u64,
    typed: Typed,
}

/// What was typed of a sample.
struct Typed {
    seed: String,
    size: String,
    by: String,
}

struct VerdictTold {
    title: &'static str,
    what: String,
    root: String,
    bad: bool,
    none: bool,
}

struct Row {
    position: u64,
    word: String,
    key: String,
    recorded_at: String,
    actor: String,
    payload: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/audit", get(read))
        .route("/audit/verify", back_to("/audit").post(verify_now))
        .merge(state::routes())
        .merge(take::routes())
        .merge(trace::routes())
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default, rename = "type")]
    event_type: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    only: String,
    before: Option<u64>,
}

async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Extension(all): Extension<Arc<Verifications>>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&visitor, page(&app, &visitor, &all, asked, None).await)
}

async fn verify_now(
    State(app): State<App>,
    visitor: Visitor,
    Extension(all): Extension<Arc<Verifications>>,
    sent: Sent,
) -> Response {
    let made = async {
        Fields::of(&visitor, sent)?;
        verify(&app, Who::Bearer(&visitor.must()?.identity), &all).await?;
        Ok(go("/audit"))
    };
    answer(&visitor, made.await)
}

/// The page; with what is wrong with the sample that was asked for, where one was.
async fn page(
    app: &App,
    visitor: &Visitor,
    all: &Verifications,
    asked: Asked,
    sample: Option<(String, Typed)>,
) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let trimmed = |text: String| text.trim().to_owned();
    let filter = Filter {
        event_type: trimmed(asked.event_type),
        actor: trimmed(asked.actor),
        about: trimmed(asked.about),
        from: trimmed(asked.from),
        to: trimmed(asked.to),
        only: Only::named(asked.only.trim()),
    };
    let Found { entries, next, head } = events(app, who, &filter, asked.before, ROWS).await?;
    let (bad, typed) = sample.unwrap_or_else(|| {
        (String::new(), Typed { seed: head.to_string(), size: SAMPLE_USUAL.to_string(), by: String::new() })
    });
    let last = all.last().await;
    let funds = FundTable::of(&funds(app, who).await?);
    let only = Only::all().map(|only| (only.as_str(), only_word(w, only), filter.only == Some(only)));
    let page = Page {
        f: visitor.frame(w.audit),
        bad,
        checkpoint: match last_checkpoint(app, who).await? {
            Some(signed) => {
                let told = w.overview.signed(signed.size, &minute(&signed.at));
                format!("{told} · {}", w.findings.unsigned(signed.since))
            }
            None => w.overview.no_checkpoint.to_owned(),
        },
        first: First::of(app, w, who, last.as_ref()).await?,
        due: if funds.rows.is_empty() { String::new() } else { w.findings.due_of(&funds.total.due) },
        funds,
        only: only.collect(),
        verdict: verdict(w, last),
        types: Event::all_types().map(|of| (of, w.event(of))).collect(),
        rows: entries.iter().map(|entry| row(w, entry)).collect(),
        next: next.map(|next| address(&filter, next)).unwrap_or_default(),
        filter,
        head,
        typed,
    };
    show(&page)
}

/// The address of the events before a position, under the same filter.
fn address(filter: &Filter, before: u64) -> String {
    let Filter { event_type, actor, about, from, to, only } = filter;
    let only = only.map(Only::as_str).unwrap_or_default();
    let pairs =
        [("type", event_type.as_str()), ("about", about), ("actor", actor), ("from", from), ("to", to), ("only", only)];
    let mut address = format!("/audit?before={before}");
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        address.push_str(&format!("&{name}={}", in_address(value)));
    }
    address
}

fn row(w: &Words, entry: &Entry) -> Row {
    Row {
        position: entry.position,
        word: w.event(&entry.event_type).to_owned(),
        key: entry.command.key.to_string(),
        recorded_at: minute(&entry.command.recorded_at.to_string()),
        actor: entry.command.actor.to_string(),
        payload: String::from_utf8_lossy(&entry.payload).into_owned(),
    }
}

fn verdict(w: &Words, last: Option<Verified>) -> VerdictTold {
    let told = |title, what: String, root: String, bad| VerdictTold { title, what, root, bad, none: false };
    let Some(Verified { verdict, at, took_ms, findings: _ }) = last else {
        return VerdictTold {
            title: w.not_verified_yet,
            what: w.not_verified_hint.to_owned(),
            root: String::new(),
            bad: false,
            none: true,
        };
    };
    let at = minute(&at);
    match verdict {
        Verdict::Valid { size, root } => told(w.valid, w.verified_of(size, &at, took_ms), root.to_string(), false),
        Verdict::Invalid(finding) => {
            let what = format!("{} · {} #{}：{}", at, w.first_bad, finding.position, finding.what);
            told(w.invalid, what, String::new(), true)
        }
        Verdict::Unreadable(what) => told(w.unreadable_journal, format!("{at} · {what}"), String::new(), true),
        Verdict::Empty => told(w.empty_journal, at, String::new(), false),
    }
}
