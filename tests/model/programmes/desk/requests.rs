//! Requests: posted, claimed, reported, routed, withdrawn and merged, and the word on the work, by which it earns.

use super::known::{Claimed, Columns, Request, Work};
use super::terms::CLAIMERS_MAX;
use super::{Desk, Refused};
use crate::programmes::steps::{Activity, Day, Said};

impl Desk {
    pub(super) fn post(
        &mut self,
        number: u8,
        activity: Activity,
        day: Day,
        reporter: Option<u8>,
        merged: Option<u8>,
    ) -> Refused {
        match activity {
            Activity::Unknown => return Err("unknown_activity"),
            Activity::Plain | Activity::Visit | Activity::Appointed => return Err("invalid_input"),
            Activity::Rated | Activity::FedBack => {}
        }
        reporter.map_or(Ok(()), Desk::known)?;
        if merged.is_some_and(|earlier| !self.requests.contains_key(&earlier)) {
            return Err("unknown_request");
        }
        let merged = merged.is_some();
        let (withdrawn, returned) = (false, None);
        let posted = Request { activity, day, reporter, merged, claims: 0, credited: 0, withdrawn, returned };
        self.requests.insert(number, posted);
        Ok(())
    }

    pub(super) fn handle(
        &mut self,
        number: u8,
        (request, claimer): (u8, Option<u8>),
        (claimed, done): (Day, Day),
        units: u8,
        word: Option<(Said, Day)>,
    ) -> Refused {
        let known = self.requests.get(&request).ok_or("unknown_request")?.clone();
        let rated = known.activity == Activity::Rated;
        let columns = (claimer, claimed, done, units);
        let earner = if rated { claimer } else { known.reporter }.ok_or("unknown_worker")?;
        Desk::known(earner)?;
        if rated && (claimed < known.day || done < claimed) {
            return Err("invalid_date");
        }
        let done = if rated { done } else { known.day };
        if word.is_some_and(|(_, day)| day < done) {
            return Err("invalid_date");
        }
        Desk::current(&known)?;
        if !rated && known.claims > 0 {
            return Err("already_decided");
        }
        if rated && claimer == known.reporter {
            return Err("same_person");
        }
        if rated && known.claims >= CLAIMERS_MAX {
            return Err("request_taken");
        }
        if units == 0 {
            return Err("invalid_quantity");
        }
        if let Some(request) = self.requests.get_mut(&request) {
            request.claims += 1;
        }
        self.work.insert(number, Work { request, earner, done, units, columns, said: None });
        word.map_or(Ok(()), |(said, day)| self.say(number, said, day))
    }

    /// Worked on under its own number, and not taken back.
    fn current(known: &Request) -> Refused {
        if known.merged {
            return Err("merged_request");
        }
        if known.withdrawn { Err("already_decided") } else { Ok(()) }
    }

    pub(super) fn claim(&mut self, number: u8, request: u8, claimer: u8, day: Day) -> Refused {
        let known = self.requests.get_mut(&request).ok_or("unknown_request")?;
        if known.activity == Activity::FedBack {
            return Err("invalid_input");
        }
        Desk::known(claimer)?;
        if day < known.day {
            return Err("invalid_date");
        }
        Desk::current(known)?;
        if Some(claimer) == known.reporter {
            return Err("same_person");
        }
        if known.claims >= CLAIMERS_MAX {
            return Err("request_taken");
        }
        known.claims += 1;
        self.claims.insert(number, Claimed { request, claimer, day, returned: false });
        Ok(())
    }

    /// A claim of a request that is neither reported nor given up.
    fn underway(&self, number: u8, request: u8) -> Refused<Claimed> {
        if !self.requests.contains_key(&request) {
            return Err("unknown_request");
        }
        if self.work.get(&number).is_some_and(|work| work.request == request) {
            return Err("already_decided");
        }
        let claim = self.claims.get(&number).filter(|claim| claim.request == request).ok_or("unknown_request")?;
        if claim.returned { Err("already_decided") } else { Ok(claim.clone()) }
    }

    pub(super) fn report(&mut self, number: u8, request: u8, done: Day, units: u8) -> Refused {
        let Claimed { claimer, day, .. } = self.underway(number, request)?;
        if done < day {
            return Err("invalid_date");
        }
        if units == 0 {
            return Err("invalid_quantity");
        }
        self.claims.remove(&number);
        // As the row would say it.
        let columns = (Some(claimer), day, done, units);
        self.work.insert(number, Work { request, earner: claimer, done, units, columns, said: None });
        self.met.insert("a claim is reported");
        Ok(())
    }

