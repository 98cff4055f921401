//! Service requests, kept from the events alone: no more claim one than may, nobody claims what was taken back or repeats
//! another one, and nothing is earned by work before somebody said that it was good.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use foldhash::HashMap;

use crate::domain::ids::{ActivityCode, RequestId};
use crate::domain::programme::event::ScheduleAdopted;
use crate::domain::request::RequestEvent;
use crate::domain::request::event::RequestMerged;
use crate::domain::schedule::Scoring;
use crate::domain::worker::event::ServiceRecorded;

/// What is known of each request, and how many may claim what is scored as each activity.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// By the first day each version holds for, and its number; those of which more than one may.
    versions: BTreeMap<(NaiveDate, u32), HashMap<ActivityCode, u32>>,
    requests: HashMap<RequestId, RequestBook>,
}

/// One request.
#[derive(Debug)]
struct RequestBook {
    activity: ActivityCode,
    on: NaiveDate,
    /// The claims that are taken, by number, each with how far it came.
    taken: BTreeMap<String, Work>,
    withdrawn: bool,
    /// It repeats another one, and is worked on there.
    merged: bool,
}

/// How far a claim came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Underway,
    Reported,
    /// Somebody said that it was good, or that it was not.
    Rated {
        earns: bool,
    },
}

impl Requests {
    /// Takes in a version of the schedule.
    pub(super) fn adopt(&mut self, adopted: &ScheduleAdopted) {
        // One may, where nothing else is said; and the first feedback of a report is the only one.
        let many = adopted.activities.iter().filter(|activity| activity.terms.scoring != Some(Scoring::Feedback));
        let most = many.filter_map(|activity| Some((activity.code.clone(), activity.terms.claimers_max?)));
        self.versions.insert((adopted.effective_from, adopted.version), most.collect());
    }

    /// Follows an event of a request.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn follow(&mut self, event: &RequestEvent) -> Result<(), String> {
        let request = event.request();
        if let RequestEvent::RequestPosted(event) = event {
            let (activity, on) = (event.activity.clone(), event.on);
            let merged = event.merged_into.is_some();
            let book = RequestBook { activity, on, taken: BTreeMap::new(), withdrawn: false, merged };
            self.requests.insert(request.clone(), book);
            return Ok(());
        }
        if let RequestEvent::RequestMerged(event) = event {
            return self.merge(event);
        }
        let Some(book) = self.requests.get_mut(request) else {
            return Err(format!("request {request} was never posted"));
        };
        match event {
            RequestEvent::RequestPosted(_) | RequestEvent::RequestMerged(_) | RequestEvent::RequestRouted(_) => {
                return Ok(());
            }
            RequestEvent::RequestClaimed(event) => {
                book.taken.insert(event.handling.to_string(), Work::Underway);
            }
            RequestEvent::HandlingRecorded(event) => {
                book.taken.insert(event.handling.to_string(), Work::Reported);
            }
            RequestEvent::HandlingRated(event) => {
                let rated = Work::Rated { earns: event.rating.word.earns() };
                return match book.taken.insert(event.handling.to_string(), rated) {
                    Some(Work::Reported) => Ok(()),
                    Some(Work::Underway | Work::Rated { .. }) | None => {
                        Err(format!("work {} on request {request} is rated and does not wait for it", event.handling))
                    }
                };
            }
            RequestEvent::ClaimReturned(event) => {
                return match book.taken.remove(event.handling.as_str()) {
                    Some(Work::Underway) => Ok(()),
                    Some(Work::Reported | Work::Rated { .. }) | None => {
                        Err(format!("claim {} of request {request} is given up and not under way", event.handling))
                    }
                };
            }
            RequestEvent::RequestWithdrawn(_) if book.taken.is_empty() && !book.withdrawn => {
                book.withdrawn = true;
                return Ok(());
            }
            RequestEvent::RequestWithdrawn(_) => {
                return Err(format!("request {request} is withdrawn, and somebody works on it or did so before"));
            }
        }
        if book.withdrawn {
            return Err(format!("request {request} is claimed and was withdrawn"));
        }
        if book.merged {
            return Err(format!("request {request} is claimed and was merged into another one"));
        }
        let version = self.versions.range(..=(book.on, u32::MAX)).next_back();
        let most = version.and_then(|(_, most)| most.get(&book.activity)).copied().unwrap_or(1);
        let taken = book.taken.len();
        if u32::try_from(taken).is_ok_and(|taken| taken <= most) {
            return Ok(());
        }
        Err(format!("request {request} is claimed {taken} times, and {most} may claim it"))
    }

    /// Two become one: nobody works on the one or ever did, and the other is none that repeats another one itself.
    fn merge(&mut self, event: &RequestMerged) -> Result<(), String> {
        let RequestMerged { into, request, .. } = event;
        let is_last = self.requests.get(into).is_some_and(|book| !book.merged && !book.withdrawn);
        let Some(book) = self.requests.get_mut(request) else {
            return Err(format!("request {request} was never posted"));
        };
        if !is_last || into == request {
            return Err(format!("request {request} is merged into {into}, which cannot be"));
        }
        if book.merged || book.withdrawn || !book.taken.is_empty() {
            return Err(format!("request {request} is merged, and somebody works on it or it was over before"));
        }
        book.merged = true;
        Ok(())
    }

    /// Holds a credit to the word on the work that it is for.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn credited(&self, record: &ServiceRecorded) -> Result<(), String> {
        let source = record.source.as_deref().and_then(|source| RequestId::new(source).ok());
        let Some(book) = source.as_ref().and_then(|source| self.requests.get(source)) else { return Ok(()) };
        match book.taken.get(record.credit.as_str()) {
            Some(Work::Rated { earns: true }) => Ok(()),
            Some(Work::Underway | Work::Reported | Work::Rated { earns: false }) => {
                Err(format!("credit {} is for work of which nobody said that it was good", record.credit))
            }
            // A pair or a benefit may bear the same name as a request.
            None => Ok(()),
        }
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
        assert!(error.contains("was merged into another one"), "{error}");
    }
}
