//! `nuanxin serve`: the HTTP API and the pages, until told to stop.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use clap::Args;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::LedgerSettings;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::new_journal::NewJournalArgs;
use super::oidc::OidcArgs;
use super::{CliError, CliResult, Setting, environment};
use crate::app::App;
use crate::audit::Audit;
use crate::certificates::{Certificates, Files};
use crate::demo::{self, EXAMPLE_STORE, Filling};
use crate::local_socket::{self, Socket};
use crate::server::Entrance;
use crate::service::{due, erasure};
use crate::stopping::Stopping;
use crate::{memory, server};

const LISTEN_DEFAULT: &str = "127.0.0.1:8080";
/// How often holds are looked through.
const RELEASE_EVERY: Duration = Duration::from_secs(1);
/// With many open holds less often: between two looks passes so many times what the last one took.
const RELEASE_REST: u32 = 20;

/// How often a checkpoint is signed, in seconds: an auditor then never waits long for one that covers what was just seen.
const CHECKPOINT_EVERY: u64 = 60;

/// Arguments of `serve`.
#[derive(Debug, Args)]
#[command(after_help = environment::OF_SERVE)]
pub struct ServeArgs {
    /// Where to listen: ADDRESS:PORT; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Serve HTTPS with the certificate in this file (PEM: the server's own first, then those above it); it is read anew
    /// when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of that certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Fill an empty journal with the built-in demonstration district
    #[arg(long)]
    demo: bool,
    /// Let whoever reaches this server over HTTPS try the demonstration's roles; without, only this machine may
    #[arg(long)]
    demo_open: bool,
    /// Sign a checkpoint every so many seconds if the journal has grown; 0 signs only when one is asked for [default: 60]
    #[arg(long, value_name = "SECONDS")]
    checkpoint_every: Option<u64>,
    #[command(flatten)]
    oidc: OidcArgs,
    #[command(flatten)]
    new_journal: NewJournalArgs,
}

impl ServeArgs {
    /// What is served when nothing is asked for.
    pub fn demonstration() -> ServeArgs {
        ServeArgs {
            listen: None,
            tls_cert: None,
            tls_key: None,
            demo: true,
            demo_open: false,
            checkpoint_every: None,
            oidc: OidcArgs::default(),
            new_journal: NewJournalArgs::default(),
        }
    }

    /// What holds, with the file's word where no argument says it.
    fn settled(&self) -> Result<Settled, CliError> {
        let tls = Tls::of(self.tls_cert.as_deref(), self.tls_key.as_deref());
        Ok(Settled {
            listen: listen(self.listen.as_deref()).value,
            tls: tls.files()?,
            demo_open: self.demo_open || demo_open().value == "true",
            checkpoint_every: match self.checkpoint_every {
                Some(seconds) => seconds,
                None => checkpoint_every().value.parse().unwrap_or(CHECKPOINT_EVERY),
            },
        })
    }
}

/// What `serve` is set to.
struct Settled {
    listen: String,
    /// The certificate's files, where HTTPS is asked for.
    tls: Option<Files>,
    demo_open: bool,
    checkpoint_every: u64,
}

/// The certificate and its key.
pub(super) struct Tls {
    pub(super) certificate: Setting,
    pub(super) key: Setting,
}

impl Tls {
    /// Both arguments, or what the file says.
    pub(super) fn of(certificate: Option<&Path>, key: Option<&Path>) -> Tls {
        let text = |path: Option<&Path>| path.map(|path| path.to_string_lossy().into_owned());
        Tls {
            certificate: Setting::of_file(text(certificate), "tls_cert", ""),
            key: Setting::of_file(text(key), "tls_key", ""),
        }
    }

    /// The files; none where neither is named.
    pub(super) fn files(&self) -> Result<Option<Files>, CliError> {
        match (self.certificate.value.as_str(), self.key.value.as_str()) {
            ("", "") => Ok(None),
            ("", _) | (_, "") => Err(CliError::input("tls_cert and tls_key belong together: name both, or neither")),
            (certificate, key) => Ok(Some(Files { certificate: certificate.into(), key: key.into() })),
        }
    }
}

/// Where to listen.
pub(super) fn listen(argument: Option<&str>) -> Setting {
    Setting::of_file(argument.map(str::to_owned), "listen", LISTEN_DEFAULT)
}

/// Whether others than this machine may try a demonstration's roles.
pub(super) fn demo_open() -> Setting {
    Setting::of_file(None, "demo_open", "false")
}

