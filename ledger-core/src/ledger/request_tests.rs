//! Requests as whole ledgers decide them: in whatever order duplicates are linked, who left after the work, who acts in two
//! roles, and whose partner somebody is.

use std::sync::Arc;

use super::commands::requests::AskedRating;
use super::ripened_tests::{activity, day, give, id, open, post, rate, work};
use super::{Command, Context, Ledger, Submission, commands};
use crate::domain::account::Role;
use crate::domain::event::Event;
use crate::domain::pair::command::PairTerms;
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::refusal::Code;
use crate::domain::request::ServiceRequest;
use crate::domain::schedule::{Activity, ActivityTerms, Scoring};
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::{AppointmentTerms, WorkerDetails};
use crate::domain::worker::event::WorkerEvent;
use crate::journal::Journal;
use crate::journal::memory::MemoryJournal;

/// A ledger in which work is rated (WX01), reports are fed back (YH01), and one activity asks for either of two roles (JS01).
struct House {
    journal: Arc<dyn Journal>,
    ledger: Ledger,
}

/// What a history left: each request, and who earned what.
#[derive(Debug, PartialEq)]
struct Left {
    requests: [ServiceRequest; 3],
    earned: Vec<(String, Points)>,
}

impl House {
    async fn open() -> House {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let house = House { ledger: open(&journal).await, journal };
        let roles = ["特聘网格员", "政策宣讲员"].map(str::to_owned).to_vec();
        let terms = ActivityTerms { roles, scoring: Some(Scoring::Rating), ..ActivityTerms::default() };
        let activities = vec![
            activity("WX01", Some(Scoring::Rating)),
            activity("YH01", Some(Scoring::Feedback)),
            Activity { terms, ..activity("JS01", None) },
        ];
        let (effective_from, settings) = (day("2020-01-01"), Settings::default());
        house.done("schedule", commands::AdoptSchedule { activities, effective_from, settings, first: false }).await;
        for worker in ["W1", "W2", "W3"] {
            let occupation = "骑手".into();
            let details =
                WorkerDetails { occupation, party_member: None, platform: None, probationary: false, site: None };
            house.done(worker, commands::RegisterWorker { worker: id(worker), details, update: false }).await;
        }
        house
    }

    async fn code(&self, key: &str, command: impl Into<Command>) -> Option<Code> {
        give(&self.ledger, key, "甲", command).await.code()
    }

    async fn done(&self, key: &str, command: impl Into<Command>) {
        let told = give(&self.ledger, key, "甲", command).await;
        assert_eq!(told.code(), None, "{key}: {told:?}");
    }

    async fn left(&self) -> Left {
        let mut left = Left { requests: Default::default(), earned: Vec::new() };
        for entry in self.journal.read(0, 1_000).await.expect("entries") {
            match entry.event().expect("an event") {
                Event::Request(event) => {
                    let at = ["A", "B", "C"].iter().position(|request| event.request().as_str() == *request);
                    if let Some(state) = at.and_then(|at| left.requests.get_mut(at)) {
                        state.evolve(&event);
                    }
                }
                event => {
                    if let Some(record) = event.as_worker().and_then(WorkerEvent::as_service) {
                        left.earned.push((record.worker.to_string(), record.points));
                    }
                }
            }
        }
        left
    }
}

fn merge(request: &str, into: &str) -> Command {
    Command::MergeRequest(commands::MergeRequest { request: id(request), into: id(into), reason: None })
}

fn linked(request: &str, activity: &str, reporter: &str, into: Option<&str>) -> Command {
    match post(request, activity, Some(reporter)) {
        Command::PostRequest(posted) => commands::PostRequest { merged_into: into.map(id), ..posted }.into(),
        other => other,
    }
}

/// What happens after A was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Post(&'static str),
    Link(&'static str),
    /// A is done, and somebody says that it was good.
    Settle,
}

/// All orders of some steps in which nothing is linked before it is posted.
fn orders(steps: &[Step]) -> Vec<Vec<Step>> {
    if steps.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, first) in steps.iter().enumerate() {
        let mut rest = steps.to_vec();
        rest.remove(at);
        if matches!(first, Step::Link(request) if rest.contains(&Step::Post(request))) {
            continue;
        }
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, *first);
            order
        }));
    }
    all
}

