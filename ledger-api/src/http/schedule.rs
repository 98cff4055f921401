//! The points schedule (积分标准): adopting a version from a date, and reading all that ever held.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::ids::ActivityCode;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::counter::CounterChange;
use ledger_core::domain::programme::event::ProgrammeConfigured;
use ledger_core::domain::proof::CounterProof;
use ledger_core::domain::schedule::{Activity, ActivityTerms, ScheduleVersion, Scoring};
use ledger_core::ledger::{Command, commands};
use projections::queries::At;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, told};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Asking, Caller, ListQuery, position_from_text};
use super::guards::GuardsJson;
use super::shapes::{Id, PositivePoints, Price, PriceOrNothing, Reason};
use super::validity::ValidityJson;
use super::wire::{DateJson, Object, PointsJson, Text, maybe_object, maybe_text, maybe_whole};
use crate::access::policy::{CommandKind, Read, Target, Who};
use crate::app::App;
use crate::service::command::{prepare, programme_event, submit};
use crate::service::reading::{date, now};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::AdoptSchedule, routes!(adopt))
        .route(Read::Schedule, routes!(in_force))
        .route(Read::Schedule, routes!(versions))
}

/// A version of the points schedule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AdoptSchedule {
    /// First service date it holds for.
    effective_from: DateJson,
    /// All its lines: what is left out is not credited from that date on.
    #[schema(min_items = 1, value_type = Vec<ActivityJson>)]
    activities: Vec<Object<ActivityJson>>,
    /// Settings of the district that change with it.
    #[serde(default)]
    #[schema(value_type = Option<DistrictJson>)]
    district: Option<Object<DistrictJson>>,
}

impl AdoptSchedule {
    /// The command that it asks for.
    ///
    /// # Errors
    /// `invalid_date`, naming the field.
    pub(super) fn read(self) -> Result<commands::AdoptSchedule, ApiError> {
        Ok(commands::AdoptSchedule {
            effective_from: self.effective_from.read("effective_from")?,
            activities: self.activities.into_iter().map(|Object(line)| Activity::from(line)).collect(),
            settings: self.district.map(|Object(district)| district).unwrap_or_default().settings()?,
            first: false,
        })
    }
}

/// A line of the schedule.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActivityJson {
    /// 活动代码.
    #[schema(value_type = Id)]
    code: ActivityCode,
    /// 活动名称.
    name: Text,
    /// 类别, as the card shows it.
    #[schema(examples("志愿服务"))]
    category: Text,
    /// 计分单位.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(examples("小时"))]
    unit: Option<String>,
    /// 每单位积分.
    #[schema(value_type = Price)]
    points_per_unit: PointsJson,
    /// 每日上限: most points for one worker on one service date; none without.
    #[serde(default)]
    #[schema(value_type = Option<PositivePoints>)]
    daily_cap: Option<PointsJson>,
    /// 计入积分卡: whether its credits count for the mutual-aid points card.
    counts_for_card: bool,
    /// 有效月数: how long what it earns can be spent.
    #[serde(default)]
    valid_months: ValidityJson,
    /// 审核人数: how many people check a credit; as the district says without.
    #[serde(default, deserialize_with = "maybe_whole", skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 2)]
    checks: Option<u32>,
    /// 公示天数: how many days a credit is public; as the district says without.
    #[serde(default, deserialize_with = "maybe_whole", skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 366)]
    publicity_days: Option<u32>,
    /// 计分时点: `rating` (评价) or `feedback` (反馈) where points ripen later than they are recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scoring: Option<ScoringJson>,
    /// 最多认领人数: how many may claim one request; one without.
    #[serde(default, deserialize_with = "maybe_whole", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 4294967295i64)]
    claimers_max: Option<u32>,
    /// 需具角色: one of these is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Reason>>)]
    roles: Option<Vec<Text>>,
    /// 每月上限: most points for one worker in a month; none without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PositivePoints>)]
    monthly_cap: Option<PointsJson>,
    /// 每年上限: most points for one worker in a calendar year; none without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PositivePoints>)]
    yearly_cap: Option<PointsJson>,
}

/// When points ripen that are not credited when they are recorded.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ScoringJson {
    /// 评价: when the work is rated.
    Rating,
    /// 反馈: when the report is fed back.
    Feedback,
}

