//! An appraisal as a workbook: the paper that a branch's meeting works with and signs, the evidence lines, and a sheet
//! that says what this is.
//!
//! Texts are written as text cells, which no spreadsheet program takes for a formula. The workbook's dates are
//! constants, because its writer would otherwise put the clock in.

use projections::queries::appraisal::Appraisal;
use rust_xlsxwriter::{ColNum, RowNum, Worksheet};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Workbook};

use ledger_core::domain::points::Points;

use super::paper::Paper;
use super::{NOTE, SheetError, categories};

/// Lines that a sheet holds between its head and the lines to sign.
const LINES_MAX: usize = 1_048_500;
/// A4, as workbooks number it.
const PAPER_A4: u8 = 9;
const FOOTER: &str = "&C第 &P 页 共 &N 页";
/// Where a meeting signs.
const SIGNATURES: [&str; 2] = [
    "支部书记签字：____________________        日期：________ 年 ____ 月 ____ 日",
    "记录人签字：______________________        日期：________ 年 ____ 月 ____ 日",
];
const ROOT_NOTE: &str = "校验码是账本到上述序号为止的默克尔根；同一序号的检查点写的是同一个码，nuanxin verify 与 \
    /v1/audit/consistency 可核对。";
const NAMES_NOTE: &str = "姓名与证明人取自姓名库，是制表时的现名；姓名库取不到时写明，积分不受影响。";
/// Longest text of a cell, in characters; a cell holds 32,767 UTF-16 units.
const CELL_CHARS_MAX: usize = 16_000;

struct Style {
    title: CellFormat,
    line: CellFormat,
    small: CellFormat,
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
        let line = CellFormat::new().set_align(FormatAlign::Left).set_align(FormatAlign::VerticalCenter);
        Style {
            title: line.clone().set_bold().set_font_size(16).set_align(FormatAlign::Center),
            line: line.clone(),
            small: line.set_font_size(9).set_text_wrap(),
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

pub(super) fn render(appraisal: &Appraisal, paper: &Paper) -> Result<Vec<u8>, SheetError> {
    let lines = appraisal.cards.iter().map(|card| card.lines.len()).sum::<usize>().max(appraisal.cards.len());
    if lines > LINES_MAX {
        return Err(SheetError::TooLarge { lines, max: LINES_MAX });
    }
    let style = Style::new(appraisal);
    let mut workbook = Workbook::new();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(title(appraisal, paper))
            .set_author("Nuanxin 暖新积分账本")
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?),
    );
    cards(workbook.add_worksheet(), appraisal, paper, &style)?;
    evidence(workbook.add_worksheet(), appraisal, paper, &style)?;
    notes(workbook.add_worksheet(), appraisal, paper, &style)?;
    Ok(workbook.save_to_buffer()?)
}

fn title(appraisal: &Appraisal, paper: &Paper) -> String {
    let district = paper.programme.district.as_deref().unwrap_or_default();
    format!("{district}{} 年度党员互助积分卡 评议参考", appraisal.year)
}

fn branch(appraisal: &Appraisal) -> String {
    appraisal.branch.clone().unwrap_or_else(|| "全部党支部".to_owned())
}

/// The position, and the day on which the journal had come that far.
fn taken(appraisal: &Appraisal, paper: &Paper) -> String {
    let day = paper.day.map_or_else(String::new, |day| format!("（{day} 记账）"));
    format!("{}{day}", appraisal.position)
}

/// The sheet that lies on the table of the branch's meeting: a head, a line for each card, and where to sign.
fn cards(sheet: &mut Worksheet, appraisal: &Appraisal, paper: &Paper, style: &Style) -> Result<(), SheetError> {
    let categories = categories(appraisal);
    let mut titles = vec![("积分卡号", 18), ("姓名", 14), ("编号", 16), ("党支部", 26)];
    titles.extend(categories.iter().map(|category| (*category, 12)));
    titles.extend([("合计", 12), ("服务次数", 10), ("评议意见", 36)]);
    let last = ColNum::try_from(titles.len().saturating_sub(1)).unwrap_or(ColNum::MAX);
    let head = [
        (title(appraisal, paper), &style.title),
        (format!("党支部：{}", branch(appraisal)), &style.line),
        (format!("截至账本序号：{}", taken(appraisal, paper)), &style.line),
        (format!("账本校验码：{}", paper.root.as_deref().unwrap_or("无")), &style.line),
        (NOTE.to_owned(), &style.small),
    ];
    for (row, (text, format)) in (0..).zip(&head) {
        sheet.merge_range(row, 0, row, last, &clipped(text), format)?;
    }
    sheet.set_row_height(0, 28)?.set_row_height(4, 30)?;
    let header = RowNum::try_from(head.len()).unwrap_or(0);
    begin(sheet, "积分卡", header, &titles, style)?;
    let mut below = header + 1;
    for card in &appraisal.cards {
        let mut cells = Cells { sheet, row: below, column: 0 };
        cells.text(&card.card_no, &style.text)?;
        cells.text(paper.names.worker(&card.worker), &style.text)?;
        cells.text(&card.worker, &style.text)?;
        cells.text(&card.branch, &style.text)?;
        for category in &categories {
            cells.points(card.categories.get(*category).copied().unwrap_or_default(), &style.points)?;
        }
        cells.points(card.total, &style.points)?;
        cells.decimal(&card.services.to_string(), &style.count)?;
        cells.text("", &style.text)?;
        below += 1;
    }
    for (row, text) in (below + 1..).zip(SIGNATURES) {
        sheet.merge_range(row, 0, row, last, text, &style.line)?;
        sheet.set_row_height(row, 30)?;
    }
    Ok(())
}

