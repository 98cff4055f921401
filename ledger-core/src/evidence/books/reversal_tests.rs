//! Histories in which the use of a benefit and a slip are taken back: sound as the ledger writes them, and found where anything
//! of it is altered, left out or told twice.

use super::Books;
use crate::domain::event::Event;

/// An event with a name for the tests; a capital begins a command.
type Line = (char, &'static str, String);

const AT: &str = "T08:00:00+08:00";

fn history() -> Vec<Line> {
    let line = |name: char, event_type: &'static str, payload: &str| (name, event_type, payload.replace('@', AT));
    vec![
        line(
            'A',
            "FundRegistered",
            r#"{"at":"2024-01-01@","fund":"ZJ1","terms":{"appropriated":100000,"body":"区总工会","source":"工会经费"},"v":1}"#,
        ),
        line(
            'B',
            "BenefitRegistered",
            r#"{"at":"2024-01-01@","benefit":"QY1","terms":{"fund":"ZJ1","kind":"voucher","limit_yearly":false,"name":"观影券","price":0,"value":1500,"window":{}},"v":1}"#,
        ),
        line('C', "FundCommitted", r#"{"amount":1500,"at":"2024-03-07@","fund":"ZJ1","source":"QD1","v":1}"#),
        line(
            'c',
            "BenefitGranted",
            r#"{"application":"QD1","at":"2024-03-07@","benefit":"QY1","terms":{"at":"2024-03-07@","worker":"W1"},"v":1}"#,
        ),
        line(
            'D',
            "BenefitUsed",
            r#"{"application":"QD1","at":"2024-03-08@","benefit":"QY1","used":{"at":"2024-03-08@","merchant":"M1"},"v":1,"worker":"W1"}"#,
        ),
        line('d', "MoneyClaimed", r#"{"amount":1500,"at":"2024-03-08@","merchant":"M1","source":"QD1","v":1}"#),
        line(
            'E',
            "PassIssued",
            r#"{"at":"2024-01-01@","pass":"NXK1","terms":{"days":{"from":"2024-01-01","through":"2024-12-31"},"kind":"暖心卡","worker":"W1"},"v":1}"#,
        ),
        line(
            'F',
            "OfferRegistered",
            r#"{"at":"2024-01-01@","offer":"YH1","terms":{"days":{"from":"2024-01-01","through":"2024-12-31"},"fund":"ZJ1","kind":"暖心卡","merchant":"M1","paid_of_thousand":750,"subsidy_of_ten_thousand":3000},"v":1}"#,
        ),
        line('G', "FundCommitted", r#"{"amount":363,"at":"2024-03-09@","fund":"ZJ1","source":"XP1","v":1}"#),
        line(
            'g',
            "PassUsed",
            r#"{"at":"2024-03-09@","fund":"ZJ1","merchant":"M1","owed":363,"pass":"NXK1","slip":{"at":"2024-03-09@","offer":"YH1","paid":3637,"price":4849},"slip_no":"XP1","v":1}"#,
        ),
        line('h', "MoneyClaimed", r#"{"amount":363,"at":"2024-03-09@","merchant":"M1","source":"XP1","v":1}"#),
        line(
            'I',
            "BenefitUseReversed",
            r#"{"application":"QD1","at":"2024-04-02@","benefit":"QY1","reason":"核错了","used":{"at":"2024-03-08@","merchant":"M1"},"v":1,"worker":"W1"}"#,
        ),
        line(
            'i',
            "MoneyTakenBack",
            r#"{"amount":1500,"at":"2024-04-02@","merchant":"M1","month":"2024-03","source":"QD1","v":1}"#,
        ),
        line(
            'J',
            "FundReleased",
            r#"{"amount":363,"at":"2024-04-03@","committed_at":"2024-03-09@","fund":"ZJ1","source":"XP1","v":1}"#,
        ),
        line(
            'j',
            "PassUseReversed",
            r#"{"at":"2024-04-03@","merchant":"M1","pass":"NXK1","reason":"原价写错","slip":{"at":"2024-03-09@","offer":"YH1","paid":3637,"price":4849},"slip_no":"XP1","v":1}"#,
        ),
        line(
            'k',
            "MoneyTakenBack",
            r#"{"amount":363,"at":"2024-04-03@","merchant":"M1","month":"2024-03","source":"XP1","v":1}"#,
        ),
    ]
}

/// Where the books find something, and what: at an event, or at the end (`$`).
fn found(history: &[Line]) -> Option<(char, String)> {
    let mut books = Books::default();
    for (name, event_type, payload) in history {
        let event = Event::decode(event_type, payload.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let begun = if name.is_ascii_uppercase() { books.settled() } else { Ok(()) };
        if let Err(what) = begun.and_then(|()| books.book(&event)) {
            return Some((*name, what));
        }
    }
    books.settled().err().map(|what| ('$', what))
}

fn changed(name: char, said: &str, forged: &str) -> Vec<Line> {
    let mut history = history();
    let line = history.iter_mut().find(|line| line.0 == name).expect("an event");
    let payload = line.2.replace(&said.replace('@', AT), &forged.replace('@', AT));
    assert_ne!(payload, line.2, "{name} does not say {said}");
    line.2 = payload;
    history
}

fn without(names: &str) -> Vec<Line> {
    let mut history = history();
    history.retain(|line| !names.contains(line.0));
    history
}

/// The history with events once more at its end; the first begins a command.
fn again(names: &str) -> Vec<Line> {
    let mut lines = history();
    for (nth, name) in names.chars().enumerate() {
        let (_, event_type, payload) = history().into_iter().find(|line| line.0 == name).expect("one");
        lines.push((if nth == 0 { 'Z' } else { 'z' }, event_type, payload));
    }
    lines
}

#[track_caller]
fn is_found(history: &[Line], at: char, why: &str) {
    let (name, what) = found(history).expect("something is wrong");
    assert_eq!(name, at, "{what}");
    assert!(what.contains(why), "{what}");
}

#[test]
fn uses_that_are_taken_back_are_sound_as_the_ledger_writes_them() {
    assert_eq!(found(&history()), None);
    assert_eq!(found(&without("IiJjk")), None);
    // What is not used is used again, and taken back again.
    assert_eq!(found(&again("Dd")), None);
}

#[test]
fn a_use_is_taken_back_once_with_the_claim_that_it_had_made() {
    is_found(&again("Ii"), 'Z', "which is not used");
    is_found(&without("Dd"), 'I', "which is not used");
    is_found(&changed('I', r#""worker":"W1""#, r#""worker":"W2""#), 'I', "otherwise than it was used");
    is_found(&changed('I', r#","merchant":"M1""#, ""), 'I', "otherwise than it was used");
    is_found(&changed('I', r#""at":"2024-04-02@","benefit""#, r#""at":"2024-03-07@","benefit""#), 'I', "back before");
    is_found(&without("i"), 'J', "comes before 15 yuan of M1 for QD1 were taken back");
    is_found(&without("I"), 'i', "whose use was not just now");
    is_found(&changed('i', r#""amount":1500"#, r#""amount":1400"#), 'i', "for which 15 were owed");
    is_found(&changed('i', r#""merchant":"M1""#, r#""merchant":"M2""#), 'i', "where 2024-04 bears it");
    is_found(&changed('i', "2024-04-02@", "2024-04-01@"), 'i', "was taken back at");
}

#[test]
fn a_slip_is_taken_back_once_with_its_claim_and_what_was_set_aside_for_it() {
    is_found(&changed('g', r#""owed":363"#, r#""owed":364"#), 'g', "something else than 3.63 yuan");
    is_found(&changed('g', r#""fund":"ZJ1","#, ""), 'g', "something else than 3.63 yuan");
    let of_before = changed('g', r#""fund":"ZJ1","merchant":"M1","owed":363,"#, r#""merchant":"M1","#);
    assert_eq!(found(&of_before), None, "slips of before do not say it");
    is_found(&again("jk"), 'Z', "a second time");
    is_found(&changed('j', r#""slip_no":"XP1""#, r#""slip_no":"XP9""#), 'j', "which was never honoured");
    is_found(&changed('j', r#""merchant":"M1""#, r#""merchant":"M2""#), 'j', "otherwise than it was honoured");
    is_found(&changed('j', r#""price":4849"#, r#""price":4850"#), 'j', "otherwise than it was honoured");
    is_found(&changed('j', r#""at":"2024-04-03@","merchant""#, r#""at":"2024-03-08@","merchant""#), 'j', "back before");
    is_found(&without("J"), 'j', "its money is not freed");
    is_found(&without("jk"), '$', "which nobody withdrew or took back");
    is_found(&without("k"), '$', "comes before 3.63 yuan of M1 for XP1 were taken back");
    is_found(&changed('J', r#""amount":363"#, r#""amount":360"#), 'J', "which had 3.63 set aside");
}

#[test]
fn what_is_taken_back_stands_in_the_month_that_bears_it() {
    let other = |forged: &str| changed('i', r#""month":"2024-03""#, forged);
    is_found(&other(r#""month":"2024-04""#), 'i', "takes money of 2024-04 back");
    is_found(&other(r#""claimed_in":"2024-03","month":"2024-04""#), 'i', "where 2024-03 bears it");
    is_found(&other(r#""claimed_in":"2024-03","month":"2024-03""#), 'i', "where 2024-03 bears it");
    is_found(&other(r#""month":"2024-02""#), 'i', "takes money of 2024-02 back");
}
