//! The rules of a service request, given what was recorded.

use proptest::prelude::*;

use super::command::{Posting, RequestCommand, Word, Work};
use super::event::RequestEvent;
use super::state::ServiceRequest;
use crate::domain::ids::{HandlingId, RequestId, WorkerId};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::schedule::Scoring;
use crate::domain::time::BusinessTime;

fn at() -> BusinessTime {
    BusinessTime::parse("2024-03-01").expect("a time")
}

fn request() -> RequestId {
    RequestId::new("XQ1").expect("a request")
}

fn worker(text: &str) -> WorkerId {
    WorkerId::new(text).expect("a worker")
}

fn posted() -> ServiceRequest {
    let mut state = ServiceRequest::default();
    let posting = Posting {
        activity: "WX01".parse().expect("an activity"),
        due: None,
        merged_into: None,
        on: "2024-03-01".parse().expect("a day"),
        reporter: Some(worker("W1")),
        site: None,
    };
    when(&mut state, RequestCommand::Post { at: at(), request: request(), posting }).expect("posted");
    state
}

fn handle(row: usize, claimer: &str, scoring: Scoring, claimers_max: u32) -> RequestCommand {
    RequestCommand::Handle {
        at: at(),
        request: request(),
        handling: HandlingId::new(&format!("BL{row}")).expect("a row"),
        work: Work { claimer: claimer.into(), claimed: String::new(), done: String::new(), quantity: "1".into() },
        claimer: (scoring == Scoring::Rating).then(|| worker(claimer)),
        quantity: Quantity::from_millionths(1_000_000),
        scoring,
        claimers_max,
    }
}

fn when(state: &mut ServiceRequest, command: RequestCommand) -> Result<Vec<RequestEvent>, Code> {
    let events = state.decide(command).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events)
}

#[test]
fn who_reported_it_does_not_claim_it() {
    let mut state = posted();
    assert_eq!(when(&mut state, handle(1, "W1", Scoring::Rating, 9)), Err(Code::SamePerson));
    assert!(when(&mut state, handle(1, "W2", Scoring::Rating, 9)).is_ok());
}

#[test]
fn a_report_is_fed_back_once() {
    let mut state = posted();
    assert!(when(&mut state, handle(1, "", Scoring::Feedback, 9)).is_ok());
    assert_eq!(when(&mut state, handle(2, "", Scoring::Feedback, 9)), Err(Code::AlreadyDecided));
}

#[test]
fn nobody_works_on_what_was_never_posted() {
    let unknown = when(&mut ServiceRequest::default(), handle(1, "W2", Scoring::Rating, 1));
    assert_eq!(unknown, Err(Code::UnknownRequest));
}

#[test]
fn the_words_of_the_field_are_read_and_told_apart() {
    let earns = ["满意", "基本满意", "不满意", "属实", "不属实"].map(|text| {
        let word = Word::parse(text).expect("a word");
        assert_eq!(word.chinese(), text);
        word.earns()
    });
    assert_eq!(earns, [true, true, false, true, false]);
    assert_eq!(Word::parse("很好"), None);
}

proptest! {
    /// Whoever claims in whatever order, never more than may.
    #[test]
    fn never_more_claim_it_than_may(claimers in prop::collection::vec(2_usize..9, 0..12), most in 1_u32..4) {
        let mut state = posted();
        for (row, claimer) in claimers.into_iter().enumerate() {
            let taken = when(&mut state, handle(row, &format!("W{claimer}"), Scoring::Rating, most));
            prop_assert!(taken.is_ok() || taken == Err(Code::RequestTaken));
        }
        prop_assert!(state.claims() <= usize::try_from(most).expect("small"));
    }
}
