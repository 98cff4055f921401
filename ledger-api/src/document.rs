//! A document of facts and tables, written as JSON, CSV, a workbook or text for people: one description, four forms. Whoever
//! has such a document fills it, and none writes a form itself; a history of any length goes into a [`LongWorkbook`].
//!
//! The bytes depend on the document alone: no clock, host or random number goes in. Points are exact decimals in every
//! form, and no text in it can act as a formula.

mod csv;
mod json;
mod text;
mod xlsx;

use std::borrow::Cow;

use chrono::NaiveDate;
use clap::ValueEnum;
use ledger_core::domain::points::Points;
pub(crate) use text::{one_line, padded};
pub(crate) use xlsx::{LongTable, LongWorkbook};

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
    /// A number as its exact decimal.
    Decimal(String),
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
            Cell::Text(text) | Cell::Decimal(text) => f.write_str(text),
            Cell::Count(count) => write!(f, "{count}"),
            Cell::Points(points) => write!(f, "{points}"),
            Cell::Day(day) => write!(f, "{day}"),
        }
    }
}

/// A name for programs and a title for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// In JSON.
    pub key: Cow<'static, str>,
    /// Everywhere else.
    pub title: Cow<'static, str>,
}

/// Shortens the writing of a [`Name`].
pub const fn name(key: &'static str, title: &'static str) -> Name {
    Name { key: Cow::Borrowed(key), title: Cow::Borrowed(title) }
}

impl Name {
    /// A name out of the district's own data, the same for programs and people.
    pub fn of(word: &str) -> Name {
        Name { key: word.to_owned().into(), title: word.to_owned().into() }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// For programs, and in Chinese for people.
    pub name: Name,
    /// What a reader may ask about it; blank where it is a plain list.
    pub question: &'static str,
    /// For programs and in Chinese, from left to right.
    pub columns: Cow<'static, [Name]>,
    /// Its rows, a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows there would be without a limit.
    pub total: u64,
    /// What its sheet in a workbook has besides.
    pub sheet: Sheet,
}

impl Table {
    /// A plain list of all its rows.
    pub fn list(name: Name, columns: impl Into<Cow<'static, [Name]>>, rows: Vec<Vec<Cell>>) -> Table {
        let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        Table { name, question: "", columns: columns.into(), rows, total, sheet: Sheet::default() }
    }
}

/// What a table's sheet in a workbook has besides the table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Lines above it, as wide as the table.
    pub head: Vec<(HeadLine, String)>,
    /// Widths of the columns in characters; those that are missing follow from what stands in them.
    pub widths: Vec<u32>,
    /// Lines below it, to be signed.
    pub signatures: &'static [&'static str],
    /// What is counted below it while people fill a column in.
    pub share: Option<Share>,
}

/// A count of a word that people write into a column, as a formula below it, with a warning where it is more than a part
/// of the lines. It counts; it decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The column's key.
    pub column: &'static str,
    /// The word that is counted.
    pub word: &'static str,
    /// The part it may be: a third is 3.
    pub of: u32,
    /// What the count is called.
    pub label: &'static str,
    /// What is said where it is more.
    pub warning: &'static str,
}

/// A line above a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadLine {
    /// Large, in the middle.
    Title,
    /// One line of text.
    Line,
    /// Text that may need more than one line, in small print.
    Small,
}

/// What a workbook is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// To be looked through: what it is, then the tables.
    Screen,
    /// To be printed and signed: the tables, their pages numbered and all points with the same places, then what it is.
    Paper,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// In Chinese, as it stands above a printed page.
    pub title: Cow<'static, str>,
    /// What it is and what it is not.
    pub note: &'static str,
    /// Single values.
    pub facts: Vec<(Name, Cell)>,
    /// In the order in which they are read.
    pub tables: Vec<Table>,
    /// Whether its CSV is the first table alone, with the facts as columns on every line; else all tables stand one below
    /// the other.
    pub flat: bool,
    /// What its workbook is for.
    pub layout: Layout,
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

    /// Its media type, without parameters.
    pub const fn media_type(self) -> &'static str {
        match self {
            Form::Text => "text/plain",
            Form::Json => "application/json",
            Form::Csv => "text/csv",
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The `Content-Type` it is sent with.
    pub const fn content_type(self) -> &'static str {
        match self {
            Form::Text => "text/plain; charset=utf-8",
            Form::Csv => "text/csv; charset=utf-8; header=present",
            Form::Json | Form::Xlsx => self.media_type(),
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
