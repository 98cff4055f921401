//! Examples of the main calls: they work as they stand on the demonstration district (`nuanxin serve --demo`).

use serde_json::{Map, Value, json};

use super::Place;
use crate::demo::{EXAMPLE_BRANCH, EXAMPLE_MERCHANT, EXAMPLE_SKU, EXAMPLE_STORE, EXAMPLE_WORKER};

/// Where the JSON of a body is described.
const CONTENT: &str = "/content/application~1json";

pub(super) fn finish(place: &Place<'_>, operation: &mut Map<String, Value>) {
    if let Some(example) = request(place)
        && let Some(content) = operation.get_mut("requestBody").and_then(|body| body.pointer_mut(CONTENT))
    {
        content["example"] = example;
    }
    if let Some((status, example)) = answer(place)
        && let Some(response) = operation.get_mut("responses").and_then(|responses| responses.get_mut(status))
        && let Some(content) = response.pointer_mut(CONTENT)
    {
        content["example"] = example;
    }
}

fn request(place: &Place<'_>) -> Option<Value> {
    let reason = json!({ "reason": "复核无误" });
    Some(match (place.method, place.path) {
        ("post", "/v1/workers") => {
            json!({ "id": "YS-9001", "occupation": "网约配送员", "platform": "美团", "name": "示例骑手", "party_member": true })
        }
        ("post", "/v1/workers/{id}/card") => json!({ "card_no": "YS-K9001", "branch": EXAMPLE_BRANCH }),
        ("post", "/v1/workers/{id}/card/move") => json!({ "branch": EXAMPLE_BRANCH }),
        ("post", "/v1/workers/{id}/card/close") => json!({ "reason": "组织关系转出本区" }),
        ("post", "/v1/workers/{id}/erase") => json!({ "reason": "本人申请删除" }),
        ("post", "/v1/workers/search") => json!({ "name": "示例骑手" }),
        ("put", "/v1/workers/{id}/person") => json!({ "name": "示例骑手", "phone": "0595-12345678" }),
        ("post", "/v1/workers/{id}/depart") => json!({ "reason": "离职" }),
        ("post", "/v1/workers/{id}/merge") => json!({ "into": "YS-0002", "reason": "同一人在两个平台登记" }),
        ("post", "/v1/merchants") => {
            json!({ "id": "YS-SH90", "name": "示例便利店", "uscc": "92000000MA0000001N", "category": "便利店" })
        }
        ("post", "/v1/merchants/{id}/settlements") => {
            json!({ "month": "2026-06", "points": 1, "reference": "付款单 2026-07-001" })
        }
        ("post", "/v1/stores") => json!({ "id": "YS-WD90", "name": "示例网点", "tier": "社区" }),
        ("post", "/v1/stores/{id}/close") => json!({ "reason": "装修" }),
        ("post", "/v1/stores/{id}/reopen") => json!({ "reason": "装修完毕" }),
        ("post", "/v1/stores/{id}/items") => {
            json!({ "sku": "SP900", "name": "毛巾", "kind": "实物", "price": 20, "merchant": EXAMPLE_MERCHANT })
        }
        ("post", "/v1/stores/{id}/items/{sku}/delist") => json!({ "reason": "断货" }),
        ("post", "/v1/stores/{id}/restock") => json!({ "sku": EXAMPLE_SKU, "quantity": 50 }),
        ("post", "/v1/stores/{id}/stocktake") => json!({ "sku": EXAMPLE_SKU, "counted": 500, "reason": "月末盘点" }),
        ("post", "/v1/stores/{id}/write-off") => json!({ "sku": EXAMPLE_SKU, "quantity": 1, "reason": "破损" }),
        ("put", "/v1/schedule") | ("post", "/v1/schedule/what-if") => json!({
            "effective_from": "2027-01-01",
            "activities": [{
                "code": "ZY01", "name": "社区巡逻", "category": "志愿服务", "unit": "小时", "points_per_unit": 10,
                "daily_cap": 40, "counts_for_card": true, "valid_months": 24,
            }],
        }),
        ("post", "/v1/credits") => json!({
            "worker": EXAMPLE_WORKER, "activity": "ZY01", "on": "2026-07-01", "quantity": 1.5, "witness": "网格员李某",
        }),
        ("post", path) if path.starts_with("/v1/credits/{id}/") => reason,
        ("post", "/v1/redemptions" | "/v1/holds") => {
            json!({ "worker": EXAMPLE_WORKER, "store": EXAMPLE_STORE, "lines": [{ "sku": EXAMPLE_SKU, "quantity": 1 }] })
        }
        ("post", "/v1/redemptions/{id}/reverse") => json!({ "reason": "拿错了商品" }),
        ("post", "/v1/holds/{id}/capture" | "/v1/holds/{id}/release") => json!({}),
        ("post", "/v1/batch") => json!([
            {
                "key": "example-1", "command": "record_credit", "worker": EXAMPLE_WORKER, "activity": "ZY01",
                "on": "2026-07-02", "quantity": 1, "witness": "网格员李某",
            },
            {
                "key": "example-2", "command": "redeem", "worker": EXAMPLE_WORKER, "store": EXAMPLE_STORE,
                "lines": [{ "sku": EXAMPLE_SKU, "quantity": 1 }],
            },
        ]),
        ("post", "/v1/appraisals/{year}/seal") => json!({ "branch": "YS-DZB01" }),
        ("post", "/v1/expiries") => json!({ "through": "2026-06-30" }),
        _ => return None,
    })
}

fn answer(place: &Place<'_>) -> Option<(&'static str, Value)> {
    Some(match (place.method, place.path) {
        ("post", "/v1/credits") => {
            ("201", json!({ "credit": "2026-07-0001", "points": 15, "status": "confirmed", "position": 1936 }))
        }
        ("post", "/v1/redemptions") => {
            ("201", json!({ "redemption": "LS-0001", "points": 20, "balance": 713, "position": 1939 }))
        }
        ("post", "/v1/holds") => (
            "201",
            json!({
                "hold": "YL-0001", "points": 20, "balance": 693, "expires_at": "2026-07-02T10:00:00+08:00", "position": 1941,
            }),
        ),
        ("get", "/v1/workers/{id}/balance") => (
            "200",
            json!({
                "worker": EXAMPLE_WORKER, "available": 733, "held": 0, "expiring": [{ "on": "2028-01-05", "points": 20 }], "ended": [],
                "debt": 0, "as_of": "2026-07-01", "position": 1935,
            }),
        ),
        _ => return None,
    })
}
