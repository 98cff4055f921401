//! A command from the fields of an edge to the ledger and back.
//!
//! An edge implements [`Ask`] for each form or body that asks for one command. What of it is personal never reaches the
//! journal as it is ([`super::names`]), and nothing reaches the ledger that whoever asks may not do.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::SiteId;
use ledger_core::domain::programme::event::ProgrammeEvent;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::ledger::{Command, Context, Ledger, Outcome, Receipt, Submission};

use super::ServiceError;
use super::begun::Begun;
use super::counter_proof::{self, Taken};
use super::names::{self, Named, Personal};
use super::texts;
use super::{appointing, away, erasure, partners, reach, statements, uses};
use crate::access::Role;
use crate::access::policy::{Denied, Who, allow, of_command};
use crate::app::App;

/// Fields that ask for one command.
pub trait Ask: Send + 'static {
    /// What is named beside the fields, such as by an address.
    type Path: Send;
    /// What is answered.
    type Answer: Send;

    /// The command, with what is personal told apart.
    ///
    /// # Errors
    /// What can be refused without the ledger.
    fn command(self, path: Self::Path) -> Result<Asked, ServiceError>;

    /// The answer; `None` only when the events are not those of the command.
    fn answer(command: &Command, receipt: &Receipt) -> Option<Self::Answer>;
}

/// What fields ask for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// With the names of fields that the vault keeps still to be put away.
    pub command: Command,
    /// What of it is personal.
    pub personal: Personal,
    /// What is said of its date or time should the ledger find that it is none.
    pub no_date: Option<String>,
    /// What was shown to prove who spends, for commands that spend; no part of the command.
    pub proof: Option<String>,
}

impl From<Command> for Asked {
    fn from(command: Command) -> Asked {
        Asked { command, personal: Personal::Nothing, no_date: None, proof: None }
    }
}

/// A command ready for the ledger: whoever asks may give it, and what is personal is out of it.
#[derive(Debug, Clone)]
pub struct Prepared {
    submission: Submission,
    /// The command with its texts as they were sent, where they were put away.
    as_sent: Option<Command>,
    /// For the vault, once the command took effect.
    name: Option<Named>,
    no_date: Option<String>,
    /// The proof that it takes, where that proves but once.
    taken: Option<Taken>,
}

/// Asks once more with the texts as they were sent, where the key was used with other content: journals of earlier versions
/// hold them so, and their commands are repeats still. The key is used, so nothing can be recorded by it.
async fn as_before(ledger: &Ledger, context: &Context, as_sent: Option<Command>, outcome: Outcome) -> Outcome {
    match (outcome, as_sent) {
        (Outcome::Refused(refusal), Some(command)) if refusal.code == Code::DuplicateConflict => {
            match ledger.submit(Submission { context: context.clone(), command }).await {
                Outcome::Committed(receipt) => Outcome::Committed(receipt),
                Outcome::Refused(_) => Outcome::Refused(refusal),
                Outcome::Unknown => Outcome::Unknown,
            }
        }
        (outcome, _) => outcome,
    }
}

impl Prepared {
    /// The command as the ledger gets it.
    pub const fn command(&self) -> &Command {
        &self.submission.command
    }
}

/// Refuses a command that whoever asks may not give.
///
/// # Errors
/// [`Denied`].
fn check(who: Who<'_>, command: &Command) -> Result<(), Denied> {
    let (kind, target) = of_command(command);
    allow(who, kind, target)
}

/// Whoever registers workers, or posts what nobody reported, at a single site need not name it.
fn take_own_site(who: Who<'_>, command: &mut Command) {
    let Who::Bearer(identity) = who else { return };
    let site = if let Command::RegisterWorker(register) = command {
        &mut register.details.site
    } else if let Command::PostRequest(post) = command
        && post.reporter.is_none()
    {
        &mut post.site
    } else {
        return;
    };
    if site.is_some() {
        return;
    }
    let mut operator = identity.roles.iter().filter(|held| held.role == Role::Operator);
    if let (Some(held), None) = (operator.next(), operator.next())
        && let Some(Ok(own)) = held.scope.as_deref().map(SiteId::new)
    {
        *site = Some(own);
    }
}

