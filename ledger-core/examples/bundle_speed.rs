//! How long a bundle takes to verify, with the verifier alone, beside hashing the same bytes and nothing else.
//!
//! ```sh
//! cargo run --release -p ledger-core --no-default-features --example bundle_speed -- BUNDLE.zip [VKEY]
//! ```
//!
//! "Hashing alone" is what no verifier can do without: every leaf and every inner node of the log, and the SHA-256 of each
//! file, from memory, on all processors.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use ledger_core::evidence::bundle::EVENTS;
use ledger_core::evidence::bundle::verify::{Trust, verify_bundle};
use ledger_core::evidence::forms::event_line::EventLine;
use ledger_core::evidence::hash::{Hash, HashSuite};

// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(path) = args.next() else {
        eprintln!("name a bundle");
        return ExitCode::from(2);
    };
    let mut trust = Trust::default();
    for key in args {
        let trusted = key.parse().map_err(|error| format!("{key}: {error}"));
        if let Err(error) = trusted.and_then(|key| trust.journal.trust(key).map_err(|error| error.to_string())) {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    }
    let begun = Instant::now();
    let report = verify_bundle(Path::new(&path), &trust, &mut |_| ());
    let verified = begun.elapsed();
    let memory = high_water();
    report_line("verdict", &format!("{:?}", report.verdict));
    report_line("events", &report.events.to_string());
    report_line("verified in", &format!("{:.2} s", seconds(verified)));
    report_line("events/s", &format!("{:.0}", count(report.events) / seconds(verified)));
    report_line("memory", &format!("{memory} MiB"));
    match hashing_alone(&path) {
        Ok((hashed, bytes)) => {
            report_line("hashing alone", &format!("{:.2} s for {} MiB", seconds(hashed), bytes >> 20));
            report_line("ratio", &format!("{:.2}", seconds(verified) / seconds(hashed)));
        }
        Err(error) => eprintln!("hashing alone could not be measured: {error}"),
    }
    ExitCode::SUCCESS
}

fn report_line(name: &str, value: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{name:<14} {value}");
}

/// The time to hash, on all processors, what must be hashed; and how many bytes that is.
fn hashing_alone(path: &str) -> Result<(Duration, usize), Box<dyn std::error::Error>> {
    let mut archive = zip::ZipArchive::new(File::open(path)?)?;
    let mut files = Vec::new();
    let mut leaves = Vec::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place)?;
        let events = file.name()? == EVENTS;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        if events {
            for line in str::from_utf8(&content)?.lines() {
                let (mut leaf, mut room) = (Vec::new(), Vec::new());
                EventLine::parse(line, &mut room)?.fields().encode_into(&mut leaf);
                leaves.push(leaf);
            }
        }
        files.push(content);
    }
    let suite = HashSuite::Sha256;
    let processors = thread::available_parallelism()?.get();
    let pieces: Vec<&[u8]> = files.iter().flat_map(|file| file.chunks(1 << 20)).collect();
    let begun = Instant::now();
    thread::scope(|scope| {
        for own in 0..processors {
            let (pieces, leaves) = (&pieces, &leaves);
            scope.spawn(move || {
                let mine = leaves.iter().skip(own).step_by(processors).map(|leaf| suite.leaf_hash(leaf));
                // As many inner nodes as leaves.
                let nodes = mine.fold(Hash::from_bytes([0; 32]), |last, hash| suite.node_hash(last, hash));
                let files = pieces.iter().skip(own).step_by(processors).map(|piece| suite.digest(piece));
                std::hint::black_box((nodes, files.fold(0_u8, |sum, hash| sum ^ hash.as_bytes()[0])));
            });
        }
    });
    let hashed = begun.elapsed();
    let bytes = leaves.iter().map(|leaf| leaf.len() + 65).sum::<usize>() + files.iter().map(Vec::len).sum::<usize>();
    Ok((hashed, bytes))
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64().max(1e-9)
}

fn count(events: u64) -> f64 {
    events as f64
}

/// The most memory this process had, in MiB; 0 where the system does not tell.
fn high_water() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) >> 10
}
