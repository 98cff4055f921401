//! Notifications of appends for other servers (`NOTIFY`). An append notifies in its own transaction when the last
//! notification is a moment ago; else one follows for all of them, so that a busy writer does not wake every server with
//! each commit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::BACKGROUND_MAX;
use super::pool::Pool;

/// The least time between two notifications.
const EVERY: Duration = Duration::from_millis(20);

#[derive(Default)]
struct State {
    /// When the last notification went out, by the monotonic clock.
    notified: Option<Instant>,
    /// The newest position of which no notification was sent; 0 for none.
    pending: u64,
    /// Whether a task waits to notify of it.
    scheduled: bool,
}

/// Notifies on one journal's channel.
pub(super) struct Notifier {
    pool: Pool,
    channel: String,
    state: Mutex<State>,
}

impl Notifier {
    pub(super) fn new(pool: Pool, channel: String) -> Arc<Notifier> {
        Arc::new(Notifier { pool, channel, state: Mutex::default() })
    }

    pub(super) fn channel(&self) -> &str {
        &self.channel
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next append should notify in its own transaction.
    pub(super) fn is_due(&self) -> bool {
        self.state().notified.is_none_or(|notified| notified.elapsed() >= EVERY)
    }

    /// Takes note of an append that notified by itself, or that did not: then a notification follows.
    pub(super) fn appended(self: &Arc<Self>, position: u64, notified: bool) {
        let mut state = self.state();
        if notified {
            (state.notified, state.pending) = (Some(Instant::now()), 0);
            return;
        }
        state.pending = position;
        if !std::mem::replace(&mut state.scheduled, true) {
            let notifier = Arc::clone(self);
            tokio::spawn(async move { notifier.follow_up().await });
        }
    }

    async fn follow_up(&self) {
        tokio::time::sleep(EVERY).await;
        let position = {
            let mut state = self.state();
            state.scheduled = false;
            state.notified = Some(Instant::now());
            std::mem::take(&mut state.pending)
        };
        if position == 0 {
            return;
        }
        let sent =
            sqlx::query("SELECT pg_notify($1, $2)").bind(&self.channel).bind(position.to_string()).execute(&self.pool);
        // They look by themselves every second.
        match timeout(BACKGROUND_MAX, sent).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "other servers were not notified"),
            Err(_) => tracing::debug!("other servers were not notified in time"),
        }
    }
}
