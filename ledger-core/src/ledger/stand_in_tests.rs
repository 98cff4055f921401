//! A branch that stands in for a partner who left, on a real ledger: only after that one left, only the pair's own branch,
//! and what it says counts as the partner's word.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::commands::visits::AskedConfirmation;
use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use crate::domain::event::Event;
use crate::domain::pair::PairEvent;
use crate::domain::pair::command::{Confirmation, PairTerms};
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::refusal::Code;
use crate::domain::schedule::Activity;
use crate::domain::time::Validity;
use crate::domain::worker::command::WorkerDetails;
use crate::domain::worker::event::WorkerEvent;
use crate::evidence::hash::HashSuite;
use crate::journal::memory::MemoryJournal;
use crate::journal::{Journal, RecordedTime};

struct District {
    ledger: Ledger,
    now: Arc<AtomicI64>,
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn micros(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).expect("an instant").timestamp_micros()
}

fn stand_in(branch: &str, on: &str) -> Command {
    commands::StandInForVisit { pair: id("P1"), visit: id("V1"), branch: id(branch), on: on.parse().ok() }.into()
}

fn row(confirmed: Option<(&str, &str)>, completes: bool) -> commands::RecordVisit {
    commands::RecordVisit {
        visit: id("V1"),
        pair: id("P1"),
        activity: id("ZF01"),
        on: "2024-06-01".parse().ok(),
        reporter: id("W1"),
        confirmation: confirmed.map(|(by, on)| AskedConfirmation { by: Some(id(by)), on: on.parse().ok() }),
        completes,
    }
}

impl District {
    /// W1 helps W2 by the first branch, and reported a visit of 1 June.
    async fn open() -> District {
        let now = Arc::new(AtomicI64::new(micros("2024-06-03T10:00:00+08:00")));
        let shown = Arc::clone(&now);
        let settings = LedgerSettings {
            clock: Arc::new(move || RecordedTime::from_micros(shown.load(Ordering::SeqCst))),
            ..LedgerSettings::default()
        };
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let ledger = Ledger::open(journal, settings, "test", HashSuite::Sha256).await.expect("a ledger").0;
        let district = District { ledger, now };
        let activity = Activity {
            category: "志愿服务".into(),
            checks: None,
            code: id("ZF01"),
            counts_for_card: true,
            daily_cap: None,
            name: "走访".into(),
            points_per_unit: Points::from_whole(5),
            publicity_days: None,
            unit: "次".into(),
            validity: Validity::Forever,
            terms: Default::default(),
        };
        let (effective_from, settings) = ("2020-01-01".parse().expect("a day"), Settings::default());
        district
            .done(
                "schedule",
                commands::AdoptSchedule { activities: vec![activity], effective_from, settings, first: false },
            )
            .await;
        for worker in ["W1", "W2", "W3"] {
            let (occupation, party_member, platform) = ("骑手".into(), None, None);
            let details = WorkerDetails { occupation, party_member, platform, probationary: false, site: None };
            district.done(worker, commands::RegisterWorker { worker: id(worker), details, update: false }).await;
        }
        let terms = PairTerms {
            branch: Some(id("第一党支部")),
            ended: None,
            helped: id("W2"),
            helper: id("W1"),
            since: "2024-01-01".parse().expect("a day"),
        };
        district.done("P1", commands::OpenPair { pair: id("P1"), terms }).await;
        district.done("V1", row(None, false)).await;
        district
    }

    async fn give(&self, key: &str, command: impl Into<Command>) -> Outcome {
        let context = Context { key: id(key), actor: id("甲"), at: self.ledger.now() };
        self.ledger.submit(Submission { context, command: command.into() }).await
    }

    async fn told(&self, key: &str, command: impl Into<Command>) -> Option<Code> {
        self.give(key, command).await.code()
    }

    async fn done(&self, key: &str, command: impl Into<Command>) -> Vec<Event> {
        let outcome = self.give(key, command).await;
        outcome.receipt().unwrap_or_else(|| panic!("{key}: {outcome:?}")).events.to_vec()
    }

    async fn leaves(&self, worker: &str) {
        let command = commands::DepartWorker { worker: id(worker), reason: "离开本区".into() };
        self.done(&format!("{worker}-leaves"), command).await;
    }

    fn days_pass(&self, until: &str) {
        self.now.store(micros(until), Ordering::SeqCst);
    }
}

