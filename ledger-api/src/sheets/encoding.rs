//! Text files: which encoding they are in, and their text with every line ending as a single `\n`. Owns telling
//! UTF-8 (with or without mark), GB18030 and the UTF-16 of Excel's "Unicode text" apart.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::error::Flaw;

const BUFFER_BYTES: usize = 64 << 10;

/// The encoding in which the whole file is valid. GB18030 accepts many byte sequences, so UTF-8 is asked first; a
/// file with a byte order mark is in that encoding or in none.
pub(super) fn detect(file: &mut File) -> Result<&'static Encoding, Flaw> {
    let mut mark = Vec::with_capacity(4);
    file.seek(SeekFrom::Start(0))?;
    file.take(3).read_to_end(&mut mark)?;
    let candidates: &[&'static Encoding] = match Encoding::for_bom(&mark) {
        Some((encoding, _)) if encoding == UTF_16LE => &[UTF_16LE],
        Some((encoding, _)) if encoding == UTF_16BE => &[UTF_16BE],
        Some(_) => &[UTF_8],
        None => &[UTF_8, GB18030],
    };
    let mut line_reached = 0;
    for encoding in candidates {
        let mut text = TextChunks::new(file, encoding)?;
        match text.skip_to_end() {
            Ok(()) => return Ok(encoding),
            Err(Flaw::Encoding { line }) => line_reached = line.max(line_reached),
            Err(other) => return Err(other),
        }
    }
    // The encoding that got further is the one the file was most likely meant to be in.
    Err(Flaw::Encoding { line: line_reached })
}

/// The text of a file in pieces, from its start. Ends with `\n` unless it is empty.
#[derive(Debug)]
pub(super) struct TextChunks<'f> {
    file: &'f mut File,
    decoder: Decoder,
    bytes: Vec<u8>,
    bytes_start: usize,
    bytes_end: usize,
    file_ended: bool,
    text: Vec<u8>,
    text_start: usize,
    text_end: usize,
    /// Lines that have ended so far.
    lines: u64,
    after_return: bool,
    last: Option<u8>,
    finished: bool,
}

