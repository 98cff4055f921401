//! Objections: who objects, what is decided about it, and who appeals until when.

use super::{Actor, Day, Dispute, House, Person, Stage, person};

/// Days for an appeal.
const APPEAL: Day = 3;

impl House {
    pub(super) fn object(&mut self, by: Actor, credit: &str) -> Result<(), &'static str> {
        self.acts(by)?;
        self.at(credit, &[Stage::Proposed, Stage::Public, Stage::Counts])?;
        let (today, by) = (self.today, person(by));
        let one = self.credit(credit);
        if one.objected {
            return Err("is objected to");
        }
        if one.objectors.contains(&by) {
            return Err(if one.stage == Stage::Counts { "objects again once it counts" } else { "objects twice" });
        }
        one.objectors.push(by);
        one.parts.push(by);
        if one.stage == Stage::Counts {
            one.objected = true;
            return Ok(());
        }
        let left = one.public_until.map_or(0, |until| until.saturating_sub(today));
        one.disputes.push(Dispute { objector: by, appealed: false, until: None, left, upheld: false });
        one.stage = Stage::Objected;
        Ok(())
    }

    pub(super) fn resolve(&mut self, by: Actor, credit: &str, upheld: bool) -> Result<(), &'static str> {
        self.acts(by)?;
        self.at(credit, &[Stage::Objected, Stage::Counts])?;
        let today = self.today;
        if self.credit(credit).stage == Stage::Counts {
            if !self.credit(credit).objected {
                return Err("no objection");
            }
            self.takes_part(by, credit)?;
            self.credit(credit).objected = false;
            self.met.insert("decided once it counts");
            if upheld {
                self.reverse(credit);
            }
            return Ok(());
        }
        self.takes_part(by, credit)?;
        let one = self.credit(credit);
        let open = one.open().ok_or("no objection")?;
        let left = one.disputes[open].left;
        let dispute = &mut one.disputes[open];
        dispute.upheld = upheld;
        let last = dispute.appealed;
        dispute.until = Some(today + APPEAL).filter(|_| !last);
        if upheld {
            one.stage = if last { Stage::Rejected } else { Stage::Upheld };
        } else if one.public_until.is_some() {
            (one.stage, one.public_until) = (Stage::Public, Some(today + left));
        } else {
            one.stage = Stage::Proposed;
        }
        self.met.insert(if last { "decided for good" } else { "decided" });
        Ok(())
    }

    pub(super) fn appeal(&mut self, by: Actor, credit: &str) -> Result<(), &'static str> {
        self.acts(by)?;
        self.at(credit, &[Stage::Upheld, Stage::Proposed, Stage::Public])?;
        let (today, by) = (self.today, person(by));
        let one = self.credit(credit);
        let found = if one.stage == Stage::Upheld {
            one.disputes.len().checked_sub(1).filter(|_| by == Person::Worker(one.worker))
        } else {
            one.disputes.iter().rposition(|dispute| dispute.objector == by)
        };
        let nth = found.ok_or("no appellant")?;
        let until = one.disputes[nth].until.ok_or("nothing to appeal")?;
        if until < today {
            return Err("appeals too late");
        }
        let left = one.public_until.map_or(0, |until| until.saturating_sub(today));
        let dispute = &mut one.disputes[nth];
        dispute.appealed = true;
        if !dispute.upheld && one.public_until.is_some() {
            dispute.left = left;
        }
        one.stage = Stage::Objected;
        one.parts.push(by);
        self.met.insert("appealed");
        Ok(())
    }
}
