//! A sign that is raised once. Whoever waits for it is woken in the order of waiting: tokio's own `watch` wakes in an order
//! that it draws anew each time, and a seed would not be the same run twice.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(crate) struct Sign {
    up: AtomicBool,
    waiting: Notify,
}

impl Sign {
    pub(crate) fn raise(&self) {
        self.up.store(true, Ordering::Relaxed);
        self.waiting.notify_waiters();
    }

    pub(crate) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    pub(crate) async fn raised(&self) {
        let mut told = pin!(self.waiting.notified());
        // In line before it looks, so that no raising falls between the two.
        told.as_mut().enable();
        if !self.is_up() {
            told.await;
        }
    }
}
