//! What the desk asks of the programmes: visits that wait to be confirmed, who is appointed as what, and who waits for which
//! benefit.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ledger_core::domain::benefit::command::BenefitTerms;
use ledger_core::domain::ids::{ApplicationId, PairId, PassNo, WorkerId};
use ledger_core::domain::pair::Pair;
use ledger_core::domain::pair::command::{PairTerms, VisitTerms};
use ledger_core::domain::pass::Pass;
use ledger_core::domain::pass::command::PassTerms;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::AppointmentTerms;
use projections::views::appointment::Appointment;

use super::ServiceError;
use super::reach;
use super::reading::{may_ever_read, may_read};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Most rows that are looked through.
pub(super) const LOOKED_MAX: usize = 10_000;
/// Most that are shown of each.
pub const SHOWN_MAX: usize = 100;
/// Appointments that are over are shown for so many days.
const OVER_DAYS: i64 = 60;

/// What ended on this day or later is still shown.
pub(super) fn shown_since(today: NaiveDate) -> NaiveDate {
    today - chrono::Duration::days(OVER_DAYS)
}

/// A visit that waits.
#[derive(Debug, Clone)]
pub struct WaitingVisit {
    /// Its number.
    pub id: String,
    /// 结对号.
    pub pair: String,
    /// The visit.
    pub terms: VisitTerms,
    /// Who has to confirm it.
    pub other: WorkerId,
}

/// Visits that wait to be confirmed, of pairs of which whoever asks may read one; the oldest first.
///
/// # Errors
/// [`ServiceError`].
pub async fn visits_waiting(app: &App, who: Who<'_>) -> Result<Vec<WaitingVisit>, ServiceError> {
    let reading = may_ever_read(who, Read::Pair)?;
    reading.at_least(app, None).await?;
    let waits = |pair: &Pair| pair.visits().any(|(_, visit)| visit.confirmation.is_none());
    let mut found = Vec::new();
    for (id, pair) in app.views.pairs("", LOOKED_MAX, waits).await?.rows {
        let Some(terms) = pair.terms() else { continue };
        if !is_of_own(app, who, Read::Pair, terms.helper.as_str()).await?
            && !is_of_own(app, who, Read::Pair, terms.helped.as_str()).await?
        {
            continue;
        }
        for (visit, of) in pair.visits().filter(|(_, visit)| visit.confirmation.is_none()) {
            let other = if of.terms.reporter == terms.helper { &terms.helped } else { &terms.helper };
            found.push(WaitingVisit {
                id: visit.to_string(),
                pair: id.clone(),
                terms: of.terms.clone(),
                other: other.clone(),
            });
        }
    }
    found.sort_by(|one, another| (one.terms.on, &one.id).cmp(&(another.terms.on, &another.id)));
    found.truncate(SHOWN_MAX);
    let both: Vec<&str> = found.iter().flat_map(|row| [row.terms.reporter.as_str(), row.other.as_str()]).collect();
    reading.note_list(app, both.into_iter());
    Ok(found)
}

/// An appointment of a worker.
#[derive(Debug, Clone)]
pub struct Appointed {
    /// Its number.
    pub id: String,
    /// The worker's id (编号).
    pub worker: String,
    /// As what, through which days.
    pub terms: AppointmentTerms,
}

impl Appointed {
    /// The last day on which it holds; none where there is no end.
    fn last_day(terms: &AppointmentTerms) -> Option<NaiveDate> {
        let dismissed = terms.ended.and_then(|ended| ended.pred_opt());
        [terms.days.through, dismissed].into_iter().flatten().min()
    }
}

/// Appointments of workers of whom whoever asks may read them, of one worker alone where one is named; what ends first
/// comes first, and what was over for long is left out.
///
/// # Errors
/// [`ServiceError`].
pub async fn appointments(
    app: &App,
    who: Who<'_>,
    today: NaiveDate,
    worker: Option<&WorkerId>,
) -> Result<Vec<Appointed>, ServiceError> {
    let reading = may_ever_read(who, Read::Appointments)?;
    reading.at_least(app, None).await?;
    let shown_since = shown_since(today);
    let recent = |row: &Appointment| {
        let Some(terms) = &row.terms else { return false };
        Appointed::last_day(terms).is_none_or(|last| shown_since <= last)
    };
    let mut rows: Vec<Appointed> = match worker {
        Some(worker) => {
            let own = app.views.appointments(worker.as_str()).await?.value;
            own.into_iter()
                .filter(|(_, row)| recent(row))
                .filter_map(|(id, row)| Some(Appointed { id, worker: worker.to_string(), terms: row.terms? }))
                .collect()
        }
        None => {
            let all = app.views.all_appointments("", LOOKED_MAX, recent).await?.rows;
            all.into_iter()
                .filter_map(|(key, row)| {
                    let (worker, id) = key.split_once('/')?;
                    Some(Appointed { id: id.to_owned(), worker: worker.to_owned(), terms: row.terms? })
                })
                .collect()
        }
    };
    let end = |row: &Appointed| Appointed::last_day(&row.terms).unwrap_or(NaiveDate::MAX);
    rows.sort_by(|one, other| (end(one), &one.id).cmp(&(end(other), &other.id)));
    let mut found = Vec::new();
    for row in rows {
        if found.len() < SHOWN_MAX && is_of_own(app, who, Read::Appointments, &row.worker).await? {
            found.push(row);
        }
    }
    reading.note_list(app, found.iter().map(|row: &Appointed| row.worker.as_str()));
    Ok(found)
}

