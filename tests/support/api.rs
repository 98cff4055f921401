//! A client of the HTTP API that tells three ends of a request apart: answered, certainly never sent, and lost, where
//! the command may or may not have happened. Fault tests count on the difference, so nothing here retries or panics.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::offices::Offices;

/// How long an answer may take before it counts as lost.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A request as data: what generators yield and what can be sent again, byte for byte.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// GET, POST or PUT.
    pub method: Method,
    /// From `/v1` on.
    pub path: String,
    /// The `Idempotency-Key`, where there is one.
    pub key: Option<String>,
    /// The JSON body; null sends none.
    pub body: Value,
}

/// An answer (status and body), or why there is none. A body that is not JSON comes as a JSON string, none as null.
pub type Answer = Result<(u16, Value), Unanswered>;

/// A request without an answer, and the cause in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// No connection came about: the server cannot have seen the request.
    NotSent(String),
    /// Something broke later, or took too long: the server may have carried the request out.
    Lost(String),
}

/// A client of one server with an access token, or with one for each office. Cloning is cheap and shares connections.
#[derive(Debug, Clone)]
pub struct Api {
    client: Client,
    base_url: String,
    offices: Offices,
}

impl Request {
    /// A command.
    pub fn post(path: impl Into<String>, key: impl Into<String>, body: Value) -> Request {
        Request { method: Method::POST, path: path.into(), key: Some(key.into()), body }
    }

    /// A new version of something, with a key as well.
    pub fn put(path: impl Into<String>, key: impl Into<String>, body: Value) -> Request {
        Request { method: Method::PUT, path: path.into(), key: Some(key.into()), body }
    }

    /// A question.
    pub fn get(path: impl Into<String>) -> Request {
        Request { method: Method::GET, path: path.into(), key: None, body: Value::Null }
    }
}

impl Api {
    /// A client for the server at `base_url`, with a token or several as [`Offices::of`] reads them. An empty text sends none.
    pub fn new(base_url: &str, token: &str) -> Api {
        // Only ever talks to a server on this machine, whatever proxy the environment names.
        let client = Client::builder().no_proxy().timeout(ANSWER_LIMIT).build().expect("a client can be made");
        Api { client, base_url: base_url.trim_end_matches('/').to_owned(), offices: Offices::of(token) }
    }

    /// Sends a request once.
    pub async fn send(&self, request: &Request) -> Answer {
        let token = self.offices.of_whole_request(&request.method, &request.path, &request.body);
        let mut builder = self.start(request.method.clone(), &request.path, token);
        if let Some(key) = &request.key {
            builder = builder.header("Idempotency-Key", key);
        }
        if !request.body.is_null() {
            builder = builder.json(&request.body);
        }
        let (status, _, bytes) = finish(builder).await?;
        let body = match serde_json::from_slice(&bytes) {
            Ok(body) => body,
            Err(_) if bytes.is_empty() => Value::Null,
            Err(_) => Value::String(String::from_utf8_lossy(&bytes).into_owned()),
        };
        Ok((status, body))
    }

    /// Gives a command.
    pub async fn post(&self, path: &str, key: &str, body: Value) -> Answer {
        self.send(&Request::post(path, key, body)).await
    }

    /// Puts a new version.
    pub async fn put(&self, path: &str, key: &str, body: Value) -> Answer {
        self.send(&Request::put(path, key, body)).await
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(&Request::get(path)).await
    }

    /// Reads exact bytes in a chosen media type: status, `Content-Type` and body.
    pub async fn get_bytes(&self, path: &str, accept: &str) -> Result<(u16, String, Vec<u8>), Unanswered> {
        finish(self.request(Method::GET, path).header(ACCEPT, accept)).await
    }

    /// The start of any other request, with the token: for missing keys, odd bodies and streams.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let token = self.offices.of_request(&method, path);
        self.start(method, path, token)
    }

    fn start(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let builder = self.client.request(method, format!("{}{path}", self.base_url));
        if token.is_empty() { builder } else { builder.bearer_auth(token) }
    }
}

async fn finish(builder: RequestBuilder) -> Result<(u16, String, Vec<u8>), Unanswered> {
    let response = builder.send().await.map_err(unanswered)?;
    let status = response.status().as_u16();
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let bytes = response.bytes().await.map_err(unanswered)?;
    Ok((status, content_type, bytes.to_vec()))
}

fn unanswered(error: reqwest::Error) -> Unanswered {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    // A request that could not even be built (a key with a line break, say) was not sent either.
    if error.is_connect() || error.is_builder() { Unanswered::NotSent(words) } else { Unanswered::Lost(words) }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Api, Unanswered};
    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Sends one command to a server that reads some of it, writes `reply` and closes; answers what the server read.
    async fn exchange(reply: &'static str) -> (Answer, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut read = vec![0; 4096];
            let count = stream.read(&mut read).await.expect("a request");
            stream.write_all(reply.as_bytes()).await.expect("a reply is written");
            String::from_utf8_lossy(&read[..count]).into_owned()
        });
        let answer = Api::new(&url, "secret").post("/v1/credits", "K-1", json!({"worker": "W1"})).await;
        (answer, server.await.expect("the server ends"))
    }

    #[tokio::test]
    async fn a_command_carries_its_key_and_the_token() {
        let (answer, request) =
            exchange("HTTP/1.1 201 Created\r\ncontent-length: 14\r\nconnection: close\r\n\r\n{\"position\":7}").await;
        assert_eq!(answer, Ok((201, json!({"position": 7}))));
        assert!(request.starts_with("POST /v1/credits HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("authorization: Bearer secret\r\n"), "{request}");
        assert!(request.contains("idempotency-key: K-1\r\n"), "{request}");
    }

    #[tokio::test]
    async fn bodies_that_are_no_json_are_kept() {
        let (answer, _) =
            exchange("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 4\r\nconnection: close\r\n\r\noops").await;
        assert_eq!(answer, Ok((502, json!("oops"))));
        let (answer, _) = exchange("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
        assert_eq!(answer, Ok((204, Value::Null)));
    }

    #[tokio::test]
    async fn a_request_that_reached_a_server_is_lost_when_the_answer_breaks_off() {
        for reply in ["", "HTTP/1.1 201 Cre", "HTTP/1.1 201 Created\r\ncontent-length: 14\r\n\r\n{\"pos"] {
            let (answer, _) = exchange(reply).await;
            assert!(matches!(answer, Err(Unanswered::Lost(_))), "{reply:?}: {answer:?}");
        }
    }

    #[tokio::test]
    async fn a_refused_connection_means_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        drop(listener);
        let answer = Api::new(&url, "").get("/healthz").await;
        assert!(matches!(answer, Err(Unanswered::NotSent(_))), "{answer:?}");
    }
}
