//! A whole journal, read and checked by all processors, a bounded number of chunks ahead of where it is verified in order.

mod ahead;

use std::sync::Arc;

use super::{Finding, Verdict, Verifier};
use crate::evidence::hash::{Hash, HashSuite};
use crate::journal::{Head, Journal, JournalError};
use ahead::{Ahead, Piece};

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
    Ok(verifier.finish(&head))
}

/// The first entry that stands beyond the head. What a server appended meanwhile does not: its head moved with it.
async fn beyond(journal: &dyn Journal, head: &Head) -> Result<Option<u64>, JournalError> {
    let Some(last) = journal.read(head.position, 1).await?.pop() else { return Ok(None) };
    let now = journal.head().await?;
    Ok((last.position > now.position).then_some(last.position))
}
