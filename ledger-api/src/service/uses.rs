//! What was used at a merchant's counter and is to be taken back: on which pass a slip was honoured, and where and when a
//! benefit was used last.

use ledger_core::domain::benefit::command::Use;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ApplicationId, Key, MerchantId, SlipNo};
use ledger_core::domain::pass::PassEvent;
use ledger_core::domain::pass::event::PassUsed;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, commands};

use super::ServiceError;
use super::applied::standing;
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
    let found = standing(app, application).await?;
    Ok(found.map(|(asked, row)| (asked.worker.to_string(), row.and_then(|row| row.last_use))))
}

/// A line in yuan as somebody sees it on a page.
pub struct SeenLine {
    /// At whose counter.
    pub merchant: MerchantId,
    /// When it was used, or the discount given.
    pub at: BusinessTime,
    /// The application, or the slip.
    pub source: Key,
}

impl SeenLine {
    /// The line of a merchant as a form names it, its time as the page wrote it (RFC 3339).
    ///
    /// # Errors
    /// `invalid_input` for what is no time.
    pub fn of(merchant: MerchantId, at: &str, source: Key) -> Result<SeenLine, ServiceError> {
        let unreadable = || ServiceError::unreadable("used: a time is wanted, as the page wrote it".to_owned());
        Ok(SeenLine { merchant, at: BusinessTime::parse(at).ok_or_else(unreadable)?, source })
    }
}

/// The command that takes back what a line in yuan is for: the use of a benefit, or a slip.
///
/// # Errors
/// `already_decided` where the use of the line was taken back and the benefit used again since; `not_found` where it is
/// neither a use nor a slip; [`ServiceError::Unavailable`].
pub async fn reversal_of(app: &App, line: &SeenLine, reason: String) -> Result<Command, ServiceError> {
    let SeenLine { merchant, at, source } = line;
    let application = ApplicationId::from(source);
    if let Some((asked, row)) = standing(app, &application).await? {
        let seen = Use { at: *at, merchant: Some(merchant.clone()) };
        if row.and_then(|row| row.last_use).is_some_and(|used| used != seen) {
            let message = format!("{application} was used again since {at}; take back that use where it stands");
            return Err(ServiceError::refused(Code::AlreadyDecided, message));
        }
        let benefit = asked.benefit;
        return Ok(commands::ReverseBenefitUse { benefit, application, reason }.into());
    }
    let slip_no = SlipNo::from(source);
    if slip(app, &slip_no).await?.is_some() {
        return Ok(commands::ReversePassUse { slip_no, pass: None, reason }.into());
    }
    let message = format!("line {source} is neither a benefit that was used nor a slip; look at the number again");
    Err(ServiceError::refused(Code::NotFound, message))
}
