//! An import that is killed again and again in its middle and started again each time ends in the very state of one that
//! ran through: no row twice, none lost, the same positions.

use std::cell::OnceCell;
use std::path::Path;
use std::process::{Child, Stdio};
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use ledger_core::journal::Journal;
use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::url::JournalUrl;
use nuanxin_tests::{cli, scratch_dir};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sqlx::{Connection, PgConnection};
use tokio::runtime::Runtime;

use crate::exact::Exact;
use crate::imported::{Imported, Pack, imported};
use crate::journals::{self, Database};
use crate::program::{import, run, utf8};

/// Imports that may end before their kill; more means that the moments are badly chosen.
const UNHURT_MAX: u32 = 5;
/// How long an import may take to come to the place where it is killed.
const PLACE_LIMIT: Duration = Duration::from_secs(300);
/// How often the journal is asked where it stands.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// How long an import lives on once it has come to its place: not every kill meets the moment after a commit.
const LIVES_ON_MICROS: std::ops::Range<u64> = 0..8_000;

fn start(pack: Pack, journal: &str, report: &Path) -> Child {
    let mut command = cli::command(journal);
    command.args(["import", utf8(&pack.folder()), "--report", utf8(report)]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Tells where a journal stands, beside whoever writes it.
struct Watch {
    runtime: Runtime,
    url: JournalUrl,
    sqlite: Option<SqliteJournal>,
    postgres: Option<PgConnection>,
}

impl Watch {
    fn of(journal: &str) -> Watch {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let url = JournalUrl::from_str(journal).expect("an address of ours");
        Watch { runtime: runtime.expect("a runtime"), url, sqlite: None, postgres: None }
    }

    /// The last position; zero while there is no journal yet.
    fn position(&mut self) -> u64 {
        match &self.url {
            JournalUrl::Sqlite(path) => {
                if self.sqlite.is_none() {
                    self.sqlite = SqliteJournal::open_read_only(path).ok();
                }
                let head = self.sqlite.as_ref().and_then(|journal| self.runtime.block_on(journal.head()).ok());
                head.map_or(0, |head| head.position)
            }
            JournalUrl::Postgres { url, schema } => self
                .runtime
                .block_on(async {
                    if self.postgres.is_none() {
                        self.postgres = PgConnection::connect(url).await.ok();
                    }
                    let connection = self.postgres.as_mut()?;
                    let head = format!("SELECT position FROM {schema}.head");
                    let position: Option<i64> = sqlx::query_scalar(&head).fetch_one(connection).await.ok();
                    u64::try_from(position?).ok()
                })
                .unwrap_or(0),
        }
    }
}

/// Kills an import of the pack this many times, each time between a tenth and nine tenths of its way, and starts again on
/// the same journal until that has been killed all along the way, then on a new one. Every journal must end like the one
/// that was never interrupted.
fn killed_and_started_again(pack: Pack, database: Database, seed: u64, kills: u32) {
    let right = Right { pack, database, reference: imported(pack, database), repeated: OnceCell::new() };
    let end = right.reference.state.get("position").count();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let report = scratch_dir("killed").join("report.json");
    let mut journal = journals::fresh(database);
    let mut watch = Watch::of(&journal);
    let (mut killed, mut unhurt) = (Vec::new(), 0);
    while killed.len() < kills as usize {
        let (begin, last) = (watch.position().max(end / 10), end * 9 / 10);
        if begin >= last {
            right.ends_alike(&journal);
            journal = journals::fresh(database);
            watch = Watch::of(&journal);
            continue;
        }
        // In small steps, so that one journal is killed many times.
        let place = random.gen_range(begin + 1..=last.min(begin + end / 8));
        let mut child = start(pack, &journal, &report);
        let began = Instant::now();
        while watch.position() < place && child.try_wait().expect("a child can be waited for").is_none() {
            assert!(began.elapsed() < PLACE_LIMIT, "the import does not come to position {place}");
            thread::sleep(LOOK_EVERY);
        }
        thread::sleep(Duration::from_micros(random.gen_range(LIVES_ON_MICROS)));
        let ended = child.try_wait().expect("a child can be waited for").is_some();
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
        let position = watch.position();
        if ended || position >= end {
            unhurt += 1;
            assert!(unhurt <= UNHURT_MAX, "{unhurt} imports ended before they were killed");
            continue;
        }
        assert!((place..end).contains(&position), "killed at {position}, not between {place} and {end}");
        killed.push(position);
    }
    println!("killed at {killed:?} of {end}");
    right.ends_alike(&journal);
}

/// What every journal must end like.
struct Right {
    pack: Pack,
    database: Database,
    /// A journal that was never interrupted.
    reference: &'static Imported,
    /// What an import reports that is repeated on such a journal.
    repeated: OnceCell<Exact>,
}

impl Right {
    /// Imports to the end and compares everything, positions included.
    fn ends_alike(&self, journal: &str) {
        let (pack, reference) = (self.pack, self.reference);
        let report = import(journal, &pack.folder(), 1, &[]);
        pack.state_of(journal).assert_same(&reference.state, "the state after the kills");
        pack.assert_refused_again(&report);
        if pack.has_programmes() {
            // Rows that wait or that only register something are counted when they are repeated, and not before.
            let killed = import(journal, &pack.folder(), 1, &[]);
            for count in ["credits", "redemptions", "repeats", "capped"] {
                killed.get(count).assert_same(self.repeated().get(count), count);
            }
            pack.state_of(journal).assert_same(&reference.state, "the state after a repeat");
        } else {
            let taken = |report: &Exact| -> u64 {
                ["credits", "redemptions", "repeats"].map(|count| report.get(count).count()).iter().sum()
            };
            assert_eq!(taken(&report), taken(&reference.report), "rows taken, now or before");
        }
        run(journal, &["verify", "--journal-only"]).expect(0);
    }

    fn repeated(&self) -> &Exact {
        self.repeated.get_or_init(|| {
            let whole = journals::fresh(self.database);
            import(&whole, &self.pack.folder(), 1, &[]);
            import(&whole, &self.pack.folder(), 1, &[])
        })
    }
}

#[test]
fn an_import_killed_twenty_times_ends_as_if_never_killed_in_sqlite() {
    killed_and_started_again(Pack::Qianwei, Database::Sqlite, 20_240_305, 20);
}

#[test]
fn an_import_killed_twenty_times_ends_as_if_never_killed_in_postgres() {
    killed_and_started_again(Pack::Qianwei, Database::Postgres, 20_240_306, 20);
}

#[test]
fn qianwei_with_the_programmes_killed_twenty_times_ends_as_if_never_killed_in_sqlite() {
    killed_and_started_again(Pack::QianweiProgrammes, Database::Sqlite, 20_240_307, 20);
}

#[test]
fn qianwei_with_the_programmes_killed_twenty_times_ends_as_if_never_killed_in_postgres() {
    killed_and_started_again(Pack::QianweiProgrammes, Database::Postgres, 20_240_309, 20);
}

#[test]
fn yanzhou_with_the_programmes_killed_twenty_times_ends_as_if_never_killed_in_sqlite() {
    killed_and_started_again(Pack::YanzhouProgrammes, Database::Sqlite, 20_240_308, 20);
}

#[test]
fn yanzhou_with_the_programmes_killed_twenty_times_ends_as_if_never_killed_in_postgres() {
    killed_and_started_again(Pack::YanzhouProgrammes, Database::Postgres, 20_240_310, 20);
}
