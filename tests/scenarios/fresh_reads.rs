//! Whoever was answered reads the own write, by default and on any server of the journal; and an answer is of one position.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nuanxin_tests::{Api, District, Request, Server, token};
use serde_json::{Value, json};

use crate::journals::{Database, fresh};

/// Clients that redeem at once.
const CLIENTS: usize = 16;
/// What each of them redeems, one after the other, each followed by a read.
const ROUNDS: usize = 63;
/// So long the own write may take to be read, in the middle.
const IN_THE_MIDDLE: Duration = Duration::from_millis(10);
/// An answer that has to wait for nothing is there long before a wait for a position would end.
const AT_ONCE: Duration = Duration::from_secs(5);

async fn accepted(api: &Api, request: Request) -> Value {
    match api.send(&request).await {
        Ok((200..=299, body)) => body,
        answer => panic!("{request:?} was answered {answer:?}"),
    }
}

async fn read(api: &Api, path: &str) -> Value {
    match api.get(path).await {
        Ok((200, body)) => body,
        answer => panic!("{path} was answered {answer:?}"),
    }
}

/// A district whose workers have points that do not expire, and goods for all of them.
async fn funded(api: &Api) -> District {
    let mut district = District::new(CLIENTS, 2);
    district.stock = 100_000;
    district.set_up(api).await;
    for worker in &district.workers {
        let body =
            json!({"worker": worker, "activity": "SB01", "on": "2025-06-01", "quantity": 100, "witness": "证明人"});
        accepted(api, Request::post("/v1/credits", format!("points-{worker}"), body)).await;
    }
    district
}

fn redemption(worker: &str, round: usize) -> Request {
    let lines = json!([{"sku": "SW01", "quantity": 1}]);
    let body = json!({"worker": worker, "store": "S0001", "lines": lines});
    Request::post("/v1/redemptions", format!("redeemed-{worker}-{round}"), body)
}

/// Redeems again and again at one server and reads at another; gives what each redemption answered, and how long each read
/// took.
async fn redeem_and_read(writes: Api, reads: Api, worker: String) -> (BTreeMap<u64, Value>, Vec<Duration>) {
    let (mut answers, mut taken) = (BTreeMap::new(), Vec::new());
    for round in 0..ROUNDS {
        let answer = accepted(&writes, redemption(&worker, round)).await;
        let asked = Instant::now();
        let balance = read(&reads, &format!("/v1/workers/{worker}/balance")).await;
        taken.push(asked.elapsed());
        assert_eq!(balance["available"], answer["balance"], "round {round}: {balance} after {answer}");
        let position = answer["position"].as_u64().expect("a position");
        assert!(balance["position"].as_u64() >= Some(position), "{balance} after {answer}");
        answers.insert(position, answer["balance"].clone());
    }
    (answers, taken)
}

/// Gives how long the reads took that followed a redemption, from the shortest to the longest.
async fn nobody_reads_less_than_was_answered(writes: &Api, reads: &Api) -> Vec<Duration> {
    let district = funded(writes).await;
    let clients: Vec<_> = district
        .workers
        .iter()
        .map(|worker| tokio::spawn(redeem_and_read(writes.clone(), reads.clone(), worker.clone())))
        .collect();
    // Somebody else looks at the first worker meanwhile: every answer is what stood at its position.
    let seen = tokio::spawn(watch(reads.clone(), district.workers[0].clone()));
    let (mut redeemed, mut taken) = (Vec::new(), Vec::new());
    for client in clients {
        let (answers, of_client) = client.await.expect("a client failed");
        redeemed.push(answers);
        taken.extend(of_client);
    }
    let first = &redeemed[0];
    for (position, available) in seen.await.expect("the watcher failed") {
        if let Some((_, balance)) = first.range(..=position).next_back() {
            assert_eq!(&available, balance, "at position {position}");
        }
    }
    let spent: f64 = redeemed.iter().map(|answers| answers.len() as f64 * 2.5).sum();
    let trial = read(reads, "/v1/trial-balance").await;
    let accounts = trial["accounts"].as_array().expect("accounts");
    let at_store = accounts.iter().find(|account| account["account"].as_str() == Some("redeemed:S0001"));
    let booked = at_store.and_then(|account| account["points"].as_f64()).map(f64::abs);
    assert_eq!(booked, Some(spent), "{trial}");
    taken.sort();
    taken
}

