//! The single things that are measured. A probe gives one reading a round; a row of the table holds two against each
//! other.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::bare_http::Bare;
use crate::framework::{OnPostgres, OnSqlite};
use crate::load::Skew;
use crate::ours::{Journal, Load, Nuanxin, Tokens, sqlite_path};
use crate::postgres::Cluster;
use crate::reading::Reading;
use crate::record::{self, Batches};
use crate::sql::{Form, Operation};
use crate::{pgbench, sql};

/// Commands of a batch.
const BATCH: u32 = 500;
/// Callers that keep a batch each under way, in process and over HTTP.
const BATCH_CALLERS: u32 = 4;
/// Batches that the plain file is written from.
const PLAIN_BATCHES: usize = 40;
/// Where hand-written SQL may do best.
const CONNECTIONS_TRIED: [u32; 4] = [4, 8, 16, 32];

/// A database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Db {
    Postgres,
    Sqlite,
}

/// A journal of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Size {
    /// The one that most loads run on.
    Usual,
    /// Ten thousand workers, a hundred thousand events.
    Small,
    /// As large as asked for.
    Large,
}

/// How many connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Connections {
    Exactly(u32),
    /// As many as did best when tried before the first round.
    Best,
}

/// A subcommand that reads a whole journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reader {
    Replay,
    VerifyJournal,
    Verify,
}

impl Reader {
    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Reader::Replay => &["replay"],
            Reader::VerifyJournal => &["verify", "--journal-only"],
            Reader::Verify => &["verify"],
        }
    }
}

/// Something that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Probe {
    /// `nuanxin bench`.
    Ours(Db, Size, Operation, u32, u32),
    /// `nuanxin bench --http` against `nuanxin serve`.
    OursHttp(u32, u32),
    /// Peer (b) through sqlx.
    Sql(Form, Operation, Connections),
    /// Peer (b) through pgbench.
    Pgbench(Form, Connections),
    /// Peers (a) and (e).
    Framework(Db, Operation, u32),
    /// The same canonical bytes into a plain file.
    PlainFile,
    /// `nuanxin bench --http` against a handler that does nothing.
    BareHttp(u32),
    /// A subcommand over a whole journal.
    Read(Reader, Db),
    /// The same entries read and decoded, by so many readers.
    Decode(Db, usize),
    /// The same entries' bytes hashed.
    Hash(Db),
    /// From start to ready.
    Start(Db),
    /// Bytes on disk of an entry.
    Disk(Db),
    /// Bytes of its payload.
    Payload(Db),
}

impl Probe {
    /// Redemptions one by one.
    pub(crate) const fn redeem(db: Db, callers: u32) -> Probe {
        Probe::Ours(db, Size::Usual, Operation::Redeem, callers, 1)
    }

    /// Redemptions in batches, by one caller.
    pub(crate) const fn batches_by_one(db: Db) -> Probe {
        Probe::Ours(db, Size::Usual, Operation::Redeem, 1, BATCH)
    }

    /// Redemptions in batches, in process.
    pub(crate) const fn batches(db: Db) -> Probe {
        Probe::Ours(db, Size::Usual, Operation::Redeem, BATCH_CALLERS, BATCH)
    }

    /// The same over HTTP.
    pub(crate) const fn batches_http() -> Probe {
        Probe::OursHttp(BATCH_CALLERS, BATCH)
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Probe::Ours(db, size, operation, callers, batch) => {
                write!(f, "ours {db:?} {operation:?} {callers}x{batch}")?;
                if *size == Size::Usual { Ok(()) } else { write!(f, " {size:?}") }
            }
            Probe::OursHttp(callers, batch) => write!(f, "ours HTTP {callers}x{batch}"),
            Probe::Sql(form, operation, connections) => write!(f, "sql {form:?} {operation:?} {connections}"),
            Probe::Pgbench(form, connections) => write!(f, "pgbench {form:?} {connections}"),
            Probe::Framework(Db::Postgres, operation, callers) => write!(f, "postgres-es {operation:?} {callers}"),
            Probe::Framework(Db::Sqlite, operation, callers) => write!(f, "sqlite-es {operation:?} {callers}"),
            Probe::PlainFile => write!(f, "plain file"),
            Probe::BareHttp(callers) => write!(f, "bare handler {callers}"),
            Probe::Read(reader, db) => write!(f, "{reader:?} {db:?}"),
            Probe::Decode(db, readers) => write!(f, "read and decode {db:?} {readers}"),
            Probe::Hash(db) => write!(f, "hash {db:?}"),
            Probe::Start(db) => write!(f, "start {db:?}"),
            Probe::Disk(db) => write!(f, "bytes on disk {db:?}"),
            Probe::Payload(db) => write!(f, "payload bytes {db:?}"),
        }
    }
}