/// Puts a command that whoever asks may give in its frame, and what is personal where it belongs.
///
/// # Errors
/// [`ServiceError::Denied`]; what is wrong with a name; [`ServiceError::Unavailable`] when the vault cannot be reached.
pub async fn prepare(app: &App, who: Who<'_>, context: Context, asked: Asked) -> Result<Prepared, ServiceError> {
    prepare_after(app, who, context, asked, &mut Begun::default()).await
}

/// As [`prepare`], for one of many: what those before it begin is known to those after it.
///
/// # Errors
/// As [`prepare`].
pub async fn prepare_after(
    app: &App,
    who: Who<'_>,
    context: Context,
    asked: Asked,
    begun: &mut Begun,
) -> Result<Prepared, ServiceError> {
    let Asked { mut command, personal, no_date, proof } = asked;
    take_own_site(who, &mut command);
    let coded = away::name_worker(app, &mut command).await?;
    let (kind, target) = of_command(&command);
    reach::may_after(app, who, kind, target, begun).await?;
    appointing::require_site(app, who, &command).await?;
    statements::name_funds(app, &mut command).await?;
    uses::name_pass(app, &mut command).await?;
    partners::name_pairs(app, who, &mut command).await?;
    statements::require_line(app, &command).await?;
    if let Command::EraseWorker(command) = &mut command {
        command.oneself = who.is_worker(command.worker.as_str());
    }
    let name = names::tell_apart(&app.vault, personal, &mut command).await?;
    let sent = command.free_text().is_some().then(|| command.clone());
    texts::put_away(app, begun, &mut command).await?;
    begun.note(&context, &command);
    let as_sent = sent.filter(|sent| *sent != command && !matches!(command, Command::EraseWorker(_)));
    // Last, when nothing else can stop it before the ledger.
    let taken = counter_proof::require(app, who, &context, &mut command, proof.or(coded).as_deref()).await?;
    Ok(Prepared { submission: Submission { context, command }, as_sent, name, no_date, taken })
}

/// Gives the ledger one command, and keeps its name.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn submit(app: App, prepared: Prepared) -> Result<Receipt, ServiceError> {
    let Prepared { submission, as_sent, name, no_date, taken } = prepared;
    if name.is_none() && !matches!(submission.command, Command::EraseWorker(_)) {
        let context = submission.context.clone();
        let configures = submission.command.settings().is_some();
        let outcome = app.ledger.submit(submission).await;
        if configures {
            app.proofs.asked.forget();
        }
        give_back(&app, taken, &context, &outcome).await;
        return receipt_of(as_before(&app.ledger, &context, as_sent, outcome).await, no_date);
    }
    // In a task of its own: a caller that hangs up between the two would leave a worker without the name, or a person who is
    // to be forgotten with one.
    let task = tokio::spawn(async move {
        let outcome = erasure::submit(&app, submission).await?;
        names::keep(&app, name, &outcome).await?;
        Ok::<Outcome, ServiceError>(outcome)
    });
    receipt_of(task.await.map_err(|error| ServiceError::fault(&error))??, no_date)
}

/// Gives back the proof of a command that was refused: nothing was handed out for it.
async fn give_back(app: &App, taken: Option<Taken>, context: &Context, outcome: &Outcome) {
    if let (Some(taken), Outcome::Refused(_)) = (taken, outcome) {
        taken.give_back(app, &context.key).await;
    }
}

/// Lets go of a command that is not given to the ledger after all.
pub async fn withdraw(app: &App, prepared: Prepared) {
    if let Some(taken) = prepared.taken {
        taken.give_back(app, &prepared.submission.context.key).await;
    }
}

