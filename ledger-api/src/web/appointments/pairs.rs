//! `/appointments/pairs`: who helps whom (帮带结对): opening and ending a pair.

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use ledger_core::domain::ids::{BranchId, PairId};
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, commands};

use super::{Asked, is_desk, required, whose};
use crate::access::Role;
use crate::access::policy::{CommandKind, Denied, Who, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::pairs::{Reciprocal, reciprocals};
use crate::service::rosters::{SHOWN_MAX, pair_terms, pairs};
use crate::web::form::{Fields, Sent, read_id};
use crate::web::page::{Frame, Trouble, Visitor, answer, give, new_key, new_number, show};
use crate::web::trouble;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "appointments/pairs.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    /// Whose pairs were asked for; blank for all.
    worker: String,
    rows: Vec<Row>,
    /// Whether there may be more than is shown.
    cut: bool,
    /// Pairs who help each other at the same time.
    reciprocal: Vec<Couple>,
    /// Whether whoever looks opens and ends pairs.
    opens: bool,
    typed: Typed,
    today: String,
    key: String,
}

/// Two pairs of the same two.
struct Couple {
    who: String,
    pairs: String,
}

struct Row {
    at: usize,
    id: String,
    /// Whether the two help each other at the same time.
    reciprocal: bool,
    helper: String,
    helped: String,
    branch: String,
    since: String,
    /// The first day no longer; blank while there is none.
    ended: String,
    state: &'static str,
    colour: &'static str,
    key: String,
}

/// What was typed of a new pair, to be shown again where it was refused.
#[derive(Debug, Default)]
struct Typed {
    id: String,
    helper: String,
    helped: String,
    branch: String,
    since: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/appointments/pairs", get(read).post(act))
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
        let taken = if fields.get("do") == "open" { taken(&app, &visitor, &fields).await? } else { None };
        if let Some(bad) = taken {
            return page(&app, &visitor, fields.get("of"), Told { bad, typed: typed(&fields), ..Told::default() })
                .await;
        }
        let told = match carry_out(&app, &visitor, &fields).await {
            Ok(said) => Told { said: said.to_owned(), ..Told::default() },
            Err(Trouble::Service(error)) => Told {
                bad: no(&visitor, &fields, &error),
                typed: if fields.get("do") == "open" { typed(&fields) } else { Typed::default() },
                ..Told::default()
            },
            Err(other) => return Err(other),
        };
        page(&app, &visitor, fields.get("of"), told).await
    };
    answer(&visitor, made.await)
}

/// Who has a number already: a register takes a row of the same number as the pair brought up to date, and whoever typed it
/// here meant a new one.
async fn taken(app: &App, visitor: &Visitor, fields: &Fields) -> Result<Option<String>, Trouble> {
    let Ok(id) = fields.get("id").parse::<PairId>() else { return Ok(None) };
    // Whoever opens none is told so by the command, and learns of nobody here.
    if !may_ever(Who::Bearer(&visitor.must()?.identity), CommandKind::OpenPair) {
        return Ok(None);
    }
    let terms = pair_terms(app, &id).await?;
    let two = [fields.get("helper").to_uppercase(), fields.get("helped").to_uppercase()];
    // The same two again are the same form sent twice.
    let terms = terms.filter(|terms| two != [terms.helper.as_str(), terms.helped.as_str()]);
    Ok(terms.map(|terms| visitor.words().pair_taken(id.as_str(), terms.helper.as_str(), terms.helped.as_str())))
}

/// Why it was refused.
fn no(visitor: &Visitor, fields: &Fields, error: &ServiceError) -> String {
    let (w, r) = (visitor.words(), visitor.words().refusals);
    let oneself = fields.get("helper").eq_ignore_ascii_case(fields.get("helped"));
    let same = (Code::SamePerson, r.same_pair);
    let taken = r.taken(fields.get("id"));
    let taken = (Code::DuplicateConflict, taken.as_str());
    let own: &[(Code, &str)] = match fields.get("do") {
        "open" if oneself => &[same, taken],
        "open" => &[taken],
        _ => &[],
    };
    trouble::said_by(w, visitor.english, error, own)
}

