//! `/me`: a worker's own account: what can be spent, what is on its way and until when, every line with its reason, the
//! code to show, what there is of benefits, pairs and papers, and a way to object.

mod letters;
mod programmes;
mod proof;
mod statement;
mod stores;

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::CreditId;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Command, commands};
use projections::waiting::Stage;

use super::credits::standing;
use super::figures::{minute, points};
use super::form::{Fields, Sent, read_id};
use super::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use super::publicity::not_taken;
use super::words::Words;
use super::{roles, trouble};
use crate::access::Role;
use crate::access::policy::{Denied, Read, Target, Who};
use crate::app::App;
use crate::read_record::RecordedRead;
use crate::service::ServiceError;
use crate::service::own::{Account, account, appealable, readers};
use crate::service::publicity::{self, PublicLine};
use crate::service::reading::may_read;

/// Points that end within so many days are told as ending soon.
const SOON_DAYS: i64 = 60;
/// Credits that can be objected to from here.
const CHOICES_MAX: usize = 50;

#[derive(Template)]
#[template(path = "me/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    available: String,
    /// What is public or waits for a check.
    pending: String,
    /// How much of it is not public yet.
    unchecked: String,
    expiring: String,
    held: String,
    earned: String,
    debt: String,
    worker: String,
    /// What is shown at a counter.
    proof: proof::Part,
    /// What is set aside to be picked up.
    holds: Vec<stores::OwnHold>,
    waiting: Vec<Waiting>,
    ending: Vec<(String, String)>,
    months: Vec<statement::MonthOf>,
    card: Option<(String, String, String)>,
    card_rows: Vec<(String, String)>,
    publicity: Vec<Publicised>,
    publicity_known: bool,
    key: String,
    choices: Vec<(String, String)>,
    typed: String,
    anonymous: bool,
    readers: Vec<(String, String)>,
    part: programmes::Part,
    appeals: Vec<Appealable>,
}

/// A decision that can still be appealed.
struct Appealable {
    credit: String,
    what: String,
    why: &'static str,
    until: String,
    key: String,
}

struct Waiting {
    activity: String,
    points: String,
    on: String,
    status: &'static str,
    colour: &'static str,
    until: String,
}

struct Publicised {
    who: String,
    what: String,
    points: String,
    when: String,
}

pub(super) use letters::letter_state;
pub(super) use programmes::{days_left, pass_state, withdrawal};
pub(super) use proof::picture;
pub(super) use stores::{PICK_UP, called, until};

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/me", get(read).post(act)).merge(stores::routes())
}

async fn read(State(app): State<App>, visitor: Visitor) -> Response {
    answer(&visitor, page(&app, &visitor, Told::default()).await)
}

/// What a page says of what was just asked.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    typed: String,
    /// The number of an application whose answer was lost.
    number: Option<String>,
    /// A code for paper that was just made.
    printed: Option<String>,
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        if let Some(done) = proof::carry_out(&app, &visitor, &fields).await? {
            let told = match done {
                proof::Done::Said(said) => Told { said, ..Told::default() },
                proof::Done::Bad(bad) => Told { bad, ..Told::default() },
                proof::Done::Printed(code) => Told { printed: Some(code), ..Told::default() },
            };
            return page(&app, &visitor, told).await;
        }
        let told = match asked(&app, &visitor, &fields).await {
            Ok(said) => Told { said, ..Told::default() },
            Err(Trouble::Service(error)) => Told {
                bad: no(&app, &visitor, &fields, &error).await?,
                typed: fields.get("reason").to_owned(),
                // Where the answer was lost, pressing again is the same command.
                number: (matches!(error, ServiceError::Unknown) && fields.get("do") == "apply")
                    .then(|| fields.get("key").to_owned()),
                ..Told::default()
            },
            Err(other) => return Err(other),
        };
        page(&app, &visitor, told).await
    };
    answer(&visitor, made.await)
}

/// Why what a form asked for was refused.
async fn no(app: &App, visitor: &Visitor, fields: &Fields, error: &ServiceError) -> Result<String, Trouble> {
    if fields.get("do") == "object" {
        return not_taken(app, visitor, fields, error).await;
    }
    let w = visitor.words();
    let own: &[(Code, &str)] =
        if fields.get("do") == "apply" { &[(Code::LimitPerWorker, w.refusals.had_before)] } else { &[] };
    Ok(trouble::said_by(w, visitor.english, error, own))
}

/// Does what a form asks; gives what is said of it.
async fn asked(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    if let Some(said) = programmes::carry_out(app, visitor, fields).await? {
        return Ok(said);
    }
    if fields.get("do") == "appeal" {
        judge(app, visitor, fields, CreditAction::Appeal).await?;
        return Ok(visitor.words().decisions.appealed.to_owned());
    }
    let anonymous = fields.get("anonymous") == "1";
    judge(app, visitor, fields, CreditAction::Object { anonymous }).await?;
    Ok(visitor.words().objected.to_owned())
}

