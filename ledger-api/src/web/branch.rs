//! `/branch`: the mutual-aid points cards of a Party branch for a year: a chart, the table for the meeting, the evidence of
//! each card, and the workbook. No order but the card numbers', no grade; the column for the branch's opinion is blank.

mod visits;

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::Datelike;
use ledger_core::domain::ids::BranchId;
use ledger_core::domain::points::Points;
use projections::card_line::Said;
use projections::queries::appraisal::{Appraisal, CardYear};
use serde::Deserialize;

use super::download::file;
use super::figures::points;
use super::form::{Fields, Sent, read_id};
use super::page::{Frame, Trouble, Visitor, answer, new_key, show};
use super::requests::word_told;
use super::trouble::sentence;
use super::words::Words;
use crate::access::Role;
use crate::access::policy::{CommandKind, Denied, Read, Target, Who, allow};
use crate::app::App;
use crate::appraisal_sheet::paper::{Names, Paper, readable, recorded_on};
use crate::appraisal_sheet::{Format, render};
use crate::service::ServiceError;
use crate::service::appraisals::seal;
use crate::service::desk::today;
use crate::service::names::on_paper;
use crate::service::pairs::count_waiting;
use crate::service::reading::may_read;

/// Years that can be asked for, the present one among them.
const YEARS: i32 = 5;
/// The longest bar, in the chart's own units.
const BAR: i64 = 420;
/// Where bars begin.
const BAR_X: i64 = 130;
/// From one bar to the next.
const BAR_STEP: i64 = 30;
/// Colours that the style sheet has for categories.
const COLOURS: usize = 8;

#[derive(Template)]
#[template(path = "branch/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    branch: String,
    branches: Vec<String>,
    /// The way to the visits that wait, with how many do.
    visits: String,
    year: i32,
    years: Vec<i32>,
    position: u64,
    cards: Vec<Card>,
    /// The records on them under an objection that is open.
    disputed: Vec<Disputed>,
    /// Some of them are of members on probation, who stand apart.
    has_probationary: bool,
    legend: Vec<(usize, String)>,
    bars: Vec<Bar>,
    chart_height: i64,
    said: String,
    bad: String,
    /// That the year is closed.
    seal: Option<Sealed>,
    /// It can be closed now, with this key.
    key: Option<String>,
    /// The form was sent and asks once more.
    asks_again: bool,
}

struct Sealed {
    on: String,
    position: u64,
    digest: String,
    addendum: Vec<Added>,
}

/// A correction after the seal.
struct Added {
    card_no: String,
    what: String,
    points: String,
    counts: bool,
}

struct Card {
    card_no: String,
    name: String,
    points: Vec<String>,
    total: String,
    services: u64,
    disputed: bool,
    probationary: bool,
    /// Some line comes from a request or a pair.
    numbered: bool,
    lines: Vec<Line>,
}

struct Line {
    on: String,
    activity: String,
    category: String,
    quantity: String,
    points: String,
    credit: String,
    /// The request or pair it comes from, with what was said of it; blank where it comes from none.
    number: String,
    verdict: &'static str,
    witness: String,
    evidence: String,
    disputed: bool,
}

/// A record somebody objects to.
struct Disputed {
    card_no: String,
    name: String,
    activity: String,
    on: String,
    credit: String,
    since: String,
    state: &'static str,
}

struct Bar {
    label: String,
    y: i64,
    text_y: i64,
    parts: Vec<Part>,
    end: i64,
    total: String,
}

struct Part {
    colour: usize,
    x: i64,
    width: i64,
    title: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/branch", get(read).post(close)).route("/branch/export", get(export)).merge(visits::routes())
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    branch: String,
    year: Option<i32>,
    at: Option<u64>,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked, Told::default()).await)
}

/// What became of closing a year.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    asks_again: bool,
}

async fn close(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let done = async {
        let fields = Fields::of(&visitor, sent)?;
        let year = fields.get("year").parse().ok();
        let mut asked = Asked { branch: fields.get("branch").to_owned(), year, at: None };
        let told = match sealed(&app, &visitor, &fields, &asked).await {
            Ok(None) => Told { said: visitor.words().decisions.sealed.to_owned(), ..Told::default() },
            Ok(Some(bad)) => {
                // The same figures are looked at once more.
                asked.at = fields.get("at").parse().ok();
                Told { bad, asks_again: true, ..Told::default() }
            }
            Err(trouble @ Trouble::Service(_)) => {
                Told { bad: sentence(visitor.words(), visitor.english, &trouble), ..Told::default() }
            }
            Err(other) => return Err(other),
        };
        page(&app, &visitor, &asked, told).await
    };
    answer(&visitor, done.await)
}

