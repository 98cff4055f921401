//! Sealing a stream of bytes with a passphrase, in one pass and bounded memory.
//!
//! ```text
//! magic (24) ‖ memory in KiB, passes, lanes (4 each, big-endian) ‖ salt (16) ‖ nonce prefix (7) ‖ check (16) ‖ chunks
//! ```
//!
//! The passphrase is stretched with argon2id; HKDF-SHA-256 makes a key of it, and a check value over everything before the
//! check: a wrong passphrase is told apart from a file that was altered. Chunks of 64 KiB are sealed with AES-256-GCM in
//! the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each is bound to its number, the last one to being
//! the last, and all of them to the header, so that none can be altered, moved, left out or cut off. docs/sealed-backup.md.

use std::io::{self, Error, ErrorKind, Read, Write};

use aes_gcm::aead::stream::{DecryptorBE32, EncryptorBE32};
use aes_gcm::aead::{KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key};
use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// What every sealed file begins with.
pub(crate) const MAGIC: &[u8; 24] = b"nuanxin sealed backup 1\n";

const CHUNK_BYTES: usize = 65_536;
const TAG_BYTES: usize = 16;
const SALT_BYTES: usize = 16;
/// The nonce less the chunk's number and its last-chunk flag, which the construction fills in.
const PREFIX_BYTES: usize = 7;
const CHECK_BYTES: usize = 16;
/// Everything that the check value covers.
const COVERED_BYTES: usize = MAGIC.len() + 12 + SALT_BYTES + PREFIX_BYTES;
const HEADER_BYTES: usize = COVERED_BYTES + CHECK_BYTES;

/// What stretching costs: a file that is carried around is guessed at without a limit of tries.
const MEMORY_KIB: u32 = 262_144;
const PASSES: u32 = 3;
const LANES: u32 = 4;
/// A file that asks for more is not one of ours, and would only take the machine down.
const MEMORY_KIB_MAX: u32 = 1_048_576;
const PASSES_MAX: u32 = 10;
const LANES_MAX: u32 = 16;

const LABEL_KEY: &[u8] = b"nuanxin sealed backup 1 key";
const LABEL_CHECK: &[u8] = b"nuanxin sealed backup 1 check";

/// Why a sealed file does not open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    /// It cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is no sealed backup, or was altered where it says how it is sealed.
    #[error("{0}")]
    Header(&'static str),
    /// The passphrase does not open it.
    #[error("the passphrase is not the one it was sealed with, or its first {HEADER_BYTES} bytes were altered")]
    Passphrase,
    /// The system or the cipher fails.
    #[error("{0}")]
    Cipher(String),
}

struct Keys {
    key: Zeroizing<[u8; 32]>,
    check: [u8; CHECK_BYTES],
}

fn derive(passphrase: &str, header: &[u8; HEADER_BYTES]) -> Result<Keys, SealError> {
    let number = |at: usize| {
        let bytes = header.get(MAGIC.len() + at * 4..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
    };
    let (memory, passes, lanes) = (number(0), number(1), number(2));
    if memory > MEMORY_KIB_MAX || passes > PASSES_MAX || lanes > LANES_MAX {
        return Err(SealError::Header("it asks for more work than any backup of this program; it was altered"));
    }
    let params = Params::new(memory, passes, lanes, Some(32))
        .map_err(|_| SealError::Header("how its key is made cannot be read; it was altered"))?;
    let salt = header.get(MAGIC.len() + 12..COVERED_BYTES - PREFIX_BYTES).unwrap_or_default();
    let mut stretched = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, stretched.as_mut_slice())
        .map_err(|error| SealError::Cipher(format!("the passphrase cannot be stretched: {error}")))?;
    let source = Hkdf::<Sha256>::new(None, stretched.as_slice());
    let expand = |info: &[&[u8]], into: &mut [u8]| {
        source.expand_multi_info(info, into).map_err(|_| SealError::Cipher("a key cannot be made".into()))
    };
    let mut keys = Keys { key: Zeroizing::default(), check: [0; CHECK_BYTES] };
    expand(&[LABEL_KEY], keys.key.as_mut_slice())?;
    expand(&[LABEL_CHECK, header.get(..COVERED_BYTES).unwrap_or_default()], &mut keys.check)?;
    Ok(keys)
}

fn prefix(header: &[u8; HEADER_BYTES]) -> &[u8] {
    header.get(COVERED_BYTES - PREFIX_BYTES..COVERED_BYTES).unwrap_or_default()
}

fn cipher(keys: &Keys) -> Aes256Gcm {
    Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(keys.key.as_slice()))
}

