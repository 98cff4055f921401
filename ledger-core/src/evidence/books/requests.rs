//! Service requests, kept from the events alone: no more claim one than may, nobody claims what was taken back or repeats an
//! earlier one, work is done once and rated once, and nothing is earned by it before somebody said that it was good.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use foldhash::HashMap;

use super::dues::Award;
use super::schedules::Schedules;
use crate::domain::ids::{ActivityCode, HandlingId, Key, RequestId, WorkerId};
use crate::domain::quantity::Quantity;
use crate::domain::request::RequestEvent;
use crate::domain::request::command::Word;
use crate::domain::request::event::{HandlingRated, HandlingRecorded, RequestClaimed, RequestMerged, RequestPosted};
use crate::domain::schedule::Scoring;

/// What is known of each request.
#[derive(Debug, Default)]
pub(super) struct Requests(HashMap<RequestId, RequestBook>);

/// One request.
#[derive(Debug)]
struct RequestBook {
    activity: ActivityCode,
    on: NaiveDate,
    /// Who reported it, where a worker did.
    reporter: Option<WorkerId>,
    /// Whether it repeats an earlier one.
    repeats: bool,
    /// The claims that are taken, by number, each with how far it came.
    taken: BTreeMap<HandlingId, Work>,
    /// The numbers of claims that were given up: none is used again.
    given_up: BTreeSet<HandlingId>,
    withdrawn: bool,
}

/// How far a claim came.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Work {
    Underway {
        claimer: WorkerId,
    },
    Reported {
        claimer: Option<WorkerId>,
        quantity: Quantity,
    },
    /// Somebody said that it was good, or that it was not.
    Rated,
}

impl Requests {
    /// Follows an event of a request; gives what it earns.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn follow(&mut self, schedules: &Schedules, event: &RequestEvent) -> Result<Option<Award>, String> {
        let request = event.request();
        if let RequestEvent::RequestPosted(event) = event {
            return match self.0.insert(request.clone(), RequestBook::of(event)) {
                Some(_) => Err(format!("request {request} is posted a second time")),
                None => Ok(None),
            };
        }
        if let RequestEvent::RequestMerged(event) = event {
            return self.merge(event).map(|()| None);
        }
        let Some(book) = self.0.get_mut(request) else {
            return Err(format!("request {request} was never posted"));
        };
        match event {
            RequestEvent::RequestPosted(_) | RequestEvent::RequestMerged(_) | RequestEvent::RequestRouted(_) => {
                Ok(None)
            }
            RequestEvent::RequestClaimed(event) => book.claim(schedules, event).map(|()| None),
            RequestEvent::HandlingRecorded(event) => book.report(schedules, event).map(|()| None),
            RequestEvent::HandlingRated(event) => book.rate(schedules, event),
            RequestEvent::ClaimReturned(event) => match book.taken.remove(&event.handling) {
                Some(Work::Underway { .. }) => {
                    book.given_up.insert(event.handling.clone());
                    Ok(None)
                }
                Some(Work::Reported { .. } | Work::Rated) | None => {
                    Err(format!("claim {} of request {request} is given up and not under way", event.handling))
                }
            },
            RequestEvent::RequestWithdrawn(_) if book.taken.is_empty() && !book.withdrawn => {
                book.withdrawn = true;
                Ok(None)
            }
            RequestEvent::RequestWithdrawn(_) => {
                Err(format!("request {request} is withdrawn, and somebody works on it or did so before"))
            }
        }
    }

    /// Two become one: nobody works on the one or ever did, and the other is none that repeats another one itself.
    fn merge(&mut self, event: &RequestMerged) -> Result<(), String> {
        let RequestMerged { into, request, .. } = event;
        let is_last = self.0.get(into).is_some_and(|book| !book.repeats && !book.withdrawn);
        let Some(book) = self.0.get_mut(request) else {
            return Err(format!("request {request} was never posted"));
        };
        if !is_last || into == request {
            return Err(format!("request {request} is merged into {into}, which cannot be"));
        }
        if book.repeats || book.withdrawn || !book.taken.is_empty() {
            return Err(format!("request {request} is merged, and somebody works on it or it was over before"));
        }
        book.repeats = true;
        Ok(())
    }
}

impl RequestBook {
    fn of(event: &RequestPosted) -> RequestBook {
        RequestBook {
            activity: event.activity.clone(),
            on: event.on,
            reporter: event.reporter.clone(),
            repeats: event.merged_into.is_some(),
            taken: BTreeMap::new(),
            given_up: BTreeSet::new(),
            withdrawn: false,
        }
    }

