//! A month's statement: prepared, disputed, answered, confirmed and paid by three persons; what comes later goes on.

use super::super::event::{MerchantEvent, SettlementPaid, StatementAcknowledged, StatementPrepared};
use super::{at, honoured, id, month, registered};
use crate::domain::ids::{Actor, DisputeId, Key, RedemptionId, StoreId};
use crate::domain::merchant::{Merchant, MerchantCommand};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::statement::{Hand, LinesDigest, Stage, Statement};
use crate::domain::time::{BusinessTime, Month};

fn by(name: &str) -> Hand {
    Hand { by: Actor::new(name).expect("an actor"), alike: Vec::new() }
}

fn later() -> BusinessTime {
    BusinessTime::parse("2024-05-02").expect("a time")
}

fn key(text: &str) -> Key {
    Key::new(text).expect("a key")
}

/// A merchant with 50 points and 12.76 yuan in March.
fn with_claims() -> Merchant {
    let mut merchant = registered();
    merchant.evolve(&honoured("2024-03-05", 50));
    let claim = MerchantCommand::ClaimMoney { at: at(), amount: Fen::new(1_276), source: key("XP-1") };
    give(&mut merchant, claim).expect("claimed");
    merchant
}

fn give(merchant: &mut Merchant, command: MerchantCommand) -> Result<Vec<MerchantEvent>, Code> {
    let events = merchant.decide(&id(), command).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| merchant.evolve(event));
    Ok(events)
}

fn prepare(who: &str) -> MerchantCommand {
    MerchantCommand::Prepare { at: later(), hand: by(who), month: month("2024-03") }
}

fn confirm(hand: Hand) -> MerchantCommand {
    MerchantCommand::Confirm { at: later(), hand, month: month("2024-03") }
}

fn pay(who: &str, points: i32, fen: Option<i64>) -> MerchantCommand {
    let (points, amount) = (Points::from_whole(points), fen.map(Fen::new));
    let (reference, hand) = ("P-1".into(), by(who));
    MerchantCommand::Pay { at: later(), month: month("2024-03"), points, amount, reference, hand }
}

fn dispute(line: &str) -> MerchantCommand {
    let (dispute, line, reason) = (DisputeId::from(&key("DZ-1")), key(line), "金额不符".into());
    MerchantCommand::Dispute { at: later(), hand: by("shop"), month: month("2024-03"), dispute, line, reason }
}

fn answer(who: &str, upheld: bool) -> MerchantCommand {
    let (dispute, reason) = (DisputeId::from(&key("DZ-1")), "与小票一致".into());
    MerchantCommand::Answer { at: later(), hand: by(who), month: month("2024-03"), dispute, upheld, reason }
}

#[test]
fn three_persons_settle_a_month() {
    let mut merchant = with_claims();
    let prepared = give(&mut merchant, prepare("zhang")).expect("prepared");
    let [MerchantEvent::StatementPrepared(StatementPrepared { lines, points, amount, .. })] = prepared.as_slice()
    else {
        panic!("{prepared:?}");
    };
    assert_eq!((*lines, *points, *amount), (2, Points::from_whole(50), Fen::new(1_276)));
    assert_eq!(give(&mut merchant, pay("wang", 50, None)), Err(Code::OutsideWindow), "not confirmed");
    assert_eq!(give(&mut merchant, confirm(by("zhang"))), Err(Code::SamePerson));
    let alike = Hand { alike: vec![by("zhang").by], ..by("zhang-2") };
    assert_eq!(give(&mut merchant, confirm(alike)), Err(Code::SamePerson), "another account of the same person");
    give(&mut merchant, confirm(by("li"))).expect("confirmed");
    assert_eq!(give(&mut merchant, confirm(by("wang"))), Err(Code::AlreadyDecided));
    assert_eq!(give(&mut merchant, pay("zhang", 50, Some(1_276))), Err(Code::SamePerson));
    assert_eq!(give(&mut merchant, pay("li", 50, Some(1_276))), Err(Code::SamePerson));
    assert_eq!(give(&mut merchant, pay("wang", 50, Some(1_277))), Err(Code::InvalidAmount));
    assert_eq!(give(&mut merchant, pay("wang", 51, Some(1_276))), Err(Code::InvalidQuantity));
    let paid = give(&mut merchant, pay("wang", 50, Some(1_276))).expect("paid");
    assert!(matches!(paid.as_slice(), [MerchantEvent::SettlementPaid(SettlementPaid { by: Some(_), .. })]));
    assert_eq!(give(&mut merchant, pay("wang", 0, Some(1))), Err(Code::InvalidAmount));
}

