//! The threads of a verification: one inflates the events, all processors read and hash them block by block, one folds
//! the blocks in order, and two compare the files that follow from them. What is underway is bounded, so the memory is.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use memchr::{memchr, memrchr};

use super::super::archive::{Archive, Read256, Unreadable};
use super::super::cover::NodeLine;
use super::super::{EVENTS, FORMAT_WITH_YUAN, JOURNAL, NODES, POSTINGS};
use super::papers::{self, Piece};
use super::prepare::{Prepared, Reader, Unfit};
use super::spare::Spare;
use super::walk::{Verified, Walk};
use super::{End, Files, invalid};
use crate::evidence::forms::plain_text::{PlainText, Transactions};
use crate::evidence::forms::postings;
use crate::evidence::hash::HashSuite;

/// Bytes of lines that one processor takes at once.
const BLOCK_BYTES: usize = 128 << 10;
/// Longest line: a payload is a few hundred bytes, a schedule of thousands of activities a megabyte.
const LINE_BYTES_MAX: usize = 16 << 20;
/// Nodes underway.
const NODES_UNDERWAY: usize = 1_024;

/// Whole lines, by their turn.
struct Block {
    turn: u64,
    lines: Vec<u8>,
}

/// A block read and hashed.
struct Ready {
    turn: u64,
    prepared: Vec<Prepared>,
    /// The line behind these, where it cannot be folded; none behind it was read.
    unfit: Option<Unfit>,
    rows: Piece,
    transactions: Transactions,
}

/// What goes round.
#[derive(Default)]
struct Spares {
    lines: Spare<Vec<u8>>,
    prepared: Spare<Vec<Prepared>>,
    transactions: Spare<Transactions>,
    pieces: Spare<Piece>,
}

/// Why a thread stopped: for its own reason, or because nobody waits for it any more.
enum Stop {
    End(End),
    Unwanted,
}

impl From<Unreadable> for Stop {
    fn from(error: Unreadable) -> Stop {
        Stop::End(error.into())
    }
}

/// Runs a verification.
pub(super) fn run(
    archive: &Archive,
    files: &Files<'_>,
    walk: Walk,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified, End> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let suite = walk.suite;
    let yuan = walk.manifest.format == FORMAT_WITH_YUAN;
    let spares = &Spares::default();
    thread::scope(|scope| {
        let (block_out, block_in) = sync_channel(workers * 2);
        let (ready_out, ready_in) = sync_channel(workers * 2);
        let (node_out, node_in) = sync_channel(NODES_UNDERWAY);
        let (rows_out, rows_in) = sync_channel(workers * 2);
        let (text_out, text_in) = sync_channel(workers * 2);
        let inflated = scope.spawn(move || cut(archive, &spares.lines, &block_out));
        let nodes = archive.has(NODES).then(|| scope.spawn(move || read_nodes(archive, &node_out)));
        let compared_rows = scope.spawn(move || papers::compare(archive, POSTINGS, false, &spares.pieces, rows_in));
        let compared_text = scope.spawn(move || papers::compare(archive, JOURNAL, yuan, &spares.pieces, text_in));
        let blocks = std::sync::Arc::new(Mutex::new(block_in));
        for _ in 0..workers {
            let (blocks, ready) = (std::sync::Arc::clone(&blocks), ready_out.clone());
            scope.spawn(move || work(suite, spares, &blocks, &ready));
        }
        // The channels must end with the workers.
        drop((blocks, ready_out));
        let folded = fold(walk, spares, ready_in, &node_in, (rows_out, text_out), progress);
        drop(node_in);
        let panicked = || Stop::End(End::Unreadable("a thread of the verification ended early".into()));
        let inflated = inflated.join().unwrap_or_else(|_| Err(panicked()));
        let nodes = nodes.map(|nodes| nodes.join().unwrap_or_else(|_| Err(panicked()))).transpose();
        let rows = compared_rows.join().unwrap_or_else(|_| Err(End::Unreadable(String::new())));
        let text = compared_text.join().unwrap_or_else(|_| Err(End::Unreadable(String::new())));
        // A file that cannot be read explains what the others then miss.
        let inflated = ended(inflated)?;
        let nodes = ended(nodes)?;
        let (walk, decimals) = match (folded, first(&rows, &text)) {
            (Ok(folded), None) => folded,
            (Err(Stop::Unwanted) | Ok(_), Some(end)) => return Err(end),
            (Err(Stop::Unwanted), None) => return Err(End::Unreadable("the verification ended early".into())),
            (Err(Stop::End(end)), None) => return Err(end),
            (Err(Stop::End(fold)), Some(paper)) => return Err(earlier(fold, paper)),
        };
        let (Ok((rows, _)), Ok((text, shown))) = (rows, text) else {
            return Err(End::Unreadable("the verification ended early".into()));
        };
        papers::balances(archive, files, &walk.books)?;
        let verified = walk.finish()?;
        if shown != decimals {
            return Err(invalid(None, format!("{JOURNAL} shows {shown} decimals, its amounts need {decimals}")));
        }
        for (name, read) in
            [(EVENTS, inflated), (POSTINGS, Some(rows)), (JOURNAL, Some(text)), (NODES, nodes.flatten())]
        {
            read.map_or(Ok(()), |read| files.hold(name, read))?;
        }
        Ok(verified)
    })
}

