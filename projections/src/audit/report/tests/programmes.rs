//! What a report lists of the documents' programmes, of entries made by hand. All is recorded on 2024-03-10 or later.

use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use serde_json::{Value, json};

use super::{Journal, Thresholds, few};

const AT: &str = "2024-03-10T00:00:00+08:00";
/// Seconds of a day.
const DAY: i64 = 86_400;

impl Journal {
    fn fund(&mut self, event_type: &str, more: Value) -> u64 {
        let mut payload = json!({"at": AT, "fund": "ZJ01"});
        for (name, value) in more.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        self.record(0, "T1", event_type, payload)
    }

    fn pair(&mut self, pair: &str, helper: &str, helped: &str, since: &str, ended: Option<&str>) -> u64 {
        let mut terms = json!({"helped": helped, "helper": helper, "since": since});
        if let Some(ended) = ended {
            terms["ended"] = ended.into();
        }
        self.record(0, "T1", "PairOpened", json!({"at": AT, "pair": pair, "terms": terms}))
    }

    /// An activity that asks for a role when it is recorded, one that asks for it when it is claimed, and one that asks for none.
    fn schedule(&mut self) {
        let line = |code: &str, terms: Value| {
            json!({
                "category": "志愿服务", "code": code, "counts_for_card": true, "name": "巡查", "points_per_unit": 1_000,
                "terms": terms, "unit": "小时", "validity": "forever",
            })
        };
        let activities = [
            line("A", json!({"roles": ["网格员", "宣讲员"]})),
            line("B", json!({"roles": ["网格员"], "scoring": "rating"})),
            line("C", json!({})),
        ];
        let payload = json!({"activities": activities, "effective_from": "2024-01-01", "version": 1});
        self.record(0, "T1", "ScheduleAdopted", payload);
    }

    fn letter(&mut self, second: i64, letter: &str, role: &str, ended: Option<&str>) -> u64 {
        let mut terms = json!({"body": "区委组织部", "days": {"from": "2024-01-01"}, "role": role});
        if let Some(ended) = ended {
            terms["ended"] = ended.into();
        }
        let payload = json!({"appointment": letter, "at": AT, "terms": terms, "worker": "W1"});
        self.record(second, "T2", "AppointmentRecorded", payload)
    }

    fn posted(&mut self, request: &str, activity: &str, on: &str, more: Value) -> u64 {
        let mut payload = json!({"activity": activity, "at": AT, "on": on, "request": request});
        for (name, value) in more.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        self.record(0, "T1", "RequestPosted", payload)
    }

    fn worked(&mut self, request: &str, handling: &str, claimed: &str, done: &str) -> u64 {
        let work = json!({"claimed": claimed, "claimer": "W1", "done": done, "quantity": "1000000"});
        let payload = json!({
            "at": AT, "claimer": "W1", "handling": handling, "quantity": 1_000_000, "request": request, "work": work,
        });
        self.record(0, "T1", "HandlingRecorded", payload)
    }

    fn rated(&mut self, request: &str, handling: &str, on: &str) -> u64 {
        let rating = json!({"on": on, "word": "satisfied"});
        let payload = json!({"at": AT, "handling": handling, "rating": rating, "request": request});
        self.record(0, "T1", "HandlingRated", payload)
    }

    /// Something that happens so many days later, so that the report is made then.
    fn later(&mut self, days: i64) {
        self.record(
            days * DAY,
            "T1",
            "FundRegistered",
            json!({
                "at": AT, "fund": "ZJ99", "terms": {"appropriated": 0, "body": "区民政局", "source": "财政"},
            }),
        );
    }
}

#[test]
fn a_district_without_programmes_has_nothing_of_them() {
    let mut journal = Journal::new(few());
    journal.credit(0, "T1", "W1", "2024-03-09", json!({}));
    assert_eq!(journal.report().programmes, super::super::OfProgrammes::default());
}

