//! The tree of sites: all of them, and what stands above one.

use chrono::NaiveDate;
use ledger_core::domain::ids::SiteId;

use super::{At, Page};
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::site::{Site, SiteView};

/// Deeper than any tree of sites: a walk up ends here whatever the rows say.
const DEPTH_MAX: usize = 64;

impl Views {
    /// A site.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn site(&self, site: &str) -> Result<At<Option<Site>>, ViewError> {
        self.row::<SiteView>(site).await
    }

    /// Sites in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn sites(&self, after: &str, limit: usize) -> Result<Page<Site>, ViewError> {
        self.page::<SiteView>("", after, limit).await
    }

    /// The sites above one on a day, the nearest first; none for a root and for a site that nobody knows.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn ancestors(&self, site: &SiteId, day: NaiveDate) -> Result<Vec<SiteId>, ViewError> {
        let mut above: Vec<SiteId> = Vec::new();
        while above.len() < DEPTH_MAX {
            let at = above.last().unwrap_or(site);
            let row = self.row::<SiteView>(at.as_str()).await?.value;
            let Some(parent) = row.as_ref().and_then(|row| row.parent(day)) else { break };
            if parent == site || above.contains(parent) {
                break;
            }
            above.push(parent.clone());
        }
        Ok(above)
    }
}
