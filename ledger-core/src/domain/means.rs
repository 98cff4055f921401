//! On what word a counter hands goods out before the ledger was asked.

use serde::{Deserialize, Serialize};

/// On what word goods were handed out before the ledger was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// Below the floor that the district bears (离线限额).
    Floor,
    /// For a hold whose signed code was shown (预占码).
    Hold,
    /// By a slip written by hand (手工单).
    Slip,
}

impl Means {
    /// Its name, as recorded.
    pub const fn as_str(self) -> &'static str {
        match self {
            Means::Floor => "floor",
            Means::Hold => "hold",
            Means::Slip => "slip",
        }
    }
}
