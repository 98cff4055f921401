//! A history of the programmes with one of each, which is sound, and the same with one thing changed: each is found at its
//! place, in words that say what.

use super::Books;
use crate::domain::event::Event;

/// An event by a letter; a small one goes on with the command of the one before it.
struct Line {
    name: char,
    event_type: &'static str,
    payload: String,
}

const AT: &str = "T09:00:00+08:00";

/// W1 does a wish of XQ1, feeds hazard XQ2 back, visits W2 of BD1, is granted and uses QD1, and has a pass honoured.
fn history() -> Vec<Line> {
    let line = |name, event_type, payload: &str| Line { name, event_type, payload: payload.replace('@', AT) };
    let activity = |code: &str, category: &str, rate: i64, more: &str| {
        format!(
            r#"{{"category":"{category}","code":"{code}","counts_for_card":true,"name":"项","points_per_unit":{rate}{more},"unit":"次","validity":"forever"}}"#
        )
    };
    let schedule = [
        activity("WX01", "志愿服务", 400, r#","terms":{"scoring":"rating"}"#),
        activity("YH01", "志愿服务", 500, r#","terms":{"scoring":"feedback"}"#),
        activity("LB01", "志愿服务", 600, ""),
    ];
    let adopted =
        format!(r#"{{"activities":[{}],"effective_from":"2024-01-01","v":1,"version":1}}"#, schedule.join(","));
    let credit = |name, credit: &str, source: &str, activity: &str, quantity: i64, lot: u32, points: i64, on: &str| {
        let payload = format!(
            r#"{{"activity":"{activity}","at":"{on}@","card":true,"category":"志愿服务","credit":"{credit}","lot":{lot},"on":"{on}",
                "points":{points},"proposer":"甲","quantity":{quantity},"schedule":1,"source":"{source}","v":1,"worker":"W1"}}"#
        );
        line(name, "VolunteerServiceRecorded", &payload)
    };
    vec![
        line('A', "ScheduleAdopted", &adopted),
        line(
            'B',
            "FundRegistered",
            r#"{"at":"2024-01-01@","fund":"ZJ1","terms":{"appropriated":100000,"body":"区总工会","source":"工会经费"},"v":1}"#,
        ),
        line(
            'C',
            "BenefitRegistered",
            r#"{"at":"2024-01-01@","benefit":"QY1","terms":{"fund":"ZJ1","kind":"voucher","limit_per_worker":1,"limit_yearly":true,
                "name":"观影券","places":1,"price":200,"value":1500,"window":{"from":"2024-03-01","through":"2024-03-31"}},"v":1}"#,
        ),
        line('D', "RequestPosted", r#"{"activity":"WX01","at":"2024-03-01@","on":"2024-03-01","request":"XQ1","v":1}"#),
        line(
            'E',
            "RequestClaimed",
            r#"{"at":"2024-03-02@","claimer":"W1","handling":"BL1","on":"2024-03-02","request":"XQ1","v":1}"#,
        ),
        line(
            'F',
            "HandlingRecorded",
            r#"{"at":"2024-03-03@","claimer":"W1","handling":"BL1","quantity":2000000,"request":"XQ1","v":1,
                "work":{"claimed":"2024-03-02","claimer":"W1","done":"2024-03-03","quantity":"2000000"}}"#,
        ),
        line(
            'G',
            "HandlingRated",
            r#"{"at":"2024-03-04@","handling":"BL1","rating":{"on":"2024-03-04","word":"satisfied"},"request":"XQ1","v":1}"#,
        ),
        credit('g', "BL1", "XQ1", "WX01", 2_000_000, 1, 800, "2024-03-04"),
        line(
            'H',
            "RequestPosted",
            r#"{"activity":"YH01","at":"2024-03-01@","on":"2024-03-01","reporter":"W1","request":"XQ2","v":1}"#,
        ),
        line(
            'I',
            "HandlingRecorded",
            r#"{"at":"2024-03-01@","handling":"BL2","quantity":1000000,"request":"XQ2","v":1,
                "work":{"claimed":"","claimer":"","done":"","quantity":"1000000"}}"#,
        ),
        line(
            'i',
            "HandlingRated",
            r#"{"at":"2024-03-05@","handling":"BL2","rating":{"on":"2024-03-05","word":"true"},"request":"XQ2","v":1}"#,
        ),
        credit('j', "BL2", "XQ2", "YH01", 1_000_000, 2, 500, "2024-03-05"),
        line(
            'K',
            "PairOpened",
            r#"{"at":"2024-01-01@","pair":"BD1","terms":{"ended":"2024-06-30","helped":"W2","helper":"W1","since":"2024-01-01"},"v":1}"#,
        ),
        line(
            'L',
            "VisitReported",
            r#"{"at":"2024-03-05@","pair":"BD1","terms":{"activity":"LB01","on":"2024-03-05","reporter":"W1"},"v":1,"visit":"ZF1"}"#,
        ),
        line(
            'M',
            "VisitConfirmed",
            r#"{"at":"2024-03-06@","confirmation":{"by":"W2","on":"2024-03-06"},"pair":"BD1","v":1,"visit":"ZF1"}"#,
        ),
        credit('m', "ZF1", "BD1", "LB01", 1_000_000, 3, 600, "2024-03-06"),
        line(
            'N',
            "CertificateClaimed",
            r#"{"application":"QD1","benefit":"QY1","certificate":"ZS1","v":1,"worker":"W1"}"#,
        ),
        line(
            'n',
            "BenefitPointsSpent",
            r#"{"application":"QD1","at":"2024-03-07@","balance":1700,"benefit":"QY1","lots":[[1,200]],"points":200,"v":1,"worker":"W1"}"#,
        ),
        line('o', "FundCommitted", r#"{"amount":1500,"at":"2024-03-07@","fund":"ZJ1","source":"QD1","v":1}"#),
        line(
            'p',
            "BenefitGranted",
            r#"{"application":"QD1","at":"2024-03-07@","benefit":"QY1","terms":{"at":"2024-03-07@","certificate":"ZS1","worker":"W1"},"v":1}"#,
        ),
        line(
            'Q',
            "BenefitUsed",
            r#"{"application":"QD1","at":"2024-03-08@","benefit":"QY1","used":{"at":"2024-03-08@","merchant":"M1"},"v":1,"worker":"W1"}"#,
        ),
        line('q', "MoneyClaimed", r#"{"amount":1500,"at":"2024-03-08@","merchant":"M1","source":"QD1","v":1}"#),
        line(
            'R',
            "PassIssued",
            r#"{"at":"2024-01-01@","pass":"NXK1","terms":{"days":{"from":"2024-01-01","through":"2024-12-31"},"kind":"暖心卡","worker":"W1"},"v":1}"#,
        ),
        line(
            'S',
            "OfferRegistered",
            r#"{"at":"2024-01-01@","offer":"YH1","terms":{"days":{"from":"2024-01-01","through":"2024-12-31"},"fund":"ZJ1","kind":"暖心卡",
                "merchant":"M1","paid_of_thousand":750,"subsidy_of_ten_thousand":3000},"v":1}"#,
        ),
        line('T', "FundCommitted", r#"{"amount":363,"at":"2024-03-09@","fund":"ZJ1","source":"XP1","v":1}"#),
        // 48.49 at 7.5 of 10 is 36.3675, so 36.37 are paid; 30 % of 12.12 are 3.636.
        line(
            't',
            "PassUsed",
            r#"{"at":"2024-03-09@","merchant":"M1","pass":"NXK1","slip":{"at":"2024-03-09@","offer":"YH1","paid":3637,"price":4849},"slip_no":"XP1","v":1}"#,
        ),
        line('u', "MoneyClaimed", r#"{"amount":363,"at":"2024-03-09@","merchant":"M1","source":"XP1","v":1}"#),
    ]
}

