//! Rows of the monthly sheets of the documents' programmes, each under the key that the office gave it.
//!
//! A row whose last columns are filled asks twice: once under its own key, which stands for its first columns, and once to
//! complete what waits under that key. Of a new row the first question takes all of it, and nothing is left to complete.

#![expect(clippy::result_large_err, reason = "what is asked of a row is returned once a row, refused or not")]

use std::str::FromStr;

use chrono::NaiveDate;
use ledger_core::domain::ids::{IdError, Key};
use ledger_core::domain::money::Fen;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::request::command::Work;
use ledger_core::domain::time::{BusinessTime, is_plausible};
use ledger_core::ledger::commands::benefits::{AskedAmount, AskedUse};
use ledger_core::ledger::commands::requests::AskedRating;
use ledger_core::ledger::commands::visits::AskedConfirmation;
use ledger_core::ledger::{Command, Context, Submission, commands};

use super::chunk::Asked;
use super::records::RecordFrame;
use crate::sheets::fields::{blank, day, id, invalid, maybe_id, word};
use crate::sheets::{Column, Row};

/// 需求清单.
pub(super) const REQUEST_COLUMNS: &[Column] = &[
    Column::required("单号"),
    Column::required("活动代码"),
    Column::required("提出日期"),
    Column::required("上报人编号"),
    Column::optional("并入单号"),
    Column::optional("办理时限"),
];

/// 办理记录.
pub(super) const HANDLING_COLUMNS: &[Column] = &[
    Column::required("办理号"),
    Column::required("单号"),
    Column::required("认领人编号"),
    Column::required("认领日期"),
    Column::required("办结日期"),
    Column::required("数量"),
    Column::optional("评价"),
    Column::optional("评价日期"),
];

/// 走访记录.
pub(super) const VISIT_COLUMNS: &[Column] = &[
    Column::required("走访号"),
    Column::required("结对号"),
    Column::required("活动代码"),
    Column::required("走访日期"),
    Column::required("填报人编号"),
    Column::optional("确认人编号"),
    Column::optional("确认日期"),
];

/// 权益登记.
pub(super) const APPLICATION_COLUMNS: &[Column] = &[
    Column::required("登记号"),
    Column::required("项目编号"),
    Column::required("编号"),
    Column::required("申请时间"),
    Column::optional("证书编号"),
    Column::optional("金额(元)"),
    Column::optional("使用时间"),
    Column::optional("核销商户编号"),
];

/// 优惠核销.
pub(super) const PASS_USE_COLUMNS: &[Column] = &[
    Column::required("小票号"),
    Column::required("卡号"),
    Column::required("优惠编号"),
    Column::required("消费时间"),
    Column::required("原价(元)"),
    Column::required("实付(元)"),
];

/// A row that is read: its cells, and what is to be told of those that cannot be used.
struct Reading<'a> {
    row: &'a Row,
    frame: &'a RecordFrame,
    key: Key,
    sentences: Vec<(Code, String)>,
}

