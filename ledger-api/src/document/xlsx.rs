//! A document as a workbook: a sheet that says what this is, and a sheet for each table.

mod cells;
mod long;

use rust_xlsxwriter::{
    ColNum, Color, Format as CellFormat, FormatAlign, Formula, RowNum, Workbook, Worksheet, utility,
};
use unicode_width::UnicodeWidthStr;

use self::cells::{LINES_MAX, Look, clipped, properties, put, ruled};
pub(crate) use self::long::{LongTable, LongWorkbook};
use super::{Cell, Document, DocumentError, HeadLine, Layout, Share, Table};

/// Lines of a sheet on paper that are kept for what stands around its table.
const LINES_AROUND: usize = 75;
/// A4, as workbooks number it.
const PAPER_A4: u8 = 9;
const FOOTER: &str = "&C第 &P 页 共 &N 页";
/// Narrowest and widest column, in characters, where the content decides.
const WIDTH_MIN: usize = 8;
const WIDTH_MAX: usize = 48;
/// Room for a pen.
const SIGNATURE_HEIGHT: u8 = 30;

struct Style {
    title: CellFormat,
    line: CellFormat,
    small: CellFormat,
    header: CellFormat,
    note: CellFormat,
    cells: Look,
}

impl Style {
    fn of(document: &Document) -> Style {
        let line = CellFormat::new().set_align(FormatAlign::Left).set_align(FormatAlign::VerticalCenter);
        Style {
            title: line.clone().set_bold().set_font_size(16).set_align(FormatAlign::Center),
            line: line.clone(),
            small: line.set_font_size(9).set_text_wrap(),
            header: ruled().set_bold().set_background_color(Color::RGB(0x00F2_F2F2)).set_text_wrap(),
            note: CellFormat::new().set_text_wrap().set_align(FormatAlign::Top),
            cells: match document.layout {
                Layout::Screen => Look::ruled(),
                Layout::Paper => Look::aligned(has_whole_points(document)),
            },
        }
    }
}

fn has_whole_points(document: &Document) -> bool {
    let mut cells = document.tables.iter().flat_map(|table| &table.rows).flatten();
    cells.all(|cell| !matches!(cell, Cell::Points(points) if points.hundredths() % 100 != 0))
}

