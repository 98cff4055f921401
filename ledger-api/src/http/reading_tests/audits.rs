//! What auditors read: samples, reports, traces; the same again by position, and nobody's name.

use axum::http::StatusCode;
use serde_json::Value;

use super::{Edge, walk};
use crate::access::Role;
use crate::service::accounts::token_for;

async fn status(edge: &Edge, role: Role, scope: Option<&str>, path: &str) -> StatusCode {
    let token = token_for(&edge.app, role, scope).await;
    edge.ask(path, &[("authorization", &format!("Bearer {token}"))]).await.status()
}

#[tokio::test]
async fn auditors_read_audits_and_others_do_not() {
    let edge = Edge::demo_of_today().await;
    for path in [
        "/v1/audit/sample?seed=1&size=3",
        "/v1/audit/report",
        "/v1/workers/YS-0001/trace",
        "/v1/requests/YS-XQ01/trace",
        "/v1/funds/YS-ZJ01/trace",
        "/v1/sites/YS-SQ01/trace",
        "/v1/merchants/YS-SH02/trace",
    ] {
        assert_eq!(status(&edge, Role::Auditor, None, path).await, StatusCode::OK, "{path}");
        assert_eq!(status(&edge, Role::Worker, Some("YS-0001"), path).await, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(status(&edge, Role::Approver, None, path).await, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_sample_is_the_same_again_by_its_position() {
    let edge = Edge::demo().await;
    for by in ["points", "uniform", "station"] {
        let path = format!("/v1/audit/sample?seed=20240401&size=25&by={by}");
        let first = edge.get(&path).await;
        assert_eq!(first.status, StatusCode::OK);
        let position = first.header("x-position").to_owned();
        assert_eq!(position, edge.head().to_string());
        let again = edge.get(&format!("{path}&at={position}")).await;
        assert_eq!(first.bytes, again.bytes);
        let sample = first.json();
        assert_eq!((&sample["by"], &sample["seed"]), (&by.into(), &20_240_401_u64.into()));
        assert_eq!(sample["population_hash"].as_str().unwrap().len(), 64);
        assert!(!sample["items"].as_array().unwrap().is_empty());
        let earlier = edge.json(&format!("{path}&at=100")).await;
        assert_ne!(earlier["population_hash"], sample["population_hash"]);
    }
    let csv = edge.get("/v1/audit/sample?seed=1&size=3&format=csv").await;
    assert!(csv.header("content-disposition").contains("audit-sample-") && csv.bytes.starts_with(b"\xEF\xBB\xBF"));
    let xlsx = edge
        .get_with(
            "/v1/audit/sample?seed=1&size=3",
            &[("accept", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")],
        )
        .await;
    assert!(xlsx.bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn a_report_asks_and_names_nobody() {
    let edge = Edge::demo().await;
    let report = edge.json("/v1/audit/report?burst=2&accounts=2&list=5").await;
    assert_eq!(report["self_confirmed"]["total"], 0);
    for (name, table) in report.as_object().unwrap() {
        let Some(rows) = table.get("rows").and_then(Value::as_array) else { continue };
        assert!(table["question"].as_str().unwrap().ends_with('？'), "{name} asks");
        assert!(rows.len() <= 5 || ["people", "pairs", "gap_ranges", "stores"].contains(&name.as_str()), "{name}");
    }
    let text = edge.get("/v1/audit/report?format=text").await;
    let text = String::from_utf8(text.bytes).unwrap();
    for number in 1..=5 {
        let worker = format!("YS-{number:04}");
        if let Some(name) = edge.app.vault.get_name(crate::vault::WORKER, &worker).await.unwrap() {
            assert!(!text.contains(&name), "{name}");
        }
    }
}

#[tokio::test]
async fn a_trace_goes_by_pages_and_ends_with_the_balance() {
    let edge = Edge::demo().await;
    let all = walk(&edge, "/v1/workers/YS-0001/trace", "lines", 1_000).await;
    assert_eq!(walk(&edge, "/v1/workers/YS-0001/trace", "lines", 3).await, all);
    let statement = walk(&edge, "/v1/workers/YS-0001/statement", "entries", 1_000).await;
    let positions = |lines: &[Value]| lines.iter().map(|line| line["position"].clone()).collect::<Vec<_>>();
    assert_eq!(positions(&all), positions(&statement));
    let trace = edge.json("/v1/workers/YS-0001/trace?limit=1").await;
    let figures = &trace["end"]["figures"];
    assert_eq!(trace["end"]["as_of"].as_str().unwrap().len(), 10);
    let day = trace["end"]["as_of"].as_str().unwrap();
    let balance = edge.json(&format!("/v1/workers/YS-0001/balance?as_of={day}")).await;
    let sum = |one: &Value, other: &Value| one.as_f64().unwrap() + other.as_f64().unwrap();
    assert_eq!(figures["balance"].as_f64().unwrap(), sum(&balance["available"], &balance["held"]));
    assert_eq!(all.last().unwrap()["after"]["debt"], balance["debt"]);
}

#[tokio::test]
async fn what_the_programmes_keep_is_traced_by_pages_to_its_figures() {
    let edge = Edge::demo_of_today().await;
    for (path, kind, subject) in [
        ("/v1/requests/YS-XQ01/trace", "request", "request:YS-XQ01"),
        ("/v1/requests/YS-XQ06/trace", "request", "request:YS-XQ06"),
        ("/v1/benefits/YS-QY01/trace", "benefit", "benefit:YS-QY01"),
        ("/v1/funds/YS-ZJ01/trace", "fund", "fund:YS-ZJ01"),
        ("/v1/passes/YS-NK0001/trace", "pass", "pass:YS-NK0001"),
        ("/v1/pairs/YS-JD01/trace", "pair", "pair:YS-JD01"),
        ("/v1/selections/YS-PX01/trace", "selection", "selection:YS-PX01"),
        ("/v1/sites/YS-SQ01/trace", "site", "site:YS-SQ01"),
        ("/v1/sites/YS-YZ35/trace", "site", "site:YS-YZ35"),
        ("/v1/merchants/YS-SH02/trace", "yuan", "merchant:YS-SH02"),
    ] {
        let all = walk(&edge, path, "lines", 1_000).await;
        let shorter = (all.len() / 2).max(1);
        assert_eq!(walk(&edge, path, "lines", shorter).await, all, "{path}");
        let trace = edge.json(&format!("{path}?limit=1")).await;
        assert_eq!(trace["subject"], subject);
        assert_eq!(trace["end"]["figures"][kind], all.last().unwrap()["after"][kind], "{path}");
        assert!(trace["end"]["figures"][kind].is_object(), "{trace}");
        let others = trace["end"]["figures"].as_object().unwrap();
        assert!(kind == "yuan" || others.len() == 1, "those of its kind alone: {others:?}");
    }
    let fund = edge.json("/v1/funds/YS-ZJ01").await;
    let traced = edge.json("/v1/funds/YS-ZJ01/trace").await;
    let all = walk(&edge, "/v1/funds/YS-ZJ01/trace", "lines", 1_000).await;
    let moved: f64 = all.iter().filter_map(|line| line["yuan"].as_f64()).sum();
    for name in ["appropriated", "committed", "free"] {
        assert_eq!(traced["end"]["figures"]["fund"][name], fund[name], "{name}");
    }
    assert!((moved - fund["free"].as_f64().unwrap()).abs() < 0.001, "{moved} and {fund}");
    let benefit = edge.json("/v1/benefits/YS-QY01").await;
    let traced = edge.json("/v1/benefits/YS-QY01/trace").await;
    for name in ["granted", "waiting", "used", "places"] {
        assert_eq!(traced["end"]["figures"]["benefit"][name], benefit[name], "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_audited_is_told() {
    let edge = Edge::demo_of_today().await;
    for (path, expected) in [
        ("/v1/workers/nobody/trace", (404, "unknown_worker")),
        ("/v1/workers/YS-0001/trace?as_of=soon", (422, "invalid_date")),
        ("/v1/workers/YS-0001/trace?at=999999999", (404, "not_found")),
        ("/v1/requests/nobody/trace", (404, "unknown_request")),
        ("/v1/benefits/nobody/trace", (404, "unknown_benefit")),
        ("/v1/funds/nobody/trace", (404, "not_found")),
        ("/v1/passes/nobody/trace", (404, "unknown_pass")),
        ("/v1/pairs/nobody/trace", (404, "unknown_pair")),
        ("/v1/selections/nobody/trace", (404, "not_found")),
        ("/v1/merchants/nobody/trace", (404, "unknown_merchant")),
        ("/v1/sites/nobody/trace", (404, "unknown_site")),
        ("/v1/funds/a%20b/trace", (404, "not_found")),
        ("/v1/funds/YS-ZJ01/trace?as_of=soon", (422, "invalid_date")),
        ("/v1/funds/YS-ZJ01/trace?at=999999999", (404, "not_found")),
        ("/v1/funds/YS-ZJ01/trace?at=1", (404, "not_found")),
        ("/v1/audit/sample", (400, "invalid_input")),
        ("/v1/audit/sample?seed=1&size=0", (400, "invalid_input")),
        ("/v1/audit/sample?seed=1&size=1001", (400, "invalid_input")),
        ("/v1/audit/sample?seed=-1&size=1", (400, "invalid_input")),
        ("/v1/audit/sample?seed=1&size=1&by=chance", (400, "invalid_input")),
        ("/v1/audit/sample?seed=1&size=1&from=x", (422, "invalid_date")),
        ("/v1/audit/sample?seed=1&size=1&format=pdf", (400, "invalid_input")),
        ("/v1/audit/sample?seed=1&size=1&at=999999999", (404, "not_found")),
        ("/v1/audit/report?late_days=0", (400, "invalid_input")),
        ("/v1/audit/report?list=1001", (400, "invalid_input")),
        ("/v1/audit/report?recorded_as_of=soon", (400, "invalid_input")),
    ] {
        let (status, code) = edge.no(path).await;
        assert_eq!((status, code.as_str()), expected, "{path}");
    }
}
