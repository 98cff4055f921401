//! Under which id a person goes on who had two.

use projections::views::balance::Balance;

use super::ServiceError;
use crate::app::App;

/// The id that is kept of a worker's, with its row as the views stand: the own one, unless it was given up. An id that keeps
/// another is never given up itself.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn kept(app: &App, worker: &str) -> Result<(String, Option<Balance>), ServiceError> {
    let row = app.views.worker(worker).await?.value;
    match row.as_ref().and_then(|row| row.merged_into.clone()) {
        Some(kept) => {
            let row = app.views.worker(&kept).await?.value;
            Ok((kept, row))
        }
        None => Ok((worker.to_owned(), row)),
    }
}
