//! The HTTP client that a provider is asked with: hyper's own connection over the TLS that this server speaks itself. One
//! request a connection, no redirects, no cookies, no proxy, and an end to waiting and to reading.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::header::{CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::peer::is_loopback;

/// How long a provider may take over one answer, from the first packet to the last.
const WAIT: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes: a provider's keys and tokens are a few thousand.
const BODY_BYTES_MAX: usize = 1 << 20;
/// How this server calls itself.
const AGENT: &str = concat!("nuanxin/", env!("CARGO_PKG_VERSION"));

/// Asks over HTTPS; over plain HTTP this very machine alone.
#[derive(Clone)]
pub(super) struct HttpClient {
    tls: TlsConnector,
}

/// Why there is no answer. For the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// The address is none that may be asked.
    #[error("{0} is no address that is asked: it is neither https nor on this machine")]
    Address(String),
    /// Nobody answers there.
    #[error("no connection: {0}")]
    Connection(#[from] std::io::Error),
    /// What came is no answer, or too long.
    #[error("no answer: {0}")]
    Answer(Box<dyn std::error::Error + Send + Sync>),
    /// It answers that it fails.
    #[error("it answers {0}")]
    Failing(StatusCode),
    /// It takes too long.
    #[error("no answer within {} seconds", WAIT.as_secs())]
    TooSlow,
}

impl HttpClient {
    /// One that believes the public authorities, or those of a file instead.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn new(ca_file: Option<&Path>) -> Result<HttpClient, String> {
        let mut roots = RootCertStore::empty();
        match ca_file {
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(path) => {
                let wrong = |what: &dyn std::fmt::Display| format!("oidc_ca_file: {}: {what}", path.display());
                let all = CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))?;
                for certificate in all {
                    let added = certificate.map(|certificate| roots.add(certificate));
                    added.map_err(|error| wrong(&error))?.map_err(|error| wrong(&error))?;
                }
                if roots.is_empty() {
                    return Err(wrong(&"holds no certificate; write the authority's there, as PEM"));
                }
            }
        }
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| format!("TLS cannot be spoken: {error}"))?;
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(HttpClient { tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Asks once.
    ///
    /// # Errors
    /// [`HttpError`].
    pub(super) async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = timeout(WAIT, self.exchange(request)).await.unwrap_or(Err(HttpError::TooSlow))?;
        // A gateway's page is no answer of the provider's.
        if answer.status().is_server_error() { Err(HttpError::Failing(answer.status())) } else { Ok(answer) }
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let uri = request.uri().clone();
        let unusable = || HttpError::Address(uri.to_string());
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(unusable)?;
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if is_loopback(authority.as_str()) => false,
            Some(_) | None => return Err(unusable()),
        };
        let name = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let request = in_origin_form(request, &uri).ok_or_else(unusable)?;
        let connection = TcpStream::connect((name.as_str(), port)).await?;
        if encrypted {
            let name = ServerName::try_from(name).map_err(|_| unusable())?;
            send(self.tls.connect(name, connection).await?, request).await
        } else {
            send(connection, request).await
        }
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpError;
    // Of no lifetime: the futures of the library are else not known to go from thread to thread.
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let client = self.clone();
        Box::pin(async move { client.ask(request).await })
    }
}

/// The request as a server reads it: the path in its line, the server in a header.
fn in_origin_form(request: Request<Vec<u8>>, uri: &Uri) -> Option<Request<Full<Bytes>>> {
    let (mut parts, body) = request.into_parts();
    parts.uri = uri.path_and_query()?.as_str().parse().ok()?;
    parts.headers.insert(HOST, HeaderValue::from_str(uri.authority()?.as_str()).ok()?);
    parts.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    parts.headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    Some(Request::from_parts(parts, Full::from(body)))
}

async fn send(
    connection: impl AsyncRead + AsyncWrite + Unpin + Send,
    request: Request<Full<Bytes>>,
) -> Result<Response<Vec<u8>>, HttpError> {
    let broken = |error: hyper::Error| HttpError::Answer(Box::new(error));
    let (mut sender, connection) = handshake(TokioIo::new(connection)).await.map_err(broken)?;
    let answer = async {
        let (parts, body) = sender.send_request(request).await.map_err(broken)?.into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX).collect().await.map_err(HttpError::Answer)?;
        Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
    };
    // Both are driven here, so that whoever stops waiting stops the connection too.
    let (mut answer, connection) = (std::pin::pin!(answer), std::pin::pin!(connection));
    tokio::select! {
        biased;
        answered = &mut answer => answered,
        // It may end before its last answer is read.
        _ = connection => answer.await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::Utc;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::{BODY_BYTES_MAX, HttpClient, HttpError, HttpRequest};
    use crate::certificates::{Certificates, self_signed};

    fn request(address: &str) -> HttpRequest {
        let mut request = HttpRequest::new(Vec::new());
        *request.uri_mut() = address.parse().unwrap();
        request
    }

    /// Answers every connection with these bytes.
    async fn plain_server(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    let mut head = [0; 4_096];
                    let _ = stream.read(&mut head).await;
                    let _ = stream.write_all(&answer).await;
                });
            }
        });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn a_provider_over_tls_is_believed_by_its_authority_alone() {
        let folder = tempfile::tempdir().unwrap();
        let written = self_signed::write(folder.path(), &["localhost".to_owned()], Utc::now().date_naive()).unwrap();
        let (certificates, _) = Certificates::open(written.files).unwrap();
        let acceptor = certificates.acceptor().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut head = [0; 4_096];
                let read = stream.read(&mut head).await.unwrap();
                assert!(head[..read].starts_with(b"GET /keys?a=b HTTP/1.1\r\n"));
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
                let _ = stream.shutdown().await;
            }
        });
        let authority = folder.path().join("nuanxin-root.crt");
        let address = format!("https://localhost:{port}/keys?a=b");
        let answer = HttpClient::new(Some(&authority)).unwrap().ask(request(&address)).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (200, b"{}".as_slice()));
        let stranger = HttpClient::new(None).unwrap().ask(request(&address)).await.unwrap_err();
        assert!(matches!(stranger, HttpError::Connection(_)), "{stranger}");
        // The certificate is another name's.
        let other = format!("https://127.0.0.1:{port}/keys?a=b");
        assert!(HttpClient::new(Some(&authority)).unwrap().ask(request(&other)).await.is_err());
    }

    #[tokio::test]
    async fn an_answer_has_an_end_and_leads_nowhere_else() {
        let client = HttpClient::new(None).unwrap();
        let moved = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
        let answer = client.ask(request(&plain_server(moved.into()).await)).await.unwrap();
        assert_eq!(answer.status().as_u16(), 302);
        let mut long = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        long.resize(BODY_BYTES_MAX + 100, b' ');
        let error = client.ask(request(&plain_server(long).await)).await.unwrap_err();
        assert!(matches!(error, HttpError::Answer(_)), "{error}");
        for nonsense in ["", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"] {
            assert!(client.ask(request(&plain_server(nonsense.into()).await)).await.is_err(), "{nonsense:?}");
        }
    }

    #[tokio::test]
    async fn nobody_is_asked_over_a_wire_that_others_read() {
        let client = HttpClient::new(None).unwrap();
        for address in ["http://id.example/", "ftp://id.example/", "http://127.0.0.1.example/", "/keys"] {
            let error = client.ask(request(address)).await.unwrap_err();
            assert!(matches!(error, HttpError::Address(_)), "{address}: {error}");
        }
    }
}
