//! Files that follow from the events, compared with what is made anew: postings, plain-text journal, workbook.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::mpsc::Receiver;

use zip::ZipArchive;

use super::super::archive::{Archive, HELD_BYTES_MAX, Read256, Unreadable};
use super::super::{BALANCES, JOURNAL};
use super::spare::Spare;
use super::{End, Files, invalid};
use crate::evidence::books::Books;
use crate::evidence::forms::{plain_text, workbook};

/// Text as it must stand in a file, with the position of the event that each part of it is from.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Positions, and where in the text their part ends.
    pub(super) ends: Vec<(u64, usize)>,
}

impl Piece {
    /// Notes that the text so far, from the part noted before, is of this event.
    pub(super) fn end_of(&mut self, position: u64) {
        self.ends.push((position, self.text.len()));
    }

    /// Forgets everything but its room.
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// The position of the first byte that differs.
    fn position_of(&self, found: &[u8]) -> Option<u64> {
        let same = self.text.bytes().zip(found).take_while(|(wanted, found)| wanted == *found).count();
        self.ends.iter().find(|(_, end)| same < *end).map(|(position, _)| *position)
    }
}

/// Compares a file with the pieces that come in, to its end. Gives what the file was, and of a plain-text journal how
/// many decimals it shows; `yuan` is whether it must show these as well.
pub(super) fn compare(
    archive: &Archive,
    name: &str,
    yuan: bool,
    spare: &Spare<Piece>,
    pieces: Receiver<Piece>,
) -> Result<(Read256, usize), End> {
    let unread = |error: std::io::Error| Unreadable(format!("{name}: {error}"));
    let (decimals, read) = archive.read(name, |reader| {
        let decimals = if name == JOURNAL { opening(reader, yuan).map_err(unread)? } else { Some(0) };
        let decimals = decimals.ok_or_else(|| invalid(None, format!("{name} does not begin as it must")))?;
        let mut found = Vec::new();
        for mut piece in pieces {
            let mut take = reader.take(u64::try_from(piece.text.len()).unwrap_or(u64::MAX));
            found.clear();
            take.read_to_end(&mut found).map_err(unread)?;
            if found != piece.text.as_bytes() {
                return Err(invalid(piece.position_of(&found), format!("{name} does not follow from the events")));
            }
            piece.clear();
            spare.give(piece);
        }
        if reader.read(&mut [0]).map_err(unread)? != 0 {
            return Err(invalid(None, format!("{name} goes on after what follows from the events")));
        }
        Ok(decimals)
    })?;
    Ok((read, decimals))
}

/// How many decimals the opening lines of a plain-text journal show; none for other lines.
fn opening(reader: &mut dyn Read, yuan: bool) -> std::io::Result<Option<usize>> {
    let mut found = Vec::new();
    for decimals in 0..=2 {
        let wanted = plain_text::opening(decimals, yuan);
        let missing = wanted.len().saturating_sub(found.len());
        reader.take(u64::try_from(missing).unwrap_or(0)).read_to_end(&mut found)?;
        if found == wanted.as_bytes() {
            return Ok(Some(decimals));
        }
    }
    Ok(None)
}

/// Compares the workbook of balances, part by part.
pub(super) fn balances(archive: &Archive, files: &Files<'_>, books: &Books) -> Result<(), End> {
    let (content, read) = archive.hold(BALANCES, HELD_BYTES_MAX)?;
    files.hold(BALANCES, read)?;
    let differs = || invalid(None, format!("{BALANCES} does not follow from the events"));
    let unread = |error: &dyn std::fmt::Display| Unreadable(format!("{BALANCES}: {error}"));
    let mut wanted: BTreeMap<String, String> = workbook::parts(books).into_iter().collect();
    let mut found = ZipArchive::new(Cursor::new(content)).map_err(|error| unread(&error))?;
    if found.len() != wanted.len() || found.has_duplicate_names() {
        return Err(differs());
    }
    for place in 0..found.len() {
        let mut part = found.by_index(place).map_err(|error| unread(&error))?;
        let wanted = part.name().ok().and_then(|name| wanted.remove(&*name)).ok_or_else(differs)?;
        let mut bytes = Vec::new();
        let limit = u64::try_from(wanted.len()).unwrap_or(u64::MAX).saturating_add(1);
        part.by_ref().take(limit).read_to_end(&mut bytes).map_err(|error| unread(&error))?;
        if bytes != wanted.as_bytes() {
            return Err(differs());
        }
    }
    Ok(())
}
