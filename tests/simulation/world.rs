//! The world that all processes share: the journal as it is, the weather over it, chance, and what went wrong so far.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ledger_core::journal::memory::MemoryJournal;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How often things go wrong, in thousandths of the calls that can.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    /// A call takes its time.
    pub(crate) stall: u32,
    /// A call fails, before or after it did its work.
    pub(crate) fail: u32,
    /// The process dies.
    pub(crate) die: u32,
    /// A commit goes wrong in one of its ways.
    pub(crate) commit: u32,
}

/// What went wrong with commits, counted: a sea too calm proves nothing.
#[derive(Debug, Default)]
pub(crate) struct Wreckage {
    pub(crate) deaths: AtomicUsize,
    pub(crate) refused: AtomicUsize,
    pub(crate) lost: AtomicUsize,
    pub(crate) late: AtomicUsize,
    pub(crate) fenced: AtomicUsize,
}

/// The way to the journal, for tests that cut it themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cable {
    Whole,
    /// The next commit lands or not, and its answer is lost with everything after it.
    CutAtCommit {
        lands: bool,
    },
    Cut,
}

/// What all processes share: the journal, and chance.
pub(crate) struct World {
    /// The journal as it is, with nothing in between.
    pub(crate) journal: MemoryJournal,
    pub(crate) wreckage: Wreckage,
    pub(crate) weather: Weather,
    random: Mutex<ChaCha8Rng>,
    calm: AtomicBool,
    cable: Mutex<Cable>,
    /// Commits whose answer was lost and which are still to land.
    pub(crate) in_flight: AtomicUsize,
    /// Appends sent in one step.
    pub(crate) in_one_step: AtomicUsize,
    /// Raised by whoever makes sure that nothing sent before can still land.
    pub(crate) term: AtomicUsize,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn count(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl World {
    pub(crate) fn new(seed: u64, weather: Weather) -> Arc<World> {
        Arc::new(World {
            journal: MemoryJournal::default(),
            wreckage: Wreckage::default(),
            weather,
            random: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
            calm: AtomicBool::new(false),
            cable: Mutex::new(Cable::Whole),
            in_flight: AtomicUsize::new(0),
            in_one_step: AtomicUsize::new(0),
            term: AtomicUsize::new(0),
        })
    }

    /// A number below a bound.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        lock(&self.random).gen_range(0..bound.max(1))
    }

    /// Whether something happens that goes wrong in so many of a thousand calls.
    pub(crate) fn happens(&self, thousandths: u32) -> bool {
        self.below(1_000) < u64::from(thousandths) && !self.calm.load(Ordering::Relaxed)
    }

    /// Some time.
    pub(crate) async fn pause(&self, millis_max: u64) {
        tokio::time::sleep(Duration::from_millis(self.below(millis_max) + 1)).await;
    }

    /// How many answers of commits were lost so far.
    pub(crate) fn lost(&self) -> usize {
        self.wreckage.lost.load(Ordering::Relaxed)
    }

    /// From here on nothing goes wrong; waits until what is under way has landed.
    pub(crate) async fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
        while self.in_flight.load(Ordering::Relaxed) > 0 {
            self.pause(10).await;
        }
    }
}

/// For tests that need one accident and no chance.
impl World {
    /// Nothing goes wrong by itself.
    pub(crate) fn without_weather() -> Arc<World> {
        World::new(0, Weather { stall: 0, fail: 0, die: 0, commit: 0 })
    }

    /// The answer of the next commit, which lands or not, is lost; nobody reaches the journal until it is mended.
    pub(crate) fn cut_at_the_next_commit(&self, lands: bool) {
        *lock(&self.cable) = Cable::CutAtCommit { lands };
    }

    /// Whether nobody reaches the journal.
    pub(crate) fn is_cut(&self) -> bool {
        *lock(&self.cable) == Cable::Cut
    }

    /// The journal can be reached again.
    pub(crate) fn mend(&self) {
        *lock(&self.cable) = Cable::Whole;
    }

    /// How many appends were sent in one step; all others took the head's lock first.
    pub(crate) fn in_one_step(&self) -> usize {
        self.in_one_step.load(Ordering::Relaxed)
    }

    /// Whether the next commit's answer is lost and the commit with it: then it never meets the fence.
    pub(crate) fn cut_before_the_fence(&self) -> bool {
        let cut = *lock(&self.cable) == Cable::CutAtCommit { lands: false };
        cut && self.cut_now().is_some()
    }

    /// Whether this commit lands whose answer is lost; none when it comes through.
    pub(crate) fn cut_now(&self) -> Option<bool> {
        let mut cable = lock(&self.cable);
        let Cable::CutAtCommit { lands } = *cable else { return None };
        *cable = Cable::Cut;
        Some(lands)
    }
}
