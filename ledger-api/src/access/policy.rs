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

use super::{Held, Identity, Role};

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// Whoever came in with a token or a session.
    Bearer(&'a Identity),
    /// Whoever has the machine that holds the journal, and may do to its file whatever is not asked here.
    Owner,
    /// The ledger, for what is due by itself.
    Ledger,
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
    let action = action.into();
    let reaches = match who {
        Who::Bearer(identity) => identity.roles.iter().any(|held| reaches(held, action, target)),
        Who::Owner => true,
        Who::Ledger => is_due(action),
    };
    if reaches { Ok(()) } else { Err(Denied) }
}

/// Whether there is any target to which somebody may do something.
pub fn may_ever(who: Who<'_>, action: impl Into<Action>) -> bool {
    let action = action.into();
    match who {
        Who::Bearer(identity) => identity.roles.iter().any(|held| reach(held.role, action) != Reach::Nowhere),
        Who::Owner => true,
        Who::Ledger => is_due(action),
    }
}

/// The role in which somebody may do something to whatever target, for records of what was done: of several the one that
/// reaches least.
pub fn acting_role(identity: &Identity, action: impl Into<Action>) -> Option<Role> {
    let action = action.into();
    let reaching = |wanted: Reach| identity.roles.iter().find(|held| reach(held.role, action) == wanted);
    reaching(Reach::Own).or_else(|| reaching(Reach::Everywhere)).map(|held| held.role)
}

/// Whether the ledger does it by itself.
fn is_due(action: Action) -> bool {
    action == Action::Command(CommandKind::ReleaseHold)
}

fn reaches(held: &Held, action: Action, target: Target<'_>) -> bool {
    match reach(held.role, action) {
        Reach::Everywhere => true,
        Reach::Own => is_own(held, target),
        Reach::Nowhere => false,
    }
}

/// The table.
fn reach(role: Role, action: Action) -> Reach {
    match role {
        // Whoever came in may know as whom; a machine that reads figures has no use for it.
        Role::Clerk
        | Role::Operator
        | Role::Approver
        | Role::Branch
        | Role::Merchant
        | Role::Worker
        | Role::Auditor
            if action == Action::Read(Read::Me) =>
        {
            Reach::Everywhere
        }
        Role::Admin => Reach::Everywhere,
        Role::Auditor => match action {
            Action::Read(read) if is_audited(read) => Reach::Everywhere,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Worker => match action {
            Action::Read(Read::Receipt | Read::Readers | Read::Balance | Read::Statement) => Reach::Own,
            Action::Command(CommandKind::ObjectToCredit) => Reach::Everywhere,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Clerk => match action {
            Action::Read(Read::Counter | Read::StoreDay | Read::Stock)
            | Action::Command(
                CommandKind::Redeem | CommandKind::Restock | CommandKind::CountStock | CommandKind::WriteOffStock,
            ) => Reach::Own,
            Action::Command(CommandKind::ReverseRedemption) => Reach::Everywhere,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Operator => match action {
            Action::Read(Read::WaitingCredits | Read::Schedule | Read::Name)
            | Action::Command(CommandKind::RecordCredit) => Reach::Everywhere,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Approver => match action {
            Action::Read(Read::WaitingCredits | Read::Schedule | Read::Name | Read::Credit)
            | Action::Command(
                CommandKind::ConfirmCredit
                | CommandKind::RejectCredit
                | CommandKind::ReverseCredit
                | CommandKind::ResolveObjection,
            ) => Reach::Everywhere,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Branch => match action {
            Action::Read(Read::Appraisal | Read::Name) => Reach::Own,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => {
                Reach::Nowhere
            }
        },
        Role::Merchant => match action {
            Action::Read(Read::Settlement) => Reach::Own,
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
        | Read::Accounts
        | Read::Readers => true,
        Read::Workers
        | Read::Worker
        | Read::Name
        | Read::MaskedName
        | Read::Search
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
        | Read::Counter
        | Read::Overview
        | Read::Metrics
        | Read::Me => false,
    }
}

/// Whether a target is what the scope names.
fn is_own(held: &Held, target: Target<'_>) -> bool {
    let own = match held.role {
        Role::Worker => target.worker(),
        Role::Clerk => target.store(),
        Role::Merchant => target.merchant(),
        Role::Branch => target.branch(),
        // Which worker or store belongs to which community is not recorded, and no scope names the district.
        Role::Operator | Role::Approver | Role::Auditor | Role::Admin | Role::Machine => None,
    };
    own.is_some() && own == held.scope.as_deref()
}
