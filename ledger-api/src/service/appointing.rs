//! Appointments that a second person confirms: what waits for whose word, what was sent back lately, and who may say a word.

use ledger_core::domain::ids::{Actor, AppointmentId, WorkerId};
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::{Command, commands};
use projections::views::appointment::{Appointment, Proposal, Rejection};

use super::ServiceError;
use super::reach::may;
use super::reading::{Reading, may_ever_read};
use super::rosters::{LOOKED_MAX, SHOWN_MAX, is_of_own, shown_since};
use super::texts::{Written, tell};
use crate::access::policy::{CommandKind, Read, Target, Who};
use crate::app::App;

/// Appointments that are read at once where those that wait are looked for.
const READ_AT_ONCE: usize = 1_000;

/// What a proposal comes to, once it is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// Somebody is appointed.
    Appoints,
    /// What is recorded of an appointment becomes another: its days, say.
    Changes,
    /// An appointment that is recorded ends (解聘).
    Ends,
}

impl Aim {
    /// What is proposed, where an appointment of the number stood when it was proposed or not.
    pub const fn of(terms: &AppointmentTerms, stood: bool) -> Aim {
        match (stood, terms.ended) {
            (false, _) => Aim::Appoints,
            (true, None) => Aim::Changes,
            (true, Some(_)) => Aim::Ends,
        }
    }
}

/// What the desk looks at.
#[derive(Debug, Clone, Default)]
pub struct Appointing {
    /// What waits for a second person, the oldest first; the own ones last.
    pub waiting: Vec<ProposedAppointment>,
    /// What was sent back, the last one first.
    pub returned: Vec<ReturnedAppointment>,
}

/// An appointment that waits for a second person.
#[derive(Debug, Clone)]
pub struct ProposedAppointment {
    /// Its number (聘书号).
    pub id: String,
    /// The worker's id (编号).
    pub worker: String,
    /// What is proposed, by whom.
    pub proposal: Proposal,
    /// Whether an appointment of this number stands already.
    pub stands: bool,
    /// Whether whoever asks may say a word on it; only the desk is told that.
    pub decides: bool,
}

/// An appointment that was sent back.
#[derive(Debug, Clone)]
pub struct ReturnedAppointment {
    /// Its number (聘书号).
    pub id: String,
    /// The worker's id (编号).
    pub worker: String,
    /// When and why, with the reason as it was written.
    pub rejection: Rejection,
}

/// Appointments of workers whom whoever asks may read.
///
/// # Errors
/// [`ServiceError`].
pub async fn appointing(app: &App, who: Who<'_>) -> Result<Appointing, ServiceError> {
    let reading = may_ever_read(who, Read::ProposedAppointments)?;
    reading.at_least(app, None).await?;
    let since = shown_since(app.ledger.now().date());
    let concerns = |row: &Appointment| {
        row.proposal.is_some() || row.rejected.as_ref().is_some_and(|known| known.at.date() >= since)
    };
    let mut waiting: Vec<ProposedAppointment> = Vec::new();
    let mut returned: Vec<ReturnedAppointment> = Vec::new();
    for (key, row) in app.views.all_appointments("", LOOKED_MAX, concerns).await?.rows {
        let Some((worker, id)) = named(&key) else { continue };
        // What is proposed again was sent back no more, so that a row is one of the two.
        match row.rejected {
            Some(rejection) if row.proposal.is_none() => returned.push(ReturnedAppointment { id, worker, rejection }),
            Some(_) | None => waiting.extend(waits(worker, id, row.terms.is_some(), row.proposal)),
        }
    }
    let own = |by: &Actor| matches!(who, Who::Bearer(identity) if identity.id == *by);
    // What whoever looks entered waits for others, and keeps nothing from being seen that waits for them.
    waiting.sort_by_key(|row| (own(&row.proposal.by), row.proposal.at));
    returned.sort_by_key(|row| std::cmp::Reverse(row.rejection.at));
    let mut found = Appointing::default();
    for mut row in waiting {
        if found.waiting.len() < SHOWN_MAX && is_of_own(app, who, Read::ProposedAppointments, &row.worker).await? {
            row.decides = decides(app, who, &row).await?;
            found.waiting.push(row);
        }
    }
    for row in returned {
        if found.returned.len() < SHOWN_MAX && is_of_own(app, who, Read::ProposedAppointments, &row.worker).await? {
            found.returned.push(row);
        }
    }
    let written = found.returned.iter_mut().map(|row| {
        let ReturnedAppointment { id, worker, rejection } = row;
        Written::of_worker(worker.as_str(), Some(id.as_str()), &mut rejection.reason)
    });
    tell(&app.vault, who, written.collect()).await;
    let waiting = found.waiting.iter().map(|row: &ProposedAppointment| row.worker.as_str());
    let returned = found.returned.iter().map(|row: &ReturnedAppointment| row.worker.as_str());
    let listed: Vec<&str> = waiting.chain(returned).collect();
    reading.note_list(app, listed.into_iter());
    Ok(found)
}

/// Some of the appointments that wait for a second person.
#[derive(Debug, Clone)]
pub struct ProposedPage {
    /// The appointments, by worker and number.
    pub rows: Vec<ProposedAppointment>,
    /// What to go on after; none at the end.
    pub next: Option<String>,
    /// It includes everything up to this position.
    pub position: u64,
}

