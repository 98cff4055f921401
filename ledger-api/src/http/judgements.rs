//! What is decided about a credit: confirming, rejecting, reversing, objecting, resolving. Maker is never checker.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::CreditId;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::event::{Verdict, WorkerEvent};
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Ask, Asked, ask};
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::Reason;
use super::wire::Text;
use crate::app::App;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(confirm))
        .routes(routes!(reject))
        .routes(routes!(reverse))
        .routes(routes!(object))
        .routes(routes!(resolve))
}

/// The credit that an address names.
#[derive(Debug, Deserialize)]
pub struct OfCredit {
    credit: CreditId,
}

/// What became of a credit.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgedAnswer {
    /// Which.
    #[schema(value_type = String)]
    credit: CreditId,
    /// `confirmed`, `rejected`, `reversed`, `objected`, or `objection_dismissed`: the credit then is what it was.
    #[schema(value_type = String, examples("confirmed"))]
    status: &'static str,
    /// Durable up to here.
    position: u64,
}

impl JudgedAnswer {
    fn new(command: &Command, receipt: &Receipt) -> Option<JudgedAnswer> {
        let Command::JudgeCredit(commands::JudgeCredit { credit, .. }) = command else { return None };
        // An objection that was right takes the credit back in a second event: what it is in the end counts.
        let status = receipt.events.iter().rev().filter_map(Event::as_worker).find_map(status_after)?;
        Some(JudgedAnswer { credit: credit.clone(), status, position: receipt.position })
    }
}

fn status_after(event: &WorkerEvent) -> Option<&'static str> {
    event.as_judgement().map(|judged| match judged.verdict {
        Verdict::Confirmed { .. } => "confirmed",
        Verdict::Rejected | Verdict::Resolved { upheld: true } => "rejected",
        Verdict::Reversed { .. } => "reversed",
        Verdict::Objected => "objected",
        Verdict::Resolved { upheld: false } => "objection_dismissed",
    })
}

macro_rules! judgement {
    ($(#[$doc:meta])* $body:ident, $action:ident, $handler:ident, $path:literal) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $body {
            /// Why; the worker sees it.
            #[schema(value_type = Reason)]
            reason: Text,
        }

        impl Ask for $body {
            type Path = OfCredit;
            type Answer = JudgedAnswer;
            const STATUS: StatusCode = StatusCode::OK;
            const PATH: &'static [(&'static str, Code)] = &[("credit", Code::UnknownCredit)];

            fn command(self, path: OfCredit) -> Result<Asked, ApiError> {
                let action = CreditAction::$action;
                Ok(Command::JudgeCredit(commands::JudgeCredit { credit: path.credit, action, reason: self.reason.0 }).into())
            }

            fn answer(command: &Command, receipt: &Receipt) -> Option<JudgedAnswer> {
                JudgedAnswer::new(command, receipt)
            }
        }

        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "credits", request_body = $body,
            params(("id" = String, Path, description = "The credit.")),
            responses((status = 200, description = "Done.", body = JudgedAnswer)))]
        async fn $handler(
            State(app): State<App>,
            ApiPath(credit): ApiPath<CreditId>,
            asking: Asking,
            ApiJson(body): ApiJson<$body>,
        ) -> Result<Answer<JudgedAnswer>, ApiError> {
            ask(app, asking, OfCredit { credit }, body).await
        }
    };
}

judgement!(
    /// A second person confirms a proposed credit.
    ConfirmCredit, Confirm, confirm, "/v1/credits/{id}/confirm"
);
judgement!(
    /// A second person rejects a proposed credit.
    RejectCredit, Reject, reject, "/v1/credits/{id}/reject"
);
judgement!(
    /// A confirmed credit is taken back, all of it; what of it was spent becomes a debt that later credits pay.
    ReverseCredit, Reverse, reverse, "/v1/credits/{id}/reverse"
);
judgement!(
    /// Somebody objects to a credit.
    ObjectToCredit, Object, object, "/v1/credits/{id}/object"
);

/// The decision about an objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveObjection {
    /// Why; the worker sees it.
    #[schema(value_type = Reason)]
    reason: Text,
    /// Whether the objection was right: the credit is then rejected or reversed. Without it the objection is dismissed.
    #[serde(default)]
    upheld: bool,
}

impl Ask for ResolveObjection {
    type Path = OfCredit;
    type Answer = JudgedAnswer;
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("credit", Code::UnknownCredit)];

    fn command(self, path: OfCredit) -> Result<Asked, ApiError> {
        let action = CreditAction::Resolve { upheld: self.upheld };
        Ok(Command::JudgeCredit(commands::JudgeCredit { credit: path.credit, action, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<JudgedAnswer> {
        JudgedAnswer::new(command, receipt)
    }
}

/// A second person decides an objection.
#[utoipa::path(post, path = "/v1/credits/{id}/resolve", tag = "credits", request_body = ResolveObjection,
    params(("id" = String, Path, description = "The credit.")),
    responses((status = 200, description = "Done.", body = JudgedAnswer)))]
async fn resolve(
    State(app): State<App>,
    ApiPath(credit): ApiPath<CreditId>,
    asking: Asking,
    ApiJson(body): ApiJson<ResolveObjection>,
) -> Result<Answer<JudgedAnswer>, ApiError> {
    ask(app, asking, OfCredit { credit }, body).await
}