impl<'a> Reading<'a> {
    fn new(row: &'a Row, frame: &'a RecordFrame, column: &str) -> Result<Reading<'a>, Asked> {
        let key = id(row, column).map_err(|sentence| Asked::from(invalid(sentence)))?;
        Ok(Reading { row, frame, key, sentences: Vec::new() })
    }

    /// An identifier; one that nothing has where the cell holds none, so that the row fails at that very check.
    fn known<T: FromStr<Err = IdError>>(&mut self, column: &str, code: Code) -> Result<T, Asked> {
        match self.maybe(column, code)? {
            Some(id) => Ok(id),
            None => {
                self.sentences.push((code, blank(column)));
                self.nothing()
            }
        }
    }

    /// An identifier that may be missing.
    fn maybe<T: FromStr<Err = IdError>>(&mut self, column: &str, code: Code) -> Result<Option<T>, Asked> {
        match maybe_id(self.row, column) {
            Ok(id) => Ok(id),
            Err(sentence) => {
                self.sentences.push((code, sentence));
                self.nothing().map(Some)
            }
        }
    }

    fn nothing<T: FromStr<Err = IdError>>(&self) -> Result<T, Asked> {
        self.frame.nothing.parse().map_err(|_| invalid("the row cannot be used".into()).into())
    }

    fn is_blank(&self, column: &str) -> bool {
        self.row.field(column).is_blank()
    }

    /// A day; none where the cell holds none.
    fn day(&mut self, column: &str) -> Option<NaiveDate> {
        match day(self.row, column) {
            Ok(day) => day,
            Err(sentence) => {
                self.sentences.push((Code::InvalidDate, sentence));
                None
            }
        }
    }

    /// A time; none where the cell holds none.
    fn time(&mut self, column: &str) -> Option<BusinessTime> {
        match self.row.field(column).date_time() {
            Ok(time) => time.filter(|time| is_plausible(time.date())).map(BusinessTime::from_civil),
            Err(error) => {
                self.sentences.push((Code::InvalidDate, error.to_string()));
                None
            }
        }
    }

    fn amount(&mut self, column: &str) -> AskedAmount {
        match self.row.field(column).decimal() {
            Ok(None) => AskedAmount::Blank,
            Ok(Some(decimal)) => {
                decimal.scaled_to(2).map_or(AskedAmount::Unreadable, |fen| AskedAmount::Amount(Fen::new(fen)))
            }
            Err(error) => {
                self.sentences.push((Code::InvalidAmount, error.to_string()));
                AskedAmount::Unreadable
            }
        }
    }

    fn quantity(&mut self, column: &str) -> Option<Quantity> {
        match self.row.field(column).decimal() {
            Ok(Some(decimal)) => {
                decimal.scaled_to(6).map(Quantity::from_millionths).filter(|quantity| *quantity <= Quantity::MAX)
            }
            Ok(None) => None,
            Err(error) => {
                self.sentences.push((Code::InvalidQuantity, error.to_string()));
                None
            }
        }
    }

    /// What stands in a cell, as content.
    fn as_written(&self, column: &str) -> String {
        self.row.field(column).original().trim().chars().take(commands::REASON_MAX).collect()
    }

    fn submission(&self, key: Key, day: Option<NaiveDate>, command: Command) -> Submission {
        let at = BusinessTime::start_of(day.unwrap_or(self.frame.month));
        Submission { context: Context { key, actor: self.frame.actor.clone(), at }, command }
    }

    fn once(self, day: Option<NaiveDate>, command: impl Into<Command>) -> Asked {
        let submissions = vec![self.submission(self.key.clone(), day, command.into())];
        Asked { submissions, sentences: self.sentences, ..Asked::default() }
    }

    /// The row, and what completes it where its last columns are filled.
    fn twice(self, day: Option<NaiveDate>, row: Command, completion: Option<Command>) -> Asked {
        let mut submissions = vec![self.submission(self.key.clone(), day, row)];
        if let Some(completion) = completion {
            match self.key.completion() {
                Some(key) => submissions.push(self.submission(key, day, completion)),
                None => return invalid(format!("{} is too long; shorten it", self.key)).into(),
            }
        }
        Asked { submissions, sentences: self.sentences, ..Asked::default() }
    }
}

fn either(asked: Result<Asked, Asked>) -> Asked {
    asked.unwrap_or_else(|refused| refused)
}

/// 需求清单: one request.
pub(super) fn request(row: &Row, frame: &RecordFrame) -> Asked {
    either(read_request(row, frame))
}

fn read_request(row: &Row, frame: &RecordFrame) -> Result<Asked, Asked> {
    let mut reading = Reading::new(row, frame, "单号")?;
    let on = reading.day("提出日期");
    let command = commands::PostRequest {
        request: (&reading.key).into(),
        activity: reading.known("活动代码", Code::UnknownActivity)?,
        on,
        reporter: reading.maybe("上报人编号", Code::UnknownWorker)?,
        merged_into: reading.maybe("并入单号", Code::UnknownRequest)?,
        site: None,
        // An annotation: a cell that is no date is as good as a blank one.
        due: day(row, "办理时限").ok().flatten(),
    };
    Ok(reading.once(on, command))
}

/// 办理记录: work on a request, and what was said of it.
pub(super) fn handling(row: &Row, frame: &RecordFrame) -> Asked {
    either(read_handling(row, frame))
}

