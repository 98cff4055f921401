//! What can be wrong with a file ([`SheetError`], which stops the reading of that file) and with one field
//! ([`CellError`], which is a matter of its row alone). Messages say where, what, and how to cure it.

use std::io;

use ledger_core::domain::refusal::Code;

use super::text::quotable;

/// A file that cannot be read, or not further.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// The operating system refused.
    #[error("{file}: cannot be read ({source}); check that it is there and no other program holds it")]
    Io { file: String, source: io::Error },
    /// Nothing but blanks.
    #[error("{file}: is empty; send the sheet with its header row")]
    Empty { file: String },
    /// Text in an encoding that is not ours.
    #[error("{file}: line {line} is neither UTF-8 nor GB18030; save the sheet again as \"CSV UTF-8\" or .xlsx")]
    Encoding { file: String, line: u64 },
    /// Another kind of file.
    #[error("{file}: {what}; save the sheet as .xlsx without a password, or as \"CSV UTF-8\"")]
    Format { file: String, what: &'static str },
    /// The right kind of file, but broken.
    #[error("{file}: is damaged: {what}; open it in Excel or WPS, save it again and send the new file")]
    Damaged { file: String, what: String },
    /// No row of the first twenty holds all required columns.
    #[error("{file}: {} not found in {place}; correct the header and send the file again", quoted_columns(columns))]
    MissingColumns { file: String, columns: Vec<&'static str>, place: String },
    /// A column of ours stands twice in the header, so that no one can say which one counts.
    #[error("{file}: column 「{column}」 stands more than once in the header (row {row}); keep one of them")]
    DuplicateColumn { file: String, row: u64, column: &'static str },
    /// Past a limit of [`Limits`](super::Limits).
    #[error("{file}: {what}; split the sheet into smaller files")]
    TooLarge { file: String, what: String },
    /// A file of the pack is not there.
    #[error("{name}: not found in {directory}; add {name}.xlsx or {name}.csv")]
    MissingFile { directory: String, name: String },
    /// The same sheet twice.
    #[error("{first} and {second}: both are there; keep the one that counts and move the other away")]
    TwoFiles { first: String, second: String },
    /// A monthly file whose month cannot be told.
    #[error("{file}: the month cannot be read; name the file like {kind}-2024-03.xlsx or move it away")]
    BadMonth { file: String, kind: &'static str },
}

impl SheetError {
    /// The name of the file that it is about, fit for a message; of two the later one.
    pub fn file(&self) -> &str {
        match self {
            SheetError::Io { file, .. }
            | SheetError::Empty { file }
            | SheetError::Encoding { file, .. }
            | SheetError::Format { file, .. }
            | SheetError::Damaged { file, .. }
            | SheetError::MissingColumns { file, .. }
            | SheetError::DuplicateColumn { file, .. }
            | SheetError::TooLarge { file, .. }
            | SheetError::MissingFile { name: file, .. }
            | SheetError::TwoFiles { second: file, .. }
            | SheetError::BadMonth { file, .. } => file,
        }
    }

    /// The names of all files that it is about.
    pub fn files(&self) -> Vec<&str> {
        match self {
            SheetError::TwoFiles { first, second } if first != second => vec![first.as_str(), second.as_str()],
            other => vec![other.file()],
        }
    }

    /// The stable code that users and scripts see.
    pub const fn code(&self) -> Code {
        match self {
            SheetError::TooLarge { .. } => Code::TooLarge,
            SheetError::Io { .. }
            | SheetError::Empty { .. }
            | SheetError::Encoding { .. }
            | SheetError::Format { .. }
            | SheetError::Damaged { .. }
            | SheetError::MissingColumns { .. }
            | SheetError::DuplicateColumn { .. }
            | SheetError::MissingFile { .. }
            | SheetError::TwoFiles { .. }
            | SheetError::BadMonth { .. } => Code::InvalidInput,
        }
    }
}

fn quoted_columns(columns: &[&'static str]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("「{column}」")).collect();
    let noun = if names.len() == 1 { "column" } else { "columns" };
    format!("{noun} {}", names.join(", "))
}

/// A [`SheetError`] before the name of the file is known: what the inner readers return.
#[derive(Debug)]
pub(super) enum Flaw {
    Io(io::Error),
    Empty,
    Encoding { line: u64 },
    Format(&'static str),
    Damaged(String),
    MissingColumns { columns: Vec<&'static str>, place: String },
    DuplicateColumn { row: u64, column: &'static str },
    TooLarge(String),
}

impl Flaw {
    pub(super) fn in_file(self, file: &str) -> SheetError {
        let file = quotable(file);
        match self {
            Flaw::Io(source) => SheetError::Io { file, source },
            Flaw::Empty => SheetError::Empty { file },
            Flaw::Encoding { line } => SheetError::Encoding { file, line },
            Flaw::Format(what) => SheetError::Format { file, what },
            Flaw::Damaged(what) => SheetError::Damaged { file, what },
            Flaw::MissingColumns { columns, place } => SheetError::MissingColumns { file, columns, place },
            Flaw::DuplicateColumn { row, column } => SheetError::DuplicateColumn { file, row, column },
            Flaw::TooLarge(what) => SheetError::TooLarge { file, what },
        }
    }
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Flaw {
        Flaw::Io(error)
    }
}

/// A field that holds something, but not what was asked for. Names the column and quotes what stands there; the
/// row is [`CellError::row`], for reports that keep it apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{column}」: \"{}\" {fault}", quotable(original))]
pub struct CellError {
    pub(super) row: u64,
    pub(super) column: String,
    pub(super) original: String,
    pub(super) fault: Fault,
}

impl CellError {
    /// The row as the user sees it, counted from 1 with title and header.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The header of the column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// What stands in the cell.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// What is wrong with it.
    pub fn fault(&self) -> Fault {
        self.fault
    }
}

/// What is wrong with a field, as the second half of a sentence that starts with the quoted field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    #[error("is not a date; write it like 2024-03-05")]
    NotADate,
    #[error("has a time of day; write the date alone, like 2024-03-05")]
    TimeOfDay,
    #[error("is not a date and time; write it like 2024-03-05 08:30:00")]
    NotADateTime,
    #[error("is not a number; write it like 2 or 2.5")]
    NotANumber,
    #[error("has a thousands separator; write the digits alone")]
    ThousandsSeparator,
    #[error("is in scientific notation; write all its digits")]
    Exponent,
    #[error("has more than six decimal places; round it")]
    TooManyPlaces,
    #[error("is too large a number")]
    OutOfRange,
    #[error("is not a whole number")]
    NotWhole,
    #[error("is a date or time, not a number; format the cell as a number")]
    DateNotNumber,
    #[error("has more than 15 digits, which a number cell cannot keep; format the column as text and enter it again")]
    DigitsLost,
    #[error("is the error of a formula; correct the formula")]
    FormulaError,
    #[error("is a formula without a result; open the file in Excel or WPS and save it again")]
    NotCalculated,
    #[error("is too long; shorten it")]
    TooLong,
}
