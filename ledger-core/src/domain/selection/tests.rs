//! The rules of a selection, given what was recorded.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::command::{Correction, Hand, Indicator, Measure, SelectionCommand, SelectionTerms, Word};
use super::event::SelectionEvent;
use super::formula::{Figure, Inputs};
use super::state::{Selection, Stage};
use crate::domain::ids::{Actor, SelectionId, WorkerId};
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at(text: &str) -> BusinessTime {
    BusinessTime::start_of(day(text))
}

fn worker(text: &str) -> WorkerId {
    WorkerId::new(text).expect("a worker")
}

fn which() -> SelectionId {
    SelectionId::new("PX-2024").expect("a selection")
}

fn actor(name: &str) -> Actor {
    Actor::new(name).expect("an actor")
}

fn hand(name: &str) -> Hand {
    Hand { by: actor(name), alike: Vec::new(), worker: None }
}

/// An account of a worker.
fn of_worker(id: &str) -> Hand {
    Hand { worker: Some(worker(id)), ..hand(&format!("account-{id}")) }
}

fn indicator(code: &str, measure: Measure, weight: u32) -> Indicator {
    let activities = if measure == Measure::Quantity { vec!["ZY01".parse().expect("an activity")] } else { Vec::new() };
    Indicator { activities, code: code.parse().expect("a code"), measure, weight }
}

fn terms() -> SelectionTerms {
    SelectionTerms {
        consent_until: Some(day("2024-12-20")),
        cut_off: day("2024-12-31"),
        from: Some(day("2024-01-01")),
        indicators: vec![indicator("hours", Measure::Quantity, 2), indicator("days", Measure::ServiceDays, 1)],
        name: "最美骑手".into(),
        occupations: vec!["外卖骑手".into()],
        places: 2,
        publicity_days: 5,
        tie_by: None,
    }
}

fn told(state: &mut Selection, command: SelectionCommand) -> Result<Vec<SelectionEvent>, Code> {
    let events = state.decide(command).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events)
}

fn announce(state: &mut Selection, terms: SelectionTerms) -> Result<usize, Code> {
    let asked = SelectionCommand::Announce { at: at("2024-11-01"), by: actor("zhang"), selection: which(), terms };
    told(state, asked).map(|events| events.len())
}

fn announced() -> Selection {
    let mut state = Selection::default();
    assert_eq!(announce(&mut state, terms()), Ok(1));
    state
}

fn word(hand: Hand, id: &str, on: &str, paper: Option<&str>) -> Word {
    Word { hand, paper: paper.map(str::to_owned), on: day(on), worker: worker(id) }
}

fn consent(state: &mut Selection, word: Word) -> Result<usize, Code> {
    let (at, selection, occupation) = (BusinessTime::start_of(day("2024-12-10")), which(), Some("外卖骑手".to_owned()));
    told(state, SelectionCommand::Consent { at, selection, occupation, word }).map(|events| events.len())
}

fn inputs(lines: &[(&str, i64, i64)]) -> Inputs {
    let figures = |hours, days| vec![Figure::from_hundredths(hours), Figure::from_hundredths(days)];
    lines.iter().map(|(id, hours, days)| (worker(id), figures(*hours, *days))).collect()
}

fn seal(state: &mut Selection, on: &str, by: Hand, inputs: Inputs) -> Result<usize, Code> {
    let asked = SelectionCommand::Seal { at: at(on), hand: by, selection: which(), inputs };
    told(state, asked).map(|events| events.len())
}

fn draw(state: &mut Selection) -> Result<usize, Code> {
    let public_until = day("2025-01-10");
    let asked = SelectionCommand::Draw { at: at("2025-01-05"), hand: hand("zhang"), selection: which(), public_until };
    told(state, asked).map(|events| events.len())
}

/// Drawn of three, two of whom are equal at the second place.
fn drawn() -> Selection {
    let mut state = announced();
    for id in ["W1", "W2", "W3", "W4"] {
        assert_eq!(consent(&mut state, word(of_worker(id), id, "2024-12-10", None)), Ok(1));
    }
    let lines = [("W1", 500, 100), ("W2", 300, 200), ("W3", 400, 0), ("W4", 100, 100)];
    assert_eq!(seal(&mut state, "2025-01-02", hand("zhang"), inputs(&lines)), Ok(1));
    assert_eq!(draw(&mut state), Ok(1));
    state
}