    /// A claim has a number of its own.
    fn claim(&mut self, schedules: &Schedules, event: &RequestClaimed) -> Result<(), String> {
        let RequestClaimed { claimer, handling, request, .. } = event;
        if self.taken.contains_key(handling) || self.given_up.contains(handling) {
            return Err(format!("request {request} is claimed a second time under number {handling}"));
        }
        self.take(schedules, request, handling, Work::Underway { claimer: claimer.clone() })
    }

    /// Work is reported once, by whoever claimed it where somebody did before.
    fn report(&mut self, schedules: &Schedules, event: &HandlingRecorded) -> Result<(), String> {
        let HandlingRecorded { claimer, handling, quantity, request, .. } = event;
        if self.given_up.contains(handling) {
            return Err(format!("work {handling} on request {request} is reported, of which the claim was given up"));
        }
        match self.taken.get(handling) {
            None => {}
            Some(Work::Underway { claimer: claimed_by }) if Some(claimed_by) == claimer.as_ref() => {}
            Some(Work::Underway { claimer }) => {
                return Err(format!(
                    "work {handling} on request {request} is another's than {claimer}'s, who claimed it"
                ));
            }
            Some(Work::Reported { .. } | Work::Rated) => {
                return Err(format!("work {handling} on request {request} is reported a second time"));
            }
        }
        let done = Work::Reported { claimer: claimer.clone(), quantity: *quantity };
        self.take(schedules, request, handling, done)
    }

    /// No more take a request than may, and none that was taken back or repeats another.
    fn take(
        &mut self,
        schedules: &Schedules,
        request: &RequestId,
        handling: &HandlingId,
        work: Work,
    ) -> Result<(), String> {
        self.taken.insert(handling.clone(), work);
        if self.withdrawn {
            return Err(format!("request {request} is claimed and was withdrawn"));
        }
        if self.repeats {
            return Err(format!("request {request} is claimed and repeats an earlier one"));
        }
        // The first feedback of a report is the only one.
        let line = schedules.line(&self.activity, self.on);
        let most = line.filter(|line| line.scoring != Some(Scoring::Feedback)).map_or(1, |line| line.claimers);
        let taken = self.taken.len();
        if u32::try_from(taken).is_ok_and(|taken| taken <= most) {
            return Ok(());
        }
        Err(format!("request {request} is claimed {taken} times, and {most} may claim it"))
    }

