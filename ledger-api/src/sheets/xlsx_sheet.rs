//! The rows of one worksheet, streamed from its XML. Owns the kinds of cells, their positions and their values;
//! which sheet, and what surrounds it, is in `xlsx`.

use quick_xml::events::{BytesStart, Event};

use super::cell::{COLUMNS_MAX, CappedText, Cell, NumberCell, Picked, RawRow};
use super::error::Flaw;
use super::number::Number;
use super::xlsx_formats::CellFormats;
use super::xlsx_strings::{SharedStrings, read_string_item, unescape};
use super::xlsx_xml::{XmlPart, attribute_value, cut_off, each_attribute};

/// The last row of any spreadsheet program.
const ROWS_MAX: u64 = 1_048_576;

/// What cells refer to.
#[derive(Debug, Default)]
pub(super) struct WorkbookContext {
    pub(super) strings: SharedStrings,
    pub(super) formats: CellFormats,
    pub(super) epoch_1904: bool,
}

/// The rows of a worksheet, one after another.
#[derive(Debug)]
pub(super) struct XlsxRows<'a> {
    xml: XmlPart<'a>,
    context: &'a WorkbookContext,
    cell_text_bytes_max: usize,
    /// The number of the last row.
    number: u64,
    in_sheet_data: bool,
    finished: bool,
}

/// What a start tag opens.
enum Opened {
    Row(Option<u64>),
    Cell(CellHead),
    Nothing,
    EndOfRow,
}

/// The attributes of a cell.
#[derive(Default)]
struct CellHead {
    column: Option<u32>,
    style: usize,
    kind: CellKind,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum CellKind {
    #[default]
    Number,
    SharedString,
    Text,
    InlineString,
    Boolean,
    Error,
}

impl<'a> XlsxRows<'a> {
    pub(super) fn new(xml: XmlPart<'a>, context: &'a WorkbookContext, cell_text_bytes_max: usize) -> XlsxRows<'a> {
        XlsxRows { xml, context, cell_text_bytes_max, number: 0, in_sheet_data: false, finished: false }
    }

    /// The next row of the file, also a blank one.
    pub(super) fn next_row(&mut self, picked: &Picked) -> Result<Option<RawRow>, Flaw> {
        let mut row: Option<RawRow> = None;
        let mut column: u32 = 0;
        loop {
            if self.finished {
                return Ok(None);
            }
            match self.next_opened()? {
                Opened::Row(_) if row.is_some() => {
                    return Err(Flaw::Damaged(format!("row {} does not end", self.number)));
                }
                Opened::Row(number) => {
                    self.number = self.row_number(number)?;
                    row = Some(RawRow { number: self.number, cells: Vec::new(), blank: true });
                    column = 0;
                }
                Opened::Cell(head) => {
                    column = head.column.unwrap_or(column);
                    if column >= COLUMNS_MAX {
                        return Err(Flaw::Damaged(format!("row {} has more than {COLUMNS_MAX} columns", self.number)));
                    }
                    let cell = self.read_cell(&head)?;
                    if let Some(row) = &mut row {
                        let wanted = picked.contains(column);
                        // Rows prepared below the data hold formulas that no one has used yet.
                        row.blank &= cell.is_blank() || (!wanted && cell == Cell::NotCalculated);
                        if wanted && !cell.is_blank() {
                            row.cells.push((column, cell));
                        }
                    }
                    column = column.saturating_add(1);
                }
                Opened::EndOfRow => {
                    if row.is_some() {
                        return Ok(row);
                    }
                }
                Opened::Nothing => {}
            }
        }
    }

    fn next_opened(&mut self) -> Result<Opened, Flaw> {
        Ok(match self.xml.next()? {
            Event::Start(start) => match start.local_name().as_ref() {
                "sheetData" => {
                    self.in_sheet_data = true;
                    Opened::Nothing
                }
                "row" if self.in_sheet_data => Opened::Row(row_attribute(&start)?),
                "c" if self.in_sheet_data => Opened::Cell(cell_head(&start)?),
                _ => Opened::Nothing,
            },
            Event::End(end) => match end.local_name().as_ref() {
                "row" => Opened::EndOfRow,
                "sheetData" => {
                    self.finished = true;
                    Opened::Nothing
                }
                _ => Opened::Nothing,
            },
            Event::Eof if self.in_sheet_data => return Err(cut_off()),
            // A sheet of another kind, such as a chart: no rows.
            Event::Eof => {
                self.finished = true;
                Opened::Nothing
            }
            _ => Opened::Nothing,
        })
    }

    /// Rows may leave out their number; where they have one it must ascend, or the places that messages name would
    /// mean nothing.
    fn row_number(&self, written: Option<u64>) -> Result<u64, Flaw> {
        let number = written.unwrap_or(self.number.saturating_add(1));
        if number <= self.number || number > ROWS_MAX {
            return Err(Flaw::Damaged(format!("row {number} comes after row {}", self.number)));
        }
        Ok(number)
    }

