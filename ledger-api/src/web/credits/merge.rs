//! `/credits/merge`: two ids of one person (一人多号). Both are shown side by side with what would happen; only then is one
//! given up for the other, which cannot be taken back.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::ledger::{Command, commands};

use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::worker_event;
use crate::service::merging::{GoesOver, Side, Twins, look};
use crate::service::reading::may_read;
use crate::web::figures::points;
use crate::web::form::{Fields, Sent, read_id};
use crate::web::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use crate::web::trouble;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "credits/merge.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    typed: Typed,
    both: Option<Both>,
}

/// What was typed, to be shown again.
#[derive(Debug, Default, Clone)]
struct Typed {
    given_up: String,
    kept: String,
    reason: String,
}

/// The two, as the page shows them.
struct Both {
    /// The one that is to be given up, and the one that is to be kept.
    sides: [Shown; 2],
    names: &'static str,
    /// Whether the names tell against it.
    differ: bool,
    /// What will happen, line by line; none where it will not.
    happens: Vec<String>,
    /// Why it cannot be.
    why_not: String,
    /// Whether the other way round might do.
    swap: bool,
    key: String,
}

struct Shown {
    /// Which of the two it is.
    label: &'static str,
    worker: String,
    name: String,
    work: String,
    site: String,
    available: String,
    held: String,
    debt: String,
    card: String,
    pending: usize,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/credits/merge", get(read).post(act))
}

#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    typed: Typed,
    both: Option<Both>,
}

async fn read(visitor: Visitor) -> Response {
    answer(&visitor, page(&visitor, Told::default()))
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let w = visitor.words();
        let typed = Typed {
            given_up: fields.get("given_up").to_uppercase(),
            kept: fields.get("kept").to_uppercase(),
            reason: fields.get("reason").to_owned(),
        };
        let mut told = match carry_out(&app, &visitor, &fields, &typed).await {
            Ok(Some(said)) => return page(&visitor, Told { said, ..Told::default() }),
            Ok(None) => Told::default(),
            Err(Trouble::Service(error)) => Told { bad: trouble::said(w, visitor.english, &error), ..Told::default() },
            Err(other) => return Err(other),
        };
        match both(&app, &visitor, &typed).await {
            Ok(both) => told.both = Some(both),
            Err(Trouble::Service(error @ (ServiceError::Refused(_) | ServiceError::Unreadable(_)))) => {
                told.bad = trouble::said(w, visitor.english, &error);
            }
            Err(other) => return Err(other),
        }
        page(&visitor, Told { typed, ..told })
    };
    answer(&visitor, made.await)
}

/// What was done, in words; none where something was only to be looked at.
async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields, typed: &Typed) -> Result<Option<String>, Trouble> {
    match fields.get("do") {
        "look" => return Ok(None),
        "merge" => {}
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    }
    if fields.get("sure") != "1" {
        return Err(Trouble::refused(
            Code::InvalidInput,
            "sure: say that both are one person; it cannot be taken back",
        ));
    }
    let (kept, absorbed): (WorkerId, WorkerId) = (read_id(&typed.kept)?, read_id(&typed.given_up)?);
    let command = Command::MergeWorkers(commands::MergeWorkers { kept, absorbed, reason: typed.reason.clone() });
    let receipt = give(app, visitor, fields.get("key"), command).await?;
    let moved = worker_event(&receipt, |event| event.as_handed_over().map(|merged| merged.points)).unwrap_or_default();
    Ok(Some(visitor.words().merging.done(&typed.given_up, &typed.kept, &points(moved))))
}

async fn both(app: &App, visitor: &Visitor, typed: &Typed) -> Result<Both, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let unknown = |_| Trouble::refused(Code::UnknownWorker, "there is no worker of that id");
    let given_up = WorkerId::new(&typed.given_up).map_err(unknown)?;
    let kept = WorkerId::new(&typed.kept).map_err(unknown)?;
    let twins = look(app, Who::Bearer(identity), &identity.id, &given_up, &kept).await?;
    let Twins { given_up, kept, same_name, would } = twins;
    let names = match same_name {
        Some(true) => w.merging.same_name,
        Some(false) => w.merging.other_name,
        None => w.merging.no_names,
    };
    let swap = given_up.card.is_some() && kept.card.is_none();
    let (happens, why_not) = match would {
        Ok(goes) => (happens(w, &goes, &given_up, &kept), String::new()),
        Err(refusal) => (Vec::new(), why_not(w, visitor.english, refusal, &given_up, &kept)),
    };
    Ok(Both {
        swap,
        sides: [shown(w.merging.given_up, given_up), shown(w.merging.kept, kept)],
        names,
        differ: same_name == Some(false),
        happens,
        why_not,
        key: new_key("merge"),
    })
}

fn shown(label: &'static str, side: Side) -> Shown {
    let Side { worker, name, occupation, platform, site, available, held, debt, card, pending } = side;
    Shown {
        label,
        worker,
        name: name.unwrap_or_default(),
        work: platform.map_or_else(|| occupation.clone(), |platform| format!("{occupation} · {platform}")),
        site: site.unwrap_or_default(),
        available: points(available),
        held: points(held),
        debt: if debt.is_zero() { String::new() } else { points(debt) },
        card: card.map(|(number, branch)| format!("{number} · {branch}")).unwrap_or_default(),
        pending,
    }
}

/// What will happen, in the order in which somebody asks for it.
fn happens(w: &Words, goes: &GoesOver, given_up: &Side, kept: &Side) -> Vec<String> {
    let m = w.merging;
    let mut lines = vec![m.goes_over(&points(goes.points), goes.lots, &kept.worker)];
    if !goes.debt.is_zero() {
        lines.push(m.debt_goes_over(&points(goes.debt), &kept.worker));
    }
    lines.push(m.counted_together.to_owned());
    lines.push(m.given_up_for_good(&given_up.worker, &kept.worker));
    lines.push(m.for_good.to_owned());
    lines
}

/// Why it cannot be, and what helps: of cards it depends on who has one.
fn why_not(w: &Words, english: bool, refusal: Refusal, given_up: &Side, kept: &Side) -> String {
    let m = w.merging;
    if refusal.code == Code::CardExists {
        return if kept.card.is_some() { m.two_cards } else { m.card_given_up }.to_owned();
    }
    if refusal.code == Code::SamePerson {
        return m.own_or_same.to_owned();
    }
    if refusal.code == Code::InvalidInput {
        if given_up.pending > 0 {
            return m.waiting_first(given_up.pending);
        }
        if !given_up.held.is_zero() {
            return m.held_first.to_owned();
        }
    }
    trouble::said(w, english, &ServiceError::Refused(refusal))
}

fn page(visitor: &Visitor, told: Told) -> Result<Response, Trouble> {
    may_read(Who::Bearer(&visitor.must()?.identity), Read::Merging, Target::District)?;
    let Told { said, bad, typed, both } = told;
    show(&Page { f: visitor.frame(visitor.words().merging.title), said, bad, typed, both })
}
