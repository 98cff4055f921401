//! The writes of a district's day: what each answers, and that asking again answers the same.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::support::{By, Edge};
use crate::access::Role;
use crate::service::due;
use crate::service::reading::now;
use crate::vault::WORKER;

fn today() -> NaiveDate {
    now().date()
}

fn day_before(days: u64) -> String {
    today().checked_sub_days(Days::new(days)).unwrap().to_string()
}

fn one_towel(quantity: Value) -> Value {
    json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": quantity}]})
}

#[tokio::test]
async fn points_are_earned_spent_and_given_back() {
    let edge = Edge::with_district().await;
    let credit = edge.credit("C-1", "ZY01", &day_before(1), json!(2.5)).await;
    assert_eq!(credit.status.as_u16(), 201, "{credit:?}");
    let position = credit.body["position"].as_u64().unwrap();
    let expected = json!({"credit": "C-1", "points": 25, "status": "confirmed", "flags": [], "position": position});
    assert_eq!(credit.body, expected);

    let capped = edge.credit("C-2", "ZY01", &day_before(1), json!("2")).await;
    assert_eq!((capped.body["points"].clone(), capped.body["capped"].clone()), (json!(15), json!(true)));
    let full = edge.credit("C-3", "ZY01", &day_before(1), json!(1)).await;
    assert_eq!(full.no(), (409, "daily_cap_reached"));

    let redeemed = edge.post("/v1/redemptions", "R-1", one_towel(json!(2))).await;
    assert_eq!(redeemed.status.as_u16(), 201);
    assert_eq!(redeemed.body["redemption"], "R-1");
    assert_eq!((&redeemed.body["points"], &redeemed.body["balance"]), (&json!(10), &json!(30)));

    let reversed = edge.post("/v1/redemptions/R-1/reverse", "R-1/back", json!({"reason": "退货"})).await;
    assert_eq!(reversed.status.as_u16(), 200, "{reversed:?}");
    assert_eq!((&reversed.body["points"], &reversed.body["balance"]), (&json!(10), &json!(40)));
    let again = edge.post("/v1/redemptions/R-1/reverse", "R-1/back-2", json!({"reason": "退货"})).await;
    assert_eq!(again.no(), (409, "already_reversed"));
}

#[tokio::test]
async fn the_same_key_answers_with_the_first_answer_and_other_content_is_refused() {
    let edge = Edge::with_district().await;
    let on = day_before(3);
    let first = edge.credit("C-1", "ZY01", &on, json!(1)).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    edge.credit("C-2", "ZY01", &on, json!(1)).await;
    let again = edge.credit("C-1", "ZY01", &on, json!("1.00")).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(edge.credit("C-1", "ZY01", &on, json!(2)).await.no(), (409, "duplicate_conflict"));
    let as_redemption = edge.post("/v1/redemptions", "C-1", one_towel(json!(1))).await;
    assert_eq!(as_redemption.no(), (409, "duplicate_conflict"));
}

