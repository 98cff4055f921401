//! A merchant's settlement as a table: for the accountant who pays it, and for the file it is paid from.

use super::{DueJson, SettlementAnswer};
use crate::document::{Cell, Document, Layout, Name, Table, name};

const NOTE: &str = "应付积分 = 上月结转 + 核销积分 − 冲减积分 − 已付积分，按月不低于零，不足部分结转下月；\
    积分与金额的折算以协议为准，账本只记积分。";

/// What stands in the column of months on the line that sums them up.
const SUM: &str = "合计";

const COLUMNS: &[Name] = &[
    name("month", "月份"),
    name("carried", "上月结转"),
    name("honoured", "核销积分"),
    name("corrected", "冲减积分"),
    name("paid", "已付积分"),
    name("owed", "应付积分"),
    name("redemptions", "兑换笔数"),
    name("references", "付款凭证号"),
];

/// The table: one month, or every month and their sum.
pub(super) fn document(merchant: String, answer: &SettlementAnswer) -> Document {
    let rows: Vec<Vec<Cell>> = match &answer.months {
        None => vec![row(answer.month.as_deref().unwrap_or(SUM), &answer.due)],
        Some(months) => {
            let months = months.iter().map(|month| row(&month.month, &month.due));
            months.chain([row(SUM, &answer.due)]).collect()
        }
    };
    Document {
        title: "商户结算".into(),
        note: NOTE,
        facts: vec![
            (name("merchant", "商户编号"), Cell::Text(answer.merchant.clone())),
            (name("name", "商户名称"), Cell::Text(merchant)),
            (name("position", "账本序号"), Cell::count(answer.position)),
        ],
        tables: vec![Table::list(name("months", "结算"), COLUMNS, rows)],
        flat: true,
        layout: Layout::Screen,
    }
}

fn row(month: &str, due: &DueJson) -> Vec<Cell> {
    vec![
        Cell::Text(month.to_owned()),
        Cell::Points(due.carried.0),
        Cell::Points(due.honoured.0),
        Cell::Points(due.corrected.0),
        Cell::Points(due.paid.0),
        Cell::Points(due.owed.0),
        Cell::count(due.redemptions),
        Cell::Text(due.references.join("、")),
    ]
}
