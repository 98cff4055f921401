//! Where sites lie: said when one opens, and told with it, as exactly as it was said.

use serde_json::{Value, json};

use super::support::Edge;

fn site(id: &str, longitude: Value, latitude: Value) -> Value {
    json!({"id": id, "name": "和平驿站", "kind": "微驿站", "longitude": longitude, "latitude": latitude})
}

#[tokio::test]
async fn a_site_tells_where_it_lies_to_the_last_decimal_place() {
    let edge = Edge::with_district().await;
    let plain = json!({"id": "Z0", "name": "无坐标", "kind": "微驿站"});
    for (key, body) in [
        ("z0", plain),
        ("z1", site("Z1", json!(118.504_601), json!("36.20420"))),
        ("z2", site("Z2", json!("-68.303"), json!(-54.801_91))),
        ("z3", site("Z3", Value::Null, Value::Null)),
    ] {
        assert_eq!(edge.post("/v1/sites", key, body).await.status.as_u16(), 201, "{key}");
    }
    let told = edge.get("/v1/sites").await.body;
    let lies = |nth: usize| (told["sites"][nth]["longitude"].clone(), told["sites"][nth]["latitude"].clone());
    assert_eq!(lies(0), (Value::Null, Value::Null), "{told}");
    assert_eq!(lies(1), (json!(118.504_601), json!(36.2042)), "{told}");
    assert_eq!(lies(2), (json!(-68.303), json!(-54.801_91)), "{told}");
    assert_eq!(lies(3), (Value::Null, Value::Null), "{told}");

    // The place is part of what was asked: the same key says the same place.
    let again = edge.post("/v1/sites", "z1", site("Z1", json!("118.504601"), json!(36.2042))).await;
    assert_eq!(again.status.as_u16(), 201, "{again:?}");
    let other = edge.post("/v1/sites", "z1", site("Z1", json!(118.504_602), json!(36.2042))).await;
    assert_eq!(other.no(), (409, "duplicate_conflict"));
}

#[tokio::test]
async fn what_is_no_place_is_refused_with_the_field_that_is_wrong() {
    let edge = Edge::with_district().await;
    for (key, longitude, latitude, field) in [
        ("a", json!(180.000_001), json!(36), "longitude: "),
        ("b", json!(118), json!(-90.5), "latitude: "),
        ("c", json!(36.2042), json!(118.5046), "latitude: "),
        ("d", json!(118), Value::Null, "latitude: "),
        ("e", Value::Null, json!(36), "longitude: "),
        ("f", json!("118.5046001"), json!(36), "longitude: "),
        ("g", json!("118°30′"), json!(36), "longitude: "),
    ] {
        let told = edge.post("/v1/sites", key, site("Z1", longitude, latitude)).await;
        assert_eq!(told.no(), (422, "invalid_input"), "{key}");
        assert!(told.body["detail"].as_str().is_some_and(|detail| detail.contains(field)), "{key}: {told:?}");
    }
    assert_eq!(edge.get("/v1/sites").await.body["sites"], json!([]));
}
