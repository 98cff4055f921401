//! A row as the caller sees it: its number and one [`Field`] for each column. Owns naming the place in the errors of
//! fields; how a cell is read is in `cell`.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};

use super::cell::{Cell, RawRow};
use super::header::Header;
use super::{CellError, Column, Decimal, Fault};

/// One row that is not wholly blank.
#[derive(Debug, Clone)]
pub struct Row {
    number: u64,
    columns: Arc<[Column]>,
    /// One for each column, in their order.
    cells: Vec<Cell>,
}

impl Row {
    pub(super) fn new(raw: RawRow, header: &Header, columns: Arc<[Column]>) -> Row {
        let mut found = raw.cells;
        let mut take = |at: &Option<u32>| {
            let place = found.iter().position(|(column, _)| Some(*column) == *at);
            place.map_or(Cell::Blank, |place| found.swap_remove(place).1)
        };
        let cells = header.positions().iter().map(&mut take).collect();
        Row { number: raw.number, columns, cells }
    }

    /// The number that the user sees beside the row in Excel or WPS, counted from 1 with title and header. In a text
    /// file a record counts as one row even where a quoted field spans lines, and a blank line counts.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The field of a column. A column that was not given to [`Sheet::open`](super::Sheet::open), or that the sheet
    /// does not have, reads as blank.
    pub fn field<'a>(&'a self, column: &'a str) -> Field<'a> {
        let place = self.columns.iter().position(|known| known.name() == column);
        let cell = place.and_then(|place| self.cells.get(place)).unwrap_or(&Cell::Blank);
        Field { row: self.number, column, cell }
    }
}

/// One cell of a row. Every reading answers `Ok(None)` for a blank cell, `Ok(Some(value))` for a readable one, and
/// otherwise an error that quotes what stands there.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    row: u64,
    column: &'a str,
    cell: &'a Cell,
}

impl<'a> Field<'a> {
    /// Whether nothing, or nothing but blanks, is in the cell.
    pub fn is_blank(&self) -> bool {
        self.cell.is_blank()
    }

    /// What stands in the cell, to be quoted; empty when blank.
    pub fn original(&self) -> Cow<'a, str> {
        self.cell.original()
    }

    /// The text without blanks at its ends and with full-width letters, digits and signs in half width: for
    /// identifiers, codes and choices.
    pub fn text(&self) -> Result<Option<Cow<'a, str>>, CellError> {
        self.named(self.cell.text())
    }

    /// The text without blanks at its ends, otherwise as written: for names and remarks.
    pub fn verbatim(&self) -> Result<Option<Cow<'a, str>>, CellError> {
        self.named(self.cell.verbatim())
    }

    /// The date. A date with a time other than midnight is not one.
    pub fn date(&self) -> Result<Option<NaiveDate>, CellError> {
        self.named(self.cell.date())
    }

    /// The date and time, to the second; a bare date is its midnight.
    pub fn date_time(&self) -> Result<Option<NaiveDateTime>, CellError> {
        self.named(self.cell.date_time())
    }

    /// The exact decimal, of at most six places.
    pub fn decimal(&self) -> Result<Option<Decimal>, CellError> {
        self.named(self.cell.decimal())
    }

    /// The whole number; `2.0` is one.
    pub fn integer(&self) -> Result<Option<i64>, CellError> {
        self.named(self.cell.integer())
    }

    fn named<T>(&self, read: Result<T, Fault>) -> Result<T, CellError> {
        read.map_err(|fault| CellError {
            row: self.row,
            column: self.column.to_owned(),
            original: self.cell.original().into_owned(),
            fault,
        })
    }
}
