//! `/branch/visits`: the visits within the branch's pairs that wait for a word, and the word in place of a partner who left.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::ids::BranchId;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, commands};
use serde::Deserialize;

use super::branch_of;
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::own::schedule_on;
use crate::service::pairs::{BranchVisit, Partner, waiting_of_branch};
use crate::service::reading::date;
use crate::web::form::{Fields, Sent, read_id};
use crate::web::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use crate::web::trouble;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "branch/visits.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    branch: String,
    branches: Vec<String>,
    /// Those of which the partner left: the branch says it.
    own: Vec<Row>,
    /// Those for whose partner they wait.
    others: Vec<Row>,
    today: String,
}

struct Row {
    id: String,
    pair: String,
    activity: String,
    on: String,
    reporter: String,
    other: String,
    age: String,
    key: String,
}

/// The page's routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/branch/visits", get(read).post(act))
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    branch: String,
}

#[derive(Default)]
struct Told {
    said: String,
    bad: String,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked.branch, Told::default()).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let told = match carry_out(&app, &visitor, &fields).await {
            Ok(said) => Told { said: said.to_owned(), ..Told::default() },
            Err(Trouble::Service(error)) => Told { bad: no(&visitor, &error), ..Told::default() },
            Err(other) => return Err(other),
        };
        page(&app, &visitor, fields.get("branch"), told).await
    };
    answer(&visitor, made.await)
}

/// Why it was refused.
fn no(visitor: &Visitor, error: &ServiceError) -> String {
    let w = visitor.words();
    trouble::said_by(w, visitor.english, error, &[(Code::NotAPartner, w.visits.not_possible)])
}

async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<&'static str, Trouble> {
    let said = match fields.get("do") {
        "stand_in" => visitor.words().visits.confirmed,
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    };
    let branch: BranchId = read_id(fields.get("branch"))?;
    let (pair, visit) = (read_id(fields.get("pair"))?, read_id(fields.get("visit"))?);
    let command = commands::StandInForVisit { pair, visit, branch, on: date("on", fields.get("on"))? };
    give(app, visitor, fields.get("key"), Command::from(command)).await?;
    Ok(said)
}

async fn page(app: &App, visitor: &Visitor, named: &str, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let (branch, branches) = branch_of(visitor, named)?;
    let (who, today) = (Who::Bearer(&visitor.must()?.identity), today(app));
    let waiting = waiting_of_branch(app, who, &branch).await?;
    let schedule = schedule_on(app, who, today).await?;
    let called = |code: &str| {
        let line = schedule.iter().find(|(found, _, _)| found == code);
        line.map_or_else(|| code.to_owned(), |(_, name, _)| name.clone())
    };
    let (own, others): (Vec<BranchVisit>, Vec<BranchVisit>) =
        waiting.into_iter().partition(|visit| visit.other.departed);
    let rows = |visits: Vec<BranchVisit>| visits.into_iter().map(|visit| row(w, visit, &called, today)).collect();
    let page = Page {
        f: visitor.frame(w.visits.title),
        said: told.said,
        bad: told.bad,
        branch,
        branches,
        own: rows(own),
        others: rows(others),
        today: today.to_string(),
    };
    show(&page)
}

fn row(w: &Words, visit: BranchVisit, called: &dyn Fn(&str) -> String, today: NaiveDate) -> Row {
    Row {
        activity: called(visit.terms.activity.as_str()),
        on: visit.terms.on.to_string(),
        age: w.programmes.waits_since((today - visit.terms.on).num_days()),
        reporter: person(visit.reporter),
        other: person(visit.other),
        id: visit.id,
        pair: visit.pair,
        key: new_key("stand-in"),
    }
}

/// The id, with the name where the branch may know it.
fn person(partner: Partner) -> String {
    match partner.name {
        Some(name) => format!("{name} {}", partner.worker),
        None => partner.worker,
    }
}
