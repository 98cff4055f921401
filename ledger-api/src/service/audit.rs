//! What an auditor asks from a page: a verification now with what is worth asking about, what waits with a flag, and events
//! by what they are about.
//!
//! What samples, reports and states are is in `projections`; here stands who may ask and from which position.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger_core::domain::event::Event;
use ledger_core::domain::programme::guards::GuardKind;
use ledger_core::domain::refusal::Code;
use ledger_core::evidence::verifier::{self, Verdict};
use ledger_core::journal::{Entry, Journal};
use projections::audit::findings::{Findings, findings, is_late};
use projections::audit::report::Thresholds;
use tokio::sync::{Mutex, RwLock};

use super::ServiceError;
use super::objectors::seen_by;
use super::reading::may_read;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Entries read from the journal at once.
const CHUNK: usize = 1_000;
/// Most entries that one question looks through; the next page goes on from there.
const LOOKED_MAX: u64 = 50_000;

/// The last verification of this server.
#[derive(Debug, Clone)]
pub struct Verified {
    /// What it came to.
    pub verdict: Verdict,
    /// What is worth asking about in what was verified; none where the journal could not be read to that end.
    pub findings: Option<Findings>,
    /// When, RFC 3339 in the district's time.
    pub at: String,
    /// How long it took, in milliseconds.
    pub took_ms: u128,
}

/// The last verification, and the turn to make one: a journal is not walked by many at once.
#[derive(Debug, Default)]
pub struct Verifications {
    last: RwLock<Option<Verified>>,
    turn: Mutex<()>,
}

impl Verifications {
    /// The last one since this server began.
    pub async fn last(&self) -> Option<Verified> {
        self.last.read().await.clone()
    }
}

/// Verifies the journal now: order, hashes and every rule, from the stored bytes; and counts what is worth asking about, which
/// is kept with the verdict so that no page walks the journal for it. Whoever asks while another's runs gets that one's
/// verdict.
///
/// # Errors
/// [`ServiceError`].
pub async fn verify(app: &App, who: Who<'_>, all: &Verifications) -> Result<Verified, ServiceError> {
    may_read(who, Read::Report, Target::District)?;
    let asked = std::time::Instant::now();
    let _turn = all.turn.lock().await;
    if asked.elapsed().as_millis() > 5
        && let Some(last) = all.last().await
    {
        return Ok(last);
    }
    let began = std::time::Instant::now();
    let journal: Arc<dyn Journal> = Arc::clone(app.ledger.journal());
    let verdict = verifier::verify(&journal, &[], &mut |_, _| {}).await;
    let (at, took_ms) = (app.ledger.now().to_string(), began.elapsed().as_millis());
    let until = match &verdict {
        Verdict::Valid { size, .. } => Some(*size),
        Verdict::Invalid(_) => journal.head().await.ok().map(|head| head.position),
        Verdict::Unreadable(_) | Verdict::Empty => None,
    };
    let findings = match until {
        Some(until) => found(journal.as_ref(), until).await,
        None => None,
    };
    let verified = Verified { verdict, findings, at, took_ms };
    *all.last.write().await = Some(verified.clone());
    Ok(verified)
}

/// What is worth asking about up to a position; none where it cannot be read.
async fn found(journal: &dyn Journal, until: u64) -> Option<Findings> {
    // Nothing of it tells who objected; and it is kept for whoever looks next.
    let thresholds = Thresholds { objectors: false, ..Thresholds::default() };
    let found = findings(journal, until, thresholds, &mut |_| {}).await;
    found.inspect_err(|error| tracing::warn!(%error, "what is worth asking about could not be counted")).ok()
}

/// Credits that wait, by the guard that flagged them, as the views stand.
///
/// # Errors
/// [`ServiceError`].
pub async fn waiting_flags(app: &App, who: Who<'_>) -> Result<BTreeMap<Code, u64>, ServiceError> {
    may_read(who, Read::Report, Target::District)?;
    let flagged = app.views.proposals("", usize::MAX, |row| row.proposed && !row.flags.is_empty()).await?;
    let mut counts = BTreeMap::new();
    for (_, row) in flagged.rows {
        for code in Code::ALL.iter().filter(|code| row.flags.iter().any(|flag| flag == code.as_str())) {
            *counts.entry(*code).or_default() += 1;
        }
    }
    Ok(counts)
}

