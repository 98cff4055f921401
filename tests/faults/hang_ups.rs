//! Clients that hang up: ten thousand of them, at any moment of their request.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nuanxin_tests::{Api, District, Offices, PgCluster, Request, Server, Unanswered, token};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::audit::audit;
use crate::races::fund;
use crate::record::{Attempt, Record, percentile};
use crate::site::Site;
use crate::{size, wire};

/// How many clients hang up at a time.
const AT_ONCE: u64 = 32;
/// A client waits up to so many times what a command takes just now before it hangs up: on a quick machine as on a slow one
/// some go before their command, some within it and some after it.
const WAIT_OF_A_COMMAND: u64 = 2;
/// What a command is taken to need before the first was answered, and at least, in microseconds.
const COMMAND_MICROS_MIN: u64 = 10_000;
/// And at most, in microseconds, so that the crowd goes in time.
const COMMAND_MICROS_MAX: u64 = 250_000;
/// Every so many keys are sent again afterwards.
const ASKED_AGAIN_EVERY: usize = 20;
/// The longest a whole test may take to hang up on the server.
const HANG_UPS_LIMIT: Duration = Duration::from_secs(300);
/// What the 99th percentile of an honest client's requests may be meanwhile, on two cores shared with the crowd.
const P99_MEANWHILE_MAX: Duration = Duration::from_secs(2);
/// And afterwards, when it is alone.
const P99_AFTERWARDS_MAX: Duration = Duration::from_millis(500);
/// How long the very next command may take once the crowd is gone.
const NEXT_WRITE_MAX: Duration = Duration::from_secs(1);
/// Open files more than before that may be left half a minute later.
const FILES_LEFT_MAX: usize = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_hangs_up_leaves_a_whole_command_or_none_on_sqlite() {
    leaves_a_whole_command_or_none(Site::sqlite(), None, size::hang_ups()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_hangs_up_leaves_a_whole_command_or_none_on_postgres() {
    // A cluster of its own: every transaction on it is this test's.
    let cluster = Arc::new(PgCluster::start());
    leaves_a_whole_command_or_none(Site::postgres(&cluster), Some(cluster), size::hang_ups_postgres()).await;
}

async fn leaves_a_whole_command_or_none(site: Site, cluster: Option<Arc<PgCluster>>, size: usize) {
    let token = token(site.url());
    let server = Arc::new(Server::start(site.url(), &[]));
    let api = server.api(&token);
    let mut district = District::new(40, 2);
    district.stock = 1_000_000;
    district.set_up(&api).await;
    fund(&api, &district.workers).await;
    let files_before = open_files(&server);

    let scene = Arc::new(Scene {
        server: Arc::clone(&server),
        offices: Offices::of(&token),
        api: api.clone(),
        size,
        next: AtomicUsize::new(0),
        record: Record::new(),
        command_micros: AtomicU64::new(COMMAND_MICROS_MIN),
        over: AtomicBool::new(false),
    });
    let honest = tokio::spawn(Arc::clone(&scene).honest("meanwhile", usize::MAX));
    let watch =
        cluster.as_ref().map(|cluster| tokio::spawn(Arc::clone(&scene).watch_transactions(Arc::clone(cluster))));
    let crowd: Vec<_> = (0..AT_ONCE).map(|number| tokio::spawn(Arc::clone(&scene).hang_up(number))).collect();
    let mut cut_off = Vec::new();
    let began = Instant::now();
    for client in crowd {
        let gone = tokio::time::timeout(HANG_UPS_LIMIT, client).await.expect("the crowd goes in time");
        cut_off.extend(gone.expect("a client failed"));
    }
    let took = began.elapsed();

    let began = Instant::now();
    scene.honestly(&Request::post("/v1/credits", "the-next", service(1))).await;
    assert!(began.elapsed() < NEXT_WRITE_MAX, "the next write took {:?}", began.elapsed());
    scene.over.store(true, Ordering::Relaxed);
    let meanwhile = honest.await.expect("the honest client is always answered");
    if let Some(watch) = watch {
        watch.await.expect("no transaction is left open");
    }
    let afterwards = Arc::clone(&scene).honest("afterwards", 300).await;
    let files_after = files_settle(&server, files_before + FILES_LEFT_MAX).await;

    scene.ask_again().await;
    assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
    let commands = site.commands().await;
    for key in &cut_off {
        assert!(!commands.contains_key(key), "{key} was cut off and took effect all the same");
    }
    let tally = audit(&scene.record.attempts(), &commands);
    println!(
        "{size} hang-ups on {} in {took:?}, {} of them cut off: {tally}; p99 meanwhile {:?}, afterwards {:?}; open files {files_before} before, {files_after} after",
        site.url(),
        cut_off.len(),
        percentile(&meanwhile, 990),
        percentile(&afterwards, 990),
    );
    assert!(tally.unknown_there >= size / 40, "too few of the whole requests took effect: {tally}");
    assert!(percentile(&meanwhile, 990) < P99_MEANWHILE_MAX, "p99 meanwhile: {:?}", percentile(&meanwhile, 990));
    assert!(percentile(&afterwards, 990) < P99_AFTERWARDS_MAX, "p99 afterwards: {:?}", percentile(&afterwards, 990));
    site.is_verified_and_replays_identically();
}

/// What everybody in this test shares.
struct Scene {
    server: Arc<Server>,
    offices: Offices,
    api: Api,
    size: usize,
    /// The next request to hang up on.
    next: AtomicUsize,
    record: Record,
    /// What the honest client's last command took.
    command_micros: AtomicU64,
    over: AtomicBool,
}

impl Scene {
    /// One of the crowd; answers the keys of the requests that it did not send to the end and nobody sends again.
    async fn hang_up(self: Arc<Scene>, number: u64) -> Vec<String> {
        let mut chance = ChaCha8Rng::seed_from_u64(size::seed() ^ (number << 32));
        let mut cut_off = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.size {
                return cut_off;
            }
            let request = request(number);
            match self.send_and_leave(&request, &mut chance).await {
                Ok(true) => self.record.note(lost(request)),
                // The server closed first, at the latest when it heard nothing more: as good as cut off, but not sure.
                Err(_) => self.record.note(lost(request)),
                Ok(false) => {
                    if !number.is_multiple_of(ASKED_AGAIN_EVERY) {
                        cut_off.push(request.key.clone().unwrap_or_default());
                    }
                    self.record.note(lost(request));
                }
            }
        }
    }

    /// Sends all of a request or less, waits a little and goes, politely or not; whether all of it was sent.
    async fn send_and_leave(&self, request: &Request, chance: &mut ChaCha8Rng) -> io::Result<bool> {
        let headers = [
            format!("Authorization: Bearer {}", self.offices.of_request(&request.method, &request.path)),
            format!("Idempotency-Key: {}", request.key.as_deref().unwrap_or_default()),
            "Content-Type: application/json".to_owned(),
        ];
        let bytes = wire::request("POST", &request.path, &headers, request.body.to_string().as_bytes());
        let sent = if chance.gen_ratio(2, 5) { chance.gen_range(0..bytes.len()) } else { bytes.len() };
        let mut stream = TcpStream::connect(wire::address(&self.server)).await?;
        stream.set_nodelay(true)?;
        stream.write_all(&bytes[..sent]).await?;
        let wait_max = self.command_micros.load(Ordering::Relaxed) * WAIT_OF_A_COMMAND;
        tokio::time::sleep(Duration::from_micros(chance.gen_range(0..=wait_max))).await;
        if chance.gen_ratio(1, 2) {
            // The connection is reset instead of closed in order.
            stream.set_zero_linger()?;
        }
        drop(stream);
        Ok(sent == bytes.len())
    }

    /// A client that waits for its answers, until it has so many or everything is over; how long each took.
    async fn honest(self: Arc<Scene>, name: &str, commands: usize) -> Vec<Duration> {
        let mut took = Vec::new();
        for number in 0..commands {
            if commands == usize::MAX && self.over.load(Ordering::Relaxed) {
                break;
            }
            let key = format!("{name}-{number}");
            let began = Instant::now();
            let answer = self.honestly(&Request::post("/v1/credits", key, service(number % 40 + 1))).await;
            took.push(began.elapsed());
            let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.command_micros.store(micros.clamp(COMMAND_MICROS_MIN, COMMAND_MICROS_MAX), Ordering::Relaxed);
            let began = Instant::now();
            let path = format!("/v1/workers/W{:04}/balance?min_position={}", number % 40 + 1, answer["position"]);
            let (status, body) = self.api.get(&path).await.expect("the server answers");
            took.push(began.elapsed());
            assert_eq!(status, 200, "{path}: {body}; the server said:\n{}", self.server.stderr());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        took
    }

    /// Sends a command that must succeed.
    async fn honestly(&self, request: &Request) -> Value {
        match self.record.send(&self.api, request).await {
            Ok((200..=299, body)) => body,
            answer => panic!("{request:?} was answered {answer:?}; the server said:\n{}", self.server.stderr()),
        }
    }

    /// Some of the keys, sent again: what the server says now is definite, and true by the audit.
    async fn ask_again(&self) {
        for number in (0..self.size).step_by(ASKED_AGAIN_EVERY) {
            self.honestly(&request(number)).await;
        }
    }

    /// Looks all the time for a transaction of the server that is open and idle.
    async fn watch_transactions(self: Arc<Scene>, cluster: Arc<PgCluster>) {
        let mut connection = cluster.connect().await.expect("the cluster accepts");
        loop {
            let over = self.over.load(Ordering::Relaxed);
            let idle: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity
                 WHERE application_name LIKE 'nuanxin%' AND state LIKE 'idle in transaction%'
                   AND state_change < clock_timestamp() - interval '1 second'",
            )
            .fetch_one(&mut connection)
            .await
            .expect("the cluster answers");
            assert_eq!(idle, 0, "transactions were left open and idle");
            if over {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The request of a number: always the same one.
fn request(number: usize) -> Request {
    let worker = number % 40 + 1;
    if number.is_multiple_of(2) {
        return Request::post("/v1/credits", format!("hang-{number}"), service(worker));
    }
    let lines = json!([{"sku": "SW01", "quantity": 1}]);
    let body = json!({"worker": format!("W{worker:04}"), "store": "S0001", "lines": lines});
    Request::post("/v1/redemptions", format!("hang-{number}"), body)
}

fn service(worker: usize) -> Value {
    json!({"worker": format!("W{worker:04}"), "activity": "SB01", "on": "2025-06-01", "quantity": 1, "witness": "证明人"})
}

fn lost(request: Request) -> Attempt {
    let answer = Err(Unanswered::Lost("the client hung up".into()));
    // Before anything else that is said of the key, which is all that the audit asks of the time.
    Attempt { sent_at: Duration::ZERO, took: Duration::ZERO, request, answer }
}

fn open_files(server: &Server) -> usize {
    fs::read_dir(format!("/proc/{}/fd", server.pid())).expect("the server runs").count()
}

/// Waits until the server has given the crowd's sockets back.
async fn files_settle(server: &Server, max: usize) -> usize {
    for _ in 0..300 {
        let open = open_files(server);
        if open <= max {
            return open;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} files are open half a minute after everyone hung up, {max} were expected at most", open_files(server));
}
