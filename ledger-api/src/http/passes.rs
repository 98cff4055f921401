//! Passes (暖心卡), the offers for their holders (优惠协议), and honouring one (优惠核销).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::decimal::{Decimal, Spelling};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{FundId, MerchantId, OfferId, PassNo, SlipNo, WorkerId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::pass::command::{OfferTerms, PassTerms};
use ledger_core::domain::period::Period;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::body::ApiJson;
use super::command::{Answer, Body, ByKey, NoPath, ask};
use super::decimal::decimal;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Asking, Caller};
use super::shapes::{Discount, Id, Reason, Share};
use super::wire::{DateJson, Text, TimeJson, YuanJson, maybe_day};
use crate::access::policy::{CommandKind, Read};
use crate::app::App;
use crate::exact::Exact;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};
use crate::service::reading::no_time;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::IssuePass, routes!(issue))
        .route(CommandKind::RegisterOffer, routes!(register))
        .route(CommandKind::UsePass, routes!(honour))
        .route(Read::Pass, routes!(read_pass))
}

/// A pass; sent again it is brought up to date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuePass {
    /// 卡号.
    #[schema(value_type = Id)]
    id: PassNo,
    /// The holder.
    #[schema(value_type = Id)]
    worker: WorkerId,
    /// 卡种.
    #[schema(value_type = Reason)]
    kind: Text,
    /// 发放日期: the first day.
    from: DateJson,
    /// 有效期至: the last day.
    #[serde(default)]
    until: Option<DateJson>,
    /// 挂失时间: void from then on.
    #[serde(default)]
    lost: Option<TimeJson>,
    /// 补发卡号: the number of the pass that replaces it from then on.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    replacement: Option<PassNo>,
}

/// A pass as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassAnswer {
    /// The pass's number (卡号).
    #[schema(value_type = String)]
    pass: PassNo,
    /// Durable up to here.
    position: u64,
}

impl Ask for IssuePass {
    type Path = NoPath;
    type Answer = PassAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let lost = self.lost.map(|TimeJson(lost)| lost).transpose();
        let lost = lost.map_err(|sent| ServiceError::refused(Code::InvalidDate, no_time("lost", &sent)))?;
        let days = Period { from: maybe_day("from", Some(self.from))?, through: maybe_day("until", self.until)? };
        let terms = PassTerms { days, kind: self.kind.0, lost, since: None, worker: self.worker };
        let (pass, replacement) = (self.id, self.replacement);
        Ok(Command::from(commands::IssuePass { pass, terms, replacement }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<PassAnswer> {
        let Command::IssuePass(commands::IssuePass { pass, .. }) = command else { return None };
        Some(PassAnswer { pass: pass.clone(), position: receipt.position })
    }
}

impl Body for IssuePass {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Issue a pass (暖心卡), or bring it up to date: one that was lost names when, and the number that replaces it.
#[utoipa::path(post, path = "/v1/passes", tag = "passes", request_body = IssuePass,
    responses((status = 201, description = "Issued.", body = PassAnswer)))]
async fn issue(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<IssuePass>,
) -> Result<Answer<PassAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// An offer; sent again it is brought up to date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterOffer {
    /// 优惠编号.
    #[schema(value_type = Id)]
    id: OfferId,
    /// Who gives it.
    #[schema(value_type = Id)]
    merchant: MerchantId,
    /// 卡种: for passes of this kind.
    #[schema(value_type = Reason)]
    kind: Text,
    /// 折扣: what is paid of ten.
    #[schema(value_type = Discount)]
    discount: Box<RawValue>,
    /// 补贴比例: what of the discount the fund bears.
    #[serde(default)]
    #[schema(value_type = Option<Share>)]
    subsidy: Option<Box<RawValue>>,
    /// 资金编号: who bears it.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    fund: Option<FundId>,
    /// 开始日期.
    #[serde(default)]
    from: Option<DateJson>,
    /// 结束日期: the last day.
    #[serde(default)]
    until: Option<DateJson>,
}

/// A number of so many places, as a whole number of its parts.
fn parts(raw: &RawValue, places: u32, what: &str) -> Result<u32, ServiceError> {
    let number = decimal(raw).and_then(|text| Decimal::read(&text, Spelling::PLAIN)?.scaled_to(places));
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| ServiceError::refused(Code::InvalidInput, what.to_owned()))
}

/// An offer as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferAnswer {
    /// The offer's number (优惠编号).
    #[schema(value_type = String)]
    offer: OfferId,
    /// Durable up to here.
    position: u64,
}