#[tokio::test]
async fn refusals_come_in_the_contracts_order() {
    let edge = Edge::with_district().await;
    let credit = |worker: &str, activity: &str, on: Value, quantity: Value| json!({"worker": worker, "activity": activity, "on": on, "quantity": quantity, "witness": "李四"});
    let bad_day = json!("2023-02-30");
    for (body, no) in [
        (credit("W9", "XX", bad_day.clone(), json!("many")), (422, "unknown_worker")),
        (credit("W1", "XX", bad_day.clone(), json!("many")), (422, "unknown_activity")),
        (credit("W1", "ZY01", bad_day, json!("many")), (422, "invalid_date")),
        (credit("W1", "ZY01", json!(20230228), json!("many")), (422, "invalid_date")),
        (credit("W1", "ZY01", json!("2023-02-28"), json!("many")), (422, "invalid_quantity")),
        (credit("W1", "ZY01", json!("2023-02-28"), json!(-1)), (422, "invalid_quantity")),
        (credit("W1", "ZY01", json!("2023-02-28"), json!(0)), (422, "invalid_quantity")),
        (credit("W1", "ZY01", json!("2023-02-28"), json!(0.0001)), (422, "invalid_quantity")),
        (credit("W1", "ZY01", json!("2023-02-28"), Value::Null), (422, "invalid_quantity")),
    ] {
        assert_eq!(edge.post("/v1/credits", "C-1", body.clone()).await.no(), no, "{body}");
    }
    let redemption = |worker: &str, store: &str, sku: &str, quantity: Value| json!({"worker": worker, "store": store, "lines": [{"sku": sku, "quantity": quantity}]});
    for (body, no) in [
        (redemption("W9", "S9", "P9", json!(0)), (422, "unknown_worker")),
        (redemption("W1", "S9", "P9", json!(0)), (422, "unknown_store")),
        (redemption("W1", "S1", "P9", json!(0)), (422, "unknown_item")),
        (redemption("W1", "S1", "P1", json!(0)), (422, "invalid_quantity")),
        (redemption("W1", "S1", "P1", json!(1.5)), (422, "invalid_quantity")),
        (redemption("W1", "S1", "P1", json!(-2)), (422, "invalid_quantity")),
        (redemption("W1", "S1", "P1", json!(7)), (409, "limit_per_worker")),
        (redemption("W1", "S1", "P1", json!(1)), (409, "insufficient_points")),
    ] {
        assert_eq!(edge.post("/v1/redemptions", "R-1", body.clone()).await.no(), no, "{body}");
    }
    // What was refused took no key.
    assert_eq!(edge.credit("C-1", "ZY01", &day_before(1), json!(4)).await.status.as_u16(), 201);
    let shelf =
        edge.post("/v1/stores/S1/write-off", "X-1", json!({"sku": "P1", "quantity": 20, "reason": "过期"})).await;
    assert_eq!(shelf.status.as_u16(), 201, "{shelf:?}");
    assert_eq!(edge.post("/v1/redemptions", "R-1", one_towel(json!(1))).await.no(), (409, "out_of_stock"));
}

#[tokio::test]
async fn what_an_address_names_and_is_not_there_is_not_found() {
    let edge = Edge::with_district().await;
    let reason = json!({"reason": "因故"});
    for (path, body, no) in [
        ("/v1/workers/W9/card", json!({"card_no": "K1", "branch": "B1"}), (404, "unknown_worker")),
        ("/v1/workers/W9/depart", reason.clone(), (404, "unknown_worker")),
        // A card that is in no branch is in nobody's.
        ("/v1/workers/W1/card/close", reason.clone(), (403, "forbidden")),
        ("/v1/stores/S9/restock", json!({"sku": "P1", "quantity": 1}), (404, "unknown_store")),
        ("/v1/stores/S1/restock", json!({"sku": "P9", "quantity": 1}), (422, "unknown_item")),
        ("/v1/stores/S1/restock", json!({"sku": "P1", "quantity": 1, "merchant": "M9"}), (422, "unknown_merchant")),
        ("/v1/stores/S1/restock", json!({"sku": "P1", "quantity": "one"}), (422, "invalid_quantity")),
        ("/v1/stores/S1/items/P9/delist", reason.clone(), (404, "unknown_item")),
        ("/v1/stores/S1/stocktake", json!({"sku": "P1", "counted": "x", "reason": "盘点"}), (422, "invalid_quantity")),
        (
            "/v1/merchants/M9/settlements",
            json!({"month": "2024-01", "points": 1, "reference": "r"}),
            (404, "unknown_merchant"),
        ),
        ("/v1/credits/C9/confirm", reason.clone(), (404, "unknown_credit")),
        ("/v1/redemptions/R9/reverse", reason.clone(), (404, "unknown_redemption")),
        // A hold that is not there is at nobody's store.
        ("/v1/holds/H9/capture", json!({}), (403, "forbidden")),
        ("/v1/holds/H9/release", json!({}), (403, "forbidden")),
    ] {
        assert_eq!(edge.post(path, "K-1", body).await.no(), no, "{path}");
    }
}

