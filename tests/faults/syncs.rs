//! Syncs that fail (EIO) under load. What could not be made durable is never acknowledged, and the ledger goes on by
//! itself once syncs succeed: the writer closes, reads what is really there, and begins anew.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nuanxin_tests::means::cannot;
use nuanxin_tests::{District, FailingSyncs, PgCluster, Server, Syncs, token};

use crate::audit::audit;
use crate::probe::Probe;
use crate::record::Attempt;
use crate::site::Site;
use crate::size;
use crate::traffic::Traffic;

/// Clients that send all the time.
const CLIENTS: u64 = 16;
/// How long the load runs before syncs fail.
const UP: Duration = Duration::from_millis(800);
/// How long they fail at least.
const FAILING: Duration = Duration::from_secs(1);
/// How long it may take until PostgreSQL meets a sync that fails.
const PANIC_LIMIT: Duration = Duration::from_secs(30);

fn district() -> District {
    let mut district = District::new(40, 3);
    district.stock = 100_000;
    district
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_nothing_can_be_synced_sqlite_acknowledges_nothing_new_and_then_goes_on() {
    let site = Site::sqlite();
    let token = token(site.url());
    let mut server = Server::start(site.url(), &[]);
    district().set_up(&server.api(&token)).await;
    let mut probe = Probe::enroll(&server.api(&token)).await;
    let traffic = Traffic::new(server.api(&token));
    let clients = traffic.start(CLIENTS, size::seed(), &district());
    let mut windows = Vec::new();
    let mut failed = 0;
    for round in 1..=size::syncs() {
        tokio::time::sleep(UP).await;
        probe.is_taken(&traffic.record, &server.api(&token)).await;
        let failing = match FailingSyncs::of(&[server.pid()], Syncs::All) {
            Ok(failing) => failing,
            Err(why) => return cannot("syncs that fail, on SQLite", &why),
        };
        let (from, began) = (traffic.record.now(), Instant::now());
        while began.elapsed() < FAILING {
            let taken = probe.is_taken_or_told(&traffic.record, &server.api(&token)).await;
            assert!(!taken, "a command was acknowledged while nothing could be synced");
            probe.reads(&server.api(&token)).await;
        }
        windows.push((from, traffic.record.now()));
        assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
        if round % 2 == 0 {
            // What was written and never synced may be found by the next server, or not.
            server.kill_9();
        }
        failed += failing.end();
        if round % 2 == 0 {
            server = Server::start(site.url(), &[]);
            traffic.turn_to(server.api(&token));
        }
        probe.is_taken_soon(&traffic.record, &server.api(&token)).await;
        probe.reads(&server.api(&token)).await;
    }
    tokio::time::sleep(UP).await;
    clients.call_home().await;

    let attempts = traffic.record.attempts();
    for window in &windows {
        let told = acknowledged_within(&attempts, *window);
        assert!(told.is_empty(), "acknowledged while nothing could be synced ({window:?}): {told:#?}");
    }
    assert!(failed >= windows.len(), "{failed} syncs failed in {} rounds", windows.len());
    ends_well(&site, &server, &token, &traffic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_that_panics_at_a_failed_sync_costs_no_command_and_no_restart() {
    let cluster = PgCluster::start();
    let site = Site::postgres(&cluster);
    let token = token(site.url());
    let server = Server::start(site.url(), &[]);
    let api = server.api(&token);
    district().set_up(&api).await;
    let mut probe = Probe::enroll(&api).await;
    let traffic = Traffic::new(api.clone());
    let clients = traffic.start(CLIENTS, size::seed(), &district());
    for round in 1..=size::syncs() {
        tokio::time::sleep(UP).await;
        probe.is_taken_soon(&traffic.record, &api).await;
        let before = panics(&cluster);
        // Only of processes that run now: the recovery that follows must be able to sync.
        let failing = match FailingSyncs::of(&cluster.workers(), Syncs::First) {
            Ok(failing) => failing,
            Err(why) => return cannot("syncs that fail, on PostgreSQL", &why),
        };
        let began = Instant::now();
        while panics(&cluster) == before {
            assert!(began.elapsed() < PANIC_LIMIT, "no sync failed in round {round}:\n{}", cluster.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(failing.end() > 0, "a sync failed on purpose");
        probe.is_taken_soon(&traffic.record, &api).await;
        probe.reads(&api).await;
    }
    tokio::time::sleep(UP).await;
    clients.call_home().await;
    ends_well(&site, &server, &token, &traffic).await;
}

fn panics(cluster: &PgCluster) -> usize {
    cluster.log().matches("PANIC:").count()
}

/// Commands first sent after the window began and acknowledged before it ended. One that was sent before may have been
/// made durable just in time.
fn acknowledged_within(attempts: &[Attempt], (from, until): (Duration, Duration)) -> Vec<&Attempt> {
    let mut first_sent: BTreeMap<&str, Duration> = BTreeMap::new();
    for attempt in attempts {
        if let Some(key) = &attempt.request.key {
            let first = first_sent.entry(key).or_insert(attempt.sent_at);
            *first = attempt.sent_at.min(*first);
        }
    }
    let within = |attempt: &&Attempt| {
        let first = attempt.request.key.as_deref().and_then(|key| first_sent.get(key));
        attempt.is_acknowledged() && first.is_some_and(|first| *first > from) && attempt.sent_at + attempt.took < until
    };
    attempts.iter().filter(within).collect()
}

async fn ends_well(site: &Site, server: &Server, token: &str, traffic: &Traffic) {
    site.balances_agree(&server.api(token), traffic.record.highest_position()).await;
    site.feed_agrees(&server.api(token)).await;
    assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
    assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    let attempts = traffic.record.attempts();
    let tally = audit(&attempts, &site.commands().await);
    // Most that were on their way are told that nothing was recorded, because the ledger looked; which of them it could
    // not tell depends on the moment.
    let interrupted = attempts.iter().filter(|attempt| attempt.is_interrupted()).count();
    println!("syncs that failed on {}: {tally}; {interrupted} interrupted", site.url());
    assert!(
        tally.acknowledged > 100 && interrupted >= size::syncs() as usize,
        "too little happened to show anything: {tally}; {interrupted} interrupted"
    );
    site.is_verified_and_replays_identically();
}
