//! A PostgreSQL of the measurement's own, as durable as in production, on the disk that is measured.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use sqlx::{Connection, Executor, PgConnection};

/// How long a start or a stop may take.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Megabytes of WAL that lie ready before the first round: about what five rounds of two seconds write.
const WAL_READY_MB: i32 = 6 << 10;

/// The same for everyone. Shared buffers and WAL are wide enough that hardly a checkpoint falls into a run.
pub(crate) const SETTINGS: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("wal_sync_method", "fdatasync"),
    ("shared_buffers", "4GB"),
    ("max_wal_size", "16GB"),
    ("min_wal_size", "8GB"),
    ("checkpoint_timeout", "1h"),
    ("max_connections", "200"),
];

/// A running server. It is stopped, and its data removed, when dropped.
pub(crate) struct Cluster {
    home: PathBuf,
    bin: PathBuf,
    port: u16,
    postmaster: Child,
}

impl Cluster {
    /// Lays a new data directory in a folder and starts a server on it.
    pub(crate) fn start(home: &Path) -> Result<Cluster> {
        let bin = find_programs()?;
        let account = server_account()?;
        fs::create_dir_all(home)?;
        if let Some((user, group)) = account {
            chown(home, Some(user), Some(group))?;
        }
        let program = |name: &str| {
            let mut command = Command::new(bin.join(name));
            command.current_dir(home).stdin(Stdio::null()).env("LC_ALL", "C");
            if let Some((user, group)) = account {
                command.uid(user).gid(group);
            }
            command
        };
        let laid = program("initdb")
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--pgdata=data"])
            .output()
            .context("initdb does not start")?;
        ensure!(laid.status.success(), "initdb failed: {}", String::from_utf8_lossy(&laid.stderr));
        let port = free_port()?;
        let log = File::create(home.join("postgres.log"))?;
        let mut server = program("postgres");
        server.arg("-D").arg("data").arg("-p").arg(port.to_string());
        for (name, value) in SETTINGS {
            server.arg("-c").arg(format!("{name}={value}"));
        }
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        let postmaster = server.stdout(log.try_clone()?).stderr(log).spawn().context("postgres does not start")?;
        let mut cluster = Cluster { home: home.to_owned(), bin, port, postmaster };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Brings it to where a server stands that has run for a while: its WAL goes into files of before. A new one would write
    /// each file full of zeros first, 16 MB at a time, and every commit would wait for that.
    pub(crate) async fn run_in(&self) -> Result<()> {
        let mut connection = PgConnection::connect(&self.url()).await?;
        let fill =
            "SELECT count(pg_logical_emit_message(false, 'run in', repeat('x', 1 << 20))) FROM generate_series(1, $1)";
        sqlx::query(fill).bind(WAL_READY_MB).execute(&mut connection).await?;
        connection.execute("CHECKPOINT").await?;
        Ok(connection.close().await?)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// pgbench, pointed at this server.
    pub(crate) fn pgbench(&self) -> Command {
        let mut command = Command::new(self.bin.join("pgbench"));
        command.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()]);
        command.env("LC_ALL", "C").stdin(Stdio::null());
        command
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < WAIT_MAX {
            if let Some(status) = self.postmaster.try_wait()? {
                let log = fs::read_to_string(self.home.join("postgres.log")).unwrap_or_default();
                bail!("PostgreSQL ended with {status}; its log:\n{log}");
            }
            let lock = fs::read_to_string(self.home.join("data/postmaster.pid")).unwrap_or_default();
            if lock.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL was not ready within {} seconds", WAIT_MAX.as_secs());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT: a fast shutdown.
        let _ = Command::new("kill").args(["-INT", &self.postmaster.id().to_string()]).status();
        let started = Instant::now();
        while started.elapsed() < WAIT_MAX && matches!(self.postmaster.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.postmaster.kill();
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn find_programs() -> Result<PathBuf> {
    let has = |dir: &PathBuf| ["initdb", "postgres", "pgbench"].iter().all(|name| dir.join(name).is_file());
    if let Some(named) = env::var_os("NUANXIN_PG_BIN").map(PathBuf::from) {
        ensure!(has(&named), "NUANXIN_PG_BIN names {}, which lacks initdb, postgres or pgbench", named.display());
        return Ok(named);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
        versions.sort();
        dirs.extend(versions.into_iter().rev());
    }
    dirs.into_iter().find(has).context("initdb, postgres and pgbench are not installed (Debian: postgresql)")
}

/// PostgreSQL does not run as root: then it runs as the user `postgres`.
fn server_account() -> Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let id = |flag: &str| -> Result<u32> {
        let output = Command::new("id").args([flag, "postgres"]).output()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().context("there is no user postgres to run the server as")
    };
    Ok(Some((id("-u")?, id("-g")?)))
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
