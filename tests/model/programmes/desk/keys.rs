//! By which key a row is known, and what of the row it stands for.

use crate::programmes::steps::{Deed, Step};

/// The key that a row names itself.
pub(crate) fn own_key(step: &Step) -> Option<String> {
    match step {
        Step::Post { request, .. } => Some(format!("R{request}")),
        Step::Handle { handling, .. } | Step::Claim { handling, .. } => Some(format!("H{handling}")),
        Step::Visit { visit, .. } => Some(format!("V{visit}")),
        Step::Apply { application, .. } | Step::Propose { application, .. } => Some(format!("A{application}")),
        Step::Bill { deed: Deed::Dispute { dispute, .. }, .. } => Some(format!("D{dispute}")),
        Step::Whole(row) => own_key(row).map(|key| format!("{key}/completed")),
        Step::Slip { slip, .. } => Some(format!("L{slip}")),
        Step::Credit { .. }
        | Step::Report { .. }
        | Step::Return { .. }
        | Step::Route { .. }
        | Step::Withdraw { .. }
        | Step::Merge { .. }
        | Step::Rate { .. }
        | Step::Confirm { .. }
        | Step::StandIn { .. }
        | Step::Use { .. }
        | Step::GiveBack { .. }
        | Step::TakeBackUse { .. }
        | Step::TakeBackSlip { .. }
        | Step::Approve { .. }
        | Step::SendBack { .. }
        | Step::Places { .. }
        | Step::Lose { .. }
        | Step::Appoint { .. }
        | Step::Serve { .. }
        | Step::OpenSite { .. }
        | Step::MoveSite { .. }
        | Step::CloseSite { .. }
        | Step::Settle { .. }
        | Step::Bill { .. }
        | Step::Complete { .. }
        | Step::Again(_)
        | Step::Restart => None,
    }
}

/// What of a row its key stands for: all but the columns that may follow later, and who asks. A proposal asks what a row asks.
pub(super) fn content(step: &Step) -> Step {
    let mut content = step.clone();
    match &mut content {
        Step::Handle { word, .. } => *word = None,
        Step::Visit { confirmed, .. } => *confirmed = None,
        Step::Apply { used, .. } => *used = None,
        Step::Bill { by, .. } => *by = 0,
        Step::Propose { application, benefit, worker, day, certificate, fen, .. } => {
            return Step::Apply {
                application: *application,
                benefit: *benefit,
                worker: *worker,
                day: *day,
                certificate: *certificate,
                fen: *fen,
                used: None,
            };
        }
        Step::Credit { .. }
        | Step::Post { .. }
        | Step::Claim { .. }
        | Step::Report { .. }
        | Step::Return { .. }
        | Step::Route { .. }
        | Step::Withdraw { .. }
        | Step::Merge { .. }
        | Step::Rate { .. }
        | Step::Confirm { .. }
        | Step::StandIn { .. }
        | Step::Use { .. }
        | Step::GiveBack { .. }
        | Step::TakeBackUse { .. }
        | Step::TakeBackSlip { .. }
        | Step::Approve { .. }
        | Step::SendBack { .. }
        | Step::Places { .. }
        | Step::Slip { .. }
        | Step::Lose { .. }
        | Step::Appoint { .. }
        | Step::Serve { .. }
        | Step::OpenSite { .. }
        | Step::MoveSite { .. }
        | Step::CloseSite { .. }
        | Step::Settle { .. }
        | Step::Complete { .. }
        | Step::Whole(_)
        | Step::Again(_)
        | Step::Restart => {}
    }
    content
}
