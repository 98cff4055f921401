//! The event feed: pages, bytes as recorded, and following live.

use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use http_body_util::BodyExt;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::{Command, commands};
use serde_json::Value;
use tokio::time::timeout;

use super::{Edge, walk};
use crate::access::Role;
use crate::service::accounts::token_for;

fn worker(number: u64) -> Command {
    Command::RegisterWorker(commands::RegisterWorker {
        worker: WorkerId::new(&format!("W-{number}")).unwrap(),
        details: WorkerDetails {
            occupation: "快递员".into(),
            party_member: None,
            platform: None,
            probationary: false,
            site: None,
        },
        update: false,
    })
}

/// An event of the live feed: id, event, data.
type Told = (u64, String, Value);

/// A live feed being read.
struct Live {
    body: Body,
    text: String,
}

impl Live {
    async fn open(edge: &Edge, path: &str, headers: &[(&str, &str)]) -> Live {
        Live::accept(edge, path, headers, "text/event-stream").await
    }

    async fn accept(edge: &Edge, path: &str, headers: &[(&str, &str)], accept: &str) -> Live {
        let bearer = format!("Bearer {}", edge.token);
        let mut all = vec![(header::AUTHORIZATION.as_str(), bearer.as_str()), ("accept", accept)];
        all.extend_from_slice(headers);
        let response = edge.ask(path, &all).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Live { body: response.into_body(), text: String::new() }
    }

    /// The next block, comments included; nothing at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return Some(block);
            }
            let frame = self.body.frame().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
        }
    }

    async fn next(&mut self) -> Told {
        let block = timeout(Duration::from_secs(5), self.block()).await.unwrap().unwrap();
        let field = |name: &str| {
            let mut lines = block.lines().filter_map(|line| line.strip_prefix(name)).map(str::trim_start);
            let value = lines.next().unwrap_or_else(|| panic!("{name} in {block}")).to_owned();
            assert_eq!(lines.next(), None, "one {name} in {block}");
            value
        };
        (field("id:").parse().unwrap(), field("event:"), serde_json::from_str(&field("data:")).unwrap())
    }
}

#[tokio::test]
async fn the_feed_is_the_journal_byte_for_byte() {
    let edge = Edge::demo().await;
    let entries = edge.app.ledger.journal().read(0, 50).await.unwrap();
    let answer = edge.get("/v1/events?limit=50").await;
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    let page = answer.json();
    assert_eq!((&page["next"], &page["position"]), (&50.into(), &edge.head().into()));
    for (entry, event) in entries.iter().zip(page["events"].as_array().unwrap()) {
        assert_eq!(event["position"], entry.position);
        assert_eq!(event["recorded_at"], entry.command.recorded_at.to_string());
        assert_eq!(event["key"], entry.command.key.as_str());
        assert_eq!(event["actor"], entry.command.actor.as_str());
        assert_eq!(event["type"], entry.event_type);
        assert_eq!(event["fingerprint"], entry.command.fingerprint.to_string());
        let payload = std::str::from_utf8(&entry.payload).unwrap();
        assert!(text.contains(&format!("\"payload\":{payload}")), "{payload}");
    }
}

#[tokio::test]
async fn pages_reach_the_end_without_loss() {
    let edge = Edge::demo().await;
    let head = edge.head();
    let positions =
        |events: Vec<Value>| -> Vec<u64> { events.iter().map(|event| event["position"].as_u64().unwrap()).collect() };
    let all: Vec<u64> = (1..=head).collect();
    for limit in [97, 1000] {
        assert_eq!(positions(walk(&edge, "/v1/events", "events", limit).await), all);
    }
    let end = edge.json(&format!("/v1/events?after={head}")).await;
    assert_eq!((&end["events"], &end["next"], &end["position"]), (&Value::Array(vec![]), &Value::Null, &head.into()));
    let beyond = edge.json(&format!("/v1/events?after={}", head + 10)).await;
    assert_eq!((&beyond["next"], &beyond["position"]), (&Value::Null, &head.into()));
}

