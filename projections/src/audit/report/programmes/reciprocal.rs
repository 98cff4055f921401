//! Pairs in which each helps the other: who is helped in one helps in the other, on some same day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{PairId, WorkerId};
use ledger_core::domain::pair::PairEvent;
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::journal::Entry;

use super::super::kept_id;
use crate::audit::listed::Listed;

/// Two pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reciprocal {
    /// The position at which the later of them was opened.
    pub position: u64,
    /// The one opened first.
    pub pair: String,
    /// 结对号 of the one opened later.
    pub other: String,
    /// Who helps in the first, and is helped in the other.
    pub helper: String,
    /// Who is helped in the first, and helps in the other.
    pub helped: String,
    /// The first day on which both hold.
    pub from: NaiveDate,
    /// The first day on which they do no longer, where there is one.
    pub ended: Option<NaiveDate>,
}

/// Follows every pair.
#[derive(Default)]
pub(super) struct ReciprocalFold {
    /// The position at which each was opened, and who it is by now.
    pairs: BTreeMap<PairId, (u64, PairTerms)>,
}

impl ReciprocalFold {
    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        let Some(PairEvent::PairOpened(recorded) | PairEvent::PairUpdated(recorded)) = event.as_pair() else { return };
        let pair = self.pairs.entry(recorded.pair.clone());
        let (_, terms) = pair.or_insert_with(|| (entry.position, recorded.terms.clone()));
        terms.clone_from(&recorded.terms);
    }

    pub(super) fn finish(self, kept: &BTreeMap<WorkerId, WorkerId>, rows_max: usize) -> Listed<Reciprocal> {
        let mut pairs: Vec<(u64, PairId, PairTerms)> =
            self.pairs.into_iter().map(|(pair, (position, terms))| (position, pair, terms)).collect();
        pairs.sort_by_key(|(position, _, _)| *position);
        // By who helps whom, of those that were opened before.
        let mut before: BTreeMap<(WorkerId, WorkerId), Vec<(PairId, PairTerms)>> = BTreeMap::new();
        let mut listed = Listed::default();
        for (position, pair, terms) in pairs {
            let [helper, helped] = [&terms.helper, &terms.helped].map(|worker| kept_id(kept, worker).clone());
            for (first, other) in before.get(&(helped.clone(), helper.clone())).into_iter().flatten() {
                let Some((from, ended)) = both(other, &terms) else { continue };
                let row = Reciprocal {
                    position,
                    pair: first.to_string(),
                    other: pair.to_string(),
                    helper: helped.to_string(),
                    helped: helper.to_string(),
                    from,
                    ended,
                };
                listed.push(row, rows_max);
            }
            before.entry((helper, helped)).or_default().push((pair, terms));
        }
        listed
    }
}

/// The days that two pairs share: the first, and the first no longer.
fn both(one: &PairTerms, other: &PairTerms) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let from = one.since.max(other.since);
    let ended = match (one.ended, other.ended) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    ended.is_none_or(|ended| from < ended).then_some((from, ended))
}
