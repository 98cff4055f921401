//! Plays a history on a real ledger and on the reference at once. After every move the answers are compared; whoever
//! watches also checks every invariant and every read model there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use ledger_core::domain::event::Event;
use ledger_core::domain::worker::Worker;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::{Entry, Journal, RecordedTime};
use ledger_core::ledger::handle::LedgerTask;
use ledger_core::ledger::{Ledger, LedgerSettings, Outcome};
use projections::handle::start;
use projections::runner::{Runner, digests};
use projections::state::{State, StateFold};
use projections::store::ViewStore;
use projections::{Views, ViewsRunner};

use super::ask::{Asked, ORIGIN};
use super::backends::Backend;
use super::books::Books;
use super::compare;
use super::facts::fact;
use super::memory_views::MemoryViews;
use super::reference::{Answer, District};
use super::steps::{Limits, Move, Scope, prelude};

/// How far the clock moves on between two moves of a history.
const BETWEEN_MOVES: TimeDelta = TimeDelta::days(1);
const PAGE: usize = 1_000;

/// What is left of a played history.
pub(crate) struct Played {
    pub(crate) entries: Vec<Entry>,
    pub(crate) roots: Vec<(u64, [u8; 32])>,
    pub(crate) journal: Arc<dyn Journal>,
    /// The codes of refusals.
    pub(crate) codes: BTreeSet<&'static str>,
}

/// How a history is played.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    watched: bool,
    echoed: bool,
}

struct Open {
    journal: Arc<dyn Journal>,
    ledger: Ledger,
    task: LedgerTask,
}

/// Checks everything after every move.
struct Watch {
    books: Books,
    fold: StateFold,
    workers: BTreeMap<String, Worker>,
    store: Arc<MemoryViews>,
    runner: Runner,
    /// The views as a server carries them along: some rows stored, the others in memory.
    live: Live,
}

/// Views that follow a ledger by themselves.
struct Live {
    views: Views,
    runner: ViewsRunner,
    store: Arc<MemoryViews>,
}

impl Live {
    async fn on(open: &Open, store: Arc<MemoryViews>) -> Live {
        let stored = Arc::clone(&store) as Arc<dyn ViewStore>;
        let started = start(stored, Arc::clone(&open.journal), open.ledger.feed()).await;
        let (views, runner) = started.expect("the views start");
        Live { views, runner, store }
    }
}

/// A history being played.
pub(crate) struct Play {
    backend: Backend,
    clock: Arc<AtomicI64>,
    open: Open,
    district: District,
    entries: Vec<Entry>,
    codes: BTreeSet<&'static str>,
    echoed: bool,
    watch: Option<Watch>,
}

/// The recorded time of a civil time.
fn micros(civil: NaiveDateTime) -> i64 {
    (civil - TimeDelta::hours(8)).and_utc().timestamp_micros()
}

fn settings(limits: Limits, clock: &Arc<AtomicI64>) -> LedgerSettings {
    let clock = Arc::clone(clock);
    LedgerSettings {
        batch_max: limits.batch,
        cached_bytes_max: limits.cached_bytes,
        snapshot_every: limits.snapshot_every,
        clock: Arc::new(move || RecordedTime::from_micros(clock.load(Ordering::SeqCst))),
        ..LedgerSettings::default()
    }
}

async fn open(backend: &Backend, limits: Limits, clock: &Arc<AtomicI64>) -> Open {
    let journal = backend.open().await;
    let opened = Ledger::open(Arc::clone(&journal), settings(limits, clock), ORIGIN, HashSuite::Sha256).await;
    let (ledger, task) = opened.expect("the ledger opens");
    Open { journal, ledger, task }
}

impl Play {
    /// Answers are compared, nothing else.
    pub(crate) const ALONE: Manner = Manner { watched: false, echoed: false };
    /// Everything is checked after every move.
    pub(crate) const WATCHED: Manner = Manner { watched: true, echoed: false };
    /// Every command is sent twice.
    pub(crate) const ECHOED: Manner = Manner { watched: false, echoed: true };

