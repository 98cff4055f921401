//! A journal's tables, read and changed behind the program's back: the same SQL on either database.

use ledger_core::journal::url::JournalUrl;
use rusqlite::OptionalExtension;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Executor, Row};
use tokio::runtime::Runtime;

use crate::journals::{Database, fresh};

/// What makes a journal on PostgreSQL; all else in its schema is made from it or stands beside it.
const PG_TABLES: [&str; 8] =
    ["schema_version", "head", "stream", "event", "root", "snapshot", "stream_part", "stream_index"];

/// An open database that holds a journal.
pub(crate) enum Tables {
    Sqlite(rusqlite::Connection),
    Postgres(Runtime, Box<PgConnection>),
}

impl Tables {
    /// The tables of a journal.
    #[track_caller]
    pub(crate) fn of(journal: &str) -> Tables {
        match journal.parse().expect("a journal's address") {
            JournalUrl::Sqlite(path) => {
                Tables::Sqlite(rusqlite::Connection::open(path).expect("a journal is a database"))
            }
            JournalUrl::Postgres { url, schema } => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                let options: PgConnectOptions = url.parse().expect("an address");
                let options = options.options([("search_path", schema)]);
                let connection = runtime.block_on(options.connect()).expect("the cluster runs");
                Tables::Postgres(runtime, Box::new(connection))
            }
        }
    }

    /// Carries out a statement; gives how many rows it changed.
    #[track_caller]
    pub(crate) fn run(&mut self, statement: &str) -> u64 {
        let changed = match self {
            Tables::Sqlite(db) => db.execute(statement, []).map(|rows| rows as u64).map_err(|error| error.to_string()),
            Tables::Postgres(runtime, db) => {
                let done = runtime.block_on(db.execute(statement));
                done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
            }
        };
        changed.unwrap_or_else(|error| panic!("{statement}: {error}"))
    }

    /// A single number.
    #[track_caller]
    pub(crate) fn number(&mut self, query: &str) -> u64 {
        let number: Option<i64> = match self {
            Tables::Sqlite(db) => db.query_row(query, [], |row| row.get(0)).optional().expect("a number"),
            Tables::Postgres(runtime, db) => {
                let row = runtime.block_on(db.fetch_optional(query)).expect("a number");
                row.map(|row| row.try_get(0).expect("a number"))
            }
        };
        number.and_then(|number| u64::try_from(number).ok()).unwrap_or_else(|| panic!("no number: {query}"))
    }

    /// Single bytes.
    #[track_caller]
    pub(crate) fn bytes(&mut self, query: &str) -> Vec<u8> {
        match self {
            Tables::Sqlite(db) => db.query_row(query, [], |row| row.get(0)).expect("bytes"),
            Tables::Postgres(runtime, db) => {
                runtime.block_on(db.fetch_one(query)).expect("bytes").try_get(0).expect("bytes")
            }
        }
    }

    /// Bytes as they are written in a statement.
    pub(crate) fn literal(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self {
            Tables::Sqlite(_) => format!("x'{hex}'"),
            Tables::Postgres(..) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// Sets bytes in many rows, each named by a number.
    pub(crate) fn set(&mut self, table: &str, column: &str, by: &str, values: &[(u64, Vec<u8>)]) {
        self.run("BEGIN");
        for page in values.chunks(1_000) {
            let rows = page.iter().map(|(number, bytes)| format!("({number}, {})", self.literal(bytes)));
            let rows = rows.collect::<Vec<_>>().join(", ");
            self.run(&format!(
                "WITH made(number, bytes) AS (VALUES {rows})
                 UPDATE {table} SET {column} = made.bytes FROM made WHERE {table}.{by} = made.number"
            ));
        }
        self.run("COMMIT");
    }

    /// A payload.
    #[track_caller]
    pub(crate) fn payload(&mut self, at: u64) -> Vec<u8> {
        self.bytes(&format!("SELECT payload FROM event WHERE position = {at}"))
    }

    /// Puts another payload in the place of one.
    pub(crate) fn set_payload(&mut self, at: u64, payload: &[u8]) -> u64 {
        let payload = self.literal(payload);
        self.run(&format!("UPDATE event SET payload = {payload} WHERE position = {at}"))
    }

    /// A position in the middle at which a command of a single event begins, followed by another such command.
    #[track_caller]
    pub(crate) fn middle(&mut self) -> u64 {
        self.number(
            "SELECT min(a.position) FROM event a JOIN event b ON b.position = a.position + 1
             WHERE a.count = 1 AND b.count = 1 AND a.position > (SELECT position / 2 FROM head)",
        )
    }
}

/// A copy of a journal's own tables in a schema of its own.
pub(crate) fn copy_of_schema(journal: &str) -> String {
    let schema = |journal: &str| match journal.parse() {
        Ok(JournalUrl::Postgres { schema, .. }) => schema,
        other => panic!("{journal} is no journal on PostgreSQL: {other:?}"),
    };
    let copy = fresh(Database::Postgres);
    let (from, to, mut db) = (schema(journal), schema(&copy), Tables::of(journal));
    db.run(&format!("CREATE SCHEMA {to}"));
    for table in PG_TABLES {
        db.run(&format!("CREATE TABLE {to}.{table} (LIKE {from}.{table} INCLUDING ALL)"));
        db.run(&format!("INSERT INTO {to}.{table} SELECT * FROM {from}.{table}"));
    }
    copy
}
