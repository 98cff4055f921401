//! `nuanxin bench`: durable commands per second, in process or over HTTP, and how long callers wait.
//!
//! An answer is given only once its commit is durable, so every command that is counted survives. It first fills the
//! journal with an invented district and therefore wants a journal of its own.

mod district;
mod door;
mod fill;
mod in_process;
mod json;
mod load;
mod over_http;
mod report;
mod surroundings;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::Args;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::Ledger;
use serde::Serialize;

use super::say::say;
use super::{CliError, CliResult};
use crate::{app, memory};
use district::District;
use door::House;
use in_process::InProcess;
use over_http::OverHttp;
use report::{Report, Settings};

/// The warm-up's share of the measured time: one in so many.
const WARM_UP: u32 = 5;
const A_REAL_JOURNAL: &str = "the journal holds entries of a district; give bench a journal of its own";

/// Arguments of `bench`.
#[derive(Debug, Clone, Args, Serialize)]
pub struct BenchArgs {
    /// Workers
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    workers: u32,
    /// Stores
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    stores: u32,
    /// Items that every store lists
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=999))]
    items: u32,
    /// Stores that get nine in ten of the redemptions; 0 spreads them evenly
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    hot: u32,
    /// Credits that each worker has before the measurement
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    history: u32,
    /// Callers, each with one call under way
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    concurrency: u32,
    /// Commands in one call
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    batch: u32,
    /// Open loop: so many commands a second are due, and latencies count from when they were; without it closed loop,
    /// each caller sends its next call when the last one was answered
    #[arg(long, value_name = "PER_SECOND", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    rate: Option<u32>,
    /// Seconds measured, after a warm-up: if the journal was opened cold, its workers are read ahead and each spends once
    /// (100,000 of them at most); then the load itself for a fifth of the time
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    seconds: u32,
    /// Credits to redemptions, such as 50:50; 0:100 is redemptions alone
    #[arg(long, value_name = "CREDIT:REDEEM", default_value_t = Mix { credit: 50, redeem: 50 })]
    mix: Mix,
    /// Seed of the choice of workers and stores
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Measure a running server, such as http://127.0.0.1:8080, instead of a journal in process
    #[arg(long, value_name = "URL", requires_all = ["token", "admin_token"])]
    http: Option<String>,
    /// A token for the server of an account that is operator, and clerk of the stores BENCH-S00000 and on
    #[arg(long, env = "NUANXIN_TOKEN", hide_env_values = true)]
    #[serde(skip)]
    token: Option<String>,
    /// An administrator's token for the server, to fill the journal
    #[arg(long, env = "NUANXIN_ADMIN_TOKEN", hide_env_values = true)]
    #[serde(skip)]
    admin_token: Option<String>,
    /// The journal was filled before by a bench of the same workers, stores, items and history: send nothing of it again
    #[arg(long)]
    no_fill: bool,
    /// Print JSON
    #[arg(long)]
    #[serde(skip)]
    json: bool,
}

/// The share of credits and redemptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mix {
    credit: u32,
    redeem: u32,
}

impl std::fmt::Display for Mix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.credit, self.redeem)
    }
}

impl Serialize for Mix {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::str::FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Mix, String> {
        let share = |part: &str| part.parse::<u32>().ok().filter(|share| *share <= 1_000_000);
        let parts = text.split_once(':').and_then(|(credit, redeem)| Some((share(credit)?, share(redeem)?)));
        match parts {
            Some((credit, redeem)) if credit + redeem > 0 => Ok(Mix { credit, redeem }),
            _ => Err("write CREDIT:REDEEM, such as 50:50 or 0:100".into()),
        }
    }
}

fn failed(error: impl std::fmt::Display) -> CliError {
    CliError::failed(error.to_string())
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: BenchArgs, url: &JournalUrl) -> CliResult {
    let json = args.json;
    let report = match (&args.http, &args.token, &args.admin_token) {
        (Some(server), Some(token), Some(admin_token)) => over_http(&args, server, token, admin_token).await?,
        _ => in_process(&args, url).await?,
    };
    if json {
        say!("{}", serde_json::to_string(&report).map_err(failed)?);
    } else {
        super::say::text(format_args!("{report}"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn over_http(args: &BenchArgs, server: &str, token: &str, admin_token: &str) -> Result<Report, CliError> {
    let house = OverHttp::new(server, token, admin_token)?;
    let settings = Settings::new(args, server.to_owned(), None, None);
    measure(&house, args, settings, || None).await
}

async fn in_process(args: &BenchArgs, url: &JournalUrl) -> Result<Report, CliError> {
    let journal = app::open_journal(url).await?;
    let limits = memory::ledger_settings();
    let database = surroundings::database(url).await?;
    let settings = Settings::new(args, url.to_string(), Some(limits.batch_max), Some(database));
    let (ledger, task) = Ledger::open(Arc::clone(&journal), limits, "nuanxin/bench", HashSuite::Sha256).await?;
    let (views, runner) = projections::open(url, journal, ledger.feed()).await?;
    let house = InProcess { ledger, views };
    let transactions = || Some(house.ledger.stats().batches.load(Ordering::Relaxed));
    let report = measure(&house, args, settings, transactions).await;
    drop(house);
    task.finished().await;
    runner.stop().await;
    report
}

async fn measure<H: House>(
    house: &H,
    args: &BenchArgs,
    settings: Settings,
    transactions: impl Fn() -> Option<u64>,
) -> Result<Report, CliError> {
    let district = District::new(args);
    let run = uuid::Uuid::new_v4().simple().to_string().split_off(22);
    let mut filled = fill::Filled::default();
    if !args.no_fill {
        filled = fill::fill(house, district).await?;
        eprintln!("filled: {} commands in {:.1} s", filled.commands, filled.seconds);
        fill::restock(house, district, &run).await?;
    }
    let warming = Instant::now();
    house.warm().await;
    eprintln!("workers read ahead in {:.1} s", warming.elapsed().as_secs_f64());
    if filled.commands == 0 {
        fill::touch(house, district, &run).await?;
    }
    let time = Duration::from_secs(args.seconds.into());
    let warmed_up = load::measure(house, args, &format!("{run}w"), time / WARM_UP).await?;
    house.caught_up(warmed_up.position, district).await?;
    let before = transactions();
    let measured = load::measure(house, args, &run, time).await?;
    let after = transactions();
    let waiting = Instant::now();
    house.caught_up(measured.position, district).await?;
    let caught_up = waiting.elapsed();
    let transactions = after.zip(before).map(|(after, before)| after - before);
    Ok(Report::new(&measured, caught_up, transactions, filled, settings))
}

#[cfg(test)]
mod tests {
    use super::Mix;

    #[test]
    fn a_mix_is_two_shares_of_which_one_is_more_than_nothing() {
        assert_eq!("0:100".parse(), Ok(Mix { credit: 0, redeem: 100 }));
        for text in ["", "0:0", "50", "1:2:3", "-1:2", "1:1000001", "a:b"] {
            assert!(text.parse::<Mix>().is_err(), "{text}");
        }
    }
}
