//! The cards of an appraisal as JSON, CSV or a workbook, for HTTP and the command line alike. JSON is the answer of the API,
//! a card with its lines in it; the other two are documents.
//!
//! The bytes depend on the appraisal and its paper alone. No clock, host or random number goes in, so the same year, branch
//! and position give the same file whenever it is asked for; the names in a workbook are the current ones ([`paper`]).
//! Cards stand in the order of their numbers, the decision is left blank: nothing here ranks or grades.

mod json;
mod list;
pub mod paper;
mod print;

use std::collections::BTreeSet;

use clap::ValueEnum;
use paper::Paper;
use projections::queries::appraisal::Appraisal;

use crate::document::{self, DocumentError, Form};

/// What an appraisal is good for, said in every form of it.
pub const NOTE: &str = "积分仅为民主评议党员的参考之一，评议意见由党支部填写，系统不排名、不作评价。\
    Points are one reference only: the branch decides, the decision is left blank, nobody is ranked.";

/// How the cards are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Format {
    /// One JSON object with every evidence line.
    Json,
    /// One line a card, for spreadsheets: UTF-8 with a byte order mark.
    Csv,
    /// A workbook to print and sign: cards with names, evidence lines, notes.
    Xlsx,
}

/// Why cards could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// More lines than a sheet holds.
    #[error("{lines} lines do not fit a workbook, which holds {max} a sheet; ask for one branch, or take json or csv")]
    TooLarge {
        /// Lines to write.
        lines: usize,
        /// Lines a sheet holds.
        max: usize,
    },
    /// The JSON writer.
    #[error("the cards cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The CSV writer.
    #[error("the cards cannot be written as CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// The workbook's writer.
    #[error("the cards cannot be written as a workbook: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

impl From<DocumentError> for SheetError {
    fn from(error: DocumentError) -> SheetError {
        match error {
            DocumentError::TooLarge { lines, max } => SheetError::TooLarge { lines, max },
            DocumentError::Json(error) => SheetError::Json(error),
            DocumentError::Csv(error) => SheetError::Csv(error),
            DocumentError::Xlsx(error) => SheetError::Xlsx(error),
        }
    }
}

impl From<Format> for Form {
    fn from(format: Format) -> Form {
        match format {
            Format::Json => Form::Json,
            Format::Csv => Form::Csv,
            Format::Xlsx => Form::Xlsx,
        }
    }
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 3] = [Format::Json, Format::Csv, Format::Xlsx];

    /// The word for it: `json`, `csv`, `xlsx`; also the file's ending.
    pub fn as_str(self) -> &'static str {
        Form::from(self).as_str()
    }

    /// Its media type, without parameters.
    pub fn media_type(self) -> &'static str {
        Form::from(self).media_type()
    }

    /// The `Content-Type` it is sent with.
    pub fn content_type(self) -> &'static str {
        Form::from(self).content_type()
    }
}

/// Writes the cards; what the paper adds stands in the workbook alone.
///
/// # Errors
/// [`SheetError`].
pub fn render(appraisal: &Appraisal, paper: &Paper, format: Format) -> Result<Vec<u8>, SheetError> {
    match format {
        Format::Json => json::render(appraisal),
        Format::Csv => Ok(document::render(&list::document(appraisal), Form::Csv)?),
        Format::Xlsx => Ok(document::render(&print::document(appraisal, paper), Form::Xlsx)?),
    }
}

/// The categories that any card has points in, sorted: one column each.
fn categories(appraisal: &Appraisal) -> Vec<&str> {
    let all: BTreeSet<&str> =
        appraisal.cards.iter().flat_map(|card| card.categories.keys().map(String::as_str)).collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests;