/// Settings of the district; what is left out stays as it is.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DistrictJson {
    /// 行政区划代码.
    #[serde(default)]
    code: Option<Text>,
    /// The district's name.
    #[serde(default)]
    name: Option<Text>,
    /// Credits are rounded down to a multiple of this.
    #[serde(default)]
    #[schema(value_type = Option<PositivePoints>)]
    points_step: Option<PointsJson>,
    /// Whether a second person checks each credit: the same as one check, where `checks` says nothing.
    #[serde(default)]
    approval_required: Option<bool>,
    /// How many people check a credit.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(maximum = 2)]
    checks: Option<u32>,
    /// Days of publicity (公示) before a credit counts.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(maximum = 366)]
    publicity_days: Option<u32>,
    /// How many days back a redemption may be told by `at`; any day without.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(maximum = 36600)]
    redeem_back_days: Option<u32>,
    /// What a redemption at the counter asks for: `id` (nothing beyond who), `code` or `pin`.
    #[serde(default)]
    counter_proof: Option<CounterProofJson>,
    /// Most points for one worker that a counter hands out while the network is away; 0 for none.
    #[serde(default)]
    #[schema(value_type = Option<PriceOrNothing>)]
    offline_floor: Option<PointsJson>,
    /// Most points that a counter hands out so on one day; 0 for none.
    #[serde(default)]
    #[schema(value_type = Option<PriceOrNothing>)]
    offline_total: Option<PointsJson>,
    /// Whether a publicity counts working days alone.
    #[serde(default)]
    working_days: Option<bool>,
    /// Days off (节假日), all of them.
    #[serde(default)]
    #[schema(max_items = 2000)]
    holidays: Option<Vec<DateJson>>,
    /// Weekends on which the district works (调休上班日), all of them.
    #[serde(default)]
    #[schema(max_items = 2000)]
    makeup_workdays: Option<Vec<DateJson>>,
    /// What is done where a record looks odd.
    #[serde(default, deserialize_with = "maybe_object")]
    guards: Option<GuardsJson>,
    /// The tiers (层级) that stores may have; an empty list allows every word.
    #[serde(default)]
    tiers: Option<Vec<Text>>,
}

/// A version as adopted.
#[derive(Debug, Serialize, ToSchema)]
struct AdoptedAnswer {
    /// 1, 2, 3, … in order of adoption.
    version: u32,
    /// Durable up to here.
    position: u64,
}

/// A version of the schedule.
#[derive(Debug, Serialize, ToSchema)]
struct VersionJson {
    /// 1, 2, 3, … in order of adoption.
    version: u32,
    /// First service date it holds for.
    #[schema(value_type = String, format = Date)]
    effective_from: NaiveDate,
    /// Its lines.
    activities: Vec<ActivityJson>,
}

/// The version in force on a day.
#[derive(Debug, Serialize, ToSchema)]
struct InForceAnswer {
    /// The service date asked about.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// 1, 2, 3, … in order of adoption.
    version: u32,
    /// First service date it holds for.
    #[schema(value_type = String, format = Date)]
    effective_from: NaiveDate,
    /// Its lines.
    activities: Vec<ActivityJson>,
    /// The district's settings as they are now.
    district: Option<DistrictJson>,
    /// Answered from a state that includes this position.
    position: u64,
}

