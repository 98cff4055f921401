//! PostgreSQL clusters of a test's own, durable as in production (`fsync` and `synchronous_commit` on), that can be
//! stopped hard, killed and started again at the same address. They end with the test process at the latest.

mod install;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use sqlx::{Connection, PgConnection};

use crate::guard;
use crate::process::{children_of, is_running, is_stopped, signal, wait_for_exit, wait_until};
use install::install;

/// How long a start may take, crash recovery included.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a stop may take: a postmaster kills what does not obey within five seconds.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// How many ports are tried before a start is given up.
const PORTS_TRIED_MAX: u32 = 20;
/// Ports below the range from which systems take the ports of outgoing connections, so that none of those can take
/// a cluster's port while it is down.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 200
shared_buffers = 32MB
huge_pages = off
fsync = on
synchronous_commit = on
full_page_writes = on
# Shared memory as files in the data directory: a killed cluster leaves none elsewhere.
dynamic_shared_memory_type = mmap
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
";

/// A running (or, between a kill and a new start, resting) cluster.
pub struct PgCluster {
    home: PathBuf,
    port: u16,
    postmaster: Mutex<Option<Child>>,
    schemas_named: AtomicU64,
}

/// The cluster that all tests of this process share. Tests that stop or kill one start their own.
pub fn shared_cluster() -> &'static PgCluster {
    static SHARED: OnceLock<PgCluster> = OnceLock::new();
    SHARED.get_or_init(PgCluster::start)
}

impl PgCluster {
    /// Starts a new, empty cluster and waits until it accepts connections.
    pub fn start() -> PgCluster {
        PgCluster::start_with("")
    }

    /// As [`PgCluster::start`], with further lines for its `postgresql.conf`, which win over the usual ones.
    pub fn start_with(settings: &str) -> PgCluster {
        let home = guard::scratch_dir("pg");
        install().lay_data(&home);
        configure(&home, settings);
        for _ in 0..PORTS_TRIED_MAX {
            let port = free_port();
            match launch(&home, port) {
                Ok(child) => {
                    let schemas_named = AtomicU64::new(0);
                    return PgCluster { home, port, postmaster: Mutex::new(Some(child)), schemas_named };
                }
                Err(log) if log.contains("Address already in use") => {}
                Err(log) => panic!("PostgreSQL did not start; its log:\n{log}"),
            }
        }
        panic!("none of {PORTS_TRIED_MAX} ports between {} and {} was free", PORTS.start, PORTS.end);
    }

    /// Its address, for clients of PostgreSQL.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// A journal in a named schema, as the application writes it.
    pub fn url_with_schema(&self, schema: &str) -> String {
        format!("{}?schema={schema}", self.url())
    }

