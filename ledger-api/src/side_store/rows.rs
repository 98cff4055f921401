//! The rows of the stores beside a journal, out of either database and back into either, for backups that take all.
//!
//! The layout of a store is read from its steps for SQLite, at any of its versions: the same tables and columns stand in
//! Postgres. So a store that grows needs nothing here.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::TryStreamExt;
use ledger_core::journal::url::JournalUrl;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions, Executor, Row as _};

use super::SideStoreError;
use super::postgres::{Schema, unavailable};
use super::sqlite::SideFile;
use crate::sidecar::sidecar_path;

/// How long to wait for another process's transaction; ours last milliseconds.
const BUSY: Duration = Duration::from_secs(5);
/// So often within that time is it tried again.
const TRIES_MAX: u32 = 100;
/// How SQLite is asked for all pages in one step.
const ALL_PAGES: i32 = -1;

/// A store beside a journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Store {
    /// Its name in Postgres.
    pub(crate) name: &'static str,
    /// Its file beside a SQLite journal, behind the journal's stem.
    pub(crate) file: &'static str,
    /// Its steps, one a version.
    pub(crate) sqlite: &'static [&'static str],
    /// The same steps, for the same versions.
    pub(crate) postgres: &'static [&'static str],
}

/// One row, as a line of JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    table: String,
    values: Vec<(String, Value)>,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Nothing(()),
    Integer(i64),
    Text(String),
    Bytes { base64: String },
}

/// A table with its columns.
struct Table {
    name: String,
    columns: Vec<String>,
    /// Rows come in the order in which they were added, where that is kept.
    in_order: bool,
}

/// Takes rows in.
pub(crate) type Take<'a> = dyn FnMut(&Row) -> Result<(), SideStoreError> + Send + 'a;

fn unusable(what: impl std::fmt::Display) -> SideStoreError {
    SideStoreError::Unusable(what.to_string())
}

fn broken(error: rusqlite::Error) -> SideStoreError {
    SideStoreError::Unavailable(error.to_string())
}

impl Store {
    /// Its steps up to a version.
    fn steps(&self, of: &'static [&'static str], version: usize) -> Result<&'static [&'static str], SideStoreError> {
        of.get(..version).ok_or_else(|| {
            let known = of.len();
            unusable(format!("{} of version {version}, this program knows {known}; use a newer program", self.name))
        })
    }

    /// A store of a version that nothing was put into.
    fn empty(&self, version: usize) -> Result<Connection, SideStoreError> {
        let connection = Connection::open_in_memory().map_err(broken)?;
        for step in self.steps(self.sqlite, version)? {
            connection.execute_batch(step).map_err(broken)?;
        }
        Ok(connection)
    }

    /// The tables of a version, in the order in which they can be filled.
    fn tables(&self, version: usize) -> Result<Vec<Table>, SideStoreError> {
        let layout = self.empty(version)?;
        let mut names = layout
            .prepare(
                "SELECT name, wr FROM pragma_table_list JOIN sqlite_schema USING (name)
                      WHERE pragma_table_list.type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                      ORDER BY sqlite_schema.rowid",
            )
            .map_err(broken)?;
        let names: Vec<(String, bool)> =
            names.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect).map_err(broken)?;
        names
            .into_iter()
            .map(|(name, without_rowid)| {
                let mut columns =
                    layout.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid").map_err(broken)?;
                let columns =
                    columns.query_map([&name], |row| row.get(0)).and_then(Iterator::collect).map_err(broken)?;
                Ok(Table { name, columns, in_order: !without_rowid })
            })
            .collect()
    }

    /// What rows of a store that nothing was put into come to, at a version.
    pub(crate) fn untouched(&self, version: usize) -> Result<[u8; 32], SideStoreError> {
        let mut digest = RowsDigest::default();
        self.read(&self.empty(version)?, version, &mut |row| digest.take(row))?;
        Ok(digest.finish())
    }

    fn read(&self, file: &Connection, version: usize, take: &mut Take<'_>) -> Result<(), SideStoreError> {
        for table in self.tables(version)? {
            let order = if table.in_order { " ORDER BY rowid" } else { "" };
            let query = format!("SELECT {} FROM {}{order}", table.columns.join(", "), table.name);
            let mut statement = file.prepare(&query).map_err(broken)?;
            let mut rows = statement.query([]).map_err(broken)?;
            while let Some(row) = rows.next().map_err(broken)? {
                let values = table.columns.iter().enumerate().map(|(at, column)| {
                    let value = match row.get_ref(at).map_err(broken)? {
                        ValueRef::Null => Value::Nothing(()),
                        ValueRef::Integer(number) => Value::Integer(number),
                        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                        ValueRef::Blob(bytes) => Value::Bytes { base64: STANDARD.encode(bytes) },
                        ValueRef::Real(_) => return Err(unusable("a fraction, which no store keeps")),
                    };
                    Ok((column.clone(), value))
                });
                take(&Row { table: table.name.clone(), values: values.collect::<Result<_, _>>()? })?;
            }
        }
        Ok(())
    }
}