/// Says how long they took. Whether that is quick enough is judged where `NUANXIN_TIMED` is set: on a machine that has
/// nothing else to do, with the program as it is released.
fn tell_of_reads(taken: &[Duration]) {
    let at = |of_hundred: usize| taken[(taken.len() * of_hundred / 100).min(taken.len() - 1)];
    println!("{} reads right after a redemption: p50 {:?}, p99 {:?}", taken.len(), at(50), at(99));
    assert_eq!(taken.len(), CLIENTS * ROUNDS);
    if std::env::var_os("NUANXIN_TIMED").is_some_and(|value| !value.is_empty()) {
        assert!(at(50) < IN_THE_MIDDLE, "in the middle {:?}", at(50));
    }
}

/// Reads a worker's balance until all is redeemed, and the trial balance beside it; gives balances by position.
async fn watch(api: Api, worker: String) -> Vec<(u64, Value)> {
    let mut seen = Vec::new();
    let mut last = 0;
    while seen.len() < 400 {
        let balance = read(&api, &format!("/v1/workers/{worker}/balance")).await;
        let position = balance["position"].as_u64().expect("a position");
        assert!(position >= last, "never shown less than before: {balance} after {last}");
        last = position;
        seen.push((position, balance["available"].clone()));
        let trial = read(&api, "/v1/trial-balance").await;
        assert_eq!(trial["sum"], 0, "one answer is of one position: {trial}");
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_redeemed_reads_the_new_balance_in_sqlite() {
    let journal = fresh(Database::Sqlite);
    let server = Server::start(&journal, &[]);
    let api = server.api(&token(&journal));
    tell_of_reads(&nobody_reads_less_than_was_answered(&api, &api).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_redeemed_reads_the_new_balance_in_postgres() {
    let journal = fresh(Database::Postgres);
    let server = Server::start(&journal, &[]);
    let api = server.api(&token(&journal));
    tell_of_reads(&nobody_reads_less_than_was_answered(&api, &api).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_answered_is_read_at_the_other() {
    let journal = fresh(Database::Postgres);
    let servers = [Server::start(&journal, &[]), Server::start(&journal, &[])];
    let token = token(&journal);
    tell_of_reads(&nobody_reads_less_than_was_answered(&servers[0].api(&token), &servers[1].api(&token)).await);
}

async fn what_was_just_recorded_is_in_every_read(writes: &Api, reads: &Api) {
    let store = json!({"id": "S9", "name": "新网点", "tier": "街道"});
    accepted(writes, Request::post("/v1/stores", "new-store", store)).await;
    let stock = read(reads, "/v1/stores/S9/stock").await;
    assert_eq!(stock["items"], json!([]), "an empty shelf, and no 404");
    assert_eq!(read(reads, "/v1/stores").await["stores"].as_array().map(Vec::len), Some(1));

    let merchant = json!({"id": "M9", "name": "新商户", "uscc": "92000000MA000001H9"});
    accepted(writes, Request::post("/v1/merchants", "new-merchant", merchant)).await;
    assert_eq!(read(reads, "/v1/merchants").await["merchants"].as_array().map(Vec::len), Some(1));
    assert_eq!(read(reads, "/v1/merchants/M9/settlement?month=2025-01").await["owed"], 0);

    for number in 1..=5 {
        let item = json!({"sku": format!("A{number}"), "name": "水", "kind": "实物", "price": 1, "merchant": "M9"});
        accepted(writes, Request::post("/v1/stores/S9/items", format!("item-{number}"), item)).await;
        let goods = json!({"sku": format!("A{number}"), "quantity": number});
        accepted(writes, Request::post("/v1/stores/S9/restock", format!("goods-{number}"), goods)).await;
        let items = read(reads, "/v1/stores/S9/stock").await["items"].clone();
        let shelves: Vec<_> = items.as_array().expect("items").iter().map(|item| item["on_shelf"].as_u64()).collect();
        assert_eq!(shelves, (1..=number).map(Some).collect::<Vec<_>>(), "{items}");
        // The pages of a list together are the list.
        let first = read(reads, "/v1/stores/S9/stock?limit=1").await;
        assert_eq!(first["next"].is_null(), number == 1, "{first}");
    }

    for number in 1..=5 {
        let worker = json!({"id": format!("N{number}"), "occupation": "骑手"});
        accepted(writes, Request::post("/v1/workers", format!("worker-{number}"), worker)).await;
        assert_eq!(read(reads, "/v1/workers").await["workers"].as_array().map(Vec::len), Some(number));
        let statement = read(reads, &format!("/v1/workers/N{number}/statement")).await;
        assert_eq!(statement["entries"].as_array().map(Vec::len), Some(1), "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_shelves_hold_what_was_just_recorded_in_sqlite() {
    let journal = fresh(Database::Sqlite);
    let server = Server::start(&journal, &[]);
    let api = server.api(&token(&journal));
    what_was_just_recorded_is_in_every_read(&api, &api).await;
    no_answer_waits_for_a_position_that_is_not_there(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_shelves_at_one_server_hold_what_another_just_recorded() {
    let journal = fresh(Database::Postgres);
    let servers = [Server::start(&journal, &[]), Server::start(&journal, &[])];
    let token = token(&journal);
    let apis = [servers[0].api(&token), servers[1].api(&token)];
    what_was_just_recorded_is_in_every_read(&apis[0], &apis[1]).await;
    no_answer_waits_for_a_position_that_is_not_there(&apis[1]).await;
}

async fn no_answer_waits_for_a_position_that_is_not_there(api: &Api) {
    let head = read(api, "/v1/events?limit=1").await["position"].as_u64().expect("a position");
    let beyond = head + 1;
    for path in [
        format!("/v1/workers?min_position={beyond}"),
        format!("/v1/workers/N1/balance?min_position={}", i64::MAX),
        format!("/v1/workers/N1/statement?min_position={beyond}"),
        format!("/v1/stores/S9/stock?min_position={beyond}"),
        format!("/v1/trial-balance?min_position={beyond}"),
        format!("/v1/events?min_position={beyond}"),
        format!("/v1/appraisals/2025?at={beyond}"),
        format!("/v1/appraisals/2025?min_position={beyond}"),
        format!("/v1/audit/report?at={beyond}"),
        format!("/v1/audit/sample?seed=1&size=1&at={beyond}"),
        format!("/v1/workers/N1/trace?at={beyond}"),
        format!("/v1/audit/checkpoint?min_position={beyond}"),
        format!("/v1/audit/inclusion/1?min_position={beyond}"),
        format!("/v1/audit/inclusion/{beyond}"),
        format!("/v1/audit/consistency?from=1&min_position={beyond}"),
    ] {
        let answer = tokio::time::timeout(AT_ONCE, api.get(&path)).await;
        let (status, body) = answer.unwrap_or_else(|_| panic!("{path} waits")).expect("an answer");
        assert_eq!((status, body["code"].as_str()), (404, Some("not_found")), "{path}: {body}");
        let detail = body["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(&format!("ends at position {head}")), "{path} names the head {head}: {detail}");
    }
    // The head itself is there.
    read(api, &format!("/v1/workers?min_position={head}")).await;
    read(api, &format!("/v1/appraisals/2025?at={head}")).await;
}
