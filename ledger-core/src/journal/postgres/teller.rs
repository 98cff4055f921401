//! Telling other servers of appends. An append tells by itself when the last telling is a moment ago; else one telling
//! follows for all of them, so that a busy writer does not wake every server with each commit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgPool;
use tokio::time::timeout;

use super::BESIDE_MAX;

/// The least time between two tellings.
const EVERY: Duration = Duration::from_millis(20);

#[derive(Default)]
struct State {
    told: Option<Instant>,
    /// The last position that nobody was told of; 0 for none.
    owed: u64,
    /// Whether a telling will follow.
    follows: bool,
}

/// Tells on one journal's channel.
pub(super) struct Teller {
    pool: PgPool,
    channel: String,
    state: Mutex<State>,
}

impl Teller {
    pub(super) fn new(pool: PgPool, channel: String) -> Arc<Teller> {
        Arc::new(Teller { pool, channel, state: Mutex::default() })
    }

    pub(super) fn channel(&self) -> &str {
        &self.channel
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next append should tell by itself.
    pub(super) fn is_due(&self) -> bool {
        self.state().told.is_none_or(|told| told.elapsed() >= EVERY)
    }

    /// Takes note of an append that told by itself, or that did not: then a telling follows.
    pub(super) fn appended(self: &Arc<Self>, position: u64, told: bool) {
        let mut state = self.state();
        if told {
            (state.told, state.owed) = (Some(Instant::now()), 0);
            return;
        }
        state.owed = position;
        if !std::mem::replace(&mut state.follows, true) {
            let teller = Arc::clone(self);
            tokio::spawn(async move { teller.follow_up().await });
        }
    }

    async fn follow_up(&self) {
        tokio::time::sleep(EVERY).await;
        let position = {
            let mut state = self.state();
            state.follows = false;
            state.told = Some(Instant::now());
            std::mem::take(&mut state.owed)
        };
        if position == 0 {
            return;
        }
        let told =
            sqlx::query("SELECT pg_notify($1, $2)").bind(&self.channel).bind(position.to_string()).execute(&self.pool);
        // They look by themselves every second.
        match timeout(BESIDE_MAX, told).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "other servers were not told"),
            Err(_) => tracing::debug!("other servers were not told in time"),
        }
    }
}
