//! The writing side of an import: sends chunks to the ledger in order, asks again when an answer is missing, and counts.
//!
//! One chunk is under way at a time, while the next ones are being read: were two under way and the first one's
//! transaction failed, the second would be judged without it, and the order of the rows would be lost. The ledger does
//! not wait for it: the next chunk lies ready when the answer to the last one comes.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::ledger::{Command, Ledger, Outcome, Receipt};

use super::chunk::{Chunk, Counts, Line};
use super::error::ImportError;
use super::report::Report;
use crate::vault::{Vault, WITNESS, WORKER, is_same_text};

/// How often an unanswered chunk is sent again, and how long is waited between.
#[derive(Debug, Clone)]
pub struct Retry {
    /// How often a chunk is sent at most.
    pub attempts_max: u32,
    /// The first wait; each later one is twice as long.
    pub pause: Duration,
    /// The longest wait.
    pub pause_max: Duration,
}

impl Default for Retry {
    /// About half a minute in all, on top of the ledger's own patience.
    fn default() -> Retry {
        Retry { attempts_max: 10, pause: Duration::from_millis(200), pause_max: Duration::from_secs(5) }
    }
}

/// Sends chunks and counts what became of them.
pub(super) struct Submitter<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) vault: Option<&'a Vault>,
    pub(super) retry: &'a Retry,
    pub(super) report: Report,
    /// The names in this pack's roster so far, by worker: whether a witness is the worker.
    pub(super) roster: HashMap<WorkerId, String>,
}

