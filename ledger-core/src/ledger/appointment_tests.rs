//! A real ledger in which a second person confirms appointments: nothing holds before that person's word, the word records
//! what a row of a register would have recorded, and what ended meanwhile is refused. The books of the verifier share no rule
//! with what decided, and follow every story to its end.

use std::sync::Arc;

use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use crate::domain::account::Role;
use crate::domain::event::Event;
use crate::domain::ids::SiteId;
use crate::domain::period::Period;
use crate::domain::programme::command::Settings;
use crate::domain::refusal::Code;
use crate::domain::site::command::{IfKnown, SiteDetails};
use crate::domain::worker::WorkerEvent;
use crate::domain::worker::command::{AppointmentTerms, WorkerDetails};
use crate::evidence::books::Books;
use crate::evidence::hash::HashSuite;
use crate::journal::memory::MemoryJournal;
use crate::journal::{Journal, RecordedTime};

const NOW: &str = "2024-06-03T10:00:00+08:00";
const WORD: [&str; 2] = ["AppointmentConfirmed", "AppointmentRecorded"];

struct District {
    ledger: Ledger,
    journal: Arc<dyn Journal>,
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn checks(checks: u32) -> Command {
    Command::Configure(Settings { checks: Some(checks), ..Settings::default() })
}

fn terms(role: &str, ended: Option<&str>, site: Option<&str>) -> AppointmentTerms {
    let from = Some("2024-06-01".parse().expect("a day"));
    AppointmentTerms {
        body: "街道".into(),
        days: Period { from, through: None },
        ended: ended.map(|day| day.parse().expect("a day")),
        role: role.into(),
        site: site.map(id),
    }
}

fn propose_as(appointment: &str, worker: &str, terms: AppointmentTerms) -> Command {
    commands::ProposeAppointment { appointment: id(appointment), worker: id(worker), terms }.into()
}

fn propose(appointment: &str, worker: &str) -> Command {
    propose_as(appointment, worker, terms("特聘网格员", None, None))
}

fn register(appointment: &str, worker: &str, terms: AppointmentTerms) -> Command {
    commands::RegisterAppointment { appointment: id(appointment), worker: id(worker), terms }.into()
}

fn confirm(appointment: &str, worker: &str) -> Command {
    commands::ConfirmAppointment { worker: id(worker), appointment: id(appointment), proposed_at: None }.into()
}

fn reject(appointment: &str, worker: &str) -> Command {
    let (worker, appointment) = (id(worker), id(appointment));
    commands::RejectAppointment { worker, appointment, reason: "名单有误".into(), proposed_at: None }.into()
}

impl District {
    /// Three workers and a site, in a district that asks for so many checks. The account `rider` is the first worker's, and
    /// `W3-a` and `W3-b` are the third one's.
    async fn open(asked: u32) -> District {
        let now = chrono::DateTime::parse_from_rfc3339(NOW).expect("an instant").timestamp_micros();
        let settings =
            LedgerSettings { clock: Arc::new(move || RecordedTime::from_micros(now)), ..LedgerSettings::default() };
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let opened = Ledger::open(Arc::clone(&journal), settings, "test", HashSuite::Sha256).await;
        let district = District { ledger: opened.expect("a ledger").0, journal };
        let site: SiteId = id("Z1");
        let (kind, name, services) = ("微驿站".into(), "一号驿站".into(), Vec::new());
        let details = SiteDetails { kind, location: None, name, opened: None, parent: None, services };
        let mut commands: Vec<Command> =
            vec![checks(asked), commands::OpenSite { site, details, if_known: IfKnown::Refuse }.into()];
        for worker in ["W1", "W2", "W3"] {
            let (occupation, party_member, platform, probationary, site) = ("骑手".into(), None, None, false, None);
            let details = WorkerDetails { occupation, party_member, platform, probationary, site };
            commands.push(commands::RegisterWorker { worker: id(worker), details, update: false }.into());
        }
        for (account, worker) in [("rider", "W1"), ("W3-a", "W3"), ("W3-b", "W3")] {
            commands
                .push(Command::OpenAccount(commands::OpenAccount { account: id(account), worker: Some(id(worker)) }));
            let (account, role) = (id(account), Role::Operator);
            commands.push(Command::GrantRole(commands::GrantRole {
                account,
                role,
                scope: None,
                from: None,
                until: None,
            }));
        }
        for (number, command) in commands.into_iter().enumerate() {
            assert_eq!(district.told(&format!("open-{number}"), "甲", command).await, None, "{number}");
        }
        district
    }

