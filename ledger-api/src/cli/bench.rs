//! `nuanxin bench`: durable commands per second, in process, closed loop: each of `--concurrency` callers sends its next
//! command when the last one was answered, and an answer is given only once its commit is durable.
//!
//! It first fills the journal with invented workers, stores and credits, so it wants a journal of its own.

mod fill;
mod load;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::{Ledger, LedgerSettings};
use serde::Serialize;

use super::{CliError, CliResult};
use crate::app;

/// Arguments of `bench`.
#[derive(Debug, Clone, Args, Serialize)]
pub struct BenchArgs {
    /// Workers
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    workers: u32,
    /// Stores; ten of them get nine in ten of the redemptions
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    stores: u32,
    /// Credits that each worker has before the measurement
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    history: u32,
    /// Callers, each with one call under way
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    concurrency: u32,
    /// Commands in one call
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    batch: u32,
    /// Seconds measured, after a warm-up of a fifth of them
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    seconds: u32,
    /// Credits to redemptions, such as 50:50; 0:100 is redemptions alone
    #[arg(long, default_value_t = Mix { credit: 50, redeem: 50 })]
    mix: Mix,
    /// Seed of the choice of workers and stores
    #[arg(long, default_value_t = 1)]
    seed: u64,
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

#[derive(Serialize)]
struct Latency {
    p50: f64,
    p99: f64,
    p999: f64,
}

#[derive(Serialize)]
struct Report<'a> {
    commands_per_second: f64,
    /// The same, with the time until the views stood at the last of them.
    commands_per_second_caught_up: f64,
    latency_ms: Latency,
    caught_up_ms: f64,
    commands: u64,
    refused: u64,
    batches: u64,
    fill: fill::Filled,
    settings: Settings<'a>,
}

#[derive(Serialize)]
struct Settings<'a> {
    journal: String,
    loop_kind: &'static str,
    #[serde(flatten)]
    arguments: &'a BenchArgs,
    batch_max: usize,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: BenchArgs, url: &JournalUrl) -> CliResult {
    let journal = app::open_journal(url).await?;
    let settings = LedgerSettings::default();
    let batch_max = settings.batch_max;
    let (ledger, task) = Ledger::open(Arc::clone(&journal), settings, "nuanxin/bench", HashSuite::Sha256).await?;
    let (views, runner) = projections::open(url, journal, ledger.feed()).await?;
    let filled = fill::fill(&ledger, &args).await?;
    eprintln!("filled: {} commands in {:.1} s", filled.commands, filled.seconds);
    let last = *ledger.committed().borrow();
    while views.position() < last {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    load::measure(&ledger, &args, Duration::from_millis(u64::from(args.seconds) * 200)).await?;
    let batches = ledger.stats().batches.load(std::sync::atomic::Ordering::Relaxed);
    let measured = load::measure(&ledger, &args, Duration::from_secs(u64::from(args.seconds))).await?;
    let batches = ledger.stats().batches.load(std::sync::atomic::Ordering::Relaxed) - batches;
    let last = *ledger.committed().borrow();
    let waiting = Instant::now();
    while views.position() < last {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let caught_up = waiting.elapsed();
    let commands = measured.committed as f64;
    let millis = |quantile: f64| measured.latency.value_at_quantile(quantile) as f64 / 1_000.0;
    let report = Report {
        commands_per_second: (commands / measured.elapsed.as_secs_f64()).round(),
        commands_per_second_caught_up: (commands / (measured.elapsed + caught_up).as_secs_f64()).round(),
        latency_ms: Latency { p50: millis(0.5), p99: millis(0.99), p999: millis(0.999) },
        caught_up_ms: (caught_up.as_secs_f64() * 1_000.0).round(),
        commands: measured.committed,
        refused: measured.refused,
        batches,
        fill: filled,
        settings: Settings { journal: url.to_string(), loop_kind: "closed", arguments: &args, batch_max },
    };
    drop((views, ledger));
    task.finished().await;
    runner.stop().await;
    if args.json {
        let json = serde_json::to_string(&report).map_err(|error| CliError::failed(error.to_string()))?;
        println!("{json}");
    } else {
        println!(
            "commands/s   {} ({} with the views caught up)",
            report.commands_per_second, report.commands_per_second_caught_up
        );
        let Latency { p50, p99, p999 } = report.latency_ms;
        println!("latency      p50 {p50:.2} ms, p99 {p99:.2} ms, p99.9 {p999:.2} ms");
        println!("caught up    {} ms after the last answer", report.caught_up_ms);
        println!("transactions {} for {} commands, {} refused", report.batches, report.commands, report.refused);
    }
    Ok(ExitCode::SUCCESS)
}