#[test]
fn what_is_disputed_is_answered_before_it_is_confirmed() {
    let mut merchant = with_claims();
    assert_eq!(give(&mut merchant, dispute("XP-1")), Err(Code::NotFound), "nothing was prepared");
    give(&mut merchant, prepare("zhang")).expect("prepared");
    give(&mut merchant, dispute("XP-1")).expect("disputed");
    assert_eq!(give(&mut merchant, dispute("XP-1")), Err(Code::AlreadyDecided), "it waits already");
    assert_eq!(give(&mut merchant, confirm(by("li"))), Err(Code::OutsideWindow));
    assert_eq!(give(&mut merchant, answer("zhang", false)), Err(Code::SamePerson), "who prepared it");
    assert_eq!(give(&mut merchant, answer("shop", true)), Err(Code::SamePerson), "who disputes it");
    give(&mut merchant, answer("li", true)).expect("answered");
    assert_eq!(give(&mut merchant, answer("li", false)), Err(Code::AlreadyDecided));
    assert_eq!(merchant.month(month("2024-03")).expect("a month").stage(), Stage::Stale);
    assert_eq!(give(&mut merchant, confirm(by("li"))), Err(Code::OutsideWindow), "it must be prepared again");
    give(&mut merchant, prepare("zhang")).expect("prepared again");
    give(&mut merchant, confirm(by("li"))).expect("confirmed");
    assert_eq!(give(&mut merchant, dispute("XP-1")), Err(Code::AlreadyDecided));
}

fn acknowledge(digest: Option<LinesDigest>) -> MerchantCommand {
    MerchantCommand::Acknowledge { at: later(), hand: by("shop"), month: month("2024-03"), digest }
}

#[test]
fn a_merchant_finds_a_statement_right_and_three_persons_settle_it_all_the_same() {
    let mut merchant = with_claims();
    assert_eq!(give(&mut merchant, acknowledge(None)), Err(Code::NotFound), "nothing was prepared");
    give(&mut merchant, prepare("zhang")).expect("prepared");
    let digest = merchant.statement(month("2024-03")).expect("a statement").sums.digest;
    let other = LinesDigest::default();
    assert_eq!(give(&mut merchant, acknowledge(Some(other))), Err(Code::OutsideWindow), "other lines were looked over");
    let found = give(&mut merchant, acknowledge(Some(digest))).expect("found right");
    let [MerchantEvent::StatementAcknowledged(StatementAcknowledged { digest: of, .. })] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(*of, digest);
    assert_eq!(give(&mut merchant, acknowledge(None)), Err(Code::AlreadyDecided), "twice");
    assert_eq!(give(&mut merchant, pay("wang", 50, None)), Err(Code::OutsideWindow), "the approver's word is wanted");
    give(&mut merchant, confirm(by("li"))).expect("confirmed");
    assert_eq!(give(&mut merchant, acknowledge(None)), Err(Code::AlreadyDecided), "confirmed");
    let statement = merchant.statement(month("2024-03")).expect("a statement");
    assert_eq!(statement.acknowledged_by().map(ToString::to_string).as_deref(), Some("shop"));
}

#[test]
fn what_a_merchant_found_right_is_those_lines_and_no_others() {
    let mut merchant = with_claims();
    let found_right =
        |merchant: &Merchant| merchant.statement(month("2024-03")).and_then(Statement::acknowledged_by).is_some();
    give(&mut merchant, prepare("zhang")).expect("prepared");
    give(&mut merchant, acknowledge(None)).expect("found right");
    merchant.evolve(&honoured("2024-03-06", 10));
    assert_eq!(give(&mut merchant, acknowledge(None)), Err(Code::OutsideWindow), "a line came in since");
    give(&mut merchant, prepare("zhang")).expect("prepared again");
    assert!(!found_right(&merchant), "other lines");
    give(&mut merchant, acknowledge(None)).expect("found right again");
    give(&mut merchant, dispute("XP-1")).expect("thought better of");
    assert!(!found_right(&merchant), "a line is disputed");
    assert_eq!(give(&mut merchant, acknowledge(None)), Err(Code::OutsideWindow), "the dispute waits");
    give(&mut merchant, answer("li", false)).expect("answered");
    give(&mut merchant, acknowledge(None)).expect("found right after all");
    assert!(found_right(&merchant));
}

#[test]
fn what_comes_after_the_confirmation_is_borne_by_the_next_month() {
    let mut merchant = with_claims();
    give(&mut merchant, prepare("zhang")).expect("prepared");
    merchant.evolve(&honoured("2024-03-06", 10));
    assert_eq!(give(&mut merchant, confirm(by("li"))), Err(Code::OutsideWindow), "a line came in since");
    give(&mut merchant, prepare("zhang")).expect("prepared again");
    give(&mut merchant, confirm(by("li"))).expect("confirmed");
    let slip = MerchantCommand::ClaimMoney { at: at(), amount: Fen::new(500), source: key("XP-2") };
    let events = give(&mut merchant, slip).expect("claimed");
    let borne = events.iter().filter_map(MerchantEvent::line).map(|(month, _)| month);
    assert_eq!(borne.collect::<Vec<_>>(), [month("2024-04")]);
    // Taken back after it was confirmed, and not paid yet: also the next month's.
    let back = MerchantCommand::ReverseHonour {
        at: BusinessTime::parse("2024-03-30").expect("a time"),
        month: month("2024-03"),
        points: Points::from_whole(50),
        redemption: RedemptionId::new("R1").expect("an id"),
        store: StoreId::new("S1").expect("an id"),
    };
    let events = give(&mut merchant, back).expect("taken back");
    let borne = events.iter().filter_map(MerchantEvent::line).map(|(month, _)| month);
    assert_eq!(borne.collect::<Vec<_>>(), [month("2024-04")]);
    let march = merchant.month(month("2024-03")).expect("a month");
    assert_eq!((march.honoured, march.sums.amount), (Points::from_whole(60), Fen::new(1_276)));
    give(&mut merchant, pay("wang", 10, None)).expect("what is owed in all is paid");
    assert_eq!(give(&mut merchant, pay("wang", 1, None)), Err(Code::InvalidQuantity), "not what April takes back");
}

