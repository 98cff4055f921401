//! Lists of bounded length that know how long they would be.

use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Rows, at most so many, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// How many there are.
    pub total: u64,
    /// The first of them, or the weightiest.
    pub rows: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Listed<T> {
        Listed { total: 0, rows: Vec::new() }
    }
}

impl<T> Listed<T> {
    /// Adds a row at the end, as long as there is room for it.
    pub(crate) fn push(&mut self, row: T, rows_max: usize) {
        self.total += 1;
        if self.rows.len() < rows_max {
            self.rows.push(row);
        }
    }
}

/// The weightiest rows seen so far; of equals, the one that comes first in the journal.
#[derive(Debug, Clone)]
pub(crate) struct Weightiest<T: Ord> {
    total: u64,
    rows_max: usize,
    rows: BTreeSet<(Reverse<i64>, u64, T)>,
}

impl<T: Ord> Weightiest<T> {
    pub(crate) const fn new(rows_max: usize) -> Weightiest<T> {
        Weightiest { total: 0, rows_max, rows: BTreeSet::new() }
    }

    pub(crate) fn push(&mut self, weight: i64, position: u64, row: T) {
        self.total += 1;
        self.rows.insert((Reverse(weight), position, row));
        if self.rows.len() > self.rows_max {
            self.rows.pop_last();
        }
    }

    pub(crate) fn listed(self) -> Listed<T> {
        Listed { total: self.total, rows: self.rows.into_iter().map(|(_, _, row)| row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Listed, Weightiest};

    #[test]
    fn a_list_keeps_the_weightiest_and_counts_all() {
        let mut list = Weightiest::new(2);
        for (weight, position, row) in [(1, 1, "a"), (3, 2, "b"), (3, 3, "c"), (2, 4, "d")] {
            list.push(weight, position, row);
        }
        assert_eq!(list.listed(), Listed { total: 4, rows: vec!["b", "c"] });
        let mut none = Weightiest::new(0);
        none.push(1, 1, "a");
        assert_eq!(none.listed(), Listed { total: 1, rows: vec![] });
    }
}