/// What a thread read; nothing when it was stopped because nobody waited any more.
fn ended<T>(result: Result<T, Stop>) -> Result<Option<T>, End> {
    match result {
        Ok(read) => Ok(Some(read)),
        Err(Stop::Unwanted) => Ok(None),
        Err(Stop::End(end)) => Err(end),
    }
}

fn first<T>(rows: &Result<T, End>, text: &Result<T, End>) -> Option<End> {
    match (rows, text) {
        (Ok(_), Ok(_)) => None,
        (Err(one), Ok(_)) | (Ok(_), Err(one)) => Some(one.again()),
        (Err(one), Err(other)) => Some(earlier(one.again(), other.again())),
    }
}

/// Of two reasons the one with the earlier position.
fn earlier(one: End, other: End) -> End {
    let place = |end: &End| match end {
        End::Invalid { position, .. } => position.unwrap_or(u64::MAX),
        End::Unreadable(_) => 0,
    };
    if place(&other) < place(&one) { other } else { one }
}

impl End {
    fn again(&self) -> End {
        match self {
            End::Invalid { position, what } => End::Invalid { position: *position, what: what.clone() },
            End::Unreadable(what) => End::Unreadable(what.clone()),
        }
    }
}

/// Inflates the events and cuts them into blocks of whole lines.
fn cut(archive: &Archive, spare: &Spare<Vec<u8>>, blocks: &SyncSender<Block>) -> Result<Read256, Stop> {
    let ((), read) = archive.read::<(), Stop>(EVENTS, |reader| {
        let mut lines = spare.take();
        let mut turn = 0_u64;
        loop {
            let start = lines.len();
            let mut take = reader.take(u64::try_from(BLOCK_BYTES).unwrap_or(0));
            take.read_to_end(&mut lines).map_err(|error| Unreadable(format!("{EVENTS}: {error}")))?;
            let at_end = lines.len() == start;
            let whole =
                if at_end { Some(lines.len()) } else { memrchr(b'\n', &lines).map(|end| end.saturating_add(1)) };
            let Some(whole) = whole else {
                if lines.len() > LINE_BYTES_MAX {
                    return Err(Unreadable(format!("{EVENTS} has a line of more than {LINE_BYTES_MAX} bytes")).into());
                }
                continue;
            };
            let mut rest = spare.take();
            rest.extend_from_slice(lines.get(whole..).unwrap_or_default());
            lines.truncate(whole);
            if !lines.is_empty() {
                blocks.send(Block { turn, lines }).map_err(|_| Stop::Unwanted)?;
                turn += 1;
            }
            if at_end {
                return Ok(());
            }
            lines = rest;
        }
    })?;
    Ok(read)
}

fn read_nodes(archive: &Archive, nodes: &SyncSender<NodeLine>) -> Result<Read256, Stop> {
    let ((), read) = archive.read(NODES, |reader| {
        let lines = serde_json::Deserializer::from_reader(std::io::BufReader::new(reader)).into_iter::<NodeLine>();
        for line in lines {
            let line = line.map_err(|error| invalid(None, format!("{NODES}: {error}"))).map_err(Stop::End)?;
            nodes.send(line).map_err(|_| Stop::Unwanted)?;
        }
        Ok::<(), Stop>(())
    })?;
    Ok(read)
}