#[test]
fn a_fund_tells_what_was_paid_of_it_and_where_it_first_went_wrong() {
    let mut journal = Journal::new(few());
    let terms =
        |appropriated: i64| json!({"terms": {"appropriated": appropriated, "body": "区总工会", "source": "经费"}});
    let first = journal.fund("FundRegistered", terms(10_000));
    journal.fund("FundCommitted", json!({"amount": 6_000, "source": "QD-1"}));
    journal.fund("FundPaid", json!({"amount": 6_000, "by": "T3", "month": "2024-03", "reference": "财付1号"}));
    // Given back after it was paid: more was paid than is committed.
    let given_back = journal.fund("FundReleased", json!({"amount": 1_000, "committed_at": AT, "source": "QD-1"}));
    let cut = journal.fund("FundUpdated", terms(4_000));
    let last = journal.fund("FundCommitted", json!({"amount": 1_000, "source": "QD-2"}));
    let funds = journal.report().programmes.funds;
    let row = &funds.rows[0];
    assert_eq!((funds.total, row.fund.as_str(), row.body.as_str(), row.payments), (1, "ZJ01", "区总工会", 1));
    assert_eq!(
        (row.figures.committed, row.figures.paid, row.figures.free()),
        (Fen::ZERO, Fen::new(6_000), Fen::new(-2_000))
    );
    assert_eq!((row.overpaid_at, row.overdrawn_at), (Some(given_back), Some(cut)));
    assert_eq!((row.first, row.last), (first, last));
}

#[test]
fn pairs_that_help_each_other_are_told_where_their_days_meet() {
    let mut journal = Journal::new(few());
    journal.pair("BD1", "W1", "W2", "2024-01-01", Some("2024-02-01"));
    // From the day on which the first ended: they never held together.
    journal.pair("BD2", "W2", "W1", "2024-02-01", None);
    journal.pair("BD3", "W3", "W2", "2024-02-01", None);
    let met = journal.pair("BD4", "W1", "W2", "2024-02-10", None);
    let found = journal.report().programmes.reciprocal;
    assert_eq!(found.total, 1);
    let row = &found.rows[0];
    assert_eq!((row.position, row.pair.as_str(), row.other.as_str()), (met, "BD2", "BD4"));
    assert_eq!((row.helper.as_str(), row.helped.as_str()), ("W2", "W1"));
    assert_eq!((row.from.to_string().as_str(), row.ended), ("2024-02-10", None));
}

/// Of a person with two ids, by the one that is kept.
#[test]
fn a_pair_under_an_id_that_was_given_up_is_of_the_same_person() {
    let mut journal = Journal::new(few());
    journal.pair("BD1", "W1", "W9", "2024-01-01", None);
    journal.pair("BD2", "W2", "W1", "2024-01-01", None);
    let merged = json!({"at": AT, "into": "W2", "lots": [], "points": 0, "worker": "W9"});
    journal.record(0, "T1", "WorkerMerged", merged);
    assert_eq!(journal.report().programmes.reciprocal.total, 1);
}

#[test]
fn an_end_entered_late_flags_the_credits_that_relied_on_the_role_and_takes_none_back() {
    let mut journal = Journal::new(few());
    journal.schedule();
    journal.letter(0, "PS1", "网格员", None);
    let of = |on: &str, activity: &str| (on.to_owned(), json!({"activity": activity}));
    let credit = |journal: &mut Journal, (on, more): (String, Value)| journal.credit(0, "T1", "W1", &on, more);
    credit(&mut journal, of("2024-02-29", "A"));
    let relied = credit(&mut journal, of("2024-03-01", "A"));
    credit(&mut journal, of("2024-03-02", "C"));
    // Of a request the role is asked for on the day of the claim.
    journal.posted("XQ1", "B", "2024-02-01", json!({}));
    journal.worked("XQ1", "BL1", "2024-02-20", "2024-03-05");
    journal.rated("XQ1", "BL1", "2024-03-06");
    journal.credit(0, "T1", "W1", "2024-03-06", json!({"activity": "B", "credit": "BL1", "source": "XQ1"}));
    journal.posted("XQ2", "B", "2024-02-01", json!({}));
    journal.worked("XQ2", "BL2", "2024-03-02", "2024-03-05");
    journal.rated("XQ2", "BL2", "2024-03-06");
    let claimed =
        journal.credit(0, "T1", "W1", "2024-03-06", json!({"activity": "B", "credit": "BL2", "source": "XQ2"}));
    let taken_back = credit(&mut journal, of("2024-03-04", "A"));
    let reversed = journal.judge("T2", "CreditReversed", taken_back);
    let ended = journal.letter(0, "PS1", "网格员", Some("2024-03-01"));
    // After the end was known nothing of it is flagged: the ledger asked.
    credit(&mut journal, of("2024-03-05", "C"));
    let found = journal.report().programmes;
    let flagged: Vec<_> = found.flagged.rows.iter().map(|row| (row.position, row.gone_at)).collect();
    assert_eq!(found.flagged.total, 3);
    assert_eq!(flagged, [(relied, None), (claimed, None)], "no more rows than are asked for");
    assert!(found.flagged.rows.iter().all(|row| (row.appointment.as_str(), row.ended_at) == ("PS1", ended)));
    assert_eq!(found.flagged.rows[1].on.to_string(), "2024-03-02");
    let end = &found.role_ends.rows[0];
    assert_eq!((found.role_ends.total, end.position, end.role.as_str()), (1, ended, "网格员"));
    assert_eq!((end.ended.to_string().as_str(), end.recorded_on.to_string().as_str()), ("2024-03-01", "2024-03-10"));
    // What was taken back since is no open question.
    assert_eq!((end.credits.count, end.credits.points), (2, Points::from_whole(20)), "{reversed}");
}

