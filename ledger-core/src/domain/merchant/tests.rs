//! Given events, when a command, then events or a code.

use super::command::{MerchantCommand, MerchantDetails};
use super::event::{MerchantEvent, SettlementPaid, VoucherHonoured};
use super::state::Merchant;
use crate::domain::event::V1;
use crate::domain::ids::{MerchantId, RedemptionId, StoreId};
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::time::{BusinessTime, Month};

fn at() -> BusinessTime {
    BusinessTime::parse("2024-03-05").expect("time")
}

fn id() -> MerchantId {
    MerchantId::new("M1").expect("id")
}

fn registered() -> Merchant {
    let mut merchant = Merchant::default();
    let details = MerchantDetails { category: None, name: "一号店".into(), uscc: "9137".into() };
    let events = merchant
        .decide(&id(), MerchantCommand::Register { at: at(), merchant: id(), details, update: false })
        .expect("registered");
    events.iter().for_each(|event| merchant.evolve(event));
    merchant
}

fn pay(points: i32) -> MerchantCommand {
    let month = Month::parse("2024-03").expect("month");
    MerchantCommand::Pay { at: at(), month, points: Points::from_whole(points), reference: "P-1".into() }
}

#[test]
fn a_merchant_is_paid_what_it_is_owed_and_no_more() {
    let mut merchant = registered();
    merchant.evolve(&MerchantEvent::VoucherHonoured(VoucherHonoured {
        at: at(),
        merchant: id(),
        points: Points::from_whole(50),
        redemption: RedemptionId::new("R1").expect("id"),
        store: StoreId::new("S1").expect("id"),
        v: V1,
    }));
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