#[tokio::test]
async fn a_hold_is_taken_at_the_counter_or_given_back() {
    let edge = Edge::with_district().await;
    edge.credit("C-1", "ZY01", &day_before(1), json!(4)).await;
    let held = edge.post("/v1/holds", "H-1", one_towel(json!(2))).await;
    assert_eq!(held.status.as_u16(), 201, "{held:?}");
    assert_eq!(
        (&held.body["hold"], &held.body["points"], &held.body["balance"]),
        (&json!("H-1"), &json!(10), &json!(30))
    );
    assert!(held.body["expires_at"].as_str().is_some_and(|time| time.ends_with("+08:00")));
    let request = edge.asking(axum::http::Method::POST, "/v1/holds/H-1/capture", "R-1");
    let captured = edge.finish(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(captured.status.as_u16(), 201, "{captured:?}");
    assert_eq!((&captured.body["redemption"], &captured.body["points"]), (&json!("R-1"), &json!(10)));
    assert_eq!(edge.post("/v1/holds/H-1/release", "H-1/x", json!({})).await.no(), (409, "already_decided"));
    edge.post("/v1/holds", "H-2", one_towel(json!(1))).await;
    let released = edge.post("/v1/holds/H-2/release", "H-2/x", json!({})).await;
    assert_eq!((released.status.as_u16(), &released.body["points"]), (200, &json!(5)), "{released:?}");
    let mut long = one_towel(json!(1));
    long["lasts_minutes"] = json!(43_201);
    assert_eq!(edge.post("/v1/holds", "H-3", long).await.no(), (422, "invalid_input"));
    let mut past = one_towel(json!(1));
    past["at"] = json!(format!("{}T10:00:00+08:00", day_before(1)));
    past["lasts_minutes"] = json!(1);
    assert_eq!(edge.post("/v1/holds", "H-4", past).await.status.as_u16(), 201);
    assert_eq!(edge.post("/v1/holds/H-4/capture", "R-4", json!({})).await.no(), (409, "hold_expired"));
}

#[tokio::test]
async fn what_is_set_aside_goes_back_when_the_site_of_its_store_closes() {
    let edge = Edge::with_district().await;
    edge.credit("C-1", "ZY01", &day_before(1), json!(4)).await;
    let item = json!({"sku": "P1", "name": "毛巾", "kind": "实物", "price": 5, "merchant": "M1"});
    for (path, key, body) in [
        ("/v1/sites", "z", json!({"id": "Z", "name": "和平驿站", "kind": "station"})),
        ("/v1/stores", "s2", json!({"id": "S2", "name": "二号网点", "tier": "驿站", "site": "Z"})),
        ("/v1/stores/S2/items", "i2", item),
    ] {
        assert_eq!(edge.post(path, key, body).await.status.as_u16(), 201, "{path}");
    }
    let there = By::new(&edge, Role::Clerk, Some("S2")).await;
    assert_eq!(
        there.post("/v1/stores/S2/restock", "r2", json!({"sku": "P1", "quantity": 3})).await.status.as_u16(),
        201
    );
    let mut towel = one_towel(json!(2));
    towel["store"] = json!("S2");
    assert_eq!(there.post("/v1/holds", "H-there", towel).await.status.as_u16(), 201);
    assert_eq!(edge.post("/v1/holds", "H-here", one_towel(json!(1))).await.status.as_u16(), 201);

    due::release_holds(&edge.app).await.unwrap();
    assert_eq!(edge.get("/v1/workers/W1/balance").await.body["held"], 15, "all is open");
    assert!(edge.post("/v1/sites/Z/close", "close", json!({"on": today().to_string()})).await.status.is_success());
    for _ in 0..2 {
        edge.app.views.fresh(None).await.unwrap();
        due::release_holds(&edge.app).await.unwrap();
    }
    let balance = edge.get("/v1/workers/W1/balance").await.body;
    assert_eq!((&balance["held"], &balance["available"]), (&json!(5), &json!(35)), "elsewhere it stays: {balance}");
    let lines = edge.get("/v1/workers/W1/statement").await.body;
    assert!(lines.to_string().contains("站点停用"), "the worker is told why: {lines}");
    let shelf = edge.get("/v1/stores/S2/stock").await.body;
    assert_eq!(shelf["items"][0]["on_shelf"], 3, "{shelf}");
}

#[tokio::test]
async fn cards_are_for_party_members_and_numbers_for_one_holder() {
    let edge = Edge::with_district().await;
    let register = |id: &str, status: &str| json!({"id": id, "occupation": "网约车司机", "political_status": status});
    edge.post("/v1/workers", "w2", register("W2", "中共党员")).await;
    edge.post("/v1/workers", "w3", register("W3", "群众")).await;
    let card = json!({"card_no": "K1", "branch": "B1"});
    let issued = edge.post("/v1/workers/W2/card", "k1", card.clone()).await;
    assert_eq!(issued.status.as_u16(), 201, "{issued:?}");
    assert_eq!(
        (&issued.body["worker"], &issued.body["card_no"], &issued.body["branch"]),
        (&json!("W2"), &json!("K1"), &json!("B1"))
    );
    assert_eq!(edge.post("/v1/workers/W3/card", "k2", card.clone()).await.no(), (422, "not_a_party_member"));
    assert_eq!(edge.post("/v1/workers/W1/card", "k3", card).await.no(), (409, "card_exists"));
    assert_eq!(edge.post("/v1/workers/W2/card/move", "k4", json!({"branch": "B2"})).await.status.as_u16(), 200);
    assert_eq!(edge.post("/v1/workers/W2/card/move", "k5", json!({"branch": "B2"})).await.status.as_u16(), 200);
    assert_eq!(edge.post("/v1/workers/W2/card/close", "k6", json!({"reason": "转出"})).await.status.as_u16(), 200);
    assert_eq!(edge.post("/v1/workers/W2/depart", "k7", json!({"reason": "离开"})).await.status.as_u16(), 200);
    let contradiction = json!({"id": "W4", "occupation": "骑手", "political_status": "群众", "party_member": true});
    assert_eq!(edge.post("/v1/workers", "w4", contradiction).await.no(), (422, "invalid_input"));
}

#[tokio::test]
async fn names_and_witnesses_reach_the_vault_and_never_the_journal() {
    let edge = Edge::with_district().await;
    edge.credit("C-1", "ZY01", &day_before(1), json!(1)).await;
    let name = edge.app.vault.get_name(WORKER, "W1").await.unwrap();
    assert_eq!(name.as_deref(), Some("王小明"));
    for entry in edge.app.ledger.journal().read(0, 1_000).await.unwrap() {
        let payload = format!("{:?}", entry.event().unwrap());
        assert!(!payload.contains("王小明") && !payload.contains("李四"), "{payload}");
    }
    // Asked again, a name that is there stays.
    let body = json!({"id": "W1", "occupation": "快递员", "name": "王大明"});
    let again = edge.post("/v1/workers", "w", body).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, Some("true")));
    assert_eq!(edge.app.vault.get_name(WORKER, "W1").await.unwrap().as_deref(), Some("王小明"));
}