fn typed(fields: &Fields) -> Typed {
    let get = |name| fields.get(name).to_owned();
    Typed { id: get("id"), helper: get("helper"), helped: get("helped"), branch: get("branch"), since: get("since") }
}

async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<&'static str, Trouble> {
    let a = visitor.words().appointments;
    let (ended, said) = match fields.get("do") {
        "open" => (None, a.pair_opened),
        "end" => (Some(required(fields, "ended")?), a.pair_ended),
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    };
    give(app, visitor, fields.get("key"), pair(fields, ended)?).await?;
    Ok(said)
}

/// A row of the register: entered anew, or again with its end.
fn pair(fields: &Fields, ended: Option<NaiveDate>) -> Result<Command, ServiceError> {
    let id: PairId = read_id(fields.get("id"))?;
    let terms = PairTerms {
        branch: fields.some("branch").map(read_id::<BranchId>).transpose()?,
        ended,
        helped: read_id(&fields.get("helped").to_uppercase())?,
        helper: read_id(&fields.get("helper").to_uppercase())?,
        since: required(fields, "since")?,
    };
    Ok(commands::OpenPair { pair: id, terms }.into())
}

async fn page(app: &App, visitor: &Visitor, of: &str, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    if !is_desk(identity) {
        return Err(Denied.into());
    }
    let (who, today) = (Who::Bearer(identity), today(app));
    let Told { said, bad, mut typed } = told;
    if typed.since.is_empty() {
        typed.since = today.to_string();
    }
    if typed.id.is_empty() {
        typed.id = new_number("JD");
    }
    let of = of.trim().to_uppercase();
    let found = match whose(&of) {
        Ok(worker) => pairs(app, who, today, worker.as_ref()).await?,
        Err(_) => Vec::new(),
    };
    let turned = reciprocals(app, who, today).await?;
    let flagged: BTreeSet<&str> = turned.iter().flat_map(|row| [row.one.0.as_str(), row.other.0.as_str()]).collect();
    let page = Page {
        f: visitor.frame(w.appointments.pairs),
        said,
        bad,
        worker: of,
        cut: found.len() >= SHOWN_MAX,
        rows: (0_usize..)
            .zip(found)
            .map(|(at, (id, terms))| Row { reciprocal: flagged.contains(id.as_str()), ..row(w, at, id, terms, today) })
            .collect(),
        reciprocal: turned.iter().map(couple).collect(),
        opens: identity.acts_as(Role::Approver) && may_ever(who, CommandKind::OpenPair),
        typed,
        today: today.to_string(),
        key: new_key("pair"),
    };
    show(&page)
}

fn couple(row: &Reciprocal) -> Couple {
    let Reciprocal { one: (one, terms), other: (other, turned) } = row;
    Couple {
        who: format!("{} ⇄ {}", terms.helper, terms.helped),
        pairs: format!("{one}（{}）、{other}（{}）", terms.since, turned.since),
    }
}

fn row(w: &Words, at: usize, id: String, terms: PairTerms, today: NaiveDate) -> Row {
    let a = w.appointments;
    let (state, colour) = if terms.holds(today) {
        (a.holds, "ok")
    } else if today < terms.since {
        (a.not_yet, "info")
    } else {
        (a.ended, "bad")
    };
    Row {
        at,
        id,
        reciprocal: false,
        helper: terms.helper.to_string(),
        helped: terms.helped.to_string(),
        branch: terms.branch.map(|branch| branch.to_string()).unwrap_or_default(),
        since: terms.since.to_string(),
        ended: terms.ended.map(|ended| ended.to_string()).unwrap_or_default(),
        state,
        colour,
        key: new_key("pair-end"),
    }
}
