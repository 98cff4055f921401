//! The least a server can do with a redemption: an axum handler that reads the same JSON and writes the same answer.

use std::net::SocketAddr;

use anyhow::Result;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

#[derive(Deserialize)]
struct Redeem {
    worker: String,
    store: String,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    sku: String,
    quantity: u32,
}

#[derive(Serialize)]
struct Answer {
    redemption: String,
    points: u32,
    balance: u64,
    position: u64,
}

#[derive(Serialize)]
struct BatchAnswer {
    results: Vec<Status>,
    position: u64,
}

#[derive(Clone, Serialize)]
struct Status {
    status: u16,
}

/// A running handler; it ends when dropped.
pub(crate) struct Bare {
    pub(crate) url: String,
    task: JoinHandle<()>,
}

impl Bare {
    /// Starts it on the runtime's own threads, one a core.
    pub(crate) async fn start() -> Result<Bare> {
        let router = Router::new()
            .route("/v1/redemptions", post(redeem))
            // What a measurement asks for around the redemptions.
            .route("/v1/batch", post(batch))
            .route("/v1/stores/{id}/restock", post(|| async { Json(Position { position: 1 }) }))
            .route("/v1/workers/{id}/balance", get(|| async { Json(Position { position: 1 }) }));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move {
            // Ends only with the task.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Bare { url, task })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Serialize)]
struct Position {
    position: u64,
}

async fn redeem(headers: HeaderMap, Json(asked): Json<Redeem>) -> impl IntoResponse {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    let points = asked.lines.iter().map(|line| line.quantity).sum();
    let named = asked.worker.len() + asked.store.len() + asked.lines.iter().map(|line| line.sku.len()).sum::<usize>();
    let balance = u64::try_from(named).unwrap_or(0);
    (StatusCode::CREATED, Json(Answer { redemption: key.to_owned(), points, balance, position: 1 }))
}

async fn batch(Json(items): Json<Vec<serde::de::IgnoredAny>>) -> Json<BatchAnswer> {
    Json(BatchAnswer { results: vec![Status { status: 201 }; items.len()], position: 1 })
}
