//! The machine that is measured on: what it is, how fast its disk makes a write durable, and how much of its time the
//! host takes away ("steal").

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Clock ticks a second, in which /proc/stat counts: 100 on every Linux that Rust runs on.
const TICKS_PER_SECOND: f64 = 100.0;
const PAGE: usize = 8 << 10;

/// Lines on the machine, for above the table.
pub(crate) fn describe() -> Result<Vec<String>> {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").context("the kernel's release")?;
    let about_cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about_cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("");
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = |line: &str| line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
    let memory = memory.lines().find(|line| line.starts_with("MemTotal")).and_then(kilobytes).unwrap_or(0);
    Ok(vec![
        format!("cores   {} ({})", cores(), model.trim_start_matches([' ', '\t', ':'])),
        format!("memory  {} GiB", memory >> 20),
        format!("kernel  Linux {}", kernel.trim()),
    ])
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// How often a second 8 KiB are overwritten durably in a folder, and how long one takes in the middle.
pub(crate) fn sync_rate(folder: &Path, time: Duration) -> Result<(f64, Duration)> {
    let path = folder.join("sync-rate");
    let mut file = File::create(&path)?;
    let page = [7u8; PAGE];
    file.write_all(&page)?;
    file.sync_all()?;
    let started = Instant::now();
    let mut taken = Vec::new();
    while started.elapsed() < time {
        let one = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&page)?;
        file.sync_data()?;
        taken.push(one.elapsed());
    }
    let rate = taken.len() as f64 / started.elapsed().as_secs_f64();
    taken.sort_unstable();
    let middle = taken.get(taken.len() / 2).copied().unwrap_or_default();
    fs::remove_file(path)?;
    Ok((rate, middle))
}

/// Measures steal from now on.
pub(crate) struct Steal {
    ticks: f64,
    since: Instant,
}

impl Steal {
    pub(crate) fn start() -> Steal {
        Steal { ticks: stolen_ticks(), since: Instant::now() }
    }

    /// The mean steal since, in percent of one core.
    pub(crate) fn percent(&self) -> f64 {
        let seconds = self.since.elapsed().as_secs_f64().max(0.001);
        (stolen_ticks() - self.ticks) / TICKS_PER_SECOND / seconds * 100.0
    }
}

fn stolen_ticks() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let all_cores = stat.lines().next().unwrap_or_default();
    // cpu user nice system idle iowait irq softirq steal
    all_cores.split_whitespace().nth(8).and_then(|ticks| ticks.parse().ok()).unwrap_or(0.0)
}
