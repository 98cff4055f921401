//! The rules of a service request: how often it is taken on, and what is said of it once.

use chrono::NaiveDate;

use super::command::{Claiming, Posting, RequestCommand, Routing, Work};
use super::event::{
    ClaimReturned, HandlingRated, HandlingRecorded, RequestClaimed, RequestEvent, RequestMerged, RequestPosted,
    RequestRouted, RequestWithdrawn,
};
use super::state::{Claim, ServiceRequest};
use crate::domain::event::V1;
use crate::domain::ids::{HandlingId, RequestId, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::schedule::Scoring;

impl ServiceRequest {
    /// Decides a command of this request.
    ///
    /// # Errors
    /// `unknown_request`, `duplicate_conflict`, `merged_request`, `already_decided`, `same_person`, `request_taken`,
    /// `invalid_date`.
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
                self.require_current(&request)?;
                self.require_claimable(&request, scoring, claimer.as_ref(), claimers_max)?;
                let recorded = HandlingRecorded { at, claimer, handling, quantity, request, v: V1, work };
                Ok(vec![RequestEvent::HandlingRecorded(recorded)])
            }
            RequestCommand::Rate { at, request, handling, rating } => {
                self.require(&request)?;
                let rated = HandlingRated { at, handling, rating, request, v: V1 };
                Ok(vec![RequestEvent::HandlingRated(rated)])
            }
            RequestCommand::Route { at, request, routing } => {
                self.require_current(&request)?;
                let Routing { body, on, site } = routing;
                Ok(vec![RequestEvent::RequestRouted(RequestRouted { at, body, on, request, site, v: V1 })])
            }
            RequestCommand::Claim { at, request, claiming } => {
                self.require_current(&request)?;
                let Claiming { claimer, claimers_max, handling, on } = claiming;
                self.require_claimable(&request, Scoring::Rating, Some(&claimer), claimers_max)?;
                let claimed = RequestClaimed { at, claimer, handling, on, request, v: V1 };
                Ok(vec![RequestEvent::RequestClaimed(claimed)])
            }
            RequestCommand::Report { at, request, handling, done, quantity } => {
                let Claim { claimer, on, .. } = self.require_underway(&request, &handling)?;
                // As the sheet's row would say it: what follows does not tell one from the other.
                let work = Work {
                    claimed: on.to_string(),
                    claimer: claimer.to_string(),
                    done: done.to_string(),
                    quantity: quantity.millionths().to_string(),
                };
                let claimer = Some(claimer.clone());
                let recorded = HandlingRecorded { at, claimer, handling, quantity, request, v: V1, work };
                Ok(vec![RequestEvent::HandlingRecorded(recorded)])
            }
            RequestCommand::Return { at, request, handling, on } => {
                self.require_underway(&request, &handling)?;
                Ok(vec![RequestEvent::ClaimReturned(ClaimReturned { at, handling, on, request, v: V1 })])
            }
            RequestCommand::Withdraw { at, request, on } => {
                self.require_idle(&request, on, "reverse its credit instead")?;
                Ok(vec![RequestEvent::RequestWithdrawn(RequestWithdrawn { at, on, request, v: V1 })])
            }
            RequestCommand::Merge { at, request, into, reason } => {
                let on = at.date();
                let posting = self.require_current(&request)?;
                if on < posting.on {
                    let message = format!("request {request} was posted on {}, after {on}", posting.on);
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                self.require_idle(&request, on, "it stands for itself")?;
                Ok(vec![RequestEvent::RequestMerged(RequestMerged { at, into, reason, request, v: V1 })])
            }
        }
    }

    /// The request must be known, worked on under its own number, and not taken back.
    ///
    /// # Errors
    /// `unknown_request`, `merged_request`, `already_decided`.
    pub fn require_current(&self, request: &RequestId) -> Decision<&Posting> {
        let posting = self.require(request)?;
        if let Some(earlier) = &posting.merged_into {
            let message = format!("request {request} was merged into {earlier}; enter the work there");
            return Err(Refusal::new(Code::MergedRequest, message));
        }
        match self.withdrawn() {
            Some(on) => {
                let message = format!("request {request} was withdrawn on {on}; post a new one");
                Err(Refusal::new(Code::AlreadyDecided, message))
            }
            None => Ok(posting),
        }
    }

    /// Others may be merged into it: it is known, was merged into no other itself, and was not taken back. So no two ever
    /// come to repeat each other.
    ///
    /// # Errors
    /// `unknown_request`, `merged_request`, `already_decided`.
    pub fn require_last(&self, request: &RequestId) -> Decision<()> {
        if let Some(earlier) = &self.require(request)?.merged_into {
            let message = format!("request {request} was merged into {earlier}; merge this one into {earlier} too");
            return Err(Refusal::new(Code::MergedRequest, message));
        }
        self.require_current(request).map(|_| ())
    }

    /// A claim that is neither reported nor given up.
    ///
    /// # Errors
    /// `unknown_request`, `already_decided`.
    pub fn require_underway(&self, request: &RequestId, handling: &HandlingId) -> Decision<&Claim> {
        self.require(request)?;
        let decided = |what: String| Refusal::new(Code::AlreadyDecided, what);
        if self.handling(handling).is_some() {
            return Err(decided(format!("the work of claim {handling} was reported before")));
        }
        let Some(claim) = self.claim(handling) else {
            let message = format!("request {request} has no claim {handling}; claim it first");
            return Err(Refusal::new(Code::UnknownRequest, message));
        };
        match claim.returned {
            Some(on) => Err(decided(format!("claim {handling} was given up on {on}; claim the request anew"))),
            None => Ok(claim),
        }
    }

    /// Nobody works on it: nothing was claimed, or all claims were given up, and no later than on that day. `instead` says
    /// what there is for one that was rated.
    fn require_idle(&self, request: &RequestId, on: NaiveDate, instead: &str) -> Decision<()> {
        self.require_current(request)?;
        if self.handlings().any(|(_, work)| work.rating.is_some()) {
            let message = format!("work on request {request} was rated; {instead}");
            return Err(Refusal::new(Code::AlreadyDecided, message));
        }
        if self.claims() > 0 {
            let message = format!("request {request} was claimed; have the claim returned or the work rated first");
            return Err(Refusal::new(Code::RequestTaken, message));
        }
        match self.returned().map(|(_, _, day)| day).max() {
            Some(last) if on < last => {
                let message = format!("a claim of request {request} was under way until {last}, after {on}");
                Err(Refusal::new(Code::InvalidDate, message))
            }
            Some(_) | None => Ok(()),
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