fn list(state: &Selection) -> Vec<(u32, i64, String)> {
    let lines = &state.list().expect("a list").lines;
    lines.iter().map(|line| (line.rank, line.score.hundredths(), line.worker.to_string())).collect()
}

fn object(state: &mut Selection, by: Hand, candidate: &str, name: &str, today: &str) -> Result<usize, Code> {
    let asked = SelectionCommand::Object {
        at: at(today),
        today: day(today),
        hand: by,
        selection: which(),
        objection: name.parse().expect("a name"),
        candidate: worker(candidate),
        reason: "one day too many".into(),
    };
    told(state, asked).map(|events| events.len())
}

fn answer(state: &mut Selection, by: Hand, name: &str, upheld: bool) -> Result<usize, Code> {
    let (objection, reason) = (name.parse().expect("a name"), "looked up".into());
    let asked =
        SelectionCommand::Answer { at: at("2025-01-08"), hand: by, selection: which(), objection, upheld, reason };
    told(state, asked).map(|events| events.len())
}

fn revise(state: &mut Selection, by: Hand, candidate: &str, correction: Correction) -> Result<usize, Code> {
    let asked = SelectionCommand::Revise {
        at: at("2025-01-09"),
        hand: by,
        selection: which(),
        candidate: worker(candidate),
        correction,
        public_until: day("2025-01-14"),
        reason: "corrected".into(),
    };
    told(state, asked).map(|events| events.len())
}

fn record(state: &mut Selection, by: Hand, today: &str) -> Result<usize, Code> {
    let (at, today, minutes) = (at(today), day(today), DIGEST.to_owned());
    let asked = SelectionCommand::Record { at, today, hand: by, selection: which(), minutes };
    told(state, asked).map(|events| events.len())
}

#[test]
fn what_was_announced_stands() {
    let mut state = announced();
    assert_eq!(announce(&mut state, terms()), Ok(0), "the same once more");
    let other = SelectionTerms { places: 3, ..terms() };
    assert_eq!(announce(&mut state, other), Err(Code::DuplicateConflict));
}

#[test]
fn a_formula_that_no_list_can_come_of_is_refused() {
    let wrong = [
        SelectionTerms { name: "  ".into(), ..terms() },
        SelectionTerms { places: 0, ..terms() },
        SelectionTerms { publicity_days: 366, ..terms() },
        SelectionTerms { indicators: Vec::new(), ..terms() },
        SelectionTerms { indicators: vec![indicator("a", Measure::Services, 0)], ..terms() },
        SelectionTerms { indicators: vec![indicator("a", Measure::Services, 1); 2], ..terms() },
        SelectionTerms { tie_by: Some("nothing".parse().expect("a code")), ..terms() },
        SelectionTerms {
            indicators: vec![Indicator { activities: Vec::new(), ..indicator("a", Measure::Quantity, 1) }],
            ..terms()
        },
    ];
    for terms in wrong {
        assert_eq!(announce(&mut Selection::default(), terms), Err(Code::InvalidInput));
    }
    let backwards = SelectionTerms { from: Some(day("2025-01-01")), ..terms() };
    assert_eq!(announce(&mut Selection::default(), backwards), Err(Code::InvalidDate));
}

#[test]
fn nobody_is_a_candidate_without_the_own_word_or_a_signed_paper() {
    let mut state = announced();
    assert_eq!(consent(&mut state, word(hand("op"), "W1", "2024-12-01", None)), Err(Code::InvalidInput));
    assert_eq!(consent(&mut state, word(hand("op"), "W1", "2024-12-01", Some("abc"))), Err(Code::InvalidInput));
    assert_eq!(consent(&mut state, word(hand("op"), "W1", "2024-12-11", Some(DIGEST))), Err(Code::InvalidDate));
    assert_eq!(consent(&mut state, word(hand("op"), "W1", "2024-12-01", Some(DIGEST))), Ok(1));
    assert_eq!(consent(&mut state, word(of_worker("W1"), "W1", "2024-12-10", None)), Err(Code::AlreadyDecided));
    assert_eq!(
        consent(&mut state, word(of_worker("W2"), "W2", "2024-12-09", None)),
        Err(Code::InvalidDate),
        "the own word is of today"
    );
    assert_eq!(consent(&mut state, word(of_worker("W2"), "W3", "2024-12-10", None)), Err(Code::InvalidInput));
    assert_eq!(
        consent(&mut Selection::default(), word(of_worker("W2"), "W2", "2024-12-10", None)),
        Err(Code::NotFound)
    );
}

