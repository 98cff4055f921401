//! Requests beside those of [`super::routes`] with exactly one thing wrong: a basket of more than can be, addresses that
//! lead nowhere, and what surrounds a command. Each has the one status and code that it must be refused with, and what it
//! is changed from is accepted.

use serde_json::{Value, json};

use super::{Shot, Verdict};

/// The most of an item that a number of 32 bits can name.
const MOST: &str = r#"{"sku":"SW01","quantity":4294967295}"#;

/// What is accepted, for baskets and frames alike.
pub(super) fn controls() -> Vec<Shot> {
    let baskets = ["/v1/redemptions", "/v1/holds"];
    let baskets = baskets.map(|path| post(path, "a basket", basket().to_string(), Verdict::Done(201)));
    let command = json!([{"key": "k", "command": "worker", "id": "B0001", "occupation": "快递员"}]);
    baskets
        .into_iter()
        .chain([
            post("/v1/workers", "a worker", worker("F0000"), Verdict::Done(201)),
            post("/v1/batch", "one command", command.to_string(), Verdict::Done(200)),
        ])
        .collect()
}

/// All of them.
pub(super) fn shots() -> Vec<Shot> {
    baskets().into_iter().chain(batches()).chain(addresses()).chain(frames()).collect()
}

fn basket() -> Value {
    json!({"worker": "W0001", "store": "S0001", "lines": [{"sku": "SW01", "quantity": 1}]})
}

fn worker(id: &str) -> String {
    json!({"id": id, "occupation": "快递员"}).to_string()
}

fn baskets() -> Vec<Shot> {
    let refused = [
        (format!("[{MOST}]"), "invalid_quantity"),
        (format!("[{MOST},{MOST}]"), "invalid_quantity"),
        // More lines than one basket may have.
        (format!("[{}]", vec![MOST; 10_000].join(",")), "invalid_input"),
    ];
    let mut shots = Vec::new();
    for path in ["/v1/redemptions", "/v1/holds"] {
        for (lines, code) in &refused {
            let mut body = basket();
            body["lines"] = json!("@@lines@@");
            let body = body.to_string().replace("\"@@lines@@\"", lines);
            shots.push(post(path, "more than can be", body, Verdict::Refused(422, code)));
        }
    }
    // A day before the first schedule, and days that stand as numbers do.
    for (on, code) in [
        (json!("2019-01-01"), "unknown_activity"),
        (json!(20_250_301), "invalid_date"),
        (json!("20250301"), "invalid_date"),
    ] {
        let service = json!({"worker": "W0001", "activity": "SB01", "on": on, "quantity": 1, "witness": "证明人"});
        shots.push(post("/v1/credits", "the day", service.to_string(), Verdict::Refused(422, code)));
    }
    shots
}

fn batches() -> Vec<Shot> {
    let command = json!({"key": "k", "command": "credit"}).to_string();
    let many = format!("[{}]", vec![command; 1_001].join(","));
    vec![post("/v1/batch", "1,001 commands", many, Verdict::Refused(413, "too_large"))]
}

