//! The notice for the wall (公示): the publicity list of today, and beside it the checkpoint by which a receipt is checked
//! with what hangs there, and not with what this server says.

use ledger_core::evidence::checkpoint::Checkpoint;

use super::ServiceError;
use super::publicity::{PublicityList, list};
use super::reading::may_read;
use super::signed::unavailable;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::audit::AuditError;
use crate::audit::notice::{grouped, signed_with};

/// Most sites that are named.
const SITES_MAX: usize = 10_000;

/// What hangs on the wall.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What is public on that day.
    pub list: PublicityList,
    /// The checkpoint beside it; none where this server cannot sign and has no other one that covers the list.
    pub checkpoint: Option<Posted>,
    /// Id and name of the sites that a list can be for.
    pub sites: Vec<(String, String)>,
}

/// A checkpoint as it is compared by eye and scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The journal's name in checkpoints.
    pub origin: String,
    /// Of how many entries.
    pub size: u64,
    /// The root in groups of digits, two lines of four.
    pub root: [String; 2],
    /// The public keys of the journal that signed it.
    pub keys: Vec<String>,
    /// The signed note, byte for byte: what the printed code holds.
    pub note: String,
}

/// The notice of today, of workers who belong to a site or to one below it; of the whole district for a blank one.
///
/// Whoever may read the list may have the checkpoint that hangs beside it: it tells how many entries there are, and a hash.
///
/// # Errors
/// `unknown_site`; [`ServiceError`].
pub async fn notice(app: &App, who: Who<'_>, site: &str) -> Result<Notice, ServiceError> {
    let reading = may_read(who, Read::Publicity, Target::District)?;
    may_read(who, Read::Sites, Target::District)?;
    let list = list(app, &reading, site, app.ledger.now().date(), None).await?;
    let named = |(id, site): (String, projections::views::site::Site)| {
        let name = if site.name.is_empty() { id.clone() } else { site.name };
        (id, name)
    };
    let sites = app.views.sites("", SITES_MAX).await?.rows.into_iter().map(named).collect();
    Ok(Notice { checkpoint: posted(app, list.position).await?, list, sites })
}

async fn posted(app: &App, position: u64) -> Result<Option<Posted>, ServiceError> {
    let published = match app.audit.checkpoint_for(None, position).await {
        Ok(published) => published,
        Err(AuditError::NoKey) => return Ok(None),
        Err(error) => return Err(unavailable(error)),
    };
    let read = published.note.text().parse::<Checkpoint>();
    let checkpoint = read.map_err(|error| ServiceError::Unavailable(error.to_string()))?;
    let known = app.audit.journal_keys().await.map_err(unavailable)?;
    let keys = signed_with(&published.note, &checkpoint, &known);
    Ok(Some(Posted {
        origin: checkpoint.origin().to_owned(),
        size: checkpoint.size(),
        root: grouped(checkpoint.root()),
        keys,
        note: published.note.to_string(),
    }))
}