    async fn give(&self, key: &str, actor: &str, command: impl Into<Command>) -> Outcome {
        let context = Context { key: id(key), actor: id(actor), at: self.ledger.now() };
        self.ledger.submit(Submission { context, command: command.into() }).await
    }

    async fn told(&self, key: &str, actor: &str, command: impl Into<Command>) -> Option<Code> {
        self.give(key, actor, command).await.code()
    }

    /// The types of the events that a command makes.
    async fn makes(&self, key: &str, actor: &str, command: impl Into<Command>) -> Vec<&'static str> {
        let outcome = self.give(key, actor, command).await;
        let receipt = outcome.receipt().unwrap_or_else(|| panic!("{key}: {:?}", outcome.code()));
        receipt.events.iter().map(Event::event_type).collect()
    }

    async fn events(&self) -> Vec<Event> {
        let entries = self.journal.read(0, 10_000).await.expect("entries");
        entries.iter().map(|entry| entry.event().expect("an event")).collect()
    }

    /// The books of the whole journal must be sound.
    async fn sound(&self) {
        if let Some(wrong) = wrong_in(&self.events().await) {
            panic!("{wrong}");
        }
    }
}

/// What the books find wrong with a history.
fn wrong_in(events: &[Event]) -> Option<String> {
    let mut books = Books::default();
    let booked = events.iter().try_for_each(|event| books.book(event));
    booked.and_then(|()| books.settled()).err()
}

#[tokio::test]
async fn nothing_holds_before_another_person_confirmed_it() {
    let district = District::open(1).await;
    assert_eq!(district.makes("p", "甲", propose("PS1", "W1")).await, ["AppointmentProposed"]);
    assert_eq!(district.told("c", "甲", confirm("PS1", "W1")).await, Some(Code::SamePerson), "proposed it");
    assert_eq!(district.told("c", "甲", reject("PS1", "W1")).await, Some(Code::SamePerson));
    assert_eq!(district.told("c", "rider", confirm("PS1", "W1")).await, Some(Code::SamePerson), "whose it is");
    assert_eq!(district.told("c", "rider", reject("PS1", "W1")).await, Some(Code::SamePerson));
    assert_eq!(district.told("c", "乙", confirm("PS9", "W1")).await, Some(Code::NotFound));
    assert_eq!(district.told("c", "乙", confirm("PS1", "W2")).await, Some(Code::NotFound), "another worker's");
    assert_eq!(district.told("c", "乙", confirm("PS1", "W9")).await, Some(Code::UnknownWorker));
    assert_eq!(district.makes("c", "乙", confirm("PS1", "W1")).await, WORD);
    assert_eq!(district.makes("c", "乙", confirm("PS1", "W1")).await, WORD, "once more is a repeat");
    assert_eq!(district.told("d", "丙", confirm("PS1", "W1")).await, Some(Code::AlreadyDecided));
    assert_eq!(district.told("d", "丙", reject("PS1", "W1")).await, Some(Code::AlreadyDecided));
    district.sound().await;
}

#[tokio::test]
async fn a_person_with_two_accounts_is_one_person() {
    let district = District::open(1).await;
    district.makes("p", "W3-a", propose("PS1", "W1")).await;
    assert_eq!(district.told("c", "W3-b", confirm("PS1", "W1")).await, Some(Code::SamePerson));
    assert_eq!(district.told("c", "W3-b", reject("PS1", "W1")).await, Some(Code::SamePerson));
    assert_eq!(district.told("q", "W3-b", propose("PS2", "W3")).await, Some(Code::SamePerson), "nobody the own one");
    assert_eq!(district.makes("c", "甲", confirm("PS1", "W1")).await, WORD);
    district.sound().await;
}

