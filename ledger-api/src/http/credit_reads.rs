//! Reading one credit: the service as it was recorded, and what was decided about it, step by step.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use ledger_core::domain::ids::CreditId;
use ledger_core::domain::refusal::{Code, Refusal};
use projections::queries::credit::{CreditEvent, CreditRecord, CreditStep};
use projections::waiting::Stage;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller};
use super::wire::PointsJson;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::exact::Exact;
use crate::service::objectors::{Objectors, objectors};
use crate::service::{names, texts};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Credit, routes!(read_credit)).route(Read::Witness, routes!(read_witness))
}

/// Where a credit stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CreditStatus {
    /// It waits for a check.
    Proposed,
    /// It is public.
    Publicised,
    /// It counts.
    Confirmed,
    /// An objection to it is open.
    Objected,
    /// The decision about an objection was appealed.
    Appealed,
    /// It was refused.
    Rejected,
    /// It was taken back.
    Reversed,
}

/// What happened to a credit.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StepKind {
    Recorded,
    Checked,
    Publicised,
    Confirmed,
    Rejected,
    Objected,
    Appealed,
    ObjectionUpheld,
    ObjectionDismissed,
    Reversed,
}

/// A step of a credit.
#[derive(Debug, Serialize, ToSchema)]
struct StepJson {
    step: StepKind,
    /// Who: a token's id; null where the reader may not know who objected.
    by: Option<String>,
    /// Why; null for the recording.
    reason: Option<String>,
    /// When, by business time.
    #[schema(format = DateTime)]
    at: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
    position: u64,
}

/// A credit with its steps.
#[derive(Debug, Serialize, ToSchema)]
struct CreditRecordJson {
    credit: String,
    worker: String,
    activity: String,
    category: String,
    /// The service date.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    #[schema(value_type = f64)]
    quantity: Exact<String>,
    points: PointsJson,
    /// The points before the daily cap cut them; null where it did not.
    uncapped: Option<PointsJson>,
    /// Whether it counts for the mutual-aid points card.
    counts_for_card: bool,
    /// Last day on which it can be spent; null for ever.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<NaiveDate>,
    /// The version of the points schedule that it was counted by.
    schedule: u32,
    /// Who witnessed it, as a pseudonym.
    witness: Option<String>,
    /// Digest of its evidence.
    evidence: Option<String>,
    status: CreditStatus,
    /// The guards that were met, by their codes.
    flags: Vec<String>,
    /// The last day of its publicity, once that began.
    #[schema(value_type = Option<String>, format = Date)]
    public_until: Option<NaiveDate>,
    /// The day on which its points come free, if nobody objects.
    #[schema(value_type = Option<String>, format = Date)]
    free_on: Option<NaiveDate>,
    /// In order.
    steps: Vec<StepJson>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// A credit with what was decided about it.
#[utoipa::path(get, path = "/v1/credits/{id}", tag = "credits", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The credit.", body = CreditRecordJson)))]
async fn read_credit(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<CreditId>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<CreditRecordJson>, ApiError> {
    let reading = caller.may_here(&app, Read::Credit, Target::Credit(id.as_str())).await?;
    let position = reading.at_least(&app, query.min_position).await?;
    let credit = app.views.credit(&id, position).await?;
    let mut credit = credit.ok_or_else(|| unknown_credit(&id))?;
    reading.note_worker(&app, credit.record.worker.as_str());
    texts::tell(&app.vault, Who::Bearer(&caller.0), texts::of_credit(&mut credit)).await;
    Ok(Json(credit_json(credit, position, objectors(&caller.0))))
}

fn unknown_credit(id: &CreditId) -> ApiError {
    let refusal = Refusal::new(Code::UnknownCredit, format!("there is no credit {id}"));
    ApiError::refused(refusal, &[Code::UnknownCredit])
}

#[derive(Debug, Serialize, ToSchema)]
struct WitnessAnswer {
    credit: String,
    /// What stands for the witness in events; null where none was named.
    witness: Option<String>,
    /// Who that is; null where it is not kept any more.
    name: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Who witnessed a credit, by name: for whoever has to decide about it or audits it. The worker sees that it was asked.
#[utoipa::path(get, path = "/v1/credits/{id}/witness", tag = "credits", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The witness.", body = WitnessAnswer)))]
async fn read_witness(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<CreditId>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<WitnessAnswer>, ApiError> {
    let reading = caller.may_here(&app, Read::Witness, Target::Credit(id.as_str())).await?;
    let position = reading.at_least(&app, query.min_position).await?;
    let credit = app.views.credit(&id, position).await?.ok_or_else(|| unknown_credit(&id))?;
    reading.note_worker(&app, credit.record.worker.as_str());
    let witness = credit.record.witness.map(|witness| witness.to_string());
    let name = match &witness {
        Some(witness) => names::of_witness(&app, witness).await,
        None => None,
    };
    Ok(Json(WitnessAnswer { credit: id.to_string(), witness, name, position }))
}

fn credit_json(credit: CreditRecord, position: u64, told: Objectors) -> CreditRecordJson {
    let CreditRecord { record, way, objected, steps } = credit;
    let status = match way.stage {
        Stage::Proposed if objected => CreditStatus::Objected,
        Stage::Proposed => CreditStatus::Proposed,
        Stage::Publicised => CreditStatus::Publicised,
        Stage::Confirmed if objected => CreditStatus::Objected,
        Stage::Confirmed => CreditStatus::Confirmed,
        Stage::Objected => CreditStatus::Objected,
        Stage::Appealed => CreditStatus::Appealed,
        Stage::Upheld | Stage::Rejected => CreditStatus::Rejected,
        Stage::Reversed => CreditStatus::Reversed,
    };
    let unnamed = steps.iter().any(|step| step.what == CreditEvent::ObjectedUnnamed);
    CreditRecordJson {
        credit: record.credit.to_string(),
        worker: record.worker.to_string(),
        activity: record.activity.to_string(),
        category: record.category,
        on: record.on,
        quantity: Exact(record.quantity.to_string()),
        points: PointsJson(record.points),
        uncapped: record.uncapped.map(PointsJson),
        counts_for_card: record.card,
        last_day: record.last_day,
        schedule: record.schedule,
        witness: record.witness,
        evidence: record.evidence,
        status,
        flags: record.flags.iter().map(|flag| flag.as_str().to_owned()).collect(),
        public_until: way.public_until,
        free_on: way.free_on(),
        steps: steps.into_iter().map(|step| step_json(step, told, unnamed)).collect(),
        position,
    }
}

fn step_json(step: CreditStep, told: Objectors, unnamed: bool) -> StepJson {
    let is_told = told.may_know(step.what, unnamed);
    let kind = match step.what {
        CreditEvent::Recorded => StepKind::Recorded,
        CreditEvent::Checked => StepKind::Checked,
        CreditEvent::Publicised => StepKind::Publicised,
        CreditEvent::Appealed => StepKind::Appealed,
        CreditEvent::Confirmed => StepKind::Confirmed,
        CreditEvent::Rejected => StepKind::Rejected,
        CreditEvent::Objected | CreditEvent::ObjectedUnnamed => StepKind::Objected,
        CreditEvent::ObjectionUpheld => StepKind::ObjectionUpheld,
        CreditEvent::ObjectionDismissed => StepKind::ObjectionDismissed,
        CreditEvent::Reversed => StepKind::Reversed,
    };
    StepJson {
        step: kind,
        by: Some(step.by).filter(|_| is_told),
        reason: step.reason,
        at: step.at.to_string(),
        recorded_at: step.recorded_at.to_string(),
        position: step.position,
    }
}
