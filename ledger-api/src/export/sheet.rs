//! The history as a workbook: sheets of events and sheets of movements, each within the lines a sheet can hold.
//!
//! Lines go to temporary files as they are written (the writer's constant-memory mode). Texts are text cells, which no
//! spreadsheet program takes for a formula; amounts are numbers.

use std::io::{self, Seek, SeekFrom, Write};

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::evidence::forms::accounts::Legs;
use ledger_core::journal::Journal;
use rust_xlsxwriter::{
    ColNum, DocProperties, ExcelDateTime, Format as CellFormat, RowNum, Workbook, Worksheet, XlsxError,
};

use super::table::{COLUMNS, texts};
use super::{ExportError, each_entry};

/// Lines of a sheet below its header.
const LINES_MAX: RowNum = 1_048_575;
/// Longest text of a cell, in characters; a cell holds 32,767 UTF-16 units.
const CELL_CHARS_MAX: usize = 16_000;

const MOVEMENTS: [&str; 6] = ["position", "date", "type", "account", "points", "key"];

/// What the workbook says of itself.
const NOTE: &str = "事件: 账本全部事件，按序号排列；分录: 积分的每一笔借贷，入为正、出为负，合计为零。\
    超过单元格上限的文字以“…”截断，全文见 jsonl 导出。\
    Events in the journal's order; movements of points, which sum to zero. Texts beyond a cell's limit end in an \
    ellipsis; the jsonl export has them whole.";

/// Sheets of one kind; a full one is followed by another.
struct Sheets {
    title: &'static str,
    columns: &'static [&'static str],
    /// Place of the open sheet in the workbook.
    open: Option<usize>,
    number: u32,
    lines: RowNum,
}

impl Sheets {
    const fn new(title: &'static str, columns: &'static [&'static str]) -> Sheets {
        Sheets { title, columns, open: None, number: 0, lines: 0 }
    }

    /// The sheet with room for one more line, and the line's place.
    fn line<'a>(&mut self, workbook: &'a mut Workbook) -> Result<(&'a mut Worksheet, RowNum), XlsxError> {
        if self.open.is_none() || self.lines >= LINES_MAX {
            self.number += 1;
            self.lines = 0;
            self.open = Some(workbook.worksheets().len());
            let title = if self.number == 1 { self.title.to_owned() } else { format!("{}{}", self.title, self.number) };
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name(title)?.set_freeze_panes(1, 0)?;
            let bold = CellFormat::new().set_bold();
            for (column, name) in (0..).zip(self.columns) {
                sheet.set_column_width(column, 18)?.write_string_with_format(0, column, *name, &bold)?;
            }
        }
        self.lines += 1;
        Ok((workbook.worksheet_from_index(self.open.unwrap_or_default())?, self.lines))
    }
}

pub(super) async fn write(
    journal: &dyn Journal,
    until: u64,
    out: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), ExportError> {
    let mut workbook = Workbook::new();
    // The writer would otherwise put the clock in.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let mut events = Sheets::new("事件", &COLUMNS);
    let mut movements = Sheets::new("分录", &MOVEMENTS);
    // Both kinds have a sheet even in an empty journal.
    let note = workbook.add_worksheet().set_name("说明")?;
    note.set_column_width(0, 100)?.write_string_with_format(0, 0, NOTE, &CellFormat::new().set_text_wrap())?;
    each_entry(journal, until, progress, |entry| {
        let (sheet, line) = events.line(&mut workbook)?;
        write_number(sheet, line, 0, &entry.position.to_string())?;
        for (column, text) in (1..).zip(texts(entry)?) {
            sheet.write_string(line, column, cut(&text))?;
        }
        let event = entry.event()?;
        let Event::Worker(own) = &event else { return Ok(()) };
        for (account, points) in Legs::of(&event).iter() {
            let (sheet, line) = movements.line(&mut workbook)?;
            write_number(sheet, line, 0, &entry.position.to_string())?;
            let date = event.day().map(|day| day.to_string()).unwrap_or_default();
            sheet.write_string(line, 1, date)?.write_string(line, 2, own.event_type())?;
            sheet.write_string(line, 3, cut(account))?;
            write_points(sheet, line, 4, points)?;
            sheet.write_string(line, 5, cut(&entry.command.key))?;
        }
        Ok::<(), ExportError>(())
    })
    .await?;
    // A workbook is written with seeking, which a pipe cannot do.
    let mut file = tempfile::tempfile()?;
    workbook.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    io::copy(&mut file, out)?;
    Ok(out.flush()?)
}

/// A number of at most fifteen digits as a number, else as text: a spreadsheet program keeps no more.
fn write_number(sheet: &mut Worksheet, line: RowNum, column: ColNum, text: &str) -> Result<(), XlsxError> {
    const DIGITS_MAX: usize = 15;
    match text.parse::<f64>() {
        Ok(number) if text.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_MAX => {
            sheet.write_number(line, column, number)?;
        }
        _ => {
            sheet.write_string(line, column, text)?;
        }
    }
    Ok(())
}

fn write_points(sheet: &mut Worksheet, line: RowNum, column: ColNum, points: Points) -> Result<(), XlsxError> {
    write_number(sheet, line, column, &points.to_string())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CELL_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
