//! One cell as it came from the file, and its readings as text, date, number. Owns the rules by which a cell of one
//! kind may be read as another; the forms themselves are in `date`, `decimal` and `number`.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};

use super::date;
use super::decimal::Decimal;
use super::error::Fault;
use super::number::Number;
use super::text::{half_width, prefix, trim};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Blank,
    /// Trimmed and not empty; otherwise as written.
    Text(String),
    /// A number of a workbook, in the digits of the file.
    Number(NumberCell),
    Boolean(bool),
    /// The error value of a formula, such as `#N/A`.
    Error(String),
    /// A formula that was never calculated: programs that write workbooks may leave its result out.
    NotCalculated,
    /// The start of a text past the limit.
    TooLong(String),
}

/// A number with what its format says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberCell {
    pub(super) number: Number,
    pub(super) format: NumberFormat,
    pub(super) epoch_1904: bool,
}

/// Which kind of value a number format shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFormat {
    Plain,
    /// A date, a time of day, or both.
    Moment,
    /// Hours, minutes or seconds that pass a day.
    Duration,
}

/// The cells of one row that were asked for, in the order of the file; blank ones are left out.
#[derive(Debug)]
pub(super) struct RawRow {
    pub(super) number: u64,
    pub(super) cells: Vec<(u32, Cell)>,
    /// Whether all cells are blank, also those that were not asked for.
    pub(super) blank: bool,
}

/// Which columns a reader hands over; the others are only looked at for being blank.
#[derive(Debug)]
pub(super) enum Picked {
    /// While the header is looked for.
    All,
    These(Vec<u32>),
}

impl Picked {
    pub(super) fn contains(&self, column: u32) -> bool {
        match self {
            Picked::All => true,
            Picked::These(columns) => columns.contains(&column),
        }
    }
}

/// More columns than any spreadsheet program has.
pub(super) const COLUMNS_MAX: u32 = 16_384;

impl Cell {
    /// A text cell, blank if nothing but blanks is in it.
    pub(super) fn from_text(text: &str) -> Cell {
        match trim(text) {
            "" => Cell::Blank,
            text => Cell::Text(text.to_owned()),
        }
    }

    /// A text cell from a text that may have been cut at the limit.
    pub(super) fn from_capped(text: &CappedText) -> Cell {
        if text.overflow { Cell::TooLong(trim(&text.text).to_owned()) } else { Cell::from_text(&text.text) }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Cell::Blank)
    }

    /// What stands in the cell, for messages and for text as it was written.
    pub(super) fn original(&self) -> Cow<'_, str> {
        match self {
            Cell::Blank => Cow::Borrowed(""),
            Cell::Text(text) | Cell::Error(text) | Cell::TooLong(text) => Cow::Borrowed(text),
            Cell::Number(cell) => Cow::Owned(cell.written().unwrap_or_else(|_| cell.rough())),
            Cell::Boolean(true) => Cow::Borrowed("TRUE"),
            Cell::Boolean(false) => Cow::Borrowed("FALSE"),
            Cell::NotCalculated => Cow::Borrowed("="),
        }
    }

    /// The text as it was written, or as the program shows it. `None` when blank.
    pub(super) fn verbatim(&self) -> Result<Option<Cow<'_, str>>, Fault> {
        match self {
            Cell::Blank => Ok(None),
            Cell::Text(_) | Cell::Boolean(_) => Ok(Some(self.original())),
            Cell::Number(cell) => cell.written().map(|text| Some(Cow::Owned(text))),
            Cell::Error(_) | Cell::NotCalculated | Cell::TooLong(_) => Err(self.fault(Fault::TooLong)),
        }
    }

    /// The text in half width: identifiers, codes, choices.
    pub(super) fn text(&self) -> Result<Option<Cow<'_, str>>, Fault> {
        match self {
            Cell::Text(text) => Ok(Some(half_width(text))),
            _ => self.verbatim(),
        }
    }

    pub(super) fn date_time(&self) -> Result<Option<NaiveDateTime>, Fault> {
        let moment = match self {
            Cell::Blank => return Ok(None),
            Cell::Text(text) => date::read_text(trim(&half_width(text))),
            Cell::Number(NumberCell { number, format: NumberFormat::Moment, epoch_1904 }) => {
                date::read_serial(*number, *epoch_1904)
            }
            Cell::Number(NumberCell { number, format: NumberFormat::Plain, epoch_1904 }) => {
                date::read_plain_number(*number, *epoch_1904)
            }
            _ => None,
        };
        moment.map(Some).ok_or_else(|| self.fault(Fault::NotADateTime))
    }

    pub(super) fn date(&self) -> Result<Option<NaiveDate>, Fault> {
        match self.date_time() {
            Ok(Some(moment)) if !date::is_midnight(moment) => Err(Fault::TimeOfDay),
            Ok(moment) => Ok(moment.map(|moment| moment.date())),
            Err(Fault::NotADateTime) => Err(Fault::NotADate),
            Err(fault) => Err(fault),
        }
    }

    pub(super) fn decimal(&self) -> Result<Option<Decimal>, Fault> {
        match self {
            Cell::Blank => Ok(None),
            Cell::Text(text) => Decimal::parse(trim(&half_width(text))).map(Some),
            Cell::Number(NumberCell { number, format: NumberFormat::Plain, .. }) => number.decimal().map(Some),
            Cell::Number(_) => Err(Fault::DateNotNumber),
            _ => Err(self.fault(Fault::NotANumber)),
        }
    }

    pub(super) fn integer(&self) -> Result<Option<i64>, Fault> {
        match self.decimal()? {
            None => Ok(None),
            Some(decimal) => decimal.scaled_to(0).map(Some).ok_or(Fault::NotWhole),
        }
    }

    /// The fault of the cell itself where it has one, else that of the reading.
    fn fault(&self, of_reading: Fault) -> Fault {
        match self {
            Cell::Error(_) => Fault::FormulaError,
            Cell::NotCalculated => Fault::NotCalculated,
            Cell::TooLong(_) => Fault::TooLong,
            _ => of_reading,
        }
    }
}

