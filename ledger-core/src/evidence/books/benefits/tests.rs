//! Places, certificates and limits of benefits, given what was recorded.

use super::super::dues::Dues;
use super::super::ways::Persons;
use super::Benefits;
use crate::domain::benefit::certificate::{CertificateClaimed, CertificateReleased};
use crate::domain::benefit::command::{ApplicationTerms, BenefitKind, BenefitTerms, Use};
use crate::domain::benefit::event::{
    BenefitApplied, BenefitChecked, BenefitProposed, BenefitRecorded, BenefitRejected, BenefitUseReversed, BenefitUsed,
    BenefitWithdrawn,
};
use crate::domain::benefit::{BenefitEvent, CertificateEvent};
use crate::domain::event::V1;
use crate::domain::ids::{ApplicationId, BenefitId, WorkerId};
use crate::domain::money::Fen;
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;

fn at() -> BusinessTime {
    BusinessTime::parse("2024-03-05").expect("a time")
}

fn row(number: u8) -> ApplicationId {
    format!("QD{number}").parse().expect("a row")
}

fn benefit() -> BenefitId {
    "QY1".parse().expect("a benefit")
}

fn worker() -> WorkerId {
    "W1".parse().expect("a worker")
}

fn registered(places: u32) -> BenefitEvent {
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
        window: Period { from: None, through: None },
    };
    BenefitEvent::BenefitRegistered(BenefitRecorded { at: at(), benefit: benefit(), terms, v: V1 })
}

fn applied(number: u8) -> BenefitApplied {
    let terms = ApplicationTerms { amount: None, at: at(), certificate: None, worker: worker() };
    BenefitApplied { application: row(number), at: at(), benefit: benefit(), terms, v: V1 }
}

fn granted(number: u8) -> BenefitEvent {
    BenefitEvent::BenefitGranted(applied(number))
}

fn queued(number: u8) -> BenefitEvent {
    BenefitEvent::BenefitQueued(applied(number))
}

fn used(number: u8) -> BenefitEvent {
    let (application, used) = (row(number), Use { at: at(), merchant: None });
    let (benefit, worker) = (benefit(), worker());
    BenefitEvent::BenefitUsed(BenefitUsed { application, at: at(), benefit, used, v: V1, worker })
}

fn withdrawn(number: u8, waited: bool) -> BenefitEvent {
    let (application, benefit, worker) = (row(number), benefit(), worker());
    let withdrawn = BenefitWithdrawn { application, at: at(), benefit, reason: None, v: V1, waited, worker };
    BenefitEvent::BenefitWithdrawn(withdrawn)
}

fn use_reversed(number: u8) -> BenefitEvent {
    let (application, used, reason) = (row(number), Use { at: at(), merchant: None }, "核错了".to_owned());
    let (at, benefit, worker) = (at(), benefit(), worker());
    BenefitEvent::BenefitUseReversed(BenefitUseReversed { application, at, benefit, reason, used, v: V1, worker })
}

/// Books all but the last, which must be sound, and says what is found of the last.
fn last_of(events: &[BenefitEvent]) -> Result<(), String> {
    let (mut books, persons, mut dues) = (Benefits::default(), Persons::default(), Dues::default());
    let (last, before) = events.split_last().expect("events");
    before.iter().for_each(|event| books.follow(&persons, &mut dues, event).expect("sound"));
    books.follow(&persons, &mut dues, last)
}

#[test]
fn a_place_given_back_goes_to_the_next_and_whatever_cannot_be_is_found() {
    let story = || vec![registered(1), granted(1), queued(2), queued(3), withdrawn(3, true), withdrawn(1, false)];
    let promoted = [story(), vec![granted(2), used(2)]].concat();
    for length in 1..=promoted.len() {
        assert_eq!(last_of(&promoted[..length]), Ok(()), "{length}");
    }
    let wrong = [
        vec![registered(1), granted(1), granted(2)],
        vec![registered(1), granted(1), queued(2), withdrawn(2, false)],
        vec![registered(1), granted(1), withdrawn(1, true)],
        vec![registered(1), withdrawn(1, false)],
        [story(), vec![withdrawn(1, false)]].concat(),
        [story(), vec![granted(1)]].concat(),
        [story(), vec![granted(3)]].concat(),
        [story(), vec![used(1)]].concat(),
        [story(), vec![used(2)]].concat(),
        [promoted.clone(), vec![withdrawn(2, false)]].concat(),
        [promoted, vec![used(2)]].concat(),
        // A place is left, and nobody applied.
        vec![registered(1), queued(1)],
        vec![granted(1)],
        vec![registered(1), used(1)],
    ];
    for events in wrong {
        assert!(last_of(&events).is_err(), "{events:?}");
    }
}

