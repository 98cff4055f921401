//! Statements (对账单) of a merchant's month and of a paying body's, with their lines; and which of them wait for what.

use std::collections::BTreeMap;

use ledger_core::domain::event::Event;
use ledger_core::domain::fund::state::FundMonth;
use ledger_core::domain::ids::{FundId, Key, MerchantId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::statement::{Line, LineKind, Stage};
use ledger_core::domain::time::{BusinessTime, Month};
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::ledger::Command;
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::commands::{ConfirmStatement, PayBody, PrepareStatement};
use projections::views::settlement::{Due, Settlement};

use super::ServiceError;
use super::desk::today;
use super::reading::may_read;
use super::texts::{Written, tell};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Most funds that a body may have, and merchants and funds that are looked through.
const LOOKED_MAX: usize = 10_000;
/// Most months that a list shows.
const SHOWN_MAX: usize = 200;

/// A merchant's month.
#[derive(Debug, Clone)]
pub struct OfMerchant {
    /// 商户编号.
    pub merchant: String,
    /// What it is called.
    pub name: String,
    /// A calendar month in the zone of the district.
    pub month: Month,
    /// What was booked in it, with what goes over from month to month.
    pub due: Due,
    /// Its lines with their positions, in the order of the journal.
    pub lines: Vec<(u64, Line)>,
    /// It includes everything up to here.
    pub position: u64,
}

/// A paying body's month.
#[derive(Debug, Clone)]
pub struct OfBody {
    /// 责任单位, as written in 资金来源.
    pub body: String,
    /// A calendar month in the zone of the district.
    pub month: Month,
    /// Its funds from which something was set aside in it.
    pub funds: Vec<OfFund>,
    /// It includes everything up to here.
    pub position: u64,
}

/// What a fund set aside in a month.
#[derive(Debug, Clone)]
pub struct OfFund {
    /// The fund's number (资金编号).
    pub fund: String,
    /// What it comes to, and how far its statement has come.
    pub row: FundMonth,
    /// What of it can be paid: what it owes, less what later months took back.
    pub payable: Fen,
    /// In the order of the journal.
    pub lines: Vec<BodyLine>,
}

/// A line of a body's month: one benefit granted or given back, or one discount given or taken back.
#[derive(Debug, Clone)]
pub struct BodyLine {
    /// The position of its entry.
    pub position: u64,
    /// Whether money was set aside or freed.
    pub kind: LineKind,
    /// The application, or the slip.
    pub source: Key,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What the worker spent for it.
    pub points: Points,
    /// What was set aside; less than nothing for what was freed.
    pub amount: Fen,
}

impl BodyLine {
    /// How many benefits or discounts it is: one, or one less for what was given back.
    pub const fn units(&self) -> i32 {
        match self.kind {
            LineKind::Released | LineKind::TakenBack | LineKind::MoneyTakenBack => -1,
            LineKind::Committed | LineKind::Honoured | LineKind::Money => 1,
        }
    }
}

impl OfBody {
    /// How far it has come: as far as the fund that has come least far.
    pub fn stage(&self) -> Stage {
        least(self.funds.iter().map(|fund| fund.row.stage()))
    }

    /// Units, points and money of all its lines.
    pub fn sums(&self) -> (i64, Points, Fen) {
        let lines = || self.funds.iter().flat_map(|fund| &fund.lines);
        let amount = lines().fold(Fen::ZERO, |sum, line| sum + line.amount);
        (lines().map(|line| i64::from(line.units())).sum(), lines().map(|line| line.points).sum(), amount)
    }

    /// What of it can be paid.
    pub fn payable(&self) -> Fen {
        self.funds.iter().fold(Fen::ZERO, |sum, fund| sum + fund.payable)
    }

    /// What was paid of it.
    pub fn paid(&self) -> Fen {
        self.funds.iter().fold(Fen::ZERO, |sum, fund| sum + fund.row.paid)
    }
}

/// The stage that stands furthest back, of what has any.
fn least(stages: impl Iterator<Item = Stage>) -> Stage {
    let order = |stage: &Stage| match stage {
        Stage::Open => 0,
        Stage::Stale => 1,
        Stage::Disputed => 2,
        Stage::Prepared => 3,
        Stage::Confirmed => 4,
    };
    stages.min_by_key(order).unwrap_or(Stage::Open)
}

/// A merchant's month with its lines.
///
/// # Errors
/// [`ServiceError`]; `unknown_merchant`.
pub async fn of_merchant(
    app: &App,
    who: Who<'_>,
    merchant: &str,
    month: Month,
    min_position: Option<u64>,
) -> Result<OfMerchant, ServiceError> {
    may_read(who, Read::Settling, Target::Merchant(merchant))?.at_least(app, min_position).await?;
    let unknown = || ServiceError::refused(Code::UnknownMerchant, format!("there is no merchant {merchant:?}"));
    let id = MerchantId::new(merchant).map_err(|_| unknown())?;
    let name = app.views.merchant(merchant).await?.value.ok_or_else(unknown)?.name;
    let found = app.views.due(merchant, month).await?;
    let (position, mut due) = (found.position, found.value);
    let lines = app.views.merchant_lines(&id, month, &due.booked).await?;
    tell_disputes(app, who, &mut due.booked).await;
    Ok(OfMerchant { merchant: merchant.to_owned(), name, month, due, lines, position })
}

/// Puts what was said for and against lines in the place of its references.
async fn tell_disputes(app: &App, who: Who<'_>, row: &mut Settlement) {
    let Some(stated) = &mut row.stated else { return };
    let mut written = Vec::new();
    for (id, dispute) in &mut stated.statement.disputes {
        written.push(Written::of_case(dispute.line.as_str(), &mut dispute.reason));
        if let Some(answer) = &mut dispute.answer {
            written.push(Written::of_case(id.as_str(), &mut answer.reason));
        }
    }
    tell(&app.vault, who, written).await;
}

/// A paying body's month with its lines.
///
/// # Errors
/// [`ServiceError`]; `not_found` for a body that no fund is of.
pub async fn of_body(
    app: &App,
    who: Who<'_>,
    body: &str,
    month: Month,
    min_position: Option<u64>,
) -> Result<OfBody, ServiceError> {
    may_read(who, Read::Settling, Target::District)?.at_least(app, min_position).await?;
    let page = app.views.funds_of(body, LOOKED_MAX).await?;
    if page.rows.is_empty() {
        let message = format!("there is no fund of {body:?}; 责任单位 is written as in 资金来源");
        return Err(ServiceError::refused(Code::NotFound, message));
    }
    let mut funds = Vec::new();
    for (fund, row) in page.rows {
        let payable = row.payable(month);
        let (Some(row), Ok(id)) = (row.months().get(&month), FundId::new(&fund)) else { continue };
        let mut lines = Vec::new();
        for (position, Line { kind, source, at, amount, .. }) in app.views.fund_lines(&id, month, page.position).await?
        {
            let points = spent(app, &source, position).await?;
            lines.push(BodyLine { position, kind, source, at, points, amount });
        }
        funds.push(OfFund { fund, row: row.clone(), payable, lines });
    }
    Ok(OfBody { body: body.to_owned(), month, funds, position: page.position })
}

/// What a worker spent for what was granted under a row, or, less than nothing, got back of it; nothing for a slip. Points
/// are spent, and go back, in the entry just before the money is set aside or freed, be it by the application, by a later
/// place or by a withdrawal.
async fn spent(app: &App, source: &Key, position: u64) -> Result<Points, ServiceError> {
    let before = app.ledger.journal().read(position.saturating_sub(2), 1).await?;
    for entry in before {
        if let Event::Worker(WorkerEvent::BenefitPointsSpent(spent)) = entry.event()?
            && Key::from(&spent.application) == *source
        {
            return Ok(spent.points);
        }
        if let Event::Worker(WorkerEvent::BenefitPointsReturned(returned)) = entry.event()?
            && Key::from(&returned.application) == *source
        {
            return Ok(Points::ZERO - returned.points);
        }
    }
    Ok(Points::ZERO)
}

/// A line that a merchant disputes must be one of the month.
///
/// # Errors
/// `invalid_input`; [`ServiceError::Unavailable`].
pub(super) async fn require_line(app: &App, command: &Command) -> Result<(), ServiceError> {
    let Command::DisputeStatement(dispute) = command else { return Ok(()) };
    let month = app.views.merchant_month(dispute.merchant.as_str(), dispute.month).await?;
    let lines = app.views.merchant_lines(&dispute.merchant, dispute.month, &month.value.unwrap_or_default()).await?;
    if lines.iter().any(|(_, line)| line.source == dispute.line) {
        return Ok(());
    }
    let message = format!(
        "line: {} has no line {} in {}; write the redemption's or the row's number as it stands there",
        dispute.merchant, dispute.line, dispute.month
    );
    Err(ServiceError::refused(Code::InvalidInput, message))
}

/// Puts a body's funds into a command about its month.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn name_funds(app: &App, command: &mut Command) -> Result<(), ServiceError> {
    let (Command::PrepareStatement(PrepareStatement { of: StatementOf::Body { body, funds }, .. })
    | Command::ConfirmStatement(ConfirmStatement { of: StatementOf::Body { body, funds }, .. })
    | Command::PayBody(PayBody { body, funds, .. })) = command
    else {
        return Ok(());
    };
    app.views.fresh(None).await?;
    let page = app.views.funds_of(body, LOOKED_MAX).await?;
    *funds = page.rows.iter().filter_map(|(fund, _)| FundId::new(fund).ok()).collect();
    Ok(())
}

