//! A document as one JSON object: facts by their names, then a table each. A table with a question is an object of the
//! question, the number of rows there are, and the rows; a plain list is a list.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::{Cell, Document, DocumentError, Name, Table};
use crate::exact::Exact;

pub(super) fn render(document: &Document) -> Result<Vec<u8>, DocumentError> {
    let mut bytes = serde_json::to_vec(document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for (name, cell) in &self.facts {
            object.serialize_entry(&name.key, cell)?;
        }
        for table in &self.tables {
            let rows: Vec<Row<'_>> = table.rows.iter().map(|row| Row { columns: &table.columns, row }).collect();
            if table.question.is_empty() {
                object.serialize_entry(&table.name.key, &rows)?;
            } else {
                object.serialize_entry(&table.name.key, &Asked { table, rows })?;
            }
        }
        object.serialize_entry("note", self.note)?;
        object.end()
    }
}

struct Asked<'a> {
    table: &'a Table,
    rows: Vec<Row<'a>>,
}

impl Serialize for Asked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Table", 3)?;
        object.serialize_field("question", self.table.question)?;
        object.serialize_field("total", &self.table.total)?;
        object.serialize_field("rows", &self.rows)?;
        object.end()
    }
}

struct Row<'a> {
    columns: &'a [Name],
    row: &'a [Cell],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().map(|name| &name.key).zip(self.row))
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Blank => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Count(count) => Exact(count).serialize(serializer),
            Cell::Points(points) => Exact(points).serialize(serializer),
            Cell::Decimal(decimal) => Exact(decimal).serialize(serializer),
            Cell::Day(day) => serializer.collect_str(day),
        }
    }
}