    /// The same in another database of the cluster than the usual one.
    pub fn url_in(&self, database: &str, schema: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}?schema={schema}", self.port)
    }

    /// A journal in a schema that no one else uses.
    pub fn fresh_schema_url(&self) -> String {
        let number = self.schemas_named.fetch_add(1, Ordering::Relaxed) + 1;
        self.url_with_schema(&format!("t{}_{number}", std::process::id()))
    }

    /// The folder of its data, its write-ahead log and its own log.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The TCP port at 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The postmaster's process id; none while the cluster is down.
    pub fn pid(&self) -> Option<u32> {
        self.postmaster().as_ref().map(Child::id)
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        read_log(&self.home)
    }

    /// Stops the server at once, without a checkpoint: every connection breaks, and the next start recovers.
    pub fn stop_immediate(&self) {
        let mut postmaster = self.postmaster();
        if let Some(mut child) = postmaster.take() {
            signal("QUIT", &[child.id()]);
            if wait_for_exit(&mut child, STOP_LIMIT).is_none() {
                kill_with_children(&mut child);
            }
        }
    }

    /// Kills the postmaster and every process of the server (SIGKILL), and waits until none of them runs.
    pub fn kill_9(&self) {
        if let Some(mut child) = self.postmaster().take() {
            kill_with_children(&mut child);
        }
    }

    /// Stops every process of the server where it stands (SIGSTOP): connections stay open and nobody answers.
    pub fn hang(&self) {
        self.signal_all("STOP");
    }

    /// Lets a server that hangs go on.
    pub fn wake(&self) {
        self.signal_all("CONT");
    }

    /// The server's processes apart from the postmaster: those that write for clients and those that work beside them.
    pub fn workers(&self) -> Vec<u32> {
        self.pid().map(children_of).unwrap_or_default()
    }

    /// Gives a directory to the account that the server runs under.
    pub fn take_over(&self, dir: &Path) {
        install().give(dir);
    }

    fn signal_all(&self, name: &str) {
        if let Some(pid) = self.pid() {
            let mut family = children_of(pid);
            family.insert(0, pid);
            signal(name, &family);
        }
    }

    /// Starts the server again, with the same data at the same address, and waits until it accepts connections.
    pub fn start_again(&self) {
        let mut postmaster = self.postmaster();
        assert!(postmaster.is_none(), "the cluster at port {} has not been stopped", self.port);
        let child = launch(&self.home, self.port);
        *postmaster = Some(child.unwrap_or_else(|log| panic!("PostgreSQL did not start again; its log:\n{log}")));
    }

    /// A connection of its own, outside any pool.
    pub async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        PgConnection::connect(&self.url()).await
    }

    /// Cuts every client's connection (the server goes on); answers how many there were.
    pub async fn terminate_backends(&self) -> Result<i64, sqlx::Error> {
        let mut connection = self.connect().await?;
        let terminated = sqlx::query_scalar(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok(terminated)
    }

    fn postmaster(&self) -> MutexGuard<'_, Option<Child>> {
        self.postmaster.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PgCluster {
    fn drop(&mut self) {
        self.stop_immediate();
        // What cannot be removed now goes with the test process.
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn configure(home: &Path, settings: &str) {
    let path = home.join("data/postgresql.conf");
    let mut conf = fs::read_to_string(&path).expect("initdb writes it");
    // From PostgreSQL 14 on: flushes the file system at once before recovery instead of a thousand files one by one,
    // which is as safe, and seconds faster.
    let flush = if conf.contains("recovery_init_sync_method") { "recovery_init_sync_method = syncfs" } else { "" };
    conf.push_str(&format!("{SETTINGS}{flush}\nunix_socket_directories = '{}'\n{settings}\n", home.display()));
    fs::write(&path, conf).expect("it can be written again");
}

/// Starts the server of `home` and waits until it is ready; otherwise answers its log of this start.
fn launch(home: &Path, port: u16) -> Result<Child, String> {
    let log = File::create(home.join("postgres.log")).expect("a log file can be made");
    let mut command = install().program("postgres", home);
    command.arg("-D").arg(home.join("data")).arg("-p").arg(port.to_string());
    command.stdout(log.try_clone().expect("a file can be shared")).stderr(log);
    let mut child = guard::adopt(&mut command).spawn().expect("postgres starts");

    let mut ended = false;
    let settled = wait_until(START_LIMIT, || {
        ended = child.try_wait().expect("a child can be waited for").is_some();
        ended || is_ready(home, child.id())
    });
    if settled && !ended {
        return Ok(child);
    }
    if !ended {
        kill_with_children(&mut child);
    }
    Err(read_log(home))
}

/// Whether this very postmaster has written into its lock file that it accepts connections.
fn is_ready(home: &Path, pid: u32) -> bool {
    let lock = fs::read_to_string(home.join("data/postmaster.pid")).unwrap_or_default();
    let lines: Vec<&str> = lock.lines().collect();
    lines.first().is_some_and(|line| line.trim() == pid.to_string())
        && lines.get(7).is_some_and(|line| line.trim() == "ready")
}

fn read_log(home: &Path) -> String {
    fs::read(home.join("postgres.log")).map_or_else(|_| String::new(), |log| String::from_utf8_lossy(&log).into_owned())
}

fn kill_with_children(postmaster: &mut Child) {
    let pid = postmaster.id();
    // Stopped first: a postmaster that sees a child die, or forks another meanwhile, would run between our signals.
    signal("STOP", &[pid]);
    wait_until(STOP_LIMIT, || is_stopped(pid) || !is_running(pid));
    let mut family = children_of(pid);
    family.push(pid);
    signal("KILL", &family);
    postmaster.wait().expect("a child can be waited for");
    let gone = wait_until(STOP_LIMIT, || !family.iter().any(|&member| is_running(member)));
    assert!(gone, "processes of the killed server {pid} still run");
}

fn free_port() -> u16 {
    let random = || u16::try_from(RandomState::new().hash_one(()) % u64::from(PORTS.end - PORTS.start)).unwrap_or(0);
    (0..PORTS_TRIED_MAX)
        .map(|_| PORTS.start + random())
        .find(|&port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        .unwrap_or(PORTS.start)
}