impl Submitter<'_> {
    /// Sends one chunk and counts it; gives the number of its rows.
    pub(super) async fn take(&mut self, mut chunk: Chunk) -> Result<usize, ImportError> {
        self.roster.extend(chunk.lines.iter().filter_map(|line| line.name.clone()));
        self.tell_own_witnesses(&mut chunk).await?;
        self.name_witnesses(&mut chunk).await?;
        let outcomes = self.send(&chunk).await?;
        let rows = chunk.lines.len();
        let mut outcomes = outcomes.into_iter();
        let mut names = Vec::new();
        for mut line in chunk.lines {
            let outcomes: Vec<Answer> = outcomes.by_ref().take(line.submissions).collect();
            let registered = matches!(outcomes.first(), Some(Answer::Taken(_)));
            let name = line.name.take().filter(|_| registered);
            names.extend(name.map(|(worker, name)| (WORKER, worker.to_string(), name)));
            self.count(line, outcomes);
        }
        if let Some(vault) = self.vault {
            vault.put_names(&names).await?;
        }
        Ok(rows)
    }

    fn count(&mut self, mut line: Line, answers: Vec<Answer>) {
        if let Some(warning) = line.warning.take() {
            self.report.warn(&line.place, warning);
        }
        for answer in answers {
            match answer {
                Answer::Refused(refusal) => {
                    let sentence = line.sentences.iter_mut().find(|(code, _)| *code == refusal.code);
                    let message = sentence.map_or(refusal.message, |(_, sentence)| std::mem::take(sentence));
                    self.report.refuse(&line.place, Refusal::new(refusal.code, message));
                    return;
                }
                Answer::Taken(Taken { repeated: true, .. }) => {
                    self.report.repeats += u64::from(line.counts != Counts::Nothing);
                }
                Answer::Taken(Taken { capped, .. }) => match line.counts {
                    Counts::Nothing => {}
                    Counts::Credit => {
                        self.report.credits += 1;
                        self.report.capped += u64::from(capped);
                    }
                    Counts::Redemption => self.report.redemptions += 1,
                },
            }
        }
        if let Some(refusal) = line.refusal.take() {
            self.report.refuse(&line.place, refusal);
        }
    }

    /// Sends a chunk until every one of its commands is answered.
    async fn send(&self, chunk: &Chunk) -> Result<Vec<Answer>, ImportError> {
        if chunk.submissions.is_empty() {
            return Ok(Vec::new());
        }
        let mut pause = self.retry.pause;
        let mut attempt = 1;
        // Commands that an earlier attempt may have recorded: found recorded, they are this run's doing.
        let mut maybe_ours = vec![false; chunk.submissions.len()];
        loop {
            let outcomes = self.ledger.queue(chunk.submissions.clone(), false).await.wait().await;
            let unanswered = outcomes.iter().position(is_unanswered);
            let Some(unanswered) = unanswered else {
                // Of the rows of one key only the first can have been recorded: the others repeat it.
                let mut seen = HashSet::new();
                let first = chunk.submissions.iter().map(|submission| seen.insert(&submission.context.key));
                return Ok(outcomes
                    .into_iter()
                    .zip(maybe_ours.into_iter().zip(first))
                    .map(|(one, (ours, first))| Answer::from_outcome(one, ours && first))
                    .collect());
            };
            if attempt >= self.retry.attempts_max {
                let reason = outcomes.get(unanswered).map_or_else(String::new, reason);
                let place = chunk.place_of(unanswered);
                return Err(ImportError::Journal { place, attempts: attempt, reason });
            }
            for (ours, outcome) in maybe_ours.iter_mut().zip(&outcomes) {
                *ours |= matches!(outcome, Outcome::Unknown);
            }
            tracing::warn!(
                attempt,
                pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                "rows were not answered; sending them again"
            );
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(self.retry.pause_max);
            attempt += 1;
        }
    }

    /// Tells the ledger which rows name the worker as the witness: behind a pseudonym it could not know.
    async fn tell_own_witnesses(&self, chunk: &mut Chunk) -> Result<(), ImportError> {
        for (index, text) in &chunk.witnesses {
            let submission = chunk.submissions.get_mut(*index);
            let Some(Command::RecordCredit { worker, own_witness, .. }) = submission.map(|one| &mut one.command) else {
                continue;
            };
            *own_witness = match (self.roster.get(worker), self.vault) {
                (Some(name), _) => is_same_text(text, name) || is_same_text(text, worker.as_str()),
                (None, Some(vault)) => vault.is_worker(worker, text).await?,
                (None, None) => is_same_text(text, worker.as_str()),
            };
        }
        Ok(())
    }

    /// Puts pseudonyms in the place of witnesses. Kept before the rows are sent: a pseudonym in the journal that the vault
    /// does not know would name nobody.
    async fn name_witnesses(&self, chunk: &mut Chunk) -> Result<(), ImportError> {
        let Some(vault) = self.vault else { return Ok(()) };
        let texts: Vec<_> = chunk.witnesses.iter().map(|(_, witness)| (WITNESS, witness.as_str())).collect();
        let pseudonyms = vault.remember_all(&texts).await?;
        for ((index, _), pseudonym) in chunk.witnesses.iter().zip(pseudonyms) {
            if let Some(submission) = chunk.submissions.get_mut(*index)
                && let Command::RecordCredit { witness, .. } = &mut submission.command
            {
                *witness = Some(pseudonym);
            }
        }
        Ok(())
    }
}

/// What became of one command, once the ledger knows.
enum Answer {
    Taken(Taken),
    Refused(Refusal),
}

struct Taken {
    repeated: bool,
    capped: bool,
}

impl Answer {
    fn from_outcome(outcome: Outcome, maybe_ours: bool) -> Answer {
        match outcome {
            Outcome::Committed(receipt) => {
                Answer::Taken(Taken { repeated: receipt.repeated && !maybe_ours, capped: was_capped(&receipt) })
            }
            Outcome::Refused(refusal) => Answer::Refused(refusal),
            // Not sent on by `Submitter::send`.
            Outcome::Unknown => {
                Answer::Refused(Refusal::new(Code::JournalUnavailable, "the answer was lost; send the row again"))
            }
        }
    }
}

fn is_unanswered(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown) || outcome.code() == Some(Code::JournalUnavailable)
}

fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => refusal.message.clone(),
        Outcome::Unknown | Outcome::Committed(_) => "whether the rows were recorded is not known".to_owned(),
    }
}

/// Whether the daily cap left a credit less than its quantity came to.
fn was_capped(receipt: &Receipt) -> bool {
    use ledger_core::domain::event::Event;
    receipt.events.iter().any(|event| match event {
        Event::Worker(event) => event.as_service().is_some_and(|record| record.uncapped.is_some()),
        _ => false,
    })
}
