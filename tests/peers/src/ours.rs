//! Ours, through the program that users run: `nuanxin bench`, `serve`, `replay` and `verify`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::load::Skew;
use crate::reading::Reading;
use crate::sql::Operation;

/// How long a server may take to stop.
const STOP_MAX: Duration = Duration::from_secs(60);

/// A journal that is measured on: its address and the district in it.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(crate) url: String,
    pub(crate) workers: u32,
    pub(crate) history: u32,
}

/// A load of `nuanxin bench`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) operation: Operation,
    pub(crate) callers: u32,
    pub(crate) batch: u32,
    pub(crate) seconds: u64,
}

/// The program.
pub(crate) struct Nuanxin {
    pub(crate) program: PathBuf,
}

#[derive(Deserialize)]
struct BenchReport {
    commands_per_second_caught_up: f64,
    latency_ms: Latency,
    caught_up_ms: f64,
    refused: u64,
    commands: u64,
    #[serde(default)]
    transactions: Option<u64>,
}

#[derive(Deserialize)]
struct Latency {
    p50: f64,
    p99: f64,
}

impl Nuanxin {
    fn on(&self, journal: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--journal", journal]).env("NUANXIN_LOG", "warn").stdin(Stdio::null());
        command
    }

    fn output(command: &mut Command) -> Result<String> {
        let output = command.output().with_context(|| format!("{command:?} does not start"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{command:?} ended with {}: {said}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Measures a load in process; commands a second with the views caught up inside the measured time.
    pub(crate) fn bench(&self, journal: &Journal, skew: Skew, load: Load) -> Result<Reading> {
        let mut command = self.on(&journal.url);
        command.arg("bench");
        Nuanxin::read(Nuanxin::output(load_arguments(&mut command, journal, skew, load))?)
    }

    /// The same over HTTP, on a journal that was filled before.
    pub(crate) fn bench_http(
        &self,
        server: &str,
        tokens: &Tokens,
        journal: &Journal,
        skew: Skew,
        load: Load,
    ) -> Result<Reading> {
        let mut command = Command::new(&self.program);
        command.stdin(Stdio::null()).args(["bench", "--no-fill", "--http", server]);
        command.env("NUANXIN_TOKEN", &tokens.desk).env("NUANXIN_ADMIN_TOKEN", &tokens.admin);
        Nuanxin::read(Nuanxin::output(load_arguments(&mut command, journal, skew, load))?)
    }

    fn read(json: String) -> Result<Reading> {
        let report: BenchReport = serde_json::from_str(&json).context("what bench printed")?;
        ensure!(report.refused == 0, "{} commands were refused", report.refused);
        let mut note = format!("views {:.0} ms after the last answer", report.caught_up_ms);
        if let Some(transactions) = report.transactions.filter(|transactions| *transactions > 0) {
            note += &format!(", {:.0} commands a transaction", report.commands as f64 / transactions as f64);
        }
        Ok(Reading {
            figure: report.commands_per_second_caught_up,
            p50_ms: report.latency_ms.p50,
            p99_ms: report.latency_ms.p99,
            note,
        })
    }

    /// Seconds of a subcommand that reads a whole journal.
    pub(crate) fn seconds(&self, journal: &str, arguments: &[&str]) -> Result<f64> {
        let started = Instant::now();
        Nuanxin::output(self.on(journal).args(arguments))?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// The tokens of an administrator, and of a desk that is operator and clerk of so many stores.
    pub(crate) fn tokens(&self, journal: &str, stores: u32) -> Result<Tokens> {
        let run = |arguments: &[&str]| Nuanxin::output(self.on(journal).args(arguments));
        // Opened by an earlier reading, where there was one: then it has its roles.
        if run(&["account", "open", "peers"]).is_ok() {
            run(&["account", "grant", "peers", "--role", "operator"])?;
            let scopes: Vec<String> = (0..stores).map(|number| format!("BENCH-S{number:05}")).collect();
            let mut grant = vec!["account", "grant", "peers", "--role", "clerk"];
            grant.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
            run(&grant)?;
            run(&["account", "open", "peers-admin"])?;
            run(&["account", "grant", "peers-admin", "--role", "admin"])?;
        }
        let desk = run(&["token", "issue", "--account", "peers"])?;
        let admin = run(&["token", "issue", "--account", "peers-admin"])?;
        Ok(Tokens { desk: desk.trim().to_owned(), admin: admin.trim().to_owned() })
    }

    /// Starts a server and waits until it is ready.
    pub(crate) fn serve(&self, journal: &str) -> Result<Server> {
        let started = Instant::now();
        let mut child = self
            .on(journal)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .context("nuanxin does not start")?;
        let out = child.stdout.take().context("its output")?;
        let mut server = Server { child, url: String::new(), ready_after: Duration::ZERO };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        server.ready_after = started.elapsed();
        match line.trim().strip_prefix("listening on ") {
            Some(url) => server.url = url.to_owned(),
            None => bail!("the server did not begin to listen; it said {line:?}"),
        }
        Ok(server)
    }
}

fn load_arguments<'a>(command: &'a mut Command, journal: &Journal, skew: Skew, load: Load) -> &'a mut Command {
    let skew = if load.operation == Operation::RedeemAtOne { skew.one_store() } else { skew };
    let mix = if load.operation == Operation::Credit { "100:0" } else { "0:100" };
    let numbers = [
        ("--workers", u64::from(journal.workers)),
        ("--history", u64::from(journal.history)),
        ("--stores", u64::from(skew.stores)),
        ("--hot", u64::from(skew.hot)),
        // One shelf a store, as the peers have.
        ("--items", 1),
        ("--concurrency", u64::from(load.callers)),
        ("--batch", u64::from(load.batch)),
        ("--seconds", load.seconds),
    ];
    for (name, value) in numbers {
        command.arg(name).arg(value.to_string());
    }
    command.args(["--json", "--mix", mix])
}

/// A running server of ours; it is stopped when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) ready_after: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let started = Instant::now();
        while started.elapsed() < STOP_MAX && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The journal's file of a `sqlite:` address.
pub(crate) fn sqlite_path(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite:").map(Path::new)
}

/// Tokens for a server, or whatever stands for them.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    desk: String,
    admin: String,
}
