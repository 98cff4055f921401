//! Whose partner somebody is who says what work was worth: whoever rates it is no open pair partner of who did it
//! (帮带结对, 评价).
//!
//! The ledger keeps a pair under the pair's own number and has no index of a worker's pairs, which only this question would
//! ask for. Here the rater is known, so that the views are asked which pairs are meant, and the command names them; whether
//! one of them holds on the day, and with whom, the ledger decides by the pairs' own streams. A pair that is opened while
//! the word is on its way came after it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::{PairId, WorkerId};
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::ledger::Command;
use ledger_core::ledger::commands::RecordHandling;

use super::ServiceError;
use super::kept::kept;
use super::stream::each_entry;
use crate::access::policy::Who;
use crate::app::App;

/// Pairs read at once.
const PAGE: usize = 1_000;

/// Names the pairs of whoever says what work was worth, where that is a worker's account.
///
/// # Errors
/// [`ServiceError::Unavailable`] when they cannot be looked up now.
pub(super) async fn name_pairs(app: &App, who: Who<'_>, command: &mut Command) -> Result<(), ServiceError> {
    let Who::Bearer(identity) = who else { return Ok(()) };
    let Some(rater) = &identity.worker else { return Ok(()) };
    let rating = if let Command::RateHandling(rate) = command {
        &mut rate.rating
    } else if let Command::RecordHandling(RecordHandling { rating: Some(rating), .. }) = command {
        rating
    } else {
        return Ok(());
    };
    let Some(on) = rating.on else { return Ok(()) };
    app.views.fresh(None).await?;
    rating.pairs = pairs_on(app, &ids_of(app, rater).await?, on).await?;
    Ok(())
}

/// Under which ids a person may stand in a pair: the one of the account, the one that is kept, and those given up for it.
async fn ids_of(app: &App, worker: &WorkerId) -> Result<BTreeSet<WorkerId>, ServiceError> {
    let (kept, _) = kept(app, worker.as_str()).await?;
    let kept = WorkerId::new(&kept).unwrap_or_else(|_| worker.clone());
    let mut ids = BTreeSet::from([worker.clone(), kept.clone()]);
    each_entry(app.ledger.journal().as_ref(), &StreamId::Worker(kept), |entry| {
        // Told by the type first: few have two ids, and not every entry need be decoded.
        if entry.event_type == "WorkerAbsorbed" {
            let event = entry.event()?;
            ids.extend(event.as_worker().and_then(WorkerEvent::as_taken_over).map(|taken| taken.absorbed.clone()));
        }
        Ok(())
    })
    .await?;
    Ok(ids)
}

async fn pairs_on(app: &App, ids: &BTreeSet<WorkerId>, on: NaiveDate) -> Result<Vec<PairId>, ServiceError> {
    let (mut pairs, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.views.pairs(&after, PAGE, |pair| {
            pair.terms().is_some_and(|terms| terms.holds(on) && ids.iter().any(|id| terms.includes(id)))
        });
        let page = page.await?;
        pairs.extend(page.rows.iter().filter_map(|(pair, _)| PairId::new(pair).ok()));
        match page.next {
            Some(next) => after = next,
            None => return Ok(pairs),
        }
    }
}
