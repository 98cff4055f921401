//! The rules of a service request: how often it is taken on, and what is said of it once.

use super::command::{Posting, RequestCommand};
use super::event::{HandlingRated, HandlingRecorded, RequestEvent, RequestPosted};
use super::state::ServiceRequest;
use crate::domain::event::V1;
use crate::domain::ids::{RequestId, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::schedule::Scoring;

impl ServiceRequest {
    /// Decides a command of this request.
    ///
    /// # Errors
    /// `unknown_request`, `duplicate_conflict`, `already_decided`, `same_person`, `request_taken`.
    pub fn decide(&self, command: RequestCommand) -> Decision<Vec<RequestEvent>> {
        match command {
            RequestCommand::Post { at, request, posting } => {
                if self.posting().is_some() {
                    let message = format!("request {request} was posted before; give this one another number");
                    return Err(Refusal::new(Code::DuplicateConflict, message));
                }
                let Posting { activity, due, merged_into, on, reporter, site } = posting;
                let posted = RequestPosted { activity, at, due, merged_into, on, reporter, request, site, v: V1 };
                Ok(vec![RequestEvent::RequestPosted(posted)])
            }
            RequestCommand::Handle { at, request, handling, work, claimer, quantity, scoring, claimers_max } => {
                self.require_claimable(&request, scoring, claimer.as_ref(), claimers_max)?;
                let recorded = HandlingRecorded { at, claimer, handling, quantity, request, v: V1, work };
                Ok(vec![RequestEvent::HandlingRecorded(recorded)])
            }
            RequestCommand::Rate { at, request, handling, rating } => {
                self.require(&request)?;
                let rated = HandlingRated { at, handling, rating, request, v: V1 };
                Ok(vec![RequestEvent::HandlingRated(rated)])
            }
        }
    }

    /// Whether more work may be recorded: of what is reported by many the first feedback decides; of what is rated, as many
    /// may claim it as the schedule allows, and not who reported it.
    ///
    /// # Errors
    /// `already_decided`, `same_person`, `request_taken`.
    pub fn require_claimable(
        &self,
        request: &RequestId,
        scoring: Scoring,
        claimer: Option<&WorkerId>,
        claimers_max: u32,
    ) -> Decision<()> {
        let posting = self.require(request)?;
        let claims = self.claims();
        match scoring {
            Scoring::Feedback if claims > 0 => {
                Err(Refusal::new(Code::AlreadyDecided, format!("request {request} was fed back before")))
            }
            Scoring::Feedback => Ok(()),
            Scoring::Rating if claimer.is_some() && claimer == posting.reporter.as_ref() => {
                let message = format!("request {request} was reported by its claimer; another person must do it");
                Err(Refusal::new(Code::SamePerson, message))
            }
            Scoring::Rating if u32::try_from(claims).unwrap_or(u32::MAX) >= claimers_max => {
                Err(Refusal::new(Code::RequestTaken, format!("request {request} was claimed {claims} times already")))
            }
            Scoring::Rating => Ok(()),
        }
    }

    /// The request must be known.
    ///
    /// # Errors
    /// `unknown_request`.
    pub fn require(&self, request: &RequestId) -> Decision<&Posting> {
        self.posting().ok_or_else(|| {
            Refusal::new(Code::UnknownRequest, format!("no request {request}; post it first (需求清单)"))
        })
    }
}
