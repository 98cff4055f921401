//! Sites: opening, moving and closing them, what they offer, and the tree as it stands on a day.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::SiteId;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::site::SiteEvent;
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::site::location::Degrees;
use ledger_core::ledger::{Command, Receipt, commands};
use projections::views::site::Site;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Asking, Caller, Limit, position_from_text};
use super::location::{DegreesJson, location};
use super::shapes::{Id, Latitude, Longitude, Reason};
use super::wire::{DateJson, Text, maybe_day, maybe_text};
use crate::access::policy::{CommandKind, Read, Target};
use crate::app::App;
use crate::exact::Exact;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};
use crate::service::reading::{date, now};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::OpenSite, routes!(open))
        .route(CommandKind::MoveSite, routes!(move_site))
        .route(CommandKind::CloseSite, routes!(close))
        .route(CommandKind::SetServices, routes!(set_services))
        .route(Read::Sites, routes!(list_sites))
}

/// The site that an address names.
#[derive(Debug, Deserialize)]
pub struct OfSite {
    site: SiteId,
}

const OF_SITE: &[(&str, Code)] = &[("site", Code::UnknownSite)];

/// A site to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSite {
    /// Up to 64 characters without blanks and slashes.
    #[schema(value_type = Id)]
    id: SiteId,
    /// 驿站名称.
    #[schema(value_type = Reason)]
    name: Text,
    /// 层级: 街道, 社区, 网格, 总站, 特色驿站, 微驿站, 招呼站, 楼宇 or another word of the district.
    #[schema(value_type = Reason)]
    kind: Text,
    /// The site it hangs under.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    parent: Option<SiteId>,
    /// 服务项目.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Reason>>, max_items = 200)]
    services: Option<Vec<Text>>,
    /// 启用日期: its first day.
    #[serde(default)]
    opened: Option<DateJson>,
    /// 经度: where it lies, together with the latitude.
    #[serde(default)]
    #[schema(value_type = Option<Longitude>)]
    longitude: Option<DegreesJson>,
    /// 纬度: where it lies, together with the longitude.
    #[serde(default)]
    #[schema(value_type = Option<Latitude>)]
    latitude: Option<DegreesJson>,
}

/// What became of a site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteAnswer {
    /// The site's id (驿站编号).
    #[schema(value_type = String)]
    site: SiteId,
    /// Durable up to here.
    position: u64,
}

impl SiteAnswer {
    fn new(site: &SiteId, receipt: &Receipt) -> Option<SiteAnswer> {
        Some(SiteAnswer { site: site.clone(), position: receipt.position })
    }
}

impl Ask for OpenSite {
    type Path = NoPath;
    type Answer = SiteAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let details = SiteDetails {
            kind: self.kind.0,
            location: location(self.longitude, self.latitude)?,
            name: self.name.0,
            opened: maybe_day("opened", self.opened)?,
            parent: self.parent,
            services: self.services.unwrap_or_default().into_iter().map(|service| service.0).collect(),
        };
        Ok(Command::OpenSite(commands::OpenSite { site: self.id, details, if_known: IfKnown::Refuse }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SiteAnswer> {
        let Command::OpenSite(commands::OpenSite { site, .. }) = command else { return None };
        SiteAnswer::new(site, receipt)
    }
}

impl Body for OpenSite {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Open a site.
#[utoipa::path(post, path = "/v1/sites", tag = "sites", request_body = OpenSite,
    responses((status = 201, description = "Opened.", body = SiteAnswer)))]
async fn open(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<OpenSite>,
) -> Result<Answer<SiteAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// A site that hangs elsewhere from a day on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveSite {
    /// The site it hangs under then; a root without.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    parent: Option<SiteId>,
    /// From which day on; today without.
    #[serde(default)]
    on: Option<DateJson>,
}

impl Ask for MoveSite {
    type Path = OfSite;
    type Answer = SiteAnswer;

    fn command(self, path: OfSite) -> Result<Asked, ServiceError> {
        let on = maybe_day("on", self.on)?;
        Ok(Command::MoveSite(commands::MoveSite { site: path.site, parent: self.parent, on }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SiteAnswer> {
        let Command::MoveSite(commands::MoveSite { site, .. }) = command else { return None };
        SiteAnswer::new(site, receipt)
    }
}

impl Body for MoveSite {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_SITE;
}

/// Hang a site under another one.
#[utoipa::path(post, path = "/v1/sites/{id}/move", tag = "sites", request_body = MoveSite,
    params(("id" = String, Path, description = "The site.")),
    responses((status = 200, description = "Moved, or there already.", body = SiteAnswer)))]
async fn move_site(
    State(app): State<App>,
    ApiPath(site): ApiPath<SiteId>,
    asking: Asking,
    ApiJson(body): ApiJson<MoveSite>,
) -> Result<Answer<SiteAnswer>, ApiError> {
    ask(app, asking, OfSite { site }, body).await
}

/// A site that closes; what hangs below it stays open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseSite {
    /// 停用日期: the first day closed; today without.
    #[serde(default)]
    on: Option<DateJson>,
    /// The reason, where one was given. It is about the place and stands in the journal as it is written: it names nobody.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// What became of a site that closes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosingAnswer {
    /// The site's id (驿站编号).
    #[schema(value_type = String)]
    site: SiteId,
    /// The first day closed.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// The sites right below it that are open on that day, and stay so.
    #[schema(value_type = Vec<String>)]
    open_below: Vec<SiteId>,
    /// Durable up to here.
    position: u64,
}

