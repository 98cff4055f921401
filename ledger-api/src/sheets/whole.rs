//! Rows as they stand in the file, with the columns that nobody reads: to be mended and sent again.

use std::collections::BTreeSet;

use super::cell::{Picked, RawRow};
use super::error::Flaw;
use super::{Body, Limits, Sheet, SheetError, source_of};

/// More columns than any register has; a hostile file cannot make a small row a wide one.
const COLUMNS_MAX: usize = 100;
/// Most bytes that are held of one file's rows: a small workbook can say the same long text in a million cells.
const HELD_MAX: usize = 32 << 20;

/// Rows as they stand in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WholeRows {
    /// The texts of the header, from left to right; blank where a column has none.
    pub header: Vec<String>,
    /// Each row with its number and a text for each column of the header.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Sheet {
    /// Some rows by their numbers, with all their columns: at most the first hundred that hold anything.
    ///
    /// # Errors
    /// [`SheetError`] where the file cannot be read so far; [`SheetError::TooLarge`] for rows of more than 32 MiB.
    pub fn whole_rows(&mut self, wanted: &BTreeSet<u64>) -> Result<WholeRows, SheetError> {
        let found = find(&mut self.body, &self.limits, self.header.row(), wanted);
        let (header, rows) = found.map_err(|flaw| flaw.in_file(&self.file))?;
        let cells = header.iter().chain(&rows).flat_map(|row| &row.cells);
        let columns: BTreeSet<u32> = cells.map(|(column, _)| *column).collect();
        let columns: Vec<u32> = columns.into_iter().take(COLUMNS_MAX).collect();
        let texts = |row: &RawRow| -> Vec<String> { columns.iter().map(|column| text(row, *column)).collect() };
        Ok(WholeRows {
            header: header.as_ref().map(texts).unwrap_or_default(),
            rows: rows.iter().map(|row| (row.number, texts(row))).collect(),
        })
    }
}

/// The header's row, and those that are wanted below it.
fn find(
    body: &mut Body,
    limits: &Limits,
    header_row: u64,
    wanted: &BTreeSet<u64>,
) -> Result<(Option<RawRow>, Vec<RawRow>), Flaw> {
    let (mut header, mut rows, mut room) = (None, Vec::new(), HELD_MAX);
    let last = wanted.last().copied().unwrap_or(0).max(header_row);
    let mut source = source_of(body, limits)?;
    while let Some(row) = source.next_row(&Picked::All)? {
        let number = row.number;
        if number == header_row {
            header = Some(held(row, &mut room)?);
        } else if number > header_row && wanted.contains(&number) {
            rows.push(held(row, &mut room)?);
        }
        if number >= last {
            break;
        }
    }
    Ok((header, rows))
}

/// A row with no more cells than are told of it, where there is room.
fn held(mut row: RawRow, room: &mut usize) -> Result<RawRow, Flaw> {
    let mut columns = BTreeSet::new();
    row.cells.retain(|(column, _)| columns.len() < COLUMNS_MAX && columns.insert(*column));
    row.cells.shrink_to_fit();
    let bytes: usize = row.cells.iter().map(|(_, cell)| size_of_val(cell) + cell.original().len()).sum();
    let left = room.checked_sub(bytes);
    *room = left.ok_or_else(|| {
        let what =
            format!("the rows to be taken away hold more than {} MiB; mend them in the file itself", HELD_MAX >> 20);
        Flaw::TooLarge(what)
    })?;
    Ok(row)
}

fn text(row: &RawRow, column: u32) -> String {
    let cell = row.cells.iter().find(|(at, _)| *at == column);
    cell.map_or_else(String::new, |(_, cell)| cell.original().into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::WholeRows;
    use crate::sheets::SheetError;
    use crate::sheets::test_files::{Book, open_bytes};

    #[test]
    fn rows_come_with_the_columns_that_nobody_reads() {
        let text = "名册\n编号,备注二,数量\nA1,甲,2\n,,\nA2,,三\nA3,丙,4,旁注\n";
        let mut sheet = open_bytes("测试.csv", text.as_bytes()).expect("a sheet");
        let whole = sheet.whole_rows(&BTreeSet::from([5, 6])).expect("rows");
        let row = |texts: [&str; 4]| texts.map(str::to_owned).to_vec();
        let rows = vec![(5, row(["A2", "", "三", ""])), (6, row(["A3", "丙", "4", "旁注"]))];
        assert_eq!(whole, WholeRows { header: row(["编号", "备注二", "数量", ""]), rows });
        assert!(sheet.whole_rows(&BTreeSet::new()).expect("none").rows.is_empty());
    }

    #[test]
    fn a_small_file_with_much_in_it_is_not_held() {
        let wide = "x".repeat(4_000);
        let row = vec![wide.as_str(); 99].join(",");
        let text = format!("编号,数量\n{}", format!("A,{row}\n").repeat(90));
        let mut sheet = open_bytes("测试.csv", text.as_bytes()).expect("a sheet");
        assert!(matches!(sheet.whole_rows(&(2..100).collect()), Err(SheetError::TooLarge { .. })));
        assert_eq!(sheet.whole_rows(&(2..50).collect()).expect("half of them").rows.len(), 48);
    }

    #[test]
    fn a_workbook_s_rows_come_as_the_program_shows_them() {
        let id = r#"<c r="A2" t="inlineStr"><is><t>A1</t></is></c>"#;
        let book = Book::with_header(&format!(r#"<row r="2">{id}<c r="B2"><v>2.5</v></c></row>"#));
        let mut sheet = open_bytes("测试.xlsx", &book.bytes()).expect("a sheet");
        let whole = sheet.whole_rows(&BTreeSet::from([2])).expect("rows");
        assert_eq!(whole.rows.len(), 1, "{whole:?}");
        assert!(whole.rows.iter().all(|(_, row)| row.contains(&"A1".to_owned()) && row.contains(&"2.5".to_owned())));
    }
}