/// How often a checkpoint is signed.
pub(super) fn checkpoint_every() -> Setting {
    Setting::of_file(None, "checkpoint_every", &CHECKPOINT_EVERY.to_string())
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: ServeArgs, url: &JournalUrl) -> CliResult {
    // All before anything slow: an address in use or a bad certificate is told at once, and no signal is missed.
    let Settled { listen, tls, demo_open, checkpoint_every } = args.settled()?;
    let listener = TcpListener::bind(&listen).await.map_err(|error| CliError::input(cannot_listen(&listen, &error)))?;
    let tls = tls.map(open_certificates).transpose()?;
    let stop = stop_signal()?;
    let rates = server::rates().map_err(CliError::input)?;
    let oidc = args.oidc.written();
    #[cfg(feature = "oidc")]
    let provider = oidc.provider()?.map(Arc::new);
    #[cfg(not(feature = "oidc"))]
    oidc.settle()?;
    let public_url = oidc.address()?;
    let settings = LedgerSettings { demonstration: args.demo, ..memory::ledger_settings() };
    let made = matches!(url, JournalUrl::Sqlite(path) if !path.exists());
    let (app, tasks) = App::open_as(url, settings, &args.new_journal.wanted()).await?;
    args.new_journal.check(app.ledger.journal().as_ref()).await?;
    if made && !args.demo {
        tell_of_new_journal(url);
    }
    // Nobody is told again who asked to be forgotten.
    erasure::resume(&app).await.map_err(|error| CliError::failed(format!("an erasure cannot be finished: {error}")))?;
    if args.demo {
        fill(&app).await?;
    }
    // Behind by a long history the first reads would be old: nothing is served before the views are there.
    let committed = app.ledger.committed();
    while app.views.position() < *committed.borrow() {
        let head = *committed.borrow();
        if app.views.wait_for(head).await.is_err() {
            tracing::info!(at = app.views.position(), head, "the views are catching up");
        }
    }
    let (stopping_sender, stopping) = Stopping::new();
    let demonstration = app.audit.identity().demonstration;
    if demonstration {
        let opened = demo::open_doors(&app.ledger, &app.vault).await;
        opened.map_err(|error| CliError::failed(error.to_string()))?;
    }
    let entrance = Entrance {
        demonstration,
        open: demo_open,
        public_url,
        #[cfg(feature = "oidc")]
        provider,
    };
    let router = server::router_with(app.clone(), entrance, stopping.clone(), rates)
        .map_err(|error| CliError::failed(error.to_string()))?;
    let publishing = tokio::spawn(publish(Arc::clone(&app.audit), checkpoint_every, stopping.clone()));
    let socket = listen_beside(url);
    let local = socket.map(|socket| tokio::spawn(local_socket::serve(socket, app.clone(), stopping.clone())));
    let (certificates, acceptor) = tls.unzip();
    let renewing = certificates.map(|certificates| tokio::spawn(certificates.follow(stopping.clone())));
    let releasing = tokio::spawn(do_what_is_due(app, stopping));
    let base = base_url(&listener, acceptor.is_some())?;
    announce(&base)?;
    if args.demo {
        tell_what_is_next(&base, url);
    }
    server::serve_over(listener, acceptor, router, async {
        stop.await;
        tracing::info!("stopping: finishing what is under way");
        stopping_sender.send_replace(true);
    })
    .await;
    if let Some(local) = local {
        end(local, "the local socket").await;
    }
    if let Some(renewing) = renewing {
        end(renewing, "the reading of certificates").await;
    }
    end(releasing, "the releasing of holds").await;
    end(publishing, "the signing of checkpoints").await;
    tasks.finished().await;
    Ok(ExitCode::SUCCESS)
}

/// Why nothing listens there, and what to write instead.
fn cannot_listen(listen: &str, error: &std::io::Error) -> String {
    let cure = match error.kind() {
        std::io::ErrorKind::InvalidInput if !listen.contains(':') => {
            format!("; write ADDRESS:PORT, as in {LISTEN_DEFAULT}")
        }
        std::io::ErrorKind::AddrInUse => "; end the program that has this port, or name another port".to_owned(),
        _ => format!("; write an address of this machine and a port, as in {LISTEN_DEFAULT}"),
    };
    format!("cannot listen on {listen}: {error}{cure}")
}

/// The socket for commands of this machine. Where the system cannot make one, the server serves all the same.
fn listen_beside(url: &JournalUrl) -> Option<Socket> {
    let JournalUrl::Sqlite(journal) = url else { return None };
    match Socket::bind(journal) {
        Ok(socket) => Some(socket),
        Err(error) => {
            let path = local_socket::socket_path(journal);
            tracing::warn!(%error, path = %path.display(), "no socket: nuanxin import cannot work beside this server");
            None
        }
    }
}

async fn end(task: JoinHandle<()>, what: &str) {
    if let Err(error) = task.await {
        tracing::error!(%error, "{what} ended badly");
    }
}

/// Signs checkpoints until the server stops.
async fn publish(audit: Arc<Audit>, every: u64, stopping: Stopping) {
    if every > 0 {
        audit.follow(Duration::from_secs(every), stopping.raised()).await;
    }
}

async fn fill(app: &App) -> Result<(), CliError> {
    match demo::fill(&app.ledger, &app.vault).await {
        Ok(Filling::Filled { taken, .. }) => tracing::info!(commands = taken, "the demonstration district is there"),
        Ok(Filling::AlreadyThere) => {}
        Ok(Filling::NotEmpty) => tracing::warn!("the journal holds another district; it is served as it is"),
        Err(error) => return Err(CliError::failed(error.to_string())),
    }
    Ok(())
}

