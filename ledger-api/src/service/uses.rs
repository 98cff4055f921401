//! What was used at a merchant's counter and is to be taken back: on which pass a slip was honoured, and where and when a
//! benefit was used last.

use ledger_core::domain::benefit::command::Use;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ApplicationId, Key, SlipNo};
use ledger_core::domain::pass::PassEvent;
use ledger_core::domain::pass::event::PassUsed;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, commands};

use super::ServiceError;
use super::merchant::applied;
use crate::app::App;

/// Puts the pass of a slip into a command that takes it back; none where nobody has such a slip, for the ledger to refuse.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn name_pass(app: &App, command: &mut Command) -> Result<(), ServiceError> {
    let Command::ReversePassUse(commands::ReversePassUse { slip_no, pass, .. }) = command else { return Ok(()) };
    *pass = slip(app, slip_no).await?.map(|used| used.pass);
    Ok(())
}

/// A slip as it was honoured, be it taken back since; none where nobody has it.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn slip(app: &App, slip_no: &SlipNo) -> Result<Option<PassUsed>, ServiceError> {
    for entry in app.views.entries_of(&Key::from(slip_no)).await? {
        if let Event::Pass(PassEvent::PassUsed(used)) = entry.event()?
            && used.slip_no == *slip_no
        {
            return Ok(Some(used));
        }
    }
    Ok(None)
}

/// Who applied under a number, and how that was used last, be it taken back since; none where nobody applied.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn last_use(
    app: &App,
    application: &ApplicationId,
) -> Result<Option<(String, Option<Use>)>, ServiceError> {
    let Some(asked) = applied(app, application).await? else { return Ok(None) };
    let worker = asked.worker.to_string();
    let rows = app.views.applications(&worker).await?.value;
    let row = rows.into_iter().find(|(id, _)| id == application.as_str());
    Ok(Some((worker, row.and_then(|(_, row)| row.last_use))))
}

/// The command that takes back what a line in yuan is for: the use of a benefit, or a slip.
///
/// # Errors
/// `not_found` where the line is neither; [`ServiceError::Unavailable`].
pub async fn reversal_of(app: &App, line: &Key, reason: String) -> Result<Command, ServiceError> {
    let application = ApplicationId::from(line);
    if let Some(asked) = applied(app, &application).await? {
        let benefit = asked.benefit;
        return Ok(commands::ReverseBenefitUse { benefit, application, reason }.into());
    }
    let slip_no = SlipNo::from(line);
    if slip(app, &slip_no).await?.is_some() {
        return Ok(commands::ReversePassUse { slip_no, pass: None, reason }.into());
    }
    let message = format!("line {line} is neither a benefit that was used nor a slip; look at the number again");
    Err(ServiceError::refused(Code::NotFound, message))
}
