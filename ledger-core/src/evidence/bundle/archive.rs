//! A bundle's files inside their zip, inflated under a meter: a hostile file costs a bounded time and memory.
//!
//! Owns the guards: how many files, which names, none twice, how much they may inflate to and by what ratio. A reader
//! of a file is handed to a closure, so that several threads can each read their own file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use super::{BALANCES, CHECKPOINTS, EVENTS, JOURNAL, MANIFEST, NODES, POSTINGS, README};
use crate::evidence::hash::Hash;

/// Most files: the eight, and a checkpoint for each hour of a year and more.
const FILES_MAX: usize = 10_000;
/// Most bytes that all files together may inflate to: some 60 million events.
const INFLATED_BYTES_MAX: u64 = 64 << 30;
/// Highest ratio of inflated to packed bytes. Postings of one worker under one key pack 1:60; deflate reaches 1:1032.
const RATIO_MAX: u64 = 250;
/// Small files pack very well and harm no one; the ratio is judged above this size.
const RATIO_JUDGED_FROM_BYTES: u64 = 4 << 20;
/// Most bytes of a file that is held in memory.
pub const HELD_BYTES_MAX: u64 = 1 << 30;

/// End of central directory without a comment, which we never write.
const END_BYTES: u64 = 22;
const END_SIGNATURE: &[u8; 4] = b"PK\x05\x06";
/// The locator of a zip64 end record, and the record's fields up to the number of files.
const LOCATOR_BYTES: u64 = 20;
const LOCATOR_SIGNATURE: &[u8; 4] = b"PK\x06\x07";

/// Why a file is no bundle that can be read. The text says what and never repeats hostile content at length.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

fn unreadable(what: impl Into<String>) -> Unreadable {
    Unreadable(what.into())
}

/// An opened bundle: names and sizes are known, nothing was inflated yet.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    /// Place and inflated size by name.
    files: BTreeMap<String, (usize, u64)>,
}

/// What a file was, once it was read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read256 {
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of what was inflated.
    pub sha256: Hash,
}

/// A file while it is inflated: counts and hashes what it gives.
pub struct Meter<R> {
    inner: R,
    packed: u64,
    bytes: u64,
    bytes_max: u64,
    hasher: Sha256,
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        let swollen = self.bytes > RATIO_JUDGED_FROM_BYTES && self.bytes / RATIO_MAX > self.packed;
        if swollen || self.bytes > self.bytes_max {
            return Err(io::Error::other("it inflates beyond all measure"));
        }
        self.hasher.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<R> Meter<R> {
    fn end(self) -> Read256 {
        Read256 { bytes: self.bytes, sha256: Hash::from_bytes(self.hasher.finalize().into()) }
    }
}

impl Archive {
    /// Opens a bundle and judges its directory.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn open(path: &Path) -> Result<Archive, Unreadable> {
        let mut file = File::open(path).map_err(|error| unreadable(format!("{}: {error}", path.display())))?;
        few_files(&mut file)?;
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| unreadable(error.to_string()))?;
        if archive.len() > FILES_MAX {
            return Err(unreadable(format!("it has {} files, more than {FILES_MAX}", archive.len())));
        }
        let mut files = BTreeMap::new();
        let mut inflated = 0_u64;
        for place in 0..archive.len() {
            let entry = archive.by_index_raw(place).map_err(|error| unreadable(error.to_string()))?;
            let name = str::from_utf8(entry.name_raw()).ok().filter(|name| is_known(name));
            let name = name.ok_or_else(|| unreadable(format!("file {place} in it has a name that no bundle uses")))?;
            if entry.encrypted()
                || !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated)
            {
                return Err(unreadable(format!("{name} is packed in a way that no bundle uses")));
            }
            inflated = inflated.saturating_add(entry.size());
            if files.insert(name.to_owned(), (place, entry.size())).is_some() {
                return Err(unreadable(format!("{name} stands in it twice")));
            }
        }
        if archive.has_duplicate_names() {
            return Err(unreadable("a name stands in it twice"));
        }
        if inflated > INFLATED_BYTES_MAX {
            return Err(unreadable(format!("it inflates to {inflated} bytes, more than {INFLATED_BYTES_MAX}")));
        }
        Ok(Archive { path: path.to_owned(), files })
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether a file is there.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Hands a file's reader to `read`, then reads on to the file's end; gives what `read` gave and what the file was.
    ///
    /// # Errors
    /// [`Unreadable`] where the file is missing or cannot be inflated, and whatever `read` gives.
    pub fn read<T, E: From<Unreadable>>(
        &self,
        name: &str,
        read: impl FnOnce(&mut dyn Read) -> Result<T, E>,
    ) -> Result<(T, Read256), E> {
        let damaged = |what: String| unreadable(format!("{name}: {what}"));
        let (place, size) = *self.files.get(name).ok_or_else(|| unreadable(format!("{name} is missing")))?;
        let file = File::open(&self.path).map_err(|error| damaged(error.to_string()))?;
        let mut archive =
            ZipArchive::new(BufReader::with_capacity(256 << 10, file)).map_err(|error| damaged(error.to_string()))?;
        let entry = archive.by_index(place).map_err(|error| damaged(error.to_string()))?;
        let packed = entry.compressed_size();
        let mut meter = Meter { inner: entry, packed, bytes: 0, bytes_max: size, hasher: Sha256::new() };
        let given = read(&mut meter)?;
        io::copy(&mut meter, &mut io::sink()).map_err(|error| damaged(error.to_string()))?;
        Ok((given, meter.end()))
    }

    /// A whole file, up to a size.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn hold(&self, name: &str, bytes_max: u64) -> Result<(Vec<u8>, Read256), Unreadable> {
        let size = self.files.get(name).map_or(0, |(_, size)| *size);
        if size > bytes_max {
            return Err(unreadable(format!("{name} has {size} bytes, more than {bytes_max}")));
        }
        self.read(name, |reader| {
            let mut content = Vec::new();
            let read = reader.read_to_end(&mut content);
            read.map_err(|error| unreadable(format!("{name}: {error}"))).map(|_| content)
        })
    }
}

