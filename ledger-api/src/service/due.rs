//! What is due by itself: holds that ran out are given back, lots that ended are booked. Nothing rests on it: a hold that
//! ran out is void and a lot that ended is not spendable, booked or not.

use chrono::NaiveDate;
use ledger_core::domain::ids::{Actor, HoldId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::event::Booking;
use ledger_core::ledger::{Command, Context, Outcome, Receipt, Submission, commands};
use projections::views::balance::Lot;

use super::ServiceError;
use super::command::{give, receipt_of, worker_event};
use super::keys::{RELEASE_KEYS, derived_key};
use crate::access::policy::{CommandKind, Target, Who, allow};
use crate::app::App;

/// Who carries out what is due by itself.
pub(super) const LEDGER_ACTOR: &str = "ledger";
/// Workers looked at together.
const PAGE: usize = 1_000;

/// Gives back the holds that ran out.
///
/// # Errors
/// [`ServiceError`]; what was not given back is due again.
pub async fn release_holds(app: &App) -> Result<(), ServiceError> {
    let at = app.ledger.now();
    let due = app.views.due_holds(at).await?;
    let actor = Actor::new(LEDGER_ACTOR)?;
    let mut submissions = Vec::with_capacity(due.len());
    for (hold, _) in due {
        let key = derived_key(RELEASE_KEYS, &hold)?;
        let hold = HoldId::new(&hold)?;
        let context = Context { key, actor: actor.clone(), at };
        submissions.push(Submission {
            context,
            command: Command::ReleaseHold(commands::ReleaseHold { hold, expired: true, reason: None }),
        });
    }
    for outcome in give(&app.ledger, Who::Ledger, submissions).await? {
        match outcome {
            Outcome::Committed(_) => {}
            // Somebody was quicker: the counter, or another server.
            Outcome::Refused(refusal) if matches!(refusal.code, Code::HoldExpired | Code::AlreadyDecided) => {}
            Outcome::Refused(refusal) => return Err(ServiceError::Refused(refusal)),
            Outcome::Unknown => return Err(ServiceError::Unknown),
        }
    }
    Ok(())
}

/// What was booked as expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// For how many workers.
    pub workers: u64,
    /// How much in all.
    pub points: Points,
    /// Where the last of it was booked, also when it is told again; without any, where was looked.
    pub position: u64,
    /// Whether all of it had been booked under this key before.
    pub repeated: bool,
}

/// Books the lots that ended by a day as expired, for every worker who has some: commands of their own under keys made of
/// the context's. Asked again with the same key, it tells what was booked under it and books what an interrupted first try
/// left.
///
/// # Errors
/// [`ServiceError`]; what was booked until then stays.
pub async fn book_expiries(
    app: &App,
    who: Who<'_>,
    context: &Context,
    through: NaiveDate,
) -> Result<Booked, ServiceError> {
    allow(who, CommandKind::ExpireLots, Target::District)?;
    let stood = app.views.fresh(None).await?;
    let mut booked = Booked { workers: 0, points: Points::ZERO, position: 0, repeated: true };
    let mut after = String::new();
    loop {
        let page = app.views.workers(&after, PAGE).await?;
        let due = page.rows.iter().filter(|(_, row)| row.account.lots.iter().any(|lot| ended(lot, through)));
        let submissions = due
            .map(|(worker, _)| expiry(context, worker, through))
            .collect::<Result<Vec<Submission>, ServiceError>>()?;
        for outcome in give(&app.ledger, who, submissions).await? {
            booked.count(&receipt_of(outcome, None)?);
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    if booked.workers == 0 {
        return Ok(Booked { position: stood, repeated: false, ..booked });
    }
    Ok(booked)
}

/// Whether a lot ended with something in it, or was booked before: then the same key may ask for it again.
fn ended(lot: &Lot, through: NaiveDate) -> bool {
    lot.last_day.is_some_and(|last_day| last_day <= through)
        && (lot.remaining.is_positive() || lot.expired.is_positive())
}

fn expiry(context: &Context, worker: &str, through: NaiveDate) -> Result<Submission, ServiceError> {
    let key = derived_key(&format!("{}/", context.key), worker)?;
    let worker = WorkerId::new(worker)?;
    let context = Context { key, ..context.clone() };
    Ok(Submission { context, command: Command::ExpireLots(commands::ExpireLots { worker, through }) })
}

impl Booked {
    fn count(&mut self, receipt: &Receipt) {
        let points = worker_event(receipt, |event| {
            let (booked, booking) = event.as_expiry()?;
            (booking == Booking::Expired).then_some(booked.points)
        });
        let Some(points) = points else { return };
        self.workers += 1;
        self.points += points;
        self.repeated &= receipt.repeated;
        self.position = self.position.max(receipt.position);
    }
}
