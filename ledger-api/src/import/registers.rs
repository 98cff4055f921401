//! Rows of the registers that belong to the documents' programmes: appointments, pairs, funds, benefits, passes, offers.
//! Each is brought up to date by a later sheet, as 人员名册 is.

use std::str::FromStr;

use chrono::NaiveDate;
use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::decimal::{Decimal, Spelling};
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::ids::IdError;
use ledger_core::domain::money::Fen;
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::pass::command::{OfferTerms, PassTerms};
use ledger_core::domain::period::Period;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::time::{BusinessTime, is_plausible};
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::{Command, commands};

use super::chunk::Asked;
use super::setup::SetupFrame;
use crate::sheets::fields::{blank, count, day, id, invalid, maybe_id, name, points, word, wrong};
use crate::sheets::{Column, Row};

type Told<T> = Result<T, Refusal>;

/// 聘任名册.
pub(super) const APPOINTMENT_COLUMNS: &[Column] = &[
    Column::required("聘书号"),
    Column::required("编号"),
    Column::required("角色"),
    Column::optional("聘任单位"),
    Column::optional("驿站编号"),
    Column::required("聘任日期"),
    Column::optional("到期日期"),
    Column::optional("解聘日期"),
];

/// 帮带结对.
pub(super) const PAIR_COLUMNS: &[Column] = &[
    Column::required("结对号"),
    Column::required("帮带人编号"),
    Column::required("被帮带人编号"),
    Column::optional("所在党支部"),
    Column::required("结对日期"),
    Column::optional("解除日期"),
];

/// 资金来源.
pub(super) const FUND_COLUMNS: &[Column] = &[
    Column::required("资金编号"),
    Column::optional("责任单位"),
    Column::optional("来源类型"),
    Column::optional("年度"),
    Column::required("金额(元)"),
];

/// 权益项目.
pub(super) const BENEFIT_COLUMNS: &[Column] = &[
    Column::required("项目编号"),
    Column::optional("项目名称"),
    Column::required("类型"),
    Column::required("资金编号"),
    Column::required("名额"),
    Column::required("每人限额"),
    Column::optional("限额周期"),
    Column::required("开始日期"),
    Column::required("截止日期"),
    Column::optional("所需积分"),
    Column::optional("单价(元)"),
];

/// 暖心卡.
pub(super) const PASS_COLUMNS: &[Column] = &[
    Column::required("卡号"),
    Column::required("编号"),
    Column::required("卡种"),
    Column::required("发放日期"),
    Column::required("有效期至"),
    Column::optional("挂失时间"),
    Column::optional("补发卡号"),
];

/// 优惠协议.
pub(super) const OFFER_COLUMNS: &[Column] = &[
    Column::required("优惠编号"),
    Column::required("商户编号"),
    Column::required("卡种"),
    Column::required("折扣"),
    Column::optional("补贴比例"),
    Column::optional("资金编号"),
    Column::required("开始日期"),
    Column::required("结束日期"),
];

fn told<T>(read: Result<T, String>, code: Code) -> Told<T> {
    read.map_err(|sentence| Refusal::new(code, sentence))
}

/// An identifier of something that another sheet has.
fn known<T: FromStr<Err = IdError>>(row: &Row, column: &str, code: Code) -> Told<T> {
    told(id(row, column), code)
}

fn maybe_day(row: &Row, column: &str) -> Told<Option<NaiveDate>> {
    told(day(row, column), Code::InvalidDate)
}

fn required_day(row: &Row, column: &str) -> Told<NaiveDate> {
    maybe_day(row, column)?.ok_or_else(|| Refusal::new(Code::InvalidDate, blank(column)))
}

fn text(row: &Row, column: &str) -> Told<String> {
    Ok(told(name(row, column), Code::InvalidInput)?.unwrap_or_default())
}