async fn play(scoring: &str, order: &[Step], later: &[&str]) -> Left {
    let house = House::open().await;
    house.done("A", linked("A", scoring, "W1", None)).await;
    for step in order {
        match step {
            Step::Post(request) => {
                let into = if later.contains(request) { None } else { Some("A") };
                let reporter = if *request == "B" { "W2" } else { "W3" };
                house.done(request, linked(request, scoring, reporter, into)).await;
            }
            Step::Link(request) => house.done(&format!("link-{request}"), merge(request, "A")).await,
            Step::Settle if scoring == "YH01" => {
                house.done("H", work("H", "A", None)).await;
                house.done("word", rate("A", "H", "属实")).await;
            }
            Step::Settle => {
                house.done("H", work("H", "A", Some("W2"))).await;
                house.done("word", rate("A", "H", "满意")).await;
            }
        }
    }
    // Nobody earns by a duplicate, however it came to be one.
    for request in ["B", "C"] {
        let claimer = if scoring == "YH01" { None } else { Some("W1") };
        let told = house.code(&format!("H-{request}"), work(&format!("H-{request}"), request, claimer)).await;
        assert_eq!(told, Some(Code::MergedRequest), "{request} after {order:?}");
        assert_eq!(house.code(&format!("again-{request}"), merge(request, "A")).await, Some(Code::MergedRequest));
    }
    house.left().await
}

