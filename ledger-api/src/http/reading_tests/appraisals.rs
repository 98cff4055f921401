//! Appraisals: the same bytes for the same position, in each format.

use axum::http::StatusCode;
use ledger_core::domain::ids::{BranchId, WorkerId};
use ledger_core::domain::quantity::Quantity;
use ledger_core::ledger::{Command, commands};
use serde_json::Value;

use super::Edge;
use crate::appraisal_sheet::Format;
use crate::demo::{EXAMPLE_BRANCH, EXAMPLE_WORKER};

fn credit() -> Command {
    Command::RecordCredit(commands::RecordCredit {
        worker: WorkerId::new(EXAMPLE_WORKER).unwrap(),
        activity: "ZY01".parse().unwrap(),
        on: "2026-06-30".parse().ok(),
        quantity: Quantity::parse("2"),
        witness: None,
        own_witness: false,
        from: None,
        to: None,
        history: false,
        worker_as_witness: Vec::new(),
        evidence: None,
    })
}

#[tokio::test]
async fn the_bytes_are_the_same_however_much_was_recorded_since() {
    let edge = Edge::demo().await;
    let path = format!("/v1/appraisals/2026?branch={EXAMPLE_BRANCH}");
    let mut first = Vec::new();
    for format in Format::ALL {
        let answer = edge.get(&format!("{path}&format={}", format.as_str())).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header("content-type").starts_with(format.media_type()));
        first.push((format, answer));
    }
    edge.command("C-1", "2026-06-30", credit()).await;
    let moved = Command::MoveCard(commands::MoveCard {
        worker: WorkerId::new(EXAMPLE_WORKER).unwrap(),
        branch: BranchId::new("another").unwrap(),
    });
    let position = edge.command("M-1", "2026-06-30", moved).await;
    for (format, then) in &first {
        let at = then.header("x-position");
        let name = format.as_str();
        let again = edge.get(&format!("{path}&format={name}&at={at}&min_position={position}")).await;
        assert!(again.bytes == then.bytes, "{name}");
        assert_eq!(again.header("etag"), then.header("etag"));
        let present = edge.get(&format!("{path}&format={name}&min_position={position}")).await;
        assert!(present.bytes != then.bytes, "{name}");
        assert_ne!(present.header("etag"), then.header("etag"));
    }
}

#[tokio::test]
async fn a_card_shows_its_evidence_and_no_decision() {
    let edge = Edge::demo().await;
    let answer = edge.json("/v1/appraisals/2026").await;
    assert_eq!((&answer["year"], &answer["branch"]), (&2026.into(), &Value::Null));
    let cards = answer["cards"].as_array().unwrap();
    assert_eq!(cards.len(), 78, "two were closed the year before");
    let numbers: Vec<&str> = cards.iter().map(|card| card["card_no"].as_str().unwrap()).collect();
    assert!(numbers.is_sorted(), "cards stand by number, never by points");
    let hundredths = |value: &Value| (value.as_f64().unwrap() * 100.0).round() as i64;
    for card in cards {
        assert_eq!(card["decision"], "");
        let lines = card["lines"].as_array().unwrap();
        assert_eq!(card["services"], lines.len());
        let points: i64 = lines.iter().map(|line| hundredths(&line["points"])).sum();
        assert_eq!(points, hundredths(&card["total"]));
        let categories: i64 = card["categories"].as_object().unwrap().values().map(hundredths).sum();
        assert_eq!(points, categories);
    }
    let branch = edge.json(&format!("/v1/appraisals/2026?branch={EXAMPLE_BRANCH}")).await;
    let of_branch = branch["cards"].as_array().unwrap();
    assert!(!of_branch.is_empty() && of_branch.iter().all(|card| card["branch"] == EXAMPLE_BRANCH));
    assert_eq!(edge.json("/v1/appraisals/2026?branch=nobody").await["cards"], Value::Array(Vec::new()));
    assert_eq!(edge.json("/v1/appraisals/1999").await["cards"][0]["total"], 0);
}

#[tokio::test]
async fn the_format_is_agreed_on() {
    let edge = Edge::demo().await;
    let path = "/v1/appraisals/2026";
    let csv = edge.get_with(path, &[("accept", "text/csv")]).await;
    assert!(csv.bytes.starts_with("\u{feff}积分卡号,".as_bytes()));
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(csv.header("content-disposition").contains("appraisal-2026-"));
    let json = edge.get_with(&format!("{path}?format=json"), &[("accept", "text/csv")]).await;
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(edge.no(&format!("{path}?format=pdf")).await, (400, "invalid_input".into()));
    assert_eq!(edge.no("/v1/appraisals/0").await, (422, "invalid_date".into()));
    assert_eq!(edge.no("/v1/appraisals/next").await, (400, "invalid_input".into()));
    let tag = json.header("etag").to_owned();
    let unchanged = edge.get_with(&format!("{path}?format=json"), &[("if-none-match", &tag)]).await;
    assert_eq!((unchanged.status, unchanged.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(unchanged.header("etag"), tag);
}

#[tokio::test]
async fn a_branch_named_like_a_formula_stays_a_text() {
    let edge = Edge::demo().await;
    let moved = Command::MoveCard(commands::MoveCard {
        worker: WorkerId::new(EXAMPLE_WORKER).unwrap(),
        branch: BranchId::new("=HYPERLINK(\"http:\\\\x\")").unwrap(),
    });
    let position = edge.command("M-1", "2026-06-30", moved).await;
    let csv = edge.get(&format!("/v1/appraisals/2026?format=csv&min_position={position}")).await;
    let text = String::from_utf8(csv.bytes).unwrap();
    assert!(text.contains(",\"'=HYPERLINK(\"\"http:\\\\x\"\")\","), "{text}");
}
