//! The rules of a pair, given what was recorded.

use super::command::{PairCommand, PairTerms};
use super::decide::StandIn;
use super::state::Pair;
use crate::domain::ids::{BranchId, PairId, WorkerId};
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;

fn worker(text: &str) -> WorkerId {
    WorkerId::new(text).expect("a worker")
}

fn pair() -> PairId {
    PairId::new("B1").expect("a pair")
}

fn terms(ended: Option<&str>) -> PairTerms {
    let day = |text: &str| text.parse().expect("a day");
    PairTerms {
        branch: None,
        ended: ended.map(day),
        helped: worker("W2"),
        helper: worker("W1"),
        since: day("2024-01-10"),
    }
}

fn open(state: &mut Pair, terms: PairTerms) -> Result<usize, Code> {
    let at = BusinessTime::parse("2024-01-01").expect("a time");
    let events = state.decide(PairCommand::Open { at, pair: pair(), terms }).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events.len())
}

#[test]
fn a_pair_holds_from_its_first_day_to_the_day_before_it_ends() {
    let terms = terms(Some("2024-03-01"));
    let holds = ["2024-01-09", "2024-01-10", "2024-02-29", "2024-03-01"].map(|day| {
        let day = day.parse().expect("a day");
        terms.require_on(&pair(), day).is_ok()
    });
    assert_eq!(holds, [false, true, true, false]);
}

#[test]
fn one_reports_and_the_other_confirms() {
    let told = |reporter: &str, confirmer: Option<&str>| {
        let confirmer = confirmer.map(worker);
        let told = terms(None).require_partners(&pair(), &worker(reporter), confirmer.as_ref());
        told.map_err(|refusal| refusal.code)
    };
    assert_eq!(told("W1", Some("W2")), Ok(()));
    assert_eq!(told("W2", None), Ok(()));
    assert_eq!(told("W1", Some("W1")), Err(Code::SamePerson));
    assert_eq!(told("W9", Some("W9")), Err(Code::SamePerson), "before who is of the pair");
    assert_eq!(told("W1", Some("W9")), Err(Code::NotAPartner));
    assert_eq!(told("W9", None), Err(Code::NotAPartner));
}

#[test]
fn a_later_sheet_ends_a_pair() {
    let mut state = Pair::default();
    assert_eq!(open(&mut state, terms(None)), Ok(1));
    assert_eq!(open(&mut state, terms(None)), Ok(0));
    assert_eq!(open(&mut state, terms(Some("2024-01-09"))), Err(Code::InvalidDate));
    assert_eq!(open(&mut state, terms(Some("2024-03-01"))), Ok(1));
    let alone = PairTerms { helped: worker("W1"), ..terms(None) };
    assert_eq!(open(&mut state, alone), Err(Code::SamePerson));
}

#[test]
fn the_branch_of_a_pair_stands_in_for_whoever_left_by_that_day() {
    let own = BranchId::new("第一党支部").expect("a branch");
    let other = BranchId::new("第二党支部").expect("a branch");
    let of_branch = |branch: Option<&BranchId>| PairTerms { branch: branch.cloned(), ..terms(None) };
    let told = |terms: PairTerms, branch: &BranchId, left: Option<&str>| {
        let left = left.map(|left| left.parse().expect("a day"));
        let on = "2024-03-05".parse().expect("a day");
        let asked = StandIn { branch, partner: &worker("W2"), left, on };
        terms.require_stand_in(&pair(), &asked).map_err(|refusal| refusal.code)
    };
    let refused = Err(Code::NotAPartner);
    assert_eq!(told(of_branch(Some(&own)), &own, Some("2024-02-01")), Ok(()));
    assert_eq!(told(of_branch(Some(&own)), &own, Some("2024-03-05")), Ok(()), "on the day of leaving");
    assert_eq!(told(of_branch(Some(&own)), &own, Some("2024-03-06")), refused, "before that one left");
    assert_eq!(told(of_branch(Some(&own)), &own, None), refused, "who is there says it");
    assert_eq!(told(of_branch(Some(&other)), &own, Some("2024-02-01")), refused, "another branch's pair");
    assert_eq!(told(of_branch(None), &own, Some("2024-02-01")), refused, "no branch's pair");
}

#[test]
fn two_who_help_each_other_at_one_time_are_reciprocal() {
    let day = |text: &str| text.parse().expect("a day");
    let of = |helper: &str, helped: &str, since: &str, ended: Option<&str>| PairTerms {
        branch: None,
        ended: ended.map(day),
        helped: worker(helped),
        helper: worker(helper),
        since: day(since),
    };
    let one = of("W1", "W2", "2024-01-10", Some("2024-03-01"));
    for (other, reciprocal) in [
        (of("W2", "W1", "2024-02-01", None), true),
        (of("W2", "W1", "2023-01-01", Some("2024-01-11")), true),
        (of("W2", "W1", "2023-01-01", Some("2024-01-10")), false),
        (of("W2", "W1", "2024-03-01", None), false),
        (of("W1", "W2", "2024-02-01", None), false),
        (of("W2", "W3", "2024-02-01", None), false),
    ] {
        assert_eq!(one.is_reciprocal_to(&other), reciprocal, "{other:?}");
        assert_eq!(other.is_reciprocal_to(&one), reciprocal, "{other:?}");
    }
}
