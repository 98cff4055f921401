//! `/publicity`: the list that hangs on the wall of a station, for everybody with an account to read and to print, with
//! masked names and the checkpoint's code beneath it.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::refusal::Code;
use serde::Deserialize;

use super::figures::points;
use super::me::picture;
use super::page::{Frame, Trouble, Visitor, answer, show};
use super::trouble;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::audit::notice::notice;
use crate::service::ServiceError;
use crate::service::publicity::{PublicLine, list};
use crate::service::reading::{may_read, no_date, read_date};

#[derive(Template)]
#[template(path = "publicity/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    bad: String,
    district: String,
    site: String,
    on: String,
    rows: Vec<Row>,
    /// None where no checkpoint can be had now: the list is shown all the same.
    board: Option<Board>,
}

/// A line of the list.
struct Row {
    name: String,
    what: String,
    on: String,
    points: String,
    until: String,
    credit: String,
}

/// The checkpoint as it is printed.
struct Board {
    text: String,
    /// The signed note as a picture.
    code: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/publicity", get(read))
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    site: String,
    #[serde(default)]
    on: String,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked).await)
}

async fn page(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Response, Trouble> {
    let w = visitor.words();
    let reading = may_read(Who::Bearer(&visitor.must()?.identity), Read::Publicity, Target::District)?;
    let today = app.ledger.now().date();
    let (site, on) = (asked.site.trim(), asked.on.trim());
    let day = match read_date(on) {
        Some(day) => Ok(day),
        None if on.is_empty() => Ok(today),
        None => Err(ServiceError::refused(Code::InvalidDate, no_date("on", &format!("{on:?}")))),
    };
    let found = match day {
        Ok(day) => list(app, &reading, site, day, None).await,
        Err(error) => Err(error),
    };
    let (on, position, lines, bad) = match found {
        Ok(found) => (found.on, found.position, found.lines, String::new()),
        // What was asked for does not hold, and stands in the form to be mended.
        Err(error @ ServiceError::Refused(_)) => (today, 0, Vec::new(), trouble::said(w, visitor.english, &error)),
        Err(other) => return Err(other.into()),
    };
    show(&Page {
        f: visitor.frame(w.publicity_page.title),
        bad,
        district: app.views.programme().await?.value.settings.map(|settings| settings.name).unwrap_or_default(),
        site: site.to_owned(),
        on: on.to_string(),
        rows: lines.into_iter().map(row).collect(),
        board: board(app, position).await,
    })
}

fn row(line: PublicLine) -> Row {
    Row {
        name: line.name,
        what: if line.activity_name.is_empty() { line.activity } else { line.activity_name },
        on: line.on.to_string(),
        points: points(line.points),
        until: line.public_until.to_string(),
        credit: line.credit,
    }
}

/// The checkpoint that covers what the list was taken from.
async fn board(app: &App, position: u64) -> Option<Board> {
    let made = async {
        let published = app.audit.checkpoint_for(None, position).await.map_err(|error| error.to_string())?;
        let known = app.audit.journal_keys().await.map_err(|error| error.to_string())?;
        let text = notice(&published.note, &known).map_err(|error| error.to_string())?;
        let code = picture(&published.note.to_string()).map_err(|_| "the code cannot be drawn".to_owned())?;
        Ok::<_, String>(Board { text, code })
    };
    match made.await {
        Ok(board) => Some(board),
        Err(error) => {
            tracing::warn!(%error, "the publicity list is shown without a checkpoint");
            None
        }
    }
}