impl fmt::Display for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Connections::Exactly(number) => write!(f, "{number}"),
            Connections::Best => write!(f, "best"),
        }
    }
}

/// What probes run on. Peers are prepared when the first probe wants them.
pub(crate) struct Bench {
    pub(crate) folder: PathBuf,
    pub(crate) cluster: Option<Cluster>,
    pub(crate) nuanxin: Nuanxin,
    pub(crate) skew: Skew,
    pub(crate) history: u32,
    pub(crate) large_workers: u32,
    pub(crate) seconds: u64,
    pub(crate) sql_ready: bool,
    pub(crate) on_postgres: Option<OnPostgres>,
    pub(crate) on_sqlite: Option<OnSqlite>,
    pub(crate) plain: Option<Batches>,
    pub(crate) best: BTreeMap<(Form, Operation, bool), u32>,
}

impl Bench {
    const fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// The journal of a size, which `nuanxin bench` fills when it first runs on it.
    fn journal(&self, db: Db, size: Size) -> Result<Journal> {
        let (name, workers, history) = match size {
            Size::Usual => ("usual", self.skew.workers, self.history),
            // With the workers' registrations ten events each.
            Size::Small => ("small", 10_000, 9),
            Size::Large => ("large", self.large_workers, 9),
        };
        let url = match db {
            Db::Postgres => format!("{}?schema={name}", self.cluster()?.url()),
            Db::Sqlite => format!("sqlite:{}", self.folder.join(format!("{name}.db")).display()),
        };
        Ok(Journal { url, workers, history })
    }

    fn cluster(&self) -> Result<&Cluster> {
        self.cluster.as_ref().context("no PostgreSQL was started")
    }

    fn ours(&self, journal: &Journal, operation: Operation, callers: u32, batch: u32) -> Result<Reading> {
        let skew = Skew { workers: journal.workers, ..self.skew };
        self.nuanxin.bench(journal, skew, Load { operation, callers, batch, seconds: self.seconds })
    }

    /// Prepares what a probe runs on, outside its measured time.
    pub(crate) async fn prepare(&mut self, probe: Probe) -> Result<()> {
        match probe {
            Probe::Ours(db, size, ..) => self.filled(db, size).await.map(drop),
            Probe::OursHttp(..) | Probe::BareHttp(_) => self.filled(Db::Sqlite, Size::Usual).await.map(drop),
            Probe::Read(_, db) | Probe::Decode(db, _) | Probe::Hash(db) | Probe::Start(db) => {
                self.filled(db, Size::Large).await.map(drop)
            }
            Probe::Disk(db) | Probe::Payload(db) => self.filled(db, Size::Usual).await.map(drop),
            Probe::PlainFile => {
                let journal = self.filled(Db::Sqlite, Size::Usual).await?;
                if self.plain.is_none() {
                    let commands = usize::try_from(BATCH)?;
                    self.plain = Some(Batches::read(&journal.url, commands, PLAIN_BATCHES).await?);
                }
                Ok(())
            }
            Probe::Sql(form, operation, connections) => {
                self.sql_prepared().await?;
                if connections == Connections::Best {
                    self.try_connections(form, operation, false).await?;
                }
                Ok(())
            }
            Probe::Pgbench(form, connections) => {
                self.sql_prepared().await?;
                if connections == Connections::Best {
                    self.try_connections(form, Operation::Redeem, true).await?;
                }
                Ok(())
            }
            Probe::Framework(Db::Postgres, ..) if self.on_postgres.is_none() => {
                self.on_postgres = Some(OnPostgres::prepare(&self.cluster()?.url(), self.skew).await?);
                Ok(())
            }
            Probe::Framework(Db::Sqlite, ..) if self.on_sqlite.is_none() => {
                self.on_sqlite = Some(OnSqlite::prepare(&self.folder, self.skew).await?);
                Ok(())
            }
            Probe::Framework(..) => Ok(()),
        }
    }

    /// A journal with its district and some redemptions in it.
    async fn filled(&self, db: Db, size: Size) -> Result<Journal> {
        let journal = self.journal(db, size)?;
        let exists = match sqlite_path(&journal.url) {
            Some(path) => path.exists(),
            None => record::head(&journal.url).await? > 0,
        };
        if !exists {
            let skew = Skew { workers: journal.workers, ..self.skew };
            let load = Load { operation: Operation::Redeem, callers: BATCH_CALLERS, batch: BATCH, seconds: 1 };
            self.nuanxin.bench(&journal, skew, load)?;
        }
        Ok(journal)
    }