    /// Plays a whole history, its prelude first.
    pub(crate) async fn whole(backend: Backend, limits: Limits, moves: &[Move], manner: Manner) -> Played {
        let mut now = super::steps::now();
        let clock = Arc::new(AtomicI64::new(micros(now)));
        let open = open(&backend, limits, &clock).await;
        let watch = if manner.watched {
            let store = Arc::new(MemoryViews::default());
            let runner = Runner::new(Arc::clone(&open.journal), Arc::clone(&store) as Arc<dyn ViewStore>);
            let live = Live::on(&open, Arc::default()).await;
            let (books, fold) = (Books::default(), StateFold::new(None));
            Some(Watch { books, fold, workers: BTreeMap::new(), store, runner, live })
        } else {
            None
        };
        let (district, entries, codes) = (District::new(), Vec::new(), BTreeSet::new());
        let mut play = Play { backend, clock, open, district, entries, codes, echoed: manner.echoed, watch };
        play.submit(&prelude(), true).await;
        let mut scope = Scope::new();
        for one in moves {
            match one {
                Move::Restart(limits) => play = play.restart(*limits).await,
                Move::Submit { steps, atomic } => {
                    now += BETWEEN_MOVES;
                    play.clock.store(micros(now), Ordering::SeqCst);
                    (play.district.now, scope.now) = (now, now);
                    let asked: Vec<Asked> = steps.iter().filter_map(|step| scope.settle(step)).collect();
                    for refused in play.submit(&asked, *atomic).await {
                        scope.refused(&refused);
                    }
                }
            }
        }
        play.finish().await
    }

    /// The ledger and the views' runner begin anew, with nothing in memory; a database is closed and opened again.
    async fn restart(mut self, limits: Limits) -> Play {
        let Open { journal, ledger, task } = self.open;
        drop(ledger);
        task.finished().await;
        drop(journal);
        let watch = match self.watch.take() {
            None => None,
            Some(Watch { books, fold, workers, store, live, .. }) => {
                live.runner.stop().await;
                Some((books, fold, workers, store, live.store))
            }
        };
        let open = open(&self.backend, limits, &self.clock).await;
        let watch = match watch {
            None => None,
            Some((books, fold, workers, store, live)) => {
                let runner = Runner::new(Arc::clone(&open.journal), Arc::clone(&store) as Arc<dyn ViewStore>);
                let live = Live::on(&open, live).await;
                Some(Watch { books, fold, workers, store, runner, live })
            }
        };
        Play { open, watch, ..self }
    }

    /// Submits commands together and compares the answers; gives the keys of those refused.
    async fn submit(&mut self, asked: &[Asked], atomic: bool) -> Vec<String> {
        let twice: Vec<Asked> = asked.iter().flat_map(|one| [one.clone(), one.clone()]).collect();
        let asked = if self.echoed { twice.as_slice() } else { asked };
        let submissions = asked.iter().map(Asked::submission).collect();
        let outcomes = self.open.ledger.submit_all(submissions, atomic).await;
        let answers = self.district.submit_all(asked, atomic);
        assert_eq!(outcomes.len(), asked.len());
        for ((asked, outcome), answer) in asked.iter().zip(&outcomes).zip(&answers) {
            assert_eq!(&read(outcome), answer, "{asked:?}");
        }
        self.follow().await;
        for outcome in &outcomes {
            self.check_receipt(outcome);
        }
        let mut refused = Vec::new();
        for (asked, answer) in asked.iter().zip(answers) {
            if let Answer::Refused(code) = answer {
                self.codes.insert(code);
                // What holds the key already stays.
                if !self.district.has(&asked.key) {
                    refused.push(asked.key.clone());
                }
            }
        }
        refused
    }

    /// Reads what was appended and lets whoever watches look at it.
    async fn follow(&mut self) {
        let known = self.entries.len();
        let new = read_all(self.open.journal.as_ref(), known as u64).await;
        self.entries.extend(new);
        assert_eq!(self.entries.len() as u64, self.district.position, "positions without a gap");
        let Some(watch) = &mut self.watch else { return };
        for entry in &self.entries[known..] {
            let event = entry.event().expect("events can be read");
            watch.books.enter(&event);
            watch.fold.fold(entry.position, &event);
            if let Event::Worker(event) = &event {
                watch.workers.entry(event.worker().to_string()).or_default().evolve(event);
            }
        }
        watch.books.close();
        compare::limits(&watch.workers, &self.district);
        let state = watch.fold.clone().finish();
        if state.as_of.is_none() {
            return;
        }
        compare::state(&state, &self.district);
        watch.runner.step(u64::MAX).await.expect("views follow");
        let views = Views::as_stored(Arc::clone(&self.open.journal), Arc::clone(&watch.store) as Arc<dyn ViewStore>)
            .await
            .expect("views");
        assert_eq!(views.position(), self.district.position);
        compare::views(&views, &self.district, &watch.books, last_day(&self.entries)).await;
        let live = &watch.live.views;
        assert_eq!(live.fresh(None).await.expect("the live views follow"), self.district.position);
        compare::views(live, &self.district, &watch.books, last_day(&self.entries)).await;
    }

