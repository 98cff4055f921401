//! A table of any length, written line by line without being held in memory: a full sheet is followed by another.
//!
//! Lines go to temporary files as they are written (the writer's constant-memory mode).

use std::io::{self, Seek, SeekFrom, Write};

use rust_xlsxwriter::{Format as CellFormat, RowNum, Workbook, XlsxError};

use super::cells::{LINES_MAX, Look, properties, put};
use crate::document::Cell;

const COLUMN_WIDTH: f64 = 18.0;
const NOTE_WIDTH: f64 = 100.0;

/// A workbook of such tables.
pub(crate) struct LongWorkbook {
    workbook: Workbook,
    look: Look,
    bold: CellFormat,
}

/// One of its tables.
pub(crate) struct LongTable {
    title: &'static str,
    columns: &'static [&'static str],
    /// Place of the open sheet in the workbook.
    open: Option<usize>,
    number: u32,
    lines: RowNum,
}

impl LongTable {
    /// A table that has no sheet yet.
    pub(crate) const fn new(title: &'static str, columns: &'static [&'static str]) -> LongTable {
        LongTable { title, columns, open: None, number: 0, lines: 0 }
    }
}

impl LongWorkbook {
    /// A workbook whose first sheet says what it is.
    pub(crate) fn new(note: &str) -> Result<LongWorkbook, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties()?);
        let about = workbook.add_worksheet().set_name("说明")?;
        about.set_column_width(0, NOTE_WIDTH)?.write_string_with_format(
            0,
            0,
            note,
            &CellFormat::new().set_text_wrap(),
        )?;
        Ok(LongWorkbook { workbook, look: Look::plain(), bold: CellFormat::new().set_bold() })
    }

    /// Writes the next line of a table.
    pub(crate) fn push(&mut self, table: &mut LongTable, cells: &[Cell]) -> Result<(), XlsxError> {
        if table.open.is_none() || usize::try_from(table.lines).is_ok_and(|lines| lines >= LINES_MAX) {
            table.number += 1;
            table.lines = 0;
            table.open = Some(self.workbook.worksheets().len());
            let title =
                if table.number == 1 { table.title.to_owned() } else { format!("{}{}", table.title, table.number) };
            let sheet = self.workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name(title)?.set_freeze_panes(1, 0)?;
            for (column, name) in (0..).zip(table.columns) {
                sheet.set_column_width(column, COLUMN_WIDTH)?.write_string_with_format(0, column, *name, &self.bold)?;
            }
        }
        table.lines += 1;
        let sheet = self.workbook.worksheet_from_index(table.open.unwrap_or_default())?;
        for (column, cell) in (0..).zip(cells) {
            put(sheet, table.lines, column, cell, &self.look)?;
        }
        Ok(())
    }

    /// Writes the workbook out; nothing more can be added.
    pub(crate) fn write_to<E: From<io::Error> + From<XlsxError>>(mut self, out: &mut dyn Write) -> Result<(), E> {
        // A workbook is written with seeking, which a pipe cannot do.
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        io::copy(&mut file, out)?;
        out.flush()?;
        Ok(())
    }
}
