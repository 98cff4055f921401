//! Numbers for names that occur by the million and differ by the dozen: activities, items.

use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};

/// Names, numbered as they first occur.
#[derive(Debug)]
pub(super) struct Names<T>(HashMap<T, u32>);

impl<T> Default for Names<T> {
    fn default() -> Names<T> {
        Names(HashMap::new())
    }
}

impl<T: Clone + Eq + Hash> Names<T> {
    /// The name's number.
    pub(super) fn number(&mut self, name: &T) -> u32 {
        if let Some(number) = self.0.get(name) {
            return *number;
        }
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.insert(name.clone(), number);
        number
    }
}
