//! Who may do what: one table, role × action, and how far each right reaches.
//!
//! Actions are the commands of the ledger and the reads of its edges, never addresses: a new command or read does not
//! compile before it stands here. Whether a right that reaches no further than the own scope reaches a target is one
//! comparison ([`is_own`]), the same for every action.
//!
//! It is asked in `service`, where a command or a read has its target. [`may_ever`] asks the same table before there is
//! one, at a door that reads no body for somebody who has no such right at all.

mod action;
mod target;
#[cfg(test)]
mod tests;

pub use action::{Action, CommandKind, Read, of_command};
pub use target::Target;

use super::{Identity, Role};

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// Whoever shows a token.
    Bearer(&'a Identity),
    /// Whoever has the machine that holds the journal, and may do to its file whatever is not asked here.
    Owner,
    /// The ledger, for what is due by itself.
    Ledger,
}

impl Who<'_> {
    /// Whether whoever asks is that worker.
    pub fn is_worker(&self, worker: &str) -> bool {
        match self {
            Who::Bearer(identity) => identity.role == Role::Worker && identity.scope.as_deref() == Some(worker),
            Who::Owner | Who::Ledger => false,
        }
    }
}

impl<'a> From<&'a Identity> for Who<'a> {
    fn from(identity: &'a Identity) -> Who<'a> {
        Who::Bearer(identity)
    }
}

/// That somebody may not do what was asked. It tells nothing of what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role of this access token may not do this")]
pub struct Denied;

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// There is none.
    Nowhere,
    /// To what is the scope's own.
    Own,
    /// Through the whole district.
    Everywhere,
}

/// Whether somebody may do something to a target.
///
/// # Errors
/// [`Denied`].
pub fn allow(who: Who<'_>, action: impl Into<Action>, target: Target<'_>) -> Result<(), Denied> {
    let reaches = match (reach(who, action.into()), who) {
        (Reach::Everywhere, _) => true,
        (Reach::Own, Who::Bearer(identity)) => is_own(identity, target),
        (Reach::Own, Who::Owner | Who::Ledger) | (Reach::Nowhere, _) => false,
    };
    if reaches { Ok(()) } else { Err(Denied) }
}

/// Whether there is any target to which somebody may do something.
pub fn may_ever(who: Who<'_>, action: impl Into<Action>) -> bool {
    reach(who, action.into()) != Reach::Nowhere
}

fn reach(who: Who<'_>, action: Action) -> Reach {
    match who {
        Who::Bearer(identity) => reach_of_role(identity.role, action),
        Who::Owner => Reach::Everywhere,
        Who::Ledger if action == Action::Command(CommandKind::ReleaseHold) => Reach::Everywhere,
        Who::Ledger => Reach::Nowhere,
    }
}

/// The table.
fn reach_of_role(role: Role, action: Action) -> Reach {
    match role {
        Role::Admin => Reach::Everywhere,
        Role::Auditor => match action {
            Action::Read(read) if is_audited(read) => Reach::Everywhere,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Worker => match action {
            Action::Read(Read::Receipt | Read::Readers | Read::FreeText | Read::OwnData)
            | Action::Command(CommandKind::EraseWorker) => Reach::Own,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Machine => match action {
            Action::Read(Read::Metrics) => Reach::Everywhere,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Clerk | Role::Operator | Role::Approver | Role::Branch | Role::Merchant => Reach::Nowhere,
    }
}

/// What auditors read: events and what is folded from them, never a name.
fn is_audited(read: Read) -> bool {
    match read {
        Read::Trace
        | Read::Credit
        | Read::Redemption
        | Read::StoreDay
        | Read::Holds
        | Read::Settlement
        | Read::Appraisal
        | Read::Branches
        | Read::TrialBalance
        | Read::Events
        | Read::Sample
        | Read::Report
        | Read::Checkpoint
        | Read::Proof
        | Read::Keys
        | Read::Receipt
        | Read::Readers
        | Read::FreeText
        | Read::Witness
        | Read::Security => true,
        Read::Workers
        | Read::Worker
        | Read::Name
        | Read::MaskedName
        | Read::Search
        | Read::OwnData
        | Read::Balance
        | Read::Statement
        | Read::WaitingCredits
        | Read::Merchants
        | Read::Merchant
        | Read::Sites
        | Read::Stores
        | Read::Store
        | Read::Stock
        | Read::Schedule
        | Read::Metrics => false,
    }
}

/// Whether a target is what the scope names.
fn is_own(identity: &Identity, target: Target<'_>) -> bool {
    let own = match identity.role {
        Role::Worker => target.worker(),
        Role::Clerk => target.store(),
        Role::Merchant => target.merchant(),
        Role::Branch => target.branch(),
        // Which worker or store belongs to which community is not recorded, and no scope names the district.
        Role::Operator | Role::Approver | Role::Auditor | Role::Admin | Role::Machine => None,
    };
    own.is_some() && own == identity.scope.as_deref()
}
