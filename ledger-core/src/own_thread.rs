//! Long-lived work on a thread of its own.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinHandle;

/// Runs a task that works long stretches without waiting, or that others wait for, on a thread of its own, so that it and
/// the tasks of the runtime never stand in one queue. A runtime of one thread, as in tests with a clock of their own, keeps
/// it among its tasks.
pub fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    let runtime = Handle::current();
    match runtime.runtime_flavor() {
        RuntimeFlavor::CurrentThread => tokio::spawn(work),
        _ => tokio::task::spawn_blocking(move || runtime.block_on(work)),
    }
}
