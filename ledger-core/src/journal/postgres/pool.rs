//! Connections lent for single statements.
//!
//! The pool is deadpool's; what is ours is when a connection may be lent again. One whose statement came to its end is
//! given back at once, so that whoever reads next finds it. One whose statement did not, because the caller went away or the
//! connection broke, is closed: an answer may be outstanding on it, or nobody may answer there any more. (sqlx's own pool
//! asks each connection before and after every loan, the latter behind the caller's back: readers one after the other
//! find it lent still and open several.)

use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{
    BuildError, Manager, Metrics, Object, Pool as Managed, PoolError, QueueMode, RecycleError, RecycleResult, WeakPool,
};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgQueryResult, PgRow, PgStatement, PgTypeInfo, Postgres};
use sqlx::{ConnectOptions, Connection, Describe, Either, Error, Execute, Executor};
use tokio::time::{sleep, timeout};

/// How long a statement waits for a connection: as long as it takes to say that the database is away.
const LEND_MAX: Duration = Duration::from_secs(2);
/// How long a statement may take. One that is sent where nobody answers would wait for as long as the kernel does, a quarter of
/// an hour, and hold its connection.
const STATEMENT_MAX: Duration = Duration::from_secs(30);
/// A connection that was lent longer ago is asked whether it still works.
const TRUST_MAX: Duration = Duration::from_secs(1);
/// How long it may take to say so.
const PING_MAX: Duration = Duration::from_secs(1);
/// A connection that was lent longer ago is closed: what a crowd needed need not be kept.
const IDLE_MAX: Duration = Duration::from_secs(600);
/// How often it is looked for such.
const SWEEP: Duration = Duration::from_secs(60);
/// A connection that is older is closed: what the database keeps for one only grows.
const AGE_MAX: Duration = Duration::from_secs(1800);
/// How long to wait before connecting once more to a database that takes nobody now; twice as long each time.
const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_millis(320);

/// What PostgreSQL says when it has no connection left to give.
const TOO_MANY_CONNECTIONS: &str = "53300";
/// What PostgreSQL says while it starts or ends.
const CANNOT_CONNECT_NOW: &str = "57P03";
/// How its codes begin when it ends connections.
const OPERATOR_INTERVENTION: &str = "57P";

/// A pool of connections that single statements are carried out on: an executor of sqlx.
///
/// Nobody can begin a transaction on one of its connections, for none is handed out.
#[derive(Clone)]
pub struct Pool {
    managed: Managed<Connector>,
    sweeping: Arc<Once>,
    statement_max: Duration,
}

impl Pool {
    /// A pool of at most `size` connections, each made when it is first needed; `first` is carried out on each new one.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn new(options: PgConnectOptions, size: usize, first: Option<&'static str>) -> Result<Pool, Error> {
        let connector = Connector { options, first, distrusted: Mutex::new(None) };
        // What was given back last is lent next, so that what is not needed any more rests.
        let managed = Managed::builder(connector).max_size(size).queue_mode(QueueMode::Lifo).build();
        let managed = managed.map_err(|error: BuildError| Error::Configuration(error.into()))?;
        Ok(Pool { managed, sweeping: Arc::new(Once::new()), statement_max: STATEMENT_MAX })
    }

    /// Sets how long a statement may take; half a minute by itself.
    pub const fn statements_within(&mut self, limit: Duration) {
        self.statement_max = limit;
    }

    /// Closes the connections, and lends none from now on.
    pub fn close(&self) {
        self.managed.close();
    }

    async fn lend(&self) -> Result<Object<Connector>, Error> {
        self.sweeping.call_once(|| drop(tokio::spawn(sweep(self.managed.weak()))));
        match timeout(LEND_MAX, self.managed.get()).await {
            Ok(Ok(lent)) => Ok(lent),
            Ok(Err(PoolError::Backend(error))) => Err(error),
            Ok(Err(PoolError::Closed)) => Err(Error::PoolClosed),
            // The pool has no limits of time and no hooks of its own.
            Err(_) | Ok(Err(PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_))) => {
                Err(Error::PoolTimedOut)
            }
        }
    }

    /// Carries out a statement, which ends in any case, on a connection that is given back then.
    async fn carry_out<T>(
        &self,
        statement: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut lent = self.lend().await?;
        let outcome = timeout(self.statement_max, statement(&mut lent.connection)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Error::Io(ErrorKind::TimedOut.into())));
        // Well or with a refusal; one that broke is no longer trusted, nor are those that rest.
        lent.ended = true;
        if outcome.as_ref().is_err_and(is_of_the_connection) {
            self.managed.manager().distrust();
        }
        outcome
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the options: a password is among them.
        f.debug_tuple("Pool").field(&self.managed.status()).finish()
    }
}

