//! A journal under test: what it holds, read without the server, and what the program itself says of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use ledger_core::journal::postgres::PostgresJournal;
use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Entry, Journal};
use nuanxin_tests::{Api, PgCluster, nuanxin, scratch_dir};
use serde_json::Value;

/// Entries read at once.
const PAGE: usize = 5_000;

/// A journal of a test's own.
pub(crate) struct Site {
    url: String,
}

/// A command as the journal holds it.
pub(crate) struct Recorded {
    /// Position of its last event.
    pub(crate) last: u64,
    /// Its events: type and payload.
    pub(crate) events: Vec<(String, Value)>,
}

impl Site {
    /// In a file of its own.
    pub(crate) fn sqlite() -> Site {
        Site::sqlite_in(&scratch_dir("journal"))
    }

    /// In a file of its own in a directory.
    pub(crate) fn sqlite_in(dir: &Path) -> Site {
        Site { url: format!("sqlite:{}", dir.join("nuanxin.db").display()) }
    }

    /// In a schema of its own.
    pub(crate) fn postgres(cluster: &PgCluster) -> Site {
        Site { url: cluster.fresh_schema_url() }
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Every entry, in order. Panics where positions are not 1, 2, 3, …
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        let journal: Box<dyn Journal> = match JournalUrl::from_str(&self.url).expect("an address of ours") {
            JournalUrl::Sqlite(path) => Box::new(SqliteJournal::open_read_only(&path).expect("the journal opens")),
            JournalUrl::Postgres { url, schema } => {
                Box::new(PostgresJournal::open(&url, &schema).await.expect("the journal opens"))
            }
        };
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(0, |entry| entry.position);
            let page = journal.read(after, PAGE).await.expect("the journal can be read");
            if page.is_empty() {
                break;
            }
            entries.extend(page);
        }
        for (position, entry) in (1..).zip(&entries) {
            assert_eq!(entry.position, position, "positions follow one another without a gap");
        }
        let head = journal.head().await.expect("the journal can be read").position;
        assert_eq!(head, entries.last().map_or(0, |entry| entry.position), "the head is the last entry");
        entries
    }

    /// The payloads of the events of a type, in order.
    pub(crate) async fn events_of(&self, event_type: &str) -> Vec<Value> {
        let entries = self.entries().await.into_iter().filter(|entry| entry.event_type == event_type);
        entries.map(|entry| serde_json::from_slice(&entry.payload).expect("a payload is JSON")).collect()
    }

    /// Every command by its key. Panics where one key stands in two places, or a command's events do not stand together.
    pub(crate) async fn commands(&self) -> BTreeMap<String, Recorded> {
        let mut commands: BTreeMap<String, Recorded> = BTreeMap::new();
        let mut open: Option<String> = None;
        for entry in self.entries().await {
            let key = &entry.command.key.to_string();
            let event = (entry.event_type.clone(), serde_json::from_slice(&entry.payload).expect("a payload is JSON"));
            if entry.nth == 0 {
                let command = Recorded { last: entry.position, events: vec![event] };
                let earlier = commands.insert(key.clone(), command);
                assert!(earlier.is_none(), "command {key} took effect twice, again at position {}", entry.position);
                open = Some(key.clone());
                continue;
            }
            assert_eq!(open.as_ref(), Some(key), "position {} stands apart from its command", entry.position);
            let command = commands.get_mut(key).expect("it was just begun");
            assert_eq!(
                command.events.len(),
                entry.nth as usize,
                "events of {key} are missing before {}",
                entry.position
            );
            command.last = entry.position;
            command.events.push(event);
        }
        commands
    }

    /// Runs a subcommand and answers its stdout; panics where it does not exit with 0.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let output = nuanxin(args, &self.url);
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "nuanxin {args:?}: {}\n{stdout}\n{stderr}", output.status);
        stdout.into_owned()
    }

    /// That `verify` finds the journal sound, as it stands.
    pub(crate) fn is_verified(&self) {
        self.run(&["verify"]);
    }

    /// That `verify` finds the journal sound and `replay` finds every view as the events make it.
    pub(crate) fn is_verified_and_replays_identically(&self) {
        self.is_verified();
        let said = self.run(&["replay"]);
        assert!(said.contains("identical"), "replay said: {said}");
    }

    /// That a server's event feed, read to its end, is the journal.
    pub(crate) async fn feed_agrees(&self, api: &Api) {
        let mut told = Vec::new();
        let mut after = Some(0);
        while let Some(position) = after {
            let path = format!("/v1/events?after={position}&limit=1000");
            let (status, page) = api.get(&path).await.expect("a read is answered");
            assert_eq!(status, 200, "{path}: {page}");
            for event in page["events"].as_array().expect("a page has events") {
                told.push((event["position"].clone(), event["key"].clone(), event["payload"].clone()));
            }
            after = page["next"].as_u64();
        }
        let payload = |entry: &Entry| serde_json::from_slice::<Value>(&entry.payload).expect("a payload is JSON");
        let entries = self.entries().await;
        assert_eq!(told.len(), entries.len(), "the feed and the journal are of one length");
        for (told, entry) in told.iter().zip(&entries) {
            let recorded = (entry.position.into(), entry.command.key.as_str().into(), payload(entry));
            assert_eq!(*told, recorded, "the feed tells what is recorded");
        }
    }

    /// That a server's answers about workers are what the events add up to, read at a position.
    pub(crate) async fn balances_agree(&self, api: &Api, position: u64) {
        self.balances_agree_on(api, position, &days_from_now(1)).await;
    }

    /// The same, for a day by which every redemption has happened.
    pub(crate) async fn balances_agree_on(&self, api: &Api, position: u64, day: &str) {
        let state: Value =
            serde_json::from_str(&self.run(&["state", "--as-of", day, "--json"])).expect("`state --json` is JSON");
        let workers = state["workers"].as_object().expect("a state names workers");
        assert!(!workers.is_empty(), "the state names no worker: {state}");
        for (worker, figures) in workers {
            let path = format!("/v1/workers/{worker}/balance?as_of={day}&min_position={position}");
            let (status, balance) = api.get(&path).await.expect("a read is answered");
            assert_eq!(status, 200, "{path}: {balance}");
            let told = hundredths(&balance["available"]) + hundredths(&balance["held"]);
            // A debt is not shown: a balance is never below zero.
            assert_eq!(told, hundredths(&figures["balance"]).max(0), "{path}: {balance}, but the events say {figures}");
        }
    }
}

/// A day after today in China: tomorrow is one by which every redemption at the machine's time has happened, whatever
/// the hour is.
pub(crate) fn days_from_now(days: i64) -> String {
    const CHINA_HOURS: i64 = 8;
    (chrono::Utc::now() + chrono::Duration::hours(CHINA_HOURS + 24 * days)).format("%Y-%m-%d").to_string()
}

/// Points as whole hundredths.
pub(crate) fn hundredths(points: &Value) -> i64 {
    let number = points.as_f64().unwrap_or_else(|| panic!("{points} are no points"));
    (number * 100.0).round() as i64
}
