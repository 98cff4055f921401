//! Whether what somebody names by its number is there.

use super::ServiceError;
use crate::app::App;

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    /// A store (网点).
    Store(&'a str),
    /// A site (站点).
    Site(&'a str),
    /// A merchant (商户).
    Merchant(&'a str),
    /// A worker (人员).
    Worker(&'a str),
}

/// Whether it is there, by views that include whatever anybody was answered before.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn is_known(app: &App, named: &Named<'_>) -> Result<bool, ServiceError> {
    app.views.fresh(None).await?;
    Ok(match named {
        Named::Store(id) => app.views.store_row(id).await?.value.is_some(),
        Named::Site(id) => app.views.site(id).await?.value.is_some(),
        Named::Merchant(id) => app.views.merchant(id).await?.value.is_some(),
        Named::Worker(id) => app.views.worker(id).await?.value.is_some(),
    })
}
