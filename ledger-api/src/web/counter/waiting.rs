//! What waits at a counter before which nobody stands: goods that were set aside and not fetched yet, and shelves that run
//! low.

use ledger_core::domain::time::BusinessTime;

use crate::access::policy::Who;
use crate::app::App;
use crate::service::counter::{self, waiting};
use crate::web::figures::minute;
use crate::web::page::{Trouble, Visitor};

/// The same as the page shows it.
pub(super) struct Waiting {
    /// Until when, and what.
    pub(super) held: Vec<(String, String)>,
    pub(super) more: usize,
    pub(super) low: Vec<(String, i64)>,
}

/// What waits at a store; none where nothing does.
pub(super) async fn at(app: &App, visitor: &Visitor, store: &str) -> Result<Option<Waiting>, Trouble> {
    let counter::Waiting { held, more, low } = waiting(app, Who::Bearer(&visitor.must()?.identity), store).await?;
    if held.is_empty() && low.is_empty() {
        return Ok(None);
    }
    let told = |(until, items): (BusinessTime, Vec<(String, u32)>)| {
        let items: Vec<String> = items.iter().map(|(name, units)| format!("{name} ×{units}")).collect();
        (minute(&until.to_string()), items.join("、"))
    };
    Ok(Some(Waiting { held: held.into_iter().map(told).collect(), more, low }))
}