/// Seals what is written to it. What is not [finished](Sealer::finish) does not open.
pub(crate) struct Sealer<W: Write> {
    out: W,
    header: [u8; HEADER_BYTES],
    stream: EncryptorBE32<Aes256Gcm>,
    chunk: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealer<W> {
    /// Begins a sealed file with a salt and nonce of its own.
    pub(crate) fn new(out: W, passphrase: &str) -> Result<Sealer<W>, SealError> {
        Sealer::at_cost(out, passphrase, MEMORY_KIB, PASSES)
    }

    fn at_cost(mut out: W, passphrase: &str, memory_kib: u32, passes: u32) -> Result<Sealer<W>, SealError> {
        let mut header = [0_u8; HEADER_BYTES];
        let mut random = [0_u8; SALT_BYTES + PREFIX_BYTES];
        getrandom::getrandom(&mut random)
            .map_err(|error| SealError::Cipher(format!("the system gives no random bytes: {error}")))?;
        let mut fields = MAGIC.to_vec();
        for number in [memory_kib, passes, LANES] {
            fields.extend(number.to_be_bytes());
        }
        fields.extend(random);
        header.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
        let keys = derive(passphrase, &header)?;
        header.iter_mut().skip(COVERED_BYTES).zip(keys.check).for_each(|(to, from)| *to = from);
        out.write_all(&header)?;
        let stream = EncryptorBE32::from_aead(cipher(&keys), prefix(&header).into());
        Ok(Sealer { out, header, stream, chunk: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES)) })
    }

    /// Seals the last chunk; gives back where it all went.
    pub(crate) fn finish(mut self) -> Result<W, SealError> {
        let payload = Payload { msg: &self.chunk, aad: &self.header };
        let sealed = self.stream.encrypt_last(payload).map_err(|_| too_long())?;
        self.out.write_all(&sealed)?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until it is known not to be the last.
        if self.chunk.len() == CHUNK_BYTES {
            let payload = Payload { msg: &self.chunk, aad: &self.header };
            let sealed = self.stream.encrypt_next(payload).map_err(|_| too_long())?;
            self.out.write_all(&sealed)?;
            self.chunk.clear();
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.chunk.len());
        self.chunk.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn too_long() -> Error {
    Error::new(ErrorKind::FileTooLarge, "more than a sealed file can hold")
}

/// Opens a sealed file as it is read. Whoever reads to its end without an error has read all that was sealed.
pub(crate) struct Opener<R: Read> {
    from: R,
    header: [u8; HEADER_BYTES],
    /// None once the last chunk was opened.
    stream: Option<DecryptorBE32<Aes256Gcm>>,
    /// The sealed bytes of the next chunk, and one more, which tells that another follows.
    ahead: Vec<u8>,
    chunk: Zeroizing<Vec<u8>>,
    at: usize,
}

impl<R: Read> Opener<R> {
    /// Begins to open a sealed file.
    pub(crate) fn new(mut from: R, passphrase: &str) -> Result<Opener<R>, SealError> {
        let mut header = [0_u8; HEADER_BYTES];
        from.read_exact(&mut header).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => SealError::Header("it is too short to be a sealed backup"),
            _ => SealError::Io(error),
        })?;
        if !header.starts_with(MAGIC) {
            return Err(SealError::Header("it is no sealed backup"));
        }
        let keys = derive(passphrase, &header)?;
        if !header.ends_with(&keys.check) {
            return Err(SealError::Passphrase);
        }
        let stream = Some(DecryptorBE32::from_aead(cipher(&keys), prefix(&header).into()));
        Ok(Opener { from, header, stream, ahead: Vec::new(), chunk: Zeroizing::default(), at: 0 })
    }

    /// Opens the next chunk; `false` when there is none.
    fn next(&mut self) -> io::Result<bool> {
        let Some(mut stream) = self.stream.take() else { return Ok(false) };
        let wanted = (CHUNK_BYTES + TAG_BYTES + 1).saturating_sub(self.ahead.len());
        self.from.by_ref().take(u64::try_from(wanted).unwrap_or(0)).read_to_end(&mut self.ahead)?;
        let altered = || Error::new(ErrorKind::InvalidData, "it was altered or cut off after it was sealed");
        let sealed_bytes = self.ahead.len().min(CHUNK_BYTES + TAG_BYTES);
        let rest = self.ahead.split_off(sealed_bytes);
        let payload = Payload { msg: &self.ahead, aad: &self.header };
        self.chunk = Zeroizing::new(if rest.is_empty() {
            stream.decrypt_last(payload).map_err(|_| altered())?
        } else {
            let opened = stream.decrypt_next(payload).map_err(|_| altered())?;
            self.stream = Some(stream);
            opened
        });
        (self.ahead, self.at) = (rest, 0);
        Ok(true)
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.chunk.len() {
            if !self.next()? {
                return Ok(0);
            }
        }
        let from = self.chunk.get(self.at..).unwrap_or_default();
        let count = from.len().min(into.len());
        into.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::{CHUNK_BYTES, HEADER_BYTES, Opener, SealError, Sealer};

    const PASSPHRASE: &str = "正确的口令 correct horse";

    /// Sealed at a small cost, which the file tells: what is asked here of many files is not how long guessing takes.
    fn sealed(bytes: &[u8]) -> Vec<u8> {
        written(Sealer::at_cost(Vec::new(), PASSPHRASE, 1_024, 1).unwrap(), bytes)
    }

    fn written(mut sealer: Sealer<Vec<u8>>, bytes: &[u8]) -> Vec<u8> {
        sealer.write_all(bytes).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut bytes = Vec::new();
        Opener::new(sealed, PASSPHRASE)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|at| u8::try_from(at % 251).unwrap()).collect()
    }

    #[test]
    fn what_was_sealed_opens_whatever_its_length() {
        for count in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let plain = bytes(count);
            let sealed = sealed(&plain);
            assert!(opened(&sealed).unwrap() == plain, "{count} bytes");
            assert!(plain.len() < 16 || !sealed.windows(16).any(|window| window == &plain[..16]));
        }
    }

    #[test]
    fn what_is_sealed_tells_what_guessing_costs_and_opens_at_that_cost() {
        let sealed = written(Sealer::new(Vec::new(), PASSPHRASE).unwrap(), b"all");
        let numbers: Vec<u32> = sealed[super::MAGIC.len()..][..12]
            .chunks(4)
            .map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap()))
            .collect();
        assert_eq!(numbers, [super::MEMORY_KIB, super::PASSES, super::LANES]);
        assert_eq!(opened(&sealed).unwrap(), b"all");
    }

    #[test]
    fn another_passphrase_is_told_apart_from_a_file_that_was_altered() {
        let sealed = sealed(b"all");
        let wrong = Opener::new(sealed.as_slice(), "another one").map(drop);
        assert!(matches!(wrong, Err(SealError::Passphrase)));
        let mut altered = sealed;
        *altered.last_mut().unwrap() ^= 1;
        assert!(opened(&altered).unwrap_err().to_string().contains("altered"));
    }

    #[test]
    fn nothing_can_be_altered_moved_left_out_or_cut_off() {
        const SEALED_CHUNK: usize = CHUNK_BYTES + super::TAG_BYTES;
        let sealed = sealed(&bytes(2 * CHUNK_BYTES + 100));
        let chunk = |number: usize| HEADER_BYTES + number * SEALED_CHUNK;
        let mut attacks: Vec<Vec<u8>> = Vec::new();
        for at in [chunk(0), chunk(1) - 1, chunk(1) + 7, chunk(2), sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 0x40;
            attacks.push(altered);
        }
        // Cut between chunks, within one, and behind the header; lengthened; two chunks in the other order; one left out.
        for end in [chunk(1), chunk(2), chunk(2) + 50, HEADER_BYTES, sealed.len() - 1] {
            attacks.push(sealed[..end].to_vec());
        }
        attacks.push([sealed.as_slice(), &[0]].concat());
        let (header, first, second, last) =
            (&sealed[..HEADER_BYTES], &sealed[chunk(0)..chunk(1)], &sealed[chunk(1)..chunk(2)], &sealed[chunk(2)..]);
        attacks.push([header, second, first, last].concat());
        attacks.push([header, first, last].concat());
        for (number, attack) in attacks.iter().enumerate() {
            assert!(opened(attack).is_err(), "attack {number}");
        }
    }

    #[test]
    fn an_altered_header_is_noticed_and_never_costs_more_than_ours() {
        let sealed = sealed(b"all");
        // The magic, more work than ours, other work, salt, nonce, check value.
        for (at, flip) in [(0, 1), (24, 0x80), (28, 0x80), (32, 0x80), (25, 1), (31, 1), (40, 1), (54, 1), (60, 1)] {
            let mut altered = sealed.clone();
            altered[at] ^= flip;
            assert!(opened(&altered).is_err(), "byte {at}");
        }
        assert!(opened(&sealed[..HEADER_BYTES - 1]).is_err());
    }
}
