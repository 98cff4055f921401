//! `/selections`: selections (评选) with their formulas, and one of them: the short list as it hangs on the wall, a candidate's
//! own figures to count again, and for those who run it the next step. The decision column is blank.

mod announce;
mod shown;
mod steps;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::selection::command::Measure;
use serde::Deserialize;

use super::address::in_address;
use super::form::{Fields, Sent};
use super::page::{Frame, Trouble, Visitor, answer, go, new_key, new_number, show};
use super::trouble;
use crate::access::policy::{CommandKind, Read, Target, Who, allow};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::reading::may_read;
use crate::service::selections::{activity_names, one};
use announce::{INDICATORS, Typed};
use shown::{Calc, Earlier, IndicatorLine, Objected, SealLine, ShownList};

/// Selections on one page of the list.
const LISTED: usize = 50;

#[derive(Template)]
#[template(path = "selections/list.html", config = ".askama.toml")]
struct ListPage {
    f: Frame,
    bad: String,
    rows: Vec<Row>,
    next: Option<String>,
    announces: bool,
    typed: Typed,
    lines: Vec<usize>,
    measures: Vec<(&'static str, &'static str)>,
    key: String,
}

struct Row {
    id: String,
    name: String,
    state: &'static str,
    colour: &'static str,
    candidates: u64,
    places: u32,
    until: String,
}

#[derive(Template)]
#[template(path = "selections/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    id: String,
    name: String,
    state: &'static str,
    colour: &'static str,
    facts: Vec<(&'static str, String)>,
    indicators: Vec<IndicatorLine>,
    formula: String,
    list: Option<ShownList>,
    /// What the formula takes of whoever looks, where that is a candidate.
    own: Option<Calc>,
    /// Of all candidates, for those who decide and auditors.
    everybody: Vec<Calc>,
    earlier: Vec<Earlier>,
    seal: Option<SealLine>,
    /// The digest of the minutes, and where it stands.
    result: Option<(String, u64)>,
    /// The own word as a candidate, for whoever is a worker.
    word: Option<steps::OwnWord>,
    steps: steps::Steps,
    drawn: bool,
    objections: Vec<Objected>,
    /// Who can be named in an objection without being looked up: those on the list.
    named: Vec<String>,
    typed: Typed,
    today: String,
    keys: Keys,
}

/// A key for each form.
struct Keys {
    word: String,
    step: String,
    objection: String,
    revision: String,
    paper: String,
}

impl Keys {
    fn new() -> Keys {
        let key = || new_key("selection");
        Keys { word: key(), step: key(), objection: key(), revision: key(), paper: key() }
    }
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/selections", get(read_list).post(announce_one))
        .route("/selections/{id}", get(read_one).post(act))
}

#[derive(Debug, Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

async fn read_list(State(app): State<App>, visitor: Visitor, Query(asked): Query<After>) -> Response {
    answer(&visitor, list_page(&app, &visitor, &asked.after, Typed::default(), String::new()).await)
}

async fn announce_one(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        match announce::announce(&app, &visitor, &fields).await {
            // Where it is read by everybody from now on.
            Ok(selection) => Ok(go(&format!("/selections/{}", in_address(&selection)))),
            Err(Trouble::Service(error)) => {
                let w = visitor.words();
                let taken = w.refusals.taken(fields.get("id"));
                let mut own = vec![(Code::DuplicateConflict, taken.as_str())];
                if announce::is_over(&app, &fields) {
                    own.push((Code::InvalidDate, w.refusals.agreed_before_today));
                }
                let bad = trouble::said_by(w, visitor.english, &error, &own);
                list_page(&app, &visitor, "", Typed::of(&fields), bad).await
            }
            Err(other) => Err(other),
        }
    };
    answer(&visitor, made.await)
}