#[test]
fn a_selection_is_open_to_its_occupations_until_its_last_day() {
    let mut state = announced();
    let late = SelectionCommand::Consent {
        at: at("2024-12-21"),
        selection: which(),
        occupation: Some("外卖骑手".into()),
        word: word(of_worker("W1"), "W1", "2024-12-21", None),
    };
    assert_eq!(told(&mut state, late), Err(Code::OutsideWindow));
    let courier = SelectionCommand::Consent {
        at: at("2024-12-10"),
        selection: which(),
        occupation: Some("快递员".into()),
        word: word(of_worker("W1"), "W1", "2024-12-10", None),
    };
    assert_eq!(told(&mut state, courier), Err(Code::NotEligible));
    // A paper signed in time is in time, whenever it is entered.
    let paper = SelectionCommand::Consent {
        at: at("2024-12-23"),
        selection: which(),
        occupation: Some("外卖骑手".into()),
        word: word(hand("op"), "W1", "2024-12-20", Some(DIGEST)),
    };
    assert_eq!(told(&mut state, paper).map(|events| events.len()), Ok(1));
}

#[test]
fn a_candidate_withdraws_until_the_inputs_are_sealed() {
    let withdraw = |state: &mut Selection, id: &str| {
        let word = word(of_worker(id), id, "2024-12-11", None);
        let asked = SelectionCommand::Withdraw { at: at("2024-12-11"), selection: which(), word };
        told(state, asked).map(|events| events.len())
    };
    let mut state = announced();
    assert_eq!(consent(&mut state, word(of_worker("W1"), "W1", "2024-12-10", None)), Ok(1));
    assert_eq!(withdraw(&mut state, "W1"), Ok(1));
    assert_eq!(withdraw(&mut state, "W1"), Err(Code::NotFound));
    assert_eq!(consent(&mut state, word(of_worker("W1"), "W1", "2024-12-10", None)), Ok(1), "and comes again");
    assert_eq!(withdraw(&mut drawn(), "W1"), Err(Code::AlreadyDecided));
}

#[test]
fn inputs_are_sealed_once_and_not_before_the_days_are_over() {
    let mut state = announced();
    let nobody = || Inputs::new();
    assert_eq!(seal(&mut state, "2024-12-30", hand("zhang"), nobody()), Err(Code::OutsideWindow), "the cut-off");
    assert_eq!(seal(&mut state, "2025-01-02", hand("zhang"), nobody()), Err(Code::NotEligible));
    assert_eq!(draw(&mut state), Err(Code::OutsideWindow), "nothing is sealed");
    assert_eq!(consent(&mut state, word(of_worker("W1"), "W1", "2024-12-10", None)), Ok(1));
    let lines = || inputs(&[("W1", 100, 100)]);
    assert_eq!(seal(&mut state, "2025-01-02", of_worker("W1"), lines()), Err(Code::SamePerson), "a candidate");
    assert_eq!(seal(&mut state, "2025-01-02", hand("zhang"), lines()), Ok(1));
    assert_eq!(seal(&mut state, "2025-01-02", hand("zhang"), lines()), Err(Code::AlreadyDecided));
    assert_eq!(state.stage(), Stage::Sealed);
    let mut open = Selection::default();
    let agreeing = SelectionTerms { consent_until: Some(day("2025-01-05")), ..terms() };
    assert_eq!(announce(&mut open, agreeing), Ok(1));
    assert_eq!(seal(&mut open, "2025-01-05", hand("zhang"), lines()), Err(Code::OutsideWindow), "a day is promised");
}

