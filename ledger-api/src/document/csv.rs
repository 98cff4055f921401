//! A document as CSV (RFC 4180) with a byte order mark, or Chinese titles turn to rubbish in a spreadsheet program.

use ::csv::{Terminator, Writer, WriterBuilder};
use ledger_core::evidence::forms::csv::{BYTE_ORDER_MARK, defused};

use super::{Document, DocumentError, Table};

pub(super) fn render(document: &Document) -> Result<Vec<u8>, DocumentError> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .flexible(true)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    match (document.flat, document.tables.first()) {
        (true, Some(table)) => flat(&mut writer, document, table)?,
        _ => stacked(&mut writer, document)?,
    }
    writer.into_inner().map_err(|error| DocumentError::Csv(error.into_error().into()))
}

fn line<T: AsRef<str>>(writer: &mut Writer<Vec<u8>>, fields: impl IntoIterator<Item = T>) -> Result<(), DocumentError> {
    for field in fields {
        writer.write_field(defused(field.as_ref()).as_bytes())?;
    }
    Ok(writer.write_record(None::<&[u8]>)?)
}

/// The first table, with the facts on every line.
fn flat(writer: &mut Writer<Vec<u8>>, document: &Document, table: &Table) -> Result<(), DocumentError> {
    let facts = || document.facts.iter();
    line(writer, table.columns.iter().map(|name| &name.title).chain(facts().map(|(name, _)| &name.title)))?;
    for row in &table.rows {
        let cells = row.iter().chain(facts().map(|(_, cell)| cell));
        write_cells(writer, cells)?;
    }
    Ok(())
}

/// The facts, then every table below its title, parted by blank lines.
fn stacked(writer: &mut Writer<Vec<u8>>, document: &Document) -> Result<(), DocumentError> {
    line(writer, [document.title.as_ref(), document.note])?;
    for (name, cell) in &document.facts {
        write_cells(writer, [&super::Cell::Text(name.title.to_string()), cell])?;
    }
    for table in &document.tables {
        line(writer, [""])?;
        line(writer, [table.name.title.as_ref(), table.question])?;
        line(writer, table.columns.iter().map(|name| &name.title))?;
        for row in &table.rows {
            write_cells(writer, row)?;
        }
    }
    Ok(())
}

fn write_cells<'a>(
    writer: &mut Writer<Vec<u8>>,
    cells: impl IntoIterator<Item = &'a super::Cell>,
) -> Result<(), DocumentError> {
    for cell in cells {
        match cell {
            super::Cell::Text(text) => writer.write_field(defused(text).as_bytes())?,
            // A number below zero begins with a sign, and is none the less a number.
            other => writer.write_field(other.to_string())?,
        }
    }
    Ok(writer.write_record(None::<&[u8]>)?)
}