fn addresses() -> Vec<Shot> {
    let table: &[(&str, &str, u16, &'static str)] = &[
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v2/workers", 404, "not_found"),
        ("GET", "/v1/workers/../../etc/passwd", 404, "not_found"),
        ("GET", "/..%2f..%2fetc%2fpasswd", 404, "not_found"),
        ("GET", "//etc/passwd", 404, "not_found"),
        ("GET", "/v1/workers/nobody", 404, "unknown_worker"),
        ("GET", "/v1/workers/nobody/balance", 404, "unknown_worker"),
        ("GET", "/v1/workers/%ff", 400, "invalid_input"),
        ("GET", "/v1/workers/a%00b", 404, "unknown_worker"),
        ("GET", "/v1/workers/W0001/balance?as_of=2025-02-30", 422, "invalid_date"),
        ("GET", "/v1/workers/W0001/balance?as_of=soon", 422, "invalid_date"),
        ("GET", "/v1/workers/W0001/balance?min_position=-1", 400, "invalid_input"),
        ("GET", "/v1/workers/W0001/balance?min_position=1.5", 400, "invalid_input"),
        ("GET", "/v1/workers/W0001/balance?min_position=99999999999999999999", 400, "invalid_input"),
        ("GET", "/v1/workers/W0001/statement?limit=0", 400, "invalid_input"),
        ("GET", "/v1/workers/W0001/statement?limit=-1", 400, "invalid_input"),
        ("GET", "/v1/workers/W0001/statement?limit=abc", 400, "invalid_input"),
        ("GET", "/v1/stores/nowhere/stock", 404, "unknown_store"),
        ("GET", "/v1/merchants/nobody/settlement?month=2025-01", 404, "unknown_merchant"),
        ("GET", "/v1/merchants/M0001/settlement?month=2025-13", 422, "invalid_date"),
        ("GET", "/v1/merchants/M0001/settlement?month=soon", 422, "invalid_date"),
        ("GET", "/v1/appraisals/abc", 400, "invalid_input"),
        ("GET", "/v1/appraisals/99999999999", 400, "invalid_input"),
        ("GET", "/v1/appraisals/-2025", 422, "invalid_date"),
        ("GET", "/v1/appraisals/2025?format=docx", 400, "invalid_input"),
        ("GET", "/v1/appraisals/2025?at=-1", 400, "invalid_input"),
        ("GET", "/v1/appraisals/2025?at=soon", 400, "invalid_input"),
        ("GET", "/v1/events?after=-1", 400, "invalid_input"),
        ("GET", "/v1/events?after=abc", 400, "invalid_input"),
        ("GET", "/v1/events?limit=abc", 400, "invalid_input"),
        ("GET", "/v1/events?limit=99999999999999999999", 400, "invalid_input"),
        ("DELETE", "/v1/workers", 405, "not_found"),
        ("PATCH", "/v1/credits", 405, "not_found"),
        ("PUT", "/v1/workers", 405, "not_found"),
        ("POST", "/v1/events", 405, "not_found"),
        ("POST", "/healthz", 405, "not_found"),
        ("BREW", "/v1/workers", 405, "not_found"),
        ("TRACE", "/v1/workers", 405, "not_found"),
        ("OPTIONS", "/v1/nothing", 404, "not_found"),
    ];
    let shots = table.iter().map(|(method, target, status, code)| Shot {
        name: "the address".into(),
        method: (*method).to_owned(),
        target: (*target).to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        verdict: Verdict::Refused(*status, code),
        makes: false,
    });
    shots.collect()
}

/// What surrounds a command: key, token, media type.
fn frames() -> Vec<Shot> {
    const KEY: Verdict = Verdict::Refused(400, "invalid_input");
    const MEDIA: Verdict = Verdict::Refused(415, "invalid_input");
    const TOKEN: Verdict = Verdict::Refused(401, "unauthenticated");
    let long = format!("Idempotency-Key: {}", "x".repeat(129));
    let longer = format!("Idempotency-Key: {}", "x".repeat(30_000));
    let table: &[(&[&str], Verdict)] = &[
        (&["Idempotency-Key:"], KEY),
        (&["Idempotency-Key: "], KEY),
        (&["Idempotency-Key: a b"], KEY),
        (&["Idempotency-Key: a\tb"], KEY),
        (&["Idempotency-Key: \u{feff}"], KEY),
        (&["Idempotency-Key: one", "Idempotency-Key: two"], KEY),
        (&[&long], KEY),
        (&[&longer], KEY),
        (&["Content-Type:"], MEDIA),
        (&["Content-Type: text/plain"], MEDIA),
        (&["Content-Type: application/xml"], MEDIA),
        (&["Content-Type: multipart/form-data; boundary=x"], MEDIA),
        (&["Content-Type: application/x-www-form-urlencoded"], MEDIA),
        (&["Authorization:"], TOKEN),
        (&["Authorization: "], TOKEN),
        (&["Authorization: Bearer"], TOKEN),
        (&["Authorization: Bearer nonsense"], TOKEN),
        (&["Authorization: Basic YWRtaW46YWRtaW4="], TOKEN),
        (&["Authorization: Bearer \u{4e2d}\u{6587}"], TOKEN),
        (&["Authorization: Bearer ' OR 1=1 --"], TOKEN),
    ];
    let shots = table.iter().map(|(headers, verdict)| Shot {
        headers: headers.iter().map(|header| (*header).to_owned()).collect(),
        ..post("/v1/workers", &format!("{headers:.60?}"), worker("F0001"), *verdict)
    });
    shots.collect()
}

fn post(path: &str, name: &str, body: String, verdict: Verdict) -> Shot {
    Shot {
        name: name.to_owned(),
        method: "POST".to_owned(),
        target: path.to_owned(),
        headers: Vec::new(),
        body: body.into_bytes(),
        verdict,
        makes: false,
    }
}
