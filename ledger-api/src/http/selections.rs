//! Selections (评选): announcing one, a candidate's word, sealing the inputs, drawing the short list. What follows once a
//! list hangs out stands in [`super::selection_objections`].

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ActivityCode, IndicatorCode, SelectionId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::selection::SelectionEvent;
use ledger_core::domain::selection::command::{Indicator, SelectionTerms};
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::selection_shapes::{MeasureJson, ShortListJson};
use super::shapes::{Id, NameText, Reason, Sha256Text};
use super::wire::{DateJson, Text, maybe_day, whole_number};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};
use crate::service::selections::digest_of;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::AnnounceSelection, routes!(announce))
        .route(CommandKind::ConsentToSelection, routes!(consent))
        .route(CommandKind::WithdrawFromSelection, routes!(withdraw))
        .route(CommandKind::SealSelection, routes!(seal))
        .route(CommandKind::DrawSelection, routes!(draw))
}

/// 评选指标: one line of the formula.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedIndicator {
    /// Its name within the selection.
    #[schema(value_type = Id)]
    code: IndicatorCode,
    /// What it counts.
    measure: MeasureJson,
    /// The activities that it looks at; all of them without.
    #[serde(default)]
    #[schema(value_type = Vec<Id>, max_items = 100)]
    activities: Vec<ActivityCode>,
    /// 权重: what one of it is worth.
    #[serde(deserialize_with = "whole_number")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    weight: u32,
}

/// A selection as it is announced. Nothing of it changes afterwards.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnounceSelection {
    /// 评选编号.
    #[schema(value_type = Id)]
    id: SelectionId,
    /// 评选名称.
    #[schema(value_type = Reason)]
    name: Text,
    /// The formula: the score is the sum of weight × figure.
    #[schema(min_items = 1, max_items = 20)]
    indicators: Vec<AskedIndicator>,
    /// The first service date that counts; from ever without.
    #[serde(default)]
    from: Option<DateJson>,
    /// 截止日期: the last service date that counts.
    cut_off: DateJson,
    /// The last day on which somebody may agree to be a candidate; until the inputs are sealed without.
    #[serde(default)]
    consent_until: Option<DateJson>,
    /// 入围名额. Equal ones at the end of the list are shown together, so that it may be longer.
    #[serde(deserialize_with = "whole_number")]
    #[schema(minimum = 1, maximum = 1_000)]
    places: u32,
    /// 公示天数, counted as those of a credit.
    #[serde(deserialize_with = "whole_number")]
    #[schema(minimum = 0, maximum = 365)]
    publicity_days: u32,
    /// The indicator that decides between equal scores; without one, and where that is equal too, both stand together.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    tie_by: Option<IndicatorCode>,
    /// The occupations that it is open to; all of them without.
    #[serde(default)]
    #[schema(value_type = Vec<NameText>, max_items = 100)]
    occupations: Vec<Text>,
}

/// A selection as announced.
#[derive(Debug, Serialize, ToSchema)]
pub struct SelectionAnswer {
    /// The selection's id.
    #[schema(value_type = String)]
    selection: SelectionId,
    /// Durable up to here.
    position: u64,
}

impl Ask for AnnounceSelection {
    type Path = NoPath;
    type Answer = SelectionAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let indicator = |asked: AskedIndicator| Indicator {
            activities: asked.activities,
            code: asked.code,
            measure: asked.measure.into(),
            weight: asked.weight,
        };
        let terms = SelectionTerms {
            consent_until: maybe_day("consent_until", self.consent_until)?,
            cut_off: self.cut_off.read("cut_off")?,
            from: maybe_day("from", self.from)?,
            indicators: self.indicators.into_iter().map(indicator).collect(),
            name: self.name.0,
            occupations: self.occupations.into_iter().map(|occupation| occupation.0).collect(),
            places: self.places,
            publicity_days: self.publicity_days,
            tie_by: self.tie_by,
        };
        Ok(Command::from(commands::AnnounceSelection { selection: self.id, terms }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SelectionAnswer> {
        let Command::AnnounceSelection(commands::AnnounceSelection { selection, .. }) = command else { return None };
        Some(SelectionAnswer { selection: selection.clone(), position: receipt.position })
    }
}

impl Body for AnnounceSelection {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Announce a selection (评选公告): its formula, its days, its places. It stands as announced.
#[utoipa::path(post, path = "/v1/selections", tag = "selections", request_body = AnnounceSelection,
    responses((status = 201, description = "Announced.", body = SelectionAnswer)))]
async fn announce(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<AnnounceSelection>,
) -> Result<Answer<SelectionAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// The selection that an address names.
#[derive(Debug, Deserialize)]
pub struct OfSelection {
    pub(super) selection: SelectionId,
}

/// What an address of a selection says that is not there.
pub(super) const PATH: &[(&str, Code)] = &[("selection", Code::NotFound)];

/// A candidate's word as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordAnswer {
    /// For which selection.
    #[schema(value_type = String)]
    selection: SelectionId,
    /// The worker's id (编号).
    #[schema(value_type = String)]
    worker: WorkerId,
    /// Durable up to here.
    position: u64,
}