/// Closes what was not needed for long, for as long as there is a pool.
async fn sweep(pool: WeakPool<Connector>) {
    loop {
        sleep(SWEEP).await;
        let Some(pool) = pool.upgrade() else { return };
        pool.retain(|_, metrics| metrics.last_used() < IDLE_MAX);
    }
}

/// A connection of the pool.
struct Pooled {
    connection: PgConnection,
    /// Whether its last statement came to its end, well or not.
    ended: bool,
}

struct Connector {
    options: PgConnectOptions,
    first: Option<&'static str>,
    /// When a connection was last found broken: those that rested then may be broken like it.
    distrusted: Mutex<Option<Instant>>,
}

impl Connector {
    fn distrust(&self) {
        *self.distrusted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is_distrusted(&self, metrics: &Metrics) -> bool {
        let since = *self.distrusted.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| metrics.recycled.unwrap_or(metrics.created) <= since)
    }
}

impl Manager for Connector {
    type Type = Pooled;
    type Error = Error;

    /// Waits for a database that takes nobody now; whoever asks for a connection limits how long.
    async fn create(&self) -> Result<Pooled, Error> {
        let mut pause = PAUSE_MIN;
        loop {
            match self.options.connect().await {
                Ok(mut connection) => {
                    if let Some(first) = self.first {
                        connection.execute(first).await?;
                    }
                    return Ok(Pooled { connection, ended: false });
                }
                Err(error) if is_passing(&error) => sleep(pause).await,
                Err(error) => return Err(error),
            }
            pause = PAUSE_MAX.min(pause * 2);
        }
    }

    async fn recycle(&self, pooled: &mut Pooled, metrics: &Metrics) -> RecycleResult<Error> {
        if !pooled.ended || metrics.age() > AGE_MAX || self.is_distrusted(metrics) {
            return Err(RecycleError::message("not to be used again"));
        }
        pooled.ended = false;
        if metrics.last_used() > TRUST_MAX {
            let pinged = timeout(PING_MAX, pooled.connection.ping()).await.unwrap_or(Err(Error::PoolTimedOut));
            return pinged.map_err(|error| {
                self.distrust();
                RecycleError::Backend(error)
            });
        }
        Ok(())
    }
}

/// Whether an error says nothing of the statement, but that its connection broke, and others with it perhaps.
fn is_of_the_connection(error: &Error) -> bool {
    match error {
        Error::Database(error) => error.code().is_some_and(|code| code.starts_with(OPERATOR_INTERVENTION)),
        _ => true,
    }
}

/// Whether a database that took nobody may take somebody in a moment.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
        ),
        Error::Database(error) => {
            error.code().is_some_and(|code| code == TOO_MANY_CONNECTIONS || code == CANNOT_CONNECT_NOW)
        }
        _ => false,
    }
}

impl<'p> Executor<'p> for &'_ Pool {
    type Database = Postgres;

    /// Has all rows in memory before it gives the first, as every caller here needs them all: so the connection is given
    /// back without waiting for what is done with them.
    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.clone();
        let steps = async move {
            pool.carry_out(async |connection| connection.fetch_many(query).try_collect::<Vec<_>>().await).await
        };
        stream::once(steps).map_ok(|steps| stream::iter(steps.into_iter().map(Ok))).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.clone();
        Box::pin(async move { pool.carry_out(async |connection| connection.fetch_optional(query).await).await })
    }

    fn prepare_with<'e, 'q: 'e>(
        self,
        sql: &'q str,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement<'q>, Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        Box::pin(async move { pool.carry_out(async |connection| connection.prepare_with(sql, parameters).await).await })
    }

    fn describe<'e, 'q: 'e>(self, sql: &'q str) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        Box::pin(async move { pool.carry_out(async |connection| connection.describe(sql).await).await })
    }
}
