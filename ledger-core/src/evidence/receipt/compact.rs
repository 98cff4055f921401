//! The short form of a receipt, for a QR code: `NXR1:` and base45 of these bytes.
//!
//! | bytes | content |
//! | --- | --- |
//! | 1 | version of the form, `0x01` |
//! | 1 | hash suite: `0x01` SHA-256, `0x02` SM3 |
//! | varint | index of the entry |
//! | varint | size of the checkpoint |
//! | varint, bytes | origin: length and UTF-8 |
//! | varint, 32 each | inclusion proof: number of hashes and hashes |
//! | varint | number of signatures; for each: |
//! | – varint, bytes | key name: length and UTF-8; length 0 stands for the origin |
//! | – 4 | key id |
//! | – varint, bytes | signature: length and bytes, for cosignatures with the time in front |
//! | rest | the entry's leaf bytes, compressed by DEFLATE (RFC 1951) |
//!
//! A varint is LEB128: seven bits a byte, lowest first, the high bit set on all bytes but the last. The checkpoint's root
//! is left out: it is computed from the entry and its proof, and the signature holds for the true root alone.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::super::checkpoint::Checkpoint;
use super::super::hash::{Hash, HashSuite};
use super::super::note::SignedNote;
use super::super::proof::inclusion_root;
use super::{PATH_MAX, RECEIPT_BYTES_MAX, Receipt, base45};

/// What every short receipt begins with.
pub const COMPACT_PREFIX: &str = "NXR1:";
const VERSION: u8 = 0x01;
/// The best ratio that DEFLATE has.
const COMPRESSION: u8 = 9;
/// Longest text in the form, in bytes.
const TEXT_MAX: u64 = 255;
/// Most signatures in the form.
const SIGNATURES_MAX: u64 = 32;

/// Why a receipt has no short form, or a text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompactError {
    /// The checkpoint says more than the short form carries.
    #[error("the checkpoint cannot be put into the short form of a receipt")]
    NotCompact,
    /// The text is not base45.
    #[error("the short receipt is not base45: a part of the code was not read")]
    Base45,
    /// The bytes end early, a length is out of bounds, or the form is of a later version.
    #[error("the short receipt is not of the form that this program reads")]
    Form,
}

pub(super) fn write(receipt: &Receipt) -> Result<String, CompactError> {
    let checkpoint: Checkpoint = receipt.note.text().parse().map_err(|_| CompactError::NotCompact)?;
    let suite = checkpoint.suite().map_err(|_| CompactError::NotCompact)?;
    let mut bytes = vec![VERSION, suite_byte(suite)];
    push_varint(&mut bytes, receipt.index);
    push_varint(&mut bytes, checkpoint.size());
    push_text(&mut bytes, checkpoint.origin());
    push_varint(&mut bytes, length(receipt.path.len()));
    receipt.path.iter().for_each(|hash| bytes.extend(hash.as_bytes()));
    push_varint(&mut bytes, length(receipt.note.signatures().len()));
    for signature in receipt.note.signatures() {
        let name = signature.name().as_str();
        push_text(&mut bytes, if name == checkpoint.origin() { "" } else { name });
        bytes.extend(signature.id().to_bytes());
        push_varint(&mut bytes, length(signature.bytes().len()));
        bytes.extend(signature.bytes());
    }
    bytes.extend(compress_to_vec(&receipt.leaf, COMPRESSION));
    let text = format!("{COMPACT_PREFIX}{}", base45::encode(&bytes));
    // What the form does not carry, such as other extension lines, shows here.
    if read(text.trim_start_matches(COMPACT_PREFIX)).as_ref() == Ok(receipt) {
        Ok(text)
    } else {
        Err(CompactError::NotCompact)
    }
}

/// Reads what follows the prefix.
pub(super) fn read(text: &str) -> Result<Receipt, CompactError> {
    let bytes = base45::decode(text).ok_or(CompactError::Base45)?;
    read_bytes(&bytes).ok_or(CompactError::Form)
}

fn read_bytes(bytes: &[u8]) -> Option<Receipt> {
    let mut rest = bytes;
    let [version, suite] = *take(&mut rest, 2)? else { return None };
    let suite = HashSuite::ALL.into_iter().find(|known| suite_byte(*known) == suite)?;
    if version != VERSION {
        return None;
    }
    let index = take_varint(&mut rest)?;
    let size = take_varint(&mut rest)?;
    let origin = take_text(&mut rest)?.to_owned();
    let hashes = usize::try_from(take_varint(&mut rest)?).ok().filter(|count| *count <= PATH_MAX)?;
    let mut path = Vec::with_capacity(hashes);
    for _ in 0..hashes {
        path.push(Hash::try_from(take(&mut rest, Hash::BYTES)?).ok()?);
    }
    let count = take_varint(&mut rest).filter(|count| *count <= SIGNATURES_MAX)?;
    let mut lines = String::new();
    for _ in 0..count {
        let name = match take_text(&mut rest)? {
            "" => origin.as_str(),
            name => name,
        };
        let mut signature = take(&mut rest, 4)?.to_vec();
        let length = usize::try_from(take_varint(&mut rest)?).ok()?;
        signature.extend(take(&mut rest, length)?);
        writeln!(lines, "— {name} {}", STANDARD.encode(signature)).ok()?;
    }
    let leaf = decompress_to_vec_with_limit(rest, RECEIPT_BYTES_MAX).ok()?;
    let root = inclusion_root(suite, suite.leaf_hash(&leaf), index, size, &path).ok()?;
    let checkpoint = Checkpoint::of_suite(suite, &origin, size, root).ok()?;
    let note = SignedNote::parse(format!("{checkpoint}\n{lines}").as_bytes()).ok()?;
    Some(Receipt { leaf, index, path, note })
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        bytes.push(if value == 0 { low } else { low | 0x80 });
        if value == 0 {
            return;
        }
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    push_varint(bytes, length(text.len()));
    bytes.extend(text.as_bytes());
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn take_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = *take(rest, 1)?.first()?;
        let bits = u64::from(byte & 0x7f);
        if shift > 0 && bits.leading_zeros() < shift {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            // One spelling a number: no empty group at the end.
            return (byte != 0 || shift == 0).then_some(value);
        }
    }
    None
}

fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = take_varint(rest).filter(|length| *length <= TEXT_MAX)?;
    str::from_utf8(take(rest, usize::try_from(length).ok()?)?).ok()
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

const fn suite_byte(suite: HashSuite) -> u8 {
    match suite {
        HashSuite::Sha256 => 0x01,
        HashSuite::Sm3 => 0x02,
    }
}
