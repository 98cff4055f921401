//! A schema that a journal is copied into by a restore: no journal before it is whole.
//!
//! It stands beside the journal's own, carries a mark, and is moved into place in one transaction, with all that was
//! brought back into it. So a restore that was interrupted is never served.

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Executor, Row};

use super::{PostgresJournal, connect, unavailable};
use crate::journal::JournalError;

/// The table that marks a schema, without a row.
const MARK: &str = "unfinished_copy";

/// Where a restore copies to before it is moved into place.
pub fn restoring_schema(schema: &str) -> String {
    format!("{schema}_restoring")
}

/// Whether a restore was interrupted, or is under way.
///
/// # Errors
/// [`JournalError::Unavailable`].
pub async fn is_left(url: &str, schema: &str) -> Result<bool, JournalError> {
    let mut connection = connect::options(url, schema)?.connect().await.map_err(unavailable)?;
    connection
        .fetch_one(format!("SELECT to_regnamespace('{}') IS NOT NULL", restoring_schema(schema)).as_str())
        .await
        .and_then(|row| row.try_get(0))
        .map_err(unavailable)
}

/// How many entries a schema's journal has; none where there is no journal.
///
/// # Errors
/// [`JournalError::Unavailable`].
pub async fn entries_in(url: &str, schema: &str) -> Result<Option<i64>, JournalError> {
    let mut connection = connect::options(url, schema)?.connect().await.map_err(unavailable)?;
    entries(&mut connection, schema).await
}

async fn entries(connection: &mut PgConnection, schema: &str) -> Result<Option<i64>, JournalError> {
    let there: bool = connection
        .fetch_one(format!("SELECT to_regclass('{schema}.head') IS NOT NULL").as_str())
        .await
        .and_then(|row| row.try_get(0))
        .map_err(unavailable)?;
    if !there {
        return Ok(None);
    }
    let position = connection.fetch_one(format!("SELECT position FROM {schema}.head").as_str()).await;
    position.and_then(|row| row.try_get(0)).map(Some).map_err(unavailable)
}

/// That a schema is not one which a copy was interrupted in, and none beside which there is such a one and no journal.
///
/// # Errors
/// [`JournalError::Unusable`].
pub(super) async fn refuse_unfinished(connection: &mut PgConnection, schema: &str) -> Result<(), JournalError> {
    let left = restoring_schema(schema);
    let question = format!("SELECT to_regclass('{schema}.{MARK}') IS NOT NULL, to_regnamespace('{left}') IS NOT NULL");
    let row = connection.fetch_one(question.as_str()).await.map_err(unavailable)?;
    let (unfinished, beside): (bool, bool) =
        row.try_get(0).and_then(|first| Ok((first, row.try_get(1)?))).map_err(unavailable)?;
    if unfinished {
        let what = format!("schema {schema} is an unfinished copy: a restore was interrupted, or is under way");
        return Err(JournalError::Unusable(what));
    }
    if beside && entries(connection, schema).await?.unwrap_or(0) == 0 {
        let what = format!(
            "schema {schema} holds no journal, but there is {left}, which a restore left that was interrupted or is under \
             way; run the restore again, which begins anew, or drop that schema"
        );
        return Err(JournalError::Unusable(what));
    }
    Ok(())
}

/// Drops what an interrupted restore left.
///
/// # Errors
/// [`JournalError::Unavailable`].
pub async fn remove(url: &str, schema: &str) -> Result<(), JournalError> {
    let mut connection = connect::options(url, schema)?.connect().await.map_err(unavailable)?;
    let drop = format!("DROP SCHEMA IF EXISTS {} CASCADE", restoring_schema(schema));
    connection.execute(drop.as_str()).await.map_err(unavailable)?;
    Ok(())
}

impl PostgresJournal {
    /// Begins a copy beside the journal of a schema.
    ///
    /// # Errors
    /// As [`PostgresJournal::open`].
    pub async fn begin_copy(url: &str, schema: &str) -> Result<PostgresJournal, JournalError> {
        let restoring = restoring_schema(schema);
        let options = connect::options(url, &restoring)?;
        let mut connection = options.connect().await.map_err(unavailable)?;
        let script = format!("BEGIN; CREATE SCHEMA {restoring}; CREATE TABLE {restoring}.{MARK} (); COMMIT;");
        sqlx::raw_sql(&script).execute(&mut connection).await.map_err(unavailable)?;
        PostgresJournal::open_by(options, &restoring, connect::Use::Copy).await
    }

    /// Ends a copy that is whole: nothing writes into its schema any more.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    pub async fn finish_copy(self: std::sync::Arc<PostgresJournal>) -> Result<(), JournalError> {
        self.wake.indexer.carry().await?;
        self.listener.abort();
        self.pool.close();
        self.framework.close().await;
        Ok(())
    }
}

/// Moves everything that stands in the schema of a finished copy into the place of the journal of `schema`, which must be
/// empty, in one transaction; `first` is carried out in it before.
///
/// # Errors
/// [`JournalError`]; nothing is changed then.
pub async fn put_in_place(url: &str, schema: &str, first: &str) -> Result<(), JournalError> {
    let restoring = restoring_schema(schema);
    let options = connect::options(url, schema)?;
    // The settings that make commits durable are the append's.
    let mut connection = connect::writer(&options).await?;
    connection.execute("BEGIN").await.map_err(unavailable)?;
    let there = entries(&mut connection, schema).await?;
    if there.is_some() {
        // Nobody begins a journal here any more until this is done.
        connection.execute(format!("LOCK TABLE {schema}.head").as_str()).await.map_err(unavailable)?;
    }
    match entries(&mut connection, schema).await? {
        Some(entries) if entries > 0 => {
            let what = format!("the target holds {entries} entries; a copy goes into an empty journal");
            return Err(JournalError::Unusable(what));
        }
        _ => {}
    }
    let found = connection
        .fetch_all(
            format!(
                "SELECT relname::text, relkind = 'v' FROM pg_class
                 WHERE relnamespace = '{restoring}'::regnamespace AND relkind IN ('r', 'v') AND relname <> '{MARK}'"
            )
            .as_str(),
        )
        .await
        .map_err(unavailable)?;
    let mut script = format!("CREATE SCHEMA IF NOT EXISTS {schema}; {first}; DROP TABLE {restoring}.{MARK};");
    let (mut gone, mut moved) = (String::new(), String::new());
    for row in &found {
        let (name, is_view): (String, bool) =
            row.try_get(0).and_then(|name| Ok((name, row.try_get(1)?))).map_err(unavailable)?;
        let kind = if is_view { "VIEW" } else { "TABLE" };
        gone.push_str(&format!("DROP {kind} IF EXISTS {schema}.{name} CASCADE;"));
        moved.push_str(&format!("ALTER {kind} {restoring}.{name} SET SCHEMA {schema};"));
    }
    // Without CASCADE: nothing may be left behind.
    script.push_str(&format!("{gone}{moved}DROP SCHEMA {restoring}; COMMIT;"));
    sqlx::raw_sql(&script).execute(&mut connection).await.map_err(unavailable)?;
    Ok(())
}
