//! A journal that a real ledger has written: one long random history, always the same.

use std::ops::Range;
use std::sync::Arc;

use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::{Journal, RecordedTime};
use ledger_core::ledger::{Ledger, LedgerSettings};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::ask::{Asked, ORIGIN};
use crate::steps::{Move, Scope, history, prelude};

/// How long the history is, at least.
const MOVES: usize = 120;

/// Plays the history under a clock that stands; gives the last position.
pub(crate) async fn live_in(journal: &Arc<dyn Journal>) -> u64 {
    play(journal, 0..usize::MAX).await
}

/// The same under any clock.
pub(crate) async fn live_in_at(journal: &Arc<dyn Journal>, clock: Arc<dyn Fn() -> RecordedTime + Send + Sync>) -> u64 {
    play_at(journal, 0..usize::MAX, clock).await
}

/// Plays a part of the history after what furnishes every journal; gives the last position.
pub(crate) async fn play(journal: &Arc<dyn Journal>, part: Range<usize>) -> u64 {
    play_at(journal, part, Arc::new(|| RecordedTime::from_micros(1_906_516_800_000_000))).await
}

async fn play_at(
    journal: &Arc<dyn Journal>,
    part: Range<usize>,
    clock: Arc<dyn Fn() -> RecordedTime + Send + Sync>,
) -> u64 {
    let settings = LedgerSettings { clock, ..LedgerSettings::default() };
    let opened = Ledger::open(Arc::clone(journal), settings, ORIGIN, HashSuite::Sha256).await;
    let (ledger, task) = opened.expect("the ledger opens");
    let mut scope = Scope::new();
    submit(&ledger, prelude()).await;
    for one in moves().into_iter().take(part.end).skip(part.start) {
        if let Move::Submit { steps, .. } = one {
            let asked = steps.iter().filter_map(|step| scope.settle(step)).collect();
            submit(&ledger, asked).await;
        }
    }
    drop(ledger);
    task.finished().await;
    journal.head().await.expect("a head").position
}

fn moves() -> Vec<Move> {
    let mut runner = TestRunner::deterministic();
    let strategy = history(MOVES);
    let mut moves: Vec<Move> = Vec::new();
    while moves.len() < MOVES {
        moves.extend(strategy.new_tree(&mut runner).expect("a history").current());
    }
    moves
}

async fn submit(ledger: &Ledger, asked: Vec<Asked>) {
    ledger.submit_all(asked.iter().map(Asked::submission).collect(), false).await;
}
