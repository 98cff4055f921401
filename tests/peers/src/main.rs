//! Nuanxin's speed measured beside what a user would pick instead, on the same disk in the same minutes. `run` builds and
//! starts it; docs/performance.md in the repository says what is compared and why.
//!
//! Machines have moods: a figure of one run means little. Every round takes each probe once, in an order that turns; rows
//! compare within a round, and the table gives medians of these ratios.

mod bare_http;
mod framework;
mod load;
mod machine;
mod ours;
mod pgbench;
mod postgres;
mod probe;
mod reading;
mod record;
mod report;
mod row;
mod sql;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde_json::json;

use load::Skew;
use machine::Steal;
use ours::Nuanxin;
use postgres::{Cluster, SETTINGS};
use probe::{Bench, Db, Probe};
use reading::Reading;
use report::{HEAD, Taken, short};
use row::Row;

/// Measures Nuanxin beside its peers and prints a table of ratios.
#[derive(Debug, Parser)]
struct Args {
    /// Rounds; every one measures everything once
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rounds: u32,
    /// Seconds of one measurement, after a warm-up of a fifth of them
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// Only these rows, such as hot-store,plain-file; `--list` names them
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Name the rows and end
    #[arg(long)]
    list: bool,
    /// Workers of the loads, everywhere the same
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    workers: u32,
    /// Stores, of which ten get nine redemptions in ten
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    stores: u32,
    /// Events of a worker before the measurement
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    history: u32,
    /// Workers of the large journal, with ten events each: 1000000 makes ten million events
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    large_workers: u32,
    /// The program that is measured, built with --release
    #[arg(long, default_value = "../../target/release/nuanxin")]
    nuanxin: PathBuf,
    /// Where everything is kept while it is measured: on the disk that counts
    #[arg(long, default_value = "target/data")]
    data: PathBuf,
    /// Where the results go as JSON
    #[arg(long, default_value = "target/results.json")]
    results: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    if args.list {
        for row in row::all() {
            println!("{:20} {}", row.name, row.figure);
        }
        return Ok(());
    }
    let rows = chosen(&args.only)?;
    let probes = probes_of(&rows);
    let program =
        fs::canonicalize(&args.nuanxin).with_context(|| format!("{}: build it first", args.nuanxin.display()))?;
    let folder = fresh_folder(&args.data)?;
    let mut machine = machine::describe()?;
    let (syncs, middle) = machine::sync_rate(&folder, Duration::from_secs(3))?;
    machine.push(format!(
        "disk    {} durable overwrites of 8 KiB a second (fdatasync), {middle:?} in the middle",
        short(syncs)
    ));
    let settings: Vec<String> = SETTINGS.iter().map(|(name, value)| format!("{name}={value}")).collect();
    machine.push(format!("postgres {}", settings.join(" ")));
    machine.push(format!(
        "load    {} workers with {} events each, {} stores of which 10 take nine in ten, {} s a run, closed loop",
        args.workers, args.history, args.stores, args.seconds
    ));
    machine.iter().for_each(|line| println!("{line}"));

    let cluster = if probes.iter().any(|probe| needs_postgres(*probe)) {
        let cluster = Cluster::start(&folder.join("pg"))?;
        cluster.run_in().await?;
        Some(cluster)
    } else {
        None
    };
    let mut bench = Bench {
        folder: folder.clone(),
        cluster,
        nuanxin: Nuanxin { program },
        skew: Skew { workers: args.workers, stores: args.stores, hot: 10.min(args.stores) },
        history: args.history,
        large_workers: args.large_workers,
        seconds: args.seconds,
        sql_ready: false,
        on_postgres: None,
        on_sqlite: None,
        plain: None,
        best: BTreeMap::new(),
    };
    let (mut rounds, mut taken) = (Vec::new(), Vec::new());
    for round in 1..=args.rounds {
        rounds.push(measure(&mut bench, &probes, round, &mut taken).await?);
        save(&args, &machine, &rows, &rounds, &taken)?;
    }
    println!("\n{HEAD}");
    for line in report::lines(&rows, &rounds) {
        println!("{}", line.markdown());
    }
    println!("\nmedians of {} rounds; every reading is in {}", args.rounds, args.results.display());
    drop(bench);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// One round: every probe once, in an order that turns from round to round.
async fn measure(
    bench: &mut Bench,
    probes: &[Probe],
    round: u32,
    taken: &mut Vec<Taken>,
) -> Result<BTreeMap<Probe, Reading>> {
    let mut order = probes.to_vec();
    if round.is_multiple_of(2) {
        order.reverse();
    }
    let mut readings = BTreeMap::new();
    for probe in order {
        bench.prepare(probe).await.with_context(|| format!("preparing {probe}"))?;
        let steal = Steal::start();
        let reading = bench.read(probe).await.with_context(|| format!("measuring {probe}"))?;
        let one = Taken { round, probe: probe.to_string(), reading: reading.clone(), steal: steal.percent() };
        println!(
            "round {round}  {:36} {:>12}  p50 {:>8} ms  p99 {:>8} ms  steal {:>3.0} %  {}",
            one.probe,
            short(one.reading.figure),
            short(one.reading.p50_ms),
            short(one.reading.p99_ms),
            one.steal,
            one.reading.note,
        );
        taken.push(one);
        readings.insert(probe, reading);
    }
    Ok(readings)
}

fn chosen(only: &[String]) -> Result<Vec<Row>> {
    let rows = row::all();
    for name in only {
        ensure!(rows.iter().any(|row| row.name == name), "there is no row {name}; --list names them");
    }
    Ok(rows.into_iter().filter(|row| only.is_empty() || only.iter().any(|name| name == row.name)).collect())
}

/// Each once, ours next to what it is held against.
fn probes_of(rows: &[Row]) -> Vec<Probe> {
    let mut probes = Vec::new();
    for probe in rows.iter().flat_map(|row| std::iter::once(row.ours).chain(row.peers.iter().copied())) {
        if !probes.contains(&probe) {
            probes.push(probe);
        }
    }
    probes
}

fn needs_postgres(probe: Probe) -> bool {
    match probe {
        Probe::Sql(..) | Probe::Pgbench(..) => true,
        Probe::Ours(db, ..)
        | Probe::Framework(db, ..)
        | Probe::Read(_, db)
        | Probe::Decode(db, _)
        | Probe::Hash(db)
        | Probe::Start(db)
        | Probe::Disk(db)
        | Probe::Payload(db) => db == Db::Postgres,
        Probe::OursHttp(..) | Probe::PlainFile | Probe::BareHttp(_) => false,
    }
}

/// A folder of this run's own.
fn fresh_folder(data: &Path) -> Result<PathBuf> {
    fs::create_dir_all(data)?;
    let folder = fs::canonicalize(data)?.join(std::process::id().to_string());
    fs::create_dir(&folder)?;
    Ok(folder)
}

fn save(
    args: &Args,
    machine: &[String],
    rows: &[Row],
    rounds: &[BTreeMap<Probe, Reading>],
    taken: &[Taken],
) -> Result<()> {
    let results = json!({"machine": machine, "table": report::lines(rows, rounds), "readings": taken});
    if let Some(folder) = args.results.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(&args.results, serde_json::to_vec_pretty(&results)?)?)
}
