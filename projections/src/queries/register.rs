//! What the journal alone tells of the redemptions on a day's list: what each left, and who handed it out.

use std::collections::BTreeMap;

use ledger_core::domain::points::Points;

use super::PAGE;
use crate::error::ViewError;
use crate::handle::Views;

/// Entries that are read along where redemptions lie close together; further apart, each is read by itself.
const GAP: u64 = 16;

/// A redemption as its entry tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    /// What the worker could still spend then, as the receipt said.
    pub balance: Points,
    /// Who recorded it.
    pub actor: String,
}

impl Views {
    /// What the entries at these positions tell, of those that are redemptions.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn handed_out(
        &self,
        positions: impl IntoIterator<Item = u64>,
    ) -> Result<BTreeMap<u64, HandedOut>, ViewError> {
        let mut wanted: Vec<u64> = positions.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut told = BTreeMap::new();
        for (first, entries) in stretches(&wanted) {
            for entry in self.journal().read(first.saturating_sub(1), entries).await? {
                if wanted.binary_search(&entry.position).is_err() {
                    continue;
                }
                let event = entry.event()?;
                let made = event.as_worker().and_then(|event| event.as_redemption());
                if let Some(made) = made {
                    let actor = entry.command.actor.to_string();
                    told.insert(entry.position, HandedOut { balance: made.balance, actor });
                }
            }
        }
        Ok(told)
    }
}

/// Where to read, and how many entries, for positions in their order.
fn stretches(wanted: &[u64]) -> Vec<(u64, usize)> {
    let mut stretches: Vec<(u64, usize)> = Vec::new();
    let mut last = 0;
    for position in wanted {
        let along = position - last;
        match stretches.last_mut() {
            Some((first, entries)) if along <= GAP && position - *first < PAGE as u64 => {
                *entries += usize::try_from(along).unwrap_or_default();
            }
            Some(_) | None => stretches.push((*position, 1)),
        }
        last = *position;
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::{GAP, stretches};

    #[test]
    fn what_lies_close_together_is_read_at_once_and_the_rest_by_itself() {
        assert_eq!(stretches(&[]), []);
        assert_eq!(stretches(&[7]), [(7, 1)]);
        assert_eq!(stretches(&[7, 10, 13]), [(7, 7)]);
        assert_eq!(stretches(&[7, 7 + GAP, 500, 501]), [(7, 17), (500, 2)]);
        assert_eq!(stretches(&[1, 2 + GAP]), [(1, 1), (2 + GAP, 1)]);
        let many: Vec<u64> = (1..=2_500).collect();
        let read = stretches(&many);
        assert!(read.iter().all(|(_, entries)| *entries <= 1_000), "{read:?}");
        assert_eq!(read.iter().map(|(_, entries)| entries).sum::<usize>(), 2_500);
    }
}
