//! Visits of pairs: who may report and confirm them, and when the branch says the word for who left.

use super::known::Visited;
use super::terms::{BRANCHES, LEFT, LEFT_ON, PAIRS};
use super::{Desk, Refused};
use crate::programmes::steps::{Activity, Day};

impl Desk {
    pub(super) fn visit(
        &mut self,
        number: u8,
        pair: u8,
        activity: Activity,
        (day, reporter): (Day, u8),
        confirmed: Option<(u8, Day)>,
    ) -> Refused {
        let (_, _, since, ended) = PAIRS.get(usize::from(pair)).ok_or("unknown_pair")?;
        if activity == Activity::Unknown {
            return Err("unknown_activity");
        }
        if confirmed.is_some_and(|(_, on)| on < day) {
            return Err("invalid_date");
        }
        if day < *since || ended.is_some_and(|ended| ended <= day) {
            return Err("pair_ended");
        }
        Desk::known(reporter)?;
        let by = confirmed.map(|(by, _)| by);
        by.map_or(Ok(()), Desk::known)?;
        Desk::partners(pair, reporter, by)?;
        self.visits.insert(number, Visited { pair, reporter, day, confirmed: None });
        confirmed.map_or(Ok(()), |(by, on)| self.confirmed(number, by, on))
    }

    fn partners(pair: u8, reporter: u8, by: Option<u8>) -> Refused {
        let (helper, helped, ..) = PAIRS[usize::from(pair)];
        if by == Some(reporter) {
            return Err("same_person");
        }
        let both = [Some(reporter), by].into_iter().flatten().all(|one| one == helper || one == helped);
        if both { Ok(()) } else { Err("not_a_partner") }
    }

    pub(super) fn confirm_waiting(&mut self, number: u8, pair: u8, by: u8, on: Day) -> Refused {
        if usize::from(pair) >= PAIRS.len() {
            return Err("unknown_pair");
        }
        let known = self.visits.get(&number).filter(|visit| visit.pair == pair).ok_or("unknown_pair")?.clone();
        if known.confirmed.is_some() {
            return Err("already_decided");
        }
        if on < known.day {
            return Err("invalid_date");
        }
        Desk::known(by)?;
        Desk::partners(pair, known.reporter, Some(by))?;
        self.confirmed(number, by, on)
    }

    /// The row of a visit comes again, with who confirms it.
    pub(super) fn complete_visit(
        &mut self,
        number: u8,
        pair: u8,
        (activity, day, reporter): (Activity, Day, u8),
        confirmed: Option<(u8, Day)>,
    ) -> Refused<bool> {
        if usize::from(pair) >= PAIRS.len() {
            return Err("unknown_pair");
        }
        // No visit is scored as anything else.
        let asked = (pair, Activity::Visit, day, reporter);
        let same = |visit: &&Visited| (visit.pair, activity, visit.day, visit.reporter) == asked;
        let known = self.visits.get(&number).filter(same).ok_or("duplicate_conflict")?;
        let Some((by, on)) = confirmed else { return Ok(false) };
        if on < day {
            return Err("invalid_date");
        }
        if known.confirmed.is_some() {
            if known.confirmed != confirmed {
                return Err("duplicate_conflict");
            }
            self.met.insert("a row says again what it said");
            return Ok(false);
        }
        Desk::known(by)?;
        Desk::partners(pair, reporter, Some(by))?;
        self.confirmed(number, by, on)?;
        self.met.insert("a row's confirmation follows later");
        Ok(true)
    }

    pub(super) fn stand_in(&mut self, number: u8, pair: u8, branch: u8, on: Day) -> Refused {
        let (helper, helped, ..) = *PAIRS.get(usize::from(pair)).ok_or("unknown_pair")?;
        let known = self.visits.get(&number).filter(|visit| visit.pair == pair).ok_or("unknown_pair")?.clone();
        if known.confirmed.is_some() {
            return Err("already_decided");
        }
        if on < known.day {
            return Err("invalid_date");
        }
        let other = if known.reporter == helper { helped } else { helper };
        if BRANCHES[usize::from(pair)] != Some(branch) || other != LEFT || on < LEFT_ON {
            return Err("not_a_partner");
        }
        // As the word of the one who left.
        self.confirmed(number, other, on)?;
        self.met.insert("a branch stands in");
        Ok(())
    }

    fn confirmed(&mut self, number: u8, by: u8, on: Day) -> Refused {
        let visit = self.visits.get_mut(&number).expect("it was reported");
        visit.confirmed = Some((by, on));
        let reporter = visit.reporter;
        self.earn(reporter, Activity::Visit, on, 1).map(|_| ())
    }
}
