//! manifest.json: what a bundle says of itself, and the SHA-256 of each file. Not signed and not believed: whatever it
//! says is held against events and checkpoints.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::event::Event;
use crate::evidence::books::Books;

/// What a bundle covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// Every event from the first.
    Journal,
    /// The events from one position to another, and those of the programme before them.
    Range {
        /// The first position.
        from: u64,
        /// The last position.
        to: u64,
        /// The period of business time that the range was chosen for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<Period>,
    },
    /// The events of one worker, and those of the programme.
    Worker {
        /// The worker's id (编号).
        worker: String,
    },
}

/// A period of business time, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its name in the zip.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, whatever the journal's hash suite is.
    pub sha256: String,
}

/// A version of the points schedule that the events given name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleVersion {
    /// 1, 2, 3, … in order of adoption.
    pub version: u32,
    /// First service date it holds for.
    pub effective_from: NaiveDate,
    /// Where it was adopted: its text stands there.
    pub position: u64,
    /// How many activities it has.
    pub activities: u64,
}

/// Where the worker's stream stands among all streams; see `streams`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamProof {
    /// Its place among the streams, from 0.
    pub index: u64,
    /// The inclusion proof (RFC 9162), hashes in lower-case hexadecimal digits.
    pub proof: Vec<String>,
}

/// The manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`super::FORMAT`] or [`super::FORMAT_WITH_YUAN`].
    pub format: String,
    /// The program that wrote it.
    pub software: String,
    /// Which journal.
    pub origin: String,
    /// Its hash suite.
    pub suite: String,
    /// What is covered.
    pub scope: Scope,
    /// How many entries the log has that the bundle proves against.
    pub size: u64,
    /// Root of the log, lower-case hexadecimal digits.
    pub root: String,
    /// How many events are given.
    pub events: u64,
    /// How many streams the log's events belong to.
    pub streams: u64,
    /// Root of the streams' tree, lower-case hexadecimal digits.
    pub streams_root: String,
    /// Where the worker's stream stands; for a worker alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamProof>,
    /// The closing date of the plain-text journal: what lapsed before it is counted as expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
    /// The versions of the points schedule.
    pub rules: Vec<RuleVersion>,
    /// Sizes of the checkpoints given, ascending.
    pub checkpoints: Vec<u64>,
    /// Every file but this one, by name.
    pub files: Vec<FileEntry>,
}

impl Scope {
    /// Whether an event at a position belongs to the scope itself and is not only shown beside it.
    pub fn covers(&self, position: u64, event: &Event) -> bool {
        match self {
            Scope::Journal => true,
            Scope::Range { from, to, .. } => (*from..=*to).contains(&position),
            Scope::Worker { worker } => matches!(event, Event::Worker(event) if event.worker().as_str() == worker),
        }
    }

    /// Whether an event is given: those covered and the programme's, which say by what rules.
    pub fn gives(&self, position: u64, event: &Event) -> bool {
        let before = match self {
            Scope::Range { to, .. } => position <= *to,
            Scope::Journal | Scope::Worker { .. } => true,
        };
        self.covers(position, event) || (before && matches!(event, Event::Programme(_)))
    }

    /// New books of what is covered.
    pub fn books(&self) -> Books {
        match self {
            Scope::Journal => Books::default(),
            Scope::Range { .. } => Books::of_movements(),
            Scope::Worker { .. } => Books::of_worker(),
        }
    }

    /// Whether everything of an account is given from its beginning, so that balances can be told and held.
    pub const fn has_balances(&self) -> bool {
        !matches!(self, Scope::Range { .. })
    }
}

/// The version of the schedule that an event adopted.
pub fn rule_version(position: u64, event: &Event) -> Option<RuleVersion> {
    let adopted = event.as_programme()?.as_schedule()?;
    Some(RuleVersion {
        version: adopted.version,
        effective_from: adopted.effective_from,
        position,
        activities: u64::try_from(adopted.activities.len()).unwrap_or(u64::MAX),
    })
}
