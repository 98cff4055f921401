//! The rules of a benefit, given what was recorded.

use proptest::prelude::*;

use super::certificate::{Certificate, CertificateClaimed, CertificateReleased};
use super::command::{ApplicationTerms, Approver, BenefitCommand, BenefitKind, BenefitTerms, Use};
use super::event::BenefitEvent;
use super::state::Benefit;
use crate::domain::event::V1;
use crate::domain::ids::{ApplicationId, BenefitId};
use crate::domain::money::Fen;
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;

fn time(text: &str) -> BusinessTime {
    BusinessTime::parse(text).expect("a time")
}

fn benefit() -> BenefitId {
    BenefitId::new("QY1").expect("a benefit")
}

fn row(number: usize) -> ApplicationId {
    ApplicationId::new(&format!("QD{number}")).expect("a row")
}

fn terms(places: u32, kind: BenefitKind) -> BenefitTerms {
    let day = |text: &str| Some(text.parse().expect("a day"));
    BenefitTerms {
        approvals: None,
        fund: None,
        kind,
        limit_per_worker: Some(1),
        limit_yearly: true,
        name: "观影券".into(),
        places: Some(places),
        price: Points::ZERO,
        value: Fen::new(1_990),
        window: Period { from: day("2024-01-01"), through: day("2025-06-30") },
    }
}

fn asked(worker: usize, at: &str) -> ApplicationTerms {
    let worker = format!("W{worker}").parse().expect("a worker");
    ApplicationTerms { amount: None, at: time(at), certificate: None, worker }
}

fn given(places: u32) -> Benefit {
    let mut state = Benefit::default();
    let register = BenefitCommand::Register {
        at: time("2024-01-01"),
        benefit: benefit(),
        terms: terms(places, BenefitKind::Voucher),
    };
    when(&mut state, register).expect("registered");
    state
}

fn apply(state: &mut Benefit, number: usize, terms: ApplicationTerms) -> Vec<BenefitEvent> {
    when(state, BenefitCommand::Apply { benefit: benefit(), application: row(number), terms }).expect("applied")
}

fn used(number: usize, at: &str) -> BenefitCommand {
    BenefitCommand::Use { benefit: benefit(), application: row(number), used: Use { at: time(at), merchant: None } }
}

fn when(state: &mut Benefit, command: BenefitCommand) -> Result<Vec<BenefitEvent>, Code> {
    let events = state.decide(command).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events)
}

#[test]
fn what_waits_in_the_queue_cannot_be_used_and_stays_there() {
    let mut state = given(1);
    assert!(matches!(apply(&mut state, 1, asked(1, "2024-02-01"))[..], [BenefitEvent::BenefitGranted(_)]));
    assert!(matches!(apply(&mut state, 2, asked(2, "2024-02-01"))[..], [BenefitEvent::BenefitQueued(_)]));
    assert_eq!(when(&mut state, used(2, "2024-02-02")), Err(Code::QuotaFull));
    assert!(state.application(&row(2)).is_some_and(|waiting| waiting.waits));
    assert!(when(&mut state, used(1, "2024-02-02")).is_ok());
    assert_eq!(when(&mut state, used(1, "2024-02-03")), Err(Code::AlreadyDecided));
}

fn withdraw(number: usize, at: &str) -> BenefitCommand {
    BenefitCommand::Withdraw { at: time(at), benefit: benefit(), application: row(number), reason: None }
}

