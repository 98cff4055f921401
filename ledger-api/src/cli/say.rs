//! What a command tells on its standard output.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something could not be told, and not because nobody read it.
static UNTOLD: AtomicBool = AtomicBool::new(false);

/// Tells a line, as `println!` does, which would panic where nobody reads it any more: `nuanxin state | head -1`.
macro_rules! say {
    ($($words:tt)*) => { $crate::cli::say::text(format_args!("{}\n", format_args!($($words)*))) };
}
pub(super) use say;

/// Tells a text. Whoever closed the pipe has read enough, and the command goes on; any other failure is remembered.
pub(super) fn text(text: Arguments<'_>) {
    remember(std::io::stdout().lock().write_fmt(text));
}

fn remember(told: std::io::Result<()>) {
    if told.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
        UNTOLD.store(true, Ordering::Relaxed);
    }
}

/// Whether everything was told, as far as somebody read it.
pub(super) fn all_told() -> bool {
    remember(std::io::stdout().lock().flush());
    !UNTOLD.load(Ordering::Relaxed)
}
