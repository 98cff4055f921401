//! Credits that were returned (退回) lately, with who said so and why: for the desk, which mends them and sends them anew.

use chrono::Days;
use ledger_core::domain::ids::CreditId;
use projections::queries::credit::{CreditEvent, CreditRecord, CreditStep};
use projections::waiting::Stage;

use super::ServiceError;
use super::desk::{Row, today};
use super::names::{of_witness, of_worker};
use super::reach;
use super::reading::{may_ever_read, may_read_here};
use super::texts::{of_credit, tell};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// For how many days a returned credit is told of, by the ledger's clock.
const DAYS: u64 = 30;
/// Most of them that are told.
const RETURNED_MAX: usize = 50;

/// A returned credit.
#[derive(Debug, Clone)]
pub struct Returned {
    /// What is recorded of it.
    pub record: CreditRecord,
    /// The step that returned it: the check, or the decision about an objection.
    pub step: CreditStep,
    /// The worker's name, for whoever may know it.
    pub name: Option<String>,
}

/// The credits that were returned within the last days, of workers whose credits whoever asks may read; the last one first.
///
/// # Errors
/// [`ServiceError`].
pub async fn returned(app: &App, who: Who<'_>) -> Result<Vec<Returned>, ServiceError> {
    let reading = may_ever_read(who, Read::Credit)?;
    let position = reading.at_least(app, None).await?;
    let today = today(app);
    let since = today.checked_sub_days(Days::new(DAYS)).unwrap_or(today);
    let mut list = Vec::new();
    for (credit, row) in app.views.returned_since(since).await? {
        match reach::may(app, who, Read::Credit, Target::Worker(&row.worker)).await {
            Ok(()) => {}
            Err(ServiceError::Denied(_)) => continue,
            Err(other) => return Err(other),
        }
        let Ok(id) = CreditId::new(&credit) else { continue };
        let Some(mut record) = app.views.credit(&id, position).await? else { continue };
        tell(&app.vault, who, of_credit(&mut record)).await;
        let Some(step) = returning(&record.steps).cloned() else { continue };
        let name = of_worker(app, who, &row.worker).await;
        list.push(Returned { record, step, name });
        if list.len() >= RETURNED_MAX {
            break;
        }
    }
    reading.note_list(app, list.iter().map(|one: &Returned| one.record.record.worker.as_str()));
    Ok(list)
}

/// The step that returned a credit. Where an objection was upheld, that is its decision: what follows it is only told once
/// nobody appealed.
fn returning(steps: &[CreditStep]) -> Option<&CreditStep> {
    let last = steps.iter().rposition(|step| step.what == CreditEvent::Rejected)?;
    let before = last.checked_sub(1).and_then(|before| steps.get(before));
    before.filter(|step| step.what == CreditEvent::ObjectionUpheld).or(steps.get(last))
}

/// A returned credit as the row it was, to be mended and sent under another key; none where there is no such one. Who
/// witnessed it is told to whoever may know.
///
/// # Errors
/// [`ServiceError`].
pub async fn as_row(app: &App, who: Who<'_>, credit: &str) -> Result<Option<Row>, ServiceError> {
    let reading = may_ever_read(who, Read::Credit)?;
    let position = reading.at_least(app, None).await?;
    let Ok(id) = CreditId::new(credit) else { return Ok(None) };
    let Some(found) = app.views.credit(&id, position).await? else { return Ok(None) };
    let record = &found.record;
    let worker = record.worker.as_str();
    let reading = match may_read_here(app, who, Read::Credit, Target::Worker(worker)).await {
        Ok(reading) => reading,
        // It is told to nobody else that there is one.
        Err(ServiceError::Denied(_)) => return Ok(None),
        Err(other) => return Err(other),
    };
    if found.way.stage != Stage::Rejected {
        return Ok(None);
    }
    reading.note_worker(app, worker);
    let witness = match &record.witness {
        Some(pseudonym) if reach::may(app, who, Read::Witness, Target::Worker(worker)).await.is_ok() => {
            of_witness(app, pseudonym).await
        }
        Some(_) | None => None,
    };
    Ok(Some(Row {
        key: String::new(),
        worker: worker.to_owned(),
        activity: record.activity.to_string(),
        on: record.on.to_string(),
        quantity: record.quantity.to_string(),
        witness: witness.unwrap_or_default(),
        evidence: record.evidence.clone().unwrap_or_default(),
    }))
}