#[test]
fn what_was_granted_and_not_used_is_given_back_once_and_its_place_is_free() {
    let mut state = given(1);
    apply(&mut state, 1, asked(1, "2024-02-01"));
    apply(&mut state, 2, asked(2, "2024-02-01"));
    assert_eq!(when(&mut state, withdraw(1, "2024-01-31")), Err(Code::InvalidDate), "before it was applied for");
    assert_eq!(when(&mut state, withdraw(3, "2024-02-02")), Err(Code::UnknownBenefit));
    let withdrawn = when(&mut state, withdraw(1, "2024-02-02")).expect("withdrawn");
    assert!(matches!(&withdrawn[..], [BenefitEvent::BenefitWithdrawn(event)] if !event.waited), "{withdrawn:?}");
    assert_eq!((state.granted(), state.has_place()), (0, true));
    assert_eq!(state.waiting().map(|(id, _)| id.clone()).collect::<Vec<_>>(), [row(2)]);
    assert_eq!(when(&mut state, withdraw(1, "2024-02-03")), Err(Code::AlreadyDecided), "once");
    assert_eq!(when(&mut state, used(1, "2024-02-03")), Err(Code::AlreadyDecided), "what was given back is not used");
    assert_eq!(state.had(&asked(1, "2024-02-01").worker, Some(2024)), 0, "it does not count for the limit");
}

fn used_at(number: usize, at: &str, merchant: &str) -> BenefitCommand {
    let used = Use { at: time(at), merchant: Some(merchant.parse().expect("a merchant")) };
    BenefitCommand::Use { benefit: benefit(), application: row(number), used }
}

fn reverse(number: usize, at: &str) -> BenefitCommand {
    let reason = "核错了".to_owned();
    BenefitCommand::ReverseUse { at: time(at), benefit: benefit(), application: row(number), reason }
}

