//! How what is open today comes into the demonstration: given once, when it is opened for the first time.

use ledger_core::domain::ids::{Actor, IdError, Key};
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, Context, Ledger, Outcome, Submission};

use super::{ACTOR, DemoError};
use crate::access::policy::Who;
use crate::service::command;

/// Commands with their keys and whether the district itself gives them, in order.
pub(super) type Plan = Vec<(String, bool, Command)>;

/// Whether a command was given before.
///
/// # Errors
/// [`DemoError`].
pub(super) async fn was_given(ledger: &Ledger, key: &str) -> Result<bool, DemoError> {
    Ok(ledger.journal().find(&[Key::new(key)?]).await?.iter().any(Option::is_some))
}

/// Gives what is planned for now, the operator's as the operator; nothing where its first command was given before.
///
/// # Errors
/// [`DemoError`].
pub(super) async fn begin(
    ledger: &Ledger,
    operator: &Actor,
    first: &str,
    plan: impl FnOnce(BusinessTime) -> Result<Plan, IdError>,
) -> Result<(), DemoError> {
    if was_given(ledger, first).await? {
        return Ok(());
    }
    let at = ledger.now();
    let district = Actor::new(ACTOR)?;
    let submissions = plan(at)?.into_iter().map(|(key, by_district, command)| {
        let actor = if by_district { district.clone() } else { operator.clone() };
        Ok(Submission { context: Context { key: Key::new(&key)?, actor, at }, command })
    });
    give(ledger, submissions.collect::<Result<_, IdError>>()?).await
}

/// Gives commands. Of one that is refused, which somebody's work of before can make it, the log tells.
///
/// # Errors
/// [`DemoError`].
pub(super) async fn give(ledger: &Ledger, submissions: Vec<Submission>) -> Result<(), DemoError> {
    for outcome in command::give(ledger, Who::Owner, submissions).await? {
        if let Outcome::Refused(refusal) = outcome {
            tracing::warn!(code = refusal.code.as_str(), "something of the demonstration's open work was refused");
        }
    }
    Ok(())
}
