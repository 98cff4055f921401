//! What holds for plain connections holds over TLS, with a real client's library.

use std::sync::Arc;

use axum::Router;
use axum::extract::Extension;
use axum::routing::post;
use chrono::NaiveDate;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::serve_over;
use crate::certificates::{Certificates, Look, self_signed};
use crate::peer::Peer;

const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nHost: ledger.example\r\nContent-Length: 2\r\n\r\n{}";
const NAME: &str = "ledger.example";

/// The clients' clock stands still in the days of the certificates.
#[derive(Debug)]
struct Noon;

impl TimeProvider for Noon {
    fn current_time(&self) -> Option<UnixTime> {
        let noon = day().and_hms_opt(12, 0, 0)?.and_utc().timestamp();
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(noon).ok()?)))
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()
}

struct Started {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<()>,
    certificates: Arc<Certificates>,
    folder: tempfile::TempDir,
}

async fn start() -> Started {
    let folder = tempfile::tempdir().unwrap();
    let written = self_signed::write(folder.path(), &[NAME.to_owned()], day()).unwrap();
    let (certificates, _) = Certificates::open(written.files).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let who = |Extension(peer): Extension<Peer>| async move { format!("{} {}", peer.address, peer.encrypted) };
    let router = Router::new().route("/", post(who));
    let tls = certificates.acceptor().unwrap();
    let server = tokio::spawn(serve_over(listener, Some(tls), router, async {
        let _ = stopped.await;
    }));
    Started { address, stop, server, certificates, folder }
}

/// A client that trusts the root in a folder, and nothing else.
async fn connect(started: &Started, folder: &std::path::Path) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("nuanxin-root.crt")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_details(Arc::new(ring::default_provider()), Arc::new(Noon))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(started.address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(NAME).unwrap(), stream).await
}

#[tokio::test]
async fn a_request_over_tls_says_where_it_comes_from_and_is_the_last_when_the_server_stops() {
    let started = start().await;
    let mut client = connect(&started, started.folder.path()).await.unwrap();
    client.write_all(REQUEST).await.unwrap();
    let mut said = vec![0; 4_096];
    let count = client.read(&mut said).await.unwrap();
    let said = String::from_utf8_lossy(said.get(..count).unwrap()).into_owned();
    assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("127.0.0.1 true"), "{said}");
    client.write_all(REQUEST).await.unwrap();
    started.stop.send(()).unwrap();
    let mut rest = String::new();
    client.read_to_string(&mut rest).await.unwrap();
    assert!(rest.to_ascii_lowercase().contains("connection: close\r\n"), "{rest}");
    started.server.await.unwrap();
}

#[tokio::test]
async fn whoever_connects_after_a_renewal_is_shown_the_new_certificate() {
    let started = start().await;
    let renewed = tempfile::tempdir().unwrap();
    let written = self_signed::write(renewed.path(), &[NAME.to_owned()], day()).unwrap();
    assert!(connect(&started, renewed.path()).await.is_err(), "not yet");
    std::fs::copy(&written.files.certificate, started.folder.path().join("nuanxin.crt")).unwrap();
    std::fs::copy(&written.files.key, started.folder.path().join("nuanxin.key")).unwrap();
    assert!(matches!(started.certificates.look(), Look::Renewed(_)));
    let mut client = connect(&started, renewed.path()).await.unwrap();
    client.write_all(REQUEST).await.unwrap();
    let mut said = [0; 12];
    client.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 200");
}

#[tokio::test(start_paused = true)]
async fn whoever_shakes_no_hands_is_sent_away() {
    let started = start().await;
    let mut silent = TcpStream::connect(started.address).await.unwrap();
    let mut said = Vec::new();
    silent.read_to_end(&mut said).await.unwrap();
    assert!(said.is_empty());
}

#[tokio::test]
async fn whoever_speaks_no_tls_is_sent_away() {
    let started = start().await;
    let mut plain = TcpStream::connect(started.address).await.unwrap();
    plain.write_all(REQUEST).await.unwrap();
    let mut said = Vec::new();
    // A closed connection, by one way or the other.
    let _ = plain.read_to_end(&mut said).await;
    assert!(!String::from_utf8_lossy(&said).contains("HTTP/1.1 200"));
}

#[tokio::test]
async fn whoever_is_silent_does_not_hold_up_the_stop() {
    let started = start().await;
    let silent = TcpStream::connect(started.address).await.unwrap();
    started.stop.send(()).unwrap();
    let began = std::time::Instant::now();
    started.server.await.unwrap();
    assert!(began.elapsed() < super::STOP_WAIT, "{:?}", began.elapsed());
    drop(silent);
}