fn money(row: &Row, column: &str) -> Told<Option<Fen>> {
    let refuse = |sentence: String| Refusal::new(Code::InvalidAmount, sentence);
    let Some(decimal) = row.field(column).decimal().map_err(|error| refuse(error.to_string()))? else {
        return Ok(None);
    };
    match decimal.scaled_to(2) {
        Some(fen) => Ok(Some(Fen::new(fen))),
        None => Err(refuse(wrong(row, column, "has more than two decimal places or is too large"))),
    }
}

fn alone(row: &Row, frame: &SetupFrame, command: impl Into<Command>) -> Told<Asked> {
    frame.alone(row, command.into()).map_err(invalid)
}

/// 聘任名册.
pub(super) fn appointment(row: &Row, frame: &SetupFrame) -> Told<Asked> {
    let appointment = told(id(row, "聘书号"), Code::InvalidInput)?;
    let worker = known(row, "编号", Code::UnknownWorker)?;
    let site = told(maybe_id(row, "驿站编号"), Code::UnknownSite)?;
    let days = Period { from: Some(required_day(row, "聘任日期")?), through: maybe_day(row, "到期日期")? };
    let terms = AppointmentTerms {
        body: text(row, "聘任单位")?,
        days,
        ended: maybe_day(row, "解聘日期")?,
        role: text(row, "角色")?,
        site,
    };
    alone(row, frame, commands::RegisterAppointment { appointment, worker, terms })
}

/// 帮带结对.
pub(super) fn pair(row: &Row, frame: &SetupFrame) -> Told<Asked> {
    let pair = told(id(row, "结对号"), Code::InvalidInput)?;
    let terms = PairTerms {
        branch: told(maybe_id(row, "所在党支部"), Code::InvalidInput)?,
        helper: known(row, "帮带人编号", Code::UnknownWorker)?,
        helped: known(row, "被帮带人编号", Code::UnknownWorker)?,
        since: required_day(row, "结对日期")?,
        ended: maybe_day(row, "解除日期")?,
    };
    alone(row, frame, commands::OpenPair { pair, terms })
}

/// 资金来源.
pub(super) fn fund(row: &Row, frame: &SetupFrame) -> Told<Asked> {
    const YEAR: &str = "年度";
    let fund = told(id(row, "资金编号"), Code::InvalidInput)?;
    let year = told(word(row, YEAR), Code::InvalidInput)?;
    let year = year
        .map(|year| year.trim_end_matches('年').parse::<i32>().map_err(|_| invalid(wrong(row, YEAR, "is no year"))));
    let appropriated = money(row, "金额(元)")?.ok_or_else(|| Refusal::new(Code::InvalidAmount, blank("金额(元)")))?;
    let terms = FundTerms {
        appropriated,
        body: text(row, "责任单位")?,
        source: text(row, "来源类型")?,
        year: year.transpose()?,
    };
    alone(row, frame, commands::RegisterFund { fund, terms })
}

/// 权益项目.
pub(super) fn benefit(row: &Row, frame: &SetupFrame) -> Told<Asked> {
    let benefit = told(id(row, "项目编号"), Code::InvalidInput)?;
    let kind = match told(word(row, "类型"), Code::InvalidInput)?.as_deref() {
        Some("名额") => BenefitKind::Place,
        Some("券") => BenefitKind::Voucher,
        Some("补助") => BenefitKind::Grant,
        _ => return Err(invalid(wrong(row, "类型", "is none of 名额, 券, 补助; write one of them"))),
    };
    let limit_yearly = match told(word(row, "限额周期"), Code::InvalidInput)?.as_deref() {
        Some("年" | "每年" | "年度" | "自然年") => true,
        None | Some("总" | "总计" | "不限" | "长期") => false,
        Some(_) => return Err(invalid(wrong(row, "限额周期", "is neither 年 nor blank for all time"))),
    };
    let terms = BenefitTerms {
        approvals: None,
        fund: told(maybe_id(row, "资金编号"), Code::InvalidInput)?,
        kind,
        limit_per_worker: told(count(row, "每人限额"), Code::InvalidInput)?,
        limit_yearly,
        name: text(row, "项目名称")?,
        places: told(count(row, "名额"), Code::InvalidInput)?,
        price: told(points(row, "所需积分"), Code::InvalidInput)?.unwrap_or(Points::ZERO),
        value: money(row, "单价(元)")?.unwrap_or(Fen::ZERO),
        window: Period { from: maybe_day(row, "开始日期")?, through: maybe_day(row, "截止日期")? },
    };
    alone(row, frame, commands::RegisterBenefit { benefit, terms })
}

