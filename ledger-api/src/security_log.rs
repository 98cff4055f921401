//! What was refused to whom: at the door, by the table of rights, by the guards of the rules, by the limits on how often.
//! For auditors, who read it in pages (`GET /v1/audit/security`).
//!
//! Refusals of one kind (code, account, address, route) within a moment are one row with their number, and the kinds of a
//! moment are bounded: a flood of strangers fills neither memory nor disk. A crash loses the last moment; a normal stop
//! nothing.

mod postgres;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use ledger_core::domain::refusal::Code;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::side_store::rows::Store;
use crate::side_store::{Beside, SideStoreError};
use postgres::PostgresRefusals;
use sqlite::SqliteRefusals;
use store::{NEWEST, RefusalStore, StoredRefusal};

/// Where the log is kept.
pub(crate) const STORE: Store =
    Store { name: "security", file: sqlite::FILE, sqlite: sqlite::STEPS, postgres: postgres::STEPS };

/// How long refusals are gathered before they are written.
const GATHER: Duration = Duration::from_secs(2);
/// Kinds of refusals that wait at once; what is of further kinds is counted together.
const KINDS_MAX: usize = 2_000;
/// What stands for who, where and what of those.
const OTHERS: &str = "…";

/// One kind of refusals.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    code: String,
    who: String,
    address: String,
    route: String,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    first_ms: i64,
    last_ms: i64,
    times: i64,
}

/// Refusals of one kind, as auditors read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRefusal {
    /// The id, to ask on after.
    pub id: String,
    /// When the first one was.
    pub first: DateTime<Utc>,
    /// When the last one was.
    pub last: DateTime<Utc>,
    /// How many there were.
    pub times: i64,
    /// As the problem document has it, such as `forbidden`.
    pub code: String,
    /// To whom: an account's or token's id; blank for a stranger.
    pub who: String,
    /// From where; blank where that is not known.
    pub address: String,
    /// What was asked for: method and route, without ids.
    pub route: String,
}

/// The log of a journal.
pub struct SecurityLog {
    shared: Arc<Shared>,
    writing: JoinHandle<()>,
}

struct Shared {
    store: Box<dyn RefusalStore>,
    waiting: Mutex<HashMap<Kind, Count>>,
    wake: Notify,
    turn: tokio::sync::Mutex<()>,
}

/// Refusals that somebody should be able to look for: of rights, of limits, of four eyes, of the guards.
const LOGGED: &[&str] = &[
    "unauthenticated",
    "forbidden",
    "too_many_requests",
    "same_person",
    "hours_overlap",
    "hours_over_day",
    "witness_overload",
    "evidence_reused",
    "recorded_late",
    "new_account",
    "self_witness",
    "witness_circle",
];

/// Whether a refusal is put down here.
pub fn is_logged(code: &str) -> bool {
    LOGGED.contains(&code)
}

/// What was refused while a request was worked on, beside what its answer says of itself: of a batch each command, of a page
/// what stands beside its form. Whoever works on the request adds to it, and whoever let it in puts it down.
#[derive(Debug, Clone, Default)]
pub struct Refusals(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    codes: Vec<Code>,
    whose: Option<String>,
}

impl Refusals {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more.
    pub fn add(&self, code: Code) {
        self.noted().codes.push(code);
    }

    /// One, unless it is among them: what a page says twice was refused once.
    pub fn add_once(&self, code: Code) {
        let mut noted = self.noted();
        if !noted.codes.contains(&code) {
            noted.codes.push(code);
        }
    }

    /// Whose account it was about, where nobody was let in: a password was tried.
    pub fn concern(&self, account: &str) {
        self.noted().whose = Some(account.to_owned());
    }

    /// What was refused, and whose account it was about.
    pub fn take(&self) -> (Vec<Code>, Option<String>) {
        let Noted { codes, whose } = std::mem::take(&mut *self.noted());
        (codes, whose)
    }
}