/// Appointments that wait for a second person, those after one, of workers whom whoever asks may read. Few of all appointments
/// wait, so that no more than so many of them are looked at for one page: where there are more, it may be short of what is asked
/// for, or empty, and tells where to go on.
///
/// # Errors
/// [`ServiceError`].
pub async fn proposed(
    app: &App,
    reading: &Reading<'_>,
    asked: (&str, usize),
    min_position: Option<u64>,
) -> Result<ProposedPage, ServiceError> {
    reading.at_least(app, min_position).await?;
    proposed_among(app, reading, asked, LOOKED_MAX).await
}

/// As [`proposed`], where so many appointments are looked at.
pub(crate) async fn proposed_among(
    app: &App,
    reading: &Reading<'_>,
    (after, limit): (&str, usize),
    looked_max: usize,
) -> Result<ProposedPage, ServiceError> {
    let (mut after, mut looked) = (after.to_owned(), 0_usize);
    let mut rows: Vec<ProposedAppointment> = Vec::new();
    let mut of = None;
    let next = 'pages: loop {
        let found = app.views.all_appointments(&after, READ_AT_ONCE.min(looked_max), |_| true).await?;
        // Later pages may be of later positions: all of them include the first one's.
        of.get_or_insert(found.position);
        for (key, row) in found.rows {
            looked += 1;
            let Some((worker, id)) = named(&key) else { continue };
            let Some(waiting) = waits(worker, id, row.terms.is_some(), row.proposal) else { continue };
            if !is_of_own(app, reading.who, reading.read, &waiting.worker).await? {
                continue;
            }
            if rows.len() >= limit {
                break 'pages rows.last().map(|last| format!("{}/{}", last.worker, last.id));
            }
            rows.push(waiting);
        }
        match found.next {
            Some(next) if looked < looked_max => after = next,
            next => break next,
        }
    };
    reading.note_list(app, rows.iter().map(|row| row.worker.as_str()));
    Ok(ProposedPage { rows, next, position: of.unwrap_or_default() })
}

/// Whoever decides about an appointment at a site has a right that reaches the site as well as the worker.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::Unavailable`] when it cannot be looked up now.
pub(super) async fn require_site(app: &App, who: Who<'_>, command: &Command) -> Result<(), ServiceError> {
    let (kind, worker, appointment) =
        if let Command::ConfirmAppointment(commands::ConfirmAppointment { worker, appointment, .. }) = command {
            (CommandKind::ConfirmAppointment, worker, appointment)
        } else if let Command::RejectAppointment(commands::RejectAppointment { worker, appointment, .. }) = command {
            (CommandKind::RejectAppointment, worker, appointment)
        } else {
            return Ok(());
        };
    app.views.fresh(None).await?;
    match proposal_of(app, worker, appointment).await? {
        Some(Proposal { terms, .. }) => match &terms.site {
            Some(site) => may(app, who, kind, Target::Site(site.as_str())).await,
            None => Ok(()),
        },
        // The ledger says what became of it.
        None => Ok(()),
    }
}

/// What it was that was sent back last of an appointment; none where something was proposed since. Whoever sent it back is told
/// it.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn last_sent_back(app: &App, worker: &str, appointment: &str) -> Result<Option<Aim>, ServiceError> {
    app.views.fresh(None).await?;
    let rows = app.views.appointments(worker).await?.value;
    let row = rows.into_iter().find(|(id, _)| id == appointment);
    Ok(row.and_then(|(_, row)| row.rejected).map(|known| Aim::of(&known.terms, known.stood)))
}

async fn proposal_of(
    app: &App,
    worker: &WorkerId,
    appointment: &AppointmentId,
) -> Result<Option<Proposal>, ServiceError> {
    let rows = app.views.appointments(worker.as_str()).await?.value;
    let row = rows.into_iter().find(|(id, _)| id == appointment.as_str());
    Ok(row.and_then(|(_, row)| row.proposal))
}

/// Whether whoever asks may say a word on an appointment: a right of theirs reaches the worker and the site, it is not their
/// own, and they did not propose it. Of a person's other accounts the ledger alone knows.
async fn decides(app: &App, who: Who<'_>, row: &ProposedAppointment) -> Result<bool, ServiceError> {
    let has_part = match who {
        Who::Bearer(identity) => row.proposal.by == identity.id,
        Who::Owner | Who::Ledger | Who::Slip(_) => false,
    };
    if has_part || who.is_worker(&row.worker) {
        return Ok(false);
    }
    let site = row.proposal.terms.site.as_ref().map(|site| Target::Site(site.as_str()));
    for target in std::iter::once(Target::Worker(&row.worker)).chain(site) {
        match may(app, who, CommandKind::ConfirmAppointment, target).await {
            Ok(()) => {}
            Err(ServiceError::Denied(_)) => return Ok(false),
            Err(other) => return Err(other),
        }
    }
    Ok(true)
}

/// Worker and number of a row.
fn named(key: &str) -> Option<(String, String)> {
    key.split_once('/').map(|(worker, id)| (worker.to_owned(), id.to_owned()))
}

fn waits(worker: String, id: String, stands: bool, proposal: Option<Proposal>) -> Option<ProposedAppointment> {
    proposal.map(|proposal| ProposedAppointment { id, worker, proposal, stands, decides: false })
}
