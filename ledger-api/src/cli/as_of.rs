//! The arguments by which a past is asked for: a position, a recorded time, a business date; one alone or together.

use chrono::NaiveDate;
use clap::Args;
use ledger_core::journal::{Journal, RecordedTime};
use projections::as_of::recorded_by;

use super::CliError;
use crate::asked_recorded::{AskedRecorded, asked_date};

/// Which past is told. The clocks go together: what the journal knew by one time about what had happened by another.
#[derive(Debug, Clone, Default, Args)]
pub struct AsOfArgs {
    /// Tell it as of this business date (YYYY-MM-DD): what happened later is left out; default: the last business day
    /// that does not lie after the day on which the last entry was recorded
    #[arg(long, value_name = "DATE", value_parser = asked_date)]
    pub as_of: Option<NaiveDate>,
    /// Tell what the journal knew by this recorded time: RFC 3339, or a date for that whole day (+08:00)
    #[arg(long, value_name = "TIME")]
    pub recorded_as_of: Option<AskedRecorded>,
}

/// What a question about the past comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Up to this position.
    pub until: u64,
    /// As of this business day.
    pub as_of: Option<NaiveDate>,
    /// The recorded time that was asked for.
    pub recorded_as_of: Option<RecordedTime>,
}

impl AsOfArgs {
    /// Finds the position up to which to read.
    ///
    /// # Errors
    /// [`CliError`] for a position that is not there yet.
    pub async fn cut(&self, journal: &dyn Journal, at: Option<u64>) -> Result<Cut, CliError> {
        let head = journal.head().await?.position;
        let mut until = at.unwrap_or(head);
        if until > head {
            return Err(CliError::input(format!("the journal ends at position {head}; {until} does not exist yet")));
        }
        let recorded_as_of = self.recorded_as_of.map(|asked| asked.0);
        if let Some(time) = recorded_as_of {
            until = recorded_by(journal, time, until).await?;
        }
        Ok(Cut { until, as_of: self.as_of, recorded_as_of })
    }
}

impl Cut {
    /// Which clock the answer goes by, for a person.
    pub fn in_words(&self) -> String {
        let business = self.as_of.map(|day| format!("business time, through {day}"));
        let recorded = self.recorded_as_of.map(|time| format!("recorded time, through {time}"));
        let words: Vec<String> = business.into_iter().chain(recorded).collect();
        if words.is_empty() { format!("position {}", self.until) } else { words.join("; ") }
    }

    /// Which clock the answer goes by, for a program: `position`, `business`, `recorded` or `business+recorded`.
    pub const fn clock(&self) -> &'static str {
        match (self.as_of.is_some(), self.recorded_as_of.is_some()) {
            (false, false) => "position",
            (true, false) => "business",
            (false, true) => "recorded",
            (true, true) => "business+recorded",
        }
    }
}
