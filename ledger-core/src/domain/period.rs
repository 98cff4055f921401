//! Days through which something holds.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::refusal::{Code, Decision, Refusal};
use super::time::is_plausible;

/// From a day through a day; without an end where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day; none holds from ever.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::time::date_if_any")]
    pub from: Option<NaiveDate>,
    /// The last day; none holds for ever.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::time::date_if_any")]
    pub through: Option<NaiveDate>,
}

impl Period {
    /// Whether a day lies in it.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.through.is_none_or(|through| day <= through)
    }

    /// Whether its last day lies before a day.
    pub fn is_over(self, day: NaiveDate) -> bool {
        self.through.is_some_and(|through| through < day)
    }

    /// It must not end before it begins, and its days must be days that the ledger keeps.
    ///
    /// # Errors
    /// `invalid_date`.
    pub fn check(self, what: &str) -> Decision<()> {
        let kept = [self.from, self.through].into_iter().flatten().all(is_plausible);
        match (self.from, self.through) {
            (Some(from), Some(through)) if through < from => {
                let message = format!("{what} would end on {through}, before it begins on {from}");
                Err(Refusal::new(Code::InvalidDate, message))
            }
            _ if !kept => Err(Refusal::new(Code::InvalidDate, format!("{what}: a day outside the years 1900 to 9998"))),
            _ => Ok(()),
        }
    }
}
