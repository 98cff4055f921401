//! Texts as QR codes, for paper and for screens.

use std::path::Path;

use fast_qr::convert::svg::SvgBuilder;
use fast_qr::convert::{Builder, Shape};
use fast_qr::qr::{QRBuilder, QRCode};
use fast_qr::{ECL, Mode};

/// Light modules around the code, as the standard asks.
const QUIET: usize = 4;
/// Pixels of a module's side in a PNG.
const PIXELS: usize = 6;

/// The kinds of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Scales without loss; for print.
    Svg,
    /// For programs that show no SVG.
    Png,
}

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// More than any code holds.
    #[error("the text of {0} bytes is too long for a QR code; use the file instead")]
    TooLong(usize),
    /// The picture could not be written.
    #[error("the picture could not be made: {0}")]
    Picture(String),
    /// The file's name does not say which kind.
    #[error("{0}: name a file that ends in .svg or .png")]
    Ending(String),
}

impl Picture {
    /// What a file's name asks for.
    ///
    /// # Errors
    /// [`QrError::Ending`].
    pub fn of_file(path: &Path) -> Result<Picture, QrError> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("svg") => Ok(Picture::Svg),
            Some("png") => Ok(Picture::Png),
            _ => Err(QrError::Ending(path.display().to_string())),
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Picture::Svg => "image/svg+xml",
            Picture::Png => "image/png",
        }
    }

    /// The picture of a text: in the densest mode that holds it, with the lowest error correction, which makes the
    /// largest modules for a phone to tell apart.
    ///
    /// # Errors
    /// [`QrError`].
    pub fn draw(self, text: &str) -> Result<Vec<u8>, QrError> {
        let code = encode(text)?;
        match self {
            Picture::Svg => Ok(SvgBuilder::default().shape(Shape::Square).margin(QUIET).to_str(&code).into_bytes()),
            Picture::Png => png(&code),
        }
    }
}

fn encode(text: &str) -> Result<QRCode, QrError> {
    let mut builder = QRBuilder::new(text);
    builder.ecl(ECL::L);
    if !text.bytes().all(|byte| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&byte)) {
        builder.mode(Mode::Byte);
    }
    builder.build().map_err(|_| QrError::TooLong(text.len()))
}

/// One bit a pixel, dark modules black.
fn png(code: &QRCode) -> Result<Vec<u8>, QrError> {
    let modules = code.size + 2 * QUIET;
    let side = modules * PIXELS;
    let failed = |error: &dyn std::fmt::Display| QrError::Picture(error.to_string());
    let mut rows = Vec::with_capacity(side * side.div_ceil(8));
    for y in 0..modules {
        let mut row = vec![0xff_u8; side.div_ceil(8)];
        for x in (0..side).filter(|x| dark(code, x / PIXELS, y)) {
            if let Some(byte) = row.get_mut(x / 8) {
                *byte &= !(0x80 >> (x % 8));
            }
        }
        (0..PIXELS).for_each(|_| rows.extend(&row));
    }
    let mut picture = Vec::new();
    let side = u32::try_from(side).map_err(|error| failed(&error))?;
    let mut encoder = png::Encoder::new(&mut picture, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().map_err(|error| failed(&error))?;
    writer.write_image_data(&rows).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok(picture)
}

/// Whether a module is dark, the quiet zone included in the coordinates.
fn dark(code: &QRCode, x: usize, y: usize) -> bool {
    let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < code.size);
    inside(x).zip(inside(y)).is_some_and(|(x, y)| code.data.get(y * code.size + x).is_some_and(|module| module.value()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Picture, QrError};

    /// Reads the picture as a phone would.
    fn scanned(picture: &[u8]) -> String {
        let decoder = png::Decoder::new(std::io::Cursor::new(picture));
        let mut reader = decoder.read_info().unwrap();
        let mut bits = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bits).unwrap();
        let (side, line) = (frame.width as usize, frame.line_size);
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            if bits[y * line + x / 8] & (0x80 >> (x % 8)) == 0 { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    #[test]
    fn codes_are_read_back() {
        let note = "district.example/journal\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— district.example/journal Az3g\n";
        for text in [
            note,
            "NXR1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBBRW1*70HS8WY04AC*WIFN0AHCD8KD97TK0F90KECTHGWJC0FDC:5AIA",
            "暖新",
        ] {
            assert_eq!(scanned(&Picture::Png.draw(text).unwrap()), text);
            assert!(String::from_utf8(Picture::Svg.draw(text).unwrap()).unwrap().starts_with("<svg"));
        }
        let dense = "A".repeat(2_000);
        assert_eq!(scanned(&Picture::Png.draw(&dense).unwrap()), dense);
        assert!(matches!(Picture::Svg.draw(&"A".repeat(5_000)), Err(QrError::TooLong(5_000))));
    }

    #[test]
    fn the_kind_is_told_by_the_files_name() {
        assert_eq!(Picture::of_file(Path::new("a/b.SVG")), Ok(Picture::Svg));
        assert_eq!(Picture::of_file(Path::new("b.png")), Ok(Picture::Png));
        assert!(Picture::of_file(Path::new("png")).is_err());
    }
}
