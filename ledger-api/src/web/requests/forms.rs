//! What the forms of `/requests` ask for.

use chrono::NaiveDate;
use ledger_core::domain::ids::{RequestId, WorkerId};
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::request::command::Work;
use ledger_core::ledger::commands::requests::AskedRating;
use ledger_core::ledger::{Command, commands};

use super::Doing;
use crate::access::policy::{CommandKind, Target};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::keys::read_key;
use crate::service::reach;
use crate::service::reading::{no_date, read_date};
use crate::service::requests::earned;
use crate::web::form::{Fields, ends_before, read_id};
use crate::web::page::{Trouble, Visitor, give};
use crate::web::trouble;

/// What was typed, to be shown again where it was refused.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    /// The request in whose form it was typed; blank for a new one.
    pub(super) request: String,
    pub(super) number: String,
    pub(super) activity: String,
    pub(super) on: String,
    pub(super) due: String,
    pub(super) reporter: String,
    pub(super) merged_into: String,
    pub(super) claimer: String,
    pub(super) claimed: String,
    pub(super) done: String,
    pub(super) quantity: String,
    pub(super) body: String,
    pub(super) site: String,
    /// The key, where the answer was lost: pressing again is the same command.
    pub(super) key: String,
}

impl Typed {
    pub(super) fn of(fields: &Fields) -> Typed {
        let get = |name| fields.get(name).to_owned();
        Typed {
            request: get("request"),
            number: get("number"),
            activity: get("activity"),
            on: get("on"),
            due: get("due"),
            reporter: get("reporter"),
            merged_into: get("merged_into"),
            claimer: get("claimer"),
            claimed: get("claimed"),
            done: get("done"),
            quantity: get("quantity"),
            body: get("body"),
            site: get("site"),
            key: String::new(),
        }
    }

    /// The key of the form that was sent, where its answer was lost; a new one else.
    pub(super) fn key_or(&self, new: String) -> String {
        if self.key.is_empty() { new } else { self.key.clone() }
    }

    /// Days that nobody typed are today's, and one is the usual quantity.
    pub(super) fn begin(&mut self, today: NaiveDate) {
        for day in [&mut self.on, &mut self.claimed, &mut self.done] {
            if day.is_empty() {
                *day = today.to_string();
            }
        }
        if self.quantity.is_empty() {
            "1".clone_into(&mut self.quantity);
        }
    }
}

/// Does what a form asks; gives what is said of it.
pub(super) async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    let w = visitor.words().requests;
    let doing = Doing::of(&visitor.must()?.identity)?;
    match fields.get("do") {
        "post" => {
            let reporter = read_maybe(fields.some("reporter"))?;
            // The number is the key: entered from a list a second time it is the same request.
            let key = fields.some("number").unwrap_or(fields.get("key"));
            post(app, visitor, fields, key, reporter).await
        }
        "report" => {
            let own: WorkerId = read_id(doing.worker.unwrap_or_default())?;
            post(app, visitor, fields, fields.get("key"), Some(own)).await
        }
        "handle" => {
            let claimer: WorkerId = if doing.handles {
                read_id(&fields.get("claimer").to_uppercase())?
            } else {
                read_id(doing.worker.unwrap_or_default())?
            };
            let days = [day(fields, "claimed")?, day(fields, "done")?];
            let command = handling(fields, Some(claimer), days.map(Some), None)?;
            give(app, visitor, fields.get("key"), command).await?;
            Ok(w.handled.to_owned())
        }
        "claim" => {
            let claimer: WorkerId = if doing.handles && fields.some("claimer").is_some() {
                read_id(&fields.get("claimer").to_uppercase())?
            } else {
                read_id(doing.worker.unwrap_or_default())?
            };
            let claim = read_key(fields.get("key"))?;
            let (claim, request) = ((&claim).into(), read_id(fields.get("request"))?);
            let command = commands::ClaimRequest { claim, request, claimer, on: Some(day(fields, "claimed")?) };
            give(app, visitor, fields.get("key"), Command::from(command)).await?;
            Ok(w.claimed.to_owned())
        }
        "done" => {
            let command = commands::ReportHandling {
                request: read_id(fields.get("request"))?,
                claim: read_id(fields.get("claim"))?,
                done: Some(day(fields, "done")?),
                quantity: Quantity::parse(fields.get("quantity")),
            };
            give(app, visitor, fields.get("key"), Command::from(command)).await?;
            Ok(w.reported.to_owned())
        }
        "give_up" => {
            let (request, claim) = (read_id(fields.get("request"))?, read_id(fields.get("claim"))?);
            let command = commands::ReturnClaim { request, claim, on: Some(today(app)) };
            give(app, visitor, fields.get("key"), Command::from(command)).await?;
            Ok(w.given_up.to_owned())
        }
        "route" => {
            let command = commands::RouteRequest {
                request: read_id(fields.get("request"))?,
                body: fields.some("body").map(str::to_owned),
                site: fields.some("site").map(read_id).transpose()?,
                on: Some(day(fields, "on")?),
            };
            give(app, visitor, fields.get("key"), Command::from(command)).await?;
            Ok(w.routed.to_owned())
        }
        "withdraw" => {
            let command = commands::WithdrawRequest { request: read_id(fields.get("request"))?, on: Some(today(app)) };
            give(app, visitor, fields.get("key"), Command::from(command)).await?;
            Ok(w.withdrawn_now.to_owned())
        }
        "feed_back" => {
            // Work and word at once: the word asks for a right of its own.
            let target = Target::Request(fields.get("request"));
            reach::may(app, doing.who(), CommandKind::RateHandling, target).await?;
            let command = handling(fields, None, [None, None], Some(rating(app, fields)?))?;
            let receipt = give(app, visitor, fields.get("key"), command).await?;
            Ok(earned(&receipt).map_or_else(|| w.fed_nothing.to_owned(), |of| w.earned(of)))
        }
        _ => {
            let command = commands::RateHandling {
                request: read_id(fields.get("request"))?,
                handling: read_id(fields.get("handling"))?,
                rating: rating(app, fields)?,
            };
            let receipt = give(app, visitor, fields.get("key"), Command::from(command)).await?;
            Ok(earned(&receipt).map_or_else(|| w.rated_nothing.to_owned(), |of| w.rated(of)))
        }
    }
}

