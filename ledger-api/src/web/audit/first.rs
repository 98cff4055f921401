//! What an auditor looks at first: what waits with a flag, and what is worth asking about in the whole journal, as it was
//! counted at the last verification. Each figure leads to its entries, or to the report that lists them.

use std::collections::BTreeMap;

use ledger_core::domain::programme::guards::GuardKind;
use ledger_core::domain::refusal::Code;
use projections::audit::findings::Findings;

use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::audit::{Only, Verified, waiting_flags};
use crate::title;
use crate::web::figures::minute;
use crate::web::words::Words;

/// What stands there.
pub(super) struct First {
    /// Credits that wait, by flag.
    pub(super) waiting: Vec<Counted>,
    /// What is worth asking about; none before a verification.
    pub(super) found: Option<Found>,
}

/// What a verification counted.
pub(super) struct Found {
    /// Up to where, and when.
    pub(super) told: String,
    pub(super) figures: Vec<Counted>,
    /// Flagged credits by the guard that was met, whatever became of them.
    pub(super) flags: Vec<Counted>,
}

/// How many of something, and where they are.
pub(super) struct Counted {
    pub(super) what: String,
    pub(super) count: String,
    /// Where they stand; nothing where there are none.
    pub(super) href: String,
    /// Whether that is a file to take along.
    pub(super) file: bool,
}

impl Counted {
    fn new(w: &Words, what: &str, count: u64, href: String) -> Counted {
        let href = if count == 0 { String::new() } else { href };
        Counted { what: what.to_owned(), count: w.findings.of_them(count), file: href == REPORT, href }
    }
}

/// Where the report is.
const REPORT: &str = "/audit/report";

/// The address of the events that are something.
fn events(only: Only) -> String {
    format!("/audit?only={}#events", only.as_str())
}

impl First {
    /// What waits now, and what was counted at the last verification.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub(super) async fn of(app: &App, w: &Words, who: Who<'_>, last: Option<&Verified>) -> Result<First, ServiceError> {
        let waiting = flags(w, &waiting_flags(app, who).await?);
        let found = last.and_then(|last| Some(found(w, last.findings.as_ref()?, &last.at)));
        Ok(First { waiting, found })
    }
}

fn found(w: &Words, findings: &Findings, at: &str) -> Found {
    let f = w.findings;
    // The page of events that begins with that entry.
    let own = findings.first_own_credit.map(|at| format!("/audit?before={}#p{at}", at.saturating_add(1)));
    let report = || REPORT.to_owned();
    let figures = [
        (f.late_credits, findings.late_credits, events(Only::LateCredits)),
        (f.late_redemptions, findings.late_redemptions, events(Only::LateRedemptions)),
        (f.own_credits, findings.own_credits, own.unwrap_or_default()),
        (f.own_confirmations, findings.own_confirmations, report()),
        (f.bursts, findings.witness_bursts, report()),
        (f.runs, findings.runs, report()),
    ];
    Found {
        told: f.counted(findings.position, &minute(at)),
        figures: figures.into_iter().map(|(what, count, href)| Counted::new(w, what, count, href)).collect(),
        flags: flags(w, &findings.flags),
    }
}

/// By guard, those that were met.
fn flags(w: &Words, counts: &BTreeMap<Code, u64>) -> Vec<Counted> {
    let met = GuardKind::ALL.into_iter().filter_map(|kind| Some((kind, *counts.get(&kind.code())?)));
    met.map(|(kind, count)| Counted::new(w, &guard_word(w, kind), count, events(Only::Met(kind)))).collect()
}

fn guard_word(w: &Words, kind: GuardKind) -> String {
    if w.english { kind.code().as_str().replace('_', " ") } else { title::chinese(kind.code()).to_owned() }
}

/// What is looked for alone, in words.
pub(super) fn only_word(w: &Words, only: Only) -> String {
    match only {
        Only::LateCredits => w.findings.only_late_credits.to_owned(),
        Only::LateRedemptions => w.findings.only_late_redemptions.to_owned(),
        Only::Flagged => w.findings.only_flagged.to_owned(),
        Only::Met(kind) => guard_word(w, kind),
    }
}
