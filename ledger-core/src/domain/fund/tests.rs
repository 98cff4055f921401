//! The rules of a fund, given what was recorded.

use super::command::{FundCommand, FundTerms};
use super::event::FundEvent;
use super::state::Fund;
use crate::domain::ids::{Actor, FundId};
use crate::domain::money::Fen;
use crate::domain::refusal::Code;
use crate::domain::statement::Hand;
use crate::domain::time::BusinessTime;

fn at() -> BusinessTime {
    BusinessTime::parse("2024-01-01").expect("a time")
}

fn fund() -> FundId {
    FundId::new("ZJ01").expect("a fund")
}

fn register(fen: i64) -> FundCommand {
    let appropriated = Fen::new(fen);
    let terms =
        FundTerms { appropriated, body: "区总工会".into(), source: "工会经费".into(), year: Some(2024) };
    FundCommand::Register { at: at(), fund: fund(), terms }
}

fn commit(fen: i64) -> FundCommand {
    FundCommand::Commit { at: at(), amount: Fen::new(fen), fund: fund(), source: "QD1".parse().expect("a key") }
}

fn when(state: &mut Fund, command: FundCommand) -> Result<Vec<FundEvent>, Code> {
    let events = state.decide(command).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events)
}

#[test]
fn nothing_is_set_aside_that_is_not_there() {
    let mut state = Fund::default();
    assert_eq!(when(&mut state, commit(1)), Err(Code::FundExhausted));
    when(&mut state, register(1_000)).expect("registered");
    when(&mut state, commit(600)).expect("set aside");
    assert_eq!(when(&mut state, commit(401)), Err(Code::FundExhausted));
    when(&mut state, commit(400)).expect("to the last fen");
    assert_eq!((state.committed(), state.free()), (Fen::new(1_000), Fen::ZERO));
    assert_eq!(when(&mut state, commit(0)).expect("nothing is always there").len(), 0);
}

#[test]
fn what_is_set_aside_cannot_be_taken_back_by_a_later_sheet() {
    let mut state = Fund::default();
    when(&mut state, register(1_000)).expect("registered");
    assert_eq!(when(&mut state, register(1_000)).expect("the same").len(), 0);
    when(&mut state, commit(600)).expect("set aside");
    assert_eq!(when(&mut state, register(599)), Err(Code::InvalidAmount));
    when(&mut state, register(600)).expect("just enough");
    assert_eq!(when(&mut state, register(-1)), Err(Code::InvalidAmount));
}

#[test]
fn what_a_confirmed_month_says_is_paid_by_a_third_person_and_is_set_aside_no_more() {
    let mut state = Fund::default();
    when(&mut state, register(1_000)).expect("registered");
    when(&mut state, commit(600)).expect("set aside");
    let later = BusinessTime::parse("2024-02-01").expect("a time");
    let month = at().month();
    let by = |name: &str| Hand { by: Actor::new(name).expect("an actor"), alike: Vec::new() };
    let prepare = |who| FundCommand::Prepare { at: later, fund: fund(), hand: by(who), month };
    let confirm = |who| FundCommand::Confirm { at: later, fund: fund(), hand: by(who), month };
    let pay = |who| FundCommand::Pay { at: later, fund: fund(), hand: by(who), month, reference: "P-1".into() };
    assert_eq!(when(&mut state, confirm("li")), Err(Code::NotFound));
    when(&mut state, prepare("zhang")).expect("prepared");
    assert_eq!(when(&mut state, pay("wang")), Err(Code::OutsideWindow));
    assert_eq!(when(&mut state, confirm("zhang")), Err(Code::SamePerson));
    when(&mut state, confirm("li")).expect("confirmed");
    assert_eq!(when(&mut state, pay("li")), Err(Code::SamePerson));
    // A row of January that comes now is February's.
    let late = when(&mut state, commit(100)).expect("set aside");
    assert_eq!(late.iter().filter_map(FundEvent::line).map(|(month, _)| month).collect::<Vec<_>>(), [month.next()]);
    when(&mut state, pay("wang")).expect("paid");
    assert_eq!((state.committed(), state.paid(), state.free()), (Fen::new(100), Fen::new(600), Fen::new(300)));
    assert_eq!(when(&mut state, pay("wang")), Err(Code::AlreadyDecided));
    assert_eq!(when(&mut state, register(699)), Err(Code::InvalidAmount), "what was paid is gone too");
}

