//! How long a journal takes to verify, beside hashing the same bytes and nothing else.
//!
//! ```sh
//! cargo run --release -p ledger-core --example journal_speed -- JOURNAL.db [ROUNDS]
//! ```
//!
//! "Hashing alone" is the leaves' bytes, already in memory, on all processors. Memory comes from the allocator that the
//! program has.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::verifier::{Verdict, verify};
use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::{Entry, Journal, JournalError};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PAGE: usize = 50_000;

#[tokio::main]
async fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(path) = args.next() else {
        eprintln!("name a journal's file");
        return ExitCode::from(2);
    };
    let rounds = args.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(3);
    match measured(Path::new(&path), rounds).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn measured(path: &Path, rounds: u32) -> Result<(), JournalError> {
    for _ in 0..rounds {
        let journal: Arc<dyn Journal> = Arc::new(SqliteJournal::open_read_only(path)?);
        let (begun, spent) = (Instant::now(), processor_seconds());
        let verdict = verify(&journal, &[], &mut |_, _| ()).await;
        let (verified, spent) = (begun.elapsed().as_secs_f64(), processor_seconds() - spent);
        let Verdict::Valid { size, .. } = verdict else {
            eprintln!("{verdict:?}");
            return Ok(());
        };
        let hashed = hashing_alone(journal.as_ref()).await?.as_secs_f64().max(1e-9);
        let rate = size as f64 / verified;
        let ratio = verified / hashed;
        eprintln!(
            "{size} events in {verified:.2} s ({spent:.2} s of processors), {rate:.0}/s; hashing alone {hashed:.3} s; ratio {ratio:.2}"
        );
    }
    Ok(())
}

/// What this process spent of processors so far, where the system tells.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// The time to hash every leaf on all processors, without the reading.
async fn hashing_alone(journal: &dyn Journal) -> Result<Duration, JournalError> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let (mut position, mut hashing) = (0, Duration::ZERO);
    loop {
        let entries = journal.read(position, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(hashing) };
        position = last.position;
        let leaves: Vec<Vec<u8>> = entries.iter().map(Entry::leaf_bytes).collect();
        let begun = Instant::now();
        thread::scope(|scope| {
            for share in leaves.chunks(leaves.len().div_ceil(processors)) {
                scope.spawn(move || {
                    for leaf in share {
                        std::hint::black_box(HashSuite::Sha256.leaf_hash(leaf));
                    }
                });
            }
        });
        hashing += begun.elapsed();
    }
}
