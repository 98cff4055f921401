//! Sheets that somebody chose in a form.

use std::io::Write;

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;

use super::page::Trouble;
use super::words::Words;
use crate::service::ServiceError;
use crate::sheets::{Column, Limits, Sheet, SheetError};

/// The largest sheet that is taken by a page.
pub(super) const BYTES_MAX: usize = 8 << 20;

/// A file as it was sent: its name and its bytes.
pub(super) type File = (String, Vec<u8>);

/// Why a sheet that somebody chose is of no use.
#[derive(Debug)]
pub(super) enum Unusable {
    /// None was chosen.
    NotChosen,
    /// Larger than a page takes.
    TooLarge,
    /// More rows than a page takes.
    TooManyRows,
    /// What kind of file it is, or what it lacks.
    Sheet(SheetError),
    /// A fault of ours.
    Fault(String),
}

impl From<SheetError> for Unusable {
    fn from(error: SheetError) -> Unusable {
        Unusable::Sheet(error)
    }
}

impl Unusable {
    /// What is wrong and what helps, for beside the form, with the name that the file has for whoever chose it.
    ///
    /// # Errors
    /// [`Trouble::Fault`].
    pub(super) fn told(self, w: &Words, name: &str) -> Result<String, Trouble> {
        let u = w.uploads;
        Ok(match self {
            Unusable::NotChosen => u.not_chosen.to_owned(),
            Unusable::TooLarge => u.too_large.to_owned(),
            Unusable::TooManyRows => u.of_file(name, u.too_many_rows),
            Unusable::Sheet(error) => u.unusable(name, &error),
            Unusable::Fault(cause) => return Err(Trouble::Fault(cause)),
        })
    }
}

/// The fields of a form with a file, and the file; none where it is larger than a page takes, or none was chosen.
///
/// # Errors
/// [`Trouble::Service`] for what is no such form.
pub(super) async fn parts(multipart: Multipart) -> Result<(Vec<(String, String)>, Result<File, Unusable>), Trouble> {
    let (fields, files) = all_parts(multipart).await?;
    Ok((fields, files.and_then(|mut files| files.pop().ok_or(Unusable::NotChosen))))
}

/// As [`parts`], with every file that was chosen, in order; at least one.
///
/// # Errors
/// [`Trouble::Service`] for what is no such form.
pub(super) async fn all_parts(
    mut multipart: Multipart,
) -> Result<(Vec<(String, String)>, Result<Vec<File>, Unusable>), Trouble> {
    let unreadable = |error: MultipartError| ServiceError::unreadable(error.body_text());
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    loop {
        let part = match multipart.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            // Nothing more can be read. Pieces of a body end where they will, also before the next file's name, and what has
            // come is looked at all at once: also before the token.
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Ok((fields, Err(Unusable::TooLarge)));
            }
            Err(error) => return Err(unreadable(error).into()),
        };
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file_name) = part.file_name().map(str::to_owned) {
            match part.bytes().await {
                // What a browser sends where nothing was chosen.
                Ok(bytes) if file_name.is_empty() && bytes.is_empty() => {}
                Ok(bytes) => files.push((file_name, bytes.to_vec())),
                Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    return Ok((fields, Err(Unusable::TooLarge)));
                }
                Err(error) => return Err(unreadable(error).into()),
            }
        } else {
            fields.push((name, part.text().await.map_err(unreadable)?));
        }
    }
    Ok((fields, if files.is_empty() { Err(Unusable::NotChosen) } else { Ok(files) }))
}

/// Whether a form was cut off for its length, so that its fields may not have been read.
pub(super) const fn was_cut<T>(files: &Result<T, Unusable>) -> bool {
    matches!(files, Err(Unusable::TooLarge))
}

/// Opens a file as a sheet with some columns, and lets it be read; no copy of it is left behind.
///
/// # Errors
/// [`Unusable`].
pub(super) fn with_sheet<T>(
    (name, bytes): &File,
    columns: &[Column],
    read: impl FnOnce(&mut Sheet) -> Result<T, Unusable>,
) -> Result<T, Unusable> {
    let ending = if name.to_ascii_lowercase().ends_with(".csv") { ".csv" } else { ".xlsx" };
    // The reader takes files; this one is gone with the answer.
    let failed = |error: std::io::Error| Unusable::Fault(format!("an uploaded sheet: {error}"));
    let mut file = tempfile::Builder::new().prefix("sheet").suffix(ending).tempfile().map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.flush()).map_err(failed)?;
    let mut sheet = Sheet::open(file.path(), &Limits::default(), columns)?;
    read(&mut sheet)
}
