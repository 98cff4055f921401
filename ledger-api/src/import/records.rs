//! Rows of the monthly sheets: one credit or one redemption each, under the key that the office gave it.
//!
//! What cannot be read goes into the command as such, so that the ledger judges every row in the contract's order of
//! checks: a row whose date is unreadable may still be a conflict or name an unknown worker, which comes first.

use std::str::FromStr;

use chrono::NaiveDate;
use ledger_core::domain::ids::{Actor, IdError, Key};
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::{BusinessTime, is_plausible};
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Context, Submission, commands};

use super::chunk::Asked;
use crate::sheets::fields::{blank, count, id, invalid, name, wrong};
use crate::sheets::{Column, Row};
use crate::vault::NAME_CHARS_MAX;

/// 活动记录.
pub(super) const ACTIVITY_COLUMNS: &[Column] = &[
    Column::required("记录号"),
    Column::required("编号"),
    Column::required("活动代码"),
    Column::required("服务日期"),
    Column::required("数量"),
    Column::optional("证明人"),
];

/// 兑换流水.
pub(super) const REDEMPTION_COLUMNS: &[Column] = &[
    Column::required("流水号"),
    Column::required("编号"),
    Column::required("网点编号"),
    Column::required("商品编码"),
    Column::required("数量"),
    Column::required("兑换时间"),
];

const OUTSIDE_YEARS: &str = "lies outside the years 1900 to 9998; correct the date";

/// What the rows of one month's sheet have in common.
pub(super) struct RecordFrame {
    pub(super) actor: Actor,
    /// Whether the rows are history, which counts as confirmed.
    pub(super) history: bool,
    /// The first day of the month: when a row happened that does not say it readably.
    pub(super) month: NaiveDate,
    /// An identifier that nothing has, for cells that hold none: the row then fails at that very check.
    pub(super) nothing: String,
}

/// Sentences for the checks that a row's cells will fail.
#[derive(Default)]
struct Sentences(Vec<(Code, String)>);

impl Sentences {
    fn note(&mut self, code: Code, sentence: String) {
        self.0.push((code, sentence));
    }

    fn id<T: FromStr<Err = IdError>>(&mut self, row: &Row, column: &str, code: Code, nothing: &str) -> Option<T> {
        match id(row, column) {
            Ok(id) => Some(id),
            Err(sentence) => {
                self.note(code, sentence);
                nothing.parse().ok()
            }
        }
    }
}

/// 活动记录: one credit.
pub(super) fn credit(row: &Row, frame: &RecordFrame) -> Asked {
    let key: Key = match id(row, "记录号") {
        Ok(key) => key,
        Err(sentence) => return invalid(sentence).into(),
    };
    let mut sentences = Sentences::default();
    let on = service_date(row, &mut sentences);
    let quantity = quantity(row, &mut sentences);
    let worker = sentences.id(row, "编号", Code::UnknownWorker, &frame.nothing);
    let activity = sentences.id(row, "活动代码", Code::UnknownActivity, &frame.nothing);
    // A witness who cannot be read is an annotation lost, not a service.
    let witness = name(row, "证明人").ok().flatten();
    let witness = witness.map(|witness| witness.chars().take(NAME_CHARS_MAX).collect());
    let (Some(worker), Some(activity)) = (worker, activity) else {
        return invalid("「编号」 and 「活动代码」 cannot be used".into()).into();
    };
    let context = Context { key, actor: frame.actor.clone(), at: BusinessTime::start_of(on.unwrap_or(frame.month)) };
    let command = Command::RecordCredit(commands::RecordCredit {
        worker,
        activity,
        on,
        quantity,
        witness: None,
        own_witness: false,
        evidence: None,
        from: None,
        to: None,
        history: frame.history,
        worker_as_witness: Vec::new(),
    });
    Asked { submissions: vec![Submission { context, command }], sentences: sentences.0, witness, ..Asked::default() }
}

