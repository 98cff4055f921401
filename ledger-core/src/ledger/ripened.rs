//! Whose a credit is that ripened: of work that was rated, a report that was fed back, a visit that was confirmed.
//!
//! Such a credit bears the name of the row that waited, and came of a later command with a key of its own, which nobody who
//! names the credit knows. The row says who was to earn; that somebody did, the stream of that worker alone tells, or of the
//! id under which the person went on meanwhile.

use super::owner::named_by;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{Key, WorkerId};
use crate::domain::pair::PairEvent;
use crate::domain::request::RequestEvent;
use crate::domain::worker::event::WorkerEvent;
use crate::journal::{Journal, JournalError};

/// The worker to whom a credit belongs that ripened on the row of its name, told from what that row's command began; none
/// where there is no such row, or nothing ripened.
///
/// # Errors
/// [`JournalError`].
pub async fn owner_of(journal: &dyn Journal, name: &Key, began: &[Event]) -> Result<Option<StreamId>, JournalError> {
    let mut earner = None;
    for event in began {
        earner = match event {
            Event::Request(event) => earner_by(journal, name, event).await?,
            Event::Pair(PairEvent::VisitReported(event)) if event.visit.as_str() == name.as_str() => {
                Some(event.terms.reporter.clone())
            }
            Event::Pair(_)
            | Event::Programme(_)
            | Event::Worker(_)
            | Event::Merchant(_)
            | Event::Store(_)
            | Event::Card(_)
            | Event::Account(_)
            | Event::Directory(_)
            | Event::Sites(_)
            | Event::Mark(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => None,
        };
        if earner.is_some() {
            break;
        }
    }
    let Some(earner) = earner else { return Ok(None) };
    let stream = StreamId::Worker(earner);
    let events = of_stream(journal, &stream).await?;
    if has(&events, name) {
        return Ok(Some(stream));
    }
    // What ripened after two ids became one came to the one that is kept.
    let kept = events.iter().find_map(|event| event.as_worker().and_then(WorkerEvent::as_handed_over));
    let Some(kept) = kept.map(|event| StreamId::Worker(event.into.clone())) else { return Ok(None) };
    Ok(has(&of_stream(journal, &kept).await?, name).then_some(kept))
}

/// Who was to earn by a row of work: its claimer, or of what is fed back the reporter, whom the request names.
async fn earner_by(journal: &dyn Journal, name: &Key, event: &RequestEvent) -> Result<Option<WorkerId>, JournalError> {
    let (row, request, claimer) = match event {
        RequestEvent::RequestClaimed(event) => (&event.handling, &event.request, Some(event.claimer.clone())),
        RequestEvent::HandlingRecorded(event) => (&event.handling, &event.request, event.claimer.clone()),
        RequestEvent::RequestPosted(_)
        | RequestEvent::ClaimReturned(_)
        | RequestEvent::HandlingRated(_)
        | RequestEvent::RequestRouted(_)
        | RequestEvent::RequestMerged(_)
        | RequestEvent::RequestWithdrawn(_) => return Ok(None),
    };
    if row.as_str() != name.as_str() {
        return Ok(None);
    }
    if claimer.is_some() {
        return Ok(claimer);
    }
    let events = of_stream(journal, &StreamId::Request(request.clone())).await?;
    Ok(events.into_iter().find_map(|event| {
        if let Event::Request(RequestEvent::RequestPosted(posted)) = event { posted.reporter } else { None }
    }))
}

fn has(events: &[Event], name: &Key) -> bool {
    events.iter().any(|event| named_by(event).as_ref() == Some(name))
}

async fn of_stream(journal: &dyn Journal, stream: &StreamId) -> Result<Vec<Event>, JournalError> {
    let stored = journal.load(std::slice::from_ref(stream), false).await?;
    Ok(stored.into_iter().flat_map(|stored| stored.events).map(|stored| stored.event).collect())
}
