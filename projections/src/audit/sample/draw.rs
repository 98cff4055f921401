//! The draw. Its only source of chance is G(seed, label, i): SHA-256 over the text
//! `nuanxin-sample/1⏎SEED⏎LABEL⏎I⏎` (⏎ is a line feed, numbers are decimal), a generator in counter mode that a few
//! lines of any language can repeat.

use std::collections::BinaryHeap;

use ledger_core::domain::points::Points;
use sha2::{Digest, Sha256};

use super::population::hundredths;

/// Names the generator; another version of the draw must have another name.
const GENERATOR: &str = "nuanxin-sample/1";

fn generate(seed: u64, label: &str, index: u64) -> [u8; 32] {
    Sha256::digest(format!("{GENERATOR}\n{seed}\n{label}\n{index}\n")).into()
}

/// The smallest tickets. The ticket of the item at position P is G(seed, "item", P), compared as bytes.
pub(super) struct Tickets {
    seed: u64,
    kept_max: usize,
    kept: BinaryHeap<([u8; 32], u64)>,
}

impl Tickets {
    pub(super) const fn new(seed: u64, kept_max: usize) -> Tickets {
        Tickets { seed, kept_max, kept: BinaryHeap::new() }
    }

    pub(super) fn offer(&mut self, position: u64) {
        if self.kept_max == 0 {
            return;
        }
        self.kept.push((generate(self.seed, "item", position), position));
        if self.kept.len() > self.kept_max {
            self.kept.pop();
        }
    }

    /// Positions of the smallest tickets, the smallest first.
    pub(super) fn drawn(&self, count: usize) -> Vec<u64> {
        let mut kept: Vec<_> = self.kept.iter().copied().collect();
        kept.sort_unstable();
        kept.into_iter().take(count).map(|(_, position)| position).collect()
    }
}

/// Shares a sample out over strata, by their items. With enough for all, each stratum gets one first; the rest goes in
/// proportion to the items left, fractions by the largest remainder, of equals to the stratum named first.
pub(super) fn allocate(size: usize, items: &[u64]) -> Vec<usize> {
    let total: u128 = items.iter().map(|items| u128::from(*items)).sum();
    let size = (size as u128).min(total);
    let first = u128::from(size >= items.len() as u128);
    let left: Vec<u128> = items.iter().map(|items| u128::from(*items).saturating_sub(first)).collect();
    let (rest, pool) = (size - first * items.len() as u128, left.iter().sum::<u128>());
    if pool == 0 {
        return items.iter().map(|_| usize::try_from(first).unwrap_or(0)).collect();
    }
    let mut shares: Vec<u128> = left.iter().map(|left| first + rest * left / pool).collect();
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(left.get(*index).map_or(0, |left| rest * left % pool)));
    let missing = size - shares.iter().sum::<u128>();
    for index in order.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        if let Some(share) = shares.get_mut(index) {
            *share += 1;
        }
    }
    shares.into_iter().map(|share| usize::try_from(share).unwrap_or(usize::MAX)).collect()
}

/// Monetary-unit sampling with a fixed interval. Of T hundredths in the population, n hits are made at
/// ⌊(u + k·T) / n⌋ for k = 0 … n−1, counted from 0 along the items; u is the start, evenly spread over 0 … T−1.
pub(super) struct Plan {
    start: u128,
    size: u128,
    total: u128,
    /// The next hit's number.
    next: u128,
    /// Hundredths of the items seen.
    seen: u128,
}

impl Plan {
    /// None when there is nothing to hit.
    pub(super) fn new(seed: u64, size: usize, total: u128) -> Option<Plan> {
        if size == 0 || total == 0 {
            return None;
        }
        // The first sixteen bytes as a number, big end first; the few at the top that would favour small starts are
        // passed over.
        let fair_below = u128::MAX - u128::MAX % total;
        let start = (0..).find_map(|index| {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = generate(seed, "start", index);
            let number = u128::from_be_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]);
            (number < fair_below).then_some(number % total)
        })?;
        Some(Plan { start, size: size as u128, total, next: 0, seen: 0 })
    }

    pub(super) fn start(&self) -> u64 {
        u64::try_from(self.start).unwrap_or(u64::MAX)
    }

    /// How often the next item is hit.
    pub(super) fn hits(&mut self, points: Points) -> u64 {
        self.seen += hundredths(points);
        let mut hits = 0;
        while self.next < self.size && (self.start + self.next * self.total) / self.size < self.seen {
            self.next += 1;
            hits += 1;
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, Tickets, allocate, generate};
    use ledger_core::domain::points::Points;

    #[test]
    fn the_generator_is_the_one_that_the_guide_describes() {
        // printf 'nuanxin-sample/1\n7\nitem\n12\n' | sha256sum
        let hex: String = generate(7, "item", 12).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "d8a1268cf6dc165fd7e3862f23359d7ee09900b7eabb7944162a32a1db3a2c56");
    }

    #[test]
    fn shares_add_up_reach_everyone_and_take_no_more_than_there_is() {
        for (size, items) in [
            (10, vec![5, 3, 100]),
            (2, vec![5, 3, 100]),
            (3, vec![1, 1, 1]),
            (50, vec![4, 4, 4]),
            (0, vec![4]),
            (5, vec![]),
            (7, vec![1, 1, 1, 1_000_000]),
        ] {
            let shares = allocate(size, &items);
            let total: u64 = items.iter().sum();
            assert_eq!(shares.iter().sum::<usize>() as u64, total.min(size as u64), "{size} of {items:?}: {shares:?}");
            for (share, items) in shares.iter().zip(&items) {
                assert!(*share as u64 <= *items, "{shares:?}");
            }
            if size >= items.len() {
                assert!(shares.iter().all(|share| *share > 0), "{shares:?}");
            }
        }
        assert_eq!(allocate(10, &[50, 50]), [5, 5]);
        assert_eq!(allocate(3, &[50, 50]), [2, 1], "of equals, the first");
    }

    #[test]
    fn every_point_is_hit_as_often_as_another_over_all_starts() {
        // 23 points over five items, five hits each, one start after the other.
        let items = [1, 4, 10, 3, 5_u64];
        let mut hits = [0_u64; 5];
        for start in 0..23 {
            let mut plan = Plan { start, size: 5, total: 23, next: 0, seen: 0 };
            for (count, points) in hits.iter_mut().zip(items) {
                *count += plan.hits(Points::from_hundredths(i64::try_from(points).unwrap()));
            }
            assert_eq!(plan.next, 5, "every hit is made");
        }
        assert_eq!(hits, items.map(|points| points * 5), "n · w / T, exactly");
    }

    #[test]
    fn a_larger_sample_holds_the_smaller_one() {
        let drawn = |count| {
            let mut tickets = Tickets::new(3, count);
            (1..100).for_each(|position| tickets.offer(position));
            tickets.drawn(count)
        };
        assert_eq!(drawn(5), drawn(20)[..5]);
        assert_eq!(drawn(1_000).len(), 99);
    }
}