#[tokio::test]
async fn the_live_feed_gives_what_is_there_and_then_what_comes() {
    let edge = Edge::demo().await;
    let head = edge.head();
    let mut live = Live::open(&edge, &format!("/v1/events?after={}", head - 1200), &[]).await;
    for position in head - 1199..=head {
        assert_eq!(live.next().await.0, position);
    }
    for number in 1..=50 {
        let position = edge.command(&format!("W-{number}"), "2026-07-01", worker(number)).await;
        let (id, event, data) = live.next().await;
        assert_eq!((id, event.as_str(), &data["position"]), (position, "WorkerRegistered", &position.into()));
        assert_eq!(data["payload"]["worker"], format!("W-{number}"));
        let page = edge.json(&format!("/v1/events?after={}&min_position={position}", position - 1)).await;
        assert_eq!(page["events"][0], data, "the live feed and the pages tell the same");
    }
}

#[tokio::test]
async fn a_feed_read_late_and_slowly_leaves_nothing_out_and_repeats_nothing() {
    let edge = Edge::empty().await;
    let mut live = Live::open(&edge, "/v1/events?after=0", &[]).await;
    let begun = edge.head();
    for number in 1..=700 {
        if number % 100 == 0 {
            // Now and then one is read while others are written.
            assert_eq!(live.next().await.0, number / 100);
        }
        edge.command(&format!("W-{number}"), "2026-07-01", worker(number)).await;
    }
    for position in 8..=begun + 700 {
        assert_eq!(live.next().await.0, position);
    }
}

#[tokio::test]
async fn cloud_events_hold_the_payload_as_recorded_in_pages_and_live() {
    let edge = Edge::demo().await;
    let entries = edge.app.ledger.journal().read(20, 30).await.unwrap();
    let accept = [("accept", "application/cloudevents-batch+json")];
    let answer = edge.get_with("/v1/events?after=20&limit=30", &accept).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/cloudevents-batch+json");
    assert_eq!(answer.headers["link"], "</v1/events?after=50&limit=30>; rel=\"next\"");
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    let batch: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(batch.len(), 30);
    let both = "text/event-stream, application/cloudevents+json";
    let mut live = Live::accept(&edge, "/v1/events?after=20", &[], both).await;
    for (entry, event) in entries.iter().zip(&batch) {
        assert_eq!((&event["specversion"], &event["id"]), (&"1.0".into(), &entry.position.to_string().into()));
        assert_eq!(event["type"], format!("nuanxin.{}", entry.event_type));
        assert_eq!(event["subject"], entry.event().unwrap().stream().to_string());
        assert_eq!(event["time"], entry.command.recorded_at.to_string());
        assert!(!event["source"].as_str().unwrap().is_empty());
        // Names of attributes are lower-case letters and digits, at most twenty.
        let plain = |name: &String| name.len() <= 20 && name.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(event.as_object().unwrap().keys().all(plain), "{event}");
        assert!(text.contains(&format!("\"data\":{}", std::str::from_utf8(&entry.payload).unwrap())));
        let (id, name, data) = live.next().await;
        assert_eq!((id, &name, &data), (entry.position, &entry.event_type, event));
    }
    let end = edge.get_with(&format!("/v1/events?after={}", edge.head()), &accept).await;
    assert_eq!((end.bytes.as_slice(), end.headers.get("link")), (b"[]".as_slice(), None));
}

#[tokio::test]
async fn a_feed_goes_on_after_the_last_event_seen() {
    let edge = Edge::demo().await;
    let mut live = Live::open(&edge, "/v1/events?after=3", &[("last-event-id", "10")]).await;
    assert_eq!(live.next().await.0, 11);
    let wrong = edge.get_with("/v1/events", &[("accept", "text/event-stream"), ("last-event-id", "x")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_idle_feed_sends_heartbeats_and_ends_when_the_server_stops() {
    let edge = Edge::empty().await;
    let head = edge.head();
    let mut live = Live::open(&edge, &format!("/v1/events?after={head}"), &[]).await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let block = live.block().await.unwrap();
    assert!(block.starts_with(':'), "{block}");
    assert_eq!(begun.elapsed().as_secs(), 15);
    edge.stop.send_replace(true);
    assert_eq!(live.block().await, None);
}

#[tokio::test]
async fn auditors_read_the_feed_and_others_do_not() {
    let edge = Edge::empty().await;
    for (role, scope, status) in [
        (Role::Auditor, None, StatusCode::OK),
        (Role::Worker, Some("W1"), StatusCode::FORBIDDEN),
        (Role::Merchant, Some("M1"), StatusCode::FORBIDDEN),
    ] {
        let token = token_for(&edge.app, role, scope).await;
        let response = edge.ask("/v1/events", &[("authorization", &format!("Bearer {token}"))]).await;
        assert_eq!(response.status(), status, "{role}");
    }
}