#[test]
fn a_use_is_taken_back_once_and_as_it_was() {
    let story = || vec![registered(1), granted(1), used(1), use_reversed(1), used(1), use_reversed(1)];
    let given_back = [story(), vec![withdrawn(1, false)]].concat();
    for length in 1..=given_back.len() {
        assert_eq!(last_of(&given_back[..length]), Ok(()), "{length}");
    }
    let BenefitEvent::BenefitUseReversed(reversed) = use_reversed(1) else { panic!("a reversal") };
    let mut of_another = reversed.clone();
    of_another.worker = "W2".parse().expect("a worker");
    let mut elsewhere = reversed.clone();
    elsewhere.used.merchant = Some("M1".parse().expect("a merchant"));
    let mut before = reversed;
    before.at = BusinessTime::parse("2024-03-04").expect("a time");
    let wrong = [
        vec![registered(1), granted(1), use_reversed(1)],
        vec![registered(1), use_reversed(1)],
        [story(), vec![use_reversed(1)]].concat(),
        [given_back, vec![use_reversed(1)]].concat(),
        vec![registered(1), granted(1), used(1), BenefitEvent::BenefitUseReversed(of_another)],
        vec![registered(1), granted(1), used(1), BenefitEvent::BenefitUseReversed(elsewhere)],
        vec![registered(1), granted(1), used(1), BenefitEvent::BenefitUseReversed(before)],
    ];
    for events in wrong {
        assert!(last_of(&events).is_err(), "{events:?}");
    }
}

/// A benefit of which each person may have so many.
fn limited(limit: u32) -> BenefitEvent {
    let BenefitEvent::BenefitRegistered(mut event) = registered(9) else { panic!("a registration") };
    event.terms.limit_per_worker = Some(limit);
    BenefitEvent::BenefitRegistered(event)
}

fn of(number: u8, worker: &str) -> BenefitEvent {
    let mut applied = applied(number);
    applied.terms.worker = worker.parse().expect("a worker");
    BenefitEvent::BenefitGranted(applied)
}

#[test]
fn what_ids_of_one_person_have_counts_together_and_what_is_withdrawn_does_not() {
    let told = |events: &[BenefitEvent], merged: bool| {
        let (mut books, mut persons, mut dues) = (Benefits::default(), Persons::default(), Dues::default());
        if merged {
            persons.merge(&"W2".parse().expect("a worker"), &worker());
        }
        events.iter().try_for_each(|event| books.follow(&persons, &mut dues, event))
    };
    let both = [limited(1), of(1, "W2"), of(2, "W1")];
    assert_eq!(told(&both, false), Ok(()), "two persons");
    let found = told(&both, true).expect_err("one person");
    assert!(found.contains("W1 has or waits for 1 of QY1"), "{found}");
    let withdrawn = [limited(1), granted(1), withdrawn(1, false), granted(2)];
    assert_eq!(told(&withdrawn, false), Ok(()), "given back");
    // Whoever was given more than a later register allows keeps it.
    let lowered = [limited(2), granted(1), granted(2), limited(1), used(2)];
    assert_eq!(told(&lowered, false), Ok(()));
    assert!(told(&[limited(1), granted(1), queued(2)], false).is_err(), "waiting counts too");
}

