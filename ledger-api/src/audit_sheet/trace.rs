//! A trace, line by line: as JSON objects, and as a table of fixed columns that needs to know no line before the next.

use std::collections::BTreeMap;

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use projections::audit::trace::{Note, Standing, Subject, TraceEnd, TraceLine};
use serde::Serialize;
use utoipa::ToSchema;

use crate::document::{one_line, padded};
use crate::exact::PointsJson;
use crate::title;
use crate::vault::short;

/// A traced event.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceLineJson {
    position: u64,
    /// The event's type.
    event: &'static str,
    /// The event in Chinese.
    word: &'static str,
    /// When it happened, in business time.
    at: Option<String>,
    /// The service date, for credits.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<chrono::NaiveDate>,
    /// When the journal recorded it.
    recorded_at: String,
    /// Who entered it: the id of an access token.
    actor: String,
    /// The command's key.
    key: String,
    /// The credit, redemption, hold, card, item or month it is about.
    subject: String,
    /// The store, worker or merchant it has to do with, where that is not the subject traced.
    party: Option<String>,
    activity: Option<String>,
    /// Who witnessed it, as a pseudonym.
    witness: Option<String>,
    /// The version of the points schedule.
    schedule: Option<u32>,
    /// The lots touched, with what was put in or taken out.
    lots: Vec<TraceLotJson>,
    /// The last day of the lot that it made.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<chrono::NaiveDate>,
    /// Units put on the shelf or taken from it, by item.
    units: BTreeMap<String, i64>,
    /// What it changed: in the worker's balance, on the card, in what the merchant is owed; signed.
    points: PointsJson,
    note: Option<TraceNoteJson>,
    /// Why, where a reason was given.
    reason: Option<String>,
    /// The figures after it.
    after: StandingJson,
}

/// A lot touched.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceLotJson {
    /// The lot's number within the worker's account.
    lot: u32,
    points: PointsJson,
}

/// What is special about a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceNoteJson {
    /// `proposed`, `capped` (with what it would have been), `debt_paid`, `debt_left`, `booked` (an expiry, which the
    /// figures have told already), or `proven` (the district asks who spends).
    kind: &'static str,
    points: Option<PointsJson>,
    /// By what the worker was proven to be the one who spends, where `kind` is `proven`.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
}

/// Figures, those of the subject's kind alone.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct StandingJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    earned: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redeemed: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<PointsJson>,
    /// Of the balance, what is set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    debt: Option<PointsJson>,
    /// Of a store: units on the shelf, by item.
    #[serde(skip_serializing_if = "Option::is_none")]
    shelf: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    honoured: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid: Option<PointsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owed: Option<PointsJson>,
    /// Of a card: points by year and category, and their total.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<BTreeMap<String, BTreeMap<String, PointsJson>>>,
}

/// A lot that ended with points in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedLotJson {
    lot: u32,
    #[schema(value_type = String, format = Date)]
    last_day: chrono::NaiveDate,
    points: PointsJson,
}

/// The end of a trace.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceEndJson {
    /// The business day it is told for.
    #[schema(value_type = Option<String>, format = Date)]
    as_of: Option<chrono::NaiveDate>,
    /// Events of the subject that happened after that day and are left out.
    left_out: u64,
    /// The first position left out.
    left_out_first: Option<u64>,
    /// The lots whose points make up what expired.
    ended: Vec<EndedLotJson>,
    /// The figures, as the state gives them.
    figures: StandingJson,
}

impl From<&TraceLine> for TraceLineJson {
    fn from(line: &TraceLine) -> TraceLineJson {
        TraceLineJson {
            position: line.position,
            event: line.event,
            word: Event::word_of(line.event),
            at: line.at.map(|at| at.to_string()),
            on: line.on,
            recorded_at: line.recorded_at.to_string(),
            actor: line.actor.clone(),
            key: line.key.clone(),
            subject: line.subject.clone(),
            party: line.party.clone(),
            activity: line.activity.clone(),
            witness: line.witness.clone(),
            schedule: line.schedule,
            lots: line.lots.iter().map(|part| TraceLotJson { lot: part.0, points: PointsJson(part.1) }).collect(),
            last_day: line.last_day,
            units: line.units.iter().fold(BTreeMap::new(), |mut units, (sku, change)| {
                *units.entry(sku.clone()).or_default() += change;
                units
            }),
            points: PointsJson(line.points),
            note: line.note.as_ref().map(note_json),
            reason: line.reason.as_deref().map(short),
            after: (&line.after).into(),
        }
    }
}

