//! What a counter did is read back over HTTP, on both databases: one redemption, a store's day, an open hold, a credit, a
//! branch, a settlement's table.

use nuanxin_tests::{Api, Server, token};
use serde_json::{Value, json};

use crate::journals::{Database, demonstration};

/// The demonstration's worker, store and item.
const WORKER: &str = "YS-0001";
const STORE: &str = "YS-WD01";
const SKU: &str = "SP001";
const MERCHANT: &str = "YS-SH02";

async fn read(api: &Api, path: &str) -> Value {
    let (status, body) = api.get(path).await.expect("an answer");
    assert_eq!(status, 200, "{path}: {body}");
    body
}

async fn give(api: &Api, path: &str, key: &str, body: Value) -> Value {
    let (status, body) = api.post(path, key, body).await.expect("an answer");
    assert!(status == 201 || status == 200, "{path}: {status} {body}");
    body
}

async fn a_counter_reads_back_what_it_did(database: Database) {
    let journal = demonstration(database);
    let server = Server::start(&journal, &["--demo"]);
    let api = server.api(&token(&journal));
    let lines = json!([{"sku": SKU, "quantity": 2}]);
    let spending = json!({"worker": WORKER, "store": STORE, "lines": lines, "at": "2026-07-01T10:00:00+08:00"});

    give(&api, "/v1/redemptions", "read/1", spending.clone()).await;
    let one = read(&api, "/v1/redemptions/read%2F1").await;
    assert_eq!((&one["worker"], &one["store"], &one["points"]), (&json!(WORKER), &json!(STORE), &json!(40)));
    assert_eq!(one["late"], true, "entered long after it was made");
    let day = read(&api, &format!("/v1/stores/{STORE}/redemptions?on=2026-07-01")).await;
    assert_eq!((&day["redemptions"][0]["redemption"], &day["totals"]["points"]), (&json!("read/1"), &json!(40)));

    give(&api, "/v1/redemptions/read%2F1/reverse", "read/2", json!({"reason": "拿错了"})).await;
    let day = read(&api, &format!("/v1/stores/{STORE}/redemptions?on=2026-07-01")).await;
    assert_eq!((&day["totals"]["points"], &day["totals"]["reversed"]), (&json!(0), &json!(1)));
    assert_eq!(read(&api, "/v1/redemptions/read%2F1").await["reversed"]["reason"], "拿错了");

    // The history's own days: paged one by one, they are what the day says in one.
    let path = format!("/v1/stores/{STORE}/redemptions");
    let busiest = busiest_day(&api, &path).await;
    let whole = read(&api, &format!("{path}?on={busiest}")).await;
    let whole: Vec<Value> = whole["redemptions"].as_array().expect("a list").clone();
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let place = after.replace('+', "%2B");
        let page = read(&api, &format!("{path}?on={busiest}&limit=1&after={place}")).await;
        paged.extend(page["redemptions"].as_array().expect("a list").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(paged, whole);

    // A hold of the present, or the server gives it back at once.
    let hold = json!({"worker": WORKER, "store": STORE, "lines": [{"sku": SKU, "quantity": 1}]});
    let placed = give(&api, "/v1/holds", "read/3", hold).await;
    let open = read(&api, &format!("/v1/holds?store={STORE}&worker={WORKER}&status=open")).await;
    assert_eq!((&open["holds"][0]["hold"], &open["holds"][0]["points"]), (&json!("read/3"), &placed["points"]));

    let credit =
        json!({"worker": WORKER, "activity": "ZY01", "on": "2026-07-01", "quantity": 1, "witness": "网格员甲"});
    give(&api, "/v1/credits", "read/4", credit).await;
    let credit = read(&api, "/v1/credits/read%2F4").await;
    assert_eq!((&credit["status"], &credit["steps"][0]["step"]), (&json!("proposed"), &json!("recorded")));

    let branches = read(&api, "/v1/branches").await;
    let cards: u64 =
        branches["branches"].as_array().expect("a list").iter().filter_map(|one| one["cards"].as_u64()).sum();
    assert_eq!(cards, 77, "every card of the demonstration that was not closed is in a branch");

    let (status, media, csv) =
        api.get_bytes(&format!("/v1/merchants/{MERCHANT}/settlement"), "text/csv").await.expect("an answer");
    assert_eq!((status, media.split(';').next()), (200, Some("text/csv")));
    let csv = String::from_utf8(csv).expect("UTF-8");
    let owed = read(&api, &format!("/v1/merchants/{MERCHANT}/settlement")).await["owed"].to_string();
    let sum = csv.lines().find(|line| line.starts_with("合计,")).expect("a line that sums up");
    assert!(sum.split(',').any(|cell| cell == owed), "{owed} stands in {sum}");
}

/// A day of the last half year of the demonstration on which the store gave out most.
async fn busiest_day(api: &Api, path: &str) -> String {
    let mut busiest = (0, String::new());
    for (month, day) in (1..=6).flat_map(|month| (1..=28).map(move |day| (month, day))) {
        let on = format!("2026-{month:02}-{day:02}");
        let made = read(api, &format!("{path}?on={on}")).await["redemptions"].as_array().map_or(0, Vec::len);
        busiest = busiest.max((made, on));
    }
    assert!(busiest.0 > 1, "the demonstration's history has a day with several redemptions");
    busiest.1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_reads_back_what_it_did_on_sqlite() {
    a_counter_reads_back_what_it_did(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_reads_back_what_it_did_on_postgres() {
    a_counter_reads_back_what_it_did(Database::Postgres).await;
}
