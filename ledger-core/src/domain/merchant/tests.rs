//! Given events, when a command, then events or a code.

mod statements;

use super::MerchantCommand;
use super::command::MerchantDetails;
use super::event::{HonourReversed, MerchantEvent, SettlementPaid, VoucherHonoured};
use super::state::Merchant;
use crate::domain::event::V1;
use crate::domain::ids::{Actor, MerchantId, RedemptionId, StoreId};
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::statement::Hand;
use crate::domain::time::{BusinessTime, Month};

fn at() -> BusinessTime {
    BusinessTime::parse("2024-03-05").expect("time")
}

fn id() -> MerchantId {
    MerchantId::new("M1").expect("id")
}

fn registered() -> Merchant {
    let mut merchant = Merchant::default();
    let details = MerchantDetails { category: None, name: "一号店".into(), uscc: "91350100M000100Y43".into() };
    let events = merchant
        .decide(&id(), MerchantCommand::Register { at: at(), merchant: id(), details, update: false })
        .expect("registered");
    events.iter().for_each(|event| merchant.evolve(event));
    merchant
}

fn pay(points: i32) -> MerchantCommand {
    let month = Month::parse("2024-03").expect("month");
    pay_for(month, points)
}

fn pay_for(month: Month, points: i32) -> MerchantCommand {
    let hand = Hand { by: Actor::new("wang").expect("actor"), alike: Vec::new() };
    let (points, reference) = (Points::from_whole(points), "P-1".into());
    MerchantCommand::Pay { at: at(), month, points, amount: None, reference, hand }
}

#[test]
fn a_merchant_is_paid_what_it_is_owed_and_no_more() {
    let mut merchant = registered();
    merchant.evolve(&honoured("2024-03-05", 50));
    assert_eq!(merchant.decide(&id(), pay(51)).map_err(|refusal| refusal.code), Err(Code::InvalidQuantity));
    let paid = merchant.decide(&id(), pay(50)).expect("paid");
    assert!(matches!(paid.as_slice(), [MerchantEvent::SettlementPaid(SettlementPaid { .. })]));
    paid.iter().for_each(|event| merchant.evolve(event));
    assert_eq!(merchant.decide(&id(), pay(1)).map_err(|refusal| refusal.code), Err(Code::InvalidQuantity));
}

#[test]
fn an_unknown_merchant_is_refused() {
    assert_eq!(Merchant::default().decide(&id(), pay(1)).map_err(|refusal| refusal.code), Err(Code::UnknownMerchant));
}

fn month(text: &str) -> Month {
    Month::parse(text).expect("month")
}

fn honoured(day: &str, points: i32) -> MerchantEvent {
    MerchantEvent::VoucherHonoured(VoucherHonoured {
        at: BusinessTime::parse(day).expect("time"),
        merchant: id(),
        month: None,
        points: Points::from_whole(points),
        redemption: RedemptionId::new("R1").expect("id"),
        store: StoreId::new("S1").expect("id"),
        v: V1,
    })
}

fn honour(merchant: &mut Merchant, day: &str, points: i32) {
    merchant.evolve(&honoured(day, points));
}

fn take_back(merchant: &mut Merchant, day: &str, claimed: &str, points: i32) -> HonourReversed {
    let command = MerchantCommand::ReverseHonour {
        at: BusinessTime::parse(day).expect("time"),
        month: month(claimed),
        points: Points::from_whole(points),
        redemption: RedemptionId::new("R1").expect("id"),
        store: StoreId::new("S1").expect("id"),
    };
    let events = merchant.decide(&id(), command).expect("taken back");
    events.iter().for_each(|event| merchant.evolve(event));
    match events.as_slice() {
        [MerchantEvent::HonourReversed(event)] => event.clone(),
        other => panic!("one claim taken back expected, not {other:?}"),
    }
}

fn paid(merchant: &mut Merchant, of: &str, points: i32) -> Result<(), Code> {
    let events = merchant.decide(&id(), pay_for(month(of), points)).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| merchant.evolve(event));
    Ok(())
}

