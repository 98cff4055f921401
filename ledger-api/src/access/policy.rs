//! Who may do what: one table, role × action, and how far each right reaches.
//!
//! Actions are the commands of the ledger and the reads of its edges, never addresses. Each stands in `commands` or `reads`
//! with who may, which is the table; a new one does not compile before it does. Whether a right that reaches no further than the own scope reaches a target is one
//! comparison ([`is_own`]), the same for every action. What only the journal tells of a target, such as the site of a
//! worker or the store of a hold, `service` looks up before it asks ([`Whereabouts`]).
//!
//! It is asked in `service`, where a command or a read has its target. [`may_ever`] asks the same table before there is
//! one, at a door that reads no body for somebody who has no such right at all.

mod action;
mod commands;
#[cfg(test)]
mod document;
mod kinds;
mod reads;
mod target;
#[cfg(test)]
mod tests;

pub use action::Action;
pub use commands::{CommandKind, of_command};
pub use reads::Read;
pub use target::{Target, Whereabouts};

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
    /// Whoever shows a slip (评价单) that the ledger signed, and has no account.
    Slip(Slip<'a>),
}

/// The work on a service request that a slip names. Whoever shows the slip says what that work was worth, reads what the
/// slip says of it, and does nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slip<'a> {
    /// On which request.
    pub request: &'a str,
    /// Which work.
    pub handling: &'a str,
}

impl<'a> Slip<'a> {
    /// The work, as a target.
    pub const fn target(self) -> Target<'a> {
        Target::Handling { request: self.request, handling: self.handling }
    }

    /// Whether it is good for an action at all.
    fn is_for(action: Action) -> bool {
        action == Action::Command(CommandKind::RateHandling) || action == Action::Read(Read::RatingSlip)
    }
}

impl Who<'_> {
    /// Whether whoever asks is that worker.
    pub fn is_worker(&self, worker: &str) -> bool {
        match self {
            Who::Bearer(identity) => {
                let scoped = |held: &Held| held.role == Role::Worker && held.scope.as_deref() == Some(worker);
                identity.worker.as_ref().is_some_and(|own| own.as_str() == worker) || identity.roles.iter().any(scoped)
            }
            Who::Owner | Who::Ledger | Who::Slip(_) => false,
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
pub enum Reach {
    /// There is none.
    Nowhere,
    /// To what is the scope's own, where it was made today.
    OwnToday,
    /// To what is the scope's own; without a scope that is the whole district.
    Own,
    /// Through the whole district, for whoever has no scope.
    District,
    /// Through the whole district.
    Everywhere,
}

impl Reach {
    /// How docs/roles.md and the API's description say it.
    pub const fn word(self) -> &'static str {
        match self {
            Reach::Nowhere => "",
            Reach::OwnToday => "own, today",
            Reach::Own => "own",
            Reach::District => "district",
            Reach::Everywhere => "all",
        }
    }
}

/// Whether somebody may do something to a target.
///
/// # Errors
/// [`Denied`].
pub fn allow(who: Who<'_>, action: impl Into<Action>, target: Target<'_>) -> Result<(), Denied> {
    let action = action.into();
    let reaches = match who {
        Who::Bearer(identity) => {
            identity.roles.iter().any(|held| reaches(held, action, target)) || is_of_nobody(identity, action)
        }
        Who::Owner => true,
        Who::Ledger => is_due(action),
        Who::Slip(slip) => Slip::is_for(action) && target == slip.target(),
    };
    if reaches { Ok(()) } else { Err(Denied) }
}

/// Whether there is any target to which somebody may do something.
pub fn may_ever(who: Who<'_>, action: impl Into<Action>) -> bool {
    let action = action.into();
    match who {
        Who::Bearer(identity) => {
            identity.roles.iter().any(|held| reach(held.role, action) != Reach::Nowhere)
                || is_of_nobody(identity, action)
        }
        Who::Owner => true,
        Who::Ledger => is_due(action),
        Who::Slip(_) => Slip::is_for(action),
    }
}

/// The role in which somebody may do something to whatever target, for records of what was done: of several the one that
/// reaches least.
pub fn acting_role(identity: &Identity, action: impl Into<Action>) -> Option<Role> {
    let action = action.into();
    let reaching = |wanted: Reach| identity.roles.iter().find(|held| reach(held.role, action) == wanted);
    let narrow_first = [Reach::OwnToday, Reach::Own, Reach::District, Reach::Everywhere];
    narrow_first.into_iter().find_map(reaching).map(|held| held.role)
}

/// Whether it is open to an account without any role: as whom they came in, and that nothing is granted to them.
fn is_of_nobody(identity: &Identity, action: Action) -> bool {
    identity.roles.is_empty() && action == Action::Read(Read::Me)
}

/// Whether the ledger does it by itself.
fn is_due(action: Action) -> bool {
    use CommandKind as C;
    const DUE: [CommandKind; 4] = [C::ReleaseHold, C::SettleCredit, C::ExpireLots, C::EndGrant];
    DUE.iter().any(|kind| action == Action::Command(*kind))
}

fn reaches(held: &Held, action: Action, target: Target<'_>) -> bool {
    match reach(held.role, action) {
        Reach::Everywhere => true,
        Reach::District => held.scope.is_none(),
        Reach::Own => is_own(held, target),
        Reach::OwnToday => is_own(held, target) && target.is_of_today(),
        Reach::Nowhere => false,
    }
}

/// How far a role's right to an action reaches. docs/roles.md is written from it.
pub fn reach(role: Role, action: Action) -> Reach {
    action.rights().iter().find(|(of, _)| *of == role).map_or(Reach::Nowhere, |(_, reach)| *reach)
}

/// Whether a target is what the scope names.
fn is_own(held: &Held, target: Target<'_>) -> bool {
    let own = match held.role {
        Role::Worker => target.worker(),
        Role::Clerk => target.store(),
        Role::Merchant => target.merchant(),
        Role::Branch => target.branch(),
        Role::Operator | Role::Approver => {
            return held.scope.as_deref().is_none_or(|site| target.is_at_or_below(site));
        }
        // No scope names the district.
        Role::Auditor | Role::Admin | Role::Machine => None,
    };
    own.is_some() && own == held.scope.as_deref()
}
