//! Applications for benefits that bodies approve (审核): what waits for whose word, and what was sent back lately.

use ledger_core::domain::benefit::command::BenefitTerms;
use ledger_core::domain::ids::BenefitId;
use projections::queries::At;
use projections::views::benefit::{Proposed, Returned};

use super::ServiceError;
use super::reach::may;
use super::reading::{Reading, may_ever_read, may_read};
use super::rosters::{LOOKED_MAX, SHOWN_MAX, is_of_own};
use super::texts::{Written, tell};
use crate::access::policy::{CommandKind, Read, Target, Who};
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
    /// Whether whoever asks may say a word on it.
    pub decides: bool,
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
    let reading = may_ever_read(who, Read::Proposals)?;
    may_read(who, Read::Benefit, Target::District)?;
    reading.at_least(app, None).await?;
    let (mut waiting, mut returned) = (Vec::new(), Vec::new());
    for (benefit, row) in app.views.benefits("", LOOKED_MAX).await?.rows {
        let Some(terms) = row.terms else { continue };
        for proposed in row.proposed {
            let (benefit, terms) = (benefit.clone(), terms.clone());
            waiting.push(WaitingApproval { benefit, terms, proposed, decides: false });
        }
        returned
            .extend(row.returned.into_iter().map(|returned| ReturnedApplication { terms: terms.clone(), returned }));
    }
    waiting.sort_by_key(|row: &WaitingApproval| row.proposed.terms.at);
    returned.sort_by_key(|row: &ReturnedApplication| std::cmp::Reverse(row.returned.at));
    let mut found = Approvals::default();
    for mut row in waiting {
        if found.waiting.len() < SHOWN_MAX
            && is_of_own(app, who, Read::Proposals, row.proposed.terms.worker.as_str()).await?
        {
            row.decides = decides(app, who, &row.proposed).await?;
            found.waiting.push(row);
        }
    }
    for row in returned {
        if found.returned.len() < SHOWN_MAX
            && is_of_own(app, who, Read::Proposals, row.returned.worker.as_str()).await?
        {
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

/// Whether whoever asks may say a word on an application: a right of theirs reaches it, it is not their own, and they neither
/// entered it nor said a word on it. Of a person's other accounts the ledger alone knows.
async fn decides(app: &App, who: Who<'_>, proposed: &Proposed) -> Result<bool, ServiceError> {
    let has_part = match who {
        Who::Bearer(identity) => proposed.proposal.parts().any(|by| *by == identity.id),
        Who::Owner | Who::Ledger | Who::Slip(_) => false,
    };
    if has_part || who.is_worker(proposed.terms.worker.as_str()) {
        return Ok(false);
    }
    let target = Target::Application { application: proposed.application.as_str(), merchant: None };
    match may(app, who, CommandKind::CheckBenefit, target).await {
        Ok(()) => Ok(true),
        Err(ServiceError::Denied(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Some of the applications for one benefit that wait for the word of bodies.
#[derive(Debug, Clone)]
pub struct ProposedPage {
    /// The applications, by their numbers.
    pub rows: Vec<Proposed>,
    /// The number to go on after; none at the end.
    pub next: Option<String>,
    /// It includes everything up to this position.
    pub position: u64,
}

/// Applications for one benefit that wait for the word of bodies, those after a number, of workers whose applications whoever
/// asks may read; none where there is no such benefit.
///
/// # Errors
/// [`ServiceError`].
pub async fn proposed(
    app: &App,
    reading: &Reading<'_>,
    benefit: &str,
    (after, limit): (&str, usize),
    min_position: Option<u64>,
) -> Result<Option<ProposedPage>, ServiceError> {
    reading.at_least(app, min_position).await?;
    // What can be no number of a benefit is looked up nowhere.
    if BenefitId::new(benefit).is_err() {
        return Ok(None);
    }
    let At { position, value } = app.views.benefit(benefit).await?;
    let Some(row) = value.filter(|row| row.terms.is_some()) else { return Ok(None) };
    let mut waiting = row.proposed;
    waiting.retain(|proposed| proposed.application.as_str() > after);
    // By number, and not as they came: what is decided between two pages moves none of the others.
    waiting.sort_by(|one, other| one.application.as_str().cmp(other.application.as_str()));
    let mut page = ProposedPage { rows: Vec::new(), next: None, position };
    for proposed in waiting {
        if !is_of_own(app, reading.who, reading.read, proposed.terms.worker.as_str()).await? {
            continue;
        }
        if page.rows.len() >= limit {
            page.next = page.rows.last().map(|last| last.application.to_string());
            break;
        }
        page.rows.push(proposed);
    }
    reading.note_list(app, page.rows.iter().map(|row| row.terms.worker.as_str()));
    Ok(Some(page))
}