/// Gives the ledger commands in order; one outcome each. Names are kept by [`receive`].
pub async fn submit_all(app: &App, prepared: impl Iterator<Item = &Prepared>, atomic: bool) -> Vec<Outcome> {
    let submissions: Vec<Submission> = prepared.map(|prepared| prepared.submission.clone()).collect();
    let configures = submissions.iter().any(|submission| submission.command.settings().is_some());
    let outcomes = app.ledger.submit_all(submissions, atomic).await;
    if configures {
        app.proofs.asked.forget();
    }
    outcomes
}

/// Gives the ledger commands in order, each on its own, where nothing in them is personal; one outcome each. Nothing is
/// given when whoever asks may not give one of them.
///
/// # Errors
/// [`Denied`].
pub async fn give(ledger: &Ledger, who: Who<'_>, submissions: Vec<Submission>) -> Result<Vec<Outcome>, Denied> {
    check_all(who, &submissions)?;
    Ok(ledger.submit_all(submissions, false).await)
}

/// Gives one command to a ledger that is laid over another and keeps nothing, to learn what would become of it. Whoever
/// asks was asked for before.
pub(super) async fn judge(over: &Ledger, submission: Submission) -> Outcome {
    over.submit(submission).await
}

/// As [`give`], all of them in one round: none of them is decided before the others have come in.
///
/// # Errors
/// [`Denied`].
pub(super) async fn give_at_once(
    ledger: &Ledger,
    who: Who<'_>,
    submissions: Vec<Submission>,
) -> Result<Vec<Outcome>, Denied> {
    check_all(who, &submissions)?;
    Ok(ledger.queue(submissions, false).await.wait().await)
}

/// As [`give`], all of them or none.
///
/// # Errors
/// [`Denied`].
pub(super) async fn give_all_or_none(
    ledger: &Ledger,
    who: Who<'_>,
    submissions: Vec<Submission>,
) -> Result<Vec<Outcome>, Denied> {
    check_all(who, &submissions)?;
    Ok(ledger.submit_all(submissions, true).await)
}

fn check_all(who: Who<'_>, submissions: &[Submission]) -> Result<(), Denied> {
    submissions.iter().try_for_each(|submission| check(who, &submission.command))
}

/// What became of one command of many, with its name kept.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn receive(app: &App, prepared: Prepared, outcome: Outcome) -> Result<(Command, Receipt), ServiceError> {
    let Prepared { submission, as_sent, name, no_date, taken } = prepared;
    give_back(app, taken, &submission.context, &outcome).await;
    let outcome = as_before(&app.ledger, &submission.context, as_sent, outcome).await;
    names::keep(app, name, &outcome).await?;
    Ok((submission.command, receipt_of(outcome, no_date)?))
}

/// The receipt of an outcome, or how its no is told.
pub(super) fn receipt_of(outcome: Outcome, no_date: Option<String>) -> Result<Receipt, ServiceError> {
    match outcome {
        Outcome::Committed(receipt) => Ok(receipt),
        Outcome::Refused(mut refusal) => {
            if let Some(no_date) = no_date.filter(|_| refusal.code == Code::InvalidDate) {
                refusal.message = no_date;
            }
            Err(ServiceError::Refused(refusal))
        }
        Outcome::Unknown => Err(ServiceError::Unknown),
    }
}

/// The first event of a worker that a look finds something in.
pub fn worker_event<T>(receipt: &Receipt, look: impl Fn(&WorkerEvent) -> Option<T>) -> Option<T> {
    receipt.events.iter().filter_map(Event::as_worker).find_map(look)
}

/// The first event of the programme that a look finds something in.
pub fn programme_event<T>(receipt: &Receipt, look: impl Fn(&ProgrammeEvent) -> Option<T>) -> Option<T> {
    receipt.events.iter().filter_map(Event::as_programme).find_map(look)
}
