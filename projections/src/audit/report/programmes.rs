//! What is worth asking about of the documents' programmes: funds against what was paid of them, pairs that help each
//! other, roles whose end was entered after the fact, requests that nobody did or nobody rated, benefits that were given
//! back, uses that were taken back, and what came to which body.

mod funds;
mod reciprocal;
mod requests;
mod reversals;
mod role_ends;
mod withdrawals;

use std::collections::BTreeMap;

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::programme::Programme;
use ledger_core::journal::Entry;

pub use funds::FundRow;
pub use reciprocal::Reciprocal;
pub use requests::{BodyYear, Overdue, UNRATED_DAYS, Unrated};
pub use reversals::UseReversal;
pub use role_ends::{FlaggedCredit, RoleEnd};
pub use withdrawals::Withdrawal;

use super::Thresholds;
use crate::audit::listed::Listed;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfProgrammes {
    /// Every fund, by its number.
    pub funds: Listed<FundRow>,
    /// Two pairs in which each helps the other.
    pub reciprocal: Listed<Reciprocal>,
    /// Roles whose end was entered after the day itself, or that credits relied on which were recorded before.
    pub role_ends: Listed<RoleEnd>,
    /// Those credits: nothing happened to them by the end alone.
    pub flagged: Listed<FlaggedCredit>,
    /// Requests whose time is over and on which nothing was done, the oldest first.
    pub overdue: Listed<Overdue>,
    /// Work that nobody rated for long, the oldest first: to be asked about (回访).
    pub unrated: Listed<Unrated>,
    /// Benefits that were given back, or waited for no more.
    pub withdrawals: Listed<Withdrawal>,
    /// Uses of benefits and slips that were taken back.
    pub reversals: Listed<UseReversal>,
    /// Requests by year and by the body they were passed on to; those of no body only where there are others.
    pub bodies: Listed<BodyYear>,
}

pub(super) struct ProgrammesFold {
    thresholds: Thresholds,
    /// The schedule, which says what roles an activity asks for.
    programme: Programme,
    funds: funds::FundsFold,
    reciprocal: reciprocal::ReciprocalFold,
    requests: requests::RequestsFold,
    role_ends: role_ends::RoleEndsFold,
    withdrawals: withdrawals::WithdrawalsFold,
    reversals: reversals::ReversalsFold,
}

impl ProgrammesFold {
    pub(super) fn new(thresholds: Thresholds) -> ProgrammesFold {
        ProgrammesFold {
            thresholds,
            programme: Programme::default(),
            funds: funds::FundsFold::default(),
            reciprocal: reciprocal::ReciprocalFold::default(),
            requests: requests::RequestsFold::default(),
            role_ends: role_ends::RoleEndsFold::default(),
            withdrawals: withdrawals::WithdrawalsFold::new(thresholds),
            reversals: reversals::ReversalsFold::new(thresholds),
        }
    }

    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        if let Some(event) = event.as_programme() {
            self.programme.evolve(event);
        }
        self.funds.entry(entry, event);
        self.reciprocal.entry(entry, event);
        self.role_ends.entry(entry, event, &self.programme);
        self.requests.entry(entry, event);
        self.withdrawals.entry(entry, event);
        self.reversals.entry(entry, event);
    }

    /// What was found; of one person with two ids by the one that is kept.
    pub(super) fn finish(self, kept: &BTreeMap<WorkerId, WorkerId>) -> OfProgrammes {
        let rows_max = self.thresholds.list;
        let (role_ends, flagged) = self.role_ends.finish(rows_max);
        let requests::Found { overdue, unrated, bodies } = self.requests.finish(rows_max);
        OfProgrammes {
            funds: self.funds.finish(rows_max),
            reciprocal: self.reciprocal.finish(kept, rows_max),
            role_ends,
            flagged,
            overdue,
            unrated,
            withdrawals: self.withdrawals.finish(),
            reversals: self.reversals.finish(),
            bodies,
        }
    }
}