#[tokio::test]
async fn where_no_check_is_asked_for_it_is_recorded_at_once_and_a_register_always_records() {
    let district = District::open(0).await;
    assert_eq!(district.makes("p", "甲", propose("PS1", "W1")).await, ["AppointmentRecorded"]);
    assert_eq!(district.told("o", "rider", propose("PS2", "W1")).await, Some(Code::SamePerson));
    assert_eq!(district.told("checks", "甲", checks(1)).await, None);
    assert_eq!(district.makes("p", "甲", propose("PS1", "W1")).await, ["AppointmentRecorded"], "a repeat");
    let row = register("PS3", "W1", terms("特聘网格员", None, None));
    assert_eq!(district.makes("r", "甲", row).await, ["AppointmentRecorded"], "what an office decided on paper");
    assert_eq!(district.makes("p4", "甲", propose("PS4", "W1")).await, ["AppointmentProposed"]);
    let same = register("PS4", "W1", terms("特聘网格员", None, None));
    assert_eq!(district.makes("p4", "甲", same).await, ["AppointmentProposed"], "the same was asked by this key");
    // What waits goes on waiting for another person, whatever is asked for later.
    assert_eq!(district.told("none", "甲", checks(0)).await, None);
    assert_eq!(district.told("c", "甲", confirm("PS4", "W1")).await, Some(Code::SamePerson));
    assert_eq!(district.makes("c", "乙", confirm("PS4", "W1")).await, WORD);
    district.sound().await;
}

#[tokio::test]
async fn a_number_that_a_register_took_meanwhile_is_refused_and_the_proposal_stays() {
    let district = District::open(1).await;
    district.makes("p", "甲", propose("PS1", "W1")).await;
    assert_eq!(district.told("q", "乙", propose("PS1", "W1")).await, Some(Code::DuplicateConflict), "it waits");
    district.makes("r", "甲", register("PS1", "W1", terms("政策宣讲员", None, None))).await;
    assert_eq!(district.told("c", "乙", confirm("PS1", "W1")).await, Some(Code::DuplicateConflict));
    assert_eq!(district.told("c2", "乙", confirm("PS1", "W1")).await, Some(Code::DuplicateConflict), "still");
    assert_eq!(district.makes("b", "乙", reject("PS1", "W1")).await, ["AppointmentRejected"]);
    assert_eq!(district.told("b2", "丙", reject("PS1", "W1")).await, Some(Code::AlreadyDecided));
    // What stands can be proposed to become another one, or to end.
    let ended = terms("政策宣讲员", Some("2024-06-05"), None);
    assert_eq!(district.makes("e", "甲", propose_as("PS1", "W1", ended)).await, ["AppointmentProposed"]);
    assert_eq!(district.makes("f", "乙", confirm("PS1", "W1")).await, WORD);
    district.sound().await;
}

#[tokio::test]
async fn what_was_sent_back_can_be_proposed_again() {
    let district = District::open(2).await;
    district.makes("p", "甲", propose("PS1", "W1")).await;
    assert_eq!(district.makes("b", "乙", reject("PS1", "W1")).await, ["AppointmentRejected"]);
    assert_eq!(district.told("c", "丙", confirm("PS1", "W1")).await, Some(Code::AlreadyDecided));
    assert_eq!(district.makes("q", "乙", propose("PS1", "W1")).await, ["AppointmentProposed"]);
    assert_eq!(district.told("c", "乙", confirm("PS1", "W1")).await, Some(Code::SamePerson), "who proposes now");
    assert_eq!(district.makes("c", "甲", confirm("PS1", "W1")).await, WORD, "who proposed before");
    district.sound().await;
}

#[tokio::test]
async fn who_left_and_what_closed_meanwhile_is_refused_and_what_stands_can_be_ended() {
    let district = District::open(1).await;
    district.makes("p1", "甲", propose("PS1", "W1")).await;
    district.makes("c1", "乙", confirm("PS1", "W1")).await;
    district.makes("p2", "甲", propose("PS2", "W1")).await;
    district.makes("p3", "甲", propose_as("PS3", "W2", terms("特聘网格员", None, Some("Z1")))).await;
    let leaves = commands::DepartWorker { worker: id("W1"), reason: "离开".into() };
    assert_eq!(district.told("leaves", "甲", leaves).await, None);
    let closes = commands::CloseSite { site: id("Z1"), on: None, reason: None };
    assert_eq!(district.told("closes", "甲", closes).await, None);
    assert_eq!(district.told("c2", "乙", confirm("PS2", "W1")).await, Some(Code::WorkerDeparted));
    assert_eq!(district.told("c3", "乙", confirm("PS3", "W2")).await, Some(Code::SiteClosed));
    assert_eq!(district.told("p4", "甲", propose("PS4", "W1")).await, Some(Code::WorkerDeparted));
    let there = terms("特聘网格员", None, Some("Z1"));
    assert_eq!(district.told("p5", "甲", propose_as("PS5", "W2", there)).await, Some(Code::SiteClosed));
    let nowhere = terms("特聘网格员", None, Some("Z9"));
    assert_eq!(district.told("p5", "甲", propose_as("PS5", "W2", nowhere)).await, Some(Code::UnknownSite));
    for (key, appointment, worker) in [("b2", "PS2", "W1"), ("b3", "PS3", "W2")] {
        assert_eq!(district.makes(key, "乙", reject(appointment, worker)).await, ["AppointmentRejected"]);
    }
    let ended = terms("特聘网格员", Some("2024-06-03"), None);
    assert_eq!(district.makes("e", "甲", propose_as("PS1", "W1", ended)).await, ["AppointmentProposed"]);
    assert_eq!(district.makes("f", "乙", confirm("PS1", "W1")).await, WORD);
    district.sound().await;
}

