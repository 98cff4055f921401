//! What an appointment's row says of what waits for a second person.

use ledger_core::domain::event::Event;
use serde_json::{Value, json};

use super::{Appointment, AppointmentView};
use crate::fold::View;

const AT: &str = "2024-03-10T09:00:00+08:00";

fn event(event_type: &str, mut payload: Value) -> Event {
    payload["v"] = 1.into();
    payload["at"] = AT.into();
    payload["appointment"] = "PS1".into();
    payload["worker"] = "W1".into();
    Event::decode(event_type, payload.to_string().as_bytes()).expect("an event")
}

fn terms(role: &str) -> Value {
    json!({"body": "街道", "days": {"from": "2024-03-01"}, "role": role})
}

fn proposed(role: &str) -> Event {
    event("AppointmentProposed", json!({"by": "T1", "terms": terms(role)}))
}

fn rejected() -> Event {
    event("AppointmentRejected", json!({"by": "T2", "reason": "名单有误"}))
}

fn word(role: &str) -> [Event; 2] {
    [event("AppointmentConfirmed", json!({"by": "T2"})), event("AppointmentRecorded", json!({"terms": terms(role)}))]
}

fn row(events: &[Event]) -> Appointment {
    let mut row = Appointment::default();
    for event in events {
        assert_eq!(AppointmentView::keys(event), ["W1/PS1"], "{}", event.event_type());
        AppointmentView::fold(&mut row, "W1/PS1", 1, event);
    }
    row
}

#[test]
fn what_is_proposed_holds_nowhere_until_it_is_confirmed() {
    let waits = row(&[proposed("网格员")]);
    assert_eq!((waits.terms, waits.proposal.map(|proposal| proposal.by.to_string())), (None, Some("T1".to_owned())));
    let [confirmed, recorded] = word("网格员");
    let held = row(&[proposed("网格员"), confirmed, recorded]);
    assert_eq!((held.terms.map(|terms| terms.role), held.proposal), (Some("网格员".to_owned()), None));
}

#[test]
fn what_is_sent_back_says_why_until_something_is_proposed_again() {
    let back = row(&[proposed("网格员"), rejected()]);
    assert_eq!((&back.terms, &back.proposal), (&None, &None));
    let why = back.rejected.map(|rejected| (rejected.reason, rejected.terms.role));
    assert_eq!(why, Some(("名单有误".to_owned(), "网格员".to_owned())));
    let again = row(&[proposed("网格员"), rejected(), proposed("宣讲员")]);
    assert_eq!((again.rejected, again.proposal.map(|found| found.terms.role)), (None, Some("宣讲员".to_owned())));
}

#[test]
fn what_stands_stays_while_another_word_for_it_waits_or_is_sent_back() {
    let [confirmed, recorded] = word("网格员");
    let events = [proposed("网格员"), confirmed, recorded, proposed("宣讲员")];
    let role = |row: &Appointment| row.terms.as_ref().map(|terms| terms.role.clone());
    let waits = row(&events);
    assert_eq!((role(&waits), waits.proposal.is_some()), (Some("网格员".to_owned()), true));
    let back = row(&[&events[..], &[rejected()]].concat());
    assert_eq!((role(&back), back.proposal.is_some()), (Some("网格员".to_owned()), false));
}

#[test]
fn what_a_register_recorded_meanwhile_is_taken_and_stays_what_it_was_proposed_as() {
    let [confirmed, recorded] = word("网格员");
    let taken = |row: &Appointment| row.proposal.as_ref().map(|found| (found.taken, found.stood));
    assert_eq!(taken(&row(&[proposed("网格员")])), Some((false, false)));
    let by_register = row(&[proposed("网格员"), recorded.clone()]);
    assert_eq!(taken(&by_register), Some((true, false)), "it waits still, and cannot be confirmed");
    let back = row(&[proposed("网格员"), recorded.clone(), rejected()]);
    assert_eq!(back.rejected.map(|found| found.stood), Some(false), "it was proposed as a new one");

    // What a word records is no register's row, and what is proposed of it then is of one that stands.
    let changed = [proposed("网格员"), confirmed, recorded.clone(), proposed("宣讲员")];
    assert_eq!(taken(&row(&changed)), Some((false, true)));
    assert_eq!(taken(&row(&[&changed[..], &[recorded]].concat())), Some((true, true)));
}
