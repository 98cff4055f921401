//! Statements as tables: for whoever confirms and pays them, and for the file they are kept in.

use ledger_core::domain::money::Fen;

use super::{BodyStatement, MerchantStatement};
use crate::document::{Cell, Document, Layout, Name, Table, name};

const MERCHANT_NOTE: &str = "对账单由一人编制、另一人确认、第三人付款；确认后发生或补录的，记入以后月份。\
    积分与金额各记各的，互不折算。";
const BODY_NOTE: &str = "责任单位当月由其资金占用的权益与优惠，逐笔列示，撤回的权益和冲正的优惠以负数冲减；由一人编制、另一人确认、第三人付款。";

const MERCHANT_COLUMNS: &[Name] = &[
    name("position", "账本序号"),
    name("kind", "类别"),
    name("source", "流水号或单号"),
    name("at", "时间"),
    name("points", "积分"),
    name("yuan", "金额(元)"),
];

const BODY_COLUMNS: &[Name] = &[
    name("fund", "资金编号"),
    name("position", "账本序号"),
    name("source", "登记号或小票号"),
    name("at", "时间"),
    name("units", "份数"),
    name("points", "积分"),
    name("fen", "金额(分)"),
];

/// How a stage is called.
fn stage_word(stage: &str) -> &'static str {
    match stage {
        "prepared" => "已编制",
        "disputed" => "有异议",
        "stale" => "须重新编制",
        "confirmed" => "已确认",
        _ => "未编制",
    }
}

fn kind_word(kind: &str) -> &'static str {
    match kind {
        "taken_back" => "冲正",
        "money" => "补贴",
        "money_taken_back" => "补贴冲正",
        _ => "兑付",
    }
}

fn yuan(fen: Fen) -> Cell {
    Cell::Decimal(fen.to_string())
}

/// A merchant's month.
pub(super) fn of_merchant(answer: &MerchantStatement) -> Document {
    let row = |line: &super::MerchantLineJson| {
        vec![
            Cell::count(line.position),
            Cell::Text(kind_word(line.kind).to_owned()),
            Cell::Text(line.source.clone()),
            Cell::Text(line.at.clone()),
            Cell::Points(line.points.0),
            yuan(line.yuan.0),
        ]
    };
    Document {
        title: "商户对账单".into(),
        note: MERCHANT_NOTE,
        facts: vec![
            (name("merchant", "商户编号"), Cell::Text(answer.merchant.clone())),
            (name("name", "商户名称"), Cell::Text(answer.name.clone())),
            (name("month", "月份"), Cell::Text(answer.month.clone())),
            (name("stage", "状态"), Cell::Text(stage_word(answer.progress.stage).to_owned())),
            (name("prepared_by", "编制人"), Cell::Text(answer.progress.prepared_by.join("、"))),
            (name("acknowledged_by", "商户确认无误"), Cell::maybe(answer.progress.acknowledged_by.as_ref())),
            (name("confirmed_by", "确认人"), Cell::maybe(answer.progress.confirmed_by.as_ref())),
            (name("digest", "明细摘要"), Cell::maybe(answer.progress.digest.as_ref())),
            (name("points_sum", "积分合计"), Cell::Points(answer.points.0)),
            (name("yuan_sum", "金额合计(元)"), yuan(answer.yuan.0)),
            (name("as_of_position", "截至序号"), Cell::count(answer.position)),
        ],
        tables: vec![Table::list(name("lines", "明细"), MERCHANT_COLUMNS, answer.lines.iter().map(row).collect())],
        flat: true,
        layout: Layout::Screen,
    }
}

/// A body's month.
pub(super) fn of_body(answer: &BodyStatement) -> Document {
    let mut rows = Vec::new();
    for fund in &answer.funds {
        rows.extend(fund.lines.iter().map(|line| {
            vec![
                Cell::Text(fund.fund.clone()),
                Cell::count(line.position),
                Cell::Text(line.source.clone()),
                Cell::Text(line.at.clone()),
                Cell::count(line.units),
                Cell::Points(line.points.0),
                Cell::count(line.fen),
            ]
        }));
    }
    Document {
        title: "责任单位对账单".into(),
        note: BODY_NOTE,
        facts: vec![
            (name("body", "责任单位"), Cell::Text(answer.body.clone())),
            (name("month", "月份"), Cell::Text(answer.month.clone())),
            (name("stage", "状态"), Cell::Text(stage_word(answer.stage).to_owned())),
            (name("units_sum", "份数合计"), Cell::count(answer.units)),
            (name("points_sum", "积分合计"), Cell::Points(answer.points.0)),
            (name("fen_sum", "金额合计(分)"), Cell::count(answer.fen)),
            (name("fen_paid", "已付(分)"), Cell::count(answer.fen_paid)),
            (name("as_of_position", "截至序号"), Cell::count(answer.position)),
        ],
        tables: vec![Table::list(name("lines", "明细"), BODY_COLUMNS, rows)],
        flat: true,
        layout: Layout::Screen,
    }
}
