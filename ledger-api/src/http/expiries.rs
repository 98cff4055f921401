//! Booking lots that ended: for every worker who has some, in commands of their own under one request's key.
//!
//! What can be spent never depends on this booking: a lot that ended is not spendable, booked or not.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::ids::{Key, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::event::Booking;
use ledger_core::ledger::{Command, Context, Receipt, Submission, commands};
use projections::views::balance::Lot;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, derived_key, receipt_of, told, worker_event};
use super::error::ApiError;
use super::extract::Asking;
use super::wire::{DateJson, PointsJson, no_date};
use crate::app::App;

/// Lots looked at together.
const PAGE: usize = 1_000;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(book))
}

/// Which lots to book.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BookExpiries {
    /// Lots whose last day is not after this day, which must be over.
    through: DateJson,
}

/// What was booked.
#[derive(Debug, Serialize, ToSchema)]
struct ExpiriesAnswer {
    /// For how many workers.
    workers: u64,
    /// How much in all.
    points: PointsJson,
    /// Durable up to here.
    position: u64,
}

/// Book the lots that ended by a day as expired. Asked again with the same key, it tells what was booked under that key
/// and books what an interrupted first try left.
#[utoipa::path(post, path = "/v1/expiries", tag = "expiries", request_body = BookExpiries,
    responses((status = 200, description = "Booked.", body = ExpiriesAnswer)))]
async fn book(
    State(app): State<App>,
    Asking(context): Asking,
    ApiJson(body): ApiJson<BookExpiries>,
) -> Result<Answer<ExpiriesAnswer>, ApiError> {
    let through = body.through.0.map_err(|sent| ApiError::new(Code::InvalidDate, no_date("through", &sent)))?;
    // On its last day a lot can still be spent.
    if through >= context.at.date() {
        let detail = format!("through: {through} is not over yet; lots that end on it can still be spent");
        return Err(ApiError::new(Code::InvalidDate, detail));
    }
    let stood = app.views.fresh(None).await?;
    let mut booked = Booked { workers: 0, points: Points::ZERO, position: 0, fresh: 0 };
    let mut after = String::new();
    loop {
        let page = app.views.workers(&after, PAGE).await?;
        let due = page.rows.iter().filter(|(_, row)| row.account.lots.iter().any(|lot| ended(lot, through)));
        let workers: Vec<&str> = due.map(|(worker, _)| worker.as_str()).collect();
        let submissions = workers
            .iter()
            .map(|worker| submission(&context, worker, through))
            .collect::<Result<Vec<Submission>, ApiError>>()?;
        for outcome in app.ledger.submit_all(submissions, false).await {
            booked.count(&receipt_of(outcome, &[])?);
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    let Booked { workers, points, position, fresh } = booked;
    // Where the last of it was booked, also when it is told again; without any, where was looked.
    let position = if workers == 0 { stood } else { position };
    let receipt = Receipt { position, events: [].into(), repeated: workers > 0 && fresh == 0 };
    told(StatusCode::OK, &receipt, Some(ExpiriesAnswer { workers, points: PointsJson(points), position }))
}

/// Whether a lot ended with something in it, or was booked before: then the same key may ask for it again.
fn ended(lot: &Lot, through: NaiveDate) -> bool {
    lot.last_day.is_some_and(|last_day| last_day <= through)
        && (lot.remaining.is_positive() || lot.expired.is_positive())
}

fn submission(context: &Context, worker: &str, through: NaiveDate) -> Result<Submission, ApiError> {
    let key: Key = derived_key(&format!("{}/", context.key), worker)?;
    let worker = WorkerId::new(worker).map_err(|error| ApiError::fault(&error))?;
    let context = Context { key, ..context.clone() };
    Ok(Submission { context, command: Command::ExpireLots(commands::ExpireLots { worker, through }) })
}

struct Booked {
    workers: u64,
    points: Points,
    position: u64,
    fresh: u64,
}

impl Booked {
    fn count(&mut self, receipt: &Receipt) {
        let points = worker_event(receipt, |event| {
            let (booked, booking) = event.as_expiry()?;
            (booking == Booking::Expired).then_some(booked.points)
        });
        let Some(points) = points else { return };
        self.workers += 1;
        self.points += points;
        self.fresh += u64::from(!receipt.repeated);
        self.position = self.position.max(receipt.position);
    }
}
