//! Evidence for auditors: signed checkpoints, and RFC 9162 proofs against them. Shows hashes and public keys alone.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::note::SignedNote;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accept;
use super::body::ApiJson;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Asking, Caller, Limit, position_from_text};
use crate::access::policy::{Action, Read, Target, Who, allow};
use crate::app::App;
use crate::audit::receipts::{Consistency, Inclusion};
use crate::audit::store::{KnownKey, Published};
use crate::audit::{AuditError, time};
use crate::service::ServiceError;
use crate::service::reading::must_be_there;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(Read::Checkpoint, routes!(read_checkpoint))
        .route(Read::Checkpoint, routes!(list_checkpoints))
        .route(Read::Proof, routes!(read_inclusion))
        .route(Read::Proof, routes!(read_consistency))
        .route(Read::Keys, routes!(read_keys))
        .route(Action::Cosign, routes!(add_cosignature))
}

impl From<AuditError> for ApiError {
    fn from(error: AuditError) -> ApiError {
        use ledger_core::domain::refusal::Code;
        match &error {
            AuditError::Asked(what) => ApiError::not_found(what.clone()),
            // The caller must see that this is no passing fault: the words say what stands against signing.
            AuditError::Refused(_) | AuditError::NoKey => {
                tracing::error!(%error, "no checkpoint could be given");
                ApiError::new(Code::JournalUnavailable, error.to_string())
            }
            AuditError::Key(_) | AuditError::Journal(_) | AuditError::Store(_) => ApiError::unavailable(&error),
        }
    }
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CheckpointQuery {
    /// The published checkpoint of so many entries; the latest without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    size: Option<u64>,
    /// Answer with a checkpoint that covers this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
    /// `json` or `text`; goes before `Accept`.
    #[serde(default)]
    #[param(required = false)]
    format: String,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListCheckpointsQuery {
    /// Go on after this size.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    after: Option<u64>,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    limit: Limit,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InclusionQuery {
    /// The tree to prove it for: any number of entries from the position to the end; the latest checkpoint's without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    size: Option<u64>,
    /// Answer with a proof for a tree that covers this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConsistencyQuery {
    /// Number of entries of the earlier tree, such as that of a checkpoint kept from before.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = u64, required = true)]
    from: Option<u64>,
    /// Number of entries of the later tree; the latest checkpoint's without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    to: Option<u64>,
    /// Answer with a proof to a tree that covers this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// A published checkpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckpointJson {
    /// The journal's name in checkpoints.
    origin: String,
    /// Number of entries, which is the last position.
    size: u64,
    /// Merkle root over them, base64.
    root: String,
    /// What the tree is hashed with: sha-256 or sm3.
    hash_suite: String,
    /// The signed note, byte for byte (C2SP tlog-checkpoint): what to keep and to verify.
    checkpoint: String,
    /// When it was first signed.
    signed_at: String,
    /// Names and ids of the keys that signed or cosigned.
    signers: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CheckpointList {
    checkpoints: Vec<CheckpointJson>,
    /// The size to ask on after; null at the end.
    next: Option<u64>,
}

/// That an entry stands in the journal (RFC 9162, 2.1.3). Hashes are base64.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InclusionJson {
    position: u64,
    /// Index in the tree: the position less one.
    leaf_index: u64,
    /// Number of entries in the tree.
    tree_size: u64,
    /// The entry's hash.
    leaf_hash: String,
    /// From the leaf's sibling up.
    inclusion_path: Vec<String>,
    /// The root that the proof leads to.
    root_hash: String,
    hash_suite: String,
    /// The signed checkpoint of that size; null when none of it was published.
    checkpoint: Option<String>,
}

/// That the journal only grew (RFC 9162, 2.1.4). Hashes are base64.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConsistencyJson {
    /// Size of the earlier tree.
    tree_size_1: u64,
    root_hash_1: String,
    /// Size of the later tree.
    tree_size_2: u64,
    root_hash_2: String,
    consistency_path: Vec<String>,
    hash_suite: String,
    /// The signed checkpoint of the later size; null when none of it was published.
    checkpoint: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct KeyJson {
    /// The verifier key, C2SP signed-note form.
    key: String,
    /// `journal`: signs this journal's checkpoints; `cosigner`: another office that cosigns them; `watched`: of a journal
    /// that this office watches.
    usage: &'static str,
    added_at: String,
    /// Until when it signs; null while no end is set. What it signed before stays believed.
    until: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct KeyList {
    origin: String,
    hash_suite: String,
    keys: Vec<KeyJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CosignedBody {
    /// A published checkpoint with cosignatures, as a signed note.
    checkpoint: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct CosignedAnswer {
    size: u64,
    /// The trusted cosigners whose signatures hold and are served from now on.
    cosigners: Vec<String>,
}

/// A signed checkpoint over everything committed so far, or one published before.
///
/// The signed note itself (C2SP tlog-checkpoint) as text; with `Accept: application/json`, the note and its parts.
#[utoipa::path(get, path = "/v1/audit/checkpoint", tag = "audit", params(CheckpointQuery),
    responses((status = 200, description = "The signed note, or the note and its parts.", content((String = "text/plain"), (CheckpointJson = "application/json")))))]
async fn read_checkpoint(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<CheckpointQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.may(Read::Checkpoint, Target::District)?;
    let forms = [("text", Some("text/plain"), false), ("json", Some("application/json"), true)];
    let unknown = |other: &str| format!("format={other:?}: write json or text");
    let json = accept::form(&query.format, &headers, &forms, unknown)?;
    must_be_there(&app, query.min_position).await?;
    let published = app.audit.checkpoint_for(query.size, query.min_position.unwrap_or(0)).await?;
    must_cover(published.size, query.size, query.min_position)?;
    if json {
        return Ok(Json(checkpoint_json(&published)?).into_response());
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], published.note.to_string()).into_response())
}

/// The checkpoints published so far, by size.
#[utoipa::path(get, path = "/v1/audit/checkpoints", tag = "audit", params(ListCheckpointsQuery),
    responses((status = 200, description = "The checkpoints, by size.", body = CheckpointList)))]
