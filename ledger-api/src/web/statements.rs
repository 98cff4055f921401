//! `/statements`: the months of merchants and of paying bodies that are over and not settled: one person prepares a
//! statement, another confirms it, a third pays. What a merchant disputes is answered here.

mod forms;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::Key;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::statement::{LineKind, Stage, Statement};
use ledger_core::domain::time::{BusinessTime, Month};
use serde::Deserialize;

use super::address::in_address;
use super::figures::{minute, points, yuan};
use super::form::{Fields, Sent};
use super::page::{Frame, Trouble, Visitor, answer, new_key, show};
use super::trouble;
use super::words::Words;
use crate::access::Identity;
use crate::access::policy::{CommandKind, Denied, Read, Target, Who, allow, may_ever};
use crate::app::App;
use crate::service::statements::{OfBody, OfMerchant, Waiting, Whose, of_body, of_merchant, waiting};

#[derive(Template)]
#[template(path = "statements/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    rows: Vec<Row>,
    more: bool,
    one: Option<One>,
}

/// A month that waits.
struct Row {
    address: String,
    name: String,
    id: String,
    month: String,
    stage: &'static str,
    colour: &'static str,
    /// The merchant found it right.
    found_right: bool,
    lines: u32,
    owed: String,
    here: bool,
}

/// The month that is looked at.
struct One {
    /// What the forms name it by.
    merchant: String,
    body: String,
    month: String,
    name: String,
    stage: &'static str,
    colour: &'static str,
    /// Whether the merchant found it right, while it waits to be confirmed.
    found_right: Option<bool>,
    figures: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    lines: Vec<Line>,
    disputes: Vec<Dispute>,
    /// What can be done about it by whoever looks, as far as roles go.
    prepares: bool,
    again: bool,
    confirms: bool,
    pays: bool,
    answers: bool,
    /// What is paid, in hundredths of points and in fen: it stands in the form, so that the form sent twice is one command.
    owed: (i64, i64),
    /// The address of its workbook.
    workbook: String,
    keys: Vec<String>,
}

impl One {
    fn key(&self, nth: usize) -> &str {
        self.keys.get(nth).map(String::as_str).unwrap_or_default()
    }
}

pub(super) struct Line {
    pub(super) at: String,
    pub(super) kind: &'static str,
    pub(super) source: String,
    pub(super) points: String,
    pub(super) amount: String,
    /// The key of the form that takes it back, where whoever looks may, and the line's time to the second, for that form.
    pub(super) back: Option<(String, String)>,
}

struct Dispute {
    id: String,
    line: String,
    by: String,
    reason: String,
    /// None while it waits.
    answer: Option<String>,
    key: String,
}

/// Which month is looked at.
#[derive(Debug, Default, Clone, Deserialize)]
struct Asked {
    #[serde(default)]
    merchant: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    month: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/statements", get(read).post(act))
}

/// Whether somebody has the page: statements are of the whole district.
pub(super) fn is_for(identity: &Identity) -> bool {
    let who = Who::Bearer(identity);
    let acts = may_ever(who, CommandKind::PrepareStatement) || may_ever(who, CommandKind::ConfirmStatement);
    acts && allow(who, Read::Settling, Target::District).is_ok()
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked, String::new(), String::new()).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let get = |name| fields.get(name).to_owned();
        let asked = Asked { merchant: get("merchant"), body: get("body"), month: get("month") };
        let (said, bad) = match forms::carry_out(&app, &visitor, &fields).await {
            Ok(said) => (said, String::new()),
            Err(Trouble::Service(error)) => (String::new(), trouble::said(visitor.words(), visitor.english, &error)),
            Err(other) => return Err(other),
        };
        page(&app, &visitor, &asked, said, bad).await
    };
    answer(&visitor, made.await)
}

async fn page(app: &App, visitor: &Visitor, asked: &Asked, said: String, bad: String) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let who = Who::Bearer(identity);
    if !is_for(identity) {
        return Err(Denied.into());
    }
    let (found, more) = waiting(app, who).await?;
    let one = match Month::parse(&asked.month) {
        Some(month) if !asked.merchant.is_empty() => {
            let found = of_merchant(app, who, &asked.merchant, month, None).await?;
            Some(merchant_told(w, who, found))
        }
        Some(month) if !asked.body.is_empty() => {
            Some(body_told(w, who, of_body(app, who, &asked.body, month, None).await?))
        }
        Some(_) | None => None,
    };
    let rows = found.into_iter().map(|row| row_told(w, asked, row)).collect();
    show(&Page { f: visitor.frame(w.statements_page), said, bad, rows, more, one })
}

