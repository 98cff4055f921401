//! An appraisal as a workbook: the cards, the evidence lines, and a sheet that says what this is.
//!
//! Texts are written as text cells, which no spreadsheet program takes for a formula. The workbook's dates are
//! constants, because its writer would otherwise put the clock in.

use projections::queries::appraisal::Appraisal;
use rust_xlsxwriter::{ColNum, RowNum, Worksheet};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Workbook};

use ledger_core::domain::points::Points;

use super::{NOTE, SheetError, categories};

/// Lines below the header that a sheet holds.
const LINES_MAX: usize = 1_048_575;
/// Longest text of a cell, in characters; a cell holds 32,767 UTF-16 units.
const CELL_CHARS_MAX: usize = 16_000;

struct Style {
    header: CellFormat,
    text: CellFormat,
    count: CellFormat,
    points: CellFormat,
    date: CellFormat,
    decimal: CellFormat,
    note: CellFormat,
}

impl Style {
    fn new(appraisal: &Appraisal) -> Style {
        let cell = CellFormat::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        let whole = appraisal.cards.iter().flat_map(|card| &card.lines).all(|line| line.points.hundredths() % 100 == 0);
        Style {
            header: cell.clone().set_bold().set_background_color(Color::RGB(0x00F2_F2F2)).set_text_wrap(),
            text: cell.clone(),
            count: cell.clone().set_num_format("0"),
            // One look for all: two decimals everywhere as soon as one amount needs them.
            points: cell.clone().set_num_format(if whole { "0" } else { "0.00" }),
            date: cell.clone().set_num_format("yyyy-mm-dd"),
            decimal: cell,
            note: CellFormat::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

pub(super) fn render(appraisal: &Appraisal) -> Result<Vec<u8>, SheetError> {
    let lines = appraisal.cards.iter().map(|card| card.lines.len()).sum::<usize>().max(appraisal.cards.len());
    if lines > LINES_MAX {
        return Err(SheetError::TooLarge { lines, max: LINES_MAX });
    }
    let style = Style::new(appraisal);
    let mut workbook = Workbook::new();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(format!("{} 年度党员互助积分卡", appraisal.year))
            .set_author("Nuanxin 暖新积分账本")
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?),
    );
    cards(workbook.add_worksheet(), appraisal, &style)?;
    evidence(workbook.add_worksheet(), appraisal, &style)?;
    notes(workbook.add_worksheet(), appraisal, &style)?;
    Ok(workbook.save_to_buffer()?)
}

fn cards(sheet: &mut Worksheet, appraisal: &Appraisal, style: &Style) -> Result<(), SheetError> {
    let categories = categories(appraisal);
    let mut titles = vec![("积分卡号", 18), ("编号", 16), ("党支部", 26)];
    titles.extend(categories.iter().map(|category| (*category, 12)));
    titles.extend([("合计", 12), ("服务次数", 10), ("评议意见", 36)]);
    begin(sheet, "积分卡", &titles, style)?;
    for (row, card) in (1..).zip(&appraisal.cards) {
        let mut cells = Cells { sheet, row, column: 0 };
        for text in [&card.card_no, &card.worker, &card.branch] {
            cells.text(text, &style.text)?;
        }
        for category in &categories {
            cells.points(card.categories.get(*category).copied().unwrap_or_default(), &style.points)?;
        }
        cells.points(card.total, &style.points)?;
        cells.decimal(&card.services.to_string(), &style.count)?;
        cells.text("", &style.text)?;
    }
    Ok(())
}

fn evidence(sheet: &mut Worksheet, appraisal: &Appraisal, style: &Style) -> Result<(), SheetError> {
    let titles = [
        ("积分卡号", 18),
        ("编号", 16),
        ("党支部", 26),
        ("服务日期", 12),
        ("活动代码", 14),
        ("类别", 12),
        ("数量", 10),
        ("积分", 10),
        ("记录号", 24),
        ("见证人", 14),
        ("证据摘要", 24),
        ("积分标准版本", 8),
        ("异议", 12),
    ];
    begin(sheet, "依据", &titles, style)?;
    let lines = appraisal.cards.iter().flat_map(|card| card.lines.iter().map(move |line| (card, line)));
    for (row, (card, line)) in (1..).zip(lines) {
        let mut cells = Cells { sheet, row, column: 0 };
        for text in [&card.card_no, &card.worker, &card.branch] {
            cells.text(text, &style.text)?;
        }
        cells.date(line.on, &style.date)?;
        cells.text(&line.activity, &style.text)?;
        cells.text(&line.category, &style.text)?;
        cells.decimal(&line.quantity, &style.decimal)?;
        cells.points(line.points, &style.points)?;
        cells.text(&line.credit, &style.text)?;
        cells.text(line.witness.as_deref().unwrap_or_default(), &style.text)?;
        cells.text(line.evidence.as_deref().unwrap_or_default(), &style.text)?;
        cells.decimal(&line.schedule.to_string(), &style.count)?;
        let disputed = if card.disputed.contains(&line.credit) { "异议处理中" } else { "" };
        cells.text(disputed, &style.text)?;
    }
    Ok(())
}

fn notes(sheet: &mut Worksheet, appraisal: &Appraisal, style: &Style) -> Result<(), SheetError> {
    sheet.set_name("说明")?.set_column_width(0, 16)?.set_column_width(1, 80)?;
    let rows = [
        ("年度", appraisal.year.to_string()),
        ("党支部", appraisal.branch.clone().unwrap_or_else(|| "全部".to_owned())),
        ("账本序号", appraisal.position.to_string()),
        ("说明", NOTE.to_owned()),
    ];
    for (row, (title, text)) in (0..).zip(&rows) {
        sheet.write_string_with_format(row, 0, *title, &style.header)?;
        sheet.write_string_with_format(row, 1, text, &style.note)?;
    }
    Ok(())
}

/// Names the sheet, writes its header and makes it fit paper.
fn begin(sheet: &mut Worksheet, name: &str, titles: &[(&str, u32)], style: &Style) -> Result<(), SheetError> {
    sheet.set_name(name)?.set_freeze_panes(1, 0)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    for (column, (title, width)) in (0..).zip(titles) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, clipped(title), &style.header)?;
    }
    Ok(())
}