impl NumberCell {
    /// The number as the program shows it.
    fn written(&self) -> Result<String, Fault> {
        if self.format == NumberFormat::Moment
            && let Some(moment) = date::read_serial(self.number, self.epoch_1904)
        {
            return Ok(date::written(moment));
        }
        match self.number.day_seconds() {
            Some(seconds) if self.format != NumberFormat::Plain => Ok(date::written_duration(seconds)),
            _ => self.number.text(),
        }
    }

    /// Something to quote where the number cannot be written out.
    fn rough(&self) -> String {
        self.number.scientific()
    }
}

/// A text that stops growing at a limit.
#[derive(Debug, Default)]
pub(super) struct CappedText {
    pub(super) text: String,
    pub(super) overflow: bool,
    bytes_max: usize,
}

impl CappedText {
    pub(super) fn new(bytes_max: usize) -> CappedText {
        CappedText { text: String::new(), overflow: false, bytes_max }
    }

    pub(super) fn push(&mut self, text: &str) {
        if self.overflow {
            return;
        }
        let room = self.bytes_max.saturating_sub(self.text.len());
        let fitting = prefix(text, room);
        self.text.push_str(fitting);
        self.overflow = fitting.len() < text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::{CappedText, Cell, Fault, Number, NumberCell, NumberFormat};

    fn number(digits: &str, format: NumberFormat) -> Cell {
        Cell::Number(NumberCell { number: Number::scan(digits).expect("number"), format, epoch_1904: false })
    }

    fn text(cell: &Cell) -> Result<Option<String>, Fault> {
        cell.text().map(|text| text.map(std::borrow::Cow::into_owned))
    }

    #[test]
    fn texts_are_read_in_half_width_and_kept_as_written() {
        let cell = Cell::from_text("\u{3000}ＱＷ－００１，甲 ");
        assert_eq!(text(&cell), Ok(Some("QW-001,甲".to_owned())));
        assert_eq!(
            cell.verbatim().map(|text| text.map(|text| text.into_owned())),
            Ok(Some("ＱＷ－００１，甲".to_owned()))
        );
        assert_eq!(Cell::from_text(" \u{200B}"), Cell::Blank);
    }

    #[test]
    fn blank_is_neither_a_value_nor_an_error() {
        let blank = Cell::Blank;
        assert_eq!((text(&blank), blank.date(), blank.date_time()), (Ok(None), Ok(None), Ok(None)));
        assert_eq!((blank.decimal(), blank.integer()), (Ok(None), Ok(None)));
    }

    #[test]
    fn numbers_are_read_from_text_and_from_number_cells_alike() {
        for cell in [Cell::from_text(" ２．５ "), number("2.5", NumberFormat::Plain)] {
            assert_eq!(cell.decimal().map(|value| value.map(|value| value.to_string())), Ok(Some("2.5".to_owned())));
            assert_eq!(cell.integer(), Err(Fault::NotWhole));
        }
        assert_eq!(number("2", NumberFormat::Plain).integer(), Ok(Some(2)));
        assert_eq!(Cell::from_text("2.0").integer(), Ok(Some(2)));
        assert_eq!(Cell::from_text("若干").integer(), Err(Fault::NotANumber));
    }

    #[test]
    fn dates_are_not_numbers_and_times_are_not_dates() {
        let date = number("45467", NumberFormat::Moment);
        assert_eq!(date.decimal(), Err(Fault::DateNotNumber));
        assert_eq!(text(&date), Ok(Some("2024-06-24".to_owned())));
        let moment = number("45292.33444444444", NumberFormat::Moment);
        assert_eq!(moment.date(), Err(Fault::TimeOfDay));
        assert_eq!(text(&moment), Ok(Some("2024-01-01 08:01:36".to_owned())));
        assert_eq!(number("0.5", NumberFormat::Moment).date(), Err(Fault::NotADate));
        assert_eq!(text(&number("0.5", NumberFormat::Moment)), Ok(Some("12:00:00".to_owned())));
        assert_eq!(number("1.5", NumberFormat::Duration).date_time(), Err(Fault::NotADateTime));
        assert_eq!(number("2024", NumberFormat::Plain).date(), Err(Fault::NotADate));
        assert_eq!(Cell::from_text("待定").date(), Err(Fault::NotADate));
    }

    #[test]
    fn what_a_program_could_not_work_out_is_never_a_value() {
        for (cell, fault) in [
            (Cell::Error("#N/A".to_owned()), Fault::FormulaError),
            (Cell::NotCalculated, Fault::NotCalculated),
            (Cell::TooLong("长".to_owned()), Fault::TooLong),
        ] {
            assert_eq!((text(&cell), cell.date(), cell.decimal()), (Err(fault), Err(fault), Err(fault)));
        }
        assert_eq!(text(&Cell::Boolean(true)), Ok(Some("TRUE".to_owned())));
        assert_eq!(Cell::Boolean(true).decimal(), Err(Fault::NotANumber));
    }

    #[test]
    fn a_capped_text_says_that_it_was_cut() {
        let mut text = CappedText::new(4);
        text.push("长");
        assert!(!text.overflow);
        text.push("长");
        assert!(text.overflow);
        assert_eq!(Cell::from_capped(&text), Cell::TooLong("长".to_owned()));
    }
}