#[test]
fn equal_ones_stand_together_and_the_list_grows_by_them() {
    let mut state = drawn();
    let line = |rank, score, id: &str| (rank, score, id.to_owned());
    // 2 × hours + days: W1 11, W2 8, W3 8, W4 3. Two places, and W3 is not parted from W2.
    assert_eq!(list(&state), [line(1, 1_100, "W1"), line(2, 800, "W2"), line(2, 800, "W3")]);
    assert_eq!(draw(&mut state), Err(Code::AlreadyDecided));
}

#[test]
fn the_tie_rule_looks_at_its_indicator_alone() {
    let by_hours = SelectionTerms { tie_by: Some("hours".parse().expect("a code")), ..terms() };
    let lines = inputs(&[("W1", 500, 100), ("W2", 300, 200), ("W3", 400, 0), ("W4", 400, 0)]);
    let drawn = by_hours.short_list(&lines).expect("a list");
    let told: Vec<(u32, &str)> = drawn.iter().map(|line| (line.rank, line.worker.as_str())).collect();
    assert_eq!(told, [(1, "W1"), (2, "W3"), (2, "W4")], "equal there too, both stand");
}

#[test]
fn objections_are_made_while_the_list_is_public_and_answered_by_others() {
    let mut state = drawn();
    assert_eq!(object(&mut state, hand("li"), "W9", "YY-1", "2025-01-06"), Err(Code::UnknownWorker));
    assert_eq!(object(&mut state, hand("li"), "W1", "YY-1", "2025-01-11"), Err(Code::OutsideWindow));
    assert_eq!(object(&mut state, hand("li"), "W1", "YY-1", "2025-01-10"), Ok(1), "the last day counts");
    assert_eq!(object(&mut state, hand("li"), "W1", "YY-2", "2025-01-10"), Err(Code::AlreadyDecided));
    for busy in [hand("zhang"), hand("li"), of_worker("W4")] {
        assert_eq!(answer(&mut state, busy, "YY-1", false), Err(Code::SamePerson));
    }
    let second_account = Hand { alike: vec![actor("zhang")], ..hand("zhang-2") };
    assert_eq!(answer(&mut state, second_account, "YY-1", false), Err(Code::SamePerson));
    assert_eq!(answer(&mut state, hand("wang"), "YY-9", false), Err(Code::NotFound));
    assert_eq!(answer(&mut state, hand("wang"), "YY-1", false), Ok(1));
    assert_eq!(answer(&mut state, hand("wang"), "YY-1", true), Err(Code::AlreadyDecided));
    // Who objects to one candidate answers no objection to another.
    assert_eq!(object(&mut state, hand("zhou"), "W3", "YY-2", "2025-01-10"), Ok(1));
    assert_eq!(answer(&mut state, hand("li"), "YY-2", false), Err(Code::SamePerson));
    assert_eq!(answer(&mut state, hand("wang"), "YY-2", false), Ok(1));
}

#[test]
fn an_objection_that_was_right_asks_for_a_revision_before_any_result() {
    let mut state = drawn();
    assert_eq!(object(&mut state, hand("li"), "W2", "YY-1", "2025-01-06"), Ok(1));
    assert_eq!(record(&mut state, hand("wang"), "2025-01-11"), Err(Code::OutsideWindow), "it waits for an answer");
    assert_eq!(answer(&mut state, hand("wang"), "YY-1", true), Ok(1));
    assert_eq!(record(&mut state, hand("wang"), "2025-01-11"), Err(Code::OutsideWindow), "and for a revision");
    let figures = |hours, days| vec![Figure::from_hundredths(hours), Figure::from_hundredths(days)];
    let as_sealed = Correction::Measure(figures(300, 200));
    assert_eq!(revise(&mut state, hand("zhang"), "W2", as_sealed), Err(Code::InvalidInput), "nothing would change");
    let corrected = || Correction::Measure(figures(300, 100));
    assert_eq!(revise(&mut state, hand("li"), "W2", corrected()), Err(Code::SamePerson), "the objector");
    assert_eq!(revise(&mut state, hand("zhang"), "W2", corrected()), Ok(1));
    let line = |rank, score, id: &str| (rank, score, id.to_owned());
    assert_eq!(list(&state), [line(1, 1_100, "W1"), line(2, 800, "W3")]);
    // The list hangs out anew.
    assert_eq!(record(&mut state, hand("wang"), "2025-01-14"), Err(Code::OutsideWindow));
    assert_eq!(object(&mut state, hand("li"), "W3", "YY-2", "2025-01-14"), Ok(1));
    assert_eq!(answer(&mut state, hand("wang"), "YY-2", false), Ok(1));
    assert_eq!(record(&mut state, hand("zhang"), "2025-01-15"), Err(Code::SamePerson), "who announced it");
    assert_eq!(record(&mut state, of_worker("W4"), "2025-01-15"), Err(Code::SamePerson), "a candidate");
    assert_eq!(record(&mut state, hand("wang"), "2025-01-15"), Ok(1));
    assert_eq!(record(&mut state, hand("wang"), "2025-01-15"), Err(Code::AlreadyDecided));
    assert_eq!(revise(&mut state, hand("zhang"), "W1", Correction::Remove), Err(Code::AlreadyDecided));
    assert_eq!(object(&mut state, hand("li"), "W1", "YY-3", "2025-01-14"), Err(Code::OutsideWindow));
}

