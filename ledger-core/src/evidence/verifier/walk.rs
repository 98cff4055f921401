//! A whole journal, read and checked by all processors, a bounded number of chunks ahead of where it is verified in order.

mod ahead;
mod measured;

use std::sync::Arc;

use super::{Finding, Verdict, Verifier};
use crate::domain::event::StreamId;
use crate::evidence::hash::{Hash, HashSuite};
use crate::journal::{Head, Journal, JournalError};
use ahead::{Ahead, Piece};

/// Streams, and entries, read at once where they are looked through.
const STREAMS_PAGE: usize = 5_000;

/// That a journal of so many entries had this root, and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
    /// Who said so, for a person: "the checkpoint", "the published checkpoint".
    pub by: &'static str,
}

/// Verifies a journal up to the head it has now, and that it still holds what is claimed, in the order of sizes.
/// `progress` is told the position reached, and the last.
pub async fn verify(
    journal: &Arc<dyn Journal>,
    claims: &[Claim],
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Verdict {
    match walk(journal, claims, progress).await {
        Ok(verdict) => verdict,
        Err(JournalError::Damaged { position, what }) => Verdict::Invalid(Finding { position, what }),
        Err(error) => Verdict::Unreadable(error.to_string()),
    }
}

async fn walk(
    journal: &Arc<dyn Journal>,
    claims: &[Claim],
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Verdict, JournalError> {
    let head = journal.head().await?;
    let (none, some) = claims.split_at(claims.partition_point(|claim| claim.size == 0));
    let empty = |claim: &&Claim| HashSuite::ALL.iter().any(|suite| suite.empty_root() == claim.root);
    if let Some(claim) = none.iter().find(|claim| !empty(claim)) {
        let what = format!("{} names no entries, but its root is not that of an empty log", claim.by);
        return Ok(Verdict::Invalid(Finding { position: 0, what }));
    }
    let mut verifier = Verifier::of_about(head.position);
    let mut ahead = Ahead::new(journal, &head, some).await;
    while let Some(piece) = ahead.next().await {
        let Piece { mut chunk, damage, whole } = piece?;
        if let Err(finding) = verifier.chunk(&mut chunk) {
            return Ok(Verdict::Invalid(finding));
        }
        progress(verifier.size(), head.position);
        if let Some(damage) = damage {
            return Err(damage);
        }
        if !whole {
            break;
        }
        ahead.spare(chunk);
    }
    if let Some(claim) = some.iter().find(|claim| claim.size > head.position) {
        let what = format!("{} was taken over {} entries; the tail is gone", claim.by, claim.size);
        return Ok(Verdict::Invalid(Finding { position: head.position + 1, what }));
    }
    if let Some(position) = beyond(journal.as_ref(), &head).await? {
        let what = "stands beyond the head, which no append leaves behind".to_owned();
        return Ok(Verdict::Invalid(Finding { position, what }));
    }
    if ahead.last_root() != head.position && verifier.size() == head.position {
        let what = format!("no root is recorded after {}", ahead.last_root());
        return Ok(Verdict::Invalid(Finding { position: ahead.last_root() + 1, what }));
    }
    if let Some(finding) = misnamed(journal.as_ref(), &verifier, &head).await? {
        return Ok(Verdict::Invalid(finding));
    }
    if let Some(finding) = measured::mismeasured(journal.as_ref(), &verifier).await? {
        return Ok(Verdict::Invalid(finding));
    }
    Ok(verifier.finish(&head))
}

/// The first stream that the journal's own table of streams names otherwise than its events do. Whoever reads by stream
/// goes by that table: a row renamed gives one stream's events to another.
async fn misnamed(journal: &dyn Journal, verifier: &Verifier, head: &Head) -> Result<Option<Finding>, JournalError> {
    let mut streams = verifier.numbered().into_iter();
    let mut after = 0;
    loop {
        let Some(rows) = journal.stream_rows(after, STREAMS_PAGE).await? else { return Ok(None) };
        let Some(last) = rows.last().map(|row| row.stream_no) else { break };
        for row in rows {
            let Some((number, stream)) = streams.next() else {
                // What a server began meanwhile is among those that the head names now.
                if row.stream_no > head.streams && row.stream_no <= journal.head().await?.streams {
                    return Ok(None);
                }
                let what = format!("stream {} is {}/{}, but no event is of it", row.stream_no, row.kind, row.id);
                return Ok(Some(Finding { position: head.position, what }));
            };
            if (row.stream_no, row.kind.as_str(), row.id.as_str()) != (number, stream.kind(), stream.id()) {
                let what = format!(
                    "is of {stream}, but its stream's number stands for {}/{} in the table of streams",
                    row.kind, row.id
                );
                let what = if row.stream_no == number { what } else { not_named(stream) };
                return Ok(Some(Finding { position: first_of(journal, number, head).await?, what }));
            }
        }
        after = last;
    }
    match streams.next() {
        None => Ok(None),
        Some((number, stream)) => {
            Ok(Some(Finding { position: first_of(journal, number, head).await?, what: not_named(stream) }))
        }
    }
}

fn not_named(stream: &StreamId) -> String {
    format!("is of {stream}, which is not where its number stands in the table of streams")
}

/// The position of a stream's first event.
async fn first_of(journal: &dyn Journal, stream_no: u64, head: &Head) -> Result<u64, JournalError> {
    let mut after = 0;
    while after < head.position {
        let entries = journal.read(after, STREAMS_PAGE).await?;
        let Some(last) = entries.last().map(|entry| entry.position) else { break };
        if let Some(found) = entries.iter().find(|entry| entry.stream_no == stream_no) {
            return Ok(found.position);
        }
        after = last;
    }
    Ok(head.position)
}

/// The first entry that stands beyond the head. What a server appended meanwhile does not: its head moved with it.
async fn beyond(journal: &dyn Journal, head: &Head) -> Result<Option<u64>, JournalError> {
    let Some(last) = journal.read(head.position, 1).await?.pop() else { return Ok(None) };
    let now = journal.head().await?;
    Ok((last.position > now.position).then_some(last.position))
}
