//! `/requests`: service requests (需求清单): what is to be done, who did it, and what it was worth. The desk posts them,
//! records the work and the word on it; a worker claims what is open, reports hazards, and rates what was done for one.

mod forms;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::request::command::Word;
use ledger_core::domain::request::state::Handling;
use ledger_core::domain::schedule::{Activity, Scoring};
use serde::Deserialize;

use super::figures::points;
use super::form::{Fields, Sent};
use super::page::{Frame, Trouble, Visitor, answer, new_key, new_number, show};
use super::trouble;
use super::words::Words;
use crate::access::Identity;
use crate::access::Role;
use crate::access::policy::{CommandKind, Denied, Who, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::own::roles_on;
use crate::service::requests::{Board, Listed, Standing, Wanted, board, is_overdue, kinds_on, told};

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
    own: Vec<Row>,
    more: bool,
    kinds: Vec<(String, String)>,
    hazards: Vec<(String, String)>,
    key: String,
    number: String,
    today: String,
    typed: forms::Typed,
}

/// A request as the page shows it.
struct Row {
    /// Makes the names of its fields its own.
    at: String,
    id: String,
    name: String,
    worth: String,
    age: String,
    on: String,
    /// By when it is to be done and how long that is; blank where nobody said so.
    due: String,
    /// Nothing was done about it by then.
    late: bool,
    state: &'static str,
    colour: &'static str,
    /// Who reported it, as far as the reader is told; where it is routed; what it repeats.
    facts: Vec<String>,
    works: Vec<Work>,
    /// Whether work can be recorded from here, by whoever names a claimer or by the claimer.
    handles: bool,
    names_claimer: bool,
    feeds_back: bool,
    /// The form was sent and refused: it is open, with what was typed.
    open: bool,
    typed: forms::Typed,
    key: String,
    today: String,
}

/// Work on a request.
struct Work {
    handling: String,
    told: String,
    word: String,
    colour: &'static str,
    rates: bool,
    words: Vec<(&'static str, &'static str)>,
    key: String,
}

/// Which of them are shown.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/requests", get(read).post(act))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked.state, Told::default()).await)
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
                Told { bad: trouble::said(visitor.words(), visitor.english, &error), typed, ..Told::default() }
            }
            Err(other) => return Err(other),
        };
        page(&app, &visitor, fields.get("state"), told).await
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
            worker,
        })
    }

    const fn who(&self) -> Who<'a> {
        Who::Bearer(self.identity)
    }
}