    /// Work that was done is rated once. A good word earns: whoever did it, or of what is fed back whoever reported it.
    fn rate(&mut self, schedules: &Schedules, event: &HandlingRated) -> Result<Option<Award>, String> {
        let HandlingRated { handling, rating, request, .. } = event;
        let Some(Work::Reported { claimer, quantity }) = self.taken.get(handling).cloned() else {
            return Err(format!("work {handling} on request {request} is rated and does not wait for it"));
        };
        self.taken.insert(handling.clone(), Work::Rated);
        if rating.on < self.on {
            return Err(format!("work {handling} is rated on {}, and request {request} is of {}", rating.on, self.on));
        }
        match rating.word {
            Word::Satisfied | Word::MostlySatisfied | Word::True => {}
            Word::Dissatisfied | Word::Untrue => return Ok(None),
        }
        let fed_back = schedules.line(&self.activity, self.on).and_then(|line| line.scoring) == Some(Scoring::Feedback);
        let earner = if fed_back { self.reporter.clone() } else { claimer };
        let Some(worker) = earner else {
            return Err(format!("work {handling} on request {request} is found good, and nobody did it"));
        };
        Ok(Some(Award {
            activity: self.activity.clone(),
            credit: Key::from(handling),
            on: rating.on,
            quantity,
            source: request.to_string(),
            worker,
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::event::Event;
    use crate::evidence::books::Books;

    fn event(event_type: &str, payload: &str) -> Event {
        Event::decode(event_type, payload.as_bytes()).expect("a payload")
    }

    fn posted() -> Event {
        let payload = r#"{"activity":"WX01","at":"2024-03-01T00:00:00+08:00","on":"2024-03-01","request":"XQ1","v":1}"#;
        event("RequestPosted", payload)
    }

    fn posted_as(request: &str, into: Option<&str>) -> Event {
        let into = into.map(|into| format!(r#""merged_into":"{into}","#)).unwrap_or_default();
        let payload = format!(
            r#"{{"activity":"WX01","at":"2024-03-01T00:00:00+08:00",{into}"on":"2024-03-01","request":"{request}","v":1}}"#
        );
        event("RequestPosted", &payload)
    }

    fn merged(request: &str, into: &str) -> Event {
        let payload = format!(r#"{{"at":"2024-03-04T00:00:00+08:00","into":"{into}","request":"{request}","v":1}}"#);
        event("RequestMerged", &payload)
    }

    fn claimed(claim: &str) -> Event {
        let payload = format!(
            r#"{{"at":"2024-03-02T00:00:00+08:00","claimer":"W1","handling":"{claim}","on":"2024-03-02","request":"XQ1","v":1}}"#
        );
        event("RequestClaimed", &payload)
    }

    fn returned(claim: &str) -> Event {
        let payload = format!(
            r#"{{"at":"2024-03-03T00:00:00+08:00","handling":"{claim}","on":"2024-03-03","request":"XQ1","v":1}}"#
        );
        event("ClaimReturned", &payload)
    }

    fn withdrawn() -> Event {
        event("RequestWithdrawn", r#"{"at":"2024-03-04T00:00:00+08:00","on":"2024-03-04","request":"XQ1","v":1}"#)
    }

    fn reported(claim: &str) -> Event {
        let payload = format!(
            r#"{{"at":"2024-03-03T00:00:00+08:00","claimer":"W1","handling":"{claim}","quantity":1000000,"request":"XQ1","v":1,
                "work":{{"claimed":"2024-03-02","claimer":"W1","done":"2024-03-03","quantity":"1000000"}}}}"#
        );
        event("HandlingRecorded", &payload)
    }

    fn booked(events: &[Event]) -> Result<(), String> {
        let mut books = Books::default();
        events.iter().try_for_each(|event| books.book(event))
    }

    #[test]
    fn one_may_claim_it_where_nothing_else_is_said() {
        booked(&[posted(), claimed("A"), returned("A"), claimed("B"), reported("B")]).expect("as it should be");
        let error = booked(&[posted(), claimed("A"), claimed("B")]).expect_err("two of one");
        assert!(error.contains("claimed 2 times, and 1 may"), "{error}");
    }

    #[test]
    fn what_is_not_under_way_is_not_given_up_and_what_is_claimed_is_not_withdrawn() {
        assert!(booked(&[posted(), claimed("A"), reported("A"), returned("A")]).is_err());
        assert!(booked(&[posted(), claimed("A"), withdrawn()]).is_err());
        assert!(booked(&[posted(), withdrawn(), claimed("A")]).is_err());
        assert!(booked(&[claimed("A")]).is_err(), "it was never posted");
        booked(&[posted(), claimed("A"), returned("A"), withdrawn()]).expect("as it should be");
    }

    #[test]
    fn a_request_is_merged_once_into_one_that_stands_and_nobody_works_on_it_then() {
        let two = || vec![posted_as("XQ0", None), posted()];
        let with = |more: &[Event]| {
            let mut all = two();
            all.extend_from_slice(more);
            booked(&all)
        };
        with(&[merged("XQ1", "XQ0")]).expect("as it should be");
        with(&[claimed("A"), returned("A"), merged("XQ1", "XQ0")]).expect("the claim was given up");
        let tampered: [(&str, &[Event]); 8] = [
            ("claimed after it", &[merged("XQ1", "XQ0"), claimed("A")]),
            ("done after it", &[merged("XQ1", "XQ0"), reported("A")]),
            ("while somebody has it to do", &[claimed("A"), merged("XQ1", "XQ0")]),
            ("after it was done", &[reported("A"), merged("XQ1", "XQ0")]),
            ("twice", &[merged("XQ1", "XQ0"), merged("XQ1", "XQ0")]),
            ("each into the other", &[merged("XQ1", "XQ0"), merged("XQ0", "XQ1")]),
            ("into itself", &[merged("XQ1", "XQ1")]),
            ("into none", &[merged("XQ1", "XQ9")]),
        ];
        for (what, events) in tampered {
            assert!(with(events).is_err(), "{what}");
        }
        assert!(booked(&[posted(), withdrawn(), posted_as("XQ2", None), merged("XQ1", "XQ2")]).is_err());
        assert!(booked(&[posted(), withdrawn(), posted_as("XQ2", None), merged("XQ2", "XQ1")]).is_err());
        // One that was posted so is no other.
        let at_posting = [posted_as("XQ0", None), posted_as("XQ1", Some("XQ0")), claimed("A")];
        let error = booked(&at_posting).expect_err("it repeats another one");
        assert!(error.contains("repeats an earlier one"), "{error}");
    }
}
