//! One row a group of accounts, and one a store's redeemed account: all groups together sum to zero.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::posting::{Movements, Side};
use ledger_core::domain::worker::event::WorkerEvent;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::fold::View;

/// A group's sum.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupSum {
    /// The sum of its accounts, hundredths; issuance is negative.
    pub points: Points,
}

/// The view, keyed by group; `redeemed` is split by store, as `redeemed:STORE`.
pub struct TrialBalanceView;

fn moved(event: &Event) -> Movements<'_> {
    event.as_worker().map(WorkerEvent::movements).unwrap_or_default()
}

fn key_of(side: Side<'_>) -> SmolStr {
    match side {
        Side::Redeemed(store) => format_smolstr!("{}:{store}", side.group()),
        Side::Benefit(benefit) => format_smolstr!("{}:{benefit}", side.group()),
        Side::Issuance | Side::Available | Side::Held | Side::Debt | Side::Expired | Side::Reversed => {
            SmolStr::new_static(side.group())
        }
    }
}

/// Whether a key is a side's, without making the side's.
fn is_of(key: &str, side: Side<'_>) -> bool {
    let rest = key.strip_prefix(side.group());
    match side {
        Side::Redeemed(store) => rest.and_then(|rest| rest.strip_prefix(':')) == Some(store.as_str()),
        Side::Benefit(benefit) => rest.and_then(|rest| rest.strip_prefix(':')) == Some(benefit.as_str()),
        Side::Issuance | Side::Available | Side::Held | Side::Debt | Side::Expired | Side::Reversed => rest == Some(""),
    }
}

impl View for TrialBalanceView {
    type Row = GroupSum;
    const NAME: &'static str = "trial_balance";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let mut keys: Vec<SmolStr> = Vec::new();
        for (side, _) in moved(event).sides() {
            if !keys.iter().any(|key| is_of(key, side)) {
                keys.push(key_of(side));
            }
        }
        keys
    }

    fn fold(row: &mut GroupSum, key: &str, _: u64, event: &Event) {
        for (_, points) in moved(event).sides().filter(|(side, _)| is_of(key, *side)) {
            row.points += points;
        }
    }
}
