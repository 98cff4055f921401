//! What comes next on the way of a disputed credit, which chance alone seldom asks.

use super::{ACCOUNTS, Actor, Ask, Credit, House, Person, Stage, person};

impl House {
    /// What comes next on the way of a disputed credit, by somebody who may: decisions and appeals that chance alone seldom
    /// comes to.
    pub(crate) fn course(&self, pick: u8) -> Option<Ask> {
        let all: Vec<Ask> = self.credits.iter().filter_map(|(name, credit)| self.next_of(credit, name, pick)).collect();
        all.get(usize::from(pick) % all.len().max(1)).cloned()
    }

    fn next_of(&self, credit: &Credit, name: &str, pick: u8) -> Option<Ask> {
        let credit_name = || name.to_owned();
        let mut accounts = (0..).take(ACCOUNTS.len());
        match credit.stage {
            Stage::Objected => {
                let fresh = |by: &Actor| {
                    let is = person(*by);
                    self.may_act(*by) && is != Person::Worker(credit.worker) && !credit.parts.contains(&is)
                };
                let by = accounts.find(fresh)?;
                Some(Ask::Resolve { by, credit: credit_name(), upheld: pick.is_multiple_of(2) })
            }
            Stage::Upheld => {
                let by = accounts.find(|by| person(*by) == Person::Worker(credit.worker))?;
                Some(Ask::Appeal { by, credit: credit_name() })
            }
            Stage::Proposed | Stage::Public => {
                let objector = credit.disputes.last()?.objector;
                let by = accounts.find(|by| person(*by) == objector)?;
                Some(Ask::Appeal { by, credit: credit_name() })
            }
            Stage::Counts if credit.objected => {
                // Now and then by somebody who had a part, to be refused.
                let had = pick.is_multiple_of(3);
                let by = accounts.find(|by| self.may_act(*by) && credit.parts.contains(&person(*by)) == had)?;
                Some(Ask::Resolve { by, credit: credit_name(), upheld: pick.is_multiple_of(4) })
            }
            Stage::Counts | Stage::Rejected | Stage::Reversed => None,
        }
    }
}
