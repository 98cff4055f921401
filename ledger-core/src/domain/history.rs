//! What held from when on: values by business time, in any order of recording. The past is judged by its own day.

use serde::{Deserialize, Serialize};

use super::time::BusinessTime;

/// Values, each from a time on until the next one's. Of two from the same time the one recorded last holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History<T>(Vec<(BusinessTime, T)>);

impl<T> Default for History<T> {
    fn default() -> History<T> {
        History(Vec::new())
    }
}

impl<T> History<T> {
    /// From a time on a value holds.
    pub fn record(&mut self, since: BusinessTime, value: T) {
        let after = self.0.partition_point(|(earlier, _)| *earlier <= since);
        match after.checked_sub(1).and_then(|place| self.0.get_mut(place)) {
            Some(last) if last.0 == since => last.1 = value,
            _ => self.0.insert(after, (since, value)),
        }
    }

    /// What holds at a time; `None` before the first value.
    pub fn at(&self, time: BusinessTime) -> Option<&T> {
        let after = self.0.partition_point(|(since, _)| *since <= time);
        self.0.get(after.checked_sub(1)?).map(|(_, value)| value)
    }

    /// What holds from the latest time on.
    pub fn latest(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }

    /// All values, the earliest first.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BusinessTime, History};

    fn time(second: i64) -> BusinessTime {
        BusinessTime::parse("2024-03-05").and_then(|day| day.plus_seconds(second)).expect("a time")
    }

    proptest! {
        #[test]
        fn what_holds_is_the_latest_value_from_before_and_of_equals_the_last_recorded(
            recorded in prop::collection::vec((0_i64..6, any::<u8>()), 0..12),
            asked in 0_i64..7,
        ) {
            let mut history = History::default();
            recorded.iter().for_each(|(since, value)| history.record(time(*since), *value));
            let holds = recorded.iter().enumerate().filter(|(_, (since, _))| *since <= asked);
            let holds = holds.max_by_key(|(index, (since, _))| (*since, *index)).map(|(_, (_, value))| value);
            prop_assert_eq!(history.at(time(asked)), holds);
            prop_assert_eq!(history.latest(), history.at(time(9)));
        }
    }
}
