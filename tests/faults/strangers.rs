//! Ten thousand unknown tokens a second, from one address, beside clerks at their counters: the strangers are sent away
//! before any store is asked, and nobody at a counter waits a second.
//!
//! How many a second says `NUANXIN_FAULT_STRANGERS`, for how long `NUANXIN_FAULT_STRANGERS_SECONDS`. Where `NUANXIN_TIMED` is
//! set (the released program on a machine with nothing else to do) that many must really have been sent away.

use std::time::{Duration, Instant};

use nuanxin_tests::{Api, Request, Server, cli, scratch_dir, shared_cluster};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::size;

/// Connections that they come over, each with many requests under way.
const CONNECTIONS: usize = 20;
/// How often each connection sends.
const EVERY: Duration = Duration::from_millis(100);
const CLERKS: usize = 8;
/// How an answer begins, before its status.
const HEAD: &[u8] = b"HTTP/1.1 ";

/// What a flood came to.
#[derive(Debug, Default)]
struct Flooded {
    sent: usize,
    answered: usize,
    /// How many of the answers were a no.
    noes: usize,
}

/// Sends unknown tokens until the time is over, and counts the answers.
async fn flood(address: String, number: usize, rate: usize, until: Instant) -> Flooded {
    let (mut read, mut write) = TcpStream::connect(&address).await.expect("a connection").into_split();
    let sends = async move {
        let mut tick = tokio::time::interval(EVERY);
        let mut sent = 0;
        while Instant::now() < until {
            tick.tick().await;
            let mut requests = String::new();
            for _ in 0..rate / CONNECTIONS / 10 {
                sent += 1;
                requests.push_str(&format!(
                    "GET /v1/stores HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer nx_{number}_{sent}\r\n\r\n"
                ));
            }
            // A server that takes no more slows whoever sends, and nobody else.
            if write.write_all(requests.as_bytes()).await.is_err() {
                break;
            }
        }
        sent
    };
    let reads = async move {
        let (mut answered, mut noes, mut kept) = (0, 0, Vec::new());
        let mut bytes = vec![0; 64 << 10];
        while Instant::now() < until {
            let Ok(Ok(count)) = tokio::time::timeout(Duration::from_millis(200), read.read(&mut bytes)).await else {
                continue;
            };
            if count == 0 {
                break;
            }
            kept.extend_from_slice(&bytes[..count]);
            let mut from = 0;
            while let Some(at) = kept[from..].windows(HEAD.len()).position(|window| window == HEAD) {
                let status = from + at + HEAD.len();
                let Some(status) = kept.get(status..status + 3) else { break };
                answered += 1;
                noes += usize::from(matches!(status, b"401" | b"429"));
                from += at + HEAD.len() + 3;
            }
            // What may be the beginning of the next answer is read again with the rest of it.
            from = from.max(kept.len().saturating_sub(HEAD.len() + 2));
            kept.drain(..from);
        }
        (answered, noes)
    };
    let (sent, (answered, noes)) = tokio::join!(sends, reads);
    Flooded { sent, answered, noes }
}

/// Looks and credits like somebody at a desk until the time is over; gives how long each answer took.
async fn clerk(api: Api, number: usize, until: Instant) -> Vec<Duration> {
    let mut took = Vec::new();
    for nth in 0.. {
        if Instant::now() >= until {
            break;
        }
        let began = Instant::now();
        let request = if nth % 2 == 0 {
            Request::get("/v1/workers/W1")
        } else {
            let body =
                json!({"worker": "W1", "activity": "ZY01", "on": "2024-03-05", "quantity": 1, "witness": "证明人"});
            Request::post("/v1/credits", format!("c{number}-{nth}"), body)
        };
        let (status, told) = api.send(&request).await.expect("an answer");
        assert!(matches!(status, 200 | 201), "{status}: {told}");
        took.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    took
}

async fn beside_clerks(journal: &str) {
    let offices = cli::token(journal);
    let server = Server::start(journal, &[]);
    let api = server.api(&offices);
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24});
    let schedule = json!({"effective_from": "2023-01-01", "activities": [line], "district": {}});
    assert_eq!(api.put("/v1/schedule", "s", schedule).await.expect("an answer").0, 200);
    let worker = json!({"id": "W1", "occupation": "快递员"});
    assert_eq!(api.post("/v1/workers", "w", worker).await.expect("an answer").0, 201);
    let address = server.base_url().trim_start_matches("http://").to_owned();
    let rate = size::strangers();
    let lasts = size::strangers_seconds();
    let until = Instant::now() + Duration::from_secs(lasts);
    let floods: Vec<_> =
        (0..CONNECTIONS).map(|number| tokio::spawn(flood(address.clone(), number, rate, until))).collect();
    let clerks: Vec<_> = (0..CLERKS).map(|number| tokio::spawn(clerk(server.api(&offices), number, until))).collect();
    let mut took = Vec::new();
    for clerk in clerks {
        took.extend(clerk.await.expect("a clerk"));
    }
    let mut all = Flooded::default();
    for flood in floods {
        let Flooded { sent, answered, noes } = flood.await.expect("a flood");
        all = Flooded { sent: all.sent + sent, answered: all.answered + answered, noes: all.noes + noes };
    }
    let Flooded { sent, answered, noes } = all;
    took.sort_unstable();
    let p99 = took[(took.len() * 99 / 100).min(took.len() - 1)];
    let a_second = |number: usize| number as u64 / lasts;
    eprintln!(
        "of {rate} unknown tokens a second {} were sent and {} sent away; {} answers to clerks, p99 {p99:?}",
        a_second(sent),
        a_second(answered),
        took.len()
    );
    assert_eq!(answered, noes, "nobody unknown is let in");
    assert!(answered > rate, "{answered}");
    if std::env::var_os("NUANXIN_TIMED").is_some_and(|value| !value.is_empty()) {
        assert!(a_second(answered) as usize >= rate * 9 / 10, "{} a second", a_second(answered));
    }
    assert!(took.len() > CLERKS * 5, "{}", took.len());
    assert!(p99 < Duration::from_secs(1), "{p99:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strangers_keep_no_clerk_waiting_on_sqlite() {
    beside_clerks(&format!("sqlite:{}", scratch_dir("strangers").join("nuanxin.db").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strangers_keep_no_clerk_waiting_on_postgres() {
    beside_clerks(&shared_cluster().fresh_schema_url()).await;
}
