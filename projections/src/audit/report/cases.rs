//! Goods that counters handed out before the ledger was asked, and that it refused: what they were, and who settled it how.

use std::collections::BTreeMap;

use ledger_core::domain::event::Event;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::Entry;

use super::Thresholds;
use crate::audit::listed::Listed;

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterCase {
    /// Of the entry in the journal, from 1.
    pub position: u64,
    /// The store's id (网点编号).
    pub store: String,
    /// The redemption that it would have become.
    pub name: String,
    /// To whom, where that is known.
    pub worker: Option<String>,
    /// Units of each item.
    pub items: Vec<(String, u32)>,
    /// Why it was refused.
    pub code: Code,
    /// On what word the goods were handed out.
    pub means: &'static str,
    /// When, as the counter says.
    pub given_at: BusinessTime,
    /// Who handed them out.
    pub actor: String,
    /// How it was settled, by whom, at which position; none while it is open.
    pub settled: Option<(String, String, u64)>,
}

pub(super) struct CaseFold {
    thresholds: Thresholds,
    /// By store and name.
    cases: BTreeMap<(String, String), CounterCase>,
}

impl CaseFold {
    pub(super) const fn new(thresholds: Thresholds) -> CaseFold {
        CaseFold { thresholds, cases: BTreeMap::new() }
    }

    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        let Event::Store(event) = event else { return };
        let store = event.store().to_string();
        if let Some(case) = event.as_case() {
            let name = case.redemption.to_string();
            let told = CounterCase {
                position: entry.position,
                store: store.clone(),
                name: name.clone(),
                worker: case.worker.as_ref().map(ToString::to_string),
                items: case.lines.iter().map(|line| (line.sku.to_string(), line.quantity)).collect(),
                code: case.code,
                means: case.means.as_str(),
                given_at: case.given_at,
                actor: entry.command.actor.to_string(),
                settled: None,
            };
            self.cases.insert((store, name), told);
        } else if let Some(settled) = event.as_settled()
            && let Some(case) = self.cases.get_mut(&(store, settled.redemption.to_string()))
        {
            let by = entry.command.actor.to_string();
            case.settled = Some((settled.reason.clone(), by, entry.position));
        }
    }

    /// Those that are open come first.
    pub(super) fn finish(self) -> Listed<CounterCase> {
        let mut cases: Vec<CounterCase> = self.cases.into_values().collect();
        cases.sort_by_key(|case| (case.settled.is_some(), case.position));
        let mut listed = Listed::default();
        cases.into_iter().for_each(|case| listed.push(case, self.thresholds.list));
        listed
    }
}
