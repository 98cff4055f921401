//! Why a figure is what it is, line by line, folded from the journal itself and not from a view: for HTTP and for pages.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::{
    BenefitId, FundId, MerchantId, PairId, PassNo, RequestId, SelectionId, SiteId, WorkerId,
};
use projections::audit::trace::{FactName, Standing, Subject, TraceEnd, TraceLine, Tracer};
use projections::walk::walk;

use super::ServiceError;
use super::objectors::withholds;
use super::reading::Reading;
use super::texts;
use crate::app::App;

/// Which account is traced, and until when.
#[derive(Debug, Clone)]
pub struct Asked {
    /// 编号, as in 人员名册.
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
    let Asked { worker, as_of, until } = asked;
    let end = trace_of(app, reading, Subject::Worker(worker.clone()), *as_of, *until, each).await?;
    if end.is_some() {
        reading.note_worker(app, worker.as_str());
    }
    Ok(end)
}

/// As [`trace`], of whatever can be traced: as of a business day, the journal up to a position, which is there. Nothing is
/// noted: which of the lines are told, and whom they name, [`tell_of`] knows.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn trace_of(
    app: &App,
    reading: &Reading<'_>,
    subject: Subject,
    as_of: Option<NaiveDate>,
    until: u64,
    each: &mut (dyn FnMut(TraceLine) + Send),
) -> Result<Option<TraceEnd>, ServiceError> {
    let journal = app.ledger.journal();
    let mut tracer = Tracer::new(journal.as_ref(), subject, as_of).await?;
    walk(journal.as_ref(), until, &mut |_| {}, &mut |entry, event| {
        let Some(mut line) = tracer.entry(entry, event) else { return };
        if withholds(reading.who, event) {
            line.actor.clear();
        }
        each(line);
    })
    .await?;
    let end = tracer.finish();
    Ok(end.known.then_some(end))
}

/// Puts the reasons into lines, as far as whoever asks may read them.
pub async fn tell(app: &App, reading: &Reading<'_>, worker: &WorkerId, lines: &mut [TraceLine]) {
    texts::tell(&app.vault, reading.who, texts::of_trace(worker.as_str(), lines)).await;
}

/// As [`tell`], of a trace of a thing. The read is noted for every worker whom its lines name.
pub async fn tell_of(app: &App, reading: &Reading<'_>, lines: &mut [TraceLine]) {
    let named: BTreeSet<String> = lines.iter().flat_map(workers_of).collect();
    if !named.is_empty() {
        reading.note_list(app, named.iter().map(String::as_str));
    }
    texts::tell(&app.vault, reading.who, texts::of_thing(lines)).await;
}

/// The workers whom a line names.
fn workers_of(line: &TraceLine) -> Vec<String> {
    let party = match line.after {
        Standing::Worker(_)
        | Standing::Request(_)
        | Standing::Benefit(_)
        | Standing::Pass(_)
        | Standing::Pair(_)
        | Standing::Selection(_)
        | Standing::Site(_)
        | Standing::Card(_) => line.party.clone(),
        // The other party of a store or a merchant is no person; a fund's money is of rows.
        Standing::Store(_) | Standing::Merchant(_) | Standing::Fund(_) => None,
    };
    let both = line.facts.iter().filter(|fact| matches!(fact.name, FactName::Helper | FactName::Helped));
    party.into_iter().chain(both.map(|fact| fact.value.clone())).collect()
}

/// Everything of this number that the journal knows and that can be traced line by line: a worker first.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn named(app: &App, number: &str) -> Result<Vec<Subject>, ServiceError> {
    let worker = WorkerId::new(&number.to_uppercase()).ok();
    let things = [
        worker.map(|id| (StreamId::Worker(id.clone()), Subject::Worker(id))),
        RequestId::new(number).ok().map(|id| (StreamId::Request(id.clone()), Subject::Request(id))),
        BenefitId::new(number).ok().map(|id| (StreamId::Benefit(id.clone()), Subject::Benefit(id))),
        FundId::new(number).ok().map(|id| (StreamId::Fund(id.clone()), Subject::Fund(id))),
        PassNo::new(number).ok().map(|id| (StreamId::Pass(id.clone()), Subject::Pass(id))),
        PairId::new(number).ok().map(|id| (StreamId::Pair(id.clone()), Subject::Pair(id))),
        SelectionId::new(number).ok().map(|id| (StreamId::Selection(id.clone()), Subject::Selection(id))),
        MerchantId::new(number).ok().map(|id| (StreamId::Merchant(id.clone()), Subject::Merchant(id))),
    ];
    let (streams, subjects): (Vec<StreamId>, Vec<Subject>) = things.into_iter().flatten().unzip();
    let stored = app.ledger.journal().load(&streams, true).await?;
    let site = site_of(app, number).await?;
    let begun = |stream: &StreamId| stored.iter().any(|found| found.stream_no != 0 && found.stream == *stream);
    let found = streams.iter().zip(subjects).filter(|(stream, _)| begun(stream)).map(|(_, subject)| subject);
    Ok(found.chain(site).collect())
}

/// The site of this number. All sites are one stream, so that the view is asked.
async fn site_of(app: &App, number: &str) -> Result<Option<Subject>, ServiceError> {
    let Ok(site) = SiteId::new(number) else { return Ok(None) };
    app.views.fresh(None).await?;
    Ok(app.views.site(site.as_str()).await?.value.map(|_| Subject::Site(site)))
}
