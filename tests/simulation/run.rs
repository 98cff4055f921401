//! One run of a seed: the world is made, clients visit, servers and views come and go, and in the end all is checked.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use ledger_core::domain::refusal::Code;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::Journal;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::ledger::{Ledger, LedgerSettings, Outcome};
use projections::runner::{Runner, digests};
use projections::store::ViewStore;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::ask::{Ask, Asked, ORIGIN};
use crate::backend::{Process, SimulatedJournal};
use crate::clients::{Attempt, Errands, Notes, Street, visit};
use crate::evidence;
use crate::history::History;
use crate::memory_views::MemoryViews;
use crate::replay;
use crate::servers::{Place, keep};
use crate::sign::Sign;
use crate::steps::{Move, Scope, history, prelude};
use crate::world::{Weather, World};

const MOVES_MAX: usize = 30;

/// From a calm day to a storm.
fn weather(seed: u64) -> Weather {
    let strength = u32::try_from(seed % 4).unwrap_or(0);
    Weather { stall: 60 * strength, fail: 15 * strength, die: 4 * strength, commit: 90 * strength }
}

/// What each client will ask for.
fn errands(seed: u64, clients: u64) -> Vec<Errands> {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(seed.to_be_bytes()).for_each(|(to, from)| *to = from);
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let submit = |one| match one {
        Move::Submit { steps, atomic } => Some((steps, atomic)),
        Move::Restart(_) | Move::Rebuild { .. } => None,
    };
    let mut errands = || {
        let moves = history(MOVES_MAX).new_tree(&mut runner).expect("a history").current();
        moves.into_iter().filter_map(submit).collect()
    };
    (0..clients).map(|_| errands()).collect()
}

/// Runs a seed; gives the world it leaves and what clients noted.
pub(crate) async fn run(seed: u64) -> (Arc<World>, Vec<Attempt>) {
    let world = World::new(seed, weather(seed));
    let stop = Arc::new(Sign::default());
    let places: Vec<Place> = (0..=world.below(3)).map(|_| Arc::default()).collect();
    let keep = |place: &Place| tokio::spawn(keep(Arc::clone(&world), Arc::clone(place), Arc::clone(&stop)));
    let keepers: Vec<_> = places.iter().map(keep).collect();
    // The views are looked at once nothing can be appended any more.
    let settled = Arc::new(Sign::default());
    let viewer = tokio::spawn(view(Arc::clone(&world), Arc::clone(&settled)));
    let (notes, scope) = (Notes::default(), Mutex::new(Scope::new()));
    let street = Arc::new(Street { world: Arc::clone(&world), places, notes, scope });
    street.ask_until_done(&prelude()).await;
    let errands = errands(seed, 1 + world.below(6));
    let visits: Vec<_> = errands.into_iter().map(|errands| tokio::spawn(visit(Arc::clone(&street), errands))).collect();
    for visit in visits {
        visit.await.expect("a client comes to its end");
    }
    stop.raise();
    world.calm_down().await;
    for keeper in keepers {
        keeper.await.expect("a server comes to its end");
    }
    settled.raise();
    let views = viewer.await.expect("the views come to their end");
    let street = Arc::into_inner(street).expect("everybody went home");
    let attempts = street.notes.into_attempts();
    check(&world, &attempts, &views).await;
    (world, attempts)
}

/// Carries views along through all of it; gives them as they stand at the end.
async fn view(world: Arc<World>, settled: Arc<Sign>) -> Arc<MemoryViews> {
    let views = Arc::new(MemoryViews::default());
    loop {
        let process = Process::new();
        let journal = SimulatedJournal::connect(&world, &process);
        let mut runner = Runner::new(journal, Arc::clone(&views) as Arc<dyn ViewStore>);
        loop {
            let at = views.checkpoint().await.expect("a checkpoint").position;
            if settled.is_up() && at == world.journal.head().await.expect("memory can be read").position {
                return views;
            }
            let stepped = tokio::select! {
                biased;
                () = process.death() => break,
                stepped = runner.step(at + 1 + world.below(40)) => stepped,
            };
            if !stepped.is_ok_and(|reached| reached > at) {
                world.pause(400).await;
            }
        }
    }
}

async fn check(world: &World, attempts: &[Attempt], views: &Arc<MemoryViews>) {
    let journal = &world.journal;
    let entries = journal.read(0, usize::MAX).await.expect("memory can be read");
    let contents = contents(journal, attempts).await;
    History::new(&entries, attempts, &contents).check();
    replay::check(journal, &entries).await;
    evidence::check(journal, &entries).await;

    let rebuilt = Arc::new(MemoryViews::default());
    let mut runner = Runner::new(Arc::new(journal.clone()), Arc::clone(&rebuilt) as Arc<dyn ViewStore>);
    runner.run_until(u64::MAX, &mut |_| ()).await.expect("views follow");
    let (live, rebuilt) = (digests(views.as_ref()).await, digests(rebuilt.as_ref()).await);
    assert_eq!(live.expect("digests"), rebuilt.expect("digests"), "views carried along and views made anew");

    ask_again(journal, attempts).await;
    assert_eq!(journal.head().await.expect("memory can be read").position, entries.len() as u64);
}

/// A ledger that knows nothing yet.
async fn fresh(journal: &MemoryJournal) -> Ledger {
    let settings = LedgerSettings::default();
    let opened = Ledger::open(Arc::new(journal.clone()), settings, ORIGIN, HashSuite::Sha256).await;
    opened.expect("the ledger opens").0
}

/// What is recorded under each key, told by the front door: of all different things that were asked under it, one is
/// answered again and the others are conflicts. Which is which, only the bytes in the journal know; that it is one, and
/// what it comes to, is for the reference to say.
async fn contents(journal: &MemoryJournal, attempts: &[Attempt]) -> HashMap<String, Ask> {
    let mut under: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for asked in attempts.iter().flat_map(|attempt| &attempt.asked) {
        let different = under.entry(&asked.key).or_default();
        if !different.iter().any(|one| one.ask == asked.ask) {
            different.push(asked);
        }
    }
    let ledger = fresh(journal).await;
    let mut contents = HashMap::new();
    for (key, different) in under {
        if journal.find(&[key.parse().expect("a key")]).await.expect("memory can be read") == [None] {
            continue;
        }
        for asked in different {
            match ledger.submit(asked.submission()).await {
                Outcome::Committed(receipt) if receipt.repeated => {
                    let second = contents.insert(key.to_owned(), asked.ask.clone());
                    assert!(second.is_none(), "{key} stands for {second:?} and for {asked:?}");
                }
                other => assert_eq!(other.code(), Some(Code::DuplicateConflict), "{asked:?}: {other:?}"),
            }
        }
        assert!(contents.contains_key(key), "nobody asked for what is recorded under {key}");
    }
    contents
}

/// A ledger that knows nothing yet answers whatever was acknowledged with its first answer.
async fn ask_again(journal: &MemoryJournal, attempts: &[Attempt]) {
    let ledger = fresh(journal).await;
    for attempt in attempts {
        for (asked, outcome) in attempt.asked.iter().zip(attempt.outcomes.iter().flatten()) {
            let Outcome::Committed(receipt) = outcome else { continue };
            if !receipt.events.is_empty() {
                let again = ledger.submit(asked.submission()).await;
                let Outcome::Committed(again) = again else { panic!("asked again: {again:?}") };
                assert_eq!((again.position, &again.events, again.repeated), (receipt.position, &receipt.events, true));
            }
        }
    }
}
