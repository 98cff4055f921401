//! The ledger called over HTTP: one kept connection a caller, one call at a time.
//!
//! hyper's own connection, without a pool or a client above it: the generator runs on the machine that is measured.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use ledger_core::ledger::Submission;
use serde::Deserialize;
use tokio::net::TcpStream;

use super::district::{District, KEYS};
use super::door::{Answered, Door, House};
use super::{failed, json};
use crate::access::Role;
use crate::access::policy::{Reach, of_command, reach};
use crate::cli::CliError;

/// How often a balance is asked for again that the views have not reached.
const ASK_AGAIN: Duration = Duration::from_millis(20);

/// A server and tokens for it.
pub(super) struct OverHttp {
    address: String,
    authorization: Authorization,
}

/// Whom the calls come from.
#[derive(Clone)]
struct Authorization {
    /// Who records: operator, and clerk of the stores.
    desk: HeaderValue,
    /// Who makes the district: an administrator.
    admin: HeaderValue,
}

impl Authorization {
    /// Whose a command is.
    fn of(&self, submission: &Submission) -> &HeaderValue {
        if is_of_the_district(submission) { &self.admin } else { &self.desk }
    }
}

fn is_of_the_district(submission: &Submission) -> bool {
    reach(Role::Admin, of_command(&submission.command).0.into()) != Reach::Nowhere
}

/// A caller's connection.
pub(super) struct Connection {
    requests: SendRequest<Full<Bytes>>,
    host: HeaderValue,
    authorization: Authorization,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    position: u64,
    #[serde(default)]
    results: Vec<ItemAnswer>,
}

#[derive(Deserialize)]
struct ItemAnswer {
    status: u16,
}

#[derive(Deserialize)]
struct Events {
    events: Vec<EventKey>,
}

#[derive(Deserialize)]
struct EventKey {
    key: String,
}

impl OverHttp {
    /// The server at `http://HOST[:PORT]`.
    pub(super) fn new(url: &str, token: &str, admin_token: &str) -> Result<OverHttp, CliError> {
        let unusable = || CliError::input(format!("--http {url}: write http://HOST:PORT, the server's own address"));
        let uri: Uri = url.parse().map_err(|_| unusable())?;
        let plain = uri.scheme_str() == Some("http") && matches!(uri.path(), "" | "/") && uri.query().is_none();
        let authority = uri.authority().filter(|_| plain).ok_or_else(unusable)?;
        let address = format!("{}:{}", authority.host(), authority.port_u16().unwrap_or(80));
        let authorization =
            Authorization { desk: bearer("--token", token)?, admin: bearer("--admin-token", admin_token)? };
        Ok(OverHttp { address, authorization })
    }
}

fn bearer(argument: &str, token: &str) -> Result<HeaderValue, CliError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| CliError::input(format!("{argument}: holds characters that no token has")))?;
    value.set_sensitive(true);
    Ok(value)
}

impl Connection {
    async fn send(
        &mut self,
        mut request: Request<Full<Bytes>>,
        authorization: HeaderValue,
    ) -> Result<(StatusCode, Bytes), CliError> {
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        headers.insert(AUTHORIZATION, authorization);
        self.requests.ready().await.map_err(failed)?;
        let (parts, body) = self.requests.send_request(request).await.map_err(failed)?.into_parts();
        let body = body.collect().await.map_err(failed)?.to_bytes();
        Ok((parts.status, body))
    }

    /// Reads as the administrator, who reads whatever is no name.
    async fn get(&mut self, target: &str) -> Result<(StatusCode, Bytes), CliError> {
        let request = Request::builder().uri(target).body(Full::default()).map_err(failed)?;
        let admin = self.authorization.admin.clone();
        self.send(request, admin).await
    }

    async fn one(&mut self, submission: &Submission) -> Result<Answered, CliError> {
        let json::Call { method, target, body } = json::call(submission)?;
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header(CONTENT_TYPE, json::MEDIA)
            .header("idempotency-key", submission.context.key.as_str())
            .body(Full::from(body))
            .map_err(failed)?;
        let authorization = self.authorization.of(submission).clone();
        let (status, body) = self.send(request, authorization).await?;
        let mut answered = Answered::default();
        if status.is_success() {
            answered.committed = 1;
            answered.position = read::<Answer>(&body)?.position;
        } else if is_refusal(status) {
            tracing::debug!(%status, body = %String::from_utf8_lossy(&body), "refused");
            answered.refused = 1;
        } else {
            return Err(unexpected(status, &body));
        }
        Ok(answered)
    }

