//! The rows of the table: which probe is held against which, by what, and what is wanted.

use crate::machine;
use crate::probe::{Connections, Db, Probe, Reader, Size};
use crate::reading::Reading;
use crate::sql::{Form, Operation};

/// By what two readings are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Ours over the best peer's: more is better.
    Rate,
    /// Our latency in the middle over the best peer's: less is better.
    Middle,
    /// Our latency of the slowest in a hundred over the best peer's: less is better.
    Slowest,
    /// Our time over the peer's: less is better.
    Time,
    /// Our bytes over the peer's: less is better.
    Bytes,
    /// Our seconds alone: less is better.
    Seconds,
}

impl By {
    pub(crate) const fn more_is_better(self) -> bool {
        matches!(self, By::Rate)
    }

    /// What of a reading is compared.
    pub(crate) fn of(self, reading: &Reading) -> f64 {
        match self {
            By::Rate | By::Time | By::Bytes | By::Seconds => reading.figure,
            By::Middle => reading.p50_ms,
            By::Slowest => reading.p99_ms,
        }
    }

    pub(crate) const fn unit(self) -> &'static str {
        match self {
            By::Rate | By::Time => "/s",
            By::Middle | By::Slowest => " ms",
            By::Bytes => " B",
            By::Seconds => " s",
        }
    }
}

/// A row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) figure: &'static str,
    pub(crate) ours: Probe,
    /// The best of them counts, in each round.
    pub(crate) peers: Vec<Probe>,
    pub(crate) by: By,
    pub(crate) must: Option<f64>,
    pub(crate) aim: Option<f64>,
}

impl Row {
    /// Ours over the best peer's in one round; with our figure and the peer's.
    pub(crate) fn compare(&self, reading: impl Fn(Probe) -> Option<f64>) -> Option<(f64, f64, f64)> {
        let ours = reading(self.ours)?;
        let readings: Vec<f64> = self.peers.iter().map(|peer| reading(*peer)).collect::<Option<_>>()?;
        let more = matches!(self.by, By::Rate | By::Time);
        let best = readings.into_iter().reduce(|one, other| if (one > other) == more { one } else { other });
        match (self.by, best) {
            (By::Seconds, _) => Some((ours, ours, 0.0)),
            (By::Time, Some(peer)) => Some((peer / ours, ours, peer)),
            (_, Some(peer)) => Some((ours / peer, ours, peer)),
            (_, None) => None,
        }
    }
}

fn sql(operation: Operation, connections: Connections) -> Vec<Probe> {
    Form::ALL.iter().map(|form| Probe::Sql(*form, operation, connections)).collect()
}

fn pgbench(connections: Connections) -> Vec<Probe> {
    Form::ALL.iter().map(|form| Probe::Pgbench(*form, connections)).collect()
}

