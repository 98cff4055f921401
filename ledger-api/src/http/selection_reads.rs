//! Reading selections: the formula, how far each has come, and what the formula takes of a candidate.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::selection::command::SelectionTerms;
use ledger_core::domain::selection::formula::Figure;
use ledger_core::domain::selection::state::{Objection, Stage};
use projections::queries::selection::SelectionRecord;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, ListQuery, position_from_text};
use super::selection_shapes::{MeasureJson, ShortListJson};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::exact::Exact;
use crate::service::selections::{digest_of, one};
use crate::service::texts::{self, Written};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(Read::Selection, routes!(list_selections))
        .route(Read::Selection, routes!(read_selection))
        .route(Read::Candidacy, routes!(read_candidates))
}

/// A line of the formula.
#[derive(Debug, Serialize, ToSchema)]
struct IndicatorJson {
    code: String,
    measure: MeasureJson,
    /// The activities that it looks at; empty for all of them.
    activities: Vec<String>,
    weight: u32,
}

/// What was announced of a selection.
#[derive(Debug, Serialize, ToSchema)]
struct TermsJson {
    name: String,
    /// The score is the sum of weight × figure.
    indicators: Vec<IndicatorJson>,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<NaiveDate>,
    #[schema(value_type = String, format = Date)]
    cut_off: NaiveDate,
    #[schema(value_type = Option<String>, format = Date)]
    consent_until: Option<NaiveDate>,
    places: u32,
    publicity_days: u32,
    tie_by: Option<String>,
    /// Empty where it is open to all of them.
    occupations: Vec<String>,
}

impl From<&SelectionTerms> for TermsJson {
    fn from(terms: &SelectionTerms) -> TermsJson {
        let indicators = terms.indicators.iter().map(|indicator| IndicatorJson {
            code: indicator.code.to_string(),
            measure: indicator.measure.into(),
            activities: indicator.activities.iter().map(ToString::to_string).collect(),
            weight: indicator.weight,
        });
        TermsJson {
            name: terms.name.clone(),
            indicators: indicators.collect(),
            from: terms.from,
            cut_off: terms.cut_off,
            consent_until: terms.consent_until,
            places: terms.places,
            publicity_days: terms.publicity_days,
            tie_by: terms.tie_by.as_ref().map(ToString::to_string),
            occupations: terms.occupations.clone(),
        }
    }
}

/// How far a selection has come.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StageJson {
    Announced,
    Sealed,
    Drawn,
    Recorded,
}

impl From<Stage> for StageJson {
    fn from(stage: Stage) -> StageJson {
        match stage {
            Stage::Announced => StageJson::Announced,
            Stage::Sealed => StageJson::Sealed,
            Stage::Drawn => StageJson::Drawn,
            Stage::Recorded => StageJson::Recorded,
        }
    }
}

/// A selection in the list.
#[derive(Debug, Serialize, ToSchema)]
struct SelectionJson {
    selection: String,
    #[serde(flatten)]
    terms: TermsJson,
    stage: StageJson,
    /// How many agreed to be candidates.
    candidates: u64,
    /// The last day of the list's publicity; null before it is drawn.
    #[schema(value_type = Option<String>, format = Date)]
    public_until: Option<NaiveDate>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SelectionList {
    selections: Vec<SelectionJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

/// Selections (评选), by id.
#[utoipa::path(get, path = "/v1/selections", tag = "selections", params(ListQuery),
    responses((status = 200, description = "The selections.", body = SelectionList)))]
