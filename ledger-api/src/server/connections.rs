//! The connections below the routes: accepting, limits on headers and idle time, and stopping in order.
//!
//! One step below `axum::serve`, which bounds neither the time a client may take over its headers nor the time that
//! stopping may take, and which closes a connection whose request has arrived but was not read yet.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1::{self, Connection};
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::peer::Peer;
use crate::stopping::Stopping;

/// The longest request line with headers, in bytes.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Most header fields of a request.
const HEADERS_MAX: usize = 100;
/// How long a client may take over a request's headers, and how long a connection may be idle: longer than clients keep
/// theirs, so that none is closed just when it is used again.
const HEAD_WAIT: Duration = Duration::from_secs(120);
/// How long a client may take to shake hands over TLS.
const HANDSHAKE_WAIT: Duration = Duration::from_secs(10);
/// Connections at once; more wait in the system's queue.
const CONNECTIONS_MAX: usize = 10_000;
/// How long connections stay open once the server is to stop, for requests that were on their way when it was told. What
/// has arrived by then is read and answered; only whoever begins in the moment of closing is sent away unheard.
const LAST_REQUESTS_WAIT: Duration = Duration::from_millis(500);
/// How long requests under way may take after that.
const STOP_WAIT: Duration = Duration::from_secs(10);
/// The pause after a failed accept, such as for lack of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Whether the server is to stop: every answer then says that its connection ends with it.
#[derive(Debug, Clone, Default)]
struct Ending(Arc<AtomicBool>);

/// Serves until `stop` is done, then finishes what is under way: a request that reached the machine before is answered.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    serve_over(listener, None, router, stop).await;
}

/// As [`serve`], over TLS where there is one who shakes hands.
pub async fn serve_over(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let ending = Ending::default();
    let router = router.layer(from_fn_with_state(ending.clone(), say_that_it_ends));
    let mut open = Connections::new(tls, router);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            Some(_) = open.tasks.join_next(), if !open.tasks.is_empty() => continue,
            accepted = listener.accept(), if open.tasks.len() < CONNECTIONS_MAX => accepted,
        };
        match accepted {
            Ok((stream, from)) => open.take(stream, from.ip()),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    ending.0.store(true, Ordering::Relaxed);
    open.take_who_waits(listener);
    open.finish().await;
}

/// Tells the client that nothing more can be sent on this connection, once the server is to stop.
async fn say_that_it_ends(State(ending): State<Ending>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if ending.0.load(Ordering::Relaxed) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The connections that are open.
struct Connections {
    graceful: GracefulShutdown,
    tasks: JoinSet<()>,
    tls: Option<TlsAcceptor>,
    router: Router,
    /// Raised when no handshake is waited for any longer.
    closing: watch::Sender<bool>,
    closed: Stopping,
}

impl Connections {
    fn new(tls: Option<TlsAcceptor>, router: Router) -> Connections {
        let (closing, closed) = Stopping::new();
        Connections { graceful: GracefulShutdown::new(), tasks: JoinSet::new(), tls, router, closing, closed }
    }

    fn take(&mut self, stream: TcpStream, from: IpAddr) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps Nagle's delay");
        }
        let peer = Peer { address: from, encrypted: self.tls.is_some() };
        let router = self.router.clone();
        let Some(tls) = &self.tls else {
            let connection = self.graceful.watch(connection(stream, peer, router));
            self.tasks.spawn(async move { told(connection.await) });
            return;
        };
        // Watched from the beginning: whoever shakes hands when the server is to stop may still ask.
        let watcher = self.graceful.watcher();
        let (handshake, closed) = (tls.accept(stream), self.closed.clone());
        self.tasks.spawn(async move {
            let shaken = tokio::select! {
                shaken = timeout(HANDSHAKE_WAIT, handshake) => shaken,
                () = closed.raised() => return,
            };
            match shaken {
                Ok(Ok(stream)) => told(watcher.watch(connection(stream, peer, router)).await),
                Ok(Err(error)) => tracing::debug!(%error, "a client shook no hands"),
                Err(_) => tracing::debug!("a client took too long to shake hands"),
            }
        });
    }

    /// Whoever is through to the system's queue believes to be connected and is let in; whoever comes later is refused.
    fn take_who_waits(&mut self, listener: TcpListener) {
        // Asked directly: the runtime may not have heard yet of who came last.
        let Ok(listener) = listener.into_std() else { return };
        while self.tasks.len() < CONNECTIONS_MAX
            && let Ok((stream, from)) = listener.accept()
        {
            match stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream)) {
                Ok(stream) => self.take(stream, from.ip()),
                Err(error) => tracing::warn!(%error, "a connection could not be accepted"),
            }
        }
    }

    async fn finish(mut self) {
        let all_closed = async { while self.tasks.join_next().await.is_some() {} };
        // Those that stay open are closed below.
        let _ = timeout(LAST_REQUESTS_WAIT, all_closed).await;
        self.closing.send_replace(true);
        if timeout(STOP_WAIT, self.graceful.shutdown()).await.is_err() {
            tracing::warn!(open = self.tasks.len(), "connections were cut off: their requests took too long");
        }
        // Every connection holds the ledger open: none may outlive this.
        self.tasks.shutdown().await;
    }
}

