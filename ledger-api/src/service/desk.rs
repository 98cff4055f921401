//! What the desk asks: credits that wait, with what is known of each, and rows of a sheet judged before anything is
//! written.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ActivityCode, Actor, CreditId, Key, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::worker::event::{ServiceRecorded, WorkerEvent};
use ledger_core::ledger::{Command, Context, Ledger, Outcome, Receipt, Submission, commands};
use projections::queries::credit::CreditRecord;
use projections::views::proposal::Proposal;
use projections::waiting::{Stage, Waiting as Way};

use super::ServiceError;
use super::capped::{Capped, capped};
use super::command::{Asked, prepare, submit};
use super::foresight::laid_over;
use super::keys::read_key;
use super::names::{Personal, of_worker};
use super::reach;
use super::reading::{may_ever_read, no_date, read_date};
use super::texts::{of_credit, tell};
use crate::access::policy::{Read, Target, Who, of_command};
use crate::app::App;
use crate::vault::is_same_text;

/// Most credits of a queue that are shown at once.
const QUEUE_MAX: usize = 100;
/// Most that are looked through for them.
const WAITING_MAX: usize = 10_000;
/// Most rows of a sheet that are judged at once on a page; larger ones are imported.
pub const ROWS_MAX: usize = 1_000;

/// A credit that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its name.
    pub credit: String,
    /// What is kept of it while it waits.
    pub row: Proposal,
    /// What is recorded of it.
    pub record: Option<CreditRecord>,
    /// The worker's name, for whoever may know it.
    pub name: Option<String>,
}

/// Credits that wait, of workers of whom whoever asks may read this; first recorded first.
///
/// # Errors
/// [`ServiceError`].
pub async fn queue(app: &App, who: Who<'_>, read: Read) -> Result<Vec<Waiting>, ServiceError> {
    let reading = may_ever_read(who, read)?;
    let position = reading.at_least(app, None).await?;
    let mut rows = app.views.proposals("", WAITING_MAX, |_| true).await?.rows;
    rows.sort_by_key(|(_, one)| one.at);
    let mut queue = Vec::with_capacity(rows.len());
    for (credit, row) in rows {
        match reach::may(app, who, read, Target::Worker(&row.worker)).await {
            Ok(()) => {}
            Err(ServiceError::Denied(_)) => continue,
            Err(other) => return Err(other),
        }
        if queue.len() >= QUEUE_MAX {
            break;
        }
        let record = match CreditId::new(&credit) {
            Ok(id) => app.views.credit(&id, position).await?,
            Err(_) => None,
        };
        let name = of_worker(app, who, &row.worker).await;
        queue.push(Waiting { credit, row, record, name });
    }
    let records = queue.iter_mut().filter_map(|waiting| waiting.record.as_mut());
    tell(&app.vault, who, records.flat_map(of_credit).collect()).await;
    reading.note_list(app, queue.iter().map(|waiting: &Waiting| waiting.row.worker.as_str()));
    Ok(queue)
}

/// A row of 活动记录 as it stands on a sheet or in a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// 记录号.
    pub key: String,
    /// 编号.
    pub worker: String,
    /// 活动代码.
    pub activity: String,
    /// 服务日期.
    pub on: String,
    /// 数量.
    pub quantity: String,
    /// 证明人.
    pub witness: String,
    /// Digest of the evidence, or where it is kept.
    pub evidence: String,
}

/// What a row that is taken comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// In exact hundredths.
    pub points: Points,
    /// Whether it waits for others.
    pub waits: bool,
    /// That a limit took from it.
    pub capped: Option<Capped>,
}

/// What became of a row, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It is taken.
    Taken(Taken),
    /// It was taken before.
    Repeated,
    /// It is refused.
    Refused(Refusal),
    /// Whether it was taken is not known yet.
    Unknown,
}

impl Row {
    /// The command of a row, with its key; what is personal is not in it.
    fn read(&self) -> Result<(Key, Command), ServiceError> {
        let key = read_key(&self.key)?;
        if self.witness.is_empty() {
            return Err(ServiceError::unreadable("witness: nobody is named"));
        }
        let refused = |code, sentence: String| ServiceError::refused(code, sentence);
        let worker = WorkerId::new(&self.worker).map_err(|error| refused(Code::UnknownWorker, error.to_string()))?;
        let activity =
            ActivityCode::new(&self.activity).map_err(|error| refused(Code::UnknownActivity, error.to_string()))?;
        let on =
            read_date(&self.on).ok_or_else(|| refused(Code::InvalidDate, no_date("on", &format!("{:?}", self.on))))?;
        let quantity = Quantity::parse(&self.quantity);
        let quantity = quantity.ok_or_else(|| {
            refused(Code::InvalidQuantity, format!("{:?} is no quantity; write a number above 0", self.quantity))
        })?;
        let evidence = Some(self.evidence.clone()).filter(|evidence| !evidence.is_empty());
        let record = commands::RecordCredit {
            worker,
            activity,
            on: Some(on),
            quantity: Some(quantity),
            witness: None,
            own_witness: is_same_text(&self.witness, &self.worker),
            evidence,
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
        };
        Ok((key, Command::RecordCredit(record)))
    }
}

