//! What a measurement gives: figures, the latencies' histogram, and what it ran with.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;
use serde_json::Value;

use super::fill::Filled;
use super::load::Measured;
use super::{BenchArgs, WARM_UP, surroundings};

/// Latencies of calls, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
struct Latency {
    mean: f64,
    p50: f64,
    p90: f64,
    p99: f64,
    p999: f64,
    max: f64,
}

/// A bar of the histogram: so many calls took up to so long, and longer than the bar before.
#[derive(Debug, Clone, Copy, Serialize)]
struct Bar {
    up_to_ms: f64,
    calls: u64,
}

/// A measurement.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    commands_per_second: f64,
    /// The same, with the time until the views stood at the last of them.
    commands_per_second_caught_up: f64,
    latency_ms: Latency,
    caught_up_ms: f64,
    latency_histogram: Vec<Bar>,
    commands: u64,
    refused: u64,
    /// Due in an open loop, but not sent before the time was over: above zero, the rate was not kept.
    unsent: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<u64>,
    fill: Filled,
    settings: Settings,
}

/// What it ran with.
#[derive(Debug, Serialize)]
pub(super) struct Settings {
    journal: String,
    /// Where the calls were made: in this process or over HTTP.
    called: &'static str,
    #[serde(rename = "loop")]
    loop_kind: &'static str,
    #[serde(flatten)]
    arguments: BenchArgs,
    warm_up_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_max: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<Value>,
    cores: usize,
    version: &'static str,
    /// Whether it was built without optimisation: such figures mean nothing.
    debug_build: bool,
}

impl Settings {
    pub(super) fn new(
        args: &BenchArgs,
        journal: String,
        batch_max: Option<usize>,
        database: Option<Value>,
    ) -> Settings {
        Settings {
            journal,
            called: if args.http.is_some() { "http" } else { "in process" },
            loop_kind: if args.rate.is_some() { "open" } else { "closed" },
            warm_up_seconds: f64::from(args.seconds) / f64::from(WARM_UP),
            batch_max,
            database,
            cores: surroundings::cores(),
            version: env!("CARGO_PKG_VERSION"),
            debug_build: cfg!(debug_assertions),
            arguments: args.clone(),
        }
    }
}

impl Report {
    pub(super) fn new(
        measured: &Measured,
        caught_up: Duration,
        transactions: Option<u64>,
        fill: Filled,
        settings: Settings,
    ) -> Report {
        let commands = measured.committed as f64;
        let at = |quantile: f64| millis(measured.latency.value_at_quantile(quantile));
        Report {
            commands_per_second: (commands / measured.elapsed.as_secs_f64()).round(),
            commands_per_second_caught_up: (commands / (measured.elapsed + caught_up).as_secs_f64()).round(),
            latency_ms: Latency {
                mean: (measured.latency.mean()).round() / 1_000.0,
                p50: at(0.5),
                p90: at(0.9),
                p99: at(0.99),
                p999: at(0.999),
                max: millis(measured.latency.max()),
            },
            caught_up_ms: millis(u64::try_from(caught_up.as_micros()).unwrap_or(u64::MAX)),
            latency_histogram: bars(&measured.latency),
            commands: measured.committed,
            refused: measured.refused,
            unsent: measured.unsent,
            transactions,
            fill,
            settings,
        }
    }
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

/// Bars that double in width, from 1/16 of a millisecond on; empty ones at either end are left out.
fn bars(latency: &Histogram<u64>) -> Vec<Bar> {
    const FIRST_MICROS: u64 = 64;
    latency
        .iter_log(FIRST_MICROS, 2.0)
        .map(|step| Bar {
            up_to_ms: millis(step.value_iterated_to().saturating_add(1)),
            calls: step.count_since_last_iteration(),
        })
        .skip_while(|bar| bar.calls == 0)
        .collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const BAR_WIDTH: u64 = 50;
        let Settings { arguments, .. } = &self.settings;
        writeln!(
            f,
            "commands/s   {} ({} with the views caught up)",
            self.commands_per_second, self.commands_per_second_caught_up
        )?;
        let Latency { mean, p50, p90, p99, p999, max } = self.latency_ms;
        writeln!(
            f,
            "latency, ms  mean {mean:.3}, p50 {p50:.3}, p90 {p90:.3}, p99 {p99:.3}, p99.9 {p999:.3}, max {max:.3}"
        )?;
        let calls: u64 = self.latency_histogram.iter().map(|bar| bar.calls).sum();
        for bar in &self.latency_histogram {
            let width = usize::try_from((bar.calls * BAR_WIDTH).div_ceil(calls.max(1))).unwrap_or(0);
            writeln!(f, "  up to {:>10.3} {:>10} {}", bar.up_to_ms, bar.calls, "#".repeat(width))?;
        }
        writeln!(f, "caught up    {} ms after the last answer", self.caught_up_ms)?;
        writeln!(f, "commands     {} took effect, {} were refused", self.commands, self.refused)?;
        if let Some(transactions) = self.transactions {
            writeln!(f, "transactions {transactions}")?;
        }
        if let Some(rate) = arguments.rate {
            writeln!(f, "open loop    {rate} commands/s were due, {} of them were never sent", self.unsent)?;
        }
        let settings = serde_json::to_string_pretty(&self.settings).map_err(|_| fmt::Error)?;
        writeln!(f, "settings     {settings}")?;
        if self.settings.debug_build {
            writeln!(f, "This is a debug build: its figures mean nothing. Build with --release.")?;
        }
        Ok(())
    }
}
