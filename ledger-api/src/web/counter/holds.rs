//! `/counter/holds`: what is set aside at a store and waits to be picked up; and handing it out, also on the counter's own
//! page, where a pick-up code is scanned or whoever it is for stands.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::HoldId;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, commands};
use projections::queries::hold::HoldOver;

use super::{OfStore, Shown, done, give, own_store};
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::worker_event;
use crate::service::counter::{look_up, narrow, store_name};
use crate::service::holds::{Named, at_store, named, over_at};
use crate::web::form::{Fields, read_id};
use crate::web::me::{PICK_UP, called, until};
use crate::web::page::{Frame, Trouble, Visitor, answer, new_key, show};
use crate::web::trouble;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "counter/holds.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    store: String,
    store_name: String,
    rows: Vec<Due>,
}

/// A hold that can be handed out.
pub(super) struct Due {
    pub(super) hold: String,
    pub(super) items: String,
    pub(super) who: String,
    pub(super) worker: String,
    pub(super) until: String,
    /// The key of the form that hands it out.
    pub(super) key: String,
    /// Whether its pick-up code was just shown.
    pub(super) shown: bool,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/counter/holds", get(read))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<OfStore>) -> Response {
    let made = async {
        let store = own_store(&visitor, &asked.store)?;
        let rows = due(&app, &visitor, &store, None, None).await?;
        let page = Page {
            f: visitor.frame(visitor.words().holds.at_counter),
            store_name: store_name(&app, Who::Bearer(&visitor.must()?.identity), &store).await?,
            store,
            rows,
        };
        show(&page)
    };
    answer(&visitor, made.await)
}

/// A hold in hand: its code was shown, or the ledger's answer about it was lost, which is asked again under its key.
#[derive(Default)]
pub(super) struct InHand {
    pub(super) hold: String,
    pub(super) key: Option<String>,
}

/// What can be handed out at a store, to one worker or to all.
pub(super) async fn due(
    app: &App,
    visitor: &Visitor,
    store: &str,
    worker: Option<&str>,
    in_hand: Option<&InHand>,
) -> Result<Vec<Due>, Trouble> {
    let w = visitor.words();
    let found = at_store(app, Who::Bearer(&visitor.must()?.identity), store, worker).await?;
    let rows = found.into_iter().map(|(held, name)| {
        let in_hand = in_hand.filter(|in_hand| in_hand.hold == held.hold);
        Due {
            items: called(&held.items),
            who: name.filter(|name| !name.is_empty()).unwrap_or_else(|| w.no_name.to_owned()),
            until: w.holds.held_until(&until(held.expires_at)),
            key: in_hand.and_then(|in_hand| in_hand.key.clone()).unwrap_or_else(|| new_key("capture")),
            shown: in_hand.is_some(),
            worker: held.worker,
            hold: held.hold,
        }
    });
    Ok(rows.collect())
}

/// Whoever a pick-up code is for, with the hold in hand; nothing where the text is no such code.
pub(super) async fn look(app: &App, visitor: &Visitor, store: &str, typed: &str) -> Result<Option<Shown>, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let bad = |bad: &str| Some(Shown { bad: bad.to_owned(), ..Shown::default() });
    Ok(match named(app, who, store, typed).await? {
        None if is_pick_up_code(typed) => bad(w.holds.no_such_code),
        None => None,
        Some(Named::Elsewhere) => bad(w.away_hold_elsewhere),
        Some(Named::Over(how)) => bad(how.map_or(w.holds.named_over, |how| over_told(w, how))),
        Some(Named::Here { hold, worker }) => {
            let customer = look_up(app, who, store, &worker).await?;
            Some(Shown { customer, in_hand: Some(InHand { hold, key: None }), ..Shown::default() })
        }
    })
}

/// Whether a text looks like the number of something that was set aside on a page.
fn is_pick_up_code(typed: &str) -> bool {
    narrow(typed).to_uppercase().starts_with(&format!("{PICK_UP}-"))
}

/// That a hold can be taken no more, and why, for the counter.
const fn over_told(w: &Words, how: HoldOver) -> &'static str {
    match how {
        HoldOver::PickedUp => w.holds.taken,
        HoldOver::GivenBack => w.holds.given_back,
        HoldOver::RanOut => w.holds.ran_out,
    }
}

/// Why something was not handed out: of what is over, how that came.
async fn no(app: &App, visitor: &Visitor, store: &str, hold: &str, error: &ServiceError) -> Result<String, Trouble> {
    let w = visitor.words();
    if let ServiceError::Refused(refusal) = error
        && matches!(refusal.code, Code::HoldExpired | Code::AlreadyDecided)
        && let Ok(hold) = read_id(hold)
        && let Some(how) = over_at(app, Who::Bearer(&visitor.must()?.identity), store, &hold).await?
    {
        return Ok(over_told(w, how).to_owned());
    }
    Ok(trouble::said(w, visitor.english, error))
}

/// Hands out what was set aside.
pub(super) async fn capture(app: &App, visitor: &Visitor, store: &str, fields: &Fields) -> Result<Shown, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let key = fields.get("key");
    let given = async {
        let hold: HoldId = read_id(fields.get("hold"))?;
        give(app, visitor, key, Command::CaptureHold(commands::CaptureHold { hold })).await
    };
    match given.await {
        Ok(receipt) => {
            let worker = worker_event(&receipt, |event| Some(event.worker().to_string()));
            let customer = match worker {
                Some(worker) => look_up(app, who, store, &worker).await?,
                None => None,
            };
            let told =
                done(w, &receipt, customer.as_ref()).ok_or_else(|| Trouble::Fault("no redemption".to_owned()))?;
            Ok(Shown { done: Some(told), ..Shown::default() })
        }
        Err(Trouble::Service(error)) => {
            let bad = no(app, visitor, store, fields.get("hold"), &error).await?;
            if error != ServiceError::Unknown {
                return Ok(Shown { bad, ..Shown::default() });
            }
            // What may have happened is asked again under its key.
            let customer = look_up(app, who, store, fields.get("worker")).await?;
            let in_hand = InHand { hold: fields.get("hold").to_owned(), key: Some(key.to_owned()) };
            Ok(Shown { bad, customer, in_hand: Some(in_hand), ..Shown::default() })
        }
        Err(other) => Err(other),
    }
}
