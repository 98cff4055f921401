//! The program's log: where it goes, in what form, how much of it. What is logged is up to each place that logs; none
//! logs names, tokens, keys or bodies of requests.
//!
//! | variable | value |
//! | --- | --- |
//! | `NUANXIN_LOG` | a filter such as `debug` or `info,ledger_core=debug`; default `info,sqlx=warn` |
//! | `NUANXIN_LOG_FORMAT` | `json` for one JSON object a line; anything else: text |

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::configuration::setting;

/// Statements are logged by the database's library at `info` when they are slow, and hold no values.
const FILTER: &str = "info,sqlx=warn";

/// Starts the log on standard error; standard output is for data alone. A second call changes nothing.
pub fn init() {
    let wanted = setting("NUANXIN_LOG");
    let (filter, unreadable) = filter(wanted.as_deref());
    let json = setting("NUANXIN_LOG_FORMAT").is_some_and(|format| format.trim().eq_ignore_ascii_case("json"));
    if start(filter, json).is_ok() && unreadable {
        tracing::warn!(default = FILTER, "NUANXIN_LOG cannot be read as a filter; the default is used");
    }
}

fn start(filter: Targets, json: bool) -> Result<(), TryInitError> {
    let log = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(std::io::stderr);
    if json {
        return log.json().flatten_event(true).finish().with(filter).try_init();
    }
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    log.with_ansi(colour).finish().with(filter).try_init()
}

/// The filter, and whether the wanted one could not be read.
fn filter(wanted: Option<&str>) -> (Targets, bool) {
    match wanted.map(str::parse) {
        Some(Ok(filter)) => (filter, false),
        Some(Err(_)) => (default_filter(), true),
        None => (default_filter(), false),
    }
}

/// What [`FILTER`] says.
fn default_filter() -> Targets {
    Targets::new().with_default(LevelFilter::INFO).with_target("sqlx", LevelFilter::WARN)
}

#[cfg(test)]
mod tests {
    use super::{FILTER, filter};

    #[test]
    fn a_filter_that_cannot_be_read_gives_way_to_the_default() {
        let (default, unreadable) = filter(None);
        assert!(!unreadable && default.to_string().contains("sqlx=warn"));
        let (read, unreadable) = filter(Some("debug,hyper=off"));
        assert!(!unreadable && read.to_string().contains("hyper=off"));
        let (fallback, unreadable) = filter(Some("ledger_core=loud"));
        assert!(unreadable && fallback == default);
        // The words for it, and what it is.
        assert_eq!(default, FILTER.parse().unwrap());
    }
}