async fn judge(app: &App, visitor: &Visitor, fields: &Fields, action: CreditAction) -> Result<(), Trouble> {
    let credit: CreditId = read_id(fields.get("credit"))?;
    let reason = fields.get("reason").to_owned();
    let command = Command::JudgeCredit(commands::JudgeCredit { credit, action, reason });
    give(app, visitor, fields.get("key"), command).await?;
    Ok(())
}

async fn page(app: &App, visitor: &Visitor, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let worker = identity.own_account().ok_or(Denied)?.to_owned();
    let account = account(app, Who::Bearer(identity), &worker).await?.ok_or(Trouble::NotFound)?;
    let reading = may_read(Who::Bearer(identity), Read::Publicity, Target::District)?;
    let today = app.ledger.now().date();
    let publicity = publicity::list(app, &reading, "", today, None).await?;
    let readers = readers(app, Who::Bearer(identity), &worker).await?;
    let soon = today + chrono::Duration::days(SOON_DAYS);
    let ending: Vec<_> = account.balance.expiring.iter().filter(|(day, _)| *day <= soon).collect();
    let names: BTreeMap<&str, &str> =
        account.activities.iter().map(|(code, name)| (code.as_str(), name.as_str())).collect();
    let called = |code: &str| names.get(code).map_or_else(|| code.to_owned(), |name| (*name).to_owned());
    let appeals = appealable(app, identity).await?.into_iter().map(|(credit, row, upheld)| Appealable {
        what: format!("{} {}", row.on, called(&row.activity)),
        why: if upheld { w.decisions.appeal_upheld } else { w.decisions.appeal_dismissed },
        until: row.way.appeal_until().map(|until| until.to_string()).unwrap_or_default(),
        key: new_key("appeal"),
        credit,
    });
    let appeals: Vec<Appealable> = appeals.collect();
    let proposed = || account.waiting.iter().filter(|(_, row)| row.proposed).map(|(_, row)| row);
    let pending: Points = proposed().map(|row| row.points).sum();
    let unchecked: Points = proposed().filter(|row| row.way.stage != Stage::Publicised).map(|row| row.points).sum();
    let Account { balance, earned, card, card_year, year, .. } = &account;
    let page = Page {
        f: visitor.frame(w.me),
        said: told.said,
        bad: told.bad,
        typed: told.typed,
        appeals,
        available: points(balance.available),
        pending: points(pending),
        unchecked: if unchecked.is_positive() { w.still_checked(&points(unchecked)) } else { String::new() },
        expiring: points(ending.iter().map(|(_, points)| *points).sum()),
        held: points(balance.held),
        earned: points(*earned),
        debt: if balance.debt.is_positive() { w.owes(&points(balance.debt)) } else { String::new() },
        proof: proof::part(app, visitor, &worker, told.printed).await?,
        holds: stores::own_holds(app, visitor, &worker).await?,
        waiting: account
            .waiting
            .iter()
            .filter(|(_, row)| row.proposed)
            .map(|(_, row)| Waiting {
                activity: called(&row.activity),
                points: points(row.points),
                on: row.on.to_string(),
                status: standing(w, row.way.stage).0,
                colour: standing(w, row.way.stage).1,
                until: row.way.public_until.map(|until| w.public_until(&until.to_string())).unwrap_or_default(),
            })
            .collect(),
        ending: ending.into_iter().map(|(day, ends)| (day.to_string(), points(*ends))).collect(),
        months: statement::months(w, &account, &called),
        card: card.as_ref().map(|(card_no, branch)| (card_no.clone(), branch.clone(), w.card_of(*year))),
        card_rows: card_year.iter().map(|(category, of)| (category.clone(), points(*of))).collect(),
        publicity: publicity.lines.into_iter().map(publicised).collect(),
        publicity_known: true,
        key: new_key("objection"),
        choices: choices(&account, &called),
        anonymous: true,
        part: programmes::part(app, visitor, &worker, told.number).await?,
        readers: readers.into_iter().map(|read| reader(w, &read)).collect(),
        worker,
    };
    show(&page)
}

fn publicised(line: PublicLine) -> Publicised {
    let what = if line.activity_name.is_empty() { line.activity } else { line.activity_name };
    Publicised {
        who: line.name,
        what,
        points: points(line.points),
        when: format!("{} → {}", line.on, line.public_until),
    }
}

/// Who read the record in which role, and when.
fn reader(w: &Words, read: &RecordedRead) -> (String, String) {
    let role = read.role.parse().map_or(read.role.clone(), |role: Role| roles::name(w, role).to_owned());
    let at = BusinessTime::from_instant(&read.at).to_string();
    (format!("{role} {}", read.reader), minute(&at))
}

/// The own credits, newest first.
fn choices(account: &Account, called: &dyn Fn(&str) -> String) -> Vec<(String, String)> {
    let credits = account.lines.iter().rev().filter_map(|line| {
        let activity = line.activity.as_deref()?;
        let on = line.on.map(|on| on.to_string()).unwrap_or_default();
        Some((line.subject.clone(), format!("{on} {}", called(activity))))
    });
    credits.take(CHOICES_MAX).collect()
}
