//! The rules of a service request, given what was recorded.

use proptest::prelude::*;

use super::command::{Claiming, Posting, Rating, RequestCommand, Routing, Word, Work};
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

fn row(number: usize) -> HandlingId {
    HandlingId::new(&format!("BL{number}")).expect("a row")
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

fn claim(number: usize, claimer: &str, claimers_max: u32) -> RequestCommand {
    let claiming = Claiming { claimer: worker(claimer), claimers_max, handling: row(number), on: day("2024-03-02") };
    RequestCommand::Claim { at: at(), request: request(), claiming }
}

fn report(number: usize) -> RequestCommand {
    let (done, quantity) = (day("2024-03-03"), Quantity::from_millionths(2_000_000));
    RequestCommand::Report { at: at(), request: request(), handling: row(number), done, quantity }
}

fn give_up(number: usize) -> RequestCommand {
    RequestCommand::Return { at: at(), request: request(), handling: row(number), on: day("2024-03-05") }
}

fn withdraw(on: &str) -> RequestCommand {
    RequestCommand::Withdraw { at: at(), request: request(), on: day(on) }
}

fn rate(number: usize) -> RequestCommand {
    let rating = Rating { on: day("2024-03-06"), word: Word::Satisfied };
    RequestCommand::Rate { at: at(), request: request(), handling: row(number), rating }
}

#[test]
fn a_claim_under_way_counts_as_one_and_is_free_again_once_it_is_given_up() {
    let mut state = posted();
    assert!(when(&mut state, claim(1, "W2", 1)).is_ok());
    assert_eq!(state.claims(), 1);
    assert_eq!(when(&mut state, claim(2, "W3", 1)), Err(Code::RequestTaken));
    assert_eq!(when(&mut state, handle(2, "W3", Scoring::Rating, 1)), Err(Code::RequestTaken));
    assert!(when(&mut state, give_up(1)).is_ok());
    assert_eq!(state.claims(), 0);
    assert_eq!(when(&mut state, report(1)), Err(Code::AlreadyDecided));
    assert_eq!(when(&mut state, give_up(1)), Err(Code::AlreadyDecided));
    assert!(when(&mut state, claim(2, "W3", 1)).is_ok());
}

#[test]
fn a_claim_that_is_reported_is_the_row_of_work_that_a_sheet_would_have_said() {
    let mut state = posted();
    when(&mut state, claim(1, "W2", 1)).expect("claimed");
    assert_eq!(when(&mut state, report(2)), Err(Code::UnknownRequest));
    when(&mut state, report(1)).expect("reported");
    let work = state.handling(&row(1)).expect("work").work.clone();
    let asked = [work.claimer.as_str(), &work.claimed, &work.done, &work.quantity];
    assert_eq!(asked, ["W2", "2024-03-02", "2024-03-03", "2000000"]);
    assert_eq!((state.claims(), state.underway().count()), (1, 0));
    for again in [report(1), give_up(1)] {
        assert_eq!(when(&mut state, again), Err(Code::AlreadyDecided));
    }
    assert!(when(&mut state, rate(1)).is_ok());
}

#[test]
fn who_reported_it_does_not_claim_it_apart_either() {
    assert_eq!(when(&mut posted(), claim(1, "W1", 9)), Err(Code::SamePerson));
}

#[test]
fn what_nobody_works_on_can_be_withdrawn_and_then_nobody_takes_it_on() {
    let mut state = posted();
    when(&mut state, claim(1, "W2", 2)).expect("claimed");
    assert_eq!(when(&mut state, withdraw("2024-03-06")), Err(Code::RequestTaken));
    when(&mut state, give_up(1)).expect("given up");
    assert_eq!(when(&mut state, withdraw("2024-03-04")), Err(Code::InvalidDate), "it was under way until the fifth");
    when(&mut state, withdraw("2024-03-06")).expect("withdrawn");
    assert_eq!(state.withdrawn(), Some(day("2024-03-06")));
    for refused in [claim(2, "W3", 2), withdraw("2024-03-07")] {
        assert_eq!(when(&mut state, refused), Err(Code::AlreadyDecided));
    }
}

#[test]
fn what_was_rated_is_not_withdrawn() {
    let mut state = posted();
    when(&mut state, claim(1, "W2", 1)).expect("claimed");
    when(&mut state, report(1)).expect("reported");
    assert_eq!(when(&mut state, withdraw("2024-03-06")), Err(Code::RequestTaken));
    when(&mut state, rate(1)).expect("rated");
    assert_eq!(when(&mut state, withdraw("2024-03-06")), Err(Code::AlreadyDecided));
}

#[test]
fn who_sees_to_it_is_told_by_the_latest_day_and_not_by_the_last_entry() {
    let mut state = posted();
    for (body, on) in [("街道办", "2024-03-02"), ("区住建局", "2024-03-04"), ("社区", "2024-03-03")] {
        let routing = Routing { body: Some(body.into()), on: day(on), site: None };
        when(&mut state, RequestCommand::Route { at: at(), request: request(), routing }).expect("routed");
    }
    let body = state.routing().and_then(|routing| routing.body.as_deref());
    assert_eq!(body, Some("区住建局"));
}

fn merge(on: &str) -> RequestCommand {
    let (at, into) = (BusinessTime::parse(on).expect("a time"), RequestId::new("XQ0").expect("a request"));
    RequestCommand::Merge { at, request: request(), into, reason: None }
}

#[test]
fn what_nobody_works_on_can_be_merged_and_is_then_as_one_that_was_posted_so() {
    let mut state = posted();
    when(&mut state, claim(1, "W2", 2)).expect("claimed");
    assert_eq!(when(&mut state, merge("2024-03-06")), Err(Code::RequestTaken));
    when(&mut state, give_up(1)).expect("given up");
    assert_eq!(when(&mut state, merge("2024-03-04")), Err(Code::InvalidDate), "it was under way until the fifth");
    when(&mut state, merge("2024-03-06")).expect("merged");
    let posting = Posting { merged_into: RequestId::new("XQ0").ok(), ..posted().posting().expect("posted").clone() };
    let mut from_the_first = ServiceRequest::default();
    when(&mut from_the_first, RequestCommand::Post { at: at(), request: request(), posting }).expect("posted");
    assert_eq!(state.posting(), from_the_first.posting());
    let routing = Routing { body: Some("街道办".into()), on: day("2024-03-07"), site: None };
    let route = || RequestCommand::Route { at: at(), request: request(), routing: routing.clone() };
    let work = || handle(2, "W3", Scoring::Rating, 2);
    for state in [&mut state, &mut from_the_first] {
        for refused in [claim(2, "W3", 2), work(), route(), withdraw("2024-03-07"), merge("2024-03-07")] {
            assert_eq!(when(state, refused), Err(Code::MergedRequest));
        }
        let into = state.require_last(&request()).map_err(|refusal| refusal.code);
        assert_eq!(into, Err(Code::MergedRequest), "others are merged into the last one");
    }
}

#[test]
fn what_was_done_rated_or_withdrawn_is_not_merged() {
    let mut state = posted();
    assert_eq!(when(&mut state, merge("2024-02-29")), Err(Code::InvalidDate), "it was not posted yet");
    when(&mut state, claim(1, "W2", 1)).expect("claimed");
    when(&mut state, report(1)).expect("reported");
    assert_eq!(when(&mut state, merge("2024-03-06")), Err(Code::RequestTaken), "it waits to be rated");
    when(&mut state, rate(1)).expect("rated");
    assert_eq!(when(&mut state, merge("2024-03-07")), Err(Code::AlreadyDecided));
    assert!(state.require_last(&request()).is_ok(), "what was rated can be repeated all the same");
    let mut state = posted();
    when(&mut state, withdraw("2024-03-02")).expect("withdrawn");
    assert_eq!(when(&mut state, merge("2024-03-03")), Err(Code::AlreadyDecided));
    assert_eq!(state.require_last(&request()).map_err(|refusal| refusal.code), Err(Code::AlreadyDecided));
    assert_eq!(when(&mut ServiceRequest::default(), merge("2024-03-03")), Err(Code::UnknownRequest));
}

/// One thing that may be asked of a request about one claim.
#[derive(Debug, Clone, Copy)]
enum Move {
    Claim,
    Handle,
    Report,
    Return,
    Rate,
    Withdraw,
    Merge,
}

proptest! {
    /// Whatever comes between claims, reports and returns, never more claims are taken than may be, and a request that was
    /// withdrawn or repeats another one has none.
    #[test]
    fn claims_apart_are_never_more_than_may(
        moves in prop::collection::vec((prop::sample::select(
            vec![Move::Claim, Move::Handle, Move::Report, Move::Return, Move::Rate, Move::Withdraw, Move::Merge]), 0_usize..6), 0..40),
        most in 1_u32..4,
    ) {
        let mut state = posted();
        for (at, (step, number)) in moves.into_iter().enumerate() {
            let command = match step {
                // Numbers of claims are keys: none is used twice.
                Move::Claim => claim(at, "W2", most),
                Move::Handle => handle(at, "W3", Scoring::Rating, most),
                Move::Report => report(number),
                Move::Return => give_up(number),
                Move::Rate if state.handling(&row(number)).is_some_and(|work| work.rating.is_none()) => rate(number),
                Move::Rate => continue,
                Move::Withdraw => withdraw("2024-03-09"),
                Move::Merge => merge("2024-03-09"),
            };
            when(&mut state, command).ok();
            prop_assert!(state.claims() <= usize::try_from(most).expect("small"));
            let merged = state.posting().is_some_and(|posting| posting.merged_into.is_some());
            prop_assert!((state.withdrawn().is_none() && !merged) || state.claims() == 0);
            prop_assert!(state.withdrawn().is_none() || !merged);
        }
    }

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
