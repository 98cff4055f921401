//! The connections below the routes: accepting, limits on headers and idle time, and stopping in order.
//!
//! One step below `axum::serve`, which bounds neither the time a client may take over its headers nor the time that
//! stopping may take.

use std::future::Future;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1::{self, Connection};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The longest request line with headers, in bytes.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Most header fields of a request.
const HEADERS_MAX: usize = 100;
/// How long a client may take over a request's headers, and how long a connection may be idle: longer than clients keep
/// theirs, so that none is closed just when it is used again.
const HEAD_WAIT: Duration = Duration::from_secs(120);
/// Connections at once; more wait in the system's queue.
const CONNECTIONS_MAX: usize = 10_000;
/// How long requests under way may take once the server is to stop.
const STOP_WAIT: Duration = Duration::from_secs(10);
/// The pause after a failed accept, such as for lack of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is done, then finishes what is under way.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = graceful.watch(connection(stream, router.clone()));
                connections.spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection ended early");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(STOP_WAIT, graceful.shutdown()).await.is_err() {
        tracing::warn!(open = connections.len(), "connections were cut off: their requests took too long");
    }
    // Every connection holds the ledger open: none may outlive this.
    connections.shutdown().await;
}

fn connection(stream: TcpStream, router: Router) -> Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps Nagle's delay");
    }
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_header_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
}
