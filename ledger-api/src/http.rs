//! The HTTP edge: which routes there are, who gets past the door, and what every request is limited to.
//!
//! One file a resource; each gives its routes with their OpenAPI description. Reading order: this list, [`door`] (what a
//! route asks for, and who gets as far as its handler), [`extract`] (what a request carries), [`body`] and [`wire`] (JSON
//! and the values in it), [`command`] (from a body to `service` and back), [`error`] (how a no is told), [`limits`], then
//! any resource. Nothing here decides a rule, which is the ledger's, nor a right, which `service` asks for.

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

mod accept;
pub mod account_reads;
pub mod accounts;
pub mod acknowledgements;
pub mod appointment_decisions;
pub mod appointments;
mod appraisal_seals;
pub mod appraisals;
pub mod approvals;
pub mod audit;
pub mod audits;
pub mod batch;
mod batch_item;
pub mod benefit_reads;
pub mod benefits;
pub mod body;
pub mod branches;
pub mod cases;
mod cloud_events;
pub mod command;
pub mod credit_reads;
pub mod credits;
pub mod crowd;
mod decimal;
pub mod deliveries;
pub mod docs;
pub mod door;
pub mod due;
pub mod erase;
pub mod error;
pub mod events;
pub mod expiries;
pub mod extract;
pub mod grants;
mod guards;
pub mod health;
pub mod holds;
pub mod judgements;
pub mod limits;
mod list_file;
mod location;
pub mod login;
pub mod merchants;
pub mod metrics;
pub mod open_holds;
pub mod openapi;
pub mod own_data;
pub mod pairs;
pub mod passes;
pub mod person;
pub mod proposals;
pub mod publicity;
pub mod rate;
pub mod rating_slips;
pub mod readers;
pub mod receipts;
pub mod redemptions;
pub mod request_claims;
pub mod request_reads;
pub mod request_routing;
pub mod requests;
pub mod reversals;
pub mod schedule;
pub mod security;
pub mod selection_list;
pub mod selection_objections;
pub mod selection_reads;
pub mod selection_shapes;
pub mod selections;
pub mod settlements;
pub mod shapes;
pub mod shelf;
pub mod sites;
pub mod stand_ins;
pub mod statement_reads;
pub mod statements;
pub mod stock;
pub mod stores;
pub mod thing_traces;
pub mod till;
pub mod traces;
pub mod validity;
pub mod what_if;
pub mod wire;
pub mod withdrawals;
pub mod witness;
pub mod workers;

#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::stopping::Stopping;
use crowd::Walkers;
use door::{Gate, Routes};
use rate::RateSettings;

/// The OpenAPI document of all routes, as JSON. Handlers take it as `Extension<ApiDocument>`.
#[derive(Debug, Clone)]
pub struct ApiDocument(pub Arc<str>);

/// Routes that ask for an access token whose role is permitted.
fn guarded() -> Routes {
    Routes::new()
        .merge(workers::routes())
        .merge(accounts::routes())
        .merge(person::routes())
        .merge(erase::routes())
        .merge(own_data::routes())
        .merge(readers::routes())
        .merge(traces::routes())
        .merge(thing_traces::routes())
        .merge(merchants::routes())
        .merge(sites::routes())
        .merge(settlements::routes())
        .merge(stores::routes())
        .merge(shelf::routes())
        .merge(stock::routes())
        .merge(schedule::routes())
        .merge(what_if::routes())
        .merge(credits::routes())
        .merge(judgements::routes())
        .merge(credit_reads::routes())
        .merge(publicity::routes())
        .merge(due::routes())
        .merge(redemptions::routes())
        .merge(till::routes())
        .merge(holds::routes())
        .merge(deliveries::routes())
        .merge(cases::routes())
        .merge(open_holds::routes())
        .merge(batch::routes())
        .merge(expiries::routes())
        .merge(appraisals::routes())
        .merge(appraisal_seals::routes())
        .merge(branches::routes())
        .merge(events::routes())
        .merge(audits::routes())
        .merge(audit::routes())
        .merge(security::routes())
        .merge(receipts::routes())
        .merge(grants::routes())
        .merge(account_reads::routes())
        .merge(metrics::routes())
        .merge(requests::routes())
        .merge(request_claims::routes())
        .merge(request_routing::routes())
        .merge(appointments::routes())
        .merge(appointment_decisions::routes())
        .merge(pairs::routes())
        .merge(benefits::routes())
        .merge(stand_ins::routes())
        .merge(withdrawals::routes())
        .merge(approvals::routes())
        .merge(proposals::routes())
        .merge(reversals::routes())
        .merge(selections::routes())
        .merge(statements::routes())
        .merge(acknowledgements::routes())
        .merge(statement_reads::routes())
        .merge(selection_objections::routes())
        .merge(selection_list::routes())
        .merge(selection_reads::routes())
        .merge(passes::routes())
        .merge(request_reads::routes())
        .merge(rating_slips::routes())
        .merge(benefit_reads::routes())
}

/// Routes that anybody may ask, or that ask for a token themselves: they show nothing of what is recorded.
fn open() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(health::routes()).merge(docs::routes()).merge(witness::routes()).merge(login::routes())
}

/// The OpenAPI document of all routes.
///
/// # Errors
/// When it cannot be written, which is a fault of this program.
pub fn document() -> serde_json::Result<serde_json::Value> {
    openapi::complete(guarded().into_parts().0.into_openapi(), open().into_openapi())
}

/// The pages.
pub struct Pages {
    /// Where they are.
    pub routes: Router<App>,
    /// What a browser is shown where nothing is.
    pub nothing: MethodRouter<App>,
}

/// The API of a ledger and its pages, with what surrounds every request.
///
/// # Errors
/// When the OpenAPI document cannot be written, which is a fault of this program.
pub fn router(app: App, pages: Pages, stopping: Stopping, rates: RateSettings) -> serde_json::Result<Router> {
    let document = ApiDocument(document()?.to_string().into());
    let gate = Arc::new(Gate::new(rates));
    let (guarded, doors) = guarded().into_parts();
    let (guarded, _) = guarded.split_for_parts();
    let (open, _) = open().split_for_parts();
    let guard = from_fn_with_state((app.clone(), doors.clone(), Arc::clone(&gate)), door::guard);
    let guarded = guarded.method_not_allowed_fallback(extract::wrong_method).route_layer(guard);
    // Pages and the ways in take from the same buckets.
    let open = open.merge(pages.routes).method_not_allowed_fallback(extract::wrong_method);
    let visitors = from_fn_with_state((app.clone(), gate), door::visitors);
    let open = open.route_layer(visitors.clone());
    let nothing = pages.nothing.layer(visitors);
    let no_route = move |State(app): State<App>, request: Request| {
        let nothing = nothing.clone();
        async move {
            if extract::is_for_a_browser(&request) { nothing.call(request, app).await } else { extract::no_route() }
        }
    };
    Ok(guarded
        .merge(open)
        .fallback(no_route)
        // One layer of many, outermost first: each call of `layer` would put every route in one box more, and every request
        // copies all boxes of its route.
        .layer((
            from_fn_with_state(doors, limits::around),
            CatchPanicLayer::custom(limits::panicked),
            Extension(Walkers::default()),
            Extension(stopping),
            Extension(document),
        ))
        .with_state(app))
}
