//! Funds (资金来源), benefits (权益项目), applying for one and using it (权益登记).

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::ids::{ApplicationId, BenefitId, CertificateNo, FundId, Key, MerchantId, WorkerId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::period::Period;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::commands::benefits::{AskedAmount, AskedUse};
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{Id, PriceOrNothing, Reason};
use super::wire::{DateJson, PointsJson, Text, TimeJson, YuanJson, maybe_day, maybe_whole};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::applied::{Became, became};
use crate::service::command::{Ask, Asked};
use crate::service::reading::no_time;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::RegisterFund, routes!(register_fund))
        .route(CommandKind::RegisterBenefit, routes!(register_benefit))
        .route(CommandKind::ApplyBenefit, routes!(apply))
        .route(CommandKind::UseBenefit, routes!(use_benefit))
}

/// A fund; sent again with another amount it is brought up to date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterFund {
    /// 资金编号.
    #[schema(value_type = Id)]
    id: FundId,
    /// 责任单位.
    #[serde(default)]
    #[schema(value_type = Option<Reason>)]
    body: Option<Text>,
    /// 来源类型.
    #[serde(default)]
    #[schema(value_type = Option<Reason>)]
    source: Option<Text>,
    /// 年度.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(minimum = 1900, maximum = 9998)]
    year: Option<u32>,
    /// 金额(元).
    amount: YuanJson,
}

/// A fund as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct FundAnswer {
    /// The fund's number (资金编号).
    #[schema(value_type = String)]
    fund: FundId,
    /// Durable up to here.
    position: u64,
}

impl Ask for RegisterFund {
    type Path = NoPath;
    type Answer = FundAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let year = self.year.map(year).transpose()?;
        let text = |text: Option<Text>| text.map(|text| text.0).unwrap_or_default();
        let terms = FundTerms {
            appropriated: self.amount.amount("amount")?,
            body: text(self.body),
            source: text(self.source),
            year,
        };
        Ok(Command::from(commands::RegisterFund { fund: self.id, terms }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<FundAnswer> {
        let Command::RegisterFund(commands::RegisterFund { fund, .. }) = command else { return None };
        Some(FundAnswer { fund: fund.clone(), position: receipt.position })
    }
}

/// A year that the ledger keeps.
fn year(year: u32) -> Result<i32, ServiceError> {
    let kept = i32::try_from(year).ok().filter(|year| (1900..=9998).contains(year));
    kept.ok_or_else(|| ServiceError::refused(Code::InvalidInput, format!("year: {year} lies outside 1900 to 9998")))
}

impl Body for RegisterFund {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Register a fund (资金来源), or bring it up to date.
#[utoipa::path(post, path = "/v1/funds", tag = "benefits", request_body = RegisterFund,
    responses((status = 201, description = "Registered.", body = FundAnswer)))]
async fn register_fund(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<RegisterFund>,
) -> Result<Answer<FundAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// What a benefit gives.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BenefitKindJson {
    /// 名额.
    Place,
    /// 券.
    Voucher,
    /// 补助: each application names an amount of money.
    Grant,
}

/// A benefit; sent again it is brought up to date, and places that it gains up to its last day go to those who wait.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterBenefit {
    /// 项目编号.
    #[schema(value_type = Id)]
    id: BenefitId,
    /// 项目名称.
    #[serde(default)]
    #[schema(value_type = Option<Reason>)]
    name: Option<Text>,
    /// 类型: 名额, 券 or 补助.
    kind: BenefitKindJson,
    /// 资金编号: who pays.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    fund: Option<FundId>,
    /// 名额: how many there are; no end of them without.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(minimum = 0)]
    places: Option<u32>,
    /// 每人限额.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(minimum = 0)]
    limit_per_worker: Option<u32>,
    /// 限额周期: whether that limit is one of a calendar year, and not of all time.
    #[serde(default)]
    limit_yearly: bool,
    /// 开始日期: the first day on which one can apply.
    #[serde(default)]
    from: Option<DateJson>,
    /// 截止日期: the last one, the last on which a voucher can be used, and the last on which a place that comes free is given to
    /// who waits.
    #[serde(default)]
    until: Option<DateJson>,
    /// 所需积分.
    #[serde(default)]
    #[schema(value_type = Option<PriceOrNothing>)]
    price: Option<PointsJson>,
    /// 单价(元).
    #[serde(default)]
    value: Option<YuanJson>,
    /// 审核单位: the bodies that approve an application before anything is given, each by a person of its own. Left out, they
    /// stay as they were; an empty list ends them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Reason>>, max_items = 2)]
    approvals: Option<Vec<Text>>,
}