/// What every service adds to a card, with what proves it.
fn evidence(sheet: &mut Worksheet, appraisal: &Appraisal, paper: &Paper, style: &Style) -> Result<(), SheetError> {
    let titles = [
        ("积分卡号", 18),
        ("姓名", 14),
        ("编号", 16),
        ("党支部", 26),
        ("服务日期", 12),
        ("活动代码", 14),
        ("活动名称", 24),
        ("类别", 12),
        ("数量", 10),
        ("积分", 10),
        ("记录号", 24),
        ("证明人", 16),
        ("证据摘要", 24),
        ("积分标准版本", 8),
        ("异议", 12),
    ];
    begin(sheet, "依据", 0, &titles, style)?;
    let lines = appraisal.cards.iter().flat_map(|card| card.lines.iter().map(move |line| (card, line)));
    for (row, (card, line)) in (1..).zip(lines) {
        let activity = paper.programme.activities.get(&(line.schedule, line.activity.clone()));
        let mut cells = Cells { sheet, row, column: 0 };
        cells.text(&card.card_no, &style.text)?;
        cells.text(paper.names.worker(&card.worker), &style.text)?;
        cells.text(&card.worker, &style.text)?;
        cells.text(&card.branch, &style.text)?;
        cells.date(line.on, &style.date)?;
        cells.text(&line.activity, &style.text)?;
        cells.text(activity.map_or("", String::as_str), &style.text)?;
        cells.text(&line.category, &style.text)?;
        cells.decimal(&line.quantity, &style.decimal)?;
        cells.points(line.points, &style.points)?;
        cells.text(&line.credit, &style.text)?;
        cells.text(paper.names.witness(line.witness.as_deref()), &style.text)?;
        cells.text(line.evidence.as_deref().unwrap_or_default(), &style.text)?;
        cells.decimal(&line.schedule.to_string(), &style.count)?;
        let disputed = if card.disputed.contains(&line.credit) { "异议处理中" } else { "" };
        cells.text(disputed, &style.text)?;
    }
    Ok(())
}

fn notes(sheet: &mut Worksheet, appraisal: &Appraisal, paper: &Paper, style: &Style) -> Result<(), SheetError> {
    sheet.set_name("说明")?.set_column_width(0, 16)?.set_column_width(1, 80)?;
    let rows = [
        ("年度", appraisal.year.to_string()),
        ("党支部", branch(appraisal)),
        ("账本序号", taken(appraisal, paper)),
        ("账本校验码", paper.root.clone().unwrap_or_default()),
        ("校验码用法", ROOT_NOTE.to_owned()),
        ("姓名", NAMES_NOTE.to_owned()),
        ("说明", NOTE.to_owned()),
    ];
    for (row, (title, text)) in (0..).zip(&rows) {
        sheet.write_string_with_format(row, 0, *title, &style.header)?;
        sheet.write_string_with_format(row, 1, text, &style.note)?;
    }
    Ok(())
}

/// Names the sheet, writes the header of its table and makes it fit paper.
fn begin(
    sheet: &mut Worksheet,
    name: &str,
    header: RowNum,
    titles: &[(&str, u32)],
    style: &Style,
) -> Result<(), SheetError> {
    sheet.set_name(name)?.set_freeze_panes(header + 1, 0)?.set_landscape().set_paper_size(PAPER_A4);
    sheet.set_print_fit_to_pages(1, 0).set_repeat_rows(header, header)?.set_footer(FOOTER);
    for (column, (title, width)) in (0..).zip(titles) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(header, column, clipped(title), &style.header)?;
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