impl Ask for RegisterOffer {
    type Path = NoPath;
    type Answer = OfferAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let share = |share: Box<RawValue>| parts(&share, 4, "subsidy: a share from 0 to 1 of at most four places");
        let terms = OfferTerms {
            days: Period { from: maybe_day("from", self.from)?, through: maybe_day("until", self.until)? },
            fund: self.fund,
            kind: self.kind.0,
            merchant: self.merchant,
            paid_of_thousand: parts(&self.discount, 2, "discount: what is paid of ten, such as 8.5 for 85 %")?,
            subsidy_of_ten_thousand: self.subsidy.map(share).transpose()?.unwrap_or_default(),
        };
        Ok(Command::from(commands::RegisterOffer { offer: self.id, terms }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<OfferAnswer> {
        let Command::RegisterOffer(commands::RegisterOffer { offer, .. }) = command else { return None };
        Some(OfferAnswer { offer: offer.clone(), position: receipt.position })
    }
}

impl Body for RegisterOffer {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Register an offer (优惠协议), or bring it up to date.
#[utoipa::path(post, path = "/v1/offers", tag = "passes", request_body = RegisterOffer,
    responses((status = 201, description = "Registered.", body = OfferAnswer)))]
async fn register(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<RegisterOffer>,
) -> Result<Answer<OfferAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// A slip of a merchant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UsePass {
    /// 卡号.
    #[schema(value_type = Id)]
    pass: PassNo,
    /// 优惠编号.
    #[schema(value_type = Id)]
    offer: OfferId,
    /// 消费时间.
    at: TimeJson,
    /// 原价(元).
    price: YuanJson,
    /// 实付(元): 原价 × 折扣 ÷ 10, rounded half up to the fen.
    paid: YuanJson,
}

/// A slip as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct HonourAnswer {
    /// Its name: the key of this command.
    #[schema(value_type = String)]
    honour: SlipNo,
    /// What the merchant is owed for it, in yuan.
    #[schema(value_type = f64)]
    yuan: Exact<Fen>,
    /// Durable up to here.
    position: u64,
}

impl Ask for UsePass {
    type Path = ByKey;
    type Answer = HonourAnswer;

    fn command(self, path: ByKey) -> Result<Asked, ServiceError> {
        let no_date = self.at.0.as_ref().err().map(|sent| no_time("at", sent));
        let command = commands::UsePass {
            slip_no: (&path.key).into(),
            pass: self.pass,
            offer: self.offer,
            at: self.at.0.ok(),
            price: self.price.asked(),
            paid: self.paid.asked(),
        };
        Ok(Asked { no_date, ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<HonourAnswer> {
        let Command::UsePass(commands::UsePass { slip_no, .. }) = command else { return None };
        let claimed = receipt.events.iter().filter_map(Event::as_merchant).filter_map(|event| event.line());
        let yuan = claimed.fold(Fen::ZERO, |sum, (_, line)| sum + line.amount);
        Some(HonourAnswer { honour: slip_no.clone(), yuan: Exact(yuan), position: receipt.position })
    }
}

impl Body for UsePass {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Honour a pass (优惠核销): the merchant gave the discount, and is owed what the fund bears of it.
#[utoipa::path(post, path = "/v1/honours", tag = "passes", request_body = UsePass,
    responses((status = 201, description = "Recorded.", body = HonourAnswer)))]
async fn honour(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<UsePass>,
) -> Result<Answer<HonourAnswer>, ApiError> {
    let path = ByKey { key: asking.context.key.clone() };
    ask(app, asking, path, body).await
}

/// A pass.
#[derive(Debug, Serialize, ToSchema)]
struct PassRecord {
    pass: String,
    /// The holder.
    worker: String,
    /// 卡种.
    kind: String,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<NaiveDate>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
    /// Void from then on; null where it was not lost.
    #[schema(value_type = Option<String>, format = DateTime)]
    lost: Option<String>,
    /// Good from then on, where it replaces another one.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// A pass (暖心卡).
#[utoipa::path(get, path = "/v1/passes/{id}", tag = "passes", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The pass.", body = PassRecord)))]
async fn read_pass(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<PassRecord>, ApiError> {
    let reading = caller.may_ever(Read::Pass)?;
    let position = reading.at_least(&app, query.min_position).await?;
    let pass = match PassNo::new(&id) {
        Ok(id) => app.views.pass(id, position).await?,
        Err(_) => None,
    };
    let terms = pass.as_ref().and_then(|pass| pass.terms());
    let holder: Vec<&str> = terms.iter().map(|terms| terms.worker.as_str()).collect();
    caller.may_of_one(&app, Read::Pass, &holder).await?;
    let terms = terms.ok_or_else(|| ApiError::unknown(Code::UnknownPass, "pass", id.as_str()))?;
    reading.note_worker(&app, terms.worker.as_str());
    Ok(Json(PassRecord {
        pass: id.to_string(),
        worker: terms.worker.to_string(),
        kind: terms.kind.clone(),
        from: terms.days.from,
        until: terms.days.through,
        lost: terms.lost.map(|lost| lost.to_string()),
        since: terms.since.map(|since| since.to_string()),
        position,
    }))
}