/// A benefit with who waits for it.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The id, as it stands in the journal.
    pub id: String,
    /// Its particulars.
    pub terms: BenefitTerms,
    /// How many were given.
    pub granted: u64,
    /// How many were used.
    pub used: u64,
    /// How many were given back, or are waited for no more.
    pub withdrawn: u64,
    /// How many wait, also those who are not shown.
    pub waiting: usize,
    /// Place and time of whoever waits and may be read by whoever asks.
    pub queue: Vec<InQueue>,
}

/// Somebody who waits.
#[derive(Debug, Clone)]
pub struct InQueue {
    /// At which place, from 1 on.
    pub place: usize,
    /// 登记号, or the key of the command that applied.
    pub application: ApplicationId,
    /// 编号 of who waits.
    pub worker: WorkerId,
    /// When it was applied for.
    pub at: BusinessTime,
}

/// Benefits, those that somebody waits for first.
///
/// # Errors
/// [`ServiceError`].
pub async fn queues(app: &App, who: Who<'_>) -> Result<Vec<Queue>, ServiceError> {
    let reading = may_ever_read(who, Read::Worker)?;
    may_read(who, Read::Benefit, Target::District)?;
    reading.at_least(app, None).await?;
    let mut found = Vec::new();
    for (id, row) in app.views.benefits("", LOOKED_MAX).await?.rows {
        let Some(terms) = row.terms.clone() else { continue };
        let mut queue = Vec::new();
        for (place, queued) in (1_usize..).zip(row.queue.iter().take(SHOWN_MAX)) {
            if is_of_own(app, who, Read::Worker, queued.worker.as_str()).await? {
                let (application, worker, at) = (queued.application.clone(), queued.worker.clone(), queued.at);
                queue.push(InQueue { place, application, worker, at });
            }
        }
        let (granted, used, withdrawn, waiting) = (row.granted, row.used, row.withdrawn, row.waiting());
        found.push(Queue { id, terms, granted, used, withdrawn, waiting, queue });
    }
    found.sort_by_key(|queue| std::cmp::Reverse(queue.waiting));
    found.truncate(SHOWN_MAX);
    let waiting: Vec<&str> =
        found.iter().flat_map(|row: &Queue| row.queue.iter().map(|queued| queued.worker.as_str())).collect();
    reading.note_list(app, waiting.into_iter());
    Ok(found)
}

/// Pairs of which whoever asks may read one, by their numbers, and those of one worker alone where one is named; those that
/// are over for long are left out.
///
/// # Errors
/// [`ServiceError`].
pub async fn pairs(
    app: &App,
    who: Who<'_>,
    today: NaiveDate,
    worker: Option<&WorkerId>,
) -> Result<Vec<(String, PairTerms)>, ServiceError> {
    let reading = may_ever_read(who, Read::Pair)?;
    reading.at_least(app, None).await?;
    let shown_since = shown_since(today);
    let wanted = |pair: &Pair| {
        pair.terms().is_some_and(|terms| {
            terms.ended.is_none_or(|ended| shown_since <= ended)
                && worker.is_none_or(|worker| [&terms.helper, &terms.helped].contains(&worker))
        })
    };
    let mut found = Vec::new();
    for (id, pair) in app.views.pairs("", LOOKED_MAX, wanted).await?.rows {
        let Some(terms) = pair.terms() else { continue };
        if found.len() < SHOWN_MAX
            && (is_of_own(app, who, Read::Pair, terms.helper.as_str()).await?
                || is_of_own(app, who, Read::Pair, terms.helped.as_str()).await?)
        {
            found.push((id, terms.clone()));
        }
    }
    let two = |(_, terms): &(String, PairTerms)| [terms.helper.to_string(), terms.helped.to_string()];
    let both: Vec<String> = found.iter().flat_map(two).collect();
    reading.note_list(app, both.iter().map(String::as_str));
    Ok(found)
}