/// Whose month something waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A merchant's, with what it is called.
    Merchant(String, String),
    /// A body's.
    Body(String),
}

/// A month that is over and not settled.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Whose statement it is.
    pub whose: Whose,
    /// As YYYY-MM.
    pub month: String,
    /// How far its statement has come.
    pub stage: Stage,
    /// Whether the merchant found it right (确认无误), while it waits to be confirmed.
    pub found_right: bool,
    /// How many lines there are.
    pub lines: u32,
    /// What is to be paid in points.
    pub points: Points,
    /// What is to be paid in money.
    pub amount: Fen,
}

/// The months that are over and not settled, of merchants and of bodies, oldest first; and whether there are more.
///
/// # Errors
/// [`ServiceError`].
pub async fn waiting(app: &App, who: Who<'_>) -> Result<(Vec<Waiting>, bool), ServiceError> {
    may_read(who, Read::Settling, Target::District)?.at_least(app, None).await?;
    let this = Month::of(today(app)).to_string();
    let mut waiting = Vec::new();
    let mut merchants = app.views.merchants("", LOOKED_MAX).await?;
    for (id, row) in std::mem::take(&mut merchants.rows) {
        for (month, due) in app.views.dues(&id).await?.value {
            let (points, amount) = (due.payable, due.money_payable);
            let owes = points.is_positive() || amount.is_positive();
            if month < this && due.booked.lines.sums.lines > 0 && owes {
                let (whose, stage) = (Whose::Merchant(id.clone(), row.name.clone()), due.booked.stage());
                let stated = due.booked.stated.as_ref();
                let found_right = stage == Stage::Prepared
                    && stated.is_some_and(|stated| stated.statement.acknowledged_by().is_some());
                let lines = due.booked.lines.sums.lines;
                waiting.push(Waiting { whose, month, stage, found_right, lines, points, amount });
            }
        }
    }
    let mut bodies: BTreeMap<(String, String), Vec<(FundMonth, Fen)>> = BTreeMap::new();
    for (_, fund) in app.views.funds("", LOOKED_MAX).await?.rows {
        let Some(terms) = fund.terms() else { continue };
        for (month, row) in fund.months().iter().filter(|(month, _)| month.to_string() < this) {
            let of_body = bodies.entry((month.to_string(), terms.body.clone())).or_default();
            of_body.push((row.clone(), fund.payable(*month)));
        }
    }
    for ((month, body), rows) in bodies {
        let amount = rows.iter().fold(Fen::ZERO, |sum, (_, payable)| sum + *payable);
        if amount.is_positive() {
            let lines = rows.iter().map(|(row, _)| row.sums.lines).sum();
            let owing = rows.iter().filter(|(_, payable)| payable.is_positive());
            let stage = least(owing.map(|(row, _)| row.stage()));
            let whose = Whose::Body(body);
            let (found_right, points) = (false, Points::ZERO);
            waiting.push(Waiting { whose, month, stage, found_right, lines, points, amount });
        }
    }
    waiting.sort_by(|one, other| one.month.cmp(&other.month));
    let more = merchants.next.is_some() || waiting.len() > SHOWN_MAX;
    waiting.truncate(SHOWN_MAX);
    Ok((waiting, more))
}
