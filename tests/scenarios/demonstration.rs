//! What a newcomer does first: `serve --demo`, a token, and a redemption with what README's curl sends.

use std::time::{Duration, Instant};

use nuanxin_tests::{Api, Server, token};
use serde_json::{Value, json};

use crate::journals::{Database, demonstration, fresh};
use crate::program::{position, run, state};

const WORKER: &str = "YS-0001";
const STORE: &str = "YS-WD01";
const SKU: &str = "SP001";

/// Within so long it is ready (contract section 10), with the released program on a machine that has nothing else to do.
const READY_MAX: Duration = Duration::from_secs(10);

/// Says how long it took from nothing to a demonstration that answers; where `NUANXIN_TIMED` is set it is judged.
fn must_be_soon(journal: &str, took: Duration) {
    let database = if journal.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
    println!("the demonstration was ready on {database} after {took:?}");
    if std::env::var_os("NUANXIN_TIMED").is_some_and(|value| !value.is_empty()) {
        assert!(took < READY_MAX, "ready after {took:?}");
    }
}

async fn balance(api: &Api, min_position: u64) -> Value {
    let path = format!("/v1/workers/{WORKER}/balance?min_position={min_position}");
    let (status, body) = api.get(&path).await.expect("an answer");
    assert_eq!(status, 200, "{body}");
    body
}

async fn first_steps(journal: &str) {
    let began = Instant::now();
    let server = Server::start(journal, &["--demo"]);
    must_be_soon(journal, began.elapsed());
    let filled = position(journal);
    assert!(filled > 10_000, "{filled} positions are no demonstration");
    let api = server.api(&token(journal));

    let before = balance(&api, filled).await;
    let body = json!({"worker": WORKER, "store": STORE, "lines": [{"sku": SKU, "quantity": 1}]});
    let (status, answer) = api.post("/v1/redemptions", "first-redemption", body.clone()).await.expect("an answer");
    assert_eq!(status, 201, "{answer}");
    assert_eq!(answer["points"], 20, "{answer}");
    let redeemed = answer["position"].as_u64().expect("a position");
    let after = balance(&api, redeemed).await;
    assert_eq!(after["available"].as_f64(), before["available"].as_f64().map(|points| points - 20.0));
    assert_eq!(after["available"], answer["balance"], "the counter and the worker see the same");

    // The same command again, as a hand that pressed twice.
    let (status, again) = api.post("/v1/redemptions", "first-redemption", body).await.expect("an answer");
    assert!(matches!(status, 200 | 201), "{status} {again}");
    assert_eq!(again["redemption"], answer["redemption"]);
    assert_eq!(again["position"], answer["position"]);
    assert_eq!(position(journal), redeemed, "a repeat changes nothing");
    assert!(server.terminate().success());
    // For a person; a program reads the one line on stdout.
    let said = server.stderr();
    assert!(
        said.contains(&format!("{}/", server.base_url())) && said.contains("token issue --role clerk --scope YS-WD01"),
        "{said}"
    );
    assert!(said.contains("请用浏览器打开"), "{said}");

    let server = Server::start(journal, &["--demo"]);
    assert_eq!(position(journal), redeemed, "the second start adds nothing");
    let api = server.api(&token(journal));
    let before = state(journal, &[]);
    assert_eq!(balance(&api, redeemed).await["available"], after["available"]);
    drop(server);
    state(journal, &[]).assert_same(&before, "the state after the second start");
    run(journal, &["verify"]).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_is_filled_once_and_redeems_in_sqlite() {
    first_steps(&fresh(Database::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_is_filled_once_and_redeems_in_postgres() {
    first_steps(&fresh(Database::Postgres)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_alone_shows_the_demonstration() {
    let journal = demonstration(Database::Sqlite);
    let server = Server::start_bare(&journal);
    let (status, _, page) = server.api("").get_bytes("/login", "text/html").await.expect("an answer");
    let page = String::from_utf8(page).expect("UTF-8");
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("以店员身份体验"), "{page}");
    server.says("请用浏览器打开");
}

#[test]
fn a_district_in_use_is_never_mixed_with_the_demonstration() {
    let journal = fresh(Database::Sqlite);
    crate::program::import(&journal, crate::small_pack::SmallPack::new().folder(), 0, &[]);
    let before = position(&journal);
    // Whether it serves without the demonstration or refuses, it adds nothing.
    if let Ok(server) = Server::try_start(&journal, &["--demo"]) {
        server.terminate();
    }
    assert_eq!(position(&journal), before);
    assert!(state(&journal, &[]).get("workers").find(WORKER).is_none());
}
