//! `/credits/proof`: a PIN or a code on paper for a worker of the own site who cannot make one, told once.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::WorkerId;

use crate::access::policy::{Action, Denied, Who, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::own_proof::{give_pin, print_for};
use crate::web::form::{Fields, Sent, read_id};
use crate::web::me::picture;
use crate::web::page::{Frame, Trouble, Visitor, answer, show};
use crate::web::trouble;

#[derive(Template)]
#[template(path = "credits/proof.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    bad: String,
    /// Whom something was made for.
    worker: String,
    pin: String,
    made: Option<(String, String)>,
    typed: String,
}

/// What became of a form.
#[derive(Default)]
struct Told {
    bad: String,
    worker: String,
    pin: String,
    made: Option<(String, String)>,
    typed: String,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/credits/proof", get(read).post(act))
}

async fn read(visitor: Visitor) -> Response {
    answer(&visitor, page(&visitor, Told::default()))
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let told = match carry_out(&app, &visitor, &fields).await {
            Ok(told) => told,
            Err(Trouble::Service(error)) => Told {
                bad: trouble::said(visitor.words(), visitor.english, &error),
                typed: fields.get("worker").to_owned(),
                ..Told::default()
            },
            Err(other) => return Err(other),
        };
        page(&visitor, told)
    };
    answer(&visitor, made.await)
}

async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<Told, Trouble> {
    let identity = &visitor.must()?.identity;
    let worker: WorkerId = read_id(fields.get("worker"))?;
    let told = Told { worker: worker.to_string(), ..Told::default() };
    Ok(match fields.get("do") {
        "pin" => Told { pin: give_pin(app, identity, &worker).await?.to_string(), ..told },
        "print_code" => {
            let text = print_for(app, identity, &worker).await?;
            Told { made: Some((picture(&text)?, text)), ..told }
        }
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    })
}

fn page(visitor: &Visitor, told: Told) -> Result<Response, Trouble> {
    if !may_ever(Who::Bearer(&visitor.must()?.identity), Action::KeepPerson) {
        return Err(Denied.into());
    }
    let Told { bad, worker, pin, made, typed } = told;
    show(&Page { f: visitor.frame(visitor.words().proof.desk), bad, worker, pin, made, typed })
}
