//! What comes next of a selection as people go along with one, so that histories reach its end.

use super::{Ask, Office, Paper, SELECTIONS, Terms, WORKERS};

impl Office {
    /// The next step of a selection, of which some is picked.
    pub(crate) fn course(&self, selection: u8, pick: u8) -> Ask {
        let Some(known) = self.selections.get(&selection) else {
            return Ask::Announce { selection, by: 0, terms: Terms::Published };
        };
        let is = &SELECTIONS[usize::from(selection)];
        let over = is.cut_off <= self.today && is.consent_until.is_none_or(|until| until < self.today);
        if known.sealed.is_none() {
            // Mostly somebody more agrees before anything is sealed.
            if over && !known.candidates.is_empty() && !pick.is_multiple_of(4) {
                return Ask::Seal { selection, by: pick % 2 };
            }
            let worker = (pick / 4) % WORKERS;
            return Ask::Word { selection, worker, by: 2, withdraws: false, on: None, paper: Paper::Signed };
        }
        if known.lists.is_empty() {
            return Ask::Draw { selection, by: 1 };
        }
        if let Some((name, objection)) = known.unsettled() {
            let candidate = objection.candidate;
            return match objection.answer {
                None => Ask::Answer { selection, objection: name.clone(), upheld: pick.is_multiple_of(2), by: 3 },
                Some(_) => Ask::Revise { selection, candidate, remove: pick.is_multiple_of(2), by: 1 },
            };
        }
        if pick.is_multiple_of(3) {
            return Ask::Record { selection, by: 2, digest: true };
        }
        Ask::Object { selection, candidate: (pick / 3) % WORKERS, by: 2 }
    }
}
