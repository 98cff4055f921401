//! A real ledger on a journal, driven one submission after the other; and whoever watches it: the books, the state and
//! the views that follow, and the checks of all of them against the reference.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
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
use projections::store::postgres::PostgresViews;
use projections::store::sqlite::SqliteViews;
use projections::{Views, ViewsRunner};

use super::ask::{Asked, ORIGIN};
use super::backends::Backend;
use super::books::Books;
use super::compare;
use super::facts::fact;
use super::memory_views::MemoryViews;
use super::reference::{Answer, District};
use super::steps::{Limits, first_day, now};

const PAGE: usize = 1_000;
/// How many weeks of the past are looked at in the end.
const WEEKS: u64 = 40;

impl Limits {
    /// Nothing falls out of memory, no batch is cut, no snapshot is made.
    pub(crate) const GENEROUS: Limits = Limits { cached_bytes: 1 << 30, snapshot_every: 1_000, batch: 1_000 };
}

/// What is left of a played history.
pub(crate) struct Played {
    pub(crate) entries: Vec<Entry>,
    pub(crate) events: Vec<Event>,
    pub(crate) roots: Vec<(u64, [u8; 32])>,
    pub(crate) journal: Arc<dyn Journal>,
}

struct Open {
    journal: Arc<dyn Journal>,
    ledger: Ledger,
    task: LedgerTask,
}

/// The views of the journal's own kind, and the runner that carries them along.
struct Following {
    store: Arc<dyn ViewStore>,
    runner: Runner,
}

/// Views that follow a ledger by themselves, as a server carries them along: some rows stored, the others in memory.
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

    /// Stops following; gives what is stored.
    async fn stop(self) -> Arc<MemoryViews> {
        self.runner.stop().await;
        self.store
    }
}

/// What follows every event.
struct Watch {
    books: Books,
    fold: StateFold,
    workers: BTreeMap<String, Worker>,
    /// None while the ledger is closed.
    following: Option<Following>,
    /// None while the ledger is closed.
    live: Option<Live>,
    /// Views in memory outlive the runner.
    memory: Arc<MemoryViews>,
}

/// A ledger that a history is played on.
pub(crate) struct Play {
    backend: Backend,
    clock: Arc<AtomicI64>,
    open: Option<Open>,
    entries: Vec<Entry>,
    events: Vec<Event>,
    watch: Option<Watch>,
}

/// The recorded time of a civil time, so that journals of the same history have the same bytes.
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

async fn follow(backend: &Backend, memory: &Arc<MemoryViews>, journal: &Arc<dyn Journal>) -> Following {
    let store: Arc<dyn ViewStore> = match backend {
        Backend::Memory(_) => Arc::clone(memory) as Arc<dyn ViewStore>,
        Backend::Sqlite(path) => {
            let path = path.with_file_name("nuanxin.views.db");
            Arc::new(SqliteViews::open(&path).expect("SQLite opens"))
        }
        Backend::Postgres { url, schema } => {
            Arc::new(PostgresViews::open(url, schema).await.expect("PostgreSQL opens"))
        }
    };
    let runner = Runner::new(Arc::clone(journal), Arc::clone(&store));
    Following { store, runner }
}

impl Play {
    /// A new journal of which nobody keeps views.
    pub(crate) async fn unwatched(backend: Backend, limits: Limits) -> Play {
        let clock = Arc::new(AtomicI64::new(micros(now())));
        let open = open(&backend, limits, &clock).await;
        Play { backend, clock, open: Some(open), entries: Vec::new(), events: Vec::new(), watch: None }
    }

    /// A new journal of which everything is kept that can be.
    pub(crate) async fn watched(backend: Backend, limits: Limits) -> Play {
        let mut play = Play::unwatched(backend, limits).await;
        let memory = Arc::default();
        let following = Some(follow(&play.backend, &memory, play.journal()).await);
        let (books, fold, workers) = (Books::default(), StateFold::new(None), BTreeMap::new());
        let live = Some(Live::on(play.opened(), Arc::default()).await);
        play.watch = Some(Watch { books, fold, workers, following, live, memory });
        play
    }

    fn opened(&self) -> &Open {
        self.open.as_ref().expect("it is open but for the moment of a restart")
    }