/// Duplicates linked before the feedback share one award, and the order of linking makes no difference: at posting, later,
/// or after the word.
#[tokio::test]
async fn duplicates_share_one_award_in_whatever_order_they_are_linked() {
    for (scoring, earner) in [("WX01", "W2"), ("YH01", "W1")] {
        let first = play(scoring, &[Step::Post("B"), Step::Post("C"), Step::Settle], &[]).await;
        assert_eq!(first.earned, [(earner.to_owned(), Points::from_whole(5))], "one award");
        for later in [vec![], vec!["B"], vec!["C"], vec!["B", "C"]] {
            let mut steps = vec![Step::Post("B"), Step::Post("C"), Step::Settle];
            steps.extend(later.iter().copied().map(Step::Link));
            for order in orders(&steps) {
                assert_eq!(play(scoring, &order, &later).await, first, "{order:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_duplicate_is_linked_to_one_that_stands_and_no_two_repeat_each_other() {
    let house = House::open().await;
    for request in ["A", "B", "C"] {
        house.done(request, post(request, "WX01", None)).await;
    }
    assert_eq!(house.code("k1", merge("X", "A")).await, Some(Code::UnknownRequest));
    assert_eq!(house.code("k1", merge("B", "X")).await, Some(Code::UnknownRequest));
    assert_eq!(house.code("k1", merge("B", "B")).await, Some(Code::InvalidInput));
    house.done("k1", merge("B", "A")).await;
    house.done("k1", merge("B", "A")).await;
    assert_eq!(house.code("k2", merge("B", "C")).await, Some(Code::MergedRequest));
    assert_eq!(house.code("k2", merge("C", "B")).await, Some(Code::MergedRequest), "into the one that B repeats");
    assert_eq!(house.code("k2", merge("A", "B")).await, Some(Code::MergedRequest), "never into each other");
    let withdraw = commands::WithdrawRequest { request: id("C"), on: Some(day("2024-06-02")) };
    house.done("k3", withdraw).await;
    assert_eq!(house.code("k4", merge("C", "A")).await, Some(Code::AlreadyDecided));
    assert_eq!(house.code("k4", merge("A", "C")).await, Some(Code::AlreadyDecided));
    // What a sheet says of it stays what it said: the same row is a repeat, another one is not.
    house.done("B", post("B", "WX01", None)).await;
    let row = linked("B", "WX01", "W1", Some("A"));
    assert_eq!(house.code("B", row).await, Some(Code::DuplicateConflict));
}

async fn depart(house: &House, worker: &str, at: &str) {
    let (key, actor) = (id("leaves"), id("甲"));
    let at = BusinessTime::parse(at).expect("a time");
    let command = commands::DepartWorker { worker: id(worker), reason: "转行".into() }.into();
    let told = house.ledger.submit(Submission { context: Context { key, actor, at }, command }).await;
    assert_eq!(told.code(), None, "{told:?}");
}

#[tokio::test]
async fn a_claimer_who_left_after_the_work_earns_by_the_word_and_one_who_left_before_does_not() {
    for (left_at, word) in [("2024-06-02 18:00:00", None), ("2024-06-01 18:00:00", Some(Code::WorkerDeparted))] {
        let house = House::open().await;
        house.done("A", post("A", "WX01", Some("W2"))).await;
        house.done("H", work("H", "A", Some("W1"))).await;
        depart(&house, "W1", left_at).await;
        assert_eq!(house.code("word", rate("A", "H", "满意")).await, word, "left at {left_at}");
        let earned = house.left().await.earned;
        let expected = if word.is_none() { vec![("W1".to_owned(), Points::from_whole(5))] } else { Vec::new() };
        assert_eq!(earned, expected, "left at {left_at}");
    }
}

#[tokio::test]
async fn who_has_both_roles_earns_one_credit_by_one_act() {
    let house = House::open().await;
    for (appointment, role) in [("PS1", "特聘网格员"), ("PS2", "政策宣讲员")] {
        let days = Period { from: Some(day("2024-01-01")), through: None };
        let terms = AppointmentTerms { body: "街道".into(), days, ended: None, role: role.into(), site: None };
        house
            .done(appointment, commands::RegisterAppointment { appointment: id(appointment), worker: id("W1"), terms })
            .await;
    }
    house.done("A", post("A", "JS01", Some("W2"))).await;
    assert_eq!(house.code("H0", work("H0", "A", Some("W3"))).await, Some(Code::NotEligible));
    house.done("H", work("H", "A", Some("W1"))).await;
    house.done("word", rate("A", "H", "满意")).await;
    assert_eq!(house.code("word-2", rate("A", "H", "满意")).await, Some(Code::AlreadyDecided));
    assert_eq!(house.left().await.earned, [("W1".to_owned(), Points::from_whole(5))]);
}

/// The word of whoever stands in some pairs.
fn said_in(pairs: &[&str], on: &str) -> Command {
    let pairs = pairs.iter().map(|pair| id(pair)).collect();
    let rating = AskedRating { on: Some(day(on)), pairs, word: "满意".into() };
    Command::RateHandling(commands::RateHandling { request: id("A"), handling: id("H"), rating })
}

#[tokio::test]
async fn a_partner_of_a_pair_that_is_open_on_the_day_does_not_say_what_the_work_was_worth() {
    let house = House::open().await;
    house.done("account", commands::OpenAccount { account: id("乙"), worker: Some(id("W2")) }).await;
    let (account, role) = (id("乙"), Role::Worker);
    house.done("grant", commands::GrantRole { account, role, scope: None, from: None, until: None }).await;
    let pair = |pair: &str, helper: &str, helped: &str, ended: Option<&str>| {
        let (helper, helped, ended) = (id(helper), id(helped), ended.map(day));
        let terms = PairTerms { branch: None, ended, helped, helper, since: day("2024-01-01") };
        commands::OpenPair { pair: id(pair), terms }
    };
    // One that ended on the day, one with somebody else, and one that is open.
    house.done("P1", pair("P1", "W1", "W2", Some("2024-06-03"))).await;
    house.done("P2", pair("P2", "W2", "W3", None)).await;
    house.done("P3", pair("P3", "W2", "W1", None)).await;
    house.done("A", post("A", "WX01", Some("W3"))).await;
    house.done("H", work("H", "A", Some("W1"))).await;
    let say = |key: &'static str, actor: &'static str, command: Command| give(&house.ledger, key, actor, command);
    let all = ["P1", "P2", "P3"];
    assert_eq!(say("k", "乙", said_in(&all, "2024-06-03")).await.code(), Some(Code::SamePerson));
    assert_eq!(say("k", "乙", said_in(&["P1"], "2024-06-02")).await.code(), Some(Code::SamePerson), "it was open then");
    // Neither partner is the desk, which may name whatever it likes.
    assert_eq!(say("desk", "甲", said_in(&all, "2024-06-02")).await.code(), None);
    // What is said once more is a repeat, whatever pairs are known by then.
    assert_eq!(say("desk", "甲", said_in(&[], "2024-06-02")).await.code(), None);
    house.done("B", post("B", "WX01", Some("W3"))).await;
    house.done("H2", work("H2", "B", Some("W1"))).await;
    let rating = AskedRating { on: Some(day("2024-06-03")), pairs: vec![id("P1"), id("P2")], word: "满意".into() };
    let ended = commands::RateHandling { request: id("B"), handling: id("H2"), rating };
    assert_eq!(
        say("ended", "乙", ended.into()).await.code(),
        None,
        "the pair ended that day, the other is another one's"
    );
}

#[tokio::test]
async fn partners_are_persons_whatever_id_each_stood_under() {
    let house = House::open().await;
    house.done("account", commands::OpenAccount { account: id("乙"), worker: Some(id("W2")) }).await;
    let (account, role) = (id("乙"), Role::Worker);
    house.done("grant", commands::GrantRole { account, role, scope: None, from: None, until: None }).await;
    let (helper, helped) = (id("W2"), id("W3"));
    let terms = PairTerms { branch: None, ended: None, helped, helper, since: day("2024-01-01") };
    house.done("P1", commands::OpenPair { pair: id("P1"), terms }).await;
    house.done("A", post("A", "WX01", None)).await;
    house.done("H", work("H", "A", Some("W1"))).await;
    house.done("one", commands::MergeWorkers { kept: id("W1"), absorbed: id("W3"), reason: "同一人".into() }).await;
    let told = give(&house.ledger, "k", "乙", said_in(&["P1"], "2024-06-03")).await;
    assert_eq!(told.code(), Some(Code::SamePerson));
}
