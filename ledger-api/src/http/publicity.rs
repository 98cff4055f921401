//! The publicity list (公示): as JSON, CSV or a workbook, for the wall of a station and for everybody's eyes.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Caller, position_from_text};
use super::list_file::{asked_form, attached};
use super::wire::PointsJson;
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::document::{Cell, Document, Form, HeadLine, Layout, Sheet, Table, name};
use crate::service::publicity::{PublicLine, PublicityList, list};
use crate::service::reading::{date, now};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Publicity, routes!(publicity))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PublicityQuery {
    /// Only credits of workers who belong to this site, or to one below it; the whole district without.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    site: String,
    /// The day, YYYY-MM-DD; today without. A past day is told as it was, whatever became of a credit since; with `site`, of those who belong there now.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    on: String,
    /// `json`, `csv` or `xlsx`; by Accept without.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// A credit that is public.
#[derive(Debug, Serialize, ToSchema)]
struct PublicCredit {
    credit: String,
    /// The worker's masked name: 张**.
    name: String,
    activity: String,
    /// 活动名称.
    activity_name: String,
    /// The service date.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    points: PointsJson,
    /// The last day of its publicity.
    #[schema(value_type = String, format = Date)]
    public_until: NaiveDate,
}

/// The publicity list.
#[derive(Debug, Serialize, ToSchema)]
struct PublicityAnswer {
    /// The day that it is for.
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    /// Soonest over first.
    credits: Vec<PublicCredit>,
    /// Answered from a state that includes this position.
    position: u64,
}

impl From<PublicLine> for PublicCredit {
    fn from(line: PublicLine) -> PublicCredit {
        let PublicLine { credit, name, activity, activity_name, on, quantity: _, points, public_until } = line;
        PublicCredit { credit, name, activity, activity_name, on, points: PointsJson(points), public_until }
    }
}

/// The credits that are public on a day, with masked names: the list that hangs on the wall.
#[utoipa::path(get, path = "/v1/publicity", tag = "credits", params(PublicityQuery),
    responses((status = 200, description = "The list, soonest over first.", content(
        (PublicityAnswer = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn publicity(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<PublicityQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let reading = caller.may(Read::Publicity, Target::District)?;
    let on = date("on", &query.on)?.unwrap_or_else(|| now().date());
    let form = asked_form(&query.format, &headers)?;
    let list = list(&app, &reading, &query.site, on, query.min_position).await?;
    if form == Form::Json {
        let PublicityList { on, lines, position } = list;
        let credits = lines.into_iter().map(PublicCredit::from).collect();
        return Ok(axum::Json(PublicityAnswer { on, credits, position }).into_response());
    }
    let stem = format!("publicity-{on}");
    attached(move || document(list), form, &stem).await
}

/// The list as the paper on the wall.
fn document(list: PublicityList) -> Document {
    const COLUMNS: [crate::document::Name; 7] = [
        name("credit", "记录号"),
        name("name", "姓名"),
        name("activity", "活动代码"),
        name("activity_name", "活动名称"),
        name("on", "服务日期"),
        name("points", "积分"),
        name("public_until", "公示截止"),
    ];
    let rows = list.lines.into_iter().map(|line| {
        vec![
            Cell::Text(line.credit),
            Cell::Text(line.name),
            Cell::Text(line.activity),
            Cell::Text(line.activity_name),
            Cell::Day(line.on),
            Cell::Points(line.points),
            Cell::Day(line.public_until),
        ]
    });
    let mut table = Table::list(name("credits", "公示"), COLUMNS.to_vec(), rows.collect());
    table.sheet = Sheet {
        head: vec![
            (HeadLine::Title, "积分公示".to_owned()),
            (HeadLine::Line, format!("公示日期 {}", list.on)),
            (HeadLine::Small, "对公示内容有异议的,请在公示截止日(含当日)前提出。".to_owned()),
        ],
        widths: vec![24, 10, 12, 24, 12, 8, 12],
        ..Sheet::default()
    };
    Document {
        title: "积分公示".into(),
        note: "公示期满且无异议的积分方可使用;姓名已作掩码处理。",
        facts: vec![
            (name("on", "公示日期"), Cell::Day(list.on)),
            (name("position", "账本位置"), Cell::count(list.position)),
        ],
        tables: vec![table],
        flat: true,
        layout: Layout::Paper,
    }
}
