//! What was returned lately, as the desk is told of it, and one of it in the form again to be mended.

use projections::queries::credit::CreditStep;

use crate::access::policy::Who;
use crate::app::App;
use crate::service::desk::Row;
use crate::service::own::schedule_on;
use crate::service::reading::read_date;
use crate::service::returned::{Returned, as_row, returned};
use crate::web::figures::{minute, points};
use crate::web::page::{Trouble, Visitor};

/// A credit that was returned, as the page shows it.
pub(super) struct Back {
    pub(super) credit: String,
    pub(super) worker: String,
    pub(super) name: String,
    pub(super) activity: String,
    pub(super) points: String,
    pub(super) on: String,
    pub(super) quantity: String,
    pub(super) proposer: String,
    /// Who returned it, and when.
    pub(super) by: String,
    pub(super) at: String,
    pub(super) reason: String,
}

/// What was returned lately, the last one first.
pub(super) async fn lately(app: &App, visitor: &Visitor) -> Result<Vec<Returned>, Trouble> {
    Ok(returned(app, Who::Bearer(&visitor.must()?.identity)).await?)
}

/// A returned credit under the names of activities.
pub(super) fn back(returned: Returned, called: &dyn Fn(&str) -> String) -> Back {
    let Returned { record, step, name } = returned;
    let CreditStep { by, reason, at, .. } = step;
    let record = record.record;
    Back {
        credit: record.credit.to_string(),
        worker: record.worker.to_string(),
        name: name.unwrap_or_default(),
        activity: called(record.activity.as_str()),
        points: points(record.points),
        on: record.on.to_string(),
        quantity: record.quantity.to_string(),
        proposer: record.proposer.to_string(),
        by,
        at: minute(&at.to_string()),
        reason: reason.unwrap_or_default(),
    }
}

/// The row of a returned credit for the form; none where there is no such credit. An activity that can no longer be recorded
/// today is put among those to choose from, as the schedule of its day has it.
pub(super) async fn again(
    app: &App,
    visitor: &Visitor,
    credit: &str,
    activities: &mut Vec<(String, String, String)>,
) -> Result<Option<Row>, Trouble> {
    let who = Who::Bearer(&visitor.must()?.identity);
    let Some(row) = as_row(app, who, credit).await? else { return Ok(None) };
    let is_there = activities.iter().any(|(code, ..)| *code == row.activity);
    if let Some(on) = read_date(&row.on).filter(|_| !is_there) {
        let then = schedule_on(app, who, on).await?.into_iter();
        activities.extend(then.filter(|(code, ..)| *code == row.activity));
    }
    Ok(Some(row))
}
