//! Why a worker's balance is what it is, line by line, folded from the journal itself and not from a view: for HTTP and for
//! pages.

use chrono::NaiveDate;
use ledger_core::domain::ids::WorkerId;
use projections::audit::trace::{Subject, TraceEnd, TraceLine, Tracer};
use projections::walk::walk;

use super::ServiceError;
use super::objectors::withholds;
use super::reading::Reading;
use super::texts;
use crate::app::App;

/// Which account is traced, and until when.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose.
    pub worker: WorkerId,
    /// As of this business day: what happened later is left out; the last business day without.
    pub as_of: Option<NaiveDate>,
    /// The journal up to this position, which is there.
    pub until: u64,
}

/// Gives the lines of an account to `each`, oldest first, and answers with its end; none where the journal knows no such
/// worker. Of who objected a line says no more than whoever asks may know. The read is noted for the worker.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn trace(
    app: &App,
    reading: &Reading<'_>,
    asked: &Asked,
    each: &mut (dyn FnMut(TraceLine) + Send),
) -> Result<Option<TraceEnd>, ServiceError> {
    let journal = app.ledger.journal();
    let mut tracer = Tracer::new(journal.as_ref(), Subject::Worker(asked.worker.clone()), asked.as_of).await?;
    walk(journal.as_ref(), asked.until, &mut |_| {}, &mut |entry, event| {
        let Some(mut line) = tracer.entry(entry, event) else { return };
        if withholds(reading.who, event) {
            line.actor.clear();
        }
        each(line);
    })
    .await?;
    let end = tracer.finish();
    if !end.known {
        return Ok(None);
    }
    reading.note_worker(app, asked.worker.as_str());
    Ok(Some(end))
}

/// Puts the reasons into lines, as far as whoever asks may read them.
pub async fn tell(app: &App, reading: &Reading<'_>, worker: &WorkerId, lines: &mut [TraceLine]) {
    texts::tell(&app.vault, reading.who, texts::of_trace(worker.as_str(), lines)).await;
}
