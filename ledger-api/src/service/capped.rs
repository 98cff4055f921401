//! A credit that came to less than its quantity, and the limit that it met. The event keeps what it would have come to; which
//! limit it was is asked of the very rules, which refuse the same service once more by it.

use ledger_core::domain::ids::Key;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::event::ServiceRecorded;
use ledger_core::domain::worker::rating::Cap;
use ledger_core::ledger::{Context, Ledger, Outcome, Submission};
use uuid::Uuid;

use super::ServiceError;
use super::command::judge;
use crate::app::App;

/// Which limit a refusal is by.
const REACHED: [(Code, Cap); 3] = [
    (Code::DailyCapReached, Cap::Daily),
    (Code::MonthlyCapReached, Cap::Monthly),
    (Code::YearlyCapReached, Cap::Yearly),
];

/// A credit that came to less than its quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capped {
    /// What its quantity comes to.
    pub exact: Points,
    /// The limit that it met, and how much that is; none where several would do and a rule before them has its say.
    pub by: Option<(Cap, Points)>,
}

/// What became of a credit by the limits of its activity; none where they left all of it. It is recorded in a ledger that
/// keeps nothing, where the same command is given once more.
///
/// # Errors
/// [`ServiceError`] when the schedule cannot be read.
pub(super) async fn capped(
    app: &App,
    over: &Ledger,
    Submission { context, command }: Submission,
    record: &ServiceRecorded,
) -> Result<Option<Capped>, ServiceError> {
    let Some(exact) = record.uncapped else { return Ok(None) };
    app.views.fresh(None).await?;
    let programme = app.views.programme().await?.value;
    let version = programme.versions.iter().find(|version| version.version == record.schedule);
    let line = version.and_then(|version| version.activity(&record.activity));
    let limits: Vec<(Cap, Points)> = line.map_or_else(Vec::new, |line| {
        let limits = [
            (Cap::Daily, line.daily_cap),
            (Cap::Monthly, line.terms.monthly_cap),
            (Cap::Yearly, line.terms.yearly_cap),
        ];
        limits.into_iter().filter_map(|(cap, limit)| Some((cap, limit?))).collect()
    });
    let by = match limits.as_slice() {
        [] => None,
        [only] => Some(*only),
        _ => {
            let key = Key::new(&format!("limit/{}", Uuid::now_v7()))?;
            let reached = reached(over, Submission { context: Context { key, ..context }, command }).await;
            limits.into_iter().find(|(cap, _)| Some(*cap) == reached)
        }
    };
    Ok(Some(Capped { exact, by }))
}

/// The limit by which a service is refused; none where it is not, or by something else.
async fn reached(over: &Ledger, submission: Submission) -> Option<Cap> {
    match judge(over, submission).await {
        Outcome::Refused(refusal) => {
            REACHED.into_iter().find(|(code, _)| *code == refusal.code).map(|(_, reached)| reached)
        }
        Outcome::Committed(_) | Outcome::Unknown => None,
    }
}
