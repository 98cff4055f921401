//! The first reading: what a bundle covers, what it comes to, and that the journal is sound enough to be shown.

use chrono::NaiveDate;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::posting::postings;
use ledger_core::evidence::bundle::manifest::{Period, RuleVersion, Scope, StreamProof, rule_version};
use ledger_core::evidence::bundle::streams::Streams;
use ledger_core::evidence::forms::plain_text::decimals;
use ledger_core::evidence::forms::yuan;
use ledger_core::evidence::hash::{Hash, HashSuite};
use ledger_core::evidence::merkle::Frontier;
use ledger_core::journal::entry::LeafWriter;
use ledger_core::journal::transfer::suite_of;
use ledger_core::journal::{Journal, JournalError};

use super::{BundleError, Coverage, Request};
use crate::export::each_entry;

/// What was learnt.
pub(super) struct Survey {
    pub(super) scope: Scope,
    pub(super) suite: HashSuite,
    pub(super) origin: String,
    pub(super) root: Hash,
    /// Root at each size asked for, in their order.
    pub(super) roots: Vec<(u64, Hash)>,
    pub(super) events: u64,
    pub(super) streams: u64,
    pub(super) streams_root: Hash,
    pub(super) stream: Option<StreamProof>,
    pub(super) rules: Vec<RuleVersion>,
    pub(super) latest: Option<NaiveDate>,
    pub(super) decimals: usize,
    /// Whether anything covered has to do with yuan.
    pub(super) yuan: bool,
}

/// Reads the journal. `sizes` are those at which the root is to be known, ascending.
pub(super) async fn survey(
    journal: &dyn Journal,
    request: &Request,
    sizes: &[u64],
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Survey, BundleError> {
    let scope = scope(journal, request).await?;
    let mut opened: Option<(String, Frontier)> = None;
    let mut roots = Vec::new();
    let mut streams = Streams::default();
    let mut rules = Vec::new();
    let (mut events, mut latest, mut needed, mut with_yuan) = (0_u64, None, 0, false);
    let mut books = scope.books();
    let mut leaves = LeafWriter::default();
    let mut due = sizes.iter().copied().peekable();
    each_entry(journal, request.size, progress, |entry| {
        let damaged = |what: String| JournalError::Damaged { position: entry.position, what };
        let event = entry.event()?;
        let (_, frontier) = match &mut opened {
            Some(opened) => opened,
            None => opened.insert(open(&event).ok_or_else(|| damaged("the first event opens no journal".into()))?),
        };
        let hash = frontier.suite().leaf_hash(leaves.leaf(&entry.view()));
        if *hash.as_bytes() != entry.leaf {
            return Err(damaged("its bytes are not those that were hashed when it was recorded".into()).into());
        }
        frontier.push(hash).map_err(|error| damaged(error.to_string()))?;
        if due.next_if_eq(&entry.position).is_some() {
            roots.push((entry.position, frontier.root()));
        }
        streams.add(event.stream(), entry.position);
        if scope.gives(entry.position, &event) {
            events += 1;
            rules.extend(rule_version(entry.position, &event));
        }
        if scope.covers(entry.position, &event) {
            latest = latest.max(event.day());
            books.book(&event).map_err(damaged)?;
            with_yuan |= yuan::of(entry.position, "", &event).is_some();
            needed = postings(&event).iter().map(|leg| decimals(leg.points)).fold(needed, usize::max);
        }
        Ok::<(), BundleError>(())
    })
    .await?;
    let Some((origin, frontier)) = opened else {
        return Err(BundleError::Asked("the journal is empty; there is nothing to show".into()));
    };
    let suite = frontier.suite();
    let stream = match &request.coverage {
        Coverage::Worker(worker) => {
            let unknown = || BundleError::Asked(format!("no event of worker {worker} is in the journal"));
            Some(streams.prove(suite, &StreamId::Worker(worker.clone())).ok_or_else(unknown)?)
        }
        _ => None,
    };
    let (root, streams_root) = (frontier.root(), streams.root(suite));
    let streams = streams.count();
    let needed_decimals = needed;
    Ok(Survey {
        scope,
        suite,
        origin,
        root,
        roots,
        events,
        streams,
        streams_root,
        stream,
        rules,
        latest,
        decimals: needed_decimals,
        yuan: with_yuan,
    })
}

fn open(event: &Event) -> Option<(String, Frontier)> {
    let suite = suite_of(event)?;
    event.as_opening().map(|opened| (opened.origin.clone(), Frontier::new(suite)))
}

async fn scope(journal: &dyn Journal, request: &Request) -> Result<Scope, BundleError> {
    let (from, to, period) = match &request.coverage {
        Coverage::Journal => return Ok(Scope::Journal),
        Coverage::Worker(worker) => return Ok(Scope::Worker { worker: worker.to_string() }),
        Coverage::Positions { from, to } => (*from, *to, None),
        Coverage::Period(period) => {
            let (from, to) = positions_of(journal, request.size, *period).await?;
            (from, to, Some(*period))
        }
    };
    if from == 0 || from > to || to > request.size {
        let what = format!("the journal has the positions 1 to {}; {from} to {to} are not among them", request.size);
        return Err(BundleError::Asked(what));
    }
    Ok(Scope::Range { from, to, period })
}

/// The first and the last position of which the business day lies in a period.
async fn positions_of(journal: &dyn Journal, size: u64, period: Period) -> Result<(u64, u64), BundleError> {
    let mut found: Option<(u64, u64)> = None;
    each_entry(journal, size, &|_| (), |entry| {
        let day = entry.event()?.day();
        if day.is_some_and(|day| period.first <= day && day <= period.last) {
            found = Some((found.map_or(entry.position, |(from, _)| from), entry.position));
        }
        Ok::<(), JournalError>(())
    })
    .await?;
    found.ok_or_else(|| BundleError::Asked(format!("no event has a day from {} to {}", period.first, period.last)))
}