#[test]
fn a_certificate_stands_for_one_application_at_a_time() {
    let certificate = || "ZS1".parse().expect("a certificate");
    let claimed = |number: u8| {
        let (application, certificate) = (row(number), certificate());
        let claim = CertificateClaimed { application, benefit: benefit(), certificate, v: V1, worker: worker() };
        CertificateEvent::CertificateClaimed(claim)
    };
    let released = |number: u8| {
        let (application, certificate) = (row(number), certificate());
        let release = CertificateReleased { application, benefit: benefit(), certificate, v: V1, worker: worker() };
        CertificateEvent::CertificateReleased(release)
    };
    let resting = |number: u8| {
        let mut applied = applied(number);
        applied.terms.certificate = Some(certificate());
        BenefitEvent::BenefitGranted(applied)
    };
    enum Told {
        Of(BenefitEvent),
        Certified(CertificateEvent),
    }
    use Told::{Certified, Of};
    let told = |events: Vec<Told>| {
        let (mut books, persons, mut dues) = (Benefits::default(), Persons::default(), Dues::default());
        events.into_iter().try_for_each(|event| match event {
            Of(event) => books.follow(&persons, &mut dues, &event),
            Certified(event) => books.certificate(&event),
        })
    };
    let first = || vec![Of(registered(9)), Certified(claimed(1)), Of(resting(1))];
    let after = |more: Vec<Told>| told(first().into_iter().chain(more).collect());
    assert_eq!(told(first()), Ok(()));
    assert!(told(vec![Of(registered(9)), Of(resting(1))]).is_err(), "nobody claimed it");
    assert!(after(vec![Certified(claimed(2))]).is_err(), "twice at one time");
    assert!(after(vec![Of(resting(2))]).is_err(), "another's");
    assert!(after(vec![Certified(released(2))]).is_err(), "another gives it back");
    assert!(after(vec![Of(withdrawn(1, false))]).is_err(), "it is not given back");
    let again = vec![Certified(released(1)), Of(withdrawn(1, false)), Certified(claimed(2)), Of(resting(2))];
    assert_eq!(after(again), Ok(()));
}

/// The register with bodies that approve.
fn approved_by(bodies: &[&str]) -> BenefitEvent {
    let BenefitEvent::BenefitRegistered(mut event) = registered(1) else { panic!("a registration") };
    event.terms.approvals = Some(bodies.iter().map(|body| (*body).to_owned()).collect());
    BenefitEvent::BenefitRegistered(event)
}

fn proposed(number: u8, bodies: &[&str]) -> BenefitEvent {
    let BenefitApplied { application, at, benefit, terms, v } = applied(number);
    let (approvals, by) = (bodies.iter().map(|body| (*body).to_owned()).collect(), "maker".parse().expect("an actor"));
    BenefitEvent::BenefitProposed(BenefitProposed { application, approvals, at, benefit, by, terms, v })
}

fn checked(number: u8, body: &str, by: &str) -> BenefitEvent {
    let (application, benefit, worker) = (row(number), benefit(), worker());
    let (body, by) = (body.to_owned(), by.parse().expect("an actor"));
    BenefitEvent::BenefitChecked(BenefitChecked { application, at: at(), benefit, body, by, v: V1, worker })
}

fn rejected(number: u8, by: &str) -> BenefitEvent {
    let (application, benefit, worker) = (row(number), benefit(), worker());
    let (by, reason) = (by.parse().expect("an actor"), "材料不全".to_owned());
    BenefitEvent::BenefitRejected(BenefitRejected { application, at: at(), benefit, by, reason, v: V1, worker })
}

