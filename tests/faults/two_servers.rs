//! Two servers on one PostgreSQL journal: together they answer as one would.

use std::time::{Duration, Instant};

use nuanxin_tests::{Api, District, Request, Server, shared_cluster, token};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::audit::audit;
use crate::races::{RACERS, fund, points_race, units_race};
use crate::record::{Record, percentile};
use crate::site::{Site, hundredths};
use crate::size;

/// Clients, each with a worker of its own and both servers to choose from.
const CLIENTS: usize = 32;
/// How long clients may take to end after the load.
const END_LIMIT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_on_one_journal_give_one_order_and_refuse_nothing_that_one_would_not() {
    let site = Site::postgres(shared_cluster());
    let token = token(site.url());
    let servers = [Server::start(site.url(), &[]), Server::start(site.url(), &[])];
    let apis = [servers[0].api(&token), servers[1].api(&token)];
    let mut district = District::new(CLIENTS, 2);
    district.stock = 1_000_000;
    district.set_up(&apis[0]).await;

    let until = Instant::now() + Duration::from_secs(size::shared_seconds());
    let clients: Vec<_> =
        (0..CLIENTS).map(|number| tokio::spawn(Client::new(number, apis.clone()).run(until))).collect();
    let mut attempts = Vec::new();
    let mut reads = Vec::new();
    for client in clients {
        let done = tokio::time::timeout(Duration::from_secs(size::shared_seconds()) + END_LIMIT, client).await;
        let client = done.expect("clients end in time").expect("a client failed");
        attempts.extend(client.record.attempts());
        reads.extend(client.reads);
    }
    let tally = audit(&attempts, &site.commands().await);
    let commands: Vec<Duration> = attempts.iter().map(|attempt| attempt.took).collect();
    let of = |took: &[Duration]| format!("p50 {:?} p99 {:?}", percentile(took, 500), percentile(took, 990));
    println!("two servers: {tally}; commands {}; reads of what was just told {}", of(&commands), of(&reads));
    assert!(tally.acknowledged > CLIENTS * 2, "too little happened to show anything: {tally}");
    assert_eq!((tally.refused, tally.unknown_attempts), (0, 0), "every command could succeed: {tally}");

    for api in &apis {
        site.feed_agrees(api).await;
    }
    both_read_the_same(&apis, &district, site.entries().await.len() as u64).await;
    for server in &servers {
        assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
        assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    }
    site.is_verified_and_replays_identically();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn races_over_two_servers_are_won_by_as_many_as_can() {
    let site = Site::postgres(shared_cluster());
    let token = token(site.url());
    let servers = [Server::start(site.url(), &[]), Server::start(site.url(), &[])];
    let apis = [servers[0].api(&token), servers[1].api(&token)];
    let district = District::new(RACERS, 2);
    district.set_up(&apis[0]).await;
    fund(&apis[1], &district.workers).await;
    let mut chance = ChaCha8Rng::seed_from_u64(size::seed());
    for round in 1..=size::races() {
        units_race(&apis, round, chance.gen_range(1..40), chance.gen_range(1..=2)).await;
        points_race(&apis, round, chance.gen_range(1..30)).await;
    }
    both_read_the_same(&apis, &district, site.entries().await.len() as u64).await;
    for server in &servers {
        assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
    }
    site.is_verified_and_replays_identically();
}

/// A client that always knows what its worker's balance must be, because nobody else touches this worker.
struct Client {
    worker: String,
    number: usize,
    apis: [Api; 2],
    record: Record,
    /// How long reads took.
    reads: Vec<Duration>,
    chance: ChaCha8Rng,
    balance: i64,
    position: u64,
    sent: u32,
}

impl Client {
    fn new(number: usize, apis: [Api; 2]) -> Client {
        let chance = ChaCha8Rng::seed_from_u64(size::seed() ^ (number as u64) << 32);
        let worker = format!("W{:04}", number + 1);
        let (record, reads) = (Record::new(), Vec::new());
        Client { worker, number, apis, record, reads, chance, balance: 0, position: 0, sent: 0 }
    }

    async fn run(mut self, until: Instant) -> Client {
        while Instant::now() < until {
            // Earned at one server, spent to the last point at the other a moment later.
            let units = self.chance.gen_range(1..=3);
            let service = json!({"worker": self.worker, "activity": "SB01", "on": "2025-06-01", "quantity": units,
                "witness": "证明人"});
            let (credit, answer) = self.command("/v1/credits", service).await;
            self.balance += hundredths(&answer["points"]);
            self.reads_its_balance().await;
            let goods = json!([{"sku": "SW02", "quantity": units}]);
            let store = format!("S{:04}", self.chance.gen_range(1..=2));
            let (_, answer) =
                self.command("/v1/redemptions", json!({"worker": self.worker, "store": store, "lines": goods})).await;
            self.balance -= hundredths(&answer["points"]);
            assert_eq!((self.balance, hundredths(&answer["balance"])), (0, 0), "{answer}");
            self.reads_its_balance().await;
            if self.chance.gen_ratio(1, 4) {
                let (status, again) = self.send(&credit).await;
                assert!((200..300).contains(&status), "a repeat was answered {status} {again}");
            }
        }
        self
    }

    /// A new command at either server. It must succeed, after all that this client was told before.
    async fn command(&mut self, path: &str, body: Value) -> (Request, Value) {
        self.sent += 1;
        let request = Request::post(path, format!("c{}-{}", self.number, self.sent), body);
        let (status, answer) = self.send(&request).await;
        assert!((200..300).contains(&status), "{request:?} was answered {status} {answer}");
        let position = answer["position"].as_u64().expect("an answer carries its position");
        assert!(position > self.position, "position {position} does not follow {}", self.position);
        self.position = position;
        (request, answer)
    }

    async fn send(&mut self, request: &Request) -> (u16, Value) {
        let api = &self.apis[self.chance.gen_range(0..2)];
        self.record.send(api, request).await.expect("a server that runs answers")
    }

    /// Either server, asked for a state that includes what this client was told, knows it.
    async fn reads_its_balance(&mut self) {
        let path = format!("/v1/workers/{}/balance?min_position={}", self.worker, self.position);
        let api = &self.apis[self.chance.gen_range(0..2)];
        let began = Instant::now();
        let (status, told) = api.get(&path).await.expect("a server that runs answers");
        self.reads.push(began.elapsed());
        assert_eq!((status, hundredths(&told["available"])), (200, self.balance), "{path}: {told}");
    }
}

/// Both servers, asked at one position, say the same of every worker, of the shelves and of the events.
async fn both_read_the_same(apis: &[Api; 2], district: &District, position: u64) {
    let workers = district.workers.iter().map(|worker| format!("/v1/workers/{worker}/balance?min_position={position}"));
    let shelves = district.stores.iter().map(|store| format!("/v1/stores/{store}/stock?min_position={position}"));
    let events =
        [0, position / 2, position.saturating_sub(1)].map(|after| format!("/v1/events?after={after}&limit=100"));
    for path in workers.chain(shelves).chain(events) {
        let one = apis[0].get(&path).await.expect("a server that runs answers");
        let other = apis[1].get(&path).await.expect("a server that runs answers");
        assert_eq!(one.0, 200, "{path}: {one:?}");
        assert_eq!(one, other, "{path}");
    }
}