#[tokio::test]
async fn stores_close_and_merchants_are_paid_what_they_are_owed() {
    let edge = Edge::with_district().await;
    edge.credit("C-1", "ZY01", &day_before(1), json!(4)).await;
    edge.post("/v1/redemptions", "R-1", one_towel(json!(2))).await;
    let month = today().format("%Y-%m").to_string();
    let pay = |points: Value| json!({"month": month, "points": points, "reference": "凭证1"});
    assert_eq!(
        edge.post("/v1/merchants/M1/settlements", "p1", pay(json!(10.01))).await.no(),
        (422, "invalid_quantity")
    );
    let paid = edge.post("/v1/merchants/M1/settlements", "p1", pay(json!(9.99))).await;
    assert_eq!((paid.status.as_u16(), &paid.body["points"]), (201, &json!(9.99)), "{paid:?}");
    assert_eq!(edge.post("/v1/stores/S1/close", "x1", json!({"reason": "装修"})).await.status.as_u16(), 200);
    assert_eq!(edge.post("/v1/redemptions", "R-2", one_towel(json!(1))).await.no(), (409, "store_closed"));
    assert_eq!(edge.post("/v1/stores/S1/close", "x2", json!({"reason": "装修"})).await.no(), (409, "already_decided"));
    assert_eq!(edge.post("/v1/stores/S1/reopen", "x3", json!({})).await.status.as_u16(), 200);
    let counted = json!({"sku": "P1", "counted": 17, "reason": "盘点"});
    assert_eq!(edge.post("/v1/stores/S1/stocktake", "x4", counted).await.status.as_u16(), 201);
    assert_eq!(edge.post("/v1/stores/S1/items/P1/delist", "x5", json!({"reason": "下架"})).await.status.as_u16(), 200);
    assert_eq!(edge.post("/v1/redemptions", "R-2", one_towel(json!(1))).await.no(), (422, "unknown_item"));
}