/// What shakes hands with the certificate in these files. One whose days are over is served all the same: what else the
/// clerk can do than to see the browser's warning is for the operator to say.
pub(super) fn open_certificates(files: Files) -> Result<(Arc<Certificates>, TlsAcceptor), CliError> {
    let (certificates, validity) = Certificates::open(files).map_err(CliError::input)?;
    let now = Utc::now();
    if now < validity.from || validity.until < now {
        let (from, until) = (validity.from, validity.until);
        tracing::warn!(%from, %until, "browsers refuse this certificate today; renew it, or set this machine's clock");
    }
    let acceptor =
        certificates.acceptor().map_err(|error| CliError::failed(format!("TLS cannot be served: {error}")))?;
    Ok((certificates, acceptor))
}

/// Where the server is, as a browser asks for it.
fn base_url(listener: &TcpListener, encrypted: bool) -> Result<String, CliError> {
    let address = listener.local_addr();
    let address = address.map_err(|error| CliError::failed(format!("cannot tell the address: {error}")))?;
    Ok(format!("{}://{address}", if encrypted { "https" } else { "http" }))
}

fn announce(base: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let told = writeln!(out, "listening on {base}").and_then(|()| out.flush());
    told.map_err(|error| CliError::failed(format!("cannot tell the address: {error}")))
}

/// That there was no journal and an empty one was made: whoever mistyped a path would look for the points in it.
fn tell_of_new_journal(url: &JournalUrl) {
    let JournalUrl::Sqlite(path) = url else { return };
    let place = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    eprintln!(
        "nuanxin: 这里原来没有账本，新建了一本空账本：{place}。要用已有的账本，请停下来核对 --journal 写的路径。\n\
         nuanxin: there was no journal, so a NEW EMPTY one was made: {place}; for one that you have, stop and check the \
         path after --journal",
        place = place.display()
    );
}

/// What to do with a demonstration that serves. For a person: a program reads the line on standard output alone.
fn tell_what_is_next(base: &str, url: &JournalUrl) {
    let program = std::env::args().next().unwrap_or_else(|| "nuanxin".to_owned());
    // The very words that a second terminal needs; a server's address may hold a password and is left out.
    let journal = match url {
        JournalUrl::Sqlite(path) if url.to_string() != super::JOURNAL_DEFAULT => {
            format!(" --journal 'sqlite:{}'", path.display())
        }
        JournalUrl::Sqlite(_) | JournalUrl::Postgres { .. } => String::new(),
    };
    let token = format!("{program}{journal} token issue --role clerk --scope {EXAMPLE_STORE}");
    let told = [
        format!(
            "请用浏览器打开 {base}/ ；另开一个终端执行 {token} 取一个店员的令牌，接着看 docs/guides/quickstart.md 第三节"
        ),
        format!("open {base}/ ; in a second terminal {token} issues a clerk's token, and README.md goes on from there"),
        String::new(),
    ];
    // Nobody who reads is no reason not to serve.
    let _ = std::io::stderr().lock().write_all(told.join("\n").as_bytes());
}

/// Is done when the process is asked to end: SIGTERM or SIGINT.
fn stop_signal() -> Result<impl Future<Output = ()>, CliError> {
    let failed = |error: std::io::Error| CliError::failed(format!("signals cannot be heard: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Does what is due by itself, until the server stops: credits whose publicity is over count, holds that ran out go back,
/// and once a day has ended, the lots that ended with it are booked.
async fn do_what_is_due(app: App, stopping: Stopping) {
    let mut stopping = std::pin::pin!(stopping.raised());
    let mut pause = RELEASE_EVERY;
    let mut today = app.ledger.now().date();
    let mut settled = None;
    loop {
        tokio::select! {
            () = &mut stopping => return,
            () = tokio::time::sleep(pause) => {}
        }
        let began = Instant::now();
        if let Err(error) = due::release_holds(&app).await {
            tracing::warn!(what = %error, "holds that ran out were not given back; trying again");
        }
        let now = app.ledger.now().date();
        // What waits for a day to end is looked for once a day, and once at the start.
        if settled.is_none_or(|settled| settled < now)
            && let Some(over) = now.pred_opt()
        {
            match due::settle_ended(&app, over).await {
                Ok(true) => settled = Some(now),
                Ok(false) => {}
                Err(error) => tracing::warn!(what = %error, "credits that are due were not settled; trying again"),
            }
        }
        // No sooner than a day ends under this server: nothing rests on it, and whoever only looks records nothing.
        if now > today {
            match due::book_ended_lots(&app, today).await {
                Ok(_) => today = now,
                Err(error) => tracing::warn!(what = %error, "lots that ended were not booked; trying again"),
            }
        }
        pause = RELEASE_EVERY.max(began.elapsed() * RELEASE_REST);
    }
}
