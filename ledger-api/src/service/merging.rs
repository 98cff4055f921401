//! Two ids of one person, side by side before one is given up for the other: what each has, and what the ledger would say.

use ledger_core::domain::ids::{Actor, Key, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::ledger::{Command, Context, Outcome, Submission, commands};

use super::ServiceError;
use super::command::worker_event;
use super::foresight::laid_over;
use super::names::masked;
use super::reading::{Reading, may_read};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::vault::WORKER;

/// One of the two.
#[derive(Debug, Clone)]
pub struct Side {
    /// 编号: the one that is kept, or the one that goes.
    pub worker: String,
    /// The name, masked; none where none is kept.
    pub name: Option<String>,
    /// 从业类型.
    pub occupation: String,
    /// 所属平台.
    pub platform: Option<String>,
    /// 所在站点.
    pub site: Option<String>,
    /// What can be spent today.
    pub available: Points,
    /// What is set aside.
    pub held: Points,
    /// What is owed.
    pub debt: Points,
    /// The open card and its branch.
    pub card: Option<(String, String)>,
    /// Credits that wait for a decision.
    pub pending: usize,
}

/// What would go over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoesOver {
    /// What is left in the lots, ended ones and all.
    pub points: Points,
    /// In how many of them something is left.
    pub lots: usize,
    /// What is owed.
    pub debt: Points,
}

/// The two, and what would become of them.
#[derive(Debug, Clone)]
pub struct Twins {
    /// The id that is to be given up.
    pub given_up: Side,
    /// The one that is to be kept.
    pub kept: Side,
    /// Whether both have the same name; none where a name is missing.
    pub same_name: Option<bool>,
    /// What would go over, or why nothing would.
    pub would: Result<GoesOver, Refusal>,
}

/// Looks at two ids, and tries what would happen by the very rules that merge them; nothing is written but that both were
/// looked at.
///
/// # Errors
/// [`ServiceError::Denied`], `unknown_worker`; [`ServiceError::Unavailable`].
pub async fn look(
    app: &App,
    who: Who<'_>,
    actor: &Actor,
    given_up: &WorkerId,
    kept: &WorkerId,
) -> Result<Twins, ServiceError> {
    let reading = may_read(who, Read::Merging, Target::District)?;
    reading.at_least(app, None).await?;
    let asked = [given_up, kept].map(|worker| (WORKER, worker.as_str()));
    let mut names = app.vault.get_names(&asked).await?.into_iter();
    let (name, other) = (names.next().flatten(), names.next().flatten());
    let same_name = name.as_ref().zip(other.as_ref()).map(|(one, other)| one == other);
    let given_up_side = side(app, &reading, given_up, name).await?;
    let kept_side = side(app, &reading, kept, other).await?;
    let would = tried(app, actor, given_up, kept).await?;
    Ok(Twins { given_up: given_up_side, kept: kept_side, same_name, would })
}

async fn side(app: &App, reading: &Reading<'_>, worker: &WorkerId, name: Option<String>) -> Result<Side, ServiceError> {
    let id = worker.as_str();
    let row = app.views.worker(id).await?.value;
    let row = row.ok_or_else(|| ServiceError::refused(Code::UnknownWorker, format!("there is no worker {id:?}")))?;
    reading.note_worker(app, id);
    let balance = app.views.balance_of(id, &row, app.ledger.now().date()).await?;
    Ok(Side {
        worker: id.to_owned(),
        name: name.as_deref().map(masked),
        occupation: row.occupation,
        platform: row.platform,
        site: row.site,
        available: balance.available,
        held: balance.held,
        debt: row.account.debt,
        card: row.card,
        pending: row.pending.len(),
    })
}

/// What the ledger would say: asked of one that is laid over this one and ends with the answer.
async fn tried(
    app: &App,
    actor: &Actor,
    given_up: &WorkerId,
    kept: &WorkerId,
) -> Result<Result<GoesOver, Refusal>, ServiceError> {
    let at = app.ledger.now();
    let (over, task) = laid_over(app).await?;
    let key = Key::new(&format!("merge/{}", uuid::Uuid::now_v7()))?;
    let command = Command::MergeWorkers(commands::MergeWorkers {
        kept: kept.clone(),
        absorbed: given_up.clone(),
        reason: "试算".to_owned(),
    });
    let submission = Submission { context: Context { key, actor: actor.clone(), at }, command };
    let outcome = super::command::judge(&over, submission).await;
    drop(over);
    task.finished().await;
    match outcome {
        Outcome::Committed(receipt) => {
            let told = worker_event(&receipt, |event| {
                let merged = event.as_handed_over()?;
                Some(GoesOver { points: merged.points, lots: merged.lots.len(), debt: merged.debt })
            });
            told.map(Ok).ok_or_else(|| ServiceError::fault(&"a merge without an event that says so"))
        }
        Outcome::Refused(refusal) => Ok(Err(refusal)),
        Outcome::Unknown => Err(ServiceError::Unknown),
    }
}
