//! Closing a year's appraisal (封存): the branch says which state of the journal its meeting appraised.

use ledger_core::domain::ids::BranchId;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Context, Receipt, Submission, commands};
use sha2::{Digest, Sha256};

use super::ServiceError;
use super::command::{give, receipt_of};
use crate::access::policy::{CommandKind, Target, Who, allow};
use crate::app::App;
use crate::appraisal_sheet::paper::Paper;
use crate::appraisal_sheet::{Format, render};

/// Closes a branch's year at a position, by default at the journal's head. What is sealed is the appraisal's JSON there,
/// which anybody who may read it can ask for again and compare with the digest.
///
/// # Errors
/// `forbidden`; `not_found` for a position that is not there; `invalid_input` for a branch that had no card that year;
/// `already_decided` where the year is sealed; `invalid_date` before it has begun.
pub async fn seal(
    app: &App,
    who: Who<'_>,
    context: Context,
    branch: BranchId,
    year: i32,
    asked: Option<u64>,
) -> Result<Receipt, ServiceError> {
    allow(who, CommandKind::SealAppraisal, Target::Branch(branch.as_str()))?;
    app.views.fresh(asked).await?;
    let appraisal = app.views.appraisal(year, Some(branch.as_str()), asked).await?;
    if appraisal.cards.is_empty() {
        let what = format!("branch {branch} had no card in {year}; there is nothing to seal");
        return Err(ServiceError::refused(Code::InvalidInput, what));
    }
    let position = appraisal.position;
    let bytes = tokio::task::spawn_blocking(move || render(&appraisal, &Paper::default(), Format::Json)).await;
    let bytes = bytes.map_err(|error| ServiceError::fault(&error))?.map_err(|error| ServiceError::fault(&error))?;
    let digest = hex::encode(Sha256::digest(&bytes));
    let command = commands::SealAppraisal { branch, year, asked, position, digest }.into();
    let outcome = give(&app.ledger, who, vec![Submission { context, command }]).await?.pop();
    outcome.map_or(Err(ServiceError::Unknown), |outcome| receipt_of(outcome, None))
}