/// A row being written from left to right.
struct Cells<'a> {
    sheet: &'a mut Worksheet,
    row: RowNum,
    column: ColNum,
}

impl Cells<'_> {
    fn next(&mut self) -> ColNum {
        let column = self.column;
        self.column = column.saturating_add(1);
        column
    }

    fn text(&mut self, text: &str, format: &CellFormat) -> Result<(), SheetError> {
        let column = self.next();
        self.sheet.write_string_with_format(self.row, column, clipped(text), format)?;
        Ok(())
    }

    fn points(&mut self, points: Points, format: &CellFormat) -> Result<(), SheetError> {
        self.decimal(&points.to_string(), format)
    }

    /// An exact decimal. A cell of a workbook is a binary number: the nearest one is written in its shortest form, which
    /// is this text again up to fifteen digits. Anything longer stays text.
    fn decimal(&mut self, text: &str, format: &CellFormat) -> Result<(), SheetError> {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        match text.parse::<f64>() {
            Ok(number) if digits <= 15 => {
                let column = self.next();
                self.sheet.write_number_with_format(self.row, column, number, format)?;
                Ok(())
            }
            _ => self.text(text, format),
        }
    }

    fn date(&mut self, date: chrono::NaiveDate, format: &CellFormat) -> Result<(), SheetError> {
        let column = self.next();
        let text = date.to_string();
        match ExcelDateTime::parse_from_str(&text) {
            Ok(date) => self.sheet.write_datetime_with_format(self.row, column, &date, format)?,
            // Before 1900 there are no dates in a workbook.
            Err(_) => self.sheet.write_string_with_format(self.row, column, text, format)?,
        };
        Ok(())
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(CELL_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