async fn list_page(
    app: &App,
    visitor: &Visitor,
    after: &str,
    mut typed: Typed,
    bad: String,
) -> Result<Response, Trouble> {
    let (w, today) = (visitor.words(), today(app));
    let who = Who::Bearer(&visitor.must()?.identity);
    may_read(who, Read::Selection, Target::District)?.at_least(app, None).await?;
    let page = app.views.selections(after, LISTED).await?;
    let rows = page.rows.into_iter().filter_map(|(id, row)| {
        let (terms, stage) = (row.terms?, row.stage?);
        let public = row.public_until.is_some_and(|until| today <= until);
        let (state, colour) = w.selections.stage(stage, public);
        let until = match (row.public_until, terms.consent_until) {
            (Some(until), _) => format!("{} {until}", w.selections.public_until),
            (None, Some(until)) => format!("{} {until}", w.selections.consent_until),
            (None, None) => format!("{} {}", w.selections.cut_off, terms.cut_off),
        };
        Some(Row { id, name: terms.name, state, colour, candidates: row.candidates, places: terms.places, until })
    });
    if typed.is_blank() {
        typed = Typed::fresh(new_number("PX"), today);
    }
    let measures = [
        ("service_days", Measure::ServiceDays),
        ("quantity", Measure::Quantity),
        ("services", Measure::Services),
        ("credited_points", Measure::CreditedPoints),
    ];
    show(&ListPage {
        f: visitor.frame(w.selections.title),
        bad,
        rows: rows.collect(),
        next: page.next,
        announces: allow(who, CommandKind::AnnounceSelection, Target::District).is_ok(),
        typed,
        lines: (1..=INDICATORS).collect(),
        measures: measures.map(|(code, measure)| (code, w.selections.measure(measure))).to_vec(),
        key: new_key("selection"),
    })
}

/// What is said of what was just asked.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    typed: Typed,
}

async fn read_one(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Response {
    answer(&visitor, page(&app, &visitor, &id, Told::default()).await)
}

async fn act(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let told = match steps::take(&app, &visitor, &id, &fields).await {
            Ok(said) => Told { said: said.to_owned(), ..Told::default() },
            Err(Trouble::Service(error)) => Told {
                bad: trouble::said(visitor.words(), visitor.english, &error),
                typed: Typed::of(&fields),
                ..Told::default()
            },
            Err(other) => return Err(other),
        };
        page(&app, &visitor, &id, told).await
    };
    answer(&visitor, made.await)
}

async fn page(app: &App, visitor: &Visitor, id: &str, told: Told) -> Result<Response, Trouble> {
    let (w, today) = (visitor.words(), today(app));
    let identity = &visitor.must()?.identity;
    let who = Who::Bearer(identity);
    let reading = may_read(who, Read::Selection, Target::District)?;
    let (record, _) = match one(app, &reading, id, None).await {
        Ok(found) => found,
        Err(ServiceError::Refused(refusal)) if refusal.code == Code::NotFound => return Err(Trouble::NotFound),
        Err(error) => return Err(error.into()),
    };
    let Some(terms) = record.state.terms() else { return Err(Trouble::NotFound) };
    let own_worker = identity.own_account();
    let public = record.state.list().is_some_and(|list| today <= list.public_until);
    let (state, colour) = w.selections.stage(record.state.stage(), public);
    let called = activity_names(app, who).await?;
    let list = shown::list(app, who, &record, own_worker).await;
    let objections = shown::objections(app, identity, w, &record).await;
    let page = Page {
        f: visitor.frame(w.selections.title),
        said: told.said,
        bad: told.bad,
        id: id.to_owned(),
        name: terms.name.clone(),
        state,
        colour,
        facts: shown::facts(w, terms, &record),
        indicators: shown::indicators(w, terms, &called),
        formula: shown::formula(w, terms),
        own: own_worker.and_then(|worker| shown::calc(w, &record, worker)),
        everybody: if allow(who, Read::Candidacy, Target::District).is_ok() {
            record.state.candidates().keys().filter_map(|worker| shown::calc(w, &record, worker.as_str())).collect()
        } else {
            Vec::new()
        },
        earlier: shown::earlier(w, &record),
        seal: shown::seal(&record),
        result: record.state.minutes().zip(record.recorded).map(|(minutes, at)| (minutes.to_owned(), at)),
        word: own_worker.map(|worker| steps::own_word(w, &record, worker, today)),
        steps: steps::Steps::of(w, who, &record, today),
        drawn: record.state.list().is_some(),
        named: list.iter().flat_map(|list| &list.lines).map(|line| line.worker.clone()).collect(),
        list,
        objections,
        typed: told.typed,
        today: today.to_string(),
        keys: Keys::new(),
    };
    show(&page)
}