pub(super) fn render(document: &Document) -> Result<Vec<u8>, DocumentError> {
    let lines = document.tables.iter().map(|table| table.rows.len()).max().unwrap_or(0);
    let max = match document.layout {
        Layout::Screen => LINES_MAX,
        Layout::Paper => LINES_MAX - LINES_AROUND,
    };
    if lines > max {
        return Err(DocumentError::TooLarge { lines, max });
    }
    let style = Style::of(document);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties()?.set_title(document.title.as_ref()).set_author("Nuanxin 暖新积分账本"));
    match document.layout {
        Layout::Screen => {
            about(workbook.add_worksheet(), document, &style)?;
            write_tables(&mut workbook, document, &style)?;
        }
        // What is laid on the table comes first.
        Layout::Paper => {
            write_tables(&mut workbook, document, &style)?;
            about_paper(workbook.add_worksheet(), document, &style)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

fn about(sheet: &mut Worksheet, document: &Document, style: &Style) -> Result<(), DocumentError> {
    sheet.set_name("说明")?.set_column_width(0, 24)?.set_column_width(1, 90)?;
    let mut row = 0;
    for (title, text) in [("标题", document.title.as_ref()), ("说明", document.note)] {
        sheet.write_string_with_format(row, 0, title, &style.header)?;
        sheet.write_string_with_format(row, 1, text, &style.note)?;
        row += 1;
    }
    for (name, cell) in &document.facts {
        sheet.write_string_with_format(row, 0, name.title.as_ref(), &style.header)?;
        put(sheet, row, 1, cell, &style.cells)?;
        row += 1;
    }
    for table in document.tables.iter().filter(|table| !table.question.is_empty()) {
        sheet.write_string_with_format(row, 0, table.name.title.as_ref(), &style.header)?;
        let text = format!("{}（共 {} 行，列出 {} 行）", table.question, table.total, table.rows.len());
        sheet.write_string_with_format(row, 1, text, &style.note)?;
        row += 1;
    }
    Ok(())
}

fn about_paper(sheet: &mut Worksheet, document: &Document, style: &Style) -> Result<(), DocumentError> {
    sheet.set_name("说明")?.set_column_width(0, 16)?.set_column_width(1, 80)?;
    let facts = document.facts.iter().map(|(name, cell)| (name.title.as_ref(), cell.to_string()));
    for (row, (title, text)) in (0..).zip(facts.chain([("说明", document.note.to_owned())])) {
        sheet.write_string_with_format(row, 0, title, &style.header)?;
        sheet.write_string_with_format(row, 1, text, &style.note)?;
    }
    Ok(())
}

fn write_tables(workbook: &mut Workbook, document: &Document, style: &Style) -> Result<(), DocumentError> {
    for table in &document.tables {
        let sheet = workbook.add_worksheet();
        if document.layout == Layout::Paper {
            sheet.set_footer(FOOTER);
        }
        write_table(sheet, table, style)?;
    }
    Ok(())
}

/// The lines above the table, the table, and below it where to sign.
fn write_table(sheet: &mut Worksheet, table: &Table, style: &Style) -> Result<(), DocumentError> {
    let last = ColNum::try_from(table.columns.len().saturating_sub(1)).unwrap_or(ColNum::MAX);
    for (row, (kind, text)) in (0..).zip(&table.sheet.head) {
        let (format, height) = match kind {
            HeadLine::Title => (&style.title, Some(28)),
            HeadLine::Line => (&style.line, None),
            HeadLine::Small => (&style.small, Some(30)),
        };
        sheet.merge_range(row, 0, row, last, &clipped(text), format)?;
        if let Some(height) = height {
            sheet.set_row_height(row, height)?;
        }
    }
    let header = RowNum::try_from(table.sheet.head.len()).unwrap_or(0);
    sheet.set_name(table.name.title.as_ref())?.set_freeze_panes(header + 1, 0)?.set_landscape();
    sheet.set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0).set_repeat_rows(header, header)?;
    for (column, name) in (0..).zip(table.columns.iter()) {
        sheet.set_column_width(column, width(table, usize::from(column)))?;
        sheet.write_string_with_format(header, column, clipped(&name.title), &style.header)?;
    }
    let mut below = header + 1;
    for cells in &table.rows {
        for (column, cell) in (0..).zip(cells) {
            put(sheet, below, column, cell, &style.cells)?;
        }
        below += 1;
    }
    if let Some(share) = &table.sheet.share
        && !table.rows.is_empty()
    {
        write_share(sheet, table, share, (header + 1, below - 1), style)?;
        below += 1;
    }
    for (row, text) in (below + 1..).zip(table.sheet.signatures) {
        sheet.merge_range(row, 0, row, last, text, &style.line)?;
        sheet.set_row_height(row, SIGNATURE_HEIGHT)?;
    }
    Ok(())
}

/// Counts a word of a column below it, between two lines of the sheet.
fn write_share(
    sheet: &mut Worksheet,
    table: &Table,
    share: &Share,
    (first, last): (RowNum, RowNum),
    style: &Style,
) -> Result<(), DocumentError> {
    let Some(at) = table.columns.iter().position(|column| column.key == share.column) else { return Ok(()) };
    let column = ColNum::try_from(at).unwrap_or(ColNum::MAX);
    let Share { word, of, label, warning, .. } = share;
    let cells = utility::cell_range_absolute(first, column, last, column);
    let count = format!("COUNTIF({cells},\"{word}*\")");
    let lines = last - first + 1;
    let formula = format!("={count}&IF({count}*{of}>{lines},\"　{warning}\",\"\")");
    let row = last + 1;
    if let Some(before) = column.checked_sub(1) {
        sheet.write_string_with_format(row, before, *label, &style.header)?;
    }
    sheet.write_formula_with_format(row, column, Formula::new(formula).set_result("0"), &style.note)?;
    Ok(())
}

/// Width of a column in characters: what was asked for, else what its content takes.
fn width(table: &Table, column: usize) -> u32 {
    if let Some(width) = table.sheet.widths.get(column) {
        return *width;
    }
    let cells = table.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.to_string().width());
    let title = table.columns.get(column).map(|name| name.title.width());
    let width = cells.chain(title).max().unwrap_or(0).clamp(WIDTH_MIN, WIDTH_MAX);
    u32::try_from(width + 2).unwrap_or(0)
}