/// Versions in order of adoption.
#[derive(Debug, Serialize, ToSchema)]
struct VersionsAnswer {
    /// At most as many as `limit` says.
    versions: Vec<VersionJson>,
    /// Ask on with `after` this; none at the end.
    next: Option<String>,
    /// Answered from a state that includes this position.
    position: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InForceQuery {
    /// The service date, YYYY-MM-DD; today without.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    on: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

impl From<ActivityJson> for Activity {
    fn from(line: ActivityJson) -> Activity {
        Activity {
            category: line.category.0,
            checks: line.checks,
            code: line.code,
            counts_for_card: line.counts_for_card,
            daily_cap: line.daily_cap.map(|cap| cap.0),
            name: line.name.0,
            points_per_unit: line.points_per_unit.0,
            publicity_days: line.publicity_days,
            unit: line.unit.unwrap_or_default(),
            validity: line.valid_months.0,
            terms: ActivityTerms {
                claimers_max: line.claimers_max,
                monthly_cap: line.monthly_cap.map(|cap| cap.0),
                roles: line.roles.unwrap_or_default().into_iter().map(|role| role.0).collect(),
                scoring: line.scoring.map(|scoring| match scoring {
                    ScoringJson::Rating => Scoring::Rating,
                    ScoringJson::Feedback => Scoring::Feedback,
                }),
                yearly_cap: line.yearly_cap.map(|cap| cap.0),
            },
        }
    }
}

impl From<Activity> for ActivityJson {
    fn from(line: Activity) -> ActivityJson {
        ActivityJson {
            code: line.code,
            name: Text(line.name),
            category: Text(line.category),
            unit: Some(line.unit).filter(|unit| !unit.is_empty()),
            points_per_unit: PointsJson(line.points_per_unit),
            daily_cap: line.daily_cap.map(PointsJson),
            counts_for_card: line.counts_for_card,
            valid_months: ValidityJson(line.validity),
            checks: line.checks,
            publicity_days: line.publicity_days,
            scoring: line.terms.scoring.map(|scoring| match scoring {
                Scoring::Rating => ScoringJson::Rating,
                Scoring::Feedback => ScoringJson::Feedback,
            }),
            claimers_max: line.terms.claimers_max,
            roles: Some(line.terms.roles)
                .filter(|roles| !roles.is_empty())
                .map(|roles| roles.into_iter().map(Text).collect()),
            monthly_cap: line.terms.monthly_cap.map(PointsJson),
            yearly_cap: line.terms.yearly_cap.map(PointsJson),
        }
    }
}

/// What a redemption at the counter asks for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CounterProofJson {
    /// The worker's id or card number alone.
    Id,
    /// The worker's points code as well.
    Code,
    /// The worker's PIN as well.
    Pin,
}

impl From<CounterProofJson> for CounterProof {
    fn from(proof: CounterProofJson) -> CounterProof {
        match proof {
            CounterProofJson::Id => CounterProof::Id,
            CounterProofJson::Code => CounterProof::Code,
            CounterProofJson::Pin => CounterProof::Pin,
        }
    }
}

impl From<CounterProof> for CounterProofJson {
    fn from(proof: CounterProof) -> CounterProofJson {
        match proof {
            CounterProof::Id => CounterProofJson::Id,
            CounterProof::Code => CounterProofJson::Code,
            CounterProof::Pin => CounterProofJson::Pin,
        }
    }
}

impl DistrictJson {
    /// # Errors
    /// `invalid_date`, naming the day that is none.
    fn settings(self) -> Result<Settings, ApiError> {
        let days = |name: &str, days: Option<Vec<DateJson>>| {
            let day = |day: DateJson| day.read(name);
            days.map(|days| days.into_iter().map(day).collect::<Result<Vec<NaiveDate>, _>>()).transpose()
        };
        Ok(Settings {
            approval_required: self.approval_required,
            checks: self.checks,
            code: self.code.map(|code| code.0),
            counter: CounterChange {
                counter_proof: self.counter_proof.map(CounterProofJson::into),
                offline_floor: self.offline_floor.map(|points| points.0),
                offline_total: self.offline_total.map(|points| points.0),
                redeem_back_days: self.redeem_back_days,
            },
            guards: self.guards.map(|guards| guards.changes()).unwrap_or_default(),
            holidays: days("holidays", self.holidays)?,
            makeup_workdays: days("makeup_workdays", self.makeup_workdays)?,
            name: self.name.map(|name| name.0),
            points_step: self.points_step.map(|step| step.0),
            publicity_days: self.publicity_days,
            tiers: self.tiers.map(|tiers| tiers.into_iter().map(|tier| tier.0).collect()),
            working_days: self.working_days,
        })
    }
}

impl From<ProgrammeConfigured> for DistrictJson {
    fn from(settings: ProgrammeConfigured) -> DistrictJson {
        let days = |days: &[NaiveDate]| Some(days.iter().map(|day| DateJson(Ok(*day))).collect());
        DistrictJson {
            approval_required: Some(settings.approval_required),
            checks: Some(settings.checks()),
            holidays: days(&settings.calendar.holidays),
            makeup_workdays: days(&settings.calendar.makeup_workdays),
            code: Some(Text(settings.code)),
            name: Some(Text(settings.name)),
            points_step: Some(PointsJson(settings.points_step)),
            publicity_days: Some(settings.publicity_days),
            redeem_back_days: settings.counter.redeem_back_days,
            counter_proof: Some(settings.counter.counter_proof.into()),
            offline_floor: Some(PointsJson(settings.counter.offline_floor)),
            offline_total: Some(PointsJson(settings.counter.offline_total)),
            working_days: Some(settings.working_days),
            guards: Some(GuardsJson::from(&settings.guards)),
            tiers: Some(settings.tiers.into_iter().map(Text).collect()),
        }
    }
}

impl From<ScheduleVersion> for VersionJson {
    fn from(version: ScheduleVersion) -> VersionJson {
        VersionJson {
            version: version.version,
            effective_from: version.effective_from,
            activities: version.activities.into_iter().map(ActivityJson::from).collect(),
        }
    }
}

/// Adopt a version of the points schedule; earlier versions hold on for earlier service dates and stay readable.
#[utoipa::path(put, path = "/v1/schedule", tag = "schedule", request_body = AdoptSchedule,
    responses((status = 200, description = "Adopted, or in force already.", body = AdoptedAnswer)))]
