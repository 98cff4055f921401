//! What is decided about a credit: checking, rejecting, reversing, objecting, resolving, appealing. Nobody has two parts.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::CreditId;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::event::{Verdict, WorkerEvent};
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::Reason;
use super::wire::Text;
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::ConfirmCredit, routes!(confirm))
        .route(CommandKind::RejectCredit, routes!(reject))
        .route(CommandKind::ReverseCredit, routes!(reverse))
        .route(CommandKind::ObjectToCredit, routes!(object))
        .route(CommandKind::ResolveObjection, routes!(resolve))
        .route(CommandKind::AppealDecision, routes!(appeal))
}

/// The credit that an address names.
#[derive(Debug, Deserialize)]
pub struct OfCredit {
    credit: CreditId,
}

/// What became of a credit.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgedAnswer {
    /// The credit's name: the key of the command that recorded it.
    #[schema(value_type = String)]
    credit: CreditId,
    /// `proposed` (another check is due), `publicised`, `confirmed`, `rejected`, `reversed`, `objected`, `appealed`, or
    /// `objection_dismissed`: a credit that counts then counts on.
    #[schema(value_type = String, examples("publicised"))]
    status: &'static str,
    /// The last day of its publicity, where it is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    public_until: Option<NaiveDate>,
    /// The last day on which the decision about the objection can be appealed: the credit counts, or is rejected for good,
    /// no sooner than after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    appeal_until: Option<NaiveDate>,
    /// Durable up to here.
    position: u64,
}

impl JudgedAnswer {
    fn new(command: &Command, receipt: &Receipt) -> Option<JudgedAnswer> {
        let Command::JudgeCredit(commands::JudgeCredit { credit, .. }) = command else { return None };
        // An objection that was right takes the credit back in a second event: what it is in the end counts.
        let verdict =
            receipt.events.iter().rev().filter_map(Event::as_worker).find_map(WorkerEvent::as_judgement)?.verdict;
        let (public_until, appeal_until) = match verdict {
            Verdict::Publicised { until } => (Some(until), None),
            Verdict::Resolved { public_until, appeal_until, .. } => (public_until, appeal_until),
            Verdict::Checked
            | Verdict::Confirmed { .. }
            | Verdict::Rejected
            | Verdict::Objected { .. }
            | Verdict::Appealed { .. }
            | Verdict::Reversed { .. } => (None, None),
        };
        let status = status_after(verdict);
        Some(JudgedAnswer { credit: credit.clone(), status, public_until, appeal_until, position: receipt.position })
    }
}

const fn status_after(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Checked => "proposed",
        Verdict::Publicised { .. } | Verdict::Resolved { upheld: false, public_until: Some(_), .. } => "publicised",
        Verdict::Confirmed { .. } => "confirmed",
        Verdict::Rejected | Verdict::Resolved { upheld: true, .. } => "rejected",
        Verdict::Reversed { .. } => "reversed",
        Verdict::Objected { .. } => "objected",
        Verdict::Appealed { .. } => "appealed",
        // Checks are still due.
        Verdict::Resolved { upheld: false, public_until: None, appeal_until: Some(_) } => "proposed",
        Verdict::Resolved { upheld: false, public_until: None, appeal_until: None } => "objection_dismissed",
    }
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

            fn command(self, path: OfCredit) -> Result<Asked, ServiceError> {
                let action = CreditAction::$action;
                Ok(Command::JudgeCredit(commands::JudgeCredit { credit: path.credit, action, reason: self.reason.0 }).into())
            }

            fn answer(command: &Command, receipt: &Receipt) -> Option<JudgedAnswer> {
                JudgedAnswer::new(command, receipt)
            }
        }

        impl Body for $body {
            const STATUS: StatusCode = StatusCode::OK;
            const PATH: &'static [(&'static str, Code)] = &[("credit", Code::UnknownCredit)];
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
    /// A second person checks a proposed credit; the last check makes it public, or confirms it where nothing must be.
    ConfirmCredit, Confirm, confirm, "/v1/credits/{id}/confirm"
);
judgement!(
    /// A second person rejects a credit that is not public yet.
    RejectCredit, Reject, reject, "/v1/credits/{id}/reject"
);
judgement!(
    /// A confirmed credit is taken back, all of it; what of it was spent becomes a debt that later credits pay.
    ReverseCredit, Reverse, reverse, "/v1/credits/{id}/reverse"
);
judgement!(
    /// The decision about an objection is appealed: by the objector where it was dismissed, by the worker where it was
    /// upheld; once, within three days.
    AppealDecision, Appeal, appeal, "/v1/credits/{id}/appeal"
);

/// An objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectToCredit {
    /// Why; the worker sees it.
    #[schema(value_type = Reason)]
    reason: Text,
    /// Whether only auditors may be told who objects.
    #[serde(default)]
    anonymous: bool,
}

impl Ask for ObjectToCredit {
    type Path = OfCredit;
    type Answer = JudgedAnswer;

    fn command(self, path: OfCredit) -> Result<Asked, ServiceError> {
        let action = CreditAction::Object { anonymous: self.anonymous };
        Ok(Command::JudgeCredit(commands::JudgeCredit { credit: path.credit, action, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<JudgedAnswer> {
        JudgedAnswer::new(command, receipt)
    }
}

impl Body for ObjectToCredit {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("credit", Code::UnknownCredit)];
}

/// Somebody objects to a credit; the clock of its publicity stops.
#[utoipa::path(post, path = "/v1/credits/{id}/object", tag = "credits", request_body = ObjectToCredit,
    params(("id" = String, Path, description = "The credit.")),
    responses((status = 200, description = "Done.", body = JudgedAnswer)))]
async fn object(
    State(app): State<App>,
    ApiPath(credit): ApiPath<CreditId>,
    asking: Asking,
    ApiJson(body): ApiJson<ObjectToCredit>,
) -> Result<Answer<JudgedAnswer>, ApiError> {
    ask(app, asking, OfCredit { credit }, body).await
}

/// The decision about an objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveObjection {
    /// Why; the worker sees it.
    #[schema(value_type = Reason)]
    reason: Text,
    /// Whether the objection was right: the credit is then rejected or reversed. Without it the objection is dismissed. After
    /// an appeal it says the same, for good.
    #[serde(default)]
    upheld: bool,
}

impl Ask for ResolveObjection {
    type Path = OfCredit;
    type Answer = JudgedAnswer;

    fn command(self, path: OfCredit) -> Result<Asked, ServiceError> {
        let action = CreditAction::Resolve { upheld: self.upheld };
        Ok(Command::JudgeCredit(commands::JudgeCredit { credit: path.credit, action, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<JudgedAnswer> {
        JudgedAnswer::new(command, receipt)
    }
}

impl Body for ResolveObjection {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("credit", Code::UnknownCredit)];
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
