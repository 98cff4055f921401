//! One row a group of accounts, and one a store's redeemed account: all groups together sum to zero.

use std::collections::BTreeSet;

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::posting::{Account, postings};
use serde::{Deserialize, Serialize};

use crate::fold::View;

/// A group's sum.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupSum {
    /// The sum of its accounts, hundredths; issuance is negative.
    pub points: Points,
}

/// The view, keyed by group; `redeemed` is split by store.
pub struct TrialBalanceView;

fn group(account: &Account) -> String {
    match account {
        Account::Redeemed(_) => account.to_string(),
        other => other.group().to_owned(),
    }
}

impl View for TrialBalanceView {
    type Row = GroupSum;
    const NAME: &'static str = "trial_balance";

    fn keys(event: &Event) -> Vec<String> {
        let groups: BTreeSet<String> = postings(event).iter().map(|posting| group(&posting.account)).collect();
        groups.into_iter().collect()
    }

    fn fold(row: &mut GroupSum, key: &str, _: u64, event: &Event) {
        for posting in postings(event).iter().filter(|posting| group(&posting.account) == key) {
            row.points += posting.points;
        }
    }
}
