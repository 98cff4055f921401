//! What is known of each thing: points, requests and the work on them, visits, applications, passes and slips.

use std::collections::BTreeMap;

use crate::programmes::steps::{Activity, Day, Said};

/// The day of a use, and at whose counter it was, where at one.
pub(crate) type Use = (Day, Option<u8>);

#[derive(Debug, Clone)]
pub(super) struct Lot {
    pub(super) day: Day,
    /// The first day on which it cannot be spent; none for ever.
    pub(super) ends: Option<chrono::NaiveDate>,
    pub(super) left: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) activity: Activity,
    pub(super) day: Day,
    pub(super) reporter: Option<u8>,
    pub(super) merged: bool,
    pub(super) claims: u32,
    pub(super) credited: i64,
    pub(super) withdrawn: bool,
    /// The last day on which a claim was given up.
    pub(super) returned: Option<Day>,
}

/// A claim of which the work is not reported.
#[derive(Debug, Clone)]
pub(super) struct Claimed {
    pub(super) request: u8,
    pub(super) claimer: u8,
    pub(super) day: Day,
    pub(super) returned: bool,
}

/// Of a row of work: who claimed it, when, when it was done, and how much.
pub(super) type Columns = (Option<u8>, Day, Day, u8);

#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) request: u8,
    pub(super) earner: u8,
    pub(super) done: Day,
    pub(super) units: u8,
    /// The first columns of its row, as it was recorded or as a row would say it.
    pub(super) columns: Columns,
    /// What was said of it, and when.
    pub(super) said: Option<(Said, Day)>,
}

#[derive(Debug, Clone)]
pub(super) struct Visited {
    pub(super) pair: u8,
    pub(super) reporter: u8,
    pub(super) day: Day,
    /// Who confirmed it, and when.
    pub(super) confirmed: Option<(u8, Day)>,
}

/// The first columns of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) application: u8,
    pub(super) benefit: u8,
    pub(super) worker: u8,
    pub(super) day: Day,
    pub(super) certificate: Option<u8>,
    pub(super) fen: Option<u16>,
}

/// What bodies said of an application.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    /// How many bodies say a word: those of when it was made.
    pub(super) bodies: u8,
    /// The person who proposed it.
    pub(super) by: u8,
    /// Which body approved, and by which person.
    pub(super) words: Vec<(u8, u8)>,
}

#[derive(Debug, Clone)]
pub(super) struct Applied {
    pub(super) asked: Asked,
    pub(super) waits: bool,
    pub(super) used: Option<Use>,
    pub(super) taken_back: Vec<Use>,
    pub(super) withdrawn: bool,
    /// While it waits for the word of bodies, and once it was sent back.
    pub(super) proposal: Option<Proposal>,
    pub(super) sent_back: bool,
    /// From which lots it was paid, with how much.
    pub(super) paid: Vec<(usize, i64)>,
}

impl Applied {
    /// One that neither was given nor waits.
    pub(super) fn new(asked: Asked, proposal: Option<Proposal>) -> Applied {
        let (waits, used, taken_back, withdrawn, sent_back) = (false, None, Vec::new(), false, false);
        Applied { asked, waits, used, taken_back, withdrawn, proposal, sent_back, paid: Vec::new() }
    }

    pub(super) fn is_given(&self) -> bool {
        !self.waits && !self.withdrawn && self.proposal.is_none()
    }

    /// Whether it counts for the limit of one worker.
    pub(super) fn counts(&self) -> bool {
        !self.withdrawn && !self.sent_back
    }

    /// Whether nothing more comes of it.
    pub(super) fn is_over(&self) -> bool {
        self.used.is_some() || self.withdrawn || self.sent_back
    }
}

#[derive(Debug, Clone)]
pub(super) struct Benefit {
    pub(super) places: Option<u32>,
    /// How many bodies approve what is proposed from now on.
    pub(super) bodies: u8,
    pub(super) granted: u32,
    pub(super) queue: Vec<u8>,
    pub(super) rows: BTreeMap<u8, Applied>,
    /// The latest month of which anything is known.
    pub(super) latest: Option<(i32, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    pub(super) kind: &'static str,
    pub(super) days: (Day, Day),
    /// Void from this day's noon on.
    pub(super) lost: Option<Day>,
    /// Good from this day's noon on.
    pub(super) since: Option<Day>,
}

/// A slip that was honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Honoured {
    pub(super) pass: u8,
    pub(super) offer: u8,
    pub(super) day: Day,
    /// What the merchant is owed for it, fen.
    pub(super) owed: i64,
    pub(super) taken_back: bool,
}