async fn adopt(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<AdoptSchedule>,
) -> Result<Answer<AdoptedAnswer>, ApiError> {
    let adopt = body.read()?;
    let effective_from = adopt.effective_from;
    let command = Command::AdoptSchedule(adopt);
    let Asking { caller, context } = asking;
    let prepared = prepare(&app, Who::Bearer(&caller), context, command.into()).await?;
    let receipt = submit(app.clone(), prepared).await?;
    let adopted = programme_event(&receipt, |event| event.as_schedule().map(|adopted| adopted.version));
    let version = match adopted {
        Some(version) => Some(version),
        // The same schedule is in force from that date already: it has its version from then.
        None => {
            app.views.wait_for(receipt.position).await?;
            app.views.programme().await?.value.version_on(effective_from).map(|version| version.version)
        }
    };
    let answer = version.map(|version| AdoptedAnswer { version, position: receipt.position });
    told(StatusCode::OK, &receipt, answer)
}

/// The points schedule in force on a service date.
#[utoipa::path(get, path = "/v1/schedule", tag = "schedule", params(InForceQuery),
    responses((status = 200, description = "The version in force.", body = InForceAnswer)))]
async fn in_force(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<InForceQuery>,
) -> Result<Json<InForceAnswer>, ApiError> {
    let reading = caller.may(Read::Schedule, Target::District)?;
    let on = date("on", &query.on)?.unwrap_or_else(|| now().date());
    reading.at_least(&app, query.min_position).await?;
    let At { position, value: programme } = app.views.programme().await?;
    let Some(version) = programme.version_on(on) else {
        return Err(ApiError::not_found(format!("no points schedule is in force on {on}")));
    };
    let VersionJson { version, effective_from, activities } = version.clone().into();
    let district = programme.settings.map(DistrictJson::from);
    Ok(Json(InForceAnswer { on, version, effective_from, activities, district, position }))
}

/// Every version of the points schedule, in order of adoption.
#[utoipa::path(get, path = "/v1/schedule/versions", tag = "schedule", params(ListQuery),
    responses((status = 200, description = "The versions.", body = VersionsAnswer)))]
async fn versions(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<VersionsAnswer>, ApiError> {
    let reading = caller.may(Read::Schedule, Target::District)?;
    let after: u32 = match query.after.as_str() {
        "" => 0,
        text => text.parse().map_err(|_| ApiError::unreadable("after: not the number of a version"))?,
    };
    reading.at_least(&app, query.min_position).await?;
    let At { position, value: programme } = app.views.programme().await?;
    let mut rest = programme.versions;
    rest.retain(|version| version.version > after);
    let more = rest.len() > query.limit.0;
    rest.truncate(query.limit.0);
    let next = if more { rest.last().map(|last| last.version.to_string()) } else { None };
    let versions = rest.into_iter().map(VersionJson::from).collect();
    Ok(Json(VersionsAnswer { versions, next, position }))
}