/// Seals a year; the words with which it asks once more where the year still runs.
async fn sealed(app: &App, visitor: &Visitor, fields: &Fields, asked: &Asked) -> Result<Option<String>, Trouble> {
    let who = Who::Bearer(&visitor.must()?.identity);
    let branch: BranchId = read_id(&asked.branch)?;
    // What the meeting saw is what is sealed, whatever came since the page was shown.
    let position: Option<u64> = fields.get("at").parse().ok();
    let (Some(year), Some(position), "1") = (asked.year, position, fields.get("sure")) else {
        return Err(ServiceError::unreadable("sure: say that the meeting appraised these figures").into());
    };
    if year == today(app).year() && fields.get("early").parse() != Ok(year) {
        allow(who, CommandKind::SealAppraisal, Target::Branch(branch.as_str()))?;
        return Ok(Some(visitor.words().decisions.still_runs(year)));
    }
    seal(app, who, visitor.context(app, fields.get("key"))?, branch, year, Some(position)).await?;
    Ok(None)
}

/// The branch that is asked for: the one named, else the first of one's own.
fn branch_of(visitor: &Visitor, named: &str) -> Result<(String, Vec<String>), Trouble> {
    let identity = &visitor.must()?.identity;
    let own: Vec<String> = identity.scopes_of(Role::Branch).into_iter().map(str::to_owned).collect();
    let branch = match named.trim() {
        "" => own.first().cloned().ok_or(Denied)?,
        named => named.to_owned(),
    };
    Ok((branch, own))
}

async fn appraisal(app: &App, visitor: &Visitor, branch: &str, asked: &Asked) -> Result<(Appraisal, Names), Trouble> {
    let who = Who::Bearer(&visitor.must()?.identity);
    let reading = may_read(who, Read::Appraisal, Target::Branch(branch))?;
    reading.at_least(app, asked.at).await?;
    let year = asked.year.unwrap_or_else(|| today(app).year());
    let appraisal = app.views.appraisal(year, Some(branch), asked.at).await?;
    reading.note_cards(app, year, appraisal.cards.iter().map(|card| card.worker.as_str()));
    let names = on_paper(app, who, Target::Branch(branch), &appraisal).await;
    Ok((appraisal, names))
}

async fn page(app: &App, visitor: &Visitor, asked: &Asked, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let (branch, branches) = branch_of(visitor, &asked.branch)?;
    let (appraisal, names) = appraisal(app, visitor, &branch, asked).await?;
    let programme = app.views.programme_at(appraisal.position).await?;
    let this_year = today(app).year();
    let categories: BTreeSet<&String> = appraisal.cards.iter().flat_map(|card| card.categories.keys()).collect();
    let categories: Vec<&String> = categories.into_iter().collect();
    let called = |schedule: u32, code: &str| {
        programme.activities.get(&(schedule, code.to_owned())).cloned().unwrap_or_else(|| code.to_owned())
    };
    let cards = appraisal.cards.iter().map(|card| Card {
        card_no: card.card_no.clone(),
        name: names.worker(&card.worker).to_owned(),
        points: categories
            .iter()
            .map(|one| card.categories.get(*one).map_or_else(|| "–".to_owned(), |of| points(*of)))
            .collect(),
        total: points(card.total),
        services: card.services,
        disputed: !card.disputed.is_empty(),
        probationary: card.probationary,
        numbered: card.lines.iter().any(|(line, _)| line.number.is_some()),
        lines: card
            .lines
            .iter()
            .map(|(line, _)| Line {
                on: line.on.to_string(),
                activity: called(line.schedule, &line.activity),
                category: line.category.clone(),
                quantity: line.quantity.clone(),
                points: points(line.points),
                credit: line.credit.clone(),
                number: line.number.clone().unwrap_or_default(),
                verdict: line.said.map_or("", |said| said_told(w, said)),
                witness: names.witness(line.witness.as_deref()).to_owned(),
                evidence: line.evidence.clone().unwrap_or_default(),
                disputed: card.disputed.contains(&line.credit),
            })
            .collect(),
    });
    let disputed = disputed(w, &appraisal, &names, &called);
    let bars = bars(&appraisal.cards, &categories);
    let closed = appraisal.seal.as_ref().map(|seal| Sealed {
        on: seal.on.to_string(),
        position: seal.position,
        digest: seal.digest.clone(),
        addendum: seal
            .addendum
            .iter()
            .map(|added| Added {
                card_no: added.card_no.clone(),
                what: format!("{} {}", added.line.on, called(added.line.schedule, &added.line.activity)),
                points: points(added.line.points),
                counts: added.counts,
            })
            .collect(),
    });
    let who = Who::Bearer(&visitor.must()?.identity);
    let closable = closed.is_none()
        && !appraisal.cards.is_empty()
        && allow(who, CommandKind::SealAppraisal, Target::Branch(&branch)).is_ok();
    let waiting = count_waiting(app, who, &branch).await?;
    let page = Page {
        visits: w.visits.waiting(waiting),
        said: told.said,
        bad: told.bad,
        seal: closed,
        key: closable.then(|| new_key("seal")),
        asks_again: told.asks_again,
        f: visitor.frame(w.branch),
        branch,
        branches,
        year: appraisal.year,
        years: (this_year - YEARS + 1..=this_year).rev().collect(),
        position: appraisal.position,
        disputed,
        has_probationary: appraisal.cards.iter().any(|card| card.probationary),
        cards: cards.collect(),
        legend: categories.iter().enumerate().map(|(at, one)| (at % COLOURS, (*one).clone())).collect(),
        chart_height: BAR_STEP * i64::try_from(bars.len()).unwrap_or(0) + 4,
        bars,
    };
    show(&page)
}