/// A benefit as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct BenefitAnswer {
    /// The benefit's number (项目编号).
    #[schema(value_type = String)]
    benefit: BenefitId,
    /// Durable up to here.
    position: u64,
}

impl Ask for RegisterBenefit {
    type Path = NoPath;
    type Answer = BenefitAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let kind = match self.kind {
            BenefitKindJson::Place => BenefitKind::Place,
            BenefitKindJson::Voucher => BenefitKind::Voucher,
            BenefitKindJson::Grant => BenefitKind::Grant,
        };
        let terms = BenefitTerms {
            approvals: self.approvals.map(|bodies| bodies.into_iter().map(|body| body.0).collect()),
            fund: self.fund,
            kind,
            limit_per_worker: self.limit_per_worker,
            limit_yearly: self.limit_yearly,
            name: self.name.map(|name| name.0).unwrap_or_default(),
            places: self.places,
            price: self.price.map_or(Points::ZERO, |price| price.0),
            value: self.value.map_or(Ok(Fen::ZERO), |value| value.amount("value"))?,
            window: Period { from: maybe_day("from", self.from)?, through: maybe_day("until", self.until)? },
        };
        Ok(Command::from(commands::RegisterBenefit { benefit: self.id, terms }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<BenefitAnswer> {
        let Command::RegisterBenefit(commands::RegisterBenefit { benefit, .. }) = command else { return None };
        Some(BenefitAnswer { benefit: benefit.clone(), position: receipt.position })
    }
}

impl Body for RegisterBenefit {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Register a benefit (权益项目), or bring it up to date.
#[utoipa::path(post, path = "/v1/benefits", tag = "benefits", request_body = RegisterBenefit,
    responses((status = 201, description = "Registered.", body = BenefitAnswer)))]
async fn register_benefit(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<RegisterBenefit>,
) -> Result<Answer<BenefitAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// The benefit that an address names, and the key of the application.
#[derive(Debug, Deserialize)]
pub struct OfBenefit {
    benefit: BenefitId,
    key: Key,
}

/// An application for a benefit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyBenefit {
    /// Who applies.
    #[schema(value_type = Id)]
    worker: WorkerId,
    /// 申请时间.
    at: TimeJson,
    /// 证书编号: a certificate that it rests on, which serves once.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    certificate: Option<CertificateNo>,
    /// 金额(元), which a 补助 names.
    #[serde(default)]
    amount: Option<YuanJson>,
}

/// What an answer calls what became of an application.
pub(super) const fn status(became: Became) -> &'static str {
    match became {
        Became::Granted => "granted",
        Became::Queued => "waiting",
        Became::Proposed => "proposed",
    }
}

/// What became of an application.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationAnswer {
    /// Its name: the key of this command.
    #[schema(value_type = String)]
    claim: ApplicationId,
    /// For which benefit.
    #[schema(value_type = String)]
    benefit: BenefitId,
    /// `granted`, or `waiting`: places are gone, and it stands in the queue, or `proposed`: bodies approve it first.
    #[schema(value_type = String, examples("granted"))]
    status: &'static str,
    /// Durable up to here.
    position: u64,
}

impl Ask for ApplyBenefit {
    type Path = OfBenefit;
    type Answer = ApplicationAnswer;

