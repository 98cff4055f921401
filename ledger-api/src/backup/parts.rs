//! A stream of named parts, one after the other: each of frames, as its length is not known when it begins.
//!
//! ```text
//! name's length (2) ‖ name ‖ { frame's length (4, not 0) ‖ bytes } ‖ 0 (4) ‖ next part … ‖ 0 (2)
//! ```
//! All lengths are big-endian.

use std::io::{self, Error, ErrorKind, Read, Write};

const FRAME_BYTES: usize = 65_536;
/// No name of ours is longer.
const NAME_BYTES_MAX: usize = 200;

/// Writes parts.
pub(crate) struct PartsWriter<W: Write>(W);

/// Writes one part; [ended](PartWriter::end) when it is whole.
pub(crate) struct PartWriter<'a, W: Write> {
    out: &'a mut W,
    frame: Vec<u8>,
}

impl<W: Write> PartsWriter<W> {
    pub(crate) const fn new(out: W) -> PartsWriter<W> {
        PartsWriter(out)
    }

    /// Begins the next part.
    pub(crate) fn begin(&mut self, name: &str) -> io::Result<PartWriter<'_, W>> {
        let length = u16::try_from(name.len()).map_err(|_| Error::new(ErrorKind::InvalidInput, "a long name"))?;
        self.0.write_all(&length.to_be_bytes())?;
        self.0.write_all(name.as_bytes())?;
        Ok(PartWriter { out: &mut self.0, frame: Vec::with_capacity(FRAME_BYTES) })
    }

    /// A part that is at hand.
    pub(crate) fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut part = self.begin(name)?;
        part.write_all(bytes)?;
        part.end()
    }

    /// Ends the stream.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.0.write_all(&0_u16.to_be_bytes())?;
        Ok(self.0)
    }
}

impl<W: Write> PartWriter<'_, W> {
    fn send(&mut self) -> io::Result<()> {
        if !self.frame.is_empty() {
            let length = u32::try_from(self.frame.len()).map_err(|_| Error::from(ErrorKind::InvalidInput))?;
            self.out.write_all(&length.to_be_bytes())?;
            self.out.write_all(&self.frame)?;
            self.frame.clear();
        }
        Ok(())
    }

    pub(crate) fn end(mut self) -> io::Result<()> {
        self.send()?;
        self.out.write_all(&0_u32.to_be_bytes())
    }
}

impl<W: Write> Write for PartWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.frame.len() >= FRAME_BYTES {
            self.send()?;
        }
        let taken = bytes.len().min(FRAME_BYTES - self.frame.len());
        self.frame.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

/// Reads parts.
pub(crate) struct PartsReader<R: Read>(R);

/// Reads one part to its end.
pub(crate) struct PartReader<'a, R: Read> {
    from: &'a mut R,
    /// What is left of the frame.
    left: usize,
    ended: bool,
}

impl<R: Read> PartsReader<R> {
    pub(crate) const fn new(from: R) -> PartsReader<R> {
        PartsReader(from)
    }

    /// The next part and its name; none at the end. The part before was read to its end.
    pub(crate) fn next(&mut self) -> io::Result<Option<(String, PartReader<'_, R>)>> {
        let mut length = [0; 2];
        self.0.read_exact(&mut length)?;
        let length = usize::from(u16::from_be_bytes(length));
        if length == 0 {
            // Nothing may follow, and the seal of the last chunk is looked at.
            return match self.0.read(&mut [0])? {
                0 => Ok(None),
                _ => Err(Error::new(ErrorKind::InvalidData, "something follows the last part")),
            };
        }
        if length > NAME_BYTES_MAX {
            return Err(Error::new(ErrorKind::InvalidData, "a part has no name of ours"));
        }
        let mut name = vec![0; length];
        self.0.read_exact(&mut name)?;
        let name = String::from_utf8(name).map_err(|_| Error::new(ErrorKind::InvalidData, "a name is no text"))?;
        Ok(Some((name, PartReader { from: &mut self.0, left: 0, ended: false })))
    }
}

impl<R: Read> Read for PartReader<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        if self.left == 0 && !self.ended {
            let mut length = [0; 4];
            self.from.read_exact(&mut length)?;
            self.left = usize::try_from(u32::from_be_bytes(length)).map_err(|_| Error::from(ErrorKind::InvalidData))?;
            self.ended = self.left == 0;
        }
        if self.ended {
            return Ok(0);
        }
        let wanted = into.len().min(self.left);
        let read = self.from.read(into.get_mut(..wanted).unwrap_or_default())?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.left -= read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::{FRAME_BYTES, PartsReader, PartsWriter};

    #[test]
    fn parts_of_any_length_come_back_and_what_is_cut_does_not() {
        let lengths = [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES];
        let mut writer = PartsWriter::new(Vec::new());
        for length in lengths {
            let mut part = writer.begin(&format!("part {length}")).unwrap();
            part.write_all(&vec![7; length]).unwrap();
            part.end().unwrap();
        }
        let bytes = writer.finish().unwrap();
        let read = |bytes: &[u8]| -> std::io::Result<Vec<(String, usize)>> {
            let mut reader = PartsReader::new(bytes);
            let mut found = Vec::new();
            while let Some((name, mut part)) = reader.next()? {
                let mut content = Vec::new();
                part.read_to_end(&mut content)?;
                found.push((name, content.len()));
            }
            Ok(found)
        };
        let expected: Vec<(String, usize)> = lengths.iter().map(|length| (format!("part {length}"), *length)).collect();
        assert_eq!(read(&bytes).unwrap(), expected);
        for end in [0, 1, 5, 100, bytes.len() / 2, bytes.len() - 1] {
            assert!(read(&bytes[..end]).is_err(), "cut at {end}");
        }
        assert!(read(&[bytes.as_slice(), &[0]].concat()).is_err(), "something follows");
    }
}