/// What a store's rows come to.
#[derive(Default)]
pub(crate) struct RowsDigest(Sha256);

impl RowsDigest {
    /// Takes the next row.
    pub(crate) fn take(&mut self, row: &Row) -> Result<(), SideStoreError> {
        self.0.update(row.to_line()?);
        Ok(())
    }

    /// What they came to.
    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

impl Row {
    /// As a line of JSON.
    pub(crate) fn to_line(&self) -> Result<Vec<u8>, SideStoreError> {
        let mut line = serde_json::to_vec(self).map_err(unusable)?;
        line.push(b'\n');
        Ok(line)
    }
}

/// The rows of a store beside a journal, all of one moment; gives its version, none where there is no store.
///
/// # Errors
/// [`SideStoreError`].
pub(crate) async fn read(url: &JournalUrl, store: Store, take: &mut Take<'_>) -> Result<Option<usize>, SideStoreError> {
    match url {
        JournalUrl::Sqlite(journal) => read_file(&sidecar_path(journal, store.file), store, take),
        JournalUrl::Postgres { url, schema } => read_schema(url, schema, store, take).await,
    }
}

fn read_file(path: &Path, store: Store, take: &mut Take<'_>) -> Result<Option<usize>, SideStoreError> {
    if !path.is_file() {
        return Ok(None);
    }
    let failed = |error: rusqlite::Error| SideStoreError::Unavailable(format!("{}: {error}", path.display()));
    // Written to where a commit was interrupted: its rollback journal is played back before anything is read.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(path, flags).map_err(failed)?;
    file.busy_timeout(BUSY).map_err(failed)?;
    // All of it in one step into memory: whoever writes the file waits for that, and not for where the rows go.
    let mut moment = Connection::open_in_memory().map_err(failed)?;
    copy_at_once(&file, &mut moment).map_err(failed)?;
    let version: i64 = moment.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
    let version = usize::try_from(version).map_err(|_| unusable(format!("{} is not ours", path.display())))?;
    store.read(&moment, version, take)?;
    Ok(Some(version))
}

fn copy_at_once(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    let copy = Backup::new(from, to)?;
    for _ in 0..TRIES_MAX {
        match copy.step(ALL_PAGES)? {
            StepResult::Done => return Ok(()),
            // Somebody writes just now.
            _ => std::thread::sleep(BUSY / TRIES_MAX),
        }
    }
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None))
}

async fn connect(url: &str, schema: &str) -> Result<PgConnection, SideStoreError> {
    let options = PgConnectOptions::from_str(url).map_err(unavailable)?;
    options.application_name("nuanxin backup").options([("search_path", schema)]).connect().await.map_err(unavailable)
}

/// The columns of a table with what they are read and written as.
async fn types(
    connection: &mut PgConnection,
    schema: &str,
    table: &Table,
) -> Result<Vec<(String, String)>, SideStoreError> {
    let rows = sqlx::query(
        "SELECT column_name::text, data_type::text FROM information_schema.columns
                            WHERE table_schema = $1 AND table_name = $2",
    )
    .bind(schema)
    .bind(&table.name)
    .fetch_all(connection)
    .await
    .map_err(unavailable)?;
    let found: Vec<(String, String)> = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<_, sqlx::Error>>()
        .map_err(unavailable)?;
    let known = table.columns.iter().map(|column| {
        let kind = found.iter().find(|(name, _)| name == column).map(|(_, kind)| kind.clone());
        let what = || unusable(format!("table {} in schema {schema} lacks {column}", table.name));
        kind.map(|kind| (column.clone(), kind)).ok_or_else(what)
    });
    let mut known: Vec<(String, String)> = known.collect::<Result<_, _>>()?;
    // Kept by Postgres alone, which has no rowid.
    known.extend(found.into_iter().filter(|(name, _)| name == "nth"));
    Ok(known)
}

