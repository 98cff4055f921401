//! `/audit`: for whoever believes nothing: a verification now and its verdict, every event with filters in the address so
//! that a view can be sent to somebody, the state at a position or on a day, where a balance comes from, a sample, the
//! report, and the bundle to take away. No name stands anywhere here.

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
use projections::state;
use serde::Deserialize;

use super::back_to;
use super::figures::{minute, points};
use super::form::{Fields, Sent};
use super::page::{Frame, Trouble, Visitor, answer, go, show};
use super::words::Words;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::audit::{Filter, Found, Verifications, Verified, events, verify};
use crate::service::reading::{may_read, read_date};
use trace::escaped;

/// Events on a page.
const ROWS: usize = 30;
/// Items of a sample, where nobody says how many.
const SAMPLE_USUAL: usize = 20;
/// Accounts that a state lists.
const ACCOUNTS_MAX: usize = 50;

#[derive(Template)]
#[template(path = "audit/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    bad: String,
    verdict: VerdictTold,
    filter: Filter,
    types: Vec<(&'static str, &'static str)>,
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

#[derive(Template)]
#[template(path = "audit/state.html", config = ".askama.toml")]
struct StatePage {
    f: Frame,
    bad: String,
    head: u64,
    position: u64,
    as_of: String,
    told: String,
    earned: String,
    redeemed: String,
    expired: String,
    balance: String,
    workers: usize,
    rows: Vec<Account>,
}

/// An account at the moment, with the way to where its balance comes from.
struct Account {
    worker: String,
    trace: String,
    earned: String,
    redeemed: String,
    expired: String,
    balance: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/audit", get(read))
        .route("/audit/verify", back_to("/audit").post(verify_now))
        .route("/audit/state", get(read_state))
        .merge(take::routes())
        .merge(trace::routes())
        .layer(Extension(Arc::new(Verifications::default())))
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
    };
    let Found { entries, next, head } = events(app, who, &filter, asked.before, ROWS).await?;
    let (bad, typed) = sample.unwrap_or_else(|| {
        (String::new(), Typed { seed: head.to_string(), size: SAMPLE_USUAL.to_string(), by: String::new() })
    });
    let page = Page {
        f: visitor.frame(w.audit),
        bad,
        verdict: verdict(w, all.last().await),
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
    let Filter { event_type, actor, about, from, to } = filter;
    let pairs = [("type", event_type), ("about", about), ("actor", actor), ("from", from), ("to", to)];
    let mut address = format!("/audit?before={before}");
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        address.push_str(&format!("&{name}={}", escaped(value)));
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
    let Some(Verified { verdict, at, took_ms }) = last else {
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

/// The position that was typed, or the head where none was; none where the journal has no such position.
fn position(text: &str, head: u64) -> Option<u64> {
    if text.is_empty() {
        return Some(head);
    }
    text.parse().ok().filter(|at| (1..=head).contains(at))
}

/// Which state is asked for.
#[derive(Debug, Deserialize)]
struct AskedState {
    #[serde(default)]
    at: String,
    #[serde(default)]
    as_of: String,
}

async fn read_state(State(app): State<App>, visitor: Visitor, Query(asked): Query<AskedState>) -> Response {
    answer(&visitor, state_page(&app, &visitor, &asked).await)
}

async fn state_page(app: &App, visitor: &Visitor, asked: &AskedState) -> Result<Response, Trouble> {
    let w = visitor.words();
    may_read(Who::Bearer(&visitor.must()?.identity), Read::Events, Target::District)?;
    let journal = app.ledger.journal();
    let unavailable = |error: ledger_core::journal::JournalError| {
        Trouble::Service(crate::service::ServiceError::Unavailable(error.to_string()))
    };
    let head = journal.head().await.map_err(unavailable)?.position;
    let (at, day) = (asked.at.trim(), asked.as_of.trim());
    let mut bad = Vec::new();
    let until = position(at, head).unwrap_or_else(|| {
        bad.push(w.trace.only_to(head));
        head
    });
    let as_of = read_date(day);
    if as_of.is_none() && !day.is_empty() {
        bad.push(w.trace.no_day.to_owned());
    }
    if !bad.is_empty() {
        bad.push(w.trace.shown_now.to_owned());
    }
    let told = state::read(journal.as_ref(), until, as_of, &mut |_| {}).await.map_err(unavailable)?;
    let figures =
        |of: &state::Figures| (points(of.earned), points(of.redeemed), points(of.expired), points(of.balance));
    let (earned, redeemed, expired, balance) = figures(&told.totals);
    let rows = told.workers.iter().take(ACCOUNTS_MAX).map(|(worker, of)| {
        let (earned, redeemed, expired, balance) = figures(of);
        let day = as_of.map(|day| day.to_string()).unwrap_or_default();
        let trace = format!("/audit/trace?worker={}&at={until}&as_of={day}", escaped(worker));
        Account { worker: worker.clone(), trace, earned, redeemed, expired, balance }
    });
    let page = StatePage {
        f: visitor.frame(w.state_at),
        bad: bad.join(if w.english { " " } else { "" }),
        head,
        position: until,
        as_of: as_of.map(|day| day.to_string()).unwrap_or_default(),
        told: w.state_of(until, told.as_of.map(|day| day.to_string()).as_deref()),
        earned,
        redeemed,
        expired,
        balance,
        workers: told.workers.len(),
        rows: rows.collect(),
    };
    show(&page)
}