async fn page(app: &App, visitor: &Visitor, state: &str, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let doing = Doing::of(&visitor.must()?.identity)?;
    let (who, today) = (doing.who(), today(app));
    let wanted = match state {
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
    let (claimable, own) = match doing.worker {
        Some(worker) => (
            Some(rows(board(app, who, Wanted::ClaimableBy(worker)).await?, "c")),
            rows(board(app, who, Wanted::Of(worker)).await?, "o"),
        ),
        None => (None, Vec::new()),
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
            Wanted::All => "all".to_owned(),
            Wanted::Standing(standing) => standing.word().to_owned(),
        },
        states: vec![
            ("todo", w.requests.todo),
            ("open", w.requests.open),
            ("done", w.requests.to_rate),
            ("rated", w.requests.rated),
            ("merged", w.requests.merged),
            ("all", w.requests.all),
        ],
        posts: doing.posts,
        claimable,
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

/// Where a request stands, and its colour. Work on some of it may be over while others may still claim it.
fn state_of(w: &Words, listed: &Listed) -> (&'static str, &'static str) {
    let w = w.requests;
    match (listed.standing, listed.scoring()) {
        (Standing::Open, Scoring::Feedback) => (w.to_feed_back, "wait"),
        (Standing::Open, Scoring::Rating) => (w.open, "wait"),
        (Standing::Done, _) => (w.to_rate, "info"),
        (Standing::Rated, _) if listed.claims_left() > 0 => (w.underway, "info"),
        (Standing::Rated, _) => (w.rated, "ok"),
        (Standing::Merged, _) => (w.merged, ""),
    }
}

/// What rows are shown with.
struct Shown<'a> {
    w: &'static Words,
    doing: &'a Doing<'a>,
    today: NaiveDate,
    typed: &'a forms::Typed,
    roles: Vec<String>,
}

impl Shown<'_> {
    fn row(&self, at: &str, listed: &Listed) -> Row {
        let (w, doing) = (self.w, self.doing);
        let (state, colour) = state_of(w, listed);
        let line = listed.activity.as_ref();
        let feedback = listed.scoring() == Scoring::Feedback;
        let reporter = listed.request.posting().and_then(|posting| posting.reporter.as_ref());
        let reported_here = doing.worker.is_some() && reporter.map(|id| id.as_str()) == doing.worker;
        let claims = self.is_claimable(listed);
        let works = listed.request.handlings().map(|(id, work)| self.work(feedback, reported_here, id.as_str(), work));
        let open = self.typed.request == listed.id;
        let mut typed = if open { self.typed.clone() } else { forms::Typed::default() };
        typed.begin(self.today);
        Row {
            id: listed.id.clone(),
            name: line.map_or_else(
                || listed.request.posting().map(|posting| posting.activity.to_string()).unwrap_or_default(),
                |line| line.name.clone(),
            ),
            worth: line.map(|line| w.requests.worth(&points(line.points_per_unit), &line.unit)).unwrap_or_default(),
            age: w.requests.age((self.today - listed.on()).num_days()),
            on: listed.on().to_string(),
            due: listed.due().map(|due| self.due(listed, due)).unwrap_or_default(),
            late: is_overdue(&listed.request, self.today),
            state,
            colour,
            facts: self.facts(listed, reported_here),
            works: works.collect(),
            handles: listed.claims_left() > 0 && (doing.handles || claims),
            names_claimer: doing.handles,
            feeds_back: feedback,
            key: typed.key_or(new_key("handling")),
            open,
            typed,
            today: self.today.to_string(),
            at: at.to_owned(),
        }
    }

    /// By when it is to be done; of what nothing was done about yet, how long that is.
    fn due(&self, listed: &Listed, due: NaiveDate) -> String {
        let w = self.w.requests;
        if listed.standing == Standing::Open { w.due((due - self.today).num_days(), due) } else { w.due_on(due) }
    }

    /// Whether whoever looks may claim it as a worker.
    fn is_claimable(&self, listed: &Listed) -> bool {
        let Some(worker) = self.doing.worker else { return false };
        listed.scoring() == Scoring::Rating && !listed.is_of(worker) && self.missing_roles(listed).is_none()
    }

    /// The roles of which whoever looks would need one to claim it.
    fn missing_roles(&self, listed: &Listed) -> Option<String> {
        let asked = listed.activity.as_ref().map(|line| line.terms.roles.as_slice()).unwrap_or_default();
        let has = asked.is_empty() || asked.iter().any(|role| self.roles.contains(role));
        if has { None } else { Some(asked.join("、")) }
    }

    fn facts(&self, listed: &Listed, reported_here: bool) -> Vec<String> {
        let w = self.w.requests;
        let Some(posting) = listed.request.posting() else { return Vec::new() };
        let mut facts = Vec::new();
        if reported_here {
            facts.push(w.yours.to_owned());
        } else if let Some(reporter) = told(self.doing.who(), posting.reporter.as_ref().map(|id| id.as_str())) {
            facts.push(format!("{} {reporter}", w.reported_by));
        }
        if let Some(site) = &posting.site {
            facts.push(format!("{} {site}", w.site));
        }
        if let Some(into) = &posting.merged_into {
            facts.push(format!("{} {into}", w.merged_to));
        }
        if listed.scoring() == Scoring::Rating && listed.claims_left() > 0 && listed.request.claims() > 0 {
            facts.push(w.room(listed.claims_left()));
        }
        if let Some(roles) = self.missing_roles(listed).filter(|_| listed.claims_left() > 0) {
            facts.push(format!("{} {roles}", w.needs_role));
        }
        facts
    }

    fn work(&self, feedback: bool, reported_here: bool, id: &str, work: &Handling) -> Work {
        let w = self.w.requests;
        let claimer = work.claimer.as_ref().map(|id| id.as_str());
        let own = claimer.is_some() && claimer == self.doing.worker;
        let by = match told(self.doing.who(), claimer) {
            _ if own => w.yours_done.to_owned(),
            Some(claimer) => format!("{} {claimer}", w.claimed_by),
            None => String::new(),
        };
        let days = [(w.claimed_on, &work.work.claimed), (w.done_on, &work.work.done)];
        let days = days.into_iter().filter(|(_, day)| !day.is_empty()).map(|(called, day)| format!("{called} {day}"));
        let quantity = format!("{} {}", w.quantity, work.quantity);
        let told: Vec<String> =
            std::iter::once(by).chain(days).chain([quantity]).filter(|told| !told.is_empty()).collect();
        let (word, colour) = match &work.rating {
            Some(rating) => {
                let colour = if rating.word.earns() { "ok" } else { "bad" };
                (format!("{} {}", word_told(self.w, rating.word), rating.on), colour)
            }
            None => (w.waits_for_word.to_owned(), "info"),
        };
        // Who reported a wish says what the work was worth; who earns by a report does not.
        let rates = work.rating.is_none() && !own && (self.doing.desk || (reported_here && !feedback));
        Work {
            handling: id.to_owned(),
            told: told.join(" · "),
            word,
            colour,
            rates,
            words: words_for(self.w, feedback),
            key: new_key("rate"),
        }
    }
}

/// The words among which somebody chooses.
fn words_for(w: &Words, feedback: bool) -> Vec<(&'static str, &'static str)> {
    let words: &[Word] = if feedback {
        &[Word::True, Word::Untrue]
    } else {
        &[Word::Satisfied, Word::MostlySatisfied, Word::Dissatisfied]
    };
    words.iter().map(|word| (word.chinese(), word_told(w, *word))).collect()
}

const fn word_told(w: &Words, word: Word) -> &'static str {
    let w = w.requests;
    match word {
        Word::Satisfied => w.satisfied,
        Word::MostlySatisfied => w.mostly,
        Word::Dissatisfied => w.dissatisfied,
        Word::True => w.truth,
        Word::Untrue => w.untrue,
    }
}