fn release(fen: i64, committed: &str, at: &str) -> FundCommand {
    let time = |text| BusinessTime::parse(text).expect("a time");
    let (amount, source) = (Fen::new(fen), "QD1".parse().expect("a key"));
    FundCommand::Release { at: time(at), amount, committed_at: time(committed), fund: fund(), source }
}

#[test]
fn what_is_freed_is_borne_by_the_month_in_which_it_was_set_aside() {
    let mut state = Fund::default();
    when(&mut state, register(1_000)).expect("registered");
    when(&mut state, commit(600)).expect("set aside");
    assert_eq!(when(&mut state, release(601, "2024-01-01", "2024-03-01")), Err(Code::InvalidAmount));
    let freed = when(&mut state, release(600, "2024-01-01", "2024-03-01")).expect("freed");
    let lines: Vec<_> = freed.iter().filter_map(FundEvent::line).map(|(month, line)| (month, line.amount)).collect();
    assert_eq!(lines, [(at().month(), Fen::new(-600))]);
    assert_eq!((state.committed(), state.free()), (Fen::ZERO, Fen::new(1_000)));
}

/// A month that was confirmed stays as it is: a later one is less by what was freed, and so is what is paid in all.
#[test]
fn what_is_freed_after_its_month_was_confirmed_lowers_what_is_paid_in_all() {
    let by = |name: &str| Hand { by: Actor::new(name).expect("an actor"), alike: Vec::new() };
    let settle = |state: &mut Fund, month, on: &str| {
        let at = BusinessTime::parse(on).expect("a time");
        when(state, FundCommand::Prepare { at, fund: fund(), hand: by("zhang"), month }).expect("prepared");
        when(state, FundCommand::Confirm { at, fund: fund(), hand: by("li"), month }).expect("confirmed");
    };
    let pay = |state: &mut Fund, month, on: &str| {
        let (at, reference) = (BusinessTime::parse(on).expect("a time"), "P-1".to_owned());
        let paid = when(state, FundCommand::Pay { at, fund: fund(), hand: by("wang"), month, reference })?;
        Ok::<_, Code>(paid.iter().filter_map(FundEvent::as_paid).map(|paid| paid.amount).collect::<Vec<_>>())
    };
    let whole = |state: &Fund| state.free() + state.committed() + state.paid();
    let (january, february) = (at().month(), at().month().next());
    for paid_before in [false, true] {
        let mut state = Fund::default();
        when(&mut state, register(1_000)).expect("registered");
        when(&mut state, commit(600)).expect("set aside");
        settle(&mut state, january, "2024-02-01");
        if paid_before {
            assert_eq!(pay(&mut state, january, "2024-02-02"), Ok(vec![Fen::new(600)]));
        }
        let freed = when(&mut state, release(600, "2024-01-01", "2024-02-03")).expect("freed");
        assert_eq!(freed.iter().filter_map(FundEvent::line).map(|(month, _)| month).collect::<Vec<_>>(), [february]);
        assert_eq!((state.free(), whole(&state)), (Fen::new(1_000), Fen::new(1_000)), "all of it can be granted again");
        assert_eq!(pay(&mut state, january, "2024-02-04"), Err(Code::AlreadyDecided), "nothing is owed");
        // The next who waits is given the place: 600 are owed once, however they are paid.
        when(&mut state, commit(600)).expect("set aside again");
        settle(&mut state, february, "2024-03-01");
        let more = [january, february].map(|month| pay(&mut state, month, "2024-03-02").unwrap_or_default());
        let sum = more.iter().flatten().fold(Fen::ZERO, |sum, amount| sum + *amount);
        assert_eq!(sum, if paid_before { Fen::ZERO } else { Fen::new(600) });
        assert_eq!((state.paid(), state.committed(), state.free()), (Fen::new(600), Fen::ZERO, Fen::new(400)));
    }
}
