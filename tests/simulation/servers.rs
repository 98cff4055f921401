//! Servers on one journal: each a process with a ledger, that dies, is stopped and starts again.

use std::sync::{Arc, Mutex, PoisonError};

use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::RecordedTime;
use ledger_core::ledger::handle::LedgerTask;
use ledger_core::ledger::{Ledger, LedgerSettings};

use crate::ask::ORIGIN;
use crate::backend::{Process, SimulatedJournal};
use crate::sign::Sign;
use crate::world::World;

/// A server that runs.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) ledger: Ledger,
    pub(crate) process: Arc<Process>,
}

/// Where clients find a server, unless it is down.
pub(crate) type Place = Arc<Mutex<Option<Server>>>;

/// The server at a place.
pub(crate) fn at(place: &Place) -> Option<Server> {
    place.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn put(place: &Place, server: Option<Server>) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = server;
}

/// When every simulated world begins: at noon of a day after all business times, so that no run passes midnight.
pub(crate) const START: RecordedTime = RecordedTime::from_micros(1_906_516_800_000_000);

/// Settings by chance, small ones among them, and a clock of its own that is not in step with the others'.
fn settings(world: &World) -> LedgerSettings {
    let small = |max: u64| usize::try_from(1 + world.below(max)).unwrap_or(1);
    // Up to some three aggregates of a kind, or all of them.
    let cached_bytes_max = if world.below(2) == 0 { small(4_000) } else { 1 << 30 };
    let snapshot_every = 1 + world.below(if world.below(2) == 0 { 3 } else { 1_000 });
    let resolve_millis = world.below(3) * 1_500;
    let skew = i64::try_from(world.below(20_000_000)).unwrap_or(0);
    let start = tokio::time::Instant::now();
    LedgerSettings {
        demonstration: false,
        batch_max: small(8),
        queue_max: small(16),
        cached_bytes_max,
        read_ahead_events_max: u64::MAX,
        snapshot_every,
        resolve_for: std::time::Duration::from_millis(resolve_millis),
        clock: Arc::new(move || {
            let passed = i64::try_from(start.elapsed().as_micros()).unwrap_or(0);
            RecordedTime::from_micros(START.micros() + skew + passed)
        }),
    }
}

/// Starts servers until one runs.
async fn open(world: &Arc<World>) -> (Server, LedgerTask) {
    loop {
        let process = Process::new();
        let journal = SimulatedJournal::connect(world, &process);
        let opened = tokio::select! {
            biased;
            () = process.death() => None,
            opened = Ledger::open(journal, settings(world), ORIGIN, HashSuite::Sha256) => opened.ok(),
        };
        if let Some((ledger, task)) = opened {
            return (Server { ledger, process }, task);
        }
        process.die();
        world.pause(100).await;
    }
}

/// Keeps a server at a place, through deaths and restarts, until told to stop.
pub(crate) async fn keep(world: Arc<World>, place: Place, stop: Arc<Sign>) {
    while !stop.is_up() {
        let (server, task) = open(&world).await;
        let process = Arc::clone(&server.process);
        put(&place, Some(server));
        let stopped_properly = tokio::select! {
            biased;
            () = stop.raised() => true,
            () = process.death() => false,
            () = world.pause(60_000) => world.below(2) == 0,
        };
        put(&place, None);
        if stopped_properly {
            // What is queued is answered first, unless it dies over that.
            tokio::select! {
                biased;
                () = process.death() => {}
                () = task.finished() => {}
            }
        }
        process.die();
        world.pause(1_000).await;
    }
}
