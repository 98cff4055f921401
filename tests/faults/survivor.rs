//! One of two servers on one PostgreSQL journal is killed under load, again and again: the other goes on as if nothing
//! had happened, and answers for what the killed one acknowledged.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nuanxin_tests::{Api, District, Request, Server, shared_cluster, token};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;

use crate::audit::audit;
use crate::probe::Probe;
use crate::record::{Attempt, Record};
use crate::site::Site;
use crate::size;
use crate::traffic::Traffic;

/// Clients that send all the time, each attempt to one of the servers by chance.
const CLIENTS: u64 = 16;
/// How long both live before one is killed, in milliseconds.
const BOTH_MS: std::ops::Range<u64> = 200..800;
/// How long the other is alone.
const ALONE: Duration = Duration::from_millis(700);
/// A commit may wait for a lock that the dead one's session still holds; PostgreSQL takes it back after so long at most.
const GAP_MAX: Duration = Duration::from_secs(15);
/// Answers of the last moments that are asked for again.
const ASKED_AGAIN: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_goes_on_and_answers_for_the_other_that_was_killed() {
    let site = Site::postgres(shared_cluster());
    let token = token(site.url());
    let mut servers = [Server::start(site.url(), &[]), Server::start(site.url(), &[])];
    let mut district = District::new(40, 3);
    district.stock = 100_000;
    district.set_up(&servers[0].api(&token)).await;
    let mut probe = Probe::enroll(&servers[1].api(&token)).await;
    let both = |servers: &[Server; 2]| servers.each_ref().map(|server| server.api(&token)).to_vec();
    let traffic = Traffic::over(both(&servers));
    let clients = traffic.start(CLIENTS, size::seed(), &district);
    let mut chance = ChaCha8Rng::seed_from_u64(size::seed());
    let mut longest_gap = Duration::ZERO;

    let kills = size::survivals();
    for _ in 1..=kills {
        tokio::time::sleep(Duration::from_millis(chance.gen_range(BOTH_MS))).await;
        let (dead, alive) = if chance.gen_bool(0.5) { (0, 1) } else { (1, 0) };
        let survivor = servers[alive].api(&token);
        servers[dead].kill_9();
        assert!(!servers[dead].stderr().contains("panicked"), "{}", servers[dead].stderr());
        longest_gap = longest_gap.max(goes_on(&mut probe, &traffic.record, &survivor).await);
        answers_for_both(&traffic.record, &survivor).await;
        servers[dead] = Server::start(site.url(), &[]);
        traffic.turn_to_all(both(&servers));
    }
    tokio::time::sleep(ALONE).await;
    clients.call_home().await;

    for server in &servers {
        let api = server.api(&token);
        site.balances_agree(&api, traffic.record.highest_position()).await;
        site.feed_agrees(&api).await;
        probe.reads(&api).await;
    }
    for server in &servers {
        assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
        assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    }
    let tally = audit(&traffic.record.attempts(), &site.commands().await);
    println!("{kills} kills of one of two servers: {tally}; the longest gap of the other {longest_gap:?}");
    let kills = usize::try_from(kills).expect("a small number");
    assert!(tally.acknowledged >= 20 * kills, "too little happened to show anything: {tally}");
    assert!(tally.unknown_attempts >= kills / 2, "too few kills met a request: {tally}");
    assert!(tally.repeated >= kills, "too few answers were asked for again: {tally}");
    site.is_verified_and_replays_identically();
}

/// The survivor takes one command after the other, refuses none, and lets none wait beyond its deadlines; the longest wait.
async fn goes_on(probe: &mut Probe, record: &Record, survivor: &Api) -> Duration {
    let (began, mut longest) = (Instant::now(), Duration::ZERO);
    while began.elapsed() < ALONE {
        let asked = Instant::now();
        probe.is_taken(record, survivor).await;
        longest = longest.max(asked.elapsed());
        probe.reads(survivor).await;
    }
    assert!(longest < GAP_MAX, "the survivor let a command wait for {longest:?}");
    longest
}

/// What either server acknowledged a moment ago is answered by the survivor word for word as it was first.
async fn answers_for_both(record: &Record, survivor: &Api) {
    let attempts = record.attempts();
    let mut first: BTreeMap<&str, &Attempt> = BTreeMap::new();
    for attempt in attempts.iter().filter(|attempt| attempt.is_acknowledged()) {
        if let Some(key) = &attempt.request.key {
            first.entry(key).or_insert(attempt);
        }
    }
    let mut newest: Vec<(&Request, &Value)> = Vec::new();
    for attempt in attempts.iter().rev() {
        let Some(told) = attempt.request.key.as_deref().and_then(|key| first.get(key)) else { continue };
        if let Ok((_, body)) = &told.answer
            && newest.iter().all(|(request, _)| request.key != told.request.key)
        {
            newest.push((&told.request, body));
        }
        if newest.len() >= ASKED_AGAIN {
            break;
        }
    }
    for (request, told) in newest {
        match record.send(survivor, request).await {
            Ok((200..=299, again)) => assert_eq!(again, *told, "{request:?}"),
            other => panic!("{request:?} was acknowledged with {told}, and asked again answered {other:?}"),
        }
    }
}