/// Every row.
pub(crate) fn all() -> Vec<Row> {
    use Connections::{Best, Exactly};
    use Db::{Postgres, Sqlite};
    use Operation::{Credit, Redeem, RedeemAtOne};
    let row = |name, figure, ours, peers: Vec<Probe>, by, must, aim| Row { name, figure, ours, peers, by, must, aim };
    let pg64 = Probe::redeem(Postgres, 64);
    let lite64 = Probe::redeem(Sqlite, 64);
    let best_sql = || [sql(Redeem, Exactly(64)), sql(Redeem, Best)].concat();
    let one_hot = Probe::Ours(Postgres, Size::Usual, RedeemAtOne, 64, 1);
    let credits = Probe::Ours(Postgres, Size::Usual, Credit, 64, 1);
    let sized = |db, size| Probe::Ours(db, size, Redeem, 64, 1);
    vec![
        row(
            "postgres",
            "redemptions/s on Postgres, 64 clients : SQL by hand through sqlx, 64 connections",
            pg64,
            sql(Redeem, Exactly(64)),
            By::Rate,
            Some(4.0),
            Some(8.0),
        ),
        row(
            "postgres-best",
            "the same 64 clients : SQL by hand at the concurrency where it does best",
            pg64,
            best_sql(),
            By::Rate,
            Some(2.0),
            Some(5.0),
        ),
        row(
            "pgbench",
            "the same : SQL by hand through pgbench, 64 connections",
            pg64,
            pgbench(Exactly(64)),
            By::Rate,
            None,
            None,
        ),
        row(
            "pgbench-best",
            "the same : SQL by hand through pgbench where it does best",
            pg64,
            [pgbench(Exactly(64)), pgbench(Best)].concat(),
            By::Rate,
            None,
            None,
        ),
        row(
            "framework",
            "the same : cqrs-es + postgres-es, 64 callers",
            pg64,
            vec![Probe::Framework(Postgres, Redeem, 64)],
            By::Rate,
            Some(40.0),
            Some(100.0),
        ),
        row(
            "framework-best",
            "the same : cqrs-es + postgres-es, 16 callers",
            pg64,
            vec![Probe::Framework(Postgres, Redeem, 16), Probe::Framework(Postgres, Redeem, 64)],
            By::Rate,
            None,
            None,
        ),
        row(
            "hot-store",
            "all redemptions at one hot store, 64 clients : SQL by hand, 64 connections",
            one_hot,
            sql(RedeemAtOne, Exactly(64)),
            By::Rate,
            Some(10.0),
            Some(30.0),
        ),
        row(
            "hot-store-best",
            "the same : SQL by hand where it does best",
            one_hot,
            [sql(RedeemAtOne, Exactly(64)), sql(RedeemAtOne, Best)].concat(),
            By::Rate,
            None,
            None,
        ),
        row(
            "sqlite",
            "redemptions/s on SQLite, 64 clients : sqlite-es, 64 callers",
            lite64,
            vec![Probe::Framework(Sqlite, Redeem, 64)],
            By::Rate,
            Some(80.0),
            Some(200.0),
        ),
        row(
            "sqlite-sql",
            "the same on SQLite : SQL by hand on Postgres through sqlx, 64 connections",
            lite64,
            sql(Redeem, Exactly(64)),
            By::Rate,
            Some(6.0),
            Some(15.0),
        ),
        row(
            "plain-file",
            "redemptions/s on SQLite, one caller, batches of 500 : the same bytes into a plain file",
            Probe::batches_by_one(Sqlite),
            vec![Probe::PlainFile],
            By::Rate,
            Some(0.06),
            Some(0.25),
        ),
        row(
            "credits",
            "credits/s on Postgres, 64 clients : SQL by hand through sqlx, 64 connections",
            credits,
            sql(Credit, Exactly(64)),
            By::Rate,
            Some(4.0),
            Some(8.0),
        ),
        row(
            "credits-best",
            "the same : SQL by hand where it does best",
            credits,
            [sql(Credit, Exactly(64)), sql(Credit, Best)].concat(),
            By::Rate,
            None,
            None,
        ),
        row(
            "credits-framework",
            "the same : cqrs-es + postgres-es, 64 callers",
            credits,
            vec![Probe::Framework(Postgres, Credit, 64)],
            By::Rate,
            Some(30.0),
            Some(60.0),
        ),
        row(
            "p99",
            "p99 of redemptions, 64 clients : p99 of SQL by hand, 64 connections",
            pg64,
            sql(Redeem, Exactly(64)),
            By::Slowest,
            Some(0.25),
            Some(0.125),
        ),
        row(
            "lone",
            "latency of one lone client (p50) : one hand-written transaction",
            Probe::redeem(Postgres, 1),
            sql(Redeem, Exactly(1)),
            By::Middle,
            Some(1.5),
            Some(1.1),
        ),
        row(
            "http",
            "single redemptions over HTTP, 64 connections : a handler that only reads and answers the JSON",
            Probe::OursHttp(64, 1),
            vec![Probe::BareHttp(64)],
            By::Rate,
            Some(0.5),
            Some(0.8),
        ),
        // What single redemptions over HTTP could reach if HTTP cost nothing.
        row(
            "http-none",
            "the same redemptions in process, without HTTP : the same handler",
            lite64,
            vec![Probe::BareHttp(64)],
            By::Rate,
            None,
            None,
        ),
        row(
            "http-batch",
            "batches of 500 over HTTP, 4 callers : in process",
            Probe::batches_http(),
            vec![Probe::batches(Sqlite)],
            By::Rate,
            Some(0.7),
            Some(0.95),
        ),
        row(
            "replay-sqlite",
            "replay of all views on SQLite : reading and decoding the same rows",
            Probe::Read(Reader::Replay, Sqlite),
            vec![Probe::Decode(Sqlite, 1)],
            By::Rate,
            Some(0.4),
            Some(0.8),
        ),
        row(
            "replay-postgres",
            "the same on Postgres",
            Probe::Read(Reader::Replay, Postgres),
            vec![Probe::Decode(Postgres, 1)],
            By::Rate,
            Some(0.4),
            Some(0.8),
        ),
        row(
            "verify",
            "time of verify --journal-only on SQLite : hashing the same bytes on all cores",
            Probe::Read(Reader::VerifyJournal, Sqlite),
            vec![Probe::Hash(Sqlite)],
            By::Time,
            Some(4.0),
            Some(2.0),
        ),
        // What any check of the entries pays before it checks anything.
        row(
            "verify-nothing",
            "time of reading and decoding the same rows on all cores, checking nothing : the same hashing",
            Probe::Decode(Sqlite, machine::cores()),
            vec![Probe::Hash(Sqlite)],
            By::Time,
            None,
            None,
        ),
        row(
            "verify-views",
            "time of verify with all views folded too : the same hashing",
            Probe::Read(Reader::Verify, Sqlite),
            vec![Probe::Hash(Sqlite)],
            By::Time,
            None,
            None,
        ),
        row(
            "large-sqlite",
            "redemptions/s on a large SQLite journal : on one of 100,000 events",
            sized(Sqlite, Size::Large),
            vec![sized(Sqlite, Size::Small)],
            By::Rate,
            Some(0.7),
            Some(0.95),
        ),
        row(
            "large-postgres",
            "redemptions/s on a large Postgres journal : on one of 100,000 events",
            sized(Postgres, Size::Large),
            vec![sized(Postgres, Size::Small)],
            By::Rate,
            Some(0.7),
            Some(0.95),
        ),
        row(
            "start-sqlite",
            "start to ready on a large SQLite journal",
            Probe::Start(Sqlite),
            Vec::new(),
            By::Seconds,
            Some(3.0),
            Some(0.5),
        ),
        row(
            "start-postgres",
            "start to ready on a large Postgres journal",
            Probe::Start(Postgres),
            Vec::new(),
            By::Seconds,
            Some(3.0),
            Some(0.5),
        ),
        row(
            "disk-sqlite",
            "bytes on disk of an event on SQLite : its payload",
            Probe::Disk(Sqlite),
            vec![Probe::Payload(Sqlite)],
            By::Bytes,
            Some(3.0),
            Some(1.5),
        ),
        row(
            "disk-postgres",
            "bytes on disk of an event on Postgres : its payload",
            Probe::Disk(Postgres),
            vec![Probe::Payload(Postgres)],
            By::Bytes,
            Some(3.0),
            Some(1.5),
        ),
    ]
}