#[test]
fn a_claim_taken_back_lowers_its_own_month_while_that_can_bear_it() {
    let mut merchant = registered();
    honour(&mut merchant, "2024-03-05", 50);
    assert_eq!(paid(&mut merchant, "2024-03", 20), Ok(()));
    let event = take_back(&mut merchant, "2024-05-02", "2024-03", 30);
    assert_eq!((event.month, event.claimed_in), (month("2024-03"), None));
    assert_eq!((merchant.owed_for(month("2024-03")), merchant.owed()), (Points::ZERO, Points::ZERO));
}

#[test]
fn a_claim_taken_back_after_it_was_paid_is_set_off_against_what_comes_next() {
    let mut merchant = registered();
    honour(&mut merchant, "2024-03-05", 50);
    assert_eq!(paid(&mut merchant, "2024-03", 50), Ok(()));
    let event = take_back(&mut merchant, "2024-05-02", "2024-03", 30);
    assert_eq!((event.month, event.claimed_in), (month("2024-05"), Some(month("2024-03"))));
    let owed = |merchant: &Merchant, of| merchant.owed_for(month(of));
    assert_eq!(owed(&merchant, "2024-03"), Points::ZERO, "a month that was paid stays as it was paid");
    honour(&mut merchant, "2024-05-20", 10);
    assert_eq!(owed(&merchant, "2024-05"), Points::ZERO);
    assert_eq!(paid(&mut merchant, "2024-05", 1), Err(Code::InvalidQuantity));
    honour(&mut merchant, "2024-07-01", 25);
    assert_eq!((owed(&merchant, "2024-06"), owed(&merchant, "2024-07")), (Points::ZERO, Points::from_whole(5)));
    assert_eq!(paid(&mut merchant, "2024-07", 6), Err(Code::InvalidQuantity));
    assert_eq!(paid(&mut merchant, "2024-07", 5), Ok(()));
    assert_eq!(merchant.owed(), Points::ZERO);
}

#[test]
fn no_month_is_paid_what_a_later_one_has_to_bear() {
    let mut merchant = registered();
    honour(&mut merchant, "2024-03-05", 50);
    assert_eq!(paid(&mut merchant, "2024-03", 50), Ok(()));
    honour(&mut merchant, "2024-04-05", 40);
    take_back(&mut merchant, "2024-05-02", "2024-03", 30);
    assert_eq!(paid(&mut merchant, "2024-04", 11), Err(Code::InvalidQuantity));
    assert_eq!(paid(&mut merchant, "2024-04", 10), Ok(()));
}

/// As journals hold it from before corrections were carried: the claim's own month, paid, fell below zero.
#[test]
fn a_month_that_fell_below_zero_is_carried_on() {
    let mut merchant = registered();
    honour(&mut merchant, "2024-03-05", 50);
    assert_eq!(paid(&mut merchant, "2024-03", 50), Ok(()));
    merchant.evolve(&MerchantEvent::HonourReversed(HonourReversed {
        at: at(),
        claimed_in: None,
        merchant: id(),
        month: month("2024-03"),
        points: Points::from_whole(30),
        redemption: RedemptionId::new("R1").expect("id"),
        store: StoreId::new("S1").expect("id"),
        v: V1,
    }));
    honour(&mut merchant, "2024-04-05", 40);
    assert_eq!(merchant.owed_for(month("2024-04")), Points::from_whole(10));
}

#[test]
fn a_new_merchant_has_a_credit_code_that_checks_and_a_sheet_is_not_refused_for_it() {
    let register = |uscc: &str, update| {
        let details = MerchantDetails { category: None, name: "二号店".into(), uscc: uscc.into() };
        let command = MerchantCommand::Register { at: at(), merchant: id(), details, update };
        Merchant::default().decide(&id(), command).map_err(|refusal| refusal.code).map(|events| events.len())
    };
    assert_eq!(register("123", false), Err(Code::InvalidInput));
    assert_eq!(register("123", true), Ok(1));
    assert_eq!(register("91350100M000100Y43", false), Ok(1));
}
