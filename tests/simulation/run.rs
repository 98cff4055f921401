//! One run of a seed: the world is made, clients visit, servers and views come and go, and in the end all is checked.

use std::sync::{Arc, Mutex};

use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::{Entry, Journal};
use ledger_core::ledger::{Ledger, LedgerSettings, Outcome};
use projections::runner::{Runner, digests};
use projections::store::ViewStore;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::ask::ORIGIN;
use crate::backend::{Process, SimulatedJournal};
use crate::clients::{Attempt, Errands, Notes, Street, visit};
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
        Move::Restart(_) => None,
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
    History::new(&entries, attempts).check();
    replay::check(journal, &entries).await;
    verify(journal, &entries).await;

    let rebuilt = Arc::new(MemoryViews::default());
    let mut runner = Runner::new(Arc::new(journal.clone()), Arc::clone(&rebuilt) as Arc<dyn ViewStore>);
    runner.run_until(u64::MAX, &mut |_| ()).await.expect("views follow");
    let (live, rebuilt) = (digests(views.as_ref()).await, digests(rebuilt.as_ref()).await);
    assert_eq!(live.expect("digests"), rebuilt.expect("digests"), "views carried along and views made anew");

    ask_again(journal.clone(), attempts).await;
    assert_eq!(journal.head().await.expect("memory can be read").position, entries.len() as u64);
}

/// A ledger that knows nothing yet answers whatever was acknowledged with its first answer.
async fn ask_again(journal: ledger_core::journal::memory::MemoryJournal, attempts: &[Attempt]) {
    let settings = LedgerSettings::default();
    let opened = Ledger::open(Arc::new(journal), settings, ORIGIN, HashSuite::Sha256).await;
    let (ledger, _task) = opened.expect("the ledger opens");
    for attempt in attempts {
        for (submission, outcome) in attempt.submissions.iter().zip(attempt.outcomes.iter().flatten()) {
            let Outcome::Committed(receipt) = outcome else { continue };
            if !receipt.events.is_empty() {
                let again = ledger.submit(submission.clone()).await;
                let Outcome::Committed(again) = again else { panic!("asked again: {again:?}") };
                assert_eq!((again.position, &again.events, again.repeated), (receipt.position, &receipt.events, true));
            }
        }
    }
}

async fn verify(journal: &dyn Journal, entries: &[Entry]) {
    let mut verifier = Verifier::default();
    let mut roots = journal.roots(0, usize::MAX).await.expect("memory can be read").into_iter().peekable();
    for entry in entries {
        verifier.entry(entry).expect("the auditor finds nothing");
        if let Some((size, root)) = roots.next_if(|(size, _)| *size == entry.position) {
            let own = (verifier.size(), verifier.root().map(|root| *root.as_bytes()));
            assert_eq!(own, (size, Some(root)), "a recorded root is true");
        }
    }
    assert_eq!(roots.next(), None, "every root is of entries that are there");
    let verdict = verifier.finish(&journal.head().await.expect("memory can be read"));
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}
