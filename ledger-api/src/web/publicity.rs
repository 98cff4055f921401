//! `/publicity`: the publicity list (公示) as it hangs on the wall: to be read by everybody, and printed by the desk with the
//! code of the checkpoint beside it.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::figures::points;
use super::me::picture;
use super::page::{Frame, Trouble, Visitor, answer, show};
use crate::access::policy::Who;
use crate::app::App;
use crate::service::publicity::PublicLine;
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
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/publicity", get(read))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked).await)
}

async fn page(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Response, Trouble> {
    let w = visitor.words();
    let Notice { list, checkpoint, sites } = notice(app, Who::Bearer(&visitor.must()?.identity), &asked.site).await?;
    let site = asked.site.trim();
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
        rows: list.lines.into_iter().map(row).collect(),
        position: list.position,
        checkpoint,
        sites,
    };
    show(&page)
}

fn row(line: PublicLine) -> Row {
    Row {
        activity: if line.activity_name.is_empty() { line.activity } else { line.activity_name },
        credit: line.credit,
        name: line.name,
        on: line.on.to_string(),
        quantity: line.quantity.unwrap_or_default(),
        points: points(line.points),
        until: line.public_until.to_string(),
    }
}