/// 暖心卡.
pub(super) fn pass(row: &Row, frame: &SetupFrame) -> Told<Asked> {
    const LOST: &str = "挂失时间";
    let pass = told(id(row, "卡号"), Code::InvalidInput)?;
    let worker = known(row, "编号", Code::UnknownWorker)?;
    let lost = row.field(LOST).date_time().map_err(|error| Refusal::new(Code::InvalidDate, error.to_string()))?;
    if lost.is_some_and(|lost| !is_plausible(lost.date())) {
        return Err(Refusal::new(Code::InvalidDate, wrong(row, LOST, "lies outside the years 1900 to 9998")));
    }
    let days = Period { from: Some(required_day(row, "发放日期")?), through: maybe_day(row, "有效期至")? };
    let terms =
        PassTerms { days, kind: text(row, "卡种")?, lost: lost.map(BusinessTime::from_civil), since: None, worker };
    let replacement = told(maybe_id(row, "补发卡号"), Code::InvalidInput)?;
    alone(row, frame, commands::IssuePass { pass, terms, replacement })
}

/// 优惠协议.
pub(super) fn offer(row: &Row, frame: &SetupFrame) -> Told<Asked> {
    const DISCOUNT: &str = "折扣";
    let offer = told(id(row, "优惠编号"), Code::InvalidInput)?;
    let merchant = known(row, "商户编号", Code::UnknownMerchant)?;
    let discount = row.field(DISCOUNT).decimal().map_err(|error| invalid(error.to_string()))?;
    let discount = discount.ok_or_else(|| invalid(blank(DISCOUNT)))?;
    let paid = discount.scaled_to(2).and_then(|paid| u32::try_from(paid).ok());
    let paid = paid.ok_or_else(|| invalid(wrong(row, DISCOUNT, "is no discount such as 8.5 for 85 % that is paid")))?;
    let terms = OfferTerms {
        days: Period { from: maybe_day(row, "开始日期")?, through: maybe_day(row, "结束日期")? },
        fund: told(maybe_id(row, "资金编号"), Code::InvalidInput)?,
        kind: text(row, "卡种")?,
        merchant,
        paid_of_thousand: paid,
        subsidy_of_ten_thousand: share(row, "补贴比例")?,
    };
    alone(row, frame, commands::RegisterOffer { offer, terms })
}

/// A share such as 50%, or 0.5 as spreadsheets keep it; in parts of ten thousand.
fn share(row: &Row, column: &str) -> Told<u32> {
    let Some(text) = told(word(row, column), Code::InvalidInput)? else { return Ok(0) };
    let percent = text.strip_suffix(['%', '\u{ff05}']).map(str::trim);
    let read = |text: &str, places| Decimal::read(text, Spelling::TYPED)?.scaled_to(places);
    let parts = match percent {
        Some(percent) => read(percent, 2),
        None => read(&text, 4),
    };
    // Who writes 50 for half of it means percent.
    let parts = parts.map(|parts| if percent.is_none() && parts > 10_000 { parts / 100 } else { parts });
    let parts = parts.and_then(|parts| u32::try_from(parts).ok()).filter(|parts| *parts <= 10_000);
    parts.ok_or_else(|| invalid(wrong(row, column, "is no share such as 50%")))
}
