//! Appointments that a second person confirms: what waits, with the forms of approvers, and what was sent back.

use chrono::NaiveDate;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::domain::worker::event::AppointmentWord;
use ledger_core::ledger::{Command, Receipt, commands};
use projections::views::appointment::Rejection;

use super::Typed;
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::appointing::{Aim, ProposedAppointment, ReturnedAppointment, appointing, last_sent_back};
use crate::service::command::worker_event;
use crate::service::reading::no_time;
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor, new_key};
use crate::web::words::Words;

/// What the page shows of it.
pub(super) struct Part {
    /// Whether the district asks for checks, so that what is entered from now on waits.
    pub(super) asked: bool,
    pub(super) waiting: Vec<Waiting>,
    pub(super) returned: Vec<Returned>,
}

/// An appointment that waits.
pub(super) struct Waiting {
    pub(super) id: String,
    pub(super) worker: String,
    pub(super) role: String,
    pub(super) body: String,
    pub(super) site: String,
    pub(super) days: String,
    pub(super) state: &'static str,
    /// Whether it is new, changes one or ends one.
    pub(super) what: String,
    pub(super) by: String,
    pub(super) on: String,
    /// When it was proposed, to the second: the word is about that.
    pub(super) at: String,
    pub(super) confirm_key: String,
    pub(super) reject_key: String,
    /// Whether whoever looks may decide.
    pub(super) decides: bool,
    /// Whether a register recorded its number meanwhile, so that it can only be sent back.
    pub(super) taken: bool,
}

/// An appointment that was sent back.
pub(super) struct Returned {
    pub(super) id: String,
    pub(super) worker: String,
    pub(super) role: String,
    pub(super) state: &'static str,
    pub(super) on: String,
    pub(super) reason: String,
    /// What of it the form of a new one takes; none of an end, which is entered anew at what stands.
    again: Option<Again>,
}

/// What was sent back, to be mended.
struct Again {
    terms: AppointmentTerms,
    /// Whether it is about what stands under its number.
    changes: bool,
}

impl Returned {
    /// Whether it can be entered anew by the form of a new one.
    pub(super) const fn mends(&self) -> bool {
        self.again.is_some()
    }

    /// Whose and which it is, as an address has it: no id holds a slash.
    pub(super) fn named(&self) -> String {
        format!("{}/{}", self.worker, self.id)
    }
}

/// The form as what was sent back had filled it in.
pub(super) struct Mended {
    pub(super) typed: Typed,
    /// What is said of it, before its number.
    pub(super) said: &'static str,
    pub(super) id: String,
}

impl Part {
    /// The form for one that was sent back, by its name ([`Returned::named`]); none where the part tells of no such one. What
    /// changes an appointment keeps its number, of which it is; anything else is another appointment under another one.
    pub(super) fn mended(&self, w: &Words, wanted: &str) -> Option<Mended> {
        let row = self.returned.iter().find(|row| row.named() == wanted)?;
        let Again { terms, changes } = row.again.as_ref()?;
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let typed = Typed {
            id: if *changes { row.id.clone() } else { String::new() },
            worker: row.worker.clone(),
            role: terms.role.clone(),
            body: terms.body.clone(),
            site: terms.site.as_ref().map(ToString::to_string).unwrap_or_default(),
            from: day(terms.days.from),
            until: day(terms.days.through),
            sure: String::new(),
        };
        let said = if *changes { w.appointing.mends_change } else { w.appointing.mends_new };
        Some(Mended { typed, said, id: row.id.clone() })
    }
}

/// What waits and what was sent back, of workers whom whoever looks may read.
pub(super) async fn part(app: &App, visitor: &Visitor) -> Result<Part, Trouble> {
    let found = appointing(app, Who::Bearer(&visitor.must()?.identity)).await?;
    let (w, settings) = (visitor.words(), app.views.programme().await?.value.settings);
    Ok(Part {
        asked: settings.is_some_and(|settings| settings.checks() > 0),
        waiting: found.waiting.into_iter().map(|row| waiting(w, row)).collect(),
        returned: found.returned.into_iter().map(|row| returned(w, row)).collect(),
    })
}

