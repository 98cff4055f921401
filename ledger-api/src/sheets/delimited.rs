//! Delimited text files: fields, records and their numbers. Owns finding the delimiter and counting rows the way a
//! spreadsheet program numbers them; the bytes come decoded from `encoding`.

use std::fs::File;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder, Terminator};
use encoding_rs::Encoding;

use super::Column;
use super::cell::{COLUMNS_MAX, CappedText, Cell, Picked, RawRow};
use super::encoding::{TextChunks, detect};
use super::error::Flaw;
use super::header::{HEADER_ROWS_MAX, HEADER_TEXT_BYTES_MAX, Header, HeaderSearch};

/// In the order of trust: a tab or semicolon may well stand inside a comma-separated header, hardly the reverse.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];

const FIELD_BUFFER_BYTES: usize = 4 << 10;

/// An opened file whose encoding and delimiter are known.
#[derive(Debug)]
pub(super) struct DelimitedFile {
    file: File,
    encoding: &'static Encoding,
    delimiter: u8,
}

impl DelimitedFile {
    /// Checks the encoding of the whole file, then looks for the header with one delimiter after the other.
    pub(super) fn open(mut file: File, columns: &[Column]) -> Result<(Header, DelimitedFile), Flaw> {
        let encoding = detect(&mut file)?;
        let mut vain: Option<HeaderSearch<'_>> = None;
        for delimiter in DELIMITERS {
            let mut delimited = DelimitedFile { file, encoding, delimiter };
            let mut search = HeaderSearch::new(columns);
            if let Some(header) = delimited.find_header(&mut search)? {
                return Ok((header, delimited));
            }
            if !search.saw_rows() {
                return Err(Flaw::Empty);
            }
            file = delimited.file;
            vain = Some(match vain {
                Some(earlier) => earlier.closer(search),
                None => search,
            });
        }
        Err(vain.map_or(Flaw::Empty, |search| search.in_vain(encoding.name())))
    }

    fn find_header(&mut self, search: &mut HeaderSearch<'_>) -> Result<Option<Header>, Flaw> {
        let mut rows = self.rows(HEADER_TEXT_BYTES_MAX)?;
        loop {
            match rows.next_row(&Picked::All) {
                Ok(Some(row)) => {
                    if let Some(header) = search.offer(&row)? {
                        return Ok(Some(header));
                    }
                    if row.number > HEADER_ROWS_MAX {
                        return Ok(None);
                    }
                }
                // Damage here may come from the wrong delimiter; with the right one it shows when rows are read.
                Ok(None) | Err(Flaw::Damaged(_)) => return Ok(None),
                Err(other) => return Err(other),
            }
        }
    }

    /// All records from the start of the file.
    pub(super) fn rows(&mut self, cell_text_bytes_max: usize) -> Result<DelimitedRows<'_>, Flaw> {
        let reader = ReaderBuilder::new().delimiter(self.delimiter).terminator(Terminator::Any(b'\n')).build();
        Ok(DelimitedRows {
            text: TextChunks::new(&mut self.file, self.encoding)?,
            reader,
            number: 0,
            cell_text_bytes_max,
            buffer: vec![0; FIELD_BUFFER_BYTES],
        })
    }
}

/// The records of a file, one after another.
#[derive(Debug)]
pub(super) struct DelimitedRows<'f> {
    text: TextChunks<'f>,
    reader: Reader,
    /// The number of the last record.
    number: u64,
    cell_text_bytes_max: usize,
    buffer: Vec<u8>,
}

/// How a field ended.
enum FieldEnd {
    Field,
    Record,
    File,
}

impl DelimitedRows<'_> {
    /// The next record, also a blank one; blank lines are skipped but counted.
    pub(super) fn next_row(&mut self, picked: &Picked) -> Result<Option<RawRow>, Flaw> {
        let line_before = self.reader.line();
        let mut cells = Vec::new();
        let mut blank = true;
        let mut column: u32 = 0;
        let mut lines_inside: u64 = 0;
        loop {
            let mut text = CappedText::new(self.cell_text_bytes_max);
            let end = self.read_field(&mut text, &mut lines_inside)?;
            if matches!(end, FieldEnd::File) {
                return Ok(None);
            }
            let cell = Cell::from_capped(&text);
            if !cell.is_blank() {
                blank = false;
                if column >= COLUMNS_MAX {
                    let what = format!("row {} has more than {COLUMNS_MAX} columns", self.number.saturating_add(1));
                    return Err(Flaw::Damaged(what));
                }
                if picked.contains(column) {
                    cells.push((column, cell));
                }
            }
            column = column.saturating_add(1);
            if matches!(end, FieldEnd::Record) {
                break;
            }
        }
        // The reader passes over empty lines in silence: they are the lines that neither end this record nor stand
        // inside its quoted fields.
        let lines = self.reader.line().saturating_sub(line_before);
        let blank_lines = lines.saturating_sub(1).saturating_sub(lines_inside);
        self.number = self.number.saturating_add(blank_lines).saturating_add(1);
        Ok(Some(RawRow { number: self.number, cells, blank }))
    }

    fn read_field(&mut self, text: &mut CappedText, lines_inside: &mut u64) -> Result<FieldEnd, Flaw> {
        // A character may be cut by the end of the buffer; its first bytes wait here for the rest.
        let mut cut: Vec<u8> = Vec::with_capacity(4);
        loop {
            let chunk = self.text.chunk()?;
            let file_ended = chunk.is_empty();
            let (result, read, written) = self.reader.read_field(chunk, &mut self.buffer);
            self.text.consume(read);
            let bytes = self.buffer.get(..written).unwrap_or(&[]);
            let inside = bytes.iter().filter(|byte| **byte == b'\n').count();
            *lines_inside = lines_inside.saturating_add(u64::try_from(inside).unwrap_or(u64::MAX));
            push_utf8(text, &mut cut, bytes);
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                // The text ends with a line end, so only a field inside quotes can reach past it.
                ReadFieldResult::Field { .. } if file_ended => {
                    let row = self.number.saturating_add(1);
                    return Err(Flaw::Damaged(format!(
                        "a quotation mark opened in or after row {row} is never closed"
                    )));
                }
                ReadFieldResult::Field { record_end: true } => return Ok(FieldEnd::Record),
                ReadFieldResult::Field { record_end: false } => return Ok(FieldEnd::Field),
                ReadFieldResult::End => return Ok(FieldEnd::File),
            }
        }
    }
}

/// Appends bytes of a valid text that may start and end inside a character.
fn push_utf8(text: &mut CappedText, cut: &mut Vec<u8>, bytes: &[u8]) {
    if cut.is_empty()
        && let Ok(whole) = std::str::from_utf8(bytes)
    {
        text.push(whole);
        return;
    }
    cut.extend_from_slice(bytes);
    let valid_bytes = match std::str::from_utf8(cut) {
        Ok(whole) => whole.len(),
        Err(error) => error.valid_up_to(),
    };
    let rest = cut.split_off(valid_bytes);
    if let Ok(whole) = std::str::from_utf8(cut) {
        text.push(whole);
    }
    *cut = rest;
}
