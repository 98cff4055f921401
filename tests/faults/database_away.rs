//! PostgreSQL stopped, killed and started again under load. The server says clearly that the journal is away, loses
//! nothing, and goes on by itself when it is back.

use std::time::{Duration, Instant};

use nuanxin_tests::{Api, District, PgCluster, Request, Server, token};
use reqwest::Method;
use serde_json::{Value, json};

use crate::audit::audit;
use crate::races::accepted;
use crate::record::percentile;
use crate::site::{Site, hundredths};
use crate::size;
use crate::traffic::Traffic;

/// Clients that send all the time.
const CLIENTS: u64 = 16;
/// The worker whose balance is known at every moment.
const PROBE: &str = "PROBE";
/// What one command earns this worker.
const PROBE_HUNDREDTHS: i64 = 2_000;
/// How long the load runs between two outages.
const UP: Duration = Duration::from_millis(1_500);
/// The shortest outage.
const AWAY_MIN: Duration = Duration::from_secs(2);
/// How long a database hangs.
const HANG: Duration = Duration::from_secs(6);
/// How soon half of the commands must be told that the journal is away.
const REFUSAL_MEDIAN_MAX: Duration = Duration::from_secs(4);
/// How soon every one must be, also one that waits behind a commit whose outcome is being found out.
const REFUSAL_MAX: Duration = Duration::from_secs(10);
/// How soon `/readyz` must say so.
const UNREADY_MAX: Duration = Duration::from_secs(5);
/// How soon `/healthz` must be answered, whatever the database does.
const HEALTH_MAX: Duration = Duration::from_secs(1);
/// How soon everything must work again once the database accepts connections.
const BACK_MAX: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_goes_away_and_comes_back_costs_no_command_and_no_restart() {
    let cluster = PgCluster::start();
    let site = Site::postgres(&cluster);
    let token = token(site.url());
    let server = Server::start(site.url(), &[]);
    let api = server.api(&token);
    let mut district = District::new(40, 3);
    district.stock = 100_000;
    district.set_up(&api).await;
    accepted(&api, Request::post("/v1/workers", "setup-probe", json!({"id": PROBE, "occupation": "快递员"}))).await;
    let traffic = Traffic::new(api.clone());
    let clients = traffic.start(CLIENTS, size::seed(), &district);
    let mut refused_after = Vec::new();
    let mut back_after = Vec::new();

    for outage in 1..=size::outages() {
        tokio::time::sleep(UP).await;
        let told = accepted_under_load(&traffic, &api, &probe(outage, "before")).await;
        if outage % 2 == 1 {
            cluster.stop_immediate()
        } else {
            cluster.kill_9()
        }
        let away_since = Instant::now();
        let unready = unready_and_alive(&api).await;
        assert!(unready < UNREADY_MAX, "/readyz took {unready:?} to say that the journal is away");
        let probe = probe(outage, "while");
        loop {
            refused_after.push(refused_while_away(&traffic, &server, &api, &probe).await);
            if away_since.elapsed() >= AWAY_MIN {
                break;
            }
        }
        cluster.start_again();
        back_after.push(back(&traffic, &api, &probe, told, outage).await);
    }
    tokio::time::sleep(UP).await;
    clients.call_home().await;

    let attempts = traffic.record.attempts();
    site.balances_agree(&api, traffic.record.highest_position()).await;
    site.feed_agrees(&api).await;
    assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
    let tally = audit(&attempts, &site.commands().await);
    let away = attempts.iter().filter(|attempt| matches!(attempt.answer, Ok((503, _)))).count();
    let longest = attempts.iter().map(|attempt| attempt.took).max().unwrap_or_default();
    let median = percentile(&refused_after, 500);
    println!(
        "{} outages: {tally}; {away} answers 503, to a probe after {median:?}, {:?} at most; back after {:?} at most; the longest wait of any request {longest:?}",
        size::outages(),
        refused_after.iter().max(),
        back_after.iter().max(),
    );
    assert!(median < REFUSAL_MEDIAN_MAX, "half of the commands waited {median:?} to hear that the journal is away");
    assert!(tally.acknowledged > 100 && away > 0, "too little happened to show anything: {tally}, {away}");
    site.is_verified_and_replays_identically();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_hangs_is_told_of_and_costs_no_command() {
    let cluster = PgCluster::start();
    let site = Site::postgres(&cluster);
    let token = token(site.url());
    let server = Server::start(site.url(), &[]);
    let api = server.api(&token);
    let mut district = District::new(40, 3);
    district.stock = 100_000;
    district.set_up(&api).await;
    let traffic = Traffic::new(api.clone());
    let clients = traffic.start(CLIENTS, size::seed(), &district);
    tokio::time::sleep(UP).await;

    cluster.hang();
    let hung = Instant::now();
    let unready = unready_and_alive(&api).await;
    tokio::time::sleep(HANG.saturating_sub(hung.elapsed())).await;
    cluster.wake();
    let woken = Instant::now();
    while api.get("/readyz").await.expect("the server lives").0 != 200 {
        assert!(woken.elapsed() < BACK_MAX, "/readyz does not say 200 again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let back = woken.elapsed();
    tokio::time::sleep(UP).await;
    clients.call_home().await;

    let attempts = traffic.record.attempts();
    site.balances_agree(&api, traffic.record.highest_position()).await;
    assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
    assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    let tally = audit(&attempts, &site.commands().await);
    println!("a hang of {HANG:?}: {tally}; unready after {unready:?}, back after {back:?}");
    site.is_verified_and_replays_identically();
}

/// Waits until `/readyz` says 503, and sees `/healthz` say 200 all the while; how long it took.
async fn unready_and_alive(api: &Api) -> Duration {
    let began = Instant::now();
    loop {
        let asked = Instant::now();
        let health = api.get("/healthz").await.expect("the server lives");
        assert_eq!(health.0, 200, "/healthz: {health:?}");
        assert!(asked.elapsed() < HEALTH_MAX, "/healthz took {:?}", asked.elapsed());
        match api.get("/readyz").await.expect("the server lives") {
            (503, _) => return began.elapsed(),
            (200, _) if began.elapsed() < UNREADY_MAX => tokio::time::sleep(Duration::from_millis(20)).await,
            other => panic!("/readyz after {:?}: {other:?}", began.elapsed()),
        }
    }
}

/// Sends a command while the database is away and checks what it is told; how long that took.
async fn refused_while_away(traffic: &Traffic, server: &Server, api: &Api, probe: &Request) -> Duration {
    let began = Instant::now();
    let key = probe.key.as_deref().unwrap_or_default();
    let request = api.request(Method::POST, &probe.path).header("Idempotency-Key", key).json(&probe.body);
    let response = request.send().await.expect("a command is answered while the database is away");
    let took = began.elapsed();
    assert_eq!(response.status().as_u16(), 503, "a command while the database is away");
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
    assert!(content_type.is_some_and(|found| found.starts_with("application/problem+json")), "a problem document");
    let problem: Value = response.json().await.expect("a problem document is JSON");
    assert_eq!(problem["code"], "journal_unavailable", "{problem}");
    assert!(
        took < REFUSAL_MAX,
        "it took {took:?} to say that the journal is away; the server said:\n{}",
        server.stderr()
    );
    // The record hears of it, so that the audit holds the server to "nothing was recorded".
    traffic.record.note(crate::record::Attempt {
        sent_at: Duration::ZERO,
        took: Duration::ZERO,
        request: probe.clone(),
        answer: Ok((503, problem)),
    });
    took
}

/// Waits until reads, the same command with the same key and `/readyz` all succeed; how long that took. A read that asks
/// for the position told before the outage never answers from an older state.
async fn back(traffic: &Traffic, api: &Api, probe: &Request, told: u64, outage: u32) -> Duration {
    let began = Instant::now();
    let before = i64::from(2 * outage - 1) * PROBE_HUNDREDTHS;
    reads_what_was_told(api, told, before, began).await;
    let position = loop {
        match traffic.record.send(api, probe).await {
            Ok((200..=299, body)) => break position_of(&body),
            Ok((503, _)) if began.elapsed() < BACK_MAX => tokio::time::sleep(Duration::from_millis(20)).await,
            other => panic!("{:?} after the database came back: {other:?}", began.elapsed()),
        }
    };
    reads_what_was_told(api, position, before + PROBE_HUNDREDTHS, began).await;
    let ready = api.get("/readyz").await.expect("the server lives");
    assert_eq!(ready.0, 200, "{ready:?}");
    began.elapsed()
}

/// Reads the probe's balance at a position until there is an answer, which must include what was acknowledged there.
async fn reads_what_was_told(api: &Api, position: u64, hundredths_told: i64, began: Instant) {
    let path = format!("/v1/workers/{PROBE}/balance?min_position={position}");
    loop {
        match api.get(&path).await.expect("the server lives") {
            (200, balance) => {
                let told = hundredths(&balance["available"]);
                assert_eq!(
                    told,
                    hundredths_told,
                    "{path} {:?} after the database came back: {balance}",
                    began.elapsed()
                );
                return;
            }
            (503, _) if began.elapsed() < BACK_MAX => tokio::time::sleep(Duration::from_millis(5)).await,
            other => panic!("{path} {:?} after the database came back: {other:?}", began.elapsed()),
        }
    }
}

async fn accepted_under_load(traffic: &Traffic, api: &Api, request: &Request) -> u64 {
    match traffic.record.send(api, request).await {
        Ok((200..=299, body)) => position_of(&body),
        answer => panic!("{request:?} was answered {answer:?}"),
    }
}

fn position_of(answer: &Value) -> u64 {
    answer["position"].as_u64().expect("an answer carries its position")
}

/// A command for a worker whom nobody else touches.
fn probe(outage: u32, name: &str) -> Request {
    let body = json!({"worker": PROBE, "activity": "SB01", "on": "2025-06-01", "quantity": 1, "witness": "证明人"});
    Request::post("/v1/credits", format!("probe-{name}-{outage}"), body)
}