    pub(crate) fn journal(&self) -> &Arc<dyn Journal> {
        &self.opened().journal
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The ledger and the views' runner begin anew, with nothing in memory; a database is closed and opened again.
    pub(crate) async fn restart(&mut self, limits: Limits) {
        let following = self.watch.as_mut().and_then(|watch| watch.following.take());
        let live = self.watch.as_mut().and_then(|watch| watch.live.take());
        let Open { journal, ledger, task } = self.open.take().expect("it is open");
        drop(ledger);
        task.finished().await;
        let stored = match live {
            Some(live) => live.stop().await,
            None => Arc::default(),
        };
        drop((following, journal));
        let open = open(&self.backend, limits, &self.clock).await;
        if let Some(watch) = &mut self.watch {
            watch.live = Some(Live::on(&open, stored).await);
            watch.following = Some(follow(&self.backend, &watch.memory, &open.journal).await);
        }
        self.open = Some(open);
    }

    /// What the ledger's clock says from here on.
    pub(crate) fn set_clock(&self, now: NaiveDateTime) {
        self.clock.store(micros(now), Ordering::SeqCst);
    }

    /// Submits commands together; gives the answers in the reference's words. What was appended is read, and everything
    /// that is kept follows.
    pub(crate) async fn submit(&mut self, asked: &[Asked], atomic: bool) -> Vec<Answer> {
        let submissions = asked.iter().map(Asked::submission).collect();
        let outcomes = self.opened().ledger.submit_all(submissions, atomic).await;
        let known = self.entries.len();
        for entry in read_all(self.journal().as_ref(), known as u64).await {
            self.events.push(entry.event().expect("events can be read"));
            self.entries.push(entry);
        }
        for outcome in &outcomes {
            self.check_receipt(outcome);
        }
        if let Some(watch) = &mut self.watch {
            watch.follow(&self.entries[known..], &self.events[known..]).await;
        }
        outcomes.iter().map(read).collect()
    }

    /// A receipt is what stands in the journal at its position.
    fn check_receipt(&self, outcome: &Outcome) {
        let Some(receipt) = outcome.receipt() else { return };
        let first = (receipt.position as usize).checked_sub(receipt.events.len());
        let first = first.unwrap_or_else(|| panic!("a receipt before the journal's beginning: {receipt:?}"));
        assert_eq!(self.events.get(first..receipt.position as usize), Some(&receipt.events[..]));
    }

    /// Everything that is kept agrees with the reference, and with what the events alone come to from the beginning.
    pub(crate) async fn check(&self, district: &District) {
        assert_eq!(self.entries.len() as u64, district.position, "positions without a gap");
        let watch = self.watch.as_ref().expect("it is watched");
        watch.books.close();
        compare::limits(&watch.workers, district);
        let state = watch.fold.clone().finish();
        assert_eq!(state, state_of(&self.events, None), "carried along, and folded from the beginning");
        let views = watch.views(self.journal()).await;
        assert_eq!(views.position(), district.position);
        compare::state(&state, district);
        compare::views(&views, district, &watch.books, last_day(&self.events)).await;
        let live = &watch.live.as_ref().expect("views are kept while the ledger is open").views;
        assert_eq!(live.fresh(None).await.expect("the views follow"), district.position);
        compare::views(live, district, &watch.books, last_day(&self.events)).await;
    }

    /// The views carried along are those made anew of all that is recorded, in pages of a size.
    pub(crate) async fn rebuild(&self, page: u64) {
        let watch = self.watch.as_ref().expect("it is watched");
        let live = digests(watch.store().as_ref()).await.expect("digests");
        let rebuilt = views_of(Arc::clone(self.journal()), self.entries.len() as u64, page).await;
        assert_eq!(live, rebuilt, "views carried along, and made anew in pages of {page}");
    }

    /// On whatever day of the past one asks, everything adds up.
    pub(crate) async fn check_past(&self, district: &District) {
        self.rebuild(7).await;
        let views = self.watch.as_ref().expect("it is watched").views(self.journal()).await;
        for day in (0..WEEKS).map(|week| first_day() + Days::new(week * 7)) {
            let state = state_of(&self.events, Some(day));
            compare::balanced(&state);
            compare::past_balances(&views, district, &state, day).await;
        }
    }

    /// The ledger ends; the journal is left.
    pub(crate) async fn finish(mut self) -> Played {
        if let Some(mut watch) = self.watch.take() {
            let live = watch.live.take().expect("views are kept while the ledger is open").stop().await;
            let kept = digests(watch.store().as_ref()).await.expect("digests");
            let followed = digests(live.as_ref()).await.expect("digests");
            assert_eq!(followed, kept, "views that followed by themselves are stored when they stop");
        }
        let Open { journal, ledger, task } = self.open.take().expect("it is open");
        drop(ledger);
        task.finished().await;
        let roots = journal.roots(0, usize::MAX).await.expect("roots");
        Played { entries: self.entries, events: self.events, roots, journal }
    }
}

impl Watch {
    fn store(&self) -> &Arc<dyn ViewStore> {
        &self.following.as_ref().expect("views are kept while the ledger is open").store
    }

    async fn views(&self, journal: &Arc<dyn Journal>) -> Views {
        Views::as_stored(Arc::clone(journal), Arc::clone(self.store())).await.expect("views")
    }

    async fn follow(&mut self, entries: &[Entry], events: &[Event]) {
        for (entry, event) in entries.iter().zip(events) {
            self.books.enter(event);
            self.fold.fold(entry.position, event);
            if let Event::Worker(event) = event {
                self.workers.entry(event.worker().to_string()).or_default().evolve(event);
            }
        }
        let following = self.following.as_mut().expect("views are kept while the ledger is open");
        following.runner.step(u64::MAX).await.expect("views follow");
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
async fn read_all(journal: &dyn Journal, after: u64) -> Vec<Entry> {
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
fn last_day(events: &[Event]) -> NaiveDate {
    let day = |event: &Event| match event {
        Event::Worker(event) => {
            let on = event.as_service().map(|record| record.on);
            Some(event.at().date()).max(on)
        }
        event => event.at().map(|at| at.date()),
    };
    events.iter().filter_map(day).max().unwrap_or_default()
}

/// The state after some events, folded from scratch.
pub(crate) fn state_of(events: &[Event], as_of: Option<NaiveDate>) -> State {
    let mut fold = StateFold::new(as_of);
    for (event, position) in events.iter().zip(1..) {
        fold.fold(position, event);
    }
    fold.finish()
}

/// The digests of views folded from scratch in pages of a size.
async fn views_of(journal: Arc<dyn Journal>, until: u64, page: u64) -> BTreeMap<&'static str, String> {
    let store = Arc::new(MemoryViews::default());
    let mut runner = Runner::new(journal, Arc::clone(&store) as Arc<dyn ViewStore>);
    let mut at = 0;
    while at < until {
        at = runner.step((at + page).min(until)).await.expect("views follow");
    }
    digests(store.as_ref()).await.expect("digests")
}