macro_rules! word {
    ($(#[$doc:meta])* $body:ident, withdraws: $withdraws:literal, $handler:ident, $path:literal, $status:ident, $said:literal, $code:literal) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $body {
            /// Whose word it is.
            #[schema(value_type = Id)]
            worker: WorkerId,
            /// On which day it was given, where a paper says so; today without.
            #[serde(default)]
            on: Option<DateJson>,
            /// SHA-256 of the signed paper, in hexadecimal. The candidates themselves need none.
            #[serde(default)]
            #[schema(value_type = Option<Sha256Text>)]
            paper: Option<String>,
        }

        impl Ask for $body {
            type Path = OfSelection;
            type Answer = WordAnswer;

            fn command(self, path: OfSelection) -> Result<Asked, ServiceError> {
                let (selection, worker, paper) = (path.selection, self.worker, self.paper);
                let on = maybe_day("on", self.on)?;
                Ok(Command::from(commands::GiveWord { selection, worker, withdraws: $withdraws, on, paper }).into())
            }

            fn answer(command: &Command, receipt: &Receipt) -> Option<WordAnswer> {
                let Command::GiveWord(commands::GiveWord { selection, worker, .. }) = command else { return None };
                let (selection, worker) = (selection.clone(), worker.clone());
                Some(WordAnswer { selection, worker, position: receipt.position })
            }
        }

        impl Body for $body {
            const STATUS: StatusCode = StatusCode::$status;
            const PATH: &'static [(&'static str, Code)] = PATH;
        }

        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "selections", request_body = $body,
            params(("id" = String, Path, description = "The selection.")),
            responses((status = $code, description = $said, body = WordAnswer)))]
        async fn $handler(
            State(app): State<App>,
            ApiPath(selection): ApiPath<SelectionId>,
            asking: Asking,
            ApiJson(body): ApiJson<$body>,
        ) -> Result<Answer<WordAnswer>, ApiError> {
            ask(app, asking, OfSelection { selection }, body).await
        }
    };
}

word!(
    /// Agree to be a candidate (参评同意): the worker's own word, or an operator's who holds the signed paper.
    ConsentToSelection, withdraws: false, consent, "/v1/selections/{id}/consents", CREATED, "A candidate.", 201
);
word!(
    /// Withdraw as a candidate (参评退出), until the inputs are sealed.
    WithdrawFromSelection, withdraws: true, withdraw, "/v1/selections/{id}/withdraw", OK, "No candidate any more.", 200
);

/// Sealing the inputs: nothing more is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SealSelection {}

/// The inputs as sealed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SealedAnswer {
    /// 评选编号.
    #[schema(value_type = String)]
    selection: SelectionId,
    /// How many candidates there are.
    candidates: usize,
    /// SHA-256 of the inputs, as the event has them in canonical JSON.
    digest: String,
    /// Durable up to here. The inputs are what the ledger said just before it.
    position: u64,
}

impl Ask for SealSelection {
    type Path = OfSelection;
    type Answer = SealedAnswer;

    fn command(self, path: OfSelection) -> Result<Asked, ServiceError> {
        Ok(Command::from(commands::SealSelection { selection: path.selection }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<SealedAnswer> {
        let sealed = receipt.events.iter().filter_map(Event::as_selection).find_map(SelectionEvent::as_seal)?;
        Some(SealedAnswer {
            selection: sealed.selection.clone(),
            candidates: sealed.inputs.len(),
            digest: digest_of(&sealed.inputs),
            position: receipt.position,
        })
    }
}

impl Body for SealSelection {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = PATH;
}

/// Fix the inputs (评选封存): what the ledger says of each candidate at this entry. What is recorded later changes nothing.
#[utoipa::path(post, path = "/v1/selections/{id}/seal", tag = "selections", request_body = SealSelection,
    params(("id" = String, Path, description = "The selection.")),
    responses((status = 200, description = "Sealed.", body = SealedAnswer)))]
async fn seal(
    State(app): State<App>,
    ApiPath(selection): ApiPath<SelectionId>,
    asking: Asking,
    ApiJson(body): ApiJson<SealSelection>,
) -> Result<Answer<SealedAnswer>, ApiError> {
    ask(app, asking, OfSelection { selection }, body).await
}

/// Drawing the short list: nothing more is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawSelection {}

/// A short list that hangs out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShortListAnswer {
    /// 评选编号.
    #[schema(value_type = String)]
    pub(super) selection: SelectionId,
    #[serde(flatten)]
    pub(super) list: ShortListJson,
}

impl ShortListAnswer {
    /// The list that a command drew.
    pub(super) fn new(receipt: &Receipt) -> Option<ShortListAnswer> {
        receipt.events.iter().filter_map(Event::as_selection).find_map(|event| {
            let (lines, public_until) = event.as_list()?;
            let list = ShortListJson::new(receipt.position, lines, public_until);
            Some(ShortListAnswer { selection: event.selection().clone(), list })
        })
    }
}

impl Ask for DrawSelection {
    type Path = OfSelection;
    type Answer = ShortListAnswer;

    fn command(self, path: OfSelection) -> Result<Asked, ServiceError> {
        Ok(Command::from(commands::DrawSelection { selection: path.selection }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<ShortListAnswer> {
        ShortListAnswer::new(receipt)
    }
}

impl Body for DrawSelection {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = PATH;
}

/// Draw the short list (入围名单) of the sealed inputs and hang it out. The same inputs give the same list on any machine.
#[utoipa::path(post, path = "/v1/selections/{id}/draw", tag = "selections", request_body = DrawSelection,
    params(("id" = String, Path, description = "The selection.")),
    responses((status = 200, description = "Drawn.", body = ShortListAnswer)))]
async fn draw(
    State(app): State<App>,
    ApiPath(selection): ApiPath<SelectionId>,
    asking: Asking,
    ApiJson(body): ApiJson<DrawSelection>,
) -> Result<Answer<ShortListAnswer>, ApiError> {
    ask(app, asking, OfSelection { selection }, body).await
}