/// Reads and hashes blocks until there are no more or nobody wants them.
fn work(suite: HashSuite, spares: &Spares, blocks: &Mutex<Receiver<Block>>, ready: &SyncSender<Ready>) {
    let mut reader = Reader::new(suite);
    loop {
        let block = blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Block { turn, mut lines }) = block else { return };
        let mut done = Ready {
            turn,
            prepared: spares.prepared.take(),
            unfit: None,
            rows: spares.pieces.take(),
            transactions: spares.transactions.take(),
        };
        // What the events hold is given back where it was made, on the whole.
        done.prepared.clear();
        let mut rest = lines.strip_suffix(b"\n").unwrap_or(&lines);
        let mut more = true;
        while more {
            let line;
            (line, rest, more) = match memchr(b'\n', rest).and_then(|end| rest.split_at_checked(end)) {
                Some((line, after)) => (line, after.get(1..).unwrap_or_default(), true),
                None => (rest, rest, false),
            };
            match reader.prepare(line, &mut done.rows.text, &mut done.transactions) {
                Ok(prepared) => {
                    done.rows.end_of(prepared.position);
                    done.prepared.push(prepared);
                }
                Err(unfit) => {
                    done.unfit = Some(unfit);
                    break;
                }
            }
        }
        lines.clear();
        spares.lines.give(lines);
        if ready.send(done).is_err() {
            return;
        }
    }
}

/// Folds the blocks in order. Owns its ends of the channels, so that everybody stops when it does; `papers` are those of
/// the rows and of the plain-text journal.
fn fold(
    mut walk: Walk,
    spares: &Spares,
    ready: Receiver<Ready>,
    nodes: &Receiver<NodeLine>,
    papers: (SyncSender<Piece>, SyncSender<Piece>),
    progress: &mut dyn FnMut(u64),
) -> Result<(Walk, usize), Stop> {
    let (rows, text) = papers;
    let yuan = walk.manifest.format == FORMAT_WITH_YUAN;
    let mut plain = PlainText::new(yuan);
    let mut waiting = BTreeMap::new();
    let mut turn = 0;
    let mut node = || Ok(nodes.recv().ok());
    rows.send(Piece { text: postings::HEADER.to_owned(), ends: Vec::new() }).map_err(|_| Stop::Unwanted)?;
    for done in ready {
        waiting.insert(done.turn, done);
        while let Some(Ready { prepared, unfit, rows: csv, mut transactions, .. }) = waiting.remove(&turn) {
            turn += 1;
            let mut piece = spares.pieces.take();
            for (event, transaction) in prepared.iter().zip(transactions.iter()) {
                if event.position > walk.next() {
                    walk.hidden(event.position, &mut node).map_err(Stop::End)?;
                }
                walk.event(event).map_err(Stop::End)?;
                plain.push(&mut piece.text, &transaction);
                piece.end_of(event.position);
            }
            if let Some(Unfit { position, what }) = unfit {
                return Err(Stop::End(invalid(position.unwrap_or_else(|| walk.next()), what)));
            }
            spares.prepared.give(prepared);
            transactions.clear();
            spares.transactions.give(transactions);
            rows.send(csv).map_err(|_| Stop::Unwanted)?;
            text.send(piece).map_err(|_| Stop::Unwanted)?;
            progress(walk.next().saturating_sub(1));
        }
    }
    walk.hidden(walk.manifest.size.saturating_add(1), &mut node).map_err(Stop::End)?;
    if nodes.recv().is_ok() {
        return Err(Stop::End(invalid(None, format!("{NODES} goes on after the log's end"))));
    }
    let mut piece = Piece::default();
    let as_of = walk.manifest.as_of;
    if let (true, Some(as_of)) = (walk.manifest.scope.has_balances(), as_of) {
        plain.push_lapsed(&mut piece.text, &walk.books, as_of);
    }
    plain.push_assertions(&mut piece.text, as_of);
    let decimals = plain.decimals();
    if yuan && !plain.told_yuan() {
        return Err(Stop::End(invalid(None, "it is of the form for histories with yuan, and has none")));
    }
    text.send(piece).map_err(|_| Stop::Unwanted)?;
    Ok((walk, decimals))
}
