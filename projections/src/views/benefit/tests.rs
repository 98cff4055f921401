//! What the rows of a benefit and of an application say of bodies that approve.

use ledger_core::domain::event::Event;
use serde_json::{Value, json};

use super::{Benefit, BenefitView, RETURNED_MAX};
use crate::fold::View;
use crate::views::application::{Application, ApplicationView};

const AT: &str = "2024-03-10T09:00:00+08:00";

fn event(event_type: &str, mut payload: Value) -> Event {
    payload["v"] = 1.into();
    payload["at"] = AT.into();
    payload["benefit"] = "QY1".into();
    Event::decode(event_type, payload.to_string().as_bytes()).expect("an event")
}

fn proposed(application: &str) -> Event {
    let bodies = json!(["区总工会", "市总工会"]);
    let terms = json!({"at": AT, "worker": "W1"});
    event("BenefitProposed", json!({"application": application, "approvals": bodies, "by": "T1", "terms": terms}))
}

fn checked(application: &str, body: &str, by: &str) -> Event {
    event("BenefitChecked", json!({"application": application, "body": body, "by": by, "worker": "W1"}))
}

fn rejected(application: &str) -> Event {
    event("BenefitRejected", json!({"application": application, "by": "T2", "reason": "材料不全", "worker": "W1"}))
}

fn applied(event_type: &str, application: &str) -> Event {
    event(event_type, json!({"application": application, "terms": {"at": AT, "worker": "W1"}}))
}

fn benefit(events: &[Event]) -> Benefit {
    let mut row = Benefit::default();
    events.iter().for_each(|event| BenefitView::fold(&mut row, "QY1", 1, event));
    row
}

fn application(events: &[Event]) -> Application {
    let mut row = Application::default();
    for event in events {
        assert_eq!(ApplicationView::keys(event).len(), 1, "{}", event.event_type());
        ApplicationView::fold(&mut row, "W1/QD1", 1, event);
    }
    row
}

#[test]
fn what_is_proposed_is_neither_granted_nor_waiting_until_it_is_decided() {
    let both = vec![proposed("QD1"), checked("QD1", "区总工会", "T2")];
    let row = benefit(&both);
    assert_eq!((row.granted, row.waiting(), row.used, row.proposed.len()), (0, 0, 0, 1));
    assert!(row.proposed[0].proposal.has("区总工会") && !row.proposed[0].proposal.is_approved());
    let own = application(&both);
    assert!(own.proposed && !own.waits && own.benefit.is_some());

    let last = [both.clone(), vec![checked("QD1", "市总工会", "T3")]].concat();
    let granted = [last.clone(), vec![applied("BenefitGranted", "QD1")]].concat();
    let row = benefit(&granted);
    assert_eq!((row.granted, row.waiting(), row.proposed.len()), (1, 0, 0));
    let own = application(&granted);
    assert!(!own.proposed && own.proposal.is_some_and(|proposal| proposal.is_approved()), "who approved it stays");
    let queued = [last, vec![applied("BenefitQueued", "QD1")]].concat();
    assert_eq!((benefit(&queued).waiting(), benefit(&queued).proposed.len()), (1, 0));
    assert!(application(&queued).waits && !application(&queued).proposed);

    let withdrawn = event("BenefitWithdrawn", json!({"application": "QD1", "waited": true, "worker": "W1"}));
    let withdrawn = [both.clone(), vec![withdrawn]].concat();
    let row = benefit(&withdrawn);
    assert_eq!((row.granted, row.withdrawn, row.proposed.len()), (0, 1, 0));
    assert!(!application(&withdrawn).proposed && application(&withdrawn).withdrawn.is_some());

    let back = [both, vec![rejected("QD1")]].concat();
    let row = benefit(&back);
    assert_eq!((row.proposed.len(), row.returned.len(), row.withdrawn), (0, 1, 0));
    let own = application(&back);
    assert_eq!(own.rejected.map(|rejected| rejected.reason).as_deref(), Some("材料不全"));
    assert!(!own.proposed);
}

#[test]
fn only_so_many_that_were_sent_back_are_kept() {
    let events: Vec<Event> = (0..RETURNED_MAX + 2)
        .map(|number| format!("QD{number}"))
        .flat_map(|id| [proposed(&id), rejected(&id)])
        .collect();
    let row = benefit(&events);
    assert_eq!(row.returned.len(), RETURNED_MAX);
    let (first, last) = (row.returned.first().unwrap(), row.returned.last().unwrap());
    assert_eq!((first.application.as_str(), last.application.as_str()), ("QD2", "QD51"));
}

#[test]
fn a_use_that_was_taken_back_is_told_with_its_reason_also_after_it_was_used_again() {
    let used = || json!({"at": AT, "merchant": "M1"});
    let using = || event("BenefitUsed", json!({"application": "QD1", "used": used(), "worker": "W1"}));
    let payload = |reason: &str| json!({"application": "QD1", "reason": reason, "used": used(), "worker": "W1"});
    let back = |reason: &str| event("BenefitUseReversed", payload(reason));
    let row = application(&[applied("BenefitGranted", "QD1"), using(), back("核错了")]);
    let told =
        |row: &Application| row.reversed.as_ref().map(|reversed| (reversed.at.to_string(), reversed.reason.clone()));
    assert_eq!((row.used.is_some(), told(&row)), (false, Some((AT.to_owned(), "核错了".to_owned()))));
    let events = [applied("BenefitGranted", "QD1"), using(), back("核错了"), using(), back("人不对"), using()];
    let row = application(&events);
    assert_eq!((row.used.is_some(), told(&row)), (true, Some((AT.to_owned(), "人不对".to_owned()))));
}
