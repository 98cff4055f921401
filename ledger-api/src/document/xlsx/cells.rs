//! Single cells, and what every workbook has in common.
//!
//! Texts are written as text cells, which no spreadsheet program takes for a formula.

use rust_xlsxwriter::{
    ColNum, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, RowNum, Worksheet, XlsxError,
};

use crate::document::Cell;

/// Lines below the header that a sheet holds.
pub(super) const LINES_MAX: usize = 1_048_575;

/// Longest text of a cell, in characters; a cell holds 32,767 UTF-16 units.
const CELL_CHARS_MAX: usize = 16_000;
/// Digits that a cell's number keeps exactly.
const DIGITS_MAX: usize = 15;

/// How the cells of a table look, by what stands in them.
pub(super) struct Look(Option<Formats>);

struct Formats {
    text: CellFormat,
    count: CellFormat,
    points: CellFormat,
    decimal: CellFormat,
    day: CellFormat,
}

impl Look {
    /// Nothing said about any cell.
    pub(super) const fn plain() -> Look {
        Look(None)
    }

    /// Within thin lines, every number as it stands.
    pub(super) fn ruled() -> Look {
        Look(Some(Formats::ruled()))
    }

    /// Within thin lines, and all points of the document with as many places as one of them needs.
    pub(super) fn aligned(whole: bool) -> Look {
        let Formats { text, decimal, day, .. } = Formats::ruled();
        let points = text.clone().set_num_format(if whole { "0" } else { "0.00" });
        Look(Some(Formats { count: text.clone().set_num_format("0"), points, decimal, day, text }))
    }

    fn of(&self, cell: &Cell) -> Option<&CellFormat> {
        let formats = self.0.as_ref()?;
        Some(match cell {
            Cell::Blank | Cell::Text(_) => &formats.text,
            Cell::Count(_) => &formats.count,
            Cell::Points(_) => &formats.points,
            Cell::Decimal(_) => &formats.decimal,
            Cell::Day(_) => &formats.day,
        })
    }
}

impl Formats {
    fn ruled() -> Formats {
        let cell = ruled();
        Formats {
            day: cell.clone().set_num_format("yyyy-mm-dd"),
            count: cell.clone(),
            points: cell.clone(),
            decimal: cell.clone(),
            text: cell,
        }
    }
}

/// Thin lines around.
pub(super) fn ruled() -> CellFormat {
    CellFormat::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top)
}

/// What a workbook says of itself. Its dates are constants, because its writer would otherwise put the clock in.
pub(super) fn properties() -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?))
}

/// Writes a cell.
pub(super) fn put(
    sheet: &mut Worksheet,
    row: RowNum,
    column: ColNum,
    cell: &Cell,
    look: &Look,
) -> Result<(), XlsxError> {
    let (text, format) = (cell.to_string(), look.of(cell));
    let place = (row, column);
    match cell {
        // A cell of a workbook is a binary number: the nearest one is written in its shortest form, which is this text
        // again up to fifteen digits. Anything longer stays text.
        Cell::Count(_) | Cell::Points(_) | Cell::Decimal(_) => match text.parse::<f64>() {
            Ok(number) if text.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_MAX => match format {
                Some(format) => sheet.write_number_with_format(row, column, number, format).map(drop),
                None => sheet.write_number(row, column, number).map(drop),
            },
            _ => put_text(sheet, place, &text, format),
        },
        // Before 1900 there are no dates in a workbook.
        Cell::Day(_) => match (ExcelDateTime::parse_from_str(&text), format) {
            (Ok(day), Some(format)) => sheet.write_datetime_with_format(row, column, &day, format).map(drop),
            _ => put_text(sheet, place, &text, look.of(&Cell::Blank)),
        },
        Cell::Blank | Cell::Text(_) => put_text(sheet, place, &text, format),
    }
}

fn put_text(
    sheet: &mut Worksheet,
    (row, column): (RowNum, ColNum),
    text: &str,
    format: Option<&CellFormat>,
) -> Result<(), XlsxError> {
    match format {
        Some(format) => sheet.write_string_with_format(row, column, clipped(text), format).map(drop),
        None => sheet.write_string(row, column, clipped(text)).map(drop),
    }
}

/// A text that fits a cell; an ellipsis says that it goes on.
pub(super) fn clipped(text: &str) -> String {
    match text.char_indices().nth(CELL_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