    /// A receipt is what stands in the journal at its position.
    fn check_receipt(&self, outcome: &Outcome) {
        let Some(receipt) = outcome.receipt() else { return };
        let Some(first) = (receipt.position as usize).checked_sub(receipt.events.len()) else {
            panic!("a receipt before the journal's beginning: {receipt:?}");
        };
        for (entry, event) in self.entries[first..].iter().zip(receipt.events.iter()) {
            assert_eq!(&entry.event().expect("events can be read"), event);
        }
    }

    async fn finish(mut self) -> Played {
        if let Some(watch) = self.watch.take() {
            watch.live.runner.stop().await;
            let live = digests(watch.store.as_ref()).await.expect("digests");
            let followed = digests(watch.live.store.as_ref()).await.expect("digests");
            assert_eq!(followed, live, "views that followed by themselves are stored when they stop");
            let rebuilt = views_of(Arc::clone(&self.open.journal), self.district.position, 7).await;
            assert_eq!(live, rebuilt, "views made anew in pages of 7");
            check_past(&self.entries);
            let views =
                Views::as_stored(Arc::clone(&self.open.journal), Arc::clone(&watch.store) as Arc<dyn ViewStore>)
                    .await
                    .expect("views");
            for weeks in 0..40 {
                let day = super::steps::first_day() + chrono::Days::new(weeks * 7);
                let state = state_of(&self.entries, Some(day));
                compare::past_balances(&views, &self.district, &state, day).await;
            }
        }
        let Open { journal, ledger, task } = self.open;
        drop(ledger);
        task.finished().await;
        let roots = journal.roots(0, usize::MAX).await.expect("roots");
        Played { entries: self.entries, roots, journal, codes: self.codes }
    }
}

/// An answer of the ledger in the reference's words.
fn read(outcome: &Outcome) -> Answer {
    match outcome {
        Outcome::Refused(refusal) => Answer::Refused(refusal.code.as_str()),
        Outcome::Unknown => panic!("the outcome is unknown though nothing failed"),
        Outcome::Committed(receipt) => {
            let (position, facts) = (receipt.position, receipt.events.iter().map(fact).collect::<Vec<_>>());
            match (receipt.repeated, facts.is_empty()) {
                (true, _) => Answer::Repeated { position, facts },
                (false, true) => Answer::Unchanged { position },
                (false, false) => Answer::Done { position, facts },
            }
        }
    }
}

/// All entries after a position.
pub(crate) async fn read_all(journal: &dyn Journal, after: u64) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(after, |entry| entry.position);
        let page = journal.read(after, PAGE).await.expect("the journal can be read");
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

/// The latest business day of a history, service dates included.
fn last_day(entries: &[Entry]) -> NaiveDate {
    let day = |entry: &Entry| match entry.event().expect("events can be read") {
        Event::Worker(event) => {
            let on = event.as_service().map(|record| record.on);
            Some(event.at().date()).max(on)
        }
        event => event.at().map(|at| at.date()),
    };
    entries.iter().filter_map(day).max().unwrap_or_default()
}

/// The state at the end, folded from scratch.
pub(crate) fn state_of(entries: &[Entry], as_of: Option<NaiveDate>) -> State {
    let mut fold = StateFold::new(as_of);
    for entry in entries {
        fold.fold(entry.position, &entry.event().expect("events can be read"));
    }
    fold.finish()
}

/// On whatever day one asks, everything adds up.
fn check_past(entries: &[Entry]) {
    for weeks in 0..40 {
        let day = super::steps::first_day() + chrono::Days::new(weeks * 7);
        compare::balanced(&state_of(entries, Some(day)));
    }
}

/// The digests of views folded from scratch in pages of a size.
pub(crate) async fn views_of(journal: Arc<dyn Journal>, until: u64, page: u64) -> BTreeMap<&'static str, String> {
    let store = Arc::new(MemoryViews::default());
    fold_into(journal, Arc::clone(&store) as Arc<dyn ViewStore>, until, page).await;
    digests(store.as_ref()).await.expect("digests")
}

/// Folds a journal into a view store in pages of a size.
pub(crate) async fn fold_into(journal: Arc<dyn Journal>, store: Arc<dyn ViewStore>, until: u64, page: u64) {
    let mut runner = Runner::new(journal, store);
    let mut at = 0;
    while at < until {
        at = runner.step((at + page).min(until)).await.expect("views follow");
    }
}
