//! `/appointments/passes`: passes (暖心卡): issuing one, and declaring one lost with the number that replaces it.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::{PassNo, WorkerId};
use ledger_core::domain::pass::command::PassTerms;
use ledger_core::domain::period::Period;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::commands::{self, IssuePass};

use super::{Asked, is_desk, required, whose};
use crate::access::Role;
use crate::access::policy::{CommandKind, Denied, Who, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::reading::date;
use crate::service::rosters::{SHOWN_MAX, known_kinds, pass, passes};
use crate::web::figures::minute;
use crate::web::form::{Fields, Sent, ends_before, is_new_word, read_id};
use crate::web::me::{days_left, pass_state};
use crate::web::page::{Frame, Trouble, Visitor, answer, give, new_key, new_number, show};
use crate::web::trouble;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "appointments/passes.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    /// Whose passes were asked for; blank for all.
    worker: String,
    rows: Vec<Row>,
    /// Whether there may be more than is shown.
    cut: bool,
    /// Whether whoever looks issues passes.
    issues: bool,
    /// The kinds to choose of.
    known: Vec<String>,
    typed: Typed,
    key: String,
    /// The minute of now, as a field takes it.
    now: String,
}

struct Row {
    at: usize,
    id: String,
    worker: String,
    kind: String,
    days: String,
    more: String,
    state: &'static str,
    colour: &'static str,
    /// It can be declared lost.
    open: bool,
    key: String,
    replacement: String,
}

/// What was typed of a new pass, to be shown again where it was refused.
#[derive(Debug, Default)]
struct Typed {
    id: String,
    worker: String,
    kind: String,
    from: String,
    until: String,
    /// The kind that was asked about.
    sure: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/appointments/passes", get(read).post(act))
}

#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    typed: Typed,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked.worker, Told::default()).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        if fields.get("do") == "issue"
            && let Some(bad) = new_kind(&app, &visitor, fields.get("kind"), fields.get("sure")).await?
        {
            let typed = Typed { sure: fields.get("kind").to_owned(), ..typed(&fields) };
            return page(&app, &visitor, fields.get("of"), Told { bad, typed, ..Told::default() }).await;
        }
        let told = match carry_out(&app, &visitor, &fields).await {
            Ok(said) => Told { said, ..Told::default() },
            Err(Trouble::Service(error)) => Told {
                bad: no(&visitor, &fields, &error),
                typed: if fields.get("do") == "issue" { typed(&fields) } else { Typed::default() },
                ..Told::default()
            },
            Err(other) => return Err(other),
        };
        page(&app, &visitor, fields.get("of"), told).await
    };
    answer(&visitor, made.await)
}

/// What is asked about a kind that no pass had before.
async fn new_kind(app: &App, visitor: &Visitor, kind: &str, sure: &str) -> Result<Option<String>, Trouble> {
    let known = known(app, visitor).await?;
    Ok(is_new_word(kind, &known, sure).then(|| visitor.words().refusals.new_word(kind, &known)))
}

/// The kinds to choose of, for whoever issues passes.
async fn known(app: &App, visitor: &Visitor) -> Result<Vec<String>, Trouble> {
    let identity = &visitor.must()?.identity;
    let who = Who::Bearer(identity);
    if !identity.acts_as(Role::Operator) || !may_ever(who, CommandKind::IssuePass) {
        return Ok(Vec::new());
    }
    Ok(known_kinds(app, who).await?.into_iter().collect())
}

/// Why it was refused.
fn no(visitor: &Visitor, fields: &Fields, error: &ServiceError) -> String {
    let (w, r) = (visitor.words(), visitor.words().refusals);
    let number = if fields.get("do") == "issue" { fields.get("id") } else { fields.get("replacement") };
    let taken = r.taken(number);
    let mut own = vec![(Code::DuplicateConflict, taken.as_str())];
    if ends_before(fields, "from", "until") {
        own.push((Code::InvalidDate, r.ends_before));
    }
    trouble::said_by(w, visitor.english, error, &own)
}