/// Who has the number of a pair, as of now.
///
/// # Errors
/// [`ServiceError`].
pub async fn pair_terms(app: &App, id: &PairId) -> Result<Option<PairTerms>, ServiceError> {
    app.views.fresh(None).await?;
    let found = app.views.pair(id.clone(), app.views.position()).await?;
    Ok(found.and_then(|pair| pair.terms().cloned()))
}

/// The roles that somebody can be appointed as: those that the points schedule of a day asks for, and those of appointments.
///
/// # Errors
/// [`ServiceError`].
pub async fn known_roles(app: &App, who: Who<'_>, on: NaiveDate) -> Result<BTreeSet<String>, ServiceError> {
    may_ever_read(who, Read::Appointments)?.at_least(app, None).await?;
    let programme = app.views.programme().await?.value;
    let asked = programme.version_on(on).map(|version| version.activities.as_slice()).unwrap_or_default();
    let rows = app.views.all_appointments("", LOOKED_MAX, |row| row.terms.is_some()).await?.rows;
    let held = rows.into_iter().filter_map(|(_, row)| Some(row.terms?.role));
    Ok(asked.iter().flat_map(|line| line.terms.roles.iter().cloned()).chain(held).collect())
}

/// The kinds of passes: those of the offers that are made to them, and those that were issued.
///
/// # Errors
/// [`ServiceError`].
pub async fn known_kinds(app: &App, who: Who<'_>) -> Result<BTreeSet<String>, ServiceError> {
    may_ever_read(who, Read::Pass)?.at_least(app, None).await?;
    let offers = app.views.offers("", LOOKED_MAX, |offer| offer.terms().is_some()).await?.rows;
    let offered = offers.into_iter().filter_map(|(_, offer)| Some(offer.terms()?.kind.clone()));
    let passes = app.views.all_passes("", LOOKED_MAX, |row: &Pass| row.terms().is_some()).await?.rows;
    let issued = passes.into_iter().filter_map(|(_, pass)| Some(pass.terms()?.kind.clone()));
    Ok(offered.chain(issued).collect())
}

/// Passes of workers of whom whoever asks may read them, with their numbers: those of one worker, or of all where none is
/// named.
///
/// # Errors
/// [`ServiceError`].
pub async fn passes(
    app: &App,
    who: Who<'_>,
    worker: Option<&WorkerId>,
) -> Result<Vec<(String, PassTerms)>, ServiceError> {
    let reading = may_ever_read(who, Read::Pass)?;
    reading.at_least(app, None).await?;
    let rows = match worker {
        Some(worker) => app.views.passes(worker.as_str()).await?.value,
        None => {
            let all = app.views.all_passes("", LOOKED_MAX, |row: &Pass| row.terms().is_some()).await?.rows;
            let alone = |(key, row): (String, Pass)| Some((key.split_once('/')?.1.to_owned(), row));
            all.into_iter().filter_map(alone).collect()
        }
    };
    let mut found = Vec::new();
    for (id, row) in rows {
        let Some(terms) = row.terms() else { continue };
        if found.len() < SHOWN_MAX && is_of_own(app, who, Read::Pass, terms.worker.as_str()).await? {
            found.push((id, terms.clone()));
        }
    }
    reading.note_list(app, found.iter().map(|(_, terms): &(String, PassTerms)| terms.worker.as_str()));
    Ok(found)
}

/// A pass of a worker whom whoever asks may read; none where there is no such.
///
/// # Errors
/// [`ServiceError`].
pub async fn pass(app: &App, who: Who<'_>, pass: PassNo) -> Result<Option<PassTerms>, ServiceError> {
    let reading = may_ever_read(who, Read::Pass)?;
    let position = reading.at_least(app, None).await?;
    let Some(found) = app.views.pass(pass, position).await? else { return Ok(None) };
    let Some(terms) = found.terms() else { return Ok(None) };
    if !is_of_own(app, who, Read::Pass, terms.worker.as_str()).await? {
        return Ok(None);
    }
    reading.note_worker(app, terms.worker.as_str());
    Ok(Some(terms.clone()))
}

/// Whether whoever asks may read something of a worker.
pub(super) async fn is_of_own(app: &App, who: Who<'_>, read: Read, worker: &str) -> Result<bool, ServiceError> {
    match reach::may(app, who, read, Target::Worker(worker)).await {
        Ok(()) => Ok(true),
        Err(ServiceError::Denied(_)) => Ok(false),
        Err(other) => Err(other),
    }
}
