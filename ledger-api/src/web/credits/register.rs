//! Registering somebody who is new at the desk, so that whoever is told that nobody has an id finds the cure on the same page.

use ledger_core::domain::ids::{SiteId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::{Command, commands};

use crate::app::App;
use crate::service::command::Asked;
use crate::service::names::Personal;
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor, give};

/// What was typed, to be shown again where it was refused.
#[derive(Debug, Default)]
pub(super) struct NewWorker {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) occupation: String,
    pub(super) platform: String,
    pub(super) site: String,
    pub(super) status: String,
}

impl NewWorker {
    pub(super) fn of(fields: &Fields) -> NewWorker {
        let get = |name| fields.get(name).to_owned();
        NewWorker {
            id: get("new").to_uppercase(),
            name: get("name"),
            occupation: get("occupation"),
            platform: get("platform"),
            site: get("site"),
            status: get("status"),
        }
    }
}

/// Registers whom a form names; gives the id.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn register(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    let typed = NewWorker::of(fields);
    let worker: WorkerId = read_id(&typed.id)?;
    if typed.occupation.is_empty() {
        return Err(Trouble::refused(Code::InvalidInput, "occupation: it is missing; say what the person works as"));
    }
    let (party_member, probationary) = match typed.status.as_str() {
        "member" => (Some(true), false),
        "probationary" => (Some(true), true),
        "none" => (Some(false), false),
        _ => (None, false),
    };
    let details = WorkerDetails {
        occupation: typed.occupation,
        party_member,
        platform: Some(typed.platform).filter(|text| !text.is_empty()),
        probationary,
        site: Some(typed.site.as_str()).filter(|text| !text.is_empty()).map(read_id::<SiteId>).transpose()?,
    };
    let personal = match typed.name.as_str() {
        "" => Personal::Nothing,
        name => Personal::Name(worker.clone(), name.to_owned()),
    };
    let command = Command::RegisterWorker(commands::RegisterWorker { worker, details, update: false });
    give(app, visitor, fields.get("key"), Asked { personal, ..command.into() }).await?;
    Ok(typed.id)
}
