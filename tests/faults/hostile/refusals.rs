//! Requests with exactly one thing wrong, and the code they must be refused with.

use serde_json::{Value, json};

use super::values::bodies;
use super::{Shot, Verdict};

/// What a value that is none may be called: by its kind, or by what cannot be read.
const DATE: &[&str] = &["invalid_date", "invalid_input"];
const QUANTITY: &[&str] = &["invalid_quantity", "invalid_input"];
const POINTS: &[&str] = &["invalid_quantity", "invalid_input", "too_large"];
const INPUT: &[&str] = &["invalid_input"];
const LARGE: &[&str] = &["too_large", "invalid_input"];

/// Texts that are no date.
const NO_DATES: &[&str] = &[
    r#""2025-02-30""#,
    r#""2025-13-01""#,
    r#""0000-00-00""#,
    r#""20250301""#,
    r#""""#,
    r#""yesterday""#,
    r#""-2025-01-01""#,
    r#""+99999-01-01""#,
    r#""2025-06-01\u0000""#,
    "20250301",
    "null",
    "true",
    "[]",
    "{}",
    "1e400",
    r#""\ud800""#,
];
/// Values that are no quantity anybody could have worked.
const NO_QUANTITIES: &[&str] = &[
    "0",
    "-1",
    "-0.5",
    "1e400",
    "-1e400",
    "1e-400",
    "0.0000001",
    "99999999999999999999999999",
    "null",
    "true",
    "[]",
    "{}",
    r#""""#,
    r#""abc""#,
    r#""1e400""#,
    r#""NaN""#,
    "1000000.000001",
];
/// Values that are no number of things.
const NO_UNITS: &[&str] =
    &["0", "-1", "1.5", "1e400", "4294967296", "99999999999999999999", "null", "true", "[]", "{}", r#""two""#, r#""""#];
/// Values that are no id.
const NO_IDS: &[&str] = &[
    r#""""#,
    r#"" ""#,
    r#""a b""#,
    r#""a/b""#,
    r#""a\u0000b""#,
    r#""a\r\nb""#,
    r#""\ufeff""#,
    "null",
    "5",
    "true",
    "[]",
    "{}",
    r#""\ud800""#,
];

/// All of them.
pub(super) fn shots() -> Vec<Shot> {
    let mut shots = Vec::new();
    shots.extend(credits());
    shots.extend(redemptions());
    shots.extend(set_up());
    shots.extend(schedules());
    shots.extend(whole_bodies());
    shots.extend(addresses());
    shots.extend(frames());
    shots
}

fn credits() -> Vec<Shot> {
    let body = json!({"worker": "W0001", "activity": "SB01", "on": "2026-03-01", "quantity": 1, "witness": "证明人"});
    let mut shots = each("/v1/credits", &body, "/on", NO_DATES, DATE);
    shots.extend(each("/v1/credits", &body, "/quantity", NO_QUANTITIES, QUANTITY));
    shots.extend(each("/v1/credits", &body, "/worker", NO_IDS, &["invalid_input", "unknown_worker"]));
    shots.extend(each("/v1/credits", &body, "/activity", NO_IDS, &["invalid_input", "unknown_activity"]));
    shots.extend(each("/v1/credits", &body, "/worker", &[r#""nobody""#], &["unknown_worker"]));
    shots.extend(each("/v1/credits", &body, "/activity", &[r#""nothing""#], &["unknown_activity"]));
    shots.extend(each("/v1/credits", &body, "/on", &[r#""2019-01-01""#], &["unknown_activity", "invalid_date"]));
    shots.extend(each("/v1/credits", &body, "/wroker", &["1"], INPUT));
    let long = format!("\"{}\"", "长".repeat(100_000));
    for field in ["/witness", "/evidence", "/worker", "/activity"] {
        shots.push(shot("/v1/credits", &body, field, &long, &["too_large", "invalid_input"]));
    }
    for field in ["worker", "activity", "on", "quantity"] {
        let mut less = body.clone();
        less.as_object_mut().expect("an object").remove(field);
        shots.push(whole(
            "/v1/credits",
            field,
            less.to_string().into_bytes(),
            &["invalid_input", "invalid_date", "invalid_quantity"],
        ));
    }
    shots
}

fn redemptions() -> Vec<Shot> {
    let mut shots = Vec::new();
    for path in ["/v1/redemptions", "/v1/holds"] {
        let body = json!({"worker": "W0001", "store": "S0001", "lines": [{"sku": "SW01", "quantity": 1}]});
        shots.extend(each(path, &body, "/lines/0/quantity", NO_UNITS, QUANTITY));
        shots.extend(each(path, &body, "/lines/0/sku", NO_IDS, &["invalid_input", "unknown_item"]));
        shots.extend(each(path, &body, "/lines/0/sku", &[r#""nothing""#], &["unknown_item"]));
        shots.extend(each(path, &body, "/worker", &[r#""nobody""#], &["unknown_worker"]));
        shots.extend(each(path, &body, "/store", &[r#""nowhere""#], &["unknown_store"]));
        shots.extend(each(path, &body, "/lines", &["[]", "null", "{}", "1", r#""SW01""#, "[null]", "[[]]"], QUANTITY));
        let most = r#"{"sku":"SW01","quantity":4294967295}"#;
        let asked = [
            "invalid_quantity",
            "invalid_input",
            "out_of_stock",
            "insufficient_points",
            "limit_per_worker",
            "too_large",
        ];
        let asked: &'static [&'static str] = asked.to_vec().leak();
        shots.push(shot(path, &body, "/lines", &format!("[{most}]"), asked));
        shots.push(shot(path, &body, "/lines", &format!("[{most},{most}]"), asked));
        shots.push(shot(path, &body, "/lines", &format!("[{}]", vec![most; 10_000].join(",")), asked));
        shots.extend(each(path, &body, "/extra", &["1"], INPUT));
    }
    let reason = json!({"reason": "测试"});
    for (path, code) in [
        ("/v1/credits/none/reverse", &["unknown_credit"]),
        ("/v1/credits/none/confirm", &["unknown_credit"]),
        ("/v1/redemptions/none/reverse", &["unknown_redemption"]),
        ("/v1/holds/none/capture", &["unknown_redemption"]),
        ("/v1/holds/none/release", &["unknown_redemption"]),
    ] {
        // Nobody is asked why for a hold.
        let body = if path.starts_with("/v1/holds") { json!({}) } else { reason.clone() };
        shots.push(whole(path, "nothing there", body.to_string().into_bytes(), code));
    }
    shots.push(whole("/v1/credits/setup-W0001-points/reverse", "no reason", b"{}".to_vec(), INPUT));
    shots
}

fn set_up() -> Vec<Shot> {
    let worker = json!({"id": "N0001", "occupation": "快递员"});
    let mut shots = each("/v1/workers", &worker, "/id", NO_IDS, INPUT);
    shots.extend(each("/v1/workers", &worker, "/occupation", &["null", "5", "[]", r#""""#], INPUT));
    shots.push(shot("/v1/workers", &worker, "/id", &format!("\"{}\"", "x".repeat(65)), LARGE));
    shots.push(shot("/v1/workers", &worker, "/name", &format!("\"{}\"", "x".repeat(100_000)), LARGE));
    shots.push(shot("/v1/workers", &worker, "/occupation", &format!("\"{}\"", "x".repeat(500_000)), LARGE));
    let goods = json!({"sku": "SW01", "quantity": 1});
    shots.extend(each("/v1/stores/S0001/restock", &goods, "/quantity", NO_UNITS, QUANTITY));
    shots.extend(each("/v1/stores/S0001/restock", &goods, "/merchant", &[r#""nobody""#], &["unknown_merchant"]));
    shots.extend(each("/v1/stores/nowhere/restock", &goods, "/quantity", &["1"], &["unknown_store"]));
    let item = json!({"sku": "N1", "name": "雨衣", "kind": "实物", "price": 1, "merchant": "M0001"});
    let no_prices = ["-1", "0.001", "1e400", "99999999999999999999", "null", "true", "[]", "{}", r#""x""#, r#""""#];
    shots.extend(each("/v1/stores/S0001/items", &item, "/price", &no_prices, POINTS));
    let no_limits = ["-1", "1.5", "4294967296", "1e400", r#""x""#, "[]"];
    shots.extend(each("/v1/stores/S0001/items", &item, "/limit_per_worker_year", &no_limits, QUANTITY));
    shots.extend(each("/v1/stores/S0001/items", &item, "/merchant", &[r#""nobody""#], &["unknown_merchant"]));
    let card = json!({"card_no": "C1", "branch": "B1"});
    shots.extend(each("/v1/workers/nobody/card", &card, "/card_no", &[r#""C1""#], &["unknown_worker"]));
    shots.extend(each("/v1/workers/W0001/card", &card, "/card_no", NO_IDS, INPUT));
    shots
}

fn schedules() -> Vec<Shot> {
    let line = json!({"code": "A1", "name": "志愿", "category": "志愿服务", "unit": "次", "points_per_unit": 1,
        "daily_cap": 10, "counts_for_card": true, "valid_months": 12});
    let body = json!({"effective_from": "2027-01-01", "district": {"points_step": 1}, "activities": [line.clone()]});
    let mut shots = each("/v1/schedule", &body, "/effective_from", NO_DATES, DATE);
    let no_points = ["-1", "0.001", "1e400", "true", "[]", "{}", r#""x""#, "99999999999999999999"];
    shots.extend(each("/v1/schedule", &body, "/activities/0/points_per_unit", &no_points, POINTS));
    shots.extend(each("/v1/schedule", &body, "/activities/0/daily_cap", &no_points, POINTS));
    shots.extend(each(
        "/v1/schedule",
        &body,
        "/district/points_step",
        &["-1", "0", "0.001", "1e400", r#""x""#],
        POINTS,
    ));
    let no_months = ["-1", "1.5", "1e400", "99999999999", r#""never""#, "true", "[]", "{}"];
    shots.extend(each("/v1/schedule", &body, "/activities/0/valid_months", &no_months, POINTS));
    shots.extend(each("/v1/schedule", &body, "/activities", &["{}", "null", "[null]", "1"], INPUT));
    let twice = json!([line.clone(), line]).to_string();
    shots.push(shot("/v1/schedule", &body, "/activities", &twice, INPUT));
    for shot in &mut shots {
        shot.method = "PUT".to_owned();
    }
    shots
}

fn whole_bodies() -> Vec<Shot> {
    let paths = ["/v1/workers", "/v1/credits", "/v1/redemptions", "/v1/batch"];
    let all = paths.into_iter().flat_map(|path| bodies().into_iter().map(move |body| (path, body)));
    // Every item of a batch is answered on its own, also one that is no command.
    let refused =
        all.filter(|(path, (_, body))| *path != "/v1/batch" || !body.starts_with(b"[") || !body.ends_with(b"]"));
    let mut shots: Vec<Shot> = refused
        .map(|(path, (name, body))| {
            let codes: &[&str] = if path == "/v1/credits" || path == "/v1/redemptions" {
                &["invalid_input", "too_large", "invalid_quantity", "invalid_date"]
            } else {
                LARGE
            };
            whole(path, name, body, codes)
        })
        .collect();
    let command = json!({"key": "k", "command": "credit"}).to_string();
    let many = format!("[{}]", vec![command; 1_001].join(","));
    shots.push(whole("/v1/batch", "1,001 commands", many.into_bytes(), LARGE));
    shots
}

fn addresses() -> Vec<Shot> {
    let table: &[(&str, &str, &[&str])] = &[
        ("GET", "/v1/nothing", &["not_found"]),
        ("GET", "/v2/workers", &["not_found"]),
        ("GET", "/v1/workers/../../etc/passwd", &["not_found"]),
        ("GET", "/..%2f..%2fetc%2fpasswd", &["not_found"]),
        ("GET", "//etc/passwd", &["not_found"]),
        ("GET", "/v1/workers/nobody", &["unknown_worker", "not_found"]),
        ("GET", "/v1/workers/nobody/balance", &["unknown_worker", "not_found"]),
        ("GET", "/v1/workers/%ff", &["invalid_input", "unknown_worker", "not_found"]),
        ("GET", "/v1/workers/a%00b", &["invalid_input", "unknown_worker", "not_found"]),
        ("GET", "/v1/workers/W0001/balance?as_of=2025-02-30", DATE),
        ("GET", "/v1/workers/W0001/balance?as_of=soon", DATE),
        ("GET", "/v1/workers/W0001/balance?min_position=-1", INPUT),
        ("GET", "/v1/workers/W0001/balance?min_position=1.5", INPUT),
        ("GET", "/v1/workers/W0001/balance?min_position=99999999999999999999", INPUT),
        ("GET", "/v1/workers/W0001/statement?limit=0", INPUT),
        ("GET", "/v1/workers/W0001/statement?limit=-1", INPUT),
        ("GET", "/v1/workers/W0001/statement?limit=abc", INPUT),
        ("GET", "/v1/stores/nowhere/stock", &["unknown_store", "not_found"]),
        ("GET", "/v1/merchants/nobody/settlement?month=2025-01", &["unknown_merchant", "not_found"]),
        ("GET", "/v1/merchants/M0001/settlement?month=2025-13", DATE),
        ("GET", "/v1/merchants/M0001/settlement?month=soon", DATE),
        ("GET", "/v1/appraisals/abc", &["invalid_date", "invalid_input", "not_found"]),
        ("GET", "/v1/appraisals/99999999999", &["invalid_date", "invalid_input", "not_found"]),
        ("GET", "/v1/appraisals/-2025", &["invalid_date", "invalid_input", "not_found"]),
        ("GET", "/v1/appraisals/2025?format=docx", INPUT),
        ("GET", "/v1/appraisals/2025?at=-1", INPUT),
        ("GET", "/v1/appraisals/2025?at=soon", INPUT),
        ("GET", "/v1/events?after=-1", INPUT),
        ("GET", "/v1/events?after=abc", INPUT),
        ("GET", "/v1/events?limit=abc", INPUT),
        ("GET", "/v1/events?limit=99999999999999999999", INPUT),
        ("DELETE", "/v1/workers", &["not_found", "invalid_input"]),
        ("PATCH", "/v1/credits", &["not_found", "invalid_input"]),
        ("PUT", "/v1/workers", &["not_found", "invalid_input"]),
        ("POST", "/v1/events", &["not_found", "invalid_input"]),
        ("POST", "/healthz", &["not_found", "invalid_input"]),
        ("BREW", "/v1/workers", &["not_found", "invalid_input"]),
        ("TRACE", "/v1/workers", &["not_found", "invalid_input"]),
        ("OPTIONS", "/v1/nothing", &["not_found", "invalid_input"]),
    ];
    let shots = table.iter().map(|(method, target, codes)| Shot {
        name: "the address".into(),
        method: (*method).to_owned(),
        target: (*target).to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        verdict: Verdict::OneOf(codes),
        makes: false,
    });
    shots.collect()
}

/// What surrounds a command: key, token, media type.
fn frames() -> Vec<Shot> {
    let long = format!("Idempotency-Key: {}", "x".repeat(129));
    let longer = format!("Idempotency-Key: {}", "x".repeat(30_000));
    let table: &[(&[&str], &[&str])] = &[
        (&["Idempotency-Key:"], INPUT),
        (&["Idempotency-Key: "], INPUT),
        (&["Idempotency-Key: a b"], INPUT),
        (&["Idempotency-Key: a\tb"], INPUT),
        (&["Idempotency-Key: \u{feff}"], INPUT),
        (&["Idempotency-Key: one", "Idempotency-Key: two"], INPUT),
        (&[&long], INPUT),
        (&[&longer], INPUT),
        (&["Content-Type:"], INPUT),
        (&["Content-Type: text/plain"], INPUT),
        (&["Content-Type: application/xml"], INPUT),
        (&["Content-Type: multipart/form-data; boundary=x"], INPUT),
        (&["Content-Type: application/x-www-form-urlencoded"], INPUT),
        (&["Authorization:"], &["unauthenticated"]),
        (&["Authorization: "], &["unauthenticated"]),
        (&["Authorization: Bearer"], &["unauthenticated"]),
        (&["Authorization: Bearer nonsense"], &["unauthenticated"]),
        (&["Authorization: Basic YWRtaW46YWRtaW4="], &["unauthenticated"]),
        (&["Authorization: Bearer \u{4e2d}\u{6587}"], &["unauthenticated"]),
        (&["Authorization: Bearer ' OR 1=1 --"], &["unauthenticated"]),
    ];
    let body = json!({"id": "F0001", "occupation": "快递员"}).to_string().into_bytes();
    let shots = table.iter().map(|(headers, codes)| Shot {
        name: format!("{headers:.60?}"),
        method: "POST".to_owned(),
        target: "/v1/workers".to_owned(),
        headers: headers.iter().map(|header| (*header).to_owned()).collect(),
        body: body.clone(),
        verdict: Verdict::OneOf(codes),
        makes: false,
    });
    shots.collect()
}

fn each(path: &str, body: &Value, pointer: &str, values: &[&str], codes: &'static [&'static str]) -> Vec<Shot> {
    values.iter().map(|value| shot(path, body, pointer, value, codes)).collect()
}

/// A body in which one value, which may be new or no JSON at all, stands at a pointer.
fn shot(path: &str, body: &Value, pointer: &str, value: &str, codes: &'static [&'static str]) -> Shot {
    const MARK: &str = "@@wrong@@";
    let mut marked = body.clone();
    match marked.pointer_mut(pointer) {
        Some(place) => *place = json!(MARK),
        None => marked[pointer.trim_start_matches('/')] = json!(MARK),
    }
    let text = marked.to_string().replace(&json!(MARK).to_string(), value);
    whole(path, &format!("{pointer} = {value:.40}"), text.into_bytes(), codes)
}

fn whole(path: &str, name: &str, body: Vec<u8>, codes: &'static [&'static str]) -> Shot {
    let verdict = Verdict::OneOf(codes);
    Shot {
        name: name.to_owned(),
        method: "POST".to_owned(),
        target: path.to_owned(),
        headers: Vec::new(),
        body,
        verdict,
        makes: false,
    }
}