#[test]
fn who_is_taken_off_makes_room_for_the_next() {
    let mut state = drawn();
    assert_eq!(revise(&mut state, hand("zhang"), "W1", Correction::Remove), Ok(1));
    let line = |rank, score, id: &str| (rank, score, id.to_owned());
    assert_eq!(list(&state), [line(1, 800, "W2"), line(1, 800, "W3")]);
    assert_eq!(revise(&mut state, hand("zhang"), "W1", Correction::Remove), Err(Code::UnknownWorker));
}

fn any_inputs() -> impl Strategy<Value = Vec<(u8, i64, i64)>> {
    // Few values, so that ties are common.
    prop::collection::vec((any::<u8>(), 0_i64..4, 0_i64..4), 0..30)
}

proptest! {
    /// Whoever is listed has fewer before them than there are places, whoever is not has as many; so nobody equal is parted,
    /// and only the last of equal standing make a list longer than its places.
    #[test]
    fn a_list_ends_between_two_standings_and_never_within_one(lines in any_inputs(), places in 1_u32..8, tie in any::<bool>()) {
        let tie_by = tie.then(|| "days".parse().expect("a code"));
        let terms = SelectionTerms { places, tie_by, ..terms() };
        let inputs: Inputs = lines
            .iter()
            .map(|(id, hours, days)| {
                (worker(&format!("W{id}")), vec![Figure::from_hundredths(*hours), Figure::from_hundredths(*days)])
            })
            .collect();
        let list = terms.short_list(&inputs).expect("a list");
        let standing = |figures: &[Figure]| {
            let (hours, days) = (figures[0].hundredths(), figures[1].hundredths());
            (2 * hours + days, if tie { days } else { 0 })
        };
        for (id, figures) in &inputs {
            let own = standing(figures);
            let before = inputs.values().filter(|other| standing(other) > own).count();
            let listed = list.iter().find(|line| line.worker == *id);
            prop_assert_eq!(listed.is_some(), before < places as usize, "{}", id);
            if let Some(line) = listed {
                prop_assert_eq!((line.rank as usize, line.score.hundredths()), (before + 1, own.0));
            }
        }
        prop_assert!(list.len() >= inputs.len().min(places as usize));
    }

    /// In whatever order candidates come, the list is the same.
    #[test]
    fn the_order_in_which_candidates_came_does_not_matter(lines in any_inputs(), places in 1_u32..8) {
        let terms = SelectionTerms { places, ..terms() };
        let one: Inputs = lines.iter().map(|(id, hours, days)| (*id, (*hours, *days))).collect::<std::collections::BTreeMap<_, _>>()
            .into_iter().map(|(id, (hours, days))| (worker(&format!("W{id}")), vec![Figure::from_hundredths(hours), Figure::from_hundredths(days)])).collect();
        let other: Inputs = one.clone().into_iter().rev().collect();
        prop_assert_eq!(terms.short_list(&one), terms.short_list(&other));
    }
}
