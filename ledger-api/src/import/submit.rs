//! The writing side of an import: sends chunks to the ledger in order, asks again when an answer is missing, and counts.
//!
//! One chunk is under way at a time, while the next ones are being read: were two under way and the first one's
//! transaction failed, the second would be judged without it, and the order of the rows would be lost. The ledger does
//! not wait for it: the next chunk lies ready when the answer to the last one comes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::ledger::{Command, Submission, commands};

use super::chunk::{About, Chunk, Counts, Line};
use super::error::ImportError;
use super::report::{Fate, Report};
use crate::service::destination::{Destination, Told};
use crate::sheets::fields::said_otherwise;
use crate::vault::is_same_text;

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
    pub(super) destination: &'a dyn Destination,
    pub(super) retry: &'a Retry,
    pub(super) report: Report,
    /// The names in this pack's roster so far, by worker: whether a witness is the worker.
    pub(super) roster: HashMap<WorkerId, String>,
    /// The first row of each sheet that was taken about something, and what it asked.
    pub(super) taken: HashMap<About, FirstRow>,
}

/// A row that was taken, where no sheet may say two things.
pub(super) struct FirstRow {
    row: u64,
    asked: Vec<Command>,
}

impl Submitter<'_> {
    /// Sends one chunk and counts it; gives the number of its rows.
    pub(super) async fn take(&mut self, mut chunk: Chunk) -> Result<usize, ImportError> {
        self.refuse_second_words(&mut chunk);
        self.roster.extend(chunk.lines.iter().filter_map(|line| line.name.clone()));
        self.tell_own_witnesses(&mut chunk).await?;
        self.name_witnesses(&mut chunk).await?;
        let answers = self.send(&chunk).await?;
        let rows = chunk.lines.len();
        let mut answers = answers.into_iter();
        let mut submissions = chunk.submissions.into_iter();
        let mut names = Vec::new();
        for mut line in chunk.lines {
            let answers: Vec<Told> = answers.by_ref().take(line.submissions).collect();
            let asked = submissions.by_ref().take(line.submissions).skip(line.leading);
            let asked: Vec<Command> = asked.map(|submission| submission.command).collect();
            let first = line.about.take().map(|about| (about, FirstRow { row: line.place.row, asked }));
            let registered = matches!(answers.get(line.leading), Some(Told::Taken { .. }));
            let name = line.name.take().filter(|_| registered);
            names.extend(name.map(|(worker, name)| (worker.to_string(), name)));
            // A row that is refused takes no key.
            if self.count(line, answers) != Fate::Refused
                && let Some((about, first)) = first
            {
                self.taken.entry(about).or_insert(first);
            }
        }
        if !names.is_empty() {
            self.destination.keep_names(names).await?;
        }
        Ok(rows)
    }

    /// Of a sheet that says two things of one, the first row that is taken counts, and no row is written over by a later one. The
    /// reader puts no two rows about one thing into one chunk, so what became of the first is known by now.
    fn refuse_second_words(&self, chunk: &mut Chunk) {
        // Registers have no witnesses, which are found by the places of submissions.
        if self.taken.is_empty() || !chunk.witnesses.is_empty() {
            return;
        }
        let mut submissions = std::mem::take(&mut chunk.submissions).into_iter();
        for line in &mut chunk.lines {
            let own: Vec<Submission> = submissions.by_ref().take(line.submissions).collect();
            let first = line.about.as_ref().and_then(|about| Some((about, self.taken.get(about)?)));
            let otherwise = first.filter(|(_, first)| {
                let asked = own.iter().skip(line.leading).map(|submission| &submission.command);
                line.submissions > line.leading && !asked.eq(first.asked.iter())
            });
            if let Some((about, first)) = otherwise {
                line.refusal = Some(said_otherwise(about.columns, &about.key, first.row, line.place.row));
                line.warning = None;
                // A community that it names is opened all the same: later rows that name it count on that.
                line.submissions = line.leading;
                chunk.submissions.extend(own.into_iter().take(line.leading));
            } else {
                chunk.submissions.extend(own);
            }
        }
    }

    /// Counts a row; what became of it.
    fn count(&mut self, line: Line, answers: Vec<Told>) -> Fate {
        let (file, has_command) = (Arc::clone(&line.place.file), !answers.is_empty());
        let refused_before = self.report.errors.len();
        let recorded = self.count_answers(line, answers);
        // What was recorded of a row that is taken in part is recorded: it counts as taken, and is told among those to be mended.
        let fate = if recorded {
            Fate::Taken
        } else if self.report.errors.len() > refused_before {
            Fate::Refused
        } else if has_command {
            Fate::Unchanged
        } else {
            Fate::Together
        };
        self.report.count(&file, has_command, fate);
        fate
    }

    /// Counts what was answered to a row; whether anything was recorded of it, in this run.
    fn count_answers(&mut self, mut line: Line, answers: Vec<Told>) -> bool {
        if let Some(warning) = line.warning.take() {
            self.report.warn(&line.place, warning);
        }
        let (mut repeated, mut changed, mut recorded) = (false, false, false);
        for answer in answers {
            match answer {
                Told::Refused { code, message } => {
                    let sentence = line.sentences.iter_mut().find(|(of, _)| *of == code);
                    let message = sentence.map_or(message, |(_, sentence)| std::mem::take(sentence));
                    self.report.refuse(&line.place, Refusal::new(code, message));
                    return false;
                }
                // Not sent on by `Submitter::send`.
                Told::Unknown => {
                    let refusal = Refusal::new(Code::JournalUnavailable, "the answer was lost; send the row again");
                    self.report.refuse(&line.place, refusal);
                    return false;
                }
                Told::Taken { repeated: true, changed: some, .. } => {
                    repeated = true;
                    // Keys of registers are this run's own: it was given the same files twice.
                    recorded |= some && line.counts == Counts::Nothing;
                }
                Told::Taken { capped, changed: some, credited, .. } => {
                    changed |= some;
                    self.report.credits += u64::from(credited);
                    self.report.capped += u64::from(capped);
                    self.report.redemptions += u64::from(line.counts == Counts::Redemption);
                }
            }
        }
        // A row of two parts is a repeat where neither of them changed anything.
        self.report.repeats += u64::from(repeated && !changed && line.counts != Counts::Nothing);
        if let Some(refusal) = line.refusal.take() {
            self.report.refuse(&line.place, refusal);
        }
        changed || recorded
    }

    /// Sends a chunk until every one of its commands is answered.
    async fn send(&self, chunk: &Chunk) -> Result<Vec<Told>, ImportError> {
        if chunk.submissions.is_empty() {
            return Ok(Vec::new());
        }
        let mut pause = self.retry.pause;
        let mut attempt = 1;
        // Commands that an earlier attempt may have recorded: found recorded, they are this run's doing.
        let mut maybe_ours = vec![false; chunk.submissions.len()];
        loop {
            let answers = self.destination.submit(&chunk.submissions).await?;
            let unanswered = answers.iter().position(is_unanswered);
            let Some(unanswered) = unanswered else {
                // Of the rows of one key only the first can have been recorded: the others repeat it.
                let mut seen = HashSet::new();
                let first = chunk.submissions.iter().map(|submission| seen.insert(&submission.context.key));
                return Ok(answers
                    .into_iter()
                    .zip(maybe_ours.into_iter().zip(first))
                    .map(|(answer, (ours, first))| if ours && first { taken_now(answer) } else { answer })
                    .collect());
            };
            if attempt >= self.retry.attempts_max {
                let reason = answers.get(unanswered).map_or_else(String::new, reason);
                let place = chunk.place_of(unanswered);
                return Err(ImportError::Journal { place, attempts: attempt, reason });
            }
            for (ours, answer) in maybe_ours.iter_mut().zip(&answers) {
                *ours |= *answer == Told::Unknown;
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
        let mut asked = Vec::new();
        let mut asked_at = Vec::new();
        for (index, text) in &chunk.witnesses {
            let submission = chunk.submissions.get_mut(*index);
            let Some(Command::RecordCredit(commands::RecordCredit { worker, own_witness, .. })) =
                submission.map(|one| &mut one.command)
            else {
                continue;
            };
            if let Some(name) = self.roster.get(worker) {
                *own_witness = is_same_text(text, name) || is_same_text(text, worker.as_str());
            } else {
                asked.push((worker.clone(), text.clone()));
                asked_at.push(*index);
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        for (index, own) in asked_at.into_iter().zip(self.destination.are_own_witnesses(asked).await?) {
            if let Some(submission) = chunk.submissions.get_mut(index)
                && let Command::RecordCredit(commands::RecordCredit { own_witness, .. }) = &mut submission.command
            {
                *own_witness = own;
            }
        }
        Ok(())
    }

    /// Puts pseudonyms in the place of witnesses. Kept before the rows are sent: a pseudonym in the journal that the vault
    /// does not know would name nobody.
    async fn name_witnesses(&self, chunk: &mut Chunk) -> Result<(), ImportError> {
        if chunk.witnesses.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = chunk.witnesses.iter().map(|(_, witness)| witness.as_str()).collect();
        let Some(pseudonyms) = self.destination.remember_witnesses(&names).await? else { return Ok(()) };
        let own = self.own_pseudonyms(chunk).await?;
        for ((index, _), pseudonym) in chunk.witnesses.iter().zip(pseudonyms) {
            if let Some(submission) = chunk.submissions.get_mut(*index)
                && let Command::RecordCredit(commands::RecordCredit { worker, witness, worker_as_witness, .. }) =
                    &mut submission.command
            {
                *worker_as_witness = own.get(worker).cloned().unwrap_or_default();
                *witness = Some(pseudonym);
            }
        }
        Ok(())
    }

    /// The pseudonyms that the workers of witnessed rows have as witnesses themselves: by these the guards see that two vouch
    /// for each other.
    async fn own_pseudonyms(&self, chunk: &Chunk) -> Result<HashMap<WorkerId, Vec<String>>, ImportError> {
        let witnessed = chunk.witnesses.iter().filter_map(|(index, _)| chunk.submissions.get(*index));
        let workers: HashSet<&WorkerId> = witnessed
            .filter_map(|submission| match &submission.command {
                Command::RecordCredit(command) => Some(&command.worker),
                _ => None,
            })
            .collect();
        let named = |worker: &WorkerId| (worker.clone(), self.roster.get(worker).cloned());
        let asked: Vec<(WorkerId, Option<String>)> = workers.into_iter().map(named).collect();
        let told = self.destination.as_witnesses(asked.clone()).await?;
        Ok(asked.into_iter().map(|(worker, _)| worker).zip(told).collect())
    }
}

/// A command found recorded that this run may have recorded itself.
fn taken_now(answer: Told) -> Told {
    match answer {
        Told::Taken { capped, changed, credited, .. } => Told::Taken { repeated: false, capped, changed, credited },
        other => other,
    }
}

fn is_unanswered(answer: &Told) -> bool {
    matches!(answer, Told::Unknown | Told::Refused { code: Code::JournalUnavailable, .. })
}

fn reason(answer: &Told) -> String {
    match answer {
        Told::Refused { message, .. } => message.clone(),
        Told::Unknown | Told::Taken { .. } => "whether the rows were recorded is not known".to_owned(),
    }
}