fn typed(fields: &Fields) -> Typed {
    let get = |name| fields.get(name).to_owned();
    Typed {
        id: get("id"),
        worker: get("worker"),
        kind: get("kind"),
        from: get("from"),
        until: get("until"),
        sure: get("sure"),
    }
}

async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    let a = visitor.words().appointments;
    let (command, said) = match fields.get("do") {
        "issue" => {
            let command = issue(fields)?;
            let said = format!("{} {}", a.issued, command.pass);
            (command, said)
        }
        "lose" => {
            let command = loss(app, visitor, fields).await?;
            let said = match &command.replacement {
                Some(number) => format!("{} {number}", a.replaced_done),
                None => a.lost_done.to_owned(),
            };
            (command, said)
        }
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    };
    give(app, visitor, fields.get("key"), ledger_core::ledger::Command::from(command)).await?;
    Ok(said)
}

fn issue(fields: &Fields) -> Result<IssuePass, ServiceError> {
    let days = Period { from: Some(required(fields, "from")?), through: date("until", fields.get("until"))? };
    let worker: WorkerId = read_id(&fields.get("worker").to_uppercase())?;
    let terms = PassTerms { days, kind: fields.get("kind").to_owned(), lost: None, since: None, worker };
    Ok(commands::IssuePass { pass: read_id(fields.get("id"))?, terms, replacement: None })
}

/// The pass as it is, void from a time on.
async fn loss(app: &App, visitor: &Visitor, fields: &Fields) -> Result<IssuePass, Trouble> {
    let number: PassNo = read_id(fields.get("id"))?;
    let lost = BusinessTime::parse(&format!("{}:00+08:00", fields.get("lost")))
        .ok_or_else(|| Trouble::refused(Code::InvalidDate, "lost: write when it was lost, as in 2024-03-05T09:00"))?;
    let replacement = fields.some("replacement").map(read_id::<PassNo>).transpose()?;
    let who = Who::Bearer(&visitor.must()?.identity);
    let known = pass(app, who, number.clone()).await?.ok_or_else(|| {
        ServiceError::refused(Code::UnknownPass, format!("id: there is no pass {number} of the own sites"))
    })?;
    Ok(commands::IssuePass { pass: number, terms: PassTerms { lost: Some(lost), ..known }, replacement })
}

async fn page(app: &App, visitor: &Visitor, of: &str, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    if !is_desk(identity) {
        return Err(Denied.into());
    }
    let (who, today) = (Who::Bearer(identity), today(app));
    let Told { said, bad, mut typed } = told;
    let now = app.ledger.now();
    if typed.from.is_empty() {
        typed.from = today.to_string();
    }
    if typed.id.is_empty() {
        typed.id = new_number("NK");
    }
    let of = of.trim().to_uppercase();
    let found = match whose(&of) {
        Ok(worker) => passes(app, who, worker.as_ref()).await?,
        Err(_) => Vec::new(),
    };
    let cut = found.len() >= SHOWN_MAX;
    let rows = (0_usize..).zip(found).map(|(at, (id, terms))| {
        let (state, colour) = pass_state(w, &terms, today);
        Row {
            at,
            state,
            colour,
            days: days_left(w, terms.days.through, today),
            more: more(w, &terms),
            open: terms.lost.is_none() && terms.days.through.is_none_or(|last| today <= last),
            id,
            worker: terms.worker.to_string(),
            kind: terms.kind,
            key: new_key("pass-lost"),
            replacement: new_number("NK"),
        }
    });
    let page = Page {
        f: visitor.frame(w.appointments.passes),
        said,
        bad,
        rows: rows.collect(),
        cut,
        worker: of,
        known: known(app, visitor).await?,
        issues: identity.acts_as(Role::Operator) && may_ever(who, CommandKind::IssuePass),
        typed,
        key: new_key("pass"),
        now: now.to_string().chars().take("2024-03-05T09:00".len()).collect(),
    };
    show(&page)
}

fn more(w: &Words, terms: &PassTerms) -> String {
    let a = w.appointments;
    let told = |what: &str, at: Option<BusinessTime>| at.map(|at| format!("{what} {}", minute(&at.to_string())));
    let told = [told(a.replaces, terms.since), told(a.lost_since, terms.lost)];
    told.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