    fn command(self, path: OfBenefit) -> Result<Asked, ServiceError> {
        let no_date = self.at.0.as_ref().err().map(|sent| no_time("at", sent));
        // Whether bodies approve it is told by the benefit as it stands when this is decided.
        let command = commands::ProposeBenefit {
            application: (&path.key).into(),
            benefit: path.benefit,
            worker: self.worker,
            at: self.at.0.ok(),
            certificate: self.certificate,
            amount: self.amount.map_or(AskedAmount::Blank, YuanJson::asked),
        };
        Ok(Asked { no_date, ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ApplicationAnswer> {
        let Command::ProposeBenefit(commands::ProposeBenefit { application, benefit, .. }) = command else {
            return None;
        };
        let status = status(became(receipt)?);
        let (claim, benefit) = (application.clone(), benefit.clone());
        Some(ApplicationAnswer { claim, benefit, status, position: receipt.position })
    }
}

impl Body for ApplyBenefit {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("benefit", Code::UnknownBenefit)];
}

/// Apply for a benefit (权益登记): points are spent and money is set aside at once, or it waits for a place; where bodies
/// approve (审核单位), nothing is given before the last of them said so.
#[utoipa::path(post, path = "/v1/benefits/{id}/claims", tag = "benefits", request_body = ApplyBenefit,
    params(("id" = String, Path, description = "The benefit.")),
    responses((status = 201, description = "Granted, waiting, or proposed.", body = ApplicationAnswer)))]
async fn apply(
    State(app): State<App>,
    ApiPath(benefit): ApiPath<BenefitId>,
    asking: Asking,
    ApiJson(body): ApiJson<ApplyBenefit>,
) -> Result<Answer<ApplicationAnswer>, ApiError> {
    let path = OfBenefit { benefit, key: asking.context.key.clone() };
    ask(app, asking, path, body).await
}

/// The application that an address names.
#[derive(Debug, Deserialize)]
pub struct OfApplication {
    pub(super) benefit: BenefitId,
    pub(super) claim: ApplicationId,
}

/// The use of what was granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseBenefit {
    /// 使用时间.
    at: TimeJson,
    /// 核销商户: who is owed the 单价; nobody without one.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    merchant: Option<MerchantId>,
}

/// A use as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseAnswer {
    /// Which application.
    #[schema(value_type = String)]
    claim: ApplicationId,
    /// For which benefit.
    #[schema(value_type = String)]
    benefit: BenefitId,
    /// Durable up to here.
    position: u64,
}

impl Ask for UseBenefit {
    type Path = OfApplication;
    type Answer = UseAnswer;

    fn command(self, path: OfApplication) -> Result<Asked, ServiceError> {
        let no_date = self.at.0.as_ref().err().map(|sent| no_time("at", sent));
        let used = AskedUse { at: self.at.0.ok(), merchant: self.merchant };
        let command = commands::UseBenefit { benefit: path.benefit, application: path.claim, used };
        Ok(Asked { no_date, ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<UseAnswer> {
        let Command::UseBenefit(commands::UseBenefit { application, benefit, .. }) = command else { return None };
        Some(UseAnswer { claim: application.clone(), benefit: benefit.clone(), position: receipt.position })
    }
}

impl Body for UseBenefit {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("benefit", Code::UnknownBenefit), ("claim", Code::UnknownBenefit)];
}

/// Use what was granted: at a merchant, that merchant is owed the 单价 in that month.
#[utoipa::path(post, path = "/v1/benefits/{id}/claims/{claim}/use", tag = "benefits", request_body = UseBenefit,
    params(("id" = String, Path, description = "The benefit."), ("claim" = String, Path, description = "The application.")),
    responses((status = 200, description = "Used.", body = UseAnswer)))]
async fn use_benefit(
    State(app): State<App>,
    ApiPath((benefit, claim)): ApiPath<(BenefitId, ApplicationId)>,
    asking: Asking,
    ApiJson(body): ApiJson<UseBenefit>,
) -> Result<Answer<UseAnswer>, ApiError> {
    ask(app, asking, OfApplication { benefit, claim }, body).await
}
