//! `/publicity`: the publicity list (公示) as it hangs on the wall: to be read by everybody, objected to by everybody who may
//! write, and printed by the desk with the code of the checkpoint beside it.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::CreditId;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Command, commands};
use serde::Deserialize;

use super::figures::points;
use super::form::{Fields, Sent, read_id};
use super::me::picture;
use super::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use super::trouble;
use crate::access::policy::{CommandKind, Who, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::own::{ObjectionStanding, activities, appealable, own_objections};
use crate::service::publicity::{NotTaken, PublicLine, why_not_taken};
use crate::service::wall::{Notice, Posted, notice};

/// Which list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// A site; the whole district where it is blank.
    site: String,
}

#[derive(Template)]
#[template(path = "publicity/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    on: String,
    site: String,
    said: String,
    bad: String,
    /// Whether whoever looks may object.
    objects: bool,
    /// What whoever looks objected to.
    own: Vec<Own>,
    /// What the list is for, in words.
    of: String,
    sites: Vec<(String, String)>,
    rows: Vec<Row>,
    position: u64,
    checkpoint: Option<(Posted, String)>,
}

struct Row {
    credit: String,
    name: String,
    activity: String,
    on: String,
    quantity: String,
    points: String,
    until: String,
    /// The key of the form that objects to it.
    key: String,
    /// What was typed into it and not taken; nothing where that is another's.
    typed: Option<String>,
}

/// An objection of whoever looks.
struct Own {
    credit: String,
    what: String,
    state: &'static str,
    colour: &'static str,
    /// The last day to appeal, and the key to do so with.
    appeal: Option<(String, String)>,
}

/// What the page says of what was just asked.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    /// The credit whose form was not taken, its reason and its key where it may be asked again.
    typed: Option<(String, String, Option<String>)>,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/publicity", get(read).post(act))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked.site, Told::default()).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let told = match carry_out(&app, &visitor, &fields).await {
            Ok(said) => Told { said: said.to_owned(), ..Told::default() },
            Err(Trouble::Service(error)) => {
                let of = |name: &str| fields.get(name).to_owned();
                // Where the answer was lost, pressing again is the same command.
                let key = (error == ServiceError::Unknown).then(|| of("key"));
                let bad = not_taken(&app, &visitor, &fields, &error).await?;
                Told { bad, typed: Some((of("credit"), of("reason"), key)), ..Told::default() }
            }
            Err(other) => return Err(other),
        };
        page(&app, &visitor, fields.get("site"), told).await
    };
    answer(&visitor, made.await)
}

/// Does what a form asks; gives what is said of it.
async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<&'static str, Trouble> {
    let w = visitor.words();
    let (action, said) = match fields.get("do") {
        "object" => {
            let anonymous = fields.get("anonymous") == "1";
            (CreditAction::Object { anonymous }, w.publicity_page.objected)
        }
        "appeal" => (CreditAction::Appeal, w.decisions.appealed),
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    };
    let credit: CreditId = read_id(fields.get("credit"))?;
    let reason = fields.get("reason").to_owned();
    // Whoever decides needs something to look into.
    if reason.is_empty() {
        return Err(Trouble::refused(Code::InvalidInput, "reason: say what is wrong"));
    }
    let command = Command::JudgeCredit(commands::JudgeCredit { credit, action, reason });
    give(app, visitor, fields.get("key"), command).await?;
    Ok(said)
}

/// Why an objection was not taken, in words that help, here and on a worker's own page.
pub(super) async fn not_taken(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
    error: &ServiceError,
) -> Result<String, Trouble> {
    let w = visitor.words();
    let plain = || trouble::said(w, visitor.english, error);
    let (ServiceError::Refused(refusal), "object") = (error, fields.get("do")) else { return Ok(plain()) };
    if refusal.code == Code::InvalidInput {
        return Ok(w.publicity_page.not_taken_reason.to_owned());
    }
    let (Code::AlreadyDecided, Ok(credit)) = (refusal.code, read_id(fields.get("credit"))) else { return Ok(plain()) };
    let identity = &visitor.must()?.identity;
    let why = why_not_taken(app, Who::Bearer(identity), &credit).await?;
    let waits = why == Some(NotTaken::Waits);
    if waits && own_objections(app, identity).await?.iter().any(|(of, ..)| *of == credit.as_str()) {
        return Ok(w.refusals.objected_before.to_owned());
    }
    Ok(match why {
        Some(NotTaken::Waits) => w.publicity_page.not_taken_waits.to_owned(),
        Some(NotTaken::Returned) => w.publicity_page.not_taken_returned.to_owned(),
        Some(NotTaken::Before) => w.publicity_page.not_taken_before.to_owned(),
        None => plain(),
    })
}

/// What whoever looks objected to, where nothing final became of it yet.
async fn own(app: &App, visitor: &Visitor) -> Result<Vec<Own>, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let called: BTreeMap<String, String> = activities(app).await?.into_iter().collect();
    let open = appealable(app, identity).await?;
    let told = own_objections(app, identity).await?.into_iter().map(|(credit, row, standing)| {
        let (state, colour) = match standing {
            ObjectionStanding::Waits => (w.publicity_page.own_waits, "wait"),
            ObjectionStanding::Dismissed => (w.publicity_page.own_dismissed, "info"),
            ObjectionStanding::Upheld => (w.publicity_page.own_upheld, "ok"),
        };
        let may_appeal = open.iter().any(|(of, _, upheld)| *of == credit && !upheld);
        let until = row.way.appeal_until().filter(|_| may_appeal);
        Own {
            // Of what counted already the record alone tells the particulars.
            what: if row.activity.is_empty() {
                String::new()
            } else {
                format!("{} {}", row.on, called.get(&row.activity).unwrap_or(&row.activity))
            },
            appeal: until.map(|until| (until.to_string(), new_key("appeal"))),
            credit,
            state,
            colour,
        }
    });
    Ok(told.collect())
}

async fn page(app: &App, visitor: &Visitor, site: &str, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let Notice { list, checkpoint, sites } = notice(app, who, site).await?;
    let site = site.trim();
    let objects = may_ever(who, CommandKind::ObjectToCredit);
    let of = sites.iter().find(|(id, _)| id == site).map_or(w.publicity_page.district, |(_, name)| name.as_str());
    let checkpoint = match checkpoint {
        Some(posted) => {
            let code = picture(&posted.note)?;
            Some((posted, code))
        }
        None => None,
    };
    let page = Page {
        f: visitor.frame(w.publicity_page.title),
        on: list.on.to_string(),
        of: of.to_owned(),
        site: site.to_owned(),
        said: told.said,
        bad: told.bad,
        objects,
        own: if objects { own(app, visitor).await? } else { Vec::new() },
        rows: list.lines.into_iter().map(|line| row(line, told.typed.as_ref())).collect(),
        position: list.position,
        checkpoint,
        sites,
    };
    show(&page)
}

fn row(line: PublicLine, typed: Option<&(String, String, Option<String>)>) -> Row {
    let typed = typed.filter(|(credit, ..)| *credit == line.credit);
    Row {
        key: typed.and_then(|(.., key)| key.clone()).unwrap_or_else(|| new_key("objection")),
        typed: typed.map(|(_, reason, _)| reason.clone()),
        activity: if line.activity_name.is_empty() { line.activity } else { line.activity_name },
        credit: line.credit,
        name: line.name,
        on: line.on.to_string(),
        quantity: line.quantity.unwrap_or_default(),
        points: points(line.points),
        until: line.public_until.to_string(),
    }
}