fn read_handling(row: &Row, frame: &RecordFrame) -> Result<Asked, Asked> {
    let mut reading = Reading::new(row, frame, "办理号")?;
    let (claimed, done) = (reading.day("认领日期"), reading.day("办结日期"));
    let quantity = reading.quantity("数量");
    let written = |reading: &Reading<'_>, column, day: Option<NaiveDate>| {
        day.map_or_else(|| reading.as_written(column), |day| day.to_string())
    };
    let claimer = reading.maybe("认领人编号", Code::UnknownWorker)?;
    let work = Work {
        claimer: maybe_id::<ledger_core::domain::ids::WorkerId>(row, "认领人编号")
            .ok()
            .map_or_else(|| reading.as_written("认领人编号"), |id| id.map(|id| id.to_string()).unwrap_or_default()),
        claimed: written(&reading, "认领日期", claimed),
        done: written(&reading, "办结日期", done),
        quantity: quantity.map_or_else(|| reading.as_written("数量"), |quantity| quantity.millionths().to_string()),
    };
    let whole = !reading.is_blank("评价") || !reading.is_blank("评价日期");
    let rated_on = reading.day("评价日期");
    let said = word(row, "评价").ok().flatten().unwrap_or_default();
    let record = commands::RecordHandling {
        handling: (&reading.key).into(),
        request: reading.known("单号", Code::UnknownRequest)?,
        claimer,
        claimed,
        done,
        quantity,
        work,
        rating: whole.then_some(AskedRating { on: rated_on, pairs: Vec::new(), word: said }),
        completes: false,
    };
    let completion =
        whole.then(|| Command::RecordHandling(commands::RecordHandling { completes: true, ..record.clone() }));
    Ok(reading.twice(rated_on.or(done), record.into(), completion))
}

/// 走访记录: a visit, and that the other one confirms it.
pub(super) fn visit(row: &Row, frame: &RecordFrame) -> Asked {
    either(read_visit(row, frame))
}

fn read_visit(row: &Row, frame: &RecordFrame) -> Result<Asked, Asked> {
    let mut reading = Reading::new(row, frame, "走访号")?;
    let on = reading.day("走访日期");
    let whole = !reading.is_blank("确认人编号") || !reading.is_blank("确认日期");
    let confirmed_on = reading.day("确认日期");
    let by = reading.maybe("确认人编号", Code::UnknownWorker)?;
    let record = commands::RecordVisit {
        visit: (&reading.key).into(),
        pair: reading.known("结对号", Code::UnknownPair)?,
        activity: reading.known("活动代码", Code::UnknownActivity)?,
        on,
        reporter: reading.known("填报人编号", Code::UnknownWorker)?,
        confirmation: whole.then_some(AskedConfirmation { by, on: confirmed_on }),
        completes: false,
    };
    let completion = whole.then(|| Command::RecordVisit(commands::RecordVisit { completes: true, ..record.clone() }));
    Ok(reading.twice(confirmed_on.or(on), record.into(), completion))
}

/// 权益登记: an application, and its use.
pub(super) fn application(row: &Row, frame: &RecordFrame) -> Asked {
    either(read_application(row, frame))
}

fn read_application(row: &Row, frame: &RecordFrame) -> Result<Asked, Asked> {
    let mut reading = Reading::new(row, frame, "登记号")?;
    let at = reading.time("申请时间");
    let whole = !reading.is_blank("使用时间") || !reading.is_blank("核销商户编号");
    let used = AskedUse {
        at: reading.time("使用时间"),
        merchant: reading.maybe("核销商户编号", Code::UnknownMerchant)?,
    };
    let certificate = maybe_id(row, "证书编号").map_err(|sentence| Asked::from(invalid(sentence)))?;
    let record = commands::ApplyBenefit {
        application: (&reading.key).into(),
        benefit: reading.known("项目编号", Code::UnknownBenefit)?,
        worker: reading.known("编号", Code::UnknownWorker)?,
        at,
        certificate,
        amount: reading.amount("金额(元)"),
        used: whole.then_some(used),
        completes: false,
    };
    let completion = whole.then(|| Command::ApplyBenefit(commands::ApplyBenefit { completes: true, ..record.clone() }));
    let day = record.used.as_ref().and_then(|used| used.at).or(at).map(BusinessTime::date);
    Ok(reading.twice(day, record.into(), completion))
}

/// 优惠核销: a slip of a merchant.
pub(super) fn pass_use(row: &Row, frame: &RecordFrame) -> Asked {
    either(read_pass_use(row, frame))
}

fn read_pass_use(row: &Row, frame: &RecordFrame) -> Result<Asked, Asked> {
    let mut reading = Reading::new(row, frame, "小票号")?;
    let at = reading.time("消费时间");
    let command = commands::UsePass {
        slip_no: (&reading.key).into(),
        pass: reading.known("卡号", Code::UnknownPass)?,
        offer: reading.known("优惠编号", Code::UnknownOffer)?,
        at,
        price: reading.amount("原价(元)"),
        paid: reading.amount("实付(元)"),
    };
    Ok(reading.once(at.map(BusinessTime::date), command))
}
