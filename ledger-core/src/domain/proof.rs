//! By what a counter makes sure that whoever spends is the worker: what a district asks for, and what was shown.

use serde::{Deserialize, Serialize};

/// What a redemption at the counter asks for (`counter_proof`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterProof {
    /// The worker's id or card number alone.
    #[default]
    Id,
    /// The worker's points code (积分码): the one that changes every minute, or the printed one.
    Code,
    /// The worker's PIN (兑换密码).
    Pin,
}

impl CounterProof {
    /// All of them.
    pub const ALL: [CounterProof; 3] = [CounterProof::Id, CounterProof::Code, CounterProof::Pin];

    /// Its name, as settings write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            CounterProof::Id => "id",
            CounterProof::Code => "code",
            CounterProof::Pin => "pin",
        }
    }

    /// The one of a name.
    pub fn read(name: &str) -> Option<CounterProof> {
        CounterProof::ALL.into_iter().find(|proof| proof.as_str() == name)
    }

    /// For the events, which leave out what was never set.
    pub const fn is_id(&self) -> bool {
        matches!(self, CounterProof::Id)
    }
}

/// By what a worker was proven to be the one who spends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProvenBy {
    /// The worker's own account: the hold was placed with it.
    Account,
    /// The code that changes every minute (动态码).
    Code,
    /// A slip of paper, signed by hand.
    Paper,
    /// The PIN.
    Pin,
    /// The code that the worker carries on paper (打印积分码).
    PrintedCode,
}

impl ProvenBy {
    /// Its name, as recorded.
    pub const fn as_str(self) -> &'static str {
        match self {
            ProvenBy::Account => "account",
            ProvenBy::Code => "code",
            ProvenBy::Paper => "paper",
            ProvenBy::Pin => "pin",
            ProvenBy::PrintedCode => "printed_code",
        }
    }
}