impl<'f> TextChunks<'f> {
    pub(super) fn new(file: &'f mut File, encoding: &'static Encoding) -> Result<TextChunks<'f>, Flaw> {
        file.seek(SeekFrom::Start(0))?;
        Ok(TextChunks {
            file,
            decoder: encoding.new_decoder_with_bom_removal(),
            bytes: vec![0; BUFFER_BYTES],
            bytes_start: 0,
            bytes_end: 0,
            file_ended: false,
            text: vec![0; BUFFER_BYTES],
            text_start: 0,
            text_end: 0,
            lines: 0,
            after_return: false,
            last: None,
            finished: false,
        })
    }

    /// Text that has not been consumed yet, as UTF-8; empty at the end of the file.
    pub(super) fn chunk(&mut self) -> Result<&[u8], Flaw> {
        while self.text_start >= self.text_end && !self.finished {
            self.decode_more()?;
        }
        Ok(self.text.get(self.text_start..self.text_end).unwrap_or(&[]))
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.text_start = self.text_start.saturating_add(bytes).min(self.text_end);
    }

    fn skip_to_end(&mut self) -> Result<(), Flaw> {
        loop {
            let bytes = self.chunk()?.len();
            if bytes == 0 {
                return Ok(());
            }
            self.consume(bytes);
        }
    }

    fn decode_more(&mut self) -> Result<(), Flaw> {
        if self.bytes_start >= self.bytes_end && !self.file_ended {
            self.bytes_start = 0;
            self.bytes_end = self.file.read(&mut self.bytes)?;
            self.file_ended = self.bytes_end == 0;
        }
        let source = self.bytes.get(self.bytes_start..self.bytes_end).unwrap_or(&[]);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(source, &mut self.text, self.file_ended);
        self.bytes_start = self.bytes_start.saturating_add(read);
        self.text_start = 0;
        self.text_end = self.unify_line_ends(written);
        match result {
            DecoderResult::Malformed(..) => Err(Flaw::Encoding { line: self.lines.saturating_add(1) }),
            DecoderResult::InputEmpty if self.file_ended => {
                self.finish();
                Ok(())
            }
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(()),
        }
    }

    /// Rewrites `\r\n` and `\r` to `\n` in place, so that lines can be counted; returns the bytes that remain.
    fn unify_line_ends(&mut self, written: usize) -> usize {
        let mut kept = 0;
        for at in 0..written {
            let Some(byte) = self.text.get(at).copied() else { break };
            let second_half = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if second_half {
                continue;
            }
            let byte = if byte == b'\r' { b'\n' } else { byte };
            self.lines = self.lines.saturating_add(u64::from(byte == b'\n'));
            self.last = Some(byte);
            if let Some(place) = self.text.get_mut(kept) {
                *place = byte;
            }
            kept = kept.saturating_add(1);
        }
        kept
    }

    /// Ends the last line where the file does not.
    fn finish(&mut self) {
        self.finished = true;
        if self.last.is_some_and(|last| last != b'\n')
            && let Some(place) = self.text.get_mut(self.text_end)
        {
            *place = b'\n';
            self.text_end = self.text_end.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16LE};
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{BUFFER_BYTES, Flaw, TextChunks, detect};

    fn file(bytes: &[u8]) -> std::fs::File {
        let mut file = super::super::test_files::unnamed();
        file.write_all(bytes).expect("write");
        file.rewind().expect("rewind");
        file
    }

    fn read(bytes: &[u8]) -> (&'static Encoding, String) {
        let mut file = file(bytes);
        let encoding = detect(&mut file).expect("encoding");
        let mut chunks = TextChunks::new(&mut file, encoding).expect("chunks");
        let mut text = Vec::new();
        loop {
            let chunk = chunks.chunk().expect("text");
            if chunk.is_empty() {
                return (encoding, String::from_utf8(text).expect("UTF-8"));
            }
            // In two steps, to prove that a chunk need not be taken whole.
            let half = chunk.len().div_ceil(2);
            text.extend_from_slice(&chunk[..half]);
            chunks.consume(half);
        }
    }

    #[test]
    fn the_encoding_is_found_from_the_bytes() {
        let text = "编号,数量\r\n甲,1\r\n";
        assert_eq!(read(text.as_bytes()), (UTF_8, "编号,数量\n甲,1\n".to_owned()));
        assert_eq!(read(format!("\u{FEFF}{text}").as_bytes()), (UTF_8, "编号,数量\n甲,1\n".to_owned()));
        assert_eq!(read(&GB18030.encode(text).0), (GB18030, "编号,数量\n甲,1\n".to_owned()));
        let wide: Vec<u8> = "\u{FEFF}编号\t1".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide), (UTF_16LE, "编号\t1\n".to_owned()));
        assert_eq!(read(b""), (UTF_8, String::new()));
    }

    #[test]
    fn four_byte_gb18030_is_read() {
        let text = "㐀,𠀀,€\n";
        assert_eq!(read(&GB18030.encode(text).0), (GB18030, text.to_owned()));
    }

    #[test]
    fn a_bad_byte_far_into_the_file_is_found_and_its_line_told() {
        let mut bytes = "编号,数量\n".repeat(20_000).into_bytes();
        assert!(bytes.len() > 4 * BUFFER_BYTES);
        bytes.extend_from_slice(b"\xFF\xFF\n");
        assert!(matches!(detect(&mut file(&bytes)), Err(Flaw::Encoding { line: 20_001 })));
        let cut_mark = [b"\xEF\xBB\xBF".as_slice(), &GB18030.encode("编号").0].concat();
        assert!(matches!(detect(&mut file(&cut_mark)), Err(Flaw::Encoding { line: 1 })));
    }

    #[test]
    fn every_line_ending_is_one_line() {
        assert_eq!(read(b"a\rb\r\nc\n\r\nd\r").1, "a\nb\nc\n\nd\n");
    }

    proptest! {
        #[test]
        fn texts_survive_both_encodings(text in "[a-z0-9一-龥,\n]{0,200}", copies in 1_usize..400) {
            let text = text.repeat(copies);
            let expected = if text.is_empty() || text.ends_with('\n') { text.clone() } else { format!("{text}\n") };
            prop_assert_eq!(&read(text.as_bytes()).1, &expected);
            // A text short enough may by chance be valid in both; the mark-less UTF-8 reading then wins.
            let encoded = GB18030.encode(&text).0;
            if std::str::from_utf8(&encoded).is_err() {
                prop_assert_eq!(&read(&encoded).1, &expected);
            }
        }
    }
}
