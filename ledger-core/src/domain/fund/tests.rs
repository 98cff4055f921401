//! The rules of a fund, given what was recorded.

use super::command::{FundCommand, FundTerms};
use super::event::FundEvent;
use super::state::Fund;
use crate::domain::ids::FundId;
use crate::domain::money::Fen;
use crate::domain::refusal::Code;
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
