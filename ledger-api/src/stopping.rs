//! The sign that the server stops.

use tokio::sync::watch;

/// Turns true when the server stops: answers without an end (event streams) must then end. Handlers of HTTP take it as
/// `Extension<Stopping>`.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// A sign, and the sender that raises it.
    pub fn new() -> (watch::Sender<bool>, Stopping) {
        let (stop, stopping) = watch::channel(false);
        (stop, Stopping(stopping))
    }

    /// Waits until the server stops.
    pub async fn raised(mut self) {
        // A sender that is gone means the same.
        let _ = self.0.wait_for(|stopping| *stopping).await;
    }
}
