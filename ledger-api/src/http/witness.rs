//! This office as the witness of other journals (<https://c2sp.org/tlog-witness>). No token is asked: what a witness
//! believes is the signature on the checkpoint, and it gives away nothing but its own.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger_core::evidence::witness::{AddCheckpoint, REQUEST_BYTES_MAX, WitnessRefusal};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::read_body;
use super::error::{ApiError, Problem};
use crate::app::App;
use crate::audit::cosign::NotCosigned;

/// What a refusal for another size is answered with, as the specification says.
const SIZE_TYPE: &str = "text/x.tlog.size";

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add_checkpoint))
}

/// Cosigns a checkpoint of a watched journal if it extends the one cosigned before.
///
/// The body is that of C2SP tlog-witness: `old SIZE`, the consistency proof, a blank line, the signed checkpoint. The
/// answer is the cosignature's line. 400: not of that form; 403: no trusted key of the journal signed; 404: the journal is
/// not watched here; 409: another size was cosigned last, which is the body; 422: the proof does not hold.
#[utoipa::path(post, path = "/v1/witness/add-checkpoint", tag = "audit", security(()),
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, description = "The cosignature's line.", body = String, content_type = "text/plain"),
        (status = 409, description = "Another size was cosigned last: the body.", body = String, content_type = "text/x.tlog.size"),
        (status = "default", body = Problem, content_type = "application/problem+json",
            description = "Not cosigned: see the status and the sentence.")))]
async fn add_checkpoint(State(app): State<App>, request: Request) -> Response {
    let body = match read_body(request.into_body(), REQUEST_BYTES_MAX).await {
        Ok(body) => body,
        Err(error) => return error.into_response(),
    };
    match cosign(&app, &body).await {
        Ok(line) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], line).into_response(),
        Err(NotCosigned::Refused(refusal)) => refused(&refusal),
        Err(NotCosigned::NoWitness) => ApiError::not_found(NotCosigned::NoWitness.to_string()).into_response(),
        Err(NotCosigned::Unable(error)) => ApiError::from(error).into_response(),
    }
}

async fn cosign(app: &App, body: &[u8]) -> Result<String, NotCosigned> {
    let request = AddCheckpoint::parse(body)?;
    let note = app.audit.witness().cosign(app.audit.store(), &request).await?;
    Ok(note.signatures().last().map(|line| format!("{line}\n")).unwrap_or_default())
}

fn refused(refusal: &WitnessRefusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    if let WitnessRefusal::OtherSize { last, .. } | WitnessRefusal::OtherRoot(last) = refusal {
        return (status, [(header::CONTENT_TYPE, HeaderValue::from_static(SIZE_TYPE))], format!("{last}\n"))
            .into_response();
    }
    ApiError::with_status(status, refusal.to_string()).into_response()
}