/// How far a statement has come, in words, with their colour.
pub(super) const fn stage_told(w: &Words, stage: Stage) -> (&'static str, &'static str) {
    let w = w.statements;
    match stage {
        Stage::Open => (w.open, "wait"),
        Stage::Prepared => (w.prepared, "info"),
        Stage::Disputed => (w.disputed, "bad"),
        Stage::Stale => (w.stale, "wait"),
        Stage::Confirmed => (w.confirmed, "ok"),
    }
}

/// The same of a month of which nothing is owed: what was confirmed is paid.
const fn settled_told(w: &Words, stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Confirmed => (w.statements.settled, "ok"),
        Stage::Open | Stage::Prepared | Stage::Disputed | Stage::Stale => stage_told(w, stage),
    }
}

pub(super) const fn kind_told(w: &Words, kind: LineKind) -> &'static str {
    let w = w.statements;
    match kind {
        LineKind::Honoured => w.honoured,
        LineKind::TakenBack | LineKind::MoneyTakenBack => w.taken_back,
        LineKind::Money | LineKind::Committed => w.money,
        LineKind::Released => w.released,
    }
}

/// A line's money; blank for one that is in points alone.
pub(super) fn money_told(kind: LineKind, amount: Fen) -> String {
    match kind {
        LineKind::Money | LineKind::MoneyTakenBack | LineKind::Committed | LineKind::Released => yuan(amount),
        LineKind::Honoured | LineKind::TakenBack => String::new(),
    }
}

fn row_told(w: &Words, asked: &Asked, row: Waiting) -> Row {
    let Waiting { whose, month, stage, found_right, lines, points: owed, amount } = row;
    let (name, id, query) = match whose {
        Whose::Merchant(id, name) => {
            let query = format!("merchant={}", in_address(&id));
            (name, id, query)
        }
        Whose::Body(body) => {
            let query = format!("body={}", in_address(&body));
            (body, w.statements.body.to_owned(), query)
        }
    };
    let here = asked.month == month && (asked.merchant == id || (!asked.body.is_empty() && asked.body == name));
    let (stage, colour) = stage_told(w, stage);
    let owed = told(w, owed, amount.is_positive().then(|| yuan(amount)));
    let address = format!("/statements?{query}&month={month}");
    Row { address, name, id, month, stage, colour, found_right, lines, owed, here }
}

/// Points and money, as far as there are any.
fn told(w: &Words, owed: Points, amount: Option<String>) -> String {
    let owed = (!owed.is_zero()).then(|| format!("{} {}", points(owed), w.points));
    owed.into_iter().chain(amount).collect::<Vec<_>>().join(" · ")
}

/// What a statement says of itself.
fn facts(w: &Words, statement: Option<&Statement>) -> Vec<(&'static str, String)> {
    let w = w.statements;
    let Some(statement) = statement else { return Vec::new() };
    let prepared = statement.prepared_by.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
    let mut facts = vec![(w.prepared_by, prepared)];
    facts.extend(statement.acknowledged_by().map(|by| (w.acknowledged_by, by.to_string())));
    facts.extend(statement.confirmed_by.as_ref().map(|by| (w.confirmed_by, by.to_string())));
    facts.push((w.digest, statement.sums.digest.to_string()));
    facts
}

