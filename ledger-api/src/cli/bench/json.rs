//! Commands of the invented district as the API reads them.

use chrono::NaiveDate;
use hyper::Method;
use ledger_core::domain::points::Points;
use ledger_core::ledger::{Command, Submission, commands};
use serde::Serialize;
use serde_json::{Value, json};

use super::failed;
use crate::cli::CliError;

/// What bodies are.
pub(super) const MEDIA: &str = "application/json";

/// A command's own route.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) body: Vec<u8>,
}

#[derive(Serialize)]
struct Line<'a> {
    sku: &'a str,
    quantity: u32,
}

#[derive(Serialize)]
struct Redeem<'a> {
    worker: &'a str,
    store: &'a str,
    lines: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Credit<'a> {
    worker: &'a str,
    activity: &'a str,
    on: NaiveDate,
    quantity: f64,
    witness: &'a str,
}

/// What a command's body holds: the load's own commands without a detour, those of the filling as they come.
#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Redeem(Redeem<'a>),
    Credit(Credit<'a>),
    Other(Value),
}

#[derive(Serialize)]
struct Item<'a> {
    key: &'a str,
    command: &'static str,
    #[serde(flatten)]
    body: Body<'a>,
}

/// A command for its own route.
pub(super) fn call(submission: &Submission) -> Result<Call, CliError> {
    let (target, method) = match &submission.command {
        Command::AdoptSchedule(_) => ("/v1/schedule".into(), Method::PUT),
        Command::RegisterMerchant(_) => ("/v1/merchants".into(), Method::POST),
        Command::OpenStore(_) => ("/v1/stores".into(), Method::POST),
        Command::ListItem(commands::ListItem { store, .. }) => (format!("/v1/stores/{store}/items"), Method::POST),
        Command::Restock(commands::Restock { store, .. }) => (format!("/v1/stores/{store}/restock"), Method::POST),
        Command::RegisterWorker(_) => ("/v1/workers".into(), Method::POST),
        Command::RecordCredit(_) => ("/v1/credits".into(), Method::POST),
        Command::Redeem(_) => ("/v1/redemptions".into(), Method::POST),
        other => return Err(unwritten(other)),
    };
    let (_, body) = body(&submission.command, false)?;
    let body = serde_json::to_vec(&body).map_err(failed)?;
    Ok(Call { method, target, body })
}

/// Commands for `/v1/batch`.
pub(super) fn batch(submissions: &[Submission]) -> Result<Vec<u8>, CliError> {
    let items = submissions
        .iter()
        .map(|submission| {
            let (command, body) = body(&submission.command, true)?;
            Ok(Item { key: submission.context.key.as_str(), command, body })
        })
        .collect::<Result<Vec<_>, CliError>>()?;
    serde_json::to_vec(&items).map_err(failed)
}

/// A command's name in a batch, and its body; `whole` with what its own route's address names.
fn body(command: &Command, whole: bool) -> Result<(&'static str, Body<'_>), CliError> {
    let address = |mut body: Value, name: &str, id: &str| {
        if whole && let Value::Object(fields) = &mut body {
            fields.insert(name.to_owned(), json!(id));
        }
        Body::Other(body)
    };
    Ok(match command {
        Command::Redeem(asked) => {
            let lines =
                asked.lines.iter().map(|line| Line { sku: line.sku.as_str(), quantity: line.quantity.unwrap_or(0) });
            let body = Redeem { worker: asked.worker.as_str(), store: asked.store.as_str(), lines: lines.collect() };
            ("redeem", Body::Redeem(body))
        }
        Command::RecordCredit(commands::RecordCredit {
            worker,
            activity,
            on: Some(on),
            witness: Some(witness),
            ..
        }) => {
            let (worker, activity) = (worker.as_str(), activity.as_str());
            ("record_credit", Body::Credit(Credit { worker, activity, on: *on, quantity: 1.0, witness }))
        }
        Command::AdoptSchedule(commands::AdoptSchedule { activities, effective_from, .. }) => {
            let activities: Vec<Value> = activities
                .iter()
                .map(|line| {
                    json!({
                        "code": line.code, "name": line.name, "category": line.category, "unit": line.unit,
                        "points_per_unit": whole_points(line.points_per_unit), "counts_for_card": line.counts_for_card,
                    })
                })
                .collect();
            ("adopt_schedule", Body::Other(json!({"effective_from": effective_from, "activities": activities})))
        }
        Command::RegisterMerchant(commands::RegisterMerchant { merchant, details, .. }) => {
            ("register_merchant", Body::Other(json!({"id": merchant, "name": details.name, "uscc": details.uscc})))
        }
        Command::OpenStore(commands::OpenStore { store, details, .. }) => {
            ("open_store", Body::Other(json!({"id": store, "name": details.name, "tier": details.tier})))
        }
        Command::ListItem(commands::ListItem { store, sku, terms, .. }) => {
            let body = json!({
                "sku": sku, "name": terms.name, "kind": terms.kind, "price": whole_points(terms.price),
                "merchant": terms.merchant,
            });
            ("list_item", address(body, "store", store.as_str()))
        }
        Command::Restock(commands::Restock { store, sku, quantity, .. }) => {
            ("restock", address(json!({"sku": sku, "quantity": quantity}), "store", store.as_str()))
        }
        Command::RegisterWorker(commands::RegisterWorker { worker, details, .. }) => {
            ("register_worker", Body::Other(json!({"id": worker, "occupation": details.occupation})))
        }
        other => return Err(unwritten(other)),
    })
}

/// Points of the district, which are whole.
fn whole_points(points: Points) -> i64 {
    points.hundredths() / 100
}

fn unwritten(command: &Command) -> CliError {
    failed(format!("a measurement sends no {command:?}"))
}
