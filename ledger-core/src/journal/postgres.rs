//! The server journal: one schema of a PostgreSQL database. Any number of servers may share it.
//!
//! The head's row is locked, by `FOR UPDATE` or by the update that is the fence, so positions come without gaps and in
//! commit order; no sequences, no advisory locks. Streams are loaded by postgres-es; appending is ours: one statement
//! with arrays. Reads go through a pool in single statements: on none of its connections a transaction can be begun, so a
//! request that is dropped half-way cannot leave one inside a transaction. The connection that does open transactions
//! belongs to the append alone.

mod append;
mod connect;
pub mod copy;
mod indexer;
mod notifier;
mod pool;
mod read;
mod streams;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use postgres_es::PostgresEventRepository;
use sqlx::Executor;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool};
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use super::{
    Append, Batch, CommandRecord, CommitError, Entry, Head, Journal, JournalError, KEYS_PAGE, SigningKey, Snapshot,
    StoredStream, StreamEvent, StreamRow, key_hash,
};
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use indexer::Indexer;
use notifier::Notifier;
pub use pool::Pool;

/// How long a read may take: the writer waits for those it needs.
const READ_MAX: Duration = Duration::from_secs(30);
/// How long nothing may be heard of other servers until it is asked whether the connection is still there.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// How long a background statement may take: small ones, for which nobody waits.
const BACKGROUND_MAX: Duration = Duration::from_secs(10);

pub(super) fn unavailable(error: sqlx::Error) -> JournalError {
    JournalError::Unavailable(error.to_string())
}

/// A journal in one schema of a PostgreSQL database.
pub struct PostgresJournal {
    options: PgConnectOptions,
    pool: Pool,
    framework: PgPool,
    repository: PostgresEventRepository,
    writer: Arc<Mutex<Option<PgConnection>>>,
    wake: Arc<Wake>,
    /// The head's term as last seen.
    term: Arc<AtomicI64>,
    listener: tokio::task::JoinHandle<()>,
    read_max: Duration,
}

/// Whom an append wakes: readers here, other servers, the index over streams.
struct Wake {
    changed: watch::Sender<u64>,
    notifier: Arc<Notifier>,
    indexer: Arc<Indexer>,
}

impl Wake {
    /// An append reached a position; it notified other servers by itself, or did not.
    fn appended(&self, position: u64, notified: bool) {
        self.changed.send_replace(position);
        self.notifier.appended(position, notified);
        self.indexer.appended(position);
    }
}

impl PostgresJournal {
    /// Opens a journal, making and migrating its schema as needed.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`] when the server cannot be reached; [`JournalError::Unusable`] when it does not
    /// promise durability (`fsync` or `synchronous_commit` off) or the schema is of a newer program.
    pub async fn open(url: &str, schema: &str) -> Result<PostgresJournal, JournalError> {
        PostgresJournal::open_by(connect::options(url, schema)?, schema, connect::Use::Journal).await
    }

    async fn open_by(
        options: PgConnectOptions,
        schema: &str,
        purpose: connect::Use,
    ) -> Result<PostgresJournal, JournalError> {
        connect::migrate(&options, schema, purpose).await?;
        // Opened here and not at the first append: a server that does not promise durability is refused at once.
        let writer = Arc::new(Mutex::new(Some(connect::writer(&options).await?)));
        let pool = connect::readers(options.clone())?;
        let framework = connect::framework_pool(options.clone());
        let term = Arc::new(AtomicI64::new(read::term(&pool).await?));
        let channel = format!("nuanxin_{schema}");
        let (changed, _) = watch::channel(0);
        let listener = tokio::spawn(listen(framework.clone(), channel.clone(), changed.clone()));
        let notifier = Notifier::new(pool.clone(), channel);
        let indexer = Indexer::new(pool.clone(), read::indexed(&pool).await?);
        let wake = Arc::new(Wake { changed, notifier, indexer });
        let repository = PostgresEventRepository::new(framework.clone()).with_tables("cqrs_events", "cqrs_snapshots");
        Ok(PostgresJournal { options, pool, framework, repository, writer, wake, term, listener, read_max: READ_MAX })
    }

