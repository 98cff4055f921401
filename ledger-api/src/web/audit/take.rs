//! What an auditor takes away: a sample, the report, the bundle.

use std::io::{Read as _, Seek, SeekFrom};
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use projections::audit::report::{self, Thresholds};
use projections::audit::sample::{self, By, Of, SampleAsk};
use serde::Deserialize;

use super::{Asked, Typed};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::audit_sheet;
use crate::bundle::{self, Coverage, Request};
use crate::document::{Document, Form, render};
use crate::service::audit::Verifications;
use crate::service::objectors::{Objectors, must_see_all, objectors};
use crate::service::reading::may_read;
use crate::web::download::file;
use crate::web::page::{Trouble, Visitor, answer};
use crate::web::words::Words;

/// Most items of a sample.
const SAMPLE_MAX: usize = 1_000;
/// Published checkpoints that go into a bundle.
const CHECKPOINTS_MAX: usize = 10_000;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/audit/sample", get(draw))
        .route("/audit/report", get(report_now))
        .route("/audit/bundle", get(bundle_now))
}

#[derive(Debug, Deserialize)]
struct AskedSample {
    #[serde(default)]
    seed: String,
    #[serde(default)]
    size: String,
    #[serde(default)]
    by: String,
}

fn fault(what: &dyn std::fmt::Display) -> Trouble {
    Trouble::Fault(what.to_string())
}

/// The seed, the size and the way of drawing that are asked for.
///
/// # Errors
/// What is wrong with them, in words.
fn read(w: &Words, asked: &AskedSample) -> Result<(u64, usize, By), &'static str> {
    let seed = asked.seed.trim().parse::<u64>().map_err(|_| w.trace.no_seed)?;
    let size = asked.size.trim().parse::<usize>().ok().filter(|size| (1..=SAMPLE_MAX).contains(size));
    let size = size.ok_or(w.trace.no_size)?;
    let by = match asked.by.as_str() {
        "points" => By::Points,
        "station" => By::Station,
        "" | "uniform" => By::Uniform,
        _ => return Err(w.trace.no_way),
    };
    Ok((seed, size, by))
}

async fn draw(
    State(app): State<App>,
    visitor: Visitor,
    Extension(all): Extension<Arc<Verifications>>,
    Query(asked): Query<AskedSample>,
) -> Response {
    let made = async {
        let reading = may_read(Who::Bearer(&visitor.must()?.identity), Read::Sample, Target::District)?;
        let (seed, size, by) = match read(visitor.words(), &asked) {
            Ok(read) => read,
            Err(bad) => {
                let typed = Typed { seed: asked.seed, size: asked.size, by: asked.by };
                return super::page(&app, &visitor, &all, Asked::default(), Some((bad.to_owned(), typed))).await;
            }
        };
        let until = head(&app).await?;
        reading.note_sample(&app, seed, until);
        let ask = SampleAsk { seed, size, by, of: Of::All, from: None, to: None, until };
        let sample =
            sample::sample(app.ledger.journal().as_ref(), ask, &mut |_| {}).await.map_err(|error| fault(&error))?;
        workbook(audit_sheet::sample::document(&sample), "audit-sample", until).await
    };
    answer(&visitor, made.await)
}

async fn report_now(State(app): State<App>, visitor: Visitor) -> Response {
    let made = async {
        let reading = may_read(Who::Bearer(&visitor.must()?.identity), Read::Report, Target::District)?;
        let until = head(&app).await?;
        reading.note_report(&app, until);
        let journal = app.ledger.journal();
        let told = objectors(&visitor.must()?.identity) == Objectors::All;
        let thresholds = Thresholds { objectors: told, ..Thresholds::default() };
        let report = report::report(journal.as_ref(), until, thresholds, &mut |_| {}).await;
        workbook(audit_sheet::report::document(&report.map_err(|error| fault(&error))?), "audit-report", until).await
    };
    answer(&visitor, made.await)
}

async fn head(app: &App) -> Result<u64, Trouble> {
    Ok(app.ledger.journal().head().await.map_err(|error| fault(&error))?.position)
}

async fn workbook(document: Document, stem: &str, position: u64) -> Result<Response, Trouble> {
    let written = tokio::task::spawn_blocking(move || render(&document, Form::Xlsx));
    let bytes = written.await.map_err(|error| fault(&error))?.map_err(|error| fault(&error))?;
    file(Form::Xlsx.content_type(), &format!("{stem}-{position}.xlsx"), bytes)
}

/// The whole journal with its checkpoints, as one archive that is checked with no database and no network.
async fn bundle_now(State(app): State<App>, visitor: Visitor) -> Response {
    let made = async {
        let reading = may_read(Who::Bearer(&visitor.must()?.identity), Read::Events, Target::District)?;
        let size = head(&app).await?;
        must_see_all(&app, Who::Bearer(&visitor.must()?.identity), size).await?;
        reading.note_events(&app, 0);
        let published = app.audit.store().list(0, CHECKPOINTS_MAX).await.map_err(|error| fault(&error))?;
        let checkpoints = published.into_iter().map(|published| published.note).collect();
        let request = Request { coverage: Coverage::Journal, size, as_of: None, checkpoints };
        let mut out = tempfile::tempfile().map_err(|error| fault(&error))?;
        let journal = app.ledger.journal();
        bundle::write(journal.as_ref(), &request, &mut out, &|_| {}).await.map_err(|error| fault(&error))?;
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            out.seek(SeekFrom::Start(0))?;
            out.read_to_end(&mut bytes)?;
            Ok::<_, std::io::Error>(bytes)
        });
        let bytes = read.await.map_err(|error| fault(&error))?.map_err(|error| fault(&error))?;
        file("application/zip", &format!("nuanxin-{size}.zip"), bytes)
    };
    answer(&visitor, made.await)
}
