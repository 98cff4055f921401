//! What is done with one selection, from the announcement to the result.

use std::collections::{BTreeMap, BTreeSet};

use super::{Actor, COURIER, Objection, Office, Paper, Person, Refused, SELECTIONS, Selection, Terms, WORKERS, person};
use crate::days::Day;

impl Office {
    fn known(&mut self, selection: u8) -> Refused<&mut Selection> {
        self.selections.get_mut(&selection).ok_or("not_found")
    }

    /// What was announced stands; said once more it is no news.
    pub(super) fn announce(&mut self, selection: u8, by: Actor, terms: Terms) -> Refused<bool> {
        if terms == Terms::Unknown {
            return Err("unknown_activity");
        }
        let other = terms == Terms::Other;
        if let Some(known) = self.selections.get(&selection) {
            if known.other != other {
                return Err("duplicate_conflict");
            }
            self.met.insert("announced as it was before");
            return Ok(false);
        }
        let announced = Selection {
            other,
            announcer: person(by),
            candidates: BTreeSet::new(),
            left: BTreeSet::new(),
            sealed: None,
            inputs: BTreeMap::new(),
            lists: Vec::new(),
            hands: Vec::new(),
            objections: BTreeMap::new(),
            recorded: false,
        };
        self.selections.insert(selection, announced);
        Ok(true)
    }

    /// Of oneself today, of anybody else with a signed paper, and until the inputs are sealed.
    pub(super) fn word(
        &mut self,
        (selection, worker): (u8, u8),
        by: Actor,
        withdraws: bool,
        on: Option<Day>,
        paper: Paper,
    ) -> Refused {
        let (today, own) = (self.today, person(by) == Person::Worker(worker));
        let known = self.known(selection)?;
        if worker >= WORKERS {
            return Err("unknown_worker");
        }
        if known.sealed.is_some() {
            return Err("already_decided");
        }
        let on = on.unwrap_or(today);
        if on > today || (own && on != today) {
            return Err("invalid_date");
        }
        if (!own && paper == Paper::None) || paper == Paper::NoDigest {
            return Err("invalid_input");
        }
        if withdraws {
            if !known.candidates.remove(&worker) {
                return Err("not_found");
            }
            known.left.insert(worker);
            self.met.insert("withdraws");
            return Ok(());
        }
        let is = &SELECTIONS[usize::from(selection)];
        if known.candidates.contains(&worker) {
            return Err("already_decided");
        }
        if is.consent_until.is_some_and(|until| until < on) {
            return Err("outside_window");
        }
        if is.riders_only && worker == COURIER {
            return Err("not_eligible");
        }
        known.candidates.insert(worker);
        if known.left.contains(&worker) {
            self.met.insert("withdraws and agrees again");
        }
        self.met.insert(if own { "agrees oneself" } else { "agrees on paper" });
        Ok(())
    }

    /// Once nobody may agree any more, and on the last day that counts at the earliest.
    pub(super) fn seal(&mut self, selection: u8, by: Actor) -> Refused {
        let today = self.today;
        let known = self.known(selection)?;
        if known.sealed.is_some() {
            return Err("already_decided");
        }
        known.no_candidate(by)?;
        let is = &SELECTIONS[usize::from(selection)];
        if today < is.cut_off || is.consent_until.is_some_and(|until| today <= until) {
            return Err("outside_window");
        }
        if known.candidates.is_empty() {
            return Err("not_eligible");
        }
        known.hands.push(person(by));
        let candidates = known.candidates.clone();
        let inputs: BTreeMap<_, _> =
            candidates.into_iter().map(|worker| (worker, self.figures(selection, worker))).collect();
        let known = self.known(selection)?;
        (known.sealed, known.inputs) = (Some(inputs.clone()), inputs);
        self.met.insert("sealed");
        Ok(())
    }

    pub(super) fn draw(&mut self, selection: u8, by: Actor) -> Refused {
        let known = self.known(selection)?;
        if known.sealed.is_none() {
            return Err("outside_window");
        }
        if !known.lists.is_empty() {
            return Err("already_decided");
        }
        known.no_candidate(by)?;
        known.hands.push(person(by));
        self.hang_out(selection);
        Ok(())
    }

    pub(super) fn object(&mut self, key: &str, selection: u8, candidate: u8, by: Actor) -> Refused {
        let today = self.today;
        let known = self.known(selection)?;
        if known.recorded || known.list()?.until < today {
            return Err("outside_window");
        }
        if !known.inputs.contains_key(&candidate) {
            return Err("unknown_worker");
        }
        let by = person(by);
        let mut open = known.objections.values().filter(|objection| objection.answer.is_none());
        if open.any(|objection| objection.candidate == candidate && objection.by == by) {
            return Err("already_decided");
        }
        let objection = Objection { nth: known.objections.len(), candidate, by, answer: None, followed: false };
        known.objections.insert(key.to_owned(), objection);
        self.met.insert("objects");
        Ok(())
    }

    /// Whoever answers stands in nothing of it and had no part in it.
    pub(super) fn answer(&mut self, selection: u8, objection: &str, upheld: bool, by: Actor) -> Refused {
        let known = self.known(selection)?;
        if known.objections.get(objection).ok_or("not_found")?.answer.is_some() {
            return Err("already_decided");
        }
        known.no_candidate(by)?;
        let by = person(by);
        let objected = known.objections.values().any(|objection| objection.by == by);
        if objected || known.announcer == by || known.hands.contains(&by) {
            return Err("same_person");
        }
        known.objections.get_mut(objection).expect("it was found").answer = Some(upheld);
        self.met.insert(if upheld { "an objection was right" } else { "an objection was wrong" });
        Ok(())
    }

    /// One candidate is taken off, or measured by what the ledger says now, and the list hangs out anew.
    pub(super) fn revise(&mut self, selection: u8, candidate: u8, remove: bool, by: Actor) -> Refused {
        let known = self.known(selection)?;
        known.list()?;
        if known.recorded {
            return Err("already_decided");
        }
        if !known.inputs.contains_key(&candidate) {
            return Err("unknown_worker");
        }
        known.no_candidate(by)?;
        let by = person(by);
        if known.objections.values().any(|objection| objection.candidate == candidate && objection.by == by) {
            return Err("same_person");
        }
        let measured = self.figures(selection, candidate);
        let known = self.known(selection)?;
        if remove {
            known.inputs.remove(&candidate);
        } else if known.inputs.insert(candidate, measured) == Some(measured) {
            return Err("invalid_input");
        }
        known.hands.push(by);
        for objection in known.objections.values_mut().filter(|objection| objection.candidate == candidate) {
            objection.followed |= objection.answer.is_some();
        }
        self.hang_out(selection);
        self.met.insert(if remove { "a candidate is taken off" } else { "a candidate is measured anew" });
        Ok(())
    }

    /// Not by who announced it, once the days are over and nothing is left to answer or to put right.
    pub(super) fn record(&mut self, selection: u8, by: Actor, digest: bool) -> Refused {
        let today = self.today;
        let known = self.known(selection)?;
        let until = known.list()?.until;
        if known.recorded {
            return Err("already_decided");
        }
        if known.announcer == person(by) {
            return Err("same_person");
        }
        known.no_candidate(by)?;
        let is_public = SELECTIONS[usize::from(selection)].publicity > 0 && today <= until;
        if is_public || known.unsettled().is_some() {
            return Err("outside_window");
        }
        if !digest {
            return Err("invalid_input");
        }
        known.recorded = true;
        self.met.insert("a result is recorded");
        Ok(())
    }
}
