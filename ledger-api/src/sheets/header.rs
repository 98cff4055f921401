//! Finding the header among the first rows of a sheet, and each column in it. Owns what is said when it is not there.

use super::Column;
use super::cell::{Cell, Picked, RawRow};
use super::error::Flaw;
use super::text::{header_key, quotable};

/// Titles, dates of issue and remarks stand above the header; nobody writes more of them than this.
pub(super) const HEADER_ROWS_MAX: u64 = 20;

/// A longer text than any header; titles above it may be longer and need not be kept.
pub(super) const HEADER_TEXT_BYTES_MAX: usize = 256;

/// Where the header stands, and each of the caller's columns in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    row: u64,
    positions: Vec<Option<u32>>,
}

impl Header {
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    /// The position of each column, in the order of the columns; `None` where the sheet does not have it.
    pub(super) fn positions(&self) -> &[Option<u32>] {
        &self.positions
    }

    pub(super) fn picked(&self) -> Picked {
        Picked::These(self.positions.iter().flatten().copied().collect())
    }
}

/// The search through the first rows of one sheet.
#[derive(Debug)]
pub(super) struct HeaderSearch<'c> {
    columns: &'c [Column],
    keys: Vec<String>,
    best: Option<NearMiss>,
    rows_seen: bool,
}

/// The row that came closest, to name what it lacks.
#[derive(Debug)]
struct NearMiss {
    row: u64,
    missing: Vec<&'static str>,
}

impl<'c> HeaderSearch<'c> {
    pub(super) fn new(columns: &'c [Column]) -> HeaderSearch<'c> {
        let keys = columns.iter().map(|column| header_key(column.name())).collect();
        HeaderSearch { columns, keys, best: None, rows_seen: false }
    }

    /// Looks at one more row; the header if this is it. A row past the last that may be the header only shows that
    /// the sheet is not empty.
    pub(super) fn offer(&mut self, row: &RawRow) -> Result<Option<Header>, Flaw> {
        self.rows_seen |= !row.blank;
        if row.blank || row.number > HEADER_ROWS_MAX {
            return Ok(None);
        }
        let mut positions: Vec<Option<u32>> = vec![None; self.columns.len()];
        let mut twice: Option<&'static str> = None;
        for (at, cell) in &row.cells {
            let Cell::Text(text) = cell else { continue };
            let key = header_key(text);
            let Some(place) = self.keys.iter().position(|known| *known == key) else { continue };
            if let (Some(position), Some(column)) = (positions.get_mut(place), self.columns.get(place)) {
                twice = if position.is_some() { Some(column.name()) } else { twice };
                *position = Some(*at);
            }
        }
        let required = self.columns.iter().zip(&positions).filter(|(column, _)| column.required);
        let missing: Vec<_> = required.filter(|(_, at)| at.is_none()).map(|(column, _)| column.name()).collect();
        if missing.is_empty() {
            return match twice {
                Some(column) => Err(Flaw::DuplicateColumn { row: row.number, column }),
                None => Ok(Some(Header { row: row.number, positions })),
            };
        }
        let closer = self.best.as_ref().is_none_or(|best| missing.len() < best.missing.len());
        if closer {
            self.best = Some(NearMiss { row: row.number, missing });
        }
        Ok(None)
    }

    /// Whether anything but blanks was among the rows.
    pub(super) fn saw_rows(&self) -> bool {
        self.rows_seen
    }

    fn missing_count(&self) -> usize {
        self.best.as_ref().map_or(usize::MAX, |best| best.missing.len())
    }

    /// Of two searches in vain the one that came closer, so that its message is the helpful one.
    pub(super) fn closer(self, other: HeaderSearch<'c>) -> HeaderSearch<'c> {
        let rows_seen = self.rows_seen || other.rows_seen;
        let closer = if other.missing_count() < self.missing_count() { other } else { self };
        HeaderSearch { rows_seen, ..closer }
    }

    /// What to say when the header was not found. `read_as` tells how the file was understood, where that may be
    /// the reason.
    pub(super) fn in_vain(self, read_as: &str) -> Flaw {
        if !self.rows_seen {
            return Flaw::Empty;
        }
        let required_count = self.columns.iter().filter(|column| column.required).count();
        match self.best {
            Some(best) if best.missing.len() < required_count => {
                Flaw::MissingColumns { columns: best.missing, place: format!("the header (row {})", best.row) }
            }
            _ => {
                let columns = self.columns.iter().filter(|column| column.required).map(Column::name).collect();
                let place = format!("the first {HEADER_ROWS_MAX} rows (read as {})", quotable(read_as));
                Flaw::MissingColumns { columns, place }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Column, Flaw, Header, HeaderSearch, RawRow};

    const COLUMNS: [Column; 3] = [Column::required("编号"), Column::required("数量"), Column::optional("备注")];

    fn row(number: u64, texts: &[&str]) -> RawRow {
        let cells = (0_u32..).zip(texts).map(|(at, text)| (at, Cell::from_text(text)));
        let cells: Vec<_> = cells.filter(|(_, cell)| !cell.is_blank()).collect();
        RawRow { number, blank: cells.is_empty(), cells }
    }

    #[test]
    fn the_first_row_with_all_required_columns_is_the_header() {
        let mut search = HeaderSearch::new(&COLUMNS);
        assert!(matches!(search.offer(&row(1, &["", "积分台账"])), Ok(None)));
        assert!(matches!(search.offer(&row(2, &["编号", "说明"])), Ok(None)));
        let header = search.offer(&row(3, &["序号", " 数 量 ", "编\n号"])).expect("unique");
        assert_eq!(header, Some(Header { row: 3, positions: vec![Some(2), Some(1), None] }));
    }

    #[test]
    fn a_column_that_stands_twice_is_refused_only_where_it_is_ours() {
        let mut search = HeaderSearch::new(&COLUMNS);
        let header = search.offer(&row(1, &["编号", "数量", "电话", "电话"])).expect("unique");
        assert!(header.is_some());
        for double in ["编号", "备注"] {
            let offered = search.offer(&row(1, &["编号", "数量", "备注", double]));
            assert!(matches!(offered, Err(Flaw::DuplicateColumn { row: 1, column }) if column == double));
        }
    }

    #[test]
    fn missing_columns_are_named_from_the_closest_row() {
        let mut search = HeaderSearch::new(&COLUMNS);
        assert!(matches!(search.offer(&row(1, &["标题"])), Ok(None)));
        assert!(matches!(search.offer(&row(2, &["编号", "备注"])), Ok(None)));
        let Flaw::MissingColumns { columns, place } = search.in_vain("UTF-8") else { panic!("missing columns") };
        assert_eq!((columns, place.as_str()), (vec!["数量"], "the header (row 2)"));
    }

    #[test]
    fn rows_past_the_twentieth_are_no_headers() {
        let mut search = HeaderSearch::new(&COLUMNS);
        assert!(matches!(search.offer(&row(21, &["编号", "数量"])), Ok(None)));
        assert!(matches!(search.in_vain("UTF-8"), Flaw::MissingColumns { columns, .. } if columns.len() == 2));
        assert!(matches!(HeaderSearch::new(&COLUMNS).in_vain("UTF-8"), Flaw::Empty));
    }
}