#[tokio::test]
async fn the_branch_confirms_once_the_partner_has_left_and_the_reporter_earns() {
    let district = District::open().await;
    assert_eq!(district.told("before", stand_in("第一党支部", "2024-06-03")).await, Some(Code::NotAPartner));
    district.days_pass("2024-06-10T10:00:00+08:00");
    district.leaves("W2").await;
    let early = district.told("early", stand_in("第一党支部", "2024-06-09")).await;
    assert_eq!(early, Some(Code::NotAPartner), "on a day when the partner was there");
    assert_eq!(district.told("other", stand_in("第二党支部", "2024-06-10")).await, Some(Code::NotAPartner));
    assert_eq!(district.told("ahead", stand_in("第一党支部", "2024-06-11")).await, Some(Code::InvalidDate));
    assert_eq!(district.told("past", stand_in("第一党支部", "2024-05-31")).await, Some(Code::InvalidDate));

    let events = district.done("word", stand_in("第一党支部", "2024-06-10")).await;
    let [Event::Pair(PairEvent::VisitConfirmed(confirmed)), Event::Worker(credited)] = events.as_slice() else {
        panic!("{events:?}")
    };
    let on = "2024-06-10".parse().expect("a day");
    let branch = Some(id("第一党支部"));
    assert_eq!(confirmed.confirmation, Confirmation { branch, by: id("W2"), on });
    let record = WorkerEvent::as_service(credited).expect("a credit");
    assert_eq!((record.worker.as_str(), record.points, record.on), ("W1", Points::from_whole(5), on));
    assert_eq!(record.credit.as_str(), "V1");

    assert_eq!(district.told("again", stand_in("第一党支部", "2024-06-10")).await, Some(Code::AlreadyDecided));
    // A sheet has the partner's name in the column; it is the same word.
    assert_eq!(district.done("sheet", row(Some(("W2", "2024-06-10")), true)).await, Vec::new());
    let other = district.told("sheet-2", row(Some(("W2", "2024-06-09")), true)).await;
    assert_eq!(other, Some(Code::DuplicateConflict));
}

#[tokio::test]
async fn who_reported_may_have_left_too_but_the_other_one_is_who_is_stood_in_for() {
    let district = District::open().await;
    district.leaves("W1").await;
    let reporter_left = district.told("word", stand_in("第一党支部", "2024-06-03")).await;
    assert_eq!(reporter_left, Some(Code::NotAPartner), "W2 is there and says it");
    district.leaves("W2").await;
    let events = district.done("word", stand_in("第一党支部", "2024-06-03")).await;
    assert_eq!(events.len(), 2, "what was done before one left is still earned: {events:?}");
}

#[tokio::test]
async fn who_gave_an_id_up_has_not_left_by_that() {
    let district = District::open().await;
    let merge = commands::MergeWorkers { kept: id("W3"), absorbed: id("W2"), reason: "同一人".into() };
    district.done("merge", merge).await;
    assert_eq!(district.told("word", stand_in("第一党支部", "2024-06-03")).await, Some(Code::NotAPartner));
    district.leaves("W3").await;
    let events = district.done("word", stand_in("第一党支部", "2024-06-03")).await;
    let by = events.iter().find_map(|event| match event {
        Event::Pair(PairEvent::VisitConfirmed(event)) => Some(event.confirmation.by.to_string()),
        _ => None,
    });
    assert_eq!(by.as_deref(), Some("W3"), "by the id that is kept");
}

#[tokio::test]
async fn what_is_not_there_or_was_confirmed_is_told_first() {
    let district = District::open().await;
    let of = |pair: &str, visit: &str| {
        let on = "2024-06-03".parse().ok();
        commands::StandInForVisit { pair: id(pair), visit: id(visit), branch: id("第二党支部"), on }
    };
    assert_eq!(district.told("pair", of("P9", "V1")).await, Some(Code::UnknownPair));
    assert_eq!(district.told("visit", of("P1", "V9")).await, Some(Code::UnknownPair));
    let confirm =
        commands::ConfirmVisit { pair: id("P1"), visit: id("V1"), by: id("W2"), on: "2024-06-02".parse().ok() };
    district.done("confirm", confirm).await;
    assert_eq!(district.told("late", of("P1", "V1")).await, Some(Code::AlreadyDecided));
}