async fn list_checkpoints(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListCheckpointsQuery>,
) -> Result<Json<CheckpointList>, ApiError> {
    caller.may(Read::Checkpoint, Target::District)?;
    let limit = query.limit.0;
    let list = app.audit.store().list(query.after.unwrap_or(0), limit.saturating_add(1)).await;
    let mut list = list.map_err(AuditError::from)?;
    let more = list.len() > limit;
    list.truncate(limit);
    let next = list.last().filter(|_| more).map(|last| last.size);
    let checkpoints = list.iter().map(checkpoint_json).collect::<Result<_, _>>()?;
    Ok(Json(CheckpointList { checkpoints, next }))
}

/// The proof that the entry at a position is in the journal.
#[utoipa::path(get, path = "/v1/audit/inclusion/{position}", tag = "audit",
    params(("position" = u64, Path), InclusionQuery), responses((status = 200, description = "The proof.", body = InclusionJson)))]
async fn read_inclusion(
    State(app): State<App>,
    caller: Caller,
    ApiPath(position): ApiPath<u64>,
    ApiQuery(query): ApiQuery<InclusionQuery>,
) -> Result<Json<InclusionJson>, ApiError> {
    caller.may(Read::Proof, Target::District)?;
    must_be_there(&app, query.min_position.max(Some(position))).await?;
    let (size, note) = tree(&app, query.size, position.max(query.min_position.unwrap_or(0))).await?;
    must_cover(size, query.size, query.min_position)?;
    let proof = app.audit.inclusion(position, size).await?;
    Ok(Json(inclusion_json(&app, proof, note)))
}

/// The proof that the journal only grew from one size to another.
#[utoipa::path(get, path = "/v1/audit/consistency", tag = "audit", params(ConsistencyQuery),
    responses((status = 200, description = "The proof.", body = ConsistencyJson)))]
async fn read_consistency(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ConsistencyQuery>,
) -> Result<Json<ConsistencyJson>, ApiError> {
    caller.may(Read::Proof, Target::District)?;
    let from = query.from.ok_or_else(|| {
        ApiError::unreadable(
            "from is missing: write the size of the earlier tree, ?from=N, such as that of a checkpoint",
        )
    })?;
    must_be_there(&app, query.min_position).await?;
    let (to, note) = tree(&app, query.to, from.max(query.min_position.unwrap_or(0))).await?;
    must_cover(to, query.to, query.min_position)?;
    let proof = app.audit.consistency(from, to).await?;
    Ok(Json(consistency_json(&app, proof, note)))
}

/// The keys that sign checkpoints, public halves: what a verifier is given, best by another way as well.
#[utoipa::path(get, path = "/v1/audit/keys", tag = "audit", responses((status = 200, description = "The public keys.", body = KeyList)))]
async fn read_keys(State(app): State<App>, caller: Caller) -> Result<Json<KeyList>, ApiError> {
    caller.may(Read::Keys, Target::District)?;
    let keys = app.audit.store().keys().await.map_err(AuditError::from)?;
    let identity = app.audit.identity();
    Ok(Json(KeyList {
        origin: identity.origin.clone(),
        hash_suite: identity.suite.to_string(),
        keys: keys.iter().map(key_json).collect(),
    }))
}