/// What was said of what a line came of.
fn said_told(w: &Words, said: Said) -> &'static str {
    match said {
        Said::Rated(word) => word_told(w, word),
        Said::Confirmed => w.decisions.visit_confirmed,
    }
}

/// The records under an open objection, by card, first those of the earliest service.
fn disputed(w: &Words, appraisal: &Appraisal, names: &Names, called: &dyn Fn(u32, &str) -> String) -> Vec<Disputed> {
    let lines = appraisal.cards.iter().flat_map(|card| card.lines.iter().map(move |(line, _)| (card, line)));
    let told = lines.filter_map(|(card, line)| {
        let objection = line.objection_at(appraisal.cards_at())?;
        Some(Disputed {
            card_no: card.card_no.clone(),
            name: names.worker(&card.worker).to_owned(),
            activity: called(line.schedule, &line.activity),
            on: line.on.to_string(),
            credit: line.credit.clone(),
            since: w.decisions.objected_since(objection.on),
            state: if objection.appealed { w.appealed } else { w.decisions.waits_for_decision },
        })
    });
    told.collect()
}

/// A bar a card, in the order of the cards; as long as its points against the longest.
fn bars(cards: &[CardYear], categories: &[&String]) -> Vec<Bar> {
    let longest = cards.iter().map(|card| card.total.hundredths()).max().unwrap_or(0).max(1);
    let scaled = |of: Points| of.hundredths().max(0).saturating_mul(BAR) / longest;
    let made = cards.iter().enumerate().map(|(at, card)| {
        let y = BAR_STEP * i64::try_from(at).unwrap_or(0) + 4;
        let mut x = BAR_X;
        let mut parts = Vec::new();
        for (colour, category) in categories.iter().enumerate() {
            let Some(of) = card.categories.get(*category) else { continue };
            let width = scaled(*of);
            parts.push(Part { colour: colour % COLOURS, x, width, title: format!("{category} {}", points(*of)) });
            x += width;
        }
        Bar { label: card.card_no.clone(), y, text_y: y + 15, parts, end: x + 6, total: points(card.total) }
    });
    made.collect()
}

async fn export(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, workbook(&app, &visitor, &asked).await)
}

async fn workbook(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Response, Trouble> {
    let (branch, _) = branch_of(visitor, &asked.branch)?;
    let (appraisal, names) = appraisal(app, visitor, &branch, asked).await?;
    let (position, year) = (appraisal.position, appraisal.year);
    let journal = app.ledger.journal();
    let fault = |what: &dyn std::fmt::Display| Trouble::Fault(what.to_string());
    let paper = Paper {
        programme: app.views.programme_at(position).await?,
        day: recorded_on(journal.as_ref(), position).await.map_err(|error| fault(&error))?,
        root: Some(readable(&app.audit.tiles().root(position).await.map_err(|error| fault(&error))?)),
        names,
    };
    let written = tokio::task::spawn_blocking(move || render(&appraisal, &paper, Format::Xlsx));
    let bytes = written.await.map_err(|error| fault(&error))?.map_err(|error| fault(&error))?;
    file(Format::Xlsx.content_type(), &format!("appraisal-{year}-{position}.xlsx"), bytes)
}