impl Ask for CloseSite {
    type Path = OfSite;
    type Answer = ClosingAnswer;

    fn command(self, path: OfSite) -> Result<Asked, ServiceError> {
        let on = maybe_day("on", self.on)?;
        Ok(Command::CloseSite(commands::CloseSite { site: path.site, on, reason: self.reason }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<ClosingAnswer> {
        let closing = receipt.events.iter().filter_map(Event::as_site).find_map(SiteEvent::as_closing)?;
        let (site, open_below) = (closing.site.clone(), closing.open_below.clone());
        Some(ClosingAnswer { site, on: closing.on, open_below, position: receipt.position })
    }
}

impl Body for CloseSite {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_SITE;
}

/// Close a site: what is dated before that day is still taken there, and nothing below it closes.
#[utoipa::path(post, path = "/v1/sites/{id}/close", tag = "sites", request_body = CloseSite,
    params(("id" = String, Path, description = "The site.")),
    responses((status = 200, description = "Closed from that day on.", body = ClosingAnswer)))]
async fn close(
    State(app): State<App>,
    ApiPath(site): ApiPath<SiteId>,
    asking: Asking,
    ApiJson(body): ApiJson<CloseSite>,
) -> Result<Answer<ClosingAnswer>, ApiError> {
    ask(app, asking, OfSite { site }, body).await
}

/// What a site offers from a day on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetServices {
    /// 服务项目, all of them.
    #[schema(value_type = Vec<Reason>, max_items = 200)]
    services: Vec<Text>,
    /// From which day on; today without.
    #[serde(default)]
    on: Option<DateJson>,
}

impl Ask for SetServices {
    type Path = OfSite;
    type Answer = SiteAnswer;

    fn command(self, path: OfSite) -> Result<Asked, ServiceError> {
        let services = self.services.into_iter().map(|service| service.0).collect();
        let on = maybe_day("on", self.on)?;
        Ok(Command::SetServices(commands::SetServices { site: path.site, services, on }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SiteAnswer> {
        let Command::SetServices(commands::SetServices { site, .. }) = command else { return None };
        SiteAnswer::new(site, receipt)
    }
}

impl Body for SetServices {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_SITE;
}

/// Change what a site offers; what it offered before stays readable.
#[utoipa::path(post, path = "/v1/sites/{id}/services", tag = "sites", request_body = SetServices,
    params(("id" = String, Path, description = "The site.")),
    responses((status = 200, description = "Offered from that day on.", body = SiteAnswer)))]
async fn set_services(
    State(app): State<App>,
    ApiPath(site): ApiPath<SiteId>,
    asking: Asking,
    ApiJson(body): ApiJson<SetServices>,
) -> Result<Answer<SiteAnswer>, ApiError> {
    ask(app, asking, OfSite { site }, body).await
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SitesQuery {
    /// The day to tell it for, YYYY-MM-DD; today in +08:00 without.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    on: String,
    /// Go on after this id.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    after: String,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    limit: Limit,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// A site as it stands on a day.
#[derive(Debug, Serialize, ToSchema)]
struct SiteJson {
    id: String,
    name: String,
    kind: String,
    parent: Option<String>,
    services: Vec<String>,
    /// Its first day, where one is known.
    #[schema(value_type = Option<String>, format = Date)]
    opened: Option<NaiveDate>,
    /// Its first day closed, where there is one.
    #[schema(value_type = Option<String>, format = Date)]
    closes: Option<NaiveDate>,
    /// Whether it is closed on the day asked for.
    closed: bool,
    /// 经度 in degrees, WGS-84, where it is known where the site lies.
    #[schema(value_type = Option<f64>)]
    longitude: Option<Exact<Degrees>>,
    /// 纬度 in degrees, WGS-84, where it is known where the site lies.
    #[schema(value_type = Option<f64>)]
    latitude: Option<Exact<Degrees>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SiteList {
    /// The day it is told for.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    sites: Vec<SiteJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

/// The sites as they stand on a day, in the order of their ids.
#[utoipa::path(get, path = "/v1/sites", tag = "sites", params(SitesQuery),
    responses((status = 200, description = "The sites, by id.", body = SiteList)))]
async fn list_sites(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<SitesQuery>,
) -> Result<Json<SiteList>, ApiError> {
    let reading = caller.may(Read::Sites, Target::District)?;
    let on = date("on", &query.on)?.unwrap_or_else(|| now().date());
    reading.at_least(&app, query.min_position).await?;
    let page = app.views.sites(&query.after, query.limit.0).await?;
    let sites = page.rows.into_iter().map(|(id, row)| site_json(id, &row, on)).collect();
    Ok(Json(SiteList { on, sites, next: page.next, position: page.position }))
}

fn site_json(id: String, row: &Site, on: NaiveDate) -> SiteJson {
    SiteJson {
        id,
        name: row.name.clone(),
        kind: row.kind.clone(),
        parent: row.parent(on).map(ToString::to_string),
        services: row.services(on).to_vec(),
        opened: row.opened,
        closes: row.closed,
        closed: row.is_closed(on),
        longitude: row.location.map(|at| Exact(at.longitude())),
        latitude: row.location.map(|at| Exact(at.latitude())),
    }
}