/// Nobody is appointed under an id that was given up; what waits there can be sent back.
#[tokio::test]
async fn what_was_proposed_before_a_merge_is_not_confirmed_under_the_id_that_was_given_up() {
    let district = District::open(1).await;
    district.makes("p", "甲", propose("PS1", "W1")).await;
    let merge = commands::MergeWorkers { kept: id("W2"), absorbed: id("W1"), reason: "同一人".into() };
    assert_eq!(district.told("m", "乙", merge).await, None);
    assert_eq!(district.told("c", "rider", confirm("PS1", "W1")).await, Some(Code::SamePerson), "still the worker");
    assert_eq!(district.told("c", "乙", confirm("PS1", "W1")).await, Some(Code::WorkerDeparted));
    assert_eq!(district.makes("b", "乙", reject("PS1", "W1")).await, ["AppointmentRejected"]);
    district.sound().await;
}

/// What was recorded, with something changed in it that cannot be: the books find it.
#[tokio::test]
async fn a_history_in_which_one_person_appoints_alone_is_found() {
    let district = District::open(1).await;
    district.makes("p1", "W3-a", propose("PS1", "W1")).await;
    district.makes("c1", "乙", confirm("PS1", "W1")).await;
    district.makes("p2", "甲", propose("PS2", "W2")).await;
    district.makes("b2", "乙", reject("PS2", "W2")).await;
    let events = district.events().await;
    assert_eq!(wrong_in(&events), None);
    let at = |kind: &str| events.iter().position(|event| event.event_type() == kind).expect("such an event");
    let without = |kind: &str| {
        let mut fewer = events.clone();
        fewer.remove(at(kind));
        fewer
    };
    let changed = |kind: &str, change: &dyn Fn(&mut WorkerEvent)| {
        let mut events = events.clone();
        let Event::Worker(event) = &mut events[at(kind)] else { panic!("an event of a worker") };
        change(event);
        events
    };
    assert!(wrong_in(&without("AppointmentProposed")).is_some(), "a word without a proposal");
    assert!(wrong_in(&without("AppointmentRecorded")).is_some(), "confirmed, and not recorded");
    for actor in ["W3-a", "W3-b", "rider"] {
        let by = |event: &mut WorkerEvent| {
            let WorkerEvent::AppointmentConfirmed(confirmed) = event else { panic!("a word") };
            confirmed.by = id(actor);
        };
        assert!(wrong_in(&changed("AppointmentConfirmed", &by)).is_some(), "{actor} confirms");
    }
    let sent_back = |event: &mut WorkerEvent| {
        let WorkerEvent::AppointmentRejected(rejected) = event else { panic!("a word") };
        rejected.by = id("甲");
    };
    assert!(wrong_in(&changed("AppointmentRejected", &sent_back)).is_some(), "whoever proposed it sends it back");
    let own = |event: &mut WorkerEvent| {
        let WorkerEvent::AppointmentProposed(proposed) = event else { panic!("a proposal") };
        proposed.by = id("rider");
    };
    assert!(wrong_in(&changed("AppointmentProposed", &own)).is_some(), "the worker proposes it");
    let otherwise = |event: &mut WorkerEvent| {
        let WorkerEvent::AppointmentRecorded(recorded) = event else { panic!("an appointment") };
        recorded.terms.role = "政策宣讲员".into();
    };
    assert!(wrong_in(&changed("AppointmentRecorded", &otherwise)).is_some(), "other than was proposed");
}
