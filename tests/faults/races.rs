//! Sixty-four clients at one moment, for less than they all want: exactly as many win as can.

use std::sync::Arc;
use std::time::Duration;

use nuanxin_tests::{Api, District, Request, Server, token};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::site::{Site, hundredths};
use crate::size;

/// Clients of a race.
pub(crate) const RACERS: usize = 64;
/// How long a race may take.
const RACE_LIMIT: Duration = Duration::from_secs(60);

on_both_journals!(
    the_last_units_of_an_item_go_to_as_many_clients_as_there_are_units,
    the_last_points_of_a_worker_are_spent_exactly_once,
    a_daily_cap_holds_however_many_credits_meet_it_at_once,
    one_key_sent_by_all_at_once_takes_effect_once,
);

/// A server on a fresh journal with a district in which every worker has points.
pub(crate) struct Course {
    pub(crate) site: Site,
    server: Server,
    pub(crate) api: Api,
    pub(crate) chance: ChaCha8Rng,
}

impl Course {
    pub(crate) async fn on(site: Site) -> Course {
        let token = token(site.url());
        let server = Server::start(site.url(), &[]);
        let api = server.api(&token);
        let district = District::new(RACERS, 2);
        district.set_up(&api).await;
        fund(&api, &district.workers).await;
        Course { site, server, api, chance: ChaCha8Rng::seed_from_u64(size::seed()) }
    }

    pub(crate) fn ends_well(self) {
        assert_eq!(self.server.terminate().code(), Some(0), "{}", self.server.stderr());
        self.site.is_verified_and_replays_identically();
    }
}

async fn the_last_units_of_an_item_go_to_as_many_clients_as_there_are_units(site: Site) {
    let mut course = Course::on(site).await;
    for round in 1..=size::races() {
        let stock = course.chance.gen_range(1..40);
        let each = course.chance.gen_range(1..=2);
        units_race(std::slice::from_ref(&course.api), round, stock, each).await;
        let state = state(&course.site);
        assert_eq!(state["stock"][format!("S0001/{}", sku(round))], stock % each, "what nobody could take is left");
    }
    course.ends_well();
}

async fn the_last_points_of_a_worker_are_spent_exactly_once(site: Site) {
    let mut course = Course::on(site).await;
    for round in 1..=size::races() {
        let services = course.chance.gen_range(1..30);
        points_race(std::slice::from_ref(&course.api), round, services).await;
    }
    course.ends_well();
}

async fn a_daily_cap_holds_however_many_credits_meet_it_at_once(site: Site) {
    // Of the district's schedule: 10 points an hour, 60 a day.
    const WINNERS: usize = 6;
    let course = Course::on(site).await;
    for round in 1..=size::races() {
        let body = json!({"worker": "W0001", "activity": "ZY01", "on": format!("2026-03-{:02}", round % 28 + 1),
            "quantity": 1, "witness": "证明人"});
        let requests =
            (0..RACERS).map(|racer| Request::post("/v1/credits", format!("cap-{round}-{racer}"), body.clone()));
        let answers = race(std::slice::from_ref(&course.api), requests.collect()).await;
        let expected = if round <= 28 { WINNERS } else { 0 };
        assert_eq!(count_winners(&answers, "daily_cap_reached"), expected, "{answers:?}");
    }
    course.ends_well();
}

async fn one_key_sent_by_all_at_once_takes_effect_once(site: Site) {
    let course = Course::on(site).await;
    for round in 1..=size::races() {
        let lines = json!([{"sku": "SW02", "quantity": 1}]);
        let body = json!({"worker": format!("W{round:04}"), "store": "S0001", "lines": lines});
        let key = format!("same-{round}");
        let answers =
            race(std::slice::from_ref(&course.api), vec![Request::post("/v1/redemptions", key.clone(), body); RACERS])
                .await;
        let (status, first) = &answers[0];
        assert!((200..300).contains(status), "{status} {first}\n{}", course.server.stderr());
        for answer in &answers {
            assert_eq!(&answer.1, first, "every repeat gets the first answer");
        }
        let commands = course.site.commands().await;
        assert_eq!(first["position"], commands[&key].last, "and it is in the journal once, where they were told");
    }
    course.ends_well();
}

