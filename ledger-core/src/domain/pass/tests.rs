//! The rules of passes and offers, given what was recorded.

use super::command::{OfferCommand, OfferTerms, PassCommand, PassTerms, Slip, SlipClaim};
use super::event::{PassEvent, PassUseReversed, PassUsed};
use super::state::{Offer, Pass};
use crate::domain::event::V1;
use crate::domain::ids::{PassNo, SlipNo};
use crate::domain::money::Fen;
use crate::domain::period::Period;
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;

fn time(text: &str) -> BusinessTime {
    BusinessTime::parse(text).expect("a time")
}

fn number() -> PassNo {
    PassNo::new("K1").expect("a pass")
}

fn days(from: &str, through: &str) -> Period {
    let day = |text: &str| Some(text.parse().expect("a day"));
    Period { from: day(from), through: day(through) }
}

fn terms() -> PassTerms {
    PassTerms {
        days: days("2024-01-01", "2024-06-30"),
        kind: "优享卡".into(),
        lost: None,
        since: None,
        worker: "W1".parse().expect("a worker"),
    }
}

fn offer() -> OfferTerms {
    OfferTerms {
        days: days("2024-02-01", "2024-05-31"),
        fund: None,
        kind: "优享卡".into(),
        merchant: "M1".parse().expect("a merchant"),
        paid_of_thousand: 750,
        subsidy_of_ten_thousand: 3_000,
    }
}

fn slip(at: &str, price: i64, paid: i64) -> Slip {
    Slip { at: time(at), offer: "Y1".parse().expect("an offer"), paid: Fen::new(paid), price: Fen::new(price) }
}

#[test]
fn a_pass_is_void_from_the_instant_it_was_lost_and_good_on_its_days() {
    let lost = PassTerms { lost: Some(time("2024-04-05 09:00:00")), ..terms() };
    let good = |at: &str| lost.require_good(&number(), time(at)).map_err(|refusal| refusal.code);
    assert_eq!(good("2024-04-05 08:59:59"), Ok(()));
    assert_eq!(good("2024-04-05 09:00:00"), Err(Code::PassLost));
    assert_eq!(good("2023-12-31 23:59:59"), Err(Code::PassExpired));
    assert_eq!(good("2024-07-01"), Err(Code::PassLost), "lost comes before expired");
    let replacing = PassTerms { since: Some(time("2024-04-05 09:00:00")), ..terms() };
    let good = |at: &str| replacing.require_good(&number(), time(at)).map_err(|refusal| refusal.code);
    assert_eq!(good("2024-04-05 08:59:59"), Err(Code::PassExpired));
    assert_eq!(good("2024-04-05 09:00:00"), Ok(()));
    assert_eq!(good("2024-06-30 23:59:59"), Ok(()));
}

#[test]
fn the_merchant_is_owed_its_share_of_the_discount_rounded_down() {
    let owed = |slip: Slip| offer().owed(&terms(), &slip).map_err(|refusal| refusal.code);
    // 48.49 at 7.5 of 10 is 36.3675, so 36.37 are paid; 30 % of 12.12 are 3.636.
    assert_eq!(owed(slip("2024-03-01", 4_849, 3_637)), Ok(Fen::new(363)));
    assert_eq!(owed(slip("2024-03-01", 4_849, 3_636)), Err(Code::InvalidAmount));
    assert_eq!(owed(slip("2024-03-01", 0, 0)), Err(Code::InvalidAmount));
    assert_eq!(owed(slip("2024-01-31", 4_849, 3_637)), Err(Code::OfferEnded), "before it begins");
    let other = OfferTerms { kind: "暖心卡".into(), ..offer() };
    let refused = other.owed(&terms(), &slip("2024-01-31", 1, 1)).map_err(|refusal| refusal.code);
    assert_eq!(refused, Err(Code::NotEligible), "its kind comes before its days");
}

#[test]
fn a_later_sheet_reports_a_pass_lost() {
    let mut state = Pass::default();
    let mut issue = |terms: PassTerms| {
        let at = time("2024-01-01");
        let events = state.decide(PassCommand::Issue { at, pass: number(), replaces: None, terms }).expect("issued");
        events.iter().for_each(|event| state.evolve(event));
        events.len()
    };
    assert_eq!([issue(terms()), issue(terms())], [1, 0]);
    assert_eq!(issue(PassTerms { lost: Some(time("2024-04-05 09:00:00")), ..terms() }), 1);
}