async fn list_selections(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<SelectionList>, ApiError> {
    let reading = caller.may(Read::Selection, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let page = app.views.selections(&query.after, query.limit.0).await?;
    let rows = page.rows.into_iter().filter_map(|(selection, row)| {
        Some(SelectionJson {
            selection,
            terms: row.terms.as_ref()?.into(),
            stage: row.stage?.into(),
            candidates: row.candidates,
            public_until: row.public_until,
        })
    });
    Ok(Json(SelectionList { selections: rows.collect(), next: page.next, position: page.position }))
}

/// A list that hung out, and who was put right in it.
#[derive(Debug, Serialize, ToSchema)]
struct RevisionJson {
    #[serde(flatten)]
    list: ShortListJson,
    /// Who was put right; null for the first list.
    revised: Option<String>,
}

/// The seal.
#[derive(Debug, Serialize, ToSchema)]
struct SealJson {
    /// The inputs are what the ledger said just before this position.
    position: u64,
    candidates: usize,
    /// SHA-256 of the inputs, as the event has them in canonical JSON.
    digest: String,
}

/// An objection.
#[derive(Debug, Serialize, ToSchema)]
struct ObjectionJson {
    objection: String,
    candidate: String,
    /// `open`, `dismissed`, `upheld` (the list is to be revised) or `followed` (it was).
    #[schema(value_type = String)]
    status: &'static str,
    /// Who objected: for those who decide, auditors and the objector.
    by: Option<String>,
    /// Why: for the same.
    reason: Option<String>,
    /// What was answered: for the same.
    answer: Option<String>,
}

/// That a meeting decided.
#[derive(Debug, Serialize, ToSchema)]
struct ResultJson {
    /// SHA-256 of the minutes.
    minutes: String,
    position: u64,
}

/// A selection.
#[derive(Debug, Serialize, ToSchema)]
struct SelectionRecordJson {
    selection: String,
    #[serde(flatten)]
    terms: TermsJson,
    stage: StageJson,
    /// The position of the announcement.
    announced: u64,
    /// How many agreed to be candidates.
    candidates: usize,
    /// Null before the inputs are sealed.
    seal: Option<SealJson>,
    /// The short lists, first to last: the last one holds.
    lists: Vec<RevisionJson>,
    objections: Vec<ObjectionJson>,
    /// Null before a meeting decided.
    result: Option<ResultJson>,
    /// The answer includes everything up to this position.
    position: u64,
}

fn status_of(objection: &Objection) -> &'static str {
    match &objection.answer {
        None => "open",
        Some(answer) if !answer.upheld => "dismissed",
        Some(answer) if answer.followed => "followed",
        Some(_) => "upheld",
    }
}

/// A selection: its formula, how far it has come, the lists that hung out. What the formula takes of a candidate stands in
/// `/candidates`.
#[utoipa::path(get, path = "/v1/selections/{id}", tag = "selections", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The selection.", body = SelectionRecordJson)))]
async fn read_selection(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<SelectionRecordJson>, ApiError> {
    let reading = caller.may(Read::Selection, Target::District)?;
    let (record, position) = one(&app, &reading, &id, query.min_position).await?;
    let SelectionRecord { state, announced, sealed, lists, recorded } = &record;
    let terms = state.terms().ok_or_else(|| missing(&id))?;
    let lists = lists.iter().map(|listed| RevisionJson {
        list: listed.into(),
        revised: listed.revised.as_ref().map(|(candidate, _)| candidate.clone()),
    });
    let seal = sealed.as_ref().map(|sealed| SealJson {
        position: sealed.position,
        candidates: sealed.inputs.len(),
        digest: digest_of(&sealed.inputs),
    });
    let result = state.minutes().zip(*recorded);
    let result = result.map(|(minutes, position)| ResultJson { minutes: minutes.to_owned(), position });
    Ok(Json(SelectionRecordJson {
        selection: id,
        terms: terms.into(),
        stage: state.stage().into(),
        announced: *announced,
        candidates: state.candidates().len(),
        seal,
        lists: lists.collect(),
        objections: objections(&app, &caller, &record).await,
        result,
        position,
    }))
}

fn missing(id: &str) -> ApiError {
    ApiError::unknown(Code::NotFound, "selection", id)
}

/// The objections; who made them and why is told to those who decide, to auditors, and to whoever objected.
async fn objections(app: &App, caller: &Caller, record: &SelectionRecord) -> Vec<ObjectionJson> {
    let sees_all = caller.may(Read::Candidacy, Target::District).is_ok();
    let mut told: Vec<ObjectionJson> = Vec::new();
    for (name, objection) in record.state.objections() {
        let seen = sees_all || objection.by.as_str() == caller.0.id.as_str();
        told.push(ObjectionJson {
            objection: name.to_string(),
            candidate: objection.candidate.to_string(),
            status: status_of(objection),
            by: seen.then(|| objection.by.to_string()),
            reason: seen.then(|| objection.reason.clone()),
            answer: objection.answer.as_ref().filter(|_| seen).map(|answer| answer.reason.clone()),
        });
    }
    let mut written = Vec::new();
    for ObjectionJson { objection, candidate, reason, answer, .. } in &mut told {
        for text in reason.iter_mut().chain(answer) {
            written.push(Written::of_worker(candidate, Some(objection), text));
        }
    }
    texts::tell(&app.vault, Who::Bearer(&caller.0), written).await;
    told
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CandidatesQuery {
    /// This candidate alone; all of them without.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    worker: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// What an indicator comes to.
#[derive(Debug, Serialize, ToSchema)]
struct FigureJson {
    indicator: String,
    /// What was counted.
    #[schema(value_type = f64)]
    figure: Exact<Figure>,
    weight: u32,
}

/// A candidate.
#[derive(Debug, Serialize, ToSchema)]
struct CandidateJson {
    worker: String,
    /// The day on which they agreed.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// What the formula takes of them, in its order; null before the inputs are sealed, and for who was taken off since.
    figures: Option<Vec<FigureJson>>,
    /// The sum of weight × figure.
    #[schema(value_type = Option<f64>)]
    score: Option<Exact<Figure>>,
}

/// Candidates with what the formula takes of them, so that anybody may come to the same score.
#[derive(Debug, Serialize, ToSchema)]
struct CandidatesAnswer {
    selection: String,
    /// By id, as sealed and as put right since.
    candidates: Vec<CandidateJson>,
    /// The answer includes everything up to this position.
    position: u64,
}

fn candidate(terms: &SelectionTerms, worker: &WorkerId, on: NaiveDate, figures: Option<&Vec<Figure>>) -> CandidateJson {
    let figure = |(indicator, figure): (&ledger_core::domain::selection::command::Indicator, &Figure)| FigureJson {
        indicator: indicator.code.to_string(),
        figure: Exact(*figure),
        weight: indicator.weight,
    };
    CandidateJson {
        worker: worker.to_string(),
        on,
        figures: figures.map(|figures| terms.indicators.iter().zip(figures).map(figure).collect()),
        score: figures.and_then(|figures| terms.score(figures).ok()).map(Exact),
    }
}

/// The candidates with what the formula takes of each: all of them for those who decide and for auditors; with `worker` one,
/// also for the candidate.
#[utoipa::path(get, path = "/v1/selections/{id}/candidates", tag = "selections",
    params(("id" = String, Path), CandidatesQuery),
    responses((status = 200, description = "The candidates, by id.", body = CandidatesAnswer)))]
async fn read_candidates(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<CandidatesQuery>,
) -> Result<Json<CandidatesAnswer>, ApiError> {
    let wanted = query.worker.trim();
    let target = if wanted.is_empty() { Target::District } else { Target::Worker(wanted) };
    let reading = caller.may_here(&app, Read::Candidacy, target).await?;
    let (record, position) = one(&app, &reading, &id, query.min_position).await?;
    let terms = record.state.terms().ok_or_else(|| missing(&id))?;
    let agreed = record.state.candidates().iter();
    let candidates: Vec<CandidateJson> = agreed
        .filter(|(worker, _)| wanted.is_empty() || worker.as_str() == wanted)
        .map(|(worker, on)| {
            let figures = record.state.inputs().and_then(|inputs| inputs.get(worker));
            candidate(terms, worker, *on, figures)
        })
        .collect();
    if candidates.is_empty() && !wanted.is_empty() {
        let known = WorkerId::new(wanted).is_ok() && app.views.worker(wanted).await?.value.is_some();
        return Err(if known {
            ApiError::unknown(Code::NotFound, "candidate", wanted)
        } else {
            let shown: String = wanted.chars().take(128).collect();
            ApiError::new(Code::UnknownWorker, format!("worker: there is no worker {shown:?}"))
        });
    }
    match candidates.as_slice() {
        [one] if !wanted.is_empty() => reading.note_worker(&app, &one.worker),
        all => reading.note_list(&app, all.iter().map(|candidate| candidate.worker.as_str())),
    }
    Ok(Json(CandidatesAnswer { selection: id, candidates, position }))
}
