//! Places of a benefit that come free: up to the end of its last day they go to those who wait, and then to nobody.

use super::{Desk, time};
use crate::domain::benefit::BenefitEvent;
use crate::domain::benefit::command::{BenefitKind, BenefitTerms};
use crate::domain::event::Event;
use crate::domain::money::Fen;
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::ledger::commands::benefits::AskedAmount;
use crate::ledger::{Command, commands};

const LAST_DAY: &str = "2024-03-05";

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn benefit(places: u32, last_day: &str) -> Command {
    let terms = BenefitTerms {
        approvals: None,
        fund: None,
        kind: BenefitKind::Place,
        limit_per_worker: None,
        limit_yearly: false,
        name: "体检".into(),
        places: Some(places),
        price: Points::ZERO,
        value: Fen::ZERO,
        window: Period { from: None, through: Some(time(last_day).date()) },
    };
    commands::RegisterBenefit { benefit: id("QY1"), terms }.into()
}

fn apply(application: &str) -> Command {
    let (application, benefit, worker) = (id(application), id("QY1"), id("W1"));
    let at = Some(time("2024-03-05T09:00:00+08:00"));
    let (certificate, amount, used, completes) = (None, AskedAmount::Blank, None, false);
    commands::ApplyBenefit { application, benefit, worker, at, certificate, amount, used, completes }.into()
}

fn withdraw(application: &str) -> Command {
    commands::WithdrawBenefit { benefit: id("QY1"), application: id(application), reason: None }.into()
}

/// The events that a command makes now: of which type, and of which application.
async fn makes(desk: &Desk, command: Command) -> Vec<String> {
    let outcome = desk.answer(desk.ledger.now(), command).await;
    let receipt = outcome.receipt().unwrap_or_else(|| panic!("{:?}", outcome.code()));
    let told = receipt.events.iter().map(|event| {
        let of = match event {
            Event::Benefit(BenefitEvent::BenefitGranted(of) | BenefitEvent::BenefitQueued(of)) => {
                of.application.as_str()
            }
            Event::Benefit(BenefitEvent::BenefitWithdrawn(of)) => of.application.as_str(),
            _ => "",
        };
        format!("{} {of}", event.event_type()).trim_end().to_owned()
    });
    told.collect()
}

/// A benefit of one place, given to QD1; QD2 and QD3 wait.
async fn open() -> Desk {
    let desk = Desk::open().await;
    assert_eq!(makes(&desk, benefit(1, LAST_DAY)).await, ["BenefitRegistered"]);
    for (application, told) in
        [("QD1", "BenefitGranted QD1"), ("QD2", "BenefitQueued QD2"), ("QD3", "BenefitQueued QD3")]
    {
        assert_eq!(makes(&desk, apply(application)).await, [told]);
    }
    desk
}

#[tokio::test]
async fn what_is_given_back_after_the_last_day_goes_to_nobody() {
    let desk = open().await;
    desk.set_clock("2024-03-05T23:59:59+08:00");
    assert_eq!(makes(&desk, withdraw("QD1")).await, ["BenefitWithdrawn QD1", "BenefitGranted QD2"]);
    desk.set_clock("2024-03-06T00:00:00+08:00");
    assert_eq!(makes(&desk, withdraw("QD2")).await, ["BenefitWithdrawn QD2"]);
    // Nor does the place go to anybody because somebody else leaves the queue.
    assert_eq!(makes(&desk, apply("QD4")).await, ["BenefitGranted QD4"], "a row of a day when one could apply");
    assert_eq!(makes(&desk, apply("QD5")).await, ["BenefitQueued QD5"], "and the place is taken");
    assert_eq!(makes(&desk, withdraw("QD4")).await, ["BenefitWithdrawn QD4"]);
    assert_eq!(makes(&desk, withdraw("QD5")).await, ["BenefitWithdrawn QD5"]);
}

#[tokio::test]
async fn places_added_after_the_last_day_go_to_nobody_unless_that_day_is_moved() {
    let desk = open().await;
    desk.set_clock("2024-03-05T23:59:59+08:00");
    assert_eq!(makes(&desk, benefit(2, LAST_DAY)).await, ["BenefitUpdated", "BenefitGranted QD2"]);
    desk.set_clock("2024-03-06T00:00:00+08:00");
    assert_eq!(makes(&desk, benefit(3, LAST_DAY)).await, ["BenefitUpdated"]);
    assert_eq!(makes(&desk, benefit(3, "2024-03-06")).await, ["BenefitUpdated", "BenefitGranted QD3"]);
}
