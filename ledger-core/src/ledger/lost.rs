//! A commit whose answer was lost: finding out what became of it before anybody is answered, or saying that it cannot be
//! found out now.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::outcome::Outcome;
use crate::journal::{Batch, Journal, JournalError};

/// Finds out under the lock, where no earlier transaction can still be pending, whether a batch is there, and if not, sees
/// to it that it never will be; tries for a time, which also ends a try that hangs. Gives what to answer.
///
/// # Errors
/// [`JournalError`] when it is certain that the commit did not happen.
pub async fn resolve(
    journal: &dyn Journal,
    batch: &Batch,
    outcomes: Vec<Vec<Outcome>>,
    resolve_for: Duration,
) -> Result<Vec<Vec<Outcome>>, JournalError> {
    let started = Instant::now();
    let away = |_| JournalError::Unavailable("finding out what became of a commit took too long".into());
    let mut pause = Duration::from_millis(10);
    loop {
        let found = async {
            let append = journal.begin().await?;
            // Its root tells this very batch from an earlier attempt at the same commands, which may have landed instead.
            let recorded = match journal.roots(batch.after, 1).await {
                Ok(roots) => roots.first() == Some(&(batch.position, batch.root)),
                Err(error) => {
                    append.release().await;
                    return Err(error);
                }
            };
            if recorded {
                append.release().await;
            } else {
                append.bar_late().await?;
            }
            Ok(recorded)
        };
        // A try given up half-way gives the lock back: whatever it holds is dropped with it.
        let limit = resolve_for.saturating_sub(started.elapsed());
        match timeout(limit, found).await.map_err(away).and_then(|found| found) {
            Ok(true) => return Ok(told(outcomes, told_of_a_found_batch)),
            Ok(false) => return Err(JournalError::Unavailable("the commit did not happen".into())),
            Err(error) if started.elapsed() >= resolve_for => {
                tracing::error!(%error, "what became of a commit cannot be found out now; its callers are told so");
                return Ok(told(outcomes, |outcome| told_without_knowing(outcome, batch.after)));
            }
            Err(_) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_millis(500));
            }
        }
    }
}

/// What to say instead, job by job.
fn told(outcomes: Vec<Vec<Outcome>>, say: impl Fn(Outcome) -> Outcome) -> Vec<Vec<Outcome>> {
    outcomes.into_iter().map(|job| job.into_iter().map(&say).collect()).collect()
}

/// What to say when the batch is there. An earlier attempt at the very same commands may have made it, byte for byte,
/// where the clock stood behind the last recorded time: what is recorded is recorded all the same, but what changed
/// nothing, or was refused, may rest on a state that was over when its caller asked.
fn told_of_a_found_batch(outcome: Outcome) -> Outcome {
    match &outcome {
        Outcome::Refused(_) => Outcome::unavailable(),
        Outcome::Committed(receipt) if receipt.events.is_empty() => Outcome::unavailable(),
        Outcome::Committed(_) | Outcome::Unknown => outcome,
    }
}

/// What to say while nobody knows whether a batch after this position was committed. An answer given again from further
/// back was durable long before; everything else rests on the batch, repeats and conflicts within it too.
fn told_without_knowing(outcome: Outcome, after: u64) -> Outcome {
    match outcome {
        Outcome::Committed(receipt) if receipt.repeated && receipt.position <= after => Outcome::Committed(receipt),
        Outcome::Committed(_) => Outcome::Unknown,
        Outcome::Refused(_) | Outcome::Unknown => Outcome::unavailable(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Outcome, resolve};
    use crate::domain::event::{Event, V1};
    use crate::domain::programme::event::{JournalOpened, ProgrammeEvent};
    use crate::journal::memory::MemoryJournal;
    use crate::journal::{Batch, Journal, RecordedTime};
    use crate::ledger::Receipt;

    fn batch() -> Batch {
        Batch { position: 1, streams: 1, ..Batch::following(0, 0, RecordedTime::from_micros(0)) }
    }

    #[tokio::test]
    async fn a_try_that_hangs_ends_with_the_time_there_is_for_all_of_them() {
        let journal = MemoryJournal::default();
        // While somebody holds the lock, whoever wants it waits for ever.
        let held = journal.begin().await.expect("the lock");
        let opened = JournalOpened { demonstration: false, origin: "o".into(), suite: "sha-256".into(), v: V1 };
        let events = Arc::from([Event::Programme(ProgrammeEvent::JournalOpened(opened))]);
        let committed = Outcome::Committed(Receipt { position: 1, events, repeated: false });
        let batch = batch();
        let resolved = resolve(&journal, &batch, vec![vec![committed]], Duration::from_millis(20));
        let told = tokio::time::timeout(Duration::from_secs(60), resolved).await.expect("it ends");
        assert_eq!(told.expect("nobody knows"), [[Outcome::Unknown]]);
        held.release().await;
        journal.begin().await.expect("the lock is free").release().await;
    }
}
