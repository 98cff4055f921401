//! What is recorded in a journal of ours, and the least that must be done with it: read and decoded, hashed, appended to
//! a plain file, and its bytes on disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::postgres::PostgresJournal;
use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Entry, Journal, JournalError};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;

use crate::machine;
use crate::reading::Reading;

/// Entries read at once.
const PAGE: usize = 5_000;
/// Entries hashed at once.
const HASHED_AT_ONCE: usize = 100_000;

/// Opens a journal for reading.
pub(crate) async fn open(url: &str) -> Result<Arc<dyn Journal>> {
    Ok(match url.parse::<JournalUrl>()? {
        JournalUrl::Sqlite(path) => Arc::new(SqliteJournal::open_read_only(&path)?),
        JournalUrl::Postgres { url, schema } => Arc::new(PostgresJournal::open(&url, &schema).await?),
    })
}

/// Reads every entry and decodes its event: entries a second. Each of the readers takes every so many-th page.
pub(crate) async fn decode(url: &str, readers: usize) -> Result<Reading> {
    let journal = open(url).await?;
    let entries = journal.head().await?.position;
    let started = Instant::now();
    let mut reading = JoinSet::new();
    for reader in 0..readers {
        let journal = Arc::clone(&journal);
        reading.spawn(async move {
            for position in (0..entries).step_by(PAGE).skip(reader).step_by(readers) {
                for entry in &journal.read(position, PAGE).await? {
                    std::hint::black_box(entry.event()?);
                }
            }
            Ok::<(), JournalError>(())
        });
    }
    while let Some(read) = reading.join_next().await {
        read??;
    }
    Ok(Reading::of(entries as f64 / started.elapsed().as_secs_f64()).with(format!("{entries} entries")))
}

/// Hashes the canonical bytes of every entry on all cores: entries a second, without the reading.
pub(crate) async fn hash(url: &str) -> Result<Reading> {
    let journal = open(url).await?;
    let (mut position, mut hashing, mut bytes) = (0, Duration::ZERO, 0);
    loop {
        let mut leaves = Vec::with_capacity(HASHED_AT_ONCE);
        while leaves.len() < HASHED_AT_ONCE {
            let entries = journal.read(position, PAGE).await?;
            let Some(last) = entries.last() else { break };
            position = last.position;
            leaves.extend(entries.iter().map(Entry::leaf_bytes));
        }
        if leaves.is_empty() {
            break;
        }
        bytes += leaves.iter().map(Vec::len).sum::<usize>();
        let started = Instant::now();
        std::thread::scope(|scope| {
            for share in leaves.chunks(leaves.len().div_ceil(machine::cores())) {
                scope.spawn(move || {
                    for leaf in share {
                        std::hint::black_box(HashSuite::Sha256.leaf_hash(leaf));
                    }
                });
            }
        });
        hashing += started.elapsed();
    }
    let note = format!("{position} entries, {} bytes each", bytes / usize::try_from(position.max(1))?);
    Ok(Reading::of(position as f64 / hashing.as_secs_f64()).with(note))
}

/// The canonical bytes of so many commands, the last that are recorded, cut into batches.
pub(crate) struct Batches {
    batches: Vec<Vec<u8>>,
    commands_each: usize,
}

impl Batches {
    pub(crate) async fn read(url: &str, commands_each: usize, batches: usize) -> Result<Batches> {
        let journal = open(url).await?;
        let head = journal.head().await?.position;
        let wanted = commands_each * batches;
        // No command of a load has more than four entries.
        let mut position = head.saturating_sub(u64::try_from(wanted * 4)?);
        let mut commands: Vec<Vec<u8>> = Vec::new();
        loop {
            let entries = journal.read(position, PAGE).await?;
            let Some(last) = entries.last() else { break };
            position = last.position;
            for entry in &entries {
                if entry.nth == 0 {
                    commands.push(Vec::new());
                }
                if let Some(command) = commands.last_mut() {
                    command.extend(entry.leaf_bytes());
                }
            }
        }
        ensure!(commands.len() >= wanted, "the journal holds too few commands to cut batches from");
        let last = commands.split_off(commands.len() - wanted);
        let batches = last.chunks(commands_each).map(|commands| commands.concat()).collect();
        Ok(Batches { batches, commands_each })
    }