#[test]
fn a_month_is_stated_once_it_is_over_and_where_it_has_lines() {
    let mut merchant = with_claims();
    let early = MerchantCommand::Prepare { at: at(), hand: by("zhang"), month: month("2024-03") };
    assert_eq!(give(&mut merchant, early), Err(Code::OutsideWindow));
    let empty = MerchantCommand::Prepare { at: later(), hand: by("zhang"), month: month("2024-02") };
    assert_eq!(give(&mut merchant, empty), Err(Code::OutsideWindow));
    assert_eq!(give(&mut merchant, pay("wang", 0, Some(1_276))), Err(Code::OutsideWindow), "money wants a statement");
}

fn take_back(when: &str, fen: i64, source: &str) -> MerchantCommand {
    let at = BusinessTime::parse(when).expect("a time");
    MerchantCommand::TakeBackMoney { at, amount: Fen::new(fen), month: month("2024-03"), source: key(source) }
}

/// Where a claim to money that is taken back is borne: the month, and the month of the use where that is another.
fn borne(events: &[MerchantEvent]) -> Option<(Month, Option<Month>)> {
    if let [MerchantEvent::MoneyTakenBack(event)] = events { Some((event.month, event.claimed_in)) } else { None }
}

#[test]
fn money_taken_back_before_the_confirmation_is_the_months_own_and_a_line_of_it() {
    let mut merchant = with_claims();
    give(&mut merchant, prepare("zhang")).expect("prepared");
    let events = give(&mut merchant, take_back("2024-05-01", 1_276, "XP-1")).expect("taken back");
    assert_eq!(borne(&events), Some((month("2024-03"), None)));
    let march = merchant.month(month("2024-03")).expect("a month");
    assert_eq!((march.sums.lines, march.sums.amount, march.stage()), (3, Fen::ZERO, Stage::Stale));
    assert_eq!(give(&mut merchant, confirm(by("li"))), Err(Code::OutsideWindow), "it must be prepared again");
    give(&mut merchant, prepare("zhang")).expect("prepared again");
    give(&mut merchant, confirm(by("li"))).expect("confirmed");
    assert_eq!(give(&mut merchant, pay("wang", 50, Some(1))), Err(Code::InvalidAmount), "nothing is owed in money");
    give(&mut merchant, pay("wang", 50, None)).expect("the points are");
}

#[test]
fn money_taken_back_of_a_paid_month_makes_later_payments_smaller_and_no_month_less_than_nothing() {
    let mut merchant = with_claims();
    give(&mut merchant, prepare("zhang")).expect("prepared");
    give(&mut merchant, confirm(by("li"))).expect("confirmed");
    give(&mut merchant, pay("wang", 50, Some(1_276))).expect("paid");
    let events = give(&mut merchant, take_back("2024-05-02", 1_276, "XP-1")).expect("taken back");
    assert_eq!(borne(&events), Some((month("2024-05"), Some(month("2024-03")))));
    let march = merchant.month(month("2024-03")).expect("a month");
    assert_eq!((march.sums.amount, march.stage()), (Fen::new(1_276), Stage::Confirmed), "it stays as it was paid");
    assert_eq!((merchant.money_owed_for(month("2024-05")), merchant.money_owed()), (Fen::ZERO, Fen::new(-1_276)));
    for (day, fen) in [("2024-06-03", 500), ("2024-07-03", 1_000)] {
        let at = BusinessTime::parse(day).expect("a time");
        let claim = MerchantCommand::ClaimMoney { at, amount: Fen::new(fen), source: key(day) };
        give(&mut merchant, claim).expect("claimed");
    }
    let mut settle = |month: Month, fen: i64, pays: i64| {
        let at = BusinessTime::parse("2024-08-02").expect("a time");
        give(&mut merchant, MerchantCommand::Prepare { at, hand: by("zhang"), month }).expect("prepared");
        give(&mut merchant, MerchantCommand::Confirm { at, hand: by("li"), month }).expect("confirmed");
        assert_eq!(merchant.money_owed_for(month), Fen::new(fen));
        let (points, amount, reference) = (Points::ZERO, Some(Fen::new(pays)), "P-2".to_owned());
        give(&mut merchant, MerchantCommand::Pay { at, month, points, amount, reference, hand: by("wang") }).map(drop)
    };
    assert_eq!(settle(month("2024-06"), 0, 500), Err(Code::InvalidAmount), "May takes back more than June claims");
    assert_eq!(settle(month("2024-07"), 224, 224), Ok(()));
    assert_eq!(merchant.money_owed(), Fen::ZERO);
}