/// Records a row.
///
/// # Errors
/// [`ServiceError`].
pub async fn record(app: &App, who: Who<'_>, actor: &Actor, row: &Row) -> Result<Judged, ServiceError> {
    let (key, command) = row.read()?;
    let context = Context { key, actor: actor.clone(), at: app.ledger.now() };
    let asked = Asked { personal: Personal::Witness(row.witness.clone()), ..command.clone().into() };
    let prepared = prepare(app, who, context.clone(), asked).await?;
    let receipt = submit(app.clone(), prepared).await?;
    if receipt.repeated {
        return Ok(Judged::Repeated);
    }
    let record = service(&receipt).ok_or_else(|| ServiceError::fault(&"no credit"))?;
    let mut taken = taken(record);
    if record.uncapped.is_some() {
        taken.capped = limit_met(app, Submission { context, command }, row, record).await;
    }
    Ok(Judged::Taken(taken))
}

/// Which limit took from a credit that is recorded; what cannot be told of it now is left out, for recorded it is.
async fn limit_met(app: &App, again: Submission, row: &Row, record: &ServiceRecorded) -> Option<Capped> {
    let asked = async {
        let again = Submission { command: witnessed(app, again.command, row).await?, ..again };
        let (over, task) = laid_over(app).await?;
        let capped = capped(app, &over, again, record).await;
        drop(over);
        task.finished().await;
        capped
    };
    match asked.await {
        Ok(capped) => capped,
        Err(error) => {
            tracing::warn!(%error, "the limit that a credit met is not told");
            record.uncapped.map(|exact| Capped { exact, by: None })
        }
    }
}

/// The credit of a receipt.
fn service(receipt: &Receipt) -> Option<&ServiceRecorded> {
    receipt.events.iter().filter_map(Event::as_worker).find_map(WorkerEvent::as_service)
}

fn taken(record: &ServiceRecorded) -> Taken {
    Taken { points: record.points, waits: Way::begin(record).stage != Stage::Confirmed, capped: None }
}

/// The command of a row with its witness, as the ledger knows one.
async fn witnessed(app: &App, mut command: Command, row: &Row) -> Result<Command, ServiceError> {
    if let Command::RecordCredit(commands::RecordCredit { worker, own_witness, witness, .. }) = &mut command {
        *own_witness = app.vault.is_worker(worker, &row.witness).await?;
        *witness = Some(app.vault.pseudonym(crate::vault::WITNESS, &row.witness));
    }
    Ok(command)
}

/// Judges rows by the very rules that would record them, and writes nothing: they are given to a ledger over this one
/// that ends with the answer. Whoever asks is asked for each row whether they may record it.
///
/// # Errors
/// [`ServiceError`] when the journal cannot be read.
pub async fn judge(app: &App, who: Who<'_>, actor: &Actor, rows: &[Row]) -> Result<Vec<Judged>, ServiceError> {
    let (over, task) = laid_over(app).await?;
    let mut judged = Vec::with_capacity(rows.len());
    for row in rows {
        judged.push(judge_one(app, &over, who, actor, row).await?);
    }
    drop(over);
    task.finished().await;
    Ok(judged)
}

async fn judge_one(app: &App, over: &Ledger, who: Who<'_>, actor: &Actor, row: &Row) -> Result<Judged, ServiceError> {
    let (key, command) = match row.read() {
        Ok(read) => read,
        Err(ServiceError::Refused(refusal)) => return Ok(Judged::Refused(refusal)),
        Err(ServiceError::Unreadable(sentence)) => {
            return Ok(Judged::Refused(Refusal::new(Code::InvalidInput, sentence)));
        }
        Err(other) => return Err(other),
    };
    let (kind, target) = of_command(&command);
    match reach::may(app, who, kind, target).await {
        Ok(()) => {}
        // Of a worker who is not there nobody has any; the ledger then says so.
        Err(ServiceError::Denied(_)) if is_there(app, &row.worker).await? => {
            return Ok(Judged::Refused(Refusal::new(Code::Forbidden, "not for this role to record")));
        }
        Err(ServiceError::Denied(_)) => {}
        Err(other) => return Err(other),
    }
    let context = Context { key, actor: actor.clone(), at: app.ledger.now() };
    let submission = Submission { context, command: witnessed(app, command, row).await? };
    Ok(match super::command::judge(over, submission.clone()).await {
        Outcome::Committed(receipt) if receipt.repeated => Judged::Repeated,
        Outcome::Committed(receipt) => match service(&receipt) {
            Some(record) => {
                Judged::Taken(Taken { capped: capped(app, over, submission, record).await?, ..taken(record) })
            }
            None => Judged::Unknown,
        },
        Outcome::Refused(refusal) => Judged::Refused(refusal),
        Outcome::Unknown => Judged::Unknown,
    })
}

async fn is_there(app: &App, worker: &str) -> Result<bool, ServiceError> {
    Ok(app.views.worker(worker).await?.value.is_some())
}

/// Today by the ledger's clock.
pub fn today(app: &App) -> NaiveDate {
    app.ledger.now().date()
}
