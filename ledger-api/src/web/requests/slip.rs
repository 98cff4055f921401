//! `/requests/slip`: the slip by whose code whom the work was done for says what it was worth (评价单), to be printed by the
//! desk or handed on by whoever reported the request. It says nothing of anybody.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::Response;
use serde::Deserialize;

use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::rating_slips::{Slip, issue};
use crate::service::reading::may_read_here;
use crate::visit::Transport;
use crate::web::form::read_id;
use crate::web::me::picture;
use crate::web::page::{Frame, Trouble, Visitor, answer, show};

#[derive(Template)]
#[template(path = "requests/slip.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    picture: String,
    address: String,
    activity: String,
    done: String,
    request: String,
}

/// Which work. Its number may hold slashes, so that it stands in no path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    request: String,
    handling: String,
}

pub(super) async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked).await)
}

async fn page(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Response, Trouble> {
    let who = Who::Bearer(&visitor.must()?.identity);
    let target = Target::Handling { request: &asked.request, handling: &asked.handling };
    let reading = may_read_here(app, who, Read::RatingSlip, target).await?;
    reading.at_least(app, None).await?;
    let slip = Slip { request: read_id(&asked.request)?, handling: read_id(&asked.handling)? };
    let issued = issue(app, reading, slip).await?;
    let address = address(visitor, &issued.code);
    show(&Page {
        f: visitor.frame(visitor.words().rating_slip.slip),
        picture: picture(&address)?,
        address,
        activity: issued.shown.activity,
        done: issued.shown.done,
        request: issued.shown.slip.request.to_string(),
    })
}

/// The whole address of the page that takes the word: where the district says that browsers reach this server, else where
/// this one reached it.
fn address(visitor: &Visitor, code: &str) -> String {
    let here = || {
        let host = visitor.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let scheme = if visitor.transport == Transport::Secure { "https" } else { "http" };
        // Without a host there is no way here but from this very page.
        if host.is_empty() { String::new() } else { format!("{scheme}://{host}") }
    };
    let base = visitor.entrance.public_url.clone().unwrap_or_else(here);
    format!("{base}/rate?code={code}")
}