/// Why it was refused, in the words of the form.
pub(super) async fn no(app: &App, visitor: &Visitor, fields: &Fields, error: &ServiceError) -> Result<String, Trouble> {
    let (w, r) = (visitor.words(), visitor.words().refusals);
    let told = |own: &[(Code, &str)]| trouble::said_by(w, visitor.english, error, own);
    Ok(match fields.get("do") {
        "post" if fields.some("number").is_some() => {
            told(&[(Code::DuplicateConflict, r.taken(fields.get("number")).as_str())])
        }
        "claim" | "handle" => {
            let posted = posted_on(app, fields).await?;
            let claimed = read_date(fields.get("claimed"));
            if posted.zip(claimed).is_some_and(|(posted, claimed)| claimed < posted) {
                told(&[(Code::InvalidDate, r.claimed_before)])
            } else if ends_before(fields, "claimed", "done") {
                told(&[(Code::InvalidDate, r.done_before)])
            } else {
                told(&[])
            }
        }
        _ => told(&[]),
    })
}

/// The day on which the request of a form was posted.
async fn posted_on(app: &App, fields: &Fields) -> Result<Option<NaiveDate>, Trouble> {
    let Ok(request) = read_id::<RequestId>(fields.get("request")) else { return Ok(None) };
    let row = app.views.request(request.as_str()).await?.value;
    Ok(row.and_then(|row| row.require(&request).map(|posting| posting.on).ok()))
}

async fn post(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
    key: &str,
    reporter: Option<WorkerId>,
) -> Result<String, Trouble> {
    let number = read_key(key)?;
    let command = commands::PostRequest {
        request: (&number).into(),
        activity: read_id(fields.get("activity"))?,
        on: Some(day(fields, "on")?),
        reporter,
        merged_into: fields.some("merged_into").map(read_id).transpose()?,
        site: None,
        due: fields.some("due").map(|_| day(fields, "due")).transpose()?,
    };
    give(app, visitor, key, Command::from(command)).await?;
    Ok(visitor.words().requests.posted(key))
}

fn handling(
    fields: &Fields,
    claimer: Option<WorkerId>,
    [claimed, done]: [Option<NaiveDate>; 2],
    rating: Option<AskedRating>,
) -> Result<Command, Trouble> {
    let handling = read_key(fields.get("key"))?;
    let quantity = Quantity::parse(fields.get("quantity"));
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let work = Work {
        claimed: text(claimed),
        claimer: claimer.as_ref().map(ToString::to_string).unwrap_or_default(),
        done: text(done),
        quantity: quantity.map(|quantity| quantity.millionths().to_string()).unwrap_or_default(),
    };
    Ok(Command::from(commands::RecordHandling {
        handling: (&handling).into(),
        request: read_id(fields.get("request"))?,
        claimer,
        claimed,
        done,
        quantity,
        work,
        rating,
        completes: false,
    }))
}

/// What is said of work: on the day that the form names, or today.
fn rating(app: &App, fields: &Fields) -> Result<AskedRating, ServiceError> {
    let on = if fields.some("on").is_some() { day(fields, "on")? } else { today(app) };
    Ok(AskedRating { word: fields.get("word").to_owned(), on: Some(on) })
}

fn read_maybe(text: Option<&str>) -> Result<Option<WorkerId>, ServiceError> {
    text.map(|text| read_id(&text.to_uppercase())).transpose()
}

fn day(fields: &Fields, name: &str) -> Result<NaiveDate, ServiceError> {
    let text = fields.get(name);
    read_date(text).ok_or_else(|| ServiceError::refused(Code::InvalidDate, no_date(name, &format!("{text:?}"))))
}