    async fn sql_prepared(&mut self) -> Result<()> {
        if !self.sql_ready {
            sql::prepare(&self.cluster()?.url(), self.skew).await?;
            self.sql_ready = true;
        }
        Ok(())
    }

    /// Finds the number of connections at which hand-written SQL does best.
    async fn try_connections(&mut self, form: Form, operation: Operation, through_pgbench: bool) -> Result<()> {
        let key = (form, operation, through_pgbench);
        if self.best.contains_key(&key) {
            return Ok(());
        }
        let time = Duration::from_secs(self.seconds.clamp(1, 3));
        let mut best = (0.0, 0);
        for connections in CONNECTIONS_TRIED {
            let reading = if through_pgbench {
                pgbench::run(self.cluster()?, &self.folder, self.skew, form, connections, time)?
            } else {
                sql::run(&self.cluster()?.url(), self.skew, form, operation, connections, time).await?
            };
            if reading.figure > best.0 {
                best = (reading.figure, connections);
            }
        }
        self.best.insert(key, best.1);
        Ok(())
    }

    fn number(&self, connections: Connections, key: (Form, Operation, bool)) -> Result<u32> {
        match connections {
            Connections::Exactly(number) => Ok(number),
            Connections::Best => self.best.get(&key).copied().context("the best number was not tried yet"),
        }
    }

    /// Takes a reading. Prepared before.
    pub(crate) async fn read(&self, probe: Probe) -> Result<Reading> {
        match probe {
            Probe::Ours(db, size, operation, callers, batch) => {
                self.ours(&self.journal(db, size)?, operation, callers, batch)
            }
            Probe::OursHttp(callers, batch) => {
                let journal = self.journal(Db::Sqlite, Size::Usual)?;
                let tokens = self.nuanxin.tokens(&journal.url, self.skew.stores)?;
                let server = self.nuanxin.serve(&journal.url)?;
                let load = Load { operation: Operation::Redeem, callers, batch, seconds: self.seconds };
                self.nuanxin.bench_http(&server.url, &tokens, &journal, self.skew, load)
            }
            Probe::BareHttp(callers) => {
                let journal = self.journal(Db::Sqlite, Size::Usual)?;
                let bare = Bare::start().await?;
                let load = Load { operation: Operation::Redeem, callers, batch: 1, seconds: self.seconds };
                // Beside the runtime: the handler runs on its threads.
                tokio::task::block_in_place(|| self.nuanxin.bench_http(&bare.url, &Tokens::default(), &journal, self.skew, load))
            }
            Probe::Sql(form, operation, connections) => {
                let number = self.number(connections, (form, operation, false))?;
                let url = self.cluster()?.url();
                let reading = sql::run(&url, self.skew, form, operation, number, self.time()).await?;
                Ok(reading.with(format!("{number} connections")))
            }
            Probe::Pgbench(form, connections) => {
                let number = self.number(connections, (form, Operation::Redeem, true))?;
                let reading = pgbench::run(self.cluster()?, &self.folder, self.skew, form, number, self.time())?;
                Ok(reading.with(format!("{number} connections")))
            }
            Probe::Framework(Db::Postgres, operation, callers) => {
                let peer = self.on_postgres.as_ref().context("not prepared")?;
                peer.run(operation, callers, self.time()).await
            }
            Probe::Framework(Db::Sqlite, operation, callers) => {
                let peer = self.on_sqlite.as_ref().context("not prepared")?;
                peer.run(operation, callers, self.time()).await
            }
            Probe::PlainFile => self.plain.as_ref().context("not prepared")?.append(&self.folder, self.time()),
            Probe::Read(reader, db) => {
                let journal = self.journal(db, Size::Large)?;
                let entries = record::head(&journal.url).await?;
                let seconds = self.nuanxin.seconds(&journal.url, reader.arguments())?;
                Ok(Reading::of(entries as f64 / seconds).with(format!("{entries} entries in {seconds:.1} s")))
            }
            Probe::Decode(db, readers) => record::decode(&self.journal(db, Size::Large)?.url, readers).await,
            Probe::Hash(db) => record::hash(&self.journal(db, Size::Large)?.url).await,
            Probe::Start(db) => {
                let journal = self.journal(db, Size::Large)?;
                let entries = record::head(&journal.url).await?;
                let server = self.nuanxin.serve(&journal.url)?;
                Ok(Reading::of(server.ready_after.as_secs_f64()).with(format!("{entries} entries")))
            }
            Probe::Disk(db) => record::bytes_on_disk(&self.journal(db, Size::Usual)?.url).await,
            Probe::Payload(db) => record::payload_bytes(&self.journal(db, Size::Usual)?.url).await,
        }
    }
}
