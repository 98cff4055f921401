//! What an auditor asks from a page: a verification now, and events by what they are about.
//!
//! What samples, reports and states are is in `projections`; here stands who may ask and from which position.

use std::sync::Arc;

use ledger_core::evidence::verifier::{self, Verdict};
use ledger_core::journal::{Entry, Journal};
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

/// Verifies the journal now: order, hashes and every rule, from the stored bytes. Whoever asks while another's runs gets
/// that one's verdict.
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
    let at = super::reading::now().to_string();
    let verified = Verified { verdict, at, took_ms: began.elapsed().as_millis() };
    *all.last.write().await = Some(verified.clone());
    Ok(verified)
}

/// Which events are looked for; what is empty is not asked.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The type.
    pub event_type: String,
    /// Who gave the command.
    pub actor: String,
    /// A text of the payload: a worker's id, a store's, a credit's.
    pub about: String,
    /// Only what was recorded on this day or later, YYYY-MM-DD.
    pub from: String,
    /// Only what was recorded on this day or earlier.
    pub to: String,
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
    }
}

/// Events that a filter wants, newest first, before a position.
#[derive(Debug, Clone)]
pub struct Found {
    /// The entries.
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