impl SecurityLog {
    /// Opens the log beside a journal, making its place on first use.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn open(beside: impl Into<Beside<'_>>) -> Result<SecurityLog, SideStoreError> {
        let store: Box<dyn RefusalStore> = match beside.into() {
            Beside::Sqlite(path) => Box::new(SqliteRefusals::open(path).await?),
            Beside::Postgres(place) => Box::new(PostgresRefusals::open(place).await?),
        };
        let (waiting, wake, turn) = (Mutex::default(), Notify::new(), tokio::sync::Mutex::default());
        let shared = Arc::new(Shared { store, waiting, wake, turn });
        let writing = tokio::spawn(write_on(Arc::clone(&shared)));
        Ok(SecurityLog { shared, writing })
    }

    /// Notes a refusal.
    pub fn note(&self, code: &str, who: &str, address: &str, route: &str) {
        let kind =
            Kind { code: code.to_owned(), who: who.to_owned(), address: address.to_owned(), route: route.to_owned() };
        let now = Utc::now().timestamp_millis();
        let mut waiting = self.shared.waiting();
        let kind = if waiting.len() < KINDS_MAX || waiting.contains_key(&kind) {
            kind
        } else {
            Kind { code: kind.code, who: OTHERS.to_owned(), address: OTHERS.to_owned(), route: OTHERS.to_owned() }
        };
        let count = waiting.entry(kind).or_insert(Count { first_ms: now, last_ms: now, times: 0 });
        count.last_ms = now;
        count.times = count.times.saturating_add(1);
        drop(waiting);
        self.shared.wake.notify_one();
    }

    /// Refusals, newest first: at most so many, before the one with that id, of one code where one is given. What was noted
    /// by this process is written first.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn newest(
        &self,
        before: Option<Uuid>,
        code: &str,
        limit: usize,
    ) -> Result<Vec<LoggedRefusal>, SideStoreError> {
        self.shared.write().await?;
        let before = before.map_or(NEWEST, Uuid::into_bytes);
        self.shared.store.newest(before, code, limit).await?.into_iter().map(logged).collect()
    }

    /// Writes what waits, for the last time.
    pub async fn stop(&self) {
        self.writing.abort();
        if let Err(error) = self.shared.write().await {
            tracing::error!(%error, "the security log could not be written");
        }
    }
}

impl Drop for SecurityLog {
    fn drop(&mut self) {
        self.writing.abort();
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, HashMap<Kind, Count>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self) -> Result<(), SideStoreError> {
        let _turn = self.turn.lock().await;
        let counted: Vec<(Kind, Count)> = self.waiting().iter().map(|(kind, count)| (kind.clone(), *count)).collect();
        if counted.is_empty() {
            return Ok(());
        }
        self.store.add(counted.iter().map(|(kind, count)| stored(kind, *count)).collect()).await?;
        // Taken out only once they are stored; what came meanwhile stays.
        let mut waiting = self.waiting();
        for (kind, written) in counted {
            if let Some(count) = waiting.get_mut(&kind) {
                count.times -= written.times;
                count.first_ms = count.last_ms;
                if count.times <= 0 {
                    waiting.remove(&kind);
                }
            }
        }
        Ok(())
    }
}

async fn write_on(shared: Arc<Shared>) {
    loop {
        shared.wake.notified().await;
        tokio::time::sleep(GATHER).await;
        if let Err(error) = shared.write().await {
            tracing::warn!(%error, "the security log waits for its store");
            shared.wake.notify_one();
        }
    }
}

fn stored(kind: &Kind, count: Count) -> StoredRefusal {
    let Kind { code, who, address, route } = kind.clone();
    let Count { first_ms, last_ms, times } = count;
    StoredRefusal { id: Uuid::now_v7().into_bytes(), first_ms, last_ms, times, code, who, address, route }
}

fn logged(stored: StoredRefusal) -> Result<LoggedRefusal, SideStoreError> {
    let time = |milliseconds: i64| {
        DateTime::from_timestamp_millis(milliseconds)
            .ok_or_else(|| SideStoreError::Unusable("the security log holds a time out of range".into()))
    };
    Ok(LoggedRefusal {
        id: Uuid::from_bytes(stored.id).to_string(),
        first: time(stored.first_ms)?,
        last: time(stored.last_ms)?,
        times: stored.times,
        code: stored.code,
        who: stored.who,
        address: stored.address,
        route: stored.route,
    })
}
