//! Applications for benefits that bodies approve (审核): what waits for whose word, and what was sent back lately.

use ledger_core::domain::benefit::command::BenefitTerms;
use projections::views::benefit::{Proposed, Returned};

use super::ServiceError;
use super::reading::{may_ever_read, may_read};
use super::rosters::{LOOKED_MAX, SHOWN_MAX, is_of_own};
use super::texts::{Written, tell};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// What the desk looks at.
#[derive(Debug, Clone, Default)]
pub struct Approvals {
    /// What waits for the word of bodies, the oldest first.
    pub waiting: Vec<WaitingApproval>,
    /// What was sent back, the last one first.
    pub returned: Vec<ReturnedApplication>,
}

/// An application that waits for the word of bodies.
#[derive(Debug, Clone)]
pub struct WaitingApproval {
    /// The benefit's number (项目编号).
    pub benefit: String,
    /// Its particulars.
    pub terms: BenefitTerms,
    /// The application.
    pub proposed: Proposed,
}

/// An application that was sent back.
#[derive(Debug, Clone)]
pub struct ReturnedApplication {
    /// The benefit's particulars.
    pub terms: BenefitTerms,
    /// The application, with the reason as it was written.
    pub returned: Returned,
}

/// Applications of workers whom whoever asks may read.
///
/// # Errors
/// [`ServiceError`].
pub async fn approvals(app: &App, who: Who<'_>) -> Result<Approvals, ServiceError> {
    let reading = may_ever_read(who, Read::Worker)?;
    may_read(who, Read::Benefit, Target::District)?;
    reading.at_least(app, None).await?;
    let (mut waiting, mut returned) = (Vec::new(), Vec::new());
    for (benefit, row) in app.views.benefits("", LOOKED_MAX).await?.rows {
        let Some(terms) = row.terms else { continue };
        for proposed in row.proposed {
            let (benefit, terms) = (benefit.clone(), terms.clone());
            waiting.push(WaitingApproval { benefit, terms, proposed });
        }
        returned
            .extend(row.returned.into_iter().map(|returned| ReturnedApplication { terms: terms.clone(), returned }));
    }
    waiting.sort_by_key(|row: &WaitingApproval| row.proposed.terms.at);
    returned.sort_by_key(|row: &ReturnedApplication| std::cmp::Reverse(row.returned.at));
    let mut found = Approvals::default();
    for row in waiting {
        if found.waiting.len() < SHOWN_MAX
            && is_of_own(app, who, Read::Worker, row.proposed.terms.worker.as_str()).await?
        {
            found.waiting.push(row);
        }
    }
    for row in returned {
        if found.returned.len() < SHOWN_MAX && is_of_own(app, who, Read::Worker, row.returned.worker.as_str()).await? {
            found.returned.push(row);
        }
    }
    let written = found.returned.iter_mut().map(|row| {
        let Returned { application, reason, worker, .. } = &mut row.returned;
        Written::of_worker(worker.as_str(), Some(application.as_str()), reason)
    });
    tell(&app.vault, who, written.collect()).await;
    let waiting = found.waiting.iter().map(|row: &WaitingApproval| row.proposed.terms.worker.as_str());
    let returned = found.returned.iter().map(|row: &ReturnedApplication| row.returned.worker.as_str());
    let listed: Vec<&str> = waiting.chain(returned).collect();
    reading.note_list(app, listed.into_iter());
    Ok(found)
}
