//! What workers prove at a counter with, as they have it: the code shown now, a code on paper, a PIN; and how somebody at
//! the worker's site gives one to whoever cannot make it.

use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::proof::CounterProof;
use ledger_core::domain::refusal::Code;
use zeroize::Zeroizing;

use super::counter_proof::{ShownCode, asked, shown_now, with_code};
use super::{ServiceError, reach};
use crate::access::policy::{Action, Denied, Target, Who, acting_role};
use crate::access::proofs::Made;
use crate::access::{AccessError, Identity, Role};
use crate::app::App;
use crate::read_record::ReadBy;

/// What a worker proves with.
#[derive(Debug, Clone)]
pub struct OwnProof {
    /// What the district asks for.
    pub asked: CounterProof,
    /// The code that is shown now, where the district asks for one.
    pub shown: Option<ShownCode>,
    /// When the code on paper was made.
    pub printed: Option<Made>,
    /// When the PIN was set.
    pub pin: Option<Made>,
}

/// What a worker proves with, for that worker alone.
///
/// # Errors
/// [`ServiceError`].
pub async fn own(app: &App, who: Who<'_>, worker: &WorkerId) -> Result<OwnProof, ServiceError> {
    must_be(who, worker)?;
    let asked = asked(app).await?;
    let none = OwnProof { asked, shown: None, printed: None, pin: None };
    Ok(match asked {
        CounterProof::Id => none,
        CounterProof::Code => {
            OwnProof { shown: Some(shown_now(app, worker)), printed: app.proofs.printed_made(worker).await?, ..none }
        }
        CounterProof::Pin => OwnProof { pin: app.proofs.pin_made(worker).await?, ..none },
    })
}

/// Sets the PIN that a worker chose; whoever is logged in as that worker needs no earlier one.
///
/// # Errors
/// [`ServiceError`]; `invalid_input` for a PIN that is too easily guessed.
pub async fn choose_pin(app: &App, who: Who<'_>, worker: &WorkerId, pin: &str) -> Result<(), ServiceError> {
    must_be(who, worker)?;
    let card = card_of(app, worker).await?;
    app.proofs.set_pin(worker, card.as_deref(), pin).await.map_err(|error| match error {
        AccessError::Input(what) => ServiceError::refused(Code::InvalidInput, what),
        error @ AccessError::Store(_) => error.into(),
    })?;
    tracing::info!(%worker, "chose a PIN for the counter");
    Ok(())
}

/// Makes a worker's own code for paper anew, and tells what a QR of it holds. The one before is void.
///
/// # Errors
/// [`ServiceError`].
pub async fn print_own(app: &App, who: Who<'_>, worker: &WorkerId) -> Result<String, ServiceError> {
    must_be(who, worker)?;
    let code = app.proofs.make_printed(worker, None).await?;
    tracing::info!(%worker, "made the own code for paper anew");
    Ok(with_code(worker, &code))
}

/// Gives a worker of the own site a random PIN, told once. The worker sees who did.
///
/// # Errors
/// [`ServiceError::Denied`]; `unknown_worker`.
pub async fn give_pin(app: &App, identity: &Identity, worker: &WorkerId) -> Result<Zeroizing<String>, ServiceError> {
    let role = must_keep(app, identity, worker).await?;
    let card = card_of(app, worker).await?;
    let pin = app.proofs.give_pin(worker, card.as_deref(), identity.id.as_str()).await?;
    note(app, identity, role, worker, "CounterPinGiven");
    Ok(pin)
}

/// Makes the code for paper of a worker of the own site anew, and tells what a QR of it holds. The worker sees who did.
///
/// # Errors
/// [`ServiceError::Denied`]; `unknown_worker`.
pub async fn print_for(app: &App, identity: &Identity, worker: &WorkerId) -> Result<String, ServiceError> {
    let role = must_keep(app, identity, worker).await?;
    let code = app.proofs.make_printed(worker, Some(identity.id.as_str())).await?;
    note(app, identity, role, worker, "PrintedCodeMade");
    Ok(with_code(worker, &code))
}

fn must_be(who: Who<'_>, worker: &WorkerId) -> Result<(), Denied> {
    if who.is_worker(worker.as_str()) { Ok(()) } else { Err(Denied) }
}

/// Whoever keeps a worker's particulars gives a proof as well; in which role, for the record.
async fn must_keep(app: &App, identity: &Identity, worker: &WorkerId) -> Result<Role, ServiceError> {
    app.views.fresh(None).await?;
    reach::may(app, Who::Bearer(identity), Action::KeepPerson, Target::Worker(worker.as_str())).await?;
    if Who::Bearer(identity).is_worker(worker.as_str()) {
        return Err(ServiceError::refused(Code::SamePerson, "make the own code and PIN at /me"));
    }
    if app.views.worker(worker.as_str()).await?.value.is_none() {
        return Err(ServiceError::refused(Code::UnknownWorker, format!("no worker {worker} (人员)")));
    }
    acting_role(identity, Action::KeepPerson).ok_or_else(|| Denied.into())
}

fn note(app: &App, identity: &Identity, role: Role, worker: &WorkerId, what: &'static str) {
    tracing::warn!(%worker, by = %identity.id, what, "a proof for the counter was given");
    app.readers.note(ReadBy { reader: identity.id.as_str(), role: role.as_str(), what }, [worker.as_str()]);
}

async fn card_of(app: &App, worker: &WorkerId) -> Result<Option<String>, ServiceError> {
    Ok(app.views.worker(worker.as_str()).await?.value.and_then(|row| row.card).map(|(card_no, _)| card_no))
}