    /// Appends them to a plain file, over and over, with one fdatasync a batch: commands a second.
    pub(crate) fn append(&self, folder: &Path, time: Duration) -> Result<Reading> {
        let path = folder.join("plain-file");
        let mut file = File::create(&path)?;
        let (started, mut commands, mut bytes) = (Instant::now(), 0, 0);
        for batch in self.batches.iter().cycle() {
            if started.elapsed() >= time {
                break;
            }
            file.write_all(batch)?;
            file.sync_data()?;
            commands += self.commands_each;
            bytes += batch.len();
        }
        let seconds = started.elapsed().as_secs_f64();
        fs::remove_file(path)?;
        let note = format!("{} bytes a command, {:.0} MB/s", bytes / commands.max(1), bytes as f64 / seconds / 1e6);
        Ok(Reading::of(commands as f64 / seconds).with(note))
    }
}

/// Bytes on disk of an entry: everything the journal keeps, all indexes and the Merkle log, shared out over its entries.
pub(crate) async fn bytes_on_disk(url: &str) -> Result<Reading> {
    let entries = open(url).await?.head().await?.position;
    let bytes = match url.parse::<JournalUrl>()? {
        JournalUrl::Sqlite(path) => {
            // The index of keys and streams stands in a file beside the journal.
            let mut index = path.clone().into_os_string();
            index.push(".index");
            sqlite_bytes(&path).await? + sqlite_bytes(Path::new(&index)).await?
        }
        JournalUrl::Postgres { url, schema } => postgres_bytes(&url, &schema).await?,
    };
    Ok(Reading::of(bytes as f64 / entries as f64).with(format!("{bytes} bytes, {entries} entries")))
}

async fn sqlite_bytes(path: &Path) -> Result<i64> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
    let pragma = |name: &str| format!("PRAGMA {name}");
    let mut numbers = Vec::new();
    for name in ["page_count", "freelist_count", "page_size"] {
        numbers.push(sqlx::query_scalar::<_, i64>(&pragma(name)).fetch_one(&mut connection).await?);
    }
    match numbers.as_slice() {
        [pages, free, size] => Ok((pages - free) * size),
        _ => anyhow::bail!("the file tells no size"),
    }
}

async fn postgres_bytes(url: &str, schema: &str) -> Result<i64> {
    let mut connection = PgConnection::connect(url).await?;
    // The journal's own tables; views, tokens and names stand beside it.
    let sql = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname <> ALL ($2) AND c.relname NOT LIKE 'view\\_%'";
    let beside = ["access_token", "vault_check", "person_key", "person_field", "side_store_version"];
    Ok(sqlx::query_scalar(sql).bind(schema).bind(beside.as_slice()).fetch_one(&mut connection).await?)
}

/// Bytes of an entry's payload, in the mean.
pub(crate) async fn payload_bytes(url: &str) -> Result<Reading> {
    let journal = open(url).await?;
    let (mut position, mut bytes) = (0, 0);
    loop {
        let entries = journal.read(position, PAGE).await?;
        let Some(last) = entries.last() else { break };
        position = last.position;
        bytes += entries.iter().map(|entry| entry.payload.len()).sum::<usize>();
    }
    ensure!(position > 0, "the journal is empty");
    Ok(Reading::of(bytes as f64 / position as f64).with(format!("{position} entries")))
}

/// Where the journal's head stands.
pub(crate) async fn head(url: &str) -> Result<u64> {
    Ok(open(url).await?.head().await.context("the head")?.position)
}