#[test]
fn a_use_is_taken_back_once_and_what_was_given_is_there_again() {
    let mut state = given(1);
    apply(&mut state, 1, asked(1, "2024-02-01"));
    assert_eq!(when(&mut state, reverse(2, "2024-02-03")), Err(Code::UnknownBenefit));
    assert_eq!(when(&mut state, reverse(1, "2024-02-03")), Err(Code::AlreadyDecided), "it is not used");
    when(&mut state, used_at(1, "2024-02-02", "M1")).expect("used");
    let owed = |state: &Benefit| state.application(&row(1)).and_then(|known| known.owed);
    assert_eq!(owed(&state), Some(Fen::new(1_990)));
    // What a later register says is of later uses.
    let mut dearer = terms(1, BenefitKind::Voucher);
    dearer.value = Fen::new(2_990);
    let register = BenefitCommand::Register { at: time("2024-02-02"), benefit: benefit(), terms: dearer };
    when(&mut state, register).expect("registered");
    assert_eq!(owed(&state), Some(Fen::new(1_990)));
    assert_eq!(when(&mut state, reverse(1, "2024-02-01")), Err(Code::InvalidDate), "before it was used");
    let events = when(&mut state, reverse(1, "2024-02-03")).expect("taken back");
    let [BenefitEvent::BenefitUseReversed(event)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((event.used.at, &event.worker), (time("2024-02-02"), &asked(1, "2024-02-01").worker));
    assert_eq!((owed(&state), state.granted()), (None, 1), "its place is still taken");
    assert_eq!(when(&mut state, reverse(1, "2024-02-04")), Err(Code::AlreadyDecided), "once");
    when(&mut state, used_at(1, "2024-02-05", "M2")).expect("used again, elsewhere");
    assert_eq!(owed(&state), Some(Fen::new(2_990)));
    when(&mut state, reverse(1, "2024-02-06")).expect("another use is another one");
    when(&mut state, withdraw(1, "2024-02-07")).expect("and what is not used is given back");
    assert_eq!(when(&mut state, reverse(1, "2024-02-08")), Err(Code::AlreadyDecided));
}

#[test]
fn who_waits_may_leave_the_queue_and_what_was_used_stays_used() {
    let mut state = given(1);
    for number in 1..=3 {
        apply(&mut state, number, asked(number, "2024-02-01"));
    }
    let withdrawn = when(&mut state, withdraw(2, "2024-02-02")).expect("withdrawn");
    assert!(matches!(&withdrawn[..], [BenefitEvent::BenefitWithdrawn(event)] if event.waited), "{withdrawn:?}");
    assert_eq!((state.granted(), state.has_place()), (1, false));
    assert_eq!(state.waiting().map(|(id, _)| id.clone()).collect::<Vec<_>>(), [row(3)]);
    when(&mut state, used(1, "2024-02-03")).expect("used");
    assert_eq!(when(&mut state, withdraw(1, "2024-02-04")), Err(Code::AlreadyDecided));
    assert_eq!(state.granted(), 1);
}

#[test]
fn what_is_freed_is_what_was_set_aside_whatever_a_later_register_says() {
    let mut state = given(2);
    let register = |fund: Option<&str>, fen| BenefitCommand::Register {
        at: time("2024-01-02"),
        benefit: benefit(),
        terms: BenefitTerms {
            fund: fund.map(|fund| fund.parse().expect("a fund")),
            value: Fen::new(fen),
            ..terms(2, BenefitKind::Voucher)
        },
    };
    when(&mut state, register(Some("ZJ1"), 1_990)).expect("registered");
    apply(&mut state, 1, asked(1, "2024-02-01"));
    when(&mut state, register(Some("ZJ2"), 2_500)).expect("registered");
    let aside = state.application(&row(1)).and_then(|application| application.set_aside.clone()).expect("set aside");
    assert_eq!((aside.fund.as_str(), aside.amount), ("ZJ1", Fen::new(1_990)));
}

#[test]
fn a_certificate_is_given_back_by_whoever_claimed_it_and_can_be_claimed_again() {
    let mut state = Certificate::default();
    let claim = |number: usize| CertificateClaimed {
        application: row(number),
        benefit: benefit(),
        certificate: "ZS1".parse().expect("a certificate"),
        v: V1,
        worker: asked(number, "2024-02-01").worker,
    };
    let release = |number: usize| CertificateReleased {
        application: row(number),
        benefit: benefit(),
        certificate: "ZS1".parse().expect("a certificate"),
        v: V1,
        worker: asked(number, "2024-02-01").worker,
    };
    state.decide(claim(1)).expect("claimed").iter().for_each(|event| state.evolve(event));
    assert_eq!(state.decide(claim(2)).map_err(|refusal| refusal.code), Err(Code::AlreadyClaimed));
    assert_eq!(state.release(release(2)), [], "another's claim is not touched");
    state.release(release(1)).iter().for_each(|event| state.evolve(event));
    assert!(state.decide(claim(2)).is_ok());
}

#[test]
fn a_certificate_that_is_kept_for_a_proposal_is_claimed_by_it_alone() {
    let claim = |number: usize| CertificateClaimed {
        application: row(number),
        benefit: benefit(),
        certificate: "ZS1".parse().expect("a certificate"),
        v: V1,
        worker: asked(number, "2024-02-01").worker,
    };
    let mut state = Certificate::default();
    state.reserve(claim(1)).expect("kept").iter().for_each(|event| state.evolve(event));
    let code = |told: Result<_, crate::domain::refusal::Refusal>| told.err().map(|no| no.code);
    assert_eq!(code(state.reserve(claim(2))), Some(Code::AlreadyClaimed));
    assert_eq!(code(state.decide(claim(2))), Some(Code::AlreadyClaimed));
    state.decide(claim(1)).expect("claimed").iter().for_each(|event| state.evolve(event));
    assert_eq!((state.claimed_by.clone(), state.reserved_for.clone()), (Some(row(1)), None));
    assert_eq!(code(state.reserve(claim(2))), Some(Code::AlreadyClaimed));
}

/// A benefit with a place that two bodies approve, and a proposal of it by `maker`.
fn proposed() -> Benefit {
    let mut state = Benefit::default();
    let terms = BenefitTerms {
        approvals: Some(vec!["区总工会".into(), "市总工会".into()]),
        ..terms(1, BenefitKind::Voucher)
    };
    let register = BenefitCommand::Register { at: time("2024-01-01"), benefit: benefit(), terms };
    when(&mut state, register).expect("registered");
    let by = "maker".parse().expect("an actor");
    let terms = asked(1, "2024-02-01");
    when(&mut state, BenefitCommand::Propose { benefit: benefit(), application: row(1), by, terms }).expect("proposed");
    state
}

fn approver(by: &str) -> Approver {
    Approver { by: by.parse().expect("an actor"), alike: Vec::new(), is_worker: false }
}

fn check(body: &str, approver: Approver) -> BenefitCommand {
    let (benefit, application, body) = (benefit(), row(1), body.to_owned());
    BenefitCommand::Check { at: time("2024-02-02"), benefit, application, body, approver }
}

fn reject(at: &str, approver: Approver) -> BenefitCommand {
    let (benefit, application, reason) = (benefit(), row(1), "材料不全".to_owned());
    BenefitCommand::Reject { at: time(at), benefit, application, approver, reason }
}

#[test]
fn what_is_proposed_takes_no_place_and_counts_for_the_limit() {
    let mut state = proposed();
    assert_eq!((state.granted(), state.has_place(), state.waiting().count()), (0, true, 0));
    assert_eq!(state.had(&asked(1, "2024-02-01").worker, Some(2024)), 1);
    assert_eq!(when(&mut state, used(1, "2024-02-03")), Err(Code::NotEligible));
    // The place goes to whoever is granted it first.
    assert!(matches!(apply(&mut state, 2, asked(2, "2024-02-01"))[..], [BenefitEvent::BenefitGranted(_)]));
    assert!(matches!(apply(&mut state, 1, asked(1, "2024-02-01"))[..], [BenefitEvent::BenefitQueued(_)]));
    assert_eq!(state.had(&asked(1, "2024-02-01").worker, Some(2024)), 1, "counted before");
    assert_eq!(when(&mut state, check("区总工会", approver("first"))), Err(Code::AlreadyDecided));
}

#[test]
fn each_body_says_so_once_by_a_person_without_a_part_in_it() {
    let mut state = proposed();
    let alike = |actor: &str| Approver { alike: vec![actor.parse().expect("an actor")], ..approver("other") };
    for (body, approver, code) in [
        ("区妇联", approver("first"), Code::InvalidInput),
        ("区总工会", approver("maker"), Code::SamePerson),
        ("区总工会", alike("maker"), Code::SamePerson),
        ("区总工会", Approver { is_worker: true, ..approver("first") }, Code::SamePerson),
    ] {
        assert_eq!(when(&mut state, check(body, approver)), Err(code), "{body}");
    }
    let approved = |state: &Benefit| {
        let application = state.application(&row(1)).and_then(|application| application.proposal.clone());
        application.map(|proposal| proposal.is_approved())
    };
    when(&mut state, check("区总工会", approver("first"))).expect("checked");
    assert_eq!(approved(&state), Some(false));
    for (body, approver, code) in [
        ("市总工会", approver("first"), Code::SamePerson),
        ("市总工会", alike("first"), Code::SamePerson),
        ("区总工会", approver("second"), Code::AlreadyDecided),
    ] {
        assert_eq!(when(&mut state, check(body, approver)), Err(code), "{body}");
    }
    when(&mut state, check("市总工会", approver("second"))).expect("checked");
    assert_eq!(approved(&state), Some(true));
}

#[test]
fn what_is_sent_back_or_withdrawn_is_decided_no_more() {
    let mut state = proposed();
    assert_eq!(when(&mut state, reject("2024-01-31", approver("first"))), Err(Code::InvalidDate));
    assert_eq!(when(&mut state, reject("2024-02-02", approver("maker"))), Err(Code::SamePerson));
    when(&mut state, reject("2024-02-02", approver("first"))).expect("sent back");
    assert_eq!(state.had(&asked(1, "2024-02-01").worker, Some(2024)), 0);
    for command in
        [check("区总工会", approver("second")), reject("2024-02-02", approver("second")), withdraw(1, "2024-02-02")]
    {
        assert_eq!(when(&mut state, command), Err(Code::AlreadyDecided));
    }
    let mut state = proposed();
    let withdrawn = when(&mut state, withdraw(1, "2024-02-02")).expect("withdrawn");
    assert!(matches!(&withdrawn[..], [BenefitEvent::BenefitWithdrawn(event)] if event.waited), "{withdrawn:?}");
    assert_eq!((state.granted(), state.had(&asked(1, "2024-02-01").worker, Some(2024))), (0, 0));
    assert_eq!(when(&mut state, check("区总工会", approver("second"))), Err(Code::AlreadyDecided));
}

#[test]
fn bodies_stay_as_they_were_where_a_register_says_nothing_of_them() {
    let mut state = proposed();
    let register = |approvals: Option<Vec<String>>| BenefitCommand::Register {
        at: time("2024-03-01"),
        benefit: benefit(),
        terms: BenefitTerms { approvals, ..terms(1, BenefitKind::Voucher) },
    };
    assert_eq!(when(&mut state, register(None)), Ok(Vec::new()), "nothing changed");
    assert_eq!(state.terms().map(|terms| terms.approving().len()), Some(2));
    when(&mut state, register(Some(Vec::new()))).expect("registered");
    assert_eq!(state.terms().and_then(|terms| terms.approvals.clone()), None, "an empty list is never recorded");
}

#[test]
fn a_yearly_limit_counts_what_was_given_and_what_waits_in_that_year() {
    let mut state = given(0);
    apply(&mut state, 1, asked(1, "2024-12-31"));
    let refused = |terms: ApplicationTerms| {
        state.require_below_limit(&benefit(), &terms, std::iter::empty()).err().map(|no| no.code)
    };
    assert_eq!(refused(asked(1, "2024-02-01")), Some(Code::LimitPerWorker));
    assert_eq!(refused(asked(1, "2025-01-01")), None);
    assert_eq!(refused(asked(2, "2024-02-01")), None);
}

#[test]
fn a_grant_names_its_amount_and_owes_no_merchant() {
    let grant = terms(1, BenefitKind::Grant);
    let cost = |amount: Option<i64>| {
        let terms = ApplicationTerms { amount: amount.map(Fen::new), ..asked(1, "2024-02-01") };
        grant.cost(&terms).map_err(|refusal| refusal.code)
    };
    assert_eq!(cost(Some(361_700)), Ok(Fen::new(361_700)));
    assert_eq!([cost(None), cost(Some(0)), cost(Some(-1))], [Err(Code::InvalidAmount); 3]);
    assert_eq!(grant.owed(), None);
    assert_eq!(terms(1, BenefitKind::Place).owed(), Some(Fen::new(1_990)));
}

#[test]
fn there_are_never_fewer_places_than_were_given() {
    let mut state = given(3);
    apply(&mut state, 1, asked(1, "2024-03-05T09:00:00+08:00"));
    apply(&mut state, 2, asked(2, "2024-03-05T09:00:00+08:00"));
    let places = |places| BenefitCommand::Register {
        at: time("2024-03-06T09:00:00+08:00"),
        benefit: benefit(),
        terms: terms(places, BenefitKind::Voucher),
    };
    assert_eq!(when(&mut state.clone(), places(1)).err(), Some(Code::InvalidQuantity));
    assert!(when(&mut state, places(2)).is_ok(), "as many as were given");
    assert!(!state.has_place());
}

#[test]
fn a_voucher_is_used_until_its_last_day() {
    let usable = |at: &str| {
        let used = Use { at: time(at), merchant: None };
        terms(1, BenefitKind::Voucher).require_usable(&used).map_err(|refusal| refusal.code)
    };
    assert_eq!(usable("2025-06-30 23:59:59"), Ok(()));
    assert_eq!(usable("2025-07-01"), Err(Code::VoucherExpired));
}

proptest! {
    #[test]
    fn never_more_are_given_than_there_are_and_who_waits_came_later(
        workers in prop::collection::vec(1_usize..9, 0..20),
        places in 0_u32..6,
    ) {
        let mut state = given(places);
        let mut waiting = false;
        for (number, worker) in workers.into_iter().enumerate() {
            let events = apply(&mut state, number, asked(worker, "2024-02-01"));
            let queued = matches!(events[..], [BenefitEvent::BenefitQueued(_)]);
            prop_assert!(queued || !waiting, "nobody overtakes");
            waiting |= queued;
        }
        prop_assert!(state.granted() <= places);
    }
}
