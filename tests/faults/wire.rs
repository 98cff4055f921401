//! HTTP/1.1 byte by byte: for requests no honest client would send, and for clients that go away in the middle.

use std::io;
use std::time::Duration;

use ledger_core::domain::refusal::Code;
use nuanxin_tests::Server;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// The longest answer that is read to its end.
const ANSWER_MAX: u64 = 16 << 20;

/// An answer as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// `Content-Type`, or nothing.
    pub(crate) content_type: String,
    /// The headers as they came.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The code of a problem document, or why this is none that the contract knows.
    pub(crate) fn problem_code(&self) -> Result<String, String> {
        let whole = || format!("{}\n{}", self.head, String::from_utf8_lossy(&self.body));
        if !self.content_type.starts_with("application/problem+json") {
            return Err(format!("no problem document: {}", whole()));
        }
        let problem: Value = serde_json::from_slice(&self.body).map_err(|error| format!("{error}: {}", whole()))?;
        if problem["status"] != self.status {
            return Err(format!("the document names another status: {}", whole()));
        }
        for member in ["type", "title", "detail"] {
            if problem[member].as_str().is_none_or(str::is_empty) {
                return Err(format!("no {member}: {}", whole()));
            }
        }
        let code = problem["code"].as_str().unwrap_or_default();
        if Code::ALL.iter().any(|known| known.as_str() == code) {
            return Ok(code.to_owned());
        }
        Err(format!("no code of the contract: {}", whole()))
    }
}

/// The host and port that a server listens on.
pub(crate) fn address(server: &Server) -> &str {
    server.base_url().trim_start_matches("http://")
}

/// A request's bytes; one header a line. `Content-Length` is added for a body, unless a header names one.
pub(crate) fn request(method: &str, target: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {target} HTTP/1.1\r\nHost: ledger.example\r\n").into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    let framed = headers.iter().any(|header| {
        let name = header.to_ascii_lowercase();
        name.starts_with("content-length") || name.starts_with("transfer-encoding")
    });
    if !framed && (!body.is_empty() || method == "POST" || method == "PUT") {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// Sends bytes on a connection of their own and reads what comes back until the server closes or one whole answer is
/// there. None: the server closed without an answer, or went away while it was being written to.
pub(crate) async fn exchange(address: &str, bytes: &[u8]) -> io::Result<Option<Reply>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut reading, mut writing) = stream.into_split();
    let write = async {
        // A server that has heard enough answers and closes; that is seen by the reading.
        let _ = writing.write_all(bytes).await;
        // Kept open: a half-closed connection is another thing than a patient client.
        std::future::pending::<()>().await;
    };
    let read = read_reply(&mut reading);
    let answered = tokio::time::timeout(ANSWER_LIMIT, async {
        tokio::select! {
            reply = read => reply,
            () = write => unreachable!("a pending future has no end"),
        }
    });
    answered.await.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))
}

/// Sends bytes and listens until the server closes, or for so long; answers all that was said.
pub(crate) async fn listen(address: &str, bytes: &[u8], limit: Duration) -> Vec<u8> {
    let mut said = Vec::new();
    let mut stream = TcpStream::connect(address).await.expect("the server accepts");
    let talk = async {
        // A server that has heard enough closes; what it said before counts.
        let _ = stream.write_all(bytes).await;
        let _ = stream.read_to_end(&mut said).await;
    };
    let _ = tokio::time::timeout(limit, talk).await;
    said
}

/// The status of the first answer in what was said; none when nothing was.
pub(crate) fn first_status(said: &[u8]) -> Option<u16> {
    whole_reply(said, true).map(|reply| reply.status)
}

/// Reads one answer.
pub(crate) async fn read_reply(stream: &mut (impl AsyncReadExt + Unpin)) -> io::Result<Option<Reply>> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        let count = match stream.read(&mut chunk).await {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => 0,
            Err(error) => return Err(error),
        };
        bytes.extend_from_slice(&chunk[..count]);
        if bytes.len() as u64 > ANSWER_MAX {
            return Err(io::Error::other("an answer without end"));
        }
        match whole_reply(&bytes, count == 0) {
            Some(reply) if reply.status == 100 => bytes = after_head(&bytes),
            Some(reply) => return Ok(Some(reply)),
            None if count == 0 => return Ok(None),
            None => {}
        }
    }
}

fn after_head(bytes: &[u8]) -> Vec<u8> {
    head_end(bytes).map_or_else(Vec::new, |end| bytes[end..].to_vec())
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// The answer that `bytes` begins with, if it is all there.
fn whole_reply(bytes: &[u8], closed: bool) -> Option<Reply> {
    let end = head_end(bytes)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.clone().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let length: Option<usize> = header("content-length").and_then(|length| length.parse().ok());
    let body = &bytes[end..];
    let is_whole = match length {
        Some(length) => body.len() >= length,
        None => closed || matches!(status, 100..=199 | 204 | 304) || body.ends_with(b"0\r\n\r\n"),
    };
    let body = body[..length.unwrap_or(body.len()).min(body.len())].to_vec();
    let content_type = header("content-type").unwrap_or_default();
    is_whole.then_some(Reply { status, content_type, head, body })
}