/// The names that bundles use; nothing else can climb out of a folder or hide behind another spelling.
fn is_known(name: &str) -> bool {
    const FIXED: [&str; 7] = [EVENTS, NODES, POSTINGS, BALANCES, JOURNAL, README, MANIFEST];
    let checkpoint = |name: &str| {
        let size = name.strip_prefix(CHECKPOINTS)?.strip_suffix(".txt")?;
        size.parse::<u64>().ok().filter(|number| number.to_string() == size)
    };
    FIXED.contains(&name) || checkpoint(name).is_some()
}

/// Holds the directory's own count before anybody reads the directory into memory.
fn few_files(file: &mut File) -> Result<(), Unreadable> {
    let mut tail = [0; 22];
    let end = back_from_end(file, END_BYTES, &mut tail)?;
    let count = u16::from_le_bytes([tail[10], tail[11]]);
    if !tail.starts_with(END_SIGNATURE) || tail[20..] != [0, 0] {
        return Err(unreadable("it does not end as a zip without a comment does; is it complete?"));
    }
    let mut locator = [0; 20];
    let large = end >= LOCATOR_BYTES
        && back_from_end(file, END_BYTES + LOCATOR_BYTES, &mut locator).is_ok()
        && locator.starts_with(LOCATOR_SIGNATURE);
    let mut entries = u64::from(count);
    if large {
        // The larger record's count stands for the smaller one's where that says it cannot hold it.
        let [_, _, _, _, _, _, _, _, offset @ .., _, _, _, _] = locator;
        let mut record = [0; 40];
        file.seek(SeekFrom::Start(u64::from_le_bytes(offset)))
            .and_then(|_| file.read_exact(&mut record))
            .map_err(|error| unreadable(error.to_string()))?;
        let [.., a, b, c, d, e, f, g, h] = record;
        let told = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        entries = if count == u16::MAX { told } else { entries.max(told) };
    }
    if entries > u64::try_from(FILES_MAX).unwrap_or(u64::MAX) {
        return Err(unreadable(format!("it has {entries} files, more than {FILES_MAX}")));
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| unreadable(error.to_string()))?;
    Ok(())
}

/// Reads bytes that begin so many before the file's end; gives where they begin.
fn back_from_end(file: &mut File, back: u64, into: &mut [u8]) -> Result<u64, Unreadable> {
    let mut read = |file: &mut File| {
        let length = file.seek(SeekFrom::End(0))?;
        let start = length.checked_sub(back).ok_or_else(|| io::Error::other("it is too short for a zip"))?;
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(into)?;
        Ok(start)
    };
    read(file).map_err(|error: io::Error| unreadable(error.to_string()))
}