/// One race for the last units of an item that is listed for it. Answers what the racers were told.
pub(crate) async fn units_race(apis: &[Api], round: u32, stock: u32, each: u32) -> Vec<(u16, Value)> {
    let sku = sku(round);
    let listing = json!({"sku": sku, "name": "矿泉水", "kind": "实物", "price": 1, "merchant": "M0001"});
    accepted(&apis[0], Request::post("/v1/stores/S0001/items", format!("setup-{sku}"), listing)).await;
    let goods = json!({"sku": sku, "quantity": stock});
    accepted(&apis[0], Request::post("/v1/stores/S0001/restock", format!("setup-{sku}-stock"), goods)).await;
    let request = |racer: usize| {
        let lines = json!([{"sku": sku, "quantity": each}]);
        let body = json!({"worker": format!("W{:04}", racer + 1), "store": "S0001", "lines": lines});
        Request::post("/v1/redemptions", format!("units-{round}-{racer}"), body)
    };
    let answers = race(apis, (0..RACERS).map(request).collect()).await;
    let winners = count_winners(&answers, "out_of_stock");
    assert_eq!(winners, (stock / each) as usize, "of {stock} units, {each} each: {answers:?}");
    answers
}

/// One race for the last points of a worker who is registered for it and has done so many services.
pub(crate) async fn points_race(apis: &[Api], round: u32, services: u32) -> Vec<(u16, Value)> {
    const POINTS_A_SERVICE: u32 = 20;
    // Item SW02 of the district costs 20, SW01 2.5: together what leaves a remainder behind.
    const PRICE_HUNDREDTHS: u32 = 2_250;
    let worker = format!("P{round:04}");
    let details = json!({"id": worker, "occupation": "快递员"});
    accepted(&apis[0], Request::post("/v1/workers", format!("setup-{worker}"), details)).await;
    let service =
        json!({"worker": worker, "activity": "SB01", "on": "2025-06-01", "quantity": services, "witness": "证明人"});
    accepted(&apis[0], Request::post("/v1/credits", format!("setup-{worker}-points"), service)).await;
    let request = |racer: usize| {
        let lines = json!([{"sku": "SW02", "quantity": 1}, {"sku": "SW01", "quantity": 1}]);
        let body = json!({"worker": worker, "store": format!("S{:04}", racer % 2 + 1), "lines": lines});
        Request::post("/v1/redemptions", format!("points-{round}-{racer}"), body)
    };
    let answers = race(apis, (0..RACERS).map(request).collect()).await;
    let points = services * POINTS_A_SERVICE * 100;
    let winners = count_winners(&answers, "insufficient_points");
    assert_eq!(winners, (points / PRICE_HUNDREDTHS) as usize, "of {points} hundredths: {answers:?}");
    let told = answers.iter().filter_map(|(_, body)| body["position"].as_u64()).max().unwrap_or(0);
    for api in apis {
        let (status, balance) =
            api.get(&format!("/v1/workers/{worker}/balance?min_position={told}")).await.expect("a read is answered");
        assert_eq!(status, 200, "{balance}");
        assert_eq!(hundredths(&balance["available"]), i64::from(points % PRICE_HUNDREDTHS), "{balance}");
    }
    answers
}

/// Sends every request at the same moment, over connections that are open before, in turn to each server.
pub(crate) async fn race(apis: &[Api], requests: Vec<Request>) -> Vec<(u16, Value)> {
    let barrier = Arc::new(Barrier::new(requests.len()));
    let racers: Vec<_> = requests
        .into_iter()
        .zip(apis.iter().cycle().cloned())
        .map(|(request, api)| {
            let barrier = Arc::clone(&barrier);
            tokio::spawn(async move {
                api.get("/healthz").await.expect("the server is there");
                barrier.wait().await;
                api.send(&request).await.expect("a racer is answered")
            })
        })
        .collect();
    let mut answers = Vec::new();
    for racer in racers {
        let answer = tokio::time::timeout(RACE_LIMIT, racer).await.expect("a race ends in time");
        answers.push(answer.expect("a racer failed"));
    }
    answers
}

/// How many took effect. Panics where anyone else was told another reason than the one there is.
pub(crate) fn count_winners(answers: &[(u16, Value)], reason: &str) -> usize {
    let lost = answers.iter().filter(|(status, _)| *status >= 300);
    for (status, body) in lost.clone() {
        assert_eq!(body["code"], reason, "a loser was told {status} {body}");
    }
    answers.len() - lost.count()
}

/// Gives every worker 2,000 points that do not expire.
pub(crate) async fn fund(api: &Api, workers: &[String]) {
    for worker in workers {
        let body =
            json!({"worker": worker, "activity": "SB01", "on": "2025-06-01", "quantity": 100, "witness": "证明人"});
        accepted(api, Request::post("/v1/credits", format!("setup-{worker}-points"), body)).await;
    }
}

/// Sends a request that must be accepted.
pub(crate) async fn accepted(api: &Api, request: Request) -> Value {
    match api.send(&request).await {
        Ok((200..=299, body)) => body,
        answer => panic!("{request:?} was answered {answer:?}"),
    }
}

fn sku(round: u32) -> String {
    format!("R{round:04}")
}

fn state(site: &Site) -> Value {
    serde_json::from_str(&site.run(&["state", "--json"])).expect("`state --json` is JSON")
}
