//! Applications for benefits by their numbers: what became of one by a command, who applied for what, and how it stands.

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ApplicationId, BenefitId, Key, WorkerId};
use ledger_core::ledger::Receipt;
use projections::views::application::Application;

use super::ServiceError;
use crate::app::App;

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// One was given.
    Granted,
    /// It waits for a place.
    Queued,
    /// It waits for the word of bodies.
    Proposed,
}

/// What became of an application by a command that applied or approved; none where the command did neither. The word of the
/// last body is followed by what it comes to, so the last event says it.
pub fn became(receipt: &Receipt) -> Option<Became> {
    receipt.events.iter().rev().filter_map(Event::as_benefit).find_map(|event| match event {
        BenefitEvent::BenefitGranted(_) => Some(Became::Granted),
        BenefitEvent::BenefitQueued(_) => Some(Became::Queued),
        BenefitEvent::BenefitProposed(_) | BenefitEvent::BenefitChecked(_) => Some(Became::Proposed),
        BenefitEvent::BenefitRegistered(_)
        | BenefitEvent::BenefitUpdated(_)
        | BenefitEvent::BenefitUsed(_)
        | BenefitEvent::BenefitUseReversed(_)
        | BenefitEvent::BenefitWithdrawn(_)
        | BenefitEvent::BenefitRejected(_) => None,
    })
}

/// Who applied for what under a number.
pub(super) struct Applied {
    pub(super) benefit: BenefitId,
    pub(super) worker: WorkerId,
}

/// What was applied for under a number; none where nobody did.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn applied(app: &App, application: &ApplicationId) -> Result<Option<Applied>, ServiceError> {
    for entry in app.views.entries_of(&Key::from(application)).await? {
        let Event::Benefit(event) = entry.event()? else { continue };
        let (told, benefit, worker) = match event {
            BenefitEvent::BenefitGranted(asked) | BenefitEvent::BenefitQueued(asked) => {
                (asked.application, asked.benefit, asked.terms.worker)
            }
            BenefitEvent::BenefitProposed(asked) => (asked.application, asked.benefit, asked.terms.worker),
            BenefitEvent::BenefitRegistered(_)
            | BenefitEvent::BenefitUpdated(_)
            | BenefitEvent::BenefitUsed(_)
            | BenefitEvent::BenefitUseReversed(_)
            | BenefitEvent::BenefitWithdrawn(_)
            | BenefitEvent::BenefitChecked(_)
            | BenefitEvent::BenefitRejected(_) => continue,
        };
        if told == *application {
            return Ok(Some(Applied { benefit, worker }));
        }
    }
    Ok(None)
}

/// The same with how it stands, where the views have it; none where nobody applied under the number.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn standing(
    app: &App,
    application: &ApplicationId,
) -> Result<Option<(Applied, Option<Application>)>, ServiceError> {
    let Some(asked) = applied(app, application).await? else { return Ok(None) };
    let rows = app.views.applications(asked.worker.as_str()).await?.value;
    let row = rows.into_iter().find(|(id, _)| id == application.as_str());
    Ok(Some((asked, row.map(|(_, row)| row))))
}