fn waiting(w: &Words, row: ProposedAppointment) -> Waiting {
    let ProposedAppointment { id, worker, proposal, stands: _, decides } = row;
    let g = w.appointing;
    let terms = proposal.terms;
    let (taken, aim) = (proposal.taken, Aim::of(&terms, proposal.stood));
    let what = match (terms.ended, proposal.stood) {
        (Some(ended), _) => format!("{} {ended}", g.ends),
        (None, true) => g.changes.to_owned(),
        (None, false) => g.new.to_owned(),
    };
    Waiting {
        id,
        worker,
        days: g.days(terms.days, aim != Aim::Ends),
        state: if taken { g.duplicate } else { g.waits(aim) },
        what,
        by: proposal.by.to_string(),
        on: proposal.at.date().to_string(),
        at: proposal.at.to_string(),
        site: terms.site.map(|site| site.to_string()).unwrap_or_default(),
        role: terms.role,
        body: terms.body,
        confirm_key: new_key("confirm-letter"),
        reject_key: new_key("reject-letter"),
        decides,
        taken,
    }
}

fn returned(w: &Words, row: ReturnedAppointment) -> Returned {
    let ReturnedAppointment { id, worker, rejection } = row;
    let Rejection { at, reason, terms, stood, by: _ } = rejection;
    Returned {
        id,
        worker,
        role: terms.role.clone(),
        state: w.appointing.was_rejected(Aim::of(&terms, stood)),
        on: at.date().to_string(),
        reason,
        again: terms.ended.is_none().then_some(Again { terms, changes: stood }),
    }
}

/// When what stands on the page had been proposed.
fn seen(fields: &Fields) -> Result<BusinessTime, Trouble> {
    let at = fields.get("at");
    Ok(BusinessTime::parse(at).ok_or_else(|| ServiceError::unreadable(no_time("at", at)))?)
}

/// What a form asks for that confirms an appointment.
pub(super) fn confirm(fields: &Fields) -> Result<Command, Trouble> {
    let (worker, appointment) = (read_id(fields.get("worker"))?, read_id(fields.get("id"))?);
    Ok(commands::ConfirmAppointment { worker, appointment, proposed_at: Some(seen(fields)?) }.into())
}

/// What a form asks for that sends one back.
pub(super) fn reject(fields: &Fields) -> Result<Command, Trouble> {
    let (worker, appointment) = (read_id(fields.get("worker"))?, read_id(fields.get("id"))?);
    let reason = fields.reason("reason")?.to_owned();
    Ok(commands::RejectAppointment { worker, appointment, reason, proposed_at: Some(seen(fields)?) }.into())
}

/// What is said once it was sent back: which of them it was.
pub(super) async fn sent_back(app: &App, w: &Words, fields: &Fields) -> Result<&'static str, Trouble> {
    let aim = last_sent_back(app, fields.get("worker"), fields.get("id")).await?;
    Ok(aim.map_or(w.appointing.sent_back, |aim| w.appointing.was_sent_back(aim)))
}

/// Whether what was entered waits for another person.
pub(super) fn waits(receipt: &Receipt) -> bool {
    let proposed = worker_event(receipt, |event| match event.as_appointment_word()? {
        AppointmentWord::Proposed(_) => Some(()),
        AppointmentWord::Confirmed(_) | AppointmentWord::Rejected(_) => None,
    });
    proposed.is_some()
}

/// Why a word was refused, where the code alone says too little.
pub(super) const fn no(w: &Words) -> [(Code, &'static str); 4] {
    let g = w.appointing;
    [
        (Code::AlreadyDecided, g.not_possible),
        (Code::NotFound, g.not_possible),
        (Code::SamePerson, g.same_person),
        (Code::DuplicateConflict, g.taken),
    ]
}
