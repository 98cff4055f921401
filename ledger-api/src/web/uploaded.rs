//! A sheet that somebody chose in a form.

use std::io::Write;

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use ledger_core::domain::refusal::Code;

use super::page::Trouble;
use crate::service::ServiceError;
use crate::sheets::{Column, Limits, Sheet};

/// The largest sheet that is taken by a page.
pub(super) const BYTES_MAX: usize = 8 << 20;

/// A file as it was sent: its name and its bytes.
pub(super) type File = (String, Vec<u8>);

/// The fields of a form with a file, and the file.
pub(super) async fn parts(mut multipart: Multipart) -> Result<(Vec<(String, String)>, Option<File>), Trouble> {
    let unreadable = |error: MultipartError| ServiceError::unreadable(error.body_text());
    let (mut fields, mut file) = (Vec::new(), None);
    while let Some(part) = multipart.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file_name) = part.file_name().map(str::to_owned) {
            file = Some((file_name, part.bytes().await.map_err(unreadable)?.to_vec()));
        } else {
            fields.push((name, part.text().await.map_err(unreadable)?));
        }
    }
    Ok((fields, file))
}

/// Opens a file as a sheet with some columns, and lets it be read; no copy of it is left behind.
pub(super) fn with_sheet<T>(
    (name, bytes): &File,
    columns: &[Column],
    read: impl FnOnce(&mut Sheet) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let ending = if name.to_ascii_lowercase().ends_with(".csv") { ".csv" } else { ".xlsx" };
    // The reader takes files; this one is gone with the answer.
    let failed = |error: std::io::Error| Trouble::Fault(format!("an uploaded sheet: {error}"));
    let mut file = tempfile::Builder::new().prefix("sheet").suffix(ending).tempfile().map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.flush()).map_err(failed)?;
    let mut sheet = Sheet::open(file.path(), &Limits::default(), columns)
        .map_err(|error| Trouble::refused(Code::InvalidInput, &error.to_string()))?;
    read(&mut sheet)
}