/// Takes back a published checkpoint that other offices cosigned; it is served with their signatures from then on.
#[utoipa::path(post, path = "/v1/audit/cosignatures", tag = "audit", request_body = CosignedBody,
    responses((status = 200, description = "The cosignatures that hold are served from now on.", body = CosignedAnswer)))]
async fn add_cosignature(
    State(app): State<App>,
    Asking { caller, context }: Asking,
    ApiJson(body): ApiJson<CosignedBody>,
) -> Result<Json<CosignedAnswer>, ApiError> {
    use ledger_core::domain::refusal::Code;
    allow(Who::Bearer(&caller), Action::Cosign, Target::District).map_err(ServiceError::Denied)?;
    let refused = |what: String| ApiError::new(Code::InvalidInput, what);
    let note = SignedNote::parse(body.checkpoint.as_bytes()).map_err(|error| refused(error.to_string()))?;
    let checkpoint: Checkpoint = note.text().parse().map_err(|error| refused(format!("{error}")))?;
    let cosigners = match app.audit.accept_cosigned(&note).await {
        Err(AuditError::Asked(what)) => return Err(refused(what)),
        taken => taken?,
    };
    tracing::info!(actor = %context.actor, size = checkpoint.size(), "cosignatures were taken");
    let cosigners = cosigners.iter().map(ToString::to_string).collect();
    Ok(Json(CosignedAnswer { size: checkpoint.size(), cosigners }))
}

/// The size to prove for, with its checkpoint if one was published: what was asked for, else the latest's.
async fn tree(app: &App, size: Option<u64>, covering: u64) -> Result<(u64, Option<String>), ApiError> {
    let published = match size {
        Some(size) => app.audit.store().of_size(size).await.map_err(AuditError::from)?,
        None => Some(app.audit.checkpoint(covering).await?),
    };
    let size = size.or(published.as_ref().map(|published| published.size)).unwrap_or(0);
    Ok((size, published.map(|published| published.note.to_string())))
}

/// Whether a tree holds the position that the answer must include. Of a tree that was asked for by its size no later try
/// holds more.
fn must_cover(size: u64, asked: Option<u64>, min_position: Option<u64>) -> Result<(), ApiError> {
    use ledger_core::domain::refusal::Code;
    match (min_position.filter(|position| *position > size), asked) {
        (None, _) => Ok(()),
        (Some(position), Some(_)) => {
            let detail =
                format!("a tree of {size} entries does not hold position {position}; ask for one or the other");
            Err(ApiError::new(Code::InvalidInput, detail))
        }
        (Some(position), None) => {
            let detail = format!("the checkpoint covers {size} entries, not yet position {position}; try again");
            Err(ApiError::new(Code::JournalUnavailable, detail))
        }
    }
}

fn checkpoint_json(published: &Published) -> Result<CheckpointJson, ApiError> {
    let checkpoint: Checkpoint = published.note.text().parse().map_err(|error| ApiError::fault(&error))?;
    let suite = checkpoint.suite().map_err(|error| ApiError::fault(&error))?;
    let signer =
        |signature: &ledger_core::evidence::note::NoteSignature| format!("{}+{}", signature.name(), signature.id());
    Ok(CheckpointJson {
        origin: checkpoint.origin().to_owned(),
        size: checkpoint.size(),
        root: checkpoint.root().to_base64(),
        hash_suite: suite.to_string(),
        checkpoint: published.note.to_string(),
        signed_at: time(published.signed_at_ms),
        signers: published.note.signatures().iter().map(signer).collect(),
    })
}

fn inclusion_json(app: &App, proof: Inclusion, checkpoint: Option<String>) -> InclusionJson {
    InclusionJson {
        position: proof.position,
        leaf_index: proof.position.saturating_sub(1),
        tree_size: proof.size,
        leaf_hash: proof.leaf.to_base64(),
        inclusion_path: base64(&proof.path),
        root_hash: proof.root.to_base64(),
        hash_suite: app.audit.identity().suite.to_string(),
        checkpoint,
    }
}

fn consistency_json(app: &App, proof: Consistency, checkpoint: Option<String>) -> ConsistencyJson {
    ConsistencyJson {
        tree_size_1: proof.from,
        root_hash_1: proof.from_root.to_base64(),
        tree_size_2: proof.to,
        root_hash_2: proof.to_root.to_base64(),
        consistency_path: base64(&proof.path),
        hash_suite: app.audit.identity().suite.to_string(),
        checkpoint,
    }
}

fn base64(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hash.to_base64()).collect()
}

fn key_json(known: &KnownKey) -> KeyJson {
    KeyJson {
        key: known.key.to_string(),
        usage: known.usage.as_str(),
        added_at: time(known.added_at_ms),
        until: known.until_ms.map(time),
    }
}