/// The routes, for one connection: every request says who is at its other end.
#[derive(Clone)]
struct Answering {
    routes: TowerToHyperService<Router>,
    peer: Peer,
}

impl Service<hyper::Request<Incoming>> for Answering {
    type Response = <TowerToHyperService<Router> as Service<hyper::Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<hyper::Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<hyper::Request<Incoming>>>::Future;

    fn call(&self, mut request: hyper::Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.routes.call(request)
    }
}

fn told(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn connection<S>(stream: S, peer: Peer, router: Router) -> Connection<TokioIo<S>, Answering>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_header_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), Answering { routes: TowerToHyperService::new(router), peer })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use axum::Router;
    use axum::routing::post;
    use tokio::net::TcpListener;
    use tokio::sync::oneshot;

    use super::serve;

    const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nHost: ledger.example\r\nContent-Length: 2\r\n\r\n{}";

    /// A server on this thread: it does nothing while a test writes to its clients' sockets.
    async fn start() -> (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", post(|| async { "taken" }));
        let server = tokio::spawn(serve(listener, router, async {
            let _ = stopped.await;
        }));
        (address, stop, server)
    }

    /// All that a server says until it closes the connection.
    async fn heard(mut stream: TcpStream) -> String {
        let mut said = Vec::new();
        let read = move || stream.read_to_end(&mut said).map(|_| said);
        let said = tokio::task::spawn_blocking(read).await.unwrap();
        String::from_utf8(said.unwrap_or_else(|error| error.to_string().into_bytes())).unwrap()
    }

    fn assert_answered_for_the_last_time(said: &str) {
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        assert!(said.to_ascii_lowercase().contains("connection: close\r\n") && said.ends_with("taken"), "{said}");
    }

    #[tokio::test]
    async fn a_request_in_the_system_s_queue_is_answered_when_the_server_stops() {
        let (address, stop, server) = start().await;
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(REQUEST).unwrap();
        stop.send(()).unwrap();
        assert_answered_for_the_last_time(&heard(client).await);
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_request_on_an_idle_connection_is_answered_when_the_server_stops() {
        let (address, stop, server) = start().await;
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(REQUEST).unwrap();
        let mut own = client.try_clone().unwrap();
        let first = tokio::task::spawn_blocking(move || {
            let mut said = Vec::new();
            while !said.ends_with(b"taken") {
                let mut chunk = [0; 512];
                let count = own.read(&mut chunk).unwrap();
                assert!(count > 0, "the server closed");
                said.extend_from_slice(chunk.get(..count).unwrap());
            }
        });
        first.await.unwrap();
        client.write_all(REQUEST).unwrap();
        stop.send(()).unwrap();
        assert_answered_for_the_last_time(&heard(client).await);
        server.await.unwrap();
    }

    #[tokio::test]
    async fn whoever_comes_after_the_stop_is_refused_and_whoever_is_silent_does_not_hold_it_up() {
        let (address, stop, server) = start().await;
        let silent = TcpStream::connect(address).unwrap();
        stop.send(()).unwrap();
        let began = std::time::Instant::now();
        server.await.unwrap();
        assert!(began.elapsed() < super::STOP_WAIT, "{:?}", began.elapsed());
        assert!(TcpStream::connect(address).is_err());
        drop(silent);
    }
}

#[cfg(test)]
mod tls_tests;