    pub(super) fn give_up(&mut self, number: u8, request: u8, day: Day) -> Refused {
        let claim = self.underway(number, request)?;
        if day < claim.day {
            return Err("invalid_date");
        }
        self.claims.insert(number, Claimed { returned: true, ..claim });
        let known = self.requests.get_mut(&request).expect("it was claimed");
        known.claims -= 1;
        known.returned = known.returned.max(Some(day));
        self.met.insert("a claim is given up");
        Ok(())
    }

    pub(super) fn route(&mut self, request: u8, named: bool, day: Day) -> Refused {
        let known = self.requests.get(&request).ok_or("unknown_request")?;
        if day < known.day {
            return Err("invalid_date");
        }
        Desk::current(known)?;
        if !named {
            return Err("invalid_input");
        }
        self.met.insert("a request is routed");
        Ok(())
    }

    pub(super) fn withdraw(&mut self, request: u8, day: Day) -> Refused {
        let known = self.requests.get_mut(&request).ok_or("unknown_request")?;
        if day < known.day {
            return Err("invalid_date");
        }
        Desk::current(known)?;
        if self.work.values().any(|work| work.request == request && work.said.is_some()) {
            return Err("already_decided");
        }
        if known.claims > 0 {
            return Err("request_taken");
        }
        if known.returned.is_some_and(|returned| day < returned) {
            return Err("invalid_date");
        }
        known.withdrawn = true;
        self.met.insert("a request is withdrawn");
        Ok(())
    }

    /// Entered on a day when all of them were posted.
    pub(super) fn merge(&mut self, request: u8, into: u8) -> Refused {
        let known = self.requests.get(&request).ok_or("unknown_request")?;
        let earlier = self.requests.get(&into).ok_or("unknown_request")?;
        if request == into {
            return Err("invalid_input");
        }
        Desk::current(known)?;
        Desk::current(earlier)?;
        if self.work.values().any(|work| work.request == request && work.said.is_some()) {
            return Err("already_decided");
        }
        if known.claims > 0 {
            return Err("request_taken");
        }
        self.requests.get_mut(&request).expect("it was found").merged = true;
        self.met.insert("a request is merged later");
        Ok(())
    }

    pub(super) fn rate_waiting(&mut self, number: u8, request: u8, said: Said, day: Day) -> Refused {
        let known = self.work.get(&number).filter(|work| work.request == request).ok_or("unknown_request")?;
        if known.said.is_some() {
            return Err("already_decided");
        }
        if day < known.done {
            return Err("invalid_date");
        }
        self.say(number, said, day)
    }

    /// The row of work comes again, with the word on it.
    pub(super) fn complete_work(
        &mut self,
        number: u8,
        request: u8,
        columns: Columns,
        word: Option<(Said, Day)>,
    ) -> Refused<bool> {
        if !self.requests.contains_key(&request) {
            return Err("unknown_request");
        }
        let same = |work: &&Work| work.request == request && work.columns == columns;
        let known = self.work.get(&number).filter(same).ok_or("duplicate_conflict")?;
        if known.said.is_some() {
            if known.said != word {
                return Err("duplicate_conflict");
            }
            self.met.insert("a row says again what it said");
            return Ok(false);
        }
        let Some((said, day)) = word else { return Ok(false) };
        if day < known.done {
            return Err("invalid_date");
        }
        self.say(number, said, day)?;
        self.met.insert("a row's word follows later");
        Ok(true)
    }

    fn say(&mut self, number: u8, said: Said, day: Day) -> Refused {
        let work = self.work.get_mut(&number).expect("it was recorded");
        let earns = match said {
            Said::Satisfied | Said::MostlySatisfied | Said::True => true,
            Said::Dissatisfied | Said::Untrue => false,
            Said::Nonsense => return Err("invalid_input"),
        };
        work.said = Some((said, day));
        let Work { request, earner, units, .. } = *work;
        if !earns {
            return Ok(());
        }
        let activity = self.requests[&request].activity;
        let points = self.earn(earner, activity, day, units)?;
        if let Some(request) = self.requests.get_mut(&request) {
            request.credited += points;
        }
        Ok(())
    }
}