#[test]
fn an_end_is_no_question_where_it_lies_ahead_or_another_role_does_as_well() {
    let mut journal = Journal::new(few());
    journal.schedule();
    journal.letter(0, "PS1", "网格员", None);
    journal.letter(0, "PS2", "宣讲员", None);
    journal.credit(0, "T1", "W1", "2024-03-05", json!({}));
    // Either role does for this activity.
    journal.letter(0, "PS1", "网格员", Some("2024-03-11"));
    assert_eq!(journal.report().programmes.role_ends.total, 0, "from tomorrow on");

    let mut journal = Journal::new(few());
    journal.schedule();
    journal.letter(0, "PS1", "网格员", None);
    journal.letter(0, "PS2", "宣讲员", None);
    journal.credit(0, "T1", "W1", "2024-03-05", json!({}));
    journal.letter(0, "PS1", "网格员", Some("2024-03-01"));
    let found = journal.report().programmes;
    assert_eq!((found.role_ends.total, found.flagged.total), (1, 0));
    assert_eq!(found.role_ends.rows[0].credits.count, 0);

    // A letter that is entered with its end is history, and no end that came late; one that was put right is none any more.
    let mut journal = Journal::new(few());
    journal.schedule();
    journal.letter(0, "PS1", "网格员", Some("2024-02-01"));
    journal.letter(0, "PS2", "网格员", None);
    journal.letter(0, "PS2", "网格员", Some("2024-02-01"));
    journal.letter(0, "PS2", "网格员", None);
    assert_eq!(journal.report().programmes.role_ends.total, 0);
}

#[test]
fn requests_are_overdue_from_the_day_after_their_time_until_something_is_done() {
    let due = |day: &str| json!({"due": day});
    let mut journal = Journal::new(few());
    let open = journal.posted("XQ1", "C", "2024-03-01", due("2024-03-09"));
    journal.posted("XQ2", "C", "2024-03-01", due("2024-03-10"));
    journal.posted("XQ3", "C", "2024-03-01", due("2024-03-09"));
    journal.worked("XQ3", "BL3", "2024-03-02", "2024-03-10");
    journal.posted("XQ4", "C", "2024-03-01", due("2024-03-09"));
    journal.record(0, "T1", "RequestWithdrawn", json!({"at": AT, "on": "2024-03-05", "request": "XQ4"}));
    journal.posted("XQ5", "C", "2024-03-01", json!({"due": "2024-03-09", "merged_into": "XQ1"}));
    let claim = json!({"at": AT, "claimer": "W1", "handling": "BL1", "on": "2024-03-02", "request": "XQ1"});
    journal.record(0, "T1", "RequestClaimed", claim);
    let found = journal.report().programmes;
    assert_eq!(found.overdue.total, 1);
    let row = &found.overdue.rows[0];
    assert_eq!((row.position, row.request.as_str(), row.days, row.underway), (open, "XQ1", 1, 1));
    assert_eq!(found.bodies.total, 0, "no body was named");
}

#[test]
fn work_is_asked_about_once_nobody_rated_it_for_more_than_thirty_days() {
    let made = |days: i64| {
        let mut journal = Journal::new(few());
        journal.posted("XQ1", "C", "2024-03-01", json!({}));
        let worked = journal.worked("XQ1", "BL1", "2024-03-02", "2024-03-08");
        journal.posted("XQ2", "C", "2024-03-01", json!({}));
        journal.worked("XQ2", "BL2", "2024-03-02", "2024-03-08");
        journal.rated("XQ2", "BL2", "2024-03-09");
        journal.later(days);
        (worked, journal.report().programmes.unrated)
    };
    // Thirty days after the work, and thirty-one.
    assert_eq!(made(28).1.total, 0);
    let (worked, found) = made(29);
    assert_eq!(found.total, 1);
    let row = &found.rows[0];
    assert_eq!(
        (row.position, row.handling.as_str(), row.claimer.as_deref(), row.days),
        (worked, "BL1", Some("W1"), 31)
    );
}

