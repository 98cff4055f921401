//! Sheets in: the .xlsx and .csv files that district offices keep, read row by row into exact values.
//!
//! Owns: telling the file formats and encodings apart, finding the header, row numbers as a person sees them, the
//! normal form of texts, dates and numbers, the limits against oversized or hostile files, the names of the
//! files of a pack ([`pack`]), and cells as the values that commands need ([`fields`]). Does not own: what a column
//! means, which rows are accepted, district.toml's content.
//!
//! [`Sheet::open`] looks at the whole file once (encoding, checksums, inflated size) before it returns, so that an
//! unusable file is refused before its first row is taken. [`Sheet::rows`] then streams: memory does not grow with
//! the number of rows.

mod cell;
mod date;
mod decimal;
mod delimited;
mod encoding;
mod error;
pub mod fields;
mod header;
mod number;
pub mod pack;
mod row;
mod text;
mod whole;
mod xlsx;
mod xlsx_formats;
mod xlsx_parts;
mod xlsx_sheet;
mod xlsx_strings;
mod xlsx_xml;

#[cfg(test)]
mod test_files;
#[cfg(test)]
mod tests_delimited;
#[cfg(test)]
mod tests_hostile;
#[cfg(test)]
mod tests_large;
#[cfg(test)]
mod tests_pack;
#[cfg(test)]
mod tests_xlsx;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

pub use decimal::Decimal;
pub use error::{CellError, Fault, SheetError};
pub use row::{Field, Row};
pub use whole::WholeRows;

use delimited::{DelimitedFile, DelimitedRows};
use error::Flaw;
use header::Header;
use xlsx::Workbook;
use xlsx_sheet::XlsxRows;

/// A column that the caller reads, found by its header text in any position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    name: &'static str,
    required: bool,
}

impl Column {
    /// A column without which the sheet is refused.
    pub const fn required(name: &'static str) -> Column {
        Column { name, required: true }
    }

    /// A column that reads as blank where the sheet does not have it.
    pub const fn optional(name: &'static str) -> Column {
        Column { name, required: false }
    }

    /// The header text.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the sheet is refused without it.
    pub const fn is_required(&self) -> bool {
        self.required
    }
}

/// What one file may cost. Everything past a limit is refused with `too_large`, except a single long cell, which
/// makes only its own field unreadable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The file as it lies on disk.
    pub file_bytes_max: u64,
    /// All parts of a workbook that are read, inflated; counted while inflating, whatever the headers say.
    pub inflated_bytes_max: u64,
    /// Inflated over compressed bytes of one part of a workbook; small parts are not judged by it.
    pub inflation_ratio_max: u64,
    /// The shared texts of a workbook: the only thing of a file that is kept in memory as a whole.
    pub shared_text_bytes_max: usize,
    /// Rows that are not blank, below the header.
    pub rows_max: u64,
    /// Of one cell, in bytes of UTF-8.
    pub cell_text_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_bytes_max: 256 << 20,
            inflated_bytes_max: 1 << 30,
            inflation_ratio_max: 200,
            shared_text_bytes_max: 128 << 20,
            rows_max: 1_000_000,
            cell_text_bytes_max: 4 << 10,
        }
    }
}

/// An opened sheet: its header is found, its rows can be read, more than once if wished.
#[derive(Debug)]
pub struct Sheet {
    file: String,
    limits: Limits,
    columns: Arc<[Column]>,
    header: Header,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Delimited(DelimitedFile),
    Xlsx(Box<Workbook>),
}

impl Sheet {
    /// Opens a sheet, whatever its format, and finds the header: the first of the first twenty rows that holds all
    /// required columns.
    pub fn open(path: &Path, limits: &Limits, columns: &[Column]) -> Result<Sheet, SheetError> {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        match Self::open_body(path, limits, columns) {
            Ok((header, body)) => Ok(Sheet { file, limits: limits.clone(), columns: columns.into(), header, body }),
            Err(flaw) => Err(flaw.in_file(&file)),
        }
    }