/// Where the books find something, and what: at an event, or at the end (`$`).
fn found(history: &[Line]) -> Option<(char, String)> {
    let mut books = Books::default();
    for line in history {
        let event = Event::decode(line.event_type, line.payload.as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", line.name));
        let begun = if line.name.is_ascii_uppercase() { books.settled() } else { Ok(()) };
        if let Err(what) = begun.and_then(|()| books.book(&event)) {
            return Some((line.name, what));
        }
    }
    books.settled().err().map(|what| ('$', what))
}

/// The history with an event's text changed.
fn changed(name: char, said: &str, forged: &str) -> Vec<Line> {
    let mut history = history();
    let (said, forged) = (said.replace('@', AT), forged.replace('@', AT));
    let line = history.iter_mut().find(|line| line.name == name).expect("an event");
    let payload = line.payload.replace(&said, &forged);
    assert_ne!(payload, line.payload, "{name} does not say {said}");
    line.payload = payload;
    history
}

/// The same of several texts.
fn all_changed(name: char, changes: &[(&str, &str)]) -> Vec<Line> {
    let mut history = history();
    let line = history.iter_mut().find(|line| line.name == name).expect("an event");
    for (said, forged) in changes {
        assert!(line.payload.contains(said), "{name} does not say {said}");
        line.payload = line.payload.replace(said, forged);
    }
    history
}

/// The history without an event.
fn without(name: char) -> Vec<Line> {
    let mut history = history();
    history.retain(|line| line.name != name);
    history
}

/// The history with events once more at its end, each with texts changed; the first begins a command.
fn again(names: &str, changes: &[(&str, &str)]) -> Vec<Line> {
    let mut lines = history();
    for (nth, name) in names.chars().enumerate() {
        let Line { event_type, mut payload, .. } = history().into_iter().find(|line| line.name == name).expect("one");
        for (said, forged) in changes {
            payload = payload.replace(&said.replace('@', AT), &forged.replace('@', AT));
        }
        lines.push(Line { name: if nth == 0 { 'Z' } else { 'z' }, event_type, payload });
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
fn one_of_each_is_sound() {
    assert_eq!(found(&history()), None);
}

#[test]
fn an_award_is_for_work_that_was_done_and_found_good_and_is_made_once() {
    let unfounded = "of which nothing of that name was found good";
    is_found(&changed('g', r#""credit":"BL1""#, r#""credit":"BL9""#), 'g', unfounded);
    is_found(&changed('g', r#""source":"XQ1""#, r#""source":"XQ9""#), 'g', unfounded);
    is_found(&changed('G', "satisfied", "dissatisfied"), 'g', unfounded);
    is_found(&without('G'), 'g', unfounded);
    is_found(&without('F'), 'G', "is rated and does not wait for it");
    is_found(&again("g", &[(r#""lot":1"#, r#""lot":4"#)]), 'Z', unfounded);
    is_found(&again("G", &[]), 'Z', "is rated and does not wait for it");
    is_found(&again("F", &[]), 'Z', "is reported a second time");
    is_found(&again("E", &[]), 'Z', "is claimed a second time under number BL1");
    is_found(&without('g'), 'H', "comes before W1 was credited BL1 of XQ1");
    is_found(&changed('g', r#""worker":"W1""#, r#""worker":"W3""#), 'g', "goes to W3, but W1 earned it");
    let other = [(r#""lot":2"#, r#""lot":1"#), (r#""worker":"W1""#, r#""worker":"W3""#)];
    is_found(&all_changed('j', &other), 'j', "goes to W3, but W1 earned it");
    is_found(&changed('g', r#""on":"2024-03-04""#, r#""on":"2024-03-05""#), 'g', "it was found good on 2024-03-04");
    is_found(&changed('g', r#""activity":"WX01""#, r#""activity":"LB01""#), 'g', "which is scored as WX01");
    is_found(&changed('g', r#""quantity":2000000"#, r#""quantity":3000000"#), 'g', "is for 3 units of 2");
    is_found(&changed('g', r#""points":800"#, r#""points":900"#), 'g', "says 9 points, but 2 times 4 come to 8");
    is_found(
        &changed('F', r#""claimer":"W1","handling""#, r#""claimer":"W2","handling""#),
        'F',
        "is another's than W1's",
    );
    is_found(&changed('G', r#""on":"2024-03-04""#, r#""on":"2024-02-04""#), 'G', "and request XQ1 is of 2024-03-01");
    let repeats = changed('D', r#""on":"2024-03-01","#, r#""merged_into":"XQ0","on":"2024-03-01","#);
    is_found(&repeats, 'E', "repeats an earlier one");
}

#[test]
fn a_visit_is_of_the_pairs_days_and_the_other_one_confirms_it_once() {
    let on = |day: &str| changed('L', r#""on":"2024-03-05""#, &format!(r#""on":"{day}""#));
    is_found(&on("2023-12-31"), 'L', "when BD1 is no pair");
    is_found(&changed('K', "2024-06-30", "2024-03-05"), 'L', "when BD1 is no pair");
    is_found(&on("2024-03-07"), 'M', "is confirmed before, on 2024-03-06");
    is_found(&changed('L', r#""reporter":"W1""#, r#""reporter":"W3""#), 'L', "who is neither W1 nor W2");
    is_found(&changed('M', r#""by":"W2""#, r#""by":"W3""#), 'M', "who is neither W1 nor W2");
    is_found(&changed('M', r#""by":"W2""#, r#""by":"W1""#), 'M', "confirmed by W1, who reported it");
    is_found(&without('L'), 'M', "was never reported");
    is_found(&without('K'), 'L', "pair BD1 was never opened");
    is_found(&again("L", &[]), 'Z', "is reported a second time");
    is_found(&again("M", &[]), 'Z', "is confirmed a second time");
    is_found(&without('M'), 'm', "of which nothing of that name was found good");
    is_found(&without('m'), 'N', "comes before W1 was credited ZF1 of BD1");
    is_found(&changed('m', r#""on":"2024-03-06""#, r#""on":"2024-03-05""#), 'm', "it was found good on 2024-03-06");
    let other = [(r#""lot":3"#, r#""lot":1"#), (r#""worker":"W1""#, r#""worker":"W2""#)];
    is_found(&all_changed('m', &other), 'm', "goes to W2, but W1 earned it");
    let two = [(r#""quantity":1000000"#, r#""quantity":2000000"#), (r#""points":600"#, r#""points":1200"#)];
    is_found(&all_changed('m', &two), 'm', "is for 2 units of 1");
}

#[test]
fn a_merchant_is_owed_for_a_use_at_its_counter_the_very_amount_and_once() {
    is_found(
        &changed('q', r#""amount":1500"#, r#""amount":1501"#),
        'q',
        "claims 15.01 yuan for QD1, which comes to 15",
    );
    is_found(&changed('q', r#""merchant":"M1""#, r#""merchant":"M2""#), 'q', "was not used at M2");
    is_found(&changed('q', r#""source":"QD1""#, r#""source":"QD9""#), 'q', "claims 15 yuan for QD9");
    is_found(&changed('q', "2024-03-08@", "2024-04-08@"), 'q', "which was used at 2024-03-08");
    is_found(&without('q'), 'R', "comes before M1 was owed 15 yuan for QD1");
    is_found(&again("q", &[]), 'Z', "was not used at M1 just now");
    is_found(&without('Q'), 'q', "was not used at M1 just now");
    is_found(&changed('Q', r#","merchant":"M1""#, ""), 'q', "was not used at M1 just now");
    is_found(&changed('u', r#""amount":363"#, r#""amount":364"#), 'u', "claims 3.64 yuan for XP1, which comes to 3.63");
    is_found(&without('u'), '$', "comes before M1 was owed 3.63 yuan for XP1");
    is_found(&again("u", &[]), 'Z', "was not used at M1 just now");
}

#[test]
fn a_slip_is_honoured_once_on_a_good_pass_by_an_offer_that_holds_at_its_price() {
    is_found(&again("Ttu", &[]), 'z', "slip XP1 is honoured a second time");
    let other_pass = again("RTtu", &[("NXK1", "NXK2")]);
    is_found(&other_pass, 'z', "slip XP1 is honoured a second time");
    let other = again("Ttu", &[("XP1", "XP2")]);
    assert_eq!(found(&other), None, "another slip is another one");
    let terms = |said: &str, forged: &str| changed('R', said, forged);
    is_found(&terms(r#""kind":"暖心卡","#, r#""kind":"暖心卡","lost":"2024-03-09@","#), 't', "and was lost at");
    let later = terms(r#""kind":"暖心卡","#, r#""kind":"暖心卡","lost":"2024-03-09T09:00:01+08:00","#);
    assert_eq!(found(&later), None, "it was lost a second later");
    is_found(&terms(r#""kind":"暖心卡","#, r#""kind":"暖心卡","since":"2024-03-10@","#), 't', "before it was good");
    is_found(&terms("2024-12-31", "2024-03-08"), 't', "pass NXK1 is used at");
    is_found(
        &terms(r#""kind":"暖心卡""#, r#""kind":"优享卡""#),
        't',
        "offer YH1 is for 暖心卡, and the pass is 优享卡",
    );
    is_found(&changed('S', r#""from":"2024-01-01""#, r#""from":"2024-03-10""#), 't', "offer YH1 is used at");
    is_found(&changed('S', r#""merchant":"M1""#, r#""merchant":"M2""#), 't', "offer YH1 is of M2");
    for (price, paid) in [(4_849, 3_636), (4_849, 3_638), (0, 0), (-4_849, -3_637)] {
        let slip = format!(r#""paid":{paid},"price":{price}"#);
        is_found(&changed('t', r#""paid":3637,"price":4849"#, &slip), 't', "by an offer of 750 of a thousand");
    }
    is_found(&changed('T', r#""amount":363"#, r#""amount":364"#), 't', "costs 3.63 yuan of ZJ1, and 3.64 yuan of ZJ1");
    is_found(&without('T'), 't', "costs 3.63 yuan of ZJ1, and nothing is set aside");
    is_found(&without('S'), 't', "offer YH1 was never made");
    is_found(&without('R'), 't', "pass NXK1 was never issued");
    is_found(&again("R", &[]), 'Z', "is issued a second time");
    let mut goes = again("R", &[(r#""worker":"W1""#, r#""worker":"W2""#)]);
    goes.iter_mut().filter(|line| line.name == 'Z').for_each(|line| line.event_type = "PassUpdated");
    is_found(&goes, 'Z', "numbers are never given again");
}

#[test]
fn a_benefit_is_granted_within_its_window_and_limit_for_its_price_and_used_in_time() {
    let applied = |day: &str| {
        let mut history = changed('p', "2024-03-07@", &format!("{day}@"));
        history.retain(|line| !['Q', 'q'].contains(&line.name));
        history
    };
    is_found(&applied("2024-02-29"), 'p', "is of 2024-02-29, when nobody could apply for QY1");
    is_found(&applied("2024-04-01"), 'p', "is of 2024-04-01, when nobody could apply for QY1");
    is_found(&changed('C', "2024-03-31", "2024-03-07"), 'Q', "could be used until 2024-03-07");
    is_found(&changed('Q', "2024-03-08@", "2024-03-06@"), 'Q', "is used at 2024-03-06");
    is_found(&without('N'), 'p', "rests on certificate ZS1, which it does not claim");
    is_found(&again("N", &[("QD1", "QD2")]), 'Z', "claims a certificate that QD1 claims");
    is_found(&changed('n', r#""points":200"#, r#""points":100"#), 'n', "names lots of 2 for 1");
    let cheaper = [(r#""points":200"#, r#""points":100"#), ("[[1,200]]", "[[1,100]]")];
    is_found(&all_changed('n', &cheaper), 'p', "QD1 costs 2 points, and 1 are paid for it");
    is_found(&without('n'), 'p', "QD1 costs 2 points, and 0 are paid for it");
    is_found(&changed('o', r#""amount":1500"#, r#""amount":1600"#), 'p', "costs 15 yuan of ZJ1, and 16 yuan of ZJ1");
    is_found(&without('o'), 'p', "and nothing is set aside for it");
    let mut nobody = without('p');
    nobody.retain(|line| !['Q', 'q'].contains(&line.name));
    is_found(&nobody, 'R', "15 yuan of ZJ1 were set aside for QD1, which nobody granted");
    is_found(&again("Q", &[]), 'Z', "QD1 cannot become Used: it was Used");
}

#[test]
fn nobody_has_more_of_a_benefit_than_the_limit_says() {
    let second = |day: &str, worker: &str, change: fn(&mut Vec<Line>)| {
        let texts = [("QD1", "QD2"), (r#","certificate":"ZS1""#, ""), ("2024-03-07@", day), ("W1", worker)];
        let mut lines = again("nop", &texts);
        if worker != "W1" {
            // Whoever pays has points.
            let mut credit = again("m", &[(r#""lot":3"#, r#""lot":1"#), (r#""source":"BD1","#, ""), ("W1", worker)]);
            let place = lines.iter().position(|line| line.name == 'Z').expect("the second application");
            lines.insert(place, credit.pop().expect("a credit"));
        }
        lines.iter_mut().for_each(|line| line.payload = line.payload.replace(r#""places":1"#, r#""places":2"#));
        change(&mut lines);
        lines
    };
    is_found(&second("2024-03-20@", "W1", |_| {}), 'z', "W1 has or waits for 1 of QY1 in 2024, and applies again");
    assert_eq!(found(&second("2024-03-20@", "W2", |_| {})), None, "another person");
    let without_limit: fn(&mut Vec<Line>) = |lines| {
        lines.iter_mut().for_each(|line| line.payload = line.payload.replace(r#""limit_per_worker":1,"#, ""));
    };
    assert_eq!(found(&second("2024-03-20@", "W1", without_limit)), None, "no limit");
    let longer: fn(&mut Vec<Line>) = |lines| {
        lines.iter_mut().for_each(|line| line.payload = line.payload.replace("2024-03-31", "2025-12-31"));
    };
    assert_eq!(found(&second("2025-03-20@", "W1", longer)), None, "another year");
    let for_ever: fn(&mut Vec<Line>) = |lines| {
        for line in lines {
            line.payload = line.payload.replace("2024-03-31", "2025-12-31").replace(r#","limit_yearly":true"#, "");
        }
    };
    is_found(&second("2025-03-20@", "W1", for_ever), 'z', "W1 has or waits for 1 of QY1, and applies again");
    let one_place: fn(&mut Vec<Line>) = |lines| {
        lines.iter_mut().for_each(|line| line.payload = line.payload.replace(r#""places":2"#, r#""places":1"#));
    };
    is_found(&second("2024-03-20@", "W2", one_place), 'z', "2 were given of 1 of QY1");
}