#[test]
fn what_bodies_approve_is_given_after_the_word_of_each_by_another_person() {
    let both = ["区总工会", "市总工会"];
    let story = || vec![approved_by(&both), proposed(1, &both), checked(1, "区总工会", "first")];
    let all = || [story(), vec![checked(1, "市总工会", "second")]].concat();
    for end in [granted(1), withdrawn(1, true), rejected(1, "third")] {
        assert_eq!(last_of(&[all(), vec![end]].concat()), Ok(()));
    }
    let full =
        [vec![approved_by(&both), granted(9), proposed(1, &both)], all()[2..].to_vec(), vec![queued(1)]].concat();
    assert_eq!(last_of(&full), Ok(()), "the place is gone");
    let mut taken = applied(1);
    taken.terms.worker = "W2".parse().expect("a worker");
    let wrong = [
        // Too few words, by persons who had a part in it, or of nobody who was asked.
        [story(), vec![granted(1)]].concat(),
        [story(), vec![queued(1)]].concat(),
        [story(), vec![checked(1, "市总工会", "first")]].concat(),
        [story(), vec![checked(1, "市总工会", "maker")]].concat(),
        [story(), vec![checked(1, "区总工会", "second")]].concat(),
        [story(), vec![checked(1, "区妇联", "second")]].concat(),
        [story(), vec![rejected(1, "first")]].concat(),
        [story(), vec![used(1)]].concat(),
        [story(), vec![withdrawn(1, false)]].concat(),
        // Other bodies than the register's, or none of them.
        vec![approved_by(&both), proposed(1, &both[..1])],
        vec![registered(1), proposed(1, &[])],
        vec![approved_by(&both), checked(1, "区总工会", "first")],
        // Given to somebody else, and after it was decided.
        [all(), vec![BenefitEvent::BenefitGranted(taken)]].concat(),
        [all(), vec![rejected(1, "third"), granted(1)]].concat(),
        [all(), vec![granted(1), checked(1, "市总工会", "third")]].concat(),
        [all(), vec![withdrawn(1, true), rejected(1, "third")]].concat(),
        [all(), vec![queued(1)]].concat(),
    ];
    for events in wrong {
        assert!(last_of(&events).is_err(), "{events:?}");
    }
}

#[test]
fn a_proposal_counts_for_the_limit_and_has_its_certificate_kept() {
    let bodies = ["区总工会"];
    let BenefitEvent::BenefitRegistered(mut event) = approved_by(&bodies) else { panic!("a registration") };
    event.terms.limit_per_worker = Some(1);
    let limited = || BenefitEvent::BenefitRegistered(event.clone());
    assert!(last_of(&[limited(), proposed(1, &bodies), proposed(2, &bodies)]).is_err());
    assert!(last_of(&[limited(), proposed(1, &bodies), granted(2)]).is_err(), "a row too");
    assert_eq!(last_of(&[limited(), proposed(1, &bodies), rejected(1, "first"), proposed(2, &bodies)]), Ok(()));

    let certificate = || "ZS1".parse().expect("a certificate");
    let bound = |number: u8, claims: bool| {
        let (application, certificate) = (row(number), certificate());
        let claim = CertificateClaimed { application, benefit: benefit(), certificate, v: V1, worker: worker() };
        if claims { CertificateEvent::CertificateClaimed(claim) } else { CertificateEvent::CertificateReserved(claim) }
    };
    let resting = |event: BenefitEvent| match event {
        BenefitEvent::BenefitProposed(mut event) => {
            event.terms.certificate = Some(certificate());
            BenefitEvent::BenefitProposed(event)
        }
        BenefitEvent::BenefitGranted(mut event) => {
            event.terms.certificate = Some(certificate());
            BenefitEvent::BenefitGranted(event)
        }
        other => other,
    };
    let told = |events: Vec<Result<BenefitEvent, CertificateEvent>>| {
        let (mut books, persons, mut dues) = (Benefits::default(), Persons::default(), Dues::default());
        events.into_iter().try_for_each(|event| match event {
            Ok(event) => books.follow(&persons, &mut dues, &resting(event)),
            Err(event) => books.certificate(&event),
        })
    };
    let first = || vec![Ok(approved_by(&bodies)), Err(bound(1, false)), Ok(proposed(1, &bodies))];
    let after = |more: Vec<Result<BenefitEvent, CertificateEvent>>| told(first().into_iter().chain(more).collect());
    assert_eq!(told(first()), Ok(()));
    assert!(told(vec![Ok(approved_by(&bodies)), Ok(proposed(1, &bodies))]).is_err(), "it is not kept");
    assert!(after(vec![Err(bound(2, false))]).is_err(), "kept for another");
    assert!(after(vec![Err(bound(2, true))]).is_err(), "claimed by another");
    assert!(after(vec![Ok(rejected(1, "first"))]).is_err(), "it stays kept");
    assert!(after(vec![Ok(checked(1, "区总工会", "first")), Ok(granted(1))]).is_err(), "it is not claimed");
    let all = vec![Ok(checked(1, "区总工会", "first")), Err(bound(1, true)), Ok(granted(1))];
    assert_eq!(after(all), Ok(()));
}
