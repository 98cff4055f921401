//! What is due by itself: credits whose publicity is over count, objections that nobody may appeal any more are final, holds
//! that ran out or whose site closed are given back, lots that ended and grants whose last day is over are booked. Nothing but
//! the first two rests on it: a hold that ran out is void, a lot that ended is not spendable and nobody acts by a grant that is
//! over, booked or not.
//!
//! Each is one command with a key made from what is due, so that it is done once, whoever does it and however often.

mod holds;

use chrono::NaiveDate;
use ledger_core::domain::ids::{Actor, CreditId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{Booking, Verdict};
use ledger_core::ledger::{Command, Context, Outcome, Receipt, Submission, commands};
use projections::views::balance::Lot;
use projections::waiting::Stage;
use serde::{Deserialize, Serialize};

use super::ServiceError;
use super::command::{give, receipt_of, worker_event};
use super::keys::{EXPIRY_KEYS, GRANT_KEYS, OBJECTION_KEYS, PUBLICITY_KEYS, derived_key};
use crate::access::policy::{CommandKind, Denied, Target, Who, allow};
use crate::app::App;

pub use holds::release_holds;

/// Who carries out what is due by itself.
pub(super) const LEDGER_ACTOR: &str = "ledger";
/// Why a grant ended that ran out.
const GRANT_OVER: &str = "授权期满";
/// Workers looked at together.
const PAGE: usize = 1_000;

/// What was done of what was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Done {
    /// Credits that count from now on.
    pub confirmed: u64,
    /// Credits that were rejected for good.
    pub rejected: u64,
    /// Holds that were given back.
    pub released: u64,
    /// Workers with lots that were booked as expired.
    pub expired_workers: u64,
    /// What was booked as expired in all.
    pub expired_points: Points,
    /// Grants whose end was booked.
    #[serde(default)]
    pub ended: u64,
    /// Credits and grants for which the ledger's clock says that it is too soon.
    too_soon: u64,
    /// Durable up to here.
    pub position: u64,
}

/// Whether somebody may have done at once what is due.
///
/// # Errors
/// [`Denied`].
pub fn may_carry_out<'a>(who: impl Into<Who<'a>>, target: Target<'_>) -> Result<(), Denied> {
    allow(who.into(), CommandKind::SettleCredit, target)
}

/// Does everything that is due through a day, which may be today at the latest: nobody shortens a publicity.
///
/// # Errors
/// `invalid_date`; [`ServiceError`], with what was done until then.
pub async fn carry_out(app: &App, through: Option<NaiveDate>) -> Result<Done, ServiceError> {
    let now = app.ledger.now();
    let today = now.date();
    let through = through.unwrap_or(today);
    if through > today {
        let sentence = format!("through: {through} lies ahead of today, {today}; what is due then is not due yet");
        return Err(ServiceError::refused(Code::InvalidDate, sentence));
    }
    app.views.fresh(None).await?;
    // What must be over first is over on the day before.
    let Some(over) = through.pred_opt() else { return Ok(Done::default()) };
    let mut done = settle_credits(app, over).await?;
    done.end_grants(app, over).await?;
    let until = if through == today { now } else { BusinessTime::start_of(through.succ_opt().unwrap_or(through)) };
    done.released = holds::release_until(app, until).await?;
    let booked = book_ended_lots(app, over).await?;
    (done.expired_workers, done.expired_points) = (booked.workers, booked.points);
    done.position = app.views.fresh(None).await?;
    Ok(done)
}

/// Does what waited for a day to end: credits whose publicity is over count, objections that nobody appealed are final, and
/// grants that ran out are booked as ended. Tells whether nothing of it is left.
///
/// # Errors
/// [`ServiceError`]; what was not done is due again.
pub async fn settle_ended(app: &App, over: NaiveDate) -> Result<bool, ServiceError> {
    app.views.fresh(None).await?;
    let mut done = settle_credits(app, over).await?;
    done.end_grants(app, over).await?;
    Ok(done.too_soon == 0)
}

