//! The measured load: callers, each with one call under way, and their latencies in a histogram.
//!
//! Closed loop: a caller sends its next call when the last one was answered. Open loop: calls are due at fixed times,
//! whatever became of those before, and a latency counts from the time its call was due: a ledger that stands still is
//! charged for everybody who waits (no coordinated omission).

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use ledger_core::ledger::Submission;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::district::{District, KEYS, submission};
use super::door::{Answered, Door, House};
use super::{BenchArgs, Mix, failed};
use crate::cli::CliError;

/// What was measured.
pub(super) struct Measured {
    pub(super) committed: u64,
    pub(super) refused: u64,
    /// Due in an open loop, but not sent before the time was over.
    pub(super) unsent: u64,
    pub(super) position: u64,
    pub(super) elapsed: Duration,
    /// Of calls, in microseconds.
    pub(super) latency: Histogram<u64>,
}

impl Measured {
    fn new() -> Result<Measured, CliError> {
        let latency = Histogram::new(3).map_err(failed)?;
        Ok(Measured { committed: 0, refused: 0, unsent: 0, position: 0, elapsed: Duration::ZERO, latency })
    }

    fn add(&mut self, answered: Answered, latency: Duration) -> Result<(), CliError> {
        self.committed += answered.committed;
        self.refused += answered.refused;
        self.position = self.position.max(answered.position);
        self.latency.record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX)).map_err(failed)
    }

    fn merge(&mut self, other: Measured) -> Result<(), CliError> {
        self.committed += other.committed;
        self.refused += other.refused;
        self.unsent += other.unsent;
        self.position = self.position.max(other.position);
        self.latency.add(other.latency).map_err(failed)
    }
}

/// Runs the load for a time; `run` names it in the keys of its commands.
pub(super) async fn measure<H: House>(
    house: &H,
    args: &BenchArgs,
    run: &str,
    time: Duration,
) -> Result<Measured, CliError> {
    let mut doors = Vec::new();
    for _ in 0..args.concurrency {
        doors.push(house.door().await?);
    }
    let started = Instant::now();
    let until = started + time;
    let mut callers = Vec::new();
    for (number, door) in (0u32..).zip(doors) {
        let caller = Caller {
            door,
            district: District::new(args),
            mix: args.mix,
            batch: args.batch,
            random: SmallRng::seed_from_u64(args.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(number))),
            prefix: format!("{KEYS}{run}/{number}"),
            sent: 0,
        };
        let pace = args.rate.map(|rate| Pace::of(rate, args, number));
        callers.push(tokio::spawn(caller.run(started, until, pace)));
    }
    let mut measured = Measured::new()?;
    for caller in callers {
        measured.merge(caller.await.map_err(failed)??)?;
    }
    measured.elapsed = started.elapsed();
    Ok(measured)
}

/// When the calls of one caller are due.
#[derive(Debug, Clone, Copy)]
struct Pace {
    first_after: f64,
    seconds_between: f64,
}

impl Pace {
    /// Of a caller that carries its even share of so many commands a second.
    fn of(commands_per_second: u32, args: &BenchArgs, number: u32) -> Pace {
        let seconds_between_calls = f64::from(args.batch) / f64::from(commands_per_second);
        Pace {
            first_after: seconds_between_calls * f64::from(number),
            seconds_between: seconds_between_calls * f64::from(args.concurrency),
        }
    }

    fn due(self, started: Instant, call: u32) -> Instant {
        started + Duration::from_secs_f64(self.first_after + self.seconds_between * f64::from(call))
    }
}

struct Caller<D> {
    door: D,
    district: District,
    mix: Mix,
    batch: u32,
    random: SmallRng,
    prefix: String,
    sent: u64,
}

impl<D: Door> Caller<D> {
    async fn run(mut self, started: Instant, until: Instant, pace: Option<Pace>) -> Result<Measured, CliError> {
        let mut measured = Measured::new()?;
        let mut call = 0u32;
        while Instant::now() < until {
            let batch = (0..self.batch).map(|_| self.next()).collect::<Result<Vec<_>, _>>()?;
            let asked = match pace.map(|pace| pace.due(started, call)) {
                None => Instant::now(),
                Some(due) if due >= until => return Ok(measured),
                Some(due) => {
                    tokio::time::sleep_until(due.into()).await;
                    due
                }
            };
            let answered = self.door.ask(batch).await?;
            measured.add(answered, asked.elapsed())?;
            call = call.saturating_add(1);
        }
        if let Some(pace) = pace {
            let late = (call..).take_while(|call| pace.due(started, *call) < until).count();
            measured.unsent = u64::try_from(late).unwrap_or(u64::MAX).saturating_mul(u64::from(self.batch));
        }
        Ok(measured)
    }

    fn next(&mut self) -> Result<Submission, CliError> {
        self.sent += 1;
        let Mix { credit, redeem } = self.mix;
        let command = if self.random.gen_range(0..credit + redeem) < credit {
            self.district.credit(&mut self.random)?
        } else {
            self.district.redemption(&mut self.random)?
        };
        submission(format!("{}/{}", self.prefix, self.sent), command)
    }
}