fn note_json(note: &Note) -> TraceNoteJson {
    let (kind, points) = match note {
        Note::Proposed => ("proposed", None),
        Note::Capped(points) => ("capped", Some(*points)),
        Note::DebtPaid(points) => ("debt_paid", Some(*points)),
        Note::DebtLeft(points) => ("debt_left", Some(*points)),
        Note::Booked(points) => ("booked", Some(*points)),
        Note::Proven(_) => ("proven", None),
    };
    let by = if let Note::Proven(by) = note { Some(by.as_str()) } else { None };
    TraceNoteJson { kind, points: points.map(PointsJson), by }
}

impl From<&Standing> for StandingJson {
    fn from(standing: &Standing) -> StandingJson {
        let some = |points: Points| Some(PointsJson(points));
        match standing {
            Standing::Worker(worker) => StandingJson {
                earned: some(worker.figures.earned),
                redeemed: some(worker.figures.redeemed),
                expired: some(worker.figures.expired),
                balance: some(worker.figures.balance),
                held: some(worker.held),
                debt: some(worker.debt),
                ..StandingJson::default()
            },
            Standing::Card(years) => {
                let years = years.iter().map(|(year, categories)| {
                    let categories = categories.iter().map(|(name, points)| (name.clone(), PointsJson(*points)));
                    (year.to_string(), categories.collect())
                });
                StandingJson { card: Some(years.collect()), ..StandingJson::default() }
            }
            Standing::Store(shelf) => StandingJson { shelf: Some(shelf.clone()), ..StandingJson::default() },
            Standing::Merchant(merchant) => StandingJson {
                honoured: some(merchant.honoured),
                paid: some(merchant.paid),
                owed: some(merchant.owed()),
                ..StandingJson::default()
            },
        }
    }
}

impl From<&TraceEnd> for TraceEndJson {
    fn from(end: &TraceEnd) -> TraceEndJson {
        let ended = end.ended.iter().map(|lot| EndedLotJson {
            lot: lot.lot,
            last_day: lot.last_day,
            points: PointsJson(lot.points),
        });
        TraceEndJson {
            as_of: end.as_of,
            left_out: end.left_out,
            left_out_first: end.left_out_first,
            ended: ended.collect(),
            figures: (&end.figures).into(),
        }
    }
}

/// A column of the table: its title and its width.
struct Column(&'static str, usize, bool);

const BEFORE: [Column; 7] = [
    Column("序号", 8, true),
    Column("发生", 19, false),
    Column("记账", 19, false),
    Column("操作人", 14, false),
    Column("事件", 20, false),
    Column("对象", 18, false),
    Column("变动", 9, true),
];

fn figures_columns(subject: &Subject) -> &'static [Column] {
    match subject {
        Subject::Worker(_) => {
            const {
                &[
                    Column("余额", 9, true),
                    Column("其中预占", 9, true),
                    Column("过期", 9, true),
                    Column("待抵扣", 9, true),
                ]
            }
        }
        Subject::Card(_) => const { &[Column("卡上合计", 9, true)] },
        Subject::Store(_) => const { &[Column("在架", 9, true)] },
        Subject::Merchant(_) => const { &[Column("应付", 9, true)] },
    }
}

/// The first lines of the table.
pub fn head(subject: &Subject) -> String {
    let columns = BEFORE.iter().chain(figures_columns(subject));
    let cells: Vec<String> = columns.map(|Column(title, width, right)| padded(title, *width, *right)).collect();
    format!("{}  说明\n", cells.join("  "))
}

/// A line of the table.
pub fn row(subject: &Subject, line: &TraceLine) -> String {
    let happened = match (line.on, line.at) {
        (Some(on), _) => on.to_string(),
        (None, Some(at)) => civil(&at.to_string()),
        (None, None) => "-".to_owned(),
    };
    let change = match line.units.as_slice() {
        [] if line.points.is_zero() => "0".to_owned(),
        [] => signed(line.points),
        units => units.iter().map(|(_, units)| format!("{units:+}")).collect::<Vec<_>>().join(","),
    };
    let before = [
        line.position.to_string(),
        happened,
        civil(&line.recorded_at.to_string()),
        line.actor.clone(),
        Event::word_of(line.event).to_owned(),
        if line.subject.is_empty() { "-".to_owned() } else { line.subject.clone() },
        change,
    ];
    let columns = BEFORE.iter().chain(figures_columns(subject));
    let after = after(&line.after);
    let cells: Vec<String> = columns
        .zip(before.iter().chain(&after))
        .map(|(Column(_, width, right), cell)| padded(&one_line(cell), *width, *right))
        .collect();
    let about = one_line(&about(line));
    format!("{}  {about}\n", cells.join("  "))
}