    fn open_body(path: &Path, limits: &Limits, columns: &[Column]) -> Result<(Header, Body), Flaw> {
        let metadata = std::fs::metadata(path)?;
        // Opening a pipe or a device could wait for ever.
        if !metadata.is_file() {
            return Err(Flaw::Format("is not a file"));
        }
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        if bytes > limits.file_bytes_max {
            return Err(Flaw::TooLarge(format!("the file has {bytes} bytes, the limit is {}", limits.file_bytes_max)));
        }
        let mut magic = Vec::with_capacity(8);
        (&mut file).take(8).read_to_end(&mut magic)?;
        file.seek(SeekFrom::Start(0))?;
        if magic.starts_with(b"PK\x03\x04") || magic.starts_with(b"PK\x05\x06") {
            let (header, workbook) = Workbook::open(file, limits, columns)?;
            return Ok((header, Body::Xlsx(Box::new(workbook))));
        }
        if magic.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
            return Err(Flaw::Format("is an old .xls file or is protected by a password"));
        }
        let (header, delimited) = DelimitedFile::open(file, columns)?;
        Ok((header, Body::Delimited(delimited)))
    }

    /// The name of the file, without its folder, as messages show it.
    pub fn file_name(&self) -> &str {
        &self.file
    }

    /// The number of the header's row.
    pub fn header_row(&self) -> u64 {
        self.header.row()
    }

    /// Whether the header holds this column.
    pub fn has_column(&self, name: &str) -> bool {
        self.columns.iter().zip(self.header.positions()).any(|(column, at)| column.name == name && at.is_some())
    }

    /// Later visible sheets of the workbook that have the same header and are not read: worth a warning.
    pub fn unread_sheets(&self) -> &[String] {
        match &self.body {
            Body::Delimited(_) => &[],
            Body::Xlsx(workbook) => workbook.unread_sheets(),
        }
    }

    /// Reads the rows below the header from the first one on.
    pub fn rows(&mut self) -> Result<Rows<'_>, SheetError> {
        let picked = self.header.picked();
        let source = source_of(&mut self.body, &self.limits);
        Ok(Rows {
            file: &self.file,
            columns: &self.columns,
            header: &self.header,
            picked,
            rows_left: self.limits.rows_max,
            rows_max: self.limits.rows_max,
            source: source.map_err(|flaw| flaw.in_file(&self.file))?,
            finished: false,
        })
    }
}

/// The rows of a file from its first one on.
fn source_of<'a>(body: &'a mut Body, limits: &Limits) -> Result<Source<'a>, Flaw> {
    match body {
        Body::Delimited(delimited) => {
            delimited.rows(limits.cell_text_bytes_max).map(|rows| Source::Delimited(Box::new(rows)))
        }
        Body::Xlsx(workbook) => workbook.rows(limits).map(|rows| Source::Xlsx(Box::new(rows))),
    }
}

/// The rows of a sheet, in file order, without the wholly blank ones. After an error nothing more comes.
#[derive(Debug)]
pub struct Rows<'a> {
    file: &'a str,
    columns: &'a Arc<[Column]>,
    header: &'a Header,
    picked: cell::Picked,
    rows_left: u64,
    rows_max: u64,
    source: Source<'a>,
    finished: bool,
}

#[derive(Debug)]
enum Source<'a> {
    Delimited(Box<DelimitedRows<'a>>),
    Xlsx(Box<XlsxRows<'a>>),
}

impl Source<'_> {
    fn next_row(&mut self, picked: &cell::Picked) -> Result<Option<cell::RawRow>, Flaw> {
        match self {
            Source::Delimited(rows) => rows.next_row(picked),
            Source::Xlsx(rows) => rows.next_row(picked),
        }
    }
}

impl Rows<'_> {
    fn read(&mut self) -> Result<Option<Row>, Flaw> {
        loop {
            let Some(raw) = self.source.next_row(&self.picked)? else { return Ok(None) };
            if raw.number <= self.header.row() || raw.blank {
                continue;
            }
            let Some(rows_left) = self.rows_left.checked_sub(1) else {
                let what = format!("row {} is past the limit of {} rows", raw.number, self.rows_max);
                return Err(Flaw::TooLarge(what));
            };
            self.rows_left = rows_left;
            return Ok(Some(Row::new(raw, self.header, Arc::clone(self.columns))));
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let next = self.read().map_err(|flaw| flaw.in_file(self.file)).transpose();
        self.finished = !matches!(next, Some(Ok(_)));
        next
    }
}
