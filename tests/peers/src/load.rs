//! The closed loop in which every peer is measured, the same as `nuanxin bench` uses: each caller asks again when it was
//! answered, after a warm-up of a fifth of the time.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::Result;
use hdrhistogram::Histogram;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::reading::Reading;

/// Who spends where: workers evenly, nine in ten of them at the hot stores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skew {
    pub(crate) workers: u32,
    pub(crate) stores: u32,
    pub(crate) hot: u32,
}

impl Skew {
    pub(crate) fn worker(self, random: &mut SmallRng) -> u32 {
        random.gen_range(0..self.workers)
    }

    pub(crate) fn store(self, random: &mut SmallRng) -> u32 {
        let hot = self.hot > 0 && random.gen_range(0..10) < 9;
        random.gen_range(0..if hot { self.hot } else { self.stores })
    }

    /// All at one store.
    pub(crate) fn one_store(self) -> Skew {
        Skew { stores: 1, hot: 1, ..self }
    }
}

/// A caller that asks for one operation at a time.
pub(crate) trait Caller: Send + 'static {
    /// Does one operation durably; gives how often it had to be tried again.
    fn once(&mut self) -> impl Future<Output = Result<u64>> + Send;
}

/// A source of choices for one caller.
pub(crate) fn random(caller: usize) -> SmallRng {
    SmallRng::seed_from_u64(u64::try_from(caller).unwrap_or(0) + 1)
}

/// Runs callers for a time.
pub(crate) async fn drive<C: Caller>(callers: Vec<C>, time: Duration) -> Result<Reading> {
    let warm_up = time / 5;
    let started = Instant::now();
    let mut tasks = Vec::new();
    for mut caller in callers {
        tasks.push(tokio::spawn(async move {
            while started.elapsed() < warm_up {
                caller.once().await?;
            }
            let mut latency = Histogram::<u64>::new(3)?;
            let mut again = 0;
            let from = Instant::now();
            while from.elapsed() < time {
                let asked = Instant::now();
                again += caller.once().await?;
                latency.record(u64::try_from(asked.elapsed().as_micros())?)?;
            }
            anyhow::Ok((latency, again, from.elapsed()))
        }));
    }
    let mut latency = Histogram::<u64>::new(3)?;
    let (mut again, mut longest) = (0, Duration::ZERO);
    for task in tasks {
        let (own, own_again, elapsed) = task.await??;
        latency.add(own)?;
        again += own_again;
        longest = longest.max(elapsed);
    }
    let done = latency.len() as f64;
    let millis = |quantile: f64| latency.value_at_quantile(quantile) as f64 / 1_000.0;
    let note = if again == 0 { String::new() } else { format!("{:.2} tries again an operation", again as f64 / done) };
    Ok(Reading { figure: done / longest.as_secs_f64(), p50_ms: millis(0.5), p99_ms: millis(0.99), note })
}
