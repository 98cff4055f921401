//! A real ledger in which bodies approve benefits: nothing is given before the last of them said so, by persons who had no
//! part in it before, and what is granted then is what a row would have been granted in that moment. The books of the
//! verifier share no rule with what decided, and follow every story to its end.

use std::sync::Arc;

use super::commands::benefits::{AskedAmount, AskedUse};
use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use crate::domain::account::Role;
use crate::domain::benefit::BenefitEvent;
use crate::domain::benefit::command::{BenefitKind, BenefitTerms};
use crate::domain::event::Event;
use crate::domain::fund::command::FundTerms;
use crate::domain::ids::ApplicationId;
use crate::domain::money::Fen;
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::schedule::Activity;
use crate::domain::time::{BusinessTime, Validity};
use crate::domain::worker::command::WorkerDetails;
use crate::evidence::books::Books;
use crate::evidence::hash::HashSuite;
use crate::journal::memory::MemoryJournal;
use crate::journal::{Journal, RecordedTime};

const NOW: &str = "2024-06-03T10:00:00+08:00";
const APPLIED: &str = "2024-06-02T09:00:00+08:00";
const DISTRICT: &str = "区总工会";
const CITY: &str = "市总工会";

struct District {
    ledger: Ledger,
    journal: Arc<dyn Journal>,
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn benefit(places: u32, approvals: Option<&[&str]>) -> Command {
    let terms = BenefitTerms {
        approvals: approvals.map(|bodies| bodies.iter().map(|body| (*body).to_owned()).collect()),
        fund: Some(id("ZJ1")),
        kind: BenefitKind::Place,
        limit_per_worker: Some(1),
        limit_yearly: false,
        name: "疗休养".into(),
        places: Some(places),
        price: Points::from_whole(4),
        value: Fen::new(1_500),
        window: Period { from: None, through: None },
    };
    commands::RegisterBenefit { benefit: id("QY1"), terms }.into()
}

fn fund(appropriated: i64) -> Command {
    let (body, source) = ("区总工会".into(), "工会经费".into());
    let terms = FundTerms { appropriated: Fen::new(appropriated), body, source, year: None };
    commands::RegisterFund { fund: id("ZJ1"), terms }.into()
}

fn propose(application: &str, worker: &str, certificate: Option<&str>) -> Command {
    propose_at(APPLIED, application, worker, certificate)
}

fn propose_at(at: &str, application: &str, worker: &str, certificate: Option<&str>) -> Command {
    let at = BusinessTime::parse(at);
    let (application, benefit, worker) = (id(application), id("QY1"), id(worker));
    let (certificate, amount) = (certificate.map(id), AskedAmount::Blank);
    commands::ProposeBenefit { application, benefit, worker, at, certificate, amount }.into()
}

fn row(application: &str, worker: &str) -> Command {
    let at = BusinessTime::parse(APPLIED);
    let (application, benefit, worker) = (id(application), id("QY1"), id(worker));
    let (certificate, amount, used, completes) = (None, AskedAmount::Blank, None, false);
    commands::ApplyBenefit { application, benefit, worker, at, certificate, amount, used, completes }.into()
}

fn check(application: &str, body: &str) -> Command {
    commands::CheckBenefit { benefit: id("QY1"), application: id(application), body: body.to_owned() }.into()
}

fn reject(application: &str) -> Command {
    commands::RejectBenefit { benefit: id("QY1"), application: id(application), reason: "材料不全".into() }.into()
}

fn withdraw(application: &str) -> Command {
    commands::WithdrawBenefit { benefit: id("QY1"), application: id(application), reason: None }.into()
}

impl District {
    /// Three workers with ten points each, a fund of thirty yuan, and a benefit of fifteen that two bodies approve. Accounts
    /// `W3-a` and `W3-b` are the third worker's.
    async fn open(places: u32) -> District {
        let now = chrono::DateTime::parse_from_rfc3339(NOW).expect("an instant").timestamp_micros();
        let settings =
            LedgerSettings { clock: Arc::new(move || RecordedTime::from_micros(now)), ..LedgerSettings::default() };
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let opened = Ledger::open(Arc::clone(&journal), settings, "test", HashSuite::Sha256).await;
        let district = District { ledger: opened.expect("a ledger").0, journal };
        let activity = Activity {
            category: "志愿服务".into(),
            checks: None,
            code: id("ZY01"),
            counts_for_card: true,
            daily_cap: None,
            name: "巡查".into(),
            points_per_unit: Points::from_whole(5),
            publicity_days: None,
            unit: "次".into(),
            validity: Validity::Forever,
            terms: Default::default(),
        };
        let mut commands: Vec<Command> = vec![
            commands::AdoptSchedule {
                activities: vec![activity],
                effective_from: "2020-01-01".parse().expect("a day"),
                settings: Settings::default(),
                first: false,
            }
            .into(),
            fund(3_000),
            benefit(places, Some(&[DISTRICT, CITY])),
        ];
        for worker in ["W1", "W2", "W3"] {
            let (occupation, party_member, platform, probationary, site) = ("骑手".into(), None, None, false, None);
            let details = WorkerDetails { occupation, party_member, platform, probationary, site };
            commands.push(commands::RegisterWorker { worker: id(worker), details, update: false }.into());
            commands.push(Command::RecordCredit(commands::RecordCredit {
                worker: id(worker),
                activity: id("ZY01"),
                on: Some("2024-05-01".parse().expect("a day")),
                quantity: Some(Quantity::from_millionths(2_000_000)),
                witness: None,
                own_witness: false,
                evidence: None,
                from: None,
                to: None,
                history: false,
                worker_as_witness: Vec::new(),
            }));
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

    /// The word of both bodies, by two persons; what the last one makes.
    async fn approve(&self, application: &str) -> Vec<&'static str> {
        let (first, last) = (format!("{application}/1"), format!("{application}/2"));
        assert_eq!(self.makes(&first, "审一", check(application, DISTRICT)).await, ["BenefitChecked"]);
        self.makes(&last, "审二", check(application, CITY)).await
    }

    async fn events(&self) -> Vec<Event> {
        let entries = self.journal.read(0, 10_000).await.expect("entries");
        entries.iter().map(|entry| entry.event().expect("an event")).collect()
    }

    /// The books of the whole journal, which must be sound.
    async fn books(&self) -> Books {
        let mut books = Books::default();
        for event in self.events().await {
            books.book(&event).unwrap_or_else(|wrong| panic!("{event:?}: {wrong}"));
        }
        books.settled().expect("nothing is due any more");
        books
    }
}

#[tokio::test]
async fn nothing_is_given_before_the_last_body_said_so_and_nobody_has_two_parts() {
    let district = District::open(2).await;
    let proposed = district.makes("QD1", "甲", propose("QD1", "W1", Some("ZS1"))).await;
    assert_eq!(proposed, ["CertificateReserved", "BenefitProposed"], "nothing is spent, set aside or given");
    assert_eq!(district.told("QD2", "甲", propose("QD2", "W1", None)).await, Some(Code::LimitPerWorker));
    assert_eq!(district.told("QD2", "甲", row("QD2", "W1")).await, Some(Code::LimitPerWorker), "a row too");
    assert_eq!(district.told("QD3", "甲", propose("QD3", "W2", Some("ZS1"))).await, Some(Code::AlreadyClaimed));
    let used = AskedUse { at: BusinessTime::parse(NOW), merchant: None };
    let using = commands::UseBenefit { benefit: id("QY1"), application: id("QD1"), used };
    assert_eq!(district.told("u", "甲", using).await, Some(Code::NotEligible));

    assert_eq!(district.told("c", "甲", check("QD1", CITY)).await, Some(Code::SamePerson), "proposed it");
    assert_eq!(district.told("c", "rider", check("QD1", CITY)).await, Some(Code::SamePerson), "whose it is");
    assert_eq!(district.told("c", "rider", reject("QD1")).await, Some(Code::SamePerson));
    assert_eq!(district.told("c", "乙", check("QD1", "区妇联")).await, Some(Code::InvalidInput));
    assert_eq!(district.told("c", "乙", check("QD9", CITY)).await, Some(Code::UnknownBenefit));
    assert_eq!(district.makes("c1", "W3-a", check("QD1", DISTRICT)).await, ["BenefitChecked"]);
    assert_eq!(district.told("c2", "W3-a", check("QD1", CITY)).await, Some(Code::SamePerson));
    assert_eq!(district.told("c2", "W3-b", check("QD1", CITY)).await, Some(Code::SamePerson), "with another account");
    assert_eq!(district.told("c2", "W3-b", reject("QD1")).await, Some(Code::SamePerson));
    assert_eq!(district.told("c2", "乙", check("QD1", DISTRICT)).await, Some(Code::AlreadyDecided), "said before");
    let granted = ["BenefitChecked", "CertificateClaimed", "BenefitPointsSpent", "FundCommitted", "BenefitGranted"];
    assert_eq!(district.makes("c2", "乙", check("QD1", CITY)).await, granted);
    assert_eq!(district.makes("c2", "乙", check("QD1", CITY)).await, granted, "once more is a repeat");
    assert_eq!(district.told("c3", "丙", check("QD1", CITY)).await, Some(Code::AlreadyDecided));
    assert_eq!(district.told("c3", "丙", reject("QD1")).await, Some(Code::AlreadyDecided));
    let application: ApplicationId = id("QD1");
    let at = district.events().await.iter().find_map(|event| match event.as_benefit() {
        Some(BenefitEvent::BenefitGranted(granted)) if granted.application == application => Some(granted.at),
        Some(_) | None => None,
    });
    assert_eq!(at, BusinessTime::parse(APPLIED), "as of when it was applied for");
    district.books().await;
}

#[tokio::test]
async fn the_order_of_the_last_words_is_the_order_of_the_queue() {
    let district = District::open(1).await;
    for (application, worker) in [("QD1", "W1"), ("QD2", "W2"), ("QD3", "W3")] {
        assert_eq!(district.makes(application, "甲", propose(application, worker, None)).await, ["BenefitProposed"]);
    }
    assert!(district.approve("QD3").await.contains(&"BenefitGranted"));
    assert_eq!(district.approve("QD2").await, ["BenefitChecked", "BenefitQueued"], "the place is gone");
    assert_eq!(district.approve("QD1").await, ["BenefitChecked", "BenefitQueued"]);
    let given_back = district.makes("w", "W3-a", withdraw("QD3")).await;
    assert_eq!(given_back.iter().filter(|event| **event == "BenefitGranted").count(), 1, "{given_back:?}");
    let next = district.events().await.into_iter().rev().find_map(|event| match event.as_benefit() {
        Some(BenefitEvent::BenefitGranted(granted)) => Some(granted.application.to_string()),
        Some(_) | None => None,
    });
    assert_eq!(next.as_deref(), Some("QD2"), "whose last word came first");
    district.books().await;
}

#[tokio::test]
async fn what_is_approved_once_the_places_are_gone_waits_whatever_month_it_is_of() {
    let district = District::open(1).await;
    assert_eq!(district.told("f", "甲", fund(1_500)).await, None);
    let proposed = propose_at("2024-05-30T09:00:00+08:00", "QD1", "W1", None);
    assert_eq!(district.makes("QD1", "甲", proposed).await, ["BenefitProposed"]);
    // Another one, of the month after, takes the place and all the money.
    assert!(district.makes("QD2", "甲", row("QD2", "W2")).await.contains(&"BenefitGranted"));
    assert_eq!(district.approve("QD1").await, ["BenefitChecked", "BenefitQueued"]);
    district.books().await;
}

#[tokio::test]
async fn the_last_word_is_refused_where_it_can_no_more_be_given_and_the_proposal_stays() {
    let district = District::open(5).await;
    for (application, worker) in [("QD1", "W1"), ("QD2", "W2"), ("QD3", "W3")] {
        district.makes(application, "甲", propose(application, worker, None)).await;
    }
    district.approve("QD1").await;
    district.approve("QD2").await;
    district.makes("QD3/1", "审一", check("QD3", DISTRICT)).await;
    assert_eq!(district.told("QD3/2", "审二", check("QD3", CITY)).await, Some(Code::FundExhausted));
    assert_eq!(district.told("f", "甲", fund(4_500)).await, None);
    assert!(district.makes("QD3/2", "审二", check("QD3", CITY)).await.contains(&"BenefitGranted"));
    district.books().await;
}

#[tokio::test]
async fn what_is_sent_back_or_withdrawn_counts_no_more_and_its_certificate_is_free() {
    let district = District::open(2).await;
    district.makes("QD1", "甲", propose("QD1", "W1", Some("ZS1"))).await;
    district.makes("c1", "审一", check("QD1", DISTRICT)).await;
    assert_eq!(district.told("r", "审一", reject("QD1")).await, Some(Code::SamePerson), "who approved it");
    assert_eq!(district.makes("r", "审二", reject("QD1")).await, ["CertificateReleased", "BenefitRejected"]);
    assert_eq!(district.told("c2", "乙", check("QD1", CITY)).await, Some(Code::AlreadyDecided));
    assert_eq!(district.told("w", "甲", withdraw("QD1")).await, Some(Code::AlreadyDecided));
    district.makes("QD2", "甲", propose("QD2", "W1", Some("ZS1"))).await;
    assert_eq!(district.makes("w", "rider", withdraw("QD2")).await, ["CertificateReleased", "BenefitWithdrawn"]);
    assert_eq!(district.told("c2", "乙", check("QD2", CITY)).await, Some(Code::AlreadyDecided));
    district.makes("QD3", "甲", propose("QD3", "W1", Some("ZS1"))).await;
    assert!(district.approve("QD3").await.contains(&"CertificateClaimed"));
    district.books().await;
}

#[tokio::test]
async fn a_row_is_granted_at_once_and_so_is_what_no_body_approves() {
    let district = District::open(2).await;
    assert!(district.makes("QD1", "甲", row("QD1", "W1")).await.contains(&"BenefitGranted"), "a row is history");
    // A sheet says nothing of the bodies.
    assert_eq!(district.told("b1", "甲", benefit(3, None)).await, None);
    district.makes("QD2", "甲", propose("QD2", "W2", None)).await;
    // What was proposed needs the bodies of when it was.
    assert_eq!(district.told("b2", "甲", benefit(3, Some(&[]))).await, None);
    assert!(district.makes("QD3", "甲", propose("QD3", "W3", None)).await.contains(&"BenefitGranted"));
    assert_eq!(district.makes("QD2", "甲", propose("QD2", "W2", None)).await, ["BenefitProposed"], "a repeat");
    assert_eq!(district.makes("QD2", "甲", row("QD2", "W2")).await, ["BenefitProposed"], "the same was asked");
    assert_eq!(district.told("f", "甲", fund(4_500)).await, None);
    assert!(district.approve("QD2").await.contains(&"BenefitGranted"));
    district.books().await;
}

#[tokio::test]
async fn the_bodies_are_at_most_two_and_have_different_names() {
    let district = District::open(2).await;
    for bodies in [&[DISTRICT, CITY, "省总工会"][..], &[CITY, CITY], &[" "]] {
        assert_eq!(district.told("b", "甲", benefit(2, Some(bodies))).await, Some(Code::InvalidInput), "{bodies:?}");
    }
    assert_eq!(district.told("b", "甲", benefit(2, Some(&[CITY]))).await, None);
    district.makes("QD1", "甲", propose("QD1", "W1", None)).await;
    assert!(district.makes("c", "乙", check("QD1", CITY)).await.contains(&"BenefitGranted"), "one is enough");
    district.books().await;
}

/// Whoever gave the id up while bodies had not decided yet pays under the one that is kept.
#[tokio::test]
async fn what_was_proposed_before_a_merge_is_paid_and_given_back_under_the_kept_id() {
    let district = District::open(2).await;
    district.makes("QD1", "甲", propose("QD1", "W1", None)).await;
    let merge = commands::MergeWorkers { kept: id("W2"), absorbed: id("W1"), reason: "同一人".into() };
    assert_eq!(district.told("m", "乙", merge).await, None);
    assert_eq!(district.told("c", "rider", check("QD1", CITY)).await, Some(Code::SamePerson), "still the worker");
    assert!(district.approve("QD1").await.contains(&"BenefitPointsSpent"));
    assert!(district.makes("w", "甲", withdraw("QD1")).await.contains(&"BenefitPointsReturned"));
    district.books().await;
}

/// What was recorded, with something changed in it that cannot be: the books find it.
#[tokio::test]
async fn a_history_without_the_word_of_each_body_by_another_person_is_found() {
    let district = District::open(2).await;
    district.makes("QD1", "甲", propose("QD1", "W1", Some("ZS1"))).await;
    district.approve("QD1").await;
    let events = district.events().await;
    let found = |events: &[Event]| {
        let mut books = Books::default();
        events.iter().try_for_each(|event| books.book(event)).is_err()
    };
    assert!(!found(&events));
    let checks: Vec<usize> = (0..events.len()).filter(|at| events[*at].event_type() == "BenefitChecked").collect();
    assert_eq!(checks.len(), 2);
    for at in &checks {
        let mut fewer = events.clone();
        fewer.remove(*at);
        assert!(found(&fewer), "without the check at {at}");
    }
    let changed = |at: usize, change: &dyn Fn(&mut BenefitEvent)| {
        let mut events = events.clone();
        let Event::Benefit(event) = &mut events[at] else { panic!("an event of the benefit") };
        change(event);
        events
    };
    let by = |actor: &'static str| {
        move |event: &mut BenefitEvent| {
            let BenefitEvent::BenefitChecked(checked) = event else { panic!("a check") };
            checked.by = id(actor);
        }
    };
    for actor in ["甲", "rider", "审一"] {
        assert!(found(&changed(checks[1], &by(actor))), "{actor} checks");
    }
    let same_body = |event: &mut BenefitEvent| {
        let BenefitEvent::BenefitChecked(checked) = event else { panic!("a check") };
        checked.body = DISTRICT.to_owned();
    };
    assert!(found(&changed(checks[1], &same_body)), "one body twice");
    let proposal = events.iter().position(|event| event.event_type() == "BenefitProposed").expect("a proposal");
    let fewer_bodies = |event: &mut BenefitEvent| {
        let BenefitEvent::BenefitProposed(proposed) = event else { panic!("a proposal") };
        proposed.approvals = vec![CITY.to_owned()];
    };
    assert!(found(&changed(proposal, &fewer_bodies)), "other bodies than the register's");
    let grant = events.iter().position(|event| event.event_type() == "BenefitGranted").expect("a grant");
    let otherwise = |event: &mut BenefitEvent| {
        let BenefitEvent::BenefitGranted(granted) = event else { panic!("a grant") };
        granted.terms.worker = id("W2");
    };
    assert!(found(&changed(grant, &otherwise)), "somebody else is given it");
}
