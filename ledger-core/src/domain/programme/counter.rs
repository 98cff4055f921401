//! What a district lets its counters do: how far back a redemption may be told, and how much is handed out while the
//! network is away. The floor and its total are what the district bears where it turns out not to be covered.

use serde::{Deserialize, Serialize};

use crate::domain::points::Points;
use crate::domain::proof::CounterProof;

/// The farthest back that a redemption may be told, in days: a hundred years are as good as no limit.
pub const BACK_DAYS_MAX: u32 = 36_600;

/// The rules of the district's counters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CounterRules {
    /// What a redemption asks for.
    #[serde(default, skip_serializing_if = "CounterProof::is_id")]
    pub counter_proof: CounterProof,
    /// Most points for one worker that a counter hands out unheard while the network is away; zero for none.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub offline_floor: Points,
    /// Most points that a counter hands out so on one day; zero for none.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub offline_total: Points,
    /// How many days back a redemption may be told; none for any day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redeem_back_days: Option<u32>,
}

impl CounterRules {
    /// Whether nothing was ever set.
    pub fn are_default(&self) -> bool {
        *self == CounterRules::default()
    }

    /// These rules after a change.
    pub fn with(&self, change: &CounterChange) -> CounterRules {
        CounterRules {
            counter_proof: change.counter_proof.unwrap_or(self.counter_proof),
            offline_floor: change.offline_floor.unwrap_or(self.offline_floor),
            offline_total: change.offline_total.unwrap_or(self.offline_total),
            redeem_back_days: change.redeem_back_days.or(self.redeem_back_days),
        }
    }
}

/// What is to be set anew; what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CounterChange {
    /// See [`CounterRules::counter_proof`].
    pub counter_proof: Option<CounterProof>,
    /// See [`CounterRules::offline_floor`].
    pub offline_floor: Option<Points>,
    /// See [`CounterRules::offline_total`].
    pub offline_total: Option<Points>,
    /// See [`CounterRules::redeem_back_days`].
    pub redeem_back_days: Option<u32>,
}
