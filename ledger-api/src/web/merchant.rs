//! `/merchant`: what a merchant handed out for points, month by month, what was paid and what is owed; and the counter for
//! passes and vouchers, which are owed in yuan.

mod forms;
mod statement;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::Month;

use super::assets::READER;
use super::figures::{minute, points, yuan};
use super::form::{Fields, Sent};
use super::page::{Frame, Trouble, Visitor, answer, new_key, new_number, show};
use crate::access::Role;
use crate::access::policy::{Denied, Read, Target, Who};
use crate::app::App;
use crate::service::desk::today;
use crate::service::merchant::{claims, offers};
use crate::service::reading::may_read;

#[derive(Template)]
#[template(path = "merchant/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    merchant: String,
    name: String,
    this_month: String,
    redemptions: i64,
    owed: String,
    yuan: String,
    rows: Vec<Row>,
    said: String,
    bad: String,
    /// What is to be paid, before it is recorded.
    wait: String,
    typed: forms::Typed,
    /// Number and words of each.
    offers: Vec<(String, String)>,
    lines: Vec<Claimed>,
    key: String,
    now: String,
    /// The statement that waits to be looked over.
    statement: Option<statement::Shown>,
    /// What reads codes where the browser itself does not.
    reader: &'static str,
}

/// What is owed in yuan for one use or slip.
struct Claimed {
    at: String,
    source: String,
    amount: String,
    /// Whether it was taken back.
    taken_back: bool,
    /// The key of the form that takes it back, where it is of today, and the time to the second, for that form.
    back: Option<(String, String)>,
}

struct Row {
    month: String,
    redemptions: i64,
    honoured: String,
    corrected: String,
    paid: String,
    owed: String,
    yuan: String,
    due: bool,
    references: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/merchant", get(read).post(act))
}

/// What a page says of what was just asked.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    wait: String,
    typed: forms::Typed,
}

async fn read(State(app): State<App>, visitor: Visitor) -> Response {
    answer(&visitor, page(&app, &visitor, Told::default()).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let told = forms::carry_out(&app, &visitor, &own(&visitor)?, &fields).await?;
        page(&app, &visitor, told).await
    };
    answer(&visitor, made.await)
}

/// The merchant of whoever is logged in.
fn own(visitor: &Visitor) -> Result<String, Trouble> {
    Ok((*visitor.must()?.identity.scopes_of(Role::Merchant).first().ok_or(Denied)?).to_owned())
}

async fn page(app: &App, visitor: &Visitor, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let (merchant, who) = (own(visitor)?, Who::Bearer(&visitor.must()?.identity));
    let reading = may_read(who, Read::Settlement, Target::Merchant(&merchant))?;
    reading.at_least(app, None).await?;
    let dues = app.views.dues(&merchant).await?.value;
    let name = app.views.merchant(&merchant).await?.value.map(|row| row.name).unwrap_or_default();
    let this_month = Month::of(today(app));
    let month = this_month.to_string();
    let claims = claims(app, who, &merchant, this_month).await?;
    let offers = offers(app, who, &merchant, today(app)).await?;
    let Told { said, bad, wait, mut typed } = told;
    let clock = app.ledger.now().to_string();
    let now = clock.get(..16).unwrap_or_default().to_owned();
    if typed.slip.is_empty() {
        typed.slip = new_number("XP");
    }
    if typed.at.is_empty() {
        typed.at.clone_from(&now);
    }
    let statement = statement::shown(app, visitor, &merchant, &dues).await?;
    let this = dues.iter().find(|(found, _)| *found == month).map(|(_, due)| &due.booked);
    let owed: Points = dues.iter().map(|(_, due)| due.owed).sum();
    let page = Page {
        f: visitor.frame(w.merchant),
        name,
        this_month: points(this.map_or(Points::ZERO, |booked| booked.honoured)),
        redemptions: this.map_or(0, |booked| booked.redemptions),
        owed: points(owed),
        yuan: yuan(claims.iter().fold(Fen::ZERO, |sum, claim| sum + claim.amount)),
        said,
        bad,
        wait,
        typed,
        offers: offers
            .into_iter()
            .map(|(id, terms)| {
                let told = format!("{id} · {} · {}", terms.kind, w.merchant_words.discount(terms.paid_of_thousand));
                (id, told)
            })
            .collect(),
        lines: claims
            .into_iter()
            .map(|claim| {
                let open = claim.at.filter(|at| at.date() == today(app) && !claim.taken_back);
                Claimed {
                    at: claim.at.map(|at| minute(&at.to_string())).unwrap_or_default(),
                    source: claim.source.map(|source| source.to_string()).unwrap_or_default(),
                    amount: yuan(claim.amount),
                    taken_back: claim.taken_back,
                    back: open.map(|at| (new_key("back"), at.to_string())),
                }
            })
            .collect(),
        key: new_key("use"),
        statement,
        reader: &READER.path,
        now,
        rows: dues
            .iter()
            .rev()
            .map(|(month, due)| Row {
                month: month.clone(),
                redemptions: due.booked.redemptions,
                honoured: points(due.booked.honoured),
                corrected: points(due.booked.corrected),
                paid: points(due.booked.paid),
                owed: points(due.owed),
                yuan: yuan(due.booked.money),
                due: due.owed.is_positive(),
                references: due.booked.references.join("、"),
            })
            .collect(),
        merchant,
    };
    show(&page)
}
