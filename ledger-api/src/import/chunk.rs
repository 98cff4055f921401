//! Rows on their way to the ledger: what each row asks, and where it stands in the pack.

use std::collections::HashSet;
use std::sync::Arc;

use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::ledger::Submission;

/// Commands sent together. One transaction takes them all, as long as this is at most the ledger's `batch_max`.
pub(super) const COMMANDS_MAX: usize = 1_000;

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Arc<str>,
    pub(super) row: u64,
}

/// What a row counts as when it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// Not at all: people, stores and rules.
    Nothing,
    Credit,
    Redemption,
    /// As a row of one of the documents' programmes, whose credits count as they come.
    Row,
}

/// What one row asks. A refusal stands beside the submissions where a part of the row could not be read: the rest is
/// taken all the same.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) submissions: Vec<Submission>,
    /// How many of them prepare the way for the row's own, such as the opening of a community that it names.
    pub(super) leading: usize,
    pub(super) refusal: Option<Refusal>,
    /// What to tell instead of the ledger's own sentence, by code: only the sheet knows what stood in the cell.
    pub(super) sentences: Vec<(Code, String)>,
    /// The name that belongs to the row's worker.
    pub(super) name: Option<(WorkerId, String)>,
    /// Who witnessed the row's service, by name.
    pub(super) witness: Option<String>,
    /// What a person should look at although the row is taken.
    pub(super) warning: Option<String>,
    /// What the row is about, where no sheet may say two things of it.
    pub(super) about: Option<About>,
}

/// What a row of a register is about: its sheet and what stands in the columns of its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct About {
    pub(super) sheet: &'static str,
    /// The columns of the key, as a message names them.
    pub(super) columns: &'static [&'static str],
    pub(super) key: Vec<String>,
}

/// A row of a [`Chunk`].
#[derive(Debug)]
pub(super) struct Line {
    pub(super) place: Place,
    pub(super) counts: Counts,
    /// How many of the chunk's submissions are its own, in order.
    pub(super) submissions: usize,
    /// How many of those come before the row's own first one.
    pub(super) leading: usize,
    pub(super) refusal: Option<Refusal>,
    pub(super) sentences: Vec<(Code, String)>,
    pub(super) name: Option<(WorkerId, String)>,
    pub(super) warning: Option<String>,
    pub(super) about: Option<About>,
}

/// Rows sent together, in order.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) lines: Vec<Line>,
    pub(super) submissions: Vec<Submission>,
    /// Witnesses by name, each with the index of the submission that is to carry a pseudonym instead.
    pub(super) witnesses: Vec<(usize, String)>,
    /// What its rows are about, as far as they say so.
    abouts: HashSet<About>,
}

impl Chunk {
    /// Whether one of its rows is about this already.
    pub(super) fn is_about(&self, about: &About) -> bool {
        self.abouts.contains(about)
    }

    pub(super) fn is_full(&self) -> bool {
        self.submissions.len() >= COMMANDS_MAX || self.lines.len() >= COMMANDS_MAX
    }

    pub(super) fn push(&mut self, place: Place, counts: Counts, asked: Asked) {
        let Asked { submissions, leading, refusal, sentences, name, witness, warning, about } = asked;
        self.abouts.extend(about.clone());
        self.witnesses.extend(witness.map(|witness| (self.submissions.len() + leading, witness)));
        let own = submissions.len();
        self.lines.push(Line { place, counts, submissions: own, leading, refusal, sentences, name, warning, about });
        self.submissions.extend(submissions);
    }

    /// The row that a submission belongs to, as a message names it.
    pub(super) fn place_of(&self, submission: usize) -> String {
        let mut before = 0;
        let line = self.lines.iter().find(|line| {
            before += line.submissions;
            before > submission
        });
        line.map_or_else(String::new, |line| format!("{} row {}", line.place.file, line.place.row))
    }
}

impl From<Refusal> for Asked {
    fn from(refusal: Refusal) -> Asked {
        Asked { refusal: Some(refusal), ..Asked::default() }
    }
}
