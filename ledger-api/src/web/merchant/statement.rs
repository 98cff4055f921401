//! The statement that a merchant is to look over: the newest that was prepared and not settled yet, with its lines; and
//! the forms by which it is found right, or a line of it disputed.

use ledger_core::domain::refusal::Code;
use ledger_core::domain::statement::{LinesDigest, Stage, Statement};
use ledger_core::domain::time::Month;
use ledger_core::ledger::{Command, commands};
use projections::views::settlement::Due;

use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::statements::of_merchant;
use crate::web::figures::{minute, points, yuan};
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor, give, new_key};
use crate::web::statements::{Line, kind_told, money_told, stage_told};
use crate::web::words::Words;

/// A statement as the page shows it.
pub(super) struct Shown {
    pub(super) month: String,
    pub(super) stage: &'static str,
    pub(super) colour: &'static str,
    pub(super) points: String,
    pub(super) amount: String,
    pub(super) lines: Vec<Line>,
    /// Line, reason, answer.
    pub(super) disputes: Vec<(String, String, String)>,
    /// It is not confirmed yet.
    pub(super) open: bool,
    pub(super) key: String,
    /// The merchant found it right.
    pub(super) found_right: bool,
    /// What is found right by pressing, while it can be: the digest of the lines that are shown.
    pub(super) digest: Option<String>,
    pub(super) right_key: String,
}

/// The newest statement that waits for something.
pub(super) async fn shown(
    app: &App,
    visitor: &Visitor,
    merchant: &str,
    dues: &[(String, Due)],
) -> Result<Option<Shown>, Trouble> {
    let waits =
        |due: &Due| due.booked.stage() != Stage::Open && (due.owed.is_positive() || due.money_owed.is_positive());
    let Some(month) = dues.iter().rev().find(|(_, due)| waits(due)).and_then(|(month, _)| Month::parse(month)) else {
        return Ok(None);
    };
    let w = visitor.words();
    let found = of_merchant(app, Who::Bearer(&visitor.must()?.identity), merchant, month, None).await?;
    let booked = found.due.booked;
    let (stage, colour) = stage_told(w, booked.stage());
    let statement = booked.stated.as_ref().map(|stated| &stated.statement);
    let found_right = statement.and_then(Statement::acknowledged_by).is_some();
    let digest = statement.filter(|_| booked.stage() == Stage::Prepared && !found_right);
    let digest = digest.map(|statement| statement.sums.digest.to_string());
    let disputes = statement.into_iter().flat_map(|statement| statement.disputes.values());
    Ok(Some(Shown {
        month: month.to_string(),
        stage,
        colour,
        points: points(booked.lines.sums.points),
        amount: yuan(booked.lines.sums.amount),
        disputes: disputes
            .map(|dispute| {
                let answer = match &dispute.answer {
                    Some(answer) if answer.upheld => format!("{}：{}", w.statements.upheld, answer.reason),
                    Some(answer) => format!("{}：{}", w.statements.dismissed, answer.reason),
                    None => w.statements.waits.to_owned(),
                };
                (dispute.line.to_string(), dispute.reason.clone(), answer)
            })
            .collect(),
        open: booked.stage() != Stage::Confirmed,
        lines: found
            .lines
            .into_iter()
            .map(|(_, line)| Line {
                at: minute(&line.at.to_string()),
                kind: kind_told(w, line.kind),
                source: line.source.to_string(),
                points: if line.points.is_zero() { String::new() } else { points(line.points) },
                amount: money_told(line.kind, line.amount),
                back: None,
            })
            .collect(),
        key: new_key("dispute"),
        found_right,
        digest,
        right_key: new_key("right"),
    }))
}

/// The month that a form is about.
fn month_of(fields: &Fields) -> Result<Month, Trouble> {
    let unreadable = || ServiceError::unreadable("month: write YYYY-MM".to_owned());
    Ok(Month::parse(fields.get("month")).ok_or_else(unreadable)?)
}

/// Finds a statement right, as it was shown.
pub(super) async fn acknowledge(
    app: &App,
    visitor: &Visitor,
    merchant: &str,
    fields: &Fields,
) -> Result<String, Trouble> {
    let digest = LinesDigest::parse(fields.get("digest"));
    let digest = digest.ok_or_else(|| ServiceError::unreadable("digest: press the button on the page".to_owned()))?;
    let (merchant, month) = (read_id(merchant)?, month_of(fields)?);
    let command = commands::AcknowledgeStatement { merchant, month, digest: Some(digest) };
    give(app, visitor, fields.get("key"), Command::from(command)).await?;
    Ok(visitor.words().statements.acknowledged_done.to_owned())
}

/// What is said where a statement is not found right, in words of this form.
pub(super) fn not_right(w: &Words) -> [(Code, &'static str); 2] {
    [(Code::OutsideWindow, w.statements.changed_since), (Code::AlreadyDecided, w.statements.right_before)]
}

/// Disputes a line.
pub(super) async fn dispute(app: &App, visitor: &Visitor, merchant: &str, fields: &Fields) -> Result<String, Trouble> {
    let month = month_of(fields)?;
    let command = commands::DisputeStatement {
        merchant: read_id(merchant)?,
        month,
        line: read_id(fields.get("line"))?,
        reason: fields.get("reason").to_owned(),
    };
    give(app, visitor, fields.get("key"), Command::from(command)).await?;
    Ok(visitor.words().statements.disputed_done.to_owned())
}