/// Which events are looked for; what is empty is not asked.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// As it stands in the journal, such as `ServiceRecorded`.
    pub event_type: String,
    /// Who gave the command.
    pub actor: String,
    /// A text of the payload: a worker's id, a store's, a credit's.
    pub about: String,
    /// Only what was recorded on this day or later, YYYY-MM-DD.
    pub from: String,
    /// Only what was recorded on this day or earlier.
    pub to: String,
    /// Only what is worth asking about for this.
    pub only: Option<Only>,
}

/// What is worth asking about, as [`Findings`] count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// Credits that were entered late.
    LateCredits,
    /// Redemptions that were entered late.
    LateRedemptions,
    /// Credits that any guard flagged.
    Flagged,
    /// Credits that this guard flagged.
    Met(GuardKind),
}

impl Only {
    /// Each of them.
    pub fn all() -> impl Iterator<Item = Only> {
        let met = GuardKind::ALL.into_iter().map(Only::Met);
        [Only::LateCredits, Only::LateRedemptions, Only::Flagged].into_iter().chain(met)
    }

    /// Its name in addresses; a guard's is its code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Only::LateCredits => "late_credits",
            Only::LateRedemptions => "late_redemptions",
            Only::Flagged => "flagged",
            Only::Met(kind) => kind.code().as_str(),
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Only> {
        Only::all().find(|only| only.as_str() == name)
    }

    fn holds(self, entry: &Entry, event: &Event) -> bool {
        let Event::Worker(of) = event else { return false };
        let late = || is_late(entry, event, Thresholds::default().late_days);
        let flags = || of.as_service().map(|record| record.flags.as_slice()).unwrap_or_default();
        match self {
            Only::LateCredits => of.as_service().is_some() && late(),
            Only::LateRedemptions => of.as_redemption().is_some() && late(),
            Only::Flagged => !flags().is_empty(),
            Only::Met(kind) => flags().contains(&kind.code()),
        }
    }
}

impl Filter {
    fn wants(&self, entry: &Entry) -> bool {
        let recorded = entry.command.recorded_at.to_string();
        let day = recorded.get(..10).unwrap_or_default();
        // Texts stand in payloads between quotes, so a whole id is found and no part of another.
        let quoted = format!("\"{}\"", self.about);
        let about = self.about.is_empty()
            || entry.payload.windows(quoted.len()).any(|window| window == quoted.as_bytes())
            || entry.command.key.as_str() == self.about;
        (self.event_type.is_empty() || entry.event_type == self.event_type)
            && (self.actor.is_empty() || entry.command.actor.as_str() == self.actor)
            && about
            && (self.from.is_empty() || day >= self.from.as_str())
            && (self.to.is_empty() || day <= self.to.as_str())
            && self.only.is_none_or(|only| entry.event().is_ok_and(|event| only.holds(entry, &event)))
    }
}

/// Events that a filter wants, newest first, before a position.
#[derive(Debug, Clone)]
pub struct Found {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// The position to go on before; none at the journal's beginning.
    pub next: Option<u64>,
    /// The journal's end.
    pub head: u64,
}

/// Events, newest first.
///
/// # Errors
/// [`ServiceError`].
pub async fn events(
    app: &App,
    who: Who<'_>,
    filter: &Filter,
    before: Option<u64>,
    limit: usize,
) -> Result<Found, ServiceError> {
    let reading = may_read(who, Read::Events, Target::District)?;
    let journal = app.ledger.journal();
    let head = journal.head().await?.position;
    let mut end = before.map_or(head, |before| before.saturating_sub(1).min(head));
    let (mut entries, mut looked) = (Vec::new(), 0);
    while end > 0 && entries.len() < limit && looked < LOOKED_MAX {
        let chunk = u64::try_from(CHUNK).unwrap_or(u64::MAX).min(end);
        let start = end - chunk;
        let mut read = journal.read(start, CHUNK).await?;
        read.retain(|entry| entry.position <= end);
        for entry in read.into_iter().rev() {
            end = entry.position.saturating_sub(1);
            looked += 1;
            // Sought in what whoever asks may see: nobody finds out by asking for it.
            let seen = seen_by(who, &entry)?;
            if filter.wants(&seen) {
                entries.push(seen.into_owned());
                if entries.len() == limit {
                    break;
                }
            }
        }
        if entries.len() < limit {
            end = start;
        }
    }
    reading.note_events(app, end);
    Ok(Found { entries, next: (end > 0).then_some(end + 1), head })
}