fn service_date(row: &Row, sentences: &mut Sentences) -> Option<NaiveDate> {
    const COLUMN: &str = "服务日期";
    let sentence = match row.field(COLUMN).date() {
        Ok(Some(date)) if is_plausible(date) => return Some(date),
        Ok(Some(_)) => wrong(row, COLUMN, OUTSIDE_YEARS),
        Ok(None) => blank(COLUMN),
        Err(error) => error.to_string(),
    };
    sentences.note(Code::InvalidDate, sentence);
    None
}

fn quantity(row: &Row, sentences: &mut Sentences) -> Option<Quantity> {
    const COLUMN: &str = "数量";
    let sentence = match row.field(COLUMN).decimal() {
        Ok(Some(decimal)) => match decimal.scaled_to(6).map(Quantity::from_millionths) {
            Some(quantity) if quantity.millionths() > 0 && quantity <= Quantity::MAX => return Some(quantity),
            Some(quantity) if quantity.millionths() <= 0 => {
                sentences.note(Code::InvalidQuantity, wrong(row, COLUMN, "is not above 0; write how much was done"));
                // Still content: the same key with another such quantity is another command.
                return Some(quantity);
            }
            _ => wrong(row, COLUMN, "is above one million; correct it or split the record"),
        },
        Ok(None) => blank(COLUMN),
        Err(error) => error.to_string(),
    };
    sentences.note(Code::InvalidQuantity, sentence);
    None
}

/// 兑换流水: one redemption of one item.
pub(super) fn redemption(row: &Row, frame: &RecordFrame) -> Asked {
    let key: Key = match id(row, "流水号") {
        Ok(key) => key,
        Err(sentence) => return invalid(sentence).into(),
    };
    let mut sentences = Sentences::default();
    let time = redemption_time(row, &mut sentences);
    let quantity = units(row, &mut sentences);
    let worker = sentences.id(row, "编号", Code::UnknownWorker, &frame.nothing);
    let store = sentences.id(row, "网点编号", Code::UnknownStore, &frame.nothing);
    let sku = sentences.id(row, "商品编码", Code::UnknownItem, &frame.nothing);
    let (Some(worker), Some(store), Some(sku)) = (worker, store, sku) else {
        return invalid("「编号」, 「网点编号」 and 「商品编码」 cannot be used".into()).into();
    };
    let at = match time {
        AskedTime::At(time) | AskedTime::Stated(time) => time,
        AskedTime::Now | AskedTime::Unreadable => BusinessTime::start_of(frame.month),
    };
    let context = Context { key, actor: frame.actor.clone(), at };
    let lines = vec![AskedLine { sku, quantity }];
    let command = Command::Redeem(AskedSpending { worker, store, lines, time, proven: None });
    Asked { submissions: vec![Submission { context, command }], sentences: sentences.0, ..Asked::default() }
}

fn redemption_time(row: &Row, sentences: &mut Sentences) -> AskedTime {
    const COLUMN: &str = "兑换时间";
    let sentence = match row.field(COLUMN).date_time() {
        Ok(Some(time)) if is_plausible(time.date()) => return AskedTime::At(BusinessTime::from_civil(time)),
        Ok(Some(_)) => wrong(row, COLUMN, OUTSIDE_YEARS),
        Ok(None) => blank(COLUMN),
        Err(error) => error.to_string(),
    };
    sentences.note(Code::InvalidDate, sentence);
    AskedTime::Unreadable
}

fn units(row: &Row, sentences: &mut Sentences) -> Option<u32> {
    const COLUMN: &str = "数量";
    let sentence = match count(row, COLUMN) {
        Ok(Some(0)) => wrong(row, COLUMN, "is not above 0; write how many were handed out"),
        Ok(Some(units)) => return Some(units),
        Ok(None) => blank(COLUMN),
        Err(sentence) => sentence,
    };
    sentences.note(Code::InvalidQuantity, sentence);
    None
}