async fn read_schema(
    url: &str,
    schema: &str,
    store: Store,
    take: &mut Take<'_>,
) -> Result<Option<usize>, SideStoreError> {
    let mut connection = connect(url, schema).await?;
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(unavailable)?;
    let there = format!("SELECT to_regclass('{schema}.side_store_version') IS NOT NULL");
    let there: bool = connection.fetch_one(there.as_str()).await.and_then(|row| row.try_get(0)).map_err(unavailable)?;
    if !there {
        return Ok(None);
    }
    let version: Option<i32> = sqlx::query_scalar("SELECT version FROM side_store_version WHERE store = $1")
        .bind(store.name)
        .fetch_optional(&mut connection)
        .await
        .map_err(unavailable)?;
    let Some(version) = version.and_then(|version| usize::try_from(version).ok()) else { return Ok(None) };
    for table in store.tables(version)? {
        let mut kinds = types(&mut connection, schema, &table).await?;
        let in_order = kinds.last().is_some_and(|(name, _)| name == "nth") && !table.columns.iter().any(|c| c == "nth");
        if in_order {
            kinds.pop();
        }
        let columns: Vec<String> = kinds.iter().map(|(column, kind)| read_as(column, kind)).collect();
        let order = if in_order { "nth".to_owned() } else { table.columns.join(", ") };
        let query = format!("SELECT {} FROM {} ORDER BY {order}", columns.join(", "), table.name);
        let mut rows = connection.fetch(query.as_str());
        while let Some(row) = rows.try_next().await.map_err(unavailable)? {
            let values = kinds
                .iter()
                .enumerate()
                .map(|(at, (column, kind))| Ok((column.clone(), value(&row, at, kind).map_err(unavailable)?)));
            take(&Row { table: table.name.clone(), values: values.collect::<Result<_, SideStoreError>>()? })?;
        }
    }
    connection.execute("COMMIT").await.map_err(unavailable)?;
    Ok(Some(version))
}

fn read_as(column: &str, kind: &str) -> String {
    match kind {
        "bytea" => column.to_owned(),
        "boolean" => format!("{column}::integer::bigint"),
        "smallint" | "integer" | "bigint" => format!("{column}::bigint"),
        _ => format!("{column}::text"),
    }
}

fn value(row: &PgRow, at: usize, kind: &str) -> Result<Value, sqlx::Error> {
    Ok(match kind {
        "bytea" => row
            .try_get::<Option<Vec<u8>>, _>(at)?
            .map_or(Value::Nothing(()), |bytes| Value::Bytes { base64: STANDARD.encode(bytes) }),
        "boolean" | "smallint" | "integer" | "bigint" => {
            row.try_get::<Option<i64>, _>(at)?.map_or(Value::Nothing(()), Value::Integer)
        }
        _ => row.try_get::<Option<String>, _>(at)?.map_or(Value::Nothing(()), Value::Text),
    })
}

/// A store that is filled from rows, in one transaction.
pub(crate) enum Filling {
    /// In a file.
    Sqlite(Connection),
    /// In a schema.
    Postgres {
        /// In a transaction.
        connection: PgConnection,
        /// What the columns of each table are.
        kinds: Vec<(String, Vec<(String, String)>)>,
    },
}

