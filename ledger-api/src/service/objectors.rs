//! Who is told who objected to a credit: auditors always, whoever decides objections where it was not done anonymously,
//! nobody else. An administrator reads what an auditor reads, but not this.

use std::borrow::Cow;
use std::sync::Arc;

use ledger_core::domain::event::Event;
use ledger_core::domain::worker::event::Verdict;
use ledger_core::journal::entry::CommandFrame;
use ledger_core::journal::{Entry, Journal, JournalError};
use projections::queries::credit::CreditEvent;
use projections::views::proposal::StepKind;

use super::ServiceError;
use crate::access::policy::{CommandKind, Denied, Read, Who, may_ever};
use crate::app::App;

/// Entries read at once.
const PAGE: usize = 1_000;
/// The events that tell who objected; the others need not be decoded.
const TELLING: [&str; 2] = ["CreditObjected", "CreditAppealed"];

/// How much somebody is told of who objected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Objectors {
    /// Nothing.
    None,
    /// Who did so by name.
    Named,
    /// Also who did so anonymously.
    All,
}

/// Who took a step of a credit, as far as it matters to whom that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doer {
    /// Whoever recorded, checked or decided: no secret.
    Open,
    /// Whoever objected by name.
    Objector,
    /// Whoever objected anonymously.
    Unnamed,
    /// Whoever appealed.
    Appellant,
}

impl From<CreditEvent> for Doer {
    fn from(what: CreditEvent) -> Doer {
        match what {
            CreditEvent::ObjectedUnnamed => Doer::Unnamed,
            CreditEvent::Objected => Doer::Objector,
            CreditEvent::Appealed => Doer::Appellant,
            CreditEvent::Recorded
            | CreditEvent::Checked
            | CreditEvent::Publicised
            | CreditEvent::Confirmed
            | CreditEvent::Rejected
            | CreditEvent::ObjectionUpheld
            | CreditEvent::ObjectionDismissed
            | CreditEvent::Reversed => Doer::Open,
        }
    }
}

impl From<StepKind> for Doer {
    fn from(what: StepKind) -> Doer {
        match what {
            StepKind::ObjectedUnnamed => Doer::Unnamed,
            StepKind::Objected => Doer::Objector,
            StepKind::Appealed => Doer::Appellant,
            StepKind::Checked | StepKind::Publicised | StepKind::ObjectionUpheld | StepKind::ObjectionDismissed => {
                Doer::Open
            }
        }
    }
}

impl Objectors {
    /// Whether somebody who is told so much may know who took a step. Where anybody objected to the credit anonymously
    /// (`unnamed`), whoever did is told by no appeal either.
    pub fn may_know(self, doer: impl Into<Doer>, unnamed: bool) -> bool {
        match doer.into() {
            Doer::Open => true,
            Doer::Appellant if unnamed => self == Objectors::All,
            Doer::Objector | Doer::Appellant => self >= Objectors::Named,
            Doer::Unnamed => self == Objectors::All,
        }
    }
}

/// How much whoever asks is told.
pub fn objectors<'a>(who: impl Into<Who<'a>>) -> Objectors {
    let who: Who<'a> = who.into();
    if may_ever(who, Read::Objectors) {
        Objectors::All
    } else if may_ever(who, CommandKind::ResolveObjection) {
        Objectors::Named
    } else {
        Objectors::None
    }
}

/// Whether an event tells who objected to somebody who may not know. What one did oneself one knows.
pub fn withholds(who: Who<'_>, event: &Event) -> bool {
    let Some(judged) = event.as_worker().and_then(|event| event.as_judgement()) else { return false };
    let least = match judged.verdict {
        Verdict::Objected { anonymous: false } => Objectors::Named,
        // Which objection an appeal is about, and how that was made, its entry alone does not tell.
        Verdict::Objected { anonymous: true } | Verdict::Appealed { .. } => Objectors::All,
        Verdict::Checked
        | Verdict::Publicised { .. }
        | Verdict::Confirmed { .. }
        | Verdict::Rejected
        | Verdict::Resolved { .. }
        | Verdict::Reversed { .. } => return false,
    };
    let own = matches!(who, Who::Bearer(identity) if identity.id.as_str() == judged.by.as_str());
    !own && objectors(who) < least
}

/// An entry as whoever asks may see it. Where it tells who objected to somebody who may not know, its actor is blank and its
/// payload has no `by`: such an entry proves nothing to them, for its bytes are not those that were hashed.
///
/// # Errors
/// [`JournalError::Damaged`].
pub fn seen_by<'a>(who: Who<'_>, entry: &'a Entry) -> Result<Cow<'a, Entry>, JournalError> {
    if !TELLING.contains(&entry.event_type.as_str()) || !withholds(who, &entry.event()?) {
        return Ok(Cow::Borrowed(entry));
    }
    let damaged =
        |error: serde_json::Error| JournalError::Damaged { position: entry.position, what: error.to_string() };
    let mut payload: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&entry.payload).map_err(damaged)?;
    payload.remove("by");
    let payload = serde_json::to_vec(&payload).map_err(damaged)?;
    let command = CommandFrame { actor: Default::default(), ..(*entry.command).clone() };
    Ok(Cow::Owned(Entry { payload, command: Arc::new(command), ..entry.clone() }))
}

/// Lets whoever asks have all entries as they were hashed.
///
/// # Errors
/// [`ServiceError::Denied`] where some of them tell who objected to somebody who may not know;
/// [`ServiceError::Unavailable`].
pub async fn must_see_all(app: &App, who: Who<'_>, until: u64) -> Result<(), ServiceError> {
    if objectors(who) == Objectors::All {
        return Ok(());
    }
    let journal: &dyn Journal = app.ledger.journal().as_ref();
    let mut after = 0;
    loop {
        let entries = journal.read(after, PAGE).await?;
        for entry in entries.iter().take_while(|entry| entry.position <= until) {
            if TELLING.contains(&entry.event_type.as_str()) && withholds(who, &entry.event()?) {
                return Err(Denied.into());
            }
        }
        match entries.last() {
            Some(last) if last.position < until => after = last.position,
            _ => return Ok(()),
        }
    }
}
