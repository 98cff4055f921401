//! A client that sends one command after the other for a worker whom nobody else touches: it knows this worker's balance
//! at every moment, and hears soon what a server can do and what not.

use std::time::{Duration, Instant};

use nuanxin_tests::{Api, Request};
use reqwest::Method;
use serde_json::{Value, json};

use crate::races::accepted;
use crate::record::{Attempt, Record};
use crate::site::hundredths;

/// The worker.
const WORKER: &str = "PROBE";
/// What one command earns this worker.
const HUNDREDTHS: i64 = 2_000;
/// How soon a command must be refused, also one that waits behind a commit whose outcome is being found out.
const REFUSAL_MAX: Duration = Duration::from_secs(20);
/// How soon everything must work again once the cause is gone.
const BACK_MAX: Duration = Duration::from_secs(30);

/// The client.
pub(crate) struct Probe {
    /// Commands taken so far.
    taken: u32,
    /// Where the last one was recorded.
    position: u64,
}

impl Probe {
    /// Registers the worker of a district that has been set up.
    pub(crate) async fn enroll(api: &Api) -> Probe {
        let body = json!({"id": WORKER, "occupation": "快递员"});
        let answer = accepted(api, Request::post("/v1/workers", "setup-probe", body)).await;
        Probe { taken: 0, position: position_of(&answer) }
    }

    /// The next command; the same one until it is taken.
    fn next(&self) -> Request {
        let body =
            json!({"worker": WORKER, "activity": "SB01", "on": "2025-06-01", "quantity": 1, "witness": "证明人"});
        Request::post("/v1/credits", format!("probe-{}", self.taken + 1), body)
    }

    /// The next command is taken at once.
    pub(crate) async fn is_taken(&mut self, record: &Record, api: &Api) {
        match record.send(api, &self.next()).await {
            Ok((200..=299, answer)) => self.took(&answer),
            other => panic!("{:?} was answered {other:?}", self.next()),
        }
    }

    /// The next command, asked again and again, is taken soon; how long that took.
    pub(crate) async fn is_taken_soon(&mut self, record: &Record, api: &Api) -> Duration {
        let began = Instant::now();
        loop {
            match record.send(api, &self.next()).await {
                Ok((200..=299, answer)) => {
                    self.took(&answer);
                    return began.elapsed();
                }
                Ok((503 | 507, _)) if began.elapsed() < BACK_MAX => tokio::time::sleep(Duration::from_millis(20)).await,
                other => panic!("{:?} was answered {other:?} after {:?}", self.next(), began.elapsed()),
            }
        }
    }

    /// Sends the next command once. Whether it was taken; else it was refused with a problem document that names the
    /// journal.
    pub(crate) async fn is_taken_or_told(&mut self, record: &Record, api: &Api) -> bool {
        let (sent_at, began, request) = (record.now(), Instant::now(), self.next());
        let key = request.key.as_deref().unwrap_or_default();
        let sent = api.request(Method::POST, &request.path).header("Idempotency-Key", key).json(&request.body).send();
        let response = sent.await.expect("a command is answered");
        let (status, took) = (response.status().as_u16(), began.elapsed());
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (content_type, retry_after) = (header("content-type").unwrap_or_default(), header("retry-after"));
        let answer: Value = response.json().await.expect("an answer is JSON");
        record.note(Attempt { sent_at, took, request, answer: Ok((status, answer.clone())) });
        if status < 300 {
            self.took(&answer);
            return true;
        }
        assert!(matches!(status, 503 | 507), "{status} {answer}");
        assert!(content_type.starts_with("application/problem+json"), "{content_type}: {answer}");
        assert_eq!(answer["code"], "journal_unavailable", "{answer}");
        assert!(status == 507 || retry_after.is_some(), "{status} without a time to ask again: {answer}");
        assert!(took < REFUSAL_MAX, "it took {took:?} to say {answer}");
        false
    }

    /// How far it has come.
    pub(crate) fn standing(&self) -> (u32, u64) {
        (self.taken, self.position)
    }

    /// The server lives and reads go on: the balance is what this client was told, and the feed tells the journal.
    pub(crate) async fn reads(&self, api: &Api) {
        self.reads_since(self.standing(), api).await;
    }

    /// The same of a state that was read before; a newer one may be told.
    pub(crate) async fn reads_since(&self, (taken, position): (u32, u64), api: &Api) {
        let path = format!("/v1/workers/{WORKER}/balance?min_position={position}");
        let (status, balance) = api.get(&path).await.expect("a read is answered");
        assert_eq!(status, 200, "{path}: {balance}");
        let possible = [taken, self.taken].map(|taken| i64::from(taken) * HUNDREDTHS);
        let told = hundredths(&balance["available"]);
        assert!((possible[0]..=possible[1]).contains(&told), "{path}: {balance} and not {possible:?}");
        let path = format!("/v1/events?after={}&limit=1", position - 1);
        let (status, page) = api.get(&path).await.expect("a read is answered");
        assert_eq!((status, &page["events"][0]["position"]), (200, &position.into()), "{path}: {page}");
        assert_eq!(api.get("/healthz").await.expect("the server lives").0, 200);
    }

    fn took(&mut self, answer: &Value) {
        self.taken += 1;
        self.position = position_of(answer);
    }
}

fn position_of(answer: &Value) -> u64 {
    answer["position"].as_u64().unwrap_or_else(|| panic!("an answer carries its position: {answer}"))
}
