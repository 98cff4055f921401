//! A document of facts and tables, written as JSON, CSV, a workbook or text for people: one description, four forms.
//!
//! The bytes depend on the document alone: no clock, host or random number goes in. Points are exact decimals in every
//! form, and no text in it can act as a formula.

mod csv;
mod json;
mod text;
mod xlsx;

use chrono::NaiveDate;
use clap::ValueEnum;
use ledger_core::domain::points::Points;
pub(crate) use text::{one_line, padded};

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Form {
    /// For a person at a terminal.
    Text,
    /// One JSON object.
    Json,
    /// Lines for spreadsheets: UTF-8 with a byte order mark.
    Csv,
    /// A workbook with a sheet for each table.
    Xlsx,
}

/// Why a document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// More lines than a sheet holds.
    #[error("{lines} lines do not fit a workbook, which holds {max} a sheet; ask for fewer, or take json or csv")]
    TooLarge {
        /// Lines to write.
        lines: usize,
        /// Lines a sheet holds.
        max: usize,
    },
    /// The JSON writer.
    #[error("the document cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The CSV writer.
    #[error("the document cannot be written as CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// The workbook's writer.
    #[error("the document cannot be written as a workbook: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Words.
    Text(String),
    /// A whole number.
    Count(i128),
    /// Points.
    Points(Points),
    /// A day.
    Day(NaiveDate),
}

impl Cell {
    /// Words, or nothing.
    pub fn maybe(text: Option<impl ToString>) -> Cell {
        text.map_or(Cell::Blank, |text| Cell::Text(text.to_string()))
    }

    /// A whole number, or nothing.
    pub fn count(count: impl Into<i128>) -> Cell {
        Cell::Count(count.into())
    }

    /// A day, or nothing.
    pub fn day(day: Option<NaiveDate>) -> Cell {
        day.map_or(Cell::Blank, Cell::Day)
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Blank => Ok(()),
            Cell::Text(text) => f.write_str(text),
            Cell::Count(count) => write!(f, "{count}"),
            Cell::Points(points) => write!(f, "{points}"),
            Cell::Day(day) => write!(f, "{day}"),
        }
    }
}

/// A name for programs and a title for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// In JSON.
    pub key: &'static str,
    /// Everywhere else.
    pub title: &'static str,
}

/// Shortens the writing of a [`Name`].
pub const fn name(key: &'static str, title: &'static str) -> Name {
    Name { key, title }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// What a reader may ask about it; blank where it is a plain list.
    pub question: &'static str,
    /// Its columns.
    pub columns: &'static [Name],
    /// Its rows, a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows there would be without a limit.
    pub total: u64,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: &'static str,
    /// What it is and what it is not.
    pub note: &'static str,
    /// Single values.
    pub facts: Vec<(Name, Cell)>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Whether its CSV is the first table alone, with the facts as columns on every line; else all tables stand one below
    /// the other.
    pub flat: bool,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 4] = [Form::Text, Form::Json, Form::Csv, Form::Xlsx];

    /// The word for it, also the file's ending.
    pub const fn as_str(self) -> &'static str {
        match self {
            Form::Text => "text",
            Form::Json => "json",
            Form::Csv => "csv",
            Form::Xlsx => "xlsx",
        }
    }

    /// The form of that word.
    pub fn parse(text: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.as_str().eq_ignore_ascii_case(text))
    }

    /// The `Content-Type` it is sent with.
    pub const fn content_type(self) -> &'static str {
        match self {
            Form::Text => "text/plain; charset=utf-8",
            Form::Json => "application/json",
            Form::Csv => "text/csv; charset=utf-8; header=present",
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Writes a document.
///
/// # Errors
/// [`DocumentError`].
pub fn render(document: &Document, form: Form) -> Result<Vec<u8>, DocumentError> {
    match form {
        Form::Text => Ok(text::render(document).into_bytes()),
        Form::Json => json::render(document),
        Form::Csv => csv::render(document),
        Form::Xlsx => xlsx::render(document),
    }
}

#[cfg(test)]
mod tests;