fn merchant_told(w: &Words, who: Who<'_>, found: OfMerchant) -> One {
    let OfMerchant { merchant, name, month, due, lines, .. } = found;
    let stage = due.booked.stage();
    let statement = due.booked.stated.as_ref().map(|stated| &stated.statement);
    let may = |kind| allow(who, kind, Target::Merchant(&merchant)).is_ok();
    let owed = (due.payable.hundredths(), due.money_payable.fen());
    let said = w.statements;
    let money_carried = (due.money_carried != Fen::ZERO).then(|| yuan(due.money_carried));
    let carried = std::iter::once(points(due.carried)).chain(money_carried).collect::<Vec<_>>().join(" · ");
    // What is in points is taken back at its store.
    let takes_back = may(CommandKind::ReverseBenefitUse) && may(CommandKind::ReversePassUse);
    let back = |position: u64, source: &Key, at: BusinessTime| {
        let mut of_row = lines.iter().rev().filter(|(_, line)| line.source == *source);
        let last = of_row.next().is_some_and(|(last, line)| *last == position && line.kind == LineKind::Money);
        (takes_back && last).then(|| (new_key("reverse"), at.to_string()))
    };
    let figures = vec![
        (w.points, points(due.booked.lines.sums.points)),
        (said.amount, yuan(due.booked.lines.sums.amount)),
        (said.carried, carried),
        (said.owed, told(w, due.payable, Some(yuan(due.money_payable)))),
    ];
    let facts = facts(w, statement);
    let disputes = statement.into_iter().flat_map(|statement| &statement.disputes);
    let (told, colour) = if owed == (0, 0) { settled_told(w, stage) } else { stage_told(w, stage) };
    let found_right = statement.map(|statement| statement.acknowledged_by().is_some());
    One {
        body: String::new(),
        month: month.to_string(),
        name,
        stage: told,
        colour,
        found_right: found_right.filter(|_| stage == Stage::Prepared),
        figures,
        facts,
        lines: lines
            .iter()
            .map(|(position, line)| Line {
                at: minute(&line.at.to_string()),
                kind: kind_told(w, line.kind),
                source: line.source.to_string(),
                points: if line.points.is_zero() { String::new() } else { points(line.points) },
                amount: money_told(line.kind, line.amount),
                back: back(*position, &line.source, line.at),
            })
            .collect(),
        disputes: disputes
            .map(|(id, dispute)| Dispute {
                id: id.to_string(),
                line: dispute.line.to_string(),
                by: dispute.by.to_string(),
                reason: dispute.reason.clone(),
                answer: dispute.answer.as_ref().map(|answer| {
                    let upheld = if answer.upheld { said.upheld } else { said.dismissed };
                    format!("{upheld}：{}（{}）", answer.reason, answer.by)
                }),
                key: new_key("answer"),
            })
            .collect(),
        prepares: stage != Stage::Confirmed && may(CommandKind::PrepareStatement),
        again: stage != Stage::Open,
        confirms: stage == Stage::Prepared && may(CommandKind::ConfirmStatement),
        pays: stage == Stage::Confirmed && owed != (0, 0) && may(CommandKind::PaySettlement),
        answers: may(CommandKind::AnswerDispute),
        owed,
        workbook: format!("/v1/merchants/{}/statements/{month}?format=xlsx", in_address(&merchant)),
        keys: keys(),
        merchant,
    }
}

fn body_told(w: &Words, who: Who<'_>, found: OfBody) -> One {
    let (stage, (units, spent, amount), paid) = (found.stage(), found.sums(), found.paid());
    let may = |kind| allow(who, kind, Target::District).is_ok();
    let said = w.statements;
    let figures = vec![
        (said.units, units.to_string()),
        (w.points, points(spent)),
        (said.amount, yuan(amount)),
        (w.paid, yuan(paid)),
    ];
    let facts = found.funds.iter().flat_map(|fund| facts(w, fund.row.statement.as_ref())).collect();
    let settled = !found.payable().is_positive();
    let (told, colour) = if settled { settled_told(w, stage) } else { stage_told(w, stage) };
    One {
        merchant: String::new(),
        month: found.month.to_string(),
        name: found.body.clone(),
        stage: told,
        colour,
        found_right: None,
        figures,
        facts,
        lines: found
            .funds
            .iter()
            .flat_map(|fund| &fund.lines)
            .map(|line| Line {
                at: minute(&line.at.to_string()),
                kind: kind_told(w, line.kind),
                source: line.source.to_string(),
                points: if line.points.is_zero() { String::new() } else { points(line.points) },
                amount: yuan(line.amount),
                back: None,
            })
            .collect(),
        disputes: Vec::new(),
        prepares: stage != Stage::Confirmed && may(CommandKind::PrepareBodyStatement),
        again: stage != Stage::Open,
        confirms: stage == Stage::Prepared && may(CommandKind::ConfirmBodyStatement),
        pays: stage == Stage::Confirmed && found.payable().is_positive() && may(CommandKind::PayBody),
        answers: false,
        owed: (0, 0),
        workbook: format!("/v1/bodies/{}/statements/{}?format=xlsx", in_address(&found.body), found.month),
        keys: keys(),
        body: found.body,
    }
}

/// A key each for preparing, confirming and paying.
fn keys() -> Vec<String> {
    ["prepare", "confirm", "pay"].map(new_key).into()
}
