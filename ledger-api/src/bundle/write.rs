//! The second reading: the files, in the zip.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use ledger_core::evidence::bundle::cover::Gap;
use ledger_core::evidence::bundle::manifest::{FileEntry, Manifest, Scope};
use ledger_core::evidence::bundle::{
    BALANCES, EVENTS, FORMAT, FORMAT_WITH_YUAN, JOURNAL, MANIFEST, NODES, POSTINGS, README, checkpoint_name,
};
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::forms::accounts::Legs;
use ledger_core::evidence::forms::plain_text::{PlainText, opening};
use ledger_core::evidence::forms::{postings, workbook};
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::note::SignedNote;
use ledger_core::journal::{Journal, JournalError};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::survey::{Survey, survey};
use super::{BundleError, Request, readme};
use crate::export::{each_entry, event_line};

/// Most checkpoints in a bundle; of more, every so many-th is taken, and the last.
const CHECKPOINTS_MAX: usize = 5_000;
/// Events from which on a file may pass four gigabytes.
const LARGE_FROM_EVENTS: u64 = 2_000_000;

/// Writes a bundle; gives its manifest.
///
/// # Errors
/// [`BundleError`].
pub async fn write<W: Write + Seek + Send>(
    journal: &dyn Journal,
    request: &Request,
    out: W,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Manifest, BundleError> {
    let all = checkpoints(&request.checkpoints)?;
    let sizes: Vec<u64> = all.iter().map(|(checkpoint, _)| checkpoint.size()).filter(|size| *size > 0).collect();
    let survey = survey(journal, request, &sizes, progress).await?;
    let given = fitting(&survey, request.size, all)?;
    let as_of = if survey.scope.has_balances() { request.as_of.or(survey.latest) } else { None };
    let mut pack = Pack::new(out, survey.events > LARGE_FROM_EVENTS);

    let split: BTreeSet<u64> = given.iter().map(|(checkpoint, _)| checkpoint.size()).collect();
    let (mut rows, mut text) = (BufWriter::new(tempfile::tempfile()?), BufWriter::new(tempfile::tempfile()?));
    let mut nodes = Vec::new();
    rows.write_all(postings::HEADER.as_bytes())?;
    text.write_all(opening(survey.decimals, survey.yuan).as_bytes())?;
    let mut books = survey.scope.books();
    let mut plain = PlainText::new(survey.yuan);
    let mut gap = Gap::new(survey.suite);
    let (mut line, mut piece) = (Vec::new(), String::new());
    let mut legs = Legs::default();
    pack.begin(EVENTS)?;
    each_entry(journal, request.size, progress, |entry| {
        let damaged = |what: String| JournalError::Damaged { position: entry.position, what };
        let event = entry.event()?;
        let leaf = Hash::from_bytes(entry.leaf);
        if survey.scope.gives(entry.position, &event) {
            gap.end().try_for_each(|node| push_json(&mut nodes, &node))?;
            line.clear();
            event_line(entry)?.write_into(&mut line)?;
            pack.write_all(&line)?;
        } else {
            gap.hide(entry.position, leaf);
        }
        if split.contains(&entry.position) {
            gap.end().try_for_each(|node| push_json(&mut nodes, &node))?;
        }
        if survey.scope.covers(entry.position, &event) {
            books.book(&event).map_err(damaged)?;
            legs.set(&event);
            piece.clear();
            postings::push_rows(&mut piece, entry.position, &entry.command.key, &event, &legs);
            rows.write_all(piece.as_bytes())?;
            piece.clear();
            plain.push_event(&mut piece, entry.position, &entry.command.key, &event, &legs);
            text.write_all(piece.as_bytes())?;
        }
        Ok::<(), BundleError>(())
    })
    .await?;
    gap.end().try_for_each(|node| push_json(&mut nodes, &node))?;
    pack.end();

    piece.clear();
    if let (true, Some(as_of)) = (survey.scope.has_balances(), as_of) {
        plain.push_lapsed(&mut piece, &books, as_of);
    }
    plain.push_assertions(&mut piece, as_of);
    text.write_all(piece.as_bytes())?;
    if survey.scope != Scope::Journal {
        pack.whole(NODES, &nodes)?;
    }
    pack.spooled(POSTINGS, rows)?;
    pack.spooled(JOURNAL, text)?;
    let workbook = workbook::pack(&workbook::parts(&books))?;
    pack.whole(BALANCES, &workbook)?;
    for (checkpoint, note) in &given {
        pack.whole(&checkpoint_name(checkpoint.size()), note.to_string().as_bytes())?;
    }
    pack.whole(README, readme::text(&survey.scope, survey.yuan).as_bytes())?;
    let manifest = manifest(survey, request.size, as_of, split, pack.listed());
    let mut content = serde_json::to_vec_pretty(&manifest)?;
    content.push(b'\n');
    pack.whole(MANIFEST, &content)?;
    pack.finish()?;
    Ok(manifest)
}

fn manifest(
    survey: Survey,
    size: u64,
    as_of: Option<chrono::NaiveDate>,
    checkpoints: BTreeSet<u64>,
    files: Vec<FileEntry>,
) -> Manifest {
    Manifest {
        format: if survey.yuan { FORMAT_WITH_YUAN } else { FORMAT }.to_owned(),
        software: format!("nuanxin {}", env!("CARGO_PKG_VERSION")),
        origin: survey.origin,
        suite: survey.suite.name().to_owned(),
        scope: survey.scope,
        size,
        root: survey.root.to_string(),
        events: survey.events,
        streams: survey.streams,
        streams_root: survey.streams_root.to_string(),
        stream: survey.stream,
        as_of,
        rules: survey.rules,
        checkpoints: checkpoints.into_iter().collect(),
        files,
    }
}

/// The checkpoints given, by size; of one size the last given.
fn checkpoints(notes: &[SignedNote]) -> Result<Vec<(Checkpoint, SignedNote)>, BundleError> {
    let mut all = std::collections::BTreeMap::new();
    for note in notes {
        let checkpoint: Checkpoint = note
            .text()
            .parse()
            .map_err(|error| BundleError::Asked(format!("a note given is no checkpoint: {error}")))?;
        all.insert(checkpoint.size(), (checkpoint, note.clone()));
    }
    Ok(all.into_values().collect())
}

/// Those of the checkpoints that the bundle can be held against: all of a whole journal; of a range those within it, the
/// nearest on each side, and the last, which tells how far the journal was signed; of a worker the last. Each must be of this journal.
fn fitting(
    survey: &Survey,
    size: u64,
    all: Vec<(Checkpoint, SignedNote)>,
) -> Result<Vec<(Checkpoint, SignedNote)>, BundleError> {
    for (checkpoint, _) in &all {
        let other = checkpoint.origin() != survey.origin;
        let root = survey.roots.iter().find(|(at, _)| *at == checkpoint.size()).map(|(_, root)| *root);
        if other || (0 < checkpoint.size() && checkpoint.size() <= size && root != Some(checkpoint.root())) {
            let what = format!(
                "the checkpoint of {} over {} entries is not of what is recorded here; \
                `nuanxin verify` tells more",
                checkpoint.origin(),
                checkpoint.size()
            );
            return Err(BundleError::Asked(what));
        }
    }
    let mut fitting: Vec<_> = all.into_iter().filter(|(one, _)| 0 < one.size() && one.size() <= size).collect();
    match survey.scope {
        Scope::Journal => {}
        Scope::Worker { .. } => {
            fitting.drain(..fitting.len().saturating_sub(1));
        }
        Scope::Range { from, to, .. } => {
            let before = fitting.iter().rposition(|(one, _)| one.size() < from).unwrap_or(0);
            let after = fitting.iter().position(|(one, _)| one.size() >= to).map_or(fitting.len(), |after| after + 1);
            let last = if after < fitting.len() { fitting.pop() } else { None };
            fitting.truncate(after);
            fitting.drain(..before.min(fitting.len()));
            fitting.extend(last);
        }
    }
    let every = fitting.len().div_ceil(CHECKPOINTS_MAX).max(1);
    let last = fitting.len().saturating_sub(1);
    let thinned = fitting.into_iter().enumerate().filter(|(index, _)| index % every == 0 || *index == last);
    Ok(thinned.map(|(_, one)| one).collect())
}

fn push_json(out: &mut Vec<u8>, value: &impl serde::Serialize) -> Result<(), BundleError> {
    serde_json::to_writer(&mut *out, value)?;
    out.push(b'\n');
    Ok(())
}

/// The zip in the making: every file is counted and hashed on the way, and none bears a time.
struct Pack<W: Write + Seek> {
    zip: ZipWriter<W>,
    options: SimpleFileOptions,
    open: Option<(String, u64, Sha256)>,
    files: Vec<FileEntry>,
}

impl<W: Write + Seek> Pack<W> {
    fn new(out: W, large: bool) -> Pack<W> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(large);
        Pack { zip: ZipWriter::new(out), options, open: None, files: Vec::new() }
    }

    fn begin(&mut self, name: &str) -> Result<(), BundleError> {
        self.end();
        self.zip.start_file(name, self.options)?;
        self.open = Some((name.to_owned(), 0, Sha256::new()));
        Ok(())
    }

    fn end(&mut self) {
        if let Some((name, bytes, hasher)) = self.open.take() {
            let sha256 = Hash::from_bytes(hasher.finalize().into()).to_string();
            self.files.push(FileEntry { name, bytes, sha256 });
        }
    }

    fn whole(&mut self, name: &str, content: &[u8]) -> Result<(), BundleError> {
        self.begin(name)?;
        self.write_all(content)?;
        self.end();
        Ok(())
    }

    fn spooled(&mut self, name: &str, spool: BufWriter<std::fs::File>) -> Result<(), BundleError> {
        self.begin(name)?;
        let mut file = spool.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; 256 << 10];
        loop {
            let read = file.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            self.write_all(bytes)?;
        }
        self.end();
        Ok(())
    }

    /// The files so far, by name.
    fn listed(&self) -> Vec<FileEntry> {
        let mut files = self.files.clone();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        files
    }

    fn finish(self) -> Result<(), BundleError> {
        self.zip.finish()?.flush()?;
        Ok(())
    }
}

impl<W: Write + Seek> Write for Pack<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, content: &[u8]) -> io::Result<()> {
        if let Some((_, bytes, hasher)) = &mut self.open {
            *bytes = bytes.saturating_add(u64::try_from(content.len()).unwrap_or(u64::MAX));
            hasher.update(content);
        }
        self.zip.write_all(content)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}
