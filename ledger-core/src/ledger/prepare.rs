//! What has to be in memory before commands can be decided: the first answers of keys used before, and the aggregates.
//!
//! All of it is read while nothing is locked, and while the batch before may still be on its way into the journal.

use foldhash::HashMap;

use super::book::Book;
use super::command::Submission;
use super::feed::{EventChunk, Recent};
use super::outcome::Receipt;
use super::owner;
use super::ripened;
use super::round::Known;
use super::used_keys::UsedKeys;
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::journal::{CommandRecord, Entry, Head, Journal, JournalError};

/// Entries read at once while catching up.
const CATCH_UP_PAGE: usize = 5_000;
/// Loading may name more to load: a worker's hold names a store, its listing a merchant.
const LOAD_ROUNDS_MAX: usize = 5;

/// Looks the commands' keys up, and the keys they name.
///
/// # Errors
/// [`JournalError`].
pub async fn known_keys<'a>(
    journal: &dyn Journal,
    used: &UsedKeys,
    book: &mut Book,
    submissions: impl Iterator<Item = &'a Submission> + Clone,
) -> Result<HashMap<Key, Known>, JournalError> {
    let mut keys = used.among(submissions.clone().map(|submission| &submission.context.key));
    let own = keys.len();
    let named = submissions.filter_map(|submission| submission.command.named_key());
    let named: Vec<Key> = named.filter(|key| !book.knows_owner(key)).collect();
    // What is named by a row's key may have come of the row's completion, whose key tells the row's, or of a word that was
    // given apart, whose key does not.
    let completions = named.iter().filter_map(|key| Some((key.completion()?, key.clone())));
    let asked: Vec<(Key, Key)> = named.iter().map(|key| (key.clone(), key.clone())).chain(completions).collect();
    keys.extend(asked.iter().map(|(key, _)| key.clone()));
    if keys.is_empty() {
        return Ok(HashMap::default());
    }
    let found = journal.find(&keys).await?;
    let mut places = Vec::new();
    let mut records = Vec::new();
    for (place, record) in found.into_iter().enumerate() {
        if let Some(record) = record {
            places.push(place);
            records.push(record);
        }
    }
    let mut known = HashMap::default();
    let mut rows = Vec::new();
    for ((place, record), receipt) in places.into_iter().zip(&records).zip(receipts(journal, &records).await?) {
        let Some(key) = keys.get(place).cloned() else { continue };
        if place < own {
            known.insert(key, Known { fingerprint: record.fingerprint, receipt });
        } else if let Some((_, row)) = asked.get(place - own) {
            match owner::owner_of(row, &receipt.events) {
                Some(owner) => book.remember_owner(row.clone(), owner),
                None => rows.push((row, receipt)),
            }
        }
    }
    for (row, began) in rows {
        if !book.knows_owner(row)
            && let Some(owner) = ripened::owner_of(journal, row, &began.events).await?
        {
            book.remember_owner(row.clone(), owner);
        }
    }
    Ok(known)
}

/// The first answers of commands recorded before.
async fn receipts(journal: &dyn Journal, records: &[CommandRecord]) -> Result<Vec<Receipt>, JournalError> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let commands = journal.read_commands(records).await?;
    records
        .iter()
        .zip(commands)
        .map(|(record, entries)| {
            let events = entries.iter().map(Entry::event).collect::<Result<Vec<_>, _>>()?;
            Ok(Receipt { position: record.last(), events: events.into(), repeated: true })
        })
        .collect()
}

/// Loads the aggregates that commands name, as far as they are not in memory. Gives how many streams they name.
///
/// # Errors
/// [`JournalError`].
pub async fn load(journal: &dyn Journal, book: &mut Book, submissions: &[&Submission]) -> Result<usize, JournalError> {
    book.await_settings(submissions.iter().filter_map(|submission| submission.command.settings()));
    let mut named = 0;
    for _ in 0..LOAD_ROUNDS_MAX {
        let mut missing: Vec<StreamId> = Vec::new();
        let mut fetched = false;
        named = 0;
        for submission in submissions {
            for stream in submission.streams(book) {
                named += 1;
                if book.holds(&stream) {
                    continue;
                }
                if book.fetch(&stream) {
                    fetched = true;
                } else {
                    missing.push(stream);
                }
            }
        }
        if missing.is_empty() {
            if fetched {
                continue;
            }
            break;
        }
        missing.sort();
        missing.dedup();
        let mut whole = Vec::new();
        for stored in journal.load(&missing, true).await? {
            if !book.insert(&stored)? {
                tracing::warn!(stream = %stored.stream, "a snapshot cannot be read; reading the whole stream");
                whole.push(stored.stream);
            }
        }
        if !whole.is_empty() {
            for stored in journal.load(&whole, false).await? {
                book.insert(&stored)?;
            }
        }
    }
    Ok(named)
}

/// Folds what others appended since, under the head's lock: afterwards the book is at the head. Gives those of the
/// waiting commands that others recorded meanwhile.
///
/// # Errors
/// [`JournalError`].
pub async fn catch_up<'a>(
    journal: &dyn Journal,
    recent: &Recent,
    used: &mut UsedKeys,
    book: &mut Book,
    head: &Head,
    submissions: impl Iterator<Item = &'a Submission>,
) -> Result<HashMap<Key, Known>, JournalError> {
    if head.position == book.position {
        return Ok(HashMap::default());
    }
    if head.position < book.position {
        let what = format!("its head went back from {} to {}: was it restored?", book.position, head.position);
        return Err(JournalError::Damaged { position: head.position, what });
    }
    let waiting: HashMap<&str, ()> = submissions.map(|one| (one.context.key.as_str(), ())).collect();
    let mut recorded: HashMap<Key, CommandRecord> = HashMap::default();
    while book.position < head.position {
        let entries = journal.read(book.position, CATCH_UP_PAGE).await?;
        if entries.is_empty() {
            let what = format!("it ends at {}, but its head says {}", book.position, head.position);
            return Err(JournalError::Damaged { position: book.position, what });
        }
        let first = book.position + 1;
        let mut events = Vec::with_capacity(entries.len());
        for entry in entries.iter().take_while(|entry| entry.position <= head.position) {
            let event = entry.event()?;
            book.catch_up(entry, &event);
            events.push(event);
            if waiting.contains_key(entry.command.key.as_str())
                && let Ok(key) = Key::new(&entry.command.key)
            {
                let record = CommandRecord {
                    first: entry.position.saturating_sub(u64::from(entry.nth)),
                    count: entry.nth + 1,
                    fingerprint: entry.command.fingerprint,
                };
                recorded.insert(key, record);
            }
        }
        used.insert(entries.iter().map(|entry| entry.command.key.as_str()));
        recent.push([EventChunk::new(first, events.into())]);
    }
    used.reached(head.position);
    let (keys, records): (Vec<Key>, Vec<CommandRecord>) = recorded.into_iter().unzip();
    let receipts = receipts(journal, &records).await?;
    let known = keys.into_iter().zip(&records).zip(receipts);
    let known = known.map(|((key, record), receipt)| (key, Known { fingerprint: record.fingerprint, receipt }));
    let known = known.collect();
    book.take_over(head)?;
    Ok(known)
}
