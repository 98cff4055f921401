//! The parts of a workbook inside its zip archive, inflated under a meter. Owns the guards against archives that
//! inflate without end, lie about their sizes, or hold absurd numbers of entries. Knows nothing of XML.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::Limits;
use super::error::Flaw;

/// A workbook has tens of parts, a few hundred with many pictures.
const ENTRIES_MAX: usize = 10_000;

/// Small parts of equal rows compress very well and harm no one; the ratio is judged above this size.
const RATIO_JUDGED_FROM_BYTES: u64 = 4 << 20;

/// The most bytes between two resets of [`Part::start_piece`]. The longest piece of honest XML is the text of one
/// cell: 32,767 characters of up to four bytes.
const PIECE_BYTES_MAX: u64 = 512 << 10;

/// The archive, its directory read.
#[derive(Debug)]
pub(super) struct Parts {
    archive: ZipArchive<File>,
    /// Places in the archive by path, in lower case and with forward slashes: not all programs write paths as the
    /// standard says.
    places: BTreeMap<String, usize>,
    inflated_bytes: u64,
    inflated_bytes_max: u64,
    ratio_max: u64,
}

impl Parts {
    pub(super) fn open(mut file: File, limits: &Limits) -> Result<Parts, Flaw> {
        refuse_many_entries(&mut file)?;
        let archive = ZipArchive::new(file).map_err(damaged)?;
        let mut places = BTreeMap::new();
        for place in 0..archive.len() {
            let entry = archive.by_index_data(place).map_err(damaged)?;
            places.insert(part_key(&String::from_utf8_lossy(entry.name_raw())), place);
        }
        if places.len() < archive.len() || archive.has_duplicate_names() {
            // Readers differ in which of the two they take: not a file that an office program wrote.
            return Err(Flaw::Damaged("a part of the workbook is there twice".to_owned()));
        }
        Ok(Parts {
            archive,
            places,
            inflated_bytes: 0,
            inflated_bytes_max: limits.inflated_bytes_max,
            ratio_max: limits.inflation_ratio_max,
        })
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.places.contains_key(&part_key(path))
    }

    /// Opens a part for reading; `None` where the workbook does not have it.
    pub(super) fn part(&mut self, path: &str) -> Result<Option<Part<'_>>, Flaw> {
        let Some(place) = self.places.get(&part_key(path)) else { return Ok(None) };
        let inflating = self.archive.by_index(*place).map_err(damaged)?;
        let compressed_bytes = inflating.compressed_size();
        Ok(Some(Part {
            inner: BufReader::with_capacity(32 << 10, inflating),
            meter: Meter {
                compressed_bytes,
                part_bytes: 0,
                piece_bytes: 0,
                inflated_bytes: &mut self.inflated_bytes,
                inflated_bytes_max: self.inflated_bytes_max,
                ratio_max: self.ratio_max,
                tripped: None,
            },
        }))
    }

    /// Inflates a part to its end, so that its checksum and its real size are known.
    pub(super) fn check(&mut self, path: &str) -> Result<(), Flaw> {
        let Some(mut part) = self.part(path)? else { return Ok(()) };
        loop {
            part.start_piece();
            match part.fill_buf() {
                Ok([]) => return Ok(()),
                Ok(bytes) => {
                    let bytes = bytes.len();
                    part.consume(bytes);
                }
                Err(error) => return Err(part.flaw(&error)),
            }
        }
    }

    /// Forgets what has been inflated so far, when the file is read anew.
    pub(super) fn restart_meter(&mut self) {
        self.inflated_bytes = 0;
    }
}

/// Counts the signatures of directory entries wherever they stand, before the directory is read into memory: each
/// entry has one, so that a directory of millions is refused whatever its header says.
fn refuse_many_entries(file: &mut File) -> Result<(), Flaw> {
    const SIGNATURE: [u8; 4] = *b"PK\x01\x02";
    let mut entries: usize = 0;
    let mut last_four = [0_u8; 4];
    let mut reader = BufReader::with_capacity(64 << 10, &mut *file);
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        for byte in buffer {
            last_four.rotate_left(1);
            if let Some(last) = last_four.last_mut() {
                *last = *byte;
            }
            entries = entries.saturating_add(usize::from(last_four == SIGNATURE));
        }
        let bytes = buffer.len();
        reader.consume(bytes);
    }
    if entries > ENTRIES_MAX {
        return Err(Flaw::TooLarge(format!("the workbook has {entries} parts, the limit is {ENTRIES_MAX}")));
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

/// The form of a part's path by which it is looked up.
fn part_key(path: &str) -> String {
    path.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

fn damaged(error: ZipError) -> Flaw {
    Flaw::Damaged(format!("the archive cannot be read ({error})"))
}

/// One part while it is read.
pub(super) struct Part<'z> {
    inner: BufReader<ZipFile<'z, File>>,
    meter: Meter<'z>,
}

struct Meter<'z> {
    compressed_bytes: u64,
    part_bytes: u64,
    piece_bytes: u64,
    /// Of all parts together.
    inflated_bytes: &'z mut u64,
    inflated_bytes_max: u64,
    ratio_max: u64,
    tripped: Option<String>,
}

impl Meter<'_> {
    fn count(&mut self, bytes: u64) {
        self.part_bytes = self.part_bytes.saturating_add(bytes);
        self.piece_bytes = self.piece_bytes.saturating_add(bytes);
        *self.inflated_bytes = self.inflated_bytes.saturating_add(bytes);
        if *self.inflated_bytes > self.inflated_bytes_max {
            self.tripped = Some(format!("the workbook inflates to more than {} bytes", self.inflated_bytes_max));
        } else if self.part_bytes > RATIO_JUDGED_FROM_BYTES
            && self.part_bytes / self.compressed_bytes.max(1) > self.ratio_max
        {
            self.tripped = Some(format!("the workbook inflates to more than {} times its size", self.ratio_max));
        } else if self.piece_bytes > PIECE_BYTES_MAX {
            self.tripped = Some(format!("one text of the workbook has more than {PIECE_BYTES_MAX} bytes"));
        }
    }
}

impl Part<'_> {
    /// Marks the start of a new piece of the part: what follows may have as many bytes as one piece may have.
    pub(super) fn start_piece(&mut self) {
        self.meter.piece_bytes = 0;
    }

    /// What a failed read means: a limit of ours, or damage.
    pub(super) fn flaw(&mut self, error: &dyn std::fmt::Display) -> Flaw {
        match self.meter.tripped.take() {
            Some(what) => Flaw::TooLarge(what),
            None => Flaw::Damaged(error.to_string()),
        }
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let bytes = available.read(buffer)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

impl BufRead for Part<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(what) = &self.meter.tripped {
            return Err(io::Error::other(what.clone()));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
        self.meter.count(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

impl std::fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("part_bytes", &self.meter.part_bytes).finish_non_exhaustive()
    }
}
