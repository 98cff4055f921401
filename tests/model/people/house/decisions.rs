//! What is decided about each thing that is asked.

use super::{ACTIVITIES, Ask, CARDS, Credit, Grant, House, POINTS, Person, Stage, person};

impl House {
    pub(super) fn decide(&mut self, key: &str, ask: &Ask) -> Result<(), &'static str> {
        let today = self.today;
        match ask {
            Ask::Propose { by, worker, activity } => {
                self.acts(*by)?;
                if person(*by) == Person::Worker(*worker) {
                    return Err("proposes for oneself");
                }
                let (checks, days) = ACTIVITIES[usize::from(*activity)];
                let public_until = Some(today + days).filter(|_| checks == 0 && days > 0);
                let stage = match (checks, public_until) {
                    (0, None) => Stage::Counts,
                    (0, Some(_)) => Stage::Public,
                    _ => Stage::Proposed,
                };
                let nth = self.credits.len();
                let credit = Credit {
                    nth,
                    worker: *worker,
                    activity: *activity,
                    stage: Stage::Proposed,
                    checks: 0,
                    parts: vec![person(*by)],
                    public_until,
                    disputes: Vec::new(),
                    objected: false,
                    objectors: Vec::new(),
                    left: 0,
                };
                self.credits.insert(key.to_owned(), Credit { stage, ..credit });
                if stage == Stage::Counts {
                    self.counts(key);
                }
                Ok(())
            }
            Ask::Check { by, credit } => {
                self.acts(*by)?;
                self.at(credit, &[Stage::Proposed])?;
                self.takes_part(*by, credit)?;
                let one = self.credit(credit);
                one.checks += 1;
                let (checks, days) = ACTIVITIES[usize::from(one.activity)];
                if one.checks < checks {
                    return Ok(());
                }
                match Some(today + days).filter(|_| days > 0).or(one.appeal_until()) {
                    Some(until) => (one.stage, one.public_until) = (Stage::Public, Some(until)),
                    None => self.counts(credit),
                }
                Ok(())
            }
            Ask::Reject { by, credit } => {
                self.acts(*by)?;
                self.at(credit, &[Stage::Proposed, Stage::Objected])?;
                let one = self.credit(credit);
                if one.public_until.is_some() || one.open().is_some_and(|open| one.disputes[open].appealed) {
                    return Err("rejects what is public or appealed");
                }
                self.takes_part(*by, credit)?;
                self.credit(credit).stage = Stage::Rejected;
                Ok(())
            }
            Ask::Object { by, credit, .. } => self.object(*by, credit),
            Ask::Resolve { by, credit, upheld } => self.resolve(*by, credit, *upheld),
            Ask::Appeal { by, credit } => self.appeal(*by, credit),
            Ask::Reverse { by, credit } => {
                self.acts(*by)?;
                self.at(credit, &[Stage::Counts])?;
                if person(*by) == Person::Worker(self.credit(credit).worker) {
                    return Err("decides about the own credit");
                }
                // Taking it back says that the open objection was right, which is a decision about it.
                if self.credit(credit).objected {
                    self.may_take_part(*by, credit).map_err(|_| "answers with a reversal")?;
                }
                self.reverse(credit);
                Ok(())
            }
            Ask::Settle { credit } => {
                let due = self.credit(credit).due_after().ok_or("nothing comes by itself")?;
                if due >= today {
                    return Err("a day is not over");
                }
                if self.credit(credit).stage == Stage::Upheld {
                    self.credit(credit).stage = Stage::Rejected;
                    self.met.insert("rejected for good");
                } else {
                    self.counts(credit);
                }
                Ok(())
            }
            Ask::Spend { worker, units } => {
                let mut price = i64::from(*units) * POINTS;
                if price > self.available(*worker) {
                    return Err("too few points");
                }
                let mut lots: Vec<&mut Credit> = self.credits.values_mut().collect();
                lots.retain(|credit| credit.worker == *worker && credit.stage == Stage::Counts);
                lots.sort_by_key(|credit| credit.nth);
                for lot in lots {
                    let taken = lot.left.min(price);
                    lot.left -= taken;
                    price -= taken;
                }
                Ok(())
            }
            Ask::Grant { account, until } => {
                if until.is_some_and(|until| until < today) {
                    return Err("ends before it begins");
                }
                let grant = Grant { account: *account, from: today, until: *until, ended: None };
                self.grants.insert(key.to_owned(), grant);
                Ok(())
            }
            Ask::End { grant } => {
                let grant = self.grants.get_mut(grant).ok_or("no grant")?;
                if !grant.reaches(today) {
                    return Err("ended before");
                }
                grant.ended = Some(today);
                Ok(())
            }
            Ask::Lapse { grant } => {
                let grant = self.grants.get_mut(grant).ok_or("no grant")?;
                let Some(until) = grant.until.filter(|_| grant.ended.is_none()) else {
                    return Err("nothing lapses");
                };
                if until >= today {
                    return Err("the last day is not over");
                }
                grant.ended = Some(until + 1);
                self.met.insert("lapsed");
                Ok(())
            }
            Ask::Seal => {
                if self.sealed.is_some() {
                    return Err("sealed before");
                }
                self.sealed = Some(CARDS.iter().map(|worker| (*worker, self.on_card(*worker))).collect());
                Ok(())
            }
        }
    }
}