impl Filling {
    /// Makes a store of a version beside a journal that is being restored.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub(crate) async fn begin(url: &JournalUrl, store: Store, version: usize) -> Result<Filling, SideStoreError> {
        let tables = store.tables(version)?;
        match url {
            JournalUrl::Sqlite(journal) => {
                let path = sidecar_path(journal, store.file);
                drop(SideFile::open(path.clone(), store.steps(store.sqlite, version)?).await?);
                let file = Connection::open(&path).map_err(broken)?;
                file.execute_batch("PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON; BEGIN IMMEDIATE;")
                    .map_err(broken)?;
                for table in tables.iter().rev() {
                    file.execute(&format!("DELETE FROM {}", table.name), []).map_err(broken)?;
                }
                Ok(Filling::Sqlite(file))
            }
            JournalUrl::Postgres { url, schema } => {
                let (place, steps) = (Schema::new(url, schema), store.steps(store.postgres, version)?);
                drop(super::postgres::open(place, store.name, steps).await?);
                let mut connection = connect(url, schema).await?;
                connection.execute("BEGIN").await.map_err(unavailable)?;
                let mut kinds = Vec::new();
                for table in tables.iter().rev() {
                    connection.execute(format!("DELETE FROM {}", table.name).as_str()).await.map_err(unavailable)?;
                    kinds.push((table.name.clone(), types(&mut connection, schema, table).await?));
                }
                Ok(Filling::Postgres { connection, kinds })
            }
        }
    }

    /// Puts the row of a line in.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub(crate) async fn take(&mut self, row: &Row) -> Result<(), SideStoreError> {
        let plain =
            |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !plain(&row.table) || !row.values.iter().all(|(column, _)| plain(column)) {
            return Err(unusable("a row names what is no table or column"));
        }
        let columns: Vec<&str> = row.values.iter().map(|(column, _)| column.as_str()).collect();
        match self {
            Filling::Sqlite(file) => {
                let places = vec!["?"; columns.len()].join(", ");
                let insert = format!("INSERT INTO {} ({}) VALUES ({places})", row.table, columns.join(", "));
                let values: Vec<rusqlite::types::Value> =
                    row.values.iter().map(|(_, value)| value.for_sqlite()).collect::<Result<_, _>>()?;
                let mut statement = file.prepare_cached(&insert).map_err(broken)?;
                statement.execute(params_from_iter(values)).map_err(broken)?;
            }
            Filling::Postgres { connection, kinds } => {
                let kinds = kinds.iter().find(|(table, _)| *table == row.table).map(|(_, kinds)| kinds.as_slice());
                let kinds = kinds.ok_or_else(|| unusable(format!("there is no table {}", row.table)))?;
                let kind = |column: &str| {
                    let found = kinds.iter().find(|(name, _)| name == column).map(|(_, kind)| kind.as_str());
                    found.ok_or_else(|| unusable(format!("table {} has no column {column}", row.table)))
                };
                let mut places = Vec::new();
                for (at, column) in columns.iter().enumerate() {
                    let at = at + 1;
                    places.push(match kind(column)? {
                        "boolean" => format!("(${at}::bigint <> 0)"),
                        other => format!("${at}::{other}"),
                    });
                }
                let insert =
                    format!("INSERT INTO {} ({}) VALUES ({})", row.table, columns.join(", "), places.join(", "));
                let mut query = sqlx::query(&insert);
                for (column, value) in &row.values {
                    query = match (kind(column)?, value) {
                        ("bytea", _) => query.bind(value.bytes()?),
                        ("boolean" | "smallint" | "integer" | "bigint", Value::Integer(number)) => {
                            query.bind(Some(*number))
                        }
                        ("boolean" | "smallint" | "integer" | "bigint", Value::Nothing(())) => query.bind(None::<i64>),
                        (_, Value::Text(text)) => query.bind(Some(text.clone())),
                        (_, Value::Nothing(())) => query.bind(None::<String>),
                        (kind, _) => return Err(unusable(format!("column {column} of {} is {kind}", row.table))),
                    };
                }
                query.execute(&mut *connection).await.map_err(unavailable)?;
            }
        }
        Ok(())
    }

    /// Ends it, durably.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub(crate) async fn finish(self) -> Result<(), SideStoreError> {
        match self {
            Filling::Sqlite(file) => {
                file.execute_batch("COMMIT").map_err(broken)?;
                file.close().map_err(|(_, error)| broken(error))
            }
            Filling::Postgres { mut connection, .. } => {
                connection.execute("COMMIT").await.map_err(unavailable)?;
                Ok(())
            }
        }
    }
}

impl Value {
    fn bytes(&self) -> Result<Option<Vec<u8>>, SideStoreError> {
        match self {
            Value::Nothing(()) => Ok(None),
            Value::Bytes { base64 } => STANDARD.decode(base64).map(Some).map_err(unusable),
            _ => Err(unusable("a column of bytes holds something else")),
        }
    }

    fn for_sqlite(&self) -> Result<rusqlite::types::Value, SideStoreError> {
        use rusqlite::types::Value as Stored;
        Ok(match self {
            Value::Nothing(()) => Stored::Null,
            Value::Integer(number) => Stored::Integer(*number),
            Value::Text(text) => Stored::Text(text.clone()),
            Value::Bytes { .. } => self.bytes()?.map_or(Stored::Null, Stored::Blob),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::RowsDigest;
    use crate::backup::STORES;

    #[test]
    fn a_store_has_as_many_versions_in_either_database() {
        for store in STORES {
            assert_eq!(store.sqlite.len(), store.postgres.len(), "{}", store.name);
        }
    }

    #[test]
    fn a_store_that_nothing_was_put_into_is_told_by_its_rows() {
        for store in STORES {
            for version in 0..=store.sqlite.len() {
                store.untouched(version).unwrap();
            }
            assert!(store.untouched(store.sqlite.len() + 1).is_err());
            assert!(!store.tables(store.sqlite.len()).unwrap().is_empty(), "{} has tables", store.name);
        }
        assert_ne!(RowsDigest::default().finish(), STORES[0].untouched(1).unwrap(), "what was signed last is a row");
    }
}
