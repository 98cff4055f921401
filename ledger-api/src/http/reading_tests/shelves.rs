//! Stores, stock, merchants, settlements, the trial balance.

use serde_json::Value;

use super::{Edge, walk};
use crate::demo::{EXAMPLE_MERCHANT, EXAMPLE_SKU, EXAMPLE_STORE};

#[tokio::test]
async fn stock_adds_up_item_by_item() {
    let edge = Edge::demo().await;
    let stores = walk(&edge, "/v1/stores", "stores", 2).await;
    assert_eq!(stores.len(), 24);
    for store in &stores {
        let id = store["id"].as_str().unwrap();
        assert_eq!(edge.json(&format!("/v1/stores/{id}")).await["name"], store["name"]);
        let path = format!("/v1/stores/{id}/stock");
        let items = walk(&edge, &path, "items", 1000).await;
        assert_eq!(walk(&edge, &path, "items", 1).await, items);
        assert!(!items.is_empty());
        for item in &items {
            let units = |field: &str| item[field].as_i64().unwrap();
            let accounted = units("on_shelf") + units("reserved") + units("handed_over") + units("written_off");
            assert_eq!(units("received"), accounted, "{item}");
        }
    }
    let stock = edge.json(&format!("/v1/stores/{EXAMPLE_STORE}/stock")).await;
    let item = stock["items"].as_array().unwrap().iter().find(|item| item["sku"] == EXAMPLE_SKU).unwrap();
    assert_eq!((&stock["store"], &item["price"], &item["listed"]), (&EXAMPLE_STORE.into(), &20.into(), &true.into()));
    assert_eq!(item["limit_per_worker_year"], Value::Null);
}

#[tokio::test]
async fn a_merchant_is_owed_what_was_honoured_and_not_paid() {
    let edge = Edge::demo().await;
    assert_eq!(walk(&edge, "/v1/merchants", "merchants", 3).await.len(), 30);
    assert!(edge.json(&format!("/v1/merchants/{EXAMPLE_MERCHANT}")).await["uscc"].is_string());
    let path = format!("/v1/merchants/{EXAMPLE_MERCHANT}/settlement");
    let all = edge.json(&path).await;
    let months = all["months"].as_array().unwrap();
    assert!(months.len() > 1);
    let hundredths = |value: &Value| (value.as_f64().unwrap() * 100.0).round() as i64;
    let mut owed = 0;
    for month in months {
        let name = month["month"].as_str().unwrap();
        let one = edge.json(&format!("{path}?month={name}")).await;
        for figure in ["honoured", "paid", "owed", "redemptions", "references"] {
            assert_eq!(one[figure], month[figure], "{name} {figure}");
        }
        assert_eq!(hundredths(&one["owed"]), hundredths(&one["honoured"]) - hundredths(&one["paid"]));
        assert_eq!((&one["merchant"], one["month"].as_str()), (&EXAMPLE_MERCHANT.into(), Some(name)));
        assert!(one.get("months").is_none());
        owed += hundredths(&one["owed"]);
    }
    assert_eq!(hundredths(&all["owed"]), owed);
    assert_eq!(edge.json(&format!("{path}?month=1999-01")).await["owed"], 0);
    assert_eq!(edge.json(&format!("{path}?month=")).await, all);
    for wrong in ["2024-13", "2024", "x"] {
        assert_eq!(edge.no(&format!("{path}?month={wrong}")).await, (422, "invalid_date".into()));
    }
}

#[tokio::test]
async fn all_accounts_sum_to_zero() {
    let edge = Edge::demo().await;
    let trial = edge.json("/v1/trial-balance").await;
    assert_eq!(trial["sum"], 0);
    let accounts: Vec<&str> =
        trial["accounts"].as_array().unwrap().iter().map(|one| one["account"].as_str().unwrap()).collect();
    assert!(accounts.contains(&"issuance") && accounts.contains(&"available"), "{accounts:?}");
}

#[tokio::test]
async fn what_is_not_there_is_a_coded_404() {
    let edge = Edge::empty().await;
    for path in ["/v1/stores/S1", "/v1/stores/S1/stock", "/v1/stores/a%2Fb/stock"] {
        assert_eq!(edge.no(path).await, (404, "unknown_store".into()), "{path}");
    }
    for path in ["/v1/merchants/M1", "/v1/merchants/M1/settlement", "/v1/merchants/M1/settlement?month=2024-01"] {
        assert_eq!(edge.no(path).await, (404, "unknown_merchant".into()), "{path}");
    }
}