fn after(standing: &Standing) -> Vec<String> {
    match standing {
        Standing::Worker(worker) => {
            let figures = [worker.figures.balance, worker.held, worker.figures.expired, worker.debt];
            figures.map(|points| points.to_string()).into()
        }
        Standing::Card(years) => {
            let total: Points = years.values().filter_map(|card| card.get("total").copied()).sum();
            vec![total.to_string()]
        }
        Standing::Store(shelf) => vec![shelf.values().map(i64::to_string).collect::<Vec<_>>().join(",")],
        Standing::Merchant(merchant) => vec![merchant.owed().to_string()],
    }
}

/// What does not stand in a column, in words.
fn about(line: &TraceLine) -> String {
    let mut parts = vec![line.event.to_owned()];
    if let (Some(_), Some(at)) = (line.on, line.at) {
        parts.push(format!("办理 {}", civil(&at.to_string())));
    }
    let lots: Vec<String> = line.lots.iter().map(|part| format!("{}({})", part.0, signed(part.1))).collect();
    if !lots.is_empty() {
        parts.push(format!("批次 {}", lots.join(" ")));
    }
    let units: Vec<String> = line.units.iter().map(|(sku, units)| format!("{sku}({units:+})")).collect();
    if !units.is_empty() {
        parts.push(format!("商品 {}", units.join(" ")));
    }
    if let Some(last_day) = line.last_day {
        parts.push(format!("有效至 {last_day}"));
    }
    if let Some(schedule) = line.schedule {
        parts.push(format!("积分标准第 {schedule} 版"));
    }
    parts.extend(line.activity.as_ref().map(|activity| format!("活动 {activity}")));
    parts.extend(line.party.as_ref().map(|party| format!("对方 {party}")));
    parts.extend(line.witness.as_ref().map(|witness| format!("证明人 {witness}")));
    parts.extend(line.note.as_ref().map(|note| match note {
        Note::Proposed => "待确认，尚未计入".to_owned(),
        Note::Capped(points) => format!("封顶，原为 {points}"),
        Note::DebtPaid(points) => format!("抵扣欠分 {points}"),
        Note::DebtLeft(points) => format!("已用去 {points}，记为待抵扣"),
        Note::Booked(points) => format!("过期记账 {points}，有效期一过即已计入过期"),
        Note::Proven(by) => format!("本人凭证 {}", title::proven_by(*by)),
    }));
    parts.extend(
        line.reason.as_ref().filter(|reason| !reason.is_empty()).map(|reason| format!("理由 {}", short(reason))),
    );
    parts.join("；")
}

/// The last lines: what expired, what was left out, and the figures.
pub fn foot(end: &TraceEnd) -> String {
    let mut text = String::new();
    for lot in &end.ended {
        text.push_str(&format!("批次 {} 于 {} 到期，余 {} 过期\n", lot.lot, lot.last_day, lot.points));
    }
    if end.left_out > 0 {
        let first = end.left_out_first.map_or_else(String::new, |first| format!("，首个序号 {first}"));
        text.push_str(&format!("另有 {} 件事发生在此日之后，未计入{first}\n", end.left_out));
    }
    match &end.figures {
        Standing::Worker(worker) => {
            let figures = &worker.figures;
            text.push_str(&format!(
                "累计 {} = 兑换 {} + 过期 {} + 余额 {}（其中预占 {}）；待抵扣 {}\n",
                figures.earned, figures.redeemed, figures.expired, figures.balance, worker.held, worker.debt
            ));
        }
        Standing::Card(years) => {
            for (year, categories) in years {
                let points: Vec<String> = categories.iter().map(|(name, points)| format!("{name} {points}")).collect();
                text.push_str(&format!("{year} 年：{}\n", points.join("，")));
            }
        }
        Standing::Store(shelf) => {
            for (sku, units) in shelf {
                text.push_str(&format!("{sku} 在架 {units}\n"));
            }
        }
        Standing::Merchant(merchant) => {
            text.push_str(&format!("兑付 {} − 已付 {} = 应付 {}\n", merchant.honoured, merchant.paid, merchant.owed()))
        }
    }
    text
}

fn signed(points: Points) -> String {
    if points.is_positive() { format!("+{points}") } else { points.to_string() }
}

/// A time of the district without its offset, to the second: `2024-01-01 08:01:36`.
fn civil(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}
