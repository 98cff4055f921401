//! Two servers on one journal, of which one was idle while the other worked: what it says is what is recorded by then,
//! and not what it remembers, also where it has nothing to append.

use chrono::{Days, NaiveDateTime};
use ledger_core::domain::refusal::Code;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::ledger::{Ledger, LedgerSettings, Outcome};

use crate::ask::{Ask, Asked, Basket, ORIGIN, When};
use crate::backend::{Process, SimulatedJournal};
use crate::steps::prelude;
use crate::world::World;

/// Two servers; the first has set the district up and remembers all of it.
async fn two_servers() -> [Ledger; 2] {
    let world = World::without_weather();
    let open = async || {
        let journal = SimulatedJournal::connect(&world, &Process::new());
        let opened = Ledger::open(journal, LedgerSettings::default(), ORIGIN, HashSuite::Sha256).await;
        opened.expect("the ledger opens").0
    };
    let servers = [open().await, open().await];
    let district = prelude().iter().map(Asked::submission).collect();
    let done = servers[0].submit_all(district, true).await;
    assert!(done.iter().all(|outcome| outcome.receipt().is_some()), "{done:?}");
    servers
}

fn later() -> NaiveDateTime {
    prelude()[0].at + Days::new(20)
}

async fn ask(server: &Ledger, key: &str, ask: Ask) -> Outcome {
    let asked = Asked { key: key.to_owned(), at: later(), ask, ..prelude().swap_remove(0) };
    server.submit(asked.submission()).await
}

/// So many of the item that costs 1.25.
fn spends(units: u32) -> Ask {
    let lines = vec![("Q".to_owned(), Some(units))];
    Ask::Redeem(Basket { worker: "W2".into(), store: "S1".into(), lines, when: When::Now })
}

/// So many points for ever.
fn earns(points: i64) -> Ask {
    let on = Some((later() - Days::new(10)).date());
    Ask::Credit { worker: "W2".into(), activity: "D".into(), on, quantity: Some(points * 1_000_000) }
}

fn registers(update: bool, occupation: &str) -> Ask {
    Ask::Register { worker: "W2".into(), occupation: occupation.into(), party_member: None, update }
}

fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(work);
}

#[test]
fn what_another_server_credited_can_be_spent_at_once() {
    run(async {
        let [idle, busy] = two_servers().await;
        // 35 points from the prelude: 30 units cost 37.5.
        assert_eq!(ask(&idle, "too-early", spends(30)).await.code(), Some(Code::InsufficientPoints));
        assert!(ask(&busy, "earned", earns(10)).await.receipt().is_some());
        let spent = ask(&idle, "spent", spends(30)).await;
        assert!(spent.receipt().is_some(), "the idle server refused what it had not heard of: {spent:?}");
    });
}

#[test]
fn what_another_server_spent_cannot_be_spent_again() {
    run(async {
        let [idle, busy] = two_servers().await;
        assert!(ask(&busy, "spent", spends(28)).await.receipt().is_some());
        assert_eq!(ask(&idle, "again", spends(1)).await.code(), Some(Code::InsufficientPoints));
    });
}

#[test]
fn what_another_server_changed_is_not_called_unchanged() {
    run(async {
        let [idle, busy] = two_servers().await;
        let changed = ask(&busy, "changed", registers(true, "主播")).await;
        assert!(changed.receipt().is_some_and(|receipt| !receipt.events.is_empty()), "{changed:?}");
        let back = ask(&idle, "changed-back", registers(true, "骑手")).await;
        assert!(back.receipt().is_some_and(|receipt| !receipt.events.is_empty()), "{back:?}");
    });
}

#[test]
fn an_answer_names_no_position_from_before_what_another_server_recorded() {
    run(async {
        let [idle, busy] = two_servers().await;
        let Outcome::Committed(recorded) = ask(&busy, "earned", earns(10)).await else { panic!("it is recorded") };
        // Nothing has to change: the answer is the journal's head by then.
        let Outcome::Committed(unchanged) = ask(&idle, "unchanged", registers(true, "骑手")).await else {
            panic!("nothing speaks against it")
        };
        assert!(unchanged.events.is_empty() && unchanged.position >= recorded.position, "{unchanged:?}");
    });
}