#[tokio::test]
async fn lots_that_ended_are_booked_once_under_a_key() {
    let edge = Edge::with_district().await;
    edge.credit("C-1", "WM01", "2023-05-01", json!(2)).await;
    edge.credit("C-2", "ZY01", &day_before(1), json!(1)).await;
    let through = |day: &str| json!({"through": day});
    let booked = edge.post("/v1/expiries", "E-1", through("2023-12-31")).await;
    assert_eq!(booked.status.as_u16(), 200, "{booked:?}");
    assert_eq!((&booked.body["workers"], &booked.body["points"]), (&json!(1), &json!(5)));
    edge.credit("C-3", "ZY01", &day_before(2), json!(1)).await;
    let again = edge.post("/v1/expiries", "E-1", through("2023-12-31")).await;
    assert_eq!(again.body, booked.body, "the first answer, however far the journal has come since");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let nothing = edge.post("/v1/expiries", "E-2", through("2023-12-31")).await;
    assert_eq!((&nothing.body["workers"], &nothing.body["points"]), (&json!(0), &json!(0)));
    assert_eq!(edge.post("/v1/expiries", "E-3", through(&today().to_string())).await.no(), (422, "invalid_date"));
    assert_eq!(edge.post("/v1/expiries", &"长".repeat(128), through("2023-12-31")).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_new_schedule_leaves_the_old_one_readable() {
    let edge = Edge::with_district().await;
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 8,
        "counts_for_card": true, "valid_months": null});
    let body = json!({"effective_from": "2024-01-01", "activities": [line]});
    let second = edge.put("/v1/schedule", "schedule-2", body.clone()).await;
    assert_eq!((second.status.as_u16(), &second.body["version"]), (200, &json!(2)));
    let same = edge.put("/v1/schedule", "schedule-3", body).await;
    assert_eq!((same.status.as_u16(), &same.body["version"]), (200, &json!(2)));
    let position = second.body["position"].as_u64().unwrap();
    let old = edge.get(&format!("/v1/schedule?on=2023-12-31&min_position={position}")).await;
    assert_eq!(old.body["version"], 1, "{old:?}");
    assert_eq!(old.body["activities"][1]["points_per_unit"], json!(2.5));
    assert_eq!(old.body["activities"][1]["valid_months"], "year_end");
    assert_eq!(old.body["district"]["points_step"], json!(0.5));
    assert_eq!(edge.get("/v1/schedule?on=2022-12-31").await.no(), (404, "not_found"));
    assert_eq!(edge.get("/v1/schedule?on=tomorrow").await.no(), (422, "invalid_date"));
    let first = edge.get("/v1/schedule/versions?limit=1").await;
    assert_eq!((&first.body["versions"][0]["version"], &first.body["next"]), (&json!(1), &json!("1")));
    let rest = edge.get("/v1/schedule/versions?after=1").await;
    assert_eq!((&rest.body["versions"][0]["version"], &rest.body["next"]), (&json!(2), &Value::Null));
    assert_eq!(edge.get("/v1/schedule/versions?limit=0").await.no(), (400, "invalid_input"));
}