#[test]
fn a_lost_number_is_never_given_again() {
    let mut state = Pass::default();
    let mut issue = |terms: PassTerms| {
        let at = time("2024-01-01");
        let events = state.decide(PassCommand::Issue { at, pass: number(), replaces: None, terms }).expect("issued");
        events.iter().for_each(|event| state.evolve(event));
        (events.len(), state.terms().cloned().expect("a pass"))
    };
    let lost = Some(time("2024-04-05 09:00:00"));
    issue(terms());
    issue(PassTerms { lost, ..terms() });
    // A row that was written before the loss says nothing new, and one that says something else says nothing of the loss.
    assert_eq!(issue(terms()), (0, PassTerms { lost, ..terms() }));
    let longer = PassTerms { days: days("2024-01-01", "2024-12-31"), ..terms() };
    let (told, known) = issue(longer.clone());
    assert_eq!((told, &known), (1, &PassTerms { lost, ..longer }));
    let used = known.require_good(&number(), time("2024-05-01")).map_err(|refusal| refusal.code);
    assert_eq!(used, Err(Code::PassLost));
    // The time of the loss can be put right.
    let earlier = Some(time("2024-04-04 20:00:00"));
    assert_eq!(issue(PassTerms { lost: earlier, ..terms() }).1.lost, earlier);
}

fn slip_no(text: &str) -> SlipNo {
    SlipNo::new(text).expect("a slip")
}

fn when(state: &mut Pass, command: PassCommand) -> Result<Vec<PassEvent>, Code> {
    let events = state.decide(command).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events)
}

fn reverse(slip: &str, at: &str) -> PassCommand {
    PassCommand::ReverseUse { at: time(at), pass: number(), slip_no: slip_no(slip), reason: "原价写错".into() }
}

#[test]
fn a_slip_is_taken_back_once_and_says_what_it_came_to() {
    let mut state = Pass::default();
    let issue = PassCommand::Issue { at: time("2024-01-01"), pass: number(), replaces: None, terms: terms() };
    when(&mut state, issue).expect("issued");
    let claim = SlipClaim { amount: Fen::new(363), fund: Some("ZJ1".parse().expect("a fund")) };
    let (slip, merchant) = (slip("2024-03-01", 4_849, 3_637), offer().merchant);
    let using = PassCommand::Use { pass: number(), slip_no: slip_no("XP1"), slip: slip.clone(), merchant, claim };
    let events = when(&mut state, using).expect("used");
    let [PassEvent::PassUsed(used)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((used.owed, used.fund.as_ref().map(ToString::to_string)), (Some(Fen::new(363)), Some("ZJ1".into())));
    assert_eq!(when(&mut state, reverse("XP2", "2024-03-02")), Err(Code::UnknownPass), "nobody has that slip");
    assert_eq!(when(&mut state, reverse("XP1", "2024-02-29")), Err(Code::InvalidDate), "before it was honoured");
    let events = when(&mut state, reverse("XP1", "2024-03-02")).expect("taken back");
    assert!(matches!(&events[..], [PassEvent::PassUseReversed(PassUseReversed { slip: of, .. })] if *of == slip));
    assert_eq!(when(&mut state, reverse("XP1", "2024-03-03")), Err(Code::AlreadyDecided), "once");
}

#[test]
fn a_slip_of_before_comes_to_what_all_terms_of_its_offer_agree_on() {
    let mut state = Pass::default();
    let slip = slip("2024-03-01", 4_849, 3_637);
    let (at, merchant) = (slip.at, offer().merchant);
    let of_before = PassUsed {
        at,
        fund: None,
        merchant,
        owed: None,
        pass: number(),
        slip: slip.clone(),
        slip_no: slip_no("XP1"),
        v: V1,
    };
    state.evolve(&PassEvent::PassUsed(of_before));
    assert_eq!(state.slip(&slip_no("XP1")).map(|honoured| honoured.claim.clone()), Some(None));
    let mut offered = Offer::default();
    let register = |offered: &mut Offer, terms: OfferTerms| {
        let command = OfferCommand { at: time("2024-01-01"), offer: "Y1".parse().expect("an offer"), terms };
        offered.decide(command).expect("registered").iter().for_each(|event| offered.evolve(event));
    };
    let fund = |fund: &str| Some(fund.parse().expect("a fund"));
    register(&mut offered, OfferTerms { fund: fund("ZJ1"), ..offer() });
    let claim = SlipClaim { amount: Fen::new(363), fund: fund("ZJ1") };
    assert_eq!(offered.claim_of(&slip).ok(), Some(claim.clone()));
    // Another discount is not the one by which it was paid; another fund may have been.
    register(&mut offered, OfferTerms { fund: fund("ZJ1"), paid_of_thousand: 800, ..offer() });
    assert_eq!(offered.claim_of(&slip).ok(), Some(claim));
    register(&mut offered, OfferTerms { fund: fund("ZJ2"), ..offer() });
    assert_eq!(offered.claim_of(&slip).map_err(|refusal| refusal.code), Err(Code::InvalidAmount));
}