    /// Sets how long a read may take; half a minute by itself.
    pub const fn read_within(&mut self, limit: Duration) {
        self.read_max = limit;
    }

    /// Ends a read that takes too long, as it does where the database does not answer and nobody says so. Its connection is
    /// not used again; one of the framework's is looked at before.
    async fn within<T>(&self, read: impl Future<Output = Result<T, JournalError>>) -> Result<T, JournalError> {
        match timeout(self.read_max, read).await {
            Ok(read) => read,
            Err(_) => Err(JournalError::Unavailable(format!("no answer to a read within {:?}", self.read_max))),
        }
    }

    /// The pool that the framework loads streams through.
    pub const fn framework_pool(&self) -> &PgPool {
        &self.framework
    }
}

impl Drop for PostgresJournal {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Forwards the notifications of other servers' appends. A lost connection is made anew; what was missed meanwhile is
/// covered by sending once on every reconnection.
async fn listen(pool: PgPool, channel: String, changed: watch::Sender<u64>) {
    loop {
        if let Ok(mut listener) = PgListener::connect_with(&pool).await
            && listener.listen(&channel).await.is_ok()
        {
            changed.send_modify(|_| ());
            loop {
                match timeout(SILENCE_MAX, listener.try_recv()).await {
                    Ok(Ok(Some(notification))) => {
                        if let Ok(position) = notification.payload().parse() {
                            changed.send_replace(position);
                        }
                    }
                    Ok(_) => break,
                    Err(_) => match timeout(BACKGROUND_MAX, listener.execute("SELECT 1")).await {
                        Ok(Ok(_)) => {}
                        _ => break,
                    },
                }
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        let connection = Arc::clone(&self.writer).lock_owned().await;
        let begun = append::begin(connection, &self.options, &self.wake, Arc::clone(&self.term)).await?;
        Ok(Box::new(begun))
    }

    async fn append(&self, batch: Arc<Batch>) -> Result<(), CommitError> {
        let connection = Arc::clone(&self.writer).lock_owned().await;
        append::append(connection, &self.options, &self.wake, self.term.load(Ordering::Relaxed), &batch).await
    }

    async fn head(&self) -> Result<Head, JournalError> {
        self.within(read::head(&self.pool)).await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.within(read::entries(&self.pool, after, limit)).await
    }

    async fn leaves(&self, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, JournalError> {
        self.within(read::leaves(&self.pool, after, limit)).await
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        super::by_command(commands, self.within(read::command_entries(&self.pool, commands)).await?)
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        self.within(streams::streams(&self.pool, &self.repository, streams, snapshots)).await
    }

    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
        self.within(streams::events(&self.pool, after, limit)).await
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        self.within(read::commands(&self.pool, keys)).await
    }

    async fn key_hashes(&self, tell: &(dyn Fn(Vec<u64>) + Send + Sync)) -> Result<(), JournalError> {
        let mut after = String::new();
        loop {
            let keys = self.within(read::keys(&self.pool, &after, KEYS_PAGE)).await?;
            tell(keys.iter().map(|key| key_hash(key)).collect());
            let Some(last) = keys.into_iter().next_back() else { return Ok(()) };
            after = last;
        }
    }

    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError> {
        self.within(append::store_snapshots(&self.pool, &snapshots)).await
    }

    async fn signing_keys(&self) -> Result<Vec<SigningKey>, JournalError> {
        read::signing_keys(&self.pool).await
    }

    async fn record_signing_keys(&self, keys: Vec<SigningKey>) -> Result<(), JournalError> {
        append::record_signing_keys(&self.pool, &keys).await
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        self.within(read::roots(&self.pool, after, limit)).await
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.within(streams::stream_entries(&self.pool, stream, after, limit)).await
    }

    async fn stream_rows(&self, after: u64, limit: usize) -> Result<Option<Vec<StreamRow>>, JournalError> {
        self.within(read::stream_rows(&self.pool, after, limit)).await.map(Some)
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.wake.changed.subscribe()
    }
}
