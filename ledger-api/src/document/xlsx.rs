//! A document as a workbook: a sheet that says what this is, then a sheet for each table.
//!
//! Texts are written as text cells, which no spreadsheet program takes for a formula. The workbook's dates are
//! constants, because its writer would otherwise put the clock in.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Workbook, Worksheet,
};
use unicode_width::UnicodeWidthStr;

use super::{Cell, Document, DocumentError, Table};

/// Lines below the header that a sheet holds.
const LINES_MAX: usize = 1_048_575;
/// Longest text of a cell, in characters; a cell holds 32,767 UTF-16 units.
const CELL_CHARS_MAX: usize = 16_000;
/// Digits that a cell's number keeps exactly.
const DIGITS_MAX: usize = 15;
const WIDTH_MIN: usize = 8;
const WIDTH_MAX: usize = 48;

struct Style {
    header: CellFormat,
    cell: CellFormat,
    day: CellFormat,
    note: CellFormat,
}

pub(super) fn render(document: &Document) -> Result<Vec<u8>, DocumentError> {
    let lines = document.tables.iter().map(|table| table.rows.len()).max().unwrap_or(0);
    if lines > LINES_MAX {
        return Err(DocumentError::TooLarge { lines, max: LINES_MAX });
    }
    let cell = CellFormat::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
    let style = Style {
        header: cell.clone().set_bold().set_background_color(Color::RGB(0x00F2_F2F2)).set_text_wrap(),
        day: cell.clone().set_num_format("yyyy-mm-dd"),
        cell,
        note: CellFormat::new().set_text_wrap().set_align(FormatAlign::Top),
    };
    let mut workbook = Workbook::new();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(document.title)
            .set_author("Nuanxin 暖新积分账本")
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?),
    );
    about(workbook.add_worksheet(), document, &style)?;
    for table in &document.tables {
        write_table(workbook.add_worksheet(), table, &style)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn about(sheet: &mut Worksheet, document: &Document, style: &Style) -> Result<(), DocumentError> {
    sheet.set_name("说明")?.set_column_width(0, 24)?.set_column_width(1, 90)?;
    let mut row = 0;
    for (title, text) in [("标题", document.title), ("说明", document.note)] {
        sheet.write_string_with_format(row, 0, title, &style.header)?;
        sheet.write_string_with_format(row, 1, text, &style.note)?;
        row += 1;
    }
    for (name, cell) in &document.facts {
        sheet.write_string_with_format(row, 0, name.title, &style.header)?;
        write_cell(sheet, row, 1, cell, style)?;
        row += 1;
    }
    for table in document.tables.iter().filter(|table| !table.question.is_empty()) {
        sheet.write_string_with_format(row, 0, table.name.title, &style.header)?;
        let text = format!("{}（共 {} 行，列出 {} 行）", table.question, table.total, table.rows.len());
        sheet.write_string_with_format(row, 1, text, &style.note)?;
        row += 1;
    }
    Ok(())
}

fn write_table(sheet: &mut Worksheet, table: &Table, style: &Style) -> Result<(), DocumentError> {
    sheet.set_name(table.name.title)?.set_freeze_panes(1, 0)?.set_landscape().set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    for (column, name) in (0..).zip(table.columns) {
        let cells =
            table.rows.iter().filter_map(|row| row.get(usize::from(column))).map(|cell| cell.to_string().width());
        let width = cells.chain([name.title.width()]).max().unwrap_or(0).clamp(WIDTH_MIN, WIDTH_MAX);
        sheet.set_column_width(column, u32::try_from(width + 2).unwrap_or(0))?;
        sheet.write_string_with_format(0, column, name.title, &style.header)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            write_cell(sheet, row, column, cell, style)?;
        }
    }
    Ok(())
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, style: &Style) -> Result<(), DocumentError> {
    let text = cell.to_string();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    match cell {
        // A cell of a workbook is a binary number: the nearest one is written in its shortest form, which is this text
        // again up to fifteen digits. Anything longer stays text.
        Cell::Count(_) | Cell::Points(_) if digits <= DIGITS_MAX => {
            if let Ok(number) = text.parse::<f64>() {
                sheet.write_number_with_format(row, column, number, &style.cell)?;
            }
        }
        Cell::Day(_) => match ExcelDateTime::parse_from_str(&text) {
            Ok(day) => {
                sheet.write_datetime_with_format(row, column, &day, &style.day)?;
            }
            // Before 1900 there are no dates in a workbook.
            Err(_) => {
                sheet.write_string_with_format(row, column, text, &style.cell)?;
            }
        },
        _ => {
            let clipped: String = text.chars().take(CELL_CHARS_MAX).collect();
            sheet.write_string_with_format(row, column, clipped, &style.cell)?;
        }
    }
    Ok(())
}
