//! Applications for benefits that bodies approve: what waits for whose word, with the forms of approvers, and what was sent
//! back.

use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, commands};

use crate::access::policy::Who;
use crate::app::App;
use crate::service::applied::{Became, became};
use crate::service::approvals::{ReturnedApplication, WaitingApproval, approvals};
use crate::web::applied::bodies;
use crate::web::figures::yuan;
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor, give, new_key};
use crate::web::words::Words;

/// What the page shows of it.
pub(super) struct Part {
    pub(super) waiting: Vec<Waiting>,
    pub(super) returned: Vec<Returned>,
}

/// An application that waits.
pub(super) struct Waiting {
    pub(super) benefit: String,
    pub(super) name: String,
    pub(super) application: String,
    pub(super) worker: String,
    pub(super) on: String,
    pub(super) amount: String,
    pub(super) certificate: String,
    pub(super) by: String,
    pub(super) state: String,
    pub(super) passed: String,
    pub(super) still: Vec<String>,
    pub(super) check_key: String,
    pub(super) reject_key: String,
    /// Whether whoever looks may decide.
    pub(super) decides: bool,
}

/// An application that was sent back.
pub(super) struct Returned {
    pub(super) name: String,
    pub(super) application: String,
    pub(super) worker: String,
    pub(super) on: String,
    pub(super) reason: String,
}

/// What waits and what was sent back, of workers whom whoever looks may read.
pub(super) async fn part(app: &App, visitor: &Visitor) -> Result<Part, Trouble> {
    let found = approvals(app, Who::Bearer(&visitor.must()?.identity)).await?;
    let waiting = found.waiting.into_iter().map(|row| waiting(visitor.words(), row)).collect();
    Ok(Part { waiting, returned: found.returned.into_iter().map(returned).collect() })
}

fn waiting(w: &Words, row: WaitingApproval) -> Waiting {
    let WaitingApproval { benefit, terms, proposed, decides } = row;
    let bodies = bodies(Some(&proposed.proposal));
    Waiting {
        benefit,
        name: terms.name,
        application: proposed.application.to_string(),
        worker: proposed.terms.worker.to_string(),
        on: proposed.terms.at.date().to_string(),
        amount: proposed.terms.amount.map(yuan).unwrap_or_default(),
        certificate: proposed.terms.certificate.as_ref().map(ToString::to_string).unwrap_or_default(),
        by: proposed.proposal.by.to_string(),
        state: w.approvals.in_review(bodies.passed.len(), bodies.all()),
        passed: bodies.passed.join("、"),
        still: bodies.still.into_iter().map(str::to_owned).collect(),
        check_key: new_key("check"),
        reject_key: new_key("reject"),
        decides,
    }
}

fn returned(row: ReturnedApplication) -> Returned {
    let ReturnedApplication { terms, returned } = row;
    Returned {
        name: terms.name,
        application: returned.application.to_string(),
        worker: returned.worker.to_string(),
        on: returned.at.date().to_string(),
        reason: returned.reason,
    }
}

/// Approves an application for the body that was chosen; gives what is said of it.
pub(super) async fn check(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    let a = visitor.words().approvals;
    let (benefit, application) = (read_id(fields.get("benefit"))?, read_id(fields.get("application"))?);
    let command = commands::CheckBenefit { benefit, application, body: fields.get("body").to_owned() };
    let receipt = give(app, visitor, fields.get("key"), Command::from(command)).await?;
    let said = match became(&receipt) {
        Some(Became::Granted) | None => a.approved_granted,
        Some(Became::Queued) => a.approved_queued,
        Some(Became::Proposed) => a.approved,
    };
    Ok(said.to_owned())
}

/// What a form asks for that sends an application back.
pub(super) fn reject(fields: &Fields) -> Result<Command, Trouble> {
    let (benefit, application) = (read_id(fields.get("benefit"))?, read_id(fields.get("application"))?);
    let reason = fields.reason("reason")?.to_owned();
    Ok(commands::RejectBenefit { benefit, application, reason }.into())
}

/// Why a word was refused, where the code alone says too little.
pub(super) const fn no(w: &Words) -> [(Code, &'static str); 2] {
    let a = w.approvals;
    [(Code::AlreadyDecided, a.not_possible), (Code::SamePerson, a.same_person)]
}
