//! What the district asks for at a counter, as it was looked up last. Every redemption needs it, and a look at the views for
//! each would make it wait until they have followed the one before.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ledger_core::domain::proof::CounterProof;

/// How long it is believed: another server of the journal may have changed it.
const BELIEVED: Duration = Duration::from_secs(1);

/// What was looked up last.
#[derive(Debug, Default)]
pub struct Asked(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// How often it was forgotten: what was looked up before that is not kept.
    forgotten: u64,
    last: Option<(CounterProof, Instant)>,
}

/// A look that is under way, begun when nothing was known.
#[derive(Debug, Clone, Copy)]
pub struct Look(u64);

impl Asked {
    /// What is known now.
    ///
    /// # Errors
    /// The [`Look`] that is to be taken, where nothing is.
    pub fn known(&self) -> Result<CounterProof, Look> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.last {
            Some((asked, since)) if since.elapsed() < BELIEVED => Ok(asked),
            Some(_) | None => Err(Look(known.forgotten)),
        }
    }

    /// Keeps what a look found, unless it was changed meanwhile.
    pub fn keep(&self, look: Look, asked: CounterProof) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.forgotten == look.0 {
            known.last = Some((asked, Instant::now()));
        }
    }

    /// Forgets it: the district's settings were changed here.
    pub fn forget(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.forgotten = known.forgotten.wrapping_add(1);
        known.last = None;
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::proof::CounterProof;

    use super::Asked;

    #[test]
    fn what_was_looked_up_before_a_change_is_not_kept() {
        let asked = Asked::default();
        let look = asked.known().unwrap_err();
        asked.keep(look, CounterProof::Id);
        assert_eq!(asked.known().ok(), Some(CounterProof::Id));
        asked.forget();
        asked.keep(look, CounterProof::Id);
        let look = asked.known().unwrap_err();
        asked.keep(look, CounterProof::Pin);
        assert_eq!(asked.known().ok(), Some(CounterProof::Pin));
    }
}
