//! What waits at a counter before which nobody stands: goods that were set aside and not fetched yet, and shelves that run
//! low.

use crate::access::policy::Who;
use crate::app::App;
use crate::service::counter::{runs_low, shelves};
use crate::service::holds::Soonest;
use crate::web::me::{called, until};
use crate::web::page::{Trouble, Visitor};

/// What waits, as the page shows it.
pub(super) struct Waiting {
    /// What is set aside, and until when.
    pub(super) held: Vec<(String, String)>,
    /// How many more holds there are.
    pub(super) more: usize,
    /// Items that run low, with what is left of them.
    pub(super) low: Vec<(String, i64)>,
}

/// What waits at a store besides its holds; none where nothing does.
pub(super) async fn at(
    app: &App,
    visitor: &Visitor,
    store: &str,
    soonest: Soonest,
) -> Result<Option<Waiting>, Trouble> {
    let w = visitor.words();
    let Soonest { all, first } = soonest;
    let shelves = shelves(app, Who::Bearer(&visitor.must()?.identity), store).await?;
    let low = shelves.into_iter().filter(|(_, item)| item.listed && runs_low(item.on_shelf));
    let low: Vec<_> = low.map(|(_, item)| (item.name, item.on_shelf)).collect();
    if first.is_empty() && low.is_empty() {
        return Ok(None);
    }
    let more = all.saturating_sub(first.len());
    let held = first.iter().map(|(ends, items)| (called(items), w.holds.held_until(&until(*ends)))).collect();
    Ok(Some(Waiting { held, more, low }))
}