/// Books the lots that ended by a day that is over, once for that day.
///
/// # Errors
/// [`ServiceError`]; what was booked until then stays.
pub async fn book_ended_lots(app: &App, over: NaiveDate) -> Result<Booked, ServiceError> {
    let key = derived_key(EXPIRY_KEYS, &over.to_string())?;
    let context = Context { key, actor: Actor::new(LEDGER_ACTOR)?, at: app.ledger.now() };
    book_expiries(app, Who::Ledger, &context, over).await
}

async fn settle_credits(app: &App, over: NaiveDate) -> Result<Done, ServiceError> {
    let actor = Actor::new(LEDGER_ACTOR)?;
    let mut done = Done::default();
    let due = app.views.due_credits(over).await?;
    for page in due.chunks(PAGE) {
        let mut submissions = Vec::with_capacity(page.len());
        for (credit, day, stage) in page {
            let keys = if *stage == Stage::Upheld { OBJECTION_KEYS } else { PUBLICITY_KEYS };
            // The first moment after the day that had to be over.
            let at = BusinessTime::start_of(day.succ_opt().unwrap_or(*day));
            let context = Context { key: derived_key(keys, credit)?, actor: actor.clone(), at };
            let credit = CreditId::new(credit)?;
            submissions.push(Submission { context, command: Command::SettleCredit(commands::SettleCredit { credit }) });
        }
        for outcome in give(&app.ledger, Who::Ledger, submissions).await? {
            match outcome {
                Outcome::Committed(receipt) => done.count(&receipt),
                // Somebody was quicker: an objection, or another server.
                Outcome::Refused(refusal) if matches!(refusal.code, Code::AlreadyDecided | Code::AlreadyReversed) => {}
                Outcome::Refused(refusal) if refusal.code == Code::InvalidDate => done.too_soon += 1,
                Outcome::Refused(refusal) => return Err(ServiceError::Refused(refusal)),
                Outcome::Unknown => return Err(ServiceError::Unknown),
            }
        }
    }
    Ok(done)
}

impl Done {
    /// Books the ends of grants whose last day is over, for the first moment after it.
    async fn end_grants(&mut self, app: &App, over: NaiveDate) -> Result<(), ServiceError> {
        let actor = Actor::new(LEDGER_ACTOR)?;
        let mut submissions = Vec::new();
        for (grant, last_day) in app.views.due_grants(over).await? {
            let at = BusinessTime::start_of(last_day.succ_opt().unwrap_or(last_day));
            let context = Context { key: derived_key(GRANT_KEYS, grant.as_str())?, actor: actor.clone(), at };
            let end = commands::EndGrant { grant, on: None, reason: GRANT_OVER.to_owned(), over: true };
            submissions.push(Submission { context, command: Command::EndGrant(end) });
        }
        for outcome in give(&app.ledger, Who::Ledger, submissions).await? {
            match outcome {
                Outcome::Committed(receipt) => self.ended += u64::from(!receipt.repeated),
                // Somebody was quicker: another server.
                Outcome::Refused(refusal) if refusal.code == Code::AlreadyDecided => {}
                Outcome::Refused(refusal) if refusal.code == Code::InvalidDate => self.too_soon += 1,
                Outcome::Refused(refusal) => return Err(ServiceError::Refused(refusal)),
                Outcome::Unknown => return Err(ServiceError::Unknown),
            }
        }
        Ok(())
    }

    fn count(&mut self, receipt: &Receipt) {
        if receipt.repeated {
            return;
        }
        match worker_event(receipt, |event| event.as_judgement().map(|judged| judged.verdict)) {
            Some(Verdict::Confirmed { .. }) => self.confirmed += 1,
            Some(Verdict::Rejected) => self.rejected += 1,
            _ => {}
        }
    }
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