#[test]
fn requests_are_counted_by_year_and_by_the_body_they_were_passed_on_to_last() {
    let mut journal = Journal::new(few());
    let route = |journal: &mut Journal, request: &str, body: &str, on: &str| {
        journal.record(0, "T1", "RequestRouted", json!({"at": AT, "body": body, "on": on, "request": request}));
    };
    journal.posted("XQ1", "C", "2024-03-01", json!({}));
    route(&mut journal, "XQ1", "区住建局", "2024-03-02");
    route(&mut journal, "XQ1", "区民政局", "2024-03-03");
    journal.worked("XQ1", "BL1", "2024-03-04", "2024-03-05");
    journal.posted("XQ2", "C", "2024-03-01", json!({}));
    let found = journal.report().programmes.bodies;
    let rows: Vec<_> = found.rows.iter().map(|row| (row.year, row.body.as_deref(), row.posted, row.done)).collect();
    assert_eq!(rows, [(2024, None, 1, 0), (2024, Some("区民政局"), 1, 1)]);
}

#[test]
fn benefits_that_were_given_back_are_listed_with_what_came_free() {
    let mut journal = Journal::new(few());
    journal.fund("FundReleased", json!({"amount": 6_050, "committed_at": AT, "source": "QD-1"}));
    let of = |application: &str, more: Value| {
        let mut payload = json!({"application": application, "at": AT, "benefit": "QY1", "worker": "W1"});
        for (name, value) in more.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        payload
    };
    let given = journal.record(0, "T1", "BenefitWithdrawn", of("QD-1", json!({"reason": "本人不去了"})));
    journal.record(0, "T1", "BenefitWithdrawn", of("QD-2", json!({"waited": true})));
    let found = journal.report().programmes.withdrawals;
    assert_eq!(found.total, 2);
    let rows: Vec<_> =
        found.rows.iter().map(|row| (row.application.as_str(), row.waited, row.freed, row.reason.as_str())).collect();
    assert_eq!(rows, [("QD-1", false, Fen::new(6_050), "本人不去了"), ("QD-2", true, Fen::ZERO, "")]);
    assert_eq!(found.rows[0].position, given);
}

#[test]
fn uses_and_slips_that_were_taken_back_are_listed_with_what_is_not_owed_any_more() {
    let mut journal = Journal::new(Thresholds { list: 3, ..few() });
    let used = |application: &str, used: Value| json!({"application": application, "at": AT, "benefit": "QY1", "reason": "核错了", "used": used, "worker": "W1"});
    let before = "2024-02-10T00:00:00+08:00";
    let holder = |worker: &str| json!({"at": AT, "pass": "NXK1", "terms": {"days": {"through": "2024-12-31"}, "kind": "优享卡", "worker": worker}});
    journal.record(0, "T1", "PassIssued", holder("W8"));
    journal.record(0, "T1", "PassUpdated", holder("W2"));
    let at_counter = used("QD-1", json!({"at": before, "merchant": "M1"}));
    let first = journal.record(0, "T1", "BenefitUseReversed", at_counter);
    let back = |source: &str, amount: i64| json!({"amount": amount, "at": AT, "claimed_in": "2024-02", "merchant": "M1", "month": "2024-03", "source": source});
    journal.record(0, "T1", "MoneyTakenBack", back("QD-1", 1_500));
    journal.record(0, "T1", "BenefitUseReversed", used("QD-2", json!({"at": before})));
    let slip = json!({"at": before, "offer": "YH1", "paid": 2_128, "price": 2_504});
    let reversed =
        json!({"at": AT, "merchant": "M1", "pass": "NXK1", "reason": "原价写错", "slip": slip, "slip_no": "XP1"});
    journal.record(0, "T2", "PassUseReversed", reversed);
    journal.record(0, "T2", "MoneyTakenBack", back("XP1", 188));
    let found = journal.report().programmes.reversals;
    assert_eq!((found.total, found.rows[0].position), (3, first));
    let workers: Vec<_> = found.rows.iter().map(|row| row.worker.as_deref()).collect();
    assert_eq!(workers, [Some("W1"), Some("W1"), Some("W2")], "a slip is of the holder of its pass");
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            (row.name.as_str(), row.merchant.as_deref(), row.amount.fen(), row.month.is_some(), row.reason.as_str())
        })
        .collect();
    let wanted = [
        ("QD-1", Some("M1"), 1_500, true, "核错了"),
        ("QD-2", None, 0, false, "核错了"),
        ("XP1", Some("M1"), 188, true, "原价写错"),
    ];
    assert_eq!(rows, wanted);
}
