//! The short list of a selection (入围名单) as it hangs on the wall: as JSON, CSV or a workbook.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use ledger_core::domain::selection::command::SelectionTerms;
use projections::queries::selection::Listed;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, position_from_text};
use super::list_file::{asked_form, attached};
use super::selection_shapes::ShortListJson;
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::document::{Cell, Document, Form, HeadLine, Layout, Sheet, Table, name};
use crate::service::publicity::wall_names;
use crate::service::selections::one;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Selection, routes!(read_list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListFileQuery {
    /// `json`, `csv` or `xlsx`; by Accept without.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// The short list that holds.
#[derive(Debug, Serialize, ToSchema)]
struct ListAnswer {
    selection: String,
    #[serde(flatten)]
    list: ShortListJson,
}

/// The short list (入围名单) that holds, as it hangs on the wall: equal ones together, and a blank column for the decision
/// (评定). The JSON has the same bytes on any machine; csv and xlsx have the masked names beside it.
#[utoipa::path(get, path = "/v1/selections/{id}/list", tag = "selections", params(("id" = String, Path), ListFileQuery),
    responses((status = 200, description = "The list, by rank.", content(
        (ListAnswer = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn read_list(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<ListFileQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let reading = caller.may(Read::Selection, Target::District)?;
    let form = asked_form(&query.format, &headers)?;
    let (record, _) = one(&app, &reading, &id, query.min_position).await?;
    let (Some(listed), Some(terms)) = (record.lists.last(), record.state.terms()) else {
        return Err(ApiError::not_found(format!("the short list of {id} is not drawn yet")));
    };
    if form == Form::Json {
        return Ok(Json(ListAnswer { selection: id, list: listed.into() }).into_response());
    }
    let workers: Vec<&str> = listed.lines.iter().map(|line| line.worker.as_str()).collect();
    let names = wall_names(&app, &workers).await;
    let (listed, terms) = (listed.clone(), terms.clone());
    let stem = format!("short-list-{}", listed.position);
    attached(move || document(&id, &terms, &listed, names), form, &stem).await
}

/// The list as the paper on the wall, and of the meeting: what it decides is written by hand.
fn document(id: &str, terms: &SelectionTerms, listed: &Listed, names: Vec<String>) -> Document {
    const COLUMNS: [crate::document::Name; 5] = [
        name("rank", "位次"),
        name("worker", "编号"),
        name("name", "姓名"),
        name("score", "得分"),
        name("decision", "评定"),
    ];
    let rows = listed.lines.iter().zip(names).map(|(line, name)| {
        vec![
            Cell::count(line.rank),
            Cell::Text(line.worker.to_string()),
            Cell::Text(name),
            Cell::Decimal(line.score.to_string()),
            Cell::Blank,
        ]
    });
    let mut table = Table::list(name("list", "入围名单"), COLUMNS.to_vec(), rows.collect());
    table.sheet = Sheet {
        head: vec![
            (HeadLine::Title, format!("{} 入围名单", terms.name)),
            (HeadLine::Line, format!("公示截止 {}", listed.public_until)),
            (HeadLine::Small, "对名单有异议的,请在公示截止日(含当日)前提出。".to_owned()),
        ],
        widths: vec![8, 16, 12, 12, 16],
        ..Sheet::default()
    };
    Document {
        title: format!("{} 入围名单", terms.name).into(),
        note: "得分相同的并列,名单可因此多于名额;评定栏由会议填写;姓名已作掩码处理。",
        facts: vec![
            (name("selection", "评选编号"), Cell::Text(id.to_owned())),
            (name("places", "入围名额"), Cell::count(terms.places)),
            (name("public_until", "公示截止"), Cell::Day(listed.public_until)),
            (name("position", "账本位置"), Cell::count(listed.position)),
        ],
        tables: vec![table],
        flat: true,
        layout: Layout::Paper,
    }
}