    /// Reads the cell whose start was the last event.
    fn read_cell(&mut self, head: &CellHead) -> Result<Cell, Flaw> {
        enum Inside {
            Value,
            InlineString,
            Formula,
            Other,
        }
        let mut text = CappedText::new(self.cell_text_bytes_max);
        let (mut formula, mut inline) = (false, false);
        loop {
            let inside = match self.xml.next()? {
                Event::Start(start) => match start.local_name().as_ref() {
                    // An inline string may carry a value besides; the string is what is shown.
                    "v" if !inline => Inside::Value,
                    "is" => Inside::InlineString,
                    "f" => Inside::Formula,
                    _ => Inside::Other,
                },
                // Everything inside the cell is read to its end, so this is the end of the cell.
                Event::End(_) => break,
                Event::Eof => return Err(cut_off()),
                _ => continue,
            };
            match inside {
                Inside::Value => self.xml.element_text(&mut text)?,
                Inside::InlineString => {
                    inline = true;
                    text = CappedText::new(self.cell_text_bytes_max);
                    read_string_item(&mut self.xml, &mut text)?;
                }
                Inside::Formula => {
                    formula = true;
                    self.xml.skip_element()?;
                }
                Inside::Other => self.xml.skip_element()?,
            }
        }
        let kind = if inline { CellKind::InlineString } else { head.kind };
        self.cell_of(kind, head.style, &text, formula)
    }

    fn cell_of(&self, kind: CellKind, style: usize, text: &CappedText, formula: bool) -> Result<Cell, Flaw> {
        let value = text.text.trim();
        // A formula may well come to an empty text, but then the cell says that it is one.
        if value.is_empty() && !text.overflow {
            let calculated = !formula || matches!(kind, CellKind::Text | CellKind::InlineString);
            return Ok(if calculated { Cell::Blank } else { Cell::NotCalculated });
        }
        Ok(match kind {
            CellKind::SharedString => {
                let cell = value.parse().ok().and_then(|index| self.context.strings.cell(index));
                cell.ok_or_else(|| Flaw::Damaged(format!("a text of row {} is missing", self.number)))?
            }
            CellKind::Boolean if value == "1" || value.eq_ignore_ascii_case("true") => Cell::Boolean(true),
            CellKind::Boolean if value == "0" || value.eq_ignore_ascii_case("false") => Cell::Boolean(false),
            CellKind::Error => Cell::Error(value.to_owned()),
            CellKind::Number => match Number::scan(value) {
                Some(number) => {
                    let format = self.context.formats.of_style(style);
                    Cell::Number(NumberCell { number, format, epoch_1904: self.context.epoch_1904 })
                }
                None => Cell::from_capped(text),
            },
            CellKind::Text | CellKind::InlineString if !text.overflow => Cell::from_text(&unescape(&text.text)),
            CellKind::Text | CellKind::InlineString | CellKind::Boolean => Cell::from_capped(text),
        })
    }
}

fn row_attribute(start: &BytesStart<'_>) -> Result<Option<u64>, Flaw> {
    let mut number = Ok(None);
    each_attribute(start, |name, attribute| {
        if name == "r" {
            number = attribute.value.trim().parse().map(Some);
        }
    })?;
    number.map_err(|_| Flaw::Damaged("a row has an unreadable number".to_owned()))
}

fn cell_head(start: &BytesStart<'_>) -> Result<CellHead, Flaw> {
    let mut head = CellHead::default();
    let mut readable = true;
    each_attribute(start, |name, attribute| match name {
        "r" => {
            head.column = column_of(&attribute.value);
            readable = head.column.is_some();
        }
        "s" => head.style = attribute.value.parse().unwrap_or(0),
        "t" => {
            head.kind = match attribute_value(attribute).as_ref() {
                "s" => CellKind::SharedString,
                // `d` is a date in ISO 8601, which reads as a written date does.
                "str" | "d" => CellKind::Text,
                "inlineStr" => CellKind::InlineString,
                "b" => CellKind::Boolean,
                "e" => CellKind::Error,
                _ => CellKind::Number,
            };
        }
        _ => {}
    })?;
    if readable { Ok(head) } else { Err(Flaw::Damaged("a cell has an unreadable position".to_owned())) }
}

/// The column of a position such as `AB12`, from 0.
fn column_of(position: &str) -> Option<u32> {
    let mut column: u32 = 0;
    for letter in position.bytes().take_while(u8::is_ascii_alphabetic) {
        let digit = u32::from(letter.to_ascii_uppercase().checked_sub(b'A')?).checked_add(1)?;
        column = column.checked_mul(26)?.checked_add(digit)?;
    }
    column.checked_sub(1).filter(|column| *column < COLUMNS_MAX)
}

#[cfg(test)]
mod tests {
    use super::column_of;

    #[test]
    fn columns_are_read_from_positions() {
        assert_eq!(column_of("A1"), Some(0));
        assert_eq!(column_of("z9"), Some(25));
        assert_eq!(column_of("AB12"), Some(27));
        assert_eq!(column_of("XFD1048576"), Some(16_383));
        for bad in ["", "12", "XFE1", "ZZZZZZZZZZZZ1", "甲1"] {
            assert_eq!(column_of(bad), None, "{bad}");
        }
    }
}
