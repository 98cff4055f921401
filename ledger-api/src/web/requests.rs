//! `/requests`: service requests (需求清单): what is to be done, who did it, and what it was worth. The desk posts them,
//! passes them on, records the work and the word on it; a worker claims what is open, says when it is done, reports hazards,
//! and rates what was done for one.

mod forms;
mod row;
mod slip;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::schedule::{Activity, Scoring};
use row::{Row, Shown};
pub(super) use row::{word_told, words_of_rating};
use serde::Deserialize;

use super::figures::points;
use super::form::{Fields, Sent};
use super::page::{Frame, Trouble, Visitor, answer, new_key, new_number, show};
use super::words::Words;
use crate::access::Identity;
use crate::access::Role;
use crate::access::policy::{CommandKind, Denied, Who, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::own::roles_on;
use crate::service::requests::{Board, Standing, Wanted, board, kinds_on};

#[derive(Template)]
#[template(path = "requests/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    /// Of the desk; none for a worker.
    board: Option<Vec<Row>>,
    state: String,
    states: Vec<(&'static str, &'static str)>,
    posts: bool,
    /// Of a worker; none for the desk alone.
    claimable: Option<Vec<Row>>,
    /// What the worker claimed and has still to do.
    mine: Vec<Row>,
    own: Vec<Row>,
    more: bool,
    kinds: Vec<(String, String)>,
    hazards: Vec<(String, String)>,
    key: String,
    number: String,
    today: String,
    typed: forms::Typed,
}

/// Which of them are shown.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
    /// This one alone, however it stands.
    #[serde(default)]
    request: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/requests", get(read).post(act)).route("/requests/slip", get(slip::read))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked, Told::default()).await)
}

/// What a page says of what was just asked.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    typed: forms::Typed,
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let told = match forms::carry_out(&app, &visitor, &fields).await {
            Ok(said) => Told { said, ..Told::default() },
            Err(Trouble::Service(error)) => {
                let mut typed = forms::Typed::of(&fields);
                if matches!(error, ServiceError::Unknown) {
                    fields.get("key").clone_into(&mut typed.key);
                }
                Told { bad: forms::no(&app, &visitor, &fields, &error).await?, typed, ..Told::default() }
            }
            Err(other) => return Err(other),
        };
        let asked = Asked { state: fields.get("state").to_owned(), ..Asked::default() };
        page(&app, &visitor, &asked, told).await
    };
    answer(&visitor, made.await)
}

/// What somebody does here.
struct Doing<'a> {
    identity: &'a Identity,
    /// Sees the board of the own site.
    desk: bool,
    posts: bool,
    handles: bool,
    /// Passes requests on, and takes them back.
    routes: bool,
    worker: Option<&'a str>,
}

impl<'a> Doing<'a> {
    fn of(identity: &'a Identity) -> Result<Doing<'a>, Denied> {
        let operator = identity.acts_as(Role::Operator);
        let desk = operator || identity.acts_as(Role::Approver);
        let worker = identity.own_account();
        if !desk && worker.is_none() {
            return Err(Denied);
        }
        let may = |kind| operator && may_ever(Who::Bearer(identity), kind);
        Ok(Doing {
            identity,
            desk,
            posts: may(CommandKind::PostRequest),
            handles: may(CommandKind::RecordHandling),
            routes: may(CommandKind::RouteRequest),
            worker,
        })
    }

    const fn who(&self) -> Who<'a> {
        Who::Bearer(self.identity)
    }
}

async fn page(app: &App, visitor: &Visitor, asked: &Asked, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let doing = Doing::of(&visitor.must()?.identity)?;
    let (who, today) = (doing.who(), today(app));
    let wanted = match asked.state.as_str() {
        _ if !asked.request.is_empty() => Wanted::Named(&asked.request),
        "all" => Wanted::All,
        state => state.parse::<Standing>().map_or(Wanted::ToDo, Wanted::Standing),
    };
    let shown = Shown { w, doing: &doing, today, typed: &told.typed, roles: roles(app, &doing, today).await? };
    let mut more = false;
    let mut rows = |found: Board, place: &str| -> Vec<Row> {
        more |= found.more;
        (0_usize..).zip(found.rows).map(|(at, listed)| shown.row(&format!("{place}{at}"), &listed)).collect()
    };
    let desk = if doing.desk { Some(rows(board(app, who, wanted).await?, "b")) } else { None };
    let (claimable, (mine, own)) = match doing.worker {
        Some(worker) => {
            let claimable = rows(board(app, who, Wanted::ClaimableBy(worker)).await?, "c");
            let own = rows(board(app, who, Wanted::Of(worker)).await?, "o");
            // What one has still to do stands above what was reported or is done.
            (Some(claimable), own.into_iter().partition(Row::is_to_do))
        }
        None => (None, (Vec::new(), Vec::new())),
    };
    let kinds = kinds_on(app, who, today).await?;
    let named = |scoring: Option<Scoring>| -> Vec<(String, String)> {
        let wanted = kinds.iter().filter(|line| scoring.is_none() || line.terms.scoring == scoring);
        wanted.map(|line| (line.code.to_string(), kind_told(w, line))).collect()
    };
    let mut typed = told.typed;
    typed.begin(today);
    let page = Page {
        f: visitor.frame(w.requests_page),
        said: told.said,
        bad: told.bad,
        board: desk,
        state: match wanted {
            Wanted::ToDo | Wanted::ClaimableBy(_) | Wanted::Of(_) => "todo".to_owned(),
            // Of all of them one: none of the choices.
            Wanted::Named(_) => String::new(),
            Wanted::All => "all".to_owned(),
            Wanted::Standing(standing) => standing.word().to_owned(),
        },
        states: vec![
            ("todo", w.requests.todo),
            ("open", w.requests.open),
            ("underway", w.requests.underway),
            ("done", w.requests.to_rate),
            ("rated", w.requests.rated),
            ("merged", w.requests.merged),
            ("withdrawn", w.requests.withdrawn),
            ("all", w.requests.all),
        ],
        posts: doing.posts,
        claimable,
        mine,
        own,
        more,
        kinds: named(None),
        hazards: named(Some(Scoring::Feedback)),
        key: new_key("request"),
        number: if typed.request.is_empty() { typed.key_or(new_number("XQ")) } else { new_number("XQ") },
        today: today.to_string(),
        typed,
    };
    show(&page)
}

/// What a worker is appointed as today.
async fn roles(app: &App, doing: &Doing<'_>, today: NaiveDate) -> Result<Vec<String>, Trouble> {
    match doing.worker {
        Some(worker) => Ok(roles_on(app, doing.who(), worker, today).await?),
        None => Ok(Vec::new()),
    }
}

fn kind_told(w: &Words, line: &Activity) -> String {
    format!("{}（{}）", line.name, w.requests.worth(&points(line.points_per_unit), &line.unit))
}
