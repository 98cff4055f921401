//! The measured load: callers in a closed loop, latencies in a histogram.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use ledger_core::domain::quantity::Quantity;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Ledger, Outcome, Submission};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::{BenchArgs, fill};
use crate::cli::CliError;

/// Stores that get nine in ten of the redemptions.
const HOT_STORES: u32 = 10;

/// What was measured.
pub(super) struct Measured {
    pub(super) committed: u64,
    pub(super) refused: u64,
    pub(super) elapsed: Duration,
    /// Microseconds.
    pub(super) latency: Histogram<u64>,
}

fn failed(error: impl std::fmt::Display) -> CliError {
    CliError::failed(error.to_string())
}

/// Runs the load for a time.
pub(super) async fn measure(ledger: &Ledger, args: &BenchArgs, time: Duration) -> Result<Measured, CliError> {
    let run = uuid::Uuid::new_v4().simple().to_string();
    let (committed, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let mut callers = Vec::new();
    for number in 0..args.concurrency {
        let caller = Caller {
            ledger: ledger.clone(),
            args: args.clone(),
            random: SmallRng::seed_from_u64(args.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(number))),
            prefix: format!("bench/{run}/{number}"),
            sent: 0,
        };
        callers.push(tokio::spawn(caller.run(started + time, Arc::clone(&committed), Arc::clone(&refused))));
    }
    let mut latency = Histogram::new(3).map_err(failed)?;
    for caller in callers {
        latency.add(caller.await.map_err(failed)??).map_err(failed)?;
    }
    Ok(Measured {
        committed: committed.load(Ordering::Relaxed),
        refused: refused.load(Ordering::Relaxed),
        elapsed: started.elapsed(),
        latency,
    })
}

struct Caller {
    ledger: Ledger,
    args: BenchArgs,
    random: SmallRng,
    prefix: String,
    sent: u64,
}

impl Caller {
    async fn run(
        mut self,
        until: Instant,
        committed: Arc<AtomicU64>,
        refused: Arc<AtomicU64>,
    ) -> Result<Histogram<u64>, CliError> {
        let mut latency: Histogram<u64> = Histogram::new(3).map_err(failed)?;
        while Instant::now() < until {
            let batch = (0..self.args.batch).map(|_| self.next()).collect::<Result<Vec<_>, _>>()?;
            let asked = Instant::now();
            let outcomes = self.ledger.submit_all(batch, false).await;
            latency.record(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX)).map_err(failed)?;
            for outcome in outcomes {
                match outcome {
                    Outcome::Committed(_) => committed.fetch_add(1, Ordering::Relaxed),
                    Outcome::Refused(_) => refused.fetch_add(1, Ordering::Relaxed),
                    Outcome::Unknown => return Err(failed("the journal went away during the measurement")),
                };
            }
        }
        Ok(latency)
    }

    fn next(&mut self) -> Result<Submission, CliError> {
        self.sent += 1;
        let worker = fill::worker(self.random.gen_range(0..self.args.workers))?;
        let mix = self.args.mix;
        let command = if self.random.gen_range(0..mix.credit + mix.redeem) < mix.credit {
            Command::RecordCredit {
                worker,
                activity: fill::activity()?,
                on: Some(fill::day(self.random.gen_range(0..500))?),
                quantity: Some(Quantity::from_millionths(1_000_000)),
                witness: None,
                evidence: None,
            }
        } else {
            let hot = self.args.stores <= HOT_STORES || self.random.gen_range(0..10) < 9;
            let store = self.random.gen_range(0..if hot { HOT_STORES.min(self.args.stores) } else { self.args.stores });
            let line = AskedLine { sku: fill::sku(self.random.gen_range(0..fill::ITEMS))?, quantity: Some(1) };
            let time = AskedTime::Now;
            Command::Redeem(AskedSpending { worker, store: fill::store(store)?, lines: vec![line], time })
        };
        fill::submission(&format!("{}/{}", self.prefix, self.sent), command)
    }
}