    async fn many(&mut self, submissions: &[Submission]) -> Result<Answered, CliError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/v1/batch")
            .header(CONTENT_TYPE, json::MEDIA)
            .body(Full::from(json::batch(submissions)?))
            .map_err(failed)?;
        let first = submissions.first().map(|first| self.authorization.of(first).clone());
        let authorization = first.unwrap_or_else(|| self.authorization.desk.clone());
        let (status, body) = self.send(request, authorization).await?;
        if status != StatusCode::OK {
            return Err(unexpected(status, &body));
        }
        let answer: Answer = read(&body)?;
        let mut answered = Answered { position: answer.position, ..Answered::default() };
        for result in &answer.results {
            match StatusCode::from_u16(result.status) {
                Ok(status) if status.is_success() => answered.committed += 1,
                Ok(status) if is_refusal(status) => answered.refused += 1,
                _ => return Err(failed(format!("a command was answered with {}", result.status))),
            }
        }
        Ok(answered)
    }
}

impl Door for Connection {
    async fn ask(&mut self, submissions: Vec<Submission>) -> Result<Answered, CliError> {
        if let [one] = submissions.as_slice() {
            return self.one(one).await;
        }
        // One call has one token.
        let mut sum = Answered::default();
        for of_one in submissions.chunk_by(|one, next| is_of_the_district(one) == is_of_the_district(next)) {
            let answered = self.many(of_one).await?;
            sum.committed += answered.committed;
            sum.refused += answered.refused;
            sum.position = sum.position.max(answered.position);
        }
        Ok(sum)
    }
}

impl House for OverHttp {
    type Door = Connection;

    async fn door(&self) -> Result<Connection, CliError> {
        let unreachable = |error: &dyn std::fmt::Display| CliError::input(format!("{}: {error}", self.address));
        let stream = TcpStream::connect(&self.address).await.map_err(|error| unreachable(&error))?;
        stream.set_nodelay(true).map_err(failed)?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| unreachable(&error))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
        let host = HeaderValue::from_str(&self.address).map_err(failed)?;
        Ok(Connection { requests, host, authorization: self.authorization.clone() })
    }

    async fn refuse_a_real_journal(&self) -> Result<(), CliError> {
        let (status, body) = self.door().await?.get("/v1/events?after=1&limit=1").await?;
        if status != StatusCode::OK {
            return Err(unexpected(status, &body));
        }
        if read::<Events>(&body)?.events.iter().all(|event| event.key.starts_with(KEYS)) {
            return Ok(());
        }
        Err(CliError::input(super::A_REAL_JOURNAL))
    }

    async fn is_filled(&self, _: District) -> Result<bool, CliError> {
        // The API does not tell whether a key was used; what is sent again is only answered again.
        Ok(false)
    }

    async fn caught_up(&self, position: u64, district: District) -> Result<(), CliError> {
        let mut connection = self.door().await?;
        let target = format!("/v1/workers/{}/balance?min_position={position}", district.some_worker()?);
        loop {
            let (status, body) = connection.get(&target).await?;
            match status {
                StatusCode::OK => return Ok(()),
                StatusCode::SERVICE_UNAVAILABLE => tokio::time::sleep(ASK_AGAIN).await,
                status => return Err(unexpected(status, &body)),
            }
        }
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, CliError> {
    serde_json::from_slice(body).map_err(|error| failed(format!("an answer cannot be read: {error}")))
}

/// Whether a command was refused for what it asks, not for who asks or how much at once.
fn is_refusal(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY
    )
}

fn unexpected(status: StatusCode, body: &[u8]) -> CliError {
    let said: String = String::from_utf8_lossy(body).chars().take(300).collect();
    CliError::failed(format!("the server answered {status}: {said}"))
}
